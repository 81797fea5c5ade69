"""A visitor of the built site in Chromium, and what is looked at on any page."""

import contextlib
import http.server
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from built import ROOT, SOURCES, page_of
from playwright.sync_api import Browser, BrowserContext, Page, TimeoutError

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update"]
ARGUMENTS += ["--disable-sync"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
# On code axe is slow (one element for each word); CODE_CONTRASTS looks at that.
NO_CODE = {"exclude": [["pre"]]}
AXE_BUT_COLOURS = {**AXE, "rules": {"color-contrast": {"enabled": False}}}
AXE_COLOURS = {**AXE, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 640, "height": 450}  # 1280 px at 200 %
SMALLEST = {"width": 320, "height": 600}
MAY_COPY = {"permissions": ["clipboard-read", "clipboard-write"]}
CLIPBOARD = "() => navigator.clipboard.readText()"
EVERY_PAGE = pytest.mark.parametrize(
    "name", [str(path.relative_to(ROOT / "docs")) for path in SOURCES] + ["404.html"]
)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files without a word; what is missing gets the site's own page."""

    def log_message(self, *_: object) -> None:
        pass

    def send_error(self, code: int, *_: object) -> None:
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


class Visitor:
    """A person with a browser who notes everything that goes wrong."""

    def __init__(self, chromium: Browser, origin: str, site: Path) -> None:
        self.chromium, self.origin, self.site = chromium, origin, site
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, name: str = "index.md", **settings: object) -> Page:
        """Open a page of docs/ in a new profile: `viewport`, `color_scheme` …"""
        context = self.chromium.new_context(**{"viewport": DESKTOP, **settings})
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._hear)
        page.on("request", self._see)
        page.goto(self.address(name), wait_until="networkidle")
        if settings.get("java_script_enabled", True):
            settle(page)
        return page

    def address(self, name: str) -> str:
        if name.endswith(".md"):
            folder = page_of(ROOT / "docs" / name, self.site).parent
            return f"{self.origin}/{folder.relative_to(self.site).as_posix()}/"
        return f"{self.origin}/{name}"

    def _hear(self, message: object) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console: {message.text}")

    def _see(self, request: object) -> None:
        local = request.url.startswith((self.origin + "/", "data:", "blob:"))
        if not local:
            self.complaints.append(f"request to {request.url}")


OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => element.outerHTML.slice(0, 150));
}"""
SHIFTS = """() => new Promise((resolve) => {
  const found = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (!entry.hadRecentInput)
        found.push([entry.value, ...entry.sources.map((moved) => moved.node?.outerHTML?.slice(0, 80))]);
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(found), 100);
})"""
UNREACHABLE = """() =>
  [...document.querySelectorAll("article *")].filter((box) => {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
    const inside = box.querySelector("a[href], button, [tabindex='0']");
    return scrolls && box.scrollWidth > box.clientWidth && box.tabIndex < 0 && !inside;
  }).map((box) => box.outerHTML.slice(0, 150))"""


def violations(page: Page, *, colours: bool = True) -> list[str]:
    found = Axe().run(page, options=AXE_BUT_COLOURS).response["violations"]
    if colours:
        found += Axe().run(page, NO_CODE, AXE_COLOURS).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def resize(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    settle(page)


def settle(page: Page) -> None:
    """Wait for what looks at sizes: it does so in the next frames, slow or fast."""
    page.evaluate("() => new Promise((go) => setTimeout(go, 50))")
    with contextlib.suppress(TimeoutError):  # a test will say what it is
        reached = f"() => ({UNREACHABLE})().length === 0"
        page.wait_for_function(reached, timeout=2000)

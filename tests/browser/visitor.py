"""A visitor of the built site in Chromium, and what is looked at on any page."""

import contextlib
import functools
import gzip
import http.server
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from built import ROOT, SOURCES, page_of
from playwright.sync_api import Browser, Page, TimeoutError

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update"]
ARGUMENTS += ["--disable-sync"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
# In code axe looks at one element for each word; CODE_CONTRASTS does that faster.
BUT_CODE = """() => axe.configure(
  { rules: [{ id: "color-contrast", selector: "*:not(pre, pre *)" }] })"""
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 640, "height": 450}  # 1280 px at 200 %
SMALLEST = {"width": 320, "height": 600}
CLIPBOARD = "() => navigator.clipboard.readText()"
EVERY_PAGE = pytest.mark.parametrize(
    "name", [str(path.relative_to(ROOT / "docs")) for path in SOURCES] + ["404.html"]
)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve files below `base` without a word; the site has a page for the others."""

    def __init__(self, *arguments: object, base: str, **settings: object) -> None:
        self.base = base
        super().__init__(*arguments, **settings)

    def translate_path(self, path: str) -> str:
        below = path.startswith(f"{self.base}/")
        return super().translate_path(path.removeprefix(self.base) if below else "/no")

    def log_message(self, *_: object) -> None:
        pass

    def send_error(self, code: int, *_: object) -> None:
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


class Tab:
    """A page of the browser for many visits: a new profile costs as much as three.

    Each visit begins as in a new profile all the same: nothing kept, cached or set.
    """

    def __init__(self, chromium: Browser, origin: str, *, scripts: bool) -> None:
        context = chromium.new_context(java_script_enabled=scripts)
        # The site may be in a folder; what is stored and allowed is so by the host.
        self.host = "{0.scheme}://{0.netloc}".format(urlsplit(origin))
        allowed = ["clipboard-read", "clipboard-write"]
        context.grant_permissions(allowed, origin=self.host)
        self.origin = origin
        self.page = context.new_page()
        self.devtools = context.new_cdp_session(self.page)
        self.devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.complaints: list[str] = []
        self.asked: list[object] = []
        self.loaded: list[str] = []
        self.page.on("pageerror", lambda e: self.complaints.append(f"error: {e}"))
        self.page.on("console", self._hear)
        self.page.on("request", self._see)
        self.page.on("requestfinished", self._note)

    def clean(self, viewport: dict[str, int], **media: str) -> None:
        """Forget all earlier visits, and be `viewport` large."""
        self.page.goto("about:blank")
        self.page.unroute_all()
        self.page.context.clear_cookies()
        kept = {"origin": self.host, "storageTypes": "all"}
        self.devtools.send("Storage.clearDataForOrigin", kept)
        self.page.set_viewport_size(viewport)
        plain = {
            "media": "screen",
            "color_scheme": "light",
            "reduced_motion": "no-preference",
            "forced_colors": "none",
        }
        self.page.emulate_media(**(plain | media))
        self.complaints.clear()
        self.loaded.clear()
        self.asked.clear()

    def _hear(self, message: object) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console: {message.text}")

    def _note(self, request: object) -> None:
        if request in self.asked:  # not by the page before
            self.loaded.append(request.url)

    def _see(self, request: object) -> None:
        self.asked.append(request)
        local = request.url.startswith((self.origin + "/", "data:", "blob:", "about:"))
        if not local:
            self.complaints.append(f"request to {request.url}")


class Visitor:
    """A person with a browser who notes everything that goes wrong."""

    def __init__(self, tabs: dict[bool, Tab], origin: str, site: Path) -> None:
        self.tabs, self.origin, self.site = tabs, origin, site

    @property
    def complaints(self) -> list[str]:
        return [text for tab in self.tabs.values() for text in tab.complaints]

    @property
    def weights(self) -> dict[str, int]:
        """The files loaded since the page was opened, with their size under gzip."""
        files = {
            self.site / url.removeprefix(self.origin + "/")
            for url in self.tabs[True].loaded
            if url.startswith(self.origin + "/")
        }
        return {
            path.relative_to(self.site).as_posix(): compressed(path)
            for file in sorted(files)
            if (path := file / "index.html" if file.is_dir() else file)
        }

    def open(
        self,
        name: str = "index.md",
        *,
        viewport: dict[str, int] = DESKTOP,
        java_script_enabled: bool = True,
        **media: str,
    ) -> Page:
        """Open a page of docs/; `media` may be `color_scheme`, `reduced_motion` …"""
        tab = self.tabs[java_script_enabled]
        tab.clean(viewport, **media)
        tab.page.goto(self.address(name), wait_until="networkidle")
        if java_script_enabled:
            settle(tab.page)
        return tab.page

    def address(self, name: str) -> str:
        if name.endswith(".md"):
            folder = page_of(ROOT / "docs" / name, self.site).parent
            return f"{self.origin}/{folder.relative_to(self.site).as_posix()}/"
        return f"{self.origin}/{name}"


@functools.cache
def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


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


def violations(page: Page, *, code: bool = False) -> list[str]:
    """What axe finds: structure, and the colours of all but code or with code."""
    page.evaluate(AXE_SCRIPT)
    if not code:
        page.evaluate(BUT_CODE)
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in page.evaluate("(options) => axe.run(options)", AXE)["violations"]
        for node in rule["nodes"]
    ]


def resize(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    settle(page)


# What fades is of another colour meanwhile; what never ends is not waited for.
STILL = """() => Promise.race([
  Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
  new Promise((go) => setTimeout(go, 1000)),
])"""


def settle(page: Page) -> None:
    """Wait for what looks at sizes: it does so in the next frames, slow or fast."""
    page.evaluate("() => new Promise((go) => setTimeout(go, 50))")
    page.evaluate(STILL)
    with contextlib.suppress(TimeoutError):  # a test will say what it is
        reached = f"() => ({UNREACHABLE})().length === 0"
        page.wait_for_function(reached, timeout=2000)


CONTRAST = """
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => rgb(colour).slice(0, 3)
    .map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  const blend = (colour, ground) => {
    const [under, over] = [rgb(ground), rgb(colour)];
    const mixed = [0, 1, 2].map((i) => over[3] * over[i] + (1 - over[3]) * under[i]);
    return `rgb(${mixed})`;
  };
"""

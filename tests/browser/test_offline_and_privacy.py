"""The site is the reader's own: from a folder, on paper, as files, unobserved."""

import io
import json
import re
from pathlib import Path

import pytest
from built import address
from PIL import Image
from visitor import DESKTOP

pytestmark = pytest.mark.browser


class Reader:
    """A person who opens files of the site, and notes everything that goes wrong."""

    def __init__(self, chromium):
        self.context = chromium.new_context(viewport=DESKTOP)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("request", self._see)

    def _hear(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _see(self, request):
        if not request.url.startswith(("file:", "data:")):
            self.complaints.append(f"{self.page.url} requests {request.url}")


@pytest.fixture
def reader(chromium):
    reader = Reader(chromium)
    yield reader
    reader.context.close()
    assert reader.complaints == []


# --- From a folder ----------------------------------------------------------------


def test_every_page_opens_from_a_folder(reader, site):
    paths = [path for path in site.rglob("*.html") if path.name != "404.html"]
    for path in paths:
        reader.page.goto(path.as_uri())
        assert reader.page.evaluate("document.documentElement.matches('.js')")
    assert len(paths) > 50


def test_search_finds_a_fact_by_its_number_in_a_folder(reader, site):
    page = reader.page
    page.goto((site / "gallery/index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("10.11")
    page.locator(".md-search-result__item a").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"facts/shape/index\.html\?h=10\.11#f-10\.11$"))
    assert "Chord" in page.locator("[id='f-10.11']").inner_text()


def test_links_and_scripts_work_in_a_folder(reader, site):
    page = reader.page
    page.goto((site / "index.html").as_uri())
    page.locator("sigmoid-explorer [role=slider]").press("ArrowRight")
    assert page.evaluate("document.fonts.check('16px \"Site Math\"')")
    page.locator("article a[href='tutorial/first-sigmoid/']").first.click()
    page.wait_for_url((site / "tutorial/first-sigmoid/index.html").as_uri())


# --- Unobserved -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "directive"),
    [
        ("<img src='https://example.invalid/a.png'>", "img-src"),
        ("<p style='color: red'>", "style-src-attr"),
        ("<style>p { color: red }</style>", "style-src-elem"),
        ("<img src='data:,' onerror='document.title = 1'>", "script-src-attr"),
        ("<iframe src='https://example.invalid/'></iframe>", "frame-src"),
    ],
)
def test_policy_forbids_what_is_not_the_sites(chromium, origin, markup, directive):
    page = chromium.new_page()
    page.goto(f"{origin}/gallery/")
    violated = page.evaluate(
        """(markup) => new Promise((done) => {
          document.addEventListener("securitypolicyviolation", (e) => done(e.effectiveDirective));
          setTimeout(() => done("allowed"), 3000);
          document.body.insertAdjacentHTML("beforeend", markup);
        })""",
        markup,
    )
    assert violated == directive
    page.close()


def test_every_page_has_a_policy_and_nothing_inline(site):
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        (policy,) = re.findall(
            r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text
        )
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        tags = re.findall(
            r"<\w[^<>]*>", re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL)
        )
        assert [tag for tag in tags if re.search(r"\s(style|on\w+)=", tag)] == []
        assert "<style" not in text


def test_browser_keeps_the_palette_and_nothing_else(visitor):
    page = visitor.open("reference/sigmoid.md")
    page.locator("label[for=__palette_1]").click()
    page.goto(visitor.address("index.md"), wait_until="networkidle")
    assert page.context.cookies() == []
    kept = page.evaluate(
        "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
    )
    assert {name.rpartition(".")[2] for name in kept} <= {"__palette"}
    assert page.evaluate("indexedDB.databases()") == []
    assert page.evaluate("caches.keys()") == []


# --- To take away -----------------------------------------------------------------


def test_figure_is_saved_as_png_on_white(visitor):
    page = visitor.open("reference/sigmoid.md", color_scheme="dark")
    figure = page.locator(".fig").first
    with page.expect_download() as saved:
        figure.get_by_role("button", name="PNG").click()
    assert saved.value.suggested_filename.endswith(".png")
    picture = Image.open(io.BytesIO(Path(saved.value.path()).read_bytes())).convert(
        "RGB"
    )
    assert picture.width == 1920
    assert picture.getpixel((2, 2)) == (255, 255, 255)
    assert sum(n for n, c in picture.getcolors(10**6) if c != (255, 255, 255)) > 5000


@pytest.mark.parametrize("kind", ["Python", "notebook", "Markdown", "SVG", "CSV"])
def test_download_is_saved(kind, visitor):
    page = visitor.open("reference/sigmoid.md")
    with page.expect_download() as saved:
        page.get_by_role("link", name=kind, exact=True).first.click()
    assert Path(saved.value.path()).stat().st_size > 100


def test_link_to_a_fact_is_copied(visitor):
    page = visitor.open("reference/facts/shape.md")
    heading = page.locator("[id='f-10.11']")
    heading.hover()
    heading.locator(".headerlink").click()
    page.get_by_text("Link copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == visitor.address("reference/facts/shape.md") + "#f-10.11"


def test_cheat_sheet_is_one_sheet_of_paper(visitor):
    page = visitor.open("cheat-sheet.md")
    document = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", document)) == 1
    (box,) = set(re.findall(rb"/MediaBox \[([^\]]*)\]", document))
    width, height = [round(float(number)) for number in box.split()[2:]]
    assert (width, height) == (595, 842)


# --- However it is seen -----------------------------------------------------------


def test_missing_page_leads_on(visitor):
    page = visitor.open("404.html")
    page.get_by_role("article").get_by_role("link", name="all facts").click()
    assert page.url == visitor.address("reference/facts/index.md")


def test_forced_colours_reach_figures_and_symbols(visitor):
    page = visitor.open("reference/facts/shape.md", forced_colors="active")
    text, label, mark, ground = page.evaluate("""() => {
      const style = (name, part) => getComputedStyle(document.querySelector(name), part);
      return [style("article p").color, style(".fig text").fill,
        style("article details > summary", "::before").backgroundColor,
        style("body").backgroundColor];
    }""")
    assert label == mark == text
    assert text != ground


@pytest.mark.parametrize("name", ["index.md", "gallery.md", "reference/sigmoid.md"])
def test_lines_are_not_too_long_to_read(name, visitor):
    page = visitor.open(name, viewport={"width": 1920, "height": 1000})
    longest = page.evaluate("""() => Math.max(...[...document.querySelectorAll("article > p:not(.downloads)")]
      .map((p) => p.getBoundingClientRect().width / parseFloat(getComputedStyle(p).fontSize)))""")
    assert 20 < longest <= 45  # em; two characters each


def test_logo_and_card_are_the_sites_own(visitor, site):
    page = visitor.open()
    icon = page.locator("link[rel=icon]").get_attribute("href")
    assert (site / icon).read_text("utf-8").startswith("<svg")
    assert (
        page.locator(".md-header__button.md-logo img").evaluate("(e) => e.naturalWidth")
        > 0
    )
    for card in page.locator("meta[property='og:image']").all():
        shown = card.get_attribute("content").removeprefix(address(site))
        assert (site / shown).is_file()


def test_llms_index_and_facts_are_linked(visitor):
    page = visitor.open("using-this-site/index.md")
    for name in ("facts.json", "llms.txt", "llms-full.txt"):
        address = page.get_by_role("link", name=name, exact=True).evaluate(
            "(a) => a.href"
        )
        assert page.request.get(address).ok
    assert (
        json.loads(page.request.get(f"{visitor.origin}/facts.json").text())["count"]
        > 100
    )

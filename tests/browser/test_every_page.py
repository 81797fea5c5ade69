"""Each page of the built site, visited once with scripts and once without.

Colours depend on the palette, not on the width: the phone shows the light one, the
desktop the dark one.
"""

import re
from pathlib import Path

import pytest
from built import ROOT, page_of, programs
from playwright.sync_api import Page
from visitor import (
    CLIPBOARD,
    CONTRAST,
    DESKTOP,
    EVERY_PAGE,
    OVERFLOW,
    PHONE,
    SHIFTS,
    SMALLEST,
    UNREACHABLE,
    ZOOMED,
    Visitor,
    resize,
    settle,
    violations,
)

pytestmark = pytest.mark.browser

KIB = 1024
MOST = {"KiB": 115, "requests": 13}  # of a first page, with everything

# Each word of code on its ground: the colours of the boxes below it, one over the other.
CODE_CONTRASTS = (
    "() => {"
    + CONTRAST
    + """
  const over = (colour, ground) =>
    /^rgba/.test(colour) ? blend(colour, ground()) : colour;
  const ground = (e) =>
    e ? over(getComputedStyle(e).backgroundColor, () => ground(e.parentElement)) : "rgb(255, 255, 255)";
  const words = document.querySelectorAll("pre code, pre code span, pre code a");
  return [...words].map((e) => {
    const colour = over(getComputedStyle(e).color, () => ground(e));
    return [contrast(colour, ground(e)), colour, ground(e), e.className];
  });
}"""
)

HIDDEN = """() =>
  [...document.querySelectorAll("article :is(p, li, pre, math, svg, td, h1, h2, h3)")]
    .filter((e) => !e.closest("details:not([open]), .tabbed-block"))
    .filter((e) => !e.checkVisibility())
    .map((e) => e.outerHTML.slice(0, 100))"""


def weight(visitor: Visitor) -> list[object]:
    """What is too heavy, or loaded before it is wanted."""
    sizes = visitor.weights
    found: list[object] = [name for name in sizes if re.match(r"search[./]", name)]
    kib = sum(sizes.values()) / KIB
    if len(sizes) > MOST["requests"] or kib > MOST["KiB"]:
        found.append((len(sizes), kib, sizes))
    return found


def moved(page: Page) -> list[object]:
    shifts = page.evaluate(SHIFTS)
    return shifts if sum(value for value, *_ in shifts) > 0.01 else []


def moved_twice(page: Page) -> list[object]:
    """What moves while the page loads, in two loads.

    On a busy machine the page may be painted before its font is there, once.
    """
    if not moved(page):
        return []
    page.reload(wait_until="networkidle")
    settle(page)
    return moved(page)


def pale(page: Page) -> list[object]:
    """Words of code that do not stand out from their ground."""
    return [shown for shown in page.evaluate(CODE_CONTRASTS) if shown[0] < 4.5]


def overflowing(page: Page) -> list[str]:
    """What is wider than the screen, or scrolls, but not by keyboard."""
    return page.evaluate(OVERFLOW) + page.evaluate(UNREACHABLE)


def copied(page: Page) -> list[str]:
    """What the buttons of the programs put on the clipboard."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
    page.evaluate(
        "document.querySelectorAll('.tabbed-block').forEach("
        "(b) => b.style.display = 'block')"
    )
    found = []
    for button in page.locator(".program [data-clipboard-target]:visible").all():
        page.evaluate("navigator.clipboard.writeText('nothing')")
        button.click()
        found.append(page.evaluate(CLIPBOARD))
    return found


@pytest.fixture(scope="session")
def looked_at_by_axe(site: Path, pytestconfig: pytest.Config) -> set[str]:
    """The HTML files on which axe looks."""
    pages = {
        path.relative_to(site).as_posix(): features(path.read_text("utf-8"))
        for path in sorted(site.rglob("*.html"))
    }
    return {*pages} if pytestconfig.getoption("--axe") == "all" else sample(pages)


def features(page: str) -> set[str]:
    """The elements and classes of a page; code is looked at by `pale`, everywhere."""
    page = re.sub(r"<pre.*?</pre>", "<pre>", page, flags=re.DOTALL)
    names = {f"<{tag}" for tag in re.findall(r"<([a-z][\w-]*)", page)}
    return names.union(*map(str.split, re.findall(r'\sclass="([^"]*)"', page)))


def sample(pages: dict[str, set[str]]) -> set[str]:
    """A few pages that have every feature of all; the richest ones first."""
    chosen: set[str] = set()
    missing = set().union(*pages.values())
    while missing:
        best = max(pages, key=lambda name: len(pages[name] & missing))
        chosen.add(best)
        missing -= pages[best]
    return chosen


def test_sample_has_all_features():
    pages = {"a": {"p", "h1"}, "b": {"p", "h1", "math"}, "c": {"svg"}, "d": set()}
    assert sample(pages) == {"b", "c"}
    assert features('<p class="a b"><pre class="c"><i></i></pre></p>') == {
        *("<p", "<pre", "a", "b")
    }


@EVERY_PAGE
def test_page_is_light_still_accessible_and_fits(name, visitor, looked_at_by_axe):
    file = page_of(ROOT / "docs" / name, visitor.site) if name != "404.html" else None
    path = file.relative_to(visitor.site).as_posix() if file else name
    found = {}
    page = visitor.open(name, viewport=PHONE)
    found["weight"] = weight(visitor)
    found["moved on a phone"] = moved_twice(page)
    if path in looked_at_by_axe:
        found["axe on a phone, light"] = violations(page)
    found["pale code, light"] = pale(page)
    found["overflows a phone"] = overflowing(page)
    resize(page, SMALLEST)
    found["overflows the smallest screen"] = overflowing(page)

    page = visitor.open(name, viewport=DESKTOP, color_scheme="dark")
    found["moved on a desktop"] = moved_twice(page)
    if path in looked_at_by_axe:
        found["axe on a desktop, dark"] = violations(page)
    found["pale code, dark"] = pale(page)
    found["overflows a desktop"] = overflowing(page)
    resize(page, ZOOMED)
    found["overflows when zoomed"] = overflowing(page)
    resize(page, DESKTOP)
    shown = [program.code for program in programs(file)] if file else []
    if (got := copied(page)) != shown:
        found["copied"] = [got, shown]
    assert {what: faults for what, faults in found.items() if faults} == {}


@EVERY_PAGE
def test_page_is_whole_without_javascript(name, visitor):
    page = visitor.open(name, java_script_enabled=False, viewport=PHONE)
    assert page.evaluate(OVERFLOW) == []
    assert page.evaluate(HIDDEN) == []
    assert len(page.inner_text("article")) > (10 if name == "404.html" else 200)


PLANTED = """() => {
  const add = (html, style) => {
    document.querySelector("article").insertAdjacentHTML("afterbegin", html);
    Object.assign(document.querySelector("article").firstElementChild.style, style);
  };
  add("<p>Pale words</p>", { color: "#aaa" });
  add("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", { height: "300px" });
  add("<pre><code>x</code></pre>", {});
  document.querySelector("article code").style.color = "#aaa";
  add("<div>out of reach</div>", { overflowX: "scroll", width: "30px", whiteSpace: "nowrap" });
  add("<div id='wide'>wide</div>", { width: "3000px" });
}"""


def test_what_is_looked_for_is_found(visitor):
    page = visitor.open("gallery.md")
    assert (moved(page), overflowing(page), pale(page)) == ([], [], [])
    page.evaluate(PLANTED)
    assert moved(page)
    assert any("wide" in fault for fault in page.evaluate(OVERFLOW))
    assert any("out of reach" in fault for fault in page.evaluate(UNREACHABLE))
    assert len(pale(page)) == 1
    rules = [fault.partition(":")[0] for fault in violations(page)]
    assert {"image-alt", "color-contrast"} <= {*rules}
    visitor.tabs[True].loaded.append(f"{visitor.origin}/search/search_index.json")
    assert "search/search_index.json" in weight(visitor)
    page = visitor.open("gallery.md", java_script_enabled=False)
    page.evaluate("document.querySelector('article p').style.display = 'none'")
    assert len(page.evaluate(HIDDEN)) == 1


def test_axe_agrees_on_the_colours_of_code(visitor):
    page = visitor.open("index.md", color_scheme="dark")
    assert violations(page, code=True) == []

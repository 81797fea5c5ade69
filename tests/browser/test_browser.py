"""The built site in Chromium: readable, operable, quiet, in both palettes and sizes."""

import os
import re
import subprocess
import sys

import pytest
import sigref
from built import ROOT
from visitor import CLIPBOARD, CONTRAST, PHONE

pytestmark = pytest.mark.browser

BOTH_SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])

# --- Formulas -----------------------------------------------------------------


def test_integrals_and_sums_are_large_where_a_formula_stands_alone(visitor):
    page = visitor.open("reference/facts/integrals.md")
    ratios = page.evaluate("""async () => {
      await document.fonts.ready;
      return [...document.querySelectorAll("math[display=block] mo")]
        .filter((e) => e.textContent === "∫" && !e.closest("mfrac"))
        .map((e) => e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).fontSize));
    }""")
    assert len(ratios) > 10
    assert min(ratios) > 1.8


# --- Colours --------------------------------------------------------------------

# Contrast with the ground of each figure's texts and lines, the grid left out.
CONTRASTS = (
    "() => {"
    + CONTRAST
    + """
  const ground = getComputedStyle(document.body).backgroundColor;
  const shown = [];
  for (const e of document.querySelectorAll(".fig text, .fig path, .fig use")) {
    const paint = e.tagName === "text" ? "fill" : "stroke";
    const given = e.getAttribute(paint) ?? "";
    const exempt = /grid|paper|none|^#(fff|FFF)/.test(given) || (!given && paint === "stroke");
    const colour = getComputedStyle(e)[paint];
    if (!exempt && colour !== "none") shown.push([contrast(colour, ground), colour, given]);
  }
  for (const e of document.querySelectorAll("article :is(p, h1, h2, li, td, code)"))
    shown.push([contrast(getComputedStyle(e).color, ground), e.tagName]);
  return shown;
}"""
)


@BOTH_SCHEMES
@pytest.mark.parametrize("media", ["screen", "print"])
def test_figures_and_text_stand_out(scheme, media, visitor):
    page = visitor.open("gallery.md", color_scheme=scheme)
    page.emulate_media(media=media)
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 200
    assert [shown for shown in contrasts if shown[0] < 3] == []


def test_paper_is_light_when_the_screen_is_dark(visitor):
    page = visitor.open("reference/sigmoid.md", color_scheme="dark")
    page.emulate_media(media="print")
    grounds = page.evaluate("""() => ["html", "body", "article", "pre > code", ".output code"]
      .map((name) => getComputedStyle(document.querySelector(name)).backgroundColor)""")
    clear = ("rgb(255", "rgb(245", "rgba(0, 0, 0, 0)")
    assert [ground for ground in grounds if not ground.startswith(clear)] == []
    texts = page.evaluate(
        """() => [...document.querySelectorAll("article :is(p, h2, td, pre code span)")]
        .map((e) => getComputedStyle(e).color)"""
    )
    assert len(texts) > 100
    assert [text for text in texts if sum(rgb(text)) > 3 * 150] == []


def rgb(colour: str) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", colour)[:3]]


CURVE = """() => getComputedStyle(
  document.querySelector(".fig [stroke^='var(--fig-1']")).stroke"""


def test_palette_toggle_changes_the_curves_and_is_remembered(visitor):
    page = visitor.open(color_scheme="light")
    light = page.evaluate(CURVE)
    page.get_by_title("Switch to dark mode").click()
    dark = page.evaluate(CURVE)
    assert dark != light
    page.reload(wait_until="networkidle")
    assert page.evaluate(CURVE) == dark


def test_tab_that_was_chosen_is_open_on_every_page(visitor):
    page = visitor.open("how-to/use-it-in-other-libraries-and-languages.md")
    page.locator(".tabbed-labels label", has_text="JAX").first.click()
    page.goto(f"{visitor.origin}/how-to/get-the-gradient-right/")
    chosen = page.locator(".tabbed-set > input:checked")
    labels = chosen.evaluate_all("all => all.map((one) => one.labels[0].innerText)")
    assert labels == ["JAX", "JAX"]


def test_nothing_moves_for_those_who_ask_for_stillness(visitor):
    page = visitor.open("gallery.md", reduced_motion="reduce")
    page.keyboard.press("End")
    page.get_by_title("Switch to dark mode").click()
    moving = page.evaluate("""() => document.getAnimations()
      .filter((a) => a.effect.getComputedTiming().duration > 0)
      .map((a) => a.effect.target.outerHTML.slice(0, 100))""")
    assert moving == []
    style = "getComputedStyle(document.documentElement).scrollBehavior"
    assert page.evaluate(style) == "auto"


# --- Copying --------------------------------------------------------------------


def test_copied_session_is_what_was_typed(visitor):
    page = visitor.open("reference/api.md")
    block = page.locator(".language-pycon").first
    lines = block.locator("code").first.inner_text().splitlines()
    typed = [line[4:] for line in lines if line.startswith((">>> ", "... "))]
    block.locator("[data-clipboard-target]").click()
    assert [line for line in page.evaluate(CLIPBOARD).splitlines() if line] == typed


def test_outputs_and_signatures_have_no_copy_button(visitor):
    page = visitor.open("reference/api.md")
    assert page.locator(".program .output").count() > 0
    assert page.locator(".output [data-clipboard-target]").count() == 0
    assert page.locator(".doc-signature").count() > 0
    assert page.locator(".doc-signature [data-clipboard-target]:visible").count() == 0


def test_copied_formula_is_its_tex(visitor):
    page = visitor.open()
    page.evaluate("""() => getSelection().selectAllChildren(
      document.querySelector("article .math"))""")
    page.keyboard.press("Control+c")
    tex = page.evaluate(CLIPBOARD)
    assert re.sub(r"\s", "", tex) == r"$$\sigma(x)=\frac{1}{1+e^{-x}}$$"


def test_sentence_is_copied_with_the_tex_of_its_formulas(visitor):
    page = visitor.open("reference/sigmoid.md")
    sentence = page.locator("article li:has(math)").first
    sentence.evaluate("(element) => getSelection().selectAllChildren(element)")
    page.keyboard.press("Control+c")
    text = page.evaluate(CLIPBOARD)
    assert "a one-to-one map (a bijection) from $\\mathbb R$ onto $(0, 1)$" in text


# --- Keyboard and search ----------------------------------------------------------


@pytest.mark.parametrize("key", ["/", "s", "f"])
def test_search_opens_by_key_finds_expit_and_leads_to_it(key, visitor):
    page = visitor.open("gallery.md")
    page.keyboard.press(key)
    page.keyboard.type("expit")
    result = page.locator(".md-search-result__item a").first
    result.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "gallery" not in address)
    assert "expit" in page.inner_text("article")


def test_first_tab_stop_skips_to_the_content(visitor):
    page = visitor.open("gallery.md")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.md-skip')")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('article')")


def test_keyboard_focus_is_always_seen(visitor):
    page = visitor.open("reference/sigmoid.md")
    unseen, passed = [], set()
    for _ in range(60):
        page.keyboard.press("Tab")
        place, seen = page.evaluate("""() => {
          const e = document.activeElement;
          if (e.matches("body, input[type=text]")) return [e.outerHTML.slice(0, 80), true];
          const shown = e.matches(".md-option") ? e.nextElementSibling : e;
          const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
          const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
          return [e.outerHTML.slice(0, 120), outline && box.width > 0];
        }""")
        passed.add(place)
        if not seen:
            unseen.append(place)
    assert len(passed) > 40
    assert unseen == []


@pytest.mark.parametrize("what", [".math", "pre > code", ".md-typeset__scrollwrap"])
def test_wide_content_scrolls_by_keyboard(what, visitor):
    page = visitor.open("reference/sigmoid.md", viewport={"width": 320, "height": 600})
    wide = page.locator(f"article {what}[tabindex='0']").first
    wide.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(box) => box.scrollLeft > 0", arg=wide.element_handle(), timeout=2000
    )
    assert wide.evaluate("(box) => box.scrollLeft") > 0


def test_first_column_stays_and_a_shadow_says_that_there_is_more(visitor):
    page = visitor.open("reference/accuracy-ledger.md", viewport=PHONE)
    wide = page.locator(".wide .md-typeset__scrollwrap:visible").first
    edge = "(box) => box.querySelector('td').getBoundingClientRect().left"
    assert wide.evaluate("(box) => box.scrollWidth > box.clientWidth")
    wide.evaluate("(box) => { box.scrollLeft = 90 }")
    assert (
        wide.evaluate(f"(box) => ({edge})(box) - box.getBoundingClientRect().left") == 0
    )
    assert "local" in wide.evaluate(
        "(box) => getComputedStyle(box).backgroundAttachment"
    )
    cell = wide.locator("td").first
    assert (
        cell.evaluate("(td) => getComputedStyle(td).backgroundColor")
        != "rgba(0, 0, 0, 0)"
    )


# --- The explorer -----------------------------------------------------------------


def test_explorer_says_the_value_and_slope_that_sigref_computes(visitor):
    page = visitor.open()
    point = page.locator("sigmoid-explorer [role=slider]")
    for key in ["Home", "PageUp", "ArrowRight", "End"]:
        point.press(key)
        words = point.get_attribute("aria-valuetext").replace("−", "-")
        x, value, slope = re.findall(r"-?\d+\.\d+", words)
        expected = (sigref.sigmoid(float(x)), sigref.sigmoid_derivative(float(x)))
        assert (float(value), float(slope)) == pytest.approx(expected, abs=5e-4)


def test_explorer_copies_a_program_that_says_the_same(visitor, tmp_path):
    page = visitor.open()
    page.locator("sigmoid-explorer [role=slider]").press("PageUp")
    page.get_by_label("Steepness k").press("ArrowRight")
    page.get_by_role("button", name="Copy as Python").click()
    page.get_by_text("Copied.").wait_for()
    program = page.evaluate(CLIPBOARD).replace("plt.show()", "")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    said = page.locator("sigmoid-explorer .say").inner_text().replace("−", "-")
    printed, spoken = (
        [round(float(number), 3) for number in re.findall(r"-?\d+\.?\d*(?!\w)", text)]
        for text in (done.stdout, said)
    )
    assert printed == pytest.approx(spoken, abs=1e-3)
    assert len(printed) == 3


def test_explorer_is_a_figure_without_javascript(visitor):
    page = visitor.open(java_script_enabled=False)
    assert page.locator("sigmoid-explorer .fig svg").is_visible()


def test_explorer_keeps_the_picture_that_a_link_names(visitor):
    page = visitor.open()
    page.goto(page.url + "#explorer:k=2,x=-1")
    words = page.locator("sigmoid-explorer [role=slider]").get_attribute(
        "aria-valuetext"
    )
    assert words == "At x = −1.0 the value is 0.119 and the slope is 0.210."

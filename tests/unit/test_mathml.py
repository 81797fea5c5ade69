"""Formulas become MathML that needs no script and no inline style."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from sigref._docs.page.mathml import CLASSES, to_mathml

ROOT = Path(__file__).parents[2]


def parse(tex: str, *, display: bool = True) -> ET.Element:
    text = to_mathml(tex, display=display)
    # Not XML as it stands: an entity of HTML, and an attribute without a value.
    text = text.replace("&ApplyFunction;", "\u2061")
    return ET.fromstring(text.replace("data-search-exclude", 'data-search-exclude=""'))


def shape(element: ET.Element) -> str:
    """Element names with their texts, without the elements that only group."""
    inner = "".join(map(shape, element)) or (element.text or "")
    return inner if element.tag == "mrow" else f"{element.tag}({inner})"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\frac{1}{1+e^{-x}}", "mfrac(mn(1)mn(1)mo(+)msup(mi(e)mo(−)mi(x)))"),
        (r"\sigma'(x)", "msup(mi(σ)mo(′))mo(()mi(x)mo())"),
        (r"f''", "msup(mi(f)mo(″))"),
        (r"\sum_{k=0}^n a_k", "munderover(mo(∑)mi(k)mo(=)mn(0)mi(n))msub(mi(a)mi(k))"),
        (r"\operatorname{sech} x", "mspace()mi(sech)mo(\u2061)mi(x)"),
        (r"\d x", "mspace()mi(d)mi(x)"),
        (r"\int_0^1 f", "msubsup(mo(∫)mn(0)mn(1))mi(f)"),
        (r"\sqrt{x}", "msqrt(mi(x))"),
        (r"\mathbb{R}", "mi(ℝ)"),
        (r"x < 1 \le y", "mi(x)mo(<)mn(1)mo(≤)mi(y)"),
        (r"\text{if } x", "mtext(if\u00a0)mi(x)"),
    ],
)
def test_structure(tex, expected):
    presentation = parse(tex)[0][0]
    assert shape(
        ET.fromstring(f"<mrow>{ET.tostring(presentation, 'unicode')}</mrow>")
    ) == (expected)


def test_limits_stand_below_only_in_display():
    tex = r"\lim_{x\to\infty} \sigma(x)"
    assert parse(tex).find(".//munder") is not None
    assert parse(tex, display=False).find(".//munder") is None
    assert parse(tex, display=False).find(".//msub") is not None


def test_cases_and_aligned_are_tables():
    cases = parse(r"\begin{cases} 0 & x < 0 \\ 1 & x \ge 0 \end{cases}")
    assert [len(row) for row in cases.iter("mtr")] == [2, 2]
    assert next(cases.iter("mo")).text == "{"
    aligned = parse(r"\begin{aligned} a &= b \\ &= c \end{aligned}")
    assert [cell.get("class").split()[-1] for cell in aligned.iter("mtd")] == [
        "m-text-align-right",
        "m-text-align-left",
    ] * 2


def test_annotation_carries_the_tex():
    tex = r"\begin{aligned} a &< b \end{aligned}"
    annotation = parse(f"\n{tex}\n").find(".//annotation")
    assert annotation.text == tex
    assert annotation.attrib == {
        "encoding": "application/x-tex",
        "data-search-exclude": "",
    }


@pytest.mark.parametrize("display", [True, False])
def test_display(display):
    assert parse("x", display=display).get("display") == ("block" if display else None)


def test_primes_have_a_class():
    assert parse("f'").find(".//mo").get("class") == "m-prime"


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{aligned} a &= b & c &= d \end{aligned}",
        r"\begin{cases} a & b \\ c & d \end{cases}",
        r"\begin{array}{lcr} a & b & c \end{array}",
        r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}",
        r"\begin{gathered} a \\ b \end{gathered}",
        r"\left( \frac{1}{2} \right)^2 \quad \tfrac12 \, \hat{x} \overline{x}",
        r"\tfrac12 \! x",
    ],
)
def test_every_style_becomes_a_class_of_the_style_sheet(tex):
    text = to_mathml(tex, display=True)
    assert not re.search(r"\sstyle=", text)
    used = {
        name for names in re.findall(r'class="([^"]*)"', text) for name in names.split()
    }
    assert used <= CLASSES


def test_style_sheet_has_every_class():
    css = (ROOT / "docs/assets/site.css").read_text("utf-8")
    assert {*re.findall(r"\.(m-[\w-]+)", css)} == CLASSES | {"m-prime"}


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"a \\[1ex] b", r"rendered wrongly at '\\\\\\\\\['"),
        (r"a \\ [b]", "rendered wrongly"),
        (r"\begin{aligned}[t] a \end{aligned}", "rendered wrongly"),
        (r"\begin{array}[t]{l} a \end{array}", "rendered wrongly"),
        (r"\bigl( x \bigr)^2", "rendered wrongly"),
        (r"\Bigr]_0", "rendered wrongly"),
        (r"\foo", "Unknown command"),
        (r"\frac{1}{2", "formula"),
        (r"\begin{aligned} a", "formula"),
        (r"\color{red}{x}", "no class"),
        (r"\begin{align} a &= b \end{align}", "no class"),
        (r"\begin{array}{c|c} a & b \end{array}", "no class"),
    ],
)
def test_refuses(tex, reason):
    with pytest.raises(ValueError, match=reason) as error:
        to_mathml(tex, display=True)
    assert repr(tex) in str(error.value)
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("tex", [r"a \\ b", r"\bigl( x \bigr) \cdot y^2", r"[a]^2"])
def test_accepts_what_looks_similar(tex):
    to_mathml(rf"\begin{{gathered}} {tex} \end{{gathered}}", display=True)

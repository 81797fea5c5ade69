r"""TeX to MathML while the site is built: no script is needed to read a formula.

arithmatex finds the formulas; `MathPostprocessor` replaces what it leaves.
"""

import html
import re

from markdown.postprocessors import Postprocessor
from math_core import LatexError, LatexToMathML
from sigref._docs.page.current import report

PLACEHOLDER = re.compile(
    r'(?s)<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>'
)
# math-core renders these wrongly without an error: an optional argument after
# \\ or \begin{...} is printed, and a script after \bigr) unbalances the brackets.
SILENTLY_WRONG = re.compile(
    r"\\\\\s*\[|\\begin\{\w+\*?\}\[|\\[bB]igg?[lr]?[)\]|}]\s*[\^_]"
)
LATEX = LatexToMathML(annotation=True, macros={"d": r"\mathrm{d}", "T": r"\mathsf{T}"})

# The styles of the cells of aligned, cases and array, of \! and spaces, of \cfrac.
CLASSES = {
    *("m-text-align-left", "m-text-align-right"),
    *("m-justify-items-start", "m-justify-items-end"),
    *("m-padding-left-0", "m-padding-right-0", "m-padding-left-1em"),
    *("m-padding-right-0-1667em", "m-margin-left-0-16666667em"),
    "m-padding-top-0-1667em",
}


def to_mathml(tex: str, *, display: bool) -> str:
    """Return the formula `tex` as a MathML element without inline styles.

    ValueError: math-core refuses it, or is known to render it wrongly.
    """
    tex = tex.strip()
    if wrong := SILENTLY_WRONG.search(tex):
        raise ValueError(f"formula {tex!r} would be rendered wrongly at {wrong[0]!r}")

    def as_class(style: re.Match[str]) -> str:
        """`style` would break the content security policy; site.css has the classes."""
        names = set()
        for declaration in filter(None, map(str.strip, style[1].split(";"))):
            name = "m-" + re.sub(r"[^a-z0-9]+", "-", declaration.lower())
            if name not in CLASSES:
                needs = f"needs {declaration!r}, for which site.css has no class"
                raise ValueError(f"formula {tex!r} {needs}")
            names.add(name)
        return f' class="{" ".join(sorted(names))}"'

    try:
        mathml = LATEX.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        reason = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip().splitlines()[0]
        raise ValueError(f"formula {tex!r}: {reason}") from None
    mathml = re.sub(r' style="([^"]*)"', as_class, mathml)
    # Primes of the math font are too small in Chromium without its ss04 feature.
    mathml = re.sub(r"<mo>(?=[′″‴]</mo>)", '<mo class="m-prime">', mathml)
    return mathml.replace("<annotation ", "<annotation data-search-exclude ")


class MathPostprocessor(Postprocessor):
    """Replace arithmatex's placeholders; report what cannot be rendered."""

    def run(self, text: str) -> str:
        return PLACEHOLDER.sub(_render, text)


def _render(match: re.Match[str]) -> str:
    tex, display = html.unescape(match[3]), match[2] == "["
    try:
        mathml = to_mathml(tex, display=display)
    except ValueError as error:
        return report(str(error), tex)
    # A wide formula scrolls by itself instead of widening the page.
    return f'<div class="math">{mathml}</div>' if display else mathml

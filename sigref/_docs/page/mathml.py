r"""TeX to MathML while the site is built: no script is needed to read a formula.

arithmatex finds the formulas; `MathPostprocessor` replaces what it leaves.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from markdown.postprocessors import Postprocessor
from math_core import LatexError, LatexToMathML

if TYPE_CHECKING:
    from collections.abc import Callable

PLACEHOLDER = re.compile(
    r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL
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
    r"""Return the formula `tex` as a MathML element without inline styles.

    Raises
    ------
    ValueError
        math-core refuses the formula, or is known to render it wrongly.
    """
    tex = tex.strip()
    if wrong := SILENTLY_WRONG.search(tex):
        raise ValueError(f"formula {tex!r} would be rendered wrongly at {wrong[0]!r}")
    try:
        mathml = LATEX.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        reason = re.sub(r"\x1b\[[\d;]*m", "", str(error)).strip().splitlines()[0]
        raise ValueError(f"formula {tex!r}: {reason}") from None
    try:
        mathml = re.sub(r' style="([^"]*)"', _style_to_class, mathml)
    except ValueError as error:
        raise ValueError(f"formula {tex!r} {error}") from None
    # Primes of the math font are too small in Chromium without its ss04 feature.
    mathml = re.sub(r"<mo>(?=[′″‴]</mo>)", '<mo class="m-prime">', mathml)
    return mathml.replace("<annotation ", "<annotation data-search-exclude ")


def _style_to_class(style: re.Match[str]) -> str:
    """`style` would break the content security policy; site.css has the classes."""
    names = set()
    for declaration in filter(None, map(str.strip, style[1].split(";"))):
        name = "m-" + re.sub(r"[^a-z0-9]+", "-", declaration.lower())
        if name not in CLASSES:
            raise ValueError(f"needs {declaration!r}, for which site.css has no class")
        names.add(name)
    return f' class="{" ".join(sorted(names))}"'


class MathPostprocessor(Postprocessor):
    """Replace arithmatex's placeholders; report what cannot be rendered."""

    def __init__(self, report: Callable[[str, str], str]) -> None:
        super().__init__()
        self.report = report

    def run(self, text: str) -> str:
        """Render every formula of a page."""
        return PLACEHOLDER.sub(self._render, text)

    def _render(self, match: re.Match[str]) -> str:
        tex, display = html.unescape(match[3]), match[2] == "["
        try:
            mathml = to_mathml(tex, display=display)
        except ValueError as error:
            return self.report(str(error), tex)
        # A wide formula scrolls by itself instead of widening the page.
        return f'<div class="math">{mathml}</div>' if display else mathml

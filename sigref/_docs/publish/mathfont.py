"""The math font: STIX Two Math, cut down to the characters in the formulas of the site."""

import html
import re
import unicodedata
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import matplotlib
from fontTools import subset
from fontTools.ttLib import TTFont

FONT = "ziamath/fonts/STIXTwoMath-Regular.ttf"
# Primes that Chromium shows in their right size. The bolder forms for scripts (ssty)
# are left out: they would double the font.
FEATURES = ["ss04"]
RULE = """
@font-face {
  font-family: "Site Math"; font-display: swap;
  src: url("fonts/math.woff2") format("woff2");
}
"""
# Browsers show <mi>x</mi> with the mathematical italic letter; italic h is U+210E,
# encoded earlier.
ITALICS = {"h": "\N{PLANCK CONSTANT}"} | {
    chr(int(unicodedata.decomposition(italic).split()[1], 16)): italic
    for italic in map(chr, range(0x1D400, 0x1D800))
    if unicodedata.name(italic, "").startswith("MATHEMATICAL ITALIC")
}


def formula_characters(page: str) -> set[str]:
    """Return the characters that browsers draw, or ask a font for, in formulas."""

    def with_italic(letter: re.Match[str]) -> str:
        return letter[1] + ITALICS.get(html.unescape(letter[1]), "")

    characters: set[str] = set()
    for formula in re.findall(r"(?s)<math.*?</math>", page):
        shown = re.sub(r"(?s)<annotation.*?</annotation>", "", formula)
        # Chromium requests both glyphs of a letter alone in <mi>.
        shown = re.sub(r"<mi>(&?\w+;|.)</mi>", with_italic, shown)
        characters |= set(html.unescape(re.sub(r"<[^>]*>", "", shown)))
        if "<msqrt" in formula or "<mroot" in formula:
            characters.add("√")  # drawn by the browser, not written in the formula
    return characters


def add_math_font(site: Path, pages: Iterable[str]) -> None:
    """Write the font and its licence, and name it in the style sheet."""
    used = set().union({" "}, *map(formula_characters, pages))
    stix = metadata.distribution("ziamath").locate_file(FONT)
    font = TTFont(str(stix), recalcTimestamp=False)
    missing = {c for c in used if not c.isspace()} - {*map(chr, font.getBestCmap())}
    if missing:
        raise SystemExit(f"formulas use characters without a math glyph: {missing}")
    folder = site / "assets" / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    # The font states its copyright, Matplotlib's folder has the text of its licence.
    notice = font["name"].getDebugName(0)
    text = Path(matplotlib.get_data_path(), "fonts/ttf/LICENSE_STIX").read_text("utf-8")
    licence = text[text.index("SIL OPEN FONT LICENSE") :]
    reduced = "Reduced to the characters that this site uses."
    (folder / "LICENCE.txt").write_text(f"{notice}\n{reduced}\n\n{licence}", "utf-8")
    options = subset.Options(layout_features=FEATURES, hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(used)))
    subsetter.subset(font)
    known = font["MATH"].table.MathGlyphInfo
    known.MathKernInfo = known.ExtendedShapeCoverage = None  # MathML Core uses neither
    font.flavor = "woff2"
    font.save(folder / "math.woff2")
    with (site / "assets" / "site.css").open("a", encoding="utf-8") as sheet:
        sheet.write(RULE)

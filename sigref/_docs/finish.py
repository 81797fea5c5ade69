"""Complete a built site: its math font, its data, and nothing that no page loads.

    python -m sigref._docs.finish site

The font is cut down to the characters that the formulas use, from 380 KB to less
than 20 KB. Two builds of the same pages give the same bytes.
"""

from __future__ import annotations

import html
import re
import shutil
import sys
import unicodedata
from importlib import metadata
from pathlib import Path

import matplotlib
from fontTools import subset
from fontTools.ttLib import TTFont
from sigref.facts.render import to_json

FONT = "ziamath/fonts/STIXTwoMath-Regular.ttf"


# Browsers show <mi>x</mi> with the mathematical italic letter; h has an older one.
_ITALIC_BLOCKS = [
    range(0x1D434, 0x1D468),
    range(0x1D6A4, 0x1D6A6),
    range(0x1D6E2, 0x1D71C),
]
ITALICS = {"h": "\N{PLANCK CONSTANT}"} | {
    chr(int(upright.split()[1], 16)): chr(code)
    for block in _ITALIC_BLOCKS
    for code in block
    if (upright := unicodedata.decomposition(chr(code)))
}


def math_characters(site: Path) -> set[str]:
    """Return the characters of all formulas, and the italics browsers make of them."""
    characters: set[str] = set()
    for path in site.rglob("*.html"):
        for formula in re.findall(
            r"<math.*?</math>", path.read_text("utf-8"), re.DOTALL
        ):
            shown = re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", formula)
            characters |= set(html.unescape(shown))
            if "<msqrt" in formula or "<mroot" in formula:
                characters.add("√")  # drawn by the browser, not written in the formula
    return characters | {ITALICS[c] for c in characters if c in ITALICS}


def write_math_font(site: Path) -> None:
    """Write the part of STIX Two Math that the formulas need, and its licence."""
    source = metadata.distribution("ziamath").locate_file(FONT)
    font = TTFont(str(source), recalcTimestamp=False)
    characters = math_characters(site)
    known = font.getBestCmap()
    missing = sorted(c for c in characters if not c.isspace() and ord(c) not in known)
    if missing:
        raise SystemExit(f"formulas use characters without a math glyph: {missing}")
    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(characters)))
    subsetter.subset(font)
    font.flavor = "woff2"
    folder = site / "assets" / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    font.save(folder / "math.woff2")
    # The font states its copyright, Matplotlib's folder has the text of its licence.
    copyright_notice = font["name"].getDebugName(0)
    stix = Path(matplotlib.get_data_path(), "fonts", "ttf", "LICENSE_STIX")
    licence = stix.read_text("utf-8").partition("SIL OPEN FONT LICENSE")
    (folder / "LICENCE.txt").write_text(
        f"{copyright_notice}\nReduced to the characters that this site uses.\n\n"
        + "".join(licence[1:]),
        "utf-8",
    )


def remove_ballast(site: Path) -> None:
    """Delete what the theme ships but no page of this site loads."""
    for path in site.rglob("*.map"):
        path.unlink()
    for name in ("javascripts/lunr", "inventories"):
        shutil.rmtree(site / "assets" / name, ignore_errors=True)
    for path in site.rglob("*.js"):  # the maps they point to are gone
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", text), "utf-8")
    for path in site.rglob("*.css"):
        text = path.read_text("utf-8")
        path.write_text(
            re.sub(r"\n?/\*# sourceMappingURL=\S+ \*/\s*$", "\n", text), "utf-8"
        )


def main() -> None:
    """Finish the site named on the command line."""
    site = Path(sys.argv[1])
    remove_ballast(site)
    write_math_font(site)
    (site / "facts.json").write_text(to_json(), "utf-8")


if __name__ == "__main__":
    main()

"""Complete a built site: its math font, and nothing that no page loads.

    python -m sigref._docs.finish site

The font is cut down to the characters that the formulas use, from 380 KB to less
than 20 KB. Two builds of the same pages give the same bytes.
"""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from importlib import metadata
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONT = "ziamath/fonts/STIXTwoMath-Regular.ttf"


def math_characters(site: Path) -> set[str]:
    """Return the characters of all formulas, and the italics browsers make of them."""
    characters = set()
    for path in site.rglob("*.html"):
        for formula in re.findall(
            r"<math.*?</math>", path.read_text("utf-8"), re.DOTALL
        ):
            shown = re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", formula)
            characters |= set(re.sub(r"&[a-z]+;", "<>&", shown))
            if "<msqrt" in formula or "<mroot" in formula:
                characters.add("√")  # drawn by the browser, not written in the formula
    return characters | {_italic(character) for character in characters}


def _italic(character: str) -> str:
    """Browsers show <mi>x</mi> with the mathematical italic letter."""
    name = unicodedata.name(character, "")
    match = re.fullmatch(r"(LATIN|GREEK) (SMALL|CAPITAL) LETTER (\w+)", name)
    if not match:
        return character
    try:
        return unicodedata.lookup(f"MATHEMATICAL ITALIC {match[2]} {match[3]}")
    except KeyError:  # h has an older code point
        return "\N{PLANCK CONSTANT}" if character == "h" else character


def write_math_font(site: Path) -> None:
    """Write the part of STIX Two Math that the formulas need."""
    source = metadata.distribution("ziamath").locate_file(FONT)
    font = TTFont(str(source), recalcTimestamp=False)
    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(math_characters(site))))
    subsetter.subset(font)
    font.flavor = "woff2"
    folder = site / "assets" / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    font.save(folder / "math.woff2")
    # Name records 0, 13 and 14: copyright, licence and its address.
    terms = "\n".join(str(font["name"].getDebugName(record)) for record in (0, 13, 14))
    (folder / "LICENCE.txt").write_text(
        f"{terms}\nReduced to the characters that this site uses.\n", "utf-8"
    )


def remove_ballast(site: Path) -> None:
    """Delete what the theme ships but no page of this site loads."""
    for path in site.rglob("*.map"):
        path.unlink()
    shutil.rmtree(site / "assets" / "javascripts" / "lunr", ignore_errors=True)
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


if __name__ == "__main__":
    main()

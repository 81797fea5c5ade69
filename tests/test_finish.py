"""The finished site has a complete math font with its licence, and no ballast."""

import unicodedata

import pytest
from fontTools.ttLib import TTFont
from sigref._docs.finish import (
    ITALICS,
    math_characters,
    remove_ballast,
    write_math_font,
)

FORMULA = (
    "<p>not this: ж</p><math><semantics><mrow><mi>σ</mi><mo>&lt;</mo><mi>ϵ</mi><mi>h</mi>"
    '<mo>&#x2202;</mo><mi>lim</mi></mrow><annotation encoding="application/x-tex">'
    "Ω</annotation></semantics></math>"
)


@pytest.fixture
def small(tmp_path):
    (tmp_path / "index.html").write_text(FORMULA, "utf-8")
    return tmp_path


def test_characters_are_those_shown_and_their_italics(small):
    assert math_characters(small) == {*"σ<ϵh∂lim", *"𝜎𝜖ℎ𝜕𝑙𝑖𝑚"}


def test_italics_are_the_mathematical_letters():
    assert len(ITALICS) == 52 + 58 + 2
    for upright, italic in ITALICS.items():
        assert unicodedata.normalize("NFKC", italic) == unicodedata.normalize(
            "NFKC", upright
        )


def test_font_of_the_site_has_every_character_of_its_formulas(site):
    font = TTFont(site / "assets/fonts/math.woff2")
    characters = {ord(c) for c in math_characters(site) if not c.isspace()}
    assert len(characters) > 50
    assert characters - set(font.getBestCmap()) == set()
    assert "MATH" in font


def test_font_is_small_and_the_same_each_time(small):
    write_math_font(small)
    first = (small / "assets/fonts/math.woff2").read_bytes()
    write_math_font(small)
    assert (small / "assets/fonts/math.woff2").read_bytes() == first
    assert len(first) < 20_000


def test_font_comes_with_its_copyright_and_licence(small):
    write_math_font(small)
    text = (small / "assets/fonts/LICENCE.txt").read_text("utf-8")
    assert text.startswith("Copyright 2001-2020 The STIX Fonts Project Authors")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "THE FONT SOFTWARE IS PROVIDED" in text


def test_formula_with_a_character_that_the_font_lacks_is_refused(small):
    (small / "index.html").write_text("<math><mi>字</mi></math>", "utf-8")
    with pytest.raises(SystemExit, match="字"):
        write_math_font(small)


def test_ballast_is_removed_and_the_rest_kept(tmp_path):
    scripts = tmp_path / "assets" / "javascripts"
    for folder in (scripts / "lunr", tmp_path / "assets" / "inventories"):
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("", "utf-8")
    (scripts / "a.js").write_text("run()\n//# sourceMappingURL=a.js.map\n", "utf-8")
    (scripts / "a.js.map").write_text("{}", "utf-8")
    (scripts / "b.css").write_text("p{}\n/*# sourceMappingURL=b.css.map */", "utf-8")
    remove_ballast(tmp_path)
    files = {path.name: path.read_text("utf-8") for path in scripts.iterdir()}
    assert files == {"a.js": "run()\n", "b.css": "p{}\n"}
    assert [path.name for path in (tmp_path / "assets").iterdir()] == ["javascripts"]

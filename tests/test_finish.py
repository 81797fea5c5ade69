"""The finished site has its fonts with their licence, a policy, and no ballast."""

import base64
import hashlib
import re
import unicodedata

import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from sigref._docs.finish import (
    ITALICS,
    as_classic,
    formula_characters,
    remove_ballast,
    rewrite_scripts,
    split_characters,
    with_fonts,
    with_policy,
    write_math_fonts,
)

FORMULA = (
    "<p>not this: ж</p><math><semantics><mrow><mi>σ</mi><mo>&lt;</mo><mi>ϵ</mi><mi>h</mi>"
    '<mo>&#x2202;</mo><mi>lim</mi></mrow><annotation encoding="application/x-tex">'
    "Ω</annotation></semantics></math>"
)


@pytest.fixture
def small(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "site.css").write_text(
        '@font-face { src: url("fonts/math.woff2") format("woff2"); }\n'
        '@font-face { src: url("fonts/math-rare.woff2") format("woff2"); }\n',
        "utf-8",
    )
    return tmp_path


def test_characters_are_those_drawn():
    assert formula_characters(FORMULA) == {*"<∂lim", *"σϵh", *"𝜎𝜖ℎ"}
    assert formula_characters("<math><msqrt><mn>2</mn></msqrt></math>") == {*"√2"}
    assert formula_characters('<math><mi mathvariant="normal">Γ</mi></math>') == {"Γ"}
    assert formula_characters("<math><mi>∞</mi><mi>&lt;</mi></math>") == {*"∞<"}


def test_italics_are_the_mathematical_letters():
    assert len(ITALICS) == 52 + 58 + 2
    for upright, italic in ITALICS.items():
        assert unicodedata.normalize("NFKC", italic) == unicodedata.normalize(
            "NFKC", upright
        )


def test_characters_of_few_pages_are_split_off():
    pages = [{*"ab"}, {*"ac"}, {*"ab"}, {*"a"}, {*"a"}, set(), set(), set()]
    assert split_characters(pages) == ({*"ab "}, {"c"})
    assert split_characters([set()]) == ({" "}, set())


def test_fonts_of_the_site_have_every_character_of_its_formulas(site):
    shown = [
        formula_characters(path.read_text("utf-8")) for path in site.rglob("*.html")
    ]
    characters = {c for page in shown for c in page if not c.isspace()}
    assert len(characters) > 100
    common, rare = (
        TTFont(site / f"assets/fonts/{name}.woff2") for name in ("math", "math-rare")
    )
    assert "MATH" in common
    assert "MATH" in rare
    assert {ord(c) for c in characters} <= {*common.getBestCmap(), *rare.getBestCmap()}


def test_each_font_says_for_which_characters_it_is(small):
    write_math_fonts(small, {*"x "}, {*"𝛤∏"})
    sheet = (small / "assets/site.css").read_text("utf-8")
    ranges = re.findall(r"fonts/([\w-]+)\.woff2.*\n  unicode-range: (.*);", sheet)
    assert ranges == [("math", "U+20, U+78"), ("math-rare", "U+220F, U+1D6E4")]


def test_pages_name_the_fonts_that_they_need():
    head = (
        '<html><head><meta charset="utf-8">'
        '<link rel="stylesheet" href="../assets/site.css"></head>'
    )
    fonts = re.compile(r'href="\.\./assets/fonts/([\w-]+)\.woff2"')
    assert fonts.findall(with_fonts(head, {"𝛤"})) == []
    assert fonts.findall(with_fonts(head + FORMULA, {"𝛤"})) == ["math"]
    assert fonts.findall(with_fonts(head + FORMULA, {"𝜖"})) == ["math", "math-rare"]


def test_fonts_are_small_and_the_same_each_time(small):
    write_math_fonts(small, {*"<∂lim𝜎𝜖ℎ "}, {"√"})
    first = (small / "assets/fonts/math.woff2").read_bytes()
    write_math_fonts(small, {*"<∂lim𝜎𝜖ℎ "}, {"√"})
    assert (small / "assets/fonts/math.woff2").read_bytes() == first
    assert len(first) < 10_000


def test_fonts_come_with_their_copyright_and_licence(small):
    write_math_fonts(small, {"x"}, {"y"})
    text = (small / "assets/fonts/LICENCE.txt").read_text("utf-8")
    assert text.startswith("Copyright 2001-2020 The STIX Fonts Project Authors")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "THE FONT SOFTWARE IS PROVIDED" in text


def test_formula_with_a_character_that_the_font_lacks_is_refused(small):
    with pytest.raises(SystemExit, match="字"):
        write_math_fonts(small, {"x"}, {"字"})


def test_policy_names_the_scripts_of_the_page_and_no_others():
    page = with_policy(
        '<meta charset="utf-8"><script>run(1)</script>'
        '<script type="application/json">{}</script><script src="a.js"></script>'
    )
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="(.*?)"', page)
    digest = base64.b64encode(hashlib.sha256(b"run(1)").digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == f"'self' 'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert page.index("http-equiv") < page.index("<script")
    with pytest.raises(SystemExit, match="UTF-8"):
        with_policy("<p>")


def test_modules_become_one_script(tmp_path):
    (tmp_path / "b.js").write_text(
        "export const two = 2;\nexport function half(x) { return x / two; }\n", "utf-8"
    )
    (tmp_path / "a.js").write_text(
        'import { half, two as b } from "./b.js";\nwindow.a = half(b);\n', "utf-8"
    )
    script = as_classic(tmp_path / "a.js")
    assert "const { half, two: b } = module0;" in script
    assert "return { two, half };" in script
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)


@pytest.mark.parametrize(
    "line",
    [
        "import a from './b.js';",
        "export default 1;",
        "export { a };",
        "import './b.js';",
    ],
)
def test_module_that_would_not_become_a_script_is_refused(line, tmp_path):
    (tmp_path / "a.js").write_text(f"{line}\n", "utf-8")
    with pytest.raises(SystemExit, match=r"a\.js: write"):
        as_classic(tmp_path / "a.js")


def test_element_is_loaded_where_it_stands(tmp_path):
    assets = tmp_path / "assets"
    (assets / "javascripts").mkdir(parents=True)
    (tmp_path / "search").mkdir()
    (tmp_path / "search/search_index.json").write_text('{"docs": []}', "utf-8")
    (assets / "early.js").write_text("first()\n", "utf-8")
    (assets / "javascripts/bundle.1.js").write_text(
        'location.protocol!=="file:"&&second("search.highlight")?1:2\n', "utf-8"
    )
    (assets / "my-element.js").write_text(
        'customElements.define("my-element", class extends HTMLElement {});\n', "utf-8"
    )
    script = '<script src="assets/my-element.js" type="module"></script>\n'
    other = '<script type="module" src="assets/my-element.js"></script>\n'
    pages = {
        tmp_path / "a.html": f"<my-element></my-element>{script}",
        tmp_path / "c.html": f"<my-element></my-element>{other}",
        tmp_path / "b.html": f"<p>{script}",
    }
    rewrite_scripts(tmp_path, pages)
    assert pages[tmp_path / "a.html"] == pages[tmp_path / "c.html"]
    assert pages[tmp_path / "a.html"].endswith(
        '<script src="assets/my-element.classic.js" defer></script>\n'
    )
    assert pages[tmp_path / "b.html"] == "<p>"
    module = (assets / "my-element.js").read_text("utf-8")
    assert 'customElements.get("my-element") ?? customElements.define(' in module
    bundle = (assets / "javascripts/bundle.1.js").read_text("utf-8")
    assert bundle == ('first()\n!1&&second("search.highlight")&&location.search?1:2\n')
    index = (tmp_path / "search/search_index.js").read_text("utf-8")
    assert index == 'var __index={"docs":[]}\n'


def test_another_theme_is_noticed(tmp_path):
    index = "search/search_index.json"
    for name in ("assets/javascripts/bundle.1.js", "assets/early.js", index):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("run()\n", "utf-8")
    with pytest.raises(SystemExit, match="the theme has changed"):
        rewrite_scripts(tmp_path, {})


def test_card_is_a_picture_of_the_size_that_others_expect(site):
    with Image.open(site / "assets" / "card.png") as card:
        assert card.size == (1200, 630)
        assert len(card.getcolors(100_000)) > 100
    home = (site / "index.html").read_text("utf-8")
    assert (
        'property="og:image" content="https://sigref.readthedocs.io/assets/card.png"'
        in home
    )


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

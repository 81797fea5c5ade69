"""The finished site has its fonts with their licence, a policy, and no ballast."""

import base64
import hashlib
import re
import unicodedata

import pytest
from sigref._docs.finish import (
    ITALICS,
    adapt_material,
    add_math_fonts,
    as_classic,
    drop_dead_rules,
    formula_characters,
    live_rules,
    remove_ballast,
    rewrite_scripts,
    with_policy,
    with_wrapped_tables,
    without_plain_words,
)

FORMULA = (
    "<p>not this: ж</p><math><semantics><mrow><mi>σ</mi><mo>&lt;</mo><mi>ϵ</mi><mi>h</mi>"
    '<mo>&#x2202;</mo><mi>lim</mi></mrow><annotation encoding="application/x-tex">'
    "Ω</annotation></semantics></math>"
)


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


HEAD = (
    '<html><head><meta charset="utf-8">'
    '<link rel="stylesheet" href="../assets/site.css"></head>'
)
FONT = re.compile(r'url\("([^"]*assets/fonts/[\w-]+\.woff2)"\)')


def test_pages_with_the_same_characters_share_a_font(tmp_path):
    other = FORMULA.replace("<mi>σ</mi>", "<mi>x</mi>")
    pages = {"a": HEAD, "b": HEAD + FORMULA, "c": HEAD + FORMULA * 2, "d": HEAD + other}
    done = add_math_fonts(tmp_path, pages)
    fonts = {name: FONT.findall(page) for name, page in done.items()}
    assert done["a"] == HEAD
    assert fonts["b"] == fonts["c"] != fonts["d"]
    assert all(address.startswith("../assets/") for [address] in map(fonts.get, "bcd"))
    assert fonts["b"][0] in re.search(r'rel="preload" href="([^"]*)"', done["b"])[1]
    assert len(list((tmp_path / "assets/fonts").glob("*.woff2"))) == 2


def test_fonts_are_small_and_the_same_each_time(tmp_path):
    fonts = []
    for name in ("first", "second"):
        add_math_fonts(tmp_path / name, {"page": HEAD + FORMULA})
        fonts += [path.read_bytes() for path in (tmp_path / name).rglob("*.woff2")]
    assert len(fonts) == 2
    assert fonts[0] == fonts[1]
    assert len(fonts[0]) < 10_000


def test_fonts_come_with_their_copyright_and_licence(tmp_path):
    add_math_fonts(tmp_path, {"page": HEAD + FORMULA})
    text = (tmp_path / "assets/fonts/LICENCE.txt").read_text("utf-8")
    assert text.startswith("Copyright 2001-2020 The STIX Fonts Project Authors")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "THE FONT SOFTWARE IS PROVIDED" in text


def test_formula_with_a_character_that_the_font_lacks_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="字"):
        add_math_fonts(tmp_path, {"page": HEAD + FORMULA.replace("ϵ", "字")})


def test_page_with_formulas_but_without_the_style_sheet_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="no style sheet"):
        add_math_fonts(tmp_path, {"page": FORMULA})


@pytest.mark.parametrize(
    ("sheet", "kept"),
    [
        (".here{a:b}", ".here{a:b}"),
        (".gone{a:b}", ""),
        (".joined-later{a:b}", ".joined-later{a:b}"),
        (".here.gone,.here>p,#here :is(.gone){a:b}", ".here>p,#here :is(.gone){a:b}"),
        ("p:not(.gone)::before{content:','}", 'p:not(.gone)::before{content:","}'),
        (r".here\:here{a:b}.here\:there{a:b}", r""),
        ("[x=here] p,[x='gone'] p,[x^=gone] p{a:b}", "[x=here] p,[x^=gone] p{a:b}"),
        ("[x] p,[y] p,[joined-up] p{a:b}", "[x] p,[joined-up] p{a:b}"),
        ("[data-md-color-switching] *{a:b}", ""),
        ("@media print{.gone{a:b}}", ""),
        ("@media (width>9em){.gone,p{a:b}}", "@media (width>9em){p{a:b}}"),
        ("@font-face{font-family:gone}", "@font-face{font-family:gone}"),
        (
            "@supports (x:y){@media print{p{a:b}}}",
            "@supports (x:y){@media print{p{a:b}}}",
        ),
        ("p{--used:url(a;b);--not:1;/*c*/a:b}", "p{--used:url(a;b);a:b}"),
        ("p{--not:1}", ""),
        ("p{a:b!important}", "p{a:b!important}"),
    ],
)
def test_rules_that_can_apply_stay(sheet, kept):
    live = live_rules(sheet, {"x", "here", "joined-", "data-md-color-"}, {"--used"})
    assert live.replace('url("a;b")', "url(a;b)") == kept


def test_words_of_code_without_a_colour_need_no_marks():
    page = '<pre><code><span class="n">a</span> <span class="ow">in</span></code></pre>'
    page += '<span class="n">text</span>'
    shorter = '<pre><code>a <span class="ow">in</span></code></pre>'
    assert without_plain_words(page) == shorter + '<span class="n">text</span>'


def test_tables_have_their_boxes():
    page = "<table><tr></tr></table><p></p><table class='own'></table>"
    box = '<div class="md-typeset__scrollwrap"><div class="md-typeset__table">'
    wrapped = with_wrapped_tables(page)
    assert wrapped.count(box) == 1
    assert wrapped.startswith(f"{box}<table><tr></tr></table></div></div><p>")


def test_style_sheet_that_cannot_be_read_is_refused():
    with pytest.raises(SystemExit, match="line 2"):
        live_rules("p{a:b}\n.broken", set(), set())


def test_variable_that_only_a_dead_rule_uses_goes_with_it(tmp_path):
    (tmp_path / "a.css").write_text("p{--x:1;--y:2}.gone{a:var(--x)}", "utf-8")
    (tmp_path / "b.css").write_text(".late{a:var(--y)}", "utf-8")
    (tmp_path / "c.js").write_text('add("late")', "utf-8")
    drop_dead_rules(tmp_path, {"page": "<p>gone</p>"})
    assert (tmp_path / "a.css").read_text("utf-8") == "p{--y:2}"
    assert (tmp_path / "b.css").read_text("utf-8") == ".late{a:var(--y)}"


def test_policy_names_the_scripts_and_styles_of_the_page_and_no_others():
    page = with_policy(
        '<meta charset="utf-8"><script>run(1)</script><style>p {}</style>'
        '<script type="application/json">{}</script><script src="a.js"></script>',
        material=True,
    )
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="(.*?)"', page)
    digest = base64.b64encode(hashlib.sha256(b"run(1)").digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == f"'self' 'sha256-{digest}'"
    digest = base64.b64encode(hashlib.sha256(b"p {}").digest()).decode()
    assert rules["style-src"] == f"'self' 'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy
    assert page.index("http-equiv") < page.index("<script")
    with pytest.raises(SystemExit, match="UTF-8"):
        with_policy("<p>", material=True)


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
        'location.protocol!=="file:"&&second("search.highlight")?1:{name:"color-scheme"}'
        '["table:not([class])"]\n',
        "utf-8",
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
    adapt_material(tmp_path)
    assert pages[tmp_path / "a.html"] == pages[tmp_path / "c.html"]
    assert pages[tmp_path / "a.html"].endswith(
        '<script src="assets/my-element.classic.js" defer></script>\n'
    )
    assert pages[tmp_path / "b.html"] == "<p>"
    module = (assets / "my-element.js").read_text("utf-8")
    assert 'customElements.get("my-element") ?? customElements.define(' in module
    bundle = (assets / "javascripts/bundle.1.js").read_text("utf-8")
    assert bundle == (
        'first()\n!1&&second("search.highlight")&&location.search?1:{name:"unused"}'
        '["table:not([class],.md-typeset__table>*)"]\n'
    )
    index = (tmp_path / "search/search_index.js").read_text("utf-8")
    assert index == 'var __index={"docs":[]}\n'


def test_another_theme_is_noticed(tmp_path):
    index = "search/search_index.json"
    for name in ("assets/javascripts/bundle.1.js", "assets/early.js", index):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("run()\n", "utf-8")
    with pytest.raises(SystemExit, match="the theme has changed"):
        adapt_material(tmp_path)


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

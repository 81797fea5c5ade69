"""The finished site has its fonts with their licence, a policy, and no ballast."""

import base64
import hashlib
import re
import unicodedata

import pytest
from sigref._docs.html import parse
from sigref._docs.publish import material
from sigref._docs.publish.finish import (
    remove_unused_files,
    strip_comments,
    with_module,
    with_policy,
    without_unused,
    write_wheel,
)
from sigref._docs.publish.mathfont import ITALICS, add_math_font, formula_characters

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


@pytest.fixture
def assets(tmp_path):
    folder = tmp_path / "assets"
    folder.mkdir()
    (folder / "site.css").write_text("p {}\n", "utf-8")
    return folder


def test_font_is_small_the_same_each_time_and_named_in_the_style_sheet(assets):
    fonts = []
    for _ in range(2):
        add_math_font(assets.parent, ["<p>no formula</p>", FORMULA])
        fonts.append((assets / "fonts/math.woff2").read_bytes())
    assert fonts[0] == fonts[1]
    assert len(fonts[0]) < 10_000
    sheet = (assets / "site.css").read_text("utf-8")
    assert sheet.startswith("p {}\n")
    assert 'url("fonts/math.woff2")' in sheet


def test_font_comes_with_its_copyright_and_licence(assets):
    add_math_font(assets.parent, [FORMULA])
    text = (assets / "fonts/LICENCE.txt").read_text("utf-8")
    assert text.startswith("Copyright 2001-2020 The STIX Fonts Project Authors")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "THE FONT SOFTWARE IS PROVIDED" in text


def test_formula_with_a_character_that_the_font_lacks_is_refused(assets):
    with pytest.raises(SystemExit, match="字"):
        add_math_font(assets.parent, [FORMULA.replace("ϵ", "字")])
    assert not (assets / "fonts").exists()


def test_words_of_code_without_a_colour_need_no_marks():
    page = '<pre><code><span class="n">a</span> <span class="ow">in</span></code></pre>'
    page += '<span class="n">text</span>'
    shorter = '<pre><code>a <span class="ow">in</span></code></pre>'
    assert (
        material.drop_uncoloured_spans(page) == shorter + '<span class="n">text</span>'
    )


def test_tables_have_their_boxes():
    page = "<table><tr></tr></table><p></p><table class='own'></table>"
    wrapped = material.wrap_tables(page + "<table></table>")
    boxes = parse(wrapped).all("div", "md-typeset__scrollwrap")
    named = [(b.attributes["tabindex"], b.attributes["aria-label"]) for b in boxes]
    assert named == [("0", "Table 1"), ("0", "Table 2")]
    box = '<div class="md-typeset__table"><table><tr></tr></table></div></div><p></p>'
    assert wrapped.partition(">")[2].startswith(box)


def test_policy_names_the_scripts_and_styles_of_the_page_and_no_others():
    page = (
        '<meta charset="utf-8"><script>run(1)</script><style>p {}</style>'
        '<script type="application/json">{}</script><script src="a.js"></script>'
        "<article><script>printed()</script><style>b {}</style></article>"
    )
    page = with_policy(page, parse(page), own_theme=True)
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
        with_policy("<p>", parse("<p>"), own_theme=True)


def test_page_loads_the_script_of_an_element_only_with_the_element():
    own, other = (
        f'<script src="../assets/{name}.js" defer></script>\n'
        for name in ("my-element", "site")
    )
    sheet = '\n  <link rel="stylesheet" href="../assets/_mkdocstrings.css">'
    assert without_unused(f"<my-element>{own}{other}") == f"<my-element>{own}{other}"
    assert without_unused(f"<p>{own}{other}{sheet}") == f"<p>{other.rstrip()}"
    documented = f'<div class="doc doc-object">{sheet}'
    assert without_unused(documented) == documented


def test_comments_stay_with_their_authors(assets):
    (assets / "site.css").write_text("/* a\nb */\np { color: red } /* c */\n", "utf-8")
    (assets / "site.js").write_text("// a\nrun(); // b\n  // c\nend()\n", "utf-8")
    strip_comments(assets.parent)
    assert (assets / "site.css").read_text("utf-8").split() == [
        *["p", "{", "color:", "red", "}"]
    ]
    assert (assets / "site.js").read_text("utf-8") == "run(); // b\nend()\n"


def test_page_says_how_to_get_the_module():
    page = with_module("<p>a</p><!-- wheel -->", "../../", "a.whl", "")
    assert '<a href="../../assets/a.whl">' in page
    assert '<a href="../../assets/a.whl.sha256">' in page
    assert "git+" not in page
    page = with_module("<!-- wheel -->", "", "a.whl", "https://e.org/a")
    assert 'pip install "sigref[plot] @ git+https://e.org/a"' in page


def test_wheel_is_offered_with_its_hash(assets):
    name = write_wheel(assets.parent)
    (wheel,) = assets.glob("sigref-*.whl")
    assert wheel.name == name
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert (assets / f"{wheel.name}.sha256").read_text() == f"{digest}  {wheel.name}\n"


# --- The theme --------------------------------------------------------------------


@pytest.fixture
def theme(assets):
    """A site whose theme has the strings that are changed, and the index."""
    (assets / "javascripts").mkdir()
    (assets.parent / "search").mkdir()
    (assets.parent / material.INDEX).write_text('{"docs": []}', "utf-8")
    (assets / "early.js").write_text("first()\n", "utf-8")
    bundle = assets / "javascripts" / "bundle.1.js"
    bundle.write_text(
        "".join(f"[{theirs}]" for theirs, *_ in material.CHANGES), "utf-8"
    )
    return bundle


def test_theme_is_adapted(theme, assets):
    material.adapt(assets.parent)
    ours = "".join(f"[{ours}]" for _, ours, _ in material.CHANGES)
    assert theme.read_text("utf-8") == f"first()\n{ours}"
    index = (assets.parent / "search/search_index.js").read_text("utf-8")
    assert index == 'var __index={"docs":[]}\n'


@pytest.mark.parametrize(("theirs", "ours", "without"), material.CHANGES)
def test_another_theme_is_named_and_in_ci_refused(
    theirs, ours, without, theme, assets, monkeypatch, capsys
):
    theme.write_text(theme.read_text("utf-8").replace(theirs, "other"), "utf-8")
    monkeypatch.delenv("CI", raising=False)
    material.adapt(assets.parent)
    warning = capsys.readouterr().out
    assert warning.count("\n") == 1
    assert repr(theirs) in warning
    assert without in warning
    assert "[other]" in theme.read_text("utf-8")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SystemExit, match="the theme has no"):
        material.adapt(assets.parent)


def test_what_no_page_loads_is_removed_and_the_rest_kept(tmp_path):
    scripts = tmp_path / "assets" / "javascripts"
    for folder in (scripts / "lunr", tmp_path / "assets" / "inventories"):
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("", "utf-8")
    (scripts / "a.js").write_text("run()\n//# sourceMappingURL=a.js.map\n", "utf-8")
    (scripts / "a.js.map").write_text("{}", "utf-8")
    (scripts / "b.css").write_text("p{}\n/*# sourceMappingURL=b.css.map */", "utf-8")
    remove_unused_files(tmp_path)
    files = {path.name: path.read_text("utf-8") for path in scripts.iterdir()}
    assert files == {"a.js": "run()\n", "b.css": "p{}\n"}
    assert [path.name for path in (tmp_path / "assets").iterdir()] == ["javascripts"]

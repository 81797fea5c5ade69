"""The parts of a page that is downloaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from built import ROOT
from sigref._docs.publish import export
from sigref._docs.publish.markdown import Program, convert

ENVIRONMENT = {
    **os.environ,
    "MPLBACKEND": "agg",
    "PYTHONUTF8": "1",
    "PYTHONPATH": str(ROOT),
}


def run(arguments: list[str], folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


# --- The parts --------------------------------------------------------------------


def markdown(html: str) -> str:
    return convert(html, "https://a.example/b/")[0].rstrip("\n")


FORMULA = "<math><mi>x</mi><annotation>x_1</annotation></math>"
DISPLAYED = FORMULA.replace("<math", '<math display="block"')


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<h2>A <code>b</code><a class="headerlink">¶</a></h2>', "## A `b`"),
        ("<p>a <em>b</em>\n<strong>c</strong></p>", "a *b* **c**"),
        ('<p><a href="../c/#d">e</a></p>', "[e](https://a.example/c/#d)"),
        (f"<p>so {FORMULA}</p>", "so $x_1$"),
        (f"<div>{DISPLAYED}</div>", "$$\nx_1\n$$"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ("<ol><li><p>a</p></li><li><p>b</p></li></ol>", "1. a\n2. b"),
        ("<pre>a\n\n```</pre>", "````text\na\n\n```\n````"),
        ("<p><code>a`b</code></p>", "`` a`b ``"),
        (
            "<table><tr><th>a</th><th>|</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "| a | \\| |\n| --- | --- |\n| 1 | 2 |",
        ),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n:   b"),
        ("<details><summary>a</summary><p>b</p></details>", "**a**\n\nb"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<p>a <button>c</button>b</p>", "a b"),
    ],
)
def test_html_becomes_markdown(html, expected):
    assert markdown(html) == expected


def test_program_that_raises_ends_in_what_it_raises(tmp_path):
    program = Program("x = '''a\nb'''[:1]\nint(x)", "ValueError: …", "")
    with pytest.raises(SystemExit, match="cannot be indented"):
        export._surviving(program)
    program = Program("print(1)\nint('a')", "ValueError: …", "")
    (tmp_path / "a.py").write_text(export._surviving(program), "utf-8")
    assert run(["a.py"], tmp_path).splitlines() == [
        "1",
        "ValueError: invalid literal for int() with base 10: 'a'",
    ]


PROGRAM = (
    '<div class="program"><div class="language-python highlight"><pre><code>{}</code>'
    '</pre></div><div class="output highlight"><pre><code>{}</code></pre></div></div>'
)
TABBED = (
    '<div class="tabbed-set"><div class="tabbed-labels"><label>One</label><label>Two'
    '</label></div><div class="tabbed-content"><div class="tabbed-block"><p>a</p></div>'
    '<div class="tabbed-block"><p>b</p></div></div></div>'
)


def test_programs_are_apart_from_the_text_wherever_they_are():
    page = f"<p>a</p>{PROGRAM.format('1', 'x')}<ul><li>b{PROGRAM.format('2', 'y')}</li></ul>"
    text, parts = convert(page, "")
    assert [p.source for p in parts if isinstance(p, Program)] == ["1", "2"]
    assert [p for p in parts if isinstance(p, str)] == ["a", "- b"]
    assert "```python\n1\n```\n\n```text\nx\n```" in text
    assert "  ```python\n  2\n  ```" in text
    assert convert(TABBED, "")[0] == "**One**\n\na\n\n**Two**\n\nb\n"


def test_page_gets_its_files_and_their_links(tmp_path):
    svg = '<svg id="fig-1" viewBox="0 0 2 1" role="img"><path fill="var(--fig-1, #123456)"/></svg>'
    figures = f'<figure class="fig">{svg}</figure>' + (
        f'<figure class="fig">{svg.replace("fig-1", "fig-2", 1)}<figcaption>C</figcaption></figure>'
    )
    table = "<table><tr><th>x</th></tr><tr><td>1, 2</td></tr></table>"
    program = PROGRAM.format("1", "2").replace(
        "</div></div>", f"</div>{table}{figures}</div>"
    )
    page = f"<body><article><h1>A</h1>{table}{program}</article></body>"
    page, text = export.write(tmp_path, "name", page, "A", "https://e.org/name/")
    assert {path.name for path in tmp_path.iterdir()} == {
        *("index.md", "name.py", "name.ipynb", "fig-1.svg", "fig-2.svg", "table-1.csv")
    }
    assert (tmp_path / "table-1.csv").read_text() == 'x\n"1, 2"\n'
    drawing = (tmp_path / "fig-1.svg").read_text()
    assert 'fill="#123456"' in drawing
    assert drawing.startswith('<svg id="fig-1" viewBox="0 0 2 1" width="2" height="1"')
    for file in tmp_path.iterdir():
        assert page.count(f'href="{file.name}" download') == 1
    assert page.count("<figcaption>") == 2
    assert text.startswith("# A\n")


def test_page_without_programs_is_text_alone(tmp_path):
    page, _ = export.write(tmp_path, "a", "<article><p>b</p></article>", "A", "")
    assert [path.name for path in tmp_path.iterdir()] == ["index.md"]
    assert page.count("download>") == 1
    assert export.write(tmp_path, "a", "<p>no article</p>", "A", "") == (
        "<p>no article</p>",
        "",
    )

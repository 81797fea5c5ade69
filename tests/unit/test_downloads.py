"""The parts of a page that is downloaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from built import ROOT
from sigref._docs import downloads

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
    tree = downloads._Tree(html).root
    parts = downloads.blocks(tree, "https://a.example/b/")
    return "\n\n".join(p if isinstance(p, str) else p.markdown for p in parts)


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
        ("<p><code>a`b</code></p>", "``a`b``"),
        (
            "<table><tr><th>a</th><th>|</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "| a | \\| |\n| --- | --- |\n| 1 | 2 |",
        ),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n:   b"),
        ("<details><summary>a</summary><p>b</p></details>", "**a**\n\nb"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n> \n> b"),
        ("<p>a<br>b<button>c</button></p>", "a b"),
    ],
)
def test_html_becomes_markdown(html, expected):
    assert markdown(html) == expected


def test_program_that_raises_ends_in_what_it_raises(tmp_path):
    program = downloads.Program("x = '''a\nb'''[:1]\nint(x)", "ValueError: …", "")
    with pytest.raises(SystemExit, match="cannot be indented"):
        downloads._surviving(program)
    program = downloads.Program("print(1)\nint('a')", "ValueError: …", "")
    (tmp_path / "a.py").write_text(downloads._surviving(program), "utf-8")
    assert run(["a.py"], tmp_path).splitlines() == [
        "1",
        "ValueError: invalid literal for int() with base 10: 'a'",
    ]

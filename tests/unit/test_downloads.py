"""What is downloaded from a page says and does what the page shows."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from built import ROOT, SOURCES, page_of, parse, programs
from sigref._docs import downloads

PAGES = pytest.mark.parametrize(
    "source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix()
)
ENVIRONMENT = {
    **os.environ,
    "MPLBACKEND": "agg",
    "PYTHONUTF8": "1",
    "PYTHONPATH": str(ROOT),
}
# The cells of a notebook share a namespace, and an exception does not end it.
RUN_CELLS = """
import contextlib, io, json, pathlib, sys
notebook = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
space, printed = {"__name__": "__main__"}, []
for cell in notebook["cells"]:
    if cell["cell_type"] != "code":
        continue
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            exec(compile("".join(cell["source"]), "cell", "exec"), space)
        except Exception as error:
            if "raises-exception" not in cell["metadata"].get("tags", []):
                raise
    if "reset" not in cell["metadata"].get("tags", []):
        printed.append(out.getvalue())
    if "matplotlib.pyplot" in sys.modules:  # as the notebook does after each cell
        sys.modules["matplotlib.pyplot"].close("all")
json.dump(printed, sys.stdout)
"""


def only(folder: Path, suffix: str) -> Path:
    (path,) = folder.glob(f"*{suffix}")
    return path


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


@PAGES
def test_notebook_and_script_do_what_the_page_shows(source, site, tmp_path):
    page = page_of(source, site)
    shown = programs(page)
    if not shown:
        assert list(page.parent.glob("*.ipynb")) == []
        return
    notebook = only(page.parent, ".ipynb")
    content = json.loads(notebook.read_text("utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    code = [cell for cell in code if cell["metadata"] != {"tags": ["reset"]}]
    assert ["".join(cell["source"]) for cell in code] == [p.code for p in shown]
    assert len({cell["id"] for cell in content["cells"]}) == len(content["cells"])
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with ThreadPoolExecutor(2) as pool:
        cells = pool.submit(run, ["-c", RUN_CELLS, str(notebook)], tmp_path / "a")
        script = pool.submit(run, [str(notebook.with_suffix(".py"))], tmp_path / "b")
    for program, printed in zip(shown, json.loads(cells.result()), strict=True):
        if program.output is not None:
            assert printed.rstrip() == program.output.rstrip()
    # The script prints the same one after the other, and the exceptions' last lines
    # without the hints that only tracebacks have.
    rest = script.result()
    for program in shown:
        error = (program.error or "").partition(". Did you mean")[0]
        for text in filter(None, (program.output, error)):
            _, found, rest = rest.partition(text.strip())
            assert found == text.strip()


def test_figures_are_files_of_their_own(site):
    pages = [path for path in site.rglob("*.html") if 'class="fig"' in path.read_text()]
    count = 0
    for page in pages:
        for figure in parse(page.read_text("utf-8")).all("fig"):
            for svg in figure.all(tag="svg"):
                name = f"{svg.attributes['id']}.svg"
                links = [a.attributes["href"] for a in figure.all(tag="a")]
                assert name in links
                text = (page.parent / name).read_text("utf-8")
                root = ET.fromstring(text)
                assert root.tag == "{http://www.w3.org/2000/svg}svg"
                assert float(root.attrib["width"]) > 100
                assert "var(" not in text
                used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', text))
                assert used <= {e.attrib.get("id") for e in root.iter()}
                count += 1
    assert count > 20


def test_printed_tables_are_files(site):
    folder = site / "reference" / "sigmoid"
    rows = list(csv.reader(io.StringIO((folder / "table-1.csv").read_text("utf-8"))))
    assert rows[0] == ["x", "σ(x)", "as a float"]
    assert rows[1] == ["0", "1/2", "0.5000000000"]
    files = list(site.rglob("table-*.csv"))
    assert len(files) > 10
    for file in files:
        widths = {len(row) for row in csv.reader(io.StringIO(file.read_text("utf-8")))}
        assert len(widths) == 1, file


@PAGES
def test_page_is_there_as_markdown_with_its_outputs(source, site):
    page = page_of(source, site)
    text = (page.parent / "index.md").read_text("utf-8")
    for program in programs(page):
        assert program.code in text
        assert (program.output or "").rstrip() in text
    assert not re.search(
        r"<(?:div|span|math|svg|p)\b",
        re.sub(r"`[^`]*`|```.*?```", "", text, flags=re.DOTALL),
    )
    full = (site / "llms-full.txt").read_text("utf-8")
    assert text.strip() in full


def test_list_of_pages_names_each_once_in_the_order_of_the_navigation(site):
    text = (site / "llms.txt").read_text("utf-8")
    assert text.startswith("# The sigmoid function\n\n> ")
    places = re.findall(
        r"^- \[.+\]\(https://[^/]+/(.*)index\.md\): .{40}", text, re.MULTILINE
    )
    built = {
        path.parent.relative_to(site).as_posix() for path in site.rglob("index.html")
    }
    assert sorted(place.strip("/") or "." for place in places) == sorted(built)
    assert places[:2] == ["", "tutorial/first-sigmoid/"]


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

"""What a reader can take away from a built page: its programs, figures, tables, text.

Everything is made from the page as it was built, so a download says what the page
says: a script and a notebook of its programs, each figure as a file, each printed
table as CSV, and the page as Markdown with the outputs of its programs.
"""

import ast
import csv
import html
import io
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from sigref._docs.html import Node, parse
from sigref._docs.publish.markdown import Program, convert

ARTICLE = re.compile(r"<article[^>]*>(?P<content>.*?)</article>", re.DOTALL)


def write(
    folder: Path, name: str, page: str, title: str, address: str
) -> tuple[str, str]:
    """Write the files of one page; return the page with links, and its Markdown.

    The downloads go to `folder` and are called `name`. The page has a title, and the
    address where it is published, if that is known.
    """
    match = ARTICLE.search(page)
    if not match:
        return page, ""
    content = match["content"]
    text, parts = convert(content, address)
    (folder / "index.md").write_text(text, "utf-8")
    links = [("index.md", "Markdown")]
    if any(isinstance(part, Program) for part in parts):
        parts = list(_with_resets(parts))
        (folder / f"{name}.py").write_text(_script(parts, address or title), "utf-8")
        (folder / f"{name}.ipynb").write_text(_notebook(parts), "utf-8")
        links = [(f"{name}.py", "Python"), (f"{name}.ipynb", "notebook"), *links]
    added = [(len(content), f'<p class="downloads">This page as {_links(links)}</p>')]
    tree = parse(content)
    added += [*_figures(tree, content, folder), *_tables(tree, folder)]
    for place, addition in sorted(added, reverse=True):
        content = content[:place] + addition + content[place:]
    start, end = match.span("content")
    return page[:start] + content + page[end:], text


def _links(links: list[tuple[str, str]]) -> str:
    return ", ".join(
        f'<a href="{html.escape(file)}" download>{label}</a>' for file, label in links
    )


# --- Programs -------------------------------------------------------------------

# On the page each program has a process of its own. One after another in the same
# process, a later one would find what an earlier one has set.
PRECISION = re.compile(r"\bmp\.dps *= *")
RESET_PRECISION = "import mpmath\n\nmpmath.mp.dps = 15  # as in a new process"


def _with_resets(parts: list[str | Program]) -> list[str | Program]:
    """Return `parts` with what undoes a setting, before the program after it."""
    found: list[str | Program] = []
    due: list[Program] = []
    for part in parts:
        if isinstance(part, Program):
            if missing := re.match(r"NameError: name '(\w+)'", part.error):
                forget = f'globals().pop("{missing[1]}", None)  # as in a new process'
                due.append(Program(forget, "", "", "reset"))
            found += due
            changed = PRECISION.search(part.source)
            due = [Program(RESET_PRECISION, "", "", "reset")] if changed else []
        found.append(part)
    return found


def _script(parts: list[str | Program], address: str) -> str:
    """Return a script whose cells editors know: text in comments, programs."""
    lines = [f"# {address}"]
    for part in parts:
        if isinstance(part, Program):
            lines += ["", "# %%", _surviving(part)]
        else:
            text = textwrap.indent(part, "# ", lambda _: True)
            lines += ["", "# %% [markdown]", text]
    return "\n".join(re.sub(r"(?m)^# $", "#", line) for line in lines) + "\n"


def _surviving(program: Program) -> str:
    """Return the program; one that ends with an exception prints this instead."""
    source = program.source.strip("\n")
    if not program.error:
        return source
    name = program.error.partition(":")[0].rpartition(".")[2]
    body = textwrap.indent(source, "    ")
    told = 'print(f"{type(error).__name__}: {error}")'
    shown = f"try:\n{body}\nexcept Exception as error:\n    {told}"
    (statement,) = ast.parse(shown).body
    # A string of several lines would be another string.
    if ast.dump(ast.Module(statement.body, [])) != ast.dump(ast.parse(source)):  # type: ignore[attr-defined]
        raise SystemExit(f"a program that raises {name} cannot be indented")
    return shown


def _notebook(parts: list[str | Program]) -> str:
    """Return the page as a Jupyter notebook that nobody has run yet."""
    cells: list[dict[str, object]] = []
    for number, part in enumerate(parts):
        source = part.source if isinstance(part, Program) else part
        cell: dict[str, object] = {"cell_type": "markdown", "id": f"cell-{number}"}
        cell |= {"metadata": {}, "source": source.splitlines(keepends=True)}
        if isinstance(part, Program):
            cell |= {"cell_type": "code", "execution_count": None, "outputs": []}
            cell["metadata"] = {"tags": [part.tag]} if part.tag else {}
        cells.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    version = {"nbformat": 4, "nbformat_minor": 5}
    notebook = {"cells": cells, "metadata": metadata, **version}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


# --- Figures and tables ---------------------------------------------------------


def _figures(tree: Node, content: str, folder: Path) -> Iterator[tuple[int, str]]:
    """Write each figure; yield where its link goes, and the link."""
    for figure in tree.all("figure", "fig"):
        (svg,) = figure.all("svg")
        file = f"{svg.attributes['id']}.svg"
        drawing = _drawing(content[svg.start : svg.end] + "</svg>")
        (folder / file).write_text(drawing, "utf-8")
        link = f'<span class="downloads">{_links([(file, "SVG")])}</span>'
        if caption := figure.first("figcaption"):
            yield caption.end, f" {link}"
        else:
            yield figure.end, f"<figcaption>{link}</figcaption>"


def _drawing(svg: str) -> str:
    """Return a figure for other programs: in the light colours, on white."""
    svg = re.sub(r"var\([^,]*, ?([^)]*)\)", r"\1", svg)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()  # type: ignore[union-attr]
    opening, rest = svg.split(">", 1)
    opening = re.sub(r' (?:data-search-exclude|role|aria-\w+)="[^"]*"', "", opening)
    return (
        f'{opening} width="{width}" height="{height}" '
        'font-family="system-ui, Helvetica, Arial, sans-serif">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{rest}\n'
    )


def _tables(tree: Node, folder: Path) -> Iterator[tuple[int, str]]:
    """Write each printed table; yield where its link goes, and the link."""
    tables = (t for program in tree.all("div", "program") for t in program.all("table"))
    for number, table in enumerate(tables, 1):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for row in table.all("tr"):
            writer.writerow(_cell(cell).strip() for cell in row.elements)
        file = f"table-{number}.csv"
        (folder / file).write_text(text.getvalue(), "utf-8")
        link = f'<p class="downloads">{_links([(file, "CSV")])}</p>'
        yield table.end + len("</table>"), link


def _cell(node: Node | str) -> str:
    """Text without marks: what a table's reader would type."""
    if isinstance(node, str):
        return re.sub(r"\s+", " ", node)
    if node.tag == "math" and (tex := node.first("annotation")):
        return f"${tex.text().strip()}$"
    return "".join(map(_cell, node.children))

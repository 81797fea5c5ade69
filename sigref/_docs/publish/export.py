"""What a reader can take away from a built page: its programs, figures, tables, text.

Everything is made from the page as it was built, so a download says what the page
says: a script and a notebook of its programs, each figure as a file, each printed
table as CSV, and the page as Markdown with the outputs of its programs.
"""

from __future__ import annotations

import ast
import csv
import html
import io
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

ARTICLE = re.compile(r"<article[^>]*>(?P<content>.*?)</article>", re.DOTALL)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
VOID |= {"source", "track", "wbr"}
INLINE = {"a", "abbr", "b", "br", "code", "del", "em", "i", "img", "kbd", "mark"}
INLINE |= {"math", "q", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"}
SKIPPED = {"button", "input", "label", "nav", "script", "style", "template"}


@dataclass
class Node:
    """An element of a page, and where in the page it ends."""

    tag: str
    given: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    start: int = 0
    inner: int = 0
    end: int = 0

    @property
    def classes(self) -> set[str]:
        """The names in its class attribute."""
        return set(self.given.get("class", "").split())

    def text(self) -> str:
        """Return all text in it."""
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)

    def all(self, tag: str = "", name: str = "") -> Iterator[Node]:
        """Its descendants with this tag and class, outer ones first."""
        for child in self.children:
            if isinstance(child, Node):
                if tag in {"", child.tag} and (not name or name in child.classes):
                    yield child
                yield from child.all(tag, name)


class _Tree(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Node("article")
        self.open = [self.root]
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.feed(text)
        self.close()

    def _offset(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._offset()
        node = Node(tag, {name: value or "" for name, value in attrs}, start=start)
        node.inner = start + len(self.get_starttag_text() or "")
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, 0, -1):
            if self.open[index].tag == tag:
                self.open[index].end = self._offset()
                del self.open[index:]
                break

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@dataclass
class Program:
    """A program of a page and what it printed."""

    source: str
    error: str
    markdown: str
    reset: bool = False


# --- Markdown -------------------------------------------------------------------


def _tex(formula: Node) -> str:
    tex = next(formula.all("annotation")).text().strip()
    return f"$$\n{tex}\n$$" if formula.given.get("display") == "block" else f"${tex}$"


def _code(text: str) -> str:
    """Code in as many backticks as it needs."""
    mark = "`"
    while mark in text:
        mark += "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{mark}{space}{text}{space}{mark}" if text else ""


def _fence(text: str, language: str) -> str:
    mark = "```"
    while mark in text:
        mark += "`"
    return f"{mark}{language}\n{text.rstrip()}\n{mark}"


def _inline(node: Node | str, base: str) -> str:
    """One line of Markdown."""
    if isinstance(node, str):
        return re.sub(r"\s+", " ", node)
    tag, classes = node.tag, node.classes
    if tag == "math":
        return _tex(node).replace("$$\n", "$$").replace("\n$$", "$$")
    if tag == "code":
        return _code(node.text())
    if tag in SKIPPED | {"svg"} or classes & {"headerlink", "footnote-backref"}:
        return ""
    text = "".join(_inline(child, base) for child in node.children)
    if "footnote-ref" in classes:
        return f"[^{text}]"
    if tag == "img":
        return f"![{node.given.get('alt', '')}]({urljoin(base, node.given['src'])})"
    if tag == "br":
        return " "
    if tag == "a" and "href" in node.given and text.strip():
        return f"[{text}]({urljoin(base, node.given['href'])})"
    mark = {"em": "*", "i": "*", "strong": "**", "b": "**"}.get(tag, "")
    return f"{mark}{text.strip()}{mark}" if text.strip() else text


def _row(row: Node, base: str) -> list[str]:
    return [
        _inline(cell, base).strip().replace("|", "\\|")
        for cell in row.children
        if isinstance(cell, Node)
    ]


def _table(table: Node, base: str) -> str:
    head, *rows = [_row(row, base) for row in table.all("tr")]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(node: Node, base: str) -> str:
    items = []
    numbered = node.tag == "ol"
    children = [c for c in node.children if isinstance(c, Node) and c.tag == "li"]
    for number, item in enumerate(children, 1):
        mark = f"{number}. " if numbered else "- "
        parts = _plain(item, base)
        tight = not any(part.startswith(("$$", "```", "|")) for part in parts)
        content = ("\n" if tight else "\n\n").join(parts)
        items.append(mark + textwrap.indent(content, " " * len(mark)).lstrip())
    return "\n".join(items)


def _plain(node: Node, base: str) -> list[str]:
    return [b.markdown if isinstance(b, Program) else b for b in blocks(node, base)]


def _definitions(node: Node, base: str) -> str:
    lines = []
    for child in node.children:
        if isinstance(child, Node) and child.tag == "dt":
            lines.append(f"\n{_inline(child, base).strip()}")
        elif isinstance(child, Node):
            text = "\n\n".join(_plain(child, base))
            lines.append(f":   {textwrap.indent(text, '    ').lstrip()}")
    return "\n".join(lines).strip()


def _program(node: Node, base: str) -> Program:
    block = next(
        n for n in node.all(name="highlight") if "language-python" in n.classes
    )
    code = list(block.all("code"))[-1]
    error = "".join(box.text() for box in node.all(name="error"))
    markdown = "\n\n".join(_plain(Node("div", {}, node.children), base))
    return Program(code.text().rstrip(), error.strip(), markdown)


def blocks(node: Node, base: str) -> Iterator[str | Program]:
    """Yield the content of `node` as blocks of Markdown, each program apart.

    What Markdown itself does not know, such as tabs and notes that fold, becomes its
    title and its content.
    """
    line: list[Node | str] = []

    def paragraph() -> Iterator[str]:
        text = "".join(_inline(part, base) for part in line).strip()
        line.clear()
        if text:
            yield text

    for child in node.children:
        if isinstance(child, str) or child.tag in INLINE:
            if isinstance(child, Node) and child.given.get("display") == "block":
                yield from paragraph()
                yield _tex(child)
            else:
                line.append(child)
            continue
        yield from paragraph()
        yield from _block(child, base)
    yield from paragraph()


def _block(node: Node, base: str) -> Iterator[str | Program]:
    tag, classes = node.tag, node.classes
    if tag in SKIPPED or "tabbed-labels" in classes or "downloads" in classes:
        return
    if "program" in classes:
        yield _program(node, base)
    elif "highlight" in classes or tag == "pre":
        languages = [c.removeprefix("language-") for c in classes if "language-" in c]
        code = list(node.all("code")) or [node]
        for title in node.all("span", "filename"):
            yield f"`{title.text()}`:"
        yield _fence(code[-1].text(), (languages or ["text"])[0])
    elif re.fullmatch("h[1-6]", tag):
        text = "".join(_inline(child, base) for child in node.children).strip()
        yield f"{'#' * int(tag[1])} {text}"
    elif tag in {"ul", "ol"} and "footnote" not in classes:
        yield _list(node, base)
    elif tag == "dl":
        yield _definitions(node, base)
    elif tag == "table":
        yield _table(node, base)
    elif tag == "hr":
        yield "---"
    elif tag == "blockquote":
        yield textwrap.indent("\n\n".join(_plain(node, base)), "> ", lambda _: True)
    elif tag == "figure":
        for svg in node.all("svg"):
            alt = next(svg.all("title")).text()
            yield f"![{alt}]({urljoin(base, svg.given['id'])}.svg)"
        for caption in node.all("figcaption"):
            yield from blocks(caption, base)
    elif tag == "summary" or "admonition-title" in classes:
        yield f"**{_inline(node, base).strip()}**"
    elif "footnote" in classes:
        for number, item in enumerate(node.all("li"), 1):
            text = " ".join(_plain(item, base)).strip()
            yield f"[^{number}]: {text}"
    elif "tabbed-set" in classes:
        labels = next(node.all(name="tabbed-labels")).all("label")
        for label, tab in zip(labels, node.all(name="tabbed-block"), strict=True):
            yield f"**{label.text().strip()}**"
            yield from blocks(tab, base)
    elif tag != "svg":
        yield from blocks(node, base)


# --- Programs -------------------------------------------------------------------

# On the page each program has a process of its own. One after another in the same
# process, a later one would find what an earlier one has set.
RESETS = {
    r"\bmp\.dps *= *": "import mpmath\n\nmpmath.mp.dps = 15  # as in a new process",
}


def _with_resets(parts: list[str | Program]) -> list[str | Program]:
    """Return `parts` with what undoes a setting, before the program after it."""
    found: list[str | Program] = []
    due: list[str] = []
    for part in parts:
        if isinstance(part, Program):
            if missing := re.match(r"NameError: name '(\w+)'", part.error):
                due.append(
                    f'globals().pop("{missing[1]}", None)  # as in a new process'
                )
            found += [Program(source, "", "", reset=True) for source in due]
            due = [
                RESETS[setting] for setting in RESETS if re.search(setting, part.source)
            ]
        found.append(part)
    return found


def _script(parts: list[str | Program], address: str) -> str:
    """Return a script whose cells editors know: text in comments, programs."""
    lines = [f"# {address}"]
    for part in parts:
        if isinstance(part, Program):
            lines += ["", "# %%", _surviving(part)]
        else:
            lines += [
                "",
                "# %% [markdown]",
                textwrap.indent(part, "# ", lambda _: True),
            ]
    return "\n".join(re.sub(r"(?m)^# $", "#", line) for line in lines) + "\n"


def _surviving(program: Program) -> str:
    """Return the program; one that ends with an exception prints this instead."""
    if not program.error:
        return program.source
    name = program.error.partition(":")[0].rpartition(".")[2]
    body = textwrap.indent(program.source, "    ")
    source = f'try:\n{body}\nexcept Exception as error:\n    print(f"{{type(error).__name__}}: {{error}}")'
    (statement,) = ast.parse(source).body
    assert isinstance(statement, ast.Try)
    original = ast.parse(program.source).body
    if list(map(ast.dump, statement.body)) != list(map(ast.dump, original)):
        raise SystemExit(f"a program that raises {name} cannot be indented")
    return source


def _notebook(parts: list[str | Program]) -> str:
    """Return the page as a Jupyter notebook that nobody has run yet."""
    cells: list[dict[str, object]] = []
    for number, part in enumerate(parts):
        source = part.source if isinstance(part, Program) else part
        cell: dict[str, object] = {
            "cell_type": "code" if isinstance(part, Program) else "markdown",
            "id": f"cell-{number}",
            "metadata": {},
            "source": source.splitlines(keepends=True),
        }
        if isinstance(part, Program):
            cell |= {"execution_count": None, "outputs": []}
            if part.error:
                cell["metadata"] = {"tags": ["raises-exception"]}
            if part.reset:
                cell["metadata"] = {"tags": ["reset"]}
        cells.append(cell)
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


# --- Figures and tables ---------------------------------------------------------


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


def _comma_separated(table: Node) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for row in table.all("tr"):
        cells = [cell for cell in row.children if isinstance(cell, Node)]
        writer.writerow([_cell(cell).strip() for cell in cells])
    return file.getvalue()


def _cell(node: Node | str) -> str:
    """Text without marks: what a table's reader would type."""
    if isinstance(node, str):
        return re.sub(r"\s+", " ", node)
    if node.tag == "math":
        return _tex(node)
    return "".join(map(_cell, node.children))


# --- A page ---------------------------------------------------------------------


def write(path: Path, page: str, address: str) -> tuple[str, str]:
    """Write the files of one page; return the page with links, and its Markdown.

    Parameters
    ----------
    path
        Its file: the downloads go beside it.
    page
        Its HTML.
    address
        Where it is published.
    """
    match = ARTICLE.search(page)
    if not match:
        return page, ""
    content = match["content"]
    tree = _Tree(content).root
    parts = list(blocks(tree, address))
    text = "\n\n".join(p.markdown if isinstance(p, Program) else p for p in parts)
    folder, name = (
        path.parent,
        urlsplit(address).path.strip("/").rpartition("/")[2] or "home",
    )
    (folder / "index.md").write_text(text + "\n", "utf-8")
    links = [("index.md", "Markdown")]
    if any(isinstance(part, Program) for part in parts):
        parts = _with_resets(parts)
        (folder / f"{name}.py").write_text(_script(parts, address), "utf-8")
        (folder / f"{name}.ipynb").write_text(_notebook(parts), "utf-8")
        links = [(f"{name}.py", "Python"), (f"{name}.ipynb", "notebook"), *links]
    added = {len(content): f'<p class="downloads">This page as {_links(links)}</p>'}
    for figure in tree.all("figure", "fig"):
        for svg in figure.all("svg"):
            file = f"{svg.given['id']}.svg"
            drawing = content[svg.start : svg.end] + "</svg>"
            (folder / file).write_text(_drawing(drawing), "utf-8")
            caption = next(figure.all("figcaption"), None)
            link = f'<span class="downloads">{_links([(file, "SVG")])}</span>'
            if caption:
                added[caption.end] = f" {link}"
            else:
                added[figure.end] = f"<figcaption>{link}</figcaption>"
    count = 0
    for program in tree.all("div", "program"):
        for table in program.all("table"):
            count += 1
            file = f"table-{count}.csv"
            (folder / file).write_text(_comma_separated(table), "utf-8")
            link = f'<p class="downloads">{_links([(file, "CSV")])}</p>'
            added[table.end + len("</table>")] = link
    pieces, last = [], 0
    for place, addition in sorted(added.items()):
        pieces += [content[last:place], addition]
        last = place
    pieces.append(content[last:])
    start, end = match.span("content")
    return page[:start] + "".join(pieces) + page[end:], text


def _links(links: list[tuple[str, str]]) -> str:
    return ", ".join(
        f'<a href="{html.escape(file)}" download>{label}</a>' for file, label in links
    )

"""A built site as its reader gets it: pages, programs, what the copy button gives."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXCLUDED = re.search(
    r"^exclude_docs: \|\n((?: +.*\n)+)",
    (ROOT / "mkdocs.yml").read_text("utf-8"),
    re.MULTILINE,
)[1].split()
SOURCES = [
    path
    for path in sorted((ROOT / "docs").rglob("*.md"))
    if not any(path.match(f"docs/{pattern}") for pattern in EXCLUDED)
]
# With the C locale, Python 3.11 cannot read the .pth file of an editable installation in
# a folder like this one if that has letters other than ASCII.
PLAIN = "C" if str(ROOT).isascii() else "C.UTF-8"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
VOID |= {"source", "track", "wbr"}


def build(root: Path, site: Path, **environment: str) -> None:
    """Build and check the site of the sources in `root`, as the Makefile does."""
    environment = {
        "SOURCE_DATE_EPOCH": "1700000000",
        **os.environ,
        "PYTHONPATH": str(root),
        "NO_MKDOCS_2_WARNING": "1",
        "DISABLE_MKDOCS_2_WARNING": "true",
        **environment,
    }
    for command in (
        ["mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)],
        ["sigref._docs.publish.finish", str(site)],
        ["sigref._docs.publish.check", str(site)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=root,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{command} failed:\n{done.stdout}{done.stderr}")


@dataclass
class Node:
    """An element of a page."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def text(self, without: tuple[Node, ...] = ()) -> str:
        """The text of the element; `without` leaves some descendants out.

        That of a formula is its TeX.
        """
        if self.tag == "math" and (tex := self.all(tag="annotation")):
            return tex[0].text()
        return "".join(
            child if isinstance(child, str) else child.text(without)
            for child in self.children
            if not any(child is node for node in without)
        )

    def all(self, *classes: str, tag: str = "") -> list[Node]:
        """The descendants that have these classes and this tag, in their order."""
        found = []
        for child in self.children:
            if isinstance(child, Node):
                if set(classes) <= child.classes and tag in {"", child.tag}:
                    found.append(child)
                found += child.all(*classes, tag=tag)
        return found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("document")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, 0, -1):
            if self.open[index].tag == tag:
                del self.open[index:]
                break

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(html: str) -> Node:
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.open[0]


def address(site: Path) -> str:
    """Where the site says that it is published; "" if it does not."""
    home = (site / "index.html").read_text("utf-8")
    found = re.search(r'<link rel="?canonical"? href="?([^">]*)', home)
    return found[1] if found else ""


def page_of(source: Path, site: Path) -> Path:
    """The HTML file that a page in docs/ becomes."""
    name = source.relative_to(ROOT / "docs")
    return (
        site
        / (name.parent if name.stem == "index" else name.with_suffix(""))
        / ("index.html")
    )


@dataclass
class Program:
    """What a reader copies, and what the page says that it does."""

    code: str
    output: str | None  # as text
    error: str | None
    prose: str  # what its printed Markdown became
    figures: int
    recorded: bool = False  # shown with what it printed before the build


def copied(block: Node, ancestors: list[Node]) -> str:
    """What the copy button of a code block puts on the clipboard."""
    for node in reversed(ancestors):
        if "data-copy" in node.attributes:
            return node.attributes["data-copy"].rstrip()
    return block.all(tag="code")[-1].text().rstrip()


def programs(page: Path) -> list[Program]:
    """Every program of a built page, in its order."""
    found = []
    for node in parse(page.read_text("utf-8")).all("program"):
        (block,) = [b for b in node.all("highlight") if "no-copy" not in b.classes]
        path = [node, *_path(node, block)]
        shown = {
            kind: "".join(box.text() for box in node.all(kind))
            if node.all(kind)
            else None
            for kind in ("output", "error")
        }
        apart = [block, *node.all("output"), *node.all("error"), *node.all("fig")]
        apart += [*node.all(tag="summary"), *node.all("headerlink")]
        apart += node.all("downloads")
        apart += [m for m in node.all(tag="math") if not m.all(tag="annotation")]
        prose = node.text(tuple(apart))
        figures, recorded = len(node.all("fig")), "recorded" in node.classes
        code = copied(block, path)
        found.append(Program(code, *shown.values(), prose, figures, recorded))
    return found


def _path(top: Node, goal: Node) -> list[Node]:
    """The elements between `top` and `goal`, with `goal` itself."""
    for child in top.children:
        if child is goal:
            return [child]
        if isinstance(child, Node) and (rest := _path(child, goal)):
            return [child, *rest]
    return []

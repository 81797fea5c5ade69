"""A built site as its reader gets it: pages, programs, what the copy button gives."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sigref._docs.html import Node, parse

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


def copy_sources(root: Path) -> None:
    """Copy the checkout to `root`, without what .gitignore names."""
    names = (ROOT / ".gitignore").read_text("utf-8").split()
    top = {name.strip("/") for name in names if name.startswith("/")}
    anywhere = shutil.ignore_patterns(
        ".git", *(name.strip("/") for name in names if not name.startswith("/"))
    )

    def ignored(folder: str, found: list[str]) -> set[str]:
        return anywhere(folder, found) | (top if Path(folder) == ROOT else set())

    shutil.copytree(ROOT, root, ignore=ignored)


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


def text_of(node: Node, without: tuple[Node, ...] = ()) -> str:
    """The text of an element but for some of its descendants; of a formula, its TeX."""
    if node.tag == "math" and (tex := node.first("annotation")):
        return tex.text()
    return "".join(
        child if isinstance(child, str) else text_of(child, without)
        for child in node.children
        if child not in without
    )


def programs(page: Path) -> list[Program]:
    """Every program of a built page, in its order."""
    found = []
    for node in parse(page.read_text("utf-8")).all(name="program"):
        blocks = node.all(name="highlight")
        (block,) = [b for b in blocks if "no-copy" not in b.classes]
        boxes = {kind: [*node.all(name=kind)] for kind in ("output", "error")}
        shown = [
            "".join(box.text() for box in group) if group else None
            for group in boxes.values()
        ]
        figures = [*node.all(name="fig")]
        apart = [block, *boxes["output"], *boxes["error"], *figures]
        apart += [*node.all("summary"), *node.all(name="headerlink")]
        apart += node.all(name="downloads")
        apart += [m for m in node.all("math") if not m.first("annotation")]
        *_, code = block.all("code")
        prose, recorded = text_of(node, tuple(apart)), "recorded" in node.classes
        found.append(
            Program(code.text().rstrip(), *shown, prose, len(figures), recorded)
        )
    return found

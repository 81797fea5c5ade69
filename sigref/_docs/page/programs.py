"""The programs of all pages, and the runner that executes each of them once."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from markdown import Markdown
from sigref._docs.execute.figure import STYLE
from sigref._docs.execute.imports import declared
from sigref._docs.execute.run import TIMEOUT, Program, Runner
from sigref._docs.page import current
from sigref._docs.page.current import Block
from sigref._docs.page.scan import fences

ROOT = Path(__file__).parents[3]
# Slow imports, and the names whose import implies them.
PRELOADED = {
    "dask.array": r"dask\.array\b",
    "matplotlib.pyplot": r"matplotlib\.pyplot\b|sigref\.plot",
    "mpmath": r"mpmath\b|sigref\.facts\b",
    "numpy": r"(numpy|scipy|matplotlib|sigref)\b",
    "scipy.special": r"scipy\.special\b",
    "scipy.stats": r"scipy\.stats\b",
    "sklearn.linear_model": r"sklearn\.linear_model\b",
}
runner = Runner(
    folder=ROOT / "build" / "cache",
    style=STYLE,
    preload=PRELOADED,
    importable=declared(ROOT / "pyproject.toml", "docs"),
    fork=os.environ.get("SIGREF_FORK") != "0",
)

_build: object = None


def start_programs(md: Markdown) -> None:
    """Let the programs of all pages start at the first page of a build.

    They run in processes of their own, so that rendering seldom waits. MkDocs tells
    which pages it builds; with another engine, it is those of each page in its turn.
    """
    global _build
    links = "relpath" in md.treeprocessors and md.treeprocessors["relpath"]
    files = getattr(links, "files", None)
    if files is None:
        runner.start(_programs(current.current.name, current.current.blocks))
    elif files is not _build:
        _build = files
        if current.serving():
            runner.keep_results(own_code())
        runner.start(
            program
            for file in files.documentation_pages()
            if "--dirty" not in sys.argv or file.is_modified()
            for program in _programs(
                f"docs/{file.src_uri}",
                fences(current.read(Path(file.abs_src_path)), md)[0],
            )
        )


def _programs(name: str, blocks: list[Block]) -> Iterator[Program]:
    for number, block in enumerate(blocks, 1):
        if block.recorded:
            continue
        timeout = dict(re.findall(r'(timeout)="(\d+)"', block.header))
        yield Program(block.source, limit(timeout), slug(name, number))


def limit(options: Mapping[str, str]) -> float:
    """Return the seconds that the options of a fence allow."""
    return float(options.get("timeout", TIMEOUT))


def slug(name: str, number: int) -> str:
    """Return what the ids of a program's figures begin with."""
    return f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}-{number}"


def own_code() -> list[Path]:
    """Return what programs import from here, and what runs them."""
    patterns = ("*.py", "facts/*.py", "_docs/execute/*.py")
    return [path for pattern in patterns for path in (ROOT / "sigref").glob(pattern)]

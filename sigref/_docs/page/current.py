"""Which page is rendered, where its programs are, and how its faults are reported.

Text is read by Markdown's own rules, so that what is found here is what Markdown
finds: lines end at line feeds alone, and tabs are spaces. A fault stops a build in
every mode, quiet or strict or not; while serving, it is logged and shown on the page.
"""

import html
import logging
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from markdown import Markdown
from pymdownx.superfences import SuperFencesException
from sigref._docs.page.recorded import Record

FENCE = re.compile(r"(?P<indent>[> ]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
RECORDED = re.compile(r'\brecorded="(?P<environment>[^"]*)"')
INCLUDE = re.compile(r"[> ]*-+8<-+(\s+[\"'](?P<path>[^\"':]+)(:[^\"']*)?[\"'])?\s*$")

log = logging.getLogger("sigref")
"""Outside MkDocs' own loggers: in strict mode what they hear ends `mkdocs serve`."""


class PageError(SuperFencesException, SystemExit):
    """Something on a page is false or broken.

    superfences lets only its own exception through; as a SystemExit it ends the
    build with its message instead of a traceback through the site generator.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = message


@dataclass
class Block:
    """One program of a page's file: the line and header of its fence, its text."""

    line: int
    header: str = ""
    lines: list[str] = field(default_factory=list)
    source: str = ""
    rendered: bool = False

    @property
    def recorded(self) -> str:
        """The environment in which it was run before the build; "" if none."""
        match = RECORDED.search(self.header)
        return match["environment"] if match else ""

    @property
    def includes(self) -> bool:
        """Whether other files are included, so that lines do not correspond."""
        return any(map(INCLUDE.match, self.lines))


@dataclass
class Page:
    """The page that is being rendered, as its file has it."""

    name: str = "page"
    lines: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    rendered: int = 0
    notices: list[str] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    unshown: set[str] = field(default_factory=set)
    md: Markdown | None = None

    def next_block(self, source: str) -> tuple[int, Block]:
        """Return the number of the fence that is rendered now, and the fence.

        Fences of docstrings and included files come between those of the page, so
        the program decides which it is; the line of a foreign one is 0.
        """
        self.rendered += 1
        for block in self.blocks:
            if not block.rendered and block.source == source:
                block.rendered = True
                return self.rendered, block
        return self.rendered, Block(0)

    def find(self, text: str) -> int:
        """Return the number of the first line that holds `text`, 0 if none does."""
        first = text.strip().partition("\n")[0]
        for number, line in enumerate(self.lines, 1):
            if first and first in line:
                return number
        return 0


current = Page()
"""Rendering is sequential, in every engine; includes and docstrings are their page's."""


def as_markdown_reads(text: str) -> list[str]:
    """Return the lines of a page, as Python-Markdown takes them from its text."""
    text = text.translate({2: None, 3: None}).expandtabs(4)
    return re.sub(r"(?<=\n) +\n", "\n", text).split("\n")


def read(path: Path) -> list[str]:
    """Return the lines of a page's file, with its front matter."""
    return as_markdown_reads(path.read_text("utf-8-sig"))


def report(message: str, text: str = "", *, line: int = 0, block: int = 0) -> str:
    """Stop the build with `message` and its location; while serving, return it as HTML.

    If the `line` of the page's file is not known, `text` is something on it; `block` is
    the number of the Python fence.
    """
    location = current.name
    if number := line or current.find(text):
        location += f":{number}"
    if block:
        location += f": block {block}"
    return stop(f"{location}: {message}")


def stop(message: str) -> str:
    """End the build; a server goes on, and says it in its log and on the page."""
    if not serving():
        raise PageError(message)
    log.error(message)
    return (
        '<div class="admonition failure"><p class="admonition-title">This page would '
        f"not be published</p><pre><code>{html.escape(message)}</code></pre></div>"
    )


def serving() -> bool:
    """Whether this is a server for an author, not a build."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    return words[:1] == ["serve"]

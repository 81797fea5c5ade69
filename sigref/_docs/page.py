"""Where on which page an error is; what must hold for each page.

A Markdown extension: it runs in any engine that uses Python-Markdown, and it stops
a build in every mode, quiet or strict or not, by raising. Only while serving does
it log the error and show it on the page instead.
"""

from __future__ import annotations

import html
import logging
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown_exec import get_logger
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound
from pymdownx.superfences import SuperFencesException
from sigref._docs.mathml import MathPostprocessor

FENCE = re.compile(r"(?P<indent>[> \t]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
HEADER = re.compile(
    r"""\s*(?P<language>[a-z][\w+-]*)(?:[ \t]+[a-zA-Z]\w*=(?:"[^"]*"|'[^']*'))*\s*"""
    r"""|\s*(?P<attributes>\{[ \t]*\.(?P<first>[a-z][\w+-]*)[^{}]*\})\s*|\s*"""
)
INCLUDE = re.compile(r"\s*-+8<-+\s+[\"'](?P<path>[^\"']+)[\"']\s*$")
# Python by another name would be shown without having been run.
UNEXECUTED = {"py", "py3", "python3", "pycon", "ipython", "ipython3", "pycon3"}


class PageError(SuperFencesException):
    """Something on a page is false or broken (superfences lets only this through)."""


@dataclass
class Block:
    """One Python fence: the line of its header, and the how manieth it is."""

    line: int = 0
    number: int = 0


@dataclass
class Page:
    """The page that is being rendered, as it stands in its file."""

    name: str = "page"
    lines: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    rendered: int = 0

    def next_block(self) -> Block:
        """Return the Python fence that is due: they are rendered in their order."""
        self.rendered += 1
        if self.rendered <= len(self.blocks):
            return self.blocks[self.rendered - 1]
        return Block(0, self.rendered)

    def find(self, text: str) -> int:
        """Return the number of the first line that holds `text`, 0 if none does."""
        first = text.strip().partition("\n")[0]
        for number, line in enumerate(self.lines, 1):
            if first and first in line:
                return number
        return 0


current = Page()
"""Rendering is sequential, in every engine; includes and docstrings are their page's."""


def report(
    message: str, text: str = "", *, line: int = 0, block: Block | None = None
) -> str:
    """Stop the build with `message` and its place; while serving, return it as HTML.

    Parameters
    ----------
    message
        What is wrong.
    text
        A text on the line in question, if the line is not known.
    line, block
        The line in the page's file, or the Python fence.

    Raises
    ------
    PageError
        Always, except while serving.
    """
    place = current.name
    if number := line or (block.line if block else 0) or current.find(text):
        place += f":{number}"
    if block:
        place += f": block {block.number}"
    complete = f"{place}: {message}"
    if "serve" not in sys.argv[1:]:
        raise PageError(complete)
    get_logger("sigref").error(complete)
    return (
        '<div class="admonition failure"><p class="admonition-title">This page would '
        f"not be published</p><pre><code>{html.escape(complete)}</code></pre></div>"
    )


class SourceLint(Preprocessor):
    """Note where the Python fences are; refuse what superfences would print as text."""

    def run(self, lines: list[str]) -> list[str]:
        """Start a page; nested conversions (outputs, docstrings) only pass through."""
        if "relpath" not in self.md.treeprocessors:
            return lines
        _begin(self.md, lines)
        faults = [*_fence_faults(current), *_include_faults(current)]
        if not faults:
            return lines
        boxes = [
            self.md.htmlStash.store(report(message, line=line))
            for line, message in faults
        ]
        return [part for box in boxes for part in (box, "")] + lines


def _begin(md: Markdown, body: list[str]) -> None:
    """Make the page that `md` converts the current one."""
    global current
    file = md.treeprocessors["relpath"].file
    path = Path(file.abs_src_path)
    lines = path.read_text("utf-8-sig").splitlines() if path.exists() else body
    current = Page(f"docs/{file.src_uri}", lines)


def _fence_faults(page: Page) -> list[tuple[int, str]]:
    """Headers that do not parse, and a fence without an end; lists Python fences."""
    faults = []
    opened: tuple[int, str] | None = None
    for number, line in enumerate(page.lines, 1):
        match = FENCE.match(line)
        if not match:
            continue
        if opened:
            mark = opened[1]
            if match["fence"].startswith(mark) and not match["info"].strip():
                opened = None
            continue
        opened = number, match["fence"]
        if message := _header_fault(match["info"]):
            faults.append((number, message))
        elif re.match(r"\s*(\{\s*\.)?python\b", match["info"]):
            page.blocks.append(Block(number, len(page.blocks) + 1))
    if opened:
        faults.append((opened[0], f"the fence {opened[1]} is never closed"))
    return faults


def _header_fault(info: str) -> str:
    header = HEADER.fullmatch(info)
    if not header:
        return (
            f"fence header {info.strip()!r} does not parse, so its text would be "
            'printed as it is; write a lower-case language, then option="value"'
        )
    language = header["language"] or header["first"] or "text"
    if language in UNEXECUTED:
        return f'{language!r} is not executed; write ```python exec="on"'
    try:
        get_lexer_by_name(language)
    except ClassNotFound:
        if language not in {"tree", "math"}:
            return f"unknown language {language!r}"
    return ""


def _include_faults(page: Page) -> list[tuple[int, str]]:
    return [
        (number, f"includes {match['path']!r}, which does not exist")
        for number, line in enumerate(page.lines, 1)
        if (match := INCLUDE.match(line)) and not Path(match["path"]).is_file()
    ]


class Elements(HTMLParser):
    """Faults of one piece of HTML: ids used twice, images without a description."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.faults: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        attributes = dict(attrs)
        if name := attributes.get("id"):
            if name in self.ids:
                self.faults.append((f"id {name!r} is used twice", name))
            self.ids.add(name)
        if tag == "img" and not (attributes.get("alt") or "").strip():
            source = attributes.get("src") or ""
            self.faults.append((f"image {source!r} has no alt text", source))

    handle_startendtag = handle_starttag


class FinishedPage(Postprocessor):
    """Refuse a page whose own HTML is broken."""

    def run(self, text: str) -> str:
        """Check the page's HTML, not that of nested conversions."""
        if "relpath" not in self.md.treeprocessors:
            return text
        elements = Elements()
        elements.feed(text)
        return "".join(report(*fault) for fault in elements.faults) + text


class _LinkFault(logging.Filter):
    """Give MkDocs' own warnings about links the line they speak of."""

    def filter(self, record: logging.LogRecord) -> bool:
        match = re.search(
            r"Doc file '(.+?)' contains .*?link '(.+?)'", record.getMessage()
        )
        if match:
            path = Path("docs", match[1])
            lines = path.read_text("utf-8").splitlines() if path.is_file() else []
            where = Page(lines=lines).find(match[2])
            record.msg = f"docs/{match[1]}:{where}: {record.getMessage()}"
            record.args = ()
        return True


def _hear_link_warnings() -> None:
    """`mkdocs build -q` would drop warnings before strict mode counts them."""
    for engine in ("mkdocs", "properdocs"):
        logger = logging.getLogger(f"{engine}.structure.pages")
        logger.setLevel(logging.WARNING)
        if not any(isinstance(known, _LinkFault) for known in logger.filters):
            logger.addFilter(_LinkFault())


class PageExtension(Extension):
    """The checks of this module, and formulas as MathML."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register with Python-Markdown."""
        _hear_link_warnings()
        md.preprocessors.register(SourceLint(md), "sigref_lint", 35)
        md.postprocessors.register(MathPostprocessor(report), "sigref_math", 1)
        md.postprocessors.register(FinishedPage(md), "sigref_finished", 0)


def makeExtension(**kwargs: Any) -> PageExtension:
    """Return the extension for `markdown_extensions: [sigref._docs.page]`."""
    return PageExtension(**kwargs)

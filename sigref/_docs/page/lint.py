"""Where on which page an error is; what must hold for each page.

A Markdown extension: it runs in any engine that uses Python-Markdown, and it stops
a build in every mode, quiet or strict or not, by raising. Only while serving does
it log the error and show it on the page instead.
"""

from __future__ import annotations

import html
import logging
import posixpath
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE
from pygments.lexers import get_lexer_by_name
from pygments.lexers.python import Python2Lexer, PythonConsoleLexer, PythonLexer
from pygments.util import ClassNotFound
from pymdownx.superfences import SuperFencesException
from sigref._docs.mathml import MathPostprocessor
from sigref.facts import CHAPTERS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FENCE = re.compile(r"(?P<indent>[> \t]*)(?P<fence>`{3,}|~{3,})(?P<info>.*)$")
HEADER = re.compile(
    r"""\s*(?P<language>[a-z][\w+-]*)(?:[ \t]+[a-zA-Z]\w*=(?:"[^"]*"|'[^']*'))*\s*"""
    r"""|\s*(?P<attributes>\{[ \t]*\.(?P<first>[a-z][\w+-]*)[^{}]*\})\s*|\s*"""
)
# superfences would print such a fence as text.
MISPLACED = re.compile(r"[> \t]*([-*+:]|\d+[.)]|\[\^\w+\]:)[ \t]+(`{3,}|~{3,})[^`~]*$")
INCLUDE = re.compile(r"[> \t]*-+8<-+(\s+[\"'](?P<path>[^\"':]+)(:[^\"']*)?[\"'])?\s*$")
# Elements of the site's own scripts; a page without JavaScript shows their content.
WIDGETS = ["float-microscope", "sigmoid-explorer", "vanishing-gradients"]
# Python by another name would be shown without having been run.
PYTHON = (PythonLexer, Python2Lexer, PythonConsoleLexer)

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
    """One Python fence of a page's file: its line, and what its program looks like."""

    line: int
    lines: list[str] = field(default_factory=list)
    rendered: bool = False

    @property
    def includes(self) -> bool:
        """Whether other files are included, so that lines do not correspond."""
        return any(map(INCLUDE.match, self.lines))

    def shows(self, source: str) -> bool:
        """Whether `source` is the program in this fence."""
        wanted = (
            ".*" if INCLUDE.match(line) else re.escape(line)
            for line in _bare(self.lines)
        )
        program = "\n".join(_bare(source.splitlines()))
        return bool(re.fullmatch("\n".join(wanted), program, re.DOTALL))


@dataclass
class Page:
    """The page that is being rendered, as it stands in its file."""

    name: str = "page"
    lines: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    rendered: int = 0
    notices: list[str] = field(default_factory=list)
    md: Markdown | None = None

    def next_block(self, source: str) -> tuple[int, Block]:
        """Return the number of the fence that is rendered now, and its place.

        Fences of docstrings and included files come between those of the page, so
        the program decides which it is; the line of a foreign one is 0.
        """
        self.rendered += 1
        for block in self.blocks:
            if not block.rendered and block.shows(source):
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


def _bare(lines: list[str]) -> list[str]:
    """Lines without the indentation and quotation marks of what they stand in."""
    return [bare for line in lines if (bare := line.strip("> \t"))]


current = Page()
"""Rendering is sequential, in every engine; includes and docstrings are their page's."""


def report(message: str, text: str = "", *, line: int = 0, block: int = 0) -> str:
    """Stop the build with `message` and its place; while serving, return it as HTML.

    Parameters
    ----------
    message
        What is wrong.
    text
        A text on the line in question, if the line is not known.
    line, block
        The line in the page's file, and the number of the Python fence.

    Raises
    ------
    PageError
        Always, except while serving.
    """
    place = current.name
    if number := line or current.find(text):
        place += f":{number}"
    if block:
        place += f": block {block}"
    return _stop(f"{place}: {message}")


def _stop(message: str) -> str:
    """End the build; a server goes on, and says it in its log and on the page."""
    command = [word for word in sys.argv[1:] if not word.startswith("-")]
    if command[:1] != ["serve"]:
        raise PageError(message)
    log.error(message)
    return (
        '<div class="admonition failure"><p class="admonition-title">This page would '
        f"not be published</p><pre><code>{html.escape(message)}</code></pre></div>"
    )


class SourceLint(Preprocessor):
    """Note where the Python fences are; refuse what superfences would print as text."""

    def run(self, lines: list[str]) -> list[str]:
        """Start a page; nested conversions (outputs, docstrings) only pass through."""
        if not _begin(self.md, lines):
            return lines
        blocks, faults = fences(current.lines)
        current.blocks = blocks
        current.notices = [
            report(message, line=line)
            for line, message in [*faults, *_include_faults(current.lines)]
        ]
        return lines


def _begin(md: Markdown, body: list[str]) -> bool:
    """Make the page that `md` converts the current one, if `body` is a page at all."""
    global current
    known = place(md)
    if known is None or hasattr(md, "_original_md"):  # markdown-exec converts an output
        return False
    path, name = Path(*known), known[1]
    lines = path.read_text("utf-8-sig").splitlines() if path.exists() else body
    # mkdocstrings converts docstrings as if they were the page that shows them.
    if not "\n".join(lines).rstrip().endswith("\n".join(body).strip()):
        return False
    current = Page(f"docs/{name}", lines, md=md)
    md.references |= _facts(posixpath.dirname(name))
    return True


def place(md: Markdown) -> tuple[str, str] | None:
    """Return the folder of all pages and the path in it of the one that `md` converts.

    MkDocs and ProperDocs leave that with their processor of links, Zensical with one
    of its own. Whatever converts Markdown without them converts no page.
    """
    if "relpath" in md.treeprocessors:
        links = md.treeprocessors["relpath"]
        return links.config["docs_dir"], links.file.src_uri
    if "rendering_context" in md.preprocessors:
        context = md.preprocessors["rendering_context"]
        return context.config["docs_dir"], context.page.path
    return None


def _facts(folder: str) -> dict[str, tuple[str, str]]:
    """Addresses and titles that `[fact 3.1][f-3.1]` refers to on a page in `folder`."""
    return {
        f"f-{fact.id}": (
            posixpath.relpath(
                f"reference/facts/{chapter.name.replace('_', '-')}.md#f-{fact.id}",
                folder or ".",
            ),
            fact.title,
        )
        for chapter in CHAPTERS
        for fact in chapter.facts
    }


def fences(lines: list[str]) -> tuple[list[Block], list[tuple[int, str]]]:
    """Return the Python fences, and the line and message of each faulty fence.

    Faulty: a header that does not parse, a language that does not exist or would be
    shown without having been run, a fence that is never closed.
    """
    blocks: list[Block] = []
    faults = []
    opened, mark = 0, ""
    for number, line in enumerate(lines, 1):
        match = FENCE.match(line)
        if opened:
            if match and match["fence"] == mark and not match["info"].strip():
                if blocks and blocks[-1].line == opened:
                    blocks[-1].lines = lines[opened : number - 1]
                opened = 0
        elif match:
            opened, mark = number, match["fence"]
            if message := _header_fault(match["info"]):
                faults.append((number, message))
            elif re.match(r"\s*(\{\s*\.)?python\b", match["info"]):
                blocks.append(Block(number))
        elif MISPLACED.match(line):
            faults.append((number, "a fence must begin on a line of its own"))
    if opened:
        faults.append((opened, f"the fence {mark} is never closed"))
    return blocks, faults


def _header_fault(info: str) -> str:
    header = HEADER.fullmatch(info)
    if not header:
        return (
            f"fence header {info.strip()!r} does not parse, so its text would be "
            'printed as it is; write a lower-case language, then option="value"'
        )
    language = header["language"] or header["first"] or "text"
    if language in {"python", "tree"}:
        return ""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return f"unknown language {language!r}"
    if isinstance(lexer, PYTHON):
        return f'{language!r} is not executed; write ```python exec="on"'
    return ""


def _include_faults(lines: list[str]) -> list[tuple[int, str]]:
    faults = []
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if match and not match["path"]:
            faults.append((number, 'write the file to include as --8<-- "path"'))
        elif match and not Path(match["path"]).is_file():
            faults.append((number, f"includes {match['path']!r}, which does not exist"))
    return faults


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
            name = source.rpartition("/")[2]  # MkDocs has changed the rest
            self.faults.append((f"image {source!r} has no alt text", name))

    handle_startendtag = handle_starttag


class Paragraphs(Treeprocessor):
    """Take away the line break that keeps a program in a paragraph of its own.

    markdown-exec leaves it where it took printed headings out again, and then
    Python-Markdown does not see that the paragraph holds nothing else.
    """

    def run(self, root: Element) -> None:
        """Look at each paragraph."""
        for paragraph in root.iter("p"):
            text = (paragraph.text or "").strip()
            if HTML_PLACEHOLDER_RE.fullmatch(text):
                paragraph.text = text


class FinishedPage(Postprocessor):
    """Refuse a page whose own HTML is broken."""

    def run(self, text: str) -> str:
        """Check the page's HTML, not that of nested conversions."""
        if self.md is not current.md:
            return text
        elements = Elements()
        elements.feed(text)
        current.notices += [report(*fault) for fault in elements.faults]
        current.notices += [
            report("not recognised: indent all of it like its first line", line=b.line)
            for b in current.blocks
            if not b.rendered
        ]
        return "".join(current.notices) + text


class _LinkFault(logging.Filter):
    """Make MkDocs' warning about a link an error that names the line."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        match = re.search(r"Doc file '(.+?)' contains .*?link '(.+?)'", message)
        if not match or record.levelno < logging.WARNING:
            return True
        path = Path("docs", match[1])
        lines = path.read_text("utf-8").splitlines() if path.is_file() else []
        place = f"{path.as_posix()}:{Page(lines=lines).find(match[2])}"
        current.notices.append(_stop(f"{place}: {message}"))
        return False


def _hear_warnings() -> None:
    """`mkdocs build -q` would drop warnings before strict mode counts them."""
    for engine in ("mkdocs", "properdocs"):
        logger = logging.getLogger(engine)
        logger.setLevel(min(logger.level, logging.WARNING))
        pages = logging.getLogger(f"{engine}.structure.pages")
        if not any(isinstance(known, _LinkFault) for known in pages.filters):
            pages.addFilter(_LinkFault())


class PageExtension(Extension):
    """The checks of this module, and formulas as MathML."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Register with Python-Markdown."""
        _hear_warnings()
        md.block_level_elements += WIDGETS
        md.preprocessors.register(SourceLint(md), "sigref_lint", 35)
        md.treeprocessors.register(Paragraphs(md), "sigref_paragraphs", 3)
        md.postprocessors.register(MathPostprocessor(report), "sigref_math", 1)
        md.postprocessors.register(FinishedPage(md), "sigref_finished", 0)


def makeExtension(**kwargs: Any) -> PageExtension:
    """Return the extension for `markdown_extensions: [sigref._docs.page]`."""
    return PageExtension(**kwargs)

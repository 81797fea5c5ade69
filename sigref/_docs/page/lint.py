"""What must hold for each page: a Markdown extension for every engine.

It notes where the Python fences are and lets their programs start, refuses what
Python-Markdown would silently print as text, and looks at the finished HTML.
"""

import logging
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE
from sigref._docs.html import parse
from sigref._docs.page import current, recorded, sources
from sigref._docs.page.current import INCLUDE, Page, report
from sigref._docs.page.mathml import MathPostprocessor
from sigref._docs.page.programs import start_programs
from sigref._docs.page.scan import fences, location
from sigref.facts import CHAPTERS

# Elements of the site's own scripts; a page without JavaScript shows their content.
WIDGETS = ["fact-filter", "float-microscope", "sigmoid-explorer", "vanishing-gradients"]


class SourceLint(Preprocessor):
    """Note where the Python fences are; refuse what superfences would print as text."""

    def run(self, lines: list[str]) -> list[str]:
        """Start a page; nested conversions (outputs, docstrings) only pass through."""
        if not _begin(self.md, lines):
            return lines
        page = current.current
        page.blocks, faults = fences(page.lines, self.md)
        faults += _include_faults(page.lines) + sources.faults(page.lines)
        page.notices = [report(message, line=line) for line, message in faults]
        start_programs(self.md)
        docs, _ = location(self.md) or ("", "")
        return sources.expand(lines, Path(docs))


def _begin(md: Markdown, body: list[str]) -> bool:
    """Make the page that `md` converts the current one, if `body` is a page at all."""
    known = location(md)
    if known is None or hasattr(md, "_original_md"):  # markdown-exec converts an output
        return False
    path, name = Path(*known), known[1]
    body = current.as_markdown_reads("\n".join(body))
    lines = current.read(path) if path.exists() else body
    # mkdocstrings converts docstrings as if they were the page that shows them.
    if not "\n".join(lines).rstrip().endswith("\n".join(body).strip()):
        return False
    kept = {r.program: r for r in recorded.records(Path(known[0])).get(name, [])}
    current.current = Page(f"docs/{name}", lines, md=md, records=kept, unshown={*kept})
    md.references |= _facts(posixpath.dirname(name))
    md.references |= sources.references(posixpath.dirname(name))
    return True


def _facts(folder: str) -> dict[str, tuple[str, str]]:
    """Addresses and titles that `[fact 3.1][f-3.1]` refers to on a page in `folder`."""
    found: dict[str, tuple[str, str]] = {}
    for chapter in CHAPTERS:
        page = f"reference/facts/{chapter.name.replace('_', '-')}.md"
        page = posixpath.relpath(page, folder or ".")
        found |= {f"f-{f.id}": (f"{page}#f-{f.id}", f.title) for f in chapter.facts}
    return found


def _include_faults(lines: list[str]) -> list[tuple[int, str]]:
    faults = []
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if match and not match["path"]:
            faults.append((number, 'write the file to include as --8<-- "path"'))
        elif match and not Path(match["path"]).is_file():
            missing = f"includes {match['path']!r}, which does not exist in "
            faults.append((number, f"{missing}{Path.cwd()}"))
    return faults


class Paragraphs(Treeprocessor):
    """Take away the line break that keeps a program in a paragraph of its own.

    markdown-exec leaves it where it took printed headings out again, and then
    Python-Markdown does not see that the paragraph holds nothing else.
    """

    def run(self, root: Element) -> None:
        for paragraph in root.iter("p"):
            text = (paragraph.text or "").strip()
            if HTML_PLACEHOLDER_RE.fullmatch(text):
                paragraph.text = text


class FinishedPage(Postprocessor):
    """Refuse a page whose own HTML is broken."""

    def run(self, text: str) -> str:
        """Check the page's HTML, not that of nested conversions."""
        page = current.current
        if self.md is not page.md:
            return text
        page.notices += [report(*fault) for fault in _html_faults(text)]
        page.notices += [report(message) for message in _without_program(page)]
        page.notices += [
            report("not recognised: indent all of it like its first line", line=b.line)
            for b in page.blocks
            if not b.rendered
        ]
        return "".join(page.notices) + text


def _without_program(page: Page) -> list[str]:
    """Return a message for the records that no program of `page` or no page shows."""
    docs, _ = location(page.md) or ("", "")
    left = f"docs/data/recorded.json has {len(page.unshown)} record(s) of this page "
    left += f"whose program is not here; {recorded.AGAIN}"
    return [left] * bool(page.unshown) + recorded.orphans(Path(docs))


def _html_faults(text: str) -> Iterator[tuple[str, str]]:
    """Yield ids used twice and images without a description, each with a text near it."""
    seen = set()
    for element in parse(text).all():
        if name := element.attributes.get("id"):
            if name in seen:
                yield f"id {name!r} is used twice", name
            seen.add(name)
        if element.tag == "img" and not element.attributes.get("alt", "").strip():
            source = element.attributes.get("src", "")
            # MkDocs has changed all but the name.
            yield f"image {source!r} has no alt text", source.rpartition("/")[2]


class _LinkFault(logging.Filter):
    """Make MkDocs' warning about a link an error that names the line."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        match = re.search(r"Doc file '(.+?)' contains .*?link '(.+?)'", message)
        if not match or record.levelno < logging.WARNING:
            return True
        path = Path("docs", match[1])
        lines = current.read(path) if path.is_file() else []
        line = Page(lines=lines).find(match[2])
        fault = current.stop(f"{path.as_posix()}:{line}: {message}")
        current.current.notices.append(fault)
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
        _hear_warnings()
        md.block_level_elements += WIDGETS
        md.preprocessors.register(SourceLint(md), "sigref_lint", 35)
        md.treeprocessors.register(Paragraphs(md), "sigref_paragraphs", 3)
        md.postprocessors.register(MathPostprocessor(md), "sigref_math", 1)
        md.postprocessors.register(FinishedPage(md), "sigref_finished", 0)


def makeExtension(**kwargs: Any) -> PageExtension:
    return PageExtension(**kwargs)

"""Find the programs of a page, and the headers that superfences would print."""

import re
from pathlib import Path

from markdown import Markdown
from pygments.lexers import get_lexer_by_name
from pygments.lexers.python import Python2Lexer, PythonConsoleLexer, PythonLexer
from pygments.util import ClassNotFound
from sigref._docs.page.current import (
    FENCE,
    INCLUDE,
    RECORDED,
    Block,
    as_markdown_reads,
)

HEADER = re.compile(
    r"""\s*(?P<language>[a-z][\w+-]*)(?:[ \t]+[a-zA-Z]\w*=(?:"[^"]*"|'[^']*'))*\s*"""
    r"""|\s*(?P<attributes>\{[ \t]*\.(?P<first>[a-z][\w+-]*)[^{}]*\})\s*|\s*"""
)
PROGRAM = re.compile(r"\s*(\{\s*\.)?python\b")
# superfences would print such a fence as text.
MISPLACED = re.compile(r"[> ]*([-*+:]|\d+[.)]|\[\^\w+\]:)[ ]+(`{3,}|~{3,})[^`~]*$")
# Python by another name would be shown without having been run.
PYTHON = (PythonLexer, Python2Lexer, PythonConsoleLexer)


def location(md: Markdown) -> tuple[str, str] | None:
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


def fences(
    lines: list[str], md: Markdown | None = None
) -> tuple[list[Block], list[tuple[int, str]]]:
    """Return the Python and recorded fences, and the line and message of each faulty fence.

    Faulty: a header that does not parse, a language that does not exist or would be
    shown without having been run, a fence that Markdown would take out of its list, or
    one that is never closed. With `md`, programs contain what their fences include.
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
                    blocks[-1].source = _program(blocks[-1], md)
                opened = 0
        elif match:
            opened, mark = number, match["fence"]
            if message := _header_fault(match["info"]):
                faults.append((number, message))
            elif len(match["indent"].rpartition("> ")[2]) % 4:
                faults.append((number, "indent a fence by a multiple of four spaces"))
            elif PROGRAM.match(match["info"]) or RECORDED.search(match["info"]):
                blocks.append(Block(number, line))
        elif MISPLACED.match(line):
            faults.append((number, "a fence must begin on a line of its own"))
    if opened:
        faults.append((opened, f"the fence {mark} is never closed"))
    return blocks, faults


def _program(block: Block, md: Markdown | None) -> str:
    """Return the program in a fence as superfences hands it on."""
    lines = block.lines
    included = (match["path"] for line in lines if (match := INCLUDE.match(line)))
    if not all(path and Path(path).is_file() for path in included):
        return ""  # the page itself will say it
    if md and "snippet" in md.preprocessors:
        lines = md.preprocessors["snippet"].run([*lines])
        lines = as_markdown_reads("\n".join(lines))
    indent = len(block.header) - len(block.header.lstrip("> "))
    return "\n".join(line[indent:] for line in lines)


def _header_fault(info: str) -> str:
    header = HEADER.fullmatch(info)
    if not header:
        return (
            f"fence header {info.strip()!r} does not parse, so its text would be "
            'printed as it is; write a lower-case language, then option="value"'
        )
    language = header["language"] or header["first"] or "text"
    if RECORDED.search(info) and language not in {"python", "r"}:
        return f"records are of Python or R, not of {language!r}"
    if language in {"python", "tree"}:
        return ""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return f"unknown language {language!r}"
    if isinstance(lexer, PYTHON):
        return f'{language!r} is not executed; write ```python exec="on"'
    return ""

"""The fence ```` ```python exec="on" ````: run the program, show what it did.

Registered by name in mkdocs.yml, it behaves the same in every engine that uses
Python-Markdown. Execution goes through markdown-exec's `base_format`; the program
itself is run by `run`, because markdown-exec's own runner shows only what its
replacement of `print` receives.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_exec import MarkdownConverter, base_format
from markupsafe import Markup, escape
from sigref._docs import figure, page
from sigref._docs.run import TIMEOUT, ProgramError, prefetch, run

if TYPE_CHECKING:
    from markdown import Markdown

OPTIONS = {
    "exec": {"on"},
    "source": {"above", "below", "folded"},
    "output": {"text", "markdown"},
    # Python shows no SystemExit, so neither can the page.
    "raises": r"(?!SystemExit$)[A-Z]\w*",
    "timeout": r"[1-9]\d*",
    "alt": r".*\S.*",
    "caption": r".*\S.*",
    "title": r'[^"]*[^"\s][^"]*',  # goes into a header again, between quotes
    "hl_lines": r"\d+(-\d+)?( \d+(-\d+)?)*",
}
"""What a fence may say: the allowed words, or a pattern for the whole value."""


def validator(
    language: str,
    inputs: dict[str, str],
    options: dict[str, Any],
    attrs: dict[str, Any],
    md: Markdown,
) -> bool:
    """Take every Python fence of a page; leave those that `formatter` made alone."""
    if hasattr(md, "_original_md"):
        return False
    options["inputs"] = inputs
    return True


def formatter(
    source: str,
    language: str,
    css_class: str,
    options: dict[str, Any],
    md: Markdown,
    **kwargs: Any,
) -> Markup:
    """Return the program and its output as HTML, or say what is wrong with it."""
    here = page.current
    if not here.rendered:
        _run_ahead(md)
    number, block = here.next_block(source)
    own = block.line and not block.includes
    name, first = (here.name, block.line + 1) if own else ("program.py", 1)
    slug = _slug(here.name, number)
    try:
        inputs = _checked(options["inputs"])
        return _format(source, inputs, md, slug, name, first)
    except page.PageError:
        raise
    except (ProgramError, ValueError) as error:
        message = str(error)
    except Exception as error:  # noqa: BLE001 - superfences would swallow it
        message = f"{type(error).__name__}: {error}"
    return Markup(page.report(message, line=block.line, block=number))


def _slug(name: str, number: int) -> str:
    return f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}-{number}"


_rendered: set[str] = set()


def _run_ahead(md: Markdown) -> None:
    """At the first page of a build, let the programs of all pages start.

    They run in processes of their own, so rendering need not wait for each. What is
    read here need not be right: a program that differs from what superfences finds
    in the end runs again, and only what that run did is shown.
    """
    fresh = not _rendered or page.current.name in _rendered
    if fresh:
        _rendered.clear()
    _rendered.add(page.current.name)
    known = page.place(md)
    if not fresh or known is None:
        return
    docs = Path(known[0])
    programs = []
    for path in sorted(docs.rglob("*.md")):
        lines = path.read_text("utf-8-sig").splitlines()
        name = f"docs/{path.relative_to(docs).as_posix()}"
        for number, block in enumerate(page.fences(lines)[0], 1):
            source = textwrap.dedent("\n".join(block.lines))
            if included := page.INCLUDE.match(source):
                file = Path(included["path"])
                source = file.read_text("utf-8").rstrip() if file.is_file() else ""
            limit = re.search(r'timeout="(\d+)"', lines[block.line - 1])
            timeout = float(limit[1]) if limit else TIMEOUT
            programs.append((source, timeout, _slug(name, number)))
    prefetch(programs, figure.STYLE)


def _checked(inputs: dict[str, str]) -> dict[str, str]:
    """Return `inputs` if each is an option with a value that it allows."""
    for name, value in inputs.items():
        allowed = OPTIONS.get(name)
        if allowed is None:
            known = ", ".join(OPTIONS)
            raise ValueError(f"unknown option {name}={value!r}; there are {known}")
        if isinstance(allowed, str):
            if not re.fullmatch(allowed, value):
                raise ValueError(f"{name}={value!r} does not match {allowed}")
        elif value not in allowed:
            words = " or ".join(sorted(allowed))
            raise ValueError(f"{name}={value!r}; expected {words}")
    if "exec" not in inputs:
        raise ValueError('Python that is not executed; write ```python exec="on"')
    return inputs


def _format(
    source: str, inputs: dict[str, str], md: Markdown, slug: str, name: str, line: int
) -> Markup:
    if not source.strip():
        raise ValueError("the program is empty")
    for text, effect in (
        ("````````", "end"),
        ("markdown-exec: hide", "hide a line of"),
    ):
        if text in source:
            raise ValueError(f"{text!r} would {effect} the program that is shown")
    markdown = inputs.get("output") == "markdown"
    where = inputs.get("source", "above")
    converter = MarkdownConverter(md)

    def execute(code: str, **_: Any) -> str:
        result = run(
            code,
            filename=name,
            line=line,
            raises=inputs.get("raises", ""),
            timeout=float(inputs.get("timeout", TIMEOUT)),
            salt=slug,
            style=figure.STYLE,
        )
        alts = figure.describe(inputs.get("alt", ""), len(result.figures))
        if "caption" in inputs and not alts:
            raise ValueError("has a caption, but draws no figure")
        if not (result.stdout.strip() or alts or result.exception):
            raise ValueError("prints nothing and draws nothing")
        if markdown:
            if alts or result.exception:
                raise ValueError('output="markdown" goes with printed text alone')
            blocks, faults = page.fences(result.stdout.splitlines())
            if blocks or faults:
                raise ValueError(f"printed a fence that cannot be shown: {faults}")
            return result.stdout
        html = _block(result.stdout, "output") + _block(result.exception, "error")
        caption = str(converter.convert(inputs.get("caption", "")))
        caption = caption.removeprefix("<p>").removesuffix("</p>")
        for number, (svg, alt) in enumerate(zip(result.figures, alts, strict=True), 1):
            text = caption if number == len(alts) else ""
            html += figure.embed(svg, f"fig-{slug}-{number}", alt, text)
        return html

    html = base_format(
        language="python",
        run=execute,
        code=source,
        md=md,
        html=not markdown,
        source="" if where == "folded" else where,
        id_prefix="",
        extra={key: inputs[key] for key in ("title", "hl_lines") if key in inputs},
    )
    printed = html  # the key under which markdown-exec keeps its headings
    if where == "folded":
        fence = f"````````python\n{source}\n````````"
        fold = f'??? example "The program"\n\n{textwrap.indent(fence, "    ")}'
        html += converter.convert(fold)
    whole = Markup(f'<div class="program">{_resolved(html, md)}</div>')
    if markdown:  # headings that it printed belong in the table of contents
        headings = md.treeprocessors["markdown_exec_insert_headings"].headings
        headings[whole] = headings.pop(printed, [])
    return whole


def _resolved(html: str, md: Markdown) -> str:
    """Links to pages that a program printed, as MkDocs resolves and checks others."""
    if "relpath" not in md.treeprocessors:
        return html
    to_url = md.treeprocessors["relpath"].path_to_url
    return re.sub(
        r'(?<=<a href=")[^"]*|(?<=<img src=")[^"]*', lambda link: to_url(link[0]), html
    )


def _block(text: str, kind: str) -> str:
    """Plain output without a copy button, not touched by any Markdown extension."""
    if not text.strip():
        return ""
    return (
        f'<div class="language-text no-copy {kind} highlight"><pre><span></span><code>'
        f"{escape(text.removesuffix(chr(10)))}\n</code></pre></div>"
    )

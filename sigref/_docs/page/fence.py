"""The fence ```` ```python exec="on" ````: run the program, show what it did.

With `recorded="torch"` instead, show what was recorded, and say so.

Registered by name in mkdocs.yml, it behaves the same in every engine that uses
Python-Markdown. markdown-exec's `base_format` shows program and output; the program
is run by `execute`, because markdown-exec's own runner shows only what its
replacement of `print` receives.
"""

import html
import re
import textwrap
from typing import Any

from markdown import Markdown
from markdown_exec import MarkdownConverter, base_format
from markupsafe import Markup, escape
from sigref._docs.execute import figure
from sigref._docs.execute.run import Program, ProgramError, Result
from sigref._docs.page import current, recorded
from sigref._docs.page.current import INCLUDE, PageError, as_markdown_reads
from sigref._docs.page.programs import limit, runner, slug
from sigref._docs.page.scan import fences

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
    "run": {"off", "differs"},
    "reason": r".*\S.*",
    "recorded": r"[a-z]+",
}
"""What a fence may say: the allowed words, or a pattern for the whole value."""
WITH_RECORDED = {"recorded", "raises", "title", "hl_lines"}


def validator(
    language: str,
    inputs: dict[str, str],
    options: dict[str, Any],
    attrs: dict[str, Any],
    md: Markdown,
) -> bool:
    """Take every Python or recorded fence of a page, but not what `formatter` generated."""
    foreign = language != "python" and "recorded" not in inputs
    if foreign or hasattr(md, "_original_md"):
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
    here = current.current
    number, block = here.next_block(source)
    own = block.line and not block.includes
    name, first = (here.name, block.line + 1) if own else ("program.py", 1)
    try:
        inputs = _checked(options["inputs"])
        _refuse(source)
        if "recorded" in inputs:
            return _recorded(source, language, inputs, md)
        program = Program(source, limit(inputs), slug(here.name, number))
        result = runner.run(
            program, filename=name, line=first, raises=inputs.get("raises", "")
        )
        return _format(program, result, inputs, md)
    except PageError:
        raise
    except (ProgramError, ValueError) as error:
        message = str(error)
    except Exception as error:  # noqa: BLE001 - superfences would swallow it
        message = f"{type(error).__name__}: {error}"
    return Markup(current.report(message, line=block.line, block=number))


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
    if "recorded" in inputs:
        if others := {*inputs} - WITH_RECORDED:
            raise ValueError(f"recorded= does not go with {', '.join(sorted(others))}=")
    elif "exec" not in inputs:
        raise ValueError('Python that is not executed; write ```python exec="on"')
    if ("run" in inputs) != ("reason" in inputs):
        raise ValueError("run= needs a reason=, and a reason= needs run=")
    return inputs


def _refuse(source: str) -> None:
    """Raise if `source` could not be shown as it is."""
    if not source.strip():
        raise ValueError("the program is empty")
    effects = {"````````": "end", "markdown-exec: hide": "hide a line of"}
    for text, effect in effects.items():
        if text in source:
            raise ValueError(f"{text!r} would {effect} the program that is shown")


def _recorded(
    source: str, language: str, inputs: dict[str, str], md: Markdown
) -> Markup:
    """Return the program beside what it did when it was recorded."""
    key = recorded.fingerprint(inputs["recorded"], source)
    record = current.current.records.get(key)
    if record is None:
        raise ValueError(f"was not recorded as it stands here; {recorded.AGAIN}")
    if not re.match(rf"([\w.]+\.)?{inputs.get('raises', '')}(:|$)", record.error):
        raise ValueError(f"raises= and the record do not agree; {recorded.AGAIN}")
    current.current.unshown.discard(key)
    shown = _block(record.output, "output") + _block(record.error, "error")
    shown += f'<p class="stamp" data-search-exclude>{escape(record.stamp)}</p>'
    html = _beside(shown, source, inputs, md, language=language)
    return Markup(f'<div class="program recorded">{html}</div>')


def _beside(
    shown: str,
    program: str,
    inputs: dict[str, str],
    md: Markdown,
    *,
    language: str = "python",
    html: bool = True,
    source: str = "above",
) -> str:
    """Return the HTML of a program and what it did, as markdown-exec puts them together."""
    return base_format(
        language=language,
        run=lambda *_, **__: shown,
        code=program,
        md=md,
        html=html,
        source=source,
        id_prefix="",
        extra={key: inputs[key] for key in ("title", "hl_lines") if key in inputs},
    )


def _format(
    program: Program, result: Result, inputs: dict[str, str], md: Markdown
) -> Markup:
    """Return the program beside what it did."""
    markdown = inputs.get("output") == "markdown"
    where = inputs.get("source", "above")
    alts = split_alt(inputs.get("alt", ""), len(result.figures))
    if "caption" in inputs and not alts:
        raise ValueError("has a caption, but draws no figure")
    if not (result.stdout.strip() or alts or result.exception):
        raise ValueError("prints nothing and draws nothing")
    if markdown:
        output = _markdown(result)
    else:
        caption = inputs.get("caption", "")
        output = _shown(result, alts, caption, program.salt, MarkdownConverter(md))
    place = "" if where == "folded" else where
    html = _beside(output, program.source, inputs, md, html=not markdown, source=place)
    printed = html  # the key under which markdown-exec keeps its headings
    if where == "folded":
        fence = f"````````python\n{program.source}\n````````"
        fold = f'??? example "The program"\n\n{textwrap.indent(fence, "    ")}'
        html += MarkdownConverter(md).convert(fold)
    marks = _marks(inputs, result.stdout if markdown else "")
    whole = Markup(f'<div class="program"{marks}>{_resolved(html, md)}</div>')
    if markdown:  # headings that it printed belong in the table of contents
        headings = md.treeprocessors["markdown_exec_insert_headings"].headings
        headings[whole] = headings.pop(printed, [])
    return whole


def _marks(inputs: dict[str, str], printed: str) -> str:
    """Return what `publish.buttons` must know to run the program in a browser."""
    marks = {inputs.get("run", ""): inputs.get("reason", ""), "printed": printed}
    return "".join(
        f' data-{name}="{html.escape(text).replace(chr(10), "&#10;")}"'
        for name, text in marks.items()
        if text
    )


def _markdown(result: Result) -> str:
    """Return printed Markdown that contains nothing but text."""
    if result.figures or result.exception:
        raise ValueError('output="markdown" goes with printed text alone')
    lines = as_markdown_reads(result.stdout)
    blocks, faults = fences(lines)
    if blocks or faults:
        raise ValueError(f"printed a fence that cannot be shown: {faults}")
    if included := [line for line in lines if INCLUDE.match(line)]:
        raise ValueError(f"printed {included[0]!r}, which would include a file")
    return result.stdout


def _shown(
    result: Result,
    alts: list[str],
    caption: str,
    slug: str,
    converter: MarkdownConverter,
) -> str:
    """Return output, exception and figures as HTML."""
    shown = _block(result.stdout, "output") + _block(result.exception, "error")
    caption = str(converter.convert(caption))
    caption = caption.removeprefix("<p>").removesuffix("</p>")
    for number, (svg, alt) in enumerate(zip(result.figures, alts, strict=True), 1):
        text = caption if number == len(alts) else ""
        shown += figure.embed(svg, f"fig-{slug}-{number}", alt, text)
    return shown


def split_alt(alt: str, count: int) -> list[str]:
    """Split the fence's `alt` into one text for each of `count` figures."""
    texts = [text.strip() for text in alt.split("|")] if alt else []
    if len(texts) != count or not all(texts):
        raise ValueError(
            f"draws {count} figure(s), but its alt= describes {len(texts)}: write "
            'alt="What the figure shows", one text per figure, with | between them'
        )
    return [html.unescape(text) for text in texts]


def _resolved(text: str, md: Markdown) -> str:
    """Links to pages that a program printed, as MkDocs resolves and checks others."""
    if "relpath" not in md.treeprocessors:
        return text
    to_url = md.treeprocessors["relpath"].path_to_url
    return re.sub(
        r'(<(?:a|img)\b[^>]*?\s(?:href|src)=")([^"]*)',
        lambda link: link[1] + to_url(link[2]),
        text,
    )


def _block(text: str, kind: str) -> str:
    """Plain output without a copy button, not touched by any Markdown extension."""
    if not text.strip():
        return ""
    return (
        f'<div class="language-text no-copy {kind} highlight"><pre><span></span><code>'
        f"{escape(text.removesuffix(chr(10)))}\n</code></pre></div>"
    )

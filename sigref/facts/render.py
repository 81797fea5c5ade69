"""The catalogue as Markdown pages and as JSON, with residuals measured now."""

import ast
import inspect
import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from textwrap import dedent

import sigref
from sigref.facts import CHAPTERS, FACTS, Chapter, Fact, Result, check
from sigref.facts.fact import INLINE, REFERENCE

__all__ = ["chapter_markdown", "index_markdown", "measure", "to_json", "verdict"]


def chapter_markdown(name: str, *, href: str = "{page}.md#f-{id}") -> str:
    """Return the page of one chapter, without its title.

    Parameters
    ----------
    name
        Name of the chapter's module: ``"derivatives"``.
    href
        Address of a fact that is referred to; ``{page}`` is the name of its chapter
        with hyphens, ``{id}`` its identifier.

    Raises
    ------
    KeyError
        If there is no such chapter.
    ValueError
        If a fact does not hold.
    """
    chapter = {chapter.name: chapter for chapter in CHAPTERS}[name]
    entries = [_entry(chapter, fact, href) for fact in chapter.facts]
    return "\n".join([_summary(chapter.facts), *entries])


def index_markdown(*, href: str = "{page}.md#f-{id}") -> str:
    """Return the counts and a table of all facts, without measuring them again."""
    kinds = Counter(fact.kind for fact in FACTS.values())
    counts = (
        f"{len(FACTS)} facts in {len(CHAPTERS)} chapters: {kinds['identity']} "
        f"identities, {kinds['inequality']} inequalities, {kinds['exact']} in exact "
        "arithmetic."
    )
    lines = [counts, "", "| Fact | Title | Assumptions |", "| --- | --- | --- |"]
    for fact in FACTS.values():
        assumptions = _prose(fact.assumptions).replace("|", "&#124;")
        lines.append(
            f"| {_link(fact.id, href)} | {_prose(fact.title)} | {assumptions} |"
        )
    return "\n".join(lines) + "\n"


def to_json() -> str:
    """Return the catalogue and its measured residuals as a JSON document.

    The object holds ``schema`` (1), ``version`` of sigref, ``count`` of facts,
    ``counts`` by kind, ``points`` evaluated in all, and ``facts``, a list in the order
    of the catalogue. Each has ``id``, ``chapter``, ``title``, ``latex``,
    ``assumptions``, ``proof`` and ``source`` as text, ``kind`` (``identity``,
    ``inequality`` or ``exact``), ``residual`` and ``points`` as measured, and
    ``tolerance``: the largest residual allowed (an inequality's residual is minus its
    smallest relative slack, and must be negative).
    """
    facts = []
    for chapter in CHAPTERS:
        for fact in chapter.facts:
            result = measure(fact.id)
            facts.append(
                {
                    "id": fact.id,
                    "chapter": chapter.name,
                    "title": fact.title,
                    "latex": _one_line(fact.latex),
                    "assumptions": fact.assumptions,
                    "proof": fact.proof,
                    "source": fact.source,
                    "kind": fact.kind,
                    "residual": result.residual,
                    "tolerance": fact.tolerance if fact.kind == "identity" else 0,
                    "points": result.points,
                }
            )
    document = {
        "schema": 1,
        "version": sigref.__version__,
        "count": len(facts),
        "counts": Counter(fact.kind for fact in FACTS.values()),
        "points": sum(measure(id_).points for id_ in FACTS),
        "facts": facts,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


@cache
def measure(id_: str) -> Result:
    """Return the result of checking a fact, once per process.

    Raises
    ------
    ValueError
        If it does not hold.
    """
    result = check(FACTS[id_])
    if not result.passed:
        raise ValueError(f"fact {id_} does not hold: residual {result.residual:.1e}")
    return result


def verdict(fact: Fact) -> str:
    """Return what was measured, in words: ``"residual 3e-49 at 9 points"``."""
    residual, points, _ = measure(fact.id)
    where = "at 1 point" if points == 1 else f"at {points} points"
    if fact.kind == "exact":
        return f"exact {where}"
    word = "residual" if fact.kind == "identity" else "smallest slack"
    size = f"{abs(residual):.0e}" if residual else "below 1e-300"
    return f"{word} {size} {where}"


def _summary(facts: Iterable[Fact]) -> str:
    facts = tuple(facts)
    points = sum(measure(fact.id).points for fact in facts)
    identities = [fact for fact in facts if fact.kind == "identity"]
    worst = max(identities, key=lambda fact: measure(fact.id).residual)
    return (
        f"{len(facts)} facts, evaluated at {points} points in this build. Worst "
        f"residual of an identity: {measure(worst.id).residual:.0e} "
        f"(fact {worst.id}).\n"
    )


def _entry(chapter: Chapter, fact: Fact, href: str) -> str:
    lines = [
        f"### {fact.id} {fact.title} {{ #f-{fact.id} }}",
        "",
        "$$",
        _one_line(fact.latex),
        "$$",
        "",
        f"- **Assumptions:** {_prose(fact.assumptions)}",
    ]
    if fact.proof:
        lines.append(f"- **Proof:** {_prose(fact.proof, href)}")
    lines += [
        f"- **Source:** {_prose(fact.source)}",
        f"- **Checked now:** {verdict(fact)}",
        "",
        _fold(_source(chapter.name, fact.id)),
    ]
    return "\n".join(lines)


def _fold(source: str) -> str:
    """Return a closed box that holds the source of a check; search leaves it out."""
    return (
        '<details class="note" data-search-exclude markdown>\n'
        "<summary>The check</summary>\n\n"
        f"``` {{ .text .no-copy }}\n{source}\n```\n\n</details>\n"
    )


def _source(module_name: str, id_: str) -> str:
    """Return the source of one entry, after the module's functions that it uses."""
    text, functions, entries = _parsed(module_name)
    used: dict[str, ast.AST] = {}
    queue = [entries[id_]]
    while queue:
        for node in ast.walk(queue.pop()):
            if isinstance(node, ast.Name) and node.id in functions.keys() - used.keys():
                used[node.id] = functions[node.id]
                queue.append(functions[node.id])
    nodes = [node for name, node in functions.items() if name in used]
    pieces = [ast.get_source_segment(text, node) or "" for node in nodes]
    entry = ast.get_source_segment(text, entries[id_], padded=True) or ""
    return "\n\n\n".join([*pieces, dedent(entry)])


@cache
def _parsed(module_name: str) -> tuple[str, dict[str, ast.AST], dict[str, ast.AST]]:
    """Return a chapter's source, its functions by name, its entries by ID."""
    text = inspect.getsource(import_module(f"sigref.facts.{module_name}"))
    tree = ast.parse(text)
    functions: dict[str, ast.AST] = {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)
    }
    entries: dict[str, ast.AST] = {
        ast.literal_eval(keyword.value): node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fact"
        for keyword in node.keywords
        if keyword.arg == "id"
    }
    return text, functions, entries


def _one_line(latex: str) -> str:
    return " ".join(latex.split())


def _link(id_: str, href: str) -> str:
    page = next(c.name for c in CHAPTERS if FACTS[id_] in c.facts).replace("_", "-")
    return f"[{id_}]({href.format(page=page, id=id_)})"


def _prose(text: str, href: str = "") -> str:
    """Return `text` for Markdown: formulas untouched, the rest escaped.

    With `href`, references to facts become links.
    """
    pieces = INLINE.split(text)
    for i, piece in enumerate(pieces):
        if i % 2:
            pieces[i] = f"${piece}$"
            continue
        for character, escaped in (("&", "&amp;"), ("<", "&lt;"), ("_", r"\_")):
            piece = piece.replace(character, escaped)
        if href:
            piece = REFERENCE.sub(lambda match: _link(match[0], href), piece)
        pieces[i] = piece.replace("*", r"\*")
    return "".join(pieces)

"""The catalogue as Markdown pages and as JSON, with residuals measured now."""

import ast
import inspect
import json
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from textwrap import dedent

import sigref
from sigref.facts import CHAPTERS, FACTS, Chapter, Fact, Result, check
from sigref.facts.fact import COUNTED, INLINE, REFERENCE

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
    symbols = _symbols(chapter.facts)
    return "\n".join([*symbols, *entries, _summary(chapter.facts)])


def index_markdown(*, href: str = "{page}.md#f-{id}") -> str:
    """Return the formulas of all facts, in a table for each chapter, and the counts."""
    kinds = Counter(fact.kind for fact in FACTS.values())
    again = sum(bool(fact.restates) for fact in FACTS.values())
    counts = (
        f"{len(FACTS)} facts in {len(CHAPTERS)} chapters: {kinds['identity']} "
        f"identities, {kinds['inequality']} inequalities, {kinds['exact']} in exact "
        f"arithmetic, {kinds['computed']} computed with rounding.\n\n{again} of them say "
        "in other letters what another one says, which is named."
    )
    lines: list[str] = []
    for chapter in CHAPTERS:
        page = chapter.name.replace("_", "-")
        lines += [f"## {chapter.title} {{ #{page} }}", ""]
        lines += ["| Fact | Formula |", "| --- | --- |"]
        lines += [*(_row(fact, href) for fact in chapter.facts), ""]
    return "\n".join([*lines, counts, ""])


def _row(fact: Fact, href: str) -> str:
    same = f" (also {_link(fact.restates, href)})" if fact.restates else ""
    # A bar would end the cell.
    formula = (
        _one_line(fact.latex).replace(r"\|", r"\Vert ").replace("|", r"\vert ").strip()
    )
    return f"| {_link(fact.id, href)} {_prose(fact.title)}{same} | $\\displaystyle {formula}$ |"


def to_json() -> str:
    """Return the catalogue and its measured residuals as a JSON document.

    The object holds ``schema`` (1), ``version`` of sigref, ``count`` of facts,
    ``counts`` by kind, ``points`` evaluated in all, and ``facts``, a list in the order
    of the catalogue. Each has ``id``, ``chapter``, ``title``, ``latex``,
    ``assumptions``, ``proof`` and ``source`` as text, ``restates`` (the identifier of
    the fact that says the same, or an empty text), ``kind`` (``identity``,
    ``inequality``, ``exact`` or ``computed``), ``residual`` and ``points`` as measured,
    ``digits`` computed with, and ``tolerance``: the largest residual allowed (an
    inequality's residual is minus its smallest relative margin, and must be negative).
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
                    "restates": fact.restates,
                    "kind": fact.kind,
                    "residual": result.residual,
                    "tolerance": fact.tolerance if fact.kind == "identity" else 0,
                    "points": result.points,
                    "digits": fact.digits,
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
    """Return what was measured, in words: ``"residual 3e-49 with 50 digits"``."""
    residual, points, _ = measure(fact.id)
    where = "at 1 point" if points == 1 else f"at {points} points"
    if fact.kind in COUNTED:
        how = "in exact arithmetic" if fact.kind == "exact" else "as computed"
        return f"Checked {where}: equal {how}"
    if fact.kind == "inequality":
        return f"Checked {where}: holds with a margin of {abs(residual):.0e} or more"
    if not residual:
        return f"Checked {where}: no difference in {fact.digits} digits"
    return f"Checked {where}: residual {residual:.0e} with {fact.digits} digits"


# Symbols that are not the same everywhere: what is looked for, what it means here.
SYMBOLS = (
    (r"\\operatorname\{softplus\}", r"$\operatorname{softplus}(x) = \ln(1 + e^x)$"),
    (r"\\operatorname\{logit\}", r"$\operatorname{logit} p = \ln(p / (1 - p))$"),
    (r"\\operatorname\{RN\}", r"$\operatorname{RN}$ rounds to the nearest number"),
    (r"(?<![A-Za-z\\])W\(", "W is Lambert's function"),
    (r"\\eta", r"$\eta(s) = \sum (-1)^{k-1} k^{-s}$ is Dirichlet's eta function"),
    (r"\\zeta", r"$\zeta$ is Riemann's zeta function"),
    (r"\\psi", r"$\psi = \Gamma'/\Gamma$ is the digamma function"),
    (r"\\Phi", r"$\Phi$ is the standard normal distribution function"),
    (r"\\operatorname\{Li\}", r"$\operatorname{Li}$ is the polylogarithm"),
    (
        r"(?<![A-Za-z\\])H\(\\sigma|(?<![A-Za-z\\])H\(p|H'\(p",
        "H is binary entropy in nats",
    ),
    (r"H_\{n-1\}", r"$H_n = 1 + \tfrac12 + \cdots + \tfrac1n$"),
    (r"(?<![A-Za-z\\])B_", r"$B_n$ are the Bernoulli numbers, $B_1 = -\tfrac12$"),
    (r"(?<![A-Za-z\\])B\(", r"$B(a, b)$ is the beta function"),
)


def _symbols(facts: Iterable[Fact]) -> list[str]:
    """Return a sentence that explains the symbols which the formulas use."""
    formulas = "\n".join(fact.latex for fact in facts)
    used = [meaning for symbol, meaning in SYMBOLS if re.search(symbol, formulas)]
    return [f"In this chapter {'; '.join(used)}.\n"] if used else []


def _summary(facts: Iterable[Fact]) -> str:
    facts = tuple(facts)
    points = sum(measure(fact.id).points for fact in facts)
    identities = [fact for fact in facts if fact.kind == "identity"]
    worst = max(identities, key=lambda fact: measure(fact.id).residual)
    return (
        f"{len(facts)} facts, evaluated at {points} points. Worst "
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
    ]
    if fact.restates:
        same = _link(fact.restates, href)
        lines.append(f"- **Says the same as {same}:** {_prose(fact.proof, href)}")
    lines.append(f"- **Assumptions:** {_prose(fact.assumptions)}")
    if fact.proof and not fact.restates:
        label = "Check" if fact.source == "definition" else "Proof"
        lines.append(f"- **{label}:** {_prose(fact.proof, href)}")
    if again := [other for other in FACTS.values() if other.restates == fact.id]:
        names = [f"{_link(other.id, href)} {_prose(other.title)}" for other in again]
        lines.append(f"- **Also:** {'; '.join(names)}")
    # The proof line is the source of what is elementary.
    if source := fact.source.removeprefix("elementary").lstrip("; "):
        lines.append(f"- **Source:** {_prose(source)}")
    return "\n".join([*lines, "", _fold(verdict(fact), _source(chapter.name, fact.id))])


def _fold(summary: str, source: str) -> str:
    """Return a closed box that holds the source of a check; search leaves it out."""
    return (
        '<details class="note" data-search-exclude markdown>\n'
        f"<summary>{summary}</summary>\n\n"
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

"""What a fact is, and how it is checked."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from sigref.facts.notation import mp

Kind = Literal["identity", "inequality", "exact", "computed"]

# The kinds that are compared without rounding: a point is equal or it is not.
COUNTED = ("exact", "computed")

# The point list of a fact without variables: evaluate once, with no arguments.
ONCE: tuple[tuple[()], ...] = ((),)

ID = re.compile(r"(\d+)\.(\d+)([a-z]?)")
# In prose, a bare number with a point is a reference to a fact.
REFERENCE = re.compile(r"(?<![\d.])\d+\.\d+[a-z]?(?![\w.]*\d)")
# A formula inside prose.
INLINE = re.compile(r"\$([^$]+)\$")

# Accepted by math-core without an error, and printed literally or unevenly.
SILENTLY_WRONG = re.compile(
    r"\\\\\s*\[|\\begin\{\w+\*?\}\[|\\[bB]igg?[lr]?[)\]|}]\s*[\^_]"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    r"""One statement, its conditions, and the two sides that must agree.

    Parameters
    ----------
    id
        Permanent address, chapter and number: ``"3.7"``. Never reused.
    title
        Short name in words, no formula.
    latex
        The statement, for display.
    assumptions
        Sufficient conditions, complete, in plain text: ``"0 < p < 1"``.
    source
        Where it comes from; ``"elementary"`` if the proof line is the source.
    restates
        Identifier of the fact that says the same in other letters, if one does.
        The proof line then says how to get from one to the other.
    proof
        One-line proof or derivation. Formulas stand between dollar signs. A bare
        number such as ``3.1`` outside them is a reference to that fact.
    lhs, rhs
        The two sides as functions of one point. They return a number or a tuple of
        numbers; a single number is compared with each member of a tuple.
    wrong
        A deliberately wrong `rhs`. It must fail the same check.
    points
        Arguments, one number or one tuple for each evaluation.
    kind
        ``"identity"``: lhs = rhs. ``"inequality"``: lhs < rhs. ``"exact"``:
        lhs == rhs in integers and fractions, at points that are not converted.
        ``"computed"``: the same comparison, of counts and values that a computation
        with rounding gave, such as float64 arithmetic.
    sharp_at
        For an inequality, where both sides are equal.
    digits
        Decimal digits to compute with.
    tolerance
        Largest relative difference allowed in an identity.
    """

    id: str
    title: str
    latex: str
    assumptions: str
    source: str
    proof: str = ""
    lhs: Callable[..., Any]
    rhs: Callable[..., Any]
    wrong: Callable[..., Any]
    points: Sequence[Any]
    kind: Kind = "identity"
    restates: str = ""
    sharp_at: Sequence[Any] = ()
    digits: int = 50
    tolerance: float = 1e-40


class Chapter(NamedTuple):
    """Facts that share a page: the module's name, a title, the facts in order."""

    name: str
    title: str
    facts: tuple[Fact, ...]


class Evaluation(NamedTuple):
    """Both sides at one point, and how far they are from what is claimed."""

    point: Any
    lhs: Any
    rhs: Any
    residual: Any


class Result(NamedTuple):
    """Outcome of a check.

    `residual` is the worst relative difference of an identity, the number of unequal
    points of an exact or computed fact, and minus the smallest relative margin of an
    inequality.
    """

    residual: float
    points: int
    passed: bool


def evaluate(fact: Fact) -> list[Evaluation]:
    """Return both sides of `fact` at each of its points.

    The points of `sharp_at` come last. Their residual measures equality.
    """
    measures = {"identity": _difference, "inequality": _excess}
    measure = measures.get(fact.kind, _unequal)
    with mp.workdps(fact.digits):
        evaluations = [_evaluate_at(fact, point, measure) for point in fact.points]
        evaluations += [_evaluate_at(fact, p, _difference) for p in fact.sharp_at]
    return evaluations


def check(fact: Fact) -> Result:
    """Evaluate `fact` and decide whether it holds.

    Raises
    ------
    ValueError
        If nothing would be checked: no points, or zero on both sides at all of them.
    """
    if not fact.points:
        raise ValueError(f"fact {fact.id} has no points to check")
    evaluations = evaluate(fact)
    if all(not any(_leaves(e.lhs) + _leaves(e.rhs)) for e in evaluations):
        raise ValueError(f"fact {fact.id} compares zero with zero at every point")
    at_points = evaluations[: len(fact.points)]
    at_sharp = evaluations[len(fact.points) :]
    if fact.kind in COUNTED:
        residual = sum(e.residual for e in at_points)
        passed = residual == 0
    else:
        residual = max(e.residual for e in at_points)
        passed = (
            residual < 0 if fact.kind == "inequality" else residual <= fact.tolerance
        )
    passed = passed and all(e.residual <= fact.tolerance for e in at_sharp)
    return Result(float(residual), len(evaluations), bool(passed))


def mistaken(fact: Fact) -> Fact:
    """Return `fact` with its wrong variant in place of the right-hand side.

    An inequality loses its points of equality: the wrong variant must break the
    inequality itself.
    """
    return replace(fact, rhs=fact.wrong, sharp_at=())


def problems(chapters: Sequence[Chapter]) -> list[str]:
    """Return what is wrong with the catalogue as a document; no check is run."""
    facts = [fact for chapter in chapters for fact in chapter.facts]
    ids = [fact.id for fact in facts]
    originals = {fact.id for fact in facts if not fact.restates}
    found = [f"{id_}: used twice" for id_ in sorted(set(ids)) if ids.count(id_) > 1]
    found += [
        f"{after}: stands after {before}"
        for before, after in pairwise(ids)
        if order(before) > order(after)
    ]
    for fact in facts:
        found += [
            f"{fact.id}: no {field}"
            for field in ("title", "latex", "assumptions", "source", "points")
            if not getattr(fact, field)
        ]
        found += [
            f"{fact.id}: refers to {reference}, which does not exist"
            for reference in REFERENCE.findall(outside_formulas(fact.proof))
            if reference not in ids
        ]
        if fact.source == "elementary" and not fact.proof:
            found.append(f"{fact.id}: elementary, but without a proof")
        if fact.restates and fact.restates not in originals:
            found.append(f"{fact.id}: restates {fact.restates}, which is no original")
        if _same_code(fact.lhs, fact.rhs):
            found.append(f"{fact.id}: both sides are the same code")
        if "$" in fact.title or "\\" in fact.title:
            found.append(f"{fact.id}: a formula in the title")
        for formula in formulas(fact):
            if silent := SILENTLY_WRONG.search(formula):
                found.append(f"{fact.id}: {silent[0]!r} is typeset wrongly")
    return found


def order(id_: str) -> tuple[int, int, str]:
    """Return the key that sorts identifiers: 9.1 < 9.1a < 9.2 < 10.1."""
    match = ID.fullmatch(id_)
    if match is None:
        raise ValueError(f"not a fact's identifier: {id_!r}")
    return int(match[1]), int(match[2]), match[3]


def formulas(fact: Fact) -> list[str]:
    """Return every piece of LaTeX in `fact`: the statement, then those in the proof."""
    return [fact.latex, *INLINE.findall(fact.proof)]


def outside_formulas(text: str) -> str:
    """Return `text` without its inline formulas."""
    return INLINE.sub(" ", text)


def _evaluate_at(
    fact: Fact, point: Any, measure: Callable[[Any, Any], Any]
) -> Evaluation:
    arguments = point if isinstance(point, tuple) else (point,)
    if fact.kind not in COUNTED:
        arguments = tuple(mp.convert(argument) for argument in arguments)
    lhs, rhs = fact.lhs(*arguments), fact.rhs(*arguments)
    left, right = _leaves(lhs), _leaves(rhs)
    if len(left) == 1:
        left *= len(right)
    if len(right) == 1:
        right *= len(left)
    residual = max(measure(a, b) for a, b in zip(left, right, strict=True))
    return Evaluation(point, lhs, rhs, residual)


def _leaves(value: Any) -> list[Any]:
    """Return the numbers in a number or a tuple."""
    return list(value) if isinstance(value, tuple | list) else [value]


def _difference(a: Any, b: Any) -> Any:
    """Return |a − b| relative to the larger; anything not finite is infinitely far."""
    if not (mp.isfinite(a) and mp.isfinite(b)):
        return math.inf
    scale = max(abs(a), abs(b))
    return abs(a - b) / scale if scale else 0


def _excess(a: Any, b: Any) -> Any:
    """Return (a − b) relative to the larger: negative where a < b holds."""
    if not (mp.isfinite(a) and mp.isfinite(b)):
        return math.inf
    scale = max(abs(a), abs(b))
    return (a - b) / scale if scale else 0


def _unequal(a: Any, b: Any) -> int:
    """Return 0 if a == b, else 1; a rounded number has no place here."""
    for value in (a, b):
        if not isinstance(value, int | Fraction):
            raise TypeError(f"not an exact number: {value!r}")
    return int(a != b)


def _same_code(f: Callable[..., Any], g: Callable[..., Any]) -> bool:
    if f is g:
        return True
    code_f, code_g = getattr(f, "__code__", None), getattr(g, "__code__", None)
    if code_f is None or code_g is None:
        return False
    return (code_f.co_code, code_f.co_consts, code_f.co_names) == (
        code_g.co_code,
        code_g.co_consts,
        code_g.co_names,
    )

"""Check the catalogue in the terminal: ``python -m sigref.facts [ID] [--json]``."""

import argparse
import io
import os
import sys
import time
from difflib import get_close_matches
from inspect import cleandoc

from sigref.facts import CHAPTERS, FACTS, Fact, check, evaluate, problems
from sigref.facts.notation import mp
from sigref.facts.render import to_json

SHOWN = 12  # points at which both sides of a single fact are printed


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0 good, 1 a fact fails, 2 misuse."""
    parser = argparse.ArgumentParser(
        prog="python -m sigref.facts",
        description="Check every fact about the sigmoid function, or show one.",
    )
    parser.add_argument("id", nargs="?", help="show one fact: 3.7")
    parser.add_argument(
        "--json", action="store_true", help="print facts and residuals as JSON"
    )
    options = parser.parse_args(arguments)
    if options.json and options.id:
        parser.error("--json prints the whole catalogue; leave out the ID")
    # Terminals have many encodings, JSON has one.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
        if options.json:
            sys.stdout.reconfigure(encoding="utf-8")
    if options.json:
        print(to_json(), end="")
        return 0
    if options.id is None:
        return check_all()
    if options.id not in FACTS:
        parser.error(f"no fact {options.id!r}; {_nearby(options.id)}")
    return show(FACTS[options.id])


def check_all() -> int:
    """Check all facts and print a summary; return 1 if one fails."""
    started = time.perf_counter()
    failures = problems(CHAPTERS)
    points = 0
    for done, fact in enumerate(FACTS.values(), start=1):
        _progress(done, len(FACTS), fact.id)
        result = check(fact)
        points += result.points
        if not result.passed:
            failures.append(f"{fact.id}: {fact.title}: residual {result.residual:.1e}")
    _progress_done()
    for failure in failures:
        print(failure)
    seconds = time.perf_counter() - started
    plural = "s" if len(failures) > 1 else ""
    outcome = f"{len(failures)} problem{plural}" if failures else "all hold"
    print(f"{len(FACTS)} facts at {points} points in {seconds:.1f} s: {outcome}")
    return 1 if failures else 0


def show(fact: Fact) -> int:
    """Print one fact with the values of both sides; return 1 if it fails."""
    print(f"{fact.id}  {fact.title}\n\n{cleandoc(fact.latex)}\n")
    print(f"assumptions  {fact.assumptions}")
    if fact.proof:
        print(f"proof        {fact.proof}")
    print(f"source       {fact.source}\n")
    evaluations = list(evaluate(fact))
    for evaluation in evaluations[:SHOWN]:
        if evaluation.point != ():
            print(f"at {_text(evaluation.point)}")
        print(f"  left   {_text(evaluation.lhs)}")
        print(f"  right  {_text(evaluation.rhs)}")
    if (more := len(evaluations) - SHOWN) > 0:
        print(f"and at {more} more points")
    result = check(fact)
    outcome = "holds" if result.passed else "FAILS"
    print(f"\n{fact.kind} {outcome}: residual {result.residual:.1e}")
    return 0 if result.passed else 1


def _text(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(_text(member) for member in value)
    return mp.nstr(value, 30) if isinstance(value, mp.mpf | mp.mpc) else str(value)


def _nearby(id_: str) -> str:
    """Name identifiers that look like `id_`, or say which chapters there are."""
    close = get_close_matches(id_, FACTS, n=5, cutoff=0.5)
    if close:
        return f"near it: {', '.join(close)}"
    return f"identifiers run from {next(iter(FACTS))} to {next(reversed(FACTS))}"


def _progress(done: int, total: int, id_: str) -> None:
    if sys.stderr.isatty():
        bar = "█" * (30 * done // total)
        print(f"\r{bar:·<30} {done}/{total} {id_:<6}", end="", file=sys.stderr)


def _progress_done() -> None:
    if sys.stderr.isatty():
        print("\r" + " " * 60, end="\r", file=sys.stderr)


def run() -> int:
    """Run the command for a reader that may stop reading, as `head` does."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141  # what a shell says of a program that SIGPIPE ended
    return code


if __name__ == "__main__":
    sys.exit(run())

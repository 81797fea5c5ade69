"""The catalogue of facts: every check passes, and every check can fail."""

import io
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import pytest
from math_core import LatexError, LatexToMathML
from sigref.facts import (
    CHAPTERS,
    FACTS,
    Chapter,
    Fact,
    check,
    mistaken,
    problems,
    render,
)
from sigref.facts import __main__ as command
from sigref.facts.fact import formulas
from sigref.facts.notation import largest, mp, sigma

LATEX = LatexToMathML(fancy_error=False)
MINIMAL = Fact(
    id="1.1",
    title="Reflection",
    latex=r"\sigma(-x) = 1 - \sigma(x)",
    assumptions="x real",
    source="elementary",
    proof="Add.",
    lhs=lambda x: sigma(-x),
    rhs=lambda x: 1 - sigma(x),
    wrong=lambda x: 1 + sigma(x),
    points=(-1, 2),
)


def convert(formula: str) -> str:
    return LATEX.convert_with_local_state(formula, displaystyle=True)


def problems_of(*facts: Fact) -> list[str]:
    return problems([Chapter("example", "Example", facts)])


# Every fact


@pytest.mark.slow
@pytest.mark.parametrize("id_", FACTS)
def test_fact_holds(id_):
    result = render.measure(id_)
    assert result.passed
    assert not math.isnan(result.residual)


@pytest.mark.slow
@pytest.mark.parametrize("id_", FACTS)
def test_wrong_variant_fails(id_):
    fact = FACTS[id_]
    result = check(mistaken(fact))
    assert not result.passed
    assert math.isfinite(result.residual), "fails for another reason than being wrong"
    if fact.kind == "identity":
        assert result.residual > 1000 * fact.tolerance


def test_tolerances_are_tight():
    def limit(fact: Fact) -> float:
        searched_or_integrated = 10.0 ** -(fact.digits / 2)
        return max(1e-40, searched_or_integrated, 1e-16)

    loose = [id_ for id_, fact in FACTS.items() if not fact.tolerance <= limit(fact)]
    assert loose == []


def test_catalogue_is_consistent():
    assert problems(CHAPTERS) == []
    assert len(FACTS) == sum(len(chapter.facts) for chapter in CHAPTERS)


def test_latex_is_accepted():
    every = [formula for fact in FACTS.values() for formula in formulas(fact)]
    assert len(every) >= len(FACTS)
    assert [f for f in every if not convert(f).startswith("<math")] == []


def test_identifiers_of_the_first_catalogue_are_kept():
    ranges = {1: 11, 2: 11, 3: 13, 4: 8, 5: 3, 6: 12, 7: 10, 8: 17, 9: 6, 10: 6, 12: 3}
    first = {f"{chapter}.{n}" for chapter, m in ranges.items() for n in range(1, m + 1)}
    first |= {"9.1a", "9.1b", "9.1c", "11.0", "11.1", "11.2", "11.3"}
    first |= {"13.1", "13.2", "13.5", "13.6", "13.7", "14.1"}
    assert len(first) == 113
    assert first <= FACTS.keys()


# The check itself


def test_check_passes_a_true_identity_and_fails_a_false_one():
    assert check(MINIMAL).passed
    assert not check(mistaken(MINIMAL)).passed


def test_check_without_points_is_an_error():
    with pytest.raises(ValueError, match=r"1\.1 has no points"):
        check(replace(MINIMAL, points=()))


def test_check_of_zero_against_zero_is_an_error():
    with pytest.raises(ValueError, match="zero with zero"):
        check(replace(MINIMAL, lhs=lambda x: 0 * x, rhs=lambda x: 0 * x))


@pytest.mark.parametrize("value", ["nan", "inf"])
@pytest.mark.parametrize("kind", ["identity", "inequality"])
@pytest.mark.parametrize("side", ["lhs", "rhs"])
def test_nan_and_infinity_never_pass(value, kind, side):
    fact = replace(MINIMAL, kind=kind, **{side: lambda x: mp.mpf(value)})
    assert not check(fact).passed
    both = replace(fact, lhs=lambda x: mp.mpf(value), rhs=lambda x: mp.mpf(value))
    assert not check(both).passed


def test_one_bad_point_fails_an_identity():
    fact = replace(MINIMAL, rhs=lambda x: 1 - sigma(x) + (x == 2) * mp.mpf(10) ** -30)
    assert not check(fact).passed


def test_one_bad_member_fails_a_tuple():
    fact = replace(MINIMAL, rhs=lambda x: (1 - sigma(x), sigma(x)))
    assert not check(fact).passed


def test_inequality_is_strict_at_its_points():
    fact = replace(MINIMAL, kind="inequality", lhs=lambda x: x, rhs=abs)
    assert check(replace(fact, points=(-1, -2))).passed
    assert not check(replace(fact, points=(-1, 2))).passed
    assert check(replace(fact, points=(-1,), sharp_at=(2,))).passed
    assert not check(replace(fact, points=(-1,), sharp_at=(-2,))).passed


def test_exact_fact_refuses_rounded_numbers():
    fact = replace(MINIMAL, kind="exact", lhs=lambda x: x / 2, rhs=lambda x: x / 2)
    with pytest.raises(TypeError, match="not an exact number"):
        check(replace(fact, points=(1,)))
    assert check(replace(fact, points=(Fraction(1),))).passed


def test_exact_fact_counts_unequal_points():
    fact = replace(MINIMAL, kind="exact", lhs=lambda n: n, rhs=abs, points=(-2, -1, 3))
    assert check(fact) == (2.0, 3, False)


def test_precision_of_the_caller_is_left_alone():
    before = mp.dps
    check(replace(MINIMAL, digits=100))
    assert mp.dps == before


@pytest.mark.parametrize(("height", "place"), [("0.999", -2), ("1.001", 2)])
def test_largest_tells_almost_equal_peaks_apart(height, place):
    def two_peaks(x):
        left, right = mp.exp(-((x + 2) ** 2)), mp.exp(-((x - 2) ** 2))
        return left + mp.mpf(height) * right

    with mp.workdps(20):
        x, value = largest(two_peaks, -5.013, 5)
    assert abs(x - place) < 1e-6
    assert value > 1


def test_largest_finds_a_kink():
    with mp.workdps(20):
        x, value = largest(lambda x: -abs(x - mp.pi), 0, 10)
    assert abs(x - mp.pi) < 1e-15
    assert abs(value) < 1e-15


# The validator


def test_validator_accepts_a_good_fact():
    assert problems_of(MINIMAL) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"assumptions": ""}, "no assumptions"),
        ({"source": ""}, "no source"),
        ({"title": ""}, "no title"),
        ({"latex": ""}, "no latex"),
        ({"points": ()}, "no points"),
        ({"proof": ""}, "elementary, but without a proof"),
        ({"proof": "By 3.99."}, "refers to 3.99, which does not exist"),
        ({"restates": "3.99"}, "restates 3.99, which is no original"),
        ({"restates": "1.1"}, "restates 1.1, which is no original"),
        ({"rhs": MINIMAL.lhs}, "both sides are the same code"),
        ({"rhs": lambda x: sigma(-x)}, "both sides are the same code"),
        ({"title": r"$\sigma$"}, "formula in the title"),
        ({"latex": r"\begin{aligned}[t] a \end{aligned}"}, "typeset wrongly"),
        ({"latex": r"a \\[1ex] b"}, "typeset wrongly"),
        ({"proof": r"Square: $\bigl( a \bigr)^2$."}, "typeset wrongly"),
    ],
)
def test_validator_names_the_defect(change, message):
    assert any(message in p for p in problems_of(replace(MINIMAL, **change)))


def test_validator_finds_a_duplicate():
    assert "1.1: used twice" in problems_of(MINIMAL, MINIMAL)


def test_validator_finds_wrong_order():
    facts = [replace(MINIMAL, id=id_) for id_ in ("1.2", "1.10", "1.2a")]
    assert problems_of(*facts) == ["1.2a: stands after 1.10"]


def test_validator_ignores_decimals_inside_formulas():
    assert problems_of(replace(MINIMAL, proof="By 1.1 it is $0.25$.")) == []


def test_a_fact_cannot_lack_a_check():
    with pytest.raises(TypeError, match="missing"):
        Fact(id="1.1", title="t", latex="x", assumptions="a", source="s")


@pytest.mark.parametrize(
    "formula", [r"\substack{a \\ b}", r"\text{$x$}", r"\widetilde x"]
)
def test_latex_check_can_fail(formula):
    with pytest.raises(LatexError):
        convert(formula)


# Pages and JSON


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_page_shows_every_fact_with_its_check(chapter):
    page = render.chapter_markdown(chapter.name)
    for fact in chapter.facts:
        assert f"### {fact.id} {fact.title} {{ #f-{fact.id} }}" in page
        assert f'    id="{fact.id}",' in page
        assert render.verdict(fact) in page
    assert page.count("\n$$\n") == 2 * len(chapter.facts)
    headings = [line for line in page.splitlines() if line.startswith("###")]
    assert not [line for line in headings if "$" in line or "\\" in line]


def test_page_shows_the_functions_that_a_check_uses():
    page = render.chapter_markdown("derivatives")
    entry = page[page.index("### 3.7") : page.index("### 3.8")]
    assert "def eulerian(" in entry
    assert "def derivative_polynomial(" in entry
    assert "def stirling(" not in entry


def test_no_verdict_claims_more_digits_than_were_computed():
    claimed = {
        id_: int(match[1])
        for id_, fact in FACTS.items()
        if (match := re.search(r"no difference in (\d+) digits", render.verdict(fact)))
    }
    assert len(claimed) > 10
    assert claimed == {id_: FACTS[id_].digits for id_ in claimed}


def test_fact_that_restates_another_keeps_its_address_and_names_it():
    page = render.chapter_markdown("applied")
    entry = page[page.index("{ #f-13.8 }") : page.index("{ #f-13.9 }")]
    assert "**Says the same as [1.5](forms.md#f-1.5):**" in entry
    assert "**Proof:**" not in entry
    forms = render.chapter_markdown("forms")
    original = forms[forms.index("{ #f-1.5 }") : forms.index("{ #f-1.6 }")]
    assert "- **Also:** [13.8](applied.md#f-13.8) Bradley–Terry model" in original


def test_source_is_named_where_it_is_not_the_proof():
    page = render.chapter_markdown("derivatives")
    assert "- **Source:** the triangle is OEIS A163626" in page
    assert "**Source:** elementary" not in page
    assert "opened" not in page


def test_symbols_are_explained_where_they_are_used():
    assert "Dirichlet's eta function" in render.chapter_markdown("integrals")
    assert "Dirichlet" not in render.chapter_markdown("shape")


def test_references_become_links():
    page = render.chapter_markdown("forms", href="/{page}/#f-{id}")
    assert "[4.3](/series-and-bounds/#f-4.3)" in page


def test_page_of_a_false_fact_is_refused(monkeypatch):
    monkeypatch.setitem(FACTS, "1.2", mistaken(FACTS["1.2"]))
    with pytest.raises(ValueError, match=r"1\.2 does not hold"):
        render.measure.__wrapped__("1.2")  # past the cache


def test_index_lists_every_fact_with_its_formula():
    index = render.index_markdown()
    rows = [line for line in index.splitlines() if line.startswith("| [")]
    assert len(rows) == len(FACTS)
    assert all(row.count("|") == 3 for row in rows)
    for row in rows:
        assert convert(row.split(" | $")[1].removesuffix("$ |")).startswith("<math")
    assert len([line for line in index.splitlines() if line.startswith("## ")]) == len(
        CHAPTERS
    )
    assert f"\n{len(FACTS)} facts in {len(CHAPTERS)} chapters: " in index


def test_chapter_says_how_many_facts_it_measured_and_the_worst():
    page = render.chapter_markdown("forms")
    assert re.search(r"18 facts, evaluated at \d+ points\. Worst", page)


def test_json_has_the_documented_fields():
    document = json.loads(render.to_json())
    assert document["schema"] == 1
    assert document["count"] == len(document["facts"]) == len(FACTS)
    assert sum(document["counts"].values()) == document["count"]
    assert [fact["id"] for fact in document["facts"]] == list(FACTS)
    fields = {
        "id",
        "chapter",
        "title",
        "latex",
        "assumptions",
        "proof",
        "source",
        "restates",
        "kind",
        "residual",
        "tolerance",
        "points",
        "digits",
    }
    assert all(fact.keys() == fields for fact in document["facts"])


@pytest.mark.parametrize(
    ("residual", "kind", "words"),
    [
        (3.2e-49, "identity", "Checked at 9 points: residual 3e-49 with 50 digits"),
        (0.0, "identity", "Checked at 9 points: no difference in 50 digits"),
        (
            -2e-19,
            "inequality",
            "Checked at 9 points: holds with a margin of 2e-19 or more",
        ),
        (0.0, "exact", "Checked at 9 points: equal in exact arithmetic"),
        (0.0, "computed", "Checked at 9 points: equal as computed"),
    ],
)
def test_verdict_in_words(monkeypatch, residual, kind, words):
    monkeypatch.setattr(render, "measure", lambda id_: (residual, 9, True))
    assert render.verdict(replace(MINIMAL, kind=kind)) == words


# The command


@pytest.fixture
def three_facts(monkeypatch):
    facts = {id_: FACTS[id_] for id_ in ("1.1", "2.1", "3.2")}
    monkeypatch.setattr(command, "FACTS", facts)
    return facts


def test_command_checks_all(three_facts, capsys):
    assert command.main([]) == 0
    assert re.match(r"3 facts at \d+ points in .* s: all hold", capsys.readouterr().out)


def test_command_fails_if_a_fact_fails(three_facts, capsys):
    three_facts["2.1"] = mistaken(FACTS["2.1"])
    assert command.main([]) == 1
    out = capsys.readouterr().out
    assert "2.1: Reflection: residual" in out
    assert "1 problem" in out


def test_command_fails_if_the_catalogue_is_broken(three_facts, monkeypatch, capsys):
    broken = Chapter("example", "Example", (MINIMAL, MINIMAL))
    monkeypatch.setattr(command, "CHAPTERS", (broken,))
    assert command.main([]) == 1
    assert "1.1: used twice" in capsys.readouterr().out


def test_command_shows_one_fact(capsys):
    assert command.main(["5.6"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("5.6  Golden ratio")
    assert "0.618033988749894848204586834366" in out
    assert "identity holds: residual " in out


def test_command_shows_some_of_many_points(capsys):
    assert command.main(["3.7"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n  left ") == command.SHOWN
    assert f"and at {check(FACTS['3.7']).points - command.SHOWN} more points" in out


def test_command_shows_a_failing_fact(three_facts, capsys):
    three_facts["2.1"] = mistaken(FACTS["2.1"])
    assert command.main(["2.1"]) == 1
    assert "identity FAILS" in capsys.readouterr().out


@pytest.mark.parametrize(("id_", "hint"), [("3.77", "3.7"), ("sigma", "from 1.1 to")])
def test_command_names_identifiers_near_an_unknown_one(id_, hint, capsys):
    with pytest.raises(SystemExit) as exit_:
        command.main([id_])
    assert exit_.value.code == 2
    assert hint in capsys.readouterr().err


@pytest.mark.slow
def test_command_prints_json(capsys):
    assert command.main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == len(FACTS)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_command_prints_in_every_encoding(monkeypatch, encoding):
    out = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", out)
    assert command.main(["3.2"]) == 0
    for fact in FACTS.values():  # none has a character that ends the command
        print(fact.title, fact.latex, fact.assumptions, fact.proof, fact.source)
    out.flush()
    assert FACTS["3.2"].title.encode(encoding, "backslashreplace") in (
        out.buffer.getvalue()
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_json_is_utf_8_whatever_the_encoding(monkeypatch, encoding):
    out = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(command, "to_json", lambda: '{"σ": "′"}')
    assert command.main(["--json"]) == 0
    out.flush()
    assert out.buffer.getvalue().decode("utf-8") == '{"σ": "′"}'


def test_a_reader_that_stops_reading_ends_the_command_quietly():
    command_line = [sys.executable, "-u", "-m", "sigref.facts", "3.2"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command_line, stdout=pipe, stderr=pipe) as process:
        process.stdout.close()  # before the first line is written
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_module_runs():
    finished = run("-W", "error", "-m", "sigref.facts", "3.2")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "inequality holds" in finished.stdout


def test_import_without_mpmath_says_what_to_install():
    finished = run(
        "-c", "import sys; sys.modules['mpmath'] = None; import sigref.facts"
    )
    assert finished.returncode == 1
    assert "pip install mpmath" in finished.stderr.splitlines()[-1]

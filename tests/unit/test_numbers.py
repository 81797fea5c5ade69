"""Each number in a sentence is held by an output, a linked fact, a record or a declaration."""

import pytest
from sigref._docs.html import parse
from sigref._docs.publish import numbers

TABLE = "<table><tr><td>0.25</td><td>2.7e-31</td></tr></table>"


def complaints(prose, printed="", source=""):
    """What the check says of a page with one program before these paragraphs."""
    program = f'<div class="program"><pre class="output">{printed}</pre></div>'
    page = parse(f"<html><article>{program}{prose}</article></html>")
    return [message for _, message in numbers.faults(page, f"{source}\n{prose}")]


@pytest.mark.parametrize(
    ("printed", "wrong", "right"),
    [
        # Sentences that stood on the site with a wrong number, and what was computed.
        ("2.7e-31", "Fifty layers divide it by 10<sup>−30</sup>.", "It is 2.7·10⁻³¹."),
        ("37.42994775", "It is 1 from 37.42593595.", "It is 1 from 37.42994775."),
        ("37.42994775", "It is 1 from 37.43595.", "It is 1 from 37.43."),
        (
            "999805 of 1000001",
            "It holds at 1,000,001 of 1,000,100 points.",
            "It holds at 999,805.",
        ),
        (
            "residual 5.4e-26",
            "The residual is below 10⁻³⁰⁰.",
            "The residual is 5.4·10⁻²⁶.",
        ),
        ("share 0.41", "Its share is 13 %.", "Its share is 41 %."),
        ("0.0026 at 30", "The loss is 0.0062.", "The loss is 0.0026."),
        ("0.25", "A slope of 0.26.", "A slope of 0.25."),
    ],
)
def test_numbers_that_were_wrong(printed, wrong, right):
    assert len(complaints(f"<p>{wrong}</p>", printed)) > 0
    assert complaints(f"<p>{right}</p>", printed) == []


@pytest.mark.parametrize("tag", ["p", "li", "dd", "figcaption", "h2", "h3"])
def test_what_is_a_sentence(tag):
    (message,) = complaints(f"<{tag}>a factor of 4.236</{tag}>")
    assert message.startswith(
        "4.236 is in no output, linked fact, record or declaration"
    )


@pytest.mark.parametrize(
    "text",
    [
        "On 2026-11-26, in 1958, with Python 3.11 and float64, fact 3.7 and facts 11.1\nand 12.1.",
        "The first 7 of them, 100 times.",  # one significant digit
        "Call <code>clip(x, -88.7, 88.7)</code>.",
        "See <a href='https://example.org/'>issue 14.25 of 1999.5</a>.",
        TABLE,
    ],
)
def test_what_is_none(text):
    assert complaints(f"<p>{text}</p>") == []


def test_a_table_by_hand_is_no_evidence():
    assert complaints(f"{TABLE}<p>A slope of 0.25.</p>") != []


def test_two_digits_need_their_own_section():
    rest = "<h2>Other</h2><p>It is 0.25, and 0.2345.</p>"
    (message,) = complaints(rest, "0.25 0.2345")
    assert message.startswith("0.25 ")
    again = '<div class="program"><pre class="output">0.25</pre></div>'
    assert complaints(f"<h2>Other</h2>{again}<p>It is 0.25.</p>") == []


def test_a_declaration_holds_its_section():
    declared = "<!-- numbers: 0.25 = definition: the slope at 0 -->"
    prose = "<h2>One</h2><p>It is 0.25.</p><h2>Two</h2><p>It is 0.25.</p>"
    assert len(complaints(prose)) == 2
    assert len(complaints(prose, source=f"## One\n\n{declared}\n\n## Two")) == 1
    assert complaints(prose, source=f"{declared}\n\n## One\n\n## Two") == []
    fenced = f"```\n{declared}\n```"
    assert len(complaints(prose, source=fenced)) == 2
    nameless = declared.replace("definition", "because")
    assert len(complaints(prose, source=nameless)) == 2


def test_a_record_holds_what_it_includes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs" / "data").mkdir(parents=True)
    (tmp_path / "docs" / "data" / "bench.md").write_text("| 2.84 |", "utf-8")
    included = '--8<-- "docs/data/bench.md"'
    assert complaints("<p>It is 2.84 times as fast.</p>", source=included) == []
    assert complaints("<p>It is 2.94 times as fast.</p>", source=included) != []


def test_a_fact_holds_the_sentence_that_links_it():
    link = '<a href="../gaussian-links/#f-9.1b">fact 9.1b</a>'
    assert complaints(f"<p>1.60 if the slopes agree ({link}).</p>") == []
    assert complaints(f"<p>1.70 if the slopes agree ({link}).</p>") != []
    assert complaints(f"<p>1.60 if the slopes agree.</p><p>{link}</p>") != []


def test_the_line_is_that_of_the_source():
    page = parse("<html><article><p>A factor of 4.236.</p></article></html>")
    ((line, _),) = numbers.faults(page, "# Title\n\nA factor of 4.236.\n")
    assert line == 3

"""The article, corrected: 62 claims, each with a verdict and evidence that runs."""

import functools
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown.extensions.toc import slugify
from sigref._docs.run import run

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "article"
VERDICTS = {"True": "T", "Imprecise": "I", "False": "F", "Garbled": "G"}
CLAIM = re.compile(
    r"### (?P<number>\d+) · (?P<topic>[^\n]+?) \{ #claim-(?P<anchor>\d+) \}\n\n"
    r"\*Claim\.\* (?P<says>.+?)\n\n"
    r"\*\*(?P<verdict>\w+)\.\*\* (?P<truth>.+?)\n\n"
    r"\*Evidence\.\* (?P<evidence>.+?)(?=\n\n#)",
    re.DOTALL,
)
PROGRAM = re.compile(r'^```python exec="on".*?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([\w-]+))?\)")


@dataclass(frozen=True)
class Claim:
    """One claim as its page tells it; `evidence` holds (page, anchor) pairs."""

    page: Path
    number: int
    anchor: int
    says: str
    verdict: str
    truth: str
    evidence: tuple[tuple[Path, str], ...]


def links(text, page):
    """The pages and anchors of this site that `text` links to."""
    return tuple(
        ((page.parent / path).resolve() if path else page, anchor)
        for path, anchor in LINK.findall(text)
        if "//" not in path
    )


def claims_of(page):
    return [
        Claim(
            page,
            int(match["number"]),
            int(match["anchor"]),
            match["says"],
            match["verdict"],
            match["truth"],
            links(match["evidence"], page),
        )
        for match in CLAIM.finditer(page.read_text("utf-8"))
    ]


@functools.cache
def sections(page):
    """The text below each heading of `page` by its anchor; the whole page by ""."""
    text = page.read_text("utf-8")
    found = {"": text}
    code = [
        match.span()
        for match in re.finditer(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    ]
    heads = [
        match
        for match in re.finditer(
            r"^(#+) (.+?)(?: \{ #([\w-]+) \})?$", text, re.MULTILINE
        )
        if not any(start < match.start() < end for start, end in code)
    ]
    for match in heads:
        level = len(match[1])
        ends = [
            other.start()
            for other in heads
            if other.start() > match.start() and len(other[1]) <= level
        ]
        end = min(ends, default=len(text))
        found[match[3] or slugify(match[2].replace("`", ""), "-")] = text[
            match.start() : end
        ]
    return found


def shows_a_program(page, anchor):
    if not page.is_file():  # written elsewhere; the site's checker sees to links
        return False
    return bool(PROGRAM.search(sections(page).get(anchor, "")))


PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "index.md")
CLAIMS = sorted(
    (claim for page in PAGES for claim in claims_of(page)), key=lambda c: c.number
)
INDEX = (FOLDER / "index.md").read_text("utf-8")


@pytest.fixture(scope="module")
def index_table():
    """The cells of the table that the program on the index page prints."""
    printed = run(PROGRAM.search(INDEX)[1]).stdout
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in printed.splitlines()[2:]
    ]


def test_article_has_62_claims_in_order():
    assert [claim.number for claim in CLAIMS] == list(range(1, 63))
    assert all(claim.anchor == claim.number for claim in CLAIMS)


def test_article_has_no_claim_in_another_form():
    headings = sum(
        len(re.findall(r"^### \d+ ·", page.read_text("utf-8"), re.MULTILINE))
        for page in PAGES
    )
    assert headings == len(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.number}")
def test_claim_has_verdict_truth_and_evidence_that_runs(claim):
    assert claim.verdict in VERDICTS
    assert len(claim.says) > 20
    assert len(claim.truth) > 20
    assert any(shows_a_program(*target) for target in claim.evidence)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.number}")
def test_evidence_in_this_section_exists(claim):
    for page, anchor in claim.evidence:
        if page.parent == FOLDER:
            assert shows_a_program(page, anchor), f"{page.name}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_programs_name_the_claims_that_link_to_them(page):
    for anchor, text in sections(page).items():
        if purpose := re.search(r"^For (claims )?\[[^.]+\.", text, re.MULTILINE):
            if not text.startswith("### "):
                continue  # a chapter, not one program
            named = {int(n) for n in re.findall(r"\(#claim-(\d+)\)", purpose[0])}
            assert named == {
                claim.number
                for claim in claims_of(page)
                if (page, anchor) in claim.evidence
            }, anchor


def test_index_counts_what_the_pages_say(index_table):
    *rows, totals = index_table
    count = Counter(VERDICTS[claim.verdict] for claim in CLAIMS)
    assert totals == ["**All 62**", *(f"**{count[letter]}**" for letter in "TIFG")]
    found = {
        (page, int(number), letter)
        for row in rows
        for letter, cell in zip("TIFG", row[1:], strict=True)
        for page, number in re.findall(r"\]\(([\w.-]+)#claim-(\d+)\)", cell)
    }
    assert found == {
        (claim.page.name, claim.number, VERDICTS[claim.verdict]) for claim in CLAIMS
    }


def test_index_holds_the_verdicts_as_letters():
    letters = "".join(re.findall(r'"([TIFG]{5,})"', PROGRAM.search(INDEX)[1]))
    assert letters == "".join(VERDICTS[claim.verdict] for claim in CLAIMS)

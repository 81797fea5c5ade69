"""The article, corrected: 62 claims, each with a verdict and evidence that runs."""

import functools
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown.extensions.toc import slugify

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "article"
VERDICTS = ("True", "Imprecise", "False", "Garbled")
CLAIM = re.compile(
    r"^### (?P<number>\d+) · (?P<topic>[^\n]+?) \{ #claim-(?P<anchor>\d+) \}\n\n"
    r"\*The article(?: says|'s title)?\*,? (?P<says>.+?)\n\n"
    r"\*\*(?P<verdict>\w+)\.?\*\*(?P<truth>.+?)(?=^### |^## |\Z)",
    re.DOTALL | re.MULTILINE,
)
PROGRAM = re.compile(r'^```python exec="on".*?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
INCLUDED = re.compile(r'^``` \{ \.python exec="on"', re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([\w-]+))?\)")


@dataclass(frozen=True)
class Claim:
    """One claim as its page tells it; `truth` is all that stands under the verdict."""

    page: Path
    number: int
    anchor: int
    topic: str
    says: str
    verdict: str
    truth: str


def links(text, page):
    """The pages and anchors of this site that `text` links to."""
    return [
        ((page.parent / path).resolve() if path else page, anchor)
        for path, anchor in LINK.findall(text)
        if "//" not in path
    ]


def claims_of(page):
    return [
        Claim(
            page,
            int(match["number"]),
            int(match["anchor"]),
            match["topic"],
            match["says"],
            match["verdict"],
            match["truth"],
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


def has_program(text):
    return bool(PROGRAM.search(text) or INCLUDED.search(text))


PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "index.md")
CLAIMS = sorted(
    (claim for page in PAGES for claim in claims_of(page)), key=lambda c: c.number
)
INDEX = (FOLDER / "index.md").read_text("utf-8")
EACH = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.number}")


def test_article_has_62_claims_in_order():
    assert [claim.number for claim in CLAIMS] == list(range(1, 63))
    assert all(claim.anchor == claim.number for claim in CLAIMS)


def test_article_has_no_claim_in_another_form():
    headings = sum(
        len(re.findall(r"^### \d+ ·", page.read_text("utf-8"), re.MULTILINE))
        for page in PAGES
    )
    assert headings == len(CLAIMS)


@EACH
def test_claim_has_verdict_truth_and_evidence_that_runs(claim):
    """A program stands under the claim, or in a section that it links to."""
    assert claim.verdict in VERDICTS
    assert len(claim.says) > 20
    assert len(claim.truth) > 20
    assert has_program(claim.truth) or any(
        has_program(sections(page).get(anchor, ""))
        for page, anchor in links(claim.truth, claim.page)
    )


@EACH
def test_garbled_claim_says_what_was_meant(claim):
    if claim.verdict == "Garbled":
        assert "*Meant" in claim.truth


@EACH
def test_section_that_a_claim_links_to_exists(claim):
    for page, anchor in links(claim.truth, claim.page):
        if page.is_file():  # the site's checker sees to the others
            assert anchor in sections(page), f"{page.name}#{anchor}"


def test_index_lists_the_claims_with_their_verdicts():
    listed = re.findall(
        r"^\| \[(\d+) · (.+?)\]\(([\w-]+\.md)#claim-(\d+)\) \| (\w+) \|$",
        INDEX,
        re.MULTILINE,
    )
    assert listed == [
        (str(c.number), c.topic, c.page.name, str(c.number), c.verdict) for c in CLAIMS
    ]


def test_index_counts_the_verdicts():
    count = Counter(claim.verdict for claim in CLAIMS)
    assert (
        f"Of the {len(CLAIMS)} claims, {count['True']} are true, "
        f"{count['Imprecise']} imprecise, {count['False']} false and "
        f"{count['Garbled']} garbled."
    ) in INDEX

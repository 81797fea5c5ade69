"""Prose of the pages: the words of the table in contributing.md, no accidental list."""

import re

import pytest
from built import ROOT, SOURCES
from sigref._docs.publish.numbers import FENCED

CONTRIBUTING = ROOT / "docs" / "contributing.md"
TABLE = CONTRIBUTING.read_text("utf-8").split("## Words")[1].split("\n## ")[0]
REFUSED = [
    word
    for row in re.findall(r"^\| .* \| (.*) \|$", TABLE, re.MULTILINE)[2:]
    for word in row.split(", ")
]
# Code, front matter, comments, and what is in the words of those who ask.
OTHERS = re.compile(
    r"`[^`]*`|\A---.*?^---|<!--.*?-->|\]\([^)]*\)"
    r"|\*Also asked as:\*.*?(?=\n\n|\Z)|^### .*\?$",
    re.MULTILINE | re.DOTALL,
)


def refused(prose: str) -> list[str]:
    """Return the refused words in a page's prose."""
    prose = " ".join(OTHERS.sub(" ", FENCED.sub("", prose)).split())
    return [word for word in REFUSED if re.search(rf"\b{word}\b", prose)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page_uses_the_words_of_the_table(path):
    text = path.read_text("utf-8").replace(TABLE, "")
    assert refused(text) == []


def test_the_table_is_read():
    assert {"safe form", "log-loss", "ulps"} <= {*REFUSED}
    assert refused("---\nd: log-loss\n---\nThe *stable\nversion* `ulps`") == [
        "stable version"
    ]


def accidental(prose: str) -> list[str]:
    """Return the lines that Markdown takes for items of a list that nobody began."""
    found, last, before = [], 0, ""
    for line in FENCED.sub("", prose).splitlines():
        if item := re.match(r"\s*(\d+)\. ", line):
            number = int(item[1])
            if before.strip() if number == 1 else number != last + 1:
                found.append(line)
            last = number
        elif line.startswith("#"):
            last = 0
        before = line
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_begins_a_list_by_accident(path):
    assert accidental(path.read_text("utf-8")) == []


def test_accidental_lists_are_seen():
    assert not accidental("Do this:\n\n1. One.\n   More.\n2. Two.\n\n1. Again.")
    assert accidental("- A probability of\n  0. And more.") == ["  0. And more."]
    assert accidental("a slope of exactly\n1. And more.") == ["1. And more."]

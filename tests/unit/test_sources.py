"""The bibliography: whatever is cited has an entry, and every entry is cited."""

import json
from pathlib import Path

import pytest
from sigref._docs.page import sources

DOCS = Path(__file__).parents[2] / "docs"
ENTRIES = sources.sources()


@pytest.mark.parametrize("key", ENTRIES)
def test_entry_is_complete(key):
    entry = ENTRIES[key]
    assert entry["topic"] in sources.TOPICS
    assert entry["text"].endswith(".")
    assert entry["name"]
    if "url" in entry:
        assert entry["url"].startswith("http")
    else:  # a book, or older than the web
        assert "ISBN" in entry["text"] or int(entry["name"][-4:]) < 1995


def test_entries_are_in_order():
    assert list(ENTRIES) == sorted(ENTRIES)


def test_every_entry_is_cited():
    works, _ = sources.cited(DOCS)
    assert set(works) == set(ENTRIES)


def test_unknown_work_is_a_fault():
    text = ["[Glorot and Bengio 2010][s-glorot-2010]", "[Nobody 2030][s-nobody-2030]"]
    ((line, message),) = sources.faults(text)
    assert line == 2
    assert "'nobody-2030'" in message


def test_mark_becomes_the_list(tmp_path, monkeypatch):
    entry = {"name": "Hill 1910", "topic": "curve", "text": "A. V. Hill.", "url": "u:"}
    file = tmp_path / "sources.json"
    file.write_text(json.dumps({"hill-1910": entry, "x-1": entry}), "utf-8")
    monkeypatch.setattr(sources, "SOURCES", file)
    monkeypatch.setattr(sources, "CHAPTERS", ())
    page = "# A page\n\n[Hill 1910][s-hill-1910], [docs](https://a.org/b)\n"
    (tmp_path / "page.md").write_text(page + "```\n[no](https://c.org)\n```\n", "utf-8")
    assert sources.expand(["a", "b"], tmp_path) == ["a", "b"]
    lines = sources.expand(["a", sources.MARK, "b"], tmp_path)
    assert [lines[0], lines[-1]] == ["a", "b"]
    assert "### Hill 1910 { #hill-1910 }" in lines
    assert "A. V. Hill. <u:>" in lines
    assert "Cited in: [A page](../page.md)." in lines
    assert "- [docs](https://a.org/b) (a.org): [A page](../page.md)" in lines
    assert not any("x-1" in line or "c.org" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "work", "named"),
    [
        ("see also Minai and Williams 1993", "Minai and Williams 1993", True),
        ("see also Minai and Williams", "Minai and Williams 1993", False),
        ("Grosset and Veselov, Solitons, 2005", "Grosset and Veselov 2005", True),
        ("a note of 1993", "CS231n", False),
    ],
)
def test_fact_names_a_work_by_authors_and_year(text, work, named):
    assert sources._names(text, work) == named

"""Records of measurements: the tables on the site are rendered from them."""

import importlib
import json
from pathlib import Path

import pytest
from oracle import EXACT
from sigref._docs.page import recorded

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    "name",
    [
        *("approximations", "bench", "bench-avx2", "bench-avx512", "cost"),
        *("exhaustive", "lighthouse"),
    ],
)
def test_table_of_a_measurement_is_rendered_from_its_record(name):
    script = importlib.import_module(name.partition("-")[0])
    record = json.loads((DOCS / "data" / f"{name}.json").read_text("utf-8"))
    rendered = (DOCS / "data" / f"{name}.md").read_text("utf-8")
    assert script.render(record) == rendered


def test_every_float32_was_correctly_rounded():
    record = json.loads((DOCS / "data" / "exhaustive.json").read_text("utf-8"))
    assert set(record["functions"]) == set(EXACT)
    for found in record["functions"].values():
        assert found["inputs"] == 2**32
        assert found["not correctly rounded"] == 0
        assert found["steps in the wrong direction"] == 0


def test_pages_rated_keep_what_is_promised():
    script = importlib.import_module("lighthouse")
    record = json.loads((DOCS / "data" / "lighthouse.json").read_text("utf-8"))
    pages = {n: DOCS / ("index.md" if n == "home" else n) for n in record["pages"]}
    assert len(pages) >= 8
    assert [
        n
        for n, path in pages.items()
        if not (path.with_suffix(".md").exists() or (path / "index.md").exists())
    ] == []
    assert {
        n: missed for n, p in record["pages"].items() if (missed := script.missed(p))
    } == {}


def test_recorded_programs_ran_with_the_versions_that_are_locked():
    pages = recorded.records(DOCS)
    assert len(pages) > 5
    for record in (r for kept in pages.values() for r in kept):
        assert record.versions
        for name in record.versions.keys() - {"Python", "R"}:
            lock = DOCS.parent / f"requirements/record/{record.environment}.txt"
            pin = f"\n{name}=={record.versions[name].partition('+')[0]} "
            assert pin in lock.read_text("utf-8")


def test_record_says_where_and_when_it_was_made():
    record = json.loads((DOCS / "data" / "cost.json").read_text("utf-8"))
    assert {"date", "cpu", "versions", "rounds"} <= record.keys()

"""The tables of costs and speed on the site are what scripts render from records."""

import importlib.util
import json
from pathlib import Path

import pytest
from reference import EXACT

DOCS = Path(__file__).parent.parent / "docs"


def test_table_is_rendered_from_the_record():
    spec = importlib.util.spec_from_file_location("cost", DOCS / "measure_cost.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    record = json.loads((DOCS / "data" / "cost.json").read_text("utf-8"))
    assert script.render(record) == (DOCS / "data" / "cost.md").read_text("utf-8")


RECORDS = ["bench", "bench-avx2", "bench-avx512", "exhaustive", "lighthouse"]


@pytest.mark.parametrize("name", RECORDS)
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
    assert len(record["pages"]) > 60
    assert {
        n: missed for n, p in record["pages"].items() if (missed := script.missed(p))
    } == {}


def test_record_says_where_and_when_it_was_made():
    record = json.loads((DOCS / "data" / "cost.json").read_text("utf-8"))
    assert {"date", "cpu", "versions", "rounds"} <= record.keys()

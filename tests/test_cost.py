"""The tables of costs and speed on the site are what scripts render from records."""

import importlib.util
import json
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
BENCH = Path(__file__).parent / "bench.py"


def test_table_is_rendered_from_the_record():
    spec = importlib.util.spec_from_file_location("cost", DOCS / "measure_cost.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    record = json.loads((DOCS / "data" / "cost.json").read_text("utf-8"))
    assert script.render(record) == (DOCS / "data" / "cost.md").read_text("utf-8")


def test_table_of_speeds_is_rendered_from_the_record():
    spec = importlib.util.spec_from_file_location("bench", BENCH)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    record = json.loads((DOCS / "data" / "bench.json").read_text("utf-8"))
    assert script.render(record) == (DOCS / "data" / "bench.md").read_text("utf-8")


def test_record_says_where_and_when_it_was_made():
    record = json.loads((DOCS / "data" / "cost.json").read_text("utf-8"))
    assert {"date", "cpu", "versions", "rounds"} <= record.keys()

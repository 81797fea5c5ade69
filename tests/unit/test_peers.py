"""The record of other libraries: its tables, and whether it still holds here."""

import copy

import pytest
from peers import record as peers
from peers.formats import FORMATS, exact_error
from peers.measure import first
from peers.tables import tables


@pytest.fixture
def record():
    return copy.deepcopy(peers.read())


def test_tables_are_those_of_the_record(record):
    files = peers.RECORD.parent.glob("peers-*.md")
    assert {file.name: file.read_text("utf-8") for file in files} == tables(record)


@pytest.mark.parametrize(
    ("function", "changes"),
    [
        ("sigref.sigmoid", {"one_from": 36.7}),
        ("scipy.special.expit", {"ulp_left": 1.9}),
        ("scipy.special.expit", {"dtype_out": "longdouble"}),
        ("1/(1 + exp(-x))", {"complaint": ""}),
    ],
)
def test_a_false_record_is_found(record, monkeypatch, function, changes):
    record["rows"] = [
        row | changes
        for row in record["rows"]
        if (row["function"], row["dtype"]) == (function, "float64")
    ]
    measured = [p for p in peers.installed(peers.PYTHON) if p.function == function]
    for peer in measured:
        peer.dtypes = ("float64",)
    monkeypatch.setattr(peers, "installed", lambda groups: measured)
    [fault] = peers.contradictions(record)
    assert function in fault
    assert next(iter(changes)) in fault


def test_a_changed_program_is_found(record, monkeypatch):
    for row in record["rows"]:
        row["sha256"] = "another"
    monkeypatch.setattr(peers, "installed", lambda groups: [])
    assert "sigmoid.c is not the program that was measured" in peers.contradictions(
        record
    )


def test_errors_agree_with_plain_arithmetic():
    # At 0 the exact result is ½; two floats above it is 2 ULP off.
    assert exact_error("value", 0.0, 0.5 + 2 * 2.0**-53, "float64") == 2
    assert exact_error("value", 0.0, 0.5 + 2 * 2.0**-8, "bfloat16") == 2
    # Where the exact result is subnormal, the unit is the smallest float.
    error = exact_error("value", -744.0, 0.0, "float64")
    assert error == pytest.approx(1.5528, abs=1e-4)


def test_thresholds_are_found_to_the_last_bit():
    for dtype in FORMATS:
        for side, limit in ((1, 6.25), (-1, -2.5)):
            found, wrong = first(lambda x, s=side, b=limit: s * x >= s * b, side, dtype)
            assert (found, wrong) == (limit, 0)


def test_record_stays_small():
    assert peers.RECORD.stat().st_size < 200_000

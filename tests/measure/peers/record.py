"""The record: measured, written, read, and compared with this machine."""

import importlib.util
import json
import math
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from . import languages, libraries
from .formats import ALL
from .measure import (
    THRESHOLDS,
    WORST,
    Peer,
    check_sample,
    fingerprint,
    full_sample,
    measure,
)
from .tables import tables

RECORD = Path(__file__).parents[3] / "docs" / "data" / "peers.json"

PYTHON = {
    "numpy": libraries.numpy_peers,
    "sigref": libraries.sigref_peers,
    "math": libraries.math_peers,
    "scipy": libraries.scipy_peers,
    "numexpr": libraries.numexpr_peers,
    "numba": libraries.numba_peers,
    "torch": libraries.torch_peers,
    "jax": libraries.jax_peers,
    "tensorflow": libraries.tensorflow_peers,
}
LANGUAGES = {
    "safe": languages.safe_peers,
    "R": languages.r_peers,
    "C": languages.c_peers,
    "C++": languages.boost_peers,
    "JavaScript": languages.node_peers,
}


def installed(groups) -> Iterator[Peer]:
    """Yield the peers of the named groups that can be measured here."""
    for name in groups:
        if name in LANGUAGES:
            yield from LANGUAGES[name]()
        elif importlib.util.find_spec(name):
            yield from PYTHON[name]()


def machine():
    """Return what the numbers depend on besides the versions."""
    info = Path("/proc/cpuinfo")
    cpu = (
        re.search(r"model name\s*:\s*(.*)", info.read_text()) if info.exists() else None
    )
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:  # not a Linux
        system = platform.platform(terse=True)
    return {
        "cpu": cpu[1] if cpu else platform.processor() or platform.machine(),
        "simd": (simd.get("found") or simd["baseline"])[-1],  # what NumPy's exp uses
        "os": f"{system}, {platform.machine()}",
        "python": platform.python_version(),
    }


def key_of(row):
    """Return what tells rows apart."""
    return row["language"], row["library"], row["function"], row["kind"], row["dtype"]


LIBRARIES = ["NumPy", "sigref", "math", "SciPy", "numexpr", "Numba", "PyTorch", "JAX"]
LIBRARIES += ["TensorFlow", "Keras on tensorflow", "stats", "GSL", "Boost.Math"]
LIBRARIES += ["plain formula", ""]


def order_of(row):
    """Sort by kind, dtype and library."""
    kind, dtype = list(THRESHOLDS).index(row["kind"]), ALL.index(row["dtype"])
    library = row["library"]
    return kind, dtype, LIBRARIES.index(library) if library in LIBRARIES else 99


def measure_all(groups):
    """Measure what is installed and return the rows."""
    rows = []
    for peer in installed(groups):
        print(peer.language, peer.library, peer.function, file=sys.stderr)
        for dtype in peer.dtypes:
            step = 1 if peer.language == "Python" else 16  # numbers travel as text
            rows.append(measure(peer, dtype, full_sample(peer.kind, dtype, step)))
    return rows


def write(record):
    """Write the record, one row a line, and its tables."""
    rows = record.pop("rows")
    lines = ",\n".join(json.dumps(plain(row), ensure_ascii=False) for row in rows)
    head = json.dumps(record, ensure_ascii=False)[1:-1]
    RECORD.write_text(f'{{{head}, "rows": [\n{lines}\n]}}\n', "utf-8")
    render(read())


def render(record):
    """Write the tables beside the record."""
    for name, text in tables(record).items():
        (RECORD.parent / name).write_text(text, "utf-8")


def plain(row):
    """Write the numbers that JSON lacks as strings."""
    return {
        key: str(value)
        if isinstance(value, float) and not math.isfinite(value)
        else value
        for key, value in row.items()
    }


def read():
    """Return the record, with numbers for the strings that stand for numbers."""
    record = json.loads(RECORD.read_text("utf-8"))
    numbers = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
    for row in record["rows"]:
        for key, value in row.items():
            if isinstance(value, str):
                row[key] = numbers.get(value, value)
    return record


EXACT = (
    "dtype_out",
    "complaint",
    "zero_below",
    "one_from",
    "zero_from",
    "infinite_below",
)
EXACT += ("at_minus_inf", "at_inf", "at_nan", "of_uint8")


def contradictions(record):
    """Measure what is installed again, and say where the record is wrong.

    Thresholds, result dtypes and warnings must be the same, and errors within 0.3 ULP,
    or 1 % if that is more. On another CPU a smaller error is no contradiction, and of
    NumPy's formulas only dtypes and warnings are compared: its exp and tanh depend on
    the CPU. Of programs in docs/examples, the fingerprint is compared.
    """
    here = machine()
    same_cpu = all(record[key] == here[key] for key in ("cpu", "simd"))
    recorded = {key_of(row): row for row in record["rows"]}
    faults = [
        f"{row['source']} is not the program that was measured"
        for row in record["rows"]
        if "source" in row and fingerprint(row["source"]) != row["sha256"]
    ]
    for peer in installed(PYTHON):
        for dtype in peer.dtypes:
            name = f"{peer.library} {peer.function} {dtype}"
            key = (peer.language, peer.library, peer.function, peer.kind, dtype)
            if key in recorded:
                row = recorded[key]
                now = measure(peer, dtype, check_sample(peer.kind, dtype, row))
                found = differences(row, now, same_cpu)
                faults += [f"{name}: {difference}" for difference in found]
            else:
                faults.append(f"{name}: not in the record")
    return sorted(set(faults))


def differences(row, now, same_cpu):
    """Yield where one row, measured again, contradicts the recorded one."""
    varies = row["library"] == "NumPy" and not same_cpu
    for key in ("dtype_out", "complaint") if varies else EXACT:
        then, value = row.get(key), now.get(key)
        if str(then) != str(value):  # as strings, so that NaN equals NaN
            yield f"{key} is {value}, recorded {then}"
    for key in () if varies else WORST:
        if key in row and row[key] != now[key]:
            room = max(0.3, row[key] / 100)
            worse, better = now[key] > row[key] + room, now[key] < row[key] - room
            if worse or (better and same_cpu):
                yield f"{key} is {now[key]}, recorded {row[key]}"

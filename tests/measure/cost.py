"""Measure what a sigmoid costs, record it, and render the record as Markdown.

    python tests/measure/cost.py           measures, takes about a minute
    python tests/measure/cost.py --render  only renders the record anew

In each round every candidate runs once, in random order, so that a slow moment of
the machine meets all of them. What is kept is the median over the rounds of the
processor time of one thread.
"""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # before NumPy starts its threads
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import numpy as np
import scipy
import sigref
from numpy._core._multiarray_umath import __cpu_features__
from scipy.special import expit
from sigref import compiled

RECORD = Path(__file__).parents[2] / "docs" / "data" / "cost.json"
WIDE = __cpu_features__.get("X86_V4", False)  # whether NumPy found AVX-512
BATCH, WIDTHS, ROUNDS = 256, (16, 64, 256, 1024), 31


def textbook(x):
    """Return the sigmoid as most programs write it."""
    return 1 / (1 + np.exp(-x))


def safe(x):
    """Return the sigmoid without overflow: the lines of the home page."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, x.dtype.type(1), e) / (1 + e)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ReLU, `np.maximum(x, 0)`": lambda x: np.maximum(x, 0),
    "`np.exp(x)`": np.exp,
    "`np.tanh(x)`": np.tanh,
    "`1 / (1 + np.exp(-x))`": textbook,
    "the same without overflow": safe,
    "`scipy.special.expit(x)`": expit,
    "`sigref.sigmoid(x)`": sigref.sigmoid,
    "`sigref.compiled.sigmoid(x)`": compiled.sigmoid,
}
LAYER: dict[str, Callable[..., Any]] = {
    "ReLU": lambda z: np.maximum(z, 0),
    "textbook": textbook,
    "SciPy": expit,
    "sigref": sigref.sigmoid,
    "compiled": compiled.sigmoid,
}


def medians(candidates: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Return the median processor time of each candidate, in nanoseconds."""
    repeats = {}
    for name, run in candidates.items():  # enough for a millisecond a round
        run()
        start = time.process_time_ns()
        run()
        repeats[name] = 1 + 1_000_000 // max(time.process_time_ns() - start, 1000)
    rng = np.random.default_rng(0)
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name in rng.permutation(list(candidates)):
            start = time.process_time_ns()
            for _ in range(repeats[name]):
                candidates[name]()
            spent = time.process_time_ns() - start
            times[name].append(spent / repeats[name])
    return {name: statistics.median(values) for name, values in times.items()}


def cpu() -> str:
    """Return the name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()


def measure() -> dict[str, Any]:
    """Return the record: where and when it was made, and the medians."""
    rng = np.random.default_rng(0)
    record: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "cpu": cpu() + (" with AVX-512" if WIDE else " without AVX-512"),
        "versions": {
            "Python": platform.python_version(),
            "NumPy": np.__version__,
            "SciPy": scipy.__version__,
        },
        "load": round(os.getloadavg()[0]),
        "rounds": ROUNDS,
        "batch": BATCH,
        "elements": BATCH * WIDTHS[-1],
        "ns_per_element": {},
        "layer_ns": {},
    }
    for dtype in ("float32", "float64"):
        x = rng.normal(0, 2, record["elements"]).astype(dtype)
        found = medians({k: lambda f=f, x=x: f(x) for k, f in FUNCTIONS.items()})
        record["ns_per_element"][dtype] = {
            name: round(value / x.size, 3) for name, value in found.items()
        }
    for width in WIDTHS:
        a = rng.normal(0, 1, (BATCH, width)).astype("float32")
        w = rng.normal(0, width**-0.5, (width, width)).astype("float32")
        z = a @ w
        found = medians(
            {"matmul": lambda a=a, w=w: a @ w}
            | {name: lambda f=f, z=z: f(z) for name, f in LAYER.items()}
        )
        record["layer_ns"][str(width)] = {
            name: round(value) for name, value in found.items()
        }
    return record


def table(header: list[str], rows: list[list[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def micro(ns: float) -> str:
    """Return nanoseconds as microseconds, with one decimal if that says something."""
    return f"{ns / 1000:.{1 if ns < 1e5 else 0}f}"


def render(record: dict[str, Any]) -> str:
    """Return the record as Markdown: one paragraph and two tables."""
    versions = ", ".join(f"{name} {v}" for name, v in record["versions"].items())
    lines = [
        f"Measured on {record['date']}: {record['cpu']}, one thread; {versions}.",
        "Medians of interleaved rounds, processor time.",
        f"Other processes that were waiting for the two cores: {record['load']}.",
        "",
    ]
    single, double = (record["ns_per_element"][t] for t in ("float32", "float64"))
    relu = next(iter(single))
    rows = [
        [
            name,
            f"{single[name]:.2f}",
            f"{single[name] / single[relu]:.1f}",
            f"{double[name]:.2f}",
            f"{double[name] / double[relu]:.1f}",
        ]
        for name in single
    ]
    header = ["ns per element", "float32", "× ReLU", "float64", "× ReLU"]
    lines += [*table(header, rows), ""]

    rows = []
    for width, ns in record["layer_ns"].items():
        shares = [f"{ns[k] / (ns[k] + ns['matmul']):.0%}" for k in LAYER]
        rows.append([width, micro(ns["matmul"]), *shares])
    header = ["width", "matmul, µs", *[f"share of {name}" for name in LAYER]]
    return "\n".join(lines + table(header, rows)) + "\n"


if __name__ == "__main__":
    if "--render" not in sys.argv:
        RECORD.write_text(json.dumps(measure(), indent=1) + "\n", "utf-8")
    record = json.loads(RECORD.read_text("utf-8"))
    RECORD.with_suffix(".md").write_text(render(record), "utf-8")

"""Check the five functions at every float32, all 2**32 of them.

    python tests/measure/exhaustive.py [function ...]
    python tests/measure/exhaustive.py --compiled  compares sigref.compiled with sigref, bit by bit
    python tests/measure/exhaustive.py --render  only renders the record anew

Writes docs/data/exhaustive.json, and exhaustive.md for the site. Two processes. An interrupted run goes on where it
stopped, from its journal in build/exhaustive; after a change of the functions, delete
that folder first. The journal of a finished function is removed.

The question at each x is whether the result is the float32 nearest to the exact value.
Three ways to the answer, each used only where it is certain:

1. A plain formula in float64, given a radius of 2**-40, some 4,000 units in its last
   place, while such a formula is good to about 4. If both ends of that interval round
   to the same float32, that is the answer.
2. Otherwise ball arithmetic (tests/oracle.py) gives the answer.
3. Where the exact function is monotone between x₀ and x₁ and both ends have the same
   answer, it is the answer for all x in between. And where x > 18, softplus(x) is x:
   what it lacks, exp(−x) < 2^−25, is below half a unit in the last place of x, 2^−20.
"""

import datetime
import json
import multiprocessing
import os
import platform
import sys
import time
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np
import sigref
from oracle import correctly_rounded, ulp_error

STATE = ROOT / "build" / "exhaustive"
REPORT = ROOT / "docs" / "data" / "exhaustive.json"
CHUNK, PIECE = 2**24, 2**16
RADIUS = 2.0**-40


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def derivative(x):
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


def logit(p):
    middle = np.abs(p - 0.5) < 0.25
    return np.where(
        middle, 2 * np.arctanh(np.where(middle, 2 * p - 1, 0)), np.log(p / (1 - p))
    )


PLAIN = {
    "sigmoid": lambda x: np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x))),
    "sigmoid_derivative": derivative,
    "log_sigmoid": lambda x: -softplus(-x),
    "softplus": softplus,
    "logit": logit,
}


def floats(start, stop):
    """Return the float32 numbers of these ranks: −1 is −0.0, 0 is 0.0, 1 comes next."""
    if start < 0:
        first, last = 2**31 - 1 - start, 2**31 - 1 - stop
        return np.arange(first, last, -1, dtype=np.uint32).view(np.float32)
    return np.arange(start, stop, dtype=np.uint32).view(np.float32)


def answers(name, x):
    """Return the correctly rounded results at x, and how many needed ball arithmetic."""
    plain = PLAIN[name](x.astype(np.float64))
    nearest = (plain * (1 - RADIUS)).astype(np.float32)
    open_ = np.flatnonzero(nearest != (plain * (1 + RADIUS)).astype(np.float32))
    for i in open_:
        nearest[i] = correctly_rounded(name, float(x[i]), np.float32)
    return nearest, len(open_)


def check(task):
    """Check one chunk; return what it found as plain data."""
    name, start = task
    function = getattr(sigref, name)
    report = {"start": start, "wrong": [], "balls": 0, "down": 0}
    zeros, ones = [], []
    last = None
    with np.errstate(all="ignore"):
        for first in range(start, start + CHUNK, PIECE):
            x = floats(first, first + PIECE)
            y = function(x)
            if name == "logit" and (x[-1] < 0 or x[0] > 1) and np.isnan(y).all():
                continue
            inside = (x > 0) & (x < 1) if name == "logit" else np.isfinite(x)
            if not inside.all():  # the limits, and NaN
                limits_hold(name, x[~inside], y[~inside])
                x, y = x[inside], y[inside]
                if not x.size:
                    continue
            grows = {"softplus": 1, "log_sigmoid": -1}.get(name, 0)
            if min(grows * x[0], grows * x[-1]) > 18:
                expected, balls = x, 0  # softplus(x) = x, and log σ(x) = x on its left
            else:
                edges, balls = answers(name, x[[0, -1]])
                if edges[0] == edges[1]:
                    expected = edges[0]
                else:
                    expected, balls = answers(name, x)
            report["balls"] += balls
            for i in np.flatnonzero(y != expected):
                report["wrong"].append([float(x[i]), float(y[i])])
            falling = name == "sigmoid_derivative" and first >= 0
            joined = y if last is None else np.append(last, y)
            steps = np.diff(joined)
            report["down"] += int(np.sum(steps > 0 if falling else steps < 0))
            last = y[-1:]
            for found, value in ((zeros, 0), (ones, 1)):
                at = x[y == value]
                if at.size:
                    found += [float(at[0]), float(at[-1])]
    report["ends"] = None if last is None else float(last[0])
    report["zero"] = [min(zeros), max(zeros)] if zeros else None
    report["one"] = [min(ones), max(ones)] if ones else None
    return report


def differing(task):
    """Return the function and how many bit patterns of sigref.compiled are others."""
    from sigref import compiled

    name, start = task
    differ = 0
    with np.errstate(all="ignore"):
        for first in range(start, start + CHUNK, PIECE):
            x = floats(first, first + PIECE)
            a, b = getattr(sigref, name)(x), getattr(compiled, name)(x)
            other = a.view(np.uint32) != b.view(np.uint32)
            differ += int(np.sum(other & ~(np.isnan(a) & np.isnan(b))))
    return name, differ


def compare_compiled(names):
    """Compare at every float32, NaN as one value; return whether a bit differs."""
    tasks = [(name, start) for name in names for start in range(-(2**31), 2**31, CHUNK)]
    found = dict.fromkeys(names, 0)
    with multiprocessing.Pool(2) as pool:
        for name, differ in pool.imap_unordered(differing, tasks):
            found[name] += differ
    print(json.dumps({"other bits in sigref.compiled": found}, indent=1))
    return any(found.values())


def limits_hold(name, x, y):
    """Require the limits at ±inf, ∓inf for the logit of 0 and 1, and NaN elsewhere."""
    at = {
        "sigmoid": {-np.inf: 0, np.inf: 1},
        "sigmoid_derivative": {-np.inf: 0, np.inf: 0},
        "log_sigmoid": {-np.inf: -np.inf, np.inf: 0},
        "softplus": {-np.inf: 0, np.inf: np.inf},
        "logit": {0: -np.inf, 1: np.inf},
    }[name]
    expected = np.full(x.shape, np.nan)
    for point, value in at.items():
        expected[x == point] = value
    if not np.array_equal(y, expected, equal_nan=True):
        raise SystemExit(f"{name}: a limit does not hold among {x[0]} … {x[-1]}")


def run(name, pool):
    """Check one function, or what an earlier run has left of it."""
    journal = STATE / f"{name}.jsonl"
    done = {}
    if journal.exists():
        for line in journal.read_text().splitlines():
            chunk = json.loads(line)
            done[chunk["start"]] = chunk
    starts = range(-(2**31), 2**31, CHUNK)
    tasks = [(name, start) for start in starts if start not in done]
    begin, quiet = time.monotonic(), not sys.stdout.isatty()
    with journal.open("a") as lines:
        for n, chunk in enumerate(pool.imap_unordered(check, tasks), 1):
            done[chunk["start"]] = chunk
            print(json.dumps(chunk), file=lines, flush=True)
            if not quiet or n % 32 == 0 or n == len(tasks):
                bar = "#" * (len(done) * 40 // len(starts))
                left = (time.monotonic() - begin) / n * (len(tasks) - n)
                print(
                    f"{name:20}[{bar:40}] {len(done)}/{len(starts)} {left:5.0f} s left",
                    end="\n" if quiet or n == len(tasks) else "\r",
                    flush=True,
                )
    return summary(name, [done[start] for start in starts])


def summary(name, chunks):
    wrong = [case for chunk in chunks for case in chunk["wrong"]]
    errors = [ulp_error(name, x, np.float32(y)) for x, y in wrong]
    edges = [chunk["ends"] for chunk in chunks if chunk["ends"] is not None]
    falling = name == "sigmoid_derivative"
    between = 0 if falling else sum(b < a for a, b in pairwise(edges))
    return {
        "inputs": len(chunks) * CHUNK,
        "not correctly rounded": len(wrong),
        "cases": [[float(x).hex(), float(y).hex()] for x, y in wrong[:20]],
        "max error in ULP": round(max(errors, default=0.5), 6),
        "steps in the wrong direction": between + sum(c["down"] for c in chunks),
        **(saturation(chunks) if name != "logit" else {}),
        "decided by ball arithmetic": sum(chunk["balls"] for chunk in chunks),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def saturation(chunks):
    """Return where results are exactly 0 on either side, and exactly 1 on the right."""
    left = [c["zero"][1] for c in chunks if c["zero"] and c["start"] < 0]
    right = [c["zero"][0] for c in chunks if c["zero"] and c["start"] >= 0]
    one = [c["one"][0] for c in chunks if c["one"] and c["one"][1] > 1e38]
    first = [c["one"][0] for c in chunks if c["one"] and c["start"] >= 0] if one else []
    found = {"0 up to": max(left, default=None), "0 from": min(right, default=None)}
    found["1 from"] = min(first, default=None)
    return {f"result is {k}": v for k, v in found.items() if v is not None}


def cpu():
    """Return the name of the processor, and the instructions that NumPy found in it."""
    from numpy._core._multiarray_umath import __cpu_features__ as features

    name = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next((s.split(": ")[1] for s in lines if "model name" in s), name)
    return f"{name} ({', '.join(sorted(k for k, v in features.items() if v))})"


def render(report):
    """Return the record as a table in Markdown."""
    columns = {
        "not correctly rounded": "wrong",
        "steps in the wrong direction": "steps back",
        "result is 0 up to": "0 up to",
        "result is 0 from": "0 from",
        "result is 1 from": "1 from",
        "date": "date",
    }
    lines = [["function", *columns.values()], ["---"] + ["---:"] * len(columns)]
    for name in PLAIN:
        found = report["functions"][name]
        values = [found.get(key, "–") for key in columns]
        cells = [
            f"{v:.9g}".replace("-", "−") if isinstance(v, float) else str(v)
            for v in values
        ]
        lines.append([f"`{name}`", *cells])
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main():
    if "--render" in sys.argv:
        report = json.loads(REPORT.read_text())
        REPORT.with_suffix(".md").write_text(render(report))
        return 0
    if "--compiled" in sys.argv:
        return compare_compiled(list(PLAIN))
    names = sys.argv[1:] or list(PLAIN)
    STATE.mkdir(parents=True, exist_ok=True)
    results = json.loads(REPORT.read_text())["functions"] if REPORT.exists() else {}
    with multiprocessing.Pool(2) as pool:
        for name in names:
            results[name] = run(name, pool)
            report = {
                "what": "every float32, checked against the correctly rounded result",
                "cpu": cpu(),
                "python": platform.python_version(),
                "numpy": np.__version__,
                "sigref": sigref.__version__,
                "functions": results,
            }
            REPORT.parent.mkdir(parents=True, exist_ok=True)
            REPORT.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
            if results.keys() >= PLAIN.keys():
                REPORT.with_suffix(".md").write_text(render(report))
            (STATE / f"{name}.jsonl").unlink()
    print(json.dumps(results, indent=1))
    return any(r["not correctly rounded"] for r in results.values())


if __name__ == "__main__":
    sys.exit(main())

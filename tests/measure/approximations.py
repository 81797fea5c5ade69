"""Time the approximations of the sigmoid, record it, and render it as Markdown.

    python tests/measure/approximations.py           measures, takes some seconds
    python tests/measure/approximations.py --render  only renders the record anew

In each round every candidate runs once, in random order, so that a slow moment of
the machine meets all of them. What is kept is the median over the rounds of the
processor time of one thread. Their errors are printed on the page that shows them.
"""

import json
import os
import platform
import random
import runpy
import statistics
import sys
import time
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # before NumPy starts its threads
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import numpy as np
import scipy
from numpy._core._multiarray_umath import __cpu_features__
from scipy.special import expit

FOLDER = Path(__file__).parents[2] / "docs"
RECORD = FOLDER / "data" / "approximations.json"
SIZE, ROUNDS = 10_000, 301


def measure() -> dict[str, Any]:
    """Return the record: nanoseconds for an element of each candidate."""
    example = runpy.run_path(str(FOLDER / "examples" / "approximations.py"))
    candidates = example["APPROXIMATIONS"] | {
        "`1 / (1 + np.exp(-x))`, exact": lambda x: 1 / (1 + np.exp(-x)),
        "`scipy.special.expit`, exact": expit,
    }
    x = np.random.default_rng(1).normal(0, 3, SIZE).astype(np.float32)
    took: dict[str, list[int]] = {name: [] for name in candidates}
    for _ in range(ROUNDS):
        for name in random.sample(list(candidates), len(candidates)):
            start = time.process_time_ns()
            for _ in range(5):
                candidates[name](x)
            took[name].append(time.process_time_ns() - start)
    wide = [level for level in ("X86_V4", "X86_V3") if __cpu_features__.get(level)]
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, SIMD level {wide[0] if wide else 'unknown'}",
        "versions": f"NumPy {np.__version__}, SciPy {scipy.__version__}",
        "size": SIZE,
        "ns": {
            name: round(statistics.median(times) / 5 / SIZE, 2)
            for name, times in took.items()
        },
    }


def render(record: dict[str, Any]) -> str:
    """Return the record as a Markdown table, fastest first."""
    exact = record["ns"]["`scipy.special.expit`, exact"]
    when = f"Measured on <time>{record['date']}</time> on one thread of {record['machine']}"
    what = f"with {record['versions']}: float32 arrays of {record['size']:,} elements."
    lines = [
        f"{when}, {what}",
        "",
        "| Computed as | ns an element | times as fast as expit |",
        "| --- | ---: | ---: |",
    ]
    for name, ns in sorted(record["ns"].items(), key=lambda item: item[1]):
        name = name.replace("|", "&#124;")
        lines.append(f"| {name} | {ns:.2f} | {exact / ns:.1f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--render" not in sys.argv:
        record = measure()
        RECORD.write_text(
            json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
    record = json.loads(RECORD.read_text("utf-8"))
    RECORD.with_suffix(".md").write_text(render(record), "utf-8")

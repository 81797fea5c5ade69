"""Measure the speed of sigref beside what else computes the same, on one thread.

    python tests/measure/bench.py           measures, takes some minutes
    python tests/measure/bench.py --render  only renders the record anew

Prints a table and writes docs/data/bench-avx512.json or bench-avx2.json, whichever
vectors NumPy found, and a table of it for the site. To switch AVX-512 off:

    NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR" NUMBA_CPU_NAME=haswell

bench.json is the record of an earlier state, kept for comparison. The figures are
processor time, so that other work on the machine does not count, and medians over
rounds in which candidates take turns, so that what still disturbs disturbs all of them:
nanoseconds per element, and ratios. A ratio above 1 means that sigref is faster.
numexpr, Numba, PyTorch and JAX are measured where they are installed.
"""

import os

if __name__ == "__main__":  # one thread, said before any of them is loaded
    for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    os.environ["JAX_ENABLE_X64"] = "1"
    os.environ["JAX_PLATFORMS"] = "cpu"

import contextlib
import datetime
import importlib.metadata
import json
import platform
import statistics
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np
import scipy.special
import sigref
from exhaustive import cpu
from sigref import compiled

DATA = ROOT / "docs" / "data"
LEVEL = "avx512" if "X86_V4" in cpu() else "avx2" if "X86_V3" in cpu() else "other"
SIZES = {
    "float16": (100, 10**4, 10**6),
    "float32": (100, 10**4, 10**6),
    "float64": (1, 10, 100, 10**3, 10**4, 10**5, 10**6, 10**7),
}
SECONDS = 0.06  # that each candidate may spend on one size and dtype


def naive(x):
    return 1 / (1 + np.exp(-x))


def peers():
    """Return the sigmoid of each other library that is installed, as f(x)."""
    found = {}
    with contextlib.suppress(ImportError):
        import numexpr

        numexpr.set_num_threads(1)
        found["numexpr"] = lambda x: numexpr.evaluate("1 / (1 + exp(-x))")
    with contextlib.suppress(ImportError):
        import numba

        @numba.vectorize
        def compiled(x):
            return 1 / (1 + np.exp(-x))

        found["numba"] = compiled
    with contextlib.suppress(ImportError):
        import torch

        torch.set_num_threads(1)
        found["torch"] = lambda x: torch.sigmoid(torch.from_numpy(x))
    with contextlib.suppress(ImportError):
        import jax

        jitted = jax.jit(jax.nn.sigmoid)
        found["jax"] = lambda x: jitted(x).block_until_ready()
    return found


def medians(candidates, n):
    """Return the median seconds per call of each candidate, called in turn."""
    times = {name: [] for name in candidates}
    repeats = {}
    for name, call in candidates.items():
        call()
        begin = time.process_time()
        call()
        once = time.process_time() - begin
        repeats[name] = max(1, int(SECONDS / 15 / max(once, 1e-9)))
    for _ in range(15 if n < 10**7 else 5):
        for name, call in candidates.items():
            begin = time.process_time()
            for _ in range(repeats[name]):
                call()
            times[name].append((time.process_time() - begin) / repeats[name])
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def measure(label, candidates, n):
    """Measure, print one line, and return it as a dictionary."""
    seconds = medians(candidates, n)
    own = seconds["sigref"]
    row = {
        "what": label,
        "n": n,
        "ns per element": {k: round(v / n * 1e9, 3) for k, v in seconds.items()},
        "times slower than sigref": {
            k: round(v / own, 2) for k, v in seconds.items() if k != "sigref"
        },
    }
    cells = (f"{k} {v / n * 1e9:.2f} ({v / own:.2f})" for k, v in seconds.items())
    print(f"{label:22} {n:>9,}  " + "  ".join(cells), flush=True)
    return row


def sigmoid_rows(rng, others):
    x = 0.3
    scalars = {
        "sigref": lambda: sigref.sigmoid(x),
        "compiled": lambda: compiled.sigmoid(x),
        "scipy": lambda: scipy.special.expit(x),
    }
    yield measure("sigmoid Python float", scalars, 1)
    for dtype, sizes in SIZES.items():
        for n in sizes:
            x = rng.normal(0, 4, n).astype(dtype)
            out = np.empty_like(x)
            candidates = {
                "sigref": lambda x=x: sigref.sigmoid(x),
                "sigref out=": lambda x=x, out=out: sigref.sigmoid(x, out=out),
                "compiled": lambda x=x: compiled.sigmoid(x),
                "scipy": lambda x=x: scipy.special.expit(x),
                "numpy naive": lambda x=x: naive(x),
                "np.exp": lambda x=x: np.exp(x),
                "copy": lambda x=x: x.copy(),
            }
            for name, f in others.items():
                with contextlib.suppress(Exception):  # not every library has float16
                    f(x)
                    candidates[name] = lambda f=f, x=x: f(x)
            yield measure(f"sigmoid {dtype}", candidates, n)


def other_rows(rng):
    counterparts = {
        "log_sigmoid": {"scipy": scipy.special.log_expit},
        "logit": {"scipy": scipy.special.logit},
        "softplus": {"scipy": scipy.special.softplus},
        "sigmoid_derivative": {
            "scipy, two calls": lambda x: (
                scipy.special.expit(x) * scipy.special.expit(-x)
            )
        },
    }
    for name, libraries in counterparts.items():
        for dtype in ("float32", "float64"):
            for n in (10**4, 10**6):
                x = rng.normal(0, 4, n).astype(dtype)
                x = scipy.special.expit(x) if name == "logit" else x
                own = getattr(sigref, name)
                functions = {"sigref": own, "compiled": getattr(compiled, name)}
                candidates = {
                    library: lambda x=x, f=f: f(x)
                    for library, f in (functions | libraries).items()
                }
                yield measure(f"{name} {dtype}", candidates, n)


def memory(n):
    """Return the peak of extra memory in bytes, and ns per element, with out=."""
    x = np.random.default_rng(0).normal(0, 4, n)
    out = np.empty_like(x)
    sigref.sigmoid(x[:10])
    tracemalloc.start()
    sigref.sigmoid(x, out=out)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    begin = time.process_time()
    sigref.sigmoid(x, out=out)
    return peak, (time.process_time() - begin) / n * 1e9


def import_milliseconds():
    """Return what `import sigref` adds to `import numpy`: the median of 15 starts."""
    program = (
        "import time, numpy; t = time.process_time(); import sigref;"
        "print(time.process_time() - t)"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(15)
    ]
    return statistics.median(float(run.stdout) for run in runs) * 1e3


def first_call_milliseconds():
    program = (
        "import time, sigref; t = time.process_time(); sigref.sigmoid(0.5);"
        "print(time.process_time() - t)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout) * 1e3


COLUMNS = {
    "sigref": "sigref",
    "compiled": "compiled",
    "scipy": "SciPy",
    "numpy naive": "textbook",
    "numexpr": "numexpr",
    "numba": "Numba",
    "torch": "PyTorch",
    "jax": "JAX",
    "np.exp": "`np.exp`",
    "copy": "copy",
}

# Seven columns fit a page. A record without the compiled functions is of an earlier
# state, and shown for the libraries that the later ones lack.
SHOWN = {"sigref", "compiled", "scipy", "numpy naive", "np.exp", "copy"}
SHOWN_BEFORE = {"sigref", "scipy", "numexpr", "torch", "jax", "np.exp"}


def figure(ns):
    """Return nanoseconds with about three digits."""
    return f"{ns:.{max(0, 2 - len(str(int(ns))) + 1)}f}"


def table(header, rows):
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def render(report):
    """Return the record as Markdown: where it comes from, and three tables."""
    versions = ", ".join(f"{name} {v}" for name, v in report["versions"].items())
    vectors = "with" if "X86_V4" in report["cpu"] else "without"
    machine = f"{report['cpu'].split(' (')[0]} {vectors} AVX-512"
    load = f", load {report['load']:.0f}" if "load" in report else ""
    lines = [
        f"Measured on {report['date']}: {machine}, one thread{load}; "
        + f"Python {report['python']}, {versions}. Nanoseconds per element, "
        + "medians of interleaved rounds, processor time.",
        "",
    ]
    sigmoid = [row for row in report["rows"] if row["what"].startswith("sigmoid ")]
    present = {key for row in sigmoid for key in row["ns per element"]}
    wanted = SHOWN if "compiled" in present else SHOWN_BEFORE
    used = [key for key in COLUMNS if key in present & wanted]
    rows = []
    for row in sigmoid:
        ns = row["ns per element"]
        cells = [figure(ns[key]) if key in ns else "–" for key in used]
        rows.append([f"{row['what'].removeprefix('sigmoid ')}, {row['n']:,}", *cells])
    header = ["σ(x), elements", *[COLUMNS[key] for key in used]]
    lines += [*table(header, rows), ""]
    rows = []
    for row in report["rows"]:
        if row not in sigmoid:
            name, dtype = row["what"].split()
            ns = row["ns per element"]
            [other] = [key for key in ns if key not in ("sigref", "compiled")]
            own = [
                figure(ns[key]) if key in ns else "–" for key in ("sigref", "compiled")
            ]
            rows.append(
                [f"`{name}`", dtype, f"{row['n']:,}", *own, other, figure(ns[other])]
            )
    header = ["function", "dtype", "elements", "sigref", "compiled", "beside", "ns"]
    lines += [*table(header, rows), ""]
    big = report["sigmoid of float64 with out="]
    lines += table(
        ["once", "measured"],
        [
            [
                f"extra memory of {big.get('elements', 10**8):,} elements with `out=`",
                f"{big['peak extra KiB']} KiB",
            ],
            [
                "`import sigref` after NumPy",
                f"{report['import sigref after numpy, ms']} ms",
            ],
            [
                "first call, which makes a table",
                f"{report['first call of sigmoid, ms']} ms",
            ],
        ],
    )
    return "\n".join(lines) + "\n"


def render_all():
    """Render all records, and what the page on speed plots."""
    lines = ["level,elements,sigref,compiled,scipy,exp,copy"]
    for record in sorted(DATA.glob("bench*.json")):
        report = json.loads(record.read_text())
        record.with_suffix(".md").write_text(render(report))
        for row in report["rows"]:
            ns = row["ns per element"]
            if row["what"] == "sigmoid float64" and "compiled" in ns:
                keys = ("sigref", "compiled", "scipy", "np.exp", "copy")
                cells = [figure(ns[key]) for key in keys]
                level = record.stem.removeprefix("bench-")
                lines.append(",".join([level, str(row["n"]), *cells]))
    (DATA / "bench-sizes.csv").write_text("\n".join(lines) + "\n")


def main():
    if "--render" in sys.argv:
        render_all()
        return
    np.seterr(all="ignore")
    rng = np.random.default_rng(0)
    others = peers()
    print("ns per element (times slower than sigref)")
    rows = [*sigmoid_rows(rng, others), *other_rows(rng)]
    peak, pace = memory(10**7)
    versions = {
        package: importlib.metadata.version(package)
        for package in ("numpy", "scipy", "numexpr", "numba", "torch", "jax")
        if package in ("numpy", "scipy") or package in others
    }
    report = {
        "what": "processor time, medians of interleaved rounds, one thread, x from N(0, 4)",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "cpu": cpu(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "versions": versions | {"sigref": sigref.__version__},
        "rows": rows,
        "sigmoid of float64 with out=": {
            "elements": 10**7,
            "peak extra KiB": round(peak / 1024),
            "ns per element": round(pace, 2),
        },
        "import sigref after numpy, ms": round(import_milliseconds(), 2),
        "first call of sigmoid, ms": round(first_call_milliseconds(), 1),
    }
    for key in list(report)[-3:]:
        print(key, report[key])
    record = DATA / f"bench-{LEVEL}.json"
    record.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    render_all()


if __name__ == "__main__":
    main()

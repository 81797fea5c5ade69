"""What is measured of one function, in one dtype: errors, thresholds, steps down."""

import datetime
import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from .formats import FORMATS, exact_error, extended, floats, index_of, largest

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


@dataclass
class Sample:
    """Arguments, nearly exact results, the units of their last places; which are normal."""

    x: np.ndarray
    result: np.ndarray
    unit: np.ndarray
    normal: np.ndarray

    @classmethod
    def at(cls, kind, dtype, x):
        """Return the sample with these arguments."""
        form, result = FORMATS[dtype], extended(kind, x)
        leading = np.frexp(result)[1] - 1
        unit = np.maximum(leading, form.minimum) - form.precision + 1
        normal = (leading >= form.minimum) & (result != 0) | (kind == "inverse")
        return cls(x, result, np.ldexp(np.longdouble(1), unit), normal)


@cache
def arguments(kind, dtype):
    """Return all finite floats of a 16-bit dtype, else a stratified random sample."""
    form = FORMATS[dtype]
    if dtype in ("float16", "bfloat16"):
        last = largest(dtype)
        x = floats(np.arange(-last, last + 1), dtype)
        return x[(x > 0) & (x < 1)] if kind == "inverse" else x
    rng, n, p = np.random.default_rng(1), 300_000, form.precision
    sign = rng.choice([-1, 1], n)
    if kind == "inverse":
        strata = [
            rng.uniform(0, 1, n),
            0.5 + sign * 2.0 ** rng.uniform(-p, -2, n),
            2.0 ** rng.uniform(form.minimum - p + 1, -1, n),
            1 - 2.0 ** rng.uniform(-p, -1, n),
        ]
    else:
        reach, tiny, end = form.saturation, form.tiny, form.end
        strata = [
            sign * 2.0 ** rng.uniform(-p - 6, 2, n),
            rng.uniform(0, reach, n),
            rng.uniform(-reach, 0, n),
            rng.uniform(-tiny, 0, n),
            rng.uniform(-end, -tiny, n),
            rng.uniform(reach, end + 1, n),
        ]
    x = np.unique(np.concatenate(strata).astype(dtype).astype(np.float64))
    return x[(x > 0) & (x < 1)] if kind == "inverse" else x


@cache
def full_sample(kind, dtype, step=1):
    """Return the sample of the record, or every so many of its arguments."""
    points = [arguments(kind, dtype)[::step]]
    if kind == "inverse":  # and what is nearest to ½, where the digits go
        points.append(floats(index_of(0.5, dtype) + np.arange(-64, 65), dtype))
    return Sample.at(kind, dtype, np.unique(np.concatenate(points)))


def check_sample(kind, dtype, row):
    """Return a small part of the sample, and the arguments that the row names."""
    named = [row[key] for key in WORST.values() if key in row]
    points = np.concatenate([arguments(kind, dtype)[::101], named])
    return Sample.at(kind, dtype, np.unique(points))


WORST = {
    "ulp_right": "at_right",
    "ulp_left": "at_left",
    "ulp_subnormal": "at_subnormal",
    "ulp_middle": "at_middle",
    "ulp_outer": "at_outer",
}
# Of each kind: key, result, and the side on which to look for it.
THRESHOLDS = {
    "value": [("zero_below", 0.0, -1), ("one_from", 1.0, 1)],
    "derivative": [("zero_below", 0.0, -1), ("zero_from", 0.0, 1)],
    "log": [("infinite_below", -np.inf, -1), ("zero_from", 0.0, 1)],
    "inverse": [],
}


SAFE_FORM = "the stable form"


@dataclass
class Peer:
    """One function of one library.

    `call` takes a float64 array of arguments and the name of their dtype, and returns
    the results as a float64 array and the name of theirs.
    """

    language: str
    library: str
    version: str
    function: str
    kind: str
    dtypes: tuple[str, ...]
    call: Callable
    of: str = ""
    source: str = ""
    strict: Callable | None = None  # instead of `call`, to see what it raises


def measure(peer, dtype, sample):
    """Return the row of `peer` for one dtype."""
    row = {
        "language": peer.language,
        "library": peer.library,
        "version": peer.version,
        "function": peer.function,
        "kind": peer.kind,
        "dtype": dtype,
        "date": datetime.date.today().isoformat(),
    }
    if peer.of:
        row["of"] = peer.of
    if peer.source:
        row |= {"source": peer.source, "sha256": fingerprint(peer.source)}

    def call(x):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return peer.call(np.asarray(x, np.float64), dtype)

    computed, row["dtype_out"] = call(sample.x)
    row |= accuracy(peer.kind, dtype, sample, computed)
    unsharp = []
    for key, result, side in THRESHOLDS[peer.kind]:
        found, wrong = first(lambda x, r=result: call(x)[0] == r, side, dtype)
        if found is not None:
            row[key] = found
            unsharp += [key] * bool(wrong)
    if unsharp:
        row["unsharp"] = unsharp
    if peer.kind == "value":
        row["descents"] = descents(lambda x: call(x)[0], dtype)
        results = call(np.array([-np.inf, np.inf, np.nan]))[0]
        names = ("at_minus_inf", "at_inf", "at_nan")
        row |= dict(zip(names, results.tolist(), strict=True))
        if peer.library in ("sigref", "NumPy", "SciPy") and dtype == "float64":
            with np.errstate(all="ignore"):
                row["of_uint8"] = float(peer.call(np.ones(1), "uint8")[0][0])
    if peer.language == "Python":
        row["complaint"] = complaint(peer, dtype)
    return row


def accuracy(kind, dtype, sample, computed):
    """Return the largest errors, where they are, and where half the digits are lost."""
    x, normal = sample.x, sample.normal
    with np.errstate(all="ignore"):
        error = np.abs(computed - sample.result)
        error = np.where(np.isfinite(computed), error, np.inf)
        in_ulp = error / sample.unit
        half = 2.0 ** (-FORMATS[dtype].precision / 2)
        lost = normal & (error > half * np.abs(sample.result))
    if kind == "inverse":
        middle = np.abs(x - 0.5) < 0.25
        regions = {"ulp_middle": middle, "ulp_outer": ~middle}
    else:
        regions = {
            "ulp_right": (x >= 0) & normal,
            "ulp_left": (x < 0) & normal,
            "ulp_subnormal": ~normal,
        }
    row = {}
    for key, region in regions.items():
        places = np.flatnonzero(region)
        worst = places[np.argsort(in_ulp[places])[-8:]]
        found = [(exact_error(kind, x[i], computed[i], dtype), x[i]) for i in worst]
        if found:
            largest_error, place = max(found)
            row |= {key: four_digits(largest_error), WORST[key]: float(place)}
    if kind == "inverse":
        if (lost & middle).any():
            row["half_lost"] = four_digits(np.abs(x[lost & middle] - 0.5).max())
        return row
    for key, side in (("half_lost_right", x >= 0), ("half_lost_left", x < 0)):
        if (lost & side).any():
            row[key] = four_digits(np.abs(x[lost & side]).min())
    return row


def four_digits(x):
    """Round to four significant digits."""
    return float(f"{x:.4g}")


def first(reached, side, dtype):
    """Return the float from which on `reached` holds, and how many neighbours disagree.

    Looks from 0 to the end on that side, if `reached` holds there, by bisection into
    1,024 parts at a time.
    """
    low, high = 0, index_end(side, dtype)
    if not reached(floats([high], dtype))[0]:
        return None, 0
    while abs(high - low) > 1:
        grid = sorted({low + (high - low) * k // 1024 for k in range(1025)} | {high})
        grid = grid if side > 0 else grid[::-1]
        held = int(np.argmax(reached(floats(grid, dtype))))
        low, high = grid[max(held - 1, 0)], grid[held]
    steps = side * np.arange(1, 1001)
    limit = largest(dtype)
    after = np.clip(high + steps, -limit, limit)
    before = np.clip(high - steps, -limit, limit)
    wrong = np.count_nonzero(~reached(floats(after, dtype)))
    wrong += np.count_nonzero(reached(floats(before, dtype)))
    return float(floats([high], dtype)[0]), int(wrong)


def index_end(side, dtype):
    """Return the index at which a search for a threshold ends."""
    return side * min(int(index_of(2000.0, dtype)), largest(dtype))


def descents(call, dtype):
    """Count the steps between neighbouring floats at which the result falls."""
    if dtype in ("float16", "bfloat16"):
        last = largest(dtype)
        blocks = np.arange(-last, last + 1)[None]
    else:
        form = FORMATS[dtype]
        starts = np.random.default_rng(2).uniform(-form.end, form.saturation, 64)
        blocks = index_of(starts, dtype)[:, None] + np.arange(1025)
    results = call(floats(blocks.ravel(), dtype)).reshape(blocks.shape)
    return int(np.count_nonzero(np.diff(results) < 0))


def complaint(peer, dtype):
    """Return what `peer` warns or raises on large, infinite and NaN arguments."""
    if peer.kind == "inverse":
        x = np.array([0.0, 0.25, 0.75, 1.0, np.nan])
    else:
        x = np.array([-np.inf, -2000.0, -1.0, 0.0, 1.0, 2000.0, np.inf, np.nan])
    said = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            (peer.strict or peer.call)(x, dtype)
        except ArithmeticError as error:
            said.append(f"{type(error).__name__}: {error}")
    said += [f"{c.category.__name__}: {c.message}" for c in caught]
    return "; ".join(sorted(set(said)))


def fingerprint(source):
    """Return the SHA-256 of a file in docs/examples, as text."""
    text = (EXAMPLES / source).read_text("utf-8")
    return hashlib.sha256(text.encode()).hexdigest()

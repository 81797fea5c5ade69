"""Floats of each dtype in float64 arrays, which hold all of them exactly; exact results."""

import math
from dataclasses import dataclass

import numpy as np
from flint import arb, ctx


@dataclass(frozen=True)
class Format:
    """Precision in bits, and the exponent of the smallest normal number."""

    precision: int
    minimum: int

    @property
    def saturation(self) -> float:
        """Roughly where σ becomes 1."""
        return (self.precision + 1) * math.log(2)

    @property
    def tiny(self) -> float:
        """Where the results become subnormal: the logarithm of the smallest normal."""
        return -self.minimum * math.log(2)

    @property
    def end(self) -> float:
        """Where the results become 0."""
        return (self.precision - self.minimum) * math.log(2)


FORMATS = {
    "float64": Format(53, -1022),
    "float32": Format(24, -126),
    "float16": Format(11, -14),
    "bfloat16": Format(8, -126),
}


ALL = tuple(FORMATS)
NATIVE = ALL[:3]
# In these formulas e = exp(-abs(x)), and sigmoid is the second of them.


def floats(index, dtype):
    """Return the float with each index; 0 has index 0, and its neighbours ±1."""
    index = np.asarray(index, np.int64)
    size = np.abs(index)
    if dtype == "float64":
        values = size.view(np.float64)
    elif dtype == "float32":
        values = size.astype(np.int32).view(np.float32)
    elif dtype == "float16":
        values = size.astype(np.int16).view(np.float16)
    else:  # bfloat16 is the upper half of a float32
        values = (size << 16).astype(np.int32).view(np.float32)
    return np.where(index < 0, -1.0, 1.0) * values.astype(np.float64)


def index_of(x, dtype):
    """Return the index of each float, the inverse of `floats`."""
    size = np.abs(np.asarray(x, np.float64))
    if dtype == "float64":
        index = size.view(np.int64)
    elif dtype == "float32":
        index = size.astype(np.float32).view(np.int32)
    elif dtype == "float16":
        index = size.astype(np.float16).view(np.int16)
    else:
        index = size.astype(np.float32).view(np.int32) >> 16
    return np.where(np.asarray(x) < 0, -1, 1) * index.astype(np.int64)


def largest(dtype):
    """Return the index of the largest finite float."""
    return int(index_of(np.inf, dtype)) - 1


def exact(kind, x):
    """Return the exact result as a ball whose relative radius is far below 2^−100."""
    ctx.prec = 220
    ball = arb(float(x))
    if kind == "inverse":
        return (ball / (1 - ball)).log()
    e = (-abs(ball)).exp()
    if kind == "derivative":
        return e / (1 + e) ** 2
    if kind == "log":
        return -e.log1p() if x >= 0 else ball - e.log1p()
    return (1 if x >= 0 else e) / (1 + e)


def exact_error(kind, x, computed, dtype):
    """Return the error of one result in units of the last place of the exact result."""
    if not math.isfinite(computed):
        return math.inf
    ball, form = exact(kind, x), FORMATS[dtype]
    mantissa, exponent = map(int, ball.mid().man_exp())
    leading = exponent + abs(mantissa).bit_length() - 1
    unit = max(leading, form.minimum) - form.precision + 1
    return float(abs(arb(float(computed)) - ball).mid() / arb(2) ** unit)


def extended(kind, x):
    """Return nearly exact results, in the longest float of NumPy, to find large errors.

    With the 80 bits of x86 they are good to a thousandth of an ULP of float64. What is
    recorded is the exact error at the arguments found with them.
    """
    x = np.asarray(x, np.longdouble)
    if kind == "inverse":
        middle = (x > 0.25) & (x < 0.75)
        near = np.log1p((2 * x - 1) / (1 - x), where=middle, out=np.zeros_like(x))
        return np.where(middle, near, np.log(x / (1 - x)))
    e = np.exp(-np.abs(x))
    if kind == "derivative":
        return e / (1 + e) ** 2
    if kind == "log":
        return np.minimum(x, 0) - np.log1p(e)
    return np.where(x >= 0, 1, e) / (1 + e)

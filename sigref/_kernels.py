"""How the functions compute: exact values at nodes, an addition theorem between them.

Every x is c + r, where c is the nearest of 16,383 nodes, multiples of 1/64, and the rest
|r| ≤ 1/128. The value at c comes from a table that holds it to 106 bits; an addition
theorem gives what r adds. That is a small part of the result, and so are the rounding
errors made in it: the rounding of the last addition is nearly all that remains.

Only + − × ÷ take part, but for the logarithm by which `logit` finds its node. IEEE 754
defines them to the last bit: every computer gets the same results, and an exhaustive
test made on one speaks for all.

A kernel takes float64 blocks, or one Python float, and returns two numbers whose sum is
the result: the value at the node, and the correction. Outside the nodes, and outside
the domain, the correction is NaN; there the plain formula at the end of this file holds.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating]
Block: TypeAlias = Any  # NDArray[np.float64] or float
Pair: TypeAlias = tuple[Block, Block]
Kernel: TypeAlias = Callable[..., Pair]
Plain: TypeAlias = Callable[..., Floats]
Exact: TypeAlias = Callable[[int, int], tuple[int, int]]

_PER_UNIT = 64  # nodes per unit of x: a power of two, so that c and r = x − c are exact
_REACH = 128  # |c| < 128: enough for every float32, whose σ is 0 below −104
_MIDDLE = _REACH * _PER_UNIT  # the row of c = 0
_SHIFT = 1.5 * 2.0**52 / _PER_UNIT  # so large that x + _SHIFT is a multiple of 1/64,
_SHIFT_BITS = int(np.float64(_SHIFT).view(np.int64))  # counted by its last bits

_BITS = 320  # of fixed-point fractions: e^−128 > 2^−185, and two float64 hold 106 bits
_ONE = 1 << _BITS
_STEP = sum(  # e^(−1/64), by its power series
    (-1) ** k * _ONE // (_PER_UNIT**k * math.factorial(k)) for k in range(40)
)


@cache
def _table(exact: Exact) -> tuple[Floats, Floats]:
    """Return the values at all nodes: rounded to float64, and what the rounding lost."""
    left, right, e = [], [], _ONE
    for k in range(_MIDDLE):
        below, above = exact(k, e)
        left.append(below)
        right.append(above)
        e = e * _STEP >> _BITS
    values = left[:0:-1] + right
    high = [float(value) for value in values]
    low = [float(value - int(near)) for value, near in zip(values, high, strict=True)]
    ends = np.full((2, 1), np.nan)
    return tuple(np.hstack([ends, np.array([high, low]) * 2.0**-_BITS, ends]))


# What a table holds: the function at −k/64 and at +k/64, given e = exp(−k/64).
def _exact_sigmoid(k: int, e: int) -> tuple[int, int]:
    s = (e << _BITS) // (_ONE + e)
    return s, _ONE - s


def _exact_derivative(k: int, e: int) -> tuple[int, int]:
    d = (e << 2 * _BITS) // (_ONE + e) ** 2
    return d, d


def _exact_softplus(k: int, e: int) -> tuple[int, int]:
    """Sum log(1 + e) = 2(v + v³/3 + v⁵/5 + …), where v = e/(2 + e)."""
    v = (e << _BITS) // (2 * _ONE + e)
    square, power, total, n = v * v >> _BITS, 2 * v, 0, 1
    while power:
        total += power // n
        power, n = power * square >> _BITS, n + 2
    return total, total + k * _ONE // _PER_UNIT


def _around_nodes(*values: Exact) -> Callable[[Callable[..., Pair]], Kernel]:
    """Make a kernel of a formula for r = x − c, H(r), and the values, high and low, at c.

    H(r) = (r/2)·coth(r/2) = 1 + r²/12 − r⁴/720 + …, the Bernoulli numbers over factorials.
    The first term left out, r⁶/30240, is below 2^−56.
    """

    def make(formula: Callable[..., Pair]) -> Kernel:
        known: dict[float, list[float]] = {}  # the values at nodes that floats have met

        def kernel(x: Block) -> Pair:
            shifted = x + _SHIFT
            c = shifted - _SHIFT
            r = x - c
            square = r * r
            h = square * (-1 / 720)
            h += 1 / 12
            h *= square
            h += 1
            if type(x) is float:
                try:
                    return formula(r, h, *known[c])
                except KeyError:
                    if not abs(c) < _REACH:
                        return math.nan, math.nan
                    row = int(c * _PER_UNIT) + _MIDDLE
                    known[c] = [table.item(row) for table in _tables(values)]
                    return formula(r, h, *known[c])
            row = shifted.view(np.int64)
            row -= _SHIFT_BITS - _MIDDLE
            at_c = [table.take(row, mode="clip") for table in _tables(values)]
            del shifted, c, square, row  # so that their memory serves the formula
            return formula(r, h, *at_c)

        return kernel

    return make


def _tables(values: tuple[Exact, ...]) -> list[Floats]:
    return [table for exact in values for table in _table(exact)]


# With s = σ(c) and m = eʳ − 1: σ(c + r) = s(1 + m)/(1 + sm) = s + s(1 − s)/(1/m + s).
# And 1/m = (coth(r/2) − 1)/2 = (H − r/2)/r, which has no cancellation for small r. Near 1
# the low part is a good share of 1 − s; without it σ would step down where nodes change.
@_around_nodes(_exact_sigmoid)
def sigmoid(r: Block, h: Block, s: Block, s_low: Block) -> Pair:
    correction = (1 - s) - s_low
    correction *= s
    correction *= r
    h += (s - 0.5) * r
    correction /= h
    correction += s_low
    return s, correction


# The same for one float, spelled out, since calls take longer than the arithmetic.
def sigmoid_of_float(x: Any) -> np.float64 | None:
    """Return σ(x), or None unless x is a Python float among the nodes."""
    if type(x) is not float:
        return None
    c = x + _SHIFT - _SHIFT
    try:
        s, s_low = _met[c]
    except KeyError:
        if not abs(c) < _REACH:
            return None
        row = int(c * _PER_UNIT) + _MIDDLE
        s, s_low = _met[c] = [table.item(row) for table in _table(_exact_sigmoid)]
    r = x - c
    square = r * r
    h = (square * (-1 / 720) + 1 / 12) * square + 1 + (s - 0.5) * r
    return _float64(s + ((1 - s - s_low) * s * r / h + s_low))


_met: dict[float, list[float]] = {}  # s and s_low at the nodes that floats have met
_float64 = np.float64


# With d = σ′(c), likewise: σ′(c + r) = d(1 + m)/(1 + sm)², which is d plus
# d·(m(1 − 2s) − (sm)²)/(1 + sm)². Taking |x| makes it even to the last bit.
@_around_nodes(_exact_sigmoid, _exact_derivative)
def _derivative(r: Block, h: Block, s: Block, _: Block, d: Block, d_low: Block) -> Pair:
    correction = (h - r / 2) * (1 - 2 * s)
    correction -= s * s * r
    correction *= d * r
    h += (s - 0.5) * r
    h *= h
    correction /= h
    correction += d_low
    return d, correction


def sigmoid_derivative(x: Block) -> Pair:
    return _derivative(abs(x))


# 2 artanh(v) − 2v = 2(v³/3 + v⁵/5 + … + vⁿ/n), n odd.
def _artanh_series(v: Block, n: int) -> Block:
    square = v * v
    series = square * (2 / n)
    for k in range(n - 2, 1, -2):
        series += 2 / k
        series *= square
    series *= v
    return series


# softplus(c + r) = softplus(c) + log1p(sm), and log1p(sm) = 2 artanh(v) where
# v = sm/(2 + sm) = sr/(2H − (1 − s)r). |v| < 2^−8: the first term left out, 2v⁷/7, is
# below 2^−57.
@_around_nodes(_exact_sigmoid, _exact_softplus)
def softplus(r: Block, h: Block, s: Block, _: Block, f: Block, f_low: Block) -> Pair:
    v = s * r
    v /= 2 * h - (1 - s) * r
    correction = _artanh_series(v, 5)
    correction += 2 * v
    correction += f_low
    return f, correction


# log σ(x) = −softplus(−x).
def log_sigmoid(x: Block) -> Pair:
    f, correction = softplus(-x)
    return -f, -correction


# Solved for r, the theorem is logit(p) = c + 2 artanh(v), with s = σ(c), t = p − s and
# v = t/(p(1 − s) + s(1 − p)) = t/(2s(1 − s) + t(1 − 2s)). A logarithm, right or wrong in
# its last bits, picks c. Then c is exact, and so is p − s. Around ½, where c and r would
# cancel, c is 0 in a wider cell: |v| < 0.0196, and the first term left out, 2v¹³/13, is
# below 2^−70 v.
def logit(p: Block) -> Pair:
    if type(p) is float:
        rough = math.log(p / (1 - p)) if 0 < p < 1 else math.nan
    else:
        rough = np.log(p / (1 - p))
    rough *= abs(rough) > 2.5 / _PER_UNIT
    c = (rough + _SHIFT) - _SHIFT
    s, s_low = _sigmoid_at(c)
    t = p - s
    t -= s_low
    rest = 1 - s
    rest -= s_low
    v = t / (2 * s * rest + t * (rest - s))
    high = c + 2 * v
    return high, _artanh_series(v, 11) + ((c - high) + 2 * v)


@_around_nodes(_exact_sigmoid)
def _sigmoid_at(_r: Block, _h: Block, s: Block, s_low: Block) -> Pair:
    return s, s_low


# The loss log(1 + exp(x)) − xy is softplus(−|x|) plus |x| times the weight that the
# target y gives to the other side: two terms of one sign.
def binary_cross_entropy(x: Block, y: Block) -> Pair:
    f, correction = softplus(-abs(x))
    return np.where(x < 0, y, 1 - y) * abs(x), f + correction


# The plain formulas, good to a few units in the last place of float64. With e = exp(−|x|)
# ≤ 1 nothing overflows; σ has e = exp(x) and stops it where the quotient has long been 1.
# Beyond ±128 they are what they approach: exp(x), x or 1. For longdouble they serve
# everywhere, for float32 where they leave no doubt.
def plain_sigmoid(x: Block) -> Block:
    e = np.exp(np.minimum(x, 700))
    return e / (1 + e)


def plain_sigmoid_derivative(x: Block) -> Block:
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


def plain_softplus(x: Block) -> Block:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def plain_log_sigmoid(x: Block) -> Block:
    return -plain_softplus(-x)


# With m = min(p, 1 − p) and t = |2p − 1|, which is exact near ½, |logit(p)| is
# log((1 − m)/m) = log(1 + t/m). Half of it has the root, which does not overflow.
def plain_logit(p: Block) -> Block:
    m = np.minimum(p, 1 - p) + 0  # +0 for −0, too
    half = np.log1p(np.abs(2 * p - 1) / (m + np.sqrt(m * (1 - m))))
    return np.copysign(2 * half, p - 0.5)


def plain_binary_cross_entropy(x: Block, y: Block) -> Block:
    weight = np.where(x < 0, y, 1 - y)  # zero times an infinite |x| counts as zero
    loss = np.multiply(weight, np.abs(x), where=weight != 0, out=np.zeros_like(x))
    loss += plain_softplus(-np.abs(x))
    return loss

"""The oracle: exact values by ball arithmetic, and errors counted in ULP.

Arb computes with balls: a midpoint and a radius that is proved to contain the exact
value. A value is accepted only once the whole ball rounds to one number; until then the
precision is doubled. Nothing here rests on floating-point luck.
"""

from collections.abc import Callable

import numpy as np
from flint import arb, ctx

EXACT: dict[str, Callable[[arb], arb]] = {
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "sigmoid_derivative": lambda x: 1 / (2 * (x / 2).cosh()) ** 2,
    "log_sigmoid": lambda x: -(-x).exp().log1p(),
    "softplus": lambda x: x.exp().log1p(),
    "logit": lambda p: (p / (1 - p)).log(),
}


def ends(ball: arb) -> list[tuple[int, int]]:
    """Return both ends of a ball as integers (m, e), each m·2^e exactly."""
    return [tuple(map(int, end.man_exp())) for end in (ball.lower(), ball.upper())]


def exponent_of_ulp(m: int, e: int, dtype: type[np.floating]) -> int:
    """Return q: near m·2^e the numbers of this dtype are 2^q apart."""
    info = np.finfo(dtype)
    return max(e + abs(m).bit_length() - 1, int(info.minexp)) - int(info.nmant)


def round_dyadic(m: int, e: int, dtype: type[np.floating]) -> float:
    """Return m·2^e rounded to the nearest number of this dtype, ties to even."""
    q = exponent_of_ulp(m, e, dtype)
    if e >= q:
        return float(np.ldexp(float(m), e))
    if e + abs(m).bit_length() < q - 1:  # less than half of the smallest number
        return 0.0
    quotient, rest = divmod(m, 1 << (q - e))
    half = 1 << (q - e - 1)
    quotient += rest > half or (rest == half and quotient % 2)
    return float(np.ldexp(float(quotient), q))


def correctly_rounded(name: str, x: float, dtype: type[np.floating]) -> float:
    """Return the number of this dtype nearest to the exact value at x."""
    bits = 128
    while True:
        ctx.prec = bits
        low, high = (round_dyadic(m, e, dtype) for m, e in ends(EXACT[name](arb(x))))
        if low == high:
            return low
        bits *= 2


def ulp_error(name: str, x: float, computed: np.floating) -> float:
    """Return |computed − exact| in units of the spacing of the dtype at the exact value.

    At the smallest normal number and below, the unit is the smallest subnormal number,
    so that results lost to underflow count in full.
    """
    bits = 128
    while True:
        ctx.prec = bits
        exact = EXACT[name](arb(x))
        if exact.rel_accuracy_bits() >= 80:
            m, e = map(int, exact.mid().man_exp())
            q = exponent_of_ulp(m, e, type(computed))
            return float(abs(arb(float(computed)) - exact) * arb(2) ** -q)
        bits *= 2


def max_ulp_error(
    name: str, xs: np.ndarray, computed: np.ndarray
) -> tuple[float, float]:
    """Return the largest error in ULP, and where it is."""
    pairs = zip(xs.tolist(), computed, strict=True)
    return max((ulp_error(name, x, y), x) for x, y in pairs)

"""Floating point: what rounding does to σ.

RN is rounding to nearest, ties to even, to p binary digits: 53 for float64, 24 for
float32, 11 for float16, 8 for bfloat16. A printed threshold is a number of its format;
the check looks at it and at its neighbour.
"""

import math
import struct
from fractions import Fraction
from typing import Any

from sigref.facts.fact import ONCE, Fact
from sigref.facts.notation import REAL, logit, mp, sigma, sigma_prime

# Code of the struct module for the number, for its bits, precision, exponent bias.
FORMATS = (("d", "Q", 53, 1023), ("f", "I", 24, 127), ("e", "H", 11, 15))


def rounded(x: Any, precision: int = 53) -> Any:
    """Return RN(x), for an unbounded exponent."""
    with mp.workprec(precision):
        return +x


def relative_error(computed: Any, exact: Any) -> Any:
    """Return |computed − exact|/|exact|."""
    return abs(computed - exact) / abs(exact)


def bits_of(value: float, number: str, integer: str) -> int:
    """Return the bit pattern of `value` as an integer."""
    return int(struct.unpack(integer, struct.pack(number, value))[0])


def _overflow(p: Any, exponent: Any) -> Any:
    """Return the smallest number that rounds to infinity."""
    return mp.mpf(2) ** exponent * (1 - mp.mpf(2) ** (-p - 1))


def _derivative_from_value(x: Any) -> Any:
    s = rounded(sigma(x))
    return rounded(s * rounded(1 - s))


def _derivative_from_both_sides(x: Any) -> Any:
    return rounded(rounded(sigma(x)) * rounded(sigma(-x)))


def _float16_results() -> tuple[int, int]:
    """Return how many different float16 numbers are RN σ(x), and how many are ≥ ½."""
    results = set()
    for pattern in (*range(0x7C00), *range(0x8000, 0xFC00)):
        (x,) = struct.unpack("e", struct.pack("H", pattern))
        t = math.exp(-abs(x))
        results.add(struct.pack("e", (1 if x >= 0 else t) / (1 + t)))
    values = [struct.unpack("e", r)[0] for r in results]
    return len(values), sum(v >= 0.5 for v in values)


def _machine_sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _machine_slope(x: float) -> Fraction:
    s = _machine_sigmoid(x)
    return Fraction(s * (1 - s))


def _naive_unsigned(v: int) -> Fraction:
    """Return 1/(1 + exp(−v)) as NumPy computes it for an 8-bit unsigned v."""
    import numpy as np

    with np.errstate(over="ignore"):
        return Fraction(float(1 / (1 + np.exp(-np.uint8(v)))))


FACTS = (
    Fact(
        id="15.1",
        title="Where the rounded value becomes 1",
        latex=r"\operatorname{RN}(\sigma(x)) = 1 \iff x \ge \ln(2^{p+1} - 1)",
        assumptions="x real, p ≥ 2 digits, round to nearest, ties to even",
        source="elementary",
        proof=r"The bound is where $\sigma(x)$ is $1 - 2^{-p-1}$, half-way between 1 and "
        "its neighbour below; the tie goes to 1.",
        lhs=lambda p: sigma(mp.log(mp.mpf(2) ** (p + 1) - 1)),
        rhs=lambda p: 1 - mp.mpf(2) ** (-p - 1),
        wrong=lambda p: 1 - mp.mpf(2) ** -p,
        points=(3, 4, 8, 11, 24, 53, 64, 113),
        digits=80,
    ),
    Fact(
        id="15.2",
        title="First argument with the rounded value 1",
        latex=r"\begin{aligned} \text{float64} &: 37.42994775023705 \\ "
        r"\text{float32} &: 17.32868 \\ "
        r"\text{float16} &: 8.3203125 \\ "
        r"\text{bfloat16} &: 6.25 \\ "
        r"\text{e4m3} &: 3.5 \\ "
        r"\text{e5m2} &: 3 \end{aligned}",
        assumptions="x a number of the format; σ(x) rounded once to that format",
        source="elementary",
        proof="15.1, rounded up. Checked on both sides of the half-way point.",
        kind="inequality",
        lhs=lambda p, x, spacing: (sigma(x - spacing), 1 - mp.mpf(2) ** (-p - 1)),
        rhs=lambda p, x, spacing: (1 - mp.mpf(2) ** (-p - 1), sigma(x)),
        wrong=lambda p, x, spacing: (1 - mp.mpf(2) ** -p, sigma(x)),
        points=(
            (53, 37.429947750237048, 2.0**-47),
            (24, 17.328680038452148, 2.0**-19),
            (11, 8.3203125, 2.0**-7),
            (8, 6.25, 2.0**-5),
            (4, 3.5, 2.0**-2),
            (3, 3.0, 2.0**-1),
        ),
    ),
    Fact(
        id="15.3",
        title="Where the textbook formula becomes 1",
        latex=r"\begin{gathered} \operatorname{RN}(1 + t) = 1 \iff t \le 2^{-p} \\ "
        r"\frac{1}{1 + e^{-x}} \to 1 \text{ from } x = p \ln 2 \end{gathered}",
        assumptions="t ≥ 0, round to nearest, ties to even; checked in float64, p = 53",
        source="elementary",
        proof=r"$1 + 2^{-p}$ is half-way between 1 and its neighbour. In float64 it "
        r"happens at $x = 36.7368$, and 15.2 only $\ln 2$ later.",
        kind="computed",
        lhs=lambda t: Fraction(1.0 + t),
        rhs=lambda t: 1 if t <= 2.0**-53 else 1 + Fraction(1, 2**52),
        wrong=lambda t: 1 if t <= 2.0**-52 else 1 + Fraction(1, 2**52),
        points=(
            0.0,
            2.0**-54,
            2.0**-53,
            math.nextafter(2.0**-53, 1),
            1.5 * 2.0**-53,
            2.0**-52,
        ),
    ),
    Fact(
        id="15.4",
        title="Where the rounded value becomes 0",
        latex=r"\begin{aligned} \text{float64} &: -745.1332191019412 \\ "
        r"\text{float32} &: -103.972084 \\ "
        r"\text{float16} &: -17.34375 \\ "
        r"\text{bfloat16} &: -93 \end{aligned}",
        assumptions="largest x of the format with RN(σ(x)) = 0, subnormals included",
        source="elementary",
        proof=r"With the smallest subnormal $2^{-m}$: $\sigma(x) \le 2^{-m-1}$, so "
        r"$x \le -\ln(2^{m+1} - 1)$. The same bound holds for σ′, by 4.5.",
        kind="inequality",
        lhs=lambda m, x, spacing: (sigma(x), mp.mpf(2) ** (-m - 1)),
        rhs=lambda m, x, spacing: (mp.mpf(2) ** (-m - 1), sigma(x + spacing)),
        wrong=lambda m, x, spacing: (mp.mpf(2) ** (-m - 2), sigma(x + spacing)),
        points=(
            (1074, -745.13321910194122, 2.0**-43),
            (149, -103.97208404541016, 2.0**-17),
            (24, -17.34375, 2.0**-6),
            (133, -93.0, 2.0**-1),
        ),
    ),
    Fact(
        id="15.5",
        title="Where the exponential overflows",
        latex=r"""\begin{aligned}
            e^{-x} &\ge 2^E (1 - 2^{-p-1}): \\
            \text{float64} &: -709.7827128933841 \\
            \text{float32} &: -88.72284 \quad \text{float16} : -11.09375
            \end{aligned}""",
        assumptions="largest x of the format whose e^−x rounds to infinity",
        source="elementary",
        proof=r"The largest number is $2^E (1 - 2^{-p})$; rounding is to infinity from half "
        "a step above it. There 1/(1 + e⁻ˣ) gives 0, long before 15.4.",
        kind="inequality",
        lhs=lambda p, e, x, step: (mp.exp(-x - step), _overflow(p, e)),
        rhs=lambda p, e, x, step: (_overflow(p, e), mp.exp(-x)),
        wrong=lambda p, e, x, step: (_overflow(p - 10, e), mp.exp(-x)),
        points=(
            (53, 1024, -709.78271289338409, 2.0**-43),
            (24, 128, -88.72283935546875, 2.0**-17),
            (11, 16, -11.09375, 2.0**-7),
        ),
    ),
    Fact(
        id="15.6",
        title="Loss in the complement",
        latex=r"\left| \frac{(1 - \operatorname{RN} \sigma(x)) - \sigma(-x)}{\sigma(-x)} "
        r"\right| \le 2^{-p-1} (1 + e^x)",
        assumptions="x ≥ 0; checked with p = 53",
        source="elementary",
        proof="In [½, 1] the rounding error is at most half of 2⁻ᵖ, and subtraction from 1 "
        "is exact. Computing σ(−x) instead costs at most 2⁻ᵖ.",
        kind="inequality",
        lhs=lambda x: relative_error(1 - rounded(sigma(x)), sigma(-x)),
        rhs=lambda x: mp.mpf(2) ** -54 * (1 + mp.exp(x)),
        wrong=lambda x: mp.mpf(2) ** -53,
        points=(1e-9, 0.5, 1, 3.25, 20, 30, 36, 36.75),
    ),
    Fact(
        id="15.7",
        title="Loss in the derivative",
        latex=r"""\begin{aligned}
            s (1 - s) &: \text{ error } \le 2^{-p-1} (3 + e^x) \\
            \sigma(x) \, \sigma(-x) &: \text{ error } \le 3 \cdot 2^{-p}
            \end{aligned}""",
        assumptions="x ≥ 0, s = RN σ(x), relative error, to first order; checked with p = 53",
        source="elementary",
        proof="15.6 for the first. Three roundings for the second. The first is exactly 0 "
        "from 15.2 on; σ′ itself not before 15.4.",
        kind="inequality",
        lhs=lambda x: (
            relative_error(_derivative_from_value(x), sigma_prime(x)),
            relative_error(_derivative_from_both_sides(x), sigma_prime(x)),
        ),
        rhs=lambda x: (
            mp.mpf(2) ** -54 * (3 + mp.exp(x)) * (1 + mp.mpf(2) ** -40),
            3 * mp.mpf(2) ** -53 * (1 + mp.mpf(2) ** -40),
        ),
        wrong=lambda x: (
            3 * mp.mpf(2) ** -53,
            3 * mp.mpf(2) ** -53,
        ),
        points=(1e-9, 0.5, 1, 3.25, 20, 30, 36, 36.75, 40, 300),
        digits=200,
    ),
    Fact(
        id="15.8",
        title="Loss of the round trip",
        latex=r"\begin{aligned} |\operatorname{logit}&(\operatorname{RN} \sigma(x)) - x| "
        r"\\ "
        r"&\le 2^{-p-1} (2 + 2 \cosh x) \left( 1 + 2^{-p-1} e^x \right) "
        r"\end{aligned}",
        assumptions="0 ≤ x ≤ 30; checked with p = 53. At x = 30 it allows 6e−4",
        source="elementary",
        proof="14.7, the rounding error of 15.6, and the mean value theorem.",
        kind="inequality",
        lhs=lambda x: abs(logit(rounded(sigma(x))) - x),
        rhs=lambda x: (
            mp.mpf(2) ** -54 * (2 + 2 * mp.cosh(x)) * (1 + mp.mpf(2) ** -54 * mp.exp(x))
        ),
        wrong=lambda x: mp.mpf(2) ** -52 * (1 + x),
        points=(1e-9, 0.5, 1, 3.25, 5, 10, 20, 25.5, 30),
    ),
    Fact(
        id="15.9",
        title="Numbers below and above one half",
        latex=r"""\begin{aligned}
            \# (0, \tfrac12) &= (b - 1) \, 2^{p-1} - 1 \\
            \# (\tfrac12, 1) &= 2^{p-1} - 1
            \end{aligned}""",
        assumptions="IEEE binary format with p digits and exponent bias b",
        source="elementary",
        proof="Bit patterns of positive numbers are in order; subtract those of the ends. "
        "So only one double in 1023 of (0, 1) can hold a probability above ½.",
        kind="exact",
        lhs=lambda number, integer, p, bias: (
            bits_of(0.5, number, integer) - bits_of(0.0, number, integer) - 1,
            bits_of(1.0, number, integer) - bits_of(0.5, number, integer) - 1,
        ),
        rhs=lambda number, integer, p, bias: (
            (bias - 1) * 2 ** (p - 1) - 1,
            2 ** (p - 1) - 1,
        ),
        wrong=lambda number, integer, p, bias: (
            bias * 2 ** (p - 1) - 1,
            2 ** (p - 1) - 1,
        ),
        points=FORMATS,
    ),
    Fact(
        id="15.10",
        title="All values in float16",
        latex=r"\# \operatorname{RN} \sigma(\text{float16}) = 5620, \quad "
        r"\text{of which } 1025 \text{ in } [\tfrac12, 1]",
        assumptions="all 63488 finite arguments, computed in float64 and rounded",
        source="elementary",
        proof="Exhaustive count. Both signed zeros of the argument give ½.",
        kind="computed",
        lhs=_float16_results,
        rhs=lambda: (5620, 1025),
        wrong=lambda: (5620, 2810),
        points=ONCE,
    ),
    Fact(
        id="15.11",
        title="Unsigned integers",
        latex=r"v = 1 \text{ as uint8}: \quad -v = 255, \quad "
        r"\frac{1}{1 + e^{-v}} \to 0",
        assumptions="NumPy, textbook formula, integers v from 1 to 244; v = 0 gives ½",
        source="elementary",
        proof="Negation is modulo 256, and the exponential of 255 overflows float16, the "
        "format that NumPy chooses for uint8.",
        kind="computed",
        lhs=_naive_unsigned,
        rhs=lambda v: Fraction(1, 2) if v == 0 else 0,
        wrong=lambda v: Fraction(1, 2),
        points=(0, 1, 2, 100, 244),
    ),
    Fact(
        id="15.12",
        title="One exponential, no branch, no overflow",
        latex=r"\begin{aligned} \sigma(x) &= \frac{\max(t, [x \ge 0])}{1 + t} \\ "
        r"&= \left| [x \ge 0] - \frac{t}{1 + t} \right|, \quad t = e^{-|x|} "
        r"\end{aligned}",
        assumptions="x real; the bracket is 1 where true, else 0",
        source="elementary",
        proof=r"1.1 for $x \ge 0$ and 1.2 for $x < 0$. Since $0 < t \le 1$ nothing overflows.",
        lhs=sigma,
        rhs=lambda x: (
            max(mp.exp(-abs(x)), int(x >= 0)) / (1 + mp.exp(-abs(x))),
            abs(int(x >= 0) - mp.exp(-abs(x)) / (1 + mp.exp(-abs(x)))),
        ),
        wrong=lambda x: (
            max(mp.exp(-abs(x)), int(x < 0)) / (1 + mp.exp(-abs(x))),
            abs(int(x >= 0) - mp.exp(-abs(x)) / (1 + mp.exp(-abs(x)))),
        ),
        points=(*REAL, 0),
    ),
    Fact(
        id="15.13",
        title="Where the tanh form becomes 0",
        latex=r"\operatorname{RN}(\tanh \tfrac x2) = -1 \iff x \le -\ln(2^{p+2} - 1)",
        assumptions="x real, p ≥ 2 digits, round to nearest, ties to even",
        source="elementary",
        proof=r"By 1.3 $1 + \tanh(x/2) = 2 \sigma(x)$, which is then $2^{-p-1}$. So "
        r"½(1 + tanh(x/2)) is 0 below $-38.12$ in float64, where $\sigma(x) > 10^{-17}$.",
        lhs=lambda p: mp.tanh(-mp.log(mp.mpf(2) ** (p + 2) - 1) / 2),
        rhs=lambda p: -1 + mp.mpf(2) ** (-p - 1),
        wrong=lambda p: -1 + mp.mpf(2) ** -p,
        points=(3, 4, 8, 11, 24, 53, 64, 113),
        digits=80,
    ),
    Fact(
        id="15.14",
        title="Where results become subnormal",
        latex=r"\begin{aligned} \sigma(x) < 2^{-m} &\iff x < -\ln(2^m - 1) \\ "
        r"\text{float64} &: -708.3964 \\ "
        r"\text{float32} &: -87.33654 \\ "
        r"\text{float16} &: -9.70400 \end{aligned}",
        assumptions="smallest normal number 2⁻ᵐ: m = 1022, 126, 14",
        source="elementary",
        proof="Solve 5.5. Printed for float64, float32 and float16; bfloat16 is as float32.",
        lhs=lambda m: sigma(-mp.log(mp.mpf(2) ** m - 1)),
        rhs=lambda m: mp.mpf(2) ** -m,
        wrong=lambda m: mp.mpf(2) ** (1 - m),
        points=(1022, 126, 14),
    ),
    Fact(
        id="15.15",
        restates="15.3",
        title="Gradient of a saturated loss",
        latex=r"\begin{gathered} s = \operatorname{RN} \frac{1}{1 + e^{-x}} = 1 \\ "
        r"s (1 - s) = 0, \quad s - y = 1 \end{gathered}",
        assumptions="x ≥ 36.8, y = 0, float64 arithmetic",
        source="elementary",
        proof="15.3. The chain rule through s multiplies by s(1 − s), and the gradient is "
        "lost; 13.5 keeps it. Checked with the machine's own arithmetic.",
        kind="computed",
        lhs=lambda x: (_machine_slope(x), Fraction(_machine_sigmoid(x)) - 0),
        rhs=lambda x: (0, 1),
        wrong=lambda x: (0, 0),
        points=(36.8, 40.0, 88.0, 700.0),
    ),
)

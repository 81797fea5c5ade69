"""Functional equations: reflection, period, addition, and neighbours in physics."""

from fractions import Fraction
from typing import Any

from sigref.facts.fact import Fact
from sigref.facts.notation import COMPLEX, OFF_POLES, REAL, mp, sigma

PAIRS = ((0.5, -2), (3, 3 + 1e-9), (-50, 36.75), (300, -299), (-700, 1e-9), (2, 4))


def _combine(a: Any, b: Any) -> Any:
    return a * b / (a * b + (1 - a) * (1 - b))


def _odds(p: Any) -> Any:
    return p / (1 - p)


def _mean_over_period(z: Any, n: int) -> Any:
    return sum(sigma(z + 2j * mp.pi * k / n) - 0.5 for k in range(n)) / n


def _sum_over_halvings(x: Any) -> Any:
    return mp.fsum(sigma(-x / 2**k) / 2**k for k in range(1, 240))


FACTS = (
    Fact(
        id="2.1",
        title="Reflection",
        latex=r"\sigma(-z) = 1 - \sigma(z)",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"$\sigma(z) + \sigma(-z) = (1 + e^z)/(1 + e^z)$ by 1.1 and 1.2.",
        lhs=lambda z: sigma(-z),
        rhs=lambda z: 1 - sigma(z),
        wrong=lambda z: -sigma(z),
        points=REAL + COMPLEX,
        digits=400,  # 1 − σ(700) cancels 304 of them
    ),
    Fact(
        id="2.2",
        title="Period",
        latex=r"\sigma(z + 2\pi i) = \sigma(z)",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"$e^{-z}$ has this period.",
        lhs=lambda z: sigma(z + 2j * mp.pi),
        rhs=sigma,
        wrong=lambda z: sigma(z + 1j * mp.pi),
        points=REAL + COMPLEX,
    ),
    Fact(
        id="2.3",
        title="Half a period",
        latex=r"\sigma(x + \pi i) = \frac{1}{1 - e^{-x}}",
        assumptions="x real, x ≠ 0",
        source="elementary",
        proof=r"$e^{-\pi i} = -1$. On this line the Fermi function becomes the Bose one.",
        lhs=lambda x: sigma(x + 1j * mp.pi),
        rhs=lambda x: 1 / (1 - mp.exp(-x)),
        wrong=lambda x: 1 / (1 + mp.exp(-x)),
        points=REAL,
        digits=100,  # 1 − exp(−1e-20) cancels 20, and πi is rounded
    ),
    Fact(
        id="2.4",
        title="Conjugation",
        latex=r"\sigma(\bar z) = \overline{\sigma(z)}",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"$\sigma$ is real on the real line; Schwarz reflection.",
        lhs=lambda z: sigma(mp.conj(z)),
        rhs=lambda z: mp.conj(sigma(z)),
        wrong=sigma,
        points=COMPLEX,
    ),
    Fact(
        id="2.5",
        title="Addition theorem",
        latex=r"""\begin{aligned}
            \sigma(x + y) &= \frac{ab}{ab + (1 - a)(1 - b)}, \\
            a &= \sigma(x), \quad b = \sigma(y)
            \end{aligned}""",
        assumptions="x, y real",
        source="elementary",
        proof=r"Odds multiply: $e^{x+y} = \frac{a}{1-a} \cdot \frac{b}{1-b}$.",
        lhs=lambda x, y: sigma(x + y),
        rhs=lambda x, y: _combine(sigma(x), sigma(y)),
        wrong=lambda x, y: _combine(sigma(x), sigma(-y)),
        points=PAIRS,
        digits=400,
    ),
    Fact(
        id="2.6",
        title="Doubling",
        latex=r"\sigma(2x) = \frac{a^2}{a^2 + (1 - a)^2}, \quad a = \sigma(x)",
        assumptions="x real",
        source="elementary",
        proof="Put y = x in 2.5.",
        lhs=lambda x: sigma(2 * x),
        rhs=lambda x: sigma(x) ** 2 / (sigma(x) ** 2 + (1 - sigma(x)) ** 2),
        wrong=lambda x: sigma(x) ** 2 / (sigma(x) ** 2 + (1 - sigma(x) ** 2)),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="2.7",
        title="Hill function",
        latex=r"\sigma \left( n \ln \frac uK \right) = \frac{u^n}{K^n + u^n}",
        assumptions="u > 0, K > 0, n real",
        source="elementary; the right side is Hill's equation of 1910",
        proof=r"$e^{n \ln(u/K)} = (u/K)^n$ in 1.2.",
        lhs=lambda u, K, n: sigma(n * mp.log(u / K)),
        rhs=lambda u, K, n: u**n / (K**n + u**n),
        wrong=lambda u, K, n: K**n / (K**n + u**n),
        points=((2, 3, 1), (1e-9, 5, 2.75), (7, 0.5, -4), (1e30, 1e-30, 8)),
    ),
    Fact(
        id="2.8",
        title="Fermi from Bose",
        latex=r"\sigma(-x) = \frac{1}{e^x - 1} - \frac{2}{e^{2x} - 1}",
        assumptions="x real, x ≠ 0",
        source="elementary",
        proof=r"With $u = e^x$: $\frac{u + 1 - 2}{u^2 - 1} = \frac{1}{u + 1}$.",
        lhs=lambda x: sigma(-x),
        rhs=lambda x: 1 / (mp.exp(x) - 1) - 2 / (mp.exp(2 * x) - 1),
        wrong=lambda x: 1 / (mp.exp(x) - 1) - 1 / (mp.exp(2 * x) - 1),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="2.9",
        title="Hyperbolic tangent from the sigmoid",
        latex=r"\tanh z = 2 \sigma(2z) - 1",
        assumptions="z complex, z ≠ (k + ½)πi for integer k",
        source="elementary",
        proof="Solve 1.3 for the tangent, with 2z in place of z.",
        lhs=mp.tanh,
        rhs=lambda z: 2 * sigma(2 * z) - 1,
        wrong=lambda z: 2 * sigma(z) - 1,
        points=(*REAL, 1 + 3j, 0.001 + 1.57j, -700 + 2j),
        digits=80,
    ),
    Fact(
        id="2.10",
        title="Difference",
        latex=r"""\sigma(x) - \sigma(y) =
            \frac{\sinh \frac{x - y}{2}}{2 \cosh \frac x2 \cosh \frac y2}""",
        assumptions="x, y real",
        source="elementary",
        proof=r"1.3 and $\tanh u - \tanh v =$ $\sinh(u - v) / (\cosh u \cosh v)$.",
        lhs=lambda x, y: sigma(x) - sigma(y),
        rhs=lambda x, y: mp.sinh((x - y) / 2) / (2 * mp.cosh(x / 2) * mp.cosh(y / 2)),
        wrong=lambda x, y: mp.sinh((x - y) / 2) / (mp.cosh(x / 2) * mp.cosh(y / 2)),
        points=PAIRS,
        digits=100,
    ),
    Fact(
        id="2.11",
        title="Product over doublings",
        latex=r"\prod_{k=0}^\infty \sigma(2^k x) = 1 - e^{-x}",
        assumptions="x > 0",
        source="elementary",
        proof=r"$\sigma(u) = (1 - e^{-u}) / (1 - e^{-2u})$: the product telescopes.",
        lhs=lambda x: mp.fprod(sigma(2**k * x) for k in range(80)),
        rhs=lambda x: 1 - mp.exp(-x),
        wrong=lambda x: 1 + mp.exp(-x),
        points=(1e-6, 1e-3, 0.5, 1, 3.25, 50),
    ),
    Fact(
        id="2.12",
        title="Finite product over doublings",
        latex=r"\prod_{k=0}^{n-1} \sigma(2^k x) = \frac{1 - e^{-x}}{1 - e^{-2^n x}}",
        assumptions="x real, x ≠ 0, n a positive integer",
        source="elementary",
        proof="The telescoping product of 2.11, stopped after n factors.",
        lhs=lambda x, n: mp.fprod(sigma(2**k * x) for k in range(int(n))),
        rhs=lambda x, n: (1 - mp.exp(-x)) / (1 - mp.exp(-(2**n) * x)),
        wrong=lambda x, n: (1 - mp.exp(-x)) / (1 - mp.exp(-n * x)),
        points=((-50, 1), (-3.25, 5), (1e-9, 3), (0.5, 10), (36.75, 4)),
    ),
    Fact(
        id="2.13",
        restates="2.5",
        title="Subtraction of logits",
        latex=r"""\begin{aligned}
            \sigma(x - y) &= \frac{a (1 - b)}{a (1 - b) + (1 - a) b}, \\
            a &= \sigma(x), \quad b = \sigma(y)
            \end{aligned}""",
        assumptions="x, y real",
        source="elementary",
        proof="2.5 with −y in place of y, and 2.1.",
        lhs=lambda x, y: sigma(x - y),
        rhs=lambda x, y: _combine(sigma(x), 1 - sigma(y)),
        wrong=lambda x, y: _combine(sigma(x), sigma(y)),
        points=PAIRS,
        digits=400,
    ),
    Fact(
        id="2.14",
        restates="2.5",
        title="Odds multiply",
        latex=r"\begin{gathered} a \oplus b = \frac{ab}{ab + (1 - a)(1 - b)} \\ "
        r"\frac{a \oplus b}{1 - a \oplus b} = \frac{a}{1 - a} \cdot \frac{b}{1 - b} "
        r"\end{gathered}",
        assumptions="0 < a < 1, 0 < b < 1",
        source="elementary",
        proof="Divide the numerator of 2.5 by its complement.",
        kind="exact",
        lhs=lambda a, b: _odds(_combine(a, b)),
        rhs=lambda a, b: _odds(a) * _odds(b),
        wrong=lambda a, b: _odds(a) + _odds(b),
        points=(
            (Fraction(1, 2), Fraction(1, 3)),
            (Fraction(9, 10), Fraction(1, 7)),
            (Fraction(1, 10**9), Fraction(10**9 - 1, 10**9)),
        ),
    ),
    Fact(
        id="2.15",
        title="Multiplication theorem for an odd factor",
        latex=r"\sigma(nz) = \frac12 + \frac1n \sum_{k=0}^{n-1} "
        r"\left( \sigma \left( z + \tfrac{2 \pi i k}{n} \right) - \tfrac12 \right)",
        assumptions="n an odd positive integer; nz complex, nz ≠ (2k + 1)πi",
        source="elementary",
        proof=r"Both sides have the same poles, residues and limits $0, 1$ at $\mp\infty$.",
        lhs=lambda z, n: sigma(n * z),
        rhs=lambda z, n: 0.5 + _mean_over_period(z, int(n)),
        wrong=lambda z, n: 0.5 + n * _mean_over_period(z, int(n)),
        points=((0.5, 3), (-2, 5), (1e-9, 7), (0.3 + 1.04j, 3), (20, 3)),
        digits=80,
    ),
    Fact(
        id="2.16",
        restates="3.1",
        title="Product of a value and its complement",
        latex=r"\sigma(z) \, \sigma(-z) = \sigma(z) - \sigma(z)^2 = "
        r"\frac{1}{2 + 2 \cosh z}",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"$(1 + e^{-z})(1 + e^z) = 2 + e^z + e^{-z}$.",
        lhs=lambda z: sigma(z) * sigma(-z),
        rhs=lambda z: (sigma(z) - sigma(z) ** 2, 1 / (2 + 2 * mp.cosh(z))),
        wrong=lambda z: (sigma(z) - sigma(z) ** 2, 1 / (1 + 2 * mp.cosh(z))),
        points=REAL + COMPLEX,
        digits=400,
    ),
    Fact(
        id="2.17",
        title="Product of two values",
        latex=r"\sigma(x) \, \sigma(y) = \frac{\sigma(x) - \sigma(-y)}{1 - e^{-x-y}}",
        assumptions="x, y real, x + y ≠ 0",
        source="elementary",
        proof=r"$1 - e^{-x-y} = (1 + e^{-x}) - e^{-x} (1 + e^{-y})$; divide by both brackets.",
        lhs=lambda x, y: sigma(x) * sigma(y),
        rhs=lambda x, y: (sigma(x) - sigma(-y)) / (1 - mp.exp(-x - y)),
        wrong=lambda x, y: (sigma(x) - sigma(y)) / (1 - mp.exp(-x - y)),
        points=PAIRS,
        digits=400,
    ),
    Fact(
        id="2.18",
        title="Bose function as a sum over halvings",
        latex=r"\frac{1}{e^x - 1} = \frac1x - \sum_{k=1}^\infty "
        r"2^{-k} \, \sigma \left( -2^{-k} x \right)",
        assumptions="x real, x ≠ 0",
        source="elementary",
        proof=r"2.8 says $b(x) = \tfrac12 b(x/2) - \tfrac12 \sigma(-x/2)$ for "
        r"$b(x) = 1/(e^x - 1)$. Repeat; $2^{-k} b(2^{-k} x) \to 1/x$.",
        lhs=lambda x: 1 / mp.expm1(x),
        rhs=lambda x: 1 / x - _sum_over_halvings(x),
        wrong=lambda x: 1 / x + _sum_over_halvings(x),
        points=(-36.75, -1, 1e-9, 0.5, 3.25, 36.75),
        digits=70,
    ),
)

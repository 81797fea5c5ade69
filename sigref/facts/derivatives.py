"""Derivatives of every order, and where they are largest."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import comb, factorial
from typing import Any

from sigref.facts.fact import ONCE, Fact
from sigref.facts.notation import (
    COMPLEX,
    OFF_POLES,
    PROBABILITIES,
    REAL,
    logit,
    mp,
    sigma,
    sigma_prime,
)

THIRDS = tuple((Fraction(k, 3), n) for k in (-1, 1, 2, 5) for n in range(1, 11))


def derivative_polynomial(n: int) -> list[int]:
    """Return the coefficients of Pₙ, σ⁽ⁿ⁾ = Pₙ(σ), constant term first."""
    coefficients = [0, 1]
    for _ in range(n):
        slope = [k * c for k, c in enumerate(coefficients)][1:]
        coefficients = [0, *slope, 0]
        for k, c in enumerate(slope):
            coefficients[k + 2] -= c
    return coefficients


def value(coefficients: list[int], s: Any) -> Any:
    """Return the polynomial at `s`."""
    return sum(c * s**k for k, c in enumerate(coefficients))


def stirling(n: int, k: int) -> int:
    """Return S(n, k), the number of partitions of n elements into k classes."""
    if n == 0 or k == 0:
        return int(n == k)
    return k * stirling(n - 1, k) + stirling(n - 1, k - 1)


def eulerian(n: int, k: int) -> int:
    """Return ⟨n, k⟩, the number of permutations of n elements with k ascents."""
    if k == 0 or k >= n:
        return int(k == 0)
    return (k + 1) * eulerian(n - 1, k) + (n - k) * eulerian(n - 1, k - 1)


def euler_at_zero(n: int) -> Fraction:
    """Return Eₙ(0), from Eₙ(0) + Eₙ(1) = 0 expanded in powers."""
    if n == 0:
        return Fraction(1)
    total = sum((comb(n, k) * euler_at_zero(k) for k in range(n)), Fraction(0))
    return -total / 2


def bernoulli(n: int) -> Fraction:
    """Return the Bernoulli number Bₙ."""
    return Fraction(*mp.bernfrac(n))


def _schwarzian(f: Any, z: Any) -> Any:
    _, first, half_second, sixth_third = mp.taylor(f, z, 3)
    return 6 * sixth_third / first - 6 * (half_second / first) ** 2


def _leibniz(s: Fraction, n: int, binomial: Callable[[int, int], int]) -> Fraction:
    derivatives = [Fraction(value(derivative_polynomial(k), s)) for k in range(n + 1)]
    products = (
        binomial(n, k) * derivatives[k] * derivatives[n - k] for k in range(n + 1)
    )
    return derivatives[n] - sum(products, Fraction(0))


def _sign_changes(n: int) -> int:
    """Count those of Pₙ(σ) for odds from 2⁻²⁰ to 2²⁰, in steps of at most 1/16."""
    odds = (j * Fraction(2) ** k for k in range(-24, 16) for j in range(16, 32))
    signs = [value(derivative_polynomial(n), r / (1 + r)) > 0 for r in odds]
    return sum(a != b for a, b in pairwise(signs))


def _scaled_at_zero(n: int) -> Any:
    """Return πⁿ⁺¹|σ⁽ⁿ⁾(0)|/(2 n!)."""
    slope = mp.convert(value(derivative_polynomial(n), Fraction(1, 2)))
    return mp.pi ** (n + 1) * abs(slope) / (2 * mp.factorial(n))


def _inflection_of_slope() -> tuple[Any, ...]:
    x = mp.findroot(lambda x: mp.diff(sigma, x, 3), 1.3)
    return x, -mp.diff(sigma, x, 2), sigma(x), mp.diff(sigma, x)


FACTS = (
    Fact(
        id="3.1",
        title="First derivative",
        latex=r"""\begin{aligned}
            \sigma'(z) &= \sigma(z) (1 - \sigma(z)) = \sigma(z) \, \sigma(-z) \\
            &= \tfrac14 \operatorname{sech}^2 \tfrac z2
            = \frac{e^{-z}}{(1 + e^{-z})^2} = \frac{1}{2 + 2 \cosh z}
            \end{aligned}""",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"Differentiate 1.1: $\sigma' = e^{-z} / (1 + e^{-z})^2$; the rest is 2.16.",
        lhs=lambda z: mp.diff(sigma, z),
        rhs=lambda z: (
            sigma(z) * (1 - sigma(z)),
            sigma(z) * sigma(-z),
            mp.sech(z / 2) ** 2 / 4,
            mp.exp(-z) / (1 + mp.exp(-z)) ** 2,
            1 / (2 + 2 * mp.cosh(z)),
        ),
        wrong=lambda z: sigma(z) * (1 + sigma(z)),
        points=(*REAL, 0, *COMPLEX),
        digits=400,  # 1 − σ(700) cancels 304 of them
    ),
    Fact(
        id="3.2",
        title="Largest slope and Lipschitz constant",
        latex=r"\sigma'(x) \le \sigma'(0) = \tfrac14",
        assumptions="x real; equality only at x = 0",
        source="elementary",
        proof=r"$s (1 - s) \le \tfrac14$, with equality at $s = \tfrac12$.",
        kind="inequality",
        lhs=lambda x: mp.diff(sigma, x),
        rhs=lambda x: mp.mpf(1) / 4,
        wrong=lambda x: mp.mpf(1) / 4 - mp.mpf(10) ** -8,
        points=(-700, -50, -1, -1e-5, 1e-9, 0.5, 2, 36.75),
        sharp_at=(0,),
    ),
    Fact(
        id="3.3",
        title="Second derivative and the inflection point",
        latex=r"\sigma'' = \sigma' (1 - 2\sigma) = -\sigma'(z) \tanh \tfrac z2",
        assumptions=OFF_POLES,
        source="elementary",
        proof="Differentiate 3.1 as s − s², and use 1.3. On the real line the sign changes "
        "at 0 only: the inflection point is (0, ½), with slope ¼.",
        lhs=lambda z: mp.diff(sigma, z, 2),
        rhs=lambda z: (
            sigma_prime(z) * (1 - 2 * sigma(z)),
            -sigma_prime(z) * mp.tanh(z / 2),
        ),
        wrong=lambda z: sigma_prime(z) * mp.tanh(z / 2),
        points=REAL + COMPLEX,
        digits=400,
    ),
    Fact(
        id="3.4",
        title="Where the slope changes fastest",
        latex=r"""\begin{aligned}
            x &= \ln(2 + \sqrt3) = 1.3169578969\ldots: \\
            \sigma'''(x) &= 0, \quad |\sigma''(x)| = \tfrac{\sqrt3}{18}, \\
            \sigma(x) &= \tfrac12 + \tfrac{\sqrt3}{6}, \quad \sigma'(x) = \tfrac16
            \end{aligned}""",
        assumptions="the positive one of two points; the other is −x",
        source="elementary",
        proof=r"By 3.5 $\sigma''' = 0$ where $\sigma' = \tfrac16$, that is "
        r"$s^2 - s + \tfrac16 = 0$. By 3.16 it is the maximum.",
        lhs=_inflection_of_slope,
        rhs=lambda: (
            mp.log(2 + mp.sqrt(3)),
            mp.sqrt(3) / 18,
            (1 + mp.sqrt(3) / 3) / 2,
            mp.mpf(1) / 6,
        ),
        wrong=lambda: (
            mp.log(2 + mp.sqrt(3)),
            mp.sqrt(3) / 9,
            (1 + mp.sqrt(3) / 3) / 2,
            mp.mpf(1) / 6,
        ),
        points=ONCE,
    ),
    Fact(
        id="3.5",
        title="Third derivative",
        latex=r"""\begin{aligned}
            \sigma''' &= \sigma' (1 - 6 \sigma') \\
            \min \sigma''' &= \sigma'''(0) = -\tfrac18 \\
            \max \sigma''' &= \tfrac1{24} \text{ at } x = \pm \ln(5 + 2 \sqrt6)
            \end{aligned}""",
        assumptions="x real",
        source="elementary",
        proof=r"Differentiate 3.3: $\sigma''' = \sigma''(1 - 2s) - 2\sigma'^2$ and "
        r"$(1 - 2s)^2 = 1 - 4\sigma'$. For $0 < u \le \tfrac14$, $u - 6u^2$ is "
        r"largest at $u = \tfrac1{12}$ and smallest at $u = \tfrac14$.",
        lhs=lambda x: (
            mp.diff(sigma, x, 3),
            mp.diff(sigma, 0, 3),
            mp.diff(sigma, mp.log(5 + 2 * mp.sqrt(6)), 3),
        ),
        rhs=lambda x: (
            sigma_prime(x) * (1 - 6 * sigma_prime(x)),
            -mp.mpf(1) / 8,
            mp.mpf(1) / 24,
        ),
        wrong=lambda x: (
            sigma_prime(x) * (1 - 4 * sigma_prime(x)),
            -mp.mpf(1) / 8,
            mp.mpf(1) / 24,
        ),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="3.6",
        title="All derivatives in powers of the function",
        latex=r"\sigma^{(n)} = \sum_{k=1}^{n+1} (-1)^{k+1} (k-1)! \, S(n+1, k) \, \sigma^k",
        assumptions="n ≥ 0 an integer; S are the Stirling numbers of the second kind",
        source="elementary; the triangle is OEIS A163626",
        proof="Induction by 3.8 with S(n+1, k) = k S(n, k) + S(n, k−1).",
        kind="exact",
        lhs=derivative_polynomial,
        rhs=lambda n: (
            [0]
            + [
                (-1) ** (k + 1) * factorial(k - 1) * stirling(n + 1, k)
                for k in range(1, n + 2)
            ]
        ),
        wrong=lambda n: (
            [0] + [(-1) ** (k + 1) * stirling(n + 1, k) for k in range(1, n + 2)]
        ),
        points=range(13),
    ),
    Fact(
        id="3.7",
        title="All derivatives with Eulerian numbers",
        latex=r"""\begin{aligned}
            \sigma^{(n)} &= \sum_{k=0}^{n-1} (-1)^k A_{n,k} \,
            \sigma^{k+1} (1 - \sigma)^{n-k} \\
            A_{n,k} &= (k+1) A_{n-1,k} + (n-k) A_{n-1,k-1}
            \end{aligned}""",
        assumptions="n ≥ 1 an integer; A are the Eulerian numbers, A(1, 0) = 1",
        source="elementary; see also Minai and Williams 1993",
        proof="Induction by 3.8. A sum of products of a value and its complement: it "
        "keeps its relative accuracy in the tails, which 3.6 does not.",
        kind="exact",
        lhs=lambda s, n: value(derivative_polynomial(n), s),
        rhs=lambda s, n: sum(
            (-1) ** k * eulerian(n, k) * s ** (k + 1) * (1 - s) ** (n - k)
            for k in range(n)
        ),
        wrong=lambda s, n: sum(
            eulerian(n, k) * s ** (k + 1) * (1 - s) ** (n - k) for k in range(n)
        ),
        # Two polynomials of degree n + 1 that agree at 13 places are equal for n ≤ 11.
        points=tuple((Fraction(m, 5), n) for n in range(1, 12) for m in range(-6, 7)),
    ),
    Fact(
        id="3.8",
        title="Recursion for the derivative polynomials",
        latex=r"""\begin{aligned}
            \sigma^{(n)} &= P_n(\sigma) \\
            P_0(s) &= s, \quad P_{n+1}(s) = s (1 - s) P_n'(s)
            \end{aligned}""",
        assumptions="x real, n ≥ 0 an integer",
        source="elementary",
        proof="Chain rule and 3.1.",
        lhs=lambda x, n: mp.diff(sigma, x, int(n)),
        rhs=lambda x, n: value(derivative_polynomial(int(n)), sigma(x)),
        wrong=lambda x, n: value(derivative_polynomial(int(n)), sigma(-x)),
        points=(
            (-700, 3),
            (-3.25, 6),
            (1e-9, 2),
            (0.5, 8),
            (2, 5),
            (36.75, 4),
            (50, 1),
        ),
        digits=100,
    ),
    Fact(
        id="3.9",
        title="Derivatives at the origin",
        latex=r"\sigma^{(n)}(0) = \frac{2^{n+1} - 1}{n + 1} B_{n+1} = -\frac{E_n(0)}{2}",
        assumptions="n ≥ 1 an integer; B Bernoulli numbers, E Euler polynomials",
        source="elementary; the numerators are OEIS A198631",
        proof=r"$1/(e^x + 1) = \tfrac12 \sum E_n(0) x^n / n!$ generates the Euler "
        r"polynomials at 0; the sign is 2.1.",
        kind="exact",
        lhs=lambda n: value(derivative_polynomial(n), Fraction(1, 2)),
        rhs=lambda n: (
            (2 ** (n + 1) - 1) * bernoulli(n + 1) / (n + 1),
            -euler_at_zero(n) / 2,
        ),
        wrong=lambda n: (2**n - 1) * bernoulli(n + 1) / (n + 1),
        points=range(1, 14),
    ),
    Fact(
        id="3.10",
        title="Parity of the derivatives",
        latex=r"\sigma^{(n)}(-x) = (-1)^{n+1} \sigma^{(n)}(x)",
        assumptions="x real, n ≥ 1 an integer",
        source="elementary",
        proof="Differentiate 2.1 n times. Checked as Pₙ(1 − s) against ±Pₙ(s).",
        kind="exact",
        lhs=lambda s, n: value(derivative_polynomial(n), 1 - s),
        rhs=lambda s, n: (-1) ** (n + 1) * value(derivative_polynomial(n), s),
        wrong=lambda s, n: (-1) ** n * value(derivative_polynomial(n), s),
        points=THIRDS,
    ),
    Fact(
        id="3.11",
        title="Constant Schwarzian derivative",
        latex=r"""\frac{\sigma'''}{\sigma'}
            - \frac32 \left( \frac{\sigma''}{\sigma'} \right)^2 = -\frac12""",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"A Möbius map leaves the Schwarzian of $e^z$, which is $-\tfrac12$.",
        lhs=lambda z: _schwarzian(sigma, z),
        rhs=lambda z: -mp.mpf(1) / 2,
        wrong=lambda z: mp.mpf(1) / 2,
        points=(-50, -3.25, 1e-20, 0.5, 36.75, *COMPLEX[1:4]),
        digits=120,
    ),
    Fact(
        id="3.12",
        restates="3.1",
        title="Logarithmic derivative",
        latex=r"\frac{\sigma'(z)}{\sigma(z)} = \sigma(-z)",
        assumptions=OFF_POLES,
        source="elementary",
        proof="Divide 3.1 by the function.",
        lhs=lambda z: mp.diff(sigma, z) / sigma(z),
        rhs=lambda z: sigma(-z),
        wrong=sigma,
        points=REAL + COMPLEX,
        digits=400,
    ),
    Fact(
        id="3.13",
        title="Derivative of the inverse",
        latex=r"\operatorname{logit}'(p) = \frac{1}{p (1 - p)}",
        assumptions="0 < p < 1",
        source="elementary",
        proof="Reciprocal of 3.1 at the point with value p.",
        lhs=lambda p: mp.diff(logit, p, h=mp.mpf(10) ** -400),
        rhs=lambda p: 1 / (p * (1 - p)),
        wrong=lambda p: 1 / (p * (1 + p)),
        points=PROBABILITIES,
        digits=900,  # a step of 1e-400 stays inside (0, 1) around 1e-300
    ),
    Fact(
        id="3.14",
        title="All derivatives of the inverse",
        latex=r"""\operatorname{logit}^{(n)}(p) = (n-1)! \left(
            \frac{1}{(1-p)^n} - \frac{(-1)^n}{p^n} \right)""",
        assumptions="0 < p < 1, n ≥ 1 an integer",
        source="elementary",
        proof=r"Differentiate $1/p + 1/(1 - p)$, which is 3.13.",
        lhs=lambda p, n: mp.diff(logit, p, int(n)),
        rhs=lambda p, n: mp.factorial(n - 1) * ((1 - p) ** -n - (-1) ** n * p**-n),
        wrong=lambda p, n: mp.factorial(n) * ((1 - p) ** -n - (-1) ** n * p**-n),
        points=((0.25, 2), (0.7, 3), (0.5, 5), (0.01, 4), (0.99, 6)),
    ),
    Fact(
        id="3.15",
        title="Leibniz recursion",
        latex=r"\sigma^{(n+1)} = \sigma^{(n)} - "
        r"\sum_{k=0}^n \binom nk \, \sigma^{(k)} \sigma^{(n-k)}",
        assumptions="n ≥ 0 an integer",
        source="elementary",
        proof="Differentiate σ′ = σ − σ² n times.",
        kind="exact",
        lhs=lambda s, n: value(derivative_polynomial(n + 1), s),
        rhs=lambda s, n: _leibniz(s, n, comb),
        wrong=lambda s, n: _leibniz(s, n, lambda n, k: 1),
        points=THIRDS,
    ),
    Fact(
        id="3.16",
        title="Lipschitz constants of the first two derivatives",
        latex=r"|\sigma''(x)| \le \frac{\sqrt3}{18}, \quad |\sigma'''(x)| \le \frac18",
        assumptions="x real; equality at ±ln(2 + √3), and at 0",
        source="elementary",
        proof=r"$u \sqrt{1 - 4u}$ on $0 < u \le \tfrac14$ is largest at "
        r"$u = \tfrac16$; the second bound is 3.5.",
        kind="inequality",
        lhs=lambda x: (abs(mp.diff(sigma, x, 2)), abs(mp.diff(sigma, x, 3))),
        rhs=lambda x: (mp.sqrt(3) / 18, mp.mpf(1) / 8),
        wrong=lambda x: (mp.mpf("0.0962"), mp.mpf(1) / 8),
        points=(-700, -50, -1.3169, -1, -1e-5, 1e-9, 0.5, 1.317, 2, 36.75),
    ),
    Fact(
        id="3.17",
        title="Log-concavity of the slope",
        latex=r"(\ln \sigma')' = -\tanh \tfrac x2, \quad (\ln \sigma')'' = -2 \sigma'(x)",
        assumptions="x real",
        source="elementary",
        proof=r"$\ln \sigma' = \ln \sigma(x) + \ln \sigma(-x)$; use 3.12, then 1.3.",
        lhs=lambda x: (
            mp.diff(lambda t: mp.log(sigma_prime(t)), x),
            mp.diff(lambda t: mp.log(sigma_prime(t)), x, 2),
        ),
        rhs=lambda x: (-mp.tanh(x / 2), -2 * sigma_prime(x)),
        wrong=lambda x: (-mp.tanh(x / 2), -sigma_prime(x)),
        points=(-50, -3.25, -1e-9, 0.5, 2, 36.75),
        digits=100,
    ),
    Fact(
        id="3.18",
        title="Derivative of SiLU",
        latex=r"(x \, \sigma(x))' = \sigma(x) \left( 1 + x \, \sigma(-x) \right)",
        assumptions="x real",
        source="elementary",
        proof="Product rule and 3.12.",
        lhs=lambda x: mp.diff(lambda t: t * sigma(t), x),
        rhs=lambda x: sigma(x) * (1 + x * sigma(-x)),
        wrong=lambda x: sigma(x) * (1 - x * sigma(-x)),
        points=(*REAL, 0),
    ),
    Fact(
        id="3.19",
        title="Second derivative as a function of the value",
        latex=r"\sigma''^2 = \sigma'^2 (1 - 4 \sigma')",
        assumptions="z complex, not a pole",
        source="elementary",
        proof=r"Square 3.3: $(1 - 2s)^2 = 1 - 4 s (1 - s)$.",
        kind="exact",
        lhs=lambda s: value(derivative_polynomial(2), s) ** 2,
        rhs=lambda s: (s - s**2) ** 2 * (1 - 4 * (s - s**2)),
        wrong=lambda s: (s - s**2) ** 2 * (1 - 2 * (s - s**2)),
        points=tuple(Fraction(m, 4) for m in range(-3, 4)),
    ),
    Fact(
        id="3.20",
        title="Zeros of the derivatives",
        latex=r"\# \{ x : \sigma^{(n)}(x) = 0 \} = n - 1",
        assumptions="x real, n ≥ 1 an integer",
        source="elementary",
        proof=r"By 3.8 $\sigma^{(n)} = P_n(\sigma)$, and $P_{n+1} = s (1 - s) P_n'$. Between "
        r"the $n + 1$ zeros of $P_n$ in $[0, 1]$ lie $n$ zeros of $P_n'$ (Rolle), and its "
        "degree is n. So they are simple and separate those of the next. Checked by "
        "counting sign changes between fractions.",
        kind="exact",
        lhs=_sign_changes,
        rhs=lambda n: n - 1,
        wrong=lambda n: n,
        points=range(1, 13),
    ),
    Fact(
        id="3.21",
        title="Growth of the derivatives at the origin",
        latex=r"1 < \frac{\pi^{n+1}}{2 \, n!} \left| \sigma^{(n)}(0) \right| < 1 + 3^{-n}",
        assumptions="n ≥ 1 an odd integer",
        source="elementary",
        proof=r"By 4.2 the middle is $\lambda(n + 1) = 1 + 3^{-n-1} + 5^{-n-1} + \cdots$, and "
        r"$\sum_{k \ge 1} (3 / (2k + 1))^{n+1} < 3$, since it is at most $9 (\pi^2/8 - 1)$.",
        kind="inequality",
        lhs=lambda n: (mp.mpf(1), _scaled_at_zero(int(n))),
        rhs=lambda n: (_scaled_at_zero(int(n)), 1 + mp.mpf(3) ** -n),
        wrong=lambda n: (_scaled_at_zero(int(n)), 1 + mp.mpf(3) ** (-n - 1)),
        points=range(1, 40, 2),
    ),
    Fact(
        id="3.22",
        title="Lipschitz constant of the clipped inverse",
        latex=r"|\operatorname{logit} p - \operatorname{logit} q| \le "
        r"\frac{|p - q|}{\varepsilon (1 - \varepsilon)}",
        assumptions="ε ≤ p, q ≤ 1 − ε, 0 < ε < ½; no smaller factor will do",
        source="elementary",
        proof=r"By 3.13 the slope is $1/(p(1 - p))$, largest at the ends.",
        kind="inequality",
        lhs=lambda p, q, e: abs(logit(p) - logit(q)),
        rhs=lambda p, q, e: abs(p - q) / (e * (1 - e)),
        wrong=lambda p, q, e: abs(p - q) / (2 * e * (1 - e)),
        points=(
            (1e-7, 2e-7, 1e-7),
            (0.01, 0.0100001, 0.01),
            (0.9, 0.1, 0.1),
            (0.25, 0.26, 0.25),
            (0.98, 0.99, 0.01),
            (0.5, 0.75, 0.25),
        ),
    ),
)

"""Series, poles, rational approximations and bounds."""

from collections.abc import Callable
from fractions import Fraction
from math import factorial
from typing import Any

from sigref.facts.derivatives import bernoulli, derivative_polynomial, value
from sigref.facts.fact import Fact
from sigref.facts.notation import REAL, mp, sigma, sigma_prime

PRINTED = {
    1: Fraction(1, 4),
    3: Fraction(-1, 48),
    5: Fraction(1, 480),
    7: Fraction(-17, 80640),
    9: Fraction(31, 1451520),
    11: Fraction(-691, 319334400),
}


def maclaurin(n: int) -> Fraction:
    """Return cₙ = σ⁽ⁿ⁾(0)/n!, from the derivative polynomial."""
    return Fraction(value(derivative_polynomial(n), Fraction(1, 2)), factorial(n))


def _residue(pole: Any) -> Any:
    """Return (1/2πi)∮σ over the circle of radius 1, by the trapezoidal rule."""
    nodes = 256
    units = [mp.expjpi(mp.mpf(2) * k / nodes) for k in range(nodes)]
    return mp.fsum(sigma(pole + u) * u for u in units) / nodes


def _chebyshev_by_definition(n: int) -> Any:
    """Return (2/π)∫σ(cos θ) cos nθ dθ over (0, π), by the trapezoidal rule."""
    nodes = 128
    angles = [(k + mp.mpf(1) / 2) * mp.pi / nodes for k in range(nodes)]
    return mp.fsum(sigma(mp.cos(t)) * mp.cos(n * t) for t in angles) * 2 / nodes


def _chebyshev_over_poles(k: Any) -> Any:
    def term(j: Any) -> Any:
        b = (2 * j + 1) * mp.pi
        root = mp.sqrt(1 + b**2)
        return (root - b) ** (2 * k + 1) / root

    return 4 * (-1) ** int(k) * mp.nsum(term, [0, mp.inf])


def _times_series(n: int, denominator: dict[int, int]) -> Fraction:
    """Return the coefficient of xⁿ in (σ − ½)·denominator."""
    return sum(
        (c * maclaurin(n - k) for k, c in denominator.items() if n > k), Fraction(0)
    )


def _ratio_of_coefficients(m: int) -> Any:
    """Return √(−c₂ₘ₋₁/c₂ₘ₊₁)."""
    n = 2 * m
    return mp.sqrt(
        -(2**n - 1)
        * mp.bernoulli(n)
        * (n + 1)
        * (n + 2)
        / ((2 ** (n + 2) - 1) * mp.bernoulli(n + 2))
    )


def _laurent(w: Any, scale: Callable[[int], Any]) -> Any:
    return mp.fsum(
        (-1) ** n * mp.bernoulli(n) * w ** (n - 1) / scale(n)
        for n in (0, 1, *range(2, 120, 2))
    )


def _taylor_3(x: Any) -> Any:
    return mp.mpf(1) / 2 + x / 4 - x**3 / 48


FACTS = (
    Fact(
        id="4.1",
        title="Maclaurin series",
        latex=r"""\begin{aligned}
            \sigma(z) &= \tfrac12 + \sum_{n=1}^\infty c_n z^n, \quad
            c_n = \frac{2^{n+1} - 1}{(n+1)!} B_{n+1} \\
            &= \tfrac12 + \tfrac{z}{4} - \tfrac{z^3}{48} + \tfrac{z^5}{480}
            - \tfrac{17 z^7}{80640} \\
            &\quad + \tfrac{31 z^9}{1451520} - \tfrac{691 z^{11}}{319334400} + \cdots
            \end{aligned}""",
        assumptions="z complex, |z| < π",
        source="elementary",
        proof=r"$c_n = \sigma^{(n)}(0) / n!$ and 3.9; $B_{n+1} = 0$ for even $n \ge 2$.",
        kind="exact",
        lhs=maclaurin,
        rhs=lambda n: (
            (2 ** (n + 1) - 1) * bernoulli(n + 1) / factorial(n + 1),
            PRINTED.get(n, 0),
        ),
        wrong=lambda n: (
            (2 ** (n + 1) - 1) * bernoulli(n + 1) / (n + 1),
            PRINTED.get(n, 0),
        ),
        points=range(1, 13),
    ),
    Fact(
        id="4.2",
        title="Maclaurin coefficients by the zeta function",
        latex=r"""\begin{aligned}
            c_{2m+1} &= 2 (-1)^m \frac{\lambda(2m + 2)}{\pi^{2m+2}} \\
            \lambda(s) &= (1 - 2^{-s}) \zeta(s) = \sum_{k=0}^\infty (2k+1)^{-s}
            \end{aligned}""",
        assumptions="m ≥ 0 an integer",
        source="elementary",
        proof="Expand each term of 1.8 as a geometric series and add up.",
        lhs=lambda m: mp.convert(maclaurin(2 * int(m) + 1)),
        rhs=lambda m: (
            (2 * (-1) ** int(m) * (1 - mp.mpf(2) ** (-2 * m - 2)) * mp.zeta(2 * m + 2))
            / mp.pi ** (2 * m + 2)
        ),
        wrong=lambda m: 2 * (-1) ** int(m) * mp.zeta(2 * m + 2) / mp.pi ** (2 * m + 2),
        points=range(12),
    ),
    Fact(
        id="4.3",
        title="Poles and radius of convergence",
        latex=r"\operatorname{Res}_{z = (2k+1) \pi i} \sigma(z) = 1, \quad "
        r"\lim_{m \to \infty} \sqrt{-\frac{c_{2m-1}}{c_{2m+1}}} = \pi",
        assumptions="k an integer; there are no other singularities",
        source="elementary",
        proof=r"$1 + e^{-z}$ has simple zeros there, with derivative $-e^{-z} = 1$. "
        r"The nearest is at distance π. The limit is taken at $m = 100$.",
        lhs=lambda k: (
            _residue((2 * k + 1) * mp.pi * 1j),
            _ratio_of_coefficients(100),
        ),
        rhs=lambda k: (mp.mpf(1), mp.pi),
        wrong=lambda k: (mp.mpf(-1), mp.pi),
        points=(-2, -1, 0, 1, 5),
    ),
    Fact(
        id="4.4",
        title="Bounds on the right half-line",
        latex=r"""\begin{gathered}
            1 - e^{-x} < \sigma(x) < 1 - e^{-x} + e^{-2x} \\
            \tfrac12 + \tfrac x4 - \tfrac{x^3}{48} < \sigma(x) < \tfrac12 + \tfrac x4
            \end{gathered}""",
        assumptions="x > 0",
        source="elementary",
        proof="Partial sums of the alternating series 1.9 lie on alternating sides. "
        r"For the second line integrate $-\tfrac18 \le \sigma'''$ (3.5) three times, "
        r"and $\sigma' < \tfrac14$ (3.2) once.",
        kind="inequality",
        lhs=lambda x: (1 - mp.exp(-x), sigma(x), _taylor_3(x), sigma(x)),
        rhs=lambda x: (
            sigma(x),
            1 - mp.exp(-x) + mp.exp(-2 * x),
            sigma(x),
            mp.mpf(1) / 2 + x / 4,
        ),
        wrong=lambda x: (
            sigma(x),
            1 - mp.exp(-x) + mp.exp(-3 * x),
            sigma(x),
            mp.mpf(1) / 2 + x / 4,
        ),
        points=(1e-9, 1e-3, 0.5, 1, 3.25, 50, 200),
        digits=400,
    ),
    Fact(
        id="4.5",
        title="Bounds by exponentials",
        latex=r"""\begin{gathered}
            \tfrac12 \min(1, e^x) \le \sigma(x) < \min(1, e^x) \\
            \tfrac14 e^{-|x|} \le \sigma'(x) < e^{-|x|}
            \end{gathered}""",
        assumptions="x real; equality on the left only at x = 0",
        source="elementary",
        proof=r"With $t = e^{-|x|} \in (0, 1]$: the function is $1/(1+t)$ or $t/(1+t)$, "
        r"its slope $t/(1+t)^2$, and $1 < 1 + t \le 2$.",
        kind="inequality",
        lhs=lambda x: (
            min(1, mp.exp(x)) / 2,
            sigma(x),
            mp.exp(-abs(x)) / 4,
            sigma_prime(x),
        ),
        rhs=lambda x: (
            sigma(x),
            min(1, mp.exp(x)),
            sigma_prime(x),
            mp.exp(-abs(x)),
        ),
        wrong=lambda x: (
            sigma(x),
            min(1, mp.exp(x)),
            sigma_prime(x),
            mp.exp(-abs(x)) / 3,
        ),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="4.6",
        title="Largest difference of two values",
        latex=r"|\sigma(x) - \sigma(y)| \le \tanh \frac{|x - y|}{4} \le \frac{|x - y|}{4}",
        assumptions="x, y real; equality on the left at x = −y (4.7)",
        source="elementary",
        proof=r"In 2.10, $2 \cosh \frac x2 \cosh \frac y2 =$ "
        r"$\cosh \frac{x+y}{2} + \cosh \frac{x-y}{2}$ $\ge 1 + \cosh \frac{x-y}{2}$.",
        kind="inequality",
        lhs=lambda x, y: (abs(sigma(x) - sigma(y)), mp.tanh(abs(x - y) / 4)),
        rhs=lambda x, y: (mp.tanh(abs(x - y) / 4), abs(x - y) / 4),
        wrong=lambda x, y: (mp.tanh(abs(x - y) / 5), abs(x - y) / 4),
        points=((2, -2.001), (1e-5, -2e-5), (0.5, 3), (-700, 1), (36.75, 36), (9, -8)),
    ),
    Fact(
        id="4.7",
        restates="2.10",
        title="Difference of opposite values",
        latex=r"\sigma(x) - \sigma(-x) = \tanh \frac x2",
        assumptions="x real",
        source="elementary",
        proof="Put y = −x in 2.10.",
        lhs=lambda x: sigma(x) - sigma(-x),
        rhs=lambda x: mp.tanh(x / 2),
        wrong=lambda x: mp.tanh(x),
        points=REAL,
        digits=80,
    ),
    Fact(
        id="4.8",
        title="Error of the tangent at the origin",
        latex=r"""\left| \sigma(x) - \tfrac12 - \tfrac x4 \right|
            \le \tfrac34 - \sigma(1) = 0.0189414\ldots""",
        assumptions="−1 ≤ x ≤ 1; equality at x = ±1",
        source="elementary",
        proof="The error is odd and increases with |x|, because the slope is below ¼ (3.2).",
        kind="inequality",
        lhs=lambda x: abs(sigma(x) - mp.mpf(1) / 2 - x / 4),
        rhs=lambda x: mp.mpf(3) / 4 - sigma(mp.mpf(1)),
        wrong=lambda x: mp.mpf("0.0189"),
        points=(-0.9999999, -0.75, -0.5, 1e-9, 0.25, 0.9, 0.9999),
        sharp_at=(-1, 1),
    ),
    Fact(
        id="4.9",
        title="Padé approximants",
        latex=r"""\begin{aligned}
            \sigma(x) &= \frac12 + \frac{60 x + x^3}{240 + 24 x^2} + O(x^7) \\
            &= \frac12 + \frac{15120 x + 420 x^3 + x^5}
            {60480 + 6720 x^2 + 60 x^4} + O(x^{11})
            \end{aligned}""",
        assumptions="x → 0",
        source="elementary",
        proof="The third and the fifth convergent of 1.10. Checked coefficient by "
        "coefficient: (σ − ½) · denominator is the numerator up to the order claimed.",
        kind="exact",
        lhs=lambda n: (
            _times_series(min(n, 6), {0: 240, 2: 24}),
            _times_series(n, {0: 60480, 2: 6720, 4: 60}),
        ),
        rhs=lambda n: (
            {1: 60, 3: 1}.get(n, 0),
            {1: 15120, 3: 420, 5: 1}.get(n, 0),
        ),
        wrong=lambda n: (
            {1: 60, 3: 1}.get(n, 0),
            {1: 15120, 3: 420, 5: 2}.get(n, 0),
        ),
        points=range(1, 11),
    ),
    Fact(
        id="4.10",
        title="Rational bounds",
        latex=r"\frac12 + \frac{3x}{12 + x^2} < \sigma(x) < "
        r"\frac12 + \frac{60 x + x^3}{240 + 24 x^2}",
        assumptions="x > 0",
        source="elementary",
        proof="All terms of the continued fraction 1.10 are positive, so its convergents "
        "lie on alternating sides.",
        kind="inequality",
        lhs=lambda x: (0.5 + 3 * x / (12 + x**2), sigma(x)),
        rhs=lambda x: (sigma(x), 0.5 + (60 * x + x**3) / (240 + 24 * x**2)),
        wrong=lambda x: (sigma(x), 0.5 + (60 * x + x**3) / (240 + 25 * x**2)),
        points=(1e-4, 0.1, 0.5, 1, 3.25, 50, 700),
    ),
    Fact(
        id="4.11",
        title="Left tail",
        latex=r"e^x (1 - e^x) < \sigma(x) < e^x (1 - e^x + e^{2x})",
        assumptions="x real",
        source="elementary",
        proof=r"Divide by $e^x$, put $u = e^x$: $1 - u^2 < 1 < 1 + u^3$.",
        kind="inequality",
        lhs=lambda x: (mp.exp(x) * (1 - mp.exp(x)), sigma(x)),
        rhs=lambda x: (sigma(x), mp.exp(x) * (1 - mp.exp(x) + mp.exp(2 * x))),
        wrong=lambda x: (sigma(x), mp.exp(x) * (1 - mp.exp(x))),
        points=(-200, -50, -3.25, -1e-9, 1e-9, 0.5, 2, 50),
        digits=400,
    ),
    Fact(
        id="4.12",
        title="Gaussian lower bounds",
        latex=r"\sigma(x) \ge \tfrac12 e^{x/2 - x^2/8}, \quad "
        r"\sigma'(x) \ge \tfrac14 e^{-x^2/4}",
        assumptions="x real; equality only at x = 0",
        source="elementary",
        proof=r"$\cosh u \le e^{u^2/2}$, term by term of the series; then 1.4 and 3.1.",
        kind="inequality",
        lhs=lambda x: (mp.exp(x / 2 - x**2 / 8) / 2, mp.exp(-(x**2) / 4) / 4),
        rhs=lambda x: (sigma(x), sigma_prime(x)),
        wrong=lambda x: (sigma(x), sigma_prime(x) * (1 - x**2 / 96)),
        points=(-50, -3.25, -1, -1e-3, 1e-5, 0.5, 2, 36.75),
        sharp_at=(0,),
    ),
    Fact(
        id="4.13",
        title="Chebyshev series",
        latex=r"""\begin{aligned}
            \sigma(x) &= \tfrac12 + \sum_{k=0}^\infty a_{2k+1} T_{2k+1}(x) \\
            a_{2k+1} &= 4 (-1)^k \sum_{j=0}^\infty
            \frac{\left( \sqrt{1 + b^2} - b \right)^{2k+1}}{\sqrt{1 + b^2}} \\
            b &= (2j + 1) \pi
            \end{aligned}""",
        assumptions="−1 ≤ x ≤ 1",
        source="elementary",
        proof=r"1.8 and the Chebyshev series of $2x / (x^2 + b^2)$, which is geometric.",
        lhs=lambda k: _chebyshev_by_definition(2 * int(k) + 1),
        rhs=_chebyshev_over_poles,
        wrong=lambda k: -_chebyshev_over_poles(k + 1),
        points=(0, 1, 2, 5, 8),
        digits=40,
        tolerance=1e-25,
    ),
    Fact(
        id="4.14",
        title="Dirichlet eta function at negative integers",
        latex=r"\sigma(z) = \sum_{n=0}^\infty \eta(-n) \frac{z^n}{n!}",
        assumptions="z complex, |z| < π",
        source="elementary given the values of η",
        proof=r"Abel summation of 1.9: $\eta(-n) = \sum (-1)^{k-1} k^n$ is the derivative "
        "of order n at 0.",
        lhs=lambda n: mp.convert(value(derivative_polynomial(int(n)), Fraction(1, 2))),
        rhs=lambda n: mp.altzeta(-n),
        wrong=lambda n: mp.zeta(-n),
        points=(0, 1, 3, 5, 7, 9, 11),
    ),
    Fact(
        id="4.15",
        title="Laurent series at a pole",
        latex=r"\begin{aligned} \sigma(\pi i + w) &= \frac1w + \frac12 + \frac{w}{12} - "
        r"\frac{w^3}{720} + \cdots \\ "
        r"&= \sum_{n=0}^\infty (-1)^n B_n \frac{w^{n-1}}{n!} \end{aligned}",
        assumptions="w complex, 0 < |w| < 2π",
        source="elementary",
        proof=r"By 2.3 it is $1 / (1 - e^{-w})$, the generating function of the "
        "Bernoulli numbers.",
        lhs=lambda w: sigma(w + 1j * mp.pi),
        rhs=lambda w: _laurent(w, mp.factorial),
        wrong=lambda w: _laurent(w, lambda n: mp.mpf(max(n, 1))),
        points=(1e-9, -0.5, 1, 1 + 1j, -1.5j),
        digits=60,
    ),
)

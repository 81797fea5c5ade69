"""Integrals and integral transforms."""

from fractions import Fraction
from typing import Any

from sigref.facts.derivatives import bernoulli, derivative_polynomial
from sigref.facts.fact import ONCE, Fact
from sigref.facts.notation import REAL, integral, mp, sigma, sigma_prime, softplus


def _power_of_slope(n: Any) -> Any:
    return integral(lambda x: sigma_prime(x) ** n)


def _product_from_inverse_slope(n: int) -> Fraction:
    """Return ∫Pₙ(s)²/(s(1 − s)) ds over (0, 1), exactly."""
    p = derivative_polynomial(n)
    square = [
        sum(p[i] * p[k - i] for i in range(max(0, k - n - 1), min(k, n + 1) + 1))
        for k in range(2 * n + 3)
    ]
    quotient = square[1:]  # divided by s
    for k in range(1, len(quotient)):  # divided by 1 − s: running sums
        quotient[k] += quotient[k - 1]
    return sum((Fraction(c, k + 1) for k, c in enumerate(quotient)), Fraction(0))


def _frullani(a: Any, b: Any) -> Any:
    return integral(
        lambda x: (sigma(a * x) - sigma(b * x)) / x if x else (a - b) / 4,
        0,
        1,
        10,
        mp.inf,
    )


def _harmonics(x: Any, t: Any) -> Any:
    """Return the sum over m of Poisson's formula; what is left out is below e^−300."""
    w = 2 * mp.pi / t
    last = int(300 / (mp.pi * w)) + 2
    return (
        mp.fsum(m * mp.cos(m * w * x) / mp.sinh(mp.pi * m * w) for m in range(1, last))
        * w**2
    )


def _tamed_by_odd(a: Any, g: Any) -> Any:
    return integral(lambda x: (1 + x**2) * mp.cos(x) * sigma(g(x)), -a, 0, a)


FACTS = (
    Fact(
        id="6.1",
        title="Softplus is the antiderivative",
        latex=r"\begin{gathered} \frac{\mathrm{d}}{\mathrm{d}x} "
        r"\operatorname{softplus}(x) = \sigma(x) \\ "
        r"\operatorname{softplus}(x) = \ln(1 + e^x) \end{gathered}",
        assumptions="x real",
        source="elementary",
        proof="Chain rule and 1.2.",
        lhs=lambda x: mp.diff(softplus, x),
        rhs=sigma,
        wrong=lambda x: sigma(-x),
        points=(*REAL, 0),
    ),
    Fact(
        id="6.2",
        title="Area under the left tail",
        latex=r"\int_{-\infty}^0 \sigma(x) \, \mathrm{d}x = \ln 2",
        assumptions="none",
        source="elementary",
        proof="6.1: softplus is ln 2 at 0 and vanishes at −∞.",
        lhs=lambda: integral(sigma, -mp.inf, 0),
        rhs=lambda: mp.log(2),
        wrong=lambda: mp.mpf(1) / 2,
        points=ONCE,
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="6.3",
        title="Area between the curve and the step",
        latex=r"\int_{-\infty}^\infty |\sigma(x) - H(x)| \, \mathrm{d}x = 2 \ln 2",
        assumptions="H is the Heaviside step",
        source="elementary",
        proof="6.2 twice, by 2.1.",
        lhs=lambda: integral(lambda x: abs(sigma(x) - (x > 0))),
        rhs=lambda: 2 * mp.log(2),
        wrong=lambda: mp.log(2),
        points=ONCE,
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="6.4",
        title="Powers of the slope",
        latex=r"\int_{-\infty}^\infty \sigma'(x)^n \, \mathrm{d}x = B(n, n) = "
        r"\frac{\Gamma(n)^2}{\Gamma(2n)}",
        assumptions="n > 0 real; for n = 1, 2, 3, 4: 1, 1/6, 1/30, 1/140",
        source="elementary",
        proof=r"Put $t = \sigma(x)$: the beta integral of $t^{n-1} (1 - t)^{n-1}$.",
        lhs=_power_of_slope,
        rhs=lambda n: (
            mp.beta(n, n),
            mp.gamma(n) ** 2 / mp.gamma(2 * n),
        ),
        wrong=lambda n: mp.beta(n, n + 1),
        points=(0.5, 1, 2, 7.5),
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="6.5",
        title="Mellin transform",
        latex=r"\int_0^\infty x^{s-1} \sigma(-x) \, \mathrm{d}x = \Gamma(s) \, \eta(s)",
        assumptions="s complex, Re s > 0; η is Dirichlet's eta function",
        source="elementary",
        proof=r"Integrate $\sigma(-x) = \sum (-1)^{k-1} e^{-kx}$ (1.9 and 2.1) by terms.",
        # With x = e^u; e^−148 is beyond the digits asked for.
        lhs=lambda s: integral(
            lambda u: mp.exp(s * u) * sigma(-mp.exp(u)), -mp.inf, 0, 5
        ),
        rhs=lambda s: mp.gamma(s) * mp.altzeta(s),
        wrong=lambda s: mp.gamma(s) * mp.zeta(s) if s != 1 else mp.mpf(0),
        points=(0.5, 1, 3.5, 2 + 3j),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="6.6",
        title="Integral of softplus",
        latex=r"\begin{gathered} \int_{-\infty}^x \operatorname{softplus}(t) \, "
        r"\mathrm{d}t = -\operatorname{Li}_2(-e^x) \\ "
        r"\int_{-\infty}^0 \operatorname{softplus}(t) \, \mathrm{d}t = "
        r"\frac{\pi^2}{12} \end{gathered}",
        assumptions="x real",
        source="elementary; DLMF 25.12.16",
        proof=r"$\operatorname{Li}_2'(w) = -\ln(1 - w) / w$ at $w = -e^x$. It is the "
        "Fermi–Dirac integral of order 1.",
        lhs=lambda x: (
            integral(softplus, -mp.inf, min(x, 0), x),
            -mp.polylog(2, -1),
        ),
        rhs=lambda x: (-mp.polylog(2, -mp.exp(x)), mp.pi**2 / 12),
        wrong=lambda x: (-mp.polylog(2, -mp.exp(x)), mp.pi**2 / 6),
        points=(-5, 1e-9, 3.25, 10),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="6.7",
        title="Fourier transform of the slope",
        latex=r"""\int_{-\infty}^\infty \sigma'(x) e^{i \omega x} \, \mathrm{d}x =
            \frac{\pi \omega}{\sinh \pi \omega}""",
        assumptions="ω real, ω ≠ 0 (at ω = 0 both sides tend to 1)",
        source="elementary",
        proof="6.8 with s = iω. The characteristic function of the logistic law.",
        lhs=lambda w: 2 * integral(lambda x: sigma_prime(x) * mp.cos(w * x), 0, mp.inf),
        rhs=lambda w: mp.pi * w / mp.sinh(mp.pi * w),
        wrong=lambda w: mp.pi * w / mp.sin(mp.pi * w),
        points=(-1.5, 1e-6, 0.5, 2),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="6.8",
        title="Laplace transform of the slope",
        latex=r"""\int_{-\infty}^\infty \sigma'(x) e^{sx} \, \mathrm{d}x =
            \frac{\pi s}{\sin \pi s} = \Gamma(1 + s) \Gamma(1 - s)""",
        assumptions="s complex, |Re s| < 1, s ≠ 0 (at s = 0 both sides tend to 1)",
        source="elementary",
        proof="6.13 with a = 1 + s and b = 1 − s; reflection formula of Γ.",
        lhs=lambda s: integral(lambda x: sigma_prime(x) * mp.exp(s * x)),
        rhs=lambda s: (
            mp.pi * s / mp.sin(mp.pi * s),
            mp.gamma(1 + s) * mp.gamma(1 - s),
        ),
        wrong=lambda s: mp.pi * s / mp.sinh(mp.pi * s),
        points=(-0.75, 1e-6, 0.9, 0.5 + 1j),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="6.9",
        title="Two-sided Laplace transform",
        latex=r"""\int_{-\infty}^\infty e^{ax} \sigma(-x) \, \mathrm{d}x =
            \frac{\pi}{\sin \pi a}""",
        assumptions="a complex, 0 < Re a < 1",
        source="elementary",
        proof="6.13 with b = 1 − a; reflection formula of Γ.",
        lhs=lambda a: integral(lambda x: mp.exp(a * x) * sigma(-x)),
        rhs=lambda a: mp.pi / mp.sin(mp.pi * a),
        wrong=lambda a: mp.pi / mp.cos(mp.pi * a),
        points=(0.1, 0.25, 0.9, 0.5 + 1j),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="6.10",
        title="Even times sigmoid of odd",
        latex=r"\int_{-a}^a f(x) \, \sigma(g(x)) \, \mathrm{d}x = \int_0^a f(x) \, "
        r"\mathrm{d}x",
        assumptions="a > 0, f even and integrable on [−a, a], g odd and measurable",
        source="elementary",
        proof=r"Add the integrand at x and at −x: $f(x) (\sigma(g) + \sigma(-g)) = f(x)$. "
        r"Checked with $f = (1 + x^2) \cos x$ and $g = x, x^3, \sin x$.",
        lhs=lambda a: (
            _tamed_by_odd(a, lambda x: x),
            _tamed_by_odd(a, lambda x: x**3),
            _tamed_by_odd(a, mp.sin),
        ),
        rhs=lambda a: integral(lambda x: (1 + x**2) * mp.cos(x), 0, a),
        wrong=lambda a: integral(lambda x: (1 + x**2) * mp.cos(x), -a, a),
        points=(0.1, 2),
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="6.11",
        title="Differential entropy",
        latex=r"-\int_{-\infty}^\infty \sigma'(x) \ln \sigma'(x) \, \mathrm{d}x = 2",
        assumptions="none; in nats",
        source="elementary",
        proof=r"$t = \sigma(x)$: $-\int_0^1 (\ln t + \ln(1 - t)) \, \mathrm{d}t$.",
        lhs=lambda: -integral(lambda x: sigma_prime(x) * mp.log(sigma_prime(x))),
        rhs=lambda: mp.mpf(2),
        wrong=lambda: mp.mpf(1),
        points=ONCE,
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="6.12",
        title="Frullani integral",
        latex=r"\int_0^\infty \frac{\sigma(ax) - \sigma(bx)}{x} \, \mathrm{d}x = "
        r"\frac12 \ln \frac ab",
        assumptions="a > 0, b > 0",
        source="elementary",
        proof=r"Frullani: $(\sigma(\infty) - \sigma(0)) \ln(a/b)$.",
        lhs=_frullani,
        rhs=lambda a, b: mp.log(a / b) / 2,
        wrong=lambda a, b: mp.log(a / b),
        points=((2, 1), (1, 3), (0.5, 4)),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="6.13",
        title="Beta integral",
        latex=r"\int_{-\infty}^\infty \sigma(x)^a \, \sigma(-x)^b \, \mathrm{d}x = B(a, b)",
        assumptions="a, b complex, Re a > 0, Re b > 0",
        source="elementary",
        proof=r"$t = \sigma(x)$, $\mathrm{d}t = t (1 - t) \, \mathrm{d}x$.",
        lhs=lambda a, b: integral(lambda x: sigma(x) ** a * sigma(-x) ** b),
        rhs=mp.beta,
        wrong=lambda a, b: mp.beta(a + 1, b + 1),
        points=((1, 1), (0.5, 3), (2, 0.25), (5, 7.5), (1 + 0.5j, 1 - 0.5j)),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="6.14",
        title="Squared derivatives",
        latex=r"\int_{-\infty}^\infty \sigma^{(n)}(x)^2 \, \mathrm{d}x = "
        r"(-1)^{n-1} B_{2n}: \quad \tfrac16, \tfrac1{30}, \tfrac1{42}, \ldots",
        assumptions="n ≥ 1 an integer",
        source="Grosset and Veselov, Bernoulli numbers and solitons, 2005 (arXiv "
        "math/0503175), written there with sech²",
        proof=r"Parseval and 6.7 give $\int_0^\infty \pi \omega^{2n} / \sinh^2 \pi \omega "
        r"\, \mathrm{d}\omega$. Checked through $s = \sigma(x)$, in fractions.",
        kind="exact",
        lhs=_product_from_inverse_slope,
        rhs=lambda n: (-1) ** (n - 1) * bernoulli(2 * n),
        wrong=lambda n: bernoulli(2 * n),
        points=range(1, 13),
    ),
    Fact(
        id="6.15",
        title="Area between two shifted curves",
        latex=r"\int_{-\infty}^\infty (\sigma(x) - \sigma(x - c)) \, \mathrm{d}x = c",
        assumptions="c real",
        source="elementary",
        proof="Each horizontal slice has length c.",
        lhs=lambda c: integral(
            lambda x: sigma(x) - sigma(x - c), -mp.inf, 0, c, mp.inf
        ),
        rhs=lambda c: c,
        wrong=lambda c: mp.tanh(c / 4),
        points=(-3.25, 0.01, 10),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="6.16",
        title="Overlap of two opposite curves",
        latex=r"\int_{-\infty}^\infty \sigma(x) \, \sigma(c - x) \, \mathrm{d}x = "
        r"\frac{c}{1 - e^{-c}}",
        assumptions="c real, c ≠ 0 (at c = 0 both sides are 1)",
        source="elementary",
        proof="By 2.17 with y = c − x the integrand is the one of 6.15, divided by "
        r"$1 - e^{-c}$.",
        lhs=lambda c: integral(
            lambda x: sigma(x) * sigma(c - x), -mp.inf, min(c, 0), max(c, 0), mp.inf
        ),
        rhs=lambda c: -c / mp.expm1(-c),
        wrong=lambda c: c / mp.expm1(-c),
        points=(-10, 1e-6, 3.25, 20),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="6.17",
        title="Convolution of two slopes",
        latex=r"\int_{-\infty}^\infty \sigma'(x) \, \sigma'(c - x) \, \mathrm{d}x = "
        r"\frac{c \cosh \frac c2 - 2 \sinh \frac c2}{4 \sinh^3 \frac c2}",
        assumptions="c real, c ≠ 0 (as c → 0 both sides tend to 1/6)",
        source="elementary",
        proof="Second derivative of 6.16 in c, after one integration by parts. The "
        "density of the sum of two independent logistic variables.",
        lhs=lambda c: integral(
            lambda x: sigma_prime(x) * sigma_prime(c - x), -mp.inf, c / 2, mp.inf
        ),
        rhs=lambda c: (
            (c * mp.cosh(c / 2) - 2 * mp.sinh(c / 2)) / (4 * mp.sinh(c / 2) ** 3)
        ),
        wrong=lambda c: (
            (c * mp.cosh(c / 2) - mp.sinh(c / 2)) / (4 * mp.sinh(c / 2) ** 3)
        ),
        points=(-5, 0.1, 2),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="6.18",
        title="Apéry's constant",
        latex=r"\int_{-\infty}^\infty \ln \sigma(x) \, \ln \sigma(-x) \, \mathrm{d}x = "
        r"2 \zeta(3)",
        assumptions="none; ζ is Riemann's zeta function",
        source="elementary",
        proof=r"$t = \sigma(x)$: $2 \int_0^1 \ln t \ln(1 - t) \, \mathrm{d}t / t$; expand "
        r"$\ln(1 - t)$.",
        lhs=lambda: integral(lambda x: softplus(x) * softplus(-x)),
        rhs=lambda: 2 * mp.zeta(3),
        wrong=lambda: mp.zeta(3),
        points=ONCE,
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="6.19",
        title="Reflection of the dilogarithm",
        latex=r"-\operatorname{Li}_2(-e^x) - \operatorname{Li}_2(-e^{-x}) = "
        r"\frac{\pi^2}{6} + \frac{x^2}{2}",
        assumptions="x real",
        source="elementary",
        proof=r"By 6.6 the slope of the left side is $\operatorname{softplus}(x) - \operatorname{softplus}(-x) = x$ (8.2). "
        "Exact form of Sommerfeld's expansion.",
        lhs=lambda x: -mp.polylog(2, -mp.exp(x)) - mp.polylog(2, -mp.exp(-x)),
        rhs=lambda x: mp.pi**2 / 6 + x**2 / 2,
        wrong=lambda x: mp.pi**2 / 12 + x**2 / 2,
        points=(-50, -3.25, -0.01, 0.5, 2, 36.75),
    ),
    Fact(
        id="6.20",
        title="One-sided Laplace transform",
        latex=r"""\int_0^\infty e^{-sx} \sigma(-x) \, \mathrm{d}x = \tfrac12 \left(
            \psi(\tfrac s2 + 1) - \psi(\tfrac{s + 1}{2}) \right)""",
        assumptions="s real, s > −1",
        source="elementary",
        proof=r"Integrate $\sum (-1)^{k-1} e^{-(k+s)x}$ by terms; pair the terms of "
        "the digamma series.",
        lhs=lambda s: integral(lambda x: mp.exp(-s * x) * sigma(-x), 0, mp.inf),
        rhs=lambda s: (mp.psi(0, s / 2 + 1) - mp.psi(0, (s + 1) / 2)) / 2,
        wrong=lambda s: mp.psi(0, s / 2 + 1) - mp.psi(0, (s + 1) / 2),
        points=(-0.5, 1e-9, 2.5, 10),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="6.21",
        title="Antiderivative of SiLU",
        latex=r"\int_{-\infty}^x t \, \sigma(t) \, \mathrm{d}t = "
        r"x \, \operatorname{softplus}(x) + \operatorname{Li}_2(-e^x)",
        assumptions="x real",
        source="elementary",
        proof="Integrate by parts with 6.1, then 6.6.",
        lhs=lambda x: integral(lambda t: t * sigma(t), -mp.inf, min(x, 0), x),
        rhs=lambda x: x * softplus(x) + mp.polylog(2, -mp.exp(x)),
        wrong=lambda x: x * softplus(x) - mp.polylog(2, -mp.exp(x)),
        points=(-5, -1, 1e-9, 0.5, 3.25),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="6.22",
        title="Euler's constant",
        latex=r"\int_{-\infty}^\infty \sigma'(x) \ln |x| \, \mathrm{d}x = "
        r"\ln \frac \pi2 - \gamma",
        assumptions="γ is Euler's constant",
        source="elementary",
        proof=r"Slope in s at $s = 0$ of $2 \Gamma(s + 1) \eta(s)$ (7.11), with "
        r"$\eta'(0) = \tfrac12 \ln \tfrac\pi2$.",
        lhs=lambda: 2 * integral(lambda x: sigma_prime(x) * mp.log(x), 0, 1, mp.inf),
        rhs=lambda: mp.log(mp.pi / 2) - mp.euler,
        wrong=lambda: mp.log(mp.pi / 2) + mp.euler,
        points=ONCE,
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="6.23",
        title="Poisson summation",
        latex=r"\begin{aligned} \sum_{k=-\infty}^\infty & \sigma'(x + kT) \\ "
        r"&= \frac1T + \frac{4 \pi^2}{T^2} \sum_{m=1}^\infty \frac{m \cos(2 \pi m x "
        r"/ T)}{\sinh(2 \pi^2 m / T)} \end{aligned}",
        assumptions="x real, T > 0",
        source="elementary",
        proof=r"Poisson's formula with the Fourier transform 6.7 at "
        r"$\omega = 2 \pi m / T$. For $T = 1$ the sum is 1 to within $2.2 \cdot 10^{-7}$: "
        "logistic densities one apart add up almost to a constant.",
        lhs=lambda x, t: mp.fsum(sigma_prime(x + k * t) for k in range(-400, 401)),
        rhs=lambda x, t: 1 / t + _harmonics(x, t),
        wrong=lambda x, t: 1 / t + _harmonics(x, t) / 2,
        points=((0, 1), (0.25, 1), (0.3, 2.5), (-1, 0.5), (2, 10)),
        digits=60,
    ),
)

"""Forms of the function: one value, written in many ways."""

from typing import Any

from sigref.facts.fact import Fact
from sigref.facts.notation import COMPLEX, OFF_POLES, REAL, integral, mp, sigma


def _sum_over_poles(z: Any) -> Any:
    return mp.nsum(lambda k: 1 / (z**2 + ((2 * k + 1) * mp.pi) ** 2), [0, mp.inf])


def _product_over_poles(z: Any) -> Any:
    return mp.nprod(lambda k: 1 + (z / ((2 * k - 1) * mp.pi)) ** 2, [1, mp.inf])


def _lambert_denominator(w: Any) -> Any:
    """Return 1 + w/(3 + w/(5 + …)), from the 200th level up."""
    value = mp.mpf(401)
    for odd in range(399, 0, -2):
        value = odd + w / value
    return value


def _sine_integral(x: Any, factor: int) -> Any:
    return factor * integral(
        lambda t: mp.sin(x * t) / mp.sinh(mp.pi * t) if t else x / mp.pi, 0, 4, mp.inf
    )


FACTS = (
    Fact(
        id="1.1",
        title="Definition",
        latex=r"\sigma(z) = \frac{1}{1 + e^{-z}}",
        assumptions=OFF_POLES,
        source="definition",
        proof=r"It is the root $s$ of $s + s e^{-z} = 1$.",
        lhs=lambda z: sigma(z) + sigma(z) * mp.exp(-z),
        rhs=lambda z: mp.mpf(1),
        wrong=lambda z: 1 + mp.exp(-z),
        points=REAL + COMPLEX,
    ),
    Fact(
        id="1.2",
        title="Rising exponential",
        latex=r"\sigma(z) = \frac{e^z}{1 + e^z}",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"Multiply numerator and denominator by $e^z$.",
        lhs=sigma,
        rhs=lambda z: mp.exp(z) / (1 + mp.exp(z)),
        wrong=lambda z: mp.exp(z) / (1 - mp.exp(z)),
        points=REAL + COMPLEX,
    ),
    Fact(
        id="1.3",
        title="Hyperbolic tangent",
        latex=r"\sigma(z) = \tfrac12 \left( 1 + \tanh \tfrac z2 \right)",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"$1 + \tanh u = 2e^u / (e^u + e^{-u})$ with $u = z/2$.",
        lhs=sigma,
        rhs=lambda z: (1 + mp.tanh(z / 2)) / 2,
        wrong=lambda z: (1 + mp.tanh(z)) / 2,
        points=REAL + COMPLEX,
        digits=400,  # 1 + tanh(−350) cancels 304 of them
    ),
    Fact(
        id="1.4",
        title="Hyperbolic cosine",
        latex=r"\sigma(z) = \frac{e^{z/2}}{2 \cosh(z/2)}",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"Multiply numerator and denominator by $e^{z/2}$.",
        lhs=sigma,
        rhs=lambda z: mp.exp(z / 2) / (2 * mp.cosh(z / 2)),
        wrong=lambda z: mp.exp(z / 2) / mp.cosh(z / 2),
        points=REAL + COMPLEX,
    ),
    Fact(
        id="1.5",
        title="Softmax of two classes",
        latex=r"\frac{e^a}{e^a + e^b} = \sigma(a - b)",
        assumptions="a, b real",
        source="elementary",
        proof=r"Divide numerator and denominator by $e^a$.",
        lhs=lambda a, b: mp.exp(a) / (mp.exp(a) + mp.exp(b)),
        rhs=lambda a, b: sigma(a - b),
        wrong=lambda a, b: sigma(b - a),
        points=((0.5, -2), (700, 699), (-700, -50), (3, 3 + 1e-9), (-1, 600)),
    ),
    Fact(
        id="1.6",
        title="Gudermannian",
        latex=r"""\begin{aligned}
            \sigma(x) &= \tfrac12 \left( 1 + \tan \tfrac12 \operatorname{gd} x \right) \\
            \operatorname{gd} x &= \int_0^x \operatorname{sech} t \, \mathrm{d}t
            \end{aligned}""",
        assumptions="x real",
        source="elementary",
        proof=r"$\tan(\tfrac12 \operatorname{gd} x) = \tanh(x/2)$: both vanish at 0 "
        r"and solve $f' = \tfrac12 (1 + f^2) \operatorname{sech} x$, the second "
        r"because $\operatorname{sech} x = (1 - f^2)/(1 + f^2)$. Then 1.3.",
        lhs=sigma,
        rhs=lambda x: (1 + mp.tan(integral(mp.sech, 0, x) / 2)) / 2,
        wrong=lambda x: (1 + mp.tan(integral(mp.sech, 0, x))) / 2,
        points=(-20, -3.25, -1e-9, 1e-20, 0.5, 2, 20),
        digits=40,
        tolerance=1e-28,
    ),
    Fact(
        id="1.7",
        title="Area under the logistic density",
        latex=r"\sigma(x) = \int_{-\infty}^x \tfrac14 \operatorname{sech}^2 "
        r"\tfrac t2 \, \mathrm{d}t",
        assumptions="x real",
        source="elementary",
        proof=r"By 3.1 the integrand is $\sigma'(t)$, and $\sigma(-\infty) = 0$.",
        lhs=sigma,
        rhs=lambda x: integral(lambda t: mp.sech(t / 2) ** 2 / 4, -mp.inf, x - 10, x),
        wrong=lambda x: integral(lambda t: mp.sech(t) ** 2 / 4, -mp.inf, x - 10, x),
        points=(-10, -3.25, -1e-9, 2, 12),
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="1.8",
        title="Partial fractions",
        latex=r"\sigma(z) = \tfrac12 + \sum_{k=0}^\infty \frac{2z}{z^2 + (2k+1)^2 \pi^2}",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"Mittag-Leffler: simple poles of residue 1 by 4.3; the terms of "
        r"$\pm(2k+1)\pi i$ are added in pairs.",
        lhs=sigma,
        rhs=lambda z: 0.5 + 2 * z * _sum_over_poles(z),
        wrong=lambda z: 0.5 + z * _sum_over_poles(z),
        points=(-5, 1e-9, 0.001 + 3.14j, 2 - 9.42j),
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="1.9",
        title="Geometric series",
        latex=r"\sigma(x) = \sum_{k=0}^\infty (-1)^k e^{-kx}",
        assumptions="x > 0",
        source="elementary",
        proof=r"Geometric series of ratio $-e^{-x}$, of modulus less than 1.",
        lhs=sigma,
        rhs=lambda x: mp.nsum(lambda k: (-1) ** int(k) * mp.exp(-k * x), [0, mp.inf]),
        wrong=lambda x: mp.nsum(lambda k: mp.exp(-k * x), [0, mp.inf]),
        points=(0.25, 0.5, 3.25, 50, 700),
    ),
    Fact(
        id="1.10",
        title="Continued fraction",
        latex=r"""\sigma(z) = \tfrac12
            + \tfrac12 \, \cfrac{z/2}{1 + \cfrac{z^2/4}{3 + \cfrac{z^2/4}{5 + \cdots}}}""",
        assumptions=OFF_POLES,
        source="elementary given Lambert's continued fraction of tanh, DLMF 4.39.1",
        proof=r"Lambert's fraction for $\tanh(z/2)$, and 1.3.",
        lhs=sigma,
        rhs=lambda z: 0.5 + z / 4 / _lambert_denominator(z**2 / 4),
        wrong=lambda z: 0.5 + z / 4 / _lambert_denominator(-(z**2) / 4),
        points=(-50, -3.25, 1e-20, 2, 36.75, 1 + 3j, 0.001 + 3.14j, 2 - 9.42j),
        digits=80,  # at −50 the two halves cancel 22 of them
    ),
    Fact(
        id="1.11",
        title="Infinite product",
        latex=r"""\sigma(z) = \tfrac12 e^{z/2} \prod_{k=1}^\infty
            \left( 1 + \frac{z^2}{(2k-1)^2 \pi^2} \right)^{-1}""",
        assumptions=OFF_POLES,
        source="elementary given the product of cosh, DLMF 4.36.2",
        proof=r"Euler's product for $\cosh(z/2)$, and 1.4.",
        lhs=sigma,
        rhs=lambda z: mp.exp(z / 2) / 2 / _product_over_poles(z),
        wrong=lambda z: mp.exp(z / 2) / _product_over_poles(z),
        points=(-5, 1e-9, 3.25, 0.001 + 3.14j),
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="1.12",
        title="Digamma function",
        latex=r"""\sigma(x) = \tfrac12 + \frac1\pi \operatorname{Im}
            \psi \left( \tfrac12 + \frac{ix}{2\pi} \right)""",
        assumptions="x real",
        source="elementary given the reflection formula of ψ",
        proof=r"$\psi(1-w) - \psi(w) = \pi \cot \pi w$ at $w = \tfrac12 + ix/2\pi$ gives "
        r"$\operatorname{Im} \psi(w) = \tfrac{\pi}{2} \tanh(x/2)$; then 1.3.",
        lhs=sigma,
        rhs=lambda x: 0.5 + mp.im(mp.psi(0, mp.mpc(0.5, x / (2 * mp.pi)))) / mp.pi,
        wrong=lambda x: 0.5 + mp.im(mp.psi(0, mp.mpc(0.5, x / mp.pi))) / mp.pi,
        points=(-50, -3.25, -1e-9, 1e-20, 2, 36.75, 700),
        digits=80,
    ),
    Fact(
        id="1.13",
        title="Gamma function",
        latex=r"""\sigma(x) = \frac{e^{x/2}}{2\pi}
            \left| \Gamma \left( \tfrac12 + \frac{ix}{2\pi} \right) \right|^2""",
        assumptions="x real",
        source="elementary given the reflection formula of Γ; DLMF 5.4.4",
        proof=r"$\Gamma(w) \Gamma(1-w) = \pi / \sin \pi w$ at "
        r"$w = \tfrac12 + ix/2\pi$ gives $\pi / \cosh(x/2)$; then 1.4.",
        lhs=sigma,
        rhs=lambda x: (
            mp.exp(x / 2)
            / (2 * mp.pi)
            * abs(mp.gamma(mp.mpc(0.5, x / (2 * mp.pi)))) ** 2
        ),
        wrong=lambda x: (
            mp.exp(x / 2) / (2 * mp.pi) * abs(mp.gamma(mp.mpc(0.5, x / (2 * mp.pi))))
        ),
        points=REAL,
    ),
    Fact(
        id="1.14",
        title="Sine integral",
        latex=r"\sigma(x) = \tfrac12 + \int_0^\infty \frac{\sin xt}{\sinh \pi t} "
        r"\, \mathrm{d}t",
        assumptions="x real",
        source="elementary",
        proof=r"Expand $1/\sinh \pi t = 2 \sum e^{-(2k+1) \pi t}$, integrate by terms: 1.8.",
        lhs=sigma,
        rhs=lambda x: 0.5 + _sine_integral(x, 1),
        wrong=lambda x: 0.5 + _sine_integral(x, 2),
        points=(-5, -1, 1e-9, 0.5, 3.25),
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="1.15",
        title="Polylogarithm of order 0",
        latex=r"\sigma(z) = -\operatorname{Li}_0(-e^z)",
        assumptions=OFF_POLES,
        source="elementary; DLMF 25.12.16",
        proof=r"$\operatorname{Li}_0(w) = w + w^2 + \dots = w / (1 - w)$, continued. "
        r"This is the Fermi–Dirac integral of order $-1$.",
        lhs=sigma,
        rhs=lambda z: -mp.polylog(0, -mp.exp(z)),
        wrong=lambda z: -mp.polylog(0, mp.exp(z)),
        points=REAL + COMPLEX,
    ),
    Fact(
        id="1.16",
        restates="1.3",
        title="Hyperbolic functions of the whole argument",
        latex=r"\sigma(z) = \frac12 \left( 1 + \frac{\sinh z}{1 + \cosh z} \right)",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"$\tanh(z/2) = \sinh z / (1 + \cosh z)$ in 1.3.",
        lhs=sigma,
        rhs=lambda z: (1 + mp.sinh(z) / (1 + mp.cosh(z))) / 2,
        wrong=lambda z: (1 + mp.sinh(z) / (1 - mp.cosh(z))) / 2,
        points=REAL + COMPLEX,
        digits=400,
    ),
    Fact(
        id="1.17",
        title="Squared sine",
        latex=r"\sigma(x) = \sin^2 \arctan e^{x/2}",
        assumptions="x real",
        source="elementary",
        proof=r"$\sin^2 \theta = \tan^2 \theta / (1 + \tan^2 \theta)$ with "
        r"$\tan \theta = e^{x/2}$; then 1.2.",
        lhs=sigma,
        rhs=lambda x: mp.sin(mp.atan(mp.exp(x / 2))) ** 2,
        wrong=lambda x: mp.sin(mp.atan(mp.exp(x))) ** 2,
        points=REAL,
    ),
    Fact(
        id="1.18",
        title="Jacobi elliptic function of modulus 1",
        latex=r"\sigma(z) = \tfrac12 \left( 1 + \operatorname{sn}(z/2, 1) \right)",
        assumptions=OFF_POLES,
        source="elementary",
        proof=r"$\operatorname{sn}(u, k)$ degenerates to $\tanh u$ at $k = 1$; then 1.3.",
        lhs=sigma,
        rhs=lambda z: (1 + mp.ellipfun("sn", z / 2, k=1)) / 2,
        wrong=lambda z: (1 + mp.ellipfun("sn", z / 2, k=0)) / 2,
        points=(-20, -3.25, -1e-9, 1e-20, 0.5, 2, 20, 1 + 3j),
    ),
)

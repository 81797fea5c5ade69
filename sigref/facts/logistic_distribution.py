"""The logistic distribution, whose distribution function is σ and whose density is σ′."""

from typing import Any

from sigref.facts.fact import ONCE, Fact
from sigref.facts.notation import (
    REAL,
    integral,
    logit,
    mp,
    sigma,
    sigma_prime,
    softplus,
)


def expectation(g: Any) -> Any:
    """Return E g(X) for a standard logistic X."""
    return integral(lambda x: g(x) * sigma_prime(x))


def _mean_and_variance(weight: Any) -> tuple[Any, Any]:
    """Return both for the density proportional to `weight`."""
    total, first, second = (
        integral(lambda x, r=r: x**r * weight(x)) for r in (0, 1, 2)
    )
    mean = first / total
    return mean, second / total - mean**2


def _mean_of_maximum(n: Any) -> Any:
    return integral(lambda x: x * n * sigma(x) ** (n - 1) * sigma_prime(x))


def _kolmogorov_density(k: Any) -> Any:
    """Return the density of the Kolmogorov law, by whichever series converges fast."""
    if k < 0.8:
        a = [((2 * j - 1) * mp.pi) ** 2 / 8 for j in range(1, 8)]
        terms = [mp.exp(-b / k**2) * (2 * b / k**4 - 1 / k**2) for b in a]
        return mp.sqrt(2 * mp.pi) * mp.fsum(terms)
    terms = [(-1) ** (j - 1) * j**2 * mp.exp(-2 * (j * k) ** 2) for j in range(1, 10)]
    return 8 * k * mp.fsum(terms)


def _normal_mixture(x: Any, factor: int) -> Any:
    def integrand(k: Any) -> Any:
        return mp.npdf(x, 0, factor * k) * _kolmogorov_density(k) if k else 0

    return integral(integrand, 0, 0.8, 2, 8)


def _square_series(s: Any, scale: Any) -> Any:
    """Return the Laplace transform at s of Σ gₖ/(2π²(k − ½)²), gₖ exponential."""
    return 1 / mp.nprod(
        lambda k: 1 + s / (scale * (mp.pi * (k - 0.5)) ** 2), [1, mp.inf]
    )


def _cumulant(n: int) -> Any:
    """Return n! times the coefficient of sⁿ in ln E e^sX, by Cauchy's integral."""
    nodes, radius = 256, mp.mpf(1) / 2
    units = [mp.expjpi(mp.mpf(2) * k / nodes) for k in range(nodes)]
    terms = (mp.log(mp.pi / mp.sinpi(radius * u) * radius * u) / u**n for u in units)
    return mp.re(mp.fsum(terms)) / nodes / radius**n * mp.factorial(n)


def _crps(y: Any) -> Any:
    below = integral(lambda x: sigma(x) ** 2, -mp.inf, min(y, 0), y)
    return below + integral(lambda x: sigma(-x) ** 2, y, max(y, 0), mp.inf)


FACTS = (
    Fact(
        id="7.1",
        title="Variance",
        latex=r"\operatorname{Var} X = \frac{\pi^2}{3}",
        assumptions="X standard logistic: P(X ≤ x) = σ(x)",
        source="elementary",
        proof="7.11 at s = 2; the mean is 0 by symmetry.",
        lhs=lambda: expectation(lambda x: x**2),
        rhs=lambda: mp.pi**2 / 3,
        wrong=lambda: mp.pi**2 / 6,
        points=ONCE,
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="7.2",
        title="Excess kurtosis",
        latex=r"\frac{\operatorname{E} X^4}{(\operatorname{Var} X)^2} - 3 = \frac65, "
        r"\quad \operatorname{E} X^4 = \frac{7 \pi^4}{15}",
        assumptions="X standard logistic",
        source="elementary",
        proof=r"7.11 at $s = 4$: $2 \cdot 24 \cdot \tfrac78 \zeta(4)$.",
        lhs=lambda: (
            expectation(lambda x: x**4) / expectation(lambda x: x**2) ** 2 - 3,
            expectation(lambda x: x**4),
        ),
        rhs=lambda: (mp.mpf(6) / 5, 7 * mp.pi**4 / 15),
        wrong=lambda: (mp.mpf(21) / 5, 7 * mp.pi**4 / 15),
        points=ONCE,
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="7.3",
        title="Cumulants",
        latex=r"\kappa_{2n} = 2 (2n - 1)! \, \zeta(2n), \quad \kappa_{2n-1} = 0",
        assumptions="n ≥ 1 an integer, X standard logistic; ζ is Riemann's zeta function",
        source="elementary",
        proof=r"By 6.8 $\ln \operatorname{E} e^{sX} = \ln \Gamma(1 + s) + "
        r"\ln \Gamma(1 - s)$, whose series has coefficients $\zeta(2n) / n$.",
        lhs=lambda n: _cumulant(int(2 * n)),
        rhs=lambda n: 2 * mp.factorial(2 * n - 1) * mp.zeta(2 * n),
        wrong=lambda n: mp.factorial(2 * n - 1) * mp.zeta(2 * n),
        points=(1, 2, 3, 4, 6),
    ),
    Fact(
        id="7.4",
        title="Mean absolute deviation",
        latex=r"\operatorname{E} |X| = 2 \ln 2",
        assumptions="X standard logistic",
        source="elementary",
        proof="7.11 at s = 1, where η(1) = ln 2.",
        lhs=lambda: expectation(abs),
        rhs=lambda: 2 * mp.log(2),
        wrong=lambda: mp.log(2),
        points=ONCE,
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="7.5",
        title="Expected maximum",
        latex=r"\operatorname{E} \max(X_1, \ldots, X_n) = H_{n-1} = "
        r"\sum_{k=1}^{n-1} \frac1k",
        assumptions="n ≥ 2 an integer, independent standard logistic variables",
        source="elementary",
        proof="7.13 with k = n.",
        lhs=_mean_of_maximum,
        rhs=lambda n: mp.harmonic(n - 1),
        wrong=mp.harmonic,
        points=(2, 3, 20),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="7.6",
        restates="3.1",
        title="Hazard rate",
        latex=r"\frac{\sigma'(x)}{1 - \sigma(x)} = \sigma(x)",
        assumptions="x real",
        source="elementary",
        proof="3.1.",
        lhs=lambda x: mp.diff(sigma, x) / (1 - sigma(x)),
        rhs=sigma,
        wrong=lambda x: sigma(-x),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="7.7",
        title="Difference of Gumbel variables",
        latex=r"\operatorname{P}(G_1 - G_2 \le x) = \sigma(x)",
        assumptions="x real; G₁, G₂ independent, P(G ≤ g) = exp(−e^−g)",
        source="elementary",
        proof=r"$\int e^{-g} e^{-e^{-g} (1 + e^{-x})} \, \mathrm{d}g$, with "
        r"$u = e^{-g}$. Checked by that integral.",
        lhs=lambda x: integral(
            lambda g: mp.exp(-g - mp.exp(-g) * (1 + mp.exp(-x))), -5, 0, 10, 80
        ),
        rhs=sigma,
        wrong=lambda x: sigma(-x),
        points=(-5, 1e-9, 3.25),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="7.8",
        title="Logarithm of a ratio of exponential variables",
        latex=r"\operatorname{P} \left( \ln \frac{E_1}{E_2} \le x \right) = \sigma(x)",
        assumptions="x real; E₁, E₂ independent, exponential with mean 1",
        source="elementary",
        proof="−ln E is a Gumbel variable; 7.7.",
        lhs=lambda x: integral(
            lambda u: -mp.exp(-u) * mp.expm1(-u * mp.exp(x)), 0, 1, mp.inf
        ),
        rhs=sigma,
        wrong=lambda x: sigma(2 * x),
        points=(-5, -1, 0.5, 3.25),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="7.9",
        title="Scale mixture of normal variables",
        latex=r"\sigma'(x) = \operatorname{E} \, \frac{1}{2K \sqrt{2\pi}} "
        r"\exp \left( -\frac{x^2}{8 K^2} \right)",
        assumptions="x real; K follows the Kolmogorov distribution",
        source="elementary; see also Andrews and Mallows 1974",
        proof=r"Fourier transform: $\operatorname{E} e^{-2 \omega^2 K^2} = "
        r"\pi \omega / \sinh \pi \omega$, which is 6.7. So X is normal with variance 4K².",
        lhs=sigma_prime,
        rhs=lambda x: _normal_mixture(x, 2),
        wrong=lambda x: _normal_mixture(x, 1),
        points=(0, -2),
        digits=20,
        tolerance=1e-16,
    ),
    Fact(
        id="7.10",
        title="Pólya–Gamma mixture",
        latex=r"""\begin{aligned}
            \sigma(x) &= \tfrac12 e^{x/2} \operatorname{E} e^{-G x^2 / 2} \\
            G &= \frac{1}{2\pi^2} \sum_{k=1}^\infty \frac{g_k}{(k - \frac12)^2}
            \end{aligned}""",
        assumptions="x real; gₖ independent, exponential with mean 1: G has the Pólya–Gamma law PG(1, 0)",
        source="elementary; see also Polson, Scott and Windle 2013",
        proof=r"$\operatorname{E} e^{-G s} = \prod (1 + s / (2 \pi^2 (k - "
        r"\tfrac12)^2))^{-1}$, which is 1.11 for $s = x^2 / 2$.",
        lhs=sigma,
        rhs=lambda x: mp.exp(x / 2) / 2 * _square_series(x**2 / 2, 2),
        wrong=lambda x: mp.exp(x / 2) / 2 * _square_series(x**2 / 2, 1),
        points=(-5, -1, 0.5, 3.25),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="7.11",
        title="Absolute moments",
        latex=r"\operatorname{E} |X|^s = 2 \, \Gamma(s + 1) \, \eta(s)",
        assumptions="s real, s > −1; X standard logistic; η is Dirichlet's eta function",
        source="elementary",
        proof="For s > 0 integrate 6.5 by parts. Both sides are analytic for Re s > −1.",
        lhs=lambda s: 2 * integral(lambda x: x**s * sigma_prime(x), 0, 1, mp.inf),
        rhs=lambda s: 2 * mp.gamma(s + 1) * mp.altzeta(s),
        wrong=lambda s: 2 * mp.gamma(s) * mp.altzeta(s),
        points=(0.5, 1, 3, 6.25),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="7.12",
        title="Quartiles",
        latex=r"\operatorname{logit} \tfrac34 = \ln 3, \quad "
        r"\operatorname{IQR} = 2 \ln 3 = 2.1972245773\ldots",
        assumptions="X standard logistic",
        source="elementary",
        proof="The quantile function is logit (8.7), and the odds of ¾ are 3.",
        lhs=lambda: (
            mp.findroot(lambda x: sigma(x) - 0.75, 1.0),
            logit(mp.mpf(3) / 4) - logit(mp.mpf(1) / 4),
        ),
        rhs=lambda: (mp.log(3), 2 * mp.log(3)),
        wrong=lambda: (mp.log(3), mp.log(3)),
        points=ONCE,
    ),
    Fact(
        id="7.13",
        title="Order statistics",
        latex=r"""\begin{aligned}
            \operatorname{E} X_{k:n} &= \psi(k) - \psi(n - k + 1) \\
            \operatorname{Var} X_{k:n} &= \psi'(k) + \psi'(n - k + 1)
            \end{aligned}""",
        assumptions="1 ≤ k ≤ n integers; X_{k:n} is the k-th smallest of n independent "
        "standard logistic variables",
        source="elementary",
        proof=r"By 6.13 $\operatorname{E} e^{sX} =$ $B(k + s, n - k + 1 - s)$ "
        r"$/\, B(k, n - k + 1)$; differentiate its logarithm at 0.",
        lhs=lambda k, n: _mean_and_variance(
            lambda x: sigma(x) ** k * sigma(-x) ** (n - k + 1)
        ),
        rhs=lambda k, n: (
            mp.psi(0, k) - mp.psi(0, n - k + 1),
            mp.psi(1, k) + mp.psi(1, n - k + 1),
        ),
        wrong=lambda k, n: (
            mp.psi(0, k) - mp.psi(0, n - k),
            mp.psi(1, k) + mp.psi(1, n - k + 1),
        ),
        points=((1, 2), (3, 10)),
        digits=20,
        tolerance=1e-16,
    ),
    Fact(
        id="7.14",
        title="Mean difference and L-moments",
        latex=r"\operatorname{E} |X - Y| = 2, \quad \lambda_2 = 1, \quad "
        r"\tau_4 = \tfrac16",
        assumptions="X, Y independent, standard logistic",
        source="elementary",
        proof=r"$\lambda_r = \int_0^1 \operatorname{logit}(p) \, P^*_{r-1}(p) \, "
        r"\mathrm{d}p$; $\operatorname{E} |X - Y| = 2 \int \sigma(x) \sigma(-x) "
        r"\, \mathrm{d}x = 2 \lambda_2$.",
        lhs=lambda: (
            2 * integral(lambda x: sigma(x) * sigma(-x)),
            expectation(lambda x: x * (2 * sigma(x) - 1)),
            expectation(
                lambda x: (
                    x * (20 * sigma(x) ** 3 - 30 * sigma(x) ** 2)
                    + x * (12 * sigma(x) - 1)
                )
            ),
        ),
        rhs=lambda: (mp.mpf(2), mp.mpf(1), mp.mpf(1) / 6),
        wrong=lambda: (mp.mpf(2), mp.mpf(1), mp.mpf(1) / 5),
        points=ONCE,
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="7.15",
        title="Geometric minimum",
        latex=r"\operatorname{P}(\min(X_1, \ldots, X_N) > x) = \sigma(\ln q - x)",
        assumptions="x real, 0 < q < 1; X₁, X₂, … independent, standard logistic; N "
        "independent of them, P(N = n) = q(1 − q)ⁿ⁻¹, n ≥ 1",
        source="elementary",
        proof=r"$\sum q (1 - q)^{n-1} \sigma(-x)^n$ is geometric. The minimum is again "
        r"logistic, shifted by $\ln q$.",
        lhs=lambda x, q: mp.nsum(
            lambda n: q * (1 - q) ** (n - 1) * sigma(-x) ** n, [1, mp.inf]
        ),
        rhs=lambda x, q: sigma(mp.log(q) - x),
        wrong=lambda x, q: sigma(-mp.log(q) - x),
        points=((-2, 0.5), (1e-9, 0.3), (3.25, 0.9), (50, 0.01)),
    ),
    Fact(
        id="7.16",
        title="Generalised logistic law of type I",
        latex=r"""\begin{aligned}
            \operatorname{P}(Y \le y) &= \sigma(y)^\alpha: \\
            \operatorname{E} Y &= \psi(\alpha) + \gamma \\
            \operatorname{Var} Y &= \psi'(\alpha) + \tfrac{\pi^2}{6}
            \end{aligned}""",
        assumptions="α > 0 real; γ is Euler's constant",
        source="elementary",
        proof=r"7.13 with $k = n = \alpha$, which need not be an integer; "
        r"$\psi(1) = -\gamma$.",
        lhs=lambda a: _mean_and_variance(lambda y: sigma(y) ** a * sigma(-y)),
        rhs=lambda a: (mp.psi(0, a) + mp.euler, mp.psi(1, a) + mp.pi**2 / 6),
        wrong=lambda a: (mp.psi(0, a) - mp.euler, mp.psi(1, a) + mp.pi**2 / 6),
        points=(0.5, 3.75),
        digits=20,
        tolerance=1e-16,
    ),
    Fact(
        id="7.17",
        title="Generalised logistic law of type IV",
        latex=r"\int_{-\infty}^\infty e^{sx} \, \frac{\sigma(x)^a \sigma(-x)^b}{B(a, b)} "
        r"\, \mathrm{d}x = \frac{\Gamma(a + s) \Gamma(b - s)}{\Gamma(a) \Gamma(b)}",
        assumptions="a > 0, b > 0, −a < s < b, all real",
        source="elementary",
        proof=r"6.13, since $e^x = \sigma(x) / \sigma(-x)$. The logit of a Beta(a, b) "
        "variable has this law.",
        lhs=lambda a, b, s: integral(
            lambda x: mp.exp(s * x) * sigma(x) ** a * sigma(-x) ** b / mp.beta(a, b)
        ),
        rhs=lambda a, b, s: (
            mp.gamma(a + s) * mp.gamma(b - s) / (mp.gamma(a) * mp.gamma(b))
        ),
        wrong=lambda a, b, s: (
            mp.gamma(a - s) * mp.gamma(b + s) / (mp.gamma(a) * mp.gamma(b))
        ),
        points=((2, 1, 0.25), (0.5, 3, 1), (5, 2.5, -1.5)),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="7.18",
        title="Continuous ranked probability score",
        latex=r"\int_{-\infty}^\infty \left( \sigma(x) - [x \ge y] \right)^2 "
        r"\mathrm{d}x = y - 2 \ln \sigma(y) - 1",
        assumptions="y real; the bracket is 1 where true, else 0",
        source="elementary",
        proof=r"$\sigma^2 = \sigma - \sigma'$ (3.1); integrate with 6.1.",
        lhs=_crps,
        rhs=lambda y: y - 2 * mp.log(sigma(y)) - 1,
        wrong=lambda y: y - mp.log(sigma(y)) - 1,
        points=(-10, -1, 0, 0.5, 3.25),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="7.19",
        title="Fisher information",
        latex=r"I_\mu = \frac{1}{3 s^2}, \quad I_s = \frac{3 + \pi^2}{9 s^2}",
        assumptions="location μ and scale s > 0 of a logistic law; checked at s = 1",
        source="elementary",
        proof=r"The score in $\mu$ is $2 \sigma - 1$, that in $s$ is $x (2 \sigma - 1) - 1$, "
        "by 3.17.",
        lhs=lambda: (
            expectation(lambda x: (2 * sigma(x) - 1) ** 2),
            expectation(lambda x: (x * (2 * sigma(x) - 1) - 1) ** 2),
        ),
        rhs=lambda: (mp.mpf(1) / 3, (3 + mp.pi**2) / 9),
        wrong=lambda: (mp.mpf(1) / 3, mp.pi**2 / 9),
        points=ONCE,
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="7.20",
        title="Divergence between shifted laws",
        latex=r"\operatorname{KL}(X \,\|\, X + c) = c \coth \frac c2 - 2",
        assumptions="c real, c ≠ 0; X standard logistic",
        source="elementary",
        proof=r"The derivative in c is $-1 + 2 \int \sigma'(x) \sigma(c - x) \, "
        r"\mathrm{d}x$, and that integral is the derivative of 6.16; at $c = 0$ both "
        "sides vanish.",
        lhs=lambda c: expectation(
            lambda x: mp.log(sigma_prime(x)) - mp.log(sigma_prime(x - c))
        ),
        rhs=lambda c: c * mp.coth(c / 2) - 2,
        wrong=lambda c: c * mp.coth(c) - 1,
        points=(-5, 1, 3.25),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="7.21",
        restates="2.10",
        title="Folded law",
        latex=r"\operatorname{P}(|X| \le x) = \tanh \frac x2",
        assumptions="x ≥ 0; X standard logistic",
        source="elementary",
        proof="4.7.",
        lhs=lambda x: 2 * integral(sigma_prime, 0, x),
        rhs=lambda x: mp.tanh(x / 2),
        wrong=lambda x: mp.tanh(x),
        points=(1e-9, 1e-3, 0.5, 1, 3.25, 12),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="7.22",
        title="Sum of Laplace variables",
        latex=r"X = \sum_{k=1}^\infty \frac{L_k}{k}: \quad "
        r"\prod_{k=1}^\infty \frac{k^2}{k^2 + \omega^2} = "
        r"\frac{\pi \omega}{\sinh \pi \omega}",
        assumptions="ω real, ω ≠ 0; Lₖ independent, density ½ e^−|x|; equality in law",
        source="elementary given the product of sinh, DLMF 4.36.1",
        proof=r"$L$ has the characteristic function $1 / (1 + \omega^2)$; the product is "
        "Euler's for sinh, and 6.7.",
        lhs=lambda w: 1 / mp.nprod(lambda k: 1 + (w / k) ** 2, [1, mp.inf]),
        rhs=lambda w: mp.pi * w / mp.sinh(mp.pi * w),
        wrong=lambda w: w / mp.sinh(w),
        points=(-2, 1e-6, 0.5, 1),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="7.23",
        title="Mean residual life",
        latex=r"\begin{aligned} \operatorname{E}[X - x \mid X > x] &= "
        r"\frac{\operatorname{softplus}(-x)}{\sigma(-x)} \\ "
        r"&\to 1 \quad (x \to \infty) \end{aligned}",
        assumptions="x real; X standard logistic",
        source="elementary",
        proof=r"$\int_x^\infty \sigma(-t) \, \mathrm{d}t = \operatorname{softplus}(-x)$ by 6.1.",
        lhs=lambda x: (
            integral(lambda t: (t - x) * sigma_prime(t), x, max(x, 0), mp.inf)
            / sigma(-x)
        ),
        rhs=lambda x: softplus(-x) / sigma(-x),
        wrong=lambda x: softplus(x) / sigma(x),
        points=(-10, -1, 1e-9, 0.5, 3.25),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="7.24",
        title="Logit of a uniform variable",
        latex=r"\operatorname{P}(\operatorname{logit} U \le x) = \sigma(x), \quad "
        r"\int_0^1 \operatorname{logit}(u)^2 \, \mathrm{d}u = \frac{\pi^2}{3}",
        assumptions="x real; U uniform on (0, 1)",
        source="elementary",
        proof="Inversion by 8.7; the integral is the variance 7.1.",
        lhs=lambda x: (
            mp.findroot(lambda u: logit(u) - x, sigma(x) + mp.mpf(10) ** -6),
            2 * integral(lambda u: logit(u) ** 2, 0, 0.5),
        ),
        rhs=lambda x: (sigma(x), mp.pi**2 / 3),
        wrong=lambda x: (sigma(x), mp.pi**2 / 6),
        points=(-3.25, 1e-9, 2),
        digits=30,
        tolerance=1e-24,
    ),
    Fact(
        id="7.25",
        title="Sigmoid of a logistic variable",
        latex=r"\operatorname{E} \sigma(X + c) = \operatorname{P}(Y - X \le c) = "
        r"\frac{e^c (e^c - 1 - c)}{(e^c - 1)^2}",
        assumptions="c real, c ≠ 0 (at c = 0 it is ½); X, Y independent, standard logistic",
        source="elementary",
        proof=r"$t = \sigma(x)$ and 2.5: $\int_0^1 \frac{at}{1 + (a - 1) t} \, \mathrm{d}t$ "
        r"with $a = e^c$.",
        lhs=lambda c: expectation(lambda x: sigma(x + c)),
        rhs=lambda c: mp.exp(c) * (mp.expm1(c) - c) / mp.expm1(c) ** 2,
        wrong=lambda c: sigma(c),
        points=(-5, -0.5, 0.1, 1, 3.25),
        digits=30,
        tolerance=1e-22,
    ),
)

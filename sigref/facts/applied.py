"""Where the formula is used: ratings, regression, physics, chemistry, networks."""

from typing import Any

from sigref.facts.fact import Fact
from sigref.facts.logarithms_and_information import cross_entropy
from sigref.facts.notation import REAL, logit, mp, sigma, sigma_prime

PAIRS = ((0.5, -2), (3, 3.001), (-50, 36.75), (1e-9, 1), (2, 4), (-9, -8))


def odds(p: Any) -> Any:
    """Return p/(1 − p)."""
    return p / (1 - p)


def _softmax(scores: tuple[Any, ...], i: int) -> Any:
    return mp.exp(scores[i]) / mp.fsum(mp.exp(z) for z in scores)


def _chain(x: Any, n: int) -> Any:
    for _ in range(n):
        x = sigma(x)
    return x


FACTS = (
    Fact(
        id="13.1",
        title="Elo rating, logistic form",
        latex=r"E = \frac{1}{1 + 10^{-d/400}} = "
        r"\sigma \left( \frac{\ln 10}{400} d \right)",
        assumptions="d real, the difference of ratings; d = 400 gives 10/11",
        source="elementary; see also Elo 1978",
        proof=r"$10^{-d/400} = e^{-d \ln 10 / 400}$. The logistic form of the rating; "
        "Elo himself used the normal distribution.",
        lhs=lambda d: (1 / (1 + mp.mpf(10) ** (-d / 400)), mp.mpf(10) / 11),
        rhs=lambda d: (sigma(mp.log(10) / 400 * d), sigma(mp.log(10))),
        wrong=lambda d: (sigma(d / 400), sigma(mp.log(10))),
        points=(-2000, -400, 1e-9, 50, 400, 3000),
    ),
    Fact(
        id="13.2",
        title="Fisher information in the logit",
        latex=r"\operatorname{E} \left( \frac{\partial}{\partial x} \ln P(Y) \right)^2 = "
        r"\sigma'(x)",
        assumptions="x real; P(Y = 1) = σ(x), P(Y = 0) = σ(−x)",
        source="elementary",
        proof=r"The score is $Y - \sigma(x)$ by 3.12; its variance is $\sigma \sigma(-x)$.",
        lhs=lambda x: (
            sigma(x) * mp.diff(lambda t: mp.log(sigma(t)), x) ** 2
            + sigma(-x) * mp.diff(lambda t: mp.log(sigma(-t)), x) ** 2
        ),
        rhs=sigma_prime,
        wrong=lambda x: sigma_prime(x) ** 2,
        points=(*REAL, 0),
        digits=400,
    ),
    Fact(
        id="13.5",
        restates="8.13",
        title="Gradient of binary cross-entropy",
        latex=r"\begin{aligned} \frac{\partial}{\partial x} &\left( -y \ln \sigma(x) - (1 "
        r"- y) \ln(1 - \sigma(x)) \right) \\ "
        r"&= \sigma(x) - y \end{aligned}",
        assumptions="x real, 0 ≤ y ≤ 1",
        source="elementary",
        proof=r"3.12 twice: $-y \sigma(-x) + (1 - y) \sigma(x)$. The saturating factor σ′ "
        "cancels.",
        lhs=lambda x, y: mp.diff(lambda t: cross_entropy(t, y), x),
        rhs=lambda x, y: sigma(x) - y,
        wrong=lambda x, y: (sigma(x) - y) * sigma_prime(x),
        points=((-50, 1), (-3.25, 0), (1e-9, 0.25), (0.5, 1), (36.75, 0), (50, 1)),
        digits=100,
    ),
    Fact(
        id="13.6",
        restates="8.7",
        title="Temperature",
        latex=r"\frac{\sigma(x/T)}{1 - \sigma(x/T)} = "
        r"\left( \frac{\sigma(x)}{1 - \sigma(x)} \right)^{1/T}",
        assumptions="x real, T > 0",
        source="elementary; see also Guo et al. 2017",
        proof=r"Both are $e^{x/T}$ by 8.7.",
        lhs=lambda x, temperature: odds(sigma(x / temperature)),
        rhs=lambda x, temperature: odds(sigma(x)) ** (1 / temperature),
        wrong=lambda x, temperature: odds(sigma(x)) ** temperature,
        points=((-50, 2), (-3.25, 0.5), (0.5, 1.5), (2, 10), (36.75, 0.75)),
        digits=100,
    ),
    Fact(
        id="13.7",
        restates="8.7",
        title="A shift multiplies the odds",
        latex=r"\frac{\sigma(x + \ln r)}{1 - \sigma(x + \ln r)} = "
        r"r \, \frac{\sigma(x)}{1 - \sigma(x)}",
        assumptions="x real, r > 0",
        source="elementary",
        proof=r"Both are $r e^x$ by 8.7. So resampling the classes moves only the intercept.",
        lhs=lambda x, r: odds(sigma(x + mp.log(r))),
        rhs=lambda x, r: r * odds(sigma(x)),
        wrong=lambda x, r: odds(sigma(x)) / r,
        points=((-50, 2), (-3.25, 0.5), (0.5, 1e-9), (2, 1e9), (36.75, 0.75)),
        digits=100,
    ),
    Fact(
        id="13.8",
        restates="1.5",
        title="Bradley–Terry model",
        latex=r"\frac{\pi_i}{\pi_i + \pi_j} = \sigma(\ln \pi_i - \ln \pi_j)",
        assumptions="strengths πᵢ, πⱼ > 0",
        source="elementary",
        proof="1.5 with a and b the logarithms of the strengths.",
        lhs=lambda a, b: a / (a + b),
        rhs=lambda a, b: sigma(mp.log(a) - mp.log(b)),
        wrong=lambda a, b: sigma(a - b),
        points=((1, 2), (1e-9, 3), (700, 0.5), (1e30, 1e-30)),
    ),
    Fact(
        id="13.9",
        title="Fit of an intercept",
        latex=r"\sum_{i=1}^n (\sigma(b) - y_i) = 0 \iff b = \operatorname{logit} \bar y",
        assumptions="labels 0 or 1, not all equal; ȳ is their mean",
        source="elementary",
        proof="By 13.5 the loss is stationary where σ(b) = ȳ; it is convex by 8.13. "
        "Checked by root search on the gradient.",
        lhs=lambda ones, n: mp.findroot(
            lambda b: ones * (sigma(b) - 1) + (n - ones) * sigma(b), 0.1
        ),
        rhs=lambda ones, n: logit(ones / n),
        wrong=lambda ones, n: logit(1 - ones / n),
        points=((1, 3), (7, 10), (99, 1000), (450, 500)),
    ),
    Fact(
        id="13.10",
        title="Henderson–Hasselbalch equation",
        latex=r"\frac{[\mathrm{A}^-]}{[\mathrm{HA}] + [\mathrm{A}^-]} = "
        r"\sigma \left( \ln 10 \, (\mathrm{pH} - \mathrm{p}K_a) \right)",
        assumptions="[H⁺] = 10^−pH > 0, Kₐ = 10^−pKₐ > 0, ideal solution",
        source="elementary",
        proof=r"Mass action: $[\mathrm{A}^-]/[\mathrm{HA}] = K_a / [\mathrm{H}^+]$; 5.5.",
        lhs=lambda ph, pk: 1 / (1 + mp.mpf(10) ** -ph / mp.mpf(10) ** -pk),
        rhs=lambda ph, pk: sigma(mp.log(10) * (ph - pk)),
        wrong=lambda ph, pk: sigma(ph - pk),
        points=((7.4, 6.1), (2, 4.76), (14, -7), (4.76, 4.75)),
    ),
    Fact(
        id="13.11",
        restates="1.2",
        title="Fermi–Dirac occupation",
        latex=r"\frac{1}{1 + e^{(E - \mu)/kT}} = "
        r"\sigma \left( \frac{\mu - E}{kT} \right)",
        assumptions="E, μ real, kT > 0; a state that holds 0 or 1 particle",
        source="elementary",
        proof="Mean of the number over the two Boltzmann weights; 1.2.",
        lhs=lambda e, m, kt: 1 / (1 + mp.exp((e - m) / kt)),
        rhs=lambda e, m, kt: sigma((m - e) / kt),
        wrong=lambda e, m, kt: sigma((e - m) / kt),
        points=((1.5, 1, 0.025), (-1, 1, 0.5), (1 + 1e-9, 1, 1), (3, -20, 0.25)),
    ),
    Fact(
        id="13.12",
        title="Detailed balance of the heat-bath rule",
        latex=r"\frac{\sigma(-\Delta)}{\sigma(\Delta)} = e^{-\Delta}",
        assumptions="Δ real, the change of energy in units of kT",
        source="elementary",
        proof="1.2. Acceptance with probability σ(−Δ) keeps the Boltzmann distribution.",
        lhs=lambda d: sigma(-d) / sigma(d),
        rhs=lambda d: mp.exp(-d),
        wrong=mp.exp,
        points=REAL,
    ),
    Fact(
        id="13.13",
        restates="1.5",
        title="One class against the rest",
        latex=r"\frac{e^{z_i}}{\sum_j e^{z_j}} = "
        r"\sigma \left( z_i - \ln \sum_{j \ne i} e^{z_j} \right)",
        assumptions="two or more real scores z",
        source="elementary",
        proof="1.5 with b the logarithm of the other terms' sum.",
        lhs=lambda *z: _softmax(z, 0),
        rhs=lambda *z: sigma(z[0] - mp.log(mp.fsum(mp.exp(t) for t in z[1:]))),
        wrong=lambda *z: sigma(z[0] - mp.fsum(z[1:])),
        points=((0.5, 1, -2), (-50, 3, 3, 2), (700, 1e-9, 699), (1, 1, 1, 1, 1)),
    ),
    Fact(
        id="13.14",
        title="Newton step for one observation, in its logit",
        latex=r"-\frac{\ell_x}{\ell_{xx}} = \frac{y - \sigma(x)}{\sigma'(x)} = "
        r"\begin{cases} 1 + e^{-x} & y = 1 \\ -1 - e^x & y = 0 \end{cases}",
        assumptions="x real; ℓ is the binary cross-entropy of 8.13, y is 0 or 1",
        source="elementary",
        proof=r"$\sigma(-x) / \sigma'(x) = 1 / \sigma(x)$ by 3.1.",
        lhs=lambda x: (
            (1 - sigma(x)) / mp.diff(sigma, x),
            -sigma(x) / mp.diff(sigma, x),
        ),
        rhs=lambda x: (1 + mp.exp(-x), -1 - mp.exp(x)),
        wrong=lambda x: (1 + mp.exp(x), -1 - mp.exp(-x)),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="13.15",
        title="Slope of a chain of sigmoids",
        latex=r"\left| \frac{\mathrm{d}}{\mathrm{d}x} "
        r"\underbrace{\sigma \circ \cdots \circ \sigma}_n (x) \right| \le 4^{-n}",
        assumptions="x real, n ≥ 1 an integer, unit weights",
        source="elementary",
        proof="Chain rule and 3.2. Equality only for n = 1 at x = 0.",
        kind="inequality",
        lhs=lambda x, n: mp.diff(lambda t: _chain(t, int(n)), x),
        rhs=lambda x, n: mp.mpf(4) ** -n,
        wrong=lambda x, n: mp.mpf(5) ** -n,
        points=((1e-6, 1), (-0.1, 1), (0.5, 2), (-3.25, 3), (-700, 2), (0, 10)),
        sharp_at=((0, 1),),
    ),
    Fact(
        id="13.16",
        title="Squared error saturates",
        latex=r"\frac{\partial}{\partial x} \tfrac12 (\sigma(x) - y)^2 = "
        r"(\sigma(x) - y) \, \sigma'(x)",
        assumptions="x real, 0 ≤ y ≤ 1",
        source="elementary",
        proof="Chain rule. Compare 13.5: a confident wrong answer has almost no gradient.",
        lhs=lambda x, y: mp.diff(lambda t: (sigma(t) - y) ** 2 / 2, x),
        rhs=lambda x, y: (sigma(x) - y) * sigma_prime(x),
        wrong=lambda x, y: sigma(x) - y,
        points=((-50, 1), (-3.25, 0), (1e-9, 0.25), (0.5, 1), (36.75, 0)),
        digits=100,
    ),
    Fact(
        id="13.17",
        restates="8.7",
        title="Log-odds ratio",
        latex=r"\ln \frac{p / (1 - p)}{q / (1 - q)} = x - y, \quad "
        r"p = \sigma(x), \; q = \sigma(y)",
        assumptions="x, y real",
        source="elementary",
        proof="8.7 twice. A regression coefficient is a log-odds ratio.",
        lhs=lambda x, y: mp.log(odds(sigma(x)) / odds(sigma(y))),
        rhs=lambda x, y: x - y,
        wrong=lambda x, y: mp.log(sigma(x) / sigma(y)),
        points=PAIRS,
        digits=100,
    ),
)

"""Logarithms of σ, its inverse, and what they mean in information theory."""

from typing import Any

from sigref.facts.fact import Fact
from sigref.facts.notation import (
    POSITIVE,
    PROBABILITIES,
    REAL,
    entropy,
    logit,
    mp,
    sigma,
    sigma_prime,
    softplus,
)

PAIRS = ((0.5, -2), (3, 3.001), (-50, 36.75), (1e-9, 1), (2, 4), (-9, -8))


def divergence(p: Any, q: Any) -> Any:
    """Return KL(p ‖ q) of two Bernoulli laws, from the definition."""
    return p * mp.log(p / q) + (1 - p) * mp.log((1 - p) / (1 - q))


def cross_entropy(x: Any, y: Any) -> Any:
    """Return the loss of predicting σ(x) for the label y, from the definition."""
    return -y * mp.log(sigma(x)) - (1 - y) * mp.log(1 - sigma(x))


def _largest_of_family(x: Any) -> Any:
    """Return the maximum over p of xp + H(p), found by root search on the slope."""
    start = sigma(x) + mp.mpf(10) ** -8 * (1 if x < 0 else -1)
    p = mp.findroot(lambda p: mp.diff(lambda q: x * q + entropy(q), p), start)
    return x * p + entropy(p)


def _hypergeometric(x: Any, c: int) -> Any:
    return mp.exp(x) * mp.hyp2f1(1, 1, c, -mp.exp(x))


def _jaakkola_jordan(x: Any, a: Any, divisor: int) -> Any:
    curvature = mp.tanh(a / 2) / (divisor * a)
    return sigma(a) * mp.exp((x - a) / 2 - curvature * (x**2 - a**2))


FACTS = (
    Fact(
        id="8.1",
        title="Logarithm of the sigmoid",
        latex=r"\ln \sigma(x) = -\operatorname{softplus}(-x)",
        assumptions="x real",
        source="elementary",
        proof="Logarithm of 1.1.",
        lhs=lambda x: mp.log(sigma(x)),
        rhs=lambda x: -softplus(-x),
        wrong=lambda x: -softplus(x),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="8.2",
        title="Reflection of softplus",
        latex=r"\operatorname{softplus}(x) - \operatorname{softplus}(-x) = x",
        assumptions="x real",
        source="elementary",
        proof=r"$\ln \frac{1 + e^x}{1 + e^{-x}} = \ln e^x$.",
        lhs=lambda x: softplus(x) - softplus(-x),
        rhs=lambda x: x,
        wrong=lambda x: -x,
        points=REAL,
        digits=80,
    ),
    Fact(
        id="8.3",
        title="Stable form of softplus",
        latex=r"\operatorname{softplus}(x) = \max(x, 0) + \operatorname{log1p} e^{-|x|}",
        assumptions="x real",
        source="elementary; see also Mächler 2012",
        proof="8.2 for x > 0; for x ≤ 0 it is the definition. No exponential overflows.",
        lhs=lambda x: mp.log(1 + mp.exp(x)),
        rhs=lambda x: max(x, 0) + mp.log1p(mp.exp(-abs(x))),
        wrong=lambda x: max(x, 0) + mp.log1p(mp.exp(-x)),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="8.4",
        title="Softplus and ReLU",
        latex=r"0 < \operatorname{softplus}(x) - \max(x, 0) \le \ln 2",
        assumptions="x real; equality only at x = 0",
        source="elementary",
        proof=r"By 8.3 the difference is $\ln(1 + e^{-|x|})$.",
        kind="inequality",
        lhs=lambda x: (0, softplus(x) - max(x, 0)),
        rhs=lambda x: (softplus(x) - max(x, 0), mp.log(2)),
        wrong=lambda x: (softplus(x) - max(x, 0), mp.mpf("0.693147")),
        points=(-700, -50, -1, -1e-9, 1e-9, 0.5, 36.75, 700),
        digits=400,
    ),
    Fact(
        id="8.5",
        title="Inverse of softplus",
        latex=r"y = \operatorname{softplus}(x) \iff x = \ln(e^y - 1)",
        assumptions="y > 0",
        source="elementary",
        proof="Solve y = ln(1 + eˣ).",
        lhs=lambda y: softplus(mp.log(mp.expm1(y))),
        rhs=lambda y: y,
        wrong=lambda y: softplus(mp.log(mp.exp(y) + 1)),
        points=POSITIVE,
    ),
    Fact(
        id="8.6",
        title="Logit as an inverse hyperbolic tangent",
        latex=r"\operatorname{logit} p = 2 \operatorname{artanh}(2p - 1)",
        assumptions="0 < p < 1",
        source="elementary",
        proof="Solve 1.3 for the argument.",
        lhs=logit,
        rhs=lambda p: 2 * mp.atanh(2 * p - 1),
        wrong=lambda p: mp.atanh(2 * p - 1),
        points=PROBABILITIES,
        digits=400,
    ),
    Fact(
        id="8.7",
        title="Inverse",
        latex=r"\operatorname{logit}(\sigma(x)) = x, \quad "
        r"\operatorname{logit} p = \ln \frac{p}{1 - p}",
        assumptions="x real",
        source="elementary",
        proof=r"By 2.1 and 3.1 the odds are $\sigma(x) / \sigma(-x) = e^x$.",
        lhs=lambda x: logit(sigma(x)),
        rhs=lambda x: x,
        wrong=lambda x: -x,
        points=REAL,
        digits=400,
    ),
    Fact(
        id="8.8",
        title="Bayes's rule in logits",
        latex=r"\operatorname{logit} P(A \mid B) = \operatorname{logit} P(A) + "
        r"\ln \frac{P(B \mid A)}{P(B \mid \bar A)}",
        assumptions="all four probabilities strictly between 0 and 1",
        source="elementary",
        proof="Divide Bayes's rule for A by the one for its complement.",
        lhs=lambda a, b, c: logit(a * b / (a * b + (1 - a) * c)),
        rhs=lambda a, b, c: logit(a) + mp.log(b / c),
        wrong=lambda a, b, c: logit(a) - mp.log(b / c),
        points=((0.01, 0.95, 0.05), (0.5, 0.3, 0.9), (1e-9, 0.999, 1e-6)),
    ),
    Fact(
        id="8.9",
        title="Log-concavity",
        latex=r"(\ln \sigma)''(x) = -\sigma'(x) < 0",
        assumptions="x real",
        source="elementary",
        proof="Differentiate 3.12.",
        lhs=lambda x: mp.diff(lambda t: mp.log(sigma(t)), x, 2),
        rhs=lambda x: -sigma_prime(x),
        wrong=lambda x: -sigma_prime(x) * sigma(x),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="8.10",
        title="Softplus is conjugate to entropy",
        latex=r"\begin{gathered} \operatorname{softplus}(x) = \max_{0 \le p \le 1} \left( "
        r"xp + H(p) \right) \\ "
        r"p_{\max} = \sigma(x) \end{gathered}",
        assumptions="x real; H(p) = −p ln p − (1 − p) ln(1 − p), H(0) = H(1) = 0",
        source="elementary; see also Wainwright and Jordan 2008",
        proof=r"The bracket is concave in p with slope $x - \operatorname{logit} p$; "
        "insert 8.7. Checked by root search on the slope.",
        lhs=softplus,
        rhs=_largest_of_family,
        wrong=lambda x: softplus(x) - entropy(sigma(x)),
        points=(-5, -1, 1e-9, 0.5, 3.25, 7),
        tolerance=1e-30,
    ),
    Fact(
        id="8.11",
        title="Entropy as a function of the logit",
        latex=r"H(\sigma(x)) = \operatorname{softplus}(x) - x \, \sigma(x)",
        assumptions="x real; H is binary entropy in nats",
        source="elementary",
        proof="8.10 at its maximum.",
        lhs=lambda x: entropy(sigma(x)),
        rhs=lambda x: softplus(x) - x * sigma(x),
        wrong=lambda x: softplus(x) + x * sigma(x),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="8.12",
        title="Divergence of two Bernoulli laws in logits",
        latex=r"\begin{aligned} \operatorname{KL}(\sigma(x) \,\|\, \sigma(y)) &= "
        r"\operatorname{softplus}(y) \\ "
        r"&- \operatorname{softplus}(x) - \sigma(x) (y - x) \end{aligned}",
        assumptions="x, y real; the right side is the Bregman divergence of softplus",
        source="elementary; see also Banerjee et al. 2005",
        proof=r"$\operatorname{KL}(p \,\|\, q) =$ $-H(p) - p \ln q - (1-p) \ln(1-q)$; "
        "8.11 and 8.1.",
        lhs=lambda x, y: divergence(sigma(x), sigma(y)),
        rhs=lambda x, y: softplus(y) - softplus(x) - sigma(x) * (y - x),
        wrong=lambda x, y: softplus(x) - softplus(y) - sigma(y) * (x - y),
        points=PAIRS,
        digits=100,
    ),
    Fact(
        id="8.13",
        title="Binary cross-entropy from the logit",
        latex=r"""\begin{aligned}
            \ell(x, y) &= \operatorname{softplus}(x) - xy \\
            \ell_x &= \sigma(x) - y, \quad \ell_{xx} = \sigma'(x)
            \end{aligned}""",
        assumptions="x real, 0 ≤ y ≤ 1; ℓ = −y ln σ(x) − (1 − y) ln(1 − σ(x))",
        source="elementary",
        proof="8.1, 8.17 and 8.2; then 6.1.",
        lhs=lambda x, y: (
            cross_entropy(x, y),
            mp.diff(lambda t: cross_entropy(t, y), x),
            mp.diff(lambda t: cross_entropy(t, y), x, 2),
        ),
        rhs=lambda x, y: (softplus(x) - x * y, sigma(x) - y, sigma_prime(x)),
        wrong=lambda x, y: (softplus(x) + x * y, sigma(x) - y, sigma_prime(x)),
        points=((-50, 1), (-3.25, 0), (1e-9, 0.25), (0.5, 1), (36.75, 0), (2, 0.7)),
        digits=150,
    ),
    Fact(
        id="8.14",
        title="Quadratic lower bound of the logarithm",
        latex=r"\sigma(x) \ge \sigma(\xi) \exp \left( \tfrac{x - \xi}{2} - "
        r"\tfrac{\tanh(\xi/2)}{4\xi} (x^2 - \xi^2) \right)",
        assumptions="x, ξ real, ξ ≠ 0; equality at x = ±ξ",
        source="elementary; see also Jaakkola and Jordan 2000",
        proof=r"$-\ln(2 \cosh(x/2))$ is convex in $x^2$; take its tangent at $\xi^2$.",
        kind="inequality",
        lhs=lambda x, a: _jaakkola_jordan(x, a, 4),
        rhs=lambda x, a: sigma(x),
        wrong=lambda x, a: _jaakkola_jordan(x, a, 8),
        points=((0.5, -2), (3, 3.001), (-50, 36.75), (1e-9, 1), (2, 4), (1.001, -1)),
        sharp_at=((2, 2), (-2, 2), (50, -50)),
        digits=80,
    ),
    Fact(
        id="8.15",
        title="Quadratic upper bound of softplus",
        latex=r"\begin{aligned} \operatorname{softplus}(x) &\le "
        r"\operatorname{softplus}(a) \\ "
        r"&\quad + \sigma(a) (x - a) + \tfrac18 (x - a)^2 \end{aligned}",
        assumptions="x, a real; equality only at x = a",
        source="elementary; see also Böhning and Lindsay 1988",
        proof="Taylor's formula: the second derivative is σ′ ≤ ¼ (3.2).",
        kind="inequality",
        lhs=lambda x, a: softplus(x),
        rhs=lambda x, a: softplus(a) + sigma(a) * (x - a) + (x - a) ** 2 / 8,
        wrong=lambda x, a: softplus(a) + sigma(a) * (x - a) + (x - a) ** 2 / 9,
        points=(*PAIRS, (1e-3, -1e-3), (700, 0)),
        sharp_at=((2, 2), (-50, -50)),
    ),
    Fact(
        id="8.16",
        title="Logarithm of a sum of exponentials",
        latex=r"\ln(e^a + e^b) = b + \operatorname{softplus}(a - b)",
        assumptions="a, b real; with b = 0: logsumexp(x, 0) is softplus",
        source="elementary",
        proof=r"Take $e^b$ out of the sum.",
        lhs=lambda a, b: mp.log(mp.exp(a) + mp.exp(b)),
        rhs=lambda a, b: b + softplus(a - b),
        wrong=lambda a, b: a + softplus(a - b),
        points=(*PAIRS, (0.5, 0), (700, -700), (-700, 0)),
        digits=700,  # ln(1 + e^−700) alone is e^−700
    ),
    Fact(
        id="8.17",
        restates="8.1",
        title="Logarithm of the complement",
        latex=r"\ln(1 - \sigma(x)) = \ln \sigma(-x) = -\operatorname{softplus}(x)",
        assumptions="x real",
        source="elementary",
        proof="2.1 and 8.1.",
        lhs=lambda x: mp.log(1 - sigma(x)),
        rhs=lambda x: (mp.log(sigma(-x)), -softplus(x)),
        wrong=lambda x: (mp.log(sigma(-x)), -softplus(-x)),
        points=REAL,
        digits=700,
    ),
    Fact(
        id="8.18",
        title="Softplus as a hypergeometric function",
        latex=r"\operatorname{softplus}(x) = e^x \, {}_2F_1(1, 1; 2; -e^x)",
        assumptions="x real",
        source="elementary",
        proof=r"$\ln(1 + w) = w \, {}_2F_1(1, 1; 2; -w)$, term by term and continued.",
        lhs=softplus,
        rhs=lambda x: _hypergeometric(x, 2),
        wrong=lambda x: _hypergeometric(x, 3),
        points=(-50, -3.25, -1e-9, 0.5, 2, 36.75),
    ),
    Fact(
        id="8.19",
        title="Square-root bound of softplus",
        latex=r"\operatorname{softplus}(x) \le \tfrac12 \left( x + \sqrt{x^2 + 4 \ln^2 2} \right)",
        assumptions="x real; equality only at x = 0",
        source="elementary",
        proof=r"Equivalent to $\operatorname{softplus}(x) \, \operatorname{softplus}(-x) \le \ln^2 2$ by 8.2, and "
        r"$\ln \operatorname{softplus}$ is concave: an integral of the log-concave σ (8.9).",
        kind="inequality",
        lhs=softplus,
        rhs=lambda x: (x + mp.sqrt(x**2 + 4 * mp.log(2) ** 2)) / 2,
        wrong=lambda x: (x + mp.sqrt(x**2 + 1.9 * mp.log(2) ** 2)) / 2,
        points=(-700, -50, -1, -1e-3, 1e-5, 0.5, 2, 36.75, 700),
        sharp_at=(0,),
        digits=400,
    ),
    Fact(
        id="8.20",
        title="Entropy between two powers of the slope",
        latex=r"4 \sigma'(x) \le \frac{H(\sigma(x))}{\ln 2} \le \sqrt{4 \sigma'(x)}",
        assumptions="x real; equality only at x = 0",
        source="elementary; Topsøe 2001 has the exponent 1/ln 4 in place of ½",
        proof=r"Left: $H_2(p) - 4p(1-p)$ vanishes at $0, \tfrac12, 1$ and is concave, "
        r"convex, concave. Right, with $u = 1 - 2p$: $H_2 = 1 - \sum a_n u^{2n}$, "
        r"$\sqrt{1 - u^2} = 1 - \sum c_n u^{2n}$, both sums 1 at $u = 1$, and "
        r"$c_n / a_n = 2 \ln 2 \; n \binom{2n}{n} 4^{-n}$ rises through 1 once; so "
        r"$\sum (a_n - c_n) u^{2n} \ge 0$.",
        kind="inequality",
        lhs=lambda x: (4 * sigma_prime(x), entropy(sigma(x)) / mp.log(2)),
        rhs=lambda x: (entropy(sigma(x)) / mp.log(2), mp.sqrt(4 * sigma_prime(x))),
        wrong=lambda x: (entropy(sigma(x)) / mp.log(2), 4 * sigma_prime(x)),
        points=(-300, -50, -1, -1e-3, 1e-5, 0.5, 2, 36.75),
        sharp_at=(0,),
        digits=400,
    ),
    Fact(
        id="8.21",
        title="Symmetric divergence in logits",
        latex=r"\operatorname{KL}(p \,\|\, q) + \operatorname{KL}(q \,\|\, p) = "
        r"(\sigma(x) - \sigma(y)) (x - y)",
        assumptions="x, y real, p = σ(x), q = σ(y), Bernoulli laws",
        source="elementary",
        proof="Add 8.12 to itself with x and y exchanged.",
        lhs=lambda x, y: (
            divergence(sigma(x), sigma(y)) + divergence(sigma(y), sigma(x))
        ),
        rhs=lambda x, y: (sigma(x) - sigma(y)) * (x - y),
        wrong=lambda x, y: (sigma(x) + sigma(y)) * (x - y),
        points=PAIRS,
        digits=100,
    ),
    Fact(
        id="8.22",
        title="Bounds of the divergence",
        latex=r"\begin{aligned} 2 (\sigma(x) - \sigma(y))^2 &\le "
        r"\operatorname{KL}(\sigma(x) \,\|\, \sigma(y)) \\ "
        r"&\le \tfrac18 (x - y)^2 \end{aligned}",
        assumptions="x, y real; equality only at x = y",
        source="elementary",
        proof="The second derivative is at least 4 in p = σ(x), and at most ¼ in y. "
        "The left side is Pinsker's inequality.",
        kind="inequality",
        lhs=lambda x, y: (
            2 * (sigma(x) - sigma(y)) ** 2,
            divergence(sigma(x), sigma(y)),
        ),
        rhs=lambda x, y: (divergence(sigma(x), sigma(y)), (x - y) ** 2 / 8),
        wrong=lambda x, y: (divergence(sigma(x), sigma(y)), (x - y) ** 2 / 9),
        points=(*PAIRS, (1e-3, -1e-3), (1e-6, 2e-6)),
        digits=100,
    ),
    Fact(
        id="8.23",
        title="Bhattacharyya coefficient in logits",
        latex=r"\sqrt{pq} + \sqrt{(1 - p)(1 - q)} = "
        r"\frac{\cosh \frac{x + y}{4}}{\sqrt{\cosh \frac x2 \cosh \frac y2}}",
        assumptions="x, y real, p = σ(x), q = σ(y)",
        source="elementary",
        proof="1.4 for all four factors.",
        lhs=lambda x, y: (
            mp.sqrt(sigma(x) * sigma(y)) + mp.sqrt((1 - sigma(x)) * (1 - sigma(y)))
        ),
        rhs=lambda x, y: (
            mp.cosh((x + y) / 4) / mp.sqrt(mp.cosh(x / 2) * mp.cosh(y / 2))
        ),
        wrong=lambda x, y: (
            mp.cosh((x - y) / 4) / mp.sqrt(mp.cosh(x / 2) * mp.cosh(y / 2))
        ),
        points=PAIRS,
        digits=80,
    ),
    Fact(
        id="8.24",
        title="Cumulant generating function of a Bernoulli variable",
        latex=r"\ln \operatorname{E} e^{tY} = \operatorname{softplus}(x + t) - \operatorname{softplus}(x)",
        assumptions="x, t real; P(Y = 1) = σ(x), P(Y = 0) = σ(−x)",
        source="elementary",
        proof=r"$\sigma(-x) + \sigma(x) e^t = (1 + e^{x+t}) / (1 + e^x)$. So the cumulants "
        r"of $Y$ are $\sigma(x), \sigma'(x), \sigma''(x), \ldots$",
        lhs=lambda x, t: mp.log(sigma(-x) + sigma(x) * mp.exp(t)),
        rhs=lambda x, t: softplus(x + t) - softplus(x),
        wrong=lambda x, t: softplus(x + t) - softplus(-x),
        points=PAIRS,
        digits=100,
    ),
    Fact(
        id="8.25",
        restates="8.4",
        title="Sharpened softplus",
        latex=r"0 < \tfrac1\beta \operatorname{softplus}(\beta x) - \max(x, 0) \le \frac{\ln 2}{\beta}",
        assumptions="x real, β > 0; equality only at x = 0",
        source="elementary",
        proof="8.4 at βx, divided by β.",
        kind="inequality",
        lhs=lambda x, b: (0, softplus(b * x) / b - max(x, 0)),
        rhs=lambda x, b: (softplus(b * x) / b - max(x, 0), mp.log(2) / b),
        wrong=lambda x, b: (
            softplus(b * x) / b - max(x, 0),
            mp.log(2) / (b + mp.mpf(1) / 100),
        ),
        points=((-50, 1), (1e-9, 2), (-1e-6, 100), (3.25, 0.1), (2, 20)),
        digits=100,
    ),
    Fact(
        id="8.26",
        title="Softplus over doublings",
        latex=r"\sum_{k=0}^\infty \operatorname{softplus}(-2^k x) = -\ln(1 - e^{-x})",
        assumptions="x > 0",
        source="elementary",
        proof="Logarithm of 2.11, by 8.1.",
        lhs=lambda x: mp.fsum(softplus(-(2**k) * x) for k in range(60)),
        rhs=lambda x: -mp.log(-mp.expm1(-x)),
        wrong=lambda x: mp.log(1 + mp.exp(-x)),
        points=(1e-9, 1e-3, 0.5, 1, 3.25, 50),
        digits=80,
    ),
    Fact(
        id="8.27",
        title="Series of the inverse about ½",
        latex=r"\operatorname{logit} \left( \tfrac12 + h \right) = "
        r"2 \sum_{k=0}^\infty \frac{(2h)^{2k+1}}{2k + 1} = 4h + \tfrac{16}{3} h^3 + \cdots",
        assumptions="|h| < ½",
        source="elementary",
        proof="8.6 and the series of artanh.",
        lhs=lambda h: logit(h + 0.5),
        rhs=lambda h: (
            2 * mp.fsum((2 * h) ** (2 * k + 1) / (2 * k + 1) for k in range(250))
        ),
        wrong=lambda h: 2 * mp.fsum((2 * h) ** (2 * k + 1) for k in range(250)),
        points=(-0.375, -0.1, 1e-9, 0.25, 0.4),
        digits=60,
    ),
    Fact(
        id="8.28",
        title="Logit from a log-probability",
        latex=r"\operatorname{logit} e^\ell = -\ln(e^{-\ell} - 1)",
        assumptions="ℓ < 0",
        source="elementary",
        proof="Inverse of 8.1. With expm1 it is stable for tiny and for huge −ℓ.",
        lhs=lambda t: logit(mp.exp(t)),
        rhs=lambda t: -mp.log(mp.expm1(-t)),
        wrong=lambda t: mp.log(mp.expm1(-t)),
        points=(-700, -50, -1, -0.25, -1e-9, -1e-300),
        digits=400,
    ),
    Fact(
        id="8.29",
        title="Slope of the entropy",
        latex=r"H'(p) = -\operatorname{logit} p, \quad "
        r"\frac{\mathrm{d}}{\mathrm{d}x} H(\sigma(x)) = -x \, \sigma'(x)",
        assumptions="x real, p = σ(x)",
        source="elementary",
        proof="Differentiate H, then the chain rule with 8.7.",
        lhs=lambda x: (
            mp.diff(entropy, sigma(x)),
            mp.diff(lambda t: entropy(sigma(t)), x),
        ),
        rhs=lambda x: (-x, -x * sigma_prime(x)),
        wrong=lambda x: (x, -x * sigma_prime(x)),
        points=(-36.75, -3.25, -1, 1e-9, 0.5, 2, 20),
        digits=120,
    ),
    Fact(
        id="8.30",
        title="Exponential upper bound",
        latex=r"\sigma(x) \le e^{px - H(p)}",
        assumptions="x real, 0 < p < 1; equality where p = σ(−x)",
        source="elementary",
        proof=r"8.10 at −x: $-\operatorname{softplus}(-x) \le px - H(p)$.",
        kind="inequality",
        lhs=lambda x, p: sigma(x),
        rhs=lambda x, p: mp.exp(p * x - entropy(p)),
        wrong=lambda x, p: mp.exp(p * x - 2 * entropy(p)),
        points=((-50, 0.9), (-1, 0.5), (1e-9, 0.25), (0.5, 0.3), (36.75, 0.01)),
        sharp_at=((0, 0.5),),
    ),
)

"""Conditioning: how a relative error of the argument reappears in the value.

The relative condition number of f at x is |x f′(x)/f(x)|.
"""

from typing import Any

from sigref.facts.fact import Fact
from sigref.facts.notation import (
    REAL,
    entropy,
    logit,
    mp,
    sigma,
    sigma_prime,
    softplus,
)


def condition(f: Any, x: Any) -> Any:
    """Return |x f′(x)/f(x)| with a numerical derivative."""
    return abs(x * mp.diff(f, x, h=abs(x) * mp.mpf(10) ** (-mp.dps // 3)) / f(x))


FACTS = (
    Fact(
        id="14.1",
        title="Condition number of the sigmoid",
        latex=r"\kappa_\sigma(x) = |x| \, \sigma(-x)",
        assumptions="x real",
        source="elementary",
        proof="3.12. It tends to |x| on the left; on the right it is at most "
        r"$W(1/e) = 0.27846$, by 5.8.",
        lhs=lambda x: condition(sigma, x),
        rhs=lambda x: abs(x) * sigma(-x),
        wrong=lambda x: abs(x) * sigma(x),
        points=REAL,
        digits=700,
    ),
    Fact(
        id="14.2",
        title="Condition number of the logit",
        latex=r"\kappa_{\operatorname{logit}}(p) = "
        r"\frac{1}{(1 - p) \, |\operatorname{logit} p|}",
        assumptions="0 < p < 1, p ≠ ½",
        source="elementary",
        proof="3.13. Infinite at ½, where the logit is 0; tends to 0 with p.",
        lhs=lambda p: condition(logit, p),
        rhs=lambda p: 1 / ((1 - p) * abs(logit(p))),
        wrong=lambda p: 1 / (p * abs(logit(p))),
        points=(1e-300, 1e-9, 0.25, 0.49999, 0.7, 1 - 2**-53),
        digits=200,
    ),
    Fact(
        id="14.3",
        title="Condition number of the log-sigmoid",
        latex=r"\kappa_{\ln \sigma}(x) = \frac{|x| \, \sigma(-x)}{\operatorname{softplus}(-x)}",
        assumptions="x real",
        source="elementary",
        proof="3.12 and 8.1. It tends to 1 on the left and to |x| on the right.",
        lhs=lambda x: condition(lambda t: -softplus(-t), x),
        rhs=lambda x: abs(x) * sigma(-x) / softplus(-x),
        wrong=lambda x: abs(x) * sigma(x) / softplus(x),
        points=REAL,
        digits=200,
    ),
    Fact(
        id="14.4",
        title="Condition number of the slope",
        latex=r"\kappa_{\sigma'}(x) = |x| \tanh \frac{|x|}{2}",
        assumptions="x real",
        source="elementary",
        proof="3.17. It grows like |x| on both sides: that much error is unavoidable.",
        lhs=lambda x: condition(sigma_prime, x),
        rhs=lambda x: abs(x) * mp.tanh(abs(x) / 2),
        wrong=lambda x: abs(x) * sigma(-x),
        points=REAL,
        digits=400,
    ),
    Fact(
        id="14.5",
        title="Condition number of softplus",
        latex=r"\kappa_{\operatorname{softplus}}(x) = \frac{|x| \, \sigma(x)}{\operatorname{softplus}(x)}",
        assumptions="x real",
        source="elementary",
        proof="6.1. It tends to |x| on the left and to 1 on the right.",
        lhs=lambda x: condition(softplus, x),
        rhs=lambda x: abs(x) * sigma(x) / softplus(x),
        wrong=lambda x: abs(x) * sigma(-x) / softplus(x),
        points=REAL,
        digits=200,
    ),
    Fact(
        id="14.6",
        title="Condition number of one minus p",
        latex=r"\kappa_{1-p} = \frac{p}{1 - p} = e^x, \quad p = \sigma(x)",
        assumptions="x real",
        source="elementary",
        proof="The derivative is −1. So 1 − σ(x) loses all digits of a rounded σ(x) on "
        "the right, and σ(−x) does not.",
        lhs=lambda x: condition(lambda p: 1 - p, sigma(x)),
        rhs=mp.exp,
        wrong=lambda x: mp.exp(-x),
        points=REAL,
        digits=700,
    ),
    Fact(
        id="14.7",
        restates="3.13",
        title="Loss of the round trip",
        latex=r"\operatorname{logit}'(\sigma(x)) = \frac{1}{\sigma'(x)} = 2 + 2 \cosh x",
        assumptions="x real",
        source="elementary",
        proof="3.13 and 3.1. An error δ of σ(x) becomes an error of about δ(2 + 2 cosh x) "
        "of the logit.",
        lhs=lambda x: mp.diff(logit, sigma(x)),
        rhs=lambda x: (1 / sigma_prime(x), 2 + 2 * mp.cosh(x)),
        wrong=lambda x: (1 / sigma_prime(x), 2 * mp.cosh(x)),
        points=(-36.75, -3.25, -1, 1e-9, 0.5, 2, 20, 36.75),
        digits=120,
    ),
    Fact(
        id="14.8",
        title="Value and complement share the error of the argument",
        latex=r"\kappa_{\sigma}(x) + \kappa_{\sigma}(-x) = |x|",
        assumptions="x real",
        source="elementary",
        proof="14.1 and 2.1.",
        lhs=lambda x: condition(sigma, x) + condition(sigma, -x),
        rhs=abs,
        wrong=lambda x: abs(x) / 2,
        points=REAL,
        digits=700,
    ),
    Fact(
        id="14.9",
        title="Upper bound on the right",
        latex=r"x \, \sigma(-x) < x e^{-x} \le \frac1e",
        assumptions="x > 0; equality on the right at x = 1",
        source="elementary",
        proof=r"4.5 at −x; $x e^{-x}$ is largest at 1. The sharp constant is in 5.8.",
        kind="inequality",
        lhs=lambda x: (x * sigma(-x), x * mp.exp(-x)),
        rhs=lambda x: (x * mp.exp(-x), mp.exp(-1)),
        wrong=lambda x: (x * mp.exp(-x), mp.mpf("0.3678")),
        points=(1e-9, 1e-3, 0.5, 0.9999, 1.0001, 3.25, 50, 700),
        digits=400,
    ),
    Fact(
        id="14.10",
        title="Condition number of the entropy in the logit",
        latex=r"\kappa_{H \circ \sigma}(x) = \frac{x^2 \sigma'(x)}{H(\sigma(x))}",
        assumptions="x real",
        source="elementary",
        proof="8.29.",
        lhs=lambda x: condition(lambda t: entropy(sigma(t)), x),
        rhs=lambda x: x**2 * sigma_prime(x) / entropy(sigma(x)),
        wrong=lambda x: abs(x) * sigma_prime(x) / entropy(sigma(x)),
        points=(-50, -3.25, -1, -1e-3, 0.5, 2, 36.75),
        digits=400,
    ),
)

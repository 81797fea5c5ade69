"""Shape of the curve: curvature, widths, tangents and straight-line imitations."""

from typing import Any

from sigref.facts.fact import ONCE, Fact
from sigref.facts.notation import integral, largest, mp, sigma, sigma_prime


def _curvature(x: Any) -> Any:
    """Return the curvature of the graph, from numerical derivatives."""
    return abs(mp.diff(sigma, x, 2)) / mp.sqrt(1 + mp.diff(sigma, x) ** 2) ** 3


def _cubic_root() -> Any:
    """Return the root near 0.16 of 6u³ − 2u² − 6u + 1."""
    return mp.findroot(lambda u: 6 * u**3 - 2 * u**2 - 6 * u + 1, 0.16)


def hard_sigmoid(x: Any, slope: Any) -> Any:
    """Return slope·x + ½, clipped to [0, 1]."""
    return min(mp.mpf(1), max(mp.mpf(0), slope * x + 0.5))


def _error_of_hard_sigmoid(slope: Any) -> tuple[Any, Any]:
    return largest(lambda x: abs(sigma(x) - hard_sigmoid(x, slope)), 0, 6)


def _best_hard_sigmoid() -> tuple[Any, Any]:
    """Return the slope whose error at the kink equals the one inside, and that error."""

    def imbalance(slope: Any) -> Any:
        inside = largest(lambda x: sigma(x) - hard_sigmoid(x, slope), 0, 2)[1]
        return inside - sigma(-1 / (2 * slope))

    slope = mp.findroot(imbalance, (0.17, 0.18), solver="secant")
    return slope, _error_of_hard_sigmoid(slope)[1]


FACTS = (
    Fact(
        id="10.1",
        title="Largest curvature of the graph",
        latex=r"\begin{aligned} \max_x \frac{|\sigma''|}{(1 + \sigma'^2)^{3/2}} &= "
        r"0.0924508751\ldots \\ "
        r"\text{at } x &= \pm 1.3637537040\ldots \end{aligned}",
        assumptions="x real, equal units on both axes",
        source="numerical search",
        proof="Direct search; closed form in 10.5.",
        lhs=lambda: largest(_curvature, 0, 6),
        rhs=lambda: (mp.mpf("1.36375370397784369"), mp.mpf("0.0924508751323360568")),
        wrong=lambda: (mp.log(2 + mp.sqrt(3)), mp.sqrt(3) / 18),
        points=ONCE,
        digits=40,
        tolerance=1e-16,
    ),
    Fact(
        id="10.2",
        title="Widths",
        latex=r"\begin{gathered} \operatorname{logit}(1 - p) - \operatorname{logit} p = 2 "
        r"\ln \frac{1 - p}{p} \\ "
        r"10\text{–}90\,\% : 2 \ln 9 = 4.39445 \\ "
        r"5\text{–}95\,\% : 2 \ln 19 = 5.88888 \\ "
        r"1\text{–}99\,\% : 2 \ln 99 = 9.19024 \end{gathered}",
        assumptions="0 < p < 1",
        source="elementary",
        proof="2.1 and 8.7. Checked by root search for the two ends.",
        lhs=lambda p: 2 * mp.findroot(lambda x: sigma(x) - 1 + p, 3.0),
        rhs=lambda p: 2 * mp.log((1 - p) / p),
        wrong=lambda p: mp.log((1 - p) / p),
        points=(0.1, 0.05, 0.01, 0.25, 0.4),
    ),
    Fact(
        id="10.3",
        title="Width of the slope at half its maximum",
        latex=r"\begin{gathered} \sigma'(x) = \tfrac18 \iff x = \pm 2 \ln(1 + \sqrt2) \\ "
        r"\operatorname{FWHM} = 3.5254943480\ldots \end{gathered}",
        assumptions="x real",
        source="elementary",
        proof=r"$\cosh^2(x/2) = 2$ by 3.1, and $\operatorname{arcosh} \sqrt2 = "
        r"\ln(1 + \sqrt2)$.",
        lhs=lambda: (
            mp.findroot(lambda x: mp.diff(sigma, x) - mp.mpf(1) / 8, 1.7),
            sigma_prime(-2 * mp.log(1 + mp.sqrt(2))),
        ),
        rhs=lambda: (2 * mp.log(1 + mp.sqrt(2)), mp.mpf(1) / 8),
        wrong=lambda: (mp.log(1 + mp.sqrt(2)), mp.mpf(1) / 8),
        points=ONCE,
    ),
    Fact(
        id="10.4",
        title="Errors of hard sigmoids",
        latex=r"""\begin{aligned}
            a &= \tfrac16: & \tfrac{\sqrt3}{6} - \tfrac{\ln(2 + \sqrt3)}{6} &= 0.0691822 \\
            a &= \tfrac15: & \sigma(-\tfrac52) &= 0.0758582 \\
            a &= \tfrac14: & \sigma(-2) &= 0.1192029
            \end{aligned}""",
        assumptions="largest |σ(x) − clip(ax + ½)| over real x",
        source="elementary",
        proof=r"The error is largest where $\sigma' = a$ or at the kink $x = 1/(2a)$. "
        "The slope 1/6 errs inside, at the point of 3.4; the others at the kink.",
        lhs=lambda: (
            _error_of_hard_sigmoid(mp.mpf(1) / 6)[1],
            _error_of_hard_sigmoid(mp.mpf(1) / 5)[1],
            _error_of_hard_sigmoid(mp.mpf(1) / 4)[1],
        ),
        rhs=lambda: (
            mp.sqrt(3) / 6 - mp.log(2 + mp.sqrt(3)) / 6,
            sigma(mp.mpf(-5) / 2),
            sigma(mp.mpf(-2)),
        ),
        wrong=lambda: (
            mp.sqrt(3) / 6,
            sigma(mp.mpf(-5) / 2),
            sigma(mp.mpf(-2)),
        ),
        points=ONCE,
        tolerance=1e-36,
    ),
    Fact(
        id="10.5",
        title="Largest curvature in closed form",
        latex=r"\begin{gathered} 6u^3 - 2u^2 - 6u + 1 = 0 \\ "
        r"u = 0.1621653591\ldots \\ "
        r"x = \operatorname{arcosh} \left( \tfrac{1}{2u} - 1 \right) \end{gathered}",
        assumptions="u = σ′(x) at the point of 10.1; the root in (0, ¼)",
        source="elementary",
        proof=r"Maximise $u^2 (1 - 4u) / (1 + u^2)^3$, the square of the curvature by 3.19; "
        r"$u = 1/(2 + 2 \cosh x)$.",
        lhs=lambda: largest(_curvature, 0, 6)[0],
        rhs=lambda: mp.acosh(1 / (2 * _cubic_root()) - 1),
        wrong=lambda: mp.acosh(1 / _cubic_root() - 1),
        points=ONCE,
        digits=40,
        tolerance=1e-16,
    ),
    Fact(
        id="10.6",
        title="Tangent at the centre",
        latex=r"y = \tfrac12 + \tfrac x4 \quad \text{meets } y = 0, 1 \text{ at } "
        r"x = -2, 2",
        assumptions="none",
        source="elementary",
        proof="3.2. The inverse slope, 4, is the distance between the two points.",
        lhs=lambda y: (y - sigma(mp.mpf(0))) / mp.diff(sigma, 0),
        rhs=lambda y: 4 * y - 2,
        wrong=lambda y: 2 * y - 1,
        points=(0, 1),
    ),
    Fact(
        id="10.7",
        title="Best hard sigmoid",
        latex=r"\begin{gathered} "
        r"\min_a \max_x |\sigma(x) - \operatorname{clip}(ax + \tfrac12)| \\ "
        r"= 0.0560503844\ldots \text{ at } a = 0.1770649982\ldots \end{gathered}",
        assumptions="x real, a > 0, clip to [0, 1]",
        source="numerical search",
        proof="The error inside falls with a, the one at the kink rises; at the best a "
        "they are equal.",
        lhs=_best_hard_sigmoid,
        rhs=lambda: (mp.mpf("0.177064998582215684"), mp.mpf("0.0560503844411513922")),
        wrong=lambda: (mp.mpf("0.1771826"), mp.mpf("0.0559083")),
        points=ONCE,
        digits=25,
        tolerance=1e-15,
    ),
    Fact(
        id="10.8",
        title="Area between the curve and its clipped tangent",
        latex=r"\int_{-\infty}^\infty \left| \sigma(x) - "
        r"\operatorname{clip}(\tfrac x4 + \tfrac12) \right| \mathrm{d}x = 2 \ln 2 - 1",
        assumptions="clip to [0, 1]",
        source="elementary",
        proof="6.3 less the two triangles of base 2 and height ½ between the tangent and "
        "the step.",
        lhs=lambda: (
            2
            * integral(
                lambda x: hard_sigmoid(x, mp.mpf(1) / 4) - sigma(x), 0, 2, mp.inf
            )
        ),
        rhs=lambda: 2 * mp.log(2) - 1,
        wrong=lambda: 2 * mp.log(2) - mp.mpf(1) / 2,
        points=ONCE,
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="10.9",
        title="Concave on the right",
        latex=r"\sigma \left( \tfrac{x + y}{2} \right) \ge "
        r"\tfrac12 \left( \sigma(x) + \sigma(y) \right)",
        assumptions="x, y ≥ 0; equality only at x = y; reversed for x, y ≤ 0",
        source="elementary",
        proof=r"$\sigma'' < 0$ for $x > 0$ by 3.3.",
        kind="inequality",
        lhs=lambda x, y: (sigma(x) + sigma(y)) / 2,
        rhs=lambda x, y: sigma((x + y) / 2),
        wrong=lambda x, y: sigma((x + y) / 3),
        points=((0, 1), (0.5, 0.5001), (2, 36.75), (0, 50), (1e-6, 1e-3)),
        sharp_at=((0, 0), (2, 2)),
    ),
    Fact(
        id="10.10",
        title="Total variation of the slope",
        latex=r"\int_{-\infty}^\infty |\sigma''(x)| \, \mathrm{d}x = \frac12",
        assumptions="none",
        source="elementary",
        proof="The slope rises from 0 to ¼ (3.2) and falls back.",
        lhs=lambda: 2 * integral(lambda x: sigma_prime(x) * mp.tanh(x / 2), 0, mp.inf),
        rhs=lambda: mp.mpf(1) / 2,
        wrong=lambda: mp.mpf(1) / 4,
        points=ONCE,
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="10.11",
        title="Chord between two heights",
        latex=r"\frac{\sigma(x) - \sigma(-x)}{2x} = \frac{1 - 2p}{2 \ln \frac{1-p}{p}}, "
        r"\quad p = \sigma(-x)",
        assumptions="0 < p < ½; from 10 to 90 % the mean slope is 0.182",
        source="elementary",
        proof="10.2.",
        lhs=lambda p: mp.tanh(mp.log((1 - p) / p) / 2) / (2 * mp.log((1 - p) / p)),
        rhs=lambda p: (1 - 2 * p) / (2 * mp.log((1 - p) / p)),
        wrong=lambda p: (1 - p) / (2 * mp.log((1 - p) / p)),
        points=(1e-9, 0.01, 0.1, 0.25, 0.499),
    ),
)

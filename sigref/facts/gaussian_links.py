"""Links to the normal distribution: approximations with their errors, and expectations.

Φ is the standard normal distribution function. A printed constant is compared with
the result of a direct search.
"""

from typing import Any

from sigref.facts.fact import ONCE, Fact
from sigref.facts.notation import largest, mp, sigma, sigma_prime


def _error_of_slope(k: Any) -> Any:
    """Return max |Φ(x) − σ(kx)|."""
    return largest(lambda x: abs(mp.ncdf(x) - sigma(k * x)), 0, 5)[1]


def _best_slope() -> tuple[Any, Any]:
    """Return k with two opposite errors of equal size, and that size."""

    def imbalance(k: Any) -> Any:
        above = largest(lambda x: mp.ncdf(x) - sigma(k * x), 1, 5)[1]
        below = largest(lambda x: sigma(k * x) - mp.ncdf(x), 0, 1)[1]
        return above - below

    k = mp.findroot(imbalance, (1.70, 1.71), solver="secant")
    return k, _error_of_slope(k)


def _bowling(x: Any) -> Any:
    return sigma(mp.mpf("0.07056") * x**3 + mp.mpf("1.5976") * x)


def _normal_mean(g: Any) -> Any:
    """Return E g(Z) for a standard normal Z, by the trapezoidal rule.

    For analytic g its error falls exponentially with the number of nodes; what is cut
    off at ±12.5 is below 1e-34.
    """
    nodes = (mp.mpf(k) / 16 for k in range(-200, 201))
    return mp.fsum(g(z) * mp.npdf(z) for z in nodes) / 16


def _mean_sigmoid(mean: Any, deviation: Any) -> Any:
    return _normal_mean(lambda z: sigma(mean + deviation * z))


def _mackay(mean: Any, deviation: Any) -> Any:
    return sigma(mean / mp.sqrt(1 + mp.pi * deviation**2 / 8))


FACTS = (
    Fact(
        id="9.1",
        title="Best logistic approximation of the normal distribution",
        latex=r"""\begin{aligned}
            \min_k \max_x |\Phi(x) - \sigma(kx)| &= 0.0094573091\ldots \\
            \text{at } k &= 1.7017449253\ldots
            \end{aligned}""",
        assumptions="x real, k > 0",
        source="numerical search; see also Haley 1952 and Camilli 1994 for 1.702 and 1.7",
        proof="The best k makes the largest errors of both signs equal; they lie at "
        r"$x = 0.571$ and $x = 2.043$.",
        lhs=_best_slope,
        rhs=lambda: (mp.mpf("1.70174492533800331"), mp.mpf("0.00945730917637108031")),
        wrong=lambda: (mp.mpf("1.701759570000000"), mp.mpf("0.009456440000000000")),
        points=ONCE,
        digits=25,
        tolerance=1e-16,
    ),
    Fact(
        id="9.1a",
        title="Errors of 1.702 and 1.7",
        latex=r"""\begin{aligned}
            \max_x |\Phi(x) - \sigma(1.702 x)| &= 0.0094863244\ldots \\
            \max_x |\Phi(x) - \sigma(1.7 x)| &= 0.0095614602\ldots
            \end{aligned}""",
        assumptions="x real",
        source="numerical search",
        proof="Direct search.",
        lhs=lambda: (
            _error_of_slope(mp.mpf("1.702")),
            _error_of_slope(mp.mpf("1.7")),
        ),
        rhs=lambda: (
            mp.mpf("0.00948632444558593713"),
            mp.mpf("0.00956146024119154047"),
        ),
        wrong=lambda: (mp.mpf("0.0094"), mp.mpf("0.0095")),
        points=ONCE,
        tolerance=1e-17,
    ),
    Fact(
        id="9.1b",
        title="Equal slopes at the origin",
        latex=r"\begin{gathered} k = \sqrt{8/\pi} = 1.59577\ldots \\ "
        r"\max_x |\Phi(x) - \sigma(kx)| = 0.0176711886\ldots \end{gathered}",
        assumptions="x real",
        source="elementary; the error by numerical search",
        proof=r"$\Phi'(0) = 1/\sqrt{2\pi} = k/4$ by 3.2. The error by direct search.",
        lhs=lambda: (
            mp.diff(lambda x: sigma(mp.sqrt(8 / mp.pi) * x), 0),
            _error_of_slope(mp.sqrt(8 / mp.pi)),
        ),
        rhs=lambda: (mp.npdf(0), mp.mpf("0.0176711886170780485")),
        wrong=lambda: (mp.npdf(0), mp.mpf("0.0176")),
        points=ONCE,
        tolerance=1e-17,
    ),
    Fact(
        id="9.1c",
        title="Equal variances",
        latex=r"\begin{gathered} k = \frac{\pi}{\sqrt3} = 1.81380\ldots \\ "
        r"\max_x |\Phi(x) - \sigma(kx)| = 0.0226628404\ldots \end{gathered}",
        assumptions="x real",
        source="elementary; the error by numerical search",
        proof=r"By 7.1 the law with distribution function $\sigma(kx)$ has variance "
        r"$\pi^2 / (3 k^2) = 1$. The error by direct search.",
        lhs=lambda: _error_of_slope(mp.pi / mp.sqrt(3)),
        rhs=lambda: mp.mpf("0.0226628404399795552"),
        wrong=lambda: mp.mpf("0.0226"),
        points=ONCE,
        tolerance=1e-17,
    ),
    Fact(
        id="9.2",
        title="A cubic inside the sigmoid",
        latex=r"""\begin{aligned}
            \max_x \left| \Phi(x) - \sigma(0.07056 x^3 + 1.5976 x) \right| & \\
            = 0.0001414484\ldots \text{ at } x = 1.4763375\ldots &
            \end{aligned}""",
        assumptions="x real",
        source="numerical search; the constants are those of Bowling et al. 2009",
        proof=r"Direct search. The authors state an error below $0.00014$; with the "
        "constants as printed it is 1 % larger.",
        lhs=lambda: largest(lambda x: abs(mp.ncdf(x) - _bowling(x)), 0, 6),
        rhs=lambda: (mp.mpf("1.47633755415351510"), mp.mpf("0.000141448471225275589")),
        wrong=lambda: (mp.mpf("1.47633755415351510"), mp.mpf("0.00014")),
        points=ONCE,
        tolerance=1e-16,
    ),
    Fact(
        id="9.3",
        title="Sigmoid approximation of GELU",
        latex=r"\begin{aligned} \max_x |x \, \Phi(x) - x \, \sigma(1.702 x)| &= "
        r"0.02033487\ldots \\ "
        r"\text{at } x &= \pm 2.2703977\ldots \end{aligned}",
        assumptions="x real",
        source="numerical search",
        proof="Direct search; the error is even in x, because both weights are ½ plus an "
        "odd function.",
        lhs=lambda: largest(
            lambda x: abs(x * mp.ncdf(x) - x * sigma(mp.mpf("1.702") * x)), 0, 8
        ),
        rhs=lambda: (mp.mpf("2.27039773719661017"), mp.mpf("0.0203348722092392302")),
        wrong=lambda: (mp.mpf("2.27039773719661017"), mp.mpf("0.02")),
        points=ONCE,
        tolerance=1e-16,
    ),
    Fact(
        id="9.4",
        title="MacKay's approximation of a mean sigmoid",
        latex=r"""\left| \operatorname{E} \sigma(\mu + sZ) -
            \sigma \left( \frac{\mu}{\sqrt{1 + \pi s^2 / 8}} \right) \right| < 0.017672""",
        assumptions="Z standard normal, μ real, s > 0; checked at five points, the largest "
        "with s = 20, and not proved for all",
        source="see also MacKay 1992",
        proof=r"As $s \to \infty$ with $\mu / s = t$ fixed the left side tends to "
        r"$|\Phi(t) - \sigma(t \sqrt{8/\pi})|$, whose maximum is 9.1b.",
        kind="inequality",
        lhs=lambda m, s: abs(_mean_sigmoid(m, s) - _mackay(m, s)),
        rhs=lambda m, s: mp.mpf("0.017672"),
        wrong=lambda m, s: mp.mpf("0.0174"),
        points=((1, 1), (-3, 2), (9.5, 5), (18, 10), (34, 20)),
        digits=15,
    ),
    Fact(
        id="9.5",
        title="Mean of a normal distribution function",
        latex=r"\operatorname{E} \Phi(\lambda (\mu + sZ)) = "
        r"\Phi \left( \frac{\lambda \mu}{\sqrt{1 + \lambda^2 s^2}} \right)",
        assumptions="λ, μ, s real; Z standard normal. Exact, unlike 9.4",
        source="elementary",
        proof="The left side is the probability that an independent normal variable is "
        "below λ(μ + sZ); the difference of the two is normal.",
        lhs=lambda k, m, s: _normal_mean(lambda z: mp.ncdf(k * (m + s * z))),
        rhs=lambda k, m, s: mp.ncdf(k * m / mp.sqrt(1 + (k * s) ** 2)),
        wrong=lambda k, m, s: mp.ncdf(k * m / mp.sqrt(1 + k * s**2)),
        points=((0.5, 1, 1), (2, -1, 0.5), (1, 0.25, 3)),
        digits=30,
        tolerance=1e-25,
    ),
    Fact(
        id="9.6",
        title="Sigmoid of a standard normal variable",
        latex=r"\begin{aligned} \operatorname{E} \sigma(Z) &= \tfrac12 \\ "
        r"\operatorname{Var} \sigma(Z) &= 0.0433790358\ldots \\ "
        r"\operatorname{E} \sigma'(Z) &= 0.2066209641\ldots \\ "
        r"\operatorname{E} \sigma'(Z)^2 &= 0.0448362413\ldots \end{aligned}",
        assumptions="Z standard normal",
        source="elementary",
        proof=r"2.1 gives the mean. By 3.1 $\operatorname{E} \sigma' = \tfrac14 - "
        r"\operatorname{Var} \sigma$. The root mean square of the slope is $0.2117457$.",
        lhs=lambda: (
            _normal_mean(sigma),
            _normal_mean(lambda z: sigma(z) ** 2) - 0.25,
            _normal_mean(sigma_prime),
            _normal_mean(lambda z: sigma_prime(z) ** 2),
        ),
        rhs=lambda: (
            mp.mpf(1) / 2,
            mp.mpf("0.0433790358580929627"),
            mp.mpf("0.2066209641419070373"),
            mp.mpf("0.0448362413501943718"),
        ),
        wrong=lambda: (
            mp.mpf(1) / 2,
            mp.mpf("0.0433790358580929627"),
            mp.mpf("0.2066209641419070373"),
            mp.mpf("0.0426922228"),
        ),
        points=ONCE,
        digits=30,
        tolerance=1e-16,
    ),
    Fact(
        id="9.7",
        title="Stein's identity",
        latex=r"\operatorname{E} [Z \, \sigma(\mu + sZ)] = "
        r"s \operatorname{E} \sigma'(\mu + sZ)",
        assumptions="μ, s real; Z standard normal",
        source="elementary",
        proof=r"Integrate by parts: $z \varphi(z) = -\varphi'(z)$.",
        lhs=lambda m, s: _normal_mean(lambda z: z * sigma(m + s * z)),
        rhs=lambda m, s: s * _normal_mean(lambda z: sigma_prime(m + s * z)),
        wrong=lambda m, s: _normal_mean(lambda z: sigma_prime(m + s * z)),
        points=((0.5, 2), (-1, 0.25), (3, 1.5)),
        digits=25,
        tolerance=1e-20,
    ),
    Fact(
        id="9.8",
        title="Shift of the logistic-normal mean",
        latex=r"\begin{aligned} I(\mu) &= \operatorname{E} \sigma(\mu + sZ) \\ "
        r"&= e^{\mu + s^2/2} \left( 1 - I(\mu + s^2) \right) \end{aligned}",
        assumptions="μ, s real; Z standard normal",
        source="elementary",
        proof=r"$\sigma(x) = e^x \sigma(-x)$, and $e^x$ moves the normal density by $s^2$.",
        lhs=_mean_sigmoid,
        rhs=lambda m, s: mp.exp(m + s**2 / 2) * (1 - _mean_sigmoid(m + s**2, s)),
        wrong=lambda m, s: mp.exp(m + s**2) * (1 - _mean_sigmoid(m + s**2, s)),
        points=((0.5, 1), (-2, 0.5), (0, 1.5)),
        digits=30,
        tolerance=1e-22,
    ),
    Fact(
        id="9.9",
        title="Logistic-normal mean in closed form",
        latex=r"\operatorname{E} \sigma(-s^2 + sZ) = \tfrac12 e^{-s^2/2}",
        assumptions="s real; Z standard normal",
        source="elementary",
        proof=r"9.8 at $\mu = -s^2$, where $I(0) = \tfrac12$ by symmetry. Repeat for "
        r"every multiple of $s^2$.",
        lhs=lambda s: _mean_sigmoid(-(s**2), s),
        rhs=lambda s: mp.exp(-(s**2) / 2) / 2,
        wrong=lambda s: mp.exp(-(s**2)) / 2,
        points=(0.5, -2, 3),
        digits=30,
        tolerance=1e-22,
    ),
)

"""Special points: fixed points, extremes, and arguments with memorable values."""

from itertools import pairwise
from typing import Any

from sigref.facts.fact import ONCE, Fact
from sigref.facts.notation import mp, sigma, softplus

FIXED_POINT = "0.65904606840740666098438649592886755169809033036"


def _iterate(x: Any) -> Any:
    """Return x after 100 applications of σ; each divides the error by about 4.45."""
    for _ in range(100):
        x = sigma(x)
    return x


def _root(f: Any, start: float) -> Any:
    return mp.findroot(f, mp.mpf(start))


def _minimum_of_silu() -> tuple[Any, Any]:
    x = _root(lambda t: mp.diff(lambda u: u * sigma(u), t), -1.3)
    return x, x * sigma(x)


def _crossings(w: float) -> int:
    """Count sign changes of σ(w(x − ½)) − x on a grid of [0, 1] that avoids ½."""
    grid = [0, *((2 * k + 1) / mp.mpf(1000) for k in range(500)), 1]
    signs = [sigma(w * (x - 0.5)) > x for x in grid]
    return sum(a != b for a, b in pairwise(signs))


FACTS = (
    Fact(
        id="5.1",
        title="Attracting fixed point",
        latex=r"""\begin{aligned}
            \sigma(x^*) &= x^* = 0.65904606840740666\ldots \\
            \sigma'(x^*) &= x^* (1 - x^*) = 0.22470434\ldots
            \end{aligned}""",
        assumptions="iteration of σ from any real start",
        source="elementary",
        proof="Banach's theorem: by 3.2 the map shrinks distances to a quarter or less.",
        lhs=lambda x: (_iterate(x), sigma(mp.mpf(FIXED_POINT)), mp.mpf(FIXED_POINT)),
        rhs=lambda x: (
            mp.mpf(FIXED_POINT),
            mp.mpf(FIXED_POINT),
            _root(lambda t: sigma(t) - t, 0.5),
        ),
        wrong=lambda x: (
            mp.mpf(FIXED_POINT[:20]),
            mp.mpf(FIXED_POINT),
            _root(lambda t: sigma(t) - t, 0.5),
        ),
        points=(-700, -1, 0, 0.659, 1, 700),
    ),
    Fact(
        id="5.2",
        title="Minimum of SiLU",
        latex=r"\begin{aligned} \min_x x \, \sigma(x) &= -W(1/e) = -0.27846454\ldots \\ "
        r"\text{at } x &= -1 - W(1/e) \end{aligned}",
        assumptions="x real; W is the principal branch of Lambert's function",
        source="elementary",
        proof=r"By 3.18 the slope vanishes where $1 + x \sigma(-x) = 0$, that is "
        r"$u e^u = e^{-1}$ with $u = -1 - x$.",
        lhs=_minimum_of_silu,
        rhs=lambda: (-1 - mp.lambertw(mp.exp(-1)), -mp.lambertw(mp.exp(-1))),
        wrong=lambda: (1 - mp.lambertw(mp.exp(-1)), -mp.lambertw(mp.exp(-1))),
        points=ONCE,
    ),
    Fact(
        id="5.3",
        title="Mean-field transition",
        latex=r"""\# \left\{ x : x = \sigma \left( w (x - \tfrac12) \right) \right\} =
            \begin{cases} 1 & w \le 4 \\ 3 & w > 4 \end{cases}""",
        assumptions="w real, w > 0",
        source="elementary",
        proof=r"The slope at $x = \tfrac12$ is $w/4$ (5.4), and the curve is convex "
        "below ½ and concave above. Checked by counting sign changes.",
        kind="computed",
        lhs=_crossings,
        rhs=lambda w: 1 if w <= 4 else 3,
        wrong=lambda w: 1 if w <= 5 else 3,
        points=(0.25, 1, 2, 3.9, 4, 4.02, 4.5, 6, 20, 300),
        digits=20,
    ),
    Fact(
        id="5.4",
        title="Slope of the mean-field map",
        latex=r"\left. \frac{\mathrm{d}}{\mathrm{d}x} \sigma \left( w (x - \tfrac12) "
        r"\right) \right|_{x = 1/2} = \frac w4",
        assumptions="w real",
        source="elementary",
        proof="Chain rule and 3.2.",
        lhs=lambda w: mp.diff(lambda x: sigma(w * (x - 0.5)), 0.5),
        rhs=lambda w: w / 4,
        wrong=lambda w: w / 2,
        points=(-700, 1e-9, 1, 4, 50),
    ),
    Fact(
        id="5.5",
        title="Values at logarithms",
        latex=r"\sigma(\ln r) = \frac{r}{1 + r}, \quad \sigma(\ln 2) = \tfrac23, "
        r"\quad \sigma(\ln 9) = \tfrac9{10}",
        assumptions="r > 0",
        source="elementary",
        proof="1.2 with odds r.",
        lhs=lambda r: sigma(mp.log(r)),
        rhs=lambda r: r / (1 + r),
        wrong=lambda r: 1 / (1 + r),
        points=(1e-300, 0.5, 2, 3, 9, 999, 1e30),
    ),
    Fact(
        id="5.6",
        title="Golden ratio",
        latex=r"\begin{gathered} \sigma(\ln \varphi) = \frac1\varphi, \quad \sigma(2 \ln "
        r"\varphi) = \frac{\varphi}{\sqrt5} \\ "
        r"\operatorname{softplus}(-\ln \varphi) = \ln \varphi \end{gathered}",
        assumptions="φ = (1 + √5)/2",
        source="elementary",
        proof=r"5.5 with $1 + \varphi = \varphi^2$ and $1 + \varphi^2 = \sqrt5 \varphi$. "
        "The last: where softplus meets the line −x.",
        lhs=lambda: (
            sigma(mp.log(mp.phi)),
            sigma(2 * mp.log(mp.phi)),
            softplus(-mp.log(mp.phi)),
        ),
        rhs=lambda: (1 / mp.phi, mp.phi / mp.sqrt(5), mp.log(mp.phi)),
        wrong=lambda: (1 / mp.phi**2, mp.phi / mp.sqrt(5), mp.log(mp.phi)),
        points=ONCE,
    ),
    Fact(
        id="5.7",
        title="Values on the imaginary axis",
        latex=r"\sigma \left( \tfrac{\pi i}{2} \right) = \frac{1 + i}{2}, \quad "
        r"\sigma \left( \tfrac{2 \pi i}{3} \right) = e^{\pi i / 3}",
        assumptions="none",
        source="elementary",
        proof=r"$e^{-\pi i/2} = -i$; and $1 + e^{-2\pi i/3} = e^{-\pi i/3}$.",
        lhs=lambda: (sigma(0.5j * mp.pi), sigma(2j * mp.pi / 3)),
        rhs=lambda: (mp.mpc(0.5, 0.5), mp.expjpi(mp.mpf(1) / 3)),
        wrong=lambda: (mp.mpc(0.5, -0.5), mp.expjpi(mp.mpf(1) / 3)),
        points=ONCE,
    ),
    Fact(
        id="5.8",
        restates="5.2",
        title="Maximum of x times the complement",
        latex=r"\max_x x \, \sigma(-x) = W(1/e) \quad \text{at } x = 1 + W(1/e)",
        assumptions="x real",
        source="elementary",
        proof="5.2 with −x in place of x. As an inequality, with equality there.",
        kind="inequality",
        lhs=lambda x: x * sigma(-x),
        rhs=lambda x: mp.lambertw(mp.exp(-1)),
        wrong=lambda x: mp.mpf("0.27846"),
        points=(-700, -1, 1e-9, 1, 1.2784, 1.27846454, 1.28, 2, 700),
    ),
    Fact(
        id="5.9",
        title="Fixed point of the complement",
        latex=r"\sigma(-x) = x \iff x = 0.4010581375\ldots",
        assumptions="x real",
        source="elementary",
        proof=r"The left side falls, the right side rises. Equivalent: $x + x e^x = 1$.",
        lhs=lambda: mp.mpf("0.40105813754154703565"),
        rhs=lambda: _root(lambda x: x + x * mp.exp(x) - 1, 0.4),
        wrong=lambda: _root(lambda x: x + mp.exp(x) - 2, 0.4),
        points=ONCE,
        tolerance=1e-19,
    ),
)

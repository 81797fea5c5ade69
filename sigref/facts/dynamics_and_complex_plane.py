"""Differential equations that σ solves (11), and σ in the complex plane (12)."""

from typing import Any

from sigref.facts.fact import Fact
from sigref.facts.notation import COMPLEX, logit, mp, sigma, sigma_prime

SPACE_TIME = ((0.5, 0.25), (-3, 1), (2, -1.5), (20, 3), (-1e-9, 1e-9))


def _richards(t: Any) -> Any:
    """Return a Richards curve with A = 1, K = 4, Q = 0.5, B = 2, ν = 3."""
    return 1 + 3 / mp.cbrt(1 + mp.exp(-2 * t) / 2)


def _fisher_wave(x: Any, t: Any) -> Any:
    return sigma(-(x - 5 * t / mp.sqrt(6)) / mp.sqrt(6)) ** 2


def _burgers_wave(x: Any, t: Any, nu: Any) -> Any:
    return sigma(-(x - t / 2) / (2 * nu))


def _soliton(x: Any, t: Any) -> Any:
    """Return the soliton of speed c = 2."""
    return 4 * sigma_prime(mp.sqrt(2) * (x - 2 * t))


def _pole_sum(x: Any, power: int) -> Any:
    """Return Σ (x − (2k + 1)πi)^−power over all integers k."""
    upper = mp.nsum(lambda k: (x - (2 * k + 1) * mp.pi * 1j) ** -power, [0, mp.inf])
    return 2 * mp.re(upper)


def _flow(p: Any, t: Any) -> Any:
    return p * mp.exp(t) / (1 - p + p * mp.exp(t))


FACTS = (
    Fact(
        id="11.0",
        title="Logistic differential equation",
        latex=r"y' = y (1 - y), \quad y(0) = \tfrac12 \implies y = \sigma(x)",
        assumptions="x real",
        source="elementary; Verhulst's equation (1838)",
        proof="3.1, and uniqueness. Checked by solving the equation with a Taylor method.",
        lhs=lambda x: mp.odefun(lambda t, y: y * (1 - y), 0, mp.mpf(1) / 2)(x),
        rhs=sigma,
        wrong=lambda x: sigma(2 * x),
        points=(0.5, 2, 8),
        digits=25,
        tolerance=1e-20,
    ),
    Fact(
        id="11.1",
        title="Richards curve",
        latex=r"""\begin{aligned}
            Y &= A + (K - A) \left( 1 + Q e^{-Bt} \right)^{-1/\nu} \\
            Y' &= \tfrac B\nu (Y - A)
            \left( 1 - \left( \tfrac{Y - A}{K - A} \right)^\nu \right)
            \end{aligned}""",
        assumptions="Q, ν > 0, A ≠ K; checked with A = 1, K = 4, Q = ½, B = 2, ν = 3",
        source="elementary; see also Richards 1959",
        proof=r"With $u = (Y - A)/(K - A)$: $u^{-\nu} = 1 + Q e^{-Bt}$; differentiate. "
        r"For $\nu = 1$ it is a shifted and scaled σ.",
        lhs=lambda t: mp.diff(_richards, t),
        rhs=lambda t: (
            mp.mpf(2) / 3 * (_richards(t) - 1) * (1 - ((_richards(t) - 1) / 3) ** 3)
        ),
        wrong=lambda t: (
            mp.mpf(2) / 3 * (_richards(t) - 1) * (1 - ((_richards(t) - 1) / 3) ** 2)
        ),
        points=(-30, -3.25, 1e-9, 0.5, 2, 20),
        digits=80,
    ),
    Fact(
        id="11.2",
        title="Fisher's equation",
        latex=r"""\begin{aligned}
            u_t &= u_{xx} + u (1 - u) \\
            u &= \sigma \left( -\tfrac{1}{\sqrt6} \left( x - \tfrac{5t}{\sqrt6}
            \right) \right)^2
            \end{aligned}""",
        assumptions="x, t real",
        source="elementary; see also Ablowitz and Zeppetella 1979",
        proof="Insert; with 3.1 both sides are polynomials in σ. Numerical derivatives.",
        lhs=lambda x, t: mp.diff(_fisher_wave, (x, t), (0, 1)),
        rhs=lambda x, t: (
            mp.diff(_fisher_wave, (x, t), (2, 0))
            + _fisher_wave(x, t) * (1 - _fisher_wave(x, t))
        ),
        wrong=lambda x, t: (
            mp.diff(_fisher_wave, (x, t), (2, 0))
            - _fisher_wave(x, t) * (1 - _fisher_wave(x, t))
        ),
        points=SPACE_TIME,
        digits=60,
    ),
    Fact(
        id="11.3",
        title="Burgers's equation",
        latex=r"u_t + u u_x = \nu u_{xx}, \quad "
        r"u = \sigma \left( -\frac{x - t/2}{2 \nu} \right)",
        assumptions="x, t real, ν > 0",
        source="elementary",
        proof="Insert; 3.1 and 3.3. A shock from 1 to 0 that travels at speed ½.",
        lhs=lambda x, t, nu: (
            mp.diff(lambda s: _burgers_wave(x, s, nu), t)
            + _burgers_wave(x, t, nu) * mp.diff(lambda s: _burgers_wave(s, t, nu), x)
        ),
        rhs=lambda x, t, nu: nu * mp.diff(lambda s: _burgers_wave(s, t, nu), x, 2),
        wrong=lambda x, t, nu: -nu * mp.diff(lambda s: _burgers_wave(s, t, nu), x, 2),
        points=((0.5, 0.25, 1), (-3, 1, 0.5), (2, -1.5, 2), (1, 3, 0.05)),
        digits=80,
    ),
    Fact(
        id="11.4",
        title="Logistic growth",
        latex=r"""\begin{aligned}
            N' &= rN \left( 1 - \tfrac NK \right), \quad N(0) = N_0: \\
            N &= K \sigma \left( rt + \operatorname{logit} \tfrac{N_0}{K} \right)
            \end{aligned}""",
        assumptions="0 < N₀ < K, r and t real",
        source="elementary",
        proof="Chain rule and 3.1; 8.7 for the initial value.",
        lhs=lambda t, r, k, n: (
            mp.diff(lambda s: k * sigma(r * s + logit(n / k)), t),
            k * sigma(logit(n / k)),
        ),
        rhs=lambda t, r, k, n: (
            r * k * sigma(r * t + logit(n / k)) * sigma(-r * t - logit(n / k)),
            n,
        ),
        wrong=lambda t, r, k, n: (
            k * sigma(r * t + logit(n / k)) * sigma(-r * t - logit(n / k)),
            n,
        ),
        points=((0.5, 0.25, 10, 1), (-20, 2, 3, 2.5), (7, 1.5, 1e6, 1e-3)),
    ),
    Fact(
        id="11.5",
        title="The flow is addition of logits",
        latex=r"\begin{gathered} \varphi_t(p) = \frac{p e^t}{1 - p + p e^t} = "
        r"\sigma(\operatorname{logit} p + t) \\ "
        r"\varphi_s \varphi_t = \varphi_{s+t} \end{gathered}",
        assumptions="0 < p < 1, s and t real",
        source="elementary",
        proof="2.5 with b = σ(t). The time-t map of 11.0, and Bayes's rule 8.8.",
        lhs=lambda p, s, t: (
            sigma(logit(p) + s + t),
            _flow(p, s + t),
        ),
        rhs=lambda p, s, t: _flow(_flow(p, t), s),
        wrong=lambda p, s, t: _flow(_flow(p, t), -s),
        points=((0.25, 1, 2), (1e-9, 30, -5), (0.999, -3, -40)),
        digits=100,
    ),
    Fact(
        id="11.6",
        title="Kink of the double well",
        latex=r"u'' = u^3 - u, \quad u = 2 \sigma(\sqrt2 \, x) - 1 = \tanh \frac{x}{\sqrt2}",
        assumptions="x real",
        source="elementary",
        proof=r"3.3 with $u = 2 \sigma - 1$, $\sigma' = (1 - u^2)/4$.",
        lhs=lambda x: mp.diff(lambda t: 2 * sigma(mp.sqrt(2) * t) - 1, x, 2),
        rhs=lambda x: mp.tanh(x / mp.sqrt(2)) ** 3 - mp.tanh(x / mp.sqrt(2)),
        wrong=lambda x: mp.tanh(x / mp.sqrt(2)) - mp.tanh(x / mp.sqrt(2)) ** 3,
        points=(-36.75, -3.25, -1, 1e-9, 0.5, 2, 20),
        digits=120,
    ),
    Fact(
        id="11.7",
        title="Soliton of the Korteweg–de Vries equation",
        latex=r"\begin{gathered} u_t + 6 u u_x + u_{xxx} = 0 \\ "
        r"u = 2c \, \sigma' \left( \sqrt c \, (x - ct) \right) \end{gathered}",
        assumptions="x, t real, c > 0; checked with c = 2",
        source="elementary",
        proof=r"3.1 turns $\tfrac c2 \operatorname{sech}^2$ into $2c \sigma'$; insert, "
        "using 3.5.",
        lhs=lambda x, t: mp.diff(_soliton, (x, t), (0, 1)),
        rhs=lambda x, t: (
            -6 * _soliton(x, t) * mp.diff(_soliton, (x, t), (1, 0))
            - mp.diff(_soliton, (x, t), (3, 0))
        ),
        wrong=lambda x, t: (
            -3 * _soliton(x, t) * mp.diff(_soliton, (x, t), (1, 0))
            - mp.diff(_soliton, (x, t), (3, 0))
        ),
        points=((0.5, 0.125), (-3, 1), (2, -1.5), (20, 3), (-1e-9, 1e-9)),
        digits=80,
    ),
    Fact(
        id="12.1",
        title="Real and imaginary parts",
        latex=r"\sigma(x + iy) = \frac{e^x + \cos y + i \sin y}{2 (\cosh x + \cos y)}",
        assumptions="x, y real, x + iy not a pole",
        source="elementary",
        proof=r"Multiply 1.2 by the conjugate of $1 + e^{x + iy}$; divide by $e^x$.",
        lhs=sigma,
        rhs=lambda z: (
            mp.mpc(mp.exp(z.real) + mp.cos(z.imag), mp.sin(z.imag))
            / (2 * (mp.cosh(z.real) + mp.cos(z.imag)))
        ),
        wrong=lambda z: (
            mp.mpc(mp.exp(z.real) + mp.cos(z.imag), -mp.sin(z.imag))
            / (2 * (mp.cosh(z.real) + mp.cos(z.imag)))
        ),
        points=COMPLEX,
        digits=80,
    ),
    Fact(
        id="12.2",
        title="Imaginary axis",
        latex=r"\sigma(iy) = \tfrac12 + \tfrac i2 \tan \tfrac y2",
        assumptions="y real, y ≠ (2k + 1)π",
        source="elementary",
        proof="1.3 with tanh(iu) = i tan u.",
        lhs=lambda y: sigma(1j * y),
        rhs=lambda y: mp.mpc(0.5, mp.tan(y / 2) / 2),
        wrong=lambda y: mp.mpc(0.5, mp.tan(y) / 2),
        points=(-700, -3.14159, -1e-9, 1e-20, 0.5, 3, 3.1415926, 50),
    ),
    Fact(
        id="12.3",
        title="Inverse in the strip",
        latex=r"\operatorname{logit}(\sigma(z)) = z",
        assumptions="z complex, |Im z| < π; principal logarithm",
        source="elementary",
        proof=r"The odds are $e^z$ (8.7), and the principal logarithm undoes the "
        "exponential in that strip. Outside it the answer differs by a multiple of 2πi.",
        lhs=lambda z: logit(sigma(z)),
        rhs=lambda z: z,
        wrong=lambda z: mp.conj(z),
        points=(0.001 + 3.14j, -1e-6 + 3.1415926j, 2 - 3.1j, 50 + 1j, -30 - 2j, 1e-9j),
        digits=100,
    ),
    Fact(
        id="12.4",
        title="Modulus",
        latex=r"|\sigma(x + iy)|^2 = \frac{e^x}{2 (\cosh x + \cos y)}",
        assumptions="x, y real, x + iy not a pole",
        source="elementary",
        proof=r"$|1 + e^{-z}|^2 = 1 + 2 e^{-x} \cos y + e^{-2x}$.",
        lhs=lambda z: abs(sigma(z)) ** 2,
        rhs=lambda z: mp.exp(z.real) / (2 * (mp.cosh(z.real) + mp.cos(z.imag))),
        wrong=lambda z: mp.exp(z.real) / (2 * (mp.cosh(z.real) - mp.cos(z.imag))),
        points=COMPLEX,
        digits=80,
    ),
    Fact(
        id="12.5",
        title="A strip becomes a disc",
        latex=r"\left| \sigma(z) - \tfrac12 \right|^2 = "
        r"\frac14 \cdot \frac{\cosh x - \cos y}{\cosh x + \cos y}",
        assumptions="z = x + iy, x and y real, z not a pole",
        source="elementary",
        proof=r"$|\tanh(z/2)|^2$ by 1.3. It is below ¼ exactly where $\cos y > 0$: the "
        r"strip $|y| < \pi/2$ is mapped onto the disc of radius ½ around ½.",
        lhs=lambda z: abs(sigma(z) - 0.5) ** 2,
        rhs=lambda z: (
            (mp.cosh(z.real) - mp.cos(z.imag)) / (mp.cosh(z.real) + mp.cos(z.imag)) / 4
        ),
        wrong=lambda z: (
            (mp.cosh(z.real) + mp.cos(z.imag)) / (mp.cosh(z.real) - mp.cos(z.imag)) / 4
        ),
        points=COMPLEX,
        digits=80,
    ),
    Fact(
        id="12.6",
        title="Argument",
        latex=r"\tan \arg \sigma(x + iy) = \frac{\sin y}{e^x + \cos y}",
        assumptions="x, y real, x + iy not a pole, eˣ + cos y ≠ 0",
        source="elementary",
        proof="Ratio of the two parts in 12.1.",
        lhs=lambda z: mp.tan(mp.arg(sigma(z))),
        rhs=lambda z: mp.sin(z.imag) / (mp.exp(z.real) + mp.cos(z.imag)),
        wrong=lambda z: mp.sin(z.imag) / (mp.exp(-z.real) + mp.cos(z.imag)),
        points=COMPLEX,
        digits=80,
    ),
    Fact(
        id="12.7",
        title="Values that are left out",
        latex=r"\sigma(z) = w \iff z = \operatorname{logit} w + 2 \pi i k",
        assumptions="w complex, w ≠ 0, 1, k an integer; the values 0 and 1 are never taken",
        source="elementary",
        proof=r"Solve 1.2: $e^z = w / (1 - w)$, and the exponential omits 0 only.",
        lhs=lambda w, k: sigma(logit(w) + 2j * mp.pi * k),
        rhs=lambda w, k: w,
        wrong=lambda w, k: 1 - w,
        points=((2, 0), (-1, 3), (0.5 + 0.5j, -2), (1e-9j, 1), (-700 + 3j, 0)),
    ),
    Fact(
        id="12.8",
        title="Derivatives as sums over the poles",
        latex=r"\sigma^{(n)}(x) = (-1)^n n! \sum_{k=-\infty}^\infty "
        r"\frac{1}{(x - (2k+1) \pi i)^{n+1}}",
        assumptions="x real, n ≥ 1 an integer",
        source="elementary",
        proof="Differentiate 1.8, with its two terms kept apart, n times.",
        lhs=lambda x, n: mp.diff(sigma, x, int(n)),
        rhs=lambda x, n: (-1) ** int(n) * mp.factorial(n) * _pole_sum(x, int(n) + 1),
        wrong=lambda x, n: mp.factorial(n) * _pole_sum(x, int(n) + 1),
        points=((0.5, 1), (0.125, 11)),
        digits=25,
        tolerance=1e-20,
    ),
)

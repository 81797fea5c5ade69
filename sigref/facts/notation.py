"""The functions that the facts are about, in arbitrary precision.

Each is the definition, written plainly. Precision is the caller's: ``mp.workdps``.
"""

from typing import Any

try:
    from mpmath import mp  # type: ignore[import-untyped]
except ModuleNotFoundError:
    raise ModuleNotFoundError("sigref.facts needs mpmath: pip install mpmath") from None

__all__ = [
    "COMPLEX",
    "OFF_POLES",
    "POSITIVE",
    "PROBABILITIES",
    "REAL",
    "entropy",
    "integral",
    "largest",
    "logit",
    "mp",
    "sigma",
    "sigma_prime",
    "softplus",
]

# Shared points. Floats are meant as the binary numbers they are.
REAL = (-700, -50, -3.25, -1, -1e-9, 1e-20, 0.5, 2, 36.75, 700)
POSITIVE = (1e-20, 1e-3, 0.5, 1, 3.25, 50, 700)
PROBABILITIES = (1e-300, 1e-9, 0.25, 0.5, 0.7, 1 - 2**-53)
# Near the poles at πi and −3πi, far out, and close to 0.
COMPLEX = (0.001 + 3.14j, -1e-6 + 3.1415926j, 2 - 9.42j, 50 + 1j, -700 - 20j, 1e-9j)

OFF_POLES = "z complex, z ≠ (2k + 1)πi for integer k"


def sigma(z: Any) -> Any:
    """Return 1/(1 + e^−z)."""
    return 1 / (1 + mp.exp(-z))


def sigma_prime(z: Any) -> Any:
    """Return σ′(z) = e^−z/(1 + e^−z)²."""
    t = mp.exp(-z)
    return t / (1 + t) ** 2


def softplus(x: Any) -> Any:
    """Return softplus(x) = ln(1 + e^x)."""
    return mp.log1p(mp.exp(x))


def logit(p: Any) -> Any:
    """Return ln(p/(1 − p))."""
    return mp.log(p / (1 - p))


def entropy(p: Any) -> Any:
    """Return the binary entropy −p ln p − (1 − p) ln(1 − p), in nats."""
    return -p * mp.log(p) - (1 - p) * mp.log(1 - p)


def integral(f: Any, *limits: Any) -> Any:
    """Return ∫f over the given limits; over the whole line without limits."""
    return mp.quad(f, limits or (-mp.inf, 0, mp.inf))


def largest(f: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """Return the place and the value of the largest f on an interval, by search.

    Golden sections around each local maximum of a grid of 100 steps: two peaks of
    almost the same height are told apart, and no derivative is used, so that a kink is
    found as well as a smooth maximum.
    """
    grid = [low + k * (mp.mpf(high) - low) / 100 for k in range(101)]
    values = [-mp.inf, *map(f, grid), -mp.inf]
    grid = [grid[0], *grid, grid[-1]]
    peaks = [
        _peak(f, grid[k - 1], grid[k + 1])
        for k in range(1, 102)
        if values[k - 1] <= values[k] > values[k + 1]
    ]
    return max(peaks, key=lambda peak: peak[1])


def _peak(f: Any, a: Any, b: Any) -> tuple[Any, Any]:
    left, right = b - (b - a) / mp.phi, a + (b - a) / mp.phi
    at_left, at_right = f(left), f(right)
    for _ in range(4 * mp.dps):
        if at_left > at_right:
            b, right, at_right = right, left, at_left
            left = b - (b - a) / mp.phi
            at_left = f(left)
        else:
            a, left, at_left = left, right, at_right
            right = a + (b - a) / mp.phi
            at_right = f(right)
    return (a + b) / 2, f((a + b) / 2)

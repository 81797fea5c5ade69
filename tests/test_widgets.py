"""The widgets: their numbers against Python's, their use by keyboard and pointer."""

import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import pytest
import sigref
from built import ROOT, page_of, parse
from flint import arb, ctx
from playwright.sync_api import Page
from reference import ends, ulp_error
from visitor import (
    CLIPBOARD,
    DESKTOP,
    MAY_COPY,
    OVERFLOW,
    PHONE,
    SHIFTS,
    SMALLEST,
    resize,
    violations,
)

pytestmark = pytest.mark.browser

MICROSCOPE = "reference/saturation-thresholds.md"
VANISHING = "explanation/why-gradients-vanish.md"


def call(page: Page, module: str, body: str, argument: object) -> object:
    """Return what a function of one of the site's modules makes of the argument."""
    return page.evaluate(
        f"async ([module, argument]) => {{ const m = await import(module); {body} }}",
        [f"/assets/{module}.js", argument],
    )


# --- The explorer's numbers -----------------------------------------------------


def test_explorer_computes_as_python_does(visitor):
    rng = np.random.default_rng(0)
    xs = np.concatenate(
        [
            np.linspace(-6, 6, 1201),
            rng.uniform(-750, 750, 3000),
            rng.standard_normal(1000) * 10.0 ** rng.uniform(-300, 2, 1000),
            [0.0, -0.0, 36.73, 36.74, 37.43, -708.4, -745.13, -745.14, 1e308, -1e308],
        ]
    ).tolist()
    body = "return argument.map((x) => [m.sigmoid(x), m.sigmoidDerivative(x)])"
    pairs = call(visitor.open(), "sigmoid-explorer", body, xs)
    assert len(pairs) == len(xs) > 5000
    for x, (value, slope) in zip(xs, pairs, strict=True):
        assert ulp_error("sigmoid", x, np.float64(value)) <= 3, x
        assert ulp_error("sigmoid_derivative", x, np.float64(slope)) <= 4, x


# --- The microscope's numbers -----------------------------------------------------


@dataclass(frozen=True)
class Format:
    """A format of floats by its parameters; each number is a float64, too."""

    p: int
    emin: int
    largest: float
    overflow: float = math.inf

    def nearest(self, v: Fraction) -> float:
        """Return the number of the format nearest to v, ties to even."""
        if not v:
            return 0.0
        size = abs(v)
        e = size.numerator.bit_length() - size.denominator.bit_length()
        e -= size < Fraction(2) ** e
        unit = Fraction(2) ** (max(e, self.emin) - self.p + 1)
        rounded = round(v / unit) * unit
        if abs(rounded) > self.largest:
            return self.overflow if v > 0 else -self.overflow
        return float(rounded)

    def of(self, ball: Callable[[], arb]) -> float:
        """Return the number nearest to an exact value; a ball must not be in doubt."""
        ctx.prec = 640
        low, high = (self.nearest(m * Fraction(2) ** e) for m, e in ends(ball()))
        assert low == high or low != low
        return low

    def exp(self, x: float) -> float:
        return self.of(lambda: arb(max(-1200.0, min(1200.0, x))).exp()) if x else 1.0

    def log(self, x: float) -> float:
        if x == 0:
            return -self.overflow
        return x if not 0 < x < math.inf else self.of(lambda: arb(x).log())

    def op(self, sign: str, a: float, b: float) -> float:
        """Return a sign b, rounded."""
        if sign == "/" and b == 0:
            return self.overflow if a > 0 else math.nan
        if not (math.isfinite(a) and math.isfinite(b)):
            return {"+": a + b, "-": a - b, "*": a * b, "/": a / b}[sign]
        a, b = Fraction(a), Fraction(b)
        return self.nearest(
            {"+": a + b, "-": a - b, "*": a * b, "/": a / (b or 1)}[sign]
        )

    @cached_property
    def smallest(self) -> float:
        return math.ldexp(1.0, self.emin - self.p + 1)

    def nth(self, i: int) -> float:
        """Return the i-th positive number."""
        field, digits = divmod(i, 2 ** (self.p - 1))
        if field:
            digits += 2 ** (self.p - 1)
        return math.ldexp(digits, self.emin - self.p + max(field, 1))

    @cached_property
    def count(self) -> int:
        """How many positive numbers there are."""
        m, e = math.frexp(self.largest)
        return (
            (e - self.emin) * 2 ** (self.p - 1)
            + int(math.ldexp(m, self.p))
            - 2 ** (self.p - 1)
        )

    def sample(self, n: int) -> list[float]:
        """Return numbers of all sizes, more where the sigmoid does something."""
        rng = random.Random(0)
        every = [self.nth(i) for i in range(self.count + 1)] if self.count < n else []
        if not every:
            every = [self.nth(rng.randint(0, self.count)) for _ in range(n // 3)]
            every += [self.nth(i) for i in range(20)]
            every += [self.nth(2 ** (self.p - 1) + i) for i in range(-5, 5)]
            every += [self.largest, self.nth(self.count - 1), 1.0]
        every += [
            self.nearest(Fraction(rng.uniform(0, end)))
            for end in (1, 40, min(self.largest, 800))
            for _ in range(n // 12)
        ]
        return [x for size in every for x in (size, -size)]


FORMATS = {
    "float64": Format(53, -1022, float(np.finfo(np.float64).max)),
    "float32": Format(24, -126, float(np.finfo(np.float32).max)),
    "float16": Format(11, -14, 65504.0),
    "bfloat16": Format(8, -126, math.ldexp(255, 120)),
    "float8_e4m3fn": Format(4, -6, 448.0, math.nan),
    "float8_e5m2": Format(3, -14, 57344.0),
}
EVERY_FORMAT = pytest.mark.parametrize("dtype", FORMATS)


def textbook(f: Format, x: float) -> list[float]:
    s = f.op("/", 1.0, f.op("+", 1.0, f.exp(-x)))
    q = f.op("-", 1.0, s)
    return [s, q, f.op("*", s, q), f.log(f.op("/", s, q))]


def safe(f: Format, x: float) -> list[float]:
    e = f.exp(-abs(x))
    total = f.op("+", 1.0, e)
    large, small = f.op("/", 1.0, total), f.op("/", e, total)
    slope = f.op("/", e, f.op("*", total, total))
    back = f.log(f.op("/", small, large))
    return [large, small, slope, -back] if x >= 0 else [small, large, slope, back]


def exact(x: float) -> list[arb]:
    """Return σ(x), 1 − σ(x), σ′(x) and x."""
    ctx.prec = 640
    ball = arb(max(-1200.0, min(1200.0, x)))
    value, complement = 1 / (1 + (-ball).exp()), 1 / (1 + ball.exp())
    return [value, complement, value * complement, arb(x)]


def ulps(f: Format, computed: float, truth: arb) -> float:
    if not math.isfinite(computed):
        return abs(computed)
    m, e = map(int, truth.mid().man_exp())
    q = max(e + abs(m).bit_length() - 1, f.emin) - f.p + 1
    return float(abs(arb(computed) - truth) * arb(2) ** -q)


WHAT = ("value", "complement", "slope", "inverse")
MEASURE = """
  return argument.xs.map((x) => {
    const found = m.measure(x, argument.dtype);
    return ["textbook", "safe"].map((form) =>
      argument.what.flatMap((what) => [found[form][what], found[form].error[what]]));
  });"""


def same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


@EVERY_FORMAT
def test_microscope_computes_as_python_does(dtype, visitor):
    f = FORMATS[dtype]
    xs = f.sample(1500)
    argument = {"dtype": dtype, "xs": xs, "what": WHAT}
    found = call(visitor.open("404.html"), "float-microscope", MEASURE, argument)
    assert len(found) == len(xs)
    for x, pair in zip(xs, found, strict=True):
        truths = exact(x)
        for form, numbers in zip((textbook, safe), pair, strict=True):
            expected = form(f, x)
            for what, e, truth, got, error in zip(
                WHAT, expected, truths, numbers[::2], numbers[1::2], strict=True
            ):
                assert same(got, e), (x, form, what)
                off = ulps(f, e, truth)
                assert same(error, off) or error == pytest.approx(off, 1e-9, 1e-30), (x, what)

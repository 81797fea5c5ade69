"""The widgets: their numbers against Python's, their use by keyboard and pointer."""

import math
import random
import re
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from built import ROOT, page_of
from flint import arb, ctx
from oracle import ends, ulp_error
from playwright.sync_api import Page
from sigref._docs.html import parse
from visitor import (
    DESKTOP,
    OVERFLOW,
    PHONE,
    SHIFTS,
    SMALLEST,
    resize,
    settle,
    violations,
)

pytestmark = pytest.mark.browser

MICROSCOPE = "reference/saturation-thresholds.md"
VANISHING = "explanation/why-gradients-vanish.md"


LOAD = """(name) => new Promise((done) => {
  if (customElements.get(name)) return done();
  const script = document.createElement("script");
  const ours = document.querySelector("script[src$='/site.js']");
  script.src = ours.src.replace("site.js", `${name}.js?late`);
  script.addEventListener("load", done);
  document.head.append(script);
})"""


def call(page: Page, widget: str, body: str, argument: object) -> object:
    """Return what functions of a widget make of the argument."""
    page.evaluate(LOAD, widget)
    script = f"([name, argument]) => {{ const m = customElements.get(name); {body} }}"
    return floats(page.evaluate(script, [widget, argument]))


def floats(value: object) -> object:
    """Numbers as JavaScript has them: a large one comes as the int of its digits."""
    if isinstance(value, list):
        return [floats(item) for item in value]
    if isinstance(value, dict):
        return {key: floats(item) for key, item in value.items()}
    return float(value) if isinstance(value, int) else value


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


def test_explorer_begins_with_the_picture_of_the_page(visitor):
    page = visitor.open()
    body = "return m.program(m.INITIAL)"
    shown = page.locator("sigmoid-explorer > .program .highlight code").last
    assert call(page, "sigmoid-explorer", body, None) == shown.inner_text()
    caption = page.locator("sigmoid-explorer .caption")
    static = page.locator("sigmoid-explorer figcaption")
    assert caption.inner_text() == static.text_content()
    key = page.locator("sigmoid-explorer .key li").all_inner_texts()
    assert [name.strip() for name in key] == ["sigmoid", "its slope", "tangent"]


def test_explorer_keeps_its_curves_in_the_frame(visitor):
    page = visitor.open()
    for state in ("a=0,b=1,k=1", "a=-1,b=1,k=4", "a=2,b=-1,k=4", "a=-1,b=2,k=4"):
        page.evaluate(f"location.hash = '#explorer:{state}'")
        page.evaluate("new Promise((go) => setTimeout(go, 50))")
        for curve in (".value", ".slope"):
            path = page.locator(f"sigmoid-explorer .drawing {curve}")
            heights = [
                float(point.split()[1])
                for point in re.split("[ML]", path.get_attribute("d"))[1:]
            ]
            assert 8 <= min(heights) < max(heights) <= 276, (state, curve)


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
        assert same(low, high)
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
    xs = f.sample(3000)
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
                assert same(error, off) or error == pytest.approx(off, 1e-9, 1e-30), (
                    x,
                    what,
                )


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_the_oracle_rounds_as_numpy_does(dtype):
    rng = random.Random(1)
    ends = (int(np.finfo(dtype).minexp) - int(np.finfo(dtype).nmant) - 2, 140)
    for _ in range(3000):
        v = Fraction(rng.getrandbits(30)) * Fraction(2) ** rng.randint(*ends)
        with np.errstate(over="ignore"):
            assert FORMATS[dtype].nearest(v) == np.dtype(dtype).type(float(v)), v


@EVERY_FORMAT
def test_microscope_rounds_to_nearest_even(dtype, visitor):
    f = FORMATS[dtype]
    rng = random.Random(2)
    xs = [x for x in f.sample(1500) if math.isfinite(x)]
    # Between two neighbours: the middle, and the float64 numbers on its sides.
    for i in [*range(20), *(rng.randrange(f.count) for _ in range(700)), f.count]:
        low = f.nth(i)
        middle = low + (low - f.nth(i - 1) if i == f.count else f.nth(i + 1) - low) / 2
        xs += [math.nextafter(middle, 0), middle, math.nextafter(middle, math.inf)]
    xs = [x for x in xs if math.isfinite(x)]
    body = "return argument[1].map((x) => m.round(x, m.FORMATS[argument[0]]))"
    page = visitor.open("404.html")
    found = call(page, "float-microscope", body, [dtype, xs])
    assert len(found) > 3000
    for x, got in zip(xs, found, strict=True):
        assert same(got, f.nearest(Fraction(x))), x
    special = call(page, "float-microscope", body, [dtype, [math.inf, -math.inf]])
    assert all(map(same, special, [f.overflow, -f.overflow]))


@EVERY_FORMAT
def test_microscope_has_exp_and_log_correctly_rounded(dtype, visitor):
    f = FORMATS[dtype]
    xs = f.sample(900)
    if dtype == "float64":  # e^x is then a hair beside the middle of two numbers
        xs += [
            s * 2.0**-k * (1 + j)
            for k in range(45, 60)
            for s in (1, -1)
            for j in (0, 1)
        ]
    body = """const f = m.FORMATS[argument[0]];
      return argument[1].map((x) => [m.exp(x, f), m.log(x, f)])"""
    found = call(visitor.open("404.html"), "float-microscope", body, [dtype, xs])
    for x, (exp, log) in zip(xs, found, strict=True):
        assert same(exp, f.exp(x)), x
        assert same(log, f.log(x) if x >= 0 else math.nan), x


@EVERY_FORMAT
def test_microscope_finds_the_thresholds_of_the_page(dtype, visitor):
    limits = runpy.run_path(str(ROOT / "docs/examples/saturation_thresholds.py"))
    one, zero, lost = limits["limits"](dtype)
    body = "return m.thresholds(argument)"
    found = call(visitor.open("404.html"), "float-microscope", body, dtype)
    assert (found["one"], found["early"]) == (one[1], one[3])
    assert (found["subnormal"], found["zero"]) == (zero[1], zero[3])
    assert found["flat"] == lost[3]
    if lost[1] == "–":  # there is no infinity: s is not 0, but not a number
        f = FORMATS[dtype]
        before = f.nearest(
            Fraction(found["lost"]) + Fraction(1, 10**9) + Fraction(1, 4)
        )
        assert before > found["lost"]
        assert math.isnan(textbook(f, found["lost"])[0])
        assert not math.isnan(textbook(f, before)[0])
    else:
        assert found["lost"] == lost[1]


STEPS = """const f = m.FORMATS[argument[0]];
  return argument[1].map((x) => [m.step(x, 1, f), m.step(x, -1, f),
    m.bits(x, f).join(""), m.shortest(x, f)]);"""


@EVERY_FORMAT
def test_microscope_knows_neighbours_bits_and_digits(dtype, visitor):
    f = FORMATS[dtype]
    xs = [x for x in f.sample(1500) if abs(x) < f.largest]
    found = call(visitor.open("404.html"), "float-microscope", STEPS, [dtype, xs])
    sizes = 2 ** (f.p - 1)
    for x, (up, down, bits, digits) in zip(xs, found, strict=True):
        above, below = (up, down) if x > 0 else (-down, -up)
        if x:
            assert above > abs(x) > below
            for other in (above, below):  # nothing lies between
                half = (Fraction(other) + Fraction(abs(x))) / 2
                assert f.nearest(half) in (other, abs(x))
        sign, rest = bits[0], int(bits[1:], 2)
        assert (sign == "1", f.nth(rest)) == (math.copysign(1, x) < 0, abs(x))
        assert len(bits) == 1 + (f.count // sizes).bit_length() + f.p - 1
        assert f.nearest(Fraction(digits)) == x
        if dtype in {"float64", "float32", "float16"}:
            number = np.dtype(dtype).type(x)
            assert up == np.nextafter(number, number.dtype.type(np.inf))
            unsigned = number.view(f"u{number.itemsize}")
            assert int(bits, 2) == unsigned
            short = np.format_float_scientific(number, unique=True, trim="-")
            if significant(repr(x)) <= 9:
                short = repr(x)
            assert significant(digits) == significant(short)


def significant(text: str) -> int:
    """How many digits a number is written with."""
    return len(re.sub(r"e.*|[-.]", "", text).strip("0"))


def test_microscope_writes_exact_values_in_decimal(visitor):
    rng = random.Random(3)
    cases = [
        [str(rng.getrandbits(rng.randint(1, 200)) + 1), rng.randint(-1700, 0), digits]
        for digits in (4, 12, 20)
        for _ in range(500)
    ]
    cases = [[m, e, d] for m, e, d in cases if Fraction(2) ** e * int(m) <= 1]
    body = "return argument.map(([n, e, d]) => m.decimal([BigInt(n), e], d))"
    found = call(visitor.open("404.html"), "float-microscope", body, cases)
    assert len(found) > 1000
    for (m, e, digits), text in zip(cases, found, strict=True):
        v = int(m) * Fraction(2) ** e
        assert abs(Fraction(text) / v - 1) <= Fraction(51, 100) * Fraction(10) ** (
            1 - digits
        )
        assert significant(text) <= digits


# --- The microscope in use ----------------------------------------------------------


def rows(page: Page, what: str) -> list[list[str]]:
    """The texts of a table's rows."""
    return page.locator(f"{what} tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )


def said(page: Page, widget: str) -> str:
    return page.locator(f"{widget} .say").inner_text().replace("−", "-")


def test_microscope_steps_from_float_to_float_by_keyboard(visitor):
    page = visitor.open(MICROSCOPE)
    page.get_by_label("Famous point").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    x = page.get_by_role("spinbutton", name="x")
    assert x.evaluate("(e) => e.getRootNode().activeElement === e")
    expected = 36.74
    for key, by in [("ArrowUp", 1), ("ArrowUp", 1), ("ArrowDown", -1)]:
        page.keyboard.press(key)
        expected = math.nextafter(expected, by * math.inf)
        assert float(x.input_value()) == expected
        assert float(x.get_attribute("aria-valuenow")) == expected
    page.keyboard.press("PageDown")  # an eighth of the way between 32 and 64
    assert float(x.input_value()) == expected - 4
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("-745.2")
    assert said(page, "float-microscope").startswith("At x = -745.2 in float64")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("a lot")
    assert x.get_attribute("aria-invalid") == "true"
    assert "write a number" in said(page, "float-microscope")
    page.keyboard.press("ArrowDown")
    assert float(x.input_value()) == math.nextafter(-745.2, -math.inf)
    assert x.get_attribute("aria-invalid") == "false"


def test_microscope_steps_by_pointer_and_keeps_x_through_coarse_formats(visitor):
    page = visitor.open(MICROSCOPE)
    x, dtype = (
        page.get_by_role("spinbutton", name="x"),
        page.get_by_label("Format", exact=True),
    )
    dtype.select_option("float8_e4m3fn")
    assert x.input_value() == "36"
    dtype.select_option("float32")
    assert x.input_value() == "36.74"
    page.get_by_role("button", name="Next number of the format").click()
    following = np.nextafter(np.float32(36.74), np.float32(np.inf))
    assert np.float32(x.input_value()) == following
    page.get_by_role("button", name="Previous number of the format").click()
    assert x.input_value() == "36.74"
    x.fill("-1e9")
    x.press("Enter")
    dtype.select_option("float8_e5m2")
    assert x.input_value() == "-57344"  # the nearest there is


def test_microscope_link_carries_its_state(visitor):
    page = visitor.open(MICROSCOPE)
    page.get_by_label("Famous point").select_option(
        label="16.64 in float32: s is 1 too early"
    )
    before = page.locator("float-microscope .all").inner_text()
    page.get_by_role("link", name="Link to this number").click()
    assert page.url.endswith("#microscope:dtype=float32,x=16.64")
    page.reload(wait_until="networkidle")
    assert page.locator("float-microscope .all").inner_text() == before
    page.evaluate("location.hash = '#the-numbers'")  # elsewhere on the page
    assert page.locator("float-microscope .all").inner_text() == before
    for wrong in ("dtype=float99,x=1", "dtype=float32,x=--1", "dtype=float32,x="):
        page.evaluate(f"location.hash = '#microscope:{wrong}'")
    page.evaluate("new Promise((go) => setTimeout(go, 50))")
    assert page.locator("float-microscope .all").inner_text() == before


def test_microscope_shows_what_its_table_says(visitor):
    page = visitor.open(MICROSCOPE)
    points = rows(page, "float-microscope .program")
    assert len(points) > 12
    assert {point[0] for point in points} == set(FORMATS)
    preset = page.get_by_label("Famous point")
    for dtype, x, *slopes, what in points:
        preset.select_option(label=f"{x} in {dtype}: {what}")
        assert page.get_by_label("Format", exact=True).input_value() == dtype
        shown = {row[0]: row for row in rows(page, "#forms")}
        wanted = [float(slope.replace("−", "-")) for slope in slopes]
        given = [
            float(shown[form][1].replace("−", "-"))
            for form in ("s(1 − s)", "t/(1 + t)²")
        ]
        assert given == pytest.approx(wanted, rel=5e-3, abs=0, nan_ok=True), (dtype, x)
        passed = [row[0] for row in rows(page, "#thresholds") if "passed" in row[0]]
        word = {
            "σ rounds to 1": "nearest to 1",
            "σ rounds to 0": "σ(x) is nearest to 0",
        }
        word["s is 1 too early"] = "1/(1 + e⁻ˣ) is 1"
        word["exp(−x) overflows, s is 0"] = "1/(1 + e⁻ˣ) is 0: e⁻ˣ overflows"
        word["exp(−x) overflows, s is NaN"] = "1/(1 + e⁻ˣ) is NaN: e⁻ˣ overflows"
        assert any(word[what] in line for line in passed), (dtype, x, passed)


EACH_WIDGET = pytest.mark.parametrize(
    ("name", "widget"),
    [
        ("index.md", "sigmoid-explorer"),
        (MICROSCOPE, "float-microscope"),
        (VANISHING, "vanishing-gradients"),
    ],
)
BELOW = "(e) => e.nextElementSibling.getBoundingClientRect().top + scrollY"


# A late module: all else is done, and the reader is where the widget will be.
@EACH_WIDGET
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_widget_moves_nothing_when_it_starts(name, widget, size, visitor):
    page = visitor.open("404.html", viewport=size)
    nothing = {"content_type": "text/javascript", "body": ""}
    page.route(f"**/{widget}.js", lambda route: route.fulfill(**nothing))
    page.goto(visitor.address(name), wait_until="networkidle")
    host = page.locator(widget)
    host.evaluate("(e) => e.scrollIntoView()")
    page.evaluate("() => new Promise((go) => setTimeout(go, 600))")
    assert not host.evaluate("(e) => e.matches(':defined')")
    before, moved = host.evaluate(BELOW), page.evaluate(SHIFTS)
    page.unroute(f"**/{widget}.js")
    page.evaluate(LOAD, widget)
    page.evaluate("() => new Promise((go) => setTimeout(go, 600))")
    assert host.evaluate("(e) => e.matches(':defined')")
    assert host.evaluate(BELOW) == pytest.approx(before, abs=30)
    assert sum(value for value, *_ in page.evaluate(SHIFTS)[len(moved) :]) <= 0.01


@EACH_WIDGET
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_widget_is_accessible_and_fits(name, widget, scheme, visitor):
    page = visitor.open(name, color_scheme=scheme)
    assert violations(page) == []
    if widget == "float-microscope":  # the most that it has to say
        page.get_by_label("Format", exact=True).select_option("float8_e4m3fn")
        page.get_by_role("spinbutton", name="x").fill("-400")
        settle(page)
        assert violations(page) == []
        page.get_by_role("spinbutton", name="x").fill("")
        settle(page)
        assert violations(page) == []
    for size in (PHONE, SMALLEST):
        resize(page, size)
        assert page.evaluate(OVERFLOW) == [], size
        wide = page.locator(widget).evaluate("""(e) => [...e.shadowRoot.querySelectorAll("*")]
          .filter((part) => part.getBoundingClientRect().right > innerWidth)
          .map((part) => part.outerHTML.slice(0, 100))""")
        assert wide == [], size


FORCED = """(e) => {
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3)
    .map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const probe = document.body.appendChild(document.createElement("p"));
  probe.setAttribute("hidden", "");
  probe.style.color = "Canvas";
  const ground = light(getComputedStyle(probe).color);
  return [...e.shadowRoot.querySelectorAll(".value, .slope, .tangent, .dot, .bar, .half, text")].map((part) => {
    const style = getComputedStyle(part);
    const ink = light(part.matches("text, .dot, .bar") ? style.fill : style.stroke);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "widget"),
    [("index.md", "sigmoid-explorer"), (VANISHING, "vanishing-gradients")],
)
def test_drawing_stands_out_in_forced_colours(name, widget, scheme, visitor):
    # The page's own palette is the other one: forced colours need not agree with it.
    page = visitor.open(name, color_scheme="dark" if scheme == "light" else "light")
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    contrasts = page.locator(widget).evaluate(FORCED)
    assert len(contrasts) > 10
    assert min(contrasts) >= 3


@pytest.mark.parametrize(
    ("name", "widget"),
    [(MICROSCOPE, "float-microscope"), (VANISHING, "vanishing-gradients")],
)
def test_widget_is_a_table_without_javascript(name, widget, visitor):
    page = visitor.open(name, java_script_enabled=False)
    table = page.locator(f"{widget} table")
    for fold in page.locator(f"{widget} > details > summary").all():
        fold.click()
    assert table.is_visible()
    assert len(table.inner_text().splitlines()) > 12
    assert page.get_by_role("spinbutton").count() == 0


# --- The explorer in use --------------------------------------------------------------


def test_explorer_point_follows_the_pointer(visitor):
    page = visitor.open()
    point = page.locator("sigmoid-explorer [role=slider]")
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    width = page.locator("sigmoid-explorer svg[role=group]").bounding_box()["width"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + width * 2 * 434 / 480 / 12, y + 30, steps=5)
    page.mouse.up()
    assert float(point.get_attribute("aria-valuenow")) == pytest.approx(3, abs=0.11)
    page.mouse.move(x, y)  # no longer held
    assert float(point.get_attribute("aria-valuenow")) == pytest.approx(3, abs=0.11)


def test_explorer_keeps_its_picture_when_the_reader_goes_elsewhere(visitor):
    page = visitor.open()
    page.get_by_label("Steepness k").press("ArrowRight")
    before = said(page, "sigmoid-explorer")
    page.get_by_role("link", name="Link to this picture").click()
    link = page.url
    for fragment in (
        "#code-to-copy",
        "#explorer:%E0%A4%A",
        "#explorer:k=,constructor=1",
    ):
        page.evaluate(f"location.hash = {fragment!r}")
        page.evaluate("new Promise((go) => setTimeout(go, 50))")
        if fragment == "#code-to-copy":
            assert said(page, "sigmoid-explorer") == before
    assert said(page, "sigmoid-explorer") != before
    page.goto(link)
    assert said(page, "sigmoid-explorer") == before


def test_explorer_says_so_when_it_cannot_copy(visitor):
    page = visitor.open()
    page.evaluate("""Object.defineProperty(navigator, "clipboard",
      { value: { writeText: () => Promise.reject(new Error("no")) } })""")
    page.get_by_role("button", name="Copy as Python").click()
    page.get_by_text("does not allow copying").wait_for()


# --- The gradients in use ---------------------------------------------------------------


def measured(site: Path) -> dict[int, list[list[float]]]:
    """The page's table: for each depth its layers, each with the ratio of each unit."""
    tables = parse(page_of(ROOT / "docs" / VANISHING, site).read_text("utf-8"))
    (widget,) = tables.all("vanishing-gradients")
    found: dict[int, list[list[float]]] = {}
    for row in [*widget.all("tr")][1:]:
        depth, _, *ratios = (cell.text().replace("−", "-") for cell in row.all("td"))
        found.setdefault(int(depth), []).append([float(ratio) for ratio in ratios])
    return found


def test_gradients_of_the_widget_are_those_of_the_page(site):
    page = parse(page_of(ROOT / "docs" / VANISHING, site).read_text("utf-8"))
    lines = [
        [cell.text().replace("−", "-") for cell in row.all("td")]
        for row in page.all(tag="tr")
    ]
    summary = [row[1:] for row in lines if row and row[0] == "measured"]
    ratios = measured(site)
    assert set(ratios) == {5, 10, 20, 50}
    for unit, (_, *numbers) in enumerate(summary):  # the first is of depth 2
        for depth, number in zip((5, 10, 20, 50), numbers, strict=True):
            assert ratios[depth][0][unit] == float(number)
    assert len(summary) == 7


BARS = """(rects) => rects.map((r) => [+r.getAttribute("y"), +r.getAttribute("height"),
  r.classList.contains("chosen")])"""


def test_bars_show_the_gradients_by_keyboard(site, visitor):
    page = visitor.open(VANISHING)
    unit = page.get_by_label("Unit", exact=True)
    depth = page.get_by_label("Depth", exact=True)
    layer = page.get_by_label("Layer", exact=True)
    unit.focus()
    for number, name in enumerate(unit.locator("option").all_inner_texts()):
        assert unit.input_value() == name
        for layers, ratios in measured(site).items():
            depth.select_option(str(layers))
            bars = page.locator("vanishing-gradients .bar").evaluate_all(BARS)
            assert len(bars) == layers
            logs = [math.log10(row[number]) for row in ratios]
            # On a logarithmic axis, the heights are a straight line of the logarithms.
            scale = np.polyfit([-y for y, *_ in bars], logs, 1)
            spread = max(logs) - min(logs)
            if spread > 0.5:
                assert np.polyval(scale, [-y for y, *_ in bars]) == pytest.approx(
                    logs, abs=1e-6
                )
            assert len({round(y + height, 6) for y, height, _ in bars}) == 1
            layer.press("End")
            layer.press("ArrowLeft")
            words = said(page, "vanishing-gradients")
            ratio = re.search(rf"layer {layers - 1} of {layers} is (\S+) times", words)
            assert float(ratio[1]) == ratios[-2][number]
            assert layer.get_attribute("aria-valuetext").startswith(
                f"layer {layers - 1} of"
            )
        unit.press("ArrowDown")


def test_bar_under_the_pointer_is_the_chosen_one(visitor):
    page = visitor.open(VANISHING)
    bar = page.locator("vanishing-gradients .bar").nth(46)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    bars = page.locator("vanishing-gradients .bar").evaluate_all(BARS)
    assert [chosen for *_, chosen in bars].index(True) == 46
    assert "layer 47 of 50" in said(page, "vanishing-gradients")


# --- The filter of the facts ------------------------------------------------------


def test_filter_leaves_the_facts_that_have_the_words(visitor):
    page = visitor.open("reference/facts/index.md")
    box = page.get_by_label("Filter")
    every = page.locator("fact-filter tbody tr").count()
    shown = page.locator("fact-filter tbody tr:visible")
    assert shown.count() == every > 200

    box.fill("transform FOURIER")
    assert shown.count() == 1
    assert shown.first.inner_text().startswith("6.7")
    assert page.locator("fact-filter h2:visible").all_inner_texts() == [
        "Integrals and transforms¶"
    ]
    status = page.locator("fact-filter [role=status]").inner_text()
    assert status == f"1 of {every} facts"

    box.fill("")
    assert shown.count() == every

"""Accuracy: exact values, identities, and errors against the oracle in oracle.py.

float16 and float32 results are defined to the last bit, and compared so. float64
results have bounds.
"""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sigref
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import (
    EXACT,
    correctly_rounded,
    exponent_of_ulp,
    max_ulp_error,
    round_dyadic,
    ulp_error,
)
from sigref import _apply, _kernels

NAMES = sorted(EXACT)
ON_LINE = [name for name in NAMES if name != "logit"]
SIGMOID, DERIVATIVE = sigref.sigmoid, sigref.sigmoid_derivative

thorough = settings(derandomize=True, deadline=None, max_examples=300)
finite = st.floats(allow_nan=False, allow_infinity=False)


def every(dtype):
    """Return all numbers of a 16-bit dtype."""
    return np.arange(2**16, dtype=np.uint16).view(dtype)


def domain(name, x):
    """Return the finite x at which the function is finite."""
    x = x[np.isfinite(x)]
    return x[(x > 0) & (x < 1)] if name == "logit" else x


def neighbours(x, n, dtype=np.float64):
    """Return x and the n numbers of this dtype on either side of it."""
    signed = {2: np.int16, 4: np.int32, 8: np.int64}[np.dtype(dtype).itemsize]
    bits = dtype(x).view(signed) + np.arange(-n, n + 1, dtype=signed)
    return np.sort(bits.view(dtype))


def ulp_of_float32(y):
    """Return how far apart the float32 are around each y."""
    return 2.0 ** (np.maximum(np.frexp(y)[1] - 1, -126) - 23)


def misrounded(name, x):
    """Return the x at which the result is not the nearest number of its dtype."""
    results = getattr(sigref, name)(x)
    return [
        (float(value), float(result))
        for value, result in zip(x, results, strict=True)
        if result != correctly_rounded(name, float(value), x.dtype.type)
    ]


class TestOracle:
    @pytest.mark.parametrize("name", NAMES)
    def test_it_agrees_with_mpmath(self, name):
        formulas = {
            "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
            "sigmoid_derivative": lambda x: mpmath.sech(x / 2) ** 2 / 4,
            "log_sigmoid": lambda x: -mpmath.log1p(mpmath.exp(-x)),
            "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
            "logit": lambda p: mpmath.log(p / (1 - p)),
        }
        grid = (
            np.linspace(0.001, 0.999, 97)
            if name == "logit"
            else np.arange(-700, 700, 3.7)
        )
        with mpmath.workdps(330):  # enough for 1 + exp(−700)
            for x in grid.tolist():
                exact = formulas[name](mpmath.mpf(x))
                assert correctly_rounded(name, x, np.float64) == float(exact)

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_it_rounds_as_numpy_does(self, dtype):
        rng = np.random.default_rng(2)
        values = rng.normal(size=500) * 2.0 ** rng.integers(-30, 12, 500)
        for value in [*values, 2.0**-25, 3 * 2.0**-25, 2049.0, 2051.0]:
            m, d = float(value).as_integer_ratio()
            assert round_dyadic(m, 1 - d.bit_length(), dtype) == dtype(value)

    def test_python_divides_integers_to_the_nearest_subnormal_number_as_it_does(self):
        for m in (1, 3, 5, 2**60 + 1):
            assert round_dyadic(m, -1076, np.float64) == m / 2**1076

    def test_an_error_of_one_place_counts_as_one(self):
        for x in (-745.0, -709.0, -3.0, 0.1, 30.0):
            exact = correctly_rounded("sigmoid", x, np.float64)
            beside = np.float64(np.nextafter(exact, 2))
            at = ulp_error("sigmoid", x, np.float64(exact))
            assert at <= 0.5
            assert 0.5 <= ulp_error("sigmoid", x, beside) <= 1.5

    def test_a_result_lost_to_underflow_counts_in_full(self):
        assert ulp_error("sigmoid", -710.0, np.float64(0)) > 1e14
        assert exponent_of_ulp(1, -1074, np.float64) == -1074


class TestExactValues:
    @pytest.mark.parametrize(
        "dtype", [np.float16, np.float32, np.float64, np.longdouble]
    )
    def test_limits(self, dtype):
        x = np.array([-np.inf, np.inf, np.nan], dtype)
        for name, (left, right) in {
            "sigmoid": (0, 1),
            "sigmoid_derivative": (0, 0),
            "log_sigmoid": (-np.inf, 0),
            "softplus": (0, np.inf),
        }.items():
            result = getattr(sigref, name)(x)
            assert result[:2].tolist() == [left, right]
            assert np.isnan(result[2])

    @pytest.mark.parametrize(
        "dtype", [np.float16, np.float32, np.float64, np.longdouble]
    )
    @pytest.mark.parametrize("zero", ["0.0", "-0.0"])
    def test_at_zero(self, dtype, zero):
        x = dtype(zero)
        assert SIGMOID(x) == 0.5
        assert DERIVATIVE(x) == 0.25
        assert sigref.softplus(x) == -sigref.log_sigmoid(x) == np.log(dtype(2))
        assert sigref.logit(dtype(0.5)) == 0
        assert sigref.logit(x) == -np.inf

    @pytest.mark.parametrize(
        ("name", "exact"),
        [
            ("sigmoid", _kernels._exact_sigmoid),
            ("sigmoid_derivative", _kernels._exact_derivative),
            ("softplus", _kernels._exact_softplus),
        ],
        ids=["sigmoid", "sigmoid_derivative", "softplus"],
    )
    def test_the_tables_hold_100_bits(self, name, exact):
        high, low = _kernels._table(exact)
        ctx.prec = 400
        for row in [*range(1, 16384, 61), 1, 8191, 8192, 8193, 16383]:
            value = EXACT[name](arb(row - 8192) / 64)
            error = abs((arb(high.item(row)) + arb(low.item(row))) / value - 1)
            assert error < arb(2) ** -100, row
        assert np.isnan(high[[0, -1]]).all()
        assert np.isfinite(high[1:-1]).all()


class TestCorrectRounding:
    @pytest.mark.parametrize("name", NAMES)
    def test_every_float16(self, name):
        assert misrounded(name, domain(name, every(np.float16))) == []

    @pytest.mark.parametrize("name", NAMES)
    def test_float32_across_all_exponents(self, name):
        bits = np.random.default_rng(3).integers(0, 2**32, 12000, dtype=np.uint32)
        assert misrounded(name, domain(name, bits.view(np.float32))) == []

    @pytest.mark.parametrize("name", NAMES)
    def test_float32_where_the_function_changes(self, name):
        rng = np.random.default_rng(4)
        x = np.concatenate([rng.normal(0, 5, 4000), rng.uniform(-105, 20, 4000)])
        if name == "logit":
            tails = 10 ** rng.uniform(-45, 0, 4000)
            x = np.concatenate([tails, 0.5 + rng.normal(0, 0.05, 4000)])
        assert misrounded(name, domain(name, x.astype(np.float32))) == []

    def test_float32_ties_of_the_sigmoid(self):
        # σ(x) = ½ + x/4 − x³/48 + …: at odd multiples of 2^−23 (x > 0) or 2^−24 (x < 0)
        # ½ + x/4 lies midway between two float32, closer than float64 can tell.
        odd = np.arange(1, 400, 2)
        x = np.concatenate([odd * 2.0**-23, -odd * 2.0**-24]).astype(np.float32)
        assert misrounded("sigmoid", x) == []
        naive = 1 / (1 + np.exp(-x.astype(np.float64)))
        assert np.any(naive.astype(np.float32) != SIGMOID(x))

    @pytest.mark.parametrize("name", NAMES)
    def test_float32_that_are_hard_to_round(self, name):
        # A search among four million: the results that lie next to a midpoint between
        # two float32, where the plain formula in float64 cannot decide.
        rng = np.random.default_rng(5)
        x = rng.normal(0, 6, 2**22).astype(np.float32)
        if name == "logit":
            x = domain(name, np.append(x[::2], 2.0 ** rng.uniform(-149, 0, 2**21)))
            x = x.astype(np.float32)[(x > 0) & (x < 1)]
        y = getattr(_kernels, f"plain_{name}")(x.astype(np.float64))
        halves = 2 * np.abs(y - y.astype(np.float32)) / ulp_of_float32(y)
        hard = np.argsort(1 - halves)[:100]
        assert halves[hard].min() > 0.9999
        assert misrounded(name, x[hard]) == []

    @pytest.mark.parametrize("name", NAMES)
    def test_the_plain_formulas_deserve_an_eighth_of_the_doubt(self, name):
        x = domain(name, np.float32(stratified(name))).astype(np.float64)
        result = getattr(_kernels, f"plain_{name}")(x)
        assert max_ulp_error(name, x, result)[0] * 2.0**-52 < _apply._DOUBT / 8

    @pytest.mark.parametrize(
        ("name", "x"), [("log_sigmoid", -0.000446809921), ("softplus", 0.000446809921)]
    )
    def test_float32_results_that_float64_cannot_tell_from_a_tie(self, name, x):
        # Found among all 2³² by comparing, as exhaustive.py does.
        x = np.float32(x)
        assert getattr(sigref, name)(x) == correctly_rounded(name, float(x), np.float32)
        plain = getattr(_kernels, f"plain_{name}")(np.float64(x))
        assert np.float32(plain) != getattr(sigref, name)(x)


NEAR, FAR = 0.6, 0.8  # ULP; beyond the nodes a subnormal result is rounded twice


def stratified(name):
    """Return float64 arguments in every regime of a function."""
    rng = np.random.default_rng(6)
    nodes = rng.integers(-8100, 8100, 500) / 64
    x = np.concatenate(
        [
            rng.normal(0, 3, 1500),
            rng.uniform(-40, 40, 1500),
            rng.uniform(-127, 127, 1000),
            rng.uniform(-1, 1, 1000) * 2.0 ** -rng.integers(0, 60, 1000),
            nodes,
            nodes + (1 / 128) * (1 - 2.0**-30),
            nodes - (1 / 128) * (1 - 2.0**-30),
        ]
    )
    if name != "logit":
        return x
    odds = np.exp(np.concatenate([x, rng.uniform(-745, -100, 500)]))
    around = 0.5 + np.concatenate([rng.uniform(-0.02, 0.02, 2000), nodes / 2**40])
    return np.concatenate([p := odds / (1 + odds), 1 - p[p < 0.5], around])


class TestFloat64:
    @pytest.mark.parametrize("name", NAMES)
    def test_error_around_the_nodes(self, name):
        x = domain(name, stratified(name))
        error, where = max_ulp_error(name, x, getattr(sigref, name)(x))
        assert error < (0.75 if name == "logit" else NEAR), where

    @pytest.mark.parametrize("name", ON_LINE)
    def test_error_beyond_the_nodes_and_in_subnormal_results(self, name):
        rng = np.random.default_rng(7)
        x = np.concatenate(
            [
                rng.uniform(-746, -127, 2000),
                rng.uniform(127, 746, 2000),
                rng.uniform(-745.2, -708, 500),
                *(neighbours(c, 20) for c in (-128, -127.9921875, 127.9921875, 128)),
            ]
        )
        error, where = max_ulp_error(name, x, getattr(sigref, name)(x))
        assert error < FAR, where

    def test_the_loss_of_a_fractional_target(self):
        rng = np.random.default_rng(8)
        x, y = rng.normal(0, 10, 2000), rng.uniform(0, 1, 2000)
        loss = sigref.binary_cross_entropy_with_logits(x, y)
        ctx.prec = 200
        for a, b, c in zip(x.tolist(), y.tolist(), loss.tolist(), strict=True):
            exact = EXACT["softplus"](arb(a)) - arb(a) * arb(b)
            assert float(abs(arb(c) - exact)) < 2 * np.spacing(c)

    @pytest.mark.parametrize("target", [0, 1])
    def test_the_loss_of_a_certain_target(self, target):
        x = stratified("softplus")
        loss = sigref.binary_cross_entropy_with_logits(x, target)
        sign = -1 if target else 1
        assert max_ulp_error("softplus", sign * x, loss)[0] < 1.5

    def test_longdouble_is_at_least_as_good_as_float64(self):
        x = np.linspace(-700, 40, 997, dtype=np.longdouble)
        for name in ON_LINE:
            result = getattr(sigref, name)(x)
            double = getattr(sigref, name)(x.astype(np.float64)).astype(np.longdouble)
            exact_x = x == x.astype(np.float64)
            scale = np.spacing(np.abs(double).astype(np.float64))
            assert np.all((abs(result - double) <= 4 * scale)[exact_x])
            assert exact_x.any()

    def test_longdouble_logit_keeps_its_digits_beside_one_half(self):
        small = np.ldexp(1.0, np.arange(-50, -1))
        p = np.concatenate([0.5 - small, 0.5 + small[:-1], small])
        double = sigref.logit(p)
        assert_close(sigref.logit(p.astype(np.longdouble)), double)

    @pytest.mark.parametrize("target", [0.0, 0.25, 1.0])
    def test_longdouble_loss_is_at_least_as_good_as_float64(self, target):
        x = np.concatenate([np.linspace(-700, 700, 997), np.linspace(-2, 2, 101)])
        double = sigref.binary_cross_entropy_with_logits(x, target)
        wide = sigref.binary_cross_entropy_with_logits(x.astype(np.longdouble), target)
        assert_close(wide, double)


def assert_close(wide, double):
    assert wide.dtype == np.longdouble
    assert np.all(abs(wide - double) <= 4 * np.spacing(abs(double)))


class TestThresholds:
    """Where results become exactly 0 or 1; the oracle says on which side each x lies."""

    @pytest.mark.parametrize(
        ("dtype", "one", "zero", "subnormal"),
        [
            (np.float64, 37.429947750237048, -745.13321910194122, -708.39641853226419),
            (np.float32, 17.328680038452148, -103.97208404541016, -87.3365478515625),
            (np.float16, 8.3203125, -17.34375, -9.7109375),
        ],
    )
    def test_sigmoid(self, dtype, one, zero, subnormal):
        assert SIGMOID(dtype(one)) == 1
        assert SIGMOID(dtype(one) * dtype(0.999)) < 1
        assert SIGMOID(dtype(zero) * dtype(0.999)) > 0
        assert SIGMOID(dtype(zero) * dtype(1.001)) == 0
        assert DERIVATIVE(dtype(-zero) * dtype(1.001)) == 0
        tiny = np.finfo(dtype).tiny
        assert 0 < SIGMOID(dtype(subnormal) * dtype(1.001)) < tiny
        assert SIGMOID(dtype(subnormal) * dtype(0.999)) > tiny
        if dtype is not np.float64:
            for x in (one, zero, -zero, subnormal):
                for name in ON_LINE:
                    assert misrounded(name, neighbours(x, 25, dtype)) == []

    @pytest.mark.parametrize("threshold", [16.6355, 17.3287, 36.7368, 37.42995])
    def test_sigmoid_stays_below_1_where_others_do_not(self, threshold):
        x = neighbours(threshold, 100)
        error, where = max_ulp_error("sigmoid", x, SIGMOID(x))
        assert error < NEAR, where

    @pytest.mark.parametrize("sign", [1, -1])
    def test_sigmoid_derivative_never_vanishes_before_745(self, sign):
        x = sign * np.linspace(0, 745.13, 100001)
        assert np.all(DERIVATIVE(x) > 0)
        s = SIGMOID(abs(x))
        assert np.all((s * (1 - s))[abs(x) > 37.43] == 0)  # what it avoids

    def test_log_sigmoid_and_softplus_neither_overflow_nor_vanish(self):
        x = np.array([-1.7e308, -1e300, -746.0, -1000.0])
        assert np.array_equal(sigref.log_sigmoid(x), x)
        assert np.array_equal(sigref.softplus(-x), -x)
        assert sigref.log_sigmoid(745.0) < 0 < sigref.softplus(-745.0)


class TestIdentities:
    grid = np.concatenate([np.linspace(-750, 750, 3001), np.linspace(-20, 20, 3333)])

    def test_the_derivative_is_even_to_the_last_bit(self):
        assert np.array_equal(DERIVATIVE(self.grid), DERIVATIVE(-self.grid))

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_log_sigmoid_is_softplus_turned_to_the_last_bit(self, dtype):
        x = np.append(self.grid, [0.000446809921, -0.000446809921]).astype(dtype)
        assert np.array_equal(sigref.log_sigmoid(x), -sigref.softplus(-x))

    def test_sigmoid_and_its_mirror_add_up_to_1(self):
        total = SIGMOID(self.grid) + SIGMOID(-self.grid)
        assert np.all(abs(total - 1) <= 2.0**-52)

    def test_the_derivative_is_the_product_of_both_sides(self):
        x = np.linspace(-300, 300, 3001)
        product = SIGMOID(x) * SIGMOID(-x)
        assert np.all(abs(DERIVATIVE(x) - product) <= 3 * np.spacing(product))

    def test_softplus_less_its_mirror_is_x(self):
        x = np.linspace(-50, 50, 3001)
        assert np.allclose(
            sigref.softplus(x) - sigref.softplus(-x), x, rtol=0, atol=1e-14
        )

    def test_logit_undoes_sigmoid_on_the_left(self):
        x = np.linspace(-745, -0.5, 3001)[40:]
        x = x[x > -708]
        assert np.all(abs(sigref.logit(SIGMOID(x)) - x) <= 4 * np.spacing(abs(x) + 1))

    def test_sigmoid_undoes_logit(self):
        p = np.linspace(0, 1, 1001)
        assert np.all(abs(SIGMOID(sigref.logit(p)) - p) <= 3 * np.spacing(p + 0.01))


class TestMonotone:
    """Between neighbouring arguments no result steps back; exhaustive.py has float32."""

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_no_result_steps_back(self, name, dtype):
        rng = np.random.default_rng(9)
        starts = [
            *rng.normal(0, 10, 60),
            *rng.normal(0, 1e-3, 40),
            1 / 128,
            -127.99,
            128,
        ]
        if name == "logit":
            starts = [
                *rng.uniform(0, 1, 60),
                *rng.normal(0.5, 0.01, 40),
                1e-9,
                2.0**-120,
            ]
        for start in starts:
            result = getattr(sigref, name)(neighbours(start, 2000, dtype))
            steps = np.diff(result)
            if name == "sigmoid_derivative":
                steps *= -np.sign(start)
            assert np.all(steps >= 0), start


class TestProperties:
    @thorough
    @given(st.floats())
    def test_sigmoid_is_a_probability_or_nan(self, x):
        assert 0 <= SIGMOID(x) <= 1 or np.isnan(x)

    @thorough
    @given(finite, finite)
    def test_sigmoid_keeps_the_order(self, a, b):
        low, high = sorted((a, b))
        assert SIGMOID(low) <= SIGMOID(high)
        assert sigref.softplus(low) <= sigref.softplus(high)
        assert sigref.log_sigmoid(low) <= sigref.log_sigmoid(high)

    @thorough
    @given(finite)
    def test_softplus_lies_above_both_its_asymptotes(self, x):
        assert sigref.softplus(x) >= max(x, 0)
        assert sigref.log_sigmoid(x) <= min(x, 0)

    @thorough
    @given(st.floats(-110, 110, width=32), st.sampled_from(ON_LINE))
    def test_float32_is_correctly_rounded(self, x, name):
        assert misrounded(name, np.float32([x])) == []

    @thorough
    @given(
        st.floats(0, 1, width=32, exclude_min=True, exclude_max=True),
    )
    def test_float32_logit_is_correctly_rounded(self, p):
        assert misrounded("logit", np.float32([p])) == []

    @thorough
    @given(st.floats(-127, 127), st.sampled_from(ON_LINE))
    def test_float64_is_within_the_promise(self, x, name):
        assert ulp_error(name, x, getattr(sigref, name)(x)) < NEAR

    @thorough
    @given(st.floats(0, 1, exclude_min=True, exclude_max=True))
    def test_float64_logit_is_within_the_promise(self, p):
        assert ulp_error("logit", p, sigref.logit(p)) < 0.8

    @thorough
    @given(finite, st.floats(0, 1))
    def test_the_loss_is_never_negative(self, x, y):
        assert sigref.binary_cross_entropy_with_logits(x, y) >= 0


class TestPointsOfSciPy:
    """The arguments of SciPy's own tests of expit, logit and log_expit.

    The values are computed here, not copied, and compared without a tolerance.
    """

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize(
        ("name", "points"),
        [
            ("sigmoid", np.linspace(-4, 4, 10)),
            ("logit", np.linspace(0, 1, 10)[1:-1]),
            ("logit", np.linspace(0.5 - 1e-6, 0.5 + 1e-6, 9)),
            ("log_sigmoid", [-32, -20, -10, -3, -1, -0.1, -1e-9]),
            ("log_sigmoid", [0, 1e-9, 0.1, 1, 10, 60, 100]),
            ("log_sigmoid", [-10000.0, -750.0, -500.0, -35.0]),
        ],
    )
    def test_points(self, name, points, dtype):
        x = np.asarray(points, dtype)
        error, where = max_ulp_error(name, x, getattr(sigref, name)(x))
        assert error <= (0.5 if dtype is np.float32 else NEAR), where


def test_the_two_parts_of_ln_2_are_exact_enough_to_fold_with():
    high, low = _kernels._LN2_HIGH, _kernels._LN2_LOW
    assert high * 2**43 == int(high * 2**43)  # n times it is exact for n < 1024
    with mpmath.workdps(60):
        assert (
            abs(mpmath.mpf(high) + mpmath.mpf(low) - mpmath.ln2) < mpmath.mpf(2) ** -96
        )


def test_no_cell_of_the_odds_has_its_middle_between_two_nodes():
    # Otherwise the last bit of a logarithm would decide which node a logit uses.
    cells = np.arange(_kernels._CELLS, dtype=np.int64) + _kernels._LEAST
    bits = (cells << _kernels._CUT) + (1 << _kernels._CUT - 1)
    middle = np.log(bits.view(np.float64)) * 64
    assert np.min(abs(abs(middle - np.rint(middle)) - 0.5)) > 1e-8
    assert np.min(abs(abs(middle) - 3.7)) > 1e-8


def test_the_constants_of_the_series_are_bernoulli_numbers_over_factorials():
    # (r/2)·coth(r/2) = Σ B₂ₙ r²ⁿ/(2n)!
    terms = [
        Fraction(*mpmath.bernfrac(2 * n)) / Fraction(int(mpmath.factorial(2 * n)))
        for n in range(4)
    ]
    assert terms == [1, Fraction(1, 12), Fraction(-1, 720), Fraction(1, 30240)]
    assert 2.0 ** (-7 * 6) / 30240 < 2.0**-56

"""The contract: dtypes, shapes, layouts, scalars, `out`, errors and warnings."""

import inspect
import subprocess
import sys
import tracemalloc
import warnings
from typing import ClassVar

import numpy as np
import pytest
import sigref
from sigref._apply import _every

ONE_ARGUMENT = ["log_sigmoid", "logit", "sigmoid", "sigmoid_derivative", "softplus"]
FLOATS = [np.float16, np.float32, np.float64, np.longdouble]
INTEGERS = [
    np.bool,
    np.int8,
    np.uint8,
    np.int16,
    np.uint16,
    np.int32,
    np.uint32,
    np.int64,
    np.uint64,
]


def bce(x, *, out=None):
    """Give the two-argument function the form of the others; bool promotes nothing."""
    return sigref.binary_cross_entropy_with_logits(x, np.True_, out=out)


@pytest.fixture(params=[*ONE_ARGUMENT, "binary_cross_entropy_with_logits"])
def function(request):
    return (
        getattr(sigref, request.param, None) if request.param in ONE_ARGUMENT else bce
    )


def points(n, dtype=np.float64):
    """Return n numbers in (0, 1), which every function accepts."""
    return np.linspace(0.01, 0.99, n).astype(dtype)


def bits(array):
    """Return the bytes of the values, without the padding of longdouble."""
    return [float(x).hex() for x in np.asarray(array).ravel()]


class TestDtypes:
    @pytest.mark.parametrize("dtype", FLOATS)
    @pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 0, 3), (2, 3, 4)])
    def test_floating_dtypes_and_shapes_are_kept(self, function, dtype, shape):
        result = function(np.full(shape, 0.5, dtype))
        assert result.dtype == dtype
        assert result.shape == shape

    @pytest.mark.parametrize("dtype", INTEGERS)
    def test_booleans_and_integers_give_float64(self, function, dtype):
        result = function(np.array([0, 1], dtype))
        assert result.dtype == np.float64
        assert bits(result) == bits(function(np.array([0.0, 1.0])))

    def test_unsigned_integers_are_not_negated_in_their_own_dtype(self):
        assert sigref.sigmoid(np.uint8(1)) == sigref.sigmoid(1.0) > 0.5

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_a_foreign_byte_order_is_read_and_native_results_return(
        self, function, dtype
    ):
        x = points(7, dtype)
        swapped = x.astype(x.dtype.newbyteorder())
        result = function(swapped)
        assert result.dtype.isnative
        assert bits(result) == bits(function(x))

    def test_lists_and_nested_tuples_are_read_as_arrays(self, function):
        assert bits(function([[0.25], (0.5,)])) == bits(function([0.25, 0.5]))

    @pytest.mark.parametrize(
        ("value", "name"),
        [
            (1j, "complex128"),
            (np.complex64(1), "complex64"),
            ([None], "object"),
            (10**400, "object"),
            (np.array("0.5", object), "object"),
            ("0.5", "<U3"),
            (b"0.5", "|S3"),
            (np.datetime64("2020-01-01"), r"datetime64\[D\]"),
            (np.timedelta64(1, "s"), r"timedelta64\[s\]"),
            (np.zeros(2, "f8,i4"), r"\('f0', '<f8'\)"),
        ],
    )
    def test_a_type_that_is_not_real_is_refused_by_name(self, function, value, name):
        with pytest.raises(TypeError, match=rf"expected real numbers.*{name}"):
            function(value)


class TestScalars:
    @pytest.mark.parametrize("x", [0.5, 1, True, np.float64(0.5), np.int8(1)], ids=repr)
    def test_a_number_gives_a_float64_scalar(self, function, x):
        assert type(function(x)) is np.float64

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_a_scalar_or_an_array_of_no_dimension_gives_a_scalar(self, function, dtype):
        assert type(function(dtype(0.5))) is dtype
        assert type(function(np.array(0.5, dtype))) is dtype

    def test_a_float_gives_the_bits_that_its_array_gives(self, function):
        x = np.concatenate(
            [
                np.linspace(-800, 800, 1001),
                np.linspace(0, 1, 201),
                np.random.default_rng(1).normal(0, 3, 1000),
                [np.nextafter(0, 1), 127.99, 127.993, 128, np.inf, -np.inf, np.nan],
            ]
        )
        with np.errstate(invalid="ignore"):
            one_by_one = [float(function(float(v))).hex() for v in x]
            assert bits(function(x)) == one_by_one
            few = [function(x[i : i + 5].reshape(-1, 1)) for i in range(0, len(x), 5)]
            assert bits(np.concatenate(few)[:, 0]) == one_by_one


class TestLayouts:
    def layouts(self, n):
        """Return arrays of equal values in memory as different as can be."""
        base = points(n * 6).reshape(n, 3, 2)
        padded = np.zeros((n, 3, 4))
        padded[..., ::2] = base
        raw = np.zeros(base.nbytes + 1, np.uint8)[1:].view(np.float64)
        unaligned = raw.reshape(base.shape)
        unaligned[...] = base
        frozen = base.copy()
        frozen.flags.writeable = False
        return {
            "C": base,
            "Fortran": np.asfortranarray(base),
            "strided": padded[..., ::2],
            "reversed": base[::-1].copy()[::-1],
            "transposed": base.transpose(2, 0, 1).copy().transpose(1, 2, 0),
            "unaligned": unaligned,
            "read-only": frozen,
            "swapped": base.astype(base.dtype.newbyteorder()),
        }

    @pytest.mark.parametrize("n", [1, 40, 5000], ids="rows={}".format)
    def test_every_layout_gives_the_same_bits_and_keeps_its_input(self, function, n):
        layouts = self.layouts(n)
        expected = function(layouts["C"].ravel()).reshape(n, 3, 2)
        for name, x in layouts.items():
            before = x.copy()
            assert np.array_equal(function(x), expected), name
            assert np.array_equal(x, before), name

    def test_a_broadcast_input_is_read(self, function):
        x = np.broadcast_to(points(3), (4, 3))
        assert np.array_equal(function(x), np.tile(function(points(3)), (4, 1)))

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("n", [8191, 8192, 8193, 16384, 20001])
    def test_the_edges_of_blocks_leave_no_trace(self, function, n, dtype):
        x = points(n, dtype)
        parts = [function(part) for part in np.array_split(x, 7)]
        assert np.array_equal(function(x), np.concatenate(parts))

    def test_fortran_order_is_kept(self, function):
        assert function(np.asfortranarray(points(6).reshape(2, 3))).flags.f_contiguous


class TestOut:
    @pytest.mark.parametrize("dtype", FLOATS)
    @pytest.mark.parametrize("n", [1, 100, 20001])
    def test_out_is_filled_and_returned(self, function, dtype, n):
        out = np.full(n, np.nan, dtype)
        assert function(points(n, dtype), out=out) is out
        assert bits(out) == bits(function(points(n, dtype)))

    def test_out_may_have_any_layout(self, function):
        x = points(30000).reshape(100, 300)
        for out in (
            np.empty((300, 100)).T,
            np.empty((200, 900))[::2, ::3],
            np.empty((100, 300))[::-1, ::-1],
            np.empty((100, 300), np.dtype(float).newbyteorder()),
        ):
            function(x, out=out)
            assert np.array_equal(out, function(x))

    @pytest.mark.parametrize("dtype", FLOATS)
    @pytest.mark.parametrize("n", [50, 20001])
    def test_out_may_be_the_input(self, function, dtype, n):
        x = points(n, dtype)
        expected = function(x)
        function(x, out=x)
        assert bits(x) == bits(expected)

    def test_out_may_be_the_input_where_the_plain_formulas_serve(self):
        x = np.linspace(-700, 700, 20001)
        expected = sigref.sigmoid(x)
        assert np.array_equal(sigref.sigmoid(x, out=x), expected)

    @pytest.mark.parametrize("shift", [1, 7, 8192])
    def test_out_may_overlap_the_input(self, function, shift):
        for source, target in (
            (slice(None, -shift), slice(shift, None)),
            (slice(shift, None), slice(None, -shift)),
            (slice(None, None, -1), slice(None)),
        ):
            memory = points(20001)
            expected = function(memory[source].copy())
            function(memory[source], out=memory[target])
            assert np.array_equal(memory[target], expected)

    def test_out_takes_the_result_of_a_scalar(self, function):
        out = np.empty(())
        assert function(0.5, out=out) is out
        assert out == function(0.5)

    @pytest.mark.parametrize(
        ("out", "error", "message"),
        [
            ([0.0, 0.0], TypeError, "must be a NumPy array, received list"),
            (np.zeros(2, np.float32), TypeError, "dtype float64, received float32"),
            (np.zeros(2, int), TypeError, "dtype float64, received int64"),
            (np.zeros(3), ValueError, r"shape \(2,\), received \(3,\)"),
            (np.zeros((1, 2)), ValueError, r"shape \(2,\), received \(1, 2\)"),
            (
                np.broadcast_to(0.0, 2),
                ValueError,
                "^out must be writeable, received a read-only",
            ),
        ],
    )
    def test_an_unsuitable_out_is_refused_untouched(
        self, function, out, error, message
    ):
        with pytest.raises(error, match=message):
            function(np.array([0.25, 0.5]), out=out)
        assert not np.any(out)


NASTY = [
    0.0,
    -0.0,
    np.nan,
    np.inf,
    -np.inf,
    *(s * x for s in (1, -1) for x in (5e-324, 1e-310, 1e-40, 1e-7, 0.5, 1, 10, 17)),
    *(s * x for s in (1, -1) for x in (88.8, 104, 127.995, 128, 709, 745.2, 1e300)),
]


class TestWarnings:
    @pytest.fixture(autouse=True)
    def no_table_yet(self):
        """What is computed once must be quiet in whoever's error state that is."""
        _every.cache_clear()

    @pytest.mark.parametrize("dtype", FLOATS)
    @pytest.mark.parametrize("name", [n for n in ONE_ARGUMENT if n != "logit"])
    def test_no_real_number_warns_or_raises(self, name, dtype):
        with np.errstate(all="ignore"):
            x = np.array(NASTY * 300).astype(dtype)
        with np.errstate(all="raise"):
            getattr(sigref, name)(x)
            for value in x[: len(NASTY)]:
                getattr(sigref, name)(value)

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_a_loss_too_large_for_its_dtype_is_infinite_without_a_warning(self, dtype):
        largest = np.finfo(dtype).max
        loss = sigref.binary_cross_entropy_with_logits(largest, dtype(-1))
        assert loss == np.inf
        # Midway between the largest number and the next power of 2, which is even.
        x = np.ldexp(dtype(1), np.finfo(dtype).maxexp - 1)
        y = np.finfo(dtype).epsneg - dtype(1)
        assert sigref.binary_cross_entropy_with_logits(x, y) == np.inf

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_no_logit_and_no_target_from_0_to_1_warns_or_raises(self, dtype):
        with np.errstate(all="ignore"):
            x = np.array(NASTY).astype(dtype)
            y = np.array([0, 5e-324, 0.5, 1, np.nan]).astype(dtype)
        with np.errstate(all="raise"):
            sigref.binary_cross_entropy_with_logits(x[:, None], y)

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_logit_is_quiet_from_0_to_1(self, dtype):
        with np.errstate(all="ignore"):
            p = np.array([0, 5e-324, 1e-310, 1e-45, 1e-8, 0.5, 1 - 1e-16, 1, np.nan])
            p = p.astype(dtype)
        with np.errstate(all="raise"):
            result = sigref.logit(p)
            for value in p:
                sigref.logit(value)
        assert result[0] == -np.inf
        assert result[-2] == np.inf
        assert np.isnan(result[-1])

    @pytest.mark.parametrize("dtype", FLOATS[:3])
    def test_a_signalling_nan_is_no_reason_to_warn(self, function, dtype):
        size = np.dtype(dtype).itemsize
        x = np.full(5, np.nan, dtype)
        x.view(f"u{size}")[...] -= 1 << (np.finfo(dtype).nmant - 1)
        x.view(f"u{size}")[...] += 1  # the quiet bit is off, another one is on
        assert np.isnan(x).all()
        with np.errstate(all="raise"):
            assert np.isnan(function(x)).all()

    @pytest.mark.parametrize("p", [-5e-324, -1.0, 1 + 2**-52, 2.0, -np.inf, np.inf])
    def test_logit_outside_0_to_1_is_nan_with_the_warning_of_numpy(self, p):
        message = "^invalid value encountered in logit$"
        for value in (p, np.array([0.5, p]), np.longdouble(p), np.full(20001, p)):
            with pytest.warns(RuntimeWarning, match=message):
                assert np.isnan(sigref.logit(value)).any()
        for dtype in FLOATS[:2]:
            narrow = np.array([0.5, np.sign(p) * max(abs(p), 1.5)], dtype)
            with pytest.warns(RuntimeWarning, match=message):
                assert np.isnan(sigref.logit(narrow)).tolist() == [False, True]
        with (
            np.errstate(invalid="raise"),
            pytest.raises(FloatingPointError, match=message),
        ):
            sigref.logit(p)
        with np.errstate(invalid="ignore"):
            assert np.isnan(sigref.logit(p))

    def test_each_line_of_the_caller_is_warned_of_once(self):
        lines = [
            "sigref.logit(2.0)",
            "sigref.logit([0.5, 3.0])",
            "sigref.logit(np.float32(2))",
            "sigref.logit(x)",
            "sigref.logit(np.ma.masked_array([2.0]))",
            "sigref.logit(x.view(Special))",
        ]

        class Special(np.ndarray):
            pass

        program = compile("\n".join(lines * 2), "caller.py", "exec")
        scope = {"sigref": sigref, "np": np, "x": np.full(9, 2.0), "Special": Special}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            for _ in range(2):
                exec(program, scope)  # noqa: S102
        found = [(w.filename, w.lineno) for w in caught]
        assert found == [("caller.py", n + 1) for n in range(2 * len(lines))]
        assert {str(w.message) for w in caught} == {
            "invalid value encountered in logit"
        }

    def test_the_other_ways_in_which_numpy_can_complain_are_kept(self, capsys):
        class Log:
            lines: ClassVar[list[str]] = []
            write = lines.append

        calls = []
        with np.errstate(invalid="call", call=lambda *call: calls.append(call)):
            sigref.logit(2.0)
            np.sqrt(-1.0)
        assert calls[0] == calls[1]
        with np.errstate(invalid="log", call=Log()):
            sigref.logit(2.0)
            np.sqrt(-1.0)
        assert Log.lines[0].replace("logit", "sqrt") == Log.lines[1]
        with np.errstate(invalid="print"):
            sigref.logit(2.0)
        assert capsys.readouterr().err == (
            "Warning: invalid value encountered in logit\n"
        )

    def test_the_error_state_of_the_caller_is_left_alone(self, function):
        with np.errstate(over="raise", under="warn", divide="print", invalid="call"):
            before = np.geterr()
            function([0.25, 0.5])
            assert np.geterr() == before


ZEROS = {  # where each function is 0, to the last bit of every dtype, and its sign
    "sigmoid": ([-2e4, -np.inf], 1),
    "sigmoid_derivative": ([-2e4, 2e4, np.inf, -np.inf], 1),
    "softplus": ([-2e4, -np.inf], 1),
    "log_sigmoid": ([2e4, np.inf], -1),
    "logit": ([0.5], 1),
}


class TestValues:
    @pytest.mark.parametrize("n", [1, 20001])
    @pytest.mark.parametrize("dtype", FLOATS)
    @pytest.mark.parametrize("name", ZEROS)
    def test_zero_has_one_sign_in_every_dtype_and_size(self, name, dtype, n):
        points, sign = ZEROS[name]
        function = getattr(sigref, name)
        dtype = np.dtype(dtype)
        for point in points:
            x = np.full(n, point, dtype)
            for result in (function(x[0]), *function(x)[:2]):
                assert result == 0
                assert np.copysign(1, result) == sign
            if dtype == np.float64:
                assert np.copysign(1, function(float(point))) == sign

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_log_sigmoid_is_softplus_mirrored_to_the_last_bit(self, dtype):
        with np.errstate(over="ignore"):
            x = np.array([*NASTY, *np.linspace(-900, 900, 1801)]).astype(dtype)
        left, right = sigref.log_sigmoid(x), -sigref.softplus(-x)
        assert bits(left) == bits(right)

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_a_loss_of_zero_is_positive(self, dtype):
        x = np.array([np.inf, -np.inf, np.inf, -np.inf], dtype)
        y = np.array([1, 0, 1, -0.0], dtype)
        loss = sigref.binary_cross_entropy_with_logits(x, y)
        assert not loss.any()
        assert not np.signbit(loss).any()

    def test_sigmoid_saturates_where_the_exact_value_rounds(self):
        # 1 − σ = 2^−54, half a step below 1, at log(2^54 − 1); σ = 2^−1075 at 0.
        one, zero = 37.429947750237048, -745.13321910194122
        assert sigref.sigmoid([one, np.nextafter(one, 0)]).tolist() == [1, 1 - 2**-53]
        assert sigref.sigmoid([zero, np.nextafter(zero, 0)]).tolist() == [0, 5e-324]
        assert sigref.sigmoid(one) == 1 > sigref.sigmoid(np.nextafter(one, 0))

    def test_sigmoid_never_steps_down_where_nodes_change(self):
        border = np.arange(-128 * 128 - 1, 128 * 128 + 2, 2) / 128
        border = np.append(border, [-128, 128])
        x = [border]
        for _ in range(4):
            x = [np.nextafter(x[0], -np.inf), *x, np.nextafter(x[-1], np.inf)]
        x = np.array(x)
        assert (np.diff(x, axis=0) > 0).all()
        assert (np.diff(sigref.sigmoid(x), axis=0) >= 0).all()

    @pytest.mark.parametrize(
        "middle", [-30, -3, -0.1, 0.001, 0.1, 1, 3, 8, 14.8, 25, 33]
    )
    def test_sigmoid_never_steps_down_where_its_value_changes(self, middle):
        rng = np.random.default_rng(1)
        start = middle * rng.uniform(1, 1.05, 10_000)
        low, high, value = start, start + 4, sigref.sigmoid(start)
        for _ in range(64):  # the last float with this value, by bisection
            half = low + (high - low) / 2
            same = sigref.sigmoid(half) <= value
            low, high = np.where(same, half, low), np.where(same, high, half)
        x = low - 8 * np.spacing(np.abs(low))
        for _ in range(16):
            above = np.nextafter(x, np.inf)
            assert (sigref.sigmoid(above) >= sigref.sigmoid(x)).all()
            x = above

    @pytest.mark.parametrize("dtype", FLOATS[:3])
    def test_the_smaller_side_with_a_sign_restores_output_and_slope(self, dtype):
        """What get-the-gradient-right.md tells a layer to store, at both infinities."""
        x = np.array([*np.linspace(-800, 800, 20_001), np.inf, -np.inf]).astype(dtype)
        small = np.copysign(sigref.sigmoid(-np.abs(x)), x)
        side = np.abs(small)
        output = np.where(np.signbit(small), side, 1 - side)
        expected = sigref.sigmoid(x)
        assert (abs(output - expected) <= np.spacing(expected)).all()
        slope = sigref.sigmoid_derivative(x)
        assert (abs(side * (1 - side) - slope) <= 2 * np.spacing(slope)).all()


class TestBinaryCrossEntropy:
    loss = staticmethod(sigref.binary_cross_entropy_with_logits)

    def test_logits_and_targets_broadcast(self):
        x, y = points(3)[:, None], points(4)
        result = self.loss(x, y)
        assert result.shape == (3, 4)
        assert result[2, 1] == self.loss(x[2, 0], y[1])
        out = np.empty((3, 4))
        assert self.loss(x, y, out=out) is out
        assert np.array_equal(out, result)

    def test_shapes_that_do_not_broadcast_are_refused(self):
        with pytest.raises(ValueError, match="mismatch"):
            self.loss(points(3), points(4))

    @pytest.mark.parametrize(
        ("x", "y", "dtype"),
        [
            (np.float32([1]), 1, np.float32),
            (np.float32([1]), 0.5, np.float32),
            (np.float16([1]), True, np.float16),
            (np.float32([1]), np.float64([1]), np.float64),
            (np.float32([1]), np.int64([1]), np.float64),
            (np.int64([1]), np.int64([1]), np.float64),
            (1, 1, np.float64),
        ],
    )
    def test_the_dtype_is_what_numpy_promotes_both_to(self, x, y, dtype):
        assert self.loss(x, y).dtype == dtype

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_a_certain_prediction_costs_its_limit(self, dtype):
        x = np.array([np.inf, -np.inf, np.inf, -np.inf, np.inf, -np.inf], dtype)
        y = np.array([1, 0, 0, 1, 0.5, 0.5], dtype)
        assert self.loss(x, y).tolist() == [0, 0, np.inf, np.inf, np.inf, np.inf]

    @pytest.mark.parametrize("scale", [1e-8, 1, 30, 120, 1e3, 1e300])
    def test_targets_0_and_1_give_softplus_of_either_sign(self, scale):
        x = scale * np.linspace(-1, 1, 1001)
        for y, expected in ((0, sigref.softplus(x)), (1, sigref.softplus(-x))):
            assert np.all(abs(self.loss(x, y) - expected) <= 2 * np.spacing(expected))

    def test_its_slope_is_sigmoid_minus_target(self):
        x, y, h = np.linspace(-5, 5, 101), np.linspace(0, 1, 11)[:, None], 1e-5
        slope = (self.loss(x + h, y) - self.loss(x - h, y)) / (2 * h)
        assert np.allclose(slope, sigref.sigmoid(x) - y, atol=1e-9)

    @pytest.mark.parametrize("dtype", FLOATS)
    def test_targets_outside_0_to_1_are_taken_as_they_are(self, dtype):
        x, y = np.array([5, -5, 5, -5], dtype), np.array([1, -1, 2, -3], dtype)
        wide, exact = x.astype(np.longdouble), y.astype(np.longdouble)
        expected = np.logaddexp(0, wide) - wide * exact
        error = abs(self.loss(x, y) - expected)
        assert (error <= 2 * np.finfo(dtype).eps * abs(wide * exact)).all()
        assert self.loss(x, y).min() < 0

    def test_a_target_that_does_not_fit_the_dtype_gives_no_stray_warning(self):
        with np.errstate(all="raise"):
            for dtype, y in (
                (np.float16, 1e5),
                (np.float16, 10**5),
                (np.float32, 1e300),
            ):
                assert self.loss(dtype([1]), y) == -np.inf
                assert self.loss(dtype([-1]), y) == np.inf
            assert self.loss(np.float64([-1e300, 1e300]), 1e300).tolist() == [
                np.inf,
                -np.inf,
            ]

    def test_nan_in_either_argument_gives_nan(self):
        assert np.isnan(self.loss([np.nan, 0.0, 200.0], [1.0, np.nan, np.nan])).all()


class TestPackage:
    def test_the_public_list_is_sorted_and_complete(self):
        assert sigref.__all__ == sorted(sigref.__all__)
        public = {
            name
            for name, value in vars(sigref).items()
            if not name.startswith("_") and not inspect.ismodule(value)
        }
        assert public == set(sigref.__all__)

    @pytest.mark.parametrize("name", sigref.__all__)
    def test_data_is_positional_and_out_is_by_keyword(self, name):
        *data, out = inspect.signature(getattr(sigref, name)).parameters.values()
        assert {p.kind for p in data} == {inspect.Parameter.POSITIONAL_ONLY}
        assert out.name == "out"
        assert out.kind is inspect.Parameter.KEYWORD_ONLY

    def test_importing_sigref_loads_nothing_but_numpy(self):
        program = (
            "import sys, numpy; before = set(sys.modules)\n"
            "import sigref; print(*sorted(set(sys.modules) - before))\n"
            "sigref.sigmoid([1.0]); print(*sorted(set(sys.modules) - before))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        )
        for line in done.stdout.splitlines():
            roots = {module.split(".")[0] for module in line.split()}
            assert "sigref" in roots
            assert roots - {"sigref", "numpy"} <= set(sys.stdlib_module_names)

    @pytest.mark.parametrize("in_place", [False, True])
    @pytest.mark.parametrize("order", ["C", "F", "swapped", "strided"])
    @pytest.mark.parametrize("dtype", FLOATS[:3])
    def test_extra_memory_does_not_grow_with_the_array(self, dtype, order, in_place):
        dtype = np.dtype(dtype)
        dtype = dtype.newbyteorder() if order == "swapped" else dtype
        x = np.full((1000, 4000), 0.5, dtype, order="F" if order == "F" else "C")
        x = x[:, ::2] if order == "strided" else x
        out = x if in_place else np.empty_like(x)
        sigref.sigmoid(x[:10])
        tracemalloc.start()
        try:
            sigref.sigmoid(x, out=out)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert np.all(out == sigref.sigmoid(0.5).astype(dtype))
        assert peak < 2**20

    def test_this_suite_turns_warnings_into_errors(self):
        with pytest.raises(UserWarning):
            warnings.warn("loud", UserWarning, stacklevel=1)

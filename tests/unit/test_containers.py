"""Containers come back as a NumPy ufunc would return them: type, labels, mask, laziness.

The models are SciPy's and NumPy's own ufuncs on the same input. What they return has the
right container; the values in it must be those of the plain array.
"""

import pickle
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import dask.array as da
import ml_dtypes
import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.special
import sigref
import xarray as xr

ROOT = Path(__file__).parents[2]
MODELS = {
    "log_sigmoid": scipy.special.log_expit,
    "logit": scipy.special.logit,
    "sigmoid": scipy.special.expit,
    "sigmoid_derivative": scipy.special.expit,
    "softplus": scipy.special.log_expit,
    "binary_cross_entropy_with_logits": scipy.special.xlogy,
}
TWO = "binary_cross_entropy_with_logits"
loss = sigref.binary_cross_entropy_with_logits

VALUES = np.array([[0.25, 0.75, 0.5], [0.125, 0.875, 0.625]])
ROW = VALUES[0]
INDEX = pd.Index(["a", "b", "c"], name="key")


class Special(np.ndarray):
    """A subclass that carries something on, as those of units and metadata do."""

    note = None

    def __array_finalize__(self, parent):
        self.note = getattr(parent, "note", None)


class Wrapping(np.ndarray):
    """A subclass that wraps results itself, with the signature of NumPy 2."""

    def __array_wrap__(self, array, context=None, return_scalar=False):
        ufunc, inputs, i = context
        result = np.asarray(array).view(Wrapping)
        result.made_by = ufunc.__name__, len(inputs), i, return_scalar
        return result


class Overriding(np.ndarray):
    """A subclass that overrides ufuncs and hands them on to ndarray's own method."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **keywords):
        plain = [np.asarray(x) for x in inputs]
        if out:
            keywords["out"] = tuple(np.asarray(x) for x in out)
        result = super().__array_ufunc__(ufunc, method, *plain, **keywords)
        return out[0] if out else result.view(Overriding)


def special():
    x = ROW.copy().view(Special)
    x.note = "kept"
    return x


def memory_map(tmp_path):
    path = tmp_path / "x.bin"
    VALUES.tofile(path)
    return np.memmap(path, dtype=np.float64, mode="r+", shape=VALUES.shape)


def data_array(**more):
    return xr.DataArray(
        VALUES,
        dims=["row", "column"],
        coords={"column": [10, 20, 30]},
        attrs={"units": "1"},
        name="p",
        **more,
    )


def masked(hard=False):
    # The masked value is outside the domain of logit.
    return np.ma.masked_array(
        [0.25, 2.0, 0.5], [False, True, False], fill_value=7, hard_mask=hard
    )


CONTAINERS = {
    "Series": lambda: pd.Series(ROW, index=INDEX, name="p"),
    "Series of float32": lambda: pd.Series(ROW, dtype="float32"),
    "Series of integers": lambda: pd.Series([0, 1, 1]),
    "Series of bool": lambda: pd.Series([True, False]),
    "Series of Float64": lambda: pd.Series([0.5, None], dtype="Float64"),
    "Series of Float32": lambda: pd.Series([0.5, None], dtype="Float32"),
    "Series of Int64": lambda: pd.Series([1, None], dtype="Int64"),
    "Series of boolean": lambda: pd.Series([True, None], dtype="boolean"),
    "Series, sparse": lambda: pd.Series(pd.arrays.SparseArray([0.5, 0.25])),
    "Series, categories in its index": lambda: pd.Series(
        ROW, pd.CategoricalIndex(list("aba"))
    ),
    "Series, dates in its index": lambda: pd.Series(
        ROW, pd.date_range("2026-01-01", periods=3)
    ),
    "Series, empty": lambda: pd.Series([], dtype="float64", name="none"),
    "DataFrame": lambda: pd.DataFrame(VALUES, columns=INDEX),
    "DataFrame of bool and float": lambda: pd.DataFrame(
        {"a": [0.25, 0.5], "b": [True, False]}
    ),
    "DataFrame of Int64 and float32": lambda: pd.DataFrame(
        {"a": pd.array([1, None], "Int64"), "b": np.float32([0.5, 0.25])}
    ),
    "Index": lambda: pd.Index(ROW, name="p"),
    "RangeIndex": lambda: pd.RangeIndex(2),
    "array of Float64": lambda: pd.array([0.5, None], dtype="Float64"),
    "DataArray": data_array,
    "DataArray, lazy": lambda: data_array().chunk({"column": 2}),
    "Dataset": lambda: xr.Dataset({"p": data_array(), "q": ("row", [0.5, 0.25])}),
    "Dataset, lazy": lambda: xr.Dataset({"p": data_array()}).chunk(),
    "Variable": lambda: data_array().variable,
    "Dask array": lambda: da.from_array(VALUES, chunks=(2, 2)),
    "Dask array of float32": lambda: da.from_array(np.float32(VALUES), chunks=(1, 3)),
    "Dask array of integers": lambda: da.from_array(np.array([0, 1]), chunks=1),
    "Polars Series": lambda: pl.Series("p", [0.25, None, 0.5]),
    "Polars Series of integers": lambda: pl.Series("p", [1, None, 0]),
    "Polars Series in two chunks": lambda: pl.concat([pl.Series([0.5])] * 2),
    "Polars DataFrame": lambda: pl.DataFrame({"a": ROW}),
    "masked array": masked,
    "masked array, hard": lambda: masked(hard=True),
    "masked array of integers": lambda: np.ma.masked_array([0, 1], [False, True]),
    "masked array without a mask": lambda: np.ma.masked_array(VALUES),
    "masked array of no dimension": lambda: np.ma.masked_array(0.5),
    "np.ma.masked": lambda: np.ma.masked,
    "matrix": lambda: VALUES.view(np.matrix),
    "matrix, large": lambda: np.full((200, 100), 0.5).view(np.matrix),
    "__array_finalize__": special,
    "__array_finalize__, no dimension": lambda: np.array(0.5).view(Special),
    "__array_wrap__": lambda: ROW.view(Wrapping),
    "__array_wrap__, no dimension": lambda: np.array(0.5).view(Wrapping),
    "__array_ufunc__": lambda: ROW.view(Overriding),
    "array-like": lambda: memoryview(ROW),
    "pd.NA": lambda: pd.NA,
}
EACH = pytest.mark.parametrize("container", CONTAINERS)
NAMES = pytest.mark.parametrize("name", MODELS)


def described(x):
    """Return all that a container is, but its values."""
    kind = type(x)
    if isinstance(x, pd.DataFrame):
        return kind, x.columns, x.index, [described(x[c]) for c in x.columns]
    if isinstance(x, pd.Series):
        return kind, x.dtype, x.index, x.name, x.isna().tolist()
    if isinstance(x, pd.Index):
        return kind, x.dtype, x.name
    if isinstance(x, pd.api.extensions.ExtensionArray):
        return kind, x.dtype, x.isna().tolist()
    if isinstance(x, xr.Dataset):
        return kind, x.attrs, {name: described(x[name]) for name in x}
    if isinstance(x, xr.DataArray):
        labels = {name: c.values.tolist() for name, c in x.coords.items()}
        return kind, x.name, labels, described(x.variable)
    if isinstance(x, xr.Variable):
        return kind, x.dims, x.attrs, described(x.data)
    if isinstance(x, da.Array):
        return kind, x.chunks, x.dtype, type(x._meta), len(dict(x.__dask_graph__()))
    if isinstance(x, pl.Series):
        return kind, x.name, x.dtype, x.is_null().to_list()
    if isinstance(x, np.ma.MaskedArray) and x is not np.ma.masked:
        mask = np.ma.getmaskarray(x).tolist()
        return kind, x.dtype, mask, x.fill_value, x.hardmask
    if isinstance(x, np.ndarray | np.generic):
        extra = getattr(x, "note", None), getattr(x, "made_by", ("", None))[1:]
        return kind, x.dtype, x.shape, extra
    return kind


def equal(a, b):
    """Compare descriptions, in which labels are containers themselves."""
    if isinstance(a, pd.Index):
        return a.identical(b)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(equal, a, b))
    return type(a) is type(b) and a == b


def values(x):
    """Return the values that are there, as a flat float64 array."""
    if isinstance(x, np.ma.MaskedArray):
        return x.compressed().astype(np.float64)
    if isinstance(x, xr.Dataset):
        return np.concatenate([values(x[name]) for name in x])
    if isinstance(x, pl.Series):
        return x.drop_nulls().to_numpy().astype(np.float64)
    if isinstance(x, pl.DataFrame):
        return x.to_numpy().ravel()
    if isinstance(x, pd.DataFrame):
        return np.concatenate([values(x[c]) for c in x.columns])
    if isinstance(x, pd.Series | pd.api.extensions.ExtensionArray):
        return x[~x.isna()].astype("float64").__array__()
    if x is pd.NA:
        return np.array([])
    return np.asarray(x).ravel().astype(np.float64)


def widened(x):
    """Return two booleans as float64, which xlogy makes of them since SciPy 1.16."""
    if isinstance(x, pd.Series) and pd.api.types.is_bool_dtype(x.dtype):
        return x.astype("Float64" if x.dtype == "boolean" else "float64")
    return x


@EACH
@NAMES
def test_a_container_comes_back_as_from_a_ufunc(name, container):
    function, model = getattr(sigref, name), MODELS[name]
    x = CONTAINERS[container]()
    more = [x] if name == TWO else []
    with np.errstate(all="ignore"):
        try:
            expected = model(*map(widened, [x, *more]))
        except TypeError:  # what a frame of several dtypes becomes beside another
            assert name == TWO
            with pytest.raises(TypeError):
                function(x, *more)
            return
    with np.errstate(all="raise"):
        result = function(x, *more)
    assert equal(described(result), described(expected))
    plain = values(x).astype(np.float32) if "32" in container else values(x)
    expected = function(plain, *[plain] * len(more))
    if container != "DataFrame of Int64 and float32":  # of two precisions
        assert np.array_equal(values(result), expected)


@NAMES
def test_a_memory_map_gives_an_array_and_takes_one(name, tmp_path):
    function = getattr(sigref, name)
    x = memory_map(tmp_path)
    more = [x] if name == TWO else []
    expected = function(VALUES, *[VALUES] * len(more))
    result = function(x, *more)
    assert type(result) is type(np.exp(x)) is np.ndarray
    assert np.array_equal(result, expected)
    assert function(x, *more, out=x) is x
    x.flush()
    assert np.array_equal(np.fromfile(tmp_path / "x.bin"), expected.ravel())


class TestTwoArguments:
    def test_two_series_are_paired_by_their_labels(self):
        x = pd.Series([1.0, 2.0, 3.0], index=["a", "b", "c"])
        y = pd.Series([0.0, 1.0, 1.0], index=["c", "b", "a"])
        result = loss(x, y)
        assert result.to_dict() == {
            "a": loss(1.0, 1.0),
            "b": loss(2.0, 1.0),
            "c": loss(3.0, 0.0),
        }

    def test_a_label_that_only_one_series_has_gives_nan_as_with_logaddexp(self):
        x = pd.Series([1.0, 2.0], index=["a", "b"], name="x")
        y = pd.Series([0.0, 1.0], index=["b", "c"], name="y")
        result, model = loss(x, y), x + y
        assert equal(described(result), described(model))
        assert result["b"] == loss(2.0, 0.0)

    def test_data_frames_are_paired_by_rows_and_columns(self):
        x = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
        result = loss(x, pd.DataFrame({"b": [1.0, 0.0], "a": [0.0, 1.0]}))
        assert result.loc[1, "b"] == loss(4.0, 0.0)
        assert result.loc[0, "a"] == loss(1.0, 0.0)

    def test_na_in_either_series_is_na(self):
        x = pd.Series([1.0, None, 3.0], dtype="Float64")
        y = pd.Series([1, 0, None], dtype="Int64")
        result = loss(x, y)
        assert result.dtype == "Float64"
        assert result.isna().tolist() == [False, True, True]

    @pytest.mark.parametrize("swapped", [False, True])
    def test_a_series_beside_an_array_keeps_its_labels(self, swapped):
        x = pd.Series(ROW, index=INDEX, name="p")
        result = loss(ROW, x) if swapped else loss(x, ROW)
        assert equal(described(result), described(np.logaddexp(x, ROW)))
        assert np.array_equal(result, loss(ROW, ROW))

    @pytest.mark.parametrize("y", [1, 0.5, np.float64(1)])
    def test_a_container_of_float32_beside_a_number(self, y):
        for x in (
            pd.Series(ROW, dtype="float32"),
            da.from_array(np.float32(ROW), chunks=2),
            xr.DataArray(np.float32(ROW)),
        ):
            result = loss(x, y)
            assert type(result) is type(x)
            assert result.dtype == np.logaddexp(x, y).dtype
        result = loss(pl.Series("p", ROW, pl.Float32), 0.5)
        assert result.dtype == pl.Float32

    def test_data_arrays_are_paired_by_dimension_and_coordinate(self):
        x = xr.DataArray([1.0, 2.0], dims="i", coords={"i": [1, 2]})
        y = xr.DataArray([[0.0, 1.0]], dims=["j", "i"], coords={"i": [2, 3]})
        result = loss(x, y)
        assert result.dims == ("i", "j")
        assert result.i.values.tolist() == [2]
        assert result.values == loss(2.0, 0.0)

    def test_masks_are_joined(self):
        x = np.ma.masked_array([1.0, 2.0, 3.0], [True, False, False])
        y = np.ma.masked_array([1.0, 0.0, 1.0], [False, True, False])
        result = loss(x, y)
        assert result.mask.tolist() == [True, True, False]
        assert loss(x, [1, 1, 1]).mask.tolist() == [True, False, False]
        assert loss([1, 1, 1], y).mask.tolist() == [False, True, False]

    def test_two_dask_arrays_give_a_lazy_one(self):
        x, y = da.from_array(ROW, chunks=2), da.from_array(ROW, chunks=1)
        result = loss(x, y)
        assert result.chunks == np.logaddexp(x, y).chunks
        assert np.array_equal(result.compute(), loss(ROW, ROW))

    def test_a_data_frame_and_a_series_are_refused_as_by_ufuncs(self):
        with pytest.raises(NotImplementedError, match="mixed DataFrame and Series"):
            loss(pd.DataFrame(VALUES), pd.Series(ROW))

    def test_the_input_of_higher_priority_wraps(self):
        class Low(np.ndarray):
            __array_priority__ = -1.0

        low, high = ROW.view(Low), ROW.view(Special)
        for x, y in ((low, high), (high, low), (ROW, low), (low, ROW), (low, 1.0)):
            assert type(loss(x, y)) is type(np.logaddexp(x, y))

    def test_who_overrides_is_asked_in_the_order_of_nep_13(self):
        asked = []

        class Base:
            def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
                asked.append((type(self).__name__, ufunc.__name__, method))
                return NotImplemented

        class Derived(Base):
            pass

        class Other(Base):
            pass

        for x, y in ((Base(), Derived()), (Other(), Base()), (Base(), Base())):
            for function in (loss, np.logaddexp):
                with pytest.raises(TypeError):
                    function(x, y)
            half = len(asked) // 2
            ours, numpys = asked[:half], asked[half:]
            assert [a[0] for a in ours] == [a[0] for a in numpys]
            assert ours[0][1:] == (TWO, "__call__")
            asked.clear()

    def test_who_opts_out_of_ufuncs_is_refused_by_name(self):
        class Mute:
            __array_ufunc__ = None

        for arguments in ((Mute(), 1.0), (1.0, Mute())):
            with pytest.raises(TypeError, match=f"{TWO} does not know .* Mute"):
                loss(*arguments)


class Foreign:
    """What has an __array__, but neither protocol; its module says whose it is."""

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("converted")


class TestOut:
    def outs(self):
        return {
            "matrix": np.zeros((2, 3)).view(np.matrix),
            "__array_finalize__": np.zeros((2, 3)).view(Special),
            "__array_wrap__": np.zeros((2, 3)).view(Wrapping),
            "__array_ufunc__": np.zeros((2, 3)).view(Overriding),
            "DataFrame": pd.DataFrame(np.zeros((2, 3)), columns=INDEX),
            "masked array": np.ma.zeros((2, 3)),
        }

    @NAMES
    def test_an_out_that_is_no_plain_array_is_filled_and_returned(self, name):
        function, model = getattr(sigref, name), MODELS[name]
        arguments = [VALUES, VALUES] if name == TWO else [VALUES]
        for kind, out in self.outs().items():
            result = function(*arguments, out=out)
            target = self.outs()[kind]
            same = model(*arguments, out=target) is target
            assert (result is out) == same, kind
            assert type(result) is type(out)
            assert np.array_equal(np.asarray(out), function(*arguments)), kind

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, "g"])
    @pytest.mark.parametrize("shape", [(2, 3), (200, 100), (1, 20001)])
    def test_a_matrix_of_any_size_can_be_out(self, shape, dtype):
        x = np.linspace(-9, 9, np.prod(shape)).reshape(shape).astype(dtype)
        out = np.zeros(shape, dtype).view(np.matrix)
        assert sigref.sigmoid(x, out=out) is out
        assert np.array_equal(out, sigref.sigmoid(x))
        x = x.view(np.matrix)
        assert sigref.sigmoid(x, out=x) is x
        assert np.array_equal(x, out)

    @pytest.mark.parametrize("hard", [False, True])
    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, "g"])
    @pytest.mark.parametrize("n", [3, 20001])
    def test_a_masked_out_gets_the_values_and_masks_of_the_inputs(self, n, dtype, hard):
        x = np.linspace(-9, 9, n).astype(dtype)
        mask = np.arange(n) % 3 == 1
        for given in (x, np.ma.masked_array(x, mask)):
            out = np.ma.masked_array(np.zeros(n, dtype), ~mask, hard_mask=hard)
            model = out.copy()
            np.exp(given, out=model)
            assert sigref.sigmoid(given, out=out) is out
            assert equal(described(out), described(model))
            assert np.array_equal(values(out), values(sigref.sigmoid(given)))

    def test_a_masked_array_can_be_its_own_out(self):
        x = masked()
        expected = sigref.logit(x)
        assert sigref.logit(x, out=x) is x
        assert x.mask.tolist() == [False, True, False]
        assert np.array_equal(x.compressed(), expected.compressed())

    def test_a_series_is_filled_and_keeps_its_labels(self):
        out = pd.Series(np.zeros(3), index=INDEX, name="p")
        model = np.exp(ROW, out=out.copy())
        result = sigref.sigmoid(ROW, out=out)
        assert equal(described(result), described(model))
        assert np.array_equal(out, sigref.sigmoid(ROW))
        assert out.index.identical(INDEX)

    def test_a_dask_array_becomes_the_lazy_result(self):
        x, out = da.from_array(VALUES, chunks=2), da.zeros(VALUES.shape, chunks=2)
        result = sigref.sigmoid(x, out=out)
        assert result is out
        assert np.array_equal(out.compute(), sigref.sigmoid(VALUES))

    @pytest.mark.parametrize("name", ["DataArray", "Polars Series", "Index"])
    def test_what_ufuncs_refuse_as_out_is_refused(self, name):
        out = CONTAINERS[name]()
        x = np.zeros(np.shape(out))
        with pytest.raises((TypeError, NotImplementedError)) as model:
            np.exp(x, out=out)
        with pytest.raises(type(model.value)):
            sigref.sigmoid(x, out=out)

    def test_a_tuple_of_one_array_is_out_as_for_ufuncs(self):
        out = np.zeros(3)
        assert sigref.sigmoid(ROW, out=(out,)) is out
        with pytest.raises(TypeError, match="received tuple"):
            sigref.sigmoid(ROW, out=(out, out))

    @pytest.mark.parametrize(
        "out", [[0.0] * 3, memoryview(np.zeros(3)), 0.5, Foreign()]
    )
    def test_an_out_that_is_no_array_is_refused_by_name(self, out):
        kind = type(out).__name__
        with pytest.raises(TypeError, match=f"NumPy array, received {kind}"):
            sigref.sigmoid(ROW, out=out)

    def test_an_unsuitable_subclass_is_refused_as_an_array_is(self):
        with pytest.raises(ValueError, match=r"shape \(3,\), received \(2, 3\)"):
            sigref.sigmoid(ROW, out=np.zeros((2, 3)).view(np.matrix))
        with pytest.raises(TypeError, match="dtype float64, received float32"):
            sigref.sigmoid(ROW, out=np.zeros(3, np.float32).view(Special))


class TestMaskedArrays:
    @NAMES
    def test_what_is_masked_is_not_summed_and_gives_no_warning(self, name):
        function = getattr(sigref, name)
        x = np.ma.masked_array([0.25, 2.0, -1.0, np.inf, 0.5], [0, 1, 1, 1, 0])
        more = [x] if name == TWO else []
        with np.errstate(all="raise"):
            total = function(x, *more).sum()
        open_ = np.array([0.25, 0.5])
        assert total == function(open_, *[open_] * len(more)).sum()

    def test_what_is_not_masked_warns(self):
        x = np.ma.masked_array([0.25, 2.0], [True, False])
        with pytest.warns(RuntimeWarning, match="invalid value encountered in logit"):
            assert np.isnan(sigref.logit(x)[1])

    def test_the_input_is_left_as_it_was(self):
        x = masked()
        sigref.logit(x)
        assert x.data.tolist() == [0.25, 2.0, 0.5]
        assert x.mask.tolist() == [False, True, False]


class TestLaziness:
    def test_nothing_is_computed_before_compute(self):
        computed = []

        def block(x):
            computed.append(x.size)
            return x

        meta = np.empty((0,))
        x = da.ones(8, chunks=2).map_blocks(block, dtype=float, meta=meta)
        for lazy in (x, xr.DataArray(x), xr.Dataset({"p": ("i", x)})):
            results = [getattr(sigref, name)(lazy) for name in MODELS if name != TWO]
            results.append(loss(lazy, lazy))
            assert computed == []
        assert results[0].compute().p.sum() == 8 * sigref.log_sigmoid(1.0)
        assert sum(computed) == 8

    def test_the_graph_has_one_task_a_block_more_and_survives_pickling(self):
        x = da.zeros(10**6, chunks=10**4)
        result = sigref.sigmoid(x)
        graph = len(dict(result.__dask_graph__())) - len(dict(x.__dask_graph__()))
        assert graph == x.npartitions == 100
        assert len(pickle.dumps(result)) < 50_000  # the numbers themselves are 8 MB
        assert result.name.startswith("sigmoid-")
        assert result.name == sigref.sigmoid(x).name  # deterministic: cached, merged

    def test_a_polars_expression_stays_one(self):
        frame = pl.DataFrame({"p": [0.25, None, 0.5]})
        lazy = frame.lazy().with_columns(s=sigref.sigmoid(pl.col("p")))
        result = lazy.collect()["s"]
        assert result.null_count() == 1
        assert result[2] == sigref.sigmoid(0.5)

    @pytest.mark.parametrize(
        "dtype", [pl.Int8, pl.UInt16, pl.Int32, pl.Int64, pl.UInt64, pl.Float64]
    )
    def test_a_polars_series_of_another_dtype_gives_float64(self, dtype):
        result = sigref.sigmoid(pl.Series("p", [0, 1, 1], dtype))
        assert result.dtype == pl.Float64
        assert result.to_list() == sigref.sigmoid([0, 1, 1]).tolist()

    def test_a_polars_series_of_float32_stays_one(self):
        result = sigref.sigmoid(pl.Series("p", ROW, pl.Float32))
        assert (result.name, result.dtype) == ("p", pl.Float32)
        assert np.array_equal(result.to_numpy(), sigref.sigmoid(np.float32(ROW)))

    @pytest.mark.slow
    def test_two_workers_of_a_cluster_give_the_same_bits(self, tmp_path):
        program = ROOT / "docs" / "examples" / "sigmoid_on_a_cluster.py"
        done = subprocess.run(
            [sys.executable, program],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
        expected = "2 workers, same as in one piece: True\n"
        assert done.stdout == expected, done.stderr


class TestRefusals:
    @pytest.mark.parametrize(
        ("module", "library"),
        [("torch", "torch"), ("torch.nn.parameter", "torch"), ("jaxlib._jax", "jax")],
    )
    @NAMES
    def test_a_tensor_is_told_what_to_call_instead(self, name, module, library):
        tensor = type("Tensor", (Foreign,), {"__module__": module})()
        arguments = [0.5, tensor] if name == TWO else [tensor]
        with pytest.raises(TypeError, match=f"{name} takes no Tensor") as caught:
            getattr(sigref, name)(*arguments)
        call = str(caught.value).split("call ")[1]
        assert call.startswith((library, "optax"))

    @pytest.mark.parametrize(
        "x",
        [
            np.array([0.5, None]),
            np.array([0.5], dtype=object),
            [Fraction(1, 2), 0.5],
            [2**64, 1],
            pd.Series([0.5, 1], dtype="object"),
        ],
        ids=["array", "one", "fractions", "integers", "Series"],
    )
    @NAMES
    def test_objects_are_told_how_to_be_converted(self, name, x):
        arguments = [0.5, x] if name == TWO else [x]
        with pytest.raises(TypeError, match=r"object; convert them, .*dtype=float"):
            getattr(sigref, name)(*arguments)

    @pytest.mark.parametrize(
        "x", [Fraction(1, 2), Decimal("0.5"), 2**64, -(2**70)], ids=repr
    )
    @NAMES
    def test_other_numbers_are_taken_by_their_float(self, name, x):
        function = getattr(sigref, name)
        arguments = [x, 1] if name == TWO else [x]
        with np.errstate(invalid="ignore"):
            expected = function(float(x), *arguments[1:])
            result = function(*arguments)
        assert type(result) is np.float64
        assert np.array_equal(result, expected, equal_nan=True)

    @pytest.mark.parametrize(
        "x",
        [pd.Series(["a"]), pd.Series(pd.to_datetime(["2026-01-01"])), pl.Series(["a"])],
        ids=["strings", "dates", "Polars strings"],
    )
    def test_containers_of_what_is_no_number_are_refused(self, x):
        for function in (sigref.sigmoid, scipy.special.expit):
            with pytest.raises(TypeError):
                function(x)


FORMATS = [ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2]
FUNCTIONS = [name for name in MODELS if name != TWO]
NARROW = pytest.mark.parametrize("dtype", FORMATS, ids=lambda dtype: dtype.__name__)


def every(dtype):
    """Return every number of a narrow dtype."""
    size = np.dtype(dtype).itemsize
    return np.arange(256**size, dtype=f"u{size}").view(dtype)


def nearest(value, dtype):
    """Round float64 to a narrow dtype: to the nearest, ties to even, as IEEE 754 does.

    The numbers of a format, in the order of their bits, are its grid: candidates are
    compared exactly, in float64, and nothing is converted by ml_dtypes but the grid.
    """
    size = np.dtype(dtype).itemsize
    half = np.arange(256**size // 2, dtype=f"u{size}").view(dtype)
    with np.errstate(invalid="ignore"):
        half = half.astype(np.float64)
    finite = half[np.isfinite(half)]
    step = finite[-1] - finite[-2]
    grid = np.append(finite, finite[-1] + step)  # where the next would be
    size = np.abs(value)
    above = np.searchsorted(grid, size).clip(1, len(grid) - 1)
    below = above - 1
    middle = (grid[below] + grid[above]) / 2
    up = (size > middle) | ((size == middle) & (above % 2 == 0))
    index = np.where(up, above, below)
    ends = np.append(finite, half[len(finite)])  # infinity, or NaN where there is none
    result = np.copysign(ends[index], value)
    result[np.isinf(value)] = np.copysign(ends[-1], value[np.isinf(value)])
    result[np.isnan(value)] = np.nan
    return result


class TestNarrowFormats:
    @NARROW
    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_every_number_is_rounded_correctly(self, name, dtype):
        # float64 is within 1 ULP: far less than its distance from any midpoint.
        x = every(dtype)
        with np.errstate(invalid="ignore"):
            result = getattr(sigref, name)(x)
            wide = getattr(sigref, name)(x.astype(np.float64))
            found, expected = result.astype(np.float64), nearest(wide, dtype)
        assert result.dtype == dtype
        assert np.array_equal(found, expected, equal_nan=True)
        same_sign = np.signbit(found) == np.signbit(expected)
        assert (same_sign | np.isnan(expected)).all()

    @NARROW
    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_float64_settles_how_every_number_is_rounded(self, name, dtype):
        """The assumption of the test above: no midpoint is nearer than 2^-47."""
        with np.errstate(invalid="ignore"):
            wide = getattr(sigref, name)(every(dtype).astype(np.float64))
        ends = [nearest(wide * (1 + s * 2.0**-47), dtype) for s in (-1, 1)]
        open_ = (ends[0] != ends[1]) & ~np.isnan(ends[0])
        assert not open_.any()

    @NARROW
    def test_losses_are_rounded_correctly(self, dtype):
        rng = np.random.default_rng(1)
        x = every(dtype)
        with np.errstate(invalid="ignore"):
            x = rng.choice(x[np.abs(x.astype(np.float64)) < 100], 200_000)
        y = rng.choice(np.array([0, 0.125, 0.25, 0.5, 0.75, 1], dtype), 200_000)
        result = loss(x, y)
        assert result.dtype == dtype
        # A float64 may be midway between two numbers; the exact loss is greater, since
        # the product in it is exact, and the logarithm positive.
        wide = loss(x.astype(np.float64), y.astype(np.float64))
        expected = nearest(np.nextafter(wide, np.inf), dtype)
        assert np.array_equal(result.astype(np.float64), expected)

    @NARROW
    def test_a_tie_is_broken_by_what_lies_beyond_float64(self, dtype):
        # x·(1 − y) is midway between two numbers of the format, and exp(−x) decides.
        bits = ml_dtypes.finfo(dtype).nmant
        x, w = 64.0 * (1 + 2.0**-bits), 1.5
        product = np.float64(x * w)
        assert nearest(np.array([product * (1 + 1e-9)]), dtype) != nearest(
            np.array([product * (1 - 1e-9)]), dtype
        )
        assert float(loss(dtype(x), dtype(1 - w))) == nearest(
            np.array([product * (1 + 1e-9)]), dtype
        )
        assert float(loss(dtype(-x), dtype(w))) == nearest(
            np.array([product * (1 + 1e-9)]), dtype
        )

    @NARROW
    def test_shapes_layouts_scalars_and_out(self, dtype):
        x = np.linspace(0.1, 0.9, 24).astype(dtype).reshape(4, 6)
        expected = sigref.sigmoid(x)
        assert type(sigref.sigmoid(dtype(0.5))) is dtype
        for same in (np.asfortranarray(x), x[::-1][::-1], x.repeat(2, 1)[:, ::2]):
            assert np.array_equal(sigref.sigmoid(same), expected)
        big = np.full(40_001, 0.5, dtype)
        assert (sigref.sigmoid(big) == sigref.sigmoid(dtype(0.5))).all()
        out = np.zeros_like(x)
        assert sigref.sigmoid(x, out=out) is out
        assert np.array_equal(out, expected)
        assert sigref.sigmoid(x, out=x) is x
        assert np.array_equal(x, expected)
        assert sigref.sigmoid(np.zeros((0, 3), dtype)).dtype == dtype

    @NARROW
    def test_logit_warns_of_what_is_outside_its_domain_alone(self, dtype):
        with np.errstate(all="raise"):
            assert sigref.logit(np.array([0.5, np.nan], dtype))[0] == 0
            ends = sigref.logit(np.array([0, 1], dtype)).astype(float)
        if dtype is ml_dtypes.float8_e4m3fn:  # it has no infinity
            assert np.isnan(ends).all()
        else:
            assert ends.tolist() == [-np.inf, np.inf]
        with pytest.warns(RuntimeWarning, match="invalid value encountered in logit"):
            sigref.logit(np.array([0.5, 1.5], dtype))

    @NARROW
    def test_numbers_beside_an_array_leave_its_dtype(self, dtype):
        x = np.array([0.5, 1], dtype)
        for y in (1, 0.5, True, x):
            assert loss(x, y).dtype == loss(y, x).dtype == dtype
        assert loss(x, np.float32([1, 0])).dtype == np.float32

    def test_sigref_does_not_import_ml_dtypes(self):
        program = "import sigref, sys; sigref.sigmoid([1.0]); print(*sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        modules = {name.partition(".")[0] for name in done.stdout.split()}
        assert "sigref" in modules
        assert not modules & {
            "ml_dtypes",
            "pandas",
            "xarray",
            "polars",
            "dask",
            "scipy",
        }

    @pytest.mark.parametrize("name", ["int4", "float8_e8m0fnu", "float4_e2m1fn"])
    def test_other_formats_are_refused_by_name(self, name):
        with pytest.raises(TypeError, match=f"expected real numbers.*{name}"):
            sigref.sigmoid(np.ones(2, getattr(ml_dtypes, name)))

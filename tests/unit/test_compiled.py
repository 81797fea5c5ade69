"""The compiled twin: real ufuncs, the bits of sigref, the warnings of sigref, no FMA."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sigref
from sigref import _kernels, compiled

ONE_ARGUMENT = ["log_sigmoid", "logit", "sigmoid", "sigmoid_derivative", "softplus"]
LOSS = "binary_cross_entropy_with_logits"
SPECIAL = [np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -5e-324, 1e308, -1e308]
SPECIAL += [-745.2, -800.0, -801.0, 127.0, 128.0, -127.9921875, 127.9921875, 0.5, 1.0]


def beside(x):
    return np.concatenate([np.nextafter(x, -np.inf), x, np.nextafter(x, np.inf)])


def points(name):
    """Return float64 on both sides of every border between cells, and between."""
    rng = np.random.default_rng(1)
    if name != "logit":
        nodes = np.arange(-8192, 8193) / 64
        between = [rng.normal(0, 6, 10**5), rng.uniform(-760, 760, 10**5)]
        return np.concatenate([beside(nodes), beside(nodes + 1 / 128), *between])
    cells = np.arange(_kernels._CELLS + 1, dtype=np.int64) + _kernels._LEAST
    odds = (cells << _kernels._CUT).view(np.float64)
    tails = 10.0 ** rng.uniform(-324, 0, 10**5)
    between = [rng.uniform(0, 1, 10**5), rng.uniform(0.4, 0.6, 10**5), tails]
    return np.concatenate([beside(odds / (1 + odds)), *between])


def same_bits(a, b):
    assert a.dtype == b.dtype
    bits = {2: np.uint16, 4: np.uint32, 8: np.uint64}[a.itemsize]
    return (a.view(bits) == b.view(bits)) | (np.isnan(a) & np.isnan(b))


class TestSameBits:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("name", ONE_ARGUMENT)
    def test_at_all_borders_and_between(self, name, dtype):
        x = np.append(points(name), SPECIAL)
        with np.errstate(all="ignore"):
            x = x.astype(dtype)
            result, expected = getattr(compiled, name)(x), getattr(sigref, name)(x)
        assert same_bits(result, expected).all()

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_of_the_loss(self, dtype):
        x = np.append(points("softplus"), SPECIAL)
        y = np.random.default_rng(2).choice([0, 0.3, 0.5, 1], x.size).astype(dtype)
        with np.errstate(all="ignore"):
            x = x.astype(dtype)
        result = getattr(compiled, LOSS)(x, y)
        assert same_bits(result, getattr(sigref, LOSS)(x, y)).all()

    @pytest.mark.parametrize("name", ONE_ARGUMENT)
    def test_every_float16_gives_the_float32_of_sigref(self, name):
        x = np.arange(2**16, dtype=np.uint16).view(np.float16)
        with np.errstate(invalid="ignore"):
            result = getattr(compiled, name)(x)
            expected = getattr(sigref, name)(x.astype(np.float32))
        assert same_bits(result, expected).all()

    @pytest.mark.parametrize("name", ONE_ARGUMENT)
    @pytest.mark.parametrize("kind", ["?", "b", "B", "h", "H", "i", "I", "l", "L"])
    def test_booleans_and_integers_give_float64(self, name, kind):
        x = np.array([0, 1], kind)
        assert same_bits(getattr(compiled, name)(x), getattr(sigref, name)(x)).all()

    @pytest.mark.parametrize("n", [1, 2, 3, 5, 9, 17, 33])
    def test_where_numbers_go_through_in_parallel_and_where_they_do_not(self, n):
        x = np.linspace(-800, 140, n)
        for name in ["sigmoid", "sigmoid_derivative", "log_sigmoid", "softplus"]:
            together = getattr(compiled, name)(x)
            alone = [getattr(compiled, name)(value) for value in x.tolist()]
            assert together.tolist() == alone


class TestUfunc:
    @pytest.mark.parametrize("name", compiled.__all__)
    def test_it_is_one_of_numpy(self, name):
        ufunc = getattr(compiled, name)
        assert type(ufunc) is np.ufunc
        assert ufunc.__name__ == name
        assert ufunc is getattr(compiled, name)
        single = "ff->f" if name == LOSS else "f->f"
        assert single in ufunc.types

    def test_it_has_the_names_of_sigref(self):
        assert compiled.__all__ == sigref.__all__
        with pytest.raises(AttributeError, match="sigmoids"):
            _ = compiled.sigmoids

    def test_out_and_dtype(self):
        x = np.array([[1.0, -40.0], [800.0, np.inf]])
        out = np.empty((2, 4))[:, ::2].T
        assert compiled.sigmoid(x, out=out) is out
        assert out.tolist() == sigref.sigmoid(x).tolist()
        assert compiled.sigmoid(np.float32(1), dtype=np.float64) == sigref.sigmoid(1.0)

    def test_where_is_refused_aloud(self):
        # By NumPy, because of flags that Numba gives its ufuncs. If this fails, Numba has
        # mended it, and the page on speed must no longer say so.
        with pytest.raises(ValueError, match="mask"):
            compiled.sigmoid(np.ones(2), out=np.empty(2), where=[True, False])

    def test_another_type_may_take_the_call(self):
        class Other:
            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
                return ufunc, method

        assert compiled.softplus(Other()) == (compiled.softplus, "__call__")

    @pytest.mark.parametrize("value", [1j, "0.5", None, np.longdouble(0.5)])
    def test_other_types_are_refused(self, value):
        with pytest.raises(TypeError):
            compiled.sigmoid(value)


class TestWarnings:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("n", [1, 3, 8, 64])
    @pytest.mark.parametrize("name", compiled.__all__)
    def test_nothing_warns_within_the_domain(self, name, n, dtype):
        with np.errstate(all="ignore"):
            special = np.array(SPECIAL).astype(dtype)
        inside = (special >= 0) & (special <= 1) | np.isnan(special)
        for x in special[inside] if name == "logit" else special:
            for y in (0, 0.5, 1) if name == LOSS else [None]:
                more = [] if y is None else [np.full(n, y, dtype)]
                with np.errstate(all="raise", under="ignore"):
                    getattr(compiled, name)(np.full(n, x), *more)

    @pytest.mark.parametrize("n", [1, 3, 8, 64])
    @pytest.mark.parametrize("p", [-1.0, 2.0, np.inf, -np.inf, -5e-324])
    def test_logit_warns_outside_it_by_name(self, p, n):
        with pytest.warns(RuntimeWarning, match="invalid value encountered in logit"):
            assert np.isnan(compiled.logit(np.full(n, p))).all()


def run(program, folder=None):
    """Return what a program prints in a process of its own, started in this folder."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    return done.stdout


@pytest.mark.slow
def test_no_multiplication_is_contracted_with_an_addition():
    # FMA would round once where the formulas mean to round twice.
    program = (
        "from sigref.compiled import sigmoid\n"
        "import numba\n"
        "from sigref.compiled import _formulas\n"
        "for name, formula in _formulas().items():\n"
        "    if name.endswith('_everywhere') and 'entropy' not in name:\n"
        "        f = numba.njit(lambda x: formula(x))\n"
        "        f(0.5)\n"
        "        print(*f.inspect_asm().values())\n"
    )
    assembly = run(program)
    assert len(re.findall(r"v?divsd", assembly)) >= 5  # it is the right listing
    assert re.findall(r"vfn?m(?:add|sub)\w+|fmadd|fmsub", assembly) == []


def test_import_sigref_does_not_load_numba():
    assert run("import sys, sigref; print('numba' in sys.modules)") == "False\n"


@pytest.fixture
def copy(tmp_path):
    """Return a copy of the module, so that its cache is its own."""
    source = Path(sigref.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__", "_docs", "facts")
    shutil.copytree(source, tmp_path / "sigref", ignore=ignored)
    return tmp_path


@pytest.mark.slow
def test_cache_is_used_and_follows_the_formulas(copy):
    program = "from sigref.compiled import softplus; print(softplus(3.003))"
    first = run(program, copy)
    kept = {p: p.stat().st_mtime_ns for p in copy.rglob("*.nb?")}
    assert kept
    assert run(program, copy) == first
    assert {p: p.stat().st_mtime_ns for p in copy.rglob("*.nb?")} == kept
    formulas = copy / "sigref" / "_kernels.py"
    changed = formulas.read_text("utf-8").replace(
        "correction += 2 * v", "correction += v"
    )
    formulas.write_text(changed, "utf-8")
    assert run(program, copy) != first


@pytest.mark.slow
def test_it_works_where_no_cache_can_be_written(copy):
    program = (
        "from numba.core import caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from sigref.compiled import softplus; print(softplus(3.003))"
    )
    assert run(program, copy) == f"{sigref.softplus(3.003)}\n"
    assert not list(copy.rglob("*.nb?"))

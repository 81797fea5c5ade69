"""The functions of sigref as NumPy ufuncs, compiled by Numba: the same bits, sooner.

In a checkout `pip install ".[compiled]"`. The six names are those of `sigref`. Each is
compiled when it is first asked for, and kept in Numba's cache where that can be written.

There is no formula here. What is compiled are copies of the functions in
`sigref._kernels`, with other globals: a table is read at one row, and a choice between
blocks is one between two numbers.
"""

import contextlib
import zlib
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, cast

import numba
import numpy as np
from numba.extending import intrinsic, overload
from sigref import _kernels as kernels

binary_cross_entropy_with_logits: np.ufunc
log_sigmoid: np.ufunc
logit: np.ufunc
sigmoid: np.ufunc
sigmoid_derivative: np.ufunc
softplus: np.ufunc

__all__ = [
    "binary_cross_entropy_with_logits",
    "log_sigmoid",
    "logit",
    "sigmoid",
    "sigmoid_derivative",
    "softplus",
]

# NumPy takes the first loop to which the input can be cast without loss: int32 before
# float32, so that the narrow integers and booleans give float64 as the wide ones do.
_LOOPS = ("f8", "i4"), ("f4", "f4"), ("f8", "f8")
_TYPES: dict[str, Any] = {"f4": numba.float32, "f8": numba.float64, "i4": numba.int32}
_jit = numba.njit(error_model="numpy")
_vectorize: Any = numba.vectorize


def __getattr__(name: str) -> np.ufunc:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = ufunc = _ufunc(name)
    return ufunc


def _rounded(x: Any, high: Any, low: Any, power: Any) -> Any:
    """Return the sum, times the power, rounded once to the dtype that belongs to x."""


@overload(_rounded)
def _rounded_for(x: Any, high: Any, low: Any, power: Any) -> Any:
    def double(x: Any, high: Any, low: Any, power: Any) -> Any:
        return (high + low) * power

    def single(x: Any, high: Any, low: Any, power: Any) -> Any:
        return np.float32(break_ties(high, low, 23) * power)

    break_ties = _formulas()["break_ties"]
    return single if x is numba.float32 else double


@cache
def _formulas() -> dict[str, Any]:
    """Return the globals of `_kernels`, functions compiled and tables read at one row."""
    found = dict(vars(kernels))
    for name, value in vars(kernels).items():
        if isinstance(value, FunctionType) and value.__closure__ is None:
            found[name] = _jit(FunctionType(value.__code__, found, name))
    found["_where"] = _jit(lambda condition, x, y: x if condition else y)
    found["_bits"] = _jit(lambda x: np.float64(x).view(np.int64))
    found["_of_bits"] = _jit(lambda bits: np.int64(bits).view(np.float64))
    nearest, last = found["_nearest"], 2 * kernels._MIDDLE - 1
    fold, edge = found["_fold"], -kernels._EDGE

    # A branch, although both sides are computed where numbers go through in parallel:
    # LLVM computes addresses, and what they depend on in the same block, one by one.
    def fold_if_far(x: float) -> Any:
        if x > edge:
            return x, 0.0, 1.0
        return fold(x)

    def with_tables(formula: Any, exact: kernels.Exact) -> Any:
        s, _ = kernels._table(kernels._exact_sigmoid)
        value, low = kernels._table(exact)
        same = value is s

        def kernel(x: float, rest: float) -> Any:
            r, row = nearest(x)
            row &= last
            at_c = s[row]
            return formula(r + rest, at_c, at_c if same else value[row], low[row])

        return _jit(kernel)

    found["_fold"] = _jit(fold_if_far)
    for name, exact in kernels.TABLES.items():
        found[name] = with_tables(found[f"{name}_formula"], exact)
    rows = kernels.logit_rows()
    s, rest = kernels._table(kernels._exact_sigmoid)
    cell = found["_cell"]
    found["_row_of"] = _jit(lambda odds: rows[cell(odds)])
    found["_at_row"] = _jit(
        lambda row: ((row - kernels._MIDDLE) / kernels._PER_UNIT, s[row], rest[row])
    )
    return found


def _inlined(_: Any) -> Any:
    def codegen(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        builder.function.attributes.add("alwaysinline")
        return context.get_dummy_value()

    return numba.void(), codegen


# Have the function that calls this inlined into the loop of the ufunc. LLVM would call
# what is longer than some 50 instructions, and then no two numbers go through at once.
_inline: Any = intrinsic(_inlined)


def _of_one(x: Any) -> Any:
    _inline()
    high, low, power = _everywhere(np.float64(x))
    return _rounded(x, high, low, power)


def _of_two(x: Any, y: Any) -> Any:
    _inline()
    high, low, power = _everywhere(np.float64(x), np.float64(y))
    return _rounded(x, high, low, power)


_everywhere: Any = None  # another for each function


def _ufunc(name: str) -> np.ufunc:
    short = name.removesuffix("_with_logits")
    template = _of_two if short == "binary_cross_entropy" else _of_one
    everywhere = _formulas()[f"{short}_everywhere"]
    # Globals, since Numba finds nothing in its cache for functions with closures.
    function = FunctionType(template.__code__, globals() | {"_everywhere": everywhere})
    function.__name__, function.__doc__ = name, f"sigref.{name}, compiled."
    # Numba looks at the date of this file alone, and would miss a change of formulas.
    source = Path(kernels.__file__).read_bytes()
    function.__qualname__ = f"{name}_{zlib.crc32(source):08x}"
    arity = template.__code__.co_argcount
    types = [_TYPES[out](*[_TYPES[x]] * arity) for out, x in _LOOPS]
    with contextlib.suppress(RuntimeError):  # nowhere to write
        return cast(np.ufunc, _vectorize(types, cache=True)(function).ufunc)
    return cast(np.ufunc, _vectorize(types)(function).ufunc)

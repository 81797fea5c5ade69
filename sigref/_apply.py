"""The loop that applies a kernel to numbers and arrays, and rounds what it returns once.

Arrays of any layout, byte order and dtype pass through in blocks that fit into the
cache. float64 takes the sum of a kernel's pair. float32 takes the plain formula wherever
that leaves no doubt, and the kernel elsewhere; formats of 8 and 16 bits look up a table
of all their results, made by the kernel. longdouble has the plain formula alone.
"""

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from types import FrameType
from typing import Any, TypeAlias

import numpy as np
from sigref import _kernels as kernels
from sigref._containers import PLAIN, unpack
from sigref._kernels import Floats

_BLOCK = 16384  # elements: a handful of float64 blocks fit into 1 MiB of L2 cache
_FEW = 6  # elements: up to here one by one is faster than NumPy for all of them at once

Function: TypeAlias = Callable[..., Any]

# The formats of ml_dtypes that are taken, and the bits of their fractions.
_NARROW = {"bfloat16": 7, "float8_e4m3fn": 3, "float8_e5m2": 2}
_UNSIGNED = {1: np.uint8, 2: np.uint16}
_WEAK = (bool, int, float)
_FLOAT64 = np.dtype(np.float64)


def apply(
    function: Function,
    kernel: kernels.Kernel,
    plain: kernels.Plain,
    out: Any,
    *inputs: Any,
) -> Any:
    """Return the function, rounded once, of numbers or of arrays of any kind.

    `function` is the public one: other containers call it for the arrays they hold, and
    messages name it.
    """
    if out is None and isinstance(inputs[0], float) and len(inputs) == 1:
        high, low = kernel(float(inputs[0]))
        if low < 1:  # not NaN: corrections are small
            return np.float64(high + low)
    blocks: Iterable[Sequence[Floats]]
    if out is None and len(inputs) == 1 and _is_simple(inputs[0]):
        if inputs[0].size <= _FEW and inputs[0].dtype.char == "d":
            pairs = [kernel(x) for x in inputs[0].ravel().tolist()]
            if all(low < 1 for _, low in pairs):
                sums = [high + low for high, low in pairs]
                return np.array(sums, np.float64).reshape(inputs[0].shape)
        result = np.empty(inputs[0].shape, inputs[0].dtype)
        blocks = [(inputs[0], result)]
    else:
        if type(out) is tuple and len(out) == 1:  # as NEP 13 writes it
            (out,) = out
        for x in inputs if out is None else (*inputs, out):
            if type(x) not in PLAIN:
                return unpack(function, out, inputs)
        arrays = [np.asarray(x) for x in inputs]
        dtype, shape = _dtype(inputs, arrays), arrays[0].shape
        if len(arrays) > 1:
            shape = np.broadcast(*arrays).shape
        if out is None:
            result = np.empty_like(arrays[0], dtype, shape=shape)
        else:
            result = _check_out(out, shape, dtype)
        blocks = _blocks([*arrays, result])
    invalid = False
    with np.errstate(all="ignore"):
        for block in blocks:
            invalid |= _fill(kernel, plain, *block)
    if invalid:
        _complain(function)
    return result[()] if out is None else out


def _is_simple(x: Any) -> bool:
    """Whether one block can hold x as it is, without what would take longer than this."""
    if type(x) is not np.ndarray or x.dtype.char not in "efdg" or not x.dtype.isnative:
        return False
    return x.flags.c_contiguous and x.ndim > 0 and x.size <= _BLOCK


def _dtype(inputs: tuple[Any, ...], arrays: list[Any]) -> np.dtype[Any]:
    """Return the dtype of the result; numbers become arrays that can be computed with."""
    dtypes = []
    for i, array in enumerate(arrays):
        if array.dtype.kind not in "biuf":
            array = arrays[i] = _real(array)
        if type(inputs[i]) not in _WEAK:
            dtypes.append(array.dtype)
    if not dtypes:
        return _FLOAT64
    dtype = dtypes[0] if len(dtypes) == 1 else np.result_type(*dtypes)
    if dtype.kind in "biu":
        return _FLOAT64
    return dtype if dtype.isnative else dtype.newbyteorder("=")


def _real(array: Any) -> Any:
    """Return the array if it is of a narrow format, or one number as an array."""
    if array.dtype.name in _NARROW:
        return array
    advice = ""
    if array.dtype.kind == "O":
        if array.ndim == 0 and hasattr(array[()], "__float__"):
            with suppress(TypeError, ValueError, OverflowError):
                # Fraction, Decimal, an integer beyond 64 bits
                return np.asarray(float(array[()]))
        advice = "; convert them, as by np.asarray(x, dtype=float)"
    raise TypeError(f"expected real numbers, received dtype {array.dtype}{advice}")


def _complain(function: Function) -> None:
    """Warn or raise, as NumPy is set to: a NaN appeared that no argument had.

    The warning is of the line that called the public function; where a container called
    it again, of the line of the first call. So each line has its own.
    """
    what, how = "invalid value", np.geterr()["invalid"]
    message = f"{what} encountered in {function.__name__}"
    handler: Any = np.geterrcall()
    if how == "raise":
        raise FloatingPointError(message)
    if how == "warn":
        frame: FrameType | None = sys._getframe()
        level = depth = 0
        while frame:
            depth += 1
            if frame.f_code is function.__code__:
                level = depth
            frame = frame.f_back
        warnings.warn(message, RuntimeWarning, stacklevel=level + 1)
    elif how == "print":
        print(f"Warning: {message}", file=sys.stderr)
    elif how == "call":
        handler(what, 8)
    elif how == "log":
        handler.write(f"Warning: {message}\n")


def _blocks(operands: list[Floats]) -> Iterable[Sequence[Floats]]:
    """Return matching blocks of the operands, all of the dtype of the last, the target."""
    *inputs, result = operands
    for x in inputs:
        if (
            x.dtype != result.dtype
            or not x.dtype.isnative
            or x.shape != result.shape
            or not x.flags.c_contiguous
            or not result.flags.c_contiguous
            or (x is not result and np.may_share_memory(x, result))
        ):
            return _buffered_blocks(operands)
    if result.ndim and result.size <= _BLOCK:
        return [operands]
    flat = [a.reshape(-1) for a in operands]
    starts = range(0, result.size, _BLOCK)
    return ([a[i : i + _BLOCK] for a in flat] for i in starts)


def _buffered_blocks(operands: list[Floats]) -> Iterator[Sequence[Floats]]:
    # Each block is read before it is written: `out` may be an input without a copy.
    own = "overlap_assume_elementwise"
    access: Any = [*[["readonly", own]] * (len(operands) - 1), ["writeonly", own]]
    with np.nditer(
        operands,
        flags=["buffered", "external_loop", "zerosize_ok", "copy_if_overlap"],
        op_flags=access,
        op_dtypes=[operands[-1].dtype.newbyteorder("=")] * len(operands),
        casting="same_kind",
        buffersize=_BLOCK // 2,  # the buffers need memory, too
    ) as iterator:
        yield from iterator


def _check_out(out: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Floats:
    """Return `out` if it can take a result of this shape and dtype."""
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a NumPy array, received {type(out).__name__}")
    if out.dtype.newbyteorder("=") != dtype:
        raise TypeError(f"out must have dtype {dtype}, received {out.dtype}")
    if out.shape != shape:
        raise ValueError(f"out must have shape {shape}, received {out.shape}")
    if not out.flags.writeable:
        raise ValueError("out must be writeable, received a read-only array")
    return out


def _fill(kernel: kernels.Kernel, plain: kernels.Plain, *operands: Floats) -> bool:
    """Write the function of the first operands to the last, all of one dtype.

    Return whether a NaN appeared that was no argument.
    """
    *blocks, target = operands
    size = target.itemsize
    if size == 8:
        high, low, invalid = _pair(kernel, blocks)
        np.add(high, low, out=target)
        return invalid
    if size > 8:
        target[...] = plain(*blocks)
        return _is_invalid(target, blocks)
    if size <= 2 and len(blocks) == 1:
        bits = blocks[0].view(_UNSIGNED[size])
        result = _every(kernel, target.dtype).take(bits, mode="clip")
        if target.dtype.char == "e":
            doubt = result.view(np.uint16) & 0x7FFF > 0x7C00  # isnan, faster
        else:
            doubt = np.isnan(result)  # it may have to warn
    else:
        value = plain(*[block.astype(np.float64) for block in blocks])
        result = _narrow(value * (1 - _DOUBT), target.dtype)
        doubt = result != _narrow(value * (1 + _DOUBT), target.dtype)
    invalid = False
    if np.count_nonzero(doubt):
        invalid = _put_exact(result, doubt, kernel, blocks)
    target[...] = result
    return invalid


def _narrow(value: Floats, dtype: np.dtype[Any]) -> Floats:
    """Return float64 numbers rounded once to a narrower dtype.

    ml_dtypes rounds them to float32 on the way. Rounded to odd there, that is a float32
    with an odd last bit wherever it is not exact, they round to a narrower format as if
    at once, since float32 has at least two bits more.
    """
    if dtype.isbuiltin != 2:  # a dtype of NumPy itself
        return value.astype(dtype)
    near = value.astype(np.float32)
    even = near.view(np.uint32) & 1 == 0
    beyond = np.where(value > near, np.inf, -np.inf).astype(np.float32)
    np.nextafter(near, beyond, out=near, where=even & (near != value))
    return near.astype(dtype)


# Ziv's strategy: a float64 within a relative 2^−47 of the exact value settles how that
# is rounded, unless one end of this interval rounds otherwise than the other. 2^−47 is
# 32 to 64 units in the last place; the plain formulas are good to a few, with anybody's
# exp and log1p. One float32 in some million stays in doubt.
_DOUBT = 2.0**-47


def _put_exact(
    result: Floats,
    where: Any,
    kernel: kernels.Kernel,
    blocks: list[Floats],
) -> bool:
    """Put the exact function, rounded once, into the result at the chosen places."""
    chosen = [block[where].astype(np.float64) for block in blocks]
    high, low, invalid = _pair(kernel, chosen)
    dtype = result.dtype
    bits = _NARROW.get(dtype.name) or np.finfo(dtype).nmant
    result[where] = _narrow(kernels.break_ties(high, low, bits), dtype)
    return invalid


@cache
def _every(kernel: kernels.Kernel, dtype: np.dtype[Any]) -> Floats:
    """Return the function of every number of a dtype of 8 or 16 bits, in their order."""
    size = dtype.itemsize
    x = np.arange(256**size, dtype=_UNSIGNED[size]).view(dtype)
    result = np.empty_like(x)
    _put_exact(result, slice(None), kernel, [x])
    return result


def _pair(kernel: kernels.Kernel, blocks: list[Floats]) -> tuple[Floats, Floats, bool]:
    """Return two blocks whose sum is the function, wherever it is defined.

    The last returned says whether a NaN appeared that was no argument.
    """
    high, low = kernel(*blocks)
    beyond, invalid = np.isnan(low), False
    if np.count_nonzero(beyond):
        outer = [block[beyond] for block in blocks]
        a, b, power = kernels.EVERYWHERE[kernel](*outer)
        high[beyond] = value = (a + b) * power
        low[beyond] = -0.0  # which leaves every number as it is, and −0 too
        invalid = _is_invalid(value, outer)
    return high, low, invalid


def _is_invalid(result: Floats, blocks: list[Floats]) -> bool:
    made = np.isnan(result)
    for block in blocks:
        made &= ~np.isnan(block)
    return bool(np.count_nonzero(made))

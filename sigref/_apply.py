"""The loop that applies a kernel to numbers and arrays, and rounds what it returns once.

Arrays of any layout, byte order and dtype pass through in blocks that fit into the
cache. float64 takes the sum of a kernel's pair. float32 takes the plain formula wherever
that leaves no doubt, and the kernel elsewhere; float16 looks up a table of its 65,536
results, made by the kernel. longdouble has the plain formula alone.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
from sigref import _kernels as kernels
from sigref._kernels import Floats

_BLOCK = 16384  # elements: a handful of float64 blocks fit into 1 MiB of L2 cache


def apply(
    kernel: kernels.Kernel, plain: kernels.Plain, out: Floats | None, x: Any, *more: Any
) -> Any:
    """Return the function, rounded once, of a number or of arrays of any kind."""
    if out is None and isinstance(x, float) and not more:
        high, low = kernel(float(x))
        if low < 1:  # not NaN: corrections are small
            return np.float64(high + low)
    if out is None and not more and type(x) is np.ndarray and _is_simple(x):
        simple = np.empty(x.shape, x.dtype)
        _fill(kernel, plain, x, simple)
        return simple
    inputs = (x, *more)
    arrays = [np.asarray(x) for x in inputs]
    for array in arrays:
        if array.dtype.kind not in "biuf":
            raise TypeError(f"expected real numbers, received dtype {array.dtype}")
    dtype, shape = arrays[0].dtype, arrays[0].shape
    if len(arrays) > 1:
        pairs = zip(inputs, arrays, strict=True)
        weak = (bool, int, float)
        dtype = np.result_type(*[x if type(x) in weak else a.dtype for x, a in pairs])
        shape = np.broadcast(*arrays).shape
    dtype = np.dtype(dtype.type if dtype.kind == "f" else np.float64)
    if out is None:
        result = np.empty_like(arrays[0], dtype, shape=shape)
    else:
        result = _check_out(out, shape, dtype)
    for block in _blocks([*arrays, result]):
        _fill(kernel, plain, *block)
    return result[()] if out is None else out


def _is_simple(x: Floats) -> bool:
    """Whether one block can hold x as it is, without what would take longer than this."""
    floats = x.dtype.char in "efdg" and x.dtype.isnative
    return floats and x.flags.c_contiguous and x.ndim > 0 and x.size <= _BLOCK


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


def _fill(kernel: kernels.Kernel, plain: kernels.Plain, *operands: Floats) -> None:
    """Write the function of the first operands to the last, all of one dtype."""
    *blocks, target = operands
    size = target.itemsize
    if size == 8:
        np.add(*_pair(kernel, blocks), out=target)
        return
    if size > 8:
        target[...] = _heard(plain, blocks)
        return
    if size == 2 and len(blocks) == 1:
        bits = blocks[0].view(np.uint16)
        result = _every_float16(kernel).take(bits, mode="clip")
        doubt = result.view(np.uint16) & 0x7FFF > 0x7C00  # NaN: it may have to warn
    else:
        with np.errstate(all="ignore"):
            value = plain(*[block.astype(np.float64) for block in blocks])
            result = (value * (1 - _DOUBT)).astype(target.dtype)
            doubt = result != (value * (1 + _DOUBT)).astype(target.dtype)
    if np.count_nonzero(doubt):
        _put_exact(result, doubt, kernel, blocks)
    target[...] = result


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
) -> None:
    """Put the exact function, rounded once, into the result at the chosen places."""
    with np.errstate(invalid="ignore"):
        chosen = [block[where].astype(np.float64) for block in blocks]
    with np.errstate(over="ignore", under="ignore"):
        pair = _pair(kernel, chosen)
        result[where] = kernels.break_ties(*pair, np.finfo(result.dtype).nmant)


@cache
def _every_float16(kernel: kernels.Kernel) -> Floats:
    """Return the function of all 65,536 float16, in the order of their bits."""
    x = np.arange(2**16, dtype=np.uint16).view(np.float16)
    result = np.empty_like(x)
    with np.errstate(invalid="ignore"):
        _put_exact(result, slice(None), kernel, [x])
    return result


def _pair(kernel: kernels.Kernel, blocks: list[Floats]) -> kernels.Pair:
    """Return two blocks whose sum is the function, wherever it is defined."""
    with np.errstate(all="ignore"):
        high, low = kernel(*blocks)
    beyond = np.isnan(low)
    if np.count_nonzero(beyond):
        everywhere = kernels.EVERYWHERE[kernel]
        a, b, power = _heard(everywhere, [block[beyond] for block in blocks])
        with np.errstate(all="ignore"):
            high[beyond], low[beyond] = (a + b) * power, -0.0
    return high, low


def _heard(formula: Callable[..., Any], blocks: list[Floats]) -> Any:
    """Return what the formula does, and let it warn of what is outside the domain."""
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        with np.errstate(invalid="ignore"):
            quiet = [block + 0 for block in blocks]  # no signalling NaN
        return formula(*quiet)

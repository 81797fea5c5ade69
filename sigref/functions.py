"""The sigmoid function and its family: values, derivative, inverse, logarithms, loss.

Every function computes in float64, one cache-sized block at a time, and rounds once
to the dtype of the result. The kernels come first, the public functions after them.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scalar: TypeAlias = bool | int | float | np.bool | np.integer | np.floating
Floats: TypeAlias = NDArray[np.floating]

_BLOCK = 8192  # elements; a few blocks of float64 fit into a 512 KiB level-2 cache


# e = exp(−|x|) lies in [0, 1] and cannot overflow, and 1 + e lies in [1, 2]. For x < 0,
# e/(1 + e) has the relative accuracy of e itself, down to the last subnormal number.
def _sigmoid(x: Floats, out: Floats) -> None:
    positive = x >= 0
    e = np.exp(-np.abs(x))
    np.divide(np.maximum(e, positive), 1 + e, out=out)


# σ′ = e/(1 + e)², a product of accurate factors: nothing cancels in either tail.
def _sigmoid_derivative(x: Floats, out: Floats) -> None:
    e = np.exp(-np.abs(x))
    np.divide(e, (e + 2) * e + 1, out=out)


# log(1 + exp(x)) = max(x, 0) + log1p(exp(−|x|)): two terms of one sign.
def _softplus(x: Floats, out: Floats) -> None:
    np.add(np.maximum(x, 0), np.log1p(np.exp(-np.abs(x))), out=out)


# log σ(x) = −softplus(−x).
def _log_sigmoid(x: Floats, out: Floats) -> None:
    np.subtract(np.minimum(x, 0), np.log1p(np.exp(-np.abs(x))), out=out)


# Near p = ½ both terms of log p − log(1 − p) cancel; there 2p − 1 is exact, and so
# logit(p) = 2 artanh(2p − 1) loses nothing.
def _logit(p: Floats, out: Floats) -> None:
    odds = p / (1 - p)
    middle = (odds > 1 / 3) & (odds < 3)
    np.copyto(out, np.where(middle, 2 * np.arctanh(2 * p - 1), np.log(odds)))


# softplus(x) − x·y, split by the sign of x so that inf − inf cannot arise: the slope
# multiplies |x|, and a slope of zero times an infinite x counts as zero.
def _binary_cross_entropy_with_logits(x: Floats, y: Floats, out: Floats) -> None:
    slope = np.where(x >= 0, 1 - y, -y)
    linear = np.where(slope == 0, 0 * y, slope * x)
    np.add(linear, np.log1p(np.exp(-np.abs(x))), out=out)


def _apply(kernel: Callable[..., None], *inputs: ArrayLike, out: Floats | None) -> Any:
    """Run `kernel` over `inputs` in blocks and return the array, or scalar, it fills."""
    arrays = [np.asarray(x) for x in inputs]
    for array in arrays:
        if array.dtype.kind not in "biuf":
            raise TypeError(f"expected real numbers, received dtype {array.dtype}")
    dtype = np.result_type(
        *(
            x if type(x) in (bool, int, float) else a.dtype
            for x, a in zip(inputs, arrays, strict=True)
        )
    )
    dtype = dtype.newbyteorder("=") if dtype.kind == "f" else np.dtype(np.float64)
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    if out is None:
        like = arrays[0] if arrays[0].shape == shape else np.broadcast_to(0, shape)
        result = np.empty_like(like, dtype=dtype, subok=False)
    else:
        result = _check_out(out, shape, dtype)
    work = np.result_type(dtype, np.float64)
    iterator = np.nditer(
        [*arrays, result],
        flags=["buffered", "external_loop", "zerosize_ok", "copy_if_overlap"],
        op_flags=[*[["readonly"]] * len(arrays), ["writeonly"]],
        op_dtypes=[work] * (len(arrays) + 1),
        casting="same_kind",
        buffersize=_BLOCK,
    )
    with np.errstate(all="ignore"), iterator:
        for blocks in iterator:
            kernel(*blocks)
    return result[()] if out is None else out


def _check_out(out: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Floats:
    """Return `out` if a result of this shape and dtype can be written to it."""
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a NumPy array, received {type(out).__name__}")
    if out.dtype.newbyteorder("=") != dtype:
        raise TypeError(f"out must have dtype {dtype}, received {out.dtype}")
    if out.shape != shape:
        raise ValueError(f"out must have shape {shape}, received {out.shape}")
    if not out.flags.writeable:
        raise ValueError("out must be writeable, received a read-only array")
    return out


@overload
def sigmoid(x: Scalar, /, *, out: None = None) -> np.floating: ...
@overload
def sigmoid(x: ArrayLike, /, *, out: Floats | None = None) -> Floats: ...
def sigmoid(x: ArrayLike, /, *, out: Floats | None = None) -> Any:
    """Return `1 / (1 + exp(-x))`, element by element, without overflow.

    Parameters
    ----------
    x
        Real numbers; masked arrays and other subclasses are read as plain arrays.
    out
        Where to put the result; must have its shape and dtype.

    Returns
    -------
    A NumPy scalar for a scalar, otherwise an array of the shape of `x`. float16,
    float32, float64 and longdouble are kept; booleans and integers give float64.

    Examples
    --------
    >>> sigmoid(0.0)
    np.float64(0.5)
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    return _apply(_sigmoid, x, out=out)


@overload
def sigmoid_derivative(x: Scalar, /, *, out: None = None) -> np.floating: ...
@overload
def sigmoid_derivative(x: ArrayLike, /, *, out: Floats | None = None) -> Floats: ...
def sigmoid_derivative(x: ArrayLike, /, *, out: Floats | None = None) -> Any:
    """Return `exp(-x) / (1 + exp(-x))**2`, the slope of the sigmoid at `x`.

    The argument is x itself, not σ(x).

    Parameters
    ----------
    x
        Real numbers; masked arrays and other subclasses are read as plain arrays.
    out
        Where to put the result; must have its shape and dtype.

    Examples
    --------
    >>> sigmoid_derivative(0.0)
    np.float64(0.25)
    """
    return _apply(_sigmoid_derivative, x, out=out)


@overload
def log_sigmoid(x: Scalar, /, *, out: None = None) -> np.floating: ...
@overload
def log_sigmoid(x: ArrayLike, /, *, out: Floats | None = None) -> Floats: ...
def log_sigmoid(x: ArrayLike, /, *, out: Floats | None = None) -> Any:
    """Return `-log(1 + exp(-x))`, the logarithm of the sigmoid.

    Parameters
    ----------
    x
        Real numbers; masked arrays and other subclasses are read as plain arrays.
    out
        Where to put the result; must have its shape and dtype.

    Examples
    --------
    >>> log_sigmoid(-1000.0)
    np.float64(-1000.0)
    """
    return _apply(_log_sigmoid, x, out=out)


@overload
def logit(p: Scalar, /, *, out: None = None) -> np.floating: ...
@overload
def logit(p: ArrayLike, /, *, out: Floats | None = None) -> Floats: ...
def logit(p: ArrayLike, /, *, out: Floats | None = None) -> Any:
    """Return `log(p / (1 - p))`, the inverse of the sigmoid.

    Parameters
    ----------
    p
        Probabilities; masked arrays and other subclasses are read as plain arrays.
    out
        Where to put the result; must have its shape and dtype.

    Examples
    --------
    >>> logit([0, 0.5, 1])
    array([-inf,   0.,  inf])
    """
    result = _apply(_logit, p, out=out)
    p = np.asarray(p)
    if np.any((p < 0) | (p > 1)):
        np.log(-1.0)  # NumPy's own RuntimeWarning, or error, as np.errstate asks
    return result


@overload
def softplus(x: Scalar, /, *, out: None = None) -> np.floating: ...
@overload
def softplus(x: ArrayLike, /, *, out: Floats | None = None) -> Floats: ...
def softplus(x: ArrayLike, /, *, out: Floats | None = None) -> Any:
    """Return `log(1 + exp(x))`, the integral of the sigmoid.

    Parameters
    ----------
    x
        Real numbers; masked arrays and other subclasses are read as plain arrays.
    out
        Where to put the result; must have its shape and dtype.

    Examples
    --------
    >>> softplus([-1000, 1000])
    array([   0., 1000.])
    """
    return _apply(_softplus, x, out=out)


@overload
def binary_cross_entropy_with_logits(
    x: Scalar, y: Scalar, /, *, out: None = None
) -> np.floating: ...
@overload
def binary_cross_entropy_with_logits(
    x: ArrayLike, y: ArrayLike, /, *, out: Floats | None = None
) -> Floats: ...
def binary_cross_entropy_with_logits(
    x: ArrayLike, y: ArrayLike, /, *, out: Floats | None = None
) -> Any:
    """Return `log(1 + exp(x)) - x*y`, the log loss of logits `x` for targets `y`.

    Its gradient with respect to `x` is `sigmoid(x) - y`.

    Parameters
    ----------
    x
        Logits; masked arrays and other subclasses are read as plain arrays.
    y
        Targets, usually 0, 1 or a probability; broadcast against `x`.
    out
        Where to put the result; must have its shape and dtype.

    Examples
    --------
    >>> binary_cross_entropy_with_logits([-1000.0, 0.0, 1000.0], 1)
    array([1.00000000e+03, 6.93147181e-01, 0.00000000e+00])
    """
    return _apply(_binary_cross_entropy_with_logits, x, y, out=out)

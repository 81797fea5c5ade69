"""The sigmoid function and its family: value, slope, logarithm, inverse and loss.

Here are the functions and their contracts. `sigref._kernels` has the mathematics,
`sigref._apply` the loop over arrays of any layout, dtype and size, and
`sigref._containers` the way to the arrays that other containers hold.
"""

from typing import Any

from numpy.typing import ArrayLike
from sigref import _kernels as kernels
from sigref._apply import apply
from sigref._kernels import sigmoid_of_float


def sigmoid(x: ArrayLike, /, *, out: Any = None) -> Any:
    """Return `1 / (1 + exp(-x))`, element by element.

    Also known as the logistic function, expit and the inverse of the logit.

    Parameters
    ----------
    x
        Real numbers, in any container that NumPy's ufuncs take.
    out
        Array for the result, of its shape and dtype. It may be `x` itself.

    Returns
    -------
    np.floating or ndarray
        A NumPy scalar for a scalar, else an array of the shape of `x`. float16,
        float32, float64 and longdouble are kept, and so are bfloat16, float8_e4m3fn
        and float8_e5m2 of ml_dtypes; booleans, integers, `Fraction` and `Decimal` give
        float64. Containers come back as from a ufunc: pandas objects with index and
        NA, xarray objects with coordinates, Dask arrays lazy, Polars Series with
        nulls, masked arrays with their mask, other subclasses of ndarray.

    Raises
    ------
    TypeError
        If `x` is complex, not numeric, an array of objects, or a tensor of PyTorch or
        JAX, or if `out` is no array of the right dtype.
    ValueError
        If `out` has another shape or is read-only.

    Notes
    -----
    Error: float16, float32 and the three formats of ml_dtypes are correctly rounded for
    every input. float64 stays within 0.6 ULP, or 0.8 for |x| > 127, subnormal results
    included, and has the same bits on every computer. longdouble has the plain stable
    formulas, good to a few ULP.

    No input warns. The result is 0 or 1 only where the exact value rounds to it (float64:
    below -745.13, and from 37.43 on). float16, float32 and the formats of ml_dtypes never
    step down where x grows; float64 does not at the borders between the cells of the
    method, which are all tested. For 1 - σ(x) without loss, call `sigmoid(-x)`.

    Method: the addition theorem around tabulated exact values, in blocks of float64 that
    fit into the cache; the table (256 KiB) is made on first use. float32 needs it only
    where exp(x)/(1 + exp(x)) in float64 leaves a doubt, and formats of 8 and 16 bits
    have all their results in a table of their own.

    The inverse is `logit`; the logarithm, also where σ(x) underflows, `log_sigmoid`.

    Examples
    --------
    >>> sigmoid(0.0)
    np.float64(0.5)
    >>> sigmoid([-1000, -1, 0, 1, 1000])
    array([0.        , 0.26894142, 0.5       , 0.73105858, 1.        ])
    """
    if out is None and (quick := sigmoid_of_float(x)) is not None:
        return quick
    return apply(sigmoid, kernels.sigmoid, kernels.plain_sigmoid, out, x)


def sigmoid_derivative(x: ArrayLike, /, *, out: Any = None) -> Any:
    """Return `exp(-x) / (1 + exp(-x))**2`, the slope of the sigmoid at `x`.

    The argument is x, not σ(x): most functions of this name elsewhere take σ(x).

    Parameters
    ----------
    x
        Real numbers, as for `sigmoid`.
    out
        Array for the result, of its shape and dtype. It may be `x` itself.

    Returns
    -------
    np.floating or ndarray
        As for `sigmoid`, with the same errors raised.

    Notes
    -----
    Error: float16, float32 and the three formats of ml_dtypes are correctly rounded for
    every input; float64 stays within 0.6 ULP, or 0.8 for |x| > 127.

    σ(x)·(1 - σ(x)) is the same in algebra, but not in floating point: for x > 0 the
    difference 1 - σ(x) loses digits, and from x = 36.74 on all of them. This function is
    even to the last bit and vanishes only beyond |x| = 745.13 (float64).

    Method: the addition theorem for σ′, around tabulated exact values.

    Examples
    --------
    >>> sigmoid_derivative([-40.0, 0.0, 40.0])
    array([4.24835426e-18, 2.50000000e-01, 4.24835426e-18])
    """
    return apply(
        sigmoid_derivative,
        kernels.sigmoid_derivative,
        kernels.plain_sigmoid_derivative,
        out,
        x,
    )


def log_sigmoid(x: ArrayLike, /, *, out: Any = None) -> Any:
    """Return `-log(1 + exp(-x))`, the logarithm of the sigmoid.

    Parameters
    ----------
    x
        Real numbers, as for `sigmoid`.
    out
        Array for the result, of its shape and dtype. It may be `x` itself.

    Returns
    -------
    np.floating or ndarray
        As for `sigmoid`, with the same errors raised.

    Notes
    -----
    Error: float16, float32 and the three formats of ml_dtypes are correctly rounded for
    every input; float64 stays within 0.6 ULP, or 0.8 for x > 127.

    Finite for every finite x, while `log(sigmoid(x))` is -inf below -745.13. It equals
    `-softplus(-x)` to the last bit: where it rounds to 0, that is -0.

    Examples
    --------
    >>> log_sigmoid([-1000.0, 0.0, 40.0])
    array([-1.00000000e+03, -6.93147181e-01, -4.24835426e-18])
    """
    return apply(log_sigmoid, kernels.log_sigmoid, kernels.plain_log_sigmoid, out, x)


def logit(p: ArrayLike, /, *, out: Any = None) -> Any:
    """Return `log(p / (1 - p))`, the inverse of the sigmoid.

    Parameters
    ----------
    p
        Probabilities, in any container that NumPy's ufuncs take.
    out
        Array for the result, of its shape and dtype. It may be `p` itself.

    Returns
    -------
    np.floating or ndarray
        As for `sigmoid`, with the same errors raised. 0 and 1 give -inf and inf, or
        NaN in float8_e4m3fn, which has no infinity. Outside [0, 1] the result is NaN,
        with the warning "invalid value encountered in logit" for the line that called;
        `np.errstate` silences it or makes an error of it. What is masked does not warn.

    Notes
    -----
    Error: float16, float32 and the three formats of ml_dtypes are correctly rounded for
    every input; float64 stays within 0.8 ULP on all of (0, 1).

    p = σ(x) near 1 has forgotten most of x: 1 - p is a multiple of 2**-53. Where x is
    still at hand, keep x.

    Method: the addition theorem solved for x, around tabulated exact values. The
    inverse is `sigmoid`.

    Examples
    --------
    >>> logit([0, 0.25, 0.5, 1])
    array([       -inf, -1.09861229,  0.        ,         inf])
    """
    return apply(logit, kernels.logit, kernels.plain_logit, out, p)


def softplus(x: ArrayLike, /, *, out: Any = None) -> Any:
    """Return `log(1 + exp(x))`, the integral of the sigmoid.

    Parameters
    ----------
    x
        Real numbers, as for `sigmoid`.
    out
        Array for the result, of its shape and dtype. It may be `x` itself.

    Returns
    -------
    np.floating or ndarray
        As for `sigmoid`, with the same errors raised.

    Notes
    -----
    Error: float16, float32 and the three formats of ml_dtypes are correctly rounded for
    every input; float64 stays within 0.6 ULP, or 0.8 for x < -127.

    Method: the addition theorem for softplus, around tabulated exact values. Its slope
    is `sigmoid(x)`, and `-softplus(-x)` is `log_sigmoid(x)`.

    Examples
    --------
    >>> softplus([-40.0, 0.0, 1000.0])
    array([4.24835426e-18, 6.93147181e-01, 1.00000000e+03])
    """
    return apply(softplus, kernels.softplus, kernels.plain_softplus, out, x)


def binary_cross_entropy_with_logits(
    x: ArrayLike, y: ArrayLike, /, *, out: Any = None
) -> Any:
    """Return `log(1 + exp(x)) - x*y`, the log loss of the logits `x` for targets `y`.

    Its gradient with respect to `x` is `sigmoid(x) - y`. No mean is taken.

    Parameters
    ----------
    x
        Logits, in any container that NumPy's ufuncs take.
    y
        Targets in [0, 1], broadcast against `x`; two labelled arguments are aligned, as
        pandas and xarray do for a ufunc. Not checked: other targets are put into the
        formula as they are, and the loss may be negative.
    out
        Array for the result, of its shape and dtype. It may be `x` or `y` itself.

    Returns
    -------
    np.floating or ndarray
        As for `sigmoid`, in the dtype that NumPy promotes `x` and `y` to. The same
        errors are raised, and a ValueError if the shapes do not broadcast.

    Notes
    -----
    Error in float64: 1.5 ULP for targets 0 and 1, where the loss is `softplus(x)` and
    `softplus(-x)`, and 2 ULP between them.

    The loss of a certain prediction is its limit: 0 if it came true (x = inf, y = 1, or
    x = -inf, y = 0), infinite for every other target.

    Examples
    --------
    >>> binary_cross_entropy_with_logits([-1000.0, 0.0, float("inf")], 1)
    array([1.00000000e+03, 6.93147181e-01, 0.00000000e+00])
    """
    return apply(
        binary_cross_entropy_with_logits,
        kernels.binary_cross_entropy,
        kernels.plain_binary_cross_entropy,
        out,
        x,
        y,
    )

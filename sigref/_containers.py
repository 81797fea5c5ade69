"""Containers of other libraries, and subclasses of NumPy's array, as its ufuncs treat them.

None of these libraries is imported. What overrides ufuncs (NEP 13: pandas, xarray, Dask,
Polars) is asked to call the function on the arrays that it holds. A subclass of ndarray
is computed as a plain array, and its `__array_wrap__` wraps the result.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

# Types that need none of this.
PLAIN = frozenset([np.ndarray, bool, int, float, list, tuple, *np.sctypeDict.values()])

# What has no such protocol has its own functions; the loss comes last.
_ELSEWHERE = {
    "torch": {
        "sigmoid": "torch.sigmoid(x)",
        "sigmoid_derivative": "torch.sigmoid(x) * torch.sigmoid(-x)",
        "log_sigmoid": "torch.nn.functional.logsigmoid(x)",
        "logit": "torch.logit(p)",
        "softplus": "torch.nn.functional.softplus(x)",
        "": "torch.nn.functional.binary_cross_entropy_with_logits(x, y)",
    },
    "jax": {
        "sigmoid": "jax.nn.sigmoid(x)",
        "sigmoid_derivative": "jax.nn.sigmoid(x) * jax.nn.sigmoid(-x)",
        "log_sigmoid": "jax.nn.log_sigmoid(x)",
        "logit": "jax.scipy.special.logit(p)",
        "softplus": "jax.nn.softplus(x)",
        "": "optax.sigmoid_binary_cross_entropy(x, y)",
    },
}
_ARRAY = {"torch": ".numpy(force=True) of it", "jax": "np.asarray of it"}


class _Ufunc:
    """One of our functions, with what other containers ask of a ufunc."""

    nout, signature = 1, None
    types = ("f->f", "d->d")  # Polars chooses one, and asks for it by dtype

    def __init__(self, function: Callable[..., Any], nin: int) -> None:
        self.function, self.nin, self.__name__ = function, nin, function.__name__

    def __call__(self, *inputs: Any, out: Any = None, dtype: Any = None) -> Any:
        if dtype is not None:  # Polars passes None for what has no array
            inputs = tuple(x if x is None else np.asarray(x, dtype) for x in inputs)
        return self.function(*inputs, out=out)


def unpack(function: Callable[..., Any], out: Any, inputs: tuple[Any, ...]) -> Any:
    """Return the function where a type is not PLAIN, as a ufunc would."""
    given = inputs if out is None else (*inputs, out)
    ufunc = _Ufunc(function, len(inputs))
    if overriding := _overriding(given):
        keywords = {} if out is None else {"out": (out,)}
        for x in overriding:
            if method := type(x).__array_ufunc__:
                result = method(x, ufunc, "__call__", *inputs, **keywords)
                if result is not NotImplemented:
                    return result
        names = " and ".join(type(x).__name__ for x in overriding)
        raise TypeError(f"{function.__name__} does not know how to treat {names}")
    bare = [x if type(x) in PLAIN else _bare(function, x) for x in inputs]
    if out is None:
        result = np.asarray(function(*bare))
        x = max(inputs, key=_priority)
        if type(x) in PLAIN or not hasattr(x, "__array_wrap__"):
            return result[()]
        return _wrap(x, result, (ufunc, inputs, 0), result.ndim == 0)
    function(*bare, out=out.view(np.ndarray) if isinstance(out, np.ndarray) else out)
    return out if type(out) is np.ndarray else _wrap(out, out, (ufunc, given, 0), False)


def _priority(x: Any) -> tuple[float, bool]:
    """Return the rank of an input that may wrap the result; a subclass wins a tie."""
    if hasattr(x, "__array_wrap__"):
        return getattr(x, "__array_priority__", 0.0), type(x) not in PLAIN
    return -np.inf, False


_NO_OVERRIDE = np.ndarray.__array_ufunc__


def _overriding(given: tuple[Any, ...]) -> list[Any]:
    """Return one of each type that overrides ufuncs, in the order in which to ask them.

    That is from left to right, but subclasses before what they derive from.
    """
    found: list[Any] = []
    for x in given:
        method = getattr(type(x), "__array_ufunc__", _NO_OVERRIDE)
        if method is _NO_OVERRIDE or type(x) in map(type, found):
            continue
        bases = (i for i, y in enumerate(found) if isinstance(x, type(y)))
        found.insert(next(bases, len(found)), x)
    return found


def _bare(function: Callable[..., Any], x: Any) -> Any:
    """Return a plain array; what is masked in it becomes harmless, and gives no warning."""
    for base in type(x).__mro__:
        library = base.__module__.partition(".")[0].replace("jaxlib", "jax")
        if library in _ELSEWHERE:
            names = _ELSEWHERE[library]
            call = names.get(function.__name__, names[""])
            raise TypeError(
                f"{function.__name__} takes no {type(x).__name__} of {library}: "
                f"call {call}, or pass {_ARRAY[library]}"
            )
    array = np.asarray(x)
    if isinstance(x, np.ma.MaskedArray) and x.mask is not np.ma.nomask:
        array = array.copy()
        array[x.mask] = 0.5
    return array


def _wrap(x: Any, result: Any, context: tuple[Any, ...], scalar: bool) -> Any:
    try:
        return x.__array_wrap__(result, context, scalar)
    except TypeError:  # the signature before NumPy 2
        return x.__array_wrap__(result, context)

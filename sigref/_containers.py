"""Containers of other libraries, and subclasses of ndarray, as NumPy's ufuncs treat them.

None of these libraries is imported. What overrides ufuncs (NEP 13: pandas, xarray, Dask,
Polars) is asked to call the function on the arrays that it holds. A subclass of ndarray
is computed as a plain array, and its `__array_wrap__` wraps the result.
"""

from typing import Any

import numpy as np

# Types that need none of this.
PLAIN = frozenset([np.ndarray, bool, int, float, list, tuple, *np.sctypeDict.values()])

# What has no such protocol has its own functions: torch, and JAX.
_ELSEWHERE = {
    "sigmoid": ("torch.sigmoid", "jax.nn.sigmoid"),
    "sigmoid_derivative": (
        "torch.sigmoid(x) * torch.sigmoid(-x)",
        "jax.nn.sigmoid(x) * jax.nn.sigmoid(-x)",
    ),
    "log_sigmoid": ("torch.nn.functional.logsigmoid", "jax.nn.log_sigmoid"),
    "logit": ("torch.logit", "jax.scipy.special.logit"),
    "softplus": ("torch.nn.functional.softplus", "jax.nn.softplus"),
    "binary_cross_entropy_with_logits": (
        "torch.nn.functional.binary_cross_entropy_with_logits",
        "optax.sigmoid_binary_cross_entropy",
    ),
}
_ARRAYS = "x.numpy(force=True)", "np.asarray(x)"


class _Ufunc:
    """One of our functions, with what other containers ask of a ufunc."""

    nout, signature = 1, None

    def __init__(self, function: Any, inputs: tuple[Any, ...]) -> None:
        self.function, self.__name__ = function, function.__name__
        self.nin = len(inputs)
        single = any(str(getattr(x, "dtype", "")) == "Float32" for x in inputs)
        # Polars takes the first that holds its numbers, and asks for it by dtype.
        self.types = ("f->f", "d->d") if single else ("d->d",)

    def __call__(self, *inputs: Any, out: Any = None, dtype: Any = None) -> Any:
        if dtype is not None:  # Polars passes None for what has no array
            inputs = tuple(x if x is None else np.asarray(x, dtype) for x in inputs)
        return self.function(*inputs, out=out)


def unpack(function: Any, out: Any, inputs: tuple[Any, ...]) -> Any:
    """Return the function where a type is not PLAIN, as a ufunc would."""
    given = inputs if out is None else (*inputs, out)
    ufunc = _Ufunc(function, inputs)
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
        wraps = [x for x in inputs if hasattr(x, "__array_wrap__")]
        x = max(wraps, key=_priority, default=None)
        if x is None or type(x) in PLAIN:
            return result[()]
        return _wrap(x, result, (ufunc, inputs, 0), result.ndim == 0)
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a NumPy array, received {type(out).__name__}")
    function(*bare, out=out.view(np.ndarray))
    return out if type(out) is np.ndarray else _wrap(out, out, (ufunc, given, 0), False)


def _overriding(given: tuple[Any, ...]) -> list[Any]:
    """Return one of each type that overrides ufuncs, in the order in which to ask them.

    That is from left to right, but subclasses before what they derive from.
    """
    found: list[Any] = []
    own = np.ndarray.__array_ufunc__
    for x in given:
        if getattr(type(x), "__array_ufunc__", own) is not own:
            bases = (i for i, y in enumerate(found) if isinstance(x, type(y)))
            place = next(bases, len(found))
            if type(x) not in map(type, found):
                found.insert(place, x)
    return found


def _bare(function: Any, x: Any) -> Any:
    """Return a plain array; what is masked in it becomes harmless, and gives no warning."""
    roots = {base.__module__.partition(".")[0] for base in type(x).__mro__}
    for i, names in enumerate([{"torch"}, {"jax", "jaxlib"}]):
        if names & roots:
            raise TypeError(
                f"{function.__name__} takes no {type(x).__name__} of {min(names)}: call "
                f"{_ELSEWHERE[function.__name__][i]}, or pass {_ARRAYS[i]}"
            )
    array = np.asarray(x)
    if isinstance(x, np.ma.MaskedArray) and x.mask is not np.ma.nomask:
        array = array.copy()
        array[x.mask] = 0.5
    return array


def _priority(x: Any) -> tuple[float, bool]:
    return getattr(x, "__array_priority__", 0.0), type(x) not in PLAIN


def _wrap(x: Any, result: Any, context: tuple[Any, ...], scalar: bool) -> Any:
    try:
        return x.__array_wrap__(result, context, scalar)
    except TypeError:  # the signature before NumPy 2
        return x.__array_wrap__(result, context)

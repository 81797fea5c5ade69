"""Draw functions on Matplotlib Axes. Import it explicitly; it needs `sigref[plot]`."""

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from sigref.functions import sigmoid, sigmoid_derivative

__all__ = ["plot_function", "plot_sigmoid"]


def plot_function(
    func: Callable[[NDArray[np.float64]], Any],
    xlim: tuple[float, float] = (-6, 6),
    *,
    num: int = 401,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw `func(x)` for `num` evenly spaced `x` in `xlim`, both ends included.

    The Axes belong to the caller: nothing is shown, saved or closed, and no
    rcParams are touched.

    Parameters
    ----------
    func
        Takes a float64 array of shape `(num,)`, returns one of the same shape.
    xlim
        First and last x, finite, the first below the last.
    num
        Number of points, at least 2. An odd number puts a point on the middle.
    ax
        Where to draw; `plt.gca()` if omitted.
    **kwargs
        Passed on to `Axes.plot`. The label is `func.__name__` unless given.

    Returns
    -------
    Axes
        The Axes drawn on.

    Raises
    ------
    ValueError
        `xlim` is not finite and increasing, or `num` is below 2.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import sigref
    >>> from sigref.plotting import plot_function
    >>> ax = plt.figure().add_subplot()
    >>> ax = plot_function(sigref.sigmoid, (-8, 8), ax=ax, color="black")
    >>> ax.lines[0].get_label()
    'sigmoid'
    """
    low, high = xlim
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"xlim must be finite and increasing, received {xlim!r}")
    if num < 2:
        raise ValueError(f"num must be at least 2, received {num!r}")
    if ax is None:
        ax = plt.gca()
    x = np.linspace(low, high, num)
    if name := getattr(func, "__name__", None):
        kwargs.setdefault("label", name)
    ax.plot(x, func(x), **kwargs)
    return ax


def plot_sigmoid(
    xlim: tuple[float, float] = (-6, 6), *, ax: Axes | None = None
) -> Axes:
    """Draw σ and σ′ on one Axes whose vertical spine stands at x = 0.

    The picture of the article: σ in blue (#307EC7), σ′ in purple (#9621E2),
    lines 3 points wide. σ′ is dashed, too, so that colour is not all that tells
    them apart, and the legend is at the upper left, where no curve runs.

    Parameters
    ----------
    xlim
        First and last x, finite, the first below the last.
    ax
        Where to draw; `plt.gca()` if omitted. The article's figure measures
        9 by 5 inches: `plt.subplots(figsize=(9, 5))`.

    Returns
    -------
    Axes
        The Axes drawn on.

    Raises
    ------
    ValueError
        `xlim` is not finite and increasing.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sigref.plotting import plot_sigmoid
    >>> ax = plot_sigmoid(ax=plt.figure().add_subplot())
    >>> [line.get_label() for line in ax.lines]
    ['σ(x)', 'σ′(x)']
    """
    ax = plot_function(sigmoid, xlim, ax=ax, color="#307EC7", linewidth=3, label="σ(x)")
    plot_function(
        sigmoid_derivative,
        xlim,
        ax=ax,
        color="#9621E2",
        linewidth=3,
        linestyle="--",
        label="σ′(x)",
    )
    ax.spines["left"].set_position("zero")
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_yticks([0, 0.5, 1])  # more labels on the spine would cover the curves
    ax.set_xlabel("x")
    ax.legend(loc="upper left", frameon=False)
    return ax

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
        Passed on to `Axes.plot`. The label is `func.__name__` unless given, without
        underscores in front, which would hide it; a lambda has none.

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
    name = getattr(func, "__name__", "").lstrip("_")
    if name.isidentifier():
        kwargs.setdefault("label", name)
    ax.plot(x, func(x), **kwargs)
    return ax


def plot_sigmoid(
    xlim: tuple[float, float] = (-6, 6), *, ax: Axes | None = None
) -> Axes:
    """Draw σ and σ′ on one Axes whose vertical spine stands at x = 0.

    The picture of the article: σ in blue (#307EC7), σ′ in purple (#9621E2),
    lines 3 points wide. σ′ is dashed, too, so that colour is not all that tells
    them apart, and the legend is where it covers no curve.

    The spine stays at the left where 0 is not between the limits, or has no place
    on the scale of x: set scales first. The y-axis is marked at 0, ½ and 1 if it
    is linear and belongs to these Axes alone; the ticks of shared axes, and spines
    on sides that have ticks, are left as they are.

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
        The Axes drawn on. Drawn twice, the curves are in the legend once.

    Raises
    ------
    ValueError
        `xlim` is not finite and increasing, or the Axes are polar or in 3D.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sigref.plotting import plot_sigmoid
    >>> ax = plot_sigmoid(ax=plt.figure().add_subplot())
    >>> [line.get_label() for line in ax.lines]
    ['σ(x)', 'σ′(x)']
    """
    if ax is None:
        ax = plt.gca()
    if ax.name == "3d" or "left" not in ax.spines:
        raise ValueError(f"plot_sigmoid needs plane axes, received {ax.name}")
    labelled = {line.get_label() for line in ax.lines}
    for function, label, colour, style in (
        (sigmoid, "σ(x)", "#307EC7", "-"),
        (sigmoid_derivative, "σ′(x)", "#9621E2", "--"),
    ):
        once = None if label in labelled else label
        look: dict[str, Any] = {"color": colour, "linestyle": style, "linewidth": 3}
        plot_function(function, xlim, ax=ax, label=once, **look)
    if ax.yaxis.get_ticks_position() == "left":
        ax.spines["right"].set_visible(False)
        if xlim[0] <= 0 < xlim[1] and ax.get_xscale() in ("linear", "symlog", "asinh"):
            ax.spines["left"].set_position("zero")
    if ax.xaxis.get_ticks_position() == "bottom":
        ax.spines["top"].set_visible(False)
    shared = len(ax.get_shared_y_axes().get_siblings(ax)) > 1
    if ax.get_yscale() == "linear" and not shared:
        ax.set_yticks([0, 0.5, 1])  # more labels on the spine would cover the curves
    ax.set_xlabel("x")
    ax.legend(loc="best", frameon=False)
    return ax

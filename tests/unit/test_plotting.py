"""The plotting functions draw on the caller's Axes, and touch nothing else."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import sigref
from matplotlib.colors import to_hex
from sigref.plotting import plot_function, plot_sigmoid

DRAWERS = [lambda **kwargs: plot_function(sigref.sigmoid, **kwargs), plot_sigmoid]
EACH = pytest.mark.parametrize("draw", DRAWERS, ids=["plot_function", "plot_sigmoid"])


@pytest.fixture(autouse=True)
def _canvas():
    """No window, and no figure before or after a test."""
    with mpl.rc_context({"backend": "agg"}):
        plt.close("all")
        yield
        plt.close("all")


@pytest.fixture
def ax():
    return plt.subplots()[1]


@EACH
def test_draws_on_the_given_axes_and_returns_them(draw, ax):
    plt.subplots()  # another figure is the current one
    assert draw(ax=ax) is ax
    assert ax.lines
    assert not plt.gca().lines


@EACH
def test_draws_on_the_current_axes_without_ax(draw, ax):
    assert draw() is ax


@EACH
def test_makes_one_figure_when_there_is_none(draw):
    drawn = draw()
    assert plt.get_fignums() == [drawn.figure.number]


@EACH
def test_opens_no_figure_when_axes_are_given(draw, ax):
    draw(ax=ax)
    assert plt.get_fignums() == [ax.figure.number]


@EACH
def test_leaves_rc_params_alone(draw, ax):
    before = dict(mpl.rcParams)
    draw(ax=ax)
    assert dict(mpl.rcParams) == before


@EACH
def test_shows_and_saves_nothing(draw, ax, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    called = []
    for owner, name in ((plt, "show"), (plt, "close"), (mpl.figure.Figure, "savefig")):
        monkeypatch.setattr(
            owner, name, lambda *_, name=name, **__: called.append(name)
        )
    draw(ax=ax)
    assert called == []
    assert list(tmp_path.iterdir()) == []


@EACH
@pytest.mark.parametrize(
    "xlim", [(1, 1), (2, 1), (0, np.inf), (-np.inf, 0), (np.nan, 1), (0, np.nan)]
)
def test_refuses_limits_that_are_not_finite_and_increasing(draw, xlim, ax):
    with pytest.raises(ValueError, match="xlim must be finite and increasing"):
        draw(xlim=xlim, ax=ax)
    assert not ax.lines


@pytest.mark.parametrize("num", [1, 0, -3])
def test_plot_function_refuses_fewer_than_two_points(num, ax):
    with pytest.raises(ValueError, match="num must be at least 2"):
        plot_function(sigref.sigmoid, num=num, ax=ax)


def test_plot_function_takes_both_ends_and_the_middle(ax):
    (line,) = plot_function(sigref.sigmoid, (-4, 4), num=5, ax=ax).lines
    assert line.get_xdata().tolist() == [-4, -2, 0, 2, 4]
    assert line.get_ydata().tolist() == sigref.sigmoid([-4, -2, 0, 2, 4]).tolist()


def test_plot_function_passes_float64_of_the_stated_shape(ax):
    seen = []
    plot_function(lambda x: seen.append(x) or x, num=7, ax=ax)
    assert [(x.dtype, x.shape) for x in seen] == [(np.float64, (7,))]


def test_plot_function_labels_the_curve_with_its_name_unless_told(ax):
    plot_function(sigref.logit, (0.1, 0.9), ax=ax)
    plot_function(sigref.softplus, ax=ax, label="soft")
    assert [line.get_label() for line in ax.lines] == ["logit", "soft"]


def test_plot_function_draws_a_function_without_a_name(ax):
    plot_function(np.poly1d([1, 0]), ax=ax)
    assert len(ax.lines) == 1


def test_plot_function_hands_on_what_axes_plot_takes(ax):
    plot_function(sigref.sigmoid, ax=ax, color="red", linestyle=":", linewidth=5)
    (line,) = ax.lines
    assert (line.get_color(), line.get_linestyle(), line.get_linewidth()) == (
        "red",
        ":",
        5,
    )


def test_plot_sigmoid_is_the_picture_of_the_article(ax):
    sigma, slope = plot_sigmoid(ax=ax).lines
    assert [to_hex(line.get_color()) for line in (sigma, slope)] == [
        "#307ec7",
        "#9621e2",
    ]
    assert [line.get_linewidth() for line in (sigma, slope)] == [3, 3]
    assert sigma.get_linestyle() != slope.get_linestyle()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "σ(x)",
        "σ′(x)",
    ]
    assert ax.spines["left"].get_position() == "zero"
    assert not ax.spines["top"].get_visible()
    assert not ax.spines["right"].get_visible()


def test_plot_sigmoid_draws_the_values_of_sigref(ax):
    sigma, slope = plot_sigmoid((-3, 5), ax=ax).lines
    x = sigma.get_xdata()
    assert (x[0], x[-1]) == (-3, 5)
    assert np.array_equal(sigma.get_ydata(), sigref.sigmoid(x))
    assert np.array_equal(slope.get_ydata(), sigref.sigmoid_derivative(x))


@pytest.mark.parametrize("size", [(9, 5), (4.8, 3)])
def test_plot_sigmoid_legend_covers_no_curve(size):
    fig, ax = plt.subplots(figsize=size)
    plot_sigmoid(ax=ax)
    fig.canvas.draw()
    box = ax.get_legend().get_window_extent()
    points = [ax.transData.transform(line.get_xydata()) for line in ax.lines]
    assert not any(box.contains(*point) for point in np.concatenate(points))

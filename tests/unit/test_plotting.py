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


LIMITS = [
    (2, 10),
    (100, 101),
    (-101, -100),
    (-0.5, 100),
    (0, 6),
    (-6, 0),
    (-1e-3, 1e-3),
]


def legend_covers_a_curve(ax):
    ax.figure.canvas.draw()
    box = ax.get_legend().get_window_extent()
    points = [ax.transData.transform(line.get_xydata()) for line in ax.lines]
    return any(box.contains(*point) for point in np.concatenate(points))


def y_axis_is_visible(ax):
    """Is the vertical spine, and a label beside it, inside the figure?"""
    ax.figure.canvas.draw()
    picture = ax.figure.bbox
    low, high = ax.get_ylim()
    ticks = zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    labels = [text for y, text in ticks if low <= y <= high and text.get_text()]
    boxes = [x.get_window_extent() for x in (*labels, ax.spines["left"])]
    return len(labels) > 0 and all(
        picture.contains(*box.min) and picture.contains(*box.max) for box in boxes
    )


@pytest.mark.parametrize("xlim", LIMITS, ids=str)
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_plot_sigmoid_has_a_visible_axis_for_all_limits(xlim, layout):
    ax = plot_sigmoid(xlim, ax=plt.figure(layout=layout).add_subplot())
    assert y_axis_is_visible(ax)
    assert not legend_covers_a_curve(ax)
    assert ax.get_yticks().tolist() == [0, 0.5, 1]
    inside = xlim[0] <= 0 < xlim[1]
    assert (ax.spines["left"].get_position() == "zero") == inside


@pytest.mark.parametrize("x_scale", ["linear", "log", "symlog", "asinh"])
@pytest.mark.parametrize("y_scale", ["linear", "log", "symlog", "logit"])
def test_plot_sigmoid_leaves_the_ticks_to_the_scale(x_scale, y_scale):
    ax = plt.figure(layout="constrained").add_subplot()
    ax.set_xscale(x_scale)
    ax.set_yscale(y_scale)
    plot_sigmoid((0.1, 20) if x_scale == "log" else (-20, 20), ax=ax)
    assert y_axis_is_visible(ax)
    assert (list(ax.get_yticks()) == [0, 0.5, 1]) == (y_scale == "linear")


def test_plot_sigmoid_on_a_log_scale_shows_the_tails_as_straight_lines(ax):
    ax.set_yscale("log")
    slope = plot_sigmoid((-20, 20), ax=ax).lines[1]
    low, high = ax.get_ylim()
    assert low < sigref.sigmoid(-20.0) < 1 < high < 10
    tail = ax.transData.transform(slope.get_xydata()[-50:])[:, 1]
    assert np.allclose(np.diff(tail), np.diff(tail)[0], rtol=1e-2)
    assert len([t for t in ax.get_yticks() if low < t < high]) > 2


def test_plot_sigmoid_on_a_twin_keeps_the_spines_of_both(ax):
    ax.plot([-6, 6], [0, 100])
    before = ax.get_yticks().tolist()
    twin = plot_sigmoid(ax=ax.twinx())
    assert twin.yaxis.get_ticks_position() == "right"
    assert twin.spines["right"].get_visible()
    assert twin.spines["left"].get_position() != "zero"
    assert ax.get_yticks().tolist() == before
    top = plot_sigmoid(ax=plt.figure().add_subplot().twiny())
    assert top.spines["top"].get_visible()


def test_plot_sigmoid_keeps_spines_with_ticks_on_both_sides():
    with mpl.rc_context({"ytick.right": True, "xtick.top": True}):
        ax = plot_sigmoid(ax=plt.figure().add_subplot())
    assert ax.spines["right"].get_visible()
    assert ax.spines["top"].get_visible()


def test_plot_sigmoid_leaves_the_ticks_of_a_shared_axis_alone():
    left, right = plt.subplots(1, 2, sharey=True)[1]
    left.plot([0, 1], [0, 7])
    before = left.get_yticks().tolist()
    plot_sigmoid(ax=right)
    assert left.get_yticks().tolist() == before


def test_plot_sigmoid_twice_is_in_the_legend_once(ax):
    plot_sigmoid((-6, 0), ax=ax)
    plot_sigmoid((0, 6), ax=ax)
    assert len(ax.lines) == 4
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "σ(x)",
        "σ′(x)",
    ]


@pytest.mark.parametrize("projection", ["polar", "3d", "mollweide"])
def test_plot_sigmoid_refuses_axes_that_are_no_plane(projection):
    ax = plt.figure().add_subplot(projection=projection)
    with pytest.raises(ValueError, match=f"needs plane axes, received {projection}"):
        plot_sigmoid(ax=ax)
    assert not ax.lines


def test_plot_function_labels_what_a_legend_can_show(ax):
    def _scaled(x):
        return x

    plot_function(_scaled, ax=ax)
    plot_function(lambda x: x, ax=ax)
    texts = ax.legend().get_texts()
    assert [text.get_text() for text in texts] == ["scaled"]

"""Figures of programs as SVG that follows the palette and stands on its own."""

import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from sigref._docs.execute import figure
from sigref._docs.execute.run import Program
from sigref._docs.page.fence import split_alt
from sigref._docs.page.programs import runner

PLT = "import matplotlib.pyplot as plt\nimport numpy as np\nfig, ax = plt.subplots()\n"

PROGRAMS = {
    "curve": 'ax.plot([1, 10], [0.5, 1.0], label="σ′ < 1")\nax.legend(frameon=True)',
    "eight_colours": "for i in range(8):\n    ax.plot([0, 1], [i, i], 'os'[i % 2] + '-')",
    "log": "ax.loglog([1, 1000], [1e-3, 1e5])",
    "hatch": 'ax.bar([1, 2], [2, 3], hatch="//", color="C1", edgecolor="C2")',
    "colour_bar": "fig.colorbar(ax.pcolormesh(np.eye(3) + 0.5))",
    "raster": "ax.pcolormesh(np.eye(3), rasterized=True)",
    "image": "ax.imshow(np.eye(3))",
    "gouraud": 'ax.tripcolor([0, 1, 0], [0, 0, 1], [1.0, 2, 3], shading="gouraud")',
    "scatter": "ax.scatter([1, 2], [3, 4], c=['C0', 'C3'], edgecolors='k', marker='^')",
    "fill": "ax.fill_between([1, 10], [1, 2], alpha=0.25)",
    "texts": 'ax.set_title("1.0 & 2.50 <b>")\nax.text(0, 0, "$10^{-1.50}$")\nax.text(0, 0, "3.14159", '
    "rotation=30.55, weight='bold', style='italic', size=7.5)",
    "black_and_white": "ax.plot([1, 2], 'o-k', mfc='white')",
    "own_colour": "ax.plot([1, 2], color='#123456')\nax.plot([2, 1], color='red')\n"
    "fig.set_facecolor('#abcdef')",
    "empty": "ax.set_axis_off()",
    "polar": "fig.clear()\nfig.add_subplot(projection='polar').plot([1, 2])",
    "clip": "ax.add_patch(plt.Circle((0.5, 0.5), 0.2))\nax.annotate('a', (0, 0), (1, 1), "
    "arrowprops={'arrowstyle': '->'})",
}


@pytest.fixture(scope="module")
def drawn():
    """Return each program's figure, as Matplotlib wrote it and as the page has it."""
    result = {}
    for name, source in PROGRAMS.items():
        (svg,) = runner.run(Program(PLT + source, salt=name)).figures
        result[name] = svg, figure.embed(svg, f"fig-{name}", f"What {name} shows")
    return result


def svg_of(html: str) -> ET.Element:
    return ET.fromstring(re.search(r"<svg.*</svg>", html, re.DOTALL)[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_needs_nothing_and_tells_nothing(name, drawn):
    html = drawn[name][1]
    for absent in (
        "<style",
        " style=",
        "<metadata",
        "<?xml",
        "DOCTYPE",
        "<!--",
        "Matplotlib",
        "/tmp",
        "rdf",
    ):
        assert absent not in html
    assert not re.search(r"\b20\d\d-\d\d-\d\d", html)
    assert not {*re.findall(r"https?://[^\"]*", html)} - {figure.SVG, figure.XLINK}
    assert "font-family" not in html


@pytest.mark.parametrize("name", PROGRAMS)
def test_is_one_named_image(name, drawn):
    svg = svg_of(drawn[name][1])
    assert svg.get("role") == "img"
    title = svg[0]
    assert title.tag == f"{{{figure.SVG}}}title"
    assert title.text == f"What {name} shows"
    assert svg.get("aria-labelledby") == title.get("id")
    assert svg.get("data-search-exclude") == ""
    assert svg.get("viewBox")
    assert svg.get("width") is svg.get("height") is None


@pytest.mark.parametrize("name", PROGRAMS)
def test_ids_are_prefixed_and_found(name, drawn):
    html = drawn[name][1]
    ids = Counter(re.findall(r'\sid="([^"]*)"', html))
    assert max(ids.values()) == 1
    assert all(each.startswith(f"fig-{name}") for each in ids)
    used = {a or b for a, b in re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', html)}
    assert used <= {*ids}
    # Nothing that was referred to is lost.
    before = {
        a or b
        for a, b in re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', drawn[name][0])
    }
    assert used == {f"fig-{name}-{each}" for each in before}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_marker_colour_is_replaced(name, drawn):
    svg, html = drawn[name]
    painted = re.findall(r'(?:fill|stroke|color|stop-color)="([^"]*)"', html)
    assert not {each.lower() for each in painted} & {*figure.COLOURS}
    outside = re.sub(r"var\(--[\w-]+, #\w+\)", "", html)
    assert "#0101" not in outside
    assert "#307ec7" not in outside
    # Colours that a program names itself stay.
    known = {*figure.COLOURS}
    own = {
        c.lower() for c in re.findall(r"(?:fill|stroke|stop-color): (#\w+)", svg)
    } - known
    assert own <= {each.lower() for each in painted}


def test_colours_of_the_cycle(drawn):
    html = drawn["eight_colours"][1]
    assert {*re.findall(r"var\(--fig-(\d)", html)} == {*"12345678"}
    assert "#123456" in drawn["own_colour"][1]
    assert "#abcdef" in drawn["own_colour"][1]
    assert "#ff0000" in drawn["own_colour"][1]
    assert "var(--fig-paper" in drawn["black_and_white"][1]


def test_default_fill_is_the_ink(drawn):
    assert svg_of(drawn["empty"][1]).get("fill").startswith("var(--fig-ink")


@pytest.mark.parametrize("name", PROGRAMS)
def test_texts_are_kept_to_the_letter(name, drawn):
    def texts(svg):
        root = ET.fromstring(svg[svg.index("<svg") : svg.index("</svg>") + 6])
        tag = f"{{{figure.SVG}}}text"
        # Only the line breaks between the <tspan> of a formula are not text.
        return [re.sub(r"\n\s*", "", "".join(e.itertext())) for e in root.iter(tag)]

    before, after = map(texts, drawn[name])
    assert after == before


def test_text_with_numbers_and_entities(drawn):
    html = drawn["texts"][1]
    assert ">1.0 &amp; 2.50 &lt;b&gt;</text>" in html
    assert "3.14159" in html
    assert 'font-weight="700"' in html
    assert 'font-style="italic"' in html
    assert "7.5px" in html
    assert ">1.0</text>" in drawn["curve"][1]
    assert "σ′ &lt; 1" in drawn["curve"][1]


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_geometry_moves_by_less_than_a_tenth_of_a_point(name, drawn):
    svg, html = drawn[name]
    before = ET.fromstring(svg[svg.index("<svg") :])
    after = svg_of(html)
    shapes = [
        e for e in before.iter() if e.get("d") and "DejaVu" not in (e.get("id") or "")
    ]
    kept = [e for e in after.iter() if e.get("d")]
    assert len(shapes) == len(kept)
    for old, new in zip(shapes, kept, strict=True):
        assert numbers(new.get("d")) == pytest.approx(numbers(old.get("d")), abs=0.0501)
    old = [e.get("transform") for e in before.iter() if e.get("transform")]
    new = [e.get("transform") for e in after.iter() if e.get("transform")]
    assert len(old) == len(new)
    for one, other in zip(old, new, strict=True):
        assert numbers(other) == pytest.approx(numbers(one), abs=0.0501)
        scale = r"(?:scale|matrix)\([^)]*\)"
        assert re.findall(scale, other) == re.findall(scale, one)


@pytest.mark.parametrize("name", ["raster", "image"])
def test_embedded_images_are_kept(name, drawn):
    svg, html = drawn[name]
    data = re.findall(r'xlink:href="(data:image/png;base64,[^"]*)"', svg)
    assert len(data) == 1
    assert [re.sub(r"\s", "", each) for each in data] == [
        re.sub(r"\s", "", each)
        for each in re.findall(r'xlink:href="(data:image/png;base64,[^"]*)"', html)
    ]


def test_clipping_survives(drawn):
    assert re.search(r'clip-path="url\(#fig-curve-\w+\)"', drawn["curve"][1])
    assert re.search(r'fill="url\(#fig-hatch-h\w+\)"', drawn["hatch"][1])


def test_size(drawn):
    assert len(drawn["curve"][1]) < 0.7 * len(drawn["curve"][0])


def test_title_and_caption_are_escaped():
    svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    html = figure.embed(svg, "a", 'x < "1" & <b>', "A <em>caption</em>")
    assert 'x &lt; "1" &amp; &lt;b&gt;</title>' in html
    assert html.endswith("<figcaption>A <em>caption</em></figcaption></figure>")
    assert html.startswith('<figure class="fig"><svg ')


@pytest.mark.parametrize(
    ("alt", "count", "texts"),
    [
        ("", 0, []),
        ("A", 1, ["A"]),
        (" A | B ", 2, ["A", "B"]),
        ("a &lt; b", 1, ["a < b"]),
    ],
)
def test_split_alt(alt, count, texts):
    assert split_alt(alt, count) == texts


@pytest.mark.parametrize(
    ("alt", "count"), [("", 1), ("A", 0), ("A", 2), ("A|", 2), ("A|B", 1)]
)
def test_split_alt_refuses(alt, count):
    with pytest.raises(ValueError, match="one text per figure"):
        split_alt(alt, count)


def test_style_is_understood_by_matplotlib(tmp_path):
    source = (
        "import matplotlib.pyplot as plt\n"
        "for name in ('figure.figsize', 'axes.spines.top', 'grid.color', 'lines.linewidth'):\n"
        "    print(plt.rcParams[name])\n"
    )
    assert runner.run(
        Program(source)
    ).stdout == "[4.8, 3.0]\nFalse\n010109\n1.8\n".replace("010109", "#01010a")

"""Turn Matplotlib's SVG into one accessible figure that follows the site's colours.

Programs are drawn with marker colours (`STYLE`); here each becomes a CSS variable,
so that one inline SVG serves the light and the dark palette and print.
"""

import re
import xml.etree.ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ET.register_namespace("", SVG)
ET.register_namespace("xlink", XLINK)

# Marker colour -> (CSS variable, colour outside the site). The first two are the
# colours of the article's own picture, so a program may also name them itself.
# Black stands for whatever the page's text colour is.
COLOURS = {
    "#307ec7": ("--fig-1", "#307ec7"),
    "#9621e2": ("--fig-2", "#9621e2"),
    "#010103": ("--fig-3", "#c2410c"),
    "#010104": ("--fig-4", "#15803d"),
    "#010105": ("--fig-5", "#b91c5c"),
    "#010106": ("--fig-6", "#7a6200"),
    "#010107": ("--fig-7", "#0e7490"),
    "#010108": ("--fig-8", "#6b7280"),
    "#010109": ("--fig-ink", "#333333"),
    "#01010a": ("--fig-grid", "#d4d4d8"),
    "#01010b": ("--fig-paper", "#ffffff"),
    "#000000": ("--fig-ink", "#333333"),
    "#ffffff": ("--fig-paper", "#ffffff"),
}
_CYCLE = [marker[1:] for marker, (name, _) in COLOURS.items() if name[-1].isdigit()]
_INK, _GRID, _PAPER = "010109", "01010a", "01010b"

# 4.8 in at 10 pt stays readable on a phone of 390 px. Matplotlib simplifies only
# curves of 128 points or more.
STYLE = f"""\
figure.figsize: 4.8, 3.0
font.size: 10
figure.constrained_layout.use: True
axes.prop_cycle: cycler(color={_CYCLE})
axes.grid: True
axes.axisbelow: True
axes.spines.top: False
axes.spines.right: False
axes.facecolor: none
figure.facecolor: none
legend.frameon: False
lines.linewidth: 1.8
path.simplify_threshold: 0.2
grid.color: {_GRID}
legend.edgecolor: {_GRID}
legend.facecolor: {_PAPER}
text.color: {_INK}
axes.edgecolor: {_INK}
axes.labelcolor: {_INK}
axes.titlecolor: {_INK}
xtick.color: {_INK}
ytick.color: {_INK}
xtick.labelcolor: {_INK}
ytick.labelcolor: {_INK}
"""
"""The matplotlibrc of every figure on the site; what a program sets comes after."""

# Attributes whose numbers are lengths or coordinates in points.
_GEOMETRY = {"d", "points", "x", "y", "x1", "y1", "x2", "y2"}
_GEOMETRY |= {"width", "height", "cx", "cy", "r"}
_PAINTS = {"fill", "stroke", "color", "stop-color"}


def embed(svg: str, slug: str, alt: str, caption: str = "") -> str:
    """Return Matplotlib's `svg` as an HTML figure whose ids begin with `slug`.

    `alt` says what it shows to those who do not see it; `caption` is HTML.
    """
    # Matplotlib's entities and DOCTYPE are not needed, and its one style rule
    # would restyle every other drawing on the page: it becomes two attributes.
    root = ET.fromstring(svg[svg.index("<svg") :])
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{{{SVG}}}metadata", f"{{{SVG}}}style"}:
                parent.remove(child)
    used = set(re.findall(r"(?:url\(|href=\")#([^)\"]+)", svg))
    for element in root.iter():
        _clean(element, slug, used)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib |= {
        "id": slug,
        "role": "img",
        "aria-labelledby": f"{slug}-title",
        "data-search-exclude": "",
        # Matplotlib omits a fill that is black, the default.
        "fill": _paint("#000000"),
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }
    title = ET.Element(f"{{{SVG}}}title", {"id": f"{slug}-title"})
    title.text = alt
    root.insert(0, title)
    drawing = re.sub(r">\s+<", "><", ET.tostring(root, "unicode"))
    text = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure class="fig">{drawing}{text}</figure>'


def _clean(element: ET.Element, slug: str, used: set[str]) -> None:
    """Replace style by attributes, colours by variables, ids by unique ones."""
    attributes = element.attrib
    for declaration in attributes.pop("style", "").split(";"):
        name, _, value = map(str.strip, declaration.partition(":"))
        # The family of letters stays the page's own.
        if name not in {"", "font-family", "white-space"}:
            attributes.setdefault(name, value)
    if attributes.get("id") not in used:
        attributes.pop("id", None)
    for name, value in attributes.items():
        if name == "id":
            value = f"{slug}-{value}"
        elif name in _GEOMETRY:
            value = _round(value)
        elif name == "transform":  # a scale of 0.01 must not become 0
            moves = r"(translate|rotate)\([^)]*\)"
            value = re.sub(moves, lambda move: _round(move[0]), value)
        elif name == f"{{{XLINK}}}href":
            value = re.sub("^#", f"#{slug}-", value)
        elif name in _PAINTS:
            value = _paint(value)
        attributes[name] = value.replace("url(#", f"url(#{slug}-")


def _paint(colour: str) -> str:
    variable, outside = COLOURS.get(colour.lower(), ("", ""))
    return f"var({variable}, {outside})" if variable else colour


def _round(geometry: str) -> str:
    """One decimal is a tenth of a point: finer detail is invisible."""
    numbers = re.compile(r"-?\d+\.\d+")
    short = numbers.sub(lambda n: f"{float(n[0]):z.1f}".removesuffix(".0"), geometry)
    return " ".join(short.split())

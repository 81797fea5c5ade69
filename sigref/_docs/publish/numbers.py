"""Hold the numbers in sentences: each was printed, is a fact, a record or declared.

A number in prose with two or more significant digits, or a power of ten, must be
found, rounded as it is written, in what a program of the same page printed, in a fact
that the paragraph links, in a record that the page includes, or in a declaration on the
page: `<!-- numbers: 0.05 1e-8 = given: the rate and the limit of the program -->`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sigref._docs.html import Node
from sigref._docs.page.sources import MARK
from sigref.facts import CHAPTERS

PROSE = {"p", "li", "dd", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"}
# Code, what programs did, what others wrote, and what leads somewhere else.
QUIET = ("pre", "code", "data", "button", "table", "svg", "script", "style")
QUIET_CLASSES = (".output", ".error", ".downloads", ".headerlink", ".doc")
BIBLIOGRAPHY = ".work"  # volumes and pages
DECLARED = re.compile(
    r"<!--\s*numbers:(?P<numbers>[^=]+)=\s*(?P<kind>given|definition|cited):(?P<why>.+?)-->",
    re.DOTALL,
)
FENCED = re.compile(r"^( *)(`{3,}|~{3,}).*?^\1\2", re.MULTILINE | re.DOTALL)
RECORD = re.compile(r'--8<-- "(docs/data/[^"]+)"')
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = re.compile(
    r"(?<![\w.,^{])(?P<mantissa>\d+(?:\.\d+)?|\.\d+)"
    r"(?:[eE](?P<e>[+-]?\d+)|\s*[·×]\s*10\^\{?(?P<times>-?\d+)\}?)?"
    r"(?![\w^]|[.,]\d)"
)
POWER = re.compile(r"(?<![\w.^])10\^\{?(?P<power>-?\d+)\}?")
EXPONENT = re.compile(r"(?<!10)\^(?:\{[^{}]*\}|-?\d+)")
# Names with a number in them, dates, versions, places in texts.
NAMED = re.compile(
    r"\b\d{4}-\d\d-\d\d\b|\b\d+[- ]bits?\b|^\s*\d+(?= ·)|\bSHA-\d+|\bR \d[\d.]*|\bC\+?\+? ?\d\d\b"
    r"|(?i:\b(?:IEEE|Linux|scikit-learn|Python|NumPy|SciPy|Matplotlib|PyTorch|TensorFlow|Keras|JAX|Julia|"
    r"Java|Fortran|ECMAScript|CUDA|ISO|RFC|AVX-?|facts?|claims?|row|section|chapter|"
    r"pages?|pp?\.|vol\.|no\.|versions?|arXiv|doi|figure|table|lines?|issue|request|#))"
    r"[ \u00a0]?\d[\d.–-]*[a-z]?(?:(?:, | and | to | or )+\d[\d.]*[a-z]?)*"
    r"|\b(?:1[5-9]|20)\d\d(?:[–-]\d\d(?:\d\d)?)?\b|\b\d{1,2} (?:January|February|March|"
    r"April|May|June|July|August|September|October|November|December)\b"
)
FACTS = {
    fact.id: f"{fact.title} {fact.latex} {fact.assumptions} {fact.proof}"
    for chapter in CHAPTERS
    for fact in chapter.facts
}


@dataclass(frozen=True)
class Number:
    """A number as it is written: its value, and half a unit of its last digit."""

    text: str
    value: Decimal
    half: Decimal
    digits: int
    percent: bool = False

    def rounds(self, exact: Decimal) -> bool:
        """Whether `exact`, or it as a percentage, could be written like this."""
        factors = (1, 100) if self.percent else (1,)
        return any(abs(exact * factor - self.value) <= self.half for factor in factors)


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers in a text, without their signs."""
    text = text.replace("−", "-").replace("\\cdot", "·").replace("\\times", "×")
    text = re.sub(r"(?<=\d)(?:[\u202f\u2009\u00a0]|\\,|,)(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<=10)[⁰¹²³⁴-⁹⁻]+", lambda m: f"^{m[0].translate(RAISED)}", text)
    for match in POWER.finditer(text):
        if not re.search(r"[·×]\s*$", text[: match.start()]):
            value = Decimal(10) ** int(match["power"])
            yield Number(match[0], value, value / 2, 2)
    for match in NUMBER.finditer(EXPONENT.sub("^", POWER.sub(_keep_factor, text))):
        mantissa = match["mantissa"]
        scale = Decimal(10) ** int(match["e"] or match["times"] or 0)
        unit = Decimal(1).scaleb(-len(mantissa.partition(".")[2]))
        shown = mantissa.replace(".", "").lstrip("0")
        digits = len(shown if "." in mantissa else shown.rstrip("0"))
        value = Decimal(mantissa) * scale
        percent = bool(re.match(r"\s*(?:%|\\%|per ?cent)", match.string[match.end() :]))
        yield Number(match[0], value, unit * scale / 2, digits, percent)


def _keep_factor(power: re.Match[str]) -> str:
    """Leave a power of ten to the number before it, if there is one."""
    factor = re.search(r"\d\s*[·×]\s*$", power.string[: power.start()])
    return power[0] if factor else " "


def spoken(node: Node) -> str:
    """Return the text of a paragraph as it is read, with formulas as their TeX."""
    parts = []
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.tag == "math":
            tex = child.first("annotation")
            parts.append(f" {tex.text()} " if tex else "")
        elif child.tag == "sup" and parts and parts[-1].endswith("10"):
            parts.append("^" + child.text().replace("−", "-"))
        elif child.attributes.get("href", "").startswith("http"):
            parts.append(" ")  # what a link to elsewhere names
        elif child.tag not in {*QUIET, *PROSE, "ul", "ol", "div"}:
            parts.append(spoken(child))
    return "".join(parts)


def sentences(page: Node) -> Iterator[tuple[Node, str]]:
    """Yield what a page says: its paragraphs, headings, captions and descriptions."""
    for node in page.all():
        if node.tag == "meta" and node.attributes.get("name") == "description":
            yield node, node.attributes.get("content", "")
        elif node.tag == "title" and node.inside("svg") and node.inside("article"):
            yield node, node.text()
        elif node.tag in PROSE and node.inside("article"):
            printed = node.inside(".program") and node.tag != "figcaption"
            if not (printed or node.inside(*QUIET, *QUIET_CLASSES, BIBLIOGRAPHY)):
                yield node, spoken(node)


def printed(program: Node) -> str:
    """Return what a program of a page printed."""
    return "\n".join(
        _with_tex(part)
        for part in program.elements
        if part.tag not in {"details", "figure"}
        and not part.classes & {"language-python", "language-r", "stamp"}
    )


def _with_tex(node: Node) -> str:
    if node.tag == "math":
        return spoken(Node("p", {}, [node]))
    return "".join(c if isinstance(c, str) else _with_tex(c) for c in node.children)


def heading(text: str) -> str:
    """Return the letters of a heading, the same from the source and from the page."""
    return re.sub(r"\{[^}]*\}|\]\([^)]*\)|\W|_", "", text)


def evidence(source: str) -> Iterator[tuple[str, Decimal]]:
    """Yield the numbers in a page's records and declarations, with their sections."""
    prose = FENCED.sub("", source)
    _, *parts = re.split(r"^ *## +(.*)$", f"## \n{prose}", flags=re.MULTILINE)
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        records = (Path(name).read_text("utf-8") for name in RECORD.findall(text))
        declared = (match["numbers"] for match in DECLARED.finditer(text))
        for number in numbers("\n".join((*records, *declared))):
            yield heading(title), number.value


def held(page: Node, source: str) -> Iterator[tuple[str, Number, list[Decimal]]]:
    """Yield the numbers of a page with their paragraphs, and what may hold each.

    A number of two digits is soon found somewhere by chance: it must be in the output
    before or after it in its section, or in a record or declaration of that section.
    What stands before the first section may sum up the page.
    """
    section, where = "", {}
    outputs: list[tuple[str, list[Decimal]]] = []
    for node in page.all():
        if node.tag == "h2":
            section = heading(node.text())
        elif "program" in node.classes:
            outputs.append((section, [n.value for n in numbers(printed(node))]))
        where[node] = section, len(outputs)
    known = [*evidence(source)]
    everything = [v for _, values in outputs for v in values] + [v for _, v in known]
    for node, text in sentences(page):
        links = " ".join(a.attributes.get("href", "") for a in node.all("a"))
        facts = (FACTS.get(name, "") for name in re.findall(r"#f-([\w.]+)", links))
        linked = [n.value for n in numbers("\n".join(facts))]
        here, count = where[node]
        around = outputs[max(count - 1, 0) : count + 1]
        near = [v for s, values in around if s == here for v in values]
        near += [v for s, v in known if s in {"", here}]
        for number in numbers(NAMED.sub(" ", re.sub(r"\s*\n\s*", " ", text))):
            values = near if here and number.digits < 3 else everything
            if number.digits > 1:
                yield text, number, [*linked, *values]


def faults(page: Node, source: str) -> Iterator[tuple[int, str]]:
    """Yield the line in the page's source, and what is wrong, for each such number."""
    lines = source.split("\n")
    for text, number, values in [] if MARK in source else held(page, source):
        if any(map(number.rounds, values)):
            continue
        line = next((n for n, line in enumerate(lines, 1) if number.text in line), 1)
        around = " ".join(text.split())
        start = max(0, around.find(number.text) - 30)
        nothing = "is in no output, linked fact, record or declaration"
        yield line, f"{number.text} {nothing}: {around[start : start + 70]!r}"

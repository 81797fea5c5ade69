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
from sigref.facts import CHAPTERS

PROSE = {"p", "li", "dd", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6"}
# Code, what programs did, what others wrote, and what leads somewhere else.
QUIET = ("pre", "code", "button", "table", "svg", "script", "style")
QUIET_CLASSES = (".output", ".error", ".footnote", ".downloads", ".headerlink", ".doc")
DECLARED = re.compile(
    r"<!--\s*numbers:(?P<numbers>[^=]+)=\s*(?P<kind>given|definition|cited):(?P<why>.+?)-->",
    re.DOTALL,
)
RECORD = re.compile(r'--8<-- "(docs/data/[^"]+)"')
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = re.compile(
    r"(?<![\w.,^{])(?P<mantissa>\d+(?:\.\d+)?|\.\d+)"
    r"(?:[eE](?P<e>[+-]?\d+)|\s*[·×]\s*10\^\{?(?P<times>-?\d+)\}?)?"
    r"(?![\w^]|[.,]\d)"
)
POWER = re.compile(r"(?<![\w.^])10\^\{?(?P<power>-?\d+)\}?")
# Names with a number in them, dates, versions, places in texts.
NAMED = re.compile(
    r"\b(?:IEEE|Python|NumPy|SciPy|Matplotlib|PyTorch|TensorFlow|Keras|JAX|R|Julia|Java|C"
    r"|C\+\+|Fortran|ECMAScript|CUDA|ISO|RFC|AVX-?|fact|facts|claim|claims|row|section|"
    r"chapter|page|pages|pp?\.|vol\.|no\.|version|arXiv|doi|figure|table|step|line|lines|"
    r"issue|PR|#)[ \u00a0]?\d[\d.–-]*(?:,? (?:and|to) \d[\d.]*)*"
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

    def rounds(self, exact: Decimal) -> bool:
        """Whether `exact`, or it as a percentage, could be written like this."""
        return any(
            abs(abs(exact * factor) - self.value) <= self.half for factor in (1, 100)
        )


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers in a text, without their signs."""
    text = text.replace("−", "-").replace("\\cdot", "·").replace("\\times", "×")
    text = re.sub(r"(?<=\d)(?:[\u202f\u2009\u00a0]|\\,|,)(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<=10)[⁰¹²³⁴-⁹⁻]+", lambda m: f"^{m[0].translate(RAISED)}", text)
    for match in POWER.finditer(text):
        if not re.search(r"[·×]\s*$", text[: match.start()]):
            value = Decimal(10) ** int(match["power"])
            yield Number(match[0], value, value / 2, 2)
    for match in NUMBER.finditer(text):
        mantissa = match["mantissa"]
        scale = Decimal(10) ** int(match["e"] or match["times"] or 0)
        unit = Decimal(1).scaleb(-len(mantissa.partition(".")[2]))
        shown = mantissa.replace(".", "").lstrip("0")
        digits = len(shown if "." in mantissa else shown.rstrip("0"))
        value = Decimal(mantissa) * scale
        yield Number(match[0], value, unit * scale / 2, digits)


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
            if not (printed or node.inside(*QUIET, *QUIET_CLASSES)):
                yield node, spoken(node)


def printed(page: Node) -> str:
    """Return what the programs of a page printed."""
    found = []
    for program in page.all(name="program"):
        for part in program.elements:
            if "language-python" not in part.classes and part.tag != "details":
                found.append("" if part.tag == "figure" else _with_tex(part))
    return "\n".join(found)


def _with_tex(node: Node) -> str:
    if node.tag == "math":
        return spoken(Node("p", {}, [node]))
    return "".join(c if isinstance(c, str) else _with_tex(c) for c in node.children)


def unheld(page: Node, source: str) -> Iterator[tuple[str, Number]]:
    """Yield the numbers of a page that nothing holds, each with its paragraph."""
    records = (Path(name).read_text("utf-8") for name in RECORD.findall(source))
    declared = (match["numbers"] for match in DECLARED.finditer(source))
    evidence = "\n".join((printed(page), *records, *declared))
    held = [number.value for number in numbers(evidence)]
    for node, text in sentences(page):
        links = " ".join(a.attributes.get("href", "") for a in node.all("a"))
        linked = "\n".join(
            FACTS.get(name, "") for name in re.findall(r"#f-([\w.]+)", links)
        )
        own = [number.value for number in numbers(linked)]
        for number in numbers(NAMED.sub(" ", text)):
            if number.digits > 1 and not any(map(number.rounds, held + own)):
                yield text, number


def faults(page: Node, source: str) -> Iterator[tuple[int, str]]:
    """Yield the line in the page's source, and what is wrong, for each such number."""
    lines = source.split("\n")
    for text, number in unheld(page, source):
        line = next((n for n, line in enumerate(lines, 1) if number.text in line), 1)
        around = " ".join(text.split())
        start = max(0, around.find(number.text) - 30)
        yield (
            line,
            f"{number.text} is in no output, linked fact, record or declaration: "
            f"{around[start : start + 70]!r}",
        )

"""What must hold for the HTML of one page: each rule is a query on its tree."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from sigref._docs.html import Node

Faults = Iterator[tuple[int, str]]
"""The line of each fault, and what is wrong."""

ADDRESSES = {"action", "background", "data", "formaction", "href", "manifest", "ping"}
ADDRESSES |= {"poster", "src", "xlink:href"}
# What may name another host, since a browser opens it only when asked to.
HARMLESS_RELATIONS = {"canonical", "alternate", "author", "license", "next", "prev"}
EMBEDDING = {"applet", "embed", "frame", "iframe", "object", "portal"}
REFERENCES = {"for", "headers", "aria-controls", "aria-labelledby", "aria-describedby"}
META = {"charset", "content", "http-equiv", "name", "property"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

# Markup that a reader should never see: it was meant to become something else.
LEAKS = {
    "block": r"```|~~~|^\s*:::|--8<--|^\s*(?:!!!|\?\?\?\+?) \w|^\s*===\+?!? \"",
    "formula": r"\\[a-zA-Z(\[]|\$\$|\$[^$\s](?:[^$\n]*[^$\s])?\$",
    "attribute list or template": r"\{:?\s*[.#][\w-]+[^{}]*\}|\{[{%]",
    "link or note": r"\]\(|\]\[|\[\^",
    "emphasis or heading": r"(?<![\w)])\*\*(?=\S)|^\s*#{1,6} |exec=\"",
    "HTML": r"</?[a-z]+\d?(?:\s[^<>]*)?>|&#?\w+;",
    "text in another direction": "[\u202a-\u202e\u2066-\u2069]",
}
LEAKED = re.compile("|".join(LEAKS.values()), re.MULTILINE)
PYTHON = re.compile(
    r"^(?:>>> |import \w+$|from [\w.]+ import |def \w+\(.*\).*:$)", re.MULTILINE
)
PYTHON_CLASS = re.compile(r"language-i?py(?:thon|con)?3?")
CSS_ADDRESS = re.compile(r"(?i)url\(\s*[\"']?([^\"')]*)|@import\s+[\"']([^\"']*)")
REQUEST = re.compile(r"(?:import|fetch|Worker|src\s*=)\W{0,3}(?:https?:)?//")
TRACEBACK = "Traceback (most recent call last)"


def foreign(address: str) -> bool:
    """Whether an address is on another host."""
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme not in {"", "data"}


def foreign_in_css(text: str) -> str:
    """Return the first foreign address in a style sheet, `""` if there is none."""
    found = (a or b for a, b in CSS_ADDRESS.findall(text))
    return next((address for address in found if foreign(address)), "")


def title_of(page: Node) -> str:
    """Return the title of a page."""
    return next(
        (n.text().strip() for n in page.all("title") if not n.inside("svg")), ""
    )


def description_of(page: Node) -> str:
    """Return the description of a page."""
    metas = (n.attributes for n in page.all("meta"))
    found = (a.get("content", "") for a in metas if a.get("name") == "description")
    return next(found, "").strip()


def linked(page: Node, relation: str) -> str:
    """Return the address that a page names as its `relation`, `""` if it names none."""
    links = (n.attributes for n in page.all("link"))
    return next((a.get("href", "") for a in links if a.get("rel") == relation), "")


def ids(page: Node) -> set[str]:
    """Return every id on a page."""
    return {n.attributes["id"] for n in page.all() if n.attributes.get("id")}


def faults(page: Node, *, content: bool) -> Faults:
    """Yield what is wrong on a page; `content` says that it is one of the site's own."""
    for rule in (head, unique_ids, elements, headings, drawings, programs, texts):
        yield from rule(page)
    for node in page.all():
        yield from requests(node)
    if content:
        if not description_of(page):
            yield 1, "the page has no description"
        if (count := len([*page.all("h1")])) != 1:
            yield 1, f"{count} main headings, not one"


def head(page: Node) -> Faults:
    """Language, title and metadata."""
    if not any(node.attributes.get("lang") for node in page.all("html")):
        yield 1, "the page has no language"
    if not title_of(page):
        yield 1, "the page has no title"
    for node in page.all("meta"):
        if node.attributes.get("http-equiv", "").lower() == "refresh":
            yield node.line, "<meta> sends the reader elsewhere"
        if {*node.attributes} - META:
            yield node.line, f"<meta> is cut off at a quotation mark: {node.attributes}"


def unique_ids(page: Node) -> Faults:
    """Ids, and what refers to them."""
    nodes = [*page.all()]
    for name, count in Counter(n.attributes.get("id") for n in nodes).items():
        if name and count > 1:
            line = [n.line for n in nodes if n.attributes.get("id") == name][1]
            yield line, f"id {name!r} is used twice"
    known = ids(page) | {"__toc"}  # the theme labels a list that not every page has
    for node in nodes:
        for name, value in node.attributes.items():
            found = value.split() if name in REFERENCES else []
            if name not in ADDRESSES | {"alt", "title", "data-copy", "content"}:
                found += re.findall(r"url\(#([^)]*)\)", value)
            for reference in {*found} - known:
                yield node.line, f"refers to the id {reference!r}, which does not exist"


def elements(page: Node) -> Faults:
    """Elements that lack something, or that should not be there."""
    for node in page.all():
        tag, attributes = node.tag, node.attributes
        if tag == "base":
            yield node.line, "<base> changes where every link leads"
        elif tag in EMBEDDING:
            yield node.line, f"<{tag}> embeds another document"
        elif tag in {"script", "style"} and node.inside("article"):
            yield node.line, f"<{tag}> on the page itself"
        elif tag == "img" and not attributes.get("alt", "").strip():
            yield node.line, f"image {attributes.get('src', '')!r} has no alt text"
        elif tag == "merror" or "arithmatex" in node.classes:
            yield node.line, "a formula was not rendered"
        elif tag == "table" and not node.first("th"):
            yield node.line, "a table has no header"
        elif tag == "a" and "href" in attributes:
            images = "".join(i.attributes.get("alt", "") for i in node.all("img"))
            name = attributes.get("aria-label") or attributes.get("title")
            if not attributes["href"].strip("# "):
                yield node.line, "a link has no address"
            elif not (node.text().strip() or images.strip() or name):
                yield node.line, f"link {attributes['href']!r} has no text"


def headings(page: Node) -> Faults:
    """Headings have a text, and no level is left out."""
    last = 0
    for node in page.all():
        if node.tag in HEADINGS:
            level = int(node.tag[1])
            if last and level > last + 1:
                yield node.line, f"heading of level {level} below one of {last}"
            last = level
            if not node.text().strip().removesuffix("¶").strip():
                yield node.line, "a heading is empty"


def drawings(page: Node) -> Faults:
    """Drawings have a title; icons need none."""
    for node in page.all("svg"):
        icon = node.inside("a", "button", "label", ".twemoji", ".md-icon")
        drawing = node.inside("article") and not icon
        title = node.first("title")
        titled = title and title.text().strip()
        if (drawing or node.attributes.get("role") == "img") and not (
            titled or node.attributes.get("aria-label")
        ):
            yield (
                node.line,
                f"drawing {node.attributes.get('id', 'svg')!r} has no title",
            )


def programs(page: Node) -> Faults:
    """Python is in a program, and outputs are nowhere else."""
    for node in page.all():
        program = node.inside(".program")
        if "program" in node.classes and all(map(_is_listing, node.elements)):
            yield node.line, "a program shows nothing of what it did"
        if (
            not program
            and "highlight" in node.classes
            and node.classes & {"output", "error"}
        ):
            yield node.line, "shows an output that no program printed"
        named = any(map(PYTHON_CLASS.fullmatch, node.classes))
        inline = node.tag == "code" and not node.inside("pre")
        documented = "doc-signature" in node.classes or node.inside(".doc-contents")
        if named and not (program or inline or documented):
            yield node.line, "shows Python that was not executed"
        # A program that cannot run in a build, such as one that needs a cluster.
        elif node.tag == "pre" and not (
            program or documented or node.inside(".tested-elsewhere")
        ):
            text = node.text()
            if PYTHON.search(text) and "```" not in text and _runs_here(text):
                yield node.line, "shows Python that was not executed"


def _is_listing(node: Node) -> bool:
    """Whether this part of a program is its text, or folded away."""
    return {"language-python", "highlight"} <= node.classes or node.tag == "details"


def _runs_here(program: str) -> bool:
    """Whether this build has all that the program imports."""
    names = re.findall(r"^(?:import|from) (\w+)", program, re.MULTILINE)
    return all(importlib.util.find_spec(name) for name in names)


def texts(page: Node) -> Faults:
    """Nothing that a reader sees is markup or a traceback."""
    for node in page.all():
        for name in ("alt", "title", "aria-label"):
            if leak := LEAKED.search(node.attributes.get(name, "")):
                yield node.line, f"{name}= has unrendered Markdown: {leak[0]!r}"
        if node.tag == "pre" and TRACEBACK in node.text():
            yield node.line, "shows a traceback"
        quiet = ("code", "pre", "annotation", "style", "script")
        if node.tag in quiet or node.inside(*quiet):
            continue
        for text in node.children:
            if not isinstance(text, str):
                continue
            if TRACEBACK in text:
                yield node.line, "shows a traceback"
            elif leak := LEAKED.search(text):
                line, seen = node.line, text.strip()[:60]
                yield line, f"shows unrendered Markdown: {leak[0]!r} in {seen!r}"


def requests(node: Node) -> Faults:
    """Nothing is requested from another host."""
    tag, attributes = node.tag, node.attributes
    relations = {*attributes.get("rel", "").split()}
    harmless = tag in {"a", "area"} or (
        tag == "link" and relations and relations <= HARMLESS_RELATIONS
    )
    for name, address in addresses(node):
        scheme = urlsplit(address.strip()).scheme
        if scheme in {"javascript", "file", "vbscript"}:
            yield node.line, f"link {address!r} opens no page"
        elif address.startswith("//"):
            yield node.line, f"<{tag}> has the address {address} without a scheme"
        elif scheme and foreign(address) and not (harmless and name == "href"):
            yield node.line, f"<{tag}> requests the foreign address {address}"
    style = node.text() if tag == "style" else ""
    for name, value in [("", style), *attributes.items()]:
        checked = name not in ADDRESSES | {"content", "alt", "title"}
        if checked and (found := foreign_in_css(value)):
            yield node.line, f"a style requests the foreign address {found}"
    if tag == "script" and REQUEST.search(node.text()):
        yield node.line, "a script requests a foreign address"


def addresses(node: Node) -> list[tuple[str, str]]:
    """Return the attributes of an element that are addresses, and their values."""
    found = [(n, value) for n, value in node.attributes.items() if n in ADDRESSES]
    for name in {"srcset", "imagesrcset"} & {*node.attributes}:
        found += [(name, part.split()[0]) for part in node.attributes[name].split(",")]
    return found

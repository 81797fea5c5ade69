"""What must hold for the HTML of one page."""

import importlib.util
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from sigref._docs.html import Node

ADDRESSES = {"action", "background", "data", "formaction", "href", "manifest", "ping"}
ADDRESSES |= {"poster", "src", "xlink:href"}
# What may name another host, since a browser opens it only when asked to.
HARMLESS_RELATIONS = {"canonical", "alternate", "author", "license", "next", "prev"}
EMBEDDING = {"applet", "embed", "frame", "iframe", "object", "portal"}
REFERENCES = {"for", "headers", "aria-controls", "aria-labelledby", "aria-describedby"}
META = {"charset", "content", "http-equiv", "name", "property"}
QUIET = ("code", "pre", "annotation", "style", "script")

# Markup that a reader should never see: it was meant to become something else.
LEAKS = {
    "block": r"```|~~~|^\s*:::|--8<--|^\s*(?:!!!|\?\?\?\+?) \w|^\s*===\+?!? \"",
    "formula": r"\\[a-zA-Z(\[]|\$\$|\$[^$\s](?:[^$\n]*[^$\s])?\$",
    "attribute list or template": r"\{:?\s*[.#][\w-]+[^{}]*\}|\{[{%]",
    "link or note": r"\]\(|\]\[|\[\^",
    "table": r"^\s*\|[ :|-]*-[ :|-]*\|\s*$",
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


def in_css(text: str) -> list[str]:
    """Return the addresses in a style sheet."""
    return [*filter(None, map("".join, CSS_ADDRESS.findall(text)))]


def title_of(page: Node) -> str:
    titles = (n.text().strip() for n in page.all("title") if not n.inside("svg"))
    return next(titles, "")


def description_of(page: Node) -> str:
    metas = (n.attributes for n in page.all("meta"))
    found = (a.get("content", "") for a in metas if a.get("name") == "description")
    return next(found, "").strip()


def linked(page: Node, relation: str) -> str:
    """Return the address that a page names as its `relation`, `""` if it names none."""
    links = (n.attributes for n in page.all("link"))
    return next((a.get("href", "") for a in links if a.get("rel") == relation), "")


def faults(page: Node, *, content: bool) -> Iterator[tuple[int, str]]:
    """Yield the line of each fault of a page, and what is wrong.

    `content` says that the page is one of the site's own.
    """
    nodes = [*page.all()]
    yield from _ids(nodes)
    yield from _headings(nodes)
    for node in nodes:
        for rule in (_element, _drawing, _program, _text, _request):
            for message in rule(node):
                yield node.line, message
    if not any(node.attributes.get("lang") for node in page.all("html")):
        yield 1, "the page has no language"
    if not title_of(page):
        yield 1, "the page has no title"
    if content and not description_of(page):
        yield 1, "the page has no description"
    if content and (count := len([*page.all("h1")])) != 1:
        yield 1, f"{count} main headings, not one"


def _ids(nodes: list[Node]) -> Iterator[tuple[int, str]]:
    """Ids, and what refers to them."""
    known: set[str] = set()
    for node in nodes:
        if name := node.attributes.get("id"):
            if name in known:
                yield node.line, f"id {name!r} is used twice"
            known.add(name)
    known.add("__toc")  # the theme labels a list that not every page has
    for node in nodes:
        for name, value in node.attributes.items():
            found = value.split() if name in REFERENCES else []
            if name not in ADDRESSES | {"alt", "title", "content"}:
                found += re.findall(r"url\(#([^)]*)\)", value)
            for reference in {*found} - known:
                yield node.line, f"refers to the id {reference!r}, which does not exist"


def _headings(nodes: list[Node]) -> Iterator[tuple[int, str]]:
    """Headings have a text, and no level is left out."""
    last = 6
    for node in nodes:
        if re.fullmatch("h[1-6]", node.tag):
            level = int(node.tag[1])
            if level > last + 1:
                yield node.line, f"heading of level {level} below one of {last}"
            last = level
            if not node.text().replace("¶", "").strip():
                yield node.line, "a heading is empty"


def _element(node: Node) -> Iterator[str]:
    """Elements that lack something, or that should not be there."""
    tag, attributes = node.tag, node.attributes
    if tag == "base":
        yield "<base> changes where every link leads"
    elif tag in EMBEDDING:
        yield f"<{tag}> embeds another document"
    elif tag in {"script", "style"} and node.inside("article"):
        yield f"<{tag}> on the page itself"
    elif tag == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
        yield "<meta> sends the reader elsewhere"
    elif tag == "meta" and {*attributes} - META:
        yield f"<meta> is cut off at a quotation mark: {attributes}"
    elif tag == "img" and not attributes.get("alt", "").strip():
        yield f"image {attributes.get('src', '')!r} has no alt text"
    elif tag == "merror" or "arithmatex" in node.classes:
        yield "a formula was not rendered"
    elif tag == "table" and not node.first("th"):
        yield "a table has no header"
    elif tag == "a" and "href" in attributes:
        images = "".join(image.attributes.get("alt", "") for image in node.all("img"))
        name = attributes.get("aria-label") or attributes.get("title")
        if not attributes["href"].strip("# "):
            yield "a link has no address"
        elif not (node.text().strip() or images.strip() or name):
            yield f"link {attributes['href']!r} has no text"


def _drawing(node: Node) -> Iterator[str]:
    """Drawings have a title; icons need none."""
    icon = node.inside("a", "button", "label", ".twemoji", ".md-icon")
    drawing = node.attributes.get("role") == "img" or (
        node.inside("article") and not icon
    )
    if node.tag == "svg" and drawing:
        title = node.first("title")
        label = title.text() if title else ""
        if not (label.strip() or node.attributes.get("aria-label")):
            yield f"drawing {node.attributes.get('id', 'svg')!r} has no title"


def _program(node: Node) -> Iterator[str]:
    """Python is in a program, and outputs are nowhere else."""
    if "program" in node.classes:
        parts = (part for part in node.elements if part.tag != "details")
        if all({"language-python", "highlight"} <= part.classes for part in parts):
            yield "a program shows nothing of what it did"
    documented = "doc-signature" in node.classes or node.inside(".doc-contents")
    if node.inside(".program"):
        return
    if "highlight" in node.classes and node.classes & {"output", "error"}:
        yield "shows an output that no program printed"
    if not documented and any(map(PYTHON_CLASS.fullmatch, node.classes)):
        if node.tag != "code" or node.inside("pre"):
            yield "shows Python that was not executed"
    # A program that cannot run in a build, such as one that needs a cluster.
    elif node.tag == "pre" and not (documented or node.inside(".tested-elsewhere")):
        text = node.text()
        if PYTHON.search(text) and "```" not in text and _runs_here(text):
            yield "shows Python that was not executed"


def _runs_here(program: str) -> bool:
    """Whether this build has all that the program imports."""
    names = re.findall(r"^(?:import|from) (\w+)", program, re.MULTILINE)
    return all(importlib.util.find_spec(name) for name in names)


def _text(node: Node) -> Iterator[str]:
    """Nothing that a reader sees is markup or a traceback."""
    for name in {"alt", "title", "aria-label"} & node.attributes.keys():
        if leak := LEAKED.search(node.attributes[name]):
            yield f"{name}= has unrendered Markdown: {leak[0]!r}"
    if node.tag == "pre" and TRACEBACK in node.text():
        yield "shows a traceback"
    if node.tag in QUIET or node.inside(*QUIET):
        return
    for text in node.children:
        if isinstance(text, str):
            if TRACEBACK in text:
                yield "shows a traceback"
            elif leak := LEAKED.search(text):
                seen = text.strip()[:60]
                yield f"shows unrendered Markdown: {leak[0]!r} in {seen!r}"


def _request(node: Node) -> Iterator[str]:
    """Nothing is requested from another host."""
    tag, attributes = node.tag, node.attributes
    relations = {*attributes.get("rel", "").split()}
    harmless = tag in {"a", "area"} or (
        tag == "link" and relations and relations <= HARMLESS_RELATIONS
    )
    for name, address in addresses(node):
        scheme = urlsplit(address.strip()).scheme
        if scheme in {"javascript", "file", "vbscript"}:
            yield f"link {address!r} opens no page"
        elif address.startswith("//"):
            yield f"<{tag}> has the address {address} without a scheme"
        elif scheme and foreign(address) and not (harmless and name == "href"):
            yield f"<{tag}> requests the foreign address {address}"
    unseen = ADDRESSES | {"content", "alt", "title"}
    styles = [value for name, value in attributes.items() if name not in unseen]
    styles += [node.text()] if tag == "style" else []
    for address in filter(foreign, in_css("\n".join(styles))):
        yield f"a style requests the foreign address {address}"
    if tag == "script" and REQUEST.search(node.text()):
        yield "a script requests a foreign address"


def addresses(node: Node) -> Iterator[tuple[str, str]]:
    """Yield the attributes of an element that are addresses, and their values."""
    for name, value in node.attributes.items():
        if name in ADDRESSES:
            yield name, value
        elif name in {"srcset", "imagesrcset"}:
            yield from ((name, part.split()[0]) for part in value.split(","))

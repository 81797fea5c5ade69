"""Refuse a built site in which anything is false, broken, leaked or foreign.

    python -m sigref._docs.check site [docs]

Looks at the files as a browser and a reader would get them, whichever engine built
them. Prints one line for each fault and exits with status 1 if there is one.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sigref
from sigref._docs import page

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
VOID |= {"source", "track", "wbr"}
# Elements whose address the browser fetches by itself.
FETCHED = {
    ("audio", "src"), ("embed", "src"), ("iframe", "src"), ("image", "href"),
    ("image", "xlink:href"), ("img", "src"), ("input", "src"), ("object", "data"),
    ("script", "src"), ("source", "src"), ("track", "src"), ("video", "src"),
    ("video", "poster"),
}  # fmt: skip
FETCHED_RELATIONS = {"icon", "stylesheet", "preload", "modulepreload", "prefetch"}
FETCHED_RELATIONS |= {"preconnect", "dns-prefetch", "manifest", "apple-touch-icon"}
# Markdown that a reader should never see: it was meant to become something else.
LEAKED = re.compile(
    r"```|~~~|^:::\s|--8<--|^(?:!!!|\?\?\?\+?) \w|^=== \"|\\\(|\\\[|\$\$|"
    r"^\{[.#:]|\]\(|exec=\"",
    re.MULTILINE,
)
FOREIGN_IN_CSS = re.compile(r"(?:url\(\s*[\"']?|@import\s+[\"'])(?:https?:)?//[^)\"']+")


@dataclass
class Element:
    """What is open while parsing: the tag, its classes, where it began."""

    tag: str
    classes: frozenset[str]
    line: int


@dataclass
class Document(HTMLParser):
    """One HTML file: what it defines, what it points to, what is wrong with it."""

    ids: set[str] = field(default_factory=set)
    links: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    programs: int = 0
    language: str = ""
    title: str = ""
    description: str = ""
    headings: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[Element] = []
        self.drawing = ""  # the described drawing that still lacks its title

    def fault(self, message: str) -> None:
        """Note what is wrong here."""
        self.faults.append((self.getpos()[0], message))

    def inside(self, *names: str) -> bool:
        """Whether any open element has one of these tags or (with a dot) classes."""
        return any(
            element.tag in names or any(f".{name}" in names for name in element.classes)
            for element in self.open
        )

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element that has no content."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        given = {name: value or "" for name, value in attrs}
        classes = frozenset(given.get("class", "").split())
        if name := given.get("id"):
            if name in self.ids:
                self.fault(f"id {name!r} is used twice")
            self.ids.add(name)
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "meta" and given.get("name") == "description":
            self.description = given.get("content", "")
        elif tag == "img" and not given.get("alt", "").strip():
            self.fault(f"image {given.get('src', '')!r} has no alt text")
        elif tag == "svg" and given.get("role") == "img":
            self.drawing = given.get("id", "svg")
        elif tag == "merror" or "arithmatex" in classes:
            self.fault("a formula was not rendered")
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "program" in classes:
            self.programs += 1
        listing = {"language-python", "highlight"} <= classes and tag == "div"
        if listing and "doc-signature" not in classes and not self.inside(".program"):
            self.fault("shows Python that was not executed")
        self._addresses(tag, given)
        if tag not in VOID:
            self.open.append(Element(tag, classes, self.getpos()[0]))

    def _addresses(self, tag: str, given: dict[str, str]) -> None:
        for name in ("href", "src", "data", "poster", "xlink:href"):
            if name not in given:
                continue
            address = given[name]
            fetched = (tag, name) in FETCHED or (
                tag == "link" and FETCHED_RELATIONS & set(given.get("rel", "").split())
            )
            parts = urlsplit(address)
            if parts.scheme in {"http", "https"} or parts.netloc:
                if fetched:
                    self.fault(f"<{tag}> requests the foreign address {address}")
            elif not parts.scheme:
                self.links.append((self.getpos()[0], address))
        if foreign := FOREIGN_IN_CSS.search(given.get("style", "")):
            self.fault(f"a style requests the foreign address {foreign[0]}")

    def handle_endtag(self, tag: str) -> None:
        """Close the element and what it leaves open."""
        if tag == "svg" and self.drawing:
            self.fault(f"drawing {self.drawing!r} has no title")
            self.drawing = ""
        for index in reversed(range(len(self.open))):
            if self.open[index].tag == tag:
                del self.open[index:]
                break

    def handle_data(self, data: str) -> None:
        """Look at text that a reader sees."""
        if self.inside("style"):
            if foreign := FOREIGN_IN_CSS.search(data):
                self.fault(f"a style requests the foreign address {foreign[0]}")
        elif self.inside("title"):
            if self.inside("svg"):
                self.drawing = "" if data.strip() else self.drawing
            else:
                self.title += data
        elif "Traceback (most recent call last)" in data:
            self.fault("shows a traceback")
        elif self.inside("code", "pre", "script", "annotation"):
            pass
        elif leak := LEAKED.search(data):
            self.fault(f"shows unrendered Markdown: {leak[0]!r} in {data[:60]!r}")


def check(site: Path, docs: Path) -> list[str]:
    """Return the faults of the site, each with its file and line.

    Parameters
    ----------
    site
        The folder that was built.
    docs
        The pages that it was built from: their Python fences are counted.
    """
    documents: dict[Path, Document] = {}
    for path in sorted(site.rglob("*.html")):
        document = documents[path] = Document()
        document.feed(path.read_text("utf-8"))
        document.close()
    faults = []
    for path, document in documents.items():
        own = [*document.faults, *_page_faults(document, path.name)]
        own += _link_faults(path, document, documents, site)
        faults += [
            f"{path.relative_to(site).as_posix()}:{line}: {message}"
            for line, message in sorted(own)
        ]
    if not documents:
        faults.append(f"{site}: there are no pages")
    fences = sum(_count_fences(path) for path in docs.rglob("*.md"))
    shown = sum(document.programs for document in documents.values())
    if shown != fences:
        faults.append(
            f"the pages have {fences} Python fences, the site {shown} programs"
        )
    faults += _file_faults(site)
    faults += _interface_faults(documents)
    return faults


def _count_fences(path: Path) -> int:
    return len(page.fences(path.read_text("utf-8").splitlines())[0])


def _page_faults(document: Document, name: str) -> list[tuple[int, str]]:
    faults = []
    if not document.language:
        faults.append((1, "the page has no language"))
    if not document.title.strip():
        faults.append((1, "the page has no title"))
    if name != "404.html":
        if not document.description.strip():
            faults.append((1, "the page has no description"))
        if document.headings.count(1) != 1:
            faults.append((1, f"{document.headings.count(1)} main headings, not one"))
    return faults


def _link_faults(
    path: Path, document: Document, documents: dict[Path, Document], site: Path
) -> list[tuple[int, str]]:
    faults = []
    for line, address in document.links:
        parts = urlsplit(address)
        # The page for missing pages is served from any depth: it links from the root.
        base = site if parts.path.startswith("/") else path.parent
        target = (base / unquote(parts.path).lstrip("/")) if parts.path else path
        if path.name == "404.html" and parts.path.startswith("/"):
            continue
        if target.is_dir():
            target /= "index.html"
        target = target.resolve()
        if not target.is_file():
            faults.append((line, f"link {address!r} leads nowhere"))
        elif parts.fragment and target in documents:
            fragment = unquote(parts.fragment)
            if fragment not in documents[target].ids and fragment != "__skip":
                faults.append((line, f"link {address!r}: there is no such anchor"))
    return faults


def _file_faults(site: Path) -> list[str]:
    """Machine paths in any text, foreign addresses in style sheets."""
    private = {str(Path.cwd()), str(Path.home()), sys.prefix, tempfile.gettempdir()}
    private = {name for name in private if len(name) > 3}
    faults = []
    for path in sorted(site.rglob("*")):
        if path.suffix not in {".html", ".css", ".js", ".json", ".xml", ".txt", ".svg"}:
            continue
        text = path.read_text("utf-8")
        name = path.relative_to(site).as_posix()
        faults += [
            f"{name}: contains the path {place} of the building machine"
            for place in sorted(private)
            if re.search(re.escape(place) + r"(?![\w-])", text)
        ]
        if path.suffix == ".css" and (foreign := FOREIGN_IN_CSS.search(text)):
            faults.append(f"{name}: requests the foreign address {foreign[0]}")
    index = site / "search" / "search_index.json"
    if index.exists():
        for entry in json.loads(index.read_text("utf-8"))["docs"]:
            if "encoding=" in entry["text"] or "var(--fig" in entry["text"]:
                faults.append(f"search index: markup in {entry['location']}")
    return faults


def _interface_faults(documents: dict[Path, Document]) -> list[str]:
    """Every public name has one place on the site."""
    ids = set().union(*(document.ids for document in documents.values()))
    return [
        f"sigref.{name} is public, but no page documents it"
        for name in sigref.__all__
        if f"sigref.{name}" not in ids
    ]


def main() -> None:
    """Check the site named on the command line."""
    site = Path(sys.argv[1]).resolve()
    docs = Path(sys.argv[2] if len(sys.argv) > 2 else "docs")
    faults = check(site, docs)
    print("\n".join(faults), file=sys.stderr)
    count = len(list(site.rglob("*.html")))
    print(f"{site.name}: {count} pages, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()

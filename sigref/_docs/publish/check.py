"""Refuse a built site in which anything is false, broken, leaked or foreign.

    python -m sigref._docs.check site [docs]

Looks at the files as a browser and a reader would get them, whichever engine built
them. Prints one line for each fault and exits with status 1 if there is one.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import sigref
from sigref._docs.html import VOID
from sigref._docs.page.scan import fences

ADDRESSES = {"action", "background", "data", "formaction", "href", "manifest", "ping"}
ADDRESSES |= {"poster", "src", "xlink:href"}
# What may name another host, since a browser opens it only when asked to.
HARMLESS = {("a", "href"), ("area", "href")}
HARMLESS_RELATIONS = {"canonical", "alternate", "author", "license", "next", "prev"}
EMBEDDING = {"applet", "embed", "frame", "iframe", "object", "portal"}
# The search index of MkDocs and ProperDocs, and that of Zensical, with its list.
SEARCH = {"search/search_index.json": "docs", "search.json": "items"}
REFERENCES = {"for", "headers", "aria-controls", "aria-labelledby", "aria-describedby"}

# Markup that a reader should never see: it was meant to become something else.
LEAKED = re.compile(
    r"```|~~~|^\s*:::|--8<--|^\s*(?:!!!|\?\?\?\+?) \w|^\s*===\+?!? \"|"  # blocks
    r"\\[a-zA-Z(\[]|\$\$|\$[^$\s](?:[^$\n]*[^$\s])?\$|"  # formulas
    r"\{:?\s*[.#][\w-]+[^{}]*\}|\{[{%]|"  # attribute lists, templates
    r"\]\(|\]\[|\[\^|(?<![\w)])\*\*(?=\S)|^\s*#{1,6} |exec=\"|"  # links, notes, emphasis, headings
    r"</?[a-z]+\d?(?:\s[^<>]*)?>|&#?\w+;",  # HTML
    re.MULTILINE,
)
PYTHON = re.compile(
    r"^(?:>>> |import \w+$|from [\w.]+ import |def \w+\(.*\).*:$)", re.MULTILINE
)
PYTHON_CLASS = re.compile(r"language-i?py(?:thon|con)?3?")
CSS_ADDRESS = re.compile(r"(?i)url\(\s*[\"']?([^\"')]*)|@import\s+[\"']([^\"']*)")
# Paths of any building machine, and addresses of objects, which change at each run.
MACHINE = re.compile(
    r"(?<![\w.:/])/(?:home|Users|root|tmp)/\w[\w.-]*/|\b[A-Z]:\\+Users\\|"
    r"/site-packages/|\bat 0x[0-9a-f]{6,}"
)


def _foreign(address: str) -> bool:
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme not in {"", "data"}


def _runs_here(program: str) -> bool:
    """Whether this build has all that the program imports."""
    names = re.findall(r"^(?:import|from) (\w+)", program, re.MULTILINE)
    return all(importlib.util.find_spec(name) for name in names)


def _foreign_in_css(text: str) -> str:
    found = (a or b for a, b in CSS_ADDRESS.findall(text))
    return next((address for address in found if _foreign(address)), "")


# Elements that must have a text, or whose text must not be certain things.
JUDGED = {"a", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}


@dataclass
class Element:
    """What is open while parsing: the tag, its attributes, where it began, its text.

    `complete` says that it has what it needs: a drawing its title, a table its
    header, a program its output. `names` are its tag and, with a dot, its classes.
    """

    tag: str
    given: dict[str, str]
    line: int
    text: str = ""
    complete: bool = False

    classes: set[str] = field(init=False)
    names: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.classes = set(self.given.get("class", "").split())
        self.names = {self.tag, *(f".{name}" for name in self.classes)}


@dataclass
class Document(HTMLParser):
    """One HTML file: what it defines, what it points to, what is wrong with it."""

    ids: set[str] = field(default_factory=set)
    links: list[tuple[int, str]] = field(default_factory=list)
    references: list[tuple[int, str]] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    programs: int = 0
    language: str = ""
    title: str = ""
    description: str = ""
    canonical: str = ""
    headings: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[Element] = []
        self.around: Counter[str] = Counter()  # tags and classes of what is open

    def fault(self, message: str, line: int = 0) -> None:
        """Note what is wrong, here unless another line is given."""
        self.faults.append((line or self.getpos()[0], message))

    def inside(self, *names: str) -> bool:
        """Whether any open element has one of these tags or (with a dot) classes."""
        return any(self.around[name] for name in names)

    def outer(self, name: str) -> Element | None:
        """Return the innermost open element of this tag or (with a dot) class."""
        for element in reversed(self.open if self.around[name] else []):
            if name in element.names:
                return element
        return None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element that has no content."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        given = {name: value or "" for name, value in attrs}
        element = Element(tag, given, self.getpos()[0])
        if name := given.get("id"):
            if name in self.ids:
                self.fault(f"id {name!r} is used twice")
            self.ids.add(name)
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "meta":
            self._meta(given)
        elif tag == "base":
            self.fault("<base> changes where every link leads")
        elif tag in EMBEDDING:
            self.fault(f"<{tag}> embeds another document")
        elif tag == "img":
            if not given.get("alt", "").strip():
                self.fault(f"image {given.get('src', '')!r} has no alt text")
            self._say(given.get("alt", ""))
        elif tag == "merror" or "arithmatex" in element.classes:
            self.fault("a formula was not rendered")
        elif tag == "th" and (table := self.outer("table")):
            table.complete = True
        elif re.fullmatch("h[1-6]", tag):
            self._heading(int(tag[1]))
        self._code(element)
        self._addresses(element)
        for name in ("alt", "title", "aria-label"):
            if leak := LEAKED.search(given.get(name, "")):
                self.fault(f"{name}= has unrendered Markdown: {leak[0]!r}")
        if tag not in VOID:
            self.open.append(element)
            self.around.update(element.names)

    def _meta(self, given: dict[str, str]) -> None:
        if given.get("name") == "description":
            self.description = given.get("content", "")
        elif given.get("http-equiv", "").lower() == "refresh":
            self.fault("<meta> sends the reader elsewhere")

    def _heading(self, level: int) -> None:
        if self.headings and level > self.headings[-1] + 1:
            self.fault(f"heading of level {level} below one of {self.headings[-1]}")
        self.headings.append(level)

    def _code(self, element: Element) -> None:
        """Python is in a program, and outputs are nowhere else."""
        classes = element.classes
        program = self.outer(".program")
        listing = {"language-python", "highlight"} <= classes
        if "program" in classes:
            self.programs += 1
        elif program:
            if not (listing or self._set_apart(program)):
                program.complete = True
        elif "highlight" in classes and classes & {"output", "error"}:
            self.fault("shows an output that no program printed")
        named = any(PYTHON_CLASS.fullmatch(name) for name in classes)
        inline = element.tag == "code" and not self.inside("pre")
        documented = "doc-signature" in classes or self.inside(".doc-contents")
        if named and not (program or inline or documented):
            self.fault("shows Python that was not executed")

    def _addresses(self, element: Element) -> None:
        tag, given = element.tag, element.given
        relations = set(given.get("rel", "").split())
        harmless = tag == "link" and bool(relations) and relations <= HARMLESS_RELATIONS
        if "canonical" in relations:
            self.canonical = given.get("href", "")
        found = [(name, given[name]) for name in given if name in ADDRESSES]
        for name in {"srcset", "imagesrcset"} & set(given):
            found += [(name, part.split()[0]) for part in given[name].split(",")]
        for name, address in found:
            scheme = urlsplit(address.strip()).scheme
            if tag == "a" and not address.strip("# "):
                self.fault("a link has no address")
            elif scheme == "javascript" or scheme in {"file", "vbscript"}:
                self.fault(f"link {address!r} opens no page")
            elif address.startswith("//"):
                self.fault(f"<{tag}> has the address {address} without a scheme")
            elif not scheme:
                self.links.append((element.line, address))
            elif _foreign(address) and (tag, name) not in HARMLESS and not harmless:
                self.fault(f"<{tag}> requests the foreign address {address}")
        for name, value in given.items():
            if name in REFERENCES:
                self.references += [(element.line, part) for part in value.split()]
            elif foreign := _foreign_in_css(value) if name != "content" else "":
                self.fault(f"a style requests the foreign address {foreign}")
            elif name not in ADDRESSES | {"alt", "title", "data-copy"}:
                for local in re.findall(r"url\(#([^)]*)\)", value):
                    self.references.append((element.line, local))

    def handle_endtag(self, tag: str) -> None:
        """Close the element and what it leaves open."""
        for index in reversed(range(len(self.open))):
            if self.open[index].tag == tag:
                element = self.open[index]
                for closed in self.open[index:]:
                    self.around.subtract(closed.names)
                del self.open[index:]
                self._closed(element)
                break

    def _set_apart(self, program: Element) -> bool:
        """Whether what begins here is code, or folded away, within the program."""
        for element in reversed(self.open):
            if element is program:
                return False
            if element.tag == "details" or "highlight" in element.classes:
                return True
        return False

    def _closed(self, element: Element) -> None:
        """Look at an element whose text is known."""
        text, given, tag = element.text.strip(), element.given, element.tag
        named = text or given.get("aria-label") or given.get("title")
        if tag == "svg":
            icon = self.inside("a", "button", "label", ".twemoji", ".md-icon")
            content = self.inside("article") and not icon
            drawing = content or given.get("role") == "img"
            if drawing and not (element.complete or given.get("aria-label")):
                self.fault(f"drawing {given.get('id', 'svg')!r} has no title")
        elif tag == "a" and "href" in given and not named:
            self.fault(f"link {given['href']!r} has no text")
        elif re.fullmatch("h[1-6]", tag) and not text.removesuffix("¶").strip():
            self.fault("a heading is empty")
        elif tag == "table" and not element.complete:
            self.fault("a table has no header", element.line)
        elif "program" in element.classes and not element.complete:
            self.fault("a program shows nothing of what it did", element.line)
        elif tag == "pre":
            if "Traceback (most recent call last)" in text:
                self.fault("shows a traceback")
            apart = self.inside(".program", ".doc-contents") or "```" in text
            if PYTHON.search(text) and not apart and _runs_here(text):
                self.fault("shows Python that was not executed")

    def handle_data(self, data: str) -> None:
        """Look at text."""
        if self.inside("style"):
            if foreign := _foreign_in_css(data):
                self.fault(f"a style requests the foreign address {foreign}")
        elif self.inside("script"):
            if re.search(r"(?:import|fetch|Worker|src\s*=)\W{0,3}(?:https?:)?//", data):
                self.fault("a script requests a foreign address")
        elif self.inside("title") and not self.inside("svg"):
            self.title += data
        else:
            if self.inside("title") and data.strip() and (svg := self.outer("svg")):
                svg.complete = True
            self._say(data)
            if self.inside("code", "pre", "annotation"):
                pass
            elif "Traceback (most recent call last)" in data:
                self.fault("shows a traceback")
            elif leak := LEAKED.search(data):
                self.fault(f"shows unrendered Markdown: {leak[0]!r} in {data[:60]!r}")

    def _say(self, text: str) -> None:
        """Let each open element that is judged by its text know it."""
        for element in self.open:
            if element.tag in JUDGED:
                element.text += text


def read(path: Path) -> Document:
    """Return an HTML file, looked at."""
    document = Document()
    document.feed(path.read_text("utf-8"))
    document.close()
    return document


def check(site: Path, docs: Path, apply: Callable[..., Any] = map) -> list[str]:
    """Return the faults of the site, each with its file and line.

    Parameters
    ----------
    site
        The folder that was built.
    docs
        The pages that it was built from: their Python fences are counted.
    apply
        What reads the files: `map`, or that of a pool of processes.
    """
    site = site.resolve()
    paths = sorted(site.rglob("*.html"))
    documents = dict(zip(paths, apply(read, paths), strict=True))
    if not documents:
        return [f"{site.name}: there are no pages"]
    faults = []
    for path, document in documents.items():
        own = [*document.faults, *_page_faults(document, path.name)]
        own += _link_faults(path, document, documents, site)
        faults += [
            f"{path.relative_to(site).as_posix()}:{line}: {message}"
            for line, message in sorted(own)
        ]
    faults += _program_faults(documents, site, docs)
    faults += _twins(documents, site)
    faults += _file_faults(site)
    faults += _index_faults(documents, site)
    faults += _interface_faults(documents)
    return faults


def _page_faults(document: Document, name: str) -> Iterator[tuple[int, str]]:
    if not document.language:
        yield 1, "the page has no language"
    if not document.title.strip():
        yield 1, "the page has no title"
    for line, reference in document.references:
        # The theme labels a list of contents (__toc) that not every page has.
        if reference not in document.ids | {"__toc"}:
            yield line, f"refers to the id {reference!r}, which does not exist"
    if name != "404.html":
        if not document.description.strip():
            yield 1, "the page has no description"
        if document.headings.count(1) != 1:
            yield 1, f"{document.headings.count(1)} main headings, not one"


def _link_faults(
    path: Path, document: Document, documents: dict[Path, Document], site: Path
) -> Iterator[tuple[int, str]]:
    home = documents.get(site / "index.html")
    base = urlsplit(home.canonical).path if home else "/"
    for line, address in document.links:
        parts = urlsplit(address)
        name = unquote(parts.path)
        target = path.parent / name if name else path
        if name.startswith("/"):
            # The page for missing pages is served from any depth: it links from the
            # root. Any other link of that kind breaks in a sub-folder or from disk.
            if path.name != "404.html":
                yield line, f"link {address!r} depends on where the site is served"
            target = site / name.removeprefix(base).lstrip("/")
        if target.is_dir():
            target /= "index.html"
        target = target.resolve()
        if not target.is_file() or not target.is_relative_to(site):
            yield line, f"link {address!r} leads nowhere"
            continue
        # The theme itself takes the reader to __skip.
        known = documents[target].ids | {"__skip", ""} if target in documents else set()
        if target in documents and unquote(parts.fragment) not in known:
            yield line, f"link {address!r}: there is no such anchor"


def _program_faults(
    documents: dict[Path, Document], site: Path, docs: Path
) -> Iterator[str]:
    """Each Python fence is a program on its page, and nothing else is one."""
    left = {path: document.programs for path, document in documents.items()}
    for path in sorted(docs.rglob("*.md")):
        expected = len(fences(path.read_text("utf-8").splitlines())[0])
        name = path.relative_to(docs)
        folder = (
            name.parent if name.stem in {"index", "README"} else name.with_suffix("")
        )
        built = site / folder / "index.html"
        if built not in left:
            built = site / name.with_suffix(".html")
        if (shown := left.pop(built, 0)) != expected:
            yield f"{name}: {expected} Python fences, but {shown} programs"
    for built, shown in left.items():
        if shown:
            yield f"{built.relative_to(site)}: {shown} programs without a source"


def _twins(documents: dict[Path, Document], site: Path) -> Iterator[str]:
    """Pages that search results could not tell apart."""
    pages = {path: page for path, page in documents.items() if path.name != "404.html"}
    titles = Counter(page.title.strip() for page in pages.values())
    descriptions = Counter(page.description.strip() for page in pages.values())
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        if titles[page.title.strip()] > 1:
            yield f"{name}:1: another page has the title {page.title.strip()!r}"
        if page.description.strip() and descriptions[page.description.strip()] > 1:
            yield f"{name}:1: another page has the same description"


def _file_faults(site: Path) -> Iterator[str]:
    """Machine paths in any file; style sheets that request what is not here."""
    private = {str(Path.cwd()), str(Path.home()), sys.prefix, tempfile.gettempdir()}
    places = [re.escape(name) for name in private if len(name) > 3]
    here = re.compile(rf"(?:{'|'.join(places)})(?![\w-])|{MACHINE.pattern}")
    for path in sorted(site.rglob("*")):
        # Pyodide has a home of its own in the browser.
        theirs = path.relative_to(site).parts[:2] == ("assets", "python")
        if (
            theirs
            or not path.is_file()
            or path.suffix in {".png", ".woff2", ".ico", ".inv"}
        ):
            continue
        data = path.read_bytes()
        content = gzip.decompress(data) if path.suffix == ".gz" else data
        text = content.decode("utf-8", "replace")
        name = path.relative_to(site).as_posix()
        for place in sorted({match[0] for match in here.finditer(text)}):
            yield f"{name}: contains {place!r} of the building machine"
        if path.suffix != ".css":
            continue
        if foreign := _foreign_in_css(text):
            yield f"{name}: requests the foreign address {foreign}"
        for address in filter(None, map("".join, CSS_ADDRESS.findall(text))):
            local = not urlsplit(address).scheme and not address.startswith(("/", "#"))
            if local and not (path.parent / urlsplit(address).path).is_file():
                yield f"{name}: requests {address!r}, which does not exist"


def _index_faults(documents: dict[Path, Document], site: Path) -> Iterator[str]:
    """Require that the search index leads to every page, and to no markup."""
    entries = None
    for name, key in SEARCH.items():
        if (site / name).exists():
            entries = json.loads((site / name).read_text("utf-8"))[key]
    if entries is None:
        yield "search index: there is none"
        return
    found = set()
    for entry in entries:
        place, _, fragment = entry["location"].partition("#")
        target = site / place
        target = (target / "index.html" if target.is_dir() else target).resolve()
        found.add(target)
        if target not in documents or fragment not in documents[target].ids | {""}:
            yield f"search index: {entry['location']!r} leads nowhere"
        if "encoding=" in entry["text"] or "var(--fig" in entry["text"]:
            yield f"search index: markup in {entry['location']!r}"
    for path in documents:
        if path not in found and path.name != "404.html":
            yield f"search index: lacks {path.relative_to(site).as_posix()}"


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
    with ProcessPoolExecutor() as pool:
        faults = check(site, docs, pool.map)
    print("\n".join(faults), file=sys.stderr)
    count = len(list(site.rglob("*.html")))
    print(f"{site.name}: {count} pages, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()

"""Refuse a built site in which anything is false, broken, leaked or foreign.

    python -m sigref._docs.publish.check site [docs]

Looks at the files as a browser and a reader would get them, whichever engine built
them. Prints one line for each fault and exits with status 1 if there is one.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import sigref
from sigref._docs.html import Node, parse
from sigref._docs.page.current import read
from sigref._docs.page.scan import fences
from sigref._docs.publish import numbers, rules
from sigref._docs.publish.rules import CSS_ADDRESS, foreign_in_css

# The search index of MkDocs and ProperDocs, and that of Zensical, with its list.
SEARCH = {"search/search_index.json": "docs", "search.json": "items"}
BINARY = {".png", ".woff2", ".ico", ".inv", ".whl"}
# Paths of any building machine, and addresses of objects, which change at each run.
MACHINE = re.compile(
    r"(?<![\w.:/])/(?:home|Users|root|tmp)/\w[\w.-]*/|\b[A-Z]:\\+Users\\|"
    r"/site-packages/|\bat 0x[0-9a-f]{6,}"
)


@dataclass
class Document:
    """What the other pages and files of a site must agree with."""

    title: str
    description: str
    canonical: str
    ids: set[str]
    links: list[tuple[int, str]]
    faults: list[tuple[int, str]]
    source_faults: list[str]


def look_at(site: Path, docs: Path, path: Path) -> Document:
    """Return what is on a page, and what is wrong with it."""
    page = parse(path.read_text("utf-8"))
    nodes = [*page.all()]
    return Document(
        title=rules.title_of(page),
        description=rules.description_of(page),
        canonical=rules.linked(page, "canonical"),
        ids=rules.ids(page),
        links=[
            (node.line, address)
            for node in nodes
            for _, address in rules.addresses(node)
            if not urlsplit(address.strip()).scheme and address[:2] != "//"
        ],
        faults=[*rules.faults(page, content=path.name != "404.html")],
        source_faults=[*_source_faults(path, page, site, docs)],
    )


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
    documents = dict(
        zip(paths, apply(partial(look_at, site, docs), paths), strict=True)
    )
    if not documents:
        return [f"{site.name}: there are no pages"]
    faults = []
    for path, document in documents.items():
        own = [*document.faults, *_link_faults(path, documents, site)]
        name = path.relative_to(site).as_posix()
        faults += [f"{name}:{line}: {message}" for line, message in sorted(own)]
        faults += document.source_faults
    faults += _duplicates(documents, site)
    faults += _file_faults(site)
    faults += _index_faults(documents, site)
    known = set().union(*(document.ids for document in documents.values()))
    return faults + [
        f"sigref.{name} is public, but no page documents it"
        for name in sigref.__all__
        if f"sigref.{name}" not in known
    ]


def _link_faults(
    path: Path, documents: dict[Path, Document], site: Path
) -> Iterator[tuple[int, str]]:
    home = documents.get(site / "index.html")
    base = urlsplit(home.canonical).path if home else ""
    for line, address in documents[path].links:
        parts = urlsplit(address)
        name = unquote(parts.path)
        target = path.parent / name if name else path
        if name.startswith("/"):
            # The page for missing pages is served from any depth: it links from the
            # root. Any other link of that kind breaks in a sub-folder or from disk.
            if path.name != "404.html":
                yield line, f"link {address!r} depends on where the site is served"
            target = site / name.removeprefix(base or "/").lstrip("/")
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


def _source_of(path: Path, site: Path, docs: Path) -> Path | None:
    """Return the page that an HTML file was built from, None if there is none."""
    name = path.relative_to(site)
    folder = name.parent if name.stem == "index" else name.with_suffix("")
    candidates = [folder / "index.md", folder / "README.md"]
    if folder != Path("."):
        candidates.insert(0, folder.with_name(f"{folder.name}.md"))
    return next((p for p in candidates if (docs / p).is_file()), None)


def _source_faults(path: Path, page: Node, site: Path, docs: Path) -> Iterator[str]:
    """Each Python fence is a program on its page, and nothing else is one.

    And each number in a sentence is held by something.
    """
    source = _source_of(path, site, docs)
    programs = len([*page.all(name="program")])
    if not source:
        if programs:
            yield f"{path.relative_to(site)}: {programs} programs without a source"
        return
    lines = read(docs / source)
    expected = len(fences(lines)[0])
    if programs != expected:
        yield f"{source}: {expected} Python fences, but {programs} programs"
    for line, message in numbers.faults(page, "\n".join(lines)):
        yield f"{source}:{line}: {message}"


def _duplicates(documents: dict[Path, Document], site: Path) -> Iterator[str]:
    """Pages with the same title or description."""
    pages = {path: page for path, page in documents.items() if path.name != "404.html"}
    titles = Counter(page.title for page in pages.values())
    descriptions = Counter(page.description for page in pages.values())
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        if titles[page.title] > 1:
            yield f"{name}:1: another page has the title {page.title!r}"
        if page.description and descriptions[page.description] > 1:
            yield f"{name}:1: another page has the same description"


def _file_faults(site: Path) -> Iterator[str]:
    """Machine paths in any file; style sheets that request what is not here."""
    private = {str(Path.cwd()), str(Path.home()), sys.prefix, tempfile.gettempdir()}
    paths = "|".join(re.escape(name) for name in private if len(name) > 3)
    # Not in the middle of an address: a checkout may be called /docs.
    here = re.compile(rf"(?<![\w.:/-])(?:{paths})(?![\w-])|{MACHINE.pattern}")
    pyodide = site / "assets" / "python"  # has a home of its own in the browser
    for path in sorted(site.rglob("*")):
        if not path.is_file() or path.suffix in BINARY or pyodide in path.parents:
            continue
        data = path.read_bytes()
        content = gzip.decompress(data) if path.suffix == ".gz" else data
        text = content.decode("utf-8", "replace")
        name = path.relative_to(site).as_posix()
        for place in sorted({match[0] for match in here.finditer(text)}):
            yield f"{name}: contains {place!r} of the building machine"
        if path.suffix != ".css":
            continue
        if foreign := foreign_in_css(text):
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

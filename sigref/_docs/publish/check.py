"""Refuse a built site in which anything is false, broken, leaked or foreign.

    python -m sigref._docs.publish.check site [docs]

Looks at the files as a browser and a reader would get them, whichever engine built
them. Prints one line for each fault and exits with status 1 if there is one.
"""

import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sigref
from sigref._docs.html import Node, parse
from sigref._docs.page.current import read
from sigref._docs.page.scan import fences
from sigref._docs.publish import numbers, rules

# The search index of MkDocs and ProperDocs, and that of Zensical, with its list.
SEARCH = {"search/search_index.json": "docs", "search.json": "items"}
BINARY = {".gz", ".ico", ".inv", ".png", ".whl", ".woff2"}
# Paths of any building machine, and addresses of objects, which change at each run.
MACHINE = re.compile(
    r"(?<![\w.:/])/(?:home|Users|root|tmp)/\w[\w.-]*/|\b[A-Z]:\\+Users\\|"
    r"/site-packages/|\bat 0x[0-9a-f]{6,}"
)


def check(site: Path, docs: Path) -> list[str]:
    """Return the faults of the site, each with its file and line.

    It was built from the pages in `docs`, whose Python fences are counted.
    """
    site = site.resolve()
    files = sorted(site.rglob("*.html"))
    pages = {path: parse(path.read_text("utf-8")) for path in files}
    if not pages:
        return [f"{site.name}: there are no pages"]
    ids = {path: {""} for path in pages}
    for path, page in pages.items():
        ids[path] |= {node.attributes.get("id", "") for node in page.all()}
    own = [path for path in pages if path.name != "404.html"]
    titles = Counter(rules.title_of(pages[path]) for path in own)
    descriptions = Counter(rules.description_of(pages[path]) for path in own)
    home = pages.get(site / "index.html")
    root = urlsplit(rules.linked(home, "canonical") if home else "").path
    faults = []
    for path, page in pages.items():
        found = [*rules.faults(page, content=path in own)]
        found += _link_faults(path, page, ids, site, root or "/")
        title, description = rules.title_of(page), rules.description_of(page)
        if titles[title] > 1:
            found.append((1, f"another page has the title {title!r}"))
        if description and descriptions[description] > 1:
            found.append((1, "another page has the same description"))
        name = path.relative_to(site).as_posix()
        faults += [f"{name}:{line}: {message}" for line, message in sorted(found)]
        faults += _source_faults(path, page, site, docs)
    faults += _file_faults(site)
    faults += _index_faults(ids, site)
    known = set().union(*ids.values())
    return faults + [
        f"sigref.{name} is public, but no page documents it"
        for name in sigref.__all__
        if f"sigref.{name}" not in known
    ]


def _link_faults(
    path: Path, page: Node, ids: dict[Path, set[str]], site: Path, root: str
) -> Iterator[tuple[int, str]]:
    """Links within the site that lead nowhere; it is published at `root`."""
    links = [(n.line, a) for n in page.all() for _, a in rules.addresses(n)]
    for line, address in links:
        parts = urlsplit(address.strip())
        if parts.scheme or parts.netloc:
            continue
        name = unquote(parts.path)
        target = path.parent / name if name else path
        if name.startswith("/"):
            # The page for missing pages is served from any depth: it links from the
            # root. Any other link of that kind breaks in a sub-folder or from disk.
            if path.name != "404.html":
                yield line, f"link {address!r} depends on where the site is served"
            target = site / name.removeprefix(root).lstrip("/")
        if target.is_dir():
            target /= "index.html"
        target = target.resolve()
        if not target.is_file() or not target.is_relative_to(site):
            yield line, f"link {address!r} leads nowhere"
        # The theme itself takes the reader to __skip.
        elif target in ids and unquote(parts.fragment) not in ids[target] | {"__skip"}:
            yield line, f"link {address!r}: there is no such anchor"


def _source_faults(path: Path, page: Node, site: Path, docs: Path) -> Iterator[str]:
    """Each Python fence is a program on its page, and nothing else is one.

    And each number in a sentence is held by something.
    """
    name = path.relative_to(site)
    folder = name.parent if name.stem == "index" else name.with_suffix("")
    candidates = [Path(f"{folder}.md"), folder / "index.md", folder / "README.md"]
    sources = [source for source in candidates if (docs / source).is_file()]
    programs = len([*page.all(name="program")])
    if not sources:
        if programs:
            yield f"{name}: {programs} programs without a source"
        return
    lines = read(docs / sources[0])
    expected = len(fences(lines)[0])
    if programs != expected:
        yield f"{sources[0]}: {expected} Python fences, but {programs} programs"
    for line, message in numbers.faults(page, "\n".join(lines)):
        yield f"{sources[0]}:{line}: {message}"


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
        text = path.read_text("utf-8", "replace")
        name = path.relative_to(site).as_posix()
        for place in sorted({match[0] for match in here.finditer(text)}):
            yield f"{name}: contains {place!r} of the building machine"
        for address in rules.in_css(text) if path.suffix == ".css" else []:
            local = not urlsplit(address).scheme and not address.startswith(("/", "#"))
            if rules.foreign(address):
                yield f"{name}: requests the foreign address {address}"
            elif local and not (path.parent / urlsplit(address).path).is_file():
                yield f"{name}: requests {address!r}, which does not exist"


def _index_faults(ids: dict[Path, set[str]], site: Path) -> Iterator[str]:
    """Require that the search index leads to every page, and to no markup."""
    index = next((name for name in SEARCH if (site / name).exists()), None)
    if not index:
        yield "search index: there is none"
        return
    found = set()
    for entry in json.loads((site / index).read_text("utf-8"))[SEARCH[index]]:
        place, _, fragment = entry["location"].partition("#")
        target = site / place
        target = (target / "index.html" if target.is_dir() else target).resolve()
        found.add(target)
        if fragment not in ids.get(target, set()):
            yield f"search index: {entry['location']!r} leads nowhere"
        if "encoding=" in entry["text"] or "var(--fig" in entry["text"]:
            yield f"search index: markup in {entry['location']!r}"
    for path in ids:
        if path not in found and path.name != "404.html":
            yield f"search index: lacks {path.relative_to(site).as_posix()}"


def main() -> None:
    site = Path(sys.argv[1]).resolve()
    docs = Path(sys.argv[2] if len(sys.argv) > 2 else "docs")
    faults = check(site, docs)
    print("\n".join(faults), file=sys.stderr)
    count = len(list(site.rglob("*.html")))
    print(f"{site.name}: {count} pages, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()

"""The bibliography, made from what pages and facts cite.

A page cites a work as `[Glorot and Bengio 2010][s-glorot-2010]`, and anything else by its
address. The entries are in docs/data/sources.json; the line `<!-- bibliography -->`
becomes the list of those that are cited.
"""

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sigref.facts import CHAPTERS

SOURCES = Path(__file__).parents[3] / "docs/data/sources.json"
PAGE = "reference/bibliography.md"
MARK = "<!-- bibliography -->"
TOPICS = {
    "curve": "The curve, probability and statistics",
    "networks": "Neural networks",
    "neurons": "Neurons",
    "computing": "Mathematics and computing",
}
CITED = re.compile(r"\]\[s-([\w-]+)\]")
WEB = re.compile(r"(?<!!)\[([^]\[]+)\]\((https?://[^)\s]+)\)")
FENCE = re.compile(r"(?ms)^ *```.*?^ *```$")


def sources() -> dict[str, dict[str, str]]:
    """Return all entries: name, topic, text and perhaps an address, by key."""
    found: dict[str, dict[str, str]] = json.loads(SOURCES.read_text("utf-8"))
    return found


def references(folder: str) -> dict[str, tuple[str, str]]:
    """Addresses and titles that `[…][s-glorot-2010]` refers to on a page in `folder`."""
    page = posixpath.relpath(PAGE, folder or ".")
    return {
        f"s-{key}": (f"{page}#{key}", source["text"].replace("*", ""))
        for key, source in sources().items()
    }


def faults(lines: list[str]) -> list[tuple[int, str]]:
    """Return the lines that cite what there is not, and which."""
    known = sources()
    return [
        (number, f"cites {key!r}, which docs/data/sources.json does not have")
        for number, line in enumerate(lines, 1)
        for key in CITED.findall(line)
        if key not in known
    ]


def expand(lines: list[str], docs: Path) -> list[str]:
    """Return a page's lines, with the bibliography in the place of its mark."""
    if MARK not in lines:
        return lines
    at = lines.index(MARK)
    return [*lines[:at], *_bibliography(docs), *lines[at + 1 :]]


def _bibliography(docs: Path) -> Iterator[str]:
    works, web = cited(docs)
    known = sources()
    for topic, heading in TOPICS.items():
        yield from (f"## {heading}", "")
        for key, source in known.items():
            if source["topic"] == topic and key in works:
                link = f" <{source['url']}>" if "url" in source else ""
                yield from (f"### {source['name']} {{ #{key} }}", "")
                yield from ('<div class="work" markdown>', "")
                yield from (source["text"] + link, "", "</div>", "")
                yield from (f"Cited in: {', '.join(works[key])}.", "")
    yield from ("## Documentation, code and discussions", "")
    yield from ('<div class="work" markdown>', "")
    for address, (words, *places) in sorted(web.items()):
        host = urlsplit(address).netloc.removeprefix("www.")
        yield f"- [{words}]({address}) ({host}): {', '.join(places)}"
    yield from ("", "</div>")


def cited(docs: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return links to the places that cite, by the key of the work.

    And by each web address, after the words that lead there.
    """
    works: dict[str, list[str]] = defaultdict(list)
    web: dict[str, list[str]] = {}
    for path in sorted(docs.rglob("[!.]*.md")):  # editors leave hidden files
        name = path.relative_to(docs).as_posix()
        if name.startswith((".", "data/")) or name in (PAGE, "contributing.md"):
            continue
        text = FENCE.sub("", path.read_text("utf-8-sig"))
        title = re.search(r"(?m)^# (.+?)(?: \{.*)?$", text)
        place = f"[{title[1] if title else name}](../{name})"
        for key in dict.fromkeys(CITED.findall(text)):
            works[key].append(place)
        for words, address in dict.fromkeys(WEB.findall(text)):
            found = web.setdefault(address, [" ".join(words.split())])
            found += [place] if place not in found else []
    known = sources()
    for chapter in CHAPTERS:
        page = f"facts/{chapter.name.replace('_', '-')}.md"
        for fact in chapter.facts:
            for key, source in known.items():
                if _names(fact.source, source["name"]):
                    works[key].append(f"[fact {fact.id}]({page}#f-{fact.id})")
    return works, web


def _names(text: str, work: str) -> bool:
    """Whether `text` has the authors and the year of a name such as "Hill 1910"."""
    words = {*re.findall(r"\b[^\W\d_]{3,}|\d{4}", work)} - {"and"}
    return work[-4:].isdigit() and all(word in text for word in words)

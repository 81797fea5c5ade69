"""All that leans on what Material's files look like inside.

With a theme whose strings differ, the site still works: each change that is not made
is named, and what it does without it.
"""

import html
import json
import os
import re
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from sigref._docs.html import parse

INDEX = "search/search_index.json"

# In the theme's script: what is there, what it becomes, what readers have without it.
CHANGES = [
    (
        'location.protocol!=="file:"',
        "!1",
        "each page loads the index of the search, which weighs more than any page",
    ),
    (
        '("search.highlight")?',
        '("search.highlight")&&location.search?',
        "each page loads the index of the search, to mark words that nobody looked for",
    ),
    (
        '{name:"color-scheme"}',
        '{name:"unused"}',
        "the browser styles every element again when the theme's script starts",
    ),
    (
        '"table:not([class])"',
        '"table:not([class],.md-typeset__table>*)"',
        "tables get a second box to scroll in",
    ),
]
# The same in the worker that answers the search.
ANSWERS = [
    (
        "if(e=e.replace(",
        'if(e=e.replace(/[-+^~*]/g," ").replace(',
        "a pasted formula or error message is a syntax error, or excludes its own words",
    ),
    (
        ".map(r=>/(^[+-]|[~^]\\d+$)/.test(r)?r:`${r}*`)",
        # Whole words count most; of short words the beginning only while one types it.
        '.map((r,i,a)=>/(^[+-]|[~^]\\d+$)/.test(r)?r:!lunr.stopWordFilter(r.toLowerCase())?"":r.length<(i<a.length-1?4:2)?`${r}^4`:`${r}^4 ${r}*`)',
        "small words count, and rare words that begin alike count more than the word",
    ),
    (
        "e=e+s+o.id}return e}",
        # Else letter and number of one node run into those of the next: 1 23 or 12 3.
        'e=e+s+o.id+","}return e}',
        "a query with a digit in it may find nothing, because lunr confuses two nodes",
    ),
]
TABLE = re.compile("(?s)<table>.*?</table>")
CODE = re.compile("(?s)<pre.*?</pre>")
# Names, operators and the like have no colour, and are half of the elements of a page.
UNCOLOURED = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')


def adapt(site: Path) -> None:
    """Change the theme's scripts, put ours in front, and make its index a script."""
    early = (site / "assets" / "early.js").read_text("utf-8")
    for bundle in site.glob("assets/javascripts/bundle.*.js"):
        bundle.write_text(early + _changed(bundle, CHANGES), "utf-8")
    for worker in site.glob("assets/javascripts/workers/search.*.js"):
        worker.write_text(_changed(worker, ANSWERS), "utf-8")
    index = json.loads((site / INDEX).read_text("utf-8"))
    questions = site / "questions" / "index.html"
    if questions.exists():
        lead_questions(index, questions.read_text("utf-8"))
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    (site / INDEX).write_text(text, "utf-8")
    (site / INDEX).with_suffix(".js").write_text(f"var __index={text}\n", "utf-8")


def _changed(script: Path, changes: list[tuple[str, str, str]]) -> str:
    text = script.read_text("utf-8")
    for theirs, ours, without in changes:
        message = f"the theme has no {theirs!r} in its script: {without}"
        if text.count(theirs) == 1:
            text = text.replace(theirs, ours)
        elif os.environ.get("CI"):
            raise SystemExit(message)
        else:
            print(f"warning: {message}")
    return text


def lead_questions(index: dict[str, Any], page: str) -> None:
    """Let the words of each question lead to the places that its answer links to.

    The page Questions holds the words of those who ask, the others those of the subject.
    So its words go into the field `asked` of the others, and it does not stand between.
    """
    places = {
        entry["location"]: entry
        for entry in index["docs"]
        if not entry["location"].startswith("questions/#")
    }
    index["docs"] = [*places.values()]
    article = parse(page).first("article")
    parts = article.elements if article else []
    for number, heading in enumerate(parts):
        if heading.tag != "h3":
            continue
        answer = [*takewhile(lambda part: part.tag[0] != "h", parts[number + 1 :])]
        others = [p.text() for p in answer if p.text().startswith("Also asked")]
        words = "\n".join(["", heading.text().rstrip("¶"), *others])
        for link in (link for part in answer for link in part.all("a")):
            place = link.attributes["href"].removeprefix("../")
            for name in {place, place.partition("#")[0]} & places.keys():
                asked = places[name].get("asked", "")
                places[name]["asked"] = asked + html.escape(words)


def wrap_tables(page: str) -> str:
    """Return `page` with the boxes in which wide tables scroll, reachable by keyboard."""
    number = count(1)
    box = '<div class="md-typeset__scrollwrap" tabindex="0" role="region" aria-label='
    inner = '<div class="md-typeset__table">'
    return TABLE.sub(
        lambda table: f'{box}"Table {next(number)}">{inner}{table[0]}</div></div>', page
    )


def drop_uncoloured_spans(page: str) -> str:
    """Return `page` without the marks around words of code that have no colour."""
    return CODE.sub(lambda code: UNCOLOURED.sub(r"\1", code[0]), page)

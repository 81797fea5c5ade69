"""All that leans on what Material's files look like inside.

With a theme whose strings differ, the site still works: each change that is not made
is named, and what it does without it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

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
TABLE = re.compile("<table>.*?</table>", re.DOTALL)
# Names, operators and the like have no colour, and are half of the elements of a page.
UNCOLOURED = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')


def adapt(site: Path) -> None:
    """Change the theme's script, put ours in front, and make its index a script."""
    early = (site / "assets" / "early.js").read_text("utf-8")
    for bundle in site.glob("assets/javascripts/bundle.*.js"):
        text = bundle.read_text("utf-8")
        for theirs, ours, without in CHANGES:
            if text.count(theirs) == 1:
                text = text.replace(theirs, ours)
            else:
                _complain(f"the theme has no {theirs!r} in its script: {without}")
        bundle.write_text(early + text, "utf-8")
    index = json.loads((site / INDEX).read_text("utf-8"))
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    (site / INDEX).with_suffix(".js").write_text(f"var __index={text}\n", "utf-8")


def _complain(message: str) -> None:
    """Say what has changed; in CI end the build."""
    if os.environ.get("CI"):
        raise SystemExit(message)
    print(f"warning: {message}")


def wrap_tables(page: str) -> str:
    """Return `page` with the boxes in which wide tables scroll, reachable by keyboard."""
    number = 0

    def wrapped(table: re.Match[str]) -> str:
        nonlocal number
        number += 1
        return (
            f'<div class="md-typeset__scrollwrap" tabindex="0" role="region" '
            f'aria-label="Table {number}"><div class="md-typeset__table">{table[0]}'
            "</div></div>"
        )

    return TABLE.sub(wrapped, page)


def drop_uncoloured_spans(page: str) -> str:
    """Return `page` without the marks around words of code that have no colour."""
    return re.sub(
        "<pre.*?</pre>",
        lambda code: UNCOLOURED.sub(r"\1", code[0]),
        page,
        flags=re.DOTALL,
    )

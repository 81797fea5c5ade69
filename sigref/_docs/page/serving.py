"""A hook of `mkdocs serve` alone: render again what depends on a changed file.

`--dirty` renders the pages whose own text is newer than what was built. A page also
depends on the files that it includes and, if it names sigref, on the module; the
bibliography depends on all pages.
"""

import logging
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from sigref._docs.page import current, recorded, sources
from sigref._docs.page.programs import own_code


def on_startup(command: str, dirty: bool) -> None:
    """Say once what is rendered, instead of a warning at each change."""
    if dirty:
        current.log.warning(
            "Only changed pages are rendered. `make serve FULL=1` renders all, with "
            "search and navigation."
        )
        logging.getLogger("mkdocs.commands.build").addFilter(
            lambda record: "'dirty' build" not in record.getMessage()
        )


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Remove built pages that are older than what they depend on."""
    if current.serving():
        for file in files.documentation_pages():
            built = Path(file.abs_dest_path)
            if built.exists() and built.stat().st_mtime < _newest(file.abs_src_path):
                built.unlink()
    return files


def _newest(page: str | None) -> float:
    """Return when something that a page depends on was last changed."""
    lines = current.read(Path(page or ""))
    found = filter(None, map(current.INCLUDE.match, lines))
    needed = [Path(match["path"]) for match in found if match["path"]]
    if any(re.search(r"\bsigref\b", line) for line in lines):
        needed += own_code()
    if any(map(current.RECORDED.search, lines)):
        needed.append(recorded.file(sources.SOURCES.parents[1]))
    if sources.MARK in lines:
        needed += [sources.SOURCES, *sources.SOURCES.parents[1].rglob("*.md")]
    return max((path.stat().st_mtime for path in needed if path.is_file()), default=0)

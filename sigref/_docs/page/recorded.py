"""Programs that a build cannot run: what they printed when somebody ran them.

A fence with `recorded="torch"` names an environment. `make record`, which is
tests/measure/record.py, runs it there and keeps the output in docs/data/recorded.json
under the page's name. A page shows a record only if it is of this very program.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Record:
    """What one program did: where, when, with which versions, and its fingerprint."""

    program: str
    environment: str
    output: str
    error: str
    versions: dict[str, str]
    date: str
    cpu: str

    @property
    def stamp(self) -> str:
        """What the page says below the output."""
        versions = ", ".join(" ".join(pair) for pair in self.versions.items())
        return (
            f"Recorded, not run in this build: {versions}; {self.date}; CPU {self.cpu}."
        )


def fingerprint(environment: str, source: str) -> str:
    """Return what changes with each character of a program."""
    return hashlib.sha256(f"{environment}\n{source}".encode()).hexdigest()


def file(docs: Path) -> Path:
    """Return where the records of the pages in `docs` are."""
    return docs / "data" / "recorded.json"


def records(docs: Path) -> dict[str, list[Record]]:
    """Return the records of each page, by its path in `docs`."""
    if not file(docs).is_file():
        return {}
    pages = json.loads(file(docs).read_text("utf-8"))
    return {name: [Record(**each) for each in kept] for name, kept in pages.items()}


def orphans(docs: Path) -> list[str]:
    """Return a message for each page that has records and does not exist."""
    return [
        f"docs/data/recorded.json has records of {name}, which does not exist; {AGAIN}"
        for name in records(docs)
        if not (docs / name).is_file()
    ]


AGAIN = "run `make record`"

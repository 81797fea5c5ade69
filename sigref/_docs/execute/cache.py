"""Results of programs, kept from one build to the next while serving, and only there.

A program runs in an empty folder without input, so its result depends on its text, on
the interpreter, on the installed packages, on the project's own code and on the
environment. All of that is in the key; what has changed is not found.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Iterable
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

MONTH = 30 * 24 * 3600.0


class Cache:
    """A file for each result; all depend on the project's `code` and on `context`."""

    def __init__(self, folder: Path, code: Iterable[Path], context: list[Any]) -> None:
        packages = sorted(f"{d.name} {d.version}" for d in metadata.distributions())
        texts = [(str(path), path.read_text("utf-8")) for path in sorted(code)]
        machine = [sys.version, platform.platform()]
        self.context = _digest([machine, packages, texts, context])
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.stat().st_mtime < time.time() - MONTH:
                path.unlink(missing_ok=True)

    def _path(self, program: dict[str, Any]) -> Path:
        return self.folder / f"{_digest([self.context, program])}.json"

    def load(self, program: dict[str, Any]) -> Any:
        """Return what was stored for `program`, None if there is nothing readable."""
        try:
            return json.loads(self._path(program).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def store(self, program: dict[str, Any], result: dict[str, Any]) -> None:
        """Keep a result; a reader finds all of it or nothing."""
        path = self._path(program)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(result), "utf-8")
        draft.replace(path)


def _digest(value: list[Any]) -> str:
    return sha256(json.dumps(value).encode()).hexdigest()

"""Results of programs, kept from one build to the next while serving, and only there.

A program runs in an empty folder without input, so its result depends on its text, on
the interpreter, on the installed packages, on the project's own code and on the
environment. All of that is in the key; what has changed is not found.
"""

from __future__ import annotations

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


def fingerprint(code: Iterable[Path]) -> str:
    """Return a digest of the interpreter, the packages and the project's own files."""
    digest = sha256(f"{sys.version}\0{platform.platform()}".encode())
    installed = sorted(f"{d.name} {d.version}" for d in metadata.distributions())
    digest.update("\0".join(installed).encode())
    for path in sorted(code):
        digest.update(f"\0{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


class Cache:
    """A file for each result; `context` is what all of them depend on."""

    def __init__(self, folder: Path, context: list[Any]) -> None:
        self.folder, self.context = folder, context
        for path in folder.glob("*.json"):
            if path.stat().st_mtime < time.time() - MONTH:
                path.unlink(missing_ok=True)

    def _path(self, program: list[Any]) -> Path:
        key = json.dumps([self.context, program], sort_keys=True)
        return self.folder / f"{sha256(key.encode()).hexdigest()}.json"

    def load(self, program: list[Any]) -> Any:
        """Return what was stored for `program`, None if there is nothing readable."""
        path = self._path(program)
        try:
            result = json.loads(path.read_text("utf-8"))
            os.utime(path)
        except (OSError, ValueError):
            return None
        return result

    def store(self, program: list[Any], result: Any) -> None:
        """Keep a result; a reader finds all of it or nothing."""
        path = self._path(program)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(result), "utf-8")
        draft.replace(path)

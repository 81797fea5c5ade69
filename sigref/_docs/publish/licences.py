"""The licences of what runs programs in the page: they go where it goes."""

from __future__ import annotations

import re
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any


def licences(pin: dict[str, Any], place: Path) -> str:
    """Return the licence texts of all that is published."""
    version = pin["pyodide"]
    parts = {
        f"Pyodide {version}, under the Mozilla Public License 2.0. Its source, with that "
        f"of what is compiled into it: github.com/pyodide/pyodide, tag {version}": _text(
            "pathspec", "Mozilla Public License Version 2.0"
        ),
        "The standard library of Python": _text(
            "typing_extensions", "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2"
        ),
    }
    for wheel in sorted(place.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            names = re.findall(
                r"^\S*(?:LICEN[CS]E|COPYING|NOTICE)[^/\n]*$",
                "\n".join(archive.namelist()),
                re.MULTILINE,
            )
            if not names:
                raise SystemExit(f"{wheel.name} holds no licence")
            text = "\n\n".join(archive.read(n).decode("utf-8") for n in sorted(names))
            parts["-".join(wheel.name.split("-")[:2])] = text
    rule = "=" * 80
    return "\n\n".join(f"{rule}\n{name}\n{rule}\n\n{parts[name]}" for name in parts)


def _text(package: str, title: str) -> str:
    """Return the text of a licence that an installed package is under as well."""
    for file in metadata.files(package) or []:
        if "LICENSE" in file.name and title in (text := file.read_text("utf-8")):
            return text
    raise SystemExit(f"the licence of {package} is no longer {title!r}")

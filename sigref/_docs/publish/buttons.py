"""Give each program that a browser can run its Run button, and publish what runs it.

Without what `make runtime` makes, no program has a button, and nothing is published.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from sigref._docs.execute import figure
from sigref._docs.publish import runtime

PROGRAM = re.compile(r'<div class="program"(?P<given>[^>]*)>')
LISTING = re.compile(
    r'<div class="language-python[^>]*>.*?<code>(?P<code>.*?)</code>', re.DOTALL
)
PRINTED = re.compile(r' data-printed="([^"]*)"')
# What a browser cannot do, though the module is there.
IMPOSSIBLE = {"concurrent", "ctypes", "multiprocessing", "socket", "sqlite3", "ssl"}
IMPOSSIBLE |= {"subprocess", "threading", "tkinter", "_thread"}

Harness = dict[str, Any]


def publish(site: Path, pages: dict[Path, str]) -> None:
    """Put the runtime into the site, and mark in `pages` the programs that it runs."""
    home = site / "assets" / "python"
    pin = json.loads(runtime.PIN.read_text("utf-8"))
    made = runtime.packed(pin)
    if not (made / "licences.txt").is_file():
        shutil.rmtree(home, ignore_errors=True)
        for path, page in pages.items():
            pages[path] = PRINTED.sub("", page)
        return
    harness: Harness = {"__name__": "harness"}
    exec((home / "harness.py").read_text("utf-8"), harness)  # noqa: S102 - our own
    files = home / "files"
    shutil.copytree(made, files)
    for name in ("harness.py", "worker.mjs"):
        (home / name).rename(files / name)
    shutil.copyfile(str(figure.__file__), files / "figure.py")
    _add_sigref(files)
    lock = write_lock(pin, files)
    (files / "printed").mkdir()
    for path, page in pages.items():
        pages[path] = with_buttons(page, lock, harness, files / "printed")
    # A name for these bytes: a browser that kept others does not mix them.
    digest = hashlib.sha256()
    for file in sorted(files.rglob("*.*")):
        digest.update(file.name.encode() + file.read_bytes())
    name = digest.hexdigest()[:12]
    files.rename(home / name)
    script = (home / "run.js").read_text("utf-8")
    (home / "run.js").write_text(_replaced(script, '"./"', f'"./{name}/"'), "utf-8")


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise SystemExit(f"{old!r} is not there once")
    return text.replace(old, new)


def _add_sigref(files: Path) -> None:
    """Build the package as `make package` does: its source, which facts show."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(
        [*command, "--directory", str(files)], check=True, capture_output=True
    )


def write_lock(pin: dict[str, Any], files: Path) -> dict[str, Any]:
    """Write the list of packages that Pyodide reads, with the size of each file."""
    packages = {}
    for wheel in sorted(files.glob("*.whl")):
        project, version = wheel.name.split("-")[:2]
        name = project.replace("_", "-")
        packages[name] = {
            "name": name,
            "version": version,
            "file_name": wheel.name,
            "install_dir": "site",
            "package_type": "package",
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "imports": [],
            "depends": runtime.DEPENDS[name],
            "unvendored_tests": False,
        }
    sizes = {file.name: _size(file) for file in sorted(files.glob("*.*"))}
    lock = {"info": pin["info"] | {"sizes": sizes}, "packages": packages}
    (files / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    return lock


def _size(file: Path) -> int:
    """Return the bytes that come over the network: hosts compress scripts alone."""
    data = file.read_bytes()
    return len(gzip.compress(data)) if file.suffix == ".mjs" else len(data)


def with_buttons(
    page: str, lock: dict[str, Any], harness: Harness, printed: Path
) -> str:
    """Return `page` with a mark on each program that has a button.

    The mark is `data-run`: how many MB it fetches, and the packages. What a program
    printed as Markdown goes into a file, with which its run is compared.
    """
    starts = [match.start() for match in PROGRAM.finditer(page)]
    parts = [page[: starts[0]]] if starts else [page]
    for start, end in pairwise([*starts, len(page)]):
        part = page[start:end]
        listing = LISTING.search(part)
        given = PROGRAM.match(part)["given"]  # type: ignore[index]
        source = html.unescape(
            re.sub(r"<[^>]*>", "", listing["code"] if listing else "")
        )
        marks = ""
        if " data-off" not in given and runnable(harness["imports"](source), lock):
            packages = harness["packages"](source)
            marks = f' data-run="{megabytes(packages, lock):.1f} {" ".join(packages)}"'
            if text := PRINTED.search(given):
                content = html.unescape(text[1])
                name = hashlib.sha256(content.encode()).hexdigest()[:12]
                (printed / f"{name}.txt").write_text(content, "utf-8")
                marks += f' data-printed="{name}"'
        given = PRINTED.sub("", given).replace(" data-off", "")
        parts.append(PROGRAM.sub(f'<div class="program"{given}{marks}>', part, count=1))
    return "".join(parts)


def runnable(imports: Iterable[str], lock: dict[str, Any]) -> bool:
    """Whether all that a program imports is in the browser, and works there."""
    roots = {name.partition(".")[0] for name in imports}
    return roots <= {*sys.stdlib_module_names, *lock["packages"]} - IMPOSSIBLE


def megabytes(packages: list[str], lock: dict[str, Any]) -> float:
    """Return what a browser that has nothing yet fetches for these packages."""
    needed = list(packages)
    for name in needed:
        needed += [n for n in lock["packages"][name]["depends"] if n not in needed]
    sizes = lock["info"]["sizes"]
    core = [runtime.published(name) for name in runtime.CORE]
    wheels = [lock["packages"][name]["file_name"] for name in needed]
    return sum(sizes[name] for name in [*core, *wheels]) / 1e6

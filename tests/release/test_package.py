"""What is published: the wheel, the source archive, the public API of a release."""

import email
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import griffe
import pytest
import sigref
from built import PLAIN, ROOT, copy_sources


def package(root: Path, **environment: str) -> dict[str, bytes]:
    """Copy the sources to `root`, build there; the files by their names."""
    copy_sources(root)
    command = [sys.executable, "-m", "hatchling", "build", "--directory", "dist"]
    fixed = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(
        command, cwd=root, check=True, capture_output=True, env=fixed | environment
    )
    return {path.name: path.read_bytes() for path in (root / "dist").iterdir()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    package(folder / "source")
    return folder / "source" / "dist"


@pytest.fixture(scope="module")
def wheel(folder):
    return next(folder.glob("*.whl"))


def test_packages_built_elsewhere_have_the_same_bytes(folder, tmp_path):
    before = os.umask(0o077)
    try:
        again = package(
            tmp_path / "another place",
            PYTHONHASHSEED="4242",
            TZ="Asia/Kathmandu",
            LC_ALL=PLAIN,
            USER="somebody",
            HOME=str(tmp_path),
        )
    finally:
        os.umask(before)
    assert len(again) == 2
    assert again == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_wheel_holds_the_module_and_nothing_of_the_site(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sigref").rglob("*")
        if path.is_file() and not {"_docs", "__pycache__"} & {*path.parts}
    }
    assert "sigref/py.typed" in sources
    assert {name for name in names if ".dist-info/" not in name} == sources
    assert sum(name.endswith("/licenses/LICENSE") for name in names) == 1


def test_wheel_needs_numpy_alone(wheel):
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
    metadata = email.message_from_bytes(archive.read(name))
    required = metadata.get_all("Requires-Dist")
    assert [line for line in required if "extra ==" not in line] == ["numpy>=2"]
    assert metadata["Version"] == sigref.__version__


def test_wheel_works_where_the_sources_are_not(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = "import sigref; print(sigref.__file__, sigref.sigmoid(0.0))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [str(tmp_path / "sigref" / "__init__.py"), "0.5"]


def test_wheel_from_the_source_archive_is_the_same(folder, wheel, tmp_path):
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    root = tmp_path / archive.name.removesuffix(".tar.gz")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel"],
        cwd=root,
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
    )
    assert (root / "dist" / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_pip_that_python_brings_installs_the_wheel(wheel, tmp_path):
    """Without the network; this Python may be old, and its pip with it."""
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--no-index", "--no-deps", wheel],
        check=True,
        capture_output=True,
    )
    find = "import importlib.util as u; print(u.find_spec('sigref').origin)"
    done = subprocess.run(
        [python, "-P", "-c", find],
        check=True,
        capture_output=True,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    )
    assert str(tmp_path / "venv") in done.stdout


def test_citation_names_the_version():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {sigref.__version__}\n" in citation


# --- The public API since the last release --------------------------------------


def breaks(repository: Path) -> list[str]:
    """What a user of the last release would find broken; a new major version may.

    Before 1.0, a new minor version may.
    """
    described = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"],
        cwd=repository,
        check=False,
        capture_output=True,
        text=True,
    )
    if described.returncode:
        return []  # nothing was released yet
    tag = described.stdout.strip()
    source = (repository / "sigref" / "__init__.py").read_text("utf-8")
    version = re.search(r'__version__ = "(.+)"', source)[1]
    if series(version) != series(tag.removeprefix("v")):
        return []
    old = griffe.load_git("sigref", ref=tag, repo=repository)
    new = griffe.load("sigref", search_paths=[repository], try_relative_path=False)
    return [f"{fault.kind.value}: {fault.obj.path}" for fault in difference(old, new)]


def difference(old: griffe.Object, new: griffe.Object) -> list[griffe.Breakage]:
    """Only what is public: `_docs` and `_kernels` may change."""
    return [
        fault
        for fault in griffe.find_breaking_changes(old, new)
        if not re.search(r"\._[a-z]", fault.obj.path)
    ]


def series(version: str) -> list[str]:
    """The part of a version within which nothing may break."""
    major, minor, *_ = version.split(".")
    return [major] if major != "0" else [major, minor]


def test_nothing_is_broken_since_the_last_release():
    assert breaks(ROOT) == []


@pytest.mark.parametrize(
    ("version", "old", "new", "found"),
    [
        ("0.1.0", "", "", []),
        ("0.1.0", "", ", z=0", []),
        ("0.1.0", ", z=0", "", ["Parameter was removed: sigref.functions.f"]),
        ("0.1.9", ", z=0", ", z", ["Parameter is now required: sigref.functions.f"]),
        ("0.2.0", ", z=0", "", []),
        ("untagged", ", z=0", "", []),
    ],
)
def test_broken_api_is_noticed(version, old, new, found, tmp_path):
    (tmp_path / "sigref").mkdir()
    current = version.replace("untagged", "0.1.0")

    def write(number: str, parameters: str) -> None:
        (tmp_path / "sigref" / "__init__.py").write_text(
            "from sigref.functions import f\n"
            f'__all__ = ["f"]\n__version__ = "{number}"\n'
        )
        (tmp_path / "sigref" / "functions.py").write_text(
            f"def f(x{parameters}): ...\ndef _g(x{parameters}): ...\n"
        )

    write("0.1.0", old)
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in [
        "init",
        "add .",
        "commit -m a",
        *["tag v0.1.0"] * (version != "untagged"),
    ]:
        subprocess.run(
            ["git", *identity, *command.split()],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    write(current, new)
    assert breaks(tmp_path) == found

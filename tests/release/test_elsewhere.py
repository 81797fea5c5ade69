"""The site is the same, built elsewhere and with a new interpreter for each program."""

import os
import subprocess
import sys
from pathlib import Path

from built import PLAIN, ROOT, build, copy_sources

ALONE = {"SIGREF_FORK": "0"}  # each program starts an interpreter, as on macOS
PARENT = """\
import os
from sigref._docs.execute.run import Program
from sigref._docs.page.fence import runner
parent = runner.run(Program("import os; print(os.getppid())")).stdout
print(int(parent) == os.getpid())
"""


def test_programs_can_be_run_without_the_fork_server():
    """Or the next test would compare two builds that are made in the same way."""

    def is_parent(**environment: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", PARENT],
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    assert (is_parent(), is_parent(**ALONE)) == ("False\n", "True\n")


def test_a_build_elsewhere_gives_the_same_bytes(site, tmp_path):
    root = tmp_path / "another pläce σ"
    copy_sources(root)
    if (made := ROOT / "build" / "runtime").is_dir():  # by `make runtime`
        (root / "build").mkdir()
        (root / "build" / "runtime").symlink_to(made)
    build(
        root,
        tmp_path / "site",
        PYTHONHASHSEED="4242",
        TZ="Asia/Kathmandu",
        LANG=PLAIN,
        LC_ALL=PLAIN,
        USER="somebody",
        HOME=str(tmp_path),
        COLUMNS="40",
        # Nobody answers there: the build needs no network.
        HTTP_PROXY="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
        **ALONE,
    )
    assert different(contents(site), contents(tmp_path / "site")) == []


def contents(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file()
    }


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(
        name for name in one.keys() | other.keys() if one.get(name) != other.get(name)
    )


def test_a_differing_file_is_named():
    assert different({"a": b"1", "b": b"2", "c": b""}, {"a": b"1", "b": b"3"}) == [
        *("b", "c")
    ]

"""What goes wrong on a maintainer's machine ends with a clear message, or works.

The site that was there before is never left half overwritten: `make site` builds beside
it. Where the real site is not the point, a tiny one stands in for it.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from built import ROOT
from tiny_site import forking_mkdocs, write_site

PAGE = """# Page

$x^2$

=== "Tab"

    ```python exec="on" alt="A line"
    import matplotlib.pyplot as plt

    plt.plot([0, 1])
    print("σ")
    ```

--8<-- "part.txt"
"""
pytestmark = pytest.mark.slow
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
UNIX = pytest.mark.skipif(os.name != "posix", reason="needs make and a shell")


@pytest.fixture(scope="module")
def forked():
    with forking_mkdocs() as run:
        yield run


def page(folder: Path) -> str:
    return (folder / "site" / "index.html").read_text("utf-8")


# --- The old site survives ------------------------------------------------------

STEPS = [
    "mkdocs build",
    "sigref._docs.publish.finish",
    "sigref._docs.publish.check",
    "tests.measure.peers",
]


@pytest.fixture
def checkout(tmp_path):
    """A folder with the Makefile, an old site, and tools that obey `fails` and `waits`.

    The tools are stubs; the steps, their order and the swap are those of the Makefile.
    A shell that waits for a child would survive the Ctrl-C that comes as the child ends.
    """
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    (tmp_path / ".venv").mkdir()
    for environment in ("serve", "all"):  # as if it had been installed just now
        (tmp_path / ".venv" / environment).touch()
    (tmp_path / "bin").mkdir()
    for tool in ("mkdocs", "python"):
        path = tmp_path / "bin" / tool
        path.write_text(
            "#!/bin/sh\n"
            'case "$0 $*" in\n'
            "*mkdocs*build*) rm -rf build/site; mkdir -p build/site\n"
            "  echo half > build/site/index.html ;;\n"
            "*check*) echo whole > build/site/index.html ;;\n"
            "esac\n"
            'case "$0 $*" in *"$WAITS"*) : > waiting; exec sleep 60 ;; esac\n'
            'case "$0 $*" in *"$FAILS"*) echo "stub failed" >&2; exit 1 ;; esac\n'
        )
        path.chmod(0o755)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("old\n")
    return tmp_path


@pytest.fixture
def interruptible():
    """Let children obey Ctrl-C, also where these tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def make(folder: Path, *, waits: str = "never", fails: str = "never"):
    return subprocess.Popen(
        ["make", "--silent", "site", "BIN=bin"],
        cwd=folder,
        env={**os.environ, "WAITS": waits, "FAILS": fails},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@UNIX
def test_site_is_replaced_when_it_is_complete(checkout):
    process = make(checkout)
    assert (process.communicate()[0], process.returncode) == ("", 0)
    assert page(checkout) == "whole\n"
    assert [path.name for path in (checkout / "build").iterdir()] == []


@UNIX
@pytest.mark.parametrize("step", STEPS)
def test_site_is_kept_when_a_step_fails(step, checkout):
    process = make(checkout, fails=step)
    assert "stub failed" in process.communicate()[0]
    assert process.returncode != 0
    assert page(checkout) == "old\n"


@UNIX
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("step", STEPS)
def test_site_is_kept_when_ctrl_c_ends_a_step(step, checkout):
    process = make(checkout, waits=step)
    end = time.monotonic() + 60
    while not (checkout / "waiting").exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode != 0
    assert page(checkout) == "old\n"


@LINUX
@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_a_build_and_the_programs_it_runs(tmp_path):
    source = (
        "import os, time\n"
        f'open({str(tmp_path / "pid")!r}, "w").write(f"{{os.getpid()}}\\n")\n'
        "time.sleep(60)"
    )
    write_site(tmp_path, {"index.md": f'```python exec="on"\n{source}\n```\n'})
    process = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "build", "-q"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    end = time.monotonic() + 60
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < end
        time.sleep(0.02)
    program = Path("/proc", (tmp_path / "pid").read_text().strip())
    assert program.exists()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode != 0
    while runs(program):
        assert time.monotonic() < end
        time.sleep(0.02)


def runs(process: Path) -> bool:
    """Whether a process has not ended; one that has may still wait for its new parent."""
    try:
        return ") Z " not in (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


# --- The machine ----------------------------------------------------------------


def obey_permissions() -> None:
    """Let even root be refused: without CAP_DAC_OVERRIDE it is a user like others."""
    prctl_capbset_drop, cap_dac_override = 24, 1
    ctypes.CDLL(None).prctl(prctl_capbset_drop, cap_dac_override)


@LINUX
@pytest.mark.parametrize("place", ["inside", "outside"])
def test_read_only_checkout(place, tmp_path):
    root = tmp_path / "checkout"
    root.mkdir()
    write_site(root, {"index.md": PAGE})
    (root / "part.txt").write_text("Part.\n")
    site = root / "site" if place == "inside" else tmp_path / "site"
    root.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(site)],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=obey_permissions,
    )
    root.chmod(0o755)
    last = done.stderr.splitlines()[-1:]
    if place == "inside":
        assert last == [f"PermissionError: [Errno 13] Permission denied: {str(site)!r}"]
        assert done.returncode == 1
    else:
        assert (last, done.returncode) == ([], 0)
        assert "σ" in (site / "index.html").read_text("utf-8")


def test_without_matplotlib_the_functions_work_and_plotting_says_what_it_needs(
    tmp_path,
):
    (tmp_path / "matplotlib.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'matplotlib'\")"
    )
    program = "import sigref; print(sigref.sigmoid(0.0)); import sigref.plotting"
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
    )
    assert done.stdout == "0.5\n"
    assert done.stderr.endswith("No module named 'matplotlib'\n")


@UNIX
@pytest.mark.parametrize(
    ("ci", "code", "word"), [("", 0, "skipped"), ("true", 1, "error")]
)
def test_missing_browser_is_forgiven_on_a_laptop_and_fails_in_ci(
    ci, code, word, tmp_path
):
    (tmp_path / "test_it.py").write_text(
        "from conftest import chromium, playwright\n"
        "def test_it(chromium):\n    chromium.version\n"
    )
    tests = ROOT / "tests"
    path = f"pythonpath={tests / 'browser'} {tests}"
    options = ["-o", path, f"--rootdir={tmp_path}", "."]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PATH": "",
            "CI": ci,
            "PLAYWRIGHT_BROWSERS_PATH": "/nowhere",
        },
    )
    assert done.returncode == code, done.stdout
    assert f"1 {word}" in done.stdout


# --- The checkout ---------------------------------------------------------------


def test_path_with_spaces_and_other_letters(tmp_path, forked):
    for root in (tmp_path / "plain", tmp_path / "a folder, ä σ 'quoted'"):
        root.mkdir()
        write_site(root, {"index.md": PAGE})
        (root / "part.txt").write_text("Part.\n")
        assert forked(root, "build", "-q", "--strict") == (0, "")
    assert page(root) == page(tmp_path / "plain")


def test_windows_line_ends_give_the_same_page(tmp_path, forked):
    for root, end in ((tmp_path / "lf", "\n"), (tmp_path / "crlf", "\r\n")):
        root.mkdir()
        write_site(root, {"index.md": PAGE})
        for path in (
            root / "part.txt",
            root / "docs" / "index.md",
            root / "mkdocs.yml",
        ):
            text = path.read_text("utf-8") if path.exists() else "Part.\n"
            path.write_bytes(text.replace("\n", end).encode())
        assert forked(root, "build", "-q", "--strict") == (0, "")
    assert b"\r\n" in (root / "docs" / "index.md").read_bytes()
    assert page(root) == page(tmp_path / "lf")


def test_windows_checkout_has_the_line_ends_of_the_repository(tmp_path):
    """Or downloads, and the hashes of programs in the record, would differ."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    shutil.copy(ROOT / ".gitattributes", origin)
    (origin / "a.py").write_bytes(b"x = 1\n")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in ("init --quiet", "add .", "commit --quiet -m a"):
        subprocess.run([*git, *command.split()], cwd=origin, check=True)
    windows = ["git", "clone", "--quiet", "-c", "core.autocrlf=true"]
    subprocess.run([*windows, str(origin), str(clone)], check=True)
    assert (clone / "a.py").read_bytes() == b"x = 1\n"

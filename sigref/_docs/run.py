"""Run one program as `python -W error program.py` would, and report what it did.

Each program gets a process of its own, so nothing leaks between programs: no
names, figures, rcParams, print options, error states, environment or working
directory. Importing NumPy and Matplotlib anew for each would take most of a
second; therefore a server process imports them once and forks for each program.
Where there is no fork (Windows), every program starts a new interpreter.

This file runs as a script in the server and must not import sigref: edits of the
library are then seen by the next program without a restart.
"""

from __future__ import annotations

import ast
import atexit
import functools
import gc
import json
import linecache
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import types
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

TIMEOUT = 30.0
"""Seconds a program may take unless its fence says otherwise."""

# Threads of BLAS would make results depend on the number of cores.
ENVIRONMENT = {"MPLBACKEND": "agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class ProgramError(Exception):
    """A program did something that the page would not show truthfully."""


@dataclass(frozen=True)
class Result:
    """What a program left behind.

    Attributes
    ----------
    stdout
        Everything that it and its children wrote to standard output.
    exception
        The last line of the traceback, `""` if it ended normally.
    figures
        The figures it left open, as Matplotlib's own SVG.
    """

    stdout: str
    exception: str = ""
    figures: list[str] = field(default_factory=list)


def run(
    source: str,
    *,
    filename: str = "program.py",
    line: int = 1,
    raises: str = "",
    timeout: float = TIMEOUT,
    salt: str = "",
    style: dict[str, Any] | None = None,
) -> Result:
    """Execute `source` in a fresh process and return what it printed and drew.

    Parameters
    ----------
    source
        A complete program.
    filename, line
        Where its first line stands, for tracebacks.
    raises
        Name of the exception that must end the program; `""` if none may.
    timeout
        Seconds until the program is ended.
    salt
        Makes the ids in its figures reproducible and different from others.
    style
        Matplotlib rcParams set before the program starts.

    Raises
    ------
    ProgramError
        The program raised (or did not raise what it declares), warned, wrote to
        standard error, ended its own process, took too long, or imports a
        package that sigref does not declare.
    """
    try:
        undeclared = sorted(_imports(source) - _importable())
    except SyntaxError as error:
        error.filename, error.lineno = filename, (error.lineno or 1) + line - 1
        raise ProgramError("".join(traceback.format_exception_only(error))) from None
    if undeclared:
        raise ProgramError(
            f"imports {', '.join(undeclared)}, which is neither in the standard "
            "library nor among the dependencies that pyproject.toml declares"
        )
    with tempfile.TemporaryDirectory(prefix="program-") as folder:
        scratch = Path(folder)
        (scratch / "cwd").mkdir()
        request = {
            "source": source,
            "filename": filename,
            "line": line,
            "timeout": timeout,
            "salt": salt,
            "style": style or {},
            "folder": folder,
        }
        status = _execute(request)
        stdout = (scratch / "stdout").read_text("utf-8", errors="surrogateescape")
        stderr = (scratch / "stderr").read_text("utf-8", errors="surrogateescape")
        try:
            outcome = json.loads((scratch / "outcome").read_text("utf-8"))
        except (OSError, ValueError):
            outcome = None

    if status == "timeout":
        raise ProgramError(f"did not end within its time limit of {timeout:g} s")
    if outcome is None:
        raise ProgramError(
            f"ended its own process before its last line (exit status {status})"
            + (f":\n{stderr}" if stderr else "")
        )
    if outcome["type"] != raises:
        if not outcome["type"]:
            raise ProgramError(f"declares that it raises {raises}, but nothing raised")
        expected = f"{raises} was declared, but it " if raises else ""
        raise ProgramError(f"{expected}raised:\n{outcome['traceback']}")
    if stderr or status:
        raise ProgramError(
            f"wrote to standard error, which the page would not show:\n{stderr}"
            if stderr
            else f"failed after its last line with exit status {status}"
        )
    if bad := re.search(r"[^\n\t\x20-\x7e\xa0-\U0010ffff]|[\udc80-\udcff]", stdout):
        raise ProgramError(f"printed the control character {bad[0]!r}")
    return Result(stdout, outcome["exception"], outcome["figures"])


def _imports(source: str) -> set[str]:
    """Top-level names of all modules that the program's import statements name."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or ".")
    return {name.partition(".")[0] for name in names}


@functools.cache
def _importable() -> set[str]:
    """Modules of the standard library and of what sigref itself declares."""
    declared = {
        re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")
        for requirement in metadata.requires("sigref") or ()
        if not re.search(r"extra == ['\"]test['\"]", requirement)
    }
    return {*sys.stdlib_module_names, "sigref"} | {
        module
        for module, distributions in metadata.packages_distributions().items()
        if any(name.lower().replace("_", "-") in declared for name in distributions)
    }


def _execute(request: dict[str, Any]) -> int | str:
    """Have the request's program run; its exit status, or "timeout"."""
    line = json.dumps(request)
    if not hasattr(os, "fork"):
        process = subprocess.Popen([*_COMMAND, line], env={**os.environ, **ENVIRONMENT})
        try:
            return process.wait(request["timeout"])
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return "timeout"
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(line + "\n")
    server.stdin.flush()
    answer = server.stdout.readline()
    if not answer:
        _server.cache_clear()
        raise ProgramError("ended the process that runs programs")
    status: int | str = json.loads(answer)
    return status


# -P: no folder of the project may shadow or stand in for a dependency.
_COMMAND = [sys.executable, "-P", "-X", "utf8", "-W", "error", __file__]


@functools.cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, **ENVIRONMENT},
    )

    def stop() -> None:
        server.communicate()  # closing its input ends it

    atexit.register(stop)
    return server


# --- The rest runs in the server and its children. ---


def _serve() -> None:
    """Fork a child for each request on standard input; answer how it ended."""
    import matplotlib.pyplot  # noqa: F401

    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            _child(request)
            return  # and through the interpreter's normal end
        print(json.dumps(_wait(child, request["timeout"])), flush=True)


def _wait(child: int, timeout: float) -> int | str:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def _child(request: dict[str, Any]) -> None:
    """Become the program: its files, its `__main__`, its own process group."""
    if hasattr(os, "setsid"):
        os.setsid()
    folder = Path(request["folder"])
    for descriptor, path, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, folder / "stdout", os.O_WRONLY | os.O_CREAT),
        (2, folder / "stderr", os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(path, mode, 0o600), descriptor)
    os.chdir(folder / "cwd")

    filename, source = request["filename"], request["source"]
    padded = "\n" * (request["line"] - 1) + source
    linecache.cache[filename] = len(padded), None, padded.splitlines(True), filename
    main = types.ModuleType("__main__")
    main.__file__ = filename
    sys.modules["__main__"] = main
    sys.argv = [filename]

    import matplotlib

    matplotlib.rcParams.update(request["style"])
    outcome: dict[str, Any] = {"type": "", "exception": "", "traceback": ""}
    try:
        code = compile(padded, filename, "exec", dont_inherit=True)
        exec(code, main.__dict__)  # noqa: S102 - running programs is the purpose
        outcome["figures"] = _figures(request["salt"])
    except BaseException as error:  # noqa: BLE001 - whatever ended the program
        if error.__traceback__ is not None:  # without the frame of this function
            error.__traceback__ = error.__traceback__.tb_next
        outcome["type"] = type(error).__name__
        outcome["exception"] = "".join(traceback.format_exception_only(error)).rstrip()
        outcome["traceback"] = "".join(traceback.format_exception(error))
        outcome["figures"] = []
    sys.stdout.flush()
    (folder / "outcome").write_text(json.dumps(outcome), "utf-8")


def _figures(salt: str) -> list[str]:
    """Every figure that pyplot holds open, oldest first, as SVG without a date."""
    import io

    import matplotlib.pyplot as plt

    drawn = []
    for number in plt.get_fignums():
        buffer = io.StringIO()
        with plt.rc_context(
            {"svg.hashsalt": f"{salt}-{number}", "svg.fonttype": "none"}
        ):
            plt.figure(number).savefig(
                buffer,
                format="svg",
                transparent=True,
                metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")),
            )
        drawn.append(buffer.getvalue())
    return drawn


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _child(json.loads(sys.argv[1]))
    else:
        _serve()

"""Run one program as `python -W error program.py` would, and report what it did.

Each program gets a process of its own in an empty directory, so nothing leaks
between programs: no names, figures, rcParams, print options, error states,
environment or files. Importing NumPy and Matplotlib anew for each would take most
of a second; therefore servers (the script `program.py`) import them once and fork
for each program. A program goes to a server that has imported no more than the
program itself does. Where there is no fork (Windows), each starts an interpreter.

Servers work side by side, on as many programs at once as there are processors: each
takes a token from a pipe that all of them share before it starts a program.
"""

from __future__ import annotations

import ast
import atexit
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import traceback
import warnings
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any

TIMEOUT = 30.0
"""Seconds a program may take unless its fence says otherwise."""

# What a program may see of the author's environment. The rest would make pages
# depend on who builds them: COLUMNS, LANG, PYTHONOPTIMIZE, PYTHONHASHSEED, …
INHERITED = {
    *("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "HOME", "USERPROFILE"),
    *("TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "MPLCONFIGDIR"),
}
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "MPLBACKEND": "agg",
    # Threads of BLAS would make results depend on the number of cores.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
# Slow imports, and the names whose import implies them.
PRELOADED = {
    "dask.array": r"dask\.array\b",
    "matplotlib.pyplot": r"matplotlib\.pyplot\b|sigref\.plot",
    "mpmath": r"mpmath\b|sigref\.facts\b",
    "numpy": r"(numpy|scipy|matplotlib|sigref)\b",
    "scipy.special": r"scipy\.special\b",
    "scipy.stats": r"scipy\.stats\b",
    "sklearn.linear_model": r"sklearn\.linear_model\b",
}


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
    style: str = "",
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
        Text of a matplotlibrc file.

    Raises
    ------
    ProgramError
        The program raised (or did not raise what it declares), warned, wrote to
        standard error, ended its own process, took too long, or imports a
        package that sigref does not declare.
    """
    try:
        imports = _imports(source)
    except SyntaxError as error:
        error.filename, error.lineno = filename, (error.lineno or 1) + line - 1
        raise ProgramError("".join(traceback.format_exception_only(error))) from None
    if undeclared := sorted(_roots(imports) - _importable()):
        raise ProgramError(
            f"imports {', '.join(undeclared)}, which is neither in the standard "
            "library nor among the dependencies that pyproject.toml declares"
        )
    _advance()
    key = source, timeout, salt, style
    started = _ahead.pop(key, None) or _start(*key, imports)
    with started.place:
        status, stdout, stderr = _ended(started)
        try:
            outcome = json.loads(Path(started.place.name, "outcome").read_text("utf-8"))
        except (OSError, ValueError):
            outcome = None
    folder = started.request["folder"]

    def located(text: str) -> str:
        """`text` with the page's line numbers instead of the program's."""
        return re.sub(
            rf'"{re.escape(folder)}.program\.py", line (\d+)',
            lambda match: f'"{filename}", line {int(match[1]) + line - 1}',
            text,
        )

    if status == "timeout":
        raise ProgramError(f"did not end within its time limit of {timeout:g} s")
    if status == "flood":
        raise ProgramError("printed more than any page can show")
    if outcome is None:
        raise ProgramError(
            f"ended its own process before its last line (exit status {status})"
            + (f":\n{located(stderr)}" if stderr else "")
        )
    if outcome["type"] != raises:
        if not outcome["type"]:
            raise ProgramError(f"declares that it raises {raises}, but nothing raised")
        expected = f"{raises} was declared, but it " if raises else ""
        raise ProgramError(f"{expected}raised:\n{located(outcome['traceback'])}")
    if stderr:
        raise ProgramError(
            f"wrote to standard error, which the page would not show:\n{located(stderr)}"
        )
    if status:
        raise ProgramError(f"failed after its last line with exit status {status}")
    shown = stdout + outcome["exception"]
    if bad := re.search(r"[^\n\t\x20-\x7e\xa0-\U0010ffff]|[\udc80-\udcff]", shown):
        raise ProgramError(f"printed the control character {bad[0]!r}")
    if folder in shown:
        raise ProgramError(
            "printed the path of its own folder, which is never the same"
        )
    return Result(stdout, outcome["exception"], outcome["figures"])


def _imports(source: str) -> set[str]:
    """Full names of what the program's import statements name."""
    names = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the program's own process will tell
        tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _roots(imports: set[str]) -> set[str]:
    """Return the packages that these names belong to."""
    return {name.partition(".")[0] for name in imports}


def _preloaded(imports: set[str]) -> str:
    """Return the slow modules that a program with these imports loads anyway."""
    return ",".join(
        module
        for module, pattern in PRELOADED.items()
        if any(re.match(pattern, name) for name in imports)
    )


@functools.cache
def _importable() -> set[str]:
    """Modules of the standard library and of what sigref itself declares."""
    pyproject = tomllib.loads(
        (Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    )
    project = pyproject["project"]
    requirements = [
        *project["dependencies"],
        *chain(*project["optional-dependencies"].values()),
        *pyproject["dependency-groups"]["docs"],
    ]
    declared = {
        re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")
        for requirement in requirements
        if isinstance(requirement, str)
    }
    return {*sys.stdlib_module_names, "__main__", "sigref"} | {
        module
        for module, distributions in metadata.packages_distributions().items()
        if any(name.lower().replace("_", "-") in declared for name in distributions)
    }


@dataclass
class Started:
    """A program that was sent to its server and may have ended already."""

    place: tempfile.TemporaryDirectory[str]
    request: dict[str, Any]
    server: Server | None


@dataclass
class Server:
    """A process that runs programs one after another, and its answers so far."""

    process: subprocess.Popen[str]
    answers: dict[str, int | str] = field(default_factory=dict)
    waiting: int = 0


Key = tuple[str, float, str, str]
"""What a run depends on: source, time limit, salt and style."""

_queue: deque[Key] = deque()
_ahead: dict[Key, Started] = {}
# Programs that wait in one server. Their requests, and the answers that nobody has
# read yet, must fit into a pipe of 64 KiB, or both sides would wait for each other.
AHEAD = 100


def prefetch(programs: Iterable[tuple[str, float, str]], style: str) -> None:
    """Let programs run while pages are rendered; `run` will pick up what they did.

    Parameters
    ----------
    programs
        Source, time limit and salt of each, in the order of the pages.
    style
        Text of a matplotlibrc file.
    """
    while _ahead:  # what an earlier build did not ask for
        started = _ahead.popitem()[1]
        with started.place:
            _ended(started)
    _queue.clear()
    if hasattr(os, "fork"):
        _queue.extend((*program, style) for program in programs)
    _advance()


def _advance() -> None:
    """Send what is next to its server, as long as that has room."""
    while _queue:
        key = source, *_, style = _queue[0]
        try:
            imports = _imports(source)
        except SyntaxError:  # `run` will say it
            imports = {"nothing that can be imported"}
        if key not in _ahead and _roots(imports) <= _importable():
            if _server(_preloaded(imports), style).waiting >= AHEAD:
                return
            _ahead[key] = _start(*key, imports)
        _queue.popleft()


def _start(
    source: str, timeout: float, salt: str, style: str, imports: set[str]
) -> Started:
    place = tempfile.TemporaryDirectory(prefix="program-")
    folder = Path(place.name).resolve() / "cwd"
    folder.mkdir()
    (folder / "program.py").write_text(source, "utf-8")
    request = {"folder": str(folder), "timeout": timeout, "salt": salt}
    if not hasattr(os, "fork"):
        return Started(place, {**request, "style": style}, None)
    server = _server(_preloaded(imports), style)
    try:
        assert server.process.stdin is not None
        server.process.stdin.write(json.dumps(request) + "\n")
        server.process.stdin.flush()
    except OSError:
        raise _server_died() from None
    server.waiting += 1
    return Started(place, request, server)


def _ended(started: Started) -> tuple[int | str, str, str]:
    """Wait for the end: the exit status (or verdict), output and error output."""
    request, server = started.request, started.server
    if server is None:
        return _execute_alone(request)
    while request["folder"] not in server.answers:
        assert server.process.stdout is not None
        try:
            folder, status = json.loads(server.process.stdout.readline())
        except (OSError, ValueError):
            raise _server_died() from None
        server.answers[folder] = status
        server.waiting -= 1
    stdout, stderr = (
        Path(started.place.name, name).read_bytes().decode("utf-8", "surrogateescape")
        for name in ("stdout", "stderr")
    )
    return server.answers.pop(request["folder"]), stdout, stderr


def _server_died() -> ProgramError:
    _server.cache_clear()
    _tokens.cache_clear()  # the dead server may have kept one
    _queue.clear()
    _ahead.clear()
    return ProgramError("ended the process that runs programs")


def _execute_alone(request: dict[str, Any]) -> tuple[int | str, str, str]:
    try:
        process = subprocess.run(
            [*_COMMAND, json.dumps(request)],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=request["timeout"],
            env=_environment(request["style"]),
        )
    except subprocess.TimeoutExpired:
        return "timeout", "", ""
    return process.returncode, process.stdout, process.stderr


# -P: the folder of the script must not shadow or stand in for a dependency.
_SCRIPT = str(Path(__file__).with_name("program.py"))
_COMMAND = [sys.executable, "-P", "-W", "error", _SCRIPT]


@functools.cache
def _environment(style: str) -> dict[str, str]:
    """Variables that every program sees; Matplotlib takes its style from a file."""
    folder = tempfile.TemporaryDirectory(prefix="style-")
    atexit.register(folder.cleanup)
    matplotlibrc = Path(folder.name, "matplotlibrc")
    matplotlibrc.write_text(style, "utf-8")
    inherited = {name: os.environ[name] for name in INHERITED & {*os.environ}}
    return {**inherited, **ENVIRONMENT, "MATPLOTLIBRC": str(matplotlibrc)}


@functools.cache
def _tokens() -> tuple[int, int]:
    """Return the ends of a pipe that holds one byte for each processor."""
    tokens = os.pipe()
    os.write(tokens[1], b"." * (os.cpu_count() or 1))
    return tokens


@functools.cache
def _server(preloaded: str, style: str) -> Server:
    tokens, environment = _tokens(), _environment(style)
    process = subprocess.Popen(
        [*_COMMAND, preloaded, *map(str, tokens)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=Path(environment["MATPLOTLIBRC"]).parent,  # a style found here comes first
        env=environment,
        pass_fds=tokens,
        start_new_session=True,  # Ctrl-C is for this process; `stop` tells the server
    )

    def stop() -> None:
        process.terminate()  # and with it the program that it may be running
        process.communicate()

    atexit.register(stop)
    return Server(process)

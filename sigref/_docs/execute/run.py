"""Run programs as `python -W error program.py` would, and report what they did.

Each program gets a process of its own in an empty directory, so nothing leaks
between programs: no names, figures, rcParams, print options, error states,
environment or files. Importing NumPy and Matplotlib anew for each would take most
of a second; therefore servers (the script `forkserver.py`) import them once and fork
for each program. A program goes to a server that has imported no more than the
program itself does. Where there is no safe fork, each starts an interpreter.
"""

import atexit
import functools
import json
import os
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from multiprocessing.pool import AsyncResult, ThreadPool
from pathlib import Path
from typing import Any

from sigref._docs.execute.cache import Cache
from sigref._docs.execute.forkserver import FLOOD
from sigref._docs.execute.imports import imported, preloaded
from sigref._docs.execute.servers import ENVIRONMENT, INHERITED, Servers

TIMEOUT = 30.0
"""Seconds of processor time a program may take unless its fence says otherwise."""

# Control characters, and those that reorder text so that it reads as what it is not.
UNPRINTABLE = re.compile(
    r"[^\n\t\x20-\x7e\xa0-\U0010ffff]|[\udc80-\udcff\u061c\u200e\u200f]"
    r"|[\u202a-\u202e\u2066-\u2069]"
)


class ProgramError(Exception):
    """A program did something that the page would not show truthfully."""


@dataclass(frozen=True)
class Program:
    """A complete program, its limit of processor time, and the salt of its ids."""

    source: str
    timeout: float = TIMEOUT
    salt: str = ""


@dataclass(frozen=True)
class Result:
    """What a program printed, the last lines of what it raised, its figures as SVG."""

    stdout: str
    exception: str = ""
    figures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """How a process ended: `status` is its exit status, or why it was ended."""

    status: int | str
    stdout: str
    stderr: str
    folder: str
    told: dict[str, Any] | None  # what the process itself wrote, if it came so far


class Runner:
    """What runs the programs of a site, as many at once as there are processors.

    `folder` is for what may be kept between builds, `style` is the text of a
    matplotlibrc. `preload` has modules that are slow to import, each with a pattern for
    the imported names that imply it. Programs may import what is `importable`, or
    anything if that is empty. With `fork=False` each starts an interpreter.
    """

    def __init__(
        self,
        *,
        folder: Path,
        preload: Mapping[str, str],
        importable: Iterable[str],
        style: str = "",
        fork: bool = True,
    ) -> None:
        self.folder, self.style, self.preload = folder, style, preload
        self.importable = frozenset(importable)
        # Forking after NumPy and Matplotlib is safe on Linux alone.
        self.fork = fork and sys.platform == "linux"
        self.cache: Cache | None = None
        self.executed = 0
        self._pending: dict[Program, AsyncResult[Outcome]] = {}
        self.servers = Servers(style, folder / "matplotlib", fork=self.fork)
        atexit.register(self.close)

    def close(self) -> None:
        """End the programs that are running, and what runs them."""
        self.servers.close()
        if pool := self.__dict__.pop("pool", None):
            pool.terminate()

    @functools.cached_property
    def pool(self) -> ThreadPool:
        """Threads that wait for programs, one for each processor."""
        return ThreadPool(len(os.sched_getaffinity(0)) if self.fork else os.cpu_count())

    def keep_results(self, code: Iterable[Path]) -> None:
        """From now on keep results, and read those that `code` did not change."""
        variables = {name: os.environ.get(name) for name in sorted(INHERITED)}
        context = [self.style, ENVIRONMENT, variables]
        self.cache = Cache(self.folder / "programs", code, context)

    def start(self, programs: Iterable[Program]) -> None:
        """Let programs run in the background; `run` picks up what they did."""
        self._pending.clear()
        for program in programs:
            if program not in self._pending and not self._load(program):
                self._pending[program] = self.pool.apply_async(self._execute, [program])

    def run(
        self,
        program: Program,
        *,
        filename: str = "program.py",
        line: int = 1,
        raises: str = "",
    ) -> Result:
        """Return what `program` printed and drew in a fresh process.

        Its first line is at `line` of `filename`, which tracebacks name; `raises` is
        the name of the exception that must end it, `""` if none may. ProgramError says
        what the page would not show truthfully.
        """
        pending = self._pending.pop(program, None)
        self._refuse(program, filename, line)
        kept = None if pending else self._load(program)
        outcome = kept or (pending.get() if pending else self._execute(program))
        if message := verdict(outcome, raises, program.timeout):
            inside = rf'"{re.escape(outcome.folder)}/program\.py", line (\d+)'

            def located(found: re.Match[str]) -> str:
                return f'"{filename}", line {int(found[1]) + line - 1}'

            raise ProgramError(re.sub(inside, located, message))
        if self.cache and not kept:
            self.cache.store(asdict(program), asdict(outcome))
        told = outcome.told or {}
        return Result(outcome.stdout, told["exception"], told["figures"])

    def _refuse(self, program: Program, filename: str, line: int) -> None:
        """Raise if the text of `program` alone is reason enough not to show it."""
        try:
            imports = imported(program.source)
        except SyntaxError as error:
            error.filename, error.lineno = filename, (error.lineno or 1) + line - 1
            message = "".join(traceback.format_exception_only(error))
            raise ProgramError(message) from None
        undeclared = {name.partition(".")[0] for name in imports} - self.importable
        if self.importable and undeclared:
            raise ProgramError(
                f"imports {', '.join(sorted(undeclared))}, which is neither in the "
                "standard library nor among the dependencies that pyproject.toml declares"
            )
        if bad := UNPRINTABLE.search(program.source):
            raise ProgramError(f"contains the control character {bad[0]!r}")

    def _load(self, program: Program) -> Outcome | None:
        kept = self.cache.load(asdict(program)) if self.cache else None
        return Outcome(**kept) if kept else None

    def _execute(self, program: Program) -> Outcome:
        """Run a program and wait for its end."""
        self.executed += 1
        with tempfile.TemporaryDirectory(prefix="program-") as name:
            folder = Path(name).resolve() / "cwd"
            folder.mkdir()
            files = [folder.with_name(name) for name in ("stdout", "stderr", "outcome")]
            for file in files:
                file.touch()
            (folder / "program.py").write_text(program.source, "utf-8", newline="\n")
            limits = {"timeout": program.timeout, "salt": program.salt}
            modules = preloaded(program.source, self.preload)
            status = self.servers.run({"folder": str(folder), **limits}, modules)
            texts = [f.read_bytes().decode("utf-8", "surrogateescape") for f in files]
            stdout, stderr, told = texts
            # A process that was ended may have written half of it.
            ended = json.loads(told) if told.endswith("}") else None
            return Outcome(status, stdout, stderr, str(folder), ended)


def verdict(outcome: Outcome, raises: str, timeout: float) -> str:
    """Return what is wrong with the way a program ended, `""` if nothing is."""
    status, stderr, told = outcome.status, outcome.stderr, outcome.told
    if status == "server":
        return "ended the process that runs programs"
    if status in ("timeout", -signal.SIGXCPU):
        return f"did not end within its time limit of {timeout:g} s"
    if status == "flood" or len(outcome.stdout) > FLOOD:
        return "printed more than any page can show"
    if told is None:
        reason = f":\n{stderr}" if stderr else ""
        early = "ended its own process before its last line"
        return f"{early} (exit status {status}){reason}"
    if told["type"] != raises:
        if not told["type"]:
            return f"declares that it raises {raises}, but nothing raised"
        expected = f"{raises} was declared, but it " if raises else ""
        return f"{expected}raised:\n{told['traceback']}"
    if stderr:
        return f"wrote to standard error, which the page would not show:\n{stderr}"
    if status:
        return f"failed after its last line with exit status {status}"
    shown = outcome.stdout + told["exception"]
    if bad := UNPRINTABLE.search(shown):
        return f"printed the control character {bad[0]!r}"
    if outcome.folder in shown:
        return "printed the path of its own folder, which is never the same"
    return ""

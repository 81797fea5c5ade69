"""Processes that run programs: servers that fork, or an interpreter for each program."""

import atexit
import functools
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from sigref._docs.execute.forkserver import PATIENCE

# Variables passed through to programs. Others would make pages depend on who builds
# them: COLUMNS, LANG, PYTHONOPTIMIZE, PYTHONPATH with its sitecustomize, …
INHERITED = {"PATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "HOME", "TMPDIR"}
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "MPLBACKEND": "agg",
    # Threads of BLAS would make results depend on the number of cores.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
# -P: the folder of the script must not shadow or stand in for a dependency.
_COMMAND = [
    *(sys.executable, "-P", "-s", "-W", "error"),
    str(Path(__file__).with_name("forkserver.py")),
]


class Servers:
    """Run one request after another in each thread that asks.

    `style` is the text of a matplotlibrc, `folder` is for Matplotlib's list of fonts;
    with `fork=False` each request starts an interpreter.
    """

    def __init__(self, style: str, folder: Path, *, fork: bool) -> None:
        self.style, self.folder, self.fork = style, folder, fork
        self._idle: defaultdict[str, list[subprocess.Popen[str]]] = defaultdict(list)
        self._all: list[subprocess.Popen[str]] = []

    @functools.cached_property
    def environment(self) -> dict[str, str]:
        """Variables that every program sees; Matplotlib takes its style from a file."""
        style = tempfile.TemporaryDirectory(prefix="style-")
        atexit.register(style.cleanup)
        matplotlibrc = Path(style.name, "matplotlibrc")
        matplotlibrc.write_text(self.style, "utf-8")
        self.folder.mkdir(parents=True, exist_ok=True)
        inherited = {name: os.environ[name] for name in INHERITED & {*os.environ}}
        environment = {
            **inherited,
            **ENVIRONMENT,
            "MATPLOTLIBRC": str(matplotlibrc),
            "MPLCONFIGDIR": str(self.folder),
            # Without servers another order of sets: two builds differ if it shows.
            "PYTHONHASHSEED": "0" if self.fork else "1",
        }
        if not list(self.folder.glob("fontlist*")):  # a program would print a notice
            command = [sys.executable, "-c", "import matplotlib.font_manager"]
            subprocess.run(command, env=environment, capture_output=True, check=False)
        return environment

    def run(self, request: dict[str, Any], modules: str) -> int | str:
        """Run a program; return its exit status, or why it was ended.

        It leaves its output and error output in files beside its folder. `modules`
        names what it imports anyway, with commas between.
        """
        if not self.fork:
            return self._run_alone(request)
        idle = self._idle[modules]
        server = idle.pop() if idle else self._start(modules)
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            server.stdin.write(json.dumps(request) + "\n")
            server.stdin.flush()
            for answer in server.stdout:  # its environment may print something, too
                if answer.startswith(json.dumps([request["folder"]])[:-1]):
                    idle.append(server)
                    status: int | str = json.loads(answer)[1]
                    return status
        except OSError:
            pass
        return "server"

    def _start(self, modules: str) -> subprocess.Popen[str]:
        server = subprocess.Popen(
            [*_COMMAND, modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            # Matplotlib prefers a matplotlibrc in the working directory.
            cwd=Path(self.environment["MATPLOTLIBRC"]).parent,
            env=self.environment,
            start_new_session=True,  # Ctrl-C is for this process
        )
        self._all.append(server)
        return server

    def _run_alone(self, request: dict[str, Any]) -> int | str:
        folder = Path(request["folder"]).parent
        out, err = ((folder / name).open("wb") for name in ("stdout", "stderr"))
        try:
            with out, err:
                return subprocess.run(
                    [*_COMMAND, json.dumps(request)],
                    check=False,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    timeout=PATIENCE * request["timeout"],
                    env=self.environment,
                ).returncode
        except subprocess.TimeoutExpired:
            return "timeout"

    def close(self) -> None:
        """End the servers, and with them the programs that they are running."""
        for server in self._all:
            with server:  # waits for it
                server.terminate()
        self._all.clear()
        self._idle.clear()

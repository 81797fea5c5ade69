"""Processes that run programs: servers that fork, or an interpreter for each."""

from __future__ import annotations

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
INHERITED = {
    *("PATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "HOME", "USERPROFILE"),
    *("TMPDIR", "TEMP", "TMP", "SYSTEMROOT"),
}
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


class Processes:
    """Run requests, each in a process of its own.

    Parameters
    ----------
    style
        Text of a matplotlibrc file.
    folder
        For the files that Matplotlib keeps, such as its list of fonts.
    fork
        Whether servers fork; otherwise each request starts an interpreter.
    """

    def __init__(self, style: str, folder: Path, *, fork: bool) -> None:
        self.style, self.folder, self.fork = style, folder, fork
        self._idle: defaultdict[str, list[subprocess.Popen[str]]] = defaultdict(list)
        self._servers: list[subprocess.Popen[str]] = []
        atexit.register(self.close)

    @functools.cached_property
    def environment(self) -> dict[str, str]:
        """Variables that every program sees; Matplotlib takes its style from a file."""
        style = tempfile.TemporaryDirectory(prefix="style-")
        atexit.register(style.cleanup)
        matplotlibrc = Path(style.name, "matplotlibrc")
        matplotlibrc.write_text(self.style, "utf-8")
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **{name: os.environ[name] for name in INHERITED & {*os.environ}},
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

    def run(self, request: dict[str, Any], modules: str) -> tuple[int | str, str, str]:
        """Run a program; return its exit status (or why it was ended) and outputs.

        `modules` names what a server may have imported before, with commas between.
        """
        return self._ask(request, modules) if self.fork else self._alone(request)

    def _ask(self, request: dict[str, Any], modules: str) -> tuple[int | str, str, str]:
        """Let a server run a program: one that is idle, or a new one."""
        idle = self._idle[modules]
        try:
            server = idle.pop()
        except IndexError:
            server = self._new_server(modules)
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            server.stdin.write(json.dumps(request) + "\n")
            server.stdin.flush()
        except OSError:
            return "server", "", ""
        for answer in server.stdout:
            try:
                folder, status = json.loads(answer)
            except (TypeError, ValueError):  # something in its environment prints
                continue
            if folder == request["folder"]:
                break
        else:
            return "server", "", ""
        idle.append(server)
        stdout, stderr = (
            Path(folder, "..", name).read_bytes().decode("utf-8", "surrogateescape")
            for name in ("stdout", "stderr")
        )
        return status, stdout, stderr

    def _new_server(self, modules: str) -> subprocess.Popen[str]:
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
        self._servers.append(server)
        return server

    def _alone(self, request: dict[str, Any]) -> tuple[int | str, str, str]:
        try:
            process = subprocess.run(
                [*_COMMAND, json.dumps(request)],
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="surrogateescape",
                timeout=PATIENCE * request["timeout"],
                env=self.environment,
            )
        except subprocess.TimeoutExpired:
            return "timeout", "", ""
        return process.returncode, process.stdout, process.stderr

    def close(self) -> None:
        """End the servers, and with them the programs that they are running."""
        for server in self._servers:
            server.terminate()
        for server in self._servers:
            server.wait()
        self._servers.clear()
        self._idle.clear()

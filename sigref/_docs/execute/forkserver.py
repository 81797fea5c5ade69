"""Run programs in processes of their own: the script on the other side of `servers`.

Given names of modules it imports them once and forks for each request; given a request
it runs that program itself. A program must find what a fresh interpreter would give it,
so this file imports as little as possible: with `importlib.metadata` loaded here, a
program that forgot to import it would work on the page and fail where it is copied to.
"""

from __future__ import annotations

import builtins
import json
import os
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing would import collections.abc
    from typing import Any

FLOOD = 1_000_000
"""Bytes of output that no page wants to show."""

PATIENCE = 4
"""Wall seconds a program may take for each second of its limit of processor time."""


def serve(preloaded: str) -> None:
    """Fork for each request; answer how its program ended. Names have commas between."""
    import gc

    for module in filter(None, preloaded.split(",")):
        __import__(module)
    gc.freeze()
    running = 0

    def stop(*_: object) -> None:
        if running:
            os.killpg(running, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    requests = b""  # not through sys.stdin, which the programs inherit
    while data := os.read(0, 65536):
        *lines, requests = (requests + data).split(b"\n")
        for request in map(json.loads, lines):
            # A SIGTERM between the fork and the next line would leave an orphan.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            running = os.fork()
            if not running:
                _become_program(request["folder"])
                execute(request)
                return  # and through the interpreter's normal end
            try:  # noqa: SIM105 - parent and child both do it, whoever comes first
                os.setpgid(running, running)
            except OSError:
                pass
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            status = _watch(running, request)
            running = 0
            print(json.dumps([request["folder"], status]), flush=True)


def _become_program(folder: str) -> None:
    """Give a forked child the signals and descriptors of a fresh process."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setpgid(0, 0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    opened = [os.open(os.devnull, os.O_RDONLY)]
    for name in ("stdout", "stderr"):
        opened.append(os.open(f"{folder}/../{name}", os.O_WRONLY | os.O_APPEND))
    for descriptor, source in enumerate(opened):
        os.dup2(source, descriptor)
    os.closerange(3, max(opened) + 1)


def _watch(child: int, request: dict[str, Any]) -> int | str:
    """Wait until a program and its children have ended; end what goes too far."""
    deadline = time.monotonic() + PATIENCE * request["timeout"]
    outputs = [f"{request['folder']}/../{name}" for name in ("stdout", "stderr")]
    status, verdict = None, ""
    while not verdict:
        if status is None:
            ended, code = os.waitpid(child, os.WNOHANG)
            status = os.waitstatus_to_exitcode(code) if ended else None
        try:
            os.killpg(child, 0)  # is anybody there?
        except OSError:
            if status is not None:
                return status
        if time.monotonic() > deadline:
            verdict = "timeout"
        elif any(os.stat(output).st_size > FLOOD for output in outputs):
            verdict = "flood"
        time.sleep(0.001)
    try:  # noqa: SIM105
        os.killpg(child, signal.SIGKILL)
    except OSError:
        pass
    if status is None:
        os.waitpid(child, 0)
    return verdict


def execute(request: dict[str, Any]) -> None:
    """Be `python program.py`, and write how it ended and what it drew to a file."""
    folder = request["folder"]
    path = f"{folder}/program.py"
    os.chdir(folder)
    _limit_processor_time(request["timeout"])
    sys.argv = ["program.py"]
    sys.path.insert(0, folder)
    main = type(sys)("__main__")
    main.__dict__.update(__file__=path, __builtins__=builtins)
    sys.modules["__main__"] = main
    # As in a terminal, so that output of children comes where the reader sees it.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if random := sys.modules.get("numpy.random"):  # seeded before the fork
        random.seed()

    outcome = {"type": "", "exception": "", "traceback": "", "figures": []}
    try:
        with open(path, encoding="utf-8") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, main.__dict__)  # noqa: S102 - running programs is the purpose
        outcome["figures"] = _figures(request["salt"])
    except BaseException as error:  # noqa: BLE001 - whatever ended the program
        outcome |= _told(error)
    with open(f"{folder}/../outcome", "w", encoding="utf-8") as file:
        json.dump(outcome, file)


def _limit_processor_time(seconds: float) -> None:
    """Let the system end the program, however busy the machine is."""
    import resource

    limit = int(seconds) + (seconds > int(seconds))
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    del sys.modules["resource"]


def _told(error: BaseException) -> dict[str, str]:
    """Return the name of an exception, its last lines and its whole traceback."""
    import contextlib
    import io
    import traceback

    if error.__traceback__ is not None:  # without the frame of `execute`
        error.__traceback__ = error.__traceback__.tb_next
    # The interpreter's own words: before Python 3.12 it alone adds "Did you mean".
    shown = io.StringIO()
    with contextlib.redirect_stderr(shown):
        sys.__excepthook__(type(error), error, error.__traceback__)
    text = shown.getvalue()
    only = "".join(traceback.format_exception_only(error)).rstrip()
    start = text.rfind(only)
    group = isinstance(error, BaseExceptionGroup)  # tracebacks of others follow
    last = only if group or start < 0 else text[start:].rstrip()
    return {"type": type(error).__name__, "exception": last, "traceback": text}


def _figures(salt: str) -> list[str]:
    """Every figure that pyplot holds open, oldest first, as SVG without a date."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []

    import io

    files = []
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    for number in plt.get_fignums():
        files.append(io.StringIO())
        salted = {"svg.hashsalt": f"{salt}-{number}", "svg.fonttype": "none"}
        with plt.rc_context(salted):
            plt.figure(number).savefig(files[-1], format="svg", metadata=nothing)
    return [file.getvalue() for file in files]


if __name__ == "__main__":
    if sys.argv[1].startswith("{"):
        execute(json.loads(sys.argv[1]))
    else:
        serve(sys.argv[1])

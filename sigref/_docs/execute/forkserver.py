"""Run programs in processes of their own: the script on the other side of `run`.

With an argument that names modules it is a fork server: it imports them once and forks
for each program. With a request it runs one program and ends.

A program must find what a fresh interpreter would give it, so this file imports as
little as possible: with `importlib.metadata` loaded here, a program that forgot to
import it would work on the page and fail where it is copied to.
"""

from __future__ import annotations

import builtins
import json
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing would import collections.abc
    from collections.abc import Iterator
    from typing import Any

FLOOD = 1_000_000
"""Bytes of output that no page wants to show."""

PATIENCE = 4
"""Wall seconds a program may take for each second of its limit of processor time."""


def serve(preloaded: str) -> None:
    """Import modules once; fork for each request, and answer how the program ended.

    The parameter names what every program sent here imports itself, with commas between.
    """
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
    for request in _requests():
        stdout, stderr = os.pipe(), os.pipe()
        # A SIGTERM between the fork and the next line would leave an orphan behind.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        running = os.fork()
        if not running:
            _become_program(stdout, stderr)
            execute(request)
            return  # and through the interpreter's normal end
        try:  # noqa: SIM105 - parent and child both do it, whoever comes first
            os.setpgid(running, running)
        except OSError:
            pass
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        os.close(stdout[1])
        os.close(stderr[1])
        status = _watch(running, stdout[0], stderr[0], request)
        running = 0
        print(json.dumps([request["folder"], status]), flush=True)


def _become_program(stdout: tuple[int, int], stderr: tuple[int, int]) -> None:
    """Give a forked child the signals and descriptors of a fresh process."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setpgid(0, 0)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, source in enumerate((nothing, stdout[1], stderr[1])):
        os.dup2(source, descriptor)
    os.closerange(3, max(*stdout, *stderr, nothing) + 1)


def _requests() -> Iterator[dict[str, Any]]:
    """One request a line; not through sys.stdin, which the programs inherit."""
    rest = b""
    while data := os.read(0, 65536):
        *lines, rest = (rest + data).split(b"\n")
        yield from map(json.loads, lines)


def _watch(child: int, stdout: int, stderr: int, request: dict[str, Any]) -> int | str:
    """Save what the program and its children write until all of them have ended."""
    import select
    import time

    deadline = time.monotonic() + PATIENCE * request["timeout"]
    written = {stdout: bytearray(), stderr: bytearray()}
    waiting = [stdout, stderr]
    verdict = ""
    while waiting and not verdict:
        rest = max(0.0, deadline - time.monotonic())
        ready = select.select(waiting, [], [], rest)[0]
        if not ready:
            verdict = "timeout"
        for pipe in ready:
            data = os.read(pipe, 65536)
            written[pipe] += data
            if not data:
                waiting.remove(pipe)
            if len(written[pipe]) > FLOOD:
                verdict = "flood"
    while not os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        if verdict or time.monotonic() > deadline:
            verdict = verdict or "timeout"
            break
        time.sleep(0.0005)
    # Kill its process group. Not reaped yet, so the pid cannot have been reused.
    os.killpg(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for pipe, name in ((stdout, "stdout"), (stderr, "stderr")):
        os.close(pipe)
        with open(os.path.join(request["folder"], "..", name), "wb") as file:
            file.write(written[pipe])
    return verdict or status


def execute(request: dict[str, Any]) -> None:
    """Be `python program.py`, and write how it ended and what it drew to a file."""
    folder = request["folder"]
    path = os.path.join(folder, "program.py")
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
    with open(os.path.join(folder, "..", "outcome"), "w", encoding="utf-8") as file:
        json.dump(outcome, file)


def _limit_processor_time(seconds: float) -> None:
    """Let the system end the program, however busy the machine is."""
    try:
        import resource
    except ImportError:  # Windows
        return
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
    start = text.rfind(only)  # a group of exceptions is indented, so it is not found
    return {
        "type": type(error).__name__,
        "exception": text[start:].rstrip() if start >= 0 else only,
        "traceback": text,
    }


def _figures(salt: str) -> list[str]:
    """Every figure that pyplot holds open, oldest first, as SVG without a date."""
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []

    import io

    drawn = []
    for number in plt.get_fignums():
        buffer = io.StringIO()
        with plt.rc_context(
            {"svg.hashsalt": f"{salt}-{number}", "svg.fonttype": "none"}
        ):
            plt.figure(number).savefig(
                buffer,
                format="svg",
                metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")),
            )
        drawn.append(buffer.getvalue())
    return drawn


if __name__ == "__main__":
    if sys.argv[1].startswith("{"):
        execute(json.loads(sys.argv[1]))
    else:
        serve(sys.argv[1])

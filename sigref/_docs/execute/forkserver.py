"""Fork a process for each program that `run` asks for: the script on the other side.

A program must find what a fresh interpreter would give it, so this file imports as
little as possible: with `importlib.metadata` loaded here, a program that forgot to
import it would work on the page and fail where it is copied to.
"""

from __future__ import annotations

import builtins
import json
import os
import select
import signal
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing would import collections.abc
    from collections.abc import Iterator
    from typing import Any

FLOOD = 1_000_000
"""Bytes of output that no page wants to show."""


def serve(preloaded: str, take: int, give: int) -> None:
    """Import modules once; fork for each request, and answer how the program ended.

    The first parameter names what every program sent here imports itself, with commas
    between; the others are the ends of the pipe that holds the tokens.
    """
    import gc

    for module in filter(None, preloaded.split(",")):
        __import__(module)
    gc.freeze()
    for request in _requests():
        os.read(take, 1)
        stdout, stderr = os.pipe(), os.pipe()
        child = os.fork()
        if not child:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDONLY)
            for descriptor, source in enumerate((nothing, stdout[1], stderr[1])):
                os.dup2(source, descriptor)
            os.closerange(3, max(*stdout, *stderr, nothing, take, give) + 1)
            execute(request)
            return  # and through the interpreter's normal end
        os.close(stdout[1])
        os.close(stderr[1])

        def stop(*_: object, group: int = child) -> None:
            os.killpg(group, signal.SIGKILL)
            sys.exit()

        signal.signal(signal.SIGTERM, stop)
        status = _watch(child, stdout[0], stderr[0], request)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.write(give, b".")
        print(json.dumps([request["folder"], status]), flush=True)


def _requests() -> Iterator[dict[str, Any]]:
    """One request a line; not through sys.stdin, which the programs inherit."""
    rest = b""
    while data := os.read(0, 65536):
        *lines, rest = (rest + data).split(b"\n")
        yield from map(json.loads, lines)


def _watch(child: int, stdout: int, stderr: int, request: dict[str, Any]) -> int | str:
    """Save what the program and its children write until all of them have ended."""
    deadline = time.monotonic() + request["timeout"]
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
    # What is left of it; it is not reaped yet, so the id is its own.
    os.killpg(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    for pipe, name in ((stdout, "stdout"), (stderr, "stderr")):
        os.close(pipe)
        with open(os.path.join(request["folder"], "..", name), "wb") as file:
            file.write(written[pipe])
    return verdict or os.waitstatus_to_exitcode(status)


def execute(request: dict[str, Any]) -> None:
    """Be `python program.py`, and write how it ended and what it drew to a file."""
    folder = request["folder"]
    path = os.path.join(folder, "program.py")
    os.chdir(folder)
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
        import contextlib
        import io
        import traceback

        if error.__traceback__ is not None:  # without the frame of this function
            error.__traceback__ = error.__traceback__.tb_next
        # The interpreter's own words: before Python 3.12 it alone adds "Did you mean".
        shown = io.StringIO()
        with contextlib.redirect_stderr(shown):
            sys.__excepthook__(type(error), error, error.__traceback__)
        text = shown.getvalue()
        start = text.rfind("".join(traceback.format_exception_only(error)).rstrip())
        outcome["type"] = type(error).__name__
        outcome["exception"] = text[max(start, 0) :].rstrip()
        outcome["traceback"] = text
    with open(os.path.join(folder, "..", "outcome"), "w", encoding="utf-8") as file:
        json.dump(outcome, file)


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
    if len(sys.argv) > 2:
        serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        execute(json.loads(sys.argv[1]))

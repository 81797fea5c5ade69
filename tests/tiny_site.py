"""A site in a folder of its own with the real site's extensions, built many times.

Run as a script it has imported MkDocs and the extensions once, and forks for each
command line: a build takes a tenth of a second instead of two.

ENGINE=properdocs or ENGINE=zensical, in an environment that has it, builds with that;
see tests/release/engines.py.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENGINE = os.environ.get("ENGINE", "mkdocs")

WARM = """# Title

$x$ ![a](b.svg)

=== "Tab"

    ```python exec="on"
    print(1)
    ```
"""


def write_site(folder: Path, pages: dict[str, str]) -> None:
    """Write `pages` and a theme of one line; the settings are those of mkdocs.yml."""
    settings = {
        part.partition(":")[0]: part
        for part in re.split(r"(?m)^(?=\w)", (ROOT / "mkdocs.yml").read_text("utf-8"))
    }
    kept = [settings[key] for key in ("validation", "markdown_extensions")]
    markdown_exec = re.search(r"(?m)^ *- markdown-exec:.*\n", settings["plugins"])
    (folder / "mkdocs.yml").write_text(
        "site_name: tiny\nstrict: true\n"
        "theme: {name: null, custom_dir: theme}\n"
        + "".join(kept)
        + f"plugins:\n{markdown_exec[0]}",
        "utf-8",
    )
    (folder / "theme").mkdir()
    (folder / "theme" / "main.html").write_text(
        "<!doctype html><title>tiny</title><nav>{% for item in page.toc recursive %}"
        "<a href='{{ item.url }}'>{{ item.title }}</a>{{ loop(item.children) }}"
        "{% endfor %}</nav>"
        "<body>{{ page.content }}",
        "utf-8",
    )
    for name, text in {"b.svg": "<svg/>", **pages}.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def mkdocs(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run the real command line in a new interpreter; exit code, and what it said."""
    if ENGINE == "zensical":  # has one way to build; its cache does not see programs
        arguments = ("build", "--clean")
    done = subprocess.run(
        [sys.executable, "-m", ENGINE, *arguments],
        check=False,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout


@contextmanager
def forking_mkdocs():
    """Yield a function like `mkdocs` that forks a process which is ready."""
    if ENGINE != "mkdocs":
        yield mkdocs
        return
    server = subprocess.Popen(
        [sys.executable, __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )

    def run(folder: Path, *arguments: str) -> tuple[int, str]:
        server.stdin.write(json.dumps([str(folder), *arguments]) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return code, (folder / "log").read_text("utf-8")

    try:
        yield run
    finally:
        server.communicate()


def _serve() -> None:
    from mkdocs.__main__ import cli

    # Imported here once; and these servers run the programs of every build.
    from sigref._docs.page import lint  # noqa: F401
    from sigref._docs.page.programs import PRELOADED, runner

    with tempfile.TemporaryDirectory() as folder:  # a first build fills all caches
        write_site(Path(folder), {"index.md": WARM})
        sys.argv = ["mkdocs", "build", "-q", "-f", f"{folder}/mkdocs.yml"]
        assert _exit_code(cli) == 0
    runner.pool.terminate()  # threads do not survive a fork
    del runner.pool
    for module in ("", *PRELOADED):
        runner.servers._idle[module].append(runner.servers._start(module))
    while line := sys.stdin.readline():
        folder, *arguments = json.loads(line)
        child = os.fork()
        if child:
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            print(status, flush=True)
            continue
        os.chdir(folder)
        log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        sys.argv = ["mkdocs", *arguments]
        code = _exit_code(cli)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # the servers stay for the next build


def _exit_code(command) -> int:
    """Say and return what the interpreter would when `command` ends it."""
    try:
        command()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:  # noqa: BLE001 - as the interpreter
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


if __name__ == "__main__":
    _serve()

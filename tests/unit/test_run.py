"""A program runs as in a fresh interpreter, and what it does is told truthfully."""

import os
import sys
import time
from pathlib import Path

import pytest
from sigref._docs import run as runner
from sigref._docs.run import ProgramError, run


@pytest.fixture(params=["fork", "no fork"])
def either(request, monkeypatch):
    """Run programs with and without a server to fork."""
    if request.param == "no fork":
        monkeypatch.delattr(os, "fork")


@pytest.mark.usefixtures("either")
class TestBothWays:
    def test_result(self):
        result = run("import sys\nprint('σ')\nsys.stdout.write('x')")
        assert (result.stdout, result.exception, result.figures) == ("σ\nx", "", [])

    def test_exception(self):
        result = run("print(1)\nraise KeyError('a')", raises="KeyError")
        assert (result.stdout, result.exception) == ("1\n", "KeyError: 'a'")

    def test_exception_that_another_one_caused(self):
        source = "try:\n    raise KeyError(1)\nexcept KeyError:\n    raise KeyError(1)"
        assert run(source, raises="KeyError").exception == "KeyError: 1"

    def test_exception_of_several_lines(self):
        first, *_, last = run("exec('1 +')", raises="SyntaxError").exception.split("\n")
        assert first == '  File "<string>", line 1'
        assert last == "SyntaxError: invalid syntax"

    def test_random_numbers_are_others_each_time(self):
        source = "import numpy, scipy.stats\nprint(numpy.random.random())"
        assert run(source).stdout != run(source).stdout

    def test_figure(self):
        source = "import matplotlib.pyplot as plt\nplt.figure()\nplt.figure()"
        first, second = run(source).figures
        assert first.count("<svg") == second.count("<svg") == 1

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            (
                "1 / 0",
                r'^raised:\nTrace[^\n]*\n  File "a.md", line 7, in <module>\n.*ZeroDiv',
            ),
            ("\ndef f(", r'^  File "a.md", line 8\n    def f\(\n +\^\nSyntaxError: '),
            ("\0", r'File "a.md", line 7\n'),
            ("import os\nos._exit(0)", r"ended its own process .*\(exit status 0\)$"),
            (
                "import os, sys\nsys.stderr.write('why')\nsys.stderr.flush()\nos._exit(3)",
                r"\(exit status 3\):\nwhy$",
            ),
            ("import os\nos.abort()", r"ended its own process"),
            ("import sys\nsys.stderr.write('x')", "wrote to standard error.*\nx"),
            ("import warnings\nwarnings.warn('x')", "UserWarning: x"),
            (
                "import pytest, hypothesis",
                "^imports hypothesis, pytest, which is neither .* pyproject.toml declares$",
            ),
            ("print('\\x1b')", r"control character '\\x1b'"),
            ("import sys; sys.stdout.buffer.write(b'\\xff')", "control character"),
            ("import sys; sys.stderr.buffer.write(b'\\xff')", "to standard error"),
            ("while True: pass", "did not end within its time limit of 1 s$"),
            (
                "import os\nos.close(1)\nos.close(2)\nwhile True: pass",
                "did not end within its time limit of 1 s$",
            ),
            (
                "print(__file__)",
                "printed the path of its own folder, which is never the same$",
            ),
            (
                "import atexit, os\natexit.register(os._exit, 3)",
                "failed after its last line with exit status 3$",
            ),
        ],
    )
    def test_error(self, source, message):
        with pytest.raises(ProgramError, match=f"(?s){message}"):
            run(source, filename="a.md", line=7, timeout=1 if "while" in source else 60)

    def test_place_of_an_error_is_the_programs_own_unless_told(self):
        with pytest.raises(
            ProgramError, match=r'File "program.py", line 2, in <module>'
        ):
            run("\n1 / 0")

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("1 / 0", r"^KeyError was declared, but it raised:\n.*ZeroDivisionError"),
            ("print(1)", r"^declares that it raises KeyError, but nothing raised$"),
        ],
    )
    def test_another_end_than_declared(self, source, message):
        with pytest.raises(ProgramError, match=f"(?s){message}"):
            run(source, raises="KeyError")

    def test_style_is_not_that_of_the_author(self, tmp_path, monkeypatch):
        (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9")
        monkeypatch.chdir(tmp_path)
        source = (
            "from matplotlib.pyplot import rcParams\nprint(rcParams['lines.linewidth'])"
        )
        assert run(source, style="# σ\nlines.linewidth: 7").stdout == "7.0\n"

    def test_environment_of_the_author_is_not_seen(self, monkeypatch):
        hidden = {"COLUMNS", "LANG", "SECRET", "PYTHONOPTIMIZE", "DISPLAY"}
        for name in hidden:
            monkeypatch.setenv(name, "1")
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        runner._environment.cache_clear()
        runner._server.cache_clear()
        source = "import os\nprint(*os.environ)\nprint(os.environ['TZ'])"
        *seen, zone = run(source).stdout.split()
        assert not hidden & {*seen}
        assert "PATH" in seen
        assert zone == "UTC"
        runner._environment.cache_clear()
        runner._server.cache_clear()

    def test_input_is_empty(self):
        assert run("import sys\nprint(repr(sys.stdin.read()))").stdout == "''\n"


def test_server_that_has_answered_waits_for_nothing():
    run("print(1)")
    run("print(2)")
    assert runner._server("", "").waiting == 0


def test_tokens_are_given_back():
    runner.prefetch([("import numpy", 1, ""), ("while True: pass", 1, "")], "")
    runner.prefetch([], "")
    take, give = runner._tokens()
    tokens = os.read(take, 1000)
    os.write(give, tokens)
    assert len(tokens) == os.cpu_count()


def test_figures_are_the_same_in_every_process():
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.grid()"
    first = run(source, salt="a").figures
    runner._server.cache_clear()
    assert run(source, salt="a").figures == first
    assert run(source, salt="b").figures != first


def test_program_after_one_that_killed_the_server_runs():
    with pytest.raises(ProgramError, match=r"^ended the process that runs programs$"):
        run("import os\nos.kill(os.getppid(), 9)\nprint(1)")
    assert run("print(1)").stdout == "1\n"


def test_program_after_an_endless_one_runs():
    with pytest.raises(ProgramError, match="time limit"):
        run("while True: pass", timeout=0.5)
    assert run("print(1)").stdout == "1\n"


def test_children_end_with_an_endless_program(tmp_path):
    beat = tmp_path / "beat"
    child = f"while sleep 0.1; do echo >> {beat}; done"
    with pytest.raises(ProgramError, match="time limit"):
        run(f"import os\nos.system({child!r})", timeout=1)
    size = beat.stat().st_size
    assert size
    time.sleep(0.4)
    assert beat.stat().st_size == size


# --- Ahead of the pages -----------------------------------------------------------


def ahead(*sources):
    runner.prefetch([(source, runner.TIMEOUT, "") for source in sources], "")
    return [source for source, *_ in runner._ahead]


def test_program_that_ran_ahead_does_not_run_again(tmp_path):
    log = tmp_path / "log"
    source = f"with open({str(log)!r}, 'a') as log:\n    log.write('x')\nprint(1)"
    assert ahead(source, source) == [source]
    assert run(source).stdout == "1\n"
    assert log.read_text() == "x"
    assert run(source).stdout == "1\n"
    assert log.read_text() == "xx"


def test_program_runs_ahead_only_as_it_was_asked_for():
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])"
    ahead(source)
    other = run(source, salt="a", style="lines.linewidth: 7").figures
    assert other != run(source).figures
    assert ahead() == []


def test_what_nobody_asked_for_is_removed():
    ahead("print(1)", "import numpy")
    places = [Path(started.place.name) for started in runner._ahead.values()]
    assert len(places) == 2
    assert all(place.exists() for place in places)
    assert ahead() == []
    assert not any(place.exists() for place in places)
    assert {runner._server(m, "").waiting for m in ("", "numpy")} == {0}


def test_program_that_cannot_run_does_not_run_ahead():
    assert ahead("import pytest", "def f(", "print(1)") == ["print(1)"]
    assert not runner._queue
    assert run("print(1)").stdout == "1\n"


def test_no_more_wait_than_a_server_takes(monkeypatch):
    monkeypatch.setattr(runner, "AHEAD", 2)
    sources = [f"print({i})" for i in range(4)]
    assert ahead(*sources) == sources[:2]
    for i, source in enumerate(sources):
        assert run(source).stdout == f"{i}\n"
    assert not runner._ahead
    assert not runner._queue


def test_nothing_runs_ahead_without_fork(monkeypatch):
    monkeypatch.delattr(os, "fork")
    assert ahead("print(1)") == []


# --- What a program imports ---------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import json", ""),
        ("import numpy.linalg as la", "numpy"),
        ("from sigref import sigmoid", "numpy"),
        ("import matplotlib", "numpy"),
        ("import matplotlib.pyplot", "matplotlib.pyplot,numpy"),
        ("from matplotlib import pyplot as plt", "matplotlib.pyplot,numpy"),
        ("def f():\n    import matplotlib.pyplot", "matplotlib.pyplot,numpy"),
        ("from scipy.special import expit", "numpy,scipy.special"),
        ("from sigref.facts import FACTS", "mpmath,numpy"),
        ("import numpydoc", ""),
        ("import numpy\nimport json", "numpy"),
        ("from sigref import sigmoid\nfrom os import path", "numpy"),
    ],
)
def test_preloaded_is_what_the_program_loads(source, module):
    assert runner._preloaded(runner._imports(source)) == module


@pytest.mark.parametrize("module", ["", *runner.PRELOADED])
def test_server_has_loaded_no_package_that_the_program_does_not(module, tmp_path):
    """Parts of a package that are loaded behind its back hide a forgotten import."""
    program = (f"import {module}\n" if module else "") + (
        "import sys\nprint('\\n'.join(sorted(m for m in sys.modules if '.' in m)))"
    )
    (tmp_path / "program.py").write_text(program)
    fresh = runner.subprocess.run(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    extra = {*run(program).stdout.split()} - {*fresh.stdout.split()}
    # The script's own json brings these, and whoever imports json or re has them too.
    assert {name.partition(".")[0] for name in extra} <= {"json", "re"}


def test_imports_are_declared():
    known = runner._importable()
    assert {"math", "numpy", "matplotlib", "scipy", "mpmath", "sigref"} <= known
    assert {"__main__", "math_core", "sklearn"} <= known
    assert not {"pytest", "hypothesis", "flint", "playwright", "PIL"} & known


def test_relative_import_raises():
    with pytest.raises(ProgramError, match="ImportWarning"):
        run("from . import a")


def test_syntax_warning_is_the_programs_own():
    with pytest.raises(ProgramError, match="SyntaxError"):
        run('x = 1\nprint(x is 1, "\\d")')

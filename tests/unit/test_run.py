"""A program runs as in a fresh interpreter, and what it does is told truthfully."""

import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sigref._docs.execute import imports
from sigref._docs.execute.run import Program, ProgramError, Runner
from sigref._docs.page.programs import PRELOADED
from sigref._docs.page.programs import runner as site_runner

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "cache"


def new_runner(**settings):
    settings = {"folder": FOLDER, "preload": PRELOADED, **settings}
    return Runner(importable=site_runner.importable, **settings)


@pytest.fixture(scope="module", params=["fork", "no fork"])
def either(request):
    """Run programs with and without a server to fork."""
    with closing(new_runner(fork=request.param == "fork")) as runner:
        yield runner


@pytest.fixture(scope="module")
def runner():
    with closing(new_runner()) as runner:
        yield runner


class TestBothWays:
    def test_result(self, either):
        result = either.run(Program("import sys\nprint('σ')\nsys.stdout.write('x')"))
        assert (result.stdout, result.exception, result.figures) == ("σ\nx", "", [])

    def test_exception(self, either):
        result = either.run(Program("print(1)\nraise KeyError('a')"), raises="KeyError")
        assert (result.stdout, result.exception) == ("1\n", "KeyError: 'a'")

    def test_exception_that_another_one_caused(self, either):
        source = "try:\n    raise KeyError(1)\nexcept KeyError:\n    raise KeyError(1)"
        assert either.run(Program(source), raises="KeyError").exception == "KeyError: 1"

    def test_exception_of_several_lines(self, either):
        first, *_, last = either.run(
            Program("exec('1 +')"), raises="SyntaxError"
        ).exception.split("\n")
        assert first == '  File "<string>", line 1'
        assert last == "SyntaxError: invalid syntax"

    @pytest.mark.slow
    def test_random_numbers_are_others_each_time(self, either):
        source = "import numpy, scipy.stats\nprint(numpy.random.random())"
        assert either.run(Program(source)).stdout != either.run(Program(source)).stdout

    def test_figure(self, either):
        source = "import matplotlib.pyplot as plt\nplt.figure()\nplt.figure()"
        first, second = either.run(Program(source)).figures
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
    def test_error(self, either, source, message):
        program = Program(source, timeout=1 if "while" in source else 60)
        with pytest.raises(ProgramError, match=f"(?s){message}"):
            either.run(program, filename="a.md", line=7)

    def test_place_of_an_error_is_the_programs_own_unless_told(self, either):
        with pytest.raises(
            ProgramError, match=r'File "program.py", line 2, in <module>'
        ):
            either.run(Program("\n1 / 0"))

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("1 / 0", r"^KeyError was declared, but it raised:\n.*ZeroDivisionError"),
            ("print(1)", r"^declares that it raises KeyError, but nothing raised$"),
        ],
    )
    def test_another_end_than_declared(self, either, source, message):
        with pytest.raises(ProgramError, match=f"(?s){message}"):
            either.run(Program(source), raises="KeyError")

    def test_style_is_not_that_of_the_author(self, either, tmp_path, monkeypatch):
        (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9")
        monkeypatch.chdir(tmp_path)
        source = (
            "from matplotlib.pyplot import rcParams\nprint(rcParams['lines.linewidth'])"
        )
        own = new_runner(style="# σ\nlines.linewidth: 7", fork=either.fork)
        assert own.run(Program(source)).stdout == "7.0\n"

    def test_environment_of_the_author_is_not_seen(self, either, monkeypatch):
        hidden = {
            "PYTHONPATH",
            "COLUMNS",
            "LANG",
            "SECRET",
            "PYTHONOPTIMIZE",
            "DISPLAY",
        }
        for name in hidden:
            monkeypatch.setenv(name, "1")
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        source = "import os\nprint(*os.environ)\nprint(os.environ['TZ'])"
        *seen, zone = new_runner(fork=either.fork).run(Program(source)).stdout.split()
        assert not hidden & {*seen}
        assert "PATH" in seen
        assert zone == "UTC"

    def test_input_is_empty(self, either):
        assert (
            either.run(Program("import sys\nprint(repr(sys.stdin.read()))")).stdout
            == "''\n"
        )


@pytest.mark.slow
def test_figures_are_the_same_in_every_process(runner):
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.grid()"
    first = runner.run(Program(source, salt="a")).figures
    assert new_runner().run(Program(source, salt="a")).figures == first
    assert runner.run(Program(source, salt="b")).figures != first


def test_program_after_one_that_killed_the_server_runs(runner):
    with pytest.raises(ProgramError, match=r"^ended the process that runs programs$"):
        runner.run(Program("import os\nos.kill(os.getppid(), 9)\nprint(1)"))
    assert runner.run(Program("print(1)")).stdout == "1\n"


def test_program_after_an_endless_one_runs(runner):
    with pytest.raises(ProgramError, match="time limit"):
        runner.run(Program("while True: pass", timeout=0.5))
    assert runner.run(Program("print(1)")).stdout == "1\n"


def test_program_that_waits_ends_too(runner):
    """It uses no processor time."""
    with pytest.raises(ProgramError, match=r"time limit of 0\.1 s"):
        runner.run(Program("import time\ntime.sleep(60)", timeout=0.1))


def test_program_that_prints_without_end_is_ended(runner):
    with pytest.raises(ProgramError, match="more than any page"):
        runner.run(Program("while True: print('x' * 1000)"))


@pytest.mark.slow
def test_children_end_with_an_endless_program(runner, tmp_path):
    beat = tmp_path / "beat"
    child = f"while sleep 0.1; do echo >> {beat}; done"
    with pytest.raises(ProgramError, match="time limit"):
        runner.run(Program(f"import os\nos.system({child!r})", timeout=0.5))
    size = beat.stat().st_size
    assert size
    time.sleep(0.4)
    assert beat.stat().st_size == size


def test_output_of_a_child_that_lives_longer_is_shown(runner):
    source = "import os\nos.system('(sleep 0.3; echo late) &')\nprint('early')"
    assert runner.run(Program(source)).stdout == "early\nlate\n"


def test_program_ends_with_its_server(tmp_path):
    runner = new_runner()
    beat = tmp_path / "beat"
    source = f"""import time
while True:
    open({str(beat)!r}, "a").write("x")
    time.sleep(0.01)"""
    runner.start([Program(source)])
    while not beat.exists():
        time.sleep(0.01)
    runner.close()
    size = beat.stat().st_size
    time.sleep(0.2)
    assert beat.stat().st_size == size


# --- Before the pages -------------------------------------------------------------


def test_program_that_was_started_runs_once(runner, tmp_path):
    log = tmp_path / "log"
    source = f"with open({str(log)!r}, 'a') as log:\n    log.write('x')\nprint(1)"
    before = runner.executed
    runner.start([Program(source), Program(source)])
    assert runner.run(Program(source)).stdout == "1\n"
    assert (log.read_text(), runner.executed - before) == ("x", 1)
    assert runner.run(Program(source)).stdout == "1\n"
    assert (log.read_text(), runner.executed - before) == ("xx", 2)


def test_faults_of_programs_that_were_started_are_told(runner):
    faults = {"import pytest": "imports pytest", "def f(": "SyntaxE", "1 / 0": "ZeroD"}
    runner.start(map(Program, [*faults, "print(1)"]))
    for source, message in faults.items():
        with pytest.raises(ProgramError, match=message):
            runner.run(Program(source))
    assert runner.run(Program("print(1)")).stdout == "1\n"


# --- Kept results -----------------------------------------------------------------


@pytest.fixture
def kept(tmp_path):
    """Make runners that keep their results in one folder."""
    code, made = tmp_path / "code.py", []

    def make(text="1", **settings):
        code.write_text(text)
        runner = new_runner(**{"folder": tmp_path, **settings})
        runner.keep_results([code])
        made.append(runner)
        return runner

    yield make
    for runner in made:
        runner.close()


def test_result_is_kept_by_all_that_it_depends_on(kept, monkeypatch):
    source = "import random\nprint(random.random())"
    program, first = Program(source), kept().run(Program(source))
    assert kept().run(program) == first
    again = kept()
    again.start([program])
    assert (again.run(program), again.executed) == (first, 0)
    assert kept().run(Program(source + "\n")) != first
    assert kept().run(Program(source, salt="a")) != first
    assert kept(text="2").run(program) != first
    assert kept(style="lines.linewidth: 7").run(program) != first
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    assert kept().run(program) != first


def test_fault_is_not_kept(kept, tmp_path):
    for _ in range(2):
        runner = kept()
        with pytest.raises(ProgramError, match="ZeroDivisionError"):
            runner.run(Program("1 / 0"))
        assert runner.executed == 1
    assert not [*(tmp_path / "programs").iterdir()]


def test_half_a_result_is_not_read(kept, tmp_path):
    first = kept().run(Program("print(1)"))
    (file,) = (tmp_path / "programs").iterdir()
    file.write_text(file.read_text()[:-5])
    runner = kept()
    assert (runner.run(Program("print(1)")), runner.executed) == (first, 1)


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
    assert imports.preloaded(source, PRELOADED) == module


@pytest.mark.slow
@pytest.mark.parametrize("module", ["", *PRELOADED])
def test_server_has_loaded_no_package_that_the_program_does_not(
    runner, module, tmp_path
):
    """Parts of a package that are loaded behind its back hide a forgotten import."""
    program = (f"import {module}\n" if module else "") + (
        "import sys\nprint('\\n'.join(sorted(m for m in sys.modules if '.' in m)))"
    )
    (tmp_path / "program.py").write_text(program)
    fresh = subprocess.run(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "MPLBACKEND": "agg"},
    )
    extra = {*runner.run(Program(program)).stdout.split()} - {*fresh.stdout.split()}
    # The script's own json brings these, and whoever imports json or re has them too.
    assert {name.partition(".")[0] for name in extra} <= {"json", "re"}


def test_imports_are_declared():
    known = site_runner.importable
    assert {"math", "numpy", "matplotlib", "scipy", "mpmath", "sigref"} <= known
    assert {"__main__", "math_core", "sklearn"} <= known
    assert not {"pytest", "hypothesis", "flint", "playwright", "PIL"} & known


def test_relative_import_raises(runner):
    with pytest.raises(ProgramError, match="ImportWarning"):
        runner.run(Program("from . import a"))


def test_syntax_warning_is_the_programs_own(runner):
    with pytest.raises(ProgramError, match="SyntaxError"):
        runner.run(Program('x = 1\nprint(x is 1, "\\d")'))


# --- The author's machine -----------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("fork", [True, False])
def test_program_runs_whatever_the_author_has_at_home(fork, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text("print('hello')")
    (tmp_path / ".config" / "matplotlib").mkdir(parents=True)
    (tmp_path / ".config" / "matplotlib" / "matplotlibrc").write_text("nonsense: 1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setenv("HOME", "/proc/nobody")
    runner = new_runner(fork=fork, folder=tmp_path / "cache")
    source = "from matplotlib.figure import Figure\nFigure()\nprint(1)"
    assert runner.run(Program(source)).stdout == "1\n"


def test_group_of_exceptions_is_shown_without_its_traceback(runner):
    source = """import asyncio
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep("x"))
asyncio.run(main())"""
    result = runner.run(Program(source), raises="ExceptionGroup")
    assert result.exception == (
        "ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)"
    )


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\x7f"])
def test_text_that_reads_as_what_it_is_not_is_refused(runner, mark):
    with pytest.raises(ProgramError, match="contains the control character"):
        runner.run(Program(f"print(1)  # {mark}"))
    with pytest.raises(ProgramError, match="printed the control character"):
        runner.run(Program(f"print(chr({ord(mark)}))"))


def test_sets_are_in_another_order_without_the_fork_server(runner):
    """So that two builds differ where the order of a set shows."""
    program = Program(f"print(*set({[*map(str, range(50))]}))")
    assert new_runner(fork=False).run(program) != runner.run(program)
    assert new_runner().run(program) == runner.run(program)


def test_general_part_knows_neither_the_module_nor_markdown():
    """So that `execute` could be taken elsewhere."""
    for path in (ROOT / "sigref/_docs/execute").glob("*.py"):
        for name in imports.imported(path.read_text("utf-8")):
            own = name.startswith("sigref._docs.execute.")
            assert own or name.partition(".")[0] not in {"sigref", "markdown"}, path

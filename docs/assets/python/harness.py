"""Be `python program.py` again and again, in one interpreter, for the pages.

Runs in the browser; worker.mjs says what came before.
"""

import builtins
import io
import json
import linecache
import os
import shutil
import sys
import traceback
import types
import warnings

NAMES = {"numpy": "NumPy", "scipy": "SciPy", "matplotlib": "Matplotlib"}
NAMES |= {"mpmath": "mpmath", "sigref": "sigref"}
FOLDER = "/home/pyodide/cwd"


_builtins = dict(vars(builtins))


def _reset():
    """Undo what the program before may have set."""
    for name in vars(builtins).keys() - _builtins.keys():
        delattr(builtins, name)
    vars(builtins).update(_builtins)
    if np := sys.modules.get("numpy"):
        np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
        np.set_printoptions(
            edgeitems=3, floatmode="maxprec", formatter=None, infstr="inf", legacy=False, linewidth=75,
            nanstr="nan", override_repr=None, precision=8, sign="-", suppress=False, threshold=1000,
        )  # fmt: skip
        if random := sys.modules.get("numpy.random"):
            random.seed()
    if matplotlib := sys.modules.get("matplotlib"):
        if plt := sys.modules.get("matplotlib.pyplot"):
            plt.close("all")
        matplotlib.rcParams.update(matplotlib.rcParamsOrig)
    if mpmath := sys.modules.get("mpmath"):
        mpmath.mp.dps = 15
        mpmath.mp.pretty = False
    os.chdir("/")
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    os.chdir(FOLDER)
    sys.argv = ["program.py"]


def run_program(source):
    """Run it as `__main__`; how it ended and what it drew, as JSON."""
    _reset()
    path = f"{FOLDER}/program.py"
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=builtins)
    keep = sys.modules["__main__"]
    sys.modules["__main__"] = main
    outcome = {"exception": "", "traceback": "", "figures": []}
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(source)
        with warnings.catch_warnings():
            # Below the program is where its figures are shown; on Linux agg keeps quiet.
            warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
            exec(
                compile(source, "program.py", "exec", dont_inherit=True), main.__dict__
            )
            outcome["figures"] = _figures()
    except SystemExit as end:  # as Python does, print its text alone
        if not isinstance(end.code, int | None):
            print(end.code, file=sys.stderr)
    except BaseException as error:
        lines = source.splitlines(keepends=True)
        linecache.cache["program.py"] = (len(source), None, lines, "program.py")
        trace = error.__traceback__ and error.__traceback__.tb_next
        shown = traceback.format_exception(type(error), error, trace)
        outcome["traceback"] = "".join(shown)
        last = traceback.format_exception_only(error)
        outcome["exception"] = "".join(last).rstrip()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.modules["__main__"] = keep
    outcome["versions"] = ", ".join(
        [f"Python {sys.version.split()[0]}"]
        + [
            f"{name} {sys.modules[module].__version__}"
            for module, name in NAMES.items()
            if module in sys.modules
        ]
    )
    return json.dumps(outcome)


_drawn = 0


def _figures():
    """Every figure that pyplot holds open, as the site shows figures."""
    global _drawn
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is None:
        return []
    import figure

    html = []
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    for number in plt.get_fignums():
        _drawn += 1
        slug, buffer = f"run-{_drawn}", io.StringIO()
        with plt.rc_context({"svg.hashsalt": slug, "svg.fonttype": "none"}):
            plt.figure(number).savefig(buffer, format="svg", metadata=nothing)
        alt = f"Figure {len(html) + 1}, drawn by your run of the program."
        html.append(figure.embed(buffer.getvalue(), slug, alt))
    plt.close("all")
    return html

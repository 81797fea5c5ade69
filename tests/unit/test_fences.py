"""Pages show exactly what their programs print, and figures that follow the palette.

Each program is taken from the built page as a reader would copy it, and run by
`python -W error program.py` in an empty directory: the page must show the same.
"""

import html
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tiny_site import mkdocs, write_site

SCRIPT = "print(`<script>alert(1)</script> & &amp;`)".replace("`", '"')
PLT = "import matplotlib.pyplot as plt\n"

PROCESSES = """\
import multiprocessing

def square(x):
    return x * x

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        print(pool.map(square, [1, 2, 3]))"""

# Name -> program, what its page must show, and further options of the fence.
PROGRAMS = {
    "sep": ('print(1, 2, sep="-", end="!\\n")', "1-2!\n"),
    "pprint": (
        "from pprint import pprint\npprint({'b': 'x' * 60, 'a': ['y' * 30]})",
        f"{{'a': ['{'y' * 30}'],\n 'b': '{'x' * 60}'}}\n",
    ),
    "write": ('import sys\nsys.stdout.write("no newline")', "no newline\n"),
    "buffer": ('import sys\nsys.stdout.buffer.write("σ".encode())', "σ\n"),
    "library": ("import this", None),
    "help": ("import numpy\nhelp(numpy.ndarray.ndim)", None),
    "child": (
        ("import subprocess, sys\nprint('first')\n"
        "subprocess.run([sys.executable, '-c', 'print(2)'])\nprint('third')"),
        "first\n2\nthird\n",
    ),
    "shell": ("import os\nprint(1, flush=True)\nos.system('echo two')", "1\ntwo\n"),
    "fork": (
        ("import os\nif os.fork() == 0:\n    print('child', flush=True)\n    os._exit(0)\n"
        "os.wait()\nprint('parent')"),
        "child\nparent\n",
    ),
    "late_child": ("import os\nos.system('(sleep 0.3; echo late) &')\nprint(1)", "1\nlate\n"),
    "main": ('if __name__ == "__main__":\n    print(__name__)', "__main__\n"),
    "future": (
        ("from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "import pickle, typing\n\n@dataclass\nclass Point:\n    x: float\n    next: Point\n\n"
        "print(pickle.loads(pickle.dumps(Point(1.0, None))))\n"
        "print(typing.get_type_hints(Point))"),
        ("Point(x=1.0, next=None)\n"
        "{'x': <class 'float'>, 'next': <class '__main__.Point'>}\n"),
    ),
    "getsource": (
        "import inspect\n\ndef f(x):\n    return x  # here\n\nprint(inspect.getsource(f))",
        "def f(x):\n    return x  # here\n\n",
    ),
    "traceback": (
        ("import sys, traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError as error:\n"
        "    print(traceback.extract_tb(error.__traceback__)[0].lineno)"),
        "3\n",
    ),
    "open_itself": ("with open(__file__) as me:\n    print(len(me.readlines()))", "2\n"),
    "argv": ("import sys, os\nprint(sys.argv, os.listdir())", "['program.py'] ['program.py']\n"),
    "import_own_module": (
        "from pathlib import Path\nPath('mine.py').write_text('x = 3')\nprint(__import__('mine').x)",
        "3\n",
    ),
    "unicode": (
        'print("σ′ − ∞ 𝜎 é e\\u0301 שלום 🙂 👩‍🔬 a\\u00a0b\\u202fc")',
        "σ′ − ∞ 𝜎 é e\u0301 שלום 🙂 👩‍🔬 a\u00a0b\u202fc\n",
    ),
    "long": ("print('x' * 5000)", "x" * 5000 + "\n"),
    "escaped": (SCRIPT, "<script>alert(1)</script> & &amp;\n"),
    "markup": ("print('<img src=x> <a href=\"no.md\"> <b id=page>')", None),
    "like_markdown": (
        "print('# Head\\n\\n* [a](no.md) **b** $\\\\foo$ `c`\\n\\n    d\\n[TOC]\\n!!! note\\n*[HTML]: x')",
        "# Head\n\n* [a](no.md) **b** $\\foo$ `c`\n\n    d\n[TOC]\n!!! note\n*[HTML]: x\n",
    ),
    "like_fence": ("print('`' * 3 + 'python\\n1\\n' + '`' * 3)", "```python\n1\n```\n"),
    "like_long_fence": ("print('`' * 8 + '\\na\\n' + '`' * 9)", "````````\na\n`````````\n"),
    "like_include": ("print('--8' + '<-- \"no.txt\"')", '--8<-- "no.txt"\n'),
    "like_placeholder": ("print('wzxhzdk:0 klzzwxh:0000')", "wzxhzdk:0 klzzwxh:0000\n"),
    "blank_lines": ("print('\\n\\n  a\\n\\n\\n\\tb  \\n\\n')", "\n\n  a\n\n\n\tb  \n\n\n"),
    "blank_program_lines": ("def f():\n\n    a = 1\n\n\n    return a\n\n\nprint(f())", "1\n"),
    "redirect": (
        ("import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as text:\n"
        "    print('a')\nprint(text.getvalue() * 2)"),
        "a\na\n\n",
    ),
    "replaced_stdout": (
        "import io, sys\nprint(1)\nsys.stdout = io.StringIO()\nprint('unseen')",
        "1\n",
    ),
    "closed_stdout": ("import sys\nprint(1)\nsys.stdout.close()", "1\n"),
    "thread": (
        ("import threading, time\n\ndef late():\n    time.sleep(0.2)\n    print('late')\n\n"
        "threading.Thread(target=late).start()\nprint('main')"),
        "main\nlate\n",
    ),
    "at_exit": ("import atexit\natexit.register(print, 'bye')\nprint('hi')", "hi\nbye\n"),
    "finalizer": (
        "class A:\n    def __del__(self):\n        print('gone')\n\na = A()\nprint('hi')",
        "hi\ngone\n",
    ),
    "pool": (
        ("from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor() as pool:\n    print(list(pool.map(abs, [-1, 2])))"),
        "[1, 2]\n",
    ),
    "processes_fork": (PROCESSES.replace("spawn", "fork"), "[1, 4, 9]\n"),
    "processes_spawn": (PROCESSES, "[1, 4, 9]\n"),
    "stdin": ("import sys\nprint(repr(sys.stdin.read()), sys.stdin.isatty())", "'' False\n"),
    "descriptors": (
        ("import os\n\ndef is_open(n):\n    try:\n        return bool(os.fstat(n))\n"
        "    except OSError:\n        return False\n\n"
        "print([n for n in range(3, 100) if is_open(n)])"),
        "[]\n",
    ),
    "names": ("print([n for n in globals() if not n.startswith('__')])", "[]\n"),
    "annotations": ("def f(x: int): ...\n\nprint(f.__annotations__)", "{'x': <class 'int'>}\n"),
    "path": ("import os, sys\nprint(sys.path[0] == os.getcwd())", "True\n"),
    "terminal": ("import shutil\nprint(*shutil.get_terminal_size())", "80 24\n"),
    "argparse_width": (
        "import argparse\nargparse.ArgumentParser('a', description='word ' * 40).print_help()",
        None,
    ),
    "optimised": ("import sys\nprint(__debug__, sys.flags.optimize)", "True 0\n"),
    "time_zone": ("import time\nprint(time.localtime(0).tm_hour)", "0\n"),
    "encoding": (
        "import locale, sys\nprint(sys.stdout.encoding, locale.getpreferredencoding())",
        "utf-8 UTF-8\n",
    ),
    "module_of_main": ("import sys, __main__\nx = 1\nprint(__main__.x, sys.modules['__main__'].x)", "1 1\n"),
    "loaded": ("import sys\nprint([m for m in ('numpy', 'matplotlib', 'mkdocs') if m in sys.modules])", "[]\n"),
    "loaded_numpy": (
        "import numpy, sys\nprint(sorted(m for m in sys.modules if m.startswith(('numpy', 'matplotlib'))))",
        None,
    ),
    "loaded_pyplot": (
        "import matplotlib.pyplot, sys\nprint(sorted(m for m in sys.modules if 'matplotlib' in m))",
        None,
    ),
    "raises": ("print(1)\n{}['a key']", "1\n", ' raises="KeyError"'),
    "raises_own": ("class Mine(Exception):\n    pass\n\nraise Mine('<&>')", "", ' raises="Mine"'),
    "raises_numpy": ("import numpy\nnumpy.zeros(2).sum(axis=7)", "", ' raises="AxisError"'),
    "raises_bare": ("raise ValueError", "", ' raises="ValueError"'),
    "raises_lines": ("raise ValueError('two\\nlines')", "", ' raises="ValueError"'),
    "warning_declared": (
        "import warnings\nwarnings.warn('careful')", "", ' raises="UserWarning"',
    ),
    "title": ("print(1)", "1\n", ' title="A <b> & c" hl_lines="1"'),
    "below": ("print(1)", "1\n", ' source="below"'),
    "folded": ("print(1)\n\nprint('<')", "1\n<\n", ' source="folded"'),
    "math": ("print('$\\\\sigma$')", "$\\sigma$\n"),
    "random": ("import random\nprint(len({random.random() for _ in range(9)}))", "9\n"),
    "two_figures": (
        PLT + "plt.figure().add_subplot().plot([1, 2])\nplt.figure()\nprint('then')",
        "then\n",
        ' alt="One|Two <&>" caption="A $x$ [home](index.md)"',
    ),
}  # fmt: skip

LEAKS = """\
import builtins, locale, os, random, sys, warnings
import matplotlib
import matplotlib.pyplot as plt
import numpy as np

plt.rcParams["lines.linewidth"] = 77
plt.figure()
plt.close("all")
plt.style.use("dark_background")
np.set_printoptions(precision=1)
np.seterr(all="raise")
np.random.seed(0)
random.seed(0)
warnings.simplefilter("ignore")
os.environ["LEAK"] = "1"
sys.path.append("leak")
sys.modules["leak"] = sys
sys.setrecursionlimit(77)
builtins.leak = 1
open("leak", "w").close()
os.chdir("/")
os.umask(0o777)
print("leaked")
"""
CLEAN = """\
import builtins, locale, os, random, sys, warnings
import matplotlib.pyplot as plt
import numpy as np

print(plt.rcParams["lines.linewidth"] != 77, plt.get_fignums(), plt.rcParams["text.color"] != "white")
print(np.array([1 / 3]), np.geterr())
print(np.random.random() != 0.5488135039273248, random.random() != 0.8444218515250481)
print(warnings.filters[0][0], warnings.filters[0][2])
print("LEAK" in os.environ, "leak" in sys.path, "leak" in sys.modules, hasattr(builtins, "leak"))
print(sys.getrecursionlimit(), os.listdir(), len(os.path.basename(os.getcwd())) > 0)
print(os.umask(0o22) != 0o777, locale.setlocale(locale.LC_ALL))
"""  # fmt: skip

FIGURE_PAGE = f"""\
# Figures

```python exec="on" alt="Curves"
{PLT}fig, (a, b) = plt.subplots(1, 2, sharey=True)
a.plot([1, 10], [0.5, 1.0], "o-", label="σ′ < 1 & <2>")
a.scatter([2, 3], [0.6, 0.7], marker="^")
a.legend(frameon=True, facecolor="white", edgecolor="black")
a.set_title("1.0 and 2.50")
b.loglog([1, 1000], [1, 10])
b.bar([1, 100], [2, 3], hatch="//", color="none", edgecolor="C3")
b.fill_between([1, 10], [1, 2], color="#123456", alpha=0.25)
print("text")
```

Again the same, and a heat map:

```python exec="on" alt="Curves"
{PLT}fig, (a, b) = plt.subplots(1, 2, sharey=True)
a.plot([1, 10], [0.5, 1.0], "o-", label="σ′ < 1 & <2>")
a.scatter([2, 3], [0.6, 0.7], marker="^")
```

```python exec="on" alt="Heat map|Empty|Shaded|Text"
{PLT}import numpy as np

z = np.arange(300.0).reshape(15, 20)
fig, ax = plt.subplots()
fig.colorbar(ax.pcolormesh(z, rasterized=True))
plt.figure()
plt.figure().add_subplot().tripcolor([0, 1, 0], [0, 0, 1], [1.0, 2.0, 3.0], shading="gouraud")
ax = plt.figure().add_subplot()
ax.text(0.5, 0.5, "$10^{{-1.50}}$ 12.3456", rotation=30, weight="bold", style="italic")
```
"""

CONTAINERS = """\
# Containers

=== "Tab"

    ```python exec="on"
    for i in range(2):
        print("tab", i)
    ```

!!! note

    ```python exec="on"
    print("  admonition")
    ```

1. One

    ```python exec="on"
    print("list")
    ```

> ```python exec="on"
> print("quotation")
> ```

<div markdown>

```python exec="on"
print("div")
```

</div>
"""

MARKDOWN = """\
# Page

```python exec="on" output="markdown"
print("## Printed head\\n")
print("| a | b |\\n|--:|---|\\n| 1 | $x$ |\\n")
print("See [home](index.md), [below](#printed-head), <https://example.org/?a=1&b=2>.")
```

## Later
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    pages = {
        f"{name}.md": f'# Page\n\n```python exec="on"{"".join(options)}\n{source}\n```\n'
        for name, (source, _, *options) in PROGRAMS.items()
    }
    fence = '```python exec="on"\n{}```\n\n'
    pages["leaks.md"] = "".join(map(fence.format, (LEAKS, CLEAN, LEAKS, CLEAN)))
    pages |= {"figures.md": FIGURE_PAGE, "containers.md": CONTAINERS}
    pages |= {"printed/markdown.md": MARKDOWN.replace("index.md", "../index.md")}
    write_site(folder, {"index.md": "# Home\n", **pages})
    code, log = mkdocs(folder, "build", "--quiet")
    assert code == 0, log
    assert log == ""
    return folder / "site"


def page(site: Path, name: str) -> str:
    return (site / name / "index.html").read_text("utf-8")


BLOCK = re.compile(
    r'<div class="(language-\w+)(?: no-copy (\w+))? highlight">(?:<span class="filename">'
    r".*?</span>)?<pre>(?:<span></span>)?<code>(.*?)</code></pre></div>",
    re.DOTALL,
)


def blocks(text: str) -> list[tuple[str, str]]:
    """Each block of a page as ("program" or "output" or "error", its plain text)."""
    return [
        (kind or "program", html.unescape(re.sub(r"<[^>]*>", "", code)))
        for language, kind, code in BLOCK.findall(text)
    ]


def run_fresh(program: str, folder: Path) -> subprocess.CompletedProcess:
    (folder / "program.py").write_text(program, "utf-8")
    return subprocess.run(
        [sys.executable, "-W", "error", "program.py"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        env={**os.environ, "MPLBACKEND": "agg", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_page_shows_what_the_copied_program_prints(name, site, tmp_path):
    shown = dict(blocks(page(site, name)))
    source, expected, *_ = PROGRAMS[name]
    assert shown["program"].rstrip("\n") == source
    fresh = run_fresh(shown["program"], tmp_path)
    printed = fresh.stdout.decode("utf-8")
    output = shown.get("output", "")
    assert output == printed or output == printed + "\n"
    if "error" in shown:
        assert fresh.returncode == 1
        assert fresh.stderr.decode("utf-8").endswith(f"\n{shown['error']}")
    else:
        assert (fresh.returncode, fresh.stderr) == (0, b"")
    if expected is not None:
        assert output == expected


def test_page_shows_the_declared_exception(site):
    assert blocks(page(site, "raises"))[2] == ("error", "KeyError: 'a key'\n")
    assert blocks(page(site, "raises_own"))[1] == ("error", "Mine: <&>\n")


def test_programs_do_not_leak_into_each_other(site, tmp_path):
    shown = blocks(page(site, "leaks"))
    fresh = run_fresh(CLEAN, tmp_path).stdout.decode("utf-8")
    assert shown[3] == shown[7] == ("output", fresh)
    assert fresh.startswith("True [] True\n[0.33333333] {'divide': 'warn'")


def test_programs_run_inside_tabs_admonitions_lists_and_quotations(site):
    outputs = [
        text for kind, text in blocks(page(site, "containers")) if kind == "output"
    ]
    assert outputs == [
        "tab 0\ntab 1\n",
        "  admonition\n",
        "list\n",
        "quotation\n",
        "div\n",
    ]


def test_program_stands_where_source_says(site):
    def kinds(name):
        return [kind for kind, _ in blocks(page(site, name))]

    assert kinds("title") == ["program", "output"]
    assert kinds("below") == ["output", "program"]
    assert kinds("folded") == ["output", "program"]
    assert re.search(
        r"</div><details.*print.*</details>", page(site, "folded"), re.DOTALL
    )
    assert '<span class="filename">A &lt;b&gt; &amp; c</span>' in page(site, "title")
    assert '<span class="hll">' in page(site, "title")


def test_only_programs_have_a_copy_button(site):
    assert len(re.findall(r"no-copy output", page(site, "sep"))) == 1
    assert '<div class="language-python highlight">' in page(site, "sep")


def test_printed_markdown_is_part_of_the_page(site):
    text = page(site, "printed/markdown")
    assert '<h2 id="printed-head">Printed head' in text
    assert "<a href='#printed-head'>Printed head</a>" in text
    assert text.index("#printed-head'>") < text.index("#later'>")
    assert '<th align="right">a</th>' in text
    assert '<a href="../../">home</a>' in text
    assert '<a href="https://example.org/?a=1&amp;b=2">' in text
    assert "<math" in text
    assert "style=" not in text
    assert "<p><div" not in text


def figures(text: str) -> list[str]:
    return re.findall(r'<figure class="fig">(.*?)</figure>', text, re.DOTALL)


def test_figures_have_names_and_captions(site):
    one, two = figures(page(site, "two_figures"))
    assert "figcaption" not in one
    assert "<figcaption>A <math" in two
    assert '<a href="../">home</a></figcaption>' in two
    for svg, title in ((one, "One"), (two, "Two &lt;&amp;&gt;")):
        (name,) = re.findall(r'aria-labelledby="([^"]+)"', svg)
        assert f'<title id="{name}">{title}</title>' in svg
        assert 'role="img"' in svg
    text = page(site, "two_figures")
    assert text.index("then") < text.index("<figure")


def test_ids_of_a_page_are_unique_and_found(site):
    text = page(site, "figures")
    assert len(figures(text)) == 6
    ids = Counter(re.findall(r'\bid="([^"]*)"', text))
    assert ids.most_common(1)[0][1] == 1
    used = {*re.findall(r'url\(#([^)]+)\)|xlink:href="#([^"]+)"', text)}
    assert {a or b for a, b in used} <= set(ids)
    assert len(used) > 10

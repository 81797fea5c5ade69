"""Every fault of a page ends the build, in every mode, and names its place."""

import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from sigref._docs.execute.run import Outcome, Program, Runner
from sigref._docs.page.programs import own_code, runner
from tiny_site import ENGINE, ROOT, forking_mkdocs, mkdocs, write_site

MODES = [(), ("-q",), ("--strict",), ("-q", "--strict"), ("-q", "--no-strict")]
# Hears least and forgives most: modes differ only in which log records are heard and
# whether they count, so what stops a build here stops it in the others.
WEAKEST = MODES[-1]
GOOD = '```python exec="on"\nprint("good")\n```\n'


@dataclass
class Fault:
    """A page `docs/page.md` whose build must fail with `message`."""

    name: str
    text: str
    message: str


def program(source: str, options: str = "", header: str = '```python exec="on"') -> str:
    """Page whose second block, on line 7, is at fault: the program is on line 8."""
    return f"# Page\n\n{GOOD}\n{header}{options}\n{source}\n```\n"


BLOCK = "docs/page.md:7: block 2: "
PLAIN = "docs/page.md:7: "

FAULTS = [
    # --- What a program does ---
    Fault("raises", program("x = 1\n1 / 0"), BLOCK + "raised:\n"),
    Fault(
        "raises_line", program("x = 1\n1 / 0"), '"docs/page.md", line 9, in <module>'
    ),
    Fault(
        "raises_deep", program("def f():\n    1 / 0\nf()"), 'page.md", line 9, in f\n'
    ),
    Fault("raises_type", program("1 / 0"), "\nZeroDivisionError: division by zero"),
    Fault("exits_0", program("import sys\nprint(1)\nsys.exit(0)"), "SystemExit: 0"),
    Fault("exits_place", program("raise SystemExit"), BLOCK + "raised:\n"),
    Fault(
        "exits_at_once",
        program("import os\nprint(1)\nos._exit(0)"),
        BLOCK + "ended its own process before its last line (exit status 0)",
    ),
    Fault(
        "killed",
        program("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
        BLOCK + "ended its own process before its last line (exit status -9)",
    ),
    Fault(
        "fails_at_exit",
        program(
            "import atexit, os\natexit.register(os._exit, 3)\nprint(1, flush=True)"
        ),
        BLOCK + "failed after its last line with exit status 3",
    ),
    Fault(
        "raises_at_exit",
        program("import atexit\natexit.register(lambda: 1 / 0)\nprint(1)"),
        BLOCK + "wrote to standard error, which the page would not show:\n",
    ),
    Fault(
        "raises_in_thread",
        program("from threading import Thread\nThread(target=lambda: 1/0).start()"),
        BLOCK + "wrote to standard error, which the page would not show:\n",
    ),
    Fault(
        "warns",
        program('import warnings\nwarnings.warn("dear reader")\nprint(1)'),
        "UserWarning: dear reader",
    ),
    Fault(
        "warns_place",
        program('import warnings\nwarnings.warn("x")'),
        BLOCK + "raised:\n",
    ),
    Fault(
        "warns_in_library",
        program("import numpy as np\nprint(np.log(np.array([0.0])))"),
        "RuntimeWarning: divide by zero encountered in log",
    ),
    Fault("warns_in_syntax", program('print("\\d")'), "SyntaxError: "),
    Fault("warns_unclosed", program("open('x', 'w')\nprint(1)"), "ResourceWarning"),
    Fault("empty", program(""), BLOCK + "the program is empty"),
    Fault("blank", program("   \n"), BLOCK + "the program is empty"),
    Fault("silent", program("x = 1"), BLOCK + "prints nothing and draws nothing"),
    Fault(
        "prints_blank", program("print()"), BLOCK + "prints nothing and draws nothing"
    ),
    Fault("syntax", program("x = 1\nif"), BLOCK + '  File "docs/page.md", line 9'),
    Fault("return", program("return"), 'File "docs/page.md", line 8'),
    Fault(
        "null_byte", program("print('a\\0b')"), BLOCK + "printed the control character"
    ),
    Fault("escape_code", program(r'print("\x1b[1m")'), r"control character '\x1b'"),
    Fault("carriage_return", program(r'print("a\rb")'), r"control character '\r'"),
    Fault("c1_control", program(r'print("\x9b")'), r"control character '\x9b'"),
    Fault(
        "not_utf8",
        program(r'import sys; sys.stdout.buffer.write(b"\xff")'),
        BLOCK + "printed the control character",
    ),
    Fault(
        "undeclared_import",
        program("def f():\n    import pytest\nprint(1)"),
        BLOCK + "imports pytest, which is neither in the standard library nor among",
    ),
    Fault("undeclared_from", program("from PIL import Image"), BLOCK + "imports PIL,"),
    Fault("missing_import", program("import numpi"), BLOCK + "imports numpi,"),
    Fault(
        "not_raised",
        program("print(1)", ' raises="ValueError"'),
        BLOCK + "declares that it raises ValueError, but nothing raised",
    ),
    Fault(
        "raises_other",
        program("1 / 0", ' raises="ValueError"'),
        BLOCK + "ValueError was declared, but it raised:\n",
    ),
    Fault(
        "raises_base_class",
        program("1 / 0", ' raises="ArithmeticError"'),
        BLOCK + "ArithmeticError was declared, but it raised:\n",
    ),
    Fault(
        "raises_exit",
        program("raise SystemExit", ' raises="SystemExit"'),
        BLOCK + "raises=",
    ),
    Fault(
        "stderr",
        program('import sys\nprint("psst", file=sys.stderr)\nprint(1)'),
        BLOCK + "wrote to standard error, which the page would not show:\npsst",
    ),
    Fault(
        "stderr_of_child",
        program('import os\nos.system("echo psst >&2")\nprint(1)'),
        BLOCK + "wrote to standard error, which the page would not show:\npsst",
    ),
    Fault(
        "logging",
        program('import logging\nlogging.warning("psst")\nprint(1)'),
        "would not show:\nWARNING:root:psst",
    ),
    Fault(
        "endless",
        program("while True: pass", ' timeout="1"'),
        BLOCK + "did not end within its time limit of 1 s",
    ),
    Fault(
        "endless_child",
        program('import os\nos.system("sleep 60 &")\nprint(1)', ' timeout="1"'),
        BLOCK + "did not end within its time limit of 1 s",
    ),
    Fault(
        "endless_in_silence",
        program("import os\nos.close(1)\nos.close(2)\nwhile 1: pass", ' timeout="1"'),
        BLOCK + "did not end within its time limit of 1 s",
    ),
    Fault(
        "floods",
        program("while True: print('x' * 1000)"),
        BLOCK + "printed more than any page can show",
    ),
    Fault(
        "reads_input", program('input("Name? ")'), "EOFError: EOF when reading a line"
    ),
    Fault(
        "prints_own_folder",
        program("import os\nprint(os.getcwd())"),
        BLOCK + "printed the path of its own folder",
    ),
    Fault("prints_own_file", program("print(__file__)"), "path of its own folder"),
    Fault(
        "forgotten_import",
        program("import importlib\nprint(importlib.metadata.version('numpy'))"),
        "module 'importlib' has no attribute 'metadata'",
    ),
    Fault(
        "forgotten_pyplot",
        program("import matplotlib\nmatplotlib.pyplot.plot([1, 2])"),
        "module 'matplotlib' has no attribute 'pyplot'",
    ),
    Fault(
        "name_of_other_block",
        program("print(x)").replace('print("good")', "print(x := 1)"),
        "NameError: name 'x' is not defined",
    ),
    # --- What a fence says ---
    Fault(
        "option_unknown",
        program("print(1)", ' foo="bar"'),
        BLOCK + "unknown option foo=",
    ),
    Fault(
        "option_dashed",
        program("print(1)", header='``` { .python exec="on" data-copy="x" }'),
        BLOCK + "unknown option data-copy='x'",
    ),
    Fault(
        "option_misspelt",
        program("print(1)", header='```python exce="on"'),
        BLOCK + "unknown option exce=",
    ),
    Fault(
        "option_unquoted",
        program("print(1)", header="```python exec=1"),
        PLAIN + "fence header 'python exec=1' does not parse",
    ),
    Fault(
        "option_bare",
        program("print(1)", header="```python exec"),
        PLAIN + "fence header 'python exec' does not parse",
    ),
    Fault(
        "exec_other",
        program("print(1)", header='```python exec="1"'),
        BLOCK + "exec='1'; expected on",
    ),
    Fault(
        "source_bad",
        program("print(1)", ' source="abvoe"'),
        BLOCK + "source='abvoe'; expected above or below or folded",
    ),
    Fault(
        "output_bad",
        program("print(1)", ' output="html"'),
        BLOCK + "output='html'; expected markdown or text",
    ),
    Fault(
        "timeout_bad",
        program("print(1)", ' timeout="0"'),
        BLOCK + "timeout='0' does not match",
    ),
    Fault(
        "hl_lines_bad",
        program("print(1)", ' hl_lines="a"'),
        BLOCK + "hl_lines='a' does not match",
    ),
    Fault("title_quotes", program("print(1)", " title='say \"a\"'"), BLOCK + "title="),
    Fault(
        "hidden_line",
        program("x = 1  # markdown-exec: hide\nprint(1)"),
        BLOCK + "'markdown-exec: hide' would hide a line",
    ),
    Fault(
        "eight_backticks",
        program("print('''\n x````````\n''')"),
        BLOCK + "'````````' would end the program",
    ),
]
for language, message in {
    "Python": "fence header 'Python' does not parse",
    "py": "'py' is not executed",
    "python3": "'python3' is not executed",
    "pycon": "'pycon' is not executed",
    "numpy": "'numpy' is not executed",
    "pyhton": "unknown language 'pyhton'",
}.items():
    FAULTS.append(
        Fault(
            f"language_{language}",
            f"\n{GOOD}\n```{language}\n1\n```\n",
            f"docs/page.md:6: {message}",
        )
    )
FAULTS += [
    Fault(
        "not_executed",
        f"{GOOD}\n```python\nprint(1)\n```\n",
        "docs/page.md:5: block 2: Python that is not executed",
    ),
    Fault(
        "not_executed_title",
        f'{GOOD}\n```python title="a"\nprint(1)\n```\n',
        "docs/page.md:5: block 2: Python that is not executed",
    ),
    Fault(
        "unclosed",
        f"{GOOD}\n```text\na\n\n# Head\n",
        "docs/page.md:5: the fence ``` is never closed",
    ),
    Fault(
        "unclosed_python",
        f'{GOOD}\n```python exec="on"\nprint(1)\n',
        "docs/page.md:5: the fence ``` is never closed",
    ),
    Fault(
        "closed_by_longer",
        f"{GOOD}\n```text\na\n````\n",
        "docs/page.md:5: the fence ``` is never closed",
    ),
    Fault(
        "after_list_marker",
        f'{GOOD}\n- ```python exec="on"\n  print(1)\n  ```\n',
        "docs/page.md:5: a fence must begin on a line of its own",
    ),
    Fault(
        "too_little_indented",
        f'{GOOD}\n1. a\n\n    ```python exec="on"\n  print(1)\n    ```\n',
        "docs/page.md:7: not recognised",
    ),
    Fault(
        "in_tab",
        f'{GOOD}\n=== "A"\n\n    ```python exec="on"\n    x = 1\n    1 / 0\n    ```\n',
        "docs/page.md:7: block 2: raised:",
    ),
    Fault(
        "in_tab_line",
        f'{GOOD}\n=== "A"\n\n    ```python exec="on"\n    x = 1\n    1 / 0\n    ```\n',
        '"docs/page.md", line 9, in',
    ),
    Fault(
        "in_admonition",
        f'{GOOD}\n!!! note\n\n    Text.\n\n    ```python exec="on"\n    1 / 0\n    ```\n',
        "docs/page.md:9: block 2: raised:",
    ),
    Fault(
        "in_list",
        f'{GOOD}\n1. One\n\n    ```python exec="on"\n    1 / 0\n    ```\n',
        "docs/page.md:7: block 2: raised:",
    ),
    Fault(
        "in_quotation",
        f'{GOOD}\n> ```python exec="on"\n> 1 / 0\n> ```\n',
        "docs/page.md:5: block 2: raised:",
    ),
    Fault(
        "in_tilde_fence",
        f'{GOOD}\n~~~python exec="on"\n1 / 0\n~~~\n',
        "docs/page.md:5: block 2: raised:",
    ),
    Fault(
        "in_comment",
        f'{GOOD}\n<!--\n```python exec="on"\n1 / 0\n```\n-->\n',
        "docs/page.md:6: block 2: raised:",
    ),
    Fault(
        "second_of_equals",
        f"{GOOD}\n{GOOD.replace('good', 'x')}\n{GOOD[:-4]}1 / 0\n```\n",
        "docs/page.md:9: block 3: raised:",
    ),
    Fault(
        "after_front_matter",
        f"---\ntitle: A\n---\n\n{GOOD[:-4]}1 / 0\n```\n",
        "docs/page.md:5: block 1: raised:",
    ),
    # --- Figures ---
    *(
        Fault(
            name,
            program(f"import matplotlib.pyplot as plt\n{source}", options),
            BLOCK + message,
        )
        for name, source, options, message in [
            (
                "alt_missing",
                "plt.figure()",
                "",
                "draws 1 figure(s), but its alt= describes 0",
            ),
            (
                "alts_too_few",
                "plt.figure()\nplt.figure()",
                ' alt="A"',
                "draws 2 figure(s), but its alt= describes 1",
            ),
            (
                "alts_too_many",
                "plt.figure()",
                ' alt="A|B"',
                "draws 1 figure(s), but its alt= describes 2",
            ),
            ("alt_blank", "plt.figure()", ' alt=" "', "alt=' ' does not match"),
            (
                "alt_half",
                "plt.figure()\nplt.figure()",
                ' alt="A|"',
                "draws 2 figure(s)",
            ),
            (
                "alt_without_figure",
                "print(1)",
                ' alt="A"',
                "draws 0 figure(s), but its alt= describes 1",
            ),
            (
                "caption_without_figure",
                "print(1)",
                ' caption="A"',
                "has a caption, but draws no figure",
            ),
            (
                "figure_in_markdown",
                "plt.figure()",
                ' alt="A" output="markdown"',
                'output="markdown" goes with printed text alone',
            ),
        ]
    ),
    # --- Formulas, includes, links, HTML ---
    Fault(
        "formula_wrong",
        "# P\n\n$$\na \\\\[1ex] b\n$$\n",
        "docs/page.md:4: formula 'a \\\\\\\\[1ex] b' would be rendered wrongly at",
    ),
    Fault(
        "formula_wrong_inline",
        "# P\n\nSo $\\bigr)^2$.\n",
        "docs/page.md:3: formula '\\\\bigr)^2' would be rendered wrongly at",
    ),
    Fault(
        "formula_optional",
        "# P\n\n$$\\begin{aligned}[t] a \\end{aligned}$$\n",
        "docs/page.md:3: formula",
    ),
    Fault(
        "formula_unknown",
        "# P\n\n$$\n\\foo\n$$\n",
        "docs/page.md:4: formula '\\\\foo': ",
    ),
    Fault(
        "formula_unknown_inline",
        "# P\n\nSo $\\foo$.\n",
        "docs/page.md:3: formula '\\\\foo': ",
    ),
    Fault(
        "formula_unbalanced", "# P\n\nSo $\\frac{1}{2$.\n", "docs/page.md:3: formula"
    ),
    Fault(
        "formula_printed",
        program("print('$\\\\foo$')", ' output="markdown"'),
        "formula '\\\\foo': ",
    ),
    Fault(
        "include_missing",
        '# P\n\n--8<-- "no.md"\n',
        "docs/page.md:3: includes 'no.md', which does not exist",
    ),
    Fault(
        "include_in_fence",
        '# P\n\n```text\n--8<-- "no.md"\n```\n',
        "docs/page.md:4: includes 'no.md', which does not exist",
    ),
    Fault(
        "include_block",
        "# P\n\n--8<--\nno.md\n--8<--\n",
        "docs/page.md:3: write the file to include as",
    ),
    Fault("include_section", '# P\n\n--8<-- "mkdocs.yml:no"\n', "no"),
    Fault(
        "link",
        "# P\n\n[a](no.md)\n",
        "docs/page.md:3: Doc file 'page.md' contains a link 'no.md', but the target is not found",
    ),
    Fault(
        "link_absolute",
        "# P\n\n[a](/no/)\n",
        "docs/page.md:3: Doc file 'page.md' contains an absolute link",
    ),
    Fault(
        "link_to_folder",
        "# P\n\n[a](no/)\n",
        "docs/page.md:3: Doc file 'page.md' contains an unrecognized relative link",
    ),
    Fault(
        "anchor",
        "# P\n\n[a](#no)\n",
        "docs/page.md:3: Doc file 'page.md' contains a link '#no', but there is no such anchor",
    ),
    Fault(
        "anchor_other_page",
        "# P\n\n[a](index.md#no)\n",
        "docs/page.md:3: Doc file 'page.md' contains a link 'index.md#no', but the doc",
    ),
    Fault(
        "link_printed",
        program("print('[a](no.md)')", ' output="markdown"'),
        "docs/page.md:8: Doc file 'page.md' contains a link 'no.md'",
    ),
    Fault(
        "anchor_printed",
        program("print('[a](index.md#no)')", ' output="markdown"'),
        "docs/page.md:8: Doc file 'page.md' contains a link 'index.md#no'",
    ),
    Fault(
        "image_file",
        "# P\n\n![a](no.png)\n",
        "docs/page.md:3: Doc file 'page.md' contains a link 'no.png'",
    ),
    Fault(
        "image_alt",
        "# P\n\n![](b.svg)\n",
        "docs/page.md:3: image '../b.svg' has no alt text",
    ),
    Fault(
        "image_alt_html",
        '# P\n\n<img src="https://example.org/a.png">\n',
        "docs/page.md:3: image 'https://example.org/a.png' has no alt text",
    ),
    Fault(
        "image_alt_empty",
        '# P\n\n<img alt=" " src="a.png">\n',
        "docs/page.md:3: image 'a.png' has no alt text",
    ),
    Fault(
        "ids",
        '# P\n\n<a id="x"></a>\n\n## Head { #x }\n',
        "docs/page.md:3: id 'x' is used twice",
    ),
    Fault(
        "ids_printed",
        program("""print('<b id="page">a</b>')""", ' output="markdown"'),
        "docs/page.md:8: id 'page' is used twice",
    ),
    # --- Text that a second reader could take otherwise than Markdown does ---
    *(
        Fault(
            f"line_separator_{name}", f"# P\u2028\n\n{text}", f"docs/page.md:{message}"
        )
        for name, text, message in (
            ("pycon", "```pycon\n>>> 1\n```\n", "3: 'pycon' is not executed"),
            ("language", "```pyton\n1\n```\n", "3: unknown language 'pyton'"),
            ("open", "```text\n1\n", "3: the fence ``` is never closed"),
            ("program", f"{GOOD}\n{GOOD[:-4]}1 / 0\n```\n", "7: block 2: raised:"),
            ("image", "![](b.svg)\n", "3: image '../b.svg' has no alt text"),
            ("include", '--8<-- "no.md"\n', "3: includes 'no.md'"),
        )
    ),
    Fault(
        "in_numbered_list",
        "# P\n\n1. a\n\n   " + GOOD.replace("\n", "\n   ") + "\n2. b\n",
        "docs/page.md:5: indent a fence by a multiple of four spaces",
    ),
    Fault(
        "include_printed",
        program("print('--8' + '<-- \"mkdocs.yml\"')", ' output="markdown"'),
        BLOCK + "printed '--8<-- \"mkdocs.yml\"', which would include a file",
    ),
    Fault(
        "link_printed_with_attributes",
        program("print('[h](no.md){ .md-button }')", ' output="markdown"'),
        "docs/page.md:8: Doc file 'page.md' contains a link 'no.md'",
    ),
    Fault("reordered", program("print(1)  # \u202e"), BLOCK + "contains the control"),
    Fault(
        "fence_printed",
        program("print('~~~python\\n1\\n~~~')", ' output="markdown"'),
        BLOCK + "printed a fence that cannot be shown",
    ),
    Fault(
        "fence_printed_open",
        program("print('~~~\\n1')", ' output="markdown"'),
        BLOCK + "printed a fence that cannot be shown",
    ),
]


@pytest.fixture(scope="session")
def forked():
    with forking_mkdocs() as run:
        yield run


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_stops_the_build(fault, tmp_path, forked):
    write_site(tmp_path, {"index.md": "# Home\n", "page.md": fault.text})
    code, log = forked(tmp_path, "build", *WEAKEST)
    message = fault.message
    if ENGINE == "zensical":
        message = IN_ITS_OWN_WORDS.get(fault.name, message)
        if fault.name in LEFT_TO_THE_CHECKER:
            assert code == 0, "the build finds it now; take it off the list"
            message = LEFT_TO_THE_CHECKER[fault.name]
            code, log = checked(tmp_path)
    assert message in log
    assert code == 1


# Zensical has links and images examined by its own code. Some faults it words
# otherwise, some it does not see; those the checker finds in the built site.
IN_ITS_OWN_WORDS = {
    "link": "page does not exist",
    "anchor": "anchor does not exist",
    "anchor_other_page": "anchor does not exist",
    "image_alt": "docs/page.md:3: image 'b.svg' has no alt text",
    "line_separator_image": "docs/page.md:3: image 'b.svg' has no alt text",
}
LEFT_TO_THE_CHECKER = {
    "link_absolute": "link '/no/' depends on where the site is served",
    "link_to_folder": "page/index.html:2: link '../no/' leads nowhere",
    "link_printed": "link '../no/' leads nowhere",
    "link_printed_with_attributes": "link '../no/' leads nowhere",
    "anchor_printed": "link '../#no': there is no such anchor",
    "image_file": "page/index.html:2: link '../no.png' leads nowhere",
}


def checked(folder: Path) -> tuple[int, str]:
    """What the checker says of a site."""
    done = subprocess.run(
        [sys.executable, "-m", "sigref._docs.publish.check", "site", "docs"],
        cwd=folder,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


# One fault for each way in which a build ends: in the formatter, before and after
# the conversion, in MkDocs' log while it converts and when it has converted all.
WAYS = ["exits_0", "language_Python", "formula_unknown", "link", "anchor_other_page"]


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: " ".join(mode) or "plain")
@pytest.mark.parametrize("name", WAYS)
def test_fault_stops_the_command_line_in_every_mode(name, mode, tmp_path, forked):
    (fault,) = (fault for fault in FAULTS if fault.name == name)
    write_site(tmp_path, {"index.md": "# Home\n", "page.md": fault.text})
    run = mkdocs if mode in {(), WEAKEST} else forked
    code, log = run(tmp_path, "build", *mode)
    assert fault.message in log
    assert code == 1
    assert "site-packages" not in log  # a message, not a traceback through MkDocs


@pytest.mark.parametrize("mode", [("-q",), ("-q", "--strict")], ids=" ".join)
def test_quiet_build_counts_the_warnings_of_mkdocs(mode, tmp_path, forked):
    write_site(tmp_path, {"index.md": "# Home\n", "page.md": "# Page\n"})
    settings = tmp_path / "mkdocs.yml"
    settings.write_text(settings.read_text() + "nav: [index.md, no.md]\n")
    code, log = forked(tmp_path, "build", *mode)
    assert "'no.md' is included in the 'nav' configuration, which is not found" in log
    assert code == 1


def test_program_that_kills_its_parent_stops_the_build(tmp_path):
    write_site(
        tmp_path,
        {"index.md": program("import os\nos.kill(os.getppid(), 9)\nprint(1)")},
    )
    code, log = mkdocs(tmp_path, "build", *WEAKEST)
    assert "docs/index.md:7: block 2: ended the process that runs programs" in log
    assert code == 1


@pytest.mark.parametrize(
    "arguments", [["build", "-d", "serve"], ["-q", "build"]], ids=" ".join
)
def test_only_the_command_serve_goes_on(arguments, tmp_path, forked):
    write_site(tmp_path, {"index.md": program("1 / 0")})
    assert forked(tmp_path, *arguments)[0] == 1


def test_fault_in_included_file_is_reported_with_the_page(tmp_path, forked):
    write_site(
        tmp_path,
        {"index.md": f'# A\n\n--8<-- "part.txt"\n\n{GOOD}{GOOD[:-4]}1/0\n```\n'},
    )
    (tmp_path / "part.txt").write_text(GOOD)
    code, log = forked(tmp_path, "build", *WEAKEST)
    assert "docs/index.md:8: block 3: raised:" in log
    (tmp_path / "part.txt").write_text(GOOD.replace("print", "prin"))
    code, log = forked(tmp_path, "build", *WEAKEST)
    assert "docs/index.md: block 1: raised:" in log
    assert code == 1


def test_fault_in_included_program_has_the_lines_of_its_file(tmp_path, forked):
    page = '# A\n\n```python exec="on"\n--8<-- "a.py"\n```\n'
    write_site(tmp_path, {"index.md": page + page.replace("A", "B")})
    (tmp_path / "a.py").write_text("x = 1\n\n\nprint(x)\n")
    assert forked(tmp_path, "build", *WEAKEST) == (0, "")
    (tmp_path / "a.py").write_text("x = 1\n\n\n1 / 0\n")
    code, log = forked(tmp_path, "build", *WEAKEST)
    assert "docs/index.md:3: block 1: raised:" in log
    assert 'File "program.py", line 4' in log
    assert code == 1


# --- Text that is read as MkDocs reads it --------------------------------------------


def test_what_mkdocs_ignores_is_ignored(tmp_path, forked):
    ran = tmp_path / "ran"
    leaves = (
        f"""```python exec="on"\nopen({str(ran)!r}, "w").close()\nprint(1)\n```\n"""
    )
    pages = {"index.md": GOOD, "draft.md": leaves, ".hidden.md": leaves}
    write_site(tmp_path, pages)
    (tmp_path / "docs" / ".#index.md").symlink_to("me@host.1:2")  # as Emacs makes it
    with (tmp_path / "mkdocs.yml").open("a") as settings:
        settings.write("exclude_docs: draft.md\n")
    assert forked(tmp_path, "build", *WEAKEST) == (0, "")
    assert not ran.exists()
    assert "fences" not in checked(tmp_path)[1]


def test_tab_in_a_program_is_as_many_spaces_as_markdown_makes_of_it(tmp_path, forked):
    write_site(
        tmp_path, {"index.md": '```python exec="on"\nprint("a\tb")\t# one\n```\n'}
    )
    assert forked(tmp_path, "build", *WEAKEST) == (0, "")
    assert ">a    b\n<" in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_link_that_a_program_prints_is_resolved_with_its_attributes(tmp_path, forked):
    text = program(
        "print('![a](b.svg) [h](index.md){ .md-button }')", ' output="markdown"'
    )
    write_site(
        tmp_path,
        {
            "index.md": "# Home\n",
            "sub/page.md": text.replace("b.svg", "../b.svg").replace(
                "index.md", "../index.md"
            ),
        },
    )
    assert forked(tmp_path, "build", *WEAKEST) == (0, "")
    page = (tmp_path / "site" / "sub" / "page" / "index.html").read_text("utf-8")
    assert 'src="../../b.svg"' in page
    assert 'href="../../"' in page


def test_folder_in_which_an_include_was_looked_for_is_named(tmp_path, forked):
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    site.mkdir()
    elsewhere.mkdir()
    write_site(site, {"index.md": '# A\n\n--8<-- "part.txt"\n'})
    (site / "part.txt").write_text("text\n")
    code, log = forked(elsewhere, "build", "-f", str(site / "mkdocs.yml"))
    assert f"includes 'part.txt', which does not exist in {elsewhere}" in log
    assert code == 1


# --- Serving --------------------------------------------------------------------------


@pytest.fixture
def serving(tmp_path):
    """Function that starts `mkdocs serve`; returns functions to get the page and log."""
    processes = []

    def start(*options):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = tmp_path / "log"
        with log.open("w") as file:
            processes.append(
                subprocess.Popen(
                    [
                        sys.executable,
                        "-m",
                        "mkdocs",
                        "serve",
                        "-a",
                        f"127.0.0.1:{port}",
                        *options,
                    ],
                    cwd=tmp_path,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                )
            )

        def page() -> str:
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/", timeout=5
                ) as got:
                    return got.read().decode()
            except OSError:
                return ""

        return page, lambda: log.read_text("utf-8")

    yield start
    for process in processes:
        process.terminate()
        process.wait()


def wait_for(condition, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.1)


NOTICE = "This page would not be published"


@pytest.mark.slow
def test_serve_shows_a_fault_and_goes_on(tmp_path, serving):
    index = tmp_path / "docs" / "index.md"
    write_site(tmp_path, {"index.md": GOOD})
    page, log = serving()
    wait_for(lambda: "good" in page())
    assert NOTICE not in page()

    index.write_text(program("x = 1\n1 / 0"))
    wait_for(lambda: NOTICE in page())
    assert "docs/index.md:7: block 2: raised:" in page()
    assert "ZeroDivisionError: division by zero" in page()
    assert "docs/index.md:7: block 2: raised:" in log()

    index.write_text(program("print('mended')"))
    wait_for(lambda: "mended" in page() and NOTICE not in page())

    index.write_text("# A\n\n[a](no.md)\n")
    wait_for(lambda: "docs/index.md:3: Doc file 'index.md' contains a link" in log())
    index.write_text(program("print('mended again')"))
    wait_for(lambda: "mended again" in page())


def test_serve_starts_with_a_faulty_page(tmp_path, serving):
    faults = f"{GOOD}\n```pycon\n>>> 1\n```\n\n$\\foo$ [a](no.md) [a](#no)\n"
    index = tmp_path / "docs" / "index.md"
    write_site(tmp_path, {"index.md": faults})
    page, log = serving()
    wait_for(lambda: "good" in page())
    for message in (
        "docs/index.md:5: 'pycon' is not executed",
        "docs/index.md:9: formula",
        "docs/index.md:9: Doc file 'index.md' contains a link 'no.md'",
    ):
        assert message in page().replace("&#x27;", "'")
        assert message in log()
    # MkDocs looks for anchors when all pages are rendered: too late for the page.
    assert "docs/index.md:9: Doc file 'index.md' contains a link '#no'" in log()

    index.write_text(GOOD)
    wait_for(lambda: NOTICE not in page())


def test_page_follows_the_files_that_it_includes(tmp_path, serving):
    write_site(tmp_path, {"index.md": '```python exec="on"\n--8<-- "a.py"\n```\n'})
    with (tmp_path / "mkdocs.yml").open("a") as settings:
        settings.write(f"hooks: [{ROOT}/sigref/_docs/page/serving.py]\nwatch: [a.py]\n")
    (tmp_path / "a.py").write_text("print('first')")
    page, log = serving("--dirty")
    wait_for(lambda: "first" in page())
    (tmp_path / "a.py").write_text("print('second')")
    wait_for(lambda: "second" in page())
    assert log().count("Only changed pages are rendered") == 1
    assert "'dirty' build" not in log()


def test_kept_results_are_read_while_serving_and_never_by_a_build(tmp_path, serving):
    source = f"print({str(tmp_path)!r} == 'poison')"
    told = {"type": "", "exception": "", "traceback": "", "figures": []}
    poison = Outcome(0, "poison\n", "", "folder", told)
    keeper = Runner(folder=runner.folder, style=runner.style, preload={}, importable=())
    keeper.keep_results(own_code())
    kept = asdict(Program(source, salt="docs-index-md-1"))
    keeper.cache.store(kept, asdict(poison))
    write_site(tmp_path, {"index.md": f'```python exec="on"\n{source}\n```\n'})
    page, _ = serving()
    wait_for(lambda: "poison\n</code>" in page())
    assert mkdocs(tmp_path, "build", "-q")[0] == 0
    assert "False\n</code>" in (tmp_path / "site" / "index.html").read_text("utf-8")

"""What a reader copies or downloads from a page does what the page shows.

The build runs each program in a process of its own, and `tests/release/` builds again
with a new interpreter for each: the outputs are true, and each program runs alone. Here
the files that were built are held to that: what is copied is the program, and the
script of a page, run by a new interpreter, prints what the page shows.
"""

import doctest
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import markdown
import pytest
import sigref
import sigref.plotting
from built import ROOT, SOURCES, Program, page_of, programs, text_of
from sigref._docs.html import parse

EACH_PAGE = pytest.mark.parametrize(
    "source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix()
)


# --- Copied -----------------------------------------------------------------------


def fences(source: Path) -> list[str]:
    """The programs of a page that are not themselves the text of another fence."""
    found: list[list[str]] = []
    mark = indent = ""
    for line in source.read_text("utf-8").splitlines():
        opening = re.match(r"([ >]*)(`{3,}|~{3,})(.*)", line)
        if not mark and opening:
            indent, mark, rest = opening.groups()
            program = re.match(r"\s*\{?\s*\.?python|.*recorded=", rest)
            found += [[]] * bool(program)
            code = found[-1] if program else []
        elif mark and opening and opening[2].startswith(mark) and not opening[3]:
            mark = ""
        elif mark:
            line = line[len(indent) :]
            included = re.fullmatch(r'--8<-- "([^":]*)(?::(\d+):(\d+))?"', line)
            if included:
                lines = (ROOT / included[1]).read_text("utf-8").split("\n")
                first, last = int(included[2] or 1), int(included[3] or len(lines))
                line = "\n".join(lines[first - 1 : last])
            code.append(line)
    return ["\n".join(code) for code in found]


def test_program_that_is_copied_is_the_one_in_the_source(site):
    sources = {source: fences(source) for source in SOURCES}
    assert sum(map(len, sources.values())) > 200
    for source, written in sources.items():
        shown = [program.code for program in programs(page_of(source, site))]
        assert shown == [code.rstrip() for code in written], source


def test_downloads_are_the_programs_that_the_gallery_shows(site):
    shown = {program.code for program in programs(site / "gallery/index.html")}
    files = sorted((site / "examples").glob("*.py"))
    assert files
    assert {file.read_text("utf-8").rstrip() for file in files} >= shown


def test_page_shows_the_examples_that_doctest_runs(site):
    finder, parser = doctest.DocTestFinder(), doctest.DocTestParser()
    run = [
        (example.source, example.want)
        for module in (sigref.functions, sigref.plotting)
        for name in sorted(
            module.__all__ if module is sigref.plotting else sigref.__all__
        )
        if hasattr(module, name)
        for test in finder.find(getattr(module, name), name)
        for example in test.examples
    ]
    api = parse((site / "reference/api/index.html").read_text("utf-8"))
    shown = [
        (example.source, example.want)
        for block in api.all(name="language-pycon")
        for example in parser.get_examples(block.first("code").text())
    ]
    assert len(run) > 10
    assert sorted(shown) == sorted(run)


# --- Downloaded -------------------------------------------------------------------

MARK = "\x1e"  # printed between the cells of a script
ENVIRONMENT = {
    "MPLBACKEND": "agg",
    "PYTHONUTF8": "1",
    "PYTHONPATH": str(ROOT),
    # Threads of small products wait for each other, busily, where others work too.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def cells(script: str) -> list[str]:
    """The programs of a script in the percent format, without the text around them."""
    parts = re.split(r"(?m)^# %%$\n", script)[1:]
    return [part.partition("\n# %% [markdown]")[0].rstrip() for part in parts]


def outputs(script: str, folder: Path) -> list[str]:
    """What each cell of a script prints when the script is run."""
    head, *rest = re.split(r"(?m)^# %%$\n", script)
    marked = f"\nprint({MARK!r}, flush=True)\n# %%\n".join(rest)
    (folder / "page.py").write_text(f"{head}# %%\n{marked}", "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "page.py"],
        cwd=folder,
        env={**os.environ, **ENVIRONMENT},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.split(f"{MARK}\n")


def differences(program: Program, printed: str) -> list[str]:
    """How what a program printed differs from what its page shows."""
    # A script survives its exceptions, and prints their last line instead; the hints
    # that only a traceback has are not in it.
    error = (program.error or "").partition(". Did you mean")[0].strip()
    if not printed.rstrip().endswith(error):
        return [f"{program.code}\n\nends without {error}:\n{printed}"]
    printed = printed.rstrip().removesuffix(error).rstrip()
    if program.output is None and program.prose.strip():
        text = rendered(printed)
        # Formulas of an overview have no TeX beside them.
        good = words(program.prose) in {words(text), words(FORMULA.sub("", text))}
    else:
        good = printed == (program.output or "").rstrip()
    shown = program.output or program.prose
    return [] if good else [f"{program.code}\n\nprints:\n{printed}\nnot:\n{shown}"]


FORMULA = re.compile(r"\\\(.*?\\\)", re.DOTALL)


def rendered(text: str) -> str:
    """The text of printed Markdown, by Python-Markdown and its usual extensions."""
    extensions = ["admonition", "attr_list", "def_list", "md_in_html", "tables"]
    extensions += [
        f"pymdownx.{name}" for name in ("arithmatex", "details", "superfences")
    ]
    generic = {"pymdownx.arithmatex": {"generic": True}}
    html = parse(
        markdown.markdown(text, extensions=extensions, extension_configs=generic)
    )
    return text_of(html, tuple(html.all("summary")))


def words(text: str) -> str:
    return "".join(re.sub(r"\\[()\[\]]", "", text).split())


# Each page would be false: the program printed something else.
FALSE = {
    "output": (Program("", "2", None, "", 0), "1\n"),
    "space": (Program("", "a b", None, "", 0), "a  b\n"),
    "hidden output": (Program("", None, None, "", 1), "1\n"),
    "nothing": (Program("", "1", None, "", 0), ""),
    "more": (Program("", "1", None, "", 0), "1\n2\n"),
    "no error": (Program("", "1", "ValueError: x", "", 0), "1\n"),
    "other error": (Program("", None, "ValueError: x", "", 0), "ValueError: y\n"),
    "output before the error": (Program("", "1", "E: x", "", 0), "2\nE: x\n"),
    "table": (Program("", None, None, "x 2", 0), "|x|\n|-|\n|1|\n"),
}


def test_false_page_is_noticed():
    assert [
        name for name, (page, out) in FALSE.items() if not differences(page, out)
    ] == []
    assert differences(Program("", None, None, "x 1", 0), "|x|\n|-|\n|1|\n") == []
    assert differences(Program("", "1", "E: x", "", 0), "1\nE: x\n") == []


@EACH_PAGE
def test_script_of_a_page_prints_what_the_page_shows(source, site, tmp_path):
    page = page_of(source, site)
    shown = [program for program in programs(page) if not program.recorded]
    files = [*page.parent.glob("*.ipynb")]
    if not shown:
        assert files == []
        return
    (notebook,) = files
    script = notebook.with_suffix(".py").read_text("utf-8")
    content = json.loads(notebook.read_text("utf-8"))["cells"]
    code = [cell for cell in content if cell["cell_type"] == "code"]
    # The notebook has the programs of the page, and some resets between them.
    reset = [cell["metadata"].get("tags") == ["reset"] for cell in code]
    sources = ["".join(cell["source"]) for cell in code]
    assert len({cell["id"] for cell in content}) == len(content)
    assert [s for s, skip in zip(sources, reset, strict=True) if not skip] == [
        program.code for program in shown
    ]
    # The script has the cells of the notebook; those that raise survive it.
    for cell, text, written in zip(code, sources, cells(script), strict=True):
        if cell["metadata"].get("tags") == ["raises-exception"]:
            text = f"try:\n{textwrap.indent(text, '    ')}\nexcept Exception"
        assert written.startswith(text)
        assert written == text or "raises-exception" in str(cell["metadata"])
    printed = outputs(script, tmp_path)
    kept = [out for out, skip in zip(printed, reset, strict=True) if not skip]
    found = [
        part for pair in zip(shown, kept, strict=True) for part in differences(*pair)
    ]
    assert "\n\n".join(found) == ""

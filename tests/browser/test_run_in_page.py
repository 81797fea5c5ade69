"""Programs run in the page: each prints what the page shows, and nothing hangs.

In a Chromium that finds no host but the test's own, and five in Firefox.
"""

import json
import os
import re
import shutil
import sys
import time

import pytest
from built import ROOT, SOURCES, page_of, programs
from playwright.sync_api import expect
from sigref._docs.html import parse
from sigref._docs.publish import buttons
from test_other_browsers import browser  # noqa: F401 - a fixture
from visitor import ARGUMENTS, CONTRAST, DESKTOP, PHONE, violations

pytestmark = [pytest.mark.browser, pytest.mark.run_in_page]

ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
HERE = {*sys.stdlib_module_names, "sigref", "numpy", "scipy", "matplotlib", "mpmath"}
THREADED = {"concurrent", "ctypes", "multiprocessing", "socket", "sqlite3", "ssl"}
THREADED |= {"subprocess", "threading", "tkinter", "_thread"}
ENDED = re.compile(r"\d s, Python|^Stopped|could not be loaded")
SAME = "It printed what the page shows."
OTHER = "It did not print what the page shows."
WAIT = 120_000  # ms: a busy machine, and nothing fetched yet
PAGES = [str(path.relative_to(ROOT / "docs")) for path in SOURCES]


@pytest.fixture(scope="module")
def reader(chromium, origin, site):
    """A browser that keeps what it fetched, as a reader's does."""
    if not list(site.glob("assets/python/*/pyodide.mjs")):
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail("the site was built without `make runtime`")
        pytest.skip("the site was built without `make runtime`")
    names = ("chromium", "google-chrome", "chromium-browser")
    path = next(filter(None, map(shutil.which, names)), None)
    alone = chromium.browser_type.launch(executable_path=path, args=[*ARGUMENTS, ALONE])
    yield alone.new_context(viewport=DESKTOP)
    alone.close()


@pytest.fixture
def visit(reader, origin, site):
    """Open a page of docs/; no visit may ask another host or raise an error."""
    opened, faults = [], []

    def see(request):
        if not request.url.startswith((origin + "/", "data:", "blob:")):
            faults.append(request.url)

    def open_page(name, context=reader, **settings):
        page = context.new_page()
        opened.append(page)
        page.on("request", see)
        page.on("pageerror", lambda error: faults.append(str(error)))
        if size := settings.pop("viewport", None):
            page.set_viewport_size(size)
        page.emulate_media(**settings)
        folder = page_of(ROOT / "docs" / name, site).parent.relative_to(site)
        page.goto(f"{origin}/{folder.as_posix()}/", wait_until="networkidle")
        return page

    yield open_page
    for page in opened:
        page.close()
    assert faults == []


def press(program):
    """Press Run and wait for the end; what the line below the editor says."""
    program.locator(".run-open").evaluate("button => button.click()")
    return ended(program)


def ended(program):
    state = program.locator(".run-state")
    expect(state).to_have_text(ENDED, timeout=WAIT)
    return state.text_content()


def run(program, source):
    """Type another program and run it."""
    program.get_by_label("The program", exact=True).fill(source)
    program.get_by_role("button", name="Run", exact=True).click()
    return ended(program)


def printed(program):
    return program.locator(".run-output code").all_text_contents()


# --- Every program ----------------------------------------------------------------


def runnable(name, site):
    """How many programs of a page should have a button."""
    listed = [
        {*re.findall(r"^\s*(?:import|from) (\w+)", program.code, re.MULTILINE)}
        for program in programs(page_of(ROOT / "docs" / name, site))
        if not program.recorded
    ]
    off = (ROOT / "docs" / name).read_text("utf-8").count(' run="off" ')
    return sum(roots <= HERE - THREADED for roots in listed) - off


@pytest.mark.parametrize("name", PAGES)
def test_each_program_prints_what_the_page_shows(name, visit, site):
    page = visit(name)
    marked = page.locator("[data-run]")
    assert marked.count() == runnable(name, site)
    expect(page.locator(".run-open")).to_have_count(marked.count())
    wrong = []
    for number in range(marked.count()):
        program = marked.nth(number)
        drawn = program.locator(".fig").count()
        said = press(program)
        again = program.locator(".run-output .fig").count()
        shows = program.locator(".output, .error").count() - len(printed(program))
        differs = program.get_attribute("data-differs")
        expected = OTHER if differs else SAME
        text = shows or program.get_attribute("data-expects")
        if (text and expected not in said) or again != drawn or "s, Python" not in said:
            wrong.append((number, said, drawn, again, printed(program)))
        elif differs and differs not in said:
            wrong.append((number, "no reason", said))
    assert wrong == []


def test_most_programs_of_the_site_print_the_same(site):
    """As many have a text that the test above compares with what they print."""
    same = 0
    for page in site.rglob("index.html"):
        for program in parse(page.read_text("utf-8")).all(name="program"):
            mark = {*program.attributes}
            shown = any(part.classes & {"output", "error"} for part in program.all())
            text = "data-expects" in mark or shown
            same += text and "data-run" in mark and "data-differs" not in mark
    assert same >= 230


def test_the_site_says_what_running_fetches(site):
    """Sizes and versions in the prose are those of the files."""
    text = (ROOT / "docs/using-this-site/index.md").read_text("utf-8")
    text = " ".join(text.split())
    (lock,) = site.glob("assets/python/*/pyodide-lock.json")
    known = json.loads(lock.read_text("utf-8"))
    packages, sizes = known["packages"], known["info"]["sizes"]
    for name in ("NumPy", "SciPy", "Matplotlib", "mpmath"):
        assert f"{name} {packages[name.lower()]['version']}" in text
    core = buttons.megabytes(["sigref"], known)
    drawn = buttons.megabytes(["sigref", "matplotlib"], known)
    more = sizes[packages["scipy"]["file_name"]] / 1e6
    assert f"with NumPy and sigref is {core:.1f} MB" in text
    assert f"with Matplotlib {drawn:.1f} MB" in text
    assert f"is {more:.1f} MB more" in text
    shown = (site / "using-this-site/index.html").read_text("utf-8")
    assert re.search(
        r"\d+ of the \d+(?:</data>)? programs on this site have the button", shown
    )


def test_every_part_has_its_licence(site):
    (lock,) = site.glob("assets/python/*/pyodide-lock.json")
    text = (lock.parent / "licences.txt").read_text("utf-8")
    for package in {*json.loads(lock.read_text("utf-8"))["packages"]} - {"sigref"}:
        assert re.search(rf"^{package.replace('-', '_')}-[\d.]+", text, re.MULTILINE)
    assert "Mozilla Public License Version 2.0" in text
    assert "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2" in text
    assert "DejaVu" in text


@pytest.mark.usefixtures("reader")
def test_programs_run_in_another_browser(browser, origin):  # noqa: F811
    browser.open(f"{origin}/article/definition-and-shape/")
    for number in range(5):
        program = f"document.querySelectorAll('[data-run]')[{number}]"
        browser.run(f"{program}.querySelector('.run-open').click()")
        deadline = time.monotonic() + WAIT / 1000
        said = ""
        while not ENDED.search(said) and time.monotonic() < deadline:
            time.sleep(0.2)
            said = browser.run(
                f"return {program}.querySelector('.run-state')?.textContent ?? ''"
            )
        assert SAME in said


# --- What a reader may do ---------------------------------------------------------

PAGE = "article/definition-and-shape.md"


@pytest.fixture
def program(visit):
    """The first program of a page, run once."""
    program = visit(PAGE).locator("[data-run]").first
    assert SAME in press(program)
    return program


def test_what_is_typed_runs(program):
    said = run(program, "import numpy as np\nprint(np.arange(3))\nprint('σ')")
    assert printed(program) == ["[0 1 2]\nσ\n"]
    assert "the page" not in said


def test_reset_brings_the_page_back(program):
    page = program.page
    run(program, "print('other')")
    program.get_by_role("button", name="Reset").click()
    assert program.locator(".run-editor").count() == 0
    assert program.locator(".output").is_visible()
    assert page.evaluate("document.activeElement.className") == "run-open"
    assert SAME in press(program)


def test_keyboard_alone_suffices(visit):
    page = visit(PAGE)
    program = page.locator("[data-run]").first
    program.locator(".run-open").focus()
    page.keyboard.press("Enter")
    assert SAME in ended(program)
    assert page.evaluate("document.activeElement.textContent") == "Run"
    program.get_by_label("The program", exact=True).fill("for i in range(2):")
    page.keyboard.press("Enter")
    page.keyboard.type("print(i)")
    page.keyboard.press("Control+Enter")
    expect(program.locator(".run-output code")).to_have_text("0\n1\n", timeout=WAIT)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"


def test_an_error_names_its_line(program):
    run(program, "x = 1\n\nraise ValueError(x)")
    assert 'File "program.py", line 3' in printed(program)[0]
    assert printed(program)[0].endswith("ValueError: 1\n")
    run(program, "x = 1\nx = = 2")
    assert 'File "program.py", line 2' in printed(program)[0]
    assert "SyntaxError" in printed(program)[0]


def test_what_is_missing_is_said(program):
    run(program, "import sklearn")
    assert "No module named 'sklearn'" in printed(program)[0]


def test_stop_ends_any_program(program):
    program.get_by_label("The program", exact=True).fill(
        "print('begun')\nwhile True: pass"
    )
    program.get_by_role("button", name="Run", exact=True).click()
    expect(program.locator(".run-output code")).to_have_text("begun\n", timeout=WAIT)
    stop = program.get_by_role("button", name="Stop")
    assert stop.evaluate("button => button === document.activeElement")
    with program.page.workers[0].expect_event("close"):
        stop.click()
    assert ended(program) == "Stopped."
    run(program, "print('alive')")
    assert printed(program) == ["alive\n"]


def test_much_output_is_cut(program):
    said = run(program, "for i in range(400_000): print(i)")
    assert "left out" in said
    assert 90_000 < len(printed(program)[0]) <= 100_001


def test_a_program_of_a_megabyte_runs(program):
    area = program.get_by_label("The program", exact=True)
    # As if pasted; typing it, Chromium takes a minute and more.
    area.evaluate(
        """area => {
          area.value = "x = 1  # a line\\n".repeat(65_000) + "print('end')";
          area.dispatchEvent(new Event("input"));
        }"""
    )
    program.get_by_role("button", name="Run", exact=True).click()
    ended(program)
    assert printed(program) == ["end\n"]


def test_a_program_sees_nothing_of_the_one_before(program):
    run(
        program,
        "import builtins, warnings, numpy as np, matplotlib.pyplot as plt\n"
        "x = 1\nbuiltins.y = 2\nopen('file', 'w').close()\nplt.plot([1])\n"
        "np.seterr(all='raise'); np.set_printoptions(precision=1)\n"
        "plt.rcParams['lines.linewidth'] = 9\nwarnings.simplefilter('error')",
    )
    run(
        program,
        "import os, warnings, numpy as np, matplotlib.pyplot as plt\n"
        "print('x' in globals(), hasattr(__builtins__, 'y'), os.listdir())\n"
        "print(np.geterr()['divide'], np.array([1 / 3]), plt.get_fignums())\n"
        "print(plt.rcParams['lines.linewidth'])",
    )
    assert printed(program) == [
        "False False ['program.py']\nwarn [0.33333333] []\n1.8\n"
    ]


def test_two_at_once_wait_for_each_other(visit):
    both = visit(PAGE).locator("[data-run]")
    for number in range(2):
        both.nth(number).locator(".run-open").evaluate("button => button.click()")
    said = both.nth(1).locator(".run-state")
    expect(said).to_have_text("Waits until the other program has ended.")
    assert SAME in ended(both.nth(0))
    assert SAME in ended(both.nth(1))


def test_offline_after_the_first_load(visit, reader):
    fresh = reader.browser.new_context()
    program = visit(PAGE, fresh).locator("[data-run]").first
    assert SAME in press(program)
    fresh.set_offline(True)
    run(program, "import numpy\nprint(numpy.zeros(2))")
    assert printed(program) == ["[0. 0.]\n"]
    run(program, "import mpmath")  # not fetched yet
    assert "Are you online?" in program.locator(".run-state").text_content()
    fresh.set_offline(False)
    run(program, "print('alive')")
    assert printed(program) == ["alive\n"]
    fresh.close()


def test_a_missing_file_is_said_and_tried_again(visit, reader):
    fresh = reader.browser.new_context()
    page = visit(PAGE, fresh)
    fresh.route("**/numpy-*.whl", lambda route: route.fulfill(status=404))
    program = page.locator("[data-run]").first
    assert re.search(
        r"could not be loaded: numpy-\S+ could not be fetched", press(program)
    )
    fresh.unroute_all()
    program.get_by_role("button", name="Run", exact=True).click()
    assert SAME in ended(program)
    fresh.close()


def test_size_is_said_before_and_forgotten_after(visit, reader):
    fresh = reader.browser.new_context()
    page = visit(PAGE, fresh)
    program = page.locator("[data-run]").first
    words = program.locator(".run-open").text_content()
    assert re.fullmatch(r"Run · fetches \d+(\.\d)? MB once", words)
    size = float(re.search(r"[\d.]+", words)[0])
    received = []
    page.on(
        "response",
        lambda r: received.append(int(r.headers.get("content-length", 0))),
    )
    program.locator(".run-open").click()
    expect(program.locator("progress")).to_be_visible(timeout=WAIT)
    assert SAME in ended(program)
    # The test's server compresses no scripts, which are a megabyte less elsewhere.
    assert size * 1e6 <= sum(received) <= (size + 1.3) * 1e6
    received.clear()
    page.reload(wait_until="networkidle")
    expect(program.locator(".run-open")).to_have_text("Run")
    assert SAME in press(program)
    assert sum(received) < 2e6  # the page, and scripts
    fresh.close()


def test_leaving_ends_the_worker(program, origin):
    page = program.page
    program.get_by_label("The program", exact=True).fill("while True: pass")
    program.get_by_role("button", name="Run", exact=True).click()
    with page.workers[0].expect_event("close"):
        page.goto(f"{origin}/gallery/")


def test_explorer_opens_as_a_program(visit):
    page = visit("index.md")
    page.get_by_label("Steepness k").fill("2")
    page.get_by_role("button", name="Open as program").click()
    program = page.locator("sigmoid-explorer [data-run]")
    assert "s, Python" in ended(program)
    assert (
        "k, x0 = 2.0, 0.0"
        in program.get_by_label("The program", exact=True).input_value()
    )
    assert program.locator(".run-output .fig").is_visible()
    assert printed(program)[0].startswith("At x = 1")


def test_no_button_without_scripts_or_from_a_folder(reader, site):
    file = page_of(ROOT / "docs" / PAGE, site).as_uri()
    silent = reader.browser.new_context(java_script_enabled=False)
    for context in (reader, silent):
        page = context.new_page()
        page.goto(file)
        assert page.locator(".run-open").count() == 0
        page.close()
    silent.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["wide", "narrow"])
def test_every_state_is_accessible_and_fits(scheme, size, visit):
    page = visit(PAGE, color_scheme=scheme, viewport=size)
    program = page.locator("[data-run]").first

    before = violations(page)  # test_every_page.py looks at those

    def look(state):
        assert violations(page) == before, state
        wide = "document.documentElement.scrollWidth - innerWidth"
        assert page.evaluate(wide) <= 0, state

    press(program)
    look("the same")
    program.get_by_label("The program", exact=True).fill(
        f"while True: pass  # {'long ' * 30}"
    )
    program.get_by_role("button", name="Run", exact=True).click()
    look("running")
    program.get_by_role("button", name="Stop").click()
    look("stopped")
    run(program, "import matplotlib.pyplot as plt\nplt.plot([0, 1])\nprint(1 / 0)")
    look("error")
    run(program, "import matplotlib.pyplot as plt\nplt.plot([0, 1])")
    assert program.locator(".run-output .fig").is_visible()
    look("figure")


def test_a_difference_is_shown_with_its_reason(visit):
    page = visit("how-to/compute-it-without-overflow.md")
    program = page.locator("[data-run][data-differs]").first
    said = press(program)
    assert f"{OTHER} {program.get_attribute('data-differs')}" in said
    lines = program.locator(".run-difference code").text_content().split("\n")
    assert {line[:2] for line in lines} == {"− ", "+ "}
    assert violations(page) == []


# --- The reader's own numbers -----------------------------------------------------

FIT = "how-to/fit-your-own-data.md"
OWN = [f"{x}.5\t{1 + 4 / (1 + 2 ** (6 - x)):.3f}" for x in range(12)]


def with_box(page):
    """The program of a page that has a box for the reader's own numbers, run once."""
    program = page.locator("[data-run]").filter(has_text='data = """')
    assert SAME in press(program)
    return program, program.get_by_label("Your data")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_columns_that_are_pasted_are_fitted(scheme, visit):
    page = visit(FIT, color_scheme=scheme, viewport=PHONE)
    program, box = with_box(page)
    box.click()  # all is selected: what is pasted replaces it
    page.keyboard.insert_text("\n".join(["x\ty", *OWN]).replace(".", ","))
    page.keyboard.press("Control+Enter")
    expect(program.locator(".run-output .fig")).to_have_count(0)
    ended(program)
    assert printed(program)[0].startswith("12 points\nx from 0.5 to 11.5, y from")
    assert program.locator(".run-output .fig").is_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    box.fill('1 2\n"3" """four\\\n')
    program.get_by_role("button", name="Run", exact=True).click()
    ended(program)
    assert printed(program) == ["Line 2 is not two numbers: '3 four'\n"]


def test_box_and_program_hold_the_same_numbers(visit):
    program, box = with_box(visit("questions.md"))
    area = program.get_by_label("The program", exact=True)
    whole, page = area.input_value(), box.input_value()
    assert f'"""\n{page}\n"""' in whole
    box.fill("1; −2,5")
    assert area.input_value() == whole.replace(page, "1; −2,5")
    program.get_by_role("button", name="Run", exact=True).click()
    ended(program)
    rows = [line.split() for line in printed(program)[0].splitlines()[1:]]
    assert rows == [["1", "0.731059", "0.268941"], ["-2.5", "0.0758582", "0.924142"]]
    area.fill(whole.replace(page, "7"))
    assert box.input_value() == "7"
    area.fill("print(1)")
    expect(box).to_be_hidden()
    program.get_by_role("button", name="Reset").click()
    assert SAME in press(program)
    assert (area.input_value(), box.input_value()) == (whole, page)


def test_other_programs_have_no_box(program):
    expect(program.get_by_label("Your data")).to_be_hidden()


# --- What the reader's system asks for ----------------------------------------------

# An element's colours against its ground; 0 where there is no line to be seen.
SEEN = (
    "(element, part) => {"
    + CONTRAST
    + r"""
  const style = getComputedStyle(element);
  const line = style[`${part}Style`];
  if (line === "none" || style[`${part}Width`] === "0px") return 0;
  const colour = style[part === "text" ? "color" : `${part}Color`];
  let under = element;
  while (/^rgba.*, 0\)$/.test(getComputedStyle(under).backgroundColor)) under = under.parentElement;
  const ground = getComputedStyle(under).backgroundColor;
  return contrast(/^rgba/.test(colour) ? blend(colour, ground) : colour, ground);
}"""
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_everything_to_be_seen(scheme, visit):
    page = visit("questions.md", forced_colors="active", color_scheme=scheme)
    # The reader may have chosen the other palette.
    page.evaluate(
        "name => document.body.setAttribute('data-md-color-scheme', name)",
        {"light": "slate", "dark": "default"}[scheme],
    )
    page.evaluate("document.documentElement.style.backgroundColor = 'Canvas'")

    def seen(element, *parts):
        for part in parts:
            assert element.evaluate(SEEN, part) > 4.5, (element, part)

    seen(page.locator(".run-open").first, "text", "borderTop")
    program, box = with_box(page)
    area = program.get_by_label("The program", exact=True)
    for element in (box, *program.locator(".run-button:visible").all()):
        seen(element, "text", "borderTop")
        element.focus()
        seen(element, "outline")
    seen(program.locator(".run-state"), "text")
    seen(program.locator(".run-editor code span").first, "text")
    seen(area, "borderTop")
    area.focus()
    seen(area, "outline")
    area.evaluate(
        """area => {
          area.value = "x = 1\\n".repeat(10_000);
          area.dispatchEvent(new Event("input"));
        }"""
    )
    seen(area, "text")  # its own letters, where it is too long to be coloured


def test_progress_moves_only_with_what_is_fetched(visit, reader):
    """An indeterminate bar would be an animation, whatever the reader asks for."""
    fresh = reader.browser.new_context()
    page = visit(PAGE, fresh, reduced_motion="reduce")
    program = page.locator("[data-run]").first
    program.locator(".run-open").click()
    bar = program.locator("progress")
    expect(bar).to_be_visible(timeout=WAIT)
    assert 0 < bar.evaluate("bar => bar.position") <= 1
    assert page.evaluate("document.getAnimations().length") == 0
    assert SAME in ended(program)
    fresh.close()

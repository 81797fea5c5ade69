"""Recorded programs: a page shows its own records as what they are, or is not built."""

import json
from dataclasses import asdict, replace

import pytest
from record import close, differences
from sigref._docs.page import recorded
from sigref._docs.page.recorded import Record
from sigref._docs.publish import buttons, export
from tiny_site import forking_mkdocs, write_site

SOURCE = 'print("a <b>", 1.25)'
FENCE = '```python recorded="torch"{}\n{}\n```\n'


def a_record(source=SOURCE, environment="torch", output="a <b> 1.25\n", error=""):
    return Record(
        recorded.fingerprint(environment, source),
        environment,
        output,
        error,
        {"torch": "2.0.0", "Python": "3.11.7"},
        "2026-11-26",
        "of a kind",
    )


@pytest.fixture(scope="module")
def build():
    """Function that builds a site with these pages and records: exit code and log."""
    with forking_mkdocs() as run:

        def build(folder, text, records, name="page.md"):
            kept = {name: [asdict(record) for record in records]}
            pages = {"index.md": "# Home\n", "page.md": f"# Page\n\n{text}"}
            write_site(folder, {**pages, "data/recorded.json": json.dumps(kept)})
            return run(folder, "build", "-q", "--strict")

        yield build


def page(folder):
    return (folder / "site/page/index.html").read_text("utf-8")


def test_page_shows_program_output_and_stamp(build, tmp_path):
    text = FENCE.format(' title="T" hl_lines="1"', SOURCE) + "\nEnd.\n"
    assert build(tmp_path, text, [a_record()]) == (0, "")
    html = page(tmp_path)
    assert '<div class="program recorded">' in html
    assert '<span class="filename">T</span>' in html
    assert "a &lt;b&gt; 1.25\n</code>" in html
    assert (
        "Recorded, not run in this build: torch 2.0.0, Python 3.11.7; 2026-11-26; "
        "CPU of a kind." in html
    )


def test_other_languages_and_other_fences_of_theirs(build, tmp_path):
    source = "cat(plogis(0))"
    text = f'```r recorded="r"\n{source}\n```\n\n```r\nnot_run\n```\n'
    assert build(tmp_path, text, [a_record(source, "r", "0.5")]) == (0, "")
    html = page(tmp_path)
    assert html.count('<div class="program recorded">') == 1
    assert html.count('class="language-r highlight"') == 2
    assert "0.5\n</code>" in html


def test_exception_is_shown_if_it_is_declared(build, tmp_path):
    record = a_record(output="", error="torch.Error: no\nmore\n")
    assert build(tmp_path, FENCE.format(' raises="Error"', SOURCE), [record])[0] == 0
    assert "torch.Error: no\nmore\n</code>" in page(tmp_path)


LINE = "docs/page.md:3: block 1: "
FAULTS = {
    "a changed character": (
        [FENCE.format("", SOURCE + " ")],
        f"{LINE}was not recorded as it stands here; run `make record`",
    ),
    "another environment": (
        [FENCE.format("", SOURCE).replace("torch", "jax")],
        f"{LINE}was not recorded as it stands here",
    ),
    "no record": (
        [FENCE.format("", SOURCE), FENCE.format("", "print(2)")],
        "docs/page.md:7: block 2: was not recorded as it stands here",
    ),
    "no program": (
        [],
        "has 1 record(s) of this page whose program is not here; run `make record`",
    ),
    "an exception that is not recorded": (
        [FENCE.format(' raises="Error"', SOURCE)],
        f"{LINE}raises= and the record do not agree",
    ),
    "executed as well": (
        [FENCE.format(' exec="on"', SOURCE)],
        f"{LINE}recorded= does not go with exec=",
    ),
    "a language without records": (
        [FENCE.format("", SOURCE).replace("python", "julia")],
        "docs/page.md:3: records are of Python or R, not of 'julia'",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_false_page_is_not_built(name, build, tmp_path):
    fences, message = FAULTS[name]
    code, log = build(tmp_path, "\n".join([*fences, "End.\n"]), [a_record()])
    assert message in log
    assert code == 1


def test_record_of_an_undeclared_exception_is_a_fault(build, tmp_path):
    code, log = build(
        tmp_path, FENCE.format("", SOURCE), [a_record(error="Error: no\n")]
    )
    assert f"{LINE}raises= and the record do not agree" in log
    assert code == 1


def test_records_of_a_page_that_is_gone_are_a_fault(build, tmp_path):
    code, log = build(tmp_path, "Text.\n", [a_record()], name="gone.md")
    assert "has records of gone.md, which does not exist; run `make record`" in log
    assert code == 1


# --- What becomes of it --------------------------------------------------------------


def test_it_has_no_button_and_is_text_in_what_is_taken_away(build, tmp_path):
    executed = '```python exec="on"\nprint("here")\n```\n\n'
    text = executed + FENCE.format("", SOURCE)
    assert build(tmp_path, text, [a_record()]) == (0, "")
    html = page(tmp_path)
    lock = {"packages": {}, "info": {"sizes": {}}}
    kept = html[html.index('<div class="program recorded">') :]
    assert buttons.with_buttons(kept, lock, tmp_path) == kept
    _, markdown = export.write(tmp_path, "p", f"<article>{html}</article>", "P", "")
    stamp = "Recorded, not run in this build: torch 2.0.0"
    shown = f"```python\n{SOURCE}\n```\n\n```text\na <b> 1.25\n```\n\n{stamp}"
    assert shown in markdown
    cells = json.loads((tmp_path / "p.ipynb").read_text("utf-8"))["cells"]
    kinds = {"".join(cell["source"]): cell["cell_type"] for cell in cells}
    assert [text for text in kinds if kinds[text] == "code"] == ['print("here")']
    assert any(stamp in text for text in kinds if kinds[text] == "markdown")
    script = (tmp_path / "p.py").read_text("utf-8")
    assert f"\n# {SOURCE}\n" in script
    assert f"\n{SOURCE}\n" not in script


# --- Compared again ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("x 1.000 -2e-05 nan", "x  1.001 -2.001e-05 nan", True),
        ("x 1.000", "x 1.002", False),
        ("x 1", "y 1", False),
        ("x 0.0", "x 1e-9", False),
        ("x inf", "x 1", False),
        ("1 2", "1", False),
    ],
)
def test_numbers_may_differ_a_little_and_text_may_not(old, new, same):
    assert close(old, new) is same


def test_changed_output_and_locked_versions_are_told():
    old = a_record()
    assert list(differences(old, replace(old, date="2027-01-01", cpu="other"))) == []
    newer = {"torch": "2.0.0", "Python": "3.11.15"}
    assert list(differences(old, replace(old, versions=newer))) == []
    newer = replace(old, output="a <b> 1.35\n", versions={"torch": "2.1.0"})
    assert list(differences(old, newer)) == [
        "torch 2.0.0 was recorded, 2.1.0 is installed",
        "the output was\na <b> 1.25\nand is\na <b> 1.35\n",
    ]

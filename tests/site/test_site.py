"""What the built site shows is what its copied programs do."""

import doctest
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import markdown
import pytest
import sigref
import sigref.plotting
import yaml
from built import PLAIN, ROOT, SOURCES, Node, Program, build, page_of, parse, programs

KIB = 1024


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


# --- Programs -------------------------------------------------------------------


def faults(program: Program, folder: Path) -> list[str]:
    """How a program, run alone, differs from what its page shows."""
    folder.mkdir()
    (folder / "program.py").write_text(program.code + "\n", "utf-8")
    command = [sys.executable, "-W", "error", "program.py"]
    environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONUTF8": "1"}
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    stdout, stderr = done.stdout.rstrip(), done.stderr.rstrip()
    found = []
    if done.returncode != (program.error is not None):
        found.append(f"exit status {done.returncode}: {stderr}")
    last = "\n".join(stderr.splitlines()[-len((program.error or "").splitlines()) :])
    if last != (program.error or "").rstrip() if program.error else stderr:
        found.append(f"standard error:\n{stderr}\nbut the page shows:\n{program.error}")
    if program.output is not None or not program.prose.strip():
        if stdout != (program.output or "").rstrip():
            found.append(f"prints:\n{stdout}\nbut the page:\n{program.output}")
    elif words(rendered(stdout)) != words(program.prose):
        found.append(f"prints:\n{stdout}\nbut the page:\n{program.prose}")
    if program.output is None and not program.prose.strip() and not program.figures:
        found.append("the page shows nothing of it")
    return [f"{program.code}\n\n{fault}" for fault in found]


def rendered(text: str) -> str:
    """The text of printed Markdown, by Python-Markdown and its usual extensions."""
    extensions = ["admonition", "attr_list", "def_list", "md_in_html", "tables"]
    extensions += ["footnotes"]
    extensions += [
        f"pymdownx.{name}" for name in ("arithmatex", "details", "superfences")
    ]
    generic = {"pymdownx.arithmatex": {"generic": True}}
    html = parse(
        markdown.markdown(text, extensions=extensions, extension_configs=generic)
    )
    return re.sub(r"\\[()\[\]]", "", html.text(tuple(html.all(tag="summary"))))


def words(text: str) -> str:
    return "".join(text.split())


# A page that would be false: each differs in one thing from what its program does.
FALSE = {
    "output": Program("print(1)", "2", None, "", 0),
    "space": Program("print('a  b')", "a b", None, "", 0),
    "hidden output": Program("print(1)", None, None, "", 1),
    "missing name": Program("print(np.e)", "2.7", None, "", 0),
    "warning": Program("import warnings\nwarnings.warn('x')", None, None, "", 1),
    "no error": Program("print(1)", "1", "ValueError: x", "", 0),
    "other error": Program("raise ValueError('y')", None, "ValueError: x", "", 0),
    "undeclared error": Program("print(1)\n1 / 0", "1", None, "", 0),
    "table": Program("print('|x|\\n|-|\\n|1|')", None, None, "x 2", 0),
    "nothing": Program("x = 1", None, None, "", 0),
    "exit": Program("print(1)\nraise SystemExit(3)", "1", None, "", 0),
}


@pytest.mark.parametrize("program", FALSE.values(), ids=FALSE)
def test_false_page_is_noticed(program, tmp_path):
    assert faults(program, tmp_path / "new") != []


@pytest.mark.parametrize(
    "source", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_copied_programs_do_alone_what_the_page_shows(source, site, tmp_path):
    shown = programs(page_of(source, site))
    folders = [tmp_path / str(number) for number in range(len(shown))]
    with ThreadPoolExecutor(2) as pool:
        found = [fault for part in pool.map(faults, shown, folders) for fault in part]
    assert "\n\n".join(found) == ""


def test_each_python_fence_of_the_sources_is_a_program_on_its_page(site):
    assert sum(map(fences, SOURCES)) > 20
    assert {source: fences(source) for source in SOURCES} == {
        source: len(programs(page_of(source, site))) for source in SOURCES
    }


def fences(source: Path) -> int:
    """Python fences that are not themselves the text of another fence."""
    count, opened = 0, ""
    for line in source.read_text("utf-8").splitlines():
        if mark := re.match(r"[ >]*(`{3,}|~{3,})(.*)", line):
            if not opened:
                opened = mark[1]
                count += bool(re.match(r"\s*\{?\s*\.?python", mark[2]))
            elif mark[1].startswith(opened) and not mark[2].strip():
                opened = ""
    return count


def test_programs_stand_on_no_other_page(site):
    counted = sum(len(programs(page_of(source, site))) for source in SOURCES)
    assert sum(len(programs(page)) for page in pages(site)) == counted


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
        for block in api.all("language-pycon", "highlight")
        for example in parser.get_examples(block.all(tag="code")[0].text())
    ]
    assert len(run) > 10
    assert sorted(shown) == sorted(run)


def test_downloads_are_the_programs_that_the_gallery_shows(site):
    shown = {program.code for program in programs(site / "gallery/index.html")}
    files = sorted((site / "examples").glob("*.py"))
    assert files
    assert {file.read_text("utf-8").rstrip() for file in files} >= shown


# --- The files ------------------------------------------------------------------


def test_a_build_elsewhere_gives_the_same_bytes(site, tmp_path):
    root = tmp_path / "another pläce σ"
    ignored = (ROOT / ".gitignore").read_text("utf-8").replace("/", "").split()
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".git", *ignored))
    build(
        root,
        tmp_path / "site",
        PYTHONHASHSEED="4242",
        TZ="Asia/Kathmandu",
        LANG=PLAIN,
        LC_ALL=PLAIN,
        USER="somebody",
        HOME=str(tmp_path),
        COLUMNS="40",
        # Nobody answers there: the build needs no network.
        HTTP_PROXY="http://127.0.0.1:9",
        HTTPS_PROXY="http://127.0.0.1:9",
    )
    assert contents(tmp_path / "site") == contents(site)


def contents(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in site.rglob("*")
        if path.is_file()
    }


def test_inventory_lists_the_public_names_and_no_other(site):
    with (site / "objects.inv").open("rb") as file:
        header = [file.readline() for _ in range(4)]
        lines = zlib.decompress(file.read()).decode().splitlines()
    assert header[0] == b"# Sphinx inventory version 2\n"
    entries = [line.split() for line in lines if line.split()[1].startswith("py:")]
    # The others are aliases: names that lead to the anchor of another name.
    names = [entry[0] for entry in entries if entry[3].endswith("#$")]
    public = [f"sigref.{name}" for name in sigref.__all__]
    public += [f"sigref.plotting.{name}" for name in sigref.plotting.__all__]
    assert sorted(names) == sorted(public)


def test_each_page_of_the_navigation_has_its_own_title_and_description(site):
    heads = [parse(path.read_text("utf-8")) for path in nav_pages(site)]
    titles = [head.all(tag="title")[0].text() for head in heads]
    descriptions = [described(head) for head in heads]
    assert len(titles) > 5
    assert sorted(set(titles)) == sorted(titles)
    assert sorted(set(descriptions)) == sorted(descriptions)
    assert [text for text in descriptions if not 50 <= len(text) <= 200] == []


def described(head: Node) -> str:
    (meta,) = (
        m for m in head.all(tag="meta") if m.attributes.get("name") == "description"
    )
    return meta.attributes["content"]


def nav_pages(site: Path) -> list[Path]:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda *_: None)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
    config = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader)
    return [page_of(ROOT / "docs" / name, site) for name in leaves(config["nav"])]


def leaves(nav: object) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    parts = nav.values() if isinstance(nav, dict) else nav
    return [name for part in parts for name in leaves(part)]


def test_site_map_and_search_index_know_every_page(site):
    expected = {
        path.parent.relative_to(site).as_posix().removeprefix(".")
        for path in pages(site)
        if path.name == "index.html"
    }
    site_map = (site / "sitemap.xml").read_text("utf-8")
    places = re.findall(r"<loc>https?://[^/]+/(.*?)/?</loc>", site_map)
    assert set(places) == expected
    index = json.loads((site / "search/search_index.json").read_text("utf-8"))
    found = {entry["location"].partition("#")[0].strip("/") for entry in index["docs"]}
    assert found == expected


def test_there_are_no_source_maps(site):
    assert list(site.rglob("*.map")) == []
    assert [
        path.name
        for path in site.rglob("*")
        if path.suffix in {".js", ".css"}
        and "sourceMappingURL" in path.read_text("utf-8")
    ] == []


def test_search_weighs_less_than_3_kib_a_page_and_its_worker(site):
    sizes = [compressed(path) for path in site.glob("assets/javascripts/workers/*.js")]
    assert len(sizes) == 1
    sizes.append(compressed(site / "search/search_index.json"))
    assert sum(sizes) <= (12.5 + 3 * len(nav_pages(site))) * KIB, sizes


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))

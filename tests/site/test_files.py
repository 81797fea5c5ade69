"""What the site offers besides its pages: for machines, and to take away."""

import csv
import re
import xml.etree.ElementTree as ET
import zlib

import sigref
import sigref.plotting
from built import SOURCES, address, page_of, programs
from sigref._docs.html import parse

SVG = "{http://www.w3.org/2000/svg}"


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


def test_lists_for_machines_name_every_page_once(site):
    """In the order of the navigation; a site without an address has no site map."""
    built = {path.parent.relative_to(site).as_posix() for path in site.rglob("*.html")}
    text = (site / "llms.txt").read_text("utf-8")
    assert text.startswith("# The sigmoid function\n\n> ")
    home = address(site)
    places = re.findall(rf"(?m)^- \[.+\]\({home}(.*)index\.md\): .{{40}}", text)
    assert sorted(place.strip("/") or "." for place in places) == sorted(built)
    assert places[:3] == ["", "questions/", "tutorial/first-sigmoid/"]
    site_map = (site / "sitemap.xml").read_text("utf-8")
    mapped = re.findall(rf"<loc>{home}(.*)</loc>", site_map)
    assert sorted(mapped) == (sorted(places) if home else [])


def test_page_is_there_as_markdown_with_its_outputs(site):
    full = (site / "llms-full.txt").read_text("utf-8")
    for source in SOURCES:
        page = page_of(source, site)
        text = (page.parent / "index.md").read_text("utf-8")
        assert text.strip() in full
        # What is in a list is indented.
        plain = re.sub(r"(?m)^ +", "", text)
        for program in programs(page):
            for part in (program.code, program.output or "", program.error or ""):
                assert re.sub(r"(?m)^ +", "", part.strip()) in plain, source
        prose = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
        assert not re.search(r"<(?:div|span|math|svg|p)\b", prose), source


def test_each_figure_is_a_drawing_of_its_own(site):
    count = 0
    for page in site.rglob("*.html"):
        for figure in parse(page.read_text("utf-8")).all("figure", "fig"):
            links = {a.attributes["href"] for a in figure.all("a")}
            (svg,) = figure.all("svg")
            file = page.with_name(f"{svg.attributes['id']}.svg")
            assert file.name in links
            text = file.read_text("utf-8")
            root = ET.fromstring(text)
            assert root.tag == f"{SVG}svg"
            assert float(root.attrib["width"]) > 100
            assert "var(" not in text
            used = re.findall(r'(?:url\(|href=")#([^)"]+)', text)
            assert {*used} <= {element.get("id") for element in root.iter()}
            count += 1
    assert count > 50


def test_each_printed_table_is_a_file_of_equal_rows(site):
    files = [*site.rglob("table-*.csv")]
    assert len(files) > 10
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            assert len({len(row) for row in csv.reader(lines)}) == 1, file

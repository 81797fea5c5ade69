"""Build the site with the engines that may succeed MkDocs, from the same mkdocs.yml.

    python tests/release/engines.py [engine ...]

Each gets an environment of its own in build/engines: the lock, and the engine. A site is
good when the checker finds nothing but KNOWN, when every page has the text and every
program (what is copied, what it printed, how many figures) of MkDocs' page in site/, and
when every fault of tests/unit/test_site_faults.py stops the engine.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from built import ROOT, SOURCES, page_of, programs, text_of
from sigref._docs.html import parse

# Zensical 0.0.74 and later need zensical-ui, which not every registry has.
ENGINES = {
    "properdocs==1.6.7": ["properdocs", "build", "--strict", "--quiet"],
    "zensical==0.0.73": ["zensical", "build", "--clean", "--strict"],
}
# What an engine does otherwise, and no reader notices; docs/contributing.md says more.
KNOWN = {
    "zensical": re.compile(
        r"index\.html:\d+: a link has no address"
    ),  # href="": itself
}
PLACE = ROOT / "build" / "engines"
FAULT_TESTS = ["tests/unit/test_site_faults.py", "-k", "test_fault_stops_the_build"]


def environment(requirement: str) -> Path:
    """Return the Python of an environment with the lock and the engine."""
    place = PLACE / requirement.partition("=")[0]
    python = place / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    install = [*uv, "pip", "install", "--quiet", "--python", str(python)]
    for command in (
        [*uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place)],
        [*install, "--requirement", "requirements/all.txt"],
        [*install, requirement],
        [*install, "--no-deps", "--no-build-isolation", "--editable", "."],
    ):
        subprocess.run(command, cwd=ROOT, check=True)
    return python


def build(python: Path, command: list[str]) -> Path:
    """Return the site that an engine builds in a copy of the sources."""
    root = PLACE / f"{command[0]}-sources"
    subprocess.run(["rm", "-rf", str(root)], check=True)
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, files.split("\0")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes((ROOT / name).read_bytes())
    if (ROOT / "build" / "runtime").exists():  # a page tells how many programs it runs
        (root / "build").mkdir()
        (root / "build" / "runtime").symlink_to(ROOT / "build" / "runtime")
    variables = {**os.environ, "PYTHONPATH": str(root)}
    for arguments in (command, ["sigref._docs.publish.finish", "site"]):
        subprocess.run([python, "-m", *arguments], cwd=root, env=variables, check=True)
    return root / "site"


def differences(site: Path, first: Path) -> list[str]:
    """Where the pages of a site are not those of the first one."""
    found = []
    for page in sorted(first.rglob("*.html")):
        name = page.relative_to(first)
        if not (site / name).exists():
            found.append(f"{name}: is missing")
        elif visible(site / name) != visible(page):
            found.append(f"{name}: has another text")
    for source in SOURCES:
        if programs(page_of(source, site)) != programs(page_of(source, first)):
            found.append(f"{source.relative_to(ROOT)}: has other programs")
    return found


def visible(page: Path) -> str:
    """The words of a page, without navigation and other furniture."""
    articles = parse(page.read_text("utf-8")).all(tag="article")
    return " ".join(" ".join(text_of(article) for article in articles).split())


def faults(python: Path, engine: str, site: Path) -> list[str]:
    """What the checker finds in a site, apart from what is known."""
    done = subprocess.run(
        [python, "-m", "sigref._docs.publish.check", str(site)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    counted = re.search(r"\d+ pages, (\d+) faults", done.stdout)
    assert counted, done.stderr
    found = done.stderr.splitlines()[-int(counted[1]) :] if int(counted[1]) else []
    known = KNOWN.get(engine)
    return [line for line in found if not (known and known.fullmatch(line))]


def main() -> int:
    wanted, bad = sys.argv[1:], 0
    for requirement, command in ENGINES.items():
        engine = command[0]
        if wanted and engine not in wanted:
            continue
        python = environment(requirement)
        site = build(python, command)
        found = faults(python, engine, site) + differences(site, ROOT / "site")
        tests = subprocess.run(
            [python, "-m", "pytest", "-q", "-n", "2", *FAULT_TESTS],
            cwd=ROOT,
            check=False,
            env={**os.environ, "ENGINE": engine},
        ).returncode
        print(*found, sep="\n")
        print(f"{requirement}: {len(found)} differences, fault tests exit with {tests}")
        bad += bool(found or tests)
    return bad


if __name__ == "__main__":
    sys.exit(main())

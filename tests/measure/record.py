"""Run the recorded programs of the pages, and keep what they print.

    python tests/measure/record.py                      run all
    python tests/measure/record.py --only torch r       run some, keep the others
    python tests/measure/record.py --page how-to/a.md   the same
    python tests/measure/record.py --check              run again, compare, write nothing

`make record` first makes build/record/NAME from requirements/record/NAME.txt; R is that of
the path. Each program has a new interpreter in an empty folder. When they are compared,
text must be equal, numbers may differ by 1 in 1000.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from cost import cpu
from markdown import Markdown
from sigref._docs.execute.imports import imported
from sigref._docs.page import recorded
from sigref._docs.page.current import read
from sigref._docs.page.recorded import Record
from sigref._docs.page.scan import fences

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TOLERANCE = 1e-3
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
VERSIONS = """
import json, platform, sys
from importlib.metadata import packages_distributions, version
known = packages_distributions()
names = sorted({known[root][0] for root in sys.argv[1:] if root in known})
found = {name.replace("_", "-"): version(name) for name in names}
print(json.dumps(found | {"Python": platform.python_version()}))
"""
SETTINGS = {
    "CUDA_VISIBLE_DEVICES": "",
    "JAX_PLATFORMS": "cpu",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "0",  # with them TensorFlow writes to standard error
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def blocks():
    """Yield the page of each recorded fence, and the fence."""
    md = Markdown(extensions=["pymdownx.snippets"])
    for path in sorted(DOCS.rglob("*.md")):
        for block in fences(read(path), md)[0]:
            if block.recorded:
                yield path.relative_to(DOCS).as_posix(), block


def run(environment, *arguments, source=""):
    """Run a program in an empty folder."""
    python = ROOT / "build" / "record" / environment / "bin" / "python"
    command = ["Rscript", "--vanilla"] if environment == "r" else [python]
    with tempfile.TemporaryDirectory() as folder:
        if source:
            arguments = ["program"]
            Path(folder, "program").write_text(source, "utf-8")
        return subprocess.run(
            [*command, *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": folder, **SETTINGS},
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=600,
        )


def versions(environment, source):
    """Return the versions of the environment, and of what the program imports."""
    if environment == "r":
        return {"R": run("r", "-e", "cat(format(getRversion()))").stdout}
    roots = {name.partition(".")[0] for name in imported(source)}
    return json.loads(run(environment, "-c", VERSIONS, environment, *roots).stdout)


def record(page, block):
    """Run the program of a fence, and return its record."""
    done = run(block.recorded, source=block.source)
    error = ""
    if raises := re.search(r'raises="(\w+)"', block.header):
        # The last line that names the exception, and what follows.
        found = re.split(rf"(?m)^(?=(?:[\w.]+\.)?{raises[1]}(?::|$))", done.stderr)
        error = found[-1] if len(found) > 1 else ""
    good = done.returncode == bool(error) and bool(done.stderr) == bool(error)
    if not (good and done.stdout + error):
        sys.exit(
            f"docs/{page}:{block.line}: status {done.returncode}, printed:\n"
            f"{done.stdout}and to standard error:\n{done.stderr}"
        )
    key = recorded.fingerprint(block.recorded, block.source)
    found = versions(block.recorded, block.source)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    return Record(key, block.recorded, done.stdout, error, found, today, cpu())


def close(old, new):
    """Whether two texts are equal but for numbers that are nearly so."""
    if NUMBER.sub("#", old).split() != NUMBER.sub("#", new).split():
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(abs(float(a) - float(b)) <= TOLERANCE * abs(float(a)) for a, b in pairs)


def differences(old, new):
    """Yield how a new record differs from the old one, if not only in its stamp."""
    for name in sorted({*old.versions, *new.versions} - {"Python", "R"}):
        if (was := old.versions.get(name)) != (now := new.versions.get(name)):
            yield f"{name} {was} was recorded, {now} is installed"
    was, now = old.output + old.error, new.output + new.error
    if not close(was, now):
        yield f"the output was\n{was}and is\n{now}"


def main():
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", nargs="+", metavar="ENVIRONMENT")
    parser.add_argument("--page", help="its path in docs/")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    pages = recorded.records(DOCS)
    old = {(page, r.program): r for page, kept in pages.items() for r in kept}
    new, faults = {}, []
    for page, block in blocks():
        key = page, recorded.fingerprint(block.recorded, block.source)
        wanted = options.page in {None, page}
        if wanted and (options.only is None or block.recorded in options.only):
            print(f"docs/{page}:{block.line}: {block.recorded}", flush=True)
            made = record(page, block)
            new.setdefault(page, []).append(made)
            found = differences(old[key], made) if key in old else ["no record"]
            faults += [f"docs/{page}:{block.line}: {fault}" for fault in found]
        elif key in old:
            new.setdefault(page, []).append(old[key])
    if options.check:
        sys.exit("\n".join(faults) or None)
    pages = {page: [asdict(each) for each in kept] for page, kept in new.items()}
    text = json.dumps(pages, ensure_ascii=False, indent=1) + "\n"
    recorded.file(DOCS).write_text(text, "utf-8")


if __name__ == "__main__":
    main()

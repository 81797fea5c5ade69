"""Make Pyodide's archives smaller, and quicker to import: in Pyodide itself.

Only the interpreter that will read compiled code can write it. And its own zlib gives
the same bytes on every machine.
"""

from __future__ import annotations

import gzip
import json
import py_compile
import re
import sys
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
# What a program on a page cannot use: types and headers, windows, and fonts, since its
# figures are SVG with the page's own letters.
DROPPED = {
    # SciPy imports every part of NumPy, so f2py stays.
    "numpy": r"\.(pyi|pxd|a|h|c)$|/include/|^numpy/(f2py/src|distutils)/|/tests/",
    "scipy": r"\.(pyi|pxd|h)$|/tests/|^scipy/(datasets|misc)/",
    "matplotlib": r"\.pyi$|/(sample_data|images|web_backend|sphinxext|testing|tests)/|"
    r"/fonts/(afm|pdfcorefonts)/|DejaVu(Sans-BoldOblique|SansMono-|Serif)|Humor|"
    r"/backends/(_tkagg|qt_|_backend_(gtk|tk)|"
    r"backend_(gtk|qt|tk|wx|macosx|nbagg|web|cairo|pgf))",
    "pillow": r"\.pyi$|/_(webp|imagingft|imagingcms|imagingtk)\.",
}


def pack(source: Path, target: Path) -> None:
    """Write to `target` what `source` holds, without what no page needs, compiled."""
    library = source.name == "python_stdlib.zip"
    version = sys.version_info
    home = (
        f"/lib/python{version.major}{version.minor}.zip/"
        if library
        else f"/lib/python{version.major}.{version.minor}/site-packages/"
    )
    drop = re.compile(DROPPED.get(source.name.partition("-")[0], r"(?!)"))
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in sorted(old.namelist()):
            if name.endswith("/") or drop.search(name):
                continue
            data = old.read(name)
            if name.endswith(".py"):
                data, name = compiled(data, home + name), f"{name}c"
            elif name == "matplotlib/fontlist.json":  # or it looks for fonts each time
                data = without_fonts(data, drop)
            elif name.endswith(".dist-info/RECORD"):  # of files that are not there
                continue
            new.writestr(
                zipfile.ZipInfo(name, EPOCH),
                data,
                zipfile.ZIP_DEFLATED,
                compresslevel=9,
            )


def compiled(source: bytes, name: str) -> bytes:
    """Return the code of a module, without docstrings, never to be checked again."""
    before, after = Path("/tmp/module.py"), Path("/tmp/module.pyc")
    before.write_bytes(source)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(
        str(before), str(after), name, doraise=True, optimize=2, invalidation_mode=mode
    )
    return after.read_bytes()


def without_fonts(data: bytes, drop: re.Pattern[str]) -> bytes:
    """Return Pyodide's list of fonts without those that are left out."""
    known = json.loads(data)
    known["afmlist"] = []
    known["ttflist"] = [
        font for font in known["ttflist"] if not drop.search(f"/{font['fname']}")
    ]
    return json.dumps(known).encode()


def pack_wasm(source: Path, target: Path) -> None:
    """Compress the interpreter: not every host does so while it sends."""
    target.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))

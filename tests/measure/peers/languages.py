"""Other languages: programs that read numbers and write numbers."""

import atexit
import hashlib
import math
import platform
import re
import shutil
import subprocess
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from .formats import ALL
from .measure import EXAMPLES, SAFE_FORM, Peer


def decimal(x):
    """Write a number for any of the languages."""
    return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(x), repr(x))


def hexadecimal(x):
    """Write a number for R, which reads 17 decimal digits less exactly."""
    return x.hex() if math.isfinite(x) else decimal(x)


def program(command, column=0, write=decimal):
    """Return the `call` of a program that reads and writes one number a line."""

    def call(x, dtype):
        lines = "\n".join(map(write, x.tolist())) + "\n"
        done = subprocess.run(
            command, input=lines, capture_output=True, text=True, check=True
        )
        if done.stderr:
            raise RuntimeError(f"{command}: {done.stderr}")
        words = [line.split()[column] for line in done.stdout.splitlines()]
        return np.array([math.nan if w == "NA" else float(w) for w in words]), dtype

    return call


def said(command):
    """Return the first version number in what a command prints."""
    done = subprocess.run(command.split(), capture_output=True, text=True, check=True)
    return re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)[0]


@cache
def folder():
    """Return a temporary folder, kept until this program ends."""
    keeper = tempfile.TemporaryDirectory()
    atexit.register(keeper.cleanup)
    return Path(keeper.name)


def build(how, source, suffix):
    """Compile `source`, a file in docs/examples or a text, and return the program."""
    path = EXAMPLES / source.partition("\n")[0]
    if "\n" in source:
        path = folder() / (hashlib.sha256(source.encode()).hexdigest()[:8] + suffix)
        path.write_text(source, "utf-8")
    target = str(folder() / f"{path.stem}-{suffix[1:]}")
    fill = {"SOURCE": str(path), "TARGET": target}
    subprocess.run([fill.get(part, part) for part in how.split()], check=True)
    return target


def c_library():
    """Return the version of the C library, whose exp counts."""
    return f", {' '.join(platform.libc_ver())}"


# Language: the file, how it is built and run, the command that says its version and the
# name that goes with it, and whether exp is that of the C library.
SAFE = {
    "C": ("sigmoid.c", "gcc -O2 -o TARGET SOURCE -lm", "TARGET", "gcc -dumpfullversion", "GCC", True),
    "C++": ("sigmoid.cpp", "g++ -O2 -o TARGET SOURCE", "TARGET", "g++ -dumpfullversion", "GCC", True),
    "Fortran": ("sigmoid.f90", "gfortran -O2 -o TARGET SOURCE", "TARGET", "gfortran -dumpfullversion", "GCC", True),
    "Go": ("sigmoid.go", "go build -o TARGET SOURCE", "TARGET", "go version", "Go", False),
    "Java": ("sigmoid.java", "javac -d TARGET SOURCE", "java -cp TARGET Sigmoid", "java --version", "OpenJDK", False),
    "JavaScript": ("sigmoid.js", "", "node SOURCE", "node --version", "Node.js", False),
    "R": ("sigmoid.R", "", "Rscript SOURCE", "Rscript --version", "R", True),
    "Rust": ("sigmoid.rs", "rustc -O -o TARGET SOURCE", "TARGET", "rustc --version", "rustc", True),
}  # fmt: skip


def safe_peers():
    """Return the programs in docs/examples."""
    for language, (source, how, run, ask, name, libc) in SAFE.items():
        if not all(shutil.which(words.split()[0]) for words in (ask, how or ask)):
            continue
        fill = {"SOURCE": str(EXAMPLES / source)}
        if how:
            fill["TARGET"] = build(how, source, Path(source).suffix)
        command = [fill.get(part, part) for part in run.split()]
        number = f"{name} {said(ask)}{c_library() * libc}"
        write = hexadecimal if language == "R" else decimal
        call = program(command, 0, write)
        peer = Peer(language, "", number, SAFE_FORM, "value", ALL[:1], call)
        peer.source = source
        yield peer
        peer = replace(peer, kind="derivative", of=SAFE_FORM)
        peer.call = program(command, 1, write)
        yield replace(peer, function=f"derivative of {SAFE_FORM}")


R_FILTER = """x <- p <- scan("stdin", quiet = TRUE)
cat(sprintf("%.17g\\n", FUNCTION), sep = "")
"""


def r_peers():
    """R's own logistic distribution."""
    if not shutil.which("Rscript"):
        return
    number = said("Rscript --version")
    for kind, name, of in [
        ("value", "plogis(x)", ""),
        ("derivative", "dlogis(x)", "plogis(x)"),
        ("log", "plogis(x, log.p = TRUE)", ""),
        ("inverse", "qlogis(p)", ""),
    ]:
        command = ["Rscript", "-e", R_FILTER.replace("FUNCTION", name)]
        call = program(command, write=hexadecimal)
        yield Peer("R", "stats", number, name, kind, ALL[:1], call, of)


C_FILTER = r"""#include <stdio.h>
#include <stdlib.h>
#include <HEADER>

int main(void)
{
    char word[80];
    while (scanf("%79s", word) == 1) {
        REAL x = strtod(word, NULL), p = x;
        (void)p;
        printf("%.17g\n", (double)(EXPRESSION));
    }
}
"""


def c_peers():
    """Return the plain formula in C, and the GNU Scientific Library."""
    if not shutil.which("gcc"):
        return
    gcc = f"GCC {said('gcc -dumpfullversion')}{c_library()}"
    rows = [
        ("plain formula", gcc, "value", "1/(1 + exp(-x))", "math.h", "double"),
        ("plain formula", gcc, "value", "1/(1 + expf(-x))", "math.h", "float"),
    ]
    if shutil.which("gsl-config"):
        gsl = f"{said('gsl-config --version')}"
        names = {
            "value": ("gsl_cdf_logistic_P(x, 1)", "gsl/gsl_cdf.h"),
            "derivative": ("gsl_ran_logistic_pdf(x, 1)", "gsl/gsl_randist.h"),
            "inverse": ("gsl_cdf_logistic_Pinv(p, 1)", "gsl/gsl_cdf.h"),
        }
        rows += [("GSL", gsl, kind, *name, "double") for kind, name in names.items()]
    for library, number, kind, name, header, real in rows:
        text = C_FILTER.replace("EXPRESSION", name).replace("HEADER", header)
        how = "gcc -O2 -o TARGET SOURCE" + " -lgsl -lgslcblas" * (library == "GSL")
        path = build(f"{how} -lm", text.replace("REAL", real), ".c")
        dtype = "float64" if real == "double" else "float32"
        of = "gsl_cdf_logistic_P(x, 1)" if kind == "derivative" else ""
        yield Peer("C", library, number, name, kind, (dtype,), program([path]), of)


BOOST = r"""#include <boost/math/distributions/logistic.hpp>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>

int main()
{
    boost::math::logistic_distribution<REAL> logistic;
    std::cout << std::setprecision(17);
    for (std::string word; std::cin >> word;) {
        REAL x = std::strtod(word.c_str(), nullptr), y;
        try {
            y = FUNCTION(logistic, x);
        } catch (const std::exception&) {
            y = std::numeric_limits<REAL>::quiet_NaN();
        }
        std::cout << y << '\n';
    }
}
"""


def boost_peers():
    """Boost.Math's logistic distribution, in double and in float."""
    header = Path("/usr/include/boost/version.hpp")
    if not (shutil.which("g++") and header.is_file()):
        return
    number = re.search(r'LIB_VERSION "(\w+)"', header.read_text())[1].replace("_", ".")
    for kind, function, name in [
        ("value", "cdf", "cdf(logistic, x)"),
        ("derivative", "pdf", "pdf(logistic, x)"),
        ("inverse", "quantile", "quantile(logistic, p)"),
    ]:
        for dtype, real in [("float64", "double"), ("float32", "float")]:
            text = BOOST.replace("REAL", real).replace("FUNCTION", function)
            call = program([build("g++ -O2 -o TARGET SOURCE", text, ".cpp")])
            of = "cdf(logistic, x)" if kind == "derivative" else ""
            yield Peer("C++", "Boost.Math", number, name, kind, (dtype,), call, of)


JS_FILTER = r"""const text = require("node:fs").readFileSync(0, "utf8");
for (const x of text.split(/\s+/).filter(Boolean).map(Number)) console.log(FORMULA);
"""


def node_peers():
    """Return the plain formulas in JavaScript, which has no sigmoid of its own."""
    if not shutil.which("node"):
        return
    number = f"Node.js {said('node --version')}"
    number += f", V8 {said('node -p process.versions.v8')}"
    for name in ("1/(1 + Math.exp(-x))", "(1 + Math.tanh(x/2))/2"):
        call = program(["node", "-e", JS_FILTER.replace("FORMULA", name)])
        yield Peer("JavaScript", "plain formula", number, name, "value", ALL[:1], call)

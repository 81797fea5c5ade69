"""Measure how libraries and languages compute the sigmoid, and keep the record.

    python -m tests.measure.peers                    measure whatever is installed
    python -m tests.measure.peers --keep --only R    renew some rows, keep the others
    python -m tests.measure.peers --render           write the tables of the record anew
    python -m tests.measure.peers --check            compare the record with this machine

Needs NumPy, python-flint and sigref; each library or compiler that it finds besides is
measured. It writes docs/data/peers.json and, for the pages to include, its tables as
docs/data/peers-*.md. A row that was not measured in this run is dropped unless --keep is
given.

The record is {"date", "cpu", "simd", "os", "python", "points", "rows"}. A row is one function in
one dtype. Numbers that JSON lacks are the strings "inf", "-inf" and "nan"; what does not
apply, or was never reached, is absent. The keys of a row:

language, library, version, function, date
    What was measured, and when.
kind
    "value" σ, "derivative" σ′, "log" log σ, "inverse" logit.
of
    Of a derivative: the function whose gradient it is, if it is one.
dtype, dtype_out
    Of the argument; of the result.
ulp_right, ulp_left, ulp_subnormal
    Largest error where x ≥ 0, where x < 0, and where the exact result is subnormal or
    too small even for that. The unit is the distance between neighbouring floats at the
    exact result. float16 and bfloat16: all finite inputs; others: a sample, hence a
    lower bound of the maximum. "points" says how many; for languages other than
    Python, a sixteenth of them.
ulp_middle, ulp_outer
    The same for the inverse: where ¼ < p < ¾, and elsewhere in (0, 1).
at_right, at_left, at_subnormal, at_middle, at_outer
    The argument with that error.
half_lost_right, half_lost_left, half_lost
    The first |x| on that side, or the largest |p − ½| < ¼, of the sample where more
    than half the digits of the dtype are wrong although the result is normal.
zero_below, one_from, zero_from, infinite_below
    From which argument on the result is exactly 0 going down, 1 going up, 0 going up,
    −inf going down: the float itself, found by bisection.
unsharp
    Which of these are not sharp: among the 1,000 floats on each side some contradict it.
descents
    Of the value: steps down between neighbouring floats, in 65,536 steps up of x, or in
    all steps of a 16-bit dtype.
at_minus_inf, at_inf, at_nan
    The results there.
complaint
    Python: what it warns or raises for large, infinite and NaN arguments; "" if silent.
of_uint8
    NumPy: σ of the unsigned integer 1, which is 0.7310585786300049.
source, sha256
    The file in docs/examples that was compiled and run, and its fingerprint.
"""

import argparse
import datetime
import sys

from .formats import ALL
from .measure import THRESHOLDS, arguments
from .record import (
    LANGUAGES,
    PYTHON,
    contradictions,
    key_of,
    machine,
    measure_all,
    order_of,
    read,
    render,
    write,
)


def main():
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    groups = [*PYTHON, *LANGUAGES]
    parser.add_argument("--only", nargs="+", choices=groups, default=groups)
    parser.add_argument(
        "--keep", action="store_true", help="keep rows not measured now"
    )
    parser.add_argument("--render", action="store_true", help="write the tables alone")
    parser.add_argument("--check", action="store_true", help="compare with the record")
    options = parser.parse_args()
    if options.render:
        render(read())
        return
    if options.check:
        if faults := contradictions(read()):
            sys.exit("\n".join(["docs/data/peers.json:", *faults]))
        return
    here = machine()
    rows = measure_all(options.only)
    if options.keep:
        old = read()
        if any(old[key] != here[key] for key in ("cpu", "simd", "os")):
            sys.exit("the record is of another machine: measure everything")
        new = {key_of(row) for row in rows}
        rows += [row for row in old["rows"] if key_of(row) not in new]
    rows.sort(key=order_of)
    points = {
        f"{kind} {dtype}": len(arguments(kind, dtype))
        for kind in THRESHOLDS
        for dtype in ALL
    }
    today = datetime.date.today().isoformat()
    write({"date": today, **here, "points": points, "rows": rows})


if __name__ == "__main__":
    main()

"""The tables that pages include."""

import math
import re

from .formats import ALL
from .measure import SAFE_FORM


def tables(record):
    """Return the Markdown of each table by its file name."""
    rows = record["rows"]
    parts = {
        "peers-record.md": record_table(record),
        "peers-safe.md": safe_table(rows),
        "peers-descents.md": descents_table(rows),
    }
    for dtype in ALL:
        parts[f"peers-value-{dtype}.md"] = value_table(rows, dtype)
        parts[f"peers-derivative-{dtype}.md"] = slope_table(rows, dtype, "derivative")
    for dtype in ALL[:2]:
        parts[f"peers-log-{dtype}.md"] = slope_table(rows, dtype, "log")
        parts[f"peers-inverse-{dtype}.md"] = inverse_table(rows, dtype)
    return parts


def table(head, rows):
    """Return a Markdown table; the first column is text, the others are numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def title(row):
    """Return the function as code, after the library unless the name says it."""
    name = row["function"]
    of = re.match(r"(gradient|derivative) of ", name)
    start, name = (of[0], name[of.end() :]) if of else ("", name)
    name = start + (name if name == SAFE_FORM else f"`{name}`")
    if row["language"] != "Python":
        library = row["library"] if row["library"] in ("Boost.Math", "GSL") else ""
        return f"{library or row['language']}: {name}"
    if row["library"] in ("sigref", "SciPy", "PyTorch", "JAX", "TensorFlow"):
        return f"{row['library']}: {name}" if SAFE_FORM in name else name
    return name if "keras" in name else f"{row['library']}: {name}"


def number(x, digits=6):
    """Write a number; a minus sign is a minus sign."""
    if x is None:
        return "never"
    text = f"{x:.{digits}g}".replace("-", "−")
    return re.sub(r"e([+−])0*", lambda m: "e" + m[1].strip("+"), text)


def threshold(row, key):
    """Write a threshold, fewer digits of it if it is not sharp."""
    if key in row.get("unsharp", ()):
        return "about " + number(row[key], 3)
    return number(row.get(key))


def ulp(row, key):
    """Write an error: two decimals, or its order of magnitude."""
    x = row.get(key)
    if x is None:
        return "–"
    if math.isinf(x):
        return "∞"
    return f"{x:.2f}" if x < 100 else number(x, 2 if x >= 1000 else 3)


def complaint_in_a_word(row):
    """Write what a row warns or raises."""
    if "complaint" not in row:
        return "–"
    words = re.findall(
        r"\w+Error|overflow|divide by zero|invalid value", row["complaint"]
    )
    return ", ".join(sorted(set(words))) or row["complaint"] or "silent"


def chosen(rows, kind, dtype):
    """Return the rows of one kind and dtype."""
    return [row for row in rows if row["kind"] == kind and row["dtype"] == dtype]


def shown(rows, kind, dtype):
    """Return the rows of one table; programs in docs/examples have their own."""
    chosen_rows = chosen(rows, kind, dtype)
    return [r for r in chosen_rows if r["language"] == "Python" or "source" not in r]


SIDES = ("ulp_right", "ulp_left", "ulp_subnormal")


def value_table(rows, dtype):
    """σ: thresholds and errors; in the name, another dtype of the result, and warnings."""
    head = [
        "σ(x) by",
        "0 below",
        "1 from",
        "gradient 0 from",
        "ULP, x\N{NO-BREAK SPACE}≥\N{NO-BREAK SPACE}0",
        "ULP, x\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}0",
    ]
    head += ["ULP, subnormal"]
    slopes = {
        (row["language"], row["library"], row["of"]): row
        for row in chosen(rows, "derivative", dtype)
        if "of" in row
    }
    lines = []
    for row in shown(rows, "value", dtype):
        slope = slopes.get((row["language"], row["library"], row["function"]))
        warns = complaint_in_a_word(row)
        thresholds = [
            "raises" if "Error" in warns else threshold(row, "zero_below"),
            threshold(row, "one_from"),
            threshold(slope, "zero_from") if slope else "–",
        ]
        errors = [ulp(row, key) for key in SIDES]
        name = title(row)
        if row["dtype_out"] != dtype:
            name += f" gives {row['dtype_out']}"
        if warns not in ("silent", "–"):
            name += f" ({warns})"
        lines.append([name, *thresholds, *errors])
    return table(head, lines)


def slope_table(rows, dtype, kind):
    """σ′ or log σ: errors, and where it breaks down."""
    symbol, below, key = {
        "derivative": ("σ′(x)", "0 below", "zero_below"),
        "log": ("log σ(x)", "−∞ below", "infinite_below"),
    }[kind]
    head = [
        f"{symbol} by",
        "ULP, x\N{NO-BREAK SPACE}≥\N{NO-BREAK SPACE}0",
        "ULP, x\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}0",
        "ULP, subnormal",
    ]
    head += ["half wrong from", "0 from", below]
    lines = [
        [
            title(row),
            *(ulp(row, side) for side in SIDES),
            number(row.get("half_lost_right"), 3),
            threshold(row, "zero_from"),
            threshold(row, key),
        ]
        for row in shown(rows, kind, dtype)
    ]
    return table(head, lines)


def inverse_table(rows, dtype):
    """Logit: errors near ½ and elsewhere."""
    head = ["logit(p) by", "ULP, ¼ < p < ¾", "ULP, elsewhere"]
    head += ["half wrong within ½ ±"]
    lines = [
        [
            title(row),
            ulp(row, "ulp_middle"),
            ulp(row, "ulp_outer"),
            number(row.get("half_lost"), 2),
        ]
        for row in shown(rows, "inverse", dtype)
    ]
    return table(head, lines)


def safe_table(rows):
    """Return the programs in docs/examples: σ and σ′ side by side."""
    head = [
        "Program",
        "run with",
        "σ, x ≥ 0",
        "σ, x < 0",
        "σ, subnormal",
        "σ′",
        "0 below",
    ]
    slopes = {row.get("source"): row for row in chosen(rows, "derivative", "float64")}
    lines = []
    for row in chosen(rows, "value", "float64"):
        if "source" in row:
            slope = slopes[row["source"]]
            link = f"[`{row['source']}`](../examples/{row['source']})"
            run_with = f"{row['library']} {row['version']}".strip()
            errors = [ulp(row, side) for side in SIDES]
            errors.append(ulp({"σ′": max(slope[side] for side in SIDES[:2])}, "σ′"))
            lines.append([link, run_with, *errors, threshold(row, "zero_below")])
    return table(head, lines)


def descents_table(rows):
    """Return the functions that are not monotone in some dtype."""
    counts = {}
    for row in rows:
        if row["kind"] == "value":
            counts.setdefault(title(row), {})[row["dtype"]] = row["descents"]
    lines = [
        [name, *(f"{count[dtype]:,}" if dtype in count else "–" for dtype in ALL)]
        for name, count in counts.items()
        if any(count.values())
    ]
    return table(["Steps down of σ(x) by", *ALL], lines)


def record_table(record):
    """Return the machine and the versions."""
    seen = {}
    for row in record["rows"]:
        if row["function"] != SAFE_FORM and row["library"]:
            library = f"{row['library']} {row['version']}"
            seen.setdefault(row["language"], {})[library] = row["date"]
    lines = [
        [language, "; ".join(libraries), f"<time>{max(libraries.values())}</time>"]
        for language, libraries in seen.items()
    ]
    where = f"{record['cpu']} processor (SIMD level {record['simd']}), {record['os']}"
    where += f", Python {record['python']}"
    head = ["Language", "Libraries", "Date"]
    body = "".join(f"| {' | '.join(line)} |\n" for line in [head, ["---"] * 3, *lines])
    return f"Measured up to {record['date']} on this machine: {where}.\n\n{body}"

"""The program that fits pasted columns reads what people paste, or says what is wrong."""

import re
import runpy
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

SOURCE = Path("docs/examples/fit_your_data.py").read_text("utf-8")
X = np.linspace(0.25, 9.25, 10)
Y = 1 + 4 / (1 + np.exp(-1.5 * (X - 5)))
Y += np.tile([0.02, -0.02], 5)
ROWS = [f"{x:.2f}\t{y:.3f}" for x, y in zip(X, Y, strict=True)]
ALL = "10 points\nx from 0.25 to 9.25, y from 0.994 to 4.99"


@pytest.fixture
def fit(capsys, tmp_path):
    """Run the program on other data; what it printed, and its last words."""

    def run(text, source=SOURCE):
        program, n = re.subn(
            r'(?s)(?<=data = """\n).*?(?=\n""")', lambda _: text, source
        )
        assert n == 1
        path = tmp_path / "program.py"
        path.write_text(program, "utf-8")
        plt.close("all")
        with mpl.rc_context({"backend": "agg"}):
            try:
                runpy.run_path(str(path))
            except SystemExit as end:
                return capsys.readouterr().out, end.code
        return capsys.readouterr().out, ""

    yield run
    plt.close("all")


def pasted(gap, point=".", head=""):
    rows = [row.replace(".", point).replace("\t", gap) for row in ROWS]
    return "\n".join([head, *rows] if head else rows)


@pytest.mark.parametrize(
    "text",
    [
        pasted("\t", head="Dose (mg)\tResponse"),
        pasted(",", head='"x","y"'),
        pasted(";", ",", head="x1;y1\nmm;%"),
        pasted("\t", ","),
        pasted("  ", ","),
        pasted("   "),
        pasted(", "),
        pasted(" , ", ","),
        pasted(" ; "),
        pasted("\t").replace("\n", "\r\n"),
        "\n\n" + pasted("\t").replace("\n", "  \n\n") + "\n ",
        re.sub(r"([\d.]+)\t([\d.]+)", r'"\1","\2"', pasted("\t")),
        pasted("\t") + "\nNA\t3\n4\t\n\t4\n3\tnan\n3\t#N/A\n3\tinf",
    ],
)
def test_columns_are_read_and_fitted(fit, text):
    printed, end = fit(text)
    assert end == ""
    assert printed.startswith(f"{ALL}\n")
    names, values = zip(*re.findall(r"(?m)^(\w+) += (\S+) ±", printed), strict=True)
    assert names == ("a", "b", "x0", "k")
    assert np.array(values, float) == pytest.approx([1, 5, 5, 1.5], abs=0.1)
    assert len(plt.gca().lines) == 2


def test_printed_minus_is_a_minus(fit):
    printed, _ = fit(pasted("\t").replace("0.25", "−0.25", 1))
    assert printed.startswith("10 points\nx from -0.25 to 9.25")


def test_doses_are_fitted_on_their_logarithm_zeros_included(fit):
    source, n = re.subn(r"(?m)^# (?=x\b)", "", SOURCE)
    assert n == 2
    dose = np.append(0, np.geomspace(1e-12, 1e-6, 13))
    y = 1 + 4 / (1 + 5e-10 / np.maximum(dose, 1e-20)) + np.tile([0.02, -0.02], 7)
    rows = [f"{d:g}\t{v:.3f}" for d, v in zip(dose, y, strict=True)]
    printed, end = fit("\n".join(rows), source)
    assert end == ""
    x0 = float(re.search(r"x0 = (\S+)", printed)[1])
    assert np.exp(x0) == pytest.approx(5e-10, rel=0.1)


@pytest.mark.filterwarnings("ignore:invalid value encountered in log")
def test_doses_below_zero_are_refused(fit):
    source = re.sub(r"(?m)^# (?=x\b)", "", SOURCE)
    end = fit("-1 2\n" + pasted("\t"), source)[1]
    assert end == "The logarithm needs doses above 0."


@pytest.mark.parametrize(
    ("text", "end"),
    [
        (
            "x\ty\n" + pasted("\t").replace("\n", "\n1.2\tabc\n", 1),
            r"Line 3 is not two numbers: '1.2\tabc'",
        ),
        ("1.2.3\t4\n" + pasted("\t"), r"Line 1 is not two numbers: '1.2.3\t4'"),
        (pasted("\t") + "\nmean\t3", r"Line 11 is not two numbers: 'mean\t3'"),
        (pasted("\t") + "\n1,234\t5", r"Line 11 is not two numbers: '1,234\t5'"),
        ("1 2 3\n2 3 4", "Line 1 is not two numbers: '1 2 3'"),
        ("5", "Line 1 is not two numbers: '5'"),
        ("1 2\n3 4", "2 points: 5 are needed, at 4 different x."),
        ("", "0 points: 5 are needed, at 4 different x."),
        (
            "1 2\n1 3\n1 4\n2 5\n2 6\n3 7",
            "6 points: 5 are needed, at 4 different x.",
        ),
        (
            "\n".join(f"{x} 3" for x in range(9)),
            "y is constant: there is no curve to fit.",
        ),
        (
            "\n".join(f"{x} {x // 4 % 2}" for x in range(8)),
            "y is 0 or 1: fit a logistic regression to it.",
        ),
        (
            "\n".join(f"{x} {2 * x}" for x in range(9)),
            "No fit was found. Do the data reach both plateaus?",
        ),
    ],
)
def test_what_cannot_be_fitted_is_said(fit, text, end):
    assert fit(text)[1] == end
    assert not plt.get_fignums()


def test_data_without_a_plateau_are_reported(fit):
    rng = np.random.default_rng(4)
    x = np.linspace(0, 5, 30)
    y = 1 + 4 / (1 + np.exp(6 - x)) + rng.normal(0, 0.1, x.size)
    printed, end = fit("\n".join(f"{a} {b}" for a, b in zip(x, y, strict=True)))
    assert "do not determine all four" in printed + end
    assert "do not determine" not in fit(pasted("\t"))[0]

import re
import sys

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import curve_fit
from scipy.special import expit

data = """
x    y
300  2.1
400  1.9
450  2.8
480  4.1
510  5.5
530  6.8
560  8.3
600  9.3
650  9.9
700  10.1
"""


def columns(text):
    """Return x and y; without the lines where one is missing."""
    # Is 1,5 a number or two? Where a number has a point, it is two.
    comma = "," if re.search(r"\d\.\d", text) else "."
    gap = r"\s*(?:[;\t]|,\s|\s,|\s)\s*"  # what separates two numbers
    rows = []
    for number, line in enumerate(text.split("\n")):
        line = line.strip(" \r").replace("−", "-").replace('"', "")
        cells = re.split(gap if re.search(r"[;\s]", line) else ",", line)
        cells = [cell.replace(",", comma) for cell in cells]
        empty = ("", "na", "n/a", "#n/a")
        try:
            x, y = ("nan" if c.lower() in empty else c for c in cells)
            rows.append((float(x), float(y)))
        except ValueError:
            header = not rows and not re.match(r"[-+.,\d]", line)
            if not header and line:
                sys.exit(f"Line {number} is not two numbers: {line!r}")
    x, y = np.array(rows).reshape(-1, 2).T
    good = np.isfinite(x + y)
    return x[good], y[good]


def curve(x, a, b, x0, k):
    """Return a sigmoid from a to b with its middle at x0."""
    return a + (b - a) * expit(k * (x - x0))


def start(x, y):
    """Return start values for the fit."""
    a, b = y.min(), y.max()
    x0 = x[np.argmin(np.abs(y - (a + b) / 2))]
    k = np.copysign(8 / np.ptp(x), np.cov(x, y)[0, 1])
    return a, b, x0, k


x, y = columns(data)
# If x is a dose, remove the # from both lines; EC50 is then exp(x0).
# x[x == 0] = x[x > 0].min() / 1000  # controls without any dose
# x = np.log(x)
if not np.isfinite(x).all():
    sys.exit("The logarithm needs doses above 0.")
if x.size < 5 or np.unique(x).size < 4:
    sys.exit(f"{x.size} points: 5 are needed, at 4 different x.")
if np.ptp(y) == 0:
    sys.exit("y is constant: there is no curve to fit.")
if np.isin(y, (0, 1)).all():
    sys.exit("y is 0 or 1: fit a logistic regression to it.")
print(f"{x.size} points")
print(f"x from {x.min():g} to {x.max():g}, y from {y.min():g} to {y.max():g}")

try:
    p, cov = curve_fit(curve, x, y, p0=start(x, y))
except RuntimeError:  # maxfev reached
    sys.exit("No fit was found. Do the data reach both plateaus?")
error = np.sqrt(np.diag(cov))
for name, value, own in zip(("a", "b", "x0", "k"), p, error, strict=True):
    print(f"{name:2} = {value:.4g} ± {own:.2g}")
ranges = np.array([np.ptp(y), np.ptp(y), np.ptp(x), abs(p[3])])
if not np.all(error < ranges / 2):
    print("These data do not determine all four numbers.")

grid = np.linspace(x.min(), x.max(), 200)
plt.plot(x, y, "o")
plt.plot(grid, curve(grid, *p))
plt.xlabel("x")
plt.ylabel("y")
plt.show()

from itertools import count

import mpmath as mp

mp.mp.dps = 60
FORMATS = {  # significand bits, smallest normal exponent, largest number
    "float64": (53, -1022, (2 - mp.ldexp(1, -52)) * mp.ldexp(1, 1023)),
    "float32": (24, -126, (2 - mp.ldexp(1, -23)) * mp.ldexp(1, 127)),
    "float16": (11, -14, mp.mpf(65504)),
    "bfloat16": (8, -126, (2 - mp.ldexp(1, -7)) * mp.ldexp(1, 127)),
    "float8_e4m3fn": (4, -6, mp.mpf(448)),
    "float8_e5m2": (3, -14, mp.mpf(57344)),
}


def sigma(x):
    """Return the sigmoid."""
    return 1 / (1 + mp.exp(-x))


def slope(x):
    """Return the derivative of the sigmoid."""
    return mp.sech(x / 2) ** 2 / 4


def textbook(x, name):
    """Return 1/(1 + exp(-x)) with every operation rounded to the format."""
    return rounded(1 / rounded(1 + rounded(mp.exp(-x), name), name), name)


def rounded(v, name):
    """Return the number of the format nearest to v >= 0, ties to even."""
    p, emin, largest = FORMATS[name]
    if v == 0:
        return v
    if v > 2 * largest:
        return mp.inf
    unit = mp.ldexp(1, max(mp.frexp(v)[1] - 1, emin) - p + 1)
    nearest = mp.nint(v / unit) * unit
    return nearest if nearest <= largest else mp.inf


def nth(i, name):
    """Return the i-th positive number of the format, exactly."""
    p, emin, _ = FORMATS[name]
    exponent, digits = divmod(i, 2 ** (p - 1))
    if exponent:
        exponent, digits = exponent - 1, digits + 2 ** (p - 1)
    return mp.ldexp(digits, emin + exponent - p + 1)


def first(name, reached):
    """Return the smallest positive number of the format with the property."""
    high = next(2**k for k in count() if reached(nth(2**k, name)))
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if reached(nth(middle, name)):
            high = middle
        else:
            low = middle
    return nth(high, name)


def limits(name):
    """Return the rows of the three tables for one format."""
    p, emin, largest = FORMATS[name]
    normal, half = mp.ldexp(1, emin), mp.ldexp(1, emin - p)
    below = normal * (1 - mp.ldexp(1, -p))  # halfway to the largest subnormal
    over = largest * (1 + 1 / mp.mpf(2 ** (p + 1) - 2))  # overflows from here

    one = first(name, lambda x: rounded(sigma(x), name) == 1)
    early = first(name, lambda x: textbook(x, name) == 1)
    small = first(name, lambda x: rounded(sigma(-x), name) < normal)
    zero = first(name, lambda x: rounded(sigma(-x), name) == 0)
    flat = first(name, lambda x: rounded(slope(x), name) == 0)
    if name == "float8_e4m3fn":  # has no infinity: an overflow gives NaN
        lost = "–", "–"
    else:
        lost = -first(name, lambda x: textbook(-x, name) == 0), -mp.log(over)
    return (
        (name, one, mp.log(2 ** (p + 1) - 1), early, p * mp.log(2)),
        (name, -small, -mp.log(1 / below - 1), -zero, -mp.log(1 / half - 1)),
        (name, *lost, flat),
    )


HEADERS = (
    ("dtype", "σ is 1 from", "closed form", "textbook from", "closed form"),
    ("dtype", "subnormal from", "closed form", "σ is 0 from", "closed form"),
    ("dtype", "textbook is 0 from", "closed form", "σ′ is 0 beyond ±"),
)
for header, *rows in zip(HEADERS, *map(limits, FORMATS), strict=True):
    print("|", " | ".join(header), "|")
    print("|" + "---|" * len(header))
    for name, *cells in rows:
        digits = 16 if name == "float64" else 9
        shown = [name]
        for title, x in zip(header[1:], cells, strict=True):
            precise = digits if title != "closed form" else 7
            shown.append(x if x == "–" else mp.nstr(x, precise))
        print("|", " | ".join(shown).replace("-", "−"), "|")
    print()

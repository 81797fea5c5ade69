"""Measure how libraries and languages compute the sigmoid, and keep the record.

    python docs/measure_peers.py                    measure whatever is installed
    python docs/measure_peers.py --keep --only R    renew some rows, keep the others
    python docs/measure_peers.py --render           write the tables of the record anew
    python docs/measure_peers.py --check            compare the record with this machine

Needs NumPy, python-flint and sigref; each library or compiler that it finds besides is
measured. It writes data/peers.json and, for the pages to include, its tables as
data/peers-*.md. A row that was not measured in this run is dropped unless --keep is
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
import atexit
import datetime
import hashlib
import importlib.util
import json
import math
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from flint import arb, ctx

DOCS = Path(__file__).parent
RECORD = DOCS / "data" / "peers.json"
EXAMPLES = DOCS / "examples"
sys.path.insert(0, str(DOCS.parent))  # the sigref of this checkout

# --- Floats of each dtype, held in float64 arrays, which hold all of them exactly -------


@dataclass(frozen=True)
class Format:
    """Precision in bits, and the exponent of the smallest normal number."""

    precision: int
    minimum: int

    @property
    def saturation(self) -> float:
        """Roughly where σ becomes 1."""
        return (self.precision + 1) * math.log(2)

    @property
    def tiny(self) -> float:
        """Where the results become subnormal: the logarithm of the smallest normal."""
        return -self.minimum * math.log(2)

    @property
    def end(self) -> float:
        """Where the results become 0."""
        return (self.precision - self.minimum) * math.log(2)


FORMATS = {
    "float64": Format(53, -1022),
    "float32": Format(24, -126),
    "float16": Format(11, -14),
    "bfloat16": Format(8, -126),
}


def floats(index, dtype):
    """Return the float with each index; 0 has index 0, and its neighbours ±1."""
    index = np.asarray(index, np.int64)
    size = np.abs(index)
    if dtype == "float64":
        values = size.view(np.float64)
    elif dtype == "float32":
        values = size.astype(np.int32).view(np.float32)
    elif dtype == "float16":
        values = size.astype(np.int16).view(np.float16)
    else:  # bfloat16 is the upper half of a float32
        values = (size << 16).astype(np.int32).view(np.float32)
    return np.where(index < 0, -1.0, 1.0) * values.astype(np.float64)


def index_of(x, dtype):
    """Return the index of each float, the inverse of `floats`."""
    size = np.abs(np.asarray(x, np.float64))
    if dtype == "float64":
        index = size.view(np.int64)
    elif dtype == "float32":
        index = size.astype(np.float32).view(np.int32)
    elif dtype == "float16":
        index = size.astype(np.float16).view(np.int16)
    else:
        index = size.astype(np.float32).view(np.int32) >> 16
    return np.where(np.asarray(x) < 0, -1, 1) * index.astype(np.int64)


def largest(dtype):
    """Return the index of the largest finite float."""
    return int(index_of(np.inf, dtype)) - 1


# --- The exact results ------------------------------------------------------------------


def exact(kind, x):
    """Return the exact result as a ball whose relative radius is far below 2^−100."""
    ctx.prec = 220
    ball = arb(float(x))
    if kind == "inverse":
        return (ball / (1 - ball)).log()
    e = (-abs(ball)).exp()
    if kind == "derivative":
        return e / (1 + e) ** 2
    if kind == "log":
        return -e.log1p() if x >= 0 else ball - e.log1p()
    return (1 if x >= 0 else e) / (1 + e)


def exact_error(kind, x, computed, dtype):
    """Return the error of one result in units of the last place of the exact result."""
    if not math.isfinite(computed):
        return math.inf
    ball, form = exact(kind, x), FORMATS[dtype]
    mantissa, exponent = map(int, ball.mid().man_exp())
    leading = exponent + abs(mantissa).bit_length() - 1
    unit = max(leading, form.minimum) - form.precision + 1
    return float(abs(arb(float(computed)) - ball).mid() / arb(2) ** unit)


def extended(kind, x):
    """Return nearly exact results, in the longest float of NumPy, to find large errors.

    With the 80 bits of x86 they are good to a thousandth of an ULP of float64. What is
    recorded is the exact error at the arguments found with them.
    """
    x = np.asarray(x, np.longdouble)
    if kind == "inverse":
        middle = (x > 0.25) & (x < 0.75)
        near = np.log1p((2 * x - 1) / (1 - x), where=middle, out=np.zeros_like(x))
        return np.where(middle, near, np.log(x / (1 - x)))
    e = np.exp(-np.abs(x))
    if kind == "derivative":
        return e / (1 + e) ** 2
    if kind == "log":
        return np.minimum(x, 0) - np.log1p(e)
    return np.where(x >= 0, 1, e) / (1 + e)


@dataclass
class Sample:
    """Arguments, nearly exact results, the units of their last places; which are normal."""

    x: np.ndarray
    result: np.ndarray
    unit: np.ndarray
    normal: np.ndarray

    @classmethod
    def at(cls, kind, dtype, x):
        """Return the sample with these arguments."""
        form, result = FORMATS[dtype], extended(kind, x)
        leading = np.frexp(result)[1] - 1
        unit = np.maximum(leading, form.minimum) - form.precision + 1
        normal = (leading >= form.minimum) & (result != 0) | (kind == "inverse")
        return cls(x, result, np.ldexp(np.longdouble(1), unit), normal)


@cache
def arguments(kind, dtype):
    """Return all finite floats of a 16-bit dtype, else a stratified random sample."""
    form = FORMATS[dtype]
    if dtype in ("float16", "bfloat16"):
        last = largest(dtype)
        x = floats(np.arange(-last, last + 1), dtype)
        return x[(x > 0) & (x < 1)] if kind == "inverse" else x
    rng, n, p = np.random.default_rng(1), 300_000, form.precision
    sign = rng.choice([-1, 1], n)
    if kind == "inverse":
        strata = [
            rng.uniform(0, 1, n),
            0.5 + sign * 2.0 ** rng.uniform(-p, -2, n),
            2.0 ** rng.uniform(form.minimum - p + 1, -1, n),
            1 - 2.0 ** rng.uniform(-p, -1, n),
        ]
    else:
        reach, tiny, end = form.saturation, form.tiny, form.end
        strata = [
            sign * 2.0 ** rng.uniform(-p - 6, 2, n),
            rng.uniform(0, reach, n),
            rng.uniform(-reach, 0, n),
            rng.uniform(-tiny, 0, n),
            rng.uniform(-end, -tiny, n),
            rng.uniform(reach, end + 1, n),
        ]
    x = np.unique(np.concatenate(strata).astype(dtype).astype(np.float64))
    return x[(x > 0) & (x < 1)] if kind == "inverse" else x


@cache
def full_sample(kind, dtype, step=1):
    """Return the sample of the record, or every so many of its arguments."""
    points = [arguments(kind, dtype)[::step]]
    if kind == "inverse":  # and what is nearest to ½, where the digits go
        points.append(floats(index_of(0.5, dtype) + np.arange(-64, 65), dtype))
    return Sample.at(kind, dtype, np.unique(np.concatenate(points)))


def check_sample(kind, dtype, row):
    """Return a small part of the sample, and the arguments that the row names."""
    named = [row[key] for key in WORST.values() if key in row]
    points = np.concatenate([arguments(kind, dtype)[::101], named])
    return Sample.at(kind, dtype, np.unique(points))


# --- What is measured -------------------------------------------------------------------

WORST = {
    "ulp_right": "at_right",
    "ulp_left": "at_left",
    "ulp_subnormal": "at_subnormal",
    "ulp_middle": "at_middle",
    "ulp_outer": "at_outer",
}
# Of each kind: key, result, and the side on which to look for it.
THRESHOLDS = {
    "value": [("zero_below", 0.0, -1), ("one_from", 1.0, 1)],
    "derivative": [("zero_below", 0.0, -1), ("zero_from", 0.0, 1)],
    "log": [("infinite_below", -np.inf, -1), ("zero_from", 0.0, 1)],
    "inverse": [],
}


@dataclass
class Peer:
    """One function of one library.

    `call` takes a float64 array of arguments and the name of their dtype, and returns
    the results as a float64 array and the name of theirs.
    """

    language: str
    library: str
    version: str
    function: str
    kind: str
    dtypes: tuple[str, ...]
    call: Callable
    of: str = ""
    source: str = ""
    strict: Callable | None = None  # instead of `call`, to see what it raises


def measure(peer, dtype, sample):
    """Return the row of `peer` for one dtype."""
    row = {
        "language": peer.language,
        "library": peer.library,
        "version": peer.version,
        "function": peer.function,
        "kind": peer.kind,
        "dtype": dtype,
        "date": datetime.date.today().isoformat(),
    }
    if peer.of:
        row["of"] = peer.of
    if peer.source:
        row |= {"source": peer.source, "sha256": fingerprint(peer.source)}

    def call(x):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return peer.call(np.asarray(x, np.float64), dtype)

    computed, row["dtype_out"] = call(sample.x)
    row |= accuracy(peer.kind, dtype, sample, computed)
    unsharp = []
    for key, result, side in THRESHOLDS[peer.kind]:
        found, wrong = first(lambda x, r=result: call(x)[0] == r, side, dtype)
        if found is not None:
            row[key] = found
            unsharp += [key] * bool(wrong)
    if unsharp:
        row["unsharp"] = unsharp
    if peer.kind == "value":
        row["descents"] = descents(lambda x: call(x)[0], dtype)
        results = call(np.array([-np.inf, np.inf, np.nan]))[0]
        names = ("at_minus_inf", "at_inf", "at_nan")
        row |= dict(zip(names, results.tolist(), strict=True))
        if peer.library in ("sigref", "NumPy", "SciPy") and dtype == "float64":
            with np.errstate(all="ignore"):
                row["of_uint8"] = float(peer.call(np.ones(1), "uint8")[0][0])
    if peer.language == "Python":
        row["complaint"] = complaint(peer, dtype)
    return row


def accuracy(kind, dtype, sample, computed):
    """Return the largest errors, where they are, and where half the digits are lost."""
    x, normal = sample.x, sample.normal
    with np.errstate(all="ignore"):
        error = np.abs(computed - sample.result)
        error = np.where(np.isfinite(computed), error, np.inf)
        in_ulp = error / sample.unit
        half = 2.0 ** (-FORMATS[dtype].precision / 2)
        lost = normal & (error > half * np.abs(sample.result))
    if kind == "inverse":
        middle = np.abs(x - 0.5) < 0.25
        regions = {"ulp_middle": middle, "ulp_outer": ~middle}
    else:
        regions = {
            "ulp_right": (x >= 0) & normal,
            "ulp_left": (x < 0) & normal,
            "ulp_subnormal": ~normal,
        }
    row = {}
    for key, region in regions.items():
        places = np.flatnonzero(region)
        worst = places[np.argsort(in_ulp[places])[-8:]]
        found = [(exact_error(kind, x[i], computed[i], dtype), x[i]) for i in worst]
        if found:
            largest_error, place = max(found)
            row |= {key: four_digits(largest_error), WORST[key]: float(place)}
    if kind == "inverse":
        if (lost & middle).any():
            row["half_lost"] = four_digits(np.abs(x[lost & middle] - 0.5).max())
        return row
    for key, side in (("half_lost_right", x >= 0), ("half_lost_left", x < 0)):
        if (lost & side).any():
            row[key] = four_digits(np.abs(x[lost & side]).min())
    return row


def four_digits(x):
    """Round to four significant digits."""
    return float(f"{x:.4g}")


def first(reached, side, dtype):
    """Return the float from which on `reached` holds, and how many neighbours disagree.

    Looks from 0 to the end on that side, if `reached` holds there, by bisection into
    1,024 parts at a time.
    """
    low, high = 0, index_end(side, dtype)
    if not reached(floats([high], dtype))[0]:
        return None, 0
    while abs(high - low) > 1:
        grid = sorted({low + (high - low) * k // 1024 for k in range(1025)} | {high})
        grid = grid if side > 0 else grid[::-1]
        held = int(np.argmax(reached(floats(grid, dtype))))
        low, high = grid[max(held - 1, 0)], grid[held]
    steps = side * np.arange(1, 1001)
    limit = largest(dtype)
    after = np.clip(high + steps, -limit, limit)
    before = np.clip(high - steps, -limit, limit)
    wrong = np.count_nonzero(~reached(floats(after, dtype)))
    wrong += np.count_nonzero(reached(floats(before, dtype)))
    return float(floats([high], dtype)[0]), int(wrong)


def index_end(side, dtype):
    """Return the index at which a search for a threshold ends."""
    return side * min(int(index_of(2000.0, dtype)), largest(dtype))


def descents(call, dtype):
    """Count the steps between neighbouring floats at which the result falls."""
    if dtype in ("float16", "bfloat16"):
        last = largest(dtype)
        blocks = np.arange(-last, last + 1)[None]
    else:
        form = FORMATS[dtype]
        starts = np.random.default_rng(2).uniform(-form.end, form.saturation, 64)
        blocks = index_of(starts, dtype)[:, None] + np.arange(1025)
    results = call(floats(blocks.ravel(), dtype)).reshape(blocks.shape)
    return int(np.count_nonzero(np.diff(results) < 0))


def complaint(peer, dtype):
    """Return what `peer` warns or raises on large, infinite and NaN arguments."""
    if peer.kind == "inverse":
        x = np.array([0.0, 0.25, 0.75, 1.0, np.nan])
    else:
        x = np.array([-np.inf, -2000.0, -1.0, 0.0, 1.0, 2000.0, np.inf, np.nan])
    said = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            (peer.strict or peer.call)(x, dtype)
        except ArithmeticError as error:
            said.append(f"{type(error).__name__}: {error}")
    said += [f"{c.category.__name__}: {c.message}" for c in caught]
    return "; ".join(sorted(set(said)))


def fingerprint(source):
    """Return the SHA-256 of a file in docs/examples, as text."""
    text = (EXAMPLES / source).read_text("utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


# --- Python -----------------------------------------------------------------------------


def numpy_dtype(dtype):
    """Return the NumPy dtype of that name; ml_dtypes has bfloat16."""
    if dtype == "bfloat16":
        import ml_dtypes

        return ml_dtypes.bfloat16
    return np.dtype(dtype)


def on_arrays(function):
    """Return the `call` of a function that takes and returns NumPy arrays."""

    def call(x, dtype):
        y = np.asarray(function(x.astype(numpy_dtype(dtype))))
        return y.astype(np.float64), y.dtype.name

    return call


ALL = tuple(FORMATS)
NATIVE = ALL[:3]
# In these formulas e = exp(-abs(x)), and sigmoid is the second of them.
FORMULAS = {
    "value": [
        "1/(1 + exp(-x))",
        "where(x >= 0, 1, e)/(1 + e)",
        "(1 + tanh(x/2))/2",
        "exp(-logaddexp(0, -x))",
    ],
    "derivative": [
        "sigmoid(x)*(1 - sigmoid(x))",
        "sigmoid(x)*sigmoid(-x)",
        "e/(1 + e)**2",
    ],
    "log": ["log(1/(1 + exp(-x)))", "-logaddexp(0, -x)", "minimum(x, 0) - log1p(e)"],
    "inverse": ["log(p/(1 - p))", "log(p) - log1p(-p)", "2*arctanh(2*p - 1)"],
}


def numpy_peers():
    """Plain formulas."""

    def sigmoid(x):
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1, e) / (1 + e)

    def evaluate(formula, x):
        names = {"x": x, "p": x, "sigmoid": sigmoid}
        if re.search(r"\be\b", formula):
            names["e"] = np.exp(-np.abs(x))
        return eval(formula, vars(np), names)

    extra = ALL[3:] if importlib.util.find_spec("ml_dtypes") else ()
    for kind, formulas in FORMULAS.items():
        for formula in formulas:
            dtypes = NATIVE + (() if "logaddexp" in formula else extra)
            call = on_arrays(partial(evaluate, formula))
            yield Peer("Python", "NumPy", np.__version__, formula, kind, dtypes, call)


def sigref_peers():
    """Return this project's own functions."""
    import sigref

    functions = {
        "sigref.sigmoid": ("value", sigref.sigmoid),
        "sigref.sigmoid_derivative": ("derivative", sigref.sigmoid_derivative),
        "sigref.log_sigmoid": ("log", sigref.log_sigmoid),
        "sigref.logit": ("inverse", sigref.logit),
    }
    for name, (kind, function) in functions.items():
        of = "sigref.sigmoid" if kind == "derivative" else ""
        call = on_arrays(function)
        yield Peer("Python", "sigref", sigref.__version__, name, kind, NATIVE, call, of)


def math_peers():
    """Python's own math module, one number at a time."""

    def formula(x):
        return 1 / (1 + math.exp(-x))

    def attempt(x):
        try:
            return formula(x)
        except OverflowError:
            return math.nan

    def each(function):
        return lambda x, dtype: (np.array([*map(function, x.tolist())]), "float64")

    peer = Peer(
        "Python", "math", platform.python_version(), "1/(1 + math.exp(-x))", "value",
        ALL[:1], each(attempt), strict=each(formula),
    )  # fmt: skip
    yield peer


def scipy_peers():
    """scipy.special, and the logistic distribution."""
    from scipy import special
    from scipy.stats import logistic

    functions = {
        "scipy.special.expit": ("value", special.expit),
        "scipy.special.log_expit": ("log", special.log_expit),
        "scipy.special.logit": ("inverse", special.logit),
        "scipy.stats.logistic.cdf": ("value", logistic.cdf),
        "scipy.stats.logistic.pdf": ("derivative", logistic.pdf),
        "scipy.stats.logistic.logcdf": ("log", logistic.logcdf),
        "scipy.stats.logistic.ppf": ("inverse", logistic.ppf),
    }
    for name, (kind, function) in functions.items():
        of = "scipy.stats.logistic.cdf" if kind == "derivative" else ""
        number, call = version("scipy"), on_arrays(function)
        yield Peer("Python", "SciPy", number, name, kind, NATIVE, call, of)


def numexpr_peers():
    """Compile the expression."""
    import numexpr

    numexpr.set_num_threads(1)
    call = on_arrays(lambda x: numexpr.evaluate("1/(1 + exp(-x))"))
    name, dtypes = 'evaluate("1/(1 + exp(-x))")', ALL[:2]
    yield Peer("Python", "numexpr", version("numexpr"), name, "value", dtypes, call)


def numba_peers():
    """Compile the loop."""
    import numba

    compiled = numba.vectorize(lambda x: 1 / (1 + math.exp(-x)))
    name, number = "vectorize(1/(1 + math.exp(-x)))", version("numba")
    call = on_arrays(compiled)
    yield Peer("Python", "Numba", number, name, "value", ALL[:2], call)


def differentiable(library, number, source, functions, values, slopes):
    """Yield each function, and the gradient of each value.

    `values` and `slopes` make the `call` of a function and of its gradient.
    """
    for name, (kind, function) in functions.items():
        peer = Peer("Python", library, number, name, kind, ALL, values(function))
        peer.source = source if name == SAFE_FORM else ""
        yield peer
        if kind == "value":
            peer = replace(peer, kind="derivative", call=slopes(function), of=name)
            yield replace(peer, function=f"gradient of {name}")


SAFE_FORM = "the safe form"


def torch_peers():
    """PyTorch, on the CPU."""
    import torch
    from torch.nn.functional import logsigmoid

    torch.set_num_threads(1)

    def tensor(x, dtype):
        return torch.from_numpy(x).to(getattr(torch, dtype))

    def plain(y):
        return y.double().numpy(), str(y.dtype).removeprefix("torch.")

    def slopes(function):
        def call(x, dtype):
            t = tensor(x, dtype).requires_grad_()
            function(t).sum().backward()
            return plain(t.grad)

        return call

    functions = {
        "torch.sigmoid": ("value", torch.sigmoid),
        "torch.exp(logsigmoid(x))": ("value", lambda t: torch.exp(logsigmoid(t))),
        SAFE_FORM: ("value", example("sigmoid_torch.py").sigmoid),
        "torch.nn.functional.logsigmoid": ("log", logsigmoid),
        "torch.logit": ("inverse", torch.logit),
    }
    yield from differentiable(
        "PyTorch", torch.__version__, "sigmoid_torch.py", functions,
        lambda function: lambda x, dtype: plain(function(tensor(x, dtype))), slopes,
    )  # fmt: skip


def jax_peers():
    """JAX, compiled for the CPU, with float64 switched on."""
    import jax
    import jax.numpy as jnp
    from jax.nn import log_sigmoid

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")

    def values(function):
        compiled = jax.jit(function)

        def call(x, dtype):
            size = 1 << (len(x) - 1).bit_length()  # few shapes, so that it compiles few
            y = compiled(jnp.asarray(np.resize(x, size).astype(numpy_dtype(dtype))))
            return np.asarray(y).astype(np.float64)[: len(x)], y.dtype.name

        return call

    highest = partial(jax.lax.logistic, accuracy=jax.lax.AccuracyMode.HIGHEST)
    functions = {
        "jax.nn.sigmoid": ("value", jax.nn.sigmoid),
        "jax.lax.logistic(x, accuracy=HIGHEST)": ("value", highest),
        "jnp.exp(log_sigmoid(x))": ("value", lambda x: jnp.exp(log_sigmoid(x))),
        SAFE_FORM: ("value", example("sigmoid_jax.py").sigmoid),
        "jax.nn.log_sigmoid": ("log", log_sigmoid),
        "jax.scipy.special.logit": ("inverse", jax.scipy.special.logit),
    }
    yield from differentiable(
        "JAX", jax.__version__, "sigmoid_jax.py", functions,
        values, lambda function: values(jax.vmap(jax.grad(function))),
    )  # fmt: skip


def tensorflow_peers():
    """TensorFlow, and Keras on top of it, on the CPU."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)

    def plain(y):
        return tf.cast(y, tf.float64).numpy(), y.dtype.name

    def values(function):
        return lambda x, dtype: plain(function(tf.cast(x, dtype)))

    def slopes(function):
        def call(x, dtype):
            t = tf.cast(x, dtype)
            with tf.GradientTape() as tape:
                tape.watch(t)
                y = function(t)
            return plain(tape.gradient(y, t))

        return call

    log_sigmoid = tf.math.log_sigmoid
    functions = {
        "tf.math.sigmoid": ("value", tf.math.sigmoid),
        "tf.exp(log_sigmoid(x))": ("value", lambda t: tf.exp(log_sigmoid(t))),
        SAFE_FORM: ("value", example("sigmoid_tensorflow.py").sigmoid),
        "tf.math.log_sigmoid": ("log", log_sigmoid),
    }
    yield from differentiable(
        "TensorFlow", tf.__version__, "sigmoid_tensorflow.py", functions, values, slopes
    )
    functions = {
        "keras.ops.sigmoid": ("value", keras.ops.sigmoid),
        "keras.ops.log_sigmoid": ("log", keras.ops.log_sigmoid),
    }
    library = f"Keras on {keras.backend.backend()}"
    yield from differentiable(library, keras.__version__, "", functions, values, slopes)


def example(name):
    """Import a program in docs/examples."""
    spec = importlib.util.spec_from_file_location(Path(name).stem, EXAMPLES / name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- Other languages: programs that read numbers and write numbers ----------------------


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


# --- The record -------------------------------------------------------------------------

PYTHON = {
    "numpy": numpy_peers,
    "sigref": sigref_peers,
    "math": math_peers,
    "scipy": scipy_peers,
    "numexpr": numexpr_peers,
    "numba": numba_peers,
    "torch": torch_peers,
    "jax": jax_peers,
    "tensorflow": tensorflow_peers,
}
LANGUAGES = {
    "safe": safe_peers,
    "R": r_peers,
    "C": c_peers,
    "C++": boost_peers,
    "JavaScript": node_peers,
}


def installed(groups) -> Iterator[Peer]:
    """Yield the peers of the named groups that can be measured here."""
    for name in groups:
        if name in LANGUAGES:
            yield from LANGUAGES[name]()
        elif importlib.util.find_spec(name):
            yield from PYTHON[name]()


def machine():
    """Return what the numbers depend on besides the versions."""
    info = Path("/proc/cpuinfo")
    cpu = (
        re.search(r"model name\s*:\s*(.*)", info.read_text()) if info.exists() else None
    )
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:  # not a Linux
        system = platform.platform(terse=True)
    return {
        "cpu": cpu[1] if cpu else platform.processor() or platform.machine(),
        "simd": (simd.get("found") or simd["baseline"])[-1],  # what NumPy's exp uses
        "os": f"{system}, {platform.machine()}",
        "python": platform.python_version(),
    }


def key_of(row):
    """Return what tells rows apart."""
    return row["language"], row["library"], row["function"], row["kind"], row["dtype"]


LIBRARIES = ["NumPy", "sigref", "math", "SciPy", "numexpr", "Numba", "PyTorch", "JAX"]
LIBRARIES += ["TensorFlow", "Keras on tensorflow", "stats", "GSL", "Boost.Math"]
LIBRARIES += ["plain formula", ""]


def order_of(row):
    """Sort by kind, dtype and library."""
    kind, dtype = list(THRESHOLDS).index(row["kind"]), ALL.index(row["dtype"])
    library = row["library"]
    return kind, dtype, LIBRARIES.index(library) if library in LIBRARIES else 99


def measure_all(groups):
    """Measure what is installed and return the rows."""
    rows = []
    for peer in installed(groups):
        print(peer.language, peer.library, peer.function, file=sys.stderr)
        for dtype in peer.dtypes:
            step = 1 if peer.language == "Python" else 16  # numbers travel as text
            rows.append(measure(peer, dtype, full_sample(peer.kind, dtype, step)))
    return rows


def write(record):
    """Write the record, one row a line, and its tables."""
    rows = record.pop("rows")
    lines = ",\n".join(json.dumps(plain(row), ensure_ascii=False) for row in rows)
    head = json.dumps(record, ensure_ascii=False)[1:-1]
    RECORD.write_text(f'{{{head}, "rows": [\n{lines}\n]}}\n', "utf-8")
    render(read())


def plain(row):
    """Write the numbers that JSON lacks as strings."""
    return {
        key: str(value)
        if isinstance(value, float) and not math.isfinite(value)
        else value
        for key, value in row.items()
    }


def read():
    """Return the record, with numbers for the strings that stand for numbers."""
    record = json.loads(RECORD.read_text("utf-8"))
    numbers = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
    for row in record["rows"]:
        for key, value in row.items():
            if isinstance(value, str):
                row[key] = numbers.get(value, value)
    return record


# --- Whether the record still holds -----------------------------------------------------

EXACT = (
    "dtype_out",
    "complaint",
    "zero_below",
    "one_from",
    "zero_from",
    "infinite_below",
)
EXACT += ("at_minus_inf", "at_inf", "at_nan", "of_uint8")


def contradictions(record):
    """Measure what is installed again, and say where the record is wrong.

    Thresholds, result dtypes and warnings must be the same, and errors within 0.3 ULP,
    or 1 % if that is more. On another CPU a smaller error is no contradiction, and of
    NumPy's formulas only dtypes and warnings are compared: its exp and tanh depend on
    the CPU. Of programs in docs/examples, the fingerprint is compared.
    """
    here = machine()
    same_cpu = all(record[key] == here[key] for key in ("cpu", "simd"))
    recorded = {key_of(row): row for row in record["rows"]}
    faults = [
        f"{row['source']} is not the program that was measured"
        for row in record["rows"]
        if "source" in row and fingerprint(row["source"]) != row["sha256"]
    ]
    for peer in installed(PYTHON):
        for dtype in peer.dtypes:
            name = f"{peer.library} {peer.function} {dtype}"
            key = (peer.language, peer.library, peer.function, peer.kind, dtype)
            if key in recorded:
                row = recorded[key]
                now = measure(peer, dtype, check_sample(peer.kind, dtype, row))
                found = differences(row, now, same_cpu)
                faults += [f"{name}: {difference}" for difference in found]
            else:
                faults.append(f"{name}: not in the record")
    return sorted(set(faults))


def differences(row, now, same_cpu):
    """Yield where one row, measured again, contradicts the recorded one."""
    varies = row["library"] == "NumPy" and not same_cpu
    for key in ("dtype_out", "complaint") if varies else EXACT:
        then, value = row.get(key), now.get(key)
        if str(then) != str(value):  # as strings, so that NaN equals NaN
            yield f"{key} is {value}, recorded {then}"
    for key in () if varies else WORST:
        if key in row and row[key] != now[key]:
            room = max(0.3, row[key] / 100)
            worse, better = now[key] > row[key] + room, now[key] < row[key] - room
            if worse or (better and same_cpu):
                yield f"{key} is {now[key]}, recorded {row[key]}"


# --- The tables that pages include ------------------------------------------------------


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


def render(record):
    """Write the tables beside the record."""
    for name, text in tables(record).items():
        (RECORD.parent / name).write_text(text, "utf-8")


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
    """σ: thresholds, errors, dtype of the result, warnings."""
    head = [
        "σ(x) by",
        "0 below",
        "1 from",
        "gradient 0 from",
        "ULP, x\N{NO-BREAK SPACE}≥\N{NO-BREAK SPACE}0",
        "ULP, x\N{NO-BREAK SPACE}<\N{NO-BREAK SPACE}0",
    ]
    head += ["ULP, subnormal", "result", "warns"]
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
        lines.append([title(row), *thresholds, *errors, row["dtype_out"], warns])
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

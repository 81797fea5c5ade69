"""The functions of Python libraries, as far as they are installed."""

import importlib.util
import math
import platform
import re
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from .formats import ALL, NATIVE
from .measure import EXAMPLES, SAFE_FORM, Peer


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

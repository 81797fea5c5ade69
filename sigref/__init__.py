"""The sigmoid function and its family, correct in every tail."""

from sigref.functions import (
    binary_cross_entropy_with_logits,
    log_sigmoid,
    logit,
    sigmoid,
    sigmoid_derivative,
    softplus,
)

__all__ = [
    "binary_cross_entropy_with_logits",
    "log_sigmoid",
    "logit",
    "sigmoid",
    "sigmoid_derivative",
    "softplus",
]

__version__ = "0.1.0"

"""The sigmoid function and its family, correct in every tail."""

__version__ = "0.1.0"

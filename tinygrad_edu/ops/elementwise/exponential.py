"""Roots, exponentials and logarithms, and the squish that is made of them."""

from __future__ import annotations

import math

import numpy as np

from ...engine import op
from .numbers import ONE


@op(np.square, elementwise=True)
def square(x):
    """Square.

    z = x²          x: (...) -> (...)
    """
    def dx(g): return g * (x * 2)
    return x * x, dx


@op(np.sqrt, elementwise=True, promote="float")
def sqrt(x):
    """Square root.

    z = √x          x: (...) -> (...)
    Domain: x > 0
    Kinks: the derivative at 0 is inf, as PyTorch.
    """
    z = np.sqrt(x)
    def dx(g): return g / (z * 2)
    return z, dx


@op(np.cbrt, elementwise=True, promote="float")
def cbrt(x):
    """Cube root.

    z = ∛x          x: (...) -> (...)
    Domain: x != 0
    """
    z = np.cbrt(x)
    def dx(g): return g / (z * z * 3)
    return z, dx


@op(elementwise=True, promote="float")
def rsqrt(x):
    """Reciprocal of the square root.

    z = 1 / √x          x: (...) -> (...)
    Domain: x > 0
    """
    z = 1 / np.sqrt(x)
    def dx(g): return g * (-0.5 * z * z * z)
    return z, dx


@op(np.reciprocal, elementwise=True, promote="float")
def reciprocal(x):
    """Reciprocal.

    z = 1 / x          x: (...) -> (...)
    Domain: x != 0
    """
    z = 1 / x
    def dx(g): return -g * z * z
    return z, dx


@op(np.exp, elementwise=True, promote="float")
def exp(x):
    """Exponential.

    z = eˣ          x: (...) -> (...)
    """
    z = np.exp(x)
    def dx(g): return g * z
    return z, dx


@op(np.exp2, elementwise=True, promote="float")
def exp2(x):
    """Power of two.

    z = 2ˣ          x: (...) -> (...)
    """
    z = np.exp2(x)
    def dx(g): return g * (z * math.log(2))
    return z, dx


@op(np.expm1, elementwise=True, promote="float")
def expm1(x):
    """eˣ − 1, exact also near 0.

    z = eˣ − 1          x: (...) -> (...)
    """
    z = np.expm1(x)
    def dx(g): return g * (z + 1)
    return z, dx


@op(np.log, elementwise=True, promote="float")
def log(x):
    """Natural logarithm.

    z = ln x          x: (...) -> (...)
    Domain: x > 0
    """
    def dx(g): return g / x
    return np.log(x), dx


@op(np.log2, elementwise=True, promote="float")
def log2(x):
    """Logarithm to base 2.

    z = log₂ x          x: (...) -> (...)
    Domain: x > 0
    """
    def dx(g): return g / (x * math.log(2))
    return np.log2(x), dx


@op(np.log10, elementwise=True, promote="float")
def log10(x):
    """Logarithm to base 10.

    z = log₁₀ x          x: (...) -> (...)
    Domain: x > 0
    """
    def dx(g): return g / (x * math.log(10))
    return np.log10(x), dx


@op(np.log1p, elementwise=True, promote="float")
def log1p(x):
    """ln(1 + x), exact also near 0.

    z = ln(1 + x)          x: (...) -> (...)
    Domain: x > -1
    """
    def dx(g): return g / (x + 1)
    return np.log1p(x), dx


@op(np.logaddexp, elementwise=True, promote="float")
def logaddexp(x, y):
    """Logarithm of a sum of exponentials, without overflow.

    z = ln(eˣ + eʸ)          x: (...), y: (...) -> (...)
    """
    def dx(g): return g * sigmoid(x - y)
    def dy(g): return g * sigmoid(y - x)
    return np.logaddexp(x, y), dx, dy


@op(np.logaddexp2, elementwise=True, promote="float")
def logaddexp2(x, y):
    """Logarithm to base 2 of a sum of powers of 2, without overflow.

    z = log₂(2ˣ + 2ʸ)          x: (...), y: (...) -> (...)
    """
    def dx(g): return g * sigmoid((x - y) * math.log(2))
    def dy(g): return g * sigmoid((y - x) * math.log(2))
    return np.logaddexp2(x, y), dx, dy


@op(elementwise=True, promote="float")
def sigmoid(x):
    """Logistic function: the lesson's squish to (0, 1).

    z = 1 / (1 + e⁻ˣ)          x: (...) -> (...)

    The spelling with tanh would be faster, but this one keeps its digits in the tail: log(sigmoid(−20)) is −20.
    """
    z = np.exp(-x)
    z += ONE[z.dtype]
    z = ONE[z.dtype] / z
    def dx(g): return g * (z * (ONE[z.dtype] - z))
    return z, dx

"""Sums, products, powers and remainders; and the same numbers as a copy, or as another dtype."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...calling import either_name
from ...engine import answer, op


@op(np.add, elementwise=True, promote="arithmetic")
def add(x, y):
    """Sum.

    z = x + y          x: (...), y: (...) -> (...)
    """
    def dx(g): return g
    def dy(g): return g
    return x + y, dx, dy


@op(np.subtract, elementwise=True, promote="arithmetic")
def sub(x, y):
    """Difference.

    z = x − y          x: (...), y: (...) -> (...)
    """
    def dx(g): return g
    def dy(g): return -g
    return x - y, dx, dy


@op(np.multiply, elementwise=True, promote="arithmetic")
def mul(x, y):
    """Product.

    z = x y          x: (...), y: (...) -> (...)
    """
    def dx(g): return g * y
    def dy(g): return g * x
    return x * y, dx, dy


@op(np.divide, elementwise=True, promote="float")
def div(x, y):
    """Quotient. Integers divide to floats.

    z = x / y          x: (...), y: (...) -> (...)
    Domain: y != 0
    """
    def dx(g): return g / y
    def dy(g): return -g * (x / y) / y
    return x / y, dx, dy


@op(np.negative, elementwise=True)
def neg(x):
    """Opposite sign.

    z = −x          x: (...) -> (...)
    """
    def dx(g): return -g
    return -x, dx


@op(np.positive, elementwise=True)
def positive(x):
    """A copy of x.

    z = x          x: (...) -> (...)
    """
    def dx(g): return g
    return +x, dx


@op(np.power, np.float_power, elementwise=True, promote="arithmetic")
def pow(x, y):
    """Power.

    z = xʸ          x: (...), y: (...) -> (...)
    Domain: x > 0
    Kinks: (x⁰)′ = 0 everywhere, also at 0; ∂z/∂y = 0 where x = 0 and y ≥ 0, as PyTorch.
    """
    if not hasattr(y, "shape"):
        return _power_of(x, y)
    z = np.power(x, y)
    flat = (x == 0) & (y >= 0)
    if hasattr(x, "dtype"):
        log_x: Any = np.log(np.where(flat, 1, x))
    else:
        log_x = math.log(x) if x > 0 else -math.inf if x == 0 else math.nan
    def dx(g): return g * np.where(y == 0, 0, y * np.power(x, np.where(y == 0, 1, y - 1)))
    def dy(g): return g * np.where(flat, 0, z * log_x)
    return z, dx, dy


def _power_of(x, n):
    """x to the n, a Python number; the common ones are spelled as products."""
    if n == 2:
        def dx(g): return g * (x * 2)
        return x * x, dx, None
    if n == 0:
        def dx(g): return np.zeros_like(g)
        return np.ones_like(x), dx, None
    def dx(g): return g * (np.power(x, n - 1) * n)
    return np.power(x, n), dx, None


@op(np.remainder, elementwise=True, promote="arithmetic")
def remainder(x, y):
    """Remainder with the sign of the divisor, as Python's %.

    z = x − y ⌊x / y⌋          x: (...), y: (...) -> (...)
    Domain: y != 0
    Kinks: where x / y is whole, the derivatives of the branch on the right.
    """
    _check_divisor("remainder", x, y)
    def dx(g): return g
    def dy(g): return -g * np.floor_divide(x, y)
    return np.remainder(x, y), dx, dy


@op(np.fmod, elementwise=True, promote="arithmetic")
def fmod(x, y):
    """Remainder with the sign of the dividend, as C's fmod.

    z = x − y trunc(x / y)          x: (...), y: (...) -> (...)
    Domain: y != 0
    """
    _check_divisor("fmod", x, y)
    def dx(g): return g
    def dy(g): return -g * np.trunc(x / y)
    return np.fmod(x, y), dx, dy


@op(np.floor_divide, elementwise=True, promote="arithmetic")
def floor_divide(x, y):
    """Quotient rounded down; its derivative is zero everywhere.

    z = ⌊x / y⌋          x: (...), y: (...) -> (...)
    Domain: y != 0
    """
    _check_divisor("floor_divide", x, y)
    def dx(g): return np.zeros_like(g)
    def dy(g): return np.zeros_like(g)
    return np.floor_divide(x, y), dx, dy


def _check_divisor(name, x, y):
    """Integers have no inf to stand for x / 0, and NumPy answers 0."""
    kind = x.dtype.kind if hasattr(x, "dtype") else y.dtype.kind
    if kind != "f" and isinstance(y, (int, np.ndarray)) and not np.all(y):
        raise ZeroDivisionError(f"{name}: an integer was divided by 0")


@op(np.astype)
def astype(x, *, dtype):
    """The same numbers as another dtype; the gradient comes back in the first.

    z = x          x: (...) -> (...)
    Examples: dtype=np.float64; dtype=np.float32
    """
    old = x.dtype
    def dx(g): return np.astype(g, old)
    return np.astype(x, dtype), dx


@op(np.copy)
def clone(x):
    """A copy in memory of its own; the gradient flows through.

    z = x          x: (...) -> (...)
    """
    def dx(g): return g
    return np.copy(x), dx


@answer(np.conjugate, np.real)
@either_name
def conj(x):
    """Of real numbers, the numbers themselves."""
    return x


@answer(np.ldexp)
@either_name
def ldexp(x, y):
    """x times a power of two: x 2ʸ."""
    return x * 2.0**y


@answer(np.divmod)
def divmod(x, y):
    """Quotient rounded down, and remainder."""
    return floor_divide(x, y), remainder(x, y)

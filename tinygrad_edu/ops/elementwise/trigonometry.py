"""Angles in radians, and the hyperbolic functions."""

from __future__ import annotations

import math

import numpy as np

from ...engine import op
from .numbers import ONE


@op(np.sin, elementwise=True, promote="float")
def sin(x):
    """Sine of an angle in radians.

    z = sin x          x: (...) -> (...)
    """
    def dx(g): return g * np.cos(x)
    return np.sin(x), dx


@op(np.cos, elementwise=True, promote="float")
def cos(x):
    """Cosine of an angle in radians.

    z = cos x          x: (...) -> (...)
    """
    def dx(g): return -g * np.sin(x)
    return np.cos(x), dx


@op(np.tan, elementwise=True, promote="float")
def tan(x):
    """Tangent of an angle in radians.

    z = tan x          x: (...) -> (...)
    Domain: -1.4 < x < 1.4
    """
    z = np.tan(x)
    def dx(g): return g * (z * z + 1)
    return z, dx


@op(np.arcsin, elementwise=True, promote="float")
def asin(x):
    """Angle in radians, from −π/2 to π/2, of a given sine.

    z = asin x          x: (...) -> (...)
    Domain: -1 < x < 1
    """
    def dx(g): return g / np.sqrt(1 - x * x)
    return np.arcsin(x), dx


@op(np.arccos, elementwise=True, promote="float")
def acos(x):
    """Angle in radians, from 0 to π, of a given cosine.

    z = acos x          x: (...) -> (...)
    Domain: -1 < x < 1
    """
    def dx(g): return -g / np.sqrt(1 - x * x)
    return np.arccos(x), dx


@op(np.arctan, elementwise=True, promote="float")
def atan(x):
    """Angle in radians, from −π/2 to π/2, of a given tangent.

    z = atan x          x: (...) -> (...)
    """
    def dx(g): return g / (x * x + 1)
    return np.arctan(x), dx


@op(np.arctan2, elementwise=True, promote="float")
def atan2(x, y):
    """Angle in radians, from −π to π, of the point with height x and width y.

    z = atan(x / y), in the right quadrant          x: (...), y: (...) -> (...)
    Domain: y != 0
    Kinks: at the origin both derivatives are 0, as PyTorch.
    """
    square = x * x + y * y
    square = np.where(square == 0, 1, square)
    def dx(g): return g * (y / square)
    def dy(g): return -g * (x / square)
    return np.arctan2(x, y), dx, dy


@op(np.hypot, elementwise=True, promote="float")
def hypot(x, y):
    """Length of the vector (x, y), without overflow.

    z = √(x² + y²)          x: (...), y: (...) -> (...)
    """
    z = np.hypot(x, y)
    def dx(g): return g * (x / z)
    def dy(g): return g * (y / z)
    return z, dx, dy


@op(np.sinh, elementwise=True, promote="float")
def sinh(x):
    """Hyperbolic sine.

    z = (eˣ − e⁻ˣ) / 2          x: (...) -> (...)
    """
    def dx(g): return g * np.cosh(x)
    return np.sinh(x), dx


@op(np.cosh, elementwise=True, promote="float")
def cosh(x):
    """Hyperbolic cosine.

    z = (eˣ + e⁻ˣ) / 2          x: (...) -> (...)
    """
    def dx(g): return g * np.sinh(x)
    return np.cosh(x), dx


@op(np.tanh, elementwise=True, promote="float")
def tanh(x):
    """Hyperbolic tangent: a squish to (−1, 1).

    z = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)          x: (...) -> (...)
    """
    z = np.tanh(x)
    def dx(g): return g * (ONE[z.dtype] - z * z)
    return z, dx


@op(np.arcsinh, elementwise=True, promote="float")
def asinh(x):
    """Inverse of sinh.

    z = asinh x          x: (...) -> (...)
    """
    def dx(g): return g / np.sqrt(x * x + 1)
    return np.arcsinh(x), dx


@op(np.arccosh, elementwise=True, promote="float")
def acosh(x):
    """Inverse of cosh, from 0 up.

    z = acosh x          x: (...) -> (...)
    Domain: x > 1.1
    """
    def dx(g): return g / (np.sqrt(x - 1) * np.sqrt(x + 1))
    return np.arccosh(x), dx


@op(np.arctanh, elementwise=True, promote="float")
def atanh(x):
    """Inverse of tanh.

    z = atanh x          x: (...) -> (...)
    Domain: -1 < x < 1
    """
    def dx(g): return g / (1 - x * x)
    return np.arctanh(x), dx


@op(np.sinc, elementwise=True, promote="float")
def sinc(x):
    """The normalized sinc.

    z = sin(πx) / (πx), 1 at 0          x: (...) -> (...)
    Domain: x != 0
    Kinks: none; at 0 the derivative is 0.
    """
    z = np.sinc(x)
    def dx(g): return g * np.where(x == 0, 0, (np.cos(math.pi * x) - z) / np.where(x == 0, 1, x))
    return z, dx


@op(np.deg2rad, np.radians, elementwise=True, promote="float")
def deg2rad(x):
    """Degrees to radians.

    z = π x / 180          x: (...) -> (...)
    """
    def dx(g): return g * (math.pi / 180)
    return x * (math.pi / 180), dx


@op(np.rad2deg, np.degrees, elementwise=True, promote="float")
def rad2deg(x):
    """Radians to degrees.

    z = 180 x / π          x: (...) -> (...)
    """
    def dx(g): return g * (180 / math.pi)
    return x * (180 / math.pi), dx

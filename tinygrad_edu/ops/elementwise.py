"""Elementwise ops: each works on every number by itself, and inputs broadcast against each other.

The engine sums a gradient over the axes along which its input was broadcast, so formulas never do.
Source of the conventions at kinks: what PyTorch does.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine import answer, op

# Numbers by dtype, as 0-d arrays: NumPy takes them in half the time that a Python number costs. Used where
# networks pass most.
_REAL = tuple(np.dtype(t) for t in "?bBhHiIlLqQefd")
ZERO = {dtype: np.zeros((), dtype) for dtype in _REAL}
ONE = {dtype: np.ones((), dtype) for dtype in _REAL}


# ------------------------------------------------------------------------------------------ arithmetic


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
    if type(y) in (int, float):
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


# -------------------------------------------------------------------------- powers, exponentials, logarithms


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


# ------------------------------------------------------------------------------------------- trigonometry


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


# ------------------------------------------------------------------------- activations, signs, corners


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


@op(elementwise=True)
def relu(x):
    """Rectifier: negative numbers become 0.

    z = max(x, 0)          x: (...) -> (...)
    Kinks: relu′(0) = 0; relu(−0) = 0, relu(nan) = nan.
    """
    z = np.maximum(x, ZERO[x.dtype])
    def dx(g): return g * (z > ZERO[z.dtype])
    return z, dx


@op(np.absolute, np.fabs, elementwise=True)
def abs(x):
    """Absolute value.

    z = |x|          x: (...) -> (...)
    Kinks: abs′(0) = 0.
    """
    def dx(g): return g * np.sign(x)
    return np.absolute(x), dx


@op(np.sign, elementwise=True)
def sign(x):
    """Sign: −1, 0 or 1. The derivative is zero everywhere.

    z = x / |x|, 0 at 0          x: (...) -> (...)
    """
    def dx(g): return np.zeros_like(g)
    return np.sign(x), dx


@op(np.copysign, elementwise=True, promote="float")
def copysign(x, y):
    """|x| with the sign of y; the derivative in y is zero everywhere.

    z = |x| sign(y)          x: (...), y: (...) -> (...)
    Kinks: the derivative at x = 0 is 0.
    """
    z = np.copysign(x, y)
    def dx(g): return g * (np.sign(x) * np.copysign(np.ones_like(z), y))
    def dy(g): return np.zeros_like(g)
    return z, dx, dy


@op(np.maximum, elementwise=True, promote="arithmetic")
def maximum(x, y):
    """The larger of two, nan where either is nan.

    z = max(x, y)          x: (...), y: (...) -> (...)
    Kinks: equal inputs share the gradient, half each; beside a nan, both get all of it, as PyTorch.
    """
    def dx(g): return g * ~(x <= y) + g * (x == y) * 0.5
    def dy(g): return g * ~(y <= x) + g * (x == y) * 0.5
    return np.maximum(x, y), dx, dy


@op(np.minimum, elementwise=True, promote="arithmetic")
def minimum(x, y):
    """The smaller of two, nan where either is nan.

    z = min(x, y)          x: (...), y: (...) -> (...)
    Kinks: equal inputs share the gradient, half each; beside a nan, both get all of it, as PyTorch.
    """
    def dx(g): return g * ~(x >= y) + g * (x == y) * 0.5
    def dy(g): return g * ~(y >= x) + g * (x == y) * 0.5
    return np.minimum(x, y), dx, dy


@op(np.fmax, elementwise=True, promote="arithmetic")
def fmax(x, y):
    """The larger of two; a nan yields to a number.

    z = max(x, y)          x: (...), y: (...) -> (...)
    Kinks: equal inputs give the whole gradient to x, as PyTorch.
    """
    first = (x >= y) | np.isnan(y)
    def dx(g): return g * first
    def dy(g): return g * ~first
    return np.fmax(x, y), dx, dy


@op(np.fmin, elementwise=True, promote="arithmetic")
def fmin(x, y):
    """The smaller of two; a nan yields to a number.

    z = min(x, y)          x: (...), y: (...) -> (...)
    Kinks: equal inputs give the whole gradient to x, as PyTorch.
    """
    first = (x <= y) | np.isnan(y)
    def dx(g): return g * first
    def dy(g): return g * ~first
    return np.fmin(x, y), dx, dy


@op(elementwise=True)
def clamp(x, *, min=None, max=None):
    """Limit to the numbers from min to max.

    z = min(max(x, lo), hi)          x: (...) -> (...)
    Kinks: clamp′ at an edge is 1.
    Examples: min=-0.55, max=0.65; min=0.15; max=-0.25
    """
    if min is None and max is None:
        raise ValueError("clamp: at least one of min and max is needed, got neither")
    low, high = -math.inf if min is None else min, math.inf if max is None else max
    def dx(g): return g * ((x >= low) & (x <= high))
    z = x if min is None else np.maximum(x, min)
    return z if max is None else np.minimum(z, max), dx


@op(elementwise=True, promote="arithmetic", condition=True)
def where(condition, x, y):
    """x where the condition holds, y elsewhere.

    z = x if condition else y          condition: (...) bool, x: (...), y: (...) -> (...)

    The gradient of the branch not taken is 0, unless that branch is infinite or nan inside: 0 · inf is nan, in
    every framework. Then choose a harmless input first: log(where(x > 0, x, 1)).
    """
    def dx(g): return np.where(condition, g, 0)
    def dy(g): return np.where(condition, 0, g)
    return np.where(condition, x, y), None, dx, dy


@op(np.floor, elementwise=True)
def floor(x):
    """The next whole number below; the derivative is zero everywhere.

    z = ⌊x⌋          x: (...) -> (...)
    """
    def dx(g): return np.zeros_like(g)
    return np.floor(x), dx


@op(np.ceil, elementwise=True)
def ceil(x):
    """The next whole number above; the derivative is zero everywhere.

    z = ⌈x⌉          x: (...) -> (...)
    """
    def dx(g): return np.zeros_like(g)
    return np.ceil(x), dx


@op(np.trunc, np.fix, elementwise=True)
def trunc(x):
    """The whole part, toward zero; the derivative is zero everywhere.

    z = trunc x          x: (...) -> (...)
    """
    def dx(g): return np.zeros_like(g)
    return np.trunc(x), dx


@op(np.round, np.rint, elementwise=True)
def round(x, *, decimals=0):
    """The nearest whole number (or number of decimals), halves to even; the derivative is zero everywhere.

    z = round x          x: (...) -> (...)
    Examples: decimals=0; decimals=2
    """
    def dx(g): return np.zeros_like(g)
    return np.round(x, decimals), dx


@op(elementwise=True)
def frac(x):
    """The part behind the point, with the sign of x.

    z = x − trunc x          x: (...) -> (...)
    """
    def dx(g): return g
    return x - np.trunc(x), dx


@op(np.nan_to_num, elementwise=True)
def nan_to_num(x, *, nan=0.0, posinf=None, neginf=None):
    """Numbers in place of nan and ±inf; where one was put, the derivative is 0.

    z = x if finite          x: (...) -> (...)
    """
    finite = np.isfinite(x)
    def dx(g): return g * finite
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf), dx


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


# --------------------------------------------------------- comparisons and tests: their values are booleans


def _comparison(function, name, sentence):
    """A comparison has no derivative, so its formula is NumPy's function."""
    def formula(x, y):
        return function(x, y), None, None
    formula.__doc__ = f"{sentence}\n\n    z: bool          x: (...), y: (...) -> (...)\n    "
    formula.__module__ = __name__
    return op(function, elementwise=True, promote="arithmetic", name=name)(formula)


eq = _comparison(np.equal, "eq", "Whether x = y.")
ne = _comparison(np.not_equal, "ne", "Whether x ≠ y.")
lt = _comparison(np.less, "lt", "Whether x < y.")
le = _comparison(np.less_equal, "le", "Whether x ≤ y.")
gt = _comparison(np.greater, "gt", "Whether x > y.")
ge = _comparison(np.greater_equal, "ge", "Whether x ≥ y.")
logical_and = _comparison(np.logical_and, "logical_and", "Whether both are nonzero.")
logical_or = _comparison(np.logical_or, "logical_or", "Whether one is nonzero.")
logical_xor = _comparison(np.logical_xor, "logical_xor", "Whether exactly one is nonzero.")


def _test(function, name, sentence):
    def formula(x):
        return function(x), None
    formula.__doc__ = f"{sentence}\n\n    z: bool          x: (...) -> (...)\n    "
    formula.__module__ = __name__
    return op(function, elementwise=True, name=name)(formula)


isnan = _test(np.isnan, "isnan", "Whether x is not a number.")
isinf = _test(np.isinf, "isinf", "Whether x is infinite.")
isfinite = _test(np.isfinite, "isfinite", "Whether x is a finite number.")
signbit = _test(np.signbit, "signbit", "Whether the sign bit is set, which tells −0 from 0.")
logical_not = _test(np.logical_not, "logical_not", "Whether x is zero.")


def _bitwise(function, name, sentence):
    def formula(x, y):
        return function(x, y), None, None
    line = "z: int          x: (...) int 8, y: (...) int 8 -> (...)"
    formula.__doc__ = f"{sentence} Integers and booleans only.\n\n    {line}\n    "
    formula.__module__ = __name__
    return op(function, elementwise=True, promote="arithmetic", name=name)(formula)


bitwise_and = _bitwise(np.bitwise_and, "bitwise_and", "Bitwise and.")
bitwise_or = _bitwise(np.bitwise_or, "bitwise_or", "Bitwise or.")
bitwise_xor = _bitwise(np.bitwise_xor, "bitwise_xor", "Bitwise exclusive or.")


@op(np.invert, elementwise=True)
def bitwise_not(x):
    """Bitwise not; for booleans, the opposite.

    z = ~x          x: (...) int 8 -> (...)
    """
    return np.invert(x), None


@answer(np.clip)
def clip(x, a_min=None, a_max=None, *, min=None, max=None):
    """NumPy's name for clamp; also takes Tensors as limits."""
    low, high = a_min if min is None else min, a_max if max is None else max
    for limit in (low, high):
        if hasattr(limit, "shape"):
            x = x if low is None else maximum(x, low)
            return x if high is None else minimum(x, high)
    return clamp(x, min=low, max=high)

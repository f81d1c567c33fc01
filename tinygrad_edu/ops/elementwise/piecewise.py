"""Functions with corners and steps. What the derivative is at a corner stands under Kinks; it is what PyTorch does."""

from __future__ import annotations

import math

import numpy as np

from ...calling import either_name
from ...engine import answer, op
from .numbers import ZERO


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


@op(np.heaviside, elementwise=True, promote="float")
def heaviside(x, y):
    """Step: 0 below 0, 1 above, y at 0. The derivative in x is zero everywhere, and there is none in y.

    z = [x > 0], y at 0          x: (...), y: (...) -> (...)
    Kinks: at x = 0 too the derivative is 0.
    """
    def dx(g): return np.zeros_like(g)
    return np.heaviside(x, y), dx, None


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


@op(np.round, np.around, np.rint, elementwise=True)
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


@answer(np.clip)
@either_name
def clip(x, min=None, max=None, *, a_min=None, a_max=None):
    """Limited to the numbers from min to max (a_min and a_max in NumPy); the limits may be tensors."""
    low, high = min if a_min is None else a_min, max if a_max is None else a_max
    for limit in (low, high):
        if hasattr(limit, "shape"):
            x = x if low is None else maximum(x, low)
            return x if high is None else minimum(x, high)
    return clamp(x, min=low, max=high)


@answer(np.modf)
def modf(x):
    """The part behind the point, and the whole part."""
    return frac(x), trunc(x)

"""Numbers taken apart: mantissa and exponent, neighbours, bits, common divisors.

Source: https://docs.pytorch.org/docs/stable/torch.html#pointwise-ops
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..engine import array_of, constant
from .elementwise import ldexp, where
from .order import show_as_pytorch
from .reduction import axes_of


class Frexp(NamedTuple):
    """mantissa · 2^exponent, with 1/2 ≤ |mantissa| < 1."""

    mantissa: Any
    exponent: Any


show_as_pytorch({"frexp": Frexp})


def frexp(input):
    """(mantissa, exponent) of each number; the exponent is an int32, and no gradient passes through it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.frexp.html
    """
    exponent = np.asarray(np.frexp(array_of(input))[1])
    down = -np.astype(exponent, input.dtype)
    half = np.trunc(down * 0.5)  # in two steps: 2 to the whole of it may lie beyond the floats
    return Frexp(ldexp(ldexp(input, constant(half)), constant(down - half)), constant(exponent))


def nextafter(input, other):
    """The next float after input on the way to other; its derivative is that of input, as in PyTorch."""
    found = np.asarray(np.nextafter(array_of(input), array_of(other)))
    step = found - array_of(input)
    return where(np.isfinite(step), input + constant(np.where(np.isfinite(step), step, 0)), constant(found))


def gcd(input, other):
    """The greatest common divisor of whole numbers."""
    return constant(np.asarray(np.gcd(array_of(input), array_of(other))))


def lcm(input, other):
    """The least common multiple of whole numbers."""
    return constant(np.asarray(np.lcm(array_of(input), array_of(other))))


def hash_tensor(input, dim=None, keepdim=False, *, mode=0):
    """The bits of all numbers (or of those along axes), joined by exclusive or: a uint64.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.hash_tensor.html
    """
    if mode != 0:
        raise RuntimeError(f"hash_tensor: mode must be 0, which joins by exclusive or, got {mode}")
    array = array_of(input)
    wide = array.astype(np.float64 if array.dtype.kind == "f" else np.int64, order="C")
    axes = axes_of(array, tuple(dim) if isinstance(dim, list) else dim)
    return constant(np.asarray(np.bitwise_xor.reduce(wide.view(np.uint64), axis=axes, keepdims=keepdim)))

"""Functions that NumPy does not have: the error function and its kin, from polynomials."""

from __future__ import annotations

import math

import numpy as np

from ...calling import either_name
from ...engine import op
from .comparison import eq, isnan, logical_and, logical_not
from .exponential import log, log1p
from .piecewise import where

_TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)

# erf x = tanh(x P(x²) / Q(x²)), by the number of bytes of a float: P, Q, and the x² from which tanh is 1 in any case.
# P/Q fits atanh(erf x) / x on that interval, each place weighted by what an error there does to erf (tanh forgives
# more and more outward), to a relative 1e-17 and 3e-9.
_WIDE = (
    (1.128379167095512584, 0.6318096170064177285, 0.1998000371447462978, 0.04114687898603900174,
     0.005951355400838160338, 6.170723698849485219e-4, 4.507911654926664488e-5, 2.241853515652765673e-6,
     6.301712905905879139e-8, 4.57223385284598186e-10),
    (1.0, 0.4688468461060292346, 0.1345510669535021824, 0.02482048559441702824, 0.003226571297479027372,
     2.980605103038094564e-4, 1.872540463280687725e-5, 7.871822169017430546e-7, 1.349679770066091351e-8,
     2.807614279001305313e-11),
    36.0,
)  # fmt: skip
_NARROW = (
    (1.128379170827650953, 0.2798072809689893866, 0.04264686062163072995, 0.002178314365046040095),
    (1.0, 0.1568929783984378803, 0.02369015975255630661, 3.24931299114365636e-4),
    16.0,
)

# erfc x = t exp(−x²) P(2t − 1), t = 1 / (1 + x/2), for x ≥ 0: P goes through Chebyshev's points, to a relative 5e-16.
_TAIL = (
    0.5107913526210114877, 0.3435803422069065794, 0.1397360462780254344, 0.01822111575330654644,
    -0.01075533094454340142, -0.003239592529823145839, 0.001545306023523715569, 4.186479745534700078e-4,
    -3.315366672107296791e-4, -1.71852770496064339e-5,
    7.22347015300603887e-5, -1.707654627609794344e-5, -1.084483047858039297e-5,
    8.066868949358841396e-6, -5.732747033044421699e-7, -1.834676371645188414e-6, 1.023671759497572958e-6,
    1.527560153078623999e-8, -3.190488076294395452e-7, 1.50023731698740649e-7, 3.123789952846425759e-8,
    -5.15790154266158759e-8, 8.331398302988538587e-9, 6.618547737616717422e-9, -2.212465378504984859e-9,
)  # fmt: skip


def polynomial(coefficients, x):
    """c₀ + x (c₁ + x (c₂ + ...)), in one array that is written over."""
    *rest, last = coefficients
    z = x * last
    for c in reversed(rest[1:]):
        z += c
        z *= x
    z += rest[0]
    return z


@op(elementwise=True, promote="float")
def erf(x):
    """Error function: how much of the bell curve exp(−t²) lies between −x and x.

    z = 2/√π ∫₀ˣ exp(−t²) dt          x: (...) -> (...)

    One formula for every x, exact to a few last digits everywhere: tanh with a longer polynomial inside than the one
    that the approximate GELU has.
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.erf
    """
    over, under, end = _WIDE if x.dtype.itemsize == 8 else _NARROW
    u = np.minimum(x * x, end)
    z = polynomial(over, u)
    z /= polynomial(under, u)
    z *= x
    def dx(g): return g * (np.exp(-x * x) * _TWO_OVER_ROOT_PI)
    return np.tanh(z), dx


@op(elementwise=True, promote="float")
def erfc(x):
    """What the error function leaves to 1, exact also where that is tiny.

    z = 1 − erf x          x: (...) -> (...)
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.erfc
    """
    size = np.absolute(x)
    t = 1 / (size * 0.5 + 1)
    tail = polynomial(_TAIL, t * 2 - 1)
    tail *= t
    tail *= np.exp(-size * size)
    def dx(g): return g * (np.exp(-x * x) * -_TWO_OVER_ROOT_PI)
    return np.where(x < 0, 2 - tail, tail), dx


@op(elementwise=True, promote="float")
def erfinv(x):
    """Inverse of the error function: ±inf at ±1, nan beyond.

    erf z = x          x: (...) -> (...)
    Domain: -1 < x < 1

    A first guess, then Newton's steps; near ±1 they look at what is left to 1, where digits are.
    Source: Winitzki 2008, https://en.wikipedia.org/wiki/Error_function#Numerical_approximations
    """
    a = np.absolute(x)
    log = np.log1p(-a * a)
    half = log * 0.5 + 2 / (math.pi * 0.147)
    z = np.sqrt(np.sqrt(half * half - log / 0.147) - half)
    for _ in range(4):
        off = np.where(a < 0.5, erf(z) - a, (1 - a) - erfc(z))
        step = off * np.exp(z * z) / _TWO_OVER_ROOT_PI
        z = z - step / (1 + z * step)  # Halley's: it knows how the curve bends
    z = np.copysign(np.where(a < 1, z, np.where(a == 1, math.inf, math.nan)), x)
    def dx(g): return g * (np.exp(np.square(erfinv(x))) / _TWO_OVER_ROOT_PI)  # anew: not through the steps
    return np.astype(z, x.dtype), dx


@either_name
def xlogy(x, y):
    """x ln y, 0 where x is 0, whatever the logarithm; nan where y is.

    Where x is 0, the derivatives are 0.
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.xlogy
    """
    return _times_log(x, y, log, 1.0)


def xlog1py(x, y):
    """x ln(1 + y), 0 where x is 0, whatever the logarithm; nan where y is.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.xlog1py
    """
    return _times_log(x, y, log1p, 0.0)


def _times_log(x, y, logarithm, harmless):
    """x · logarithm(y), which is asked about a harmless number where x is 0. x or y may be a Python number."""
    x, y = _number_like(x, y), _number_like(y, x)
    return x * logarithm(where(logical_and(eq(x, 0), logical_not(isnan(y))), harmless, y))


def _number_like(number, other):
    """A number beside a tensor of floats in that tensor's dtype; anything else as it is."""
    if hasattr(number, "shape") or other.dtype.kind != "f":
        return number
    return np.full_like(other, number, shape=())

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
    tail = _scaled_tail(size)
    tail *= np.exp(-size * size)
    def dx(g): return g * (np.exp(-x * x) * -_TWO_OVER_ROOT_PI)
    return np.where(x < 0, 2 - tail, tail), dx


def _scaled_tail(x):
    """exp(x²) erfc(x) for x ≥ 0."""
    t = 1 / (x * 0.5 + 1)
    tail = polynomial(_TAIL, t * 2 - 1)
    tail *= t
    return tail


@op(elementwise=True, promote="float")
def erfcx(x):
    """erfc without the factor that makes it tiny.

    z = exp(x²) erfc(x)          x: (...) -> (...)
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.erfcx
    """
    tail = _scaled_tail(np.absolute(x))
    low = np.minimum(x, 0)
    def dx(g): return g * (erfcx(x) * x * 2 - _TWO_OVER_ROOT_PI)
    return np.where(x < 0, np.exp(low * low) * 2 - tail, tail), dx


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


_ROOT_HALF = math.sqrt(0.5)


def ndtr(input):
    """The share of the bell curve below x: 1/√2π ∫ exp(−t²/2) dt from −∞ to x.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.ndtr
    """
    return erfc(input * -_ROOT_HALF) * 0.5


def log_ndtr(input):
    """Logarithm of the share of the bell curve below x, exact also where that share is too small for a float.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.log_ndtr
    """
    low = input < -1
    left, right = where(low, input, -1), where(low, -1, input)
    tail = log(erfcx(left * -_ROOT_HALF) * 0.5) - left * left * 0.5
    return where(low, tail, log1p(erfc(right * _ROOT_HALF) * -0.5))


# A first guess at the x whose tail is q, from t = √(−2 ln q): t − P(t) / Q(t), 4.5e-4 away at most.
_GUESS = (2.515517, 0.802853, 0.010328), (1.0, 1.432788, 0.189269, 0.001308)


@op(elementwise=True, promote="float")
def ndtri(x):
    """Inverse of ndtr: the number below which a share x of the bell curve lies. ∓inf at 0 and 1, nan beyond.

    ndtr z = x          x: (...) -> (...)
    Domain: 0 < x < 1

    A first guess, then Newton's steps on the logarithm of the smaller tail, which keep its digits.
    Source: Abramowitz and Stegun 26.2.23; https://docs.pytorch.org/docs/stable/special.html#torch.special.ndtri
    """
    wide = np.astype(x, np.float64)
    inside = (wide > 0) & (wide < 1)
    tail = np.log(np.minimum(np.where(inside, wide, 0.5), np.where(inside, 1 - wide, 0.5)))
    t = np.sqrt(tail * -2)
    z = np.maximum(t - polynomial(_GUESS[0], t) / polynomial(_GUESS[1], t), 0)
    for _ in range(3):
        scaled = _scaled_tail(z * _ROOT_HALF)
        z = np.maximum(z + (np.log(scaled * 0.5) - z * z * 0.5 - tail) * scaled * math.sqrt(math.pi / 2), 0)
    z = np.where(wide < 0.5, -z, z)
    z = np.where(inside, z, np.where(wide == 0, -np.inf, np.where(wide == 1, np.inf, np.nan)))
    def dx(g): return g * (np.exp(np.square(ndtri(x)) * 0.5) * math.sqrt(2 * math.pi))
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
    x, y = number_like(x, y), number_like(y, x)
    return x * logarithm(where(logical_and(eq(x, 0), logical_not(isnan(y))), harmless, y))


def number_like(number, other):
    """A number beside a tensor of floats in that tensor's dtype; anything else as it is."""
    if hasattr(number, "shape") or other.dtype.kind != "f":
        return number
    return np.full_like(other, number, shape=())

"""Bessel's functions of order 0 and 1, the modified ones, and Airy's.

NumPy has none of them (but i0). Near 0 they are integrals over an angle, which the trapezoid rule gives to the last
digits with few nodes, since the integrands are periodic (or fall to nothing on both sides); far out they are Hankel's
series in 1/x. Each is computed in float64, whatever dtype comes in.
Source: https://dlmf.nist.gov/10; https://docs.pytorch.org/docs/stable/special.html
"""

from __future__ import annotations

import math

import numpy as np

from ..engine import op
from .elementwise import sinc, where
from .elementwise.special import polynomial


def _middles(count):
    """The middles of `count` equal parts of a quarter turn."""
    return (np.arange(count) + 0.5) * (math.pi / 2 / count)


def _hankel(order, count):
    """(4 order² − 1²)(4 order² − 3²) ... / (k! 8ᵏ), k = 0, 1, ...: the series in 1/x of all of them."""
    terms = [1.0]
    for k in range(1, count):
        terms.append(terms[-1] * (4 * order * order - (2 * k - 1) ** 2) / (8 * k))
    return terms


_SERIES = {order: _hankel(order, 22) for order in (0, 1)}
_ANGLES = _middles(60)
_SINES = np.sin(_ANGLES)
# Neumann's series of Y₀, −4/π Σ (−1)ᵏ J₂ₖ(x) / k, as an integral over the same angles.
_NEUMANN = sum((-1) ** k / k * np.cos(2 * k * _ANGLES) for k in range(1, 37)) * (-4 / math.pi / len(_ANGLES))
_COSINES = np.cos(_middles(24))
_EULER = 0.57721566490153286061


def _summed(terms):
    return np.sum(terms, axis=-1)


def _spread(x):
    return np.expand_dims(x, -1)


# ------------------------------------------------------------------------------------------ of the first kinds


def _waves(x, order):
    """(J, Y) of a large x: √(2/πx) (P cos χ − Q sin χ, P sin χ + Q cos χ), χ = x − π/4 − order π/2."""
    series, inverse = _SERIES[order], 1 / x
    square = -inverse * inverse
    p, q = polynomial(series[::2], square), inverse * polynomial(series[1::2], square)
    both, apart = np.sin(x) + np.cos(x), np.sin(x) - np.cos(x)
    cosine, sine = (both, apart) if order == 0 else (apart, -both)  # times √2
    height = np.sqrt(inverse / math.pi)
    return height * (p * cosine - q * sine), height * (p * sine + q * cosine)


def _parts(x, near, far):
    """near(x) up to 25, far(x) beyond; computed in float64."""
    wide = np.astype(x, np.float64)
    few = np.absolute(wide) <= 25
    return np.astype(np.where(few, near(np.where(few, wide, 1)), far(np.where(few, 30, wide))), x.dtype)


def _j0(x):
    return np.mean(np.cos(_spread(x) * _SINES), axis=-1)


def _j1(x):
    return np.mean(np.sin(_spread(x) * _SINES) * _SINES, axis=-1)


def _y0(x):
    z = (np.log(x * 0.5) + _EULER) * _j0(x) * (2 / math.pi)
    return z + _summed(np.cos(_spread(x) * _SINES) * _NEUMANN)


def _y1(x):
    """−dY₀/dx, term by term."""
    z = (np.log(x * 0.5) + _EULER) * _j1(x) - _j0(x) / x
    z = z * (2 / math.pi) + _summed(np.sin(_spread(x) * _SINES) * (_SINES * _NEUMANN))
    return np.where(x == 0, -np.inf, z)


@op(elementwise=True, promote="float")
def bessel_j0(x):
    """Bessel's function of the first kind, of order 0. Its derivative, which PyTorch lacks, is −J₁.

    z = J₀(x)          x: (...) -> (...)
    """
    def dx(g): return -g * bessel_j1(x)
    return _parts(x, _j0, lambda x: _waves(np.absolute(x), 0)[0]), dx


@op(elementwise=True, promote="float")
def bessel_j1(x):
    """Bessel's function of the first kind, of order 1. Its derivative, which PyTorch lacks, is J₀ − J₁ / x.

    z = J₁(x)          x: (...) -> (...)
    """
    def dx(g):
        at = np.where(x == 0, 1, x)
        return g * np.where(x == 0, 0.5, bessel_j0(x) - bessel_j1(x) / at)
    return _parts(x, _j1, lambda x: np.sign(x) * _waves(np.absolute(x), 1)[0]), dx


@op(elementwise=True, promote="float")
def bessel_y0(x):
    """Bessel's function of the second kind, of order 0; nan below 0. Its derivative, which PyTorch lacks, is −Y₁.

    z = Y₀(x)          x: (...) -> (...)
    Domain: x > 0
    """
    def dx(g): return -g * bessel_y1(x)
    return _parts(x, _y0, lambda x: _waves(x, 0)[1]), dx


@op(elementwise=True, promote="float")
def bessel_y1(x):
    """Bessel's function of the second kind, of order 1; nan below 0. Its derivative, which PyTorch lacks, is
    Y₀ − Y₁ / x.

    z = Y₁(x)          x: (...) -> (...)
    Domain: x > 0
    """
    def dx(g): return g * (bessel_y0(x) - bessel_y1(x) / x)
    return _parts(x, _y1, lambda x: _waves(x, 1)[1]), dx


def spherical_bessel_j0(input):
    """sin x / x, 1 at 0.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.spherical_bessel_j0
    """
    endless = np.isinf(input)
    return where(endless, 0.0, sinc(where(endless, 0, input) / math.pi))


# ------------------------------------------------------------------------------------------ modified


def _scaled(x, order):
    """exp(−x) I(x) for x ≥ 0."""
    few = x <= 30
    near, far = _spread(np.where(few, x, 1)), np.where(few, 40, x)
    up = np.exp(near * (_COSINES - 1)) * 0.5
    if order == 0:
        near = np.mean(up + np.exp(near * (-_COSINES - 1)) * 0.5, axis=-1)
    else:  # sinh through expm1, exact near 0
        near = np.mean(up * np.expm1(near * _COSINES * -2) * -_COSINES, axis=-1)
    return np.where(few, near, polynomial(_SERIES[order], -1 / far) / np.sqrt(far * (2 * math.pi)))


@op(np.i0, elementwise=True, promote="float")
def i0(x):
    """Modified Bessel function of the first kind, of order 0.

    z = 1/π ∫ exp(x cos θ) dθ, θ from 0 to π          x: (...) -> (...)
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.i0
    """
    size = np.absolute(np.astype(x, np.float64))
    def dx(g): return g * i1(x)
    return np.astype(np.exp(size) * _scaled(size, 0), x.dtype), dx


@op(elementwise=True, promote="float")
def i0e(x):
    """i0 without its growth.

    z = exp(−|x|) I₀(x)          x: (...) -> (...)
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.i0e
    """
    size = np.absolute(np.astype(x, np.float64))
    def dx(g): return g * (i1e(x) - np.sign(x) * i0e(x))
    return np.astype(_scaled(size, 0), x.dtype), dx


@op(elementwise=True, promote="float")
def i1(x):
    """Modified Bessel function of the first kind, of order 1.

    z = 1/π ∫ exp(x cos θ) cos θ dθ, θ from 0 to π          x: (...) -> (...)

    The derivative is i0(x) − i1(x) / x, 1/2 at 0.
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.i1
    """
    wide = np.astype(x, np.float64)
    size = np.absolute(wide)
    def dx(g):
        at = np.where(x == 0, 1, x)
        return g * np.where(x == 0, 0.5, i0(x) - i1(x) / at)
    return np.astype(np.copysign(np.exp(size) * _scaled(size, 1), wide), x.dtype), dx


@op(elementwise=True, promote="float")
def i1e(x):
    """i1 without its growth.

    z = exp(−|x|) I₁(x)          x: (...) -> (...)
    Kinks: the derivative at 0 is 1/2, as PyTorch.
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.i1e
    """
    wide = np.astype(x, np.float64)
    def dx(g):
        at = np.where(x == 0, 1, x)
        return g * np.where(x == 0, 0.5, i0e(x) - i1e(x) * (np.sign(x) + 1 / at))
    return np.astype(np.copysign(_scaled(np.absolute(wide), 1), wide), x.dtype), dx


_STEPS = np.arange(32) * 0.2
_BELL = np.exp(-_STEPS * _STEPS) * np.where(_STEPS == 0, 0.1, 0.2)
_HARMONIC = [sum(1 / j for j in range(1, k + 1)) for k in range(12)]
_K0 = [h / math.factorial(k) ** 2 for k, h in enumerate(_HARMONIC[:11])]
_K1 = [(_HARMONIC[k] + _HARMONIC[k + 1]) / (4 * math.factorial(k) * math.factorial(k + 1)) for k in range(11)]


def _falling(x, order):
    """exp(x) K(x): by its series up to 1, further out as an integral over the bell curve."""
    few = x <= 1
    near, far = np.where(few, x, 0.5), np.where(few, 2, x)
    square = near * near * 0.25
    log = np.log(near * 0.5) + _EULER
    rising = np.exp(np.absolute(near)) * _scaled(np.absolute(near), order)
    if order == 0:
        near = np.exp(near) * (polynomial(_K0, square) - log * rising)
    else:
        near = np.exp(near) * (1 / near + log * rising - near * polynomial(_K1, square))
    share = _STEPS * _STEPS / _spread(far)
    integral = _summed((1 + share * order) / np.sqrt(share * 0.5 + 1) * _BELL) * np.sqrt(2 / far)
    z = np.where(few, near, integral)
    return np.where(x == 0, np.inf, np.where(x < 0, np.nan, z))


@op(elementwise=True, promote="float")
def modified_bessel_k0(x):
    """Modified Bessel function of the second kind, of order 0: inf at 0, nan below.

    z = K₀(x)          x: (...) -> (...)
    Domain: x > 0
    """
    wide = np.astype(x, np.float64)
    def dx(g): return -g * modified_bessel_k1(x)
    return np.astype(np.exp(-wide) * _falling(wide, 0), x.dtype), dx


@op(elementwise=True, promote="float")
def modified_bessel_k1(x):
    """Modified Bessel function of the second kind, of order 1: inf at 0, nan below.

    z = K₁(x)          x: (...) -> (...)
    Domain: x > 0
    """
    wide = np.astype(x, np.float64)
    def dx(g): return -g * (modified_bessel_k0(x) + modified_bessel_k1(x) / x)
    return np.astype(np.exp(-wide) * _falling(wide, 1), x.dtype), dx


@op(elementwise=True, promote="float")
def scaled_modified_bessel_k0(x):
    """modified_bessel_k0 without its fall.

    z = exp(x) K₀(x)          x: (...) -> (...)
    Domain: x > 0
    """
    wide = np.astype(x, np.float64)
    def dx(g): return g * (scaled_modified_bessel_k0(x) - scaled_modified_bessel_k1(x))
    return np.astype(_falling(wide, 0), x.dtype), dx


@op(elementwise=True, promote="float")
def scaled_modified_bessel_k1(x):
    """modified_bessel_k1 without its fall.

    z = exp(x) K₁(x)          x: (...) -> (...)
    Domain: x > 0
    """
    wide = np.astype(x, np.float64)
    def dx(g): return g * (scaled_modified_bessel_k1(x) * (1 - 1 / x) - scaled_modified_bessel_k0(x))
    return np.astype(_falling(wide, 1), x.dtype), dx


modified_bessel_i0, modified_bessel_i1 = i0, i1

# ------------------------------------------------------------------------------------------ Airy

_LEAN = 0.5  # how far the way of integration lies off the real line
_FAR_STEPS = np.arange(110) * 0.08
_FAR_BELL = np.exp(-_LEAN * _FAR_STEPS**2) * np.where(_FAR_STEPS == 0, 0.04, 0.08)
_FINE_STEPS = np.arange(63) * 0.1
_FINE_BELL = np.exp(-_FINE_STEPS**2) * np.where(_FINE_STEPS == 0, 0.05, 0.1)
_THIRD = _hankel(1 / 3, 26)


def _airy(x):
    """1/π ∫ cos(t³/3 + xt) dt over a line beside the real one, where the integrand falls like a bell curve."""
    middle, right = np.where((x > -9) & (x <= 1), x, 0), np.where(x > 1, x, 2)
    turns = _FAR_STEPS**3 / 3 + _spread(middle - _LEAN**2) * _FAR_STEPS
    near = np.exp(_LEAN**3 / 3 - middle * _LEAN) * _summed(np.cos(turns) * _FAR_BELL)
    root = np.sqrt(right)
    saddle = np.exp(right * root * (-2 / 3)) / np.sqrt(root)
    far = saddle * _summed(np.cos(_FINE_STEPS**3 / 3 / _spread(np.sqrt(root) * root)) * _FINE_BELL)
    left = np.where(x <= -9, -x, 10)
    angle = left * np.sqrt(left) * (2 / 3)
    inverse = 1 / angle
    square = -inverse * inverse
    p, q = polynomial(_THIRD[::2], square), inverse * polynomial(_THIRD[1::2], square)
    waves = (p * np.sin(angle + math.pi / 4) + q * np.cos(angle + math.pi / 4)) * math.sqrt(math.pi)
    waves = waves / np.sqrt(np.sqrt(left))
    return np.where(x <= -9, waves, np.where(x > 1, far, near)) / math.pi + x * 0


@op(elementwise=True, promote="float", name="airy_ai")
def _airy_value(x):
    """Airy's function Ai. There is no derivative in x here, as in PyTorch.

    z = Ai(x)          x: (...) -> (...)
    """
    return np.astype(_airy(np.astype(x, np.float64)), x.dtype), None


def airy_ai(input):
    """Airy's function Ai, which falls on the right of 0 and swings on the left. Off the graph, as in PyTorch.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.airy_ai
    """
    return _airy_value(input.detach())

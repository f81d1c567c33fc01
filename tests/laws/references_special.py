"""References of the special functions: sums that define them, term by term, or what Python has of them."""

from __future__ import annotations

import math
import statistics

from .references import each, of

EULER = 0.57721566490153286061
MANY = 200  # terms of a sum, before an integral takes over

of("lgamma")(each(math.lgamma))
of("erfcx")(each(lambda x: math.exp(x * x) * math.erfc(x)))
of("ndtri")(each(statistics.NormalDist().inv_cdf))


@of("digamma")
@each
def _digamma(x):
    far = x + MANY
    rest = math.log(far) - 1 / (2 * far) - 1 / (12 * far**2) + 1 / (120 * far**4)
    return rest - math.fsum(1 / (x + k) for k in range(MANY))


def _zeta(s, q):
    far = q + MANY
    rest = far ** (1 - s) / (s - 1) + far**-s / 2 + s * far ** (-s - 1) / 12
    rest -= s * (s + 1) * (s + 2) * far ** (-s - 3) / 720
    return math.fsum((q + k) ** -s for k in range(MANY)) + rest


of("zeta")(each(_zeta))
of("polygamma")(each(lambda x, n: (-1) ** (n + 1) * math.factorial(n) * _zeta(n + 1, x)))


def _below(a, x):
    return math.fsum(math.exp((a + n) * math.log(x) - x - math.lgamma(a + n + 1)) for n in range(100))


of("igamma")(each(_below))
of("igammac")(each(lambda a, x: 1 - _below(a, x)))


def _power_series(x, order, sign, weight=lambda k: 1):
    """Σ signᵏ (x/2)²ᵏ⁺ᵒʳᵈᵉʳ weight(k) / (k! (k + order)!)."""
    return math.fsum(sign**k * (x / 2) ** (2 * k + order) * weight(k) / (math.factorial(k) * math.factorial(k + order))
                     for k in range(40))  # fmt: skip


def _harmonic(k):
    return math.fsum(1 / j for j in range(1, k + 1))


def _k(x, order):
    if order == 0:
        return -(math.log(x / 2) + EULER) * _power_series(x, 0, 1) + _power_series(x, 0, 1, _harmonic)
    both = _power_series(x, 1, 1, lambda k: _harmonic(k) + _harmonic(k + 1))
    return 1 / x + (math.log(x / 2) + EULER) * _power_series(x, 1, 1) - both / 2


@of("bessel_y0")
@each
def _y0(x):
    found = (math.log(x / 2) + EULER) * _power_series(x, 0, -1) - _power_series(x, 0, -1, _harmonic)
    return found * 2 / math.pi


@of("bessel_y1")
@each
def _y1(x):
    both = _power_series(x, 1, -1, lambda k: _harmonic(k) + _harmonic(k + 1))
    return (-1 / x + (math.log(x / 2) + EULER) * _power_series(x, 1, -1) - both / 2) * 2 / math.pi


of("bessel_j0")(each(lambda x: _power_series(x, 0, -1)))
of("bessel_j1")(each(lambda x: _power_series(x, 1, -1)))
of("i0")(each(lambda x: _power_series(x, 0, 1)))
of("i1")(each(lambda x: _power_series(x, 1, 1)))
of("i0e")(each(lambda x: math.exp(-abs(x)) * _power_series(x, 0, 1)))
of("i1e")(each(lambda x: math.exp(-abs(x)) * _power_series(x, 1, 1)))
of("modified_bessel_k0")(each(lambda x: _k(x, 0)))
of("modified_bessel_k1")(each(lambda x: _k(x, 1)))
of("scaled_modified_bessel_k0")(each(lambda x: math.exp(x) * _k(x, 0)))
of("scaled_modified_bessel_k1")(each(lambda x: math.exp(x) * _k(x, 1)))


@of("airy_ai")
@each
def _airy(x):
    """By its Taylor series: Ai'' = x Ai."""
    c = [3 ** (-2 / 3) / math.gamma(2 / 3), -(3 ** (-1 / 3)) / math.gamma(1 / 3), 0.0]
    for n in range(3, 60):
        c.append(c[n - 3] / (n * (n - 1)))
    return math.fsum(a * x**n for n, a in enumerate(c))

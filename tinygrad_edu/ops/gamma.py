"""The gamma function's kin: its logarithm, that one's derivatives, zeta, and the shares of its integral.

NumPy has none of them. Each is computed in float64 by one formula for all numbers, whatever dtype comes in.
Source: https://docs.pytorch.org/docs/stable/special.html
"""

from __future__ import annotations

import functools
import math

import numpy as np

from ..engine import op
from ..promotion import get_default_dtype
from .elementwise.special import number_like, polynomial
from .reduction import sum
from .shape import unsqueeze

_HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)  # B₂, B₄, ..., B₁₆

# ln Γ(1 + u) = u (u − 1) P(2u − 1) for 0 ≤ u ≤ 1: P goes through Chebyshev's points, to a relative 1e-17.
_BETWEEN = (
    0.4831289505409808894, -0.07297994795715296896, 0.01572785026864121157, -0.003913560937631658977,
    0.001049818664450871847, -0.0002945507014009265313, 0.00008510090378468051459, -0.00002509432984849445841,
    7.511391531729657527e-6, -2.27424097113204102e-6, 6.948440187550096303e-7, -2.138843561161158978e-7,
    6.623601939725099487e-8, -2.057761163373012968e-8, 6.434152357291201736e-9, -2.073282784239821323e-9,
    6.533268528434416492e-10, -1.639381600999890343e-10, 5.18198984494435975e-11, -3.533898162275879165e-11,
    1.127335495516504785e-11,
)  # fmt: skip


@op(elementwise=True, promote="float")
def lgamma(x):
    """Logarithm of the absolute value of the gamma function.

    z = ln |Γ(x)|          x: (...) -> (...)
    Domain: x > 0

    inf at 0 and at the negative whole numbers; below 0 by Γ(x) Γ(1 − x) = π / sin πx.
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.gammaln
    """
    wide = np.astype(x, np.float64)
    z = _log_gamma(np.where(wide > 0, wide, 1 - wide))
    mirrored = math.log(math.pi) - np.log(np.absolute(np.sin(_away(wide) * math.pi))) - z
    z = np.where(wide > 0, z, mirrored)
    def dx(g): return g * digamma(x)
    return np.astype(np.where(np.isinf(wide), np.inf, z), x.dtype), dx


def _away(x):
    """How far each number is from the nearest whole one."""
    return x - np.round(x)


def _log_gamma(x):
    """ln Γ(x) for x > 0: exact near its zeros 1 and 2, and by Stirling's series from 3 on."""
    low, high = x < 1, x > 2
    u = np.minimum(np.where(low, x, np.where(high, x - 2, x - 1)), 1)  # Γ(x) = Γ(1 + u), but for a factor
    near = u * (u - 1) * polynomial(_BETWEEN, u * 2 - 1)
    near = near + np.log(np.where(high, x - 1, 1)) - np.log(np.where(low, x, 1))
    few = x < 10  # too near to 0 for the series, which is asked 7 further on
    far = np.where(few, x + 7, x)
    steps = np.minimum(x, 10)
    product = steps
    for k in range(1, 7):
        product = product * (steps + k)
    stirling = (far - 0.5) * np.log(far) - far + _HALF_LOG_TAU + _stirling_rest(far)
    return np.where(x < 3, near, stirling - np.where(few, np.log(product), 0))


def _stirling_rest(x):
    """Σ B₂ₖ / (2k (2k − 1) x²ᵏ⁻¹): what Stirling's formula lacks of ln Γ, for x ≥ 10."""
    inverse = 1 / x
    return inverse * polynomial([b / (2 * k * (2 * k - 1)) for k, b in enumerate(_BERNOULLI, 1)], inverse * inverse)


@op(elementwise=True, promote="float")
def digamma(x):
    """Derivative of the logarithm of the gamma function.

    z = d ln Γ(x) / dx          x: (...) -> (...)
    Domain: x > 0

    ∓inf at ±0, nan at the negative whole numbers.
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.digamma
    """
    wide = np.astype(x, np.float64)
    z = _psi(np.where(wide > 0, wide, 1 - wide))
    away = _away(wide)
    pole = np.where(wide == 0, np.copysign(np.inf, -wide), np.nan)
    mirrored = np.where(away == 0, pole, z - math.pi / np.tan(np.where(away == 0, 0.5, away) * math.pi))
    def dx(g): return g * derivative_of_digamma(x, n=1)
    return np.astype(np.where(wide > 0, z, mirrored), x.dtype), dx


def _psi(x):
    """digamma of x > 0: ten steps on, where its series is exact, and back."""
    inverse = 1 / (x + 10)
    square = inverse * inverse
    z = np.log(x + 10) - inverse * 0.5
    z = z - square * polynomial([b / (2 * k) for k, b in enumerate(_BERNOULLI, 1)], square)
    for k in range(10):
        z = z - 1 / (x + k)
    return z


@op(elementwise=True, promote="float", name="polygamma")
def derivative_of_digamma(x, *, n):
    """The n-th derivative of digamma, n ≥ 1.

    z = (−1)ⁿ⁺¹ n! ζ(n + 1, x)          x: (...) -> (...)
    Domain: x > 0
    Examples: n=1; n=2; n=5
    """
    z = _hurwitz(n + 1.0, np.astype(x, np.float64))
    def dx(g): return g * derivative_of_digamma(x, n=n + 1)
    return np.astype(z * ((-1) ** (n + 1) * math.factorial(n)), x.dtype), dx


def polygamma(n, input):
    """The n-th derivative of digamma: n whole, 0 for digamma itself.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.polygamma
    """
    n, input = (input, n) if hasattr(n, "shape") else (n, input)  # as a method: x.polygamma(n)
    if n < 0:
        raise RuntimeError(f"polygamma: n must not be negative, got {n}")
    return derivative_of_digamma(input, n=n) if n else digamma(input)


@op(elementwise=True, promote="float")
def zeta(x, q):
    """Hurwitz' zeta function. There is no derivative in x here, as in PyTorch.

    z = Σₖ (q + k)⁻ˣ, k from 0          x: (...), q: (...) -> (...)
    Domain: x > 1, q > 0

    inf for x = 1 and where q is 0 or a negative whole number; nan below 1, and for a negative q with a broken x.
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.zeta
    """
    x, q = number_like(x, q), number_like(q, x)
    z = _hurwitz(np.astype(x, np.float64), np.astype(q, np.float64))
    def dq(g): return g * (-x * zeta(x + 1, q))
    return np.astype(z, x.dtype), None, dq


def _hurwitz(s, q):
    """ζ(s, q). For q < 0, what lies below 0 is a sum of the same kind: (−1)ˢ (ζ(s, ⌈q⌉ − q) − ζ(s, 1 − q))."""
    below = q < 0
    start = np.where(below, q - np.floor(q), q)
    sign = 1 - 2 * np.remainder(s, 2)
    first, last = np.where(below, np.ceil(q) - q, 1), np.where(below, 1 - q, 1)
    mirrored = sign * (_euler_maclaurin(s, first) - _euler_maclaurin(s, last))
    z = _euler_maclaurin(s, start) + np.where(below, mirrored, 0)
    z = np.where(q <= 0, np.where(q == np.round(q), np.inf, np.where(s == np.round(s), z, np.nan)), z)
    return np.where(s > 1, z, np.where(s == 1, np.inf, np.nan))


def _euler_maclaurin(s, q):
    """Σₖ (q + k)⁻ˢ for q > 0: the first twelve terms, and what an integral says of the others.

    Source: https://en.wikipedia.org/wiki/Hurwitz_zeta_function
    """
    z = q * 0
    for k in range(12):
        z = z + np.power(q + k, -s)
    far = q + 12
    power = np.power(far, -s)
    z = z + np.power(far, 1 - s) / (s - 1) + power * 0.5
    factor = s * power / far
    for k, b in enumerate(_BERNOULLI, 1):
        z = z + factor * (b / math.factorial(2 * k))
        factor = factor * ((s + 2 * k - 1) * (s + 2 * k) / (far * far))
    return z


def mvlgamma(input, p):
    """Logarithm of the gamma function of matrices: Σᵢ ln Γ(x − i/2), i < p, and p (p − 1) / 4 · ln π.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.multigammaln
    """
    if p < 1:
        raise RuntimeError(f"mvlgamma: p must be at least 1, got {p}")
    dtype = input.dtype if input.dtype.kind == "f" else get_default_dtype()
    shifted = unsqueeze(input, dim=-1) + np.astype(np.arange(p) * -0.5, dtype)
    return sum(lgamma(shifted), dim=-1) + p * (p - 1) / 4 * math.log(math.pi)


# ---------------------------------------------------------------------------------- shares of the gamma integral


@op(elementwise=True, promote="float")
def igamma(a, x):
    """The share of the gamma integral that lies below x. There is no derivative in a here, as in PyTorch.

    z = 1/Γ(a) ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt          a: (...), x: (...) -> (...)
    Domain: a > 0, x > 0
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.gammainc
    """
    a, x = number_like(a, x), number_like(x, a)
    def dx(g): return g * np.exp((a - 1) * np.log(x) - x - lgamma(a))
    return np.astype(_shares(a, x)[0], x.dtype), None, dx


@op(elementwise=True, promote="float")
def igammac(a, x):
    """The share of the gamma integral that lies above x. There is no derivative in a here, as in PyTorch.

    z = 1/Γ(a) ∫ₓ tᵃ⁻¹ e⁻ᵗ dt, up to infinity          a: (...), x: (...) -> (...)
    Domain: a > 0, x > 0
    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.gammaincc
    """
    a, x = number_like(a, x), number_like(x, a)
    def dx(g): return -g * np.exp((a - 1) * np.log(x) - x - lgamma(a))
    return np.astype(_shares(a, x)[1], x.dtype), None, dx


def _shares(a, x):
    """(below, above) x: the smaller one is computed, by a series, a continued fraction, or for a > 20 an integral."""
    a, x = np.astype(a, np.float64), np.astype(x, np.float64)
    plain = (a > 0) & (x > 0) & np.isfinite(a) & np.isfinite(x)
    b, y = np.where(plain, a, 1), np.where(plain, x, 1)
    many = b > 20
    few, near = np.where(many, 20, b), np.where(many, 20, y)
    scale = np.exp(few * np.log(near) - near - _log_gamma(few))
    low = near < few + 2
    below, above = scale * _series(few, np.where(low, near, 1)), scale * _fraction(few, np.where(low, few + 2, near))
    below, above = np.where(low, below, 1 - above), np.where(low, 1 - below, above)
    tail, right = _integral(np.where(many, b, 20), np.where(many, y, 20)), y > b
    below = np.where(many, np.where(right, 1 - tail, tail), below)
    above = np.where(many, np.where(right, tail, 1 - tail), above)
    # what is left: 0 and inf
    all_below = ((a == 0) & (x > 0)) | ((a > 0) & np.isfinite(a) & (x == np.inf))
    none_below = ((a > 0) & (x == 0)) | ((a == np.inf) & (x >= 0) & np.isfinite(x))
    edge = np.where(all_below, 1, np.where(none_below, 0, np.nan))
    return np.where(plain, below, edge), np.where(plain, above, 1 - edge)


def _series(a, x):
    """Σ xⁿ / (a (a + 1) ... (a + n)), for x up to a + 2."""
    term = 1 / a
    z = term
    for n in range(1, 90):
        term = term * (x / (a + n))
        z = z + term
    return z


def _fraction(a, x):
    """Legendre's continued fraction of eˣ x⁻ᵃ Γ(a, x), from the inside out, for x from a + 2 up."""
    z = x * 0
    for n in range(100, 0, -1):
        z = n * (n - a) / (x + (2 * n + 1 - a) - z)
    return 1 / (x + 1 - a - z)


def _integral(a, x, weight=None):
    """The share on that side of x where the peak at a is not, for a > 20: Gauss' quadrature up to where all ends.

    weight: a function of t under the integral.
    """
    width, right = np.sqrt(a), x > a
    end = np.where(right, x + width * 14, np.maximum(x - width * 10, 0))
    nodes, weights = _gauss(64)
    middle, half = (end + x) * 0.5, (end - x) * 0.5
    share = np.expand_dims(middle, -1) + np.expand_dims(half, -1) * nodes
    peak = np.expand_dims(a, -1)
    away = share / peak - 1
    height = np.exp(peak * (np.log1p(away) - away)) / share  # tᵃ⁻¹ e⁻ᵗ by its value at t = a
    height = height if weight is None else height * weight(share)
    density = np.sum(height * weights, axis=-1) * np.absolute(half)
    return density * width * np.exp(-_HALF_LOG_TAU - _stirling_rest(a))


@functools.cache
def _gauss(n):
    """Nodes and weights of Gauss' quadrature on [−1, 1]."""
    return np.polynomial.legendre.leggauss(n)


def gamma_slope(a, x):
    """How a number x, drawn from the gamma distribution, moves with a so that its share stays: −(∂P/∂a) / (∂P/∂x).

    Of arrays, a > 0 and x > 0; x may lie as far out as samples do.
    Source: Figurnov, Mohamed and Mnih 2018, https://arxiv.org/abs/1805.08498
    """
    many = a > 20
    few, near = np.where(many, 1, a), np.where(many, 1, x)
    term = 1 / few  # term by term along the series of the share
    away = _psi(few + 1) - np.log(near)
    below = term * away
    for n in range(1, int(near.max(initial=0)) + 80):
        term, away = term * (near / (few + n)), away + 1 / (few + n)
        below = below + term * away
    far, out = np.where(many, a, 20), np.where(many, x, 20)
    middle = _psi(far)
    moved = _integral(far, out, lambda t: np.log(t) - np.expand_dims(middle, -1))
    away = out / far - 1
    height = np.exp(far * (np.log1p(away) - away) - _HALF_LOG_TAU - _stirling_rest(far)) * np.sqrt(far) / out
    return np.where(many, np.where(out > far, moved, -moved) / height, near * below)

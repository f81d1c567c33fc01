"""Written by `python -m tests.stubs` from the code beside it, for editors and checkers. Do not edit."""

# ruff: noqa
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, NoReturn, Self, overload

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_edu import graph
from tinygrad_edu.devices import device as _device
from tinygrad_edu.devices import Size
from tinygrad_edu.factors import Geqrf
from tinygrad_edu.factors import TriangularSolve
from tinygrad_edu.graph import Place
from tinygrad_edu.hooks import Handle
from tinygrad_edu.linalg import QR
from tinygrad_edu.linalg import OldSVD
from tinygrad_edu.linalg import Slogdet
from tinygrad_edu.ops.order import Values
from tinygrad_edu.ops.statistics import Extremes
from tinygrad_edu.ops.statistics import Histogram
from tinygrad_edu.random import Generator
from tinygrad_edu.sparse import Sparse
from tinygrad_edu.tensor import Tensor
from tinygrad_edu.storage import TypedStorage

Number = builtins.float | np.number[Any]
DeviceLike = builtins.str | _device | None

from tinygrad_edu import missing as missing
from tinygrad_edu.ops import elementwise as elementwise

def airy_ai(input: Tensor) -> Tensor:
    """Airy's function Ai, which falls on the right of 0 and swings on the left. Off the graph, as in PyTorch."""
def bessel_j0(input: Tensor) -> Tensor:
    """Bessel's function of the first kind, of order 0. Its derivative, which PyTorch lacks, is −J₁."""
def bessel_j1(input: Tensor) -> Tensor:
    """Bessel's function of the first kind, of order 1. Its derivative, which PyTorch lacks, is J₀ − J₁ / x."""
def bessel_y0(input: Tensor) -> Tensor:
    """Bessel's function of the second kind, of order 0; nan below 0. Its derivative, which PyTorch lacks, is −Y₁."""
def bessel_y1(input: Tensor) -> Tensor:
    """Bessel's function of the second kind, of order 1; nan below 0. Its derivative, which PyTorch lacks, is Y₀ − Y₁ / x."""
def i0(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 0."""
def i0e(input: Tensor) -> Tensor:
    """i0 without its growth."""
def i1(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 1."""
def i1e(input: Tensor) -> Tensor:
    """i1 without its growth."""
def modified_bessel_i0(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 0."""
def modified_bessel_i1(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 1."""
def modified_bessel_k0(input: Tensor) -> Tensor:
    """Modified Bessel function of the second kind, of order 0: inf at 0, nan below."""
def modified_bessel_k1(input: Tensor) -> Tensor:
    """Modified Bessel function of the second kind, of order 1: inf at 0, nan below."""
def scaled_modified_bessel_k0(input: Tensor) -> Tensor:
    """modified_bessel_k0 without its fall."""
def scaled_modified_bessel_k1(input: Tensor) -> Tensor:
    """modified_bessel_k1 without its fall."""
def spherical_bessel_j0(input: Tensor) -> Tensor:
    """sin x / x, 1 at 0."""
def erf(input: Tensor) -> Tensor:
    """Error function: how much of the bell curve exp(−t²) lies between −x and x."""
def erfc(input: Tensor) -> Tensor:
    """What the error function leaves to 1, exact also where that is tiny."""
def erfcx(input: Tensor) -> Tensor:
    """erfc without the factor that makes it tiny."""
def erfinv(input: Tensor) -> Tensor:
    """Inverse of the error function: ±inf at ±1, nan beyond."""
def exp2(input: Tensor) -> Tensor:
    """Power of two."""
def expm1(input: Tensor) -> Tensor:
    """eˣ − 1, exact also near 0."""
def log1p(input: Tensor) -> Tensor:
    """ln(1 + x), exact also near 0."""
def log_ndtr(input: Tensor) -> Tensor:
    """Logarithm of the share of the bell curve below x, exact also where that share is too small for a float."""
def ndtr(input: Tensor) -> Tensor:
    """The share of the bell curve below x: 1/√2π ∫ exp(−t²/2) dt from −∞ to x."""
def ndtri(input: Tensor) -> Tensor:
    """Inverse of ndtr: the number below which a share x of the bell curve lies. ∓inf at 0 and 1, nan beyond."""
def sigmoid(input: Tensor) -> Tensor:
    """Logistic function: the lesson's squish to (0, 1)."""
def sinc(input: Tensor) -> Tensor:
    """The normalized sinc."""
def xlog1py(x: Any, y: Any) -> Tensor:
    """x ln(1 + y), 0 where x is 0, whatever the logarithm; nan where y is."""
def xlogy(input: Tensor, other: Tensor | Number) -> Tensor:
    """x ln y, 0 where x is 0, whatever the logarithm; nan where y is."""
def round(input: Tensor, decimals: builtins.int = 0) -> Tensor:
    """The nearest whole number (or number of decimals), halves to even; the derivative is zero everywhere."""
def digamma(input: Tensor) -> Tensor:
    """Derivative of the logarithm of the gamma function."""
def igamma(a: Any, input: Tensor) -> Tensor:
    """The share of the gamma integral that lies below x. There is no derivative in a here, as in PyTorch."""
def igammac(a: Any, input: Tensor) -> Tensor:
    """The share of the gamma integral that lies above x. There is no derivative in a here, as in PyTorch."""
def lgamma(input: Tensor) -> Tensor:
    """Logarithm of the absolute value of the gamma function."""
def mvlgamma(input: Tensor, p: Number) -> Tensor:
    """Logarithm of the gamma function of matrices: Σᵢ ln Γ(x − i/2), i < p, and p (p − 1) / 4 · ln π."""
def polygamma(n: builtins.int, input: Tensor) -> Tensor:
    """The n-th derivative of digamma: n whole, 0 for digamma itself."""
def zeta(input: Tensor, q: Tensor | builtins.float) -> Tensor:
    """Hurwitz' zeta function. There is no derivative in x here, as in PyTorch."""
def log_softmax(input: Tensor, dim: builtins.int, dtype: DTypeLike | None = None) -> Tensor:
    """The logarithm of softmax, without overflow or log 0; converted to `dtype` first, if given."""
def softmax(input: Tensor, dim: builtins.int, dtype: DTypeLike | None = None) -> Tensor:
    """Scores to probabilities that sum to 1 along `dim`; converted to `dtype` first, if given."""
def chebyshev_polynomial_t(input: Tensor, n: builtins.int) -> Tensor:
    """Chebyshev's polynomial T of degree n."""
def chebyshev_polynomial_u(input: Tensor, n: builtins.int) -> Tensor:
    """Chebyshev's polynomial U of degree n."""
def chebyshev_polynomial_v(input: Tensor, n: builtins.int) -> Tensor:
    """Chebyshev's polynomial V of degree n."""
def chebyshev_polynomial_w(input: Tensor, n: builtins.int) -> Tensor:
    """Chebyshev's polynomial W of degree n."""
def hermite_polynomial_h(input: Tensor, n: builtins.int) -> Tensor:
    """Hermite's polynomial H of degree n."""
def hermite_polynomial_he(input: Tensor, n: builtins.int) -> Tensor:
    """Hermite's polynomial He of degree n."""
def laguerre_polynomial_l(input: Tensor, n: builtins.int) -> Tensor:
    """Laguerre's polynomial of degree n."""
def legendre_polynomial_p(input: Tensor, n: builtins.int) -> Tensor:
    """Legendre's polynomial of degree n."""
def shifted_chebyshev_polynomial_t(input: Tensor, n: builtins.int) -> Tensor:
    """Chebyshev's polynomial T, on [0, 1], of degree n."""
def shifted_chebyshev_polynomial_u(input: Tensor, n: builtins.int) -> Tensor:
    """Chebyshev's polynomial U, on [0, 1], of degree n."""
def shifted_chebyshev_polynomial_v(input: Tensor, n: builtins.int) -> Tensor:
    """Chebyshev's polynomial V, on [0, 1], of degree n."""
def shifted_chebyshev_polynomial_w(input: Tensor, n: builtins.int) -> Tensor:
    """Chebyshev's polynomial W, on [0, 1], of degree n."""
def entr(input: Tensor) -> Tensor:
    """−x · ln x; 0 at 0, −inf below."""
def logit(input: Tensor, eps: builtins.float | None = None) -> Tensor:
    """ln(x / (1 − x)); x is first limited to [eps, 1 − eps]."""
def logsumexp(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
    """Logarithm of a sum of exponentials, without overflow: a smooth maximum."""
def expit(input: Tensor) -> Tensor:
    """Logistic function: the lesson's squish to (0, 1)."""
def gammaln(input: Tensor) -> Tensor:
    """Logarithm of the absolute value of the gamma function."""
def psi(input: Tensor) -> Tensor:
    """Derivative of the logarithm of the gamma function."""
def multigammaln(input: Tensor, p: Number) -> Tensor:
    """Logarithm of the gamma function of matrices: Σᵢ ln Γ(x − i/2), i < p, and p (p − 1) / 4 · ln π."""
def gammainc(a: Any, input: Tensor) -> Tensor:
    """The share of the gamma integral that lies below x. There is no derivative in a here, as in PyTorch."""
def gammaincc(a: Any, input: Tensor) -> Tensor:
    """The share of the gamma integral that lies above x. There is no derivative in a here, as in PyTorch."""

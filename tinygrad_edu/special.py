"""Special functions under PyTorch's names.

Source: https://docs.pytorch.org/docs/stable/special.html
"""

# ruff: noqa: I001 (it gathers the families of `ops`)

from __future__ import annotations

from typing import Any

from . import missing
from .ops import elementwise
from .ops.bessel import (
    airy_ai, bessel_j0, bessel_j1, bessel_y0, bessel_y1, i0, i0e, i1, i1e, modified_bessel_i0, modified_bessel_i1,
    modified_bessel_k0, modified_bessel_k1, scaled_modified_bessel_k0, scaled_modified_bessel_k1, spherical_bessel_j0,
)  # fmt: skip
from .ops.elementwise import (
    erf, erfc, erfcx, erfinv, exp2, expm1, log1p, log_ndtr, ndtr, ndtri, sigmoid, sinc, xlog1py, xlogy,
)  # fmt: skip
from .ops.elementwise import round as round
from .ops.gamma import digamma, igamma, igammac, lgamma, mvlgamma, polygamma, zeta
from .ops.loss import log_softmax, softmax
from .ops.polynomials import (
    chebyshev_polynomial_t, chebyshev_polynomial_u, chebyshev_polynomial_v, chebyshev_polynomial_w,
    hermite_polynomial_h, hermite_polynomial_he, laguerre_polynomial_l, legendre_polynomial_p,
    shifted_chebyshev_polynomial_t, shifted_chebyshev_polynomial_u, shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w,
)  # fmt: skip
from .ops.products import entr, logit
from .ops.reduction import logsumexp

expit, gammaln, psi, multigammaln = sigmoid, lgamma, digamma, mvlgamma
gammainc, gammaincc = igamma, igammac

__all__ = [
    "airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "chebyshev_polynomial_t", "chebyshev_polynomial_u",
    "chebyshev_polynomial_v", "chebyshev_polynomial_w", "digamma", "entr", "erf", "erfc", "erfcx", "erfinv", "exp2",
    "expit", "expm1", "gammainc", "gammaincc", "gammaln", "hermite_polynomial_h", "hermite_polynomial_he", "i0",
    "i0e", "i1", "i1e", "laguerre_polynomial_l", "legendre_polynomial_p", "log1p", "log_ndtr", "log_softmax", "logit",
    "logsumexp", "modified_bessel_i0", "modified_bessel_i1", "modified_bessel_k0", "modified_bessel_k1",
    "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "round", "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1", "shifted_chebyshev_polynomial_t", "shifted_chebyshev_polynomial_u",
    "shifted_chebyshev_polynomial_v", "shifted_chebyshev_polynomial_w", "sinc", "softmax", "spherical_bessel_j0",
    "xlog1py", "xlogy", "zeta",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Names that stand with the elementwise ops, such as erf, are found here too."""
    if not name.startswith("_") and hasattr(elementwise, name):
        return getattr(elementwise, name)
    missing.no_attribute("special", name, globals())

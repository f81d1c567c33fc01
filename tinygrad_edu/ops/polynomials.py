"""Orthogonal polynomials: each family is two lines, its member of degree 1 and the step from two members to the next.

p₀ = 1 of all. The degree may be a tensor, which broadcasts; 0 for negative degrees. Values alone: there is no
derivative, as in PyTorch.
Source: https://docs.pytorch.org/docs/stable/special.html; https://dlmf.nist.gov/18.9
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine import array_of, constant
from ..graph import Tensor
from ..promotion import get_default_dtype, result_type


def _family(name: str, first: Callable, step: Callable, sentence: str) -> Callable:
    """first(x) is p₁; step(x, n, p, q) is pₙ of p = pₙ₋₁ and q = pₙ₋₂."""

    def function(input: Any, n: Any) -> Tensor:
        x, degree = (array_of(a) if isinstance(a, Tensor) else a for a in (input, n))
        dtype = result_type(x, degree)
        dtype = dtype if dtype.kind == "f" else get_default_dtype()
        x, degree = np.broadcast_arrays(np.asarray(x, dtype), np.trunc(degree))
        before, now = np.ones_like(x), np.asarray(first(x))
        z = np.where(degree == 0, before, np.where(degree == 1, now, 0))
        with np.errstate(all="ignore"):
            for k in range(2, int(degree.max(initial=0)) + 1):
                before, now = now, step(x, k, now, before)
                z = np.where(degree == k, now, z)
        return constant(np.asarray(z, dtype))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (f"{sentence} of degree n.\n\n    Source: "
                        f"https://docs.pytorch.org/docs/stable/special.html#torch.special.{name}\n    ")  # fmt: skip
    return function


def _chebyshev(kind: str, first: Callable) -> tuple[Callable, Callable]:
    """Chebyshev's polynomials, which differ in p₁ alone; and the same shifted to [0, 1]."""

    def step(x: Any, n: int, p: Any, q: Any) -> Any:
        return 2 * x * p - q

    return (
        _family(f"chebyshev_polynomial_{kind}", first, step, f"Chebyshev's polynomial {kind.upper()}"),
        _family(f"shifted_chebyshev_polynomial_{kind}", lambda x: first(2 * x - 1),
                lambda x, n, p, q: step(2 * x - 1, n, p, q), f"Chebyshev's polynomial {kind.upper()}, on [0, 1],"),
    )  # fmt: skip


chebyshev_polynomial_t, shifted_chebyshev_polynomial_t = _chebyshev("t", lambda x: x)
chebyshev_polynomial_u, shifted_chebyshev_polynomial_u = _chebyshev("u", lambda x: 2 * x)
chebyshev_polynomial_v, shifted_chebyshev_polynomial_v = _chebyshev("v", lambda x: 2 * x - 1)
chebyshev_polynomial_w, shifted_chebyshev_polynomial_w = _chebyshev("w", lambda x: 2 * x + 1)

hermite_polynomial_h = _family(
    "hermite_polynomial_h", lambda x: 2 * x, lambda x, n, p, q: 2 * (x * p - (n - 1) * q), "Hermite's polynomial H"
)
hermite_polynomial_he = _family(
    "hermite_polynomial_he", lambda x: x, lambda x, n, p, q: x * p - (n - 1) * q, "Hermite's polynomial He"
)
laguerre_polynomial_l = _family(
    "laguerre_polynomial_l", lambda x: 1 - x, lambda x, n, p, q: ((2 * n - 1 - x) * p - (n - 1) * q) / n,
    "Laguerre's polynomial",
)  # fmt: skip
legendre_polynomial_p = _family(
    "legendre_polynomial_p", lambda x: x, lambda x, n, p, q: ((2 * n - 1) * x * p - (n - 1) * q) / n,
    "Legendre's polynomial",
)  # fmt: skip

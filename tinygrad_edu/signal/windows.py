"""Windows: M numbers that rise from the ends to the middle, to be laid over a part of a signal.

sym: the first and the last number are alike; else the window is one period, whose next number would be the first.
Source: https://docs.pytorch.org/docs/stable/signal.html
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..creation import _made
from ..devices import check
from ..promotion import get_default_dtype
from ..tensor import Tensor


def _window(formula: Callable) -> Callable:
    """A formula of the places 0, 1, ..., and the last of a symmetric window, as PyTorch's function."""

    @functools.wraps(formula)
    def function(M: int, *args: Any, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
                 requires_grad: bool = False, **options: Any) -> Tensor:  # fmt: skip
        check(formula.__name__, device)
        if M < 0:
            raise ValueError(f"{formula.__name__}: a length of 0 or more expected, got {M}")
        dtype = np.dtype(dtype or get_default_dtype())
        if dtype not in (np.float32, np.float64):
            raise ValueError(f"{formula.__name__}: float32 or float64 expected, got {dtype}")
        if "sparse" in str(layout):
            raise ValueError(f"{formula.__name__}: there are no sparse windows, got layout {layout}")
        last = M - 1 if sym else M
        array = formula(np.arange(M), last, *args, **options) if M > 1 else np.ones(M)
        return _made(np.asarray(array, dtype), requires_grad)

    return function


@_window
def general_cosine(n: Any, last: Any, *, a: Iterable) -> Any:
    """Σ (−1)ⁱ aᵢ cos(2πi n / last)."""
    a = list(a)
    if not a:
        raise ValueError("general_cosine: at least one coefficient expected in a")
    return sum((-1) ** i * w * np.cos(2 * math.pi * i * n / last) for i, w in enumerate(a))


@_window
def general_hamming(n: Any, last: Any, *, alpha: float = 0.54) -> Any:
    """α − (1 − α) cos(2πn / last)."""
    return alpha - (1 - alpha) * np.cos(2 * math.pi * n / last)


@_window
def hamming(n: Any, last: Any) -> Any:
    """0.54 − 0.46 cos(2πn / last)."""
    return 0.54 - 0.46 * np.cos(2 * math.pi * n / last)


@_window
def hann(n: Any, last: Any) -> Any:
    """1/2 − cos(2πn / last) / 2."""
    return 0.5 - 0.5 * np.cos(2 * math.pi * n / last)


@_window
def blackman(n: Any, last: Any) -> Any:
    """0.42 − 0.5 cos(2πn / last) + 0.08 cos(4πn / last)."""
    return 0.42 - 0.5 * np.cos(2 * math.pi * n / last) + 0.08 * np.cos(4 * math.pi * n / last)


@_window
def nuttall(n: Any, last: Any) -> Any:
    """Three cosines, whose side lobes fall fast."""
    weights = 0.3635819, -0.4891775, 0.1365995, -0.0106411
    return sum(w * np.cos(2 * math.pi * i * n / last) for i, w in enumerate(weights))


@_window
def bartlett(n: Any, last: Any) -> Any:
    """A triangle: 1 − |2n / last − 1|."""
    return 1 - np.abs(2 * n / last - 1)


@_window
def cosine(n: Any, last: Any) -> Any:
    """sin(π (n + 1/2) / (last + 1))."""
    return np.sin(math.pi * (n + 0.5) / (last + 1))


@_window
def exponential(n: Any, last: Any, *, center: float | None = None, tau: float = 1.0) -> Any:
    """exp(−|n − center| / τ)."""
    if tau <= 0:
        raise ValueError(f"exponential: tau must be positive, got {tau}")
    return np.exp(-np.abs(n - (last / 2 if center is None else center)) / tau)


@_window
def gaussian(n: Any, last: Any, *, std: float = 1.0) -> Any:
    """exp(−((n − last/2) / std)² / 2)."""
    if std <= 0:
        raise ValueError(f"gaussian: std must be positive, got {std}")
    return np.exp(-0.5 * ((n - last / 2) / std) ** 2)


@_window
def kaiser(n: Any, last: Any, *, beta: float = 12.0) -> Any:
    """I₀(β √(1 − (2n / last − 1)²)) / I₀(β)."""
    if beta < 0:
        raise ValueError(f"kaiser: beta must not be negative, got {beta}")
    return np.i0(beta * np.sqrt(np.maximum(1 - (2 * n / last - 1) ** 2, 0))) / np.i0(beta)


def _older(window: Callable, name: str, *settings: str) -> Callable:
    """PyTorch's older function, whose window is one period unless asked otherwise."""

    def function(window_length: int, periodic: Any = True, *given: Any, dtype: Any = None, layout: Any = None,
                 device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:  # fmt: skip
        options |= dict(zip(settings, given, strict=False))
        return window(window_length, sym=not periodic, dtype=dtype, device=device, requires_grad=requires_grad,
                      **options)  # fmt: skip

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`signal.windows.{window.__name__}`, one period of it unless periodic is False."
    return function


def _general_hamming(M: int, *, alpha: float = 0.54, beta: float = 0.46, **options: Any) -> Tensor:
    """α − β cos(2πn / last)."""
    return general_cosine(M, a=(alpha, beta), **options)


_general_hamming.__name__ = "general_cosine"
hann_window, blackman_window = _older(hann, "hann_window"), _older(blackman, "blackman_window")
bartlett_window = _older(bartlett, "bartlett_window")
hamming_window = _older(_general_hamming, "hamming_window", "alpha", "beta")
kaiser_window = _older(kaiser, "kaiser_window", "beta")

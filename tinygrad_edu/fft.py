"""Fourier transforms: what of them is real. The transforms themselves are complex, and complex numbers are left out.

Source: https://docs.pytorch.org/docs/stable/fft.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import missing
from .creation import _made
from .missing import no_complex
from .ops.shape import roll
from .promotion import get_default_dtype
from .tensor import Tensor

_COMPLEX = {"fft", "ifft", "rfft", "irfft", "hfft", "ihfft"}

__all__ = ["fftfreq", "fftshift", "ifftshift", "rfftfreq"]


def _shifted(input: Any, dim: Any, name: str, turn: Any) -> Any:
    axes = range(input.ndim) if dim is None else dim if isinstance(dim, (tuple, list)) else (dim,)
    return roll(input, shifts=tuple(turn(input.shape[d]) for d in axes), dims=tuple(axes)) if axes else input.clone()


def fftshift(input: Any, dim: Any = None) -> Any:
    """Each axis turned so that its first number stands in the middle."""
    return _shifted(input, dim, "fftshift", lambda n: n // 2)


def ifftshift(input: Any, dim: Any = None) -> Any:
    """What undoes fftshift."""
    return _shifted(input, dim, "ifftshift", lambda n: -(n // 2))


def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies of a transform of n samples that lie d apart: 0, 1, ..., −1, by n d."""
    return _made(np.fft.fftfreq(n, d).astype(dtype or get_default_dtype()), requires_grad)


def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Those of them that are not negative."""
    return _made(np.fft.rfftfreq(n, d).astype(dtype or get_default_dtype()), requires_grad)


complex_, polar, stft, istft = (no_complex(name) for name in ("complex", "polar", "stft", "istft"))
view_as_complex = no_complex("view_as_complex", "compute on the real and the imaginary part by themselves")
view_as_real = no_complex("view_as_real")


def __getattr__(name: str) -> Any:
    """The transforms, which say that they are left out."""
    if name.rstrip("2n") in _COMPLEX:
        return no_complex(f"fft.{name}")
    missing.no_attribute("fft", name, globals())

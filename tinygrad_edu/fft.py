"""Fourier transforms: those whose results are real, of real tensors, and what goes with them.

The others are complex, and complex numbers are left out: they say so. Each axis is a product with a matrix of cosines
and sines, which costs n² and is right to the last digits.
Source: https://docs.pytorch.org/docs/stable/fft.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import missing
from .creation import _made
from .engine import constant
from .missing import no_complex
from .nn.functional import pad
from .ops.index import along, axis_of
from .ops.shape import movedim, roll, stack
from .promotion import get_default_dtype
from .tensor import Tensor

_COMPLEX = {"fft", "ifft", "rfft", "ihfft"}

__all__ = ["fftfreq", "fftshift", "hfft", "hfft2", "hfftn", "ifftshift", "irfft", "irfft2", "irfftn", "rfftfreq"]


def _shifted(input: Any, dim: Any, name: str, turn: Any) -> Tensor:
    axes = range(input.ndim) if dim is None else dim if isinstance(dim, (tuple, list)) else (dim,)
    return roll(input, shifts=tuple(turn(input.shape[d]) for d in axes), dims=tuple(axes)) if axes else input.clone()


def fftshift(input: Any, dim: Any = None) -> Tensor:
    """Each axis turned so that its first number stands in the middle."""
    return _shifted(input, dim, "fftshift", lambda n: n // 2)


def ifftshift(input: Any, dim: Any = None) -> Tensor:
    """What undoes fftshift."""
    return _shifted(input, dim, "ifftshift", lambda n: -(n // 2))


def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """The frequencies of a transform of n samples that lie d apart: 0, 1, ..., −1, by n d."""
    return _made(np.fft.fftfreq(n, d).astype(dtype or get_default_dtype()), requires_grad)


def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Those of them that are not negative."""
    return _made(np.fft.rfftfreq(n, d).astype(dtype or get_default_dtype()), requires_grad)


def irfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The n numbers of which input is the first half of the transform; n is 2 (length − 1) unless given."""
    return _to_real("irfft", input, None if n is None else (n,), (dim,), norm)


def irfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """As irfft, along two axes, of which the last was halved."""
    return _to_real("irfft2", input, s, dim, norm)


def irfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """As irfft, along several axes (all), of which the last was halved."""
    return _to_real("irfftn", input, s, dim, norm)


def hfft(input: Any, n: int | None = None, dim: int = -1, norm: str | None = None) -> Tensor:
    """The transform of n numbers of which input is the first half, the other being its mirror image."""
    return _to_real("hfft", input, None if n is None else (n,), (dim,), norm)


def hfft2(input: Any, s: Any = None, dim: Any = (-2, -1), norm: str | None = None) -> Tensor:
    """As hfft, along two axes, of which the last is halved."""
    return _to_real("hfft2", input, s, dim, norm)


def hfftn(input: Any, s: Any = None, dim: Any = None, norm: str | None = None) -> Tensor:
    """As hfft, along several axes (all), of which the last is halved."""
    return _to_real("hfftn", input, s, dim, norm)


def _to_real(name: str, input: Any, s: Any, dim: Any, norm: str | None) -> Tensor:
    """Σ wₖ x[k] cos(2π Σ jₐ kₐ / nₐ) over the axes a, where w is 1 at both ends of the half axis and 2 between them:
    for a real x, hfft and irfft are the same but for the scale."""
    if norm not in (None, "backward", "ortho", "forward"):
        raise RuntimeError(f"fft.{name}: norm must be 'backward', 'ortho' or 'forward', got {norm!r}")
    dim, s = ((given,) if isinstance(given, int) else given for given in (dim, s))
    if dim is None:
        dim = tuple(range(input.ndim))[-len(s) :] if s is not None else tuple(range(input.ndim))
    axes = [axis_of(d, input.ndim, name) for d in dim]
    if len(set(axes)) != len(axes) or (s is not None and len(s) != len(axes)):
        raise RuntimeError(f"fft.{name}: different axes expected, and a length for each; got dim {tuple(dim)}, s {s}")
    x = input if input.dtype.kind == "f" else input.to(get_default_dtype())
    sizes = [x.shape[a] for a in axes]
    sizes[-1] = 2 * (sizes[-1] - 1)
    sizes = [n if given == -1 else given for n, given in zip(sizes, s or sizes, strict=True)]
    if min(sizes) < 1:
        raise RuntimeError(f"fft.{name}: at least 1 number along each axis expected, got {sizes}")
    real, imaginary = x, None
    for axis, n in zip(axes, sizes, strict=True):
        last = axis == axes[-1]
        k = np.arange(min(n // 2 + 1 if last else n, x.shape[axis]))  # what lies beyond is cut off; what lacks is 0
        weight = np.where((k == 0) | (2 * k == n), 1, 2) if last else np.ones(len(k))
        angles = np.outer(k, np.arange(n)) % n * (2 * np.pi / n)
        cosines, sines = ((wave(angles) * weight[:, None]).astype(x.dtype) for wave in (np.cos, np.sin))
        part = along(axis, x.ndim, slice(len(k)), name)
        real, imaginary = (y if y is None else movedim(y[part], source=axis, destination=-1) for y in (real, imaginary))
        turned = real @ constant(cosines), real @ constant(sines)
        if imaginary is not None:
            turned = turned[0] - imaginary @ constant(sines), turned[1] + imaginary @ constant(cosines)
        real, imaginary = (movedim(y, source=-1, destination=axis) for y in turned)
    total = float(np.prod(sizes))
    inverse = name.startswith("i")
    scale = total**-0.5 if norm == "ortho" else 1 / total if inverse == (norm != "forward") else 1.0
    return real * scale


def stft(input: Any, n_fft: int, hop_length: int | None = None, win_length: int | None = None, window: Any = None,
         center: bool = True, pad_mode: str = "reflect", normalized: bool = False, onesided: bool | None = None,
         return_complex: bool | None = None) -> Tensor:  # fmt: skip
    """Transforms of overlapping parts of a signal: (..., t) -> (..., frequencies, parts, 2), the last axis holding the
    real and the imaginary part. RuntimeError for return_complex=True.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.stft.html
    """
    if return_complex or return_complex is None:
        no_complex("stft", "return_complex=False gives the real and the imaginary part along a last axis")()
    hop, length = hop_length or n_fft // 4, win_length or n_fft
    if not 1 <= length <= n_fft or input.ndim not in (1, 2):
        raise RuntimeError(f"stft: one or two axes and win_length from 1 to n_fft={n_fft} expected, got shape "
                           f"{tuple(input.shape)} and {length}")  # fmt: skip
    x = input.reshape(1, -1) if input.ndim == 1 else input
    if center:
        x = pad(x, (n_fft // 2, n_fft // 2), pad_mode)
    if x.shape[-1] < n_fft:
        raise RuntimeError(f"stft: a signal of at least n_fft={n_fft} numbers expected, got {x.shape[-1]}")
    parts = x.unfold(-1, n_fft, hop)
    if window is not None or length < n_fft:
        window = constant(np.ones(length, x.dtype)) if window is None else window
        left = (n_fft - length) // 2
        parts = parts * pad(window, (left, n_fft - length - left))
    k = np.arange(n_fft if onesided is False else n_fft // 2 + 1)
    angles = np.outer(np.arange(n_fft), k) % n_fft * (2 * np.pi / n_fft)
    scale = n_fft**-0.5 if normalized else 1.0
    waves = [constant((wave * scale).astype(x.dtype)) for wave in (np.cos(angles), -np.sin(angles))]
    found = stack([parts @ wave for wave in waves], -1).transpose(-3, -2)
    return found[0] if input.ndim == 1 else found


complex_, polar, istft = (no_complex(name) for name in ("complex", "polar", "istft"))
view_as_complex = no_complex("view_as_complex", "compute on the real and the imaginary part by themselves")
view_as_real = no_complex("view_as_real")


def __getattr__(name: str) -> Any:
    """The transforms, which say that they are left out."""
    if name.rstrip("2n") in _COMPLEX:
        return no_complex(f"fft.{name}")
    missing.no_attribute("fft", name, globals())

"""Dropout: numbers left out at random while training. Masks are drawn from the package's stream, so that a compiled
step draws them anew at each call.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#dropout-functions
"""

from __future__ import annotations

import math

import numpy as np

from ...engine import constant
from ...random import numpy_generator
from ...tensor import Tensor


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each number 0 with probability p, else divided by 1 − p; the input itself when not training."""
    return _dropout("dropout", input, input.shape, p, training, inplace)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of a sequence left out: (n, c, l), or (c, l)."""
    return _by_channel("dropout1d", 1, input, p, training, inplace)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of an image left out: (n, c, h, w). As in PyTorch, a (c, h, w) counts as a batch of c items."""
    return _dropout("dropout2d", input, _channels(input), p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of a volume left out: (n, c, d, h, w), or (c, d, h, w)."""
    return _by_channel("dropout3d", 3, input, p, training, inplace)


def _by_channel(name: str, n: int, input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    if input.ndim not in (n + 1, n + 2):
        raise RuntimeError(f"{name}: expected {n + 1} or {n + 2} axes, got shape {input.shape}")
    lead = input.shape[:-n]
    return _dropout(name, input, (*lead, *(1,) * n), p, training, inplace)


def _channels(input: Tensor) -> tuple[int, ...]:
    """The shape of one number for each channel of each item."""
    return (*input.shape[:2], *(1,) * (input.ndim - 2))


def _kept(shape: tuple[int, ...], p: float) -> np.ndarray:
    """Where a number stays: with probability 1 − p."""
    return np.greater_equal(numpy_generator().random(shape, np.float32), np.float32(p))


def _check(name: str, p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"{name}: dropout probability has to be between 0 and 1, but got {p}")


def _dropout(name: str, input: Tensor, shape: tuple[int, ...], p: float, training: bool, inplace: bool) -> Tensor:
    _check(name, p)
    if not training or p == 0:
        return input
    scale = 0.0 if p == 1 else 1 / (1 - p)
    mask = constant(np.multiply(_kept(shape, p), input.dtype.type(scale)))
    return input.mul_(mask) if inplace else input * mask


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean 0 and variance 1, for networks of SELUs."""
    return _alpha_dropout("alpha_dropout", input, input.shape, p, training, inplace)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """alpha_dropout of whole channels."""
    return _alpha_dropout("feature_alpha_dropout", input, _channels(input), p, training, inplace)


_SATURATED = -1.7580993408473766  # where SELU flattens: −scale · alpha


def _alpha_dropout(name: str, input: Tensor, shape: tuple[int, ...], p: float, training: bool,
                   inplace: bool) -> Tensor:  # fmt: skip
    """What is left out takes SELU's lowest value; a x + b then brings mean and variance back.

    Source: Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
    """
    _check(name, p)
    if not training or p == 0:
        return input
    if name.startswith("feature") and input.ndim < 2:
        raise RuntimeError(f"{name}: (n, channels, ...) expected, got shape {input.shape}")
    if p == 1:
        return input.mul_(0) if inplace else input * 0
    a = 1 / math.sqrt((1 - p) * (1 + p * _SATURATED**2))
    b = -a * _SATURATED * p
    kept = _kept(shape, p)
    number = input.dtype.type
    scale = constant(np.multiply(kept, number(a)))
    shift = constant(np.where(kept, number(b), number(a * _SATURATED + b)))
    return input.mul_(scale).add_(shift) if inplace else input * scale + shift

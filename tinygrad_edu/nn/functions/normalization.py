"""Normalization over a batch, over features, over groups of channels, or to length 1.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#normalization-functions
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...grad_mode import no_grad
from ...ops import normalization as ops
from ...ops.reduction import norm
from ...ops.windows import window_sums
from ...tensor import Tensor
from .padding import pad


def layer_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None,
               bias: Tensor | None = None, eps: float = 1e-5) -> Tensor:  # fmt: skip
    """Mean 0 and variance 1 over the last axes, which have these lengths; then scaled and shifted."""
    size = _normalized("layer_norm", input, normalized_shape, weight, bias)
    if len(normalized_shape) == 1:
        return ops.layer_norm(input, weight, bias, eps=eps)
    flat = input.reshape(*input.shape[: -len(normalized_shape)], size)
    flat_weight, flat_bias = (None if a is None else a.reshape(size) for a in (weight, bias))
    return ops.layer_norm(flat, flat_weight, flat_bias, eps=eps).reshape(input.shape)


def rms_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None,
             eps: float | None = None) -> Tensor:  # fmt: skip
    """Mean square 1 over the last axes, which have these lengths; then scaled. eps: the dtype's own, unless given."""
    size = _normalized("rms_norm", input, normalized_shape, weight, None)
    eps = float(np.finfo(input.dtype).eps) if eps is None else eps
    flat = input.reshape(*input.shape[: -len(normalized_shape)], size)
    return ops.rms_norm(flat, None if weight is None else weight.reshape(size), eps=eps).reshape(input.shape)


def _normalized(name: str, input: Tensor, shape: Sequence[int], *learned: Any) -> int:
    """How many numbers are normalized together; RuntimeError where the shapes do not fit."""
    shape = tuple(shape)
    if not shape or input.shape[-len(shape) :] != shape:
        raise RuntimeError(f"{name}: given normalized_shape={list(shape)}, expected input with shape "
                           f"[*, {', '.join(map(str, shape))}], but got input of size {list(input.shape)}")  # fmt: skip
    for x in learned:
        if x is not None and x.shape != shape:
            raise RuntimeError(f"{name}: expected weight and bias to be of same shape as normalized_shape {shape}, but "
                               f"got {x.shape}")  # fmt: skip
    return math.prod(shape)


def batch_norm(input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
               bias: Tensor | None = None, training: bool = False, momentum: float = 0.1,
               eps: float = 1e-5) -> Tensor:  # fmt: skip
    """Mean 0 and variance 1 for each channel (axis 1), over the batch or, when not training, by running statistics.

    In training, running_mean and running_var move towards the batch's by the share `momentum`, in place.
    """
    if input.shape == (0,):
        return input.clone()
    if input.ndim < 2:
        raise RuntimeError(f"batch_norm: (n, channels, ...) expected, got shape {input.shape}")
    for what, x in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if x is not None and x.shape != input.shape[1:2]:
            raise RuntimeError(f"batch_norm: {what} should contain {input.shape[1]} elements not {x.numel()}")
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError("batch_norm: expected running_mean and running_var to be defined when training=False")
        return ops.normalize_channels(input, running_mean, running_var, weight, bias, eps=eps)
    count = input.numel() // max(input.shape[1], 1)
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    z, mean, var = ops.batch_norm(input, weight, bias, eps=eps)
    _remember(running_mean, mean, momentum)
    _remember(running_var, var, momentum, count / max(count - 1, 1))
    return z


def _remember(running: Tensor | None, now: Tensor, momentum: float, scale: float = 1.0) -> None:
    """running = (1 − momentum) running + momentum · scale · now, in place."""
    if running is not None:
        with no_grad():
            running.mul_(1 - momentum).add_(now.detach() * (momentum * scale))


def instance_norm(input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None,
                  weight: Tensor | None = None, bias: Tensor | None = None, use_input_stats: bool = True,
                  momentum: float = 0.1, eps: float = 1e-5) -> Tensor:  # fmt: skip
    """Mean 0 and variance 1 for each channel of each item, over its own numbers or by running statistics."""
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    n, channels, *lengths = input.shape
    if math.prod(lengths) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    rows = input.reshape(n, channels, math.prod(lengths))
    z = ops.layer_norm(rows, eps=eps).reshape(input.shape)
    if running_mean is not None or running_var is not None:
        with no_grad():
            _remember(running_mean, rows.mean((0, 2)), momentum)
            _remember(running_var, rows.var(2).mean(0), momentum)
    return _scaled(z, weight, bias)


def _scaled(z: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """Each channel scaled and shifted."""
    wide = (-1,) + (1,) * (z.ndim - 2)
    z = z if weight is None else z * weight.reshape(wide)
    return z if bias is None else z + bias.reshape(wide)


def group_norm(input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-5) -> Tensor:  # fmt: skip
    """Mean 0 and variance 1 for each of num_groups groups of channels of each item."""
    if input.ndim < 2 or num_groups < 1 or input.shape[1] % num_groups:
        raise RuntimeError(f"group_norm: expected number of channels in input to be divisible by num_groups, but got "
                           f"input of shape {input.shape} and num_groups={num_groups}")  # fmt: skip
    for what, x in (("weight", weight), ("bias", bias)):
        if x is not None and x.shape != input.shape[1:2]:
            raise RuntimeError(f"group_norm: expected {what} to be a vector of {input.shape[1]} numbers, got {x.shape}")
    rows = input.reshape(input.shape[0], num_groups, math.prod(input.shape[1:]) // num_groups)
    return _scaled(ops.layer_norm(rows, eps=eps).reshape(input.shape), weight, bias)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75,
                        k: float = 1.0) -> Tensor:  # fmt: skip
    """Each number divided by (k + alpha · mean of squares over `size` neighbouring channels)^beta."""
    if input.ndim < 3:
        raise ValueError(f"local_response_norm: expected 3D or higher dimensionality input, got shape {input.shape}")
    if not input.numel():
        return input
    squares = (input * input).reshape(*input.shape[:2], -1)
    framed = pad(squares, (0, 0, size // 2, (size - 1) // 2))
    means = window_sums(framed, kernel=(size, 1), stride=(1, 1)) / size
    return input / (means.reshape(input.shape) * alpha + k) ** beta


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12) -> Tensor:
    """Vectors along an axis divided by their length, (Σ |x|ᵖ)^(1/p), or by eps where they are shorter."""
    return input / norm(input, p, dim, True).clamp(min=eps)



"""What PyTorch's own layers call below `nn.functional`, under the same names: more results, arguments in other orders.

Source: https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/native_functions.yaml
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .engine import array_of, constant
from .grad_mode import no_grad
from .nn import functional as F
from .nn.functions.interpolation import scaled
from .ops.elementwise import where
from .ops.index import scatter_add
from .tensor import Tensor


def native_batch_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None,
                      running_var: Tensor | None, training: bool, momentum: float,
                      eps: float) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """batch_norm, and in training the batch's means and 1 / √(var + eps), which have no derivative."""
    found = F.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
    if not training:
        return found, input.new_zeros(0), input.new_zeros(0)
    with no_grad():
        rows = input.movedim(1, 0).reshape(input.shape[1], -1)
        return found, rows.mean(1), (rows.var(1, unbiased=False) + eps).rsqrt()


def _native_batch_norm_legit(input: Tensor, weight: Tensor | None, bias: Tensor | None, *rest: Any) -> tuple:
    """native_batch_norm, with or without the two running statistics before its last three arguments."""
    return native_batch_norm(input, weight, bias, *(rest if len(rest) == 5 else (None, None, *rest)))


def _batch_norm_with_update(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor,
                            running_var: Tensor, momentum: float,
                            eps: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
    """native_batch_norm in training, and an empty tensor, where other devices keep notes."""
    found = native_batch_norm(input, weight, bias, running_mean, running_var, True, momentum, eps)
    return (*found, input.new_zeros(0, dtype=np.uint8))


def native_layer_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None, bias: Tensor | None,
                      eps: float) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """layer_norm, and the means and 1 / √(var + eps) of the rows, with axes of length 1."""
    found = F.layer_norm(input, normalized_shape, weight, bias, eps)
    dims = tuple(range(-len(normalized_shape), 0))
    return found, input.mean(dims, keepdim=True), (input.var(dims, unbiased=False, keepdim=True) + eps).rsqrt()


def native_group_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, N: int, C: int, HxW: int,
                      group: int, eps: float) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """group_norm, and the means and 1 / √(var + eps) of the groups, (N, group)."""
    rows = input.reshape(N, group, C // group * HxW)
    found = F.group_norm(input.reshape(N, C, HxW), group, weight, bias, eps).reshape(input.shape)
    return found, rows.mean(2), (rows.var(2, unbiased=False) + eps).rsqrt()


def constant_pad_nd(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """A frame of one number."""
    return F.pad(input, pad, "constant", value)


def _softmax_backward_data(grad_output: Tensor, output: Tensor, dim: int, input_dtype: Any) -> Tensor:
    """The way back of softmax: y (g − Σ g y)."""
    both = grad_output * output
    return (both - output * both.sum(dim, keepdim=True)).to(input_dtype)


def _safe_softmax(self: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """softmax, but zeros where every number is −inf."""
    x = self if dtype is None else self.to(dtype)
    nothing = constant(np.all(array_of(x) == -math.inf, axis=dim, keepdims=True)) if x.numel() else False
    return where(nothing, 0.0, F.softmax(where(nothing, 0.0, x), dim)) if x.numel() else F.softmax(x, dim)


def max_pool2d_with_indices_backward(grad_output: Tensor, self: Tensor, kernel_size: Any, stride: Any, padding: Any,
                                     dilation: Any, ceil_mode: bool, indices: Tensor) -> Tensor:  # fmt: skip
    """The way back of max_pool2d: each number goes where its index says; those of one place add up."""
    *planes, h, w = self.shape
    flat = (*planes, math.prod(indices.shape[-2:]))
    found = scatter_add(self.new_zeros(*planes, h * w), -1, indices.reshape(flat), grad_output.reshape(flat))
    return found.reshape(self.shape)


def _upsample_bilinear2d_aa(input: Tensor, output_size: Any, align_corners: bool, scales_h: Any = None,
                            scales_w: float | None = None, scale_factors: Any = None) -> Tensor:  # fmt: skip
    """interpolate, bilinear with antialias; by a size and the scale of each axis, or by two scale_factors alone."""
    if output_size is None:
        factors = scales_h if scale_factors is None else scale_factors
        return F.interpolate(input, None, factors, "bilinear", align_corners, antialias=True)
    return scaled(input, output_size, (scales_h, scales_w), "bilinear", align_corners, True)

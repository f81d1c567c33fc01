"""Normalization as layers. The formulas are in `ops/normalization.py`.

Source: https://docs.pytorch.org/docs/stable/nn.html#normalization-layers
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine import constant
from ..grad_mode import no_grad
from ..tensor import Tensor
from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter, check_size, dtype_for


class _Normalization(Module):
    """Layers that scale and shift what they have normalized, by weight and bias of one shape."""

    weight: Parameter | None
    bias: Parameter | None

    def _learn(self, shape: tuple[int, ...], weight: bool, bias: bool, device: Any, dtype: Any) -> np.dtype:
        dtype = dtype_for(type(self).__name__, device, dtype)
        for name, wanted in (("weight", weight), ("bias", bias)):
            self.register_parameter(name, Parameter(np.empty(shape, dtype)) if wanted else None)
        return dtype

    def reset_parameters(self) -> None:
        """Weights one, biases zero."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class LayerNorm(_Normalization):
    """Mean 0 and variance 1 over the last axes, which have the lengths normalized_shape; then scaled and shifted.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
    """

    def __init__(self, normalized_shape: int | Sequence[int], eps: float = 1e-5, elementwise_affine: bool = True,
                 bias: bool = True, device: Any = None, dtype: Any = None):  # fmt: skip
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self._learn(self.normalized_shape, elementwise_affine, elementwise_affine and bias, device, dtype)
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
                f"bias={self.bias is not None}")  # fmt: skip


class RMSNorm(_Normalization):
    """Mean square 1 over the last axes, which have the lengths normalized_shape; then scaled.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
    """

    def __init__(self, normalized_shape: int | Sequence[int], eps: float | None = None,
                 elementwise_affine: bool = True, device: Any = None, dtype: Any = None):  # fmt: skip
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        dtype = dtype_for("RMSNorm", device, dtype)
        shape = self.normalized_shape
        self.register_parameter("weight", Parameter(np.empty(shape, dtype)) if elementwise_affine else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weights one."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(_Normalization):
    """Mean 0 and variance 1 for each of num_groups groups of channels of each item; then channels scaled and shifted.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
    """

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True, device: Any = None,
                 dtype: Any = None, *, bias: bool = True):  # fmt: skip
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"GroupNorm: num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self._learn((num_channels,), affine, affine and bias, device, dtype)
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return (f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
                f"bias={self.bias is not None}")  # fmt: skip


class _Running(_Normalization):
    """Layers that keep running statistics of their channels: running_mean, running_var, num_batches_tracked."""

    ndims: tuple[int, ...]
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(self, num_features: int, eps: float, momentum: float | None, affine: bool, track_running_stats: bool,
                 device: Any, dtype: Any, bias: bool):  # fmt: skip
        super().__init__()
        self.num_features = check_size(type(self).__name__, "num_features", num_features)
        self.eps, self.momentum = eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        dtype = self._learn((num_features,), affine, affine and bias, device, dtype)
        mean, var, count = np.zeros(num_features, dtype), np.ones(num_features, dtype), np.zeros((), np.int64)
        for name, array in (("running_mean", mean), ("running_var", var), ("num_batches_tracked", count)):
            self.register_buffer(name, constant(array) if track_running_stats else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Mean 0, variance 1, no batch seen."""
        if self.track_running_stats:
            self.running_mean.zero_()  # type: ignore[union-attr]
            self.running_var.fill_(1)  # type: ignore[union-attr]
            self.num_batches_tracked.zero_()  # type: ignore[union-attr]

    def reset_parameters(self) -> None:
        """Weights one, biases zero, and no batch seen."""
        self.reset_running_stats()
        super().reset_parameters()

    def _check(self, input: Tensor) -> None:
        if input.ndim not in self.ndims:
            known = " or ".join(f"{n}D" for n in self.ndims)
            raise ValueError(f"expected {known} input (got {input.ndim}D input)")

    def extra_repr(self) -> str:
        return (f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
                f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}")  # fmt: skip


class _BatchNorm(_Running):
    """Mean 0 and variance 1 for each channel over the batch; by running statistics in evaluation.

    momentum: the share of the newest batch in the running statistics; None: all batches count the same.
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, device: Any = None, dtype: Any = None, *,
                 bias: bool = True):  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check(input)
        by_batch = self.training or self.running_mean is None
        share: Any = self.momentum
        learns = self.training and self.track_running_stats
        if learns and self.num_batches_tracked is not None:
            with no_grad():
                self.num_batches_tracked.add_(1)
                if self.momentum is None:
                    share = 1.0 / self.num_batches_tracked.to(input.dtype)
        mean, var = (self.running_mean, self.running_var) if learns or not by_batch else (None, None)
        return F.batch_norm(input, mean, var, self.weight, self.bias, by_batch, 0.0 if share is None else share,
                            self.eps)  # fmt: skip


class BatchNorm1d(_BatchNorm):
    """Batch normalization of (n, features) or (n, features, l).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
    """

    ndims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch normalization of the channels of images, (n, channels, h, w).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
    """

    ndims = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch normalization of the channels of volumes, (n, channels, d, h, w).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
    """

    ndims = (5,)


class SyncBatchNorm(_BatchNorm):
    """Batch normalization over the batches of all processes: of one, its own. (n, channels, ...).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html
    """

    ndims = (2, 3, 4, 5)

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, process_group: Any = None, device: Any = None,
                 dtype: Any = None):  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype)

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """The module with every BatchNorm in it turned into this, with its parameters and statistics."""
        for name, child in module.named_children():
            setattr(module, name, cls.convert_sync_batchnorm(child, process_group))
        if not isinstance(module, _BatchNorm):
            return module
        made = copy.copy(module)
        made.__class__ = cls
        return made


class _InstanceNorm(_Running):
    """Mean 0 and variance 1 for each channel of each item, over its own numbers."""

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = False,
                 track_running_stats: bool = False, device: Any = None, dtype: Any = None, *,
                 bias: bool = True):  # fmt: skip
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check(input)
        alone = input.ndim == self.ndims[0]
        x = input.unsqueeze(0) if alone else input
        if x.shape[1] != self.num_features and self.affine:
            raise ValueError(f"expected input's size at dim={int(not alone)} to match num_features "
                             f"({self.num_features}), but got: {x.shape[1]}.")  # fmt: skip
        own = self.training or not self.track_running_stats
        z = F.instance_norm(x, self.running_mean, self.running_var, self.weight, self.bias, own,
                            self.momentum if self.momentum is not None else 0.0, self.eps)  # fmt: skip
        return z.squeeze(0) if alone else z


class InstanceNorm1d(_InstanceNorm):
    """Instance normalization of (n, channels, l) or (channels, l)."""

    ndims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance normalization of images, (n, channels, h, w) or (channels, h, w)."""

    ndims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance normalization of volumes, (n, channels, d, h, w) or (channels, d, h, w)."""

    ndims = (4, 5)


class LocalResponseNorm(Module):
    """Each number divided by (k + alpha · mean of squares over `size` neighbouring channels)^beta."""

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0):
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"

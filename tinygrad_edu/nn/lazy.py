"""Layers that learn from their first input how wide it is.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.modules.lazy.LazyModuleMixin.html
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor
from .convolution import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .linear import Linear
from .module import Module
from .normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d


class _Lazy(Module):
    """A layer of width 0 until its first call, which makes it one of the kind it is derived from.

    Its parameters stay the same objects, so that an optimizer may have them before.
    """

    kind: Any  # what it becomes
    counts: str  # what the first argument of that is called
    axis: int  # of the input, whose length it is

    def __init__(self, *args: Any, **options: Any):
        self.kind.__init__(self, 0, *args, **options)
        self._arguments, self._given = (args, options), set[str]()

    def reset_parameters(self) -> None:
        """Nothing is drawn before the first input."""

    def has_uninitialized_params(self) -> bool:
        """Whether it still waits for its first input, or for saved numbers."""
        return isinstance(self, _Lazy) and not self._given

    def _give(self, name: str, array: np.ndarray) -> None:
        """Numbers that were saved, before the first input: they, and their shape, stay."""
        _put(getattr(self, name), array)
        self._given.add(name)

    def forward(self, input: Tensor, *args: Any) -> Tensor:
        self.initialize_parameters(input)
        return self.forward(input, *args)  # the kind's own by now

    def initialize_parameters(self, input: Tensor) -> None:
        """Become a layer for inputs like this one."""
        args, options = self.__dict__.pop("_arguments")
        given = self.__dict__.pop("_given")
        whole = self.kind(input.shape[self.axis], *args, **options)
        setattr(self, self.counts, getattr(whole, self.counts))
        for held, made in ((self._parameters, whole._parameters), (self._buffers, whole._buffers)):
            for name, tensor in made.items():
                own = held[name]
                if tensor is not None and own is not None and name not in given:
                    _put(own, tensor._array)
        self.__class__ = self.kind


def _put(own: Tensor, array: np.ndarray) -> None:
    """Other numbers, of another shape, into the same tensor."""
    learned = own.requires_grad
    own.requires_grad_(False)._array = array.astype(own.dtype)
    own.requires_grad_(learned)


class LazyLinear(_Lazy, Linear):
    """Linear, whose in_features is the length of its first input's last axis."""

    kind, counts, axis = Linear, "in_features", -1


class LazyConv1d(_Lazy, Conv1d):
    """Conv1d, whose in_channels is that of its first input."""

    kind, counts, axis = Conv1d, "in_channels", -2


class LazyConv2d(_Lazy, Conv2d):
    """Conv2d, whose in_channels is that of its first input."""

    kind, counts, axis = Conv2d, "in_channels", -3


class LazyConv3d(_Lazy, Conv3d):
    """Conv3d, whose in_channels is that of its first input."""

    kind, counts, axis = Conv3d, "in_channels", -4


class LazyConvTranspose1d(_Lazy, ConvTranspose1d):
    """ConvTranspose1d, whose in_channels is that of its first input."""

    kind, counts, axis = ConvTranspose1d, "in_channels", -2


class LazyConvTranspose2d(_Lazy, ConvTranspose2d):
    """ConvTranspose2d, whose in_channels is that of its first input."""

    kind, counts, axis = ConvTranspose2d, "in_channels", -3


class LazyConvTranspose3d(_Lazy, ConvTranspose3d):
    """ConvTranspose3d, whose in_channels is that of its first input."""

    kind, counts, axis = ConvTranspose3d, "in_channels", -4


class LazyBatchNorm1d(_Lazy, BatchNorm1d):
    """BatchNorm1d, whose num_features is that of its first input."""

    kind, counts, axis = BatchNorm1d, "num_features", 1


class LazyBatchNorm2d(_Lazy, BatchNorm2d):
    """BatchNorm2d, whose num_features is that of its first input."""

    kind, counts, axis = BatchNorm2d, "num_features", 1


class LazyBatchNorm3d(_Lazy, BatchNorm3d):
    """BatchNorm3d, whose num_features is that of its first input."""

    kind, counts, axis = BatchNorm3d, "num_features", 1


class LazyInstanceNorm1d(_Lazy, InstanceNorm1d):
    """InstanceNorm1d, whose num_features is that of its first input."""

    kind, counts, axis = InstanceNorm1d, "num_features", -2


class LazyInstanceNorm2d(_Lazy, InstanceNorm2d):
    """InstanceNorm2d, whose num_features is that of its first input."""

    kind, counts, axis = InstanceNorm2d, "num_features", -3


class LazyInstanceNorm3d(_Lazy, InstanceNorm3d):
    """InstanceNorm3d, whose num_features is that of its first input."""

    kind, counts, axis = InstanceNorm3d, "num_features", -4

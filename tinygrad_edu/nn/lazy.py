"""Layers that learn from their first input how many features come in; then they are the plain layers.

    net = Sequential(LazyLinear(10), ReLU(), LazyLinear(1))
    net(ones(3, 4))            # from here on Linear(4, 10), ReLU(), Linear(10, 1)

Their parameters are there from the start, empty, so that an optimizer made before the first input learns them too.
Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.modules.lazy.LazyModuleMixin.html
"""

from __future__ import annotations

from typing import Any

from .convolution import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .linear import Linear
from .module import Module
from .normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d

_REGISTERS = ("_parameter_names", "_buffer_names", "_module_names", "_hooks", "training")


class _Lazy(Module):
    """Takes the arguments of the plain layer but for the first, the number of features that come in."""

    becomes: Any  # the plain layer
    axis: int  # of the input, along which the features stand

    def __init__(self, *args: Any, **options: Any):
        super().__init__(0, *args, **options)  # type: ignore[call-arg]  # the plain layer's
        self._arguments = (args, options)

    def reset_parameters(self) -> None:
        """Nothing is drawn yet."""

    def forward(self, input: Any, *_: Any) -> Any:
        """Become the plain layer, and be it."""
        args, options = self.__dict__.pop("_arguments")
        made: Any = self.becomes(input.shape[self.axis], *args, **options)
        for name, value in vars(made).items():
            if name in made._parameter_names and value is not None:
                getattr(self, name).data = value.data
            elif name not in _REGISTERS:
                self.__dict__[name] = value
        self.__class__ = self.becomes
        return self.forward(input)


class LazyLinear(_Lazy, Linear):
    becomes, axis = Linear, -1


class LazyConv1d(_Lazy, Conv1d):
    becomes, axis = Conv1d, -2


class LazyConv2d(_Lazy, Conv2d):
    becomes, axis = Conv2d, -3


class LazyConv3d(_Lazy, Conv3d):
    becomes, axis = Conv3d, -4


class LazyConvTranspose1d(_Lazy, ConvTranspose1d):
    becomes, axis = ConvTranspose1d, -2


class LazyConvTranspose2d(_Lazy, ConvTranspose2d):
    becomes, axis = ConvTranspose2d, -3


class LazyConvTranspose3d(_Lazy, ConvTranspose3d):
    becomes, axis = ConvTranspose3d, -4


class LazyBatchNorm1d(_Lazy, BatchNorm1d):
    becomes, axis = BatchNorm1d, 1


class LazyBatchNorm2d(_Lazy, BatchNorm2d):
    becomes, axis = BatchNorm2d, 1


class LazyBatchNorm3d(_Lazy, BatchNorm3d):
    becomes, axis = BatchNorm3d, 1


class LazyInstanceNorm1d(_Lazy, InstanceNorm1d):
    becomes, axis = InstanceNorm1d, 1


class LazyInstanceNorm2d(_Lazy, InstanceNorm2d):
    becomes, axis = InstanceNorm2d, 1


class LazyInstanceNorm3d(_Lazy, InstanceNorm3d):
    becomes, axis = InstanceNorm3d, 1

"""Padding as layers: a frame of zeros, of a constant, or of what stands at the edges.

Source: https://docs.pytorch.org/docs/stable/nn.html#padding-layers
"""

from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import functional as F
from .functions.sizes import each
from .module import Module


class _Padding(Module):
    """padding: one number for all sides, or (before, after) for each axis, the last axis first."""

    axes: int
    mode = "constant"
    value: float | None = None

    def __init__(self, padding: Any):
        super().__init__()
        self.padding = each(type(self).__name__, "padding", padding, 2 * self.axes)

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (self.axes + 1, self.axes + 2) and self.mode != "constant":
            raise ValueError(f"{type(self).__name__}: expected {self.axes + 1}D or {self.axes + 2}D input (got "
                             f"{input.ndim}D input)")  # fmt: skip
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Padding):
    """A frame of one value."""

    def __init__(self, padding: Any, value: float):
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPad):
    """A frame of zeros."""

    def __init__(self, padding: Any):
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ReflectionPad(_Padding):
    """A mirrored frame; the edge itself is not repeated."""

    mode = "reflect"


class _ReplicationPad(_Padding):
    """The edge again and again."""

    mode = "replicate"


class _CircularPad(_Padding):
    """What stands at the other end."""

    mode = "circular"


class ConstantPad1d(_ConstantPad):
    """A frame of one value around a sequence."""

    axes = 1


class ConstantPad2d(_ConstantPad):
    """A frame of one value around an image."""

    axes = 2


class ConstantPad3d(_ConstantPad):
    """A frame of one value around a volume."""

    axes = 3


class ZeroPad1d(_ZeroPad):
    """A frame of zeros around a sequence."""

    axes = 1


class ZeroPad2d(_ZeroPad):
    """A frame of zeros around an image."""

    axes = 2


class ZeroPad3d(_ZeroPad):
    """A frame of zeros around a volume."""

    axes = 3


class ReflectionPad1d(_ReflectionPad):
    """A mirrored frame around a sequence; the edge itself is not repeated."""

    axes = 1


class ReflectionPad2d(_ReflectionPad):
    """A mirrored frame around an image; the edge itself is not repeated."""

    axes = 2


class ReflectionPad3d(_ReflectionPad):
    """A mirrored frame around a volume; the edge itself is not repeated."""

    axes = 3


class ReplicationPad1d(_ReplicationPad):
    """A frame around a sequence: the edge again and again."""

    axes = 1


class ReplicationPad2d(_ReplicationPad):
    """A frame around an image: the edge again and again."""

    axes = 2


class ReplicationPad3d(_ReplicationPad):
    """A frame around a volume: the edge again and again."""

    axes = 3


class CircularPad1d(_CircularPad):
    """A frame around a sequence: what stands at the other end."""

    axes = 1


class CircularPad2d(_CircularPad):
    """A frame around an image: what stands at the other end."""

    axes = 2


class CircularPad3d(_CircularPad):
    """A frame around a volume: what stands at the other end."""

    axes = 3

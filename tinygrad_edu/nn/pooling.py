"""Pooling as layers. The formulas are in `ops/pooling.py`, the settings in `functions/pooling.py`.

Source: https://docs.pytorch.org/docs/stable/nn.html#pooling-layers
"""

from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import functional as F
from .module import Module


class _MaxPool(Module):
    """The largest number of each window; stride: the kernel's size, unless given."""

    axes: int

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
                 return_indices: bool = False, ceil_mode: bool = False):  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, input: Tensor) -> Any:
        pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[self.axes - 1]
        return pool(input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode,
                    self.return_indices)  # fmt: skip

    def extra_repr(self) -> str:
        return (f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
                f"dilation={self.dilation}, ceil_mode={self.ceil_mode}")  # fmt: skip


class MaxPool1d(_MaxPool):
    """The largest number of each window of a sequence: (n, c, l) -> (n, c, l')."""

    axes = 1


class MaxPool2d(_MaxPool):
    """The largest number of each window of an image: (n, c, h, w) -> (n, c, h', w')."""

    axes = 2


class MaxPool3d(_MaxPool):
    """The largest number of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""

    axes = 3


class _FractionalMaxPool(Module):
    """The largest number of each window; where windows lie is drawn, so that an image may shrink by any share."""

    axes: int

    def __init__(self, kernel_size: Any, output_size: Any = None, output_ratio: Any = None,
                 return_indices: bool = False, _random_samples: Tensor | None = None):  # fmt: skip
        super().__init__()
        name = type(self).__name__
        if (output_size is None) == (output_ratio is None):
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio, and only one")
        ratios = output_ratio if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * self.axes
        if output_ratio is not None and not all(0 < r < 1 for r in ratios):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")
        self.kernel_size, self.output_size, self.return_indices = kernel_size, output_size, return_indices
        self.output_ratio = None if output_ratio is None else tuple(ratios)
        self.register_buffer("_random_samples", _random_samples)

    def forward(self, input: Tensor) -> Any:
        pool = F.fractional_max_pool2d if self.axes == 2 else F.fractional_max_pool3d
        return pool(input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices,
                    self._random_samples)  # fmt: skip


class FractionalMaxPool2d(_FractionalMaxPool):
    """Source: Graham 2014, https://arxiv.org/abs/1412.6071"""

    axes = 2


class FractionalMaxPool3d(_FractionalMaxPool):
    """The same of volumes."""

    axes = 3


class _MaxUnpool(Module):
    """Numbers put back where max pooling found them, zeros elsewhere."""

    axes: int

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0):
        super().__init__()
        def several(n: Any) -> Any: return n if isinstance(n, tuple) else (n,) * self.axes
        self.kernel_size, self.padding = several(kernel_size), several(padding)
        self.stride = several(kernel_size if stride is None else stride)

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        put = (F.max_unpool1d, F.max_unpool2d, F.max_unpool3d)[self.axes - 1]
        return put(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """The way back of MaxPool1d with its indices."""

    axes = 1


class MaxUnpool2d(_MaxUnpool):
    """The way back of MaxPool2d with its indices."""

    axes = 2


class MaxUnpool3d(_MaxUnpool):
    """The way back of MaxPool3d with its indices."""

    axes = 3


class AvgPool1d(Module):
    """The mean of each window of a sequence: (n, c, l) -> (n, c, l')."""

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
                 count_include_pad: bool = True):  # fmt: skip
        super().__init__()
        def single(n: Any) -> Any: return n if isinstance(n, tuple) else (n,)
        self.kernel_size, self.padding = single(kernel_size), single(padding)
        self.stride = single(kernel_size if stride is None else stride)
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Module):
    """The mean of each window."""

    axes: int

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
                 count_include_pad: bool = True, divisor_override: int | None = None):  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.ceil_mode, self.count_include_pad = padding, ceil_mode, count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        pool = F.avg_pool2d if self.axes == 2 else F.avg_pool3d
        return pool(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
                    self.divisor_override)  # fmt: skip

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    """The mean of each window of an image: (n, c, h, w) -> (n, c, h', w')."""

    axes = 2


class AvgPool3d(_AvgPool):
    """The mean of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""

    axes = 3


class _LPPool(Module):
    """(Σ xᵖ)^(1/p) of each window."""

    axes: int

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False):
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        pool = (F.lp_pool1d, F.lp_pool2d, F.lp_pool3d)[self.axes - 1]
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        return (f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
                f"ceil_mode={self.ceil_mode}")  # fmt: skip


class LPPool1d(_LPPool):
    """(Σ xᵖ)^(1/p) of each window of a sequence."""

    axes = 1


class LPPool2d(_LPPool):
    """(Σ xᵖ)^(1/p) of each window of an image."""

    axes = 2


class LPPool3d(_LPPool):
    """(Σ xᵖ)^(1/p) of each window of a volume."""

    axes = 3


class _AdaptiveAvgPool(Module):
    """Means of as many windows as are asked for."""

    axes: int

    def __init__(self, output_size: Any):
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        pool = (F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d)[self.axes - 1]
        return pool(input, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Means of output_size windows of a sequence."""

    axes = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Means of output_size windows of an image, (h', w') or one number for both; None: as many as there are numbers."""

    axes = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Means of output_size windows of a volume."""

    axes = 3


class _AdaptiveMaxPool(Module):
    """The largest numbers of as many windows as are asked for."""

    axes: int

    def __init__(self, output_size: Any, return_indices: bool = False):
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices

    def forward(self, input: Tensor) -> Any:
        pool = (F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d)[self.axes - 1]
        return pool(input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """The largest numbers of output_size windows of a sequence."""

    axes = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """The largest numbers of output_size windows of an image."""

    axes = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """The largest numbers of output_size windows of a volume."""

    axes = 3

"""Activations as modules, to stand in a Sequential. The formulas are in `ops` and `functional`.

Source: https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops.elementwise import relu, sigmoid, tanh
from ..tensor import Tensor
from . import functional, init
from .module import Module
from .parameter import Parameter, dtype_for


class Sigmoid(Module):
    """1 / (1 + e⁻ˣ), elementwise."""

    def forward(self, input: Tensor) -> Tensor:
        return sigmoid(input)


class Tanh(Module):
    """Hyperbolic tangent, elementwise."""

    def forward(self, input: Tensor) -> Tensor:
        return tanh(input)


class LogSigmoid(Module):
    """ln sigmoid(x), without overflow or log 0."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.logsigmoid(input)


class Softsign(Module):
    """x / (1 + |x|)."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.softsign(input)


class Tanhshrink(Module):
    """x − tanh x."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.tanhshrink(input)


# ------------------------------------------------------------------------------------------------- rectifiers


class _InPlace(Module):
    """An activation that may write its result over its input."""

    def __init__(self, inplace: bool = False):
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


def _with(settings: str, inplace: bool) -> str:
    """The settings of a repr, and inplace where it is so."""
    return f"{settings}, inplace=True" if inplace else settings


class ReLU(_InPlace):
    """max(0, x), elementwise; inplace writes the result over the input."""

    def forward(self, input: Tensor) -> Tensor:
        return input.relu_() if self.inplace else relu(input)


class ReLU6(_InPlace):
    """x limited to the numbers from 0 to 6."""

    min_val, max_val = 0.0, 6.0

    def forward(self, input: Tensor) -> Tensor:
        return functional.relu6(input, self.inplace)


class SiLU(_InPlace):
    """x · sigmoid(x), or swish."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.silu(input, self.inplace)


class Mish(_InPlace):
    """x · tanh(softplus(x))."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.mish(input, self.inplace)


class SELU(_InPlace):
    """ELU with the two numbers that keep mean 0 and variance 1 from layer to layer."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.selu(input, self.inplace)


class Hardsigmoid(Module):
    """The sigmoid of three straight pieces."""

    def __init__(self, inplace: bool = False):
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return functional.hardsigmoid(input, self.inplace)


class Hardswish(Hardsigmoid):
    """x · hardsigmoid(x)."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.hardswish(input, self.inplace)


class ELU(_InPlace):
    """x where x > 0, alpha (eˣ − 1) elsewhere."""

    def __init__(self, alpha: float = 1.0, inplace: bool = False):
        super().__init__(inplace)
        self.alpha = alpha

    def forward(self, input: Tensor) -> Tensor:
        return functional.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return _with(f"alpha={self.alpha}", self.inplace)


class CELU(ELU):
    """x where x > 0, alpha (exp(x / alpha) − 1) elsewhere."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.celu(input, self.alpha, self.inplace)


class LeakyReLU(_InPlace):
    """x where x > 0, negative_slope · x elsewhere."""

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False):
        super().__init__(inplace)
        self.negative_slope = negative_slope

    def forward(self, input: Tensor) -> Tensor:
        return functional.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return _with(f"negative_slope={self.negative_slope}", self.inplace)


class RReLU(_InPlace):
    """LeakyReLU whose slope is drawn for each number between lower and upper; their middle in evaluation."""

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3, inplace: bool = False):
        super().__init__(inplace)
        self.lower, self.upper = lower, upper

    def forward(self, input: Tensor) -> Tensor:
        return functional.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        return _with(f"lower={self.lower}, upper={self.upper}", self.inplace)


class PReLU(Module):
    """LeakyReLU whose slope is learned: one for all, or one for each channel (axis 1)."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None):
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(np.empty(num_parameters, dtype_for("PReLU", device, dtype)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start from the first slope again."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return functional.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class Threshold(_InPlace):
    """x where it exceeds the threshold, `value` elsewhere."""

    def __init__(self, threshold: float, value: float, inplace: bool = False):
        super().__init__(inplace)
        self.threshold, self.value = threshold, value

    def forward(self, input: Tensor) -> Tensor:
        return functional.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        return _with(f"threshold={self.threshold}, value={self.value}", self.inplace)


class Hardtanh(_InPlace):
    """x limited to the numbers from min_val to max_val."""

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False):
        super().__init__(inplace)
        if not min_val <= max_val:
            raise ValueError(f"Hardtanh: min_val must not exceed max_val, got {min_val} and {max_val}")
        self.min_val, self.max_val = min_val, max_val

    def forward(self, input: Tensor) -> Tensor:
        return functional.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return _with(f"min_val={self.min_val}, max_val={self.max_val}", self.inplace)


# ----------------------------------------------------------------------------------------- smooth, and shrinking


class GELU(Module):
    """x times the share of the bell curve below x; approximate="tanh" is GPT-2's."""

    def __init__(self, approximate: str = "none"):
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return functional.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class Softplus(Module):
    """ln(1 + exp(beta x)) / beta, and x itself where beta x exceeds the threshold."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0):
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        return functional.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class Hardshrink(Module):
    """0 for the numbers from −lambd to lambd, x elsewhere."""

    def __init__(self, lambd: float = 0.5):
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return functional.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Softshrink(Hardshrink):
    """x brought nearer to 0 by lambd, and 0 where it is nearer already."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.softshrink(input, self.lambd)


class GLU(Module):
    """Half of an axis times the sigmoid of the other half."""

    def __init__(self, dim: int = -1):
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return functional.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


# -------------------------------------------------------------------------------------- scores to probabilities


class Softmax(Module):
    """Scores to probabilities that sum to 1 along `dim`."""

    def __init__(self, dim: int | None = None):
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return functional.softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmin(Softmax):
    """Softmax of −x: small numbers get large probabilities."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.softmin(input, self.dim)


class LogSoftmax(Softmax):
    """The logarithm of Softmax, without overflow or log 0."""

    def forward(self, input: Tensor) -> Tensor:
        return functional.log_softmax(input, self.dim)


class Softmax2d(Module):
    """Softmax over the channels of images: (n, channels, height, width) or (channels, height, width)."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got shape {input.shape}")
        return functional.softmax(input, -3)

"""Activations as functions. Those with a formula of their own are in `ops/elementwise`; the others are composed here.

Source: https://docs.pytorch.org/docs/stable/nn.functional.html#non-linear-activation-functions
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ...engine import array_of, constant
from ...inplace import in_place
from ...ops import elementwise, loss
from ...ops.index import axis_of
from ...ops.shape import movedim
from ...random import uniform_array
from ...tensor import Tensor

__all__ = [
    "celu", "celu_", "elu", "elu_", "gelu", "glu", "gumbel_softmax", "hardshrink", "hardsigmoid", "hardswish",
    "hardtanh", "hardtanh_", "leaky_relu", "leaky_relu_", "logsigmoid", "mish", "prelu", "relu6", "rrelu", "rrelu_",
    "selu", "selu_", "silu", "softplus", "softshrink", "softsign", "tanhshrink", "threshold", "threshold_",
]  # fmt: skip

# SELU's two numbers keep mean 0 and variance 1 from layer to layer. Source: https://arxiv.org/abs/1706.02515
_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def _written(function: Callable, name: str, inplace: bool, input: Tensor, *args: Any, **settings: Any) -> Tensor:
    """The function's result, in the input's memory where inplace says so."""
    function = in_place(function, name) if inplace else function
    return function(input, *args, **settings)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where x > 0, negative_slope · x elsewhere."""
    return _written(elementwise.prelu, "leaky_relu_", inplace, input, negative_slope)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x where x > 0, weight · x elsewhere; weight holds one number, or one for each channel (axis 1)."""
    channels = input.shape[1] if input.ndim > 1 else 1
    if weight.ndim > 1 or weight.numel() not in (1, channels):
        raise RuntimeError(f"prelu: weight must hold one number, or one for each of {channels} channels, got shape "
                           f"{weight.shape}")  # fmt: skip
    if weight.numel() == 1:
        return elementwise.prelu(input, weight.reshape(()))
    return elementwise.prelu(input, weight.reshape(-1, *(1,) * (input.ndim - 2)))


def rrelu(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False,
          inplace: bool = False) -> Tensor:  # fmt: skip
    """x where x > 0, elsewhere x times a number drawn between lower and upper (their middle when not training)."""
    if lower > upper:
        raise RuntimeError(f"rrelu: lower must not exceed upper, got {lower} and {upper}")
    slope: Any = (lower + upper) / 2
    if training:
        slope = constant(uniform_array(input.shape, input.dtype) * (upper - lower) + lower)
    return _written(elementwise.prelu, "rrelu_", inplace, input, slope)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, alpha (eˣ − 1) elsewhere."""
    return _written(elementwise.elu, "elu_", inplace, input, alpha=alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """ELU with the two numbers that keep mean 0 and variance 1 from layer to layer."""
    return _written(elementwise.elu, "selu_", inplace, input, alpha=_SELU_ALPHA, scale=_SELU_SCALE)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, alpha (exp(x / alpha) − 1) elsewhere."""
    if not alpha:
        raise RuntimeError("celu: ZeroDivisionError: alpha cannot be 0")
    return _written(elementwise.elu, "celu_", inplace, input, alpha=alpha, steepness=1 / alpha)


def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """x times the share of the bell curve below x; approximate="tanh" is GPT-2's."""
    return elementwise.gelu(input, approximate=approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x · sigmoid(x)."""
    return _written(elementwise.silu, "silu_", inplace, input)


def _mish(x: Any) -> Any:
    return x * elementwise.tanh(elementwise.softplus(x))


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x · tanh(softplus(x)). Source: https://arxiv.org/abs/1908.08681"""
    return _written(_mish, "mish_", inplace, input)


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """ln(1 + exp(beta x)) / beta, and x itself where beta x exceeds the threshold."""
    return elementwise.softplus(input, beta=beta, threshold=threshold)


def logsigmoid(input: Tensor) -> Tensor:
    """ln sigmoid(x), without overflow or log 0."""
    return elementwise.log_sigmoid(input)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x limited to the numbers from min_val to max_val."""
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val cannot be greater than max_val, got {min_val} and {max_val}")
    return _written(elementwise.hardtanh, "hardtanh_", inplace, input, low=min_val, high=max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """x limited to the numbers from 0 to 6."""
    return _written(elementwise.hardtanh, "relu6_", inplace, input, low=0.0, high=6.0)


def _hardsigmoid(x: Any) -> Any:
    return elementwise.hardtanh(x + 3, low=0.0, high=6.0) / 6


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """The sigmoid of three straight pieces: 0 below −3, 1 above 3, x/6 + 1/2 between."""
    return _written(_hardsigmoid, "hardsigmoid_", inplace, input)


def _hardswish(x: Any) -> Any:
    return x * _hardsigmoid(x)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x · hardsigmoid(x). Source: https://arxiv.org/abs/1905.02244"""
    return _written(_hardswish, "hardswish_", inplace, input)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """0 for the numbers from −lambd to lambd, x elsewhere."""
    return elementwise.where((input >= -lambd) & (input <= lambd), 0.0, input)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x brought nearer to 0 by lambd, and 0 where it is nearer already."""
    if lambd < 0:
        raise RuntimeError(f"softshrink: lambda must be greater or equal to 0, but found to be {lambd}")
    return input - elementwise.clamp(input, min=-lambd, max=lambd)


def tanhshrink(input: Tensor) -> Tensor:
    """x − tanh x."""
    return input - elementwise.tanh(input)


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|)."""
    return input / (elementwise.abs(input) + 1)


def _threshold(x: Any, threshold: float, value: float) -> Any:
    return elementwise.where(x <= threshold, value, x)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where it exceeds the threshold, `value` elsewhere."""
    return _written(_threshold, "threshold_", inplace, input, threshold, value)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """Half of the axis times the sigmoid of the other half. Source: https://arxiv.org/abs/1612.08083"""
    if not input.ndim:
        raise RuntimeError("glu does not support 0-dimensional tensors")
    length = input.shape[axis_of(dim, input.ndim, "glu")]
    if length % 2:
        raise RuntimeError(f"glu: Halving dimension must be even, but dimension {dim} is size {length}")
    first, second = input.chunk(2, dim)
    return first * elementwise.sigmoid(second)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """Probabilities drawn around softmax(logits); the smaller tau, the nearer to a single 1.

    hard: exactly a single 1, with the soft one's derivative. Source: https://arxiv.org/abs/1611.01144
    """
    noise = -np.log(-np.log1p(-uniform_array(logits.shape, logits.dtype)))  # log1p(−u): u may be 0, but never 1
    soft = loss.softmax((logits + constant(noise)) / tau, dim=dim)
    if not hard:
        return soft
    places = np.arange(logits.shape[dim])
    best = np.expand_dims(np.argmax(array_of(soft), axis=dim), -1)
    chosen = movedim(constant(np.astype(np.equal(best, places), soft.dtype)), source=-1, destination=dim)
    return chosen - soft.detach() + soft


# PyTorch's names for what writes over its input.
celu_, elu_, selu_ = partial(celu, inplace=True), partial(elu, inplace=True), partial(selu, inplace=True)
leaky_relu_, rrelu_ = partial(leaky_relu, inplace=True), partial(rrelu, inplace=True)
hardtanh_, threshold_ = partial(hardtanh, inplace=True), partial(threshold, inplace=True)

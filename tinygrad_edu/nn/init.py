"""First numbers for parameters: each function fills a tensor in place, off the graph, and returns it.

`generator=` draws from a stream of one's own. Names, defaults and formulas are PyTorch's; the random numbers
are those of `tinygrad_edu.random`.
Source: https://docs.pytorch.org/docs/stable/nn.init.html
"""

from __future__ import annotations

import functools
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import memory
from ..engine import array_of
from ..random import Generator, normal_array, numpy_generator, uniform_array
from ..tensor import Tensor


def _write(tensor: Tensor, values: Any) -> Tensor:
    """Put the values into the tensor's memory; the graph only learns that they changed."""
    array = array_of(tensor)
    array[...] = values
    memory.wrote(array)
    return tensor


def _check(name: str, tensor: Any, least_axes: int = 0) -> None:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"init.{name}: a tensor expected, got {type(tensor).__name__}")
    if tensor.ndim < least_axes:
        raise ValueError(f"init.{name}: a tensor with at least {least_axes} axes expected, got shape "
                         f"{tensor.shape}")  # fmt: skip


_GAINS = {
    **dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d"), 1.0),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid"), 1.0),
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much weights must grow to make up for what a nonlinearity takes from the spread of its inputs.

    param: the negative slope of leaky_relu, 0.01 unless given. ValueError for an unknown name.
    """
    if nonlinearity == "leaky_relu":
        if param is not None and (isinstance(param, bool) or not isinstance(param, (int, float))):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity not in _GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}; known: "
                         f"{', '.join(sorted([*_GAINS, 'leaky_relu']))}")  # fmt: skip
    return _GAINS[nonlinearity]


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform numbers between a and b."""
    _check("uniform_", tensor)
    if not a <= b:
        raise ValueError(f"init.uniform_: a must not exceed b, got a={a}, b={b}")
    drawn = uniform_array(tensor.shape, tensor.dtype, generator)
    drawn *= b - a
    drawn += a
    return _write(tensor, drawn)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0,
            generator: Generator | None = None) -> Tensor:  # fmt: skip
    """Numbers from the bell curve with this mean and deviation."""
    _check("normal_", tensor)
    if not std >= 0:
        raise ValueError(f"init.normal_: std must not be negative, got {std}")
    drawn = normal_array(tensor.shape, tensor.dtype, generator)
    drawn *= std
    drawn += mean
    return _write(tensor, drawn)


def trunc_normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0,
                  generator: Generator | None = None) -> Tensor:  # fmt: skip
    """Numbers from the bell curve with this mean and deviation; those outside [a, b] are drawn again."""
    _check("trunc_normal_", tensor)
    if not a < b or not std > 0:
        raise ValueError(f"init.trunc_normal_: a < b and std > 0 expected, got a={a}, b={b}, std={std}")
    low, high = (a - mean) / std, (b - mean) / std
    if low > 4 or high < -4:
        raise ValueError(f"init.trunc_normal_: [{a}, {b}] lies more than 4 deviations from the mean {mean}")
    drawn = normal_array(tensor.shape, np.float64, generator)
    while (outside := (drawn < low) | (drawn > high)).any():
        drawn[outside] = normal_array(int(outside.sum()), np.float64, generator)
    return _write(tensor, np.clip(drawn * std + mean, a, b))


def constant_(tensor: Tensor, val: float) -> Tensor:
    """One number everywhere."""
    _check("constant_", tensor)
    return _write(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """1 everywhere."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """0 everywhere."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity: a layer that hands its inputs on. For matrices."""
    _check("eye_", tensor)
    if tensor.ndim != 2:
        raise ValueError(f"init.eye_: Only tensors with 2 dimensions are supported, got shape {tensor.shape}")
    return _write(tensor, np.eye(tensor.shape[0], tensor.shape[1]))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """The identity of a convolution: each channel hands its inputs on, as many as there are on both sides.

    For the weights (out, in, ...) of convolutions along one to three axes. groups: an identity for each.
    """
    _check("dirac_", tensor)
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("init.dirac_: Only tensors with 3, 4, or 5 dimensions are supported, got shape "
                         f"{tensor.shape}")  # fmt: skip
    if tensor.shape[0] % groups:
        raise ValueError(f"init.dirac_: dim 0 must be divisible by groups, got {tensor.shape[0]} and {groups}")
    values = np.zeros(tensor.shape)
    each = tensor.shape[0] // groups
    middle: Any = tuple(n // 2 for n in tensor.shape[2:])
    for i in range(min(each, tensor.shape[1])):
        values[(slice(i, None, each), i, *middle)] = 1
    return _write(tensor, values)


def _fans(tensor: Tensor) -> tuple[int, int]:
    """How many numbers flow into one output, and out of one input, of a layer's weight (out, in, ...)."""
    _check("fan", tensor)
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, "
                         f"got shape {tensor.shape}")  # fmt: skip
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def _xavier_std(tensor: Tensor, gain: float) -> float:
    return gain * math.sqrt(2 / max(sum(_fans(tensor)), 1))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform with deviation gain √(2 / (fan_in + fan_out)): signals keep their spread forward and backward.

    Source: Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
    """
    bound = math.sqrt(3) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """As xavier_uniform_, from the bell curve."""
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan = _fans(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(max(fan, 1))


def kaiming_uniform_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
                     generator: Generator | None = None) -> Tensor:  # fmt: skip
    """Uniform with deviation gain / √fan: signals keep their spread through rectifiers of negative slope a.

    Source: He et al. 2015, https://arxiv.org/abs/1502.01852
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu",
                    generator: Generator | None = None) -> Tensor:  # fmt: skip
    """As kaiming_uniform_, from the bell curve."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """A random rotation times gain: rows, or columns where there are fewer, are orthonormal.

    More than two axes: (out, in, ...) is taken as (out, in · ...).
    Source: Saxe et al. 2014, https://arxiv.org/abs/1312.6120
    """
    _check("orthogonal_", tensor, 2)
    if not tensor.numel():
        return tensor
    rows, columns = tensor.shape[0], math.prod(tensor.shape[1:])
    drawn = normal_array((max(rows, columns), min(rows, columns)), np.float64, generator)
    q, r = np.linalg.qr(drawn)
    q *= np.sign(np.diagonal(r))  # makes the rotation uniformly distributed
    return _write(tensor, gain * (q if rows >= columns else q.T).reshape(tensor.shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Numbers from the bell curve, of which a share of `sparsity` in each column is 0. For matrices.

    Source: Martens 2010, https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf
    """
    _check("sparse_", tensor)
    if tensor.ndim != 2:
        raise ValueError("init.sparse_: Only tensors with 2 dimensions are supported, got shape "
                         f"{tensor.shape}")  # fmt: skip
    if not 0 <= sparsity <= 1:
        raise ValueError(f"init.sparse_: sparsity must lie between 0 and 1, got {sparsity}")
    values = normal_array(tensor.shape, np.float64, generator) * std
    zeros = math.ceil(sparsity * tensor.shape[0])
    order = np.argsort(numpy_generator(generator).random(tensor.shape), axis=0)
    np.put_along_axis(values, order[:zeros], 0.0, axis=0)
    return _write(tensor, values)


def _older(fill: Any) -> Callable:
    """The same function under the name that it had before PyTorch 0.4: without the line behind it."""
    name = fill.__name__.removesuffix("_")

    @functools.wraps(fill)
    def older(*args: Any, **named: Any) -> Tensor:
        warnings.warn(f"nn.init.{name} is now deprecated in favor of nn.init.{fill.__name__}", FutureWarning, 2)
        return fill(*args, **named)

    return older


uniform, normal, constant, eye, dirac = map(_older, (uniform_, normal_, constant_, eye_, dirac_))
xavier_uniform, xavier_normal, orthogonal = map(_older, (xavier_uniform_, xavier_normal_, orthogonal_))
kaiming_uniform, kaiming_normal, sparse = map(_older, (kaiming_uniform_, kaiming_normal_, sparse_))

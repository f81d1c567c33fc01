"""Autograd to read and to use: PyTorch's habits at the surface, NumPy formulas underneath.

Read `engine.py` first, then any file of `ops/`.
"""

from typing import Any

import numpy as _np

from .engine import Op, answer, op, registry
from .engine import raw as _raw
from .gradients import grad
from .promotion import get_default_dtype, set_default_dtype
from .promotion import result_type as _result_type
from .tensor import Tensor, tensor
from .grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from .creation import (
    arange, as_tensor, empty, eye, from_dlpack, from_numpy, full, is_tensor, linspace, ones, zeros,
)  # fmt: skip
from .ops.creation import empty_like, ones_like, zeros_like
from .ops.elementwise import (
    abs, acos, acosh, add, asin, asinh, atan, atan2, atanh, bitwise_and, bitwise_not, bitwise_or, bitwise_xor,
    ceil, clone, copysign, cos, cosh, deg2rad, eq, erf, erfc, erfinv, exp, exp2, expm1, floor, floor_divide,
    fmax, fmin, fmod, frac,
    ge, gt, hypot, isfinite, isinf, isnan, le, log, log1p, log2, log10, logaddexp, logaddexp2, logical_and,
    logical_not, logical_or, logical_xor, lt, maximum, minimum, mul, nan_to_num, ne, neg, pow, rad2deg, reciprocal,
    relu, remainder, round, rsqrt, sigmoid, sign, signbit, sin, sinc, sinh, sqrt, square, sub, tan, tanh, trunc,
    xlogy,
)  # fmt: skip
from .ops.elementwise import clip as clamp
from .ops.index import (
    gather, index_select, masked_fill, masked_select, nonzero, scatter_add, take_along_axis,
)  # fmt: skip
from .ops.linalg import dot, einsum, inner, matmul, outer, tensordot
from .ops.loss import log_softmax, softmax
from .ops.reduction import (
    all, amax, amin, any, argmax, argmin, count_nonzero, cumprod, cumsum, logsumexp, mean, norm,
    prod, std, sum,
)  # fmt: skip
from .ops.order import argsort, max, min, topk
from .ops.order import sorted_values as sort
from .ops.reduction import variance as var
from .ops.shape import (
    cat, chunk, concatenate, diag, diagonal, flatten, movedim, repeat_interleave, roll, split, squeeze, stack, trace,
    tril, triu, unbind, unsqueeze,
)  # fmt: skip

from . import autograd, missing, nn, ops, optim, random, runtime, utils
from .random import (
    Generator, bernoulli, get_rng_state, initial_seed, manual_seed, multinomial, normal, rand, rand_like, randint,
    randn, randn_like, randperm, seed, set_rng_state,
)  # fmt: skip

from .compiler import compile

runtime.set_up()

__version__ = "0.1.0"

float16, float32, float64 = _np.dtype(_np.float16), _np.dtype(_np.float32), _np.dtype(_np.float64)
half, float, double = float16, float32, float64
uint8, int8, int16, int32, int64 = (_np.dtype(t) for t in (_np.uint8, _np.int8, _np.int16, _np.int32, _np.int64))
short, int, long = int16, int32, int64
bool = _np.dtype(_np.bool_)

absolute, arccos, arccosh, arcsin, arcsinh = abs, acos, acosh, asin, asinh
arctan, arctan2, arctanh, multiply, subtract, negative = atan, atan2, atanh, mul, sub, neg
clip, greater, less, mm, bmm, mv = clamp, gt, lt, matmul, matmul, matmul
moveaxis, concat, take_along_dim = movedim, cat, take_along_axis


def reshape(input: Any, shape: Any) -> Tensor:
    """The numbers in the same order under another shape; one length may be −1."""
    return input.reshape(shape)


def transpose(input: Any, dim0: Any, dim1: Any) -> Tensor:
    """Two axes exchanged. A view."""
    return input.transpose(dim0, dim1)


def permute(input: Any, dims: Any) -> Tensor:
    """Axes in another order. A view."""
    return input.permute(*dims)


def flip(input: Any, dims: Any) -> Tensor:
    """The order along the given axes reversed. A copy."""
    return input.flip(dims)


def div(input: Any, other: Any, *, rounding_mode: Any = None) -> Tensor:
    """Quotient; rounding_mode "floor" or "trunc" rounds it."""
    return ops.elementwise.div(input, other) if rounding_mode is None else input.div(other, rounding_mode=rounding_mode)


def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """input where the condition holds, other elsewhere; with the condition alone, the places where it holds."""
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    if not hasattr(input, "dtype") and not hasattr(other, "dtype"):
        input = tensor(input)
    return ops.elementwise.where(condition, input, other)


def allclose(input: Any, other: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: Any = False) -> Any:
    """Whether |input − other| ≤ atol + rtol |other| everywhere."""
    return input.allclose(other, rtol, atol, equal_nan)


def equal(input: Any, other: Any) -> Any:
    """Whether both have one shape and the same numbers."""
    return input.equal(other)


def numel(input: Any) -> Any:
    """How many numbers there are."""
    return input.numel()


def result_type(tensor1: Any, tensor2: Any) -> Any:
    """The dtype of an arithmetic op on these two."""
    return _result_type(_raw(tensor1), _raw(tensor2))


def __getattr__(name: str) -> Any:
    missing.no_attribute("tinygrad_edu", name, globals())

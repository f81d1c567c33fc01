"""Autograd to read and to use: PyTorch's habits at the surface, NumPy formulas underneath.

Read `engine.py` first, then any file of `ops/`.
"""

from typing import Any

import builtins as _builtins

import numpy as _np

from .engine import Op, answer, op, registry
from .engine import raw as _raw
from .gradients import grad
from .errors import DtypeError as _DtypeError
from .promotion import get_default_dtype, set_default_dtype
from .promotion import result_type as _result_type
from .devices import (
    Size, bfloat16, complex64, complex128, device, finfo, float8_e4m3fn, float8_e5m2, iinfo,
)  # fmt: skip
from .tensor import Tensor, tensor
from .typed import (
    BoolTensor, ByteTensor, CharTensor, DoubleTensor, FloatTensor, HalfTensor, IntTensor, LongTensor, ShortTensor,
)  # fmt: skip
from .grad_mode import (
    enable_grad, inference_mode, is_grad_enabled, is_inference_mode_enabled, no_grad, set_grad_enabled,
)  # fmt: skip
from .creation import (
    arange, as_tensor, empty, eye, from_dlpack, from_numpy, full, is_tensor, linspace, ones, zeros,
)  # fmt: skip
from .ops.elementwise import (
    abs, acos, acosh, asin, asinh, atan, atan2, atanh, bitwise_and, bitwise_not, bitwise_or, bitwise_xor,
    ceil, clone, conj, copysign, cos, cosh, deg2rad, eq, erf, erfc, erfinv, exp, exp2, expm1, floor, floor_divide, fmax,
    fmin, fmod, frac, ge, gt, heaviside, hypot, isfinite, isinf, isnan, ldexp, le, log, log1p, log2, log10, logaddexp,
    logaddexp2, logical_and, logical_not, logical_or, logical_xor, lt, maximum, minimum, mul, nan_to_num, ne, neg,
    positive, pow, rad2deg, reciprocal, relu, remainder, round, rsqrt, sigmoid, sign, signbit, sin, sinc, sinh, sqrt,
    square, tan, tanh, trunc, xlogy,
)  # fmt: skip
from .ops.elementwise import clip as clamp
from .ops.index import (
    gather, index_select, masked_fill, masked_select, nonzero, nonzero_static, scatter_add, take_along_axis,
)  # fmt: skip
from .ops.linalg import dot, einsum, inner, outer
from .ops.products import (
    addbmm, addcdiv, addcmul, addmm, addmv, addr, baddbmm, bmm, chain_matmul, cross, float_power, ger, isclose,
    isneginf, isposinf, isreal, kron, lerp, logit, mm, mv, rsub, vdot,
)  # fmt: skip
from .ops.products import add_scaled as add
from .ops.products import divided as div
from .ops.products import left_shift as bitwise_left_shift
from .ops.products import matmul_any as matmul
from .ops.products import right_shift as bitwise_right_shift
from .ops.products import sub_scaled as sub
from .ops.reduction import (
    all, amax, amin, any, argmax, argmin, count_nonzero, logsumexp, mean, std, sum,
)  # fmt: skip
from .ops.order import argsort, max, min, topk
from .ops.order import sorted_values as sort
from .ops.reduction import variance as var
from .ops.shape import (
    cat, chunk, diag, diagonal, flatten, movedim, roll, split, squeeze, stack, trace,
    tril, triu, unbind, unsqueeze,
)  # fmt: skip

from .ops.joining import (
    atleast_1d, atleast_2d, atleast_3d, block_diag, broadcast_tensors, cartesian_prod, column_stack, combinations,
    diag_embed, diagflat, diagonal_scatter, dsplit, dstack, fliplr, flipud, hsplit, hstack, meshgrid, narrow, rot90,
    row_stack, select, select_scatter, slice_scatter, swapaxes, t, tensor_split, vander, vsplit, vstack,
)  # fmt: skip
from .ops.placing import (
    index_add, index_copy, index_fill, index_put, masked_scatter, put, scatter, scatter_reduce, take, take_along_dim,
)  # fmt: skip
from .ops.statistics import (
    aminmax, bincount, bucketize, corrcoef, cov,
    cummax, cummin, cumprod, cumsum, prod, repeat_interleave, cumulative_trapezoid, dist, histc, histogram, isin,
    kthvalue, logcumsumexp, median, mode, nanmean, nanmedian, nanquantile, nansum, quantile, renorm, searchsorted,
    log_softmax, softmax,
    histogramdd, std_mean, trapezoid, unique, unique_consecutive, var_mean,
)  # fmt: skip
from .ops.statistics import diff_of as diff
from .ops.bessel import i0
from .ops.differences import gradient
from .ops.floats import frexp, gcd, hash_tensor, lcm, nextafter
from .ops.gamma import digamma, igamma, igammac, lgamma, mvlgamma, polygamma
from .ops.segments import (
    _chunk_cat, _unsafe_masked_index, _unsafe_masked_index_put_accumulate, index_reduce, segment_reduce,
)  # fmt: skip
from .ops.strides import as_strided, as_strided_scatter
from .copies import (
    alias_copy, as_strided_copy, detach_copy, diagonal_copy, expand_copy, narrow_copy, permute_copy, select_copy,
    slice_copy, split_copy, split_with_sizes_copy, squeeze_copy, t_copy, transpose_copy, unbind_copy, unfold_copy,
    unsafe_chunk, unsafe_split, unsafe_split_with_sizes, unsqueeze_copy, view_copy,
)  # fmt: skip
from .copies import slice_ as slice
from .functions import (
    adjoint, angle, are_deterministic_algorithms_enabled, argwhere, broadcast_shapes, broadcast_to, can_cast, detach,
    empty_like, empty_strided, fill, full_like, get_float32_matmul_precision, get_num_interop_threads, get_num_threads,
    is_complex, is_floating_point, is_nonzero, is_same_size, is_storage, logspace, msort, ones_like, promote_types,
    randint_like, ravel, scalar_tensor, set_default_device, set_default_tensor_type, set_float32_matmul_precision,
    set_num_interop_threads, set_num_threads, split_with_sizes, tile, tril_indices, triu_indices, typename, unflatten,
    use_deterministic_algorithms, zeros_like,
)  # fmt: skip
from .functions import range_ as range
from .linalg import cholesky, cholesky_inverse, cholesky_solve, det, logdet, tensordot, matrix_power, pinv, qr, slogdet
from .factors import geqrf, lu_solve, lu_unpack, ormqr, pca_lowrank, svd_lowrank, triangular_solve
from .factors import lu_of as lu
from .linalg import inv as inverse
from .linalg import matrix_exp
from .linalg import norm_of as norm
from .linalg import svd_of as svd
from .sparse import mm as spmm
from .sparse import sparse_coo_tensor

from . import autograd, linalg, missing, nn, ops, optim, random, runtime, utils
from .random import (
    Generator, bernoulli, default_generator, get_rng_state, initial_seed, manual_seed, multinomial, normal, rand,
    rand_like, randint, randn, randn_like, randperm, seed, set_rng_state,
)  # fmt: skip

from .compiler import compile
from .nn.functions.sampling import grid_sampler, grid_sampler_2d, grid_sampler_3d
from .nn.functional import (
    adaptive_avg_pool1d, alpha_dropout, avg_pool1d, batch_norm, cdist, channel_shuffle, conv1d, conv2d, conv3d,
    conv_transpose1d, conv_transpose2d, conv_transpose3d, cosine_similarity, dropout, feature_alpha_dropout, group_norm,
    instance_norm, layer_norm, max_pool1d, max_pool2d, max_pool3d, pairwise_distance, pdist, pixel_shuffle,
    pixel_unshuffle, rms_norm,
)  # fmt: skip

from .native import (
    _batch_norm_with_update, _native_batch_norm_legit, _safe_softmax, _softmax_backward_data, _upsample_bilinear2d_aa,
    constant_pad_nd, max_pool2d_with_indices_backward, native_batch_norm, native_group_norm, native_layer_norm,
)  # fmt: skip
from . import (
    accelerator, amp, backends, cuda, distributed, distributions, functions, hub, jit, mps, multiprocessing, onnx,
    profiler, serialization, sparse, special, version, xpu,
)  # fmt: skip
from . import fft, func, masked, signal
from .fft import istft, polar, stft, view_as_complex, view_as_real
from .fft import complex_ as complex
from .func import vmap
from .signal.windows import bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window
from .amp import autocast
from .nn import parallel as _parallel
from .printing import set_printoptions
from .serialization import load, save

from . import explain, paths as _paths, testing, viz

_paths.lay(__name__)
runtime.set_up()

__version__ = "0.1.0"

float16, float32, float64 = _np.dtype(_np.float16), _np.dtype(_np.float32), _np.dtype(_np.float64)
half, float, double = float16, float32, float64
uint8, int8, int16, int32, int64 = (_np.dtype(kind) for kind in (_np.uint8, _np.int8, _np.int16, _np.int32, _np.int64))
short, int, long = int16, int32, int64
bool = _np.dtype(_np.bool_)
dtype = _np.dtype

strided, sparse_coo = "torch.strided", "torch.sparse_coo"
contiguous_format, preserve_format, channels_last = "contiguous_format", "preserve_format", "channels_last"
pi, e, inf, nan, newaxis = _np.pi, _np.e, _np.inf, _np.nan, None

clamp_min, clamp_max, resolve_conj, resolve_neg = Tensor.clamp_min, Tensor.clamp_max, conj, conj
absolute, conj_physical, arccos, arccosh, arcsin, arcsinh = abs, conj, acos, acosh, asin, asinh
arctan, arctan2, arctanh, multiply, negative = atan, atan2, atanh, mul, neg
clip, greater, less, greater_equal, less_equal, not_equal = clamp, gt, lt, ge, le, ne
sgn, fix, subtract, divide, true_divide, pinverse = sign, trunc, sub, div, div, pinv
trapz, swapdims, vecdot = trapezoid, swapaxes, linalg.vecdot
moveaxis, concat, concatenate = movedim, cat, cat


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


def where(condition: Any, input: Any = None, other: Any = None) -> Tensor | tuple[Tensor, ...]:
    """input where the condition holds, other elsewhere; with the condition alone, the places where it holds."""
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    if getattr(condition, "dtype", bool) not in (bool, uint8):
        raise _DtypeError(f"where: a condition of booleans expected, got dtype {condition.dtype}; compare, e.g. x != 0")
    if not hasattr(input, "dtype") and not hasattr(other, "dtype"):
        input = tensor(input)
    return ops.elementwise.where(condition, input, other)


def allclose(input: Any, other: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: Any = False) -> _builtins.bool:
    """Whether |input − other| ≤ atol + rtol |other| everywhere."""
    return input.allclose(other, rtol, atol, equal_nan)


def equal(input: Any, other: Any) -> _builtins.bool:
    """Whether both have one shape and the same numbers."""
    return input.equal(other)


def numel(input: Any) -> _builtins.int:
    """How many numbers there are."""
    return input.numel()


def result_type(tensor1: Any, tensor2: Any) -> _np.dtype:
    """The dtype of an arithmetic op on these two."""
    return _result_type(_raw(tensor1), _raw(tensor2))


def __getattr__(name: str) -> Any:
    """PyTorch's exp_(x) and its like are the methods."""
    if name.endswith("_") and not name.startswith("_") and hasattr(Tensor, name):
        return getattr(Tensor, name)
    missing.no_attribute("tinygrad_edu", name, globals())

"""Written by `python -m tests.stubs` from the code beside it, for editors and checkers. Do not edit."""

# ruff: noqa
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, NoReturn, Self, overload

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_edu import graph
from tinygrad_edu.devices import device as _device
from tinygrad_edu.devices import Size as Size
from tinygrad_edu.factors import Geqrf
from tinygrad_edu.factors import TriangularSolve
from tinygrad_edu.graph import Place
from tinygrad_edu.hooks import Handle
from tinygrad_edu.linalg import QR
from tinygrad_edu.linalg import OldSVD
from tinygrad_edu.linalg import Slogdet
from tinygrad_edu.ops.order import Values
from tinygrad_edu.ops.statistics import Extremes
from tinygrad_edu.ops.statistics import Histogram
from tinygrad_edu.random import Generator as Generator
from tinygrad_edu.sparse import Sparse
from tinygrad_edu.tensor import Tensor as Tensor
from tinygrad_edu.storage import TypedStorage

Number = builtins.float | np.number[Any]
DeviceLike = builtins.str | _device | None

from tinygrad_edu import memory as memory
from tinygrad_edu import promotion as promotion
from tinygrad_edu import errors as errors
from tinygrad_edu import missing as missing
from tinygrad_edu import graph as graph
from tinygrad_edu import calling as calling
from tinygrad_edu import quiet as quiet
from tinygrad_edu import engine as engine
from tinygrad_edu.graph import Op as Op
from tinygrad_edu.engine import answer as answer
from tinygrad_edu.engine import op as op
from tinygrad_edu import gradients as gradients
from tinygrad_edu.gradients import grad as grad
from tinygrad_edu.promotion import get_default_dtype as get_default_dtype
from tinygrad_edu.promotion import set_default_dtype as set_default_dtype
from tinygrad_edu import devices as devices
from tinygrad_edu.devices import device as device
from tinygrad_edu.devices import finfo as finfo
from tinygrad_edu.devices import iinfo as iinfo
from tinygrad_edu import ops as ops
from tinygrad_edu import conversion as conversion
from tinygrad_edu import hooks as hooks
from tinygrad_edu import inplace as inplace
from tinygrad_edu import random as random
from tinygrad_edu import factors as factors
from tinygrad_edu import linalg as linalg
from tinygrad_edu import sparse as sparse
from tinygrad_edu import storage as storage
from tinygrad_edu import methods as methods
from tinygrad_edu import printing as printing
from tinygrad_edu import grad_mode as grad_mode
from tinygrad_edu import twins as twins
from tinygrad_edu import typed_sizes as typed_sizes
from tinygrad_edu.tensor import tensor as tensor
from tinygrad_edu import typed as typed
from tinygrad_edu.typed import BoolTensor as BoolTensor
from tinygrad_edu.typed import ByteTensor as ByteTensor
from tinygrad_edu.typed import CharTensor as CharTensor
from tinygrad_edu.typed import DoubleTensor as DoubleTensor
from tinygrad_edu.typed import FloatTensor as FloatTensor
from tinygrad_edu.typed import HalfTensor as HalfTensor
from tinygrad_edu.typed import IntTensor as IntTensor
from tinygrad_edu.typed import LongTensor as LongTensor
from tinygrad_edu.typed import ShortTensor as ShortTensor
from tinygrad_edu.grad_mode import enable_grad as enable_grad
from tinygrad_edu.grad_mode import inference_mode as inference_mode
from tinygrad_edu.grad_mode import is_grad_enabled as is_grad_enabled
from tinygrad_edu.grad_mode import is_inference_mode_enabled as is_inference_mode_enabled
from tinygrad_edu.grad_mode import no_grad as no_grad
from tinygrad_edu.grad_mode import set_grad_enabled as set_grad_enabled
from tinygrad_edu import creation as creation
from tinygrad_edu.creation import arange as arange
from tinygrad_edu.creation import as_tensor as as_tensor
from tinygrad_edu.creation import empty as empty
from tinygrad_edu.creation import eye as eye
from tinygrad_edu.creation import from_dlpack as from_dlpack
from tinygrad_edu.creation import from_numpy as from_numpy
from tinygrad_edu.creation import full as full
from tinygrad_edu.creation import is_tensor as is_tensor
from tinygrad_edu.creation import linspace as linspace
from tinygrad_edu.creation import ones as ones
from tinygrad_edu.creation import zeros as zeros
from tinygrad_edu.ops.statistics import histogram as histogram
from tinygrad_edu.ops.statistics import histogramdd as histogramdd
from tinygrad_edu import copies as copies
from tinygrad_edu.copies import _split as unsafe_split_with_sizes
from tinygrad_edu.copies import slice_ as slice
from tinygrad_edu import functions as functions
from tinygrad_edu.functions import adjoint as adjoint
from tinygrad_edu.functions import angle as angle
from tinygrad_edu.functions import are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled
from tinygrad_edu.functions import argwhere as argwhere
from tinygrad_edu.functions import broadcast_shapes as broadcast_shapes
from tinygrad_edu.functions import broadcast_to as broadcast_to
from tinygrad_edu.functions import can_cast as can_cast
from tinygrad_edu.functions import detach as detach
from tinygrad_edu.functions import empty_like as empty_like
from tinygrad_edu.functions import empty_strided as empty_strided
from tinygrad_edu.functions import fill as fill
from tinygrad_edu.functions import full_like as full_like
from tinygrad_edu.functions import get_float32_matmul_precision as get_float32_matmul_precision
from tinygrad_edu.functions import get_num_threads as get_num_interop_threads
from tinygrad_edu.functions import get_num_threads as get_num_threads
from tinygrad_edu.functions import is_complex as is_complex
from tinygrad_edu.functions import is_floating_point as is_floating_point
from tinygrad_edu.functions import is_nonzero as is_nonzero
from tinygrad_edu.functions import is_same_size as is_same_size
from tinygrad_edu.functions import is_storage as is_storage
from tinygrad_edu.functions import logspace as logspace
from tinygrad_edu.functions import msort as msort
from tinygrad_edu.functions import ones_like as ones_like
from tinygrad_edu.functions import promote_types as promote_types
from tinygrad_edu.functions import randint_like as randint_like
from tinygrad_edu.functions import ravel as ravel
from tinygrad_edu.functions import scalar_tensor as scalar_tensor
from tinygrad_edu.functions import set_default_device as set_default_device
from tinygrad_edu.functions import set_default_tensor_type as set_default_tensor_type
from tinygrad_edu.functions import set_float32_matmul_precision as set_float32_matmul_precision
from tinygrad_edu.functions import set_num_threads as set_num_interop_threads
from tinygrad_edu.functions import set_num_threads as set_num_threads
from tinygrad_edu.functions import split_with_sizes as split_with_sizes
from tinygrad_edu.functions import tile as tile
from tinygrad_edu.functions import tril_indices as tril_indices
from tinygrad_edu.functions import triu_indices as triu_indices
from tinygrad_edu.functions import typename as typename
from tinygrad_edu.functions import unflatten as unflatten
from tinygrad_edu.functions import use_deterministic_algorithms as use_deterministic_algorithms
from tinygrad_edu.functions import zeros_like as zeros_like
from tinygrad_edu.functions import range_ as range
from tinygrad_edu.linalg import qr as qr
from tinygrad_edu.linalg import slogdet as slogdet
from tinygrad_edu.factors import geqrf as geqrf
from tinygrad_edu.factors import lu_unpack as lu_unpack
from tinygrad_edu.factors import pca_lowrank as pca_lowrank
from tinygrad_edu.factors import svd_lowrank as svd_lowrank
from tinygrad_edu.factors import triangular_solve as triangular_solve
from tinygrad_edu.linalg import svd_of as svd
from tinygrad_edu.sparse import sparse_coo_tensor as sparse_coo_tensor
from tinygrad_edu import autograd as autograd
from tinygrad_edu import nn as nn
from tinygrad_edu import optim as optim
from tinygrad_edu import runtime as runtime
from tinygrad_edu import utils as utils
from tinygrad_edu.random import initial_seed as initial_seed
from tinygrad_edu.random import manual_seed as manual_seed
from tinygrad_edu.random import seed as seed
from tinygrad_edu.random import set_rng_state as set_rng_state
from tinygrad_edu import compiler as compiler
from tinygrad_edu.nn.functions.sampling import grid_sampler as grid_sampler
from tinygrad_edu.nn.functions.sampling import grid_sampler_2d as grid_sampler_2d
from tinygrad_edu.nn.functions.sampling import grid_sampler_3d as grid_sampler_3d
from tinygrad_edu.nn.functions.pooling import adaptive_avg_pool1d as adaptive_avg_pool1d
from tinygrad_edu.nn.functions.dropout import alpha_dropout as alpha_dropout
from tinygrad_edu.nn.functions.pooling import avg_pool1d as avg_pool1d
from tinygrad_edu.nn.functions.normalization import batch_norm as batch_norm
from tinygrad_edu.nn.functions.distance import cdist as cdist
from tinygrad_edu.nn.functions.interpolation import channel_shuffle as channel_shuffle
from tinygrad_edu.nn.functions.convolution import conv1d as conv1d
from tinygrad_edu.nn.functions.convolution import conv2d as conv2d
from tinygrad_edu.nn.functions.convolution import conv3d as conv3d
from tinygrad_edu.nn.functions.convolution import conv_transpose1d as conv_transpose1d
from tinygrad_edu.nn.functions.convolution import conv_transpose2d as conv_transpose2d
from tinygrad_edu.nn.functions.convolution import conv_transpose3d as conv_transpose3d
from tinygrad_edu.nn.functions.distance import cosine_similarity as cosine_similarity
from tinygrad_edu.nn.functions.dropout import dropout as dropout
from tinygrad_edu.nn.functions.dropout import feature_alpha_dropout as feature_alpha_dropout
from tinygrad_edu.nn.functions.normalization import group_norm as group_norm
from tinygrad_edu.nn.functions.normalization import instance_norm as instance_norm
from tinygrad_edu.nn.functions.normalization import layer_norm as layer_norm
from tinygrad_edu.nn.functions.distance import pairwise_distance as pairwise_distance
from tinygrad_edu.nn.functions.distance import pdist as pdist
from tinygrad_edu.nn.functions.interpolation import pixel_shuffle as pixel_shuffle
from tinygrad_edu.nn.functions.interpolation import pixel_unshuffle as pixel_unshuffle
from tinygrad_edu.nn.functions.normalization import rms_norm as rms_norm
from tinygrad_edu import native as native
from tinygrad_edu.native import constant_pad_nd as constant_pad_nd
from tinygrad_edu.native import max_pool2d_with_indices_backward as max_pool2d_with_indices_backward
from tinygrad_edu.native import native_batch_norm as native_batch_norm
from tinygrad_edu.native import native_group_norm as native_group_norm
from tinygrad_edu.native import native_layer_norm as native_layer_norm
from tinygrad_edu import accelerator as accelerator
from tinygrad_edu import amp as amp
from tinygrad_edu import backends as backends
from tinygrad_edu import cuda as cuda
from tinygrad_edu import distributed as distributed
from tinygrad_edu import distributions as distributions
from tinygrad_edu import hub as hub
from tinygrad_edu import jit as jit
from tinygrad_edu import mps as mps
from tinygrad_edu import multiprocessing as multiprocessing
from tinygrad_edu import onnx as onnx
from tinygrad_edu import profiler as profiler
from tinygrad_edu import safetensors as safetensors
from tinygrad_edu import data as data
from tinygrad_edu import serialization as serialization
from tinygrad_edu import special as special
from tinygrad_edu import version as version
from tinygrad_edu import xpu as xpu
from tinygrad_edu import fft as fft
from tinygrad_edu import batching as batching
from tinygrad_edu import func as func
from tinygrad_edu import masked as masked
from tinygrad_edu import signal as signal
from tinygrad_edu.fft import stft as stft
from tinygrad_edu.batching import vmap as vmap
from tinygrad_edu.signal.windows import bartlett_window as bartlett_window
from tinygrad_edu.signal.windows import blackman_window as blackman_window
from tinygrad_edu.signal.windows import hamming_window as hamming_window
from tinygrad_edu.signal.windows import hann_window as hann_window
from tinygrad_edu.signal.windows import kaiser_window as kaiser_window
from tinygrad_edu.amp import autocast as autocast
from tinygrad_edu.printing import set_printoptions as set_printoptions
from tinygrad_edu.serialization import save as save
from tinygrad_edu import explain as explain
from tinygrad_edu import paths as paths
from tinygrad_edu import testing as testing
from tinygrad_edu import viz as viz
from numpy import dtype as dtype

registry: builtins.dict[Any, Any]
bfloat16: Any
complex64: Any
complex128: Any
float8_e4m3fn: Any
float8_e5m2: Any
def abs(input: Tensor) -> Tensor:
    """Absolute value."""
def acos(input: Tensor) -> Tensor:
    """Angle in radians, from 0 to π, of a given cosine."""
def acosh(input: Tensor) -> Tensor:
    """Inverse of cosh, from 0 up."""
def asin(input: Tensor) -> Tensor:
    """Angle in radians, from −π/2 to π/2, of a given sine."""
def asinh(input: Tensor) -> Tensor:
    """Inverse of sinh."""
def atan(input: Tensor) -> Tensor:
    """Angle in radians, from −π/2 to π/2, of a given tangent."""
def atan2(input: Tensor, other: Tensor | Number) -> Tensor:
    """Angle in radians, from −π to π, of the point with height x and width y."""
def atanh(input: Tensor) -> Tensor:
    """Inverse of tanh."""
def bitwise_and(input: Tensor, other: Tensor | Number) -> Tensor:
    """Bitwise and. Integers and booleans only."""
def bitwise_not(input: Tensor) -> Tensor:
    """Bitwise not; for booleans, the opposite."""
def bitwise_or(input: Tensor, other: Tensor | Number) -> Tensor:
    """Bitwise or. Integers and booleans only."""
def bitwise_xor(input: Tensor, other: Tensor | Number) -> Tensor:
    """Bitwise exclusive or. Integers and booleans only."""
def ceil(input: Tensor) -> Tensor:
    """The next whole number above; the derivative is zero everywhere."""
def clone(input: Tensor) -> Tensor:
    """A copy in memory of its own; the gradient flows through."""
def conj(input: Tensor) -> Tensor:
    """Of real numbers, the numbers themselves."""
def copysign(input: Tensor, other: Tensor | Number) -> Tensor:
    """|x| with the sign of y; the derivative in y is zero everywhere."""
def cos(input: Tensor) -> Tensor:
    """Cosine of an angle in radians."""
def cosh(input: Tensor) -> Tensor:
    """Hyperbolic cosine."""
def deg2rad(input: Tensor) -> Tensor:
    """Degrees to radians."""
def eq(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x = y."""
def erf(input: Tensor) -> Tensor:
    """Error function: how much of the bell curve exp(−t²) lies between −x and x."""
def erfc(input: Tensor) -> Tensor:
    """What the error function leaves to 1, exact also where that is tiny."""
def erfinv(input: Tensor) -> Tensor:
    """Inverse of the error function: ±inf at ±1, nan beyond."""
def exp(input: Tensor) -> Tensor:
    """Exponential."""
def exp2(input: Tensor) -> Tensor:
    """Power of two."""
def expm1(input: Tensor) -> Tensor:
    """eˣ − 1, exact also near 0."""
def floor(input: Tensor) -> Tensor:
    """The next whole number below; the derivative is zero everywhere."""
def floor_divide(input: Tensor, other: Tensor | Number) -> Tensor:
    """Quotient rounded down; its derivative is zero everywhere."""
def fmax(input: Tensor, other: Tensor | Number) -> Tensor:
    """The larger of two; a nan yields to a number."""
def fmin(input: Tensor, other: Tensor | Number) -> Tensor:
    """The smaller of two; a nan yields to a number."""
def fmod(input: Tensor, other: Tensor | Number) -> Tensor:
    """Remainder with the sign of the dividend, as C's fmod."""
def frac(input: Tensor) -> Tensor:
    """The part behind the point, with the sign of x."""
def ge(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x ≥ y."""
def gt(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x > y."""
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """Step: 0 below 0, 1 above, y at 0. The derivative in x is zero everywhere, and there is none in y."""
def hypot(input: Tensor, other: Tensor | Number) -> Tensor:
    """Length of the vector (x, y), without overflow."""
def isfinite(input: Tensor) -> Tensor:
    """Whether x is a finite number."""
def isinf(input: Tensor) -> Tensor:
    """Whether x is infinite."""
def isnan(input: Tensor) -> Tensor:
    """Whether x is not a number."""
def ldexp(input: Tensor, other: Tensor | Number) -> Tensor:
    """x times a power of two: x 2ʸ."""
def le(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x ≤ y."""
def log(input: Tensor) -> Tensor:
    """Natural logarithm."""
def log1p(input: Tensor) -> Tensor:
    """ln(1 + x), exact also near 0."""
def log2(input: Tensor) -> Tensor:
    """Logarithm to base 2."""
def log10(input: Tensor) -> Tensor:
    """Logarithm to base 10."""
def logaddexp(input: Tensor, other: Tensor | Number) -> Tensor:
    """Logarithm of a sum of exponentials, without overflow."""
def logaddexp2(input: Tensor, other: Tensor | Number) -> Tensor:
    """Logarithm to base 2 of a sum of powers of 2, without overflow."""
def logical_and(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether both are nonzero."""
def logical_not(input: Tensor) -> Tensor:
    """Whether x is zero."""
def logical_or(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether one is nonzero."""
def logical_xor(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether exactly one is nonzero."""
def lt(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x < y."""
def maximum(input: Tensor, other: Tensor | Number) -> Tensor:
    """The larger of two, nan where either is nan."""
def minimum(input: Tensor, other: Tensor | Number) -> Tensor:
    """The smaller of two, nan where either is nan."""
def mul(input: Tensor, other: Tensor | Number) -> Tensor:
    """Product."""
def nan_to_num(input: Tensor, nan: builtins.float = 0.0, posinf: builtins.float | None = None, neginf: builtins.float | None = None) -> Tensor:
    """Numbers in place of nan and ±inf; where one was put, the derivative is 0."""
def ne(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x ≠ y."""
def neg(input: Tensor) -> Tensor:
    """Opposite sign."""
def positive(input: Tensor) -> Tensor:
    """A copy of x."""
def pow(input: Tensor, exponent: Tensor | Number) -> Tensor:
    """Power."""
def rad2deg(input: Tensor) -> Tensor:
    """Radians to degrees."""
def reciprocal(input: Tensor) -> Tensor:
    """Reciprocal."""
def relu(input: Tensor) -> Tensor:
    """Rectifier: negative numbers become 0."""
def remainder(input: Tensor, other: Tensor | Number) -> Tensor:
    """Remainder with the sign of the divisor, as Python's %."""
def round(input: Tensor, decimals: builtins.int = 0) -> Tensor:
    """The nearest whole number (or number of decimals), halves to even; the derivative is zero everywhere."""
def rsqrt(input: Tensor) -> Tensor:
    """Reciprocal of the square root."""
def sigmoid(input: Tensor) -> Tensor:
    """Logistic function: the lesson's squish to (0, 1)."""
def sign(input: Tensor) -> Tensor:
    """Sign: −1, 0 or 1. The derivative is zero everywhere."""
def signbit(input: Tensor) -> Tensor:
    """Whether the sign bit is set, which tells −0 from 0."""
def sin(input: Tensor) -> Tensor:
    """Sine of an angle in radians."""
def sinc(input: Tensor) -> Tensor:
    """The normalized sinc."""
def sinh(input: Tensor) -> Tensor:
    """Hyperbolic sine."""
def sqrt(input: Tensor) -> Tensor:
    """Square root."""
def square(input: Tensor) -> Tensor:
    """Square."""
def tan(input: Tensor) -> Tensor:
    """Tangent of an angle in radians."""
def tanh(input: Tensor) -> Tensor:
    """Hyperbolic tangent: a squish to (−1, 1)."""
def trunc(input: Tensor) -> Tensor:
    """The whole part, toward zero; the derivative is zero everywhere."""
def xlogy(input: Tensor, other: Tensor | Number) -> Tensor:
    """x ln y, 0 where x is 0, whatever the logarithm; nan where y is."""
def clamp(input: Tensor, min: Tensor | Number | None = None, max: Tensor | Number | None = None, *, a_min: Any = None, a_max: Any = None) -> Tensor:
    """Limited to the numbers from min to max (a_min and a_max in NumPy); the limits may be tensors."""
def gather(input: Tensor, dim: builtins.int, index: Tensor) -> Tensor:
    """Pick along one axis: z[i, j] = x[index[i, j], j] for dim 0."""
def index_select(input: Tensor, dim: builtins.int, index: Tensor) -> Tensor:
    """Slices along an axis, in the order of an integer vector."""
def masked_fill(input: Tensor, mask: Tensor, value: Tensor | Number) -> Tensor:
    """x with one number where the mask holds."""
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The numbers where the mask holds, as a vector."""
@overload
def nonzero(input: Tensor, as_tuple: Literal[True]) -> builtins.tuple[Tensor, ...]:
    """Where x is not zero: one row of coordinates for each, or one vector for each axis."""
@overload
def nonzero(input: Tensor, as_tuple: Literal[False] = False) -> Tensor:
    """Where x is not zero: one row of coordinates for each, or one vector for each axis."""
@overload
def nonzero(input: Tensor, as_tuple: builtins.bool = False) -> Any:
    """Where x is not zero: one row of coordinates for each, or one vector for each axis."""
def nonzero_static(x: Any, *, size: builtins.int | Sequence[builtins.int], fill_value: builtins.float = -1) -> Tensor:
    """As nonzero, cut after `size` rows, or filled up to so many."""
def scatter_add(input: Tensor, dim: builtins.int, index: Tensor, src: Tensor) -> Tensor:
    """x with src added at places given along one axis; repeated places add up."""
def take_along_axis(x: Any, indices: Any, axis: builtins.float = -1) -> Tensor:
    """NumPy's gather: the index broadcasts against x on every other axis."""
def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """Inner product of two vectors."""
def einsum(subscripts: Any, *operands: Any) -> Tensor:
    """Sums of products, named by letters: 'bij,bjk->bik' is a batch of matrix products."""
def inner(input: Tensor, other: Tensor | Number) -> Tensor:
    """Sums of products along the last axes."""
def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of two vectors."""
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta · input + alpha · Σ batch1[i] batch2[i]."""
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Tensor | Number = 1) -> Tensor:
    """input + value · tensor1 / tensor2."""
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Tensor | Number = 1) -> Tensor:
    """input + value · tensor1 · tensor2."""
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta · input + alpha · mat1 mat2."""
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta · input + alpha · mat vec."""
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta · input + alpha · vec1 vec2ᵀ."""
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta · input + alpha · batch1 batch2, matrix by matrix."""
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """Products of matrices, one by one: (b, n, k), (b, k, m) -> (b, n, m)."""
def chain_matmul(*matrices: Any) -> Tensor:
    """The product of several matrices, in the order that costs least."""
def cross(input: Tensor, other: Tensor | Number, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
    """Cross products of vectors with three numbers along an axis: the last, or for torch.cross the first of length 3."""
def float_power(input: Tensor, exponent: Tensor | Number) -> Tensor:
    """Power, computed in float64."""
def ger(input: Tensor, vec2: Tensor) -> Tensor:
    """All products of two vectors."""
def isclose(input: Tensor, other: Tensor | Number, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> Tensor:
    """Whether |input − other| ≤ atol + rtol |other|, number by number."""
def isneginf(input: Tensor) -> Tensor:
    """Whether x = −inf."""
def isposinf(input: Tensor) -> Tensor:
    """Whether x = inf."""
def isreal(input: Tensor) -> Tensor:
    """Whether x is real: all numbers here are."""
def kron(input: Tensor, other: Tensor | Number) -> Tensor:
    """All products, laid out so that each number of input becomes a block: input[i] · other."""
def lerp(input: Tensor, end: Any, weight: Tensor) -> Tensor:
    """input + weight · (end − input): on the line between both, from whichever end is nearer, as PyTorch."""
def logit(input: Tensor, eps: builtins.float | None = None) -> Tensor:
    """ln(x / (1 − x)); x is first limited to [eps, 1 − eps]."""
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """Product of two matrices; the first may be sparse."""
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """Matrix times vector."""
def rsub(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """other − alpha · input."""
def vdot(input: Tensor, other: Tensor | Number) -> Tensor:
    """Inner product of two vectors."""
def add(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """input + alpha · other."""
def div(input: Tensor, other: Tensor | Number, *, rounding_mode: builtins.str | None = None) -> Tensor:
    """Quotient; rounding_mode 'floor' or 'trunc' rounds it."""
def bitwise_left_shift(input: Tensor, other: Tensor | Number) -> Tensor:
    """input · 2ᵒᵗʰᵉʳ, of whole numbers."""
def matmul(input: Tensor, other: Tensor | Number) -> Tensor:
    """Matrix product; leading axes broadcast, a vector is a row on the left and a column on the right."""
def bitwise_right_shift(input: Tensor, other: Tensor | Number) -> Tensor:
    """⌊input / 2ᵒᵗʰᵉʳ⌋, of whole numbers."""
def sub(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """input − alpha · other."""
def all(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
    """Whether all numbers are nonzero."""
def amax(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
    """Largest number; nan where there is one."""
def amin(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
    """Smallest number; nan where there is one."""
def any(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
    """Whether some number is nonzero."""
def argmax(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
    """Where the largest number is, the first of them; in the flattened array where dim is None."""
def argmin(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
    """Where the smallest number is, the first of them; in the flattened array where dim is None."""
def count_nonzero(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
    """How many numbers are not zero."""
def logsumexp(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
    """Logarithm of a sum of exponentials, without overflow: a smooth maximum."""
def mean(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, dtype: DTypeLike | None = None) -> Tensor:
    """Arithmetic mean; nan of nothing."""
def std(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, unbiased: builtins.bool | None = None, keepdim: builtins.bool = False, *, correction: builtins.int | None = None) -> Tensor:
    """Standard deviation: the root of `variance`."""
def sum(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, dtype: DTypeLike | None = None) -> Tensor:
    """Sum. Integers and booleans add up as int64."""
def argsort(input: Tensor, dim: builtins.int = -1, descending: builtins.bool = False, stable: builtins.bool = False, *, kind: Any = None) -> Tensor:
    """Where each number of the sorted array came from; always stable."""
@overload
def max(input: Tensor, dim: builtins.int, keepdim: builtins.bool = False, *, other: Tensor | Number | None = None) -> Values:
    """Largest of all numbers; along an axis, (values, indices); with a tensor, the larger of two."""
@overload
def max(input: Tensor, dim: Tensor | None = None, keepdim: builtins.bool = False, *, other: Tensor | Number | None = None) -> Tensor:
    """Largest of all numbers; along an axis, (values, indices); with a tensor, the larger of two."""
@overload
def min(input: Tensor, dim: builtins.int, keepdim: builtins.bool = False, *, other: Tensor | Number | None = None) -> Values:
    """Smallest of all numbers; along an axis, (values, indices); with a tensor, the smaller of two."""
@overload
def min(input: Tensor, dim: Tensor | None = None, keepdim: builtins.bool = False, *, other: Tensor | Number | None = None) -> Tensor:
    """Smallest of all numbers; along an axis, (values, indices); with a tensor, the smaller of two."""
def topk(input: Tensor, k: builtins.int, dim: builtins.int = -1, largest: builtins.bool = True, sorted: builtins.bool = True) -> Values:
    """The k largest (or smallest) numbers along an axis, in order, and where each came from."""
def sort(input: Tensor, dim: builtins.int = -1, descending: builtins.bool = False, stable: builtins.bool = False) -> Values:
    """(values, indices) in order along an axis; always stable."""
def var(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, unbiased: builtins.bool | None = None, keepdim: builtins.bool = False, *, correction: builtins.int | None = None) -> Tensor:
    """Variance; `unbiased` and `correction` say what is taken from n in the denominator (1 unless given)."""
def cat(tensors: Tensor | Sequence[Tensor], dim: builtins.int = 0) -> Tensor:
    """Tensors in a row along an axis that exists; PyTorch's name for concatenate."""
def chunk(input: Tensor, chunks: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """At most `chunks` pieces of equal length, the last one perhaps shorter. Views."""
def diag(input: Tensor, diagonal: builtins.int = 0) -> Tensor:
    """A vector becomes the diagonal of a matrix; of a matrix, the diagonal is taken."""
def diagonal(input: Tensor, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.float = 1) -> Tensor:
    """The diagonal of two axes, as the last axis."""
def flatten(input: Tensor, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Tensor:
    """The axes from start_dim to end_dim made one."""
def movedim(input: Tensor, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int]) -> Tensor:
    """Axes moved to other places, the rest in order."""
def roll(input: Tensor, shifts: builtins.int | Sequence[builtins.int], dims: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
    """The numbers pushed along, those that fall off come in at the other end; without dims, flattened."""
def split(input: Tensor, split_size: builtins.int | Sequence[builtins.int], dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """Pieces of a length, the last one perhaps shorter; or of the lengths in a list. Views."""
def squeeze(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
    """Axes of length 1 left out: all, or those of dim that have length 1."""
def stack(tensors: Tensor | Sequence[Tensor], dim: builtins.int = 0) -> Tensor:
    """Tensors of one shape in a row along a new axis."""
def trace(input: Tensor) -> Tensor:
    """Sum of the main diagonal of a matrix."""
def tril(input: Tensor, diagonal: builtins.int = 0) -> Tensor:
    """The lower triangle, zeros above."""
def triu(input: Tensor, diagonal: builtins.int = 0) -> Tensor:
    """The upper triangle, zeros below."""
def unbind(input: Tensor, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """The slices along an axis, one by one, without that axis. Views."""
def unsqueeze(input: Tensor, dim: builtins.int) -> Tensor:
    """A new axis of length 1 (or several, where dim is a tuple)."""
def atleast_1d(*tensors: Tensor | Sequence[Tensor]) -> Any:
    """Tensors with at least one axis; a single one comes back by itself."""
def atleast_2d(*tensors: Tensor | Sequence[Tensor]) -> Any:
    """Tensors with at least two axes, new ones in front."""
def atleast_3d(*tensors: Tensor | Sequence[Tensor]) -> Any:
    """Tensors with at least three axes: a vector becomes (1, n, 1), a matrix (n, m, 1)."""
def block_diag(*tensors: Tensor | Sequence[Tensor]) -> Tensor:
    """Matrices along the diagonal of a larger one, zeros beside them."""
def broadcast_tensors(*tensors: Tensor | Sequence[Tensor]) -> builtins.tuple[Tensor, ...]:
    """Tensors repeated to the shape that they share. Views."""
def cartesian_prod(*tensors: Tensor | Sequence[Tensor]) -> Tensor:
    """All combinations of one number from each vector, a row each."""
def column_stack(tensors: Tensor | Sequence[Tensor]) -> Tensor:
    """Side by side, vectors as columns."""
def combinations(input: Tensor, r: builtins.float = 2, with_replacement: builtins.bool = False) -> Tensor:
    """All ways to take r numbers from a vector, in order, a row each."""
def diag_embed(input: Tensor, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.float = -1) -> Tensor:
    """Vectors along the last axis as the diagonals of matrices, whose two axes are dim1 and dim2."""
def diagflat(input: Tensor, offset: builtins.int = 0) -> Tensor:
    """All numbers as the diagonal of a matrix."""
def diagonal_scatter(input: Tensor, src: Tensor, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.float = 1) -> Tensor:
    """A copy with src on the diagonal."""
def dsplit(input: Tensor, indices_or_sections: builtins.int | Sequence[builtins.int]) -> builtins.tuple[Tensor, ...]:
    """Cut along the third axis into equal parts, or before the given indices."""
def dstack(tensors: Tensor | Sequence[Tensor]) -> Tensor:
    """One behind the other: along the third axis."""
def fliplr(input: Tensor) -> Tensor:
    """Left and right exchanged: the second axis reversed."""
def flipud(input: Tensor) -> Tensor:
    """Up and down exchanged: the first axis reversed."""
def hsplit(input: Tensor, indices_or_sections: builtins.int | Sequence[builtins.int]) -> builtins.tuple[Tensor, ...]:
    """Cut along the second axis (a vector's only one) into equal parts, or before the given indices."""
def hstack(tensors: Tensor | Sequence[Tensor]) -> Tensor:
    """Side by side: along the second axis, vectors along their only one."""
def meshgrid(*tensors: Tensor | Sequence[Tensor], indexing: builtins.str = 'ij') -> builtins.tuple[Tensor, ...]:
    """The coordinates of a grid: for each of k vectors, its numbers laid out along axis i of k axes."""
def narrow(input: Tensor, dim: builtins.int, start: builtins.int, length: builtins.int) -> Tensor:
    """`length` slices along an axis, from `start`. A view."""
def rot90(input: Tensor, k: builtins.int = 1, dims: builtins.int | Sequence[builtins.int] = ...) -> Tensor:
    """Turned by k quarters in the plane of two axes, from the first toward the second."""
def row_stack(tensors: Tensor | Sequence[Tensor]) -> Tensor:
    """One above the other: along the first axis, vectors as rows."""
def select(input: Tensor, dim: builtins.int, index: Tensor) -> Tensor:
    """One slice along an axis, without that axis. A view."""
def select_scatter(input: Tensor, src: Tensor, dim: builtins.int, index: Tensor) -> Tensor:
    """A copy with src in the place of one slice along an axis."""
def slice_scatter(input: Tensor, src: Tensor, dim: builtins.int = 0, start: builtins.int | None = None, end: Any = None, step: builtins.int = 1) -> Tensor:
    """A copy with src in the place of some slices along an axis."""
def swapaxes(input: Tensor, axis0: builtins.int, axis1: builtins.int) -> Tensor:
    """Two axes exchanged. A view."""
def t(input: Tensor) -> Tensor:
    """A matrix transposed; a vector as it is."""
def tensor_split(input: Tensor, indices_or_sections: builtins.int | Sequence[builtins.int], dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """Pieces as equal as can be, their number given; or cut before the given indices. Views."""
def vander(x: Any, N: Any = None, increasing: builtins.bool = False) -> Tensor:
    """The powers of a vector's numbers, a column each, from the highest down (or from 0 up)."""
def vsplit(input: Tensor, indices_or_sections: builtins.int | Sequence[builtins.int]) -> builtins.tuple[Tensor, ...]:
    """Cut along the first axis into equal parts, or before the given indices."""
def vstack(tensors: Tensor | Sequence[Tensor]) -> Tensor:
    """One above the other: along the first axis, vectors as rows."""
def index_add(input: Tensor, dim: builtins.int, index: Tensor, source: Tensor, *, alpha: Number = 1) -> Tensor:
    """A copy with slices of source added at places along an axis: z[index[i], :] += alpha source[i, :]."""
def index_copy(input: Tensor, dim: builtins.int, index: Tensor, source: Tensor) -> Tensor:
    """A copy with slices of source written at places along an axis: z[index[i], :] = source[i, :]."""
def index_fill(input: Tensor, dim: builtins.int, index: Tensor, value: Tensor | Number) -> Tensor:
    """A copy with one number written to the slices at index along an axis."""
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: builtins.bool = False) -> Tensor:
    """A copy with values at input[indices]; accumulate adds them instead."""
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy with the numbers of source, in order, where the mask holds."""
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: builtins.bool = False) -> Tensor:
    """A copy with numbers of source at places of the flattened tensor; accumulate adds them instead."""
def scatter(input: Tensor, dim: builtins.int, index: Tensor, src: Tensor | None = None, *, value: Tensor | Number | None = None, reduce: builtins.str | None = None) -> Tensor:
    """A copy with numbers of src (or one number) written at places along an axis: z[index[i, j], j] = src[i, j]."""
def scatter_reduce(input: Tensor, dim: builtins.int, index: Tensor, src: Tensor, reduce: builtins.str, *, include_self: builtins.bool = True) -> Tensor:
    """Numbers of src that fall on one place along an axis, made one: their sum, prod, mean, amax or amin."""
def take(input: Tensor, index: Tensor) -> Tensor:
    """Numbers of the flattened tensor, in the shape of index."""
def take_along_dim(input: Tensor, indices: Any, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
    """Numbers along an axis, the index broadcasting on the others; without dim, of the flattened tensor."""
def aminmax(input: Tensor, *, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Extremes:
    """(min, max) of all numbers, or along an axis."""
def bincount(input: Tensor, weights: Tensor | None = None, minlength: builtins.int = 0) -> Tensor:
    """How often each whole number from 0 up occurs; or the sum of the weights that come with it."""
def bucketize(input: Tensor, boundaries: Tensor, *, out_int32: builtins.bool = False, right: builtins.bool = False) -> Tensor:
    """Between which boundaries each number falls."""
def corrcoef(input: Tensor) -> Tensor:
    """Correlations of variables, one a row: (n, m) -> (n, n)."""
def cov(input: Tensor, *, correction: builtins.int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
    """Covariances of variables, one a row: (n, m) -> (n, n)."""
def cummax(input: Tensor, dim: builtins.int) -> Values:
    """(values, indices): the largest number up to each place along an axis."""
def cummin(input: Tensor, dim: builtins.int) -> Values:
    """(values, indices): the smallest number up to each place along an axis."""
def cumprod(input: Tensor, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
    """Running product along an axis."""
def cumsum(input: Tensor, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
    """Running sum along an axis."""
def prod(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
    """Product of all numbers, or along an axis."""
def repeat_interleave(input: Tensor, repeats: Tensor | builtins.int | None = None, dim: builtins.int | Sequence[builtins.int] | None = None, *, output_size: builtins.int | Sequence[builtins.int | None] | None = None) -> Tensor:
    """Each slice along an axis (each number, without dim) repeated on the spot: so many times, or as often as a tensor says. With a vector of counts alone, each place as often as it counts."""
def cumulative_trapezoid(y: Any, x: Any = None, *, dx: builtins.float = 1, dim: builtins.int = -1) -> Tensor:
    """As trapezoid, up to each point."""
def dist(input: Tensor, other: Tensor | Number, p: Number = 2) -> Tensor:
    """The p-norm of the difference."""
def histc(input: Tensor, bins: builtins.int = 100, min: Tensor | Number = 0, max: Tensor | Number = 0) -> Tensor:
    """How many numbers fall into each of `bins` equal parts of [min, max]; of their own range where both are equal."""
def isin(elements: Tensor, test_elements: Any, *, assume_unique: builtins.bool = False, invert: builtins.bool = False) -> Tensor:
    """Whether each number is among the others."""
def kthvalue(input: Tensor, k: builtins.int, dim: builtins.int = -1, keepdim: builtins.bool = False) -> Values:
    """(values, indices) of the k-th smallest number along an axis; k counts from 1."""
def logcumsumexp(input: Tensor, dim: builtins.int) -> Tensor:
    """ln(exp x[0] + ... + exp x[i]) at each place i along an axis."""
@overload
def median(input: Tensor, dim: builtins.int, keepdim: builtins.bool = False) -> Values:
    """The middle of all numbers, the lower one of two; along an axis, (values, indices). nan where there is one."""
@overload
def median(input: Tensor, dim: Tensor | None = None, keepdim: builtins.bool = False) -> Tensor:
    """The middle of all numbers, the lower one of two; along an axis, (values, indices). nan where there is one."""
def mode(input: Tensor, dim: builtins.int = -1, keepdim: builtins.bool = False) -> Values:
    """(values, indices) of the number that occurs most often along an axis, the smallest of several."""
def nanmean(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
    """Mean of what is no nan."""
@overload
def nanmedian(input: Tensor, dim: builtins.int, keepdim: builtins.bool = False) -> Values:
    """As median, of what is no nan."""
@overload
def nanmedian(input: Tensor, dim: Tensor | None = None, keepdim: builtins.bool = False) -> Tensor:
    """As median, of what is no nan."""
def nanquantile(input: Tensor, q: Tensor | builtins.float, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, interpolation: builtins.str = 'linear') -> Tensor:
    """As quantile, of what is no nan."""
def nansum(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
    """Sum of what is no nan."""
def quantile(input: Tensor, q: Tensor | builtins.float, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, interpolation: builtins.str = 'linear') -> Tensor:
    """The number below which a share q of the others lies; between two of them as `interpolation` says."""
def renorm(input: Tensor, p: Number, dim: builtins.int, maxnorm: builtins.float) -> Tensor:
    """Each slice along an axis scaled down to a p-norm of at most maxnorm."""
def searchsorted(sorted_sequence: Tensor, input: Tensor, *, out_int32: builtins.bool = False, right: builtins.bool = False, side: Any = None, sorter: Any = None) -> Tensor:
    """Before which place in sorted rows each number would stand: (..., n), (..., m) -> (..., m)."""
def log_softmax(input: Tensor, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
    """Logarithms of the shares that softmax gives."""
def softmax(input: Tensor, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
    """Numbers along an axis as shares that add up to 1."""
def std_mean(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, unbiased: builtins.bool | None = None, keepdim: builtins.bool = False, *, correction: builtins.int | None = None) -> builtins.tuple[Tensor, Tensor]:
    """(standard deviation, mean)."""
def trapezoid(y: Any, x: Any = None, *, dx: builtins.float = 1, dim: builtins.int = -1) -> Tensor:
    """Integral by trapezoids along an axis, over points x or at steps of dx."""
def unique(input: Tensor, sorted: builtins.bool = True, return_inverse: builtins.bool = False, return_counts: builtins.bool = False, dim: builtins.int | Sequence[builtins.int] | None = None) -> Any:
    """The numbers (or slices along an axis) that differ, in order; where each went, and how often it occurs."""
def unique_consecutive(input: Tensor, return_inverse: builtins.bool = False, return_counts: builtins.bool = False, dim: builtins.int | Sequence[builtins.int] | None = None) -> Any:
    """As unique, of neighbours only: runs of equal numbers become one."""
def var_mean(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, unbiased: builtins.bool | None = None, keepdim: builtins.bool = False, *, correction: builtins.int | None = None) -> builtins.tuple[Tensor, Tensor]:
    """(variance, mean)."""
def diff(input: Tensor, n: builtins.int = 1, dim: builtins.int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
    """Differences of neighbours along an axis, n times over; with slices put before or behind."""
def i0(input: Tensor) -> Tensor:
    """Modified Bessel function of the first kind, of order 0."""
def gradient(input: Tensor, *, spacing: Any = None, dim: builtins.int | Sequence[builtins.int] | None = None, edge_order: builtins.float = 1) -> Tensor:
    """Slopes along axes, one tensor for each: of the parabola through three neighbours; at the ends, of the line through two (edge_order 1) or the parabola through three (2)."""
def frexp(input: Tensor) -> Tensor:
    """(mantissa, exponent) of each number; the exponent is an int32, and no gradient passes through it."""
def gcd(input: Tensor, other: Tensor | Number) -> Tensor:
    """The greatest common divisor of whole numbers."""
def hash_tensor(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, mode: builtins.float = 0) -> Tensor:
    """The bits of all numbers (or of those along axes), joined by exclusive or: a uint64."""
def lcm(input: Tensor, other: Tensor | Number) -> Tensor:
    """The least common multiple of whole numbers."""
def nextafter(input: Tensor, other: Tensor | Number) -> Tensor:
    """The next float after input on the way to other; its derivative is that of input, as in PyTorch."""
def digamma(input: Tensor) -> Tensor:
    """Derivative of the logarithm of the gamma function."""
def igamma(a: Any, input: Tensor) -> Tensor:
    """The share of the gamma integral that lies below x. There is no derivative in a here, as in PyTorch."""
def igammac(a: Any, input: Tensor) -> Tensor:
    """The share of the gamma integral that lies above x. There is no derivative in a here, as in PyTorch."""
def lgamma(input: Tensor) -> Tensor:
    """Logarithm of the absolute value of the gamma function."""
def mvlgamma(input: Tensor, p: Number) -> Tensor:
    """Logarithm of the gamma function of matrices: Σᵢ ln Γ(x − i/2), i < p, and p (p − 1) / 4 · ln π."""
def polygamma(n: builtins.int, input: Tensor) -> Tensor:
    """The n-th derivative of digamma: n whole, 0 for digamma itself."""
def index_reduce(input: Tensor, dim: builtins.int, index: Tensor, source: Tensor, reduce: builtins.str, *, include_self: builtins.bool = True) -> Tensor:
    """Slices of source that an index sends to one place along an axis, made one: their prod, mean, amax or amin."""
def segment_reduce(data: Any, reduce: builtins.str, *, lengths: Any = None, indices: Any = None, offsets: Any = None, axis: builtins.float = 0, unsafe: builtins.bool = False, initial: Any = None) -> Tensor:
    """Consecutive parts of an axis, each made one: sum, mean, max, min or prod."""
def as_strided(input: Tensor, size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int], storage_offset: Any = None) -> Tensor:
    """Number i of axis k lies stride[k] · i places behind the first, which lies storage_offset behind the memory's start. A view; numbers that it shows several times can be read, and not written."""
def as_strided_scatter(input: Tensor, src: Tensor, size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int], storage_offset: Any = None) -> Tensor:
    """A copy with src at the places that as_strided shows."""
def alias_copy(input: Tensor) -> Tensor:
    """`alias` with memory of its own."""
def as_strided_copy(input: Tensor, size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int], storage_offset: Any = None) -> Tensor:
    """`as_strided` with memory of its own."""
def detach_copy(input: Tensor) -> Tensor:
    """`detach` with memory of its own."""
def diagonal_copy(input: Tensor, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.int = 1) -> Tensor:
    """`diagonal` with memory of its own."""
def expand_copy(input: Tensor, size: builtins.int | Sequence[builtins.int], implicit: builtins.bool = False) -> Tensor:
    """`expand` with memory of its own."""
def narrow_copy(input: Tensor, dim: builtins.int, start: builtins.int, length: builtins.int) -> Tensor:
    """`narrow` with memory of its own."""
def permute_copy(input: Tensor, dims: builtins.int | Sequence[builtins.int]) -> Tensor:
    """`permute` with memory of its own."""
def select_copy(input: Tensor, dim: builtins.int, index: Tensor) -> Tensor:
    """`select` with memory of its own."""
def slice_copy(input: Tensor, dim: builtins.int = 0, start: builtins.int | None = None, end: builtins.int | None = None, step: builtins.int = 1) -> Tensor:
    """`slice` with memory of its own."""
def split_copy(input: Tensor, split_size: builtins.int | Sequence[builtins.int], dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """`split` with memory of its own."""
def split_with_sizes_copy(input: Tensor, split_sizes: Sequence[builtins.int], dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """`split_with_sizes` with memory of its own."""
def squeeze_copy(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
    """`squeeze` with memory of its own."""
def t_copy(input: Tensor) -> Tensor:
    """`t` with memory of its own."""
def transpose_copy(input: Tensor, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    """`transpose` with memory of its own."""
def unbind_copy(input: Tensor, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """`unbind` with memory of its own."""
def unfold_copy(input: Tensor, dimension: Any, size: builtins.int | Sequence[builtins.int], step: builtins.int) -> Tensor:
    """`unfold` with memory of its own."""
def unsafe_chunk(input: Tensor, chunks: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
    """At most `chunks` pieces of equal length, the last one perhaps shorter. Views."""
def unsafe_split(input: Tensor, split_size: builtins.int | Sequence[builtins.int], dim: builtins.int = 0) -> Tensor:
    """As split."""
def unsqueeze_copy(input: Tensor, dim: builtins.int) -> Tensor:
    """`unsqueeze` with memory of its own."""
def view_copy(input: Tensor, size: builtins.int | Sequence[builtins.int]) -> Tensor:
    """`view` with memory of its own."""
def cholesky(input: Tensor, *, upper: builtins.bool = False) -> Tensor:
    """Lower triangle L of a symmetric, positive definite matrix L Lᵀ; or Lᵀ."""
def cholesky_inverse(L: Tensor, upper: builtins.bool = False) -> Tensor:
    """A⁻¹ of A = L Lᵀ (or, for upper, Lᵀ L)."""
def cholesky_solve(B: Tensor, L: Tensor, upper: builtins.bool = False) -> Tensor:
    """X with A X = B, of A = L Lᵀ (or, for upper, Lᵀ L). One triangle is read; the derivative, as PyTorch's, is that of the whole matrix."""
def det(input: Tensor) -> Tensor:
    """Determinant."""
def logdet(input: Tensor) -> Tensor:
    """ln det; nan where the determinant is negative."""
def tensordot(a: Any, b: Any, dims: builtins.int | Sequence[builtins.int] = 2, out: Any = None) -> Tensor:
    """Sums of products along pairs of axes: their number, or a list of each tensor's."""
def matrix_power(A: Tensor, n: builtins.int) -> Tensor:
    """A multiplied with itself, n factors; of the inverse where n is negative."""
def pinv(A: Tensor, *, atol: Any = None, rtol: Any = None, hermitian: builtins.bool = False) -> Tensor:
    """Pseudoinverse; singular values below rtol times the largest count as zero."""
def lu_solve(b: Any, LU_data: Any, LU_pivots: Any) -> Tensor:
    """PyTorch's older name and order of linalg.lu_solve: X with A X = b."""
def ormqr(input: Tensor, tau: Any, other: Tensor | Number, left: builtins.bool = True, transpose: builtins.bool = False) -> Tensor:
    """Q other (other Q where left is False; Qᵀ for transpose), of the reflections that `geqrf` leaves."""
def lu(A: Tensor, pivot: builtins.bool = True, get_infos: builtins.bool = False) -> builtins.tuple[Tensor, ...]:
    """PyTorch's older name of lu_factor: (LU, pivots), and with get_infos also infos."""
def inverse(input: Tensor) -> Tensor:
    """Inverse matrix."""
def matrix_exp(A: Tensor) -> Tensor:
    """Σ Aᵏ / k!, of square matrices."""
def norm(input: Tensor, p: builtins.float | builtins.str = 'fro', dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, dtype: DTypeLike | None = None) -> Tensor:
    """PyTorch's older norm: of all numbers, or along axes; 'nuc' of matrices."""
def spmm(mat1: Tensor, mat2: Tensor) -> Tensor:
    """Sparse times dense."""
def bernoulli(input: Tensor, p: builtins.float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that stands there, else 0, in the input's shape and dtype; p: one for all."""
default_generator: Any
def get_rng_state() -> Tensor:
    """Where the package's stream stands, as a uint8 tensor."""
def multinomial(input: Tensor, num_samples: builtins.int, replacement: builtins.bool = False, *, generator: Generator | None = None) -> Tensor:
    """Places drawn with chances proportional to the weights at them: (n) -> (k), or (m, n) -> (m, k), int64."""
def normal(mean: Tensor | builtins.float, std: Tensor | builtins.float = 1.0, size: Sequence[builtins.int] | None = None, *, generator: Generator | None = None, dtype: DTypeLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
    """Numbers from bell curves: mean and std are tensors, which broadcast, or two numbers and a size."""
def rand(*sizes: builtins.int | Sequence[builtins.int], size: builtins.int | Sequence[builtins.int] | None = None, generator: Generator | None = None, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False, pin_memory: builtins.bool = False) -> Tensor:
    """Uniform numbers, 0 ≤ x < 1, in a shape."""
def rand_like(input: Tensor, *, generator: Generator | None = None, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
    """`rand` in the shape and dtype of a tensor."""
def randint(*args: Any, low: Any = None, high: Any = None, size: Sequence[builtins.int] | None = None, generator: Generator | None = None, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
    """Whole numbers, low ≤ x < high: randint(high, size) or randint(low, high, size); low is else 0."""
def randn(*sizes: builtins.int | Sequence[builtins.int], size: builtins.int | Sequence[builtins.int] | None = None, generator: Generator | None = None, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False, pin_memory: builtins.bool = False) -> Tensor:
    """Numbers from the bell curve with mean 0 and deviation 1, in a shape."""
def randn_like(input: Tensor, *, generator: Generator | None = None, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
    """`randn` in the shape and dtype of a tensor."""
def randperm(n: builtins.int, *, generator: Generator | None = None, dtype: DTypeLike | None = None, device: DeviceLike | None = None) -> Tensor:
    """The numbers 0 to n − 1 in random order: (n), int64 unless dtype says otherwise."""
def compile(function: Any = None, *, check_every: builtins.int | None = None, threads: builtins.int = 1, without: Any = ..., fullgraph: builtins.bool = False, dynamic: builtins.bool | None = None, backend: builtins.str = 'inductor', mode: builtins.str | None = None, options: Any = None, disable: builtins.bool = False) -> Any:
    """Turn a training step into one flat NumPy program, to read and to run fast. It computes the same bits."""
@overload
def max_pool1d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, *, return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest number of each window of a sequence: (n, c, l) -> (n, c, l')."""
@overload
def max_pool1d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: Literal[False] = False) -> Tensor:
    """The largest number of each window of a sequence: (n, c, l) -> (n, c, l')."""
@overload
def max_pool1d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Any:
    """The largest number of each window of a sequence: (n, c, l) -> (n, c, l')."""
@overload
def max_pool2d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, *, return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest number of each window of an image: (n, c, h, w) -> (n, c, h', w')."""
@overload
def max_pool2d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: Literal[False] = False) -> Tensor:
    """The largest number of each window of an image: (n, c, h, w) -> (n, c, h', w')."""
@overload
def max_pool2d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Any:
    """The largest number of each window of an image: (n, c, h, w) -> (n, c, h', w')."""
@overload
def max_pool3d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, *, return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest number of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""
@overload
def max_pool3d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: Literal[False] = False) -> Tensor:
    """The largest number of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""
@overload
def max_pool3d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Any:
    """The largest number of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""
def istft(*_: Any, **__: Any) -> NoReturn:
    """RuntimeError: complex numbers are left out here."""
def polar(*_: Any, **__: Any) -> NoReturn:
    """RuntimeError: complex numbers are left out here."""
def view_as_complex(*_: Any, **__: Any) -> NoReturn:
    """RuntimeError: complex numbers are left out here."""
def view_as_real(*_: Any, **__: Any) -> NoReturn:
    """RuntimeError: complex numbers are left out here."""
def complex(*_: Any, **__: Any) -> NoReturn:
    """RuntimeError: complex numbers are left out here."""
def load(f: Any, map_location: Any = None, pickle_module: Any = None, *, weights_only: builtins.bool | None = None, mmap: builtins.bool | None = None, **_: Any) -> Any:
    """What `save` wrote, from a path or a binary file; tensors have memory of their own."""
__version__: builtins.str
float16: np.dtype[Any]
float32: np.dtype[Any]
float64: np.dtype[Any]
half: np.dtype[Any]
float: np.dtype[Any]
double: np.dtype[Any]
uint8: np.dtype[Any]
int8: np.dtype[Any]
int16: np.dtype[Any]
int32: np.dtype[Any]
int64: np.dtype[Any]
short: np.dtype[Any]
int: np.dtype[Any]
long: np.dtype[Any]
bool: np.dtype[Any]
strided: builtins.str
sparse_coo: builtins.str
contiguous_format: builtins.str
preserve_format: builtins.str
channels_last: builtins.str
pi: builtins.float
e: builtins.float
inf: builtins.float
nan: builtins.float
newaxis: Any
def clamp_min(self: Any, min: Tensor | Number) -> Tensor:
    """Limit to numbers from min up."""
def clamp_max(self: Any, max: Tensor | Number) -> Tensor:
    """Limit to numbers up to max."""
def resolve_conj(input: Tensor) -> Tensor:
    """Of real numbers, the numbers themselves."""
def resolve_neg(input: Tensor) -> Tensor:
    """Of real numbers, the numbers themselves."""
def absolute(input: Tensor) -> Tensor:
    """Absolute value."""
def conj_physical(input: Tensor) -> Tensor:
    """Of real numbers, the numbers themselves."""
def arccos(input: Tensor) -> Tensor:
    """Angle in radians, from 0 to π, of a given cosine."""
def arccosh(input: Tensor) -> Tensor:
    """Inverse of cosh, from 0 up."""
def arcsin(input: Tensor) -> Tensor:
    """Angle in radians, from −π/2 to π/2, of a given sine."""
def arcsinh(input: Tensor) -> Tensor:
    """Inverse of sinh."""
def arctan(input: Tensor) -> Tensor:
    """Angle in radians, from −π/2 to π/2, of a given tangent."""
def arctan2(input: Tensor, other: Tensor | Number) -> Tensor:
    """Angle in radians, from −π to π, of the point with height x and width y."""
def arctanh(input: Tensor) -> Tensor:
    """Inverse of tanh."""
def multiply(input: Tensor, other: Tensor | Number) -> Tensor:
    """Product."""
def negative(input: Tensor) -> Tensor:
    """Opposite sign."""
def clip(input: Tensor, min: Tensor | Number | None = None, max: Tensor | Number | None = None, *, a_min: Any = None, a_max: Any = None) -> Tensor:
    """Limited to the numbers from min to max (a_min and a_max in NumPy); the limits may be tensors."""
def greater(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x > y."""
def less(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x < y."""
def greater_equal(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x ≥ y."""
def less_equal(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x ≤ y."""
def not_equal(input: Tensor, other: Tensor | Number) -> Tensor:
    """Whether x ≠ y."""
def sgn(input: Tensor) -> Tensor:
    """Sign: −1, 0 or 1. The derivative is zero everywhere."""
def fix(input: Tensor) -> Tensor:
    """The whole part, toward zero; the derivative is zero everywhere."""
def subtract(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """input − alpha · other."""
def divide(input: Tensor, other: Tensor | Number, *, rounding_mode: builtins.str | None = None) -> Tensor:
    """Quotient; rounding_mode 'floor' or 'trunc' rounds it."""
def true_divide(input: Tensor, other: Tensor | Number, *, rounding_mode: builtins.str | None = None) -> Tensor:
    """Quotient; rounding_mode 'floor' or 'trunc' rounds it."""
def pinverse(A: Tensor, *, atol: Any = None, rtol: Any = None, hermitian: builtins.bool = False) -> Tensor:
    """Pseudoinverse; singular values below rtol times the largest count as zero."""
def trapz(y: Any, x: Any = None, *, dx: builtins.float = 1, dim: builtins.int = -1) -> Tensor:
    """Integral by trapezoids along an axis, over points x or at steps of dx."""
def swapdims(input: Tensor, axis0: builtins.int, axis1: builtins.int) -> Tensor:
    """Two axes exchanged. A view."""
def vecdot(x: Any, y: Any, *, dim: builtins.int = -1) -> Tensor:
    """Inner products of vectors along one axis; the others broadcast."""
def moveaxis(input: Tensor, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int]) -> Tensor:
    """Axes moved to other places, the rest in order."""
def concat(tensors: Tensor | Sequence[Tensor], dim: builtins.int = 0) -> Tensor:
    """Tensors in a row along an axis that exists; PyTorch's name for concatenate."""
def concatenate(tensors: Tensor | Sequence[Tensor], dim: builtins.int = 0) -> Tensor:
    """Tensors in a row along an axis that exists; PyTorch's name for concatenate."""
def reshape(input: Tensor, shape: builtins.int | Sequence[builtins.int]) -> Tensor:
    """The numbers in the same order under another shape; one length may be −1."""
def transpose(input: Tensor, dim0: builtins.int, dim1: builtins.int) -> Tensor:
    """Two axes exchanged. A view."""
def permute(input: Tensor, dims: builtins.int | Sequence[builtins.int]) -> Tensor:
    """Axes in another order. A view."""
def flip(input: Tensor, dims: builtins.int | Sequence[builtins.int]) -> Tensor:
    """The order along the given axes reversed. A copy."""
@overload
def where(condition: Tensor, input: Tensor, other: Tensor | Number) -> Tensor:
    """input where the condition holds, other elsewhere; with the condition alone, the places where it holds."""
@overload
def where(condition: Tensor) -> builtins.tuple[Tensor, ...]:
    """input where the condition holds, other elsewhere; with the condition alone, the places where it holds."""
def allclose(input: Tensor, other: Tensor | Number, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> builtins.bool:
    """Whether |input − other| ≤ atol + rtol |other| everywhere."""
def equal(input: Tensor, other: Tensor | Number) -> builtins.bool:
    """Whether both have one shape and the same numbers."""
def numel(input: Tensor) -> builtins.int:
    """How many numbers there are."""
def result_type(tensor1: Tensor, tensor2: Tensor) -> np.dtype[Any]:
    """The dtype of an arithmetic op on these two."""

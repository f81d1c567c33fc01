"""Written by `python -m tests.stubs` from the code beside it, for editors and checkers. Do not edit."""

# ruff: noqa
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, NoReturn, Self, overload

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_edu import graph
from tinygrad_edu.devices import device as _device
from tinygrad_edu.devices import Size
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
from tinygrad_edu.random import Generator
from tinygrad_edu.sparse import Sparse
from tinygrad_edu.storage import TypedStorage

Number = builtins.float | np.number[Any]
DeviceLike = builtins.str | _device | None

class Tensor(graph.Tensor):
    """An array that remembers how it was computed, so that the chain rule can be run backward."""

    def add_(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """`add_scaled` written into this tensor's memory."""
    def sub_(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """`sub_scaled` written into this tensor's memory."""
    def subtract_(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """`sub_scaled` written into this tensor's memory."""
    def multiply_(self, other: Tensor | Number) -> Tensor:
        """`mul` written into this tensor's memory."""
    def div_(self, other: Tensor | Number, *, rounding_mode: builtins.str | None = None) -> Tensor:
        """`divided` written into this tensor's memory."""
    def divide_(self, other: Tensor | Number, *, rounding_mode: builtins.str | None = None) -> Tensor:
        """`divided` written into this tensor's memory."""
    def true_divide_(self, other: Tensor | Number) -> Tensor:
        """`div` written into this tensor's memory."""
    def fmod_(self, other: Tensor | Number) -> Tensor:
        """`fmod` written into this tensor's memory."""
    def float_power_(self, exponent: Tensor | Number) -> Tensor:
        """`float_power` written into this tensor's memory."""
    def exp2_(self) -> Tensor:
        """`exp2` written into this tensor's memory."""
    def expm1_(self) -> Tensor:
        """`expm1` written into this tensor's memory."""
    def log2_(self) -> Tensor:
        """`log2` written into this tensor's memory."""
    def log10_(self) -> Tensor:
        """`log10` written into this tensor's memory."""
    def log1p_(self) -> Tensor:
        """`log1p` written into this tensor's memory."""
    def rsqrt_(self) -> Tensor:
        """`rsqrt` written into this tensor's memory."""
    def square_(self) -> Tensor:
        """`square` written into this tensor's memory."""
    def reciprocal_(self) -> Tensor:
        """`reciprocal` written into this tensor's memory."""
    def tan_(self) -> Tensor:
        """`tan` written into this tensor's memory."""
    def asin_(self) -> Tensor:
        """`asin` written into this tensor's memory."""
    def acos_(self) -> Tensor:
        """`acos` written into this tensor's memory."""
    def atan_(self) -> Tensor:
        """`atan` written into this tensor's memory."""
    def sinh_(self) -> Tensor:
        """`sinh` written into this tensor's memory."""
    def cosh_(self) -> Tensor:
        """`cosh` written into this tensor's memory."""
    def asinh_(self) -> Tensor:
        """`asinh` written into this tensor's memory."""
    def acosh_(self) -> Tensor:
        """`acosh` written into this tensor's memory."""
    def atanh_(self) -> Tensor:
        """`atanh` written into this tensor's memory."""
    def atan2_(self, other: Tensor | Number) -> Tensor:
        """`atan2` written into this tensor's memory."""
    def hypot_(self, other: Tensor | Number) -> Tensor:
        """`hypot` written into this tensor's memory."""
    def sinc_(self) -> Tensor:
        """`sinc` written into this tensor's memory."""
    def deg2rad_(self) -> Tensor:
        """`deg2rad` written into this tensor's memory."""
    def rad2deg_(self) -> Tensor:
        """`rad2deg` written into this tensor's memory."""
    def floor_(self) -> Tensor:
        """`floor` written into this tensor's memory."""
    def ceil_(self) -> Tensor:
        """`ceil` written into this tensor's memory."""
    def trunc_(self) -> Tensor:
        """`trunc` written into this tensor's memory."""
    def round_(self, decimals: builtins.int = 0) -> Tensor:
        """`round` written into this tensor's memory."""
    def fix_(self) -> Tensor:
        """`trunc` written into this tensor's memory."""
    def frac_(self) -> Tensor:
        """`frac` written into this tensor's memory."""
    def absolute_(self) -> Tensor:
        """`abs` written into this tensor's memory."""
    def negative_(self) -> Tensor:
        """`neg` written into this tensor's memory."""
    def sgn_(self) -> Tensor:
        """`sign` written into this tensor's memory."""
    def arcsin_(self) -> Tensor:
        """`asin` written into this tensor's memory."""
    def arccos_(self) -> Tensor:
        """`acos` written into this tensor's memory."""
    def arctan_(self) -> Tensor:
        """`atan` written into this tensor's memory."""
    def copysign_(self, other: Tensor | Number) -> Tensor:
        """`copysign` written into this tensor's memory."""
    def nan_to_num_(self, nan: builtins.float = 0.0, posinf: builtins.float | None = None, neginf: builtins.float | None = None) -> Tensor:
        """`nan_to_num` written into this tensor's memory."""
    def ldexp_(self, other: Tensor | Number) -> Tensor:
        """`ldexp` written into this tensor's memory."""
    def heaviside_(self, values: Tensor) -> Tensor:
        """`heaviside` written into this tensor's memory."""
    def bitwise_and_(self, other: Tensor | Number) -> Tensor:
        """`bitwise_and` written into this tensor's memory."""
    def bitwise_or_(self, other: Tensor | Number) -> Tensor:
        """`bitwise_or` written into this tensor's memory."""
    def bitwise_xor_(self, other: Tensor | Number) -> Tensor:
        """`bitwise_xor` written into this tensor's memory."""
    def bitwise_not_(self) -> Tensor:
        """`bitwise_not` written into this tensor's memory."""
    def addcmul_(self, tensor1: Tensor, tensor2: Tensor, *, value: Tensor | Number = 1) -> Tensor:
        """`addcmul` written into this tensor's memory."""
    def addcdiv_(self, tensor1: Tensor, tensor2: Tensor, *, value: Tensor | Number = 1) -> Tensor:
        """`addcdiv` written into this tensor's memory."""
    def lerp_(self, end: Any, weight: Tensor) -> Tensor:
        """`lerp` written into this tensor's memory."""
    def xlogy_(self, other: Tensor | Number) -> Tensor:
        """`xlogy` written into this tensor's memory."""
    def logit_(self, eps: builtins.float | None = None) -> Tensor:
        """`logit` written into this tensor's memory."""
    def renorm_(self, p: Number, dim: builtins.int, maxnorm: builtins.float) -> Tensor:
        """`renorm` written into this tensor's memory."""
    def lgamma_(self) -> Tensor:
        """`lgamma` written into this tensor's memory."""
    def digamma_(self) -> Tensor:
        """`digamma` written into this tensor's memory."""
    def i0_(self) -> Tensor:
        """`i0` written into this tensor's memory."""
    def polygamma_(self, input: Tensor) -> Tensor:
        """`polygamma` written into this tensor's memory."""
    def mvlgamma_(self, p: Number) -> Tensor:
        """`mvlgamma` written into this tensor's memory."""
    def igamma_(self, input: Tensor) -> Tensor:
        """`igamma` written into this tensor's memory."""
    def igammac_(self, input: Tensor) -> Tensor:
        """`igammac` written into this tensor's memory."""
    def erf_(self) -> Tensor:
        """`erf` written into this tensor's memory."""
    def erfc_(self) -> Tensor:
        """`erfc` written into this tensor's memory."""
    def erfinv_(self) -> Tensor:
        """`erfinv` written into this tensor's memory."""
    def addmm_(self, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """`addmm` written into this tensor's memory."""
    def addmv_(self, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """`addmv` written into this tensor's memory."""
    def addbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """`addbmm` written into this tensor's memory."""
    def baddbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """`baddbmm` written into this tensor's memory."""
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """`addr` written into this tensor's memory."""
    def cumsum_(self, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
        """`cumsum` written into this tensor's memory."""
    def cumprod_(self, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
        """`cumprod` written into this tensor's memory."""
    def tril_(self, diagonal: builtins.int = 0) -> Tensor:
        """`tril` written into this tensor's memory."""
    def triu_(self, diagonal: builtins.int = 0) -> Tensor:
        """`triu` written into this tensor's memory."""
    def logical_and_(self, other: Tensor | Number) -> Tensor:
        """`logical_and` written into this tensor's memory."""
    def logical_or_(self, other: Tensor | Number) -> Tensor:
        """`logical_or` written into this tensor's memory."""
    def logical_xor_(self, other: Tensor | Number) -> Tensor:
        """`logical_xor` written into this tensor's memory."""
    def logical_not_(self) -> Tensor:
        """`logical_not` written into this tensor's memory."""
    def eq_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def ne_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def lt_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def le_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def gt_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def ge_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def greater_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def greater_equal_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def less_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def less_equal_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def not_equal_(self, other: Tensor | Number) -> Tensor:
        """`compared` written into this tensor's memory."""
    def arccosh_(self) -> Tensor:
        """`acosh` written into this tensor's memory."""
    def arcsinh_(self) -> Tensor:
        """`asinh` written into this tensor's memory."""
    def arctanh_(self) -> Tensor:
        """`atanh` written into this tensor's memory."""
    def arctan2_(self, other: Tensor | Number) -> Tensor:
        """`atan2` written into this tensor's memory."""
    def bitwise_left_shift_(self, other: Tensor | Number) -> Tensor:
        """`left_shift` written into this tensor's memory."""
    def bitwise_right_shift_(self, other: Tensor | Number) -> Tensor:
        """`right_shift` written into this tensor's memory."""
    def gcd_(self, other: Tensor | Number) -> Tensor:
        """`gcd` written into this tensor's memory."""
    def lcm_(self, other: Tensor | Number) -> Tensor:
        """`lcm` written into this tensor's memory."""
    def nextafter_(self, other: Tensor | Number) -> Tensor:
        """`nextafter` written into this tensor's memory."""
    def conj_physical_(self) -> Tensor:
        """`conj` written into this tensor's memory."""
    def clamp_min_(self, min: Tensor | Number) -> Self:
        """Limit the numbers here to those from min up."""
    def clamp_max_(self, max: Tensor | Number) -> Self:
        """Limit the numbers here to those up to max."""
    def scatter_(self, dim: builtins.int, index: Tensor, src: Tensor | None = None, *, value: Tensor | Number | None = None, reduce: builtins.str | None = None) -> Tensor:
        """`scatter` written into this tensor's memory."""
    def scatter_reduce_(self, dim: builtins.int, index: Tensor, src: Tensor, reduce: builtins.str, *, include_self: builtins.bool = True) -> Tensor:
        """`scatter_reduce` written into this tensor's memory."""
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Tensor:
        """`masked_scatter` written into this tensor's memory."""
    def index_add_(self, dim: builtins.int, index: Tensor, source: Tensor, *, alpha: Number = 1) -> Tensor:
        """`index_add` written into this tensor's memory."""
    def index_copy_(self, dim: builtins.int, index: Tensor, source: Tensor) -> Tensor:
        """`index_copy` written into this tensor's memory."""
    def index_fill_(self, dim: builtins.int, index: Tensor, value: Tensor | Number) -> Tensor:
        """`index_fill` written into this tensor's memory."""
    def index_put_(self, indices: Any, values: Tensor, accumulate: builtins.bool = False) -> Tensor:
        """`index_put` written into this tensor's memory."""
    def index_reduce_(self, dim: builtins.int, index: Tensor, source: Tensor, reduce: builtins.str, *, include_self: builtins.bool = True) -> Tensor:
        """`index_reduce` written into this tensor's memory."""
    def put_(self, index: Tensor, source: Tensor, accumulate: builtins.bool = False) -> Tensor:
        """`put` written into this tensor's memory."""
    def masked_fill_(self, mask: Tensor, value: Tensor | Number) -> Tensor:
        """`masked_fill` written into this tensor's memory."""
    def fill_diagonal_(self, fill_value: Any, wrap: builtins.bool = False) -> Self:
        """Write one number to the main diagonal."""
    def squeeze_(self, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
        """`squeeze` of this tensor itself, in the same memory."""
    def unsqueeze_(self, dim: builtins.int) -> Tensor:
        """`unsqueeze` of this tensor itself, in the same memory."""
    def t_(self) -> Tensor:
        """`t` of this tensor itself, in the same memory."""
    def transpose_(self, axis0: builtins.int, axis1: builtins.int) -> Tensor:
        """`transpose` of this tensor itself, in the same memory."""
    def swapaxes_(self, axis0: builtins.int, axis1: builtins.int) -> Tensor:
        """`swapaxes` of this tensor itself, in the same memory."""
    def swapdims_(self, axis0: builtins.int, axis1: builtins.int) -> Tensor:
        """`swapdims` of this tensor itself, in the same memory."""
    def resize_(self, *sizes: builtins.int | Sequence[builtins.int]) -> Self:
        """Another shape, of the first numbers here; where it has more of them, zeros follow, in new memory."""
    def resize_as_(self, the_template: Any, memory_format: Any = None) -> Self:
        """The shape of another tensor in the same memory."""
    def as_strided_(self, size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int], storage_offset: Any = None) -> Tensor:
        """`as_strided` of this tensor itself, in the same memory."""
    def normal_(self, mean: builtins.float = 0, std: builtins.float = 1, *, generator: Generator | None = None) -> Self:
        """Numbers from the bell curve."""
    def uniform_(self, from_: builtins.float = 0, to: builtins.float = 1, *, generator: Generator | None = None, **named: Any) -> Self:
        """Numbers drawn evenly: from ≤ x < to."""
    def bernoulli_(self, p: Number = 0.5, *, generator: Generator | None = None) -> Self:
        """1 with probability p, else 0; p may be a tensor."""
    def random_(self, from_: Any = None, to: Any = None, *, generator: Generator | None = None, **named: Any) -> Self:
        """Whole numbers drawn evenly: from ≤ x < to; random_(n): below n; random_(): from all that the dtype has."""
    def exponential_(self, lambd: builtins.float = 1, *, generator: Generator | None = None) -> Self:
        """Waiting times: numbers x > 0 with density lambd · exp(−lambd x)."""
    def geometric_(self, p: builtins.float, *, generator: Generator | None = None) -> Self:
        """How many throws until the first success."""
    def log_normal_(self, mean: builtins.float = 1, std: builtins.float = 2, *, generator: Generator | None = None) -> Self:
        """Exponentials of numbers from the bell curve."""
    def cauchy_(self, median: builtins.float = 0, sigma: builtins.float = 1, *, generator: Generator | None = None) -> Self:
        """Numbers with density 1 / (π σ (1 + ((x − median) / σ)²))."""
    def bernoulli(self, p: Number | None = None, *, generator: Generator | None = None) -> Tensor:
        """1 with the probability that stands there (or p), else 0, as a new tensor."""
    def multinomial(self, num_samples: builtins.int, replacement: builtins.bool = False, *, generator: Generator | None = None) -> Tensor:
        """Places drawn with chances proportional to the weights at them."""
    def set_(self, source: Tensor) -> Self:
        """Show the memory of another tensor from here on."""
    is_cpu: builtins.bool
    is_cuda: builtins.bool
    is_xpu: builtins.bool
    is_mps: builtins.bool
    is_sparse: builtins.bool
    is_quantized: builtins.bool
    is_meta: builtins.bool
    is_mkldnn: builtins.bool
    layout: builtins.str
    names: Any
    def cuda(self, device: DeviceLike | None = None, non_blocking: builtins.bool = False, **_: Any) -> NoReturn:
        """There is no GPU here: RuntimeError."""
    def get_device(self) -> builtins.int:
        """−1, which says: on the CPU."""
    def pin_memory(self, device: DeviceLike | None = None) -> Self:
        """This tensor: without a GPU there is nothing to pin memory for."""
    def is_pinned(self, device: DeviceLike | None = None) -> builtins.bool: ...
    def storage(self) -> TypedStorage:
        """The row of numbers in memory that this tensor and its views show."""
    def untyped_storage(self) -> TypedStorage:
        """The row of numbers in memory that this tensor and its views show."""
    def storage_offset(self) -> builtins.int:
        """How many numbers lie in that row before this tensor's first."""
    def share_memory_(self) -> Self:
        """This tensor; worker processes get copies."""
    def is_complex(self) -> builtins.bool: ...
    def is_signed(self) -> builtins.bool: ...
    def is_inference(self) -> builtins.bool: ...
    def type(self, dtype: DTypeLike | None = None, non_blocking: builtins.bool = False) -> Any:
        """Without a dtype, PyTorch's name of this kind of tensor: 'torch.FloatTensor'; else as .to(dtype)."""
    def byte(self, memory_format: Any = None) -> Tensor: ...
    def char(self, memory_format: Any = None) -> Tensor: ...
    def short(self, memory_format: Any = None) -> Tensor: ...
    def bfloat16(self, memory_format: Any = None) -> NoReturn: ...
    def new_tensor(self, data: Any, *, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
        """A tensor of these numbers, with this one's dtype unless given."""
    def new_zeros(self, *sizes: builtins.int | Sequence[builtins.int], size: builtins.int | Sequence[builtins.int] | None = None, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
        """Zeros of a shape, with this tensor's dtype unless given."""
    def new_empty(self, *sizes: builtins.int | Sequence[builtins.int], size: builtins.int | Sequence[builtins.int] | None = None, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
        """Zeros of a shape, with this tensor's dtype unless given."""
    def new_ones(self, *sizes: builtins.int | Sequence[builtins.int], size: builtins.int | Sequence[builtins.int] | None = None, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
        """Ones of a shape, with this tensor's dtype unless given."""
    def new_full(self, size: builtins.int | Sequence[builtins.int], fill_value: Any, *, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
        """One number in a shape, with this tensor's dtype unless given."""
    def new(self, *args: Any) -> Tensor:
        """A tensor with this one's dtype: of numbers, or (its numbers all zero) of a shape."""
    def to_sparse(self, sparse_dim: builtins.int | None = None) -> Sparse:
        """The numbers that are not zero, with their places."""
    def to_dense(self) -> Self:
        """This tensor, which is dense already."""
    def ndimension(self) -> builtins.int: ...
    def is_same_size(self, other: Tensor | Number) -> builtins.bool: ...
    def is_nonzero(self) -> builtins.bool: ...
    def add(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """input + alpha · other."""
    def sub(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """input − alpha · other."""
    def subtract(self, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
        """input − alpha · other."""
    def div(self, other: Tensor | Number, *, rounding_mode: builtins.str | None = None) -> Tensor:
        """Quotient; rounding_mode 'floor' or 'trunc' rounds it."""
    def divide(self, other: Tensor | Number, *, rounding_mode: builtins.str | None = None) -> Tensor:
        """Quotient; rounding_mode 'floor' or 'trunc' rounds it."""
    def true_divide(self, other: Tensor | Number, *, rounding_mode: builtins.str | None = None) -> Tensor:
        """Quotient; rounding_mode 'floor' or 'trunc' rounds it."""
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: Tensor | Number = 1) -> Tensor:
        """input + value · tensor1 · tensor2."""
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: Tensor | Number = 1) -> Tensor:
        """input + value · tensor1 / tensor2."""
    def lerp(self, end: Any, weight: Tensor) -> Tensor:
        """input + weight · (end − input): on the line between both, from whichever end is nearer, as PyTorch."""
    def float_power(self, exponent: Tensor | Number) -> Tensor:
        """Power, computed in float64."""
    def logit(self, eps: builtins.float | None = None) -> Tensor:
        """ln(x / (1 − x)); x is first limited to [eps, 1 − eps]."""
    def isclose(self, other: Tensor | Number, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> Tensor:
        """Whether |input − other| ≤ atol + rtol |other|, number by number."""
    def greater_equal(self, other: Tensor | Number) -> Tensor:
        """Whether x ≥ y."""
    def less_equal(self, other: Tensor | Number) -> Tensor:
        """Whether x ≤ y."""
    def not_equal(self, other: Tensor | Number) -> Tensor:
        """Whether x ≠ y."""
    def sgn(self) -> Tensor:
        """Sign: −1, 0 or 1. The derivative is zero everywhere."""
    def heaviside(self, values: Tensor) -> Tensor:
        """Step: 0 below 0, 1 above, y at 0. The derivative in x is zero everywhere, and there is none in y."""
    def ldexp(self, other: Tensor | Number) -> Tensor:
        """x times a power of two: x 2ʸ."""
    def bitwise_left_shift(self, other: Tensor | Number) -> Tensor:
        """input · 2ᵒᵗʰᵉʳ, of whole numbers."""
    def bitwise_right_shift(self, other: Tensor | Number) -> Tensor:
        """⌊input / 2ᵒᵗʰᵉʳ⌋, of whole numbers."""
    def __lshift__(self, other: Tensor | Number) -> Tensor:
        """input · 2ᵒᵗʰᵉʳ, of whole numbers."""
    def __rshift__(self, other: Tensor | Number) -> Tensor:
        """⌊input / 2ᵒᵗʰᵉʳ⌋, of whole numbers."""
    def conj(self) -> Tensor:
        """Of real numbers, the numbers themselves."""
    def resolve_conj(self) -> Tensor:
        """Of real numbers, the numbers themselves."""
    def resolve_neg(self) -> Tensor:
        """Of real numbers, the numbers themselves."""
    def isreal(self) -> Tensor:
        """Whether x is real: all numbers here are."""
    def isposinf(self) -> Tensor:
        """Whether x = inf."""
    def isneginf(self) -> Tensor:
        """Whether x = −inf."""
    def lgamma(self) -> Tensor:
        """Logarithm of the absolute value of the gamma function."""
    def digamma(self) -> Tensor:
        """Derivative of the logarithm of the gamma function."""
    def polygamma(self, input: Tensor) -> Tensor:
        """The n-th derivative of digamma: n whole, 0 for digamma itself."""
    def mvlgamma(self, p: Number) -> Tensor:
        """Logarithm of the gamma function of matrices: Σᵢ ln Γ(x − i/2), i < p, and p (p − 1) / 4 · ln π."""
    def igamma(self, input: Tensor) -> Tensor:
        """The share of the gamma integral that lies below x. There is no derivative in a here, as in PyTorch."""
    def igammac(self, input: Tensor) -> Tensor:
        """The share of the gamma integral that lies above x. There is no derivative in a here, as in PyTorch."""
    def i0(self) -> Tensor:
        """Modified Bessel function of the first kind, of order 0."""
    def frexp(self) -> Tensor:
        """(mantissa, exponent) of each number; the exponent is an int32, and no gradient passes through it."""
    def nextafter(self, other: Tensor | Number) -> Tensor:
        """The next float after input on the way to other; its derivative is that of input, as in PyTorch."""
    def gcd(self, other: Tensor | Number) -> Tensor:
        """The greatest common divisor of whole numbers."""
    def lcm(self, other: Tensor | Number) -> Tensor:
        """The least common multiple of whole numbers."""
    def hash_tensor(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, mode: builtins.float = 0) -> Tensor:
        """The bits of all numbers (or of those along axes), joined by exclusive or: a uint64."""
    def conj_physical(self) -> Tensor:
        """Of real numbers, the numbers themselves."""
    def __rdiv__(self, y: Any) -> Tensor: ...
    def cdouble(*self, **__: Any) -> NoReturn:
        """RuntimeError: complex numbers are left out here."""
    def cfloat(*self, **__: Any) -> NoReturn:
        """RuntimeError: complex numbers are left out here."""
    def chalf(*self, **__: Any) -> NoReturn:
        """RuntimeError: complex numbers are left out here."""
    @property
    def real(self) -> Self: ...
    @property
    def H(self) -> Tensor: ...
    @property
    def mH(self) -> Tensor: ...
    def clamp_min(self, min: Tensor | Number) -> Tensor:
        """Limit to numbers from min up."""
    def clamp_max(self, max: Tensor | Number) -> Tensor:
        """Limit to numbers up to max."""
    @overload
    def median(self, dim: builtins.int, keepdim: builtins.bool = False) -> Values:
        """The middle of all numbers, the lower one of two; along an axis, (values, indices). nan where there is one."""
    @overload
    def median(self, dim: Tensor | None = None, keepdim: builtins.bool = False) -> Tensor:
        """The middle of all numbers, the lower one of two; along an axis, (values, indices). nan where there is one."""
    @overload
    def nanmedian(self, dim: builtins.int, keepdim: builtins.bool = False) -> Values:
        """As median, of what is no nan."""
    @overload
    def nanmedian(self, dim: Tensor | None = None, keepdim: builtins.bool = False) -> Tensor:
        """As median, of what is no nan."""
    def mode(self, dim: builtins.int = -1, keepdim: builtins.bool = False) -> Values:
        """(values, indices) of the number that occurs most often along an axis, the smallest of several."""
    def kthvalue(self, k: builtins.int, dim: builtins.int = -1, keepdim: builtins.bool = False) -> Values:
        """(values, indices) of the k-th smallest number along an axis; k counts from 1."""
    def quantile(self, q: Tensor | builtins.float, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, interpolation: builtins.str = 'linear') -> Tensor:
        """The number below which a share q of the others lies; between two of them as `interpolation` says."""
    def nanquantile(self, q: Tensor | builtins.float, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, interpolation: builtins.str = 'linear') -> Tensor:
        """As quantile, of what is no nan."""
    def aminmax(self, *, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Extremes:
        """(min, max) of all numbers, or along an axis."""
    def nansum(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
        """Sum of what is no nan."""
    def nanmean(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
        """Mean of what is no nan."""
    def cummax(self, dim: builtins.int) -> Values:
        """(values, indices): the largest number up to each place along an axis."""
    def cummin(self, dim: builtins.int) -> Values:
        """(values, indices): the smallest number up to each place along an axis."""
    def logcumsumexp(self, dim: builtins.int) -> Tensor:
        """ln(exp x[0] + ... + exp x[i]) at each place i along an axis."""
    def diff(self, n: builtins.int = 1, dim: builtins.int = -1, prepend: Tensor | None = None, append: Tensor | None = None) -> Tensor:
        """Differences of neighbours along an axis, n times over; with slices put before or behind."""
    def dist(self, other: Tensor | Number, p: Number = 2) -> Tensor:
        """The p-norm of the difference."""
    def renorm(self, p: Number, dim: builtins.int, maxnorm: builtins.float) -> Tensor:
        """Each slice along an axis scaled down to a p-norm of at most maxnorm."""
    def cov(self, *, correction: builtins.int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None) -> Tensor:
        """Covariances of variables, one a row: (n, m) -> (n, n)."""
    def corrcoef(self) -> Tensor:
        """Correlations of variables, one a row: (n, m) -> (n, n)."""
    def bincount(self, weights: Tensor | None = None, minlength: builtins.int = 0) -> Tensor:
        """How often each whole number from 0 up occurs; or the sum of the weights that come with it."""
    def histc(self, bins: builtins.int = 100, min: Tensor | Number = 0, max: Tensor | Number = 0) -> Tensor:
        """How many numbers fall into each of `bins` equal parts of [min, max]; of their own range where both are equal."""
    def unique(self, sorted: builtins.bool = True, return_inverse: builtins.bool = False, return_counts: builtins.bool = False, dim: builtins.int | Sequence[builtins.int] | None = None) -> Any:
        """The numbers (or slices along an axis) that differ, in order; where each went, and how often it occurs."""
    def unique_consecutive(self, return_inverse: builtins.bool = False, return_counts: builtins.bool = False, dim: builtins.int | Sequence[builtins.int] | None = None) -> Any:
        """As unique, of neighbours only: runs of equal numbers become one."""
    def histogram(self, bins: builtins.int = 100, *, range: Any = None, weight: Tensor | None = None, density: builtins.bool = False) -> Histogram:
        """(hist, bin_edges): how many numbers fall between neighbouring edges, the last edge included."""
    def cumsum(self, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Running sum along an axis."""
    def cumprod(self, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Running product along an axis."""
    def prod(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, *, dtype: DTypeLike | None = None) -> Tensor:
        """Product of all numbers, or along an axis."""
    def repeat_interleave(self, repeats: Tensor | builtins.int | None = None, dim: builtins.int | Sequence[builtins.int] | None = None, *, output_size: builtins.int | Sequence[builtins.int | None] | None = None) -> Tensor:
        """Each slice along an axis (each number, without dim) repeated on the spot: so many times, or as often as a tensor says. With a vector of counts alone, each place as often as it counts."""
    def norm(self, p: builtins.float | builtins.str = 'fro', dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, dtype: DTypeLike | None = None) -> Tensor:
        """PyTorch's older norm: of all numbers, or along axes; 'nuc' of matrices."""
    def softmax(self, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Numbers along an axis as shares that add up to 1."""
    def log_softmax(self, dim: builtins.int, *, dtype: DTypeLike | None = None) -> Tensor:
        """Logarithms of the shares that softmax gives."""
    def hsplit(self, indices_or_sections: builtins.int | Sequence[builtins.int]) -> builtins.tuple[Tensor, ...]:
        """Cut along the second axis (a vector's only one) into equal parts, or before the given indices."""
    def vsplit(self, indices_or_sections: builtins.int | Sequence[builtins.int]) -> builtins.tuple[Tensor, ...]:
        """Cut along the first axis into equal parts, or before the given indices."""
    def dsplit(self, indices_or_sections: builtins.int | Sequence[builtins.int]) -> builtins.tuple[Tensor, ...]:
        """Cut along the third axis into equal parts, or before the given indices."""
    def tensor_split(self, indices_or_sections: builtins.int | Sequence[builtins.int], dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """Pieces as equal as can be, their number given; or cut before the given indices. Views."""
    def unflatten(self, dim: builtins.int, sizes: builtins.int | Sequence[builtins.int]) -> Tensor:
        """One axis as several; one of the lengths may be −1."""
    def fliplr(self) -> Tensor:
        """Left and right exchanged: the second axis reversed."""
    def flipud(self) -> Tensor:
        """Up and down exchanged: the first axis reversed."""
    def rot90(self, k: builtins.int = 1, dims: builtins.int | Sequence[builtins.int] = ...) -> Tensor:
        """Turned by k quarters in the plane of two axes, from the first toward the second."""
    def diag_embed(self, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.float = -1) -> Tensor:
        """Vectors along the last axis as the diagonals of matrices, whose two axes are dim1 and dim2."""
    def diagflat(self, offset: builtins.int = 0) -> Tensor:
        """All numbers as the diagonal of a matrix."""
    def select_scatter(self, src: Tensor, dim: builtins.int, index: Tensor) -> Tensor:
        """A copy with src in the place of one slice along an axis."""
    def slice_scatter(self, src: Tensor, dim: builtins.int = 0, start: builtins.int | None = None, end: Any = None, step: builtins.int = 1) -> Tensor:
        """A copy with src in the place of some slices along an axis."""
    def diagonal_scatter(self, src: Tensor, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.float = 1) -> Tensor:
        """A copy with src on the diagonal."""
    def as_strided(self, size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int], storage_offset: Any = None) -> Tensor:
        """Number i of axis k lies stride[k] · i places behind the first, which lies storage_offset behind the memory's start. A view; numbers that it shows several times can be read, and not written."""
    def as_strided_scatter(self, src: Tensor, size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int], storage_offset: Any = None) -> Tensor:
        """A copy with src at the places that as_strided shows."""
    def narrow_copy(self, dim: builtins.int, start: builtins.int, length: builtins.int) -> Tensor:
        """`narrow` with memory of its own."""
    def split_with_sizes(self, split_sizes: Any, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """Pieces of the lengths in a list."""
    def unsafe_split_with_sizes(self, split_sizes: Any, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """Pieces of the lengths in a list."""
    def unsafe_chunk(self, chunks: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """At most `chunks` pieces of equal length, the last one perhaps shorter. Views."""
    def unsafe_split(self, split_size: builtins.int | Sequence[builtins.int], dim: builtins.int = 0) -> Tensor:
        """As split."""
    def adjoint(self) -> Tensor:
        """The last two axes exchanged."""
    def sum_to_size(self, *size: builtins.int | Sequence[builtins.int]) -> Tensor:
        """Summed over the axes along which this size would broadcast to the shape here."""
    def take(self, index: Tensor) -> Tensor:
        """Numbers of the flattened tensor, in the shape of index."""
    def put(self, index: Tensor, source: Tensor, accumulate: builtins.bool = False) -> Tensor:
        """A copy with numbers of source at places of the flattened tensor; accumulate adds them instead."""
    def index_put(self, indices: Any, values: Tensor, accumulate: builtins.bool = False) -> Tensor:
        """A copy with values at input[indices]; accumulate adds them instead."""
    def index_add(self, dim: builtins.int, index: Tensor, source: Tensor, *, alpha: Number = 1) -> Tensor:
        """A copy with slices of source added at places along an axis: z[index[i], :] += alpha source[i, :]."""
    def index_copy(self, dim: builtins.int, index: Tensor, source: Tensor) -> Tensor:
        """A copy with slices of source written at places along an axis: z[index[i], :] = source[i, :]."""
    def index_fill(self, dim: builtins.int, index: Tensor, value: Tensor | Number) -> Tensor:
        """A copy with one number written to the slices at index along an axis."""
    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """A copy with the numbers of source, in order, where the mask holds."""
    def scatter(self, dim: builtins.int, index: Tensor, src: Tensor | None = None, *, value: Tensor | Number | None = None, reduce: builtins.str | None = None) -> Tensor:
        """A copy with numbers of src (or one number) written at places along an axis: z[index[i, j], j] = src[i, j]."""
    def scatter_reduce(self, dim: builtins.int, index: Tensor, src: Tensor, reduce: builtins.str, *, include_self: builtins.bool = True) -> Tensor:
        """Numbers of src that fall on one place along an axis, made one: their sum, prod, mean, amax or amin."""
    def take_along_dim(self, indices: Any, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
        """Numbers along an axis, the index broadcasting on the others; without dim, of the flattened tensor."""
    def index_reduce(self, dim: builtins.int, index: Tensor, source: Tensor, reduce: builtins.str, *, include_self: builtins.bool = True) -> Tensor:
        """Slices of source that an index sends to one place along an axis, made one: their prod, mean, amax or amin."""
    def nonzero_static(self, *, size: builtins.int | Sequence[builtins.int], fill_value: builtins.float = -1) -> Tensor:
        """As nonzero, cut after `size` rows, or filled up to so many."""
    def angle(self) -> Tensor:
        """The angle of real numbers: 0, or π below 0; nan of nan."""
    def msort(self) -> Tensor:
        """Numbers in order along the first axis."""
    def argwhere(self) -> Tensor:
        """Coordinates of what is not zero, one row each."""
    def mm(self, mat2: Tensor) -> Tensor:
        """Product of two matrices; the first may be sparse."""
    def bmm(self, mat2: Tensor) -> Tensor:
        """Products of matrices, one by one: (b, n, k), (b, k, m) -> (b, n, m)."""
    def mv(self, vec: Tensor) -> Tensor:
        """Matrix times vector."""
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta · input + alpha · mat1 mat2."""
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta · input + alpha · mat vec."""
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta · input + alpha · vec1 vec2ᵀ."""
    def addbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta · input + alpha · Σ batch1[i] batch2[i]."""
    def baddbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
        """beta · input + alpha · batch1 batch2, matrix by matrix."""
    def kron(self, other: Tensor | Number) -> Tensor:
        """All products, laid out so that each number of input becomes a block: input[i] · other."""
    def cross(self, other: Tensor | Number, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
        """Cross products of vectors with three numbers along an axis: the last, or for torch.cross the first of length 3."""
    def ger(self, vec2: Tensor) -> Tensor:
        """All products of two vectors."""
    def vdot(self, other: Tensor | Number) -> Tensor:
        """Inner product of two vectors."""
    def det(self) -> Tensor:
        """Determinant."""
    def inverse(self) -> Tensor:
        """Inverse matrix."""
    def pinverse(self, *, atol: Any = None, rtol: Any = None, hermitian: builtins.bool = False) -> Tensor:
        """Pseudoinverse; singular values below rtol times the largest count as zero."""
    def slogdet(self) -> Slogdet:
        """(sign, ln |det|) of a square matrix."""
    def logdet(self) -> Tensor:
        """ln det; nan where the determinant is negative."""
    def cholesky(self, *, upper: builtins.bool = False) -> Tensor:
        """Lower triangle L of a symmetric, positive definite matrix L Lᵀ; or Lᵀ."""
    def qr(self, mode: builtins.str = 'reduced') -> QR:
        """(Q, R) with A = Q R; mode 'r' leaves Q empty. Of 'complete', the values alone: no derivative."""
    def matrix_power(self, n: builtins.int) -> Tensor:
        """A multiplied with itself, n factors; of the inverse where n is negative."""
    def svd(self, some: builtins.bool = True, compute_uv: builtins.bool = True) -> OldSVD:
        """PyTorch's older svd: (U, S, V), with V as columns."""
    def cholesky_inverse(self, upper: builtins.bool = False) -> Tensor:
        """A⁻¹ of A = L Lᵀ (or, for upper, Lᵀ L)."""
    def cholesky_solve(self, L: Tensor, upper: builtins.bool = False) -> Tensor:
        """X with A X = B, of A = L Lᵀ (or, for upper, Lᵀ L). One triangle is read; the derivative, as PyTorch's, is that of the whole matrix."""
    def lu(self, pivot: builtins.bool = True, get_infos: builtins.bool = False) -> builtins.tuple[Tensor, ...]:
        """PyTorch's older name of lu_factor: (LU, pivots), and with get_infos also infos."""
    def geqrf(self) -> Geqrf:
        """The QR factorization as LAPACK leaves it: R above, reflections below and in tau. No derivative."""
    def ormqr(self, tau: Any, other: Tensor | Number, left: builtins.bool = True, transpose: builtins.bool = False) -> Tensor:
        """Q other (other Q where left is False; Qᵀ for transpose), of the reflections that `geqrf` leaves."""
    def triangular_solve(self, A: Tensor, upper: builtins.bool = True, transpose: builtins.bool = False, unitriangular: builtins.bool = False) -> TriangularSolve:
        """X with A X = b (or Aᵀ X = b), where only one triangle of A is read; and A again."""
    def lu_solve(self, LU_data: Any, LU_pivots: Any) -> Tensor:
        """PyTorch's older name and order of linalg.lu_solve: X with A X = b."""
    def matrix_exp(self) -> Tensor:
        """Σ Aᵏ / k!, of square matrices."""
    def __init__(self, *data: Any, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> None:
        """Initialize self. See help(type(self)) for accurate signature."""
    @property
    def shape(self) -> Size: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    @property
    def ndim(self) -> builtins.int: ...
    @property
    def device(self) -> _device: ...
    @property
    def itemsize(self) -> builtins.int: ...
    @property
    def nbytes(self) -> builtins.int: ...
    @overload
    def size(self, dim: builtins.int) -> builtins.int:
        """The shape, or the length of one axis."""
    @overload
    def size(self, dim: Tensor | None = None) -> Size:
        """The shape, or the length of one axis."""
    def numel(self) -> builtins.int:
        """How many numbers there are."""
    def nelement(self) -> builtins.int:
        """How many numbers there are."""
    def dim(self) -> builtins.int: ...
    @overload
    def stride(self, dim: builtins.int) -> builtins.int:
        """Steps, in numbers, from one to the next along each axis."""
    @overload
    def stride(self, dim: Tensor | None = None) -> builtins.tuple[builtins.int, ...]:
        """Steps, in numbers, from one to the next along each axis."""
    def element_size(self) -> builtins.int: ...
    def is_floating_point(self) -> builtins.bool: ...
    def is_contiguous(self, memory_format: Any = None) -> builtins.bool: ...
    def data_ptr(self) -> builtins.int: ...
    def __len__(self) -> builtins.int: ...
    def __iter__(self) -> Iterator[Tensor]: ...
    def __bool__(self) -> builtins.bool: ...
    def __contains__(self, item: Any) -> builtins.bool: ...
    def __hash__(self) -> builtins.int:
        """Return hash(self)."""
    def __repr__(self) -> builtins.str:
        """Return repr(self)."""
    def __format__(self, spec: builtins.str) -> builtins.str:
        """Default object formatter."""
    @property
    def requires_grad(self) -> builtins.bool: ...
    @requires_grad.setter
    def requires_grad(self, value: builtins.bool) -> None: ...
    def requires_grad_(self, requires_grad: builtins.bool = True) -> Tensor:
        """Ask for a gradient of this leaf, or stop asking. RuntimeError for integers, and for results of ops."""
    @property
    def is_leaf(self) -> builtins.bool: ...
    @property
    def grad_fn(self) -> Place | None: ...
    @property
    def data(self) -> Tensor: ...
    @data.setter
    def data(self, value: Any) -> None: ...
    def detach(self) -> Tensor:
        """The same memory, off the graph: no gradient flows through the result."""
    def detach_(self) -> Tensor:
        """Take this tensor off the graph. RuntimeError for a view, whose base would stay on it."""
    def backward(self, gradient: Any = None, retain_graph: builtins.bool | None = None, create_graph: builtins.bool = False, inputs: Sequence[Tensor] | Tensor | None = None) -> None:
        """Run the chain rule backward from here: add dL/dleaf to the `.grad` of every leaf (or of `inputs`)."""
    def register_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call hook(grad) when the gradient here is complete; what it returns, if anything, takes its place."""
    def register_post_accumulate_grad_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call hook(self) when `.grad` is complete, at the end of each backward. For leaves."""
    def retain_grad(self) -> None:
        """Let this tensor, though no leaf, receive its `.grad` as well."""
    @property
    def retains_grad(self) -> builtins.bool: ...
    def numpy(self, *, force: builtins.bool = False) -> np.ndarray[Any, Any]:
        """The array itself: same memory, no copy. RuntimeError for a tensor that requires grad."""
    def item(self) -> Any:
        """The one number in here, as a Python number."""
    def tolist(self) -> Any: ...
    def __float__(self) -> builtins.float: ...
    def __int__(self) -> builtins.int: ...
    def __index__(self) -> builtins.int: ...
    def __dlpack__(self, **options: Any) -> Any: ...
    def __dlpack_device__(self) -> Any: ...
    def __deepcopy__(self, memo: builtins.dict[Any, Any]) -> Tensor: ...
    def __reduce__(self) -> builtins.tuple[Any, ...]:
        """Helper for pickle."""
    def to(self, *args: Any, dtype: DTypeLike | None = None, device: DeviceLike | None = None, copy: builtins.bool = False, non_blocking: builtins.bool = False, memory_format: Any = None) -> Tensor:
        """This tensor with another dtype; itself where nothing changes. The only device is the CPU."""
    def type_as(self, other: Tensor) -> Tensor: ...
    def float(self, memory_format: Any = None) -> Tensor: ...
    def double(self, memory_format: Any = None) -> Tensor: ...
    def half(self, memory_format: Any = None) -> Tensor: ...
    def long(self, memory_format: Any = None) -> Tensor: ...
    def int(self, memory_format: Any = None) -> Tensor: ...
    def bool(self, memory_format: Any = None) -> Tensor: ...
    def cpu(self) -> Tensor: ...
    def contiguous(self, memory_format: Any = None) -> Tensor:
        """The same numbers, the last axis running fastest in memory; a copy where that is not so."""
    def clone(self) -> Tensor:
        """A copy in memory of its own; the gradient flows through."""
    def __add__(self, other: Tensor | Number) -> Tensor:
        """Sum."""
    def __radd__(self, other: Tensor | Number) -> Tensor:
        """Sum."""
    def __sub__(self, other: Tensor | Number) -> Tensor:
        """Difference."""
    def __mul__(self, other: Tensor | Number) -> Tensor:
        """Product."""
    def __rmul__(self, other: Tensor | Number) -> Tensor:
        """Product."""
    def mul(self, other: Tensor | Number) -> Tensor:
        """Product."""
    def multiply(self, other: Tensor | Number) -> Tensor:
        """Product."""
    def __truediv__(self, other: Tensor | Number) -> Tensor:
        """Quotient. Integers divide to floats."""
    def __floordiv__(self, other: Tensor | Number) -> Tensor:
        """Quotient rounded down; its derivative is zero everywhere."""
    def floor_divide(self, other: Tensor | Number) -> Tensor:
        """Quotient rounded down; its derivative is zero everywhere."""
    def __mod__(self, other: Tensor | Number) -> Tensor:
        """Remainder with the sign of the divisor, as Python's %."""
    def remainder(self, other: Tensor | Number) -> Tensor:
        """Remainder with the sign of the divisor, as Python's %."""
    def __pow__(self, exponent: Tensor | Number) -> Tensor:
        """Power."""
    def pow(self, exponent: Tensor | Number) -> Tensor:
        """Power."""
    def __matmul__(self, other: Tensor | Number) -> Tensor:
        """Matrix product; leading axes broadcast, a vector is a row on the left and a column on the right."""
    def matmul(self, other: Tensor | Number) -> Tensor:
        """Matrix product; leading axes broadcast, a vector is a row on the left and a column on the right."""
    def __neg__(self) -> Tensor:
        """Opposite sign."""
    def neg(self) -> Tensor:
        """Opposite sign."""
    def negative(self) -> Tensor:
        """Opposite sign."""
    def __pos__(self) -> Tensor:
        """A copy of x."""
    def positive(self) -> Tensor:
        """A copy of x."""
    def __abs__(self) -> Tensor:
        """Absolute value."""
    def abs(self) -> Tensor:
        """Absolute value."""
    def absolute(self) -> Tensor:
        """Absolute value."""
    def __and__(self, other: Tensor | Number) -> Tensor:
        """Bitwise and. Integers and booleans only."""
    def __rand__(self, other: Tensor | Number) -> Tensor:
        """Bitwise and. Integers and booleans only."""
    def bitwise_and(self, other: Tensor | Number) -> Tensor:
        """Bitwise and. Integers and booleans only."""
    def __or__(self, other: Tensor | Number) -> Tensor:
        """Bitwise or. Integers and booleans only."""
    def __ror__(self, other: Tensor | Number) -> Tensor:
        """Bitwise or. Integers and booleans only."""
    def bitwise_or(self, other: Tensor | Number) -> Tensor:
        """Bitwise or. Integers and booleans only."""
    def __xor__(self, other: Tensor | Number) -> Tensor:
        """Bitwise exclusive or. Integers and booleans only."""
    def __rxor__(self, other: Tensor | Number) -> Tensor:
        """Bitwise exclusive or. Integers and booleans only."""
    def bitwise_xor(self, other: Tensor | Number) -> Tensor:
        """Bitwise exclusive or. Integers and booleans only."""
    def __invert__(self) -> Tensor:
        """Bitwise not; for booleans, the opposite."""
    def bitwise_not(self) -> Tensor:
        """Bitwise not; for booleans, the opposite."""
    def fmod(self, other: Tensor | Number) -> Tensor:
        """Remainder with the sign of the dividend, as C's fmod."""
    def __rsub__(self, other: Tensor | Number) -> Tensor: ...
    def __rtruediv__(self, other: Tensor | Number) -> Tensor: ...
    def __rfloordiv__(self, other: Tensor | Number) -> Tensor: ...
    def __rmod__(self, other: Tensor | Number) -> Tensor: ...
    def __rpow__(self, other: Tensor | Number) -> Tensor: ...
    def __rmatmul__(self, other: Tensor | Number) -> Tensor: ...
    def __lt__(self, other: Tensor | Number) -> Tensor:
        """Whether x < y."""
    def lt(self, other: Tensor | Number) -> Tensor:
        """Whether x < y."""
    def less(self, other: Tensor | Number) -> Tensor:
        """Whether x < y."""
    def __le__(self, other: Tensor | Number) -> Tensor:
        """Whether x ≤ y."""
    def le(self, other: Tensor | Number) -> Tensor:
        """Whether x ≤ y."""
    def __gt__(self, other: Tensor | Number) -> Tensor:
        """Whether x > y."""
    def gt(self, other: Tensor | Number) -> Tensor:
        """Whether x > y."""
    def greater(self, other: Tensor | Number) -> Tensor:
        """Whether x > y."""
    def __ge__(self, other: Tensor | Number) -> Tensor:
        """Whether x ≥ y."""
    def ge(self, other: Tensor | Number) -> Tensor:
        """Whether x ≥ y."""
    def eq(self, other: Tensor | Number) -> Tensor:
        """Whether x = y."""
    def ne(self, other: Tensor | Number) -> Tensor:
        """Whether x ≠ y."""
    def logical_and(self, other: Tensor | Number) -> Tensor:
        """Whether both are nonzero."""
    def logical_or(self, other: Tensor | Number) -> Tensor:
        """Whether one is nonzero."""
    def logical_xor(self, other: Tensor | Number) -> Tensor:
        """Whether exactly one is nonzero."""
    def logical_not(self) -> Tensor:
        """Whether x is zero."""
    def isnan(self) -> Tensor:
        """Whether x is not a number."""
    def isinf(self) -> Tensor:
        """Whether x is infinite."""
    def isfinite(self) -> Tensor:
        """Whether x is a finite number."""
    def signbit(self) -> Tensor:
        """Whether the sign bit is set, which tells −0 from 0."""
    def __eq__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def __ne__(self, other: object) -> Tensor: ...  # type: ignore[override]
    def equal(self, other: Tensor) -> builtins.bool:
        """Whether both have one shape and the same numbers."""
    def allclose(self, other: Tensor, rtol: builtins.float = 1e-05, atol: builtins.float = 1e-08, equal_nan: builtins.bool = False) -> builtins.bool:
        """Whether |self − other| ≤ atol + rtol |other| everywhere."""
    def exp(self) -> Tensor:
        """Exponential."""
    def exp2(self) -> Tensor:
        """Power of two."""
    def expm1(self) -> Tensor:
        """eˣ − 1, exact also near 0."""
    def log(self) -> Tensor:
        """Natural logarithm."""
    def log2(self) -> Tensor:
        """Logarithm to base 2."""
    def log10(self) -> Tensor:
        """Logarithm to base 10."""
    def log1p(self) -> Tensor:
        """ln(1 + x), exact also near 0."""
    def sqrt(self) -> Tensor:
        """Square root."""
    def rsqrt(self) -> Tensor:
        """Reciprocal of the square root."""
    def square(self) -> Tensor:
        """Square."""
    def reciprocal(self) -> Tensor:
        """Reciprocal."""
    def sin(self) -> Tensor:
        """Sine of an angle in radians."""
    def cos(self) -> Tensor:
        """Cosine of an angle in radians."""
    def tan(self) -> Tensor:
        """Tangent of an angle in radians."""
    def asin(self) -> Tensor:
        """Angle in radians, from −π/2 to π/2, of a given sine."""
    def acos(self) -> Tensor:
        """Angle in radians, from 0 to π, of a given cosine."""
    def atan(self) -> Tensor:
        """Angle in radians, from −π/2 to π/2, of a given tangent."""
    def atan2(self, other: Tensor | Number) -> Tensor:
        """Angle in radians, from −π to π, of the point with height x and width y."""
    def sinh(self) -> Tensor:
        """Hyperbolic sine."""
    def cosh(self) -> Tensor:
        """Hyperbolic cosine."""
    def tanh(self) -> Tensor:
        """Hyperbolic tangent: a squish to (−1, 1)."""
    def asinh(self) -> Tensor:
        """Inverse of sinh."""
    def acosh(self) -> Tensor:
        """Inverse of cosh, from 0 up."""
    def atanh(self) -> Tensor:
        """Inverse of tanh."""
    def arcsin(self) -> Tensor:
        """Angle in radians, from −π/2 to π/2, of a given sine."""
    def arccos(self) -> Tensor:
        """Angle in radians, from 0 to π, of a given cosine."""
    def arctan(self) -> Tensor:
        """Angle in radians, from −π/2 to π/2, of a given tangent."""
    def arctan2(self, other: Tensor | Number) -> Tensor:
        """Angle in radians, from −π to π, of the point with height x and width y."""
    def arcsinh(self) -> Tensor:
        """Inverse of sinh."""
    def arccosh(self) -> Tensor:
        """Inverse of cosh, from 0 up."""
    def arctanh(self) -> Tensor:
        """Inverse of tanh."""
    def erf(self) -> Tensor:
        """Error function: how much of the bell curve exp(−t²) lies between −x and x."""
    def erfc(self) -> Tensor:
        """What the error function leaves to 1, exact also where that is tiny."""
    def erfinv(self) -> Tensor:
        """Inverse of the error function: ±inf at ±1, nan beyond."""
    def xlogy(self, other: Tensor | Number) -> Tensor:
        """x ln y, 0 where x is 0, whatever the logarithm; nan where y is."""
    def sinc(self) -> Tensor:
        """The normalized sinc."""
    def deg2rad(self) -> Tensor:
        """Degrees to radians."""
    def rad2deg(self) -> Tensor:
        """Radians to degrees."""
    def hypot(self, other: Tensor | Number) -> Tensor:
        """Length of the vector (x, y), without overflow."""
    def logaddexp(self, other: Tensor | Number) -> Tensor:
        """Logarithm of a sum of exponentials, without overflow."""
    def logaddexp2(self, other: Tensor | Number) -> Tensor:
        """Logarithm to base 2 of a sum of powers of 2, without overflow."""
    def sigmoid(self) -> Tensor:
        """Logistic function: the lesson's squish to (0, 1)."""
    def relu(self) -> Tensor:
        """Rectifier: negative numbers become 0."""
    def sign(self) -> Tensor:
        """Sign: −1, 0 or 1. The derivative is zero everywhere."""
    def copysign(self, other: Tensor | Number) -> Tensor:
        """|x| with the sign of y; the derivative in y is zero everywhere."""
    def nan_to_num(self, nan: builtins.float = 0.0, posinf: builtins.float | None = None, neginf: builtins.float | None = None) -> Tensor:
        """Numbers in place of nan and ±inf; where one was put, the derivative is 0."""
    def floor(self) -> Tensor:
        """The next whole number below; the derivative is zero everywhere."""
    def ceil(self) -> Tensor:
        """The next whole number above; the derivative is zero everywhere."""
    def trunc(self) -> Tensor:
        """The whole part, toward zero; the derivative is zero everywhere."""
    def fix(self) -> Tensor:
        """The whole part, toward zero; the derivative is zero everywhere."""
    def round(self, decimals: builtins.int = 0) -> Tensor:
        """The nearest whole number (or number of decimals), halves to even; the derivative is zero everywhere."""
    def frac(self) -> Tensor:
        """The part behind the point, with the sign of x."""
    def maximum(self, other: Tensor | Number) -> Tensor:
        """The larger of two, nan where either is nan."""
    def minimum(self, other: Tensor | Number) -> Tensor:
        """The smaller of two, nan where either is nan."""
    def fmax(self, other: Tensor | Number) -> Tensor:
        """The larger of two; a nan yields to a number."""
    def fmin(self, other: Tensor | Number) -> Tensor:
        """The smaller of two; a nan yields to a number."""
    def clamp(self, min: Tensor | Number | None = None, max: Tensor | Number | None = None) -> Tensor:
        """Limit to the numbers from min to max; the limits may be tensors."""
    def clip(self, min: Tensor | Number | None = None, max: Tensor | Number | None = None) -> Tensor:
        """Limit to the numbers from min to max; the limits may be tensors."""
    def where(self, condition: Tensor, other: Tensor | Number) -> Tensor:
        """self where the condition holds, other elsewhere."""
    def sum(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, dtype: DTypeLike | None = None) -> Tensor:
        """Sum. Integers and booleans add up as int64."""
    def amax(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Largest number; nan where there is one."""
    def amin(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Smallest number; nan where there is one."""
    def mean(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False, dtype: DTypeLike | None = None) -> Tensor:
        """Arithmetic mean; nan of nothing."""
    def logsumexp(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Logarithm of a sum of exponentials, without overflow: a smooth maximum."""
    def argmax(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Where the largest number is, the first of them; in the flattened array where dim is None."""
    def argmin(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Where the smallest number is, the first of them; in the flattened array where dim is None."""
    def count_nonzero(self, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
        """How many numbers are not zero."""
    def all(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Whether all numbers are nonzero."""
    def any(self, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
        """Whether some number is nonzero."""
    @overload
    def max(self, dim: builtins.int, keepdim: builtins.bool = False, *, other: Tensor | Number | None = None) -> Values:
        """Largest of all numbers; along an axis, (values, indices); with a tensor, the larger of two."""
    @overload
    def max(self, dim: Tensor | None = None, keepdim: builtins.bool = False, *, other: Tensor | Number | None = None) -> Tensor:
        """Largest of all numbers; along an axis, (values, indices); with a tensor, the larger of two."""
    @overload
    def min(self, dim: builtins.int, keepdim: builtins.bool = False, *, other: Tensor | Number | None = None) -> Values:
        """Smallest of all numbers; along an axis, (values, indices); with a tensor, the smaller of two."""
    @overload
    def min(self, dim: Tensor | None = None, keepdim: builtins.bool = False, *, other: Tensor | Number | None = None) -> Tensor:
        """Smallest of all numbers; along an axis, (values, indices); with a tensor, the smaller of two."""
    def sort(self, dim: builtins.int = -1, descending: builtins.bool = False, stable: builtins.bool = False) -> Values:
        """(values, indices) in order along an axis; always stable."""
    def argsort(self, dim: builtins.int = -1, descending: builtins.bool = False, stable: builtins.bool = False, *, kind: Any = None) -> Tensor:
        """Where each number of the sorted array came from; always stable."""
    def topk(self, k: builtins.int, dim: builtins.int = -1, largest: builtins.bool = True, sorted: builtins.bool = True) -> Values:
        """The k largest (or smallest) numbers along an axis, in order, and where each came from."""
    def var(self, dim: builtins.int | Sequence[builtins.int] | None = None, unbiased: builtins.bool | None = None, keepdim: builtins.bool = False, *, correction: builtins.int | None = None) -> Tensor:
        """Variance; `unbiased` and `correction` say what is taken from n in the denominator (1 unless given)."""
    def std(self, dim: builtins.int | Sequence[builtins.int] | None = None, unbiased: builtins.bool | None = None, keepdim: builtins.bool = False, *, correction: builtins.int | None = None) -> Tensor:
        """Standard deviation: the root of `variance`."""
    def unsqueeze(self, dim: builtins.int) -> Tensor:
        """A new axis of length 1 (or several, where dim is a tuple)."""
    def squeeze(self, dim: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
        """Axes of length 1 left out: all, or those of dim that have length 1."""
    def flatten(self, start_dim: builtins.int = 0, end_dim: builtins.int = -1) -> Tensor:
        """The axes from start_dim to end_dim made one."""
    def movedim(self, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int]) -> Tensor:
        """Axes moved to other places, the rest in order."""
    def moveaxis(self, source: builtins.int | Sequence[builtins.int], destination: builtins.int | Sequence[builtins.int]) -> Tensor:
        """Axes moved to other places, the rest in order."""
    def split(self, split_size: builtins.int | Sequence[builtins.int], dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """Pieces of a length, the last one perhaps shorter; or of the lengths in a list. Views."""
    def chunk(self, chunks: builtins.int, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """At most `chunks` pieces of equal length, the last one perhaps shorter. Views."""
    def unbind(self, dim: builtins.int = 0) -> builtins.tuple[Tensor, ...]:
        """The slices along an axis, one by one, without that axis. Views."""
    def roll(self, shifts: builtins.int | Sequence[builtins.int], dims: builtins.int | Sequence[builtins.int] | None = None) -> Tensor:
        """The numbers pushed along, those that fall off come in at the other end; without dims, flattened."""
    def tril(self, diagonal: builtins.int = 0) -> Tensor:
        """The lower triangle, zeros above."""
    def triu(self, diagonal: builtins.int = 0) -> Tensor:
        """The upper triangle, zeros below."""
    def diag(self, diagonal: builtins.int = 0) -> Tensor:
        """A vector becomes the diagonal of a matrix; of a matrix, the diagonal is taken."""
    def trace(self) -> Tensor:
        """Sum of the main diagonal of a matrix."""
    def diagonal(self, offset: builtins.int = 0, dim1: builtins.int = 0, dim2: builtins.float = 1) -> Tensor:
        """The diagonal of two axes, as the last axis."""
    def reshape(self, *sizes: builtins.int | Sequence[builtins.int]) -> Tensor:
        """The numbers in the same order under another shape; a view where that is possible."""
    def view(self, *sizes: builtins.int | Sequence[builtins.int]) -> Tensor:
        """As reshape, but never a copy. RuntimeError where the layout forbids it; a dtype instead converts bits."""
    def view_as(self, other: Tensor) -> Tensor: ...
    def reshape_as(self, other: Tensor) -> Tensor: ...
    def permute(self, *dims: builtins.int | Sequence[builtins.int]) -> Tensor:
        """Axes in another order. A view."""
    def transpose(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """Two axes exchanged. A view."""
    def swapaxes(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """Two axes exchanged. A view."""
    def swapdims(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """Two axes exchanged. A view."""
    def t(self) -> Tensor:
        """A matrix transposed; a vector as it is."""
    @property
    def T(self) -> Tensor: ...
    @property
    def mT(self) -> Tensor: ...
    def expand(self, *sizes: builtins.int | Sequence[builtins.int]) -> Tensor:
        """Repeated along axes of length 1, and along new ones in front; −1 keeps a length. A view."""
    def expand_as(self, other: Tensor) -> Tensor: ...
    def broadcast_to(self, size: Sequence[Any]) -> Tensor: ...
    def flip(self, *dims: builtins.int | Sequence[builtins.int], **named: Any) -> Tensor:
        """The order along the given axes reversed. A copy."""
    def repeat(self, *repeats: builtins.int | Sequence[builtins.int]) -> Tensor:
        """Laid out again and again along each axis (NumPy's tile)."""
    def tile(self, *repeats: builtins.int | Sequence[builtins.int]) -> Tensor: ...
    def ravel(self) -> Tensor: ...
    def narrow(self, dim: builtins.int, start: builtins.int, length: builtins.int) -> Tensor:
        """`length` slices along an axis, from `start`. A view."""
    def select(self, dim: builtins.int, index: builtins.int) -> Tensor:
        """One slice along an axis, without that axis. A view."""
    def unfold(self, dimension: builtins.int, size: builtins.int, step: builtins.int) -> Tensor:
        """Windows along an axis; the window's own axis comes last."""
    def __getitem__(self, key: Any) -> Tensor: ...
    def __setitem__(self, key: Any, value: Any) -> None: ...
    def gather(self, dim: builtins.int, index: Tensor) -> Tensor:
        """Pick along one axis: z[i, j] = x[index[i, j], j] for dim 0."""
    def scatter_add(self, dim: builtins.int, index: Tensor, src: Tensor) -> Tensor:
        """x with src added at places given along one axis; repeated places add up."""
    def index_select(self, dim: builtins.int, index: Tensor) -> Tensor:
        """Slices along an axis, in the order of an integer vector."""
    def masked_fill(self, mask: Tensor, value: Tensor | Number) -> Tensor:
        """x with one number where the mask holds."""
    def masked_select(self, mask: Tensor) -> Tensor:
        """The numbers where the mask holds, as a vector."""
    @overload
    def nonzero(self, as_tuple: Literal[True]) -> builtins.tuple[Tensor, ...]:
        """Where x is not zero: one row of coordinates for each, or one vector for each axis."""
    @overload
    def nonzero(self, as_tuple: Literal[False] = False) -> Tensor:
        """Where x is not zero: one row of coordinates for each, or one vector for each axis."""
    @overload
    def nonzero(self, as_tuple: builtins.bool = False) -> Any:
        """Where x is not zero: one row of coordinates for each, or one vector for each axis."""
    def dot(self, tensor: Tensor) -> Tensor:
        """Inner product of two vectors."""
    def outer(self, vec2: Tensor) -> Tensor:
        """All products of two vectors."""
    def inner(self, other: Tensor | Number) -> Tensor:
        """Sums of products along the last axes."""
    def __iadd__(self, other: Tensor | Number) -> Tensor:
        """`add` written into this tensor's memory."""
    def __isub__(self, other: Tensor | Number) -> Tensor:
        """`sub` written into this tensor's memory."""
    def mul_(self, other: Tensor | Number) -> Tensor:
        """`mul` written into this tensor's memory."""
    def __imul__(self, other: Tensor | Number) -> Tensor:
        """`mul` written into this tensor's memory."""
    def __itruediv__(self, other: Tensor | Number) -> Tensor:
        """`div` written into this tensor's memory."""
    def pow_(self, exponent: Tensor | Number) -> Tensor:
        """`pow` written into this tensor's memory."""
    def __ipow__(self, exponent: Tensor | Number) -> Tensor:
        """`pow` written into this tensor's memory."""
    def __ifloordiv__(self, other: Tensor | Number) -> Tensor:
        """`floor_divide` written into this tensor's memory."""
    def floor_divide_(self, other: Tensor | Number) -> Tensor:
        """`floor_divide` written into this tensor's memory."""
    def __imod__(self, other: Tensor | Number) -> Tensor:
        """`remainder` written into this tensor's memory."""
    def remainder_(self, other: Tensor | Number) -> Tensor:
        """`remainder` written into this tensor's memory."""
    def neg_(self) -> Tensor:
        """`neg` written into this tensor's memory."""
    def abs_(self) -> Tensor:
        """`abs` written into this tensor's memory."""
    def sign_(self) -> Tensor:
        """`sign` written into this tensor's memory."""
    def sqrt_(self) -> Tensor:
        """`sqrt` written into this tensor's memory."""
    def exp_(self) -> Tensor:
        """`exp` written into this tensor's memory."""
    def log_(self) -> Tensor:
        """`log` written into this tensor's memory."""
    def sin_(self) -> Tensor:
        """`sin` written into this tensor's memory."""
    def cos_(self) -> Tensor:
        """`cos` written into this tensor's memory."""
    def tanh_(self) -> Tensor:
        """`tanh` written into this tensor's memory."""
    def sigmoid_(self) -> Tensor:
        """`sigmoid` written into this tensor's memory."""
    def relu_(self) -> Tensor:
        """`relu` written into this tensor's memory."""
    def clamp_(self, min: Tensor | Number | None = None, max: Tensor | Number | None = None) -> Tensor:
        """`clamp` written into this tensor's memory."""
    def clip_(self, min: Tensor | Number | None = None, max: Tensor | Number | None = None) -> Tensor:
        """`clamp` written into this tensor's memory."""
    def __iand__(self, other: Tensor | Number) -> Tensor:
        """`bitwise_and` written into this tensor's memory."""
    def __ior__(self, other: Tensor | Number) -> Tensor:
        """`bitwise_or` written into this tensor's memory."""
    def __ixor__(self, other: Tensor | Number) -> Tensor:
        """`bitwise_xor` written into this tensor's memory."""
    def scatter_add_(self, dim: builtins.int, index: Tensor, src: Tensor) -> Tensor:
        """`scatter_add` written into this tensor's memory."""
    def copy_(self, src: Tensor, non_blocking: builtins.bool = False) -> Tensor:
        """Write the numbers of `src` here; it broadcasts, and its dtype is converted."""
    def fill_(self, value: Tensor | Number) -> Tensor:
        """Write one number everywhere."""
    def zero_(self) -> Tensor: ...
    grad: Tensor | None

def tensor(data: Any, dtype: DTypeLike | None = None, device: DeviceLike | None = None, requires_grad: builtins.bool = False) -> Tensor:
    """A tensor with a copy of `data`: a number, nested sequences, an array or a tensor."""

"""More methods of a Tensor: what is composed of ops, under PyTorch's names. `Tensor` has them beside its own.

Each line is a name from `ops`, one step away from its sentence.
Source: https://docs.pytorch.org/docs/stable/tensors.html
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np

from . import devices, factors, linalg, promotion, sparse
from .conversion import as_array, given_sizes, sizes_of
from .engine import array_of, constant
from .graph import Tensor as _Base
from .missing import no_complex
from .ops import bessel, decompositions, elementwise, floats, gamma, joining, placing, products, segments, statistics
from .ops import index as indexing
from .ops import shape as layout
from .ops import strides as by_strides
from .ops.index import sum_to
from .storage import TypedStorage

if TYPE_CHECKING:
    from .sparse import Sparse
    from .tensor import Tensor

_LETTERS = {"float32": "Float", "float64": "Double", "float16": "Half", "uint8": "Byte", "int8": "Char",
            "int16": "Short", "int32": "Int", "int64": "Long", "bool": "Bool"}  # fmt: skip


class Methods(_Base):
    """What a Tensor can do besides."""

    if TYPE_CHECKING:
        shape: Any
        dtype: Any
        ndim: Any
        to: Any
        numpy: Any
        requires_grad: Any
        sort: Any
        split: Any

    # ------------------------------------------------------------------------------------ where and what it is

    is_cpu = True
    is_cuda = is_xpu = is_mps = is_sparse = is_quantized = is_meta = is_mkldnn = False
    layout = "torch.strided"
    names = None

    def cuda(self, device: Any = None, non_blocking: builtins.bool = False, **_: Any) -> NoReturn:
        """There is no GPU here: RuntimeError."""
        raise RuntimeError("cuda: the only device here is 'cpu'; ask tinygrad_edu.cuda.is_available() first, or use "
                           ".to(device) with the device that it chooses")  # fmt: skip

    def get_device(self) -> int:
        """−1, which says: on the CPU."""
        return -1

    def pin_memory(self, device: Any = None) -> Self:
        """This tensor: without a GPU there is nothing to pin memory for."""
        return self

    def is_pinned(self, device: Any = None) -> builtins.bool:
        return False

    def storage(self) -> TypedStorage:
        """The row of numbers in memory that this tensor and its views show."""
        return TypedStorage(self._array)

    untyped_storage = storage

    def storage_offset(self) -> int:
        """How many numbers lie in that row before this tensor's first."""
        storage = self.storage()
        return (self._array.__array_interface__["data"][0] - storage.data_ptr()) // storage.element_size()

    def share_memory_(self) -> Self:
        """This tensor; worker processes get copies."""
        return self

    def is_complex(self) -> builtins.bool:
        return False

    def is_signed(self) -> builtins.bool:
        return self.dtype.kind in "if"

    def is_inference(self) -> builtins.bool:
        return False

    def type(self, dtype: Any = None, non_blocking: builtins.bool = False) -> Any:
        """Without a dtype, PyTorch's name of this kind of tensor: "torch.FloatTensor"; else as .to(dtype)."""
        if dtype is None:
            return f"torch.{_LETTERS[self.dtype.name]}Tensor"
        if isinstance(dtype, str):
            letters = {f"torch.{letter}Tensor": name for name, letter in _LETTERS.items()}
            if dtype not in letters:
                raise ValueError(f"type: a name such as 'torch.FloatTensor' expected, got {dtype!r}")
            dtype = np.dtype(letters[dtype])
        return self.to(np.dtype(dtype))

    def byte(self, memory_format: Any = None) -> Tensor:
        return self.to(np.uint8)

    def char(self, memory_format: Any = None) -> Tensor:
        return self.to(np.int8)

    def short(self, memory_format: Any = None) -> Tensor:
        return self.to(np.int16)

    def bfloat16(self, memory_format: Any = None) -> NoReturn:
        devices.bfloat16.refuse()

    def new_tensor(self, data: Any, *, dtype: Any = None, device: Any = None,
                   requires_grad: builtins.bool = False) -> Tensor:  # fmt: skip
        """A tensor of these numbers, with this one's dtype unless given."""
        return _made(as_array(data, dtype or self.dtype), device, requires_grad)

    def new_zeros(self, *sizes: Any, size: Any = None, dtype: Any = None, device: Any = None,
                  requires_grad: builtins.bool = False) -> Tensor:  # fmt: skip
        """Zeros of a shape, with this tensor's dtype unless given."""
        return _made(np.zeros(given_sizes("new_zeros", sizes, size), dtype or self.dtype), device, requires_grad)

    new_empty = new_zeros

    def new_ones(self, *sizes: Any, size: Any = None, dtype: Any = None, device: Any = None,
                  requires_grad: builtins.bool = False) -> Tensor:  # fmt: skip
        """Ones of a shape, with this tensor's dtype unless given."""
        return _made(np.ones(given_sizes("new_ones", sizes, size), dtype or self.dtype), device, requires_grad)

    def new_full(self, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None,
                 requires_grad: builtins.bool = False) -> Tensor:  # fmt: skip
        """One number in a shape, with this tensor's dtype unless given."""
        return _made(np.full(tuple(size), fill_value, dtype or self.dtype), device, requires_grad)

    def new(self, *args: Any) -> Tensor:
        """A tensor with this one's dtype: of numbers, or (its numbers all zero) of a shape."""
        if args and all(isinstance(n, int) for n in args):
            return self.new_zeros(*args)
        return self.new_tensor(args[0] if args else [])

    def to_sparse(self, sparse_dim: int | None = None) -> Sparse:
        """The numbers that are not zero, with their places."""
        return sparse.from_dense(self)

    def to_dense(self) -> Self:
        """This tensor, which is dense already."""
        return self

    def ndimension(self) -> int:
        return self.ndim

    def is_same_size(self, other: Any) -> builtins.bool:
        return self.shape == other.shape

    def is_nonzero(self) -> builtins.bool:
        return bool(self)

    # ------------------------------------------------------------------------------------ numbers

    add, sub, subtract = products.add_scaled, products.sub_scaled, products.sub_scaled
    div = divide = true_divide = products.divided
    addcmul, addcdiv, lerp = products.addcmul, products.addcdiv, products.lerp
    float_power, logit = products.float_power, products.logit
    isclose = products.isclose
    greater_equal, less_equal, not_equal = elementwise.ge, elementwise.le, elementwise.ne
    sgn, heaviside, ldexp = elementwise.sign, elementwise.heaviside, elementwise.ldexp
    bitwise_left_shift, bitwise_right_shift = products.left_shift, products.right_shift
    __lshift__, __rshift__ = products.left_shift, products.right_shift
    conj = resolve_conj = resolve_neg = elementwise.conj
    isreal, isposinf, isneginf = products.isreal, products.isposinf, products.isneginf

    lgamma, digamma, polygamma, mvlgamma = gamma.lgamma, gamma.digamma, gamma.polygamma, gamma.mvlgamma
    igamma, igammac, i0 = gamma.igamma, gamma.igammac, bessel.i0
    frexp, nextafter, gcd, lcm = floats.frexp, floats.nextafter, floats.gcd, floats.lcm
    hash_tensor, conj_physical, __rdiv__ = floats.hash_tensor, elementwise.conj, lambda x, y: elementwise.div(y, x)
    cdouble, cfloat, chalf = (no_complex(name) for name in ("cdouble", "cfloat", "chalf"))

    @property
    def real(self) -> Self:
        return self

    @property
    def H(self) -> Tensor:
        return joining.t(self)

    mH = property(lambda self: layout.transpose(self, dim0=-2, dim1=-1))

    def clamp_min(self, min: Any) -> Tensor:
        """Limit to numbers from min up."""
        return elementwise.clip(self, min)

    def clamp_max(self, max: Any) -> Tensor:
        """Limit to numbers up to max."""
        return elementwise.clip(self, None, max)

    # ------------------------------------------------------------------------------------ reductions, statistics

    median, nanmedian, mode, kthvalue = (
        statistics.median, statistics.nanmedian, statistics.mode, statistics.kthvalue,
    )  # fmt: skip
    quantile, nanquantile, aminmax = statistics.quantile, statistics.nanquantile, statistics.aminmax
    nansum, nanmean = statistics.nansum, statistics.nanmean
    cummax, cummin, logcumsumexp = statistics.cummax, statistics.cummin, statistics.logcumsumexp
    diff, dist, renorm, cov, corrcoef = (
        statistics.diff_of, statistics.dist, statistics.renorm, statistics.cov, statistics.corrcoef,
    )  # fmt: skip
    bincount, histc, unique, unique_consecutive = (
        statistics.bincount, statistics.histc, statistics.unique, statistics.unique_consecutive,
    )  # fmt: skip
    histogram, cumsum, cumprod, prod = statistics.histogram, statistics.cumsum, statistics.cumprod, statistics.prod
    repeat_interleave, norm = statistics.repeat_interleave, linalg.norm_of
    softmax, log_softmax = statistics.softmax, statistics.log_softmax

    # ------------------------------------------------------------------------------------ shape

    hsplit, vsplit, dsplit, tensor_split = joining.hsplit, joining.vsplit, joining.dsplit, joining.tensor_split
    unflatten, fliplr, flipud, rot90 = joining.unflatten, joining.fliplr, joining.flipud, joining.rot90
    diag_embed, diagflat = joining.diag_embed, joining.diagflat
    select_scatter, slice_scatter = joining.select_scatter, joining.slice_scatter
    diagonal_scatter = joining.diagonal_scatter
    as_strided, as_strided_scatter = by_strides.as_strided, by_strides.as_strided_scatter

    def narrow_copy(self, dim: int, start: int, length: int) -> Tensor:
        """`narrow` with memory of its own."""
        return elementwise.clone(joining.narrow(self, dim, start, length))

    def split_with_sizes(self, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
        """Pieces of the lengths in a list."""
        return self.split(list(split_sizes), dim)

    unsafe_split_with_sizes = split_with_sizes
    unsafe_chunk, unsafe_split = joining.unsafe_chunk, joining.unsafe_split

    def adjoint(self) -> Tensor:
        """The last two axes exchanged."""
        return layout.transpose(self, dim0=-2, dim1=-1)

    def sum_to_size(self, *size: Any) -> Tensor:
        """Summed over the axes along which this size would broadcast to the shape here."""
        return sum_to(self, shape=sizes_of(size))

    # ------------------------------------------------------------------------------------ index

    take, put, index_put = placing.take, placing.put, placing.index_put
    index_add, index_copy, index_fill = placing.index_add, placing.index_copy, placing.index_fill
    masked_scatter, scatter, scatter_reduce = placing.masked_scatter, placing.scatter, placing.scatter_reduce
    take_along_dim, index_reduce = placing.take_along_dim, segments.index_reduce
    nonzero_static = indexing.nonzero_static

    def angle(self) -> Tensor:
        """The angle of real numbers: 0, or π below 0; nan of nan."""
        array = array_of(self)
        dtype = array.dtype if array.dtype.kind == "f" else promotion.get_default_dtype()
        return constant(np.astype(np.where(np.isnan(array), np.nan, np.where(array < 0, np.pi, 0.0)), dtype))

    def msort(self) -> Tensor:
        """Numbers in order along the first axis."""
        return self.sort(dim=0)[0]

    def argwhere(self) -> Tensor:
        """Coordinates of what is not zero, one row each."""
        return np.argwhere(self)  # type: ignore[return-value]  # an op answers

    # ------------------------------------------------------------------------------------ products, linear algebra

    mm, bmm, mv = products.mm, products.bmm, products.mv
    addmm, addmv, addr, addbmm, baddbmm = (
        products.addmm, products.addmv, products.addr, products.addbmm, products.baddbmm,
    )  # fmt: skip
    kron, cross, ger, vdot = products.kron, products.cross, products.ger, products.vdot
    det, inverse, pinverse = decompositions.det, decompositions.inv, linalg.pinv
    slogdet, logdet, cholesky = linalg.slogdet, linalg.logdet, linalg.cholesky
    qr, matrix_power, svd = linalg.qr, linalg.matrix_power, linalg.svd_of
    cholesky_inverse, cholesky_solve = linalg.cholesky_inverse, linalg.cholesky_solve
    lu, geqrf, ormqr, triangular_solve = factors.lu_of, factors.geqrf, factors.ormqr, factors.triangular_solve
    lu_solve, matrix_exp = factors.lu_solve, factors.matrix_exp



def _made(array: np.ndarray, device: Any, requires_grad: bool) -> Any:
    devices.check("new", device)
    result = constant(array)
    return result.requires_grad_() if requires_grad else result

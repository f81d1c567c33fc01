"""Sparse matrices, as far as networks on graphs need them: numbers with their places (COO), times something dense.

A product gathers the rows that the numbers meet and adds them up where they belong, so it is differentiable in both.
Everything else is done dense: `.to_dense()`.
Source: https://docs.pytorch.org/docs/stable/sparse.html#sparse-coo-tensors
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from .devices import CPU, Size
from .engine import Tensor, array_of, constant
from .ops.index import SLOT, getitem
from .ops.index import index_add as placed


class Sparse:
    """values[i] stands at indices[:, i], zeros elsewhere; what stands at one place twice adds up.

    indices: (number of axes, n), whole numbers; values: (n).
    """

    is_sparse, is_cuda, device, layout = True, False, CPU, "torch.sparse_coo"

    def __init__(self, indices: Any, values: Any, size: tuple):
        self._places, self._numbers, self.shape = indices, values, Size(size)

    dtype = property(lambda self: self._numbers.dtype)
    ndim = property(lambda self: len(self.shape))
    requires_grad = property(lambda self: self._numbers.requires_grad)
    grad_fn = property(lambda self: self._numbers.grad_fn)

    def dim(self) -> int:
        return len(self.shape)

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the length of one axis."""
        return self.shape if dim is None else self.shape[dim]

    def _indices(self) -> Any:
        return self._places

    def _values(self) -> Any:
        return self._numbers

    indices, values = _indices, _values

    def _nnz(self) -> int:
        """How many numbers are kept."""
        return self._numbers.shape[0]

    def is_coalesced(self) -> bool:
        """Whether places are in order, and none is there twice."""
        flat = np.ravel_multi_index(tuple(array_of(self._places)), self.shape)
        return bool((np.diff(flat) > 0).all())

    def coalesce(self) -> Sparse:
        """The same with places in order, each once; what stood at one place is added up."""
        flat = np.ravel_multi_index(tuple(array_of(self._places)), self.shape)
        found, where = np.unique(flat, return_inverse=True)
        numbers = placed(self._numbers, constant(where), index=(SLOT,), shape=(len(found),))
        return Sparse(constant(np.stack(np.unravel_index(found, self.shape))), numbers, self.shape)

    def to_dense(self) -> Any:
        """As a tensor with all its zeros."""
        return placed(self._numbers, *self._places.unbind(), index=(SLOT,) * self.ndim, shape=tuple(self.shape))

    def to_sparse(self) -> Sparse:
        return self

    def t(self) -> Sparse:
        """Transposed."""
        return Sparse(self._places.flip(0), self._numbers, self.shape[::-1])

    def transpose(self, dim0: int, dim1: int) -> Sparse:
        """Two axes exchanged."""
        order = list(range(self.ndim))
        order[dim0], order[dim1] = order[dim1], order[dim0]
        return Sparse(self._places[order], self._numbers, tuple(self.shape[i] for i in order))

    def __matmul__(self, dense: Any) -> Any:
        """(n, m) times (m, k) or (m)."""
        if isinstance(dense, Sparse):
            return from_dense(self @ dense.to_dense())
        if self.ndim != 2 or dense.ndim not in (1, 2) or self.shape[1] != dense.shape[0]:
            raise ValueError(f"sparse matmul: (n, m) times (m, k) expected, got {self.shape} @ {dense.shape}")
        row, column = self._places.unbind()
        met = getitem(dense, column, index=(SLOT,))
        weights = self._numbers if dense.ndim == 1 else self._numbers.unsqueeze(1)
        return placed(weights * met, row, index=(SLOT,), shape=(self.shape[0], *dense.shape[1:]))

    matmul = mm = spmm = __matmul__

    def __rmatmul__(self, dense: Any) -> Any:
        return (self.t() @ dense.mT).mT

    __array_ufunc__ = None  # a tensor's @ asks here first

    def __mul__(self, other: Any) -> Sparse:
        if isinstance(other, (Tensor, Sparse)) and cast(Any, other).ndim:
            raise TypeError("a sparse tensor is only multiplied by numbers here; use .to_dense()")
        return Sparse(self._places, self._numbers * other, self.shape)

    __rmul__ = mul = __mul__

    def __add__(self, other: Any) -> Any:
        return other + self.to_dense() if isinstance(other, Tensor) else Sparse(
            self._places.new_tensor(np.concatenate([self._places.numpy(), other._places.numpy()], 1)),
            _joined(self._numbers, other._numbers), self.shape,
        )  # fmt: skip

    __radd__ = __add__

    def to(self, *args: Any, **options: Any) -> Sparse:
        return Sparse(self._places, self._numbers.to(*args, **options), self.shape)

    def float(self) -> Sparse:
        return self.to(np.float32)

    def cpu(self) -> Sparse:
        return self

    def detach(self) -> Sparse:
        return Sparse(self._places, self._numbers.detach(), self.shape)

    def requires_grad_(self, requires_grad: bool = True) -> Sparse:
        self._numbers.requires_grad_(requires_grad)
        return self

    def __repr__(self) -> str:
        return f"tensor(indices={self._places!r},\n       values={self._numbers!r},\n       " \
               f"size={tuple(self.shape)}, nnz={self._nnz()}, layout=torch.sparse_coo)"


def _joined(a: Any, b: Any) -> Any:
    return np.concatenate([a, b])


def sparse_coo_tensor(indices: Any, values: Any = None, size: Any = None, *, dtype: Any = None, device: Any = None,
                      requires_grad: bool = False, check_invariants: Any = None,
                      is_coalesced: Any = None) -> Sparse:  # fmt: skip
    """A sparse tensor of values at places; its size, unless given, is as small as can be.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.sparse_coo_tensor.html
    """
    from .tensor import tensor

    places = indices if isinstance(indices, Tensor) else tensor(indices)
    numbers: Any = values if isinstance(values, Tensor) else tensor(values, dtype=dtype)
    numbers = numbers if dtype is None else numbers.to(dtype)
    found = array_of(places)
    if found.ndim != 2 or found.dtype.kind not in "iu":
        raise ValueError("sparse_coo_tensor: indices must be whole numbers, one row for each axis, got shape "
                         f"{found.shape}, dtype {found.dtype}")  # fmt: skip
    if size is None:
        size = tuple(int(n) + 1 for n in found.max(axis=1))
    outside = found.size and ((found < 0) | (found >= np.reshape(size, (-1, 1)))).any()
    if len(size) != found.shape[0] or outside:
        raise ValueError(f"sparse_coo_tensor: each index must lie within size {tuple(size)}")
    made = Sparse(places, numbers, tuple(size))
    return made.requires_grad_() if requires_grad else made


def from_dense(x: Any) -> Sparse:
    """The numbers of a tensor that are not zero, with their places."""
    at = np.nonzero(array_of(x))
    index = tuple(constant(i) for i in at)
    return Sparse(constant(np.stack(at)), getitem(x, *index, index=(SLOT,) * x.ndim), x.shape)


def mm(mat1: Any, mat2: Any) -> Tensor:
    """Sparse times dense."""
    return mat1 @ mat2

"""Small functions of the package's top level: a method called from outside, a dtype asked about, a range of indices.

Source: https://docs.pytorch.org/docs/stable/torch.html
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import promotion
from .creation import _made, _size
from .devices import Size
from .devices import check as check_device
from .ops import creation
from .ops.index import sum_to
from .random import randint
from .storage import TypedStorage
from .tensor import Tensor, tensor


def tile(input: Any, dims: Sequence[int]) -> Tensor:
    """Laid out again and again along each axis."""
    return input.tile(*dims)


def broadcast_to(input: Any, shape: Sequence[int]) -> Tensor:
    """Repeated along new axes and axes of length 1. A view."""
    return input.expand(*shape)


def ravel(input: Any) -> Tensor:
    """All numbers as a vector."""
    return input.ravel()


def unflatten(input: Any, dim: int, sizes: Sequence[int]) -> Tensor:
    """One axis as several."""
    return input.unflatten(dim, sizes)


def adjoint(input: Any) -> Tensor:
    """The last two axes exchanged."""
    return input.mT


def clone(input: Any, *, memory_format: Any = None) -> Tensor:
    """A copy in memory of its own; the gradient flows through."""
    return input.clone()


def fill(input: Any, value: Any) -> Tensor:
    """A copy with one number everywhere."""
    return input * 0 + value if isinstance(value, Tensor) else full_like(input, value)


def msort(input: Any) -> Tensor:
    """Numbers in order along the first axis."""
    return input.sort(dim=0).values


def angle(input: Any) -> Tensor:
    """The angle of a real number: 0, or π below 0; nan of nan."""
    return input.angle()


def split_with_sizes(input: Any, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of the lengths in a list."""
    return input.split(list(split_sizes), dim)


def detach(input: Any) -> Tensor:
    """The same memory, off the graph."""
    return input.detach()


def argwhere(input: Any) -> Tensor:
    """Coordinates of what is not zero, one row each."""
    return np.argwhere(input)  # type: ignore[return-value]  # an op answers


def sum_to_size(input: Any, *size: int) -> Tensor:
    """Summed over the axes along which this size would broadcast."""
    return sum_to(input, shape=size)


def logspace(start: float, end: float, steps: int, base: float = 10.0, *, dtype: Any = None, device: Any = None,
             requires_grad: bool = False) -> Tensor:  # fmt: skip
    """Powers of base, whose exponents are evenly spaced from start to end."""
    start, end = (x.item() if isinstance(x, Tensor) else x for x in (start, end))
    found = np.logspace(start, end, steps, base=base)
    return _made(found.astype(dtype or promotion.get_default_dtype()), requires_grad)


def range_(start: float, end: float, step: float = 1) -> Tensor:
    """Numbers from start up to, and including, end."""
    return tensor(np.arange(start, end + step / 2, step), dtype=promotion.get_default_dtype())


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = np.int64, device: Any = None) -> Tensor:
    """Where the lower triangle is: (2, k), rows above columns."""
    check_device("tril_indices", device)
    return tensor(np.stack(np.tril_indices(row, offset, col)), dtype=dtype)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = np.int64, device: Any = None) -> Tensor:
    """Where the upper triangle is: (2, k), rows above columns."""
    check_device("triu_indices", device)
    return tensor(np.stack(np.triu_indices(row, offset, col)), dtype=dtype)


def full_like(input: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
              memory_format: Any = None, layout: Any = None) -> Tensor:  # fmt: skip
    """One number in the shape and dtype of a tensor."""
    return _like(creation.full_like(input, fill_value=fill_value, dtype=dtype), device, requires_grad)


def zeros_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
               memory_format: Any = None, layout: Any = None) -> Tensor:  # fmt: skip
    """Zeros in the shape and dtype of a tensor."""
    return _like(creation.zeros_like(input, dtype=dtype), device, requires_grad)


def ones_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
              memory_format: Any = None, layout: Any = None) -> Tensor:  # fmt: skip
    """Ones in the shape and dtype of a tensor."""
    return _like(creation.ones_like(input, dtype=dtype), device, requires_grad)


def empty_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
               memory_format: Any = None, layout: Any = None) -> Tensor:  # fmt: skip
    """Memory in the shape and dtype of a tensor; filled with zeros here."""
    return _like(creation.empty_like(input, dtype=dtype), device, requires_grad)


def _like(made: Any, device: Any, requires_grad: bool) -> Tensor:
    check_device("device", device)
    made = made.detach()  # only the input's shape went into it
    return made.requires_grad_() if requires_grad else made


def randint_like(input: Any, low: Any, high: Any = None, *, generator: Any = None, dtype: Any = None,
                 device: Any = None, requires_grad: bool = False) -> Tensor:  # fmt: skip
    """Whole numbers, low ≤ x < high, in the shape and dtype of a tensor; with one limit, from 0."""
    low, high = (0, low) if high is None else (low, high)
    return randint(low, high, tuple(input.shape), generator=generator, dtype=dtype or input.dtype)


def empty_strided(size: Sequence[int], stride: Sequence[int], *, dtype: Any = None) -> Tensor:
    """Memory of a shape, filled with zeros; the strides are NumPy's."""
    return _made(np.zeros(_size((tuple(size),)), dtype or promotion.get_default_dtype()), False)


def scalar_tensor(value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """One number as a tensor without axes."""
    return tensor(value, dtype=dtype or promotion.get_default_dtype(), requires_grad=requires_grad)


# ------------------------------------------------------------------------------------------ asking


def is_floating_point(input: Any) -> bool:
    """Whether the dtype is a floating one."""
    return input.is_floating_point()


def is_complex(input: Any) -> bool:
    """Whether numbers are complex: none are here."""
    return False


def is_nonzero(input: Any) -> bool:
    """The truth of a single number."""
    return bool(input)


def is_same_size(input: Any, other: Any) -> bool:
    """Whether both have one shape."""
    return input.shape == other.shape


def is_storage(obj: Any) -> bool:
    """Whether obj is what `Tensor.storage` returns."""
    return isinstance(obj, TypedStorage)


def promote_types(type1: Any, type2: Any) -> np.dtype:
    """The smallest dtype that holds both, as PyTorch decides."""
    return promotion._join(np.dtype(type1), np.dtype(type2))


def can_cast(from_: Any, to: Any) -> bool:
    """Whether a result of one dtype may be written into a tensor of the other."""
    order = {"b": 0, "u": 1, "i": 2, "f": 3}
    return order[np.dtype(from_).kind] <= order[np.dtype(to).kind] or (
        np.dtype(from_).kind == "i" and np.dtype(to).kind == "u")  # fmt: skip


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that these broadcast to."""
    return Size(np.broadcast_shapes(*shapes))


def typename(obj: Any) -> str:
    """PyTorch's name of an object's type."""
    return obj.type() if isinstance(obj, Tensor) else f"{type(obj).__module__}.{type(obj).__qualname__}"


# ------------------------------------------------------------------------------------------ settings

_set: dict[str, Any] = {"precision": "highest", "deterministic": True}


def set_float32_matmul_precision(precision: str) -> None:
    """Remembered and without effect: products of float32 are computed in float32."""
    if precision not in ("highest", "high", "medium"):
        raise RuntimeError(f"set_float32_matmul_precision: highest, high or medium expected, got {precision!r}")
    _set["precision"] = precision


def get_float32_matmul_precision() -> str:
    """What was set."""
    return _set["precision"]


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Without effect: everything here is deterministic."""


def are_deterministic_algorithms_enabled() -> bool:
    """True: the same program gives the same bits."""
    return True


def set_default_device(device: Any) -> None:
    """RuntimeError for any device but the CPU."""
    check_device("set_default_device", device)


def set_default_tensor_type(t: Any) -> None:
    """The dtype of tensors made from Python floats."""
    promotion.set_default_dtype(getattr(t, "dtype", t))


def get_num_threads() -> int:
    """How many processors NumPy's products may use: as OMP_NUM_THREADS says, or all."""
    return int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)


def set_num_threads(threads: int) -> None:
    """Without effect here: set OMP_NUM_THREADS before the program starts."""


get_num_interop_threads, set_num_interop_threads = get_num_threads, set_num_threads

"""Copies of what are otherwise views, and other names that PyTorch gives to its views.

Source: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from .ops import joining, strides
from .ops import shape as layout
from .tensor import Tensor


def _copied(view: Callable, name: str) -> Callable:
    def function(*args: Any, **options: Any) -> Any:
        found = view(*args, **options)
        return tuple(part.clone() for part in found) if isinstance(found, tuple) else found.clone()

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name.removesuffix('_copy')}` with memory of its own."
    function.__signature__ = inspect.signature(view)  # type: ignore[attr-defined]
    return function


def slice_(input: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Tensor:
    """Every step-th slice along an axis, from start up to, not including, end. A view."""
    return input[(*(slice(None),) * (dim % max(input.ndim, 1)), slice(start, end, step))]


def _split(input: Any, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    return layout.split(input, list(split_sizes), dim)


def _diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    return layout.diagonal(input, offset=offset, dim1=dim1, dim2=dim2)


alias_copy = _copied(lambda input: input, "alias_copy")
detach_copy = _copied(lambda input: input.detach(), "detach_copy")
as_strided_copy = _copied(strides.as_strided, "as_strided_copy")
diagonal_copy = _copied(_diagonal, "diagonal_copy")
expand_copy = _copied(lambda input, size, implicit=False: input.expand(*size), "expand_copy")
narrow_copy = _copied(joining.narrow, "narrow_copy")
permute_copy = _copied(lambda input, dims: input.permute(*dims), "permute_copy")
select_copy = _copied(joining.select, "select_copy")
slice_copy = _copied(slice_, "slice_copy")
split_copy = _copied(layout.split, "split_copy")
split_with_sizes_copy = _copied(_split, "split_with_sizes_copy")
squeeze_copy = _copied(lambda input, dim=None: input.squeeze(*() if dim is None else (dim,)), "squeeze_copy")
t_copy = _copied(lambda input: input.t(), "t_copy")
transpose_copy = _copied(lambda input, dim0, dim1: input.transpose(dim0, dim1), "transpose_copy")
unbind_copy = _copied(layout.unbind, "unbind_copy")
unfold_copy = _copied(lambda input, dimension, size, step: input.unfold(dimension, size, step), "unfold_copy")
unsqueeze_copy = _copied(lambda input, dim: input.unsqueeze(dim), "unsqueeze_copy")
view_copy = _copied(lambda input, size: input.reshape(size), "view_copy")

unsafe_chunk, unsafe_split, unsafe_split_with_sizes = joining.unsafe_chunk, joining.unsafe_split, _split

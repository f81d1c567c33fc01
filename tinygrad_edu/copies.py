"""Copies of what are otherwise views, and other names that PyTorch gives to its views.

Source: https://docs.pytorch.org/docs/stable/torch.html#indexing-slicing-joining-mutating-ops
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .ops import joining, strides
from .ops import shape as layout


def _copied(view: Callable, name: str) -> Callable:
    def function(input: Any, *args: Any, **options: Any) -> Any:
        found = view(input, *args, **options)
        return tuple(part.clone() for part in found) if isinstance(found, tuple) else found.clone()

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{name.removesuffix('_copy')}` with memory of its own."
    return function


def slice_(input: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1) -> Any:
    """Every step-th slice along an axis, from start up to, not including, end. A view."""
    return input[(*(slice(None),) * (dim % max(input.ndim, 1)), slice(start, end, step))]


def _split(input: Any, split_sizes: Sequence[int], dim: int = 0) -> Any:
    return layout.split(input, list(split_sizes), dim)


alias_copy = _copied(lambda x: x, "alias_copy")
detach_copy = _copied(lambda x: x.detach(), "detach_copy")
as_strided_copy = _copied(strides.as_strided, "as_strided_copy")
diagonal_copy = _copied(lambda x, offset=0, dim1=0, dim2=1: layout.diagonal(x, offset=offset, dim1=dim1, dim2=dim2),
                        "diagonal_copy")  # fmt: skip
expand_copy = _copied(lambda x, size, implicit=False: x.expand(*size), "expand_copy")
narrow_copy = _copied(joining.narrow, "narrow_copy")
permute_copy = _copied(lambda x, dims: x.permute(*dims), "permute_copy")
select_copy = _copied(joining.select, "select_copy")
slice_copy = _copied(slice_, "slice_copy")
split_copy = _copied(layout.split, "split_copy")
split_with_sizes_copy = _copied(_split, "split_with_sizes_copy")
squeeze_copy = _copied(lambda x, dim=None: x.squeeze() if dim is None else x.squeeze(dim), "squeeze_copy")
t_copy = _copied(lambda x: x.t(), "t_copy")
transpose_copy = _copied(lambda x, dim0, dim1: x.transpose(dim0, dim1), "transpose_copy")
unbind_copy = _copied(layout.unbind, "unbind_copy")
unfold_copy = _copied(lambda x, dimension, size, step: x.unfold(dimension, size, step), "unfold_copy")
unsqueeze_copy = _copied(lambda x, dim: x.unsqueeze(dim), "unsqueeze_copy")
view_copy = _copied(lambda x, size: x.reshape(size), "view_copy")

unsafe_chunk, unsafe_split, unsafe_split_with_sizes = joining.unsafe_chunk, joining.unsafe_split, _split

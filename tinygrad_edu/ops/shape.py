"""Shape: the same numbers, laid out otherwise. Each op's derivative is the way back of the layout."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..calling import either_name
from ..engine import answer, op
from .index import SLOT, along, axis_of, index_add

if TYPE_CHECKING:
    from ..tensor import Tensor


@op(np.reshape, view=True)
def reshape(x, *, shape):
    """The numbers in the same order under another shape; one length may be −1.

    z = x          x: (n, m) -> (k)
    Examples: shape=(n * m,); shape=(-1,); shape=(m, n); shape=(n, 1, m)
    """
    before = x.shape
    def dx(g): return np.reshape(g, before)
    return np.reshape(x, shape), dx


@op(np.transpose, np.permute_dims, view=True)
def permute(x, *, dims=None):
    """Axes in another order; without dims, reversed.

    z[k, i, j] = x[i, j, k] for dims (2, 0, 1)          x: (n, m, k) -> (k, n, m)
    Examples: dims=(2, 0, 1); dims=None; dims=(0, -1, 1)
    """
    back = None if dims is None else tuple(int(i) for i in np.argsort([axis_of(d, x.ndim, "permute") for d in dims]))
    def dx(g): return np.transpose(g, back)
    return np.transpose(x, dims), dx


@op(np.swapaxes, view=True)
def transpose(x, *, dim0, dim1):
    """Two axes exchanged.

    z[j, i] = x[i, j]          x: (n, m) -> (m, n)
    Examples: dim0=0, dim1=1; dim0=-1, dim1=0
    """
    def dx(g): return np.swapaxes(g, dim0, dim1)
    return np.swapaxes(x, dim0, dim1), dx


@op(np.moveaxis, view=True)
def movedim(x, *, source: int | Sequence[int], destination: int | Sequence[int]):
    """Axes moved to other places, the rest in order.

    z[k, i, j] = x[i, j, k] for −1 → 0          x: (n, m, k) -> (k, n, m)
    Examples: source=-1, destination=0; source=(0, 1), destination=(1, 2)
    """
    def dx(g): return np.moveaxis(g, destination, source)
    return np.moveaxis(x, source, destination), dx


@op(np.expand_dims, view=True)
def unsqueeze(x, *, dim):
    """A new axis of length 1 (or several, where dim is a tuple).

    z[i, 0, j] = x[i, j] for dim 1          x: (n, m) -> (n, 1, m)
    Examples: dim=1; dim=0; dim=-1; dim=(0, 2)
    """
    def dx(g): return np.squeeze(g, dim)
    return np.expand_dims(x, dim), dx


@op(np.squeeze, view=True)
def squeeze(x, *, dim=None):
    """Axes of length 1 left out: all, or those of dim that have length 1.

    z[i, j] = x[i, 0, j]          x: (n, 1, m) -> (n, m)
    Examples: dim=1; dim=None; dim=0; dim=(0, 1)
    """
    before = x.shape
    if dim is not None:
        dims = dim if isinstance(dim, tuple) else (dim,)
        dim = tuple(d for d in dims if before and before[d] == 1)
    def dx(g): return np.reshape(g, before)
    return np.squeeze(x, dim), dx


@op(np.flip)
def flip(x, *, dims=None):
    """The order along the given axes reversed; without dims, along all.

    z[i] = x[n − 1 − i]          x: (n, m) -> (n, m)
    Examples: dims=0; dims=(0, 1); dims=None; dims=-1
    """
    def dx(g): return np.copy(np.flip(g, dims))
    return np.copy(np.flip(x, dims)), dx


@op(np.roll)
def roll(x, *, shifts, dims=None):
    """The numbers pushed along, those that fall off come in at the other end; without dims, flattened.

    z[i] = x[(i − shift) mod n]          x: (n, m) -> (n, m)
    Examples: shifts=1; shifts=-2, dims=0; shifts=(1, 2), dims=(0, 1)
    """
    if dims is not None and np.size(shifts) != np.size(dims):
        raise RuntimeError(f"roll: shifts and dimensions must align, got shifts {shifts}, dims {dims}")
    if np.size(shifts) == 0:
        raise RuntimeError("roll: `shifts` required")
    back = tuple(-s for s in shifts) if isinstance(shifts, tuple) else -shifts
    def dx(g): return np.roll(g, back, dims)
    return np.roll(x, shifts, dims), dx


@op(promote="arithmetic")
def concatenate(*xs, dim=0):
    """Arrays in a row along an axis that exists.

    z = [x; y]          x: (n, m), y: (k, m) -> (n + k, m)
    """
    value = np.concatenate(xs, dim)
    ends = np.cumsum([x.shape[dim] for x in xs]).tolist()
    ndim = value.ndim
    def part(start, end):
        return lambda g: g[along(dim, ndim, slice(start, end), "concatenate")]
    return value, *(part(start, end) for start, end in zip([0, *ends], ends, strict=False))


@op(np.tile)
def tile(x, *, repeats):
    """x laid out again and again, repeats[i] times along axis i.

    z[i + r n] = x[i]          x: (n, m) -> (...)
    Examples: repeats=2; repeats=(2, 3); repeats=(2, 1, 2)
    """
    before = x.shape
    repeats = (repeats,) if isinstance(repeats, int) else tuple(repeats)
    times = (1,) * (x.ndim - len(repeats)) + repeats
    lengths = (1,) * (len(times) - x.ndim) + before
    blocks = tuple(n for pair in zip(times, lengths, strict=True) for n in pair)
    def dx(g): return np.reshape(np.sum(np.reshape(g, blocks), axis=tuple(range(0, len(blocks), 2))), before)
    return np.tile(x, repeats), dx


@op()
def repeat_interleave(x, *, repeats, dim):
    """Each slice along an axis repeated on the spot: a number of times, or as many as an array says.

    z = x₀ x₀ x₁ x₁ ...          x: (n, m) -> (...)
    Examples: repeats=2, dim=0; repeats=3, dim=-1
    """
    length = x.shape[dim]
    order = np.repeat(np.arange(length), repeats)
    where = along(dim, x.ndim, SLOT, "repeat_interleave")
    before = x.shape
    def dx(g): return index_add(g, order, index=where, shape=before)
    return np.repeat(x, repeats, dim), dx


@op()
def pad(x, *, widths, value=0):
    """A frame of one value: widths is (before, after) for each axis; negative widths cut off.

    z = [value, x, value]          x: (n, m) -> (...)
    Examples: widths=((1, 2), (0, 3)); widths=((0, 0), (-1, 1)), value=2.5
    """
    if any(n + min(a, 0) + min(b, 0) < 0 for (a, b), n in zip(widths, x.shape, strict=True)):
        raise ValueError(f"pad: negative widths cut off more than there is, got {widths} for shape {x.shape}")
    inner = tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(widths, x.shape, strict=True))
    frame = tuple((max(a, 0), max(b, 0)) for a, b in widths)
    back = tuple((-a, -b) for a, b in widths)
    def dx(g): return pad(g, widths=back)
    return np.pad(x[inner], frame, constant_values=value), dx


@op(np.diagonal, view=True)
def diagonal(x, *, offset=0, dim1=0, dim2=1):
    """The diagonal of two axes, as the last axis.

    z[i] = x[i, i + offset]          x: (n, m) -> (k)
    Examples: offset=0; offset=1; offset=-1, dim1=1, dim2=0
    """
    before = x.shape
    def dx(g): return diagonal_embed(g, offset=offset, dim1=dim1, dim2=dim2, shape=before)
    z = np.diagonal(x, offset, dim1, dim2)
    if isinstance(z, np.ndarray) and x.flags.writeable:
        z.flags.writeable = True  # no number is in there twice; NumPy only says so for the sake of old programs
    return z, dx


@op()
def diagonal_embed(x, *, offset, dim1, dim2, shape):
    """Zeros of `shape` with x on the diagonal: the adjoint of diagonal.

    z[i, i + offset] = x[i]
    """
    z = np.zeros_like(x, shape=shape)
    moved = np.moveaxis(z, (dim1, dim2), (-2, -1))
    i = np.arange(x.shape[-1])
    moved[..., i + max(-offset, 0), i + max(offset, 0)] = x
    def dx(g): return diagonal(g, offset=offset, dim1=dim1, dim2=dim2)
    return z, dx


@op(np.tril)
def tril(x, *, diagonal=0):
    """The lower triangle, zeros above.

    z[i, j] = x[i, j] if j ≤ i + diagonal          x: (..., n, m) -> (..., n, m)
    Examples: diagonal=0; diagonal=1; diagonal=-1
    """
    _matrices("tril", x)
    def dx(g): return np.tril(g, diagonal)
    return np.tril(x, diagonal), dx


def _matrices(name, x):
    if x.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions, got shape {x.shape}")


@op(np.triu)
def triu(x, *, diagonal=0):
    """The upper triangle, zeros below.

    z[i, j] = x[i, j] if j ≥ i + diagonal          x: (..., n, m) -> (..., n, m)
    Examples: diagonal=0; diagonal=1; diagonal=-1
    """
    _matrices("triu", x)
    def dx(g): return np.triu(g, diagonal)
    return np.triu(x, diagonal), dx


@op()
def unfold(x, *, window, step=1):
    """Windows along the last axis, side by side.

    z[i, k] = x[i step + k]          x: (..., n) -> (..., windows, window)
    Examples: window=1; window=1, step=2
    """
    length = x.shape[-1]
    view = np.lib.stride_tricks.sliding_window_view(x, window, axis=-1)
    def dx(g): return fold(g, length=length, step=step)
    return np.copy(view[..., ::step, :]), dx


@op()
def fold(x, *, length, step):
    """Windows added back into the axis they were cut from: the adjoint of unfold.

    z[i step + k] += x[i, k]
    """
    windows, window = x.shape[-2:]
    z = np.zeros_like(x, shape=(*x.shape[:-2], length))
    for k in range(window):
        z[..., k : k + step * (windows - 1) + 1 : step] += x[..., k]
    def dx(g): return unfold(g, window=window, step=step)
    return z, dx


# ------------------------------------------------------------------------- composed: no derivative of their own


@either_name
def cat(tensors, dim=0):
    """Tensors in a row along an axis that exists; PyTorch's name for concatenate.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.cat.html
    """
    if hasattr(tensors, "shape"):
        raise TypeError(f"cat: a list of tensors expected, got one of shape {tensors.shape}")
    tensors = tuple(tensors)
    if not tensors:
        raise ValueError("cat: at least one tensor is needed, got none")
    legacy = [t for t in tensors if t.shape != (0,)]  # PyTorch lets an empty vector stand beside any shape
    return concatenate(*(legacy or tensors), dim=dim)


@either_name
def stack(tensors, dim=0):
    """Tensors of one shape in a row along a new axis.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.stack.html
    """
    tensors = tuple(tensors)
    if len({t.shape for t in tensors}) != 1:
        raise ValueError(f"stack: tensors of one shape expected, got {[tuple(t.shape) for t in tensors]}; cat joins "
                         "along an axis that exists")  # fmt: skip
    return concatenate(*(unsqueeze(t, dim=dim) for t in tensors), dim=dim)


@either_name
def split(x, split_size, dim=0) -> tuple[Tensor, ...]:
    """Pieces of a length, the last one perhaps shorter; or of the lengths in a list. Views.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.split.html
    """
    n = x.shape[axis_of(dim, x.ndim, "split")]
    if isinstance(split_size, int):
        if split_size <= 0:
            raise ValueError(f"split: the length of a piece must be positive, got {split_size}")
        sizes = [min(split_size, n - start) for start in range(0, n, split_size)] or [0]
    else:
        sizes = list(split_size)
        if sum(sizes) != n:
            raise ValueError(f"split: the lengths must add up to {n}, the size of axis {dim}, got {sizes}")
    return pieces(x, sizes=tuple(sizes), dim=dim)


@op(view=True)
def pieces(x, *, sizes, dim):
    """Pieces of these lengths along an axis, one behind another: the adjoint of concatenate.

    z₀[i] = x[i], z₁[j] = x[s₀ + j], ...          x: (n, m) -> (...)
    Examples: sizes=(1, n - 1), dim=0; sizes=(m,), dim=-1
    """
    dim = axis_of(dim, x.ndim, "split")
    lead, shape = (slice(None),) * dim, x.shape
    z = tuple(x[(*lead, slice(a, b))] for a, b in pairwise(accumulate(sizes, initial=0)))
    def dx(g):
        like = next(part for part in g if part is not None)
        shapes = ((*shape[:dim], size, *shape[dim + 1 :]) for size in sizes)
        return np.concatenate([np.zeros_like(like, shape=piece) if part is None else part
                               for part, piece in zip(g, shapes, strict=True)], axis=dim)  # fmt: skip
    return z, dx


@either_name
def chunk(x, chunks, dim=0) -> tuple[Tensor, ...]:
    """At most `chunks` pieces of equal length, the last one perhaps shorter. Views."""
    if chunks <= 0:
        raise ValueError(f"chunk: the number of pieces must be positive, got {chunks}")
    return split(x, max(-(-x.shape[axis_of(dim, x.ndim, "chunk")] // chunks), 1), dim)


@either_name
def unbind(x, dim=0) -> tuple[Tensor, ...]:
    """The slices along an axis, one by one, without that axis. Views."""
    return tuple(x[along(dim, x.ndim, i, "unbind")] for i in range(x.shape[axis_of(dim, x.ndim, "unbind")]))


@either_name
def flatten(x, start_dim=0, end_dim=-1):
    """The axes from start_dim to end_dim made one.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.flatten.html
    """
    if x.ndim == 0:
        return reshape(x, shape=(1,))
    first, last = (axis_of(dim, x.ndim, "flatten") for dim in (start_dim, end_dim))
    if first > last:
        raise ValueError(f"flatten: start_dim must not come after end_dim, got {start_dim} and {end_dim}")
    if first == last:
        return x
    length = int(np.prod(x.shape[first : last + 1]))
    return reshape(x, shape=(*x.shape[:first], length, *x.shape[last + 1 :]))


@answer(np.concatenate)
def _concatenate(arrays, axis=0):
    return concatenate(*(np.ravel(a) for a in arrays), dim=0) if axis is None else concatenate(*arrays, dim=axis)


@answer(np.stack)
def _stack(arrays, axis=0):
    return stack(arrays, axis)


@answer(np.vstack)
def _vstack(arrays):
    return concatenate(*(reshape(a, shape=(1, -1)) if a.ndim < 2 else a for a in arrays), dim=0)


@answer(np.hstack)
def _hstack(arrays):
    arrays = [reshape(a, shape=(-1,)) if a.ndim == 0 else a for a in arrays]
    return concatenate(*arrays, dim=0 if arrays[0].ndim == 1 else 1)


@answer(np.split, np.array_split)
def _split(x, indices_or_sections, axis=0):
    n = x.shape[axis]
    if isinstance(indices_or_sections, int):
        each, more = divmod(n, indices_or_sections)
        return split(x, [each + (i < more) for i in range(indices_or_sections)], axis)
    ends = [*indices_or_sections, n]
    return split(x, [b - a for a, b in zip([0, *ends], ends, strict=False)], axis)


@answer(np.ravel)
def _ravel(x):
    return reshape(x, shape=(-1,))


@answer(np.repeat)
def _repeat(x, repeats, axis=None):
    return repeat_interleave(_ravel(x), repeats=repeats, dim=0) if axis is None else repeat_interleave(
        x, repeats=repeats, dim=axis
    )


@answer(np.lib.stride_tricks.sliding_window_view)
def _sliding_window_view(x, window_shape, axis=None):
    axis = axis if axis is not None else 0 if x.ndim == 1 else None
    if not isinstance(axis, int) or not isinstance(window_shape, int):
        raise TypeError(f"sliding_window_view of a tensor: one window along one axis, got {window_shape} along {axis}")
    return movedim(unfold(movedim(x, source=axis, destination=-1), window=window_shape), source=-2,
                   destination=axis % x.ndim)  # fmt: skip


@answer(np.pad)
def _pad(x, pad_width, mode="constant", constant_values=0):
    if mode != "constant":
        raise TypeError(f"np.pad of a tensor: only mode='constant' has an op here, got {mode!r}")
    return pad(x, widths=tuple(map(tuple, np.broadcast_to(pad_width, (x.ndim, 2)).tolist())), value=constant_values)


@answer(np.atleast_1d)
def _atleast_1d(x):
    return reshape(x, shape=(1,)) if x.ndim == 0 else x


@answer(np.fliplr)
def _fliplr(x):
    return flip(x, dims=1)


@answer(np.flipud)
def _flipud(x):
    return flip(x, dims=0)


@answer(np.rollaxis)
def _rollaxis(x, axis, start=0):
    return movedim(x, source=axis, destination=start - (start > axis % x.ndim))


@answer(np.trace)
@either_name
def trace(x):
    """Sum of the main diagonal of a matrix."""
    if x.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {x.ndim}")
    return np.sum(diagonal(x))


@answer(np.diag)
@either_name
def diag(x, diagonal=0):
    """A vector becomes the diagonal of a matrix; of a matrix, the diagonal is taken."""
    if x.ndim == 1:
        n = x.shape[0] + abs(diagonal)
        return diagonal_embed(x, offset=diagonal, dim1=0, dim2=1, shape=(n, n))
    if x.ndim != 2:
        raise RuntimeError(f"diag: supports 1D or 2D tensors, got {x.ndim}D")
    return _diagonal(x, diagonal)


def _diagonal(x, offset):
    return np.diagonal(x, offset)




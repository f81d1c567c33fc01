"""vmap: a function of one example, called for each example of a batch.

Source: https://docs.pytorch.org/docs/stable/generated/torch.func.vmap.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from .graph import Tensor
from .ops.shape import movedim, stack
from .random import get_rng_state, set_rng_state


def vmap(func: Callable, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *,
         chunk_size: int | None = None) -> Callable:  # fmt: skip
    """The function that calls func for each slice of its arguments, and stacks what it returns.

    in_dims: along which axis each argument is cut, None for one that is passed whole; a nest like the arguments, or one
    number for all. out_dims: which axis of each result counts the calls. Keyword arguments are cut along their first
    axis. randomness: "error" refuses a func that draws random numbers, "same" lets each call draw the same ones,
    "different" others. chunk_size has no effect.

    func is simply called again and again, in a loop: it may look at the values and branch on them, which PyTorch's may
    not, and it is no faster than the loop.
    """
    if randomness not in ("error", "same", "different"):
        raise RuntimeError(f"vmap: randomness must be 'error', 'same' or 'different', got {randomness!r}")

    @functools.wraps(func)
    def batched(*args: Any, **options: Any) -> Any:
        if isinstance(in_dims, (tuple, list)) and len(in_dims) != len(args):
            raise ValueError(f"vmap: in_dims has {len(in_dims)} entries for {len(args)} arguments")
        dims = list(in_dims) if isinstance(in_dims, (tuple, list)) else [in_dims] * len(args)
        sizes: set[int] = set()
        cuts = [_cutter(x, dim, sizes) for x, dim in zip(args, dims, strict=True)]
        named = {key: _cutter(x, 0, sizes) for key, x in options.items()}
        if len(sizes) != 1:
            what = f"axes of one length expected, got {sorted(sizes)}" if sizes else "at least one axis to map expected"
            raise ValueError(f"vmap: {what}")
        (count,) = sizes
        if not count:
            raise ValueError("vmap: an axis of length 0 gives no call from which to know the results")
        start, results = get_rng_state(), []
        for i in range(count):
            results.append(func(*(cut(i) for cut in cuts), **{key: cut(i) for key, cut in named.items()}))
            if randomness != "different" and (moved := get_rng_state().tolist() != start.tolist()):
                if randomness == "error":
                    raise RuntimeError("vmap: the function draws random numbers; say by randomness= whether each call "
                                       "shall draw the 'same' or 'different' ones")  # fmt: skip
                if moved and i < count - 1:
                    set_rng_state(start)
        return _stacked(results, out_dims)

    return batched


def _cutter(x: Any, dim: Any, sizes: set[int]) -> Callable:
    """The function that gives slice i of a nest of tensors."""
    if isinstance(x, (tuple, list)):
        dims = dim if isinstance(dim, (tuple, list)) else [dim] * len(x)
        parts = [_cutter(part, d, sizes) for part, d in zip(x, dims, strict=True)]
        if hasattr(x, "_fields"):
            return lambda i: type(x)(*(cut(i) for cut in parts))
        return lambda i: type(x)(cut(i) for cut in parts)
    if isinstance(x, Mapping):
        entries = {k: _cutter(v, dim[k] if isinstance(dim, Mapping) else dim, sizes) for k, v in x.items()}
        return lambda i: {key: cut(i) for key, cut in entries.items()}
    if dim is None:
        return lambda i: x
    if not isinstance(x, Tensor):
        raise ValueError(f"vmap: a tensor expected where in_dims is {dim}, got {type(x).__name__}; say None there")
    tensor: Any = x
    if not -tensor.ndim <= dim < tensor.ndim:
        raise ValueError(f"vmap: axis {dim} to map over does not exist in a tensor of shape {tuple(tensor.shape)}")
    sizes.add(tensor.shape[dim])
    return lambda i: tensor.select(dim, i)


def _stacked(results: list, dim: Any) -> Any:
    """Nests of tensors as one nest of stacks."""
    first = results[0]
    if isinstance(first, (tuple, list)):
        dims = dim if isinstance(dim, (tuple, list)) else [dim] * len(first)
        if len(dims) != len(first):
            raise ValueError(f"vmap: out_dims has {len(dims)} entries for {len(first)} results")
        parts = [_stacked(list(row), d) for row, d in zip(zip(*results, strict=True), dims, strict=True)]
        return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)
    if isinstance(first, Mapping):
        return {key: _stacked([r[key] for r in results], dim) for key in first}
    if not isinstance(first, Tensor):
        raise ValueError(f"vmap: the function must return tensors, got {type(first).__name__}")
    if dim is None:
        return first
    whole = stack(results, 0)
    return whole if dim == 0 else movedim(whole, source=0, destination=dim)

"""A frame around a tensor: of one value, or of what stands at the edges.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops import shape as layout
from ...ops.index import along, broadcast_to
from ...tensor import Tensor


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """A frame: pad is (before, after) of the last axis, then of the one in front of it, and so on.

    mode: "constant" (`value`, else 0), "reflect" (mirrored, the edge once), "replicate" (the edge again and again)
    or "circular" (what stands at the other end). Negative numbers cut off.
    """
    numbers = [int(n) for n in pad]
    if len(numbers) % 2 or len(numbers) > 2 * input.ndim:
        raise RuntimeError(f"pad: an even number of lengths expected, at most {2 * input.ndim} for {input.ndim} axes, "
                           f"got {tuple(pad)}")  # fmt: skip
    pairs = [(numbers[i], numbers[i + 1]) for i in range(0, len(numbers), 2)]
    for i, (before, after) in enumerate(pairs):
        axis = input.ndim - 1 - i
        if input.shape[axis] + before + after < 0 or input.shape[axis] + min(before, 0) + min(after, 0) < 0:
            raise RuntimeError(f"pad: ({before}, {after}) cuts off more than axis {axis} has, the shape is "
                               f"{input.shape}")  # fmt: skip
    if mode == "constant":
        widths = (*((0, 0),) * (input.ndim - len(pairs)), *reversed(pairs))
        return layout.pad(input, widths=widths, value=0 if value is None else value)
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"pad: mode must be constant, reflect, replicate or circular, got {mode!r}")
    if value:
        raise ValueError(f"pad: padding mode {mode!r} doesn't take in a value argument, got {value}")
    if input.ndim not in (len(pairs) + 1, len(pairs) + 2) or len(pairs) > 3:
        raise NotImplementedError(f"pad: mode {mode!r} pads the last 1, 2 or 3 axes of an input with one or two axes "
                                  f"in front, got {tuple(pad)} for shape {input.shape}")  # fmt: skip
    for i, (before, after) in enumerate(pairs):
        input = _framed(input, input.ndim - 1 - i, before, after, mode)
    return input


def _framed(x: Any, axis: int, before: int, after: int, mode: str) -> Any:
    """One axis, with copies of its own numbers in front and behind."""
    if mode == "circular" and min(before, after) < 0:  # cut off first, then wrapped around
        x = x[along(axis, x.ndim, slice(max(-before, 0), x.shape[axis] - max(-after, 0)), "pad")]
        before, after = max(before, 0), max(after, 0)
    n = x.shape[axis]
    limit = {"reflect": n - 1, "circular": n}.get(mode)
    if limit is not None and max(before, after) > limit:
        raise RuntimeError(f"pad: mode {mode!r} has only {max(limit, 0)} numbers to copy along axis {axis}, got "
                           f"({before}, {after}) for shape {x.shape}")  # fmt: skip
    if n == 0 and max(before, after) > 0:
        raise RuntimeError(f"pad: axis {axis} is empty, there is nothing to copy, got shape {x.shape}")
    def part(start: int, end: int) -> Any:
        return x[along(axis, x.ndim, slice(start, end), "pad")]
    def edge(at: int, times: int) -> Any:
        return broadcast_to(part(at, at + 1), shape=(*x.shape[:axis], times, *x.shape[axis + 1 :]))
    front = behind = None
    if before > 0:
        front = (edge(0, before) if mode == "replicate" else part(n - before, n) if mode == "circular"
                 else layout.flip(part(1, before + 1), dims=axis))  # fmt: skip
    if after > 0:
        behind = (edge(n - 1, after) if mode == "replicate" else part(0, after) if mode == "circular"
                  else layout.flip(part(n - 1 - after, n - 1), dims=axis))  # fmt: skip
    middle = part(max(-before, 0), n - max(-after, 0)) if min(before, after) < 0 else x
    parts = [p for p in (front, middle, behind) if p is not None]
    return layout.concatenate(*parts, dim=axis) if len(parts) > 1 else middle

"""The slope of numbers that are samples of a function.

Source: https://docs.pytorch.org/docs/stable/generated/torch.gradient.html
"""

from __future__ import annotations

import numpy as np

from .index import along, axis_of
from .shape import cat, reshape


def gradient(input, *, spacing=None, dim=None, edge_order=1):
    """Slopes along axes, one tensor for each: of the parabola through three neighbours; at the ends, of the line
    through two (edge_order 1) or the parabola through three (2).

    spacing: how far the samples lie apart, a number or one for each axis; or their places, a vector for each axis.
    """
    axes = range(input.ndim) if dim is None else dim if isinstance(dim, (tuple, list)) else (dim,)
    axes = [axis_of(d, input.ndim, "gradient") for d in axes]
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"gradient: each axis at most once expected, got dim={dim}")
    spacing = 1.0 if spacing is None else spacing
    each = spacing if isinstance(spacing, (tuple, list)) else [spacing] * len(axes)
    if len(each) != len(axes):
        raise RuntimeError(f"gradient: one spacing for each of {len(axes)} axes expected, got {len(each)}")
    return [_slope(input, d, s, edge_order) for d, s in zip(axes, each, strict=True)]


def _slope(x, dim, spacing, edge_order):
    n = x.shape[dim]
    if n < edge_order + 1:
        raise RuntimeError(f"gradient: at least {edge_order + 1} numbers along axis {dim} expected, got {n}")
    if getattr(spacing, "ndim", 0):
        steps = spacing[1:] - spacing[:-1]
    else:
        steps = np.full_like(x, getattr(spacing, "item", lambda: spacing)(), shape=(n - 1,))
    steps = reshape(steps, shape=tuple(-1 if i == dim else 1 for i in range(x.ndim)))
    def part(a, b, of=x): return of[along(dim, x.ndim, slice(a, b), "gradient")]
    before, behind = part(None, -1, steps), part(1, None, steps)
    middle = (part(2, None) * before / behind - part(None, -2) * behind / before) / (before + behind)
    middle = middle + part(1, -1) * (behind - before) / (before * behind)
    if edge_order == 1:
        first = (part(1, 2) - part(0, 1)) / part(0, 1, steps)
        last = (part(-1, None) - part(-2, -1)) / part(-1, None, steps)
    else:
        first = _edge(part(0, 1), part(1, 2), part(2, 3), part(0, 1, steps), part(1, 2, steps))
        last = -_edge(part(-1, None), part(-2, -1), part(-3, -2), part(-1, None, steps), part(-2, -1, steps))
    return cat([first, middle, last], dim)


def _edge(x, y, z, a, b):
    """The slope at x of the parabola through x, y and z, which lie a and b apart."""
    return ((y - x) * ((a + b) / a) - (z - x) * (a / (a + b))) / b

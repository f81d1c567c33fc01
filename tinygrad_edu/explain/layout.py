"""Boxes in layers, arrows from one layer to the next, few crossings (Sugiyama's method, in its plainest form).

Each box lies one layer below the lowest of what it is made from. Arrows that skip layers get a bend in each. In sweeps
down and up, each layer is put into the order of its neighbours' middles; then all slide to where their neighbours are,
as far as there is room.
Source: Sugiyama, Tagawa, Toda 1981, https://doi.org/10.1109/TSMC.1981.4308636
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence
from typing import NamedTuple

SWEEPS = 12
LIGHT = 0.0001  # what is made from nothing counts so much beside an op, so that a chain of ops runs straight


class Layout(NamedTuple):
    """at: the middle of each thing, horizontally; layers: things from top to bottom, each layer from left to right;
    routes: for each arrow the things that it passes, its bends among them."""

    at: dict[Hashable, float]
    layers: list[list[Hashable]]
    routes: list[list[Hashable]]


def layout(things: Sequence[Hashable], arrows: Sequence[tuple[Hashable, Hashable]], width: dict[Hashable, float],
           gap: float) -> Layout:  # fmt: skip
    """Places for things that come in an order which the arrows follow. width: of each thing."""
    depth = _depths(things, arrows)
    layers: list[list[Hashable]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for thing in things:
        layers[depth[thing]].append(thing)
    routes, links = [], []
    for number, (start, end) in enumerate(arrows):
        route = [start]
        for level in range(depth[start] + 1, depth[end]):
            bend = ("bend", number, level)
            width[bend] = 0.0
            layers[level].append(bend)
            route.append(bend)
        routes.append([*route, end])
        links += list(zip(route, [*route[1:], end], strict=True))
    up: dict[Hashable, list[Hashable]] = {t: [] for layer in layers for t in layer}
    down: dict[Hashable, list[Hashable]] = {t: [] for layer in layers for t in layer}
    for a, b in links:
        up[b].append(a)
        down[a].append(b)
    _order(layers, up, down)
    return Layout(_slide(layers, up, down, width, gap), layers, routes)


def _depths(things: Sequence[Hashable], arrows: Sequence[tuple]) -> dict[Hashable, int]:
    """The longest way to each thing; what is made from nothing lies just above its first use."""
    into: dict[Hashable, list] = {t: [] for t in things}
    out: dict[Hashable, list] = {t: [] for t in things}
    for a, b in arrows:
        into[b].append(a)
        out[a].append(b)
    depth: dict[Hashable, int] = {}
    for t in things:
        depth[t] = max((depth[a] + 1 for a in into[t]), default=0)
    for t in things:
        if not into[t] and out[t]:
            depth[t] = min(depth[b] for b in out[t]) - 1
    return depth


def _order(layers: list[list], up: dict, down: dict) -> None:
    """Sort each layer by where its neighbours stand, in sweeps down and up; keep the best."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers, down)
    beside = {t: i for layer in layers for i, t in enumerate(layer)}
    for sweep in range(SWEEPS):
        near = up if sweep % 2 == 0 else down
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            middle = {
                t: sum(beside[n] for n in near[t]) / len(near[t]) if near[t] else beside[t] for t in layer
            }
            layer.sort(key=middle.__getitem__)
            beside.update((t, i) for i, t in enumerate(layer))
        count = _crossings(layers, down)
        if count < fewest:
            best, fewest = [list(layer) for layer in layers], count
        if not fewest:
            break
    for layer, order in zip(layers, best, strict=True):
        layer[:] = order


def _crossings(layers: list[list], down: dict) -> int:
    count = 0
    for layer, below in itertools.pairwise(layers):
        at = {t: i for i, t in enumerate(below)}
        ends = [at[b] for t in layer for b in sorted(down[t], key=at.__getitem__)]
        count += sum(a > b for i, a in enumerate(ends) for b in ends[i + 1 :])
    return count


def _slide(layers: list[list], up: dict, down: dict, width: dict, gap: float) -> dict[Hashable, float]:
    at: dict[Hashable, float] = {}
    for layer in layers:
        x = 0.0
        for t in layer:
            at[t] = x + width[t] / 2
            x += width[t] + gap
        for t in layer:
            at[t] -= x / 2
    weight = {t: 1.0 if up[t] else LIGHT for t in up}
    for sweep in range(2 * SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            near = {t: (up[t] if sweep % 2 == 0 else down[t]) or up[t] + down[t] for t in layer}
            wish = {t: _middle(near[t], at, weight) if near[t] else at[t] for t in layer}
            at.update(_apart(layer, wish, weight, width, gap))
    return at


def _middle(things: list, at: dict, weight: dict) -> float:
    """Where these are, on average."""
    return sum(weight[t] * at[t] for t in things) / sum(weight[t] for t in things)


def _apart(layer: list, wish: dict, weight: dict, width: dict, gap: float) -> dict[Hashable, float]:
    """Places in this order, `gap` apart, close to the wishes: those that touch move together, as a block."""
    offsets: list[float] = []
    blocks: list[list[float]] = []  # how many things, their weight, the weighted sum of their wishes less their offsets
    x = 0.0
    for i, t in enumerate(layer):
        x += 0.0 if i == 0 else (width[layer[i - 1]] + width[t]) / 2 + gap
        offsets.append(x)
        blocks.append([1, weight[t], weight[t] * (wish[t] - x)])
        while len(blocks) > 1 and blocks[-2][2] / blocks[-2][1] > blocks[-1][2] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    starts = [total / size for count, size, total in blocks for _ in range(int(count))]
    return {t: s + o for t, s, o in zip(layer, starts, offsets, strict=True)}

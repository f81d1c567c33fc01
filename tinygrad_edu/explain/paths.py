"""explain: every way by which a gradient arrived at a tensor, and that they sum to what it has.

The gradient of x is a sum over all paths from the cost back to x; along each, the ways back of its ops are applied in
turn (they are linear, so a path's part can be sent alone). The walk itself adds up where paths meet, so it knows
arrivals: one for each op that used x. Where there are too many paths to list, arrivals are listed.
"""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine import raw
from ..grad_mode import no_grad
from ..gradients import grad
from ..graph import Node, Output, Place, Tensor
from .numbers import brief, number, plain
from .recording import Arrival, Recording, newest, short, summed, total

MOST = 64  # paths that are listed


@dataclass
class Hop:
    """An op on the way back, the layer it ran in, and the line of code that called it."""

    op: str
    layer: str
    line: str
    argument: str


@dataclass
class Path:
    """Hops from the cost to the tensor, and what they brought."""

    hops: list[Hop]
    contribution: np.ndarray


@dataclass
class Explanation:
    """How a gradient arrived. It prints; `to_json()` is a dict of the fields.

    every_path: the paths are all there are from the cost; else each is the last op before the tensor, with all that
    came by it. count: how many paths there are; most: how many would be listed. together: the sum of the contributions;
    grad: what the tensor has, None where it keeps none. agrees: the two are the same but for rounding; exact: to the
    last bit; off_by: the largest difference.
    """

    name: str
    shape: tuple
    paths: list[Path]
    every_path: bool
    count: int
    most: int
    together: np.ndarray | None
    grad: np.ndarray | None
    agrees: bool
    exact: bool
    off_by: float

    def to_json(self, limit: int = 1024) -> dict[str, Any]:
        """The fields, with arrays as `Step.to_json` writes them."""
        return plain(self, limit)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"

    def _lines(self) -> Iterator[str]:
        if self.together is None:
            yield (f"{self.name}: no gradient arrived here. Was it used on the way to the cost, and was backward() "
                   "inside the recording?")  # fmt: skip
            return
        count = len(self.paths)
        what = ("path" if count == 1 else "paths") if self.every_path else "op that used it" if count == 1 else (
            "ops that used it")  # fmt: skip
        many = "" if self.every_path else f"; {self._why()}"
        yield f"{self.name} {self.shape or 'a number'}: a gradient arrived by {count} {what}{many}"
        for i, path in enumerate(self.paths, 1):
            yield f"  {i:>2}  {_route(path.hops)}"
            yield f"      brings {brief(path.contribution)}"
        yield f"  together {brief(self.together)}"
        yield f"  {self._verdict()}"

    def _why(self) -> str:
        """Why paths are not told apart."""
        if self.count > self.most:
            return f"{self.count:,} paths led there, too many to list"
        return "paths are not told apart, since a hook or a later write has changed what they saved"

    def _verdict(self) -> str:
        if self.grad is None:
            return ".grad keeps nothing here: retain_grad() before backward() lets it"
        if self.exact:
            return f".grad    {brief(self.grad)}: the same, to the last bit"
        if self.agrees:
            return f".grad    {brief(self.grad)}: the same but for rounding (by {number(self.off_by)} at most)"
        return (f".grad    {brief(self.grad)}: NOT the same, by {number(self.off_by)}. Something else has changed it: "
                "a hook, an assignment, or a backward() outside the recording")  # fmt: skip


def explain(
    tensor: Tensor, cost: Tensor | None = None, *, seen: Recording | None = None, most: int = MOST
) -> Explanation:
    """Every path by which a gradient arrived at a leaf or another tensor of the graph, as the engine ran them.

        with recording(model):
            cost_of(model(x), wanted).backward()
        print(explain(model[0].weight))

    The contributions sum to `.grad`, and it says whether they do. Ask before a step of the optimizer overwrites what
    the ways back have saved; afterwards it tells arrivals instead of paths.

    cost: walk its graph now (it is kept, and no `.grad` changes); the sum is compared with `grad(cost, tensor)` then.
    seen: another recording than the newest. most: paths that are listed; where there are more, what came by each op.
    """
    if not isinstance(tensor, Tensor) or tensor._place is None:
        got = "one that does not" if isinstance(tensor, Tensor) else type(tensor).__name__
        raise RuntimeError(f"explain: a tensor that requires grad expected, got {got}")
    known = seen or newest()
    if cost is not None:
        with Recording() as walked:
            found = grad(cost, tensor, retain_graph=True, allow_unused=True)[0]
        walked.names, walked._of = known.names, known._of
        return _explanation(
            walked, tensor._place, None if found is None else raw(found), most, _name(known, tensor)
        )
    return _explanation(
        known, tensor._place, None if tensor.grad is None else raw(tensor.grad), most, _name(known, tensor)
    )


def _name(seen: Recording, tensor: Tensor) -> str:
    source = seen.source(tensor)
    maker = seen.maker(source)
    return (
        "the tensor"
        if source.startswith("tensor")
        else f"the result of {source} ({maker.op.name})"
        if maker
        else source
    )


def _explanation(seen: Recording, place: Place, held: np.ndarray | None, most: int, name: str) -> Explanation:
    arrivals = [a for a in seen.arrivals if a.place is place]
    if not arrivals:
        return Explanation(name, place.shape, [], True, 0, most, None, held, held is None, held is None, 0.0)
    kept = _since_zero_grad(arrivals, held)
    paths, count = _paths(seen, place, {a.walk for a in kept}, most)
    every = bool(paths) and _agree([p.contribution for p in paths], _sum(kept))[0]
    if not every:
        paths = [Path([_hop(seen, a)], a.passed) for a in kept]
    together = total([p.contribution for p in paths]) if every else _sum(kept)
    if held is None:
        return Explanation(name, place.shape, paths, every, count, most, together, None, False, False, 0.0)
    agrees, off_by = _agree([p.contribution for p in paths], held)
    return Explanation(
        name, place.shape, paths, every, count, most, together, held, agrees, _same_bits(together, held), off_by
    )


def _since_zero_grad(arrivals: list[Arrival], held: np.ndarray | None) -> list[Arrival]:
    """What came with the walks whose sum is held: all, or the last ones, where the gradient was zeroed in between."""
    walks = sorted({a.walk for a in arrivals})
    for first in walks if held is not None else ():
        kept = [a for a in arrivals if a.walk >= first]
        if _agree([a.passed for a in kept], held)[0]:
            return kept
    return arrivals


def _sum(arrivals: list[Arrival]) -> Any:
    """As the engine adds: what arrives in a walk, then the walks."""
    by_walk = itertools.groupby(arrivals, key=lambda a: a.walk)
    return total([total([a.passed for a in group]) for _, group in by_walk])


def _agree(terms: Sequence[Any], whole: Any) -> tuple[bool, float]:
    """Whether terms sum to the whole but for rounding, and the largest difference."""
    if np.shape(terms[0]) != np.shape(whole):
        return False, float("inf")
    exact = total([np.asarray(t, np.float64) for t in terms])
    size = total([np.abs(np.asarray(t, np.float64)) for t in terms])
    off = np.abs(exact - whole)
    room = 64 * (len(terms) + 1) * np.finfo(np.asarray(whole).dtype).eps
    same = (
        (off <= room * size + np.finfo(np.asarray(whole).dtype).tiny)
        | (np.isnan(exact) & np.isnan(whole))
        | (exact == whole)
    )
    return bool(np.all(same)), float(np.max(off, initial=0.0))


def _same_bits(a: Any, b: Any) -> bool:
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


# ------------------------------------------------------------------------------------------- paths


def _paths(seen: Recording, place: Place, walks: set[int], most: int) -> tuple[list[Path], int]:
    """All paths from the roots to a place, ([], how many) where they are too many."""
    before: dict[tuple[int, Any], list[Arrival]] = {}  # what arrives at a node, or at a place
    for a in seen.arrivals:
        before.setdefault((a.walk, _node(a.place)), []).append(a)
    ways: dict[tuple[int, Any], int] = {}  # from the roots to a node: the walk comes by in this order
    for a in seen.arrivals:
        key = a.walk, a.node
        if key not in ways:
            ways[key] = sum(ways[b.walk, b.node] for b in before.get(key, ())) or 1
    last = [a for a in seen.arrivals if a.place is place and a.walk in walks]
    count = sum(ways[a.walk, a.node] for a in last)
    if count > most:
        return [], count
    found = []
    with no_grad(), np.errstate(all="ignore"):
        for a in last:
            for route in _routes(a, before):
                found.append(Path([_hop(seen, b) for b in route], _sent(route)))
    return found, count


def _routes(last: Arrival, before: dict) -> Iterator[list[Arrival]]:
    """All chains of arrivals from a root to this one."""
    waiting = [[last]]
    while waiting:
        route = waiting.pop()
        earlier = before.get((route[0].walk, route[0].node), ())
        if not earlier:
            yield route
        waiting.extend([a, *route] for a in reversed(earlier))


def _sent(route: list[Arrival]) -> np.ndarray:
    """What a chain of ways back makes of its root's gradient."""
    g: Any = route[0].g
    for a in route:
        passed = summed(a.node, a.place, a.way(tuple(g) if isinstance(g, list) else g))
        g = passed
        if isinstance(a.place, Output):
            g = [None] * a.place.node.shape[0]
            g[a.place.index] = passed
    return passed


def _node(place: Place) -> Place:
    return place.node if isinstance(place, Output) else place


def _hop(seen: Recording, a: Arrival) -> Hop:
    call, node = seen.call_of(a.node), a.node
    names = node.op.positional
    argument = names[a.argument] if a.argument < len(names) else str(a.argument)
    return Hop(
        node.op.name, "" if call is None else call.layer, _line(node) if call is None else call.line, argument
    )


def _line(node: Node) -> str:
    return short(str(node.line))


def _route(hops: list[Hop]) -> str:
    """div ← sum ← pow (models/digit.py:50) ← sigmoid of layer 5 ← …, the line where it changes."""
    parts = []
    for line, group in itertools.groupby(hops, key=lambda hop: hop.line):
        ops = [hop.op + (f" of layer {hop.layer}" if hop.layer else "") for hop in group]
        parts.append(f"{' ← '.join(ops)} ({line})")
    return f"{' ← '.join(parts)}, its {hops[-1].argument}"

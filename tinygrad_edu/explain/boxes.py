"""A graph as boxes and arrows: what stands in each box, and which boxes are folded into one.

Ops lie in the order in which they ran. What is folded is a stretch of that order (a call of a module, a function, a
line, or just a stretch), so folding makes no circle: arrows go from earlier to later.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..engine import _reachable, raw, walk
from ..gradients import _Walking
from ..graph import Leaf, Node, Output, Place, Tensor
from .numbers import brief, norm, number, shape
from .recording import Recording, short


@dataclass(eq=False)
class Box:
    """kind: "op", "parameter", "input", "constant", "module" for what is folded. tip: what a pointer over it shows."""

    kind: str
    title: str
    lines: list[str]
    tip: str = ""
    tag: str = ""
    places: list[Place] = field(default_factory=list)


@dataclass
class Graph:
    boxes: list[Box]
    arrows: list[tuple[Box, Box]]
    count: int  # of the places that it shows


def graph_of(output: Tensor, seen: Recording, fold: bool | int | None, most: int) -> Graph:
    """What stands behind a tensor. fold: not at all, at a depth of modules, or None: so that `most` boxes stay."""
    nodes = [p for p in reversed(_reachable([output._place])) if type(p) is not Output]  # type: ignore[list-item]
    facts = Facts(output, nodes, seen)
    ops = [n for n in nodes if type(n) is Node]
    if fold is False or (fold is None and len(nodes) <= most):
        return _drawn([[n] for n in ops], facts, output)
    if fold is not None:
        return _drawn(_by_module(ops, seen, int(fold)), facts, output)
    finer: list[list[Node]] = [[n] for n in ops]
    for groups, by_module in _foldings(ops, seen):
        graph = _drawn(groups, facts, output)
        if len(graph.boxes) <= most:
            if len(groups) > 1 and (by_module or len(groups) >= FEW):
                return graph
            break
        finer = groups
    count = min(most // 2, len(finer))
    while True:
        size = -(-len(finer) // count)
        graph = _drawn(
            [list(itertools.chain(*finer[i : i + size])) for i in range(0, len(finer), size)], facts, output
        )
        if len(graph.boxes) <= most or count <= FEW:
            return graph
        count = count * 2 // 3


OFTEN = 3  # what more boxes than these read is drawn again beside each
FEW = 5  # stretches; what is folded into fewer lines or functions tells too little


# ------------------------------------------------------------------------------------------- what stands in a box


class Facts:
    """Values and gradients at the places of a graph, from a recording or else from the graph itself."""

    def __init__(self, output: Tensor, nodes: list, seen: Recording):
        self.seen, self.values = seen, dict[Place, Any]()
        for node in nodes:
            call = seen.call_of(node)
            if type(node) is Leaf:
                self.values[node] = node.array
            elif call is not None:
                self.values[node] = call.values[0] if len(call.values) == 1 else tuple(call.values)
            else:  # formulas are pure: this is the value that it had
                self.values[node] = self._computed(node)
        self.grads = self._grads(output, nodes)

    def _computed(self, node: Node) -> Any:
        """A node's value from those before it; None where it is not known, as behind a checkpoint."""
        values = [self._value(x) for x in node.inputs]
        if any(v is None and isinstance(x, Place) for v, x in zip(values, node.inputs, strict=True)):
            return None
        try:
            return node.op.formula(*values, **node.static)[0]
        except RuntimeError:
            return None

    def _value(self, x: Any) -> Any:
        if isinstance(x, Output):
            several = self.values[x.node]
            return None if several is None else several[x.index]
        return self.values[x] if isinstance(x, Place) else x

    def _grads(self, output: Tensor, nodes: list) -> dict[Place, Any]:
        found: dict[Place, Any] = {a.node: a.g for a in self.seen.arrivals}
        if (
            not any(n in found for n in nodes)
            and output._array.size == 1
            and all(n.hooks is None and (type(n) is Leaf or n.ways is not None) for n in nodes)
        ):  # nobody has walked here yet: walk now, and keep the graph
            with _Walking(False):
                root = [(output._place, np.ones(output._array.shape, output._array.dtype))]
                found = walk(root, set(nodes), retain_graph=True)  # type: ignore[arg-type]
        for node in nodes:
            tensor = node.tensor() if type(node) is Leaf else None
            if tensor is not None and tensor.grad is not None:
                found[node] = raw(tensor.grad)
        return found

    def lines(self, place: Any) -> list[str]:
        """Shape, data and gradient, as far as they are known."""
        value, g = raw(self.values.get(place)), self.grads.get(place)
        if isinstance(value, tuple):
            return [" ".join(shape(raw(v)) for v in value[:4]) + (" …" if len(value) > 4 else "")]
        lines = [shape(value) if value is not None else str(place.shape) if place.shape else "a number"]
        lines += [f"data {brief(value)}"] if isinstance(value, (np.ndarray, np.generic)) else []
        return lines + ([f"grad {brief(g)}"] if isinstance(g, (np.ndarray, np.generic)) else [])


# ------------------------------------------------------------------------------------------- folding


def _foldings(ops: list[Node], seen: Recording) -> Iterator[tuple[list[list[Node]], bool]]:
    """Stretches of the ops, from fine to coarse: calls of modules (then True) by depth, then lines, then functions."""
    deepest = max((len(path) for path in _owners(seen).values()), default=0)
    for depth in range(deepest - 1, -1, -1):
        yield _by_module(ops, seen, depth), True
    yield _stretches(ops, lambda n: (n.code, n.instruction)), False
    yield _stretches(ops, lambda n: n.code), False


def _by_module(ops: list[Node], seen: Recording, depth: int) -> list[list[Node]]:
    """Calls of modules at this depth (0: the model, 1: its parts) or less deep; what ran in none stands alone."""
    owners = _owners(seen)
    return _stretches(ops, lambda n: owners.get(n, ())[1 : depth + 1] or (depth == 0 and owners.get(n)) or n)


def _stretches(ops: list[Node], key: Callable[[Node], Any]) -> list[list[Node]]:
    return [list(group) for _, group in itertools.groupby(ops, key=key)]


def _owners(seen: Recording) -> dict[Node, tuple[int, ...]]:
    """For each op the calls of modules around it, outermost first."""
    found: dict[Node, tuple[int, ...]] = {}
    for number_, layer in enumerate(seen.layers):
        for op in layer.ops:
            node = seen.calls[op].node
            if node is not None:
                found[node] = (*found.get(node, ()), number_)
    return found


# ------------------------------------------------------------------------------------------- boxes and arrows


def _drawn(groups: list[list[Node]], facts: Facts, output: Tensor) -> Graph:
    seen = facts.seen
    box_of: dict[Any, Box] = {}
    boxes, arrows, again = list[Box](), dict[tuple[Box, Box], None](), set[tuple[Any, int]]()
    users: dict[Any, list[int]] = {}  # a leaf, or a constant by its id -> the groups that read it
    for i, group in enumerate(groups):
        for node in group:
            for x in node.inputs:
                if type(x) is Leaf or (isinstance(x, np.ndarray) and x.ndim):
                    users.setdefault(x if isinstance(x, Leaf) else id(x), []).append(i)
    for i, group in enumerate(groups):
        box = _op_box(group[0], facts) if len(group) == 1 else _folded_box(group, facts, [
            leaf for leaf, used in users.items() if isinstance(leaf, Leaf) and set(used) == {i}])  # fmt: skip
        inside = set(box.places)
        for node in group:
            for x in node.inputs:
                source = x.node if isinstance(x, Output) else x
                if isinstance(source, Place):
                    key: Any = source
                elif (
                    isinstance(source, np.ndarray)
                    and source.ndim
                    and (len(group) == 1 or id(source) in seen.names)
                ):
                    key = id(source)
                else:
                    continue
                if key in inside:
                    continue
                first = key not in box_of
                if first:
                    box_of[key] = _leaf_box(source, facts)
                    boxes.append(box_of[key])
                if first or len(set(users.get(key, ()))) <= OFTEN:
                    arrows[box_of[key], box] = None
                elif (key, i) not in again:  # a long arrow to each reader would hide the rest
                    again.add((key, i))
                    boxes.append(Box(box_of[key].kind, f"{box_of[key].title}, again", []))
                    arrows[boxes[-1], box] = None
        boxes.append(box)
        box_of.update(dict.fromkeys(box.places, box))
    last = box_of.get(output._place.node if isinstance(output._place, Output) else output._place)
    if last is None:  # a leaf alone
        last = _leaf_box(output._place, facts)
        boxes.append(last)
    return Graph(boxes, list(arrows), sum(len(b.places) for b in boxes))


def _op_box(node: Node, facts: Facts) -> Box:
    call = facts.seen.call_of(node)
    return Box("op", node.op.name, facts.lines(node), f"{node.op.name} at {short(str(node.line))}",
               "" if call is None else call.layer, [node])  # fmt: skip


def _leaf_box(x: Any, facts: Facts) -> Box:
    if isinstance(x, Leaf):
        name = facts.seen.name_of(x)
        return Box("parameter", "leaf" if name.startswith("leaf ") else name, facts.lines(x), "", "", [x])
    given = facts.seen.names.get(id(x))
    return Box("input" if given else "constant", given or "constant", [shape(x), f"data {brief(x)}"])


def _folded_box(group: list[Node], facts: Facts, own: list[Leaf]) -> Box:
    seen = facts.seen
    size, grads = (
        sum(leaf.array.size for leaf in own),
        [facts.grads[x] for x in own if facts.grads.get(x) is not None],
    )
    lines = facts.lines(group[-1])
    lines.insert(0, f"{len(group)} ops: {_listed([n.op.name for n in group])}")
    if own:
        lines.append(
            f"{size:,} numbers"
            + (f", grad {number(norm(np.array([norm(g) for g in grads])))} long" if grads else "")
        )
    calls = [c for n in group if (c := seen.call_of(n)) is not None]
    if calls and calls[0].phase == "cost":
        title = "cost"
    elif seen.modules and len(calls) == len(group):
        name = _common(list(dict.fromkeys(c.layer for c in calls)))
        title = f"{name} {type(seen.modules[name]).__name__}".strip()
    else:
        title = group[0].code.co_qualname.replace(".<locals>", "").replace("<module>", "the program")
    return Box("module", title, lines, "\n".join(f"{n.op.name} at {short(str(n.line))}" for n in group[:20]), "",
               [*group, *own])  # fmt: skip


def _common(names: list[str]) -> str:
    """The longest dotted name that all of these begin with."""
    parts = [name.split(".") for name in names]
    same = itertools.takewhile(lambda column: len(set(column)) == 1, zip(*parts, strict=False))
    return ".".join(column[0] for column in same)


def _listed(names: list[str], most: int = 3) -> str:
    short_ = list(dict.fromkeys(names))
    return ", ".join(short_[:most]) + (" …" if len(short_) > most else "")

"""The tables of a step, which text and page show alike: heads, rows, and which columns may be left out first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .numbers import brief, number, shape
from .parts import OpRun, Trace, WayBack

MOST = 40  # rows; of a longer table the first and the last


class Table(NamedTuple):
    """A row of one text stands for rows that are left out. spare: the columns that a narrow screen does without."""

    heads: list[str]
    rows: list[list[str]]
    spare: Sequence[str] = ()

    def without(self, head: str) -> Table:
        """The table without a column."""
        i = self.heads.index(head)
        rows = [row if len(row) == 1 else row[:i] + row[i + 1 :] for row in self.rows]
        return Table(self.heads[:i] + self.heads[i + 1 :], rows, [other for other in self.spare if other != head])


def ops(trace: Trace) -> Table:
    """Every op of the forward pass."""
    kinds = _kinds(trace)
    return Table(["op", "layer", "from", "shape", "values", "line"],
                 _rows(trace.forward.ops, lambda o: [_op(o), _layer(o.layer, kinds), _from(o), *_result(o), o.line]),
                 ("line", "from", "shape"))  # fmt: skip


def cost_ops(trace: Trace) -> Table:
    """Every op of the cost."""
    return Table(["op", "from", "shape", "values", "line"],
                 _rows(trace.cost.ops, lambda o: [_op(o), _from(o), *_result(o), o.line]),
                 ("line", "shape"))  # fmt: skip


def ways_back(trace: Trace) -> Table:
    """Every way back, with its rule: the formula beside the code if there is one, dL/dw = gᵀ x; else the code."""
    kinds = _kinds(trace)

    def row(way: WayBack) -> list[str]:
        rule = way.rule.split("# ")[-1]
        return [way.op if way.number is None else f"{way.number} {way.op}",
                "cost" if way.phase == "cost" else _layer(way.layer, kinds),
                way.to + (f" {shape(way.passed)}" if way.passed.ndim else ""),
                rule if len(rule) <= 40 else rule[:39] + "…", str(way.largest.get("text", ""))]  # fmt: skip

    return Table(["way back of", "layer", "to", "local rule, for g that arrives", "in numbers"],
                 _rows(trace.backward.ways, row), ("layer", "local rule, for g that arrives"))  # fmt: skip


def parameters(trace: Trace) -> Table:
    """Every parameter: its gradient, and its step."""
    def row(both: tuple) -> list[str]:
        g, p = both
        arrived = ["none arrived", ""] if g.gradient is None else [brief(g.gradient), number(g.norm)]
        return [p.name, *arrived, number(p.length), number(p.ratio) if p.optimized else "not in the optimizer"]

    both = list(zip(trace.backward.parameters, trace.update.parameters, strict=True))
    return Table(["parameter", "gradient", "gradient's length", "step's length", "update : weight"], _rows(both, row),
                 ("gradient",))  # fmt: skip


def nudges(trace: Trace) -> Table:
    """The largest gradient of each parameter."""
    rows = [[n.text, "nothing" if not n.gradient else "down" if n.gradient > 0 else "up", number(n.gradient)]
            for n in trace.backward.nudges]  # fmt: skip
    return Table(["number", "wants", "gradient"], rows)


def moves(trace: Trace) -> Table:
    """The longest move of each parameter."""
    return Table(["number", "old", "new"], [[m.text, number(m.old), number(m.new)] for m in trace.update.moves])


def _rows(items: Sequence[Any], row: Callable[[Any], list[str]]) -> list[list[str]]:
    """A row for each item; for those in the middle of a long list, one that says how many they are."""
    if len(items) <= MOST:
        return [row(item) for item in items]
    first, last = items[: MOST // 2], items[-(MOST // 2) :]
    return [*map(row, first), [f"… {len(items) - MOST:,} more"], *map(row, last)]


def _kinds(trace: Trace) -> dict[str, str]:
    return {layer.name: layer.kind for layer in trace.forward.layers}


def _op(op: OpRun) -> str:
    return f"{op.number} {op.op}"


def _layer(name: str, kinds: dict[str, str]) -> str:
    return f"{name} {kinds.get(name, '')}".strip()


def _from(op: OpRun) -> str:
    return ", ".join(op.inputs[:3])


def _result(op: OpRun) -> list[str]:
    return [shape(op.outputs[0]), brief(op.outputs[0])]

"""The tests are tested: `python -m tests.mutation` spoils each way back of each op in turn, and the law must notice.

A way back is scaled by 1.01, negated, and replaced by zeros; and for ops whose inputs broadcast, the engine takes the
first slice of a gradient instead of the sum over the axes that were broadcast. A mutant is killed when the gradient
law fails on it. One that survives makes the exit status 1, and so does an op that declares a derivative to be zero
everywhere when a spoiled one is noticed.
"""

from __future__ import annotations

import contextlib
import copy
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable

from tests.laws import checks, draw, grammar
from tinygrad_edu import engine

Law = Callable[[draw.Call], None]

# How a way back is spoiled: its name, and what becomes of a gradient.
MUTATIONS: dict[str, Callable] = {
    "x 1.01": lambda gradient: gradient * 1.01,
    "negated": lambda gradient: -gradient,
    "zeroed": lambda gradient: gradient * 0,
}
NO_SUM = "no broadcast sum"

QUICK = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    verbosity=Verbosity.quiet, suppress_health_check=list(HealthCheck),
)  # fmt: skip


@dataclass
class Row:
    """What became of the mutants of one way back."""

    op: str
    argument: str
    killed: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)
    equivalent: str = ""  # why no mutant can be told from the original, where the op says so

    @property
    def wrong(self) -> bool:
        return bool(self.killed) if self.equivalent else bool(self.survived)


def mutated(op: engine.Op, k: int, change: Callable) -> engine.Op:
    """The op with its k-th way back spoiled, and the function that records it."""

    def formula(*args: Any, **static: Any) -> tuple:
        value, *ways = op.formula(*args, **static)
        if k < len(ways) and ways[k] is not None:
            way = ways[k]
            ways[k] = lambda g: change(way(g))
        return (value, *ways)

    mutant = copy.copy(op)
    mutant.formula = formula
    mutant.call = engine._recorder(mutant)
    return mutant


@contextlib.contextmanager
def first_slice_instead_of_sum() -> Iterator[None]:
    """The engine with its sum over broadcast axes left out."""

    def first_slice(g: Any, shape: tuple, op: engine.Op) -> Any:
        g = g[(0,) * (g.ndim - len(shape))]
        return g[tuple(slice(0, 1) if n == 1 else slice(None) for n in shape)]

    original = engine._sum_to
    engine._sum_to = first_slice
    try:
        yield
    finally:
        engine._sum_to = original


def notices(law: Law, op: engine.Op, calls: Any) -> bool:
    """Whether the law fails on the op."""

    @QUICK
    @given(call=calls)
    def hold(call: draw.Call) -> None:
        law(draw.replace(call, op=op))

    try:
        hold()
    except (AssertionError, RuntimeError, ValueError):
        return True
    return False


def ways_of(op: engine.Op) -> list[str]:
    """The arguments of an op that have a way back, in order."""
    found: set[int] = set()

    @QUICK
    @given(call=draw.calls(op))
    def look(call: draw.Call) -> None:
        found.update(k for k, way in enumerate(call.formula()[1:]) if way is not None)

    with contextlib.suppress(Unsatisfiable):
        look()
    names = [*op.positional, *(f"argument {k}" for k in range(len(op.positional), max(found, default=0) + 1))]
    return [names[k] if k in found else "" for k in range(len(names))]


def examine(op: engine.Op, law: Law = checks.gradient) -> list[Row]:
    """Every mutant of one op, held to the law."""
    if notices(law, op, draw.calls(op)):
        raise RuntimeError(f"{op.name}: the law fails on the op as it is; mend that first")
    rows = []
    for k, argument in enumerate(ways_of(op)):
        if not argument:
            continue
        row = Row(op.name, argument)
        if argument in grammar.flat(op):
            row.equivalent = "zero everywhere, says its docstring"
        for name, change in MUTATIONS.items():
            killed = notices(law, mutated(op, k, change), draw.calls(op))
            (row.killed if killed else row.survived).append(name)
        rows.append(row)
    differentiable = [row for row in rows if not row.equivalent]
    if op.elementwise and differentiable and len(op.positional) > 1:
        row = Row(op.name, "(engine)")
        with first_slice_instead_of_sum():
            killed = notices(law, op, draw.calls(op, broadcast=True))
        (row.killed if killed else row.survived).append(NO_SUM)
        rows.append(row)
    return rows


def table(rows: list[Row]) -> str:
    """One line for each way back."""
    lines = [f"{'op':<26}{'way back':<14}{'mutants':>8}{'killed':>8}"]
    for row in rows:
        note = f"  equivalent: {row.equivalent}" if row.equivalent else ""
        if row.wrong:
            what, which = ("noticed", row.killed) if row.equivalent else ("survived", row.survived)
            note += f"  <- {what}: {', '.join(which)}"
        mutants, killed = len(row.killed) + len(row.survived), len(row.killed)
        lines.append(f"{row.op:<26}{row.argument:<14}{mutants:>8}{killed:>8}{note}")
    return "\n".join(lines)


def summary(rows: list[Row], ops: int) -> str:
    real = [row for row in rows if not row.equivalent]
    mutants = sum(len(row.killed) + len(row.survived) for row in real)
    killed = sum(len(row.killed) for row in real)
    declared = [f"{row.op} by {row.argument}" for row in rows if row.equivalent]
    text = (
        f"{ops} ops, {sum(row.argument != '(engine)' for row in rows)} ways back: {mutants} mutants, {killed} killed, "
        f"{mutants - killed} survived"
    )
    if declared:
        text += f"\nequivalent, since the derivative is zero everywhere ({len(declared)}): {', '.join(declared)}"
    return text


def main() -> int:
    start = time.perf_counter()
    ops = grammar.load()
    rows: list[Row] = []
    with np.errstate(all="ignore"):
        for name in sorted(ops):
            rows += examine(ops[name])
    print(table(rows))
    print(f"\n{summary(rows, len(ops))}\n{time.perf_counter() - start:.0f} s")
    return int(any(row.wrong for row in rows))


if __name__ == "__main__":
    sys.exit(main())

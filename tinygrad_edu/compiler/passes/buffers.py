"""Every array of the step gets a place in memory that is there before the step begins.

A buffer is handed on as soon as nobody reads what is in it any more, and an elementwise call writes into the buffer of
an operand that dies with it. So a step allocates nothing, and works in memory that is still warm. What leaves the
program is allocated anew: it belongs to the caller. Gradients may stay in a buffer; they are copied when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..program import Line, Program, Value
from .blocks import Loop
from .edit import is_ufunc, reads
from .layout import takes_out


@dataclass
class Buffer:
    """A piece of memory and the values that lie in it, one after the other."""

    nbytes: int
    values: list[Value] = field(default_factory=list)


@dataclass
class Memory:
    """Where each value of a program lies. A value without a buffer is allocated when it is computed."""

    buffers: list[Buffer] = field(default_factory=list)
    of: dict[Value, Buffer] = field(default_factory=dict)


def buffers(program: Program) -> Memory:
    memory = Memory()
    last = _last_uses(program)
    free: dict[int, list[Buffer]] = {}
    fixed = _fixed(program)
    for i, line in enumerate(program.lines):
        new = [v.memory for v in line.results if v.memory in fixed and v.memory not in memory.of]
        dying = [m for m in dict.fromkeys(v.memory for v in reads(line)) if last[m] == i and m in memory.of]
        for root in new:
            heir = next((m for m in dying if _may_replace(line, m, root)), None)
            if heir is not None:
                dying.remove(heir)
                buffer = memory.of[heir]
            else:
                buffer = _taken(free, root.nbytes) or Buffer(root.nbytes)
            if not buffer.values:
                memory.buffers.append(buffer)
            buffer.values.append(root)
            memory.of[root] = buffer
            if last.get(root, i) == i:
                dying.append(root)
        for root in dying:
            free.setdefault(memory.of[root].nbytes, []).append(memory.of[root])
    return memory


def _last_uses(program: Program) -> dict[Value, int]:
    """The last line that touches each memory; what leaves the program is touched to the end."""
    last: dict[Value, int] = {}
    for i, line in enumerate(program.lines):
        for value in (*reads(line), *line.results):
            last[value.memory] = i
    for value in program.outputs:
        last[value.memory] = len(program.lines)
    return last


def _fixed(program: Program) -> set[Value]:
    """The memories that can be there before the step begins: rows, and results of calls that take `out`."""
    leaving = {v.memory for v in program.outputs if v not in program.kept}
    rows = {row for row, _ in program.slices.values()}
    fixed = set()
    for line in program.lines:
        for value in line.results:
            root = value.memory
            if root in leaving or root.shape in ((), None):
                continue
            if root in rows or (value is root and (isinstance(line, Loop) or takes_out(line))):
                fixed.add(root)
    return fixed


def _may_replace(line: Line, old: Value, new: Value) -> bool:
    """Whether a result may be written where an operand lies that nobody reads afterwards."""
    if not isinstance(line, Loop):
        return _gives_way(line, old, new)
    made = next((i for i, inner in enumerate(line.body) if new in inner.results), -1)
    touched = [i for i, inner in enumerate(line.body) if any(v.memory is old for v in reads(inner))]
    return (old in line.args and old.kind == "result" and max(touched) <= made
            and all(old in reads(line.body[i]) for i in touched) and _alike(old, new))  # fmt: skip


def _alike(old: Value, new: Value) -> bool:
    return old.shape == new.shape and old.strides == new.strides and old.dtype == new.dtype


def _gives_way(line: Line, old: Value, new: Value) -> bool:
    """Whether a call may write its result over an operand: number by number, and laid out alike."""
    return is_ufunc(line) and new in line.results and old in line.args and _alike(old, new)


def _taken(free: dict[int, list[Buffer]], nbytes: int) -> Buffer | None:
    """A free buffer of the right size, the one used last; else the smallest that is not wasted on it."""
    if free.get(nbytes):
        return free[nbytes].pop()
    sizes = sorted(n for n, those in free.items() if those and nbytes < n <= 2 * nbytes)
    return free[sizes[0]].pop() if sizes else None

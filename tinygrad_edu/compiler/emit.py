"""The program that runs: `make` takes the state and lays out memory once, `step` is called at every step.

    def make(weight_0, ...):            arrays that stay where they are, generators, constants
        linear1 = empty((10, 16), ...)  buffers
        transpose1 = weight_0.T         views and constants, once
        def step(x, y, lr):             what changes from call to call
            dot(x, transpose1, linear1)
            ...
        return step, (kept gradients)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .passes.blocks import Loop, is_cut
from .passes.buffers import Buffer, Memory
from .passes.edit import is_ufunc
from .passes.rows import is_contiguous
from .passes.spelling import Speller
from .program import SETITEM, Line, Program, Value
from .text import Names, call, literal, result, statement


_SMALL = 1 << 14  # bytes of a result whose operands are worth stretching
_INFIX = {"np.add": "+", "np.subtract": "-", "np.multiply": "*", "np.divide": "/"}


class Emitter:
    """Writes a program whose values have their places."""

    def __init__(self, program: Program, memory: Memory):
        self.program, self.memory = program, memory
        self.fixed = [*program.states, *program.generators, *program.constants()]
        values = [*self.fixed, *program.inputs]
        for line in program.lines:
            values += [*line.results, *line.values()]
            for inside in line.body if isinstance(line, Loop) else ():
                values += [*inside.results, *inside.values()]
        values += [row for row, _ in program.slices.values()]
        self.names = Names(values, taken={*program.functions, "empty", "array"})
        self.speller = Speller(self.names, self.names.new)
        self.still: set[Value] = {*program.states, *(v for v in program.constants())}  # there before the step begins
        self.flat: dict[Value, str] = {}
        self.setup: list[str] = []
        self.body: list[str] = []

    def source(self) -> str:
        program, names = self.program, self.names
        self._lay_out()
        for line in program.lines:
            self._line(line)
        outputs = "".join(f"{self._output(v)}, " for v in program.outputs if v not in program.kept)
        kept = "".join(f"{names(v)}, " for v in program.outputs if v in program.kept)
        head = [f"{short} = {text}" for text, short in self.speller.functions.items()]
        numbers = [f"{short} = np.array({literal(key[0], names)}, {literal(key[2], names)})"
                   for key, short in self.speller.numbers.items()]  # fmt: skip
        given = [f"{short} = np.empty((), {literal(dtype, names)})" for (_, dtype), short in self.speller.given.items()]
        converted = [f"{short}[()] = {names(v)}" for (v, _), short in self.speller.given.items()]
        lines = [
            f"def make({', '.join(map(names, self.fixed))}):",
            *_under("    # functions, and numbers as arrays", [*head, *numbers, *given]),
            *_under("    # buffers, and views of what stays where it is", self.setup),
            "",
            f"    def step({', '.join(map(names, program.inputs))}):",
            *(f"        {text}" for text in (*converted, *self.body)),
            f"        return ({outputs})",
            "",
            f"    return step, ({kept})",
        ]
        return "import numpy as np\n\n\n" + "\n".join(lines) + "\n"

    # ------------------------------------------------------------------------------------ memory

    def _lay_out(self) -> None:
        rows: dict[Value, list[Value]] = {}
        for part, (row, _) in self.program.slices.items():
            rows.setdefault(row, []).append(part)
        for buffer in self.memory.buffers:
            self.setup += self._of_buffer(buffer)
            for root in buffer.values:
                self.still.add(root)
                for part in rows.get(root, ()):
                    if part in self.names:
                        self.setup.append(f"{self.names(part)} = {self._part(part, root)}")
                        self.still.add(part)

    def _of_buffer(self, buffer: Buffer) -> Iterator[str]:
        """The buffer, under the name of each value that lies in it."""
        alike: dict[tuple, list[Value]] = {}  # one array for all: NumPy is slower where two show the same memory
        for value in buffer.values:
            alike.setdefault((value.shape, value.dtype, value.strides), []).append(value)
        kinds = list(alike.values())
        if len(kinds) == 1:
            yield f"{' = '.join(map(self.names, kinds[0]))} = {_empty(kinds[0][0], self.names)}"
            return
        memory = self.names.new("memory")
        yield f"{memory} = np.empty({buffer.nbytes}, np.uint8)"
        for values in kinds:
            value = values[0]
            piece = memory if value.nbytes == buffer.nbytes else f"{memory}[:{value.nbytes}]"
            shaped = _shaped(f"{piece}.view({literal(value.dtype, self.names)})", value)
            yield f"{' = '.join(map(self.names, values))} = {shaped}"

    def _part(self, part: Value, row: Value) -> str:
        start = self.program.slices[part][1]
        flat = self.names(row) if len(row.shape or ()) == 1 else f"{self.names(row)}.reshape(-1)"
        return f"{flat}[{start}:{start + part.size}]" + (f".reshape({part.shape})" if len(part.shape or ()) != 1 else "")

    # ------------------------------------------------------------------------------------ lines

    def _line(self, line: Line) -> None:
        names = self.names
        if isinstance(line, Loop):
            self._loop(line)
        elif self._stands_still(line):
            self.setup.append(statement(line, names))
            self.still.update(line.results)
        elif line.writes is not None:
            self.body.append(self._write(line))
        elif len(line.results) == 1 and line.result in self.still:
            self._evened(line)
        else:
            self.body.append(f"{result(line, names)} = {self._plain(line)}")

    def _evened(self, line: Line) -> None:
        """A call whose result has a buffer. On small arrays NumPy takes three times as long where an operand must be
        stretched; so it is stretched beforehand, or seen as flat where there is only one row."""
        names, speller, out = self.names, self.speller, self.names(line.result)
        shape, arrays = line.result.shape or (), [x for x in line.args if type(x) is Value and x.shape]
        if is_ufunc(line) and line.result.nbytes <= _SMALL and any(x.shape != shape for x in arrays):
            everything = [*arrays, line.result]
            if all(x.size == line.result.size and is_contiguous(x) and x in self.still for x in everything):
                speller.name = self._flat
                out = self._flat(line.result)
            else:
                stretched = {x: self._stretched(x, line.result) for x in arrays if x.shape != shape}
                speller.name = lambda v: stretched[v] if v in stretched else names(v)
        self.body.append(speller.call(line, out) or statement(line, names))
        speller.name = names

    def _flat(self, value: Value) -> str:
        """A view of a value as one row, made once."""
        if not value.shape or len(value.shape) == 1:
            return self.names(value)
        if value not in self.flat:
            self.flat[value] = self.names.new(f"{self.names(value)}_flat")
            self.setup.append(f"{self.flat[value]} = {self.names(value)}.reshape(-1)")
        return self.flat[value]

    def _stretched(self, value: Value, like: Value) -> str:
        """An array of the result's shape that is filled with a value's rows before each call; a constant's, once."""
        wide = self.names.new(f"{self.names(value)}_wide")
        self.setup.append(f"{wide} = np.empty({like.shape}, {literal(value.dtype, self.names)})")
        fill = f"{wide}[...] = {self.names(value)}"
        (self.setup if value.kind == "constant" else self.body).append(fill)
        return wide

    def _loop(self, loop: Loop) -> None:
        """A loop over blocks: views of what stays where it is are cut before the step begins."""
        names, speller = self.names, self.speller
        outside = [v for v in dict.fromkeys([*loop.args, *loop.results]) if is_cut(v, loop)]
        still = [v for v in outside if v in self.still]
        inner = {v: names.new(f"{names(v)}_block") for v in outside}
        registers, piece = self._registers(loop, inner)
        start, rows, step = names.new("i"), loop.shape[0], loop.step
        end = f"{start}:{start} + {step}"
        cuts = [f"{names(v)}[{end}]" for v in still] + [f"{r}[:{rows} - {start}]" for r in registers]
        locals_ = [inner[v] for v in still] + [piece[r] for r in registers]
        table = names.new("blocks")
        self.setup.append(f"{table} = [({start}, {', '.join(cuts)}) for {start} in range(0, {rows}, {step})]")
        self.body.append(f"for {', '.join([start, *locals_])} in {table}:")
        self.body += [f"    {inner[v]} = {names(v)}[{end}]" for v in outside if v not in self.still]
        speller.name = lambda v: inner[v] if v in inner else names(v)
        for line in loop.body:
            target = line.writes if line.writes is not None else line.result
            self.body.append(f"    {speller.call(line, speller.name(target))}")
        speller.name = names

    def _registers(self, loop: Loop, inner: dict[Value, str]) -> tuple[list[str], dict[str, str]]:
        """Memory for what lives within a block: one piece for values that do not live at the same time."""
        last = {v: i for i, line in enumerate(loop.body) for v in line.values()}
        scratch, free, of = set(loop.scratch), {}, {}
        registers: list[str] = []
        piece: dict[str, str] = {}
        for i, line in enumerate(loop.body):
            for value in dict.fromkeys(v for v in line.values() if v in scratch and last[v] == i):
                free.setdefault((value.shape, value.dtype), []).append(of[value])
            for value in line.results:
                if value in scratch:
                    spare = free.get((value.shape, value.dtype))
                    if spare:
                        register = spare.pop()
                    else:
                        register = self.names.new("scratch")
                        registers.append(register)
                        piece[register] = self.names.new(f"{register}_block")
                        shape = (loop.step, *value.shape[1:])
                        self.setup.append(f"{register} = np.empty({shape}, {literal(value.dtype, self.names)})")
                    of[value] = register
                    inner[value] = piece[register]
        return registers, piece

    def _stands_still(self, line: Line) -> bool:
        """Whether a line can run once, before the step: a view of memory that stays, or a call on constants."""
        if line.writes is not None or line.effect or not line.results:
            return False
        values = list(line.values())
        if all(v.is_view for v in line.results) and all(v not in self.program.slices for v in line.results):
            return all(v in self.still for v in values)
        changed = {x.writes.memory for x in self.program.lines if x.writes is not None}
        return (bool(values) and all(v.kind == "constant" and v.memory not in changed for v in values)
                and not any(v.memory in changed or v in self.program.outputs for v in line.results))  # fmt: skip

    def _write(self, line: Line) -> str:
        target = line.writes
        if line.function == SETITEM or target is line.args[0] and line.function in ("np.copyto",):
            return call(line, self.names)
        if line.function.endswith(".at") or target is None:
            return call(line, self.names)
        return self.speller.call(line, self.names(target)) or call(line, self.names, out=self.names(target))

    def _plain(self, line: Line) -> str:
        if line.function in _INFIX and len(line.results) == 1 and line.result.shape == () and not line.options:
            left, right = (literal(x, self.names) for x in line.args)  # NumPy's scalars have fast operators
            return f"{left} {_INFIX[line.function]} {right}"
        if line.function.startswith("np.") and not line.options and line.function not in ("np.transpose", "np.astype"):
            return f"{self.speller.function(line.function)}({', '.join(self.speller.operands(line))})"
        if line.function == "np.add.reduce":
            axis, dtype, keepdims = self.speller._reduction(line)
            if (axis, dtype, keepdims) == ("None", "None", "False") and line.args[0] in self.still and is_contiguous(
                    line.args[0]):  # fmt: skip
                return f"{self.speller.function(line.function)}({self._flat(line.args[0])})"
            return (f"{self.speller.function(line.function)}({literal(line.args[0], self.names)}, {axis}, {dtype}, None, "
                    f"{keepdims})")  # fmt: skip
        return call(line, self.names)

    def _output(self, value: Value) -> str:
        return f"np.copy({self.names(value)})" if value.kind == "constant" else self.names(value)


def _under(heading: str, lines: list[str]) -> list[str]:
    return [heading, *(f"    {line}" for line in lines)] if lines else []


def _empty(value: Value, names: Names) -> str:
    return _shaped(f"np.empty({value.size}, {literal(value.dtype, names)})", value) if len(value.shape or ()) != 1 else (
        f"np.empty({value.size}, {literal(value.dtype, names)})")  # fmt: skip


def _shaped(flat: str, value: Value) -> str:
    """A flat piece of memory in the shape of a value, its axes in the order in which they lie in memory."""
    shape, strides = value.shape or (), value.strides or ()
    if len(shape) == 1:
        return flat
    order = sorted(range(len(shape)), key=lambda i: (-strides[i], i))
    if order == list(range(len(shape))):
        return f"{flat}.reshape({shape})"
    back = tuple(int(i) for i in np.argsort(order))
    return f"{flat}.reshape({tuple(shape[i] for i in order)}).transpose({back})"

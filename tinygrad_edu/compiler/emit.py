"""The program that runs: `make` takes the state and lays out memory once, `step` is called at every step.

    def make(weight_0, ...):            arrays that stay where they are, generators, constants
        linear1 = np.empty(...)         buffers
        transpose1 = weight_0.T         views and constants, once
        def step(x, y, lr):             what changes from call to call
            dot(x, transpose1, linear1)
            ...
        return step, (gradients that stay in their buffers)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from .loops import Loops
from .passes.blocks import Loop
from .passes.buffers import Buffer, Memory
from .passes.edit import written
from .passes.hoist import stands_still
from .passes.layout import is_contiguous
from .passes.spelling import Speller, short_names
from .passes.stretch import is_one_row, uneven
from .program import Line, Program, Value
from .text import Names, call, literal, result, statement

_INFIX = {"np.add": "+", "np.subtract": "-", "np.multiply": "*", "np.divide": "/"}
_COLUMN = 88  # where notes begin


class Emitter:
    """Writes a program whose values have their places. `without`: passes to leave out."""

    def __init__(self, program: Program, memory: Memory, without: Collection[str] = (), threads: int = 1):
        self.program, self.memory, self.without, self.threads = program, memory, without, threads
        self.fixed = [*program.states, *program.generators, *program.constants()]
        values = [*self.fixed, *program.inputs, *program.outputs, *(row for row, _ in program.slices.values())]
        for line in program.lines:
            for inner in (line, *(line.body if isinstance(line, Loop) else ())):
                values += [*inner.results, *inner.values()]
        functions = short_names(program)
        self.names = Names(values, taken={*program.functions, *functions.values(), "ThreadPoolExecutor", "pool"})
        self.speller = Speller(self.names, self.names.new, functions, plain="spelling" in without)
        self.changed = written(program) | {
            inner.writes.memory for line in program.lines if isinstance(line, Loop)
            for inner in line.body if inner.writes is not None
        }  # fmt: skip
        self.still: set[Value] = {*program.states, *program.constants()}  # there before the step begins
        self.flat: dict[Value, str] = {}
        self.setup: list[tuple[str, str]] = []  # (line, note)
        self.body: list[tuple[str, str]] = []

    def source(self) -> str:
        program, names = self.program, self.names
        self._lay_out()
        phase = ""
        for line in program.lines:
            before = len(self.body)
            self._line(line)
            if line.origin.phase != phase and len(self.body) > before:
                phase = line.origin.phase
                self.body.insert(before, (f"# {phase}", ""))
        speller = self.speller
        head = [f"{short} = {text}" for text, short in speller.functions.items() if text in speller.used]
        head += [f"{short} = np.array({literal(key[0], names)}, {literal(key[2], names)})"
                 for key, short in speller.numbers.items()]  # fmt: skip
        head += [f"{short} = np.empty((), {literal(dtype, names)})" for (_, dtype), short in speller.given.items()]
        converted = [(f"{short}[()] = {names(v)}", "") for (v, _), short in speller.given.items()]
        outputs = "".join(f"{self._output(v)}, " for v in program.outputs if v not in program.kept)
        kept = "".join(f"{names(v)}, " for v in program.outputs if v in program.kept)
        lines = [
            *(["from concurrent.futures import ThreadPoolExecutor", ""] if self.threads > 1 else []),
            "import numpy as np",
            "",
            "",
            f"def make({', '.join(map(names, self.fixed))}):",
            *_under("    # spelling: functions by local names, numbers as 0-d arrays", [(text, "") for text in head]),
            *_under("    # buffers, and views of what stays where it is", self.setup),
            "",
            f"    def step({', '.join(map(names, program.inputs))}):",
            *(_noted(f"        {text}", note) for text, note in (*converted, *self.body)),
            f"        return ({outputs})",
            "",
            f"    return step, ({kept})",
        ]
        return "\n".join(lines) + "\n"

    # ------------------------------------------------------------------------------------ memory

    def _lay_out(self) -> None:
        rows: dict[Value, list[Value]] = {}
        for part, (row, _) in self.program.slices.items():
            rows.setdefault(row, []).append(part)
        for row in self.program.states:
            self._lay_parts(row, rows)
        for buffer in self.memory.buffers:
            self.setup += self._of_buffer(buffer)
            for root in buffer.values:
                self._lay_parts(root, rows)

    def _lay_parts(self, row: Value, rows: dict[Value, list[Value]]) -> None:
        """The views of a row that other lines read and write."""
        self.still.add(row)
        for part in rows.get(row, ()):
            if part in self.names:
                self.setup.append((f"{self.names(part)} = {self._part(part, row)}", ""))
                self.still.add(part)

    def _of_buffer(self, buffer: Buffer) -> Iterator[tuple[str, str]]:
        """The buffer, under the name of each value that lies in it."""
        alike: dict[tuple, list[Value]] = {}  # one array for all: NumPy is slower where two show the same memory
        for value in buffer.values:
            alike.setdefault((value.shape, value.dtype, value.strides), []).append(value)
        kinds = list(alike.values())
        if len(kinds) == 1:
            yield f"{' = '.join(map(self.names, kinds[0]))} = {self.empty(kinds[0][0])}", ""
            return
        memory = self.names.new("memory")
        yield f"{memory} = np.empty({buffer.nbytes}, np.uint8)", "memory for what follows, one after the other"
        for values in kinds:
            value = values[0]
            piece = memory if value.nbytes == buffer.nbytes else f"{memory}[:{value.nbytes}]"
            shaped = _shaped(f"{piece}.view({literal(value.dtype, self.names)})", value)
            yield f"{' = '.join(map(self.names, values))} = {shaped}", ""

    def _part(self, part: Value, row: Value) -> str:
        start = self.program.slices[part][1]
        flat = self.names(row) if len(row.shape) == 1 else f"{self.names(row)}.reshape(-1)"
        shaped = f".reshape({part.shape})" if len(part.shape) != 1 else ""
        return f"{flat}[{start}:{start + part.size}]{shaped}"

    def empty(self, value: Value) -> str:
        return _shaped(f"np.empty({value.size}, {literal(value.dtype, self.names)})", value)

    def flattened(self, value: Value) -> str:
        """A view of a value as one row, made once."""
        if len(value.shape or ()) == 1:
            return self.names(value)
        if value not in self.flat:
            self.flat[value] = self.names.new(f"{self.names(value)}_flat")
            self.setup.append((f"{self.flat[value]} = {self.names(value)}.reshape(-1)", ""))
        return self.flat[value]

    # ------------------------------------------------------------------------------------ lines

    def _line(self, line: Line) -> None:
        names = self.names
        if isinstance(line, Loop):
            Loops(self).write(line)
        elif "hoist" not in self.without and stands_still(line, self.program, self.still, self.changed):
            self.setup.append((statement(line, names), ""))
            self.still.update(line.results)
        elif line.writes is not None:
            self.body.append((self._write(line), line.origin.passes))
        elif len(line.results) == 1 and line.result in self.still:
            self._into_buffer(line)
        else:
            note = "" if not line.results or line.results[0].is_view or not line.result.shape else "allocates"
            self.body.append((f"{result(line, names)} = {self._plain(line)}", note))

    def _into_buffer(self, line: Line) -> None:
        """A call whose result has a buffer."""
        names, speller, out = self.names, self.speller, self.names(line.result)
        odd = uneven(line) if "stretch" not in self.without else []
        if odd and is_one_row(line, self.still):
            speller.name, out = self.flattened, self.flattened(line.result)
        elif odd:
            wide = {x: self._stretched(x, line.result) for x in odd}
            speller.name = lambda v: wide[v] if v in wide else names(v)
        self.body.append((speller.call(line, out), line.origin.passes))
        speller.name = names

    def _stretched(self, value: Value, like: Value) -> str:
        """An array of the result's shape, filled with a value before each call; with a constant, once."""
        wide = self.names.new(f"{self.names(value)}_wide")
        self.setup.append((f"{wide} = np.empty({like.shape}, {literal(value.dtype, self.names)})", ""))
        fill = f"{wide}[...] = {self.names(value)}"
        (self.setup if value.kind == "constant" else self.body).append((fill, "stretch"))
        return wide

    def _write(self, line: Line) -> str:
        target = line.writes
        if target is None or line.writes_first:
            return call(line, self.names)
        return self.speller.call(line, self.names(target))

    def _plain(self, line: Line) -> str:
        speller = self.speller
        if line.function in _INFIX and line.result.shape == () and not line.options:
            left, right = (literal(x, self.names) for x in line.args)  # NumPy's scalars have fast operators
            return f"{left} {_INFIX[line.function]} {right}"
        if "spelling" in self.without or not line.function.startswith("np."):
            return call(line, self.names)
        if line.function == "np.add.reduce":
            axis, dtype, keepdims = speller.reduction(line)
            x = line.args[0]
            if (axis, dtype, keepdims) == ("None", "None", "False") and x in self.still and is_contiguous(x):
                return f"{speller.function(line.function)}({self.flattened(x)})"
        if not line.options and line.function not in ("np.transpose", "np.astype"):
            return f"{speller.function(line.function)}({', '.join(speller.operands(line))})"
        return call(line, self.names)

    def _output(self, value: Value) -> str:
        return f"np.copy({self.names(value)})" if value.kind == "constant" else self.names(value)


def _under(heading: str, lines: list[tuple[str, str]]) -> list[str]:
    return [heading, *(_noted(f"    {text}", note) for text, note in lines)] if lines else []


def _noted(text: str, note: str) -> str:
    return f"{text:{_COLUMN}}  # {note}" if note else text


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

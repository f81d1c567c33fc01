"""Which values of a page stand inside the expression that reads them, instead of on a line with a name of their own."""

from __future__ import annotations

from collections.abc import Callable

from .expressions import ATOM, Text, augmented, expression
from .program import GETITEM, SETITEM, Line, Program, Value, values_in
from .text import Names

_LONGEST = 68  # characters of a line with what one call of an op, or the update of a parameter, computes
_LONGEST_OF_SEVERAL = 56  # and of a line that several ops share


class Folding:
    """Decides for each value of a program. `lines`: value -> the line whose expression stands for it."""

    def __init__(self, program: Program, names: Names, constant: Callable[[Value], Text | None]):
        self.program, self.names, self.constant = program, names, constant
        self.lines: dict[Value, Line] = {}
        self._reads: dict[Value, set[Value]] = {}  # a folded value: the memories that its expression reads
        self._uses: dict[Value, list[int]] = {}
        for i, line in enumerate(program.lines):
            for value in (*line.values(), *([line.writes] if line.writes is not None else [])):
                self._uses.setdefault(value, []).append(i)
        self._writes = [(i, x.writes.memory) for i, x in enumerate(program.lines) if x.writes is not None]
        self._written = {x.writes for x in program.lines if x.writes is not None}
        self._memories = {memory for _, memory in self._writes}
        self._targets = {id(v) for x in program.lines if x.writes_first for v in values_in(x.args[:1])}
        self._roots = {v.gradient_of for x in program.lines for v in x.results if v.gradient_of is not None}
        outputs = set(program.outputs)
        for i, line in enumerate(program.lines):
            if len(line.results) == 1 and not line.several and not line.effect and line.result not in outputs:
                self._decide(i, line, line.result)

    def text(self, value: Value) -> Text:
        """What stands for a value where it is read."""
        if value in self.lines:
            return expression(self.lines[value], self.text)
        return (self.constant(value) if value.kind == "constant" else None) or Text(self.names(value), ATOM)

    def _decide(self, i: int, line: Line, value: Value) -> None:
        uses = self._uses.get(value, [])
        if not uses or value in self._written or id(value) in self._targets:
            return
        inside = [v for v in line.values() if v in self.lines]
        if self._is_free(line) and all(self._is_free(self.lines[v]) for v in inside):
            self._fold(value, line)
        elif len(uses) == 1 and (value.is_view or value.memory not in self._memories):
            reader = self.program.lines[uses[0]]
            if self._still(line, i, uses[0]) and self._reads_well(line, reader, value):
                self._fold(value, line)

    def _fold(self, value: Value, line: Line) -> None:
        self.lines[value] = line
        self._reads[value] = self._memories_of(line)

    def _memories_of(self, line: Line) -> set[Value]:
        found: set[Value] = set()
        for v in line.values():
            found |= self._reads.get(v, {v.memory})
        return found

    def _still(self, line: Line, i: int, j: int) -> bool:
        """Whether what the line reads is not written to before line j."""
        read = self._memories_of(line)
        return not any(i < k < j and memory in read for k, memory in self._writes)

    @staticmethod
    def _is_free(line: Line) -> bool:
        """x.T, x[0] or 1 - beta: costs nothing, wherever it stands and however often."""
        if line.function.startswith("operator."):
            return not any(v.kind == "result" for v in line.values())
        if line.function == "np.transpose":
            return len(line.args) == 1 and not line.options
        if line.function != GETITEM or line.result.memory is not line.args[0].memory:
            return False
        index = line.args[1] if type(line.args[1]) is tuple else (line.args[1],)
        return len(index) <= 2 and all(x is None or type(x) is int or x == slice(None) for x in index)

    def _reads_well(self, line: Line, reader: Line, value: Value) -> bool:
        a, b = line.origin, reader.origin
        one_call = (a.phase, a.op, a.number) == (b.phase, b.op, b.number)
        if not one_call and ((a.phase, a.module) != (b.phase, b.module) or a.phase == "backward"
                             or value in self._roots or value.gradient_of is not None):  # fmt: skip
            return False
        if line.function == "np.astype" and value.shape == () and not all(v.shape == () for v in reader.values()):
            return False  # a number made ready for arrays has a name
        self.lines[value] = line
        try:
            length = len(self.names(reader.result)) + 3 if reader.results else 0
            length += len(statement_of(reader, self.text))
        finally:
            del self.lines[value]
        return length <= (_LONGEST if one_call else _LONGEST_OF_SEVERAL)


def statement_of(line: Line, text: Callable[[Value], Text]) -> str:
    """The right side of an assignment, or a whole statement where a line only writes."""
    if line.writes is None or line.results:
        return expression(line, text).code
    if line.function == SETITEM:
        x, index, value = line.args
        place = expression(Line(GETITEM, (x, index), {}, (), None, line.origin), text).code
        return f"{place} = {text(value).code if type(value) is Value else repr(value)}"
    if line.writes_first:
        return expression(line, text).code
    change = augmented(line, text)
    if change is not None:
        return f"{text(line.writes).code} {change}"
    code = expression(Line(line.function, line.args, {**line.options, "out": line.writes}, (), None, line.origin), text)
    return code.code

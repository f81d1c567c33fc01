"""Arrays that a program writes to must be its own, and must be arrays.

While a step is traced, zeros that it makes anew at each call are a constant, and NumPy's scalars stand as arrays of
no axes. Where a line writes to one of them, the program makes the array first: a copy of the constant, an array
around the scalar.
"""

from __future__ import annotations

from .program import Line, Origin, Program, Value, replaced


def own_what_is_written(program: Program) -> None:
    """Put a line in front that makes the array, for each constant and each number that is written to."""
    written = {line.writes.memory for line in program.lines if line.writes is not None}
    copies = {value: _copy_of(value) for value in program.constants() if value.memory in written}
    lines = [_line("np.copy", (value,), copy, _first_use(program, value)) for value, copy in copies.items()]
    for line in program.lines:
        line.args = replaced(line.args, lambda x: copies.get(x, x) if type(x) is Value else x)
        line.options = replaced(line.options, lambda x: copies.get(x, x) if type(x) is Value else x)
        if line.writes is not None:
            line.writes = copies.get(line.writes, line.writes)
        for result in line.results:
            result.memory = copies.get(result.memory, result.memory)
        lines += _as_array(line, written)
    program.outputs = [copies.get(value, value) for value in program.outputs]
    program.lines = lines
    for i, line in enumerate(lines):
        for result in line.results:
            result.order = i


def _copy_of(constant: Value) -> Value:
    return Value("result", constant, constant.hint)


def _first_use(program: Program, value: Value) -> Origin:
    return next(line.origin for line in program.lines if value in line.values() or line.writes is value)


def _line(function: str, args: tuple, result: Value, origin: Origin) -> Line:
    return Line(function, args, {}, (result,), None, origin)


def _as_array(line: Line, written: set[Value]) -> list[Line]:
    """The line; and where a result may be a scalar that is written to later, one that makes an array of it."""
    made = [line]
    for result in line.results:
        if result.shape == () and result.memory is result and result in written:
            scalar = Value("result", result, result.hint)
            scalar.array = None
            line.results = tuple(scalar if x is result else x for x in line.results)
            made.append(_line("np.asarray", (scalar,), result, line.origin))
    return made

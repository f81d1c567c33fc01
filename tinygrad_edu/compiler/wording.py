"""What makes a page read well before it is written: a tidy program, nouns for names, and phases where they belong."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from .expressions import INFIX
from .passes.algebra import algebra
from .passes.common import common
from .passes.dead_code import dead_code
from .passes.edit import own_copy, substitute, written
from .passes.renaming import renaming
from .program import SETITEM, Line, Program, Value
from .recording import Recording

# What the result of an op is called, where the op's name is a verb or one of Python's own functions.
_WORDS = {
    "sub": "difference", "subtract": "difference", "mul": "product", "multiply": "product", "div": "quotient",
    "divide": "quotient", "pow": "power", "sum": "total", "add_reduce": "total", "max": "largest", "min": "smallest",
    "maximum_reduce": "largest", "minimum_reduce": "smallest", "abs": "size", "round": "rounded", "getitem": "part",
    "neg": "negative", "any": "some", "all": "every", "id": "same", "bool": "truth", "slice": "cut",
    "astype": "converted", "where": "chosen", "random": "drawn", "standard_normal": "drawn", "integers": "drawn",
    "uniform": "drawn", "add": "added",
}  # fmt: skip


def tidied(recording: Recording) -> tuple[Program, dict[Value, Value]]:
    """A copy of a recording's program without dead and double lines, and which of its values were which before."""
    program = own_copy(recording.program)
    pairs = [(getattr(program, name), getattr(recording.program, name)) for name in ("inputs", "states", "generators")]
    original = {copy: value for copies, values in pairs for copy, value in zip(copies, values, strict=True)}
    _name_gradients(program, recording)
    targets = [line.writes for line in program.lines]
    program = renaming(program)
    now = {old: line.result for old, line in zip(targets, program.lines, strict=True)
           if old is not None and line.writes is None}  # fmt: skip
    for line in program.lines:
        for value in line.results:  # the gradient of z, which `z += b` made a new value, is the new value's
            if value.gradient_of is not None:
                value.gradient_of = now.get(value.gradient_of, value.gradient_of)
    _drop_wraps(program)
    for tidy in (dead_code, common, algebra, dead_code):
        program = tidy(program)
    _write_in_place(program)
    _find_updates(program, recording)
    return program, original


def _drop_wraps(program: Program) -> None:
    """np.asarray made an array of a scalar, that it could be written to; as a new value it need not be one."""
    changed = written(program)
    wraps = {line.result: line.args[0] for line in program.lines
             if line.function == "np.asarray" and len(line.args) == 1 and not line.options
             and type(line.args[0]) is Value and not {line.result.memory, line.args[0].memory} & changed}  # fmt: skip
    program.lines = [line for line in program.lines if not (line.results and line.result in wraps)]
    substitute(program, wraps)


def _write_in_place(program: Program) -> None:
    """z = w - y; w[...] = z is w -= y."""
    counts = Counter(v for line in program.lines for v in line.values())
    counts.update(program.outputs)
    kept: list[Line] = []
    for line in program.lines:
        made = kept[-1] if kept else None
        if (made is not None and line.function == SETITEM and line.args[1] is Ellipsis and made.function in INFIX
                and made.results == (line.args[2],) and counts[made.result] == 1 and made.args[0] is line.args[0]
                and (made.result.shape, made.result.dtype) == (line.args[0].shape, line.args[0].dtype)):  # fmt: skip
            kept[-1] = replace(made, results=(), writes=line.args[0])
        else:
            kept.append(line)
    program.lines = kept


def _name_gradients(program: Program, recording: Recording) -> None:
    """What ends up as the .grad of a tensor is the gradient of its array, whatever it was on the way."""
    states = {id(v.slot.value): v for v in program.states}
    for delivery in recording.deliveries:
        state = states.get(id(delivery.slot.holder))
        if delivery.slot.key == "grad" and state is not None and delivery.output is not None:
            value = program.outputs[delivery.output]
            about = value.gradient_of
            if about is None or about.kind != "state":
                value.gradient_of = state


def _find_updates(program: Program, recording: Recording) -> None:
    """Lines behind a walk back that do nothing but change parameters are the update, whoever wrote them."""
    readers: dict[Value, list[Line]] = {}
    for line in program.lines:
        for value in line.values():
            readers.setdefault(value, []).append(line)
    first = next((i for i, line in enumerate(program.lines) if line.origin.phase == "backward"), len(program.lines))
    outputs, found = set(program.outputs), set()
    for line in reversed(program.lines[first:]):
        if line.origin.phase != "forward":
            continue
        if line.writes is not None:
            slot = line.writes.memory.slot if line.writes.memory.kind == "state" else None
            updates = slot is not None and slot.place in recording.trained
        else:
            then = [x for v in line.results for x in readers.get(v, ())]
            updates = outputs.isdisjoint(line.results) and all(
                id(x) in found or x.origin.phase == "update" for x in then)  # fmt: skip
        if updates:
            found.add(id(line))
    for line in program.lines:
        if id(line) in found:
            line.origin = replace(line.origin, phase="update")


def word(program: Program, recording: Recording) -> None:
    """Better hints for names: nouns instead of verbs, and "cost" or "loss" for what a walk back starts from."""
    for line in program.lines:
        for value in line.results:
            value.hint = _noun(value, line)
    for value in (*program.inputs, *program.states):
        value.hint = _name_of_entry(value, program)
    variables = getattr(recording.code, "co_varnames", ())
    name = next((w for w in ("cost", "loss", "error") if any(v.startswith(w) for v in variables)), "cost")
    phase, last = "", None
    for line in program.lines:
        if line.origin.phase == "backward" and phase != "backward" and last is not None:
            last.hint, last = name, None
        phase = line.origin.phase
        if phase in ("forward", "cost") and any(v.shape == () and str(v.dtype)[0] == "f" for v in line.results):
            last = line.result


def _noun(value: Value, line: Line) -> str:
    """What a result is called."""
    if line.origin.phase == "update" and value.shape == ():  # a number for a whole parameter, as in Adam
        counts = [v for v in line.values() if v.kind == "state" and v.slot.path.endswith(".step")]
        return "t" if counts else "root" if line.function == "np.sqrt" else "scale"
    return _WORDS.get(value.hint, value.hint)


def _name_of_entry(value: Value, program: Program) -> str:
    """beta1 for betas.0; and what an optimizer remembers is named behind its parameter: weight_0_exp_avg."""
    if value.is_number:
        return re.sub(r"^betas_(\d)$", lambda found: f"beta{int(found[1]) + 1}", value.hint)
    path, _, key = value.slot.path.rpartition(".")
    owner = next((v for v in program.states if v.slot.path == path), None) if value.kind == "state" and path else None
    return value.hint if owner is None else f"{owner.slot.name}_{key.removesuffix('_buffer')}"


def totals(program: Program) -> dict[Value, str]:
    """Endings for the names of gradients that are only a part: d_x is the last of a walk back, the others d_x_part1."""
    last: dict[Value, Value] = {}
    parts: dict[Value, list[Value]] = {}
    for line in program.lines:
        if line.origin.phase != "backward":
            last.clear()
            continue
        for value in line.results:
            if value.gradient_of is not None:
                if value.gradient_of in last:
                    parts.setdefault(value.gradient_of, []).append(last[value.gradient_of])
                last[value.gradient_of] = value
    return {v: f"_part{i}" for group in parts.values() for i, v in enumerate(group, 1)}

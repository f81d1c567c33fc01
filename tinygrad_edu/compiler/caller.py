"""The way into a program: Python written for one recording, that compares what the step relied on, hands its inputs
over, and delivers what comes out.

It is generated, like the program itself, because it runs at every step and would else cost more than the network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from sys import getrefcount
from typing import Any

import numpy as np

from ..engine import constant
from ..memory import Write, clock, log, owner, wrote
from ..nn.attributes import changes
from ..ops.loss import check_target
from ..quiet import QUIET, reset_errors, set_errors
from .conditions import Conditions
from .lazy import LazyGradient
from .leaving import leaf, refusing
from .overlap import Overlap, overlap_each_other
from .program import Value
from .reach import Reach, Spoken
from .recording import Recording, Returned

MISFIT: Any = type("Misfit", (), {"__repr__": lambda self: "<misfit>"})()
MOVED: Any = type("Moved", (), {"__repr__": lambda self: "<moved>"})()


class Caller:
    """What is generated for one recording. `fits` compares, `bind` makes what compares and runs.

    All Python about the recorded world is written here and now, so that the recording can let go of it.
    """

    def __init__(self, recording: Recording):
        program = recording.program
        self.program, self.deliveries = program, recording.deliveries
        self._reach = reach = Reach(recording)
        self.parameters, self.names = reach.parameters, reach.names
        self.conditions = Conditions(recording, reach)
        self.inputs = [reach.array(v) for v in program.inputs]
        self.states = [reach.array(v) for v in program.states]
        self.holders = [reach.expression(v.slot) for v in program.states]
        self.generators = [reach.array(v) for v in program.generators]
        self.places = [reach.expression(d.slot) for d in recording.deliveries]
        self._made: dict[int, str] = {}  # names of the tensors that are returned
        self.result = self._returned(recording.template)
        self.checks = [f"check_classes({op!r}, {reach.array(v)}, {classes}, {ignored})"
                       for op, v, classes, ignored in dict.fromkeys(recording.tracer.checks)]  # fmt: skip
        self._all = self.conditions.all() + self._own_arrays()
        self._of_modules = " and ".join(self.conditions.of_modules) or "True"
        self._always = " and ".join(self.conditions.always) or "True"
        del self._reach, self.conditions  # they know the world

    def _own_arrays(self) -> str:
        """For the second run: no argument is the very array of a state, for which the trace would take it."""
        given = [text for v, text in zip(self.program.inputs, self.inputs, strict=True) if v.dtype is not None]
        states = [f"id({text})" for text in self.states]
        return f" and {{{', '.join(states)}}}.isdisjoint(map(id, ({', '.join(given)},)))" if given and states else ""

    def fits(self) -> Callable:
        """A function that tells whether all that the recording relied on is as it was."""
        space = dict(self.names.space)
        exec(f"def fits({self.parameters}):\n    return {self._all}", space)
        return space["fits"]

    def bind(self, make: Any, staying: list[int], layout: list[list[int]]) -> Callable:
        """The function that runs the program on the arrays that the state has now."""
        program, names = self.program, self.names.copy()
        states = [eval(text, names.space) for text in self.states]
        generators = [eval(text, names.space) for text in self.generators]
        written = self._written()
        if overlap_each_other([(a, v in written) for v, a in zip(program.states, states, strict=True)]):
            return lambda *given: MISFIT  # tracing says what is wrong
        run, kept = make(*self._laid_out(states, layout, names), *generators)
        still = [f"{text} is {names.of(a, 'a')}" for text, a in zip(self.states, states, strict=True)]
        still += [f"{text} is {names.of(g, 'g')}" for text, g in zip(self.generators, generators, strict=True)]
        self.code = self._code(names, run, still, states, self._lazy(staying, kept))
        exec(compile(self.code, f"<the way into {program.name}>", "exec"), names.space)
        return names.space["call"]

    def _written(self) -> set[Value]:
        return {line.writes.memory for line in self.program.lines if line.writes is not None}

    def _laid_out(self, states: list, layout: list[list[int]], names: Spoken) -> list:
        """The arrays that `make` takes. States that it wants side by side are moved there, unless they are."""
        given = []
        for those in layout:
            if len(those) == 1:
                given.append(states[those[0]])
                continue
            flat = side_by_side([states[i] for i in those])
            start = 0
            for i in those:
                part = flat[start : start + states[i].size].reshape(states[i].shape)
                start += part.size
                if part.ctypes.data != states[i].ctypes.data:
                    states[i] = part
                    eval(self.holders[i], names.space)._array = part
            given.append(flat)
        return given

    def _lazy(self, staying: list[int], kept: tuple) -> dict[int, LazyGradient]:
        """For each delivery of a gradient that stays in a buffer, the tensor that copies it when it is looked at."""
        buffers = dict(zip(staying, kept, strict=True))
        return {i: LazyGradient(buffers[d.output]) for i, d in enumerate(self.deliveries) if d.output in buffers}

    # ------------------------------------------------------------------------------------ the code

    def _code(self, names: Spoken, run: Any, still: list[str], states: list, lazy: dict[int, LazyGradient]) -> str:
        staying = {self.deliveries[i].output for i in lazy}
        outputs = [f"r{i}" for i in range(len(self.program.outputs)) if i not in staying]
        names.space.update(
            run=run, MISFIT=MISFIT, MOVED=MOVED, constant=constant, asarray=np.asarray, log=log, clock=clock, leaf=leaf,
            set_errors=set_errors, reset_errors=reset_errors, QUIET=QUIET, partial_state=_partial_state, wrote=wrote,
            refusing=refusing, check_classes=_check_classes, getrefcount=getrefcount, changes=changes, seen=-1,
        )  # fmt: skip
        apart = list(self._apart(names, states))
        writes = list(self._writes(names, states))
        body = [
            f"global {', '.join(['seen', *(f't{i}' for i in lazy)])}",
            "try:",
            "    if seen != changes[0]:",
            f"        if not ({self._of_modules}):",
            "            return MISFIT",
            "        seen = changes[0]",
            f"    if not ({self._always}):",
            "        return MISFIT",
            "except (AttributeError, LookupError, TypeError, ValueError):",
            "    return MISFIT",
            *([f"if not ({' and '.join(still)}):", "    return MOVED"] if still else []),
            *apart,
            *self.checks,
            *self._handed_over(names, lazy),
            "before = set_errors(QUIET)",
            "try:",
            f"    {''.join(f'{r}, ' for r in outputs)}{'= ' if outputs else ''}run({', '.join(self.inputs)})",
            "except BaseException as error:",
            "    partial_state(error)",
            "    raise",
            "finally:",
            "    reset_errors(before)",
            *(["now = log.newest = clock()", *writes] if writes else []),
            *self._deliveries(lazy),
            f"return {self.result}",
        ]
        return "\n".join([f"def call({self.parameters}):", *("    " + line for line in body)])

    def _apart(self, names: Spoken, states: list) -> Iterator[str]:
        """What is written to must show in nothing else that is given. By who owns the memory, which costs little."""
        written = self._written()
        entries = zip(self.program.inputs, self.inputs, strict=True)
        arrays = [(v in written, text) for v, text in entries if v.dtype is not None]
        changes = [changed for changed, _ in arrays]
        kept = zip(self.program.states, states, strict=True)
        overlap = Overlap(changes, [(a, v in written) for v, a in kept])
        if not arrays or not (overlap.states or (any(changes) and len(arrays) > 1)):
            return
        names.space.update(overlap=overlap, roots=overlap.roots)
        keys = [f"id(a if (b := (a := {text}).base) is None else b)" for _, text in arrays]
        test = f"overlap({', '.join(text for _, text in arrays)})"
        if not overlap.foreign and len(keys) == 1:
            test = f"{keys[0]} in roots and {test}"
        elif not overlap.foreign and any(changes):
            one_is_two = f"len(keys := {{{', '.join(keys)}}}) < {len(keys)}"
            test = f"({one_is_two} or not keys.isdisjoint(roots)) and {test}"
        elif not overlap.foreign:
            test = f"not roots.isdisjoint(({', '.join(keys)})) and {test}"
        yield f"if {test}:"
        yield "    return MISFIT"

    def _writes(self, names: Spoken, states: list) -> Iterator[str]:
        """Enter what the program writes to into the log, so that graphs outside know."""
        written = self._written()
        for value, array in zip(self.program.states, states, strict=True):
            if value in written:
                wrote(array)
                yield f"{names.of(_entry(array), 'w')}.time = now"
        for value, text in zip(self.program.inputs, self.inputs, strict=True):
            if value in written:
                yield f"wrote({text})"

    def _handed_over(self, names: Spoken, lazy: dict[int, LazyGradient]) -> Iterator[str]:
        """Before the buffers are written to again: whoever still holds a gradient takes a copy along."""
        for i, gradient in lazy.items():
            holder = names.of(gradient, "lazy")
            names.space[f"t{i}"] = gradient.new()
            yield f"{self.places[i]} = None"
            yield f"if getrefcount(t{i}) > 2 or '_pending' not in t{i}.__dict__: t{i} = {holder}.renewed(t{i})"

    def _deliveries(self, lazy: dict[int, LazyGradient]) -> Iterator[str]:
        for i, delivery in enumerate(self.deliveries):
            place, output = self.places[i], delivery.output
            if i in lazy:
                yield f"{place} = t{i}"
            elif output is None:
                yield f"{place} = None"
            elif delivery.kind == "number":
                yield f"{place} = r{output}"
            elif delivery.kind == "array":
                yield f"{place}.data = {self._tensor(output)}"
            else:
                yield f"{place} = t{i} = {self._tensor(output, delivery.graph)}"

    def _tensor(self, output: int, graph: str = "") -> str:
        shape = self.program.outputs[output].shape
        tensor = f"constant(asarray(r{output}))" if shape in ((), None) else f"constant(r{output})"
        return f"{'leaf' if graph == 'leaf' else 'refusing'}({tensor})" if graph else tensor

    def _returned(self, x: Any) -> str:
        if type(x) is tuple:
            return f"({''.join(self._returned(item) + ', ' for item in x)})"
        if isinstance(x, tuple) and hasattr(x, "_fields"):
            return f"{self.names.of(type(x))}({', '.join(map(self._returned, x))})"
        if type(x) is list:
            return f"[{', '.join(map(self._returned, x))}]"
        if type(x) is dict:
            return f"{{{', '.join(f'{self._reach.key(k)}: {self._returned(v)}' for k, v in x.items())}}}"
        if x.kind == "constant":
            return self.names.of(x.what)
        if x.kind == "same":
            return self._reach.expression(x.what)
        return f"t{x.what}" if x.kind == "delivered" else self._of_output(x)

    def _of_output(self, x: Returned) -> str:
        if type(x.what) is tuple:
            return f"r{x.what[0]}" if x.what[1] else f"asarray(r{x.what[0]})"
        if id(x) in self._made:  # returned twice
            return self._made[id(x)]
        name = self._made[id(x)] = f"made{len(self._made)}"
        return f"({name} := {self._tensor(x.what, x.graph)})"


def side_by_side(arrays: list[np.ndarray]) -> np.ndarray:
    """Arrays as one flat array: the one that they lie in already, one behind another, or else a copy."""
    base, total = arrays[0].base, sum(a.size for a in arrays)
    if isinstance(base, np.ndarray) and base.ndim == 1 and base.dtype == arrays[0].dtype and base.flags.c_contiguous:
        place = start = (arrays[0].ctypes.data - base.ctypes.data) // base.itemsize
        for array in arrays:
            if array.base is not base or array.ctypes.data != base.ctypes.data + place * base.itemsize:
                break
            place += array.size
        else:
            return base[start : start + total]
    return np.concatenate([a.reshape(-1) for a in arrays])


def _check_classes(op: str, target: np.ndarray, classes: int, ignored: int) -> None:
    """Raise as eager mode does for class numbers out of range. As unsigned numbers, negative ones are too high."""
    whole = target if target.dtype.kind == "u" else target.view(f"u{target.itemsize}")
    if target.size and np.maximum.reduce(whole, None) >= classes:
        check_target(op, np.empty((target.size, classes)), target.reshape(-1), ignored)


def _entry(array: Any) -> Write:
    return log.writes[id(owner(array))]


def _partial_state(error: BaseException) -> None:
    error.add_note("compile: the program stopped midway, so that parameters and optimizer state may be half updated; "
                   "load the last saved state before going on")  # fmt: skip

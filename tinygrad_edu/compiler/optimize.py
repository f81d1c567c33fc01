"""From a recording to the program that runs: the passes, one after the other, then Python."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .emit import Emitter
from .passes import PASSES, own_copy
from .passes.blocks import Loop
from .passes.buffers import Memory, buffers
from .program import Program, Value

# What can be left out: the passes over lines, then what is decided while memory is laid out and Python is written.
NAMES = (*dict.fromkeys(change.__name__ for change in PASSES), "buffers", "hoist", "stretch", "spelling")


@dataclass
class Step:
    """What a pass did: lines, and bytes of the arrays that they make, before and after."""

    name: str
    lines: tuple[int, int]
    bytes: tuple[int, int]
    keeps_bits: bool = True


@dataclass
class Optimized:
    """A program after its passes, and its source."""

    program: Program
    memory: Memory
    steps: list[Step]
    source: str
    staying: list[int]  # the outputs that stay in a buffer: `make` gives them, `step` does not
    layout: list[list[int]]  # the states that `make` takes: each one state, or several side by side in one array


def optimized(program: Program, without: Collection[str] = (), threads: int = 1) -> Optimized:
    """The program, passed through all passes but those named in `without`."""
    program = own_copy(program)
    steps = []
    if "buffers" in without:  # these lay memory out, and need buffers for it
        without = {*without, "row_sums", "batch", "blocks"}
    for change in PASSES:
        if change.__name__ in without:
            continue
        lines, nbytes = len(program.lines), made(program)
        program = change(program)
        steps.append(Step(change.__name__, (lines, len(program.lines)), (nbytes, made(program)),
                          getattr(change, "keeps_bits", True)))  # fmt: skip
    layout = _laid_out(program)
    memory = Memory() if "buffers" in without else buffers(program)
    if memory.buffers:
        held = sum(v.nbytes for v in memory.of)
        after = made(program) - held + sum(b.nbytes for b in memory.buffers)
        steps.append(Step("buffers", (len(program.lines),) * 2, (made(program), after)))
    program.kept = {v for v in program.kept if v.memory in memory.of}
    staying = [i for i, v in enumerate(program.outputs) if v in program.kept]
    return Optimized(program, memory, steps, Emitter(program, memory, without, threads).source(), staying, layout)


def _laid_out(program: Program) -> list[list[int]]:
    """Let `make` take a row in place of the states that lie in it, and say which these are."""
    places: dict[Value, list[tuple[int, int]]] = {}
    for i, state in enumerate(program.states):
        row, start = program.slices.get(state, (state, 0))
        places.setdefault(row, []).append((start, i))
    program.states = list(places)
    return [[i for _, i in sorted(those)] for those in places.values()]


def made(program: Program) -> int:
    """Bytes of all arrays that the lines make, views apart."""
    return sum(v.nbytes for line in program.lines for v in line.results if not v.is_view or v in program.slices)


def has_loops(program: Program) -> bool:
    """Whether some lines run block by block."""
    return any(isinstance(line, Loop) for line in program.lines)

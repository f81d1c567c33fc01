"""From a recording to the program that runs: the passes, one after the other, then Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .emit import Emitter
from .passes import PASSES, own_copy
from .passes.buffers import Memory, buffers
from .program import Program


@dataclass
class Step:
    """What a pass did: lines and bytes of results before and after."""

    name: str
    lines: tuple[int, int]
    bytes: tuple[int, int]


@dataclass
class Optimized:
    """A program after its passes, and its source."""

    program: Program
    memory: Memory
    steps: list[Step]
    source: str


def optimized(program: Program, without: Sequence[str] = (), threads: int = 1) -> Optimized:
    """The program, passed through all passes but those named in `without`."""
    program = own_copy(program)
    steps = []
    for change in PASSES:
        if change.__name__ in without:
            continue
        before = len(program.lines), _made(program)
        program = change(program)
        steps.append(Step(change.__name__, (before[0], len(program.lines)), (before[1], _made(program))))
    memory = buffers(program) if "buffers" not in without else Memory()
    return Optimized(program, memory, steps, Emitter(program, memory, without, threads).source())


def _made(program: Program) -> int:
    """Bytes of all arrays that the lines make, views apart."""
    return sum(v.nbytes for line in program.lines for v in line.results if not v.is_view or v in program.slices)

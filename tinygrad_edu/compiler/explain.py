"""What the compiler has done to a step: `print(step.explain())`."""

from __future__ import annotations

import html
import math
import time
from collections import Counter
from dataclasses import dataclass, field

from .optimize import Optimized
from .passes.blocks import Loop
from .program import Line, Program, Value
from .recording import Recording
from .trial import trial

_RUNS = 200  # of a profile, or as many as fit into a second
_SHOWN = 12  # of the slowest lines


@dataclass
class Explanation:
    """Printed, it is a page; its parts are attributes."""

    name: str
    passes: list[tuple[str, int, int, int, int, bool]]  # name, lines before and after, bytes before and after, bits
    calls: int
    allocating: dict[str, int]  # calls that have no out=, and how often
    values: int
    buffers: int
    buffer_bytes: int
    value_bytes: int
    flops: int
    slowest: list[tuple[float, str]] = field(default_factory=list)  # microseconds, line

    def __str__(self) -> str:
        lines = [
            f"{self.name}: {self.calls:,} calls of NumPy a step, about {_count(self.flops)} floating-point operations",
            "",
            f"{'pass':12}{'lines':>16}{'arrays made':>26}   keeps the bits",
        ]
        for name, before, after, bytes_before, bytes_after, bits in self.passes:
            change = f"{before:,} → {after:,}", f"{_bytes(bytes_before)} → {_bytes(bytes_after)}"
            lines.append(f"{name:12}{change[0]:>16}{change[1]:>26}   {'yes' if bits else 'NO'}")
        lines += ["", f"{self.values:,} arrays, {_bytes(self.value_bytes)}, lie in {self.buffers:,} buffers, "
                      f"{_bytes(self.buffer_bytes)}"]  # fmt: skip
        if self.allocating:
            calls = ", ".join(f"{name} ({n})" if n > 1 else name for name, n in self.allocating.items())
            lines.append(f"calls that have no out=, or whose result leaves the program, and allocate: {calls}")
        if self.slowest:
            lines += ["", "slowest lines, microseconds:"]
            lines += [f"{micro:10.2f}  {text}" for micro, text in self.slowest]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def explain(recording: Recording, optimized: Optimized, profile: bool = False) -> Explanation:
    """The passes, the buffers, an estimate of the work; with profile=True, the slowest lines, timed on copies."""
    program, memory = optimized.program, optimized.memory
    calls = [inner for line in program.lines for inner in (line.body if isinstance(line, Loop) else [line])]
    allocating = Counter(
        line.function for line in calls
        if any(v.shape and not v.is_view and v not in memory.of and not _in_block(v, program) for v in line.results)
    )  # fmt: skip
    return Explanation(
        program.name,
        [(s.name, *s.lines, *s.bytes, s.keeps_bits) for s in optimized.steps],
        sum(not line.results or not line.result.is_view or line.result in program.slices for line in calls),
        dict(allocating),
        sum(len(b.values) for b in memory.buffers),
        len(memory.buffers),
        sum(b.nbytes for b in memory.buffers),
        sum(v.nbytes for b in memory.buffers for v in b.values),
        sum(flops(line, program) for line in calls),
        _slowest(recording, optimized) if profile else [],
    )


def _in_block(value: Value, program: Program) -> bool:
    return any(isinstance(line, Loop) and value in line.scratch for line in program.lines)


def flops(line: Line, program: Program) -> int:
    """Floating-point operations of a call, estimated: two for each product of a sum of products, else one a number."""
    target = line.writes if line.writes is not None else line.results[0] if line.results else None
    if target is None or target.shape is None:
        return 0
    if line.results and target.is_view and target not in program.slices and not _fills_row(line, program):
        return 0
    arrays = [v for v in line.values() if v.shape is not None]
    if line.function in ("np.dot", "np.matmul") and arrays:
        return 2 * target.size * (arrays[0].shape or (1,))[-1]
    if ".reduce" in line.function and arrays:
        return arrays[0].size
    return max([target.size, *(math.prod(v.shape or ()) for v in arrays)])


def _fills_row(line: Line, program: Program) -> bool:
    return any(row is line.result.memory for row, _ in program.slices.values())


def _slowest(recording: Recording, optimized: Optimized) -> list[tuple[float, str]]:
    """Each line of the step with a clock around it."""
    head, body = optimized.source.split("    def step(", 1)
    texts: list[str] = []
    timed = []
    for text in body.split("\n"):
        whole = text.startswith("        ") and not text.startswith("         ") and text.strip()[:1] != "#"
        if whole and not text.strip().startswith(("return", "for ")):
            timed += ["        start_ = clock_()", text, f"        spent_[{len(texts)}] += clock_() - start_"]
            texts.append(text.split("  # ")[0].strip())
        else:
            timed.append(text)
    source = _with_loops_timed(head + "    def step(" + "\n".join(timed), texts)
    spent = [0.0] * len(texts)
    run = trial(optimized, recording, source, {"clock_": time.perf_counter, "spent_": spent})
    run()
    spent[:] = [0.0] * len(texts)
    start, runs = time.perf_counter(), 0
    while runs < _RUNS and time.perf_counter() - start < 1:
        run()
        runs += 1
    return sorted(((s / runs * 1e6, text) for s, text in zip(spent, texts, strict=True)), reverse=True)[:_SHOWN]


def _with_loops_timed(source: str, texts: list[str]) -> str:
    """A clock around each loop over blocks as well."""
    result, inside = [], False
    for text in source.split("\n"):
        if text.startswith("        for ") and " in blocks" in text:
            result.append("        start_ = clock_()")
            texts.append(text.split("  # ")[-1].strip() if "  # " in text else text.strip())
            inside = True
        elif inside and not text.startswith("            "):
            result.append(f"        spent_[{len(texts) - 1}] += clock_() - start_")
            inside = False
        result.append(text)
    return "\n".join(result)


def _bytes(n: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if n < 1024:
            return f"{n:.0f} {unit}" if unit == "B" else f"{n:.1f} {unit}"
        n /= 1024
    return f"{n:.1f} GiB"


def _count(n: float) -> str:
    for unit in ("", " thousand", " million"):
        if n < 1000:
            return f"{n:.3g}{unit}"
        n /= 1000
    return f"{n:.3g} billion"

"""How a step prints: four phases as plain text, as wide as it must be or as the screen is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from . import tables
from .numbers import number
from .parts import Bar, Term, Trace, Want
from .tables import Table

WIDTH = 150  # letters, where the screen does not say
EIGHTHS = " ▏▎▍▌▋▊▉█"


def page(trace: Trace) -> str:
    """The whole step."""
    return "\n".join(line.rstrip() for title, lines in sections(trace) for line in (title, "", *lines, ""))


def sections(trace: Trace, width: int = WIDTH, with_bars: bool = True) -> list[tuple[str, list[str]]]:
    """(heading, lines) of each phase. with_bars: those of the outputs are among them."""
    shown = f"; example {trace.example} of {trace.examples} is shown" if trace.examples > 1 else ""
    numbers = f"{trace.parameters:,} numbers to learn{shown}"
    return [
        (f"1  forward: what does {trace.model} say?   ({numbers})", list(_forward(trace, width, with_bars))),
        ("2  cost: how wrong is that?", list(_cost(trace, width))),
        ("3  backward: who should change, and by how much?", list(_backward(trace, width))),
        ("4  update: a step downhill", list(_update(trace, width))),
        ("Once more, the same batch", [f"  {trace.again.text}"]),
    ]


def _forward(trace: Trace, width: int, with_bars: bool) -> Iterator[str]:
    yield from table(tables.ops(trace), width)
    if trace.forward.bars and with_bars:
        yield ""
        yield from bars(trace.forward.bars, trace.forward.tallest)


def bars(shown: Sequence[Bar], tallest: int | None, width: int = 32) -> Iterator[str]:
    """A bar for each output, the tallest named. Outputs that may be negative are drawn from the lowest up."""
    name = max(len(bar.name) for bar in shown)
    for bar, share in zip(shown, bar_shares(shown), strict=True):
        mark = f"   ◀ it says {bar.name}" if bar.index == tallest else ""
        yield f"  {bar.name:>{name}}  {_bar(share, width)} {number(bar.value):>8}{mark}"


def bar_shares(shown: Sequence[Bar]) -> list[float]:
    """How long each bar is, from 0 to 1: the output itself where all lie there, else from the lowest to the highest."""
    values = [bar.value for bar in shown if math.isfinite(bar.value)]
    low, high = min([*values, 0.0]), max([*values, 0.0])
    low, high = (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)
    return [(bar.value - low) / (high - low) if math.isfinite(bar.value) else 0.0 for bar in shown]


def _bar(share: float, width: int) -> str:
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (EIGHTHS[rest] if rest else "")).ljust(width)


def _cost(trace: Trace, width: int) -> Iterator[str]:
    cost = trace.cost
    if cost.terms:
        yield from terms(cost.terms)
        if cost.all_terms is not None and cost.all_terms.size > len(cost.terms):
            yield f"  and so on: {cost.all_terms.size:,} terms in all"
        yield ""
    yield from table(tables.cost_ops(trace), width)
    yield ""
    yield f"  the cost is {number(cost.value)}"


def terms(shown: Sequence[Term]) -> Iterator[str]:
    """(output − wanted)² and so on: what the cost sums, one by one, and the sum."""
    name = max(len(term.name) for term in shown)
    for term in shown:
        about = f"output {number(term.output):>9}   " if term.output is not None else ""
        about += f"wanted {number(term.wanted):>4}   " if term.wanted is not None else ""
        yield f"  {term.name:>{name}}  {about}costs {number(term.term):>9}"
    yield f"  {'':{name}}  together {number(sum(term.term for term in shown))}"


def _backward(trace: Trace, width: int) -> Iterator[str]:
    back = trace.backward
    if back.wants:
        yield from wants(back.wants, width)
        yield ""
    yield from table(tables.ways_back(trace), width)
    if back.nudges:
        yield ""
        yield "  The largest nudge of each parameter; the step goes against the gradient:"
        yield from table(tables.nudges(trace), width)


def wants(shown: Sequence[Want], width: int = WIDTH) -> Iterator[str]:
    """What each output desires, the strongest first."""
    ordered = sorted(shown, key=lambda want: -abs(want.by))
    line = " "
    for want in ordered:
        part = f" {want.text}" + ("," if want is not ordered[-1] else ".")
        if len(line) + len(part) > min(width, 100):
            yield line
            line = " "
        line += part
    yield line


def _update(trace: Trace, width: int) -> Iterator[str]:
    update = trace.update
    rate = "" if update.learning_rate is None else f", learning rate {number(update.learning_rate)}"
    yield f"  {update.optimizer}{rate}: {number(update.length)} long, {number(update.ratio)} of the weights' own length"
    yield f"  if the slope stayed as it is, the cost would change by {number(update.promised)}"
    yield ""
    yield from table(tables.parameters(trace), width)
    if update.moves:
        yield ""
        yield from table(tables.moves(trace), width)


def table(shown: Table, width: int = WIDTH) -> Iterator[str]:
    """Rows under their heads, in columns as wide as they must be; what can be spared is, until they fit."""
    full = [row for row in (shown.heads, *shown.rows) if len(row) == len(shown.heads)]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    if sum(widths) + 3 * len(widths) - 1 > width and shown.spare:
        yield from table(shown.without(shown.spare[0]), width)
        return
    for row in (shown.heads, *shown.rows):
        line = "   ".join(f"{cell:<{n}}" for cell, n in zip(row, widths, strict=False))
        yield f"  {line}".rstrip()

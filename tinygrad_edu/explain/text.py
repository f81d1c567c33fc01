"""How a step prints: four phases as plain text, a hundred columns wide."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from .numbers import brief, number, shape
from .parts import Bar, OpRun, Term, Trace, Want, WayBack

MOST = 40  # lines of a list; of a longer one the first and the last
WIDTH = 100
EIGHTHS = " ▏▎▍▌▋▊▉█"


def page(trace: Trace) -> str:
    """The whole step."""
    return "\n".join(line.rstrip() for title, lines in sections(trace) for line in (title, "", *lines, ""))


def sections(trace: Trace, with_bars: bool = True) -> list[tuple[str, list[str]]]:
    """(heading, lines) of each phase. with_bars: those of the outputs are among them."""
    shown = f"; example {trace.example} of {trace.examples} is shown" if trace.examples > 1 else ""
    numbers = f"{trace.parameters:,} numbers to learn{shown}"
    return [
        (f"1  forward: what does {trace.model} say?   ({numbers})", list(_forward(trace, with_bars))),
        ("2  cost: how wrong is that?", list(_cost(trace))),
        ("3  backward: who should change, and by how much?", list(_backward(trace))),
        ("4  update: a step downhill", list(_update(trace))),
        ("Once more, the same batch", [f"  {trace.again.text}"]),
    ]


def _forward(trace: Trace, with_bars: bool) -> Iterator[str]:
    kinds = {layer.name: layer.kind for layer in trace.forward.layers}
    yield from table(("op", "layer", "from", "shape", "values", "line"),
                     rows_of(trace.forward.ops, lambda o: [f"{o.number} {o.op}", layer_of(o.layer, kinds),
                                                         ", ".join(o.inputs[:3]), *_result(o), o.line]))  # fmt: skip
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


def _cost(trace: Trace) -> Iterator[str]:
    cost = trace.cost
    if cost.terms:
        yield from terms(cost.terms)
        whole = cost.all_terms.sum() if cost.all_terms is not None else 0.0
        count = 0 if cost.all_terms is None else cost.all_terms.size
        if count > len(cost.terms):
            yield f"  and so on: {count:,} terms in all; their sum is {number(whole)}"
    yield from table(("op", "from", "shape", "values", "line"),
                     rows_of(cost.ops, lambda o: [f"{o.number} {o.op}", ", ".join(o.inputs[:3]), *_result(o),
                                                o.line]))  # fmt: skip
    yield f"  cost {number(cost.value)}"


def terms(shown: Sequence[Term]) -> Iterator[str]:
    """(output − wanted)² and so on: what the cost sums, one by one, and the sum."""
    name = max(len(term.name) for term in shown)
    for term in shown:
        about = f"output {number(term.output):>8}" if term.output is not None else ""
        about += f"   wanted {number(term.wanted):>4}" if term.wanted is not None else ""
        yield f"  {term.name:>{name}}  {about}   costs {number(term.term):>9}"
    yield f"  {'':{name}}  together {number(sum(term.term for term in shown))}"
    yield ""


def _backward(trace: Trace) -> Iterator[str]:
    back = trace.backward
    if back.wants:
        yield from wants(back.wants)
        yield ""
    kinds = {layer.name: layer.kind for layer in trace.forward.layers}
    yield from table(("way back of", "layer", "to", "local rule, for g that arrives", "in numbers"),
                     rows_of(back.ways, lambda w: [way_name(w), layer_of_way(w, kinds), f"{w.to} {shape(w.passed)}",
                                                   cut(rule_of(w), 40), str(w.largest.get("text", ""))]))  # fmt: skip
    yield ""
    for p in back.parameters:
        what = "none arrived" if p.gradient is None else f"{brief(p.gradient)}, length {number(p.norm)}"
        yield f"  dC/d{p.name}: {what}"
    if back.nudges:
        yield ""
        yield "  the largest nudges (against the gradient), of each parameter:"
        yield from (f"    {n.text} wants {'down' if n.gradient > 0 else 'up'}: gradient {number(n.gradient)}"
                    for n in back.nudges)  # fmt: skip


def wants(shown: Sequence[Want]) -> Iterator[str]:
    """What each output desires, the strongest first."""
    ordered = sorted(shown, key=lambda want: -abs(want.by))
    lines, line = [], " "
    for want in ordered:
        part = f" {want.text}" + ("," if want is not ordered[-1] else ".")
        if len(line) + len(part) > WIDTH:
            lines.append(line)
            line = " "
        line += part
    yield from [*lines, line]


def _update(trace: Trace) -> Iterator[str]:
    update = trace.update
    rate = "" if update.learning_rate is None else f", learning rate {number(update.learning_rate)}"
    yield f"  {update.optimizer}{rate}: {number(update.length)} long, {number(update.ratio)} of the weights' own length"
    yield f"  if the slope stayed as it is, the cost would change by {number(update.promised)}"
    yield ""
    yield from table(("parameter", "length of the step", "update : weight", ""),
                     ([p.name, number(p.length), number(p.ratio), "" if p.optimized else "not in the optimizer"]
                      for p in update.parameters))  # fmt: skip
    yield ""
    yield from (f"  {m.text}: {number(m.old)} → {number(m.new)}" for m in update.moves)


# ------------------------------------------------------------------------------------------- rows and columns


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows under their heads, in columns as wide as they must be; a row of one text stands as it is."""
    listed = [list(row) for row in rows]
    full = [row for row in [list(heads), *listed] if len(row) == len(heads)]
    widths = [max(len(row[i]) for row in full) for i in range(len(heads))]
    for row in [list(heads), *listed]:
        line = "   ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False))
        yield f"  {line if len(row) > 1 else row[0]}".rstrip()


def cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def rows_of(items: Sequence[Any], row: Callable[[Any], list[str]]) -> Iterator[list[str]]:
    """A row for each item; for those in the middle of a long list, one that says how many they are."""
    for i, item in enumerate(items):
        if len(items) <= MOST or not MOST // 2 <= i < len(items) - MOST // 2:
            yield row(item)
        elif i == MOST // 2:
            yield [f"… {len(items) - MOST:,} more"]


def layer_of(name: str, kinds: dict[str, str]) -> str:
    return f"{name} {kinds.get(name, '')}".strip()


def _result(op: OpRun) -> list[str]:
    return [shape(op.outputs[0]), brief(op.outputs[0])]


def rule_of(way: WayBack) -> str:
    """The rule in a few letters: the formula beside the code where there is one, dL/dw = gᵀ x; else the code."""
    return way.rule.split("# ")[-1]


def layer_of_way(way: WayBack, kinds: dict[str, str]) -> str:
    """The layer whose op it is, or "cost"."""
    return "cost" if way.phase == "cost" else layer_of(way.layer, kinds)


def way_name(way: WayBack) -> str:
    return way.op if way.number is None else f"{way.number} {way.op}"

"""How a step draws itself in a notebook: the same four phases as HTML, in the page's own colours, light or dark.

It is one element: a style for what is inside it, and no script. `document` makes a file of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

import numpy as np

from . import tables
from .numbers import number
from .parts import Bar, Term, Trace, Want
from .tables import Table
from .text import bar_shares

STYLE = """
.step-trace { font: 14px/1.45 system-ui, sans-serif; max-width: 62rem; --up: #2c9a68; --down: #d2663c; --bar: #3583c9; }
.step-trace h3 { font-size: 1.1em; margin: 1.4em 0 .5em; }
.step-trace .wide { overflow-x: auto; }
.step-trace table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.step-trace th, .step-trace td { text-align: left; padding: .15em .9em .15em 0; vertical-align: top;
  white-space: nowrap; background: none; }
.step-trace th { font-weight: 600; border-bottom: 1px solid currentColor; }
.step-trace tr { background: none; }
.step-trace code { font-size: .92em; background: none; color: inherit; }
.step-trace .num { text-align: right; }
.step-trace .says { font-weight: 700; }
.step-trace i.bar { display: inline-block; height: .75em; background: var(--bar); border-radius: 2px; }
.step-trace td.row { width: 14rem; min-width: 6rem; }
.step-trace td.side { width: 7rem; min-width: 3.5rem; padding-right: 0; }
.step-trace i.up { background: var(--up); } .step-trace i.down { background: var(--down); }
.step-trace .again { border-left: 4px solid var(--up); padding: .4em .8em; margin-top: 1.2em; font-weight: 600; }
.step-trace .again.worse { border-color: var(--down); }
.step-trace svg.seen { width: 7rem; height: 7rem; float: right; margin-left: 1rem; }
@media (max-width: 30rem) { .step-trace svg.seen { float: none; display: block; margin: 0 0 .5rem; } }
.step-trace details { margin: .5em 0; }
"""


def document(trace: Trace, title: str) -> str:
    """A whole HTML file, light or dark as the reader has it."""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>:root {{ color-scheme: light dark }} body {{ margin: 2rem auto; padding: 0 1rem; max-width: 62rem }}</style>
</head><body><h1>{escape(title)}</h1>
{fragment(trace)}
</body></html>
"""


def fragment(trace: Trace) -> str:
    """The step as one element."""
    return f'<div class="step-trace"><style>{STYLE}</style>{"".join(_parts(trace))}</div>'


def _parts(trace: Trace) -> Iterator[str]:
    shown = f", example {trace.example} of {trace.examples} is shown" if trace.examples > 1 else ""
    yield f"<h3>1 &nbsp;Forward: what does {escape(trace.model)} say?</h3>"
    yield f"<p>{trace.parameters:,} numbers to learn{shown}.</p>"
    yield from _picture(trace)
    if trace.forward.bars:
        yield _bars(trace.forward.bars, trace.forward.tallest)
    yield _folded("Every op, in order", tables.ops(trace))
    yield f"<h3>2 &nbsp;Cost: how wrong is that? {number(trace.cost.value)}</h3>"
    if trace.cost.terms:
        yield _terms(trace.cost.terms)
    yield _folded("Every op of the cost", tables.cost_ops(trace))
    yield "<h3>3 &nbsp;Backward: who should change, and by how much?</h3>"
    if trace.backward.wants:
        yield _wants(trace.backward.wants)
    if trace.backward.nudges:
        yield f"<p>The largest nudge of each parameter:</p>{_table(tables.nudges(trace))}"
    yield _folded("Every way back: the local rule of each op, with numbers", tables.ways_back(trace))
    update = trace.update
    rate = "" if update.learning_rate is None else f", learning rate {number(update.learning_rate)}"
    yield "<h3>4 &nbsp;Update: a step downhill</h3>"
    yield (f"<p>{escape(update.optimizer)}{rate}: the step is {number(update.length)} long, {number(update.ratio)} of "
           "the weights' own length. If the slope stayed as it is, the cost would change by "
           f"{number(update.promised)}.</p>")  # fmt: skip
    yield _table(tables.moves(trace))
    yield _folded("Every parameter", tables.parameters(trace))
    again = trace.again
    yield f'<p class="again{"" if again.better else " worse"}">The same batch again: {escape(again.text)}.</p>'


def _picture(trace: Trace) -> Iterator[str]:
    """The example itself, where it is a picture of one channel."""
    size = trace.picture
    if not size or not trace.inputs or trace.inputs[0].dtype.kind != "f":
        return
    array = trace.inputs[0]
    row = array[trace.example] if array.ndim > 1 else array
    if row.size != size[0] * size[1]:
        return
    pixels = np.clip(row.reshape(size), 0, 1)
    ink = "".join(f'<rect x="{x}" y="{y}" width="1.03" height="1.03" fill-opacity="{pixels[y, x]:.2g}"/>'
                  for y, x in np.argwhere(pixels > 0.02))  # fmt: skip
    yield (f'<svg class="seen" viewBox="0 0 {size[1]} {size[0]}" role="img" aria-label="what the network sees">'
           f'<rect width="{size[1]}" height="{size[0]}" fill="none" stroke="currentColor" stroke-width=".3"/>'
           f'<g fill="currentColor">{ink}</g></svg>')  # fmt: skip


def _bars(bars: Sequence[Bar], tallest: int | None) -> str:
    rows = []
    for bar, share in zip(bars, bar_shares(bars), strict=True):
        says = bar.index == tallest
        word = f"it says {escape(bar.name)}" if says else ""
        rows.append(f'<tr{" class=says" if says else ""}><td class=num>{escape(bar.name)}</td>'
                    f'<td class=row><i class="bar" style="width:{100 * share:.1f}%"></i></td>'
                    f'<td class=num>{number(bar.value)}</td><td>{word}</td></tr>')  # fmt: skip
    return f"<div class=wide><table><tbody>{''.join(rows)}</tbody></table></div>"


def _terms(terms: Sequence[Term]) -> str:
    rows = [[t.name, *("" if x is None else number(x) for x in (t.output, t.wanted)), number(t.term)] for t in terms]
    rows.append(["together", "", "", number(sum(t.term for t in terms))])
    return _table(Table(["", "output", "wanted", "costs"], rows))


def _wants(wants: Sequence[Want]) -> str:
    """A bar for each desire, up to the right, down to the left; the strongest first."""
    most = max(abs(w.by) for w in wants) or 1.0
    rows = []
    for w in sorted(wants, key=lambda w: -abs(w.by)):
        bar = f'<i class="bar {"up" if w.by > 0 else "down"}" style="width:{100 * abs(w.by) / most:.1f}%"></i>'
        left, right = ("", bar) if w.by > 0 else (bar, "")
        rows.append(f'<tr><td>{escape(w.text)}</td><td class="side num">{left}</td>'
                    f'<td class=side>{right}</td></tr>')  # fmt: skip
    return f"<div class=wide><table><tbody>{''.join(rows)}</tbody></table></div>"


def _table(table: Table) -> str:
    top = "".join(f"<th scope=col>{escape(head)}</th>" for head in table.heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return f"<div class=wide><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def _folded(title: str, table: Table) -> str:
    return f"<details><summary>{escape(title)}</summary>{_table(table)}</details>"

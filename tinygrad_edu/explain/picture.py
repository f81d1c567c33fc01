"""draw_graph: a graph as SVG, which takes the colours of the page it stands on, light or dark."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from ..graph import Tensor
from .boxes import Box, Graph, graph_of
from .layout import layout
from .recording import Recording, newest

LETTER, LINE, PAD, GAP, BETWEEN = (
    6.7,
    15,
    9,
    22,
    34,
)  # pixels: a letter's width, a line's height, space in and around boxes
MOST = 60  # boxes that are drawn before some are folded
WIDEST = 46  # letters of a line in a box

STYLE = """
.graph { font: 11px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.graph text { fill: currentColor; }
.graph .title { font-weight: bold; }
.graph .tag, .graph .grad { opacity: .75; }
.graph rect { stroke: currentColor; stroke-opacity: .55; fill: currentColor; fill-opacity: .05; }
.graph .parameter rect { stroke: var(--graph-parameter, #3583c9); fill: var(--graph-parameter, #3583c9);
  stroke-opacity: 1; fill-opacity: .12; }
.graph .input rect, .graph .constant rect { stroke: var(--graph-input, #2c9a68); fill: var(--graph-input, #2c9a68);
  stroke-opacity: 1; fill-opacity: .12; }
.graph .module rect { stroke: var(--graph-module, #9a6bd0); fill: var(--graph-module, #9a6bd0);
  stroke-opacity: 1; fill-opacity: .12; }
.graph path { fill: none; stroke: currentColor; stroke-opacity: .5; }
.graph marker path { fill: currentColor; fill-opacity: .6; stroke: none; }
svg.graph:root { color: #1d2127; background: #fff; }
@media (prefers-color-scheme: dark) { svg.graph:root { color: #e4e7ea; background: #16191d; } }
"""


class Picture:
    """A picture as text: `svg`. A notebook shows it; `save("graph.svg")` writes it."""

    def __init__(self, svg: str, boxes: int, places: int):
        self.svg, self.boxes, self.places = svg, boxes, places

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> None:
        """Write the picture to a file."""
        Path(path).write_text(self.svg, encoding="utf-8")

    def __str__(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<picture of a graph: {self.places} places in {self.boxes} boxes; .save(path) writes it as SVG>"


def draw_graph(output: Tensor, *, fold: bool | int | None = None, most: int = MOST,
               seen: Recording | None = None) -> Picture:  # fmt: skip
    """The graph behind a tensor as a picture: a box for each op and leaf, with shape, data and gradient.

        with recording(model):
            cost = cost_of(model(x), wanted)
            cost.backward()
        draw_graph(cost).save("graph.svg")

    Without a recording it draws as well: values are computed again from the leaves, gradients where the graph was not
    freed; modules and names of parameters are not known then.

    fold: None folds modules where more than `most` boxes would be drawn, the innermost first (without modules: lines,
    functions, stretches); False folds nothing; a number, modules at that depth: 1 for the model's direct parts.
    seen: another recording than the newest.
    """
    if not isinstance(output, Tensor) or output._place is None:
        raise RuntimeError("draw_graph: a tensor with a graph behind it expected, got "
                           f"{'one without' if isinstance(output, Tensor) else type(output).__name__}")  # fmt: skip
    graph = graph_of(output, seen or newest(), fold, most)
    return Picture(_svg(graph), len(graph.boxes), graph.count)


def _svg(graph: Graph) -> str:
    for box in graph.boxes:
        box.lines = [_cut(line) for line in box.lines]
    width: dict[Any, float] = {box: _width(box) for box in graph.boxes}
    placed = layout(graph.boxes, graph.arrows, width, GAP)
    top: dict[Any, float] = {}
    y = float(BETWEEN)
    rows = []
    for layer in placed.layers:
        height = max((_height(t) for t in layer if isinstance(t, Box)), default=0.0)
        for t in layer:
            top[t] = y + (height - (_height(t) if isinstance(t, Box) else height)) / 2
        rows.append((y, height))
        y += height + BETWEEN
    left = min((placed.at[t] - width[t] / 2 for t in placed.at), default=0.0) - GAP
    right = max((placed.at[t] + width[t] / 2 for t in placed.at), default=0.0) + GAP
    whole = right - left
    depth = {t: i for i, layer in enumerate(placed.layers) for t in layer}
    parts = []
    for route in placed.routes:
        points: list[tuple[float, float]] = []
        for i, t in enumerate(route):
            x, (row, height) = placed.at[t] - left, rows[depth[t]]
            above, below = (top[t] - 2, top[t] + _height(t)) if isinstance(t, Box) else (row, row + height)
            points += [(x, above)] * (i > 0) + [(x, below)] * (i < len(route) - 1)
        parts.append(f'<path d="{_curve(points)}" marker-end="url(#tip)"/>')
    parts += [_box(box, placed.at[box] - left, top[box], width[box]) for box in graph.boxes]
    size = f'width="{whole:.0f}" height="{y:.0f}" viewBox="0 0 {whole:.0f} {y:.0f}"'
    about = (
        f"A graph of {graph.count} values in {len(graph.boxes)} boxes, from the inputs at the top to the result"
    )
    return (f'<svg xmlns="http://www.w3.org/2000/svg" class="graph" role="img" aria-label="{about}" {size}>'
            f'<style>{STYLE}</style><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            f'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>\n'
            + "\n".join(parts) + "\n</svg>")  # fmt: skip


def _curve(points: list[tuple[float, float]]) -> str:
    """Down from box to box, by way of the bends: curves between layers, straight along them."""
    (x, y), *rest = points
    text = f"M{x:.0f} {y:.0f}"
    for i, (u, v) in enumerate(rest):
        if i % 2:
            text += f" L{u:.0f} {v:.0f}"
        else:
            half = (y + v) / 2
            text += f" C{x:.0f} {half:.0f} {u:.0f} {half:.0f} {u:.0f} {v:.0f}"
        x, y = u, v
    return text


def _box(box: Box, x: float, y: float, width: float) -> str:
    left = x - width / 2
    tip = f"<title>{escape(box.tip)}</title>" if box.tip else ""
    tag = f'<tspan class="tag" font-weight="normal"> {escape(box.tag)}</tspan>' if box.tag else ""
    rows = [f'<text class="title" x="{left + PAD:.0f}" y="{y + LINE:.0f}">{escape(box.title)}{tag}</text>']
    rows += [f'<text{" class=" + chr(34) + "grad" + chr(34) if line.startswith("grad") else ""} x="{left + PAD:.0f}" '
             f'y="{y + LINE * (i + 2):.0f}">{escape(line)}</text>' for i, line in enumerate(box.lines)]  # fmt: skip
    size = f'width="{width:.0f}" height="{_height(box):.0f}"'
    return (f'<g class="{box.kind}">{tip}<rect x="{left:.0f}" y="{y:.0f}" {size} rx="5"/>{"".join(rows)}</g>')


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _width(box: Box) -> float:
    letters = max(len(f"{box.title} {box.tag}".strip()) * 1.05, *(len(line) for line in box.lines), 6)
    return letters * LETTER + 2 * PAD


def _height(box: Any) -> float:
    return LINE * (len(box.lines) + 1) + PAD

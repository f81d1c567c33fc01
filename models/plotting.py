"""Pictures of what was measured, as PNG files: dark ink on white, few lines, the same colours everywhere."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import extras

extras.need(extras.TO_PLOT)

from matplotlib import rc_context  # noqa: E402
from matplotlib.colors import LinearSegmentedColormap, to_hex  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

from tinygrad_edu.data import atomic_write  # noqa: E402

from .errors import blamed_on  # noqa: E402

INK, PALE = "#222222", "#c8c8c8"
COLOURS = ("#0b6e99", "#d1495b", "#e0a100", "#3b8f4f", "#7b4fa3", "#8a5a3c", "#5b6770")    # in this order
DOTS_PER_INCH = 120
STYLE: Any = {
    "font.family": "DejaVu Sans",       # comes with matplotlib: the same picture everywhere
    "font.size": 10, "text.color": INK, "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.labelcolor": INK, "axes.edgecolor": INK, "axes.linewidth": 0.8,
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": PALE, "grid.linewidth": 0.4,
    "xtick.color": INK, "ytick.color": INK, "legend.frameon": False, "lines.linewidth": 1.6,
}


def between_two(count: int) -> list[str]:
    """`count` pale colours from the first of `COLOURS` over white to the second."""
    ramp = LinearSegmentedColormap.from_list("two", [COLOURS[0], "#ffffff", COLOURS[1]])
    return [to_hex(ramp(0.3 + 0.4 * place / (count - 1))) for place in range(count)]


@contextmanager
def picture(path: Path, width: float, height: float) -> Iterator[Figure]:
    """A figure of so many inches to draw on; behind the block it is the file `path`, written whole or not at all."""
    with rc_context(STYLE):
        figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained", facecolor="white")
        yield figure
        content = io.BytesIO()
        figure.savefig(content, format="png", metadata={"Software": None})
    with blamed_on(f"cannot write {path}"), atomic_write(path) as file:
        file.write(content.getvalue())

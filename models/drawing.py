"""Digits, bars and outputs drawn in the terminal."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

FRAME = 22                  # pixels: the part of 28×28 that is shown; digits fill 20
CAPTION = "0 1 2 3 4 5 6 7 8 9"
WIDTH = FRAME               # columns of a drawn digit
GAP = 3                     # columns between two of them
RAMP = " .:-=+*#%@"         # from paper to ink, where there are no colours
SHADES = " ░▒▓█"
EIGHTHS = " ▏▎▍▌▋▊▉█"
HEIGHTS = "▁▂▃▄▅▆▇█"


def bar(share: float, width: int) -> str:
    """A horizontal bar, `share` (0 to 1) of `width` columns, to an eighth of a column."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (EIGHTHS[rest] if rest else "")).ljust(width)


def heights(outputs: ArrayLike) -> str:
    """Numbers from 0 to 1 as upright bars with a space between them."""
    return " ".join(HEIGHTS[round(float(output) * (len(HEIGHTS) - 1))] for output in np.clip(outputs, 0, 1))


def shows_greys(console: Console) -> bool:
    """Whether the terminal has enough colours for a picture in grey."""
    return console.color_system in ("256", "truecolor")


def picture(image: NDArray[np.uint8], greys: bool) -> list[Text]:
    """The lines of an image (28, 28): each holds two rows of pixels."""
    shown = _framed(image)
    rows = zip(shown[::2], shown[1::2], strict=True)
    if not greys:
        return [Text("".join(RAMP[level] for level in _means(upper, lower) * len(RAMP) // 256))
                for upper, lower in rows]
    return [Text.assemble(*(("▀", Style(color=_grey(up), bgcolor=_grey(down)))
                            for up, down in zip(upper, lower, strict=True))) for upper, lower in rows]


def _means(upper: NDArray[np.uint8], lower: NDArray[np.uint8]) -> NDArray[np.int64]:
    return (upper.astype(np.int64) + lower) // 2


def _grey(level: np.uint8) -> Color:
    shade = 24 + int(level) * 231 // 255        # paper is a dark grey: it shows on a black terminal, too
    return Color.from_rgb(shade, shade, shade)


def _framed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(FRAME, FRAME) the part of the image (28, 28) around its ink."""
    starts = []
    for axis in (1, 0):
        inked = np.flatnonzero(image.max(axis))
        middle = (inked[0] + inked[-1] + 1) // 2 if inked.size else len(image) // 2
        starts.append(min(max(middle - FRAME // 2, 0), len(image) - FRAME))
    return image[starts[0]:starts[0] + FRAME, starts[1]:starts[1] + FRAME]


def digits_across(console: Console) -> int:
    """How many digits stand side by side."""
    return max(1, (console.width - 2 + GAP) // (WIDTH + GAP))


def gallery(console: Console, images: NDArray[np.uint8], outputs: NDArray[np.floating],
            labels: NDArray[np.int64]) -> None:
    """Print digits side by side, as many rows as they need, with what the network says to each."""
    across, greys = digits_across(console), shows_greys(console)
    for first in range(0, len(images), across):
        block = slice(first, first + across)
        columns = [[*picture(image, greys), *_caption(output, int(label))]
                   for image, output, label in zip(images[block], outputs[block], labels[block], strict=True)]
        for line in zip(*columns, strict=True):
            console.print(Text("  ").append_text(Text(" " * GAP).join(line)), no_wrap=True, crop=False)
        console.print()


def outputs_as_bars(outputs: NDArray[np.floating], width: int = 24) -> list[Text]:
    """FRAME / 2 lines, to stand beside a picture: a bar for each output, the largest marked."""
    said = int(outputs.argmax())
    lines = [Text(f"{digit}  {bar(float(output), width)} {float(output):.3f}", "bold" if digit == said else "")
             for digit, output in enumerate(outputs)]
    lines[said].append("  ◀").stylize("green")
    return lines + [Text()] * (FRAME // 2 - len(lines))


def _caption(outputs: NDArray[np.floating], label: int) -> list[Text]:
    """Three lines under a picture: the ten outputs as bars, their names, and the answer."""
    said = int(outputs.argmax())
    style = "green" if said == label else "red"
    names = Text(CAPTION, "dim").append("")
    names.stylize(f"not dim bold {style}", 2 * said, 2 * said + 1)
    answer = Text(f"reads {said} " + ("✓" if said == label else f"✗, it is a {label}"), style)
    lines = [Text(heights(outputs), style), names, answer]
    for line in lines:
        line.align("center", WIDTH)
    return lines

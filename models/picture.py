"""An image file as the network wants it: light ink on black, 28×28, centred as MNIST is."""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter, UnidentifiedImageError

from tinygrad_edu.data.digits.pen import BOX, SIDE, centre

from .errors import UserError, on_one_line

FAINT = 0.15                # of the darkest ink: what is fainter is taken for paper, not for a line
LEAST_CONTRAST = 16         # grey levels of 255 between paper and ink; less is an empty sheet
FINE = 8                    # pixels for one of the box where lines are measured and thickened
THIN = 1.9                  # pixels of the box: most of MNIST's lines are thicker
LARGEST_SIDE = 1000         # pixels; a larger image is reduced first


def read_digit(path: Path) -> NDArray[np.uint8]:
    """(28, 28) the digit in an image file of any size, dark on light or light on dark.

    UserError where the file is no image, or shows nothing.
    """
    grey = _grey(path)
    ink = np.abs(grey - _paper(grey))
    darkest = ink.max()
    if darkest < LEAST_CONTRAST:
        raise UserError(f"{path} shows one even grey: a digit expected, darker or lighter than its paper")
    if grey.shape == (SIDE, SIDE) and _is_centred(ink):
        return np.rint(ink).clip(0, 255).astype(np.uint8)       # already what MNIST's images are
    ink = np.where(ink < FAINT * darkest, 0, ink / darkest)
    return centre(_boxed(ink)[None])[0]


def _grey(path: Path) -> NDArray[np.float32]:
    """(rows, columns) from 0 for black to 255 for white."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with open(path, "rb") as file:
                image: Image.Image = Image.open(file)
                image.load()
            if "A" in image.getbands() or "transparency" in image.info:
                image = _on_a_sheet(image.convert("LA"))
            if image.mode.startswith("I"):          # 16 bits a pixel, which convert would cut off at 255
                image = image.point(lambda level: level / 257)
            image = image.convert("L")
            image.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.BOX)
    except FileNotFoundError as error:
        raise UserError(f"{path} is no file; name an image of a digit") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Warning,
            Image.DecompressionBombError) as error:
        raise UserError(f"{path} is no image that can be read ({on_one_line(error)[:100]})") from error
    return np.asarray(image, np.float32)


def _on_a_sheet(image: Image.Image) -> Image.Image:
    """What is transparent shows a sheet that the ink stands out from: white, or black for light ink."""
    levels = np.asarray(image, np.float32)
    grey, opacity = levels[..., 0], levels[..., 1] / 255
    sheet = 255 if (grey * opacity).sum() <= 128 * opacity.sum() else 0
    return Image.fromarray(np.rint(grey * opacity + sheet * (1 - opacity)).astype(np.uint8))


def _paper(grey: NDArray[np.float32]) -> float:
    """The grey of the background: what most of the border shows."""
    return float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))


def _is_centred(ink: NDArray[np.float32]) -> bool:
    """Whether an image of 28×28 is laid out as MNIST's are: the digit fills its box, in the middle."""
    rows, columns = np.flatnonzero(ink.max(1)), np.flatnonzero(ink.max(0))
    longest = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    place = np.arange(SIDE)
    mass = ink.sum()
    middle = np.array([ink.sum(1) @ place, ink.sum(0) @ place]) / mass
    return abs(longest - BOX) <= 1 and bool((np.abs(middle - SIDE / 2) <= 1).all())


def _boxed(ink: NDArray[np.floating]) -> NDArray[np.uint8]:
    """(20, 20) the ink, 0 to 1, cut out and scaled so that its longer side fills the box."""
    digit = _cut_out(_thickened(_scaled(_cut_out(ink), FINE * BOX)))
    small = _scaled(digit, BOX)
    height, width = small.shape
    box = np.zeros((BOX, BOX), np.float32)
    top, left = (BOX - height) // 2, (BOX - width) // 2
    box[top:top + height, left:left + width] = small
    return np.rint(255 * (box / box.max())).astype(np.uint8)


def _cut_out(ink: NDArray[np.floating]) -> NDArray[np.floating]:
    rows, columns = np.flatnonzero(ink.max(1)), np.flatnonzero(ink.max(0))
    return ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]


def _scaled(ink: NDArray[np.floating], longest: int) -> NDArray[np.float32]:
    """The image with its longer side `longest` pixels long."""
    scale = longest / max(ink.shape)
    height, width = (max(1, round(scale * length)) for length in ink.shape)
    way = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(np.asarray(ink, np.float32)).resize((width, height), way))


def _thickened(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lines too thin for MNIST's box made as thick as its are; others stay as they are.

    Of a line, the pixels of the edge are twice its length, so its width is 2 · pixels / pixels of the edge.
    """
    inked = np.pad(ink > 0.5, 1)
    inside = inked[:-2, 1:-1] & inked[2:, 1:-1] & inked[1:-1, :-2] & inked[1:-1, 2:] & inked[1:-1, 1:-1]
    edge = int(inked.sum() - inside.sum())
    if not edge:
        return ink
    lacking = FINE * THIN - 2 * inked.sum() / edge
    if lacking <= 0:
        return ink
    grey = Image.fromarray(np.rint(255 * np.pad(ink, 2 * FINE)).astype(np.uint8))
    for _ in range(round(lacking / 2)):
        grey = grey.filter(ImageFilter.MaxFilter(3))        # one pixel more on either side
    return np.asarray(grey, np.float32) / np.float32(255)

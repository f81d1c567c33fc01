"""Draw the picture of drawn digits that stands in the README.

    python -m models.contact_sheet --out digits.png                 drawn digits, a row for each digit
    python -m models.contact_sheet --out both.png --data DIR        beside them, real ones from MNIST in DIR
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tinygrad_edu.data import draw_digits, load_mnist

SIDE = 28               # pixels: the side of one digit
GUTTER = 14             # pixels between the drawn digits and the real ones
ZOOM = 2                # screen pixels for a pixel of a digit, along each side
PAPER = 255             # the grey of the gutter; digits are shown as dark ink on it


def drawn_digits(columns: int, seed: int) -> NDArray[np.uint8]:
    """(10, columns, 28, 28): `columns` drawn images of each digit."""
    images, _ = draw_digits(10 * columns, seed, labels=np.repeat(np.arange(10), columns))
    return images.reshape(10, columns, SIDE, SIDE)


def real_digits(columns: int, seed: int, folder: str) -> NDArray[np.uint8]:
    """(10, columns, 28, 28): as many real ones, taken at random from MNIST's training images in `folder`."""
    images, labels = load_mnist(folder)
    random = np.random.default_rng(seed)
    rows = [random.choice(np.flatnonzero(labels == digit), columns, replace=False) for digit in range(10)]
    return images[np.stack(rows)]


def sheet(digits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay digits (rows, columns, 28, 28) out as one picture (rows * 28, columns * 28), ink dark."""
    rows, columns = digits.shape[:2]
    # (rows, columns, 28, 28) -> (rows, 28, columns, 28) -> (rows * 28, columns * 28)
    return PAPER - digits.swapaxes(1, 2).reshape(rows * SIDE, columns * SIDE)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.contact_sheet", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the PNG to write")
    parser.add_argument("--data", help="folder with MNIST; its digits are put beside the drawn ones")
    parser.add_argument("--columns", type=int, default=16, help="images of each digit (default 16)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the drawing (default 0)")
    options = parser.parse_args(arguments)
    if options.columns < 1:
        parser.error(f"--columns: expected 1 or more, got {options.columns}")

    picture = sheet(drawn_digits(options.columns, options.seed))
    if options.data is not None:
        gutter = np.full((len(picture), GUTTER), PAPER, np.uint8)
        real = real_digits(options.columns, options.seed, options.data)
        picture = np.hstack([picture, gutter, sheet(real)])
    picture = picture.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(options.out, optimize=True)
    print(f"{options.out}: {picture.shape[1]}×{picture.shape[0]} pixels")


if __name__ == "__main__":
    main()

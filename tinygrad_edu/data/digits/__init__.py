"""Digits drawn by a program: training data that needs no file and no network.

`strokes` knows the shapes, `pen` draws them, `dice` deals the random numbers; this file puts them together.
"""

import operator
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import pen
from .dice import Dice, Floats, average, roll
from .strokes import VARIANTS, Variant

BATCH = 1024            # images in work at a time, and
SHEET = 128             # of those at the raster, whose arrays should stay in the processor's cache;
                        # neither changes a picture

SHUFFLE, SHAPE, PEN = range(3)                  # streams of random numbers of one seed
SHAPE_NUMBERS = {"uniforms": 12, "normals": 48}         # an image; too few of them would be an IndexError
PEN_NUMBERS = {"uniforms": 4, "normals": 16}


def draw_digits(count: int, seed: int = 0, labels: ArrayLike | None = None
                ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw `count` handwritten digits.

    Without `labels` (count,), every ten successive images show the ten digits in random order. Image i
    depends on `seed`, on i and on its label only: the first 100 of 60,000 are what a count of 100 gives.

    Returns: images, uint8 (count, 28, 28), 0 for paper and 255 for ink, laid out as MNIST's: a digit fills a
    box of 20×20 pixels, placed with its centre of mass on pixel (14, 14); labels, int64 (count,).
    Raises: ValueError for a negative count or seed, or for labels that are not `count` integers from 0 to 9;
    TypeError where count or seed is no integer.
    """
    count, seed = _whole_number("count", count), _whole_number("seed", seed)
    digits = _shuffled_labels(count, seed) if labels is None else _checked_labels(labels, count)
    images = np.empty((count, pen.SIDE, pen.SIDE), np.uint8)
    shape_dice = roll(seed, SHAPE, count, BATCH, **SHAPE_NUMBERS)
    pen_dice = roll(seed, PEN, count, BATCH, **PEN_NUMBERS)
    for first, shapes, hands in zip(range(0, count, BATCH), shape_dice, pen_dice, strict=True):
        batch = slice(first, first + BATCH)
        images[batch] = _draw(digits[batch], shapes, hands)
    return images, digits


def _whole_number(name: str, value: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"draw_digits: expected an integer as {name}, got {value!r}") from None
    if number < 0:
        raise ValueError(f"draw_digits: expected {name} to be 0 or more, got {number}")
    return number


def _shuffled_labels(count: int, seed: int) -> NDArray[np.int64]:
    tens = np.tile(np.arange(10), (-(-count // 10), 1))                     # (⌈count/10⌉, 10)
    return np.random.default_rng([seed, SHUFFLE]).permuted(tens, axis=1).ravel()[:count]


def _checked_labels(labels: ArrayLike, count: int) -> NDArray[np.int64]:
    given = np.asarray(labels)
    if given.shape != (count,):
        raise ValueError(f"draw_digits: expected labels of shape ({count},), got {given.shape}; "
                         f"one label for each of count={count} images")
    if count and not np.issubdtype(given.dtype, np.integer):
        raise ValueError(f"draw_digits: expected integer labels, got {given.dtype}; labels.astype(int)?")
    if count and (given.min() < 0 or given.max() > 9):
        raise ValueError(f"draw_digits: expected labels from 0 to 9, got {given.min()} to {given.max()}")
    return given.astype(np.int64)


def _draw(digits: NDArray[np.int64], shape_dice: Dice, pen_dice: Dice) -> NDArray[np.uint8]:
    """Pictures (n, SIDE, SIDE) of `digits` (n,)."""
    path, joined = _paths(digits, shape_dice)
    path = pen.tilt(pen.warp(path, pen_dice), digits, pen_dice)
    radius, edge = pen.nib(digits, pen_dice), pen_dice.between(*pen.EDGE_RANGE)
    path = pen.fit(path, radius)
    lengths = pen.step_lengths(path, joined)
    boxes = np.empty((len(digits), pen.BOX, pen.BOX), np.uint8)
    for first in range(0, len(digits), SHEET):
        sheet = slice(first, first + SHEET)
        boxes[sheet] = np.rint(255 * pen.ink(path[sheet], lengths[sheet], radius[sheet], edge[sheet]))
    return pen.centre(boxes)


def _paths(digits: NDArray[np.int64], dice: Dice) -> tuple[Floats, NDArray[np.bool_]]:
    """The way of the pen (n, SAMPLES, 2), and which of its steps (n, SAMPLES - 1) are on paper."""
    path = np.empty((len(digits), pen.SAMPLES, 2), np.float32)
    joined = np.empty((len(digits), pen.SAMPLES - 1), np.bool_)
    choice = dice.uniforms(1)[:, 0]
    for digit, variants in enumerate(VARIANTS):
        limits = np.cumsum([0.0, *variants.values()]) / sum(variants.values())
        for variant, low, high in zip(variants, limits[:-1], limits[1:], strict=True):
            rows = np.flatnonzero((digits == digit) & (choice >= low) & (choice < high))
            if rows.size:
                samples = _samples_of_strokes(variant)
                path[rows] = _path_of_variant(variant, samples, dice.of(rows))
                joined[rows] = np.diff(np.repeat(np.arange(len(samples)), samples)) == 0
    return path, joined


def _path_of_variant(variant: Variant, samples: tuple[int, ...], dice: Dice) -> Floats:
    """Paths (n, SAMPLES, 2) of one variant, drawn by hands that tremble, one more than another."""
    strokes = variant(dice)
    tremor = pen.tremor(dice)
    curves = []
    for (points, corners), sample_count in zip(strokes, samples, strict=True):
        points = points + tremor * pen.tremble(points, corners, dice)
        if len(strokes) > 1:
            points = points + tremor * pen.slip(dice)
        curves.append(pen.curve_matrix(points.shape[1], corners, sample_count) @ points)
    return np.concatenate(curves, 1)


@cache
def _samples_of_strokes(variant: Variant) -> tuple[int, ...]:
    """How many of the SAMPLES points go to each stroke of a variant: in proportion to its usual length."""
    usual = variant(average(**SHAPE_NUMBERS))
    lengths = np.array([np.hypot(*np.diff(points[0], axis=0).T).sum() for points, _ in usual])
    counts = np.rint(pen.SAMPLES * lengths / lengths.sum()).astype(int)
    counts[0] += pen.SAMPLES - counts.sum()
    return tuple(counts.tolist())

"""How people write the ten digits: every variant as a few pen strokes.

A variant is a function from `Dice` to strokes. A stroke is a list of control points (x, y) that a smooth
curve runs through, broken at its corners. The unit is half the height of a digit: y runs from -1 at the top
to 1 at the bottom, x to the right, 0 in the middle. The shapes stand upright; slant, size and the tremor of
the hand come later, in `pen`.

A number given by `dice.near` or `dice.between` differs from image to image, so a `width` below is an array
(n,) and a control point a pair of them. `VARIANTS`, at the end, says how often each variant is written.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .dice import Dice, Floats

Point = tuple["float | Floats", "float | Floats"]


class Stroke(NamedTuple):
    """One line of the pen for n images: control points (n, k, 2), and which of the k are sharp corners."""

    points: Floats
    corners: tuple[int, ...] = ()


Variant = Callable[[Dice], list[Stroke]]


def stroke(dice: Dice, points: Sequence[Point], corners: tuple[int, ...] = ()) -> Stroke:
    """A stroke through k points whose coordinates are numbers or arrays (n,)."""
    stacked = np.empty((len(dice), len(points), 2), np.float32)
    for position, (x, y) in enumerate(points):
        stacked[:, position, 0] = x
        stacked[:, position, 1] = y
    return Stroke(stacked, corners)


# ---- 0 ----------------------------------------------------------------------------------------------------

def zero(dice: Dice) -> list[Stroke]:
    """An oval, begun near the top, with ends that overlap or leave a gap; sometimes egg-shaped."""
    width, start = dice.near(0.76, 0.15), dice.between(-2.6, -0.6)
    overlap = dice.between(-0.5, 0.85)
    egg, egg_turn = dice.between(0.0, 0.12), dice.between(0.0, 6.28)
    spiral = dice.between(-0.12, 0.12)
    along = np.linspace(0, 1, 12, dtype=np.float32)
    angle = start[:, None] - (2 * np.pi + overlap)[:, None] * along
    radius = 1 + egg[:, None] * np.cos(2 * angle + egg_turn[:, None]) + spiral[:, None] * (2 * along - 1)
    return [Stroke(np.stack([width[:, None] * radius * np.cos(angle), radius * np.sin(angle)], -1))]


# ---- 1 ----------------------------------------------------------------------------------------------------

def one_bare(dice: Dice) -> list[Stroke]:
    """A single line, a little bent."""
    bend = dice.near(0.0, 0.05)
    return [stroke(dice, [(0, -1), (bend, 0), (0, 1)])]


def one_flag(dice: Dice) -> list[Stroke]:
    """A line with a flag at its head."""
    flag, drop, bend = dice.between(0.15, 0.5), dice.between(0.1, 0.5), dice.near(0.0, 0.05)
    return [stroke(dice, [(-flag, drop - 1), (0, -1), (bend, 0), (0, 1)], corners=(1,))]


def one_foot(dice: Dice) -> list[Stroke]:
    """A flag at the head, and a foot to stand on."""
    flag, drop, bend = dice.between(0.1, 0.5), dice.between(0.1, 0.5), dice.near(0.0, 0.04)
    left, right, lift = dice.between(0.3, 0.6), dice.between(0.3, 0.6), dice.near(0.0, 0.05)
    return [stroke(dice, [(-flag, drop - 1), (0, -1), (bend, 0), (0, 1)], corners=(1,)),
            stroke(dice, [(-left, 1), (0, 1), (right, 1 + lift)])]


# ---- 2 ----------------------------------------------------------------------------------------------------

def two_plain(dice: Dice) -> list[Stroke]:
    """A hook, a neck down to the left, a corner, and a base line."""
    width, start = dice.between(0.75, 1.2), dice.between(-0.85, -0.35)
    corner_x, corner_y = dice.near(-0.65, 0.12), dice.near(0.9, 0.09)
    neck, base, end = dice.between(0.2, 0.55), dice.between(0.55, 1.25), dice.near(0.71, 0.18)
    sag = dice.near(-0.12, 0.12)
    return [stroke(dice, [(-0.6 * width, start), (-0.22 * width, -0.95), (0.25 * width, -0.88),
                          (0.45 * width, -0.42), (0.26 * width, 0.08), (-0.13 * width, neck),
                          (corner_x, corner_y), (-0.05, corner_y + sag), (base, end)], corners=(6,))]


def two_looped(dice: Dice) -> list[Stroke]:
    """The neck runs through a loop into the base line, with no corner."""
    width, start = dice.between(0.75, 1.2), dice.between(-0.85, -0.35)
    turn_x, turn_y, loop = dice.near(-0.5, 0.12), dice.near(0.85, 0.08), dice.between(0.15, 0.65)
    base, wave = dice.between(0.65, 1.4), dice.near(-0.18, 0.22)
    return [stroke(dice, [(-0.6 * width, start), (-0.22 * width, -0.95), (0.25 * width, -0.88),
                          (0.45 * width, -0.42), (0.24 * width, 0.16), (-0.1 * width, 0.6),
                          (turn_x, turn_y), (turn_x - 0.7 * loop, turn_y - 0.6 * loop),
                          (turn_x + 0.03, turn_y - 1.2 * loop), (-0.05 * width, turn_y - 0.7 * loop),
                          (0.35, turn_y - 0.08), (base, turn_y + wave)])]


# ---- 3 ----------------------------------------------------------------------------------------------------

def three_round(dice: Dice) -> list[Stroke]:
    """Two bows that meet in a corner at the waist."""
    width, head = dice.between(0.85, 1.35), dice.between(0.8, 1.15)
    waist_x, waist_y = dice.near(-0.36, 0.2), dice.near(-0.05, 0.12)
    start, tail_x, tail_y = dice.between(-0.9, -0.55), dice.between(0.5, 1.0), dice.between(0.55, 0.95)
    head = head * width
    return [stroke(dice, [(-0.6 * head, start), (-0.08, -0.98), (0.4 * head, -0.76),
                          (0.25 * head, waist_y - 0.25), (waist_x, waist_y),
                          (0.36 * width, waist_y + 0.2), (0.6 * width, 0.5), (0.26 * width, 0.9),
                          (-0.22 * width, 0.97), (-tail_x, tail_y)], corners=(4,))]


def three_flat(dice: Dice) -> list[Stroke]:
    """A straight top bar, a diagonal back to the waist, one bow below."""
    width, lift = dice.between(0.85, 1.35), dice.near(-0.93, 0.06)
    waist_x, waist_y = dice.near(-0.26, 0.16), dice.near(-0.12, 0.12)
    tail_x, tail_y = dice.between(0.5, 1.0), dice.between(0.55, 0.95)
    return [stroke(dice, [(-0.6 * width, lift), (-0.1 * width, -0.95), (0.42 * width, -0.95),
                          (0.2 * width, waist_y - 0.4), (waist_x, waist_y), (0.36 * width, waist_y + 0.15),
                          (0.52 * width, 0.45), (0.2 * width, 0.88), (-0.22 * width, 0.97),
                          (-tail_x, tail_y)], corners=(2, 4))]


# ---- 4 ----------------------------------------------------------------------------------------------------

def four_open(dice: Dice) -> list[Stroke]:
    """An L, and a stem through its bar: the top stays open."""
    width, bar = dice.between(0.75, 1.35), dice.near(0.2, 0.16)
    left_top, stem_top = dice.between(-1.0, -0.6), dice.between(-1.1, -0.5)
    lean, overshoot = dice.near(0.0, 0.12), dice.between(0.0, 0.55)
    tilt, foot = dice.near(0.0, 0.08), dice.near(-0.03, 0.12)
    return [stroke(dice, [((lean - 0.5) * width, left_top), (-0.6 * width, 0.4 * left_top + 0.6 * bar),
                          (-0.6 * width, bar), (0, bar + 0.5 * tilt), (0.35 * width + overshoot, bar + tilt)],
                   corners=(2,)),
            stroke(dice, [(0.42 * width, stem_top), (0.35 * width, bar), (0.3 * width + foot, 1)])]


def four_closed(dice: Dice) -> list[Stroke]:
    """A diagonal from the top of the stem, the bar, and the stem: the triangle of print."""
    width, bar = dice.between(1.0, 1.5), dice.near(0.25, 0.12)
    top, gap, drop = dice.near(0.18, 0.1), dice.between(-0.1, 0.1), dice.between(0.0, 0.55)
    overshoot, tilt, foot = dice.between(0.1, 0.6), dice.near(0.0, 0.06), dice.near(-0.02, 0.1)
    return [stroke(dice, [(top * width, -1), (-0.28 * width, 0.5 * bar - 0.5), (-0.65 * width, bar),
                          (0, bar + 0.5 * tilt), (top * width + overshoot, bar + tilt)], corners=(2,)),
            stroke(dice, [(top * width + gap, drop - 1), (top * width + 0.5 * gap, 0),
                          (top * width + foot, 1)])]


def four_unbroken(dice: Dice) -> list[Stroke]:
    """Written without lifting the pen: down, across, up, and back down the stem."""
    width, bar = dice.between(0.75, 1.3), dice.near(0.12, 0.14)
    left_top, stem_top, foot = dice.between(-1.0, -0.6), dice.between(-1.05, -0.6), dice.near(-0.05, 0.12)
    return [stroke(dice, [(-0.45 * width, left_top), (-0.6 * width, 0.5 * (left_top + bar)),
                          (-0.5 * width, bar), (-0.05 * width, bar + 0.03),
                          (0.3 * width, bar - 0.25), (0.45 * width, stem_top), (0.35 * width, bar),
                          (0.25 * width + foot, 1)], corners=(2, 5))]


# ---- 5 ----------------------------------------------------------------------------------------------------

def five_unbroken(dice: Dice) -> list[Stroke]:
    """From the right end of the bar: back, down, and round the belly."""
    width, bar = dice.between(0.75, 1.3), dice.between(0.5, 1.6)
    left, shoulder = dice.near(-0.43, 0.12), dice.near(-0.08, 0.14)
    tilt, lean = dice.near(-0.06, 0.1), dice.near(-0.1, 0.07)
    tail_x, tail_y = dice.between(0.35, 0.95), dice.between(0.6, 1.0)
    return [stroke(dice, [(left + bar, -0.95 + tilt), (left + 0.5 * bar, -0.95 + 0.3 * tilt), (left, -0.93),
                          (left + 0.8 * lean, 0.5 * (shoulder - 0.9)), (left + lean, shoulder),
                          (0.05 * width, shoulder - 0.1), (0.42 * width, shoulder + 0.2),
                          (0.48 * width, 0.55), (0.15 * width, 0.92), (-tail_x, tail_y)], corners=(2, 4))]


def five_capped(dice: Dice) -> list[Stroke]:
    """Neck and belly first, the bar put on as a cap, not always where it belongs."""
    width, bar = dice.between(0.75, 1.3), dice.between(0.65, 1.65)
    left, shoulder, lean = dice.near(-0.43, 0.12), dice.near(-0.08, 0.14), dice.near(-0.1, 0.07)
    tail_x, tail_y = dice.between(0.35, 0.95), dice.between(0.6, 1.0)
    miss_x, miss_y, tilt = dice.between(-0.1, 0.25), dice.between(-0.15, 0.1), dice.near(-0.04, 0.12)
    return [stroke(dice, [(left, -0.88), (left + 0.8 * lean, 0.5 * (shoulder - 0.9)), (left + lean, shoulder),
                          (0.05 * width, shoulder - 0.1), (0.42 * width, shoulder + 0.2),
                          (0.48 * width, 0.55), (0.15 * width, 0.92), (-tail_x, tail_y)], corners=(2,)),
            stroke(dice, [(left + miss_x, miss_y - 0.92), (left + miss_x + 0.5 * bar, miss_y - 0.94),
                          (left + miss_x + bar, miss_y + tilt - 0.92)])]


# ---- 6 ----------------------------------------------------------------------------------------------------

def six(dice: Dice) -> list[Stroke]:
    """A long bow down into a loop, which closes on the bow, ends short of it or crosses it."""
    width, loop_top = dice.between(0.8, 1.45), dice.near(0.2, 0.17)
    start, end_x, end_y = dice.near(-0.02, 0.28), dice.near(-0.42, 0.22), dice.between(0.0, 0.45)
    return [stroke(dice, [(start * width, -1), ((0.5 * start - 0.22) * width, -0.55), (-0.42 * width, 0.08),
                          (-0.45 * width, 0.58), (-0.02 * width, 0.96), (0.5 * width, 0.7),
                          (0.52 * width, loop_top + 0.22), (0.15 * width, loop_top),
                          (end_x * width, loop_top + end_y)])]


# ---- 7 ----------------------------------------------------------------------------------------------------

def seven_plain(dice: Dice) -> list[Stroke]:
    """A bar, a corner, a stem."""
    return [_seven_stem(dice)]


def seven_serif(dice: Dice) -> list[Stroke]:
    """The bar begins with a short line down."""
    stem = _seven_stem(dice)
    drop, lean = dice.between(0.1, 0.7), dice.near(0.0, 0.05)
    serif = stem.points[:, :1] + np.stack([lean, drop], -1)[:, None]
    return [Stroke(np.concatenate([serif, stem.points], 1), corners=(1, 3))]


def seven_crossed(dice: Dice) -> list[Stroke]:
    """A short line crosses the stem."""
    stem = _seven_stem(dice)
    height, tilt = dice.near(0.05, 0.1), dice.near(-0.03, 0.04)
    left, right = dice.between(0.2, 0.6), dice.between(0.2, 0.6)
    middle = 0.5 * (stem.points[:, 3, 0] + stem.points[:, 4, 0])
    return [stem, stroke(dice, [(middle - left, height - tilt), (middle + right, height + tilt)])]


def _seven_stem(dice: Dice) -> Stroke:
    """The bar and the stem that every 7 has."""
    width, top, bar = dice.between(0.8, 1.25), dice.near(-0.93, 0.06), dice.between(0.6, 1.15)
    foot, bend = dice.near(-0.05, 0.24), dice.near(0.02, 0.12)
    sag, tilt = dice.near(0.0, 0.06), dice.near(-0.03, 0.06)
    return stroke(dice, [(-bar * width, top), (0, top + sag), (0.5 * width, top + tilt),
                         (0.25 * width + bend, -0.2), (foot, 1)], corners=(2,))


# ---- 8 ----------------------------------------------------------------------------------------------------

def eight_unbroken(dice: Dice) -> list[Stroke]:
    """An S from the top right, and back up through its middle; the end may miss the start."""
    bottom, top = dice.between(0.75, 1.4), dice.between(0.85, 1.35)
    waist_x, waist_y = dice.near(0.0, 0.06), dice.near(0.06, 0.13)
    start_x, start_y = dice.between(0.1, 0.5), dice.between(-0.95, -0.6)
    miss_x, miss_y = dice.between(-0.2, 0.35), dice.near(-0.05, 0.15)
    return [stroke(dice, [(start_x * top, start_y), (-0.02, -0.98), (-0.45 * top, -0.7),
                          (-0.28 * top, waist_y - 0.3), (waist_x, waist_y), (0.36 * bottom, waist_y + 0.26),
                          (0.35 * bottom, 0.78), (-0.05 * bottom, 0.98), (-0.42 * bottom, 0.7),
                          (-0.28 * bottom, waist_y + 0.26), (waist_x, waist_y), (0.32 * top, waist_y - 0.35),
                          (0.45 * top + miss_x, start_y + miss_y)])]


def eight_two_loops(dice: Dice) -> list[Stroke]:
    """One ring upon another, both begun at the waist."""
    bottom, top = dice.between(0.8, 1.25), dice.between(0.8, 1.25)
    waist_x, waist_y = dice.near(0.0, 0.05), dice.near(0.03, 0.12)
    return [stroke(dice, [(waist_x, waist_y), (-0.35 * top, waist_y - 0.3), (-0.36 * top, -0.8), (0.05, -1),
                          (0.42 * top, -0.75), (0.32 * top, waist_y - 0.28), (waist_x, waist_y),
                          (-0.36 * bottom, waist_y + 0.26), (-0.38 * bottom, 0.75), (0, 1),
                          (0.42 * bottom, 0.72), (0.35 * bottom, waist_y + 0.26), (waist_x, waist_y)])]


# ---- 9 ----------------------------------------------------------------------------------------------------

def nine_straight(dice: Dice) -> list[Stroke]:
    """A loop, a corner where it closes, and a stem straight down."""
    foot, bend = dice.near(0.26, 0.2), dice.near(0.0, 0.07)
    loop, width = _nine_loop(dice)
    return [stroke(dice, [*loop, (0.36 * width + bend, 0.1), (foot, 1)], corners=(6,))]


def nine_curled(dice: Dice) -> list[Stroke]:
    """The stem ends in a bow to the left."""
    tail_x, tail_y = dice.between(0.2, 0.6), dice.between(0.6, 0.95)
    loop, width = _nine_loop(dice)
    return [stroke(dice, [*loop, (0.42 * width, 0.1), (0.25 * width, 0.75), (-0.1 * width, 0.98),
                          (-tail_x, tail_y)], corners=(6,))]


def _nine_loop(dice: Dice) -> tuple[list[Point], Floats]:
    """The seven points of the loop that every 9 has, and the width of the digit."""
    width, loop_bottom = dice.between(0.75, 1.25), dice.near(-0.02, 0.16)
    start_x, start_y, close = dice.between(0.25, 0.5), dice.between(-0.92, -0.6), dice.between(-1.0, -0.5)
    return [(start_x * width, start_y), (-0.02 * width, -0.97), (-0.45 * width, -0.6),
            (-0.42 * width, loop_bottom - 0.15), (-0.02 * width, loop_bottom),
            (0.36 * width, loop_bottom - 0.3), (0.48 * width, close)], width


# The variants of each digit, each with the share of people who write it so.
VARIANTS: tuple[dict[Variant, float], ...] = (
    {zero: 1.0},
    {one_bare: 0.8, one_flag: 0.12, one_foot: 0.08},
    {two_plain: 0.5, two_looped: 0.5},
    {three_round: 0.75, three_flat: 0.25},
    {four_open: 0.58, four_closed: 0.17, four_unbroken: 0.25},
    {five_unbroken: 0.6, five_capped: 0.4},
    {six: 1.0},
    {seven_plain: 0.5, seven_serif: 0.35, seven_crossed: 0.15},
    {eight_unbroken: 0.65, eight_two_loops: 0.35},
    {nine_straight: 0.85, nine_curled: 0.15},
)

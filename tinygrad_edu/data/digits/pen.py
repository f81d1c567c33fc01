"""From control points to ink: the curve, the hand that draws it, and the place in the picture.

Paths are float32 arrays (n, SAMPLES, 2) of points (x, y) along the pen's way, first in the unit of `strokes`
(half a digit's height), then in pixels. The steps come in the order of this page.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .dice import Dice, Floats

SAMPLES = 112               # points along the pen's way: few gaps between them exceed two BLURs
BOX = 20                    # pixels: a digit fills a square of this side, as in MNIST
SIDE = 28                   # pixels: the side of a picture
CENTRE = 14                 # the pixel that the centre of mass is moved to, as in MNIST: not 13.5

TREMOR = 0.08               # of the control points, in half heights
TREMOR_SPREAD = 0.5         # of its logarithm, from image to image
FLOW = 1.5                  # tremors by which the points of a stroke without corners move, but smoothly
SLIP = 0.5                  # tremors by which one of several strokes is misplaced
WARP = 0.10                 # amplitude of the slow waves that bend the whole digit, in half heights
WARP_FREQUENCY = 1.6        # in radians per half height
WAVES = 3

SLANT, SLANT_SPREAD = 0.17, 0.26        # to the right, per unit of height
ROTATION = 0.12                         # radians (7 degrees)
ASPECT = 0.18                           # of the logarithm of width : height
NIB, NIB_SPREAD = 1.18, 0.28            # half the width of the line in pixels; spread of its logarithm
NIB_RANGE = 0.75, 2.8
EDGE_RANGE = 1.0, 1.8                   # pixels over which the ink fades
OUTLINE = 20.7              # pixels from edge to edge of a digit: a bit over BOX, to ink its border

# People slant some digits more than others, and press harder on some: added to SLANT, times NIB.
SLANT_OF_DIGIT = np.array([0.07, 0.05, -0.06, -0.12, 0.04, 0.05, 0.04, -0.04, 0.02, -0.04], np.float32)
NIB_OF_DIGIT = np.array([1.12, 1.12, 1.05, 1.00, 0.95, 0.99, 1.00, 1.06, 0.90, 0.92], np.float32)

BLUR = 0.8                  # pixels; see `ink`


# ---- the tremor -------------------------------------------------------------------------------------------

def tremor(dice: Dice) -> Floats:
    """(n, 1, 1) how much each hand trembles, in half heights."""
    return np.exp(dice.near(math.log(TREMOR), TREMOR_SPREAD))[:, None, None]


def tremble(points: Floats, corners: tuple[int, ...], dice: Dice) -> Floats:
    """(n, k, 2) by how many tremors the control points (n, k, 2) of a stroke move.

    Where a stroke has corners, each by itself. Where it flows, neighbours move together, or the curve would
    look like a polygon: the weights 1 2 1, over their norm √6, keep the standard deviation at FLOW.
    """
    noise = dice.normals(points.shape[1] + 2, 2)
    if corners:
        return noise[:, 1:-1]
    return FLOW / math.sqrt(6) * (noise[:, :-2] + 2 * noise[:, 1:-1] + noise[:, 2:])


def slip(dice: Dice) -> Floats:
    """(n, 1, 2) by how many tremors whole strokes are misplaced."""
    return SLIP * dice.normals(1, 2)


# ---- the curve --------------------------------------------------------------------------------------------

@cache
def curve_matrix(point_count: int, corners: tuple[int, ...], samples: int) -> Floats:
    """The matrix (samples, point_count) that takes control points to points of the curve through them.

    Between two corners the curve is a Catmull-Rom spline: between the points p and q with neighbours o and r,
    at u in [0, 1], it is (o (2u² - u - u³) + p (2 - 5u² + 3u³) + q (u + 4u² - 3u³) + r (u³ - u²)) / 2. Beyond
    an end it is continued by a point mirrored at the end: 2 end - neighbour.
    """
    matrix = np.zeros((samples, point_count))
    for row, position in enumerate(np.linspace(0, point_count - 1, samples)):
        first = max((0, *(corner for corner in corners if corner <= position)))
        last = min((point_count - 1, *(corner for corner in corners if corner > position)))
        here = min(int(position), last - 1)
        u = position - here
        weights = (2*u**2 - u - u**3, 2 - 5*u**2 + 3*u**3, u + 4*u**2 - 3*u**3, u**3 - u**2)
        for point, weight in zip(range(here - 1, here + 3), weights, strict=True):
            if first <= point <= last:
                matrix[row, point] += weight / 2
            else:
                end, inside = (first, first + 1) if point < first else (last, last - 1)
                matrix[row, end] += weight
                matrix[row, inside] -= weight / 2
    return matrix.astype(np.float32)


# ---- the hand ---------------------------------------------------------------------------------------------

def warp(path: Floats, dice: Dice) -> Floats:
    """Bend whole digits: every point moves by a sum of WAVES slow sines of its place."""
    # (n, samples, 2) @ (n, 2, waves) -> (n, samples, waves) -> (n, samples, 2)
    frequency = WARP_FREQUENCY * dice.normals(2, WAVES)
    phase = 2 * math.pi * dice.uniforms(WAVES)
    return path + np.sin(path @ frequency + phase[:, None]) @ (WARP * dice.normals(WAVES, 2))


def tilt(path: Floats, digits: NDArray[np.int64], dice: Dice) -> Floats:
    """Make the digits narrow or wide, slant them, and turn them."""
    width = np.exp(dice.near(0.0, ASPECT))[:, None]
    slant = (SLANT_OF_DIGIT[digits] + dice.near(SLANT, SLANT_SPREAD))[:, None]
    turn = dice.near(0.0, ROTATION)[:, None]
    x, y = path[..., 0] * width - slant * path[..., 1], path[..., 1]
    return np.stack([np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y], -1)


def nib(digits: NDArray[np.int64], dice: Dice) -> Floats:
    """(n,) half widths of the pen, in pixels."""
    return (NIB_OF_DIGIT[digits] * NIB * np.exp(dice.near(0.0, NIB_SPREAD))).clip(*NIB_RANGE)


def fit(path: Floats, radius: Floats) -> Floats:
    """Scale paths to pixels, so that a digit with its line of half width `radius` just fills the box."""
    low, high = path.min(1), path.max(1)
    scale = (OUTLINE - 2 * radius) / np.maximum((high - low).max(-1), 1e-3)
    middle = (low + high) / 2
    return (path - middle[:, None]) * scale[:, None, None] + (BOX - 1) / 2


# ---- the ink ----------------------------------------------------------------------------------------------

def step_lengths(path: Floats, joined: NDArray[np.bool_]) -> Floats:
    """(n, SAMPLES) length of way that each sample stands for.

    `joined` (n, SAMPLES - 1) is False where the pen is lifted between two strokes.
    """
    step = path[:, 1:] - path[:, :-1]
    half = 0.5 * np.sqrt(step[..., 0]**2 + step[..., 1]**2) * joined
    lengths = np.zeros(path.shape[:2], np.float32)
    lengths[:, 1:] += half
    lengths[:, :-1] += half
    return lengths


def ink(path: Floats, lengths: Floats, radius: Floats, edge: Floats) -> Floats:
    """(n, BOX, BOX) darkness in [0, 1] of the pixels of the box.

    The distance d of a pixel from the pen's way is had without a search. Along a straight way, the integral
    of exp(-|pixel - point|² / 2s²) / (s √2π) over the points is exp(-d² / 2s²), which gives d back; s is
    BLUR. The Gaussian is a product of one in x and one in y, so the integral over all points is one matrix
    product for each image. Ink is full inside the pen's radius and fades over `edge` pixels around it.
    """
    grid = np.arange(BOX, dtype=np.float32)[:, None]
    sharpness = -0.5 / BLUR**2
    across = np.exp(sharpness * (path[:, None, :, 0] - grid)**2)            # (n, BOX, SAMPLES)
    down = np.exp(sharpness * (path[:, None, :, 1] - grid)**2)
    down *= lengths[:, None] * (1 / (BLUR * math.sqrt(2 * math.pi)))
    density = down @ across.swapaxes(1, 2)                                  # (n, BOX, BOX)
    distance = np.sqrt(np.maximum(np.log(np.maximum(density, 1e-30)) / sharpness, 0))
    return ((radius[:, None, None] - distance) / edge[:, None, None] + 0.5).clip(0, 1)


def centre(boxes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Place boxes (n, BOX, BOX) in pictures (n, SIDE, SIDE), centre of mass within half a pixel of CENTRE."""
    place = np.arange(BOX, dtype=np.float32)
    mass = np.maximum(boxes.sum((1, 2), dtype=np.float32), 1)
    top = CENTRE - boxes.sum(2, dtype=np.float32) @ place / mass
    left = CENTRE - boxes.sum(1, dtype=np.float32) @ place / mass
    top, left = (np.rint(corner).astype(int).clip(0, SIDE - BOX)[:, None] for corner in (top, left))
    pictures = np.zeros((len(boxes), SIDE, SIDE), np.uint8)
    rows, columns = top + np.arange(BOX), left + np.arange(BOX)             # (n, BOX) each
    pictures[np.arange(len(boxes))[:, None, None], rows[:, :, None], columns[:, None, :]] = boxes
    return pictures

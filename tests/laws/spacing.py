"""Numbers for the laws: distinct and apart, none near 0, so that a small step crosses no kink and makes no tie."""

from __future__ import annotations

import numpy as np


def spaced(count: int, low: float, high: float, rng: np.random.Generator) -> np.ndarray:
    """`count` numbers from low to high, in any order, no two of them close."""
    cell = (high - low) / max(count, 1)
    return rng.permutation(low + cell * (np.arange(count) + rng.uniform(0.2, 0.8, count)))


def signed(count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` numbers of either sign, with distinct magnitudes from 0.15 to 2."""
    return spaced(count, 0.15, 2.0, rng) * rng.choice([-1.0, 1.0], count)

"""Directions to look along: at random, at each neuron's own scale; or the two along which a path mostly went."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .setting import Dials


def random_directions(dials: Dials, setting: NDArray, seed: int) -> NDArray:
    """(2, numbers) two random directions, each neuron's part as long as the neuron's own weights.

        d_i ← d_i · ‖θ_i‖ / ‖d_i‖            i: a row of a weight matrix, a filter, or a vector of biases as a whole

    So a step of 1 turns every neuron about equally far, whatever the scale of its weights: two networks that compute
    the same, one with weights ten times as large before a normalization, have the same landscape.
    Source: Li et al. 2018, https://arxiv.org/abs/1712.09913, section 4.
    """
    stream = np.random.default_rng(seed)
    return np.stack([np.concatenate([_like_neurons(part, stream).ravel() for part in dials.parts(setting)])
                     for _ in range(2)])  # fmt: skip


def _like_neurons(weights: NDArray, stream: np.random.Generator) -> NDArray:
    """Random numbers of the shape of `weights`, each row as long as its; a vector is one row."""
    rows = weights.reshape((len(weights), -1) if weights.ndim > 1 else (1, -1)).astype(np.float64)
    drawn = stream.standard_normal(rows.shape)
    return (drawn * (_length(rows) / _length(drawn))).reshape(weights.shape)


def _length(rows: NDArray) -> NDArray:
    return np.sqrt((rows * rows).sum(1, keepdims=True))


def main_directions(settings: NDArray, origin: NDArray) -> NDArray:
    """(2, numbers) the two directions of length 1, at a right angle, along which the settings lie farthest from origin.

    They are the first right singular vectors of the settings minus the origin, found from the small matrix of these
    differences' products (noted × noted). ValueError where the settings span no plane.
    """
    away = settings.astype(np.float64) - origin
    squares, mixed = np.linalg.eigh(away @ away.T)
    squares, mixed = squares[::-1], mixed[:, ::-1]
    if len(squares) < 2 or not squares[1] > 1e-12 * squares[0]:
        raise ValueError("landscape: a path that does not keep to a straight line expected, to lay a plane through it; "
                         "note more of its settings, or look along random directions")  # fmt: skip
    found = (away.T @ mixed[:, :2] / np.sqrt(squares[:2])).T
    first = found @ (settings[0] - origin)
    return np.where(first < 0, -1.0, 1.0)[:, None] * found  # the walk begins on the positive side: no matter of chance


def on_plane(settings: NDArray, origin: NDArray, directions: NDArray) -> tuple[NDArray, float]:
    """(noted, 2) where the settings lie on the plane, looked at straight from above; and the plane's share of them.

    The share is that of the sum of squared distances from the origin: 1 where the plane holds them all.
    """
    away = settings.astype(np.float64) - origin
    places = np.linalg.lstsq(directions.T, away.T, rcond=None)[0].T
    whole = float((away**2).sum())
    return places, float(((places @ directions) ** 2).sum()) / whole if whole else 1.0


def given_directions(dials: Dials, given: Any) -> NDArray:
    """Two directions that the user gives, as settings are given."""
    directions = np.stack([dials.of(one).astype(np.float64) for one in given])
    if len(directions) != 2 or np.linalg.matrix_rank(directions) < 2:
        raise ValueError("landscape: two directions expected that do not lie on one line")
    return directions

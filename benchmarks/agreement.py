"""Do two peers do the same work? Losses of the first steps, and the parameters after them, must agree."""

import numpy as np

CHECK_STEPS = 5
LOSS_TOLERANCE = 1e-3
PARAMETER_TOLERANCE = 0.05


def loss_difference(losses, reference):
    """The largest relative difference between two lists of losses."""
    return max(abs(a - b) / (abs(b) + 1e-12) for a, b in zip(losses, reference, strict=True))


def parameter_difference(params, reference, initial):
    """How far apart the parameters ended, as a share of the way that the reference moved them."""
    apart = moved = 0.0
    for name, value in reference.items():
        if name not in params or params[name].shape != value.shape:
            return float("nan")
        expected = value.astype(np.float64)
        apart += float(((params[name] - expected) ** 2).sum())
        moved += float(((expected - initial[name]) ** 2).sum())
    return (apart / (moved + 1e-300)) ** 0.5

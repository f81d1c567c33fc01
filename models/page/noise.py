"""What a network says to images that show nothing: as sure as ever, for it was never shown what is no digit."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .packing import packed, rounded

COUNT = 1000
SHOWN = 6
SURE = 0.5      # an output above this is called sure


def noise_figures(outputs_of: Callable[[NDArray[np.uint8]], NDArray[np.float32]], seed: int) -> dict[str, Any]:
    """How sure the network is of images in which every pixel is drawn by chance; the surest are kept.

    outputs_of(images uint8 (n, 28, 28)) is (n, 10).
    """
    images = np.random.default_rng(seed).integers(0, 256, (COUNT, 28, 28), dtype=np.uint8)
    outputs = outputs_of(images)
    answers, largest = outputs.argmax(1), outputs.max(1)
    shown = np.argsort(-largest, kind="stable")[:SHOWN]
    return {
        "count": COUNT, "sure": SURE, "share_sure": float(np.mean(largest > SURE)),
        "largest": rounded(float(largest.max())), "mean_of_largest": rounded(float(largest.mean())),
        "answers": np.bincount(answers, minlength=10).tolist(),
        "images": packed(images[shown].reshape(-1, 784)), "outputs": packed(outputs[shown]),
    }

"""Gradients that stay in the buffers of a program until somebody looks at them."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..engine import constant


class LazyGradient:
    """A gradient that stays in its buffer until somebody looks at it.

    Its tensor has no array yet, but knows where to copy one from. Before the buffer is written to again, a tensor
    that others still hold makes its copy, and a new tensor takes its place.
    """

    def __init__(self, buffer: np.ndarray):
        self.buffer = buffer

    def new(self) -> Any:
        tensor = constant(None)
        del tensor._array
        tensor._pending = partial(self.buffer.copy, "K")  # the axes in the same order
        return tensor

    def renewed(self, tensor: Any) -> Any:
        tensor._array  # noqa: B018 (reading it makes the copy)
        return self.new()

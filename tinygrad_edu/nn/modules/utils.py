"""One number for several axes, as layers take it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def _times(n: int) -> Callable[[Any], tuple]:
    """The function that makes n numbers of one, and leaves several as they are."""
    return lambda x: tuple(x) if isinstance(x, Iterable) else (x,) * n


_single, _pair, _triple, _quadruple = map(_times, (1, 2, 3, 4))

"""The passes, in the order in which they run. Each is one small file with one idea, and can be left out by name:
`compile(step, without=("common",))`.
"""

from __future__ import annotations

from collections.abc import Callable

from ..program import Program
from .algebra import algebra
from .batch import batch
from .blocks import blocks
from .canonical import canonical
from .common import common
from .dead_code import dead_code
from .edit import own_copy
from .renaming import renaming
from .row_sums import row_sums

PASSES: tuple[Callable[[Program], Program], ...] = (
    canonical, renaming, dead_code, common, algebra, dead_code, row_sums, batch, blocks,
)  # fmt: skip

__all__ = ["PASSES", "own_copy"]

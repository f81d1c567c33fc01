"""Whether arrays that a call gives show memory that the program writes to: then it is another program's call."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..memory import owner


def root(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory, in one step: NumPy lets views of views refer to it."""
    return array if array.base is None else array.base


class Overlap:
    """Compares what is given with what stays. roots: the identities of what owns the memory that stays."""

    def __init__(self, written: Sequence[bool], states: Sequence[tuple[np.ndarray, bool]]):
        self.written = written  # for each array that is given, whether the program writes to it
        self.states = [(a, w) for a, w in states if w or any(written)]
        self._kept = [x for a, _ in self.states for x in (root(a), owner(a))]
        self.roots = frozenset(map(id, self._kept))
        self.foreign = any(owner(a).base is not None for a, _ in self.states)  # memory that NumPy did not allocate

    def __call__(self, *given: np.ndarray) -> bool:
        """Whether two arrays, one of them written to, share memory."""
        pairs = list(zip(given, self.written, strict=True))
        for i, (a, changes) in enumerate(pairs):
            others = (*pairs[i + 1 :], *self.states)
            if a.size and any((changes or w) and np.may_share_memory(a, b) for b, w in others):
                return True
        return False


def overlap_each_other(states: Sequence[tuple[np.ndarray, bool]]) -> bool:
    """Whether two states show the same memory, and one of them is written to."""
    groups: dict[int, list[tuple[np.ndarray, bool]]] = {}
    for a, w in states:
        if a.size:
            groups.setdefault(id(root(a)), []).append((a, w))
    return any((w or v) and np.may_share_memory(a, b)
               for group in groups.values() for i, (a, w) in enumerate(group) for b, v in group[i + 1 :])  # fmt: skip

"""The path that a training walks: settings of the dials, noted as it goes by, never more than fit into a bound."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..nn.module import Module
from .setting import Dials


class Path:
    """Notes a model's parameters, to walk on a landscape later. Call it once after each step of any training loop:

        path = Path(model)
        for inputs, wanted in batches:
            ...
            optimizer.step()
            path(cost)

    The setting from before the first step is noted at once, then that after every `every`-th step, with the cost that
    the loop gives (that step's, or none). Where more than `most` settings, or `megabytes`, would be kept, every second
    is forgotten, and from then on half as many are noted: a long training costs no more memory than a short one.

    steps: after how many steps each was noted. settings: (noted, numbers). costs: nan where none was given.
    """

    def __init__(self, model: Module, every: int = 1, most: int = 200, megabytes: float = 256) -> None:
        if every < 1 or most < 2:
            raise ValueError(f"Path: every of at least 1 and most of at least 2 expected, got {every} and {most}")
        self._dials = Dials(model)
        first = self._dials.read()
        self.every, self.most = every, min(most, int(megabytes * 2**20 / first.nbytes))
        if self.most < 2:
            raise ValueError(f"Path: two settings of {self._dials.count:,} numbers need {2 * first.nbytes / 2**20:.3g} "
                             f"megabytes, got megabytes={megabytes}")  # fmt: skip
        self.taken = 0  # steps
        self._noted: list[tuple[int, NDArray, float]] = [(0, first, float("nan"))]

    def __call__(self, cost: Any = None) -> None:
        """A step was taken. cost: a number, or a tensor of one."""
        self.taken += 1
        if self.taken % self.every:
            return
        if len(self._noted) == self.most:
            self.every *= 2
            self._noted = [noted for noted in self._noted if noted[0] % self.every == 0]
            if self.taken % self.every:
                return
        self._noted.append((self.taken, self._dials.read(), float("nan") if cost is None else float(cost)))

    def __len__(self) -> int:
        return len(self._noted)

    @property
    def steps(self) -> list[int]:
        """After how many steps each setting was noted."""
        return [step for step, _, _ in self._noted]

    @property
    def costs(self) -> list[float]:
        """What the loop said when each was noted; nan where it said nothing."""
        return [cost for _, _, cost in self._noted]

    @property
    def settings(self) -> NDArray:
        """(noted, numbers) the settings."""
        return np.stack([setting for _, setting, _ in self._noted])

    def __repr__(self) -> str:
        size = sum(setting.nbytes for _, setting, _ in self._noted) / 2**20
        return (f"Path: {len(self):,} settings of {self._dials.count:,} numbers ({size:.1f} megabytes), every "
                f"{self.every:,} of {self.taken:,} steps")  # fmt: skip

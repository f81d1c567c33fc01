"""The row of numbers in memory that a tensor, and all views of it, show: `t.storage()`, for those who want to see it.

Source: https://docs.pytorch.org/docs/stable/storage.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .memory import owner, plain


class TypedStorage:
    """All numbers of one piece of memory, in the order in which they lie there. Writing to it writes to the tensors."""

    def __init__(self, array: Any):
        self._row = np.ravel(owner(array).view(plain(array).dtype), order="K")

    @property
    def dtype(self) -> np.dtype:
        return self._row.dtype

    def __len__(self) -> int:
        return len(self._row)

    size = __len__

    def __getitem__(self, index: Any) -> Any:
        return self._row[index].tolist()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._row[index] = value

    def __iter__(self) -> Iterator:
        return iter(self.tolist())

    def tolist(self) -> list:
        return self._row.tolist()

    def nbytes(self) -> int:
        return self._row.nbytes

    def element_size(self) -> int:
        return self._row.itemsize

    def data_ptr(self) -> int:
        """Where the memory begins: the same for all that share it."""
        return self._row.__array_interface__["data"][0]

    def __repr__(self) -> str:
        numbers = "".join(f" {number}\n" for number in self._row.tolist())
        return f"{numbers}[torch.storage.TypedStorage(dtype=torch.{self.dtype}, device=cpu) of size {len(self)}]"

"""PyTorch's constructors by dtype: LongTensor([1, 2]), FloatTensor(2, 3). They also answer isinstance.

Source: https://docs.pytorch.org/docs/stable/tensors.html#data-types
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .engine import constant
from .tensor import Tensor
from .typed_sizes import of_sizes


class _Typed(type):
    """The type of these names: calling one makes a Tensor of its dtype; instances are the tensors that have it."""

    dtype: np.dtype

    def __call__(cls, *data: Any) -> Tensor:
        return constant(of_sizes(data, cls.dtype))

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, Tensor) and x.dtype == cls.dtype


def _typed(name: str, dtype: Any) -> type[Tensor]:
    doc = f"A tensor of dtype {np.dtype(dtype)}: of the numbers given, or of a shape."
    made: Any = _Typed(name, (), {"dtype": np.dtype(dtype), "__doc__": doc, "__module__": __name__})
    return made


FloatTensor, DoubleTensor, HalfTensor = (
    _typed("FloatTensor", np.float32), _typed("DoubleTensor", np.float64), _typed("HalfTensor", np.float16),
)  # fmt: skip
ByteTensor, CharTensor, ShortTensor = (
    _typed("ByteTensor", np.uint8), _typed("CharTensor", np.int8), _typed("ShortTensor", np.int16),
)  # fmt: skip
IntTensor, LongTensor, BoolTensor = (
    _typed("IntTensor", np.int32), _typed("LongTensor", np.int64), _typed("BoolTensor", np.bool_),
)  # fmt: skip

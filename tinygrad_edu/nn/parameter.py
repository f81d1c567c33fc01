"""A tensor that a module learns."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import promotion
from ..conversion import as_array
from ..engine import constant
from ..tensor import Tensor


class Parameter(Tensor):
    """A tensor that requires grad, and that a `Module` lists among its parameters once it is assigned to it.

    data: a tensor (its memory is shared, as in PyTorch), or numbers or an array (copied).
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
    """

    def __init__(self, data: Any = (), requires_grad: bool = True):
        self._array = data._array if isinstance(data, Tensor) else as_array(data)
        if requires_grad:
            self.requires_grad_()

    def __deepcopy__(self, memo: dict) -> Parameter:
        result = super().__deepcopy__(memo)
        result.grad = None  # as PyTorch: what is copied are the numbers
        return result  # type: ignore[return-value]

    def __repr__(self) -> str:
        return f"Parameter containing:\n{constant(self._array, self._place)!r}"


class Buffer(Tensor):
    """A tensor that a `Module` enters among its buffers once it is assigned to it; persistent: saved in state_dict.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html
    """

    def __init__(self, data: Any, *, persistent: bool = True):
        self._array = data._array if isinstance(data, Tensor) else as_array(data)
        self.persistent = persistent


def dtype_for(layer: str, device: Any, dtype: Any) -> np.dtype:
    """The dtype for the parameters of a new layer, from the two keywords that every layer takes."""
    check_device(layer, device)
    dtype = promotion.get_default_dtype() if dtype is None else np.dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"{layer}: parameters need a floating dtype to be learned, got {dtype}")
    return dtype


def check_device(what: str, device: Any) -> None:
    """RuntimeError for any device but the CPU, the only one there is."""
    if device is not None and not str(device).startswith("cpu"):
        raise RuntimeError(f"{what}: the only device here is 'cpu', got {device!r}")


def check_size(layer: str, name: str, size: Any) -> int:
    """The size as an int; an error for anything but a whole number from 0 up."""
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
        raise TypeError(f"{layer}: {name} must be a whole number, got {size!r}")
    if size < 0:
        raise ValueError(f"{layer}: {name} must not be negative, got {size}")
    return int(size)

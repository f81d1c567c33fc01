"""What all losses share: how the costs of the elements become one number, and which shapes go together."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...tensor import Tensor


def check_reduction(reduction: str, size_average: Any = None, reduce: Any = None, *others: str) -> str:
    """The reduction's name; ValueError for an unknown one. size_average and reduce are PyTorch's old spelling of it:
    "none" where reduce is False, else "sum" where size_average is False, else "mean".
    """
    if isinstance(size_average, str):  # MSELoss("sum"): PyTorch would take any word for True
        reduction, size_average = size_average, None
    if size_average is not None or reduce is not None:
        reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
                      stacklevel=4)  # fmt: skip
    if reduction not in ("mean", "sum", "none", *others):
        raise ValueError(f"{reduction!r} is not a valid value for reduction; it is 'mean', 'sum' or 'none'")
    return reduction


def reduced(each: Tensor, reduction: str) -> Tensor:
    """The mean, the sum, or each cost as it is."""
    return each.mean() if reduction == "mean" else each.sum() if reduction == "sum" else each


def same_shape(name: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both in one shape; a warning where they had to be broadcast for it."""
    if input.shape == target.shape:
        return input, target
    warnings.warn(f"{name}: using a target size {target.shape} that is different to the input size "
                  f"{input.shape}. This will likely lead to incorrect results due to broadcasting. Please "
                  "ensure they have the same size.", stacklevel=3)  # fmt: skip
    try:
        wide = np.broadcast_shapes(input.shape, target.shape)
    except ValueError:
        raise ValueError(f"{name}: shapes must be equal, got {input.shape} and {target.shape}") from None
    return input.expand(wide), target.expand(wide)

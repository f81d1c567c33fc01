"""Axes merged into one, and one taken apart.

Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html
"""

from __future__ import annotations

from collections.abc import Sequence

from ..ops.shape import flatten
from ..tensor import Tensor
from .module import Module


class Flatten(Module):
    """Axes start_dim to end_dim merged into one: (n, 28, 28) -> (n, 784)."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1):
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        return flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """One axis taken apart: Unflatten(1, (28, 28)) makes (n, 784) -> (n, 28, 28). One size may be −1."""

    def __init__(self, dim: int, unflattened_size: Sequence[int]):
        super().__init__()
        if not isinstance(dim, int):
            raise TypeError(f"Unflatten: dim must be a whole number, got {dim!r}")
        sizes = unflattened_size if isinstance(unflattened_size, (tuple, list)) else (None,)
        if not all(isinstance(n, int) for n in sizes):
            raise TypeError("Unflatten: unflattened_size must be a tuple of whole numbers, got "
                            f"{unflattened_size!r}")  # fmt: skip
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, input: Tensor) -> Tensor:
        shape = input.shape
        if not -len(shape) <= self.dim < len(shape):
            raise IndexError(f"Unflatten: the input has no axis {self.dim}, its shape is {shape}")
        at = self.dim % len(shape)
        try:
            return input.reshape(*shape[:at], *self.unflattened_size, *shape[at + 1 :])
        except ValueError:
            raise ValueError(f"Unflatten: {self.unflattened_size} must multiply to the length of axis "
                             f"{self.dim}, got a tensor of shape {shape}") from None  # fmt: skip

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"

"""A setting of the dials: all numbers that a model learns as one row, read and written without touching the graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..nn.module import Module
from ..random import get_rng_state, set_rng_state
from ..tensor import Tensor


class Dials:
    """The parameters of a model that require a gradient, in order; `names` and `tensors`, `count` numbers in all.

    TypeError for what is no module, ValueError for one with nothing to learn.
    """

    def __init__(self, model: Module) -> None:
        if not isinstance(model, Module):
            raise TypeError(f"a model, an nn.Module, expected, got {type(model).__name__}")
        named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        if not named:
            raise ValueError(f"{type(model).__name__} has no parameter that requires a gradient: there is nothing to "
                             "move; call requires_grad_() on it?")  # fmt: skip
        self.names = [name for name, _ in named]
        self.tensors = [p for _, p in named]
        self.count = sum(p._array.size for p in self.tensors)

    def read(self) -> NDArray:
        """(count) a copy of the numbers, in the widest of the parameters' dtypes."""
        return np.concatenate([p._array.ravel() for p in self.tensors])

    def write(self, setting: NDArray) -> None:
        """Let the parameters hold these numbers.

        The log of writes is not told: whoever writes puts the old bits back before anybody could walk back through them
        (see `as_before`), so that a graph from before stays good.
        """
        for p, part in zip(self.tensors, self.parts(setting), strict=True):
            p._array[...] = part

    def parts(self, setting: NDArray) -> list[NDArray]:
        """The row cut into pieces of the parameters' shapes. Views."""
        ends = np.cumsum([p._array.size for p in self.tensors])
        return [part.reshape(p._array.shape)
                for p, part in zip(self.tensors, np.split(setting, ends[:-1]), strict=True)]  # fmt: skip

    def of(self, what: Any) -> NDArray:
        """A setting given as a row of numbers, as a state_dict, or as another model of this kind: the row."""
        if isinstance(what, Module):
            what = dict(what.named_parameters())
        if isinstance(what, Mapping):
            missing = [name for name in self.names if name not in what]
            if missing:
                raise ValueError(f"a setting needs a number for every parameter, but it lacks {', '.join(missing)}")
            arrays = [_array(what[name]) for name in self.names]
            for name, p, array in zip(self.names, self.tensors, arrays, strict=True):
                if array.shape != p._array.shape:
                    raise ValueError(f"a setting's {name} must have the shape {p._array.shape}, got {array.shape}")
            return np.concatenate([array.ravel() for array in arrays])
        row = _array(what)
        if row.shape != (self.count,):
            raise ValueError(f"a setting of {self.count:,} numbers in a row expected, got the shape {row.shape}")
        return row


def _array(x: Any) -> NDArray:
    return x._array if isinstance(x, Tensor) else np.asarray(x)


@contextmanager
def as_before(model: Module) -> Iterator[None]:
    """Whatever happens inside, an error too: afterwards parameters, buffers, training flags and the stream of random
    numbers are what they were, to the last bit."""
    modules = list(model.modules())
    flags = [m.training for m in modules]
    buffers = [dict(m._buffers) for m in modules]
    tensors = [*model.parameters(), *(b for own in buffers for b in own.values() if b is not None)]
    bits = [t._array.copy() for t in tensors]
    stream = get_rng_state()
    try:
        yield
    finally:
        for tensor, array in zip(tensors, bits, strict=True):
            tensor._array[...] = array
        for module, flag, own in zip(modules, flags, buffers, strict=True):
            module.training = flag
            for name, buffer in own.items():
                setattr(module, name, buffer)
        set_rng_state(stream)

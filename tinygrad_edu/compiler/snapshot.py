"""All that a world holds at one moment, to be put back: when a step cannot be compiled, and when it runs twice."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import Tensor
from ..nn.attributes import Attributes
from ..random import Generator
from .world import World, is_space


class Snapshot:
    """Objects, containers, tensors and generators of a world. with_numbers: and the numbers in all arrays."""

    def __init__(self, world: World, with_numbers: bool = False):
        self.world = world
        self.tensors: list[tuple[Tensor, dict]] = []
        self.spaces: list[tuple[dict, dict]] = []
        self.lists: list[tuple[list, list]] = []
        self.generators: list[tuple[Generator, Any, Any]] = []
        self.numbers = [(a, a.copy()) for a in world.real_arrays()] if with_numbers else []
        for holder in {id(h): h for h in world.holders}.values():
            if isinstance(holder, Tensor):
                self.tensors.append((holder, {name: getattr(holder, name) for name in ("_array", "_place", "grad")}))
            elif isinstance(holder, list):
                self.lists.append((holder, list(holder)))
            elif isinstance(holder, dict) and not is_space(holder):
                self.spaces.append((holder, dict(holder)))
            elif isinstance(holder, Generator):
                self.generators.append((holder, holder.numpy, holder.numpy.bit_generator.state))
            elif isinstance(getattr(holder, "__dict__", None), dict):
                own = vars(holder)
                registers = [v for v in own.values() if isinstance(v, dict)] if isinstance(holder, Attributes) else []
                self.spaces += [(space, dict(space)) for space in (own, *registers)]

    def restore(self) -> None:
        """Put everything back, into the same objects."""
        for slot in self.world.slots.values():
            if slot.kind == "cell" or (slot.kind == "item" and is_space(slot.holder)):
                slot.put(slot.value)
        for items, before in self.lists:
            items[:] = before
        for space, held in self.spaces:
            if space.keys() != held.keys() or any(space[key] is not value for key, value in held.items()):
                space.clear()
                space.update(held)
        for tensor, attributes in self.tensors:
            for name, value in attributes.items():
                if getattr(tensor, name) is not value:
                    setattr(tensor, name, value)
        for generator, stream, state in self.generators:
            generator.numpy = stream
            stream.bit_generator.state = state
        for array, numbers in self.numbers:
            if array.flags.writeable:
                array[...] = numbers


def difference(mine: dict[tuple, Any], other: dict[tuple, Any]) -> str:
    """Where two runs of a step parted: the path of the first tensor or number that is not the same; "" for nowhere."""
    for key in dict.fromkeys((*mine, *other)):
        if not _same(mine.get(key), other.get(key)):
            return str(key[0])
    return ""


def contents(world: World, result: Any) -> dict[tuple, Any]:
    """The numbers behind all that a world holds, and behind what a step returned, by path."""
    found: dict[tuple, Any] = {}

    def enter(path: str, value: Any) -> None:
        if isinstance(value, Tensor):
            found[path, "tensor"] = np.array(value._array)
        elif isinstance(value, np.ndarray):
            found[path, "array"] = value.copy()
        elif isinstance(value, (bool, int, float, str, type(None), np.generic)):
            found[path, "number"] = value
        elif isinstance(value, Generator):
            found[path, "generator"] = repr(value.numpy.bit_generator.state)
        elif isinstance(value, (list, tuple)):
            for i, item in enumerate(value):
                enter(f"{path}[{i}]", item)
        elif isinstance(value, dict):
            for name, item in value.items():
                enter(f"{path}[{name!r}]" if isinstance(name, str) else path, item)

    enter("what it returned", result)
    for slot in world.slots.values():
        if not isinstance(slot.value, (list, tuple, dict)):
            enter(slot.path, slot.value)
    return found


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return type(a) is type(b) and (a == b or repr(a) == repr(b))

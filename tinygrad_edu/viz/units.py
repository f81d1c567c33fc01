"""Units that have stopped listening: seen in what activation functions give, whichever way they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import observing
from ..graph import mode
from ..tensor import Tensor

ENOUGH = 256  # examples, before it is said that a unit never answers
FLAT = 0.01  # so near to an end, of a sigmoid's whole range from 0 to 1, a value is called saturated

# op -> whether a value lies where the function is flat, and a gradient hardly passes
ENDS: dict[str, Callable[[NDArray], NDArray]] = {
    "relu": lambda y: y <= 0,
    "sigmoid": lambda y: (y < FLAT) | (y > 1 - FLAT),
    "tanh": lambda y: np.abs(y) > 1 - 2 * FLAT,
    "lstm_gates": lambda y: np.abs(y) > 1 - 2 * FLAT,
    "gru_gates": lambda y: np.abs(y) > 1 - 2 * FLAT,
}


class Layer:
    """One activation function at one place of a network.

    dead: for each of `steps`, the share of its units that were flat for every one of the last 256 examples or more.
    flat: the share of its values that were. output: whether it gives the network's answer, which is flat when it is
    sure.
    """

    def __init__(self, name: str, op: str) -> None:
        self.name, self.op, self.output, self.units = name, op, False, 0
        self.steps: list[int] = []
        self.dead: list[float] = []
        self.flat: list[float] = []
        self._begin()

    def _begin(self) -> None:
        self._examples = 0
        self._all_flat: Any = np.bool_(True)
        self._shares: list[float] = []

    def see(self, values: NDArray, step: int) -> None:
        """Values (examples, units), (examples, steps, units) or (examples, channels, height, width)."""
        if not values.size:
            return
        flat = ENDS[self.op](values)
        units = values.ndim - 1 if values.ndim < 4 else 1
        now = flat.all(tuple(axis for axis in range(values.ndim) if axis != units))
        if np.shape(now) != np.shape(self._all_flat):
            self._begin()  # the first values, or another width
        self._all_flat = self._all_flat & now
        self._shares.append(float(flat.mean()))
        self._examples += values.size // values.shape[units] if values.ndim < 4 else len(values)
        if self._examples >= ENOUGH:
            self.units = np.size(self._all_flat)
            self.steps.append(step)
            self.dead.append(float(np.mean(self._all_flat)))
            self.flat.append(float(np.mean(self._shares)))
            self._begin()

    def thin(self) -> None:
        """Forget every second look."""
        self.steps, self.dead, self.flat = self.steps[1::2], self.dead[1::2], self.flat[1::2]


class Units:
    """Looks at activation functions between `begin` and `end` of a forward pass.

    A layer is named after the parameters used last before it: "fc1 → relu". What is called in a loop, as in an LSTM, is
    one layer.
    """

    def __init__(self, named: Iterable[tuple[str, Tensor]], most: int) -> None:
        self.most = most
        self.layers: dict[tuple[str, str], Layer] = {}
        self._owners = {id(p): name.rpartition(".")[0] or name for name, p in named}
        self._block = ExitStack()

    def begin(self, step: int) -> None:
        self.end(None)  # of a forward pass that an error has ended
        self._step, self._last, self._array = step, "input", None
        self._inner = mode.observer
        self._block.enter_context(observing(self))

    def end(self, output: Any) -> None:
        self._block.close()
        if isinstance(output, Tensor) and self._array is output._array:
            self._layer.output = True

    def forward(self, op: Any, call: Callable, args: tuple, static: dict) -> Any:
        """What the engine calls for each op."""
        before, mode.observer = mode.observer, self._inner
        try:
            result = call(*args, **static)
        finally:
            mode.observer = before
        for x in args:
            self._last = self._owners.get(id(x), self._last)
        if op.name in ENDS:
            array = (result[0] if isinstance(result, tuple) else result)._array
            key = self._last, op.name
            layer = self.layers.get(key) or self.layers.setdefault(key, Layer(f"{self._last} → {op.name}", op.name))
            layer.see(array, self._step)
            if len(layer.steps) > self.most:
                layer.thin()
            self._layer, self._array = layer, array
        return result

    def backward(self, node: Any, place: Any, way: Callable, g: Any) -> Any:
        """What the engine calls for each way back, where one is walked during the forward pass."""
        return way(g) if self._inner is None else self._inner.backward(node, place, way, g)

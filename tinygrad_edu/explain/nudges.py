"""An index of a parameter in words: which neuron's weight it is, and from which pixel or neuron it leads."""

from __future__ import annotations

import math

import numpy as np

from .recording import Recording

Index = tuple[int, ...]


class Wording:
    """Knows a recording's layers. picture: (rows, columns) if the model's input is a picture in a row of pixels."""

    def __init__(self, seen: Recording, picture: tuple[int, int] | None = None):
        self.seen, self.picture = seen, picture

    def __call__(self, parameter: str, index: Index) -> str:
        """("0.weight", (3, 214)) → "neuron 3 of layer 0, from pixel (7, 18)"."""
        layer, _, name = parameter.rpartition(".")
        kind = type(self.seen.modules.get(layer)).__name__
        here = f"of layer {layer}" if layer else "of the model"
        if name == "weight" and kind == "Linear" and len(index) == 2:
            return f"neuron {index[0]} {here}, from {self._came_from(parameter, index[1])}"
        if name == "weight" and kind.startswith("Conv") and len(index) > 2:
            place = ", ".join(map(str, index[2:]))
            if "Transpose" in kind:
                return f"kernel {here} from channel {index[0]} to channel {index[1]}, at ({place})"
            return f"kernel {index[0]} {here}, on channel {index[1]}, at ({place})"
        if name == "weight" and kind.startswith("Embedding") and len(index) == 2:
            return f"number {index[1]} of entry {index[0]} {here}"
        if name == "bias" and len(index) == 1:
            return f"bias of {'kernel' if kind.startswith('Conv') else 'neuron'} {index[0]} {here}"
        return f"{parameter}{list(index)}" if index else parameter

    def _came_from(self, parameter: str, i: int) -> str:
        """What the i-th input of the op is that reads this parameter."""
        call = next((c for c in self.seen.calls if c.op.name == "linear" and parameter in c.args), None)
        source = call.args[0] if call is not None else ""
        seen: set[str] = set()
        while (maker := self.seen.maker(source)) is not None and source not in seen:
            seen.add(source)
            if maker.op.name not in _MOVES:
                if call is None or maker.values[0].shape != np.shape(call.arguments[0]):
                    return f"input {i}"
                return (
                    f"neuron {i} of layer {maker.layer}"
                    if maker.layer
                    else f"number {i} of {source} ({maker.op.name})"
                )
            if maker.values[0].size != maker.arguments[0].size:
                return f"input {i}"
            source = maker.args[0]
        if source == "input" and self.picture is not None and i < math.prod(self.picture):
            return f"pixel {divmod(i, self.picture[1])}"
        return f"input {i}"


_MOVES = {"reshape", "flatten", "unsqueeze", "squeeze", "clone", "astype"}  # the numbers stay, in their order

"""Recurrent layers: the same weights at each step of a sequence, and a state that remembers. The gates are in
`ops/recurrent.py`.

Source: https://docs.pytorch.org/docs/stable/nn.html#recurrent-layers
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..engine import constant
from ..ops.elementwise import relu, tanh
from ..ops.index import SLOT, getitem
from ..ops.linalg import linear
from ..ops.recurrent import gru_gates, lstm_gates, pieces
from ..ops.shape import cat, stack
from ..tensor import Tensor
from . import init
from .functions.attention import dropped
from .module import Module
from .parameter import Parameter, check_size, dtype_for
from .utils.rnn import PackedSequence, plain

_GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "LSTM": 4, "GRU": 3}


def _step(mode: str, x: Tensor, state: tuple, w: Tensor, b: Tensor | None, projection: Tensor | None = None) -> tuple:
    """One step: the input's sums x (n, gates · h) and the state (n, h) give the next state."""
    h = state[0]
    sums = linear(h, w, b)  # (n, gates · h)
    if mode == "GRU":
        n, size = h.shape
        return (gru_gates(x.reshape(n, 3, size), sums.reshape(n, 3, size), h),)
    if mode == "LSTM":
        h, c = lstm_gates((x + sums).reshape(h.shape[0], 4, w.shape[0] // 4), state[1])
        return (h if projection is None else linear(h, projection), c)
    return ((relu if mode == "RNN_RELU" else tanh)(x + sums),)


def _run(mode: str, data: Tensor, sizes: list[int], first: tuple, weights: tuple, backward: bool) -> tuple:
    """One direction of one layer over a packed batch: the outputs (all steps, h) and the last states (batch, h)."""
    w_ih, w_hh, b_ih, b_hh, projection = weights
    steps = pieces(linear(data, w_ih, b_ih), lengths=tuple(sizes))
    outputs: list = [None] * len(sizes)
    order = range(len(sizes))
    state = tuple(s[: sizes[-1]] for s in first) if backward and sizes[-1] < sizes[0] else first
    ended: list = []  # the last states of sequences that have no further step
    for t in reversed(order) if backward else order:
        n, running = sizes[t], state[0].shape[0]
        if n > running:
            state = tuple(cat([s, f[running:n]]) for s, f in zip(state, first, strict=True))
        elif n < running:
            ended.append(tuple(s[n:] for s in state))
            state = tuple(s[:n] for s in state)
        state = _step(mode, steps[t], state, w_hh, b_hh, projection)
        outputs[t] = state[0]
    last = tuple(cat([s, *rest]) for s, *rest in zip(state, *ended[::-1], strict=True)) if ended else state
    return cat(outputs), last


def _reordered(states: tuple, order: Tensor) -> tuple:
    """States (layers, batch, size) with the sequences in another order."""
    return tuple(getitem(s, constant(plain(order)), index=(slice(None), SLOT)) for s in states)


class RNNBase(Module):
    """What RNN, LSTM and GRU have in common.

    input: (steps, batch, input_size), batch first where batch_first, without a batch, or packed. Returns the outputs of
    the last layer (..., directions · hidden_size), and the last states (layers · directions, batch, hidden_size).
    """

    def __init__(self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
                 device: Any = None, dtype: Any = None):  # fmt: skip
        super().__init__()
        name = type(self).__name__
        self.mode = mode
        self.input_size, self.hidden_size = (
            check_size(name, "input_size", input_size), check_size(name, "hidden_size", hidden_size)
        )  # fmt: skip
        self.num_layers = check_size(name, "num_layers", num_layers)
        if not hidden_size or not num_layers:
            raise ValueError(f"{name}: hidden_size and num_layers must be greater than zero, got {hidden_size} and "
                             f"{num_layers}")  # fmt: skip
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        if isinstance(dropout, bool) or not 0 <= dropout <= 1:
            raise ValueError("dropout should be a number in range [0, 1] representing the probability of an element "
                             f"being zeroed, got {dropout}")  # fmt: skip
        if dropout > 0 and num_layers == 1:
            warnings.warn("dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                          f"num_layers greater than 1, but got dropout={dropout} and num_layers={num_layers}",
                          stacklevel=3)  # fmt: skip
        if not 0 <= proj_size < hidden_size:
            raise ValueError(f"proj_size has to be smaller than hidden_size and not negative, got {proj_size}")
        dtype = dtype_for(name, device, dtype)
        rows, out = _GATES[mode] * hidden_size, proj_size or hidden_size
        directions = 2 if bidirectional else 1
        for suffix, layer in self._parts():
            width = input_size if not layer else out * directions
            shapes = (
                (rows, width), (rows, out), rows * bias, rows * bias, (proj_size, hidden_size) if proj_size else 0
            )  # fmt: skip
            for kind, shape in zip(self._KINDS, shapes, strict=True):
                if shape:
                    setattr(self, kind + suffix, Parameter(np.empty(shape, dtype)))
        self.reset_parameters()

    def _parts(self) -> list[tuple[str, int]]:
        """The suffix of the parameters' names, and the layer, of each direction of each layer."""
        ways = ("", "_reverse") if self.bidirectional else ("",)
        return [(f"_l{layer}{way}", layer) for layer in range(self.num_layers) for way in ways]

    _KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each direction of each layer."""
        own = self.__dict__
        return [[own[kind + s] for kind in self._KINDS if kind + s in own] for s, _ in self._parts()]

    def reset_parameters(self) -> None:
        """Draw all parameters anew, uniform between ±1/√hidden_size."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def flatten_parameters(self) -> None:
        """Nothing to do: there is no GPU for which the parameters should lie in one piece."""

    def _states(self, hx: Any, batch: int, dtype: Any, order: Tensor | None, batched: bool) -> tuple:
        """The first states, (layers · directions, batch, size) each; zeros where none are given."""
        count = len(self._parts())
        sizes = (self.proj_size or self.hidden_size, self.hidden_size) if self.mode == "LSTM" else (self.hidden_size,)
        if hx is None:
            return tuple(constant(np.zeros((count, batch, n), dtype)) for n in sizes)
        states = tuple(hx) if self.mode == "LSTM" else (hx,)
        if any(s.ndim != 2 + batched for s in states):
            what = "3-D" if batched else "2-D"
            raise RuntimeError(f"For {'batched' if batched else 'unbatched'} {2 + batched}-D input, hx should also be "
                               f"{what} but got {', '.join(f'{s.ndim}-D' for s in states)} tensor")  # fmt: skip
        states = states if batched else tuple(s.unsqueeze(1) for s in states)
        for s, n in zip(states, sizes, strict=True):
            if s.shape != (count, batch, n):
                raise RuntimeError(f"Expected hidden size {(count, batch, n)}, got {list(s.shape)}")
        return states if order is None else _reordered(states, order)

    def _check(self, width: int) -> None:
        if width != self.input_size:
            raise RuntimeError(f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {width}")

    def forward(self, input: Tensor | PackedSequence, hx: Any = None) -> tuple:
        if isinstance(input, PackedSequence):
            data, batch_sizes, order, back = input
            self._check(data.shape[-1])
            sizes = plain(batch_sizes).tolist()
            data, last = self._layers(data, sizes, self._states(hx, sizes[0], data.dtype, order, True))
            if back is not None:
                last = _reordered(last, back)
            return PackedSequence(data, batch_sizes, order, back), last if self.mode == "LSTM" else last[0]
        if input.ndim not in (2, 3):
            raise ValueError(f"{type(self).__name__}: Expected input to be 2D or 3D, got {input.ndim}D instead")
        self._check(input.shape[-1])
        batched = input.ndim == 3
        x = input.unsqueeze(1) if not batched else input.transpose(0, 1) if self.batch_first else input
        steps, batch = x.shape[:2]
        if not steps:
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
        states = self._states(hx, batch, x.dtype, None, batched)
        data, last = self._layers(x.reshape(steps * batch, x.shape[2]), [batch] * steps, states)
        output = data.reshape(steps, batch, data.shape[-1])
        if not batched:
            output, last = output.squeeze(1), tuple(s.squeeze(1) for s in last)
        elif self.batch_first:
            output = output.transpose(0, 1)
        return output, last if self.mode == "LSTM" else last[0]

    def _layers(self, data: Tensor, sizes: list[int], states: tuple) -> tuple[Tensor, tuple]:
        """All layers, over a packed batch."""
        own, found = self.__dict__, []
        directions = 2 if self.bidirectional else 1
        parts = self._parts()
        for layer in range(self.num_layers):
            if layer and self.training:
                data = dropped(data, self.dropout)
            outputs = []
            for way in range(directions):
                place = layer * directions + way
                weights = tuple(own.get(kind + parts[place][0]) for kind in self._KINDS)
                output, last = _run(self.mode, data, sizes, tuple(s[place] for s in states), weights, bool(way))
                outputs.append(output)
                found.append(last)
            data = outputs[0] if directions == 1 else cat(outputs, -1)
        return data, tuple(stack(list(kind)) for kind in zip(*found, strict=True))

    def extra_repr(self) -> str:
        shown = [f"{self.input_size}", f"{self.hidden_size}"]
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0}
        usual["bidirectional"] = False
        shown += [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        return ", ".join(shown)


class RNN(RNNBase):
    """h′ = tanh(w_ih x + b_ih + w_hh h + b_hh), or relu (nonlinearity="relu")."""

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
                 bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False,
                 device: Any = None, dtype: Any = None):  # fmt: skip
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, bias, batch_first, dropout,
                         bidirectional, 0, device, dtype)  # fmt: skip
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """Long short-term memory; its state is a pair (h, c). proj_size makes h shorter by a matrix weight_hr.

    Source: Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735
    """

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
                 device: Any = None, dtype: Any = None):  # fmt: skip
        super().__init__("LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
                         proj_size, device, dtype)  # fmt: skip


class GRU(RNNBase):
    """Gated recurrent units. Source: Cho et al. 2014, https://arxiv.org/abs/1406.1078"""

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, device: Any = None,
                 dtype: Any = None):  # fmt: skip
        super().__init__("GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0,
                         device, dtype)  # fmt: skip


# ------------------------------------------------------------------------------------------------ single steps


class RNNCellBase(Module):
    """One step: input (batch, input_size) or (input_size), state (batch, hidden_size) or (hidden_size)."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None,
                 dtype: Any = None):  # fmt: skip
        super().__init__()
        name = type(self).__name__
        self.input_size, self.hidden_size, self.bias = (
            check_size(name, "input_size", input_size), check_size(name, "hidden_size", hidden_size), bias
        )  # fmt: skip
        dtype, rows = dtype_for(name, device, dtype), num_chunks * hidden_size
        self.weight_ih = Parameter(np.empty((rows, input_size), dtype))
        self.weight_hh = Parameter(np.empty((rows, hidden_size), dtype))
        for kind in ("bias_ih", "bias_hh"):
            self.register_parameter(kind, Parameter(np.empty(rows, dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters anew, uniform between ±1/√hidden_size."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size else 0.0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def _next(self, mode: str, input: Tensor, states: tuple) -> tuple:
        """The next states. `states`: (None,) or (None, None) for zeros."""
        name = type(self).__name__
        if input.ndim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.shape[-1]} expected {self.input_size}")
        wanted = (*input.shape[:-1], self.hidden_size)
        for s in states:
            if s is not None and s.shape != wanted:
                raise RuntimeError(f"{name}: hidden has inconsistent hidden_size or batch: got {s.shape}, expected "
                                   f"{wanted}")  # fmt: skip
        x = input if input.ndim == 2 else input.unsqueeze(0)
        states = tuple(
            constant(np.zeros((x.shape[0], self.hidden_size), x.dtype)) if s is None
            else s if input.ndim == 2 else s.unsqueeze(0)
            for s in states
        )  # fmt: skip
        states = _step(mode, linear(x, self.weight_ih, self.bias_ih), states, self.weight_hh, self.bias_hh)
        return states if input.ndim == 2 else tuple(s.squeeze(0) for s in states)

    def extra_repr(self) -> str:
        shown = f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")
        kind = getattr(self, "nonlinearity", "tanh")
        return shown if kind == "tanh" else f"{shown}, nonlinearity={kind}"


class RNNCell(RNNCellBase):
    """One step of an RNN: x, h -> h′."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh",
                 device: Any = None, dtype: Any = None):  # fmt: skip
        if nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {nonlinearity}")
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._next(f"RNN_{self.nonlinearity.upper()}", input, (hx,))[0]


class LSTMCell(RNNCellBase):
    """One step of an LSTM: x, (h, c) -> (h′, c′)."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        return self._next("LSTM", input, (None, None) if hx is None else tuple(hx))  # type: ignore[return-value]


class GRUCell(RNNCellBase):
    """One step of a GRU: x, h -> h′."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._next("GRU", input, (hx,))[0]

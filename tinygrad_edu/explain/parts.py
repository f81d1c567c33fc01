"""What a traced step is made of. `Step.to_json()` has these fields under these names.

Arrays are {"shape", "dtype", "min", "max", "mean", "norm", "values"}, see `numbers.plain`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class OpRun:
    """An op of the forward pass or of the cost.

    inputs: where each argument came from: "input", "wanted", "0.weight", "op 3" (by its number), or a constant.
    """

    number: int
    op: str
    layer: str
    line: str
    inputs: list[str]
    settings: dict[str, Any]
    outputs: list[np.ndarray]


@dataclass
class LayerRun:
    """A call of a module: its dotted name, its class, its repr in a line, how deep it lies, what it took and gave."""

    name: str
    kind: str
    text: str
    depth: int
    ops: list[int]
    inputs: list[np.ndarray]
    outputs: list[np.ndarray]


@dataclass
class Bar:
    """One output of the example that is shown."""

    index: int
    name: str
    value: float


@dataclass
class Forward:
    """tallest: the index of the largest bar, or None where the outputs are not a short row."""

    layers: list[LayerRun]
    ops: list[OpRun]
    outputs: list[np.ndarray]
    bars: list[Bar]
    tallest: int | None


@dataclass
class Term:
    """One of the numbers that the cost sums, with the output and the wanted number that it is about, if there are."""

    index: int
    name: str
    term: float
    output: float | None
    wanted: float | None


@dataclass
class Cost:
    """value: the cost. summed_by: the op that sums the terms; terms: those of the example that is shown, all_terms: of
    all examples; [] and None for a cost that is no sum of terms."""

    value: float
    ops: list[OpRun]
    summed_by: str
    terms: list[Term]
    all_terms: np.ndarray | None


@dataclass
class Want:
    """An output's desire: −dC/doutput, so up where it is positive."""

    index: int
    name: str
    by: float
    text: str


@dataclass
class WayBack:
    """A way back that ran, from an op to one of its arguments (`to`, named as in OpRun.inputs).

    rule: as its formula is written, and rule_line where. arrived: dC/doutput of the op; passed: dC/dargument, of which
    `largest` is {"index", "value", "text"}; with "came" and "slope" where one number made it: value = came × slope.
    """

    number: int | None  # of the op, where it is known
    op: str
    phase: str  # "forward" or "cost"
    layer: str
    line: str
    to: str
    argument: str
    rule: str
    rule_line: str
    arrived: Any
    passed: np.ndarray
    largest: dict[str, Any]


@dataclass
class Nudge:
    """A number of a parameter, in words, with its gradient; the step goes against it."""

    parameter: str
    index: list[int]
    gradient: float
    text: str


@dataclass
class ParameterGradient:
    name: str
    gradient: np.ndarray | None  # None where none arrived
    norm: float
    largest: list[Nudge]


@dataclass
class Backward:
    """wants: those of the example that is shown; desires: −dC/doutputs, whole; nudges: the largest of each
    parameter, the largest first."""

    wants: list[Want]
    desires: np.ndarray | None
    ways: list[WayBack]
    parameters: list[ParameterGradient]
    nudges: list[Nudge]


@dataclass
class Move:
    """A number of a parameter before and after the step."""

    parameter: str
    index: list[int]
    old: float
    new: float
    gradient: float
    text: str


@dataclass
class ParameterUpdate:
    """length: of the step; ratio: length over the length of the parameter before. optimized: the optimizer holds it."""

    name: str
    optimized: bool
    before: np.ndarray
    after: np.ndarray
    length: float
    ratio: float
    largest: list[Move]


@dataclass
class Update:
    """promised: gradient · step over all parameters, what the cost would change by if the slope stayed as it is."""

    optimizer: str
    learning_rate: float | None
    parameters: list[ParameterUpdate]
    moves: list[Move]
    length: float
    ratio: float
    promised: float


@dataclass
class Again:
    """The cost of the same batch before and after the step."""

    before: float
    after: float
    change: float
    better: bool
    text: str


@dataclass
class Trace:
    """A step. parameters: how many numbers it can move. example: which of the batch is shown, of how many.
    picture: (rows, columns) where an example is a picture in a row of pixels."""

    format: int
    model: str
    parameters: int
    example: int
    examples: int
    picture: tuple[int, int] | None
    inputs: list[np.ndarray]
    wanted: list[np.ndarray]
    forward: Forward
    cost: Cost
    backward: Backward
    update: Update
    again: Again
    phases: list[str] = field(default_factory=lambda: ["forward", "cost", "backward", "update"])

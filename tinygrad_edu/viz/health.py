"""A recorder for any training loop, from whose notes `checks` tells whether all is well."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..creation import from_numpy
from ..grad_mode import is_grad_enabled, no_grad
from ..graph import mode
from ..nn.module import Module
from ..tensor import Tensor
from .checks import Known, examine
from .diagnosis import Diagnosis
from .labels import labels_of
from .setting import Dials, as_before
from .units import Units

EXAMPLES, EXAMPLE_BYTES = 1_000, 2**24  # so many are kept, to look at what the model was shown


class Look(NamedTuple):
    """What one step did to each parameter: lengths of its gradient, of itself before the step, and of its move."""

    step: int
    gradient: NDArray
    weight: NDArray
    move: NDArray


class Batch(NamedTuple):
    """What the model was shown, and what was wanted of it."""

    inputs: tuple
    wanted: Any


class Health:
    """Looks on while a model learns, in any loop. Call it at the end of each step, and ask for the diagnosis later:

        health = Health(model, cost_of)
        for inputs, wanted in batches:
            optimizer.zero_grad()
            cost = cost_of(model(inputs), wanted)
            cost.backward()
            optimizer.step()
            health(cost, wanted)
        print(health.diagnosis())

    cost_of: the cost as a function of outputs and of what is wanted, to know what chance gives; None: that is not said.
    most: looks that are kept. Beyond it every second is forgotten, and half as many are taken from then on.

    It sees forward passes that are recorded for a gradient (so no tests under `no_grad`), and steps that run op by
    op: of a compiled step it sees the moves alone. `close()`, or the end of a `with` block, takes all hooks away.
    """

    def __init__(self, model: Module, cost_of: Callable[..., Any] | None = None, most: int = 400) -> None:
        if most < 2:
            raise ValueError(f"Health: most of at least 2 expected, got {most}")
        self.model, self.cost_of, self.most, self.every = model, cost_of, most, 1
        self.dials = Dials(model)
        self.taken = 0  # steps
        self.costs = array("d")  # of every step
        self.looks: list[Look] = []
        self.batches: list[Batch] = []  # the first ones
        self.kept_examples = 0
        self.units = Units(model.named_parameters(), most)
        self.outputs: Any = None  # the latest
        self.first_outputs: Any = None
        self.longest = 0.0  # of all moves of a matrix of weights, as a share of its length
        self.matrices = np.array([p.ndim > 1 for p in self.dials.tensors])
        count = len(self.dials.tensors)
        self.arrived = np.zeros(count, int)  # how many gradients each parameter got
        self.asked, self.stale = np.zeros(count, int), np.zeros(count, int)  # was one there that had been used already?
        self.moved, self.sloped = np.zeros(count, bool), np.zeros(count, bool)  # ever; had a gradient that was not 0
        self._moved = np.zeros(count, bool)  # in the step before
        self._gradient, self._fresh = np.zeros(count), np.ones(count, bool)
        self._inputs: tuple = ()
        self._before = self._copies()
        before, behind = model.register_forward_pre_hook(self._begins), model.register_forward_hook(self._ends)
        self._handles: list[Any] = [before, behind]
        for number, p in enumerate(self.dials.tensors):
            self._handles.append(p.register_hook(partial(self._arrives, number)))
            self._handles.append(p.register_post_accumulate_grad_hook(partial(self._accumulated, number)))

    # ------------------------------------------------------------------------------------ what the loop calls

    def __call__(self, cost: Any, wanted: Any = None) -> None:
        """A step was taken. cost: what it began with, a number. wanted: what the step's batch asked for."""
        self.taken += 1
        self.costs.append(float(cost))
        self._keep(wanted)
        self._moved[:] = False
        if self.taken % self.every == 0:
            with np.errstate(all="ignore"):  # weights that run off are for the diagnosis to report
                self._look()
        if (self.taken + 1) % self.every == 0:
            self._before = self._copies()
        self._fresh[:] = True
        self._gradient[:] = 0.0
        self._inputs = ()

    def diagnosis(self, reference: Sequence[Any] | None = None) -> Diagnosis:
        """What is well and what is not.

        reference: (inputs, labels) of examples whose labels are known to be right, at best such as the model has not
        learned from. Without them nobody can tell labels that are all wrong in the same way: a model learns those as
        well.
        """
        return examine(self, None if reference is None else self._known(reference))

    def close(self) -> None:
        """Look on no more."""
        self.units.end(None)
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def __enter__(self) -> Health:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------------------------ what hooks tell

    def _begins(self, model: Module, args: tuple) -> None:
        if _runs() and is_grad_enabled():
            self._inputs = args
            self.units.begin(self.taken + 1)

    def _ends(self, model: Module, args: tuple, output: Any) -> None:
        if _runs() and is_grad_enabled():
            self.units.end(output)
            self.outputs = output.detach() if isinstance(output, Tensor) else None
            if self.first_outputs is None:
                self.first_outputs = self.outputs

    def _arrives(self, number: int, gradient: Tensor) -> None:
        """A gradient, not yet added to what the parameter's `.grad` holds."""
        if not _runs():
            return
        self.arrived[number] += 1
        if self._fresh[number] and self._moved[number]:
            kept = self.dials.tensors[number].grad
            self.asked[number] += 1
            self.stale[number] += kept is not None and bool(kept._array.any())
        self._fresh[number] = False

    def _accumulated(self, number: int, p: Tensor) -> None:
        if _runs() and (self.taken + 1) % self.every == 0:
            self._gradient[number] = _length(p.grad._array)  # type: ignore[union-attr]  # it has just arrived

    # ------------------------------------------------------------------------------------ notes

    def _copies(self) -> list[NDArray]:
        return [p._array.copy() for p in self.dials.tensors]

    def _look(self) -> None:
        move = np.array([_length(p._array - old) for p, old in zip(self.dials.tensors, self._before, strict=True)])
        weight = np.array([_length(old) for old in self._before])
        self._moved = move > 0
        self.moved |= self._moved
        self.sloped |= self._gradient > 0
        matrices = self.matrices & (weight > 0)
        self.longest = max(self.longest, float(np.max(move[matrices] / weight[matrices], initial=0.0)))
        if len(self.looks) == self.most:
            self.every *= 2
            self.looks = [look for look in self.looks if look.step % self.every == 0]
            if self.taken % self.every:
                return
        self.looks.append(Look(self.taken, self._gradient.copy(), weight, move))

    def _keep(self, wanted: Any) -> None:
        size = sum(x._array.nbytes for x in self._inputs if isinstance(x, Tensor))
        first = next((x for x in (wanted, *self._inputs) if isinstance(x, Tensor) and x.ndim), None)
        count = 1 if first is None else len(first)
        kept = sum(x._array.nbytes for b in self.batches for x in b.inputs if isinstance(x, Tensor))
        if self.kept_examples < EXAMPLES and (not self.batches or kept + size <= EXAMPLE_BYTES):
            copies = tuple(x.detach().clone() if isinstance(x, Tensor) else x for x in self._inputs)
            self.batches.append(Batch(copies, wanted.detach().clone() if isinstance(wanted, Tensor) else wanted))
            self.kept_examples += count

    def _known(self, reference: Sequence[Any]) -> Known:
        """The reference, and what the network says to it."""
        *inputs, labels = (from_numpy(x) if isinstance(x, np.ndarray) else x for x in reference)
        with as_before(self.model), no_grad():
            self.model.eval()
            outputs = self.model(*inputs)
        classes = labels_of(labels)
        if classes is None or not isinstance(outputs, Tensor) or outputs.ndim != 2:
            raise ValueError("diagnosis: reference=(inputs, labels) expected, labels whole numbers (n) or rows with "
                             "one 1 (n, classes), of a model whose outputs are (n, classes)")  # fmt: skip
        return Known(inputs[0]._array.reshape(len(classes), -1), classes, outputs._array.argmax(1))


def _runs() -> bool:
    """Whether ops run one by one; not so while a step is compiled, when no number can be looked at."""
    return mode.tracer is None


def _length(values: NDArray) -> float:
    return float(np.linalg.norm(values.ravel().astype(np.float64)))

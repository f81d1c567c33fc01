"""The training loop: epochs of steps, which can stop between any two steps and go on later to the same bits.

It knows no network and no cost: `train_step` makes a step of gradient descent on a batch and returns the
cost, `measure` says after each epoch how good the network is, e.g. what share of test images it reads right.
"""

import functools
import math
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np

import tinygrad_edu as torch

from .errors import UserError
from .interrupts import Interrupts

LOOK_EVERY = 0.05           # seconds between two looks at a running epoch


class Measure(NamedTuple):
    """What is measured after each epoch: its key in figures, its name on the screen, and how a value is shown."""

    key: str
    name: str
    shown: Callable[[float], str]
    share: Callable[[float], float]         # of a whole bar


ACCURACY = Measure("accuracy", "test accuracy", lambda value: f"{100 * value:5.2f} %", lambda value: value)


class Epoch(NamedTuple):
    """What is known of a finished epoch. The cost is the mean over its examples, each when its turn came."""

    epoch: int
    learning_rate: float
    cost: float
    measured: float


class Watcher(Protocol):
    """Who looks on: told of steps about twenty times a second, and of each epoch."""

    def step(self, epoch: int, step: int, steps: int, cost: float) -> None: ...
    def epoch(self, finished: Epoch, seconds: float) -> None: ...


def step_for(train_step: Callable[..., Any], *known: Any, compiled: bool = False) -> Any:
    """`train_step` whose first arguments are known: a function of a batch. Compiled, it runs as a program, to the
    same bits.
    """
    step = functools.partial(train_step, *known)
    step.__name__ = "train_step"  # type: ignore[attr-defined]  # the program is called so
    return torch.compile(step) if compiled else step


def written_down(made: Callable[[], tuple[Any, Any]], step_of: Callable[..., Any], *batch: Any) -> Any:
    """The compiled step of a network and an optimizer that are made for it; no random number is used up.

    made() gives the two, step_of(network, optimizer, compiled) the step. Two steps are made: in the first, an optimizer
    with a memory has nothing to remember yet.
    """
    before = torch.get_rng_state()
    step = step_of(*made(), True)
    for _ in range(2):
        step(*batch)
    torch.set_rng_state(before)
    return step


class Training:
    """A training run: what it needs, and how far it has come.

    batches: a pass over the data each time it is iterated, e.g. a `DataLoader`; what is random is drawn from
    the package's stream. train_step(*batch) returns the batch's mean cost, a tensor. scheduler.step() ends an
    epoch. measured: what `measure` measures.
    """

    def __init__(self, batches: Any, train_step: Callable[..., Any], measure: Callable[[], float],
                 optimizer: Any, scheduler: Any, epochs: int, measured: Measure = ACCURACY) -> None:
        self.measured = measured
        self.batches, self.train_step, self.measure = batches, train_step, measure
        self.optimizer, self.scheduler, self.epochs = optimizer, scheduler, epochs
        self.history: list[Epoch] = []              # finished epochs
        self.step = 0                               # steps made in the epoch that is not finished
        self.cost_sum = 0.0                         # of the images in those steps
        self.images_seen = 0
        self.stream_of_epoch = torch.get_rng_state()    # where the random numbers of that epoch begin
        self.seconds: list[float] = []              # for each finished epoch; not part of the state
        self.seconds_of_epoch = 0.0

    def run(self, watcher: Watcher, save: Callable[[], object]) -> bool:
        """Train to the end, and save after each epoch. False where a signal stopped it: saved as well."""
        with Interrupts() as interrupts:
            while len(self.history) < self.epochs:
                finished = self._epoch(watcher, interrupts)
                save()
                if not finished:
                    return False
        return True

    def _epoch(self, watcher: Watcher, interrupts: Interrupts) -> bool:
        number, steps, train_step = len(self.history) + 1, len(self.batches), self.train_step
        clock = time.perf_counter
        started, look = clock(), 0.0
        for batch in self._batches_left():
            if interrupts.requested:
                self.seconds_of_epoch += clock() - started
                return False
            cost, count = float(train_step(*batch)), len(batch[0])
            self.step += 1
            self.cost_sum += cost * count
            self.images_seen += count
            if (now := clock()) >= look:
                watcher.step(number, self.step, steps, self.cost_sum / self.images_seen)
                look = now + LOOK_EVERY
        self._close_epoch(number, watcher, started)
        return True

    def _batches_left(self) -> Iterator[Any]:
        """The epoch's batches from `step` on; its order is drawn as it was before a pause."""
        now = torch.get_rng_state()
        torch.set_rng_state(self.stream_of_epoch)
        left = iter(self.batches)
        for _ in range(self.step):
            next(left)
        if self.step:
            torch.set_rng_state(now)
        return left

    def _close_epoch(self, number: int, watcher: Watcher, started: float) -> None:
        cost = self.cost_sum / self.images_seen
        if not math.isfinite(cost):
            raise UserError(f"the cost of epoch {number} is {cost}: steps too long; try a smaller --lr")
        rate = float(self.optimizer.param_groups[0]["lr"])
        self.scheduler.step()
        self.history.append(Epoch(number, rate, cost, self.measure()))
        self.seconds.append(self.seconds_of_epoch + time.perf_counter() - started)
        self.step, self.cost_sum, self.images_seen, self.seconds_of_epoch = 0, 0.0, 0, 0.0
        self.stream_of_epoch = torch.get_rng_state()
        watcher.epoch(self.history[-1], self.seconds[-1])

    def epoch_figures(self) -> list[dict[str, Any]]:
        """The finished epochs as JSON shows them."""
        return [{"epoch": epoch.epoch, "learning_rate": epoch.learning_rate, "cost": epoch.cost,
                 self.measured.key: epoch.measured} for epoch in self.history]

    # ---- what a checkpoint keeps: all but the weights and the optimizer's state ----------------------------

    def state_dict(self) -> dict[str, Any]:
        """Where the run stands, as JSON can hold it. Numbers keep every bit; times are not part of it."""
        return {
            "history": self.epoch_figures(),
            "step": self.step,
            "cost_sum": self.cost_sum,
            "images_seen": self.images_seen,
            "stream": _hexadecimal(torch.get_rng_state()),
            "stream_of_epoch": _hexadecimal(self.stream_of_epoch),
            "scheduler": self.scheduler.state_dict(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Stand where `state_dict` was called."""
        self.history = [Epoch(row["epoch"], row["learning_rate"], row["cost"], row[self.measured.key])
                        for row in state["history"]]
        self.step, self.cost_sum, self.images_seen = state["step"], state["cost_sum"], state["images_seen"]
        self.stream_of_epoch = _stream(state["stream_of_epoch"])
        self.scheduler.load_state_dict(state["scheduler"])
        torch.set_rng_state(_stream(state["stream"]))
        self.seconds = [math.nan] * len(self.history)


def _hexadecimal(stream: torch.Tensor) -> str:
    return stream.numpy().tobytes().hex()


def _stream(hexadecimal: str) -> torch.Tensor:
    return torch.tensor(np.frombuffer(bytes.fromhex(hexadecimal), np.uint8).copy())

"""What a training run shows: live with a progress bar in a terminal, one plain line per epoch elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from .drawing import bar
from .training import ACCURACY, Epoch, Measure

WIDEST_BAR = 40


def make_console(quiet: bool = False) -> Console:
    """Standard output; a quiet one swallows everything."""
    return Console(highlight=False, quiet=quiet)


class PlainReport:
    """One line per epoch, no escape codes: for files and pipes."""

    def __init__(self, console: Console, epochs: int, measured: Measure = ACCURACY) -> None:
        self.console, self.epochs, self.measured = console, epochs, measured

    @contextmanager
    def watching(self, epochs_done: int) -> Iterator[None]:
        """Around the training."""
        yield

    def before(self, value: float) -> None:
        """Where the network starts from."""
        self._line(f"before training   {self.measured.name} {self.measured.shown(value)}")

    def step(self, epoch: int, step: int, steps: int, cost: float) -> None:
        """Nothing: an epoch is soon over."""

    def epoch(self, finished: Epoch, seconds: float) -> None:
        """The line of an epoch."""
        number = str(finished.epoch).rjust(len(str(self.epochs)))
        self._line(f"epoch {number} of {self.epochs}   cost {finished.cost:.4f}   {self.measured.name} "
                   f"{self.measured.shown(finished.measured)}   lr {finished.learning_rate:.4f}   {seconds:.2f} s")

    def _line(self, text: str) -> None:
        self.console.print(text, soft_wrap=True, markup=False)


class LiveReport:
    """A growing table with a bar for what is measured, and under it the running epoch."""

    def __init__(self, console: Console, epochs: int, measured: Measure = ACCURACY) -> None:
        self.console, self.epochs, self.measured = console, epochs, measured
        self._progress = Progress(
            TextColumn("  [bold]epoch {task.fields[number]} of {task.fields[epochs]}"),
            BarColumn(bar_width=None, complete_style="cyan", finished_style="cyan"),
            TaskProgressColumn(),
            TextColumn("cost {task.fields[cost]}"),
            TimeElapsedColumn(),
            console=console, transient=True, expand=True,
        )  # fmt: skip

    @contextmanager
    def watching(self, epochs_done: int) -> Iterator[None]:
        """Around the training: the progress bar is there meanwhile."""
        number = min(epochs_done + 1, self.epochs)
        self._task = self._progress.add_task("", total=self.epochs, completed=epochs_done, number=number,
                                             epochs=self.epochs, cost="     -")
        self.console.print(Text(f"  epoch     cost   {self.measured.name}", "bold"))
        with self._progress:
            yield

    def before(self, value: float) -> None:
        """Where the network starts from."""
        self._row("start", "", value)

    def step(self, epoch: int, step: int, steps: int, cost: float) -> None:
        """How far the running epoch is."""
        done = epoch - 1 + step / steps
        self._progress.update(self._task, completed=done, number=epoch, cost=f"{cost:.4f}")

    def epoch(self, finished: Epoch, seconds: float) -> None:
        """A row of the table."""
        self._progress.update(self._task, completed=finished.epoch)
        self._row(str(finished.epoch), f"{finished.cost:6.4f}", finished.measured)

    def _row(self, number: str, cost: str, value: float) -> None:
        name, shown, share = self.measured[1:]
        width = min(WIDEST_BAR, self.console.width - 27 - len(name))
        self.console.print(Text.assemble(f"  {number:>5}   {cost:>6}   {shown(value):>{len(name)}}   ",
                                         (bar(share(value), width), "cyan")))


def make_report(console: Console, epochs: int, measured: Measure = ACCURACY) -> PlainReport | LiveReport:
    """The kind that suits where the output goes."""
    return (LiveReport if console.is_terminal and not console.quiet else PlainReport)(console, epochs, measured)


@contextmanager
def doing(console: Console, what: str) -> Iterator[None]:
    """Say what is being done while it takes a moment."""
    if console.is_terminal:
        with console.status(what):
            yield
    else:
        console.print(what, soft_wrap=True)
        yield


def table_by_class(console: Console, answers: NDArray[np.int64], labels: NDArray[np.int64],
                   name: str) -> None:
    """Print for each class how many of its test images were read right, and what others were taken for."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1))
    table.add_column(name, justify="right")
    table.add_column("read right", justify="right")
    table.add_column("", min_width=20)
    table.add_column("of", justify="right")
    table.add_column("else mostly taken for", style="dim", no_wrap=True)
    for label in np.unique(labels):
        given = answers[labels == label]
        right = np.mean(given == label)
        table.add_row(str(label), f"{100 * right:.1f} %", Text(bar(right, 20), _colour(right)),
                      f"{len(given):,}", _mistakes(given, int(label)))
    console.print(table)


def _colour(right: Any) -> str:
    return "green" if right >= 0.9 else "yellow" if right >= 0.8 else "red"


def _mistakes(answers: NDArray[np.int64], label: int) -> str:
    """The two most frequent wrong answers, with how often each was given."""
    wrong, counts = np.unique(answers[answers != label], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:2]
    return "   ".join(f"{wrong[i]} {counts[i]:>3}×" for i in order)


def show_program(console: Console, source: str) -> None:
    """Print Python: in the terminal's own colours, with comments that end where it ends; elsewhere as it is."""
    code = Text(source)
    if console.is_terminal:
        shown = "".join(_fitted(line, console.width) + "\n" for line in source.splitlines())
        code = Syntax("", "python", theme="ansi_dark").highlight(shown)
        code.highlight_regex(r"(?m)^ +# [a-z]+$", "bold not dim")           # the headings: forward, cost ...
    console.print(code, soft_wrap=True, end="")


def _fitted(line: str, width: int) -> str:
    """A line of Python; of a comment behind code, what fits. Code is never cut."""
    comment = line.find("  # ")
    return line if len(line) <= width or not 0 <= comment < width - 10 else line[:width - 1] + "…"


def accuracy_line(right: int, total: int) -> str:
    """The last line of training and of evaluation."""
    return f"test accuracy {100 * right / total:.2f} % ({right:,} of {total:,})"

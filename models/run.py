"""A run from its options to its last line: what each program does when it trains a network."""

import shlex
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from tinygrad_edu import nn

from . import checkpoint, command_line, report
from .run_folder import RunFolder
from .training import Training


class Run:
    """What the options ask for: `console`, `folder`, and `settings`, which a resumed run keeps.

    The program gets its data, says in `folder.identity` which they are, makes network and training, and calls
    `begin`, `train`, `finish`.
    """

    def __init__(self, model: str, options: Namespace, defaults: dict[str, Any],
                 may_move: Sequence[str] = ()) -> None:
        command_line.check_json_option(options.json)
        self.program, self.options = f"python -m models.{model}", options
        self.console = report.make_console(options.quiet)
        self.folder = RunFolder(options.out, model)
        self.kept = self.folder.to_resume() if options.resume else None
        self.settings = self.folder.settings = command_line.settings_of(
            options, self.kept.state["settings"] if self.kept else None, defaults, may_move)
        self.folder.prepare()

    def begin(self, network: nn.Module, training: Training) -> None:
        """Let both stand where a resumed run stopped."""
        self.network, self.training = network, training
        if self.kept is not None:
            self.folder.restore(self.kept, network, training)

    def train(self) -> bool:
        """Train to the end. False where a signal stopped it: then it is saved, and the user told how to go on."""
        training = self.training
        watcher = report.make_report(self.console, training.epochs, training.measured)
        with watcher.watching(len(training.history)):
            if self.kept is None:
                watcher.before(training.measure())
            finished = training.run(watcher, save=lambda: self.folder.save(self.network, training))
        if not finished:
            print(f"Stopped in epoch {len(training.history) + 1} of {training.epochs} after {training.step:,} of "
                  f"{len(training.batches):,} steps, and saved. To go on:\n"
                  f"{self.program} --resume --out {shlex.quote(str(self.options.out))}")
        return finished

    def finish(self, result: dict[str, Any]) -> dict[str, Any]:
        """Keep the result, write the figures where --json says, and return them."""
        figures = self.folder.finish(self.network, self.training, result)
        if self.options.json is not None:
            checkpoint.write_json(self.options.json, figures)
        return figures

    def show_end(self, figures: dict[str, Any], what_next: str) -> None:
        """How long it took, where it is kept, and what to do now."""
        self.console.print(f"  Trained for {figures['seconds']:.1f} s. Weights and figures are in "
                           f"{self.folder.folder}.\n  {what_next}\n", soft_wrap=True, markup=False)

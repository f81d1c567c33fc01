"""Many short trainings side by side, kept one by one: a comparison that was stopped goes on with the next.

Each trial seeds its own random numbers, so its result is the same whether others ran before it or not.
"""

import json
import shlex
import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from . import checkpoint, command_line, report
from .errors import UserError, blamed_on
from .interrupts import Interrupts, Stopped
from .run_folder import versions

Trial = Callable[[Callable[[], None]], Any]     # gets `look`, which it calls between two steps; gives its result


class Trials:
    """What the options ask for: `console`, `settings`, and `done`, the results of finished trials by their names.

    identity: fingerprints of the data, with which a resumed comparison must agree.
    """

    def __init__(self, model: str, options: Namespace, defaults: dict[str, Any],
                 may_move: Sequence[str] = ()) -> None:
        command_line.check_json_option(options.json)
        self.model, self.program, self.options = model, f"python -m models.{model}", options
        self.console = report.make_console(options.quiet)
        self.folder = options.out
        self.json = self.folder / "run.json"
        kept = self._to_resume() if options.resume else None
        self.settings = command_line.settings_of(options, kept["settings"] if kept else None, defaults, may_move)
        self.identity: dict[str, Any] = {}
        self._kept_identity = kept["data"] if kept else None
        self.done: dict[str, Any] = kept["trials"] if kept else {}
        self.seconds: float = kept["seconds"] if kept else 0.0
        self.result: Any = None
        with blamed_on(f"--out {self.folder}"):
            self.folder.mkdir(parents=True, exist_ok=True)
            for partial in self.folder.glob(".*.partial"):
                partial.unlink(missing_ok=True)

    def _to_resume(self) -> dict[str, Any]:
        if not self.json.is_file():
            raise UserError(f"--resume: no run in {self.folder}: {self.json.name} is not there; leave --resume out "
                            f"to start one")
        try:
            kept = json.loads(self.json.read_text("utf-8"))
            whole = (kept["model"] == self.model and isinstance(kept["settings"], dict)
                     and isinstance(kept["trials"], dict) and isinstance(kept["data"], dict)
                     and isinstance(kept["seconds"], float))
        except (OSError, ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            raise UserError(f"--resume: {self.json} holds no run of models.{self.model}; leave --resume out to "
                            f"start one, or name another --out")
        return kept

    def run(self, trials: Mapping[str, Trial], shown: Callable[[Any], str] = lambda result: "") -> bool:
        """Make the trials that are not done yet. False where a signal stopped one: the user is told how to go on.

        shown(result): how a line of text shows it.
        """
        if self._kept_identity not in (None, self.identity):
            raise UserError(f"--resume: the run in {self.folder} has other data; name the same again, or start anew "
                            f"without --resume")
        left = {name: trial for name, trial in trials.items() if name not in self.done}
        with Interrupts() as interrupts, self._progress() as progress:
            task = progress.add_task("", total=len(trials), completed=len(trials) - len(left), doing="")
            for name, trial in left.items():
                progress.update(task, doing=name)
                started = time.perf_counter()
                try:
                    self.done[name] = trial(interrupts.look)
                except Stopped:
                    print(f"Stopped after {len(self.done)} of {len(trials)} trainings, which are kept. To go on:\n"
                          f"{self.program} --resume --out {shlex.quote(str(self.folder))}")
                    return False
                finally:
                    self.seconds = round(self.seconds + time.perf_counter() - started, 3)
                    self._save(len(self.done) == len(trials))
                progress.advance(task)
                if not self.console.is_terminal:
                    took = f"{time.perf_counter() - started:.2f} s"
                    self.console.print("   ".join(filter(None, [name, shown(self.done[name]), took])),
                                       soft_wrap=True, markup=False)
        return True

    def _progress(self) -> Progress:
        return Progress(TextColumn("  [bold]{task.fields[doing]}"), BarColumn(bar_width=None, complete_style="cyan"),
                        MofNCompleteColumn(), TimeElapsedColumn(), console=self.console, transient=True, expand=True,
                        disable=not self.console.is_terminal)

    def finish(self, result: Any) -> dict[str, Any]:
        """Keep the result, write the figures where --json says, and return them."""
        self.result = result
        self._save(finished=True)
        if self.options.json is not None:
            checkpoint.write_json(self.options.json, self._figures(True))
        return self._figures(True)

    def _save(self, finished: bool) -> None:
        checkpoint.write_json(self.json, self._figures(finished))

    def _figures(self, finished: bool) -> dict[str, Any]:
        return {"model": self.model, "finished": finished, "settings": self.settings, "data": self.identity,
                "trials": self.done, "seconds": self.seconds, "result": self.result, "versions": versions()}

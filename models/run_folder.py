"""The folder of a run: `weights.safetensors`, the checkpoint with all in it, and `run.json`, its figures."""

import json
import math
import platform
import shlex
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_edu

from . import checkpoint
from .checkpoint import Checkpoint
from .errors import UserError, blamed_on
from .training import Training


class RunFolder:
    """Where a run is kept. `identity`: fingerprints of its data, with which a resumed run must agree."""

    def __init__(self, folder: Path, model: str) -> None:
        self.folder, self.model = folder, model
        self.weights, self.json = folder / "weights.safetensors", folder / "run.json"
        self.settings: dict[str, Any] = {}
        self.result: dict[str, Any] | None = None
        self.identity: dict[str, Any] = {}

    @property
    def quoted_weights(self) -> str:
        """The weights' file as a shell takes it."""
        return shlex.quote(str(self.weights))

    def prepare(self) -> None:
        """Make the folder, and sweep up what a killed run left half written."""
        with blamed_on(f"--out {self.folder}"):
            self.folder.mkdir(parents=True, exist_ok=True)
            for partial in self.folder.glob(".*.partial"):
                partial.unlink(missing_ok=True)

    def to_resume(self) -> Checkpoint:
        """The checkpoint to go on from. UserError where there is none, or it is another program's."""
        if not self.weights.is_file():
            raise UserError(f"--resume: no run in {self.folder}: {self.weights.name} is not there; leave "
                            f"--resume out to start one")
        found = checkpoint.read(self.weights)
        if found.state.get("model") != self.model or not isinstance(found.state.get("settings"), dict):
            raise UserError(f"--resume: {self.weights} holds no run of models.{self.model}; leave --resume "
                            f"out to start one, or name another --out")
        return found

    def restore(self, found: Checkpoint, network: Any, training: Training) -> None:
        """Let network and training stand where the checkpoint was written."""
        if found.state.get("identity") != self.identity:
            raise UserError(f"--resume: the run in {self.folder} has other data; name the same again, or "
                            f"start anew without --resume")
        try:
            network.load_state_dict(found.weights)
            checkpoint.load_optimizer(training.optimizer, found)
            training.load_state_dict(found.state["training"])
        except (RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(f"--resume: {self.weights} does not fit: {error}") from error
        self._restore_times(training)

    def _restore_times(self, training: Training) -> None:
        """Times are in run.json alone, so that they do not make the weights' file another each time."""
        try:
            figures = json.loads(self.json.read_text("utf-8"))
            times = [epoch["seconds"] for epoch in figures["epochs"]]
            since = figures["seconds_of_unfinished_epoch"]
        except (OSError, ValueError, KeyError, TypeError):
            return
        if len(times) == len(training.history):
            training.seconds = [math.nan if each is None else float(each) for each in times]
            training.seconds_of_epoch = float(since)

    def save(self, network: Any, training: Training) -> None:
        """Keep all that is needed to go on: after a kill at any moment, what was saved last is whole."""
        state = {"model": self.model, "settings": self.settings, "identity": self.identity,
                 "training": training.state_dict()}
        checkpoint.write(self.weights, network, training.optimizer, state)
        checkpoint.write_json(self.json, self.figures(training))

    def finish(self, network: Any, training: Training, result: dict[str, Any]) -> dict[str, Any]:
        """Keep the run with its `result`; returns all figures."""
        self.result = result
        self.save(network, training)
        return self.figures(training)

    def figures(self, training: Training) -> dict[str, Any]:
        """The run's figures: settings, epochs, result, times, versions."""
        times = [None if math.isnan(each) else round(each, 3) for each in training.seconds]
        epochs = [epoch | {"seconds": seconds}
                  for epoch, seconds in zip(training.epoch_figures(), times, strict=True)]
        seconds = sum(each or 0.0 for each in times) + training.seconds_of_epoch
        return {
            "model": self.model,
            "finished": len(training.history) == training.epochs,
            "settings": self.settings,
            "data": self.identity,
            "epochs": epochs,
            "seconds": round(seconds, 3),
            "seconds_of_unfinished_epoch": round(training.seconds_of_epoch, 3),
            "result": self.result,
            "versions": versions(),
        }


def versions() -> dict[str, str]:
    """What the figures were made with."""
    return {"tinygrad_edu": tinygrad_edu.__version__, "numpy": np.__version__,
            "safetensors": version("safetensors"), "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}"}

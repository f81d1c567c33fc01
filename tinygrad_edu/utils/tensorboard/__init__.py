"""A writer of what a training run measures: one line of JSON for each number, in a file to read with anything.

TensorBoard's own format is not written; names and arguments are those of its writer.
Source: https://docs.pytorch.org/docs/stable/tensorboard.html
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any


class SummaryWriter:
    """Appends to log_dir/scalars.jsonl; pictures, graphs and the like are accepted and left out."""

    def __init__(self, log_dir: Any = None, comment: str = "", **_: Any):
        self.log_dir = str(log_dir or f"runs/{time.strftime('%b%d_%H-%M-%S')}{comment}")
        Path(self.log_dir).mkdir(parents=True, exist_ok=True)
        self._file = open(Path(self.log_dir) / "scalars.jsonl", "a")  # noqa: SIM115 (closed by close)

    def add_scalar(self, tag: str, scalar_value: Any, global_step: int | None = None, walltime: float | None = None,
                   **_: Any) -> None:  # fmt: skip
        """One number under a name, at a step."""
        row = {"tag": tag, "value": float(scalar_value), "step": global_step, "time": walltime or time.time()}
        self._file.write(json.dumps(row) + "\n")

    def add_scalars(self, main_tag: str, tag_scalar_dict: dict, global_step: int | None = None, **_: Any) -> None:
        """Several numbers under main_tag/name."""
        for tag, value in tag_scalar_dict.items():
            self.add_scalar(f"{main_tag}/{tag}", value, global_step)

    def _left_out(self, *_: Any, **__: Any) -> None:
        """Accepted, and not written."""

    add_histogram = add_image = add_images = add_figure = add_text = add_graph = add_embedding = add_hparams = _left_out

    def flush(self) -> None:
        """Everything written so far is in the file."""
        self._file.flush()

    def close(self) -> None:
        """The end."""
        self._file.close()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""A run in one file: the weights, and beside them all that is needed to go on, in the safetensors format.

The weights bear the names of the network's `state_dict`, so any reader of safetensors has them; the
optimizer's tensors are `optimizer/NUMBER/NAME`; the rest is JSON in the file's header. Nothing is ever
unpickled. The file is written whole or not at all, so a kill at any moment leaves the one before. The same run
gives the same bytes.

Source: https://github.com/huggingface/safetensors#format
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

import tinygrad_edu as torch
from tinygrad_edu.data import atomic_write

from .errors import UserError, blamed_on

OPTIMIZER = "optimizer/"
HEADER = "tinygrad_edu"         # the one key, for the order of several would change from run to run

Arrays = dict[str, NDArray[Any]]


class Checkpoint(NamedTuple):
    """What a file holds. `state` is {} in a file that holds weights alone."""

    weights: Arrays
    optimizer_tensors: Arrays
    state: dict[str, Any]


def write(path: Path, network: Any, optimizer: Any, state: dict[str, Any]) -> None:
    """Keep the network's weights, the optimizer's state and `state`, which JSON must know."""
    tensors = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    kept = optimizer.state_dict()
    numbers: dict[str, dict[str, Any]] = {}         # what the optimizer remembers that is no tensor
    for number, memory in kept["state"].items():
        for name, value in memory.items():
            if isinstance(value, torch.Tensor):
                tensors[f"{OPTIMIZER}{number}/{name}"] = value.numpy()
            else:
                numbers.setdefault(str(number), {})[name] = value
    state = state | {"optimizer": {"param_groups": kept["param_groups"], "state": numbers}}
    header = {HEADER: json.dumps(state, sort_keys=True)}
    content = save({name: np.asarray(array, order="C") for name, array in tensors.items()}, metadata=header)
    with blamed_on(f"cannot write {path}"), atomic_write(path) as file:
        file.write(content)


def read(path: Path) -> Checkpoint:
    """The content of a file. UserError where it is missing, cut short, or something else."""
    if not path.is_file():
        raise UserError(f"{path} is no file; train first, or name the weights.safetensors of a run")
    try:
        with safe_open(path, framework="numpy") as file:
            arrays: Arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            header = file.metadata() or {}
        state = json.loads(header.get(HEADER, "{}"))
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise UserError(f"{path} is no whole safetensors file ({error})") from error
    if not isinstance(state, dict):
        raise UserError(f"{path} has a header that is no checkpoint's")
    weights = {name: array for name, array in arrays.items() if not name.startswith(OPTIMIZER)}
    rest = {name: array for name, array in arrays.items() if name.startswith(OPTIMIZER)}
    return Checkpoint(weights, rest, state)


def load_optimizer(optimizer: Any, checkpoint: Checkpoint) -> None:
    """Give the optimizer the state that it had."""
    kept = checkpoint.state["optimizer"]
    state: dict[int, dict[str, Any]] = {int(number): dict(memory) for number, memory in kept["state"].items()}
    for name, array in checkpoint.optimizer_tensors.items():
        number, _, entry = name.removeprefix(OPTIMIZER).partition("/")
        state.setdefault(int(number), {})[entry] = array
    optimizer.load_state_dict({"state": state, "param_groups": kept["param_groups"]})


def write_json(path: Path, figures: dict[str, Any]) -> None:
    """Write figures for people and programs to read, in one step."""
    text = json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with blamed_on(f"cannot write {path}"), atomic_write(path) as file:
        file.write(text.encode())

"""One process that is a group of its own: programs for many run alone, and a larger world is refused.

Source: https://docs.pytorch.org/docs/stable/distributed.html
"""

from __future__ import annotations

import os
from typing import Any

_state = {"initialized": False}


class ReduceOp:
    """How numbers of several processes are joined: of one, each is the number itself."""

    SUM, AVG, PRODUCT, MIN, MAX = "sum", "avg", "product", "min", "max"


def is_available() -> bool:
    """True, for a world of one process."""
    return True


def is_initialized() -> bool:
    """Whether init_process_group was called."""
    return _state["initialized"]


def is_torchelastic_launched() -> bool:
    """False."""
    return False


def get_default_backend_for_device(device: Any) -> str:
    """The backend's name: gloo, which PyTorch takes on the CPU."""
    return "gloo"


def init_process_group(backend: str | None = None, init_method: str | None = None, timeout: Any = None,
                       world_size: int = -1, rank: int = -1, **_: Any) -> None:  # fmt: skip
    """Begin a world of one process. RuntimeError for a larger one, from the argument or WORLD_SIZE."""
    size = world_size if world_size > 0 else int(os.environ.get("WORLD_SIZE", "1"))
    if size != 1:
        raise RuntimeError(f"init_process_group: one process is all there can be here, got world_size={size}; start "
                           "the program without torchrun, or set WORLD_SIZE=1")  # fmt: skip
    _state["initialized"] = True


def destroy_process_group(group: Any = None) -> None:
    """End it."""
    _state["initialized"] = False


def get_rank(group: Any = None) -> int:
    """0."""
    return 0


def get_world_size(group: Any = None) -> int:
    """1."""
    return 1


def get_backend(group: Any = None) -> str:
    """gloo."""
    return "gloo"


def barrier(group: Any = None, **_: Any) -> None:
    """Nobody to wait for."""


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> None:
    """The sum over one process: the tensor as it is."""


def broadcast(tensor: Any, src: int = 0, group: Any = None, async_op: bool = False) -> None:
    """From one process to itself."""


reduce = all_reduce


def all_gather(tensor_list: list, tensor: Any, group: Any = None, async_op: bool = False) -> None:
    """The tensors of all processes: this one's."""
    tensor_list[0].copy_(tensor)


def all_gather_object(object_list: list, obj: Any, group: Any = None) -> None:
    """The objects of all processes: this one's."""
    object_list[0] = obj

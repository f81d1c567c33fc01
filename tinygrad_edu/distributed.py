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


def is_gloo_available() -> bool:
    """True: what it would do for one process is done here."""
    return True


def is_nccl_available() -> bool:
    """False: there is no GPU here."""
    return False


is_mpi_available = is_nccl_available


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


class Work:
    """What a call with async_op=True returns: it is done."""

    def wait(self, timeout: Any = None) -> bool:
        """True: done."""
        return True

    is_completed = is_success = wait


def _done(async_op: bool) -> Work | None:
    return Work() if async_op else None


def new_group(ranks: Any = None, *_: Any, **__: Any) -> str:
    """A group of some processes, to hand to the functions below: there is only this one."""
    return "group"


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Work | None:
    """The sum over one process: the tensor as it is."""
    return _done(async_op)


def reduce(tensor: Any, dst: int = 0, op: Any = ReduceOp.SUM, group: Any = None,
           async_op: bool = False) -> Work | None:  # fmt: skip
    """The sum over one process: the tensor as it is."""
    return _done(async_op)


def broadcast(tensor: Any, src: int = 0, group: Any = None, async_op: bool = False) -> Work | None:
    """From one process to itself."""
    return _done(async_op)


def all_gather(tensor_list: list, tensor: Any, group: Any = None, async_op: bool = False) -> Work | None:
    """The tensors of all processes: this one's."""
    tensor_list[0].copy_(tensor)
    return _done(async_op)


def all_gather_into_tensor(output_tensor: Any, input_tensor: Any, group: Any = None,
                           async_op: bool = False) -> Work | None:  # fmt: skip
    """The tensors of all processes, one behind another: this one's."""
    output_tensor.copy_(input_tensor.view_as(output_tensor))
    return _done(async_op)


def gather(tensor: Any, gather_list: list | None = None, dst: int = 0, group: Any = None,
           async_op: bool = False) -> Work | None:  # fmt: skip
    """The tensors of all processes, for one of them: this one's."""
    return all_gather(gather_list or [tensor], tensor, group, async_op)


def scatter(tensor: Any, scatter_list: list | None = None, src: int = 0, group: Any = None,
            async_op: bool = False) -> Work | None:  # fmt: skip
    """A tensor for each process: the first of the list, for this one."""
    tensor.copy_((scatter_list or [tensor])[0])
    return _done(async_op)


def reduce_scatter(output: Any, input_list: list, op: Any = ReduceOp.SUM, group: Any = None,
                   async_op: bool = False) -> Work | None:  # fmt: skip
    """The sums over one process, one for each: the first of the list."""
    return scatter(output, input_list, 0, group, async_op)


def all_gather_object(object_list: list, obj: Any, group: Any = None) -> None:
    """The objects of all processes: this one's."""
    object_list[0] = obj


def gather_object(obj: Any, object_gather_list: list | None = None, dst: int = 0, group: Any = None) -> None:
    """The objects of all processes, for one of them: this one's."""
    all_gather_object(object_gather_list or [None], obj)


def broadcast_object_list(object_list: list, src: int = 0, group: Any = None, device: Any = None) -> None:
    """From one process to itself."""

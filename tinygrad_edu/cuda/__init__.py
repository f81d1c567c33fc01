"""What a program asks of a GPU before it decides for the CPU. There is none here, and every answer says so.

Source: https://docs.pytorch.org/docs/stable/cuda.html
"""

from __future__ import annotations

from typing import Any, NoReturn

from . import amp

__all__ = ["amp", "device_count", "is_available", "is_bf16_supported", "manual_seed", "manual_seed_all"]


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False: NumPy has no such numbers."""
    return False


def manual_seed(seed: int) -> None:
    """Without effect: there is no GPU's stream to start."""


def seed_all() -> None:
    """Without effect: there is no GPU's stream to start."""


def get_rng_state_all() -> list:
    """[]: one for each GPU."""
    return []


def set_rng_state_all(new_states: Any) -> None:
    """Without effect."""


def ipc_collect() -> None:
    """Without effect."""


def manual_seed_all(seed: int) -> None:
    """Without effect: there is no GPU's stream to start."""


def synchronize(device: Any = None) -> None:
    """Without effect: a call returns when it is done."""


def empty_cache() -> None:
    """Without effect."""


def memory_allocated(device: Any = None) -> int:
    """0."""
    return 0


max_memory_allocated = memory_reserved = max_memory_reserved = memory_allocated


def reset_peak_memory_stats(device: Any = None) -> None:
    """Without effect."""


def _none(what: str) -> NoReturn:
    raise RuntimeError(f"cuda.{what}: the only device here is 'cpu'; ask cuda.is_available() first")


def current_device() -> NoReturn:
    """RuntimeError: there is none."""
    _none("current_device")


def _index(what: str, device: Any) -> int:
    """The number of a GPU; negative: none is meant. ValueError for what names no GPU."""
    if isinstance(device, int):
        return device
    if device is None or not str(device).startswith("cuda"):
        raise ValueError(f"cuda.{what}: a GPU's number or name expected, got {device!r}")
    return int(str(device).partition(":")[2] or 0)


def set_device(device: Any) -> None:
    """Without effect for a negative number, as in PyTorch; RuntimeError for a GPU: there is none."""
    if _index("set_device", device) >= 0:
        _none("set_device")


class device:
    """`with cuda.device(i):` computes on that GPU: RuntimeError, but for a negative number, which means none."""

    def __init__(self, device: Any):
        self.idx = _index("device", device)

    def __enter__(self) -> None:
        set_device(self.idx)

    def __exit__(self, *_: object) -> None:
        pass


class _Elsewhere(type):
    """The type of the names of tensors on a GPU: no tensor is one, and none can be made."""

    def __instancecheck__(cls, x: Any) -> bool:
        return False

    def __call__(cls, *_: Any, **__: Any) -> NoReturn:
        _none(cls.__name__)


FloatTensor, DoubleTensor, HalfTensor = (_Elsewhere(f"{kind}Tensor", (), {}) for kind in ("Float", "Double", "Half"))
ByteTensor, LongTensor, IntTensor, BoolTensor = (
    _Elsewhere(f"{kind}Tensor", (), {}) for kind in ("Byte", "Long", "Int", "Bool")
)


def get_device_name(device: Any = None) -> NoReturn:
    """RuntimeError: there is none."""
    _none("get_device_name")


def get_device_properties(device: Any = None) -> NoReturn:
    """RuntimeError: there is none."""
    _none("get_device_properties")


def get_device_capability(device: Any = None) -> NoReturn:
    """RuntimeError: there is none."""
    _none("get_device_capability")


def current_stream(device: Any = None) -> NoReturn:
    """RuntimeError: there is none."""
    _none("current_stream")


def Event(enable_timing: bool = False, **_: Any) -> NoReturn:
    """RuntimeError: there is none."""
    _none("Event")


def Stream(device: Any = None, **_: Any) -> NoReturn:
    """RuntimeError: there is none."""
    _none("Stream")


def mem_get_info(device: Any = None) -> NoReturn:
    """RuntimeError: there is none."""
    _none("mem_get_info")

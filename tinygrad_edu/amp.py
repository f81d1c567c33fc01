"""Mixed precision, which pays on GPUs: here both halves of it do nothing, and the numbers stay in their dtype.

Source: https://docs.pytorch.org/docs/stable/amp.html
"""

from __future__ import annotations

import contextlib
from typing import Any

from .devices import device


class autocast(contextlib.ContextDecorator):
    """Computes as if it were not there."""

    def __init__(self, device_type: str = "cpu", dtype: Any = None, enabled: bool = True, cache_enabled: Any = None):
        self.device, self.dtype, self.enabled = device(device_type).type, dtype, enabled

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class GradScaler:
    """Scales by 1: `scale(loss)` is the loss, and `step(optimizer)` is optimizer.step()."""

    def __init__(self, device: str = "cpu", init_scale: float = 65536.0, growth_factor: float = 2.0,
                 backoff_factor: float = 0.5, growth_interval: int = 2000, enabled: bool = True):  # fmt: skip
        self.device = device

    def scale(self, outputs: Any) -> Any:
        """What was given."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Gradients are as they are."""

    def step(self, optimizer: Any, *args: Any, **options: Any) -> Any:
        """The optimizer's step."""
        return optimizer.step(*args, **options)

    def update(self, new_scale: Any = None) -> None:
        """Nothing to do."""

    def get_scale(self) -> float:
        """1."""
        return 1.0

    def is_enabled(self) -> bool:
        """False."""
        return False

    def state_dict(self) -> dict:
        """Empty."""
        return {}

    def load_state_dict(self, state_dict: dict) -> None:
        """Nothing to load."""


def custom_fwd(function: Any = None, **_: Any) -> Any:
    """The function itself."""
    return function if function is not None else (lambda f: f)


custom_bwd = custom_fwd


def is_autocast_available(device_type: str) -> bool:
    """False."""
    return False

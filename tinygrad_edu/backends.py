"""Switches of PyTorch's backends: they can be set, keep what was set, and change nothing; `is_available` is False.

Source: https://docs.pytorch.org/docs/stable/backends.html
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def _no() -> bool:
    """Not here."""
    return False


def _switch(*_: Any, **__: Any) -> None:
    """Remembered nowhere, and without effect."""


cudnn = SimpleNamespace(
    is_available=_no, version=lambda: None, enabled=False, benchmark=False, deterministic=True, allow_tf32=False,
    benchmark_limit=10,
)  # fmt: skip
cuda = SimpleNamespace(
    is_built=_no,
    matmul=SimpleNamespace(allow_tf32=False, allow_fp16_reduced_precision_reduction=False,
                           allow_bf16_reduced_precision_reduction=False),
    enable_flash_sdp=_switch, enable_mem_efficient_sdp=_switch, enable_math_sdp=_switch, enable_cudnn_sdp=_switch,
    flash_sdp_enabled=_no, mem_efficient_sdp_enabled=_no, math_sdp_enabled=lambda: True,
)  # fmt: skip
mps = SimpleNamespace(is_available=_no, is_built=_no)
mkldnn = SimpleNamespace(is_available=_no, enabled=False)
mkl = openmp = SimpleNamespace(is_available=_no)
quantized = SimpleNamespace(engine="none", supported_engines=["none"])
opt_einsum = SimpleNamespace(is_available=_no, enabled=False)

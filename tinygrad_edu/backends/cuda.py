"""Switches of NVIDIA's GPUs: they keep what was set.

Source: https://docs.pytorch.org/docs/stable/backends.html#torch-backends-cuda
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from .mps import is_available as _no

is_built = flash_sdp_enabled = mem_efficient_sdp_enabled = cudnn_sdp_enabled = _no

matmul = SimpleNamespace(allow_tf32=False, allow_fp16_reduced_precision_reduction=False,
                         allow_bf16_reduced_precision_reduction=False)  # fmt: skip


def enable_flash_sdp(enabled: bool) -> None:
    """Without effect."""


enable_mem_efficient_sdp = enable_math_sdp = enable_cudnn_sdp = enable_flash_sdp


def math_sdp_enabled() -> bool:
    """True: attention is computed by its formula."""
    return True


def preferred_linalg_library(backend: Any = None) -> None:
    """Without effect."""

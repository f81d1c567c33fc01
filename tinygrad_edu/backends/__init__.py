"""Switches of PyTorch's backends: they can be set, keep what was set, and change nothing; `is_available` is False.

Source: https://docs.pytorch.org/docs/stable/backends.html
"""

from __future__ import annotations

from types import SimpleNamespace

from . import cuda, cudnn, mps
from .mps import is_available as _no

__all__ = ["cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp", "opt_einsum", "quantized"]

mkldnn = SimpleNamespace(is_available=_no, enabled=False)
mkl = openmp = SimpleNamespace(is_available=_no)
quantized = SimpleNamespace(engine="none", supported_engines=["none"])
opt_einsum = SimpleNamespace(is_available=_no, enabled=False)

"""ONNX files, which are not written here."""

from __future__ import annotations

from typing import Any, NoReturn


def export(*_: Any, **__: Any) -> NoReturn:
    """RuntimeError: there is no exporter."""
    raise RuntimeError("onnx.export: no ONNX files are written here; save the state_dict with tinygrad_edu.save, load "
                       "it in PyTorch, and export there")  # fmt: skip

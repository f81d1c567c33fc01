"""A module around a module, as PyTorch's `torch.compile(net)` gives.

Source: https://docs.pytorch.org/docs/stable/generated/torch.compile.html
"""

from __future__ import annotations

from typing import Any

from ..graph import mode
from ..nn.module import Module
from .errors import CompileError


class OptimizedModule(Module):
    """Calls the module: as it is while grad mode is on, since its graph is wanted then; as a program under no_grad().

    What cannot become a program runs as it is then, too. Attributes are those of the module; the names of its state
    begin with "_orig_mod.", as in PyTorch.
    """

    def __init__(self, module: Module, compiled: Any):
        super().__init__()
        self._orig_mod = module
        self.__dict__["_compiled"] = compiled
        self.training = module.training

    def forward(self, *args: Any, **options: Any) -> Any:
        if not mode.recording and mode.tracer is None:
            try:
                return self._compiled(*args, **options)
            except CompileError:
                pass
        return self._orig_mod(*args, **options)

    def __getattr__(self, name: str) -> Any:
        if "_orig_mod" in self.__dict__ and not name.startswith("__"):
            owner = self._compiled if name in ("source", "optimized_source", "explain") else self._orig_mod
            return getattr(owner, name)
        return super().__getattr__(name)

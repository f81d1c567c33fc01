"""Pruning, which is left out: a mask is one line of a parametrization, which stays differentiable and can be saved.

    class Masked(nn.Module):
        def forward(self, weight):
            return weight * (weight.abs() > 0.01)

    nn.utils.parametrize.register_parametrization(layer, "weight", Masked())
"""

from __future__ import annotations

from typing import NoReturn


def __getattr__(name: str) -> NoReturn:
    raise AttributeError(f"nn.utils.prune is left out, and with it {name!r}. A mask is a parametrization: a module "
                         "whose forward(weight) returns weight * mask, registered with nn.utils.parametrize."
                         "register_parametrization(layer, 'weight', module)")  # fmt: skip

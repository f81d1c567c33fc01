"""Tensors that leave a compiled step: they say whether they require grad, as in eager mode, but have no graph.

So it is for a step that runs its program, which makes no graph, and for one that is traced, whose graph is of traced
arrays and must not be kept alive.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine import constant
from ..graph import Leaf, Node, Op, Tensor
from ..memory import clock, users_line


def standing(tensor: Tensor) -> str:
    """Where a tensor stands in the graph: "" for nowhere, "leaf", or "node" for behind some op."""
    return "" if tensor._place is None else "leaf" if type(tensor._place) is Leaf else "node"


def outside(tensor: Tensor) -> None:
    """Let a tensor of a traced step stand as it would after a call of the program, with no graph behind it."""
    tensor._base = tensor._views = None
    if standing(tensor) == "node":
        refusing(tensor)


def refusing(tensor: Any) -> Any:
    """The tensor behind a node that stands for the step: backward() through it says why there is no way."""
    node = Node()
    node.op, node.inputs, node.static, node.ways = _STEP, [_INSIDE._place], {}, (_no_way_back,)
    node.shape, node.hooks, node.order = tensor._array.shape, None, clock()
    node.code, node.instruction = users_line()
    tensor._place = node
    return tensor


def leaf(tensor: Any) -> Any:
    """The tensor as one that the step made with requires_grad=True."""
    tensor._place = Leaf(tensor)
    return tensor


def _no_way_back(g: Any) -> Any:
    raise RuntimeError("backward: the graph behind this tensor lies inside a compiled step, which keeps none; call "
                       "backward() inside the step, or do not compile the forward pass")  # fmt: skip


_STEP = Op(lambda x: (x, _no_way_back), "compiled step", False, None, False, False)
_INSIDE = leaf(constant(np.zeros(())))

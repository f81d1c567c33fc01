"""One name for each call: what NumPy wraps around a ufunc (`np.sum`, `np.max`, `.T`) is written as the ufunc itself.

The wrappers cost as much as the work on small arrays. They run the same loops, so the bits are the same.
"""

from __future__ import annotations

from ..program import GETITEM, Line, Program, Value

_REDUCTIONS = {
    "np.sum": "np.add.reduce", "np.max": "np.maximum.reduce", "np.amax": "np.maximum.reduce",
    "np.min": "np.minimum.reduce", "np.amin": "np.minimum.reduce", "np.prod": "np.multiply.reduce",
}  # fmt: skip


def canonical(program: Program) -> Program:
    for line in program.lines:
        if line.function in _REDUCTIONS and set(line.options) <= {"axis", "keepdims", "dtype"}:
            _reduction(line)
        elif line.function == "np.expand_dims":
            _new_axis(line)
        elif line.function == "np.transpose" and line.args[1:] == (None,):
            line.args = line.args[:1]
    return program


def _reduction(line: Line) -> None:
    """np.sum(x, axis=None, dtype=None) is np.add.reduce with None, not 0, as the axis that is left out."""
    if len(line.args) > 2 or not isinstance(line.args[0], Value) or not line.args[0].shape:
        return
    axis = line.args[1] if len(line.args) == 2 else line.options.get("axis")
    line.function = _REDUCTIONS[line.function]
    line.args = line.args[:1]
    line.options = {"axis": axis, **{k: v for k, v in line.options.items() if k != "axis"}}


def _new_axis(line: Line) -> None:
    """np.expand_dims(x, 1) is x[:, None]."""
    x, axis = (*line.args, *line.options.values())[:2]
    ndim = len(x.shape) + 1
    if type(axis) is int and -ndim <= axis < ndim:
        line.function, line.options = GETITEM, {}
        line.args = (x, (*(slice(None),) * (axis % ndim), None))

"""What all optimizers share: parameter groups, state, and how they are saved.

Source: https://docs.pytorch.org/docs/stable/optim.html#base-class
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any

import numpy as np

from .. import memory
from ..engine import constant
from ..grad_mode import enable_grad
from ..graph import mode
from ..nn.hooks import Hook, RemovableHandle, add
from ..promotion import get_default_dtype
from ..quiet import QUIET, reset_errors, set_errors
from ..tensor import Tensor


class Optimizer:
    """Base class of the optimizers: a subclass hands its defaults up and defines `move`.

    param_groups: a list of dictionaries: "params", and the settings for these, e.g. "lr".
    state: what is remembered for each parameter, e.g. its momentum; empty until the first step.
    """

    _hooks: dict[int, Any] | None = None

    def __init__(self, params: Iterable, defaults: dict[str, Any]):
        if isinstance(params, Tensor):
            raise TypeError("params argument given to the optimizer should be an iterable of Tensors or "
                            "dicts, but got a single tensor; put it into a list")  # fmt: skip
        self.defaults = defaults
        self.state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list; has the module any parameters, or was "
                             "an iterator used up before?")  # fmt: skip
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """One more group of parameters; the settings that it does not name are the optimizer's defaults."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group).__name__}")
        if "params" not in param_group:
            raise ValueError("a parameter group needs a list under 'params', got the keys "
                             f"{list(param_group)}")  # fmt: skip
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError("optimizer parameters need to be organized in ordered collections, but the order "
                            "of tensors in a set changes from run to run; use a list instead")  # fmt: skip
        params = [params] if isinstance(params, Tensor) else list(params)
        if params and all(isinstance(p, tuple) and len(p) == 2 and isinstance(p[0], str) for p in params):
            params = [p for _, p in params]  # named_parameters()
        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError("optimizer can only optimize Tensors, but one of the params is "
                                f"{type(p).__name__}")  # fmt: skip
            if not p.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor: this one was computed by an op; give its "
                                 "leaf, or .detach().requires_grad_()")  # fmt: skip
        if len({id(p) for p in params}) < len(params):
            raise ValueError("optimizer contains a parameter group with duplicate parameters; list each once")
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if not known.isdisjoint(id(p) for p in params):
            raise ValueError("some parameters appear in more than one parameter group")
        param_group["params"] = params
        for name, default in self.defaults.items():
            param_group.setdefault(name, default)
        self.param_groups.append(param_group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, before the next backward adds to them; set_to_none=False fills them with 0."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p.grad = None
                elif p.grad is not None:
                    p.grad = p.grad.detach().zero_()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient, in place.

        closure: computes the loss again, with its gradients, and returns it; so does step then.
        """
        loss = None
        if self._hooks:
            self._call_hooks(closure, before=True)
        if closure is not None:
            with enable_grad():
                loss = closure()
        line = memory.users_line()
        before = set_errors(QUIET)  # a loss that runs off to infinity is no error of NumPy's
        try:
            with nullcontext() if mode.tracer is None else mode.tracer.update(self):
                for group in self.param_groups:
                    self.move(group, line)
        finally:
            reset_errors(before)
        if self._hooks:
            self._call_hooks(closure, before=False)
        return loss

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) before each step."""
        return self._add_hook(hook, True)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) after each step."""
        return self._add_hook(hook, False)

    def _add_hook(self, hook: Callable, before: bool) -> RemovableHandle:
        if self._hooks is None:
            self._hooks = {}
        return add(self._hooks, Hook(hook, before, False), False)

    def _call_hooks(self, closure: Any, before: bool) -> None:
        for hook in list((self._hooks or {}).values()):
            if hook.before is before:
                hook.function(self, (closure,), {})

    def move(self, group: dict[str, Any], line: memory.Line) -> None:
        """One step for the parameters of one group; `line`, for `memory.wrote`, is where the user asked for it.

        Subclasses define it (or `step`, as in PyTorch).
        """
        raise NotImplementedError(f"{type(self).__name__} defines no step")

    # ------------------------------------------------------------------------------------ saving and loading

    def state_dict(self) -> dict[str, Any]:
        """What is needed to go on later: {"state": ..., "param_groups": ...}, parameters numbered in order.

        The tensors share memory with the optimizer's own: copy them (`copy.deepcopy`) to keep a moment.
        """
        numbers: dict[int, int] = {}
        groups = []
        for group in self.param_groups:
            ids = [numbers.setdefault(id(p), len(numbers)) for p in group["params"]]
            groups.append({**{k: v for k, v in group.items() if k != "params"}, "params": ids})
        state = {numbers[id(p)]: dict(kept) for p, kept in self.state.items() if kept and id(p) in numbers}
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a copy of what `state_dict` returned. ValueError where groups or their sizes differ."""
        saved = [dict(group) for group in state_dict["param_groups"]]
        if len(saved) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups, expected "
                             f"{len(self.param_groups)}, got {len(saved)}")  # fmt: skip
        sizes, own_sizes = ([len(g["params"]) for g in groups] for groups in (saved, self.param_groups))
        if sizes != own_sizes:
            raise ValueError("loaded state dict contains a parameter group that doesn't match the size of "
                             f"optimizer's group, expected {own_sizes}, got {sizes}")  # fmt: skip
        owner = {number: p for group, own in zip(saved, self.param_groups, strict=True)
                 for number, p in zip(group["params"], own["params"], strict=True)}  # fmt: skip
        state: defaultdict[Tensor, dict[str, Any]] = defaultdict(dict)
        for number, kept in state_dict["state"].items():
            if number in owner:
                p = owner[number]
                state[p] = {key: _copied(value, p, key) for key, value in kept.items()}
        self.state = state
        for group, own in zip(saved, self.param_groups, strict=True):
            own.update({key: copy.deepcopy(value) for key, value in group.items() if key != "params"})

    def __repr__(self) -> str:
        groups = []
        for number, group in enumerate(self.param_groups):
            settings = (f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
            groups.append(f"\nParameter Group {number}\n" + "".join(settings))
        return f"{type(self).__name__} (" + "".join(groups) + ")"


def _copied(value: Any, p: Tensor, key: str) -> Any:
    """A copy of what is remembered for p. Tensors take p's dtype, but for "step", which counts."""
    if isinstance(value, Tensor):
        value = value._array
    elif key == "step" and isinstance(value, (int, float)):  # so PyTorch saved it before 1.12
        value = np.array(value, counting_dtype({}))
    if hasattr(value, "__array__"):  # PyTorch's tensors have it too
        array = np.asarray(value)
        follows = key != "step" and array.dtype.kind == "f"
        return constant(np.array(array, p.dtype if follows else array.dtype))
    return copy.deepcopy(value)


def scalar(value: Any, dtype: Any) -> Any:
    """A setting as a 0-d array of `dtype`, made once: NumPy takes it in half the time a Python number costs.

    What stands for a Python number while a step is compiled comes back as it is: the bits are the same.
    """
    if isinstance(value, Tensor):
        value = value._array
    if isinstance(value, (int, float, np.generic, np.ndarray)):
        return np.array(value, dtype).reshape(())
    if hasattr(value, "dtype"):  # a traced array
        return np.astype(np.reshape(value, ()), dtype)
    return value


def with_gradients(group: dict[str, Any]) -> Iterator[tuple[Tensor, Any, Any]]:
    """(parameter, its array, its gradient's) for each parameter of a group that has one. RuntimeError for a gradient,
    set by hand, of another shape: it could broadcast."""
    for p in group["params"]:
        grad = p.grad
        if grad is not None:
            array, g = p._array, grad._array
            if g.shape != array.shape:
                raise wrong_gradient(p)
            yield p, array, g


def remembered(state: dict[str, Any], key: str, like: Any, **options: Any) -> Any:
    """The array that the state keeps under `key`; zeros like the parameter's array before the first step."""
    tensor = state.get(key)
    if tensor is None:
        tensor = state[key] = constant(np.zeros_like(like, **options))
    return tensor._array


def counting_dtype(group: Mapping[str, Any]) -> Any:
    """The dtype of step counts: double where that is the default, and no fused kernel was asked for."""
    return np.float64 if get_default_dtype() == np.float64 and not group.get("fused") else np.float32


def wrong_gradient(p: Tensor) -> Exception:
    """The error for a gradient, set by hand, that has another shape than its parameter."""
    return RuntimeError(f"optimizer: a gradient must have its parameter's shape {p.shape}, got "
                        f"{p.grad.shape}; mend what was assigned to .grad")  # type: ignore[union-attr] # fmt: skip

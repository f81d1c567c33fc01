"""A program written for PyTorch, run here and there: the same draws, so the same weights, and then the same numbers.

    def program(torch):                     # the framework: nn is torch.nn, F is torch.nn.functional, and so on
        model = torch.nn.Linear(2, 1)
        ...
        return {"losses": losses, "model": model, ...}

    results = same(program)

PyTorch is made to draw from our stream: `rand`, `randperm`, `multinomial`, `normal_`, dropout masks, the order of a
DataLoader. So layers start equal because their `reset_parameters` draw alike, and the program needs no help. Compared
are what it returns (a nest of tensors, modules, numbers, text), what it prints, and at each step of each optimizer
every gradient and every parameter. Where PyTorch is absent the program still runs here. Under "losses" a program
returns what has to fall.
"""

from __future__ import annotations

import contextlib
import io
import math
import re
import warnings
from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any

import numpy as np

import tinygrad_edu as tg

try:
    import torch as theirs
except ImportError:
    theirs = None

RTOL, ATOL = 1e-4, 1e-6


def same(program: Callable[[Any], Any], rtol: float = RTOL, atol: float = ATOL, seed: int = 1) -> Any:
    """Run the program in both, compare all there is to see, and return what it returned here."""
    ours = watched(tg, program, seed)
    losses = ours["returned"].get("losses") if isinstance(ours["returned"], dict) else None
    if losses is not None:
        losses = [float(loss) for loss in losses]
        assert all(map(math.isfinite, losses)) and losses[-1] < losses[0], f"the losses do not fall: {losses}"
    if theirs is not None:
        with drawing_from_ours(theirs), warnings.catch_warnings(action="ignore"):  # PyTorch's advice is not ours
            compare(ours, watched(theirs, program, seed), rtol, atol)
    return ours["returned"]


def watched(torch: Any, program: Callable[[Any], Any], seed: int = 1) -> dict[str, Any]:
    """What a program returned and printed, and what its optimizers saw and left behind, step by step."""
    steps: list[dict] = []
    start, dtype = torch.optim.Optimizer.__init__, torch.get_default_dtype()

    def watched_start(optimizer: Any, *args: Any, **kwargs: Any) -> None:
        start(optimizer, *args, **kwargs)
        plain = type(optimizer).step

        def step(self: Any, *args: Any, **kwargs: Any) -> Any:
            params = [p for group in self.param_groups for p in group["params"]]
            gradients = [frozen(p.grad) for p in params]
            loss = plain(self, *args, **kwargs)
            steps.append({"gradients": gradients, "parameters": [frozen(p) for p in params]})
            return loss

        optimizer.step = MethodType(step, optimizer)

    printed = io.StringIO()
    tg.manual_seed(seed)
    try:
        torch.optim.Optimizer.__init__ = watched_start
        with contextlib.redirect_stdout(printed):
            returned = program(torch)
    finally:
        torch.optim.Optimizer.__init__ = start
        torch.set_default_dtype(dtype)
    return {"steps": steps, "printed": printed.getvalue(), "returned": returned}


# ------------------------------------------------------------------------------------------------ comparing


def frozen(x: Any) -> np.ndarray | None:
    """A copy of a tensor's numbers."""
    return None if x is None else np.array(x.detach().numpy())


def seen(x: Any) -> Any:
    """What can be compared of a result: plain Python and arrays."""
    if hasattr(x, "state_dict") and hasattr(x, "named_parameters"):
        return {"printed": repr(x), "state": seen(x.state_dict()), "names": [n for n, _ in x.named_parameters()]}
    if hasattr(x, "requires_grad") and hasattr(x, "detach"):
        facts = (type(x).__name__, str(x.dtype).removeprefix("torch."), bool(x.requires_grad))
        return (*facts, frozen(x))
    if isinstance(x, dict):
        return {key: seen(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [len(x), *map(seen, x)]
    if isinstance(x, (type(None), bool, int, float, str, np.ndarray, np.generic)):
        return x
    return repr(x)


def compare(ours: Any, there: Any, rtol: float, atol: float, what: str = "") -> None:
    """AssertionError where two results differ, with the way to the place."""
    if not what:
        ours, there = seen(ours), seen(there)
    if isinstance(ours, str) and isinstance(there, str):
        return same_text(ours, there, rtol, atol, what)
    if isinstance(ours, (bool, type(None))) or isinstance(there, (bool, type(None))):
        assert ours is there, f"{what}: {ours!r}, {there!r} in PyTorch"
    elif isinstance(there, (int, float, np.ndarray, np.generic)):
        assert np.shape(ours) == np.shape(there), f"{what}: shape {np.shape(ours)}, {np.shape(there)} in PyTorch"
        assert type(ours) is type(there), f"{what}: {type(ours)}, {type(there)} in PyTorch"
        np.testing.assert_allclose(ours, there, rtol, atol, err_msg=what)
    else:
        assert type(ours) is type(there) and len(ours) == len(there), f"{what}: {ours!r}, {there!r} in PyTorch"
        if isinstance(ours, dict):
            assert list(ours) == list(there), f"{what}: {list(ours)}, {list(there)} in PyTorch"
        for key in ours if isinstance(ours, dict) else range(len(ours)):
            compare(ours[key], there[key], rtol, atol, f"{what} {key}")


_NODE = re.compile(r",\s+grad_fn=<\w+>")  # we name the op, PyTorch its class
_DTYPE = re.compile(r"\b(?:torch|tinygrad_edu)\.((?:float|u?int)\d+|bool)\b")  # our dtypes are NumPy's
_NUMBER = re.compile(r"[-+]?\d+\.\d*(?:e[-+]?\d+)?")


def same_text(ours: str, there: str, rtol: float, atol: float, what: str) -> None:
    """The same words, and the same numbers but for rounding."""
    ours, there = (_DTYPE.sub(r"\1", _NODE.sub(", grad_fn", text)) for text in (ours, there))
    ours = ours.replace("tinygrad_edu.", "torch.")
    if ours == there:
        return
    assert _NUMBER.sub("#", ours) == _NUMBER.sub("#", there), f"{what}:\n{ours}\nin PyTorch:\n{there}"
    for a, b in zip(_NUMBER.findall(ours), _NUMBER.findall(there), strict=True):
        digit = 1.01 * min(map(last_digit, (a, b)))
        assert math.isclose(float(a), float(b), rel_tol=rtol, abs_tol=atol + digit), f"{what}: {a}, {b} in PyTorch"


def last_digit(number: str) -> float:
    """What one more in the last digit is worth: 0.01 in 3.14."""
    mantissa, _, power = number.partition("e")
    return 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))


# ------------------------------------------------------------------------------------------------ drawing


def _here(x: Any) -> Any:
    """PyTorch's tensors and dtypes as ours."""
    if isinstance(x, theirs.Tensor):
        return tg.tensor(x.detach().numpy())
    return np.dtype(str(x).removeprefix("torch.")) if isinstance(x, theirs.dtype) else x


def _there(x: Any) -> Any:
    return theirs.from_numpy(np.array(x.detach().numpy()))


def _function(name: str) -> Callable:
    """`torch.rand` and its like, drawn from our stream."""

    def draw(*args: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any) -> Any:
        if name in ("rand", "randn", "normal") and dtype is None and not any(map(theirs.is_tensor, args)):
            dtype = theirs.get_default_dtype()
        options = {key: _here(value) for key, value in {**named, "dtype": dtype}.items() if value is not None}
        return _there(getattr(tg, name)(*map(_here, args), **options)).requires_grad_(requires_grad)

    return draw


def _filling(ours: Callable) -> Callable:
    """`Tensor.normal_`, `init.trunc_normal_` and their like: filled here, copied there."""

    def fill(tensor: Any, *args: Any, **named: Any) -> Any:
        filled = ours(_here(tensor), *map(_here, args), **{key: _here(value) for key, value in named.items()})
        tensor.detach().copy_(_there(filled))
        return tensor

    return fill


def _masking(name: str) -> Callable:
    """Dropout with our masks."""

    def drop(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False) -> Any:
        ones = tg.ones(tuple(input.shape), dtype=_here(input.dtype))
        mask = _there(getattr(tg.nn.functional, name)(ones, p, training))
        return input.mul_(mask) if inplace else input * mask

    return drop


def _attention(query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0,
               is_causal: bool = False, scale: float | None = None, plain: Any = None) -> Any:  # fmt: skip
    """PyTorch's attention; with dropout the formula, so that the mask can be ours."""
    if not dropout_p:
        return plain(query, key, value, attn_mask, 0.0, is_causal, scale=scale)
    scores = query @ key.mT * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    if is_causal:
        attn_mask = theirs.ones(scores.shape[-2:], dtype=theirs.bool).tril()
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -math.inf) if attn_mask.dtype == theirs.bool else scores + attn_mask
    return theirs.nn.functional.dropout(theirs.softmax(scores, -1), dropout_p) @ value


def _order(sampler: Any) -> Iterator[int]:
    kind = getattr(tg.utils.data, type(sampler).__name__)
    kept = {key: vars(sampler)[key] for key in ("generator", "replacement", "num_samples") if key in vars(sampler)}
    source = getattr(sampler, "data_source", None) if hasattr(sampler, "data_source") else (
        sampler.weights.numpy() if hasattr(sampler, "weights") else sampler.indices)  # fmt: skip
    if hasattr(sampler, "_num_samples"):
        kept["num_samples"] = sampler._num_samples
    return iter(kind(source, **kept))


def _split(dataset: Any, lengths: Any, generator: Any = None) -> list:
    parts = tg.utils.data.random_split(range(len(dataset)), lengths, generator)
    return [theirs.utils.data.Subset(dataset, list(part.indices)) for part in parts]


@contextlib.contextmanager
def drawing_from_ours(torch: Any) -> Iterator[None]:
    """While it lasts, PyTorch's random numbers are ours, in the order in which we would draw them."""
    F, init, data = torch.nn.functional, torch.nn.init, torch.utils.data
    attention = F.scaled_dot_product_attention
    places: list[tuple[Any, str, Any]] = [
        *((torch, name, _function(name)) for name in
          ("rand", "randn", "rand_like", "randn_like", "randint", "randperm", "normal", "bernoulli", "multinomial")),
        *((torch.Tensor, name, _function(name)) for name in ("bernoulli", "multinomial")),
        *((torch.Tensor, name, _filling(getattr(tg.Tensor, name))) for name in
          ("normal_", "uniform_", "random_", "bernoulli_", "exponential_", "geometric_", "log_normal_", "cauchy_")),
        *((init, name, _filling(getattr(tg.nn.init, name))) for name in ("trunc_normal_", "orthogonal_", "sparse_")),
        *((F, name, _masking(name)) for name in ("dropout", "dropout1d", "dropout2d", "dropout3d")),
        (torch, "dropout", _masking("dropout")),
        (F, "scaled_dot_product_attention", lambda *args, **named: _attention(*args, **named, plain=attention)),
        *((torch, name, getattr(tg, name)) for name in ("Generator", "manual_seed", "seed", "initial_seed")),
        *((kind, "__iter__", _order) for kind in
          (data.RandomSampler, data.SubsetRandomSampler, data.WeightedRandomSampler)),
        *((place, "random_split", _split) for place in (data, data.dataset)),
    ]  # fmt: skip
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
    try:
        for owner, name, value in places:
            setattr(owner, name, value)
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)

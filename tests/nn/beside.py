"""A module here and its twin in PyTorch: the same state, the same inputs, three steps of training, compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import optim

TOLERANCE = {"rtol": 1e-9, "atol": 1e-11}


def ours_of(x: Any) -> Any:
    """PyTorch's tensors, arrays and nests of them as tensors of ours."""
    if isinstance(x, (list, tuple)):
        return type(x)(map(ours_of, x))
    if isinstance(x, np.ndarray):
        return tg.tensor(x)
    return tg.tensor(x.detach().numpy(), requires_grad=x.requires_grad) if hasattr(x, "detach") else x


def theirs_of(torch: Any, x: Any, requires_grad: bool = False) -> Any:
    """Arrays and nests of them as PyTorch's tensors."""
    if isinstance(x, (list, tuple)):
        return type(x)(theirs_of(torch, part, requires_grad) for part in x)
    if isinstance(x, np.ndarray):
        return torch.tensor(x, requires_grad=requires_grad and x.dtype.kind == "f")
    return x


def flat(x: Any) -> list:
    """The tensors of a nest, in order; None and numbers are left out."""
    if isinstance(x, (list, tuple)):
        return [t for part in x for t in flat(part)]
    return [x] if hasattr(x, "detach") else []


def same(ours: Any, theirs: Any, what: str = "") -> None:
    """Two nests hold the same shapes, dtypes and numbers."""
    ours, theirs = flat(ours), flat(theirs)
    assert len(ours) == len(theirs), f"{what}: {len(ours)} tensors, {len(theirs)} in PyTorch"
    for a, b in zip(ours, theirs, strict=True):
        a, b = a.detach().numpy(), b.detach().numpy()
        assert a.shape == b.shape and a.dtype == b.dtype, f"{what}: {a.shape} {a.dtype}, {b.shape} {b.dtype} in PyTorch"
        np.testing.assert_allclose(a, b, **TOLERANCE, err_msg=what)


def exchange(torch: Any, ours: Any, theirs: Any) -> None:
    """Both have one state_dict: the same names in the same order, PyTorch's numbers, and they travel both ways."""
    state = {name: t.numpy() for name, t in theirs.state_dict().items()}
    assert list(ours.state_dict()) == list(state)
    assert [n for n, _ in ours.named_parameters()] == [n for n, _ in theirs.named_parameters()]
    ours.load_state_dict(state)
    theirs.load_state_dict({name: torch.tensor(t.numpy()) for name, t in ours.state_dict().items()})


def cost(x: Any) -> Any:
    """Something to bring down, in which every number has a part of its own."""
    return sum((t * (t + 0.3)).mean() for t in flat(x) if t.requires_grad)


def train(torch: Any, ours: Any, theirs: Any, arrays: tuple, call: Callable = lambda module, *xs: module(*xs)) -> None:
    """Three steps of SGD with momentum: outputs, gradients of inputs and parameters, and parameters agree at each.

    Adam would blow up the noise in gradients that are 0.
    """
    exchange(torch, ours, theirs)
    settings = {"lr": 0.1, "momentum": 0.5}
    optimizers = (optim.SGD(ours.parameters(), **settings), torch.optim.SGD(theirs.parameters(), **settings))
    for step in range(3):
        there = theirs_of(torch, arrays, requires_grad=True)
        here = ours_of(there)
        results = call(ours, *here), call(theirs, *there)
        same(*results, f"step {step}: the output")
        for optimizer, result in zip(optimizers, results, strict=True):
            optimizer.zero_grad()
            cost(result).backward()
        for a, b in zip(flat(here), flat(there), strict=True):
            assert (a.grad is None) == (b.grad is None)
            if a.grad is not None:
                same(a.grad, b.grad, f"step {step}: the gradient of an input")
        for (name, p), q in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            same(p.grad, q.grad, f"step {step}: the gradient of {name}")
        for optimizer in optimizers:
            optimizer.step()
        same(list(ours.parameters()), list(theirs.parameters()), f"step {step}: the parameters")


def double(module: Any) -> Any:
    """The module in double precision, and in evaluation mode, so that no dropout draws."""
    return module.double().eval()

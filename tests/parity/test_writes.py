"""Programs nobody thought of, that write in place: views of views, pieces, writes through any of them, with and without
recording, turned and detached tensors. Where PyTorch gives a result, ours is the same; what it forbids, we may allow.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg

torch = pytest.importorskip("torch")

VIEWS = ["x.view(-1)", "x.t() if x.ndim == 2 else x", "x.transpose(0, -1) if x.ndim else x", "x[0] if x.ndim else x",
         "x[..., 1:] if x.ndim else x", "x[::2] if x.ndim else x", "x.unsqueeze(0)", "x.squeeze()", "x.detach()",
         "x.narrow(0, 0, 1) if x.ndim else x", "x.diagonal() if x.ndim == 2 else x", "x.expand(2, *x.shape)",
         "x.mT if x.ndim > 1 else x", "x.flatten()"]  # fmt: skip
PIECES = ["x.chunk(2, 0)", "x.split(1)", "x.unbind(0)"]
OPS = ["x * 2", "x * x", "x.sin()", "x + 1", "x.clone()", "x.tanh()", "x.sigmoid()", "x.relu()", "-x", "x.sum()",
       "(x * x + 1).sqrt()", "x.mean() * x"]  # fmt: skip
WRITES = ["x.mul_(2)", "x.add_(1)", "x.sin_()", "x.tanh_()", "x.zero_()", "x.fill_(0.5)", "x.relu_()",
          "x.clamp_(min=0.2)", "x.neg_()", "x.pow_(2)", "x.masked_fill_(x > 0.5, 0.3)", "x.add_(x)", "x.mul_(x)",
          "x.copy_(x * 2)",
          "x.t_() if x.ndim == 2 else x", "x.unsqueeze_(0)", "x.squeeze_()", "x.transpose_(0, -1) if x.ndim else x",
          "x.lerp_(x * 0 + 1, 0.3)", "x.addcmul_(x, x, value=0.5)", "x.__setitem__(0 if x.ndim else ..., 0.7)",
          "x.__setitem__(x > 0.4, 0.7)", "x.__setitem__((..., 0) if x.ndim else ..., x.sum())"]  # fmt: skip


def program(t: Any, seed: int) -> list:
    """A few steps, drawn from a seed; all values, and the gradients of a sum of squares."""
    choose, numbers = random.Random(seed), np.random.default_rng(seed)
    shape = choose.choice([(2, 3), (3,), (2, 2), (4, 2), ()])
    leaves = [t.tensor(numbers.uniform(0.2, 1, shape), dtype=t.float64, requires_grad=choose.random() < 0.8)
              for _ in range(2)]  # fmt: skip
    found = [*leaves]
    for _ in range(choose.randint(3, 9)):
        x, kind, which = choose.choice(found), choose.random(), choose.random()
        recording = choose.random() < 0.9

        def drawn(table: list[str], which: float = which, x: Any = x) -> Any:
            return eval(table[int(which * len(table))], {"x": x})

        with t.set_grad_enabled(recording):
            if kind < 0.3:
                if recording:  # PyTorch's views taken under no_grad still say that they require grad
                    found.append(drawn(VIEWS))
            elif kind < 0.4 and x.ndim:
                found.extend(drawn(PIECES)[:2] if recording else ())
            elif kind < 0.65:
                found.append(drawn(OPS))
            else:
                drawn(WRITES)
    values = [x.detach().numpy().copy() for x in found]
    ends = [x for x in found if x.requires_grad and not x.is_leaf][-3:]
    if not ends:
        return values
    sum((x * x).sum() for x in ends).backward()
    return [*values, *(None if x.grad is None else x.grad.numpy() for x in leaves)]


def test_random_programs_that_write():
    agreed = 0
    for seed in range(800):
        try:
            theirs = program(torch, seed)
        except (RuntimeError, UserWarning):
            continue
        try:
            ours = program(tg, seed)
        except RuntimeError as error:
            assert "several of its numbers may share one place" in str(error), f"program {seed}"  # expanded
            continue
        for a, b in zip(ours, theirs, strict=True):
            assert (a is None) == (b is None), f"program {seed}"
            if a is not None:
                assert a.shape == b.shape, f"program {seed}"
                np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12, err_msg=f"program {seed}")
        agreed += 1
    assert agreed > 190

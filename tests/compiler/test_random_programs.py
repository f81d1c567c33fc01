"""Random steps: views, writes in place, reductions, products and updates in any order, eager beside compiled."""

import importlib

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.compiler.optimize import NAMES

blocks, row_sums = (importlib.import_module(f"tinygrad_edu.compiler.passes.{name}") for name in ("blocks", "row_sums"))

SHAPE = (4, 6)


def random_step(seed):
    """A function of (x, w, b) that makes the same random choices at every call: tensors (4, 6), (6, 6) and (6)."""

    def step(x, w, b):
        choose = np.random.default_rng(seed)
        values = [x, x @ w, x + b]
        states = [w, b]

        def pick():
            return values[choose.integers(len(values))]

        for _ in range(choose.integers(6, 16)):
            a, c = pick(), pick()
            kind = choose.integers(18)
            if kind == 0:
                values.append(a * c)
            elif kind == 1:
                values.append((a - c).sigmoid())
            elif kind == 2:
                values.append((a @ w).tanh())
            elif kind == 3:
                values.append(a - a.mean(1, keepdim=True))
            elif kind == 4:
                values.append(tg.cat([a[:2], c[2:]], 0))
            elif kind == 5:
                values.append(a.t().reshape(SHAPE) + 1)
            elif kind == 6:
                out = tg.zeros(*SHAPE)
                out[1:3] = a[1:3] * 2
                out[:, ::2] = c[:, 1::2]
                values.append(out)
            elif kind == 7:
                fresh = a.sin()
                fresh += c
                fresh *= 0.5
                values.append(fresh)
            elif kind == 8:
                fresh = a.cos()
                view = fresh[:, 1:4]
                view *= 2
                values.append(fresh + c)
            elif kind == 9:
                values.append(tg.where(a > 0, a, c * 0.1))
            elif kind == 10:
                values.append(a.relu() + (c * 1.0 - 0.0))
            elif kind == 11:
                values.append(a.max(1, keepdim=True).values + c if hasattr(a.max(1), "values") else a + c)
            elif kind == 12:
                values.append(a.softmax(1) + c.log_softmax(0))
            elif kind == 13:
                values.append(a.detach() * c)
            elif kind == 14:
                values.append(a[:, tg.tensor([0, 5, 1, 2, 2, 3])] - c)
            elif kind == 15:
                values.append(a.expand(2, *SHAPE).sum(0) * 0.3)
            elif kind == 16:
                values.append(a.neg().neg() + b * (a * c).sum())
            else:
                values.append((a.std() + 1) * c)
        loss = sum((v * v).mean() for v in [values[1], *values[-4:]])
        loss.backward()
        with tg.no_grad():
            for p in states:
                if p.grad is not None:
                    p -= 0.01 * p.grad.clamp(-1, 1)
            if choose.integers(2):
                for p in states:
                    p.grad = None
        return loss.detach(), values[-1].detach(), values[-2].detach()[0]

    return step


def world(seed):
    random = np.random.default_rng(seed)
    w = tg.tensor(random.standard_normal((6, 6)).astype(np.float32) * 0.4, requires_grad=True)
    b = tg.tensor(random.standard_normal(6).astype(np.float32), requires_grad=True)
    return w, b


@pytest.mark.parametrize("seed", range(60))
def test_random_steps(seed, monkeypatch):
    if seed % 3:  # passes for large arrays and long sums, on small ones
        monkeypatch.setattr(blocks, "BLOCK", 8)
        monkeypatch.setattr(blocks, "_WORTH_IT", 0)
        monkeypatch.setattr(row_sums, "_FEWEST", 3)
    plain, step = random_step(seed), random_step(seed)
    random = np.random.default_rng(seed)
    without = tuple(random.choice(NAMES, size=random.integers(3), replace=False)) if seed % 2 else ()
    compiled = tg.compile(step, without=without)
    (w, b), (v, c) = world(seed), world(seed)
    kept = []
    for i in range(6):
        x = tg.tensor(random.standard_normal(SHAPE).astype(np.float32))
        got, expected = compiled(x, w, b), plain(x, v, c)
        for a, e in zip(got, expected, strict=True):
            assert a.numpy().tobytes() == e.numpy().tobytes(), (seed, i, without)
        kept.append((got, [a.numpy().copy() for a in got]))
        for p, q in ((w, v), (b, c)):
            assert p.detach().numpy().tobytes() == q.detach().numpy().tobytes(), (seed, i, without)
            assert (p.grad is None) == (q.grad is None)
            if p.grad is not None:
                assert p.grad.numpy().tobytes() == q.grad.numpy().tobytes(), (seed, i, without)
                kept.append(([p.grad], [p.grad.numpy().copy()]))
    for tensors, copies in kept:
        for t, copied in zip(tensors, copies, strict=True):
            assert t.numpy().tobytes() == copied.tobytes()
    assert any(variant.confirmed for variant in compiled._programs)

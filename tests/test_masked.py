"""Masked reductions: each row as the plain reduction of what the mask leaves of it."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import masked

X = np.random.default_rng(0).normal(size=(4, 6))
MASK = np.random.default_rng(1).random((4, 6)) < 0.6

REDUCTIONS = {
    "sum": tg.sum, "prod": tg.prod, "mean": tg.mean, "amax": tg.amax, "amin": tg.amin, "var": tg.var, "std": tg.std,
    "logsumexp": lambda x: tg.logsumexp(x, 0), "median": tg.median,
    "norm": lambda x: (x * x).sum().sqrt(),
}  # fmt: skip


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    leaf, other = (tg.tensor(X, requires_grad=True) for _ in range(2))
    options = {"ord": 2} if name == "norm" else {}
    found = getattr(masked, name)(leaf, dim=1, mask=tg.tensor(MASK), **options)
    rows = tg.stack([REDUCTIONS[name](row[tg.tensor(held)]) for row, held in zip(other, MASK, strict=True)])
    np.testing.assert_allclose(found.detach().numpy(), rows.detach().numpy(), rtol=1e-12)
    weights = tg.arange(1.0, 5).double()
    (found * weights).sum().backward()
    (rows * weights).sum().backward()
    np.testing.assert_allclose(leaf.grad.numpy(), other.grad.numpy(), rtol=1e-10, atol=1e-15)
    plain = getattr(masked, name)(tg.tensor(X), dim=1, **options)
    np.testing.assert_allclose(plain.numpy(), [REDUCTIONS[name](row).item() for row in tg.tensor(X)], rtol=1e-12)


def test_along_an_axis():
    x, mask = tg.tensor(X), tg.tensor(MASK)
    for row in range(4):
        held = MASK[row]
        shares = masked.softmax(x, 1, mask=mask)[row].numpy()
        np.testing.assert_allclose(shares[held], np.exp(X[row][held]) / np.exp(X[row][held]).sum(), rtol=1e-12)
        assert not shares[~held].any()
        least = masked.softmin(x, 1, mask=mask)[row].numpy()
        np.testing.assert_allclose(least[held], np.exp(-X[row][held]) / np.exp(-X[row][held]).sum(), rtol=1e-12)
        np.testing.assert_allclose(masked.log_softmax(x, 1, mask=mask)[row].numpy()[held], np.log(shares[held]))
        assert masked.argmax(x, 1, mask=mask)[row].item() == np.where(held, X[row], -np.inf).argmax()
        assert masked.argmin(x, 1, mask=mask)[row].item() == np.where(held, X[row], np.inf).argmin()
        unit = masked.normalize(x, 2.0, 1, mask=mask)[row].numpy()
        np.testing.assert_allclose(unit, np.where(held, X[row], 0) / np.linalg.norm(X[row][held]), rtol=1e-12)
        np.testing.assert_allclose(masked.cumsum(x, 1, mask=mask)[row].numpy(), np.where(held, X[row], 0).cumsum())
        np.testing.assert_allclose(masked.cumprod(x, 1, mask=mask)[row].numpy(), np.where(held, X[row], 1).cumprod())
    both = masked.logaddexp(x, x, input_mask=mask, other_mask=~mask)
    np.testing.assert_allclose(both.numpy(), X)


def test_integers_and_the_whole():
    x, mask = tg.tensor([3, 1, 2]), tg.tensor([False, True, True])
    assert masked.amax(x, mask=mask).item() == 2 and masked.amin(x, mask=~mask).item() == 3
    assert masked.sum(x, mask=mask, dtype=tg.float32).dtype == tg.float32
    assert masked.prod(x, (0,), mask=mask).item() == 2
    assert masked.mean(tg.ones(2), mask=tg.tensor([False, False])).isnan().item()
    with pytest.raises(RuntimeError, match="either unbiased or correction"):
        masked.var(tg.ones(2), unbiased=True, correction=1)

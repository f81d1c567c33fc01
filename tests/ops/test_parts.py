"""Slopes, parts of axes, boxes of points, and numbers taken apart: beside NumPy, and by hand."""

import math

import numpy as np
import pytest

import tinygrad_edu as tg

rng = np.random.default_rng(0)


@pytest.mark.parametrize("edge", [1, 2])
def test_gradient_is_numpys(edge):
    x, places = rng.normal(size=(4, 5)), np.cumsum(rng.uniform(0.5, 1.5, 5))
    for options, theirs in (({}, ()), ({"spacing": 0.5}, (0.5,)), ({"spacing": (2.0, 3.0)}, (2.0, 3.0))):
        mine = tg.gradient(tg.tensor(x), edge_order=edge, **options)
        for a, b in zip(mine, np.gradient(x, *theirs, edge_order=edge), strict=True):
            np.testing.assert_allclose(a.numpy(), b, rtol=1e-12)
    (mine,) = tg.gradient(tg.tensor(x), spacing=(tg.tensor(places),), dim=-1, edge_order=edge)
    np.testing.assert_allclose(mine.numpy(), np.gradient(x, places, axis=1, edge_order=edge), rtol=1e-10)
    leaf = tg.tensor(x, requires_grad=True)
    assert tg.autograd.gradcheck(lambda x: tg.gradient(x, spacing=2.0, dim=0, edge_order=edge)[0], (leaf,))
    with pytest.raises(RuntimeError, match=f"at least {edge + 1} numbers along axis 0"):
        tg.gradient(tg.tensor(x[:edge]), dim=0, edge_order=edge)
    with pytest.raises(RuntimeError, match="one spacing for each of 2 axes"):
        tg.gradient(tg.tensor(x), spacing=(1.0,))


def test_index_reduce():
    x, index = tg.full((4,), 2.0), tg.tensor([0, 2, 0])
    source = tg.tensor([3.0, 5.0, 7.0])
    expected = {"prod": [42, 2, 10, 2], "mean": [4, 2, 3.5, 2], "amax": [7, 2, 5, 2], "amin": [2, 2, 2, 2]}
    for reduce, values in expected.items():
        assert x.index_reduce(0, index, source, reduce).tolist() == values
        assert x.clone().index_reduce_(0, index, source, reduce).tolist() == values
    assert tg.index_reduce(x, 0, index, source, "mean", include_self=False).tolist() == [5, 2, 5, 2]
    with pytest.raises(RuntimeError, match="index_reduce: reduce must be prod, mean, amax or amin, got 'sum'"):
        tg.index_reduce(x, 0, index, source, "sum")


def test_segment_reduce():
    x = tg.tensor([[1.0, 2], [3, 4], [5, 6]], requires_grad=True)
    lengths = tg.tensor([2, 0, 1])
    expected = {"sum": [[4, 6], [0, 0], [5, 6]], "prod": [[3, 8], [1, 1], [5, 6]],
                "max": [[3, 4], [-np.inf] * 2, [5, 6]], "min": [[1, 2], [np.inf] * 2, [5, 6]],
                "mean": [[2, 3], [np.nan] * 2, [5, 6]]}  # fmt: skip
    for reduce, values in expected.items():
        found = tg.segment_reduce(x, reduce, lengths=lengths)
        np.testing.assert_array_equal(found.detach().numpy(), values)
        by_offsets = tg.segment_reduce(x, reduce, offsets=tg.tensor([0, 2, 2, 3]))
        np.testing.assert_array_equal(by_offsets.detach().numpy(), values)
    assert tg.segment_reduce(x, "max", lengths=lengths, initial=4.5).tolist() == [[4.5, 4.5], [4.5, 4.5], [5, 6]]
    (g,) = tg.autograd.grad(tg.segment_reduce(x, "prod", lengths=lengths)[0].sum(), x)
    assert g.tolist() == [[3, 4], [1, 2], [0, 0]]
    rows = tg.segment_reduce(x.detach().T, "sum", lengths=tg.tensor([[1, 2], [3, 0]]), axis=1)
    assert rows.tolist() == [[1, 8], [12, 0]]
    with pytest.raises(RuntimeError, match="must lie within axis 0 of length 3"):
        tg.segment_reduce(x, "sum", lengths=tg.tensor([2, 2]))
    with pytest.raises(RuntimeError, match="either lengths or offsets"):
        tg.segment_reduce(x, "sum")
    with pytest.raises(RuntimeError, match="reduce must be sum, mean, max, min or prod"):
        tg.segment_reduce(x, "amax", lengths=lengths)


def test_histogramdd_is_numpys():
    points, weights = rng.normal(size=(50, 3)), rng.random(50)
    for options in ({}, {"density": True}, {"weight": tg.tensor(weights)}):
        theirs = {"density": options.get("density"), "weights": weights if "weight" in options else None}
        hist, edges = tg.histogramdd(tg.tensor(points), [2, 3, 4], **options)
        wanted, borders = np.histogramdd(points, (2, 3, 4), **theirs)
        np.testing.assert_allclose(hist.numpy(), wanted, rtol=1e-12)
        for a, b in zip(edges, borders, strict=True):
            np.testing.assert_allclose(a.numpy(), b, rtol=1e-12)
    hist, _ = tg.histogramdd(tg.tensor(points), 2, range=[-1.0, 1, -1, 1, -1, 1])
    assert hist.sum().item() == np.all(np.abs(points) <= 1, axis=1).sum()
    edges = [tg.tensor([-1.0, 0, 0.5]) for _ in range(3)]
    wanted = np.histogramdd(points, [e.numpy() for e in edges])[0]
    np.testing.assert_array_equal(tg.histogramdd(tg.tensor(points), edges).hist.numpy(), wanted)


def test_numbers_taken_apart():
    x = tg.tensor([0.75, -5.0, 0.0, 1e-310, 2.0**1023], dtype=tg.float64, requires_grad=True)
    mantissa, exponent = tg.frexp(x)
    expected = np.frexp(x.detach().numpy())
    np.testing.assert_array_equal(mantissa.detach().numpy(), expected[0])
    np.testing.assert_array_equal(exponent.numpy(), expected[1])
    assert exponent.dtype == tg.int32 and tg.autograd.grad(mantissa[1], x)[0].tolist() == [0, 1 / 8, 0, 0, 0]
    a, b = np.array([1.0, 0, np.inf, np.nan, -2]), np.array([2.0, -1, 0, 1, -2])
    np.testing.assert_array_equal(tg.nextafter(tg.tensor(a), tg.tensor(b)).numpy(), np.nextafter(a, b))
    assert tg.gcd(tg.tensor([12, 18]), tg.tensor(8)).tolist() == [4, 2]
    assert tg.lcm(tg.tensor(4), tg.tensor(6)).item() == 12
    bits = tg.tensor([1.0, 2.0, 1.0]).hash_tensor()
    assert bits.dtype == np.uint64 and bits.item() == np.float64(2).view(np.uint64)
    assert tg.tensor([5, 3]).hash_tensor(0, True).tolist() == [6]
    assert math.isnan(tg.frexp(tg.tensor(float("nan"))).mantissa.item())


def test_nonzero_static():
    x = tg.tensor([[1, 0], [0, 3]])
    assert x.nonzero_static(size=1).tolist() == [[0, 0]]
    assert tg.nonzero_static(x, size=3, fill_value=-7).tolist() == [[0, 0], [1, 1], [-7, -7]]

"""Rows: the quick ways give what the plain ones give."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.ops.rows import BLOCK, product, row_max, row_products, row_sums


@pytest.mark.parametrize("n", [1, BLOCK, 8 * BLOCK, 8 * BLOCK + 1, 20 * BLOCK])
@pytest.mark.parametrize(("k", "m"), [(3, 5), (64, 48), (200, 200), (1, 1)])
@pytest.mark.parametrize("turned", [False, True])
def test_product(n, k, m, turned):
    random = np.random.default_rng(n + k)
    x = random.standard_normal((n, k))
    y = random.standard_normal((m, k)).T if turned else random.standard_normal((k, m))
    np.testing.assert_allclose(product(x, y), x @ y, rtol=1e-12, atol=1e-12)
    assert product(x, y).shape == (n, m)


@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 3, 32), (2, 3, 33), (5, 1), (0, 3)])
def test_sums_products_and_largest_of_rows(shape):
    x, y = np.random.default_rng(0).standard_normal((2, *shape))
    np.testing.assert_allclose(row_sums(x), x.sum(-1, keepdims=True), atol=1e-14)
    np.testing.assert_allclose(row_products(x, y), (x * y).sum(-1, keepdims=True), atol=1e-14)
    np.testing.assert_array_equal(row_max(x), x.max(-1, keepdims=True))


def test_the_largest_of_a_row_with_nan_is_nan():
    assert np.isnan(row_max(np.array([[1.0, np.nan], [2.0, 3.0]]))).tolist() == [[True], [False]]
    with pytest.raises(ValueError):
        row_max(np.zeros((2, 0)))


def test_pieces_of_a_split_that_nobody_used_have_no_gradient():
    x = tg.arange(6.0).requires_grad_()
    _, middle, _ = x.split([1, 2, 3])
    (middle * tg.tensor([5.0, 7.0])).sum().backward()
    assert x.grad.tolist() == [0, 5, 7, 0, 0, 0]


def test_pieces_of_a_split_show_the_memory_of_the_whole():
    x = tg.zeros(4)
    first, second = x.split(2)
    second += 1
    x[0] = 3
    assert x.tolist() == [3, 0, 1, 1] and first.tolist() == [3, 0]

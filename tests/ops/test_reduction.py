"""Reductions at their edges: ties, zeros among factors, nothing to reduce, axes by either name."""

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import tensor
from tinygrad_edu.ops import reduction

INF, NAN = math.inf, math.nan


def gradient(function, numbers, dtype=np.float64):
    x = tensor(numbers, dtype=dtype, requires_grad=True)
    return tg.grad(function(x).sum(), x)[0].numpy()


# ------------------------------------------------------------------------------------------------------ kinks


def test_ties_share_the_gradient_of_a_maximum_evenly():
    np.testing.assert_allclose(gradient(tg.amax, [1.0, 3, 3, 2, 3]), [0, 1 / 3, 1 / 3, 0, 1 / 3])
    np.testing.assert_allclose(gradient(tg.max, [3.0, 3.0]), [0.5, 0.5])
    np.testing.assert_allclose(gradient(lambda x: tg.amin(x, dim=1), [[1.0, 1], [1, 2]]), [[0.5, 0.5], [1, 0]])


def test_along_an_axis_the_first_of_equal_numbers_takes_the_gradient():
    np.testing.assert_array_equal(gradient(lambda x: tg.max(x, 0).values, [1.0, 3, 3]), [0, 1, 0])
    np.testing.assert_array_equal(gradient(lambda x: tg.min(x, 0)[0], [1.0, 3, 1]), [1, 0, 0])


def test_norm_at_zero_has_the_derivative_zero():
    np.testing.assert_array_equal(gradient(tg.norm, [0.0, 0.0]), [0, 0])
    np.testing.assert_array_equal(gradient(lambda x: tg.norm(x, dim=1), [[0.0, 0], [3, 4]]), [[0, 0], [0.6, 0.8]])


def test_deviation_of_equal_numbers_has_the_derivative_zero():
    np.testing.assert_array_equal(gradient(tg.std, [2.0, 2.0]), [0, 0])
    np.testing.assert_array_equal(gradient(lambda x: tg.std(x, 1)[0], [[2.0, 2], [1, 2]]), np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("factors", "wanted"),
    [
        ([2.0, 3, 4], [12, 8, 6]),
        ([2.0, 0, 4], [0, 8, 0]),
        ([0.0, 3, 0], [0, 0, 0]),
        ([0.0], [1]),
    ],
)
def test_product_with_zeros(factors, wanted):
    np.testing.assert_array_equal(gradient(tg.prod, factors), wanted)
    np.testing.assert_array_equal(gradient(lambda x: tg.prod(x, dim=0), factors), wanted)


def test_second_derivative_of_a_product_with_a_zero():
    x = tensor([2.0, 0.0, 4.0], dtype=np.float64, requires_grad=True)
    (first,) = tg.grad(tg.prod(x), x, create_graph=True)
    (second,) = tg.grad(first[1], x)
    np.testing.assert_array_equal(second.numpy(), [4, 0, 2])


def test_running_product_with_zeros():
    """z = x₀, x₀x₁, x₀x₁x₂ ...: each derivative is the sum of the products it stands in."""
    np.testing.assert_array_equal(gradient(lambda x: tg.cumprod(x, dim=0), [2.0, 0, 3, 0]), [1 + 0, 2 + 6, 0, 0])


def test_extremes_with_a_nan_are_nan():
    for function in (tg.amax, tg.amin, tg.max, tg.sum, tg.mean, tg.prod, tg.std):
        assert math.isnan(function(tensor([1.0, NAN, 2.0])).item())


# --------------------------------------------------------------------------------------------------- numerics


def test_logsumexp_far_out():
    for shift in (1e4, -1e4):
        x = tensor([shift, shift], requires_grad=True)
        z = tg.logsumexp(x, dim=0)
        assert z.item() == pytest.approx(shift + math.log(2))
        z.backward()
        np.testing.assert_allclose(x.grad.numpy(), [0.5, 0.5])


def test_logsumexp_of_nothing_but_minus_infinity():
    assert tg.logsumexp(tensor([-INF, -INF]), dim=0).item() == -INF
    assert tg.logsumexp(tensor([-INF, 1.0]), dim=0).item() == 1
    assert tg.logsumexp(tensor([INF, 1.0]), dim=0).item() == INF


def test_variance_by_its_several_names():
    x = tensor([[1.0, 2, 4], [3, 5, 9]], dtype=np.float64)
    a = x.numpy()
    assert tg.var(x).item() == pytest.approx(np.var(a, ddof=1))
    assert tg.var(x, False).item() == pytest.approx(np.var(a))
    assert tg.var(x, unbiased=False).item() == pytest.approx(np.var(a))
    np.testing.assert_allclose(tg.var(x, dim=1, correction=0).numpy(), np.var(a, 1))
    np.testing.assert_allclose(tg.std(x, 0, keepdim=True).numpy(), np.std(a, 0, ddof=1, keepdims=True))
    np.testing.assert_allclose(np.var(x, axis=1).numpy(), np.var(a, 1))
    np.testing.assert_allclose(np.std(x, axis=0, ddof=1).numpy(), np.std(a, 0, ddof=1))


def test_variance_of_one_number_is_nan():
    assert math.isnan(tg.var(tensor([3.0])).item())


@pytest.mark.parametrize("p", [1, 2, 3, INF, -INF, 0, "fro"])
def test_norms(p):
    x = np.array([3.0, -4.0, 1.5])
    wanted = np.linalg.norm(x, 2 if p == "fro" else p)
    assert tg.norm(tensor(x), p).item() == pytest.approx(wanted)


# ------------------------------------------------------------------------------------------- sort and its kin


def test_sort_is_stable_both_ways():
    x = tensor([2.0, 1, 2, 1, 3])
    assert tg.sort(x).indices.tolist() == [1, 3, 0, 2, 4]
    values, indices = tg.sort(x, descending=True)
    assert values.tolist() == [3, 2, 2, 1, 1]
    assert indices.tolist() == [4, 0, 2, 1, 3]


def test_sort_brings_each_gradient_home():
    x = tensor([[3.0, 1, 2], [1, 3, 2]], requires_grad=True)
    (tg.sort(x, dim=1).values * tensor([1.0, 10, 100])).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [[100, 1, 10], [1, 100, 10]])


def test_the_order_alone_has_no_derivative():
    assert not tg.sort(tensor([2.0, 1.0], requires_grad=True)).indices.requires_grad
    assert not tg.argmax(tensor([2.0, 1.0], requires_grad=True)).requires_grad


def test_topk():
    x = tensor([1.0, 4, 3, 2], requires_grad=True)
    values, indices = tg.topk(x, 2)
    assert values.tolist() == [4, 3] and indices.tolist() == [1, 2]
    values.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [0, 1, 1, 0])
    assert tg.topk(x, 1, largest=False).values.tolist() == [1]


# -------------------------------------------------------------------------------------- axes, types, zero size


NAMED = ["sum", "mean", "prod", "amax", "amin", "logsumexp", "argmax", "argmin", "all", "any"]


@pytest.mark.parametrize("name", NAMED)
def test_axes_go_by_either_name(name):
    function = getattr(reduction, name)
    x = tensor(np.arange(6.0).reshape(2, 3))
    a = function(x, dim=1, keepdim=True)
    b = function(x, axis=1, keepdims=True)
    assert a.shape == b.shape == (2, 1)
    np.testing.assert_array_equal(a.numpy(), b.numpy())
    np.testing.assert_array_equal(function(x, 1, True).numpy(), a.numpy())
    assert function(x, -1).shape == (2,)
    assert function(x).shape == ()


@pytest.mark.parametrize("name", ["sum", "mean", "amax", "amin", "prod", "logsumexp"])
def test_several_axes_as_tuple_or_list(name):
    function = getattr(reduction, name)
    x = tensor(np.arange(24.0).reshape(2, 3, 4))
    np.testing.assert_array_equal(function(x, dim=(0, 2)).numpy(), function(x, dim=[0, -1]).numpy())
    assert function(x, dim=(0, 2), keepdim=True).shape == (1, 3, 1)


def test_sums_of_integers_and_booleans_are_int64():
    assert tg.sum(tensor([1, 2], dtype=np.int32)).dtype == np.int64
    assert tg.sum(tensor([1, 2], dtype=np.uint8)).dtype == np.int64
    assert tg.sum(tensor([True, True])).item() == 2
    assert tg.sum(tensor([1, 2]), dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.bool_])
def test_products_and_running_sums_of_integers_are_int64(dtype):
    x = tensor([1, 0, 1], dtype=dtype)
    for z in (tg.prod(x), tg.cumsum(x, dim=0), tg.cumprod(x, dim=0)):
        assert z.dtype == np.int64
    assert tg.logsumexp(x, dim=0).dtype == np.float32


@pytest.mark.parametrize("function", [tg.max, tg.min, tg.sort, tg.argsort, tg.std, tg.var, tg.norm])
def test_composed_reductions_take_an_axis_too(function):
    x = tensor([[3.0, 1.0], [2.0, 5.0]])
    a, b = function(x, dim=0), function(x, axis=0)
    for p, q in zip(a, b, strict=True) if isinstance(a, tuple) else [(a, b)]:
        assert p.tolist() == q.tolist()


def test_a_wider_sum_brings_back_narrow_gradients():
    x = tensor([1.0, 2.0], dtype=np.float16, requires_grad=True)
    z = tg.sum(x, dtype=np.float64)
    assert z.dtype == np.float64
    z.backward()
    assert x.grad.dtype == np.float16


def test_reductions_give_arrays_not_scalars():
    for function in (tg.sum, tg.mean, tg.prod, tg.amax, tg.argmax, tg.all, tg.count_nonzero):
        assert isinstance(function(tensor([1.0, 2.0])).numpy(), np.ndarray)


def test_nothing_to_reduce():
    empty = tensor(np.zeros((0, 3)), requires_grad=True)
    assert tg.sum(empty).item() == 0
    assert tg.prod(empty).item() == 1
    assert math.isnan(tg.mean(empty).item())
    np.testing.assert_array_equal(tg.sum(empty, dim=0).detach().numpy(), np.zeros(3))
    assert tg.amax(empty, dim=1).shape == (0,)
    assert tg.sort(empty).values.shape == (0, 3)
    assert tg.cumsum(empty, dim=0).shape == (0, 3)
    assert tg.all(empty).item() is True and tg.any(empty).item() is False
    (tg.sum(empty) + tg.mean(empty) + tg.prod(empty)).backward()
    assert empty.grad.shape == (0, 3)


@pytest.mark.parametrize("function", [tg.sum, tg.mean, tg.prod, tg.amax, tg.amin])
def test_a_single_number_is_its_own_reduction(function):
    x = tensor(3.0, requires_grad=True)
    z = function(x)
    assert z.shape == () and z.item() == 3
    z.backward()
    assert x.grad.item() == 1


# ---------------------------------------------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: tg.mean(tensor([1, 2])), TypeError,
         "mean: floating numbers expected, got int64; convert first, e.g. x.float().mean()"),
        (lambda: tg.topk(tensor([1.0, 2.0]), 3), ValueError,
         "topk: k must be from 0 to 2, the length of axis -1, got 3"),
        (lambda: tg.amax(tensor(np.zeros((0, 3))), dim=0), ValueError, "amax: "),
        (lambda: tg.sum(tensor([1.0]), dim=3), (ValueError, IndexError), "sum: "),
        (lambda: tg.sort(tensor([1.0]), dim=3), (ValueError, IndexError), "sort: "),
        (lambda: tg.cumsum(tensor([1.0]), dim=1), (ValueError, IndexError), "cumsum: "),
    ],
)  # fmt: skip
def test_messages(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value).startswith(message)


# ------------------------------------------------------------------------------- what NumPy's users write instead


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.sum(x, axis=1), lambda x: np.mean(x), lambda x: np.max(x, axis=0), lambda x: np.prod(x, 1),
        lambda x: np.sort(x, axis=0), lambda x: np.ptp(x, axis=1), lambda x: np.cumsum(x, 0),
        lambda x: np.linalg.norm(x, axis=1), lambda x: np.average(x, axis=0, weights=x * x),
        lambda x: np.add.reduce(x, axis=1), lambda x: np.multiply.reduce(x), lambda x: np.maximum.reduce(x, axis=1),
        lambda x: np.add.accumulate(x, axis=1), lambda x: np.argsort(x, axis=1), lambda x: np.count_nonzero(x),
    ],
)  # fmt: skip
def test_numpy_s_functions_answer_for_tensors(function):
    a = np.array([[3.0, 1.0, 2.0], [0.5, -1.0, 4.0]])
    z = function(tensor(a, requires_grad=True))
    assert isinstance(z, tg.Tensor)
    np.testing.assert_allclose(z.detach().numpy(), function(a))


def test_differences_and_what_is_no_nan():
    x = np.array([[1.0, np.nan, 4.0], [9.0, 16.0, 25.0]])
    t = tg.tensor(x, requires_grad=True)
    np.testing.assert_allclose(np.nansum(t, axis=1).detach(), np.nansum(x, axis=1))
    np.testing.assert_allclose(np.nanmean(t).item(), np.nanmean(x))
    np.testing.assert_allclose(np.diff(t[1], 2).detach(), np.diff(x[1], 2))
    np.nansum(t).backward()
    assert t.grad.tolist() == [[1, 0, 1], [1, 1, 1]]


def test_statistics_of_nothing_are_nan_without_a_warning():
    x = tg.zeros(3, 0)
    assert np.isnan(x.var(1).numpy()).all() and np.isnan(x.std(1).numpy()).all()

"""Elementwise ops at their edges: kinks, tails, special numbers, types, messages."""

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import tensor
from tinygrad_edu.ops import elementwise

INF, NAN = math.inf, math.nan


def slope(function, *numbers, dtype=np.float64):
    """The derivatives of function at the numbers, one for each argument."""
    xs = [tensor([x], dtype=dtype, requires_grad=True) for x in numbers]
    return [g.numpy()[0] for g in tg.grad(function(*xs).sum(), xs, materialize_grads=True)]


# ---------------------------------------------------------------------------------------------------- kinks


@pytest.mark.parametrize(
    ("function", "at", "wanted"),
    [
        (tg.relu, [0.0], [0.0]),
        (tg.relu, [-0.0], [0.0]),
        (tg.abs, [0.0], [0.0]),
        (tg.sign, [0.0], [0.0]),
        (tg.sqrt, [0.0], [INF]),
        (lambda x: tg.clamp(x, -1, 1), [1.0], [1.0]),
        (lambda x: tg.clamp(x, -1, 1), [-1.0], [1.0]),
        (lambda x: tg.clamp(x, -1, 1), [1.1], [0.0]),
        (lambda x: tg.clamp(x, max=1), [1.0], [1.0]),
        (lambda x: tg.clamp(x, min=1), [1.0], [1.0]),
        (tg.sinc, [0.0], [0.0]),
        (tg.maximum, [2.0, 2.0], [0.5, 0.5]),
        (tg.minimum, [2.0, 2.0], [0.5, 0.5]),
        (tg.maximum, [NAN, 2.0], [1.0, 1.0]),
        (tg.minimum, [2.0, NAN], [1.0, 1.0]),
        (tg.fmax, [2.0, 2.0], [1.0, 0.0]),
        (tg.fmin, [2.0, 2.0], [1.0, 0.0]),
        (tg.fmax, [NAN, 2.0], [0.0, 1.0]),
        (tg.fmin, [2.0, NAN], [1.0, 0.0]),
        (tg.copysign, [0.0, -1.0], [0.0, 0.0]),
        (tg.atan2, [0.0, 0.0], [0.0, 0.0]),
        (tg.remainder, [4.0, 2.0], [1.0, -2.0]),
        (tg.fmod, [-4.5, 2.0], [1.0, 2.0]),
        (tg.frac, [1.5], [1.0]),
        (tg.nan_to_num, [NAN], [0.0]),
        (tg.nan_to_num, [INF], [0.0]),
        (tg.nan_to_num, [3.0], [1.0]),
        (tg.pow, [0.0, 0.0], [0.0, 0.0]),
        (tg.pow, [0.0, 1.0], [1.0, 0.0]),
        (tg.pow, [0.0, 2.0], [0.0, 0.0]),
        (tg.pow, [0.0, -1.0], [-INF, -INF]),
        (lambda x: x**0, [0.0], [0.0]),
        (lambda x: x**0.0, [-2.0], [0.0]),
        (lambda x: x**1, [0.0], [1.0]),
        (lambda x: x**2, [0.0], [0.0]),
        (lambda x: x**-1, [2.0], [-0.25]),
        (lambda x: 0.0**x, [2.0], [0.0]),
        (lambda x: 0.0**x, [0.0], [0.0]),
        (lambda x: 2**x, [3.0], [8 * math.log(2)]),
        (tg.hypot, [3.0, 4.0], [0.6, 0.8]),
    ],
)
def test_derivative_at_a_kink(function, at, wanted):
    np.testing.assert_allclose(slope(function, *at), wanted, rtol=1e-12)


@pytest.mark.parametrize("function", [tg.floor, tg.ceil, tg.trunc, tg.round, tg.sign])
def test_steps_are_flat_everywhere(function):
    x = tensor([-1.0, -0.5, 0.0, 0.3, 2.0], requires_grad=True)
    function(x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.zeros(5))


def test_relu_at_the_special_numbers():
    z = tg.relu(tensor([-INF, INF, -0.0, 0.0, -3.0]))
    np.testing.assert_array_equal(z.numpy(), [0, INF, 0, 0, 0])
    assert not np.signbit(z.numpy()).any()
    assert math.isnan(tg.relu(tensor(NAN)).item())


def test_a_negative_number_to_the_power_of_a_tensor():
    y = tensor([2.0, 3.0, 0.5], requires_grad=True)
    z = (-2.0) ** y
    np.testing.assert_array_equal(z.detach().numpy(), np.array([4, -8, NAN], np.float32))
    z.sum().backward()
    assert np.isnan(y.grad.numpy()).all()  # ln of a negative number


def test_second_derivative_of_powers_at_zero():
    x = tensor([0.0], dtype=np.float64, requires_grad=True)
    for n, wanted in ((2, 2.0), (3, 0.0), (1, 0.0), (0, 0.0)):
        (first,) = tg.grad((x**n).sum(), x, create_graph=True)
        (second,) = tg.grad(first.sum(), x, materialize_grads=True) if first.requires_grad else (tensor([0.0]),)
        assert second.item() == wanted, n


# --------------------------------------------------------------------------------------------------- numerics


def test_sigmoid_keeps_its_digits_in_the_tail():
    x = tensor([-20.0, -80.0], requires_grad=True)
    np.testing.assert_allclose(tg.log(tg.sigmoid(x)).detach().numpy(), [-20, -80], rtol=1e-6)
    tg.log(tg.sigmoid(x)).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [1, 1], rtol=1e-6)


def test_sigmoid_at_the_ends():
    x = tensor([-INF, -1e4, 1e4, INF], requires_grad=True)
    z = tg.sigmoid(x)
    np.testing.assert_array_equal(z.detach().numpy(), [0, 0, 1, 1])
    z.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.zeros(4))


def test_logaddexp_does_not_overflow():
    x, y = tensor([1e4, -1e4], requires_grad=True), tensor([1e4, 1e4], requires_grad=True)
    z = tg.logaddexp(x, y)
    np.testing.assert_allclose(z.detach().numpy(), [1e4 + math.log(2), 1e4])
    z.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [0.5, 0])
    np.testing.assert_allclose(y.grad.numpy(), [0.5, 1])


def test_small_arguments_keep_their_digits():
    x = tensor(1e-10, dtype=np.float64)
    assert tg.expm1(x).item() == pytest.approx(1e-10, rel=1e-12)
    assert tg.log1p(x).item() == pytest.approx(1e-10, rel=1e-12)


def test_hypot_does_not_overflow():
    assert tg.hypot(tensor(3e200, dtype=np.float64), tensor(4e200, dtype=np.float64)).item() == pytest.approx(5e200)


def test_where_gives_no_gradient_to_the_branch_not_taken():
    x, y = tensor([1.0, 2.0], requires_grad=True), tensor([3.0, 4.0], requires_grad=True)
    tg.where(tensor([True, False]), x, y).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [1, 0])
    np.testing.assert_array_equal(y.grad.numpy(), [0, 1])


def test_where_with_a_harmless_input_first():
    x = tensor([-1.0, 2.0], requires_grad=True)
    positive = x > 0
    tg.where(positive, tg.log(tg.where(positive, x, 1.0)), 0.0).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [0, 0.5])


def test_ops_are_quiet():
    """filterwarnings is "error": a warning of NumPy's here would fail the test."""
    x = tensor([0.0, -1.0, 1e30], requires_grad=True)
    for function in (tg.log, tg.sqrt, tg.reciprocal, tg.exp, tg.square, tg.asin):
        function(x).sum().backward()


# ------------------------------------------------------------------------------------------------------ types


FLOAT16, FLOAT32, FLOAT64 = np.float16, np.float32, np.float64
PROMOTION = [
    # first, second, what their sum and product are
    (tensor([1, 2]), 2, np.int64),
    (tensor([1, 2]), 2.5, FLOAT32),
    (tensor([1, 2], dtype=np.uint8), 2, np.uint8),
    (tensor([1, 2], dtype=np.uint8), True, np.uint8),
    (tensor([True, False]), 2, np.int64),
    (tensor([True, False]), 2.5, FLOAT32),
    (tensor([1.0]), 2.5, FLOAT32),
    (tensor([1.0], dtype=FLOAT16), 2.5, FLOAT16),
    (tensor([1.0]), tensor([1, 2]), FLOAT32),
    (tensor([1.0]), tensor([1.0], dtype=FLOAT64), FLOAT64),
    (tensor([1.0], dtype=FLOAT16), tensor([1.0]), FLOAT32),
    (tensor([1.0]), tensor(1.0, dtype=FLOAT64), FLOAT32),
    (tensor([1.0]), np.float64(1.0), FLOAT32),
    (tensor([1.0]), tensor(1), FLOAT32),
    (tensor([1, 2]), tensor(1.0, dtype=FLOAT64), FLOAT64),
    (tensor([1, 2]), tensor(1.0), FLOAT32),
    (tensor([1, 2], dtype=np.int32), tensor([1, 2]), np.int64),
    (tensor([1, 2], dtype=np.uint8), tensor([1, 2], dtype=np.int8), np.int16),
    (tensor([1, 2], dtype=np.int32), tensor(1), np.int32),
    (tensor(1.0), tensor(1.0, dtype=FLOAT64), FLOAT64),
    (tensor([True]), tensor([1], dtype=np.uint8), np.uint8),
]


@pytest.mark.parametrize(("x", "y", "wanted"), PROMOTION)
def test_types_are_promoted_as_in_pytorch(x, y, wanted):
    for z in (x + y, x * y, y * x, tg.maximum(x, y)):
        assert z.dtype == wanted


def test_the_promotion_table_is_pytorch_s():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed, so nothing is compared with it")

    def theirs(x):
        return torch.from_numpy(x.numpy()) if isinstance(x, tg.Tensor) else x.item() if isinstance(x, np.generic) else x

    for x, y, wanted in PROMOTION:
        assert (theirs(x) + theirs(y)).numpy().dtype == wanted


def test_booleans_add_as_or_and_multiply_as_and():
    x, y = tensor([True, True, False]), tensor([True, False, False])
    assert (x + y).tolist() == [True, True, False]
    assert (x * y).tolist() == [True, False, False]


def test_integers_divide_to_floats():
    z = tensor([1, 2]) / tensor([2, 2])
    assert z.dtype == FLOAT32 and z.tolist() == [0.5, 1.0]
    assert (tensor([7, -7]) // 2).tolist() == [3, -4]
    assert (tensor([7, -7]) % 3).tolist() == [1, 2]
    assert tg.fmod(tensor([7, -7]), 3).tolist() == [1, -1]


@pytest.mark.parametrize("function", [tg.exp, tg.sin, tg.sqrt, tg.log, tg.sigmoid, tg.reciprocal, tg.tanh])
def test_integers_become_floats(function):
    assert function(tensor([1, 2])).dtype == FLOAT32
    assert function(tensor([True])).dtype == FLOAT32


@pytest.mark.parametrize(
    "function", [tg.relu, tg.abs, tg.neg, tg.square, tg.sign, tg.floor, tg.ceil, tg.trunc, tg.round]
)
def test_integers_stay_integers(function):
    assert function(tensor([1, -2])).dtype == np.int64


@pytest.mark.parametrize("function", [tg.eq, tg.ne, tg.lt, tg.le, tg.gt, tg.ge, tg.logical_and, tg.logical_or])
def test_comparisons_give_booleans_without_a_derivative(function):
    z = function(tensor([1.0, 2.0], requires_grad=True), 1)
    assert z.dtype == np.bool_ and not z.requires_grad


def test_a_cast_brings_the_gradient_back_in_the_first_type():
    x = tensor([1.0, 2.0], requires_grad=True)
    x.double().sum().backward()
    assert x.grad.dtype == FLOAT32


def test_a_number_beside_a_narrow_float_stays_narrow_in_the_gradient():
    x = tensor([0.5, 2.0], dtype=FLOAT16, requires_grad=True)
    ((x * 3.0 + 1) / 2).sum().backward()
    assert x.grad.dtype == FLOAT16


# ------------------------------------------------------------------------------------------ zero size, messages


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_nothing_in_nothing_out(shape):
    x = tensor(np.zeros(shape), requires_grad=True)
    z = tg.sigmoid(x * 2 + tensor(np.zeros(shape[-1:])))
    assert z.shape == shape
    z.sum().backward()
    assert x.grad.shape == shape


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: tensor([1.0, 2.0]) + tensor([1.0, 2.0, 3.0]), ValueError,
         "add: shapes must be equal, or 1 where they differ (counted from the right); add an axis, or transpose "
         "one; got shapes (2,), (3,)"),
        (lambda: tensor(np.ones((2, 3))) * tensor(np.ones(2)), ValueError,
         "mul: shapes must be equal, or 1 where they differ (counted from the right); add an axis, or transpose "
         "one; got shapes (2, 3), (2,)"),
        (lambda: elementwise.clamp(tensor([1.0])), ValueError,
         "clamp: at least one of min and max is needed, got neither"),
        (lambda: tensor([1.0]) + "a", TypeError,
         "add: tensors, arrays and single real numbers expected, got str"),
        (lambda: tg.sin(), TypeError, "sin: argument 'x' is missing"),
        (lambda: tg.sin(tensor(1.0), 2), TypeError, "sin: at most 1 arguments, got 2"),
        (lambda: elementwise.clamp(tensor(1.0), low=2), TypeError, "clamp: no argument 'low'; it takes x, min, max"),
        (lambda: tensor([1, 2]) // 0, ZeroDivisionError, "floor_divide: an integer was divided by 0"),
        (lambda: tensor([1, 2]) % tensor([1, 0]), ZeroDivisionError, "remainder: an integer was divided by 0"),
    ],
)  # fmt: skip
def test_messages(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == message


def test_heaviside_at_its_step():
    x = tensor([-1.0, 0.0, 2.0], requires_grad=True)
    z = np.heaviside(x, 0.5)
    z.sum().backward()
    assert z.tolist() == [0, 0.5, 1]
    assert x.grad.tolist() == [0, 0, 0]


def test_numpys_composed_functions():
    x = tensor([1.5, -2.25, 4.0], requires_grad=True)
    array = x.detach().numpy()
    for ours, theirs in zip(np.modf(x), np.modf(array), strict=True):
        np.testing.assert_array_equal(ours.detach(), theirs)
    for ours, theirs in zip(np.divmod(x, 0.5), np.divmod(array, 0.5), strict=True):
        np.testing.assert_array_equal(ours.detach(), theirs)
    np.testing.assert_array_equal(np.ldexp(x, 3).detach(), np.ldexp(array, 3))
    np.testing.assert_array_equal(np.conj(x).detach(), array)
    np.testing.assert_array_equal(np.around(x).detach(), np.around(array))
    assert np.allclose(x, array) and np.array_equal(x, array) and np.isclose(x, array).all()

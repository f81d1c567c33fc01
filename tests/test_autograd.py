"""gradcheck finds planted mistakes and says what kind each is; right formulas pass, also at the second derivative."""

import numpy as np
import pytest

from tinygrad_edu import autograd, float64, op, tensor
from tinygrad_edu.engine import registry


def leaf(*shape, seed=0):
    values = np.random.default_rng(seed).uniform(0.3, 1.5, shape)
    return tensor(values, requires_grad=True)


@pytest.fixture
def scratch():
    """Ops made in a test leave the registry with it."""
    before = set(registry)
    yield
    for name in set(registry) - before:
        del registry[name]


def product(mistake):
    """x yᵀ-like products with a mistake planted into the way back of x."""
    @op()
    def planted(x, y):
        def dx(g): return mistake(g, x, y)
        def dy(g): return np.matmul(x.T, g)
        return np.matmul(x, y), dx, dy
    return planted


MISTAKES = {
    "a factor of 7": lambda g, x, y: 7 * np.matmul(g, y.T),
    "a factor of 0.5": lambda g, x, y: np.matmul(g, y.T) / 2,
    "a wrong sign": lambda g, x, y: -np.matmul(g, y.T),
    "a transposition": lambda g, x, y: np.matmul(g, y.T).T,
    "no derivative at all": lambda g, x, y: np.zeros_like(x),
    "nan or inf": lambda g, x, y: np.matmul(g, y.T) * np.nan,
    "contributions left out": lambda g, x, y: np.matmul(g, y.T) * np.tri(3),
    "no common mistake": lambda g, x, y: np.matmul(g, y.T) + x,
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_planted_mistake_is_named(kind, scratch):
    planted = product(MISTAKES[kind])
    with pytest.raises(autograd.GradcheckError, match=rf"output 0 by input 0.*\n.*\n.*looks like {kind}"):
        autograd.gradcheck(planted, (leaf(3, 3), leaf(3, 3, seed=1)))
    assert not autograd.gradcheck(planted, (leaf(3, 3), leaf(3, 3, seed=1)), raise_exception=False)


def test_a_missing_sum_over_a_broadcast_axis_is_named(scratch):
    @op()
    def add_row(x, row):
        def dx(g): return g
        def drow(g): return g[0]
        return x + row, dx, drow

    with pytest.raises(autograd.GradcheckError, match="a missing sum over a broadcast axis"):
        autograd.gradcheck(add_row, (leaf(3, 2), leaf(2)))


def test_a_kink_is_told_from_a_mistake():
    with pytest.raises(autograd.GradcheckError, match="a kink"):
        autograd.gradcheck(lambda x: x.relu(), tensor([-1.0, 0.0, 2.0], dtype=float64, requires_grad=True))


def test_right_formulas_pass():
    x, y = leaf(3, 2), leaf(2, 3, seed=1)
    assert autograd.gradcheck(lambda a, b: (a @ b).tanh(), (x, y))
    assert autograd.gradcheck(lambda a: (a.sum(0), a.exp()), x)
    assert autograd.gradgradcheck(lambda a, b: (a @ b).tanh(), (x, y))


def test_a_wrong_second_derivative_is_found(scratch):
    @op()
    def frozen_square(x):
        twice = 2 * np.array(getattr(x, "_array", x))  # the way back forgets that it depends on x
        def dx(g): return g * twice
        return x * x, dx

    x = leaf(3)
    assert autograd.gradcheck(frozen_square, x)
    with pytest.raises(autograd.GradcheckError):
        autograd.gradgradcheck(frozen_square, x)


def test_inputs_that_cannot_be_checked_are_refused():
    with pytest.raises(ValueError, match="float64"):
        autograd.gradcheck(lambda x: x.exp(), tensor([1.0], requires_grad=True))
    with pytest.raises(ValueError, match="must require grad"):
        autograd.gradcheck(lambda x: x.exp(), tensor([1.0], dtype=float64))
    with pytest.raises(ValueError, match="must return a floating Tensor"):
        autograd.gradcheck(lambda x: x.argmax(), leaf(3))


def test_backward_of_several_tensors():
    x = leaf(3)
    autograd.backward([(x * 2).sum(), (x * 3).sum()])
    np.testing.assert_allclose(x.grad.numpy(), 5)

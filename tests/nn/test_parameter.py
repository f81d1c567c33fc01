import copy
import pickle

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


def test_a_parameter_requires_grad_and_is_a_leaf():
    p = nn.Parameter(tg.tensor([1.0, 2.0]))
    assert isinstance(p, tg.Tensor) and p.requires_grad and p.is_leaf and p.dtype == tg.float32
    (p * p).sum().backward()
    np.testing.assert_array_equal(p.grad.numpy(), [2, 4])


def test_what_is_computed_from_a_parameter_is_a_plain_tensor():
    assert type(nn.Parameter(tg.ones(2)) * 2) is tg.Tensor


def test_it_shares_the_memory_of_a_tensor_and_copies_numbers():
    t, array = tg.zeros(2), np.zeros(2, np.float32)
    shared, copied = nn.Parameter(t), nn.Parameter(array)
    t.fill_(1.0)
    array[:] = 1
    np.testing.assert_array_equal(shared.detach().numpy(), [1, 1])
    np.testing.assert_array_equal(copied.detach().numpy(), [0, 0])


def test_a_frozen_parameter():
    assert not nn.Parameter(tg.ones(2), requires_grad=False).requires_grad
    assert not nn.Parameter([1, 2], requires_grad=False).requires_grad


def test_integers_are_refused():
    with pytest.raises(RuntimeError, match=r"only floating tensors can require grad.*int64"):
        nn.Parameter(tg.tensor([1, 2]))


@pytest.mark.parametrize("through", [copy.deepcopy, copy.copy, lambda p: pickle.loads(pickle.dumps(p))])
def test_copies_stay_parameters(through):
    p = nn.Parameter(tg.tensor([1.0, 2.0]))
    q = through(p)
    assert type(q) is nn.Parameter and q.requires_grad and q is not p
    np.testing.assert_array_equal(q.detach().numpy(), [1, 2])


def test_a_deep_copy_has_its_own_numbers_and_gradient():
    p = nn.Parameter(tg.tensor([1.0, 2.0]))
    q = copy.deepcopy(p)
    (q * 3).sum().backward()
    q.data.zero_()
    assert p.grad is None
    np.testing.assert_array_equal(p.detach().numpy(), [1, 2])


def test_repr():
    assert repr(nn.Parameter(tg.ones(2))).startswith("Parameter containing:\ntensor([1., 1.]")

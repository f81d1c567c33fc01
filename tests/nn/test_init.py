import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.nn import init
from tinygrad_edu.random import Generator


def filled(function, *args, shape=(200, 300), **options):
    t = tg.zeros(*shape)
    assert function(t, *args, generator=Generator().manual_seed(3), **options) is t
    again = function(tg.zeros(*shape), *args, generator=Generator().manual_seed(3), **options)
    np.testing.assert_array_equal(again.numpy(), t.numpy())
    return t.numpy()


def looks(a, mean, std, low, high):
    assert abs(a.mean() - mean) < 0.02 * (std + 1e-9) + 1e-9 and abs(a.std() - std) < 0.02 * std
    assert a.min() >= low and a.max() <= high


def test_uniform_and_normal():
    looks(filled(init.uniform_, -1, 3), 1, 4 / math.sqrt(12), -1, 3)
    looks(filled(init.normal_, 2, 0.5), 2, 0.5, -5, 9)
    cut = filled(init.trunc_normal_, 0, 1, -0.5, 2)
    assert cut.min() >= -0.5 and cut.max() <= 2 and cut.max() > 1.9 and cut.min() < -0.49


def test_xavier_and_kaiming_on_a_convolution():
    shape = (64, 32, 3, 3)
    fan_in, fan_out = 32 * 9, 64 * 9
    std = 2 * math.sqrt(2 / (fan_in + fan_out))
    looks(filled(init.xavier_uniform_, 2, shape=shape), 0, std, -std * math.sqrt(3), std * math.sqrt(3))
    looks(filled(init.xavier_normal_, 2, shape=shape), 0, std, -9, 9)
    std = math.sqrt(2 / fan_in)
    looks(filled(init.kaiming_uniform_, shape=shape), 0, std, -std * math.sqrt(3), std * math.sqrt(3))
    std = 5 / 3 / math.sqrt(fan_out)
    looks(filled(init.kaiming_normal_, mode="fan_out", nonlinearity="tanh", shape=shape), 0, std, -9, 9)


def test_kaiming_with_the_square_root_of_five_is_linear_s_start():
    a = filled(init.kaiming_uniform_, a=math.sqrt(5), shape=(300, 100))
    looks(a, 0, 0.1 / math.sqrt(3), -0.1, 0.1)


def test_constants():
    assert init.constant_(tg.zeros(2), 3).tolist() == [3, 3]
    assert init.ones_(tg.zeros(2)).tolist() == [1, 1] and init.zeros_(tg.ones(2)).tolist() == [0, 0]
    assert init.eye_(tg.ones(2, 3)).tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("shape", [(5, 8), (8, 5), (6, 2, 3), (3, 3)])
def test_orthogonal(shape):
    a = filled(init.orthogonal_, 2, shape=shape).reshape(shape[0], -1)
    product = a @ a.T if a.shape[0] <= a.shape[1] else a.T @ a
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


def test_sparse():
    a = filled(init.sparse_, 0.25, shape=(10, 50))
    assert ((a == 0).sum(axis=0) == 3).all()


def test_gains_as_pytorch(torch):
    for name in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"):
        assert init.calculate_gain(name) == pytest.approx(torch.nn.init.calculate_gain(name))
    assert init.calculate_gain("leaky_relu", 0.2) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.2))


def test_a_parameter_is_filled_off_the_graph_and_the_graph_notices():
    layer = nn.Linear(2, 1)
    y = layer(tg.ones(1, 2, requires_grad=True)).sum()
    init.zeros_(layer.weight)
    assert layer.weight.is_leaf and layer.weight.requires_grad and layer.weight.tolist() == [[0, 0]]
    with pytest.raises(RuntimeError, match="overwritten"):
        y.backward()


@pytest.mark.parametrize("function", [init.uniform_, init.normal_, init.zeros_, init.trunc_normal_])
def test_empty_tensors(function):
    assert function(tg.zeros(0, 3)).shape == (0, 3)


@pytest.mark.parametrize("function", [init.xavier_uniform_, init.kaiming_normal_, init.orthogonal_])
def test_empty_matrices(function):
    assert function(tg.zeros(0, 3)).shape == (0, 3)


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: init.uniform_(np.zeros(2)), TypeError, "init.uniform_: a tensor expected, got ndarray"),
        (lambda: init.uniform_(tg.zeros(2), 2, 1), ValueError, "a must not exceed b, got a=2, b=1"),
        (lambda: init.uniform_(tg.tensor([1])), TypeError, "floating dtype expected, got int64"),
        (lambda: init.normal_(tg.zeros(2), 0, -1), ValueError, "std must not be negative, got -1"),
        (lambda: init.trunc_normal_(tg.zeros(2), a=2, b=1), ValueError, "a < b and std > 0 expected"),
        (lambda: init.trunc_normal_(tg.zeros(2), a=50, b=60), ValueError, "more than 4 deviations from the "
                                                                          "mean"),
        (lambda: init.xavier_uniform_(tg.zeros(2)), ValueError, "fewer than 2 dimensions, got shape"),
        (lambda: init.kaiming_normal_(tg.zeros(2, 2), mode="fan"), ValueError, "Mode fan not supported"),
        (lambda: init.kaiming_normal_(tg.zeros(2, 2), nonlinearity="softsign"), ValueError, "Unsupported "
                                                                                            "nonlinearity "
                                                                                            "softsign"),
        (lambda: init.calculate_gain("leaky_relu", "x"), ValueError, "negative_slope x not a valid number"),
        (lambda: init.eye_(tg.zeros(2)), ValueError, "Only tensors with 2 dimensions are supported"),
        (lambda: init.orthogonal_(tg.zeros(2)), ValueError, "at least 2 axes expected"),
        (lambda: init.sparse_(tg.zeros(2), 0.1), ValueError, "Only tensors with 2 dimensions are supported"),
        (lambda: init.sparse_(tg.zeros(2, 2), 2), ValueError, "sparsity must lie between 0 and 1, got 2"),
        (lambda: init.uniform_(tg.zeros(2), generator=3), TypeError, "a tinygrad_edu.Generator expected, got "
                                                                     "int"),
    ],
)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()

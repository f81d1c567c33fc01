import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


def test_flatten():
    x = tg.arange(24.0).reshape(2, 3, 4)
    assert nn.Flatten()(x).shape == (2, 12) and nn.Flatten(0)(x).shape == (24,) and nn.Flatten(0, 1)(x).shape == (6, 4)
    assert nn.Flatten()(tg.zeros(0, 3, 4)).shape == (0, 12)
    assert nn.Flatten()(x)[1].tolist() == list(range(12, 24))


def test_flatten_of_an_axis_that_is_not_there():
    with pytest.raises(IndexError):
        nn.Flatten(3)(tg.zeros(2, 3, 4))


def test_unflatten():
    x = tg.arange(24.0).reshape(2, 12)
    assert nn.Unflatten(1, (3, 4))(x).shape == (2, 3, 4) and nn.Unflatten(-1, (-1, 2))(x).shape == (2, 6, 2)
    assert nn.Unflatten(0, [1, 2])(x).shape == (1, 2, 12)


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda x: nn.Unflatten(1, (5, 2))(x), ValueError, r"\(5, 2\) must multiply to the length of axis "
                                                           r"1.*\(2, 12\)"),
        (lambda x: nn.Unflatten(2, (5, 2))(x), IndexError, r"no axis 2, its shape is \(2, 12\)"),
        (lambda x: nn.Unflatten("x", (5, 2)), TypeError, "dim must be a whole number, got 'x'"),
        (lambda x: nn.Unflatten(1, 5), TypeError, "must be a tuple of whole numbers, got 5"),
    ],
)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call(tg.zeros(2, 12))

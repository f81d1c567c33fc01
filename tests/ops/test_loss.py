"""Probabilities and costs at their edges: far scores, nothing but −∞, targets that do not count, messages."""

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import tensor
from tinygrad_edu.nn import functional as F
from tinygrad_edu.ops import loss

INF = math.inf


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_far_out(dtype):
    x = tensor([[1e4, -1e4, 1e4], [-1e4, -1e4, -1e4]], dtype=dtype, requires_grad=True)
    z = tg.softmax(x, dim=-1)
    np.testing.assert_allclose(z.detach().numpy(), [[0.5, 0, 0.5], [1 / 3] * 3], rtol=1e-6)
    (z * tensor([1.0, 2.0, 3.0], dtype=dtype)).sum().backward()
    assert np.isfinite(x.grad.numpy()).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_softmax_far_out(dtype):
    x = tensor([1e4, -1e4], dtype=dtype, requires_grad=True)
    z = tg.log_softmax(x, dim=0)
    np.testing.assert_allclose(z.detach().numpy(), [0, -2e4])
    z.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [-1, 1])


def test_one_score_of_minus_infinity_has_no_probability():
    x = tensor([-INF, 0.0, 0.0], requires_grad=True)
    z = tg.softmax(x, dim=0)
    assert z.tolist() == [0, 0.5, 0.5]
    (z * tensor([1.0, 2.0, 4.0])).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), [0, -0.5, 0.5])


def test_nothing_but_minus_infinity_is_nan_as_in_pytorch():
    x = tensor([-INF, -INF])
    assert np.isnan(tg.softmax(x, dim=0).numpy()).all()
    assert np.isnan(tg.log_softmax(x, dim=0).numpy()).all()


def test_softmax_of_integers_and_by_axis():
    z = tg.softmax(tensor([[1, 2], [3, 4]]), axis=0)
    assert z.dtype == np.float32
    np.testing.assert_allclose(z.numpy().sum(0), [1, 1], rtol=1e-6)


def test_softmax_of_nothing():
    assert tg.softmax(tensor(np.zeros((0, 3))), dim=1).shape == (0, 3)


# ------------------------------------------------------------------------------------------------ cross entropy


SCORES = np.array([[1.0, 2.0, 0.5], [0.1, -1.0, 3.0], [0.0, 0.0, 0.0]])


def by_hand(target, ignored=-100):
    rows = [i for i, t in enumerate(target) if t != ignored]
    return [math.log(np.exp(SCORES[i]).sum()) - SCORES[i, target[i]] for i in rows]


def test_cross_entropy_counts_no_ignored_row():
    x, target = tensor(SCORES, requires_grad=True), tensor([1, -100, 2])
    cost = F.cross_entropy(x, target)
    assert cost.item() == pytest.approx(np.mean(by_hand([1, -100, 2])))
    cost.backward()
    np.testing.assert_array_equal(x.grad.numpy()[1], np.zeros(3))
    np.testing.assert_allclose(x.grad.numpy().sum(1), np.zeros(3), atol=1e-15)


def test_cross_entropy_with_an_ignored_class_of_ones_own():
    cost = F.cross_entropy(tensor(SCORES), tensor([1, 0, 2]), ignore_index=0, reduction="sum")
    assert cost.item() == pytest.approx(sum(by_hand([1, 0, 2], 0)))
    each = F.cross_entropy(tensor(SCORES), tensor([1, 0, 2]), ignore_index=0, reduction="none")
    assert each.tolist()[1] == 0


def test_cross_entropy_of_nothing_but_ignored_rows_is_nan():
    x = tensor(SCORES, requires_grad=True)
    cost = F.cross_entropy(x, tensor([-100, -100, -100]))
    assert math.isnan(cost.item())
    assert F.cross_entropy(x, tensor([-100, -100, -100]), reduction="sum").item() == 0


def test_cross_entropy_far_out_is_finite():
    x = tensor([[1e4, -1e4]], requires_grad=True)
    cost = F.cross_entropy(x, tensor([1]))
    assert cost.item() == pytest.approx(2e4)
    cost.backward()
    np.testing.assert_allclose(x.grad.numpy(), [[1, -1]])


def test_nll_with_weights():
    x = tensor(np.log([[0.2, 0.8], [0.6, 0.4]]), requires_grad=True)
    weight = tensor([1.0, 3.0], dtype=np.float64)
    cost = F.nll_loss(x, tensor([1, 0]), weight)
    assert cost.item() == pytest.approx(-(3 * math.log(0.8) + math.log(0.6)) / 4)
    cost.backward()
    np.testing.assert_allclose(x.grad.numpy(), [[0, -0.75], [-0.25, 0]])


def test_squared_error_of_the_lesson():
    out = tensor([0.1, 0.05, 0, 0.2, 0.5, 0, 0, 0, 0, 0], dtype=np.float64)
    wanted = tensor(np.eye(10)[3])
    assert loss.mse(out, wanted, reduction="sum").item() == pytest.approx(0.9025)
    assert loss.mse(out, wanted).item() == pytest.approx(0.09025)


def test_squared_error_of_nothing_is_nan():
    x = tensor(np.zeros((0, 2)), requires_grad=True)
    cost = loss.mse(x, tensor(np.zeros((0, 2))))
    assert math.isnan(cost.item())
    cost.backward()
    assert x.grad.shape == (0, 2)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda x: loss.cross_entropy_of_classes(x, tensor([0, 1])), ValueError,
         "cross_entropy: scores (n, classes) and one class number per row expected, got (3, 3) and targets (2,)"),
        (lambda x: loss.cross_entropy_of_classes(x, tensor([0.0, 1.0, 2.0])), TypeError,
         "cross_entropy: class numbers must be integers, got float32; for class probabilities give a floating target "
         "of the scores' shape"),
        (lambda x: loss.cross_entropy_of_classes(x, tensor([0, 1, 3])), IndexError,
         "cross_entropy: class numbers must be from 0 to 2, got 0 to 3"),
        (lambda x: loss.cross_entropy_of_classes(x, tensor([0, 1, -1])), IndexError,
         "cross_entropy: class numbers must be from 0 to 2, got -1 to 1"),
        (lambda x: loss.nll(x, tensor([0, 1, 5])), IndexError,
         "nll_loss: class numbers must be from 0 to 2, got 0 to 5"),
        (lambda x: tg.softmax(x, dim=4), (ValueError, IndexError), "softmax: "),
    ],
)  # fmt: skip
def test_messages(call, kind, message):
    with pytest.raises(kind) as caught:
        call(tensor(SCORES))
    assert str(caught.value).startswith(message)

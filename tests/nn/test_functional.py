import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F

RNG = np.random.default_rng(5)


def compared(torch, function, x, *rest, **options):
    """Value and gradient for x of F's and PyTorch's function of this name, compared."""
    ours, theirs = tg.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)

    def called(functions, tensor, x):
        given = {k: tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
        return getattr(functions, function)(x, *map(tensor, rest), **given)

    y, z = called(F, tg.tensor, ours), called(torch.nn.functional, torch.tensor, theirs)
    assert y.shape == tuple(z.shape)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=2e-5, atol=1e-6)
    g = np.asarray(RNG.normal(size=y.shape), np.float32)
    y.backward(tg.tensor(g))
    z.backward(torch.tensor(g))
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=2e-5, atol=1e-6)


def scores(*shape):
    return (3 * RNG.normal(size=shape)).astype(np.float32)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss"])
def test_distances_as_pytorch(torch, name, reduction):
    compared(torch, name, scores(4, 3), scores(4, 3), reduction=reduction)


@pytest.mark.parametrize("shape", [(6, 4), (4,), (2, 4, 3), (2, 4, 3, 2)])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weighted", [False, True])
def test_class_losses_as_pytorch(torch, shape, reduction, weighted):
    target = RNG.integers(0, 4, shape[:1] * (len(shape) > 1) + shape[2:])
    options = {"reduction": reduction}
    if weighted:
        options["weight"] = np.array([0.5, 1, 2, 0.25], np.float32)
    compared(torch, "cross_entropy", scores(*shape), target, **options)
    compared(torch, "nll_loss", scores(*shape), target, **options)
    compared(torch, "cross_entropy", scores(*shape), target, label_smoothing=0.2, **options)
    probabilities = RNG.random(shape).astype(np.float32)
    compared(torch, "cross_entropy", scores(*shape), probabilities, label_smoothing=0.1, **options)
    if target.ndim:
        target.flat[0] = -100
        compared(torch, "cross_entropy", scores(*shape), target, **options)
        compared(torch, "cross_entropy", scores(*shape), target, label_smoothing=0.2, **options)
        target.flat[-1] = 3
        compared(torch, "nll_loss", scores(*shape), np.abs(target) % 4, ignore_index=3, **options)


def test_cross_entropy_of_huge_scores():
    x = tg.tensor([[1e4, 0.0], [-1e4, 0.0]])
    np.testing.assert_allclose(F.cross_entropy(x, tg.tensor([0, 0]), reduction="none").numpy(), [0, 1e4])


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_as_pytorch(torch, name):
    compared(torch, name, scores(3, 5), dim=1)
    compared(torch, name, scores(3, 5, 2), dim=-2)
    assert getattr(F, name)(tg.ones(2, 2), 1, tg.float64).dtype == tg.float64


def test_relu():
    x = tg.tensor([-1.0, 1.0])
    assert F.relu(x).tolist() == [0, 1] and x.tolist() == [-1, 1] and F.relu(x, inplace=True) is x


def test_one_hot():
    assert F.one_hot(tg.tensor([2, 0])).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert F.one_hot(tg.tensor([[1]]), 3).tolist() == [[[0, 1, 0]]]
    assert F.one_hot(tg.tensor([], dtype=tg.int64), 3).shape == (0, 3)


def test_shapes_that_differ_warn_and_broadcast():
    with pytest.warns(UserWarning, match=r"mse_loss: using a target size \(2,\) that is different to .*\(2, "
                                         r"1\)"):
        assert F.mse_loss(tg.ones(2, 1), tg.zeros(2), reduction="none").shape == (2, 2)


@pytest.mark.filterwarnings("ignore:mse_loss")
@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: F.mse_loss(tg.ones(2), tg.ones(3)), ValueError, r"mse_loss: shapes must be equal, got "
                                                                 r"\(2,\) and \(3,\)"),
        (lambda: F.mse_loss(tg.ones(2), tg.ones(2), reduction="avg"), ValueError, "'avg' is not a valid "
                                                                                  "value for reduction"),
        (lambda: F.cross_entropy(tg.ones(2, 3), tg.tensor([0])), ValueError, r"cross_entropy: expected "
                                                                             r".*\(2, 3\) and \(1,\)"),
        (lambda: F.cross_entropy(tg.ones(2, 3), tg.tensor([0, 3])), IndexError, "class numbers must be from "
                                                                                "0 to 2"),
        (lambda: F.cross_entropy(tg.ones(2, 3), tg.tensor([0, -1])), IndexError, "class numbers must be from "
                                                                                 "0 to 2"),
        (lambda: F.cross_entropy(tg.ones(2, 3), tg.ones(2)), RuntimeError, r"class probabilities must have "
                                                                           r"the scores' shape"),
        (lambda: F.cross_entropy(tg.ones(2, 3), tg.tensor([True, False])), TypeError, "class numbers must be "
                                                                                      "integers"),
        (lambda: F.cross_entropy(tg.ones(2, 3), tg.tensor([0, 1]), weight=tg.ones(2)), RuntimeError, "one "
                                                                                                     "number "
                                                                                                     "for "
                                                                                                     "each "
                                                                                                     "of 3"),
        (lambda: F.cross_entropy(tg.ones(1, 3), tg.tensor([0]), label_smoothing=2), RuntimeError, "between 0.0 and 1"),
        (lambda: F.nll_loss(tg.ones(()), tg.tensor(0)), ValueError, "nll_loss: expected"),
        (lambda: F.one_hot(tg.tensor([0, 4]), 3), RuntimeError, "class numbers must be from 0 to 2, got 0 to "
                                                                "4"),
        (lambda: F.one_hot(tg.tensor([-1])), RuntimeError, "class numbers must be from 0"),
        (lambda: F.one_hot(tg.tensor([], dtype=tg.int64)), RuntimeError, "pass num_classes"),
        (lambda: F.one_hot(tg.ones(2)), RuntimeError, "only applicable to integer tensors, got dtype "
                                                      "float32"),
    ],
)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()

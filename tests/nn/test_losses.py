"""Every loss: numbers that are known, PyTorch's beside it, its module, errors."""

import math
import warnings

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn
from tinygrad_edu.autograd import grad

from .beside import ours_of, same, theirs_of

RNG = np.random.default_rng(3)
N = RNG.normal
X, Y, Z = N(size=(5, 4)), N(size=(5, 4)), N(size=(5, 4))
P, Q = RNG.uniform(0.05, 0.95, (5, 4)), RNG.uniform(0.05, 0.95, (5, 4))
SIGNS, ROW = RNG.choice([-1.0, 1.0], (5, 4)), RNG.choice([-1.0, 1.0], 5)
CLASSES = np.array([0, 3, 1, 2, 2])
LABELS = np.array([[3, 0, -1, 1], [1, -1, 0, 0], [-1] * 4, [0, 1, 2, 3], [2, 2, -1, 0]])
W, EACH = RNG.uniform(0.5, 2, 4), RNG.uniform(0.5, 2, (5, 4))

# function, module, arrays, settings of both
LOSSES = [
    ("mse_loss", "MSELoss", (X, Y), {}), ("l1_loss", "L1Loss", (X, Y), {}),
    ("smooth_l1_loss", "SmoothL1Loss", (X, Y), {}), ("smooth_l1_loss", "SmoothL1Loss", (X, Y), {"beta": 0.3}),
    ("huber_loss", "HuberLoss", (X, Y), {"delta": 0.6}),
    ("kl_div", "KLDivLoss", (X, P), {}), ("kl_div", "KLDivLoss", (X, Y), {"log_target": True}),
    ("poisson_nll_loss", "PoissonNLLLoss", (X, Q * 8), {"full": True}),
    ("poisson_nll_loss", "PoissonNLLLoss", (P, Q), {"log_input": False, "eps": 1e-3}),
    ("gaussian_nll_loss", "GaussianNLLLoss", (X, Y, P), {"full": True}),
    ("gaussian_nll_loss", "GaussianNLLLoss", (X, Y, P[:, 0]), {"eps": 0.4}),
    ("binary_cross_entropy", "BCELoss", (P, Q), {}), ("binary_cross_entropy", "BCELoss", (P, Q), {"weight": EACH}),
    ("binary_cross_entropy_with_logits", "BCEWithLogitsLoss", (X * 9, Q), {}),
    ("binary_cross_entropy_with_logits", "BCEWithLogitsLoss", (X, Q), {"weight": EACH, "pos_weight": W}),
    ("nll_loss", "NLLLoss", (X, CLASSES), {"weight": W, "ignore_index": 2}),
    ("cross_entropy", "CrossEntropyLoss", (X, CLASSES), {"weight": W, "label_smoothing": 0.2, "ignore_index": 3}),
    ("cross_entropy", "CrossEntropyLoss", (X, P), {"weight": W}),
    ("soft_margin_loss", "SoftMarginLoss", (X, SIGNS), {}),
    ("multilabel_soft_margin_loss", "MultiLabelSoftMarginLoss", (X, Q), {"weight": W}),
    ("multilabel_margin_loss", "MultiLabelMarginLoss", (X, LABELS), {}),
    ("multi_margin_loss", "MultiMarginLoss", (X, CLASSES), {}),
    ("multi_margin_loss", "MultiMarginLoss", (X, CLASSES), {"p": 2, "margin": 0.7, "weight": W}),
    ("margin_ranking_loss", "MarginRankingLoss", (X, Y, SIGNS), {"margin": 0.2}),
    ("hinge_embedding_loss", "HingeEmbeddingLoss", (P, SIGNS), {"margin": 0.5}),
    ("cosine_embedding_loss", "CosineEmbeddingLoss", (X, Y, ROW), {"margin": 0.1}),
    ("triplet_margin_loss", "TripletMarginLoss", (X, Y, Z), {"margin": 2.0}),
    ("triplet_margin_loss", "TripletMarginLoss", (X, Y, Z), {"margin": 2.0, "p": 3, "swap": True}),
]  # fmt: skip


# No gradient in the last argument, or none of the gradient, in PyTorch (ours has them).
FIXED_TARGET = ("multilabel_soft_margin_loss", "binary_cross_entropy", "soft_margin_loss", "hinge_embedding_loss",
                "cosine_embedding_loss")  # fmt: skip
NO_SECOND = ("multilabel_margin_loss", "multi_margin_loss")


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("function", "module", "arrays", "settings"), LOSSES)
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
def test_beside_pytorch(torch, function, module, arrays, settings, reduction):
    """The function and the module, gradients by all floating arguments, second gradients."""
    there = theirs_of(torch, arrays, requires_grad=True)
    if function in FIXED_TARGET:
        there = (*there[:-1], there[-1].detach())
    here = ours_of(there)
    plain = {key: value for key, value in settings.items() if not isinstance(value, np.ndarray)}
    fixed = {key: value for key, value in settings.items() if isinstance(value, np.ndarray)}
    t_settings = {**plain, **{k: torch.tensor(v) for k, v in fixed.items()}, "reduction": reduction}
    settings = {**plain, **{k: tg.tensor(v) for k, v in fixed.items()}, "reduction": reduction}
    z, t = getattr(F, function)(*here, **settings), getattr(torch.nn.functional, function)(*there, **t_settings)
    same(z, t, "the function")
    ours, theirs = getattr(nn, module)(**settings), getattr(torch.nn, module)(**t_settings)
    same(ours(*here), t, "the module")
    assert repr(ours) == repr(theirs) and list(ours.state_dict()) == list(theirs.state_dict())
    xs, ys = ([x for x in side if x.requires_grad] for side in (here, there))
    first = grad((z * z).sum(), xs, create_graph=True)
    expected = torch.autograd.grad((t * t).sum(), ys, create_graph=True)
    same(list(first), list(expected), "the gradient")
    if function in NO_SECOND:
        return
    second = grad(sum((g * g).sum() for g in first), xs, materialize_grads=True)
    again = torch.autograd.grad(sum((g * g).sum() for g in expected), ys, allow_unused=True, materialize_grads=True)
    same(list(second), list(again), "the second gradient")


def test_numbers_that_are_known():
    p = tg.tensor([0.25, 0.5])
    np.testing.assert_allclose(F.binary_cross_entropy(p, tg.tensor([1.0, 0.0]), reduction="none").tolist(),
                               [math.log(4), math.log(2)], rtol=1e-6)  # fmt: skip
    huge = F.binary_cross_entropy_with_logits(tg.tensor([1000.0, -1000.0]), tg.tensor([0.0, 1.0]), reduction="none")
    assert huge.tolist() == [1000, 1000]
    d = tg.tensor([0.5, 3.0])
    assert F.smooth_l1_loss(d, tg.zeros(2), reduction="none").tolist() == [0.125, 2.5]
    assert F.huber_loss(d, tg.zeros(2), reduction="none", delta=2).tolist() == [0.125, 4.0]
    same_twice = F.kl_div(p.log(), p, reduction="batchmean")
    assert abs(same_twice.item()) < 1e-7
    assert F.margin_ranking_loss(tg.tensor([1.0]), tg.tensor([3.0]), tg.tensor([1.0]), 0.5).item() == 2.5
    far = F.triplet_margin_loss(tg.zeros(1, 2), tg.zeros(1, 2), tg.tensor([[3.0, 4.0]]), margin=6.0)
    assert far.item() == pytest.approx(1.0, abs=1e-4)
    assert F.multi_margin_loss(tg.tensor([[0.1, 0.2, 0.4, 0.8]]), tg.tensor([3])).item() == pytest.approx(0.325)
    row = F.multilabel_margin_loss(tg.tensor([[0.1, 0.2, 0.4, 0.8]]), tg.tensor([[3, 0, -1, 1]]))
    assert row.item() == pytest.approx(0.85)
    assert F.cosine_embedding_loss(tg.tensor([1.0, 0.0]), tg.tensor([0.0, 2.0]), tg.tensor(1.0)).item() == 1


def test_certain_and_wrong_costs_a_hundred(torch):
    """ln 0 counts as −100, and the gradient stays finite."""
    x = np.array([0.0, 1.0, 0.0, 1.0])
    y = np.array([1.0, 0.0, 0.0, 1.0])
    a, b = tg.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    z, t = F.binary_cross_entropy(a, tg.tensor(y)), torch.nn.functional.binary_cross_entropy(b, torch.tensor(y))
    z.backward()
    t.backward()
    assert z.item() == 50
    np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-8)


def test_nothing_is_expected_and_nothing_came(torch):
    """kl_div of a target 0 is 0, and its gradient too."""
    y = np.array([0.0, 1.0])
    a, b = tg.tensor(y, requires_grad=True), torch.tensor(y, requires_grad=True)
    x = np.log([0.3, 0.7])
    z = F.kl_div(tg.tensor(x), a, reduction="sum")
    t = torch.nn.functional.kl_div(torch.tensor(x), b, reduction="sum")
    z.backward()
    assert z.item() == pytest.approx(t.item()) == pytest.approx(-math.log(0.7))
    assert np.isfinite(a.grad.numpy()).all()


def test_a_distance_of_ones_own(torch):
    def distance(x, y):
        return ((x - y) ** 2).sum(-1)

    here, there = map(tg.tensor, (X, Y, Z)), map(torch.tensor, (X, Y, Z))
    z = nn.TripletMarginWithDistanceLoss(distance_function=distance, margin=3.0, swap=True)(*here)
    same(z, torch.nn.TripletMarginWithDistanceLoss(distance_function=distance, margin=3.0, swap=True)(*there))
    default = F.triplet_margin_with_distance_loss(*map(tg.tensor, (X, Y, Z)))
    assert default.item() == pytest.approx(F.triplet_margin_loss(*map(tg.tensor, (X, Y, Z))).item())


def test_one_row_without_a_batch(torch):
    for function, x, y in [("multi_margin_loss", X[0], CLASSES[0]), ("multilabel_margin_loss", X[0], LABELS[0]),
                           ("cosine_embedding_loss", X[0], None), ("nll_loss", X[0], CLASSES[0])]:  # fmt: skip
        arrays = (x, np.asarray(y)) if y is not None else (x, Y[0], np.asarray(-1.0))
        for reduction in ("mean", "none"):
            z = getattr(F, function)(*map(tg.tensor, arrays), reduction=reduction)
            same(z, getattr(torch.nn.functional, function)(*map(torch.tensor, arrays), reduction=reduction), function)


def test_pytorch_s_old_spelling_of_the_reduction():
    x, y = tg.tensor(X), tg.tensor(Y)
    with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
        assert F.mse_loss(x, y, size_average=False).item() == F.mse_loss(x, y, reduction="sum").item()
    with pytest.warns(UserWarning, match="please use reduction='none' instead"):
        assert nn.BCEWithLogitsLoss(reduce=False)(x, y).shape == x.shape
    assert nn.MSELoss("sum").reduction == "sum"


def test_the_mean_of_kl_div_warns():
    with pytest.warns(UserWarning, match="batchmean"):
        F.kl_div(tg.tensor(X), tg.tensor(P))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        F.kl_div(tg.tensor(X), tg.tensor(P), reduction="batchmean")


@pytest.mark.parametrize(("call", "kind", "text"), [
    (lambda x, y: F.binary_cross_entropy(x, y[:1]), ValueError, r"Using a target size \(\(1, 4\)\)"),
    (lambda x, y: F.binary_cross_entropy(x * 9, y), RuntimeError, "should be between 0 and 1, got .*with_logits"),
    (lambda x, y: F.binary_cross_entropy_with_logits(x, y[:1]), ValueError, "must be the same as input size"),
    (lambda x, y: F.smooth_l1_loss(x, y, beta=-1), RuntimeError, "does not support negative values for beta"),
    (lambda x, y: F.huber_loss(x, y, delta=0), RuntimeError, "does not support non-positive values for delta"),
    (lambda x, y: F.gaussian_nll_loss(x, y, -1.0), ValueError, "var has negative entry"),
    (lambda x, y: F.gaussian_nll_loss(x, y, -x.abs()), ValueError, "var has negative entry"),
    (lambda x, y: F.gaussian_nll_loss(x, y, tg.ones(3)), ValueError, "var is of incorrect size"),
    (lambda x, y: F.margin_ranking_loss(x, y, tg.ones(5)), RuntimeError, "should have same dimension but got sizes"),
    (lambda x, y: F.cosine_embedding_loss(x, y, x), RuntimeError, "2D target tensor expects 3D input tensors"),
    (lambda x, y: F.multi_margin_loss(x, tg.tensor([1])), RuntimeError, "multi_margin_loss: scores"),
    (lambda x, y: F.multi_margin_loss(x, tg.tensor(CLASSES), p=3), ValueError, "only p == 1 and p == 2 supported"),
    (lambda x, y: nn.MultiMarginLoss(p=3), ValueError, "only p == 1 and p == 2 supported"),
    (lambda x, y: F.triplet_margin_loss(x, y, x, margin=0), ValueError, "margin must be greater than 0, got 0"),
    (lambda x, y: nn.TripletMarginLoss(-1), ValueError, "expected margin to be greater than 0, got -1"),
    (lambda x, y: F.triplet_margin_loss(x, y, x[0]), RuntimeError, "expected to have the same number of dimensions"),
    (lambda x, y: F.kl_div(x, y, reduction="avg"), ValueError, "'avg' is not a valid value for reduction"),
])  # fmt: skip
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call(tg.tensor(P), tg.tensor(Q))

"""Lazy layers, the adaptive softmax, and the newer losses and pools as layers."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


def numbers(*shape):
    return tg.tensor(np.random.default_rng(0).normal(size=shape).astype(np.float32))


LAYERS = {
    nn.LazyLinear: ((3,), (4, 5)), nn.LazyConv1d: ((3, 2), (4, 5, 6)), nn.LazyConv2d: ((3, 2), (4, 5, 6, 6)),
    nn.LazyConv3d: ((3, 2), (4, 5, 3, 3, 3)), nn.LazyConvTranspose1d: ((3, 2), (4, 5, 6)),
    nn.LazyConvTranspose2d: ((3, 2), (5, 6, 6)), nn.LazyConvTranspose3d: ((3, 2), (4, 5, 3, 3, 3)),
    nn.LazyBatchNorm1d: ((), (4, 5)), nn.LazyBatchNorm2d: ((), (4, 5, 3, 3)), nn.LazyBatchNorm3d: ((), (4, 5, 2, 2, 2)),
    nn.LazyInstanceNorm1d: ((1e-5, 0.1, True, True), (4, 5, 3)), nn.LazyInstanceNorm2d: ((), (4, 5, 3, 3)),
    nn.LazyInstanceNorm3d: ((), (4, 5, 2, 2, 2)),
}  # fmt: skip


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.__name__)
def test_a_lazy_layer_becomes_the_layer_that_fits(kind):
    arguments, shape = LAYERS[kind]
    x = numbers(*shape)
    whole = kind.__mro__[2]
    lazy = kind(*arguments)
    held = list(lazy.parameters())
    assert lazy.has_uninitialized_params() and all(p.numel() == 0 or p.shape == (3,) for p in held)
    tg.manual_seed(1)
    z = lazy(x)
    tg.manual_seed(1)
    expected = whole(5, *arguments)
    assert type(lazy) is whole and repr(lazy) == repr(expected)
    assert np.array_equal(z.detach().numpy(), expected(x).detach().numpy())
    assert all(a is b for a, b in zip(held, lazy.parameters(), strict=True))
    assert lazy.state_dict().keys() == expected.state_dict().keys()


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("assign", [False, True])
def test_saved_numbers_may_come_before_the_first_input(kind, assign):
    arguments, shape = LAYERS[kind]
    x = numbers(*shape)
    whole, lazy = kind.__mro__[2](5, *arguments), kind(*arguments)
    state = whole.state_dict()
    for t in state.values():
        t.copy_(numbers(*t.shape).abs() + 1)
    held = list(lazy.parameters())
    assert lazy.load_state_dict({name: t.numpy().copy() for name, t in state.items()}, assign=assign) == ([], [])
    assert type(lazy) is kind and lazy.has_uninitialized_params() is not bool(state)
    assert np.array_equal(lazy(x).detach().numpy(), whole(x).detach().numpy())
    assert type(lazy) is type(whole) and repr(lazy) == repr(whole)
    assert all((a is b) is not assign for a, b in zip(held, lazy.parameters(), strict=True))


def test_what_does_not_fit_a_lazy_layer():
    lazy = nn.LazyLinear(3)
    with pytest.raises(RuntimeError, match="size mismatch for weight"):
        lazy.load_state_dict(nn.Linear(4, 5).state_dict())
    lazy.load_state_dict({"weight": np.ones((3, 2))}, strict=False)
    assert lazy(tg.ones(1, 2)).shape == (1, 3) and np.abs(lazy.bias.detach().numpy()).max() > 0
    other = nn.LazyLinear(3)
    other.load_state_dict(nn.LazyLinear(3).state_dict())
    assert other.has_uninitialized_params()
    assert other(tg.ones(1, 7)).shape == (1, 3) and other.bias.abs().max() > 0
    with pytest.raises(RuntimeError, match="size mismatch for weight"):
        nn.Linear(4, 3).load_state_dict(nn.LazyLinear(3).state_dict())


def test_an_optimizer_may_have_the_parameters_before():
    net = nn.Sequential(nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(1)).double()
    opt = optim.SGD(net.parameters(), lr=0.1)
    x = numbers(4, 2).double()
    first = net(x).square().mean()
    first.backward()
    opt.step()
    assert net[0].weight.dtype == np.float64 and net[0].weight.shape == (3, 2)
    assert net(x).square().mean().item() < first.item()


def test_adaptive_softmax_is_a_softmax():
    tg.manual_seed(0)
    layer = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6], div_value=2.0, head_bias=True)
    x, y = numbers(7, 8), tg.tensor(np.array([0, 9, 5, 2, 3, 6, 1]))
    every = layer.log_prob(x)
    assert np.allclose(np.exp(every.detach().numpy()).sum(1), 1, atol=1e-6)
    output, loss = layer(x, y)
    assert np.allclose(output.detach().numpy(), every.detach().numpy()[np.arange(7), y.numpy()], atol=1e-6)
    assert np.isclose(loss.item(), -output.mean().item())
    assert np.array_equal(layer.predict(x).numpy(), every.detach().numpy().argmax(1))
    loss.backward()
    assert all(p.grad is not None for p in layer.parameters())
    with pytest.raises(RuntimeError, match="Target values"):
        layer(x, y + 1)
    with pytest.raises(ValueError, match="cutoffs"):
        nn.AdaptiveLogSoftmaxWithLoss(8, 10, [6, 3])


def test_adaptive_softmax_beside_pytorch():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6], div_value=2.0).double()
    mine = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [3, 6], div_value=2.0, dtype=np.float64)
    mine.load_state_dict({name: tg.tensor(value.numpy()) for name, value in theirs.state_dict().items()})
    x, y = np.random.default_rng(1).normal(size=(7, 8)), np.array([0, 9, 5, 2, 3, 6, 1])
    expected, got = theirs(torch.tensor(x), torch.tensor(y)), mine(tg.tensor(x), tg.tensor(y))
    assert np.allclose(got.output.detach().numpy(), expected.output.detach().numpy(), atol=1e-12)
    assert np.isclose(got.loss.item(), expected.loss.item())


def test_ctc_counts_all_ways():
    """Two times, one label: blank-a, a-blank, a-a."""
    chances = np.array([[[0.6, 0.4]], [[0.3, 0.7]]])
    loss = nn.CTCLoss(reduction="sum")(tg.tensor(np.log(chances)), tg.tensor(np.array([[1]])), [2], [1])
    assert np.isclose(loss.item(), -np.log(0.6 * 0.7 + 0.4 * 0.3 + 0.4 * 0.7))
    long = nn.CTCLoss(zero_infinity=True)(tg.tensor(np.log(chances)), tg.tensor(np.array([[1, 1]])), [2], [2])
    assert long.item() == 0.0


def test_fractional_pooling_draws_its_windows():
    layer = nn.FractionalMaxPool2d(2, output_ratio=0.5, return_indices=True)
    x = numbers(2, 3, 9, 8)
    z, places = layer(x)
    assert z.shape == (2, 3, 4, 4)
    assert np.array_equal(z.numpy(), np.take_along_axis(x.numpy().reshape(2, 3, 72), places.numpy().reshape(
        2, 3, 16), -1).reshape(z.shape))  # fmt: skip
    with pytest.raises(ValueError, match="either"):
        nn.FractionalMaxPool3d(2)

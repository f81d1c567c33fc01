import copy

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


class Net(nn.Module):
    def __init__(self, nn=nn, ones=tg.ones, wide=2):
        super().__init__()
        self.fc = nn.Linear(3, wide)
        self.register_buffer("mean", ones(2))
        self.register_buffer("scratch", ones(2), persistent=False)
        self.rest = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 1))


KEYS = ["mean", "fc.weight", "fc.bias", "rest.0.weight", "rest.0.bias", "rest.2.weight", "rest.2.bias"]


def test_state_dict_names_all_and_shares_memory():
    net = Net()
    state = net.state_dict()
    assert list(state) == KEYS and list(net.state_dict(prefix="net.")) == ["net." + key for key in KEYS]
    assert not any(t.requires_grad for t in state.values())
    assert state["fc.weight"].numpy() is net.fc.weight.detach().numpy()
    assert net.state_dict(keep_vars=True)["fc.weight"] is net.fc.weight


@pytest.mark.parametrize("as_arrays", [False, True])
def test_round_trip(as_arrays):
    net, other = Net(), Net()
    state = copy.deepcopy(net.state_dict())
    if as_arrays:
        state = {name: t.numpy() for name, t in state.items()}
    before = list(other.parameters())
    result = other.load_state_dict(state)
    assert repr(result) == "<All keys matched successfully>" and result == ([], [])
    assert all(p is q for p, q in zip(before, other.parameters(), strict=True))
    for (_, a), (_, b) in zip(net.state_dict().items(), other.state_dict().items(), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    other.fc.weight.data.zero_()
    assert net.fc.weight.detach().numpy().any()


def test_loading_converts_the_dtype():
    net = Net()
    net.load_state_dict({name: np.zeros(t.shape, np.float64) for name, t in net.state_dict().items()})
    assert net.fc.weight.dtype == tg.float32


def test_assigning_holds_the_saved_tensors_themselves():
    net, other = nn.BatchNorm1d(3), nn.BatchNorm1d(3)
    state = {name: t.double() if t.is_floating_point() else t for name, t in other.state_dict().items()}
    net.weight.requires_grad_(False)
    before = net.weight
    assert net.load_state_dict(state, assign=True) == ([], [])
    assert net.weight is not before and type(net.weight) is nn.Parameter and net.weight.dtype == np.float64
    assert not net.weight.requires_grad and net.bias.requires_grad and type(net.running_mean) is tg.Tensor
    state["weight"].mul_(3)
    state["running_mean"].add_(2)
    assert net.weight.tolist() == [3, 3, 3] and net.running_mean.tolist() == [2, 2, 2]
    assert list(net.state_dict()) == list(other.state_dict()) and len(list(net.parameters())) == 2
    net.load_state_dict({"weight": other.weight, "bias": np.zeros(3)}, strict=False, assign=True)
    assert net.weight is other.weight and not other.weight.requires_grad and net.bias.requires_grad
    layer = nn.Linear(2, 2)
    pair = nn.Sequential(layer, layer)
    pair.load_state_dict({name: t.clone() for name, t in pair.state_dict().items()}, assign=True)
    assert pair[0].weight is pair[1].weight
    kept = pair[0].weight
    with pytest.raises(RuntimeError, match=r"size mismatch for 1\.weight"):
        pair.load_state_dict({**pair.state_dict(), "1.weight": np.ones((3, 2))}, assign=True)
    assert pair[0].weight is kept


def test_a_shared_module_is_saved_under_both_names():
    layer = nn.Linear(1, 1)
    assert list(nn.Sequential(layer, layer).state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]


def test_all_faults_in_one_error_and_nothing_is_changed(torch):
    def state_of(net, zeros):
        state = {name: zeros(tuple(t.shape)) for name, t in net.state_dict().items()}
        del state["mean"], state["rest.2.bias"]
        state["fc.weight"] = zeros((4, 3))
        state["extra"] = state["more.extra"] = zeros((1,))
        return state

    def build(nn, ones):
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 2)
                self.register_buffer("mean", ones(2))
                self.rest = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 1))

        return Net()

    ours, theirs = build(nn, tg.ones), build(torch.nn, torch.ones)
    kept = copy.deepcopy(ours.state_dict())
    with pytest.raises(RuntimeError) as caught:
        ours.load_state_dict(state_of(ours, np.zeros))
    with pytest.raises(RuntimeError) as wanted:
        theirs.load_state_dict(state_of(theirs, torch.zeros))
    assert str(caught.value) == str(wanted.value)
    for name, t in ours.state_dict().items():
        np.testing.assert_array_equal(t.numpy(), kept[name].numpy())


def test_golden_text():
    with pytest.raises(RuntimeError) as caught:
        nn.Linear(2, 1).load_state_dict({"weight": np.zeros((1, 3)), "wait": np.zeros(1)})
    assert str(caught.value) == (
        "Error(s) in loading state_dict for Linear:\n"
        '\tMissing key(s) in state_dict: "bias". \n'
        '\tUnexpected key(s) in state_dict: "wait". \n'
        "\tsize mismatch for weight: copying a param with shape torch.Size([1, 3]) from checkpoint, the shape "
        "in current model is torch.Size([1, 2])."
    )


def test_not_strict_returns_the_keys_but_sizes_must_fit():
    net = nn.Linear(2, 1)
    result = net.load_state_dict({"weight": np.ones((1, 2)), "extra": np.ones(1)}, strict=False)
    assert result.missing_keys == ["bias"] and result.unexpected_keys == ["extra"]
    assert repr(result) == "_IncompatibleKeys(missing_keys=['bias'], unexpected_keys=['extra'])"
    np.testing.assert_array_equal(net.weight.detach().numpy(), [[1, 1]])
    with pytest.raises(RuntimeError, match="size mismatch for weight"):
        net.load_state_dict({"weight": np.ones((2, 2))}, strict=False)


@pytest.mark.parametrize(
    ("state", "kind", "text"),
    [
        ([1, 2], TypeError, "Expected state_dict to be dict-like, got list"),
        ({"weight": "no"}, RuntimeError, 'While copying the parameter named "weight", expected a tensor or '
                                         'array'),
        ({"weight": np.array([["a", "b"]])}, RuntimeError, "dtype mismatch for weight: real numbers "
                                                           "expected"),
    ],
)
def test_nonsense_is_refused(state, kind, text):
    with pytest.raises(kind, match=text):
        nn.Linear(2, 1).load_state_dict(state, strict=False)


def test_loading_between_forward_and_backward_is_caught():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    y = net(tg.ones(1, 2)).sum()
    net.load_state_dict({name: np.zeros(t.shape) for name, t in net.state_dict().items()})
    with pytest.raises(RuntimeError, match="overwritten"):
        y.backward()

"""Recurrent layers beside PyTorch's, by hand, and with packed sequences."""

import warnings

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.nn.utils import rnn as sequences

from .beside import double, same, train

RNG = np.random.default_rng(7)
N = RNG.normal


def pair(torch, kind, *args, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = getattr(nn, kind)(*args, **settings), getattr(torch.nn, kind)(*args, **settings)
    assert repr(ours) == repr(theirs)
    return double(ours), double(theirs)


SETTINGS = [
    ("RNN", {}), ("RNN", {"nonlinearity": "relu", "num_layers": 2, "bidirectional": True}), ("LSTM", {}),
    ("LSTM", {"num_layers": 2, "bidirectional": True, "batch_first": True, "dropout": 0.3}),
    ("LSTM", {"proj_size": 2, "num_layers": 2, "bidirectional": True}), ("GRU", {"bias": False}),
    ("GRU", {"num_layers": 3, "batch_first": True}), ("GRU", {"bidirectional": True}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "settings"), SETTINGS)
@pytest.mark.parametrize("given", [False, True], ids=["zeros", "states"])
def test_beside_pytorch(torch, kind, settings, given):
    shape = (2, 5, 3) if settings.get("batch_first") else (5, 2, 3)
    directions = settings.get("num_layers", 1) * (2 if settings.get("bidirectional") else 1)
    h = N(size=(directions, 2, settings.get("proj_size", 4)))
    arrays = (N(size=shape),)
    if given:
        arrays += ((h, N(size=(directions, 2, 4))) if kind == "LSTM" else h,)
    train(torch, *pair(torch, kind, 3, 4, **settings), arrays)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_without_a_batch(torch, kind):
    arrays = (N(size=(5, 3)), (N(size=(2, 4)), N(size=(2, 4))) if kind == "LSTM" else N(size=(2, 4)))
    train(torch, *pair(torch, kind, 3, 4, bidirectional=True), arrays)
    train(torch, *pair(torch, kind, 3, 4), arrays[:1])


@pytest.mark.parametrize(("kind", "settings"), [
    ("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu"}), ("LSTMCell", {}), ("GRUCell", {}),
    ("GRUCell", {"bias": False}),
])  # fmt: skip
@pytest.mark.parametrize("lead", [(2,), ()])
def test_cells_beside_pytorch(torch, kind, settings, lead):
    states = (N(size=(*lead, 4)), N(size=(*lead, 4))) if kind == "LSTMCell" else N(size=(*lead, 4))
    train(torch, *pair(torch, kind, 3, 4, **settings), (N(size=(*lead, 3)), states))
    train(torch, *pair(torch, kind, 3, 4, **settings), (N(size=(*lead, 3)),))


@pytest.mark.parametrize(("kind", "settings"), SETTINGS)
@pytest.mark.parametrize("lengths", [[5, 3, 3, 1], [2, 5, 1, 5]], ids=["sorted", "unsorted"])
def test_packed_beside_pytorch(torch, kind, settings, lengths):
    ours, theirs = pair(torch, kind, 3, 4, **settings)
    first = settings.get("batch_first", False)
    directions = settings.get("num_layers", 1) * (2 if settings.get("bidirectional") else 1)
    h, c = N(size=(directions, 4, settings.get("proj_size", 4))), N(size=(directions, 4, 4))

    def call(module, x, *states):
        here = type(module).__module__.startswith("tinygrad_edu")
        tools = sequences if here else torch.nn.utils.rnn
        packed = tools.pack_padded_sequence(x, lengths, first, enforce_sorted=False)
        output, last = module(packed, *states)
        padded, found = tools.pad_packed_sequence(output, first, padding_value=0.5)
        assert found.tolist() == lengths
        return padded, last

    train(torch, ours, theirs, (N(size=(4, 5, 3) if first else (5, 4, 3)), (h, c) if kind == "LSTM" else h), call)


def test_a_cell_step_by_step_is_the_layer():
    tg.manual_seed(0)
    for kind in ("RNN", "LSTM", "GRU"):
        layer, cell = getattr(nn, kind)(3, 4), getattr(nn, kind + "Cell")(3, 4)
        cell.load_state_dict({name.removesuffix("_l0"): t for name, t in layer.state_dict().items()})
        x = tg.randn(6, 2, 3)
        output, last = layer(x)
        state = None
        for t in range(6):
            state = cell(x[t], state)
            h = state[0] if kind == "LSTM" else state
            np.testing.assert_allclose(h.detach().numpy(), output[t].detach().numpy(), rtol=1e-5, atol=1e-6)
        h = last[0] if kind == "LSTM" else last
        np.testing.assert_array_equal(h[0].detach().numpy(), output[-1].detach().numpy())


def test_an_lstm_by_hand():
    layer = nn.LSTM(1, 1)
    with tg.no_grad():
        for p in layer.parameters():
            p.fill_(1.0)
    _, (h, c) = layer(tg.tensor([[[0.0]]]), (tg.tensor([[[0.0]]]), tg.tensor([[[1.0]]])))
    gate = 1 / (1 + np.exp(-2))
    cell = gate + gate * np.tanh(2)
    assert c.item() == pytest.approx(cell) and h.item() == pytest.approx(gate * np.tanh(cell))


def test_sequences_of_their_own_length_do_not_see_the_padding():
    tg.manual_seed(0)
    layer = nn.GRU(3, 4, bidirectional=True)
    rows = [tg.randn(n, 3) for n in (2, 5, 1)]
    packed, last = layer(sequences.pack_sequence(rows, enforce_sorted=False))
    for i, (row, found) in enumerate(zip(rows, sequences.unpack_sequence(packed), strict=True)):
        alone, ended = layer(row)
        np.testing.assert_allclose(found.detach().numpy(), alone.detach().numpy(), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(last[:, i].detach().numpy(), ended.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_dropout_between_the_layers_in_training_only():
    tg.manual_seed(0)
    layer, x = nn.LSTM(3, 4, 2, dropout=0.5), tg.randn(5, 2, 3)
    assert not np.array_equal(layer(x)[0].detach().numpy(), layer(x)[0].detach().numpy())
    layer.eval()
    assert np.array_equal(layer(x)[0].detach().numpy(), layer(x)[0].detach().numpy())


def test_padding_beside_pytorch(torch):
    rows = [N(size=(n, 2)) for n in (3, 1, 2)]
    ours, theirs = [list(map(f, rows)) for f in (tg.tensor, torch.tensor)]
    tools = torch.nn.utils.rnn
    for options in ({}, {"batch_first": True, "padding_value": -1.0}, {"padding_side": "left"}):
        same(sequences.pad_sequence(ours, **options), tools.pad_sequence(theirs, **options))
    for sort in (False, True):
        x, y = (ours, theirs) if not sort else (sorted(s, key=len, reverse=True) for s in (ours, theirs))
        packed, there = sequences.pack_sequence(x, enforce_sorted=sort), tools.pack_sequence(y, enforce_sorted=sort)
        same(packed.data, there.data)
        assert packed.batch_sizes.tolist() == there.batch_sizes.tolist()
        if not sort:
            assert packed.sorted_indices.tolist() == there.sorted_indices.tolist()
            assert packed.unsorted_indices.tolist() == there.unsorted_indices.tolist()
        same(list(sequences.pad_packed_sequence(packed, total_length=6)),
             list(tools.pad_packed_sequence(there, total_length=6)))  # fmt: skip
        same(sequences.unpack_sequence(packed), tools.unpack_sequence(there))
    padded = sequences.pad_sequence(ours)
    same(sequences.unpad_sequence(padded, tg.tensor([3, 1, 2])), theirs)
    assert packed.double().data.dtype == np.float64 and not packed.is_cuda


def test_gradients_pass_the_padding():
    rows = [tg.ones(n, requires_grad=True) for n in (1, 3)]
    (sequences.pad_sequence(rows) * tg.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).sum().backward()
    assert rows[0].grad.tolist() == [1] and rows[1].grad.tolist() == [2, 4, 6]


@pytest.mark.parametrize(("call", "kind", "text"), [
    (lambda: nn.LSTM(3, 4)(tg.ones(2, 2, 5)), RuntimeError, "must be equal to input_size. Expected 3, got 5"),
    (lambda: nn.LSTM(3, 4)(tg.ones(2)), ValueError, "Expected input to be 2D or 3D, got 1D instead"),
    (lambda: nn.GRU(3, 4)(tg.ones(2, 2, 3), tg.ones(1, 3, 4)), RuntimeError, r"size \(1, 2, 4\), got \[1, 3, 4\]"),
    (lambda: nn.GRU(3, 4)(tg.ones(2, 2, 3), tg.ones(1, 4)), RuntimeError, "hx should also be 3-D but got 2-D"),
    (lambda: nn.GRU(3, 4)(tg.ones(0, 2, 3)), RuntimeError, "sequence length to be larger than 0"),
    (lambda: nn.RNN(3, 4, nonlinearity="sin"), ValueError, "Unknown nonlinearity 'sin'"),
    (lambda: nn.RNN(3, 0), ValueError, "must be greater than zero"),
    (lambda: nn.LSTM(3, 4, dropout=2), ValueError, "dropout should be a number in range"),
    (lambda: nn.LSTM(3, 4, proj_size=4), ValueError, "proj_size has to be smaller than hidden_size"),
    (lambda: nn.LSTMCell(3, 4)(tg.ones(2, 5)), RuntimeError, "got 5 expected 3"),
    (lambda: nn.GRUCell(3, 4)(tg.ones(2, 3), tg.ones(3, 4)), RuntimeError, "hidden has inconsistent"),
    (lambda: nn.RNNCell(3, 4)(tg.ones(2, 2, 3)), ValueError, "Expected input to be 1D or 2D, got 3D"),
    (lambda: sequences.pack_padded_sequence(tg.ones(3, 2), [1, 3]), RuntimeError, "must be sorted in decreasing order"),
    (lambda: sequences.pack_padded_sequence(tg.ones(3, 2), [3]), RuntimeError, "to be equal to batch_size, but got 1"),
    (lambda: sequences.pack_padded_sequence(tg.ones(3, 2), [3, 0]), RuntimeError, "has to be greater than 0"),
    (lambda: sequences.pack_padded_sequence(tg.ones(3, 2), [4, 0]), RuntimeError, "greater than 0"),
    (lambda: sequences.pad_sequence([]), RuntimeError, "Expected a non-empty list"),
    (lambda: sequences.pad_sequence([tg.ones(2)], padding_side="up"), ValueError, "must be 'left' or 'right'"),
])  # fmt: skip
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_dropout_of_one_layer_warns():
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last recurrent layer"):
        nn.GRU(3, 4, dropout=0.1)

"""The Transformer's layers beside PyTorch's, with exchanged weights."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn

from .beside import double, exchange, same, train

RNG = np.random.default_rng(11)
N = RNG.normal
PADDING = np.array([[False, False, False, True], [False, True, True, True]])
SMALL = {"d_model": 6, "nhead": 2, "dim_feedforward": 5}

pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),  # PyTorch's, on its fast path and mismatched masks
    pytest.mark.skipif(not hasattr(nn, "LayerNorm"), reason="these layers are made of LayerNorm and Dropout"),
]


def pair(torch, kind, **settings):
    ours, theirs = double(getattr(nn, kind)(**settings)), double(getattr(torch.nn, kind)(**settings))
    return ours, theirs.train() if not settings.get("dropout") else theirs  # PyTorch's fast path is for evaluation


def with_masks(**masks):
    def call(module, *xs):
        kind = tg if type(module).__module__.startswith("tinygrad_edu") else __import__("torch")
        return module(*xs, **{k: kind.tensor(v) for k, v in masks.items()})

    return call


AHEAD = np.triu(np.full((4, 4), -np.inf), 1)


@pytest.mark.parametrize("settings", [
    {}, {"batch_first": True, "norm_first": True}, {"activation": "gelu", "layer_norm_eps": 1e-2}, {"bias": False},
])  # fmt: skip
def test_encoder_layer(torch, settings):
    shape = (2, 4, 6) if settings.get("batch_first") else (4, 2, 6)
    both = pair(torch, "TransformerEncoderLayer", **SMALL, dropout=0.0, **settings)
    assert [n for n, _ in both[0].named_modules()] == [n for n, _ in both[1].named_modules()]
    train(torch, *both, (N(size=shape),))
    train(torch, *both, (N(size=shape),), with_masks(src_mask=AHEAD, src_key_padding_mask=PADDING))


@pytest.mark.parametrize("settings", [{}, {"batch_first": True, "norm_first": True, "activation": "gelu"}])
def test_decoder_layer(torch, settings):
    first = settings.get("batch_first")
    tgt, memory = N(size=(2, 4, 6) if first else (4, 2, 6)), N(size=(2, 3, 6) if first else (3, 2, 6))
    both = pair(torch, "TransformerDecoderLayer", **SMALL, dropout=0.0, **settings)
    train(torch, *both, (tgt, memory))
    train(torch, *both, (tgt, memory), with_masks(tgt_mask=AHEAD, memory_key_padding_mask=PADDING[:, :3]))


def test_encoder_and_decoder_of_several_layers(torch):
    def made(nn, dtype):
        layer = nn.TransformerEncoderLayer(**SMALL, dropout=0.0, dtype=dtype)
        norm = nn.LayerNorm(6, dtype=dtype)
        decoder = nn.TransformerDecoderLayer(**SMALL, dropout=0.0, dtype=dtype)
        return nn.TransformerEncoder(layer, 2, norm), nn.TransformerDecoder(decoder, 3)

    (encoder, decoder), (their_encoder, their_decoder) = made(nn, np.float64), made(torch.nn, torch.float64)
    assert encoder.layers[0] is not encoder.layers[1]
    train(torch, encoder, their_encoder, (N(size=(4, 2, 6)),), with_masks(mask=AHEAD))
    train(torch, decoder, their_decoder, (N(size=(4, 2, 6)), N(size=(3, 2, 6))))


@pytest.mark.parametrize("first", [False, True])
def test_transformer(torch, first):
    settings = {**SMALL, "num_encoder_layers": 2, "num_decoder_layers": 1, "dropout": 0.0, "batch_first": first}
    ours, theirs = pair(torch, "Transformer", **settings)
    ahead = nn.Transformer.generate_square_subsequent_mask(4, dtype=np.float64)
    np.testing.assert_array_equal(ahead.numpy(), torch.nn.Transformer.generate_square_subsequent_mask(4).numpy())
    src, tgt = N(size=(2, 3, 6) if first else (3, 2, 6)), N(size=(2, 4, 6) if first else (4, 2, 6))
    train(torch, ours, theirs, (src, tgt), with_masks(tgt_mask=ahead.numpy(), src_key_padding_mask=PADDING[:, :3]))


def test_evaluation_agrees_with_pytorch_s_fast_path(torch):
    ours, theirs = pair(torch, "TransformerEncoderLayer", **SMALL, dropout=0.5, batch_first=True)
    exchange(torch, ours, theirs)
    x = N(size=(2, 4, 6))
    with torch.no_grad():
        same(ours(tg.tensor(x)), theirs(torch.tensor(x)))


def test_training_drops():
    tg.manual_seed(0)
    layer, x = nn.TransformerEncoderLayer(**SMALL, dropout=0.5), tg.randn(4, 2, 6)
    assert not np.array_equal(layer(x).detach().numpy(), layer(x).detach().numpy())


def test_the_future_is_not_seen():
    tg.manual_seed(0)
    model = nn.Transformer(**SMALL, num_encoder_layers=1, num_decoder_layers=2).eval()
    src, tgt = tg.randn(3, 1, 6), tg.randn(4, 1, 6)
    mask = model.generate_square_subsequent_mask(4)
    before = model(src, tgt, tgt_mask=mask)
    tgt[2:] = 0.0
    after = model(src, tgt, tgt_mask=mask)
    np.testing.assert_array_equal(before[:2].detach().numpy(), after[:2].detach().numpy())
    assert not np.allclose(before[2:].detach().numpy(), after[2:].detach().numpy())


@pytest.mark.parametrize(("call", "text"), [
    (lambda m: m(tg.ones(3, 2, 6), tg.ones(3, 1, 6)), "the batch number of src and tgt must be equal"),
    (lambda m: m(tg.ones(3, 2, 5), tg.ones(3, 2, 6)), "must be equal to d_model, 6"),
    (lambda m: nn.TransformerEncoderLayer(6, 2, activation="sin"), "activation should be relu/gelu, not sin"),
])  # fmt: skip
def test_errors(call, text):
    with pytest.raises(RuntimeError, match=text):
        call(nn.Transformer(**SMALL, num_encoder_layers=1, num_decoder_layers=1))

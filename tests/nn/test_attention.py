"""scaled_dot_product_attention and MultiheadAttention, by hand and beside PyTorch's."""

import math

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn
from tinygrad_edu.autograd import grad

from .beside import double, ours_of, same, theirs_of, train

RNG = np.random.default_rng(5)
N = RNG.normal
SEEN = RNG.random((3, 4)) < 0.6
SEEN[:, 0] = True


def by_hand(q, k, v, mask=None, scale=None):
    """Number by number."""
    z = np.zeros((*q.shape[:-1], v.shape[-1]))
    for at in np.ndindex(*q.shape[:-1]):
        row = at[-1]
        keys, values = k[at[:-1]], v[at[:-1]]
        scores = keys @ q[at] * (1 / math.sqrt(q.shape[-1]) if scale is None else scale)
        if mask is not None:
            scores = scores + mask[row]
        weights = np.exp(scores)
        z[at] = weights @ values / (weights.sum() or 1)
    return z


def test_by_hand():
    q, k, v = N(size=(2, 3, 5)), N(size=(2, 4, 5)), N(size=(2, 4, 6))
    mask = np.where(SEEN, 0, -np.inf)
    t = [tg.tensor(x) for x in (q, k, v)]
    np.testing.assert_allclose(F.scaled_dot_product_attention(*t).numpy(), by_hand(q, k, v), rtol=1e-12)
    masked = F.scaled_dot_product_attention(*t, attn_mask=tg.tensor(SEEN), scale=0.3)
    np.testing.assert_allclose(masked.numpy(), by_hand(q, k, v, mask, 0.3), rtol=1e-12)
    causal = F.scaled_dot_product_attention(*t, is_causal=True)
    np.testing.assert_allclose(causal.numpy(), by_hand(q, k, v, np.triu(np.full((3, 4), -np.inf), 1)), rtol=1e-12)


def test_a_query_that_may_look_nowhere_gets_zeros_and_gives_no_gradient():
    q, k, v = (tg.tensor(N(size=(3, 4)), requires_grad=True) for _ in range(3))
    mask = tg.tensor([[True, False, True], [False, False, False], [True, True, True]])
    z = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    assert not z[1].detach().numpy().any()
    z.sum().backward()
    assert not q.grad[1].numpy().any() and all(np.isfinite(x.grad.numpy()).all() for x in (q, k, v))


def test_scores_of_any_size():
    q, k, v = tg.ones(1, 2) * 1e4, tg.tensor([[1e4, 0.0], [0.0, 1.0]]), tg.tensor([[1.0], [2.0]])
    assert F.scaled_dot_product_attention(q, k, v).tolist() == [[1.0]]


CALLS = [
    ((2, 3, 5), (2, 4, 5), (2, 4, 6), None, {}),
    ((2, 2, 3, 5), (2, 2, 3, 5), (2, 2, 3, 5), None, {"is_causal": True}),
    ((2, 2, 3, 5), (2, 2, 4, 5), (2, 2, 4, 5), None, {"is_causal": True, "scale": 0.2}),
    ((2, 2, 3, 5), (2, 2, 4, 5), (2, 2, 4, 5), SEEN, {}),
    ((2, 2, 3, 5), (2, 2, 4, 5), (2, 2, 4, 5), N(size=(2, 1, 3, 4)), {}),
    ((2, 4, 3, 5), (2, 2, 4, 5), (2, 2, 4, 5), None, {"enable_gqa": True}),
    ((3, 5), (4, 5), (4, 5), None, {}),
]


@pytest.mark.parametrize(("q", "k", "v", "mask", "settings"), CALLS)
def test_beside_pytorch(torch, q, k, v, mask, settings):
    arrays = tuple(N(size=s) for s in (q, k, v)) + (() if mask is None else (mask,))
    there = theirs_of(torch, arrays, requires_grad=True)
    here = ours_of(there)
    z = F.scaled_dot_product_attention(*here, **settings)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):  # the one that has second derivatives
        t = torch.nn.functional.scaled_dot_product_attention(*there, **settings)
    same(z, t, "the value")
    xs, ys = ([x for x in side if x.requires_grad] for side in (here, there))
    first = grad((z * z).sum(), xs, create_graph=True)
    expected = torch.autograd.grad((t * t).sum(), ys, create_graph=True)
    same(list(first), list(expected), "the gradient")
    again = torch.autograd.grad(sum((g * g).sum() for g in expected), ys)
    same(list(grad(sum((g * g).sum() for g in first), xs)), list(again), "the second gradient")


def test_dropout_drops_weights_and_keeps_the_mean():
    tg.manual_seed(0)
    q = tg.zeros(1, 200, 4)
    z = F.scaled_dot_product_attention(q, q, tg.ones(1, 200, 4), dropout_p=0.25).numpy()
    assert z.std() > 0.01 and abs(z.mean() - 1) < 0.02
    assert not F.scaled_dot_product_attention(q, q, q + 1, dropout_p=1.0).numpy().any()


@pytest.mark.parametrize(("call", "text"), [
    (lambda q: F.scaled_dot_product_attention(q, q, q, tg.ones(3, 3), is_causal=True), "not be set when is_causal"),
    (lambda q: F.scaled_dot_product_attention(q, q.double(), q), "to have the same dtype"),
    (lambda q: F.scaled_dot_product_attention(q[0], q[0], q[0]), "at least 2 dimensional"),
    (lambda q: F.scaled_dot_product_attention(q, q, q, tg.ones(3, 3).double()), "attn_mask dtype to be bool or float"),
])  # fmt: skip
def test_errors(call, text):
    with pytest.raises(RuntimeError, match=text):
        call(tg.ones(3, 4))


# -------------------------------------------------------------------------------------------- MultiheadAttention


def pair(torch, *args, **settings):
    return double(nn.MultiheadAttention(*args, **settings)), double(torch.nn.MultiheadAttention(*args, **settings))


def attended(**options):
    """A call with masks given as arrays, which become tensors of the module's kind."""
    def call(module, *xs):
        kind = tg if type(module).__module__.startswith("tinygrad_edu") else __import__("torch")
        return module(*xs, **{k: kind.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()})

    return call


PADDING = np.array([[False, False, False, True], [False, True, True, True]])
AHEAD = np.triu(np.ones((4, 4), bool), 1)


@pytest.mark.parametrize(("settings", "options"), [
    ({}, {}),
    ({"batch_first": True}, {"average_attn_weights": False}),
    ({"bias": False}, {"need_weights": False}),
    ({"add_bias_kv": True, "add_zero_attn": True}, {"key_padding_mask": PADDING}),
    ({"batch_first": True}, {"key_padding_mask": PADDING, "attn_mask": AHEAD}),
    ({}, {"attn_mask": N(size=(4, 4))}),
    ({}, {"attn_mask": N(size=(4, 4, 4))}),
    ({}, {"attn_mask": AHEAD, "is_causal": True, "need_weights": False}),
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:Support for mismatched")
def test_multihead_of_one_beside_pytorch(torch, settings, options):
    """Self-attention: one tensor is query, key and value."""
    shape = (2, 4, 6) if settings.get("batch_first") else (4, 2, 6)
    call = attended(**options)
    train(torch, *pair(torch, 6, 2, **settings), (N(size=shape),), lambda m, x: call(m, x, x, x))


@pytest.mark.parametrize("settings", [{}, {"kdim": 5, "vdim": 3}, {"kdim": 5, "vdim": 3, "bias": False}])
def test_multihead_of_several_beside_pytorch(torch, settings):
    q, k, v = N(size=(3, 2, 6)), N(size=(4, 2, settings.get("kdim", 6))), N(size=(4, 2, settings.get("vdim", 6)))
    train(torch, *pair(torch, 6, 3, **settings), (q, k, v), attended(key_padding_mask=PADDING))
    train(torch, *pair(torch, 6, 3, **settings), (q[:, 0], k[:, 0], v[:, 0]))


def test_multihead_by_hand():
    """Each head attends on its own share of the features, and the last layer joins them."""
    tg.manual_seed(0)
    layer = nn.MultiheadAttention(6, 2, dtype=np.float64)
    x = tg.tensor(N(size=(4, 1, 6)))
    z, weights = layer(x, x, x)
    q, k, v = ((x[:, 0] @ w.mT).detach().numpy() for w in layer.in_proj_weight.chunk(3))
    heads = [by_hand(q[:, s], k[:, s], v[:, s]) for s in (slice(0, 3), slice(3, 6))]
    joined = np.concatenate(heads, 1) @ layer.out_proj.weight.detach().numpy().T
    np.testing.assert_allclose(z.detach().numpy()[:, 0], joined, rtol=1e-12)
    np.testing.assert_allclose(weights.sum(-1).detach().numpy(), 1)
    assert weights.shape == (1, 4, 4)


def test_multihead_drops_in_training_only():
    tg.manual_seed(0)
    layer = nn.MultiheadAttention(6, 2, dropout=0.5)
    x = tg.randn(8, 1, 6)
    assert (layer(x, x, x)[1] == 0).any() and not (layer.eval()(x, x, x)[1] == 0).any()


@pytest.mark.parametrize(("call", "kind", "text"), [
    (lambda m: nn.MultiheadAttention(6, 4), ValueError, "embed_dim must be divisible by num_heads, got 6 and 4"),
    (lambda m: nn.MultiheadAttention(0, 1), ValueError, "must be greater than 0, got embed_dim=0"),
    (lambda m: m(tg.ones(2, 2, 5), *[tg.ones(2, 2, 6)] * 2), RuntimeError, "expecting query dimension of 6, but got 5"),
    (lambda m: m(tg.ones(2, 6), *[tg.ones(2, 2, 6)] * 2), RuntimeError, "must all have 3 axes, or 2 without a batch"),
    (lambda m: m(tg.ones(2, 2, 6), tg.ones(2, 2, 6), tg.ones(3, 2, 6)), RuntimeError, "do not match"),
    (lambda m: m(*[tg.ones(2, 2, 6)] * 3, is_causal=True), RuntimeError, "Need attn_mask if specifying the is_causal"),
    (lambda m: m(*[tg.ones(2, 2, 6)] * 3, attn_mask=tg.ones(2, 2).long()), RuntimeError, "only bool and floating"),
    (lambda m: m(*[tg.ones(2, 2, 6)] * 3, attn_mask=tg.ones(3, 2)), RuntimeError, "The shape of the 2D attn_mask is"),
    (lambda m: m(*[tg.ones(2, 2, 6)] * 3, key_padding_mask=tg.ones(3, 2)), RuntimeError, "key_padding_mask: 2 rows"),
])  # fmt: skip
def test_multihead_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call(nn.MultiheadAttention(6, 2))

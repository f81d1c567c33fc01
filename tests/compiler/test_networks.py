"""Activations, losses, attention and recurrent layers: a compiled training step leaves what the eager one does."""

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn, optim

from .side_by_side import World, programs, run


def trained(make_net, cost, arrays, calls=5, clip=None):
    """Run the training step of a network on `calls` batches in both worlds."""
    def make():
        net = make_net()
        opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)

        def step(*xs):
            opt.zero_grad()
            loss = cost(net, *xs)
            loss.backward()
            if clip is not None:
                clip(net.parameters())
            opt.step()
            return loss

        return World(net=net, opt=opt, step=step)

    def batch(i):
        rng = np.random.default_rng(i)
        return tuple(tg.tensor(a(rng)) for a in arrays)

    world = run(make, [batch(i) for i in range(calls)])
    assert programs(world.compiled)[1] == 1


def floats(*shape):
    return lambda rng: rng.normal(size=shape).astype(np.float32)


def shares(*shape):
    return lambda rng: rng.uniform(0.1, 0.9, shape).astype(np.float32)


def signs(*shape):
    return lambda rng: rng.choice([-1.0, 1.0], shape).astype(np.float32)


def classes(*shape):
    return lambda rng: rng.integers(0, 3, shape)


ACTIVATIONS = [
    "GELU", "SiLU", "Mish", "ELU", "CELU", "SELU", "LeakyReLU", "PReLU", "RReLU", "ReLU6", "Hardtanh", "Hardsigmoid",
    "Hardswish", "Hardshrink", "Softshrink", "Tanhshrink", "Softplus", "Softsign", "LogSigmoid", "GLU",
]  # fmt: skip


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    def make():
        return nn.Sequential(nn.Linear(5, 6), getattr(nn, name)(), nn.Linear(3 if name == "GLU" else 6, 3))

    trained(make, lambda net, x, y: F.cross_entropy(net(x), y), (floats(4, 5), classes(4)))


@pytest.mark.parametrize("activation", [nn.ReLU6, nn.LeakyReLU, nn.SiLU, nn.Hardswish])
def test_in_place(activation):
    def make():
        return nn.Sequential(nn.Linear(5, 6), activation(inplace=True), nn.Linear(6, 3))

    trained(make, lambda net, x, y: F.cross_entropy(net(x), y), (floats(4, 5), classes(4)))


LOSSES = {
    "smooth_l1": (lambda z, y: F.smooth_l1_loss(z, y), floats(4, 3)),
    "huber": (lambda z, y: F.huber_loss(z, y, delta=0.4), floats(4, 3)),
    "bce": (lambda z, y: F.binary_cross_entropy(z.sigmoid(), y), shares(4, 3)),
    "bce with logits": (lambda z, y: F.binary_cross_entropy_with_logits(z, y, pos_weight=tg.ones(3) * 2), shares(4, 3)),
    "kl_div": (lambda z, y: F.kl_div(F.log_softmax(z, -1), y, reduction="batchmean"), shares(4, 3)),
    "nll": (lambda z, y: F.nll_loss(F.log_softmax(z, -1), y, tg.ones(3) * 2), classes(4)),
    "cross_entropy smoothed": (lambda z, y: F.cross_entropy(z, y, label_smoothing=0.1), classes(4)),
    "poisson": (lambda z, y: F.poisson_nll_loss(z, y, full=True), shares(4, 3)),
    "gaussian": (lambda z, y: F.gaussian_nll_loss(z, y, z.exp()), floats(4, 3)),
    "hinge": (lambda z, y: F.hinge_embedding_loss(z, y), signs(4, 3)),
    "soft margin": (lambda z, y: F.soft_margin_loss(z, y), signs(4, 3)),
    "ranking": (lambda z, y: F.margin_ranking_loss(z, z * 0.5, y, 0.1), signs(4, 3)),
    "cosine": (lambda z, y: F.cosine_embedding_loss(z, z + 0.3, y), signs(4)),
    "multi margin": (lambda z, y: F.multi_margin_loss(z, y), classes(4)),
    "multilabel": (lambda z, y: F.multilabel_margin_loss(z, y), classes(4, 3)),
    "multilabel soft": (lambda z, y: F.multilabel_soft_margin_loss(z, y), shares(4, 3)),
    "triplet": (lambda z, y: F.triplet_margin_loss(z, y, y * 0.5, swap=True), floats(4, 3)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    cost, target = LOSSES[name]
    trained(lambda: nn.Linear(5, 3), lambda net, x, y: cost(net(x), y), (floats(4, 5), target))


class Attending(nn.Module):
    """A block of a GPT, without its norms."""

    def __init__(self, dropout):
        super().__init__()
        self.qkv, self.up, self.down = nn.Linear(8, 24), nn.Linear(8, 16), nn.Linear(16, 8)
        self.dropout = dropout

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (a.view(b, t, 2, 4).transpose(1, 2) for a in self.qkv(x).split(8, -1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=self.dropout)
        x = x + y.transpose(1, 2).reshape(b, t, c)
        return x + self.down(F.gelu(self.up(x)))


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_attention(dropout):
    trained(lambda: Attending(dropout), lambda net, x: net(x).square().mean(), (floats(2, 3, 8),),
            clip=lambda ps: nn.utils.clip_grad_norm_(ps, 0.05))  # fmt: skip


def test_multihead_attention():
    def cost(net, x, hidden):
        z, weights = net(x, x, x, key_padding_mask=hidden > 0, attn_mask=tg.ones(3, 3, dtype=bool).triu(1))
        return z.square().mean() + weights.square().mean()

    trained(lambda: nn.MultiheadAttention(8, 2, dropout=0.2, batch_first=True), cost,
            (floats(2, 3, 8), lambda rng: np.array([[0, 0, 0], [0, 1, 1]])),
            clip=lambda ps: nn.utils.clip_grad_value_(ps, 0.01))  # fmt: skip


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("settings", [
    {}, {"num_layers": 2, "bidirectional": True, "dropout": 0.2, "batch_first": True},
])  # fmt: skip
def test_recurrent(kind, settings):
    trained(lambda: getattr(nn, kind)(3, 4, **settings), lambda net, x: net(x)[0].square().mean(), (floats(4, 2, 3),))


@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
def test_cells(kind):
    def cost(net, x):
        state = None
        for t in range(3):
            state = net(x[t], state)
        return (state[0] if kind == "LSTMCell" else state).square().mean()

    trained(lambda: getattr(nn, kind)(3, 4), cost, (floats(3, 2, 3),))


def test_packed_sequences():
    """The lengths are numbers of the program."""
    def cost(net, x):
        packed = nn.utils.rnn.pack_padded_sequence(x, [2, 4, 1], enforce_sorted=False)
        return nn.utils.rnn.pad_packed_sequence(net(packed)[0])[0].square().mean()

    trained(lambda: nn.LSTM(3, 4), cost, (floats(4, 3, 3),))

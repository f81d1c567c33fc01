"""The harness itself: equal draws give equal programs, and a difference is noticed."""

import pytest

from .side_by_side import same, theirs


def test_every_kind_of_draw_gives_the_same_weights():
    """The harness itself: layers, masks, shuffling and samplers start from the same draws in both."""

    def program(torch):
        nn, data = torch.nn, torch.utils.data
        layers = nn.ModuleDict({
            "linear": nn.Linear(3, 2), "embedding": nn.Embedding(5, 3), "lstm": nn.LSTM(3, 2, 2, bidirectional=True),
            "gru": nn.GRUCell(2, 3), "conv": nn.Conv2d(2, 4, 3), "up": nn.ConvTranspose2d(2, 4, 3, bias=False),
            "attention": nn.MultiheadAttention(4, 2), "encoder": nn.TransformerEncoderLayer(4, 2, 8),
            "bilinear": nn.Bilinear(2, 3, 4), "norm": nn.BatchNorm1d(3), "bag": nn.EmbeddingBag(4, 2),
            "transformer": nn.Transformer(4, 2, 1, 1, 8),
        })  # fmt: skip
        for name in ("xavier_normal_", "kaiming_uniform_", "orthogonal_", "trunc_normal_"):
            getattr(nn.init, name)(layers["linear"].weight)
            print(name, layers["linear"].weight.data)
        x = torch.arange(10.0).view(10, 1)
        loader = data.DataLoader(data.TensorDataset(x, x * 2), batch_size=4, shuffle=True)
        parts = data.random_split(range(10), [7, 3], torch.Generator().manual_seed(3))
        sampler = data.WeightedRandomSampler([1.0, 2.0, 3.0], 5)
        drawn = [
            torch.rand(2),
            torch.randn(2, 2),
            torch.randint(9, (3,)),
            torch.randperm(4),
            torch.normal(x, 1.0),
            torch.bernoulli(x / 10),
            torch.empty(3).normal_(1, 2),
            torch.empty(3).uniform_(),
            layers["norm"](x.view(2, 5)[:, :3]),
            nn.functional.dropout(x, 0.3),
            nn.Dropout2d(0.5)(torch.ones(2, 3, 2, 2)),
            layers["encoder"](torch.ones(3, 1, 4)),
        ]
        return layers, drawn, list(loader), [list(p) for p in parts], list(sampler), list(loader)

    same(program)


CHANGES = [
    lambda torch, ours: torch.ones(2) * (1 + 1e-3 * ours),
    lambda torch, ours: torch.ones(2 + ours),
    lambda torch, ours: torch.ones(2, dtype=torch.float64 if ours else torch.float32),
    lambda torch, ours: torch.ones(2, requires_grad=ours),
    lambda torch, ours: print(torch.ones(2) * (1 + 1e-3 * ours)),
    lambda torch, ours: torch.nn.Linear(2, 3 - ours),
    lambda torch, ours: [1.0] * (2 + ours),
    lambda torch, ours: {"a": 1 if ours else 1.0},
    lambda torch, ours: step(torch, 0.1 + 1e-3 * ours),
]


def step(torch, lr):
    layer = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(layer.parameters(), lr=lr)
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()


@pytest.mark.skipif(theirs is None, reason="PyTorch is not installed, so nothing is compared with it")
@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_a_difference_is_noticed(change):
    with pytest.raises(AssertionError):
        same(lambda torch: change(torch, torch is not theirs))

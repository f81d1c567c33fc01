"""Language: characters, words, sequences."""

from .side_by_side import same, theirs


def test_a_character_model_from_counts_to_gradients():
    def program(torch):
        F = torch.nn.functional
        words = ["emma", "olivia", "ava", "isabella", "sophia"]
        chars = sorted(set("".join(words)))
        stoi = {s: i + 1 for i, s in enumerate(chars)} | {".": 0}
        itos = {i: s for s, i in stoi.items()}
        size = len(stoi)
        pairs = [(stoi[a], stoi[b]) for w in words for a, b in zip("." + w, w + ".", strict=True)]
        N = torch.zeros((size, size), dtype=torch.int32)
        for a, b in pairs:
            N[a, b] += 1
        P = (N + 1).float()
        P /= P.sum(1, keepdims=True)
        log_likelihood = sum(torch.log(P[a, b]) for a, b in pairs)
        print(f"{log_likelihood=}", f"{-log_likelihood / len(pairs):.4f}")

        xs, ys = (torch.tensor(column) for column in zip(*pairs, strict=True))
        g = torch.Generator().manual_seed(2147483647)
        W = torch.randn((size, size), generator=g, requires_grad=True)
        losses = []
        for _ in range(4):
            logits = F.one_hot(xs, num_classes=size).float() @ W
            counts = logits.exp()
            probs = counts / counts.sum(1, keepdims=True)
            loss = -probs[torch.arange(len(xs)), ys].log().mean() + 0.01 * (W**2).mean()
            losses.append(loss.item())
            W.grad = None
            loss.backward()
            W.data += -10 * W.grad
        ix, out = 0, []
        while len(out) < 20:
            ix = torch.multinomial(P[ix], num_samples=1, replacement=True, generator=g).item()
            out.append(itos[ix])
        print("".join(out), W[:2, :3])
        return {"losses": losses, "W": W, "gradient": W.grad, "P": P}

    same(program)


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


def test_the_harness_notices_a_difference():
    here = []
    for change in (
        lambda torch, ours: torch.ones(2) * (1 + 1e-3 * ours),
        lambda torch, ours: torch.ones(2 + ours),
        lambda torch, ours: torch.ones(2, dtype=torch.float64 if ours else torch.float32),
        lambda torch, ours: print(torch.ones(2) * (1 + 1e-3 * ours)),
        lambda torch, ours: torch.nn.Linear(2, 3 - ours),
        lambda torch, ours: [1.0] * (2 + ours),
        lambda torch, ours: {"a": 1 if ours else 1.0},
    ):
        if theirs is None:
            break
        try:
            same(lambda torch, change=change: change(torch, torch is not theirs))
        except AssertionError:
            continue
        here.append(change)
    assert not here

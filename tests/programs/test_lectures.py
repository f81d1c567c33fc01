"""What lectures build by hand: counts, embeddings, batch norm, backpropagation written out, a recurrent network."""

from .side_by_side import same

WORDS = ["emma", "olivia", "ava", "isabella", "sophia", "mia", "amelia", "harper", "evelyn", "abigail", "emily", "ella"]
CHARS = ".abcdefghijklmnopqrstuvwxyz"


def contexts(torch, words, size):
    """Each letter of each word, and the letters before it."""
    X, Y = [], []
    for w in words:
        context = [0] * size
        for ch in w + ".":
            X.append(context)
            Y.append(CHARS.index(ch))
            context = [*context[1:], Y[-1]]
    return torch.tensor(X), torch.tensor(Y)


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


def test_an_embedding_table_and_a_hidden_layer():
    def program(torch):
        F = torch.nn.functional
        X, Y = contexts(torch, WORDS, 3)
        print(X.shape, Y.dtype, X[:3], Y[:3])
        g = torch.Generator().manual_seed(7)
        C = torch.randn((27, 4), generator=g)
        W1, b1 = torch.randn((12, 20), generator=g) * (5 / 3) / 12**0.5, torch.randn(20, generator=g) * 0.01
        W2, b2 = torch.randn((20, 27), generator=g) * 0.01, torch.zeros(27)
        print(C[5], F.one_hot(torch.tensor(5), num_classes=27).float() @ C, C[X].view(-1, 12).storage().size())
        parameters = [C, W1, b1, W2, b2]
        for p in parameters:
            p.requires_grad = True
        print(sum(p.nelement() for p in parameters))
        lrs = 10 ** torch.linspace(-2, 0, 6)
        losses, ratios = [], []
        for i in range(6):
            ix = torch.randint(0, X.shape[0], (32,), generator=g)
            hidden = torch.tanh(torch.cat(torch.unbind(C[X[ix]], 1), 1) @ W1 + b1)
            hidden.retain_grad()
            loss = F.cross_entropy(hidden @ W2 + b2, Y[ix])
            for p in parameters:
                p.grad = None
            loss.backward()
            for p in parameters:
                p.data += -lrs[i].item() * p.grad
            losses.append(loss.item())
            with torch.no_grad():
                ratios.append([(p.grad.std() / p.data.std()).log10().item() for p in parameters])
        saturated = (hidden.abs() > 0.97).float().mean() * 100
        hist, edges = torch.histogram(hidden.detach(), density=True)
        print(f"mean {hidden.mean():+.2f}, std {hidden.std():.2f}, saturated {saturated:.1f}%", hidden.grad.shape)
        print("%6d | %+f | %e" % (i, loss, loss.item()), tuple(C.shape), edges)  # noqa: UP031
        return {"losses": losses, "gradient": hidden.grad, "hist": hist, "ratios": ratios, "parameters": parameters}

    same(program)


def test_backpropagation_written_out():
    def program(torch):
        F = torch.nn.functional
        X, Y = contexts(torch, WORDS[:6], 3)
        n = len(X)
        C, W1, W2 = torch.randn(27, 3), torch.randn(9, 16) * 0.3, torch.randn(16, 27) * 0.1
        gain, bias = torch.randn((1, 16)) * 0.1 + 1, torch.randn((1, 16)) * 0.1
        for p in (C, W1, W2, gain, bias):
            p.requires_grad_()
        emb = C[X]
        before = emb.view(n, -1) @ W1
        away = before - 1 / n * before.sum(0, keepdim=True)
        var = 1 / (n - 1) * (away**2).sum(0, keepdim=True)
        inverse = (var + 1e-5) ** -0.5
        raw = away * inverse
        h = torch.tanh(gain * raw + bias)
        logits = h @ W2
        norm = logits - logits.max(1, keepdim=True).values
        counts = norm.exp()
        probs = counts * counts.sum(1, keepdims=True) ** -1
        logprobs = probs.log()
        loss = -logprobs[range(n), Y].mean()
        for t in (logprobs, probs, counts, norm, logits, h, raw, inverse, var, away, before, emb):
            t.retain_grad()
        loss.backward()

        def cmp(name, dt, t):
            close, largest = torch.allclose(dt, t.grad, atol=1e-6), (dt - t.grad).abs().max().item()
            print(f"{name:8s} | {close!s:5s} | small: {largest < 1e-6}")

        dlogprobs = torch.zeros_like(logprobs)
        dlogprobs[range(n), Y] = -1.0 / n
        cmp("logprobs", dlogprobs, logprobs)
        cmp("probs", dlogprobs / probs, probs)
        dlogits = F.softmax(logits, 1)
        dlogits[range(n), Y] -= 1
        dlogits /= n
        cmp("logits", dlogits, logits)
        dh = dlogits @ W2.T
        cmp("h", dh, h)
        cmp("W2", h.T @ dlogits, W2)
        dpre = (1.0 - h**2) * dh
        cmp("gain", (raw * dpre).sum(0, keepdim=True), gain)
        cmp("bias", dpre.sum(0, keepdim=True), bias)
        dbefore = gain * inverse / n * (n * dpre - dpre.sum(0) - n / (n - 1) * raw * (dpre * raw).sum(0))
        cmp("before", dbefore, before)
        demb = (dbefore @ W1.T).view(emb.shape)
        dC = torch.zeros_like(C)
        for k in range(n):
            for j in range(X.shape[1]):
                dC[X[k, j]] += demb[k, j]
        cmp("C", dC, C)
        return dlogprobs, dlogits, dC, dbefore, F.one_hot(logits.max(1).indices, num_classes=27) * 0.5

    same(program)


def test_a_tree_of_layers_made_by_hand():
    def program(torch):
        F = torch.nn.functional

        class Linear:
            def __init__(self, fan_in, fan_out, bias=True):
                self.weight = torch.randn((fan_in, fan_out)) / fan_in**0.5
                self.bias = torch.zeros(fan_out) if bias else None

            def __call__(self, x):
                self.out = x @ self.weight
                if self.bias is not None:
                    self.out += self.bias
                return self.out

            def parameters(self):
                return [self.weight] + ([] if self.bias is None else [self.bias])

        class BatchNorm1d:
            def __init__(self, dim, momentum=0.1):
                self.momentum, self.training = momentum, True
                self.gamma, self.beta = torch.ones(dim), torch.zeros(dim)
                self.mean, self.var = torch.zeros(dim), torch.ones(dim)

            def __call__(self, x):
                dim = 0 if x.ndim == 2 else (0, 1)
                mean = x.mean(dim, keepdim=True) if self.training else self.mean
                var = x.var(dim, keepdim=True) if self.training else self.var
                if self.training:
                    with torch.no_grad():
                        self.mean = (1 - self.momentum) * self.mean + self.momentum * mean
                        self.var = (1 - self.momentum) * self.var + self.momentum * var
                self.out = self.gamma * (x - mean) / torch.sqrt(var + 1e-5) + self.beta
                return self.out

            def parameters(self):
                return [self.gamma, self.beta]

        class Pairs:
            def __call__(self, x):
                B, T, C = x.shape
                x = x.view(B, T // 2, C * 2)
                self.out = x.squeeze(1) if x.shape[1] == 1 else x
                return self.out

            def parameters(self):
                return []

        class Table(Linear):
            def __call__(self, x):
                self.out = self.weight[x]
                return self.out

        X, Y = contexts(torch, WORDS, 4)
        layers = [Table(27, 6, bias=False), Pairs(), Linear(12, 8, bias=False), BatchNorm1d(8),
                  Pairs(), Linear(16, 8, bias=False), BatchNorm1d(8), Linear(8, 27)]  # fmt: skip
        with torch.no_grad():
            layers[-1].weight *= 0.1
        parameters = [p for layer in layers for p in layer.parameters()]
        for p in parameters:
            p.requires_grad = True
        losses = []
        for _ in range(4):
            ix = torch.randint(0, len(X), (24,))
            x = X[ix]
            for layer in layers:
                x = layer(x)
            loss = F.cross_entropy(x, Y[ix])
            for p in parameters:
                p.grad = None
            loss.backward()
            for p in parameters:
                p.data += -0.3 * p.grad
            losses.append(loss.item())
        print(torch.tensor(losses).view(-1, 2).mean(1), [tuple(layer.out.shape) for layer in layers])
        logits = torch.zeros(5, 27)
        for layer in layers:
            layer.training = False
        for i in range(5):
            x = X[[7 + i]]
            for layer in layers:
                x = layer(x)
            logits[i] = x[0]
        return {"losses": losses, "logits": logits, "layers": list(parameters), "var": layers[3].var}

    same(program)


def test_a_recurrent_network_trained_by_hand():
    def program(torch):
        text = " ".join(WORDS)
        data = torch.tensor([CHARS.index(c) if c != " " else 0 for c in text])
        Wxh, Whh, Why = torch.randn(16, 27) * 0.1, torch.randn(16, 16) * 0.1, torch.randn(27, 16) * 0.1
        bh, by = torch.zeros(16, 1), torch.zeros(27, 1)
        parameters = [Wxh, Whh, Why, bh, by]
        memory = [torch.zeros_like(p) for p in parameters]
        h, losses = torch.zeros(16, 1), []
        for p in parameters:
            p.requires_grad_(True)
        for _ in range(5):
            h, loss = h.detach(), 0
            for t in range(10):
                x = torch.zeros(27, 1)
                x[data[t]] = 1
                h = torch.tanh(torch.mm(Wxh, x) + torch.mm(Whh, h) + bh)
                y = torch.mm(Why, h) + by
                loss += -torch.log(torch.softmax(y, dim=0)[data[t + 1], 0])
            loss.backward()
            with torch.no_grad():
                for p, m in zip(parameters, memory, strict=True):
                    p.grad.clamp_(-5, 5)
                    m += p.grad * p.grad
                    p -= 0.1 * p.grad / torch.sqrt(m + 1e-8)
                    p.grad.zero_()
            losses.append(loss.item() / 10)
        drawn = []
        with torch.no_grad():
            x = torch.zeros(27, 1).index_fill_(0, data[:1], 1.0)
            for _ in range(12):
                h = torch.tanh(Wxh @ x + Whh @ h + bh)
                ix = torch.multinomial(torch.softmax((Why @ h + by).ravel(), 0), 1).item()
                x = torch.eye(27)[ix].unsqueeze(1)
                drawn.append(CHARS[ix])
        print("".join(drawn))
        return {"losses": losses, "parameters": parameters, "memory": memory, "h": h}

    same(program, atol=1e-5)  # Adagrad's first steps are as large for small gradients as for large ones


def test_the_small_engine_compared():
    def program(torch):
        a, b = torch.Tensor([-4.0]).double(), torch.Tensor([2.0]).double()
        a.requires_grad, b.requires_grad = True, True
        c, d = a + b, a * b + b**3
        c = c + c + 1
        c = c + 1 + c + (-a)
        d = d + d * 2 + (b + a).relu()
        d = d + 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g = g + 10.0 / f
        g.backward()
        x = torch.tensor([[1.0, -2.0], [3.0, 4.0]], requires_grad=True)
        (x.tanh().sum() + (x * x).mean()).backward()
        print(a.grad.item(), b.grad, g.data.item(), x.grad, x, torch.Tensor([[1, 2, 3]]).shape, a.dtype, c)
        return g, a.grad, x.grad

    same(program)


def test_what_notebooks_print():
    def program(torch):
        nn = torch.nn
        x = torch.tensor([[1.0, 3.0, 2.0], [4.0, 0.0, 5.0]])
        print(f"{x.shape} {x.size()!r}", [x.shape], x.shape[0], "%s" % (x[0].shape,), x.numel(), x.dim())  # noqa: UP031
        print(x.max(1), x.min(0), x.sort(descending=True), x.topk(2), x.median(1), x.kthvalue(2), x.mode(1))
        print(torch.cummax(x, 1), x.aminmax(), torch.histogram(x, 2), torch.max(x), x.max(dim=1, keepdim=True).values)
        layer = nn.Linear(3, 2)
        groups = [{"params": [layer.weight], "lr": 1}, {"params": [layer.bias], "momentum": 0.5}]
        optimizer = torch.optim.SGD(groups, lr=0.1)
        groups[1]["lr"] = 0.2  # the optimizer keeps the very groups that it was given
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2.0)
        print(optimizer, scheduler.get_last_lr(), list(optimizer.param_groups[0]))
        print(layer, layer.state_dict(), layer.state_dict().keys(), layer.load_state_dict(layer.state_dict()))
        print(x.storage(), x[1:].storage_offset(), len(x.t().storage()), torch.is_storage(x.storage()))
        y = layer(x)
        print(torch.zeros_like(y), torch.ones_like(y), torch.full_like(y, 2), torch.zeros_like(y).requires_grad)
        print(isinstance(x.dtype, torch.dtype), isinstance(x, torch.Tensor), torch.is_tensor(x), f"{x.mean():.3f}")

    same(program)

"""Networks on graphs, with sparse matrices, masks and messages."""

import numpy as np

from .side_by_side import same

EDGES = np.array([[0, 1], [1, 2], [3, 4], [5, 6], [7, 0], [2, 6], [4, 7]], dtype=np.int32)


def test_convolution_by_a_sparse_matrix():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional

        class GraphConv(nn.Module):
            def __init__(self, inner, outer):
                super().__init__()
                self.kernel = nn.Parameter(torch.Tensor(inner, outer))
                nn.init.xavier_normal_(self.kernel)
                self.bias = nn.Parameter(torch.zeros(size=(outer,)))

            def forward(self, x, adjacency):
                return torch.spmm(adjacency, torch.mm(x, self.kernel)) + self.bias

        content = np.random.RandomState(0).rand(8, 6) > 0.5
        content[3] = False
        features = torch.FloatTensor(content.astype(np.int32))
        scale = 1 / torch.sum(features, dim=1)
        scale[scale == float("inf")] = 0
        features = torch.diag(scale).to_sparse() @ features
        adjacency = torch.sparse_coo_tensor(EDGES.T, torch.ones(len(EDGES)), (8, 8), dtype=torch.int64)
        adjacency = torch.eye(8) + adjacency  # dense and sparse make dense
        degree = torch.diag(torch.sqrt(1 / torch.sum(adjacency, dim=1))).to_sparse()
        adjacency = (degree @ adjacency @ degree).to_sparse()
        print(adjacency.is_sparse, adjacency.coalesce().indices().shape, adjacency.coalesce().values()[:3])

        labels = torch.LongTensor(np.unique(list("abcabcab"), return_inverse=True)[1])
        first, second = GraphConv(6, 5), GraphConv(5, int(labels.max().item()) + 1)
        net = nn.ModuleList([first, second])
        optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.05, weight_decay=5e-4), []
        train, rest = torch.randperm(len(labels)).split([5, 3])
        for _ in range(3):
            net.train()
            hidden = F.dropout(F.relu(first(features.to_sparse().to_dense(), adjacency)), 0.2, training=net.training)
            output = F.log_softmax(second(hidden, adjacency), dim=1)
            loss = nn.NLLLoss()(output[train], labels[train])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            right = (output[rest].argmax(dim=1) == labels[rest]).float().sum() / len(rest)
            print(f"loss {loss:.4f} acc {right:.4f}")
            losses.append(loss.item())
        return {"losses": losses, "net": net, "adjacency": adjacency.to_dense(), "product": degree @ torch.ones(8, 2)}

    same(program)


def test_attention_along_edges():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional

        class Attention(nn.Module):
            def __init__(self, inner, outer, heads):
                super().__init__()
                self.heads, self.outer = heads, outer
                self.W = nn.Parameter(torch.empty(size=(inner, outer * heads)))
                self.a = nn.Parameter(torch.empty(heads, 2 * outer, 1))
                for p in (self.W, self.a):
                    nn.init.xavier_normal_(p, gain=nn.init.calculate_gain("leaky_relu", 0.2))
                self.leaky = nn.LeakyReLU(0.2)

            def forward(self, h, adjacency):
                h = torch.mm(h, self.W).view(h.shape[0], self.heads, self.outer).permute(1, 0, 2)
                e = torch.matmul(h, self.a[:, : self.outer, :]) + torch.matmul(h, self.a[:, self.outer :, :]).mT
                e = torch.where(adjacency > 0, self.leaky(e), -9e16 * torch.ones_like(e))
                return torch.matmul(F.softmax(e, dim=-1), h).permute(1, 0, 2).contiguous().view(h.shape[1], -1)

        adjacency = torch.eye(8).index_put_(tuple(torch.tensor(EDGES.T).long()), torch.ones(()))
        net, head = Attention(4, 3, 2), nn.Linear(6, 2)
        x, y = torch.randn(8, 4), torch.arange(8) % 2
        optimizer, losses = torch.optim.NAdam([*net.parameters(), *head.parameters()], lr=0.02), []
        for _ in range(3):
            output = head(F.elu(net(x, adjacency)))
            loss = F.cross_entropy(output[y.bool() | (torch.arange(8) < 4)], y[y.bool() | (torch.arange(8) < 4)])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return {"losses": losses, "net": net, "adjacency": adjacency}

    same(program)


def test_messages_added_where_they_arrive():
    def program(torch):
        nn = torch.nn
        source, target = (torch.tensor(column).long() for column in EDGES.T)
        x = torch.randn(8, 3, requires_grad=True)
        send, update = nn.Linear(6, 4), nn.GRUCell(4, 3)
        h = x
        for _ in range(2):
            message = torch.relu(send(torch.cat([h[source], h.index_select(0, target)], dim=-1)))
            place = target.unsqueeze(-1).expand_as(message)
            added = torch.zeros(8, 4).index_add_(0, target, message)
            degree = torch.zeros(8).scatter_add_(0, target, torch.ones(len(target))).clamp(min=1)
            mean = torch.zeros(8, 4).scatter_add_(0, place, message) / degree[:, None]
            most = torch.zeros(8, 4).scatter_reduce(0, place, message, reduce="amax", include_self=False)
            h = update(added + mean - most, h)
        pooled = torch.stack([h[:4].mean(0), h[4:].max(0).values]).tanh()
        pooled.pow(2).sum().backward()
        print(torch.bincount(target, minlength=8), torch.unique(torch.cat([source, target])), degree)
        grads = [p.grad for p in (*send.parameters(), *update.parameters())]
        return h, x.grad, grads, torch.zeros(8, 8).index_put((target, source), torch.tensor(1.0), accumulate=True)

    same(program)

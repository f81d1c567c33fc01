"""Language with recurrent networks, tables and pairs: words, tags, sentences, translations."""

import math
import random
from collections import Counter
from itertools import pairwise

from .side_by_side import same

LINES = """the king shall hear me speak
good sir what man is here
we are all resolved rather to die than to famish
speak speak good lord
first you know the king is chief enemy to the people
we know it we know it
let us kill him and we will have corn at our own price
is it a verdict""".splitlines()
VOCABULARY = {w: i + 2 for i, (w, _) in enumerate(Counter(" ".join(LINES).split()).most_common())}  # 0 unknown, 1 pad
ids = [[VOCABULARY[w] for w in line.split()] for line in LINES]


def test_a_word_model_with_each_recurrent_layer():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional

        class Model(nn.Module):
            def __init__(self, kind, tokens, size, layers, tied):
                super().__init__()
                self.kind, self.layers, self.size = kind, layers, size
                self.drop = nn.Dropout(0.2)
                self.encoder = nn.Embedding(tokens, size)
                if kind in ("LSTM", "GRU"):
                    self.rnn = getattr(nn, kind)(size, size, layers)
                else:
                    self.rnn = nn.RNN(size, size, layers, nonlinearity=kind)
                self.decoder = nn.Linear(size, tokens)
                if tied:
                    self.decoder.weight = self.encoder.weight
                nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
                nn.init.zeros_(self.decoder.bias)

            def forward(self, input, hidden):
                output, hidden = self.rnn(self.drop(self.encoder(input)), hidden)
                decoded = self.decoder(self.drop(output))
                return F.log_softmax(decoded.view(-1, decoded.size(-1)), dim=1), hidden

            def init_hidden(self, batch):
                weight = next(self.parameters())
                zeros = weight.new_zeros(self.layers, batch, self.size)
                return (zeros, zeros.clone()) if self.kind == "LSTM" else zeros

        def repackage(h):
            return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage(v) for v in h)

        data = torch.cat([torch.tensor(line).type(torch.int64) for line in ids])
        n = data.size(0) // 4
        data = data.narrow(0, 0, n * 4).view(4, -1).t().contiguous()
        models, criterion = [], nn.NLLLoss()
        for kind in ("LSTM", "GRU", "tanh", "relu"):
            model = Model(kind, len(VOCABULARY) + 2, 8, 2, kind != "GRU")
            hidden, seen = model.init_hidden(4), []
            for i in range(0, data.size(0) - 1, 4):
                length = min(4, len(data) - 1 - i)
                batch, targets = data[i : i + length], data[i + 1 : i + 1 + length].view(-1)
                model.zero_grad()
                hidden = repackage(hidden)
                output, hidden = model(batch, hidden)
                loss = criterion(output, targets)
                loss.backward()
                norm = nn.utils.clip_grad_norm_(model.parameters(), 0.25)
                for p in model.parameters():
                    p.data.add_(p.grad, alpha=-2)
                seen.append(loss.item())
            model.eval()
            with torch.no_grad():
                hidden, input, words = model.init_hidden(1), torch.ones((1, 1), dtype=torch.long), []
                for _ in range(6):
                    output, hidden = model(input, hidden)
                    word = torch.multinomial(output.squeeze().div(0.9).exp().cpu(), 1)[0]
                    input.fill_(word)
                    words.append(int(word))
            print(model, words, f"{norm:.3f} | {math.exp(seen[-1]):8.2f}")
            models.append(model)
        return models

    same(program, atol=1e-5)


def test_a_translation_that_attends():
    def program(torch):
        nn, F, rnn = torch.nn, torch.nn.functional, torch.nn.utils.rnn

        class Encoder(nn.Module):
            def __init__(self, tokens, size):
                super().__init__()
                self.embedding, self.dropout = nn.Embedding(tokens, size), nn.Dropout(0.1)
                self.rnn = nn.GRU(size, size, bidirectional=True)
                self.fc = nn.Linear(2 * size, size)

            def forward(self, source, lengths):
                packed = rnn.pack_padded_sequence(self.dropout(self.embedding(source)), lengths.to("cpu"))
                outputs, hidden = self.rnn(packed)
                outputs, _ = rnn.pad_packed_sequence(outputs)
                return outputs, torch.tanh(self.fc(torch.cat((hidden[-2, :, :], hidden[-1, :, :]), dim=1)))

        class Attention(nn.Module):
            def __init__(self, size):
                super().__init__()
                self.attn, self.v = nn.Linear(3 * size, size), nn.Linear(size, 1, bias=False)

            def forward(self, hidden, outputs, mask):
                outputs = outputs.permute(1, 0, 2)
                hidden = hidden.unsqueeze(1).repeat(1, outputs.shape[1], 1)
                energy = torch.tanh(self.attn(torch.cat((hidden, outputs), dim=2)))
                return F.softmax(self.v(energy).squeeze(2).masked_fill(mask == 0, -1e10), dim=1)

        class Decoder(nn.Module):
            def __init__(self, tokens, size):
                super().__init__()
                self.embedding, self.attention = nn.Embedding(tokens, size), Attention(size)
                self.rnn, self.out = nn.GRU(3 * size, size), nn.Linear(4 * size, tokens)

            def forward(self, input, hidden, outputs, mask):
                embedded = self.embedding(input.unsqueeze(0))
                weights = self.attention(hidden, outputs, mask).unsqueeze(1)
                context = torch.bmm(weights, outputs.permute(1, 0, 2)).permute(1, 0, 2)
                output, hidden = self.rnn(torch.cat((embedded, context), dim=2), hidden.unsqueeze(0))
                assert (output == hidden).all()
                joined = torch.cat((output.squeeze(0), context.squeeze(0), embedded.squeeze(0)), dim=1)
                return self.out(joined), hidden.squeeze(0), weights.squeeze(1)

        tokens, size = len(VOCABULARY) + 2, 6
        encoder, decoder = Encoder(tokens, size), Decoder(tokens, size)

        def init_weights(m):
            for name, param in m.named_parameters(recurse=False):
                if "weight" in name:
                    nn.init.normal_(param.data, mean=0, std=0.1)
                else:
                    nn.init.constant_(param.data, 0)

        both = nn.ModuleDict({"encoder": encoder, "decoder": decoder}).apply(init_weights)
        pairs = sorted(([line, line[::-1]] for line in ids[:4]), key=lambda pair: -len(pair[0]))
        source, target = (rnn.pad_sequence([torch.tensor(p[k][:6]) for p in pairs], padding_value=1) for k in (0, 1))
        lengths = torch.tensor([min(len(p[0]), 6) for p in pairs])
        optimizers = [torch.optim.SGD(part.parameters(), lr=0.5) for part in (encoder, decoder)]
        criterion, losses, choice = nn.CrossEntropyLoss(ignore_index=1), [], random.Random(1)
        for _ in range(4):
            for optimizer in optimizers:
                optimizer.zero_grad()
            outputs, hidden = encoder(source, lengths)
            mask = (source != 1).permute(1, 0)
            found = torch.zeros(*target.shape, tokens)
            input = target[0, :]
            for t in range(1, len(target)):
                output, hidden, weights = decoder(input, hidden, outputs, mask)
                found[t] = output
                input = target[t] if choice.random() < 0.5 else output.argmax(1)
            loss = criterion(found[1:].view(-1, tokens), target[1:].view(-1))
            loss.backward()
            for optimizer in optimizers:
                optimizer.step()
            losses.append(loss.item())
        print(f"{loss.item():.3f} | {math.exp(loss.item()):7.3f}", weights, both)
        return {"losses": losses, "weights": weights, "both": both}

    same(program)


def test_tags_for_words_of_sentences_of_different_length():
    def program(torch):
        nn, rnn = torch.nn, torch.nn.utils.rnn

        class Tagger(nn.Module):
            def __init__(self, tokens, size, hidden, tags):
                super().__init__()
                self.embed = nn.Embedding(tokens, size, padding_idx=1)
                self.lstm = nn.LSTM(size, hidden // 2, num_layers=2, bidirectional=True, batch_first=True)
                self.tags = nn.Linear(hidden, tags)
                for name, param in self.lstm.named_parameters():
                    if "weight" in name:
                        nn.init.orthogonal_(param)
                    else:
                        nn.init.constant_(param, 0)
                        n = param.size(0)
                        param.data[n // 4 : n // 2].fill_(1.0)

            def forward(self, x, lengths):
                packed = rnn.pack_padded_sequence(self.embed(x), lengths, batch_first=True, enforce_sorted=False)
                out, (h, c) = self.lstm(packed)
                out, sizes = rnn.pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])
                print(packed.batch_sizes, packed.sorted_indices, sizes)
                return self.tags(out), h, c

        words = [torch.tensor(line) for line in ids[:5]]
        x = rnn.pad_sequence(words, batch_first=True, padding_value=1)
        y = rnn.pad_sequence([w % 4 for w in words], batch_first=True, padding_value=-100)
        lengths = torch.as_tensor([len(w) for w in words], dtype=torch.int64)
        model = Tagger(len(VOCABULARY) + 2, 6, 8, 4)
        groups = [{"params": [model.embed.weight], "lr": 0.1}, {"params": [p for n, p in model.named_parameters()
                                                                      if "embed" not in n]}]  # fmt: skip
        optimizer = torch.optim.SGD(groups, lr=0.5, momentum=0.9, weight_decay=1e-4, nesterov=True)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", factor=0.5, patience=0)
        criterion, losses = nn.CrossEntropyLoss(ignore_index=-100), []
        for _ in range(4):
            optimizer.zero_grad()
            scores, h, c = model(x, lengths)
            loss = criterion(scores.view(-1, 4), y.view(-1))
            loss.backward()
            optimizer.step()
            mask = y.ne(-100)
            accuracy = ((scores.argmax(-1) == y) & mask).sum().float() / mask.sum()
            scheduler.step(accuracy)
            losses.append(loss.item())
            print(f"{loss:.4f} {accuracy:.3f}", [group["lr"] for group in optimizer.param_groups])
        print(optimizer)
        return {"losses": losses, "h": h, "c": c, "model": model, "pad": model.embed.weight.grad[1]}

    same(program)


def test_the_best_path_through_a_chain_of_tags():
    def program(torch):
        nn = torch.nn
        steps, tags = 5, 4
        transitions = nn.Parameter(torch.randn(tags, tags))
        transitions.data[3, :] = -10000
        layer, words = nn.Linear(3, tags), torch.randn(steps, 3)
        gold = torch.tensor([0, 1, 1, 2, 0])
        optimizer = torch.optim.SGD([transitions, *layer.parameters()], lr=0.1)

        def log_sum_exp(vec):
            largest = vec[0, vec.argmax(1).item()]
            return largest + torch.log(torch.sum(torch.exp(vec - largest.view(1, -1).expand(1, vec.size()[1]))))

        losses = []
        for _ in range(3):
            features = layer(words)
            forward = torch.full((1, tags), -10000.0)
            forward[0][0] = 0.0
            for feature in features:
                alphas = [log_sum_exp(forward + transitions[k].view(1, -1) + feature[k].view(1, -1).expand(1, tags))
                          .view(1) for k in range(tags)]  # fmt: skip
                forward = torch.cat(alphas).view(1, -1)
            score = torch.zeros(1)
            for i, feature in enumerate(features):
                score = score + transitions[gold[i], gold[i - 1] if i else 0] + feature[gold[i]]
            loss = log_sum_exp(forward) - score
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        with torch.no_grad():
            best, path, back = layer(words)[0], [], []
            for feature in layer(words)[1:]:
                values, indices = torch.max(best.unsqueeze(0) + transitions, 1)
                best = values + feature
                back.append(indices)
            path = [best.argmax().item()]
            for indices in reversed(back):
                path.insert(0, indices[path[0]].item())
        print(path, loss, torch.logsumexp(forward, 1))
        return {"losses": losses, "best": best, "transitions": transitions}

    same(program)


def test_bags_of_words_from_a_loader():
    def program(torch):
        nn, data = torch.nn, torch.utils.data

        def collate(batch):
            labels = torch.tensor([label for label, _ in batch], dtype=torch.int64)
            offsets = torch.tensor([0, *[len(line) for _, line in batch[:-1]]]).cumsum(dim=0)
            return labels, torch.cat([torch.tensor(line) for _, line in batch]), offsets

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.embedding = nn.EmbeddingBag(len(VOCABULARY) + 2, 8, sparse=False, mode="mean")
                self.fc = nn.Linear(8, 3)
                self.embedding.weight.data.uniform_(-0.5, 0.5)
                self.fc.weight.data.uniform_(-0.5, 0.5)
                self.fc.bias.data.zero_()

            def forward(self, text, offsets):
                return self.fc(self.embedding(text, offsets))

        train, valid = data.dataset.random_split([(i % 3, line) for i, line in enumerate(ids * 3)], [18, 6])
        loader = data.DataLoader(train, batch_size=6, shuffle=True, collate_fn=collate)
        model, criterion = Model(), nn.CrossEntropyLoss(label_smoothing=0.05)
        optimizer = torch.optim.SGD(model.parameters(), lr=4.0)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1.0, gamma=0.5)
        losses = []
        for epoch in range(3):
            model.train()
            total = count = 0
            for label, text, offsets in loader:
                optimizer.zero_grad()
                predicted = model(text, offsets)
                loss = criterion(predicted, label)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 0.5)
                optimizer.step()
                total += (predicted.argmax(1) == label).sum().item()
                count += label.size(0)
                losses.append(loss.item())
            model.eval()
            with torch.no_grad():
                right = sum((model(t, o).argmax(1) == y).sum().item() for y, t, o in
                            data.DataLoader(valid, batch_size=4, collate_fn=collate))  # fmt: skip
            scheduler.step()
            print(f"{epoch:3d} accuracy {total / count:8.3f} {right / 6:.3f}", scheduler.get_last_lr())
        return {"losses": losses, "model": model, "order": [loader.dataset.indices, len(loader)]}

    same(program)


def test_pairs_of_words_and_drawn_others():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional
        n = len(VOCABULARY) + 2
        inside, outside = nn.Embedding(n, 6), nn.Embedding(n, 6)
        nn.init.uniform_(inside.weight.data, -1 / 6, 1 / 6)
        nn.init.constant_(outside.weight.data, 0)
        counts = torch.bincount(torch.cat([torch.tensor(line) for line in ids]), minlength=n)
        pairs = torch.tensor([(a, b) for line in ids for a, b in pairwise(line)])
        optimizer = torch.optim.Adagrad([*inside.parameters(), *outside.parameters()], lr=0.2)
        losses = []
        for _ in range(5):
            drawn = torch.multinomial(counts.float() ** 0.75, len(pairs) * 3, replacement=True).view(len(pairs), 3)
            u, v, w = inside(pairs[:, 0]), outside(pairs[:, 1]), outside(drawn)
            good = -F.logsigmoid(torch.clamp(torch.sum(torch.mul(u, v), dim=1), max=10, min=-10))
            bad = -F.logsigmoid(-torch.bmm(w, u.unsqueeze(2)).squeeze()).sum(1)
            loss = torch.mean(good + bad)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        E = F.normalize(inside.weight.data, dim=1)
        values, indices = torch.topk(E @ E[5], 3)
        fixed = nn.Embedding.from_pretrained(E, freeze=True)
        print(values, indices, nn.CosineSimilarity(dim=0)(E[2], E[3]), fixed, fixed.weight.requires_grad)
        return {"losses": losses, "near": F.cosine_similarity(E[:4], E[4:8]), "E": E}

    same(program)


def test_waves_by_two_cells_and_lbfgs():
    def program(torch):
        nn = torch.nn

        class Sequence(nn.Module):
            def __init__(self):
                super().__init__()
                self.one, self.two, self.linear = nn.LSTMCell(1, 5), nn.LSTMCell(5, 5), nn.Linear(5, 1)

            def forward(self, input, future=0):
                h, c, h2, c2 = (torch.zeros(input.size(0), 5, dtype=torch.double) for _ in range(4))
                outputs = []
                for x in input.split(1, dim=1):
                    h, c = self.one(x, (h, c))
                    h2, c2 = self.two(h, (h2, c2))
                    outputs += [self.linear(h2)]
                for _ in range(future):
                    h, c = self.one(outputs[-1], (h, c))
                    h2, c2 = self.two(h, (h2, c2))
                    outputs += [self.linear(h2)]
                return torch.cat(outputs, dim=1)

        waves = torch.sin(torch.arange(12).double()[None] / 3 + torch.arange(4).double()[:, None])
        model, criterion, losses = Sequence().double(), nn.MSELoss(), []
        optimizer = torch.optim.LBFGS(model.parameters(), lr=0.8, max_iter=4)
        for _ in range(3):

            def closure():
                optimizer.zero_grad()
                loss = criterion(model(waves[:, :-1]), waves[:, 1:])
                loss.backward()
                return loss

            losses.append(optimizer.step(closure).item())
        with torch.no_grad():
            future = model(waves[:1], future=5).detach().numpy()
        return {"losses": losses, "future": future, "model": model}

    same(program)


def test_names_letter_by_letter():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional
        letters = "abcdefghijklmnopqrstuvwxyz"

        class Net(nn.Module):
            def __init__(self, hidden):
                super().__init__()
                self.hidden = hidden
                self.i2h, self.i2o = nn.Linear(26 + hidden, hidden), nn.Linear(26 + hidden, 3)
                self.softmax = nn.LogSoftmax(dim=1)

            def forward(self, input, hidden):
                joined = torch.cat((input, hidden), 1)
                return self.softmax(self.i2o(joined)), F.tanh(self.i2h(joined))

        net, confusion, losses = Net(8), torch.zeros(3, 3), []
        for name, kind in [("satoshi", 0), ("jones", 1), ("rossi", 2), ("kenji", 0)] * 2:
            line = torch.zeros(len(name), 1, 26)
            for i, letter in enumerate(name):
                line[i][0][letters.find(letter)] = 1
            hidden = torch.zeros(1, net.hidden, requires_grad=False)
            net.zero_grad()
            for i in range(line.size()[0]):
                output, hidden = net(line[i], hidden)
            loss = nn.NLLLoss()(output, torch.LongTensor([kind]))
            loss.backward()
            for p in net.parameters():
                p.data.add_(p.grad.data, alpha=-0.2)
            value, place = output.data.topk(2, 1, True)
            confusion[kind][place[0][0].item()] += 1
            losses.append(loss.item())
            print("(%.2f) %s" % (value[0][0], place[0].tolist()))  # noqa: UP031
        confusion /= confusion.sum(1, keepdim=True).clamp(min=1)
        return {"losses": [losses[0], losses[4]], "confusion": confusion, "net": net}

    same(program)

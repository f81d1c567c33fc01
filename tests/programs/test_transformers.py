"""Language with attention: from the smallest GPT to rotary embeddings, checkpoints and fine-tuning."""

# ruff: noqa: C408, RUF005 (written as such programs are: dict(a=...), shape[:-1] + (-1, 2))

import copy
import inspect
import io
import math
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from .side_by_side import same

TEXT = "first citizen: before we proceed any further, hear me speak. all: speak, speak. " * 4


def test_a_gpt_with_its_whole_training():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional

        @dataclass
        class Config:
            block: int = 16
            vocab: int = 32
            layers: int = 2
            heads: int = 2
            width: int = 16
            dropout: float = 0.1

        class Attention(nn.Module):
            def __init__(self, c):
                super().__init__()
                assert c.width % c.heads == 0
                self.qkv, self.proj = nn.Linear(c.width, 3 * c.width, bias=False), nn.Linear(c.width, c.width)
                self.drop, self.heads, self.p = nn.Dropout(c.dropout), c.heads, c.dropout
                mask = torch.tril(torch.ones(c.block, c.block)).view(1, 1, c.block, c.block)
                self.register_buffer("mask", mask, persistent=False)

            def forward(self, x):
                B, T, C = x.size()
                q, k, v = (t.view(B, T, self.heads, C // self.heads).transpose(1, 2)
                           for t in self.qkv(x).split(C, dim=2))  # fmt: skip
                if self.training:
                    y = F.scaled_dot_product_attention(q, k, v, dropout_p=self.p, is_causal=True)
                else:
                    att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
                    att = att.masked_fill(self.mask[:, :, :T, :T] == 0, float("-inf"))
                    y = F.softmax(att, dim=-1) @ v
                return self.drop(self.proj(y.transpose(1, 2).contiguous().view(B, T, C)))

        class Block(nn.Module):
            def __init__(self, c):
                super().__init__()
                self.ln_1, self.attn, self.ln_2 = nn.LayerNorm(c.width), Attention(c), nn.LayerNorm(c.width)
                self.mlp = nn.ModuleDict(dict(fc=nn.Linear(c.width, 4 * c.width), act=nn.GELU(),
                                              proj=nn.Linear(4 * c.width, c.width)))  # fmt: skip
                m = self.mlp
                self.mlpf = lambda x: m.proj(m.act(m.fc(x)))

            def forward(self, x):
                x = x + self.attn(self.ln_1(x))
                return x + self.mlpf(self.ln_2(x))

        class GPT(nn.Module):
            def __init__(self, c):
                super().__init__()
                self.config = c
                self.transformer = nn.ModuleDict(dict(
                    wte=nn.Embedding(c.vocab, c.width), wpe=nn.Embedding(c.block, c.width), drop=nn.Dropout(c.dropout),
                    h=nn.ModuleList([Block(c) for _ in range(c.layers)]), ln_f=nn.LayerNorm(c.width)))  # fmt: skip
                self.lm_head = nn.Linear(c.width, c.vocab, bias=False)
                self.transformer.wte.weight = self.lm_head.weight
                self.apply(self._init_weights)
                for pn, p in self.named_parameters():
                    if pn.endswith("proj.weight"):
                        nn.init.normal_(p, mean=0.0, std=0.02 / math.sqrt(2 * c.layers))
                print("number of parameters: %.2fK" % (sum(p.numel() for p in self.parameters()) / 1e3,))  # noqa: UP031

            def _init_weights(self, module):
                if isinstance(module, (nn.Linear, nn.Embedding)):
                    nn.init.normal_(module.weight, mean=0.0, std=0.02)
                if isinstance(module, nn.Linear) and module.bias is not None:
                    nn.init.zeros_(module.bias)

            def forward(self, idx, targets=None):
                _, t = idx.size()
                pos = torch.arange(0, t, dtype=torch.long, device=idx.device)
                x = self.transformer.drop(self.transformer.wte(idx) + self.transformer.wpe(pos))
                for block in self.transformer.h:
                    x = block(x)
                x = self.transformer.ln_f(x)
                if targets is None:
                    return self.lm_head(x[:, [-1], :]), None
                logits = self.lm_head(x)
                return logits, F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)

            def optimizer(self, decay, lr):
                params = {pn: p for pn, p in self.named_parameters() if p.requires_grad}
                groups = [{"params": [p for p in params.values() if p.dim() >= 2], "weight_decay": decay},
                          {"params": [p for p in params.values() if p.dim() < 2], "weight_decay": 0.0}]  # fmt: skip
                fused = "fused" in inspect.signature(torch.optim.AdamW).parameters
                extra = dict(fused=True) if fused and torch.cuda.is_available() else {}
                return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.95), eps=1e-6, **extra)

            @torch.no_grad()
            def generate(self, idx, more, temperature=1.0, top_k=None):
                for _ in range(more):
                    logits, _ = self(idx if idx.size(1) <= self.config.block else idx[:, -self.config.block :])
                    logits = logits[:, -1, :] / temperature
                    v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
                    logits[logits < v[:, [-1]]] = -float("Inf")
                    idx = torch.cat((idx, torch.multinomial(F.softmax(logits, dim=-1), num_samples=1)), dim=1)
                return idx

        torch.manual_seed(1337)
        data = np.array([ord(c) % 32 for c in TEXT], dtype=np.uint16)
        halves = {"train": data[:200], "val": data[200:]}

        def get_batch(split):
            part = halves[split]
            ix = torch.randint(len(part) - 8, (4,))
            x = torch.stack([torch.from_numpy(part[i : i + 8].astype(np.int64)) for i in ix])
            y = torch.stack([torch.from_numpy(part[i + 1 : i + 9].astype(np.int64)) for i in ix])
            return x.pin_memory() if torch.cuda.is_available() else x.to("cpu", non_blocking=True), y

        model = GPT(Config()).to("cpu")
        model.transformer.wpe.weight = nn.Parameter(model.transformer.wpe.weight[:8])  # a shorter memory
        model.config.block = 8
        scaler = torch.amp.GradScaler("cuda", enabled=False)
        optimizer = model.optimizer(0.1, 1e-2)
        print(model, optimizer)

        @torch.no_grad()
        def estimate_loss():
            model.eval()
            out = {}
            for split in halves:
                found = torch.zeros(2)
                for k in range(2):
                    found[k] = model(*get_batch(split))[1].item()
                out[split] = found.mean()
            model.train()
            return out

        losses, x, y = [], *get_batch("train")
        for it in range(4):
            for group in optimizer.param_groups:
                group["lr"] = 1e-2 * min(1, (it + 1) / 2)
            if it % 2 == 0:
                found = estimate_loss()
                print(f"step {it}: train loss {found['train']:.4f}, val loss {found['val']:.4f}")
            total = 0.0
            for _ in range(2):
                with torch.autocast(device_type="cpu", dtype=torch.bfloat16, enabled=False):
                    loss = model(x, y)[1] / 2
                total += loss.detach()
                x, y = get_batch("train")
                scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad(set_to_none=True)
            losses.append(total.item())
            print(f"iter {it}: loss {total:.4f}, norm {norm:.4f}")
        file = io.BytesIO()
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "it": it,
                    "config": vars(model.config), "best": found["val"]}, file)  # fmt: skip
        file.seek(0)
        kept = torch.load(file, map_location="cpu")
        again = GPT(Config(**kept["config"]))
        print(again.load_state_dict(kept["model"]), kept["it"], kept["best"], list(kept))
        optimizer = again.optimizer(0.1, 1e-2)
        optimizer.load_state_dict(kept["optimizer"])
        again(x, y)[1].backward()
        optimizer.step()
        again.eval()
        drawn = again.generate(torch.tensor([1, 2], dtype=torch.long)[None, ...], 10, temperature=0.8, top_k=5)
        return {"losses": losses, "drawn": drawn[0].tolist(), "again": again}

    same(program, atol=2e-5)  # Adam's first steps are as large for small gradients as for large ones


def test_a_transformer_that_translates():
    def program(torch):
        nn = torch.nn
        torch.set_default_dtype(torch.float64)  # a key's bias has the gradient 0, and Adam makes much of its noise

        class Positions(nn.Module):
            def __init__(self, width, p, longest=20):
                super().__init__()
                self.dropout = nn.Dropout(p)
                den = torch.exp(-torch.arange(0, width, 2) * math.log(10000) / width)
                pos, table = torch.arange(0, longest).reshape(longest, 1), torch.zeros((longest, width))
                table[:, 0::2], table[:, 1::2] = torch.sin(pos * den), torch.cos(pos * den)
                self.register_buffer("table", table.unsqueeze(-2))

            def forward(self, x):
                return self.dropout(x + self.table[: x.size(0), :])

        class Translator(nn.Module):
            def __init__(self, source, target, width):
                super().__init__()
                self.transformer = nn.Transformer(width, 2, 1, 2, 2 * width, 0.1)
                self.generator, self.positions = nn.Linear(width, target), Positions(width, 0.1)
                self.source, self.target = nn.Embedding(source, width), nn.Embedding(target, width)

            def forward(self, source, target, masks):
                x, y = self.positions(self.source(source.long()) * 3), self.positions(self.target(target) * 3)
                return self.generator(self.transformer(x, y, masks[0], masks[1], None, *masks[2:], masks[2]))

        def causal(n):
            mask = (torch.triu(torch.ones((n, n))) == 1).transpose(0, 1)
            return mask.float().masked_fill(mask == 0, float("-inf")).masked_fill(mask == 1, 0.0)

        def masks_of(source, target):
            return (
                torch.zeros((len(source), len(source))).type(torch.bool),
                causal(len(target)).double(),
                (source == 1).transpose(0, 1),
                torch.zeros(target.T.shape).masked_fill(target.T == 1, -math.inf),
            )

        model = Translator(12, 13, 8)
        for p in model.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)
        pad = nn.utils.rnn.pad_sequence
        source = pad([torch.tensor([2, *range(4, 4 + n), 3]) for n in (3, 5, 2)], padding_value=1)
        target = pad([torch.cat((torch.tensor([2]), torch.arange(4, 4 + n), torch.tensor([3]))) for n in (4, 2, 3)],
                     padding_value=1)  # fmt: skip
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3, betas=(0.9, 0.98), eps=1e-9)
        criterion, losses = nn.CrossEntropyLoss(ignore_index=1), []
        for _ in range(4):
            logits = model(source, target[:-1, :], masks_of(source, target[:-1, :]))
            optimizer.zero_grad()
            loss = criterion(logits.reshape(-1, logits.shape[-1]), target[1:, :].reshape(-1))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        model.eval()
        with torch.no_grad():
            memory = model.transformer.encoder(model.positions(model.source(source[:, :1]) * 3), None)
            ys = torch.ones(1, 1).fill_(2).type(torch.long)
            for _ in range(4):
                out = model.transformer.decoder(model.positions(model.target(ys) * 3), memory, causal(len(ys)).bool())
                _, word = torch.max(model.generator(out.transpose(0, 1)[:, -1]), dim=1)
                ys = torch.cat([ys, torch.ones(1, 1).type_as(source.data).fill_(word.item())], dim=0)
        print(model, ys.flatten().tolist(), nn.Transformer.generate_square_subsequent_mask(3))
        return {"losses": losses, "model": model}

    same(program)


def test_masked_words_in_an_encoder():
    def program(torch):
        nn, sched = torch.nn, torch.optim.lr_scheduler
        torch.set_default_dtype(torch.float64)

        class Encoder(nn.Module):
            def __init__(self, tokens, width):
                super().__init__()
                self.tokens, self.places = nn.Embedding(tokens, width, padding_idx=0), nn.Embedding(10, width)
                layer = nn.TransformerEncoderLayer(width, 2, 2 * width, 0.1, "gelu", batch_first=True, norm_first=True)
                self.encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(width), enable_nested_tensor=False)
                self.head = nn.Sequential(nn.Linear(width, width), nn.GELU("tanh"), nn.Linear(width, tokens, False))
                self.head[-1].weight = self.tokens.weight
                self.register_buffer("place_ids", torch.arange(10).expand((1, -1)), persistent=False)

            def forward(self, ids, mask):
                x = self.tokens(ids) + self.places(self.place_ids[:, : ids.size(1)])
                return self.head(self.encoder(x, src_key_padding_mask=~mask.bool()))

        model, losses = Encoder(20, 8), []
        slow = [p for n, p in model.named_parameters() if any(part in n for part in ("bias", "norm"))]
        rest = [p for n, p in model.named_parameters() if not any(part in n for part in ("bias", "norm"))]
        optimizer = torch.optim.AdamW([{"params": rest, "weight_decay": 0.01}, {"params": slow, "lr": 1e-3}], lr=1e-2)
        parts = [sched.LinearLR(optimizer, 0.5, total_iters=2), sched.CosineAnnealingLR(optimizer, 5)]
        scheduler = sched.SequentialLR(optimizer, parts, milestones=[2])
        mask = (torch.arange(8)[None, :] < torch.tensor([8, 5, 6])[:, None]).long()
        original = torch.randint(3, 20, (3, 8)).masked_fill(mask == 0, 0)
        for _ in range(4):
            ids, labels = original.clone(), original.clone()
            hidden = torch.bernoulli(torch.full(labels.shape, 0.4).masked_fill_(mask == 0, value=0.0)).bool()
            hidden[:, 1] = True
            labels[~hidden] = -100
            replaced = torch.bernoulli(torch.full(labels.shape, 0.8)).bool() & hidden
            ids[replaced] = 1
            other = hidden & ~replaced
            ids[other] = torch.randint(20, labels.shape, dtype=torch.long)[other]
            logits = model(ids, mask)
            loss = nn.functional.cross_entropy(logits.view(-1, 20), labels.view(-1))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
            print(scheduler.get_last_lr(), hidden.sum(), f"{loss:.4f}")
        model.eval()
        with torch.inference_mode():
            found = model(original, mask)
        print(model, found[0, 0, :4], found.dtype)
        return {"losses": losses, "keys": list(model.state_dict()), "found": found[:, :5].clone()}

    same(program)


def test_layers_cloned_warmed_up_and_smoothed():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional
        torch.set_default_dtype(torch.float64)

        def clones(module, n):
            return nn.ModuleList([copy.deepcopy(module) for _ in range(n)])

        class Norm(nn.Module):
            def __init__(self, features, eps=1e-6):
                super().__init__()
                self.a_2, self.b_2 = nn.Parameter(torch.ones(features)), nn.Parameter(torch.zeros(features))
                self.eps = eps

            def forward(self, x):
                mean, std = x.mean(-1, keepdim=True), x.std(-1, keepdim=True)
                return self.a_2 * (x - mean) / (std + self.eps) + self.b_2

        class Heads(nn.Module):
            def __init__(self, h, width):
                super().__init__()
                self.h, self.linears, self.attn = h, clones(nn.Linear(width, width), 4), None

            def forward(self, query, key, value, mask):
                n = query.size(0)
                query, key, value = [lin(x).view(n, -1, self.h, x.size(-1) // self.h).transpose(1, 2)
                                     for lin, x in zip(self.linears, (query, key, value), strict=False)]  # fmt: skip
                scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(query.size(-1))
                self.attn = scores.masked_fill(mask.unsqueeze(1) == 0, -1e9).softmax(dim=-1)
                return self.linears[-1](torch.matmul(self.attn, value).transpose(1, 2).contiguous().view(n, -1, 8))

        class Layer(nn.Module):
            def __init__(self):
                super().__init__()
                self.attention, self.norms = Heads(2, 8), clones(Norm(8), 2)
                self.forward_part = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 8))
                self.sublayers = [lambda x, m: self.attention(x, x, x, m), lambda x, m: self.forward_part(x)]

            def forward(self, x, mask):
                for norm, sublayer in zip(self.norms, self.sublayers, strict=True):
                    x = x + sublayer(norm(x), mask)
                return x

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.embed, self.layers = nn.Embedding(11, 8), nn.ModuleList(Layer() for _ in range(2))
                self.proj = nn.Linear(8, 11)

            def forward(self, x, mask):
                x = self.embed(x) * math.sqrt(8)
                for layer in self.layers:
                    x = layer(x, mask)
                return F.log_softmax(self.proj(x), dim=-1)

        class Smoothing(nn.Module):
            def __init__(self, size, padding, smoothing):
                super().__init__()
                self.criterion, self.size, self.padding, self.smoothing = (
                    nn.KLDivLoss(reduction="sum"),
                    size,
                    padding,
                    smoothing,
                )

            def forward(self, x, target):
                wanted = x.data.clone()
                wanted.fill_(self.smoothing / (self.size - 2))
                wanted.scatter_(1, target.data.unsqueeze(1), 1 - self.smoothing)
                wanted[:, self.padding] = 0
                mask = torch.nonzero(target.data == self.padding)
                if mask.dim() > 0:
                    wanted.index_fill_(0, mask.squeeze(), 0.0)
                self.wanted = wanted
                return self.criterion(x, wanted.clone().detach())

        def subsequent(n):
            return torch.triu(torch.ones((1, n, n)), diagonal=1).type(torch.uint8) == 0

        model, criterion = Model(), Smoothing(11, 0, 0.1)
        for p in model.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.5, betas=(0.9, 0.98), eps=1e-9)
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lr_lambda=lambda step: 8**-0.5 * min(max(step, 1) ** -0.5, max(step, 1) * 20**-1.5)
        )
        losses, tokens = [], 0
        for i in range(5):
            data = torch.randint(1, 11, size=(4, 7))
            data[:, 0] = 1
            data[2, 5:] = 0
            source, target = data[:, :-1], data[:, 1:]
            mask = (source != 0).unsqueeze(-2) & subsequent(source.size(-1)).type_as((source != 0).data)
            count = (target != 0).data.sum()
            out = model.forward(source, mask)
            loss = criterion(out.contiguous().view(-1, out.size(-1)), target.contiguous().view(-1)) / count
            loss.backward()
            tokens += count
            if i % 2 == 0:  # two batches make one step
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            scheduler.step()
            losses.append((loss.data * count).item())
            print(f"{i} | {loss / count:6.4f} | {optimizer.param_groups[0]['lr']:6.1e} | {tokens}")
        print(model.layers[0].attention.attn[0, 0].data.shape, criterion.wanted[:3], model)
        return {"attention": model.layers[1].attention.attn, "losses": [sum(losses[:2]), losses[3]], "model": model}

    same(program)


def test_a_fine_tuning_of_low_rank():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional

        class Adapted(nn.Module):
            def __init__(self, linear, rank=2, alpha=4.0):
                super().__init__()
                self.linear, self.scaling = linear, alpha / rank
                self.linear.weight.requires_grad = False
                self.linear.bias.requires_grad_(False)
                self.A = nn.Parameter(torch.empty(rank, linear.in_features))
                self.B = nn.Parameter(torch.zeros(linear.out_features, rank))
                nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))

            def forward(self, x):
                return self.linear(x) + (x @ self.A.T @ self.B.T) * self.scaling

            @torch.no_grad()
            def merged(self):
                self.linear.weight += (self.B @ self.A) * self.scaling
                return self.linear

        model = nn.Sequential(OrderedDict([("fc1", nn.Linear(6, 8)), ("act", nn.SiLU()), ("fc2", nn.Linear(8, 3))]))
        before = copy.deepcopy(model.state_dict())
        for name, module in list(model.named_children()):
            if isinstance(module, nn.Linear):
                setattr(model, name, Adapted(module))
        result = model.load_state_dict(
            {"fc1.linear.weight": before["fc1.weight"] * 2, "more": torch.ones(1)}, strict=False
        )
        print(result, result.missing_keys, result.unexpected_keys, type(before).__name__)
        trainable, total = (sum(p.numel() for p in model.parameters() if p.requires_grad or everything)
                            for everything in (False, True))  # fmt: skip
        print(f"{trainable:,} of {total:,} ({100 * trainable / total:.2f}%)", model)
        optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=0.5)
        x, y, losses = torch.randn(16, 6), torch.randint(3, (16,)), []
        for _ in range(4):
            optimizer.zero_grad()
            for xb, yb in zip(x.chunk(2), y.chunk(2), strict=True):
                loss = F.cross_entropy(model(xb), yb) / 2
                loss.backward()
            optimizer.step()
            losses.append(F.cross_entropy(model(x), y).item())
        small = {k: v for k, v in model.state_dict().items() if k.endswith((".A", ".B"))}
        adapted = model(x)
        for name, module in list(model.named_children()):
            if isinstance(module, Adapted):
                setattr(model, name, module.merged())
        print(
            torch.allclose(adapted, model(x), atol=1e-5),
            model,
            [n for n, p in model.named_parameters() if p.requires_grad],
        )
        try:
            model.load_state_dict({"fc1.weight": torch.zeros(2, 2)})
        except RuntimeError as error:
            print(error)
        return {"losses": losses, "small": small, "model": model}

    same(program)


def test_rotary_places_shared_heads_and_a_cache():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional

        class RMSNorm(nn.Module):
            def __init__(self, width, eps=1e-5):
                super().__init__()
                self.eps, self.weight = eps, nn.Parameter(torch.ones(width))

            def forward(self, x):
                return (x.float() * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)).type_as(x) * self.weight

        def rotated(x, cos, sin):  # (n, t, heads, size)
            a, b = x.float().reshape(x.shape[:-1] + (-1, 2)).unbind(-1)
            cos, sin = (t[: x.shape[1]].view([1, x.shape[1], 1, -1]) for t in (cos, sin))
            return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(3).type_as(x)

        def repeated(x, times):
            n, t, heads, size = x.shape
            return x[:, :, :, None, :].expand(n, t, heads, times, size).reshape(n, t, heads * times, size)

        class Block(nn.Module):
            def __init__(self, width, heads, shared):
                super().__init__()
                self.heads, self.shared, size = heads, shared, width // heads
                self.wq, self.wo = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
                self.wk, self.wv = (nn.Linear(width, shared * size, bias=False) for _ in range(2))
                self.w1, self.w2, self.w3 = (
                    nn.Linear(width, 24, False),
                    nn.Linear(24, width, False),
                    nn.Linear(width, 24, False),
                )
                self.norm1, self.norm2 = RMSNorm(width), RMSNorm(width)
                self.register_buffer("cache", torch.zeros(2, 1, 8, shared, size), persistent=False)

            def forward(self, x, cos, sin, start=None):
                n, t, width = x.shape
                q, k, v = (
                    lin(self.norm1(x)).view(n, t, -1, width // self.heads) for lin in (self.wq, self.wk, self.wv)
                )
                if start is not None:
                    cos, sin = cos[start:], sin[start:]
                q, k = rotated(q, cos, sin), rotated(k, cos, sin)
                if start is not None:
                    self.cache[0, :n, start : start + t], self.cache[1, :n, start : start + t] = k, v
                    k, v = self.cache[0, :n, : start + t], self.cache[1, :n, : start + t]
                k, v = (repeated(part, self.heads // self.shared).transpose(1, 2) for part in (k, v))
                mask = torch.full((1, 1, t, k.size(2)), float("-inf")).triu(diagonal=1 + k.size(2) - t)
                scores = torch.matmul(q.transpose(1, 2), k.transpose(2, 3)) / math.sqrt(q.size(-1)) + mask
                out = F.softmax(scores.float(), dim=-1).type_as(q) @ v
                x = x + self.wo(out.transpose(1, 2).contiguous().view(n, t, -1))
                h = self.norm2(x)
                return x + self.w2(F.silu(self.w1(h)) * self.w3(h))

        table, block, head = nn.Embedding(20, 16), Block(16, 4, 2), nn.Linear(16, 20, bias=False)
        angles = torch.outer(torch.arange(8), 1.0 / (10000.0 ** (torch.arange(0, 4, 2)[:2].float() / 4))).float()
        cos, sin = torch.cos(angles), torch.sin(angles)
        parameters = [*table.parameters(), *block.parameters(), *head.parameters()]
        optimizer, losses = torch.optim.RMSprop(parameters, lr=1e-3, momentum=0.5, eps=1e-3), []
        tokens = torch.randint(20, (5, 9))
        for _ in range(4):
            logits = head(block(table(tokens[:, :-1]), cos, sin))
            loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        with torch.inference_mode():
            whole = head(block(table(tokens[:1, :6]), cos, sin))
            pieces = [head(block(table(tokens[:1, a:b]), cos, sin, start=a)) for a, b in ((0, 3), (3, 4), (4, 6))]
            print(torch.allclose(whole, torch.cat(pieces, 1), atol=1e-5))
            beams, scores = torch.zeros(1, 1, dtype=torch.long), torch.zeros(1)
            for _ in range(3):
                steps = F.log_softmax(head(block(table(beams), cos, sin))[:, -1], -1)
                scores, best = (scores[:, None] + steps).view(-1).topk(3)
                origin, word = torch.div(best, 20, rounding_mode="floor"), best % 20
                beams = torch.cat([beams.index_select(0, origin), word[:, None]], -1)
            ordered, places = torch.sort(whole[0], descending=True)
            cut = torch.cumsum(F.softmax(ordered, dim=-1), dim=-1) > 0.5
            cut[..., 1:] = cut[..., :-1].clone()
            cut[..., 0] = 0
            nucleus = whole[0].masked_fill(cut.scatter(-1, places, cut), float("-inf"))
            picked = torch.gather(places, -1, torch.multinomial(F.softmax(nucleus, -1), 1))
        w = head.weight.detach().reshape(-1, 8)
        scale = w.abs().max(dim=1).values / 127.0
        small = torch.round(w / scale[:, None]).to(torch.int8)
        return {
            "losses": losses,
            "beams": beams.tolist(),
            "picked": picked.tolist(),
            "scores": scores.tolist(),
            "error": (small.float() * scale[:, None] - w).abs().max().item(),
            "whole": bool(small.sum().is_floating_point()),
        }

    same(program)

"""The small GPT."""

import numpy as np


def build_gpt(library, nn, functional, sizes):
    """Embeddings, blocks of causal attention and a GELU network, a last norm and the head."""

    class Block(nn.Module):
        def __init__(self, width, heads):
            super().__init__()
            self.heads = heads
            self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.fc, self.out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
            self.act = nn.GELU(approximate="tanh")

        def forward(self, x):
            batch, length, width = x.shape
            heads = []
            for part in self.qkv(self.ln1(x)).split(width, dim=2):
                # (batch, length, width) -> (batch, heads, length, width / heads)
                heads.append(part.view(batch, length, self.heads, width // self.heads).transpose(1, 2))
            y = functional.scaled_dot_product_attention(*heads, is_causal=True)
            # (batch, heads, length, width / heads) -> (batch, length, width)
            x = x + self.proj(y.transpose(1, 2).reshape(batch, length, width))
            return x + self.out(self.act(self.fc(self.ln2(x))))

    class GPT(nn.Module):
        def __init__(self, layers, width, heads, context, vocabulary):
            super().__init__()
            self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
            self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
            self.lnf, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)
            self.positions = library.tensor(np.arange(context))

        def forward(self, tokens):
            x = self.wte(tokens) + self.wpe(self.positions)
            return self.head(self.lnf(self.blocks(x)))

    return GPT(**sizes)

"""The small GPT, feature-major: activations are (width, batch · context)."""

import itertools

import numpy as np
from numpy import add, dot

from benchmarks.peers.numpy_hand.gpt_layers import Attention, AttentionBuffers, Gelu, LayerNorm
from benchmarks.peers.numpy_hand.tools import flat_views, float32, make_cross_entropy, one_hots
from benchmarks.peers.numpy_hand.updates import make_adam

LINEAR = ("qkv", "proj", "fc", "out")


def make_gpt(task):
    """Both embeddings are one product with stacked one-hot columns."""
    sizes = task.sizes
    width, heads, context, vocabulary = (sizes[name] for name in ("width", "heads", "context", "vocabulary"))
    batch = len(task.batches[0][0])
    n = batch * context
    matrices = named_matrices(task.params, sizes["layers"])
    values, gradients, value_views, gradient_views = flat_views(list(matrices.values()))
    w = dict(zip(matrices, value_views, strict=True))
    g = dict(zip(matrices, gradient_views, strict=True))
    dqkv, dy, dwide, dx, dnormed = (
        np.empty((rows, n), float32) for rows in (3 * width, width, 4 * width, width, width)
    )
    x, branch, normed = (np.empty((width, n), float32) for _ in range(3))
    z = np.empty((vocabulary, n), float32)
    buffers = AttentionBuffers(heads, width // heads, batch, context, dqkv, dy)
    layers = [Layer(f"{layer}.", w, g, n, buffers, dwide) for layer in range(sizes["layers"])]
    last_norm = LayerNorm(n, w["lnf.w"], w["lnf.b"], g["lnf.w"], g["lnf.b"])
    cross_entropy = make_cross_entropy(n, 1.0)
    update = make_adam(values, gradients, task)
    positions = np.tile(np.eye(context, dtype=float32), (1, batch))
    batches = itertools.cycle(
        [
            (np.vstack([one_hots(tokens, vocabulary, 1)[0], positions]), *one_hots(y, vocabulary, 1 / n))
            for tokens, y in task.batches
        ]
    )

    def step():
        tokens, one_hot, scaled_one_hot = next(batches)
        dot(w["embeddings"], tokens, x)
        for layer in layers:
            layer.forward(x, branch)
        last_norm.forward(x, normed)
        dot(w["head"], normed, z)
        loss = cross_entropy(z, one_hot, scaled_one_hot)
        dot(z, normed.T, g["head"])
        dot(w["head"].T, z, dnormed)
        dx[...] = 0
        last_norm.backward(dnormed, dx)
        for layer in reversed(layers):
            layer.backward(dx, dqkv, dy, dwide, dnormed)
        dot(dx, tokens.T, g["embeddings"])
        update()
        return loss

    return step, lambda: task_params(w, vocabulary)


class Layer:
    """One block: x += proj(attention(qkv(norm x))), x += out(gelu(fc(norm x)))."""

    def __init__(self, name, w, g, n, buffers, dwide):
        width = len(w[name + "ln1.w"])
        self.norm1, self.norm2 = (
            LayerNorm(n, *(views[f"{name}{norm}.{part}"] for views in (w, g) for part in "wb"))
            for norm in ("ln1", "ln2")
        )
        self.w, self.g = ({part: views[name + part] for part in LINEAR} for views in (w, g))
        self.w_t = {part: value[:, :-1].T for part, value in self.w.items()}
        self.n1, self.n2, self.y = (np.ones((width + 1, n), float32) for _ in range(3))
        self.qkv, self.u = np.empty((3 * width, n), float32), np.empty((4 * width, n), float32)
        self.a = np.ones((4 * width + 1, n), float32)
        self.attention = Attention(self.qkv, self.y[:-1], buffers)
        self.gelu = Gelu(self.u, self.a[:-1], dwide)

    def forward(self, x, branch):
        """Adds both branches to x."""
        w = self.w
        self.norm1.forward(x, self.n1[:-1])
        dot(w["qkv"], self.n1, self.qkv)
        self.attention.forward()
        dot(w["proj"], self.y, branch)
        add(x, branch, x)
        self.norm2.forward(x, self.n2[:-1])
        dot(w["fc"], self.n2, self.u)
        self.gelu.forward()
        dot(w["out"], self.a, branch)
        add(x, branch, x)

    def backward(self, dx, dqkv, dy, dwide, dnormed):
        """Adds both branches' gradients to dx; the other arguments are buffers."""
        w_t, g = self.w_t, self.g
        dot(dx, self.a.T, g["out"])
        dot(w_t["out"], dx, dwide)
        self.gelu.backward()
        dot(dwide, self.n2.T, g["fc"])
        dot(w_t["fc"], dwide, dnormed)
        self.norm2.backward(dnormed, dx)
        dot(dx, self.y.T, g["proj"])
        dot(w_t["proj"], dx, dy)
        self.attention.backward()
        dot(dqkv, self.n1.T, g["qkv"])
        dot(w_t["qkv"], dqkv, dnormed)
        self.norm1.backward(dnormed, dx)


def named_matrices(params, layers):
    """The task's parameters in our layout: biases as last columns, both embeddings in one matrix."""
    matrices = {"embeddings": np.vstack([params["wte"], params["wpe"]]).T}
    for layer in range(layers):
        for norm in (f"{layer}.ln1", f"{layer}.ln2"):
            matrices |= {f"{norm}.{part}": params[f"{norm}.{part}"][:, None] for part in "wb"}
        for name in (f"{layer}.{part}" for part in LINEAR):
            matrices[name] = np.hstack([params[name + ".w"], params[name + ".b"][:, None]])
    matrices |= {f"lnf.{part}": params[f"lnf.{part}"][:, None] for part in "wb"}
    return matrices | {"head": params["head.w"]}


def task_params(w, vocabulary):
    """The way back of `named_matrices`."""
    params = {
        "wte": w["embeddings"][:, :vocabulary].T.copy(),
        "wpe": w["embeddings"][:, vocabulary:].T.copy(),
        "head.w": w["head"].copy(),
    }
    for name, value in w.items():
        if name.endswith((".w", ".b")):
            params[name] = value[:, 0].copy()
        elif name not in ("embeddings", "head"):
            params[name + ".w"], params[name + ".b"] = value[:, :-1].copy(), value[:, -1].copy()
    return params

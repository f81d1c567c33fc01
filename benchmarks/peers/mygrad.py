"""MyGrad: its layers and losses where it has them; memory guarding off, as its documents advise for speed."""

import itertools

import mygrad as mg
import numpy as np
from mygrad.nnet.activations import relu, sigmoid
from mygrad.nnet.layers import conv_nd, max_pool
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.peers.optimizers import make_optimizer

mg.turn_memory_guarding_off()
float32 = np.float32  # a Python float would turn the result into float64


def make(task):
    """The task in MyGrad."""
    params = {name: mg.tensor(value) for name, value in task.params.items()}
    loss_of, sizes = LOSSES[task.kind], task.sizes
    batches = itertools.cycle(task.batches)
    if task.kind == "wide":
        return make_wide(params)
    update = make_optimizer({name: value.data for name, value in params.items()}, task)

    def step():
        loss = loss_of(params, *next(batches), **sizes)
        loss.backward()
        update({name: value.grad for name, value in params.items()})
        return loss.data

    return step, lambda: {name: value.data.copy() for name, value in params.items()}


def make_wide(params):
    """Gradients only, no update."""

    def step():
        loss = wide(params, None, None)
        loss.backward()
        return loss.data

    return step, lambda: {name: value.grad for name, value in params.items()}


def linear(p, layer, x):
    return mg.matmul(x, p[f"w{layer}"].T) + p[f"b{layer}"]


def digit(p, x, y):
    for layer in (1, 2, 3):
        x = sigmoid(linear(p, layer, x))
    return ((x - y) ** 2).sum() / float32(len(y))


def mlp(p, x, y):
    hidden = relu(linear(p, 2, relu(linear(p, 1, x))))
    return softmax_crossentropy(linear(p, 3, hidden), y)


def deep(p, x, y, layers, width):
    for layer in range(1, layers):
        x = relu(linear(p, layer, x))
    return ((linear(p, layers, x) - y) ** 2).mean()


def lenet(p, x, y):
    for layer in (1, 2):
        x = conv_nd(x, p[f"cw{layer}"], stride=1, padding=2) + p[f"cb{layer}"].reshape(1, -1, 1, 1)
        x = max_pool(relu(x), pool=(2, 2), stride=2)
    hidden = relu(linear(p, 1, x.reshape(len(y), -1)))
    return softmax_crossentropy(linear(p, 2, hidden), y)


def layer_norm(x, w, b):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / mg.sqrt((centred**2).mean(axis=-1, keepdims=True) + float32(1e-5)) * w + b


def gelu(x):
    inner = float32(0.7978845608) * (x + float32(0.044715) * x**3)
    return float32(0.5) * x * (float32(1) + mg.tanh(inner))


def gpt(p, tokens, y, layers, width, heads, context, vocabulary):
    batch, head_width = len(tokens), width // heads
    mask = np.triu(np.full((context, context), -1e9, float32), 1)

    def dense(name, x):
        return mg.matmul(x, p[name + ".w"].T) + p[name + ".b"]

    def norm(name, x):
        return layer_norm(x, p[name + ".w"], p[name + ".b"])

    x = p["wte"][tokens] + p["wpe"]
    for layer in range(layers):
        qkv = dense(f"{layer}.qkv", norm(f"{layer}.ln1", x))
        # (batch, context, 3 width) -> (3, batch, heads, context, width / heads)
        qkv = mg.transpose(qkv.reshape(batch, context, 3, heads, head_width), (2, 0, 3, 1, 4))
        scores = mg.matmul(qkv[0], mg.swapaxes(qkv[1], -1, -2)) * float32(head_width**-0.5) + mask
        attended = mg.matmul(mg.nnet.softmax(scores, axis=-1), qkv[2])
        attended = mg.transpose(attended, (0, 2, 1, 3)).reshape(batch, context, width)
        x = x + dense(f"{layer}.proj", attended)
        x = x + dense(f"{layer}.out", gelu(dense(f"{layer}.fc", norm(f"{layer}.ln2", x))))
    logits = mg.matmul(norm("lnf", x), p["head.w"].T)
    return softmax_crossentropy(logits.reshape(batch * context, vocabulary), y.ravel())


def chain(p, x, y, length):
    h, a, b = p["x"], p["a"], p["b"]
    for i in range(length):
        h = h * a if i % 3 == 0 else h + b if i % 3 == 1 else mg.tanh(h)
    return h.sum()


def wide(p, x, y):
    return (sigmoid(p["a"] * p["b"] + p["c"]) * mg.tanh(p["a"] - p["c"])).sum()


LOSSES = {"digit": digit, "mlp": mlp, "deep": deep, "lenet": lenet, "gpt": gpt, "chain": chain, "wide": wide}

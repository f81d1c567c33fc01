"""HIPS autograd: value_and_grad of a plain autograd.numpy function over a dict of parameters."""

import itertools

import autograd.numpy as np
import numpy
from autograd import value_and_grad
from autograd.scipy.signal import convolve

from benchmarks.peers.optimizers import make_optimizer

NOTES = {"lenet": "convolution by autograd.scipy.signal.convolve, as in the project's own convnet example"}


def make(task):
    """The task in HIPS autograd."""
    params = {name: value.copy() for name, value in task.params.items()}
    loss_of, sizes = LOSSES[task.kind], task.sizes
    value_and_gradients = value_and_grad(lambda params, x, y: loss_of(params, x, y, **sizes))
    batches = itertools.cycle(task.batches)
    if task.kind == "wide":
        return make_wide(params, value_and_gradients)
    update = make_optimizer(params, task)

    def step():
        loss, gradients = value_and_gradients(params, *next(batches))
        update(gradients)
        return loss

    return step, lambda: {name: value.copy() for name, value in params.items()}


def make_wide(params, value_and_gradients):
    """Gradients only, no update."""
    last = {}

    def step():
        loss, gradients = value_and_gradients(params, None, None)
        last.update(gradients)
        return loss

    return step, lambda: dict(last)


def sigmoid(z):
    return 0.5 * (np.tanh(0.5 * z) + 1.0)


def linear(p, layer, x):
    return np.dot(x, p[f"w{layer}"].T) + p[f"b{layer}"]


def log_softmax(z):
    shifted = z - np.max(z, axis=-1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def cross_entropy(z, y):
    one_hot = numpy.eye(z.shape[1], dtype=numpy.float32)[y]
    return -np.sum(log_softmax(z) * one_hot) / len(y)


def digit(p, x, y):
    for layer in (1, 2, 3):
        x = sigmoid(linear(p, layer, x))
    return np.sum((x - y) ** 2) / len(x)


def mlp(p, x, y):
    hidden = np.maximum(linear(p, 2, np.maximum(linear(p, 1, x), 0)), 0)
    return cross_entropy(linear(p, 3, hidden), y)


def deep(p, x, y, layers, width):
    for layer in range(1, layers):
        x = np.maximum(linear(p, layer, x), 0)
    return np.mean((linear(p, layers, x) - y) ** 2)


def lenet(p, x, y):
    for layer in (1, 2):
        padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), "constant")
        w = p[f"cw{layer}"][:, :, ::-1, ::-1]  # convolve flips its kernel; convolution layers do not
        x = convolve(padded, w, axes=([2, 3], [2, 3]), dot_axes=([1], [1]), mode="valid")
        x = np.maximum(x + np.reshape(p[f"cb{layer}"], (1, -1, 1, 1)), 0)
        n, channels, h, _ = x.shape
        x = np.max(np.reshape(x, (n, channels, h // 2, 2, h // 2, 2)), axis=(3, 5))
    hidden = np.maximum(linear(p, 1, np.reshape(x, (len(x), -1))), 0)
    return cross_entropy(linear(p, 2, hidden), y)


def layer_norm(x, w, b):
    centred = x - np.mean(x, axis=-1, keepdims=True)
    return centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + 1e-5) * w + b


def gelu(x):
    return 0.5 * x * (1 + np.tanh(0.7978845608 * (x + 0.044715 * x * x * x)))


def gpt(p, tokens, y, layers, width, heads, context, vocabulary):
    batch, head_width = len(tokens), width // heads
    mask = numpy.triu(numpy.full((context, context), -1e9, numpy.float32), 1)

    def dense(name, x):
        return np.dot(x, p[name + ".w"].T) + p[name + ".b"]

    def norm(name, x):
        return layer_norm(x, p[name + ".w"], p[name + ".b"])

    x = p["wte"][tokens] + p["wpe"]
    for layer in range(layers):
        qkv = dense(f"{layer}.qkv", norm(f"{layer}.ln1", x))
        # (batch, context, 3 width) -> (3, batch, heads, context, width / heads)
        qkv = np.transpose(np.reshape(qkv, (batch, context, 3, heads, head_width)), (2, 0, 3, 1, 4))
        q, k, v = qkv[0], qkv[1], qkv[2]
        scores = np.matmul(q, np.swapaxes(k, -1, -2)) * head_width**-0.5 + mask
        attended = np.transpose(np.matmul(np.exp(log_softmax(scores)), v), (0, 2, 1, 3))
        x = x + dense(f"{layer}.proj", np.reshape(attended, (batch, context, width)))
        x = x + dense(f"{layer}.out", gelu(dense(f"{layer}.fc", norm(f"{layer}.ln2", x))))
    logits = np.dot(norm("lnf", x), p["head.w"].T)
    return cross_entropy(np.reshape(logits, (batch * context, vocabulary)), y.ravel())


def chain(p, x, y, length):
    h, a, b = p["x"], p["a"], p["b"]
    for i in range(length):
        h = h * a if i % 3 == 0 else h + b if i % 3 == 1 else np.tanh(h)
    return np.sum(h)


def wide(p, x, y):
    return np.sum(sigmoid(p["a"] * p["b"] + p["c"]) * np.tanh(p["a"] - p["c"]))


LOSSES = {"digit": digit, "mlp": mlp, "deep": deep, "lenet": lenet, "gpt": gpt, "chain": chain, "wide": wide}

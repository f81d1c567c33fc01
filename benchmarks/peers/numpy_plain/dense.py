"""The networks of linear layers: digit, MLP and the deep one of the memory workload."""

import numpy as np

from benchmarks.peers.numpy_plain.tools import cross_entropy, sigmoid


def digit(p, x, y):
    a1 = sigmoid(x @ p["w1"].T + p["b1"])
    a2 = sigmoid(a1 @ p["w2"].T + p["b2"])
    a3 = sigmoid(a2 @ p["w3"].T + p["b3"])
    d3 = 2 * (a3 - y) / len(x) * a3 * (1 - a3)
    d2 = d3 @ p["w3"] * a2 * (1 - a2)
    d1 = d2 @ p["w2"] * a1 * (1 - a1)
    return ((a3 - y) ** 2).sum() / len(x), three_layers_back((d1, d2, d3), (x, a1, a2))


def mlp(p, x, y):
    a1 = np.maximum(x @ p["w1"].T + p["b1"], 0)
    a2 = np.maximum(a1 @ p["w2"].T + p["b2"], 0)
    loss, d3 = cross_entropy(a2 @ p["w3"].T + p["b3"], y)
    d2 = d3 @ p["w3"] * (a2 > 0)
    d1 = d2 @ p["w2"] * (a1 > 0)
    return loss, three_layers_back((d1, d2, d3), (x, a1, a2))


def three_layers_back(deltas, inputs):
    """The gradients of w1, b1, w2, b2, w3, b3."""
    gradients = {}
    for layer, (d, x) in enumerate(zip(deltas, inputs, strict=True), 1):
        gradients[f"w{layer}"], gradients[f"b{layer}"] = d.T @ x, d.sum(0)
    return gradients


def deep(p, x, y, layers, width):
    acts = [x]
    for layer in range(1, layers + 1):
        z = acts[-1] @ p[f"w{layer}"].T + p[f"b{layer}"]
        acts.append(np.maximum(z, 0) if layer < layers else z)
    difference = acts[-1] - y
    d, gradients = 2 * difference / np.float32(difference.size), {}
    for layer in range(layers, 0, -1):
        gradients[f"w{layer}"], gradients[f"b{layer}"] = d.T @ acts[layer - 1], d.sum(0)
        if layer > 1:
            d = d @ p[f"w{layer}"] * (acts[layer - 1] > 0)
    return (difference**2).mean(), gradients

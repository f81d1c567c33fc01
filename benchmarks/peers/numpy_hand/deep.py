"""The deep MLP of the memory workload: one matrix for all gradients, each layer updated in its turn."""

import numpy as np
from numpy import dot, greater, multiply, subtract

from benchmarks.peers.numpy_hand.tools import ZERO, constant, float32, split_layers, with_bias, with_ones


def make_deep(task):
    """The batch is one and the same in every step."""
    count = task.sizes["layers"]
    names = [(f"w{layer}", f"b{layer}") for layer in range(1, count + 1)]
    weights = [with_bias(task.params, *pair) for pair in names]
    x, y = task.batches[0]
    batch, width = x.shape
    activations = [with_ones(x).T, *(np.ones((width + 1, batch), float32) for _ in range(count - 1))]
    output, other = np.empty((width, batch), float32), np.empty((width, batch), float32)
    gradient = np.empty_like(weights[0])
    mask = np.empty((width, batch), bool)
    factor = constant(2 * task.rate / y.size)
    target = y.T

    def step():
        for w, a, z in zip(weights[:-1], activations[:-1], activations[1:], strict=True):
            hidden = z[:width]
            dot(w, a, hidden)
            greater(hidden, ZERO, mask)
            multiply(hidden, mask, hidden)
        delta, spare = output, other
        dot(weights[-1], activations[-1], delta)
        subtract(delta, target, delta)
        loss = dot(delta.reshape(-1), delta.reshape(-1)) / delta.size
        multiply(delta, factor, delta)
        for layer in range(count - 1, -1, -1):
            dot(delta, activations[layer].T, gradient)
            if layer:
                dot(weights[layer][:, :width].T, delta, spare)
                greater(activations[layer][:width], ZERO, mask)
                multiply(spare, mask, spare)
                delta, spare = spare, delta
            subtract(weights[layer], gradient, weights[layer])
        return loss

    return step, lambda: split_layers(names, weights)

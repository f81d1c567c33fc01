"""The digit network, 784-16-16-10 with sigmoids."""

import itertools

import numpy as np
from numpy import add, dot, multiply, subtract, tanh

from benchmarks.peers.numpy_hand.tools import (
    constant,
    flat_views,
    float32,
    split_layers,
    with_bias,
    with_ones,
)

NAMES = [("w1", "b1"), ("w2", "b2"), ("w3", "b3")]
# Where a1, a1 with its ones, a2, a2 with its ones and a3 stand among all activations.
LAYER_ROWS = (slice(0, 16), slice(0, 17), slice(17, 33), slice(17, 34), slice(34, 44))


def make_digit(task):
    """The parameters p are stored halved, p = θ/2, and plain SGD on θ is p −= rate/4 · dL/dp.

    For sigmoid(z) = tanh(z/2)/2 + 1/2, and so z/2 comes straight out of the product.
    """
    halved = [with_bias(task.params, *pair) * float32(0.5) for pair in NAMES]
    values, gradients, (w1, w2, w3), (g1, g2, g3) = flat_views(halved)
    batch = len(task.batches[0][0])
    batches = itertools.cycle([(with_ones(x), np.ascontiguousarray(y.T)) for x, y in task.batches])
    # All layers' activations, each but the last with its row of ones, so that one call serves all slopes.
    activations = np.ones((17 + 17 + 10, batch), float32)
    slopes = np.empty_like(activations)
    a1, a1_ones, a2, a2_ones, a3 = (activations[rows] for rows in LAYER_ROWS)
    slope1, slope2, slope3 = slopes[:16], slopes[17:33], slopes[34:]
    d1, d2, d3 = (np.empty((rows, batch), float32) for rows in (16, 16, 10))
    d3_flat = d3.reshape(-1)
    a1_t, a2_t, w2_t, w3_t = a1_ones.T, a2_ones.T, w2[:, :16].T, w3[:, :16].T
    half, factor = constant(0.5), constant(2.0 / batch * task.rate / 4)

    def step():
        x, y = next(batches)
        dot(w1, x.T, a1)
        tanh(a1, a1)
        multiply(a1, half, a1)
        add(a1, half, a1)
        dot(w2, a1_ones, a2)
        tanh(a2, a2)
        multiply(a2, half, a2)
        add(a2, half, a2)
        dot(w3, a2_ones, a3)
        tanh(a3, a3)
        multiply(a3, half, a3)
        add(a3, half, a3)
        subtract(a3, y, d3)
        loss = dot(d3_flat, d3_flat) / batch
        multiply(activations, activations, slopes)
        subtract(activations, slopes, slopes)
        add(slopes, slopes, slopes)  # 2 a (1 − a), all layers at once
        multiply(d3, factor, d3)
        multiply(d3, slope3, d3)
        dot(d3, a2_t, g3)
        dot(w3_t, d3, d2)
        multiply(d2, slope2, d2)
        dot(d2, a1_t, g2)
        dot(w2_t, d2, d1)
        multiply(d1, slope1, d1)
        dot(d1, x, g1)
        subtract(values, gradients, values)
        return loss

    return step, lambda: {name: 2 * value for name, value in split_layers(NAMES, (w1, w2, w3)).items()}

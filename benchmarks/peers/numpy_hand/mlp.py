"""The 784-512-512-10 MLP with momentum or Adam.

A relu is `greater`, then a product with the mask: several times cheaper than `maximum` and `where`.
"""

import itertools

import numpy as np
from numpy import dot, greater, multiply

from benchmarks.peers.numpy_hand.tools import (
    ZERO,
    flat_views,
    float32,
    make_cross_entropy,
    one_hots,
    split_layers,
    with_bias,
    with_ones,
)
from benchmarks.peers.numpy_hand.updates import make_adam, make_momentum

NAMES = [("w1", "b1"), ("w2", "b2"), ("w3", "b3")]


def make_mlp(task):
    """The MLP; with momentum the rate is folded into the first delta."""
    values, gradients, (w1, w2, w3), (g1, g2, g3) = flat_views(
        [with_bias(task.params, *pair) for pair in NAMES]
    )
    batch = len(task.batches[0][0])
    scale = task.rate if task.betas is None else 1.0
    batches = itertools.cycle([(with_ones(x), *one_hots(y, 10, scale / batch)) for x, y in task.batches])
    a1_ones, a2_ones = np.ones((513, batch), float32), np.ones((513, batch), float32)
    a1, a2, z = a1_ones[:512], a2_ones[:512], np.empty((10, batch), float32)
    mask1, mask2, d1, d2 = (np.empty((512, batch), float32) for _ in range(4))
    a1_t, a2_t, w2_t, w3_t = a1_ones.T, a2_ones.T, w2[:, :512].T, w3[:, :512].T
    cross_entropy = make_cross_entropy(batch, scale)
    if task.betas is None:
        update = make_momentum(values, gradients, task.momentum)
    else:
        update = make_adam(values, gradients, task)

    def step():
        x, one_hot, scaled_one_hot = next(batches)
        dot(w1, x.T, a1)
        greater(a1, ZERO, mask1)
        multiply(a1, mask1, a1)
        dot(w2, a1_ones, a2)
        greater(a2, ZERO, mask2)
        multiply(a2, mask2, a2)
        dot(w3, a2_ones, z)
        loss = cross_entropy(z, one_hot, scaled_one_hot)
        dot(z, a2_t, g3)
        dot(w3_t, z, d2)
        multiply(d2, mask2, d2)
        dot(d2, a1_t, g2)
        dot(w2_t, d2, d1)
        multiply(d1, mask1, d1)
        dot(d1, x, g1)
        update()
        return loss

    return step, lambda: split_layers(NAMES, (w1, w2, w3))

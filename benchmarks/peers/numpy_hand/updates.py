"""The optimizers, on flat arrays, by blocks."""

import numpy as np
from numpy import add, divide, multiply, subtract

from benchmarks.peers.numpy_hand.tools import BLOCK, constant, float32, in_blocks


def make_momentum(values, gradients, momentum):
    """SGD with momentum; `gradients` arrive times the rate, and so are the velocities."""
    momentum = constant(momentum)
    parts = in_blocks(values, gradients, np.zeros_like(values))

    def update():
        for p, g, v in parts:
            multiply(v, momentum, v)
            add(v, g, v)
            subtract(p, v, p)

    return update


def make_adam(values, gradients, task):
    """Adam and AdamW. The moments are kept without their (1 − β), which folds into two constants."""
    beta1, beta2 = task.betas
    first_decay, second_decay = constant(beta1), constant(beta2)
    decay = constant(1 - task.rate * task.weight_decay)
    step_size, epsilon = constant(0), constant(0)
    buffer = np.empty(BLOCK, float32)
    moments = np.zeros_like(values), np.zeros_like(values)
    parts = [(*part, buffer[: part[0].size]) for part in in_blocks(values, gradients, *moments)]
    count = 0

    def update():
        nonlocal count
        count += 1
        scale = ((1 - beta2) / (1 - beta2**count)) ** 0.5  # √v̂ = scale · √v
        step_size[()] = task.rate * (1 - beta1) / (1 - beta1**count) / scale
        epsilon[()] = task.epsilon / scale
        for p, g, m, v, s in parts:
            multiply(m, first_decay, m)
            add(m, g, m)
            multiply(g, g, s)
            multiply(v, second_decay, v)
            add(v, s, v)
            np.sqrt(v, s)
            add(s, epsilon, s)
            divide(m, s, s)
            multiply(s, step_size, s)
            if task.weight_decay:
                multiply(p, decay, p)
            subtract(p, s, p)

    return update

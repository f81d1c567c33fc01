"""SGD with momentum and Adam in plain NumPy, for the peers that bring no optimizer of their own."""

import numpy as np


def make_optimizer(params, task):
    """update(gradients) for a dict of arrays, changed in place."""
    return (sgd if task.betas is None else adam)(params, task)


def sgd(params, task):
    """v = μ·v + g, p = p − rate·v"""
    velocities = {name: np.zeros_like(value) for name, value in params.items()}

    def update(gradients):
        for name, gradient in gradients.items():
            if task.momentum:
                gradient = velocities[name] = task.momentum * velocities[name] + gradient
            params[name] -= task.rate * gradient

    return update


def adam(params, task):
    """m = β₁·m + (1 − β₁)·g, v = β₂·v + (1 − β₂)·g², p = p·(1 − rate·decay) − rate·m̂ / (√v̂ + ε)"""
    beta1, beta2 = task.betas
    first = {name: np.zeros_like(value) for name, value in params.items()}
    second = {name: np.zeros_like(value) for name, value in params.items()}
    count = 0

    def update(gradients):
        nonlocal count
        count += 1
        for name, gradient in gradients.items():
            first[name] = beta1 * first[name] + (1 - beta1) * gradient
            second[name] = beta2 * second[name] + (1 - beta2) * gradient**2
            mean, square = first[name] / (1 - beta1**count), second[name] / (1 - beta2**count)
            if task.weight_decay:
                params[name] *= 1 - task.rate * task.weight_decay
            params[name] -= task.rate * mean / (np.sqrt(square) + task.epsilon)

    return update

"""Hand-written forward and backward in plain NumPy: every expression allocates its result."""

import itertools

from benchmarks.peers.numpy_plain.dense import deep, digit, mlp
from benchmarks.peers.numpy_plain.elementwise import chain, wide
from benchmarks.peers.numpy_plain.gpt import gpt
from benchmarks.peers.numpy_plain.lenet import lenet
from benchmarks.peers.optimizers import make_optimizer

STEPS = {"digit": digit, "mlp": mlp, "deep": deep, "lenet": lenet, "gpt": gpt, "chain": chain, "wide": wide}


def make(task):
    """The task in plain NumPy."""
    params = {name: value.copy() for name, value in task.params.items()}
    loss_and_gradients, sizes = STEPS[task.kind], task.sizes
    batches = itertools.cycle(task.batches)
    if task.kind == "wide":
        return make_wide(params)
    update = make_optimizer(params, task)

    def step():
        loss, gradients = loss_and_gradients(params, *next(batches), **sizes)
        update(gradients)
        return loss

    return step, lambda: {name: value.copy() for name, value in params.items()}


def make_wide(params):
    """Gradients only, no update."""
    last = {}

    def step():
        loss, gradients = wide(params, None, None)
        last.update(gradients)
        return loss

    return step, lambda: dict(last)

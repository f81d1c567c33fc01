"""Every task as a PyTorch program, for any library that has PyTorch's names.

PyTorch and this project run these same lines, so that their columns differ by nothing but the library.
"""

import importlib
import itertools

import numpy as np

from benchmarks.peers.pytorch_style.networks import build

# What a task needs beyond the first layers; a library without it is told to wait.
NEEDS = {
    "lenet": ("nn.Conv2d", "nn.MaxPool2d"),
    "gpt": (
        "nn.Embedding",
        "nn.LayerNorm",
        "nn.GELU",
        "nn.functional.scaled_dot_product_attention",
        "optim.AdamW",
    ),
    "adam": ("optim.Adam",),
}


def make(library, task, wrap_loss=lambda loss: loss, wrap_step=lambda step: step):
    """(step, params) of a task; the two wraps are where a compiler takes hold."""
    require(library, task)
    if task.kind in ("chain", "wide"):
        return make_on_tensors(library, task, wrap_loss, wrap_step)
    model, loss_of = build(library, task)
    params = load(library, model, task.params)
    loss_of = wrap_loss(loss_of)
    optimizer = make_optimizer(library, list(params.values()), task)

    @wrap_step
    def train(x, y):
        optimizer.zero_grad()
        loss = loss_of(x, y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    batches = itertools.cycle([(library.tensor(x), library.tensor(y)) for x, y in task.batches])
    return lambda: train(*next(batches)), lambda: {name: to_numpy(value) for name, value in params.items()}


def make_on_tensors(library, task, wrap_loss, wrap_step):
    """The two tasks without a model: a loss straight on a few tensors."""
    params = {name: library.tensor(value, requires_grad=True) for name, value in task.params.items()}
    tensors = list(params.values())
    if task.kind == "wide":
        loss_of = wrap_loss(wide)

        @wrap_step
        def gradients():
            for tensor in tensors:
                tensor.grad = None
            loss = loss_of(*tensors)
            loss.backward()
            return loss.detach()

        return gradients, lambda: {name: to_numpy(value.grad) for name, value in params.items()}

    length = task.sizes["length"]
    loss_of = wrap_loss(lambda x, a, b: chain(x, a, b, length))
    optimizer = make_optimizer(library, tensors, task)

    @wrap_step
    def train():
        optimizer.zero_grad()
        loss = loss_of(*tensors)
        loss.backward()
        optimizer.step()
        return loss.detach()

    return train, lambda: {name: to_numpy(value) for name, value in params.items()}


def chain(h, a, b, length):
    """h·a, h + b, tanh h in turn."""
    for i in range(length):
        h = h * a if i % 3 == 0 else h + b if i % 3 == 1 else h.tanh()
    return h.sum()


def wide(a, b, c):
    """Σ sigmoid(a·b + c)·tanh(a − c)"""
    return ((a * b + c).sigmoid() * (a - c).tanh()).sum()


def make_optimizer(library, params, task):
    """SGD, Adam or AdamW, as the task asks."""
    optim = importlib.import_module(f"{library.__name__}.optim")
    if task.betas is None:
        return optim.SGD(params, lr=task.rate, momentum=task.momentum)
    if task.weight_decay:
        return optim.AdamW(
            params, lr=task.rate, betas=task.betas, eps=task.epsilon, weight_decay=task.weight_decay
        )
    return optim.Adam(params, lr=task.rate, betas=task.betas, eps=task.epsilon)


def load(library, model, values):
    """Copy the task's initial values into a model; its parameters by the task's names."""
    params = dict(zip(values, model.parameters(), strict=True))
    for name, parameter in params.items():
        if tuple(parameter.shape) != values[name].shape:
            raise ValueError(f"{name}: expected shape {values[name].shape}, got {tuple(parameter.shape)}")
        parameter.data[...] = library.tensor(values[name])
    return params


def to_numpy(tensor):
    """A copy of a tensor's values."""
    return np.array(tensor.detach().numpy())


def require(library, task):
    """Raise NotImplementedError, naming what is missing, where a task's layers or optimizer are not there."""
    names = NEEDS.get(task.kind, ())
    if task.betas and not task.weight_decay:
        names += NEEDS["adam"]
    missing = [name for name in names if not has(library, name)]
    if missing:
        raise NotImplementedError(f"waits for its layers: {', '.join(missing)}")


def has(library, name):
    """Does the library have this dotted name?"""
    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(f"{library.__name__}.{module}"), attribute)
    except ModuleNotFoundError:
        return False

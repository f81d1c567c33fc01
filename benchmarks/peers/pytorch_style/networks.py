"""The networks and their losses."""

import importlib
import itertools

from benchmarks.peers.pytorch_style.gpt import build_gpt


def build(library, task):
    """(model, loss of a batch): the model's parameters come in the order of the task's."""
    nn = importlib.import_module(f"{library.__name__}.nn")
    functional = importlib.import_module(f"{library.__name__}.nn.functional")
    if task.kind == "digit":
        model = multilayer(nn, (784, 16, 16, 10), nn.Sigmoid, activate_last=True)
        return model, lambda x, y: ((model(x) - y) ** 2).sum() / x.shape[0]
    if task.kind == "deep":
        model = multilayer(nn, (task.sizes["width"],) * (task.sizes["layers"] + 1), nn.ReLU)
        return model, lambda x, y: functional.mse_loss(model(x), y)
    if task.kind == "mlp":
        model = multilayer(nn, (784, 512, 512, 10), nn.ReLU)
    elif task.kind == "lenet":
        model = lenet(nn)
    else:
        model = build_gpt(library, nn, functional, task.sizes)
        return model, lambda x, y: functional.cross_entropy(model(x).flatten(0, 1), y.flatten())
    return model, lambda x, y: functional.cross_entropy(model(x), y)


def multilayer(nn, sizes, activation, activate_last=False):
    """Linear layers with an activation between them."""
    layers = []
    for inputs, outputs in itertools.pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*(layers if activate_last else layers[:-1]))


def lenet(nn):
    """Two convolutions, two linear layers."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(784, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )

"""What is trained: the initial weights, the batches and the rates of every workload, drawn from one seed.

Every peer receives the same `Task`. Weights of linear layers are (out, in), those of convolutions (out, in,
5, 5).
"""

import itertools
from dataclasses import dataclass, field

import numpy as np

IMAGE_PIXELS = 784
CLASSES = 10
EPOCH_STEPS = 6000
STEP_WORKLOADS = (
    "digit_b1", "digit_b10", "digit_b64", "digit_b512",
    "mlp_b128", "mlp_adam_b128", "lenet_b64", "gpt_b16", "scalar_chain", "wide_elementwise",
)  # fmt: skip
WORKLOADS = (*STEP_WORKLOADS, "epoch", "memory")
UNITS = {"epoch": "s", "memory": "MiB"}  # all others: microseconds a step


@dataclass
class Task:
    """One workload, ready to be trained.

    `kind` says what the network is: digit, mlp, deep, lenet, gpt, chain or wide. Peers cycle through
    `batches` in order. With `betas` the optimizer is Adam (AdamW when `weight_decay` is set), without it SGD.
    `sizes` holds what a network needs to know of itself. A `wide` task has no update: it ends with the
    gradients.
    """

    kind: str
    params: dict[str, np.ndarray]
    batches: list[tuple]
    rate: float
    momentum: float = 0.0
    betas: tuple[float, float] | None = None
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    sizes: dict[str, int] = field(default_factory=dict)


def make_task(workload, images=None):
    """The task of a workload; `images` is an `images.Images` (only workloads on digits read it)."""
    random = np.random.default_rng(7)
    if workload == "epoch":
        return digit(random, images, 10, EPOCH_STEPS, rate=3.0)
    if workload.startswith("digit_b"):
        return digit(random, images, int(workload.removeprefix("digit_b")), 20, rate=0.5)
    if workload == "mlp_b128":
        return mlp(random, images, rate=0.01, momentum=0.9)
    if workload == "mlp_adam_b128":
        return mlp(random, images, rate=1e-4, betas=(0.9, 0.999))
    return {
        "lenet_b64": lambda: lenet(random, images),
        "gpt_b16": lambda: gpt(random),
        "scalar_chain": lambda: chain(random),
        "wide_elementwise": lambda: wide(random),
        "memory": lambda: deep(random),
    }[workload]()


def digit(random, images, batch, steps, rate):
    """The network of the lesson, 784-16-16-10 with sigmoids, the squares summed over the outputs."""
    one_hot = np.eye(CLASSES, dtype=np.float32)
    batches = [(x, one_hot[y]) for x, y in draw_batches(random, images, batch, steps)]
    return Task("digit", float32(linear_layers(random, (IMAGE_PIXELS, 16, 16, CLASSES))), batches, rate)


def mlp(random, images, **rates):
    """784-512-512-10 with relus and cross-entropy, batch 128."""
    batches = draw_batches(random, images, 128, 10)
    params = linear_layers(random, (IMAGE_PIXELS, 512, 512, CLASSES), 1.4)
    return Task("mlp", float32(params), batches, **rates)


def lenet(random, images):
    """Two 5×5 convolutions with relu and max-pool, then two linear layers, batch 64."""
    batches = []
    for x, y in draw_batches(random, images, 64, 5):
        # A little noise, so that no two values tie inside a pooling window.
        noisy = (x + 0.01 * random.standard_normal(x.shape)).astype(np.float32)
        batches.append((noisy.reshape(64, 1, 28, 28), y))
    params = {
        "cw1": random.standard_normal((8, 1, 5, 5)) * 0.3,
        "cb1": random.standard_normal(8) * 0.1,
        "cw2": random.standard_normal((16, 8, 5, 5)) * 0.1,
        "cb2": random.standard_normal(16) * 0.1,
    }
    params |= linear_layers(random, (784, 128, CLASSES), 1.4)
    return Task("lenet", float32(params), batches, 0.01)


def gpt(random, layers=2, width=64, heads=4, context=32, vocabulary=27):
    """A small GPT with AdamW on random tokens, batch 16."""
    params = {
        "wte": random.standard_normal((vocabulary, width)) * 0.1,
        "wpe": random.standard_normal((context, width)) * 0.1,
    }
    for layer in range(layers):
        for name in ("ln1", "ln2"):
            params |= norm_layer(random, f"{layer}.{name}", width)
        for name, outputs, inputs in (
            ("qkv", 3 * width, width),
            ("proj", width, width),
            ("fc", 4 * width, width),
            ("out", width, 4 * width),
        ):
            params[f"{layer}.{name}.w"] = random.standard_normal((outputs, inputs)) / np.sqrt(inputs)
            params[f"{layer}.{name}.b"] = random.standard_normal(outputs) * 0.1
    params |= norm_layer(random, "lnf", width)
    params["head.w"] = random.standard_normal((vocabulary, width)) / np.sqrt(width)
    tokens = random.integers(0, vocabulary, (10, 16, context + 1))
    batches = [(np.ascontiguousarray(t[:, :-1]), np.ascontiguousarray(t[:, 1:])) for t in tokens]
    sizes = {"layers": layers, "width": width, "heads": heads, "context": context, "vocabulary": vocabulary}
    return Task("gpt", float32(params), batches, 1e-3, betas=(0.9, 0.999), weight_decay=0.01, sizes=sizes)


def chain(random, length=1000):
    """A chain of ops on 10 numbers, h·a, h + b, tanh h in turn: what recording and walking back cost."""
    params = {
        "x": random.standard_normal(10) * 0.5,
        "a": random.standard_normal(10) * 1e-3 + 1,
        "b": random.standard_normal(10) * 1e-3,
    }
    return Task("chain", float32(params), [(None, None)], 1e-6, sizes={"length": length})


def wide(random, count=1_000_000):
    """Σ sigmoid(a·b + c)·tanh(a − c) over a million numbers and its gradients: what memory traffic costs."""
    return Task("wide", float32({name: random.standard_normal(count) for name in "abc"}), [(None, None)], 0.0)


def deep(random, layers=20, width=512, batch=512):
    """A 20-layer MLP with relus and the mean of squares: what a step holds in memory."""
    x = random.standard_normal((batch, width)).astype(np.float32)
    y = random.standard_normal((batch, width)).astype(np.float32)
    params = float32(linear_layers(random, (width,) * (layers + 1), 1.4))
    return Task("deep", params, [(x, y)], 0.01, sizes={"layers": layers, "width": width})


def draw_batches(random, images, batch, steps):
    """`steps` batches of different training images: (pixels 0 ... 1 as (batch, 784), labels)."""
    order = random.permutation(len(images.train))[: steps * batch].reshape(steps, batch)
    return [(images.train[one].astype(np.float32) / 255.0, images.train_labels[one]) for one in order]


def linear_layers(random, sizes, gain=1.0):
    """Weights w1, b1, w2, b2 ... of a stack of linear layers."""
    params = {}
    for layer, (inputs, outputs) in enumerate(itertools.pairwise(sizes), 1):
        params[f"w{layer}"] = random.standard_normal((outputs, inputs)) * gain / np.sqrt(inputs)
        params[f"b{layer}"] = random.standard_normal(outputs) * 0.1
    return params


def norm_layer(random, name, width):
    """Scale and shift of a layer norm, off their usual 1 and 0, so that a mistake in either shows."""
    return {
        f"{name}.w": 1 + 0.1 * random.standard_normal(width),
        f"{name}.b": 0.1 * random.standard_normal(width),
    }


def float32(params):
    """The same parameters as contiguous float32."""
    return {name: np.ascontiguousarray(value, np.float32) for name, value in params.items()}


def digit_accuracy(params, images):
    """Share of the test images that a 784-16-16-10 sigmoid network, given as arrays, reads right."""
    x = images.test.astype(np.float32) / 255.0
    for layer in (1, 2, 3):
        z = x @ params[f"w{layer}"].T + params[f"b{layer}"]
        x = 0.5 * np.tanh(0.5 * z) + 0.5
    return float((x.argmax(axis=1) == images.test_labels).mean())

"""JAX: one jitted, donated training step; the optimizers written with tree.map."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np

tree_map = jax.tree.map


def make(task):
    """The task in JAX."""
    params = tree_map(jnp.array, task.params)
    loss_of, sizes = LOSSES[task.kind], task.sizes

    def value_and_gradients(params, x, y):
        return jax.value_and_grad(lambda params: loss_of(params, x, y, **sizes))(params)

    if task.kind == "wide":
        return make_wide(params, jax.jit(value_and_gradients))
    state, update = (sgd if task.betas is None else adam)(params, task)

    def train(params, state, x, y):
        loss, gradients = value_and_gradients(params, x, y)
        return loss, *update(params, gradients, state)

    train = jax.jit(train, donate_argnums=(0, 1))
    batches = itertools.cycle([tree_map(jnp.asarray, batch) for batch in task.batches])

    def step():
        nonlocal params, state
        loss, params, state = train(params, state, *next(batches))
        return loss

    return step, lambda: {name: np.asarray(value) for name, value in params.items()}


def make_wide(params, value_and_gradients):
    """Gradients only, no update."""
    last = {}

    def step():
        loss, gradients = value_and_gradients(params, None, None)
        last.update(jax.block_until_ready(gradients))
        return loss

    return step, lambda: {name: np.asarray(value) for name, value in last.items()}


def sgd(params, task):
    """(state, update) of SGD, with momentum where the task has it."""
    if not task.momentum:
        return (), lambda params, gradients, state: (
            tree_map(lambda p, g: p - task.rate * g, params, gradients),
            state,
        )

    def update(params, gradients, velocities):
        velocities = tree_map(lambda v, g: task.momentum * v + g, velocities, gradients)
        return tree_map(lambda p, v: p - task.rate * v, params, velocities), velocities

    return tree_map(jnp.zeros_like, params), update


def adam(params, task):
    """(state, update) of Adam and AdamW."""
    (beta1, beta2), rate = task.betas, task.rate

    def update(params, gradients, state):
        first, second, count = state
        count = count + 1
        first = tree_map(lambda m, g: beta1 * m + (1 - beta1) * g, first, gradients)
        second = tree_map(lambda v, g: beta2 * v + (1 - beta2) * g * g, second, gradients)
        scale1, scale2 = 1 - beta1**count, 1 - beta2**count

        def move(p, m, v):
            direction = (m / scale1) / (jnp.sqrt(v / scale2) + task.epsilon)
            return p * (1 - rate * task.weight_decay) - rate * direction

        return tree_map(move, params, first, second), (first, second, count)

    return (tree_map(jnp.zeros_like, params), tree_map(jnp.zeros_like, params), jnp.zeros(())), update


def linear(p, layer, x):
    return x @ p[f"w{layer}"].T + p[f"b{layer}"]


def cross_entropy(z, y):
    return -jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], axis=1).mean()


def digit(p, x, y):
    for layer in (1, 2, 3):
        x = jax.nn.sigmoid(linear(p, layer, x))
    return ((x - y) ** 2).sum() / len(x)


def mlp(p, x, y):
    hidden = jax.nn.relu(linear(p, 2, jax.nn.relu(linear(p, 1, x))))
    return cross_entropy(linear(p, 3, hidden), y)


def deep(p, x, y, layers, width):
    for layer in range(1, layers):
        x = jax.nn.relu(linear(p, layer, x))
    return ((linear(p, layers, x) - y) ** 2).mean()


def lenet(p, x, y):
    for layer in (1, 2):
        w, layout = p[f"cw{layer}"], ("NCHW", "OIHW", "NCHW")
        x = jax.lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=layout)
        x = jax.nn.relu(x + p[f"cb{layer}"][:, None, None])
        x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
    hidden = jax.nn.relu(linear(p, 1, x.reshape(len(x), -1)))
    return cross_entropy(linear(p, 2, hidden), y)


def layer_norm(x, w, b):
    mean = x.mean(-1, keepdims=True)
    variance = ((x - mean) ** 2).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * w + b


def gpt(p, tokens, y, layers, width, heads, context, vocabulary):
    batch = len(tokens)
    causal = jnp.tril(jnp.ones((context, context), bool))

    def dense(name, x):
        return x @ p[name + ".w"].T + p[name + ".b"]

    def norm(name, x):
        return layer_norm(x, p[name + ".w"], p[name + ".b"])

    x = p["wte"][tokens] + p["wpe"]
    for layer in range(layers):
        qkv = dense(f"{layer}.qkv", norm(f"{layer}.ln1", x))
        # (batch, context, 3 width) -> 3 × (batch, heads, context, width / heads)
        q, k, v = qkv.reshape(batch, context, 3, heads, -1).transpose(2, 0, 3, 1, 4)
        scores = q @ k.swapaxes(-1, -2) * (width // heads) ** -0.5
        attention = jax.nn.softmax(jnp.where(causal, scores, -jnp.inf))
        attended = (attention @ v).transpose(0, 2, 1, 3).reshape(batch, context, width)
        x = x + dense(f"{layer}.proj", attended)
        hidden = jax.nn.gelu(dense(f"{layer}.fc", norm(f"{layer}.ln2", x)), approximate=True)
        x = x + dense(f"{layer}.out", hidden)
    logits = norm("lnf", x) @ p["head.w"].T
    return cross_entropy(logits.reshape(batch * context, vocabulary), y.reshape(-1))


def chain(p, x, y, length):
    h = p["x"]
    for i in range(length):
        h = h * p["a"] if i % 3 == 0 else h + p["b"] if i % 3 == 1 else jnp.tanh(h)
    return h.sum()


def wide(p, x, y):
    return (jax.nn.sigmoid(p["a"] * p["b"] + p["c"]) * jnp.tanh(p["a"] - p["c"])).sum()


LOSSES = {"digit": digit, "mlp": mlp, "deep": deep, "lenet": lenet, "gpt": gpt, "chain": chain, "wide": wide}

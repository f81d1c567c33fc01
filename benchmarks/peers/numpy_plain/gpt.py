"""The small GPT."""

import numpy as np

from benchmarks.peers.numpy_plain.tools import cross_entropy

float32 = np.float32
SLOPE = float32((2 / np.pi) ** 0.5)
CUBIC = float32(0.044715)


def gpt(p, tokens, y, layers, width, heads, context, vocabulary):
    x = p["wte"][tokens] + p["wpe"]
    saved = []
    for layer in range(layers):
        x, kept = block(named(p, layer), x, heads)
        saved.append(kept)
    normed, kept = layer_norm(x, p["lnf.w"], p["lnf.b"])
    loss, dz = cross_entropy(rows(normed) @ p["head.w"].T, y.ravel())

    gradients = {"head.w": dz.T @ rows(normed)}
    dnormed = (dz @ p["head.w"]).reshape(x.shape)
    dx, gradients["lnf.w"], gradients["lnf.b"] = layer_norm_back(dnormed, kept, p["lnf.w"])
    for layer in reversed(range(layers)):
        dx, found = block_back(named(p, layer), dx, saved[layer])
        gradients |= {f"{layer}.{name}": value for name, value in found.items()}
    gradients["wte"] = np.zeros_like(p["wte"])
    np.add.at(gradients["wte"], tokens, dx)
    gradients["wpe"] = dx.sum(0)
    return loss, gradients


def named(p, layer):
    """The parameters of one layer, without its number."""
    start = f"{layer}."
    return {name.removeprefix(start): value for name, value in p.items() if name.startswith(start)}


def rows(x):
    """(batch, length, width) -> (batch · length, width)"""
    return x.reshape(-1, x.shape[-1])


def block(p, x, heads):
    """One layer: (its result, what the way back needs)."""
    batch, length, width = x.shape
    scale = float32((width // heads) ** -0.5)
    mask = np.triu(np.full((length, length), -np.inf, float32), 1)
    n1, kept1 = layer_norm(x, p["ln1.w"], p["ln1.b"])
    qkv = (n1 @ p["qkv.w"].T + p["qkv.b"]).reshape(batch, length, 3, heads, -1).transpose(2, 0, 3, 1, 4)
    scores = qkv[0] @ qkv[1].swapaxes(-1, -2) * scale + mask
    e = np.exp(scores - scores.max(-1, keepdims=True))
    a = e / e.sum(-1, keepdims=True)
    attended = (a @ qkv[2]).transpose(0, 2, 1, 3).reshape(batch, length, width)
    x = x + attended @ p["proj.w"].T + p["proj.b"]
    n2, kept2 = layer_norm(x, p["ln2.w"], p["ln2.b"])
    u = n2 @ p["fc.w"].T + p["fc.b"]
    t = np.tanh(SLOPE * (u + CUBIC * u * u * u))
    h = float32(0.5) * u * (1 + t)
    return x + h @ p["out.w"].T + p["out.b"], (n1, kept1, qkv, a, scale, attended, n2, kept2, u, t, h)


def block_back(p, dx, saved):
    """The way back of `block`: (gradient of its input, gradients of its parameters)."""
    n1, kept1, qkv, a, scale, attended, n2, kept2, u, t, h = saved
    batch, heads, length, head_width = qkv.shape[1:]
    g = {}

    def linear_back(name, d, x):
        g[name + ".w"], g[name + ".b"] = rows(d).T @ rows(x), rows(d).sum(0)
        return d @ p[name + ".w"]

    dh = linear_back("out", dx, h)
    slope = (1 - t * t) * SLOPE * (1 + 3 * CUBIC * u * u)
    du = dh * (float32(0.5) * (1 + t) + float32(0.5) * u * slope)
    dn2, g["ln2.w"], g["ln2.b"] = layer_norm_back(linear_back("fc", du, n2), kept2, p["ln2.w"])
    dx = dx + dn2
    # (batch, length, width) -> (batch, heads, length, width / heads)
    do = linear_back("proj", dx, attended).reshape(batch, length, heads, head_width).transpose(0, 2, 1, 3)
    da = do @ qkv[2].swapaxes(-1, -2)
    ds = a * (da - (da * a).sum(-1, keepdims=True)) * scale
    dqkv = np.stack([ds @ qkv[1], ds.swapaxes(-1, -2) @ qkv[0], a.swapaxes(-1, -2) @ do])
    # (3, batch, heads, length, width / heads) -> (batch, length, 3 · width)
    dqkv = dqkv.transpose(1, 3, 0, 2, 4).reshape(batch, length, -1)
    dn1, g["ln1.w"], g["ln1.b"] = layer_norm_back(linear_back("qkv", dqkv, n1), kept1, p["ln1.w"])
    return dx + dn1, g


def layer_norm(x, w, b):
    centred = x - x.mean(-1, keepdims=True)
    r = 1 / np.sqrt((centred**2).mean(-1, keepdims=True) + float32(1e-5))
    return centred * r * w + b, (centred * r, r)


def layer_norm_back(d, kept, w):
    """(gradient of the input, of the scale, of the shift)"""
    xhat, r = kept
    dh = d * w
    dx = r * (dh - dh.mean(-1, keepdims=True) - xhat * (dh * xhat).mean(-1, keepdims=True))
    return dx, (d * xhat).sum(axis=(0, 1)), d.sum(axis=(0, 1))

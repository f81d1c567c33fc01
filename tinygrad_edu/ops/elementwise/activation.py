"""What stands between the layers, where speed or stability asks for a formula of its own; the others are composed in
`nn.functional`.
"""

from __future__ import annotations

import math

import numpy as np

from ...engine import op
from .exponential import sigmoid
from .numbers import ONE, ZERO
from .special import erf


@op(elementwise=True, promote="arithmetic")
def prelu(x, w):
    """Rectifier that lets a share w of the negative numbers through: leaky, learned or random.

    z = x if x > 0 else w x          x: (...), w: (...) -> (...)
    Kinks: at 0 the derivative is w.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
    """
    def dx(g): return np.where(x > 0, g, g * w)
    def dw(g): return g * np.minimum(x, 0)
    return np.where(x > 0, x, w * x), dx, dw


@op(elementwise=True, promote="float")
def elu(x, *, alpha=1.0, scale=1.0, steepness=1.0):
    """Rectifier with an exponential instead of the corner; CELU and SELU are this with other numbers.

    z = scale · (x if x > 0 else α (exp(steepness · x) − 1))          x: (...) -> (...)
    Kinks: at 0 the derivative is the left one.
    Examples: alpha=1.0; alpha=1.5, scale=0.8, steepness=1.2
    Source: Clevert et al. 2015, https://arxiv.org/abs/1511.07289
    """
    below = np.minimum(x, ZERO[x.dtype]) * steepness
    z = np.where(x > ZERO[x.dtype], x * scale, np.expm1(below) * (alpha * scale))
    def dx(g): return g * np.where(x > ZERO[x.dtype], scale, np.exp(below) * (alpha * scale * steepness))
    return z, dx


@op(elementwise=True, promote="float")
def silu(x):
    """Sigmoid linear unit, or swish: x times its own squish.

    z = x / (1 + e⁻ˣ)          x: (...) -> (...)
    Source: Elfwing et al. 2017, https://arxiv.org/abs/1702.03118
    """
    s = sigmoid(x)
    def dx(g): return g * (s * (x * (ONE[s.dtype] - s) + ONE[s.dtype]))
    return x * s, dx


@op(elementwise=True, promote="float")
def gelu(x, *, approximate="none"):
    """Gaussian error linear unit: x times the share of the bell curve below x.

    z = x Φ(x) = x (1 + erf(x/√2)) / 2          x: (...) -> (...)
    Examples: approximate="none"; approximate="tanh"

    "tanh" takes 1 + tanh(√(2/π) (x + 0.044715 x³)) for 1 + erf(x/√2), as GPT-2 does.
    Source: Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415
    """
    if approximate == "none":
        share = erf(x * math.sqrt(0.5))
        share += ONE[x.dtype]
        share *= 0.5
        def dx(g):
            slope = np.exp(x * x * -0.5) * (x * (1 / math.sqrt(2 * math.pi)))
            slope += share
            return g * slope
        return x * share, dx
    if approximate != "tanh":
        raise RuntimeError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    k, c = math.sqrt(2 / math.pi), 0.044715
    bent = x * x * (k * c)
    bent += k
    bent *= x
    share = np.tanh(bent)
    share *= 0.5
    share += 0.5
    def dx(g):                             # z' = share + x share',  x share' = (1 − share) share · 2 x bent'
        slope = x * x * (6 * k * c)
        slope += 2 * k
        slope *= x
        slope *= ONE[x.dtype] - share
        slope += ONE[x.dtype]
        slope *= share
        return g * slope
    return x * share, dx


@op(elementwise=True, promote="float")
def softplus(x, *, beta=1.0, threshold=20.0):
    """Smooth rectifier; where β x exceeds the threshold it is x itself.

    z = ln(1 + exp(β x)) / β          x: (...) -> (...)
    Examples: beta=1.0; beta=2.0, threshold=30.0
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
    """
    steep = x * beta
    z = np.where(steep > threshold, x, np.log1p(np.exp(steep)) / beta)
    def dx(g): return g * np.where(steep > threshold, ONE[steep.dtype], sigmoid(steep))
    return z, dx


@op(elementwise=True, promote="float")
def log_sigmoid(x):
    """Logarithm of the logistic function, without overflow or log 0.

    z = −ln(1 + e⁻ˣ)          x: (...) -> (...)
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
    """
    z = np.log1p(np.exp(-np.absolute(x)))
    def dx(g): return g * sigmoid(-x)
    return np.minimum(x, ZERO[x.dtype]) - z, dx


@op(elementwise=True)
def hardtanh(x, *, low=-1.0, high=1.0):
    """Limit to the numbers from low to high, as clamp does; only the corners differ.

    z = min(max(x, low), high)          x: (...) -> (...)
    Kinks: hardtanh′ at an edge is 0, and that of a nan 1, as PyTorch.
    Examples: low=-1.0, high=1.0; low=0.15, high=0.65
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
    """
    def dx(g): return g * ~((x <= low) | (x >= high))
    return np.minimum(np.maximum(x, low), high), dx

"""The limit for NumPy: forward and backward by hand, all buffers preallocated, as few calls as NumPy allows.

Activations are feature-major, (features, batch), with a row of ones below them, and each layer's matrix
carries its bias as a last column: so a bias costs no call of its own, forward or backward. All matrices are
views of one flat array, all gradients views of another, and the learning rate is folded into the first delta,
so that the SGD update is a single call. Long elementwise chains run in blocks that stay in the cache. `out`
is passed by position, which is cheaper than by keyword.
"""

import numpy as np

from benchmarks.peers.numpy_hand.deep import make_deep
from benchmarks.peers.numpy_hand.digit import make_digit
from benchmarks.peers.numpy_hand.elementwise import make_chain, make_wide
from benchmarks.peers.numpy_hand.gpt import make_gpt
from benchmarks.peers.numpy_hand.lenet import make_lenet
from benchmarks.peers.numpy_hand.mlp import make_mlp

np.seterr(all="ignore")  # the state is checked after every call; a worker runs one peer only

MAKERS = {
    "digit": make_digit,
    "mlp": make_mlp,
    "deep": make_deep,
    "lenet": make_lenet,
    "gpt": make_gpt,
    "chain": make_chain,
    "wide": make_wide,
}


def make(task):
    """The task by hand."""
    return MAKERS[task.kind](task)

"""What networks need beside layers: gradients clipped, parameters as a vector, weights in other coordinates, and
sequences of several lengths.

Source: https://docs.pytorch.org/docs/stable/nn.html#utilities
"""

from . import rnn
from .clip_grad import clip_grad_norm_, clip_grad_value_, clip_grads_with_norm_, get_total_norm
from .convert_parameters import parameters_to_vector, vector_to_parameters

__all__ = [
    "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm", "parameters_to_vector", "rnn",
    "vector_to_parameters",
]  # fmt: skip

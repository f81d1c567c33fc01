"""What all random variables share."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..devices import Size
from ..engine import constant
from ..grad_mode import no_grad
from ..tensor import Tensor, tensor


class Distribution:
    """Base class. batch_shape: the shape of the parameters; event_shape: that of one sample."""

    has_rsample = False
    shown: tuple[str, ...] = ()  # the parameters that the repr shows

    def __init__(self, batch_shape: tuple = (), event_shape: tuple = (), validate_args: Any = None):
        self.batch_shape, self.event_shape = Size(batch_shape), Size(event_shape)

    def sample(self, sample_shape: tuple = ()) -> Any:
        """Numbers drawn, in sample_shape + batch_shape + event_shape; off the graph."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """Numbers drawn so that their gradient reaches the parameters. NotImplementedError where that is not so."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample")

    def log_prob(self, value: Any) -> Any:
        """Logarithm of the probability (or its density) at value."""
        raise NotImplementedError(f"{type(self).__name__} has no log_prob")

    def entropy(self) -> Any:
        """The expected −log_prob."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy")

    def perplexity(self) -> Any:
        """exp(entropy): among how many equal chances one guesses as well."""
        return self.entropy().exp()

    @property
    def variance(self) -> Any:
        """The expected square of the distance to the mean."""
        raise NotImplementedError(f"{type(self).__name__} has no variance")

    @property
    def stddev(self) -> Any:
        """√variance."""
        return self.variance.sqrt()

    def _extended(self, sample_shape: Any) -> tuple[int, ...]:
        """The shape of what is drawn."""
        return (*sample_shape, *self.batch_shape, *self.event_shape)

    def __repr__(self) -> str:
        kept = ((name, getattr(self, name)) for name in self.shown)
        parts = (f"{name}: {x if x.numel() == 1 else str(Size(x.shape))}" for name, x in kept)
        return f"{type(self).__name__}({', '.join(parts)})"


def tensors(*numbers: Any) -> list[Any]:
    """Parameters as tensors of one shape."""
    found = [x if isinstance(x, Tensor) else tensor(float(x)) for x in numbers]
    shape = np.broadcast_shapes(*(x.shape for x in found))
    return [x.expand(*shape) for x in found]


def one_of(name: str, probs: Any, logits: Any) -> None:
    """ValueError unless one of two ways to give probabilities is taken."""
    if (probs is None) == (logits is None):
        raise ValueError(f"{name}: either probs or logits expected, got both or neither")


def drawn(array: Any) -> Any:
    """Random numbers as a tensor."""
    return constant(array)

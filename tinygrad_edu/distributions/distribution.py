"""What every distribution has, and what their constructors share.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..devices import Size
from ..grad_mode import no_grad
from ..promotion import get_default_dtype
from ..tensor import Tensor, tensor


class Distribution:
    """Base class. batch_shape: the shape of the parameters; event_shape: that of one sample."""

    event_shape: Any = Size()
    has_rsample = False
    _parameters: tuple[str, ...] = ()  # what `expand` repeats
    _given: tuple[str, ...] = ()  # what the constructor was given, where there was a choice

    def __init__(self, batch_shape: Sequence[int] = (), event_shape: Sequence[int] = (), validate_args: Any = None):
        self.batch_shape, self.event_shape = Size(batch_shape), Size(event_shape)

    def sample(self, sample_shape: Any = ()) -> Any:
        """Numbers drawn, in sample_shape + batch_shape + event_shape; off the graph."""
        with no_grad():
            return self.rsample(sample_shape)

    def sample_n(self, n: int) -> Any:
        """As sample((n,))."""
        return self.sample((n,))

    def rsample(self, sample_shape: Any = ()) -> Any:
        """Numbers drawn so that their gradient reaches the parameters. NotImplementedError where that is not so."""
        raise NotImplementedError(f"{type(self).__name__} has no rsample")

    def log_prob(self, value: Any) -> Any:
        """Logarithm of the probability (or its density) at value."""
        raise NotImplementedError(f"{type(self).__name__} has no log_prob")

    def entropy(self) -> Any:
        """The expected −log_prob."""
        raise NotImplementedError(f"{type(self).__name__} has no entropy")

    def perplexity(self) -> Any:
        """exp of the entropy."""
        return self.entropy().exp()

    def cdf(self, value: Any) -> Any:
        """The probability of a number up to value."""
        raise NotImplementedError(f"{type(self).__name__} has no cdf")

    def icdf(self, value: Any) -> Any:
        """The number up to which this probability lies."""
        raise NotImplementedError(f"{type(self).__name__} has no icdf")

    def enumerate_support(self, expand: bool = True) -> Any:
        """All values that can be drawn, along a first axis."""
        raise NotImplementedError(f"{type(self).__name__} has no enumerate_support")

    @property
    def mean(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no mean")

    @property
    def mode(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no mode")

    @property
    def variance(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no variance")

    @property
    def stddev(self) -> Any:
        """√variance."""
        return self.variance.sqrt()

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution, its parameters repeated to this batch_shape."""
        made = copy.copy(self)
        for name in self._parameters:
            parameter = getattr(self, name)
            setattr(made, name, parameter.expand(*batch_shape, *parameter.shape[len(self.batch_shape) :]))
        made.batch_shape = Size(batch_shape)
        return made

    def _shape(self, sample_shape: Any) -> tuple:
        return (*sample_shape, *self.batch_shape, *self.event_shape)

    def __repr__(self) -> str:
        kept = [(name, getattr(self, name)) for name in self._given or self._parameters]
        parts = (f"{name}: {x if x.numel() == 1 else str(Size(x.shape))}" for name, x in kept)
        return f"{type(self).__name__}({', '.join(parts)})"


def parameters(*numbers: Any) -> list[Any]:
    """Tensors and numbers as tensors of one shape, numbers in the dtype of the tensors."""
    dtype = next((x.dtype for x in numbers if isinstance(x, Tensor)), get_default_dtype())
    found = [x if isinstance(x, Tensor) else tensor(float(x), dtype=dtype) for x in numbers]
    shape = np.broadcast_shapes(*(x.shape for x in found))
    return [x.expand(*shape) for x in found]


def either(name: str, probs: Any, logits: Any) -> None:
    """ValueError unless one of the two is given."""
    if (probs is None) == (logits is None):
        raise ValueError(f"{name}: either probs or logits expected, got both or neither")


def binary(name: str, probs: Any, logits: Any) -> tuple[Any, Any]:
    """(probs, logits) of two outcomes, one of which is given: p and ln(p / (1 − p))."""
    either(name, probs, logits)
    if probs is None:
        (logits,) = parameters(logits)
        return logits.sigmoid(), logits
    (probs,) = parameters(probs)
    return probs, _inside(probs).logit()


def several(name: str, probs: Any, logits: Any) -> tuple[Any, Any]:
    """(probs, logits) of n outcomes along the last axis, one of which is given: shares that add up to 1, and their
    logarithms."""
    either(name, probs, logits)
    given = logits if probs is None else probs
    if not given.ndim:
        raise ValueError(f"{name}: {'logits' if probs is None else 'probs'} must have at least one axis")
    if probs is None:
        logits = logits - logits.logsumexp(dim=-1, keepdim=True)
        return logits.softmax(dim=-1), logits
    probs = probs / probs.sum(-1, keepdim=True)
    return probs, _inside(probs).log()


def _inside(probs: Any) -> Any:
    """Probabilities kept away from 0 and 1, as PyTorch: no −inf for an impossible one."""
    eps = float(np.finfo(probs.dtype).eps)
    return probs.clamp(eps, 1 - eps)


def summed(x: Any, count: int) -> Any:
    """Summed over the last `count` axes."""
    return x.sum(tuple(range(-count, 0))) if count else x

"""Several random variables as one."""

from __future__ import annotations

from typing import Any

from .distribution import Distribution


class Independent(Distribution):
    """The last axes of a batch are parts of one event: their log_probs and entropies are summed.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#independent
    """

    def __init__(self, base_distribution: Distribution, reinterpreted_batch_ndims: int, validate_args: Any = None):
        shape = (*base_distribution.batch_shape, *base_distribution.event_shape)
        ndims = len(base_distribution.batch_shape) - reinterpreted_batch_ndims
        if ndims < 0:
            raise ValueError(f"Independent: {base_distribution} has {len(base_distribution.batch_shape)} axes of "
                             f"batches, expected at least {reinterpreted_batch_ndims}")  # fmt: skip
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, reinterpreted_batch_ndims
        self.has_rsample = base_distribution.has_rsample
        super().__init__(shape[:ndims], shape[ndims:])

    mean = property(lambda self: self.base_dist.mean)
    mode = property(lambda self: self.base_dist.mode)
    variance = property(lambda self: self.base_dist.variance)

    def sample(self, sample_shape: tuple = ()) -> Any:
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: tuple = ()) -> Any:
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Any) -> Any:
        return summed(self.base_dist.log_prob(value), self.reinterpreted_batch_ndims)

    def entropy(self) -> Any:
        return summed(self.base_dist.entropy(), self.reinterpreted_batch_ndims)

    def __repr__(self) -> str:
        return f"Independent({self.base_dist}, {self.reinterpreted_batch_ndims})"


def summed(x: Any, ndims: int) -> Any:
    """Summed over the last `ndims` axes."""
    return x.sum(tuple(range(-ndims, 0))) if ndims else x

"""Random variables seen through invertible functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .distribution import Distribution
from .independent import summed
from .normal import Normal
from .transforms import ComposeTransform, ExpTransform, Transform


class TransformedDistribution(Distribution):
    """A sample is one of base_distribution, put through the transforms one behind another.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#transformeddistribution
    """

    def __init__(self, base_distribution: Distribution, transforms: Transform | Sequence[Transform],
                 validate_args: Any = None):  # fmt: skip
        self.base_dist = base_distribution
        self.transforms = [transforms] if isinstance(transforms, Transform) else list(transforms)
        self.has_rsample = base_distribution.has_rsample
        shape = (*base_distribution.batch_shape, *base_distribution.event_shape)
        ndims = max(ComposeTransform(self.transforms).event_dim, len(base_distribution.event_shape))
        super().__init__(shape[: len(shape) - ndims], shape[len(shape) - ndims :])

    def rsample(self, sample_shape: tuple = ()) -> Any:
        """A sample of the base, through the transforms."""
        return self._through(self.base_dist.rsample(sample_shape))

    def sample(self, sample_shape: tuple = ()) -> Any:
        """As rsample, off the graph."""
        return self._through(self.base_dist.sample(sample_shape)).detach()

    def _through(self, x: Any) -> Any:
        for transform in self.transforms:
            x = transform(x)
        return x

    def log_prob(self, value: Any) -> Any:
        """The base's log_prob of what value was made of, minus ln |dy / dx| of each transform."""
        y, ndims, total = value, len(self.event_shape), 0.0
        for transform in reversed(self.transforms):
            x = transform._inverse(y)
            total = total - summed(transform.log_abs_det_jacobian(x, y), ndims - transform.event_dim)
            y = x
        return total + summed(self.base_dist.log_prob(y), ndims - len(self.base_dist.event_shape))


class LogNormal(TransformedDistribution):
    """exp of a number from the bell curve with mean loc and deviation scale.

    Source: https://docs.pytorch.org/docs/stable/distributions.html#lognormal
    """

    base_dist: Normal
    shown = ("loc", "scale")

    def __init__(self, loc: Any, scale: Any, validate_args: Any = None):
        super().__init__(Normal(loc, scale), ExpTransform())

    loc = property(lambda self: self.base_dist.loc)
    scale = property(lambda self: self.base_dist.scale)
    mean = property(lambda self: (self.loc + self.scale**2 / 2).exp())
    variance = property(lambda self: (self.scale**2).expm1() * (2 * self.loc + self.scale**2).exp())

    def entropy(self) -> Any:
        """The normal's, plus loc."""
        return self.base_dist.entropy() + self.loc

"""How much information is lost where one distribution stands for another.

Source: https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.kl
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..linalg import solve_triangular
from ..ops.elementwise import where
from .composed import Independent, TransformedDistribution
from .continuous import EULER, Exponential, Gumbel, Laplace, Normal, Uniform
from .discrete import Bernoulli, Binomial, Categorical, Geometric, OneHotCategorical, Poisson
from .distribution import Distribution, summed
from .gammas import Beta, Dirichlet, Gamma
from .multivariate import MultivariateNormal

_RULES: dict[tuple[type, type], Callable] = {}


def register_kl(type_p: type, type_q: type) -> Callable:
    """The decorated function of (p, q) is kl_divergence of these kinds."""

    def decorate(function: Callable) -> Callable:
        _RULES[type_p, type_q] = function
        return function

    return decorate


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """The expected ln p(x) − ln q(x) of x drawn from p: for pairs of one kind, and those that register_kl adds."""
    for kind in type(p).__mro__:
        for other in type(q).__mro__:
            if (kind, other) in _RULES:
                return _RULES[kind, other](p, q)
    raise NotImplementedError(f"kl_divergence: no rule for {type(p).__name__} and {type(q).__name__}; add one "
                              "with distributions.register_kl, or take the mean of p.log_prob(x) - q.log_prob(x) over "
                              "samples x of p")  # fmt: skip


@register_kl(Normal, Normal)
def _normal(p: Any, q: Any) -> Any:
    ratio, away = p.scale / q.scale, (p.loc - q.loc) / q.scale
    return 0.5 * (ratio * ratio + away * away - 1) - ratio.log()


@register_kl(Categorical, Categorical)
@register_kl(OneHotCategorical, OneHotCategorical)
def _one_of(p: Any, q: Any) -> Any:
    terms = p.probs * (p.logits - q.logits)
    terms = where(q.probs == 0, np.inf, terms)
    return where(p.probs == 0, 0, terms).sum(-1)


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Any, q: Any) -> Any:
    return p.probs * (p.logits - q.logits) + np.logaddexp(q.logits, 0.0) - np.logaddexp(p.logits, 0.0)


@register_kl(Binomial, Binomial)
def _binomial(p: Any, q: Any) -> Any:
    if bool((p.total_count != q.total_count).any()):
        raise NotImplementedError("kl_divergence: Binomial twice needs one total_count")
    return p.total_count * _bernoulli(p, q)


@register_kl(Geometric, Geometric)
def _geometric(p: Any, q: Any) -> Any:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


@register_kl(Poisson, Poisson)
def _poisson(p: Any, q: Any) -> Any:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Uniform, Uniform)
def _uniform(p: Any, q: Any) -> Any:
    wider = ((q.high - q.low) / (p.high - p.low)).log()
    return where((q.low > p.low) | (q.high < p.high), np.inf, wider)


@register_kl(Exponential, Exponential)
def _exponential(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return ratio - ratio.log() - 1


@register_kl(Laplace, Laplace)
def _laplace(p: Any, q: Any) -> Any:
    ratio, away = p.scale / q.scale, (p.loc - q.loc).abs()
    return -ratio.log() + away / q.scale + ratio * (-away / p.scale).exp() - 1


@register_kl(Gumbel, Gumbel)
def _gumbel(p: Any, q: Any) -> Any:
    ratio, there, here = p.scale / q.scale, q.loc / q.scale, p.loc / q.scale
    t = -ratio.log() - there + here
    return t + ratio * EULER + (there + (1 + ratio).lgamma() - here).exp() - (1 + EULER)


@register_kl(Gamma, Gamma)
def _gamma(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    total = b * (p.rate / q.rate).log() + b.lgamma() - a.lgamma()
    return total + (a - b) * a.digamma() + (q.rate - p.rate) * (a / p.rate)


@register_kl(Dirichlet, Dirichlet)
def _dirichlet(p: Any, q: Any) -> Any:
    a, b = p.concentration, q.concentration
    total = a.sum(-1)
    sizes = total.lgamma() - b.sum(-1).lgamma() - (a.lgamma() - b.lgamma()).sum(-1)
    return sizes + ((a - b) * (a.digamma() - total.digamma().unsqueeze(-1))).sum(-1)


@register_kl(Beta, Beta)
def _beta(p: Any, q: Any) -> Any:
    return _dirichlet(p._dirichlet(), q._dirichlet())


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate(p: Any, q: Any) -> Any:
    n = p.event_shape[0]
    shape = np.broadcast_shapes(p.scale_tril.shape, q.scale_tril.shape)
    ratio = solve_triangular(q.scale_tril.expand(*shape), p.scale_tril.expand(*shape), upper=False)
    return q.half_log_det() - p.half_log_det() + 0.5 * ((ratio**2).sum((-2, -1)) + q.distance(p.loc) - n)


@register_kl(Independent, Independent)
def _independent(p: Any, q: Any) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("kl_divergence: Independent twice needs one number of reinterpreted axes")
    return summed(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(TransformedDistribution, TransformedDistribution)
def _transformed(p: Any, q: Any) -> Any:
    """What both do afterwards changes nothing."""
    if len(p.transforms) != len(q.transforms) or not all(map(_alike, p.transforms, q.transforms)):
        raise NotImplementedError("kl_divergence: TransformedDistribution twice needs the same transforms")
    return summed(kl_divergence(p.base_dist, q.base_dist), p._event_dim - len(p.base_dist.event_shape))


def _alike(a: Any, b: Any) -> bool:
    """Whether two transforms are the same function."""
    settings = [[getattr(t, name, 0) for name in ("loc", "scale", "exponent")] for t in (a, b)]
    return type(a) is type(b) and all(
        x is y or np.array_equal(*(getattr(n, "_array", n) for n in (x, y))) for x, y in zip(*settings, strict=True)
    )

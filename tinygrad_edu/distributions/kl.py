"""How much information is lost where one random variable stands for another.

Source: https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.kl
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import linalg
from ..nn import functional as F
from .bernoulli import Bernoulli
from .categorical import Categorical, OneHotCategorical
from .distribution import Distribution
from .independent import Independent, summed
from .multivariate_normal import MultivariateNormal
from .normal import Normal

_known: dict[tuple[type, type], Callable] = {}


def register_kl(type_p: type, type_q: type) -> Callable:
    """Decorates a function of p and q, of these kinds, that `kl_divergence` is to call for them."""

    def decorate(function: Callable) -> Callable:
        _known[type_p, type_q] = function
        return function

    return decorate


def kl_divergence(p: Distribution, q: Distribution) -> Any:
    """The expected log_prob of p minus that of q, for what p draws. NotImplementedError where no formula is known."""
    for a in type(p).__mro__:
        for b in type(q).__mro__:
            if (a, b) in _known:
                return _known[a, b](p, q)
    known = ", ".join(dict.fromkeys(a.__name__ for a, b in _known if a is b))
    raise NotImplementedError(f"kl_divergence: two alike among {known} expected, got {type(p).__name__} and "
                              f"{type(q).__name__}; register_kl adds a formula")  # fmt: skip


@register_kl(Normal, Normal)
def _normal(p: Normal, q: Normal) -> Any:
    ratio, away = p.scale / q.scale, (p.loc - q.loc) / q.scale
    return 0.5 * (ratio * ratio + away * away - 1) - ratio.log()


@register_kl(Categorical, Categorical)
@register_kl(OneHotCategorical, OneHotCategorical)
def _categorical(p: Categorical, q: Categorical) -> Any:
    return (p.probs * (p.logits - q.logits)).sum(-1)


@register_kl(Bernoulli, Bernoulli)
def _bernoulli(p: Bernoulli, q: Bernoulli) -> Any:
    return p.probs * (p.logits - q.logits) + F.softplus(q.logits) - F.softplus(p.logits)


@register_kl(MultivariateNormal, MultivariateNormal)
def _multivariate_normal(p: MultivariateNormal, q: MultivariateNormal) -> Any:
    mapped = linalg.solve_triangular(q.scale_tril, p.scale_tril, upper=False)
    away = linalg.solve_triangular(q.scale_tril, (q.loc - p.loc).unsqueeze(-1), upper=False)
    trace, distance = (mapped**2).sum((-2, -1)), (away**2).sum((-2, -1))
    return q._half_log_det() - p._half_log_det() + 0.5 * (trace + distance - p.event_shape[0])


@register_kl(Independent, Independent)
def _independent(p: Independent, q: Independent) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("kl_divergence: two Independent of as many axes expected, got "
                                  f"{p.reinterpreted_batch_ndims} and {q.reinterpreted_batch_ndims}")  # fmt: skip
    return summed(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)

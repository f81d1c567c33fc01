"""Random variables: samples, and the logarithm of their probability, which can be differentiated.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

import sys

from . import composed, continuous, discrete, gammas, kl, multivariate, transforms
from .distribution import Distribution
from .continuous import Cauchy, Exponential, Gumbel, Laplace, Normal, Uniform
from .gammas import Beta, Chi2, Dirichlet, Gamma, StudentT
from .discrete import (
    Bernoulli, Binomial, Categorical, Geometric, Multinomial, OneHotCategorical, OneHotCategoricalStraightThrough,
    Poisson,
)  # fmt: skip
from .multivariate import MultivariateNormal
from .transforms import (
    AffineTransform, ComposeTransform, ExpTransform, PowerTransform, SigmoidTransform, SoftplusTransform, TanhTransform,
    Transform, identity_transform,
)  # fmt: skip
from .composed import (
    HalfNormal, Independent, LogNormal, RelaxedBernoulli, RelaxedOneHotCategorical, TransformedDistribution,
)  # fmt: skip
from .kl import kl_divergence, register_kl

__all__ = [
    "AffineTransform", "Bernoulli", "Beta", "Binomial", "Categorical", "Cauchy", "Chi2", "ComposeTransform",
    "Dirichlet", "Distribution", "ExpTransform", "Exponential", "Gamma", "Geometric", "Gumbel", "HalfNormal",
    "Independent", "Laplace", "LogNormal", "Multinomial", "MultivariateNormal", "Normal", "OneHotCategorical",
    "OneHotCategoricalStraightThrough", "Poisson", "PowerTransform", "RelaxedBernoulli", "RelaxedOneHotCategorical",
    "SigmoidTransform", "SoftplusTransform", "StudentT", "TanhTransform", "Transform", "TransformedDistribution",
    "Uniform", "identity_transform", "kl_divergence", "register_kl",
]  # fmt: skip

# PyTorch's paths: `distributions.normal.Normal` is `distributions.Normal`.
_paths = {
    composed: "half_normal independent log_normal relaxed_bernoulli relaxed_categorical transformed_distribution",
    continuous: "cauchy exponential gumbel laplace normal uniform",
    discrete: "bernoulli binomial categorical geometric multinomial one_hot_categorical poisson",
    gammas: "beta chi2 dirichlet gamma studentT",
    multivariate: "multivariate_normal",
}
for _module, _names in _paths.items():
    for _name in _names.split():
        globals()[_name] = sys.modules[f"{__name__}.{_name}"] = _module

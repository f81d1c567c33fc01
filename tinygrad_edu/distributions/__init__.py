"""Random variables: samples, and the logarithm of their probability, which can be differentiated.

Source: https://docs.pytorch.org/docs/stable/distributions.html
"""

from . import kl, transforms
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

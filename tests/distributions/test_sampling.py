"""Samples have the moments that the distributions say, and their gradients those of the moments."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import distributions as d
from tinygrad_edu.ops.gamma import gamma_slope, igamma

COUNT = 10_000


def wide(numbers):
    return tg.tensor(numbers, dtype=tg.float64, requires_grad=True)


MADE = {
    "Normal": lambda: d.Normal(wide([1.0, -2]), wide([0.5, 2])),
    "Laplace": lambda: d.Laplace(wide([1.0, -2]), wide([0.5, 2])),
    "Gumbel": lambda: d.Gumbel(wide([1.0, -2]), wide([0.5, 2])),
    "LogNormal": lambda: d.LogNormal(wide([0.2, -0.5]), wide([0.5, 0.3])),
    "HalfNormal": lambda: d.HalfNormal(wide([0.5, 2])),
    "Uniform": lambda: d.Uniform(wide([1.0, -2]), wide([1.5, 3])),
    "Exponential": lambda: d.Exponential(wide([0.5, 3])),
    "Gamma": lambda: d.Gamma(wide([0.4, 3, 40]), wide([0.5, 2, 10])),
    "Chi2": lambda: d.Chi2(wide([1.0, 6])),
    "Beta": lambda: d.Beta(wide([0.5, 3]), wide([2.0, 4])),
    "Dirichlet": lambda: d.Dirichlet(wide([0.5, 3, 1.5])),
    "StudentT": lambda: d.StudentT(wide([9.0, 30]), wide([1.0, -2]), wide([0.5, 2])),
    "MultivariateNormal": lambda: d.MultivariateNormal(wide([1.0, -2]), scale_tril=wide([[1.0, 0], [0.7, 0.5]])),
    "Bernoulli": lambda: d.Bernoulli(wide([0.2, 0.7])),
    "Binomial": lambda: d.Binomial(7, wide([0.2, 0.7])),
    "Geometric": lambda: d.Geometric(wide([0.2, 0.7])),
    "Poisson": lambda: d.Poisson(wide([0.5, 9])),
    "OneHotCategorical": lambda: d.OneHotCategorical(wide([[1.0, 2, 3]])),
    "OneHotCategoricalStraightThrough": lambda: d.OneHotCategoricalStraightThrough(wide([[1.0, 2, 3]])),
    "Multinomial": lambda: d.Multinomial(5, wide([1.0, 2, 3])),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_moments(name):
    tg.manual_seed(0)
    of = MADE[name]()
    drawn = of.sample((COUNT,))
    assert not drawn.requires_grad and drawn.shape == (COUNT, *of.batch_shape, *of.event_shape)
    mean, variance = of.mean.detach().numpy(), of.variance.detach().numpy()
    found = drawn.numpy()
    assert np.abs(found.mean(0) - mean).max() < 5 * np.sqrt(variance / COUNT).max()
    np.testing.assert_allclose(found.var(0), variance, rtol=0.15)
    if of.has_rsample and name != "OneHotCategoricalStraightThrough":
        leaves = [x for key in of._parameters for x in [getattr(of, key)] if x.is_leaf]
        leaves = leaves or [of.loc, of.scale] if name == "LogNormal" else leaves
        leaves = [x for x in leaves if x.requires_grad]
        weights = tg.arange(1.0, mean.size + 1).double().reshape(mean.shape)
        expected = tg.autograd.grad((of.mean * weights).sum(), leaves, retain_graph=True, materialize_grads=True)
        got = tg.autograd.grad((of.rsample((COUNT,)).mean(0) * weights).sum(), leaves, materialize_grads=True)
        for a, b in zip(got, expected, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=0.1, atol=0.06)


def test_counts_and_rows():
    drawn = MADE["Multinomial"]().sample((50,))
    assert drawn.sum(-1).tolist() == [5] * 50
    rows = MADE["OneHotCategorical"]().sample((50,))
    assert rows.sum(-1).tolist() == [[1]] * 50 and rows.shape == (50, 1, 3)
    weights = wide([[1.0, 2, 3]])
    straight = d.OneHotCategoricalStraightThrough(weights).rsample()
    assert sorted(straight.tolist()[0]) == [0, 0, 1]
    assert tg.autograd.grad(straight[0, 0], weights)[0].abs().sum().item() > 0
    relaxed = d.RelaxedOneHotCategorical(tg.tensor(0.5), logits=tg.zeros(4)).sample((9,))
    np.testing.assert_allclose(relaxed.sum(-1).numpy(), np.ones(9), rtol=1e-5)
    cold = d.RelaxedBernoulli(tg.tensor(0.01), probs=tg.tensor([0.3])).rsample((2000,))
    assert cold.mean().item() == pytest.approx(0.3, abs=0.05) and ((cold < 0.01) | (cold > 0.99)).float().mean() > 0.9


@pytest.mark.parametrize("a", [0.05, 0.7, 1.0, 6.0, 19.9, 20.1, 300.0])
def test_how_a_gamma_sample_moves(a):
    """Its share stays: ∂P/∂a + ∂P/∂x dx/da = 0, ∂P/∂a by differences."""
    x = np.random.default_rng(0).gamma(a, size=40)
    x = x[x > 1e-12]
    h = 1e-3 * a
    def share(b): return igamma(np.full(x.shape, b), x)
    by_a = (8 * (share(a + h) - share(a - h)) - (share(a + 2 * h) - share(a - 2 * h))) / (12 * h)
    leaf = tg.tensor(x, requires_grad=True)
    (density,) = tg.autograd.grad(tg.igamma(tg.full(x.shape, a, dtype=tg.float64), leaf).sum(), leaf)
    np.testing.assert_allclose(gamma_slope(np.full(x.shape, a), x) * density.numpy(), -by_a, rtol=1e-5, atol=1e-8)


def test_the_way_back_from_a_squashed_sample_is_kept():
    """As soft actor-critic needs it: tanh of far out is 1, and its log_prob finite all the same."""
    f = d.TanhTransform(cache_size=1)
    squashed = d.TransformedDistribution(d.Normal(tg.tensor([30.0]), tg.tensor([1.0])), [f])
    y = squashed.rsample()
    assert y.item() == 1 and np.isfinite(squashed.log_prob(y).item())
    assert np.isinf(f.inv(tg.tensor([1.0])).item()) and f.inv(f(y)) is y and f.inv.inv is f
    with pytest.raises(ValueError, match="cache_size must be 0 or 1"):
        d.TanhTransform(cache_size=2)


def test_policy_gradient():
    """The usual line: loss = −log_prob(action) · reward, on the graph of what a network gives."""
    logits = wide([[0.1, -0.2, 0.4]])
    m = d.Categorical(logits=logits)
    action = m.sample()
    (-m.log_prob(action) * 2.0).sum().backward()
    expected = 2 * (m.probs.detach().numpy() - np.eye(3)[action.numpy()])
    np.testing.assert_allclose(logits.grad.numpy(), expected, rtol=1e-12)
    assert repr(m) == "Categorical(logits: torch.Size([1, 3]))"


def test_refusals():
    a = tg.ones(2)
    for call, text in (
        (lambda: d.Bernoulli(), "Bernoulli: either probs or logits"),
        (lambda: d.Categorical(a, a), "Categorical: either"),
        (lambda: d.Categorical(tg.tensor(1.0)), "probs must have at least one axis"),
        (lambda: d.Dirichlet(tg.tensor(1.0)), "at least one axis"),
        (lambda: d.Independent(d.Normal(a, a), 2), "must be at most the number of batch axes, 1, got 2"),
        (lambda: d.MultivariateNormal(a, a, a), "one of covariance_matrix"),
        (lambda: d.MultivariateNormal(a, a), "a vector and a matrix"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=text):
            call()
    for call, text in (
        (lambda: d.kl_divergence(d.Normal(0, 1), d.Laplace(0, 1)), "no rule for Normal and Laplace"),
        (lambda: d.Poisson(1.0).rsample(), "Poisson has no rsample"), (lambda: d.Poisson(1.0).entropy(), "no entropy"),
        (lambda: d.Multinomial(a, a), "one whole number expected"),
        (lambda: d.Binomial(tg.tensor([1.0, 2]), a * 0.5).entropy(), "one total_count"),
    ):  # fmt: skip
        with pytest.raises(NotImplementedError, match=text):
            call()


def test_a_rule_of_ones_own():
    class Mine(d.Normal):
        pass

    @d.register_kl(Mine, d.Uniform)
    def rule(p, q):
        return "mine"

    assert d.kl_divergence(Mine(0, 1), d.Uniform(0, 1)) == "mine"
    assert d.kl_divergence(Mine(0, 1), d.Normal(0, 1)).item() == 0
    del d.kl._RULES[Mine, d.Uniform]

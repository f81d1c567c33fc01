"""Every distribution beside PyTorch's: log_prob, moments, entropy, divergences, and the gradients of all of them."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import tinygrad_edu as tg

torch = pytest.importorskip("torch", reason="PyTorch is not installed, so nothing is compared with it")

POSITIVE, ANY = [[0.5, 1.7, 3.2], [2.5, 0.9, 1.1]], [[-1.0, 0.3, 2.0], [0.7, -0.4, 1.5]]
SHARES, COUNTS = [[0.2, 0.5, 0.9], [0.7, 0.35, 0.1]], [[0.0, 1, 2], [3, 0, 1]]
ROWS = [[0.2, 0.5, 0.3], [0.7, 0.1, 0.2]]
L = [[[1.5, 0, 0], [0.3, 0.8, 0], [-0.2, 0.5, 1.1]]]

# (name, its parameters, values that it gives)
CASES = [
    ("Normal", {"loc": ANY, "scale": POSITIVE}, ANY),
    ("Laplace", {"loc": ANY, "scale": POSITIVE}, POSITIVE),
    ("Gumbel", {"loc": ANY, "scale": POSITIVE}, ANY),
    ("Cauchy", {"loc": ANY, "scale": POSITIVE}, POSITIVE),
    ("LogNormal", {"loc": ANY, "scale": POSITIVE}, POSITIVE),
    ("HalfNormal", {"scale": POSITIVE}, POSITIVE),
    ("Uniform", {"low": [[-2.0, -1.5, -3]] * 2, "high": [[4.0, 5.5, 6]] * 2}, ANY),
    ("Exponential", {"rate": POSITIVE}, POSITIVE),
    ("Gamma", {"concentration": POSITIVE, "rate": POSITIVE[::-1]}, POSITIVE),
    ("Chi2", {"df": POSITIVE}, POSITIVE),
    ("Beta", {"concentration1": POSITIVE, "concentration0": POSITIVE[::-1]}, SHARES),
    ("Dirichlet", {"concentration": POSITIVE}, ROWS),
    ("StudentT", {"df": POSITIVE, "loc": ANY, "scale": POSITIVE[::-1]}, ANY),
    ("Bernoulli", {"probs": SHARES}, [[0.0, 1, 1], [1, 0, 0]]),
    ("Bernoulli", {"logits": ANY}, [[0.0, 1, 1], [1, 0, 0]]),
    ("Binomial", {"total_count": 5, "probs": SHARES}, COUNTS),
    ("Binomial", {"total_count": 5, "logits": ANY}, COUNTS),
    ("Geometric", {"probs": SHARES}, COUNTS),
    ("Geometric", {"logits": ANY}, COUNTS),
    ("Poisson", {"rate": POSITIVE}, COUNTS),
    ("Categorical", {"probs": POSITIVE}, [2.0, 0]),
    ("Categorical", {"logits": ANY}, [2.0, 0]),
    ("OneHotCategorical", {"probs": POSITIVE}, [[0.0, 0, 1], [1, 0, 0]]),
    ("OneHotCategorical", {"logits": ANY}, [[0.0, 0, 1], [1, 0, 0]]),
    ("Multinomial", {"total_count": 4, "probs": POSITIVE}, [[1.0, 2, 1], [0, 4, 0]]),
    ("Multinomial", {"total_count": 4, "logits": ANY}, [[1.0, 2, 1], [0, 4, 0]]),
    ("MultivariateNormal", {"loc": ANY, "scale_tril": L}, POSITIVE),
    ("MultivariateNormal", {"loc": ANY, "covariance_matrix": [np.matmul(L[0], np.transpose(L[0]))]}, POSITIVE),
    ("MultivariateNormal", {"loc": ANY, "precision_matrix": [np.matmul(L[0], np.transpose(L[0]))]}, POSITIVE),
    ("RelaxedBernoulli", {"temperature": 0.7, "probs": SHARES}, SHARES[::-1]),
    ("RelaxedBernoulli", {"temperature": 1.3, "logits": ANY}, SHARES[::-1]),
    ("RelaxedOneHotCategorical", {"temperature": 0.7, "probs": POSITIVE}, ROWS),
    ("RelaxedOneHotCategorical", {"temperature": 1.3, "logits": ANY}, ROWS),
]  # fmt: skip
IDS = [f"{name}-{'-'.join(options)}" for name, options, _ in CASES]


def made(framework, name, options):
    """A distribution, and its parameters as leaves."""
    given = {}
    for key, x in options.items():
        plain = isinstance(x, int)
        given[key] = x if plain else framework.tensor(np.array(x), dtype=framework.float64)
    leaves = [x.requires_grad_() for key, x in given.items() if not isinstance(x, int) and key != "temperature"]
    return getattr(framework.distributions, name)(**given), leaves


def numbers(framework, call, leaves):
    """What a call gives, and its gradient by the leaves; None where the framework lacks it."""
    try:
        found = call()
    except NotImplementedError:
        return None
    out = [found.detach().numpy()]
    if found.requires_grad:
        weights = np.random.default_rng(0).uniform(0.5, 1.5, out[0].shape)
        total = (found * framework.tensor(weights)).sum()
        gs = framework.autograd.grad(total, leaves, allow_unused=True, retain_graph=True)
        out += [np.zeros(x.shape) if g is None else g.numpy() for g, x in zip(gs, leaves, strict=True)]
    return out


def alike(mine, theirs, what):
    # PyTorch's trigamma is 1e-9 away, and its ln n! of Multinomial a float32
    near = {"rtol": 1e-7} if what == "Multinomial.entropy" else {"rtol": 1e-9, "atol": 1e-9}
    assert (mine is None) == (theirs is None), what
    for i, (a, b) in enumerate(zip(mine or [], theirs or [], strict=True)):
        np.testing.assert_allclose(a, b, **near, err_msg=f"{what}, {'gradient' if i else 'value'}")


@pytest.mark.parametrize(("name", "options", "values"), CASES, ids=IDS)
def test_it(name, options, values):
    def each(framework):
        d, leaves = made(framework, name, options)
        value = framework.tensor(np.array(values), dtype=framework.float64)
        share = framework.tensor(np.array(SHARES), dtype=framework.float64)
        yield "log_prob", numbers(framework, lambda: d.log_prob(value), leaves)
        for what in ("mean", "variance", "stddev", "mode"):
            if name != "RelaxedOneHotCategorical" or what != "mode":
                yield what, numbers(framework, lambda what=what: getattr(d, what), leaves)
        yield "entropy", numbers(framework, d.entropy, leaves)
        if type(d).__name__ not in ("Categorical", "Gumbel", "RelaxedBernoulli"):
            no_way = type(d).__name__ in ("Gamma", "Chi2")  # to the concentration, in PyTorch
            yield "cdf", numbers(framework, lambda: d.cdf(value).detach() if no_way else d.cdf(value), leaves)
            yield "icdf", numbers(framework, lambda: d.icdf(share), leaves)
        yield "support", numbers(framework, d.enumerate_support, leaves)
        wide = d.expand((4, *d.batch_shape))
        yield "expanded", numbers(framework, lambda: wide.log_prob(value), leaves)
        assert tuple(wide.batch_shape) == (4, *d.batch_shape) and wide.event_shape == d.event_shape
        yield "shapes", [np.array(d.batch_shape), np.array(d.event_shape)]
        yield "sample", [np.array(d.sample((7,)).shape)]
        yield "has_rsample", [np.array(d.has_rsample)]

    for (what, mine), (_, theirs) in zip(each(tg), each(torch), strict=True):
        alike(mine, theirs, f"{name}.{what}")


PAIRS = [(name, options) for name, options, _ in CASES if not name.startswith(("Relaxed", "Chi2", "Student", "Cauchy",
                                                                               "Multinomial"))]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), PAIRS, ids=[f"{n}-{'-'.join(o)}" for n, o in PAIRS])
def test_divergence(name, options):
    """Of two of a kind, the second with its parameters in another order."""
    other = {key: x if isinstance(x, int) else x[::-1] for key, x in options.items()}

    def each(framework):
        p, a = made(framework, name, options)
        q, b = made(framework, name, other)
        return numbers(framework, lambda: framework.distributions.kl_divergence(p, q), a + b)

    if name == "HalfNormal":
        return
    alike(each(tg), each(torch), f"kl of {name}")


def test_independent_and_transformed():
    def each(fw):
        d = fw.distributions
        base, leaves = made(fw, "Normal", {"loc": ANY, "scale": POSITIVE})
        other, more = made(fw, "Normal", {"loc": POSITIVE, "scale": POSITIVE[::-1]})
        x = fw.tensor(np.array(SHARES), dtype=fw.float64)
        whole = d.Independent(base, 1)
        yield numbers(fw, lambda: whole.log_prob(x), leaves)
        yield numbers(fw, whole.entropy, leaves)
        yield numbers(fw, lambda: d.kl_divergence(whole, d.Independent(other, 1)), leaves + more)
        yield [np.array(whole.event_shape), np.array(whole.batch_shape), np.array(whole.expand((5, 2)).batch_shape)]
        for transforms in ([d.TanhTransform()], [d.SigmoidTransform()], [d.ExpTransform(), d.AffineTransform(0.1, 2.0)],
                           [d.AffineTransform(0.05, 0.5), d.ExpTransform().inv, d.PowerTransform(3.0).inv][:2],
                           [d.transforms.SoftplusTransform()], [d.AffineTransform(1.0, -2.0)],
                           [d.ComposeTransform([d.AffineTransform(1.0, 2.0), d.SigmoidTransform()])]):  # fmt: skip
            through = d.TransformedDistribution(base, transforms)
            yield numbers(fw, lambda through=through: through.log_prob(x), leaves)
            joint = d.TransformedDistribution(whole, transforms)
            yield numbers(fw, lambda joint=joint: joint.log_prob(x), leaves)
            yield numbers(fw, lambda through=through: through.cdf(x), leaves)
            yield numbers(fw, lambda t=transforms[0]: t.log_abs_det_jacobian(x, t(x)), leaves)
            yield numbers(fw, lambda t=transforms[0]: t.inv(t(x)), leaves)
        positive = d.TransformedDistribution(d.Exponential(base.scale), [d.PowerTransform(2.0)])
        yield numbers(fw, lambda: positive.log_prob(x), leaves)
        rows = d.TransformedDistribution(base, [d.AffineTransform(base.loc, base.scale, event_dim=1)])
        yield numbers(fw, lambda: rows.log_prob(x), leaves)
        yield [np.array(rows.batch_shape), np.array(rows.event_shape)]

    for i, (mine, theirs) in enumerate(zip(each(tg), each(torch), strict=True)):
        alike(mine, theirs, f"number {i}")


def test_arguments_are_pytorchs():
    for name in tg.distributions.__all__:
        theirs = getattr(torch.distributions, name, None) or getattr(torch.distributions.transforms, name)
        mine = getattr(tg.distributions, name)
        if inspect.isclass(theirs) and "Transform" not in name:
            assert list(inspect.signature(mine).parameters) == list(inspect.signature(theirs).parameters), name

"""The gamma function's kin, Bessel's functions, orthogonal polynomials: by what defines them, over wide ranges."""

import math
import statistics

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import special

WIDE = np.concatenate([np.geomspace(1e-200, 1e3, 400), np.linspace(0.01, 40, 800), 1 + np.geomspace(1e-12, 0.1, 20),
                       1 - np.geomspace(1e-12, 0.1, 20), 2 - np.geomspace(1e-12, 0.1, 20)])  # fmt: skip
BELOW = -np.linspace(0.0131, 30.0137, 300)  # no whole number among them


# By arithmetic with 25 digits, at the places that test_bessel_by_numbers names.
J0 = [0.9384698072408129, -0.1775967713143383, 0.023697433734067902, 0.14406215754684786, 0.019985850304223122]
Y1 = [-1.4714723926702431, 0.14786314339122684, -0.026954655331885411, -0.1453610587230494, -0.020372312002759793]
AIRY = [
    -0.04593392343795725, 0.3191032477191282, -0.23823003845963551, 0.35076100902411432, -0.11232506769296609,
    0.53556088329235212, 0.35502805388781724, 0.23169360648083349, 0.13529241631288142, 0.07174949700810541,
    0.00095156385120480187, 1.6916728686705403e-27,
]  # fmt: skip


EULER = 0.57721566490153286061


def of(name, *arrays):
    return getattr(special, name)(*(tg.tensor(a) for a in arrays)).numpy()


def test_lgamma_is_pythons():
    np.testing.assert_allclose(of("gammaln", WIDE), [math.lgamma(x) for x in WIDE.tolist()], rtol=3e-14, atol=1e-15)
    small = np.geomspace(1e-15, 1e-5, 30)
    near = (1 + small) - 1, (2 - small) - 2  # how far a float there is from its zero: Python loses digits here
    np.testing.assert_allclose(of("gammaln", 1 + near[0]), near[0] * (near[0] * math.pi**2 / 12 - EULER), rtol=1e-10)
    np.testing.assert_allclose(of("gammaln", 2 + near[1]), near[1] * (1 - EULER + near[1] * 0.32246703342411321),
                               rtol=1e-10)  # fmt: skip
    np.testing.assert_allclose(of("gammaln", BELOW), [math.lgamma(x) for x in BELOW.tolist()], rtol=1e-12, atol=1e-13)
    edges = tg.tensor([0.0, -0.0, -1.0, -7.0, np.inf, -np.inf, np.nan, 1.0, 2.0]).lgamma().tolist()
    assert edges[:6] == [math.inf] * 6 and math.isnan(edges[6]) and edges[7:] == [0, 0]


def test_digamma_and_its_derivatives_step_from_place_to_place():
    for x in (np.linspace(0.05, 40, 300), BELOW):
        np.testing.assert_allclose(of("psi", x + 1) - of("psi", x), 1 / x, rtol=1e-11, atol=1e-13)
        for n in (1, 2, 5):
            here, there = (special.polygamma(n, tg.tensor(y)).numpy() for y in (x, x + 1))
            step = (-1.0) ** n * math.factorial(n) * x ** (-n - 1)
            size = np.abs(there) + np.abs(here)
            np.testing.assert_array_less(np.abs(there - here - step), 1e-14 * size + 1e-16)
    assert special.digamma(tg.tensor(1.0, dtype=tg.float64)).item() == pytest.approx(-0.57721566490153286, rel=1e-15)
    assert tg.polygamma(1, tg.tensor(1.0, dtype=tg.float64)).item() == pytest.approx(math.pi**2 / 6, rel=1e-15)
    poles = tg.tensor([0.0, -0.0, -1.0, -2.0])
    assert poles.digamma().tolist()[:2] == [-math.inf, math.inf] and poles.digamma().isnan().tolist()[2:] == [True] * 2
    assert poles.polygamma(1).tolist() == [math.inf] * 4 and poles.polygamma(2).tolist() == [-math.inf] * 4
    with pytest.raises(RuntimeError, match="polygamma: n must not be negative, got -1"):
        poles.polygamma(-1)
    with pytest.raises(RuntimeError, match="mvlgamma: p must be at least 1, got 0"):
        poles.mvlgamma(0)


def test_zeta():
    s, q = np.meshgrid([1.001, 1.5, 2, 7.3, 60], np.geomspace(1e-3, 1e3, 30))
    np.testing.assert_allclose(of("zeta", s, q) - of("zeta", s, q + 1), q**-s, rtol=1e-9, atol=1e-12)
    whole, below = np.meshgrid([2.0, 3, 6], BELOW[:100])
    here, there = of("zeta", whole, below), of("zeta", whole, below + 1)
    np.testing.assert_array_less(np.abs(here - there - below**-whole), 1e-14 * (np.abs(here) + np.abs(there)))
    assert of("zeta", np.array([1.0, 0.5, 2.0, 2.5]), np.array([1.0, 1.0, -3.0, -0.5])).tolist()[::2] == [math.inf] * 2
    assert special.zeta(2, tg.tensor(1.0, dtype=tg.float64)).item() == pytest.approx(math.pi**2 / 6, rel=1e-15)


def test_the_shares_of_the_gamma_integral():
    a, x = np.meshgrid([1e-3, 0.3, 1, 4.5, 19.9, 20.1, 150, 3e3], np.concatenate([np.geomspace(1e-3, 5e3, 60), [20]]))
    below, above = of("gammainc", a, x), of("gammaincc", a, x)
    np.testing.assert_allclose(below + above, 1, rtol=1e-13)
    step = np.exp(a * np.log(x) - x - [[math.lgamma(n + 1) for n in row] for row in a.tolist()])
    np.testing.assert_allclose(of("gammainc", a + 1, x), below - step, rtol=1e-9, atol=3e-13)
    np.testing.assert_allclose(of("gammaincc", np.ones(9), np.arange(9.0)), np.exp(-np.arange(9.0)), rtol=1e-14)
    np.testing.assert_allclose(of("gammaincc", np.full(9, 0.5), np.arange(9.0)),
                               [math.erfc(math.sqrt(n)) for n in range(9)], rtol=1e-11)  # fmt: skip
    edges = tg.tensor([0.0, 0.0, 1, 1, -1, 1, np.inf]), tg.tensor([0.0, 1, 0, -1, 1, np.inf, 1])
    np.testing.assert_array_equal(tg.igamma(*edges).numpy(), [np.nan, 1, 0, np.nan, np.nan, 1, 0])
    np.testing.assert_array_equal(tg.igammac(*edges).numpy(), [np.nan, 0, 1, np.nan, np.nan, 0, 1])


def test_the_bell_curve():
    x = np.linspace(-37, 8, 700)
    shares = [math.erfc(-v / math.sqrt(2)) / 2 for v in x.tolist()]
    np.testing.assert_allclose(of("ndtr", x), shares, rtol=1e-12)
    logs = [math.log(p) if v < 0 else math.log1p(-math.erfc(v / math.sqrt(2)) / 2)
            for v, p in zip(x.tolist(), shares, strict=True)]  # fmt: skip
    np.testing.assert_allclose(of("log_ndtr", x), logs, rtol=1e-12)
    assert special.log_ndtr(tg.tensor(-1e4, dtype=tg.float64)).item() == pytest.approx(-50000010.129, rel=1e-10)
    inner = np.concatenate([np.geomspace(1e-12, 0.5, 200), 1 - np.geomspace(1e-12, 0.5, 200)])
    np.testing.assert_allclose(of("ndtri", inner), [statistics.NormalDist().inv_cdf(p) for p in inner.tolist()],
                               rtol=1e-12, atol=1e-15)  # fmt: skip
    np.testing.assert_allclose(of("ndtr", of("ndtri", np.array([1e-300, 1e-100]))), [1e-300, 1e-100], rtol=1e-10)
    np.testing.assert_array_equal(of("ndtri", np.array([0, 1, 0.5, -1, 2])), [-np.inf, np.inf, 0, np.nan, np.nan])
    y = np.linspace(-20, 20, 200)
    np.testing.assert_allclose(of("erfcx", y), [math.exp(v * v) * math.erfc(v) for v in y.tolist()], rtol=2e-13)


def test_wronskians():
    """J₁Y₀ − J₀Y₁ = 2/πx and I₀K₁ + I₁K₀ = 1/x: on both sides of where one way of computing ends."""
    x = np.concatenate([np.geomspace(1e-3, 1, 50), np.linspace(1, 60, 500), np.geomspace(60, 1e4, 50)])
    j0, j1, y0, y1 = (of(f"bessel_{n}", x) for n in ("j0", "j1", "y0", "y1"))
    np.testing.assert_allclose((j1 * y0 - j0 * y1) * x, 2 / math.pi, rtol=1e-11)
    k0, k1 = of("scaled_modified_bessel_k0", x), of("scaled_modified_bessel_k1", x)
    np.testing.assert_allclose((of("i0e", x) * k1 + of("i1e", x) * k0) * x, 1, rtol=1e-13)
    near = x[x < 600]
    for plain, scaled, sign in (("modified_bessel_k0", k0, -1), ("modified_bessel_k1", k1, -1),
                                ("modified_bessel_i0", of("i0e", x), 1), ("i1", of("i1e", x), 1)):  # fmt: skip
        np.testing.assert_allclose(of(plain, near), (scaled * np.exp(sign * np.minimum(x, 600)))[x < 600], rtol=1e-12)
    np.testing.assert_allclose(of("i0", near), np.i0(near), rtol=1e-13)


def test_bessel_by_numbers():
    x = np.array([0.5, 5, 24.5, 25.5, 100])
    np.testing.assert_allclose(of("bessel_j0", x), J0, rtol=1e-13)
    np.testing.assert_allclose(of("bessel_y1", x), Y1, rtol=1e-13)
    np.testing.assert_allclose(of("bessel_j1", -x), -of("bessel_j1", x))
    at = np.array([-40, -9.5, -8.75, -5, -2.5, -1, 0, 0.5, 1, 1.5, 4, 20])
    np.testing.assert_allclose(of("airy_ai", at), AIRY, rtol=1e-12)
    zero = np.zeros(1)
    assert [of(f"bessel_{n}", zero).item() for n in ("j0", "j1", "y0", "y1")] == [1, 0, -math.inf, -math.inf]
    assert of("modified_bessel_k0", zero) == of("modified_bessel_k1", zero) == math.inf
    assert np.isnan(of("modified_bessel_k1", zero - 1)) and np.isnan(of("bessel_y0", zero - 1))
    assert of("spherical_bessel_j0", np.array([0.0, np.inf, 2.0])).tolist() == [1, 0, pytest.approx(math.sin(2) / 2)]
    x = tg.zeros(1, requires_grad=True)
    (g,) = tg.autograd.grad(special.i1(x), x, create_graph=True)
    assert g.item() == 0.5 and tg.autograd.grad(g, x)[0].item() == 0
    assert tg.autograd.grad(special.i1e(x), x)[0].item() == 0.5


def test_derivatives_go_from_one_to_the_next():
    x = tg.tensor(np.linspace(0.3, 4, 7), requires_grad=True)
    for first, then in (("gammaln", "psi"), ("i0", "i1")):
        (g,) = tg.autograd.grad(getattr(special, first)(x).sum(), x)
        np.testing.assert_array_equal(g.numpy(), of(then, x.detach().numpy()))
    for f in (special.ndtr, special.log_ndtr, special.psi, lambda x: special.polygamma(2, x), special.erfcx,
              lambda x: tg.mvlgamma(x + 1, 3), lambda x: tg.igamma(2.5, x), special.spherical_bessel_j0):  # fmt: skip
        assert tg.autograd.gradcheck(f, (x,)) and tg.autograd.gradgradcheck(f, (x,))
    assert not special.airy_ai(x).requires_grad and not special.legendre_polynomial_p(x, 2).requires_grad


# How NumPy spells them.
POLYNOMIALS = {
    "chebyshev_polynomial_t": np.polynomial.Chebyshev, "hermite_polynomial_h": np.polynomial.Hermite,
    "hermite_polynomial_he": np.polynomial.HermiteE, "laguerre_polynomial_l": np.polynomial.Laguerre,
    "legendre_polynomial_p": np.polynomial.Legendre,
}  # fmt: skip


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_polynomials(name):
    x = np.linspace(-2, 2, 9)
    for n in range(8):
        np.testing.assert_allclose(of(name, x, np.array(n)), POLYNOMIALS[name].basis(n)(x), rtol=1e-12, atol=1e-12)
    degrees = tg.tensor([[-1], [0], [3]])
    rows = getattr(special, name)(tg.tensor(x), degrees).numpy()
    np.testing.assert_allclose(rows, [x * 0, x * 0 + 1, POLYNOMIALS[name].basis(3)(x)], atol=1e-12)
    if name in ("chebyshev_polynomial_t",):
        np.testing.assert_allclose(of("shifted_" + name, x, np.array(5)), of(name, 2 * x - 1, np.array(5)))


def test_chebyshevs_others():
    angle = np.linspace(0.1, 3, 20)
    n, half = 6, angle / 2
    expected = {"u": np.sin((n + 1) * angle) / np.sin(angle), "v": np.cos((n + 0.5) * angle) / np.cos(half),
                "w": np.sin((n + 0.5) * angle) / np.sin(half)}  # fmt: skip
    for kind, values in expected.items():
        x = np.cos(angle)
        np.testing.assert_allclose(of(f"chebyshev_polynomial_{kind}", x, np.array(n)), values, rtol=1e-11)
        shifted = of(f"shifted_chebyshev_polynomial_{kind}", (x + 1) / 2, np.array(n))
        np.testing.assert_allclose(shifted, values, rtol=1e-10)


def test_they_stand_where_pytorch_has_them():
    x = tg.tensor([0.5, 1.5, 2.5])
    for name in ("lgamma", "digamma", "i0", "erf", "erfc"):
        expected = getattr(tg, name)(x).tolist()
        assert getattr(x, name)().tolist() == getattr(x.clone(), name + "_")().tolist() == expected
    assert x.clone().polygamma_(1).tolist() == x.polygamma(1).tolist() == tg.polygamma(1, x).tolist()
    assert x.clone().igamma_(x).tolist() == x.igamma(x).tolist() == special.gammainc(x, x).tolist()
    assert tg.lgamma(tg.tensor([1, 2, 5])).dtype == tg.float32  # whole numbers become floats
    assert special.bessel_j0(tg.tensor([True])).dtype == tg.float32
    assert tg.igammac(x, x.double()).dtype == tg.float64

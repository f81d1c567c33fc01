import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.ops import elementwise

SIZES = np.geomspace(1e-300, 7, 2000)
EVERYWHERE = np.concatenate([-SIZES, np.linspace(-6.5, 6.5, 20001), SIZES])


def in_units(a, b):
    """How far a is from b, in steps of the last place."""
    return np.max(np.abs(a.astype(float) - b) / np.spacing(np.abs(b)).astype(float))


def test_erf_is_exact_to_the_last_digits_everywhere():
    wide = np.array([math.erf(x) for x in EVERYWHERE])
    found = elementwise.erf(EVERYWHERE)
    np.testing.assert_allclose(found, wide, rtol=1e-15, atol=0)
    narrow = EVERYWHERE[np.abs(EVERYWHERE) > 1e-30].astype(np.float32)
    expected = np.array([math.erf(x) for x in narrow.tolist()]).astype(np.float32)
    found = elementwise.erf(narrow)
    assert found.dtype == np.float32 and in_units(found, expected) <= 4
    assert elementwise.erf(np.array([0.5], np.float16)).dtype == np.float16


def test_erfc_keeps_its_digits_in_the_tail():
    x = np.linspace(-6, 26, 5001)
    np.testing.assert_allclose(elementwise.erfc(x), [math.erfc(a) for a in x], rtol=1e-13, atol=0)
    assert elementwise.erfc(np.array([20.0]))[0] > 0
    assert elementwise.erfc(x.astype(np.float32)).dtype == np.float32


def test_erfinv_undoes_erf():
    x = np.linspace(-5, 5, 1001)
    y = elementwise.erf(x)
    here = np.abs(x) < 3
    np.testing.assert_allclose(elementwise.erfinv(y)[here], x[here], rtol=1e-11, atol=1e-300)
    np.testing.assert_allclose(elementwise.erf(elementwise.erfinv(y)), y, rtol=1e-14)
    tiny = np.geomspace(1e-300, 1e-3, 100)
    np.testing.assert_allclose(elementwise.erfinv(tiny), tiny * math.sqrt(math.pi) / 2, rtol=1e-6)


def test_the_ends():
    ends = tg.tensor([-np.inf, -1.0, -0.0, 0.0, 1.0, np.inf, np.nan, 2.0])
    np.testing.assert_array_equal(ends.erf().tolist()[:6:5], [-1, 1])
    assert math.isnan(ends.erf()[6].item()) and ends.erfc().tolist()[:6:5] == [2, 0]
    found = ends.erfinv().tolist()
    assert math.isnan(found[0]) and found[1] == -math.inf and found[4] == math.inf and math.isnan(found[7])
    assert math.copysign(1, found[2]) == -1 and math.copysign(1, found[3]) == 1
    x = tg.tensor([0.0], dtype=np.float64, requires_grad=True)
    slope = tg.autograd.grad(x.erfinv(), x, create_graph=True)[0]
    assert slope.item() == pytest.approx(math.sqrt(math.pi) / 2, rel=1e-15)
    assert tg.autograd.grad(slope, x)[0].item() == 0


def test_xlogy_of_nothing_is_nothing():
    x, y = tg.tensor([0.0, 0.0, 2.0, 0.0], requires_grad=True), tg.tensor([0.0, 3.0, 4.0, np.nan], requires_grad=True)
    z = tg.xlogy(x, y)
    np.testing.assert_allclose(z.detach().numpy(), [0, 0, 2 * math.log(4), np.nan], rtol=1e-6)
    z[:3].sum().backward()
    np.testing.assert_allclose(x.grad.numpy()[:3], [0, 0, math.log(4)], rtol=1e-6)
    np.testing.assert_allclose(y.grad.numpy()[:3], [0, 0, 0.5], rtol=1e-6)
    assert tg.xlogy(0.0, y).tolist()[:2] == [0, 0] and tg.tensor([2.0]).xlogy(1.0).item() == 0


@pytest.mark.parametrize("name", ["erf", "erfc", "erfinv", "xlogy"])
def test_beside_pytorch(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    x = np.linspace(0.01, 0.99, 50)
    args = (x, x[::-1].copy()) if name == "xlogy" else (x,)
    a = getattr(tg, name)(*map(tg.tensor, args)).numpy()
    np.testing.assert_allclose(a, getattr(torch, name)(*map(torch.tensor, args)).numpy(), rtol=1e-13, atol=1e-15)

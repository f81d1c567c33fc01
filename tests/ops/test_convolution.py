"""Convolution and windows without PyTorch: adjoint pairs on whole numbers, known images, errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import draw, grammar
from tests.laws.test_adjoints import whole
from tinygrad_edu.ops import convolution as conv
from tinygrad_edu.ops import lookup, pooling, windows

OPS = grammar.load()
PLAIN = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "groups": 1}

# name: what is given of a call of the op, and its adjoint in the first argument, of y
PAIRS = {
    "windows": lambda y, x, *, kernel, stride, dilation: windows.windows_added(
        y, lengths=x.shape[x.ndim - len(kernel) :], stride=stride, dilation=dilation
    ),
    "window_sums": lambda y, x, *, kernel, stride: windows.window_shares(
        y, kernel=kernel, stride=stride, lengths=x.shape[x.ndim - len(kernel) :]
    ),
    "pick_out": lambda y, x, which, *, kernel, stride, dilation: pooling.put_back(
        y, which, kernel=kernel, stride=stride, dilation=dilation, lengths=x.shape[x.ndim - len(kernel) :]
    ),
    "embedding": lambda y, x, index: lookup.rows_added(y, index, length=x.shape[0]),
    "convolution": lambda y, x, w, *, dilation=(1, 1), groups=1, **static: conv.convolution_transpose(
        y, w, lengths=x.shape[2:], dilation=dilation, groups=groups, **static
    ),
}


@pytest.mark.parametrize("name", sorted(PAIRS))
@given(data=st.data())
def test_adjoint(name, data):
    """<A x, y> = <x, Aᵀ y>, exactly, on whole numbers."""
    call = data.draw(draw.calls(OPS[name]))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    rest = tuple(whole(a, rng) if a.dtype.kind == "f" else a for a in call.arrays[1:])[: 1 + (name != "convolution")]
    x = whole(call.arrays[0], rng)
    image = OPS[name].call(x, *rest, **call.static)
    y = whole(image, rng)
    back = PAIRS[name](y, x, *rest, **call.static)
    assert back.shape == x.shape
    assert np.sum(image * y) == np.sum(x * back)


@given(data=st.data())
def test_the_three_convolutions_are_one_trilinear_form(data):
    """<conv(x, w), y> = <x, transpose(y, w)> = <w, weight(x, y)>, exactly, on whole numbers."""
    call = data.draw(draw.calls(OPS["convolution"]))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    x, w = (whole(a, rng) for a in call.arrays[:2])
    static = {"dilation": (1, 1), "groups": 1, **call.static}
    z = conv.convolution(x, w, **static)
    y = whole(z, rng)
    assert np.sum(z * y) == np.sum(w * conv.convolution_weight(x, y, kernel=w.shape[2:], **static))


def test_known_images():
    image = np.arange(16.0).reshape(1, 1, 4, 4)
    one = np.zeros((1, 1, 3, 3))
    one[0, 0, 1, 1] = 1
    z = conv.convolution(image, one, **{**PLAIN, "padding": (1, 1)})
    np.testing.assert_array_equal(z, image)
    sums = conv.convolution(image, np.ones((1, 1, 2, 2)), np.array([0.5]), **{**PLAIN, "stride": (2, 2)})
    np.testing.assert_array_equal(sums[0, 0], [[10.5, 18.5], [42.5, 50.5]])
    laid = conv.convolution_transpose(np.ones((1, 1, 2, 2)), np.arange(4.0).reshape(1, 1, 2, 2), lengths=(4, 4),
                                      **{**PLAIN, "stride": (2, 2)})  # fmt: skip
    np.testing.assert_array_equal(laid[0, 0], np.tile([[0, 1], [2, 3]], (2, 2)))


def test_results_lie_in_order():
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(3, 4, 6, 5)), rng.normal(size=(2, 4, 3, 3))
    z, dx, dw, _ = conv.convolution.op.formula(x, w, **PLAIN)
    for a in (z, dx(z), dw(z)):
        assert a.flags.c_contiguous


def test_memory_grows_by_the_width_of_the_kernel():
    x = np.zeros((1, 2, 50, 50))
    view = conv._matrices(x, (7, 7), (44, 44), (1, 1), (0, 0), (1, 1), 1)
    assert view.size == 49 * 2 * 44 * 44 and view.base is not None
    columns = conv._columns(x, (7, 7), (44, 44), (1, 1), (0, 0), (1, 1), 1)
    assert columns.size == 7 * 2 * 50 * 44
    assert np.may_share_memory(view, view.base) and view.strides[1] == columns.strides[1]


def test_equal_numbers_first_takes_the_gradient():
    _, dx = pooling.max_pool.op.formula(np.ones((4, 4)), kernel=(2, 2), stride=(2, 2), dilation=(1, 1))
    np.testing.assert_array_equal(dx((np.ones((2, 2)), None)), np.tile([[1, 0], [0, 0]], (2, 2)))


def test_a_nan_is_the_largest():
    x = np.array([[1.0, np.nan, 3.0, 2.0]])
    z, _ = pooling.max_pool(x, kernel=(2,), stride=(1,), dilation=(1,))
    np.testing.assert_array_equal(z, [[np.nan, np.nan, 3.0]])


@pytest.mark.parametrize(
    ("shapes", "settings", "text"),
    [
        (((1, 2, 4, 4), (3, 3, 2, 2)), {}, r"convolution: .* must have 3 channels, got \(1, 2, 4, 4\)"),
        (((1, 2, 4, 4), (3, 2, 2)), {}, r"convolution: an image .* expected"),
        (((1, 2, 4, 4), (3, 2, 5, 2)), {}, r"convolution: a kernel \(5, 2\) .* does not fit"),
        (((1, 2, 4, 4), (3, 1, 2, 2)), {"groups": 2}, r"convolution: with groups=2"),
    ],
)
def test_errors(shapes, settings, text):
    with pytest.raises(ValueError, match=text):
        conv.convolution(*map(np.ones, shapes), **{**PLAIN, **settings})

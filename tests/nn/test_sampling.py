"""Images read by a grid, beside plain loops; sizes that are reached without jagged edges; attention as a function."""

import itertools

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn
from tinygrad_edu.autograd import gradcheck, gradgradcheck


def numbers(*shape, low=-1.0, high=1.0, seed=0):
    return np.random.default_rng(seed).uniform(low, high, shape)


def pixel(image, at):
    return image[tuple(at)] if all(0 <= i < n for i, n in zip(at, image.shape, strict=True)) else 0.0


def bilinear(image, at):
    """The mean of the neighbours, by how near each one is; outside stand zeros."""
    first = [int(np.floor(i)) for i in at]
    total = 0.0
    for step in itertools.product((0, 1), repeat=len(at)):
        corner = [i + s for i, s in zip(first, step, strict=True)]
        total += pixel(image, corner) * np.prod([1 - abs(i - c) for i, c in zip(at, corner, strict=True)])
    return total


@pytest.mark.parametrize("lengths", [(4, 5), (3, 4, 5), (1, 1)], ids=str)
@pytest.mark.parametrize("aligned", [True, False])
def test_a_grid_reads_between_pixels(lengths, aligned):
    n = len(lengths)
    images, grid = numbers(2, 3, *lengths), numbers(2, *(2, 3, 4)[:n], n, low=-1.4, high=1.4, seed=1)
    expected = np.zeros((2, 3, *grid.shape[1:-1]))
    for k, *place in np.ndindex(*grid.shape[:-1]):
        named = grid[(k, *place)][::-1]  # x is named first
        at = [(g + 1) / 2 * (a - 1) if aligned else ((g + 1) * a - 1) / 2 for g, a in zip(named, lengths, strict=True)]
        for channel in range(3):
            expected[(k, channel, *place)] = bilinear(images[k, channel], at)
    found = F.grid_sample(tg.tensor(images), tg.tensor(grid), align_corners=aligned)
    assert np.allclose(found.numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_the_identity_reads_the_image(mode):
    image = tg.tensor(numbers(2, 3, 4, 5))
    theta = tg.tensor(np.broadcast_to(np.eye(2, 3), (2, 2, 3)).copy())
    for aligned in (True, False):
        grid = F.affine_grid(theta, image.shape, align_corners=aligned)
        assert np.allclose(F.grid_sample(image, grid, mode, "border", aligned).numpy(), image.numpy())


def test_what_stands_outside():
    row = tg.tensor(np.arange(4.0).reshape(1, 1, 1, 4))
    x = np.array([-2.0, -1.0, 1.0, 1.5, 3.0, np.nan])  # in pixels, behind the last one: 1.5, 4.5, ...
    grid = tg.tensor(np.stack([x, np.zeros(6)], -1).reshape(1, 1, 6, 2))
    def read(padding):
        return F.grid_sample(row, grid, "nearest", padding, True).numpy().ravel()
    assert read("zeros").tolist() == [0, 0, 3, 0, 0, 0]
    assert read("border").tolist()[:5] == [0, 0, 3, 3, 3]
    assert read("reflection").tolist()[:5] == [2, 0, 3, 2, 0]


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
def test_derivatives_by_image_and_grid(mode, padding):
    image = tg.tensor(numbers(1, 2, 3, 4), requires_grad=True)
    grid = tg.tensor(numbers(1, 2, 3, 2, low=-1.3, high=1.3, seed=4), requires_grad=True)
    def read(x, at):
        return F.grid_sample(x, at, mode, padding, False)
    assert gradcheck(read, (image, grid))
    assert gradgradcheck(read, (image, grid))


def test_affine_grid_derivative():
    theta = tg.tensor(numbers(2, 3, 4), requires_grad=True)
    assert gradcheck(lambda t: F.affine_grid(t, (2, 1, 2, 3, 2), align_corners=True), (theta,))


def test_antialias_takes_every_pixel_into_account():
    image = numbers(1, 1, 12, 12)
    for mode in ("bilinear", "bicubic"):
        small = F.interpolate(tg.tensor(np.ones_like(image)), (5, 3), mode=mode, antialias=True).numpy()
        assert np.allclose(small, 1)
        x = tg.tensor(image, requires_grad=True)
        F.interpolate(x, (3, 3), mode=mode, antialias=True).sum().backward()
        assert (x.grad.numpy() != 0).all()
        same = F.interpolate(tg.tensor(image), (12, 12), mode=mode, antialias=True).numpy()
        assert np.allclose(same, image)


def test_the_function_and_the_layer_are_one():
    tg.manual_seed(0)
    layer = nn.MultiheadAttention(6, 2, add_bias_kv=True, add_zero_attn=True)
    q, k = tg.tensor(numbers(3, 2, 6).astype(np.float32)), tg.tensor(numbers(4, 2, 6, seed=1).astype(np.float32))
    mask = tg.tensor(np.triu(np.ones((3, 4), bool), 1))
    expected, weights = layer(q, k, k, attn_mask=mask)
    found, shown = F.multi_head_attention_forward(
        q, k, k, 6, 2, layer.in_proj_weight, layer.in_proj_bias, layer.bias_k, layer.bias_v, True, 0.0,
        layer.out_proj.weight, layer.out_proj.bias, attn_mask=mask)  # fmt: skip
    assert np.array_equal(found.detach().numpy(), expected.detach().numpy())
    assert np.array_equal(shown.detach().numpy(), weights.detach().numpy())
    thirds = layer.in_proj_weight.chunk(3)
    apart, _ = F.multi_head_attention_forward(
        q, k, k, 6, 2, None, layer.in_proj_bias, layer.bias_k, layer.bias_v, True, 0.0, layer.out_proj.weight,
        layer.out_proj.bias, attn_mask=mask, use_separate_proj_weight=True, q_proj_weight=thirds[0],
        k_proj_weight=thirds[1], v_proj_weight=thirds[2])  # fmt: skip
    assert np.allclose(apart.detach().numpy(), expected.detach().numpy(), atol=1e-6)


def test_linear_and_cross_entropy_in_one():
    x, w, b = (tg.tensor(numbers(*shape, seed=i)) for i, shape in enumerate([(4, 3), (5, 3), (5,)]))
    y = tg.tensor(np.array([0, 4, 2, 2]))
    whole = F.linear_cross_entropy(x, w, y, linear_bias=b, ignore_index=2)
    assert np.isclose(whole.item(), F.cross_entropy(F.linear(x, w, b), y, ignore_index=2).item())


def test_softmax_of_nothing():
    x = tg.tensor(np.array([[-np.inf, -np.inf], [0.0, -np.inf]]))
    assert tg._safe_softmax(x, 1).numpy().tolist() == [[0, 0], [1, 0]]


REFUSED = {
    "modes": (lambda: F.grid_sample(tg.ones(1, 1, 2, 2), tg.ones(1, 1, 1, 2), "linear"), ValueError, "mode"),
    "shapes": (lambda: F.grid_sample(tg.ones(1, 1, 2, 2), tg.ones(2, 1, 1, 2), align_corners=True), RuntimeError, "n,"),
    "cubic volumes": (
        lambda: F.grid_sample(tg.ones(1, 1, 2, 2, 2), tg.ones(1, 1, 1, 1, 3), "bicubic", align_corners=True),
        RuntimeError, "4D",
    ),
    "theta": (lambda: F.affine_grid(tg.ones(1, 2, 2), (1, 1, 2, 2), align_corners=True), ValueError, "1x2x3"),
    "labels": (lambda: F.ctc_loss(tg.ones(2, 1, 3), tg.ones(1, 1), [2], [1]), RuntimeError, "whole"),
    "times": (lambda: F.ctc_loss(tg.ones(2, 1, 3), tg.ones(1, 1).long(), [3], [1]), RuntimeError, "at most 2"),
    "windows": (lambda: F.fractional_max_pool2d(tg.ones(1, 1, 3, 3), 2, 3), RuntimeError, "do not fit"),
    "a ratio": (lambda: F.fractional_max_pool2d(tg.ones(1, 1, 3, 3), 2), ValueError, "output_ratio"),
    "heads": (
        lambda: F.multi_head_attention_forward(*[tg.ones(2, 1, 3)] * 3, 3, 2, None, None, None, None, False, 0.0,
                                               tg.eye(3), None), AssertionError, "divisible",
    ),
    "a K-dimensional loss": (
        lambda: F.linear_cross_entropy(tg.ones(3), tg.ones(2, 4, 3), tg.ones(4).long()), RuntimeError, "batched",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_says_so(name):
    call, kind, text = REFUSED[name]
    with pytest.raises(kind, match=text):
        call()

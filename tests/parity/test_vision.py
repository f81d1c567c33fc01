"""Functions of images, normalization, distances and tables beside PyTorch: values, gradients, second gradients."""

import itertools

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F

torch = pytest.importorskip("torch", reason="PyTorch is not installed, so nothing is compared with it")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

RNG = np.random.default_rng(0)
ROW, IMAGE, VOLUME = (RNG.normal(size=s) for s in ((2, 3, 7), (2, 4, 6, 5), (2, 2, 4, 3, 5)))
TIES = np.round(IMAGE)
W, B = RNG.normal(size=4), RNG.normal(size=4)


def leaves(library, arrays):
    return [library.tensor(a, requires_grad=True) if a.dtype.kind == "f" else library.tensor(a) for a in arrays]


def compare(name, *arrays, **settings):
    """Value, gradient and second gradient agree to 1e-9; indices are the same; what one refuses the other refuses."""
    xs, ts = leaves(tg, arrays), leaves(torch, arrays)
    theirs = getattr(torch.nn.functional, name, None) or getattr(torch, name)
    try:
        t = theirs(*ts, **settings)
    except (RuntimeError, ValueError, NotImplementedError):
        with pytest.raises((RuntimeError, ValueError, NotImplementedError)):
            getattr(F, name)(*xs, **settings)
        return
    z = getattr(F, name)(*xs, **settings)
    if isinstance(t, tuple):
        np.testing.assert_array_equal(z[1].numpy(), t[1].numpy())
        assert z[1].dtype == np.int64
        z, t = z[0], t[0]
    close(z, t)
    g, w = RNG.normal(size=z.shape), [RNG.normal(size=a.shape) for a in arrays]
    wanted = [i for i, a in enumerate(arrays) if a.dtype.kind == "f"]
    xs, ts = [xs[i] for i in wanted], [ts[i] for i in wanted]
    options = {"create_graph": True, "materialize_grads": True}
    first = tg.grad(z, xs, tg.tensor(g), **options)
    expected = torch.autograd.grad(t, ts, torch.tensor(g), allow_unused=True, **options)
    for a, b in zip(first, expected, strict=True):
        close(a, b)
    pairs = [(a, b, i) for a, b, i in zip(first, expected, wanted, strict=True) if a.requires_grad and b.requires_grad]
    if pairs:
        again = tg.grad([a for a, _, _ in pairs], xs, [tg.tensor(w[i]) for *_, i in pairs], materialize_grads=True)
        options = {"allow_unused": True, "materialize_grads": True}
        try:
            directions = [torch.tensor(w[i]) for *_, i in pairs]
            expected = torch.autograd.grad([b for _, b, _ in pairs], ts, directions, **options)
        except NotImplementedError:  # cdist and pdist
            return
        for a, b in zip(again, expected, strict=True):
            close(a, b)


def close(x, y):
    assert x.shape == tuple(y.shape) and str(x.dtype) == str(y.dtype).removeprefix("torch.")
    np.testing.assert_allclose(x.detach().numpy(), y.detach().numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
def test_convolution(axes, groups):
    x = RNG.normal(size=(2, 4, 5, 6, 4)[: axes + 2])
    w, b = RNG.normal(size=(6, 4 // groups, 3, 2, 2)[: axes + 2]), RNG.normal(size=6)
    for stride, padding, dilation in itertools.product([1, 2], [0, 1, "same", "valid"], [1, 2]):
        settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
        compare(f"conv{axes}d", x, w, b, **settings)
    compare(f"conv{axes}d", x[0], w, groups=groups)
    compare(f"conv{axes}d", x, w[:, :1], groups=groups)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("groups", [1, 2])
def test_convolution_transposed(axes, groups):
    x = RNG.normal(size=(2, 4, 3, 4, 3)[: axes + 2])
    w, b = RNG.normal(size=(4, 3, 3, 2, 2)[: axes + 2]), RNG.normal(size=3 * groups)
    for stride, padding, more, dilation in itertools.product([1, 2], [0, 1], [0, 1], [1, 2]):
        settings = {"stride": stride, "padding": padding, "output_padding": more, "dilation": dilation}
        compare(f"conv_transpose{axes}d", x, w, b, groups=groups, **settings)
    compare(f"conv_transpose{axes}d", x[0], w, groups=groups)


@pytest.mark.parametrize("kernel", [2, (3, 2)])
def test_unfold_and_fold(kernel):
    for dilation, padding, stride in itertools.product([1, 2], [0, 1], [1, 2]):
        settings = {"kernel_size": kernel, "dilation": dilation, "padding": padding, "stride": stride}
        compare("unfold", IMAGE, **settings)
        columns = torch.nn.functional.unfold(torch.tensor(IMAGE), **settings).numpy()
        compare("fold", columns, output_size=IMAGE.shape[2:], **settings)


@pytest.mark.parametrize("kernel", [2, 3, (2, 3)])
@pytest.mark.parametrize("stride", [None, 1, (2, 1)])
def test_pooling(kernel, stride):
    for padding, ceil in itertools.product([0, 1, 2], [False, True]):
        settings = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil}
        for dilation in (1, 2):
            compare("max_pool2d", TIES, dilation=dilation, return_indices=True, **settings)
        for include, divisor in itertools.product([True, False], [None, 3]):
            compare("avg_pool2d", IMAGE, count_include_pad=include, divisor_override=divisor, **settings)


def test_pooling_of_sequences_and_volumes():
    for name, x in (("1d", ROW), ("3d", VOLUME)):
        compare(f"max_pool{name}", x, kernel_size=2, padding=1, return_indices=True)
        compare(f"avg_pool{name}", x, kernel_size=2, stride=1)
        for size in (1, 2, 3):
            compare(f"adaptive_avg_pool{name}", x, output_size=size)
            compare(f"adaptive_max_pool{name}", x, output_size=size, return_indices=True)
    compare("lp_pool1d", np.abs(ROW) + 0.1, norm_type=3, kernel_size=2)
    compare("lp_pool2d", np.abs(IMAGE) + 0.1, norm_type=2, kernel_size=2, ceil_mode=True)


@pytest.mark.parametrize("size", [(1, 1), 3, (4, 3), (None, 2), (6, 5), (7, 9)])
def test_adaptive_pooling(size):
    compare("adaptive_avg_pool2d", IMAGE, output_size=size)
    compare("adaptive_max_pool2d", TIES, output_size=size, return_indices=True)
    compare("adaptive_max_pool2d", TIES[0], output_size=size)


def test_unpooling():
    z, at = torch.nn.functional.max_pool2d(torch.tensor(IMAGE), 2, return_indices=True)
    compare("max_unpool2d", z.numpy(), at.numpy(), kernel_size=2, output_size=(6, 5))


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_pad(mode):
    for frame in [(1, 2), (0, 0), (1, 2, 3, 0), (-1, 2, 0, 1), (2, -3, -1, -1), (4, 4, 4, 4), (7, 8, 1, 1), (-2, -2)]:
        for x in (ROW, IMAGE, VOLUME, IMAGE[0]):
            compare("pad", x, pad=frame, mode=mode)
    compare("pad", IMAGE, pad=(1, 1, 1, 1, 1, 1, 1, 1), value=2.5)


MODES = [(ROW, "linear"), (IMAGE, "bilinear"), (IMAGE, "bicubic"), (VOLUME, "trilinear"),
         *((x, m) for x in (ROW, IMAGE, VOLUME) for m in ("nearest", "nearest-exact", "area"))]  # fmt: skip


@pytest.mark.parametrize(("x", "mode"), MODES, ids=[f"{m} {x.ndim}" for x, m in MODES])
def test_interpolate(x, mode):
    for align in (None,) if mode in ("nearest", "nearest-exact", "area") else (False, True):
        for size in (1, 4, 9, tuple(range(3, x.ndim + 1))):
            compare("interpolate", x, size=size, mode=mode, align_corners=align)
        for scale, again in itertools.product([0.5, 1.7, 2], [None, True]):
            compare("interpolate", x, scale_factor=scale, mode=mode, align_corners=align, recompute_scale_factor=again)


def test_pixels():
    x = RNG.normal(size=(2, 8, 4, 6))
    compare("pixel_shuffle", x, upscale_factor=2)
    compare("pixel_shuffle", x, upscale_factor=3)
    compare("pixel_unshuffle", x, downscale_factor=2)
    compare("channel_shuffle", x, groups=4)


@pytest.mark.parametrize("x", [IMAGE, IMAGE[:, :, 0], IMAGE[:, :, 0, 0]], ids=lambda x: str(x.ndim))
@pytest.mark.parametrize("training", [True, False])
def test_batch_norm(x, training):
    mean, var = RNG.normal(size=4), RNG.uniform(0.5, 2, size=4)
    pairs = [library.tensor(a) for library in (tg, torch) for a in (mean, var)]
    for learned in ((W, B), ()):
        xs, ts = leaves(tg, (x, *learned)), leaves(torch, (x, *learned))
        settings = {"training": training, "momentum": 0.3}
        z = F.batch_norm(xs[0], *pairs[:2], *xs[1:], **settings)
        t = torch.nn.functional.batch_norm(ts[0], *pairs[2:], *ts[1:], **settings)
        close(z, t)
        for a, b in zip(pairs[:2], pairs[2:], strict=True):
            close(a, b)
        (z * z * z).sum().backward()
        (t * t * t).sum().backward()
        for a, b in zip(xs, ts, strict=True):
            close(a.grad, b.grad)
    if training:
        compare("batch_norm", x, **{"running_mean": None, "running_var": None, "training": True})


def test_other_normalizations():
    for groups in (1, 2, 4, 3):
        compare("group_norm", IMAGE, num_groups=groups)
    x, w, b = IMAGE, W, B
    for shape in ((5,), (6, 5), (4, 6, 5), (4, 6)):
        compare("layer_norm", x, normalized_shape=shape)
        compare("rms_norm", x, normalized_shape=shape)
    with_group = [F.group_norm(*[tg.tensor(a) for a in (x,)], 2, tg.tensor(w), tg.tensor(b))]
    close(with_group[0], torch.nn.functional.group_norm(torch.tensor(x), 2, torch.tensor(w), torch.tensor(b)))
    compare("instance_norm", x)
    compare("local_response_norm", x, size=3, alpha=0.5)
    compare("local_response_norm", x[0], size=2)
    for p in (1, 2, 3, float("inf")):
        compare("normalize", x, p=p, dim=-1)


def test_distances():
    x, y = IMAGE[:, :, :3], RNG.normal(size=(2, 4, 2, 5))
    for p in (0, 1, 2, 3, float("inf")):
        compare("cdist", x, y, p=p)
        compare("pdist", x[0, 0], p=p)
    compare("cdist", np.zeros((2, 3)), np.zeros((1, 3)), p=1.0)
    compare("cosine_similarity", x, RNG.normal(size=x.shape), dim=-1)
    compare("cosine_similarity", x, x[0], dim=1)
    compare("pairwise_distance", x, RNG.normal(size=x.shape), p=3, keepdim=True)


NUMBERS = RNG.integers(0, 7, (3, 4))


def test_embedding():
    table = RNG.normal(size=(7, 5))
    for settings in ({}, {"padding_idx": -3}, {"scale_grad_by_freq": True}):
        compare("embedding", NUMBERS, table, **settings)
    ours, theirs = tg.tensor(table), torch.tensor(table)
    z = F.embedding(tg.tensor(NUMBERS[0]), ours, max_norm=1.0)
    close(z, torch.nn.functional.embedding(torch.tensor(NUMBERS[0]), theirs, max_norm=1.0))
    close(ours, theirs)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding", [None, 2])
def test_embedding_bag(mode, padding):
    table, offsets = RNG.normal(size=(7, 5)), np.array([0, 2, 2, 5])
    def bag(library, functional, flat):
        numbers = library.tensor(NUMBERS.ravel() if flat else NUMBERS)
        w = library.tensor(table, requires_grad=True)
        z = functional.embedding_bag(numbers, w, library.tensor(offsets) if flat else None, mode=mode,
                                     padding_idx=padding)  # fmt: skip
        (z * z).sum().backward()
        return z, w.grad
    for flat in (False, True):
        for a, b in zip(bag(tg, F, flat), bag(torch, torch.nn.functional, flat), strict=True):
            close(a, b)

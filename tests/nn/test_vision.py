"""Networks of images: the same steps as PyTorch's with the same weights; and what layers do, without PyTorch."""

import warnings

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn, optim


def lenet(nn):
    return nn.Sequential(
        nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3), nn.ReLU(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(24, 16), nn.ReLU(), nn.Linear(16, 10),
    )  # fmt: skip


def residual(nn):
    """A block of a ResNet that halves the image, behind a stem and before global pooling."""

    class Block(nn.Module):
        def __init__(self, c, out, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(c, out, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(out)
            self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(out)
            self.down = nn.Sequential(nn.Conv2d(c, out, 1, stride, bias=False), nn.BatchNorm2d(out))
            self.relu = nn.ReLU(inplace=True)

        def forward(self, x):
            z = self.relu(self.bn1(self.conv1(x)))
            z = self.bn2(self.conv2(z))
            z += self.down(x)
            return self.relu(z)

    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1), Block(4, 6, 2),
        nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(6, 10),
    )  # fmt: skip


def autoencoder(nn):
    return nn.Sequential(
        nn.Conv2d(1, 4, 4, 2, 1), nn.GroupNorm(2, 4), nn.Tanh(), nn.ConvTranspose2d(4, 3, 4, 2, 1),
        nn.InstanceNorm2d(3, affine=True), nn.Upsample(scale_factor=0.5), nn.ZeroPad2d((1, 0, 0, 1)),
        nn.LayerNorm((7, 7)), nn.Flatten(), nn.Linear(147, 10),
    )  # fmt: skip


@pytest.mark.parametrize("make", [lenet, residual, autoencoder])
def test_three_steps_as_pytorch(torch, make):
    ours, theirs = make(nn), make(torch.nn)
    assert str(ours) == str(theirs)
    theirs.load_state_dict({name: torch.tensor(t.numpy()) for name, t in ours.state_dict().items()})
    descend = optim.SGD(ours.parameters(), lr=0.05, momentum=0.9)
    descend_theirs = torch.optim.SGD(theirs.parameters(), lr=0.05, momentum=0.9)
    rng = np.random.default_rng(0)
    for _ in range(3):
        x, y = rng.normal(size=(8, 1, 12, 12)).astype(np.float32), rng.integers(0, 10, 8)
        descend.zero_grad()
        descend_theirs.zero_grad()
        loss = F.cross_entropy(ours(tg.tensor(x)), tg.tensor(y))
        loss_theirs = torch.nn.functional.cross_entropy(theirs(torch.tensor(x)), torch.tensor(y))
        loss.backward()
        loss_theirs.backward()
        np.testing.assert_allclose(loss.item(), loss_theirs.item(), rtol=1e-5)
        for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
            np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=1e-4, atol=2e-6)
        descend.step()
        descend_theirs.step()
    for (name, p), q in zip(ours.state_dict().items(), theirs.state_dict().values(), strict=True):
        np.testing.assert_allclose(p.numpy(), q.numpy(), rtol=1e-4, atol=1e-5, err_msg=name)
    ours.eval(), theirs.eval()
    x = rng.normal(size=(2, 1, 12, 12)).astype(np.float32)
    z, t = ours(tg.tensor(x)), theirs(torch.tensor(x))
    np.testing.assert_allclose(z.detach().numpy(), t.detach().numpy(), rtol=1e-4, atol=1e-5)


def test_reprs_and_state_as_pytorch(torch):
    calls = [
        ("Conv1d", (2, 4, 3), {"groups": 2, "bias": False}), ("Conv2d", (2, 4, (3, 2)), {"padding": "same"}),
        ("Conv3d", (2, 4, 3), {"padding": 1, "padding_mode": "circular"}),
        ("ConvTranspose2d", (2, 4, 3), {"stride": 2, "output_padding": 1}), ("MaxPool2d", (2,), {"ceil_mode": True}),
        ("AvgPool1d", (2,), {}), ("AvgPool2d", (2,), {}), ("AdaptiveAvgPool2d", ((None, 3),), {}),
        ("AdaptiveMaxPool2d", (3,), {}), ("LPPool2d", (2, 3), {}), ("MaxUnpool2d", (2,), {}),
        ("BatchNorm1d", (3,), {"momentum": None}), ("BatchNorm2d", (3,), {"affine": False}),
        ("BatchNorm3d", (3,), {"track_running_stats": False}), ("LayerNorm", ([3, 4],), {}), ("LayerNorm", (3,), {}),
        ("GroupNorm", (2, 4), {}), ("InstanceNorm2d", (3,), {}), ("RMSNorm", (3,), {}), ("LocalResponseNorm", (3,), {}),
        ("Embedding", (5, 3), {"padding_idx": -1, "max_norm": 1.0}), ("EmbeddingBag", (5, 3), {"mode": "sum"}),
        ("Dropout", (0.2,), {}), ("Dropout2d", (), {}), ("AlphaDropout", (), {}), ("Upsample", (), {"scale_factor": 2}),
        ("Upsample", (), {"size": 4, "mode": "bilinear"}), ("PixelShuffle", (2,), {}), ("PixelUnshuffle", (2,), {}),
        ("Unfold", (2,), {}), ("Fold", (4, 2), {}), ("ReflectionPad2d", (1,), {}), ("ZeroPad2d", ((1, 2, 0, 1),), {}),
        ("ConstantPad1d", (1, 2.5), {}), ("ReplicationPad3d", (1,), {}), ("ChannelShuffle", (2,), {}),
    ]  # fmt: skip
    for name, args, options in calls:
        ours, theirs = getattr(nn, name)(*args, **options), getattr(torch.nn, name)(*args, **options)
        assert repr(ours) == repr(theirs)
        shapes = [{key: tuple(t.shape) for key, t in m.state_dict().items()} for m in (ours, theirs)]
        assert shapes[0] == shapes[1], name


@pytest.mark.parametrize("padding", ["same", "valid", 2])
@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_padding_modes_as_pytorch(torch, padding, mode):
    ours = nn.Conv2d(2, 3, (4, 3), padding=padding, padding_mode=mode, dilation=(1, 2), dtype=tg.float64)
    theirs = torch.nn.Conv2d(2, 3, (4, 3), padding=padding, padding_mode=mode, dilation=(1, 2), dtype=torch.float64)
    theirs.load_state_dict({name: torch.tensor(t.numpy()) for name, t in ours.state_dict().items()})
    x = np.random.default_rng(0).normal(size=(2, 2, 7, 8))
    with warnings.catch_warnings():  # PyTorch's, of a copy that it makes
        warnings.simplefilter("ignore")
        t = theirs(torch.tensor(x))
    np.testing.assert_allclose(ours(tg.tensor(x)).detach().numpy(), t.detach().numpy(), rtol=1e-10)


def test_output_size_of_a_transposed_layer():
    layer, x = nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1), tg.randn(1, 2, 4, 4)
    assert layer(x).shape == (1, 3, 7, 7) and layer(x, output_size=[8, 7]).shape == (1, 3, 8, 7)
    with pytest.raises(ValueError, match="valid sizes range from"):
        layer(x, output_size=[9, 7])


def test_no_gradient_is_computed_for_images(monkeypatch):
    from tinygrad_edu.ops import convolution as ops

    called = []
    original = ops.convolution_transpose
    monkeypatch.setattr(ops, "convolution_transpose", lambda *a, **k: called.append(1) or original(*a, **k))
    layer = nn.Conv2d(1, 2, 3)
    layer(tg.randn(2, 1, 5, 5)).sum().backward()
    assert not called and layer.weight.grad.shape == (2, 1, 3, 3)
    layer(tg.randn(2, 1, 5, 5).requires_grad_()).sum().backward()
    assert called


def test_results_can_be_viewed():
    x = tg.randn(2, 3, 8, 8)
    for layer in (nn.Conv2d(3, 4, 3), nn.MaxPool2d(2), nn.AvgPool2d(2), nn.BatchNorm2d(3), nn.ConvTranspose2d(3, 2, 2),
                  nn.AdaptiveAvgPool2d(4), nn.Upsample(scale_factor=2)):  # fmt: skip
        z = layer(x)
        assert z.view(2, -1).shape == (2, z.numel() // 2)


def test_running_statistics():
    layer, x = nn.BatchNorm1d(2, momentum=0.5), tg.tensor([[1.0, 10.0], [3.0, 20.0]])
    z = layer(x)
    np.testing.assert_allclose(z.detach().numpy(), [[-1, -1], [1, 1]], atol=1e-5)
    np.testing.assert_allclose(layer.running_mean.numpy(), [1.0, 7.5])
    np.testing.assert_allclose(layer.running_var.numpy(), [1.5, 25.5])
    assert layer.num_batches_tracked.item() == 1
    layer.eval()
    expected = (x.numpy() - [1, 7.5]) / np.sqrt(np.array([1.5, 25.5]) + 1e-5)
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, rtol=1e-5)
    assert layer.num_batches_tracked.item() == 1
    average = nn.BatchNorm1d(2, momentum=None)
    for k in (1.0, 2.0, 6.0):
        average(x * k)
    np.testing.assert_allclose(average.running_mean.numpy(), [6.0, 45.0], rtol=1e-6)
    forgetful = nn.BatchNorm1d(2, track_running_stats=False).eval()
    np.testing.assert_allclose(forgetful(x).detach().numpy(), [[-1, -1], [1, 1]], atol=1e-5)
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm1d(2)(x[:1])
    with pytest.raises(ValueError, match="expected 4D input"):
        nn.BatchNorm2d(2)(x)


def test_dropout():
    tg.manual_seed(0)
    x = tg.ones(100, 200).requires_grad_()
    z = nn.Dropout(0.25)(x)
    kept = z.detach().numpy() != 0
    assert abs(kept.mean() - 0.75) < 0.01 and np.allclose(z.detach().numpy()[kept], 1 / 0.75)
    z.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), z.detach().numpy())
    assert nn.Dropout(0.25).eval()(x) is x and nn.Dropout(0.0)(x) is x
    assert not nn.Dropout(1.0)(x).detach().numpy().any()
    channels = F.dropout2d(tg.ones(20, 50, 3, 2), 0.4).numpy()
    assert set(np.unique(channels.sum((2, 3)).round(4))) == {0.0, 10.0}
    for layer in (nn.AlphaDropout(0.3), nn.FeatureAlphaDropout(0.3)):
        z = layer(tg.randn(300, 400)).numpy()
        assert abs(z.mean()) < 0.02 and abs(z.std() - 1) < 0.02
    with pytest.raises(ValueError, match="probability has to be between 0 and 1"):
        nn.Dropout(1.5)
    tg.manual_seed(3)
    first = F.dropout(x)
    tg.manual_seed(3)
    np.testing.assert_array_equal(F.dropout(x).detach().numpy(), first.detach().numpy())
    written = tg.ones(50)
    assert F.dropout(written, 0.5, True, True) is written and (written.numpy() == 0).any()


def test_embedding():
    layer = nn.Embedding(5, 3, padding_idx=0)
    assert not layer.weight.detach().numpy()[0].any()
    z = layer(tg.tensor([[0, 2], [2, 4]]))
    assert z.shape == (2, 2, 3)
    z.sum().backward()
    np.testing.assert_array_equal(layer.weight.grad.numpy()[:, 0], [0, 0, 2, 0, 1])
    with pytest.raises(IndexError, match="from 0 to 4, got 2 to 5"):
        layer(tg.tensor([2, 5]))
    table = tg.tensor([[1.0, 2.0], [3.0, 4.0]])
    frozen = nn.Embedding.from_pretrained(table)
    assert not frozen.weight.requires_grad
    np.testing.assert_array_equal(frozen(tg.tensor([1, 0])).numpy(), [[3, 4], [1, 2]])


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: nn.Conv2d(3, 4, 3, groups=2), ValueError, "divisible by groups"),
        (lambda: nn.Conv2d(2, 4, 3, padding="some"), ValueError, "invalid padding string 'some'"),
        (lambda: nn.Conv2d(2, 4, 3, padding="same", stride=2), ValueError, "not supported for strided"),
        (lambda: nn.Conv2d(2, 4, 3, padding_mode="odd"), ValueError, "padding_mode must be one of"),
        (lambda: nn.Conv2d(2, 4, 3)(tg.ones(1, 3, 5, 5)), RuntimeError, "to have 2 channels, but got 3"),
        (lambda: nn.Conv2d(2, 4, 3)(tg.ones(5, 5)), RuntimeError, r"conv2d: \(channels, height, width\) expected"),
        (lambda: nn.Conv2d(2, 4, 3)(tg.ones(1, 2, 2, 5)), RuntimeError, "can't be larger than the input"),
        (lambda: F.max_pool2d(tg.ones(1, 1, 4, 4), 2, padding=2), RuntimeError, "at most half of kernel size"),
        (lambda: F.max_pool2d(tg.ones(1, 1, 2, 2), 3), RuntimeError, "it is too small"),
        (lambda: F.pad(tg.ones(2, 3), (1, 1, 1)), RuntimeError, "an even number of lengths"),
        (lambda: F.pad(tg.ones(1, 2, 3), (3, 0), "reflect"), RuntimeError, "only 2 numbers to copy"),
        (lambda: F.layer_norm(tg.ones(2, 3), (4,)), RuntimeError, r"expected input with shape \[\*, 4\]"),
        (lambda: F.interpolate(tg.ones(1, 1, 4)), ValueError, "either size or scale_factor"),
        (lambda: F.interpolate(tg.ones(1, 1, 4), 2, mode="bilinear"), NotImplementedError, "mode 'bilinear'"),
        (lambda: F.embedding(tg.ones(2), tg.ones(2, 3)), RuntimeError, "whole numbers expected"),
        (lambda: nn.GroupNorm(3, 4), ValueError, "must be divisible by num_groups"),
    ],
)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()

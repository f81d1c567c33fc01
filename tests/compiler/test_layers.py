"""Layers of images, sequences and tables: a compiled training step gives the bits of the eager one."""

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn, optim

from .side_by_side import World, programs, run, trained

IMAGE = (3, 4, 6, 6)


def after(*layers):
    """Layers behind one that learns, so that a gradient arrives at their input."""
    return nn.Sequential(nn.Conv2d(4, 4, 1), *layers)


def rows(*layers):
    return nn.Sequential(nn.Linear(6, 6), *layers)


LAYERS = {
    "conv1d": (lambda: nn.Conv1d(4, 3, 3, stride=2, padding=1), (2, 4, 7)),
    "conv2d": (lambda: nn.Conv2d(4, 6, 3, padding=1), IMAGE),
    "conv2d strided": (lambda: nn.Conv2d(4, 6, (3, 2), stride=2, dilation=(1, 2), groups=2), IMAGE),
    "conv2d same": (lambda: nn.Conv2d(4, 2, 4, padding="same", padding_mode="reflect"), IMAGE),
    "conv3d": (lambda: nn.Conv3d(2, 3, 2), (2, 2, 3, 4, 3)),
    "conv transpose": (lambda: nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1), IMAGE),
    "conv transpose 1": (lambda: nn.ConvTranspose2d(4, 3, 3, padding=1), IMAGE),
    "max pool": (lambda: after(nn.MaxPool2d(3, 2, padding=1)), IMAGE),
    "avg pool": (lambda: after(nn.AvgPool2d(2, ceil_mode=True, padding=1)), IMAGE),
    "adaptive": (lambda: after(nn.AdaptiveAvgPool2d((4, 5)), nn.AdaptiveMaxPool2d(3)), IMAGE),
    "pads": (lambda: after(nn.ReflectionPad2d(2), nn.CircularPad2d(1), nn.ZeroPad2d(1)), IMAGE),
    "upsample": (lambda: after(nn.Upsample(scale_factor=2), nn.PixelShuffle(2)), IMAGE),
    "bilinear": (lambda: after(nn.UpsamplingBilinear2d(size=(4, 9))), IMAGE),
    "fold": (lambda: after(nn.Unfold(2), nn.Fold((6, 6), 2)), IMAGE),
    "batch norm": (lambda: nn.Sequential(nn.Conv2d(4, 4, 1, bias=False), nn.BatchNorm2d(4)), IMAGE),
    "batch norm 1d": (lambda: nn.Sequential(nn.BatchNorm1d(5, momentum=None), nn.Linear(5, 3)), (6, 5)),
    "layer norm": (lambda: rows(nn.LayerNorm(6)), IMAGE),
    "layer norm 3": (lambda: nn.LayerNorm((4, 6, 6)), IMAGE),
    "rms norm": (lambda: rows(nn.RMSNorm(6)), IMAGE),
    "group norm": (lambda: after(nn.GroupNorm(2, 4)), IMAGE),
    "instance norm": (lambda: nn.InstanceNorm2d(4, affine=True, track_running_stats=True), IMAGE),
    "response norm": (lambda: after(nn.LocalResponseNorm(3)), IMAGE),
    "dropout": (lambda: rows(nn.Dropout(0.3), nn.Dropout2d(0.5)), IMAGE),
    "alpha dropout": (lambda: rows(nn.AlphaDropout(0.3), nn.FeatureAlphaDropout(0.5)), IMAGE),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_training_step(name):
    make_layer, shape = LAYERS[name]

    def make():
        net = make_layer()
        opt = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)

        def step(x):
            opt.zero_grad()
            z = net(x)
            loss = (z * z * z.sigmoid()).mean()
            loss.backward()
            opt.step()
            return loss, z

        return World(net=net, opt=opt, step=step)

    def arguments(i):
        return (tg.tensor(np.random.default_rng(i).normal(size=shape).astype(np.float32)),)

    world = run(make, [arguments(i) for i in range(5)])
    assert programs(world.compiled)[1] == 1


@pytest.mark.parametrize("options", [{}, {"padding_idx": 1}, {"scale_grad_by_freq": True}, {"max_norm": 1.0}], ids=repr)
def test_embedding(options):
    def make():
        table = nn.Embedding(7, 3, **options)
        head = nn.Linear(3, 7)
        opt = optim.AdamW([*table.parameters(), *head.parameters()], lr=0.05)

        def step(x, y):
            opt.zero_grad()
            loss = F.cross_entropy(head(table(x)).reshape(-1, 7), y.reshape(-1))
            loss.backward()
            opt.step()
            return loss

        return World(table=table, head=head, opt=opt, step=step)

    def numbers(i):
        return tuple(tg.tensor(np.random.default_rng(i).integers(0, 7, (2, 4, 5))[k]) for k in range(2))

    world = run(make, [numbers(i) for i in range(5)])
    assert programs(world.compiled)[1] == 1


GRID = np.random.default_rng(1).uniform(-1.2, 1.2, (3, 5, 4, 2)).astype(np.float32)
PLACES = tg.tensor(np.array([[1, 2, 1], [3, 3, 2]]))

FUNCTIONS = {
    "grid_sample": (lambda x: F.grid_sample(x, tg.tensor(GRID) * x.mean(), "bicubic", "reflection", False), IMAGE),
    "grid_sample nearest": (lambda x: F.grid_sample(x, tg.tensor(GRID), "nearest", "border", True), IMAGE),
    "affine_grid": (lambda x: F.affine_grid(x, (3, 1, 4, 5), align_corners=False), (3, 2, 3)),
    "ctc_loss": (lambda x: F.ctc_loss(F.log_softmax(x, -1), PLACES, [6, 5], [3, 2]), (6, 2, 4)),
    "heads": (lambda x: F.multi_head_attention_forward(x, x, x, 4, 2, x[0, 0, 0] * tg.ones(12, 4), None, None, None,
                                                       True, 0.0, tg.eye(4), None)[0], (3, 2, 4)),
    "antialias": (lambda x: F.interpolate(x, (3, 8), mode="bicubic", antialias=True, align_corners=False), IMAGE),
    "linear_cross_entropy": (lambda x: F.linear_cross_entropy(x, x * 2, tg.arange(4)), (4, 3)),
    "lu": (lambda x: tg.linalg.lu_solve(*tg.linalg.lu_factor(x), x), (2, 3, 3)),
    "ormqr": (lambda x: tg.ormqr(x, x[..., 0], x), (2, 3, 3)),
    "batch norm": (lambda x: tg.native_batch_norm(x, None, None, None, None, True, 0.1, 1e-5)[0], IMAGE),
    "safe softmax": (lambda x: tg._safe_softmax(x, 1), IMAGE),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(name):
    function, shape = FUNCTIONS[name]

    def make():
        weight = nn.Parameter(np.random.default_rng(0).normal(size=shape).astype(np.float32))
        opt = optim.SGD([weight], lr=0.01)

        def step(x):
            opt.zero_grad()
            loss = function(x + weight).square().mean()
            loss.backward()
            opt.step()
            return loss

        return World(weight=nn.ParameterList([weight]), opt=opt, step=step)

    def arguments(i):
        return (tg.tensor(np.random.default_rng(i + 7).normal(size=shape).astype(np.float32)),)

    world = run(make, [arguments(i) for i in range(4)])
    assert programs(world.compiled)[1] == 1


def test_a_compiled_step_draws_its_masks_anew():
    layer = nn.Dropout(0.5)
    step = tg.compile(lambda x: layer(x))
    seen = {step(tg.ones(64)).numpy().tobytes() for _ in range(6)}
    assert len(seen) == 6


def test_lenet():
    def make():
        net = nn.Sequential(
            nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3), nn.BatchNorm2d(6), nn.ReLU(),
            nn.AvgPool2d(2), nn.Flatten(), nn.Dropout(0.2), nn.Linear(24, 10),
        )  # fmt: skip
        opt = optim.Adam(net.parameters(), lr=0.01)

        return trained(net, opt)

    def batch(i):
        rng = np.random.default_rng(i)
        return tg.tensor(rng.normal(size=(5, 1, 12, 12)).astype(np.float32)), tg.tensor(rng.integers(0, 10, 5))

    run(make, [batch(i) for i in range(6)], "cce")

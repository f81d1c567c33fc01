"""What prints: tensors, layers, optimizers, beside PyTorch's, letter by letter."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest

import tinygrad_edu as tg

torch = pytest.importorskip("torch")


def tensors(t: Any) -> Iterator[Any]:
    def of(data: Any, **options: Any) -> Any: return t.tensor(data, **options)
    for data in (3.5, 3, True, [], [1, -20, 300], [True, False], [[-1, 2], [3, 100]], [-(2**63), 1]):
        yield of(data)
    for size in ((2, 0), (0, 3), (1, 1, 3), (2, 2)):
        yield t.zeros(size)
    for dtype in (t.float64, t.float16, t.int32, t.uint8, t.int8, t.int16, t.bool, t.int64):
        yield from (t.zeros(0, dtype=dtype), t.ones(2, dtype=dtype))
    for numbers in (
        [1e-5, 1.0, 1e5], [1e-9], [1e9, 1.0], [123456789.0], [100000000.0], [100000001.5], [1.0, 2000.0],
        [1.0, 1001.0, 0.0], [0.001, 1.5], [0.0015, 2.5], [0.001, 1.0001], [1.5, -100.25, 3.0], [0.0001, 0.0002],
        [0.00009, 0.0002], [0.0001], [1000.5, 1.0], [1e10, 1e-10], [-1.0, 2.0], [1 / 3],
        [math.nan, 1.0, math.inf], [math.nan, 1.5, -math.inf], [math.nan] * 2, math.inf, math.nan,
        [-0.0, 0.0], [-0.0, 1.5], -0.0, [1e-9, math.inf, -1.0],
    ):  # fmt: skip
        yield of(numbers)
        yield of(numbers, dtype=t.float64, requires_grad=True)
    yield from (t.arange(6).reshape(2, 3), t.arange(24.0).reshape(2, 3, 4) / 7, t.arange(16).reshape(2, 2, 2, 2))
    yield from (t.arange(1000), t.arange(1001), t.arange(1000.0), t.arange(1001.0) / 3, t.arange(100.0) / 7)
    yield from (t.arange(2000.0).reshape(40, 50), t.arange(24000).reshape(20, 30, 40), t.arange(1002).reshape(501, 2))
    yield from (t.arange(n * 300).reshape(n, 300) for n in (2, 5, 6, 7))
    yield from (t.zeros(2000, dtype=t.bool), t.arange(2000.0, dtype=t.float64) * 1e-7, t.ones(2000, requires_grad=True))
    yield t.arange(40) * 1000003
    x = of([1.0, 2.0], requires_grad=True)
    yield from (x * 2, x.sum(), x.exp(), x - 1, x / 2, x.mean(), x.relu(), -x, x**2, x.clone(), x.log_softmax(0))
    yield from (x.shape, t.zeros(()).shape, [x.shape], t.device("cpu"), t.device("cuda:1"), t.finfo(t.float32))


def results(t: Any) -> Iterator[Any]:
    x, one, la = t.tensor([[3.0, 1.0], [1.0, 2.0]]), t.eye(2), t.linalg
    yield from (x.max(0), x.min(1), x.sort(), x.topk(1), x.median(0), x.mode(0), x.kthvalue(1), x.cummax(0))
    yield from (x.aminmax(), x.frexp(), t.histogram(t.ones(2), 2), t.histogramdd(t.ones(2, 2), 2), t.std_mean(x))
    yield from (t.svd(one), la.svd(one), la.qr(one), la.eigh(one), la.slogdet(x), la.inv_ex(one), la.cholesky_ex(one))
    yield from (la.lu(one), la.lu_factor(one), la.lu_factor_ex(one), t.lu_unpack(*la.lu_factor(one)), t.geqrf(one))
    yield from (la.ldl_factor(one), la.ldl_factor_ex(one), la.solve_ex(one, one), t.triangular_solve(one, one))
    yield la.inv_ex(one).inverse
    yield la.cholesky_ex(one).L


def layers(t: Any) -> Iterator[Any]:
    nn = t.nn
    yield from (nn.Linear(2, 3, bias=False), nn.Bilinear(1, 2, 3), nn.Flatten(2), nn.Unflatten(1, (2, 3)))
    for conv in (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d):
        yield from (conv(2, 4, 3), conv(2, 4, 3, stride=2, padding=1, dilation=2, groups=2, bias=False))
    yield nn.Conv2d(2, 2, 3, padding="same", padding_mode="reflect")
    for pool in (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d):
        yield from (pool(2), pool(2, stride=1, padding=1))
    yield from (nn.AdaptiveAvgPool2d((1, 1)), nn.AdaptiveMaxPool2d(3), nn.LPPool2d(2, 3), nn.MaxUnpool2d(2))
    for norm in (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.InstanceNorm1d, nn.InstanceNorm2d):
        yield from (norm(3), norm(3, affine=False, track_running_stats=False))
    yield from (nn.LayerNorm((2, 3), eps=1e-6), nn.GroupNorm(2, 4), nn.LocalResponseNorm(2), nn.RMSNorm(3))
    yield from (nn.Embedding(3, 4, padding_idx=0, max_norm=1.0), nn.EmbeddingBag(3, 4))
    for dropout in (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout):
        yield from (dropout(), dropout(0.1, inplace=True))
    for cells in (nn.RNN, nn.LSTM, nn.GRU):
        yield cells(2, 3, num_layers=2, batch_first=True, bidirectional=True, dropout=0.5)
    yield from (nn.LSTM(2, 3, proj_size=2), nn.RNNCell(2, 3), nn.LSTMCell(2, 3), nn.GRUCell(2, 3))
    yield from (nn.MultiheadAttention(4, 2), nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8), 3))
    for name in ("ReLU", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "GLU", "Hardshrink", "Hardsigmoid", "Hardswish",
                 "Hardtanh", "LogSigmoid", "Mish", "PReLU", "ReLU6", "RReLU", "SiLU", "Sigmoid", "Softmax2d",
                 "Softplus", "Softshrink", "Softsign", "Tanh", "Tanhshrink", "CrossEntropyLoss", "MSELoss", "L1Loss",
                 "NLLLoss", "BCELoss", "BCEWithLogitsLoss", "SmoothL1Loss", "HuberLoss", "KLDivLoss",
                 "TripletMarginLoss", "CosineSimilarity", "PairwiseDistance"):  # fmt: skip
        yield getattr(nn, name)()
    yield from (nn.ReLU(inplace=True), nn.Softmax(-1), nn.Softmin(1), nn.Threshold(1, 2), nn.GELU("tanh"))
    yield from (nn.Upsample(scale_factor=2), nn.UpsamplingBilinear2d(2), nn.PixelShuffle(2), nn.Fold((4, 4), 2))
    yield from (nn.ZeroPad2d(1), nn.ConstantPad2d((1, 2, 3, 4), 0), nn.ReflectionPad2d(1), nn.CircularPad2d(1))
    same = [nn.Linear(2, 2) for _ in range(4)]
    yield from (nn.Sequential(), nn.ModuleList(), nn.ModuleDict(), nn.ModuleList(same), nn.Sequential(*same, nn.ReLU()))
    yield nn.ModuleList([*(nn.Sequential(nn.Linear(1, 1), nn.ReLU()) for _ in range(3)), nn.Tanh()])
    yield nn.ModuleDict({"a": nn.ReLU(), "b": nn.ModuleList(same[:2])})
    yield from (nn.ParameterList([t.ones(2), nn.Parameter(t.ones(2, 3))]), nn.ParameterList([t.ones(())]))
    yield nn.ParameterDict({"a": t.ones(2, 3), "b": t.ones(2, dtype=t.float64), "c": 3})
    yield from (nn.ParameterDict({"a": 3}), nn.ParameterDict(), nn.ParameterList(), nn.TripletMarginWithDistanceLoss())
    yield from (nn.Parameter(t.ones(2, 2)), nn.Parameter(t.ones(2, dtype=t.float64), requires_grad=False))

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.net = nn.Linear(1, 2), nn.Sequential(nn.ReLU(), nn.Linear(2, 2))
            self.register_buffer("b", t.ones(1))

        def extra_repr(self) -> str:
            return "hello=3"

    yield Net()
    for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "LBFGS",
                 "ASGD", "Adafactor", "Rprop"):
        yield getattr(t.optim, name)([nn.Parameter(t.ones(2))], lr=0.1)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("of", [tensors, results, layers])
def test_everything_prints_as_in_pytorch(of):
    for theirs, ours in zip(of(torch), of(tg), strict=True):
        assert repr(ours) == repr(theirs)
        assert str(ours) == str(theirs)


@pytest.mark.parametrize("options", [
    {"precision": 2}, {"sci_mode": False}, {"sci_mode": True}, {"threshold": 5}, {"edgeitems": 1, "threshold": 3},
    {"linewidth": 40}, {"profile": "full"}, {"profile": "short"}, {"profile": "short", "precision": 6},
])  # fmt: skip
def test_options_of_printing(options):
    try:
        for t in (tg, torch):
            t.set_printoptions(**options)
        for make in ("arange(20.0) / 7", "tensor([1e-5, 1e5])", "arange(1200).reshape(30, 40)"):
            assert repr(eval(f"tg.{make}")) == repr(eval(f"torch.{make}")), make
    finally:
        for t in (tg, torch):
            t.set_printoptions(profile="default")

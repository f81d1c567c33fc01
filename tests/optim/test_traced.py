"""What a compiler needs of an optimizer: `move` reads arrays through NumPy's protocols only, and numbers not at all."""

import numpy as np
import pytest
from numpy.lib.mixins import NDArrayOperatorsMixin

import tinygrad_edu as tg
from tests.readers import Traced, plain
from tinygrad_edu import nn, optim
from tinygrad_edu.engine import constant
from tinygrad_edu.optim import blocks
from tinygrad_edu.optim.optimizer import scalar

MADE = {
    "sgd": (optim.SGD, {}),
    "sgd maximize": (optim.SGD, {"maximize": True}),
    "sgd momentum": (optim.SGD, {"momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    "sgd nesterov": (optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "adam": (optim.Adam, {}),
    "adam amsgrad": (optim.Adam, {"amsgrad": True, "weight_decay": 0.1, "maximize": True}),
    "adamw": (optim.AdamW, {"weight_decay": 0.1}),
}


class Number(NDArrayOperatorsMixin):
    """Stands for a Python number: it computes, and says whether it is zero, but shows itself to nobody."""

    def __init__(self, value):
        self._value = value

    def __array_ufunc__(self, ufunc, method, *args, **options):
        if ufunc in (np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal):
            raise TypeError("a number was compared: that freezes it")
        args = [x._value if isinstance(x, Number) else x for x in args]
        result = getattr(ufunc, method)(*args, **options)
        return Number(float(result)) if all(isinstance(x, (int, float)) for x in args) else result

    def __bool__(self):
        return bool(self._value)

    def _refuse(self, *args, **options):
        raise TypeError("a number was asked for its value: that freezes it")

    __float__ = __int__ = __index__ = __array__ = __eq__ = __lt__ = __hash__ = _refuse


def hide(x):
    if isinstance(x, tuple):
        return tuple(hide(item) for item in x)
    return Number(x) if isinstance(x, (int, float)) and not isinstance(x, bool) else x


def trained(name, dtype, traced, monkeypatch):
    """The parameters and what is remembered for them after 4 steps."""
    kind, settings = MADE[name]
    rng = np.random.default_rng(0)
    shapes = [(3,), (), (40, 30)]
    ps = [nn.Parameter(tg.tensor(rng.normal(size=shape).astype(dtype))) for shape in shapes]
    opt = kind(ps, lr=0.03, **settings)
    log = []
    if traced:
        monkeypatch.setattr(blocks, "BLOCK", 100)
        opt.param_groups = [{key: hide(value) for key, value in group.items()} for group in opt.param_groups]
        for p in ps:
            p._array = Traced(p._array, log)
    for _ in range(4):
        for p in ps:
            g = rng.normal(size=p._array.shape).astype(dtype)
            p.grad = constant(Traced(g, log) if traced else g)
        opt.step()
    assert all(isinstance(t._array, Traced) for p in ps for t in opt.state[p].values()) or not traced
    return [plain(p._array) for p in ps] + [plain(t._array) for p in ps for t in opt.state[p].values()]


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_traced_arrays_and_hidden_numbers_give_the_same_bits(name, dtype, monkeypatch):
    eager = trained(name, dtype, False, monkeypatch)
    traced = trained(name, dtype, True, monkeypatch)
    assert len(eager) >= 3
    for a, b in zip(eager, traced, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("value", [0.1, np.float32(0.1), np.array([0.1]), tg.tensor(0.1), tg.tensor([0.1])], ids=repr)
def test_settings_become_arrays(value):
    x = scalar(value, np.float32)
    assert type(x) is np.ndarray and x.shape == () and x.dtype == np.float32 and x == np.float32(0.1)


def test_what_stands_for_a_number_stays_and_traced_settings_are_converted():
    number = Number(0.1)
    assert scalar(number, np.float32) is number
    log = []
    x = scalar(constant(Traced(np.array([0.1]), log)), np.float32)
    assert isinstance(x, Traced) and x.shape == () and x.dtype == np.float32 and log == ["reshape", "astype"]

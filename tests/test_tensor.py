"""The Tensor's surface: making, showing, converting, shaping, indexing, comparing, and what bad input gets."""

from __future__ import annotations

import math
import operator

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Tensor, as_tensor, from_numpy, grad, tensor, zeros

NAN, INF = float("nan"), float("inf")


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="parity with PyTorch needs it installed")


def same(x, expected, **options):
    assert isinstance(x, Tensor)
    np.testing.assert_allclose(x.detach().numpy(), expected, **{"rtol": 1e-6, **options})


X = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)


# --------------------------------------------------------------------------------------------------- making


@pytest.mark.parametrize("data, dtype", [
    (1, np.int64), (1.5, np.float32), (True, np.bool_), ([1, 2], np.int64), ([1, 2.5], np.float32),
    ([True, 2], np.int64), ([True, 1.5], np.float32), ([], np.float32), ([[]], np.float32), ((1, 2), np.int64),
    (range(3), np.int64), (np.float64(1), np.float64), (np.float32(1), np.float32), ([np.float64(1)], np.float64),
    ([np.float32(1), 2.5], np.float32), (np.int32(1), np.int32), (np.array([1.0]), np.float64),
    (np.array([1], np.uint8), np.uint8), (np.array([1], ">f4"), np.float32), ([np.array([1.0])], np.float64),
    (2**40, np.int64), (-1e300, np.float32),
])  # fmt: skip
def test_dtypes_of_new_tensors(data, dtype):
    assert tensor(data).dtype == dtype and tensor(data).dtype.isnative
    assert tensor(data).shape == np.shape(data)
    if not isinstance(data, int):  # which would be a length
        assert Tensor(data).dtype == np.float32, "as torch.Tensor"


def test_tensors_in_sequences():
    t = tensor([tensor(1.0), tensor(2.0)])
    assert t.tolist() == [1, 2] and t.dtype == np.float32
    assert tensor([[tensor(1), 2], [3, tensor(4)]]).tolist() == [[1, 2], [3, 4]]
    assert tensor([tensor([1.0], dtype=np.float64)]).dtype == np.float64


def test_a_tensor_holds_a_copy_as_tensor_and_from_numpy_share():
    array = np.ones(2, np.float32)
    for make, shared in ((tensor, False), (Tensor, False), (as_tensor, True), (from_numpy, True)):
        assert np.shares_memory(make(array).numpy(), array) is shared
    t = tensor(array)
    assert as_tensor(t) is t and not np.shares_memory(tensor(t).numpy(), t.numpy())
    assert tensor([1, 2], dtype=np.float64, requires_grad=True).requires_grad


@pytest.mark.parametrize("data, error", [
    ([[1, 2], [3]], ValueError), (None, TypeError), ("a", TypeError), ([1, "a"], TypeError), ({1}, TypeError),
    ([None], TypeError), (1j, TypeError), (np.array([1j]), TypeError), (np.array(["a"]), TypeError),
    (np.array([None]), TypeError), (object(), TypeError), ([[1], 2], ValueError), (2**63, OverflowError),
    (10**30, TypeError), (np.longdouble(1), TypeError), (np.array(["2020-01-01"], "M8[D]"), TypeError),
])  # fmt: skip
def test_what_is_no_tensor(data, error):
    with pytest.raises(error, match=r"^tensor: "):
        tensor(data)


def test_the_default_dtype():
    tg.set_default_dtype(np.float64)
    try:
        assert tensor([1.0]).dtype == np.float64 and (tensor([1]) * 1.5).dtype == np.float64
        assert repr(tensor([1.0])) == "tensor([1.])" and "dtype=torch.float32" in repr(tensor(np.float32(1)))
    finally:
        tg.set_default_dtype(np.float32)
    with pytest.raises(TypeError, match="floating"):
        tg.set_default_dtype(np.int64)


# -------------------------------------------------------------------------------------------------- showing

_rng = np.random.default_rng(0)
_SHOWN = [
    [1, 2, 3], [1.0, 2.0], [1.5, 2], [True, False], 3.5, 7, True, [], [[1, 2], [3, 4]], [1e-5, 1.0], [1e10, 1.0],
    [1e5, 2.5], [NAN, 1.0, INF], [NAN], [0.0, 0.0], [-0.0], [-1.5, 2.25], [1234567.0, 1.0], [1001.0, 1.0], 1e-7, 1e20,
    123456.789, [[[1.0, 2], [3, 4]], [[5, 6], [7, 8.5]]], [1e-4, 1e-4], [1e9], [-INF, 2.0], [2**40],
    [[-1, 10], [100, 3]],
    np.zeros((0, 3), np.float32), np.zeros((2, 0), np.int64), np.zeros(0, bool), np.ones(3), np.ones(3, np.float16),
    np.ones((2, 2), np.int32), _rng.standard_normal(100).astype("f4"), _rng.standard_normal((40, 40)).astype("f4"),
    _rng.standard_normal((3, 4, 5)).astype("f4"), np.arange(2000), np.arange(1000), np.arange(1001.0).astype("f4"),
    np.arange(30000).reshape(3, 100, 100), _rng.standard_normal((2000, 2)), _rng.standard_normal((7, 200)),
    _rng.integers(-1000, 1000, 50), _rng.random(40) > 0.5, np.ones((2, 1, 3)), np.ones((1, 1)),
]  # fmt: skip


@pytest.mark.parametrize("requires_grad", [False, True])
@pytest.mark.parametrize("case", range(len(_SHOWN)))
def test_repr_is_pytorchs(torch, case, requires_grad):
    ours, theirs = tensor(_SHOWN[case]), torch.tensor(_SHOWN[case])
    if requires_grad and ours.is_floating_point():
        ours.requires_grad_()
        theirs.requires_grad_()
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("data, text", [
    ([1, 2, 3], "tensor([1, 2, 3])"),
    ([1.0, 2.0], "tensor([1., 2.])"),
    ([[1.5, -2], [NAN, INF]], "tensor([[ 1.5000, -2.0000],\n        [    nan,     inf]])"),
    ([True, False], "tensor([ True, False])"),
    (3.14159, "tensor(3.1416)"),
    (7, "tensor(7)"),
    ([], "tensor([])"),
    (np.zeros((0, 3)), "tensor([], size=(0, 3), dtype=torch.float64)"),
    (np.ones(2), "tensor([1., 1.], dtype=torch.float64)"),
    ([1e-5, 1.0], "tensor([1.0000e-05, 1.0000e+00])"),
    (np.arange(2000), "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])"),
])  # fmt: skip
def test_repr(data, text):
    assert repr(tensor(data)) == str(tensor(data)) == text


def test_repr_of_what_is_on_the_graph():
    x = tensor([1.0, 2.0], requires_grad=True)
    assert repr(x) == "tensor([1., 2.], requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 4.], grad_fn=<MulBackward0>)"
    assert repr(x[0]) == "tensor(1., grad_fn=<GetitemBackward0>)"
    assert repr(x.sort()[0]) == "tensor([1., 2.], grad_fn=<SortBackward0>)"
    assert repr(x.detach()) == "tensor([1., 2.])"


def test_format():
    assert f"{tensor(3.14159):.2f}" == "3.14" and f"{tensor(7):04d}" == "0007"
    assert f"{tensor([1.0])}" == "tensor([1.])" and f"{tensor(2.5)}" == "2.5"
    with pytest.raises(TypeError, match=r"format '\.2f'.*\(2,\)"):
        f"{tensor([1.0, 2.0]):.2f}"


# ----------------------------------------------------------------------------------------- to Python and back


def test_numbers_out_of_tensors():
    assert tensor([[2.5]]).item() == 2.5 and type(tensor(2).item()) is int and type(tensor(True).item()) is bool
    assert float(tensor(2)) == 2.0 and int(tensor(2.7)) == 2 and bool(tensor([0.5])) and not tensor(0)
    assert [10, 20, 30][tensor(1)] == 20 and math.sqrt(tensor(4.0)) == 2
    assert tensor([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]] and tensor(1.5).tolist() == 1.5
    with pytest.raises(RuntimeError, match=r"item: one number.*\(2,\).*tolist"):
        tensor([1, 2]).item()
    with pytest.raises(RuntimeError, match=r"ambiguous.*any\(\) or .*all\(\)"):
        bool(tensor([1, 2]))
    with pytest.raises(RuntimeError, match="ambiguous"):
        bool(tensor([]))
    with pytest.raises(RuntimeError, match="item"):
        float(tensor([1.0, 2.0]))
    with pytest.raises(TypeError, match="float32"):
        [1, 2][tensor(1.0)]


def test_len_and_iteration():
    t = tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    first, second = t
    assert len(t) == 2 and second.tolist() == [3, 4] and len(zeros(0, 3)) == 0 and list(zeros(0, 3)) == []
    (first * second).sum().backward()
    same(t.grad, [[3, 4], [1, 2]])
    for f in (len, iter, list):
        with pytest.raises(TypeError, match="0-d"):
            f(tensor(1.0))
    assert [x.item() for x in reversed(tensor([1, 2, 3]))] == [3, 2, 1]
    assert 2 in tensor([1, 2]) and 5 not in tensor([1, 2])


def test_sizes():
    t = tensor(X)
    assert t.shape == t.size() == (2, 3, 4) and t.size(-1) == 4 and t.ndim == t.dim() == 3
    assert t.numel() == 24 and t.nbytes == 96 and t.itemsize == t.element_size() == 4
    assert t.stride() == (12, 4, 1) and t.T.stride(0) == 1 and t.is_contiguous() and not t.T.is_contiguous()
    assert t.T.contiguous().is_contiguous() and t.contiguous() is t and t.device == "cpu"
    for f in (t.size, t.stride):
        with pytest.raises(IndexError, match="axis 3 does not exist, the tensor has 3 axes"):
            f(3)


def test_conversions():
    t = tensor([1.7, -1.7, 0.0])
    assert t.double().dtype == np.float64 and t.half().dtype == np.float16 and t.float() is t
    assert t.long().tolist() == [1, -1, 0] and t.int().dtype == np.int32 and t.bool().tolist() == [True, True, False]
    assert t.to(np.float64).dtype == t.to(tensor(1.0, dtype=np.float64)).dtype == t.to(dtype=np.float64).dtype
    assert t.to("cpu") is t and t.cpu() is t and t.to(np.float32) is t and t.to(np.float32, copy=True) is not t
    assert t.type_as(tensor([1])).dtype == np.int64
    with pytest.raises(RuntimeError, match="only device here is 'cpu', got 'cuda'"):
        t.to("cuda")
    x = tensor([1.0, 2.0], requires_grad=True)
    (x.double() * np.array([1.0, 2.0])).sum().backward()
    assert x.grad.dtype == np.float32 and x.grad.tolist() == [1, 2]
    assert t.new_zeros(2, 3).shape == (2, 3) and t.new_ones((2,)).dtype == np.float32
    assert t.new_zeros(size=(2, 3)).shape == (2, 3) and t.new_ones(()).shape == tg.zeros(()).shape == ()
    for make in (t.new_zeros, t.new_ones, t.new_empty, tg.zeros, tg.ones, tg.empty, tg.rand, tg.randn):
        with pytest.raises(TypeError, match="missing 1 required positional argument: 'size'"):
            make()
    assert t.new_full((2,), 7).tolist() == [7, 7] and t.new_tensor([1]).dtype == np.float32


# ---------------------------------------------------------------------------------------------------- shape


def test_view_and_reshape():
    t = tensor(X)
    for sizes in ((6, 4), (-1,), (2, -1, 2), (24, 1), (2, 3, 4)):
        assert np.shares_memory(t.view(*sizes).numpy(), t.numpy())
        same(t.view(sizes), X.reshape(sizes))
        assert t.reshape(*sizes).shape == t.reshape(list(sizes)).shape == X.reshape(sizes).shape
    turned = t.transpose(0, 2)
    with pytest.raises(RuntimeError, match=r"view: .*\(4, 3, 2\).*\(24,\).*reshape"):
        turned.view(24)
    same(turned.reshape(24), X.transpose(2, 1, 0).reshape(24))
    assert t.view_as(zeros(4, 6)).shape == t.reshape_as(zeros(4, 6)).shape == (4, 6)
    assert tensor([1.0]).view(np.int32).tolist() == [1065353216]
    assert zeros(0, 3).view(3, 0).shape == (3, 0) and tensor([5]).view(()).item() == 5
    for sizes in ((5,), (-1, -1), (7, -1)):
        with pytest.raises(ValueError, match=r"reshape: .*\(2, 3, 4\)"):
            t.reshape(sizes)
    with pytest.raises(RuntimeError, match="detach"):
        tensor([1.0], requires_grad=True).view(np.int32)


def test_axes_in_another_order():
    t = tensor(X)
    same(t.permute(2, 0, 1), X.transpose(2, 0, 1))
    same(t.permute((0, -1, 1)), X.transpose(0, 2, 1))
    same(t.transpose(0, -1), X.swapaxes(0, 2))
    same(t.T, X.T)
    same(t.mT, X.swapaxes(1, 2))
    same(t[0].t(), X[0].T)
    same(t.movedim(0, -1), np.moveaxis(X, 0, -1))
    assert tensor([1, 2]).t().tolist() == [1, 2] and tensor(1).t().item() == 1
    for call in (lambda: t.permute(0, 1), lambda: t.transpose(0, 3), lambda: t.movedim(0, 5),
                 lambda: t.permute(0, 0, 1)):  # fmt: skip
        with pytest.raises((ValueError, IndexError)):
            call()
    with pytest.raises(RuntimeError, match=r"t: at most two axes.*mT"):
        t.t()


def test_expand():
    t = tensor([[1.0], [2.0]], requires_grad=True)
    wide = t.expand(3, -1, 4)
    assert wide.shape == (3, 2, 4) and np.shares_memory(wide.detach().numpy(), t.detach().numpy())
    wide.sum().backward()
    same(t.grad, [[12], [12]])
    assert t.expand_as(zeros(2, 5)).shape == t.broadcast_to((2, 5)).shape == t.expand([2, 5]).shape == (2, 5)
    for sizes in ((2,), (-1, 2, 1), (3, 3), (2, -2)):
        with pytest.raises(ValueError, match=r"expand|broadcast_to"):
            t.expand(*sizes)


def test_more_shapes():
    t = tensor(X)
    assert t.unsqueeze(1).shape == (2, 1, 3, 4) and t.unsqueeze(-1).squeeze().shape == (2, 3, 4)
    assert t.unsqueeze(0).squeeze(1).shape == (1, 2, 3, 4) and zeros(1, 2, 1).squeeze((0, 2)).shape == (2,)
    assert t.flatten().shape == (24,) and t.flatten(1).shape == (2, 12) and t.flatten(0, 1).shape == (6, 4)
    assert tensor(3.0).flatten().shape == (1,) and t.ravel().shape == (24,)
    assert [p.shape for p in t.split(2, dim=1)] == [(2, 2, 4), (2, 1, 4)]
    assert [p.shape for p in t.split([1, 3], dim=-1)] == [(2, 3, 1), (2, 3, 3)]
    assert [p.shape for p in t.chunk(3, dim=2)] == [(2, 3, 2), (2, 3, 2)]
    assert [p.tolist() for p in tensor([[1, 2], [3, 4]]).unbind(1)] == [[1, 3], [2, 4]]
    same(t.flip(0, -1), X[::-1, :, ::-1])
    same(t.flip([1]), X[:, ::-1])
    same(t.repeat(2, 1, 3), np.tile(X, (2, 1, 3)))
    same(tensor([1.0, 2.0]).repeat(2, 2), [[1, 2, 1, 2]] * 2)
    same(t.narrow(1, 1, 2), X[:, 1:3])
    same(t.narrow(-1, -2, 2), X[..., -2:])
    same(t.select(1, -1), X[:, -1])
    same(t.roll(1, 0), np.roll(X, 1, 0))
    same(t.repeat_interleave(2, dim=1), np.repeat(X, 2, 1))
    for call, error in (
        (lambda: t.split(0), ValueError), (lambda: t.split([1, 1], 2), ValueError), (lambda: t.chunk(0), ValueError),
        (lambda: t.repeat(2), RuntimeError), (lambda: t.narrow(1, 2, 2), IndexError),
        (lambda: t.select(3, 0), IndexError),
        (lambda: t.select(0, 2), IndexError), (lambda: t.narrow(5, 0, 1), IndexError), (lambda: t.flip(3), IndexError),
        (lambda: tensor(1.0).select(0, 0), IndexError), (lambda: t.narrow(0, -3, 1), IndexError),
        (lambda: t.flatten(2, 1), ValueError), (lambda: t.unsqueeze(5), IndexError),
    ):  # fmt: skip
        with pytest.raises(error):
            call()


def test_unfold():
    t = tensor(np.arange(7.0), requires_grad=True)
    windows = t.unfold(0, 3, 2)
    assert windows.tolist() == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    windows.sum().backward()
    assert t.grad.tolist() == [1, 1, 2, 1, 2, 1, 1]
    assert tensor(X).unfold(1, 2, 1).shape == (2, 2, 4, 2) and tensor(X).unfold(-1, 4, 9).shape == (2, 3, 1, 4)
    for arguments in ((0, 8, 1), (0, 0, 1), (0, 3, 0)):
        with pytest.raises(ValueError, match="unfold"):
            t.unfold(*arguments)
    with pytest.raises(IndexError, match="unfold: axis 1"):
        t.unfold(1, 1, 1)


# ----------------------------------------------------------------------------------------------- reductions


def test_dim_is_also_axis():
    t = tensor(X)
    same(t.sum(dim=1, keepdim=True), X.sum(1, keepdims=True))
    same(t.sum(axis=1, keepdims=True), X.sum(1, keepdims=True))
    same(t.sum(1, True), X.sum(1, keepdims=True))
    same(t.mean((0, 2)), X.mean((0, 2)))
    same(t.mean([0, 2]), X.mean((0, 2)))
    same(t.sum(dim=[-1, 0]), X.sum((0, 2)))
    same(t.amax(axis=(0, 1)), X.max((0, 1)))
    assert t.argmax(axis=2).shape == t.argmax(dim=2).shape == (2, 3)
    assert (tensor([1, 0]) > 0).sum().item() == 1 and tensor([1, 2], dtype=np.int32).sum().dtype == np.int64
    assert tensor([1, 2]).any() and not tensor([1, 0]).all()
    with pytest.raises(TypeError, match="sum: no argument 'dimension'"):
        t.sum(dimension=0)
    for f in ("sum", "mean", "amax", "prod", "argmax", "cumsum", "logsumexp", "var", "norm", "all"):
        with pytest.raises((ValueError, IndexError)):
            getattr(t, f)(dim=3)


def test_named_results():
    t = tensor([[3.0, 1.0, 2.0], [5.0, 5.0, 4.0]], requires_grad=True)
    result = t.max(dim=1)
    assert result.values.tolist() == [3, 5] and result.indices.tolist() == [0, 0]
    values, indices = t.min(1, keepdim=True)
    assert values.tolist() == [[1], [4]] and indices.tolist() == [[1], [2]] and indices.dtype == np.int64
    result.values.sum().backward()
    assert t.grad.tolist() == [[1, 0, 0], [1, 0, 0]]
    assert t.max().item() == 5 and t.max(tensor(2.5)).tolist() == [[3, 2.5, 2.5], [5, 5, 4]]
    top = t.topk(2)
    assert top.values.tolist() == [[3, 2], [5, 5]] and top.indices.tolist() == [[0, 2], [0, 1]]
    assert t.topk(1, largest=False).values.tolist() == [[1], [4]] and t.topk(0).values.shape == (2, 0)
    assert t.sort(descending=True).values.tolist() == [[3, 2, 1], [5, 5, 4]]
    assert t.sort(0).indices.tolist() == [[0, 0, 0], [1, 1, 1]] and t.argsort().tolist() == [[1, 2, 0], [2, 0, 1]]
    with pytest.raises(ValueError, match="topk: k must be from 0 to 3"):
        t.topk(4)
    with pytest.raises((ValueError, IndexError)):
        zeros(0, 3).max(0)
    with pytest.raises((ValueError, IndexError)):
        zeros(0).max()


def test_statistics():
    t = tensor(X)
    same(t.var(), X.var(ddof=1))
    same(t.var(1), X.var(1, ddof=1))
    same(t.var(dim=1, unbiased=False), X.var(1))
    same(t.std(0, correction=0, keepdim=True), X.std(0, keepdims=True))
    same(t.var(False), X.var())
    same(t.norm(), np.linalg.norm(X))
    same(t.norm(dim=2), np.linalg.norm(X, axis=2))
    same(t.norm(1), X.sum())
    same(t.norm(INF), 23)
    same(t.norm(3, dim=0), (X**3).sum(0) ** (1 / 3))
    assert math.isnan(tensor([1.0]).var().item()) and math.isnan(zeros(0).mean().item()) and zeros(0).sum().item() == 0
    with pytest.raises(TypeError, match=r"mean: .*int64.*float\(\)"):
        tensor([1, 2]).mean()


@pytest.mark.parametrize("f", [
    lambda t: t.sum(), lambda t: t.mean(-1), lambda t: t.amax(), lambda t: t.max(1)[0], lambda t: t.sort(1)[0],
    lambda t: t.cumsum(1), lambda t: t.prod(), lambda t: t.std(), lambda t: t.logsumexp(1), lambda t: t.argmax(1),
    lambda t: t.softmax(1), lambda t: t.clamp(0, 1), lambda t: t.relu(), lambda t: t.sigmoid(), lambda t: t.argmin(),
    lambda t: t.round(), lambda t: t.maximum(t * 0), lambda t: t.norm(), lambda t: t.topk(2)[0],
])  # fmt: skip
def test_nan_and_inf_go_where_pytorch_lets_them_go(torch, f):
    for row in ([NAN, 1.0, 2.0], [INF, -INF, 0.0], [-INF, -INF, -INF], [1.0, INF, NAN]):
        ours, theirs = f(tensor([row, [1.0, 2.0, 3.0]])), f(torch.tensor([row, [1.0, 2.0, 3.0]]))
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)


# ------------------------------------------------------------------------------------ operators and comparisons


_NUMBERS = [2, 2.5, True, np.float32(2), np.float64(2.5), np.int64(3), np.int8(3), np.bool_(True),
            np.array([2.0, 3.0], np.float32), np.array([1, 2]), np.array(2.0), np.array([[1.5], [2.5]])]  # fmt: skip
_OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
              operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]  # fmt: skip


@pytest.mark.parametrize("number", _NUMBERS, ids=repr)
@pytest.mark.parametrize("f", _OPERATORS)
def test_operators_with_numbers_and_arrays_on_both_sides(f, number):
    a = np.array([1.5, 4.0], np.float32)
    t = tensor(a)
    for ours, theirs in ((f(t, number), f(a, number)), (f(number, t), f(number, a))):
        assert isinstance(ours, Tensor), (type(number), f)
        same(ours, theirs)
        compared = f in _OPERATORS[7:]
        wide = getattr(number, "ndim", 0) and number.dtype == np.float64
        assert ours.dtype == (np.bool_ if compared else np.float64 if wide else np.float32)


@pytest.mark.parametrize("number", _NUMBERS, ids=repr)
@pytest.mark.parametrize("f", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow])
def test_operators_with_numbers_on_both_sides_have_a_derivative(f, number):
    a = np.array([1.5, 4.0])
    for flip in (False, True):
        def g(x, flip=flip):
            return f(number, x) if flip else f(x, number)

        x = tensor(a, requires_grad=True)
        (slope,) = grad(g(x).sum(), x)
        assert slope.dtype == np.float64
        step = 1e-6
        wide = np.asarray(number, np.float64)
        high, low = (f(wide, a + step), f(wide, a - step)) if flip else (f(a + step, wide), f(a - step, wide))
        expected = (high - low) / (2 * step)
        same(slope, expected if expected.ndim == 1 else expected.sum(0), rtol=1e-5)


def test_matmul_operators():
    a = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    t = tensor(a)
    for result in (t @ t, t @ a, a @ t, t.matmul(t), t.mm(t)):
        same(result, a @ a)
    for call in (lambda: t @ 2, lambda: 2 @ t):
        with pytest.raises((TypeError, ValueError), match="matmul"):
            call()


def test_unary_operators():
    t = tensor([1.5, -2.0])
    same(-t, [-1.5, 2])
    same(+t, [1.5, -2])
    same(abs(t), [1.5, 2])
    assert (~tensor([True, False])).tolist() == [False, True] and (~tensor([0, 5])).tolist() == [-1, -6]
    assert (tensor([6, 3]) & 2).tolist() == [2, 2] and (tensor([True]) | tensor([False])).tolist() == [True]
    assert (tensor([True]) ^ True).tolist() == [False]
    with pytest.raises(TypeError):
        tensor([1.0]) & tensor([1.0])


def test_comparisons_with_what_is_no_number():
    t = tensor([1.0, 2.0])
    assert (t == None) is False and (t != None) is True  # noqa: E711
    assert (t == "a") is False and t is not None and (t == [1.0, 2.0]) is False
    assert t.equal(tensor([1.0, 2.0])) and not t.equal(tensor([1.0])) and t.allclose(t + 1e-7)
    assert len({t, t}) == 1 and {t: 1}[t] == 1
    for call in (lambda: t + None, lambda: None * t, lambda: t + "a", lambda: t - [1.0, 2.0], lambda: t * 1j,
                 lambda: t + object(), lambda: t / {}, lambda: np.array(["a", "b"]) + t):  # fmt: skip
        with pytest.raises((TypeError, ValueError)):
            call()


def test_integers_divide_to_floats_and_floor():
    assert (tensor([7]) / 2).item() == 3.5 and (tensor([7]) / 2).dtype == np.float32
    assert (tensor([-7]) // 2).item() == -4 and (tensor([-7]) % 3).item() == 2
    assert tensor([-7.0]).div(2, rounding_mode="trunc").item() == -3
    assert tensor([-7.0]).div(2, rounding_mode="floor").item() == -4
    with pytest.raises(ValueError, match="rounding_mode"):
        tensor([1.0]).div(2, rounding_mode="up")


def test_clamp_and_where():
    t = tensor([-1.0, 0.5, 2.0])
    same(t.clamp(0, 1), [0, 0.5, 1])
    same(t.clamp(min=0), [0, 0.5, 2])
    same(t.clamp(max=tensor([0.0, 0.0, 3.0])), [-1, 0, 2])
    same(t.where(t > 0, 0), [0, 0.5, 2])
    with pytest.raises(ValueError, match="at least one of min and max"):
        t.clamp()


# --------------------------------------------------------------------------------------------------- indexing


@pytest.mark.parametrize("key", [
    0, -1, (0, 1), (0, 1, 2), slice(1, None), (slice(None), 1), (..., 0), (None, 0), (0, None, ..., 1), [0, 1],
    ([0, 1], [2, 0]),
    (slice(None), [0, 0, 2]), np.array([1, 0]), np.int64(1), X[..., 0] > 5, (X > 5),
    (slice(None), np.array([True, False, True])),
    ([0, 1], slice(1, 3), [0, 3]), slice(None, None, 2), (slice(None), slice(None), slice(-1, 0, -2)), [],
    (slice(5, 9),),
    (0, slice(2, 2)), ..., (), None, [[0, 1], [1, 0]], True,
], ids=str)  # fmt: skip
def test_indexing_is_numpys_and_has_a_derivative(key):
    x = tensor(X, requires_grad=True)
    picked = x[key]
    expected = X[key]
    assert picked.shape == expected.shape and picked.dtype == np.float32
    same(picked, expected)
    (picked * 2).sum().backward()
    counts = np.zeros_like(X)
    if not (isinstance(key, list) and key == []):
        np.add.at(counts, key, 2)
    same(x.grad, counts)


def test_basic_indexing_gives_views():
    t = tensor(X)
    for key in (0, (0, 1, 2), slice(1, None), (..., 0), None, (slice(None), 1)):
        assert np.shares_memory(t[key].numpy(), t.numpy()), key
    t[0, 0, 0].fill_(9)
    assert t.numpy()[0, 0, 0] == 9
    assert not np.shares_memory(t[[0]].numpy(), t.numpy())


def test_indexing_with_tensors():
    t = tensor(X)
    same(t[tensor([1, 0]), tensor(2)], X[[1, 0], 2])
    same(t[tensor([True, False])], X[[True, False]])
    same(t[t > 20], X[X > 20])
    same(t[[tensor(0), tensor(1)]], X[[0, 1]])
    with pytest.raises(IndexError, match="integers or booleans, got a tensor of dtype float32"):
        t[tensor([0.0])]


@pytest.mark.parametrize("key", [5, (0, 5), (0, 0, 0, 0), [7], np.array([0.5]), 1.0, "a", np.array([True, False, True]),
                                 slice(None, None, 0), (..., ...), np.zeros((2, 3, 5), bool)], ids=str)  # fmt: skip
def test_bad_indices(key):
    for t in (tensor(X), tensor(X, requires_grad=True)):
        with pytest.raises((IndexError, ValueError), match=r"getitem|index"):
            t[key]
        with pytest.raises((IndexError, ValueError, RuntimeError)):
            t[key] = 0.0


def test_gathering():
    t = tensor([[1.0, 2.0], [3.0, 4.0]])
    assert t.gather(1, tensor([[0, 0], [1, 0]])).tolist() == [[1, 1], [4, 3]]
    assert t.index_select(0, tensor([1, 1])).tolist() == [[3, 4], [3, 4]]
    assert t.masked_select(t > 2).tolist() == [3, 4] and t.masked_fill(t > 2, 0).tolist() == [[1, 2], [0, 0]]
    assert t.nonzero().tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert zeros(2, 2).scatter_add(0, tensor([[0, 0]]), t).tolist() == [[1, 2], [0, 0]]
    with pytest.raises((IndexError, ValueError)):
        t.gather(1, tensor([[5]]))
    with pytest.raises((IndexError, TypeError, ValueError)):
        t.gather(1, tensor([[0.5]]))


# ---------------------------------------------------------------------------------------- unusual but right


_METHODS = [
    lambda t: t.sum(), lambda t: t.exp(), lambda t: t * t, lambda t: t.reshape(-1), lambda t: t.T, lambda t: t.sum(0),
    lambda t: t.mean(1), lambda t: t.relu(), lambda t: t.softmax(-1), lambda t: t.cumsum(1), lambda t: t.sort(1)[0],
    lambda t: t.flip(0), lambda t: t.clamp(0, 1), lambda t: t @ t.T, lambda t: t.norm(), lambda t: t[:, ::2],
    lambda t: t.var(1), lambda t: np.concatenate([t, t]), lambda t: t.where(t > 0, 0), lambda t: t.roll(1, 0),
    lambda t: t.prod(0), lambda t: t.logsumexp(1), lambda t: t.expand(2, *t.shape), lambda t: t.tril(),
    lambda t: t.tanh(),
]  # fmt: skip


@pytest.mark.parametrize("f", _METHODS)
def test_layouts_do_not_matter(f):
    rng = np.random.default_rng(0)
    wide = rng.standard_normal((6, 8))
    for a in (wide[::2, ::2], wide.T[:3, :4], np.asfortranarray(wide[:3, :4]), wide[::-1, ::-1][:3, :4]):
        results = []
        for data in (a, np.ascontiguousarray(a)):
            x = from_numpy(data).requires_grad_()
            y = f(x)
            (y * y).sum().backward()
            results.append((y.detach().numpy(), x.grad.numpy()))
        for strange, plain in zip(*results, strict=True):
            np.testing.assert_allclose(strange, plain, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
@pytest.mark.parametrize("f", _METHODS)
def test_nothing_is_handled(f, shape):
    x = zeros(shape, requires_grad=True)
    try:
        y = f(x)
    except (ValueError, IndexError) as error:
        assert str(error)
        return
    y.sum().backward()
    assert x.grad.shape == shape


# ---------------------------------------------------------------------------------------------- names not there


def test_names_that_are_not_there():
    t = tensor([1.0])
    with pytest.raises(AttributeError, match=r"a Tensor has no 'softmaxx'; nearest: .*softmax"):
        _ = t.softmaxx
    assert not hasattr(t, "__array_interface__") and not hasattr(t, "__length_hint__")

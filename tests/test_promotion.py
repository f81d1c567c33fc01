"""PyTorch's type promotion, over all pairs of dtypes, with arrays, 0-d arrays and numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import promotion, tensor

NAMES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
NUMBERS = [True, 3, 2.5]

# What two arrays with dimensions share: row by column, in the order of NAMES; b bool, u uint8, 1 int8, 2 int16 ...
_LETTERS = dict(zip("bu1248hfd", NAMES, strict=True))
_TABLE = ["bu1248hfd", "uu2248hfd", "121248hfd", "222248hfd", "444448hfd", "888888hfd", "hhhhhhhfd", "fffffffff",
          "ddddddddd"]  # fmt: skip


def _table(a: str, b: str) -> str:
    i, j = sorted((NAMES.index(a), NAMES.index(b)))
    return "float64" if "float64" in (a, b) else _LETTERS[_TABLE[i][j]]


def _category(dtype) -> int:
    return "bif".index({"u": "i"}.get(np.dtype(dtype).kind, np.dtype(dtype).kind))


def _of(operand):
    """The dtype and rank (array 0, 0-d array 1, number 2) of an operand."""
    if isinstance(operand, np.ndarray):
        return operand.dtype.name, int(operand.ndim == 0)
    return {bool: "bool", int: "int64", float: "float32"}[type(operand)], 2


def _expected(x, y) -> str:
    (a, rank_a), (b, rank_b) = sorted((_of(x), _of(y)), key=lambda pair: pair[1])
    if rank_a == rank_b:
        return _table(a, b)
    return b if _category(b) > _category(a) else a


OPERANDS = [np.ones((2,), n) for n in NAMES] + [np.ones((), n) for n in NAMES] + NUMBERS


def _pairs():
    return [(x, y) for x, y in itertools.product(OPERANDS, repeat=2) if isinstance(x, np.ndarray)]


def test_result_type_over_all_pairs():
    for x, y in _pairs():
        assert promotion.result_type(x, y) == _expected(x, y), (x, y)
        assert promotion.result_type(y, x) == _expected(x, y), (y, x)


def test_result_type_is_pytorchs():
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs it installed")
    for x, y in _pairs():
        theirs = torch.result_type(torch.from_numpy(x), torch.from_numpy(y) if isinstance(y, np.ndarray) else y)
        assert str(theirs) == f"torch.{promotion.result_type(x, y)}", (x, y)


def test_arithmetic_over_all_pairs():
    for x, y in _pairs():
        for left, right in ((x, y), (y, x)):
            left, right = (tensor(v) if isinstance(v, np.ndarray) else v for v in (left, right))
            assert (left + right).dtype == _expected(x, y), (left, right)
            assert (left * right).dtype == _expected(x, y), (left, right)
            quotient = left / right
            assert quotient.dtype == (_expected(x, y) if "float" in _expected(x, y) else "float32"), (left, right)


@pytest.mark.parametrize("name", NAMES)
def test_functions_of_one_argument(name):
    for shape in ((2,), ()):
        t = tensor(np.ones(shape, name))
        assert t.exp().dtype == (name if "float" in name else "float32")
        assert (t.sum().dtype if "u" not in name else np.dtype(np.int64)) == (name if "float" in name else "int64")


def test_numpy_scalars_count_as_numbers():
    one, many, whole = tensor(1.0), tensor([1.0]), tensor([1])
    for scalar in (np.float64(2), np.float32(2), np.int64(2), np.int8(2), np.bool_(True)):
        for t in (one, many):
            assert (t * scalar).dtype == (scalar * t).dtype == np.float32, type(scalar)
    assert (whole * np.float64(2)).dtype == np.float32 and (whole * np.int8(2)).dtype == np.int64
    assert (tensor(np.float64(1)) * np.float32(2)).dtype == np.float64


def test_three_operands_and_arguments_left_out():
    assert promotion.result_type(np.ones(1, "i4"), np.ones((), "f8"), 2.5) == "float64"
    assert promotion.result_type(np.ones(1, "i4"), None, 2.5) == "float32"
    assert promotion.result_type(1, 2) == "int64" and promotion.result_type(1, 2.0) == "float32"
    assert promotion.result_type() == "float32"
    c = tensor([True, False])
    assert tg.where(c, tensor([1, 2]), 0.5).dtype == np.float32
    assert tg.where(c, tensor([1.0, 2.0]), tensor([1.0, 2.0], dtype=np.float64)).dtype == np.float64


def test_gradients_come_back_in_the_dtype_they_left():
    x, y = tensor([1.0, 2.0], requires_grad=True), tensor([1.0, 2.0], dtype=np.float64, requires_grad=True)
    h = tensor([1.0], dtype=np.float16, requires_grad=True)
    (x * y * h + tensor([1, 2])).sum().backward()
    assert (x.grad.dtype, y.grad.dtype, h.grad.dtype) == (np.float32, np.float64, np.float16)


@pytest.mark.parametrize("strange", ["a", [1.0, 2.0], 1j, np.complex64(1), np.ones(2, complex), np.array([None, 1]),
                                     np.array(["a", "b"]), object(), {}])  # fmt: skip
def test_what_is_no_number(strange):
    for t in (tensor([1.0, 2.0]), tensor([1, 2]), tensor(1.0), tensor([True, False])):
        for f in (lambda t=t: t + strange, lambda t=t: t * strange, lambda t=t: t / strange):
            with pytest.raises((TypeError, ValueError)):
                f()


def test_even_says_when_nothing_needs_a_cast():
    f, i, d = np.ones(2, "f4"), np.ones(2, "i8"), np.ones(2, "f8")
    for arrays, floating, expected in (
        ([f, f], False, True), ([f, 2.0], True, True), ([f, 2], True, True), ([f, d], False, False),
        ([i, 2], False, True), ([i, 2.0], False, False), ([i, i], True, False), ([f, None], False, True),
        ([f, "a"], False, False),
        ([i, True], False, True), ([np.ones(2, bool), 1], False, False), ([f, np.float32(2)], False, True),
    ):  # fmt: skip
        assert promotion.even(arrays, floating) is expected, arrays

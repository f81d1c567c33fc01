"""Golden messages: what failed, what was expected and what came, what to do. Word by word, so that a change is seen."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import grad, no_grad, tensor

X = tensor(np.ones((2, 3), np.float32))
P = tensor(np.ones((2, 3), np.float32), requires_grad=True)

GOLDEN = {
    "matmul": (
        lambda: X @ X, ValueError, "matmul: inner sizes must agree, got (2, 3) @ (2, 3); transpose one operand?",
    ),
    "broadcast": (
        lambda: X + tensor([1.0, 2.0]), ValueError,
        "add: shapes must be equal, or 1 where they differ (counted from the right); add an axis, or transpose "
        "one; got shapes (2, 3), (2,)",
    ),
    "dtypes of a product": (
        lambda: X @ tensor(np.ones((3, 1))), TypeError,
        "matmul: the tensors must have one dtype, got float32 and float64; convert one of them, e.g. x.to(y.dtype)",
    ),
    "integer leaf": (
        lambda: tensor([1], requires_grad=True), RuntimeError,
        "only floating tensors can require grad, got dtype int64; convert it first, e.g. tensor(data, dtype=float32)",
    ),
    "mean of integers": (
        lambda: tensor([1, 2]).mean(), TypeError,
        "mean: floating numbers expected, got int64; convert first, e.g. x.float().mean()",
    ),
    "backward of many": (
        lambda: (P * 2).backward(), RuntimeError,
        "backward: a gradient can be created by itself only for a single number, got a tensor of shape (2, 3); sum it "
        "first, or pass gradient=",
    ),
    "no graph": (
        lambda: X.sum().backward(), RuntimeError,
        "backward: the tensor does not require grad and has no grad_fn: nothing was recorded. Was it computed under "
        "no_grad, detached, or from tensors without requires_grad=True?",
    ),
    "unused input": (
        lambda: grad(P.sum(), [P, tensor(1.0, requires_grad=True)]), RuntimeError,
        "grad: one of the inputs was not used to compute the outputs; pass allow_unused=True to get None for it",
    ),
    "array of a leaf": (
        lambda: np.asarray(P), RuntimeError,
        "a tensor that requires grad does not turn into an array by itself, since its derivative would be lost; use "
        "t.detach().numpy()",
    ),
    "numpy of a leaf": (
        lambda: P.numpy(), RuntimeError,
        "numpy(): this tensor requires grad, and its derivative would be lost; use .detach().numpy()",
    ),
    "out=": (
        lambda: np.add(P, 1, out=np.zeros((2, 3))), TypeError,
        "np.add: out= would write past the graph; use the value that is returned, or compute on .detach().numpy()",
    ),
    "leaf in place": (
        lambda: P.add_(1), RuntimeError,
        "add_: a leaf that requires grad was written in place, but its gradient belongs to the value it had. Write "
        "under no_grad(), or through .data, or compute a new tensor",
    ),
    "view of a leaf in place": (
        lambda: P[0].mul_(2), RuntimeError,
        "mul_: a view of a leaf that requires grad was written in place, but its gradient belongs to the value it had. "
        "Write under no_grad(), or through .data, or compute a new tensor",
    ),
    "expanded in place": (
        lambda: tensor([1.0]).expand(3).add_(1), RuntimeError,
        "add_: this tensor cannot be written to: several of its numbers may share one place in memory (expand), "
        "or its array is read-only; clone() it first",
    ),
    "dtype in place": (
        lambda: tensor([1]).mul_(1.5), TypeError,
        "mul_: a result of dtype float32 does not fit into a tensor of dtype int64; use the op that returns a new "
        "tensor",
    ),
    "shape in place": (
        lambda: tensor([1.0]).add_(tensor([1.0, 2.0])), ValueError,
        "add_: the result must fit into the tensor it is written to, expected (1,), got (2,); use the op that returns "
        "a new tensor",
    ),
    "item": (lambda: X.item(), RuntimeError, "item: one number expected, got a tensor of shape (2, 3); use .tolist()"),
    "truth": (
        lambda: bool(X), RuntimeError, "the truth of a tensor of shape (2, 3) is ambiguous; use .any() or .all()",
    ),
    "len": (lambda: len(tensor(1)), TypeError, "len() of a 0-d tensor, which holds one number; use .item()"),
    "iteration": (
        lambda: list(tensor(1)), TypeError, "iteration over a 0-d tensor, which holds one number; use .item()",
    ),
    "view": (
        lambda: X.T.view(6), RuntimeError,
        "view: a tensor of shape (3, 2) with these strides has no view of shape (6,); use reshape, which copies",
    ),
    "reshape": (
        lambda: X.reshape(4), ValueError,
        "reshape: cannot reshape array of size 6 into shape (4,); got shapes (2, 3)",
    ),
    "expand": (
        lambda: X.expand(3), ValueError,
        "expand: one length for each of 2 axes expected (-1 keeps it), with new ones in front, got (3,) for "
        "shape (2, 3)",
    ),
    "axis": (
        lambda: X.select(2, 0), IndexError, "select: axis 2 does not exist, the tensor has 2 axes",
    ),
    "index": (
        lambda: X[2], IndexError,
        "getitem: index 2 is out of bounds for axis 0 with size 2; got shapes (2, 3)",
    ),
    "float index": (
        lambda: X[tensor(1.0)], IndexError,
        "an index must be of integers or booleans, got a tensor of dtype float32",
    ),
    "unknown argument": (
        lambda: X.sum(dimension=0), TypeError,
        "sum: no argument 'dimension'; it takes x, dim, keepdim, dtype",
    ),
    "too many arguments": (lambda: X.exp(1, 2), TypeError, "exp: at most 1 arguments, got 3"),
    "device": (lambda: X.to("cuda"), RuntimeError, "to: the only device here is 'cpu', got 'cuda'"),
    "ragged": (
        lambda: tensor([1, None]), TypeError, None,
    ),
    "deepcopy": (
        lambda: __import__("copy").deepcopy(P * 2), RuntimeError,
        "deepcopy: only leaves can be copied, and this tensor was computed by mul; copy .detach(), or use .clone()",
    ),
    "pickle": (
        lambda: __import__("pickle").dumps(P * 2), RuntimeError,
        "pickle: only leaves travel between processes, and this tensor was computed by mul; send .detach()",
    ),
    "retain_grad": (
        lambda: X.retain_grad(), RuntimeError, "retain_grad: this tensor does not require grad",
    ),
    "stop requiring": (
        lambda: (P * 2).requires_grad_(False), RuntimeError,
        "only a leaf can stop requiring grad, and this tensor was computed by mul; use .detach()",
    ),
    "static tensor": (
        lambda: X.sum(dim=tensor(1.0, requires_grad=True)), TypeError,
        "sum: dim is a fixed setting and has no derivative here, but the tensor given requires grad; pass dim.detach()",
    ),
    "topk": (lambda: X.topk(4), ValueError, "topk: k must be from 0 to 3, the length of axis -1, got 4"),
    "split": (
        lambda: X.split([1, 3]), ValueError, "split: the lengths must add up to 2, the size of axis 0, got [1, 3]",
    ),
    "dot": (
        lambda: X[0].dot(X), ValueError, "dot: two vectors of one length expected, got (3,) and (2, 3); use matmul",
    ),
    "clamp": (lambda: X.clamp(), ValueError, "clamp: at least one of min and max is needed, got neither"),
    "stack": (
        lambda: tg.stack([X, X[0]]), ValueError,
        "stack: tensors of one shape expected, got [(2, 3), (3,)]; cat joins along an axis that exists",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOLDEN)
def test_the_message(name):
    call, kind, text = GOLDEN[name]
    with pytest.raises(kind) as error:
        call()
    assert isinstance(error.value, kind)
    if text is not None:
        assert str(error.value) == text


def test_a_second_walk():
    y = (P * P).sum(); y.backward()  # noqa: E702
    P.grad = None
    with pytest.raises(RuntimeError) as error:
        y.backward()
    line = test_a_second_walk.__code__.co_firstlineno + 1
    assert str(error.value) == (
        f"backward: <mul at {__file__}:{line}> was already walked, and its saved values were freed. To walk a graph a "
        "second time, pass retain_graph=True to the first backward() or grad(); to accumulate over several losses, sum "
        "them first"
    )


def test_a_value_that_was_overwritten():
    x = tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    with no_grad():
        x.zero_()
    with pytest.raises(RuntimeError) as error:
        y.backward()
    line = test_a_value_that_was_overwritten.__code__.co_firstlineno
    assert str(error.value) == (
        "mul: a value of shape (2,) that its derivative needs was overwritten.\n"
        f"  saved by mul at {__file__}:{line + 2}\n"
        f"  overwritten at {__file__}:{line + 4}\n"
        "write after backward(), or compute a new tensor instead of writing in place"
    )


@pytest.mark.parametrize("call", [
    lambda: X @ X, lambda: X + tensor([1.0, 2.0]), lambda: X.reshape(7), lambda: X.view(4, 2), lambda: X.expand(3, 3),
    lambda: tg.cat([X, tg.ones(3, 2)]), lambda: tg.stack([X, P[0]]), lambda: tg.einsum("ij,jk->ik", X, X),
    lambda: tg.mm(X, X), lambda: tg.bmm(X, X), lambda: tg.dot(X, X), lambda: X.topk(9), lambda: X.chunk(0),
    lambda: X.split([1, 2, 3]), lambda: X.unflatten(0, (3, 3)), lambda: tg.ones(-1), lambda: X.item(), lambda: float(X),
    lambda: tg.nn.Linear(2, 3)(X), lambda: tg.linalg.inv(X),
])  # fmt: skip
def test_shapes_are_pytorchs_error_and_pythons(call):
    for kind in (RuntimeError, ValueError):
        with pytest.raises(kind):
            call()


@pytest.mark.parametrize("call, kinds, words", [
    (lambda: tensor([1, 2]).add_(1.5), (RuntimeError, TypeError), "does not fit into a tensor of dtype int64"),
    (lambda: X @ X.double().T, (RuntimeError, TypeError), "must have one dtype"),
    (lambda: tensor([1, 2]).mean(), (RuntimeError, TypeError), "floating numbers expected"),
    (lambda: tg.sum([1, 2]), (TypeError,), "sum: a tensor expected, got list"),
    (lambda: tg.max(3), (TypeError,), "max: a tensor expected, got int"),
    (lambda: X.masked_fill(tensor([0, 1, 1]), 1.0), (RuntimeError,), "a mask of booleans expected, got dtype int64"),
    (lambda: tg.where(X, X, X), (RuntimeError,), "a condition of booleans expected, got dtype float32"),
    (lambda: tg.cumsum(X), (TypeError,), "cumsum: argument 'dim' is missing"),
    (lambda: tg.device("gpu"), (RuntimeError,), "there are cpu, cuda"),
    (lambda: tg.inverse(tg.zeros(2, 2)), (tg.linalg.LinAlgError, RuntimeError, ValueError), "inv: Singular matrix"),
    (lambda: tg.linalg.cholesky(-tg.eye(2)), (tg.linalg.LinAlgError, np.linalg.LinAlgError), "not positive definite"),
])  # fmt: skip
def test_no_mistake_goes_silently(call, kinds, words):
    for kind in kinds:
        with pytest.raises(kind, match=words):
            call()

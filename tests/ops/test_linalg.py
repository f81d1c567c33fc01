"""Products at their edges: every rank of matmul, einsum's whole language, empty sums, messages."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import tensor
from tinygrad_edu.autograd import gradcheck, gradgradcheck
from tinygrad_edu.ops import linalg


def random(*shape, **options):
    return tensor(np.random.default_rng(sum(shape)).uniform(-1, 1, shape), **options)


# ------------------------------------------------------------------------------------------------------ matmul


RANKS = [
    ((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((2, 3), (3, 2)), ((4, 2, 3), (3, 2)), ((2, 3), (4, 3, 2)),
    ((4, 2, 3), (3,)), ((3,), (4, 3, 2)), ((4, 2, 3), (4, 3, 2)), ((4, 1, 2, 3), (5, 3, 2)), ((1, 2, 3), (4, 3, 2)),
    ((2, 0), (0, 3)), ((0, 2), (2, 3)), ((0, 2, 3), (3, 2)), ((0,), (0,)), ((1, 1), (1, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), RANKS)
def test_matmul_at_every_rank(left, right):
    x, y = random(*left, requires_grad=True), random(*right, requires_grad=True)
    z = x @ y
    np.testing.assert_allclose(z.detach().numpy(), x.detach().numpy() @ y.detach().numpy(), rtol=1e-12, atol=1e-15)
    z.sum().backward()
    assert x.grad.shape == left and y.grad.shape == right
    if z.numel():
        assert gradcheck(linalg.matmul, (x, y)) and gradgradcheck(linalg.matmul, (x, y))


def test_an_array_times_a_tensor():
    x = random(3, 2, requires_grad=True)
    z = np.ones((4, 3)) @ x
    assert isinstance(z, tg.Tensor) and z.shape == (4, 2)
    z.sum().backward()
    assert x.grad.tolist() == [[4, 4]] * 3


def test_integers_multiply():
    assert (tensor([[1, 2]]) @ tensor([[3], [4]])).tolist() == [[11]]


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: random(2, 3) @ random(2, 3), ValueError,
         "matmul: inner sizes must agree, got (2, 3) @ (2, 3); transpose one operand?"),
        (lambda: random(3) @ random(2), ValueError,
         "matmul: inner sizes must agree, got (3,) @ (2,); transpose one operand?"),
        (lambda: tensor(2.0) @ random(2), (ValueError, TypeError), "matmul: "),
        (lambda: random(2) @ tensor(2.0, dtype=np.float64), ValueError,
         "matmul: at least one axis each, got (2,) @ (); use * for numbers"),
        (lambda: random(2, 2) @ 2.0, (ValueError, TypeError), "matmul: "),
        (lambda: random(2, 2, 3) @ random(3, 3, 2), ValueError, "matmul: "),
        (lambda: random(2, 2).float() @ random(2, 2), TypeError, "matmul: the tensors must have one dtype, got "),
        (lambda: linalg.dot(random(2), random(3)), ValueError,
         "dot: two vectors of one length expected, got (2,) and (3,); use matmul"),
        (lambda: linalg.linear(random(2, 3), random(4, 2)), ValueError,
         "linear: x must end in the number of inputs, expected (..., 2), got (2, 3) with weight (4, 2)"),
        (lambda: tg.einsum("ij,jk->ik", random(2, 3)), ValueError,
         "einsum: 'ij,jk->ik' names 2 operands, got 1"),
        (lambda: tg.einsum("ij->i", random(2)), ValueError, "einsum: 'ij' names 2 axes, the operand has 1"),
        (lambda: tg.einsum("ij->ik", random(2, 3)), ValueError, "einsum: cannot read 'ij->ik'"),
        (lambda: tg.einsum("i1->i", random(2, 3)), ValueError, "einsum: cannot read 'i1->i'"),
        (lambda: tg.einsum("ii->i", random(2, 3)), ValueError,
         "einsum: letter 'i' stands for lengths 2 and 3 in 'ii->i'"),
        (lambda: tg.einsum("ij,jk->ik", random(2, 3), random(2, 3)), ValueError, "einsum: "),
    ],
)  # fmt: skip
def test_messages(call, kind, message):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value).startswith(message)


# ------------------------------------------------------------------------------------------------------ einsum


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ij->ji", (2, 3)), ("ba", (2, 3)), ("ij->", (2, 3)),
    ("ij->j", (2, 3)), ("ii->i", (3, 3)), ("ii", (3, 3)), ("ii->", (3, 3)), ("iij->ij", (2, 2, 3)),
    ("iji->j", (2, 3, 2)),
    ("iii->i", (2, 2, 2)), ("i,i->", (3,), (3,)), ("i,j->ij", (2,), (3,)), ("i,i->i", (3,), (3,)),
    ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)), ("...ij,...jk->...ik", (2, 2, 3), (2, 3, 2)),
    ("...ij,...jk->...ik", (4, 1, 2, 3), (2, 3, 2)), ("...ij,jk->...ik", (4, 2, 3), (3, 2)), ("...i->...", (2, 3)),
    ("...->...", (2, 3)), ("i...,i...->...", (2, 3), (2, 3)), ("ij,j,k->ik", (2, 3), (3,), (2,)),
    ("ij,jk,kl->il", (2, 3), (3, 2), (2, 4)), ("ii,ij->j", (2, 2), (2, 3)), ("ij,kl->il", (2, 3), (2, 3)),
    ("...ii->...i", (2, 3, 3)), ("...,...->...", (2, 3), (3,)), ("Ab,bC->AC", (2, 3), (3, 2)), (" i j -> j i ", (2, 3)),
    ("bi,bi->b", (1, 3), (2, 3)), ("ij,->ij", (2, 2), ()),
]  # fmt: skip


@pytest.mark.parametrize("arguments", EINSUMS, ids=lambda a: a[0])
def test_einsum(arguments):
    subscripts, *shapes = arguments
    xs = [random(*s, requires_grad=True) for s in shapes]
    z = tg.einsum(subscripts, *xs)
    np.testing.assert_allclose(z.detach().numpy(), np.einsum(subscripts, *(x.detach().numpy() for x in xs)), atol=1e-14)
    assert gradcheck(lambda *xs: tg.einsum(subscripts, *xs), xs)
    assert gradgradcheck(lambda *xs: tg.einsum(subscripts, *xs), xs)


def test_einsum_takes_a_list_and_answers_for_numpy():
    x, y = random(2, 3), random(3, 2)
    np.testing.assert_allclose(tg.einsum("ij,jk->ik", [x, y]).numpy(), (x @ y).numpy())
    assert isinstance(np.einsum("ij,jk->ik", x, y), tg.Tensor)


# ------------------------------------------------------------------------------------------------- their relatives


@pytest.mark.parametrize(
    ("function", "left", "right"),
    [
        (np.inner, (2, 3), (4, 3)), (np.inner, (3,), (3,)), (np.outer, (2,), (3,)), (np.vdot, (2, 3), (2, 3)),
        (np.dot, (3,), (3,)), (np.dot, (2, 3), (3, 2)), (np.tensordot, (2, 3, 4), (3, 4, 2)),
        (lambda x, y: np.tensordot(x, y, 1), (2, 3), (3, 2)), (lambda x, y: np.tensordot(x, y, 0), (2,), (3,)),
        (lambda x, y: np.tensordot(x, y, ([0, 1], [1, 0])), (2, 3, 4), (3, 2)),
        (lambda x, y: np.tensordot(x, y, (-1, 0)), (2, 3), (3, 2)),
    ],
)  # fmt: skip
def test_products_of_numpy_answer_for_tensors(function, left, right):
    x, y = random(*left, requires_grad=True), random(*right, requires_grad=True)
    z = function(x, y)
    np.testing.assert_allclose(z.detach().numpy(), function(x.detach().numpy(), y.detach().numpy()), atol=1e-14)
    assert gradcheck(function, (x, y))


def test_linear_without_a_bias_and_with_many_leading_axes():
    x, w, b = random(2, 4, 3, requires_grad=True), random(5, 3, requires_grad=True), random(5, requires_grad=True)
    np.testing.assert_allclose(linalg.linear(x, w, b).detach().numpy(), (x @ w.T + b).detach().numpy(), atol=1e-14)
    np.testing.assert_allclose(linalg.linear(x, w).detach().numpy(), (x @ w.T).detach().numpy(), atol=1e-14)
    assert gradcheck(linalg.linear, (x, w, b)) and gradcheck(linalg.linear, (x, w))


def test_linear_does_not_write_its_bias_into_anything():
    x, w, b = random(2, 3), random(5, 3), random(5)
    kept = [a.numpy().copy() for a in (x, w, b)]
    linalg.linear(x, w, b)
    for a, k in zip((x, w, b), kept, strict=True):
        np.testing.assert_array_equal(a.numpy(), k)

"""Indexing at its edges: repeats, masks, empty indices, gathering and scattering, messages."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import tensor


def counted(*shape, **options):
    return tensor(np.arange(float(np.prod(shape))).reshape(shape), **options)


INDICES = [
    0, -1, slice(None, None, -1), slice(0, 2), (slice(None), 1), (..., 0), (None, 0), (1, 2), [0, 2, 0], [[0], [1]],
    ([0, 1], [2, 3]), (slice(None), [1, 1]), np.array([True, False, True]), np.array([], np.int64), [],
    ([0, 1], slice(None), None), (np.array([[0], [2]]), np.array([1, 3])), (Ellipsis, np.array([True, False] * 2)),
    np.arange(12).reshape(3, 4) % 2 == 0, (), Ellipsis, None, np.int64(1), slice(3, 3), True, False,
]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_reads_as_numpy_does(index):
    x = counted(3, 4, requires_grad=True)
    z = x[index]
    np.testing.assert_array_equal(z.detach().numpy(), x.detach().numpy()[index])
    z.sum().backward()
    wanted = np.zeros((3, 4))
    np.add.at(wanted, index, 1.0)
    np.testing.assert_array_equal(x.grad.numpy(), wanted)


def test_a_tensor_is_an_index():
    x = counted(3, requires_grad=True)
    assert x[tensor([2, 0])].tolist() == [2, 0]
    assert x[tensor(1)].item() == 1
    assert x[x > 0.5].tolist() == [1, 2]


def test_repeated_places_add_up():
    x = counted(3, requires_grad=True)
    (x[[1, 1, 1]] * tensor([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [0, 111, 0]


def test_repeats_and_second_derivatives():
    x = tensor([1.0, 2.0], dtype=np.float64, requires_grad=True)
    (first,) = tg.grad((x[[0, 0, 1]] ** 3).sum(), x, create_graph=True)
    (second,) = tg.grad(first.sum(), x)
    assert second.tolist() == [12, 12]


def test_third_derivatives_through_an_index():
    x = tensor([1.0, 2.0], dtype=np.float64, requires_grad=True)
    (first,) = tg.grad((x[[0, 0, 1]] ** 3).sum(), x, create_graph=True)
    (second,) = tg.grad(first.sum(), x, create_graph=True)
    (third,) = tg.grad(second.sum(), x)
    assert third.tolist() == [12, 6]


def test_iterating_gives_rows():
    x = counted(2, 3, requires_grad=True)
    a, b = x
    (a * b).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [[3, 4, 5], [0, 1, 2]])


# --------------------------------------------------------------------------------------------------- writing


def test_writing_is_differentiable_in_both():
    x, y = counted(4, requires_grad=True), tensor([10.0, 20.0], requires_grad=True)
    z = x * 1
    z[1:3] = y
    assert z.tolist() == [0, 10, 20, 3]
    (z * tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
    assert x.grad.tolist() == [1, 0, 0, 4]
    assert y.grad.tolist() == [2, 3]


def test_a_written_value_broadcasts():
    x, y = counted(2, 3, requires_grad=True), tensor(5.0, requires_grad=True)
    z = x * 1
    z[:, [0, 2]] = y
    assert z.tolist() == [[5, 1, 5], [5, 4, 5]]
    z.sum().backward()
    assert y.grad.item() == 4
    assert x.grad.tolist() == [[0, 1, 0], [0, 1, 0]]


def test_writing_by_mask():
    z = counted(3) * 1
    z[z > 0.5] = 0
    assert z.tolist() == [0, 0, 0]


# ------------------------------------------------------------------------------------ gather, scatter, take, mask


def test_gather_and_scatter_add():
    x = counted(2, 3, requires_grad=True)
    at = tensor([[0, 0, 2], [1, 1, 1]])
    assert tg.gather(x, 1, at).tolist() == [[0, 0, 2], [4, 4, 4]]
    tg.gather(x, 1, at).sum().backward()
    assert x.grad.tolist() == [[2, 0, 1], [0, 3, 0]]
    assert tg.scatter_add(tensor(np.zeros((2, 3))), 1, at, x).tolist() == [[1, 0, 2], [0, 12, 0]]


def test_gather_of_a_shorter_index():
    x = counted(3, 4)
    assert tg.gather(x, 0, tensor([[2, 0]])).tolist() == [[8, 1]]


def test_scatter_add_reads_only_as_much_as_the_index_names():
    src = counted(2, 3, requires_grad=True)
    z = tg.scatter_add(tensor(np.zeros(4)), 0, tensor([3, 3]), src[1])
    assert z.tolist() == [0, 0, 0, 7]
    z.sum().backward()
    assert src.grad.tolist() == [[0, 0, 0], [1, 1, 0]]


def test_take_along_axis_broadcasts():
    x = np.arange(12.0).reshape(3, 4)
    order = np.argsort(-x, axis=1)
    np.testing.assert_array_equal(np.take_along_axis(tensor(x), order, 1).numpy(), np.take_along_axis(x, order, 1))
    one = np.array([[1]])
    np.testing.assert_array_equal(np.take_along_axis(tensor(x), one, 1).numpy(), np.take_along_axis(x, one, 1))


def test_index_select_masked_fill_masked_select():
    x = counted(2, 2, requires_grad=True)
    assert tg.index_select(x, 1, tensor([1, 1])).tolist() == [[1, 1], [3, 3]]
    mask = tensor([[True, False], [False, True]])
    assert tg.masked_fill(x, mask, -1.0).tolist() == [[-1, 1], [2, -1]]
    assert tg.masked_select(x, mask).tolist() == [0, 3]
    (tg.masked_fill(x, mask, -1.0).sum() + 5 * tg.masked_select(x, mask).sum()).backward()
    assert x.grad.tolist() == [[5, 1], [1, 5]]


def test_masked_select_broadcasts():
    x = counted(2, 2, requires_grad=True)
    z = tg.masked_select(x, tensor([True, False]))
    assert z.tolist() == [0, 2]
    z.sum().backward()
    assert x.grad.tolist() == [[1, 0], [1, 0]]


def test_nonzero():
    x = tensor([[0.0, 1.0], [2.0, 0.0]])
    assert tg.nonzero(x).tolist() == [[0, 1], [1, 0]]
    assert [p.tolist() for p in np.nonzero(x)] == [[0, 1], [1, 0]]
    assert [p.tolist() for p in tg.nonzero(x, as_tuple=True)] == [[0, 1], [1, 0]]
    assert [p.tolist() for p in tg.where(x > 1)] == [[1], [0]]
    assert np.argwhere(x).tolist() == [[0, 1], [1, 0]]


def test_take():
    x = counted(2, 3)
    assert np.take(x, [5, 0]).tolist() == [5, 0]
    assert np.take(x, [2, 0], axis=1).tolist() == [[2, 0], [5, 3]]


def test_add_at_adds_up_where_an_index_repeats():
    x = tensor([1.0, 2.0, 3.0], requires_grad=True)
    z = tg.zeros_like(x[:2])
    np.add.at(z, (np.array([1, 0, 1]),), x)
    assert z.tolist() == [2, 4]
    z[1].backward()
    assert x.grad.tolist() == [1, 0, 1]


# -------------------------------------------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda x: x[5], IndexError, "getitem: index 5 is out of bounds for axis 0 with size 2; got shapes (2, 3)"),
        (lambda x: x[0, 0, 0], IndexError, "getitem: too many indices"),
        (lambda x: x[tensor([0.5])], IndexError,
         "an index must be of integers or booleans, got a tensor of dtype float32"),
        (lambda x: x[[0, 7]], IndexError, "getitem: "),
        (lambda x: x[np.array([True])], IndexError, "getitem: "),
        (lambda x: x["a"], IndexError, "getitem: "),
        (lambda x: tg.gather(x, 5, tensor([[0]])), IndexError, "gather: axis 5 does not exist, the tensor has 2 axes"),
        (lambda x: tg.gather(x, 0, tensor([[9]])), IndexError, "gather: "),
        (lambda x: tg.index_select(x, 2, tensor([0])), IndexError,
         "index_select: axis 2 does not exist, the tensor has 2 axes"),
        (lambda x: x.__setitem__(0, tensor([1.0, 2.0])), ValueError, "setitem: "),
    ],
)  # fmt: skip
def test_messages(call, kind, message):
    with pytest.raises(kind) as caught:
        call(counted(2, 3))
    assert str(caught.value).startswith(message)

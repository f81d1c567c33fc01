"""Shape ops at their edges: views, empty pieces, negative axes, names of PyTorch and of NumPy, messages."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import tensor
from tinygrad_edu.ops import shape as layout


def counted(*shape, **options):
    return tensor(np.arange(float(np.prod(shape))).reshape(shape), **options)


# ------------------------------------------------------------------------------------------------------ views


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.reshape(3, 2), lambda x: x.view(-1), lambda x: x.T, lambda x: x.mT, lambda x: x.permute(1, 0),
        lambda x: x.transpose(0, 1), lambda x: x.unsqueeze(0), lambda x: x[:, 1:], lambda x: x[0],
        lambda x: x.flatten(),
        lambda x: x.expand(4, 2, 3), lambda x: x.movedim(0, 1), lambda x: x.narrow(1, 0, 2), lambda x: x.select(0, 1),
        lambda x: x.split(1)[1], lambda x: x.chunk(2)[0], lambda x: x.unbind(1)[2], lambda x: x.diagonal(),
        lambda x: x.unsqueeze(1).squeeze(1), lambda x: x.detach(), lambda x: x.data,
    ],
)  # fmt: skip
def test_views_share_memory(view):
    x = counted(2, 3)
    assert np.shares_memory(view(x).numpy(), x.numpy())


@pytest.mark.parametrize(
    "copied",
    [
        lambda x: x.clone(), lambda x: x.flip(0), lambda x: x.roll(1), lambda x: x.repeat(1, 1), lambda x: x[[0, 1]],
        lambda x: x.tril(), lambda x: x.repeat_interleave(1, 0), lambda x: tg.cat([x]), lambda x: x.unfold(0, 2, 1),
        lambda x: x + 0, lambda x: tg.relu(x), lambda x: x.sum(0, keepdim=True), lambda x: x.to(x.dtype, copy=True),
        lambda x: x.clamp(-100, 100), lambda x: x.max(0).values, lambda x: +x,
    ],
)  # fmt: skip
def test_copies_do_not(copied):
    x = counted(2, 3)
    assert not np.shares_memory(copied(x).numpy(), x.numpy())


def test_view_never_copies():
    x = counted(2, 3).T
    with pytest.raises(RuntimeError, match=r"view: a tensor of shape \(3, 2\).* has no view of shape \(6,\).*reshape"):
        x.view(6)
    assert x.reshape(6).tolist() == [0, 3, 1, 4, 2, 5]


# ----------------------------------------------------------------------------------------------- shapes of results


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (lambda x: x.reshape(-1, 2), (12, 2)),
        (lambda x: x.reshape((4, 6)), (4, 6)),
        (lambda x: x.reshape([24]), (24,)),
        (lambda x: x.flatten(1), (2, 12)),
        (lambda x: x.flatten(0, 1), (6, 4)),
        (lambda x: x.permute(2, 0, 1), (4, 2, 3)),
        (lambda x: x.permute((2, 0, 1)), (4, 2, 3)),
        (lambda x: x.transpose(-1, 0), (4, 3, 2)),
        (lambda x: x.mT, (2, 4, 3)),
        (lambda x: x.T, (4, 3, 2)),
        (lambda x: x.movedim((0, 1), (1, 2)), (4, 2, 3)),
        (lambda x: x.unsqueeze(-1), (2, 3, 4, 1)),
        (lambda x: x.unsqueeze(1).squeeze(), (2, 3, 4)),
        (lambda x: x.squeeze(0), (2, 3, 4)),
        (lambda x: x.expand(5, -1, -1, -1), (5, 2, 3, 4)),
        (lambda x: x.repeat(2, 1, 1, 3), (2, 2, 3, 12)),
        (lambda x: x.tile(2), (2, 3, 8)),
        (lambda x: x.repeat_interleave(2, 1), (2, 6, 4)),
        (lambda x: x.diagonal(0, 1, 2), (2, 3)),
        (lambda x: x.unfold(2, 2, 2), (2, 3, 2, 2)),
        (lambda x: x.unfold(0, 2, 1), (1, 3, 4, 2)),
        (lambda x: tg.stack([x, x], dim=1), (2, 2, 3, 4)),
        (lambda x: tg.stack([x, x], dim=-1), (2, 3, 4, 2)),
        (lambda x: tg.cat([x, x], dim=-1), (2, 3, 8)),
        (lambda x: tg.cat([x, x], axis=1), (2, 6, 4)),
    ],
)
def test_shape(function, shape):
    assert function(counted(2, 3, 4)).shape == shape


def test_squeeze_leaves_longer_axes_alone():
    x = tensor(np.zeros((1, 2, 1)))
    assert x.squeeze(1).shape == (1, 2, 1)
    assert x.squeeze((0, 1)).shape == (2, 1)
    assert x.squeeze(-1).shape == (1, 2)


def test_pieces():
    x = counted(5)
    assert [p.tolist() for p in x.split(2)] == [[0, 1], [2, 3], [4]]
    assert [p.tolist() for p in x.split([1, 4])] == [[0], [1, 2, 3, 4]]
    assert [p.shape for p in x.chunk(3)] == [(2,), (2,), (1,)]
    assert [p.shape for p in tensor(np.zeros((0, 2))).split(2)] == [(0, 2)]
    assert [p.shape for p in tensor(np.zeros((2, 0))).chunk(2)] == [(1, 0), (1, 0)]
    assert [p.item() for p in tensor([1.0, 2.0]).unbind()] == [1, 2]


def test_gradients_of_pieces_meet_again():
    x = counted(4, requires_grad=True)
    a, b = x.split([1, 3])
    (2 * a.sum() + (b * b).sum()).backward()
    np.testing.assert_array_equal(x.grad.numpy(), [2, 2, 4, 6])


def test_cat_takes_an_empty_vector_beside_any_shape():
    assert tg.cat([tensor([]), counted(2, 3)]).shape == (2, 3)
    assert tg.cat([tensor([]), tensor([])]).shape == (0,)


def test_cat_of_several_types_takes_the_widest():
    assert tg.cat([tensor([1.0]), tensor([1.0], dtype=np.float64)]).dtype == np.float64
    assert tg.cat([tensor([1]), tensor([1.5])]).dtype == np.float32


def test_stack_of_numbers():
    xs = [tensor(float(i), requires_grad=True) for i in range(3)]
    (tg.stack(xs) * tensor([1.0, 10.0, 100.0])).sum().backward()
    assert [x.grad.item() for x in xs] == [1, 10, 100]


def test_one_tensor_twice_in_a_cat():
    x = tensor([1.0, 2.0], requires_grad=True)
    (tg.cat([x, x]) * tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()
    assert x.grad.tolist() == [4, 6]


def test_diag_both_ways():
    x = tensor([1.0, 2.0], requires_grad=True)
    assert tg.diag(x, 1).tolist() == [[0, 1, 0], [0, 0, 2], [0, 0, 0]]
    assert tg.diag(x, -1).tolist() == [[0, 0, 0], [1, 0, 0], [0, 2, 0]]
    assert tg.diag(tg.diag(x)).tolist() == [1, 2]
    tg.trace(tg.diag(x) * 3).backward()
    assert x.grad.tolist() == [3, 3]


def test_pad_frames_and_cuts():
    x = counted(2, 2)
    assert layout.pad(x, widths=((1, 0), (0, 1)), value=9).tolist() == [[9, 9, 9], [0, 1, 9], [2, 3, 9]]
    assert layout.pad(x, widths=((0, 0), (-1, 0))).tolist() == [[1], [3]]


def test_unfold_overlaps_add_up():
    x = counted(4, requires_grad=True)
    x.unfold(0, 2, 1).sum().backward()
    assert x.grad.tolist() == [1, 2, 2, 1]


def test_roll_by_more_than_there_is():
    assert tg.roll(counted(3), 4).tolist() == [2, 0, 1]
    assert tg.roll(counted(2, 2), (1, 1), (0, 1)).tolist() == [[3, 2], [1, 0]]


def test_triangles_of_batches():
    x = counted(2, 2, 3)
    np.testing.assert_array_equal(tg.tril(x).numpy(), np.tril(x.numpy()))
    np.testing.assert_array_equal(tg.triu(x, 1).numpy(), np.triu(x.numpy(), 1))


# ------------------------------------------------------------------------------------------- zero size, messages


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.reshape(3, 0), lambda x: x.T, lambda x: x.flip(0), lambda x: x.roll(1), lambda x: x.unsqueeze(0),
        lambda x: tg.cat([x, x], 1), lambda x: x.repeat(2, 2), lambda x: x.flatten(), lambda x: x.tril(),
        lambda x: x.diagonal(), lambda x: layout.pad(x, widths=((0, 0), (1, 1))), lambda x: x.expand(2, 0, 3),
    ],
)  # fmt: skip
def test_nothing_in_every_layout(function):
    x = tensor(np.zeros((0, 3)), requires_grad=True)
    z = function(x)
    z.sum().backward()
    assert x.grad.shape == (0, 3)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda x: x.reshape(4), ValueError,
         "reshape: cannot reshape array of size 6 into shape (4,); got shapes (2, 3)"),
        (lambda x: x.permute(0, 0), ValueError, "permute: "),
        (lambda x: x.permute(0, 2), IndexError, "permute: axis 2 does not exist, the tensor has 2 axes"),
        (lambda x: x.transpose(0, 5), (ValueError, IndexError), "transpose: "),
        (lambda x: x.squeeze(4), (ValueError, IndexError), "squeeze: "),
        (lambda x: x.unsqueeze(5), (ValueError, IndexError), "unsqueeze: "),
        (lambda x: x.flip(3), (ValueError, IndexError), "flip: "),
        (lambda x: x.expand(4, 3), ValueError, "broadcast_to: "),
        (lambda x: x.repeat(2), RuntimeError, "repeat: one number for each of 2 axes expected, got (2,)"),
        (lambda x: x.split(0), ValueError, "split: the length of a piece must be positive, got 0"),
        (lambda x: x.split([1, 2]), ValueError,
         "split: the lengths must add up to 2, the size of axis 0, got [1, 2]"),
        (lambda x: x.chunk(0), ValueError, "chunk: the number of pieces must be positive, got 0"),
        (lambda x: x.flatten(1, 0), ValueError, "flatten: start_dim must not come after end_dim, got 1 and 0"),
        (lambda x: x.flatten(0, 7), IndexError, "flatten: axis 7 does not exist, the tensor has 2 axes"),
        (lambda x: tg.cat([]), ValueError, "cat: at least one tensor is needed, got none"),
        (lambda x: tg.cat([x, x.T]), ValueError, "concatenate: "),
        (lambda x: tg.stack([x, x.T]), ValueError,
         "stack: tensors of one shape expected, got [(2, 3), (3, 2)]; cat joins along an axis that exists"),
        (lambda x: tg.stack([]), ValueError, "stack: "),
        (lambda x: layout.pad(x, widths=((0, -3), (0, 0))), ValueError,
         "pad: negative widths cut off more than there is, got ((0, -3), (0, 0)) for shape (2, 3)"),
        (lambda x: x.unfold(0, 3, 1), ValueError, "unfold: "),
        (lambda x: x.unsqueeze(0).t(), RuntimeError, "t: at most two axes expected, got shape (1, 2, 3)"),
    ],
)  # fmt: skip
def test_messages(call, kind, message):
    with pytest.raises(kind) as caught:
        call(counted(2, 3))
    assert str(caught.value).startswith(message)


# --------------------------------------------------------------------------- what NumPy's users write instead


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.reshape(x, (3, 2)), lambda x: np.transpose(x), lambda x: np.swapaxes(x, 0, 1),
        lambda x: np.moveaxis(x, 0, 1), lambda x: np.expand_dims(x, 0), lambda x: np.squeeze(x),
        lambda x: np.flip(x, 0),
        lambda x: np.roll(x, 1), lambda x: np.tile(x, 2), lambda x: np.diagonal(x), lambda x: np.tril(x),
        lambda x: np.triu(x, 1), lambda x: np.concatenate([x, x], 1), lambda x: np.concatenate([x, x], None),
        lambda x: np.stack([x, x], 1), lambda x: np.vstack([x, x]), lambda x: np.hstack([x, x]),
        lambda x: np.split(x, [1], 1)[1], lambda x: np.array_split(x, 2, 1)[0], lambda x: np.ravel(x),
        lambda x: np.repeat(x, 2), lambda x: np.repeat(x, 2, 0), lambda x: np.pad(x, 1),
        lambda x: np.pad(x, ((0, 1), (2, 0))),
        lambda x: np.atleast_1d(x), lambda x: np.fliplr(x), lambda x: np.flipud(x), lambda x: np.rollaxis(x, 1),
        lambda x: np.trace(x), lambda x: np.diag(x), lambda x: np.broadcast_to(x, (2, 2, 3)),
        lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=1), lambda x: np.zeros_like(x),
        lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=0), lambda x: np.ones_like(x, shape=(2,)),
        lambda x: np.full_like(x, 3.0), lambda x: np.astype(x, np.float32), lambda x: np.copy(x),
    ],
)  # fmt: skip
def test_numpy_s_functions_answer_for_tensors(function):
    a = np.arange(6.0).reshape(2, 3)
    z = function(tensor(a, requires_grad=True))
    assert isinstance(z, tg.Tensor)
    np.testing.assert_array_equal(z.detach().numpy(), function(a))
    assert z.dtype == function(a).dtype

"""as_strided, and the copies of views."""

import numpy as np
import pytest

import tinygrad_edu as tg


def test_as_strided_is_a_view():
    x = tg.arange(12.0).reshape(3, 4)
    part = x.as_strided((2, 2), (4, 2), 1)
    assert part.tolist() == [[1, 3], [5, 7]] and part.stride() == (4, 2)
    part.fill_(0)
    assert x.tolist() == [[0, 0, 2, 0], [4, 0, 6, 0], [8, 9, 10, 11]]
    row = x[1:]
    assert tg.as_strided(row, (2,), (1,)).tolist() == [4, 0], "from where the view begins"
    assert tg.as_strided(row, (2,), (1,), 2).tolist() == [2, 0], "from where the memory begins"
    y = tg.zeros(9)
    y.as_strided((3,), (4,)).fill_(1)
    assert y.reshape(3, 3).tolist() == np.eye(3).tolist()
    assert tg.zeros(2, 3).as_strided_((3, 2), (1, 3)).shape == (3, 2)


def test_what_it_shows_twice_is_read_and_counted_twice():
    x = tg.tensor([1.0, 2, 3, 4], requires_grad=True)
    windows = (x * 1).as_strided((3, 2), (1, 1))
    assert windows.tolist() == [[1, 2], [2, 3], [3, 4]]
    (g,) = tg.autograd.grad((windows * windows).sum(), x)
    assert g.tolist() == [2, 8, 12, 8]
    with pytest.raises(RuntimeError, match="cannot be written to"):
        windows.mul_(2)
    base = x * 1
    base.as_strided((2,), (2,)).mul_(10)
    (g,) = tg.autograd.grad(base.sum(), x)
    assert base.tolist() == [10, 2, 30, 4] and g.tolist() == [10, 1, 10, 1]


def test_as_strided_scatter():
    x, src = tg.zeros(6, requires_grad=True), tg.tensor([1.0, 2], requires_grad=True)
    z = tg.as_strided_scatter(x, src, (2,), (2,), 1)
    assert z.tolist() == [0, 1, 0, 2, 0, 0]
    weights = tg.arange(6.0)
    assert [g.tolist() for g in tg.autograd.grad((z * weights).sum(), [x, src])] == [[0, 0, 2, 0, 4, 5], [1, 3]]


@pytest.mark.parametrize(("size", "stride", "offset"), [((2, 3), (3, 1), 1), ((7,), (1,), 0), ((2,), (-1,), 3),
                                                        ((2,), (1, 1), 0), ((1,), (1,), -1)])  # fmt: skip
def test_refusals(size, stride, offset):
    with pytest.raises(RuntimeError, match="as_strided: "):
        tg.zeros(6).as_strided(size, stride, offset)
    with pytest.raises(RuntimeError, match=r"use \.contiguous\(\)"):
        tg.from_numpy(np.zeros((3, 2)).T).as_strided((2,), (1,))


def test_copies_have_memory_of_their_own():
    x = tg.arange(24.0).reshape(2, 3, 4).requires_grad_()
    calls = {"alias": (), "expand": ((2, 3, 4),), "narrow": (1, 0, 2), "permute": ((2, 0, 1),), "select": (0, 1),
             "slice": (2, 1, 3), "split": (2, 1), "split_with_sizes": ([1, 2], 1), "squeeze": (), "transpose": (0, 2),
             "unbind": (1,), "unfold": (2, 2, 1), "unsqueeze": (0,), "view": ((4, 6),), "diagonal": (),
             "as_strided": ((2,), (3,)), "detach": ()}  # fmt: skip
    for name, args in calls.items():
        found = getattr(tg, name + "_copy")(x, *args)
        for part in found if isinstance(found, tuple) else (found,):
            assert not np.may_share_memory(part.detach().numpy(), x.detach().numpy()), name
            assert part.requires_grad is (name != "detach")
    assert tg.t_copy(x[0]).shape == (4, 3) and tg.slice(x, 1, 0, 3, 2).shape == (2, 2, 4)
    assert [len(tg.unsafe_chunk(x, 2, 1)), len(x.unsafe_split(1, 2))] == [2, 4]
    assert tg.unsafe_split_with_sizes(x, [1, 2], 1)[1].shape == (2, 2, 4)
    assert tg.zeros(6).resize_as_(tg.zeros(2, 3)).shape == (2, 3)

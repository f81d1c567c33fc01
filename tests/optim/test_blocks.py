import numpy as np
import pytest

from tests.readers import Traced
from tinygrad_edu.optim import blocks
from tinygrad_edu.optim.blocks import in_blocks


@pytest.mark.parametrize("shape", [(1000,), (10, 7), (33, 4, 2), (1, 90), (101, 1), (0, 5), ()])
@pytest.mark.parametrize("block", [1, 16, 64, 10**6])
def test_parts_cover_each_array_once_and_are_views(shape, block, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", block)
    x, y = np.zeros(shape), np.zeros(shape, np.float32)
    row = int(np.prod(shape[1:]))
    for a, nothing, b, s, t in in_blocks(x, None, y, scratch=2):
        assert nothing is None
        assert a.shape == b.shape == s.shape == t.shape and s.dtype == t.dtype == x.dtype
        assert a.size <= max(block, row) and not np.shares_memory(s, t)
        a += 1
        b -= 1
    assert (x == 1).all() and (y == -1).all()


def test_small_and_traced_arrays_come_whole(monkeypatch):
    x = np.zeros((2, 3))
    ((same,),) = in_blocks(x)
    assert same is x
    monkeypatch.setattr(blocks, "BLOCK", 2)
    log = []
    traced = Traced(x, log)
    ((a, b, room),) = in_blocks(traced, traced, scratch=1)
    assert a is traced and b is traced and isinstance(room, Traced) and log == ["empty_like"]


def test_blocks_share_the_scratch(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 4)
    rooms = [room for _, room in in_blocks(np.zeros(10), scratch=1)]
    assert [len(room) for room in rooms] == [4, 4, 2]
    assert all(np.shares_memory(rooms[0], room) for room in rooms)

"""Who wrote into which memory, when, and on which line."""

from __future__ import annotations

import gc
import sys

import numpy as np

from tinygrad_edu import memory, tensor


def here():
    return sys._getframe(1).f_lineno


def test_the_owner_of_views_is_their_base():
    base = np.zeros((4, 4))
    for view in (base, base[1:], base.T, base.reshape(16)[3:], base[::2, ::-1], np.broadcast_to(base, (2, 4, 4))):
        assert memory.owner(view) is base
    assert memory.owner(base.copy()) is not base


def test_a_write_is_seen_through_every_view():
    base, other = np.zeros(4), np.zeros(4)
    before = memory.clock()
    memory.wrote(base[1:3])
    for array in (base, base[:1], base.reshape(2, 2).T):
        assert memory.written_after(array, before)
    assert memory.written_after(other, before) is None
    assert memory.written_after(base, memory.clock()) is None
    assert memory.written_after(3.0, 0) is None and memory.written_after(None, 0) is None


def test_the_newest_write_counts():
    base = np.zeros(4)
    memory.wrote(base)
    between = memory.clock()
    assert memory.written_after(base, between) is None
    memory.wrote(base); line = here()  # noqa: E702
    write = memory.written_after(base, between)
    assert str(write.line) == f"{__file__}:{line}" and write.time == memory.log.newest


def test_times_grow():
    first, second = memory.clock(), memory.clock()
    assert second > first


def test_the_line_is_the_users_also_through_methods():
    t = tensor([1.0, 2.0])
    for write in (lambda: t.add_(1), lambda: t.__setitem__(0, 1), lambda: t.zero_(), lambda: t[0].fill_(3)):
        before = memory.clock()
        write()
        line = memory.written_after(t.numpy(), before).line
        assert str(line) == f"{__file__}:{write.__code__.co_firstlineno}"


def test_the_line_of_a_statement_that_spans_several():
    t = tensor([1.0, 2.0])
    before = memory.clock()
    t.add_(
        1,
    ); last = here()  # noqa: E702
    line = memory.written_after(t.numpy(), before).line
    assert int(str(line).rpartition(":")[2]) in range(last - 2, last + 1)


def test_dead_memory_is_forgotten():
    gc.collect()
    before = len(memory.log.writes)
    for _ in range(100):
        array = np.zeros(3)
        memory.wrote(array)
    del array
    assert len(memory.log.writes) == before


def test_new_memory_at_an_old_address_is_not_taken_for_the_old():
    array = np.zeros(3)
    before = memory.clock()
    memory.wrote(array)
    address = id(array)
    del array
    for _ in range(1000):
        array = np.zeros(3)
        if id(array) == address:
            break
    assert memory.written_after(array, before) is None


def test_a_write_to_a_view_whose_base_is_no_array():
    array = np.frombuffer(bytearray(16), np.float64)
    before = memory.clock()
    memory.wrote(array[1:])
    assert memory.written_after(array, before)

import collections
import multiprocessing
import os
import signal
import time

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import random
from tinygrad_edu.random import Generator
from tinygrad_edu.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    default_collate,
    get_worker_info,
    random_split,
)

# Workers are forked where that exists, as PyTorch's are; Python 3.12 and newer warn of it in a process with threads.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def seeded(seed=0):
    return Generator().manual_seed(seed)


class Squares(Dataset):
    def __init__(self, n=10):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return {"i": i, "square": np.float32(i * i)}


def pairs(n=10):
    return TensorDataset(tg.arange(2.0 * n).reshape(n, 2), tg.arange(n))


# -------------------------------------------------------------------------------------------------- data sets


def test_tensor_dataset():
    data = pairs()
    assert len(data) == 10 and [t.tolist() for t in data[3]] == [[6, 7], 3]
    assert [t.tolist() for t in data[[1, 0]]] == [[[2, 3], [0, 1]], [1, 0]]


def test_subset_concat_and_sum():
    data = pairs()
    part = Subset(data, [7, 2])
    assert len(part) == 2 and part[0][1].item() == 7 and part[[1, 0]][1].tolist() == [2, 7]
    both = part + Squares(3)
    assert isinstance(both, ConcatDataset) and len(both) == 5
    assert both[1][1].item() == 2 and both[2] == {"i": 0, "square": 0} and both[-1]["i"] == 2
    for i in (5, -6):
        with pytest.raises(IndexError, match=f"index {i} is out of range for 5 samples"):
            both[i]


def test_random_split():
    parts = random_split(range(10), [7, 3], generator=seeded())
    assert [len(p) for p in parts] == [7, 3] and sorted([*parts[0], *parts[1]]) == list(range(10))
    assert list(parts[0]) == list(random_split(range(10), [7, 3], generator=seeded())[0]) != list(range(7))
    assert [len(p) for p in random_split(range(11), [0.5, 0.3, 0.2])] == [6, 3, 2]
    assert [len(p) for p in random_split(range(1), [1, 0])] == [1, 0]
    with pytest.raises(ValueError, match="expected 10, got 9"):
        random_split(range(10), [7, 2])
    with pytest.raises(ValueError, match="must not be negative"):
        random_split(range(10), [11, -1])


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: TensorDataset(), ValueError, "at least one tensor expected"),
        (lambda: TensorDataset(tg.ones(2), tg.ones(3)), ValueError, "Size mismatch between tensors.*got 2, "
                                                                    "3"),
        (lambda: TensorDataset(np.ones(2)), TypeError, "tensors expected, got ndarray"),
        (lambda: TensorDataset(tg.tensor(1.0)), ValueError, "a 0-d tensor has no rows"),
        (lambda: ConcatDataset([]), ValueError, "at least one data set expected"),
        (lambda: Dataset()[0], NotImplementedError, "Dataset is missing __getitem__"),
    ],
)
def test_errors_of_data_sets(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


# --------------------------------------------------------------------------------------------------- samplers


def test_samplers():
    assert list(SequentialSampler(range(3))) == [0, 1, 2]
    order = list(RandomSampler(range(50), generator=seeded()))
    assert sorted(order) == list(range(50)) != order and all(type(i) is int for i in order)
    assert order == list(RandomSampler(range(50), generator=seeded()))
    again = RandomSampler(range(50), generator=seeded())
    assert list(again) == order != list(again)
    assert len(list(RandomSampler(range(3), num_samples=8))) == 8 == len(RandomSampler(range(3), num_samples=8))
    drawn = list(RandomSampler(range(3), replacement=True, num_samples=100))
    assert set(drawn) == {0, 1, 2} and len(drawn) == 100
    assert sorted(SubsetRandomSampler([5, 7, 9])) == [5, 7, 9] and len(SubsetRandomSampler([5, 7])) == 2
    assert list(RandomSampler([])) == []


@pytest.mark.parametrize("replacement", [True, False])
@pytest.mark.parametrize("dataset", [range(50), TensorDataset(tg.arange(50))], ids=["range", "tensors"])
def test_a_sampler_without_end_is_drawn_as_it_is_read(dataset, replacement):
    sampler = RandomSampler(dataset, replacement=replacement, num_samples=10**10)
    batches = iter(DataLoader(dataset, batch_size=7, sampler=sampler))
    assert len(sampler) == 10**10
    for _ in range(20):
        assert np.shape(next(batches)[0] if dataset is not range(50) else next(batches)) in ((7,), ())


def test_batch_sampler():
    assert list(BatchSampler(range(5), 2, False)) == [[0, 1], [2, 3], [4]]
    assert list(BatchSampler(range(5), 2, True)) == [[0, 1], [2, 3]]
    assert len(BatchSampler(range(5), 2, False)) == 3 and len(BatchSampler(range(5), 2, True)) == 2
    assert [b.tolist() for b in BatchSampler(SequentialSampler(range(5)), 2, False).arrays()] == [[0, 1], [2, 3], [4]]
    assert BatchSampler(range(5), 2, False).arrays() is None


@pytest.mark.parametrize("value", [0, -1, 1.5, True])
def test_errors_of_samplers(value):
    with pytest.raises(ValueError, match="batch_size should be a positive integer value, but got "
                                         f"batch_size={value}"):
        BatchSampler(range(3), value, False)
    with pytest.raises(ValueError, match="num_samples should be a positive integer value, but got "
                                         f"num_samples={value}"):
        RandomSampler(range(3), num_samples=value)


# -------------------------------------------------------------------------------------------------- collating

Point = collections.namedtuple("Point", "x y")

SAMPLES = {
    "numbers": [1.5, 2.5],
    "whole numbers": [1, 2],
    "truths": [True, False],
    "texts": ["a", "b"],
    "tuples": [(1, 2.0), (3, 4.0)],
    "lists": [[1, 2], [3, 4]],
    "dicts": [{"a": 1, "b": (2.0, "x")}, {"a": 3, "b": (4.0, "y")}],
    "arrays": [np.ones((2, 3), np.float32), np.zeros((2, 3), np.float32)],
    "scalars": [np.float32(1), np.float32(2)],
    "named tuples": [Point(1, 2.0), Point(3, 4.0)],
}


def plain(x):
    """Nested lists, with the dtype and shape of each tensor."""
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, Point):
        return Point(*map(plain, x))
    if isinstance(x, (list, tuple)):
        return type(x)(map(plain, x))
    if hasattr(x, "tolist"):
        return x.tolist(), str(x.dtype).removeprefix("torch."), tuple(x.shape)
    return x


@pytest.mark.parametrize("name", SAMPLES)
def test_collating_as_pytorch(torch, name):
    assert plain(default_collate(SAMPLES[name])) == plain(torch.utils.data.default_collate(SAMPLES[name]))


def test_collating_tensors_keeps_the_graph():
    x = tg.ones(2, requires_grad=True)
    default_collate([x, x * 2]).sum().backward()
    assert x.grad.tolist() == [3, 3]


@pytest.mark.parametrize(
    ("batch", "kind", "text"),
    [
        ([tg.ones(2), tg.ones(3)], RuntimeError, r"stack expects each tensor to be equal size.*\(2,\), "
                                                 r"\(3,\)"),
        ([[1], [1, 2]], RuntimeError, r"each element in list of batch should be of equal size, got lengths "
                                      r"\[1, 2\]"),
        ([object()], TypeError, "batch must contain tensors.*found object"),
        ([np.array(["a"])], TypeError, "found an array of dtype <U1"),
        ([None], TypeError, "found NoneType"),
        ([], ValueError, "at least one sample expected"),
    ],
)
def test_errors_of_collating(batch, kind, text):
    with pytest.raises(kind, match=text):
        default_collate(batch)


# ------------------------------------------------------------------------------------------------- the loader


def test_batches():
    loader = DataLoader(Squares(), 4)
    assert len(loader) == 3
    assert [b["i"].tolist() for b in loader] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert [b["square"].dtype for b in loader] == [tg.float32] * 3
    loader = DataLoader(Squares(), 4, drop_last=True)
    assert len(loader) == 2 == len(list(loader))
    assert DataLoader(Squares(0)).batch_size == 1 and list(DataLoader(Squares(0))) == []


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("drop_last", [False, True])
def test_the_fast_way_gives_what_the_slow_way_gives(shuffle, drop_last):
    class Slow(TensorDataset):
        pass

    data = pairs()
    slow = DataLoader(Slow(*data.tensors), 4, shuffle, drop_last=drop_last, generator=seeded())
    fast = DataLoader(data, 4, shuffle, drop_last=drop_last, generator=seeded())
    for _ in range(2):
        assert [plain(b) for b in slow] == [plain(b) for b in fast]


def test_a_sampler_with_an_order_of_its_own_is_heard():
    class Backward(RandomSampler):
        def __iter__(self):
            return iter(range(len(self.data_source) - 1, -1, -1))

    data = pairs(4)
    assert [b[1].tolist() for b in DataLoader(data, 2, sampler=Backward(data))] == [[3, 2], [1, 0]]
    assert [b[1].tolist() for b in DataLoader(data, 2, sampler=[1, 3, 0])] == [[1, 3], [0]]
    assert [b[1].tolist() for b in DataLoader(data, batch_sampler=[[1], [3, 0]])] == [[1], [3, 0]]


def test_batches_are_copies_and_keep_the_graph():
    data = pairs(4)
    next(iter(DataLoader(data, 4)))[0].zero_()
    assert data.tensors[0].tolist()[1] == [2, 3]
    w = tg.ones(4, requires_grad=True)
    next(iter(DataLoader(TensorDataset(w), 2)))[0].sum().backward()
    assert w.grad.tolist() == [1, 1, 0, 0]


def test_shuffling_is_seeded():
    def orders(loader):
        return [[int(b[1]) for b in loader] for _ in range(2)]

    first = orders(DataLoader(pairs(), shuffle=True, generator=seeded()))
    assert first == orders(DataLoader(pairs(), shuffle=True, generator=seeded())) and first[0] != first[1]
    assert sorted(first[0]) == list(range(10))
    assert first != orders(DataLoader(pairs(), shuffle=True, generator=seeded(1)))
    random.manual_seed(3)
    second = orders(DataLoader(pairs(), shuffle=True))
    random.manual_seed(3)
    assert second == orders(DataLoader(pairs(), shuffle=True))


def test_without_batches_and_with_a_collate_of_one_s_own():
    assert [x["i"] for x in DataLoader(Squares(3), batch_size=None)] == [0, 1, 2]
    assert isinstance(next(iter(DataLoader(Squares(3), batch_size=None)))["square"], tg.Tensor)
    assert list(DataLoader(range(5), 2, collate_fn=sum)) == [1, 5, 4]
    assert list(DataLoader(pairs(3), 2, collate_fn=len)) == [2, 1]


@pytest.mark.parametrize(
    ("options", "kind", "text"),
    [
        ({"dataset": iter([1])}, TypeError, "a data set with __getitem__ and __len__ expected, got "
                                            "list_iterator"),
        ({"batch_size": 0}, ValueError, "batch_size should be a positive integer value, but got "
                                        "batch_size=0"),
        ({"batch_size": -3}, ValueError, "batch_size should be a positive integer value"),
        ({"num_workers": -1}, ValueError, "num_workers should be a whole number from 0 up, got -1"),
        ({"timeout": -1}, ValueError, "timeout option should be non-negative, got -1"),
        ({"prefetch_factor": 2}, ValueError, "let num_workers > 0"),
        ({"prefetch_factor": 0, "num_workers": 1}, ValueError, "prefetch_factor must be at least 1, got 0"),
        ({"sampler": [0], "shuffle": True}, ValueError, "sampler option is mutually exclusive with shuffle"),
        ({"batch_sampler": [[0]], "batch_size": 2}, ValueError, "batch_sampler option is mutually exclusive"),
        ({"batch_size": None, "drop_last": True}, ValueError, "disables auto-batching"),
        ({"generator": 3}, TypeError, "a tinygrad_edu.Generator expected, got int"),
    ],
)
def test_errors_of_the_loader(options, kind, text):
    with pytest.raises(kind, match=text):
        DataLoader(**{"dataset": range(3), **options})


# ---------------------------------------------------------------------------------------------------- workers


class Noisy(Dataset):
    """Says which worker made the sample, and draws from all three streams."""

    def __len__(self):
        return 8

    def __getitem__(self, i):
        info = get_worker_info()
        return i, info.id, os.getpid(), random.rand(()).item(), np.random.rand()


class Faulty(Squares):
    def __getitem__(self, i):
        if i == 3:
            raise KeyError("three")
        return super().__getitem__(i)


class Deadly(Squares):
    def __getitem__(self, i):
        if i == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__getitem__(i)


class Slow(Squares):
    def __getitem__(self, i):
        time.sleep(30 if i == 3 else 0)
        return i


class Big(Squares):
    def __getitem__(self, i):
        return np.full(300_000, i, np.float32)


def none_left():
    return not multiprocessing.active_children()


@pytest.mark.parametrize("data", [Squares(), pairs()], ids=["items", "tensors"])
def test_workers_give_the_same_batches_in_order(data):
    for shuffle in (False, True):
        here, there = (DataLoader(data, 3, shuffle, num_workers=n, generator=seeded()) for n in (0, 2))
        for _ in range(2):
            assert [plain(b) for b in here] == [plain(b) for b in there]
    assert none_left() and get_worker_info() is None


def test_workers_are_several_and_seeded():
    def run(seed):
        return [[t.tolist() for t in b] for b in DataLoader(Noisy(), 2, num_workers=2, generator=seeded(seed))]

    a, b, c = run(0), run(0), run(1)
    assert [batch[1] for batch in a] == [[0, 0], [1, 1], [0, 0], [1, 1]]
    assert len({process for batch in a for process in batch[2]}) == 2
    assert [batch[3:] for batch in a] == [batch[3:] for batch in b] != [batch[3:] for batch in c]
    assert len({x for batch in a for x in batch[3]}) == len({x for batch in a for x in batch[4]}) == 8


def test_big_batches_do_not_jam_the_pipes():
    loader = DataLoader(Big(12), 2, num_workers=2, prefetch_factor=3, sampler=list(range(12)))
    assert [b[:, 0].tolist() for b in loader] == [[2 * i, 2 * i + 1] for i in range(6)]


def test_an_error_in_a_worker_comes_here_with_its_traceback():
    loader = DataLoader(Faulty(), 1, num_workers=2)
    with pytest.raises(RuntimeError) as caught:
        list(loader)
    text = str(caught.value)
    assert text.startswith("Caught KeyError in DataLoader worker process 1.\nOriginal Traceback (most recent "
                           "call last):")  # fmt: skip
    assert 'raise KeyError("three")' in text and text.rstrip().endswith("KeyError: 'three'")
    assert none_left()


def test_a_killed_worker_is_reported():
    with pytest.raises(RuntimeError, match=r"DataLoader worker 1 \(pid \d+\) exited unexpectedly with exit "
                                           r"code -9"):
        list(DataLoader(Deadly(), 1, num_workers=2))
    assert none_left()


def test_a_batch_that_cannot_travel_is_reported():
    with pytest.raises(RuntimeError, match=r"Caught \w+ in DataLoader worker process 0"):
        list(DataLoader(range(3), num_workers=1, collate_fn=lambda samples: lambda: samples))
    assert none_left()


def test_worker_init_fn_and_its_errors():
    def seed_numpy(number):
        np.random.seed(number)

    batches = list(DataLoader(Noisy(), 2, num_workers=2, worker_init_fn=seed_numpy))
    assert batches[0][4].tolist() == np.random.RandomState(0).rand(2).tolist()

    def fail(number):
        raise OSError("no disk")

    with pytest.raises(RuntimeError, match=r"(?s)Caught OSError in DataLoader worker process 0.*no disk"):
        list(DataLoader(Noisy(), 2, num_workers=2, worker_init_fn=fail))
    assert none_left()


def test_leaving_early_and_a_timeout_leave_nobody_behind():
    for _ in DataLoader(Squares(100), 1, num_workers=2):
        break
    assert none_left()
    iterator = iter(DataLoader(Squares(100), 1, num_workers=2))
    next(iterator)
    del iterator
    assert none_left()
    with pytest.raises(RuntimeError, match=r"timed out after 0.3 seconds: worker 0 is still busy"):
        list(DataLoader(Slow(7), 1, num_workers=1, timeout=0.3))
    assert none_left()


def test_workers_that_start_from_nothing():
    loader = DataLoader(Squares(4), 2, num_workers=1, multiprocessing_context="spawn")
    assert [b["i"].tolist() for b in loader] == [[0, 1], [2, 3]]

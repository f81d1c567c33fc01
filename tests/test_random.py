import copy
import pickle

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import random
from tinygrad_edu.random import Generator


@pytest.fixture(autouse=True)
def seeded():
    random.manual_seed(0)


def test_the_same_seed_gives_the_same_numbers_and_leaves_numpy_alone():
    np.random.seed(1)
    before = np.random.get_state()[1].copy()
    a = [random.rand(3).tolist(), random.randn(2, 2).tolist(), random.randperm(5).tolist()]
    assert random.initial_seed() == 0
    random.manual_seed(0)
    assert a == [random.rand(3).tolist(), random.randn(2, 2).tolist(), random.randperm(5).tolist()]
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    assert random.seed() == random.initial_seed() != 0


def test_a_generator_is_a_stream_of_its_own():
    g, h = Generator(), Generator()
    assert random.rand(3, generator=g).tolist() == random.rand(3, generator=h).tolist()
    ours = random.rand(3).tolist()
    random.manual_seed(0)
    random.rand(100, generator=g)
    assert random.rand(3).tolist() == ours
    assert g.manual_seed(-1) is g and g.initial_seed() == 2**64 - 1 and "18446744073709551615" in repr(g)


@pytest.mark.parametrize("through", [copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g)),
                                     lambda g: Generator().set_state(g.get_state())])  # fmt: skip
def test_states_go_on_to_the_same_bits(through):
    g = Generator().manual_seed(7)
    random.randint(0, 10, (3,), generator=g, dtype=tg.int32)
    g.numpy.integers(0, 5, dtype=np.uint32)  # leaves half a word behind
    h = through(g)
    assert h.initial_seed() == 7
    assert random.randn(5, generator=g).tolist() == random.randn(5, generator=h).tolist()
    assert g.numpy.integers(0, 99, 3, np.uint32).tolist() == h.numpy.integers(0, 99, 3, np.uint32).tolist()


def test_the_package_s_state():
    state = random.get_rng_state()
    assert state.dtype == tg.uint8
    a = random.rand(3).tolist()
    random.set_rng_state(state)
    assert random.rand(3).tolist() == a
    random.set_rng_state(state.numpy())
    assert random.rand(3).tolist() == a


def test_rand_and_randn():
    a, b = random.rand(100, 100).numpy(), random.randn((100, 100)).numpy()
    assert a.dtype == b.dtype == np.float32 and a.min() >= 0 and a.max() < 1
    assert abs(a.mean() - 0.5) < 0.02 and abs(b.mean()) < 0.05 and abs(b.std() - 1) < 0.05
    assert random.rand(2, dtype=tg.float64, requires_grad=True).requires_grad
    half = random.rand(20000, dtype=tg.float16).numpy()
    assert half.dtype == np.float16 and half.max() < 1 and half.min() >= 0
    assert random.rand(()).shape == () and random.rand([0, 2]).shape == (0, 2)
    assert random.randn_like(tg.zeros(2, 3).double()).dtype == tg.float64
    assert random.rand_like(tg.zeros(2, 3)).shape == (2, 3)


def test_randint_and_randperm():
    assert set(random.randint(3, (100,)).tolist()) == {0, 1, 2}
    assert set(random.randint(-1, 1, (100,)).tolist()) == {-1, 0}
    assert random.randint(low=2, high=3, size=(2,)).tolist() == [2, 2] and random.randint(9, (2,)).dtype == tg.int64
    assert random.randint(0, 5, (2,), dtype=tg.float32).dtype == tg.float32
    assert sorted(random.randperm(10).tolist()) == list(range(10)) and random.randperm(0).shape == (0,)


def test_normal():
    a = random.normal(tg.tensor([0.0, 100.0]), tg.tensor([[0.0], [1.0]]))
    assert a.shape == (2, 2) and a[0].tolist() == [0, 100] and abs(a[1, 1].item() - 100) < 6
    b = random.normal(5, 2, (10000,)).numpy()
    assert abs(b.mean() - 5) < 0.1 and abs(b.std() - 2) < 0.1
    assert random.normal(tg.zeros(3)).shape == (3,)


def test_bernoulli():
    assert random.bernoulli(tg.tensor([0.0, 1.0])).tolist() == [0, 1]
    assert abs(random.bernoulli(tg.zeros(10000), 0.3).numpy().mean() - 0.3) < 0.03


def test_multinomial():
    w = tg.tensor([0.0, 3.0, 1.0, 0.0])
    drawn = random.multinomial(w, 4000, replacement=True).numpy()
    assert drawn.dtype == np.int64 and set(drawn) == {1, 2} and abs((drawn == 1).mean() - 0.75) < 0.03
    first = [random.multinomial(w, 2).tolist() for _ in range(2000)]
    assert set(map(tuple, first)) == {(1, 2), (2, 1)} and abs(np.mean([f[0] == 1 for f in first]) - 0.75) < 0.04
    assert random.multinomial(tg.ones(3, 5), 5).shape == (3, 5)
    assert (np.sort(random.multinomial(tg.ones(3, 5), 5).numpy(), axis=1) == np.arange(5)).all()


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: random.manual_seed("x"), TypeError, "manual_seed: a whole number expected, got 'x'"),
        (lambda: random.manual_seed(2**64), ValueError, "between -2\\*\\*63 and 2\\*\\*64 - 1"),
        (lambda: random.set_rng_state(tg.zeros(3)), ValueError, "what get_state returned expected"),
        (lambda: Generator("cuda"), RuntimeError, "the only device here is 'cpu', got 'cuda'"),
        (lambda: random.rand(-1), ValueError, r"rand: lengths must not be negative, got \(-1,\)"),
        (lambda: random.rand(1.5), TypeError, "rand: lengths must be whole numbers"),
        (lambda: random.rand(1, generator=np.random.default_rng()), TypeError, "a tinygrad_edu.Generator "
                                                                               "expected"),
        (lambda: random.randn(1, dtype=tg.int64), TypeError, "randn: a floating dtype expected, got int64"),
        (lambda: random.randint(3, 3, (1,)), RuntimeError, "expects 'low' to be less than 'high', got low=3 "
                                                           ">= high=3"),
        (lambda: random.randint(3), TypeError, r"\(high, size\) or \(low, high, size\) expected"),
        (lambda: random.randint(3, 4), TypeError, r"\(high, size\) or \(low, high, size\) expected"),
        (lambda: random.randperm(-1), ValueError, "randperm: lengths must not be negative"),
        (lambda: random.normal(0.0, 1.0), TypeError, "normal: give a size with two numbers"),
        (lambda: random.normal(tg.zeros(1), -1), RuntimeError, "normal expects std >= 0.0, but found std -1"),
        (lambda: random.bernoulli(tg.tensor([1.5])), RuntimeError, "probabilities from 0 to 1 expected, got "
                                                                   "1.5 to 1.5"),
        (lambda: random.bernoulli(tg.tensor([float("nan")])), RuntimeError, "probabilities from 0 to 1 "
                                                                            "expected"),
        (lambda: random.bernoulli(tg.tensor([1])), TypeError, "floating dtype expected, got int64"),
        (lambda: random.multinomial(tg.ones(2), 3), RuntimeError, "pass replacement=True"),
        (lambda: random.multinomial(tg.zeros(2), 1), RuntimeError, "sums to 0"),
        (lambda: random.multinomial(tg.tensor([1.0, -1.0]), 1), RuntimeError, "infinite, nan or negative"),
        (lambda: random.multinomial(tg.ones(2), 0), RuntimeError, "at least 1 sample expected"),
        (lambda: random.multinomial(tg.ones(1, 2, 3), 1), RuntimeError, "a vector or matrix of floating "
                                                                        "weights"),
    ],
)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()

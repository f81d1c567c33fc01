"""Each pass: it does what it says on a step made for it, and the bits are the same with it and without it."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim
from tinygrad_edu.compiler.optimize import NAMES
from tinygrad_edu.nn import functional as F

RANDOM = np.random.default_rng(0)


def tensor(*shape, dtype=np.float32, grad=False):
    return tg.tensor(RANDOM.standard_normal(shape).astype(dtype), requires_grad=grad)


def digit(momentum=0.0):
    net = nn.Sequential(nn.Linear(20, 6), nn.Sigmoid(), nn.Linear(6, 6), nn.Sigmoid(), nn.Linear(6, 4), nn.Sigmoid())
    return net, optim.SGD(net.parameters(), lr=0.5, momentum=momentum), lambda out, y: ((out - y) ** 2).sum() / len(y)


def classifier():
    net = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 4))
    return net, optim.Adam(net.parameters(), lr=0.01), lambda out, y: F.cross_entropy(out, y.argmax(1))


def large():
    net = nn.Sequential(nn.Linear(20, 3000), nn.Tanh(), nn.Linear(3000, 4))
    return net, optim.AdamW(net.parameters(), lr=0.01), F.mse_loss


def chain():
    class Chain(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Parameter(tg.ones(4)), nn.Parameter(tg.zeros(4))

        def forward(self, x):
            h = x[:, :4]
            for _ in range(30):
                h = (h * self.a + self.b).tanh()
            return h

    net = Chain()
    return net, optim.SGD(net.parameters(), lr=0.1), F.mse_loss


BUILT = {"digit": digit, "momentum": lambda: digit(0.9), "classifier": classifier, "large": large, "chain": chain}
BATCHES = [(tensor(5, 20), tg.softmax(tensor(5, 4), dim=1)) for _ in range(6)]


def trained(build, wrap):
    """(losses, state) after a few steps."""
    tg.manual_seed(0)
    net, optimizer, cost = build()

    def step(x, y):
        optimizer.zero_grad()
        loss = cost(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    step = wrap(step)
    losses = [step(x, y).item() for x, y in BATCHES]
    state = [p.detach().numpy() for p in net.parameters()] + [p.grad.numpy() for p in net.parameters()]
    state += [v.numpy() for kept in optimizer.state.values() for v in kept.values()]
    return losses, state, step


def same(first, second):
    assert first[0] == second[0]
    for a, b in zip(first[1], second[1], strict=True):
        assert a.dtype == b.dtype and a.tobytes() == b.tobytes()


@pytest.mark.parametrize("build", BUILT.values(), ids=BUILT)
def test_all_passes_keep_the_bits(build):
    same(trained(build, lambda f: f), trained(build, tg.compile))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("build", BUILT.values(), ids=BUILT)
def test_each_pass_can_be_left_out(build, name):
    same(trained(build, lambda f: f), trained(build, lambda f: tg.compile(f, without=name)))


def test_all_passes_can_be_left_out():
    for build in BUILT.values():
        same(trained(build, lambda f: f), trained(build, lambda f: tg.compile(f, without=NAMES)))


def test_a_pass_that_is_not_there():
    with pytest.raises(ValueError, match=r"no pass 'fusion' to leave out; the passes are canonical, renaming"):
        tg.compile(lambda x: x, without=["fusion"])


def program_of(function, *args, without=()):
    """The program that runs, after two calls that wrote it down."""
    step = tg.compile(function, without=without)
    for _ in range(3):
        result = step(*args)
        expected = function(*args)
        assert result.numpy().tobytes() == expected.detach().numpy().tobytes()
    return step


def body(step):
    """The lines of the step itself."""
    return [line.split("  # ")[0].strip() for line in step.optimized_source.split("    def step(")[1].split("\n")[1:]]


def test_dead_code_is_left_out():
    def step(x):
        x.exp()
        return x.sin()

    assert "exp" not in program_of(step, tensor(3)).optimized_source
    assert "exp" in program_of(step, tensor(3), without="dead_code").optimized_source


def test_common_calls_are_made_once():
    def step(x):
        return x.exp() + x.exp()

    assert sum("exp(" in line for line in body(program_of(step, tensor(3)))) == 1
    assert sum("exp(" in line for line in body(program_of(step, tensor(3), without="common"))) == 2


def test_a_write_in_between_makes_calls_differ():
    w = tg.tensor([1.0, 2.0, 3.0])

    def step(x):
        first = (w * x).exp()
        w.add_(1)
        return first + (w * x).exp()

    compiled = tg.compile(step)
    start = w.numpy().copy()
    for i in range(4):
        x = tensor(3)
        got = compiled(x).numpy()
        w.sub_(1)
        assert got.tobytes() == step(x).numpy().tobytes()
        assert (w.numpy() == start + i + 1).all()


def test_algebra():
    def step(x):
        y = x.exp()
        z = -(y * tg.ones(3) / 1 - 0.0 - tg.zeros(3))
        return -z + x

    lines = body(program_of(step, tensor(3)))
    assert not any(line.startswith(("multiply", "divide", "subtract", "negative")) for line in lines)


def test_algebra_sees_a_write_between_two_signs():
    def step(x):
        y = -x
        y[0] = 7.0
        return -y

    compiled = program_of(step, tensor(3))
    assert compiled(tg.tensor([1.0, 2.0, 3.0])).tolist() == [-7.0, 2.0, 3.0]


def test_algebra_leaves_what_would_change_bits():
    x = tg.tensor([0.0, float("inf")])
    lines = body(program_of(lambda x: (-x + tg.zeros(2)) - (x.exp() * tg.zeros(2)), x))
    assert any(line.startswith("multiply(") for line in lines) and any(line.startswith("add(") for line in lines)


def test_constants_are_computed_once():
    a = tensor(40)

    def step(x):
        return x + tg.ones(40).exp()

    assert "np.exp" not in program_of(step, a).optimized_source
    assert "np.exp" in program_of(step, a, without="algebra").optimized_source
    assert not any("exp(" in line for line in body(program_of(step, a, without="algebra")))  # hoisted
    assert any("exp(" in line for line in body(program_of(step, a, without=("algebra", "hoist"))))


def test_views_are_taken_once():
    w = tensor(4, 3)

    def step(x):
        return x.exp() @ w.T

    step = program_of(step, tensor(5, 3))
    assert not any(".T" in line for line in body(step)) and ".T" in step.optimized_source
    assert any(".T" in line for line in body(program_of(lambda x: x.exp() @ w.T, tensor(5, 3), without="hoist")))


def test_buffers_are_shared():
    def step(x):
        for _ in range(10):
            x = x.sin().cos()
        return x + 1

    explained = program_of(step, tensor(100)).explain()
    assert explained.buffers == 1 and explained.values == 20
    assert explained.buffer_bytes == 400 and explained.value_bytes == 8000


def test_equal_calls_on_neighbours_become_one():
    def step(x):
        parts = [x.exp(), x.sin(), x.cos()]
        parts = [p * p for p in parts]
        return parts[0] @ parts[1] @ parts[2]

    x = tensor(3, 3)
    assert sum("multiply(" in line for line in body(program_of(step, x))) == 1
    assert sum("multiply(" in line for line in body(program_of(step, x, without="batch"))) == 3


def test_moments_are_laid_side_by_side_once():
    """Two programs on one optimizer share the row, and what load_state_dict brings is laid side by side again."""
    net, optimizer, cost = digit(0.9)
    other_net, other_optimizer, _ = digit(0.9)
    other_net.load_state_dict(net.state_dict())

    def made(net, optimizer):
        def step(x, y):
            optimizer.zero_grad()
            loss = cost(net(x), y)
            loss.backward()
            optimizer.step()
            return loss.detach()

        return step

    eager, compiled = made(other_net, other_optimizer), tg.compile(made(net, optimizer))

    def moments():
        return [kept["momentum_buffer"].numpy() for kept in optimizer.state.values()]

    bases = set()
    for i, (x, y) in enumerate(BATCHES * 4):
        x, y = (x, y) if i % 3 else (x[:3], y[:3])
        assert compiled(x, y).item() == eager(x, y).item()
        if i == 14:
            saved = optimizer.state_dict()
            optimizer.load_state_dict(saved)
        if 9 < i < 14 or i > 20:
            bases |= {id(m.base) for m in moments()}
            assert len({id(m.base) for m in moments()}) == 1
    assert len(bases) == 2
    for p, q in zip(net.parameters(), other_net.parameters(), strict=True):
        assert p.detach().numpy().tobytes() == q.detach().numpy().tobytes()
    assert "batch: 6 calls in one" in compiled.optimized_source


def test_calls_that_wait_for_each_other_stay_apart():
    def step(x):
        y = x.exp() * 2
        z = y.exp() * 2
        return z.exp() * 2

    assert sum("multiply(" in line for line in body(program_of(step, tensor(3)))) == 3


def test_a_long_sum_becomes_one_call():
    w = tensor(7, grad=True)

    def step(x):
        w.grad = None
        h = x
        for _ in range(20):
            h = (h * w).sin()
        h.sum().backward()
        return w.grad.clone()

    x = tensor(7)
    source = program_of(step, x).optimized_source
    assert "row_sums: 19 sums in one call" in source


def test_row_sums_add_in_order():
    terms = RANDOM.standard_normal((300, 7)).astype(np.float32) * 10.0 ** RANDOM.integers(-6, 6, (300, 7))
    terms = terms.astype(np.float32)
    total = terms[0]
    for row in terms[1:]:
        total = total + row
    assert np.add.reduce(terms, 0).tobytes() == total.tobytes()


@pytest.mark.parametrize("shape", [(1,), (1, 1), (2,), (3, 5)])
def test_long_sums_keep_their_bits(shape):
    factors = [10.0**i for i in range(-8, 8)]

    def step(x):
        total = x.sin()
        for i, factor in enumerate(factors):
            total = total + (x + i).cos() * factor
        return total

    x = tensor(*shape)
    compiled = tg.compile(step)
    for _ in range(4):
        assert compiled(x).numpy().tobytes() == step(x).numpy().tobytes()


def test_long_arrays_run_block_by_block():
    def step(x, y):
        return (x.exp() + y).sin() * x

    long = tensor(1_000_000), tensor(1_000_000)
    assert "for i, " in program_of(step, *long).optimized_source
    assert "for i, " not in program_of(step, *long, without="blocks").optimized_source
    assert "for i, " not in program_of(step, tensor(1000), tensor(1000)).optimized_source


@pytest.mark.parametrize("shape", [(700_001,), (40, 30_001), (3000, 300), (70_001, 10)])
def test_blocks_of_any_shape(shape):
    bias = tensor(*shape[1:]) if len(shape) > 1 else tg.tensor(0.5)

    def step(x, w):
        y = (x + bias).exp() - w
        w.mul_(0.5).add_(y)
        return y * x

    compiled, other = tg.compile(step), None
    w, v = tensor(*shape), None
    v = w.clone()
    for _ in range(3):
        x = tensor(*shape)
        assert compiled(x, w).numpy().tobytes() == step(x, v).numpy().tobytes()
        assert w.numpy().tobytes() == v.numpy().tobytes()
    assert other is None


def test_blocks_on_threads_give_the_same_bits(monkeypatch):
    from tinygrad_edu.compiler import compiled as module

    monkeypatch.setattr(module, "seconds", lambda runs: [2.0, 1.0])  # the program on threads is the faster one

    def step(x, y):
        return (x.exp() + y).sin() * x

    x, y = tensor(1_000_003), tensor(1_000_003)
    compiled = tg.compile(step, threads=3)
    for _ in range(4):
        assert compiled(x, y).numpy().tobytes() == step(x, y).numpy().tobytes()
    assert "pool.map" in compiled.optimized_source
    monkeypatch.setattr(module, "seconds", lambda runs: [1.0, 2.0])
    compiled = tg.compile(step, threads=3)
    for _ in range(4):
        compiled(x, y)
    assert "pool.map" not in compiled.optimized_source


def test_calls_without_out_are_named():
    step = program_of(lambda x: x.sort()[0].exp() + x, tensor(5))
    assert "np.sort" in str(step.explain()) or step.explain().allocating
    assert "# allocates" in step.optimized_source


@pytest.mark.parametrize("build", BUILT.values(), ids=BUILT)
def test_the_program_runs_in_a_bare_namespace(build):
    """Both sources of a step, on plain arrays: the same outputs and the same state to the bit."""
    _, _, step = trained(build, tg.compile)
    variant = step._programs[0]
    program, recording = variant.optimized.program, variant.recording
    x, y = BATCHES[0]
    given = {"x": x.numpy(), "y": y.numpy()}
    states = [getattr(v.slot.value, "_array", v.slot.value).copy() for v in recording.program.states]
    inputs = [given.get(v.slot.path, v.array) for v in recording.program.inputs]
    space = {"np": np}
    exec(step.optimized_source, space)
    rows = [states[i[0]] if len(i) == 1 else np.concatenate([states[j].reshape(-1) for j in i])
            for i in variant.optimized.layout]  # fmt: skip
    run, kept = space["make"](*rows, *(v.array for v in program.constants()))
    outputs = [np.array(o) for o in (*run(*inputs), *kept)]

    from tinygrad_edu.compiler.plain import plain_source

    plain = {"np": np}
    exec(plain_source(recording.program), plain)
    other = [getattr(v.slot.value, "_array", v.slot.value).copy() for v in recording.program.states]
    run, _ = plain["make"](*other, *(v.array for v in recording.program.constants()))
    expected = [np.array(o) for o in run(*inputs)]
    order = [v for v in program.outputs if v not in program.kept] + [v for v in program.outputs if v in program.kept]
    for value, output in zip(order, outputs, strict=True):
        assert output.tobytes() == expected[program.outputs.index(value)].tobytes()
    for those, row in zip(variant.optimized.layout, rows, strict=True):
        assert row.tobytes() == b"".join(other[i].tobytes() for i in those)


def test_explain():
    _, _, step = trained(digit, tg.compile)
    explained = step.explain(profile=True)
    text = str(explained)
    assert text.startswith("step: ") and "renaming" in text and "buffers" in text and "slowest lines" in text
    assert explained.passes[0][0] == "canonical"
    assert all(keeps for *_, keeps in explained.passes)
    products = 2 * 5 * (20 * 6 * 2 + 6 * 6 * 3 + 6 * 4 * 3) + 2 * 5 * (6 + 6 + 4)
    assert products < explained.flops < 2 * products
    assert len(explained.slowest) == 12 and all(micro > 0 for micro, _ in explained.slowest)
    assert explained._repr_html_().startswith("<pre>")


def test_explaining_moves_nothing():
    tg.manual_seed(0)
    net, optimizer, _ = digit(0.9)

    def step(x, y):
        optimizer.zero_grad()
        loss = F.mse_loss(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    step = tg.compile(step)
    for x, y in BATCHES:
        step(x, y)
    before = [p.detach().numpy().copy() for p in net.parameters()]
    step.explain(profile=True)
    for p, b in zip(net.parameters(), before, strict=True):
        assert p.detach().numpy().tobytes() == b.tobytes()

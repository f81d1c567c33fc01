"""What a step leaves behind belongs to whom it would belong to in eager mode."""

import numpy as np
import pytest

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn, optim
from tinygrad_edu.compiler import CompileError

from .side_by_side import World, programs, run, same, trained
from .test_training import batch, network, training


def simple(body, **held):
    """A world around a step that is given the world itself."""
    def make():
        world = World(**{name: value() for name, value in held.items()})
        world.step = lambda *args: body(world, *args)
        return world

    return make


def vectors(n=6, size=(4, 3)):
    return [(tg.tensor(np.random.default_rng(i).normal(size=size).astype(np.float32)),) for i in range(n)]


# ---------------------------------------------------------------------------------------- what the user keeps


def test_what_is_returned_and_gradients_that_are_kept_stay_as_they_are():
    world = training(optim.Adam)()
    step, kept = tg.compile(world.step), []
    for i in range(8):
        loss = step(*batch(i))
        gradients = [p.grad for p in world.net.parameters()]
        values = [loss, *gradients, *(g.detach() for g in gradients), gradients[0].numpy()[:1], gradients[0].T]
        kept.append((values, [np.array(v.numpy() if isinstance(v, tg.Tensor) and not v.requires_grad else
                                       v.detach().numpy() if isinstance(v, tg.Tensor) else v) for v in values]))
    for values, copies in kept:
        for v, copy in zip(values, copies, strict=True):
            np.testing.assert_array_equal(v.detach().numpy() if isinstance(v, tg.Tensor) else v, copy)


def test_gradients_kept_without_looking_at_them():
    worlds = [training(optim.SGD)(), training(optim.SGD)()]
    worlds[1].net.load_state_dict(worlds[0].net.state_dict())
    steps = [worlds[0].step, tg.compile(worlds[1].step)]
    kept = [[], []]
    for i in range(8):
        for step, world, k in zip(steps, worlds, kept, strict=True):
            step(*batch(i))
            k.append([p.grad for p in world.net.parameters()])
    same(*kept)


def test_results_share_no_memory():
    step = tg.compile(lambda x: (x * 2, (x * 2).T, x.T, x + 1))
    results = [step(*v) for v in vectors()]
    arrays = [r.numpy() for row in results for r in (row[0], row[3])]
    for i, a in enumerate(arrays):
        assert not any(np.may_share_memory(a, b) for b in arrays[i + 1 :])


def test_parameters_never_move():
    world = training(optim.Adam)()
    step = tg.compile(world.step)
    ps = list(world.net.parameters())
    arrays, datas = [p.detach().numpy() for p in ps], [p.data for p in ps]
    pointers = [p.data_ptr() for p in ps]
    for i in range(6):
        step(*batch(i))
        for p, a, d in zip(ps, arrays, datas, strict=True):
            assert (p.detach().numpy() == a).all() and (d.numpy() == a).all()
    assert pointers == [p.data_ptr() for p in ps]
    with tg.no_grad():
        arrays[0][...] = 0.5
    twin = training(optim.Adam)()
    twin.net.load_state_dict(world.net.state_dict())
    twin.opt.load_state_dict(world.opt.state_dict())
    same(step(*batch(9)), twin.step(*batch(9)), "after a write from outside")


# ---------------------------------------------------------------------------------------- ways to update


def data_idiom(w, x):
    w.p.grad = None
    loss = (x @ w.p).tanh().sum()
    loss.backward()
    w.p.data -= 0.1 * w.p.grad
    return loss


def data_assigned(w, x):
    w.p.grad = None
    loss = (x @ w.p).tanh().sum()
    loss.backward()
    w.p.data = w.p.data - 0.1 * w.p.grad
    return loss


def no_grad_idiom(w, x):
    loss = (x @ w.p).tanh().sum()
    loss.backward()
    with tg.no_grad():
        w.p -= 0.1 * w.p.grad
        w.p.grad = None
    return loss


def zeroed(w, x):
    loss = (x @ w.p).tanh().sum()
    loss.backward()
    with tg.no_grad():
        w.p -= 0.1 * w.p.grad
        w.p.grad.zero_()
    return loss


def accumulated(w, x):
    (x @ w.p).tanh().sum().backward()


def clipped(w, x):
    w.p.grad = None
    loss = ((x @ w.p) ** 2).sum()
    loss.backward()
    norm = (w.p.grad**2).sum().sqrt()
    w.p.grad *= tg.clamp(1 / (norm + 1e-6), max=1.0)
    with tg.no_grad():
        w.p -= w.p.grad
    return norm


def retained(w, x):
    w.p.grad = None
    loss = (x @ w.p).tanh().sum()
    loss.backward(retain_graph=True)
    loss.backward()
    return loss


def interior(w, x):
    h = x @ w.p
    h.retain_grad()
    (h * h).sum().backward()
    return h.grad


def hooked(w, x):
    w.p.grad = None
    handle = w.p.register_hook(lambda g: g * 2)
    (x @ w.p).sum().backward()
    handle.remove()


def penalty(w, x):
    w.p.grad = None
    y = (x @ w.p).tanh().sum()
    (g,) = tg.autograd.grad(y, [w.p], create_graph=True)
    (y + (g * g).sum()).backward()
    with tg.no_grad():
        w.p -= 0.01 * w.p.grad


def written_element(w, x):
    out = tg.zeros(3)
    out[0] = x.sum()
    out[1:] += x.mean()
    return out


def written_twice(w, x):
    ones = tg.ones(4)
    ones += x.sum()
    ones *= 2
    return ones, tg.ones(4)


BODIES = [data_idiom, data_assigned, no_grad_idiom, zeroed, accumulated, clipped, retained, interior, hooked, penalty,
          written_element, written_twice]  # fmt: skip


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
@pytest.mark.parametrize("pattern", ["c", "ce", "cccce"])
def test_ways_to_update(body, pattern):
    world = run(simple(body, p=lambda: nn.Parameter(tg.randn(3, 2))), vectors(10), pattern)
    assert programs(world.compiled)[1] >= 1


@pytest.mark.parametrize("set_to_none", [True, False])
def test_zero_grad(set_to_none):
    def make():
        net = network()
        opt = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

        def step(x, y):
            opt.zero_grad(set_to_none=set_to_none)
            F.cross_entropy(net(x), y).backward()
            opt.step()

        return World(net=net, opt=opt, step=step)

    run(make, batch)
    run(make, batch, "cce")


def test_gradients_accumulated_over_calls():
    def make():
        net = network()
        opt = optim.SGD(net.parameters(), lr=0.1)
        return World(net=net, opt=opt, step=lambda x, y: (F.cross_entropy(net(x), y) / 4).backward())

    def between(world, i):
        if i % 4 == 3:
            world.opt.step()
            world.opt.zero_grad()

    world = run(make, batch, "c", between)
    assert programs(world.compiled) == (2, 2)


def test_two_optimizers_and_several_backward_passes():
    def make():
        g = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 5))
        d = nn.Sequential(nn.Linear(5, 6), nn.Linear(6, 1))
        og, od = optim.Adam(g.parameters(), lr=0.01), optim.SGD(d.parameters(), lr=0.1, momentum=0.9)

        def step(x, y):
            od.zero_grad()
            fake = g(tg.randn(x.shape[0], 2))
            cost_d = (1 - d(x)).relu().mean() + (1 + d(fake.detach())).relu().mean()
            cost_d.backward()
            od.step()
            og.zero_grad()
            cost_g = -d(fake).mean()
            cost_g.backward()
            og.step()
            return {"d": cost_d, "g": [cost_g, fake.detach()]}

        return World(g=g, d=d, og=og, od=od, step=step)

    run(make, batch)
    run(make, batch, "ccec")


def test_optimizers_that_share_a_parameter():
    def make():
        net = network()
        a, b = optim.SGD(net.parameters(), lr=0.1, momentum=0.9), optim.Adam(list(net.parameters())[:1], lr=0.1)

        def step(x, y):
            net.zero_grad()
            F.cross_entropy(net(x), y).backward()
            a.step()
            b.step()

        return World(net=net, a=a, b=b, step=step)

    run(make, batch)


def test_two_steps_that_share_parameters():
    def make():
        net = network()
        opt = optim.Adam(net.parameters(), lr=0.1)

        def train(x, y):
            opt.zero_grad()
            F.cross_entropy(net(x), y).backward()
            opt.step()

        def evaluate(x):
            with tg.no_grad():
                return net(x).argmax(1)

        return World(net=net, opt=opt, train=train, evaluate=evaluate)

    eager, other = make(), make()
    other.net.load_state_dict(eager.net.state_dict())
    train, evaluate = tg.compile(other.train), tg.compile(other.evaluate)
    for i in range(8):
        x, y = batch(i)
        eager.train(x, y)
        train(x, y)
        same(eager.evaluate(x), evaluate(x))
        same([eager.net, eager.opt], [other.net, other.opt])


def test_tied_weights_and_one_module_at_two_places():
    def make():
        net = nn.Sequential(nn.Linear(5, 5), nn.Tanh(), nn.Linear(5, 5), nn.Linear(5, 3))
        net[2].weight = net[0].weight
        opt = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

        return trained(net, opt)

    run(make, batch)


# ---------------------------------------------------------------------------------------- changes between calls


def unfrozen(world, i):
    world.net[0].requires_grad_(i % 6 < 3)


def replaced(world, i):
    if i == 8:
        world.net[0].weight = nn.Parameter(tg.full((4, 5), 0.25))
        world.opt.param_groups[0]["params"][0] = world.net[0].weight


def loaded(world, i):
    if i == 8:
        world.net.load_state_dict({k: v * 0.5 for k, v in world.net.state_dict().items()})
    if i == 11:
        world.saved = [{k: v.clone() for k, v in world.net.state_dict().items()}, world.opt.state_dict()]
        world.saved[1] = __import__("copy").deepcopy(world.saved[1])
    if i == 15:
        world.net.load_state_dict(world.saved[0])
        world.opt.load_state_dict(world.saved[1])


def exchanged(world, i):
    if i % 6 == 5:
        world.net[0].weight.data = world.net[0].weight.data * 0.5
        world.net[0].bias.data.copy_(tg.ones(4))


def scaled(world, i):
    for p in world.net.parameters():
        if p.grad is not None and i % 2:
            p.grad = p.grad * 0.5


def forgotten(world, i):
    if i % 5 == 4:
        world.opt.state.clear()
    if i % 5 == 2:
        world.net.zero_grad()


CHANGES = [unfrozen, replaced, loaded, exchanged, scaled, forgotten]


@pytest.mark.parametrize("between", CHANGES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("kind", [optim.SGD, optim.Adam])
def test_changes_between_calls(between, kind):
    settings = {"momentum": 0.9} if kind is optim.SGD else {}
    run(training(kind, **settings), batch, "c", between)
    run(training(kind, **settings), batch, "ccce", between)


# ---------------------------------------------------------------------------------------- arguments and results


def test_nested_arguments_and_results():
    def body(w, pair, named, flag=None, *rest):
        x, (y, scale) = pair
        z = x * scale + named["a"] * (2 if flag == "twice" else 1)
        return {"z": z, "list": [y, z.sum(), None, "text", 3], "pair": (x, rest)}

    def calls(i):
        x = tg.tensor(np.random.default_rng(i).normal(size=(2, 3)))
        return [x, (x + 1, 0.5 + i)], {"a": x * 3, "unused": None}, "twice" if i % 3 else None, 4, x.numpy() + 1

    world = run(simple(body), calls)
    assert programs(world.compiled) == (2, 2)


def test_keyword_arguments():
    step = tg.compile(lambda x, *, scale=2.0, y=None: x * scale if y is None else x * scale + y)
    for i in range(5):
        x = tg.randn(3)
        same(step(x, scale=0.5 * i), x * (0.5 * i))
        same(step(x, y=x, scale=1.0), x * 1.0 + x)
        same(step(x), x * 2.0)
        same(step(x=x), x * 2.0)


@pytest.mark.parametrize("name", ["before", "run", "o1", "r0", "np", "error", "constant", "log", "argument0", "now"])
def test_names_of_arguments_hide_nothing(name):
    step = tg.compile(eval(f"lambda {name}, other: {name} * 2 + other"))
    for i in range(4):
        same(step(tg.full((2,), float(i)), tg.ones(2)), tg.full((2,), 2.0 * i + 1))


def test_arrays_as_arguments():
    def body(w, x):
        y = x @ x.T
        y[0] = 1.5
        return y.mean(axis=0) + np.sqrt(np.abs(x)).sum() + x.copy().reshape(-1)[:4].astype(np.float64).max()

    for dtype in (np.float32, np.float64):
        run(simple(body), [(np.random.default_rng(i).normal(size=(4, 3)).astype(dtype),) for i in range(5)])


def test_an_array_that_is_written_to():
    def body(w, x):
        x += 1
        x[0] *= 2
        return x.sum()

    for i in range(1):
        a, b = [np.arange(6.0).reshape(2, 3) + i for _ in range(2)]
        step = tg.compile(lambda x: body(None, x))
        for _ in range(5):
            assert float(step(a)) == float(body(None, b)) and (a == b).all()


def test_the_same_tensor_twice_and_an_argument_that_is_a_parameter():
    def twice(w, x, y):
        return x * y + x, w.p * y

    def calls(i):
        x, y = tg.full((2,), 1.0 + i), tg.full((2,), 2.0 + i)
        return (x, x) if i % 3 else (x, y)

    def make():
        p = nn.Parameter(tg.ones(2))
        return World(p=p, step=lambda x, y: (x * y + x, p * y))

    run(make, calls)
    eager, other = nn.Parameter(tg.ones(2)), nn.Parameter(tg.ones(2))

    def function(p):
        def step(x):
            p.grad = x.grad = None
            (p * x * 3).sum().backward()
            with tg.no_grad():
                p.sub_(0.1 * p.grad)
            return x

        return step

    plain, compiled = function(eager), tg.compile(function(other))
    for i in range(10):
        if i % 3:
            assert plain(eager) is eager and compiled(other) is other
        else:
            x, y = (tg.full((2,), float(i), requires_grad=True) for _ in range(2))
            assert plain(x) is x and compiled(y) is y
            same(x, y)
        same(eager, other)


def test_arguments_that_share_memory_and_are_written_to():
    def step(x, y):
        x += 1
        return y * 2

    compiled = tg.compile(step)
    for i in range(6):
        a, b = tg.full((4,), float(i)), tg.full((4,), float(i))
        same(step(a, a), compiled(b, b))
        same(a, b)
    for i in range(6):
        a, b = tg.full((4,), float(i)), tg.full((4,), float(i))
        same(step(a, tg.ones(4)), compiled(b, tg.ones(4)))
    x = tg.ones(4)
    for _ in range(3):
        try:
            result = compiled(x, x.view(2, 2))
        except CompileError:
            break
        same(result, x.view(2, 2) * 2)


def test_other_shapes_dtypes_and_layouts():
    net = network(np.float64)
    step, eager = tg.compile(lambda x: net(x.double()).sum(0)), lambda x: net(x.double()).sum(0)
    rng = np.random.default_rng(0)
    for _ in range(3):
        for n in (1, 2, 7, 0):
            for dtype in (np.float32, np.float64, np.int64):
                x = (rng.normal(size=(n, 5)) * 9).astype(dtype)
                same(step(tg.from_numpy(x)).detach(), eager(tg.from_numpy(x)).detach())
                turned = np.asfortranarray(x)
                same(step(tg.from_numpy(turned)).detach(), eager(tg.from_numpy(turned)).detach())
        same(step(tg.from_numpy(x[:, ::-1])).detach(), eager(tg.from_numpy(x[:, ::-1])).detach())
    assert programs(step)[0] == 16


def test_returning_what_was_there():
    def make():
        p = nn.Parameter(tg.ones(3, 2))
        return World(p=p, step=lambda x: (x, p, p.T, p[0], p.detach(), x[0], p.data))

    world = make()
    step = tg.compile(world.step)
    for i in range(4):
        x = tg.full((2, 2), float(i))
        same(step(x), world.step(x))
        assert step(x)[0] is x and step(x)[1] is world.p


def test_the_same_tensor_returned_twice():
    def step(x):
        y = x * 2
        return y, y, [y]

    compiled = tg.compile(step)
    for i in range(4):
        a, b, (c,) = compiled(tg.full((2,), float(i)))
        assert a is b is c
        same(a, tg.full((2,), 2.0 * i))


def test_a_view_of_a_parameter_shows_later_writes():
    p = nn.Parameter(tg.ones(3, 2))
    step = tg.compile(lambda x: (p.data[0], p.detach()))
    for i in range(4):
        row, whole = step(tg.ones(1))
        p.data[0] = float(i)
        assert row.tolist() == [i, i] and whole.tolist()[0] == [i, i]


def test_inference():
    net = network()

    @tg.compile
    def plain(x):
        with tg.no_grad():
            return net(x).softmax(1)

    @tg.compile
    @tg.no_grad()
    def decorated(x):
        return net(x).softmax(1)

    for i in range(5):
        x, _ = batch(i)
        for step in (plain, decorated):
            got = step(x)
            assert not got.requires_grad
            same(got, net(x).softmax(1).detach())
        with tg.no_grad():
            same(plain(x), net(x).softmax(1))
    assert tg.is_grad_enabled()


def test_backward_from_what_a_step_returned_says_what_to_do():
    net = network()
    step = tg.compile(lambda x: net(x).sum())
    for i in range(4):
        loss = step(batch(i)[0])
        assert loss.requires_grad and not loss.is_leaf
        with pytest.raises(RuntimeError, match="compiled step"):
            loss.backward()
        with pytest.raises(RuntimeError, match="compiled step"):
            (loss * 2).backward()


def test_forward_hooks():
    def make():
        net = network()
        net[0].register_forward_hook(lambda module, args, out: out * 2)
        net[1].register_forward_pre_hook(lambda module, args: (args[0] + 1,))
        return World(net=net, step=lambda x, y: F.cross_entropy(net(x), y))

    world = run(make, batch)
    before = programs(world.compiled)[0]
    world.net[0].register_forward_hook(lambda module, args, out: out + 1)
    x, y = batch(3)
    for _ in range(3):
        same(world.compiled(x, y).detach(), world.step(x, y).detach())
    assert programs(world.compiled)[0] == before + 1


def test_a_write_by_a_step_harms_a_graph_outside():
    p = nn.Parameter(tg.ones(2))

    @tg.compile
    def step(x):
        with tg.no_grad():
            p.mul_(2)
            x += 1

    for _ in range(5):
        for touched in (lambda: p * p, None):
            x = tg.ones(2, requires_grad=True)
            data = tg.ones(2)
            y = (touched() if touched else x * data).sum()
            step(data)
            with pytest.raises(RuntimeError, match="overwritten"):
                y.backward()
    y = (p * 2).sum()
    step(tg.ones(2))
    y.backward()


def test_an_array_as_an_index():
    step = tg.compile(lambda x, i, j: (x[i], x[:, j], x[i, j], x[0, i]))
    for k in range(4):
        x = tg.tensor(np.random.default_rng(k).normal(size=(4, 4)))
        i, j = np.array([k % 4, 1, 0]), np.array([2, k % 3, 1])
        same(step(x, i, j), step.function(x, i, j))


def test_a_traced_step_teaches_the_engine_nothing_wrong():
    op = tg.registry["sub"]
    before, op.saves = op.saves, False
    try:
        x = nn.Parameter(tg.ones(2))
        tg.compile(lambda y: (x - y).sum().backward())(tg.ones(2))
        assert not op.saves, "sub saves nothing, and can be walked twice"
    finally:
        op.saves = before

"""autograd.Function, functional, anomaly, checkpoint and profiler: by hand, and beside PyTorch."""

import json

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import autograd, nn
from tinygrad_edu.autograd import functional
from tinygrad_edu.autograd.function import once_differentiable
from tinygrad_edu.utils.checkpoint import checkpoint, checkpoint_sequential


def frameworks():
    yield tg
    try:
        import torch
    except ImportError:
        return
    yield torch


def functions_of(framework):
    """Functions as a user writes them, for either framework."""
    Function = framework.autograd.Function
    once = once_differentiable if framework is tg else framework.autograd.function.once_differentiable

    class Cube(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 3 * x * x

    class Exp(Function):  # saves its result
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    class Both(Function):  # two results, a setting, an argument without a gradient
        @staticmethod
        def forward(x, y, power):
            return x * y, x**power

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, y, ctx.power = inputs
            ctx.save_for_backward(x, y)

        @staticmethod
        def backward(ctx, g, h):
            x, y = ctx.saved_tensors
            dx = g * y + h * ctx.power * x ** (ctx.power - 1)
            return dx, (g * x if ctx.needs_input_grad[1] else None), None

    class Places(Function):  # a result without a derivative
        @staticmethod
        def forward(ctx, x):
            at = x.argmax()
            ctx.mark_non_differentiable(at)
            ctx.save_for_backward(x, at)
            return x * 2, at

        @staticmethod
        def backward(ctx, g, _):
            return g * 2

    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sin()

        @staticmethod
        @once
        def backward(ctx, g):
            return g * ctx.saved_tensors[0].cos()

    return Cube, Exp, Both, Places, Once


def numbers(framework, *values):
    return [framework.tensor(v, dtype=framework.float64, requires_grad=True) for v in values]


def first_and_second(framework, f, *values):
    xs = numbers(framework, *values)
    z = f(*xs)
    first = framework.autograd.grad(z, xs, create_graph=True)
    weighted = sum((i + 1) * (g * g).sum() for i, g in enumerate(first))
    second = framework.autograd.grad(weighted, xs)
    return [z.item(), *(g.detach().numpy() for g in (*first, *second))]


PROGRAMS = {
    "cube": lambda F, x, y: (F[0].apply(x) * y).sum(),
    "exp": lambda F, x, y: (F[1].apply(x * y) * x).sum(),
    "nested": lambda F, x, y: F[1].apply(F[0].apply(x * 0.5) + y).sum(),
    "both": lambda F, x, y: (F[2].apply(x, y, 3)[0] * F[2].apply(x, y, 2)[1]).sum(),
    "one of both": lambda F, x, y: (F[2].apply(x, y, 3)[1] * y).sum(),
    "twice": lambda F, x, y: (F[1].apply(x) + F[1].apply(y) * F[0].apply(x + y)).sum(),
    "places": lambda F, x, y: (F[3].apply(x)[0] * y * x).sum(),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_functions_of_a_user(name):
    values = [0.3, -0.7, 1.1], [0.9, 0.4, -0.5]
    found = [first_and_second(fw, lambda x, y, fw=fw: PROGRAMS[name](functions_of(fw), x, y), *values)
             for fw in frameworks()]  # fmt: skip
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
    F = functions_of(tg)
    autograd.gradcheck(lambda x, y: PROGRAMS[name](F, x, y), numbers(tg, *values))
    autograd.gradgradcheck(lambda x, y: PROGRAMS[name](F, x, y), numbers(tg, *values))


def test_what_a_function_tells():
    Cube, _, _, Places, Once = functions_of(tg)
    (x,) = numbers(tg, [1.0, 2.0])
    z = Cube.apply(x)
    assert z.grad_fn.name() == "CubeBackward" and z.requires_grad and not Cube.apply(x.detach()).requires_grad
    double, at = Places.apply(x)
    assert double.requires_grad and not at.requires_grad and at.item() == 1
    z = Once.apply(x).sum()
    (g,) = autograd.grad(z, [x], create_graph=True)
    np.testing.assert_allclose(g.detach().numpy(), np.cos([1, 2]))
    with pytest.raises(RuntimeError, match="marked with @once_differentiable"):
        g.sum().backward()
    y = x * 1
    z = Cube.apply(y)
    y.mul_(2)
    with pytest.raises(RuntimeError, match=r"Cube: a value of shape \(2,\) that its derivative needs was overwritten"):
        z.sum().backward()
    z = Cube.apply(x).sum()
    z.backward()
    with pytest.raises(RuntimeError, match="already walked"):
        z.backward()

    class Wrong(autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * y

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(RuntimeError, match="one gradient for each of 2 arguments of forward expected, got 1"):
        Wrong.apply(x, x).sum().backward()


def test_a_compiled_step_with_a_function_gives_the_same_bits():
    from tests.compiler.side_by_side import World, run

    Cube = functions_of(tg)[0]

    def make():
        net = nn.Linear(3, 2)
        opt = tg.optim.SGD(net.parameters(), lr=0.01)

        def step(x):
            opt.zero_grad()
            loss = Cube.apply(net(x)).sum()
            loss.backward()
            opt.step()
            return loss

        return World(net=net, opt=opt, step=step)

    batches = [(tg.tensor(np.random.default_rng(i).normal(size=(4, 3)).astype(np.float32)),) for i in range(5)]
    run(make, batches)


# ------------------------------------------------------------------------------------------ functional


def field(x, y):
    return (x * y).sum() + (x * x * x).sum()


def test_functional_beside_pytorch():
    torch = pytest.importorskip("torch")
    values, vs = ([0.3, -0.7], [0.9, 0.4]), ([1.0, 2.0], [-1.0, 0.5])

    def outputs(framework):
        f = functional if framework is tg else torch.autograd.functional
        xs = tuple(framework.tensor(v, dtype=framework.float64) for v in values)
        ws = tuple(framework.tensor(v, dtype=framework.float64) for v in vs)
        two = lambda x, y: (x * y, x.exp())
        yield f.jacobian(lambda x: x.exp() * xs[1], xs[0])
        yield f.jacobian(two, xs)
        yield f.hessian(field, xs)
        yield f.hessian(lambda x: (x**3).sum(), xs[0])
        yield f.vjp(two, xs, ws)
        yield f.jvp(two, xs, ws)
        yield f.vhp(field, xs, ws)
        yield f.hvp(field, xs, ws)

    def flat(x):
        return [n for part in x for n in flat(part)] if isinstance(x, tuple) else [x.detach().numpy()]

    for mine, theirs in zip(outputs(tg), outputs(torch), strict=True):
        for a, b in zip(flat(mine), flat(theirs), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


def test_functional_by_hand():
    (x,) = numbers(tg, [1.0, 2.0])
    assert functional.jacobian(lambda x: x * x, x).tolist() == [[2, 0], [0, 4]]
    assert functional.hessian(lambda x: (x**3).sum(), x).tolist() == [[6, 0], [0, 12]]
    assert functional.jvp(lambda x: x * x, x, tg.tensor([1.0, -1.0], dtype=np.float64))[1].tolist() == [2, -4]
    with pytest.raises(RuntimeError, match="must return a single number"):
        functional.hessian(lambda x: x, x)
    cube = tg.func.grad(lambda t: t**3)
    assert cube(tg.tensor(2.0)).item() == 12 and tg.func.grad(cube)(tg.tensor(2.0)).item() == 12
    gradient, value = tg.func.grad_and_value(lambda p, x: (p["w"] * x).sum())({"w": x.detach()}, 3.0)
    assert value.item() == 9 and gradient["w"].tolist() == [3, 3]
    net = nn.Linear(2, 1)
    doubled = {k: v * 2 for k, v in net.state_dict().items()}
    y = tg.ones(2)
    expected = 2 * net(y).item()
    assert tg.func.functional_call(net, doubled, (y,)).item() == pytest.approx(expected, rel=1e-5)
    assert net.weight.requires_grad and tg.func.jacrev(lambda x: x * x)(y).tolist() == [[2, 0], [0, 2]]


# ------------------------------------------------------------------------------------------ anomaly


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
def test_anomaly_names_the_op_the_line_and_the_first_value():
    x = tg.tensor([1.0, 0.0], requires_grad=True)
    (x.sqrt() * tg.tensor([1.0, 0.0])).sum().backward()  # nan, and nobody says so
    assert np.isnan(x.grad.numpy()).any()
    with pytest.raises(RuntimeError) as error, autograd.detect_anomaly():
        y = x.log()
        (y * tg.tensor([1.0, 0.0])).sum().backward()
    text = str(error.value)
    assert text.startswith("log: its derivative by argument 0 is nan, at index (1,)") and "test_functions.py:" in text
    assert "the first value that was not finite came from log" in text and "a -inf of shape (2,)" in text
    assert not autograd.is_anomaly_enabled()
    with autograd.set_detect_anomaly(True):
        assert autograd.is_anomaly_enabled()
        with pytest.raises(RuntimeError, match="sqrt: its derivative by argument 0 is nan"):
            (x.sqrt() * tg.tensor([1.0, 0.0])).sum().backward()
    assert not autograd.is_anomaly_enabled()


# ------------------------------------------------------------------------------------------ checkpoint


class Noisy(nn.Module):
    """A part of a network that draws numbers, and counts how often it is run."""

    def __init__(self):
        super().__init__()
        self.inner, self.runs = nn.Linear(3, 3), 0

    def forward(self, x):
        self.runs += 1
        return (self.inner(x) * tg.rand(3)).tanh()


@pytest.mark.parametrize("reentrant", [True, False])
def test_checkpoint_gives_the_same_gradients(reentrant):
    tg.manual_seed(0)
    net, x = Noisy(), tg.randn(4, 3, requires_grad=True)

    def gradients(run):
        net.zero_grad()
        tg.manual_seed(1)
        leaf = x.detach().requires_grad_()
        y = run(leaf * 2)
        after = tg.rand(1).item()
        (y * y).sum().backward()
        return [y.detach().numpy(), leaf.grad.numpy(), *(p.grad.numpy() for p in net.parameters()), after]

    expected = gradients(net)
    runs = net.runs
    found = gradients(lambda x: checkpoint(net, x, use_reentrant=reentrant))
    assert net.runs == runs + 2
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)
    layers = nn.Sequential(net, nn.Linear(3, 3), nn.ReLU())
    y = checkpoint_sequential(layers, 2, x)
    assert y.requires_grad and y.shape == (4, 3)


def test_checkpoint_keeps_nothing_and_refuses_what_it_cannot_follow():
    x = tg.ones(2, requires_grad=True)
    y = x * 3
    with pytest.raises(RuntimeError, match="a tensor that mul computed outside of it; pass it as an argument"):
        checkpoint(lambda: y * y)
    z = checkpoint(lambda y: y * y, y)
    assert z.grad_fn.name() == "CheckpointBackward0" and z.grad_fn.next_functions[0][0] is y.grad_fn
    (g,) = autograd.grad(z.sum(), [x], retain_graph=True)
    assert g.tolist() == [18, 18]
    with pytest.raises(RuntimeError, match="no second derivative through a checkpoint"):
        autograd.grad(z.sum(), [x], create_graph=True)


# ------------------------------------------------------------------------------------------ profiler


def test_the_profiler_counts_and_prints():
    x = tg.randn(20, 20, requires_grad=True)
    with autograd.profiler.profile(record_shapes=True) as prof:
        for _ in range(3):
            with autograd.profiler.record_function("mine"):
                loss = (x @ x).relu().sum()
            loss.backward()
    (x * x).sum()  # not counted any more
    events = {event.key: event for event in prof.key_averages()}
    assert events["matmul"].count == events["relu"].count == events["mine"].count == 3 and "mul" not in events
    assert events["backward: matmul"].count == 6, "one for each factor"
    assert events["mine"].cpu_time_total > events["mine"].self_cpu_time_total > 0
    table = prof.key_averages().table(sort_by="cpu_time_total", row_limit=2)
    assert table.splitlines()[1].split()[:2] == ["Name", "Self"] and len(table.splitlines()) == 7
    assert "[[20, 20], [20, 20]]" in prof.key_averages(group_by_input_shape=True).table()
    with tg.profiler.profile(activities=[tg.profiler.ProfilerActivity.CPU]) as newer:
        x.exp()
    assert [event.key for event in newer.key_averages()] == ["exp"]
    with autograd.profiler.profile(enabled=False) as off:
        x.exp()
    assert not off.key_averages()


def test_the_profiler_follows_whole_networks(tmp_path):
    x = tg.rand(2, 3, 8, 8, requires_grad=True)
    with tg.profiler.profile(record_shapes=True, profile_memory=True,
                             on_trace_ready=tg.profiler.tensorboard_trace_handler(str(tmp_path))) as prof:  # fmt: skip
        tg.nn.functional.max_pool2d(x, 2).sum().backward()  # a node with two values: its gradients come as a list
    table = prof.key_averages(group_by_input_shape=True).table(sort_by="cpu_memory_usage", row_limit=3)
    assert "CPU Mem" in table and "[[2, 3, 8, 8]]" in table and len(table.splitlines()) == 8
    spans = json.loads(next(tmp_path.iterdir()).read_text(encoding="utf-8"))["traceEvents"]
    assert {"max_pool", "backward: max_pool"} <= {span["name"] for span in spans}
    with pytest.raises(ValueError, match="sort_by must be one of"):
        prof.table(sort_by="tme")

"""`step.source`: a page that runs with NumPy alone, to the plain program's bits, and that reads like a lesson."""

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F
from models import digit
from tests.laws import checks, draw
from tinygrad_edu import nn, optim
from tinygrad_edu.compiler.expressions import Text, expression
from tinygrad_edu.compiler.literals import array_text, number_text
from tinygrad_edu.compiler.program import Line, Origin, Value
from tinygrad_edu.compiler.record import record

from .pages import bits, check
from .test_laws import OPS, SHAPED_BY_VALUES, arguments, derivatives, masked

# ---- steps of many kinds ---------------------------------------------------------------------------------------


def digit_step(kind=optim.SGD, **options):
    network = digit.digit_network()
    optimizer = kind(network.parameters(), **(options or {"lr": 0.5}))

    def train_step(pixels, wanted):
        optimizer.zero_grad()
        cost = digit.cost_of(network(pixels), wanted)
        cost.backward()
        optimizer.step()
        return cost

    return train_step, lambda: (tg.rand(10, 784), tg.rand(10, 10))


def classifier():
    network = nn.Sequential(nn.Linear(20, 8), nn.ReLU(), nn.Linear(8, 5))
    optimizer = optim.SGD(network.parameters(), lr=0.1)

    def step(x, y):
        optimizer.zero_grad()
        loss = F.cross_entropy(network(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: (tg.randn(6, 20), tg.randint(0, 5, (6,)))


def lecture():
    """Plain tensors, moved by hand through .data."""
    w1, b1 = tg.randn(20, 8, requires_grad=True), tg.zeros(8, requires_grad=True)
    w2, b2 = tg.randn(8, 3, requires_grad=True), tg.zeros(3, requires_grad=True)

    def step(x, y, lr):
        loss = ((tg.tanh(x @ w1 + b1) @ w2 + b2 - y) ** 2).mean()
        for p in (w1, b1, w2, b2):
            p.grad = None
        loss.backward()
        for p in (w1, b1, w2, b2):
            p.data -= lr * p.grad
        return loss

    return step, lambda: (tg.randn(6, 20), tg.randn(6, 3), 0.1)


def masks():
    body, head = nn.Sequential(nn.Linear(20, 8), nn.Tanh()), nn.Linear(8, 3)
    optimizer = optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)

    def step(x, y):
        optimizer.zero_grad()
        mask = (tg.rand(6, 8) > 0.5) / 0.5
        loss = ((head(body(x) * mask) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda: (tg.randn(6, 20), tg.randn(6, 3))


def two_walks():
    """Two networks against each other, as in a GAN."""
    maker = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    judge = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1), nn.Sigmoid())
    of_maker, of_judge = optim.SGD(maker.parameters(), lr=0.1), optim.SGD(judge.parameters(), lr=0.1)

    def step(real):
        made = maker(tg.randn(6, 4))
        of_judge.zero_grad()
        loss_of_judge = -(tg.log(judge(real)) + tg.log(1 - judge(made.detach()))).mean()
        loss_of_judge.backward()
        of_judge.step()
        of_maker.zero_grad()
        loss_of_maker = -tg.log(judge(made)).mean()
        loss_of_maker.backward()
        of_maker.step()
        return loss_of_judge, loss_of_maker

    return step, lambda: (tg.randn(6, 2),)


def writes_everywhere():
    """Values that are read before and after a write, through views too, and state that nobody differentiates."""
    counts, weight = tg.zeros(3), tg.randn(4, 3, requires_grad=True)

    def step(x):
        before = counts * 2
        with tg.no_grad():
            counts.add_(1)
            counts[0] += 5
        z = x @ weight
        row = z.detach().clone()[1]
        late = row + counts
        row[2] = 7
        row *= 2
        return before, late, row, (z * z - (1 - (z - 2)) / (z / 3)).sum(), counts + before

    return step, lambda: (tg.randn(5, 4),)


STEPS = {
    "digit": digit_step,
    "momentum": lambda: digit_step(optim.SGD, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda: digit_step(optim.Adam), "adamw": lambda: digit_step(optim.AdamW, amsgrad=True),
    "classifier": classifier, "lecture": lecture, "masks": masks, "two walks": two_walks, "writes": writes_everywhere,
}  # fmt: skip


def compiled(name, calls=2):
    tg.manual_seed(0)
    step, data = STEPS[name]()
    step = tg.compile(step)
    for _ in range(calls):
        step(*data())
    return step


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("calls", [1, 2, 4])
def test_runs_alone_to_the_same_bits(name, calls):
    step = compiled(name, calls)
    source = check(step._latest().recording)
    assert source == step.source
    assert max(map(len, source.splitlines())) <= 120


@pytest.mark.parametrize("name", sorted(OPS.keys() - SHAPED_BY_VALUES - {"getitem"}))
@pytest.mark.parametrize("second", [False, True], ids=["first", "second"])
def test_every_op(name, second):
    @settings(max_examples=2)
    @given(call=draw.calls(OPS[name]))
    def look(call):
        assume(not masked(call))
        for one in (call, call.as_dtype(np.float32)) if not call.static.get("dtype") else (call,):
            xs, gs = next(arguments(one, checks.rng_of(call)))()
            gs = [g if g is None else g.float() for g in gs] if one is not call else gs
            check(record(derivatives(one, second), (xs, gs), {}))

    look()


CHANGES = {
    "add": lambda x, y: x + y, "subtract": lambda x, y: x - y, "multiply": lambda x, y: x * y,
    "tanh": lambda x, y: tg.tanh(x), "negative": lambda x, y: -x, "scaled": lambda x, y: 1 - x * 0.5,
    "sum": lambda x, y: x * y.sum(), "turned": lambda x, y: x.T, "turned copy": lambda x, y: x.T.clone(),
    "view": lambda x, y: x.view(3, 3), "rows": lambda x, y: x[1:2] * y, "first": lambda x, y: x[0].reshape(3, 1) - y,
    "add_": lambda x, y: x.add_(y), "mul_": lambda x, y: x.mul_(0.5), "write": lambda x, y: put(x, 1, y[0] * 2),
    "write all": lambda x, y: put(x, ..., y * 0.25), "write column": lambda x, y: put(x.T, 2, y[1]),
    "write part": lambda x, y: (put(x[:2], 0, 3.0), x)[1], "tanh_": lambda x, y: x.tanh_(),
}  # fmt: skip


def put(x, index, value):
    x[index] = value
    return x


PLACES = draw.st.integers(0, 50)
LINES = draw.st.lists(draw.st.tuples(draw.st.sampled_from(sorted(CHANGES)), PLACES, PLACES), min_size=3, max_size=14)


@settings(max_examples=200)
@given(changes=LINES, seed=draw.st.integers(0, 99))
def test_values_are_read_before_and_after_writes(changes, seed):
    """Any order of calls, views and writes, to values and to state."""
    tg.manual_seed(seed)
    states = [tg.randn(3, 3), tg.randn(3, 3)]

    def step(x):
        values = [*states, x * 1.5]
        with tg.no_grad():
            for name, i, j in changes:
                values.append(CHANGES[name](values[i % len(values)], values[j % len(values)]))
        return values[-1], sum(v.sum() for v in values[3::3])  # what is not returned may be folded

    check(record(step, (tg.randn(3, 3),), {}))


# ---- how it reads ----------------------------------------------------------------------------------------------


def lines_of(source):
    """The statements of a page, without comments."""
    return [line.split("  #")[0].strip() for line in source.splitlines() if line.startswith("    ")]


def test_the_digit_step():
    source = compiled("digit").source
    assert len(source.splitlines()) <= 60
    assert "updates 13,002 parameters" in source
    lines = lines_of(source)
    for line in (
        "linear1 = np.dot(pixels, weight_0.T) + bias_0", "sigmoid1 = 1 / (1 + np.exp(-linear1))",
        "cost = np.sum(difference * difference) / 10", "d_difference = 0.1 * (2 * difference)",
        "d_linear3 = d_difference * (sigmoid3 * (1 - sigmoid3))", "d_weight_0 = np.dot(d_linear1.T, pixels)",
        "weight_0 -= lr * d_weight_0",
        "return cost, d_weight_0, d_bias_0, d_weight_2, d_bias_2, d_weight_4, d_bias_4",
    ):  # fmt: skip
        assert line in lines
    assert re.search(r"linear1 = .* # \(10, 16\)   linear, 0$", source, re.MULTILINE)
    assert re.search(r"weight_4 -= .* # \(10, 16\)   SGD, 4.weight$", source, re.MULTILINE)
    places = {line.index("  # ") for line in source.splitlines() if re.match(r" {4}\w.*  # ", line)}
    assert len(places) == 1, "comments stand in a column"


def headings(name):
    return re.findall(r"^    # (forward|cost|backward|update)$", compiled(name).source, re.MULTILINE)


def test_headings():
    assert headings("digit") == ["forward", "cost", "backward", "update"]
    assert headings("lecture") == ["forward", "backward", "update"]
    assert headings("two walks") == ["forward", "cost", "backward", "update", "forward", "backward", "update"]


def test_what_is_named_after_what():
    assert "    return loss, d_b1, d_b2, d_w1, d_w2" in compiled("lecture").source
    assert "w1 -= lr * d_w1" in lines_of(compiled("lecture").source)
    assert "weight_0_momentum *= momentum" in lines_of(compiled("momentum").source)
    assert "weight_0_exp_avg += (1 - beta1) * d_weight_0" in lines_of(compiled("adam").source)
    assert "the step returns loss1, loss2;" in compiled("two walks").source


def test_long_lines_are_broken_within_brackets():
    named = {f"a_quite_long_name_of_an_input_{i}": tg.randn(2, 3) for i in range(9)}

    def step(**tensors):
        return tg.cat(list(tensors.values())) * 2, tg.einsum("ij,kj->ik", *list(tensors.values())[:2])

    source = check(record(step, (), named))
    assert max(map(len, source.splitlines())) <= 112
    assert any(line.endswith(",") for line in lines_of(source))


def test_a_step_without_results():
    weight = tg.randn(3)

    def step(x):
        weight.add_(x)

    source = check(record(step, (tg.randn(3),), {}))
    assert "return" not in source and "weight += x" in lines_of(source)


def test_the_same_page_each_time():
    step = compiled("adam")
    assert step.source == step.source


# ---- expressions -----------------------------------------------------------------------------------------------

X, Y, Z = (Value("input", np.ones((2, 3), np.float32), hint) for hint in "xyz")
N = Value("input", hint="n")


def value_of(function, *args):
    value = Value("result", np.ones((2, 3), np.float32), "result")
    value.array = Line(function, args, {}, (value,), None, Origin())
    return value


def number(function, *args):
    value = Value("result", hint="number")
    value.array = Line(function, args, {}, (value,), None, Origin())
    return value


def shown(value):
    if type(value.array) is Line:
        return expression(value.array, shown)
    return Text.of(array_text(value.array) if value.kind == "constant" else value.hint)


def constant(x, dtype=np.float32):
    return Value("constant", np.asarray(x, dtype))


add, subtract, multiply, divide, negative, matmul, greater = (
    lambda *args, name=name: value_of(f"np.{name}", *args)
    for name in ("add", "subtract", "multiply", "divide", "negative", "matmul", "greater")
)


@pytest.mark.parametrize(("value", "code"), [
    (add(X, add(Y, Z)), "x + (y + z)"), (add(add(X, Y), Z), "x + y + z"),
    (subtract(X, subtract(Y, Z)), "x - (y - z)"), (subtract(subtract(X, Y), Z), "x - y - z"),
    (multiply(add(X, Y), Z), "(x + y) * z"), (add(multiply(X, Y), Z), "x * y + z"),
    (multiply(X, multiply(Y, Z)), "x * (y * z)"), (divide(X, divide(Y, Z)), "x / (y / z)"),
    (divide(multiply(X, Y), Z), "x * y / z"), (multiply(X, divide(Y, Z)), "x * (y / z)"),
    (negative(add(X, Y)), "-(x + y)"), (negative(multiply(X, Y)), "-(x * y)"), (multiply(negative(X), Y), "-x * y"),
    (subtract(X, negative(Y)), "x - (-y)"), (negative(negative(X)), "-(-x)"),
    (matmul(matmul(X, Y), Z), "x @ y @ z"), (matmul(X, matmul(Y, Z)), "x @ (y @ z)"),
    (greater(add(X, Y), Z), "x + y > z"), (multiply(greater(X, Y), Z), "(x > y) * z"),
    (greater(greater(X, Y), Z), "(x > y) > z"), (value_of("np.exp", negative(X)), "np.exp(-x)"),
    (value_of("np.transpose", add(X, Y)), "(x + y).T"), (value_of("getitem", add(X, Y), 0), "(x + y)[0]"),
    (multiply(X, N), "n * x"), (multiply(X, 2), "2 * x"), (subtract(X, -2.5), "x - (-2.5)"),
    (multiply(X, number("operator.sub", 1, N)), "(1 - n) * x"), (value_of("np.power", X, 2), "np.power(x, 2)"),
    (value_of("np.dot", X, Y), "np.dot(x, y)"), (multiply(X, constant(0.1)), "0.1 * x"),
    (divide(constant(1), X), "1 / x"), (add(X, constant(-0.0)), "x + (-0.0)"),
    (multiply(X, constant(0.5, np.float64)), "np.float64(0.5) * x"), (multiply(X, constant(np.ones((2, 3)))), "1 * x"),
    (value_of("np.maximum", X, constant(0)), "np.maximum(x, 0)"),
])  # fmt: skip
def test_operators_and_parentheses(value, code):
    assert shown(value).code == code
    space = {"np": np, "n": 0.7} | {name: np.random.default_rng(i).normal(size=(3, 3)).astype(np.float32)
                                    for i, name in enumerate("xyz")}  # fmt: skip
    if code != "1 * x":  # of another shape than these
        assert bits(eval(code, space)) == bits(called(value, space))


def called(value, space):
    """What the traced calls give."""
    if type(value) is not Value:
        return value
    if type(value.array) is not Line:
        return value.array if value.kind == "constant" else space[value.hint]
    args = [called(x, space) for x in value.array.args]
    if value.array.function == "getitem":
        return args[0][args[1]]
    if value.array.function == "operator.sub":
        return args[0] - args[1]
    return getattr(np, value.array.function[3:])(*args)


# ---- constants -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("array", "code"), [
    (np.ones(10, np.float32), "np.ones(10, np.float32)"), (np.zeros((2, 3)), "np.zeros((2, 3), np.float64)"),
    (np.full(3, 0.1, np.float32), "np.full(3, 0.1, np.float32)"), (np.arange(5), "np.arange(5)"),
    (np.arange(6, dtype=np.int32).reshape(6, 1), "np.arange(6, dtype=np.int32).reshape(6, 1)"),
    (np.array([3, 1, 4]), "np.array([3, 1, 4])"), (np.array([True, False]), "np.array([True, False])"),
    (np.array([0.1, 2], np.float32), "np.array([0.1, 2], np.float32)"),
    (np.float32(1 / 3).reshape(()), "np.float32(0.33333334)"), (np.array(-0.0), "np.float64(-0.0)"),
    (np.broadcast_to(np.float32(0.1), (4, 5)), "np.broadcast_to(np.float32(0.1), (4, 5))"),
    (np.random.default_rng(0).normal(size=(9, 9)), None), (np.array([0.1, np.nan]), None),
    (np.asfortranarray(np.random.default_rng(0).normal(size=(2, 2))), None), (np.array([0.0, -0.0]),
                                                                             "np.array([0, -0.0], np.float64)"),
])  # fmt: skip
def test_constants(array, code):
    assert array_text(array) == code
    if code is not None:
        made = np.asarray(eval(code, {"np": np}))
        assert bits(made) == bits(array)
        assert array.dtype.kind in "iub" or array.size < 2 or made.strides == array.strides


@settings(max_examples=200)
@given(draw.st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_bits(x):
    x = np.array(x, np.float32)
    text = number_text(x)
    assert text is not None and np.array(eval(text), np.float32).tobytes() == x.tobytes()


def test_a_large_constant_is_a_parameter():
    def step(x):
        table = tg.tensor(np.random.default_rng(0).normal(size=(5, 4)))
        return x * table

    source = check(record(step, (tg.randn(5, 4).double(),), {}))
    assert "def step(x, constant):" in source


def test_a_constant_that_is_written_to_is_made_at_each_call():
    def step(x):
        sums = tg.zeros(4)
        sums += x[0]
        sums[1] = 5
        return sums, tg.zeros(4)

    source = check(record(step, (tg.randn(5, 4),), {}))
    assert "constant = np.zeros(4, np.float32)" in lines_of(source)
    assert "return constant, np.zeros(4, np.float32)" in lines_of(source)

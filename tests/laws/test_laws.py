"""The laws over the registry: an op is held to each of them from the moment it exists."""

import inspect

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tinygrad_edu import engine
from tinygrad_edu.autograd import grad
from tinygrad_edu.tensor import Tensor, tensor

from . import checks, draw, grammar, references
from .cases import CASES

some = any
OPS = grammar.load()
every_op = pytest.mark.parametrize("name", sorted(OPS))

# Values that are no numbers yet, so that no reference can say what they are.
CREATION = {"zeros_like", "ones_like", "full_like", "empty_like"}


def drawn(law, **options):
    """A test that holds every op to `law`, on calls that Hypothesis draws."""

    @every_op
    @given(data=st.data())
    def test(name, data):
        law(data.draw(draw.calls(OPS[name], **options)))

    test.__doc__ = law.__doc__
    return test


# ------------------------------------------------------------------------------------------------- described


def described(op):
    """A docstring, a shape line that names each positional argument (or cases), Examples for what must be given."""
    name = op.name
    assert (op.formula.__doc__ or "").strip(), f"{name}: a docstring is missing"
    read = grammar.signature(op)
    assert read is not None or name in CASES, (
        f"{name}: no shape line, such as 'x: (n, m) -> (m)', and no case in tests/laws/cases.py to draw it by"
    )
    if read is None:
        return
    if not op.variadic:
        assert tuple(x.name for x in read.inputs) == op.positional, f"{name}: the shape line names other arguments"
    parameters = inspect.signature(op.formula).parameters
    needed = {key for key in op.static if parameters[key].default is inspect.Parameter.empty}
    sizes = dict.fromkeys([a for x in read.inputs for a in x.axes if not a.isdigit()] + list(read.result or ()), 3)
    for text in read.examples or [""]:
        named = draw.example(text, sizes).keys()
        assert named <= set(op.static), f"{name}: Examples name {named - set(op.static)}, which it does not take"
        assert needed <= named, f"{name}: Examples must give {needed}"


@every_op
def test_an_op_says_what_the_laws_need(name):
    described(OPS[name])


def test_no_op_of_a_user_is_among_them():
    @engine.op(name="a_users_own")
    def formula(x):
        """z = x          x: (n) -> (n)"""
        return x, lambda g: g

    try:
        assert "a_users_own" not in grammar.load()
    finally:
        del engine.registry["a_users_own"]


def test_a_case_is_of_an_op_that_exists():
    assert set(CASES) <= set(OPS)
    assert set(references.REFERENCES) <= set(OPS)


# --------------------------------------------------------------------------------------------------- values


@every_op
@given(data=st.data())
def test_forward_agrees_with_the_reference(name, data):
    """The value is what plain loops, Python's math, or the NumPy function that the op answers for, give."""
    answering = [f for f, call in engine.answers.items() if call is OPS[name].call and callable(f)]
    reference = references.reference(name, answering)
    assert reference is not None, f"{name}: no reference in tests/laws/references.py, and no NumPy function"
    call = data.draw(draw.calls(OPS[name]))
    wanted = reference(*call.arrays, **call.static)
    for z, w in zip(call.values(), wanted if type(wanted) is tuple else (wanted,), strict=True):
        assert np.shape(z) == np.shape(w)
        np.testing.assert_allclose(z, w, rtol=2e-12, atol=1e-13)


@every_op
@given(data=st.data())
def test_result_has_the_documented_shape_and_the_inputs_dtype(name, data):
    """float64 in gives float64 (or integers, booleans), float32 gives float32; the shape is the shape line's."""
    call = data.draw(draw.calls(OPS[name]))
    for dtype in (np.float64, np.float32):
        narrow = call.as_dtype(dtype)
        value = narrow.op.call(*checks.leaves(narrow), **narrow.static)
        for z in value if type(value) is tuple else (value,):
            assert type(z) is Tensor or isinstance(z, Tensor)
            assert isinstance(z._array, np.ndarray)
            wanted = narrow.static.get("dtype", dtype)
            assert z.dtype.kind != "f" or z.dtype == wanted, f"{name}: {dtype} became {z.dtype}"
            if call.expected is not None:
                assert len(z.shape) == len(call.expected), f"{name}: {z.shape}, documented {call.expected}"
                assert all(want in (None, n) for n, want in zip(z.shape, call.expected, strict=True))


@every_op
@given(data=st.data())
def test_gradients_of_float32_are_float32(name, data):
    """And they are close to the float64 ones."""
    call = data.draw(draw.calls(OPS[name]))
    narrow = call.as_dtype(np.float32)
    wide = narrow.as_dtype(np.float64)
    gs = checks.weights(wide.values(), checks.rng_of(call))
    dtype = np.dtype(call.static.get("dtype", np.float32))
    narrow_gs = [None if g is None else g.astype(dtype) for g in gs]
    for a, b in zip(checks.gradients(narrow, narrow_gs), checks.gradients(wide, gs), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=2e-3, atol=2e-4)
    value, *ways = narrow.formula()
    for x, way in zip(narrow.arrays, ways, strict=False):  # an argument that was left out has a way back all the same
        if way is not None and x.dtype == np.float32:
            got = way(checks.g_for(value, narrow_gs))
            assert got.dtype == np.float32, f"{name}: a way back gives {got.dtype} for float32"


ELEMENTWISE = sorted(n for n, op in OPS.items() if op.elementwise and len(op.positional) > 1)


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(data=st.data())
def test_numbers_and_0d_operands_leave_the_dtype_alone(name, data):
    """A Python number, or a 0-d float64 tensor, beside a float32 vector: value and gradients are float32."""
    call = data.draw(draw.calls(OPS[name], broadcast=False))
    kind = call.arrays[-1].dtype.kind
    k = data.draw(st.sampled_from(range(len(call.arrays))))
    if call.arrays[k].dtype.kind == "b" and kind != "b":
        return  # the condition of where
    number = call.arrays[k].ravel()[0]
    others = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in call.arrays]
    others = [np.reshape(x, (1,)) if x.ndim == 0 else x for x in others]
    for operand in (number.item(), tensor(number, requires_grad=kind == "f")):
        xs = [tensor(x, requires_grad=x.dtype == np.float32) for x in others]
        leaf = next(x for i, x in enumerate(xs) if i != k and x.dtype.kind == kind)
        xs[k] = operand
        z = call.op.call(*xs)
        plain = call.op.call(*(number if i == k else x for i, x in enumerate(others)))
        np.testing.assert_allclose(z._array, plain, rtol=1e-5, atol=1e-6)
        if z.dtype.kind != "f":
            continue
        assert z.dtype == np.float32
        if z.requires_grad:
            got = grad(z, [leaf], [np.ones(z.shape)], retain_graph=True, materialize_grads=True)[0]
            assert got.dtype == np.float32 and got.shape == leaf.shape
            if isinstance(operand, Tensor):
                own = grad(z, [operand], [np.ones(z.shape)], materialize_grads=True)[0]
                assert own.dtype == np.float64 and own.shape == ()


SEVERAL = sorted(n for n, op in OPS.items() if op.promote is not None and (len(op.positional) > 1 or op.variadic))


@pytest.mark.parametrize("name", SEVERAL)
@given(data=st.data())
def test_mixed_dtypes(name, data):
    """float32 beside float64 gives float64, and each gradient its own dtype; "same" refuses."""
    call = data.draw(draw.calls(OPS[name]))
    if len(call.wanted) < 2 or some(call.arrays[i].ndim == 0 for i in call.wanted):
        return
    first = call.wanted[0]
    mixed = call.with_array(first, call.arrays[first].astype(np.float32))
    if call.op.promote == "same":
        with pytest.raises(TypeError, match=rf"{name}: .*(one dtype|float32 and float64|float64 and float32)"):
            mixed.op.call(*checks.leaves(mixed), **mixed.static)
        return
    z = mixed.op.call(*checks.leaves(mixed), **mixed.static)
    if z.dtype.kind == "f":
        assert z.dtype == np.float64
        for i, got in zip(mixed.wanted, checks.gradients(mixed, [np.ones(z.shape)]), strict=True):
            assert got.dtype == mixed.arrays[i].dtype


test_arguments_stay_and_a_second_run_gives_the_same_bits = drawn(checks.unchanged_and_pure)


@every_op
@given(data=st.data())
def test_layout_in_memory_does_not_matter(name, data):
    """Arguments with strides of their own (every second number, axes in another order) give the same."""
    call = data.draw(draw.calls(OPS[name]))
    strided = call
    for i, x in enumerate(call.arrays):
        if isinstance(x, np.ndarray):
            wide = np.zeros((*[2 * n for n in x.shape[::-1]],), x.dtype)
            view = wide[(*(slice(None, None, -2),) * x.ndim, ...)].T
            view[...] = x
            strided = strided.with_array(i, view)
    gs = checks.weights(call.values(), checks.rng_of(call))
    for a, b in zip(call.values(), strided.values(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-14)
    xs = [engine.constant(x) if isinstance(x, np.ndarray) else x for x in strided.arrays]
    for i in strided.wanted:
        xs[i].requires_grad_()
    for a, b in zip(checks.gradients(call, gs), checks.gradients(strided, gs, xs=xs), strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12, atol=1e-13)


def may_be_empty(op):
    """Whether the shape line has an axis that the Domain allows to have length 0."""
    read = grammar.signature(op)
    return read is not None and some(
        x.leading or read.smallest.get(a, 0) == 0 for x in read.inputs for a in x.axes or ("...",)
    )


@pytest.mark.parametrize("name", sorted(n for n in OPS if may_be_empty(OPS[n])))
@given(data=st.data())
def test_zero_size(name, data):
    """An axis of length 0 gives the shape that the reference gives and gradients of the inputs' shapes, or an error
    that names the op."""
    op = OPS[name]
    call = data.draw(draw.calls(op, smallest=0))
    assume(some(x.size == 0 for x in call.arrays))
    try:
        value = op.call(*checks.leaves(call), **call.static)
    except (ValueError, IndexError, TypeError) as error:
        assert str(error).startswith(f"{name}"), error
        return
    for z in value if type(value) is tuple else (value,):
        if call.expected is not None:
            assert all(want in (None, n) for n, want in zip(z.shape, call.expected, strict=True))
    values = tuple(z._array for z in (value if type(value) is tuple else (value,)))
    for i, got in zip(call.wanted, checks.gradients(call, checks.weights(values, checks.rng_of(call))), strict=True):
        assert got.shape == call.arrays[i].shape


# -------------------------------------------------------------------------------------------------- derivatives


@every_op
@given(data=st.data())
def test_gradient(name, data):
    """The gradient by each floating argument agrees with central differences."""
    checks.gradient(data.draw(draw.calls(OPS[name])))


BROADCASTING = sorted(
    n for n, op in OPS.items()
    if (read := grammar.signature(op)) is not None and sum(x.leading for x in read.inputs) > 1
)  # fmt: skip


@pytest.mark.parametrize("name", BROADCASTING)
@given(data=st.data())
def test_gradient_of_broadcast_inputs(name, data):
    """The same where one argument has fewer axes than another, or axes of length 1."""
    checks.gradient(data.draw(draw.calls(OPS[name], broadcast=True)))


test_second_derivative = drawn(checks.second)
test_ways_back_are_linear_in_g = drawn(checks.linear_in_g)


# ------------------------------------------------------------------------------------- the language of formulas


test_a_traced_array_reads_the_formula = drawn(checks.traced)
test_tensors_read_the_formula = drawn(checks.reader_tensor)


# ------------------------------------------------------------------------------------------------------- memory


@every_op
def test_a_way_back_keeps_only_what_it_needs(name):
    """Where no value of an argument ever changes what a way back gives, the way back does not close over it."""
    kept, needed = set(), set()

    @given(call=draw.calls(OPS[name]))
    def look(call):
        for found, seen in zip((kept, needed), checks.kept_and_needed(call), strict=True):
            found |= seen

    look()
    if kept - needed:  # perhaps the calls that need it were only not among the few
        settings(max_examples=200, derandomize=True, database=None)(look)()
    for way, argument in sorted(kept - needed):
        what = "a floating array" if argument == -1 else f"argument {argument}"
        raise AssertionError(f"{name}: way back {way} keeps {what} alive, and never needs it")


SAVES_NOTHING = [
    "add", "sub", "neg", "positive", "floor", "ceil", "trunc", "round", "sign", "frac", "clone", "astype", "deg2rad",
    "rad2deg", "sum", "mean", "cumsum", "reshape", "permute", "transpose", "movedim", "unsqueeze", "squeeze", "flip",
    "roll", "concatenate", "tile", "pad", "diagonal", "tril", "triu", "unfold", "broadcast_to", "sum_to",
]  # fmt: skip


@pytest.mark.parametrize("name", SAVES_NOTHING)
@given(data=st.data())
def test_a_linear_op_saves_nothing(name, data):
    """So that a write after it passes, and memory is what derivatives really use."""
    for way in data.draw(draw.calls(OPS[name])).formula()[1:]:
        assert not list(engine._saved(way)), f"{name}: a way back closes over an array"


@every_op
def test_only_views_share_memory_with_their_inputs(name):
    """A write into a result that is no view never reaches an input; and an op is not called a view in vain."""
    op, shared = OPS[name], []

    @settings(max_examples=100 if op.view else settings.default.max_examples, derandomize=op.view, database=None)
    @given(call=draw.calls(op))
    def look(call):
        for z in call.values():
            shares = some(np.may_share_memory(z, x) for x in call.arrays if isinstance(x, np.ndarray))
            assert op.view or not shares, f"{name}: shares memory with an input, and is not declared a view"
            shared.append(shares)

    look()
    assert not op.view or some(shared), f"{name}: declared a view, and always a copy"

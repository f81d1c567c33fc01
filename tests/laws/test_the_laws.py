"""The laws themselves: each fails on an op that breaks it, and passes on the same op written right."""

import numpy as np
import pytest

from tests.mutation import notices
from tinygrad_edu import engine

from . import checks, draw, grammar, test_laws

LINE = """Sine.

z = sin x          x: (n, m) -> (n, m)
"""


def an_op(formula, doc=LINE, **options):
    """An op that is in no registry."""
    formula.__doc__ = doc
    made = engine.op(name="mutant", **options)(formula)
    del engine.registry["mutant"]
    return made.op


def right(x):
    def dx(g): return g * np.cos(x)
    return np.sin(x), dx


def leaves_the_program(x):
    def dx(g): return g * np.cos(x)
    return np.sin(x.value if hasattr(x, "value") else x), dx


def way_leaves_the_program(x):
    plain = getattr(x, "value", x)
    def dx(g): return getattr(g, "value", g) * np.cos(plain)
    return np.sin(x), dx


def writes_into_its_input(x):
    def dx(g): return g * np.cos(x)
    z = np.sin(x)
    x *= 1.5
    return z, dx


def rolls_dice(x):
    def dx(g): return g * np.cos(x)
    return np.sin(x) + np.random.default_rng().normal(), dx


def squares_g(x):
    def dx(g): return g * g * np.cos(x)
    return np.sin(x), dx


def wrong_by_a_factor(x):
    def dx(g): return g * np.cos(x) * 7
    return np.sin(x), dx


def right_once(x):
    """Its first derivative is right, to 9 digits; the derivative of that is 0."""
    def dx(g): return g * np.round(np.cos(x), 9)
    return np.sin(x), dx


def forgets_the_sum(x, y):
    def dx(g): return g * y
    def dy(g): return (g * x)[..., :1] if g.shape != y.shape and y.shape[-1:] == (1,) else g * x
    return x * y, dx, dy


LAWS = [
    checks.gradient, checks.second, checks.linear_in_g, checks.unchanged_and_pure, checks.traced, checks.reader_tensor,
]  # fmt: skip


@pytest.mark.parametrize("law", LAWS, ids=lambda f: f.__name__)
def test_a_right_op_passes(law):
    op = an_op(right)
    assert not notices(law, op, draw.calls(op))


@pytest.mark.parametrize(
    ("law", "formula"),
    [
        (checks.traced, leaves_the_program),
        (checks.traced, way_leaves_the_program),
        (checks.unchanged_and_pure, writes_into_its_input),
        (checks.unchanged_and_pure, rolls_dice),
        (checks.linear_in_g, squares_g),
        (checks.gradient, wrong_by_a_factor),
        (checks.second, right_once),
    ],
    ids=lambda f: f.__name__,
)
def test_a_wrong_op_fails(law, formula):
    op = an_op(formula)
    assert notices(law, op, draw.calls(op))


def test_a_wrong_sum_over_broadcast_axes_fails():
    op = an_op(forgets_the_sum, "Product.\n\nz = x y          x: (...), y: (...) -> (...)\n", elementwise=True)
    assert notices(checks.gradient, op, draw.calls(op, broadcast=True))


def test_what_is_kept_and_not_needed_is_found():
    def hoards(x):
        def dx(g): return g if x is not None else None
        return x + 1, dx

    op = an_op(hoards)
    call = draw.Call(op, (np.ones((2, 2)),), {})
    kept, needed = checks.kept_and_needed(call)
    assert kept == {(0, 0), (0, -1)} and not needed


@pytest.mark.parametrize(
    ("doc", "problem"),
    [
        (None, "a docstring is missing"),
        ("Sine, without a shape line.", "no shape line"),
        (LINE.replace("x: (n", "y: (n"), "names other arguments"),
        (LINE + "Examples: dim=1", "Examples name"),
    ],
)
def test_an_op_that_lacks_what_a_law_needs_fails(doc, problem):
    with pytest.raises(AssertionError, match=problem):
        test_laws.described(an_op(right, doc))


def test_a_domain_that_cannot_be_read_is_refused():
    op = an_op(right, LINE + "Domain: x is large")
    with pytest.raises(grammar.Unreadable, match="cannot read the condition 'x is large'"):
        grammar.signature(op)
    op = an_op(right, LINE + "Domain: q > 0")
    with pytest.raises(grammar.Unreadable, match="is on no input"):
        grammar.signature(op)

"""The mutation run, on a few ops: it kills what it must, and says so where a law is too weak to."""

import pytest

from tests import mutation
from tests.laws import checks, grammar

OPS = grammar.load()


@pytest.mark.parametrize("name", ["mul", "matmul", "sort", "getitem"])
def test_every_mutant_is_killed(name):
    rows = mutation.examine(OPS[name])
    assert rows and not any(row.survived for row in rows), mutation.table(rows)


def test_the_broadcast_sum_is_among_the_mutants():
    (row,) = (row for row in mutation.examine(OPS["add"]) if row.argument == "(engine)")
    assert row.killed == [mutation.NO_SUM]


def test_a_derivative_declared_zero_is_listed_as_equivalent():
    (row,) = (row for row in mutation.examine(OPS["copysign"]) if row.argument == "y")
    assert row.equivalent and not row.wrong and not row.killed


def test_a_law_that_looks_only_at_shapes_lets_mutants_survive():
    """A test of the tests that cannot fail would be a defect of its own."""
    def weak(call):
        found = checks.gradients(call, checks.weights(call.values(), checks.rng_of(call)))
        assert [x.shape for x in found] == [x.shape for x in call.arrays]

    rows = [row for row in mutation.examine(OPS["mul"], weak) if row.argument != "(engine)"]
    assert rows and all(len(row.survived) == 3 and row.wrong for row in rows)
    assert "survived" in mutation.table(rows)

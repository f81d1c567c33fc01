"""PyTorch's own operator database beside ours: the scores do not fall, and are printed (`pytest -s`)."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed, so nothing is compared with it")
pytest.importorskip("expecttest", reason="PyTorch's database needs the package expecttest")

from tests.parity import op_db  # noqa: E402

# Ops of which some calls differ, on purpose or for want of something: see CONTRIBUTING and the printed table.
DIFFERENT = {
    "linalg.norm.subgradients_at_zero",  # second derivative at 0: nan in PyTorch, 0 here
    "as_strided.partial_views",  # the samples are views of a longer memory, of which the runner copies the part
    "as_strided_scatter",  # PyTorch's gradient of input is that of the places that were written over, and 0 elsewhere
    "masked.logaddexp",  # second derivative: 0 where PyTorch has nan, of −inf
    "special.airy_ai",  # PyTorch's own is 3e-6 away between −3.2 and −2.1
    "special.bessel_j0", "special.bessel_j1", "special.bessel_y0", "special.bessel_y1",  # its own: 8e-7 around 5
    "nn.functional.hardsigmoid",  # PyTorch's 1/6 is a float32 here: 6.5e-9 away
    "svd_lowrank",  # less a matrix M the rank is full, and what is found depends on what was drawn
}

# Calls that PyTorch refuses and that are answered here, by reason.
NUMBERS = {"elementwise, two inputs", "special"}  # a number where PyTorch wants a tensor
ANSWERED = {
    "nn.functional.max_pool1d", "nn.functional.max_pool3d",  # of a batch without items, or of planes without numbers
    "narrow",  # start as a tensor of any kind
    # out= that shares memory with the input, has a wider dtype or is resized: it is written after all is computed
    "kthvalue", "masked_select", "aminmax", "gather", "index_select", "cat",
    "_chunk_cat",  # of nothing
}  # fmt: skip


@pytest.fixture(scope="module")
def result():
    return op_db.run(3)


def wrong_of(rows, but=()):
    return {row.name: row.faults for row in rows if not row.right and row.name not in but}


def test_every_op_that_is_here_agrees(result):
    rows, owed = result
    print("\n" + op_db.table(rows, owed))
    wrong = wrong_of(rows, DIFFERENT)
    assert not wrong, "\n".join(f"{name}: {faults[0]}" for name, faults in wrong.items())


def test_nothing_that_was_here_is_gone(result):
    rows, _ = result
    assert len(rows) >= 490 and sum(row.calls for row in rows) >= 1100


@pytest.mark.parametrize(("kind", "least"), [("method", 270), ("inplace", 115)])
def test_methods_agree(kind, least):
    rows, owed = op_db.run(1, kind)
    print("\n" + op_db.table(rows, owed))
    wrong = wrong_of(rows, DIFFERENT)
    assert not wrong and len(rows) >= least, "\n".join(f"{name}: {faults[0]}" for name, faults in wrong.items())


def test_what_pytorch_refuses_is_refused():
    rows, owed = op_db.run(None, "errors")
    print("\n" + op_db.table(rows, owed))
    silent = {row.name: row.faults for row in rows if row.value < row.calls and row.family not in NUMBERS}
    assert not silent.keys() - ANSWERED, silent
    assert sum(row.gradient for row in rows) >= 320  # of the same kind

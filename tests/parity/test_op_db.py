"""PyTorch's own operator database beside ours: the scores do not fall, and are printed (`pytest -s`)."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed, so nothing is compared with it")
pytest.importorskip("expecttest", reason="PyTorch's database needs the package expecttest")

from tests.parity import op_db  # noqa: E402

# Ops of which some calls differ, on purpose or for want of something: see CONTRIBUTING and the printed table.
DIFFERENT = {
    "cholesky_inverse",  # the gradient of a triangle is a triangle here
    "cholesky_solve",  # the same
    "as_strided.partial_views",  # the samples are views of a longer memory, of which the runner copies the part
    "as_strided_scatter",  # PyTorch's gradient of input is that of the places that were written over, and 0 elsewhere
    "masked.logaddexp",  # second derivative: 0 where PyTorch has nan, of −inf
    "special.airy_ai",  # PyTorch's own is 3e-6 away between −3.2 and −2.1
    "special.bessel_j0", "special.bessel_j1", "special.bessel_y0", "special.bessel_y1",  # its own: 8e-7 around 5
    "cov",  # second derivative by weights that nearly cancel
    "linalg.svd", "svd",  # the columns that full_matrices adds may be any basis
    "linalg.norm.subgradients_at_zero",  # second derivative at 0
    "linalg.pinv.hermitian",  # gradient: by the general formula
    "nn.functional.hardsigmoid",  # PyTorch's 1/6 is a float32 here: 6.5e-9 away
    "nn.functional.triplet_margin_with_distance_loss",  # the samples bring PyTorch's own module as the distance
    "nn.functional.embedding", "nn.functional.embedding_bag",  # the samples call with the weight first
    "nn.functional.batch_norm", "nn.functional.batch_norm.without_cudnn",  # of an empty vector
    "nn.functional.cosine_similarity",  # of 0-d tensors
}


@pytest.fixture(scope="module")
def result():
    return op_db.run(6)


def test_every_op_that_is_here_agrees(result):
    rows, owed = result
    print("\n" + op_db.table(rows, owed))
    wrong = {row.name: row.faults for row in rows if not row.right and row.name not in DIFFERENT}
    assert not wrong, "\n".join(f"{name}: {faults[0]}" for name, faults in wrong.items())


def test_nothing_that_was_here_is_gone(result):
    rows, _ = result
    assert len(rows) >= 360 and sum(row.calls for row in rows) >= 1200

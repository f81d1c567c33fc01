"""The README is true: its programs run, its Quick start has the two lines that CI runs, and its network is a PyTorch
program once the imports are changed."""

import re
from pathlib import Path

import numpy as np
import pytest

README = (Path(__file__).parent.parent / "README.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
NETWORK = next(program for program in PROGRAMS if "nn.Sequential" in program)
STEP_AS_PAGE = next(program for program in PROGRAMS if program.startswith("import numpy as np\n\n\ndef train_step"))
COMPILED = next(program for program in PROGRAMS if "@torch.compile" in program)
NEW_OP = next(program for program in PROGRAMS if "softsign" in program)


def test_quick_start_has_exactly_two_lines():
    quick_start = README.split("## Quick start")[1].split("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", quick_start, re.DOTALL)
    assert len(blocks) == 2
    assert all(len(block.strip().splitlines()) == 1 for block in blocks)
    assert "models.digit" in blocks[0] and "pytest" in blocks[1]


def test_the_page_of_the_step_is_what_the_compiler_writes():
    from models import digit

    assert digit.program_of([16, 16], 1).source == STEP_AS_PAGE


def test_the_compiled_step_of_the_readme_runs_and_learns(capsys):
    space: dict = {"__name__": "readme"}
    exec(COMPILED, space)
    assert "weights -= lr * d_weights" in capsys.readouterr().out
    x, y = space["torch"].randn(8, 3), space["torch"].randn(8)
    losses = [space["step"](x, y, 0.1).item() for _ in range(20)]
    assert losses[-1] < losses[0]


def trained(program, steps=20):
    """The costs of some steps and the parameters after them, from parameters and images that are always the same."""
    space: dict = {}
    exec(program, space)
    torch, network = space["torch"], space["network"]
    rng = np.random.default_rng(0)
    with torch.no_grad():
        for p in network.parameters():
            p.copy_(torch.from_numpy(rng.standard_normal(tuple(p.shape)).astype(np.float32) * 0.2))
    images = torch.from_numpy(rng.random((10, 784), np.float32))
    wanted = torch.from_numpy(np.eye(10, dtype=np.float32))
    costs = [space["train_step"](images, wanted) for _ in range(steps)]
    return costs, [p.detach().numpy() for p in network.parameters()]


def test_the_network_has_13_002_knobs_and_learns():
    costs, parameters = trained(NETWORK)
    assert sum(p.size for p in parameters) == 13_002
    assert costs[-1] < costs[0]


def test_the_network_is_a_pytorch_program_once_the_imports_are_changed():
    pytest.importorskip("torch", reason="PyTorch is not installed, so the program cannot be compared with it")
    theirs = NETWORK.replace("import tinygrad_edu as torch", "import torch")
    theirs = theirs.replace("from tinygrad_edu import nn, optim", "from torch import nn, optim")
    assert "tinygrad_edu" not in theirs
    (costs, ours), (their_costs, parameters) = trained(NETWORK), trained(theirs)
    np.testing.assert_allclose(costs, their_costs, rtol=1e-5)
    for p, q in zip(ours, parameters, strict=True):
        np.testing.assert_allclose(p, q, rtol=1e-4, atol=1e-6)


def test_a_stranger_adds_an_op_from_the_readme():
    import tinygrad_edu
    from tinygrad_edu.engine import registry

    space: dict = {}
    try:
        exec(NEW_OP, space)
        np.testing.assert_allclose(space["x"].grad.numpy(), 1 / (1 + np.abs([-1.0, 0.5, 2.0])) ** 2)
    finally:
        registry.pop("softsign", None)
        del tinygrad_edu.Tensor.softsign

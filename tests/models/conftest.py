"""Running the programs of `models/`: in this process, which is quick, and in one of their own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

import tinygrad_edu as torch
from models import digit

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data" / "mnist"
SMALL = ["--images", "300", "--test-images", "100", "--epochs", "3"]       # 90 steps

needs_real_mnist = pytest.mark.skipif(not (REAL / "t10k-images-idx3-ubyte.gz").is_file(),
                                      reason="real MNIST is not at ../shared/data/mnist")


@pytest.fixture(autouse=True)
def _same_stream_afterwards() -> Iterator[None]:
    """The programs seed the package's random numbers; other tests shall not notice."""
    before = torch.get_rng_state()
    yield
    torch.set_rng_state(before)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a program in this process, the digit program unless `program` is another: (exit code, output, errors)."""
    def call(*arguments: Any, program: ModuleType = digit) -> tuple[int, str, str]:
        code = program.main([str(argument) for argument in arguments])
        output, errors = capsys.readouterr()
        return code, output, errors
    return call


def start(*arguments: Any, terminal: int | None = None, program: str = "digit") -> subprocess.Popen:
    """Start a program in a process of its own, before a terminal if one is given."""
    variables = {name: value for name, value in os.environ.items()
                 if name not in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")}
    variables |= {"PYTHONWARNINGS": "error", "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    streams = ({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} if terminal is None
               else {"stdin": terminal, "stdout": terminal, "stderr": terminal})
    return subprocess.Popen([sys.executable, "-m", f"models.{program}", *map(str, arguments)],
                            cwd=ROOT, env=variables, **streams)


def bits(folder: Path) -> dict[str, bytes]:
    """The weights of a run, to the last bit."""
    return {name: array.tobytes() for name, array in load_file(folder / "weights.safetensors").items()}


def grey_ramp(side: int = 28) -> np.ndarray:
    """An image that is no digit, but has every shade."""
    return np.linspace(0, 255, side * side).reshape(side, side).astype(np.uint8)

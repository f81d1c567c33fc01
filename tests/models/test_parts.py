"""The shared pieces: checkpoints, interrupts, settings, what to install."""

import importlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import tinygrad_edu as torch
from models import checkpoint, command_line, digit, extras, reading
from models.errors import UserError
from models.interrupts import Interrupts
from models.training import Training
from tinygrad_edu import nn, optim
from tinygrad_edu.utils.data import DataLoader, TensorDataset

from .conftest import ROOT

# ---- checkpoints -----------------------------------------------------------------------------------------


def stepped(optimizer_of, seed=0):
    """A network and its optimizer after two steps."""
    torch.manual_seed(seed)
    network = digit.digit_network([4])
    optimizer = optimizer_of(network.parameters())
    for _ in range(2):
        digit.train_step(network, optimizer, torch.rand(5, 784), torch.rand(5, 10))
    return network, optimizer


def test_what_is_written_is_read(tmp_path):
    network, optimizer = stepped(lambda p: optim.SGD(p, lr=0.1))
    state = {"text": "ü", "numbers": [0.1, 1e-300, 2**60], "nothing": None}
    checkpoint.write(tmp_path / "w", network, optimizer, state)
    found = checkpoint.read(tmp_path / "w")
    assert {name: found.state[name] for name in state} == state
    assert list(found.weights) == sorted(dict(network.named_parameters()))
    for name, parameter in network.named_parameters():
        assert (found.weights[name] == parameter.detach().numpy()).all()
    assert list(load_file(tmp_path / "w")) == list(found.weights)      # any reader has the weights


def test_momentum_travels_with_the_weights(tmp_path):
    make = lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)
    network, optimizer = stepped(make)
    checkpoint.write(tmp_path / "w", network, optimizer, {})
    other, other_optimizer = stepped(make, seed=1)
    found = checkpoint.read(tmp_path / "w")
    assert "optimizer/0/momentum_buffer" not in found.weights
    other.load_state_dict(found.weights)
    checkpoint.load_optimizer(other_optimizer, found)
    pixels, wanted = torch.rand(5, 784), torch.rand(5, 10)
    for each in ((network, optimizer), (other, other_optimizer)):
        digit.train_step(*each, pixels, wanted)
    for a, b in zip(network.parameters(), other.parameters(), strict=True):
        assert a.detach().numpy().tobytes() == b.detach().numpy().tobytes()


def test_numbers_without_axes_stay_so(tmp_path):
    """As batch normalization counts its batches."""
    network = nn.BatchNorm1d(3)
    network(torch.rand(4, 3))
    checkpoint.write(tmp_path / "w", network, optim.Adam(network.parameters()), {})
    found = checkpoint.read(tmp_path / "w")
    assert found.weights["num_batches_tracked"].shape == () and found.weights["num_batches_tracked"] == 1
    network.load_state_dict(found.weights)


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    network, optimizer = stepped(lambda p: optim.SGD(p, lr=0.1))
    path = tmp_path / "w"
    checkpoint.write(path, network, optimizer, {"old": True})
    before = path.read_bytes()

    def no_space(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(UserError, match="No space left"):
        checkpoint.write(path, network, optimizer, {"old": False})
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_nothing_is_ever_unpickled():
    for file in (ROOT / "models").glob("*.py"):
        text = file.read_text("utf-8")
        assert "import pickle" not in text and "allow_pickle" not in text, file


def test_figures_that_are_no_numbers_are_not_written(tmp_path):
    checkpoint.write_json(tmp_path / "a.json", {"ü": [1.5]})
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == {"ü": [1.5]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        checkpoint.write_json(tmp_path / "a.json", {"nan": float("nan")})
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == {"ü": [1.5]}


# ---- training: random numbers drawn in steps, and a loader that draws its order bit by bit -----------------

class Silent:
    def step(self, *told): ...
    def epoch(self, *told): ...


@pytest.mark.parametrize("at", [1, 4, 5, 6, 13])
@pytest.mark.parametrize("one_by_one", [False, True])
def test_random_numbers_in_steps_go_on_where_they_were(at, one_by_one):
    """As dropout draws them: a pause must move neither the order of the images nor the numbers in between."""
    numbers = TensorDataset(torch.arange(10, dtype=torch.float32))
    collate = {"collate_fn": lambda rows: [torch.stack([row[0] for row in rows])]} if one_by_one else {}

    def training_of(seen, stop_at=None):
        torch.manual_seed(3)
        parameter = nn.Parameter(torch.zeros(1))
        optimizer = optim.SGD([parameter], lr=1.0, momentum=0.9)

        def step(batch):
            seen.append((batch.tolist(), torch.rand(1).item()))
            if len(seen) == stop_at:
                signal.raise_signal(signal.SIGINT)
            return 0.1 * len(seen)

        batches = DataLoader(numbers, batch_size=2, shuffle=True, **collate)
        return Training(batches, step, lambda: 0.5, optimizer,
                        optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=3), epochs=3)

    whole = []
    assert training_of(whole).run(Silent(), save=lambda: None)
    pieces = []
    first = training_of(pieces, stop_at=at)
    assert not first.run(Silent(), save=lambda: None)
    state = json.loads(json.dumps(first.state_dict()))
    torch.manual_seed(99)
    second = training_of(pieces)
    second.load_state_dict(state)
    assert second.run(Silent(), save=lambda: None)
    assert pieces == whole and len(whole) == 15


def test_saved_after_each_epoch():
    told, saved = [], []

    class Watcher(Silent):
        def epoch(self, finished, seconds):
            told.append((finished.epoch, finished.cost, finished.measured, seconds > 0))

    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    batches = [[torch.zeros(3)], [torch.zeros(1)]]
    costs = iter([1.0, 5.0, 3.0, 3.0])
    training = Training(batches, lambda batch: next(costs), lambda: 0.25, optimizer,
                        optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2), epochs=2)
    assert training.run(Watcher(), save=lambda: saved.append(len(training.history)))
    assert saved == [1, 2]
    assert told == [(1, 2.0, 0.25, True), (2, 3.0, 0.25, True)]     # (3 · 1 + 1 · 5) / 4


# ---- interrupts ------------------------------------------------------------------------------------------

def test_the_first_signal_is_noted_the_second_acts():
    before = signal.getsignal(signal.SIGINT)
    with Interrupts() as interrupts:
        assert not interrupts.requested
        signal.raise_signal(signal.SIGINT)
        assert interrupts.requested
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_without_a_training_the_signal_ends_the_program(run, tmp_path, monkeypatch):
    def drawing(*arguments):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(reading, "training_digits", drawing)
    code, _, errors = run("--out", tmp_path)
    assert code == 130 and errors == "python -m models.digit: interrupted\n"


# ---- settings --------------------------------------------------------------------------------------------

def test_settings_are_what_is_said_then_kept_then_the_default():
    options = Namespace(lr=0.1, seed=None, data=None, out=Path("x"), resume=True)
    defaults = {"lr": 1, "seed": 2, "data": "drawn"}
    assert command_line.settings_of(options, None, defaults) == {"lr": 0.1, "seed": 2, "data": "drawn"}
    kept = {"lr": 0.1, "seed": 7, "data": "there"}
    assert command_line.settings_of(options, kept, defaults) == kept
    options.data = "here"
    assert command_line.settings_of(options, kept, defaults, ["data"]) == kept | {"data": "here"}
    with pytest.raises(UserError, match="--data here: the run in x has there"):
        command_line.settings_of(options, kept, defaults)


# ---- extras ----------------------------------------------------------------------------------------------

def test_missing_packages_are_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec",
                        lambda name, *rest: None if name in ("rich", "PIL") else find(name, *rest))
    hint = r'rich and pillow not found; .* pip install "tinygrad-edu\[models\]"'
    with pytest.raises(ModuleNotFoundError, match=hint):
        importlib.reload(extras)
    monkeypatch.undo()
    importlib.reload(extras)


def test_missing_packages_are_one_line_for_a_program():
    """As if rich were not installed: python -m models.digit."""
    code = ("import importlib.util, runpy, sys; find = importlib.util.find_spec; "
            "importlib.util.find_spec = lambda name, *rest: None if name == 'rich' else find(name, *rest); "
            "sys.argv = ['digit']; runpy.run_module('models.digit', run_name='__main__', alter_sys=True)")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr == ('rich not found; get all that the models need with: '
                           'pip install "tinygrad-edu[models]"\n')


def test_no_path_of_any_machine_is_in_the_programs():
    for file in (ROOT / "models").glob("*.py"):
        assert "/home/" not in file.read_text("utf-8") and str(np.__file__) not in file.read_text("utf-8")

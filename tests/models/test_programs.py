"""What holds for each program that trains a network: a few steps on the data that it has when nobody names any.

(The digit reader's own tests look closer, at the same shared parts.)
"""

import json
import signal

import pytest

import tinygrad_edu as torch
from models import char_gpt, lenet, moons

from .conftest import SMALL, bits

# program: options that make it quick, and how many steps an epoch has then
PROGRAMS = {lenet: (["--images", "200", "--test-images", "100", "--epochs", "3", "--batch-size", "20"], 10),
            moons: (["--points", "200", "--epochs", "3", "--batch-size", "20"], 10),
            char_gpt: (["--layers", "1", "--width", "8", "--epochs", "3", "--batch-size", "63"], 10)}


def name_of(program):
    return program.__name__.removeprefix("models.")


@pytest.fixture(scope="module", params=PROGRAMS, ids=name_of)
def program(request):
    return request.param


@pytest.fixture(scope="module")
def unbroken(program, tmp_path_factory):
    """The folder of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp(name_of(program))
    assert program.main([*PROGRAMS[program][0], "--out", str(folder), "--quiet"]) == 0
    return folder


def interrupt(monkeypatch, program, at):
    """Let a signal come while step number `at` is made."""
    original, made = program.train_step, 0

    def step(*arguments):
        nonlocal made
        made += 1
        if made == at:
            signal.raise_signal(signal.SIGINT)
        return original(*arguments)

    monkeypatch.setattr(program, "train_step", step)


def test_a_short_run_from_end_to_end(run, program, tmp_path):
    options, _ = PROGRAMS[program]
    code, output, errors = run(*options, "--out", tmp_path / "run", "--json", tmp_path / "figures.json",
                               program=program)
    assert code == 0 and errors == "" and "\x1b" not in output
    assert "random numbers learn" in output and "before training" in output
    assert len([line for line in output.splitlines() if line.startswith("epoch ")]) == 3
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures == json.loads((tmp_path / "run" / "run.json").read_text())
    assert figures["model"] == name_of(program) and figures["finished"] and figures["result"]
    assert figures["epochs"][-1]["cost"] < figures["epochs"][0]["cost"]


def test_quiet_prints_the_last_line_only(run, program, tmp_path):
    code, output, errors = run(*PROGRAMS[program][0], "--out", tmp_path, "--quiet", program=program)
    assert code == 0 and errors == "" and output.count("\n") == 1


def test_compiled_gives_the_same_bits(run, program, unbroken, tmp_path):
    """Also where the program is shown before: that draws no random numbers."""
    code, output, _ = run(*PROGRAMS[program][0], "--out", tmp_path, "--compile", "--show-program", program=program)
    assert code == 0 and "def train_step" in output and "# backward" in output
    assert bits(tmp_path) == bits(unbroken)


@pytest.mark.parametrize(("epochs", "compiled"), [(0, False), (1.3, True), (2.6, False)])
def test_interrupted_and_resumed_is_unbroken(run, program, unbroken, tmp_path, monkeypatch, epochs, compiled):
    options, steps = PROGRAMS[program]
    with monkeypatch.context() as patch:
        interrupt(patch, program, round(epochs * steps) + 1)
        code, output, errors = run(*options, "--out", tmp_path, program=program)
    assert code == 130 and errors == "" and "Stopped in epoch" in output
    assert f"python -m models.{name_of(program)} --resume" in output.splitlines()[-1]
    more = ["--compile"] if compiled else []
    assert run("--resume", "--out", tmp_path, *more, program=program)[0] == 0
    assert bits(tmp_path) == bits(unbroken)
    assert (tmp_path / "weights.safetensors").read_bytes() == (unbroken / "weights.safetensors").read_bytes()


def test_a_run_of_another_program_is_not_resumed(run, program, unbroken):
    other = lenet if program is moons else moons
    code, output, errors = run("--resume", "--out", unbroken, program=other)
    assert code == 2 and output == "" and errors.count("\n") == 1
    assert f"no run of models.{name_of(other)}" in errors


def test_other_settings_are_refused(run, program, unbroken):
    code, _, errors = run("--resume", "--out", unbroken, "--lr", "0.4", program=program)
    assert code == 2 and errors.count("\n") == 1 and "--lr 0.4" in errors


def test_help_teaches(program, capsys):
    with pytest.raises(SystemExit) as stop:
        program.main(["--help"])
    shown = capsys.readouterr().out
    assert stop.value.code == 0 and program.__doc__.splitlines()[0] in shown and "--resume" in shown


# ---- each one's own ----------------------------------------------------------------------------------------

def test_two_moons_are_learned(run, tmp_path):
    _, output, _ = run("--out", tmp_path, program=moons)
    assert float(output.splitlines()[-1].split()[2]) > 93
    assert (tmp_path / "boundary.png").read_bytes().startswith(b"\x89PNG")
    shades = [line[2:] for line in output.splitlines() if line.startswith("  ") and set(line) <= set(" ░▒▓█")]
    assert len(shades) > 15 and shades[0].endswith("█") and shades[-1].endswith("█")


def test_one_neuron_draws_a_straight_line(run, tmp_path):
    _, output, _ = run("--epochs", 10, "--hidden", 1, "--out", tmp_path, "--quiet", program=moons)
    assert 80 < float(output.split()[2]) < 90


def test_lenet_learns(run, tmp_path):
    _, output, _ = run("--images", 3000, "--epochs", 2, "--test-images", 300, "--out", tmp_path, "--quiet",
                       program=lenet)
    assert float(output.split()[2]) > 85


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lenet")
    assert lenet.main([*PROGRAMS[lenet][0], "--out", str(folder), "--quiet"]) == 0
    return folder / "weights.safetensors"


def test_lenet_draws_its_windows(weights):
    assert (weights.parent / "windows.png").read_bytes().startswith(b"\x89PNG")


def test_lenet_evaluate_agrees_with_training(run, weights, tmp_path):
    trained = json.loads((weights.parent / "run.json").read_text())["result"]
    code, _, _ = run("evaluate", weights, "--test-images", 100, "--json", tmp_path / "figures.json", program=lenet)
    assert code == 0 and json.loads((tmp_path / "figures.json").read_text())["result"] == trained


def test_lenet_does_not_mind_how_many_images_are_read_at_a_time(weights, monkeypatch):
    network, digits = lenet.load_network(weights), lenet.get_digits(
        lenet.report.make_console(quiet=True), lenet.DEFAULTS | {"images": 1, "test_images": 70}, False)[1]
    at_once = lenet.outputs_of(network, digits)
    monkeypatch.setattr(lenet, "AT_A_TIME", 32)
    few_at_a_time = lenet.outputs_of(network, digits)
    assert at_once.shape == (70, 10) and abs(at_once - few_at_a_time).max() < 1e-6
    assert abs(at_once.sum(1) - 1).max() < 1e-5 and network.training


def test_lenet_refuses_the_weights_of_others(run, tmp_path):
    assert run(*SMALL, "--epochs", 1, "--out", tmp_path)[0] == 0           # the digit reader's
    code, _, errors = run("evaluate", tmp_path / "weights.safetensors", program=lenet)
    assert code == 2 and errors.count("\n") == 1 and "holds no LeNet" in errors


def test_lenet_predicts(run, weights, tmp_path):
    from PIL import Image

    from tinygrad_edu.data import draw_digits
    Image.fromarray(draw_digits(1, 0)[0][0]).save(tmp_path / "digit.png")
    code, output, _ = run("predict", weights, tmp_path / "digit.png", program=lenet)
    assert code == 0 and output.splitlines()[-1].startswith("this is a ")


def test_lenet_program_is_a_page(run):
    code, output, _ = run("program", "--batch-size", 2, program=lenet)
    assert code == 0 and "weight_1 (8, 1, 5, 5)" in output and "Adam" in output


def test_lenet_shapes():
    """The comments beside the layers are true."""
    shapes, x = [], torch.zeros(2, 784)
    for layer in lenet.lenet():
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    assert list(dict.fromkeys(shapes)) == [(1, 28, 28), (8, 24, 24), (8, 12, 12), (16, 8, 8), (16, 4, 4),
                                           (256,), (128,), (10,)]

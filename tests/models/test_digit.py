"""The digit reader: its definition, and its commands from end to end."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file

import tinygrad_edu as torch
from models import datasets, digit
from models.datasets import test_digits as digits_to_test
from tinygrad_edu import nn
from tinygrad_edu.data import draw_digits, write_idx

from .conftest import REAL, SMALL, bits, needs_real_mnist

LAST_LINE = re.compile(r"test accuracy \d{1,3}\.\d\d % \([\d,]+ of [\d,]+\)")


# ---- the definition --------------------------------------------------------------------------------------

def test_cost_of_a_three():
    outputs = torch.tensor([[0.1, 0.05, 0, 0.2, 0.5, 0, 0, 0, 0, 0]])
    wanted = torch.tensor([[0.0, 0, 0, 1, 0, 0, 0, 0, 0, 0]])
    assert digit.cost_of(outputs, wanted).item() == pytest.approx(0.9025, abs=1e-7)


def test_cost_of_several_images_is_the_mean_of_theirs():
    outputs = torch.rand(4, 10)
    wanted = torch.eye(10)[[3, 1, 4, 1]]
    each = [digit.cost_of(outputs[i:i + 1], wanted[i:i + 1]).item() for i in range(4)]
    assert digit.cost_of(outputs, wanted).item() == pytest.approx(np.mean(each), rel=1e-6)


def test_the_network_has_13002_numbers_and_a_sigmoid_on_every_layer():
    network = digit.digit_network()
    assert sum(parameter.numel() for parameter in network.parameters()) == 13_002
    assert [type(layer) for layer in network] == [nn.Linear, nn.Sigmoid] * 3
    assert [layer.out_features for layer in network if isinstance(layer, nn.Linear)] == [16, 16, 10]


def test_hidden_layers_may_be_others():
    network = digit.digit_network([20])
    assert [tuple(p.shape) for p in network.parameters()] == [(20, 784), (20,), (10, 20), (10,)]


def test_a_step_goes_downhill():
    torch.manual_seed(0)
    network = digit.digit_network()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    pixels, wanted = torch.rand(10, 784), torch.eye(10)
    costs = [digit.train_step(network, optimizer, pixels, wanted).item() for _ in range(20)]
    assert costs[-1] < costs[0]


# ---- train -----------------------------------------------------------------------------------------------

def test_a_short_run_from_end_to_end(run, tmp_path):
    figures_file = tmp_path / "figures.json"
    code, output, errors = run(*SMALL, "--out", tmp_path / "run", "--json", figures_file)
    lines = output.splitlines()
    assert code == 0 and errors == ""
    assert LAST_LINE.fullmatch(lines[-1]) and lines[-1].endswith(" of 100)")
    assert "13,002 random numbers" in output and "\x1b" not in output
    assert len([line for line in lines if line.startswith("epoch ")]) == 3
    for number in range(10):
        assert re.search(rf"^ +{number} +\d+\.\d % ", output, re.MULTILINE), f"no row for {number}"

    figures = json.loads(figures_file.read_text())
    assert figures == json.loads((tmp_path / "run" / "run.json").read_text())
    assert figures["finished"] and figures["settings"]["epochs"] == 3
    assert figures["settings"]["hidden"] == [16, 16] and figures["seconds"] > 0
    assert [epoch["epoch"] for epoch in figures["epochs"]] == [1, 2, 3]
    assert all(0 <= e["accuracy"] <= 1 and e["cost"] > 0 and e["seconds"] > 0 for e in figures["epochs"])
    assert figures["result"]["of"] == 100
    assert figures["result"]["accuracy"] == figures["epochs"][-1]["accuracy"]
    assert figures["versions"]["numpy"] == np.__version__
    rates = [epoch["learning_rate"] for epoch in figures["epochs"]]
    assert rates[0] == 0.5 and rates == sorted(rates, reverse=True)

    weights = load_file(tmp_path / "run" / "weights.safetensors")
    assert sum(array.size for array in weights.values()) == 13_002
    assert list(weights) == [f"{layer}.{kind}" for layer in (0, 2, 4) for kind in ("bias", "weight")]


def test_it_learns(run, tmp_path):
    _, output, _ = run("--images", 8000, "--epochs", 4, "--test-images", 1000, "--out", tmp_path, "--quiet")
    assert float(output.split()[2]) > 60


def test_same_seed_same_file_another_seed_other_weights(run, tmp_path):
    for name, seed in [("a", 5), ("b", 5), ("c", 6)]:
        assert run(*SMALL, "--seed", seed, "--out", tmp_path / name)[0] == 0
    files = {name: (tmp_path / name / "weights.safetensors").read_bytes() for name in "abc"}
    assert files["a"] == files["b"]
    assert bits(tmp_path / "a") != bits(tmp_path / "c")


def test_quiet_prints_the_last_line_only(run, tmp_path):
    code, output, errors = run(*SMALL, "--out", tmp_path, "--quiet")
    assert code == 0 and errors == "" and LAST_LINE.fullmatch(output.removesuffix("\n"))


@needs_real_mnist
def test_an_epoch_of_real_mnist(run, tmp_path):
    code, output, _ = run("--data", REAL, "--epochs", 1, "--out", tmp_path, "--quiet")
    assert code == 0 and output.endswith(" of 10,000)\n")
    assert float(output.split()[2]) > 90
    again = run("evaluate", tmp_path / "weights.safetensors", "--data", REAL)[1]
    assert again.splitlines()[-1] == output.strip()


@needs_real_mnist
def test_drawn_digits_teach_to_read_real_ones(run, tmp_path):
    _, output, _ = run("--images", 20_000, "--epochs", 4, "--test-data", REAL, "--out", tmp_path, "--quiet")
    assert float(output.split()[2]) > 82


def test_download_fetches_and_then_reads(run, tmp_path, monkeypatch):
    """Without a network: what would be fetched is written by hand."""
    monkeypatch.setenv("TINYGRAD_EDU_DATA", str(tmp_path))

    def fetch(progress):
        (tmp_path / "mnist").mkdir()
        for part in ("train", "t10k"):
            images, labels = draw_digits(50, 1)
            write_idx(tmp_path / "mnist" / f"{part}-images-idx3-ubyte.gz", images)
            write_idx(tmp_path / "mnist" / f"{part}-labels-idx1-ubyte.gz", labels.astype(np.uint8))
            progress("a file", 5, 10)
            progress("a file", 10, 10)

    monkeypatch.setattr(datasets, "download_mnist", fetch)
    code, output, _ = run("--data", "mnist", "--download", "--test-images", 50, "--out", tmp_path / "run")
    assert code == 0 and "from 50 MNIST training images" in output and output.endswith("of 50)\n")


# ---- the step as a program -------------------------------------------------------------------------------

def test_compiled_training_gives_the_same_bits(run, tmp_path):
    """Also with a last batch that is smaller than the others."""
    for options in ([], ["--batch-size", 32], ["--hidden", 20, "--lr", 2]):
        plain, compiled = (run(*SMALL, *options, *more, "--out", tmp_path / "run") for more in ([], ["--compile"]))
        without_times = [re.sub(r"\d+\.\d+ s", "", output) for _, output, _ in (plain, compiled)]
        assert plain[0] == compiled[0] == 0 and without_times[0] == without_times[1]


def test_compiled_training_writes_the_same_file(run, tmp_path):
    run(*SMALL, "--out", tmp_path / "plain", "--quiet")
    run(*SMALL, "--out", tmp_path / "compiled", "--quiet", "--compile", "--show-program")
    assert bits(tmp_path / "plain") == bits(tmp_path / "compiled")
    name = "weights.safetensors"
    assert (tmp_path / "plain" / name).read_bytes() == (tmp_path / "compiled" / name).read_bytes()


def test_the_step_is_really_compiled(run, tmp_path, monkeypatch):
    """Python runs the step for each of 90 batches; compiled, for those few that are traced."""
    made = {"steps": 0}
    zero_grad = torch.optim.SGD.zero_grad

    def counted(optimizer):
        made["steps"] += 1
        zero_grad(optimizer)

    monkeypatch.setattr(torch.optim.SGD, "zero_grad", counted)
    for options, fewest, most in ([], 90, 90), (["--compile"], 2, 6):
        made["steps"] = 0
        run(*SMALL, "--out", tmp_path, "--quiet", *options)
        assert fewest <= made["steps"] <= most


def test_the_program_is_shown_before_training(run, tmp_path):
    _, output, _ = run(*SMALL, "--out", tmp_path, "--show-program")
    assert digit.program_of([16, 16], 10).source in output
    assert output.index("weight_0 -= lr * d_weight_0") < output.index("epoch 1 of 3")


def test_program_prints_python_that_runs_alone(run):
    code, output, errors = run("program")
    assert code == 0 and errors == "" and "\x1b" not in output
    assert output == digit.program_of([16, 16], 1).source
    network = digit.digit_network()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    arrays = [p.detach().numpy().copy() for p in network.parameters()]
    pixels, wanted = torch.rand(1, 784), torch.eye(10)[[3]]
    space = {}
    exec(output, space)
    cost, *gradients = space["train_step"](pixels.numpy(), wanted.numpy(), 0.5, *arrays)
    assert digit.train_step(network, optimizer, pixels, wanted).item() == cost
    for parameter, array, gradient in zip(network.parameters(), arrays, gradients, strict=True):
        assert parameter.detach().numpy().tobytes() == array.tobytes()
        assert parameter.grad.numpy().tobytes() == gradient.tobytes()


def test_program_of_other_sizes_and_the_one_that_runs(run):
    assert "pixels (64, 784)" in run("program", "--batch-size", 64)[1]
    assert "weight_0 (5, 784)" in run("program", "--hidden", "5,4")[1]
    optimized = run("program", "--optimized")[1]
    assert optimized == digit.program_of([16, 16], 1).optimized_source and "np.empty" in optimized


def test_showing_a_program_draws_no_random_numbers():
    torch.manual_seed(3)
    expected = torch.rand(5).tolist()
    torch.manual_seed(3)
    digit.program_of([16, 16], 10)
    assert torch.rand(5).tolist() == expected


# ---- evaluate --------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Weights that know a little."""
    folder = tmp_path_factory.mktemp("digit")
    assert digit.main(["--images", "4000", "--epochs", "5", "--test-images", "200", "--hidden", "12",
                       "--out", str(folder), "--quiet"]) == 0
    return folder / "weights.safetensors"


def test_evaluate_agrees_with_training(run, weights, tmp_path):
    trained = json.loads((weights.parent / "run.json").read_text())["result"]
    code, output, _ = run("evaluate", weights, "--test-images", 200, "--json", tmp_path / "figures.json")
    assert code == 0 and LAST_LINE.fullmatch(output.splitlines()[-1])
    assert json.loads((tmp_path / "figures.json").read_text())["result"] == trained
    assert f"({trained['right']} of 200)" in output


def test_evaluate_reads_the_layers_sizes_from_the_weights(weights):
    layers = [layer for layer in digit.load_network(weights) if isinstance(layer, nn.Linear)]
    assert [layer.out_features for layer in layers] == [12, 10]


def test_many_layers_are_taken_in_the_order_of_their_numbers(tmp_path):
    network = digit.digit_network([7, 6, 5, 4, 3, 2, 8])        # "14.weight" sorts before "2.weight"
    save_file({name: tensor.numpy() for name, tensor in network.state_dict().items()}, tmp_path / "w")
    loaded = digit.load_network(tmp_path / "w")
    pixels = torch.rand(3, 784)
    assert (loaded(pixels).detach().numpy() == network(pixels).detach().numpy()).all()


def test_test_digits_are_not_those_of_any_seed():
    tests = digits_to_test("drawn", 50)
    assert tests.images.tobytes() != draw_digits(50, 0)[0].tobytes()
    assert digits_to_test("drawn", 50).fingerprint() == tests.fingerprint()


# ---- predict ---------------------------------------------------------------------------------------------

def test_predict(run, weights, tmp_path):
    image, label = (part[0] for part in draw_digits(1, 0, labels=[1]))
    Image.fromarray(255 - image).resize((280, 280)).save(tmp_path / "one.png")
    code, output, _ = run("predict", weights, tmp_path / "one.png", "--json", tmp_path / "figures.json")
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert code == 0 and output.splitlines()[-1] == f"this is a {label}"
    assert figures["answer"] == label == int(np.argmax(figures["outputs"])) and len(figures["outputs"]) == 10
    for number in range(10):
        assert re.search(rf"{number}  .* \d\.\d\d\d", output)
    assert run("predict", weights, tmp_path / "one.png", "--quiet")[1] == f"this is a {label}\n"


# ---- help ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("command", [[], ["train"], ["evaluate"], ["predict"], ["step"], ["program"]])
def test_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        digit.main([*command, "--help"])
    assert stop.value.code == 0
    assert "python -m models.digit" in capsys.readouterr().out

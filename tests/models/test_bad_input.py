"""Mistakes of the user: one line that says what is wrong, exit code 2, no traceback, nothing written."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save, save_file

from models import digit
from tinygrad_edu.data import write_idx

from .conftest import SMALL, grey_ramp, start


@pytest.fixture
def refused(run):
    """Run the program, see that it refuses in one line, and return the line."""
    def call(*arguments):
        code, output, errors = run(*arguments)
        assert code == 2, (output, errors)
        assert errors.count("\n") == 1 and errors.startswith("python -m models.digit: error: "), errors
        assert "Traceback" not in errors and not re.search("test accuracy .* of", output)
        return errors
    return call


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digit")
    assert digit.main([*SMALL, "--out", str(folder), "--quiet"]) == 0
    return folder / "weights.safetensors"


@pytest.mark.parametrize("options", [
    ["--epochs", "0"], ["--epochs", "-1"], ["--epochs", "1.5"], ["--epochs", "many"], ["--epochs", ""],
    ["--batch-size", "0"], ["--batch-size", "-10"], ["--batch-size", "x"],
    ["--lr", "-0.5"], ["--lr", "0"], ["--lr", "nan"], ["--lr", "inf"], ["--lr", "fast"],
    ["--seed", "-1"], ["--seed", "1e3"], ["--hidden", ""], ["--hidden", "16,"], ["--hidden", "16,0"],
    ["--hidden", "16,-3"], ["--hidden", "sixteen"], ["--images", "0"], ["--test-images", "0"],
])
def test_values_that_make_no_sense(refused, tmp_path, options):
    message = refused(*options, "--out", tmp_path / "run")
    assert options[0] in message and "--help" in message
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("arguments", [["--epoch", "3"], ["--bogus"], ["trian"], ["evaluate"], ["predict"],
                                       ["predict", "one"], ["evaluate", "a", "b"], ["--lr"]])
def test_options_that_do_not_exist_or_are_missing(refused, tmp_path, arguments):
    refused(*arguments, *(["--out", tmp_path / "run"] if arguments[0].startswith("-") else []))


@pytest.mark.parametrize("command", [[], ["evaluate"]])
def test_a_data_folder_that_is_not_there(refused, weights, tmp_path, command):
    arguments = [*command, *([weights] if command else ["--out", tmp_path / "run"])]
    message = refused(*arguments, "--data", tmp_path / "nowhere")
    assert "nowhere" in message and "-images-idx3-ubyte" in message


def test_a_data_folder_with_nothing_in_it(refused, tmp_path):
    assert "does not hold them" in refused("--data", tmp_path, "--out", tmp_path / "run")


def test_mnist_that_was_never_fetched(refused, tmp_path, monkeypatch):
    monkeypatch.setenv("TINYGRAD_EDU_DATA", str(tmp_path / "cache"))
    assert "--download" in refused("--data", "mnist", "--out", tmp_path / "run")


def test_data_that_are_broken(refused, tmp_path):
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03 cut short")
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(3, np.uint8))
    assert "cut short" in refused("--data", tmp_path, "--out", tmp_path / "run")


def test_fewer_images_than_asked_for(refused, tmp_path):
    for part in ("train", "t10k"):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", np.zeros((3, 28, 28), np.uint8))
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", np.zeros(3, np.uint8))
    assert "3" in refused("--data", tmp_path, "--images", "4", "--out", tmp_path / "run")
    assert "3" in refused("--data", tmp_path, "--test-images", "4", "--out", tmp_path / "run")


def test_an_empty_data_set(refused, tmp_path):
    for part in ("train", "t10k"):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", np.zeros((0, 28, 28), np.uint8))
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", np.zeros(0, np.uint8))
    refused("--data", tmp_path, "--out", tmp_path / "run")


def test_an_output_folder_that_is_a_file(refused, tmp_path):
    (tmp_path / "file").touch()
    assert "--out" in refused(*SMALL, "--out", tmp_path / "file")
    assert "--out" in refused(*SMALL, "--out", tmp_path / "file" / "below")


def test_a_json_file_that_cannot_be_written(refused, weights, tmp_path):
    for command in ([*SMALL, "--out", tmp_path / "run"], ["evaluate", weights], ["predict", weights, "x.png"]):
        assert "--json" in refused(*command, "--json", tmp_path / "nowhere" / "figures.json")
        assert "--json" in refused(*command, "--json", tmp_path)
    assert not (tmp_path / "run").exists()


def test_nothing_to_resume(refused, tmp_path):
    assert "--resume" in refused("--resume", "--out", tmp_path)
    assert "--resume" in refused("--resume", "--out", tmp_path / "nowhere")


def test_a_checkpoint_that_is_no_run(refused, weights, tmp_path):
    """Weights alone, and states that lack something."""
    path = tmp_path / "weights.safetensors"
    tensors = {name: tensor.numpy() for name, tensor in digit.digit_network().state_dict().items()}
    settings = json.loads((weights.parent / "run.json").read_text())["settings"]
    identity = json.loads((weights.parent / "run.json").read_text())["data"]
    for state in (None, "[]", "{}", "{", "null", '{"model": "lenet"}', '{"model": "digit", "settings": 3}',
                  json.dumps({"model": "digit", "settings": settings}),
                  json.dumps({"model": "digit", "settings": settings, "identity": identity}),
                  json.dumps({"model": "digit", "settings": settings, "identity": identity, "training": {},
                              "optimizer": {"state": {}, "param_groups": []}})):
        save_file(tensors, path, None if state is None else {"tinygrad_edu": state})
        refused("--resume", "--out", tmp_path)


WRONG_LAYERS = {
    "nothing": {},
    "another network": {"conv.weight": (8, 1, 5, 5)},
    "a convolution": {"0.weight": (8, 1, 5, 5), "0.bias": (8,)},
    "other pixels": {"0.weight": (10, 100), "0.bias": (10,)},
    "other outputs": {"0.weight": (9, 784), "0.bias": (9,)},
    "sizes that do not meet": {"0.weight": (16, 784), "0.bias": (16,), "2.weight": (10, 15), "2.bias": (10,)},
    "no bias": {"0.weight": (10, 784)},
    "a bias too long": {"0.weight": (10, 784), "0.bias": (11,)},
    "a layer of nothing": {"0.weight": (0, 784), "0.bias": (0,), "2.weight": (10, 0), "2.bias": (10,)},
    "one thing more": {"0.weight": (10, 784), "0.bias": (10,), "scale": (1,)},
}


@pytest.mark.parametrize("shapes", WRONG_LAYERS.values(), ids=WRONG_LAYERS)
def test_weights_of_other_layers(refused, tmp_path, shapes):
    path = tmp_path / "weights.safetensors"
    save_file({name: np.zeros(shape, np.float32) for name, shape in shapes.items()}, path)
    assert str(path) in refused("evaluate", path, "--test-images", 10)
    assert "digit reader" in refused("predict", path, tmp_path / "image.png")


def test_weights_that_are_no_safetensors_file(refused, weights, tmp_path):
    whole = weights.read_bytes()
    for content in (b"", b"PK\x03\x04 a zip file", whole[:-1], whole[:100], whole + b"x", b"\xff" * 1000,
                    save({"0.weight": np.zeros(3, np.complex64)})):
        path = tmp_path / "broken"
        path.write_bytes(content)
        assert "broken" in refused("evaluate", path, "--test-images", 10)
    refused("evaluate", tmp_path)
    refused("evaluate", tmp_path / "nowhere")


def test_weights_cut_short_anywhere(refused, weights, tmp_path):
    whole = weights.read_bytes()
    path = tmp_path / "cut"
    for length in np.random.default_rng(0).integers(0, len(whole), 20):
        path.write_bytes(whole[:length])
        refused("evaluate", path, "--test-images", 10)


def test_pictures_that_are_none(refused, weights, tmp_path):
    picture = tmp_path / "picture.png"
    Image.fromarray(grey_ramp()).save(picture)
    for content in (b"", b"no image", picture.read_bytes()[:60]):
        (tmp_path / "broken.png").write_bytes(content)
        assert "broken.png" in refused("predict", weights, tmp_path / "broken.png")
    Image.fromarray(np.full((50, 40), 77, np.uint8)).save(tmp_path / "even.png")
    assert "even grey" in refused("predict", weights, tmp_path / "even.png")
    assert "no file" in refused("predict", weights, tmp_path / "nowhere.png")
    refused("predict", weights, tmp_path)


@pytest.mark.parametrize("cost", [float("nan"), float("inf")])
def test_a_cost_that_is_no_number(refused, tmp_path, monkeypatch, cost):
    monkeypatch.setattr(digit, "train_step", lambda *batch: cost)
    assert "smaller --lr" in refused(*SMALL, "--out", tmp_path)


def test_a_process_of_its_own_shows_no_traceback(tmp_path):
    process = start("--data", tmp_path, "--out", tmp_path / "run")
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 2 and "test accuracy" not in output and errors.count("\n") == 1


def test_a_reader_that_goes_away(tmp_path):
    process = start(*SMALL, "--out", tmp_path)
    process.stdout.close()
    errors = process.stderr.read()
    process.wait(timeout=30)
    process.stderr.close()
    assert "Traceback" not in errors

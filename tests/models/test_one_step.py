"""`python -m models.digit step`: one step on one image, in numbers."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from models import digit, one_step
from models.datasets import test_digits as digits_to_test

from .conftest import SMALL


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digit")
    assert digit.main([*SMALL, "--out", str(folder), "--quiet"]) == 0
    return folder / "weights.safetensors"


def test_a_messy_three_on_an_untrained_network(run, tmp_path):
    files = {kind: tmp_path / f"step.{kind}" for kind in ("json", "html", "graph")}
    code, output, errors = run("step", *(x for kind, path in files.items() for x in (f"--{kind}", path)))
    assert code == 0 and errors == "" and "\x1b" not in output
    assert "One training step on the digit 3, number 148 of the drawn digits: the network says " in output
    for part in ("13,002 numbers", "the 3 wants up by ", "of layer 0, from pixel (", "costs", "dL/dw = gᵀ x",
                 "update : weight"):
        assert part in output
    last = output.splitlines()[-1]
    assert re.fullmatch(r"very slightly less wrong: \d\.\d+ → \d\.\d+, down by \S+ \(\S+ %\)", last)
    assert output.count("slightly less wrong") == 1

    told = json.loads(files["json"].read_text())
    assert told["label"] == 3 and told["format"] == 1 and told["again"]["text"] == last and "numpy" in told["versions"]
    pixels = np.array(told["inputs"][0]["values"], np.float32)
    np.testing.assert_array_equal(pixels, digits_to_test("drawn", 149).pixels()[148:])
    assert last in files["html"].read_text() and files["graph"].read_text().startswith("<svg")


def test_a_trained_network_and_an_image_that_it_misreads(run, weights):
    tests = digits_to_test("drawn")
    network = digit.load_network(weights)
    answers = digit.outputs_of(network, tests).argmax(1)
    index = int(np.flatnonzero(answers != tests.labels)[0])
    code, output, _ = run("step", weights)
    assert code == 0
    assert (f"step on the digit {tests.labels[index]}, number {index} of the drawn digits: "
            f"the network says {answers[index]}") in output
    assert run("step", weights, "--index", index) == (0, output, "")


def test_another_image_another_rate_another_seed(run):
    outputs = [run("step", "--index", 5, "--quiet", *more)[1] for more in ([], ["--lr", 0.01], ["--seed", 4])]
    assert len(set(outputs)) == 3 and all(output.count("\n") == 1 for output in outputs)
    assert run("step", "--index", 5, "--quiet")[1] == outputs[0]


def test_an_image_file(run, tmp_path):
    file = tmp_path / "nine.png"
    tests = digits_to_test("drawn", 200)
    nine = int(np.flatnonzero(tests.labels == 9)[0])
    Image.fromarray(tests.images[nine]).save(file)
    code, output, _ = run("step", "--image", file, "--label", 9)
    assert code == 0 and f"digit 9, {file}: " in output and "the 9 wants up by" in output
    assert output.splitlines()[-1] == run("step", "--index", nine, "--quiet")[1].strip()


@pytest.mark.parametrize(("arguments", "message"), [
    (["--image", "a.png"], "--image: which digit is it? Add --label DIGIT"),
    (["--image", "a.png", "--label", "3"], "a.png is no file"),
    (["--image", "a.png", "--label", "10"], "from 0 to 9 expected"),
    (["--image", "a.png", "--label", "3", "--index", "4"], "--index and --image: one of them"),
    (["--label", "3"], "--label: only for --image"),
    (["nothing.safetensors"], "nothing.safetensors is no file"),
    (["--data", "nowhere"], "nowhere"),
    (["--html", "no/such/folder.html"], "--html no/such/folder.html: a file in an existing folder expected"),
    (["--graph", "."], "--graph .: a file in an existing folder expected"),
])
def test_what_is_refused(run, arguments, message):
    code, output, errors = run("step", *arguments)
    assert code == 2 and message in errors and errors.count("\n") == 1 and "forward" not in output


def test_the_messy_three_is_a_three():
    assert digits_to_test("drawn", one_step.MESSY + 1).labels[one_step.MESSY] == 3

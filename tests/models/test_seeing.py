"""The commands that show a training: landscape and health."""

import json

import pytest

from models import seeing
from tinygrad_edu import viz

LITTLE = ["--images", "600", "--epochs", "1"]


def test_landscape_of_a_training(run, tmp_path):
    figures, picture = tmp_path / "figures.json", tmp_path / "landscape.png"
    code, output, errors = run("landscape", *LITTLE, "--points", 7, "--json", figures, "--out", picture)
    assert code == 0 and errors == "" and "\x1b" not in output
    assert "way around" in output and output.splitlines()[-1].startswith("cost ")
    found = json.loads(figures.read_text())
    assert found["kind"] == "plane" and found["directions"] == "main" and len(found["cost"]) == len(found["x"]) == 7
    assert found["walk"]["steps"][-1] == 60 and found["numbers"] == 13_002 and found["examples"] == seeing.LOOKED_AT
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_landscape_of_saved_weights(run, tmp_path):
    assert run("--images", 100, "--test-images", 50, "--epochs", 1, "--out", tmp_path, "--quiet")[0] == 0
    weights = tmp_path / "weights.safetensors"
    for name, begins in [("map.svg", "<svg"), ("map.html", "<!doctype html>")]:
        code, output, _ = run("landscape", weights, "--points", 5, "--out", tmp_path / name, "--quiet")
        assert code == 0 and output.count("\n") == 1
        assert (tmp_path / name).read_text().startswith(begins)
    code, _, errors = run("landscape", weights, "--directions", "main")
    assert code == 2 and "--directions main" in errors and errors.count("\n") == 1


def test_health(run, tmp_path):
    figures = tmp_path / "figures.json"
    for name in ("health.png", "health.html"):
        code, output, errors = run("health", "--images", 3_000, "--epochs", 3, "--json", figures,
                                   "--out", tmp_path / name)
        assert code == 0 and errors == "" and "\x1b" not in output
        assert output.splitlines()[-1] == "Healthy." and "saturated units" in output
    found = json.loads(figures.read_text())
    assert found["healthy"] and found["steps"] == 900 and len(found["series"]["layers"]) == 6
    assert (tmp_path / "health.png").read_bytes().startswith(b"\x89PNG")
    assert "Healthy." in (tmp_path / "health.html").read_text()


@pytest.mark.parametrize(("mistake", "said"), [
    ("zero-grad", "missing zero_grad"), ("detached", "detached parameter"), ("high-rate", "rate far too high"),
    ("low-rate", "rate far too low"), ("pixels", "unscaled inputs"), ("labels", "labels shifted by one"),
    ("order", "labels out of step (shifted by one, or shuffled)")])
def test_a_mistake_made_on_purpose_is_named(run, mistake, said):
    code, output, _ = run("health", "--images", 2_000, "--epochs", 2, "--mistake", mistake)
    assert code == 0 and f"The mistake: {seeing.MISTAKES[mistake]}." in output
    assert output.splitlines()[-1].startswith("Not healthy: ") and output.splitlines()[-1].endswith(f"{said}.")


def test_every_mistake_is_tried_and_every_kind_of_finding_has_a_mark():
    assert len(seeing.MISTAKES) == 7 and set(seeing.MARKS) == set(viz.diagnosis.MARKS) == set(viz.diagnosis.COLOURS)


@pytest.mark.parametrize("command", ["landscape", "health"])
@pytest.mark.parametrize("options", [
    ["--out", "x.gif"], ["--out", "no/such/folder/x.png"], ["--json", "no/such/folder/x.json"], ["--images", 0],
    ["--data", "no/such/folder"]])
def test_wrong_input_is_one_line(run, command, options):
    code, _, errors = run(command, *options)
    assert code == 2 and errors.count("\n") == 1 and str(options[0]) in errors

"""Optimizers and regularization compared; and trials, which any comparison is made of."""

import json
import signal

import numpy as np
import pytest

from models import recipes
from models.datasets import Digits
from tinygrad_edu import nn
from tinygrad_edu.data import write_idx

SMALL = ["--few", "20", "--many", "60", "--few-epochs", "3", "--many-epochs", "2", "--test-images", "50",
         "--seeds", "1"]
TRAININGS = 10 * 2      # recipes, few and many


def trials_of(folder):
    return json.loads((folder / "run.json").read_text())["trials"]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recipes")
    assert recipes.main([*SMALL, "--out", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture
def interrupted(monkeypatch):
    """Let a signal come while step number `at` is made."""
    def arrange(at, number=signal.SIGINT):
        original, made = recipes.train_step, 0

        def step(*arguments):
            nonlocal made
            made += 1
            if made == at:
                signal.raise_signal(number)
            return original(*arguments)

        monkeypatch.setattr(recipes, "train_step", step)
    return arrange


# ---- from end to end ---------------------------------------------------------------------------------------

def test_a_short_run_from_end_to_end(run, tmp_path):
    code, output, errors = run(*SMALL, "--out", tmp_path / "run", "--json", tmp_path / "figures.json", program=recipes)
    assert code == 0 and errors == "" and "\x1b" not in output
    for name in recipes.RECIPES:
        assert f"  {name}: " in output and f"{name}, few images, seed 0" in output
    assert output.splitlines()[-1].startswith("best on many images: ")
    assert (tmp_path / "run" / "recipes.png").read_bytes().startswith(b"\x89PNG")
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures == json.loads((tmp_path / "run" / "run.json").read_text())
    assert figures["finished"] and len(figures["trials"]) == TRAININGS
    assert [row["recipe"] for row in figures["result"]] == list(recipes.RECIPES)
    adam = figures["trials"]["Adam, few images, seed 0"]
    assert len(adam["test"]) == len(adam["learned"]) == 4


def test_quiet_prints_the_last_lines_only(run, tmp_path):
    assert run(*SMALL, "--out", tmp_path, "--quiet", program=recipes)[1].count("\n") == 2


def test_compiled_gives_the_same_figures(run, unbroken, tmp_path):
    assert run(*SMALL, "--out", tmp_path, "--quiet", "--compile", program=recipes)[0] == 0
    assert trials_of(tmp_path) == trials_of(unbroken)


@pytest.mark.parametrize(("at", "number"), [(1, signal.SIGINT), (60, signal.SIGTERM), (150, signal.SIGINT)])
def test_interrupted_and_resumed_is_unbroken(run, interrupted, unbroken, tmp_path, at, number):
    interrupted(at, number)
    code, output, errors = run(*SMALL, "--out", tmp_path, program=recipes)
    assert code == 130 and errors == "" and "--resume --out" in output.splitlines()[-1]
    kept = len(trials_of(tmp_path))
    assert kept < TRAININGS and f"Stopped after {kept} of {TRAININGS} trainings" in output
    code, output, _ = run("--resume", "--out", tmp_path, program=recipes)
    assert code == 0 and output.count(" seed ") == TRAININGS - kept
    assert trials_of(tmp_path) == trials_of(unbroken)
    assert (tmp_path / "recipes.png").read_bytes() == (unbroken / "recipes.png").read_bytes()


@pytest.mark.parametrize("options", [["--few", "21"], ["--seeds", "2"], ["--batch-size", "5"]])
def test_other_settings_are_refused(run, unbroken, options):
    code, output, errors = run("--resume", "--out", unbroken, *options, program=recipes)
    assert code == 2 and output == "" and errors.count("\n") == 1 and options[0] in errors


def test_what_cannot_be_resumed(run, unbroken, tmp_path):
    good = json.loads((unbroken / "run.json").read_text())
    for content in (None, "{", "[]", "{}", json.dumps(good | {"model": "digit"}), json.dumps(good | {"trials": 3}),
                    json.dumps(good | {"data": {"training": "others"}})):
        if content is not None:
            (tmp_path / "run.json").write_text(content)
        code, _, errors = run("--resume", "--out", tmp_path, "--quiet", program=recipes)
        assert code == 2 and errors.count("\n") == 1 and "--resume" in errors, content


def test_impossible_numbers_are_refused(run, tmp_path):
    for part in ("train", "t10k"):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", np.zeros((60, 28, 28), np.uint8))
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", np.zeros(60, np.uint8))
    small = ["--data", tmp_path, "--test-images", 60, "--few", 10]
    for options in (["--few", 30, "--many", 20], ["--many", 61, *small]):
        code, _, errors = run(*options, "--out", tmp_path, program=recipes)
        assert code == 2 and errors.count("\n") == 1 and options[0] in errors


def test_help_teaches(capsys):
    with pytest.raises(SystemExit):
        recipes.main(["--help"])
    assert "by heart" in capsys.readouterr().out


# ---- its parts ---------------------------------------------------------------------------------------------

def test_the_network_is_the_lessons():
    plain, normed = recipes.digit_network(), recipes.digit_network(0.3, True)
    assert sum(parameter.numel() for parameter in plain.parameters()) == 13_002
    assert sum(isinstance(layer, nn.BatchNorm1d) for layer in normed) == 2 and normed[0].p == 0.3


def blank(count):
    return Digits(np.zeros((count, 28, 28), np.uint8), np.zeros(count, np.int64), "blank")


def test_early_stopping_goes_back_to_the_best_epoch(monkeypatch):
    """10 of 50 images are held out; from epoch 2 on they are read no better: of 20 epochs it waits for 2, and stops."""
    held_out = iter([0.3, 0.6, 0.5, 0.6, 0.4, 0.9])
    tests = iter(np.arange(100) / 100)
    monkeypatch.setattr(recipes, "accuracy", lambda network, digits: float(next(
        {10: held_out, 7: tests}.get(len(digits.labels), iter([0.5])))))
    curves = recipes.learn(recipes.RECIPES["early stopping"], blank(50), blank(7), 20, 10, 0, False, lambda: None)
    assert curves["epochs"] == 5 and len(curves["test"]) == len(curves["learned"]) == 21
    assert curves["test"][:5] == [0, 0.01, 0.02, 0.03, 0.04] and set(curves["test"][5:]) == {0.02}


def test_other_recipes_learn_to_the_end():
    curves = recipes.learn(recipes.RECIPES["dropout"], blank(20), blank(5), 3, 10, 0, False, lambda: None)
    assert curves["epochs"] == 3 and len(curves["test"]) == 4


def sentence_of(recipe, few, few_of_base, many, many_of_base):
    """What is said of curves with one row a seed."""
    sizes = {size: recipes._figures(np.stack([curves, curves]), np.stack([base, base])) | {"epochs": 4}
             for size, curves, base in (("few", few, few_of_base), ("many", many, many_of_base))}
    return recipes.sentence(recipes.RECIPES[recipe], sizes)


def test_sentences_follow_from_the_figures():
    base = np.array([[0.1, 0.4, 0.8], [0.1, 0.4, 0.8]])
    better, mixed = base + np.array([0, 0.3, 0.05]), base + np.array([[0, 0, 0.02], [0, 0, -0.01]])
    said = sentence_of("dropout", better, base, mixed, base)
    assert "On few images 5.0 points better than Adam; " not in said
    assert "On few images 5.0 points better than Adam, and faster to 72 % (1.1 epochs, not 1.8)" in said
    assert said.endswith("; on many no clear difference from Adam.")
    said = sentence_of("momentum", base - np.array([0, 0, 0.2]), base, base - np.array([0, 0.2, 0.01]), base)
    assert "On few images 20.0 points worse than SGD, and never at 72 %" in said
    assert said.endswith("; on many 1.0 points worse than SGD.")
    assert sentence_of("SGD", base, base, better, better).endswith("Reads 80.0 % after few images, 85.0 % after many.")
    assert sentence_of("early stopping", base, base, base, base).endswith("It stops after 4 and 4 epochs.")


def test_a_level_that_is_there_at_the_start():
    assert recipes._reached(np.array([0.5, 0.6]), 0.4) == 0.0 and recipes._reached(np.array([0.1]), 0.4) is None

"""Transfer learning: three ways to go on, the digits of each task, the comparison from end to end."""

import json
import re
import signal

import numpy as np
import pytest

import tinygrad_edu as torch
from models import digit, finetune
from models.datasets import Digits
from models.finetune import FROZEN, SCRATCH, UNTOUCHED, WAYS, WHOLE
from tinygrad_edu import nn

from .conftest import REAL, needs_real_mnist

SMALL = ["--few", "1,2", "--seeds", "2", "--steps", "4", "--body-images", "100", "--body-epochs", "1",
         "--test-images", "100"]


def weights_of(network):
    return [parameter.detach().numpy().copy() for parameter in network.parameters()]


def same(some, others):
    return all((a == b).all() for a, b in zip(some, others, strict=True))


# ---- the three ways ----------------------------------------------------------------------------------------

def gone_on(way, same_digits=True, classes=10, learn=None):
    """A trained network, what it became, the weights that learning began with, and the learning rate."""
    torch.manual_seed(0)
    trained = nn.Sequential(finetune.new_body(), finetune.new_head(classes))
    seen = {}

    def look(network, inputs, labels, lr):
        seen.update(inputs=inputs, weights=weights_of(network), lr=lr)
        for parameter in network.parameters():
            parameter.data += 1

    pixels = torch.rand(3, 784)
    before = weights_of(trained)
    became = finetune.go_on(way, trained, same_digits, pixels, torch.tensor([0, 1, 2]), learn or look)
    assert same(weights_of(trained), before)               # it goes on to the next trial as it is
    return trained, became, seen, pixels


def test_a_frozen_body_stays_and_the_head_learns():
    trained, became, seen, pixels = gone_on(FROZEN)
    assert same(weights_of(became[0]), weights_of(trained[0]))
    assert same(seen["weights"], weights_of(trained[1])) and seen["lr"] == finetune.SMALL_LR
    assert same(weights_of(became[1]), [array + 1 for array in weights_of(trained[1])])
    assert (seen["inputs"].numpy() == trained[0](pixels).detach().numpy()).all() and not seen["inputs"].requires_grad


def test_the_whole_network_learns_from_where_it_stands():
    trained, became, seen, pixels = gone_on(WHOLE)
    assert same(seen["weights"], weights_of(trained)) and seen["inputs"] is pixels
    assert same(weights_of(became), [array + 1 for array in weights_of(trained)])


def test_from_scratch_nothing_is_kept():
    trained, became, seen, _ = gone_on(SCRATCH)
    assert not any((a == b).any() for a, b in zip(seen["weights"], weights_of(trained), strict=True))
    assert same(weights_of(became), [array + 1 for array in seen["weights"]]) and seen["lr"] == finetune.LR


@pytest.mark.parametrize("way", [FROZEN, WHOLE])
def test_other_digits_get_a_new_head(way):
    trained, _, seen, _ = gone_on(way, same_digits=False, classes=5)
    old = weights_of(trained[1])
    assert not any((a == b).any() for a, b in zip(seen["weights"][-len(old):], old, strict=True))
    if way == WHOLE:
        assert same(seen["weights"][:-len(old)], weights_of(trained[0]))


def test_shapes():
    """The comments beside the layers are true."""
    shapes, x = [], torch.zeros(2, 784)
    for layer in finetune.new_body():
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    assert shapes[0] == (1, 28, 28) and shapes[3] == (8, 12, 12) and shapes[6] == (16, 4, 4) and shapes[7] == (256,)
    assert finetune.new_head(7)(x).shape == (2, 7)


# ---- the digits --------------------------------------------------------------------------------------------

def test_few_are_as_many_of_each_and_the_fewer_are_among_the_more():
    images = np.arange(200, dtype=np.uint8).reshape(200, 1, 1)
    pool = Digits(images, np.arange(200) % 5, "")
    few, more, others = (finetune.few_of(pool, 5, count, seed) for count, seed in ((3, 0), (7, 0), (3, 1)))
    assert np.bincount(few.labels).tolist() == [3] * 5 and np.bincount(more.labels).tolist() == [7] * 5
    assert set(few.images.ravel()) < set(more.images.ravel()) != set(others.images.ravel())
    assert (few.images.ravel() % 5 == few.labels).all()


def test_only_some_digits_count_from_0():
    digits = Digits(np.arange(100, dtype=np.uint8).reshape(100, 1, 1), np.arange(100) % 10, "")
    some = finetune.only(digits, slice(5, 10))
    assert (some.images.ravel() % 10 == some.labels + 5).all() and len(some.labels) == 50
    assert len(finetune.only(digits, slice(0, 5), 20).labels) == 20


def test_dirty_paper_is_the_same_each_time_and_still_shows_the_digits():
    digits = finetune.training_digits("drawn", 200, 0)
    dirty = finetune.on_dirty_paper(digits, 1)
    assert (dirty.images == finetune.on_dirty_paper(digits, 1).images).all() and (dirty.labels == digits.labels).all()
    assert dirty.images[digits.images > 200].mean() > dirty.images[digits.images < 50].mean() + 60
    assert dirty.images.dtype == np.uint8 and dirty.images[digits.images == 0].std() > 40


# ---- from end to end ---------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("finetune")
    assert finetune.main([*SMALL, "--out", str(folder), "--quiet"]) == 0
    return folder


def trials_of(folder):
    return json.loads((folder / "run.json").read_text())["trials"]


def test_a_short_run_from_end_to_end(run, tmp_path):
    code, output, errors = run(*SMALL, "--out", tmp_path / "run", "--json", tmp_path / "figures.json", program=finetune)
    assert code == 0 and errors == "" and "\x1b" not in output
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures == json.loads((tmp_path / "run" / "run.json").read_text())
    assert figures["finished"] and figures["settings"]["task"] == "noisy" and len(figures["trials"]) == 2 * (1 + 2 * 3)
    for row in figures["result"]:
        each = [figures["trials"][finetune.trial_name(seed, row["images"], row["way"])] for seed in (0, 1)]
        assert row["accuracy"] == pytest.approx(np.mean(each)) and row["spread"] == pytest.approx(np.std(each))
    assert [(row["images"], row["way"]) for row in figures["result"]] == [
        (0, UNTOUCHED), *((count, way) for count in (1, 2) for way in WAYS)]
    for count in ("none", 1, 2):
        assert re.search(rf"^ +{count} +\d+\.\d ± \d+\.\d % ", output, re.MULTILINE)
    assert (tmp_path / "run" / "finetune.png").read_bytes().startswith(b"\x89PNG")
    assert [line.split(":")[0] for line in output.splitlines()[-2:]] == ["1 of each digit", "2 of each digit"]


def test_quiet_prints_the_last_lines_only(run, unbroken):
    code, output, errors = run("--resume", "--out", unbroken, "--quiet", program=finetune)
    assert code == 0 and errors == "" and output.count("\n") == 2


def test_compiled_gives_the_same_figures(run, unbroken, tmp_path):
    assert run(*SMALL, "--few", 2, "--seeds", 1, "--out", tmp_path, "--compile", program=finetune)[0] == 0
    found = trials_of(tmp_path)
    assert len(found) == 4 and found.items() <= trials_of(unbroken).items()


@pytest.mark.parametrize("at", [1, 30])
def test_interrupted_and_resumed_is_unbroken(run, unbroken, tmp_path, monkeypatch, at):
    """In the first body, and among later trials."""
    original, made = finetune.train_step, 0

    def step(*arguments):
        nonlocal made
        made += 1
        if made == at:
            signal.raise_signal(signal.SIGINT)
        return original(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(finetune, "train_step", step)
        code, output, errors = run(*SMALL, "--out", tmp_path, program=finetune)
    assert code == 130 and errors == "" and "python -m models.finetune --resume" in output.splitlines()[-1]
    assert len(trials_of(tmp_path)) < 14
    assert run("--resume", "--out", tmp_path, program=finetune)[0] == 0
    assert trials_of(tmp_path) == trials_of(unbroken)


def test_what_was_learned_helps(run, tmp_path):
    """Enough to see the difference: on dirty paper, and with other digits."""
    run("--few", 3, "--seeds", 1, "--steps", 60, "--body-images", 3000, "--test-images", 500, "--out", tmp_path,
        program=finetune)
    found = {row["way"]: row["accuracy"] for row in json.loads((tmp_path / "run.json").read_text())["result"]}
    assert found[WHOLE] > found[UNTOUCHED] > 0.3 and found[FROZEN] > found[SCRATCH] + 0.1


@pytest.mark.parametrize("task", [
    ["--task", "classes"], pytest.param(["--data", REAL, "--task", "classes"], marks=needs_real_mnist),
    pytest.param(["--data", REAL], marks=needs_real_mnist)])
def test_each_task_runs(run, tmp_path, task):
    code, output, _ = run(*SMALL, *task, "--seeds", 1, "--out", tmp_path, program=finetune)
    assert code == 0 and ("of 5 to 9" in output) == ("classes" in task) != ("none" in output)


@pytest.mark.parametrize(("options", "said"), [
    (["--task", "real"], "--task real"), (["--few", "0"], "--few"), (["--few", "5000"], "--few 5000"),
    (["--task", "other"], "--task"), (["--seeds", "0"], "--seeds"), (["--data", "nowhere"], "nowhere")])
def test_options_that_make_no_sense(run, tmp_path, options, said):
    code, output, errors = run(*options, "--out", tmp_path, "--quiet", program=finetune)
    assert code == 2 and output == "" and errors.count("\n") == 1 and said in errors


def test_other_settings_and_other_programs_are_refused(run, unbroken, tmp_path):
    code, _, errors = run("--resume", "--out", unbroken, "--steps", "5", program=finetune)
    assert code == 2 and "--steps 5" in errors
    run("--images", 20, "--test-images", 10, "--epochs", 1, "--out", tmp_path, program=digit)
    code, _, errors = run("--resume", "--out", tmp_path, program=finetune)
    assert code == 2 and "no run of models.finetune" in errors


def test_help_teaches(capsys):
    with pytest.raises(SystemExit) as stop:
        finetune.main(["--help"])
    assert stop.value.code == 0 and "frozen body" in capsys.readouterr().out

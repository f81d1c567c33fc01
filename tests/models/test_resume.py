"""Interrupted and killed runs: nothing is lost, and going on gives the bits of an unbroken run."""

import json
import random
import shlex
import signal
import time

import pytest

from models import checkpoint, digit

from .conftest import SMALL, bits, start


@pytest.fixture
def interrupted(monkeypatch):
    """Let a signal come while step number `at` is made; later steps come undisturbed."""
    original = digit.train_step

    def arrange(at, number=signal.SIGINT):
        made = 0

        def step(*arguments):
            nonlocal made
            made += 1
            if made == at:
                signal.raise_signal(number)
            return original(*arguments)

        monkeypatch.setattr(digit, "train_step", step)
    return arrange


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """The folder of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("unbroken")
    assert digit.main([*SMALL, "--out", str(folder), "--quiet"]) == 0
    return folder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("at", [1, 17, 30, 31, 60, 89])
def test_interrupted_and_resumed_is_unbroken(run, interrupted, unbroken, tmp_path, at, number):
    interrupted(at, number)
    code, output, errors = run(*SMALL, "--out", tmp_path)
    assert code == 130 and errors == ""
    assert f"--resume --out {shlex.quote(str(tmp_path))}" in output.splitlines()[-1]
    figures = json.loads((tmp_path / "run.json").read_text())
    assert not figures["finished"] and len(figures["epochs"]) == at // 30

    code, output, errors = run("--resume", "--out", tmp_path)
    assert code == 0 and errors == ""
    assert bits(tmp_path) == bits(unbroken)
    name = "weights.safetensors"
    assert (tmp_path / name).read_bytes() == (unbroken / name).read_bytes()
    whole, pieces = (json.loads((folder / "run.json").read_text()) for folder in (unbroken, tmp_path))
    for figures in (whole, pieces):
        for epoch in figures["epochs"]:
            assert epoch.pop("seconds") > 0
    assert pieces["epochs"] == whole["epochs"] and pieces["result"] == whole["result"]


def test_interrupted_again_and_again(run, interrupted, unbroken, tmp_path):
    interrupted(7)
    assert run(*SMALL, "--out", tmp_path)[0] == 130
    for at in (5, 12, 40):
        interrupted(at)
        assert run("--resume", "--out", tmp_path)[0] == 130
    interrupted(0)
    assert run("--resume", "--out", tmp_path)[0] == 0
    assert bits(tmp_path) == bits(unbroken)


@pytest.mark.parametrize("compiled", [(False, True), (True, False), (True, True)])
def test_compiled_or_not_before_and_after(run, unbroken, tmp_path, monkeypatch, compiled):
    """A run goes on to the same bits whether its steps are compiled or not."""
    original = digit.step_of

    def step_of(*arguments):
        step, made = original(*arguments), 0

        def interrupted(*batch):
            nonlocal made
            made += 1
            if made == 47:
                signal.raise_signal(signal.SIGINT)
            return step(*batch)

        return interrupted

    first, second = (["--compile"] * each for each in compiled)
    with monkeypatch.context() as patch:
        patch.setattr(digit, "step_of", step_of)
        assert run(*SMALL, "--out", tmp_path, *first)[0] == 130
    assert run("--resume", "--out", tmp_path, *second)[0] == 0
    assert bits(tmp_path) == bits(unbroken)
    name = "weights.safetensors"
    assert (tmp_path / name).read_bytes() == (unbroken / name).read_bytes()


def test_a_signal_in_the_last_step_changes_nothing(run, interrupted, unbroken, tmp_path):
    interrupted(90)
    assert run(*SMALL, "--out", tmp_path)[0] == 0
    assert bits(tmp_path) == bits(unbroken)


def test_resuming_a_finished_run_changes_nothing(run, unbroken):
    before = bits(unbroken)
    code, output, _ = run("--resume", "--out", unbroken)
    assert code == 0 and output.splitlines()[-1].startswith("test accuracy")
    assert bits(unbroken) == before


def test_signals_do_what_they_did_before(run, tmp_path):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    run(*SMALL, "--out", tmp_path)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_without_times_it_goes_on_all_the_same(run, interrupted, unbroken, tmp_path):
    interrupted(40)
    run(*SMALL, "--out", tmp_path)
    (tmp_path / "run.json").write_text("{ not JSON")
    assert run("--resume", "--out", tmp_path)[0] == 0
    assert bits(tmp_path) == bits(unbroken)
    assert json.loads((tmp_path / "run.json").read_text())["epochs"][0]["seconds"] is None


@pytest.mark.parametrize("option", [["--lr", "0.4"], ["--epochs", "4"], ["--batch-size", "11"],
                                    ["--seed", "1"], ["--hidden", "16"], ["--images", "301"]])
def test_other_settings_are_refused(run, unbroken, option):
    before = (unbroken / "weights.safetensors").read_bytes()
    code, output, errors = run("--resume", "--out", unbroken, *option)
    assert code == 2 and output == "" and errors.count("\n") == 1
    assert option[0] in errors and option[1] in errors and "without --resume" in errors
    assert (unbroken / "weights.safetensors").read_bytes() == before


def test_the_same_settings_may_be_given_again(run, unbroken):
    assert run(*SMALL, "--resume", "--out", unbroken, "--lr", 0.5, "--hidden", "16,16", "--quiet")[0] == 0


def test_other_data_are_refused(run, unbroken, monkeypatch):
    fingerprint = digit.Digits.fingerprint
    monkeypatch.setattr(digit.Digits, "fingerprint", lambda digits: fingerprint(digits)[::-1])
    code, _, errors = run("--resume", "--out", unbroken)
    assert code == 2 and "other data" in errors


# ---- processes of their own ------------------------------------------------------------------------------

LONG = ["--images", "1000", "--test-images", "100", "--epochs", "60"]      # 6,000 steps, 60 times saved


@pytest.fixture(scope="module")
def long_unbroken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    assert digit.main([*LONG, "--out", str(folder), "--quiet"]) == 0
    return folder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_gets_a_signal(long_unbroken, tmp_path, number):
    process = start(*LONG, "--out", tmp_path)
    for line in process.stdout:
        if line.startswith("epoch  3"):
            break
    process.send_signal(number)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and errors == "" and "Stopped in epoch" in output
    assert "--resume" in output.splitlines()[-1]
    process = start("--resume", "--out", tmp_path, "--quiet")
    assert process.communicate(timeout=30)[1] == "" and process.returncode == 0
    assert bits(tmp_path) == bits(long_unbroken)


def test_killed_at_any_moment_the_checkpoint_is_whole(long_unbroken, tmp_path):
    moments = random.Random(0)
    weights = tmp_path / "weights.safetensors"
    arguments = LONG
    for _ in range(6):
        process = start(*arguments, "--out", tmp_path)
        for line in process.stdout:
            if line.startswith("epoch"):
                break
        time.sleep(moments.uniform(0, 0.15))
        process.kill()
        process.communicate()
        found = checkpoint.read(weights)
        assert set(found.weights) == {f"{layer}.{kind}" for layer in (0, 2, 4) for kind in ("weight", "bias")}
        assert found.state["training"]["step"] == 0
        assert json.loads((tmp_path / "run.json").read_text())["epochs"]
        arguments = ["--resume"]
    process = start("--resume", "--out", tmp_path, "--quiet")
    assert process.communicate(timeout=30)[1] == "" and process.returncode == 0
    assert bits(tmp_path) == bits(long_unbroken)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.json", "weights.safetensors"]

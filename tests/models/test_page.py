"""The page of a run: what is recorded for it, how it is put together, its command. `test_page_in_browser` uses it."""

import base64
import json
import re

import numpy as np
import pytest

import tinygrad_edu as torch
from models import digit
from models.datasets import Digits
from models.datasets import test_digits as digits_to_test
from models.page.assembling import FOLDER, assemble
from models.page.noise import noise_figures
from models.page.packing import packed, rounded
from models.page.recording import MOST_KEPT, MOST_NUMBERS, WORST, Recording, kept_epochs

from .conftest import bits

TINY = ["--images", "200", "--test-images", "60", "--epochs", "2", "--hidden", "4"]


# ---- pieces ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_packed_keeps_every_bit(dtype):
    array = np.random.default_rng(0).integers(0, 200, (3, 5)).astype(dtype)
    found = packed(array.T)
    again = np.frombuffer(base64.b64decode(found["base64"]), np.dtype(found["dtype"]).newbyteorder("<"))
    assert found["shape"] == [5, 3] and np.array_equal(again.reshape(5, 3), array.T)


def test_packed_refuses_what_the_page_has_no_array_for():
    with pytest.raises(TypeError, match="got float64"):
        packed(np.zeros(3))


def test_rounded_is_json_with_fewer_digits():
    found = rounded({"a": [1 / 3, np.float32(2), float("nan")], 2: np.arange(2), "text": "x", "none": None})
    assert found == {"a": [0.333333, 2.0, None], "2": [0, 1], "text": "x", "none": None}


@pytest.mark.parametrize("epochs", [1, 2, 12, 30, 500])
def test_kept_epochs_have_both_ends_and_are_few(epochs):
    kept = kept_epochs(epochs, MOST_KEPT)
    assert kept[0] == 0 and kept[-1] == epochs and len(kept) <= MOST_KEPT and kept == sorted(set(kept))


def test_a_large_network_is_kept_at_both_ends():
    assert kept_epochs(30, 2) == [0, 30] == kept_epochs(30, 0)


def test_the_largest_page_stays_below_3_megabytes():
    images = (MOST_KEPT * WORST + 40 + 6) * 784
    assert 4 / 3 * (4 * MOST_NUMBERS + images) + 500_000 < 3e6


def test_a_recording_counts_what_was_misread():
    outputs = np.zeros((4, 10), np.float32)
    outputs[[0, 1, 2, 3], [1, 2, 2, 7]] = 0.5, 0.9, 0.8, 0.7        # read as 1, 2, 2, 7
    images = np.random.default_rng(0).integers(0, 256, (4, 28, 28), dtype=np.uint8)
    tests = Digits(images, np.array([1, 3, 2, 4]), "four")
    network = digit.digit_network([2])
    training = type("NotBegun", (), {"history": []})()
    recording = Recording(network, tests, 3, lambda: outputs, digit.cost_of)
    recording.look(training)
    look = recording.looks[0]
    assert look.accuracy == 0.5 and look.learning_rate is None and look.epoch == 0
    assert look.confusion.sum() == 4 and look.confusion[3, 2] == look.confusion[4, 7] == look.confusion[1, 1] == 1
    assert [each["image"] for each in look.worst] == [1, 3]
    assert look.cost == pytest.approx(((0.5**2) + (0.9**2 + 1) + 0.2**2 + (0.7**2 + 1)) / 4)
    figures = recording.to_json()
    assert [each["image"] for each in figures["worst"][0]] == [0, 1]        # of the images that the page has
    again = np.frombuffer(base64.b64decode(figures["images"]["base64"]), np.uint8).reshape(-1, 28, 28)
    assert np.array_equal(again, tests.images[[1, 3]])


def test_noise_counts_the_sure_and_keeps_the_surest():
    def outputs_of(images):
        assert images.shape == (1000, 28, 28) and images.dtype == np.uint8 and 120 < images.mean() < 135
        outputs = np.zeros((1000, 10), np.float32)
        outputs[:, 8] = np.linspace(0, 1, 1000)
        return outputs
    figures = noise_figures(outputs_of, seed=0)
    assert figures["share_sure"] == 0.5 and figures["answers"][8] == 999 and figures["answers"][0] == 1
    kept = np.frombuffer(base64.b64decode(figures["outputs"]["base64"]), np.float32).reshape(6, 10)
    assert kept[0, 8] == 1 and kept[:, 8].min() > 0.99


# ---- the page is one file --------------------------------------------------------------------------------

def test_the_page_holds_all_its_pieces_and_no_address():
    page = assemble({"text": "</script><!-- x -->"})
    assert not re.findall(r"<!-- \S+ -->", page)
    assert set(re.findall(r"https?://[^\s\"'`]+", page)) == {"http://www.w3.org/2000/svg"}     # a name, not an address
    for piece in FOLDER.glob("*.js"):
        assert piece.read_text("utf-8").strip() in page
    text = re.search(r'id="data">(.*?)</script>', page, re.S)[1]
    assert json.loads(text) == {"text": "</script><!-- x -->"}


def test_colours_can_be_read():
    """WCAG: 4.5 : 1 between text and what is behind it, in both schemes."""
    style = (FOLDER / "style.css").read_text("utf-8")
    blocks = [dict(re.findall(r"--([\w-]+): (#\w{6})", block))
              for block in re.findall(r"{([^{}]*--paper: #[^{}]*)}", style)]
    assert len(blocks) == 3 and blocks[1] == blocks[2] != blocks[0]         # light; dark by system and by choice
    for block in blocks[:2]:
        for front in ("ink", "soft", "accent", "against"):
            for behind in ("paper", "raised"):
                assert contrast(block[front], block[behind]) >= 4.5, (front, behind)
        assert contrast(block["on-accent"], block["accent"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminances: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    def luminance(colour: str) -> float:
        levels = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in levels]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


# ---- the command -----------------------------------------------------------------------------------------

def test_a_page_of_a_new_run(run, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    code, output, _ = run("report", *TINY, "--out", tmp_path / "page.html", "--json", tmp_path / "page.json", "--open")
    assert code == 0 and "page.html" in output.splitlines()[-1] and shown == [(tmp_path / "page.html").as_uri()]
    figures = json.loads((tmp_path / "page.json").read_text("utf-8"))
    page = (tmp_path / "page.html").read_text("utf-8")
    assert json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1]) == figures
    assert [each["epoch"] for each in figures["run"]["epochs"]] == [0, 1, 2] == figures["run"]["kept"]
    assert figures["sizes"] == [784, 4, 10] and len(figures["steps"]) == 2
    assert set(figures["landscape"]["planes"]) == {"main", "random"}
    assert figures["landscape"]["planes"]["main"]["walk"]["steps"][-1] == 40


def test_the_page_of_a_run_shows_that_run_to_the_bit(run, tmp_path):
    assert run(*TINY, "--out", tmp_path / "run")[0] == 0
    code, _, errors = run("report", "--run", tmp_path / "run", "--quiet", "--out", tmp_path / "page.html",
                          "--json", tmp_path / "json")
    assert code == 0, errors
    figures = json.loads((tmp_path / "json").read_text("utf-8"))
    kept = np.frombuffer(base64.b64decode(figures["run"]["weights"]["base64"]), np.float32).reshape(3, -1)
    weights = bits(tmp_path / "run")
    assert kept[-1].tobytes() == b"".join(weights[name] for name in ("0.weight", "0.bias", "2.weight", "2.bias"))
    told = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert figures["run"]["epochs"][-1]["accuracy"] == pytest.approx(told["result"]["accuracy"], rel=1e-5)
    assert figures["run"]["epochs"][-1]["cost"] == pytest.approx(told["result"]["cost"], rel=1e-5)


def test_a_run_that_comes_out_otherwise_is_refused(run, tmp_path, monkeypatch):
    assert run(*TINY, "--out", tmp_path / "run")[0] == 0
    monkeypatch.setattr("models.reading.training_digits", lambda *_: digits_to_test("drawn", 200))
    code, _, errors = run("report", "--run", tmp_path / "run", "--out", tmp_path / "page.html")
    assert code == 2 and "other weights" in errors and not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(("arguments", "message"), [
    (["--run", "nowhere"], "no run there"),
    (["--out", "nowhere/page.html"], "a file in an existing folder expected"),
    (["--hidden", "400,400", *TINY[:-2]], "too large for the page"),
    (["--epochs", "0"], "from 1 to"),
])
def test_what_cannot_be_is_refused_in_one_line(run, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, _, errors = run("report", *arguments)
    assert code == 2 and message in errors and errors.count("\n") == 1 and not list(tmp_path.iterdir())


def test_an_interrupted_run_leaves_no_page(run, tmp_path, monkeypatch):
    monkeypatch.setattr("models.training.Training.run", lambda *_, **__: False)
    code, output, _ = run("report", *TINY, "--out", tmp_path / "page.html")
    assert code == 130 and "no page is written" in output and not list(tmp_path.iterdir())


def test_a_run_keeps_its_settings(run, tmp_path):
    assert run(*TINY, "--out", tmp_path / "run")[0] == 0
    code, _, errors = run("report", "--run", tmp_path / "run", "--lr", "3", "--out", tmp_path / "page.html")
    assert code == 2 and "leave --lr out" in errors


def test_the_stream_of_random_numbers_does_not_matter(run, tmp_path):
    """The same settings give the same page."""
    pages = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        assert run("report", *TINY, "--quiet", "--out", tmp_path / "page.html")[0] == 0
        pages.append((tmp_path / "page.html").read_bytes())
    assert pages[0] == pages[1]

"""The GPT: its network and its cache, the texts it reads, what it writes. (What all programs do: test_programs.)"""

import json
import math

import numpy as np
import pytest

import tinygrad_edu as torch
from models import char_gpt, texts
from models.errors import UserError

SMALL = ["--layers", "1", "--width", "8", "--epochs", "2", "--batch-size", "63"]
LETTERS = "\nabcdefghijklmnopqrstuvwxyz"
TALE = "".join(f"the {animal} met a {other}.\n" for animal, other in
               zip(("cat", "dog", "owl", "fox") * 20, ("mouse", "hen", "bear") * 30, strict=False))


def network_of(seed=0, context=8, layers=2, dropout=0.0):
    torch.manual_seed(seed)
    network = char_gpt.GPT(len(LETTERS), context=context, layers=layers, width=16, heads=4, dropout=dropout)
    return network


def some_codes(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, len(LETTERS), shape)


# ---- the network -------------------------------------------------------------------------------------------

def test_no_place_sees_what_comes_after_it():
    network, codes = network_of(), some_codes(3, 8)
    before = network(torch.from_numpy(codes)).detach().numpy()
    changed = codes.copy()
    changed[:, 5] = (changed[:, 5] + 1) % len(LETTERS)
    after = network(torch.from_numpy(changed)).detach().numpy()
    assert before.shape == (3, 8, len(LETTERS))
    assert (before[:, :5] == after[:, :5]).all() and (before[:, 5:] != after[:, 5:]).any(-1).all()


def test_each_place_sees_all_before_it():
    network, codes = network_of(), some_codes(1, 8)
    last = network(torch.from_numpy(codes)).detach().numpy()[0, -1]
    for place in range(8):
        changed = codes.copy()
        changed[0, place] = (changed[0, place] + 1) % len(LETTERS)
        assert (network(torch.from_numpy(changed)).detach().numpy()[0, -1] != last).any()


def test_the_cost_counts_no_filler():
    scores, following = torch.randn(2, 3, 5), torch.tensor([[1, 2, texts.NOTHING], [4, texts.NOTHING, texts.NOTHING]])
    chances = scores.softmax(-1).numpy()
    by_hand = -np.log([chances[0, 0, 1], chances[0, 1, 2], chances[1, 0, 4]]).mean()
    assert char_gpt.cost_of(scores, following).item() == pytest.approx(by_hand, rel=1e-6)


def test_nats_are_a_mean_over_characters_however_many_rows_are_read_at_a_time(monkeypatch):
    network = network_of(dropout=0.5)
    codes, following = some_codes(50, 8), some_codes(50, 8, seed=1)
    following[:30, 3:] = texts.NOTHING                      # batches whose means count unequally
    at_once = char_gpt.nats_of(network, codes, following)
    monkeypatch.setattr(char_gpt, "ROWS_AT_A_TIME", 7)
    assert char_gpt.nats_of(network, codes, following) == pytest.approx(at_once, rel=1e-6)
    assert network.training


# ---- the cache ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("pieces", [[1] * 8, [5, 1, 1, 1], [8]])
def test_scores_with_the_cache_are_those_without(pieces):
    network, codes = network_of(), torch.from_numpy(some_codes(3, 8))
    past, found = char_gpt.Past(2), []
    for piece in codes.split(pieces, 1):
        found.append(network(piece, past).detach().numpy())
    assert past.length == 8
    assert np.abs(np.concatenate(found, 1) - network(codes).detach().numpy()).max() < 1e-5


def test_a_past_takes_one_more_at_a_time():
    network, past = network_of(), char_gpt.Past(2)
    network(torch.from_numpy(some_codes(1, 3)), past)
    with pytest.raises(ValueError, match="one more character expected behind the 3"):
        network(torch.from_numpy(some_codes(1, 2)), past)


@pytest.mark.parametrize("prompt", [1, 4, 8, 9, 21])
@pytest.mark.parametrize("how", [{}, {"temperature": 0.5, "top_k": 3}, {"temperature": 0.0}])
def test_the_same_is_written_with_the_cache_and_without(prompt, how):
    """Also where the context is full, and prompts longer than it."""
    network, codes = network_of(dropout=0.3), some_codes(4, prompt)
    rows = [char_gpt.written(network, codes, 30, seed=7, cached=cached, **how) for cached in (True, False)]
    assert rows[0].shape == (4, prompt + 30) and (rows[0] == rows[1]).all()
    assert (rows[0][:, :prompt] == codes).all()


@pytest.mark.parametrize("context", [1, 2, 3, 8])
def test_the_cache_reads_each_character_about_once(monkeypatch, context):
    network, read = network_of(context=context), []
    forward = char_gpt.GPT.forward
    monkeypatch.setattr(char_gpt.GPT, "forward", lambda self, codes, past=None: (
        read.append(codes.shape[1]), forward(self, codes, past))[1])
    char_gpt.written(network, some_codes(1, 1), 100)
    assert len(read) == 100 and max(read) <= (context + 1) // 2 and sum(read) <= 200


# ---- drawing -----------------------------------------------------------------------------------------------

def test_the_same_seed_the_same_text_and_no_number_of_the_package():
    network, codes = network_of(), some_codes(2, 1)
    before = torch.get_rng_state().tolist()
    rows = [char_gpt.written(network, codes, 20, seed=seed) for seed in (1, 1, 2)]
    assert (rows[0] == rows[1]).all() and (rows[0] != rows[2]).any()
    assert torch.get_rng_state().tolist() == before


def drawn(scores, many=4000, **how):
    how = {"temperature": 1.0, "top_k": None} | how
    rows = torch.tensor(scores).expand(many, len(scores))
    return np.bincount(char_gpt._drawn(rows, generator=torch.Generator().manual_seed(0), **how)[:, 0],
                       minlength=len(scores)) / many


def test_how_often_each_is_drawn():
    scores = [math.log(8), math.log(4), math.log(2), math.log(2)]
    assert drawn(scores) == pytest.approx([0.5, 0.25, 0.125, 0.125], abs=0.03)
    assert drawn(scores, temperature=0.5) == pytest.approx([64 / 88, 16 / 88, 4 / 88, 4 / 88], abs=0.03)
    assert drawn(scores, temperature=0.0) == pytest.approx([1, 0, 0, 0])
    assert drawn(scores, top_k=2) == pytest.approx([2 / 3, 1 / 3, 0, 0], abs=0.03)
    assert drawn(scores, top_k=9) == pytest.approx(drawn(scores))


# ---- texts -------------------------------------------------------------------------------------------------

def test_animals():
    text = texts.get_text(texts.ANIMALS)
    assert text.is_list and text.alphabet == LETTERS and len(text.learned) == 628 and len(text.held_out) == 70
    assert not set(text.learned) & set(text.held_out) and len(set(text.learned + text.held_out)) == 698


def test_a_list_has_no_line_twice(tmp_path):
    (tmp_path / "names").write_text("\r\n".join([" emma", "", *"abcdefghi", "emma", "b"]), "utf-8")
    text = texts.get_text(str(tmp_path / "names"))
    assert sorted(text.learned + text.held_out) == ["a", "b", "c", "d", "e", "emma", "f", "g", "h", "i"]
    assert len(text.held_out) == 1 and text.longest() == 5 and text.name == "names"
    assert text.fingerprint() == texts.get_text(str(tmp_path / "names")).fingerprint()
    assert text.fingerprint() != texts.get_text(str(tmp_path / "names"), is_list=False).fingerprint()


def test_rows_of_a_list():
    text = texts.Text("", True, "\nab", ["ab", "b", "abab"], [])
    inputs, following = text.rows(text.learned, 3)
    assert inputs.tolist() == [[0, 1, 2], [0, 2, 0], [0, 1, 2], [1, 2, 0]]
    no = texts.NOTHING
    assert following.tolist() == [[1, 2, 0], [2, 0, no], [1, 2, 1], [2, 0, no]]


def test_a_long_text_is_read_in_order_and_held_out_at_its_end(tmp_path):
    (tmp_path / "tale").write_text("x" * 50 + "\n" + TALE, "utf-8")
    text = texts.get_text(str(tmp_path / "tale"))
    assert not text.is_list and text.learned[0] + text.held_out[0] == "x" * 50 + "\n" + TALE
    assert len(text.held_out[0]) == round(0.1 * (51 + len(TALE)))
    inputs, following = text.rows(text.held_out, 16)
    assert texts.decode(inputs.ravel(), text.alphabet)[1:].startswith(text.held_out[0])
    assert (following.ravel()[:-1][inputs.ravel()[1:] > 0] == inputs.ravel()[1:][inputs.ravel()[1:] > 0]).all()


def test_guesses_by_counting():
    text = texts.Text("", True, "\nab", ["ab"] * 1000, ["ab"])
    nats = texts.nats_by_counting(text)
    assert nats["equally likely"] == nats["by how frequent each is"] == pytest.approx(math.log(3), abs=0.01)
    assert nats["by the one before"] == pytest.approx(0, abs=0.01)


# ---- the commands ------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def animals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("animals")
    assert char_gpt.main([*SMALL, "--out", str(folder), "--quiet"]) == 0
    return folder / "weights.safetensors"


@pytest.fixture(scope="module")
def tale(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tale")
    (folder / "tale.txt").write_text(TALE, "utf-8")
    assert char_gpt.main([*SMALL, "--data", str(folder / "tale.txt"), "--no-list", "--context", "20", "--lr", "0.01",
                          "--epochs", "20", "--batch-size", "16", "--out", str(folder), "--quiet"]) == 0
    return folder / "weights.safetensors"


def test_it_learns_and_writes_what_is_new(run, tmp_path):
    code, output, _ = run("--layers", 1, "--epochs", 6, "--compile", "--out", tmp_path, program=char_gpt)
    result = json.loads((tmp_path / "run.json").read_text())["result"]
    assert code == 0 and result["nats"] < 2.65 < 2.98                   # by how frequent each letter is: 2.98
    assert result["written"] == 1000 and 800 < result["new"] <= 1000
    assert len(result["sample"]) == 60 and not {"", *texts.get_text(texts.ANIMALS).learned} & set(result["sample"])
    assert f"{result['new']:,} of 1,000 lines written are new" in output.splitlines()[-1]


def test_evaluate_agrees_with_training(run, animals, tmp_path):
    trained = json.loads((animals.parent / "run.json").read_text())
    code, output, _ = run("evaluate", animals, "--json", tmp_path / "figures.json", program=char_gpt)
    result = json.loads((tmp_path / "figures.json").read_text())["result"]
    assert code == 0 and result["nats"] == trained["result"]["nats"] == trained["epochs"][-1]["nats"]
    assert output.splitlines()[-1] == (f"held-out text {result['nats']:.4f} nats a character (70 lines, "
                                       f"{result['characters']} characters)")


def test_sample_a_list(run, animals, tmp_path):
    code, output, errors = run("sample", animals, "--count", 30, "--prompt", "ze", "--json", tmp_path / "a.json",
                               program=char_gpt)
    lines = output.splitlines()
    assert code == 0 and errors == "" and len(lines) == 30 and all(line.startswith("ze") for line in lines)
    assert json.loads((tmp_path / "a.json").read_text())["sample"] == lines
    again = run("sample", animals, "--count", 30, "--prompt", "ze", "--no-cache", program=char_gpt)[1]
    assert again == output
    assert run("sample", animals, "--count", 30, "--prompt", "ze", "--seed", 1, program=char_gpt)[1] != output


def test_sample_a_long_text(run, tale):
    code, output, _ = run("sample", tale, "--prompt", "the owl", "--length", 100, "--temperature", 0, program=char_gpt)
    assert code == 0 and output.startswith("the owl met a ") and len(output) == len("the owl") + 100 + 1
    result = json.loads((tale.parent / "run.json").read_text())["result"]
    assert isinstance(result["sample"], str) and len(result["sample"]) == 500 and result["nats"] < 1


def test_a_long_text_is_resumed_from_where_it_moved_to(run, tale, tmp_path):
    (tmp_path / "moved.txt").write_text(TALE, "utf-8")
    assert run("--resume", "--out", tale.parent, "--data", tmp_path / "moved.txt", program=char_gpt)[0] == 0
    (tmp_path / "other.txt").write_text(TALE + TALE, "utf-8")
    code, _, errors = run("--resume", "--out", tale.parent, "--data", tmp_path / "other.txt", program=char_gpt)
    assert code == 2 and "other data" in errors


def test_program_is_a_page(run):
    code, output, _ = run("program", program=char_gpt)
    assert code == 0 and "def train_step" in output and "attention" in output and "AdamW" in output
    assert "(1, 4, 16, 16)" in output                       # the scores of four heads
    assert "train_step(codes, following, lr" in output and "head_weight_exp_avg *= beta1" in output


# ---- mistakes ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("options", "said"), [
    (["--width", "10"], "a multiple of --heads"), (["--dropout", "1"], "from 0 to below 1"),
    (["--dropout", "-0.1"], "above 0"), (["--layers", "0"], "--layers"), (["--data", "nowhere.txt"], "nowhere.txt")])
def test_options_that_make_no_sense(run, tmp_path, options, said):
    code, output, errors = run(*options, "--out", tmp_path, program=char_gpt)
    assert code == 2 and output == "" and errors.count("\n") == 1 and said in errors


@pytest.mark.parametrize("content", [b"", b"\n\n", b"one\ntwo\n", b"a" * 100, b"\xff\xfe\x00"])
def test_files_that_teach_nothing(run, tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    code, _, errors = run("--data", tmp_path / "file", "--out", tmp_path / "run", program=char_gpt)
    assert code == 2 and errors.count("\n") == 1 and str(tmp_path / "file") in errors
    assert not (tmp_path / "run").exists()


def test_prompts_and_weights_that_do_not_fit(run, animals, tmp_path):
    for arguments, said in ((["--prompt", "É"], "'É'"), (["--temperature", "-1"], "above 0"),
                            (["--top-k", "0"], "--top-k"), (["--count", "0"], "--count")):
        code, output, errors = run("sample", animals, *arguments, program=char_gpt)
        assert code == 2 and output == "" and errors.count("\n") == 1 and said in errors
    from models import digit
    run("--images", 20, "--test-images", 10, "--epochs", 1, "--out", tmp_path, program=digit)
    for command in ("sample", "evaluate"):
        code, _, errors = run(command, tmp_path / "weights.safetensors", program=char_gpt)
        assert code == 2 and "no run of models.char_gpt" in errors
    with pytest.raises(UserError, match="is not among"):
        texts.encode("é", LETTERS)

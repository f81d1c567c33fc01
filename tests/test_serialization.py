"""save and load: nests come back as they were, files are whole or not there, other programs read them.

Pickles are refused.
"""

import io
import json
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, safetensors


def nest():
    shared = tg.tensor([1.5, -2.0])
    return {
        "epoch": 3, "loss": 0.25, "worst": float("inf"), "name": "größer", "none": None, "flag": True,
        "model": OrderedDict(weight=tg.tensor([[1.0, 2.0]], requires_grad=True), bias=shared, count=tg.tensor(7)),
        1: [shared, (2, 3.5), {"deep": tg.tensor([True, False])}], "dtype": tg.float16, "shape": tg.Size([2, 3]),
        "half": tg.tensor([0.5], dtype=np.float16), "empty": tg.zeros(0, 3), "array": np.arange(3, dtype=np.int16),
        "device": tg.device("cpu"), "number": np.float64(1.5),
    }  # fmt: skip


def same(a, b):
    assert type(a) is type(b)
    if isinstance(a, (tg.Tensor, np.ndarray)):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_array_equal(a.detach().numpy() if isinstance(a, tg.Tensor) else a,
                                      b.detach().numpy() if isinstance(b, tg.Tensor) else b)  # fmt: skip
        assert getattr(a, "requires_grad", None) == getattr(b, "requires_grad", None)
    elif isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            same(a[key], b[key])
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    else:
        assert a == b


@pytest.mark.parametrize("how", ["path", "file", "memory"])
def test_a_nest_comes_back(tmp_path, how):
    given = nest()
    path = tmp_path / "nest.pt"
    if how == "path":
        tg.save(given, path)
        found = tg.load(str(path), map_location="cpu", weights_only=True)
    elif how == "file":
        with open(path, "wb") as stream:
            tg.save(given, stream)
        with open(path, "rb") as stream:
            found = tg.load(stream, map_location=tg.device("cpu"))
    else:
        stream = io.BytesIO()
        tg.save(given, stream)
        found = tg.load(io.BytesIO(stream.getvalue()))
    given["number"] = 1.5
    same(given, found)
    assert found["model"]["bias"] is found[1][0], "what was shared is shared"
    found["model"]["bias"].add_(1)  # memory of its own


def test_a_training_run_goes_on(tmp_path):
    def parts():
        tg.manual_seed(0)
        net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
        return net, tg.optim.Adam(net.parameters(), lr=0.1)

    def steps(net, optimizer, count):
        for i in range(count):
            optimizer.zero_grad()
            (net(tg.ones(2, 3) * (i + 1)) ** 2).sum().backward()
            optimizer.step()

    net, optimizer = parts()
    steps(net, optimizer, 3)
    tg.save({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "run.pt")
    other, resumed = parts()
    saved = tg.load(tmp_path / "run.pt")
    other.load_state_dict(saved["net"])
    resumed.load_state_dict(saved["optimizer"])
    steps(net, optimizer, 3)
    steps(other, resumed, 3)
    for a, b in zip(net.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())


def test_a_failed_save_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.pt"
    tg.save({"a": tg.ones(2)}, path)
    before = path.read_bytes()
    with pytest.raises(TypeError, match=r"save: model\.0 is a Linear.*its state_dict\(\)"):
        tg.save({"model": [nn.Linear(1, 1)]}, path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_headers_of_every_length_are_read():
    """The file begins with the header's length, which may begin with the byte that pickles begin with."""
    seen = set()
    for n in range(300):
        file = io.BytesIO()
        tg.save({"x" * n: tg.ones(2)}, file)
        seen.add(file.getvalue()[0])
        file.seek(0)
        assert list(tg.load(file)) == ["x" * n]
    assert 0x80 in seen


def test_a_pickle_is_refused(tmp_path):
    path = tmp_path / "old.pt"
    path.write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(ValueError, match=r"old\.pt' is a pickle.*can run any program(.|\n)*save_file\(torch\.load"):
        tg.load(path)
    with pytest.raises(ValueError, match="is a pickle"):
        tg.load(io.BytesIO(b"PK\x03\x04rest"))
    with pytest.raises(RuntimeError, match="only device here is 'cpu', got 'cuda'"):
        tg.load(path, map_location="cuda")


def header(entry, numbers=b"\0" * 8):
    text = json.dumps(entry).encode() if not isinstance(entry, bytes) else entry
    return len(text).to_bytes(8, "little") + text + numbers


@pytest.mark.parametrize(("content", "text"), [
    (b"", "cut off"), (b"\xff" * 20, "cut off"), (header(b"{"), "no JSON"),
    (header({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}), "cannot lie at bytes 0 to 8 of 8"),
    (header({"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}), "cannot lie at bytes 0 to 16 of 8"),
    (header({"a": {"dtype": "Q8", "shape": [1], "data_offsets": [0, 8]}}), "dtype Q8"),
    (header({"a": {"dtype": "F32"}}), "must have dtype, shape and data_offsets"),
])  # fmt: skip
def test_broken_files(content, text):
    with pytest.raises(ValueError, match=text):
        tg.load(io.BytesIO(content))


def test_the_bytes():
    """The format, written out: length, JSON, numbers; wide ones first."""
    stream = io.BytesIO()
    safetensors.write(stream, {"a": np.array([1], np.int8), "b": np.array([[0.5]], np.float64)})
    content = stream.getvalue()
    length = int.from_bytes(content[:8], "little")
    assert length % 8 == 0 and json.loads(content[8 : 8 + length]) == {
        "b": {"dtype": "F64", "shape": [1, 1], "data_offsets": [0, 8]},
        "a": {"dtype": "I8", "shape": [1], "data_offsets": [8, 9]},
    }  # fmt: skip
    assert content[8 + length :] == np.float64(0.5).tobytes() + b"\x01"
    bf16 = header({"x": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}}, b"\x80\x3f\x00\xc0")
    assert tg.load(io.BytesIO(bf16))["x"].tolist() == [1.0, -2.0]


def test_both_ways_with_pytorch(tmp_path):
    torch = pytest.importorskip("torch")
    theirs = pytest.importorskip("safetensors.torch")
    mine = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    other = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 2))
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    tg.save(mine.state_dict(), tmp_path / "ours.safetensors")
    other.load_state_dict(theirs.load_file(tmp_path / "ours.safetensors"))
    expected = mine(tg.tensor(x)).detach().numpy()
    np.testing.assert_allclose(other(torch.tensor(x)).detach().numpy(), expected, rtol=1e-5, atol=1e-6)
    fresh = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    theirs.save_file(other.state_dict(), tmp_path / "theirs.safetensors")
    fresh.load_state_dict(tg.load(tmp_path / "theirs.safetensors"))
    np.testing.assert_array_equal(fresh(tg.tensor(x)).detach().numpy(), expected)
    torch.save(other.state_dict(), tmp_path / "pickle.pt")
    with pytest.raises(ValueError, match="is a pickle"):
        tg.load(tmp_path / "pickle.pt")
    everything = {k: torch.zeros(2, dtype=d) for k, d in {"f": torch.float16, "b": torch.bool, "i": torch.int8,
                                                          "u": torch.uint8, "l": torch.int64}.items()}  # fmt: skip
    theirs.save_file(everything, tmp_path / "dtypes.safetensors")
    found = tg.load(tmp_path / "dtypes.safetensors")
    assert {k: str(v.dtype) for k, v in found.items()} == {k: str(v.dtype)[6:] for k, v in everything.items()}

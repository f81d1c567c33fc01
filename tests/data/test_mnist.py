"""MNIST: found under every usual name, checked on arrival, fetched only when asked, whole or not at all."""

import gzip
import hashlib
import os
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu.data import download_mnist, load_mnist, mnist, write_idx

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "mnist"
needs_real = pytest.mark.skipif(not (REAL / "t10k-images-idx3-ubyte.gz").is_file(),
                                reason="real MNIST is not at ../shared/data/mnist")


@pytest.fixture(autouse=True)
def _no_cache_and_no_network(monkeypatch, tmp_path):
    """The user's own cache is out of sight, and only this machine can be reached."""
    monkeypatch.setenv("TINYGRAD_EDU_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    real_open = urllib.request.urlopen

    def guarded_open(request, **options):
        assert request.full_url.startswith("http://127.0.0.1:")
        return real_open(request, **options)

    monkeypatch.setattr(urllib.request, "urlopen", guarded_open)


def write_set(folder, prefix="train", separator="-", ending=".gz", count=3, images=None, labels=None):
    folder.mkdir(parents=True, exist_ok=True)
    images = np.full((count, 28, 28), count, np.uint8) if images is None else images
    labels = np.arange(count, dtype=np.uint8) if labels is None else labels
    write_idx(folder / f"{prefix}-images{separator}idx3-ubyte{ending}", images)
    write_idx(folder / f"{prefix}-labels{separator}idx1-ubyte{ending}", labels)


# ---- reading ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("subfolder", ["", "mnist", "MNIST", "raw", "MNIST/raw"])
@pytest.mark.parametrize("separator", ["-", "."])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_every_usual_name_is_found(tmp_path, subfolder, separator, ending):
    write_set(tmp_path / subfolder, "train", separator, ending, count=3)
    write_set(tmp_path / subfolder, "t10k", separator, ending, count=2)
    for train, count in [(True, 3), (False, 2)]:
        images, labels = load_mnist(tmp_path, train=train)
        assert images.dtype == np.uint8 and images.shape == (count, 28, 28) and (images == count).all()
        assert labels.dtype == np.int64 and labels.tolist() == list(range(count))


def test_cache_is_the_default_folder(tmp_path):
    write_set(tmp_path / "cache" / "mnist")
    assert len(load_mnist()[0]) == 3


def test_cache_without_the_variable_is_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("TINYGRAD_EDU_DATA")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    write_set(tmp_path / ".cache" / "tinygrad_edu" / "mnist")
    assert len(load_mnist()[0]) == 3


def test_an_empty_set_is_no_error(tmp_path):
    write_set(tmp_path, count=0)
    images, labels = load_mnist(tmp_path)
    assert images.shape == (0, 28, 28) and labels.shape == (0,)


def test_missing_files_are_named_with_the_way_to_get_them(tmp_path):
    write_set(tmp_path, "train")
    message = r"expected the files t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte.*download_mnist\(\)"
    with pytest.raises(FileNotFoundError, match=message) as missing:
        load_mnist(tmp_path, train=False)
    assert str(tmp_path) in str(missing.value)
    with pytest.raises(FileNotFoundError, match="is no folder"):
        load_mnist(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="cache is no folder"):
        load_mnist()


@pytest.mark.parametrize("wrong, reason", [
    ({"labels": np.zeros(4, np.uint8)}, "as many labels as images, got 3 images in .* and 4 labels"),
    ({"labels": np.array([0, 10, 2], np.uint8)}, "expected labels 0 to 9, got 10 at index 1"),
    ({"labels": np.zeros((3, 1), np.uint8)}, r"expected labels uint8 \(n,\), got uint8 \(3, 1\)"),
    ({"labels": np.zeros(3, np.float32)}, r"expected labels uint8 \(n,\), got float32"),
    ({"images": np.zeros((3, 28, 27), np.uint8)}, r"images uint8 \(n, 28, 28\), got uint8 \(3, 28, 27\)"),
    ({"images": np.zeros((3, 784), np.uint8)}, r"expected images uint8 \(n, 28, 28\), got uint8 \(3, 784\)"),
    ({"images": np.zeros((3, 28, 28), np.int8)}, r"expected images uint8 \(n, 28, 28\), got int8"),
])
def test_sets_that_are_not_mnist_are_refused(tmp_path, wrong, reason):
    write_set(tmp_path, **wrong)
    with pytest.raises(ValueError, match=f"load_mnist: .*{reason}"):
        load_mnist(tmp_path)


@needs_real
@pytest.mark.parametrize("train, count, first", [(True, 60_000, [5, 0, 4, 1]), (False, 10_000, [7, 2, 1, 0])])
def test_real_mnist(train, count, first):
    images, labels = load_mnist(REAL, train=train)
    assert images.shape == (count, 28, 28) and labels.shape == (count,)
    assert labels[:4].tolist() == first
    assert set(labels.tolist()) == set(range(10))
    assert images.max() == 255 and images[:, 0, 0].max() == 0


# ---- fetching ---------------------------------------------------------------------------------------------

class Server:
    """A mirror on this machine that answers as told: `answers[name]` is a list of answers, the last stays."""

    def __init__(self, contents):
        self.contents, self.answers, self.requests = contents, {}, []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.answer(self)

            def log_message(self, *arguments):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.http.server_port}/mnist/"

    def answer(self, handler):
        name = handler.path.rsplit("/", 1)[-1]
        self.requests.append(name)
        answers = self.answers.get(name, ["right"])
        kind = answers.pop(0) if len(answers) > 1 else answers[0]
        content = self.contents[name]
        if kind == "missing":
            handler.send_error(404)
            return
        announced = len(content)
        if kind == "other bytes":
            content = bytes(len(content))
        elif kind == "too long":
            content, announced = content + b"more", announced + 4
        elif kind == "too short":
            content, announced = content[:-5], announced - 5
        elif kind == "broken off":
            content = content[:-5]
        handler.send_response(200)
        handler.send_header("Content-Length", str(announced))
        handler.end_headers()
        handler.wfile.write(content)

    def close(self):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server(monkeypatch):
    """A mirror that holds four small files, with `mnist.PUBLISHED` made to fit them."""
    contents = {name: gzip.compress(f"this stands for {name}".encode() * 20) for name in mnist.PUBLISHED}
    monkeypatch.setattr(mnist, "PUBLISHED", {
        name: mnist.Published(len(content), hashlib.sha256(content).hexdigest())
        for name, content in contents.items()})
    server = Server(contents)
    yield server
    server.close()


def fetch(server, folder, **options):
    return download_mnist(folder, **{"mirrors": [server.address], "pause": 0.0, "timeout": 5.0, **options})


def files_in(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_download_fetches_all_files_and_reports(server, tmp_path):
    reports = []
    folder = fetch(server, tmp_path / "new" / "folder", progress=lambda *report: reports.append(report))
    assert folder == tmp_path / "new" / "folder"
    assert files_in(folder) == server.contents
    for name, content in server.contents.items():
        assert (name, len(content), len(content)) in reports


def test_download_goes_to_the_cache_by_default(server, tmp_path):
    assert fetch(server, None) == tmp_path / "cache" / "mnist"


def test_second_download_asks_for_nothing(server, tmp_path):
    fetch(server, tmp_path)
    server.requests.clear()
    fetch(server, tmp_path)
    assert server.requests == []


@pytest.mark.parametrize("failure", ["missing", "other bytes", "too long", "too short", "broken off"])
def test_a_failure_is_tried_again(server, tmp_path, failure):
    name = "t10k-labels-idx1-ubyte.gz"
    server.answers[name] = [failure, failure, "right"]
    fetch(server, tmp_path)
    assert server.requests.count(name) == 3
    assert files_in(tmp_path) == server.contents


@pytest.mark.parametrize("failure, reason", [
    ("missing", "HTTP Error 404"), ("other bytes", "expected SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}"),
    ("too long", "expected [0-9]+ bytes, got more"), ("too short", "expected [0-9]+ bytes, got [0-9]+"),
    ("broken off", "IncompleteRead|expected [0-9]+ bytes, got [0-9]+"),
])
def test_a_lasting_failure_leaves_no_file_and_goes_on_later(server, tmp_path, failure, reason):
    name = "t10k-images-idx3-ubyte.gz"
    server.answers[name] = [failure]
    with pytest.raises(ConnectionError, match=f"could not fetch {name}, tried:\n.*{reason}") as error:
        fetch(server, tmp_path, rounds=2)
    assert str(error.value).count(server.address) == 2
    assert set(files_in(tmp_path)) == {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"}
    del server.answers[name]
    server.requests.clear()
    fetch(server, tmp_path)
    assert server.requests == [name, "t10k-labels-idx1-ubyte.gz"]
    assert files_in(tmp_path) == server.contents


def test_another_mirror_is_asked(server, tmp_path):
    closed = Server({})
    closed.close()
    fetch(server, tmp_path, mirrors=[closed.address, server.address], rounds=1)
    assert files_in(tmp_path) == server.contents


def test_rounds_are_further_and_further_apart(server, tmp_path, monkeypatch):
    pauses = []
    monkeypatch.setattr(mnist.time, "sleep", pauses.append)
    server.answers["train-images-idx3-ubyte.gz"] = ["missing"]
    with pytest.raises(ConnectionError):
        fetch(server, tmp_path, rounds=4, pause=0.5)
    assert pauses == [0.5, 1.0, 2.0]


def test_a_file_of_your_own_is_not_overwritten(server, tmp_path):
    yours = tmp_path / "train-labels-idx1-ubyte.gz"
    yours.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match=r"there already, but is not the published file.*move it away"):
        fetch(server, tmp_path)
    assert yours.read_bytes() == b"mine"


def test_an_interrupted_download_leaves_nothing(server, tmp_path):
    def interrupt(name, received, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server, tmp_path, progress=interrupt)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("options", [{"rounds": 0}, {"mirrors": []}, {"mirrors": "http://127.0.0.1:1/"}])
def test_settings_that_could_not_fetch_are_refused(server, tmp_path, options):
    with pytest.raises(ValueError, match="expected at least one round over a list of mirrors"):
        fetch(server, tmp_path, **options)


@needs_real
@pytest.mark.parametrize("name", ["train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
                                  "t10k-labels-idx1-ubyte.gz"])
def test_published_checksums_are_those_of_the_published_files(name):
    content = (REAL / name).read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == mnist.PUBLISHED[name]

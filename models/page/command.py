"""`python -m models.digit report`: a run, new or made again from its folder, as one HTML file."""

import argparse
import copy
import json
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_edu as torch
from tinygrad_edu import nn
from tinygrad_edu.data import atomic_write

from .. import checkpoint, command_line, report
from ..datasets import Digits
from ..errors import UserError, blamed_on
from ..reading import add_data_options, get_digits
from ..run_folder import versions
from ..training import Training
from .assembling import assemble
from .noise import noise_figures
from .packing import packed, rounded
from .recording import MOST_NUMBERS, Recording
from .scenery import scenery, steps, with_path

EXAMPLES = 4                    # test images of each digit that the page offers
NOT_SETTINGS = {"run", "out", "open", "quiet", "json", "download"}

TrainingOf = Callable[[dict[str, Any], Digits, Digits, bool], tuple[nn.Sequential, Training]]


def write_report(program: str, arguments: list[str], training_of: TrainingOf, outputs_of: Callable[..., Any],
                 cost_of: Callable[..., torch.Tensor], defaults_for: Callable[[Any], dict[str, Any]]) -> int:
    """The command; returns the exit code. The functions are the program's own: how it trains, reads, and counts."""
    options = _parser(program).parse_args(arguments)
    command_line.check_json_option(options.json)
    if options.out.is_dir() or not options.out.absolute().parent.is_dir():
        raise UserError(f"--out {options.out}: a file in an existing folder expected")
    console = report.make_console(options.quiet)
    found = _run_to_repeat(options)
    settings = _settings(options, found, defaults_for)
    digits, tests = get_digits(console, settings, options.download)
    network, training = training_of(settings, digits, tests, True)
    count = sum(parameter.numel() for parameter in network.parameters())
    if 2 * count > MOST_NUMBERS:
        raise UserError(f"a network of {count:,} numbers is too large for the page, which keeps it at two epochs or "
                        f"more: at most {MOST_NUMBERS // 2:,} expected; choose a smaller --hidden")
    start = copy.deepcopy(network)
    path = with_path(network, training)
    recording = Recording(network, tests, settings["epochs"], lambda: outputs_of(network, tests), cost_of)
    recording.look(training)
    watcher = report.make_report(console, training.epochs, training.measured)
    with watcher.watching(0):
        watcher.before(recording.looks[0].accuracy)
        if not training.run(watcher, save=lambda: _look_if_ended(recording, training)):
            print("Stopped; no page is written.")
            return command_line.INTERRUPTED
    if found is not None:
        _check_repeated(options.run, network, found)
    outputs = outputs_of(network, tests)
    with report.doing(console, "Measuring the landscape ..."):
        land = scenery(network, cost_of, tests, path)
    data = {
        "sizes": _sizes(network), "settings": settings, "versions": versions(),
        "trained_on": {"name": digits.name, "count": len(digits.labels)},
        "run": recording.to_json(),
        "examples": _examples(tests, outputs),
        "noise": noise_figures(lambda images: outputs_of(network, Digits(images, np.zeros(len(images), np.int64), "")),
                               settings["seed"]),
        "landscape": land,
        "steps": steps(start, network, cost_of, tests, outputs, settings["lr"] / settings["batch_size"]),
    }
    _write(options.out, assemble(data))
    if options.json is not None:
        checkpoint.write_json(options.json, data)
    size = options.out.stat().st_size
    print(f"the page is {options.out} ({size / 1e6:.1f} MB): open it in a browser")
    if options.open:
        webbrowser.open(options.out.absolute().as_uri())
    return 0


# ---- which run ---------------------------------------------------------------------------------------------

def _parser(program: str) -> command_line.Parser:
    parser = command_line.Parser(prog=f"{program} report", usage=f"{program} report [OPTIONS]", description=(
        "Train a digit reader and write what happened as one HTML file: draw a digit and see the network read it,\n"
        "scrub through the training, walk the landscape of the cost. The file needs no server and no network."))
    parser.add_argument("--run", type=Path, metavar="DIR",
                        help="the folder of a run: made again from its settings, to the same bits (a new run)")
    parser.add_argument("--out", type=Path, default=Path("report.html"), metavar="FILE",
                        help="the page (report.html)")
    parser.add_argument("--open", action="store_true", help="show the page in the browser")
    add_data_options(parser)
    parser.add_argument("--hidden", type=command_line.layer_sizes, metavar="SIZES",
                        help="sizes of the hidden layers (16,16)")
    parser.add_argument("--epochs", type=command_line.whole_number(1), metavar="N",
                        help="how often each image is learned from (12; on MNIST 30)")
    parser.add_argument("--batch-size", type=command_line.whole_number(1), metavar="N",
                        help="images whose costs are averaged for one step (10)")
    parser.add_argument("--lr", type=command_line.positive_number, metavar="RATE",
                        help="learning rate, the length of a step (0.5, falling to 0 along a cosine)")
    parser.add_argument("--seed", type=command_line.whole_number(0), metavar="N",
                        help="all that is random follows from it: the same seed, the same page (0)")
    command_line.add_output_options(parser)
    return parser


def _run_to_repeat(options: argparse.Namespace) -> checkpoint.Checkpoint | None:
    """The finished run that --run names."""
    if options.run is None:
        return None
    weights = options.run / "weights.safetensors"
    if not weights.is_file():
        raise UserError(f"--run {options.run}: no run there: {weights.name} is missing; train one first, or leave "
                        f"--run out to train one for the page")
    found = checkpoint.read(weights)
    settings, training = found.state.get("settings"), found.state.get("training")
    if found.state.get("model") != "digit" or not isinstance(settings, dict) or not isinstance(training, dict):
        raise UserError(f"--run {options.run}: {weights} holds no run of models.digit")
    if len(training["history"]) != settings["epochs"]:
        raise UserError(f"--run {options.run}: the run is not finished; go on with it first: "
                        f"--resume --out {options.run}")
    return found


def _settings(options: argparse.Namespace, found: checkpoint.Checkpoint | None,
              defaults_for: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """What each setting is: the run's where one is repeated, else the user's, else the default."""
    given = {name: value for name, value in vars(options).items() if name not in NOT_SETTINGS and value is not None}
    if found is None:
        return defaults_for(given.get("data")) | given
    kept = found.state["settings"]
    for name, value in given.items():
        if name not in ("data", "test_data") and kept.get(name) != value:
            flag = "--" + name.replace("_", "-")
            raise UserError(f"{flag}: the run in {options.run} has its own; leave {flag} out, or leave --run out")
    return kept | given


def _check_repeated(folder: Path, network: nn.Module, found: checkpoint.Checkpoint) -> None:
    """The weights that came out are those of the folder, to the bit."""
    state = network.state_dict()
    if all(np.array_equal(state[name].numpy(), array) for name, array in found.weights.items()):
        return
    raise UserError(f"--run {folder}: made again from its settings, the run ended with other weights: its data or "
                    f"its versions are others now ({json.dumps(versions())})")


def _look_if_ended(recording: Recording, training: Training) -> None:
    """Training saves after each epoch, and where it is stopped: only the first is looked at."""
    if training.step == 0 and len(training.history) == len(recording.looks):
        recording.look(training)


# ---- what the page needs besides the run -------------------------------------------------------------------

def _sizes(network: nn.Sequential) -> list[int]:
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    return [layers[0].in_features, *(layer.out_features for layer in layers)]


def _examples(tests: Digits, outputs: Any) -> dict[str, Any]:
    """The first test images of each digit that are read right, with what the engine said to them."""
    right = outputs.argmax(1) == tests.labels
    chosen = [index for digit in range(10) for index in np.flatnonzero(right & (tests.labels == digit))[:EXAMPLES]]
    return {"labels": tests.labels[chosen].tolist(), "images": packed(tests.images[chosen].reshape(-1, 784)),
            "outputs": rounded(outputs[chosen], 8)}


def _write(path: Path, page: str) -> None:
    with blamed_on(f"cannot write {path}"), atomic_write(path) as file:
        file.write(page.encode())

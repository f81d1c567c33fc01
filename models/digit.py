"""The digit reader: 784 pixels → 16 → 16 → 10, a sigmoid on every layer, 13,002 numbers to learn.

    python -m models.digit                                  learn from digits that the package draws itself
    python -m models.digit --data DIR                       learn from MNIST's 60,000 scanned digits in DIR
    python -m models.digit evaluate WEIGHTS --data DIR      how many of MNIST's test images are read right?
    python -m models.digit predict WEIGHTS IMAGE.png        which digit is this?
    python -m models.digit program                          one step of learning as a page of NumPy

Ctrl-C stops between two steps and saves; --resume goes on as if nothing had happened.
"""

from . import extras  # noqa: F401, I001  # first of all: it says what to install where a package is missing

import functools
import itertools
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.utils.data import DataLoader, TensorDataset

from . import checkpoint, command_line, report
from .datasets import DRAWN, TEST_COUNT, Digits, download, test_digits, training_digits
from .drawing import digits_across, gallery, outputs_as_bars, picture, shows_greys
from .errors import UserError
from .picture import read_digit
from .run_folder import RunFolder, versions
from .training import Training

PROGRAM = "python -m models.digit"


# ---- the network, its cost, and a step ---------------------------------------------------------------------

def digit_network(hidden: Sequence[int] = (16, 16)) -> nn.Sequential:
    """Pixels (n, 784) from 0 to 1 -> ten outputs (n, 10) from 0 to 1; the largest is the answer."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise([784, *hidden, 10]):
        layers += [nn.Linear(inputs, outputs), nn.Sigmoid()]
    return nn.Sequential(*layers)


def cost_of(outputs: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """The cost of an image is Σ (output − wanted)² over its ten outputs; of several, the mean of theirs."""
    return ((outputs - wanted) ** 2).sum() / len(outputs)


def train_step(network: nn.Module, optimizer: optim.Optimizer,
               pixels: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """One step downhill on a batch; returns the cost before it."""
    optimizer.zero_grad()
    cost = cost_of(network(pixels), wanted)
    cost.backward()
    optimizer.step()
    return cost


def step_of(network: nn.Module, optimizer: optim.Optimizer, compiled: bool = False) -> Any:
    """`train_step` for this network: a function of a batch. Compiled, it runs as a program, to the same bits."""
    step = functools.partial(train_step, network, optimizer)
    step.__name__ = "train_step"  # type: ignore[attr-defined]  # the program is called so
    return torch.compile(step) if compiled else step


# The learning rate falls from --lr to 0 along half a cosine wave. Tried on 10,000 of MNIST's training images
# that were held out: rates of 0.5 and 1 are equally good (95.1 %), 2 is worse (95.0 %); with drawn digits to
# learn from, 0.3 and 0.5 are best, and 12 epochs are enough.
DEFAULTS: dict[str, Any] = {
    "data": DRAWN, "test_data": None, "images": None, "test_images": TEST_COUNT,
    "epochs": 30, "batch_size": 10, "lr": 0.5, "seed": 0, "hidden": [16, 16],
}
DEFAULTS_ON_DRAWN = DEFAULTS | {"epochs": 12}


# ---- train -------------------------------------------------------------------------------------------------

def train(arguments: list[str]) -> int:
    """The command that trains; returns the exit code."""
    options = _training_parser().parse_args(arguments)
    command_line.check_json_option(options.json)
    console = report.make_console(options.quiet)
    folder = RunFolder(options.out, "digit")
    kept = folder.to_resume() if options.resume else None
    settings = folder.settings = _settings(options, kept)
    folder.prepare()
    digits, tests = _get_digits(console, settings, options.download)
    folder.identity = {"training": digits.fingerprint(), "test": tests.fingerprint()}

    torch.manual_seed(settings["seed"])
    network = digit_network(settings["hidden"])
    optimizer = optim.SGD(network.parameters(), lr=settings["lr"])
    examples = TensorDataset(torch.from_numpy(digits.pixels()), torch.from_numpy(digits.wanted()))
    training = Training(
        batches=DataLoader(examples, batch_size=settings["batch_size"], shuffle=True),
        train_step=step_of(network, optimizer, options.compile),
        measure=lambda: float(np.mean(outputs_of(network, tests).argmax(1) == tests.labels)),
        optimizer=optimizer,
        scheduler=optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings["epochs"]),
        epochs=settings["epochs"],
    )
    if kept is not None:
        folder.restore(kept, network, training)

    _introduce(console, network, settings, digits, tests)
    if options.show_program:
        report.show_program(console, program_of(settings["hidden"], settings["batch_size"]).source)
    watcher = report.make_report(console, training.epochs)
    with watcher.watching(len(training.history)):
        if kept is None:
            watcher.before(training.measure())
        finished = training.run(watcher, save=lambda: folder.save(network, training))
    if not finished:
        print(f"Stopped in epoch {len(training.history) + 1} of {training.epochs} after {training.step:,} of "
              f"{len(training.batches):,} steps, and saved. To go on:\n"
              f"{PROGRAM} --resume --out {shlex.quote(str(options.out))}")
        return command_line.INTERRUPTED

    outputs = outputs_of(network, tests)
    figures = folder.finish(network, training, result_of(outputs, tests))
    _show_reading(console, outputs, tests)
    weights = shlex.quote(str(folder.weights))
    console.print(f"  Trained for {figures['seconds']:.1f} s. Weights and figures are in {folder.folder}.\n"
                  f"  Now show it a picture:\n  {PROGRAM} predict {weights} IMAGE.png\n",
                  soft_wrap=True, markup=False)
    return _end(outputs, tests, figures, options.json)


def _get_digits(console: Console, settings: dict[str, Any], fetch: bool) -> tuple[Digits, Digits]:
    if fetch:
        download(console)
    test_data = settings["test_data"] or settings["data"]
    with report.doing(console, "Getting the digits ..."):
        return (training_digits(settings["data"], settings["images"], settings["seed"]),
                test_digits(test_data, settings["test_images"]))


def _settings(options: Any, kept: checkpoint.Checkpoint | None) -> dict[str, Any]:
    defaults = DEFAULTS_ON_DRAWN if options.data in (None, DRAWN) else DEFAULTS
    return command_line.settings_of(options, kept.state["settings"] if kept else None, defaults,
                                    may_move=("data", "test_data"))


def _introduce(console: Console, network: nn.Module, settings: dict[str, Any],
               digits: Digits, tests: Digits) -> None:
    count = sum(parameter.numel() for parameter in network.parameters())
    sizes = " → ".join(map(str, [784, *settings["hidden"], 10]))
    other = "other " if digits.name == tests.name else ""
    console.print(f"\n  [bold]{count:,} random numbers learn to read digits[/]\n\n"
                  f"  network    {sizes}, a sigmoid on every layer\n"
                  f"  learns     from {len(digits.images):,} {digits.name}\n"
                  f"  tested     on {len(tests.images):,} {other}{tests.name}\n"
                  f"  by         gradient descent in batches of {settings['batch_size']:,}, learning rate "
                  f"{settings['lr']} falling to 0\n",
                  soft_wrap=True)


# ---- evaluate ----------------------------------------------------------------------------------------------

def outputs_of(network: nn.Module, digits: Digits) -> NDArray[np.float32]:
    """(n, 10) what the network says to each image."""
    with torch.no_grad():
        return network(torch.from_numpy(digits.pixels())).numpy()


def result_of(outputs: NDArray[np.float32], tests: Digits) -> dict[str, Any]:
    """The figures of a test: cost, accuracy, and how many there were and were read right."""
    right = int(np.sum(outputs.argmax(1) == tests.labels))
    cost = cost_of(torch.from_numpy(outputs), torch.from_numpy(tests.wanted())).item()
    total = len(tests.labels)
    return {"test": tests.name, "cost": cost, "accuracy": right / total, "right": right, "of": total}


def evaluate(arguments: list[str]) -> int:
    """The command that tests saved weights; returns the exit code."""
    parser = command_line.Parser(prog=f"{PROGRAM} evaluate", description="Test saved weights on digits.")
    parser.add_argument("weights", type=Path, metavar="WEIGHTS", help="weights.safetensors of a run")
    parser.add_argument("--data", default=DRAWN, metavar="DIR", help=_DATA_HELP.replace("training", "test"))
    parser.add_argument("--test-images", type=command_line.whole_number(1), default=TEST_COUNT, metavar="N",
                        help=f"how many, the first ones ({TEST_COUNT:,})")
    command_line.add_output_options(parser)
    options = parser.parse_args(arguments)
    command_line.check_json_option(options.json)
    console = report.make_console(options.quiet)
    network = load_network(options.weights)
    with report.doing(console, "Getting the digits ..."):
        tests = test_digits(options.data, options.test_images)
    outputs = outputs_of(network, tests)
    _show_reading(console, outputs, tests)
    figures = {"model": "digit", "result": result_of(outputs, tests), "versions": versions()}
    return _end(outputs, tests, figures, options.json)


def load_network(path: Path) -> nn.Sequential:
    """The network of a file of weights; the shapes of the weights tell its layers' sizes."""
    weights = checkpoint.read(path).weights
    expected = "the weights of linear layers from 784 pixels to 10 outputs expected"
    matrices = {name: array for name, array in weights.items() if re.fullmatch(r"\d{1,3}\.weight", name)}
    in_order = [matrices[name].shape for name in sorted(matrices, key=lambda name: int(name.split(".")[0]))]
    if not in_order or any(len(shape) != 2 or 0 in shape for shape in in_order):
        raise UserError(f"{path} holds no digit reader: {expected}")
    network = digit_network([rows for rows, _ in in_order[:-1]])
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise UserError(f"{path} holds no digit reader: {expected}; {error}") from error
    return network


def _show_reading(console: Console, outputs: NDArray[np.float32], tests: Digits) -> None:
    """The accuracy by digit, then a few test digits, no two of a kind: as many misread ones as others."""
    answers = outputs.argmax(1)
    report.table_by_class(console, answers, tests.labels, "digit")
    for title, truth in (("Read right, for example", True), ("Misread, for example", False)):
        found = np.flatnonzero((answers == tests.labels) == truth)
        firsts = np.sort(found[np.unique(tests.labels[found], return_index=True)[1]])[:digits_across(console)]
        if firsts.size:
            console.print(f"  [bold]{title}[/]\n")
            gallery(console, tests.images[firsts], outputs[firsts], tests.labels[firsts])


def _end(outputs: NDArray[np.float32], tests: Digits, figures: dict[str, Any], json_file: Path | None) -> int:
    if json_file is not None:
        checkpoint.write_json(json_file, figures)
    result = result_of(outputs, tests)
    print(report.accuracy_line(result["right"], result["of"]))
    return 0


# ---- predict -----------------------------------------------------------------------------------------------

def predict(arguments: list[str]) -> int:
    """The command that reads a picture; returns the exit code."""
    parser = command_line.Parser(prog=f"{PROGRAM} predict", description=(
        "Read the digit in an image: of any size, dark on light or light on dark.\nIt is cut out, scaled and "
        "centred as MNIST's are, and shown as the network sees it."))
    parser.add_argument("weights", type=Path, metavar="WEIGHTS", help="weights.safetensors of a run")
    parser.add_argument("image", type=Path, metavar="IMAGE", help="PNG, JPEG or what else Pillow reads")
    command_line.add_output_options(parser)
    options = parser.parse_args(arguments)
    command_line.check_json_option(options.json)
    console = report.make_console(options.quiet)
    network, image = load_network(options.weights), read_digit(options.image)
    outputs = outputs_of(network, Digits(image[None], np.zeros(1, np.int64), str(options.image)))[0]
    console.print()
    for seen, line in zip(picture(image, shows_greys(console)), outputs_as_bars(outputs), strict=True):
        console.print("  ", seen, "   ", line, sep="", no_wrap=True, crop=False)
    console.print()
    if options.json is not None:
        figures = {"model": "digit", "answer": int(outputs.argmax()), "outputs": outputs.tolist()}
        checkpoint.write_json(options.json, figures | {"versions": versions()})
    print(f"this is a {outputs.argmax()}")
    return 0


# ---- program -----------------------------------------------------------------------------------------------

def program(arguments: list[str]) -> int:
    """The command that shows what one step computes; returns the exit code."""
    parser = command_line.Parser(prog=f"{PROGRAM} program", description=(
        "Show one step of learning as a page of NumPy, all of it: forward, cost, backward, update.\n"
        "In a pipe it is plain Python that runs with NumPy alone."))
    parser.add_argument("--hidden", type=command_line.layer_sizes, default=DEFAULTS["hidden"], metavar="SIZES",
                        help="sizes of the hidden layers (16,16)")
    parser.add_argument("--batch-size", type=command_line.whole_number(1), default=1, metavar="N",
                        help="images whose costs are averaged for one step (1)")
    parser.add_argument("--optimized", action="store_true",
                        help="show what --compile runs instead: the same step with its buffers")
    options = parser.parse_args(arguments)
    step = program_of(options.hidden, options.batch_size)
    report.show_program(report.make_console(), step.optimized_source if options.optimized else step.source)
    return 0


def program_of(hidden: Sequence[int], batch_size: int) -> Any:
    """The compiled step of a network of these sizes, written down on blank images; no random number is used up."""
    before = torch.get_rng_state()
    network = digit_network(hidden)
    torch.set_rng_state(before)
    step = step_of(network, optim.SGD(network.parameters(), lr=DEFAULTS["lr"]), compiled=True)
    step(torch.zeros(batch_size, 784), torch.zeros(batch_size, 10))
    return step


# ---- the command line --------------------------------------------------------------------------------------

_DATA_HELP = ("where the training digits come from: 'drawn' (the default) by the package itself, a folder "
              "with MNIST's files, or 'mnist' where downloads are kept")


def _training_parser() -> command_line.Parser:
    title, _, more = (__doc__ or "").partition("\n\n")
    parser = command_line.Parser(prog=PROGRAM, description=f"{title}\n\n{more}", usage=f"{PROGRAM} [OPTIONS]")
    data = parser.add_argument_group("data")
    data.add_argument("--data", metavar="DIR", help=_DATA_HELP)
    data.add_argument("--test-data", metavar="DIR",
                      help="where the test digits come from, if not from --data")
    data.add_argument("--images", type=command_line.whole_number(1), metavar="N",
                      help="how many to learn from (60,000)")
    data.add_argument("--test-images", type=command_line.whole_number(1), metavar="N",
                      help=f"how many to be tested on ({TEST_COUNT:,})")
    data.add_argument("--download", action="store_true",
                      help="first fetch MNIST (11.6 MB) to where --data mnist reads it")
    parser.add_argument_group("network").add_argument(
        "--hidden", type=command_line.layer_sizes, metavar="SIZES", help="sizes of the hidden layers (16,16)")
    command_line.add_run_options(parser, "runs/digit", {
        "epochs": f"{DEFAULTS['epochs']}; on drawn digits {DEFAULTS_ON_DRAWN['epochs']}",
        "batch_size": str(DEFAULTS["batch_size"]), "lr": f"{DEFAULTS['lr']}, falling to 0 along a cosine"})
    as_program = parser.add_argument_group("the step as a program")
    as_program.add_argument("--compile", action="store_true",
                            help="trace a step once, and then run it as a flat NumPy program: to the same bits")
    as_program.add_argument("--show-program", action="store_true", help="print the step as a page of NumPy first")
    parser.epilog = f"Other commands: {PROGRAM} evaluate --help, {PROGRAM} predict --help, {PROGRAM} program --help"
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    commands = {"train": train, "evaluate": evaluate, "predict": predict, "program": program}
    return command_line.run_program(PROGRAM, commands, arguments)


if __name__ == "__main__":
    sys.exit(main())

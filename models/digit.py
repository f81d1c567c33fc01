"""The digit reader: 784 pixels → 16 → 16 → 10, a sigmoid on every layer, 13,002 numbers to learn.

    python -m models.digit                                  learn from digits that the package draws itself
    python -m models.digit --data DIR                       learn from MNIST's 60,000 scanned digits in DIR
    python -m models.digit evaluate WEIGHTS --data DIR      how many of MNIST's test images are read right?
    python -m models.digit predict WEIGHTS IMAGE.png        which digit is this?
    python -m models.digit step                             one step of learning, start to finish, in numbers
    python -m models.digit program                          one step of learning as a page of NumPy
    python -m models.digit landscape                        the cost as a landscape, and the way through it
    python -m models.digit health                           is this training well? (--mistake: what if it were not)
    python -m models.digit report                           a page to draw on: the network, its training, its landscape

Ctrl-C stops between two steps and saves; --resume goes on as if nothing had happened.
"""

from . import extras  # noqa: F401, I001  # first of all: it says what to install where a package is missing

import itertools
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.utils.data import DataLoader, TensorDataset

from . import checkpoint, command_line, report
from .datasets import DRAWN, TEST_COUNT, Digits
from .errors import UserError
from .one_step import show_step
from .page.command import write_report
from .reading import Reader, add_data_options, get_digits, introduce, show_reading
from .run import Run
from .seeing import Seeing
from .training import Training, step_for, written_down

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
    return step_for(train_step, network, optimizer, compiled=compiled)


# The learning rate falls from --lr to 0 along half a cosine wave. Tried on 10,000 of MNIST's training images
# that were held out: rates of 0.5 and 1 are equally good (95.1 %), 2 is worse (95.0 %); with drawn digits to
# learn from, 0.3 and 0.5 are best, and 12 epochs are enough.
DEFAULTS: dict[str, Any] = {
    "data": DRAWN, "test_data": None, "images": None, "test_images": TEST_COUNT,
    "epochs": 30, "batch_size": 10, "lr": 0.5, "seed": 0, "hidden": [16, 16],
}
DEFAULTS_ON_DRAWN = DEFAULTS | {"epochs": 12}


def defaults_for(data: str | None) -> dict[str, Any]:
    """The settings of a run on these digits, unless the user says otherwise."""
    return DEFAULTS_ON_DRAWN if data in (None, DRAWN) else DEFAULTS


# ---- train -------------------------------------------------------------------------------------------------

def train(arguments: list[str]) -> int:
    """The command that trains; returns the exit code."""
    options = _training_parser().parse_args(arguments)
    run = Run("digit", options, defaults_for(options.data), may_move=("data", "test_data"))
    settings = run.settings
    digits, tests = get_digits(run.console, settings, options.download)
    run.folder.identity = {"training": digits.fingerprint(), "test": tests.fingerprint()}

    network, training = training_of(settings, digits, tests, options.compile)
    run.begin(network, training)

    introduce(run.console, network, digits, tests,
              layers=" → ".join(map(str, [784, *settings["hidden"], 10])) + ", a sigmoid on every layer",
              by=f"gradient descent in batches of {settings['batch_size']:,}, learning rate {settings['lr']} "
                 f"falling to 0")
    if options.show_program:
        report.show_program(run.console, program_of(settings["hidden"], settings["batch_size"]).source)
    if not run.train():
        return command_line.INTERRUPTED

    outputs = outputs_of(network, tests)
    result = READER.result_of(outputs, tests)
    figures = run.finish(result)
    show_reading(run.console, outputs, tests)
    run.show_end(figures, f"Now show it a picture:\n  {PROGRAM} predict {run.folder.quoted_weights} IMAGE.png")
    print(report.accuracy_line(result["right"], result["of"]))
    return 0


def training_of(settings: dict[str, Any], digits: Digits, tests: Digits,
                compiled: bool) -> tuple[nn.Sequential, Training]:
    """The network and the training that the settings ask for: the same settings, the same bits."""
    torch.manual_seed(settings["seed"])
    network = digit_network(settings["hidden"])
    optimizer = optim.SGD(network.parameters(), lr=settings["lr"])
    examples = TensorDataset(torch.from_numpy(digits.pixels()), torch.from_numpy(digits.wanted()))
    return network, Training(
        batches=DataLoader(examples, batch_size=settings["batch_size"], shuffle=True),
        train_step=step_of(network, optimizer, compiled),
        measure=lambda: float(np.mean(outputs_of(network, tests).argmax(1) == tests.labels)),
        optimizer=optimizer,
        scheduler=optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings["epochs"]),
        epochs=settings["epochs"],
    )


# ---- evaluate and predict: the commands are `reading`'s -----------------------------------------------------

def outputs_of(network: nn.Module, digits: Digits) -> NDArray[np.float32]:
    """(n, 10) what the network says to each image."""
    with torch.no_grad():
        return network(torch.from_numpy(digits.pixels())).numpy()


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


READER = Reader("digit", load_network, outputs_of,
                cost_of=lambda outputs, digits: cost_of(outputs, torch.from_numpy(digits.wanted())))


# ---- step ---------------------------------------------------------------------------------------------------

def step(arguments: list[str]) -> int:
    """The command that shows one step in numbers; returns the exit code."""
    return show_step(arguments, READER, digit_network, cost_of)


# ---- landscape and health: the commands are `seeing`'s ------------------------------------------------------

SEEING = Seeing("digit", digit_network, cost_of, load_network, batch_size=DEFAULTS["batch_size"], rate=DEFAULTS["lr"])


# ---- program -----------------------------------------------------------------------------------------------

def program(arguments: list[str]) -> int:
    """The command that shows what one step computes; returns the exit code."""
    parser = command_line.program_parser(PROGRAM)
    parser.add_argument("--hidden", type=command_line.layer_sizes, default=DEFAULTS["hidden"], metavar="SIZES",
                        help="sizes of the hidden layers (16,16)")
    options = parser.parse_args(arguments)
    step = program_of(options.hidden, options.batch_size)
    report.show_program(report.make_console(), step.optimized_source if options.optimized else step.source)
    return 0


def program_of(hidden: Sequence[int], batch_size: int) -> Any:
    """The compiled step of a network of these sizes, written down on blank images; no random number is used up."""
    def made() -> tuple[nn.Module, optim.Optimizer]:
        network = digit_network(hidden)
        return network, optim.SGD(network.parameters(), lr=DEFAULTS["lr"])

    return written_down(made, step_of, torch.zeros(batch_size, 784), torch.zeros(batch_size, 10))


# ---- report ------------------------------------------------------------------------------------------------

def page(arguments: list[str]) -> int:
    """The command that writes a page to draw on; returns the exit code."""
    return write_report(PROGRAM, arguments, training_of, outputs_of, cost_of, defaults_for)


# ---- the command line --------------------------------------------------------------------------------------

def _training_parser() -> command_line.Parser:
    parser = command_line.teaching_parser(PROGRAM, __doc__)
    add_data_options(parser)
    parser.add_argument_group("network").add_argument(
        "--hidden", type=command_line.layer_sizes, metavar="SIZES", help="sizes of the hidden layers (16,16)")
    command_line.add_run_options(parser, "runs/digit", {
        "epochs": f"{DEFAULTS['epochs']}; on drawn digits {DEFAULTS_ON_DRAWN['epochs']}",
        "batch_size": str(DEFAULTS["batch_size"]), "lr": f"{DEFAULTS['lr']}, falling to 0 along a cosine"})
    command_line.add_program_options(parser)
    parser.epilog = "Other commands: " + ", ".join(
        f"{PROGRAM} {command} --help"
        for command in ("evaluate", "predict", "step", "program", "landscape", "health", "report"))
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    commands = {"train": train, "evaluate": READER.evaluate, "predict": READER.predict, "step": step,
                "program": program, "landscape": SEEING.landscape, "health": SEEING.health, "report": page}
    return command_line.run_program(PROGRAM, commands, arguments)


if __name__ == "__main__":
    sys.exit(main())

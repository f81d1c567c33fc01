"""LeNet, a convolutional network: small windows slide over the image and find strokes wherever they are.

    python -m models.lenet                                  learn from digits that the package draws itself
    python -m models.lenet --data DIR                       learn from MNIST's 60,000 scanned digits in DIR
    python -m models.lenet evaluate WEIGHTS --data DIR      how many of MNIST's test images are read right?
    python -m models.lenet predict WEIGHTS IMAGE.png        which digit is this?
    python -m models.lenet program                          one step of learning as a page of NumPy

The plain network of models.digit has a weight for each pixel, so it learns a stroke anew for each place. Here 25
weights are a window that looks for one kind of stroke everywhere. Ctrl-C stops between two steps and saves; --resume
goes on as if nothing had happened.

Source: LeCun et al. 1998, http://yann.lecun.com/exdb/publis/pdf/lecun-98.pdf; batch normalization, rectifiers and
pooling by the largest came later.
"""

from . import extras  # noqa: F401, I001  # first of all: it says what to install where a package is missing

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.nn import functional as F
from tinygrad_edu.utils.data import DataLoader, TensorDataset

from . import checkpoint, command_line, report
from .datasets import TEST_COUNT, DRAWN, Digits
from .errors import UserError
from .reading import Reader, add_data_options, get_digits, introduce, show_reading
from .run import Run
from .training import Training, step_for, written_down

PROGRAM = "python -m models.lenet"


# ---- the network, and a step -------------------------------------------------------------------------------

def lenet() -> nn.Sequential:
    """Pixels (n, 784) from 0 to 1 -> ten scores (n, 10); the largest is the answer."""
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),           # (n, 784) -> (n, 1, 28, 28): rows and columns, one sheet of pixels
        nn.Conv2d(1, 8, 5),                     # -> (n, 8, 24, 24): where are strokes of 8 kinds?
        nn.BatchNorm2d(8), nn.MaxPool2d(2), nn.ReLU(),      # -> (n, 8, 12, 12): is there one nearby?
        nn.Conv2d(8, 16, 5),                    # -> (n, 16, 8, 8): where are 16 patterns of such strokes?
        nn.BatchNorm2d(16), nn.MaxPool2d(2), nn.ReLU(),     # -> (n, 16, 4, 4)
        nn.Flatten(),                           # -> (n, 256)
        nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.3),
        nn.Linear(128, 10),
    )


def train_step(network: nn.Module, optimizer: optim.Optimizer,
               pixels: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """One step downhill on a batch; returns the cost before it."""
    optimizer.zero_grad()
    cost = F.cross_entropy(network(pixels), labels)
    cost.backward()
    optimizer.step()
    return cost


# The learning rate falls from --lr to 0 along half a cosine wave. Tried on 10,000 of MNIST's training images that
# were held out, 8 epochs: 98.97 % without batch normalization and dropout, 99.13 % with the first, 99.25 % with both,
# 99.12 % with twice as many windows and dropout alone, which takes twice the time.
DEFAULTS: dict[str, Any] = {
    "data": DRAWN, "test_data": None, "images": None, "test_images": TEST_COUNT,
    "epochs": 10, "batch_size": 64, "lr": 0.003, "seed": 0,
}


# ---- train -------------------------------------------------------------------------------------------------

def train(arguments: list[str]) -> int:
    """The command that trains; returns the exit code."""
    options = _training_parser().parse_args(arguments)
    run = Run("lenet", options, DEFAULTS, may_move=("data", "test_data"))
    settings = run.settings
    digits, tests = get_digits(run.console, settings, options.download)
    run.folder.identity = {"training": digits.fingerprint(), "test": tests.fingerprint()}

    torch.manual_seed(settings["seed"])
    network = lenet()
    optimizer = optim.Adam(network.parameters(), lr=settings["lr"])
    examples = TensorDataset(torch.from_numpy(digits.pixels()), torch.from_numpy(digits.labels))
    run.begin(network, Training(
        batches=DataLoader(examples, batch_size=settings["batch_size"], shuffle=True),
        train_step=step_of(network, optimizer, options.compile),
        measure=lambda: float(np.mean(outputs_of(network, tests).argmax(1) == tests.labels)),
        optimizer=optimizer,
        scheduler=optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings["epochs"]),
        epochs=settings["epochs"],
    ))

    introduce(run.console, network, digits, tests,
              layers="28×28 → 8 windows of 5×5 → 16 of 5×5 → 128 → 10, with batch normalization and dropout",
              by=f"Adam in batches of {settings['batch_size']:,}, learning rate {settings['lr']} falling to 0")
    if options.show_program:
        report.show_program(run.console, program_of(settings["batch_size"]).source)
    if not run.train():
        return command_line.INTERRUPTED

    outputs = outputs_of(network, tests)
    result = READER.result_of(outputs, tests)
    figures = run.finish(result)
    show_reading(run.console, outputs, tests)
    run.show_end(figures, f"Now show it a picture:\n  {PROGRAM} predict {run.folder.quoted_weights} IMAGE.png")
    print(report.accuracy_line(result["right"], result["of"]))
    return 0


def step_of(network: nn.Module, optimizer: optim.Optimizer, compiled: bool = False) -> Any:
    """`train_step` for this network: a function of a batch. Compiled, it runs as a program, to the same bits."""
    return step_for(train_step, network, optimizer, compiled=compiled)


# ---- evaluate and predict: the commands are `reading`'s ----------------------------------------------------

AT_A_TIME = 1_000           # images: all 10,000 at once would need much memory


def outputs_of(network: nn.Module, digits: Digits) -> NDArray[np.float32]:
    """(n, 10) how likely the network finds each digit, as its scores' softmax."""
    pixels = torch.from_numpy(digits.pixels())
    was_training = network.training
    network.eval()                      # batch normalization and dropout stand still
    with torch.no_grad():
        outputs = [network(pixels[i:i + AT_A_TIME]).softmax(1).numpy() for i in range(0, len(pixels), AT_A_TIME)]
    network.train(was_training)
    return np.concatenate(outputs)


def cost_of(outputs: torch.Tensor, digits: Digits) -> torch.Tensor:
    """The mean of −log(how likely it found the right digit)."""
    return F.nll_loss(outputs.clamp(min=1e-30).log(), torch.from_numpy(digits.labels))


def load_network(path: Path) -> nn.Sequential:
    """The network of a file of weights."""
    network = lenet()
    try:
        network.load_state_dict(checkpoint.read(path).weights)
    except RuntimeError as error:
        raise UserError(f"{path} holds no LeNet of models.lenet: {error}") from error
    return network


READER = Reader("lenet", load_network, outputs_of, cost_of)


# ---- program -----------------------------------------------------------------------------------------------

def program(arguments: list[str]) -> int:
    """The command that shows what one step computes; returns the exit code."""
    options = command_line.program_parser(PROGRAM).parse_args(arguments)
    step = program_of(options.batch_size)
    report.show_program(report.make_console(), step.optimized_source if options.optimized else step.source)
    return 0


def program_of(batch_size: int) -> Any:
    """The compiled step, written down on blank images; no random number is used up."""
    def made() -> tuple[nn.Module, optim.Optimizer]:
        network = lenet()
        return network, optim.Adam(network.parameters(), lr=DEFAULTS["lr"])

    return written_down(made, step_of, torch.zeros(batch_size, 784), torch.zeros(batch_size, dtype=torch.int64))


# ---- the command line --------------------------------------------------------------------------------------

def _training_parser() -> command_line.Parser:
    parser = command_line.teaching_parser(PROGRAM, __doc__)
    add_data_options(parser)
    command_line.add_run_options(parser, "runs/lenet", {
        "epochs": str(DEFAULTS["epochs"]), "batch_size": str(DEFAULTS["batch_size"]),
        "lr": f"{DEFAULTS['lr']}, falling to 0 along a cosine"})
    command_line.add_program_options(parser)
    parser.epilog = f"Other commands: {PROGRAM} evaluate --help, {PROGRAM} predict --help, {PROGRAM} program --help"
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    commands = {"train": train, "evaluate": READER.evaluate, "predict": READER.predict, "program": program}
    return command_line.run_program(PROGRAM, commands, arguments)


if __name__ == "__main__":
    sys.exit(main())

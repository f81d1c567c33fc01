"""The command that takes one training step on one image and shows all of it: forward, cost, backward, update."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.text import Text

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.data import atomic_write
from tinygrad_edu.explain import Step, trace_step
from tinygrad_edu.explain.text import WIDTH, sections

from . import checkpoint, command_line, report
from .datasets import DRAWN, TEST_COUNT, Digits, test_digits
from .drawing import outputs_as_bars, picture, shows_greys
from .errors import UserError, blamed_on
from .picture import read_digit
from .reading import DATA_HELP, Reader
from .run_folder import versions

MESSY = 148                 # among the drawn test digits: a 3 that was written in a hurry
RATE = 0.05                 # what one image has of a training step: a learning rate of 0.5 over 10 images


def show_step(arguments: list[str], reader: Reader, untrained: Callable[[], nn.Module],
              cost_of: Callable[..., torch.Tensor]) -> int:
    """Read the command line, take the step and show it; returns the exit code.

    untrained() makes a network of random numbers; cost_of(outputs, wanted) is how wrong outputs are.
    """
    options = _parser(reader.program).parse_args(arguments)
    for name in ("json", "html", "graph"):
        command_line.check_file_option(name, getattr(options, name))
    console = report.make_console(options.quiet)
    torch.manual_seed(options.seed)
    network = untrained() if options.weights is None else reader.load(options.weights)
    digit = _image(options, reader, network, console)
    optimizer = optim.SGD(network.parameters(), lr=options.lr)
    step = trace_step(network, cost_of, optimizer,
                      (torch.from_numpy(digit.pixels()), torch.from_numpy(digit.wanted())), picture=(28, 28))
    _show(console, step, digit)
    if options.json is not None:
        checkpoint.write_json(options.json, step.to_json() | {"label": int(digit.labels[0]), "versions": versions()})
    title = f"One training step on the digit {digit.labels[0]}"
    for path, text in ((options.html, lambda: step.to_html(title)), (options.graph, lambda: step.draw().svg)):
        if path is not None:
            with blamed_on(f"cannot write {path}"), atomic_write(path) as file:
                file.write(text().encode())
    print(step.again.text)
    return 0


def _parser(program: str) -> command_line.Parser:
    parser = command_line.Parser(prog=f"{program} step", description=(
        "Take one training step on one image, and show all of it: what the network says, what that costs, who\n"
        "should change and by how much, and what the step changes. Without WEIGHTS, a network of random numbers\n"
        "meets a messy 3; with WEIGHTS, a trained one meets an image that it misreads."))
    parser.add_argument("weights", type=Path, metavar="WEIGHTS", nargs="?", help="weights.safetensors of a run")
    image = parser.add_argument_group("the image")
    image.add_argument("--data", default=DRAWN, metavar="DIR", help=DATA_HELP.replace("training", "test"))
    image.add_argument("--index", type=command_line.whole_number(0), metavar="N", help="which of the test digits")
    image.add_argument("--image", type=Path, metavar="FILE", help="an image file instead, as for predict")
    image.add_argument("--label", type=command_line.whole_number(0, 9), metavar="DIGIT",
                       help="which digit --image shows")
    learning = parser.add_argument_group("the step")
    learning.add_argument("--lr", type=command_line.positive_number, default=RATE, metavar="RATE",
                          help=f"learning rate ({RATE}: the share of one image in a batch of 10 at 0.5)")
    learning.add_argument("--seed", type=command_line.whole_number(0), default=0, metavar="N",
                          help="the random numbers of an untrained network follow from it (0)")
    command_line.add_output_options(parser)
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the step as a page to FILE")
    parser.add_argument("--graph", type=Path, metavar="FILE", help="write its graph as a picture (SVG) to FILE")
    return parser


# ---- which image ---------------------------------------------------------------------------------------------

def _image(options: Any, reader: Reader, network: nn.Module, console: Console) -> Digits:
    """The one image that the options ask for."""
    if options.image is not None:
        if options.index is not None:
            raise UserError("--index and --image: one of them expected")
        if options.label is None:
            raise UserError("--image: which digit is it? Add --label DIGIT")
        return Digits(read_digit(options.image)[None], np.array([options.label]), str(options.image))
    if options.label is not None:
        raise UserError("--label: only for --image; the test digits have labels")
    with report.doing(console, "Getting the digits ..."):
        tests = test_digits(options.data, max(TEST_COUNT, (options.index or 0) + 1) if options.data == DRAWN else None)
    index = options.index
    if index is None:
        index = _messy_three(options, tests) if options.weights is None else _misread(reader, network, tests)
    if index >= len(tests.labels):
        raise UserError(f"--index {index}: below {len(tests.labels):,} expected")
    one = slice(index, index + 1)
    return Digits(tests.images[one], tests.labels[one], f"number {index:,} of the {tests.name}")


def _messy_three(options: Any, tests: Digits) -> int:
    return MESSY if options.data == DRAWN else _first(tests.labels == 3)


def _misread(reader: Reader, network: nn.Module, tests: Digits) -> int:
    """The first image that the network misreads."""
    return _first(reader.outputs_of(network, tests).argmax(1) != tests.labels)


def _first(found: NDArray[np.bool_]) -> int:
    return int(np.argmax(found))


# ---- what is shown -------------------------------------------------------------------------------------------

def _show(console: Console, step: Step, digit: Digits) -> None:
    """The image beside what the network says to it; then the four phases."""
    outputs = step.forward.outputs[0][0]
    said, truth = int(outputs.argmax()), int(digit.labels[0])
    style = "green" if said == truth else "red"
    console.print(f"\n  [bold]One training step on the digit {truth}[/], {digit.name}: "
                  f"[{style}]the network says {said}[/]\n", soft_wrap=True)
    for seen, line in zip(picture(digit.images[0], shows_greys(console)), outputs_as_bars(outputs), strict=True):
        console.print("  ", seen, "   ", line, sep="", no_wrap=True, crop=False)
    phases = sections(step.trace, console.width if console.is_terminal else WIDTH, with_bars=False)
    last = phases[-1][0]            # its one line is what the program ends with
    for title, lines in phases:
        console.print()
        console.print(Text(title, "bold"), soft_wrap=True)
        console.print()
        for text in lines if title is not last else ():
            wraps = console.is_terminal
            console.print(Text(text), no_wrap=wraps, overflow="ellipsis" if wraps else None, soft_wrap=not wraps)

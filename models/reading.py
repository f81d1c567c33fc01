"""What programs share whose network reads digits: getting them, showing how they are read, two commands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

import tinygrad_edu as torch
from tinygrad_edu import nn

from . import checkpoint, command_line, report
from .datasets import DRAWN, TEST_COUNT, Digits, download, test_digits, training_digits
from .drawing import digits_across, gallery, outputs_as_bars, picture, shows_greys
from .picture import read_digit
from .run_folder import versions

Outputs = NDArray[np.float32]

DATA_HELP = ("where the training digits come from: 'drawn' (the default) by the package itself, a folder "
             "with MNIST's files, or 'mnist' where downloads are kept")


class Reader(NamedTuple):
    """A kind of network that reads digits.

    load(path) gives the network of a file of weights; outputs_of(network, digits) is (n, 10), from 0 to 1, the
    largest is the answer; cost_of(outputs, digits) is how wrong they are.
    """

    model: str
    load: Callable[[Path], nn.Module]
    outputs_of: Callable[[nn.Module, Digits], Outputs]
    cost_of: Callable[[torch.Tensor, Digits], torch.Tensor]

    @property
    def program(self) -> str:
        """What is typed to start it."""
        return f"python -m models.{self.model}"

    def result_of(self, outputs: Outputs, tests: Digits) -> dict[str, Any]:
        """The figures of a test: cost, accuracy, and how many there were and were read right."""
        right = int(np.sum(outputs.argmax(1) == tests.labels))
        cost = self.cost_of(torch.from_numpy(outputs), tests).item()
        total = len(tests.labels)
        return {"test": tests.name, "cost": cost, "accuracy": right / total, "right": right, "of": total}

    # ---- commands ------------------------------------------------------------------------------------------

    def evaluate(self, arguments: list[str]) -> int:
        """The command that tests saved weights; returns the exit code."""
        parser = command_line.Parser(prog=f"{self.program} evaluate", description="Test saved weights on digits.")
        parser.add_argument("weights", type=Path, metavar="WEIGHTS", help="weights.safetensors of a run")
        parser.add_argument("--data", default=DRAWN, metavar="DIR", help=DATA_HELP.replace("training", "test"))
        parser.add_argument("--test-images", type=command_line.whole_number(1), default=TEST_COUNT, metavar="N",
                            help=f"how many, the first ones ({TEST_COUNT:,})")
        command_line.add_output_options(parser)
        options = parser.parse_args(arguments)
        command_line.check_json_option(options.json)
        console = report.make_console(options.quiet)
        network = self.load(options.weights)
        with report.doing(console, "Getting the digits ..."):
            tests = test_digits(options.data, options.test_images)
        outputs = self.outputs_of(network, tests)
        show_reading(console, outputs, tests)
        result = self.result_of(outputs, tests)
        if options.json is not None:
            checkpoint.write_json(options.json, {"model": self.model, "result": result, "versions": versions()})
        print(report.accuracy_line(result["right"], result["of"]))
        return 0

    def predict(self, arguments: list[str]) -> int:
        """The command that reads a picture; returns the exit code."""
        parser = command_line.Parser(prog=f"{self.program} predict", description=(
            "Read the digit in an image: of any size, dark on light or light on dark.\nIt is cut out, scaled and "
            "centred as MNIST's are, and shown as the network sees it."))
        parser.add_argument("weights", type=Path, metavar="WEIGHTS", help="weights.safetensors of a run")
        parser.add_argument("image", type=Path, metavar="IMAGE", help="PNG, JPEG or what else Pillow reads")
        command_line.add_output_options(parser)
        options = parser.parse_args(arguments)
        command_line.check_json_option(options.json)
        console = report.make_console(options.quiet)
        network, image = self.load(options.weights), read_digit(options.image)
        outputs = self.outputs_of(network, Digits(image[None], np.zeros(1, np.int64), str(options.image)))[0]
        console.print()
        for seen, line in zip(picture(image, shows_greys(console)), outputs_as_bars(outputs), strict=True):
            console.print("  ", seen, "   ", line, sep="", no_wrap=True, crop=False)
        console.print()
        if options.json is not None:
            figures = {"model": self.model, "answer": int(outputs.argmax()), "outputs": outputs.tolist()}
            checkpoint.write_json(options.json, figures | {"versions": versions()})
        print(f"this is a {outputs.argmax()}")
        return 0


# ---- train -------------------------------------------------------------------------------------------------

def add_data_options(parser: command_line.Parser, images: str | None = "60,000", tests: int = TEST_COUNT) -> Any:
    """Which digits to learn from and to be tested on. images: how many, as the help says; None: no such option."""
    data = parser.add_argument_group("data")
    data.add_argument("--data", metavar="DIR", help=DATA_HELP)
    data.add_argument("--test-data", metavar="DIR",
                      help="where the test digits come from, if not from --data")
    if images is not None:
        data.add_argument("--images", type=command_line.whole_number(1), metavar="N",
                          help=f"how many to learn from ({images})")
    data.add_argument("--test-images", type=command_line.whole_number(1), metavar="N",
                      help=f"how many to be tested on ({tests:,})")
    data.add_argument("--download", action="store_true",
                      help="first fetch MNIST (11.6 MB) to where --data mnist reads it")
    return data


def get_digits(console: Console, settings: dict[str, Any], fetch: bool) -> tuple[Digits, Digits]:
    """The digits to learn from and to be tested on, as the settings say."""
    if fetch:
        download(console)
    test_data = settings["test_data"] or settings["data"]
    with report.doing(console, "Getting the digits ..."):
        return (training_digits(settings["data"], settings["images"], settings["seed"]),
                test_digits(test_data, settings["test_images"]))


def introduce(console: Console, network: nn.Module, digits: Digits, tests: Digits, layers: str, by: str) -> None:
    """What is about to learn, from what, and how."""
    count = sum(parameter.numel() for parameter in network.parameters())
    other = "other " if digits.name == tests.name else ""
    console.print(f"\n  [bold]{count:,} random numbers learn to read digits[/]\n\n"
                  f"  network    {layers}\n"
                  f"  learns     from {len(digits.images):,} {digits.name}\n"
                  f"  tested     on {len(tests.images):,} {other}{tests.name}\n"
                  f"  by         {by}\n",
                  soft_wrap=True)


def show_reading(console: Console, outputs: Outputs, tests: Digits) -> None:
    """The accuracy by digit, then a few test digits, no two of a kind: as many misread ones as others."""
    answers = outputs.argmax(1)
    report.table_by_class(console, answers, tests.labels, "digit")
    for title, truth in (("Read right, for example", True), ("Misread, for example", False)):
        found = np.flatnonzero((answers == tests.labels) == truth)
        firsts = np.sort(found[np.unique(tests.labels[found], return_index=True)[1]])[:digits_across(console)]
        if firsts.size:
            console.print(f"  [bold]{title}[/]\n")
            gallery(console, tests.images[firsts], outputs[firsts], tests.labels[firsts])

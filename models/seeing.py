"""Commands that show what a training does: the landscape that it walks on, and whether it is well."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

import tinygrad_edu as torch
from tinygrad_edu import nn, optim, viz
from tinygrad_edu.data import atomic_write
from tinygrad_edu.utils.data import DataLoader, TensorDataset

from . import checkpoint, command_line, report
from .datasets import DRAWN, Digits, test_digits
from .errors import UserError, blamed_on
from .reading import DATA_HELP, get_digits
from .run_folder import versions

IMAGES, EPOCHS = 10_000, 3              # that a shown training learns from, unless the user says otherwise
LOOKED_AT = 1_000                       # images over which a landscape's cost is taken
KNOWN = 500                             # drawn digits, whose labels are known to be right
MARKS = {kind: (mark, style) for (kind, mark), style in zip(
    viz.diagnosis.MARKS.items(), ("green", "yellow", "bold red", "dim"), strict=True)}

MISTAKES = {
    "zero-grad": "zero_grad() is never called",
    "detached": "the first layer's weights are cut off from the cost",
    "high-rate": "the learning rate is 200 times as high",
    "low-rate": "the learning rate is 2,000 times as low",
    "pixels": "pixels stay from 0 to 255",
    "labels": "each label is one too large, and 9 becomes 0",
    "order": "each image has the label of the one before it",
}


class Seeing(NamedTuple):
    """A kind of network to look at while it learns to read digits: how it is made, its cost, how it is loaded."""

    model: str
    made: Callable[[], nn.Module]
    cost_of: Callable[..., torch.Tensor]
    load: Callable[[Path], nn.Module]
    batch_size: int
    rate: float

    @property
    def program(self) -> str:
        """What is typed to start it."""
        return f"python -m models.{self.model}"

    # ---- commands ------------------------------------------------------------------------------------------

    def landscape(self, arguments: list[str]) -> int:
        """The command that draws the landscape; returns the exit code."""
        parser = _parser(f"{self.program} landscape", (
            "Train a network and show the cost as a landscape: over the plane on which most of its way lies, with the\n"
            "way on it. Of saved weights, over a plane of two random directions."), "PNG, SVG or HTML")
        parser.add_argument("weights", type=Path, nargs="?", metavar="WEIGHTS", help="weights.safetensors of a run")
        parser.add_argument("--directions", choices=("main", "random"),
                            help="the plane: the two main directions of the way, or two random ones")
        parser.add_argument("--points", type=command_line.whole_number(3, 501), default=51, metavar="N",
                            help="points along each of them (51)")
        options = parser.parse_args(arguments)
        _check_output(options)
        if options.weights is not None and options.directions == "main":
            raise UserError("--directions main: the way is not known of saved weights; leave WEIGHTS out, or main")
        console = report.make_console(options.quiet)
        digits, tests = get_digits(console, _data(options, LOOKED_AT), False)
        if options.weights is not None:
            network, path = self.load(options.weights), None
        else:
            torch.manual_seed(options.seed)
            network = self.made()
            path = viz.Path(network)
            with report.doing(console, "Training ..."):
                self._train(network, digits, options, lambda cost, wanted: path(cost))
        with report.doing(console, f"Measuring {options.points**2:,} costs ..."):
            data = (torch.from_numpy(tests.pixels()), torch.from_numpy(tests.wanted()))
            found = viz.landscape(network, self.cost_of, data, path=path, directions=options.directions,
                                  points=options.points, seed=options.seed)
        _print_sentences(console, found.says())
        if options.out is not None:
            draw_landscape(options.out, found)
            console.print(f"  The picture is in {options.out}.\n", soft_wrap=True, markup=False)
        if options.json is not None:
            checkpoint.write_json(options.json, {"model": self.model} | found.as_dict() | {"versions": versions()})
        print(f"cost {found.here:.4f} here, {np.nanmin(found.cost):.4f} to {np.nanmax(found.cost):.4f} on the plane")
        return 0

    def health(self, arguments: list[str]) -> int:
        """The command that examines a training; returns the exit code."""
        parser = _parser(f"{self.program} health", (
            "Train a network, look on, and say what is well, what is not, and what to try."), "PNG or HTML")
        parser.add_argument("--lr", type=command_line.positive_number, default=self.rate, metavar="RATE",
                            help=f"learning rate ({self.rate})")
        parser.add_argument("--mistake", choices=MISTAKES, help="make this one, to see what is said of it: "
                            + "; ".join(f"{name}, {what}" for name, what in MISTAKES.items()))
        options = parser.parse_args(arguments)
        _check_output(options)
        console = report.make_console(options.quiet)
        digits, _ = get_digits(console, _data(options, KNOWN), False)
        torch.manual_seed(options.seed)
        network = self.made()
        known = test_digits(DRAWN, KNOWN)
        scale = np.float32(255 if options.mistake == "pixels" else 1)
        with viz.Health(network, self.cost_of) as health:
            with report.doing(console, "Training ..."):
                self._train(network, digits, options, health)
            found = health.diagnosis((known.pixels() * scale, known.labels))
        if options.mistake:
            console.print(f"\n  The mistake: {MISTAKES[options.mistake]}.", soft_wrap=True)
        show_diagnosis(console, found)
        if options.out is not None:
            draw_health(options.out, found)
            console.print(f"  The picture is in {options.out}.\n", soft_wrap=True, markup=False)
        if options.json is not None:
            checkpoint.write_json(options.json, {"model": self.model} | found.as_dict() | {"versions": versions()})
        print(found.verdict())
        return 0

    def _train(self, network: nn.Module, digits: Digits, options: Any, after_step: Callable[..., None]) -> None:
        """The lesson's training, told step by step; with the mistake that the options ask for."""
        mistake = getattr(options, "mistake", None) or ""
        pixels, labels = digits.pixels(), digits.labels
        if mistake == "pixels":
            pixels = pixels * np.float32(255)
        elif mistake == "labels":
            labels = (labels + 1) % 10
        elif mistake == "order":
            labels = np.roll(labels, 1)
        rate = getattr(options, "lr", self.rate) * {"high-rate": 200, "low-rate": 1 / 2000}.get(mistake, 1)
        if mistake == "detached":
            _detach_first(network)
        wanted_of = digits._replace(labels=labels).wanted()
        batches = DataLoader(TensorDataset(torch.from_numpy(pixels), torch.from_numpy(wanted_of)),
                             batch_size=self.batch_size, shuffle=True)
        optimizer = optim.SGD(network.parameters(), lr=rate)
        for _ in range(options.epochs):
            for inputs, wanted in batches:
                if mistake != "zero-grad":
                    optimizer.zero_grad()
                cost = self.cost_of(network(inputs), wanted)
                cost.backward()
                optimizer.step()
                after_step(cost, wanted)


def _detach_first(network: nn.Module) -> None:
    """Let the first linear layer use its weights without telling the graph."""
    layer = next(module for module in network.modules() if isinstance(module, nn.Linear))
    vars(layer)["forward"] = lambda x: nn.functional.linear(x, layer.weight.detach(), layer.bias)


# ---- what is shown -----------------------------------------------------------------------------------------

def _print_sentences(console: Console, sentences: list[str]) -> None:
    for sentence in ["", *sentences]:
        console.print(Padding(Text(sentence), (0, 2, 0, 2)))
    console.print()


def show_diagnosis(console: Console, found: viz.Diagnosis) -> None:
    """The findings as a table, and the verdict."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1))
    for column in ("", "looked at", "measured", "what is healthy, and what to try"):
        table.add_column(column, ratio=2 if column.startswith("what") else None, max_width=34 if column else None)
    for finding in found.findings:
        mark, style = MARKS[finding.kind]
        table.add_row(Text(mark, style), Text(finding.name, style), finding.value, Text(finding.says, "dim"))
    console.print(table)


def draw_landscape(path: Path, found: viz.Landscape) -> None:
    """A picture of a landscape: its own for SVG and HTML, matplotlib's for PNG."""
    if path.suffix == ".png":
        _png_of_landscape(path, found)
    else:
        _write(path, found.svg() if path.suffix == ".svg" else _whole_page(found._repr_html_()))


def draw_health(path: Path, found: viz.Diagnosis) -> None:
    """A picture of what was measured: over the steps as PNG, the findings as HTML."""
    if path.suffix == ".html":
        _write(path, _whole_page(found._repr_html_()))
    else:
        _png_of_health(path, found.series)


def _png_of_landscape(path: Path, found: viz.Landscape) -> None:
    from . import plotting

    with plotting.picture(path, 7, 6) as figure:
        axes = figure.subplots()
        levels, steps = viz.drawing.heights(found.cost)
        extent = (found.x[0], found.x[-1], found.y[0], found.y[-1])
        image = viz.drawing.colours(levels)
        axes.imshow(image, extent=extent, origin="lower", aspect="auto", interpolation="bilinear")
        axes.contour(found.x, found.y, found.cost, levels=np.unique(steps[1:-1]), colors="#00000055", linewidths=0.7)
        if found.walk is not None:
            axes.plot(found.walk.x, found.walk.y, color="black", linewidth=3.4)
            axes.plot(found.walk.x, found.walk.y, color="white", linewidth=1.8)
            axes.plot(found.walk.x[0], found.walk.y[0], "o", color="black", markeredgecolor="white", markersize=8)
        axes.plot(0, 0, "o", color=plotting.COLOURS[1], markeredgecolor="white", markersize=8)
        axes.grid(False)
        axes.set(title=f"cost from {np.nanmin(found.cost):.3g} (dark) to {np.nanmax(found.cost):.3g} (light)")


def _png_of_health(path: Path, series: dict[str, Any]) -> None:
    from . import plotting

    def numbers(values: list[float | None]) -> Any:
        return np.array([np.nan if value is None else value for value in values])

    with plotting.picture(path, 11, 7) as figure:
        (cost, update), (gradient, units) = figure.subplots(2, 2)
        cost.plot(series["step"], numbers(series["cost"]), color=plotting.COLOURS[0], linewidth=0.8)
        cost.set(title="cost of a step", xlabel="step")
        weights = [(name, layer) for name, layer in series["layers"].items() if name.endswith("weight")]
        for (name, layer), colour in zip(weights, plotting.COLOURS, strict=False):
            for axes, what in ((update, "update"), (gradient, "gradient")):
                values = numbers(layer[what])
                axes.plot(series["step"], np.where(values > 0, values, np.nan), color=colour, linewidth=0.8, label=name)
        for axes, title in ((update, "a step's move, as a share of the weights"), (gradient, "gradient's size")):
            axes.set(title=title, xlabel="step", yscale="log")
            axes.legend()
        update.axhspan(1e-3, 5e-2, color=plotting.COLOURS[3], alpha=0.12, linewidth=0)
        for (name, layer), colour in zip(series["units"].items(), plotting.COLOURS, strict=False):
            units.plot(layer["step"], numbers(layer["dead"]), color=colour, label=f"{name}, dead units")
            units.plot(layer["step"], numbers(layer["flat"]), color=colour, linestyle=":", label="saturated values")
        units.set(title="dead and saturated", xlabel="step", ylim=(-0.02, 1.02))
        units.legend()


def _whole_page(body: str) -> str:
    return ("<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            "<meta name=color-scheme content='light dark'><title>digit</title>"
            f"<body style='font-family:system-ui,sans-serif;max-width:48em;margin:2em auto;padding:0 1em'>{body}</body>"
            "</html>\n")


def _write(path: Path, text: str) -> None:
    with blamed_on(f"cannot write {path}"), atomic_write(path) as file:
        file.write(text.encode())


# ---- the command line --------------------------------------------------------------------------------------

def _parser(program: str, description: str, kinds: str) -> command_line.Parser:
    parser = command_line.Parser(prog=program, description=description)
    parser.add_argument("--data", default=DRAWN, metavar="DIR", help=DATA_HELP)
    parser.add_argument("--images", type=command_line.whole_number(1), default=IMAGES, metavar="N",
                        help=f"how many to learn from ({IMAGES:,})")
    parser.add_argument("--epochs", type=command_line.whole_number(1), default=EPOCHS, metavar="N",
                        help=f"how often each is learned from ({EPOCHS})")
    parser.add_argument("--seed", type=command_line.whole_number(0), default=0, metavar="N",
                        help="all that is random follows from it (0)")
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"draw a picture: {kinds}")
    command_line.add_output_options(parser)
    parser.set_defaults(kinds=kinds)
    return parser


def _check_output(options: Any) -> None:
    """Refuse files that could not be written before the work, not after it."""
    command_line.check_json_option(options.json)
    if options.out is None:
        return
    if options.out.suffix.removeprefix(".").upper() not in options.kinds.replace(",", "").split():
        raise UserError(f"--out {options.out}: a name that ends as a picture does expected, {options.kinds}")
    if options.out.is_dir() or not options.out.absolute().parent.is_dir():
        raise UserError(f"--out {options.out}: a file in an existing folder expected")


def _data(options: Any, tests: int) -> dict[str, Any]:
    return {"data": options.data, "test_data": None, "images": options.images, "test_images": tests,
            "seed": options.seed}

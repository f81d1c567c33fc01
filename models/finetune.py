"""Transfer learning: does a network that has learned something else need fewer images than one that starts afresh?

    python -m models.finetune                               drawn digits, then a few on dirty paper
    python -m models.finetune --data DIR                    drawn digits, then a few real ones, MNIST's in DIR
    python -m models.finetune --data DIR --task classes     MNIST's 0 to 4, then a few of its 5 to 9

The network is a body, which makes 256 features of an image, and a head, which makes an answer of them. Both learn from
thousands of images of one kind. Then they meet 1, 3, 10, 30 or 100 images of each digit of another kind, and go on in
one of three ways:

    frozen body      only the head learns on: the features stay what they are
    whole network    all of it learns on, from where it stands
    from scratch     all of it learns, from random numbers: what these images are worth by themselves

Where the digits are others (--task classes), the head is a new one. All is done five times, each time with another body
and other images: the figures are the mean of the five, and their spread (the standard deviation). Ctrl-C stops, and
--resume goes on as if nothing had happened.
"""

from . import extras  # noqa: F401, I001  # first of all: it says what to install where a package is missing

import itertools
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.nn import functional as F

from . import command_line, plotting, report
from .datasets import DRAWN, TEST_SEED, Digits, download, test_digits, training_digits
from .errors import UserError
from .training import step_for
from .trials import Trials

PROGRAM = "python -m models.finetune"


# ---- the network, its cost, and a step ---------------------------------------------------------------------

def new_body() -> nn.Sequential:
    """Pixels (n, 784) from 0 to 1 -> features (n, 256)."""
    return nn.Sequential(
        nn.Unflatten(1, (1, 28, 28)),                           # (n, 784) -> (n, 1, 28, 28)
        nn.Conv2d(1, 8, 5), nn.MaxPool2d(2), nn.ReLU(),         # -> (n, 8, 12, 12)
        nn.Conv2d(8, 16, 5), nn.MaxPool2d(2), nn.ReLU(),        # -> (n, 16, 4, 4)
        nn.Flatten(),                                           # -> (n, 256)
    )


def new_head(classes: int) -> nn.Sequential:
    """Features (n, 256) -> scores (n, classes); the largest is the answer."""
    return nn.Sequential(nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, classes))


def train_step(network: nn.Module, optimizer: optim.Optimizer,
               inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """One step downhill on a batch; returns the cost before it."""
    optimizer.zero_grad()
    cost = F.cross_entropy(network(inputs), labels)
    cost.backward()
    optimizer.step()
    return cost


# ---- three ways to go on -----------------------------------------------------------------------------------

FROZEN, WHOLE, SCRATCH = WAYS = ("frozen body", "whole network", "from scratch")
UNTOUCHED = "untouched"             # the body and the head as they are

Learn = Callable[[nn.Module, torch.Tensor, torch.Tensor, float], None]      # a network, inputs, labels, learning rate


def go_on(way: str, trained: nn.Sequential, same_digits: bool, pixels: torch.Tensor, labels: torch.Tensor,
          learn: Learn) -> nn.Sequential:
    """The network that comes of a trained one when it meets a few images, in one of the three ways."""
    network = nn.Sequential(new_body(), new_head(trained[1][-1].out_features))
    body, head = network
    if way == SCRATCH:
        learn(network, pixels, labels, LR)
        return network
    body.load_state_dict(trained[0].state_dict())
    if same_digits:
        head.load_state_dict(trained[1].state_dict())
    if way == FROZEN:
        with torch.no_grad():
            features = body(pixels)                 # of a body that stays as it is they are the same in each step
        learn(head, features, labels, SMALL_LR)
    else:
        learn(network, pixels, labels, SMALL_LR)
    return network


# Tried on MNIST's training images: a trained network forgets less in small steps (with 1 image of each digit 0.0003
# reads 91 % of others, 0.001 89 %, 0.003 80 %); one that starts from scratch needs larger ones.
LR, SMALL_LR, BATCH = 0.003, 0.0003, 32
BODY_LR, BODY_BATCH = 0.002, 64

NOISY, REAL, CLASSES = TASKS = ("noisy", "real", "classes")
DEFAULTS: dict[str, Any] = {
    "data": DRAWN, "task": None, "few": [1, 3, 10, 30, 100], "steps": 200, "body_images": 20_000, "body_epochs": 3,
    "test_images": 10_000, "seed": 0, "seeds": 5,
}


def learn_from_few(steps: int, compiled: bool, look: Callable[[], None], network: nn.Module, inputs: torch.Tensor,
                   labels: torch.Tensor, lr: float) -> None:
    """So many steps, each on a batch drawn from the few images."""
    step = step_for(train_step, network, optim.Adam(network.parameters(), lr=lr), compiled=compiled)
    for _ in range(steps):
        look()
        drawn = torch.randint(0, len(labels), (min(BATCH, len(labels)),))
        step(inputs[drawn], labels[drawn])


def learn_from_many(network: nn.Module, digits: Digits, epochs: int, compiled: bool, look: Callable[[], None]) -> None:
    """Passes over all images, in steps that become smaller."""
    optimizer = optim.Adam(network.parameters(), lr=BODY_LR)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    step = step_for(train_step, network, optimizer, compiled=compiled)
    pixels, labels = torch.from_numpy(digits.pixels()), torch.from_numpy(digits.labels)
    for _ in range(epochs):
        for batch in torch.randperm(len(labels)).split(BODY_BATCH):
            look()
            step(pixels[batch], labels[batch])
        scheduler.step()


# ---- the digits --------------------------------------------------------------------------------------------

POOL, INK, NOISE = 3_000, 0.6, 0.4         # drawn digits to choose a few from; dirty paper: faint ink, spread of grey


class Kinds(NamedTuple):
    """The digits of a task: `before(seed)` trains the body; of another kind, `pool` to choose a few from, and `tests`.

    Labels count from 0.
    """

    before: Callable[[int], Digits]
    pool: Digits
    tests: Digits
    classes: int
    sentence: str


def kinds_of(settings: dict[str, Any]) -> Kinds:
    """The digits of the settings' task."""
    data, task, many, tests = (settings[name] for name in ("data", "task", "body_images", "test_images"))
    if task == NOISY:
        return Kinds(lambda seed: training_digits(DRAWN, many, seed),
                     on_dirty_paper(training_digits(DRAWN, POOL, TEST_SEED + 1), 1),
                     on_dirty_paper(test_digits(DRAWN, tests), 2), 10, "drawn digits, then a few on dirty paper")
    pool, last = training_digits(data, POOL if data == DRAWN else None, TEST_SEED + 1), test_digits(data, tests)
    if task == REAL:
        return Kinds(lambda seed: training_digits(DRAWN, many, seed), pool, last, 10,
                     f"drawn digits, then a few {pool.name}")
    known, unknown = slice(0, 5), slice(5, 10)

    def before(seed: int) -> Digits:
        return only(training_digits(DRAWN, 2 * many, seed) if data == DRAWN else pool, known, many, seed)

    return Kinds(before, only(pool, unknown), only(last, unknown), 5, f"{pool.name}: 0 to 4, then a few of 5 to 9")


def on_dirty_paper(digits: Digits, seed: int) -> Digits:
    """The same digits in faint ink, with a random grey on each pixel."""
    grey = np.random.default_rng(seed).normal(0, 255 * NOISE, digits.images.shape)
    return digits._replace(images=(INK * digits.images + grey).clip(0, 255).astype(np.uint8),
                           name=f"{digits.name} on dirty paper")


def only(digits: Digits, wanted: slice, count: int | None = None, seed: int = 0) -> Digits:
    """Those of some digits, their labels counted from 0; of more than `count`, so many at random."""
    chosen = np.flatnonzero((digits.labels >= wanted.start) & (digits.labels < wanted.stop))
    if count is not None and count < len(chosen):
        chosen = np.random.default_rng(seed).choice(chosen, count, replace=False)
    return Digits(digits.images[chosen], digits.labels[chosen] - wanted.start, digits.name)


def few_of(pool: Digits, classes: int, count: int, seed: int) -> Digits:
    """`count` images of each digit. Those of a smaller count are among them."""
    order = np.random.default_rng(seed).permutation(len(pool.labels))
    chosen = np.concatenate([order[pool.labels[order] == label][:count] for label in range(classes)])
    if len(chosen) < count * classes:
        raise UserError(f"--few {count}: there are not so many images of each digit to choose from")
    return Digits(pool.images[chosen], pool.labels[chosen], pool.name)


# ---- one trial ---------------------------------------------------------------------------------------------

class Comparison:
    """What all trials need: the digits, and the bodies, of which the last one is kept."""

    def __init__(self, settings: dict[str, Any], kinds: Kinds, compiled: bool) -> None:
        self.settings, self.kinds, self.compiled = settings, kinds, compiled
        self._seed, self._trained = -1, nn.Sequential()

    def trained(self, seed: int, look: Callable[[], None]) -> nn.Sequential:
        """A body and a head that know the first kind of digits. The same seed, the same two."""
        if seed != self._seed:
            torch.manual_seed(seed)
            network = nn.Sequential(new_body(), new_head(self.kinds.classes))
            learn_from_many(network, self.kinds.before(seed), self.settings["body_epochs"], self.compiled, look)
            self._seed, self._trained = seed, network
        return self._trained

    def trial(self, seed: int, count: int, way: str, look: Callable[[], None]) -> float:
        """The share of test images that are read right in the end."""
        trained = self.trained(seed, look)
        if way == UNTOUCHED:
            return accuracy(trained, self.kinds.tests)
        torch.manual_seed(seed)
        few = few_of(self.kinds.pool, self.kinds.classes, count, seed)
        learn = partial(learn_from_few, self.settings["steps"], self.compiled, look)
        network = go_on(way, trained, self.settings["task"] != CLASSES, torch.from_numpy(few.pixels()),
                        torch.from_numpy(few.labels), learn)
        return accuracy(network, self.kinds.tests)


AT_A_TIME = 500             # images: of more, what the layers make does not fit into the processor's cache


def accuracy(network: nn.Module, digits: Digits) -> float:
    """The share of the images that it reads right."""
    pixels = torch.from_numpy(digits.pixels())
    with torch.no_grad():
        answers = [network(some).numpy().argmax(1) for some in pixels.split(AT_A_TIME)]
    return float(np.mean(np.concatenate(answers) == digits.labels))


# ---- all trials --------------------------------------------------------------------------------------------

def compare(arguments: list[str]) -> int:
    """The command that compares; returns the exit code."""
    options = _parser().parse_args(arguments)
    trials = Trials("finetune", options, DEFAULTS, may_move=["data"])
    settings = trials.settings
    settings["task"] = settings["task"] or (NOISY if settings["data"] == DRAWN else REAL)
    if (settings["task"], settings["data"] == DRAWN) in ((NOISY, False), (REAL, True)):
        raise UserError(f"--task {settings['task']}: noisy or classes expected with drawn digits, real or classes with "
                        f"--data")
    if options.download:
        download(trials.console)
    with report.doing(trials.console, "Getting the digits ..."):
        kinds = kinds_of(settings)
    trials.identity = {"few": kinds.pool.fingerprint(), "test": kinds.tests.fingerprint()}
    few_of(kinds.pool, kinds.classes, max(settings["few"]), 0)              # are there so many?
    trials.console.print(
        f"\n  [bold]What has been learned once helps to learn more[/]\n\n"
        f"  digits     {kinds.sentence}\n"
        f"  learns     from {settings['body_images']:,} of the first, then from "
        f"{', '.join(map(str, settings['few']))} of each digit of the others\n"
        f"  tested     on {len(kinds.tests.labels):,} {kinds.tests.name}\n"
        f"  by         Adam, {settings['steps']} steps on the few; all of it with {settings['seeds']} seeds\n",
        soft_wrap=True)

    comparison = Comparison(settings, kinds, options.compile)
    if not trials.run({trial_name(*which): partial(comparison.trial, *which) for which in todo(settings)},
                      shown=lambda accuracy: f"{100 * accuracy:.1f} %"):
        return command_line.INTERRUPTED

    rows = summary(trials.done, settings)
    figures = trials.finish(rows)
    picture = trials.folder / "finetune.png"
    draw(picture, rows, kinds.sentence)
    show(trials.console, rows, settings)
    trials.console.print(f"  Learned for {figures['seconds']:.1f} s. The figures are in {trials.json}, the picture in "
                         f"{picture}.\n", soft_wrap=True, markup=False)
    print(last_lines(rows))
    return 0


def todo(settings: dict[str, Any]) -> list[tuple[int, int, str]]:
    """Seed, count and way of each trial. The untouched network is one of them where the digits stay the same."""
    seeds = range(settings["seed"], settings["seed"] + settings["seeds"])
    untouched = [(0, UNTOUCHED)] if settings["task"] != CLASSES else []
    each = [*untouched, *itertools.product(settings["few"], WAYS)]
    return [(seed, count, way) for seed, (count, way) in itertools.product(seeds, each)]


def trial_name(seed: int, count: int, way: str) -> str:
    """How a trial is called."""
    return f"seed {seed}, {count} of each digit, {way}"


# ---- what came out -----------------------------------------------------------------------------------------

def summary(done: dict[str, float], settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Mean and spread over the seeds, for each count and way."""
    found: dict[tuple[int, str], list[float]] = {}
    for seed, count, way in todo(settings):
        found.setdefault((count, way), []).append(done[trial_name(seed, count, way)])
    return [{"images": count, "way": way, "accuracy": float(np.mean(each)), "spread": float(np.std(each))}
            for (count, way), each in found.items()]


def _of(rows: list[dict[str, Any]], way: str) -> NDArray[np.float64]:
    """(3, n): counts, accuracies in percent, spreads."""
    rows = [row for row in rows if row["way"] == way]
    return np.array([[row["images"], 100 * row["accuracy"], 100 * row["spread"]] for row in rows]).T


def show(console: Console, rows: list[dict[str, Any]], settings: dict[str, Any]) -> None:
    """The table: a row for each count, a column for each way."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1))
    table.add_column("images of each digit", justify="right")
    for way in WAYS:
        table.add_column(way, justify="right")
    for row in rows:
        if row["way"] == UNTOUCHED:
            table.add_row("none", _shown(row), _shown(row), "-", style="dim", end_section=True)
    for count in settings["few"]:
        of_count = [row for row in rows if row["images"] == count and row["way"] in WAYS]
        best = max(row["accuracy"] for row in of_count)
        table.add_row(str(count), *(f"[bold green]{_shown(row)}[/]" if row["accuracy"] == best else _shown(row)
                                    for row in of_count))
    console.print(table)
    console.print(Padding(f"Test images read right: mean and spread over {settings['seeds']} seeds.", (0, 2, 1, 2)))


def _shown(row: dict[str, Any]) -> str:
    return f"{100 * row['accuracy']:.1f} ± {100 * row['spread']:.1f} %"


def last_lines(rows: list[dict[str, Any]]) -> str:
    """What it came to with the fewest images, and with the most."""
    counts = {row["images"] for row in rows} - {0}
    lines = []
    for count in sorted({min(counts), max(counts)}):
        said = [f"{row['way']} {100 * row['accuracy']:.2f} %" for row in rows if row["images"] == count]
        lines.append(f"{count} of each digit: {', '.join(said)}")
    return "\n".join(lines)


def draw(path: Path, rows: list[dict[str, Any]], sentence: str) -> None:
    """Accuracy over the number of images: a line for each way, with the spread around it."""
    with plotting.picture(path, 7, 4.5) as figure:
        axes = figure.subplots()
        for way, colour, thick in zip(WAYS, plotting.COLOURS, (3.2, 1.4, 1.4), strict=False):      # two may coincide
            counts, means, spreads = _of(rows, way)
            axes.fill_between(counts, means - spreads, means + spreads, color=colour, alpha=0.15, linewidth=0)
            axes.plot(counts, means, color=colour, linewidth=thick, marker="o", markersize=1.5 + thick, label=way)
        untouched = [100 * row["accuracy"] for row in rows if row["way"] == UNTOUCHED]
        if untouched:
            axes.axhline(untouched[0], color=plotting.INK, linewidth=1, linestyle="--", label="before it met any")
        axes.set(title=sentence, xlabel="images of each digit that it met", ylabel="test images read right, %",
                 xscale="log", xticks=counts, xticklabels=[f"{int(count)}" for count in counts])
        axes.minorticks_off()
        axes.legend(loc="lower right")


# ---- the command line --------------------------------------------------------------------------------------

def _parser() -> command_line.Parser:
    parser = command_line.teaching_parser(PROGRAM, __doc__)
    number = command_line.whole_number(1)
    data = parser.add_argument_group("data")
    data.add_argument("--data", metavar="DIR", help="a folder with MNIST's files, or 'mnist' where downloads are kept "
                                                    "('drawn': the package draws all digits itself)")
    data.add_argument("--task", choices=TASKS, help=(
        "what is new: 'noisy' paper (for drawn digits), 'real' digits after drawn ones (for MNIST's), or other "
        "'classes', 5 to 9 after 0 to 4 (noisy, or real with --data)"))
    data.add_argument("--few", type=command_line.layer_sizes, metavar="COUNTS",
                      help=f"how many images of each digit are met ({','.join(map(str, DEFAULTS['few']))})")
    data.add_argument("--body-images", type=number, metavar="N",
                      help=f"how many images the body learns from before ({DEFAULTS['body_images']:,})")
    data.add_argument("--test-images", type=number, metavar="N",
                      help=f"how many to be tested on ({DEFAULTS['test_images']:,})")
    data.add_argument("--download", action="store_true",
                      help="first fetch MNIST (11.6 MB) to where --data mnist reads it")
    learning = parser.add_argument_group("learning")
    learning.add_argument("--steps", type=number, metavar="N",
                          help=f"how many steps are made on the few images ({DEFAULTS['steps']})")
    learning.add_argument("--body-epochs", type=number, metavar="N",
                          help=f"how often the body learns from each of its images ({DEFAULTS['body_epochs']})")
    learning.add_argument("--seeds", type=number, metavar="N",
                          help=f"how often all is done, each time with other images ({DEFAULTS['seeds']})")
    learning.add_argument("--seed", type=command_line.whole_number(0), metavar="N", help="the first of them (0)")
    learning.add_argument("--compile", action="store_true",
                          help="run the steps as flat NumPy programs: to the same bits")
    command_line.add_folder_options(parser, "runs/finetune", "run.json and finetune.png")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the program; returns the exit code."""
    return command_line.run_program(PROGRAM, {"compare": compare}, arguments)


if __name__ == "__main__":
    sys.exit(main())

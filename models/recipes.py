"""Ten recipes for one network: what optimizers and regularization do, on few images and on many.

    python -m models.recipes                        on digits that the package draws itself
    python -m models.recipes --data DIR             on MNIST's scanned digits in DIR
    python -m models.recipes --seeds 5 --compile    each recipe five times, in steps that run as programs

The network is the lesson's, 784 → 16 → 16 → 10. Six optimizers say how it walks downhill. Four more recipes, which take
Adam's steps, try to keep it from learning its images by heart: where they are few, it soon reads all of them, and
others no better than before. With the same seed all recipes meet the same images. Ctrl-C stops, and --resume goes on
as if nothing had happened.
"""

from . import extras  # noqa: F401, I001  # first of all: it says what to install where a package is missing

import itertools
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.utils.data import DataLoader, TensorDataset

from . import command_line, plotting
from .datasets import DRAWN, Digits
from .errors import UserError
from .reading import add_data_options, get_digits
from .training import step_for
from .trials import Trials

PROGRAM = "python -m models.recipes"


# ---- the network, its cost, and a step ---------------------------------------------------------------------

def digit_network(dropout: float = 0.0, batch_norm: bool = False) -> nn.Sequential:
    """The lesson's network: pixels (n, 784) -> ten outputs (n, 10) from 0 to 1, a sigmoid on every layer.

    dropout: what share of the pixels is left out, others in each step. batch_norm: the hidden layers' sums are shifted
    and scaled to mean 0 and variance 1 over the batch.
    """
    def norm() -> nn.Module:
        return nn.BatchNorm1d(16) if batch_norm else nn.Identity()

    return nn.Sequential(
        nn.Dropout(dropout),
        nn.Linear(784, 16), norm(), nn.Sigmoid(),
        nn.Linear(16, 16), norm(), nn.Sigmoid(),
        nn.Linear(16, 10), nn.Sigmoid(),
    )


def train_step(network: nn.Module, optimizer: optim.Optimizer,
               pixels: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """One step downhill on a batch; returns the cost before it: Σ (output − wanted)², the mean over the images."""
    optimizer.zero_grad()
    cost = ((network(pixels) - wanted) ** 2).sum() / len(pixels)
    cost.backward()
    optimizer.step()
    return cost


# ---- the recipes -------------------------------------------------------------------------------------------

class Recipe(NamedTuple):
    """A way to learn: what it does, in a few words; the optimizer; what it adds to the network, or to the end."""

    name: str
    idea: str
    base: str                           # the recipe that it is compared with
    optimizer: Callable[..., optim.Optimizer]
    dropout: float = 0.0
    batch_norm: bool = False
    stops_early: bool = False


# The rates are the best of three or four each, tried on other drawn digits.
adam = partial(optim.Adam, lr=0.003)
OPTIMIZERS = [
    Recipe("SGD", "straight downhill", "SGD", partial(optim.SGD, lr=1.0)),
    Recipe("momentum", "a ball that keeps rolling", "SGD", partial(optim.SGD, lr=0.1, momentum=0.9)),
    Recipe("Nesterov", "a ball that looks ahead", "SGD", partial(optim.SGD, lr=0.1, momentum=0.9, nesterov=True)),
    Recipe("RMSprop", "steps as long in flat directions as in steep ones", "SGD", partial(optim.RMSprop, lr=0.003)),
    Recipe("Adam", "RMSprop's even steps for a ball that keeps rolling", "SGD", adam),
    Recipe("AdamW", "Adam, and all weights shrink a little in each step", "Adam", partial(optim.AdamW, lr=0.003)),
]
REGULARIZATION = [
    Recipe("weight decay", "large weights cost", "Adam", partial(adam, weight_decay=3e-4)),
    Recipe("dropout", "three of ten pixels are hidden, others each time", "Adam", adam, dropout=0.3),
    Recipe("batch norm", "sums in hidden layers are held at mean 0, variance 1", "Adam", adam, batch_norm=True),
    Recipe("early stopping", "a fifth of the images is held out, and says when to stop", "Adam", adam,
           stops_early=True),
]
RECIPES = {recipe.name: recipe for recipe in OPTIMIZERS + REGULARIZATION}
SIZES = ("few", "many")

DEFAULTS: dict[str, Any] = {
    "data": DRAWN, "test_data": None, "test_images": 4_000, "few": 500, "few_epochs": 100,
    "many": 10_000, "many_epochs": 10, "batch_size": 10, "seed": 0, "seeds": 3,
}

# ---- one training ------------------------------------------------------------------------------------------

HELD_OUT, PATIENCE = 0.2, 0.1       # early stopping: a share of the images, and of the epochs without progress
LEARNED = 1_000                     # of the images that are learned from, so many are read again after each epoch


def learn(recipe: Recipe, digits: Digits, tests: Digits, epochs: int, batch_size: int, seed: int, compiled: bool,
          look: Callable[[], None]) -> dict[str, Any]:
    """Accuracies on test images, and on images learned from, before training and after each epoch; and after how many
    epochs it was over.

    look() is called between two steps; it raises where the user wants to stop.
    """
    torch.manual_seed(seed)
    network = digit_network(recipe.dropout, recipe.batch_norm)
    optimizer = recipe.optimizer(network.parameters())
    step = step_for(train_step, network, optimizer, compiled=compiled)
    held_out = round(HELD_OUT * len(digits.labels)) if recipe.stops_early else 0
    learned_from, rest = part_of(digits, slice(held_out, None)), part_of(digits, slice(held_out))
    examples = TensorDataset(torch.from_numpy(learned_from.pixels()), torch.from_numpy(learned_from.wanted()))
    batches = DataLoader(examples, batch_size=batch_size, shuffle=True)
    again = part_of(learned_from, slice(LEARNED))

    curves: dict[str, list[float]] = {"test": [accuracy(network, tests)], "learned": [accuracy(network, again)]}
    best, best_epoch = 0.0, 0
    for epoch in range(1, epochs + 1):
        for batch in batches:
            look()
            step(*batch)
        curves["test"].append(accuracy(network, tests))
        curves["learned"].append(accuracy(network, again))
        if recipe.stops_early:
            if (now := accuracy(network, rest)) > best:
                best, best_epoch = now, epoch
            if epoch == epochs or epoch - best_epoch > PATIENCE * epochs:
                for curve in curves.values():               # back to the best epoch's weights: its accuracies stay
                    curve[epoch:] = [curve[best_epoch]] * (epochs + 1 - epoch)
                break
    return curves | {"epochs": epoch}


def part_of(digits: Digits, which: Any) -> Digits:
    """Some of the digits."""
    return Digits(digits.images[which], digits.labels[which], digits.name)


def accuracy(network: nn.Module, digits: Digits) -> float:
    """The share of the images that it reads right."""
    network.eval()                                          # dropout and batch normalization stand still
    with torch.no_grad():
        answers = network(torch.from_numpy(digits.pixels())).numpy().argmax(1)
    network.train()
    return float(np.mean(answers == digits.labels))


# ---- all trainings -----------------------------------------------------------------------------------------

def compare(arguments: list[str]) -> int:
    """The command that compares; returns the exit code."""
    options = _parser().parse_args(arguments)
    trials = Trials("recipes", options, DEFAULTS, may_move=("data", "test_data"))
    settings = trials.settings
    if settings["few"] > settings["many"]:
        raise UserError(f"--few {settings['few']} --many {settings['many']}: the few must not be more than the many")
    images = settings["many"] * settings["seeds"] if settings["data"] == DRAWN else None      # None: all there are
    digits, tests = get_digits(trials.console, settings | {"images": images}, options.download)
    if settings["many"] > len(digits.labels):
        raise UserError(f"--many {settings['many']}: there are {len(digits.labels):,} {digits.name}")
    trials.identity = {"training": digits.fingerprint(), "test": tests.fingerprint()}
    trials.console.print(
        f"\n  [bold]{len(RECIPES)} recipes for one network[/]\n\n"
        f"  network    784 → 16 → 16 → 10, a sigmoid on every layer\n"
        f"  learns     from {settings['few']:,} {digits.name}, {settings['few_epochs']} times; and from "
        f"{settings['many']:,}, {settings['many_epochs']} times\n"
        f"  tested     on {len(tests.labels):,} others\n"
        f"  by         batches of {settings['batch_size']}, with {settings['seeds']} seeds each\n", soft_wrap=True)

    todo = {}
    for seed, size, recipe in itertools.product(seeds_of(settings), SIZES, RECIPES.values()):
        chosen = np.random.default_rng(seed).permutation(len(digits.labels))[:settings[size]]
        todo[trial_name(recipe, size, seed)] = partial(
            learn, recipe, part_of(digits, chosen), tests, settings[f"{size}_epochs"], settings["batch_size"], seed,
            options.compile)
    if not trials.run(todo, shown=lambda curves: f"{100 * curves['test'][-1]:.1f} %"):
        return command_line.INTERRUPTED

    rows = summary(trials.done, settings)
    figures = trials.finish(rows)
    picture = trials.folder / "recipes.png"
    draw(picture, trials.done, settings)
    show(trials.console, rows, settings)
    trials.console.print(f"  Learned for {figures['seconds']:.1f} s. The figures are in {trials.json}, the picture in "
                         f"{picture}.\n", soft_wrap=True, markup=False)
    for size in SIZES:
        best = max(rows, key=lambda row: row[size]["accuracy"])
        print(f"best on {size} images: {best['recipe']}, {100 * best[size]['accuracy']:.2f} % of the test images")
    return 0


def seeds_of(settings: dict[str, Any]) -> range:
    """The seeds that each recipe is tried with."""
    return range(settings["seed"], settings["seed"] + settings["seeds"])


def trial_name(recipe: Recipe, size: str, seed: int) -> str:
    """How a training is called."""
    return f"{recipe.name}, {size} images, seed {seed}"


# ---- what came out -----------------------------------------------------------------------------------------

def curves_of(done: dict[str, Any], recipe: str, size: str, settings: dict[str, Any]) -> Any:
    """(2, seeds, epochs + 1): accuracies on test images, and on images learned from."""
    curves = [done[trial_name(RECIPES[recipe], size, seed)] for seed in seeds_of(settings)]
    return np.array([[curve[kind] for curve in curves] for kind in ("test", "learned")])


def summary(done: dict[str, Any], settings: dict[str, Any]) -> list[dict[str, Any]]:
    """For each recipe its figures, on few images and on many, and a sentence that says what it did."""
    rows = []
    for name, recipe in RECIPES.items():
        sizes = {size: _figures(curves_of(done, name, size, settings), curves_of(done, recipe.base, size, settings))
                 for size in SIZES}
        for size in SIZES:
            needed = [done[trial_name(recipe, size, seed)]["epochs"] for seed in seeds_of(settings)]
            sizes[size]["epochs"] = float(np.mean(needed))
        rows.append({"recipe": name, **sizes, "sentence": sentence(recipe, sizes)})
    return rows


def _figures(curves: Any, base: Any) -> dict[str, Any]:
    """Means over the seeds: the accuracy at the end, against the base's, and after how many epochs both were near that.

    A difference is clear where all seeds agree on its sign.
    """
    test, learned = curves[:, :, -1]
    differences = test - base[0, :, -1]
    level = 0.9 * base[0, :, -1].mean()
    return {
        "accuracy": float(test.mean()), "spread": float(test.std()), "learned": float(learned.mean()),
        "better": float(differences.mean()),
        "clear": bool((differences > 0).all() or (differences < 0).all()),
        "level": float(level), "reached": _reached(curves[0].mean(0), level),
        "reached_by_base": _reached(base[0].mean(0), level),
    }


def _reached(curve: Any, level: float) -> float | None:
    """After how many epochs the curve first is at the level, between two of them as on a straight line."""
    above = np.flatnonzero(curve >= level)
    if not above.size:
        return None
    after = int(above[0])
    return float(np.interp(level, curve[after - 1:after + 1], [after - 1, after])) if after else 0.0


def sentence(recipe: Recipe, sizes: dict[str, dict[str, Any]]) -> str:
    """What the recipe is, and what it did."""
    if recipe.base == recipe.name:
        few, many = (100 * sizes[size]["accuracy"] for size in SIZES)
        return f"{recipe.idea}. Reads {few:.1f} % after few images, {many:.1f} % after many."
    few, many = (_effect(recipe, sizes[size]) for size in SIZES)
    said = f"{recipe.idea}. On few images {few}; on many {many}."
    if recipe.stops_early:
        said += f" It stops after {sizes['few']['epochs']:.0f} and {sizes['many']['epochs']:.0f} epochs."
    return said


PACE = 1.25             # a recipe is called faster or slower from this ratio of epochs on


def _effect(recipe: Recipe, size: dict[str, Any]) -> str:
    points, reached, by_base = 100 * size["better"], size["reached"], size["reached_by_base"]
    if size["clear"]:
        end = f"{abs(points):.1f} points {'better' if points > 0 else 'worse'} than {recipe.base}"
    else:
        end = f"no clear difference from {recipe.base}"
    if reached is None:
        return f"{end}, and never at {100 * size['level']:.0f} %"
    if max(reached, by_base) <= PACE * min(reached, by_base):
        return end
    pace = "faster" if reached < by_base else "slower"
    joined = "and" if size["clear"] and (points > 0) == (pace == "faster") else "but"
    return f"{end}, {joined} {pace} to {100 * size['level']:.0f} % ({reached:.1f} epochs, not {by_base:.1f})"


def show(console: Console, rows: list[dict[str, Any]], settings: dict[str, Any]) -> None:
    """The table, and the sentences under it."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1))
    table.add_column("recipe")
    for size in SIZES:
        table.add_column(f"{settings[size]:,} images", justify="right")
        table.add_column("its own", justify="right", style="dim")
    best = {size: max(row[size]["accuracy"] for row in rows) for size in SIZES}
    for row in rows:
        cells = []
        for size in SIZES:
            style = "[bold green]" if row[size]["accuracy"] == best[size] else "[not bold]"
            cells += [f"{style}{100 * row[size]['accuracy']:.1f} ± {100 * row[size]['spread']:.1f} %[/]",
                      f"{100 * row[size]['learned']:.1f} %"]
        table.add_row(row["recipe"], *cells, end_section=row["recipe"] == OPTIMIZERS[-1].name)
    console.print(table)
    console.print(Padding("Test images read right, mean and spread over the seeds; and images that were learned from. "
                          + by_heart(rows), (0, 2, 1, 2)))
    for row in rows:
        console.print(Padding(f"[bold]{row['recipe']}[/]: {row['sentence']}", (0, 2, 0, 2)))
    console.print()


def by_heart(rows: list[dict[str, Any]]) -> str:
    """What learning by heart looks like in figures."""
    adam = next(row for row in rows if row["recipe"] == "Adam")
    (own, others), (own_of_many, others_of_many) = (
        (f"{100 * adam[size]['learned']:.0f} %", f"{100 * adam[size]['accuracy']:.0f} %") for size in SIZES)
    return (f"After few images Adam reads {own} of those that it learned from, and {others} of others; after many, "
            f"{own_of_many} and {others_of_many}.")


def draw(path: Path, done: dict[str, Any], settings: dict[str, Any]) -> None:
    """The accuracy over the epochs: few images above, many below; optimizers left, regularization right."""
    with plotting.picture(path, 11, 7.5) as figure:
        panels = figure.subplots(2, 2, sharey="row", sharex="row")
        groups = {"optimizers": OPTIMIZERS,
                  "regularization (dotted: its own images)": [RECIPES["Adam"], *REGULARIZATION]}
        for row, size in zip(panels, SIZES, strict=True):
            at_a_fifth = settings[f"{size}_epochs"] // 5
            lowest = min(curves_of(done, name, size, settings)[0, :, at_a_fifth].mean() for name in RECIPES)
            for axes, (group, recipes) in zip(row, groups.items(), strict=True):
                for recipe, colour in zip(recipes, plotting.COLOURS, strict=False):
                    test, learned = curves_of(done, recipe.name, size, settings)
                    axes.plot(100 * test.mean(0), color=colour, label=recipe.name)
                    if recipes[0].name == "Adam":
                        axes.plot(100 * learned.mean(0), color=colour, linewidth=0.9, linestyle=":")
                axes.set(title=f"{settings[size]:,} images: {group}", xlabel="epoch", xlim=(0, None),
                         ylim=(10 * int(10 * lowest), 100))
                axes.legend(loc="lower right", ncols=2)
            row[0].set_ylabel("test images read right, %")


# ---- the command line --------------------------------------------------------------------------------------

def _parser() -> command_line.Parser:
    parser = command_line.teaching_parser(PROGRAM, __doc__)
    data = add_data_options(parser, images=None, tests=DEFAULTS["test_images"])
    number = command_line.whole_number(1)
    data.add_argument("--few", type=number, metavar="N", help=f"how many images are few ({DEFAULTS['few']})")
    data.add_argument("--many", type=number, metavar="N", help=f"how many are many ({DEFAULTS['many']:,})")
    learning = parser.add_argument_group("learning")
    for size in SIZES:
        learning.add_argument(f"--{size}-epochs", type=number, metavar="N", help=(
            f"how often each of the {size} images is learned from ({DEFAULTS[size + '_epochs']})"))
    learning.add_argument("--batch-size", type=number, metavar="N",
                          help=f"images whose costs are averaged for one step ({DEFAULTS['batch_size']})")
    learning.add_argument("--seeds", type=number, metavar="N",
                          help=f"how often each recipe is tried, each time with other images ({DEFAULTS['seeds']})")
    learning.add_argument("--seed", type=command_line.whole_number(0), metavar="N", help="the first of them (0)")
    learning.add_argument("--compile", action="store_true",
                          help="run the steps as flat NumPy programs: to the same bits, in half the time")
    command_line.add_folder_options(parser, "runs/recipes", "run.json and recipes.png")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the program; returns the exit code."""
    return command_line.run_program(PROGRAM, {"compare": compare}, arguments)


if __name__ == "__main__":
    sys.exit(main())

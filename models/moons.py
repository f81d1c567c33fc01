"""Two moons: 337 random numbers learn to tell two crescents of points apart. Read this program first.

    python -m models.moons                      learn, say how many points are told apart, and draw the boundary
    python -m models.moons --hidden 1           with one neuron: all it can draw is a straight line
    python -m models.moons --noise 0.4          moons that run into each other
    python -m models.moons --show-program       print one step of learning as a page of NumPy, too

A straight line gets 85 % of the points right; a network bends it. It takes a second. Ctrl-C stops between two steps
and saves; --resume goes on as if nothing had happened.
"""

from . import extras  # noqa: F401, I001  # first of all: it says what to install where a package is missing

import itertools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.nn import functional as F
from tinygrad_edu.utils.data import DataLoader, TensorDataset

from . import command_line, drawing, plotting, report
from .run import Run
from .training import Training, step_for, written_down

PROGRAM = "python -m models.moons"


# ---- the network, and a step -------------------------------------------------------------------------------

def moons_network(hidden: Sequence[int] = (16, 16)) -> nn.Sequential:
    """Points (n, 2) -> one score each (n, 1): above 0 for the lower moon, below 0 for the upper one."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise([2, *hidden]):
        layers += [nn.Linear(inputs, outputs), nn.Tanh()]
    return nn.Sequential(*layers, nn.Linear(hidden[-1], 1))


def train_step(network: nn.Module, optimizer: optim.Optimizer,
               points: torch.Tensor, moons: torch.Tensor) -> torch.Tensor:
    """One step downhill on a batch; returns the cost before it."""
    optimizer.zero_grad()                                                   # forget the last step's slopes
    cost = F.binary_cross_entropy_with_logits(network(points), moons)       # how wrong is the network?
    cost.backward()                                                         # which way is downhill, for each number?
    optimizer.step()                                                        # go there
    return cost


DEFAULTS: dict[str, Any] = {"points": 500, "noise": 0.2, "epochs": 20, "batch_size": 25, "lr": 0.05, "seed": 0,
                            "hidden": [16, 16]}


# ---- the points --------------------------------------------------------------------------------------------

TEST_COUNT, TEST_SEED = 2_000, 2**32        # a seed beyond those that a run may have


def two_moons(count: int, noise: float, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points (count, 2) on two half circles, blurred, and which moon each is of (count, 1): 0 upper, 1 lower."""
    random = np.random.default_rng(seed)
    moon = np.arange(count) % 2
    angle = random.uniform(0, np.pi, count)
    x = np.where(moon == 0, np.cos(angle), 1 - np.cos(angle))
    y = np.where(moon == 0, np.sin(angle), 0.5 - np.sin(angle))
    points = np.stack([x, y], 1) + noise * random.standard_normal((count, 2))
    return points.astype(np.float32), moon[:, None].astype(np.float32)


# ---- train -------------------------------------------------------------------------------------------------

def train(arguments: list[str]) -> int:
    """The command that trains; returns the exit code."""
    options = _training_parser().parse_args(arguments)
    run = Run("moons", options, DEFAULTS)
    settings = run.settings
    points, moons = two_moons(settings["points"], settings["noise"], settings["seed"])
    tests = two_moons(TEST_COUNT, settings["noise"], TEST_SEED)

    torch.manual_seed(settings["seed"])
    network = moons_network(settings["hidden"])
    optimizer = optim.Adam(network.parameters(), lr=settings["lr"])
    examples = TensorDataset(torch.from_numpy(points), torch.from_numpy(moons))
    run.begin(network, Training(
        batches=DataLoader(examples, batch_size=settings["batch_size"], shuffle=True),
        train_step=step_of(network, optimizer, options.compile),
        measure=lambda: accuracy_of(network, *tests),
        optimizer=optimizer,
        scheduler=optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings["epochs"]),
        epochs=settings["epochs"],
    ))

    count = sum(parameter.numel() for parameter in network.parameters())
    run.console.print(f"\n  [bold]{count:,} random numbers learn to tell two moons apart[/]\n\n"
                      f"  network    {' → '.join(map(str, [2, *settings['hidden'], 1]))}, tanh between the layers\n"
                      f"  learns     from {len(points):,} points\n"
                      f"  tested     on {TEST_COUNT:,} other points\n", soft_wrap=True)
    if options.show_program:
        report.show_program(run.console, program_of(settings["hidden"], settings["batch_size"]).source)
    if not run.train():
        return command_line.INTERRUPTED

    accuracy = accuracy_of(network, *tests)
    right = round(accuracy * TEST_COUNT)
    figures = run.finish({"accuracy": accuracy, "right": right, "of": TEST_COUNT})
    picture = run.folder.folder / "boundary.png"
    draw_boundary(picture, network, points, moons,
                  title=f"Two moons: right for {100 * accuracy:.2f} % of {TEST_COUNT:,} other points")
    run.console.print()
    for line in boundary_in_characters(network, run.console.width - 4):
        run.console.print("  " + line, markup=False, no_wrap=True)
    run.show_end(figures, f"The boundary is drawn in {picture}. Now try --hidden 1, or --noise 0.4.")
    print(report.accuracy_line(right, TEST_COUNT))
    return 0


def step_of(network: nn.Module, optimizer: optim.Optimizer, compiled: bool = False) -> Any:
    """`train_step` for this network: a function of a batch. Compiled, it runs as a program, to the same bits."""
    return step_for(train_step, network, optimizer, compiled=compiled)


# ---- evaluate ----------------------------------------------------------------------------------------------

def scores_of(network: nn.Module, points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) what the network says to each point."""
    with torch.no_grad():
        return network(torch.from_numpy(points)).numpy()[:, 0]


def accuracy_of(network: nn.Module, points: NDArray[np.float32], moons: NDArray[np.float32]) -> float:
    """The share of points that it finds the right moon for."""
    return float(np.mean((scores_of(network, points) > 0) == moons[:, 0]))


LEFT, RIGHT, BOTTOM, TOP = -1.75, 2.75, -1.3, 1.8       # the part of the plane that is drawn


def map_of(network: nn.Module, columns: int, rows: int) -> NDArray[np.float32]:
    """(rows, columns) how sure the network is of the lower moon, 0 to 1, all over the plane; the first row on top."""
    x, y = np.meshgrid(np.linspace(LEFT, RIGHT, columns), np.linspace(TOP, BOTTOM, rows))
    scores = scores_of(network, np.stack([x.ravel(), y.ravel()], 1).astype(np.float32))     # (rows * columns,)
    return torch.from_numpy(scores.reshape(rows, columns)).sigmoid().numpy()


def boundary_in_characters(network: nn.Module, width: int) -> list[str]:
    """The map as lines of text: the darker, the surer of the lower moon."""
    columns = min(width, 60)
    rows = max(2, round(columns / 2 * (TOP - BOTTOM) / (RIGHT - LEFT)))         # a character is twice as high as wide
    shades = (map_of(network, columns, rows) * len(drawing.SHADES)).astype(int).clip(max=len(drawing.SHADES) - 1)
    return ["".join(drawing.SHADES[shade] for shade in row) for row in shades]


def draw_boundary(path: Path, network: nn.Module, points: NDArray[np.float32], moons: NDArray[np.float32],
                  title: str) -> None:
    """The points learned from, what the network finds all over the plane, and the line where it is undecided."""
    with plotting.picture(path, 6, 4.4) as figure:
        axes = figure.subplots()
        sure = map_of(network, 450, 310)[::-1]
        area = (LEFT, RIGHT, BOTTOM, TOP)
        axes.contourf(sure, levels=np.linspace(0, 1, 11), extent=area, colors=plotting.between_two(10))
        axes.contour(sure, levels=[0.5], extent=area, colors=[plotting.INK], linewidths=1.6)
        for moon, name in enumerate(("upper moon", "lower moon")):
            x, y = points[moons[:, 0] == moon].T
            axes.scatter(x, y, s=14, color=plotting.COLOURS[moon], edgecolors="white", linewidths=0.5, label=name)
        axes.set(title=title, xlim=(LEFT, RIGHT), ylim=(BOTTOM, TOP), aspect="equal", xticks=[], yticks=[])
        axes.grid(False)
        axes.spines[:].set_visible(False)
        axes.legend(loc="upper left")


# ---- program -----------------------------------------------------------------------------------------------

def program_of(hidden: Sequence[int], batch_size: int) -> Any:
    """The compiled step, written down on blank points; no random number is used up."""
    def made() -> tuple[nn.Module, optim.Optimizer]:
        network = moons_network(hidden)
        return network, optim.Adam(network.parameters(), lr=DEFAULTS["lr"])

    return written_down(made, step_of, torch.zeros(batch_size, 2), torch.zeros(batch_size, 1))


# ---- the command line --------------------------------------------------------------------------------------

def _training_parser() -> command_line.Parser:
    parser = command_line.teaching_parser(PROGRAM, __doc__)
    data = parser.add_argument_group("the points")
    data.add_argument("--points", type=command_line.whole_number(2), metavar="N",
                      help=f"how many to learn from ({DEFAULTS['points']})")
    data.add_argument("--noise", type=command_line.positive_number, metavar="WIDTH",
                      help=f"how far they are scattered around their moons ({DEFAULTS['noise']})")
    parser.add_argument_group("network").add_argument(
        "--hidden", type=command_line.layer_sizes, metavar="SIZES", help="sizes of the hidden layers (16,16)")
    command_line.add_run_options(parser, "runs/moons", {
        "epochs": str(DEFAULTS["epochs"]), "batch_size": str(DEFAULTS["batch_size"]),
        "lr": f"{DEFAULTS['lr']}, falling to 0 along a cosine"}, example="point")
    command_line.add_program_options(parser)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    return command_line.run_program(PROGRAM, {"train": train}, arguments)


if __name__ == "__main__":
    sys.exit(main())

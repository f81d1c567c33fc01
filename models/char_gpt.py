"""A GPT that learns to write, one character at a time.

    python -m models.char_gpt                                  learn from 700 names of animals, then invent more
    python -m models.char_gpt --data names.txt                 learn from a file: a name on each line
    python -m models.char_gpt --data shakespeare.txt           or one long text
    python -m models.char_gpt sample WEIGHTS --prompt an       let it write on from there
    python -m models.char_gpt evaluate WEIGHTS                 how well does it guess what it has never read?
    python -m models.char_gpt program                          one step of learning as a page of NumPy

It is asked one question over and over: what comes next? Its answer is a probability for each character. How good the
answers are is measured on a tenth of the text that is held out, in nats a character: the mean of −log(probability of
the character that really comes next), over all characters of the held-out texts and the mark that ends each. Of a list
the held-out tenth is drawn with a seed that never changes, after lines that are there twice have been made one; of a
long text it is the end, cut into pieces as long as the context and read piece by piece.

Ctrl-C stops between two steps and saves; --resume goes on as if nothing had happened.
"""

from . import extras  # noqa: F401, I001  # first of all: it says what to install where a package is missing

import argparse
import math
import shlex
import string
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.columns import Columns
from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Line

import tinygrad_edu as torch
from tinygrad_edu import nn, optim
from tinygrad_edu.nn import functional as F
from tinygrad_edu.utils.data import DataLoader, TensorDataset

from . import checkpoint, command_line, report
from .errors import UserError
from .run import Run
from .run_folder import versions
from .texts import ANIMALS, MARK, NOTHING, Text, decode, encode, get_text, nats_by_counting
from .training import Measure, Training, step_for, written_down

PROGRAM = "python -m models.char_gpt"


# ---- the network -------------------------------------------------------------------------------------------

class GPT(nn.Module):
    """Codes of characters (n, length) -> scores (n, length, size) of what comes next at each place."""

    def __init__(self, size: int, context: int, layers: int, width: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.context = context
        self.character = nn.Embedding(size, width)              # what stands here ...
        self.place = nn.Embedding(context, width)               # ... and where "here" is
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, size)

    def forward(self, codes: torch.Tensor, past: "Past | None" = None) -> torch.Tensor:
        """`past`: what was read before `codes`; it grows by them. Behind the first codes come single ones."""
        first = past.length if past else 0
        if first and codes.shape[1] > 1:
            raise ValueError(f"GPT: one more character expected behind the {first} in the past, got {codes.shape[1]}")
        x = self.dropout(self.character(codes) + self.place(torch.arange(first, first + codes.shape[1])))
        for number, block in enumerate(self.blocks):
            x = block(x, past.seen[number] if past else None)
        return self.head(self.norm(x))                          # (n, length, width) -> (n, length, size)


class Block(nn.Module):
    """First look back at the characters before, then think about what was seen: (n, length, width) -> the same."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width), nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, seen: list[torch.Tensor] | None = None) -> torch.Tensor:
        x = x + self.dropout(self.attention(self.norm1(x), seen))
        return x + self.dropout(self.mlp(self.norm2(x)))


class Attention(nn.Module):
    """Each place asks (query) all places up to itself; how well their keys fit says how much of their values it takes.

    Several heads do so side by side, each on its share of the width.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)

    def forward(self, x: torch.Tensor, seen: list[torch.Tensor] | None = None) -> torch.Tensor:
        n, length, width = x.shape
        parts = self.query_key_value(x).view(n, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)      # each (n, heads, length, width / heads)
        if seen is not None:
            if seen:
                key, value = torch.cat([seen[0], key], 2), torch.cat([seen[1], value], 2)
            seen[:] = key, value
        # One new place may look at all keys; of several, which are then the first, each only at those before it.
        y = F.scaled_dot_product_attention(query, key, value, is_causal=length > 1)
        return self.join(y.transpose(1, 2).reshape(n, length, width))   # (n, heads, length, ...) -> (n, length, width)


class Past:
    """The cache: [keys, values] of all places that were read, for each block, so that none is read twice."""

    def __init__(self, blocks: int) -> None:
        self.seen: list[list[torch.Tensor]] = [[] for _ in range(blocks)]

    @property
    def length(self) -> int:
        """How many places were read."""
        return self.seen[0][0].shape[2] if self.seen[0] else 0


# ---- its cost, and a step ----------------------------------------------------------------------------------

def cost_of(scores: torch.Tensor, following: torch.Tensor) -> torch.Tensor:
    """The mean of −log(probability of the character that follows), in nats, over all that are not NOTHING."""
    return F.cross_entropy(scores.flatten(0, 1), following.flatten(), ignore_index=NOTHING)


def train_step(network: nn.Module, optimizer: optim.Optimizer,
               codes: torch.Tensor, following: torch.Tensor) -> torch.Tensor:
    """One step downhill on a batch; returns the cost before it."""
    optimizer.zero_grad()
    cost = cost_of(network(codes), following)
    cost.backward()
    optimizer.step()
    return cost


def step_of(network: nn.Module, optimizer: optim.Optimizer, compiled: bool = False) -> Any:
    """`train_step` for this network: a function of a batch. Compiled, it runs as a program, to the same bits."""
    return step_for(train_step, network, optimizer, compiled=compiled)


# ---- write -------------------------------------------------------------------------------------------------

def written(network: GPT, codes: NDArray[np.int64], length: int, temperature: float = 1.0, top_k: int | None = None,
            seed: int = 0, until: int | None = None, cached: bool = True) -> NDArray[np.int64]:
    """(n, m) codes -> (n, m + length), each next one drawn as likely as the network finds it.

    temperature: below 1 the likely becomes likelier, above 1 the unlikely; 0 always takes the likeliest. top_k: draw
    among so many likeliest only. until: stop when each row has drawn this code. cached: read each character once, and
    keep its keys and values; without, all are read again for each new one, which comes to the same.
    Where the context is full, the older half of it is forgotten.
    """
    generator = torch.Generator().manual_seed(seed)
    was_training = network.training
    network.eval()
    first, read, past = 0, 0, Past(len(network.blocks))
    ended = np.zeros(len(codes), bool)
    with torch.no_grad():
        for _ in range(length):
            if codes.shape[1] - first > network.context:
                first = codes.shape[1] - (network.context + 1) // 2
                read, past = first, Past(len(network.blocks))
            scores = network(torch.from_numpy(codes[:, read if cached else first:]), past if cached else None)[:, -1]
            read = codes.shape[1]
            drawn = _drawn(scores, temperature, top_k, generator)           # (n, 1)
            codes = np.concatenate([codes, drawn], 1)
            ended |= drawn[:, 0] == until
            if until is not None and ended.all():
                break
    network.train(was_training)
    return codes


def _drawn(scores: torch.Tensor, temperature: float, top_k: int | None, generator: Any) -> NDArray[np.int64]:
    """(n, 1) a code for each row of scores (n, size)."""
    if temperature == 0:
        return scores.argmax(1, keepdim=True).numpy()
    if top_k is not None and top_k < scores.shape[1]:
        least = scores.topk(top_k, 1).values[:, -1:]
        scores = scores.masked_fill(scores < least, -math.inf)
    chances = (scores / temperature).softmax(1)
    return torch.multinomial(chances, 1, replacement=True, generator=generator).numpy()


def names_written(network: GPT, alphabet: str, count: int, prompt: str = "", **how: Any) -> list[str]:
    """Texts of a list, each to its end mark."""
    begin = np.tile(encode(MARK + prompt, alphabet), (count, 1))
    rows = written(network, begin, length=3 * network.context, until=0, **how)
    return [decode(row[1:], alphabet).split(MARK)[0] for row in rows]


def text_written(network: GPT, alphabet: str, length: int, prompt: str = "", **how: Any) -> str:
    """One text that goes on after the prompt."""
    begin = encode(MARK + prompt, alphabet)[None]
    return decode(written(network, begin, length, **how)[0, 1:], alphabet)


# ---- train -------------------------------------------------------------------------------------------------

NAMES_TO_COUNT = 1_000
SAMPLE_LENGTH = 500             # characters of a long text

# Tried on 32,000 first names, measured on the held-out tenth: 15 epochs without dropout end at 1.985 nats a character,
# having learned too much by heart (1.966 after 11); 10 epochs with dropout end at 1.954.
DEFAULTS: dict[str, Any] = {"data": ANIMALS, "is_list": None, "layers": 4, "width": 64, "heads": 4, "dropout": 0.1,
                            "epochs": 10, "batch_size": 64, "lr": 0.003, "seed": 0}
DEFAULTS_ON_ANIMALS = DEFAULTS | {"layers": 2, "width": 32, "epochs": 25, "batch_size": 32}
DEFAULTS_ON_TEXTS = DEFAULTS | {"context": 64, "width": 96, "dropout": 0.0, "epochs": 6, "batch_size": 32}


def defaults_for(data: str, text: Text) -> dict[str, Any]:
    """What the settings are unless the user says otherwise; of a list, the context holds the longest text."""
    if not text.is_list:
        return DEFAULTS_ON_TEXTS
    return (DEFAULTS_ON_ANIMALS if data == ANIMALS else DEFAULTS) | {"context": text.longest()}


def train(arguments: list[str]) -> int:
    """The command that trains; returns the exit code."""
    options = _training_parser().parse_args(arguments)
    data = options.data or ANIMALS
    text = None if options.resume else get_text(data, options.is_list)
    run = Run("char_gpt", options, defaults_for(data, text) if text else {}, may_move=["data"])
    settings = run.settings
    text = text or get_text(settings["data"], settings["is_list"])
    settings |= {"is_list": text.is_list, "alphabet": text.alphabet}
    run.folder.identity = {"text": text.fingerprint()}

    torch.manual_seed(settings["seed"])
    network = gpt_of(settings)
    optimizer = optim.AdamW(network.parameters(), lr=settings["lr"], betas=(0.9, 0.99))
    rows, held_out = (text.rows(texts, settings["context"]) for texts in (text.learned, text.held_out))
    run.begin(network, Training(
        batches=DataLoader(TensorDataset(*map(torch.from_numpy, rows)), settings["batch_size"], shuffle=True),
        train_step=step_of(network, optimizer, options.compile),
        measure=lambda: nats_of(network, *held_out),
        optimizer=optimizer,
        scheduler=optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings["epochs"]),
        epochs=settings["epochs"],
        measured=Measure("nats", "held-out nats", lambda nats: f"{nats:.4f}",
                         lambda nats: nats / math.log(len(text.alphabet))),
    ))
    _introduce(run.console, network, text, settings)
    if options.show_program:
        report.show_program(run.console, program_of(settings).source)
    if not run.train():
        return command_line.INTERRUPTED

    result = result_of(network, text) | _sample(network, text)
    figures = run.finish(result)
    _show_sample(run.console, result)
    prompt = shlex.quote(text.held_out[0].split()[0][:2])
    run.show_end(figures, f"Now let it write:\n  {PROGRAM} sample {run.folder.quoted_weights} --prompt {prompt}")
    print(last_line(result))
    return 0


def gpt_of(settings: dict[str, Any]) -> GPT:
    """A network of these sizes."""
    if settings["width"] % settings["heads"]:
        raise UserError(f"--width {settings['width']}: a multiple of --heads expected, which are {settings['heads']}")
    sizes = {name: settings[name] for name in ("context", "layers", "width", "heads", "dropout")}
    return GPT(len(settings["alphabet"]), **sizes)


def _introduce(console: Console, network: GPT, text: Text, settings: dict[str, Any]) -> None:
    count = sum(parameter.numel() for parameter in network.parameters())
    amounts = [f"{len(texts):,} lines" if text.is_list else f"{len(texts[0]):,} characters"
               for texts in (text.learned, text.held_out)]
    scale = ", ".join(f"{nats:.2f} {how}" for how, nats in nats_by_counting(text).items())
    console.print(f"\n  [bold]{count:,} random numbers learn to write[/]\n\n"
                  f"  network    {settings['layers']} blocks of {settings['heads']} heads, {settings['width']} wide; "
                  f"looks back {settings['context']} characters\n"
                  f"  learns     from {text.name}: {amounts[0]}, {len(text.alphabet)} different characters\n"
                  f"  tested     on {amounts[1]} that are held out\n"
                  f"  by         AdamW in batches of {settings['batch_size']:,}, learning rate {settings['lr']} "
                  f"falling to 0\n"
                  f"  for scale  a guess costs, in nats a character: {scale}\n", soft_wrap=True)


# ---- evaluate ----------------------------------------------------------------------------------------------

ROWS_AT_A_TIME = 256


def nats_of(network: GPT, codes: NDArray[np.int64], following: NDArray[np.int64]) -> float:
    """The mean of −log(probability of what follows) over all that is not NOTHING, of rows (n, context)."""
    was_training, total = network.training, 0.0
    network.eval()                                          # dropout stands still
    with torch.no_grad():
        for first in range(0, len(codes), ROWS_AT_A_TIME):
            some, wanted = (torch.from_numpy(rows[first:first + ROWS_AT_A_TIME]) for rows in (codes, following))
            total += cost_of(network(some), wanted).item() * int((wanted != NOTHING).sum())
    network.train(was_training)
    return total / int((following != NOTHING).sum())


def result_of(network: GPT, text: Text) -> dict[str, Any]:
    """The figures of a test: nats a character, and of how many, in how many texts."""
    rows = text.rows(text.held_out, network.context)
    return {"test": f"held-out part of {text.name}", "nats": nats_of(network, *rows), "texts": len(text.held_out),
            "characters": int((rows[1] != NOTHING).sum())}


def evaluate(arguments: list[str]) -> int:
    """The command that tests saved weights; returns the exit code."""
    parser = command_line.Parser(prog=f"{PROGRAM} evaluate", description=(
        "Test saved weights on the held-out tenth of a text, which they were not trained on if it is the same text."))
    parser.add_argument("weights", type=Path, metavar="WEIGHTS", help="weights.safetensors of a run")
    parser.add_argument("--data", metavar="FILE", help="a text (the one of the run)")
    command_line.add_output_options(parser)
    options = parser.parse_args(arguments)
    command_line.check_json_option(options.json)
    console = report.make_console(options.quiet)
    network, settings = load_network(options.weights)
    text = get_text(options.data or settings["data"], settings["is_list"])
    with report.doing(console, "Reading ..."):
        result = result_of(network, text._replace(alphabet=settings["alphabet"]))
    if options.json is not None:
        checkpoint.write_json(options.json, {"model": "char_gpt", "result": result, "versions": versions()})
    print(last_line(result))
    return 0


def load_network(path: Path) -> tuple[GPT, dict[str, Any]]:
    """The network of a file of weights, and the settings of the run that it is from."""
    found = checkpoint.read(path)
    if found.state.get("model") != "char_gpt":
        raise UserError(f"{path} holds no run of models.char_gpt; train first, or name the weights of one")
    try:
        settings = found.state["settings"]
        network = gpt_of(settings)
        network.load_state_dict(found.weights)
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} does not fit: {error}") from error
    return network, settings


def last_line(result: dict[str, Any]) -> str:
    """The last line of training and of evaluation."""
    many = f"{result['texts']:,} lines, " if result["texts"] > 1 else ""
    line = f"held-out text {result['nats']:.4f} nats a character ({many}{result['characters']:,} characters)"
    if "new" in result:
        line += f"; {result['new']:,} of {result['written']:,} lines written are new"
    return line


# ---- sample ------------------------------------------------------------------------------------------------

def _sample(network: GPT, text: Text) -> dict[str, Any]:
    """What it writes after training: of a list also how much of that is new, and how much it found by itself."""
    if not text.is_list:
        return {"sample": text_written(network, text.alphabet, SAMPLE_LENGTH)}
    names = names_written(network, text.alphabet, NAMES_TO_COUNT)
    learned, held_out = set(text.learned), set(text.held_out)
    new = [name for name in names if name and name not in learned]
    return {"written": len(names), "new": len(new), "found": len(held_out & set(new)), "sample": new[:60]}


def _show_sample(console: Console, result: dict[str, Any]) -> None:
    console.print("\n  [bold]It writes[/]\n")
    show_written(console, result["sample"])
    if "new" in result:
        console.print(f"  These are new, and so are {result['new']:,} of {result['written']:,} lines that it wrote: "
                      f"it learned from none of them.\n  {result['found']:,} of the held-out lines "
                      f"it found by itself.\n", soft_wrap=True)


def show_written(console: Console, sample: str | list[str]) -> None:
    """A list in columns, a text as it is."""
    if isinstance(sample, list):
        console.print(Padding(Columns([Line(name) for name in sample], padding=(0, 2)), (0, 2)))
    else:
        for line in sample.split("\n"):
            console.print("  " + line, soft_wrap=True, markup=False)
    console.print()


def sample(arguments: list[str]) -> int:
    """The command that lets saved weights write; returns the exit code."""
    parser = command_line.Parser(prog=f"{PROGRAM} sample", description=(
        "Let a trained network write on. Each character is drawn as likely as the network finds it."))
    parser.add_argument("weights", type=Path, metavar="WEIGHTS", help="weights.safetensors of a run")
    parser.add_argument("--prompt", default="", metavar="TEXT", help="what the text begins with (nothing)")
    parser.add_argument("--count", type=command_line.whole_number(1, 100_000), default=20, metavar="N",
                        help="how many lines, if it learned from a list (20)")
    parser.add_argument("--length", type=command_line.whole_number(1), default=SAMPLE_LENGTH, metavar="N",
                        help=f"how many characters, if it learned from a long text ({SAMPLE_LENGTH})")
    parser.add_argument("--temperature", type=temperature, default=1.0, metavar="T",
                        help="below 1 it dares less, above 1 more; 0 always takes the likeliest (1)")
    parser.add_argument("--top-k", type=command_line.whole_number(1), metavar="K",
                        help="draw among the K likeliest characters only (all)")
    parser.add_argument("--seed", type=command_line.whole_number(0), default=0, metavar="N",
                        help="all that is random follows from it: the same seed, the same text (0)")
    parser.add_argument("--no-cache", action="store_true",
                        help="read all again for each character, instead of keeping keys and values: slower, the same "
                             "text")
    command_line.add_output_options(parser)
    options = parser.parse_args(arguments)
    command_line.check_json_option(options.json)
    console = report.make_console()
    network, settings = load_network(options.weights)
    how = {"prompt": options.prompt, "temperature": options.temperature, "top_k": options.top_k, "seed": options.seed,
           "cached": not options.no_cache}
    alphabet = settings["alphabet"]
    text: str | list[str] = (names_written(network, alphabet, options.count, **how) if settings["is_list"]
                             else text_written(network, alphabet, options.length, **how))
    if options.json is not None:
        checkpoint.write_json(options.json, {"model": "char_gpt", "settings": how, "sample": text,
                                             "versions": versions()})
    if console.is_terminal and not options.quiet:
        show_written(console, text)
    else:
        print("\n".join(text) if isinstance(text, list) else text)
    return 0


def temperature(text: str) -> float:
    """A type of option: 0 or more."""
    return 0.0 if text in ("0", "0.0") else command_line.positive_number(text)


# ---- program -----------------------------------------------------------------------------------------------

def program(arguments: list[str]) -> int:
    """The command that shows what one step computes; returns the exit code."""
    parser = command_line.program_parser(PROGRAM)
    add_size_options(parser)
    options = parser.parse_args(arguments)
    given = {name: value for name, value in vars(options).items() if value is not None}
    small = {"layers": 1, "dropout": 0.0, "context": 16, "alphabet": MARK + string.ascii_lowercase}
    step = program_of(DEFAULTS | small | given)
    report.show_program(report.make_console(), step.optimized_source if options.optimized else step.source)
    return 0


def program_of(settings: dict[str, Any]) -> Any:
    """The compiled step of a network of these sizes, written down on blank rows; no random number is used up."""
    def made() -> tuple[nn.Module, optim.Optimizer]:
        network = gpt_of(settings)
        return network, optim.AdamW(network.parameters(), lr=settings["lr"], betas=(0.9, 0.99))

    codes, following = torch.zeros(2, settings["batch_size"], settings["context"], dtype=torch.int64)
    return written_down(made, step_of, codes, following)


# ---- the command line --------------------------------------------------------------------------------------

def add_size_options(parser: Any) -> None:
    """The sizes of the network."""
    several = command_line.whole_number(1, 4096)
    parser.add_argument("--layers", type=several, metavar="N", help="how many blocks stand on each other (4)")
    parser.add_argument("--width", type=several, metavar="N", help="numbers that describe one place (64)")
    parser.add_argument("--heads", type=several, metavar="N", help="how many ways to look back a block has (4)")
    parser.add_argument("--context", type=several, metavar="N",
                        help="how many characters it looks back (the longest of a list; 64 in a long text)")


def _training_parser() -> command_line.Parser:
    parser = command_line.teaching_parser(PROGRAM, __doc__)
    data = parser.add_argument_group("data")
    data.add_argument("--data", metavar="FILE", help=f"a text file to learn from, UTF-8 ('{ANIMALS}': a list of names "
                                                     f"that needs no file)")
    data.add_argument("--list", dest="is_list", action=argparse.BooleanOptionalAction,
                      help="whether each line is a text of its own (it is where all lines are short)")
    network = parser.add_argument_group("network")
    add_size_options(network)
    network.add_argument("--dropout", type=command_line.share, metavar="SHARE",
                         help="share of the numbers that a step leaves out, against learning by heart "
                              f"({DEFAULTS['dropout']}; on {ANIMALS} {DEFAULTS_ON_ANIMALS['dropout']})")
    command_line.add_run_options(parser, "runs/char_gpt", {
        name: f"{DEFAULTS[name]}; on {ANIMALS} {DEFAULTS_ON_ANIMALS[name]}, on a long text {DEFAULTS_ON_TEXTS[name]}"
        for name in ("epochs", "batch_size")} | {"lr": f"{DEFAULTS['lr']}, falling to 0 along a cosine"}, "row")
    command_line.add_program_options(parser)
    parser.epilog = f"Other commands: {PROGRAM} sample --help, {PROGRAM} evaluate --help, {PROGRAM} program --help"
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command that the arguments name; returns the exit code."""
    commands = {"train": train, "evaluate": evaluate, "sample": sample, "program": program}
    return command_line.run_program(PROGRAM, commands, arguments)


if __name__ == "__main__":
    sys.exit(main())

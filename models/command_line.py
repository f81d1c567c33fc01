"""Pieces of a command line: checked options, settings that a resumed run keeps, errors in one line."""

import argparse
import math
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from .errors import UserError, on_one_line

INTERRUPTED, WRONG_INPUT = 130, 2       # exit codes, as shells use them
NOT_SETTINGS = {"out", "resume", "quiet", "json", "download", "compile", "show_program"}


class Parser(argparse.ArgumentParser):
    """Errors are one line; the docstring that describes the program is shown as it is written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message} (see {self.prog} --help)")


def whole_number(least: int, most: int = 2**31) -> Callable[[str], int]:
    """A type of option: a whole number from `least` to `most`."""
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"a whole number expected, got {text!r}") from None
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"from {least:,} to {most:,} expected, got {number}")
        return number
    return parse


def positive_number(text: str) -> float:
    """A type of option: a number above 0."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a number expected, got {text!r}") from None
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"a number above 0 expected, got {text}")
    return number


def share(text: str) -> float:
    """A type of option: a number from 0 to below 1."""
    number = 0.0 if text == "0" else positive_number(text)
    if number >= 1:
        raise argparse.ArgumentTypeError(f"from 0 to below 1 expected, got {text}")
    return number


def layer_sizes(text: str) -> list[int]:
    """A type of option: sizes with commas between them, as in 16,16."""
    try:
        sizes = [int(size) for size in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or not all(1 <= size <= 10_000 for size in sizes):
        raise argparse.ArgumentTypeError(f"sizes of layers expected, as in 16,16, got {text!r}")
    return sizes


def add_run_options(parser: argparse.ArgumentParser, out: str, defaults: dict[str, str],
                    example: str = "image") -> None:
    """The options that all programs have when they train one network.

    defaults: what the help says of each. example: what the network learns from, in one word.
    """
    learning = parser.add_argument_group("learning")
    learning.add_argument("--epochs", type=whole_number(1), metavar="N",
                          help=f"how often each {example} is learned from ({defaults['epochs']})")
    learning.add_argument("--batch-size", type=whole_number(1), metavar="N",
                          help=f"{example}s whose costs are averaged for one step ({defaults['batch_size']})")
    learning.add_argument("--lr", type=positive_number, metavar="RATE",
                          help=f"learning rate, the length of a step ({defaults['lr']})")
    learning.add_argument("--seed", type=whole_number(0), metavar="N",
                          help="all that is random follows from it: the same seed, the same bits (0)")
    add_folder_options(parser, out, "weights.safetensors and run.json")


def add_folder_options(parser: argparse.ArgumentParser, out: str, files: str) -> None:
    """Where a run is kept, how it goes on, and what is printed. `files`: what the folder receives."""
    run = parser.add_argument_group("the run")
    run.add_argument("--out", type=Path, default=Path(out), metavar="DIR", help=f"receives {files} ({out})")
    run.add_argument("--resume", action="store_true",
                     help="go on with the run in --out, to the same bits as if it had never stopped; its "
                          "settings need not be given again")
    add_output_options(run)


def add_program_options(parser: argparse.ArgumentParser) -> None:
    """Whether steps are compiled, and shown."""
    as_program = parser.add_argument_group("the step as a program")
    as_program.add_argument("--compile", action="store_true",
                            help="trace a step once, and then run it as a flat NumPy program: to the same bits")
    as_program.add_argument("--show-program", action="store_true", help="print the step as a page of NumPy first")


def program_parser(program: str) -> Parser:
    """The parser of the command that shows what one step computes."""
    parser = Parser(prog=f"{program} program", description=(
        "Show one step of learning as a page of NumPy, all of it: forward, cost, backward, update.\n"
        "In a pipe it is plain Python that runs with NumPy alone."))
    parser.add_argument("--batch-size", type=whole_number(1), default=1, metavar="N",
                        help="how many examples' costs are averaged for one step (1)")
    parser.add_argument("--optimized", action="store_true",
                        help="show what --compile runs instead: the same step with its buffers")
    return parser


def add_output_options(parser: Any) -> None:
    """How much is printed, and where the figures go."""
    parser.add_argument("--quiet", action="store_true", help="print the last line only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE")


def settings_of(options: argparse.Namespace, kept: dict[str, Any] | None,
                defaults: dict[str, Any], may_move: Sequence[str] = ()) -> dict[str, Any]:
    """What each setting is: what the user says, else what the resumed run has (`kept`), else the default.

    UserError where the user says something else than the resumed run has; but not for the settings `may_move`,
    which name places.
    """
    given = {name: value for name, value in vars(options).items()
             if name not in NOT_SETTINGS and value is not None}
    for name, value in given.items():
        if kept is not None and name not in may_move and kept.get(name) != value:
            flag = "--" + name.replace("_", "-")
            raise UserError(f"{flag} {_shown(value)}: the run in {options.out} has {_shown(kept.get(name))}; "
                            f"leave {flag} out to go on with it, or start anew without --resume")
    return defaults | (kept or {}) | given


def _shown(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def teaching_parser(program: str, page: str | None) -> Parser:
    """The parser of a program that trains; its help begins with the page (`__doc__`) that begins the program."""
    return Parser(prog=program, description=page, usage=f"{program} [OPTIONS]")


def check_json_option(path: Path | None) -> None:
    """Refuse a file that could not be written, before the work rather than after it."""
    check_file_option("json", path)


def check_file_option(name: str, path: Path | None) -> None:
    """The same for another option that names a file to write."""
    if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
        raise UserError(f"--{name} {path}: a file in an existing folder expected")


def run_program(name: str, commands: Mapping[str, Callable[[list[str]], int]],
                arguments: list[str] | None) -> int:
    """Run the command that the first argument names, or the first of all; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")        # a terminal without Unicode gets question marks
    given = sys.argv[1:] if arguments is None else list(arguments)
    command = given.pop(0) if given and given[0] in commands else next(iter(commands))
    try:
        return commands[command](given)
    except UserError as error:
        print(f"{name}: error: {on_one_line(error)}", file=sys.stderr)
        return WRONG_INPUT
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:                             # as in `... | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WRONG_INPUT

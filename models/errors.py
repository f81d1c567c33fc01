"""Mistakes that the user can mend: a program says what is wrong in one line and ends with exit code 2."""

from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """What was wrong, and what to do."""


@contextmanager
def blamed_on(what: str) -> Iterator[None]:
    """Within the block, errors of files and of values are the user's to mend; `what` they came from."""
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"{what}: {reason}") from error


def on_one_line(error: BaseException) -> str:
    """The error's message without its line breaks."""
    return " ".join(str(error).split())

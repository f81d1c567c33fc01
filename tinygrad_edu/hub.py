"""A progress bar (tqdm's, where it is installed); models to download are refused.

Source: https://docs.pytorch.org/docs/stable/hub.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

try:
    from tqdm.auto import tqdm
except ImportError:

    class tqdm:  # type: ignore[no-redef]
        """Goes through what it is given, and shows nothing."""

        def __init__(self, iterable: Any = (), *_: Any, **__: Any):
            self.iterable = iterable

        def __iter__(self) -> Iterator:
            return iter(self.iterable)

        def __len__(self) -> int:
            return len(self.iterable)

        def __enter__(self) -> tqdm:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def update(self, n: int = 1) -> None:
            """Nothing to show."""

        set_description = set_postfix = write = close = lambda self, *_, **__: None


def load(*_: Any, **__: Any) -> NoReturn:
    """RuntimeError: nothing is downloaded here."""
    raise RuntimeError("hub.load: models are not downloaded here; save their state_dict as safetensors with PyTorch, "
                       "and load that")  # fmt: skip


load_state_dict_from_url = download_url_to_file = load

"""What the page says about PyTorch is so here: its blocks are run."""

from __future__ import annotations

import doctest
from pathlib import Path

PAGE = Path(__file__).parent.parent / "DIFFERENCES.md"


def test_the_page_is_true():
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    text = "\n".join("" if line.strip().startswith("```") else line for line in PAGE.read_text("utf-8").splitlines())
    found = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=flags)
    runner.run(found, out=told.append)
    assert found.examples and not told, "".join(told)

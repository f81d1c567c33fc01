"""What is seen: digits and bars in characters, live progress in a terminal, plain lines elsewhere."""

import io
import os
import re
import struct

import numpy as np
import pytest
from rich.console import Console

from models import digit, drawing, report
from models.training import Epoch
from tinygrad_edu.data import draw_digits

from .conftest import SMALL, start

IMAGES, LABELS = draw_digits(10, 0)
OUTPUTS = np.eye(10)[LABELS] * 0.9


def console_of(width, **options):
    return Console(file=io.StringIO(), width=width, highlight=False, **options)


@pytest.mark.parametrize(("share", "shown"), [(0, "    "), (1, "████"), (0.5, "██  "), (0.03125, "▏   "),
                                              (-1, "    "), (2, "████"), (0.999, "████"), (0.9, "███▋")])
def test_bar(share, shown):
    assert drawing.bar(share, 4) == shown


def test_heights():
    assert drawing.heights([0, 0.5, 1, 7, -1]) == "▁ ▅ █ █ ▁"


@pytest.mark.parametrize("width", [30, 80, 120])
@pytest.mark.parametrize("colours", [None, "256", "truecolor"])
def test_a_gallery_fits(width, colours):
    console = console_of(width, color_system=colours, force_terminal=colours is not None)
    drawing.gallery(console, IMAGES, OUTPUTS, LABELS)
    text = re.sub(r"\x1b\[[\d;]*m", "", console.file.getvalue())
    assert max(map(len, text.splitlines())) <= width
    assert text.count("✓") == 10 and "✗" not in text
    assert ("\x1b" in console.file.getvalue()) == (colours is not None)


def test_a_misread_digit_says_what_it_is():
    console = console_of(80)
    drawing.gallery(console, IMAGES[:1], np.eye(10)[[(LABELS[0] + 1) % 10]], LABELS[:1])
    assert f"reads {(LABELS[0] + 1) % 10} ✗, it is a {LABELS[0]}" in console.file.getvalue()


def test_pictures_show_the_ink_wherever_it_is():
    for top, left in [(0, 0), (8, 8), (0, 8)]:
        image = np.zeros((28, 28), np.uint8)
        image[top:top + 20, left:left + 20] = 255
        lines = [line.plain for line in drawing.picture(image, greys=False)]
        assert len(lines) == 11 and "".join(lines).count("@") == 20 * 10
    assert "".join(line.plain for line in drawing.picture(np.zeros((28, 28), np.uint8), False)).strip() == ""


def test_the_table_names_the_mistakes():
    labels = np.repeat([3, 7], 10)
    answers = np.array([3] * 6 + [5] * 3 + [8] + [7] * 10)
    console = console_of(80)
    report.table_by_class(console, answers, labels, "digit")
    text = console.file.getvalue()
    assert re.search(r"3 +60\.0 % .* 10 +5 +3× +8 +1×", text) and re.search(r"7 +100\.0 % .* 10", text)


def test_plain_lines_have_no_codes():
    console = console_of(40)
    watcher = report.make_report(console, 12)
    with watcher.watching(0):
        watcher.before(0.1)
        watcher.step(1, 1, 2, 0.5)
        watcher.epoch(Epoch(1, 0.5, 0.25, 0.875), 1.5)
    assert console.file.getvalue().splitlines() == [
        "before training   test accuracy 10.00 %",
        "epoch  1 of 12   cost 0.2500   test accuracy 87.50 %   lr 0.5000   1.50 s"]


def test_the_last_line():
    assert report.accuracy_line(9451, 10_000) == "test accuracy 94.51 % (9,451 of 10,000)"
    assert report.accuracy_line(0, 1) == "test accuracy 0.00 % (0 of 1)"


@pytest.mark.parametrize("width", [80, 120])
def test_a_program_in_a_terminal_is_coloured_and_whole(width):
    source = digit.program_of([16, 16], 1).source
    console = console_of(width, color_system="256", force_terminal=True)
    report.show_program(console, source)
    shown = console.file.getvalue()
    assert "\x1b[" in shown
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()]
    if width == 120:
        assert lines == source.splitlines()
    for line, whole in zip(lines, source.splitlines(), strict=True):
        assert line == whole or (len(line) == width and whole.startswith(line[:-1]) and "  # " in line)


@pytest.mark.parametrize("width", [80, 120])
def test_in_a_terminal(tmp_path, width):
    pty = pytest.importorskip("pty")
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    process = start(*SMALL, "--out", tmp_path / "run", terminal=theirs)
    os.close(theirs)
    received = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:         # Linux says so when the other end is closed
            break
        if not part:
            break
        received += part
    os.close(ours)
    assert process.wait(timeout=30) == 0
    text = received.decode()
    assert "\x1b[?25l" in text and text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")     # the cursor is back
    assert "epoch 1 of 3" in text and "▀" in text
    plain = re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", text).replace("\r\n", "\n")
    assert re.fullmatch(r"test accuracy \d+\.\d\d % \(\d+ of 100\)", plain.splitlines()[-1])
    rows = [row for line in plain.splitlines() for row in line.split("\r")]
    too_long = [row for row in rows if len(row) > width and str(tmp_path) not in row]
    assert not too_long

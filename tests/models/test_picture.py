"""Image files of every kind become what MNIST's images are."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from models.picture import read_digit
from tinygrad_edu.data import draw_digits, load_mnist

from .conftest import REAL, needs_real_mnist

IMAGES, LABELS = draw_digits(10, 3)


def saved(image, path, **options):
    Image.fromarray(image).save(path, **options)
    return path


def likeness(a, b):
    """The correlation of two pictures."""
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


def test_an_image_laid_out_as_mnist_is_taken_as_it_is(tmp_path):
    for image in IMAGES:
        assert (read_digit(saved(image, tmp_path / "a.png")) == image).all()
        assert (read_digit(saved(255 - image, tmp_path / "b.png")) == image).all()


@pytest.mark.parametrize("side", [20, 64, 200, 333, 1500])
@pytest.mark.parametrize("dark_ink", [True, False])
def test_any_size_dark_on_light_or_light_on_dark(tmp_path, side, dark_ink):
    for image in IMAGES[:4]:
        large = np.asarray(Image.fromarray(255 - image if dark_ink else image).resize((side, side)))
        seen = read_digit(saved(large, tmp_path / "large.png"))
        assert seen.shape == (28, 28) and seen.dtype == np.uint8
        assert likeness(seen, image) > 0.7       # thin strokes, which may move by a pixel


def test_wherever_it_stands_on_the_sheet(tmp_path):
    for top, left in [(0, 0), (5, 160), (170, 172)]:
        sheet = np.full((200, 300), 255, np.uint8)
        sheet[top:top + 28, left:left + 28] -= IMAGES[1]
        assert likeness(read_digit(saved(sheet, tmp_path / "sheet.png")), IMAGES[1]) > 0.9


def test_it_fills_the_box_and_its_mass_is_in_the_middle(tmp_path):
    for image in IMAGES:
        sheet = np.pad(np.asarray(Image.fromarray(image).resize((90, 90))), ((10, 60), (50, 5)))
        seen = read_digit(saved(sheet, tmp_path / "sheet.png")).astype(float)
        rows, columns = np.flatnonzero(seen.max(1)), np.flatnonzero(seen.max(0))
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
        middle = [seen.sum(axis) @ np.arange(28) / seen.sum() for axis in (0, 1)]
        assert np.abs(np.array(middle) - 14).max() <= 0.5
        assert seen.max() == 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16", "F"])
def test_every_kind_of_pixel(tmp_path, mode):
    grey = Image.fromarray(255 - IMAGES[2]).resize((120, 120))
    if mode == "I;16":
        image, name = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257), "a.png"
    else:
        image, name = grey.convert(mode), "a.tiff" if mode in ("F", "CMYK") else "a.png"
    image.save(tmp_path / name)
    assert likeness(read_digit(tmp_path / name), IMAGES[2]) > 0.8


@pytest.mark.parametrize("ink", [0, 255])
def test_ink_on_nothing(tmp_path, ink):
    """A transparent background, as drawing programs save it, with black or with white ink."""
    opacity = np.asarray(Image.fromarray(IMAGES[5]).resize((100, 100)))
    pixels = np.stack([np.full_like(opacity, ink), opacity], -1)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert likeness(read_digit(tmp_path / "a.png"), IMAGES[5]) > 0.9


def test_faint_ink_and_specks_of_dust(tmp_path):
    sheet = np.pad(230 - (IMAGES[4] // 4), 30, constant_values=230).astype(np.uint8)
    sheet[3, 3] -= 5
    assert likeness(read_digit(saved(sheet, tmp_path / "a.png")), IMAGES[4]) > 0.9


@pytest.mark.parametrize("pen", [1, 4, 20])
def test_lines_of_any_pen_come_out_at_least_as_thick_as_mnists(tmp_path, pen):
    sheet = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(sheet).line([(120, 60), (280, 60), (180, 340)], fill=0, width=pen)       # a 7
    sheet.save(tmp_path / "seven.png")
    seen = read_digit(tmp_path / "seven.png")
    across = (seen[12:18] / 255).sum(1)         # ink in rows that cross the leaning stroke
    assert (across > 1.5).all() and (across < 3.5).all()


def test_a_dot_and_a_line(tmp_path):
    for shape in (np.s_[50, 50], np.s_[50, 10:90], np.s_[10:90, 50], np.s_[:, 50], np.s_[50, :]):
        sheet = np.full((100, 100), 255, np.uint8)
        sheet[shape] = 0
        seen = read_digit(saved(sheet, tmp_path / "a.png"))
        assert seen.max() == 255


@needs_real_mnist
def test_real_digits_survive(tmp_path):
    images, _ = load_mnist(REAL, train=False)
    for image in images[:20]:
        assert likeness(read_digit(saved(image, tmp_path / "a.png")), image) > 0.9

"""Drawn digits: the same from the same seed, laid out as MNIST, every variant legible ink and no accident."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_edu.data import digits, draw_digits
from tinygrad_edu.data.digits import pen
from tinygrad_edu.data.digits.dice import Dice, average
from tinygrad_edu.data.digits.strokes import VARIANTS

ALL_VARIANTS = [variant for variants in VARIANTS for variant in variants]


@pytest.fixture(scope="module")
def drawn():
    return draw_digits(2000, seed=5)


def test_types_and_shapes(drawn):
    images, labels = drawn
    assert images.dtype == np.uint8 and images.shape == (2000, 28, 28)
    assert labels.dtype == np.int64 and labels.shape == (2000,)
    assert images.flags.c_contiguous and images.flags.writeable


def test_every_ten_images_show_every_digit(drawn):
    labels = drawn[1].reshape(-1, 10)
    assert (np.sort(labels, axis=1) == np.arange(10)).all()
    assert len(np.unique(labels, axis=0)) > 190         # and not in one order


def test_digits_fill_a_box_of_20_pixels_and_no_more(drawn):
    inked = np.stack([drawn[0].any(1), drawn[0].any(2)])        # (2, n, 28): columns and rows with ink
    spans = 28 - inked.argmax(-1) - inked[..., ::-1].argmax(-1)
    assert spans.max() == 20
    assert spans.max(0).min() >= 19


def test_centre_of_mass_is_on_pixel_14(drawn):
    mass = drawn[0].sum((1, 2))
    for axis in (1, 2):
        centre = drawn[0].sum(axis) @ np.arange(28) / mass
        off = np.abs(centre - 14)
        # a few lopsided digits stop at the border of the picture, their centre still outside the pixel
        assert (off <= 0.5 + 1e-4).mean() > 0.995 and off.max() < 2
        assert abs(centre.mean() - 14) < 0.05


def test_ink_is_dark_inside_and_smooth_at_the_edge(drawn):
    images = drawn[0]
    assert (images.max((1, 2)) > 200).all()
    assert 0.1 < images.mean() / 255 < 0.2              # as much ink as MNIST, which has 0.13
    grey = ((images > 0) & (images < 255)).sum((1, 2))
    assert (grey > 10).all()


def test_same_seed_same_digits():
    images, labels = draw_digits(60, seed=3)
    again, labels_again = draw_digits(60, seed=3)
    assert np.array_equal(images, again) and np.array_equal(labels, labels_again)


def test_other_seed_other_digits():
    labels = np.arange(60) % 10
    images = [draw_digits(60, seed, labels)[0] for seed in (0, 1, 2**70)]
    for one, other in [(0, 1), (0, 2), (1, 2)]:
        assert (images[one] != images[other]).any(axis=(1, 2)).all()


@settings(max_examples=10, deadline=None)
@given(count=st.integers(0, 120), seed=st.integers(0, 2**64),
       batch=st.integers(1, 50), sheet=st.integers(1, 50))
def test_an_image_depends_on_seed_and_index_alone(count, seed, batch, sheet):
    images, labels = draw_digits(120, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digits, "BATCH", batch)
        patch.setattr(digits, "SHEET", sheet)
        fewer, fewer_labels = draw_digits(count, seed)
    assert np.array_equal(fewer_labels, labels[:count])
    # one grey level is left to processors whose vector and scalar roundings differ
    assert np.abs(fewer.astype(int) - images[:count]).max(initial=0) <= 1


def test_wanted_labels_are_drawn_and_their_neighbours_stay():
    labels = np.array([3, 1, 4, 1, 5, 9])
    images, given_back = draw_digits(6, seed=2, labels=labels)
    assert given_back.dtype == np.int64 and np.array_equal(given_back, labels)
    labels[2] = 7
    changed = (draw_digits(6, seed=2, labels=labels.tolist())[0] != images).any(axis=(1, 2))
    assert changed.tolist() == [False, False, True, False, False, False]
    assert given_back[2] == 4                           # labels were copied


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, ">i8"])
def test_labels_of_any_integer_type(dtype):
    labels = np.arange(10, dtype=dtype)
    assert np.array_equal(draw_digits(10, 0, labels)[0], draw_digits(10, 0, labels.astype(np.int64))[0])


def test_digits_differ_within_a_label_and_between_labels():
    images = draw_digits(400, 0, np.repeat(np.arange(10), 40))[0].reshape(10, 40, 784) / 255
    means = images.mean(1)
    assert (images.std(1).max(1) > 0.25).all()
    distances = np.linalg.norm(means[:, None] - means, axis=-1) + 100 * np.eye(10)
    assert distances.min() > 2


def test_nearest_mean_reads_the_digits():
    """A crude reader, the nearest class mean, is often right: labels and shapes agree."""
    images, labels = draw_digits(3000, seed=0)
    pixels = images.reshape(-1, 784) / 255
    means = np.stack([pixels[:2000][labels[:2000] == digit].mean(0) for digit in range(10)])
    nearest = np.linalg.norm(pixels[2000:, None] - means, axis=-1).argmin(1)
    assert (nearest == labels[2000:]).mean() > 0.65


@pytest.mark.parametrize("variant", ALL_VARIANTS, ids=lambda variant: variant.__name__)
def test_usual_shape_of_every_variant(variant):
    strokes = variant(average(**digits.SHAPE_NUMBERS))
    points = np.concatenate([points[0] for points, _ in strokes])
    assert np.isfinite(points).all() and np.abs(points).max() < 1.5
    assert -1.1 < points[:, 1].min() < -0.75 and 0.8 < points[:, 1].max() < 1.1
    for points, corners in strokes:
        assert points.dtype == np.float32
        assert all(0 < corner < points.shape[1] - 1 for corner in corners)
    assert variant.__doc__


def test_shares_of_the_variants():
    assert len(VARIANTS) == 10
    for variants in VARIANTS:
        assert sum(variants.values()) == pytest.approx(1)
        assert min(variants.values()) > 0


def test_nothing_drawn():
    images, labels = draw_digits(0)
    assert images.shape == (0, 28, 28) and labels.shape == (0,)
    assert draw_digits(0, labels=[])[0].shape == (0, 28, 28)


@pytest.mark.parametrize("arguments, error, reason", [
    ({"count": -1}, ValueError, "expected count to be 0 or more, got -1"),
    ({"count": 2.5}, TypeError, "expected an integer as count, got 2.5"),
    ({"count": "3"}, TypeError, "expected an integer as count, got '3'"),
    ({"count": 1, "seed": -1}, ValueError, "expected seed to be 0 or more, got -1"),
    ({"count": 1, "seed": None}, TypeError, "expected an integer as seed, got None"),
    ({"count": 2, "labels": [1, 2, 3]}, ValueError, r"expected labels of shape \(2,\), got \(3,\)"),
    ({"count": 2, "labels": [[1, 2]]}, ValueError, r"expected labels of shape \(2,\), got \(1, 2\)"),
    ({"count": 2, "labels": [1.0, 2.0]}, ValueError, "expected integer labels, got float64"),
    ({"count": 1, "labels": [True]}, ValueError, "expected integer labels, got bool"),
    ({"count": 2, "labels": [1, 10]}, ValueError, "expected labels from 0 to 9, got 1 to 10"),
    ({"count": 2, "labels": [-1, 3]}, ValueError, "expected labels from 0 to 9, got -1 to 3"),
])
def test_bad_input_is_refused(arguments, error, reason):
    with pytest.raises(error, match=f"draw_digits: {reason}"):
        draw_digits(**arguments)


# ---- the pen ----------------------------------------------------------------------------------------------

def test_curve_runs_through_its_control_points():
    points = np.array([[0, 0], [1, 2], [3, 1], [4, 4], [6, 0]], np.float32)
    for corners in [(), (2,), (1, 3), (1, 2, 3)]:
        curve = pen.curve_matrix(5, corners, 41) @ points           # ten steps between neighbours
        np.testing.assert_allclose(curve[::10], points, atol=1e-6)


def test_curve_is_straight_between_corners_and_along_lines():
    points = np.array([[0, 0], [1, 2], [3, 1]], np.float32)
    curve = pen.curve_matrix(3, (1,), 5) @ points
    np.testing.assert_allclose(curve, [[0, 0], [0.5, 1], [1, 2], [2, 1.5], [3, 1]], atol=1e-6)
    line = np.linspace([0, 1], [4, 3], 5, dtype=np.float32)
    np.testing.assert_allclose(pen.curve_matrix(5, (), 9) @ line, np.linspace([0, 1], [4, 3], 9), atol=1e-6)


def test_ink_of_a_straight_line_is_as_wide_as_the_nib():
    path = np.full((1, 200, 2), 9.5, np.float32)
    path[0, :, 1] = np.linspace(0, 19, 200)
    lengths = pen.step_lengths(path, np.ones((1, 199), bool))
    for radius in (1.0, 1.5, 2.5):
        ink = pen.ink(path, lengths, np.float32([radius]), np.float32([1.0]))
        np.testing.assert_allclose(ink[0, 5:15].sum(1), 2 * radius, atol=0.05)


def test_no_ink_between_strokes():
    path = np.float32([[[2, 2], [2, 17], [17, 17], [17, 2]]])
    lengths = pen.step_lengths(path, np.array([[True, False, True]]))
    assert lengths.tolist() == [[7.5, 7.5, 7.5, 7.5]]


def test_dice_are_used_up_left_to_right():
    dice = Dice(np.arange(6, dtype=np.float32).reshape(2, 3), np.zeros((2, 4), np.float32))
    assert len(dice) == 2
    assert dice.uniforms(1).tolist() == [[0], [3]]
    assert dice.of(np.array([1])).uniforms(2).tolist() == [[4, 5]]
    assert dice.normals(2, 2).shape == (2, 2, 2)
    with pytest.raises(IndexError, match="3 uniform numbers an image are used up"):
        dice.uniforms(3)
    with pytest.raises(IndexError, match="4 normal numbers an image are used up"):
        dice.normals(1)

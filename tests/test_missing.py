"""Names that are not there answer with what is nearest, and how to add what is missing."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg


def test_a_missing_name_of_the_package():
    with pytest.raises(AttributeError) as error:
        _ = tg.sigmiod
    text = str(error.value)
    assert text.startswith("tinygrad_edu has no 'sigmiod'; nearest: sigmoid") and "@tinygrad_edu.op" in text
    with pytest.raises(AttributeError, match=r"tinygrad_edu has no 'quantization'.*\n.*README"):
        _ = tg.quantization
    with pytest.raises(ImportError):
        from tinygrad_edu import quantization  # noqa: F401
    assert not hasattr(tg, "quantization") and getattr(tg, "quantization", None) is None


def test_a_missing_method():
    t = tg.tensor([1.0])
    with pytest.raises(AttributeError, match=r"a Tensor has no 'reshap'; nearest: reshape.*\.\nTo add an op"):
        t.reshap(1)
    with pytest.raises(AttributeError, match="'Sigmoid'; nearest: sigmoid"):
        t.Sigmoid()
    with pytest.raises(AttributeError) as error:
        _ = t.zzzzzz
    assert "nearest" not in str(error.value)
    assert getattr(t, "zzzzzz", 7) == 7 and not hasattr(t, "__fspath__")


def test_names_with_two_underscores_get_no_recipe():
    with pytest.raises(AttributeError) as error:
        _ = tg.tensor(1).__nothing__
    assert str(error.value) == "a Tensor has no '__nothing__'"


def test_a_missing_answer_to_numpy():
    t = tg.tensor([1.0], requires_grad=True)
    with pytest.raises(TypeError) as error:
        np.nanmax(t)
    text = str(error.value)
    assert text.startswith("np.nanmax met a tensor, and no op answers for it")
    assert "t.detach().numpy()" in text and "@tinygrad_edu.op(np.nanmax) makes one of five lines" in text
    for f in (np.fft.fft, np.unwrap, np.frexp, np.median):
        with pytest.raises(TypeError, match=rf"np\.{f.__name__} met a tensor"):
            f(t)


def test_every_name_of_the_package_is_there():
    for name in dir(tg):
        assert getattr(tg, name) is not None or name == "newaxis"

"""Windows and what of Fourier transforms is real: beside NumPy's."""

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.signal import windows


@pytest.mark.parametrize("n", [0, 1, 2, 7, 8])
def test_windows_are_numpys(n):
    theirs = {"hann": np.hanning, "hamming": np.hamming, "blackman": np.blackman, "bartlett": np.bartlett}
    for name, expected in theirs.items():
        mine = getattr(windows, name)
        np.testing.assert_allclose(mine(n, dtype=tg.float64).numpy(), expected(n), atol=1e-14)
        period = mine(n, sym=False, dtype=tg.float64)
        np.testing.assert_allclose(period.numpy(), expected(n + 1)[:n] if n > 1 else np.ones(n), atol=1e-14)
        assert getattr(tg, name + "_window")(n, dtype=tg.float64).tolist() == pytest.approx(period.tolist())
        whole = getattr(tg, name + "_window")(n, periodic=False)
        np.testing.assert_allclose(whole.numpy(), expected(n), atol=1e-6)
    np.testing.assert_allclose(windows.kaiser(n, beta=5.0, dtype=tg.float64).numpy(), np.kaiser(n, 5.0), rtol=1e-12)
    assert tg.kaiser_window(n, False, 5.0).tolist() == pytest.approx(np.kaiser(n, 5.0).tolist(), rel=1e-6)


def test_the_others_by_hand():
    n = np.arange(6)
    for made, expected in (
        (windows.cosine(6, dtype=tg.float64), np.sin(np.pi * (n + 0.5) / 6)),
        (windows.gaussian(6, std=2.0, dtype=tg.float64), np.exp(-(((n - 2.5) / 2) ** 2) / 2)),
        (windows.exponential(6, tau=3.0, dtype=tg.float64), np.exp(-np.abs(n - 2.5) / 3)),
        (windows.general_hamming(6, alpha=0.6, dtype=tg.float64), 0.6 - 0.4 * np.cos(2 * np.pi * n / 5)),
        (windows.general_cosine(6, a=[0.5, 0.3], dtype=tg.float64), 0.5 - 0.3 * np.cos(2 * np.pi * n / 5)),
    ):
        np.testing.assert_allclose(made.numpy(), expected, rtol=1e-12)
    assert windows.nuttall(5, requires_grad=True).requires_grad and windows.nuttall(5)[2].item() == pytest.approx(1)
    for call, text in ((lambda: windows.hann(-1), "a length of 0 or more"),
                       (lambda: windows.kaiser(3, beta=-1.0), "beta must not be negative"),
                       (lambda: windows.gaussian(3, std=0.0), "std must be positive"),
                       (lambda: windows.exponential(3, tau=0.0), "tau must be positive"),
                       (lambda: windows.hann(3, dtype=tg.int64), "a floating dtype")):  # fmt: skip
        with pytest.raises(ValueError, match=text):
            call()
    with pytest.raises(TypeError, match="at least one coefficient"):
        windows.general_cosine(3, a=[])


def test_what_is_real_of_fourier():
    x = np.arange(20.0).reshape(4, 5)
    for axes in (None, 1, (0,), (0, 1)):
        np.testing.assert_array_equal(tg.fft.fftshift(tg.tensor(x), axes).numpy(), np.fft.fftshift(x, axes))
        np.testing.assert_array_equal(tg.fft.ifftshift(tg.tensor(x), axes).numpy(), np.fft.ifftshift(x, axes))
    for n in (4, 5):
        np.testing.assert_allclose(tg.fft.fftfreq(n, 0.5).numpy(), np.fft.fftfreq(n, 0.5), rtol=1e-6)
        np.testing.assert_allclose(tg.fft.rfftfreq(n, 0.5).numpy(), np.fft.rfftfreq(n, 0.5), rtol=1e-6)


def test_complex_numbers_are_refused_by_name():
    x = tg.zeros(4)
    for call in (lambda: tg.fft.rfft(x), lambda: tg.fft.ifft2(x), lambda: tg.stft(x, 2), lambda: tg.polar(x, x),
                 lambda: tg.complex(x, x), lambda: tg.view_as_complex(x), x.cfloat):  # fmt: skip
        with pytest.raises(RuntimeError, match="its numbers are complex, and complex numbers are left out here"):
            call()
    with pytest.raises(AttributeError, match="nearest: fftshift"):
        tg.fft.fftshif  # noqa: B018

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
                       (lambda: windows.hann(3, dtype=tg.int64), "float32 or float64")):  # fmt: skip
        with pytest.raises(ValueError, match=text):
            call()
    with pytest.raises(ValueError, match="at least one coefficient"):
        windows.general_cosine(3, a=[])


def test_what_is_real_of_fourier():
    x = np.arange(20.0).reshape(4, 5)
    for axes in (None, 1, (0,), (0, 1)):
        np.testing.assert_array_equal(tg.fft.fftshift(tg.tensor(x), axes).numpy(), np.fft.fftshift(x, axes))
        np.testing.assert_array_equal(tg.fft.ifftshift(tg.tensor(x), axes).numpy(), np.fft.ifftshift(x, axes))
    for n in (4, 5):
        np.testing.assert_allclose(tg.fft.fftfreq(n, 0.5).numpy(), np.fft.fftfreq(n, 0.5), rtol=1e-6)
        np.testing.assert_allclose(tg.fft.rfftfreq(n, 0.5).numpy(), np.fft.rfftfreq(n, 0.5), rtol=1e-6)


@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
def test_transforms_with_real_results(norm):
    x = np.random.default_rng(0).normal(size=(4, 3, 5))
    leaf = tg.tensor(x, requires_grad=True)
    for n in (None, 4, 7, 12):
        for dim in (-1, 0):
            np.testing.assert_allclose(tg.fft.irfft(tg.tensor(x), n, dim, norm).numpy(), np.fft.irfft(x, n, dim, norm),
                                       rtol=1e-10, atol=1e-14)  # fmt: skip
            np.testing.assert_allclose(tg.fft.hfft(tg.tensor(x), n, dim, norm).numpy(), np.fft.hfft(x, n, dim, norm),
                                       rtol=1e-10, atol=1e-13)  # fmt: skip
    for s, axes in ((None, None), ((6, 4), (0, 2)), ((3, 9), (-1, 1))):
        mine = tg.fft.irfftn(leaf, s, axes, norm)
        np.testing.assert_allclose(mine.detach().numpy(), np.fft.irfftn(x, s, axes, norm), rtol=1e-10, atol=1e-14)
    two = tg.fft.irfft2(leaf, (6, 8), norm=norm)
    np.testing.assert_allclose(two.detach().numpy(), np.fft.irfft2(x, (6, 8), norm=norm), rtol=1e-10, atol=1e-14)
    scale = {None: 48, "ortho": 1, "forward": 1 / 48}[norm]
    np.testing.assert_allclose(tg.fft.hfft2(leaf, (6, 8), norm=norm).detach().numpy(), two.detach().numpy() * scale)
    assert tg.autograd.gradcheck(lambda x: tg.fft.irfftn(x, norm=norm), (leaf,))
    assert tg.fft.irfft(tg.tensor([1, 2, 3])).dtype == tg.float32
    for call in (lambda: tg.fft.irfft(leaf, 0), lambda: tg.fft.irfft(leaf, norm="x"), lambda: tg.fft.irfft2(leaf, (3,)),
                 lambda: tg.fft.hfftn(leaf, dim=(0, 0))):  # fmt: skip
        with pytest.raises(RuntimeError, match=r"fft\."):
            call()


def test_stft():
    x = np.random.default_rng(0).normal(size=(2, 40))
    window = np.hanning(6)
    found = tg.stft(tg.tensor(x), 8, 3, 6, tg.tensor(window), return_complex=False).numpy()
    padded = np.pad(x, ((0, 0), (4, 4)), "reflect")
    for i in range(found.shape[2]):
        part = np.fft.rfft(padded[:, 3 * i : 3 * i + 8] * np.pad(window, 1))
        np.testing.assert_allclose(found[:, :, i], np.stack([part.real, part.imag], -1), rtol=1e-10, atol=1e-13)
    assert found.shape == (2, 5, 14, 2)
    alone = tg.stft(tg.tensor(x[0]), 8, center=False, onesided=False, normalized=True, return_complex=False)
    assert alone.shape == (8, 17, 2)
    np.testing.assert_allclose(alone[:, 0, 0].numpy(), np.fft.fft(x[0, :8], norm="ortho").real, rtol=1e-10, atol=1e-14)
    for options in ({"win_length": 9}, {"center": False, "n_fft": 50}):
        with pytest.raises(RuntimeError, match="stft: "):
            tg.stft(tg.tensor(x), **{"n_fft": 8, "return_complex": False, **options})


def test_complex_numbers_are_refused_by_name():
    x = tg.zeros(4)
    for call in (lambda: tg.fft.rfft(x), lambda: tg.fft.ifft2(x), lambda: tg.stft(x, 2), lambda: tg.polar(x, x),
                 lambda: tg.complex(x, x), lambda: tg.view_as_complex(x), x.cfloat):  # fmt: skip
        with pytest.raises(RuntimeError, match="its numbers are complex, and complex numbers are left out here"):
            call()
    with pytest.raises(AttributeError, match="nearest: fftshift"):
        tg.fft.fftshif  # noqa: B018

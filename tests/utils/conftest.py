"""What the tests of data loading share."""

import warnings

import pytest


@pytest.fixture
def torch():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("torch", reason="parity with PyTorch needs PyTorch installed")

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


def test_modules_are_their_functions():
    x, y, classes = tg.randn(4, 3), tg.randn(4, 3), tg.tensor([0, 1, 2, 2])
    F = nn.functional
    assert nn.MSELoss()(x, y).item() == F.mse_loss(x, y).item()
    assert nn.MSELoss("sum")(x, y).item() == F.mse_loss(x, y, reduction="sum").item()
    assert nn.L1Loss()(x, y).item() == F.l1_loss(x, y).item()
    assert nn.CrossEntropyLoss()(x, classes).item() == F.cross_entropy(x, classes).item()
    smoothed = nn.CrossEntropyLoss(label_smoothing=0.1, ignore_index=2, reduction="none")(x, classes)
    assert smoothed.shape == (4,) and smoothed[2].item() == 0
    composed = nn.NLLLoss()(F.log_softmax(x, 1), classes).item()
    np.testing.assert_allclose(composed, F.cross_entropy(x, classes).item(), rtol=1e-6)


def test_the_weight_is_saved_and_converted_with_the_module():
    loss = nn.CrossEntropyLoss(weight=tg.ones(3))
    assert list(loss.state_dict()) == ["weight"] and loss.double().weight.dtype == tg.float64
    assert not list(nn.NLLLoss().state_dict()) and repr(nn.NLLLoss()) == "NLLLoss()"


def test_a_wrong_reduction_is_refused_when_the_module_is_made():
    with pytest.raises(ValueError, match="'avg' is not a valid value for reduction"):
        nn.MSELoss("avg")

"""Calls of the ops of images that no shape line can draw: adjoints, groups, three axes."""

from __future__ import annotations

import numpy as np

from .cases import case

case("windows", (2, 5), kernel=(2,), stride=(2,), dilation=(1,))
case("windows", (3, 3, 4), kernel=(2, 1, 2), stride=(1, 2, 1), dilation=(1, 1, 2))
case("windows_added", (2, 2, 2, 3, 2), lengths=(5, 4), stride=(1, 2), dilation=(2, 1))
case("windows_added", (2, 3), lengths=(6,), stride=(2,), dilation=(1,))
case("window_sums", (2, 5), kernel=(2,), stride=(2,))
case("window_sums", (3, 3, 4), kernel=(2, 1, 2), stride=(1, 2, 1))
case("window_shares", (2, 2, 3), kernel=(3, 2), stride=(1, 2), lengths=(4, 7))
case("window_shares", (2, 3), kernel=(2,), stride=(2,), lengths=(6,))

WHICH = np.array([[[0, 3, 1], [2, 5, 5]], [[4, 0, 0], [1, 2, 3]]], np.uint8)
case("max_pool", (2, 6), kernel=(3,), stride=(2,), dilation=(1,))
case("max_pool", (3, 4, 3), kernel=(2, 2, 2), stride=(1, 2, 1), dilation=(1, 1, 1))
case("put_back", (2, 2, 3), WHICH, kernel=(2, 3), stride=(1, 2), dilation=(2, 1), lengths=(4, 8))
case("put_back", (2, 3), WHICH[0] % 2, kernel=(2,), stride=(2,), dilation=(1,), lengths=(7,))
case("pick_out", (2, 4, 8), WHICH, kernel=(2, 3), stride=(1, 2), dilation=(2, 1))
case("pick_out", (2, 7), WHICH[0] % 2, kernel=(2,), stride=(2,), dilation=(1,))

TWO = {"stride": (1, 2), "padding": (1, 0), "dilation": (1, 2)}
SLOW = {"stride": (1, 1), "padding": (1, 2), "dilation": (2, 1)}
DEEP = {"stride": (1, 2, 1), "padding": (0, 1, 1), "dilation": (1, 1, 2)}
case("convolution", (2, 4, 4, 5), (2, 2, 3, 2), (2,), groups=2, **TWO)
case("convolution", (1, 3, 3, 4), (6, 1, 2, 3), groups=3, **SLOW)
case("convolution", (2, 2, 2, 3, 4), (3, 2, 2, 1, 2), (3,), groups=1, **DEEP)
case("convolution_transpose", (2, 2, 4, 2), (2, 2, 3, 2), lengths=(4, 5), groups=2, **TWO)
case("convolution_transpose", (2, 2, 4, 2), (2, 1, 3, 2), lengths=(4, 6), groups=1, **TWO)
case("convolution_transpose", (1, 3, 3, 4), (3, 2, 2, 2), lengths=(3, 1), groups=3, **SLOW)
case("convolution_transpose", (1, 2, 2, 4), (2, 3, 2, 2), lengths=(3, 1), groups=1, **SLOW)
case("convolution_transpose", (1, 2, 2, 4), (2, 3, 2, 2), lengths=(2, 1), groups=1, **SLOW)
case("convolution_transpose", (1, 2, 2, 2, 3), (2, 3, 1, 2, 2), lengths=(2, 2, 3), groups=1, **DEEP)
case("convolution_weight", (2, 4, 4, 5), (2, 2, 4, 2), kernel=(3, 2), groups=2, **TWO)
case("convolution_weight", (2, 2, 3, 3), (2, 3, 3, 6), kernel=(2, 2), groups=1, **SLOW)
case("convolution_weight", (1, 2, 2, 2, 3), (1, 3, 2, 2, 3), kernel=(1, 1, 2), groups=1, **DEEP)

case("layer_norm", (4,), eps=0.1)
case("batch_norm", (5, 2), (2,))
case("batch_norm", (2, 2, 2, 3), eps=0.1)
case("normalize_channels", (3, 2, 2), (2,), np.array([0.7, 1.3]))
case("embedding", (4, 2), np.array([[3, 0, 3], [1, 1, 2]]))
case("rows_added", (4, 3), np.array([2, 0, 2, 1]), length=5)
case("rows_added", (2, 2, 1), np.array([[1, 0], [1, 1]]), length=2)

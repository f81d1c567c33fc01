"""LeNet's layers with a layout of their own: 5×5 convolution, and bias, relu and pooling in one."""

import numpy as np
from numpy import add, greater, multiply
from numpy.lib.stride_tricks import as_strided

from benchmarks.peers.numpy_hand.tools import ZERO, float32


class Convolution:
    """5×5 convolution, padding 2, on (height, channels, width, n) held inside a padded buffer.

    The input is unrolled along the width only (5 copies, not 25): rows (h ... h + 4, 5 shifts, channels) are
    then contiguous, so that the 25·channels × width·n matrix of output row h is a view, and the layer is one
    batched product over views that overlap.
    """

    def __init__(self, channels, side, n):
        self.side = side
        self.padded = np.zeros((side + 4, channels, side + 4, n), float32)
        self.inner = self.padded[2 : 2 + side, :, 2 : 2 + side]
        self.columns = np.empty((side + 4, 5, channels, side, n), float32)
        row, _, channel, _, item = self.columns.strides
        self.view = as_strided(self.columns, (side, 25 * channels, side * n), (row, channel, item))
        self.view_t = self.view.transpose(0, 2, 1)

    def unroll(self):
        """Fill `view` from what stands in `padded`."""
        for shift in range(5):
            np.copyto(self.columns[:, shift], self.padded[:, :, shift : shift + self.side])


def kernel_matrix(w):
    """(out, in, 5, 5) -> (out, 25·in), in the order of `Convolution.view`."""
    return np.ascontiguousarray(w.transpose(0, 2, 3, 1).reshape(len(w), -1))


def kernel_of(matrix, channels):
    """The way back of `kernel_matrix`."""
    return matrix.reshape(len(matrix), 5, 5, channels).transpose(0, 3, 1, 2).copy()


def quarters(rows, channels, side, n):
    """(side, channels, side·n) as the four corners of all 2×2 windows."""
    windows = rows.reshape(side // 2, 2, channels, side // 2, 2, n)
    return [windows[:, i, :, :, j] for i in (0, 1) for j in (0, 1)]


class ReluPool:
    """relu(maxpool(z) + b): bias and relu act on a quarter of the values, and commute with the max."""

    def __init__(self, channels, side, n):
        pooled = (side // 2, channels, side // 2, n)
        self.z = np.empty((side, channels, side * n), float32)
        self.quarters = quarters(self.z, channels, side, n)
        self.largest, self.shifted, self.mask, self.hit = (np.empty(pooled, float32) for _ in range(4))

    def forward(self, bias, output):
        """`z` holds the convolution's result."""
        first, second, third, fourth = self.quarters
        np.maximum(first, second, out=self.largest)
        np.maximum(third, fourth, out=self.shifted)
        np.maximum(self.largest, self.shifted, out=self.largest)
        add(self.largest, bias, self.shifted)
        greater(self.shifted, ZERO, self.mask)
        multiply(self.shifted, self.mask, output)

    def backward(self, delta, dz_quarters, dbias):
        """Writes the gradient of z into the quarters given (a tie would go to each winner)."""
        multiply(delta, self.mask, delta)
        add.reduce(delta, axis=(0, 2, 3), out=dbias)
        for corner, dz in zip(self.quarters, dz_quarters, strict=True):
            np.equal(corner, self.largest, self.hit)
            multiply(delta, self.hit, dz)

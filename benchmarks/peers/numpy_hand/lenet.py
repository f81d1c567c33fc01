"""LeNet: two convolutions, two linear layers."""

import itertools

import numpy as np
from numpy import add, dot, greater, matmul, multiply, subtract

from benchmarks.peers.numpy_hand.convolution import Convolution, ReluPool, kernel_matrix, kernel_of, quarters
from benchmarks.peers.numpy_hand.tools import ZERO, flat_views, float32, make_cross_entropy, one_hots


def make_lenet(task):
    """Feature maps are (height, channels, width, n), so that a convolution's rows come out in place."""
    params, rate, n = task.params, task.rate, 64
    # Our flattening (height, channels, width) of the task's (channels, height, width), and its inverse.
    order = np.arange(784).reshape(16, 7, 7).transpose(1, 0, 2).ravel()
    values, gradients, (c1, c2, cb1, cb2, w1, w2), (dc1, dc2, dcb1, dcb2, dw1, dw2) = flat_views(
        [
            kernel_matrix(params["cw1"]),
            kernel_matrix(params["cw2"]),
            params["cb1"],
            params["cb2"],
            np.hstack([params["w1"][:, order], params["b1"][:, None]]),
            np.hstack([params["w2"], params["b2"][:, None]]),
        ]
    )
    bias1, bias2 = cb1.reshape(8, 1, 1), cb2.reshape(16, 1, 1)
    conv1, conv2 = Convolution(1, 28, n), Convolution(8, 14, n)
    conv_back = Convolution(16, 14, n)  # the transposed convolution of the way back
    pool1, pool2 = ReluPool(8, 28, n), ReluPool(16, 14, n)
    features = np.ones((785, n), float32)
    feature_map = features[:784].reshape(7, 16, 7, n)
    hidden_ones = np.ones((129, n), float32)
    hidden = hidden_ones[:128]
    hidden_mask, dhidden = np.empty((128, n), float32), np.empty((128, n), float32)
    z, dfeatures = np.empty((10, n), float32), np.empty((784, n), float32)
    dz1, dz2 = np.empty((28, 8, 28 * n), float32), np.empty((14, 16, 14 * n), float32)
    dz1_quarters = quarters(dz1, 8, 28, n)
    dz2_quarters = [conv_back.inner[i::2, :, j::2] for i in (0, 1) for j in (0, 1)]
    dpooled1 = np.empty((14, 8, 14 * n), float32)
    row_gradients1, row_gradients2 = np.empty((28, 8, 25), float32), np.empty((14, 16, 200), float32)
    flipped = np.empty((8, 5, 5, 16), float32)
    c2_flipped = c2.reshape(16, 5, 5, 8)[:, ::-1, ::-1].transpose(3, 1, 2, 0)
    cross_entropy = make_cross_entropy(n, rate)
    # (n, 1, height, width) -> (height, width, n)
    batches = itertools.cycle(
        [(x[:, 0].transpose(1, 2, 0), *one_hots(y, 10, rate / n)) for x, y in task.batches]
    )

    def forward(x):
        np.copyto(conv1.inner[:, 0], x)
        conv1.unroll()
        matmul(c1, conv1.view, pool1.z)
        pool1.forward(bias1, conv2.inner)
        conv2.unroll()
        matmul(c2, conv2.view, pool2.z)
        pool2.forward(bias2, feature_map)
        dot(w1, features, hidden)
        greater(hidden, ZERO, hidden_mask)
        multiply(hidden, hidden_mask, hidden)
        dot(w2, hidden_ones, z)

    def backward():
        dot(z, hidden_ones.T, dw2)
        dot(w2[:, :128].T, z, dhidden)
        multiply(dhidden, hidden_mask, dhidden)
        dot(dhidden, features.T, dw1)
        dot(w1[:, :784].T, dhidden, dfeatures)
        pool2.backward(dfeatures.reshape(7, 16, 7, n), dz2_quarters, dcb2)
        np.copyto(dz2.reshape(14, 16, 14, n), conv_back.inner)
        matmul(dz2, conv2.view_t, row_gradients2)
        add.reduce(row_gradients2, axis=0, out=dc2)
        conv_back.unroll()
        np.copyto(flipped, c2_flipped)
        matmul(flipped.reshape(8, 400), conv_back.view, dpooled1)
        pool1.backward(dpooled1.reshape(14, 8, 14, n), dz1_quarters, dcb1)
        matmul(dz1, conv1.view_t, row_gradients1)
        add.reduce(row_gradients1, axis=0, out=dc1)

    def step():
        x, one_hot, scaled_one_hot = next(batches)
        forward(x)
        loss = cross_entropy(z, one_hot, scaled_one_hot)
        backward()
        subtract(values, gradients, values)
        return loss

    def current_params():
        return {
            "cw1": kernel_of(c1, 1),
            "cb1": cb1.copy(),
            "cw2": kernel_of(c2, 8),
            "cb2": cb2.copy(),
            "w1": w1[:, :784][:, np.argsort(order)],
            "b1": w1[:, -1].copy(),
            "w2": w2[:, :128].copy(),
            "b2": w2[:, -1].copy(),
        }

    return step, current_params

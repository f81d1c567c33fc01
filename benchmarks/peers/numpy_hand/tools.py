"""What several workloads use: constants, flat parameters, blocks, one-hot labels, the cross-entropy."""

import numpy as np
from numpy import add, divide, dot, multiply, subtract

float32 = np.float32
BLOCK = 16384


def constant(value):
    """A 0-d array: cheaper as an operand than a Python float."""
    return np.array(value, float32)


ZERO = constant(0)


def flat_views(matrices):
    """(one flat array of all values, one for all gradients, the matrices as views of each)."""
    values = np.concatenate([matrix.ravel() for matrix in matrices])
    gradients = np.zeros_like(values)
    ends = np.cumsum([matrix.size for matrix in matrices])

    def views(flat):
        return [
            flat[end - matrix.size : end].reshape(matrix.shape)
            for end, matrix in zip(ends, matrices, strict=True)
        ]

    return values, gradients, views(values), views(gradients)


def with_bias(params, weight, bias):
    """Weight and bias as one matrix, (out, in + 1)."""
    return np.hstack([params[weight], params[bias][:, None]])


def with_ones(x):
    """A column of ones after the images: what the bias is multiplied by."""
    return np.hstack([x, np.ones((len(x), 1), float32)])


def in_blocks(*arrays, size=BLOCK):
    """The arrays, all of one size, cut into views that fit the cache."""
    flat = [array.reshape(-1) for array in arrays]
    return [tuple(array[start : start + size] for array in flat) for start in range(0, flat[0].size, size)]


def one_hots(labels, classes, scale):
    """(classes, n) with ones at the labels, and the same times `scale`."""
    result = np.zeros((classes, labels.size), float32)
    result[labels.reshape(-1), np.arange(labels.size)] = 1
    return result, result * float32(scale)


def split_layers(names, matrices):
    """Weights and biases by name, out of the matrices that hold both."""
    params = {}
    for (weight, bias), matrix in zip(names, matrices, strict=True):
        params[weight], params[bias] = matrix[:, :-1].copy(), matrix[:, -1].copy()
    return params


def make_cross_entropy(count, scale):
    """Mean cross-entropy over the columns of z (classes, count); turns z into its delta, times `scale`."""
    top, total = np.empty(count, float32), np.empty(count, float32)
    factor = constant(scale / count)

    def cross_entropy(z, one_hot, scaled_one_hot):
        np.maximum.reduce(z, axis=0, out=top)
        loss = -dot(z.reshape(-1), one_hot.reshape(-1))
        subtract(z, top, z)
        np.exp(z, z)
        add.reduce(z, axis=0, out=total)
        loss += add.reduce(top)
        divide(factor, total, top)  # normalise and scale in one pass
        np.log(total, total)
        loss += add.reduce(total)
        multiply(z, top, z)
        subtract(z, scaled_one_hot, z)
        return loss / count

    return cross_entropy

"""PyTorch's counterparts of the ops of images, of normalization and of tables."""

import torch
import torch.nn.functional as F


def _convolution(x, w, b=None, *, stride, padding, dilation=1, groups=1):
    return (F.conv2d if x.ndim == 4 else F.conv3d)(x, w, b, stride, padding, dilation, groups)


def _convolution_transpose(x, w, *, lengths, stride, padding, dilation, groups):
    sizes = zip(lengths, x.shape[2:], w.shape[2:], stride, padding, dilation, strict=True)
    more = tuple(m - ((n - 1) * s - 2 * p + d * (k - 1) + 1) for m, n, k, s, p, d in sizes)
    transposed = F.conv_transpose2d if x.ndim == 4 else F.conv_transpose3d
    return transposed(x, w, None, stride, padding, more, groups, dilation)


def _convolution_weight(x, y, *, kernel, stride, padding, dilation, groups):
    """The gradient of <y, convolution(x, w)> by w."""
    w = torch.zeros(y.shape[1], x.shape[1] // groups, *kernel, dtype=x.dtype, requires_grad=True)
    z = _convolution(x, w, None, stride=stride, padding=padding, dilation=dilation, groups=groups)
    z = z[(..., *map(slice, y.shape[2:]))]
    return torch.autograd.grad(z, w, y, create_graph=True)[0]


def _normalize(x, mean, var, w=None, b=None, *, eps=1e-5):
    shape = (-1,) + (1,) * (x.ndim - 2)
    m, v = mean.reshape(shape), var.reshape(shape)
    z = (x - m) / torch.sqrt(v + eps)
    z = z if w is None else z * w.reshape(shape)
    return z if b is None else z + b.reshape(shape)


def _batch_norm(x, w=None, b=None, *, eps=1e-5):
    dims = [d for d in range(x.ndim) if d != 1]
    return F.batch_norm(x, None, None, w, b, True, eps=eps), x.mean(dims), x.var(dims, correction=0)


def _layer_norm(x, w=None, b=None, *, eps=1e-5):
    return F.layer_norm(x, x.shape[-1:], w, b, eps)


TORCH = {
    "convolution": _convolution,
    "convolution_transpose": _convolution_transpose,
    "convolution_weight": _convolution_weight,
    "normalize_channels": _normalize,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "rms_norm": lambda x, w=None, *, eps: F.rms_norm(x, x.shape[-1:], w, eps),
    "embedding": lambda x, index: F.embedding(index, x),
}

# Kernels that PyTorch has no function for; the functions made of them are compared in test_vision.py.
OURS_ALONE = {"windows", "windows_added", "window_sums", "window_shares", "max_pool", "put_back", "pick_out",
              "rows_added"}  # fmt: skip

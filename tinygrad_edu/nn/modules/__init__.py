"""PyTorch's paths to the layers: `nn.modules.batchnorm.BatchNorm2d` is `nn.BatchNorm2d`.

Source: https://github.com/pytorch/pytorch/tree/main/torch/nn/modules
"""

import sys

from .. import (
    activation, container, convolution, dropout, embedding, flatten, linear, loss, module, normalization, padding,
    pooling, rnn, transformer, vision,
)  # fmt: skip
from .. import *  # noqa: F403
from . import utils  # type: ignore[no-redef]  # its own, not nn.utils

conv = fold = convolution
batchnorm = instancenorm = normalization
sparse = embedding
upsampling = pixelshuffle = channelshuffle = distance = vision

_paths = {
    "activation": activation, "batchnorm": batchnorm, "channelshuffle": channelshuffle, "container": container,
    "conv": conv, "distance": distance, "dropout": dropout, "flatten": flatten, "fold": fold,
    "instancenorm": instancenorm, "linear": linear, "loss": loss, "module": module, "normalization": normalization,
    "padding": padding, "pixelshuffle": pixelshuffle, "pooling": pooling, "rnn": rnn, "sparse": sparse,
    "transformer": transformer, "upsampling": upsampling,
}  # fmt: skip
sys.modules.update({f"{__name__}.{name}": found for name, found in _paths.items()})

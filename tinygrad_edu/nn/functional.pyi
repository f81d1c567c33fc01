"""Written by `python -m tests.stubs` from the code beside it, for editors and checkers. Do not edit."""

# ruff: noqa
import builtins
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, NoReturn, Self, overload

import numpy as np
from numpy.typing import DTypeLike

from tinygrad_edu import graph
from tinygrad_edu.devices import device as _device
from tinygrad_edu.devices import Size
from tinygrad_edu.factors import Geqrf
from tinygrad_edu.factors import TriangularSolve
from tinygrad_edu.graph import Place
from tinygrad_edu.hooks import Handle
from tinygrad_edu.linalg import QR
from tinygrad_edu.linalg import OldSVD
from tinygrad_edu.linalg import Slogdet
from tinygrad_edu.ops.order import Values
from tinygrad_edu.ops.statistics import Extremes
from tinygrad_edu.ops.statistics import Histogram
from tinygrad_edu.random import Generator
from tinygrad_edu.sparse import Sparse
from tinygrad_edu.tensor import Tensor as Tensor
from tinygrad_edu.storage import TypedStorage

Number = builtins.float | np.number[Any]
DeviceLike = builtins.str | _device | None

from tinygrad_edu.ops import elementwise as elementwise
from tinygrad_edu.ops import loss as loss
from tinygrad_edu.ops import shape as shape
from tinygrad_edu.nn import functions as functions
from tinygrad_edu.nn.functions.pooling import adaptive_avg_pool1d as adaptive_avg_pool1d
from tinygrad_edu.nn.functions.pooling import adaptive_avg_pool2d as adaptive_avg_pool2d
from tinygrad_edu.nn.functions.pooling import adaptive_avg_pool3d as adaptive_avg_pool3d
from tinygrad_edu.nn.functions.sampling import affine_grid as affine_grid
from tinygrad_edu.nn.functions.dropout import alpha_dropout as alpha_dropout
from tinygrad_edu.nn.functions.pooling import avg_pool1d as avg_pool1d
from tinygrad_edu.nn.functions.pooling import avg_pool2d as avg_pool2d
from tinygrad_edu.nn.functions.pooling import avg_pool3d as avg_pool3d
from tinygrad_edu.nn.functions.normalization import batch_norm as batch_norm
from tinygrad_edu.nn.functions.distance import cdist as cdist
from tinygrad_edu.nn.functions.interpolation import channel_shuffle as channel_shuffle
from tinygrad_edu.nn.functions.convolution import conv1d as conv1d
from tinygrad_edu.nn.functions.convolution import conv2d as conv2d
from tinygrad_edu.nn.functions.convolution import conv3d as conv3d
from tinygrad_edu.nn.functions.convolution import conv_transpose1d as conv_transpose1d
from tinygrad_edu.nn.functions.convolution import conv_transpose2d as conv_transpose2d
from tinygrad_edu.nn.functions.convolution import conv_transpose3d as conv_transpose3d
from tinygrad_edu.nn.functions.distance import cosine_similarity as cosine_similarity
from tinygrad_edu.nn.functions.ctc import ctc_loss as ctc_loss
from tinygrad_edu.nn.functions.dropout import dropout as dropout
from tinygrad_edu.nn.functions.dropout import dropout1d as dropout1d
from tinygrad_edu.nn.functions.dropout import dropout2d as dropout2d
from tinygrad_edu.nn.functions.dropout import dropout3d as dropout3d
from tinygrad_edu.nn.functions.embedding import embedding as embedding
from tinygrad_edu.nn.functions.embedding import embedding_bag as embedding_bag
from tinygrad_edu.nn.functions.dropout import feature_alpha_dropout as feature_alpha_dropout
from tinygrad_edu.nn.functions.convolution import fold as fold
from tinygrad_edu.nn.functions.fractional import fractional_max_pool2d_with_indices as fractional_max_pool2d_with_indices
from tinygrad_edu.nn.functions.fractional import fractional_max_pool3d_with_indices as fractional_max_pool3d_with_indices
from tinygrad_edu.nn.functions.sampling import grid_sample as grid_sample
from tinygrad_edu.nn.functions.normalization import group_norm as group_norm
from tinygrad_edu.nn.functions.normalization import instance_norm as instance_norm
from tinygrad_edu.nn.functions.interpolation import interpolate as interpolate
from tinygrad_edu.nn.functions.normalization import layer_norm as layer_norm
from tinygrad_edu.nn.functions.normalization import local_response_norm as local_response_norm
from tinygrad_edu.nn.functions.pooling import lp_pool1d as lp_pool1d
from tinygrad_edu.nn.functions.pooling import lp_pool2d as lp_pool2d
from tinygrad_edu.nn.functions.pooling import lp_pool3d as lp_pool3d
from tinygrad_edu.nn.functions.pooling import max_unpool1d as max_unpool1d
from tinygrad_edu.nn.functions.pooling import max_unpool2d as max_unpool2d
from tinygrad_edu.nn.functions.pooling import max_unpool3d as max_unpool3d
from tinygrad_edu.nn.functions.heads import multi_head_attention_forward as multi_head_attention_forward
from tinygrad_edu.nn.functions.normalization import normalize as normalize
from tinygrad_edu.nn.functions.padding import pad as pad
from tinygrad_edu.nn.functions.distance import pairwise_distance as pairwise_distance
from tinygrad_edu.nn.functions.distance import pdist as pdist
from tinygrad_edu.nn.functions.interpolation import pixel_shuffle as pixel_shuffle
from tinygrad_edu.nn.functions.interpolation import pixel_unshuffle as pixel_unshuffle
from tinygrad_edu.nn.functions.normalization import rms_norm as rms_norm
from tinygrad_edu.nn.functions.convolution import unfold as unfold
from tinygrad_edu.nn.functions.interpolation import upsample as upsample
from tinygrad_edu.nn.functions.interpolation import upsample_bilinear as upsample_bilinear
from tinygrad_edu.nn.functions.interpolation import upsample_nearest as upsample_nearest
from tinygrad_edu.nn.functions.activation import celu as celu
from tinygrad_edu.nn.functions.activation import elu as elu
from tinygrad_edu.nn.functions.activation import gelu as gelu
from tinygrad_edu.nn.functions.activation import glu as glu
from tinygrad_edu.nn.functions.activation import gumbel_softmax as gumbel_softmax
from tinygrad_edu.nn.functions.activation import hardshrink as hardshrink
from tinygrad_edu.nn.functions.activation import hardsigmoid as hardsigmoid
from tinygrad_edu.nn.functions.activation import hardswish as hardswish
from tinygrad_edu.nn.functions.activation import hardtanh as hardtanh
from tinygrad_edu.nn.functions.activation import leaky_relu as leaky_relu
from tinygrad_edu.nn.functions.activation import logsigmoid as logsigmoid
from tinygrad_edu.nn.functions.activation import mish as mish
from tinygrad_edu.nn.functions.activation import prelu as prelu
from tinygrad_edu.nn.functions.activation import relu6 as relu6
from tinygrad_edu.nn.functions.activation import rrelu as rrelu
from tinygrad_edu.nn.functions.activation import selu as selu
from tinygrad_edu.nn.functions.activation import silu as silu
from tinygrad_edu.nn.functions.activation import softplus as softplus
from tinygrad_edu.nn.functions.activation import softshrink as softshrink
from tinygrad_edu.nn.functions.activation import softsign as softsign
from tinygrad_edu.nn.functions.activation import tanhshrink as tanhshrink
from tinygrad_edu.nn.functions.activation import threshold as threshold
from tinygrad_edu.nn.functions.attention import scaled_dot_product_attention as scaled_dot_product_attention
from tinygrad_edu.nn.functions.linear import bilinear as bilinear
from tinygrad_edu.nn.functions.loss import binary_cross_entropy as binary_cross_entropy
from tinygrad_edu.nn.functions.loss import binary_cross_entropy_with_logits as binary_cross_entropy_with_logits
from tinygrad_edu.nn.functions.loss import cosine_embedding_loss as cosine_embedding_loss
from tinygrad_edu.nn.functions.loss import gaussian_nll_loss as gaussian_nll_loss
from tinygrad_edu.nn.functions.loss import hinge_embedding_loss as hinge_embedding_loss
from tinygrad_edu.nn.functions.loss import huber_loss as huber_loss
from tinygrad_edu.nn.functions.loss import kl_div as kl_div
from tinygrad_edu.nn.functions.loss import margin_ranking_loss as margin_ranking_loss
from tinygrad_edu.nn.functions.loss import multi_margin_loss as multi_margin_loss
from tinygrad_edu.nn.functions.loss import multilabel_margin_loss as multilabel_margin_loss
from tinygrad_edu.nn.functions.loss import multilabel_soft_margin_loss as multilabel_soft_margin_loss
from tinygrad_edu.nn.functions.loss import poisson_nll_loss as poisson_nll_loss
from tinygrad_edu.nn.functions.loss import smooth_l1_loss as smooth_l1_loss
from tinygrad_edu.nn.functions.loss import soft_margin_loss as soft_margin_loss
from tinygrad_edu.nn.functions.loss import triplet_margin_loss as triplet_margin_loss
from tinygrad_edu.nn.functions.loss import triplet_margin_with_distance_loss as triplet_margin_with_distance_loss

def sigmoid(input: Tensor) -> Tensor:
    """Logistic function: the lesson's squish to (0, 1)."""
def tanh(input: Tensor) -> Tensor:
    """Hyperbolic tangent: a squish to (−1, 1)."""
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """A layer's weighted sums: one row of w for each neuron, and its bias."""
@overload
def adaptive_max_pool1d(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None], return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest numbers of as many windows of a sequence as are asked for."""
@overload
def adaptive_max_pool1d(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None], return_indices: Literal[False] = False) -> Tensor:
    """The largest numbers of as many windows of a sequence as are asked for."""
@overload
def adaptive_max_pool1d(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None], return_indices: builtins.bool = False) -> Any:
    """The largest numbers of as many windows of a sequence as are asked for."""
def adaptive_max_pool1d_with_indices(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None]) -> builtins.tuple[Tensor, Tensor]:
    """`adaptive_max_pool1d` and where each number stood."""
@overload
def adaptive_max_pool2d(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None], return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest numbers of as many windows of an image as are asked for."""
@overload
def adaptive_max_pool2d(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None], return_indices: Literal[False] = False) -> Tensor:
    """The largest numbers of as many windows of an image as are asked for."""
@overload
def adaptive_max_pool2d(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None], return_indices: builtins.bool = False) -> Any:
    """The largest numbers of as many windows of an image as are asked for."""
def adaptive_max_pool2d_with_indices(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None]) -> builtins.tuple[Tensor, Tensor]:
    """`adaptive_max_pool2d` and where each number stood."""
@overload
def adaptive_max_pool3d(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None], return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest numbers of as many windows of a volume as are asked for."""
@overload
def adaptive_max_pool3d(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None], return_indices: Literal[False] = False) -> Tensor:
    """The largest numbers of as many windows of a volume as are asked for."""
@overload
def adaptive_max_pool3d(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None], return_indices: builtins.bool = False) -> Any:
    """The largest numbers of as many windows of a volume as are asked for."""
def adaptive_max_pool3d_with_indices(input: Tensor, output_size: builtins.int | Sequence[builtins.int | None]) -> builtins.tuple[Tensor, Tensor]:
    """`adaptive_max_pool3d` and where each number stood."""
@overload
def fractional_max_pool2d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], output_size: builtins.int | Sequence[builtins.int | None] | None = None, output_ratio: Any = None, _random_samples: Tensor | None = None, *, return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest numbers of windows at drawn places: (n, c, h, w) -> (n, c, *output_size)."""
@overload
def fractional_max_pool2d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], output_size: builtins.int | Sequence[builtins.int | None] | None = None, output_ratio: Any = None, return_indices: Literal[False] = False, _random_samples: Tensor | None = None) -> Tensor:
    """The largest numbers of windows at drawn places: (n, c, h, w) -> (n, c, *output_size)."""
@overload
def fractional_max_pool2d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], output_size: builtins.int | Sequence[builtins.int | None] | None = None, output_ratio: Any = None, return_indices: builtins.bool = False, _random_samples: Tensor | None = None) -> Any:
    """The largest numbers of windows at drawn places: (n, c, h, w) -> (n, c, *output_size)."""
@overload
def fractional_max_pool3d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], output_size: builtins.int | Sequence[builtins.int | None] | None = None, output_ratio: Any = None, _random_samples: Tensor | None = None, *, return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest numbers of windows at drawn places: (n, c, d, h, w) -> (n, c, *output_size)."""
@overload
def fractional_max_pool3d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], output_size: builtins.int | Sequence[builtins.int | None] | None = None, output_ratio: Any = None, return_indices: Literal[False] = False, _random_samples: Tensor | None = None) -> Tensor:
    """The largest numbers of windows at drawn places: (n, c, d, h, w) -> (n, c, *output_size)."""
@overload
def fractional_max_pool3d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], output_size: builtins.int | Sequence[builtins.int | None] | None = None, output_ratio: Any = None, return_indices: builtins.bool = False, _random_samples: Tensor | None = None) -> Any:
    """The largest numbers of windows at drawn places: (n, c, d, h, w) -> (n, c, *output_size)."""
@overload
def max_pool1d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, *, return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest number of each window of a sequence: (n, c, l) -> (n, c, l')."""
@overload
def max_pool1d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: Literal[False] = False) -> Tensor:
    """The largest number of each window of a sequence: (n, c, l) -> (n, c, l')."""
@overload
def max_pool1d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Any:
    """The largest number of each window of a sequence: (n, c, l) -> (n, c, l')."""
def max_pool1d_with_indices(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False) -> builtins.tuple[Tensor, Tensor]:
    """`max_pool1d` and where each number stood."""
@overload
def max_pool2d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, *, return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest number of each window of an image: (n, c, h, w) -> (n, c, h', w')."""
@overload
def max_pool2d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: Literal[False] = False) -> Tensor:
    """The largest number of each window of an image: (n, c, h, w) -> (n, c, h', w')."""
@overload
def max_pool2d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Any:
    """The largest number of each window of an image: (n, c, h, w) -> (n, c, h', w')."""
def max_pool2d_with_indices(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False) -> builtins.tuple[Tensor, Tensor]:
    """`max_pool2d` and where each number stood."""
@overload
def max_pool3d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, *, return_indices: Literal[True]) -> builtins.tuple[Tensor, Tensor]:
    """The largest number of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""
@overload
def max_pool3d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: Literal[False] = False) -> Tensor:
    """The largest number of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""
@overload
def max_pool3d(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False, return_indices: builtins.bool = False) -> Any:
    """The largest number of each window of a volume: (n, c, d, h, w) -> (n, c, d', h', w')."""
def max_pool3d_with_indices(input: Tensor, kernel_size: builtins.int | Sequence[builtins.int], stride: builtins.int | Sequence[builtins.int] | None = None, padding: builtins.int | Sequence[builtins.int] = 0, dilation: builtins.int | Sequence[builtins.int] = 1, ceil_mode: builtins.bool = False) -> builtins.tuple[Tensor, Tensor]:
    """`max_pool3d` and where each number stood."""
celu_: Any
elu_: Any
hardtanh_: Any
leaky_relu_: Any
rrelu_: Any
selu_: Any
threshold_: Any
def relu(input: Tensor, inplace: builtins.bool = False) -> Tensor:
    """max(0, x), elementwise; inplace writes the result over the input."""
def softmax(input: Tensor, dim: builtins.int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """Scores to probabilities that sum to 1 along `dim`; converted to `dtype` first, if given."""
def log_softmax(input: Tensor, dim: builtins.int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """The logarithm of softmax, without overflow or log 0."""
def softmin(input: Tensor, dim: builtins.int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """Softmax of −x: small numbers get large probabilities."""
def one_hot(tensor: Tensor, num_classes: builtins.int = -1) -> Tensor:
    """Class numbers to rows with a single 1: (...) int -> (..., num_classes) int64; −1: as many as there are."""
def mse_loss(input: Tensor, target: Tensor, size_average: Any = None, reduce: builtins.str | None = None, reduction: builtins.str = 'mean') -> Tensor:
    """Squared distances (input − target)², averaged, summed, or as they are (reduction 'none')."""
def l1_loss(input: Tensor, target: Tensor, size_average: Any = None, reduce: builtins.str | None = None, reduction: builtins.str = 'mean') -> Tensor:
    """Distances |input − target|, averaged, summed, or as they are (reduction 'none')."""
def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None, ignore_index: builtins.int = -100, reduce: builtins.str | None = None, reduction: builtins.str = 'mean') -> Tensor:
    """−log-probability of the right class, for log-probabilities as `log_softmax` gives them."""
def cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: Any = None, ignore_index: builtins.int = -100, reduce: builtins.str | None = None, reduction: builtins.str = 'mean', label_smoothing: builtins.float = 0.0) -> Tensor:
    """−log-probability of the right class, for scores of any size: log_softmax and nll_loss in one."""
def linear_cross_entropy(input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None, weight: Tensor | None = None, reduction: builtins.str = 'mean', ignore_index: builtins.int | None = None, label_smoothing: builtins.float = 0.0, options: Any = None) -> Tensor:
    """cross_entropy of linear: a network's last layer and its cost in one."""

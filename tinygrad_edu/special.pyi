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
from tinygrad_edu.graph import Place
from tinygrad_edu.linalg import QR
from tinygrad_edu.linalg import OldSVD
from tinygrad_edu.linalg import Slogdet
from tinygrad_edu.ops.order import Values
from tinygrad_edu.ops.statistics import Extremes
from tinygrad_edu.ops.statistics import Histogram
from tinygrad_edu.random import Generator
from tinygrad_edu.sparse import Sparse
from tinygrad_edu.tensor import Tensor

Number = builtins.float | np.number[Any]
DeviceLike = builtins.str | _device | None

from tinygrad_edu import missing as missing
from tinygrad_edu.ops import elementwise as elementwise

def erf(input: Tensor) -> Tensor:
    """Error function: how much of the bell curve exp(−t²) lies between −x and x."""
def erfc(input: Tensor) -> Tensor:
    """What the error function leaves to 1, exact also where that is tiny."""
def erfinv(input: Tensor) -> Tensor:
    """Inverse of the error function: ±inf at ±1, nan beyond."""
def exp2(input: Tensor) -> Tensor:
    """Power of two."""
def expm1(input: Tensor) -> Tensor:
    """eˣ − 1, exact also near 0."""
def log1p(input: Tensor) -> Tensor:
    """ln(1 + x), exact also near 0."""
def sigmoid(input: Tensor) -> Tensor:
    """Logistic function: the lesson's squish to (0, 1)."""
def sinc(input: Tensor) -> Tensor:
    """The normalized sinc."""
def xlog1py(x: Any, y: Any) -> Tensor:
    """x ln(1 + y), 0 where x is 0, whatever the logarithm; nan where y is."""
def xlogy(input: Tensor, other: Tensor | Number) -> Tensor:
    """x ln y, 0 where x is 0, whatever the logarithm; nan where y is."""
def round(input: Tensor, decimals: builtins.int = 0) -> Tensor:
    """The nearest whole number (or number of decimals), halves to even; the derivative is zero everywhere."""
def log_softmax(input: Tensor, dim: builtins.int, dtype: DTypeLike | None = None) -> Tensor:
    """The logarithm of softmax, without overflow or log 0; converted to `dtype` first, if given."""
def softmax(input: Tensor, dim: builtins.int, dtype: DTypeLike | None = None) -> Tensor:
    """Scores to probabilities that sum to 1 along `dim`; converted to `dtype` first, if given."""
def entr(input: Tensor) -> Tensor:
    """−x · ln x; 0 at 0, −inf below."""
def logit(input: Tensor, eps: builtins.float | None = None) -> Tensor:
    """ln(x / (1 − x)); x is first limited to [eps, 1 − eps]."""
def logsumexp(input: Tensor, dim: builtins.int | Sequence[builtins.int] | None = None, keepdim: builtins.bool = False) -> Tensor:
    """Logarithm of a sum of exponentials, without overflow: a smooth maximum."""
def expit(input: Tensor) -> Tensor:
    """Logistic function: the lesson's squish to (0, 1)."""

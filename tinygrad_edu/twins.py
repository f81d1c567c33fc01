"""The in-place twins of a Tensor's methods: `x.add_(y)` writes x + y into x.

How a write moves x in the graph: inplace.py.
Source: https://docs.pytorch.org/docs/stable/tensors.html
"""

from __future__ import annotations

import inspect
import math
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from . import random
from .engine import constant
from .grad_mode import set_grad_enabled
from .graph import Leaf, mode
from .graph import Tensor as _Base
from .inplace import assign, in_place
from .memory import wrote
from .ops import bessel, floats, gamma, joining, placing, products, segments, statistics, strides
from .ops import elementwise as e
from .ops import index as indexing
from .ops import shape as layout

if TYPE_CHECKING:
    from .tensor import Tensor


def _reshaped(op: Any, name: str) -> Any:
    """The twin of an op that lays the same memory out otherwise: the tensor itself takes the new shape."""

    def method(self: Any, *args: Any, **options: Any) -> Any:
        if mode.recording and type(self._place) is Leaf:
            raise RuntimeError(f"{name}: a leaf that requires grad cannot change its shape; use {name[:-1]}, which "
                               "returns a new tensor")  # fmt: skip
        leaf = self._place if type(self._place) is Leaf else None
        with set_grad_enabled(leaf is None):  # the numbers stay: the graph of a result goes on, also under no_grad
            result = op(constant(self._array, self._place), *args, **options)
        self._array, self._place = result._array, result._place
        if leaf is not None:
            self._place = Leaf(self)
            self._place.hooks = leaf.hooks
        return self

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"`{name[:-1]}` of this tensor itself, in the same memory."
    method.__signature__ = inspect.signature(op)  # type: ignore[attr-defined]
    return method


def _drawn(self: Any, array: Any, name: str) -> Any:
    """Random numbers written into a tensor."""
    return assign(self, constant(np.astype(array, self.dtype)), name)


def _compared(op: Any) -> Any:
    """A comparison whose answer has the dtype of its first tensor, so that it fits in there."""

    def compared(input: Any, other: Any) -> Tensor:
        return e.astype(op(input, other), dtype=input.dtype)

    return compared


class Twins(_Base):
    """Methods whose names end in _."""

    if TYPE_CHECKING:
        shape: Any
        dtype: Any

    # ------------------------------------------------------------------------------------ elementwise

    add_, sub_ = in_place(products.add_scaled, "add_"), in_place(products.sub_scaled, "sub_")
    subtract_, multiply_ = in_place(products.sub_scaled, "subtract_"), in_place(e.mul, "multiply_")
    div_, divide_ = in_place(products.divided, "div_"), in_place(products.divided, "divide_")
    true_divide_, fmod_ = in_place(e.div, "true_divide_"), in_place(e.fmod, "fmod_")
    float_power_ = in_place(products.float_power, "float_power_")
    exp2_, expm1_, log2_, log10_ = (in_place(f, f.__name__ + "_") for f in (e.exp2, e.expm1, e.log2, e.log10))
    log1p_, rsqrt_, square_, reciprocal_ = (
        in_place(f, f.__name__ + "_") for f in (e.log1p, e.rsqrt, e.square, e.reciprocal)
    )
    tan_, asin_, acos_, atan_ = (in_place(f, f.__name__ + "_") for f in (e.tan, e.asin, e.acos, e.atan))
    sinh_, cosh_, asinh_, acosh_ = (in_place(f, f.__name__ + "_") for f in (e.sinh, e.cosh, e.asinh, e.acosh))
    atanh_, atan2_, hypot_, sinc_ = (in_place(f, f.__name__ + "_") for f in (e.atanh, e.atan2, e.hypot, e.sinc))
    deg2rad_, rad2deg_ = in_place(e.deg2rad, "deg2rad_"), in_place(e.rad2deg, "rad2deg_")
    floor_, ceil_, trunc_, round_ = (in_place(f, f.__name__ + "_") for f in (e.floor, e.ceil, e.trunc, e.round))
    fix_, frac_, absolute_ = in_place(e.trunc, "fix_"), in_place(e.frac, "frac_"), in_place(e.abs, "absolute_")
    negative_, sgn_ = in_place(e.neg, "negative_"), in_place(e.sign, "sgn_")
    arcsin_, arccos_, arctan_ = in_place(e.asin, "arcsin_"), in_place(e.acos, "arccos_"), in_place(e.atan, "arctan_")
    copysign_, nan_to_num_ = in_place(e.copysign, "copysign_"), in_place(e.nan_to_num, "nan_to_num_")
    ldexp_, heaviside_ = in_place(e.ldexp, "ldexp_"), in_place(e.heaviside, "heaviside_")
    bitwise_and_, bitwise_or_ = in_place(e.bitwise_and, "bitwise_and_"), in_place(e.bitwise_or, "bitwise_or_")
    bitwise_xor_, bitwise_not_ = in_place(e.bitwise_xor, "bitwise_xor_"), in_place(e.bitwise_not, "bitwise_not_")
    addcmul_, addcdiv_ = in_place(products.addcmul, "addcmul_"), in_place(products.addcdiv, "addcdiv_")
    lerp_, xlogy_ = in_place(products.lerp, "lerp_"), in_place(e.xlogy, "xlogy_")
    logit_, renorm_ = in_place(products.logit, "logit_"), in_place(statistics.renorm, "renorm_")
    lgamma_, digamma_, i0_ = (in_place(f, f.__name__ + "_") for f in (gamma.lgamma, gamma.digamma, bessel.i0))
    polygamma_, mvlgamma_ = in_place(gamma.polygamma, "polygamma_"), in_place(gamma.mvlgamma, "mvlgamma_")
    igamma_, igammac_ = in_place(gamma.igamma, "igamma_"), in_place(gamma.igammac, "igammac_")
    erf_, erfc_, erfinv_ = (in_place(f, f.__name__ + "_") for f in (e.erf, e.erfc, e.erfinv))
    addmm_, addmv_ = in_place(products.addmm, "addmm_"), in_place(products.addmv, "addmv_")
    addbmm_, baddbmm_ = in_place(products.addbmm, "addbmm_"), in_place(products.baddbmm, "baddbmm_")
    addr_ = in_place(products.addr, "addr_")
    cumsum_, cumprod_ = in_place(statistics.cumsum, "cumsum_"), in_place(statistics.cumprod, "cumprod_")
    erf_, erfc_, erfinv_ = (in_place(f, f.__name__ + "_") for f in (e.erf, e.erfc, e.erfinv))
    tril_, triu_ = in_place(layout.tril, "tril_"), in_place(layout.triu, "triu_")
    logical_and_, logical_or_ = in_place(e.logical_and, "logical_and_"), in_place(e.logical_or, "logical_or_")
    logical_xor_, logical_not_ = in_place(e.logical_xor, "logical_xor_"), in_place(e.logical_not, "logical_not_")

    eq_, ne_, lt_, le_, gt_, ge_ = (
        in_place(_compared(f), f.__name__ + "_")
        for f in (e.eq, e.ne, e.lt, e.le, e.gt, e.ge)
    )

    greater_, greater_equal_, less_, less_equal_, not_equal_ = gt_, ge_, lt_, le_, ne_
    arccosh_, arcsinh_, arctanh_, arctan2_ = (
        in_place(f, name) for f, name in ((e.acosh, "arccosh_"), (e.asinh, "arcsinh_"), (e.atanh, "arctanh_"),
                                          (e.atan2, "arctan2_"))
    )  # fmt: skip
    bitwise_left_shift_ = in_place(products.left_shift, "bitwise_left_shift_")
    bitwise_right_shift_ = in_place(products.right_shift, "bitwise_right_shift_")
    gcd_, lcm_, nextafter_ = (in_place(f, f.__name__ + "_") for f in (floats.gcd, floats.lcm, floats.nextafter))
    conj_physical_ = in_place(e.conj, "conj_physical_")

    def clamp_min_(self, min: Any) -> Self:
        """Limit the numbers here to those from min up."""
        return _clamped(self, min)

    def clamp_max_(self, max: Any) -> Self:
        """Limit the numbers here to those up to max."""
        return _clamped(self, None, max)

    # ------------------------------------------------------------------------------------ index

    scatter_ = in_place(placing.scatter, "scatter_")
    scatter_reduce_ = in_place(placing.scatter_reduce, "scatter_reduce_")
    masked_scatter_ = in_place(placing.masked_scatter, "masked_scatter_")
    index_add_, index_copy_ = in_place(placing.index_add, "index_add_"), in_place(placing.index_copy, "index_copy_")
    index_fill_, index_put_ = in_place(placing.index_fill, "index_fill_"), in_place(placing.index_put, "index_put_")
    index_reduce_, put_ = in_place(segments.index_reduce, "index_reduce_"), in_place(placing.put, "put_")
    masked_fill_ = in_place(indexing.masked_fill, "masked_fill_")

    def fill_diagonal_(self, fill_value: Any, wrap: bool = False) -> Self:
        """Write one number to the main diagonal."""
        n = min(self.shape)
        at = np.arange(n)
        return _diagonal_filled(self, fill_value, at)

    # ------------------------------------------------------------------------------------ shape

    squeeze_, unsqueeze_ = _reshaped(layout.squeeze, "squeeze_"), _reshaped(layout.unsqueeze, "unsqueeze_")
    t_ = _reshaped(joining.t, "t_")
    transpose_, swapaxes_, swapdims_ = (
        _reshaped(joining.swapaxes, name) for name in ("transpose_", "swapaxes_", "swapdims_")
    )

    def resize_(self, *sizes: Any) -> Self:
        """Another shape, of the first numbers here; where it has more of them, zeros follow, in new memory."""
        shape = tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes
        if self._place is not None:
            raise RuntimeError("resize_: a tensor that requires grad keeps its number of numbers; make a new tensor")
        count = math.prod(shape)
        flat = np.ravel(self._array)
        if count > flat.size:
            flat = np.concatenate([flat, np.zeros(count - flat.size, flat.dtype)])
        self._array = np.reshape(flat[:count], shape)
        return self

    def resize_as_(self, the_template: Any, memory_format: Any = None) -> Self:
        """The shape of another tensor in the same memory."""
        return self.resize_(the_template.shape)

    as_strided_ = _reshaped(strides.as_strided, "as_strided_")

    # ------------------------------------------------------------------------------------ random numbers

    def normal_(self, mean: float = 0, std: float = 1, *, generator: Any = None) -> Self:
        """Numbers from the bell curve."""
        if not std >= 0:
            raise RuntimeError(f"normal_ expects std >= 0.0, but found std {std}")
        return _drawn(self, random.normal_array(self.shape, self.dtype, generator) * std + mean, "normal_")

    def uniform_(self, from_: float = 0, to: float = 1, *, generator: Any = None, **named: Any) -> Self:
        """Numbers drawn evenly: from ≤ x < to."""
        low = named.pop("from", from_)
        if named:
            raise TypeError(f"uniform_: no argument {next(iter(named))!r}; it takes from, to, generator")
        if not low <= to:
            raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={to}")
        return _drawn(self, random.uniform_array(self.shape, self.dtype, generator) * (to - low) + low, "uniform_")

    def bernoulli_(self, p: Any = 0.5, *, generator: Any = None) -> Self:
        """1 with probability p, else 0; p may be a tensor."""
        chance = p._array if isinstance(p, _Base) else p
        drawn = random.numpy_generator(generator).random(self.shape) < chance
        return _drawn(self, drawn, "bernoulli_")

    def random_(self, from_: Any = None, to: Any = None, *, generator: Any = None, **named: Any) -> Self:
        """Whole numbers drawn evenly: from ≤ x < to; random_(n): below n; random_(): from all that the dtype has."""
        low, high = named.pop("from", from_), to
        if high is None:
            low, high = 0, low
        if high is None:
            digits = {2: 11, 4: 24, 8: 53}
            high = 2 ** digits[self.dtype.itemsize] if self.dtype.kind == "f" else 2 if self.dtype.kind == "b" else (
                int(np.iinfo(self.dtype).max) + 1 if self.dtype.itemsize < 8 else 2**63 - 1)  # fmt: skip
        if not low < high:
            raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
        return _drawn(self, random.numpy_generator(generator).integers(low, high, self.shape), "random_")

    def exponential_(self, lambd: float = 1, *, generator: Any = None) -> Self:
        """Waiting times: numbers x > 0 with density lambd · exp(−lambd x)."""
        if not lambd > 0:
            raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
        return _drawn(self, random.numpy_generator(generator).standard_exponential(self.shape) / lambd, "exponential_")

    def geometric_(self, p: float, *, generator: Any = None) -> Self:
        """How many throws until the first success."""
        return _drawn(self, random.numpy_generator(generator).geometric(p, self.shape), "geometric_")

    def log_normal_(self, mean: float = 1, std: float = 2, *, generator: Any = None) -> Self:
        """Exponentials of numbers from the bell curve."""
        drawn = random.numpy_generator(generator).standard_normal(self.shape) * std + mean
        return _drawn(self, np.exp(drawn), "log_normal_")

    def cauchy_(self, median: float = 0, sigma: float = 1, *, generator: Any = None) -> Self:
        """Numbers with density 1 / (π σ (1 + ((x − median) / σ)²))."""
        drawn = random.numpy_generator(generator).standard_cauchy(self.shape) * sigma + median
        return _drawn(self, drawn, "cauchy_")

    def bernoulli(self, p: Any = None, *, generator: Any = None) -> Tensor:
        """1 with the probability that stands there (or p), else 0, as a new tensor."""
        return random.bernoulli(self, p, generator=generator)

    def multinomial(self, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Tensor:
        """Places drawn with chances proportional to the weights at them."""
        return random.multinomial(self, num_samples, replacement, generator=generator)

    def set_(self, source: Any) -> Self:
        """Show the memory of another tensor from here on."""
        self._array, self._place = source._array, source._place
        wrote(self._array)
        return self


_clamped = in_place(e.clip, "clamp_")
_diagonal_filled = in_place(lambda x, value, at: indexing.setitem(x, value, index=(at,) * x.ndim), "fill_diagonal_")

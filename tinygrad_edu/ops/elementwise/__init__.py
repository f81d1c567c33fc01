"""Elementwise ops: each works on every number by itself, and inputs broadcast against each other.

The engine sums a gradient over the axes along which its input was broadcast, so formulas never do.
"""

from .arithmetic import (
    add, astype, clone, conj, div, divmod, floor_divide, fmod, ldexp, mul, neg, positive, pow, remainder, sub,
)  # fmt: skip
from .exponential import (
    cbrt, exp, exp2, expm1, log, log10, log1p, log2, logaddexp, logaddexp2, reciprocal, rsqrt, sigmoid, sqrt,
    square,
)  # fmt: skip
from .trigonometry import (
    acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, deg2rad, hypot, rad2deg, sin, sinc, sinh, tan,
    tanh,
)  # fmt: skip
from .piecewise import (
    abs, ceil, clamp, clip, copysign, floor, fmax, fmin, frac, heaviside, maximum, minimum, nan_to_num, relu, round,
    sign, trunc, where,
)  # fmt: skip
from .comparison import (
    bitwise_and, bitwise_not, bitwise_or, bitwise_xor, eq, ge, gt, isfinite, isinf, isnan, le, logical_and,
    logical_not, logical_or, logical_xor, lt, ne, signbit,
)  # fmt: skip
from .special import erf, erfc, erfcx, erfinv, log_ndtr, ndtr, ndtri, xlog1py, xlogy
from .activation import elu, gelu, hardtanh, log_sigmoid, prelu, silu, softplus

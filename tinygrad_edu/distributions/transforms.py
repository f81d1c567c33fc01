"""Functions that can be undone, with how much they stretch: what TransformedDistribution is made of.

Source: https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.transforms
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..nn.functional import softplus
from .distribution import summed


class Transform:
    """y = f(x), x = f⁻¹(y) and ln |dy/dx|.

    cache_size=1 keeps the last x and y, so that the way back from that very y is exact.
    """

    bijective, event_dim, sign = True, 0, 1  # sign: whether it rises or falls

    def __init__(self, cache_size: int = 0):
        if cache_size not in (0, 1):
            raise ValueError(f"{type(self).__name__}: cache_size must be 0 or 1, got {cache_size}")
        self._cache_size, self._last = cache_size, (None, None)

    def __call__(self, x: Any) -> Any:
        if x is self._last[0]:
            return self._last[1]
        y = self._call(x)
        if self._cache_size:
            self._last = x, y
        return y

    def undo(self, y: Any) -> Any:
        """f⁻¹(y)."""
        if y is self._last[1] and y is not None:
            return self._last[0]
        x = self._inverse(y)
        if self._cache_size:
            self._last = x, y
        return x

    @property
    def inv(self) -> Transform:
        """The function that undoes this one."""
        return _Inverse(self)

    def _call(self, x: Any) -> Any:
        raise NotImplementedError

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """ln |dy/dx|."""
        raise NotImplementedError

    def forward_shape(self, shape: Sequence[int]) -> tuple:
        """The shape of f(x), of x's."""
        return tuple(shape)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class _Inverse(Transform):
    def __init__(self, of: Transform):
        super().__init__()
        self._of, self.event_dim, self.sign = of, of.event_dim, of.sign

    def __call__(self, x: Any) -> Any:
        return self._of.undo(x)

    def undo(self, y: Any) -> Any:
        return self._of(y)

    inv = property(lambda self: self._of)  # type: ignore[assignment]

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -self._of.log_abs_det_jacobian(y, x)


class ComposeTransform(Transform):
    """One after the other."""

    def __init__(self, parts: Sequence[Transform], cache_size: int = 0):
        super().__init__(cache_size)
        self.parts = list(parts)
        self.event_dim = max((part.event_dim for part in parts), default=0)
        self.sign = math.prod(part.sign for part in parts)

    def _call(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def _inverse(self, y: Any) -> Any:
        for part in reversed(self.parts):
            y = part.undo(y)
        return y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        total: Any = 0.0
        for part in self.parts:
            z = part(x)
            total = total + summed(part.log_abs_det_jacobian(x, z), self.event_dim - part.event_dim)
            x = z
        return total

    def forward_shape(self, shape: Sequence[int]) -> tuple:
        for part in self.parts:
            shape = part.forward_shape(shape)
        return tuple(shape)


class AffineTransform(Transform):
    """loc + scale · x. event_dim: how many of the last axes are one sample."""

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0):
        super().__init__(cache_size)
        self.loc, self.scale, self.event_dim = loc, scale, event_dim

    sign = property(lambda self: np.sign(self.scale))  # type: ignore[assignment]

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inverse(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """ln |scale|."""
        stretched = np.log(np.absolute(self.scale)) + x * 0
        return summed(stretched, self.event_dim)

    def forward_shape(self, shape: Sequence[int]) -> tuple:
        return np.broadcast_shapes(tuple(shape), *(tuple(getattr(a, "shape", ())) for a in (self.loc, self.scale)))


class ExpTransform(Transform):
    """eˣ."""

    def _call(self, x: Any) -> Any:
        return x.exp()

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """x."""
        return x


class SigmoidTransform(Transform):
    """1 / (1 + e⁻ˣ)."""

    def _call(self, x: Any) -> Any:
        limits = np.finfo(x.dtype)
        return x.sigmoid().clamp(float(limits.tiny), 1 - float(limits.eps))

    def _inverse(self, y: Any) -> Any:
        limits = np.finfo(y.dtype)
        y = y.clamp(float(limits.tiny), 1 - float(limits.eps))
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """−ln(1 + e⁻ˣ) − ln(1 + eˣ)."""
        return -softplus(-x) - softplus(x)


class TanhTransform(Transform):
    """tanh x. The way back from ±1 is infinite: with cache_size=1 a sample's way back is exact."""

    def _call(self, x: Any) -> Any:
        return x.tanh()

    def _inverse(self, y: Any) -> Any:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """ln(1 − tanh² x), spelled so that nothing is lost far out."""
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))


class SoftplusTransform(Transform):
    """ln(1 + eˣ)."""

    def _call(self, x: Any) -> Any:
        return softplus(x)

    def _inverse(self, y: Any) -> Any:
        return (-y).expm1().neg().log() + y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """−ln(1 + e⁻ˣ)."""
        return -softplus(-x)


class PowerTransform(Transform):
    """x to a power, x > 0."""

    def __init__(self, exponent: Any, cache_size: int = 0):
        super().__init__(cache_size)
        self.exponent = exponent

    sign = property(lambda self: np.sign(self.exponent))  # type: ignore[assignment]

    def _call(self, x: Any) -> Any:
        return x**self.exponent

    def _inverse(self, y: Any) -> Any:
        return y ** (1 / self.exponent)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """ln |exponent y / x|."""
        return (self.exponent * y / x).abs().log()


identity_transform = ComposeTransform([])

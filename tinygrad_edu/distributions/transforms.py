"""Invertible functions with a known derivative: a random variable seen through one is another.

Source: https://docs.pytorch.org/docs/stable/distributions.html#module-torch.distributions.transforms
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..nn import functional as F
from .independent import summed


class Transform:
    """y = t(x), and x = t.inv(y). event_dim: how many of the last axes belong to one point.

    cache_size=1: the inverse of the newest y is the x that it was made of, to the bit.
    """

    event_dim = 0

    def __init__(self, cache_size: int = 0):
        self.cache_size = cache_size
        self._newest: tuple = (None, None)

    def __call__(self, x: Any) -> Any:
        if self.cache_size and x is self._newest[0]:
            return self._newest[1]
        y = self.forward(x)
        if self.cache_size:
            self._newest = (x, y)
        return y

    def _inverse(self, y: Any) -> Any:
        return self._newest[0] if self.cache_size and y is self._newest[1] else self.backward(y)

    def forward(self, x: Any) -> Any:
        """y. Subclasses define it."""
        raise NotImplementedError

    def backward(self, y: Any) -> Any:
        """x. Subclasses define it."""
        raise NotImplementedError

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """ln |dy / dx|. Subclasses define it."""
        raise NotImplementedError

    @property
    def inv(self) -> Transform:
        """The function back."""
        return _Inverse(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class _Inverse(Transform):
    def __init__(self, whole: Transform):
        super().__init__()
        self.whole, self.event_dim = whole, whole.event_dim

    def forward(self, x: Any) -> Any:
        return self.whole._inverse(x)

    def backward(self, y: Any) -> Any:
        return self.whole(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -self.whole.log_abs_det_jacobian(y, x)

    @property
    def inv(self) -> Transform:
        return self.whole


class ExpTransform(Transform):
    """y = eˣ."""

    def forward(self, x: Any) -> Any:
        return x.exp()

    def backward(self, y: Any) -> Any:
        return y.log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return x


class SigmoidTransform(Transform):
    """y = 1 / (1 + e⁻ˣ)."""

    def forward(self, x: Any) -> Any:
        return x.sigmoid()

    def backward(self, y: Any) -> Any:
        return y.logit()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -F.softplus(-x) - F.softplus(x)


class TanhTransform(Transform):
    """y = tanh x."""

    def forward(self, x: Any) -> Any:
        return x.tanh()

    def backward(self, y: Any) -> Any:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """ln(1 − tanh² x) = 2 (ln 2 − x − ln(1 + e⁻²ˣ)), which does not fail for large x."""
        return 2.0 * (math.log(2.0) - x - F.softplus(-2.0 * x))


class AffineTransform(Transform):
    """y = loc + scale · x."""

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0):
        super().__init__(cache_size)
        self.loc, self.scale, self.event_dim = loc, scale, event_dim

    def forward(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def backward(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        scale = self.scale.abs().log() if hasattr(self.scale, "abs") else math.log(abs(self.scale))
        return summed(x * 0 + scale, self.event_dim)


class ComposeTransform(Transform):
    """One behind another."""

    def __init__(self, parts: Sequence[Transform], cache_size: int = 0):
        super().__init__(cache_size)
        self.parts = list(parts)
        self.event_dim = max((part.event_dim for part in self.parts), default=0)

    def forward(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def backward(self, y: Any) -> Any:
        for part in reversed(self.parts):
            y = part._inverse(y)
        return y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        total: Any = x * 0 if not self.parts else 0
        for part in self.parts:
            y = part(x)
            total = total + summed(part.log_abs_det_jacobian(x, y), self.event_dim - part.event_dim)
            x = y
        return total

"""Arrays that formulas make: of the same kind as an array they know, and without a derivative."""

from __future__ import annotations

import numpy as np

from ..engine import answer, constant, op, raw


@op(np.zeros_like)
def zeros_like(x, *, dtype=None, shape=None):
    """Zeros of x's shape (or another) and dtype (or another).

    z = 0          x: (n, m) -> (n, m)
    """
    return np.zeros_like(x, dtype=dtype, shape=shape), None


@op(np.ones_like)
def ones_like(x, *, dtype=None, shape=None):
    """Ones of x's shape (or another) and dtype (or another).

    z = 1          x: (n, m) -> (n, m)
    """
    return np.ones_like(x, dtype=dtype, shape=shape), None


@op(np.full_like)
def full_like(x, *, fill_value, dtype=None, shape=None):
    """One number in x's shape (or another) and dtype (or another).

    z = fill_value          x: (n, m) -> (n, m)
    Examples: fill_value=2.5
    """
    return np.full_like(x, fill_value, dtype=dtype, shape=shape), None


@op(np.empty_like)
def empty_like(x, *, dtype=None, shape=None):
    """Memory of x's shape and dtype. Filled with zeros here, so that a program gives the same bits each time.

    z: anything          x: (n, m) -> (n, m)
    """
    return np.zeros_like(x, dtype=dtype, shape=shape), None


@answer(np.arange)
def _arange(*args, **options):
    return constant(np.arange(*args, **options))


@answer(np.eye)
def _eye(*args, **options):
    return constant(np.eye(*args, **options))


@answer(np.shape)
def _shape(x):
    return x.shape


@answer(np.ndim)
def _ndim(x):
    return x.ndim


@answer(np.size)
def _size(x, axis=None):
    return int(np.prod(x.shape)) if axis is None else x.shape[axis]


@answer(np.iscomplexobj)
def _iscomplexobj(x):
    return False


@answer(np.result_type)
def _result_type(*args):
    return np.result_type(*(getattr(x, "dtype", x) for x in args))


# What only looks at values has no derivative, and answers as NumPy does.


@answer(np.allclose)
def _allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    return np.allclose(raw(a), raw(b), rtol, atol, equal_nan)


@answer(np.isclose)
def _isclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    return constant(np.isclose(raw(a), raw(b), rtol, atol, equal_nan))


@answer(np.array_equal)
def _array_equal(a1, a2, equal_nan=False):
    return np.array_equal(raw(a1), raw(a2), equal_nan)

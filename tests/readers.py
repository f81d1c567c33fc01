"""Two more readers of a formula, for the laws: an array that writes down each NumPy call, and refuses to be
anything else. Whatever in a formula does not dispatch (np.asarray, buffer[i] = t on a plain array ...) fails
on it, instead of detaching a Tensor or freezing a traced value."""

from __future__ import annotations

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class Traced(NDArrayOperatorsMixin):
    """Holds a real array, answers NumPy's two protocols, and appends each call to its log."""

    def __init__(self, value, log):
        self.value, self.log = np.asarray(value), log

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    dtype = property(lambda self: self.value.dtype)
    size = property(lambda self: self.value.size)
    T = property(lambda self: np.transpose(self))
    mT = property(lambda self: np.swapaxes(self, -1, -2))

    def __len__(self):
        return len(self.value)

    def __iter__(self):
        raise TypeError("a formula iterated over a traced array: its length would be frozen into the program")

    def __bool__(self):
        raise TypeError("a formula branched on a traced value")

    def __array__(self, *args, **options):
        raise TypeError("a formula turned a traced array into a plain one: use NumPy functions that dispatch")

    def _call(self, function, name, args, options):
        result = function(*_plain(args), **_plain(options))
        self.log.append(name)
        return _traced(result, self.log)

    def __array_ufunc__(self, ufunc, method, *args, out=None, **options):
        if out is not None:
            options["out"] = tuple(_plain(x) for x in out)
        result = self._call(getattr(ufunc, method), f"{ufunc.__name__}.{method}", args, options)
        return out[0] if out is not None else result

    def __array_function__(self, function, types, args, options):
        return self._call(function, function.__name__, args, options)

    def __getitem__(self, index):
        return self._call(lambda x, i: x[i], "getitem", (self, index), {})

    def __setitem__(self, index, value):
        self._call(lambda x, i, v: x.__setitem__(i, v), "setitem", (self, index, value), {})


def _plain(x):
    if isinstance(x, Traced):
        return x.value
    if type(x) in (tuple, list):
        return type(x)(_plain(item) for item in x)
    if isinstance(x, dict):
        return {key: _plain(item) for key, item in x.items()}
    return x


def _traced(x, log):
    if isinstance(x, (np.ndarray, np.generic)):
        return Traced(x, log)
    if isinstance(x, (tuple, list)):  # a named one, too, as np.linalg.eigh returns
        return (list if type(x) is list else tuple)(_traced(item, log) for item in x)
    return x


plain = _plain

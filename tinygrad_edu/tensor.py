"""What a user holds: every method of a Tensor on one page, listed by family. Each is a name from `ops`, one step
away from its formula; a few lines stand here where PyTorch's way of calling differs from the formula's.
"""

from __future__ import annotations

import builtins
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from . import engine, gradients, graph, memory, promotion
from .conversion import as_array, sizes_of, split_index
from .devices import CPU, Refused, Size, check, device
from .engine import array_of, constant
from .errors import ShapeError, both
from .graph import Leaf, Node, Output, Place, mode
from .hooks import Handle, hooks_of
from .inplace import assign, check_writeable, in_place, needs_grad, snapshot
from .methods import Methods
from .missing import no_attribute
from .ops import elementwise, linalg, order, reduction
from .ops import index as indexing
from .ops import shape as layout
from .printing import tensor_repr
from .twins import Twins
from .typed_sizes import of_sizes


@engine.results_are
class Tensor(Methods, Twins):
    """An array that remembers how it was computed, so that the chain rule can be run backward.

    Make one with `tinygrad_edu.tensor(data, requires_grad=True)`. Methods follow
    https://docs.pytorch.org/docs/stable/tensors.html; `dim` and `keepdim` are also called `axis` and `keepdims`.
    """

    def __init__(self, *data: Any, device: Any = None, requires_grad: bool = False) -> None:
        check("Tensor", device)
        self._array = of_sizes(data, promotion.get_default_dtype())
        if requires_grad:
            self.requires_grad_()

    # ------------------------------------------------------------------------------------ what it is

    @property
    def shape(self) -> Size:
        return Size(self._array.shape)

    @property
    def dtype(self) -> np.dtype:
        return self._array.dtype

    @property
    def ndim(self) -> int:
        return self._array.ndim

    @property
    def device(self) -> device:
        """Always the CPU."""
        return CPU

    @property
    def itemsize(self) -> int:
        return self._array.itemsize

    @property
    def nbytes(self) -> int:
        return self._array.nbytes

    def size(self, dim: int | None = None) -> Size | int:
        """The shape, or the length of one axis."""
        return self.shape if dim is None else self.shape[indexing.axis_of(dim, self.ndim, "size")]

    def numel(self) -> int:
        """How many numbers there are."""
        return self._array.size

    nelement = numel

    def dim(self) -> int:
        return self._array.ndim

    def stride(self, dim: int | None = None) -> tuple[int, ...] | int:
        """Steps, in numbers, from one to the next along each axis."""
        steps = tuple(s // self._array.itemsize for s in self._array.strides)
        return steps if dim is None else steps[indexing.axis_of(dim, self.ndim, "stride")]

    def element_size(self) -> int:
        return self._array.itemsize

    def is_floating_point(self) -> bool:
        return self._array.dtype.kind == "f"

    def is_contiguous(self, memory_format: Any = None) -> bool:
        return self._array.flags.c_contiguous

    def data_ptr(self) -> int:
        return self._array.__array_interface__["data"][0]

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of a 0-d tensor, which holds one number; use .item()")
        return len(self._array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d tensor, which holds one number; use .item()")
        return iter(layout.unbind(self))

    def __bool__(self) -> bool:
        if self._array.size != 1:
            raise RuntimeError(f"the truth of a tensor of shape {self.shape} is ambiguous; use .any() or .all()")
        return bool(array_of(self).item())

    def __contains__(self, item: Any) -> bool:
        return bool((array_of(self) == (item._array if isinstance(item, graph.Tensor) else item)).any())

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return tensor_repr(self)

    def __format__(self, spec: str) -> str:
        if spec and self._array.ndim:
            raise TypeError(f"format {spec!r} is for one number, got a tensor of shape {self.shape}")
        return format(array_of(self).item() if self._array.ndim == 0 else repr(self), spec)

    def __getattr__(self, name: str) -> Any:
        if name == "_array" and "_pending" in self.__dict__:  # a gradient that a compiled step left in its buffer
            self._array = self.__dict__.pop("_pending")()
            return self._array
        no_attribute("a Tensor", name, dir(type(self)))

    # ------------------------------------------------------------------------------------ its place in the graph

    @property
    def requires_grad(self) -> bool:
        return self._place is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Ask for a gradient of this leaf, or stop asking. RuntimeError for integers, and for results of ops."""
        if mode.tracer is not None and requires_grad is (self._place is None):
            mode.tracer.requires_grad(self)
        if requires_grad and self._place is None:
            if self.dtype.kind != "f":
                raise RuntimeError(f"only floating tensors can require grad, got dtype {self.dtype}; convert it first, "
                                   "e.g. tensor(data, dtype=float32)")  # fmt: skip
            self._place = Leaf(self)
        elif not requires_grad and self._place is not None:
            if not self.is_leaf:
                raise RuntimeError("only a leaf can stop requiring grad, and this tensor was computed by "
                                   f"{self._place.op.name}; use .detach()")  # type: ignore[attr-defined] # fmt: skip
            self._place = None
        return self

    @property
    def is_leaf(self) -> bool:
        """Made by the user, not by an op whose derivative is recorded."""
        return self._place is None or type(self._place) is Leaf

    @property
    def grad_fn(self) -> Place | None:
        """The node that computed this tensor; None for a leaf."""
        return self._place if isinstance(self._place, (Node, Output)) else None

    @property
    def data(self) -> Tensor:
        """The same memory, off the graph: `p.data += -lr * p.grad` works."""
        return self.detach()

    @data.setter
    def data(self, value: Any) -> None:
        array = value._array if isinstance(value, graph.Tensor) else np.asarray(value, self.dtype)
        leaf = self._place
        if leaf is not None and type(leaf) is not Leaf:
            raise RuntimeError("only the data of a leaf can be exchanged; this tensor was computed by an op")
        if array is self._array:  # p.data += step has written already
            return
        self._array = array
        if leaf is not None:
            self._place = Leaf(self)
            self._place.hooks = leaf.hooks

    def detach(self) -> Tensor:
        """The same memory, off the graph: no gradient flows through the result."""
        return constant(self._array)

    def detach_(self) -> Tensor:
        """Take this tensor off the graph. RuntimeError for a view, whose base would stay on it."""
        if self._base is not None:
            raise RuntimeError("detach_: a view cannot leave the graph by itself; use .detach()")
        self._place = None
        return self

    def backward(
        self,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | Tensor | None = None,
    ) -> None:
        """Run the chain rule backward from here: add dL/dleaf to the `.grad` of every leaf (or of `inputs`).

        gradient: dL/dself; may be left out where self is one number, the cost.
        retain_graph: keep what was saved, to walk this graph again.
        create_graph: put the gradients on the graph, to differentiate them again.
        Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html
        """
        inputs = [inputs] if isinstance(inputs, Tensor) else inputs
        gradients.backward([self], None if gradient is None else [gradient], retain_graph, create_graph, inputs)

    def register_hook(self, hook: Callable) -> Handle:
        """Call hook(grad) when the gradient here is complete; what it returns, if anything, takes its place.

        Returns a handle with .remove().
        """
        if self._place is None:
            raise RuntimeError("register_hook: this tensor does not require grad, so no gradient will pass here")
        return hooks_of(self._place).add(hook)

    def register_post_accumulate_grad_hook(self, hook: Callable) -> Handle:
        """Call hook(self) when `.grad` is complete, at the end of each backward. For leaves.

        Returns a handle with .remove().
        """
        if type(self._place) is not Leaf:
            raise RuntimeError("register_post_accumulate_grad_hook: a leaf that requires grad expected; for others, "
                               "see register_hook")  # fmt: skip
        return hooks_of(self._place).add_after(hook)

    def retain_grad(self) -> None:
        """Let this tensor, though no leaf, receive its `.grad` as well."""
        if self._place is None:
            raise RuntimeError("retain_grad: this tensor does not require grad")
        if type(self._place) is not Leaf:
            hooks_of(self._place).retain(self)

    @property
    def retains_grad(self) -> bool:
        hooks = self._place.hooks if self._place is not None else None
        return hooks is not None and hooks.keeper is not None and hooks.keeper() is self

    # ------------------------------------------------------------------------------------ to and from the outside

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """The array itself: same memory, no copy. RuntimeError for a tensor that requires grad."""
        if self._place is not None and not force:
            raise RuntimeError("numpy(): this tensor requires grad, and its derivative would be lost; use "
                               ".detach().numpy()")  # fmt: skip
        array = array_of(self)
        return array if isinstance(array, np.ndarray) else array.__array__()

    def item(self) -> Any:
        """The one number in here, as a Python number."""
        if self._array.size != 1:
            raise ShapeError(f"item: one number expected, got a tensor of shape {self.shape}; use .tolist()")
        return array_of(self).item()

    def tolist(self) -> Any:
        return array_of(self).tolist()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.dtype.kind not in "iub":
            raise TypeError(f"only an integer tensor can be an index, got dtype {self.dtype}")
        return int(self.item())

    def __dlpack__(self, **options: Any) -> Any:
        if self._place is not None:
            raise BufferError("a tensor that requires grad is not exported; use .detach()")
        return self.numpy().__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self._array.__dlpack_device__()

    def __deepcopy__(self, memo: dict) -> Tensor:
        if not self.is_leaf:
            raise RuntimeError("deepcopy: only leaves can be copied, and this tensor was computed by "
                               f"{self._place.op.name}; copy .detach(), or use .clone()")  # type: ignore[union-attr, attr-defined] # fmt: skip
        array = array_of(self)
        result = object.__new__(type(self))
        memo[id(self)] = result
        for key, value in self.__dict__.items():
            if key not in ("_array", "_place", "_base", "_views"):
                result.__dict__[key] = copy.deepcopy(value, memo)
        result._array = array.copy()
        if self._place is not None:
            result._place = Leaf(result)
        return result

    def __reduce__(self) -> tuple:
        if not self.is_leaf:
            raise RuntimeError("pickle: only leaves travel between processes, and this tensor was computed by "
                               f"{self._place.op.name}; send .detach()")  # type: ignore[union-attr, attr-defined] # fmt: skip
        array = self._array
        rest = {k: v for k, v in self.__dict__.items() if k not in ("_array", "_place", "_base", "_views")}
        return _rebuilt, (type(self), array, self.requires_grad, rest)

    def to(
        self, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False, non_blocking: bool = False,
        memory_format: Any = None,
    ) -> Tensor:
        """This tensor with another dtype; itself where nothing changes. The only device is the CPU."""
        for arg in args:
            if isinstance(arg, graph.Tensor):
                dtype = arg._array.dtype
            elif isinstance(arg, (np.dtype, type, Refused)):
                dtype = arg
            elif not isinstance(arg, bool):
                device = arg
        check("to", device)
        if dtype is not None and np.dtype(dtype) != self.dtype:
            return elementwise.astype(self, dtype=np.dtype(dtype))
        return self.clone() if copy else self

    def type_as(self, other: Tensor) -> Tensor:
        return self.to(other.dtype)

    def float(self, memory_format: Any = None) -> Tensor:
        return self.to(np.float32)

    def double(self, memory_format: Any = None) -> Tensor:
        return self.to(np.float64)

    def half(self, memory_format: Any = None) -> Tensor:
        return self.to(np.float16)

    def long(self, memory_format: Any = None) -> Tensor:
        return self.to(np.int64)

    def int(self, memory_format: Any = None) -> Tensor:
        return self.to(np.int32)

    def bool(self, memory_format: Any = None) -> Tensor:
        return self.to(np.bool_)

    def cpu(self) -> Tensor:
        return self

    def contiguous(self, memory_format: Any = None) -> Tensor:
        """The same numbers, the last axis running fastest in memory; a copy where that is not so."""
        return self if self._array.flags.c_contiguous else self.reshape(-1).reshape(self.shape)

    clone = elementwise.clone

    # ------------------------------------------------------------------------------------ arithmetic

    __add__ = __radd__ = elementwise.add
    __sub__ = elementwise.sub
    __mul__ = __rmul__ = mul = multiply = elementwise.mul
    __truediv__ = elementwise.div
    __floordiv__ = floor_divide = elementwise.floor_divide
    __mod__ = remainder = elementwise.remainder
    __pow__ = pow = elementwise.pow
    __matmul__ = matmul = linalg.matmul
    __neg__ = neg = negative = elementwise.neg
    __pos__ = positive = elementwise.positive
    __abs__ = abs = absolute = elementwise.abs
    __and__ = __rand__ = bitwise_and = elementwise.bitwise_and
    __or__ = __ror__ = bitwise_or = elementwise.bitwise_or
    __xor__ = __rxor__ = bitwise_xor = elementwise.bitwise_xor
    __invert__ = bitwise_not = elementwise.bitwise_not
    fmod = elementwise.fmod

    def __rsub__(self, other: Any) -> Tensor:
        return elementwise.sub(other, self)

    def __rtruediv__(self, other: Any) -> Tensor:
        return elementwise.div(other, self)

    def __rfloordiv__(self, other: Any) -> Tensor:
        return elementwise.floor_divide(other, self)

    def __rmod__(self, other: Any) -> Tensor:
        return elementwise.remainder(other, self)

    def __rpow__(self, other: Any) -> Tensor:
        return elementwise.pow(other, self)

    def __rmatmul__(self, other: Any) -> Tensor:
        return linalg.matmul(other, self)

    # ------------------------------------------------------------------------------------ comparisons

    __lt__ = lt = less = elementwise.lt
    __le__ = le = less_equal = elementwise.le
    __gt__ = gt = greater = elementwise.gt
    __ge__ = ge = greater_equal = elementwise.ge
    eq, ne = elementwise.eq, elementwise.ne
    logical_and, logical_or = elementwise.logical_and, elementwise.logical_or
    logical_xor, logical_not = elementwise.logical_xor, elementwise.logical_not
    isnan, isinf, isfinite, signbit = elementwise.isnan, elementwise.isinf, elementwise.isfinite, elementwise.signbit

    def __eq__(self, other: Any) -> Any:
        return elementwise.eq(self, other) if _is_number(other) else NotImplemented

    def __ne__(self, other: Any) -> Any:
        return elementwise.ne(self, other) if _is_number(other) else NotImplemented

    def equal(self, other: Tensor) -> builtins.bool:
        """Whether both have one shape and the same numbers."""
        return np.array_equal(self._array, other._array)

    def allclose(
        self,
        other: Tensor,
        rtol: builtins.float = 1e-5,
        atol: builtins.float = 1e-8,
        equal_nan: builtins.bool = False,
    ) -> builtins.bool:
        """Whether |self − other| ≤ atol + rtol |other| everywhere."""
        return np.allclose(self._array, other._array, rtol, atol, equal_nan)

    # ------------------------------------------------------------------------------------ elementwise functions

    exp, exp2, expm1 = elementwise.exp, elementwise.exp2, elementwise.expm1
    log, log2, log10, log1p = elementwise.log, elementwise.log2, elementwise.log10, elementwise.log1p
    sqrt, rsqrt, square, reciprocal = elementwise.sqrt, elementwise.rsqrt, elementwise.square, elementwise.reciprocal
    sin, cos, tan = elementwise.sin, elementwise.cos, elementwise.tan
    asin, acos, atan, atan2 = elementwise.asin, elementwise.acos, elementwise.atan, elementwise.atan2
    sinh, cosh, tanh = elementwise.sinh, elementwise.cosh, elementwise.tanh
    asinh, acosh, atanh = elementwise.asinh, elementwise.acosh, elementwise.atanh
    arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
    arcsinh, arccosh, arctanh = asinh, acosh, atanh
    erf, erfc, erfinv, xlogy = elementwise.erf, elementwise.erfc, elementwise.erfinv, elementwise.xlogy
    sinc, deg2rad, rad2deg, hypot = elementwise.sinc, elementwise.deg2rad, elementwise.rad2deg, elementwise.hypot
    logaddexp, logaddexp2 = elementwise.logaddexp, elementwise.logaddexp2
    sigmoid, relu = elementwise.sigmoid, elementwise.relu
    sign, copysign, nan_to_num = elementwise.sign, elementwise.copysign, elementwise.nan_to_num
    floor, ceil, trunc, fix, round, frac = (
        elementwise.floor, elementwise.ceil, elementwise.trunc, elementwise.trunc, elementwise.round, elementwise.frac,
    )  # fmt: skip
    maximum, minimum, fmax, fmin = elementwise.maximum, elementwise.minimum, elementwise.fmax, elementwise.fmin

    def clamp(self, min: Any = None, max: Any = None) -> Tensor:
        """Limit to the numbers from min to max; the limits may be tensors."""
        return elementwise.clip(self, min, max)

    clip = clamp

    def where(self, condition: Any, other: Any) -> Tensor:
        """self where the condition holds, other elsewhere."""
        return elementwise.where(condition, self, other)

    # ------------------------------------------------------------------------------------ reductions

    sum, amax, amin = reduction.sum, reduction.amax, reduction.amin
    mean, logsumexp = reduction.mean, reduction.logsumexp
    argmax, argmin, count_nonzero = reduction.argmax, reduction.argmin, reduction.count_nonzero
    all, any = reduction.all, reduction.any
    max, min = order.max, order.min
    sort, argsort, topk = order.sorted_values, order.argsort, order.topk
    var, std = reduction.variance, reduction.std

    # ------------------------------------------------------------------------------------ shape

    unsqueeze, squeeze = layout.unsqueeze, layout.squeeze
    flatten, movedim, moveaxis = layout.flatten, layout.movedim, layout.movedim
    split, chunk, unbind = layout.split, layout.chunk, layout.unbind
    roll, tril, triu, diag, trace = layout.roll, layout.tril, layout.triu, layout.diag, layout.trace
    diagonal = layout.diagonal

    def reshape(self, *sizes: Any) -> Tensor:
        """The numbers in the same order under another shape; a view where that is possible."""
        return layout.reshape(self, shape=sizes_of(sizes))

    def view(self, *sizes: Any) -> Tensor:
        """As reshape, but never a copy. RuntimeError where the layout forbids it; a dtype instead converts bits."""
        sizes = sizes_of(sizes)
        if len(sizes) == 1 and not isinstance(sizes[0], (builtins.int, np.integer, Tensor)):
            if self._place is not None:
                raise RuntimeError("view: bits read as another dtype have no derivative; use .detach() before")
            return constant(self.numpy().view(sizes[0]))
        result = layout.reshape(self, shape=sizes)
        if result.numel() and not np.may_share_memory(result._array, self._array):
            raise RuntimeError(f"view: a tensor of shape {self.shape} with these strides has no view of shape {sizes}; "
                               "use reshape, which copies")  # fmt: skip
        return result

    def view_as(self, other: Tensor) -> Tensor:
        return self.view(other.shape)

    def reshape_as(self, other: Tensor) -> Tensor:
        return self.reshape(other.shape)

    def permute(self, *dims: Any) -> Tensor:
        """Axes in another order. A view."""
        return layout.permute(self, dims=sizes_of(dims))

    def transpose(self, dim0: builtins.int, dim1: builtins.int) -> Tensor:
        """Two axes exchanged. A view."""
        return layout.transpose(self, dim0=dim0, dim1=dim1) if self.ndim else self.view(())

    swapaxes = swapdims = transpose

    def t(self) -> Tensor:
        """A matrix transposed; a vector as it is."""
        if self.ndim > 2:
            raise RuntimeError(f"t: at most two axes expected, got shape {self.shape}; use .mT or .transpose(i, j)")
        return layout.permute(self)

    @property
    def T(self) -> Tensor:
        return layout.permute(self)

    @property
    def mT(self) -> Tensor:
        """The last two axes exchanged."""
        return layout.transpose(self, dim0=-2, dim1=-1)

    def expand(self, *sizes: Any) -> Tensor:
        """Repeated along axes of length 1, and along new ones in front; −1 keeps a length. A view."""
        sizes = sizes_of(sizes)
        new = len(sizes) - self.ndim
        if new < 0 or any(n < 0 and (n != -1 or i < new) for i, n in enumerate(sizes)):
            raise ValueError(f"expand: one length for each of {self.ndim} axes expected (-1 keeps it), with new ones "
                             f"in front, got {sizes} for shape {self.shape}")  # fmt: skip
        lengths = tuple(self.shape[i - new] if n == -1 else n for i, n in enumerate(sizes))
        return indexing.broadcast_to(self, shape=lengths)

    def expand_as(self, other: Tensor) -> Tensor:
        return self.expand(other.shape)

    def broadcast_to(self, size: Sequence) -> Tensor:
        return self.expand(*size)

    def flip(self, *dims: Any, **named: Any) -> Tensor:
        """The order along the given axes reversed. A copy."""
        return layout.flip(self, dims=sizes_of(named.get("dims", dims)))

    def repeat(self, *repeats: Any) -> Tensor:
        """Laid out again and again along each axis (NumPy's tile)."""
        repeats = sizes_of(repeats)
        if len(repeats) < self.ndim:
            raise RuntimeError(f"repeat: one number for each of {self.ndim} axes expected, got {repeats}")
        return layout.tile(self, repeats=repeats)

    def tile(self, *repeats: Any) -> Tensor:
        return layout.tile(self, repeats=sizes_of(repeats))

    def ravel(self) -> Tensor:
        return layout.reshape(self, shape=(-1,))

    def narrow(self, dim: builtins.int, start: builtins.int, length: builtins.int) -> Tensor:
        """`length` slices along an axis, from `start`. A view."""
        dim = indexing.axis_of(dim, self.ndim, "narrow")
        n = self.shape[dim]
        start = start + n if start < 0 else start
        if not 0 <= start <= start + length <= n:
            raise IndexError(f"narrow: a part of axis {dim}, of length {n}, expected; got start {start} and length "
                             f"{length}")  # fmt: skip
        return self[(*(slice(None),) * dim, slice(start, start + length))]

    def select(self, dim: builtins.int, index: builtins.int) -> Tensor:
        """One slice along an axis, without that axis. A view."""
        return self[(*(slice(None),) * indexing.axis_of(dim, self.ndim, "select"), index)]

    def unfold(self, dimension: builtins.int, size: builtins.int, step: builtins.int) -> Tensor:
        """Windows along an axis; the window's own axis comes last."""
        if self.ndim == 0:
            return self.reshape(1)[:size]
        dimension = indexing.axis_of(dimension, self.ndim, "unfold")
        if not 0 < size <= self.shape[dimension] or step <= 0:
            raise ValueError(f"unfold: a window from 1 to {self.shape[dimension]} and a positive step expected, got "
                             f"size {size} and step {step}")  # fmt: skip
        moved = layout.movedim(self, source=dimension, destination=-1)
        windows = layout.unfold(moved, window=size, step=step)
        return layout.movedim(windows, source=-2, destination=dimension)

    # ------------------------------------------------------------------------------------ indexing

    def __getitem__(self, key: Any) -> Tensor:
        arrays, key = split_index(key)
        if not arrays and len(key) == self.ndim and not builtins.any(part is Ellipsis for part in key):
            key = (*key, Ellipsis)  # of x[0], NumPy would give a number, not a view that can be written to
        return indexing.getitem(self, *arrays, index=key)

    def __setitem__(self, key: Any, value: Any) -> None:
        arrays, key = split_index(key)
        if mode.recording and (self._place is not None or needs_grad(value) or needs_grad(self._base)):
            before = snapshot(array_of(self), self._place)
            value = value.to(self.dtype) if isinstance(value, Tensor) else as_array(value, self.dtype)
            assign(self, indexing.setitem(before, value, *arrays, index=key), "setitem")
        else:
            raw = tuple(array_of(a) if isinstance(a, graph.Tensor) else a for a in arrays)
            value = array_of(value) if isinstance(value, graph.Tensor) else value
            check_writeable(array_of(self), "setitem")
            try:
                with np.errstate(all="ignore"):
                    array_of(self)[indexing.fill(key, raw)] = value
            except (ValueError, IndexError, TypeError, OverflowError) as error:
                raise both(error, f"setitem: {error}; got a tensor of shape {self.shape} and a value of shape "
                                  f"{np.shape(value)}") from error  # fmt: skip
            memory.wrote(self._array)

    gather, scatter_add = indexing.gather, indexing.scatter_add
    index_select = indexing.index_select
    masked_fill, masked_select = indexing.masked_fill, indexing.masked_select
    nonzero = indexing.nonzero

    # ------------------------------------------------------------------------------------ products and probabilities

    dot, outer, inner = linalg.dot, linalg.outer, linalg.inner

    # ------------------------------------------------------------------------------------ in place

    __iadd__, __isub__ = in_place(elementwise.add, "add_"), in_place(elementwise.sub, "sub_")
    mul_ = __imul__ = in_place(elementwise.mul, "mul_")
    __itruediv__ = in_place(elementwise.div, "div_")
    pow_ = __ipow__ = in_place(elementwise.pow, "pow_")
    __ifloordiv__ = floor_divide_ = in_place(elementwise.floor_divide, "floor_divide_")
    __imod__ = remainder_ = in_place(elementwise.remainder, "remainder_")
    neg_, abs_ = in_place(elementwise.neg, "neg_"), in_place(elementwise.abs, "abs_")
    sign_, sqrt_ = in_place(elementwise.sign, "sign_"), in_place(elementwise.sqrt, "sqrt_")
    exp_, log_ = in_place(elementwise.exp, "exp_"), in_place(elementwise.log, "log_")
    sin_, cos_ = in_place(elementwise.sin, "sin_"), in_place(elementwise.cos, "cos_")
    tanh_ = in_place(elementwise.tanh, "tanh_")
    sigmoid_, relu_ = (in_place(op, op.__name__ + "_") for op in (elementwise.sigmoid, elementwise.relu))
    clamp_, clip_ = in_place(clamp, "clamp_"), in_place(clamp, "clip_")
    __iand__, __ior__ = in_place(elementwise.bitwise_and, "&="), in_place(elementwise.bitwise_or, "|=")
    __ixor__ = in_place(elementwise.bitwise_xor, "^=")
    masked_fill_ = in_place(indexing.masked_fill, "masked_fill_")
    scatter_add_ = in_place(indexing.scatter_add, "scatter_add_")

    def copy_(self, src: Any, non_blocking: builtins.bool = False) -> Tensor:
        """Write the numbers of `src` here; it broadcasts, and its dtype is converted."""
        return self._written(src, "copy_")

    def fill_(self, value: Any) -> Tensor:
        """Write one number everywhere."""
        if np.ndim(value):
            raise ValueError(f"fill_: one number expected, got shape {np.shape(value)}; use copy_")
        return self._written(value, "fill_")

    def zero_(self) -> Tensor:
        return self._written(0, "zero_")

    def _written(self, source: Any, name: str) -> Tensor:
        source = source if isinstance(source, graph.Tensor) else tensor(source, self.dtype)
        source = source.to(self.dtype).expand(self.shape)
        if mode.recording and isinstance(self._place, (Node, Output)) and not needs_grad(source):  # stay on the graph
            source = indexing.setitem(constant(array_of(self), self._place), source, index=(Ellipsis,))
        return assign(self, source, name)


def _is_number(x: Any) -> bool:
    return isinstance(x, (graph.Tensor, np.ndarray, np.generic, int, float, bool))


def _rebuilt(kind: type, array: np.ndarray, requires_grad: bool, rest: dict) -> Tensor:
    result: Any = object.__new__(kind)
    result.__dict__.update(rest)
    result._array = array
    if requires_grad:
        result._place = Leaf(result)
    return result


# ------------------------------------------------------------------------------------------------ making tensors


def tensor(data: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor with a copy of `data`: a number, nested sequences, an array or a tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.tensor.html
    """
    result = constant(as_array(data, dtype))
    return result.requires_grad_() if requires_grad else result

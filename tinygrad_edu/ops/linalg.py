"""Products: where the weighted sums of a network are computed."""

from __future__ import annotations

import math

import numpy as np

from ..calling import either_name
from ..engine import answer, op
from ..errors import ShapeError
from .index import narrowed
from .rows import flat_rows, ones, product


@op(np.matmul, promote="same")
def matmul(x, y):
    """Matrix product; leading axes broadcast, a vector is a row on the left and a column on the right.

    z = x y          x: (..., n, k), y: (..., k, m) -> (..., n, m)
    Source: https://docs.pytorch.org/docs/stable/generated/torch.matmul.html
    """
    if not np.ndim(x) or not np.ndim(y):
        raise ShapeError(f"matmul: at least one axis each, got {np.shape(x)} @ {np.shape(y)}; use * for numbers")
    if x.shape[-1] != y.shape[-2 if y.ndim > 1 else 0]:
        raise ShapeError(f"matmul: inner sizes must agree, got {x.shape} @ {y.shape}; transpose one operand?")
    x_shape, y_shape = x.shape, y.shape
    row, column = x.ndim == 1, y.ndim == 1
    if x.ndim == 2 and y.ndim == 2:
        def dx(g): return np.dot(g, y.T)                      # dL/dx = g yᵀ
        def dy(g): return np.dot(x.T, g)                      # dL/dy = xᵀ g
        return np.dot(x, y), dx, dy
    def matrix(g):  # the axes of length 1 that a vector operand stands for
        g = np.expand_dims(g, -1) if column else g
        return np.expand_dims(g, -2) if row else g
    def dx(g):
        right = np.expand_dims(y, -1) if column else y
        return narrowed(np.matmul(matrix(g), np.swapaxes(right, -1, -2)), x_shape)
    def dy(g):
        left = np.expand_dims(x, -2) if row else x
        by_columns = np.matmul(np.swapaxes(left, -1, -2), matrix(g))
        return np.reshape(narrowed(by_columns, (*y_shape, 1) if column else y_shape), y_shape)
    return np.matmul(x, y), dx, dy


@op(promote="same")
def linear(x, w, b=None):
    """A layer's weighted sums: one row of w for each neuron, and its bias.

    z = x wᵀ + b          x: (..., i), w: (o, i), b: (o) -> (..., o)
    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
    """
    if x.shape[-1:] != w.shape[1:]:
        raise ShapeError(f"linear: x must end in the number of inputs, expected (..., {w.shape[-1]}), got {x.shape} "
                         f"with weight {w.shape}")  # fmt: skip
    lead = x.shape[:-1]
    def shaped(z): return z if len(lead) == 1 else np.reshape(z, (*lead, z.shape[-1]))
    def dx(g): return shaped(product(flat_rows(g), w))                       # dL/dx = g w
    def dw(g): return np.dot(flat_rows(g).T, rows)                           # dL/dw = gᵀ x
    def db(g): return np.dot(ones(math.prod(g.shape[:-1]), g.dtype), flat_rows(g))   # dL/db = Σ g
    rows = flat_rows(x)
    z = product(rows, w.T)
    if b is not None:
        z += b
    return shaped(z), dx, dw, db


@op(promote="same")
def dot(x, y):
    """Inner product of two vectors.

    z = Σᵢ xᵢ yᵢ          x: (n), y: (n) -> ()
    """
    if x.ndim != 1 or y.ndim != 1 or x.shape != y.shape:
        raise ShapeError(f"dot: two vectors of one length expected, got {x.shape} and {y.shape}; use matmul")
    def dx(g): return g * y
    def dy(g): return g * x
    return np.dot(x, y), dx, dy


@op(np.outer, promote="arithmetic")
def outer(x, y):
    """All products of two vectors.

    z[i, j] = x[i] y[j]          x: (n), y: (m) -> (n, m)
    """
    def dx(g): return np.matmul(g, y)
    def dy(g): return np.matmul(x, g)
    return np.expand_dims(x, 1) * y, dx, dy


@op(promote="same", view=True, name="einsum")
def einsum_of(*xs, subscripts):
    """Einstein's sum over letters that stand in no output; see `einsum`.

    The way back of an operand is the same sum with that operand's letters exchanged for the output's.
    """
    terms, out = subscripts
    value = np.einsum(",".join(terms) + "->" + out, *xs)
    shapes = [x.shape for x in xs]
    def way(i):
        others = [x for j, x in enumerate(xs) if j != i]
        known = [out, *(term for j, term in enumerate(terms) if j != i)]
        reach = "".join(letter for letter in terms[i] if any(letter in term for term in known))
        def dx(g):
            found = np.einsum(",".join(known) + "->" + reach, g, *others)
            lengths = dict(zip(terms[i], shapes[i], strict=True))
            one = tuple(1 if letter not in reach else -1 for letter in terms[i])
            kept = iter(found.shape)
            found = np.reshape(found, tuple(1 if n == 1 else next(kept) for n in one))
            wide = tuple(max(n, lengths[letter]) for n, letter in zip(found.shape, terms[i], strict=True))
            return narrowed(np.broadcast_to(found, wide), shapes[i])
        return dx
    return value, *(way(i) for i in range(len(xs)))


@answer(np.einsum)
def einsum(subscripts, *operands):
    """Sums of products, named by letters: "bij,bjk->bik" is a batch of matrix products.

    Letters that are not in the output are summed over; a letter twice in one operand takes its diagonal; `...`
    stands for axes that broadcast. Without "->" the output has the letters that occur once, in alphabetical order.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.einsum.html
    """
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    terms, out = _parsed(subscripts.replace(" ", ""), [x.ndim for x in operands])
    free = iter(sorted(set(map(chr, range(0x41, 0x7B))) - set("".join(terms) + out)))
    factors, letters = [], []
    for term, x in zip(terms, operands, strict=True):
        for letter in sorted(set(term)):
            while term.count(letter) > 1:  # a diagonal: rename one of the pair, and multiply by the identity
                other = next(free, None) or _too_many(subscripts)
                axis = term.rindex(letter)
                if x.shape[axis] != x.shape[term.index(letter)]:
                    raise ShapeError(f"einsum: letter {letter!r} stands for lengths {x.shape[term.index(letter)]} and "
                                     f"{x.shape[axis]} in {subscripts!r}")  # fmt: skip
                term = term[:axis] + other + term[axis + 1 :]
                factors.append(np.eye(x.shape[axis], dtype=x.dtype))
                letters.append(letter + other)
        factors.append(x)
        letters.append(term)
    return einsum_of(*factors, subscripts=(tuple(letters), out))


def _parsed(subscripts, ndims):
    """The letters of each operand and of the output, `...` spelled out."""
    inputs, arrow, out = subscripts.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ndims):
        raise ShapeError(f"einsum: {subscripts!r} names {len(terms)} operands, got {len(ndims)}")
    used = set(subscripts)
    spare = [c for c in map(chr, [*range(0x61, 0x7B), *range(0x41, 0x5B)]) if c not in used]
    dots = max((n - len(t.replace("...", "")) for t, n in zip(terms, ndims, strict=True) if "..." in t), default=0)
    broadcast = "".join(spare[:dots])
    full = []
    for term, ndim in zip(terms, ndims, strict=True):
        count = ndim - len(term.replace("...", ""))
        if count < 0 or (count and "..." not in term):
            raise ShapeError(f"einsum: {term!r} names {len(term.replace('...', ''))} axes, the operand has {ndim}")
        full.append(term.replace("...", broadcast[dots - count :]))
    if arrow:
        out = out.replace("...", broadcast)
    else:
        letters = "".join(full)
        out = broadcast + "".join(sorted(c for c in set(letters) - set(broadcast) if letters.count(c) == 1))
    strange = set("".join(full)) - {c for c in "".join(full) if c.isalpha()}
    unknown = set(out) - set("".join(full))
    if strange or unknown or len(set(out)) != len(out):
        raise ShapeError(f"einsum: cannot read {subscripts!r}; letters, commas, ... and one -> are expected, and each "
                         "output letter once and among the inputs'")  # fmt: skip
    return full, out


def _too_many(subscripts):
    raise ShapeError(f"einsum: {subscripts!r} needs more than 52 letters")


# ------------------------------------------------------------------------- composed: no derivative of their own


@answer(np.inner)
@either_name
def inner(x, y):
    """Sums of products along the last axes."""
    return x * y if not x.ndim or not y.ndim else np.tensordot(x, y, (-1, -1))


@answer(np.tensordot)
def tensordot(x, y, axes=2):
    """Sums of products along pairs of axes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.tensordot.html
    """
    if isinstance(axes, int):
        pairs = [(x.ndim - axes + i, i) for i in range(axes)]
    else:
        left, right = ([a] if isinstance(a, int) else list(a) for a in axes)
        pairs = [(a % x.ndim, b % y.ndim) for a, b in zip(left, right, strict=True)]
    letters = list(map(chr, range(0x61, 0x61 + x.ndim + y.ndim)))
    for a, b in pairs:
        letters[x.ndim + b] = letters[a]
    first, second = letters[: x.ndim], letters[x.ndim :]
    out = [c for c in first if c not in second] + [c for c in second if c not in first]
    return einsum(f"{''.join(first)},{''.join(second)}->{''.join(out)}", x, y)


@answer(np.dot)
def _dot(x, y):
    return dot(x, y) if x.ndim == 1 and y.ndim == 1 else matmul(x, y)


@answer(np.vdot)
def vdot(x, y):
    """Inner product of two arrays, flattened."""
    return dot(np.ravel(x), np.ravel(y))


@answer(np.vecdot)
def vecdot(x, y, axis=-1):
    """Inner products of vectors along one axis; the others broadcast."""
    return np.sum(x * y, axis=axis)


@answer(np.matrix_transpose)
def matrix_transpose(x):
    """The last two axes exchanged."""
    return np.swapaxes(x, -1, -2)

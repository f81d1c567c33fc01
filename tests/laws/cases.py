"""Calls that no shape line can draw: adjoints, index kernels, and the further ways in which some ops can be called.

Each case is a function of a random generator that gives the positional arrays and the settings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tinygrad_edu.ops.index import SLOT

from .spacing import signed

CASES: dict[str, list[Callable]] = {}
AGAIN: dict[str, Callable] = {}  # ops whose arguments are drawn anew by a rule of their own: (shape, rng) -> array


def case(name: str, *shapes: Any, **static: Any) -> None:
    """A case of the op `name`. A shape (a tuple) is filled with floats, and an array stands for itself.

    Floats are drawn together, so that none occurs twice in a call.
    """

    def make(rng: np.random.Generator) -> tuple[tuple, dict]:
        total = sum(int(np.prod(s)) for s in shapes if isinstance(s, tuple))
        pool = iter(np.split(signed(total, rng), np.cumsum([int(np.prod(s)) for s in shapes if isinstance(s, tuple)])))
        arrays = tuple(np.reshape(next(pool), s) if isinstance(s, tuple) else s.copy() for s in shapes)
        return arrays, dict(static)

    CASES.setdefault(name, []).append(make)


ALL = slice(None)
MASK = np.array([[True, False, True], [False, True, True]])
REPEATED = np.array([2, 0, 2, 1])
NEGATIVE = np.array([[-1, 0], [1, -3]])

# One index after another; each is read, added to and written.
INDICES: list[tuple] = [
    # shape, index, arrays
    ((3, 4), (1,), ()),
    ((3, 4), (slice(2, 0, -1), slice(None, None, 2)), ()),
    ((3, 4), (..., None, 0), ()),
    ((3, 4), (-1, -2), ()),
    ((2, 3, 2), (ALL, None, slice(1, 3)), ()),
    ((), (None,), ()),
    ((), (...,), ()),
    ((3, 4), (SLOT,), (REPEATED,)),
    ((3, 4), (ALL, SLOT), (REPEATED,)),
    ((3, 4), (SLOT, SLOT), (REPEATED, REPEATED[::-1].copy())),
    ((3, 4), (SLOT, ALL), (NEGATIVE,)),
    ((3, 4, 2), (SLOT, ALL, SLOT), (np.array([[0], [2]]), np.array([0, 1, 1]))),
    ((3, 2), (SLOT, 1), (REPEATED,)),
    ((2, 3), (SLOT,), (MASK,)),
    ((2, 3, 2), (SLOT, 0), (MASK,)),
    ((2, 3), (ALL, SLOT), (np.array([True, False, True]),)),
    ((3, 4), (SLOT,), (np.zeros(0, np.int64),)),
]

for shape, index, arrays in INDICES:
    rest = iter(arrays)
    picked = np.empty(shape)[tuple(next(rest) if part is SLOT else part for part in index)].shape
    case("getitem", shape, *arrays, index=index)
    case("index_add", picked, *arrays, index=index, shape=shape)
    where = [a for a in arrays if a.dtype.kind == "i"]
    if not any(a is REPEATED or a.ndim > 1 for a in where):  # written once each, so that the result is settled
        case("setitem", shape, picked, *arrays, index=index)
        case("setitem", shape, (), *arrays, index=index)
case("setitem", (3, 4), (4,), index=(slice(1, 3),))
case("setitem", (3, 4), (3, 1), index=(...,))
case("setitem", (3, 4), (1, 4), np.array([2, 0]), index=(SLOT,))

case("read_at", (3, 4), at=np.array([[0, 5], [11, 6]]))
case("read_at", (6,), at=np.array([4, 1]))
case("read_at", (2, 2), at=np.zeros((2, 0), np.int64))
case("write_at", (3, 4), (2, 2), at=np.array([[0, 5], [11, 6]]))
case("write_at", (6,), (2,), at=np.array([4, 1]))

case("diagonal_embed", (3,), offset=0, dim1=0, dim2=1, shape=(3, 3))
case("diagonal_embed", (2,), offset=1, dim1=0, dim2=1, shape=(2, 4))
case("diagonal_embed", (2,), offset=-1, dim1=1, dim2=0, shape=(2, 3))
case("diagonal_embed", (2, 3), offset=0, dim1=0, dim2=2, shape=(3, 2, 4))
case("diagonal", (2, 3, 4), offset=1, dim1=0, dim2=2)

case("unfold", (2, 7), window=3, step=2)
case("unfold", (5,), window=2, step=1)
case("unfold", (2, 7), window=2, step=3)
case("fold", (2, 3, 3), length=7, step=2)
case("fold", (4, 2), length=5, step=1)
case("fold", (2, 2, 2), length=7, step=3)

case("concatenate", (2, 3), (2, 1), (2, 2), dim=1)
case("concatenate", (2, 1, 2), (2, 3, 2), dim=-2)
case("concatenate", (3,))
case("pad", (3, 2), widths=((-1, 0), (1, -1)), value=0.5)
case("repeat_interleave", (3, 2), repeats=(2, 0, 1), dim=0)
case("roll", (2, 3), shifts=2)
case("sum_to", (2, 3, 4), shape=(3, 1))
case("broadcast_to", (2, 1), shape=(3, 2, 4))
case("squeeze", (), dim=None)
case("sort", (), dim=0)
case("max", (), dim=0)
case("min", (), dim=0)
case("sum", (2, 3, 2), dim=(0, 2))
case("prod", (2, 3, 2), dim=(2, 0))
case("mean", (2, 3, 2), dim=(-1, 0), keepdim=True)

case("gather", (3, 4), np.array([[0, 2], [1, 1]]), dim=0)
case("gather", (3, 4), np.array([[3, 0, 3], [1, 1, 1]]), dim=1)
case("gather", (2, 3, 2), np.array([[[0, 2], [1, 1]]]), dim=-2)
case("scatter_add", (3, 4), np.array([[0, 2], [0, 1]]), (2, 2), dim=0)
case("scatter_add", (3, 4), np.array([[3, 0, 3], [1, 1, 1]]), (3, 4), dim=-1)

case("matmul", (3,), (3,))
case("matmul", (3,), (3, 2))
case("matmul", (2, 3), (3,))
case("matmul", (3,), (2, 3, 2))
case("matmul", (2, 4, 3), (3,))
case("matmul", (2, 1, 2, 3), (3, 3, 2))
case("linear", (3,), (2, 3), (2,))
case("linear", (2, 2, 3), (4, 3))


def einsum(subscripts: str, *shapes: tuple) -> None:
    terms, out = subscripts.split("->")
    case("einsum", *shapes, subscripts=(tuple(terms.split(",")), out))


einsum("ij,jk->ik", (2, 3), (3, 4))
einsum("ij->ji", (2, 3))
einsum("ij->", (2, 3))
einsum("ij->j", (2, 3))
einsum("i,i->", (3,), (3,))
einsum("i,j->ij", (2,), (3,))
einsum("bij,bjk->bik", (2, 2, 3), (2, 3, 2))
einsum("ij,jk,kl->il", (2, 2), (2, 3), (3, 2))
einsum("ij,k->", (2, 3), (2,))
einsum("bi,bi->i", (1, 3), (2, 3))

IGNORED = np.array([2, -100, 0, 1])
case("nll_loss", (4, 3), IGNORED)
case("nll_loss", (4, 3), IGNORED, reduction="sum")
case("cross_entropy", (4, 3), IGNORED)
case("cross_entropy", (4, 3), IGNORED, reduction="none")
case("cross_entropy", (4, 3), np.array([2, 1, 0, 1]), ignore_index=1, reduction="sum")

case("where", np.array([True, False, True]), (2, 3), (3,))
case("softmax", (2, 3, 2), dim=1)
case("log_softmax", (3,), dim=0)
case("normalize_channels", (3, 2), (2,), np.array([0.7, 1.3]), (2,), (2,))

case("attention_weights", (2, 2, 3, 4), scale=0.7, causal=True)
case("attention_weights", (2, 2, 3, 4), (2, 1, 3, 4))
case("attention_weights", (1, 2, 3), np.array([[0.0, -np.inf, 0.5], [-np.inf, -np.inf, -np.inf]]))
case("pieces", (6, 2), lengths=(3, 2, 1))
case("pieces", (4,), lengths=(2, 2))
from . import vision_cases  # noqa: E402, F401, I001 (it fills the same table)
from . import cases_torch  # noqa: E402, F401 (cases of more ops, which build on these)

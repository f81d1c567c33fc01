"""A long chain of sums, ((a + b) + c) + d ..., becomes one reduction over rows that lie side by side.

That is how the gradient of a value that was used many times comes about. The bits are kept: along the first axis of a
contiguous array, `np.add.reduce` adds row by row, in order.
"""

from __future__ import annotations

from dataclasses import replace

from ..program import Line, Program, Value
from .edit import readers
from .order import arranged, dependencies, rearranged
from .rows import Rows, part_of, row_of

_FEWEST, _LARGEST = 8, 1 << 18  # terms; bytes of all


def row_sums(program: Program) -> Program:
    places = readers(program)
    makers = {v: line for line in program.lines for v in line.results}

    def is_sum(value: Value) -> bool:
        line = makers.get(value)
        if line is None or line.function != "np.add" or len(line.args) != 2 or value.size < 2:
            return False  # rows of one number are one long row to NumPy, which it adds in pairs
        return all(type(x) is Value and x.shape == value.shape and x.dtype == value.dtype for x in line.args)

    used = set()
    for line in reversed(program.lines[:]):
        if not line.results or line.result in used or not is_sum(line.result):
            continue
        terms: list[Value] = []
        chain: list[Line] = []
        value = line.result
        while is_sum(value) and (not chain or len(places[value]) == 1):
            used.add(value)
            chain.append(makers[value])
            left, right = makers[value].args
            terms.append(right)
            value = left
        terms.append(value)
        terms.reverse()
        if len(terms) >= _FEWEST and line.result.nbytes * len(terms) <= _LARGEST and len(set(terms)) == len(terms):
            _sum_rows(program, chain, terms)
    return _in_order(program)


def _sum_rows(program: Program, chain: list[Line], terms: list[Value]) -> None:
    """Lay the terms side by side (a copy of what cannot be moved) and add them in one call."""
    rows, last = Rows(program), chain[0]
    result, at = last.result, program.lines.index(last)
    laid, copies = [], []
    for term in terms:
        if rows.free(term):
            laid.append(term)
        else:
            copy = row_of(term.size, term.dtype, term.hint, term.shape)
            copies.append(Line("np.copy", (term,), {}, (copy,), None, last.origin))
            laid.append(copy)
    row = rows.lay(laid, f"rows_{result.hint}", (len(laid), *result.shape))
    origin = replace(last.origin, passes=f"row_sums: {len(chain)} sums in one call")
    total = Line("np.add.reduce", (part_of(program, row, 0, row.shape), 0), {}, (result,), None, origin)
    program.lines[at : at + 1] = [*copies, total]
    gone = {id(line) for line in chain}
    program.lines = [line for line in program.lines if id(line) not in gone]


def _in_order(program: Program) -> Program:
    order = arranged(len(program.lines), dependencies(program), {})
    if order is None:
        raise RuntimeError("compile: row_sums made a circle of lines; leave it out with without=('row_sums',)")
    program.lines = rearranged(program.lines, order)
    return program

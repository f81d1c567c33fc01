"""Runs a recording's page in a bare namespace, beside the plain program on arrays of its own."""

import copy
import warnings

import numpy as np

from tinygrad_edu.compiler.compiled import load
from tinygrad_edu.compiler.page import page, page_outputs, page_parameters
from tinygrad_edu.compiler.plain import plain_source


def copied(x):
    """An array of its own that is laid out alike, a generator that draws alike, or a number."""
    if not isinstance(x, np.ndarray):
        return copy.deepcopy(x)
    kept = copied_layout(x)
    kept[...] = x
    return kept


def copied_layout(x):
    """Another array with the same strides."""
    kept = np.empty_like(x) if x.dtype != object else x.copy()
    if kept.strides != x.strides:  # a broadcast or a part of a bigger array
        size = 1 + sum((n - 1) * abs(s) for n, s in zip(x.shape, x.strides, strict=True)) // x.itemsize
        first = -sum((n - 1) * min(s, 0) for n, s in zip(x.shape, x.strides, strict=True))
        kept = np.ndarray(x.shape, x.dtype, np.zeros(max(size, 1), x.dtype), first, x.strides) if x.size else x.copy()
    return kept


def entries(recording):
    """What the program takes, as the trace left it: value -> array, number or generator. Where the recording has let go
    of what was given, random arrays."""
    program, rng = recording.program, np.random.default_rng(0)
    known = {t.named: t.value for t in recording.tracer.known.values()} if hasattr(recording, "tracer") else {}
    found = {v: v.array if v.is_number else known[v] if v in known else drawn(v, rng) for v in program.inputs}
    found |= {v: getattr(v.slot.value, "_array", v.slot.value) for v in program.states}
    return found | {v: v.slot.value.numpy for v in program.generators}


def drawn(value, rng):
    """An array laid out like the value. Whole numbers are 0 or 1: class numbers of any step."""
    like = np.lib.stride_tricks.as_strided(np.empty(1, value.dtype), value.shape, value.strides)
    array = copied_layout(like)
    array[...] = rng.normal(size=value.shape) if value.dtype.kind == "f" else rng.integers(0, 2, value.shape)
    return array


def bits(x):
    if isinstance(x, np.random.Generator):
        return repr(x.bit_generator.state)
    x = np.asarray(x)
    return x.dtype, x.shape, np.where(np.isnan(x), np.nan, x).tobytes() if x.dtype.kind == "f" else x.tobytes()


def plain(recording, given):
    """The plain program's outputs; `given` is changed."""
    program = recording.program
    run = load(plain_source(program), program)(*(given[v] for v in (*program.states, *program.generators)))
    run = run[0] if isinstance(run, tuple) else run
    return dict(zip(program.outputs, run(*(given[v] for v in program.inputs)), strict=True))


def paged(recording, given):
    """The page's outputs, in a namespace where nothing is but Python."""
    space = {}
    exec(page(recording), space)
    arguments = [given[v] if v in given else v.array.copy() for v in page_parameters(recording)]
    results = space[recording.program.name](*arguments)
    outputs = page_outputs(recording)
    results = results if isinstance(results, tuple) else () if results is None else (results,)
    return dict(zip(outputs, results, strict=True))


def check(recording):
    """The page gives the plain program's outputs, and leaves its states, to the bit. Returns the page."""
    held = entries(recording)
    mine, other = ({v: copied(x) for v, x in held.items()} for _ in range(2))
    source = page(recording)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected, got = plain(recording, mine), paged(recording, other)
    for value in expected:
        assert bits(expected[value]) == bits(got[value]), f"{value}\n{expected[value]}\n{got[value]}\n{source}"
    for value in held:
        assert bits(mine[value]) == bits(other[value]), f"{value} afterwards\n{source}"
    return source

"""PyTorch's own operator database, op by op: values, gradients and second derivatives of ours beside PyTorch's.

The database holds, for each of PyTorch's ops, sample calls: shapes without axes and without numbers, negative axes,
broadcasting, keywords. Each is made once with PyTorch's tensors and once with ours; float64 on the CPU, no complex
numbers, no sparse ones. It also holds calls that PyTorch refuses.

    python -m tests.parity.op_db                  the table of all functions, every sample
    python -m tests.parity.op_db linalg           of the ops whose names begin so
    python -m tests.parity.op_db --method         of the methods; --inplace: of the methods that write in place
    python -m tests.parity.op_db --errors         of what is refused
    python -m tests.parity.op_db --samples 12     of some samples of each
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import sys
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch

import tinygrad_edu as tg
import tinygrad_edu.nn.functional as F

TOLERANCE = 1e-9
ROUGH = 1e-4  # of derivatives that come by a float32 argument


@dataclass
class Row:
    """What became of one op."""

    name: str
    family: str
    calls: int = 0
    value: int = 0
    gradient: int = 0  # of the calls whose value is right
    second: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return self.calls == self.value == self.gradient == self.second


def database() -> list:
    """The entries that take float64."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.testing._internal.common_methods_invocations import op_db

    # That import forbids all of this process to set flags.
    torch.backends.flags_frozen.__globals__["__allow_nonbracketed_mutation_flag"] = True
    return [entry for entry in op_db if torch.float64 in entry.dtypes]


FAMILIES = {"nn.functional": "nn.functional", "linalg": "linalg", "special": "special", "fft": "fft",
            "masked": "masked", "_refs": "refs", "signal": "signal", "sparse": "sparse"}  # fmt: skip


def family_of(entry: Any) -> str:
    for prefix, family in FAMILIES.items():
        if entry.name.startswith(prefix):
            return family
    kind = type(entry).__name__
    return {"UnaryUfuncInfo": "elementwise, one input", "BinaryUfuncInfo": "elementwise, two inputs",
            "ReductionOpInfo": "reductions", "ShapeFuncInfo": "shape"}.get(kind, "other")  # fmt: skip


def _pooled_back(x: Any, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1,
                 ceil_mode: bool = False, **_: Any) -> Any:  # fmt: skip
    out, places = F.max_pool2d(x, kernel_size, stride, padding, dilation, ceil_mode, True)
    return tg.max_pool2d_with_indices_backward(
        tg.ones_like(out), x, kernel_size, stride, padding, dilation, ceil_mode, places)  # fmt: skip


# Entries whose samples are for a function around the op.
AROUND: dict[str, Any] = {
    "einsum": lambda tensors, equation: tg.einsum(equation, *tensors),
    "where": lambda x, condition, y: tg.where(condition, x, y),
    "linalg.lstsq.grad_oriented": lambda *args, **options: tg.linalg.lstsq(*args, **options)[:2],
    "linalg.pinv.singular": lambda a, b: tg.linalg.pinv(a @ b.mT),
    "svd_lowrank": lambda a, b, **options: tg.svd_lowrank(a @ b.mT, **options),
    "pca_lowrank": lambda a, b, **options: tg.pca_lowrank(a @ b.mT, **options),
    "max_pool2d_with_indices_backward": _pooled_back,
    "to_sparse": lambda x, *_: x.to_sparse().to_dense(),
    "zero_": lambda x: x.clone().zero_(),
    "nn.functional.embedding": lambda weight, places, **options: F.embedding(places, weight, **options),
    "nn.functional.embedding_bag": lambda weight, places, **options: F.embedding_bag(places, weight, **options),
    "torch.ops.aten._safe_softmax.default": lambda x, dim, dtype=None: tg._safe_softmax(x, dim, dtype),
}


# LAPACK is free to choose the signs of vectors, and MKL (PyTorch's) does not choose as OpenBLAS (NumPy's): what does
# not depend on the choice is compared, as the samples themselves define it.
SIGN_FREE = {"svd", "linalg.svd", "linalg.eigh", "svd_lowrank", "pca_lowrank"}


def ours(entry: Any, kind: str = "function") -> Any:
    """Our function (or method) of the same name, or None."""
    name = f"{entry.name}.{entry.variant_test_name}" if entry.variant_test_name else entry.name
    if kind != "function" and name != "to_sparse":
        theirs = entry.method_variant if kind == "method" else entry.inplace_variant
        name = getattr(theirs, "__name__", "")
        if entry.name.startswith("nn.functional."):
            return partial(getattr(F, entry.name.rpartition(".")[2]), inplace=True)
        called = entry.name.rpartition(".")[2] + "_" * (kind == "inplace")
        return getattr(tg.Tensor, name if hasattr(torch.Tensor, name) else called, None)
    if name in AROUND or entry.name in AROUND:
        return AROUND.get(name) or AROUND[entry.name]
    owner: Any = tg
    path = entry.name.split(".")
    if path[:2] == ["nn", "functional"]:
        owner, path = F, path[2:]
    for name in path:
        found = getattr(owner, name, None) if not name.startswith("__") else None
        usable = callable(found) or hasattr(found, "__path__") or hasattr(found, "__file__")
        if owner is tg and (found is None or not usable):
            method = getattr(tg.Tensor, name, None)
            if isinstance(method, property):
                found = lambda x, _m=method: _m.fget(x)
            else:
                found = None if method is None else lambda x, *args, _m=method, **options: _m(x, *args, **options)
        if found is None:
            return None
        owner = found
    return owner


def converted(x: Any, leaves: list) -> Any:
    """The same argument for us; tensors that require grad are entered in `leaves`."""
    if isinstance(x, torch.Tensor):
        if x.dtype in (torch.bfloat16,) or x.is_complex() or x.is_sparse or x.layout != torch.strided:
            raise NotImplementedError(f"{x.dtype} {x.layout}")
        made = tg.tensor(x.detach().numpy().copy())
        if x.requires_grad:
            made.requires_grad_()
            leaves.append((made, x))
        return made
    if isinstance(x, torch.dtype):
        if x.is_complex or x == torch.bfloat16:
            raise NotImplementedError(str(x))
        return np.dtype(str(x).removeprefix("torch."))
    if isinstance(x, torch.nn.Module):
        return getattr(tg.nn, type(x).__name__)()
    if isinstance(x, torch.device):
        return str(x)
    if isinstance(x, torch.layout):
        return str(x)
    if isinstance(x, torch.memory_format):
        return None
    if isinstance(x, dict):
        return {key: converted(value, leaves) for key, value in x.items()}
    if isinstance(x, torch.Size):
        return tuple(x)
    return type(x)(converted(value, leaves) for value in x) if isinstance(x, (list, tuple)) else x


def tensors(x: Any, kind: type) -> list:
    """The tensors in a result; None for what stands beside them."""
    if isinstance(x, (tuple, list)):
        return [t for part in x for t in tensors(part, kind)]
    return [x] if isinstance(x, kind) else []


def close(a: Any, b: Any, tolerance: float = TOLERANCE) -> str:
    """What differs between an array of ours and a tensor of PyTorch's; "" where nothing does."""
    if a is None and b is None:
        return ""
    a = np.zeros(tuple(b.shape)) if a is None else a.detach().numpy()
    b = np.zeros(a.shape) if b is None else b.detach().numpy(force=True)
    if a.shape != b.shape:
        return f"shape {a.shape}, {b.shape} in PyTorch"
    if a.dtype != b.dtype:
        return f"dtype {a.dtype}, {b.dtype} in PyTorch"
    if not np.allclose(a, b, tolerance, tolerance, equal_nan=True):
        with np.errstate(all="ignore"):
            away = np.abs(a.astype(float) - b.astype(float))
        return f"numbers, by {np.nanmax(away) if away.size else 0:.2g}"
    return ""


def settled(entry: Any, sample: Any) -> None:
    """Switch chance off: no dropout, and the same draws on both sides."""
    if "dropout_p" in sample.kwargs:
        sample.kwargs["dropout_p"] = 0.0
    if entry.name == "nn.functional.multi_head_attention_forward":
        sample.args = tuple(0.0 if isinstance(x, float) else x for x in sample.args)
    if entry.name.startswith("nn.functional.fractional_max_pool"):
        n = int(entry.name[-2])
        planes = sample.input.shape[:-n] if sample.input.ndim == n + 2 else (1, *sample.input.shape[:-n])
        sample.kwargs["_random_samples"] = torch.rand(*planes, n, dtype=sample.input.dtype)


def compare(entry: Any, function: Any, sample: Any, row: Row, kind: str = "function") -> None:
    """One sample: value, gradient, second derivative."""
    leaves: list = []
    settled(entry, sample)
    try:
        args = [converted(x, leaves) for x in (sample.input, *sample.args)]
        options = {key: converted(value, leaves) for key, value in sample.kwargs.items()}
    except NotImplementedError:
        return
    call = {"function": entry, "method": entry.method_variant, "inplace": entry.inplace_variant}[kind]
    first = sample.input
    if kind == "inplace":
        if sample.broadcasts_input or not isinstance(first, torch.Tensor):
            return
        first, args[0] = first.clone(), args[0].clone()
    try:
        expected = call(first, *sample.args, **sample.kwargs)
        if entry.name == "to_sparse":
            expected = expected.to_dense()
    except Exception:
        return
    if any(t.is_complex() or t.layout != torch.strided for t in tensors(expected, torch.Tensor)):
        return
    row.calls += 1
    row.value += 1  # taken back where it is not so
    row.gradient += 1
    row.second += 1
    what = "value"
    try:
        got = function(*args, **options)
        process = sample.output_process_fn_grad  # what it makes of the result has a derivative
        if entry.name in SIGN_FREE:
            if [x.shape for x in got] != [tuple(x.shape) for x in expected]:
                raise ValueError(f"shapes {[x.shape for x in got]}")
            got, expected, process = process(got), process(expected), lambda x: x
        zs, ts = tensors(got, tg.Tensor), tensors(expected, torch.Tensor)
        wrong = "" if len(zs) == len(ts) else f"{len(zs)} tensors, {len(ts)} in PyTorch"
        if not ts and got != expected:
            wrong = f"{got!r}, {expected!r} in PyTorch"
        wrong = wrong or next(filter(None, map(close, zs, ts)), "")
        if not wrong and leaves:
            zs, ts = tensors(process(got), tg.Tensor), tensors(process(expected), torch.Tensor)
        pairs = [(z, t) for z, t in zip(zs, ts, strict=False) if t.requires_grad and (t.numel() or z.requires_grad)]
        if not wrong and pairs and leaves:
            what = "gradient"
            wrong = derivatives(pairs, leaves, entry.supports_gradgrad)
            if wrong.startswith("second"):
                what = "second"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        wrong = f"{type(error).__name__}: {str(error).splitlines()[0][:120] if str(error) else ''} ({place.name})"
    if wrong:
        row.second -= 1
        if what != "second":
            row.gradient -= 1
        if what == "value":
            row.value -= 1
        shape = getattr(sample.input, "shape", None)
        row.faults.append(f"{what}: {wrong}; input {tuple(shape) if shape is not None else type(sample.input)}, "
                          f"args {_short(sample.args)}, {_short(sample.kwargs)}")  # fmt: skip


def refused(entry: Any, function: Any, row: Row) -> None:
    """Calls that PyTorch refuses: ours must, too. `value` counts those, `gradient` and `second` the same kind of error.
    """
    for case in entry.error_inputs("cpu"):
        sample = case.sample_input
        try:
            args = [converted(x, []) for x in (sample.input, *sample.args)]
            options = {key: converted(value, []) for key, value in sample.kwargs.items()}
        except (NotImplementedError, TypeError, RuntimeError, ValueError):
            continue
        try:
            entry(sample.input, *sample.args, **sample.kwargs)
            continue
        except Exception as error:
            expected = error
        row.calls += 1
        said = f"{type(expected).__name__}: {str(expected).splitlines()[0][:90] if str(expected) else ''}"
        about = f"{said}; input {_short(sample.input)}, args {_short(sample.args)}, {_short(sample.kwargs)}"
        try:
            function(*args, **options)
            row.faults.append(f"not refused: {about}")
        except Exception as error:
            row.value += 1
            same = isinstance(error, type(expected)) or isinstance(expected, type(error))
            row.gradient, row.second = row.gradient + same, row.second + same
            if not same:
                row.faults.append(f"{type(error).__name__}: {str(error)[:80]}, not {about}")


def _short(x: Any) -> str:
    if isinstance(x, torch.Tensor):
        return f"T{tuple(x.shape)}"
    if isinstance(x, dict):
        return "{" + ", ".join(f"{k}={_short(v)}" for k, v in x.items()) + "}"
    return "(" + ", ".join(map(_short, x)) + ")" if isinstance(x, (list, tuple)) else repr(x)


def derivatives(pairs: list, leaves: list, twice: bool) -> str:
    """What differs between the gradients, and the gradients of these."""
    rng = np.random.default_rng(0)
    gs = [rng.uniform(0.5, 1.5, tuple(t.shape)) for _, t in pairs]
    xs, ys = [x for x, _ in leaves], [y for _, y in leaves]
    try:
        theirs = torch.autograd.grad([t for _, t in pairs], ys, [torch.tensor(g, dtype=t.dtype) for g, (_, t) in zip(
            gs, pairs, strict=True)], create_graph=twice, allow_unused=True)  # fmt: skip
    except NotImplementedError:  # as of acosh_
        return ""
    if not all(z.requires_grad for z, _ in pairs):
        if any(g is not None and bool((g != 0).any()) for g in theirs):
            return "not on the graph"
        return ""
    mine = tg.autograd.grad([z for z, _ in pairs], xs, [tg.tensor(g, dtype=z.dtype) for g, (z, _) in zip(
        gs, pairs, strict=True)], create_graph=twice, allow_unused=True)  # fmt: skip
    tolerance = TOLERANCE if all(y.dtype == torch.float64 for y in ys) else ROUGH
    near = partial(close, tolerance=tolerance)
    wrong = next(filter(None, map(near, mine, theirs)), "")
    if wrong or not twice:
        return wrong
    ws = [rng.uniform(0.5, 1.5, x.shape).astype(x.dtype) for x in xs]
    both = [(a, b, w) for a, b, w in zip(mine, theirs, ws, strict=True)
            if a is not None and b is not None and b.requires_grad]  # fmt: skip
    again = [b for _, b, _ in both]
    if not again:
        return ""
    try:
        expected = torch.autograd.grad(again, ys, [torch.tensor(w) for *_, w in both], allow_unused=True)
    except RuntimeError:
        return ""
    recorded = [(a, w) for a, _, w in both if a.requires_grad]
    found = tg.autograd.grad([a for a, _ in recorded], xs, [tg.tensor(w) for _, w in recorded], allow_unused=True) if (
        recorded) else [None] * len(xs)  # fmt: skip
    wrong = next(filter(None, map(near, found, expected)), "")
    return f"second derivative: {wrong}" if wrong else ""


def _numbers(x: Any) -> int:
    return sum(t.numel() for t in tensors(x, torch.Tensor))


def look(entry: Any, samples: int | None = None, kind: str = "function") -> Row | None:
    """All that is compared for one op, of all samples or of some; None where there is no such op here."""
    function = ours(entry, "function" if kind == "errors" else kind)
    if function is None or not callable(function):
        return None
    row = Row(f"{entry.name}.{entry.variant_test_name}" if entry.variant_test_name else entry.name, family_of(entry))
    with warnings.catch_warnings(), contextlib.redirect_stdout(None):
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        if kind == "errors":
            refused(entry, function, row)
            return row
        try:
            found = entry.sample_inputs("cpu", torch.float64, requires_grad=entry.supports_autograd)
            every = list(itertools.islice(found, 60 if samples else None))
        except Exception:
            return row
        if samples:
            every = [x for x in every if _numbers((x.input, x.args)) < 20_000]
        step = max(1, len(every) // samples) if samples else 1
        for sample in every[::step][:samples]:
            compare(entry, function, sample, row, kind)
    return row


RANDOM = {"bernoulli", "rrelu", "multinomial", "normal", "rand_like", "randn_like", "randint_like", "rand", "randn",
          "randint", "uniform", "cauchy", "exponential", "geometric", "log_normal", "empty", "empty_like", "new_empty",
          "dropout", "empty_strided", "new_empty_strided", "empty_permuted", "normal_", "randperm"}  # fmt: skip


def run(samples: int | None = None, kind: str = "function", prefix: str = "") -> tuple[list[Row], list[str]]:
    """A row for each op that is here, and the names of those that are not."""
    rows, owed = [], []
    for entry in database():
        last = entry.name.rpartition(".")[2]
        chance = last in RANDOM or last == "bfloat16" or "dropout" in last or entry.variant_test_name == "complex"
        kinds = {"method": entry.method_variant, "inplace": entry.inplace_variant, "errors": entry.error_inputs_func}
        if chance or not entry.name.startswith(prefix) or not kinds.get(kind, True):
            continue
        row = look(entry, samples, kind)
        if row is None:
            owed.append(entry.name)
        elif row.calls:
            rows.append(row)
    return rows, sorted(set(owed))


def table(rows: list[Row], owed: list[str]) -> str:
    """The score by family."""
    lines = [f"{'family':<26}{'ops':>6}{'right':>7}{'calls':>8}{'value':>8}{'gradient':>10}{'second':>8}"]
    families = sorted({row.family for row in rows})
    for family in [*families, "all"]:
        chosen = [row for row in rows if family in (row.family, "all")]
        sums = Counter()
        for row in chosen:
            sums.update(calls=row.calls, value=row.value, gradient=row.gradient, second=row.second)
        right = sum(row.right for row in chosen)
        lines.append(f"{family:<26}{len(chosen):>6}{right:>7}{sums['calls']:>8}{sums['value']:>8}{sums['gradient']:>10}"
                     f"{sums['second']:>8}")  # fmt: skip
    lines.append(f"not here: {len(owed)} ops")
    return "\n".join(lines)


def main() -> None:
    start = time.perf_counter()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("prefix", nargs="?", default="", help="ops whose names begin so")
    parser.add_argument("--samples", type=int, help="of each op; all, unless given")
    parser.add_argument("--faults", type=int, default=3, help="of each op, to be printed")
    for kind in ("method", "inplace", "errors"):
        parser.add_argument(f"--{kind}", dest="kind", action="store_const", const=kind, default="function")
    options = parser.parse_args()
    rows, owed = run(options.samples, options.kind, options.prefix)
    for row in rows:
        if not row.right:
            print(f"{row.name}: of {row.calls} calls, value {row.value}, gradient {row.gradient}, second {row.second}")
            for fault in row.faults[: options.faults]:
                print(f"    {fault}")
    print(f"\nnot here: {', '.join(owed)}\n")
    print(table(rows, owed))
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    sys.exit(main())

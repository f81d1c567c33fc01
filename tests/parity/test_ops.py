"""Each op beside PyTorch's: value, gradient and second gradient on drawn calls, and both at the special numbers.

Where an op has no counterpart in PyTorch it is listed in OURS_ALONE, so that a new op is either compared or excused.
"""

import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import checks, draw, grammar
from tinygrad_edu.autograd import grad
from tinygrad_edu.ops.index import fill
from tinygrad_edu.tensor import tensor

torch = pytest.importorskip("torch", reason="PyTorch is not installed, so nothing is compared with it")
F = torch.nn.functional
vision = importlib.import_module("tests.parity.vision")  # it imports PyTorch

OPS = grammar.load()

SAME_NAME = [
    "add", "sub", "mul", "div", "neg", "positive", "pow", "remainder", "fmod", "floor_divide", "square",
    "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp",
    "logaddexp2", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "hypot", "sinh", "cosh", "tanh",
    "asinh", "acosh", "atanh", "sinc", "deg2rad", "rad2deg", "sigmoid", "relu", "abs", "sign", "copysign",
    "maximum", "minimum", "fmax", "fmin", "clamp", "where", "floor", "ceil", "trunc", "round", "frac",
    "nan_to_num", "clone", "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor",
    "logical_not", "isnan", "isinf", "isfinite", "signbit", "bitwise_and", "bitwise_or", "bitwise_xor",
    "bitwise_not", "nonzero", "matmul", "dot", "outer", "softmax", "log_softmax", "sum", "mean", "amax",
    "amin", "var", "std", "logsumexp", "cumsum", "cumprod", "argmax", "argmin", "all", "any", "count_nonzero",
    "tril", "triu", "zeros_like", "ones_like", "full_like", "squeeze", "flip", "roll", "transpose", "movedim",
    "diagonal",
]  # fmt: skip

NO_DIM_FOR_ALL = {"amax", "amin", "squeeze", "var", "std", "sum", "mean", "all", "any"}  # dim left out, not None


def _same(name):
    function = getattr(torch, name)

    def call(*xs, **static):
        if name == "flip":
            dims = static["dims"]
            static["dims"] = tuple(range(xs[0].ndim)) if dims is None else (dims,) if isinstance(dims, int) else dims
        if static.get("dim", 0) is None and name in NO_DIM_FOR_ALL:
            static.pop("dim")
        if name == "logsumexp" and static.get("dim", 0) is None:
            static["dim"] = tuple(range(xs[0].ndim))
        return function(*xs, **static)

    return call


def _along(function):
    def call(x, *, dim, keepdim=False):
        found = function(x, dim=dim, keepdim=keepdim)
        return found.values, found.indices

    return call


def _unsqueeze(x, *, dim):
    for d in sorted(d % (x.ndim + len(dim)) for d in dim) if isinstance(dim, tuple) else [dim]:
        x = torch.unsqueeze(x, d)
    return x


def _getitem(x, *arrays, index):
    return x[fill(index, arrays)]


def _setitem(x, y, *arrays, index):
    z = x.clone()
    z[fill(index, arrays)] = y
    return z


def _prod(x, dim=None, keepdim=False):
    for d in sorted((d % x.ndim for d in dim), reverse=True) if isinstance(dim, tuple) else [dim]:  # one at a time
        x = torch.prod(x) if d is None else torch.prod(x, d, keepdim)
    return x


def _nll(x, target, weight=None, **static):
    return F.nll_loss(x, target, weight, **static)


def _pad(x, *, widths, value=0):
    return F.pad(x, [n for pair in reversed(widths) for n in pair], value=value)


def _gather(x, index, *, dim):
    return torch.gather(x, dim, index)


TORCH = {name: _same(name) for name in SAME_NAME}
TORCH |= {
    "prod": _prod,
    "norm": lambda x, dim=None, keepdim=False: torch.linalg.vector_norm(x, dim=dim, keepdim=keepdim),
    "astype": lambda x, dtype: x.to(getattr(torch, np.dtype(dtype).name)),
    "broadcast_to": lambda x, shape: torch.broadcast_to(x, shape),
    "unsqueeze": _unsqueeze,
    "getitem": _getitem,
    "setitem": _setitem,
    "sum_to": lambda x, shape: x.sum_to_size(shape),
    "gather": _gather,
    "scatter_add": lambda x, index, y, dim: torch.scatter_add(x, dim, index, y),
    "linear": F.linear,
    "einsum": lambda *xs, subscripts: torch.einsum(",".join(subscripts[0]) + "->" + subscripts[1], *xs),
    "nll_loss": _nll,
    "cross_entropy": F.cross_entropy,
    "mse_loss": F.mse_loss,
    "sort": lambda x, dim=-1, descending=False: tuple(torch.sort(x, dim=dim, descending=descending, stable=True)),
    "max": _along(torch.max),
    "min": _along(torch.min),
    "reshape": torch.reshape,
    "permute": lambda x, dims=None: torch.permute(x, tuple(reversed(range(x.ndim))) if dims is None else dims),
    "concatenate": lambda *xs, dim=0: torch.cat(xs, dim),
    "tile": lambda x, repeats: torch.tile(x, (repeats,) if isinstance(repeats, int) else repeats),
    "repeat_interleave": lambda x, repeats, dim: torch.repeat_interleave(
        x, repeats if isinstance(repeats, int) else torch.tensor(repeats), dim
    ),
    "pad": _pad,
    "unfold": lambda x, window, step=1: x.unfold(-1, window, step),
    "empty_like": torch.zeros_like,  # ours is always zero
    **vision.TORCH,
}

# Activations, attention, recurrent layers and costs.
TORCH |= {name: _same(name) for name in ("erf", "erfc", "erfinv", "i0")}
TORCH |= {name: getattr(torch.special, name) for name in ("i0e", "i1", "i1e", "erfcx", "ndtri")}


def _attention_weights(x, mask=None, *, scale=1.0, causal=False):
    x = x * scale if mask is None else x * scale + mask
    if causal:
        x = x.masked_fill(torch.ones(x.shape[-2:], dtype=torch.bool).triu(1), -torch.inf)
    hidden = (x == -torch.inf).all(-1, keepdim=True)
    return torch.softmax(x.masked_fill(hidden, 0), -1).masked_fill(hidden, 0)


def _lstm_gates(x, c):
    i, f, n, o = x.unbind(1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(n)
    return torch.sigmoid(o) * torch.tanh(c), c


def _gru_gates(x, y, h):
    (r1, z1, n1), (r2, z2, n2) = x.unbind(1), y.unbind(1)
    z, new = torch.sigmoid(z1 + z2), torch.tanh(n1 + torch.sigmoid(r1 + r2) * n2)
    return (1 - z) * new + z * h


TORCH |= {
    "prelu": lambda x, w: torch.where(x > 0, x, w * x),  # PyTorch's own wants one w for each channel
    "elu": lambda x, alpha=1.0, scale=1.0, steepness=1.0: torch._C._nn.elu(x, alpha, scale, steepness),
    "gelu": F.gelu,
    "silu": F.silu,
    "softplus": F.softplus,
    "log_sigmoid": F.logsigmoid,
    "hardtanh": lambda x, low=-1.0, high=1.0: F.hardtanh(x, low, high),
    "binary_cross_entropy": lambda x, y: F.binary_cross_entropy(x, y, reduction="none"),
    "attention_weights": _attention_weights,
    "lstm_gates": _lstm_gates,
    "gru_gates": _gru_gates,
    "pieces": lambda x, lengths: torch.split(x, list(lengths)),
}

# No function of PyTorch, or one whose call looks too different; the laws hold them to plain loops all the same.
OURS_ALONE = {"cbrt", "heaviside", "index_add", "read_at", "write_at", "diagonal_embed", "fold", *vision.OURS_ALONE}
OURS_ALONE |= {  # what is composed of these is compared by test_op_db, with PyTorch's own samples
    "median_place", "mode_place", "running_place", "scatter_extreme", "logcumsumexp", "inv", "solve_matrix", "det",
    "cofactors", "slogdet", "cholesky", "qr", "eigh", "svd", "pinv", "lu_factor",
    # by test_op_db as well: PyTorch's trigamma has 9 digits, and of the others it lacks a derivative
    "lgamma", "digamma", "polygamma", "igamma", "igammac", "zeta",
    "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "modified_bessel_k0", "modified_bessel_k1",
    "scaled_modified_bessel_k0", "scaled_modified_bessel_k1", "airy_ai",
}  # fmt: skip


def test_every_op_is_compared_or_excused():
    assert set(OPS) == set(TORCH) | OURS_ALONE


def pair(call):
    """Value, gradients and second gradients of a call, here and in PyTorch, each as a flat list of arrays."""
    rng = checks.rng_of(call)
    gs = checks.weights(call.values(), rng)
    ws = checks.directions([call.arrays[i].shape for i in call.wanted], rng)
    return ours(call, gs, ws), theirs(call, gs, ws)


def ours(call, gs, ws):
    xs = checks.leaves(call)
    value = call.op.call(*xs, **call.static)
    values = value if type(value) is tuple else (value,)
    pairs = [(z, g) for z, g in zip(values, gs, strict=True) if z.requires_grad]
    wanted = [xs[i] for i in call.wanted]
    found = [[z.detach().numpy() for z in values]]
    if pairs:
        roots, arriving = map(list, zip(*pairs, strict=True))
        first = grad(roots, wanted, arriving, create_graph=True, materialize_grads=True)
        found.append([f.detach().numpy() for f in first])
        again = [(f, w) for f, w in zip(first, ws, strict=True) if f.requires_grad]
        if again:
            second = grad([f for f, _ in again], wanted, [w for _, w in again], materialize_grads=True)
            found.append([s.numpy(force=True) for s in second])
    return found


def theirs(call, gs, ws):
    xs = [torch.tensor(x, requires_grad=i in call.wanted) for i, x in enumerate(call.arrays)]
    value = TORCH[call.op.name](*xs, **call.static)
    values = value if isinstance(value, tuple) else (value,)
    pairs = [(z, g) for z, g in zip(values, gs, strict=True) if z.requires_grad]
    wanted = [xs[i] for i in call.wanted]
    found = [[z.detach().numpy() for z in values]]
    if pairs:
        options = {"allow_unused": True, "materialize_grads": True}
        arriving = [torch.tensor(g, dtype=z.dtype) for z, g in pairs]
        first = torch.autograd.grad([z for z, _ in pairs], wanted, arriving, create_graph=True, **options)
        found.append([f.detach().numpy() for f in first])
        again = [(f, torch.tensor(w)) for f, w in zip(first, ws, strict=True) if f.requires_grad]
        if again:
            second = torch.autograd.grad([f for f, _ in again], wanted, [w for _, w in again], **options)
            found.append([s.numpy(force=True) for s in second])
    return found


LOOSER = {"binary_cross_entropy": 1e-8}  # PyTorch divides by x (1 − x) + 1e-12


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("name", sorted(TORCH))
@given(data=st.data())
def test_value_gradient_and_second_gradient(name, data):
    """Equal to 1e-10; a second gradient that one side knows to be zero may be missing on the other."""
    call = data.draw(draw.calls(OPS[name]))
    if _beyond_pytorch(call):
        return
    here, there = pair(call)
    for what, a, b in zip(("value", "gradient", "second gradient"), here, there, strict=False):
        for x, y in zip(a, b, strict=True):
            assert x.shape == y.shape, f"{name}, {what}: shape {x.shape}, {y.shape} in PyTorch"
            assert x.dtype == y.dtype, f"{name}, {what}: dtype {x.dtype}, {y.dtype} in PyTorch"
            bound = LOOSER.get(name, 1e-10)
            np.testing.assert_allclose(x, y, rtol=bound, atol=bound, err_msg=f"{name}, {what}")
    for extra in (*here[len(there) :], *there[len(here) :]):
        assert all(not np.any(x) for x in extra), f"{name}: a derivative that only one of the two knows"


# ------------------------------------------------------------------------------------- at the special numbers

def _beyond_pytorch(call):
    """Calls that NumPy's users know and PyTorch does not."""
    if call.op.name in ("getitem", "setitem"):  # no negative steps
        return any(isinstance(p, slice) and (p.step or 1) < 0 for p in call.static["index"])
    if call.op.name == "scatter_add":  # PyTorch wants src as long as the index to find its derivative
        return call.arrays[1].shape != call.arrays[2].shape
    return call.op.name == "floor_divide"  # no derivative, where ours is zero


SPECIAL = np.array([-np.inf, -2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.0, np.inf, np.nan])
UNARY = sorted(n for n, op in OPS.items() if n in TORCH and op.elementwise and len(op.positional) == 1)
UNARY = [n for n in UNARY if not n.startswith("bitwise")]
BINARY = sorted(n for n, op in OPS.items() if n in TORCH and op.elementwise and len(op.positional) == 2)
BINARY = [n for n in BINARY if not n.startswith("bitwise")]

# Where we differ on purpose: the inputs at which it is so.
DIFFERENT = {
    "relu": np.isnan,  # 0, where PyTorch says 1; a nan reaches the cost, so the gradient that arrives is nan
    "sign": np.isnan,  # nan, as NumPy has it, where PyTorch says 0
    "abs": np.isnan,  # so the gradient of a nan is nan: it does not hide
    "acosh": lambda x: x < 1,  # where the value is nan the gradient is nan, PyTorch's is a number
    "gelu": lambda x: x == np.inf,  # inf, where PyTorch has nan in single precision
    "elu": np.isnan,  # so the gradient of a nan is nan
    "prelu": lambda x, w: ~(np.isfinite(x) & np.isfinite(w)),  # 0 for the branch not taken, PyTorch's: 0 · inf
    "i1": np.isnan,  # so the gradient of a nan is nan
    "i1e": lambda x: np.isnan(x) | (abs(x) == 2),  # the same; and its derivative is a difference, as that of erfcx
    "erfcx": lambda x: x == 2,  # its derivative is a difference of near numbers: the last bit of a float32
    "copysign": lambda x, y: np.isinf(x) | np.isnan(x) | np.isnan(y),  # ±1 at ±inf, where PyTorch has nan
}
ZERO_OF_EITHER_SIGN = {"relu", "elu", "fmax", "fmin", "remainder", "logaddexp2", "i1", "i1e"}  # such as relu(−0)


def special_pair(name, *arrays, **static):
    xs = [tensor(x, requires_grad=True) for x in arrays]
    z = OPS[name].call(*xs, **static)
    ts = [torch.tensor(x, requires_grad=True) for x in arrays]
    t = TORCH[name](*ts, **static)
    if t.requires_grad and name != "floor_divide":
        t.sum().backward()
        if z.requires_grad:
            z.sum().backward()
    gradients = [[np.zeros(x.shape) if x.grad is None else x.grad.numpy() for x in leaves] for leaves in (xs, ts)]
    return z.detach().numpy(), t.detach().numpy(), list(zip(*gradients, strict=True))


def compare_special(name, *arrays, **static):
    if name in DIFFERENT:
        arrays = tuple(x[~DIFFERENT[name](*arrays)] for x in arrays)
    z, t, gradients = special_pair(name, *arrays, **static)
    rtol = 1e-12 if z.dtype == np.float64 else 1e-6
    np.testing.assert_allclose(z, t, rtol=rtol, atol=1e-15, err_msg=f"{name}: the value")
    if z.dtype.kind == "f" and name not in ZERO_OF_EITHER_SIGN:
        known = ~np.isnan(t)
        np.testing.assert_array_equal(np.signbit(z)[known], np.signbit(t)[known], f"{name}: the sign of a zero")
    for x, y in gradients:
        np.testing.assert_allclose(x, y, rtol=rtol, err_msg=f"{name}: a gradient")


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_special_numbers(name, dtype):
    """Values, signs of zeros, and gradients at ±inf, nan, ±0 and the edges of the domains."""
    static = {"clamp": {"min": -0.5, "max": 1.0}}.get(name, {})
    compare_special(name, SPECIAL.astype(dtype), **static)


@pytest.mark.parametrize("name", BINARY)
def test_special_pairs(name):
    """The same at every pair of them, ties included."""
    x, y = (a.ravel() for a in np.meshgrid(SPECIAL, SPECIAL))
    compare_special(name, x, y)


SPECIAL_ROWS = [[1.0, np.nan, 2.0], [1.0, np.inf, 2.0], [-np.inf, 1.0, 2.0], [-np.inf, -np.inf], [np.inf, -np.inf],
                [0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 2.0, 1.0], [5.0], [1e4, -1e4], [np.nan, np.nan]]  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning")  # PyTorch's: a deviation of one number
@pytest.mark.parametrize("row", SPECIAL_ROWS, ids=repr)
@pytest.mark.parametrize(
    "name",
    ["sum", "mean", "amax", "amin", "var", "std", "norm", "logsumexp", "cumsum", "softmax", "log_softmax", "sort"],
)
def test_special_rows(name, row):
    """Reductions of nans, infinities, ties and equal numbers, and their gradients."""
    x, y = tensor(row, dtype=np.float64, requires_grad=True), torch.tensor(row, dtype=torch.float64, requires_grad=True)
    z, t = OPS[name].call(x, dim=0), TORCH[name](y, dim=0)
    z, t = (z[0], t[0]) if name == "sort" else (z, t)
    np.testing.assert_allclose(z.detach().numpy(), t.detach().numpy(), rtol=1e-12)
    k = np.arange(1.0, z.numel() + 1).reshape(z.shape)
    (z * tensor(k)).sum().backward()
    (t * torch.tensor(k)).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-12, atol=1e-15)

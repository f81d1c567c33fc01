"""Writing in place: the numbers land in the shared memory, and every tensor that shows them stays differentiable.

The programs below are run twice: here and, where it is installed, in PyTorch; without it, against closed forms.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from tinygrad_edu import from_numpy, grad, no_grad, tensor, zeros
from tinygrad_edu.inplace import read_at, write_at

A = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
W = np.array([[1.0, -2.0, 3.0], [-4.0, 5.0, -6.0]])


def leaf(data=A):
    return tensor(data, dtype=np.float64, requires_grad=True)


def same(x, expected):
    np.testing.assert_allclose(x.detach().numpy(), expected, rtol=1e-12)


# Each program gets a fresh interior tensor y = 1 · x, a constant w of its shape, writes, and returns what is summed.


def add_to_interior(y, w):
    y += w * y
    return y * y


def each_arithmetic_op(y, w):
    y += 1
    y -= w
    y *= 2
    y /= 3
    y **= 2
    return y * w


def ops_that_save_their_argument(y, w):
    return y.sin_().mul_(y).cos_().exp_().tanh_().sigmoid_().sqrt_().log_().abs_().neg_()


def with_another_tensor(y, w):
    z = y * 3
    z.mul_(y).add_(w).sub_(y).div_(y + 10)
    return z + y


def through_a_view(y, w):
    y[0].mul_(3)
    return y * w


def through_an_element(y, w):
    y[1, 2].mul_(5)
    y[0, 0] += 7
    return y * y


def through_a_slice_kept(y, w):
    part = y[:, 1:]
    part *= part
    return y * w + (part * 2).sum()


def base_moves_views(y, w):
    part, turned, flat = y[0], y.T, y.view(-1)
    y *= w
    return (part * 2).sum() + (turned * turned).sum() + (flat * 3).sum()


def view_moves_base_and_siblings(y, w):
    row, column, whole = y[0], y[:, 0], y.view(6)
    row *= 2
    return (column * column).sum() + (whole * whole).sum() + (row * 3).sum() + y * w


def views_of_views(y, w):
    inner = y.view(3, 2)[1:].T[0]
    inner *= 4
    inner.add_(1)
    return y * y * w


def transposed(y, w):
    y.T[0] = y.T[1] * 2
    y.transpose(0, 1).mul_(w.T)
    return y * y


def transposed_base(y, w):
    z = y.T * 2  # its numbers lie column by column
    z[0] *= 3
    part = z[1:, 1]
    part += z[0, 0]
    return z * z


def strided(y, w):
    y[:, ::2] *= w[:, ::2]
    y[:, 1::2] = y[:, ::2][:, :1]
    return y * y


def written_with_setitem(y, w):
    y[0] = w[1]
    y[1, 1:] = y[0, 1:] * 2
    y[:, 0] = 0
    return y * y


def written_with_a_mask(y, w):
    y[w > 0] = y[w > 0] * 3
    y[y > 1000] = 1
    return y * w


def written_with_integers(y, w):
    y[[0, 1], [2, 0]] = y[[1, 0], [0, 0]] * 2
    return y * w


def overwritten_whole(y, w):
    z = y * 2
    z[...] = y[0]
    return z * z * w


def zeroed_and_filled(y, w):
    a, b = y * 1, y * 2
    a.zero_()
    b[0].fill_(5)
    return a + b * b


def filled_with_a_tensor(y, w):
    z = w * 1
    z.fill_(y.sum())
    return z * z


def copied(y, w):
    z = w * 1
    z.copy_(y * y)
    z[1].copy_(y[0])
    return z * y


def a_constant_buffer_joins_the_graph(y, w):
    out = w * 0
    for i in range(2):
        for j in range(3):
            out[i, j] = (y[i] * y[i, j]).sum()
    return out * w


def a_row_at_a_time(y, w):
    out = w * 0
    state = y[0]
    for i in range(2):
        state = (state * y[i]).tanh() if i else state
        out[i] = state
    out[0] += out[1]
    return out


def saved_then_written_over_by_the_same_chain(y, w):
    for _ in range(5):
        y = y.add_(1)
        y.mul_(w)
    return y


def clamped_and_masked(y, w):
    y.clamp_(min=1.5, max=5.5)
    y[0].masked_fill_(w[0] < 0, 0)
    return y * y * w


def scattered(y, w):
    index = (w[:, :1] > 0) * 1
    y.scatter_add_(1, index, y[:, :1] * 2)
    return y * y


def reshaped_copies_stand_apart(y, w):
    z = y.T.reshape(6)  # a copy
    z *= 2
    return y * y + z.sum()


def squeezed(y, w):
    y.unsqueeze(0).squeeze(0)[1] *= 2
    y.view(2, 1, 3).squeeze(1)[0] *= w[0]
    return y * y


def split_into_views(y, w):
    for part, other in zip(y.split(1), w.split(1)):  # noqa: B905
        part *= other
    first, second = y.unbind(0)
    first += second
    return y * y


PROGRAMS = [
    add_to_interior, each_arithmetic_op, with_another_tensor, through_a_view, through_an_element,
    through_a_slice_kept, base_moves_views, view_moves_base_and_siblings, views_of_views, transposed, transposed_base,
    strided, written_with_setitem, written_with_a_mask, written_with_integers, overwritten_whole, zeroed_and_filled,
    filled_with_a_tensor, copied, a_constant_buffer_joins_the_graph, a_row_at_a_time,
    saved_then_written_over_by_the_same_chain, clamped_and_masked, scattered, reshaped_copies_stand_apart, squeezed,
    split_into_views,
]  # fmt: skip


PYTORCH_REFUSES = [split_into_views, through_a_slice_kept]


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p not in PYTORCH_REFUSES])
def test_a_program_agrees_with_pytorch(program):
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs it installed")
    results = []
    for make in (lambda a: leaf(a), lambda a: torch.tensor(a, requires_grad=True)):
        x, w = make(A), make(W).detach()
        y = x * 1
        z = program(y, w)
        (z.sum() + (y * w).sum()).backward()
        results.append([t.detach().numpy() for t in (z, y, x.grad)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10)


def _numbers(program, a):
    """The sum that a program makes, with no graph: NumPy's own in-place semantics."""
    with no_grad():
        y = tensor(a, dtype=np.float64)
        w = tensor(W)
        return (program(y, w).sum() + (y * w).sum()).item()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_agrees_with_differences(program):
    x, w = leaf(), tensor(W)
    y = x * 1
    z = program(y, w).sum() + (y * w).sum()
    (g,) = grad(z, x)
    step = 1e-6
    for place in np.ndindex(A.shape):
        up, down = A.copy(), A.copy()
        up[place] += step
        down[place] -= step
        slope = (_numbers(program, up) - _numbers(program, down)) / (2 * step)
        assert g[place].item() == pytest.approx(slope, rel=1e-5, abs=1e-5 * max(1, abs(z.item()))), place
    assert z.item() == pytest.approx(_numbers(program, A), rel=1e-12)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_has_second_derivatives(program):
    """create_graph reads the formulas on Tensors, where in place is functional: the same first derivative."""
    x, w = leaf(), tensor(W)
    y = x * 1
    z = program(y, w).sum() + (y * w).sum()
    (first,) = grad(z, x, create_graph=True, retain_graph=True)
    (plain,) = grad(z, x, retain_graph=True)
    np.testing.assert_allclose(first.detach().numpy(), plain.numpy(), rtol=1e-12, atol=1e-12)
    if not first.requires_grad:
        return
    (second,) = grad(first.sum(), x, materialize_grads=True)

    def gradient(a):
        x = leaf(a)
        y = x * 1
        return grad(program(y, w).sum() + (y * w).sum(), x)[0].numpy()

    step = 1e-6
    for place in ((0, 0), (1, 2)):
        e = np.zeros_like(A)
        e[place] = step
        slope = (gradient(A + e).sum() - gradient(A - e).sum()) / (2 * step)
        assert second[place].item() == pytest.approx(slope, rel=1e-4, abs=1e-3 * max(1, np.abs(plain.numpy()).max()))


# --------------------------------------------------------------------------------------------- closed forms


def test_every_in_place_method_walks_back():
    """Also those whose derivative needs the value that was overwritten: the op keeps a copy."""
    for name, slope in {
        "sin_": np.cos, "cos_": lambda a: -np.sin(a), "exp_": np.exp, "log_": lambda a: 1 / a, "abs_": np.sign,
        "sqrt_": lambda a: 0.5 / np.sqrt(a), "tanh_": lambda a: 1 - np.tanh(a) ** 2, "neg_": lambda a: -1 + 0 * a,
        "relu_": lambda a: (a > 0) * 1.0, "sign_": lambda a: 0 * a,
        "sigmoid_": lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
    }.items():  # fmt: skip
        x = leaf()
        y = x * 1
        assert getattr(y, name)() is y
        y.sum().backward()
        np.testing.assert_allclose(x.grad.numpy(), slope(A), rtol=1e-12, err_msg=name)


def test_a_power_in_place_and_a_factor_that_requires_grad():
    x, w = leaf(), leaf(W)
    y = x * 1
    y **= 3
    y *= w
    y *= y
    y.sum().backward()
    same(x.grad, 6 * A**5 * W**2)
    same(w.grad, 2 * A**6 * W)


def test_integers_reads_repeat_and_add_up():
    x = leaf([1.0, 2.0, 3.0])
    y = x * 1
    z = y[[0, 0, 2]]  # a copy
    z *= 2
    z.sum().backward()
    same(x.grad, [4, 0, 2])
    same(y, [1, 2, 3])


def test_setitem_with_repeated_places_keeps_one_value():
    x, v = leaf([1.0, 2.0, 3.0]), leaf([10.0, 10.0])
    y = x * 1
    y[[1, 1]] = v
    y.sum().backward()
    same(y, [1, 10, 3])
    same(x.grad, [1, 0, 1])


def test_setitem_broadcasts_and_sums_back():
    x, v = leaf(), leaf([1.0, 2.0, 3.0])
    y = x * 1
    y[:] = v
    (y * tensor(W)).sum().backward()
    same(v.grad, W.sum(0))
    same(x.grad, 0 * A)
    scalar = leaf(2.0)
    y = x * 1
    y[0, 1:] = scalar
    y.sum().backward()
    same(scalar.grad, 2.0)


def test_a_tensor_index_and_a_mask():
    x = leaf()
    y = x * 1
    y[tensor([0, 1]), tensor([1, 1])] = 0
    y[x.detach() > 5] = 1.0
    y.sum().backward()
    same(x.grad, [[1, 0, 1], [1, 0, 0]])


def test_a_loop_that_fills_a_buffer():
    x = leaf([1.0, 2.0, 3.0])
    out = zeros(3, 3, dtype=np.float64)
    assert not out.requires_grad
    for i in range(3):
        out[i] = x * x[i]
    assert out.requires_grad and not out.is_leaf
    (out * out).sum().backward()  # (Σ x²)²
    same(x.grad, 4 * 14 * np.array([1.0, 2.0, 3.0]))


def test_np_add_at_adds_where_an_index_repeats():
    x, v = leaf([1.0, 2.0, 3.0]), leaf([10.0, 20.0])
    y = x * x
    np.add.at(y, [1, 1], v)
    same(y, [1, 34, 9])
    (y * y).sum().backward()
    same(x.grad, [4, 2 * 34 * 4, 2 * 9 * 6])
    same(v.grad, [68, 68])


def test_third_derivatives_through_repeated_indices():
    x = leaf([2.0, 3.0])
    y = (x[[0, 0, 1]] ** 3).sum()
    for expected in ([24, 27], [24, 18], [12, 6]):
        (y,) = grad(y.sum(), x, create_graph=True)
        same(y, expected)
    y = (zeros(2, dtype=np.float64).scatter_add(0, tensor([1, 1]), x**3) ** 2).sum()  # (8 + 27)²
    for expected in ([2 * 35 * 12, 2 * 35 * 27], [2 * 39 * 12 + 2 * 35 * 12, 2 * 39 * 27 + 2 * 35 * 18]):
        (y,) = grad(y.sum(), x, create_graph=True)
        same(y, expected)


def test_results_are_the_tensor_itself_and_memory_is_kept():
    x = leaf()
    y = x * 1
    memory = y.data_ptr()
    z = y
    assert y.add_(1) is y
    y += 1
    assert y is z and y.data_ptr() == memory
    t = tensor([1.0, 2.0])
    array = t.numpy()
    t += 1
    t[0] = 9
    assert array.tolist() == [9, 3]


def test_without_a_graph_views_still_share():
    t = tensor(np.arange(6.0)).view(2, 3)
    t.T[0] = 7
    t[1] *= 2
    t[0, 1].fill_(-1)
    assert t.tolist() == [[7, -1, 2], [14, 8, 10]]
    mask, other = tensor([True, False]), tensor([True, True])
    alias = mask
    mask &= other
    mask |= tensor([False, True])
    mask ^= other
    assert alias is mask and alias.tolist() == [False, False]


# ------------------------------------------------------------------------------------------------ refusals


def test_a_leaf_and_its_views_are_refused():
    x = leaf()
    for write, what in (
        (lambda: x.add_(1), "add_: a leaf that requires grad"),
        (lambda: x.__setitem__(0, 1), "setitem: a leaf that requires grad"),
        (lambda: x.zero_(), "zero_: a leaf"),
        (lambda: x.copy_(x * 2), "copy_: a leaf"),
        (lambda: x[0].mul_(2), "mul_: a view of a leaf"),
        (lambda: x.T.__setitem__(0, 5), "setitem: a view of a leaf"),
        (lambda: x.view(-1)[1:].view(5).fill_(0), "fill_: a view of a leaf"),
    ):
        with pytest.raises(RuntimeError, match=rf"{what}.*no_grad\(\).*\.data") as error:
            write()
        assert "\n" not in str(error.value)
    same(x, A)
    assert x.is_leaf


def test_a_leaf_that_shows_the_memory_of_others_is_refused():
    base = tensor([1.0, 2.0, 3.0])
    v = base[:2]
    v.requires_grad_()
    with pytest.raises(RuntimeError, match="leaf"):
        v[0] = 5
    with pytest.raises(RuntimeError, match="memory of a leaf"):
        base[1:] *= leaf([1.0, 2.0]).float()
    assert v.is_leaf and base.tolist() == [1, 2, 3]
    base *= 2  # nothing on the graph is involved: a plain write, as through .data
    assert v.tolist() == [2, 4]


def test_a_view_taken_under_no_grad_is_refused():
    x = leaf()
    y = x * 1
    with no_grad():
        part = y[0]
    with pytest.raises(RuntimeError, match=r"mul_: this view was taken under no_grad\(\)"):
        part *= 2
    with no_grad():
        part *= 2
    same(y, A * [[2], [1]])


def test_no_grad_writes_change_numbers_and_nothing_else():
    x = leaf()
    with no_grad():
        x -= 0.5
        x[0] = 0
        x.T[1].fill_(7)
        x.copy_(x * 2)
    assert x.is_leaf and x.requires_grad and x.grad is None
    same(x, [[0, 14, 0], [7, 14, 11]])
    y = x * 1
    place = y.grad_fn
    with no_grad():
        y += 1
    assert y.grad_fn is place


def test_shapes_that_do_not_fit():
    x = leaf()
    y = x * 1
    with pytest.raises(ValueError, match=r"add_: .*expected \(2, 3\), got \(4, 2, 3\)"):
        y += tensor(np.ones((4, 2, 3)))
    with pytest.raises(ValueError, match=r"add: .*\(2, 3\), \(2,\)"):
        y += tensor(np.ones(2))
    with pytest.raises(ValueError, match=r"setitem: .*\(2, 3\)"):
        y[0] = tensor(np.ones(2))
    with pytest.raises(ValueError, match=r"setitem: .*\(2, 3\).*\(2,\)"):
        y.detach()[0] = np.ones(2)
    with pytest.raises(ValueError, match="fill_: one number"):
        y.fill_(tensor([1.0, 2.0]))
    with pytest.raises(ValueError):
        y.copy_(np.ones((3, 3)))
    with pytest.raises(IndexError, match="setitem"):
        y[5] = 0
    with pytest.raises(IndexError, match="setitem"):
        y.detach()[0, 5] = 0
    same(y, A)
    assert y.grad_fn.op.name == "mul"


def test_dtypes():
    i = tensor([1, 2])
    with pytest.raises(TypeError, match=r"mul_: .*float32.*int64"):
        i *= 1.5
    with pytest.raises(TypeError, match=r"div_: .*float32.*int64"):
        i /= 2
    i += True
    assert i.tolist() == [2, 3] and i.dtype == np.int64
    i[0] = 2.7
    i.fill_(3.9)
    assert i.tolist() == [3, 3]
    x = tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    y += tensor([1.0, 2.0], dtype=np.float64, requires_grad=True)
    assert y.dtype == np.float32
    y[0] = tensor(5.0, dtype=np.float64)
    y.sum().backward()
    assert x.grad.dtype == np.float32 and x.grad.tolist() == [0, 1]
    f = tensor([0.0], dtype=np.float64)
    f.fill_(0.1)
    assert f.item() == 0.1
    f.copy_([0.2])
    f[0] = 0.3
    assert f.item() == 0.3


def test_expanded_and_read_only_memory_is_refused():
    x = leaf([1.0, 2.0])
    y = (x * 1).expand(3, 2)
    for t in (y, tensor([1.0, 2.0]).expand(3, 2), y[0]):
        with pytest.raises(RuntimeError, match=r"share one place in memory.*clone\(\)"):
            t += 1
    array = np.zeros(2)
    array.flags.writeable = False
    for write in (lambda t: t.add_(1), lambda t: t.__setitem__(0, 1)):
        with pytest.raises((RuntimeError, ValueError), match="read-only"):
            write(from_numpy(array))
    z = y.clone()
    z += 1
    z.sum().backward()
    same(x.grad, [3, 3])


def test_writing_under_a_transposed_alias_of_the_same_memory():
    x = leaf(np.arange(9.0).reshape(3, 3))
    y = x * 1
    y.copy_(y.T)
    (y * tensor(np.arange(9.0).reshape(3, 3))).sum().backward()
    same(y, np.arange(9.0).reshape(3, 3).T)
    same(x.grad, np.arange(9.0).reshape(3, 3).T)


def test_zero_size_writes():
    x = leaf(np.ones((0, 3)))
    y = x * 1
    y += 1
    y[:, 0] *= 2
    y[...] = 5.0
    y.sum().backward()
    assert x.grad.shape == (0, 3)


def test_a_retained_gradient_moves_with_its_tensor():
    x = leaf([1.0, 2.0])
    y = x * 1
    y.retain_grad()
    y *= 3
    (y * y).sum().backward()
    same(y.grad, [6, 12])
    same(x.grad, [18, 36])


def test_add_then_write_passes_and_mul_then_write_raises():
    x = leaf()
    y = x * 1
    z = (y + 3).sum()
    y[0] = 0
    z.backward()
    same(x.grad, np.ones_like(A))
    y = x * 1
    z = (y * y).sum()
    y.view(-1)[2:4] = 0
    with pytest.raises(RuntimeError, match=r"mul: .*\(2, 3\).*\n.*saved by mul.*\n.*overwritten at"):
        z.backward()


def test_views_of_a_parameter_do_not_pile_up():
    x = leaf()
    for _ in range(50):
        (x[0] * x.T[0, 0]).sum().backward()
    assert len(x._views) == 0


# ----------------------------------------------------------------------------------- the two ops behind views


def test_read_at_and_write_at_are_each_others_derivatives():
    at = np.array([[5, 0], [3, 1]])
    x, y = leaf(), leaf([[10.0, 20.0], [30.0, 40.0]])
    same(read_at(x, at=at), [[6, 1], [4, 2]])
    same(write_at(x, y, at=at), [[20, 40, 3], [30, 5, 10]])
    (write_at(x, y, at=at) * tensor(W)).sum().backward()
    same(x.grad, [[0, 0, 3], [0, 5, 0]])
    same(y.grad, W.reshape(-1)[at])
    (first,) = grad((read_at(x, at=at) ** 3).sum(), x, create_graph=True)
    (second,) = grad(first.sum(), x)
    expected = np.zeros(6)
    expected[at.reshape(-1)] = 6 * A.reshape(-1)[at.reshape(-1)]
    same(second, expected.reshape(2, 3))


def test_an_expanded_view_of_what_was_written_reads_each_number_as_often_as_it_shows_it():
    x = leaf([1.0, 2.0])
    y = x * 1
    wide = y.expand(3, 2)
    y.mul_(2)
    (wide * wide).sum().backward()
    same(x.grad, 3 * 2 * 4 * np.array([1.0, 2.0]))


def test_a_leaf_is_not_written_through_a_squeeze_that_changes_nothing():
    x = leaf()
    with pytest.raises(RuntimeError, match="view of a leaf"):
        x.squeeze().sin_()
    same(x, A)


def test_a_leaf_turned_under_no_grad_stays_a_leaf():
    x = leaf([1.0, 2.0])
    with no_grad():
        x.unsqueeze_(0)
    assert x.is_leaf and x.requires_grad and x.shape == (1, 2)
    (x * x).sum().backward()
    same(x.grad, [[2.0, 4.0]])


def test_a_diagonal_is_written_through():
    x = leaf(np.ones((2, 2)))
    y = x * 3
    y.diagonal().fill_(0)
    (y * y).sum().backward()
    same(x.grad, [[0.0, 18.0], [18.0, 0.0]])
    with pytest.raises(RuntimeError, match="cannot be written to"):
        zeros(2, 1).expand(2, 3)[0] = 1.0


# --------------------------------------------------------------------------------------- programs nobody thought of


def _random_program(seed, make):
    """A few steps, drawn from a seed: views of views, and writes through any of them. All values and the gradient."""
    choose = random.Random(seed)
    a = np.random.default_rng(seed).standard_normal((3, 4))
    x = make(a)
    tensors, total = [x * 1, make(a[::-1].copy()).detach()], 0
    for _ in range(choose.randint(3, 9)):
        t, step, some = choose.choice(tensors), choose.randint(0, 10), choose.choice(tensors)
        if step == 0 and t.ndim:
            tensors.append(t[choose.randrange(len(t))])
        elif step == 1:
            tensors.append(t.T if t.ndim == 2 else t.unsqueeze(0))
        elif step == 2 and t.ndim:
            tensors.append(t[:: choose.randint(1, 2)])
        elif step == 3:
            tensors.append(t.reshape(-1))
        elif step == 4:
            t.mul_(choose.choice([2.0, 0.5]))
        elif step == 5 and t.ndim:
            t[0] = choose.random()
        elif step == 6 and t.ndim:
            t[-1] = t[0] * 2
        elif step == 7 and some.shape == t.shape and some is not t:
            t.add_(some * 1)
        elif step == 8:
            t.sin_()
        elif step == 9:
            tensors.append(t.exp())
        elif step == 10:
            total = total + (t * 1.5).sum()
    total = sum(((t * t.detach()).sum() for t in tensors), total)
    total.backward()
    return [t.detach().numpy() for t in tensors] + [x.grad.numpy()]


def test_random_programs_agree_with_pytorch():
    torch = pytest.importorskip("torch", reason="parity with PyTorch needs it installed")
    agreed = 0
    for seed in range(250):
        try:
            theirs = _random_program(seed, lambda a: torch.tensor(a, requires_grad=True))
        except RuntimeError:  # it refuses some
            continue
        ours = _random_program(seed, leaf)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11, err_msg=f"program {seed}")
        agreed += 1
    assert agreed > 200

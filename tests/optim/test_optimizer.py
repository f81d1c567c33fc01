import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn, optim


def parameters(*shapes):
    return [nn.Parameter(tg.ones(*shape)) for shape in shapes]


def test_groups_take_the_defaults_they_do_not_name():
    a, b, c = parameters((1,), (2,), (3,))
    opt = optim.SGD([{"params": [a], "lr": 3.0}, {"params": b}], lr=1.0, momentum=0.5)
    opt.add_param_group({"params": [c], "weight_decay": 2.0})
    settings = [(g["lr"], g["momentum"], g["weight_decay"]) for g in opt.param_groups]
    assert settings == [(3, 0.5, 0), (1, 0.5, 0), (1, 0.5, 2)]
    assert all(g["params"][0] is p for g, p in zip(opt.param_groups, (a, b, c), strict=True))


def test_named_parameters_and_generators_are_taken():
    layer = nn.Linear(2, 1)
    for given in (layer.parameters(), layer.named_parameters()):
        group = optim.SGD(given, lr=1.0).param_groups[0]
        assert group["params"][0] is layer.weight and group["params"][1] is layer.bias


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (lambda p: p, TypeError, "should be an iterable of Tensors or dicts, but got a single tensor; put it "
                                 "into a list"),
        (lambda p: [], ValueError, "optimizer got an empty parameter list"),
        (lambda p: [np.ones(2)], TypeError, "optimizer can only optimize Tensors, but one of the params is "
                                            "ndarray"),
        (lambda p: [p * 2], ValueError, "can't optimize a non-leaf Tensor"),
        (lambda p: [p, p], ValueError, "duplicate parameters"),
        (lambda p: [{"params": [p]}, {"params": [p]}], ValueError, "appear in more than one parameter group"),
        (lambda p: [{"params": {p}}], TypeError, "ordered collections"),
        (lambda p: [{"lr": 1}], ValueError, "a parameter group needs a list under 'params'"),
        (lambda p: [{"params": [p]}, p], TypeError, "param_group must be a dict, but got Parameter"),
    ],
)
def test_errors(make, kind, text):
    with pytest.raises(kind, match=text):
        optim.SGD(make(parameters((2,))[0]), lr=1.0)


def test_a_refused_group_is_not_added():
    a, b = parameters((1,), (1,))
    opt = optim.SGD([a], lr=1.0)
    with pytest.raises(ValueError):
        opt.add_param_group({"params": [b, a]})
    assert len(opt.param_groups) == 1


def test_zero_grad():
    (p,) = parameters((2,))
    opt = optim.SGD([p], lr=1.0)
    (p * 2).sum().backward()
    kept = p.grad
    opt.zero_grad(set_to_none=False)
    assert kept.tolist() == [0, 0] and p.grad.tolist() == [0, 0]
    opt.zero_grad()
    assert p.grad is None


def test_the_base_class_defines_no_step():
    with pytest.raises(NotImplementedError, match="Optimizer defines no step"):
        optim.Optimizer(parameters((1,)), {}).step()


def test_a_closure_is_recorded_even_under_no_grad():
    (p,) = parameters((1,))
    opt = optim.SGD([p], lr=0.5)

    def closure():
        opt.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with tg.no_grad():
        assert opt.step(closure).item() == 1
    assert p.tolist() == [0]


def trained(opt, ps, steps, seed):
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        opt.zero_grad()
        for p in ps:
            p.grad = tg.tensor(rng.normal(size=p.shape).astype(np.float32))
        opt.step()


@pytest.mark.parametrize("through", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_going_on_from_a_state_dict_gives_the_same_bits(through):
    ps = parameters((3,), (2, 2))
    opt = optim.SGD(ps, lr=0.1, momentum=0.9, nesterov=True)
    trained(opt, ps, 3, 0)
    qs = [nn.Parameter(p.detach().clone()) for p in ps]
    other = optim.SGD(qs, lr=7.0, momentum=0.1)
    other.load_state_dict(through(opt.state_dict()))
    assert other.param_groups[0]["lr"] == 0.1 and other.param_groups[0]["nesterov"]
    trained(opt, ps, 3, 1)
    trained(other, qs, 3, 1)
    for p, q in zip(ps, qs, strict=True):
        np.testing.assert_array_equal(p.tolist(), q.tolist())
        assert other.state[q]["momentum_buffer"].numpy() is not opt.state[p]["momentum_buffer"].numpy()


def test_state_dict_looks_as_pytorch_s(torch):
    def build(library, ones):
        ps = [library.nn.Parameter(ones(n)) for n in (1, 2, 3)]
        opt = library.optim.SGD([{"params": ps[:2]}, {"params": ps[2:], "lr": 0.5}], lr=0.1, momentum=0.9)
        assert opt.state_dict()["state"] == {}
        for p in (ps[0], ps[2]):
            (p * 2).sum().backward()
        opt.step()
        state = opt.state_dict()
        state["state"] = {n: {k: v.tolist() for k, v in kept.items()} for n, kept in state["state"].items()}
        return state

    assert build(tg, tg.ones) == build(torch, torch.ones)


def test_a_state_that_does_not_fit():
    a, b = parameters((1,), (1,))
    state = optim.SGD([a], lr=1.0).state_dict()
    with pytest.raises(ValueError, match="a parameter group that doesn't match the size of optimizer's "
                                         "group"):
        optim.SGD([a, b], lr=1.0).load_state_dict(state)
    with pytest.raises(ValueError, match="a different number of parameter groups, expected 2, got 1"):
        optim.SGD([{"params": [a]}, {"params": [b]}], lr=1.0).load_state_dict(state)


def test_a_state_is_converted_to_the_parameter_s_dtype():
    p = nn.Parameter(tg.ones(2).double())
    opt = optim.SGD([p], lr=1.0, momentum=0.9)
    opt.load_state_dict({"state": {0: {"momentum_buffer": tg.ones(2), "step": tg.tensor(3.0)}},
                         "param_groups": [{"params": [0], "lr": 1.0}]})  # fmt: skip
    assert opt.state[p]["momentum_buffer"].dtype == tg.float64 and opt.state[p]["step"].dtype == tg.float32


def test_repr_as_pytorch(torch):
    ours, theirs = (lib.optim.SGD([lib.nn.Parameter(lib.ones(1))], lr=0.1, momentum=0.9) for lib in (tg, torch))
    assert repr(ours) == repr(theirs)


def test_it_holds_no_graph():
    (p,) = parameters((2,))
    opt = optim.SGD([p], lr=0.1, momentum=0.9)
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = (p * p * x).sum()
    y.backward(create_graph=True)
    node = weakref.ref(y.grad_fn)
    opt.step()
    opt.zero_grad()
    x.grad = None
    gc.disable()
    try:
        del y
        assert node() is None
    finally:
        gc.enable()
    assert opt.state[p]["momentum_buffer"].grad_fn is None

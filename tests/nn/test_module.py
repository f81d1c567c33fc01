import copy
import pickle
import timeit

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(tg.ones(1))
        self.first = nn.Linear(3, 4)
        self.register_buffer("count", tg.zeros(1))
        self.last = nn.Linear(4, 2, bias=False)

    def forward(self, x):
        return self.last(self.first(x)) * self.scale


def names(pairs):
    return [name for name, _ in pairs]


def test_parameters_come_in_the_order_of_definition():
    net = Net()
    assert names(net.named_parameters()) == ["scale", "first.weight", "first.bias", "last.weight"]
    in_order = (net.scale, net.first.weight, net.first.bias, net.last.weight)
    assert all(p is q for p, q in zip(net.parameters(), in_order, strict=True))
    assert names(net.named_parameters(prefix="net", recurse=False)) == ["net.scale"]
    assert names(net.named_buffers()) == ["count"] and next(net.buffers()) is net.count
    assert names(net.named_children()) == ["first", "last"] and list(net.children()) == [net.first, net.last]
    assert names(net.named_modules()) == ["", "first", "last"] and list(net.modules()) == [net, net.first, net.last]
    assert names(net.named_modules(prefix="net")) == ["net", "net.first", "net.last"]


def test_a_shared_parameter_or_module_is_listed_once_unless_asked():
    net = Net()
    net.tied = nn.Linear(4, 2, bias=False)
    net.tied.weight = net.last.weight
    net.again = net.first
    assert len(list(net.parameters())) == 4
    assert names(net.named_parameters(remove_duplicate=False))[-3:] == ["tied.weight", "again.weight", "again.bias"]
    assert "again" not in names(net.named_children()) and "again" in names(net.named_modules(remove_duplicate=False))


def test_parameters_are_plain_attributes():
    net = Net()
    assert net.__dict__["scale"] is net.scale and net.__dict__["first"] is net.first
    assert list(net._parameters) == ["scale"] and list(net._buffers) == ["count"]
    assert list(net._modules) == ["first", "last"]
    with pytest.raises(TypeError):
        net._parameters["scale"] = None


def test_replacing_keeps_the_place_and_changing_the_kind_moves_it():
    net = Net()
    new = nn.Parameter(tg.zeros(1))
    net.scale = new
    assert net.scale is new and names(net.named_parameters())[0] == "scale"
    net.first = nn.Parameter(tg.zeros(2))  # a module's name becomes a parameter's
    assert names(net.named_parameters()) == ["scale", "first", "last.weight"]
    assert names(net.named_children()) == ["last"]
    net.count = tg.ones(2)  # a buffer stays one
    assert names(net.named_buffers()) == ["count"]


def test_none_reserves_a_name_and_deleting_frees_it():
    net = Net()
    net.scale = None
    net.first = None
    assert names(net.named_parameters()) == ["last.weight"] and "(first): None" in repr(net)
    net.scale = nn.Parameter(tg.zeros(1))
    assert names(net.named_parameters())[0] == "scale"
    del net.scale, net.count, net.first
    assert names(net.named_parameters()) == ["last.weight"] and not list(net.buffers())
    with pytest.raises(AttributeError):
        del net.scale
    net.scale = 3  # an ordinary attribute now
    assert net.scale == 3


def test_a_shallow_copy_does_not_register_into_its_original():
    net = Net()
    other = copy.copy(net)
    other.extra = nn.Linear(1, 1)
    assert other.first is net.first and len(list(net.children())) == 2 and len(list(other.children())) == 3


@pytest.mark.parametrize("through", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_compute_the_same_with_numbers_of_their_own(through):
    net = Net()
    twin, x = through(net), tg.ones(5, 3)
    np.testing.assert_array_equal(twin(x).detach().numpy(), net(x).detach().numpy())
    twin.first.weight.data.zero_()
    assert net.first.weight.detach().numpy().any()
    assert names(twin.named_parameters()) == names(net.named_parameters())
    assert all(type(p) is nn.Parameter for p in twin.parameters())


def test_tied_parameters_stay_tied_in_a_deep_copy():
    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    net[1].weight = net[0].weight
    twin = copy.deepcopy(net)
    assert twin[1].weight is twin[0].weight and twin[0].weight is not net[0].weight


# ------------------------------------------------------------------------------------------------ errors


def message(kind, function):
    with pytest.raises(kind) as caught:
        function()
    return caught.value.args[0]


class NoInit(nn.Module):
    def __init__(self, value):
        self.part = value


@pytest.mark.parametrize(("value", "what"), [(nn.Linear(1, 1), "module"), (nn.Parameter(tg.ones(1)), "parameter")])
def test_assigning_before_init(value, what):
    assert message(AttributeError, lambda: NoInit(value)) == (
        f"cannot assign {what} 'part' before Module.__init__() call; call super().__init__() first in "
        "NoInit.__init__"
    )


def test_using_a_module_whose_init_was_forgotten():
    assert "has not called super().__init__()" in message(AttributeError, lambda: list(NoInit(3).parameters()))


def test_assigning_the_wrong_kind():
    net = Net()
    assert message(TypeError, lambda: setattr(net, "scale", tg.ones(1))) == (
        "cannot assign 'Tensor' as parameter 'scale' (nn.Parameter or None expected); wrap it in "
        "nn.Parameter, or write into the old one: scale.data = ..."
    )
    assert message(TypeError, lambda: setattr(net, "first", 3)) == (
        "cannot assign 'int' as child module 'first' (nn.Module or None expected)"
    )
    assert message(TypeError, lambda: setattr(net, "count", 3)) == (
        "cannot assign 'int' object to buffer 'count' (Tensor or None required)"
    )
    assert "(nn.Parameter or None required)" in message(TypeError, lambda: net.register_parameter("w", tg.ones(1)))
    assert "(Tensor or None required)" in message(TypeError, lambda: net.register_buffer("w", 3))
    assert "is not a Module subclass" in message(TypeError, lambda: net.add_module("w", 3))


def test_names_that_cannot_be():
    net = Net()
    assert "can't contain \".\"" in message(KeyError, lambda: net.register_parameter("a.b", None))
    assert "can't be empty string" in message(KeyError, lambda: net.register_buffer("", None))
    assert "should be a string" in message(TypeError, lambda: net.register_module(3, None))
    net.plain = 3
    assert message(KeyError, lambda: net.register_buffer("plain", tg.ones(1))) == "attribute 'plain' already exists"
    assert "already exists" in message(KeyError, lambda: setattr(net, "forward", nn.Parameter(tg.ones(1))))


def test_a_missing_name_says_what_is_nearest():
    assert message(AttributeError, lambda: Net().frist) == "'Net' object has no attribute 'frist'; nearest: first"
    assert message(AttributeError, lambda: Net().xyzzy) == "'Net' object has no attribute 'xyzzy'"
    assert not hasattr(Net(), "__array__")


def test_an_error_inside_a_property_is_not_hidden():
    class Broken(nn.Module):
        @property
        def size(self):
            return self.nowhere

    assert "no attribute 'nowhere'" in message(AttributeError, lambda: Broken().size)


def test_a_module_without_forward():
    class Empty(nn.Module):
        pass

    text = message(NotImplementedError, lambda: Empty()(1))
    assert text == 'Module [Empty] is missing the required "forward" function'


def test_get_submodule_and_get_parameter():
    net = nn.Sequential(Net())
    assert net.get_submodule("0.first") is net[0].first and net.get_submodule("") is net
    assert net.get_parameter("0.first.weight") is net[0].first.weight
    assert "'Net' object has no attribute 'firts'" in message(AttributeError, lambda: net.get_submodule("0.firts"))
    assert "is not an nn.Module" in message(AttributeError, lambda: net.get_submodule("0.scale"))
    assert "is not an nn.Parameter" in message(AttributeError, lambda: net.get_parameter("0.first"))


# ---------------------------------------------------------------------------------------- all parts at once


def test_train_and_eval():
    net = Net()
    assert net.eval() is net and not net.training and not net.first.training
    assert net.train() is net and net.last.training
    assert "boolean" in message(ValueError, lambda: net.train("yes"))


def test_requires_grad_and_zero_grad():
    net = Net()
    net(tg.ones(2, 3)).sum().backward()
    gradient = net.scale.grad
    net.zero_grad(set_to_none=False)
    assert all(not p.grad.numpy().any() for p in net.parameters()) and gradient is not None
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    assert net.requires_grad_(False) is net
    assert not any(p.requires_grad for p in net.parameters()) and not net(tg.ones(2, 3)).requires_grad


def test_apply_goes_innermost_first():
    seen = []
    net = nn.Sequential(nn.Sequential(nn.Sigmoid()), nn.Tanh())
    assert net.apply(lambda m: seen.append(type(m).__name__)) is net
    assert seen == ["Sigmoid", "Sequential", "Tanh", "Sequential"]


def test_converting_keeps_the_parameters_themselves():
    net, x = Net(), tg.ones(2, 3)
    before = list(net.parameters())
    net(x).sum().backward()
    assert net.double() is net and net(x.double()).dtype == tg.float64
    assert all(p is q and p.dtype == p.grad.dtype == tg.float64 for p, q in zip(net.parameters(), before, strict=True))
    assert net.count.dtype == tg.float64
    net.zero_grad()
    net(x.double()).sum().backward()
    assert net.scale.grad.dtype == tg.float64
    assert net.half().scale.dtype == tg.float16 and net.float().scale.dtype == tg.float32
    assert net.to(tg.ones(1).double()).scale.dtype == tg.float64 and net.to("cpu", np.float32).scale.dtype == tg.float32
    assert net.cpu() is net


def test_converting_leaves_integers_and_refuses_nonsense():
    net = Net()
    net.register_buffer("steps", tg.tensor([1]))
    assert net.double().steps.dtype == tg.int64
    assert "only accepts floating point" in message(TypeError, lambda: net.to(tg.int64))
    assert "the only device here is 'cpu', got 'cuda'" in message(RuntimeError, lambda: net.to("cuda"))


def test_a_call_costs_next_to_nothing():
    class Bare(nn.Module):
        def forward(self, x):
            return x

    bare = Bare()
    called = min(timeit.repeat(lambda: bare(1), number=2000, repeat=5))
    direct = min(timeit.repeat(lambda: bare.forward(1), number=2000, repeat=5))
    assert called - direct < 2000 * 2e-6  # 0.1 to 0.2 µs measured


# ------------------------------------------------------------------------------------------------ the repr


def test_repr_as_pytorch(torch):
    def build(nn):
        net = nn.Sequential(nn.Linear(2, 3, bias=False), nn.ReLU(inplace=True), nn.Flatten(), nn.Softmax(dim=1))
        net.add_module("inner", nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1), nn.Sequential(nn.Tanh(), nn.Tanh())]))
        net.add_module("table", nn.ModuleDict({"a": nn.Sigmoid(), "b": nn.Identity(3)}))
        net.add_module("loss", nn.CrossEntropyLoss())
        net.add_module("none", None)
        net.add_module("empty", nn.Sequential())
        net.add_module("unflatten", nn.Unflatten(1, (2, 2)))
        return net

    assert repr(build(nn)) == repr(build(torch.nn))


def test_repr_with_more_lines():
    class Two(nn.Module):
        def extra_repr(self):
            return "a=1\nb=2"

    two = Two()
    assert repr(two) == "Two(\n  a=1\n  b=2\n)"
    two.part = nn.Tanh()
    assert repr(two) == "Two(\n  a=1\n  b=2\n  (part): Tanh()\n)"

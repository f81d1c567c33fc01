import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


def layers(n):
    return [nn.Linear(2, 2) for _ in range(n)]


def test_sequential_applies_one_after_the_other():
    a, b = layers(2)
    x = tg.randn(3, 2)
    np.testing.assert_array_equal(nn.Sequential(a, b)(x).detach().numpy(), b(a(x)).detach().numpy())
    assert nn.Sequential()(x) is x


def test_sequential_from_a_dictionary():
    net = nn.Sequential({"first": nn.Linear(2, 3), "act": nn.Tanh()})
    assert list(dict(net.named_children())) == ["first", "act"] and net.first is net[0]


def test_sequential_is_a_list():
    a, b, c = layers(3)
    net = nn.Sequential(a, b, c)
    assert len(net) == 3 and list(net) == [a, b, c] and net[-1] is c and net[1] is b
    part = net[1:]
    assert type(part) is nn.Sequential and list(part) == [b, c] and list(dict(part.named_children())) == ["1", "2"]
    assert list(net[::-1]) == [c, b, a]
    d, e = layers(2)
    assert net.append(d) is net and net[3] is d
    net.insert(1, e)
    assert list(net) == [a, e, b, c, d] and list(dict(net.named_children())) == ["0", "1", "2", "3", "4"]
    del net[1]
    assert list(net) == [a, b, c, d] and net.pop() is d and len(net) == 3
    net[0] = e
    assert list(net) == [e, b, c] and list(net.state_dict())[:2] == ["0.weight", "0.bias"]
    assert list(net + nn.Sequential(a)) == [e, b, c, a]
    assert list(net.extend([a, d])) == [e, b, c, a, d]
    del net[1:3]
    assert list(net) == [e, a, d]


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: nn.Sequential(3), TypeError, "int is not a Module subclass"),
        (lambda: nn.Sequential(nn.Tanh())[1], IndexError, "index 1 is out of range: the Sequential has 1 "
                                                          "modules"),
        (lambda: nn.Sequential().__add__([nn.Tanh()]), ValueError, "only objects of Sequential class, but list is "
                                                            "given"),
        (lambda: nn.ModuleList([3]), TypeError, "int is not a Module subclass"),
        (lambda: nn.ModuleList()(3), NotImplementedError, "missing the required \"forward\""),
        (lambda: nn.ModuleDict({"a": 3}), TypeError, "int is not a Module subclass"),
        (lambda: nn.ModuleDict({"keys": nn.Tanh()}), KeyError, "already exists"),
        (lambda: nn.ModuleDict()["a"], KeyError, "a"),
    ],
)
def test_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_module_list():
    a, b, c = layers(3)
    net = nn.ModuleList([a])
    net += [b]
    net.append(c)
    assert list(net) == [a, b, c] and len(list(net.parameters())) == 6 and type(net[1:]) is nn.ModuleList
    assert list(nn.ModuleList([a]) + nn.ModuleList([b])) == [a, b]
    assert repr(net) == "ModuleList(\n  (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)\n)"


def test_module_dict():
    a, b = layers(2)
    net = nn.ModuleDict({"a": a})
    net["b"] = b
    assert list(net) == list(net.keys()) == ["a", "b"] and list(net.values()) == [a, b] and len(net) == 2 and "a" in net
    assert dict(net.items()) == {"a": a, "b": b} and len(list(net.parameters())) == 4
    assert net.pop("a") is a and list(net) == ["b"]
    net.update([("c", a)])
    assert net["c"] is a
    net.clear()
    assert not len(net)

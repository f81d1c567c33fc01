import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn


class Add(nn.Module):
    def forward(self, x, other=1):
        return x + other


def test_hooks_see_arguments_and_output():
    module, seen = Add(), []
    module.register_forward_pre_hook(lambda m, args: seen.append((m is module, args)))
    module.register_forward_hook(lambda m, args, output: seen.append((args, output)))
    assert module(1, other=2) == 3
    assert seen == [(True, (1,)), ((1,), 3)]
    assert module.forward(1) == 2 and len(seen) == 2  # forward itself runs no hooks


def test_what_hooks_return_replaces():
    module = Add()
    module.register_forward_pre_hook(lambda m, args: 10)
    module.register_forward_hook(lambda m, args, output: output * 2)
    assert module(1) == 22


def test_hooks_with_kwargs():
    module = Add()
    module.register_forward_pre_hook(lambda m, args, kwargs: (args, {"other": 5}), with_kwargs=True)
    module.register_forward_hook(lambda m, args, kwargs, output: (kwargs, output), with_kwargs=True)
    assert module(1) == ({"other": 5}, 6)


def test_order_prepend_and_removal():
    module, seen = Add(), []
    first = module.register_forward_hook(lambda *_: seen.append("first"))
    module.register_forward_hook(lambda *_: seen.append("second"))
    module.register_forward_hook(lambda *_: seen.append("front"), prepend=True)
    module(1)
    assert seen == ["front", "first", "second"]
    first.remove()
    first.remove()
    module(1)
    assert seen[3:] == ["front", "second"]


def test_a_handle_is_a_context_manager_and_a_hook_may_remove_itself():
    module, seen = Add(), []
    with module.register_forward_hook(lambda *_: seen.append(1)):
        module(1)
    module(1)
    assert seen == [1]
    handle = module.register_forward_hook(lambda *_: handle.remove())
    module(1)
    assert not module._hooks


def test_hooks_in_a_sequential_pass_gradients():
    net, x = nn.Sequential(nn.Identity(), nn.Identity()), tg.ones(2, requires_grad=True)
    net[0].register_forward_hook(lambda m, args, output: output * 3)
    net(x).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_one_instance_has_them_and_not_its_class():
    hooked, other = Add(), Add()
    hooked.register_forward_hook(lambda *_: 0)
    assert hooked(1) == 0 and other(1) == 2


def test_errors():
    module = Add()
    with pytest.raises(TypeError, match="a hook must be callable, got int"):
        module.register_forward_hook(3)
    module.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match=r"a pair \(args, kwargs\) expected as its result, got 3"):
        module(1)

"""Averages of a network's weights over its training.

Source: https://docs.pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import Any

from ..grad_mode import no_grad
from ..nn.module import Module
from ..nn.normalization import _BatchNorm
from ..tensor import Tensor, tensor
from .lr_scheduler import LRScheduler
from .optimizer import Optimizer


def get_ema_avg_fn(decay: float = 0.999) -> Callable:
    """average, weight, n -> decay · average + (1 − decay) · weight."""
    _check_decay(decay)
    return lambda average, weight, num_averaged: decay * average + (1 - decay) * weight


def get_swa_avg_fn() -> Callable:
    """average, weight, n -> average + (weight − average) / (n + 1): all weights count the same."""
    return lambda average, weight, num_averaged: average + (weight - average) / (num_averaged + 1)


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable:
    """As get_ema_avg_fn, for lists, in place."""
    return _for_lists(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> Callable:
    """As get_swa_avg_fn, for lists, in place."""
    return _for_lists(get_swa_avg_fn())


def _check_decay(decay: float) -> None:
    if not 0 <= decay <= 1:
        raise ValueError(f"a decay from 0 to 1 expected, got {decay}")


def _for_lists(average: Callable) -> Callable:
    @no_grad()
    def update(averages: list[Any], weights: list[Any], num_averaged: Any) -> None:
        for a, w in zip(averages, weights, strict=True):
            a.copy_(average(a, w, num_averaged))

    return update


class AveragedModel(Module):
    """A copy of a model, under `.module`, whose weights are averages: call `update_parameters(model)` after steps.

    avg_fn(average, weight, n), or multi_avg_fn(averages, weights, n) in place; else all count the same. use_buffers:
    average buffers too, instead of copying the newest.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.swa_utils.AveragedModel.html
    """

    n_averaged: Tensor

    def __init__(self, model: Module, device: Any = None, avg_fn: Callable | None = None,
                 multi_avg_fn: Callable | None = None, use_buffers: bool = False):  # fmt: skip
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise ValueError("AveragedModel: only one of avg_fn and multi_avg_fn expected, got both")
        self.module = copy.deepcopy(model)
        self.register_buffer("n_averaged", tensor(0))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **options: Any) -> Any:
        return self.module(*args, **options)

    @no_grad()
    def update_parameters(self, model: Module) -> None:
        """Take the model's weights into the average; the first time, copy them."""
        own, theirs = ([*m.parameters(), *(m.buffers() if self.use_buffers else ())] for m in (self.module, model))
        pairs = list(zip(own, theirs, strict=True))
        if not self.n_averaged.item():
            for a, w in pairs:
                a.detach().copy_(w)
        else:
            update = self.multi_avg_fn or _for_lists(self.avg_fn or get_swa_avg_fn())
            update([a.detach() for a, _ in pairs], [w.detach() for _, w in pairs], self.n_averaged)
        if not self.use_buffers:
            for a, w in zip(self.module.buffers(), model.buffers(), strict=True):
                a.detach().copy_(w)
        self.n_averaged.add_(1)


@no_grad()
def update_bn(loader: Iterable, model: Module, device: Any = None) -> None:
    """Let batch norms learn their running statistics anew, from one pass over the data (the first of each batch)."""
    norms = {module: module.momentum for module in model.modules() if isinstance(module, _BatchNorm)}
    if not norms:
        return
    training = model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    for batch in loader:
        model(batch[0] if isinstance(batch, (list, tuple)) else batch)
    for norm, momentum in norms.items():
        norm.momentum = momentum
    model.train(training)


class SWALR(LRScheduler):
    """From the rate at hand to swa_lr within anneal_epochs, along half a wave ("cos") or a line ("linear").

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.swa_utils.SWALR.html
    """

    def __init__(self, optimizer: Optimizer, swa_lr: float | list[float], anneal_epochs: int = 10,
                 anneal_strategy: str = "cos", last_epoch: int = -1):  # fmt: skip
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"SWALR: anneal_strategy must be 'cos' or 'linear', got {anneal_strategy!r}")
        if isinstance(anneal_epochs, bool) or not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"SWALR: anneal_epochs must be a whole number from 0 up, got {anneal_epochs!r}")
        groups = optimizer.param_groups
        rates = list(swa_lr) if isinstance(swa_lr, (list, tuple)) else [swa_lr] * len(groups)
        for group, rate in zip(groups, rates, strict=True):
            group["swa_lr"] = rate
        self.anneal_epochs, self.anneal_strategy = anneal_epochs, anneal_strategy
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        now, before = self._way(self.last_epoch), self._way(self.last_epoch - 1)
        rates = []
        for group in self.optimizer.param_groups:
            goal = group["swa_lr"]
            start = goal if before == 1 else (group["lr"] - before * goal) / (1 - before)
            rates.append(now * goal + (1 - now) * start)
        return rates

    def _way(self, epoch: int) -> float:
        """How much of the way to swa_lr is done."""
        if not self.anneal_epochs:
            return 1.0
        done = max(0.0, min(1.0, epoch / self.anneal_epochs))
        return done if self.anneal_strategy == "linear" else (1 - math.cos(math.pi * done)) / 2

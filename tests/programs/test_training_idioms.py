"""What stands around a training step: averages, hooks, checkpoints, devices, paths, derivatives of derivatives."""

import copy
import math
import os
import random

import numpy as np
import pytest

import tinygrad_edu as tg

from .side_by_side import same


def test_averages_of_weights():
    def program(torch):
        nn, F, swa = torch.nn, torch.nn.functional, torch.optim.swa_utils
        model = nn.Sequential(nn.Linear(4, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
        averages = [
            swa.AveragedModel(model),
            swa.AveragedModel(model, multi_avg_fn=swa.get_ema_multi_avg_fn(0.9)),
            swa.AveragedModel(model, avg_fn=lambda average, new, n: 0.1 * average + 0.9 * new, use_buffers=True),
        ]
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        schedules = [swa.SWALR(optimizer, 0.05, 3, strategy) for strategy in ("linear", "cos")]
        data = [(torch.randn(6, 4), torch.randint(2, (6,))) for _ in range(3)]
        shadow = copy.deepcopy(model).requires_grad_(False)
        losses = []
        for epoch in range(4):
            for x, y in data:
                loss = F.cross_entropy(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            for average in averages:
                average.update_parameters(model)
            with torch.no_grad():
                for s, p in zip(shadow.parameters(), model.parameters(), strict=True):
                    s.mul_(0.9).add_(p, alpha=0.1)
            schedules[epoch % 2].step()
            losses.append(loss.item())
            print(f"{optimizer.param_groups[0]['lr']:.5f}")
        swa.update_bn(data, averages[0])
        best = copy.deepcopy(model)
        print(best[0].weight.grad, model[0].weight.grad is None, averages[0].n_averaged)
        return {"losses": losses, "averages": averages, "shadow": shadow, "names": list(averages[1].state_dict())}

    same(program)


def test_groups_accumulation_and_hooks():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional
        model = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 3))
        decay = [p for n, p in model.named_parameters() if not n.endswith("bias")]
        plain = [p for n, p in model.named_parameters() if n.endswith("bias")]
        optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": plain, "lr": 0.02}], lr=0.01,
                                      weight_decay=0.0, betas=(0.9, 0.95))  # fmt: skip
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 3))
        calls, losses = [], []
        before = optimizer.register_step_pre_hook(lambda o, args, kwargs: calls.append("before"))
        optimizer.register_step_post_hook(lambda o, args, kwargs: calls.append(type(o).__name__))
        x = torch.randn(8, 3)
        for i in range(6):
            loss = F.mse_loss(model(x), x.sin()) / 2
            loss.backward()
            losses.append(loss.item())
            if (i + 1) % 2 == 0:
                norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.5)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                scheduler.step()
                print(f"{norm:.4f}", [f"{g['lr']:.4f}" for g in optimizer.param_groups])
                before.remove()

        stepping = nn.Linear(3, 2)
        each = {p: torch.optim.SGD([p], lr=0.1) for p in stepping.parameters()}

        def step(p):
            each[p].step()
            each[p].zero_grad()

        handles = [p.register_post_accumulate_grad_hook(step) for p in stepping.parameters()]
        stepping(x).sum().backward()
        print(calls, stepping.weight.grad)
        handles[0].remove()
        stepping(x).sum().backward()
        vector = nn.utils.parameters_to_vector(model.parameters())
        nn.utils.vector_to_parameters(vector * 0.5, model.parameters())
        return {"losses": losses, "model": model, "stepping": stepping, "gradient": stepping.weight.grad, "v": vector}

    same(program)


def test_derivatives_of_derivatives():
    def program(torch):
        nn, grad = torch.nn, torch.autograd.grad
        torch.set_default_dtype(torch.float64)
        net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
        xt = torch.rand(10, 2, requires_grad=True)
        optimizer = torch.optim.LBFGS(net.parameters(), max_iter=4, line_search_fn="strong_wolfe")
        losses = []

        def closure():
            optimizer.zero_grad()
            u = net(xt)
            du = grad(u, xt, torch.ones_like(u), create_graph=True)[0]
            ux, ut = du[:, 0:1], du[:, 1:2]
            uxx = grad(ux, xt, torch.ones_like(ux), create_graph=True)[0][:, 0:1]
            loss = ((ut + u * ux - 0.01 / math.pi * uxx) ** 2).mean() + (net(xt * 0) - 1).pow(2).mean()
            loss.backward()
            losses.append(loss.item())
            return loss

        optimizer.step(closure)

        learner, outer = nn.Linear(1, 1), 0
        for slope in (1.0, 2.0):
            x = torch.rand(5, 1)
            params = dict(learner.named_parameters())
            for _ in range(2):
                inner = nn.functional.mse_loss(torch.func.functional_call(learner, params, (x,)), x * slope)
                found = grad(inner, params.values(), create_graph=True)
                params = {name: p - 0.1 * g for (name, p), g in zip(params.items(), found, strict=True)}
            outer = outer + nn.functional.mse_loss(torch.func.functional_call(learner, params, (x,)), x * slope)
        outer.backward()
        y = xt.sin() ** 2
        rows = grad(y, xt, torch.ones(3, 10, 2), is_grads_batched=True, retain_graph=True)[0]
        return {"losses": losses, "net": net, "learner": [p.grad for p in learner.parameters()], "rows": rows}

    same(program)


def test_functions_over_batches_of_networks():
    def program(torch):
        nn, F, func = torch.nn, torch.nn.functional, torch.func
        net, x, y = nn.Linear(3, 2), torch.randn(5, 3), torch.randint(2, (5,))
        params = {name: p.detach() for name, p in net.named_parameters()}

        def loss(params, sample, target):
            return F.cross_entropy(func.functional_call(net, params, (sample.unsqueeze(0),)), target.unsqueeze(0))

        each = func.vmap(func.grad(loss), in_dims=(None, 0, 0))(params, x, y)
        stacked, buffers = func.stack_module_state([nn.Linear(3, 2) for _ in range(3)])
        base = copy.deepcopy(net)

        def call(params, buffers, x):
            return func.functional_call(base, (params, buffers), (x,))

        sums = torch.vmap(lambda a, b: (a + b, a.sum()), in_dims=(1, None), out_dims=(1, 0))(x, torch.ones(5))
        return each, torch.vmap(call, in_dims=(0, 0, None))(stacked, buffers, x), func.vmap(torch.dot)(x, x), sums

    same(program)


def test_results_written_where_one_wants_them():
    def program(torch):
        a, z = torch.rand(2, 2), torch.empty(2, 2)
        for call in (torch.add, torch.mul, torch.sub, torch.div, torch.matmul, torch.mm, torch.maximum):
            assert call(a, a + 1, out=z) is z
            print(z)
        torch.exp(a, out=z)
        torch.clamp(z, 0, 1.5, out=z)
        torch.cat([a[:1], a[1:]], out=z)
        row = torch.empty(0)
        torch.sum(a, 0, out=row)
        big = torch.empty(4).resize_(2, 3).fill_(1).resize_(2)
        return z, row, torch.stack([a, a], out=torch.empty(2, 2, 2)), big

    same(program)
    with pytest.raises(RuntimeError, match="no derivative through a tensor that is written into"):
        tg.add(tg.ones(2, requires_grad=True), 1, out=tg.empty(2))


def test_layers_that_learn_their_sizes():
    def program(torch):
        nn = torch.nn
        net = nn.Sequential(nn.LazyConv2d(4, kernel_size=3, bias=False), nn.LazyBatchNorm2d(), nn.ReLU(),
                            nn.LazyConvTranspose2d(2, 2), nn.Flatten(), nn.LazyLinear(3))  # fmt: skip
        optimizer, x, losses = torch.optim.SGD(net.parameters(), lr=0.1), torch.randn(2, 1, 5, 5), []
        print(net)
        for _ in range(3):
            loss = net(x).pow(2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(net)
        return {"losses": losses, "net": net}

    same(program)


def test_one_process_that_is_a_world(monkeypatch):
    for name, value in (("MASTER_ADDR", "localhost"), ("MASTER_PORT", "0"), ("RANK", "0"), ("WORLD_SIZE", "1")):
        monkeypatch.setenv(name, value)

    def program(torch):
        nn, dist = torch.nn, torch.distributed
        dist.init_process_group("gloo", rank=0, world_size=1)
        try:
            device_ids = list(range(torch.cuda.device_count())) or None
            net = nn.SyncBatchNorm.convert_sync_batchnorm(nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)))
            print(net)
            net = nn.parallel.DistributedDataParallel(nn.Linear(4, 3), device_ids=device_ids)
            data = [(torch.rand(4), torch.rand(3)) for _ in range(8)]
            sampler = torch.utils.data.distributed.DistributedSampler(data, shuffle=False)
            loader = torch.utils.data.DataLoader(data, batch_size=4, sampler=sampler)
            optimizer, losses = torch.optim.SGD(net.parameters(), lr=0.1), []
            for epoch in range(3):
                loader.sampler.set_epoch(epoch)
                for x, y in loader:
                    optimizer.zero_grad()
                    loss = nn.functional.mse_loss(net(x), y)
                    loss.backward()
                    optimizer.step()
                total = loss.detach().clone()
                dist.all_reduce(total, op=dist.ReduceOp.SUM)
                losses.append(total.item() / dist.get_world_size())
            x, parts, objects = torch.arange(3.0), [torch.zeros(3)], [None]
            dist.all_gather(parts, x)
            dist.all_reduce(x, group=dist.new_group([0]), async_op=True).wait()
            dist.broadcast(x, src=0)
            dist.all_gather_object(objects, {"rank": dist.get_rank()})
            dist.barrier()
            whole, mine, sums = torch.empty(3), torch.zeros(3), torch.zeros(3)
            dist.all_gather_into_tensor(whole, x)
            dist.scatter(mine, [x + 1], src=0)
            dist.gather(x, parts, dst=0)
            dist.reduce_scatter(sums, [x + 2])
            print(dist.is_initialized(), dist.get_backend(), objects)
        finally:
            dist.destroy_process_group()
        return {"losses": losses, "net": net.module, "parts": [*parts, whole, mine, sums, x]}

    same(program)


def test_switches_that_programs_set():
    def program(torch):
        import importlib

        root = torch.__name__
        cudnn = importlib.import_module(f"{root}.backends.cudnn")
        cudnn.benchmark, cudnn.deterministic = True, True
        assert torch.backends.cudnn.benchmark
        with cudnn.flags(enabled=False):
            pass
        cudnn.benchmark = False
        paths = """nn.parallel utils.data.distributed optim.lr_scheduler nn.modules.conv nn.modules.utils
            distributions.categorical distributions.kl optim.swa_utils backends.mps"""
        for path in paths.split():
            importlib.import_module(f"{root}.{path}")
        random.seed(0)
        np.random.seed(0)
        torch.manual_seed(0)
        torch.cuda.manual_seed_all(0)
        os.environ.setdefault("PYTHONHASHSEED", "0")
        found = [torch.cuda.is_available(), torch.backends.mps.is_available(), torch.xpu.is_available(),
                 torch.accelerator.is_available(), torch.cuda.device_count(), torch.version.cuda]  # fmt: skip
        torch.cuda.set_device(-1)
        for device in (None, "cpu", torch.device("cpu")):
            with pytest.raises(ValueError, match=r"."):
                torch.cuda.set_device(device)
        x = torch.ones(2, requires_grad=True)
        y = torch.autograd.Variable(x, requires_grad=True)
        found += [isinstance(y, torch.autograd.Variable), isinstance(x.data, torch.cuda.FloatTensor), y.grad_fn]
        net = torch.nn.Linear(2, 2).share_memory().to_empty(device="cpu")
        with torch.no_grad():
            net.weight.fill_(1)
            net.bias.zero_()
        found += [torch.jit.script(net)(torch.ones(1, 2)), torch.jit.is_scripting(), type(net.state_dict()).__name__]
        found += [torch.nn.modules.utils._pair(3), isinstance(net, torch.nn.modules.linear.Linear)]
        holder = torch.nn.Module()
        holder.kept, holder.lost = torch.nn.Buffer(torch.ones(1)), torch.nn.Buffer(torch.zeros(1), persistent=False)
        holder.set_submodule("part", net)
        found += [list(holder.state_dict()), holder.get_buffer("lost"), holder.get_parameter("part.bias")]
        return found, torch.zeros(size=(2, 1)), torch.randn(size=(2,)), torch.ones(size=[1])

    same(program)
    tg.manual_seed(1)
    with tg.random.fork_rng():
        inside = tg.rand(2)
    assert tg.equal(inside, tg.rand(2))
    with pytest.raises(RuntimeError, match="only device here is 'cpu'"):
        tg.cuda.set_device(0)
    with pytest.raises(RuntimeError, match="only device here is 'cpu'"):
        tg.nn.Linear(1, 1).cuda()
    with pytest.raises(FutureWarning, match="xavier_uniform_"):
        tg.nn.init.xavier_uniform(tg.empty(2, 2))

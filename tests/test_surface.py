"""PyTorch's names that 28 well-known small programs use are here, under PyTorch's paths; they answer as expected."""
# ruff: noqa: SIM905 (the lists of names are text, to be read)

from __future__ import annotations

import importlib

import numpy as np
import pytest

import tinygrad_edu as tg

CORE = """
    Tensor.item Tensor.backward Tensor.getitem Module.parameters nn.Module Optimizer.step Tensor.view
    Optimizer.zero_grad nn.Linear torch.no_grad Module.to Tensor.to torch.manual_seed torch.save Module.train
    torch.device torch.cat torch.tensor Tensor.setitem Tensor.shape Tensor.size Tensor.sum data.DataLoader
    Module.eval Module.state_dict Tensor.data Tensor.mean F.softmax optim.Adam Tensor.@ Tensor.float nn.Dropout
    torch.multinomial torch.ones torch.load torch.randn torch.zeros F.cross_entropy F.relu Tensor.detach
    Tensor.grad Tensor.unsqueeze Tensor.augassign Tensor.contiguous nn.Embedding torch.arange torch.randint
    torch.tanh F.log_softmax Module.register_buffer Tensor.requires_grad Tensor.transpose nn.Parameter
    nn.Sequential torch.long Module.apply Module.load_state_dict Tensor.eq Tensor.exp Tensor.fill_ Tensor.max
    Tensor.nelement data.Dataset nn.Conv2d nn.LayerNorm nn.ModuleList nn.ReLU nn.init.zeros_ optim.AdamW
    torch.Generator torch.tril Module.zero_grad Tensor.argmax Tensor.device Tensor.log10 Tensor.masked_fill
    Tensor.numel Tensor.split Tensor.squeeze nn.utils.clip_grad_norm_ torch.Tensor torch.exp torch.from_numpy
    torch.randperm torch.sqrt torch.topk F.nll_loss LRScheduler.step Module.named_parameters Tensor.clone
    Tensor.copy_ Tensor.log Tensor.numpy Tensor.t Tensor.var Tensor.view_as nn.CrossEntropyLoss nn.GELU nn.LSTM
    nn.ModuleDict nn.MultiheadAttention nn.NLLLoss nn.init.normal_ optim.Adadelta optim.lr_scheduler.StepLR
    torch.LongTensor torch.float torch.int64 torch.mm torch.ones_like torch.stack torch.sum F.dropout
    F.max_pool2d F.one_hot F.smooth_l1_loss Module.named_modules Optimizer.load_state_dict Optimizer.state_dict
    Tensor.T Tensor.abs Tensor.add_ Tensor.dim Tensor.dtype Tensor.ndim Tensor.new_zeros Tensor.permute
    Tensor.pow Tensor.reshape Tensor.retain_grad Tensor.std Tensor.to_sparse Tensor.type Tensor.zero_
    data.RandomSampler nn.BCELoss nn.Dropout2d nn.LeakyReLU nn.MSELoss nn.Sigmoid nn.Tanh nn.Transformer
    nn.init.xavier_normal_ nn.init.xavier_uniform_ torch.FloatTensor torch.cos torch.diag
    torch.distributions.Categorical torch.eye torch.flatten torch.float32 torch.log torch.max torch.pow
    torch.sin torch.sparse_coo_tensor torch.where torch.zeros_like F.binary_cross_entropy F.elu F.layer_norm
    F.scaled_dot_product_attention F.sigmoid F.tanh Module.double Optimizer.param_groups Tensor.div
    Tensor.double Tensor.expand Tensor.flatten Tensor.flip Tensor.indices Tensor.long Tensor.mT Tensor.mm
    Tensor.narrow Tensor.norm Tensor.normal_ Tensor.tolist Tensor.type_as Tensor.unfold Tensor.values
    data.random_split nn.BatchNorm1d nn.BatchNorm2d nn.ConvTranspose2d nn.GRU nn.LSTMCell nn.PixelShuffle nn.RNN
    nn.Softmax nn.TransformerEncoder nn.TransformerEncoderLayer nn.init.calculate_gain nn.init.ones_
    nn.init.orthogonal_ nn.init.uniform_ nn.linear.NonDynamicallyQuantizableLinear nn.utils.rnn.pad_sequence
    optim.LBFGS optim.SGD torch.all torch.allclose torch.bool torch.double torch.empty torch.full
    torch.histogram torch.inference_mode torch.int32 torch.linspace torch.log1p torch.matmul torch.rand
    torch.randn_like torch.roll torch.set_grad_enabled torch.sigmoid torch.spmm torch.triu
""".split()

INFRASTRUCTURE = """
    torch.accelerator.current_accelerator torch.accelerator.is_available torch.cuda.is_available Tensor.cpu
    nn.parallel.DistributedDataParallel torch.amp.autocast torch.backends.mps.is_available
    torch.cuda.manual_seed_all torch.cuda.set_device torch.distributed.destroy_process_group
    torch.distributed.init_process_group torch.float16 torch.serialization.safe_globals Tensor.is_cuda
    Tensor.is_xpu Tensor.pin_memory data.distributed.DistributedSampler nn.parallel.data_parallel
    torch.accelerator.device_count torch.accelerator.set_device_index torch.amp.GradScaler
    torch.backends.cuda.matmul.allow_tf32 torch.backends.cudnn.allow_tf32 torch.backends.cudnn.benchmark
    torch.bfloat16 torch.compile torch.cuda.amp.GradScaler torch.cuda.is_bf16_supported torch.cuda.synchronize
    torch.distributed.get_default_backend_for_device torch.hub.tqdm torch.multiprocessing.Process
    torch.multiprocessing.set_start_method torch.onnx.export torch.utils.tensorboard.SummaryWriter
""".split()

# Names that are still missing: a name that comes must be taken from here.
OWED: set[str] = set()

SPECIAL = {
    "Tensor.@": "tinygrad_edu.Tensor.__matmul__", "Tensor.getitem": "tinygrad_edu.Tensor.__getitem__",
    "Tensor.setitem": "tinygrad_edu.Tensor.__setitem__", "Tensor.augassign": "tinygrad_edu.Tensor.__iadd__",
    "Tensor.values": "tinygrad_edu.sparse.Sparse.values", "Tensor.indices": "tinygrad_edu.sparse.Sparse.indices",
}  # fmt: skip
ROOTS = {"F": "nn.functional", "data": "utils.data", "Module": "nn.Module", "Optimizer": "optim.Optimizer",
         "LRScheduler": "optim.lr_scheduler.LRScheduler", "torch": ""}  # fmt: skip


def path_of(name):
    """Where a name of the list stands here."""
    if name in SPECIAL:
        return SPECIAL[name]
    root, _, rest = name.partition(".")
    return ".".join(filter(None, ["tinygrad_edu", ROOTS.get(root, root), rest]))


def found(path):
    """What stands at a dotted path: modules are imported, the rest are attributes."""
    parts = path.split(".")
    owner = importlib.import_module(parts[0])
    for i, part in enumerate(parts[1:], 2):
        if not hasattr(owner, part):
            importlib.import_module(".".join(parts[:i]))
        owner = getattr(owner, part)
    return owner


def missing(names):
    def is_missing(name):
        if name in ("Tensor.grad", "Optimizer.param_groups"):  # attributes of each object
            return False
        try:
            return found(path_of(name)) is None and name != "Tensor.grad"
        except (AttributeError, ImportError):
            return True

    return set(filter(is_missing, names))


def test_no_name_is_missing_but_those_that_are_owed():
    assert missing(CORE + INFRASTRUCTURE) == OWED


def test_the_list_is_the_whole_one():
    assert len(CORE) == 220 and len(INFRASTRUCTURE) == 35
    optimizer = tg.optim.SGD([tg.zeros(1, requires_grad=True)])
    assert optimizer.param_groups[0]["lr"] == 1e-3 and tg.zeros(1).grad is None


# ------------------------------------------------------------------------------------------ they answer


def test_devices():
    device = tg.device("cuda" if tg.cuda.is_available() else "cpu")
    assert device == "cpu" and device.type == "cpu" and device.index is None and repr(device) == "device(type='cpu')"
    assert tg.device("cuda", 1).index == 1 and tg.device("cuda:1") == tg.device("cuda", 1) and str(device) == "cpu"
    x = tg.zeros(2, 3, device=device).to(device)
    assert x.device == device == x.to("cpu").device and not x.is_cuda and x.get_device() == -1
    for call in (x.cuda, lambda: x.to("cuda"), lambda: tg.Generator("cuda"), lambda: tg.cuda.set_device(0)):
        with pytest.raises(RuntimeError, match="only device here is 'cpu'"):
            call()
    assert tg.accelerator.current_accelerator() is None and not tg.accelerator.is_available()
    assert not tg.backends.mps.is_available() and tg.cuda.device_count() == 0 and not tg.cuda.is_bf16_supported()
    tg.backends.cudnn.benchmark = tg.backends.cuda.matmul.allow_tf32 = True
    with pytest.raises(RuntimeError, match="a name such as"):
        tg.device("")


def test_sizes():
    x = tg.zeros(2, 3, 4)
    assert x.shape == (2, 3, 4) == x.size() and x.shape[1:].numel() == 12 and isinstance(x.shape, tg.Size)
    assert str(x.shape) == "torch.Size([2, 3, 4])" and tuple(x.shape) == (2, 3, 4)
    assert (x.shape + (1,)).numel() == 24  # noqa: RUF005 (the sum of a Size and a tuple is what is tested)
    assert f"{x.shape}" == "torch.Size([2, 3, 4])" and x.shape[-1] == 4 and tg.Size([2, 3]) == (2, 3)


def test_dtypes_that_numpy_lacks_can_be_named():
    kinds = {"float32": tg.float32, "bfloat16": tg.bfloat16}
    assert tg.zeros(2).to(kinds["float32"]).dtype == tg.float32 and repr(tg.bfloat16) == "torch.bfloat16"
    for call in (lambda: tg.zeros(2, dtype=tg.bfloat16), lambda: tg.zeros(2).to(tg.bfloat16),
                 lambda: tg.zeros(2).bfloat16(), lambda: tg.tensor([1.0], dtype=tg.complex64)):  # fmt: skip
        with pytest.raises(TypeError, match=r"torch\.(bfloat16|complex64): NumPy has no such numbers"):
            call()
    assert tg.finfo(tg.float32).eps == np.finfo(np.float32).eps and tg.finfo().bits == 32
    assert tg.iinfo(tg.int8).max == 127


def test_constructors_by_dtype():
    assert tg.LongTensor([1, 2]).dtype == tg.int64 and tg.FloatTensor(2, 3).shape == (2, 3)
    assert tg.Tensor(2, 3).tolist() == [[0] * 3] * 2 and tg.Tensor([2, 3]).tolist() == [2, 3]
    assert tg.Tensor().numel() == 0
    assert isinstance(tg.tensor([1]), tg.LongTensor) and not isinstance(tg.tensor([1.0]), tg.LongTensor)
    x = tg.tensor([1.5, 2.5])
    assert x.type() == "torch.FloatTensor" and x.type(tg.LongTensor).tolist() == [1, 2]
    assert x.type("torch.DoubleTensor").dtype == tg.float64
    assert x.new_zeros(2, dtype=tg.int64).dtype == tg.int64 and x.new_full((2,), 3.0, device="cpu").tolist() == [3, 3]
    assert x.new_ones((1, 2)).shape == (1, 2) and x.new_empty(3).shape == (3,) and x.new_tensor([1]).dtype == x.dtype


def test_mixed_precision_does_nothing():
    p = tg.tensor([1.0, 2.0], requires_grad=True)
    optimizer, scaler = tg.optim.SGD([p], lr=0.5), tg.amp.GradScaler("cuda", enabled=False)
    autocast = tg.autocast if hasattr(tg, "autocast") else tg.amp.autocast
    with autocast("cpu", dtype=tg.bfloat16):
        loss = (p * p).sum()
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert loss.dtype == tg.float32 and p.tolist() == [0, 0] and scaler.get_scale() == 1 and scaler.state_dict() == {}
    with tg.cuda.amp.autocast(enabled=True):
        assert tg.cuda.amp.GradScaler(enabled=True).scale(1) == 1


def test_a_world_of_one_process(monkeypatch):
    dist = tg.distributed
    dist.init_process_group(backend="nccl")
    assert dist.is_initialized() and dist.get_rank() == 0 and dist.get_world_size() == 1
    dist.destroy_process_group()
    assert not dist.is_initialized()
    monkeypatch.setenv("WORLD_SIZE", "4")
    with pytest.raises(RuntimeError, match="world_size=4"):
        dist.init_process_group("gloo")
    net = tg.nn.Linear(2, 3)
    wrapped = tg.nn.parallel.DistributedDataParallel(net, device_ids=[0])
    x = tg.ones(4, 2)
    np.testing.assert_array_equal(wrapped(x).detach().numpy(), net(x).detach().numpy())
    assert wrapped.module is net and next(iter(wrapped.state_dict())) == "module.weight"
    assert tg.nn.parallel.data_parallel(net, x).shape == (4, 3)


def test_what_is_refused_says_what_to_do():
    with pytest.raises(RuntimeError, match="load it in PyTorch, and export there"):
        tg.onnx.export(tg.nn.Linear(1, 1), tg.ones(1), "x.onnx")
    with pytest.raises(RuntimeError, match="models are not downloaded here"):
        tg.hub.load("pytorch/vision", "resnet18")
    assert list(tg.hub.tqdm([1, 2], desc="x")) == [1, 2]


# ------------------------------------------------------------------------------------------ named results


def test_named_results():
    x = tg.tensor([[3.0, 1.0, 2.0], [4.0, 4.0, 0.0]])
    assert x.max(1).values.tolist() == [3, 4] and x.min(dim=0).indices.tolist() == [0, 0, 1]
    assert x.sort(1).values[0].tolist() == [1, 2, 3] and x.topk(2).indices[0].tolist() == [0, 2]
    assert x.median(1).values.tolist() == [2, 4] and x.mode(1).values.tolist() == [1, 4]
    assert x.kthvalue(2, 1).values.tolist() == [2, 4] and x.cummax(1).indices.tolist() == [[0, 0, 0], [0, 1, 1]]
    low, high = tg.aminmax(x)
    assert (low.item(), high.item()) == (0, 4)
    values, vectors = tg.linalg.eigh(x[:, :2] @ x[:, :2].T)
    assert values.shape == (2,) and vectors.shape == (2, 2)
    assert tg.linalg.svd(x, full_matrices=False).S.shape == (2,) and tg.linalg.qr(x).R.shape == (2, 3)
    assert tg.histogram(x, 2).bin_edges.tolist() == [0, 2, 4] and tg.linalg.slogdet(tg.eye(2)).logabsdet.item() == 0


# ------------------------------------------------------------------------------------------ in place


def twin_cases():
    x, y = [[0.3, -0.6, 0.9], [-0.2, 0.5, 0.8]], [[0.7, 0.4, -0.5], [0.6, 0.3, 0.2]]
    mask, index = [[True, False, True], [False, True, True]], [[0, 1, 0], [1, 0, 1]]
    return x, y, mask, index


TWINS = {
    "add": lambda f, x, y, m, i: (y, {"alpha": 2}), "sub": lambda f, x, y, m, i: (y, {"alpha": 3}),
    "div": lambda f, x, y, m, i: (y, {"rounding_mode": "floor"}), "mul": lambda f, x, y, m, i: (y, {}),
    "addcmul": lambda f, x, y, m, i: (y, y, {"value": 2}), "addcdiv": lambda f, x, y, m, i: (y, y, {"value": 2}),
    "lerp": lambda f, x, y, m, i: (y, 0.3, {}), "copysign": lambda f, x, y, m, i: (y, {}),
    "clamp": lambda f, x, y, m, i: (-0.3, 0.4, {}), "atan2": lambda f, x, y, m, i: (y, {}),
    "masked_scatter": lambda f, x, y, m, i: (m, y, {}), "masked_fill": lambda f, x, y, m, i: (m, 2.5, {}),
    "scatter": lambda f, x, y, m, i: (0, i[:1], y[:1], {}), "scatter_add": lambda f, x, y, m, i: (0, i, y, {}),
    "scatter_reduce": lambda f, x, y, m, i: (0, i, y, "amax", {}),
    "index_add": lambda f, x, y, m, i: (1, i[0], y, {"alpha": 2}), "tril": lambda f, x, y, m, i: ({},),
    "index_copy": lambda f, x, y, m, i: (0, i[0, :2], y, {}), "index_fill": lambda f, x, y, m, i: (1, i[1], -1.0, {}),
    "cumsum": lambda f, x, y, m, i: (1, {}), "exp": lambda f, x, y, m, i: ({},), "sin": lambda f, x, y, m, i: ({},),
    "asin": lambda f, x, y, m, i: ({},), "square": lambda f, x, y, m, i: ({},), "round": lambda f, x, y, m, i: ({},),
    "sigmoid": lambda f, x, y, m, i: ({},), "squeeze": lambda f, x, y, m, i: ({},), "t": lambda f, x, y, m, i: ({},),
    "unsqueeze": lambda f, x, y, m, i: (1, {}), "transpose": lambda f, x, y, m, i: (0, 1, {}),
    "lt": lambda f, x, y, m, i: (y, {}), "logical_not": lambda f, x, y, m, i: ({},),
}  # fmt: skip


@pytest.mark.parametrize("name", TWINS)
def test_twins_do_what_their_ops_do_and_agree_with_pytorch(name):
    """x.op_() holds what x.op() gives, returns x itself, and has its gradient."""
    def run(framework, in_place):
        x, y, m, i = (framework.tensor(n) for n in twin_cases())
        x, y = x.double().requires_grad_(), y.double().requires_grad_()
        *args, options = TWINS[name](framework, x, y, m, i)
        z = x * 1
        if in_place:
            assert getattr(z, name + "_")(*args, **options) is z
        else:
            z = getattr(z, name)(*args, **options)
        if z.dtype == framework.float64 and z.requires_grad:
            (z * z).sum().backward()
        grads = [None if t.grad is None else t.grad.numpy() for t in (x, y)]
        return z.detach().numpy().astype(float), *grads

    expected, found = run(tg, False), run(tg, True)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(0 if a is None else a, 0 if b is None else b)
    torch = pytest.importorskip("torch")
    for a, b in zip(found, run(torch, True), strict=True):
        np.testing.assert_allclose(0 if a is None else a, 0 if b is None else b, rtol=1e-12, atol=1e-15)


DRAWS = {"normal_": (1.0, 2.0), "uniform_": (-1, 3), "bernoulli_": (0.25,), "exponential_": (2.0,), "random_": (2, 7),
         "geometric_": (0.3,), "log_normal_": (0.0, 0.25), "cauchy_": ()}  # fmt: skip
MEANS = {"normal_": 1, "uniform_": 1, "bernoulli_": 0.25, "exponential_": 0.5, "random_": 4, "geometric_": 1 / 0.3,
         "log_normal_": np.exp(0.03125)}  # fmt: skip


@pytest.mark.parametrize("name", DRAWS)
def test_random_numbers_in_place(name):
    def draw(seed):
        x = tg.zeros(100, 100)
        assert getattr(x, name)(*DRAWS[name], generator=tg.Generator().manual_seed(seed)) is x
        return x.numpy()

    first = draw(0)
    np.testing.assert_array_equal(first, draw(0))
    assert (first != draw(1)).any() and first.dtype == np.float32
    if name in MEANS:
        assert first.mean() == pytest.approx(MEANS[name], abs=0.1)
    leaf = tg.zeros(2, requires_grad=True)
    with pytest.raises(RuntimeError, match=f"{name}: a leaf that requires grad"):
        getattr(leaf, name)(*DRAWS[name])
    with tg.no_grad():
        getattr(leaf, name)(*DRAWS[name])


def test_shapes_in_place_refuse_leaves():
    with pytest.raises(RuntimeError, match="unsqueeze_: a leaf that requires grad cannot change its shape"):
        tg.zeros(2, requires_grad=True).unsqueeze_(0)


# ------------------------------------------------------------------------------------------ sparse, distributions


def test_sparse_matrices():
    places, numbers = tg.tensor([[0, 1, 1, 2], [1, 0, 0, 2]]), tg.tensor([2.0, 3.0, 1.0, 5.0], requires_grad=True)
    a = tg.sparse_coo_tensor(places, numbers, (3, 3))
    dense = np.array([[0, 2, 0], [4, 0, 0], [0, 0, 5.0]])
    np.testing.assert_array_equal(a.to_dense().detach().numpy(), dense)
    x = tg.tensor(np.arange(6, dtype=np.float32).reshape(3, 2), requires_grad=True)
    for product in (tg.spmm(a, x), tg.mm(a, x), a @ x, tg.matmul(a, x)):
        np.testing.assert_array_equal(product.detach().numpy(), dense @ x.detach().numpy())
    (a @ x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.repeat(dense.sum(0)[:, None], 2, 1))
    np.testing.assert_array_equal(numbers.grad.numpy(), x.detach().numpy().sum(1)[[1, 0, 0, 2]])
    whole = a.coalesce()
    assert whole.indices().tolist() == [[0, 1, 2], [1, 0, 2]] and whole.values().tolist() == [2, 4, 5]
    assert not a.is_coalesced() and whole.is_coalesced() and whole._nnz() == 3
    np.testing.assert_array_equal(a.t().to_dense().detach().numpy(), dense.T)
    again = tg.tensor(dense).to_sparse()
    assert again.values().tolist() == [2, 4, 5] and again.is_sparse and again.shape == (3, 3)
    with pytest.raises(ValueError, match="each index must lie within size"):
        tg.sparse_coo_tensor([[0], [3]], [1.0], (3, 3))


def test_distributions():
    tg.manual_seed(0)
    Categorical, Normal, Bernoulli = (getattr(tg.distributions, n) for n in ("Categorical", "Normal", "Bernoulli"))
    weights = tg.tensor([[1.0, 3.0], [2.0, 2.0]], requires_grad=True)
    m = Categorical(weights)
    drawn = m.sample((4000,))
    assert drawn.shape == (4000, 2) and drawn.float().mean(0).numpy() == pytest.approx([0.75, 0.5], abs=0.05)
    np.testing.assert_allclose(m.log_prob(tg.tensor([1, 0])).detach().numpy(), np.log([0.75, 0.5]), rtol=1e-6)
    m.log_prob(tg.tensor([1, 0])).sum().backward()
    np.testing.assert_allclose(weights.grad.numpy(), [[-0.25, 1 / 12], [0.25, -0.25]], rtol=1e-5)
    assert Categorical(logits=tg.zeros(4)).entropy().item() == pytest.approx(np.log(4))
    n = Normal(tg.tensor(1.0), tg.tensor(2.0))
    assert n.log_prob(tg.tensor(3.0)).item() == pytest.approx(-0.5 - np.log(2 * np.sqrt(2 * np.pi)))
    assert n.sample((5000,)).std().item() == pytest.approx(2, abs=0.1)
    assert Bernoulli(tg.tensor(0.25)).log_prob(tg.tensor(1.0)).item() == pytest.approx(np.log(0.25))
    torch = pytest.importorskip("torch")
    p, q = (torch.distributions.Categorical(torch.tensor(w)) for w in ([0.2, 0.8], [0.5, 0.5]))
    a, b = (Categorical(tg.tensor(w)) for w in ([0.2, 0.8], [0.5, 0.5]))
    assert tg.distributions.kl_divergence(a, b).item() == pytest.approx(
        torch.distributions.kl_divergence(p, q).item(), rel=1e-5)  # fmt: skip
    assert a.entropy().item() == pytest.approx(p.entropy().item(), rel=1e-6)


def test_results_are_compared():
    close = tg.testing.assert_close
    close(tg.tensor([1.0, 2.0]), tg.tensor([1.0, 2.0 + 1e-6]))
    close({"a": [tg.ones(2), 3]}, {"a": [tg.ones(2), 3]})
    close(tg.tensor(1.0), tg.tensor(1.1), rtol=0.2, atol=0.0)
    close(tg.tensor([float("nan")]), tg.tensor([float("nan")]), equal_nan=True)
    one = tg.ones(2)
    wrongs = [((one, one * 1.001), "tensors differ"), ((one, tg.ones(3)), "shapes differ"),
              (({"a": 1}, {"b": 1}), "keys"), ((one, one.double()), "dtypes differ"),
              (([1, 2], [1, 3]), r"tensors differ at \[1\]")]  # fmt: skip
    for wrong, text in wrongs:
        with pytest.raises(AssertionError, match=text):
            close(*wrong)
    with pytest.raises(AssertionError, match="mine"):
        close(1, 2, msg="mine")
    with pytest.raises(ValueError, match="together"):
        close(1, 1, rtol=0.1)
    made = tg.testing.make_tensor(3, 4, dtype=tg.float64, low=2, high=3)
    assert made.shape == (3, 4) and made.dtype == tg.float64 and made.min() >= 2 and made.max() <= 3


@pytest.mark.parametrize(("path", "name"), [
    ("optim.rmsprop", "RMSprop"), ("optim.adamw", "AdamW"), ("amp.grad_scaler", "GradScaler"),
    ("autograd.variable", "Variable"), ("functional", "split_with_sizes"), ("autograd.grad_mode", "no_grad"),
    ("nn.parallel.distributed", "DistributedDataParallel"), ("nn.utils.stateless", "functional_call"),
    ("_tensor", "Tensor"), ("utils.data._utils.collate", "default_collate"), ("testing", "assert_close"),
])  # fmt: skip
def test_pytorchs_paths_lead_here(path, name):
    assert hasattr(importlib.import_module(f"tinygrad_edu.{path}"), name)

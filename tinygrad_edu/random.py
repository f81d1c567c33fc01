"""Random numbers: one seeded stream that all of this package draws from, and PyTorch's functions on it.

The same seed gives the same numbers on every machine with the same NumPy, but not PyTorch's numbers: the
generator is NumPy's PCG64. NumPy's own global stream (`np.random.seed`) is neither read nor moved.

Source: https://docs.pytorch.org/docs/stable/torch.html#random-sampling
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .conversion import given_sizes
from .engine import array_of, constant
from .errors import ShapeError
from .graph import Tensor as _Base
from .graph import mode
from .promotion import get_default_dtype

if TYPE_CHECKING:
    from .tensor import Tensor

# PCG64's state and increment, the seed, a spare half word and whether there is one: so many bytes each
_STATE_SIZES = (16, 16, 8, 4, 1)


class Generator:
    """A stream of random numbers of its own: `rand(3, generator=Generator().manual_seed(0))`.

    A new one starts at PyTorch's default seed, so two new ones give the same numbers.
    Source: https://docs.pytorch.org/docs/stable/generated/torch.Generator.html
    """

    def __init__(self, device: Any = "cpu"):
        if not str(device).startswith("cpu"):
            raise RuntimeError(f"Generator: the only device here is 'cpu', got {device!r}")
        self.device = "cpu"
        self.manual_seed(67280421310721)

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream of this seed, a whole number of at most 64 bits; returns the generator."""
        try:
            seed = int(seed.__index__())
        except AttributeError:
            raise TypeError(f"manual_seed: a whole number expected, got {seed!r}") from None
        if not -(2**63) <= seed < 2**64:
            raise ShapeError(f"manual_seed: the seed must lie between -2**63 and 2**64 - 1, got {seed}")
        self._may_move()
        self._seed = seed % 2**64
        self.numpy = np.random.Generator(np.random.PCG64(self._seed))
        return self

    def _may_move(self) -> None:
        """While a step is compiled, a stream that outlives it only goes on: a program would not jump."""
        if mode.tracer is not None:
            mode.tracer.seeded(self)

    def seed(self) -> int:
        """Start a stream that nobody can foresee; returns its seed."""
        self.manual_seed(int(np.random.SeedSequence().generate_state(1, np.uint64)[0]))
        return self._seed

    def initial_seed(self) -> int:
        """The seed that this stream started from."""
        return self._seed

    def get_state(self) -> Any:
        """Where the stream stands, as a uint8 tensor: `set_state` goes on from there."""
        self._may_move()
        whole = self.numpy.bit_generator.state
        place, step = whole["state"]["state"], whole["state"]["inc"]
        numbers = (place, step, self._seed, whole["uinteger"], whole["has_uint32"])
        parts = [int(n).to_bytes(size, "little") for n, size in zip(numbers, _STATE_SIZES, strict=True)]
        return constant(np.frombuffer(b"".join(parts), np.uint8).copy())

    def set_state(self, new_state: Any) -> Generator:
        """Go on from where `get_state` was called; returns the generator."""
        state = new_state._array if isinstance(new_state, _Base) else np.asarray(new_state)
        if state.dtype != np.uint8 or state.shape != (sum(_STATE_SIZES),):
            raise ShapeError(f"set_state: what get_state returned expected, {sum(_STATE_SIZES)} numbers of dtype "
                             f"uint8, got shape {state.shape} and dtype {state.dtype}")  # fmt: skip
        raw, numbers = state.tobytes(), []
        for size in _STATE_SIZES:
            numbers.append(int.from_bytes(raw[:size], "little"))
            raw = raw[size:]
        self._may_move()
        place, step, self._seed, half_word, has_half_word = numbers
        self.numpy.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": place, "inc": step},
            "uinteger": half_word,
            "has_uint32": has_half_word,
        }
        return self

    def __deepcopy__(self, memo: dict) -> Generator:
        return Generator().set_state(self.get_state())

    def __reduce__(self) -> tuple:
        return _generator_at, (self.get_state()._array,)

    def __repr__(self) -> str:
        return f"<Generator started from seed {self._seed}>"


def _generator_at(state: np.ndarray) -> Generator:
    return Generator().set_state(state)


default_generator = Generator()
default_generator.seed()


def numpy_generator(generator: Generator | None = None) -> np.random.Generator:
    """NumPy's face of a generator, or of the package's own stream: where every random number comes from."""
    if generator is None:
        generator = default_generator
    elif not isinstance(generator, Generator):
        raise TypeError(f"generator: a tinygrad_edu.Generator expected, got {type(generator).__name__}; make "
                        "one with Generator().manual_seed(0)")  # fmt: skip
    return generator.numpy if mode.tracer is None else mode.tracer.generator(generator)


def manual_seed(seed: int) -> Generator:
    """Start the package's stream anew: the same seed, the same numbers. Returns its generator."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the package's stream where nobody can foresee; returns the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the package's stream started from."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """Where the package's stream stands, as a uint8 tensor."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Go on from where `get_rng_state` was called."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Any = None, enabled: bool = True, **_: Any) -> Iterator[None]:
    """After the `with` block, the package's stream stands where it stood before it."""
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)


# ------------------------------------------------------------------------------------------ arrays of numbers


def uniform_array(shape: Any, dtype: Any = None, generator: Generator | None = None) -> np.ndarray:
    """Uniform numbers, 0 ≤ x < 1, as an array."""
    dtype, source = _floating("rand", dtype), numpy_generator(generator)
    if dtype == np.float16:  # as many steps as float16 has below 1, so that none is rounded up to 1
        return source.integers(0, 2**11, shape).astype(dtype) / dtype.type(2**11)
    wide = np.float32 if dtype == np.float32 else np.float64
    return _as(source.random(shape, wide), dtype)


def normal_array(shape: Any, dtype: Any = None, generator: Generator | None = None) -> np.ndarray:
    """Numbers from the bell curve with mean 0 and deviation 1, as an array."""
    dtype, source = _floating("randn", dtype), numpy_generator(generator)
    wide = np.float64 if dtype == np.float64 else np.float32
    return _as(source.standard_normal(shape, wide), dtype)


def _as(array: Any, dtype: np.dtype) -> Any:
    return array if array.dtype == dtype else np.astype(array, dtype)


def _floating(name: str, dtype: Any) -> np.dtype:
    dtype = get_default_dtype() if dtype is None else np.dtype(dtype)
    if dtype.kind != "f":
        raise TypeError(f"{name}: a floating dtype expected, got {dtype}; use randint for whole numbers")
    return dtype


def _shape(name: str, size: tuple) -> tuple[int, ...]:
    """The shape, from (2, 3), ((2, 3),) or ([2, 3],)."""
    shape = tuple(size[0]) if len(size) == 1 and isinstance(size[0], (tuple, list)) else tuple(size)
    for length in shape:
        if isinstance(length, bool) or not hasattr(length, "__index__"):
            raise TypeError(f"{name}: lengths must be whole numbers, got {shape}")
        if length < 0:
            raise ShapeError(f"{name}: lengths must not be negative, got {shape}")
    return shape


def _made(array: np.ndarray, requires_grad: bool = False) -> Any:
    result = constant(array)
    return result.requires_grad_() if requires_grad else result


def _array(x: Any) -> np.ndarray:
    return array_of(x) if isinstance(x, _Base) else x if hasattr(x, "__array_function__") else np.asarray(x)


def _known(x: Any) -> bool:
    """Whether the numbers can be looked at: not while a step is compiled."""
    return isinstance(x, (np.ndarray, np.generic))


# ---------------------------------------------------------------------------------------- PyTorch's functions


def rand(*sizes: Any, size: Any = None, generator: Generator | None = None, dtype: Any = None, device: Any = None,
         requires_grad: bool = False, pin_memory: bool = False) -> Tensor:  # fmt: skip
    """Uniform numbers, 0 ≤ x < 1, in a shape."""
    return _made(uniform_array(_shape("rand", given_sizes("rand", sizes, size)), dtype, generator), requires_grad)


def randn(*sizes: Any, size: Any = None, generator: Generator | None = None, dtype: Any = None, device: Any = None,
          requires_grad: bool = False, pin_memory: bool = False) -> Tensor:  # fmt: skip
    """Numbers from the bell curve with mean 0 and deviation 1, in a shape."""
    return _made(normal_array(_shape("randn", given_sizes("randn", sizes, size)), dtype, generator), requires_grad)


def rand_like(input: Tensor, *, generator: Generator | None = None, dtype: Any = None, device: Any = None,
              requires_grad: bool = False) -> Tensor:  # fmt: skip
    """`rand` in the shape and dtype of a tensor."""
    array = input._array
    return rand(array.shape, generator=generator, dtype=dtype or array.dtype, requires_grad=requires_grad)


def randn_like(input: Tensor, *, generator: Generator | None = None, dtype: Any = None, device: Any = None,
               requires_grad: bool = False) -> Tensor:  # fmt: skip
    """`randn` in the shape and dtype of a tensor."""
    array = input._array
    return randn(array.shape, generator=generator, dtype=dtype or array.dtype, requires_grad=requires_grad)


def randint(*args: Any, low: Any = None, high: Any = None, size: Sequence[int] | None = None,
            generator: Generator | None = None, dtype: Any = None, device: Any = None,
            requires_grad: bool = False) -> Tensor:  # fmt: skip
    """Whole numbers, low ≤ x < high: randint(high, size) or randint(low, high, size); low is else 0."""
    given = list(args)
    size = given.pop() if size is None and given else size
    high = given.pop() if high is None and given else high
    low = given.pop() if low is None and given else 0 if low is None else low
    if given or high is None or size is None or not isinstance(size, (tuple, list)):
        raise TypeError("randint: (high, size) or (low, high, size) expected, with a tuple as size, got "
                        f"{args}")  # fmt: skip
    low, high = int(low), int(high)
    if low >= high:
        raise RuntimeError(f"randint expects 'low' to be less than 'high', got low={low} >= high={high}")
    dtype = np.dtype(np.int64 if dtype is None else dtype)
    drawn = numpy_generator(generator).integers(low, high, _shape("randint", (size,)))
    return _made(drawn.astype(dtype), requires_grad)


def randperm(n: int, *, generator: Generator | None = None, dtype: Any = None, device: Any = None) -> Tensor:
    """The numbers 0 to n − 1 in random order: (n), int64 unless dtype says otherwise."""
    (n,) = _shape("randperm", (n,))
    return _made(numpy_generator(generator).permutation(n).astype(np.int64 if dtype is None else dtype))


def normal(mean: Any, std: Any = 1.0, size: Sequence[int] | None = None, *,
           generator: Generator | None = None, dtype: Any = None, requires_grad: bool = False) -> Tensor:  # fmt: skip
    """Numbers from bell curves: mean and std are tensors, which broadcast, or two numbers and a size.

    RuntimeError for a negative deviation.
    """
    given = [x._array for x in (mean, std) if isinstance(x, _Base)]
    if not given and size is None:
        raise TypeError("normal: give a size with two numbers, or tensors for mean or std")
    mean, std = _array(mean), _array(std)
    if _known(std) and (std < 0).any():
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std.min()}")
    shape = np.broadcast_shapes(np.shape(mean), np.shape(std)) if size is None else _shape("normal", (size,))
    dtype = _floating("normal", dtype or (np.result_type(*given) if given else None))
    return _made(np.astype(normal_array(shape, dtype, generator) * std + mean, dtype), requires_grad)


def bernoulli(input: Any, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that stands there, else 0, in the input's shape and dtype; p: one for all."""
    array = _array(input)
    chance = array if p is None else _array(p)
    if p is None and array.dtype.kind != "f":
        raise TypeError(f"bernoulli: probabilities of a floating dtype expected, got {array.dtype}")
    if _known(chance) and not ((chance >= 0) & (chance <= 1)).all():
        raise RuntimeError(f"bernoulli: probabilities from 0 to 1 expected, got {chance.min()} to "
                           f"{chance.max()}")  # fmt: skip
    return _made((numpy_generator(generator).random(array.shape) < chance).astype(array.dtype))


def multinomial(input: Any, num_samples: int, replacement: bool = False, *,
                generator: Generator | None = None) -> Tensor:  # fmt: skip
    """Places drawn with chances proportional to the weights at them: (n) -> (k), or (m, n) -> (m, k), int64.

    Without replacement no place is drawn twice: each gets an exponential waiting time with its weight as
    rate, and the first k to ring are taken.
    Source: Efraimidis and Spirakis 2006, https://doi.org/10.1016/j.ipl.2005.11.003
    """
    weights = _array(input)
    if weights.ndim not in (1, 2) or weights.dtype.kind != "f":
        raise RuntimeError("multinomial: a vector or matrix of floating weights expected, got shape "
                           f"{weights.shape}, dtype {weights.dtype}")  # fmt: skip
    if num_samples < 1:
        raise RuntimeError(f"multinomial: at least 1 sample expected, got num_samples={num_samples}")
    if _known(weights) and not (np.isfinite(weights) & (weights >= 0)).all():
        raise RuntimeError("multinomial: a weight is infinite, nan or negative")
    if _known(weights) and not (weights.sum(axis=-1) > 0).all():
        raise RuntimeError("multinomial: a row of weights sums to 0, so nothing can be drawn from it")
    source = numpy_generator(generator)
    if replacement:
        rows = np.cumsum(np.atleast_2d(weights), axis=-1, dtype=np.float64)
        points = source.random((len(rows), num_samples)) * rows[:, -1:]
        drawn = np.stack([np.searchsorted(rows[i], points[i], side="right") for i in range(len(rows))])
        return _made(drawn.reshape(*weights.shape[:-1], num_samples).astype(np.int64))
    least = (weights > 0).sum(axis=-1).min() if _known(weights) else num_samples
    if num_samples > least:
        raise RuntimeError(f"multinomial: {num_samples} samples without replacement need as many weights "
                           f"above 0 in each row, got {least}; pass replacement=True")  # fmt: skip
    with np.errstate(divide="ignore"):
        waiting = source.standard_exponential(weights.shape) / weights
    return _made(np.argsort(waiting, axis=-1)[..., :num_samples])

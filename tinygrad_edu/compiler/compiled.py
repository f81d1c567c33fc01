"""`tinygrad_edu.compile`: a training step as a program."""

from __future__ import annotations

import builtins
import copy
import functools
import threading
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import mode
from ..nn.module import Module
from .caller import MISFIT, MOVED, Caller
from .errors import CompileError
from .explain import Explanation, explain
from .module import OptimizedModule
from .optimize import NAMES, Optimized, has_loops, optimized
from .page import page
from .program import Program, values_in
from .record import arguments_of, record
from .recording import Recording
from .snapshot import Snapshot, contents, difference
from .trial import seconds, trial
from .world import World

_MOST_PROGRAMS = 16  # kept at once, for as many shapes and modes


class Compiled:
    """A function whose runs are written down, and then run as NumPy programs. See `compile`."""

    def __init__(self, function: Callable, check_every: int | None = None, threads: int = 1, without: tuple = ()):
        functools.update_wrapper(self, function)
        self.function, self.check_every, self.threads, self.without = function, check_every, threads, without
        self._lock = threading.RLock()
        self._programs: list[Variant] = []  # the one that ran last comes first
        self._latest_call: Any = None  # its program
        self._latest_count = -1  # how many arguments that takes; -1: it is not to be tried at once
        self._calls = 0

    def __call__(self, *args: Any, **options: Any) -> Any:
        if mode.tracer is not None:  # inside another compiled step: a part of that
            return self.function(*args, **options)
        with self._lock:
            misfits = 0
            if len(args) == self._latest_count and not options:
                result = self._latest_call(*args)
                if result is not MISFIT and result is not MOVED:
                    return result
                misfits = int(result is MISFIT)
            if self.check_every:
                self._calls += 1
                if self._calls % self.check_every == 0:
                    return self._checked(args, options)
            return self._run(args, options, misfits)

    def _run(self, args: tuple, options: dict, misfits: int = 0) -> Any:
        """Run the first program that fits, and write another one down where none does. misfits: how many do not."""
        for i in range(misfits, len(self._programs)):
            result = self._programs[i].call(args, options)
            if result is not MISFIT:
                if i:
                    self._programs.insert(0, self._programs.pop(i))
                self._note_latest()
                return result
        try:
            return self._record(args, options)
        finally:
            self._note_latest()

    def _note_latest(self) -> None:
        """The next call is most likely of the same kind: it is tried first, and costs little then."""
        self._latest_call, self._latest_count = None, -1
        latest = self._programs[0] if self._programs and not self.check_every else None
        if latest is not None and latest.confirmed and not latest.keys:
            self._latest_call, self._latest_count = latest.run, latest.count

    def _checked(self, args: tuple, options: dict) -> Any:
        """Run the function, put back what it has changed, run the program, and compare."""
        names = arguments_of(self.function, args)
        before = Snapshot(World(self.function, args, options, names), with_numbers=True)
        wanted = self.function(*args, **options)
        wanted = contents(World(self.function, args, options, names), wanted)
        before.restore()
        result = self._run(args, options)
        where = difference(wanted, contents(World(self.function, args, options, names), result))
        if where:
            raise CompileError(f"compile: call {self._calls} of the step gave something else than its function does, "
                               f"first in {where}. The step depends on something that compile cannot see (see the "
                               "docs); pass it as an argument, or leave that part out. The state is the "
                               "program's")  # fmt: skip
        return result

    def _record(self, args: tuple, options: dict) -> Any:
        """Run the step traced; the second run of a kind makes the program."""
        earlier = next((v for v in self._programs if not v.confirmed and v.fits(args, options)), None)
        if earlier is None:
            recording = record(self.function, args, options)
        else:
            self._programs.remove(earlier)
            recording = record(self.function, args, options, functools.partial(agree, earlier.recording))
        result = recording.result
        variant = Variant(recording, self, args, options)
        if earlier is not None and not recording.grows:  # a step that makes state for an optimizer is traced each time
            variant.confirm()
        self._programs.insert(0, variant)
        del self._programs[_MOST_PROGRAMS:]
        return result

    @property
    def source(self) -> str:
        """The page to read: the program of the latest call, as plain NumPy."""
        return page(self._latest().recording)

    @property
    def optimized_source(self) -> str:
        """The program that runs, with its buffers."""
        return self._latest().optimized_source

    def explain(self, profile: bool = False) -> Explanation:
        """What the passes did, how memory is shared, how much work a step is; profile=True: its slowest lines."""
        latest = self._latest()
        return explain(latest.recording, latest.optimized, profile)

    def _latest(self) -> Variant:
        if not self._programs:
            raise CompileError("compile: nothing has been written down yet; call the step once")
        return self._programs[0]

    def __set_name__(self, owner: Any, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a method: each object has a compiled step of its own, kept in its __dict__ under the method's name."""
        if instance is None:
            return self
        bound = Bound(types.MethodType(self.function, instance), self.check_every, self.threads, self.without)
        if hasattr(self, "_name") and isinstance(getattr(instance, "__dict__", None), dict):
            instance.__dict__[self._name] = bound
        return bound

    def __reduce__(self) -> Any:
        raise TypeError("a compiled step cannot be pickled or copied: it holds buffers and refers to live objects. "
                        "Pickle the model's state_dict, and compile the step again where it is loaded")  # fmt: skip


class Bound(Compiled):
    """The compiled step of one object. A copy of the object compiles its own."""

    def __deepcopy__(self, memo: dict) -> Any:
        method: Any = self.function
        mine = types.MethodType(method.__func__, copy.deepcopy(method.__self__, memo))
        return Bound(mine, self.check_every, self.threads, self.without)


class Variant:
    """One program of a step: for one kind of arguments, in one state of the world."""

    def __init__(self, recording: Recording, owner: Compiled, args: tuple, options: dict):
        self.recording, self.owner = recording, owner
        self.caller = Caller(recording)
        recording.release()
        self.count, self.keys = len(args), tuple(options)
        self.confirmed = False
        self._fits: Any = None
        self.run: Any = None  # compares and runs: what `Caller.bind` has made
        self._make: Any = None

    def alike(self, args: tuple, options: dict) -> bool:
        return len(args) == self.count and tuple(options) == self.keys

    def fits(self, args: tuple, options: dict) -> bool:
        """Whether everything that the recording relied on is as it was."""
        if not self.alike(args, options):
            return False
        if self._fits is None:
            self._fits = self.caller.fits()
        return _quietly(self._fits, args, options)

    @property
    def optimized_source(self) -> str:
        return self.optimized.source

    @functools.cached_property
    def optimized(self) -> Optimized:
        recording, owner = self.recording, self.owner
        alone = optimized(recording.program, owner.without)
        if owner.threads == 1 or not has_loops(alone.program):
            return alone
        together = optimized(recording.program, owner.without, owner.threads)
        runs = [trial(o, recording) for o in (alone, together)]
        one, many = seconds(runs)
        return together if many < one else alone

    def confirm(self) -> None:
        self._make = load(self.optimized_source, self.optimized.program)
        self.run = self.caller.bind(self._make, self.optimized.staying, self.optimized.layout)
        self.confirmed = True

    def call(self, args: tuple, options: dict) -> Any:
        if not self.confirmed or not self.alike(args, options):
            return MISFIT
        result = self.run(*args, *options.values())
        if result is MOVED:
            self.run = self.caller.bind(self._make, self.optimized.staying, self.optimized.layout)
            result = self.run(*args, *options.values())
        return result


def _quietly(fits: Callable, args: tuple, options: dict) -> bool:
    try:
        return bool(fits(*args, *options.values()))
    except (AttributeError, LookupError, TypeError, ValueError, RuntimeError):
        return False


def load(source: str, program: Program) -> Any:
    """The `make` of a program's source, with the program's constants filled in: what is left are state, generators."""
    space = {"np": np, **program.functions}
    exec(compile_source(source, program.name), space)
    constants = [v.array for v in program.constants()]
    return lambda *fixed: space["make"](*fixed, *constants)


def compile_source(source: str, name: str) -> Any:
    return builtins.compile(source, f"<the program of {name}>", "exec")


def agree(first: Recording, second: Recording) -> None:
    """Raise where two runs of a step wrote down different programs: something in it is not the program's to know."""
    a, b = _described(first.program), _described(second.program)
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            line = second.program.lines[i]
            raise CompileError(f"compile: two runs of the step differ, at {line.origin.where} (in {line.function}): "
                               "the number or array there was made outside of any op, and is another one at each call "
                               "(np.random, a counter, a list?). Pass it to the step as an argument, or draw it with "
                               "tinygrad_edu's own functions")  # fmt: skip
    if len(a) != len(b) or len(first.program.outputs) != len(second.program.outputs):
        raise CompileError(f"compile: two runs of the step wrote down programs of {len(a)} and {len(b)} lines, though "
                           "everything that is compared was the same; what else does it depend on?")  # fmt: skip


def _described(program: Program) -> list:
    """The lines of a program in a form that can be compared."""
    numbers: dict[Any, int] = {}

    def described(x: Any) -> Any:
        if x.kind == "constant":
            return x.array.dtype.str, x.array.shape, x.array.tobytes()
        return numbers.setdefault(x, len(numbers))

    def key(x: Any) -> Any:
        if hasattr(x, "kind"):
            return described(x)
        if type(x) in (list, tuple):
            return tuple(key(item) for item in x)
        if type(x) is dict:
            return tuple((k, key(v)) for k, v in x.items())
        return (x.start, x.stop, x.step) if type(x) is slice and not any(values_in(x)) else repr(x)

    return [(line.function, key(line.args), key(line.options), key(line.results)) for line in program.lines]


def compile(function: Any = None, *, check_every: int | None = None, threads: int = 1, without: Any = (),
            fullgraph: bool = False, dynamic: bool | None = None, backend: Any = "inductor", mode: str | None = None,
            options: Any = None, disable: bool = False) -> Any:  # fmt: skip
    """Turn a training step into one flat NumPy program, to read and to run fast. It computes the same bits.

        @tg.compile
        def step(x, y):
            opt.zero_grad()
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            opt.step()
            return loss

        for x, y in batches:
            print(step(x, y).item())      # .item() outside: inside there are no values yet

        print(step.source)                # the step as a page of NumPy
        print(step.optimized_source)      # the program that runs
        print(step.explain(profile=True)) # passes, memory, work, and the slowest lines

    **What happens.** The first two calls of a kind are traced: they run for real, on arrays that write down each call
    of NumPy. (A third is where the first made gradients or state.) If both wrote the same, the next call runs
    what they wrote. Each call first compares what the program relied on; another kind of call (other shapes, dtypes or
    layouts, `train()` or `eval()`, a frozen parameter, another object) is traced anew. Up to 16 programs are kept. A
    call that raises while it is traced leaves model, optimizer, arguments and random numbers as they were.

    **What is followed.** All that the function names, as long as the step reaches it by name: closure, globals,
    `self`, modules, optimizers, containers. Parameters, buffers, gradients, what optimizers remember, tensors in
    attributes and dictionaries, the streams of generators: read anew at each call and written as in eager mode, so
    that compiled and eager calls, `load_state_dict` and `p.data = ...` mix freely. Numbers that are arguments, and
    those of `param_groups` (lr, betas), may be others at each call. Other Python values (numbers, strings, lists in
    the closure) are compared: another one is traced anew. A method gets a compiled step for each object; a step
    inside a step is a part of it.

    **What is refused**, with your line and a way out (CannotFollow, or CompileError):

    - what needs a value: a branch (`if loss > 3`, `while`, `and`, `max(a, b)`), `.item()`, float, int, bool, format,
      print, `tolist()`, `numpy()`, `np.asarray`, `allclose`, iterating over an array (not over a tensor);
    - shapes that depend on values: a mask as an index, `nonzero`, `unique`, `where(mask)`;
    - `requires_grad_()` on a tensor from outside, seeding a generator or asking for its state, `scheduler.step()`,
      Python numbers and lists that the step changes: do that between calls;
    - arrays made anew at each call outside of any op, such as `np.random.rand(3)`: pass them in, or use `tg.rand`;
    - two views of one memory that the step writes to; a tensor that the step made and hands out with its .grad;
    - optimizers that branch on values, as LBFGS does.

    A tensor that is returned says whether it requires grad, but its graph stays inside: backward() on it raises. A
    module is compiled as PyTorch's programs expect, `net = compile(net)`: it runs as it is while grad mode is on, and
    as a program under `no_grad()`. What pays off is to compile the step.

    **What cannot be seen.** Attributes whose names are computed (`getattr(x, "a" + "b")`), what functions of installed
    packages reach besides their arguments, files, the clock, and what foreign code does to arrays. An array that was
    not found by name is a constant of the program, frozen at what it was. So:

    check_every: at every n-th call the function runs as well, on a copy of the state, and all that both leave behind
        is compared to the bit. CompileError says where they part; the state is then the program's.
    threads: long elementwise chains on large arrays run on so many threads, where a trial shows that this is faster.
    without: passes to leave out, by name; `explain()` lists them.
    disable: leave the function as it is. fullgraph, dynamic, backend, mode and options are PyTorch's, and choose
        nothing here.

    A compiled step may be called from several threads, one after the other. It cannot be pickled or copied: pickle the
    `state_dict`, and compile again.
    """
    if function is None:
        return functools.partial(compile, check_every=check_every, threads=threads, without=without, disable=disable)
    if disable:
        return function
    without = (without,) if isinstance(without, str) else tuple(without)
    for name in without:
        if name not in NAMES:
            raise ValueError(f"compile: there is no pass {name!r} to leave out; the passes are {', '.join(NAMES)}")
    compiled = Compiled(function, check_every, threads, without)
    return OptimizedModule(function, compiled) if isinstance(function, Module) else compiled

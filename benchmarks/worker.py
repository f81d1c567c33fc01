"""The process in which one peer runs: `python -m benchmarks.worker PEER IMAGES`, asked by lines of JSON.

Each request is [name, argument ...] and gets one line back: a result, or {"error": why}.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import sys
import time
import traceback
from pathlib import Path

import numpy as np

from benchmarks.agreement import CHECK_STEPS
from benchmarks.images import load_images
from benchmarks.workloads import digit_accuracy, make_task


class Worker:
    """One peer and what it holds between two requests. Every public method is a request."""

    def __init__(self, peer, images_file):
        self.module = importlib.import_module(f"benchmarks.peers.{peer}")
        self.images = load_images(images_file) if Path(images_file).exists() else None
        self.step = self.params = None

    def make(self, workload):
        """Hand the task to the peer, and give its arrays no other owner; what the peer notes about it."""
        self.unload()
        task = make_task(workload, self.images)
        self.step, self.params = self.module.make(task)
        task.params.clear()
        notes = getattr(self.module, "NOTES", {})
        return notes.get(task.kind) or notes.get("*")

    def load(self, workload, file):
        """Take the first steps; the losses come back, the parameters before and after go to `file`."""
        start = time.perf_counter()
        note = self.make(workload)
        losses = [as_float(self.step()) for _ in range(CHECK_STEPS)]
        seconds = time.perf_counter() - start
        initial = make_task(workload, self.images).params
        after = {"after/" + name: value for name, value in self.params().items()}
        np.savez(file, **after, **{"initial/" + name: value for name, value in initial.items()})
        return {"losses": losses, "setup_seconds": seconds, "note": note}

    def time(self, steps):
        """The clock and the processor's time over so many steps."""
        step = self.step
        start, processor_start = time.perf_counter(), time.process_time()
        for _ in range(steps):
            loss = step()
        as_float(loss)
        return {
            "seconds": time.perf_counter() - start,
            "processor_seconds": time.process_time() - processor_start,
        }

    def epoch(self, steps):
        """The clock over an epoch, and how many test images the network then reads right."""
        note = self.make("epoch")
        for _ in range(3):  # compilers compile outside the clock
            as_float(self.step())
        result = self.time(steps) | {"accuracy": digit_accuracy(self.params(), self.images), "note": note}
        self.unload()
        return result

    def memory(self):
        """The peak of a step of the deep network over the process at rest, in MiB."""
        self.make("digit_b10")
        for _ in range(2):  # libraries and compilers are loaded before the baseline
            as_float(self.step())
        give_back()
        baseline = resident("VmRSS")
        note = self.make("memory")
        losses = [as_float(self.step()) for _ in range(4)]  # compilers look at the first few steps
        give_back()
        Path("/proc/self/clear_refs").write_text("5")  # forget the peak of set-up and compilation
        losses += [as_float(self.step()) for _ in range(3)]
        return {"mebibytes": resident("VmHWM") - baseline, "losses": losses, "note": note}

    def unload(self):
        """Let go of the task."""
        self.step = self.params = None
        gc.collect()
        return {}


def as_float(loss):
    """A loss as a Python number, which also waits for it."""
    return float(loss.item() if hasattr(loss, "item") else loss)


def resident(name):
    """A line of Linux's account of this process, in MiB."""
    status = Path("/proc/self/status")
    if not status.exists():
        raise NotImplementedError("measured on Linux only")
    for line in status.read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    raise NotImplementedError(f"this system does not report {name}")


def give_back():
    """Collect garbage, and have the C library give freed memory back."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def main():
    """Answer requests until the input ends."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a framework prints must not reach the replies

    def reply(result):
        replies.write(json.dumps(result) + "\n")
        replies.flush()

    try:
        worker = Worker(*sys.argv[1:])
    except Exception as error:
        traceback.print_exc()
        return reply({"error": in_words(error)})
    reply({})
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            reply(getattr(worker, name)(*arguments))
        except Exception as error:
            traceback.print_exc()
            worker.unload()
            reply({"error": in_words(error)})


def in_words(error):
    """An error as one short line."""
    text = str(error).strip().splitlines()[0][:200] if str(error).strip() else "no message"
    return text if isinstance(error, NotImplementedError) else f"{type(error).__name__}: {text}"


if __name__ == "__main__":
    main()

"""Processes that make batches ahead of time.

Each worker has two pipes: indices come in through one, batches go out through the other. Batch i is worker i
mod n's, so that the results come in order, and every worker draws the same random numbers in every run with
the same seed. A thread in the worker empties its inbox at once: neither side ever waits for the other to read.
"""

from __future__ import annotations

import multiprocessing
import queue
import random
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any, NamedTuple

import numpy as np

from ...random import manual_seed


class WorkerInfo(NamedTuple):
    """What a worker knows of itself."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


_here: list[WorkerInfo] = []


def get_worker_info() -> WorkerInfo | None:
    """In a worker process: which one it is. None in the main process."""
    return _here[0] if _here else None


def _work(info: WorkerInfo, fetch: Callable, init: Callable | None, inbox: Any, outbox: Any,
          strangers: list) -> None:  # fmt: skip
    """The life of a worker: read indices, send the batch or what went wrong, until the inbox closes."""
    for end in strangers:  # a fork inherits the main process's ends; while they are open, no pipe ever closes
        end.close()
    _here[:] = [info]
    manual_seed(info.seed)
    random.seed(info.seed)
    np.random.seed(info.seed % 2**32)  # the data set's own code may draw from it, in this process alone
    tasks: queue.SimpleQueue = queue.SimpleQueue()
    threading.Thread(target=_empty, args=(inbox, tasks), daemon=True).start()
    fault = None
    try:
        if init is not None:
            init(info.id)
    except Exception as error:
        fault = _described(error)
    try:
        while (indices := tasks.get()) is not None:
            try:
                answer = fault or (None, fetch(info.dataset, indices))
            except Exception as error:
                answer = _described(error)
            try:
                outbox.send(answer)
            except (BrokenPipeError, ConnectionError):
                return
            except Exception as error:  # a batch that cannot be pickled
                outbox.send(_described(error))
    except KeyboardInterrupt:  # the main process has got it as well, and reports it
        return


def _empty(inbox: Any, tasks: queue.SimpleQueue) -> None:
    try:
        while True:
            tasks.put(inbox.recv())
    except (EOFError, OSError):
        tasks.put(None)


def _described(error: Exception) -> tuple:
    return type(error).__name__, traceback.format_exc()


class Workers:
    """The processes of one pass over the data."""

    def __init__(self, dataset: Any, fetch: Callable, count: int, seed: int, init: Callable | None,
                 context: Any):  # fmt: skip
        if not hasattr(context, "Process"):
            context = multiprocessing.get_context(context)
        self.processes, self.inboxes, self.outboxes = [], [], []
        fork = context.get_start_method() == "fork"
        try:
            for number in range(count):
                indices_out, indices_in = context.Pipe(duplex=False)
                batches_out, batches_in = context.Pipe(duplex=False)
                self.inboxes.append(indices_in)
                self.outboxes.append(batches_out)
                info = WorkerInfo(number, count, seed + number, dataset)
                strangers = [*self.inboxes, *self.outboxes] if fork else []
                args = (info, fetch, init, indices_out, batches_in, strangers)
                process = context.Process(target=_work, args=args, daemon=True)
                process.start()
                self.processes.append(process)
                indices_out.close()
                batches_in.close()
        except BaseException:
            self.stop()
            raise

    def batches(self, batches_of_indices: Iterable, ahead: int, timeout: float | None) -> Iterator:
        """The batches in order; `ahead` of them are under way in each worker."""
        count = len(self.processes)
        source = iter(batches_of_indices)
        sent = taken = 0
        more = True
        while True:
            while more and sent < taken + count * ahead:
                try:
                    indices = next(source)
                except StopIteration:
                    more = False
                    break
                self._send(sent % count, indices)
                sent += 1
            if taken == sent:
                return
            yield self._receive(taken % count, timeout)
            taken += 1

    def _send(self, number: int, indices: Any) -> None:
        try:
            self.inboxes[number].send(indices)
        except (BrokenPipeError, ConnectionError):
            raise self._gone(number) from None

    def _receive(self, number: int, timeout: float | None) -> Any:
        outbox = self.outboxes[number]
        if not wait([outbox], timeout):
            raise RuntimeError(f"DataLoader timed out after {timeout} seconds: worker {number} is still busy "
                               "with its batch; raise timeout=, or look for what blocks it")  # fmt: skip
        try:
            kind, content = outbox.recv()
        except (EOFError, ConnectionError):
            raise self._gone(number) from None
        if kind is not None:
            raise RuntimeError(f"Caught {kind} in DataLoader worker process {number}.\nOriginal {content}")
        return content

    def _gone(self, number: int) -> RuntimeError:
        process = self.processes[number]
        process.join(1)
        return RuntimeError(f"DataLoader worker {number} (pid {process.pid}) exited unexpectedly with exit "
                            f"code {process.exitcode}; a negative one is the signal that killed it (-9 is "
                            "often a lack of memory). num_workers=0 runs the same code here")  # fmt: skip

    def stop(self) -> None:
        """End the processes and wait until they are gone."""
        for end in (*self.inboxes, *self.outboxes):
            end.close()
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join(2)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()

"""Correctness first, then the clock: peers are timed in turn, A B C A B C ..., and the medians are kept."""

import statistics
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.agreement import (
    LOSS_TOLERANCE,
    PARAMETER_TOLERANCE,
    loss_difference,
    parameter_difference,
)
from benchmarks.peers import REFERENCES
from benchmarks.remote import PeerError, Remote
from benchmarks.workloads import EPOCH_STEPS, UNITS

EPOCH_ROUNDS = 3
MEMORY_ROUNDS = 5  # PyTorch's peak varies by a tenth from process to process
MOST_STEPS = 1 << 16


@dataclass
class Run:
    """The figures of one thread count: workload -> peer -> figure, in the workload's unit."""

    threads: int
    rounds: int
    figures: dict = field(default_factory=dict)
    samples: dict = field(default_factory=dict)  # what the figures are medians of
    cores: dict = field(default_factory=dict)  # processor seconds per second
    checks: dict = field(default_factory=dict)  # losses and how far they are from the reference's
    accuracies: dict = field(default_factory=dict)  # peer -> test accuracy after the epoch
    notes: list = field(default_factory=list)  # (workload, peer, sentence)


class Session:
    """Workloads, a set of peers and one thread count; leaving its `with` block ends the workers."""

    def __init__(self, peers, threads, rounds, slice_seconds, folder, log, timeout):
        self.peers, self.slice_seconds = peers, slice_seconds
        self.folder, self.log, self.timeout = Path(folder), log, timeout
        self.run = Run(threads, rounds)
        self.remotes = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for remote in self.remotes.values():
            remote.close()

    def start(self, peer):
        """A new process for a peer."""
        return Remote(peer, self.run.threads, self.folder / "images.npz", self.log, self.timeout)

    def remote(self, peer):
        """The process of a peer: started when first needed, and again where it died."""
        if peer in self.remotes and self.remotes[peer].dead:
            self.remotes.pop(peer).close()
        if peer not in self.remotes:
            self.remotes[peer] = self.start(peer)
        return self.remotes[peer]

    def note(self, workload, peer, sentence):
        """A sentence for under the tables."""
        if (workload, peer, sentence) not in self.run.notes:
            self.run.notes.append((workload, peer, sentence))

    def measure(self, workload):
        """One row of the table."""
        rows_of_their_own = {"epoch": self.measure_epoch, "memory": self.measure_memory}
        rows_of_their_own.get(workload, self.measure_steps)(workload)
        row = self.run.figures[workload]
        unit = UNITS.get(workload, "µs")
        figures = "  ".join(f"{peer} {figure:,.2f}" for peer, figure in row.items())
        line = f"threads {self.run.threads}, {workload} ({unit}): {figures or '-'}"
        print(line, file=sys.stderr, flush=True)

    def measure_steps(self, workload):
        """Microseconds a step."""
        steps = self.collect(workload, self.check_steps(workload), self.calibrate)

        def time(peer):
            return self.ask(peer, "time", steps[peer])

        answers = self.interleave(workload, steps, time, self.run.rounds)
        self.collect(workload, answers, lambda peer: self.ask(peer, "unload"))
        self.keep(
            workload,
            {peer: [one["seconds"] / steps[peer] * 1e6 for one in found] for peer, found in answers.items()},
        )
        self.run.cores[workload] = {
            peer: statistics.median(one["processor_seconds"] / one["seconds"] for one in found)
            for peer, found in answers.items()
        }

    def check_steps(self, workload):
        """The peers whose first losses agree with the reference's; parameters that differ get a note."""
        answers = self.collect(
            workload, self.peers, lambda peer: self.ask(peer, "load", workload, str(self.params_file(peer)))
        )
        reference = reference_of(answers)
        agreeing = self.agreeing(workload, answers)
        for peer, answer in answers.items():
            params, _ = self.read_params(peer)
            drift = parameter_difference(params, *self.read_params(reference))
            answer["parameter_difference"] = drift
            if peer in agreeing and not drift < PARAMETER_TOLERANCE:
                sentence = f"warning: parameters end {drift:.2g} of the way moved from {reference}'s"
                self.note(workload, peer, sentence)
        self.collect(workload, answers.keys() - agreeing, lambda peer: self.ask(peer, "unload"))
        return agreeing

    def params_file(self, peer):
        """Where a worker leaves its parameters."""
        return self.folder / f"{peer}.npz"

    def read_params(self, peer):
        """(parameters after the first steps, initial parameters), as the worker left them in its file."""
        with np.load(self.params_file(peer)) as file:
            return tuple(
                {name.removeprefix(start): file[name] for name in file.files if name.startswith(start)}
                for start in ("after/", "initial/")
            )

    def calibrate(self, peer):
        """How many steps fill the peer's slice of a round."""
        steps = 1
        while True:
            seconds = self.ask(peer, "time", steps)["seconds"]
            if seconds > self.slice_seconds / 4 or steps >= MOST_STEPS:
                return max(1, int(steps * self.slice_seconds / seconds))
            steps *= 2 if seconds > self.slice_seconds / 16 else 4

    def measure_epoch(self, workload):
        """Seconds for an epoch of the digit network at batch 10."""

        def epoch(peer):
            return self.ask(peer, "epoch", EPOCH_STEPS)

        answers = self.interleave(workload, self.peers, epoch, min(EPOCH_ROUNDS, self.run.rounds))
        self.keep(workload, {peer: [one["seconds"] for one in found] for peer, found in answers.items()})
        self.run.accuracies = {peer: found[0]["accuracy"] for peer, found in answers.items()}

    def measure_memory(self, workload):
        """Peak MiB of a step over the process at rest; every sample in a fresh process."""

        def memory(peer):
            remote = self.start(peer)
            try:
                return remote.ask("memory")
            finally:
                remote.close()

        answers = self.interleave(workload, self.peers, memory, min(MEMORY_ROUNDS, self.run.rounds))
        agreeing = self.agreeing(workload, {peer: found[0] for peer, found in answers.items()})
        self.keep(workload, {peer: [one["mebibytes"] for one in answers[peer]] for peer in agreeing})

    def agreeing(self, workload, answers):
        """The peers whose losses agree with the reference's; the others get a note."""
        reference = reference_of(answers)
        agreeing = []
        for peer, answer in answers.items():
            apart = loss_difference(answer["losses"], answers[reference]["losses"])
            answer |= {"reference": reference, "loss_difference": apart}
            if apart < LOSS_TOLERANCE:
                agreeing.append(peer)
            else:
                sentence = f"DISAGREES with {reference}: losses differ by {apart:.2g} (relative)"
                self.note(workload, peer, sentence)
        self.run.checks[workload] = answers
        return agreeing

    def ask(self, peer, *request):
        """The answer of a peer's process."""
        return self.remote(peer).ask(*request)

    def interleave(self, workload, peers, action, rounds):
        """{peer: its answer in every round}; a peer that once fails is out."""
        answers = {peer: [] for peer in peers}
        for _ in range(rounds):
            found = self.collect(workload, answers, action)
            answers = {peer: [*answers[peer], answer] for peer, answer in found.items()}
        return answers

    def collect(self, workload, peers, action):
        """{peer: what the action gave}; where a peer answers with an error, that becomes its note."""
        found = {}
        for peer in peers:
            try:
                found[peer] = action(peer)
            except PeerError as error:
                self.note(workload, peer, str(error))
                continue
            if isinstance(found[peer], dict) and found[peer].get("note"):
                self.note(workload, peer, found[peer]["note"])
        return found

    def keep(self, workload, samples):
        """The samples of a row and their medians."""
        self.run.samples[workload] = samples
        self.run.figures[workload] = {peer: statistics.median(values) for peer, values in samples.items()}


def reference_of(answers):
    """The peer that the others must agree with."""
    return next((peer for peer in REFERENCES if peer in answers), next(iter(answers), None))

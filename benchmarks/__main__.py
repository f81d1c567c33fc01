"""The command line: `python -m benchmarks`."""

import argparse
import contextlib
import difflib
import importlib.util
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.environment import CLEARED_VARIABLES, describe
from benchmarks.images import find_images
from benchmarks.measure import Session
from benchmarks.peers import PROJECT, REQUIRES
from benchmarks.report import report
from benchmarks.workloads import WORKLOADS

WITHOUT_IMAGES = {"gpt_b16", "scalar_chain", "wide_elementwise"}  # `memory` warms up on digits


def arguments():
    """What the user asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Training steps of autograd frameworks, side by side: each peer in a process of its own, "
        "its first losses checked, then timed in turn. The workers run without "
        + " and ".join(CLEARED_VARIABLES)
        + ".",
    )
    parser.add_argument(
        "--workloads",
        type=names_from(WORKLOADS),
        default=list(WORKLOADS),
        metavar="A,B",
        help=", ".join(WORKLOADS),
    )
    parser.add_argument(
        "--peers", type=names_from(REQUIRES), default=list(REQUIRES), metavar="A,B", help=", ".join(REQUIRES)
    )
    parser.add_argument("--rounds", type=at_least_one, default=9, help="interleaved rounds (9)")
    parser.add_argument("--threads", type=thread_counts, default=[1, 2], metavar="1|2|1,2", help="(1,2)")
    parser.add_argument("--slice", type=float, default=0.2, help="seconds for a peer in a round (0.2)")
    parser.add_argument(
        "--timeout", type=float, default=300, help="seconds before a silent peer is ended (300)"
    )
    parser.add_argument("--markdown", action="store_true", help="print Markdown tables")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to a file")
    parser.add_argument("--log", default=os.devnull, metavar="FILE", help="what the workers print")
    return parser.parse_args()


def names_from(known):
    """A parser of comma-separated names out of `known`."""

    def parse(text):
        names = list(dict.fromkeys(text.split(",")))
        for name in names:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                raise argparse.ArgumentTypeError(f"no such name: {name}" + (f"; {near[0]}?" if near else ""))
        return names

    return parse


def at_least_one(text):
    """A count."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text}")
    return int(text)


def thread_counts(text):
    """Thread counts, comma-separated."""
    return list(dict.fromkeys(at_least_one(part) for part in text.split(",")))


def installed(peers):
    """(peers whose package is there, {peer: why it is left out})"""
    left_out = {}
    for peer in peers:
        package = REQUIRES[peer]
        if package == PROJECT:
            package = os.environ.get("PEER_EDU_ALIAS") or PROJECT
        if importlib.util.find_spec(package) is None:
            left_out[peer] = f"{package} is not installed"
    return [peer for peer in peers if peer not in left_out], left_out


def main():
    """Measure, print, and write the file where one is asked for."""
    options = arguments()
    peers, left_out = installed(options.peers)
    started = time.strftime("%Y-%m-%d %H:%M:%S")
    runs = []
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(open(options.log, "w")) as log:
        source = "not needed"
        if not WITHOUT_IMAGES.issuperset(options.workloads):
            images, source = find_images()
            images.save(Path(folder) / "images.npz")
        for threads in options.threads:
            with Session(
                peers, threads, options.rounds, options.slice, folder, log, options.timeout
            ) as session:
                for workload in options.workloads:
                    session.measure(workload)
            runs.append(session.run)
    facts = describe(source) | {"started": started, "threads": ", ".join(map(str, options.threads))}
    print(report(runs, facts, left_out, options.markdown))
    if options.json:
        content = {"facts": facts, "left_out": left_out, "runs": [asdict(run) for run in runs]}
        options.json.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())

"""The driver's end of a worker process."""

import contextlib
import json
import subprocess
import sys
import threading

from benchmarks.environment import worker_environment
from benchmarks.images import CHECKOUT


class PeerError(Exception):
    """What a peer answered in place of a result."""


class Remote:
    """One peer in a process of its own."""

    def __init__(self, peer, threads, images_file, log, timeout):
        self.timeout = timeout
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", peer, str(images_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=CHECKOUT,
            env=worker_environment(threads),
        )
        self.refusal = None  # why the peer cannot run at all
        try:
            self.read()
        except PeerError as error:
            self.refusal = str(error)

    def ask(self, *request):
        """The answer to a request; PeerError, saying why, where there is none."""
        if self.refusal:
            raise PeerError(self.refusal)
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise PeerError("the process died") from None
        return self.read()

    def read(self):
        """One line from the worker; a worker that keeps silent for too long is ended."""
        silence = threading.Timer(self.timeout, self.process.kill)
        silence.start()
        line = self.process.stdout.readline()
        in_time = silence.is_alive()
        silence.cancel()
        if not line:
            self.process.kill()
            self.process.wait()
            raise PeerError("the process died" if in_time else f"no answer within {self.timeout:.0f} s")
        answer = json.loads(line)
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer

    @property
    def dead(self):
        """Did a peer that could run stop running?"""
        return self.refusal is None and self.process.poll() is not None

    def close(self):
        """End the process: politely, then not."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

"""Where a measurement was taken: versions, processor, and the variables that a worker runs under."""

import os
import platform
import shlex
import sys
from importlib import metadata
from pathlib import Path

import numpy as np

from benchmarks.images import CHECKOUT

PACKAGES = ("tinygrad-edu", "numpy", "torch", "jax", "jaxlib", "autograd", "mygrad")
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NPROC",  # JAX's thread pools
    "PJRT_NPROC",
)
# Some machines pin NumPy's matrix products to the kernels of an older processor; a user's machine does not.
CLEARED_VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def worker_environment(threads):
    """The variables of a worker: `threads` threads, no accelerator, no pinned BLAS."""
    variables = {name: value for name, value in os.environ.items() if name not in CLEARED_VARIABLES}
    variables |= dict.fromkeys(THREAD_VARIABLES, str(threads))
    variables["JAX_PLATFORMS"] = "cpu"
    variables["CUDA_VISIBLE_DEVICES"] = ""
    if threads == 1:
        variables["XLA_FLAGS"] = variables.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false"
    variables["PYTHONPATH"] = os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]))
    return variables


def describe(images):
    """What a reader needs to judge the figures, {name: fact}."""
    states = {name: "was set" if name in os.environ else "was not set" for name in CLEARED_VARIABLES}
    facts = {
        "command": shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]]),
        "processor": f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "blas": blas(),
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "images": images,
        "cleared for the workers": ", ".join(f"{name} ({state})" for name, state in states.items()),
    }
    stand_in = os.environ.get("PEER_EDU_ALIAS")
    if stand_in:
        facts["stand-in"] = f"the columns of tinygrad_edu are {stand_in} (PEER_EDU_ALIAS)"
    return facts


def version(package):
    """The version of an installed package."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "from this checkout" if package == "tinygrad-edu" else "not installed"


def blas():
    """The library behind NumPy's matrix products."""
    built_with = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return f"{built_with['name']} {built_with.get('version', '')}".strip()


def processor():
    """The processor's name, as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unknown processor"

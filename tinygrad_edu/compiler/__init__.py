"""The training step as a program: `compile` runs a step on arrays that write themselves down, and makes of what they
wrote a page to read (`step.source`) and a program to run (`step.optimized_source`).

Read it in this order: traced.py (arrays that write themselves down), tracer.py (what is written, and under which
name), world.py (what a step can reach), recording.py (one run of a step), passes/ (one idea a file), page.py and
emit.py (the two sources), caller.py (the way in), compiled.py (`compile` itself).
"""

from .compiled import compile
from .errors import CannotFollow, CompileError

__all__ = ["CannotFollow", "CompileError", "compile"]

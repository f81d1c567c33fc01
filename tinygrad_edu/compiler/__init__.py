"""The training step as a program: `compile` runs a step on arrays that write themselves down, and makes of what they
wrote a page to read (`step.source`) and a program to run (`step.optimized_source`).

Read it in this order; each file imports from those above it (and `outcome` from passes/layout):

    program          what is written: values, lines, a program
    errors           what is said where a step cannot become one
    traced           arrays and numbers that write themselves down
    world, snapshot  what a step can reach; all that this holds, to be put back
    origins          where a line comes from: phase, op, module, the user's line
    writer, tracer   calls of NumPy as lines; ops, ways back, optimizers, random numbers
    settings         Python numbers that may change from call to call
    recording        one run: its program, what it relied on, what it put where
    leaving          tensors that leave a step, whose graph stays inside
    writable         arrays that a program writes to are made its own
    outcome, record  what a run left behind; one run from beginning to end

    text             lines as Python: names, literals, calls
    plain            the program as it was traced, which the optimized one must equal
    passes/          Program -> Program, one idea a file (layout, rows, order, edit: what they share)
    loops, emit      blocks, and the whole program, as Python
    optimize         from a recording to the program that runs
    trial, explain   a program on copies, to time it; what the passes have done

    literals, expressions, folding    constants as Python; lines as infix; values within expressions
    wording, page    nouns for names, and the page to read

    reach            Python for what a slot of the world holds
    conditions       what a recording relied on, compared at each call
    overlap          arrays that show memory which the program writes to
    lazy             gradients that stay in their buffers until they are looked at
    caller           the way in: compares, hands over, delivers
    compiled         `compile` itself
"""

from .compiled import compile
from .errors import CannotFollow, CompileError

__all__ = ["CannotFollow", "CompileError", "compile"]

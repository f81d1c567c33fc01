"""The peers: one framework a module, each in the plain idiom of its own documentation.

A peer has `make(task) -> (step, params)`: `step()` does one training step and returns the loss, `params()`
returns the current parameters as NumPy arrays in the task's own layout (for a `wide` task, which has no
update, the gradients). `make` raises NotImplementedError, saying why, for a task that the peer cannot do yet.
`NOTES`, where a peer has them, go under the table: {kind of task, or "*" for all: sentence}.
"""

LIMIT = "numpy_hand"
PYTORCH = "torch_eager"
PROJECT = "tinygrad_edu"
COMPILED = "tinygrad_edu_compiled"

# name -> the package without which it is left out
REQUIRES = {
    LIMIT: "numpy",
    "numpy_plain": "numpy",
    PROJECT: "tinygrad_edu",
    COMPILED: "tinygrad_edu",
    PYTORCH: "torch",
    "torch_compile": "torch",
    "jax_jit": "jax",
    "hips_autograd": "autograd",
    "mygrad": "mygrad",
}
REFERENCES = (PYTORCH, "numpy_plain", LIMIT)  # the first that is there: the others must agree with it

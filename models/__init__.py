"""Programs that train networks with `tinygrad_edu`: each file one model, its definition first.

    python -m models.moons          two moons told apart; read this one first
    python -m models.digit          13,002 random numbers become a digit reader
    python -m models.lenet          a convolutional network reads digits
    python -m models.recipes        what optimizers and regularization do, in a table and a picture
    python -m models.char_gpt       a GPT learns to write, one character at a time
    python -m models.finetune       a trained network meets a few images of another kind

What the programs share stands beside them, one idea a file: `run` (a training from its options to its last
line), `training` (the loop), `trials` (many short trainings side by side), `interrupts` (Ctrl-C between two
steps), `checkpoint` and `run_folder` (how a run is kept), `command_line`, `datasets`, `texts` (what there is to
write like), `reading` (what programs share that read digits), `report` and `drawing` (what is seen in the
terminal), `plotting` (pictures of what was measured), `picture` (an image file as a network sees it), `page/` (a
run as one HTML file to draw on).
"""

import os

# Before NumPy is loaded: on products as small as these, BLAS loses more by a second thread than it gains.
if "OMP_NUM_THREADS" not in os.environ:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

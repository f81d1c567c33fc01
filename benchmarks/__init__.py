"""Training steps of autograd frameworks, measured side by side in one run: `python -m benchmarks`.

    __main__      the command line
    workloads     what is trained: initial weights, batches and rates, the same for every peer
    images        the digits that the workloads read: MNIST where a folder is found, drawn ones elsewhere
    peers/        one framework each, in its own plain idiom
    worker        the process in which one peer runs
    remote        the driver's end of such a process
    measure       correctness first, then the clock: interleaved rounds, the epoch, the peak of memory
    agreement     do two peers do the same work?
    environment   versions, processor, and the variables that a worker runs under
    report        the tables, as text or as Markdown

Nothing here asserts anything on time.
"""

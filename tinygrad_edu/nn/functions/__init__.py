"""What `nn.functional` gathers, one family a file: PyTorch's names and arguments for the formulas in `ops`."""

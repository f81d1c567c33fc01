"""The same computation here and in PyTorch, where it is installed."""

"""Whole programs, as people write them for PyTorch, with the import alone changed."""

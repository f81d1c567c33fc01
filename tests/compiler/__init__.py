"""What a compiled step must do: the same as its function."""

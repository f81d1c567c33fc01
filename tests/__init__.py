"""The suite. It mirrors the package; `laws` run over the registry of ops."""

"""The formulas, one file a family. An op stands here once, as plain NumPy; see `tinygrad_edu.engine.op`."""

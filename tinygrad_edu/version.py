"""Of what PyTorch says it was built for: no GPU."""

cuda = hip = xpu = None
debug = False

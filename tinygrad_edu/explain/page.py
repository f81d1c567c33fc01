def fragment(trace): return ""

def page(trace): return ""

"""What the engine does, shown while it does it: every number is one that a step has computed.

    from tinygrad_edu.explain import draw_graph, explain, recording, trace_step

    print(trace_step(model, cost, optimizer, (images, wanted)))     # one step, start to finish

Read it in this order:

    recording    an observer of the engine: which op ran where on what, and what each way back passed on
    numbers      arrays as text, and as JSON
    rules        the local rule of an op, as it stands in its formula, with numbers
    parts        what a step is made of: what `to_json()` holds
    nudges       an index of a parameter in words: which neuron, from which pixel
    step         trace_step: a step in four phases
    tables       ops, ways back, parameters: what text and page show alike
    text, page   how it prints; how it draws itself in a notebook
    paths        explain: every way by which a gradient arrived
    boxes        a graph as boxes and arrows, folded by module
    layout       boxes in layers, with few crossings
    picture      draw_graph: boxes and arrows as SVG
"""

from .paths import Explanation, explain
from .picture import Picture, draw_graph
from .recording import Recording, recording
from .step import Step, trace_step

__all__ = ["Explanation", "Picture", "Recording", "Step", "draw_graph", "explain", "recording", "trace_step"]

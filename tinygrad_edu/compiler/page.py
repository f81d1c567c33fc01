"""The page to read: a step as one function of plain NumPy, in the words of a lesson.

It is the program behind the passes that tidy up (none that makes room or speed), with values that are read once folded
into expressions, and the headings forward, cost, backward, update. wording.py tidies up and finds the names, folding.py
decides what stands inside what, expressions.py and literals.py write it down.
"""

from __future__ import annotations

import itertools
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from .expressions import Text, constant_text, reads_as_number
from .folding import Folding, statement_of
from .literals import name_of
from .program import Line, Value
from .recording import Recording, leaves_of
from .text import Names, result
from .wording import tidied, totals, word

WIDTH = 110
_COLUMN = 64  # comments stand here at the latest, where the code is not longer
_USED = ("abs", "float", "slice", "bool", "int")  # names of Python's own that expressions use


def page(recording: Recording) -> str:
    """A recording's program as a page of NumPy: complete Python, with one function.

    Its parameters are `page_parameters`, in order; it changes the states among them in place, and returns
    `page_outputs`.
    """
    return Page(recording).text()


def page_parameters(recording: Recording) -> list[Value]:
    """What the page's function takes: inputs, states, generators and constants that no expression makes."""
    return Page(recording).given()


def page_outputs(recording: Recording) -> list[Value]:
    """The program's outputs in the page's order: what the step returns, then what it leaves behind."""
    return [recording.program.outputs[i] for i in _output_order(recording)]


def _output_order(recording: Recording) -> list[int]:
    returned = list(dict.fromkeys(_returned(recording)))
    return returned + [i for i in range(len(recording.program.outputs)) if i not in returned]


def _returned(recording: Recording) -> Iterator[int]:
    """The places, among the program's outputs, of what the step returns."""
    for x in leaves_of(recording.template):
        if x.kind == "output":
            yield x.what[0] if type(x.what) is tuple else x.what
        elif x.kind == "delivered" and (place := recording.deliveries[x.what].output) is not None:
            yield place


class Page:
    """The parts of one page."""

    def __init__(self, recording: Recording):
        self.recording = recording
        self.program, self._original = tidied(recording)
        word(self.program, recording)
        self._written = {line.writes.memory for line in self.program.lines if line.writes is not None}
        self._read = {v for line in self.program.lines for v in line.values()} | {*self.program.outputs} | self._written
        self._shared, self._large = self._constants()
        results = [v for line in self.program.lines for v in line.results]
        self.folding = Folding(self.program, self._names(results), self._constant)
        self.names = self.folding.names = self._names(v for v in results if v not in self.folding.lines)

        shown = [*self._shared, *(v for v in results if v not in self.folding.lines), *self._written]
        self._width = max((len(_shape(v)) for v in shown), default=0)

    # ------------------------------------------------------------------------------------ names

    def given(self) -> list[Value]:
        """The parameters, as values of the recording."""
        return [self._original.get(v, v) for v in self._entries()]

    def _entries(self) -> list[Value]:
        """Inputs, states, generators and large constants that the page reads."""
        program = self.program
        return [v for v in (*program.inputs, *program.states, *program.generators) if v in self._read] + self._large

    def _names(self, values: Iterable[Value]) -> Names:
        taken = (*self.program.functions, *_USED, self.program.name)
        return Names([*self._entries(), *self._shared, *values], taken, totals(self.program))

    def _constants(self) -> tuple[list[Value], list[Value]]:
        """Constants with a line of their own at the top, since they are read more than once or written to; and
        those that must be given."""
        as_arrays = Counter(v for line in self.program.lines for v in line.values()
                            if v.kind == "constant" and not reads_as_number(v, line))  # fmt: skip
        as_arrays.update(v for v in (*self.program.outputs, *self._written) if v.kind == "constant")
        shared = [v for v, n in as_arrays.items() if constant_text(v) and v.shape and (n > 1 or v in self._written)]
        for v in shared:
            v.hint = name_of(v.array)
        return shared, [v for v in as_arrays if not constant_text(v)]

    def _constant(self, value: Value) -> Text | None:
        code = None if value in self._shared else constant_text(value)
        return None if code is None else Text.of(code)

    # ------------------------------------------------------------------------------------ the text

    def text(self) -> str:
        """The whole page."""
        return "\n".join([*self._imports(), "", "", *self._head(), *self._document(), *self._body(), *self._end(), ""])

    def _imports(self) -> list[str]:
        used = {line.function for line in self.program.lines}
        others = [f for name, f in self.program.functions.items() if name in used]
        lines = sorted(f"from {f.__module__} import {f.__name__}" for f in others)
        return ["import numpy as np", *([""] if lines else []), *lines]

    def _head(self) -> list[str]:
        return _wrapped(f"def {self.program.name}(", [self.names(v) for v in self._entries()], "):")

    def _document(self) -> list[str]:
        program = self.program
        count = sum(v.size for v in program.states if v in self._written and self._is_parameter(v))
        what = f"one step, which updates {count:,} parameters in place" if count else "written out"
        lines = [f'    """{program.name}: {what}.', ""]
        for values in (program.inputs, program.states, program.generators):
            shapes = "; ".join(f"{self.names(v)} {_shape(v)}" for v in values if v in self._read)
            lines += _filled(shapes, "    ")
        return [*lines, '    """']

    def _is_parameter(self, value: Value) -> bool:
        return value.slot.place in self.recording.trained

    def _body(self) -> list[str]:
        rows = [(f"{self.names(v)} = {constant_text(v)}", self._use(v)) for v in self._shared]
        phase = ""
        for line in self.program.lines:
            if line.results and line.result in self.folding.lines:
                continue
            if line.origin.phase != phase:
                phase = line.origin.phase
                rows += [("", "")] * bool(rows) + [(f"# {phase}", "")]
            rows.append((self._statement(line), self._comment(line)))
        return _in_columns(rows)

    def _statement(self, line: Line) -> str:
        right = statement_of(line, self.folding.text)
        return f"{result(line, self.names)} = {right}" if line.results else right

    def _comment(self, line: Line) -> str:
        """The shape of what a line makes or changes, its ops, and the module or tensor that they are about."""
        value = line.writes if line.writes is not None else line.result
        about = value.gradient_of if value.gradient_of is not None and value.gradient_of.kind == "state" else value
        path = about.slot.path if about.kind == "state" else line.origin.module
        return self._beside(value, ", ".join([*self._ops(line), *filter(None, [path])]))

    def _ops(self, line: Line) -> list[str]:
        """The ops that a line shows, in order."""
        folded = [self.folding.lines[v] for v in line.values() if v in self.folding.lines]
        inside = [op for x in folded if x.origin.phase == line.origin.phase for op in self._ops(x)]
        return list(dict.fromkeys([*inside, *filter(None, [line.origin.op])]))

    def _use(self, constant: Value) -> str:
        """What a constant with a line of its own is there for."""
        sums = any(line.function == "np.dot" and line.args[0] is constant for line in self.program.lines)
        name = self.names(constant)
        return self._beside(constant, f"np.dot({name}, x) adds the rows of x" if sums and name[:4] == "ones" else "")

    def _beside(self, value: Value, text: str) -> str:
        return f"{_shape(value):<{self._width}}  {text}".rstrip()

    def _end(self) -> list[str]:
        """What comes out: first what the step returns."""
        outputs = [self.program.outputs[i] for i in _output_order(self.recording)]
        if not outputs:
            return []
        count = len(set(_returned(self.recording)))
        names = [self._owned(v) for v in outputs]
        only_gradients = all(d.slot.key == "grad" for d in self.recording.deliveries if d.output is not None)
        rest = "the gradients stay, as .grad" if only_gradients else "the rest stays, as .grad and other state"
        parts = [f"the step returns {', '.join(names[:count])}"] * bool(count) + [rest] * (count < len(names))
        return ["", *_filled("; ".join(parts), "    # "), *_wrapped("    return ", names, "", brackets=True)]

    def _owned(self, value: Value) -> str:
        code = self.folding.text(value).code
        given = value.kind == "constant" and self._constant(value) is None
        return f"np.copy({code})" if given else code


def _shape(value: Value) -> str:
    if value.shape is None:
        return "of random numbers" if value.kind == "generator" else "a number"
    return f"{value.shape}{'' if value.dtype == np.float32 else f' {value.dtype}'}"


def _filled(text: str, indent: str) -> list[str]:
    """Lines of a list with semicolons, broken behind these where there are any."""
    whole = ";\n".join(part.replace(" ", "\0") for part in text.split("; ")).replace("\n", " ")
    lines = textwrap.wrap(whole, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False,
                          break_on_hyphens=False)  # fmt: skip
    return [line.replace("\0", " ") for line in lines]


def _wrapped(start: str, names: list[str], end: str, brackets: bool = False) -> list[str]:
    """A list of names, on as many lines as it needs."""
    whole = f"{start}{', '.join(names)}{end}"
    if len(whole) <= WIDTH:
        return [whole + "," * (brackets and len(names) == 1)]
    start, end = (start + "(", ")" + end) if brackets else (start, end)
    return textwrap.wrap(f"{start}{', '.join(names)}{end}", WIDTH, subsequent_indent=" " * len(start),
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip


def _in_columns(rows: list[tuple[str, str]]) -> list[str]:
    """Code and comments side by side; code that is too long for its line is broken within brackets."""
    column = max((len(code) for code, comment in rows if comment and len(code) <= _COLUMN), default=0)
    lines = []
    for code, comment in rows:
        *firsts, last = _broken(code)
        lines += [*firsts, _beside(f"{last:<{column}}", comment)]
    return [f"    {line}".rstrip() for line in lines]


def _beside(code: str, comment: str) -> str:
    """A line with its comment; of one that would be too long, only what comes first, the shape."""
    shown = comment if len(code) + len(comment) <= WIDTH else comment.split("  ")[0]
    return f"{code}  # {shown}" if comment else code


def _broken(code: str) -> list[str]:
    """A statement on lines of at most WIDTH characters or so, broken behind commas within brackets."""
    most = WIDTH - 10
    if len(code) <= most or "'" in code or '"' in code:
        return [code]
    lines, start = [], 0
    for place, after in itertools.pairwise([*_commas(code), len(code)]):
        if after - start > most:
            lines.append(code[start:place])
            start = place + 1
    return [lines[0], *(f"    {line}" for line in (*lines[1:], code[start:]))] if lines else [code]


def _commas(code: str) -> list[int]:
    """The places just behind commas within brackets."""
    depth, places = 0, []
    for i, character in enumerate(code):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth and code[i + 1 : i + 2] == " ":
            places.append(i + 1)
    return places

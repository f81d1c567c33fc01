"""Blocks as Python: a table of views, cut before the step begins, and a loop over it; on several threads if asked."""

from __future__ import annotations

from typing import Any

from .passes.blocks import Loop, is_cut
from .program import Value
from .text import literal


class Loops:
    """Writes loops into an Emitter's `setup` and `body`."""

    def __init__(self, emitter: Any):
        self.emitter, self.names = emitter, emitter.names

    def write(self, loop: Loop) -> None:
        names, emitter, speller = self.names, self.emitter, self.emitter.speller
        outside = [v for v in dict.fromkeys([*loop.args, *loop.results]) if is_cut(v, loop)]
        still = [v for v in outside if v in emitter.still]
        inner = {v: names.new(f"{names(v)}_block") for v in outside}
        registers = self._registers(loop, inner)
        start, rows, step = names.new("i"), loop.shape[0], loop.step
        end = f"{start}:{start} + {step}"
        cuts = [f"{names(v)}[{end}]" for v in still] + [f"{r}[:{rows} - {start}]" for r in registers]
        locals_ = [start, *(inner[v] for v in still), *registers.values()]
        table = names.new("blocks")
        for value in loop.results:
            if value not in emitter.still:
                emitter.body.append((f"{names(value)} = {emitter.empty(value)}", "leaves the program"))
        body = [f"{inner[v]} = {names(v)}[{end}]" for v in outside if v not in emitter.still]
        speller.name = lambda v: inner[v] if v in inner else names(v)
        for line in loop.body:
            body.append(speller.call(line, speller.name(line.writes if line.writes is not None else line.result)))
        speller.name = names
        note = f"blocks: {len(loop.body)} calls on {step} of {rows} rows at a time"
        rows_of_table = f"({start}, {', '.join(cuts)})"
        if emitter.threads > 1:
            self._threaded(table, rows_of_table, start, loop, locals_, body, note)
            return
        emitter.setup += self.scratch
        emitter.setup.append((f"{table} = [{rows_of_table} for {start} in range(0, {rows}, {step})]", "blocks"))
        emitter.body.append((f"for {', '.join(locals_)} in {table}:", note))
        emitter.body += [(f"    {text}", "") for text in body]

    def _threaded(self, table: str, row: str, start: str, loop: Loop, locals_: list[str], body: list[str],
                  note: str) -> None:  # fmt: skip
        """The table in as many parts as there are threads, each with scratch memory of its own."""
        emitter, part, rows, step = self.emitter, self.names.new(f"{table}_part"), loop.shape[0], loop.step
        blocks = -(-rows // step)
        share = -(-blocks // emitter.threads) * step
        makers = [text for text, _ in self.scratch]
        if not any(text.startswith("pool = ") for text, _ in emitter.setup):
            emitter.setup.append((f"pool = ThreadPoolExecutor({emitter.threads})", ""))
        emitter.setup += [
            (f"def {part}(first):", "blocks"),
            *((f"    {text}", "") for text in makers),
            (f"    return [{row} for {start} in range(first, min(first + {share}, {rows}), {step})]", ""),
            (f"{table} = [{part}(first) for first in range(0, {rows}, {share})]", ""),
        ]
        emitter.body += [
            (f"def {part}_run(table):", f"{note}, on {emitter.threads} threads"),
            (f"    for {', '.join(locals_)} in table:", ""),
            *((f"        {text}", "") for text in body),
            (f"for _ in pool.map({part}_run, {table}): pass", ""),
        ]

    def _registers(self, loop: Loop, inner: dict[Value, str]) -> dict[str, str]:
        """Memory for what lives within a block, and its name there: one piece for values that live in turn."""
        last = {v: i for i, line in enumerate(loop.body) for v in line.values()}
        free: dict[tuple, list[str]] = {}
        of: dict[Value, str] = {}
        pieces: dict[str, str] = {}
        self.scratch: list[tuple[str, str]] = []
        inside = set(loop.scratch)
        for i, line in enumerate(loop.body):
            for value in dict.fromkeys(v for v in line.values() if v in inside and last[v] == i):
                free.setdefault((value.shape, value.dtype), []).append(of[value])
            for value in line.results:
                if value in inside:
                    spare = free.get((value.shape, value.dtype))
                    register = spare.pop() if spare else self._new_register(loop, value, pieces)
                    of[value], inner[value] = register, pieces[register]
        return pieces

    def _new_register(self, loop: Loop, value: Value, pieces: dict[str, str]) -> str:
        register = self.names.new("scratch")
        pieces[register] = self.names.new(f"{register}_block")
        shape = (loop.step, *(value.shape or ())[1:])
        self.scratch.append((f"{register} = np.empty({shape}, {literal(value.dtype, self.names)})", ""))
        return register

"""The tables, as aligned text or as Markdown."""

from dataclasses import dataclass

from benchmarks.peers import COMPILED, LIMIT, PROJECT, PYTORCH, REQUIRES
from benchmarks.workloads import UNITS

TITLES = {PROJECT: "eager", COMPILED: "compiled", LIMIT: "NumPy by hand (the limit)", PYTORCH: "PyTorch eager"}


@dataclass
class Table:
    """A title, a header and rows of text; the first column is a name, the others are figures."""

    title: str
    header: list[str]
    rows: list[list[str]]

    def as_text(self):
        """Columns aligned by spaces."""
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows, strict=True)]
        lines = [self.title]
        for row in [self.header, *self.rows]:
            cells = [row[0].ljust(widths[0])]
            cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
            lines.append("  ".join(cells).rstrip())
        return "\n".join(lines)

    def as_markdown(self):
        """A Markdown table under its title."""
        rule = ["---"] + ["---:"] * (len(self.header) - 1)
        lines = ["| " + " | ".join(row) + " |" for row in [self.header, rule, *self.rows]]
        return "\n".join([f"**{self.title}**", "", *lines])


def report(runs, facts, left_out, markdown=False):
    """Everything that a run has to say."""
    mark = "- " if markdown else ""
    parts = ["\n".join(f"{mark}{name}: {fact}" for name, fact in facts.items())]
    tables = [table for run in runs for table in tables_of(run)]
    if any(PROJECT in row for run in runs for row in run.figures.values()):
        tables.append(comparison(runs))
    parts += [table.as_markdown() if markdown else table.as_text() for table in tables]
    notes = notes_of(runs, left_out)
    if notes:
        parts.append(
            "\n".join(["notes", *([""] if markdown else []), *((mark or "  ") + note for note in notes)])
        )
    return "\n\n".join(parts)


def tables_of(run):
    """The medians of one thread count, their ratios to the limit, and the cores that were used."""
    peers = [
        peer for peer in peers_of(run) if peer == PROJECT or any(peer in row for row in run.figures.values())
    ]
    threads = in_words(run.threads)

    def row(workload, cell):
        return [workload, UNITS.get(workload, "µs"), *(cell(workload, peer) for peer in peers)]

    def figure(workload, peer):
        return number(run.figures[workload].get(peer))

    def table(title, cell, workloads):
        return Table(title, ["workload", "unit", *peers], [row(workload, cell) for workload in workloads])

    rounds = f"{run.rounds} interleaved round{'s' if run.rounds > 1 else ''}"
    yield table(f"{threads}: medians of {rounds}", figure, run.figures)
    if LIMIT in peers:
        ratios = [
            [workload, *(ratio(run, workload, peer, LIMIT) for peer in peers)] for workload in run.figures
        ]
        yield Table(f"{threads}: ratio to {LIMIT}, the limit", ["workload", *peers], ratios)
    if run.cores:
        used = [[workload, *(number(row.get(peer)) for peer in peers)] for workload, row in run.cores.items()]
        title = f"{threads}: cores used (processor seconds per second; below 1, others took the machine away)"
        yield Table(title, ["workload", *peers], used)


def comparison(runs):
    """This project, eager and compiled, beside the limit and PyTorch: a group of columns for every thread count."""
    header, rows = ["workload", "unit"], {}
    for run in runs:
        threads = in_words(run.threads)
        ours = [peer for peer in (PROJECT, COMPILED) if any(peer in row for row in run.figures.values())]
        for peer in ours:
            header += [f"{threads}: {TITLES[peer]}", "to the limit", "to PyTorch eager"]
        for workload, figures in run.figures.items():
            row = rows.setdefault(workload, [workload, UNITS.get(workload, "µs")])
            for peer in ours:
                row += [number(figures.get(peer)), *(ratio(run, workload, peer, base) for base in (LIMIT, PYTORCH))]
    return Table(
        f"tinygrad_edu beside {TITLES[LIMIT]} and {TITLES[PYTORCH]}", header, list(rows.values())
    )


def peers_of(run):
    """All peers that have a figure or a note, in the order of the tables."""
    found = dict.fromkeys(peer for row in run.figures.values() for peer in row)
    found |= dict.fromkeys(peer for _, peer, _ in run.notes)
    return [peer for peer in REQUIRES if peer in found]


def notes_of(runs, left_out):
    """One line for every sentence, with the workloads it was said of."""
    merged, measured = {}, dict.fromkeys(workload for run in runs for workload in run.figures)
    for run in runs:
        for workload, peer, sentence in run.notes:
            merged.setdefault((peer, sentence), {})[workload] = None
    lines = [f"{peer} is left out: {why}" for peer, why in left_out.items()]
    for (peer, sentence), workloads in merged.items():
        where = "" if len(workloads) == len(measured) else f" ({', '.join(workloads)})"
        lines.append(f"{peer}{where}: {sentence}")
    for run in runs:
        if run.accuracies:
            reached = ", ".join(f"{peer} {accuracy:.4f}" for peer, accuracy in run.accuracies.items())
            lines.append(f"test accuracy after the epoch, {in_words(run.threads)}: {reached}")
    return lines


def ratio(run, workload, peer, base):
    """One peer's figure over another's."""
    figures = run.figures[workload]
    if peer not in figures or base not in figures:
        return "-"
    return f"{figures[peer] / figures[base]:.2f}"


def number(value):
    """A figure with about three digits."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def in_words(threads):
    """The thread count as the tables say it."""
    return "1 thread" if threads == 1 else f"{threads} threads"

"""What the checks of a training have found: it prints, gives JSON, and shows itself in a notebook."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, field
from typing import Any

MARKS = {"fine": "✓", "symptom": "!", "mistake": "✗", "unknown": "·"}
COLOURS = {"fine": "#3b8f4f", "symptom": "#b07d00", "mistake": "#d1495b", "unknown": "#7a7a7a"}


@dataclass
class Finding:
    """One thing that was looked at.

    kind: "fine"; "mistake", a cause to mend; "symptom", something off that mistakes cause; "unknown", not to be told
    from what was recorded. name: which mistake, or what was looked at. value: what was measured, in a few words. says:
    what a healthy value is, and, where this is none, what to try.
    """

    kind: str
    name: str
    value: str
    says: str


@dataclass(repr=False)
class Diagnosis:
    """The findings, mistakes first.

    series: what was measured over time, {"step": [...], "layers": {name: {"gradient": [...], "update": [...]}},
    "units": {name: {"step": [...], "dead": [...], "flat": [...]}}, "cost": [...]}: gradient is the gradient's
    root mean square, update the length of a step's move over that of the weights.
    """

    findings: list[Finding]
    steps: int
    series: dict[str, Any] = field(default_factory=dict)

    @property
    def mistakes(self) -> list[str]:
        """The names of the mistakes that were made, the first to mend first."""
        return [finding.name for finding in self.findings if finding.kind == "mistake"]

    @property
    def symptoms(self) -> list[str]:
        """The names of what else is off."""
        return [finding.name for finding in self.findings if finding.kind == "symptom"]

    @property
    def healthy(self) -> bool:
        """Whether most could be looked at, and no mistake and no symptom was found."""
        kinds = [finding.kind for finding in self.findings]
        return not self.mistakes and not self.symptoms and kinds.count("fine") > kinds.count("unknown")

    def verdict(self) -> str:
        """The diagnosis in one sentence."""
        if self.mistakes:
            return f"Not healthy: {' and '.join(self.mistakes)}."
        if self.symptoms:
            return f"No mistake is known, but look at: {', '.join(self.symptoms)}."
        return "Healthy." if self.healthy else "Nothing is known to be wrong, but most could not be looked at."

    def as_dict(self) -> dict[str, Any]:
        """{"healthy", "verdict", "steps", "mistakes", "symptoms", "findings": [{"kind", "name", "value", "says"}],
        "series"}"""
        return {"healthy": self.healthy, "verdict": self.verdict(), "steps": self.steps, "mistakes": self.mistakes,
                "symptoms": self.symptoms, "findings": [vars(finding) for finding in self.findings],
                "series": self.series}  # fmt: skip

    def json(self) -> str:
        """`as_dict` as text; a number that is not finite is null."""
        return json.dumps(self.as_dict(), allow_nan=False)

    def __str__(self) -> str:
        lines = [f"{self.verdict()} ({self.steps:,} steps)"]
        for finding in self.findings:
            lines += [f"{MARKS[finding.kind]} {finding.name}: {finding.value}", f"  {finding.says}"]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><td style="color:{COLOURS[f.kind]};font-weight:bold">{MARKS[f.kind]}</td>'
            f'<td style="text-align:left"><b>{html.escape(f.name)}</b>: {html.escape(f.value)}<br>'
            f"{html.escape(f.says)}</td></tr>" for f in self.findings)  # fmt: skip
        return f"<p><b>{html.escape(self.verdict())}</b> ({self.steps:,} steps)</p><table>{rows}</table>"

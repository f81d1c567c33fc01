"""What a healthy training looks like, check by check.

Mistakes that can be told for certain come first. What is told by its consequences (the learning rate, labels) is not
asked about where an earlier mistake explains them. Numbers to compare with were chosen on small networks: healthy
runs of a sigmoid, a ReLU, a convolutional and a recurrent one lie well inside, runs with a mistake well outside.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..tensor import Tensor
from .chance import Chance, chance
from .diagnosis import Diagnosis, Finding
from .labels import alike, by_chance, labels_of, read_alike, shift_of

if TYPE_CHECKING:
    from .health import Health

FEWEST = 20  # steps, before anything is said about where the cost goes
LEARNED, WELL = 0.02, 0.2  # by how much below chance the cost of a network lies that has learned something, or enough
FIRST = 4.0  # times what chance gives: a first cost above it is no accident
LARGE, TYPICAL = 20.0, 5.0  # inputs that reach further than the one, and lie beyond the other, are not scaled
LONG, SHORT = 0.5, 5e-4  # moves as a share of the weights: longer at once, or shorter all the time, teaches nothing
GOOD = "0.001 to 0.05"  # of such a move
DEAD, FLAT = 0.5, 0.9  # of a layer's units, and of its values
FADED, GONE = 1e-4, 1e-12  # a layer's gradient against the largest layer's, and the largest by itself
SAMPLES = 200  # at least, to judge labels by
AGREED = 0.4  # of the answers


class Known(NamedTuple):
    """Examples whose labels are known to be right, and the network's answers: inputs (n, numbers), the others (n)."""

    inputs: NDArray
    labels: NDArray
    answers: NDArray


def examine(health: Health, known: Known | None) -> Diagnosis:
    """All checks, in order."""
    if not health.taken:
        raise ValueError("diagnosis: no step has been recorded; call health(cost, wanted) after each")
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        examination = _Examination(health, known)
        for check in CHECKS:
            examination.findings.append(check(examination))
        series = _series(health)
    order = {"mistake": 0, "symptom": 1, "fine": 2, "unknown": 3}
    return Diagnosis(sorted(examination.findings, key=lambda finding: order[finding.kind]), health.taken, series)


class _Examination:
    """What the checks ask about more than once, and what they have found so far."""

    def __init__(self, health: Health, known: Known | None) -> None:
        self.health, self.known = health, known
        self.findings: list[Finding] = []
        costs = np.array(health.costs)
        part = max(1, len(costs) // 10)
        self.first, self.early, self.late = float(costs[0]), float(costs[:part].mean()), float(costs[-part:].mean())
        self.finite = bool(np.isfinite(costs).all()) and all(np.isfinite(p._array).all() for p in health.dials.tensors)
        self.chance = self._chance()
        base = self.chance.cost if self.chance else self.early
        fallen = (base - self.late) / abs(base or 1.0)
        self.learned, self.well = fallen > LEARNED, fallen > WELL
        moves = np.array([(look.move / look.weight)[health.matrices] for look in health.looks])
        self.move = float(np.nanmedian(np.nanmax(moves, 1))) if moves.size else math.nan  # that of the quickest layer

    def _chance(self) -> Chance | None:
        health = self.health
        wanted = [batch.wanted for batch in health.batches if isinstance(batch.wanted, Tensor)]
        if health.cost_of is None or not wanted or health.first_outputs is None:
            return None
        return chance(health.cost_of, health.first_outputs, wanted)

    @property
    def mistakes(self) -> list[str]:
        return [finding.name for finding in self.findings if finding.kind == "mistake"]

    def examples(self) -> tuple[NDArray, NDArray] | None:
        """(inputs, labels) of the first batches in order: where inputs are numbers of one shape, and labels classes."""
        rows, labels = [], []
        for batch in self.health.batches:
            own, x = labels_of(batch.wanted), batch.inputs[0] if batch.inputs else None
            if own is None or not isinstance(x, Tensor) or x._array.dtype.kind != "f" or len(x) != len(own):
                return None
            rows.append(x._array.reshape(len(own), -1))
            labels.append(own)
        if not rows or len({row.shape[1] for row in rows}) > 1 or sum(map(len, labels)) < SAMPLES:
            return None
        return np.concatenate(rows), np.concatenate(labels)


# ---- told for certain ------------------------------------------------------------------------------------------------

def _zero_grad(found: _Examination) -> Finding:
    asked, stale = int(found.health.asked.sum()), int(found.health.stale.sum())
    if not found.health.arrived.any():
        return Finding("unknown", "gradients between steps", "no backward pass was seen",
                       "A recorder sees backward passes that run op by op; was the step compiled?")  # fmt: skip
    if asked and stale > 0.5 * asked:
        return Finding("mistake", "missing zero_grad", f"{stale:,} of {asked:,} gradients were added to used ones",
                       "A gradient should be that of its own step alone. Call optimizer.zero_grad() in every step "
                       "before backward(): the old gradients were still there, after a step that had used "
                       "them.")  # fmt: skip
    return Finding("fine", "gradients between steps", f"{stale:,} of {asked:,} were added to used ones",
                   "Every step begins with gradients of zero: zero_grad() is called.")  # fmt: skip


def _detached(found: _Examination) -> Finding:
    health = found.health
    names, arrived = np.array(health.dials.names), health.arrived
    cut = list(names[arrived == 0]) if arrived.any() else []
    left = list(names[health.sloped & ~health.moved]) if health.moved.any() else []
    if cut:
        return Finding("mistake", "detached parameter", f"no gradient ever arrives at {_listed(cut)}",
                       "Every parameter should get a gradient in every step. Look for .detach(), .data, .numpy(), "
                       ".item() or no_grad() on the way from it to the cost, and for a layer that forward() does not "
                       "call.")  # fmt: skip
    if left:
        return Finding("mistake", "parameter left out of the optimizer", f"{_listed(left)} got gradients, but never "
                                                                         "moved",
                       "Every parameter should move. Give the optimizer all of model.parameters(), after the model's "
                       "last layer was made; or call requires_grad_(False) on what shall stand still.")  # fmt: skip
    if not arrived.any():
        return Finding("unknown", "parameters reached", "no backward pass was seen", "See above.")
    return Finding("fine", "parameters reached", f"all {len(names)}",
                   "A gradient arrives at every parameter that asks for one, and it moves.")  # fmt: skip


def _inputs(found: _Examination) -> Finding:
    values = [x._array.ravel() for batch in found.health.batches for x in batch.inputs
              if isinstance(x, Tensor) and x._array.dtype.kind == "f"]  # fmt: skip
    if not values:
        return Finding("unknown", "scale of the inputs", "no inputs of real numbers were seen",
                       "Give what is wanted with each step, health(cost, wanted), and call the model "
                       "itself.")  # fmt: skip
    whole = np.concatenate(values).astype(np.float64)
    low, high, typical = float(whole.min()), float(whole.max()), float(np.sqrt((whole**2).mean()))
    measured = f"from {low:.3g} to {high:.3g}, {typical:.3g} in the mean (root of the mean square)"
    if max(-low, high) > LARGE and typical > TYPICAL:
        hint = ": divide pixels by 255" if low >= 0 and 128 < high <= 255 else ""
        return Finding("mistake", "unscaled inputs", measured,
                       f"Inputs should be about 1 in size{hint or ', with mean 0 and spread 1 for each'}. Large ones "
                       "drive units into saturation and make the first layer's gradients as many times larger than the "
                       "others'.")  # fmt: skip
    return Finding("fine", "scale of the inputs", measured, "Inputs of about 1 in size suit the weights that layers "
                   "start with.")  # fmt: skip


# ---- told by what they do --------------------------------------------------------------------------------------------

def _rate(found: _Examination) -> Finding:
    move, longest, name = found.move, found.health.longest, "learning rate"
    measured = f"a step moves the weights by {move:.2g} of their length in the quickest layer, by {longest:.2g} at most"
    if found.mistakes:
        return Finding("unknown", name, measured, f"To be judged when the {found.mistakes[0]} is mended.")
    high = found.health.taken >= FEWEST and longest > LONG and not found.well
    if high or not found.finite:
        what = "The cost hardly falls, after steps that long" if found.finite else "The cost has run off"
        return Finding("mistake", "learning rate far too high", measured,
                       f"{what}. A healthy step moves weights by {GOOD} of their length. Divide the learning rate by "
                       "10 until the cost falls.")  # fmt: skip
    if found.health.taken < FEWEST:
        return Finding("unknown", name, measured, f"{FEWEST} steps are needed to judge it.")
    if not found.learned and move < SHORT and longest < 10 * SHORT:
        return Finding("mistake", "learning rate far too low", measured,
                       f"The cost hardly falls, and a healthy step moves weights by {GOOD} of their length. Multiply "
                       "the learning rate by 10 until it does.")  # fmt: skip
    return Finding("fine", name, measured, f"A healthy step moves weights by {GOOD} of their length, less near the "
                                           "end.")


def _labels(found: _Examination) -> Finding:
    name, examples, known = "labels", found.examples(), found.known
    if known is not None:
        answers = {"the network's answers": known.answers}
        if examples is not None and known.inputs.shape[1] == examples[0].shape[1]:
            answers["the labels of what looks alike"] = read_alike(*examples, known.inputs)
        for whose, given in answers.items():
            by, share, as_it_is = shift_of(given, known.labels)
            if by and share > max(AGREED, 2 * as_it_is):
                return _shifted(by, f"{whose} are the known label {'+' if by > 0 else '−'} {abs(by)} for "
                                f"{100 * share:.0f} % of the reference examples, the label itself for "
                                f"{100 * as_it_is:.0f} %",
                                "begin at 0, and mean the same everywhere")  # fmt: skip
    if examples is None:
        return Finding("unknown", name, "not looked at", f"To judge labels, {SAMPLES} examples or more of real numbers "
                       "with a class each are needed; give the labels with each step, health(cost, "
                       "wanted).")  # fmt: skip
    inputs, labels = examples
    here, before, after = (alike(inputs, np.roll(labels, by)) for by in (0, -1, 1))
    level = by_chance(labels)
    if max(before, after) > max(level, here + 0.2, 2 * here):
        return _shifted(1, "inputs that look alike share the label of the example "
                        f"{'before' if after > before else 'after'} them, {100 * max(before, after):.0f} %; their own, "
                        f"{100 * here:.0f} %",
                        "stand beside their own example")  # fmt: skip
    measured = f"inputs alone tell {100 * here:.0f} % of the labels, where luck tells up to {100 * level:.0f} %"
    if here > level:
        return Finding("fine", name, measured, "Inputs that look alike carry the same labels. "
                       + ("Against the examples of known labels they are not shifted." if known is not None else
                          "Labels that are all wrong in the same way look so, too: diagnosis(reference=(inputs, "
                          "labels)) compares with examples whose labels are known to be right."))  # fmt: skip
    if not found.well and not found.mistakes and found.health.taken >= FEWEST:
        return Finding("mistake", "labels out of step (shifted by one, or shuffled)", measured,
                       "Inputs that look alike should carry the same labels. Are the labels shifted by one against the "
                       "inputs, or shuffled without them? Look at ten examples beside their labels.")  # fmt: skip
    return Finding("unknown", name, measured, "Looks alone do not tell these classes apart.")


def _shifted(by: int, measured: str, should: str) -> Finding:
    return Finding("mistake", f"labels shifted by {'one' if abs(by) == 1 else abs(by)}", measured,
                   f"Labels should {should}. Look at ten examples beside their labels.")  # fmt: skip


# ---- what else is off ------------------------------------------------------------------------------------------------

def _first_cost(found: _Examination) -> Finding:
    first, name = found.first, "first cost"
    if found.chance is None:
        return Finding("unknown", name, f"{first:.4g}", "What chance gives is not known: give the cost as a function, "
                       "Health(model, cost_of), and what is wanted with each step.")  # fmt: skip
    cost, words = found.chance
    measured = f"{first:.4g}, where chance gives {cost:.4g} ({words})"
    if not first <= FIRST * cost and cost > 0:
        return Finding("symptom", name, measured, f"It should be near what chance gives, at most {FIRST:.0f} times as "
                       "much: a network that knows nothing should not be sure. Scale the inputs, or start with smaller "
                       "weights in the last layer.")  # fmt: skip
    if first < 0.5 * cost:
        return Finding("unknown", name, measured, "It lies well below chance: has the network learned before, or is "
                       "the answer among the inputs?")  # fmt: skip
    return Finding("fine", name, measured, "A network that knows nothing is about as wrong as chance.")


def _progress(found: _Examination) -> Finding:
    measured, name = f"{found.early:.4g} in the first tenth of the steps, {found.late:.4g} in the last", "cost"
    if found.learned:
        return Finding("fine", name, measured, "It falls" + (" below what chance gives." if found.chance else "."))
    if found.mistakes:
        return Finding("unknown", name, measured, f"It should fall. Mend the {found.mistakes[0]} first.")
    return Finding("unknown", name, measured, "It should fall" + (f" below what chance gives, {found.chance.cost:.4g}"
                   if found.chance else "") + ". Small networks of sigmoids are level at first: train on.")  # fmt: skip


def _dead(found: _Examination) -> Finding:
    hidden = [layer for layer in found.health.units.layers.values() if layer.dead and not layer.output]
    name = "dead units"
    if not hidden:
        return Finding("unknown", name, "no activation function was seen often enough", "256 examples are needed.")
    worst = max(hidden, key=lambda layer: layer.dead[-1])
    measured = f"{100 * worst.dead[-1]:.0f} % of the {worst.units} units of {worst.name}, where there are most"
    if worst.dead[-1] > DEAD:
        return Finding("symptom", name, measured, "A unit whose function is flat for every example learns no more; a "
                       "few may be, not most. Try a lower learning rate, scaled inputs, smaller weights to start with "
                       "(Kaiming's for ReLU, Xavier's for sigmoid and tanh), or LeakyReLU.")  # fmt: skip
    return Finding("fine", name, measured, f"Up to {100 * DEAD:.0f} % is no harm: units of no use for these examples.")


def _saturated(found: _Examination) -> Finding:
    hidden = [layer for layer in found.health.units.layers.values()
              if layer.flat and not layer.output and layer.op != "relu"]  # fmt: skip
    name = "saturated units"
    if not hidden:
        return Finding("unknown", name, "there are no sigmoid or tanh units inside, or too few examples were seen",
                       "Only functions with two flat ends saturate.")  # fmt: skip
    worst = max(hidden, key=lambda layer: layer.flat[-1])
    measured = f"{100 * worst.flat[-1]:.0f} % of the values of {worst.name}, where there are most"
    if worst.flat[-1] > FLAT:
        return Finding("symptom", name, measured, "Where a sigmoid or tanh is at its end, hardly any gradient passes. "
                       "Scale the inputs, start with smaller weights, lower the learning rate, or normalize before the "
                       "function.")  # fmt: skip
    return Finding("fine", name, measured, f"Below {100 * FLAT:.0f} % gradients pass. It grows as a network becomes "
                                           "sure.")


def _gradients(found: _Examination) -> Finding:
    health, name = found.health, "gradients by layer"
    sizes = np.sqrt([p._array.size for p in health.dials.tensors])
    seen = np.array([look.gradient / sizes for look in health.looks])
    seen = seen[:, health.matrices] if seen.size else seen
    seen = seen[(seen > 0).any(1)] if seen.size else seen
    if not seen.size or not seen.shape[1]:
        return Finding("unknown", name, "none was seen", "See above.")
    names = np.array(health.dials.names)[health.matrices]
    typical = np.nanmedian(seen, 0)
    low, high = int(typical.argmin()), int(typical.argmax())
    measured = f"{typical[low]:.2g} in {names[low]} to {typical[high]:.2g} in {names[high]} (root of the mean square)"
    if not np.isfinite(seen).all():
        return Finding("symptom", name, "not finite in some step", "Gradients explode: lower the learning rate, or "
                       "clip them with nn.utils.clip_grad_norm_.")  # fmt: skip
    if typical[high] < GONE and not found.well:
        return Finding("symptom", name, measured, "Hardly any gradient is left, and nothing can be learned: are the "
                       "units dead or saturated? See above.")  # fmt: skip
    if typical[low] < FADED * typical[high] and "detached parameter" not in found.mistakes:
        return Finding("symptom", name, measured, "All layers should get gradients of about one size, within a factor "
                       f"of {1 / FADED:,.0f}. They fade on the way: use ReLU instead of sigmoid, normalize, or add "
                       "ways around (residual connections).")  # fmt: skip
    return Finding("fine", name, measured, "All layers get gradients of one size, within a factor of "
                                           f"{1 / FADED:,.0f}.")


CHECKS = (_zero_grad, _detached, _inputs, _labels, _rate, _first_cost, _progress, _dead, _saturated, _gradients)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _series(health: Health) -> dict[str, Any]:
    """What was measured over time; see `Diagnosis`."""
    def numbers(values: Any) -> list[float | None]:
        return [float(f"{x:.4g}") if np.isfinite(x) else None for x in values]

    looks = health.looks
    layers = {
        name: {"gradient": numbers(look.gradient[i] / np.sqrt(p._array.size) for look in looks),
               "update": numbers(look.move[i] / look.weight[i] for look in looks)}
        for i, (name, p) in enumerate(zip(health.dials.names, health.dials.tensors, strict=True))
    }  # fmt: skip
    units = {layer.name: {"step": layer.steps, "dead": numbers(layer.dead), "flat": numbers(layer.flat)}
             for layer in health.units.layers.values()}  # fmt: skip
    steps = [look.step for look in looks]
    return {"step": steps, "cost": numbers(health.costs[step - 1] for step in steps), "layers": layers, "units": units}

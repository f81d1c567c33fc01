"""The recorder of a training and its diagnosis: every mistake is named, and a healthy run is called healthy."""

import json
import math

import numpy as np
import pytest

import tinygrad_edu as torch
import tinygrad_edu.nn.functional as F
from tinygrad_edu import nn, optim, viz
from tinygrad_edu.graph import mode
from tinygrad_edu.viz.chance import chance
from tinygrad_edu.viz.labels import alike, by_chance, labels_of, shift_of

from .networks import NETWORKS, batch_of, squares, train

NAMED = {
    "zero_grad": "missing zero_grad",
    "detached": "detached parameter",
    "high": "learning rate far too high",
    "low": "learning rate far too low",
    "pixels": "unscaled inputs",
    "labels": "labels shifted by one",
    "order": "labels shifted by one",
    "order, shuffled": "labels out of step (shifted by one, or shuffled)",
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", NETWORKS)
def test_a_healthy_run_is_called_healthy(name, seed):
    _, found = train(name, seed=seed)
    assert found.healthy and found.mistakes == found.symptoms == [], found
    assert found.verdict() == "Healthy."


@pytest.mark.parametrize("mistake", NAMED)
@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "adam"])
def test_a_mistake_is_named(name, mistake):
    _, found = train(name, mistake)
    assert found.mistakes == [NAMED[mistake]], found
    assert not found.healthy and found.findings[0].name == NAMED[mistake] and NAMED[mistake] in found.verdict()


def small(rate=0.1, **options):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
    return model, optim.SGD(model.parameters(), lr=rate), viz.Health(model, F.cross_entropy, **options)


def step(model, optimizer, health, zero=True):
    x, w = torch.rand(16, 4), torch.randint(0, 3, (16,))
    if zero:
        optimizer.zero_grad()
    cost = F.cross_entropy(model(x), w)
    cost.backward()
    optimizer.step()
    health(cost, w)
    return cost


def test_which_parameter_is_detached():
    _, found = train("conv", "detached", steps=20)
    assert "first.weight" in found.findings[0].value and "bias" not in found.findings[0].value


def test_a_parameter_that_the_optimizer_was_not_given():
    model, _, health = small()
    optimizer = optim.SGD(model[0].parameters(), lr=0.1)
    for _ in range(5):
        step(model, optimizer, health, zero=False)
        model.zero_grad()
    found = health.diagnosis()
    assert found.mistakes == ["parameter left out of the optimizer"]
    assert "2.weight, 2.bias" in found.findings[0].value


def test_gradients_summed_over_several_batches_are_no_mistake():
    model, optimizer, health = small()
    for number in range(40):
        if number % 4 == 0:
            optimizer.zero_grad()
        x, w = torch.rand(16, 4), torch.randint(0, 3, (16,))
        cost = F.cross_entropy(model(x), w)
        cost.backward()
        if number % 4 == 3:
            optimizer.step()
        health(cost, w)
    assert "missing zero_grad" not in health.diagnosis().mistakes


@pytest.mark.parametrize("zero", [True, False])
def test_a_loop_without_an_optimizer(zero):
    model, _, health = small()
    for _ in range(10):
        x, w = torch.rand(16, 4), torch.randint(0, 3, (16,))
        cost = F.cross_entropy(model(x), w)
        cost.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
            if zero:
                p.grad = None
        health(cost, w)
    assert health.diagnosis().mistakes == ([] if zero else ["missing zero_grad"])
    assert all(look.move[0] == pytest.approx(0.1 * look.gradient[0], rel=1e-4) for look in health.looks)


def test_weights_that_run_off():
    model, optimizer, health = small()
    for number in range(5):
        if number == 3:
            model[0].weight.data[0, 0] = float("inf")
        step(model, optimizer, health)
    found = health.diagnosis()
    assert found.mistakes == ["learning rate far too high"] and "run off" in found.findings[0].says
    json.loads(found.json())


def test_it_changes_nothing():
    def trained(recorded):
        model, optimizer, health = small()
        if not recorded:
            health.close()
        torch.manual_seed(1)
        for _ in range(30):
            step(model, optimizer, health)
        if recorded:
            reference, before = (torch.rand(4, 4), torch.tensor([0, 1, 2, 0])), torch.get_rng_state()
            health.diagnosis(reference)
            assert torch.equal(before, torch.get_rng_state()) and model.training
        return [p.numpy(force=True).tobytes() for p in model.parameters()]

    assert trained(True) == trained(False)


def test_hooks_are_taken_away():
    model, optimizer, health = small()
    with health:
        step(model, optimizer, health)
    cost = F.cross_entropy(model(torch.rand(2, 4)), torch.tensor([0, 1]))
    cost.backward()
    assert not model._hooks and health.arrived.tolist() == [1] * 4 and mode.observer is None


def test_an_error_in_the_forward_pass_is_survived():
    model, optimizer, health = small()
    with pytest.raises(RuntimeError):
        model(torch.rand(2, 5))
    step(model, optimizer, health)
    assert mode.observer is None and health.diagnosis().steps == 1


def test_tests_under_no_grad_are_not_looked_at():
    model, optimizer, health = small()
    step(model, optimizer, health)
    with torch.no_grad():
        model(1000 * torch.rand(500, 4))
    step(model, optimizer, health)
    assert "unscaled inputs" not in health.diagnosis().mistakes
    assert all(not layer.steps for layer in health.units.layers.values())


def test_of_a_compiled_step_it_sees_the_moves():
    """Hooks would be called once only, when the step is written down; what they do must not get in the way of that."""
    moves = []
    for compiled in (False, True):
        model, optimizer, health = small()
        torch.manual_seed(1)

        def run(x, w, model=model, optimizer=optimizer):
            optimizer.zero_grad()
            cost = F.cross_entropy(model(x), w)
            cost.backward()
            optimizer.step()
            return cost

        run = torch.compile(run) if compiled else run
        for _ in range(30):
            x, w = torch.rand(16, 4), torch.randint(0, 3, (16,))
            health(run(x, w), w)
        moves.append([look.move.tolist() for look in health.looks])
    assert moves[0] == moves[1]
    found = health.diagnosis()
    assert not found.healthy and found.mistakes == found.symptoms == [] and "most could not" in found.verdict()


def test_memory_is_bounded():
    model, optimizer, health = small(most=16)
    for _ in range(200):
        step(model, optimizer, health)
    assert len(health.looks) <= 16 and health.every == 16 and [look.step for look in health.looks][:2] == [16, 32]
    assert len(health.costs) == 200 and health.kept_examples < 1_100


def test_dead_and_saturated_units():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 1), nn.Sigmoid())
    with torch.no_grad():
        model[0].weight[:3] = -1.0
        model[0].bias[:] = torch.tensor([-1.0, -1.0, -1.0, 1.0])
        model[2].bias[:] = 50.0
    health = viz.Health(model)
    for _ in range(4):
        model(torch.rand(100, 3)).sum().backward()
        health(0.0)
    layers = {layer.name: layer for layer in health.units.layers.values()}
    assert list(layers) == ["0 → relu", "2 → tanh", "4 → sigmoid"]
    assert layers["0 → relu"].dead == [0.75] and layers["0 → relu"].steps == [3]
    assert layers["2 → tanh"].flat == [1.0] and layers["4 → sigmoid"].output
    assert {"dead units", "saturated units"} <= set(health.diagnosis().symptoms)


def test_what_is_shown():
    _, found = train("relus", steps=30)
    figures = json.loads(found.json())
    assert figures["healthy"] is found.healthy and figures["steps"] == 30
    layer = figures["series"]["layers"]["0.weight"]
    assert len(layer["update"]) == len(layer["gradient"]) == len(figures["series"]["step"]) == 30
    assert {finding["kind"] for finding in figures["findings"]} <= {"fine", "mistake", "symptom", "unknown"}
    for finding in found.findings:
        assert finding.says.endswith(".") and finding.says in str(found)
    assert "<table>" in found._repr_html_() and "0 → relu" in found._repr_html_()


def test_misuse():
    model, _, health = small()
    with pytest.raises(ValueError, match="no step"):
        health.diagnosis()
    with pytest.raises(ValueError, match="nothing to move"):
        viz.Health(nn.ReLU())
    with pytest.raises(ValueError, match="most"):
        viz.Health(model, most=1)
    health(1.0)
    with pytest.raises(ValueError, match="reference"):
        health.diagnosis((torch.rand(4, 4), torch.rand(4, 3)))


class Letters(nn.Module):
    """Says for each letter of a text which comes next."""

    def __init__(self):
        super().__init__()
        self.known, self.lstm, self.last = nn.Embedding(5, 8), nn.LSTM(8, 16, batch_first=True), nn.Linear(16, 5)

    def forward(self, text):
        return self.last(self.lstm(self.known(text))[0])


@pytest.mark.parametrize("zero", [True, False])
def test_a_network_that_reads_letters(zero):
    def cost_of(outputs, wanted):
        return F.cross_entropy(outputs.flatten(0, 1), wanted.flatten())

    torch.manual_seed(0)
    model = Letters()
    optimizer, health = optim.Adam(model.parameters(), lr=0.01), viz.Health(model, cost_of)
    for _ in range(60):
        text = (torch.arange(11) * torch.randint(1, 5, (16, 1)) + torch.randint(0, 5, (16, 1))) % 5
        if zero:
            optimizer.zero_grad()
        cost = cost_of(model(text[:, :-1]), text[:, 1:])
        cost.backward()
        optimizer.step()
        health(cost, text[:, 1:])
    found = health.diagnosis()
    assert found.mistakes == ([] if zero else ["missing zero_grad"])
    assert "lstm → lstm_gates" in str(found) and "ln 5" in str(found)
    assert found.healthy is zero or found.symptoms


# ---- what chance gives -------------------------------------------------------------------------------------

def test_chance_of_a_cross_entropy():
    wanted = [torch.tensor([0, 1, 1]), torch.tensor([2, 2])]
    for cost_of in (F.cross_entropy, F.nll_loss):
        assert chance(cost_of, torch.rand(3, 7), wanted).cost == pytest.approx(math.log(7))


def test_chance_for_every_letter_of_a_text():
    def cost_of(outputs, wanted):
        return F.cross_entropy(outputs.reshape(-1, 7), wanted.reshape(-1))

    found = chance(cost_of, torch.rand(3, 5, 7), [torch.ones(3, 5, dtype=torch.int64)])
    assert found.cost == pytest.approx(math.log(7))


def test_chance_of_squares_is_the_spread():
    wanted = torch.eye(4)[[0, 0, 0, 1, 2, 3]]
    found = chance(squares, torch.rand(6, 4), [wanted])
    assert found.cost == pytest.approx(float(((wanted - wanted.mean(0)) ** 2).sum()) / 6, rel=1e-4)


def test_chance_of_yes_or_no():
    for cost_of in (F.binary_cross_entropy_with_logits, F.binary_cross_entropy):
        found = chance(cost_of, torch.rand(4, 1), [torch.tensor([[1.0], [0], [0], [0]])])
        assert found.cost == pytest.approx(-(0.25 * math.log(0.25) + 0.75 * math.log(0.75)), rel=1e-4)


def test_no_chance_where_the_cost_has_no_floor():
    assert chance(lambda o, w: o.sum(), torch.rand(4, 1), [torch.zeros(4)]) is None


def test_first_cost_of_a_network_that_is_sure_of_nothing_it_knows():
    model, optimizer, health = small(rate=1e-9)
    with torch.no_grad():
        model[2].weight[:] *= 300
    for _ in range(3):
        step(model, optimizer, health)
    assert "first cost" in health.diagnosis().symptoms


# ---- labels ------------------------------------------------------------------------------------------------

def test_labels():
    assert labels_of(torch.eye(3)[[2, 0]]).tolist() == [2, 0]
    assert labels_of(torch.tensor([1, 2])).tolist() == [1, 2]
    assert labels_of(torch.rand(3, 3)) is None and labels_of(None) is None


@pytest.mark.parametrize("by", [1, -1, 3])
def test_shift(by):
    labels = np.arange(100) % 10
    answers = (labels + by) % 10
    answers[:20] = 0
    assert shift_of(answers, labels)[0] == by and shift_of(answers, labels)[1] > 0.75


def test_examples_that_look_alike():
    inputs, _, labels = batch_of("relus", 500)
    assert alike(inputs.numpy(), labels) > 0.6 > by_chance(labels) > alike(inputs.numpy(), np.roll(labels, 1))

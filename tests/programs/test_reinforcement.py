"""Agents: policies, values, replay, and the random variables between them."""

import math
import random
from collections import deque, namedtuple

import numpy as np
import pytest

import tinygrad_edu as tg

from .side_by_side import same, theirs

Transition = namedtuple("Transition", ("state", "action", "next_state", "reward"))


class Pole:
    """A world of four numbers that is over after six moves."""

    def __init__(self):
        self.rng = np.random.RandomState(1)

    def reset(self):
        self.state, self.age = self.rng.randn(4).astype(np.float32), 0
        return self.state

    def step(self, action):
        self.age += 1
        reward = float(action == (self.state[0] > 0))
        self.state = (0.9 * self.state + 0.1 * self.rng.randn(4)).astype(np.float32)
        return self.state, reward, self.age > 5


def test_a_policy_that_learns_from_whole_episodes():
    def program(torch):
        nn, F = torch.nn, torch.nn.functional

        class Policy(nn.Module):
            def __init__(self):
                super().__init__()
                self.affine, self.action, self.value = nn.Linear(4, 16), nn.Linear(16, 2), nn.Linear(16, 1)
                self.saved, self.rewards = [], []

            def forward(self, x):
                x = F.relu(self.affine(x))
                return F.softmax(self.action(x), dim=-1), self.value(x)

        policy, env, eps = Policy(), Pole(), np.finfo(np.float32).eps.item()
        optimizer = torch.optim.Adam(policy.parameters(), lr=3e-2)
        for _ in range(3):
            state, done = env.reset(), False
            while not done:
                probs, value = policy(torch.from_numpy(state).float())
                chosen = torch.distributions.Categorical(probs)
                action = chosen.sample()
                policy.saved.append((chosen.log_prob(action), value, chosen.entropy()))
                state, reward, done = env.step(action.item())
                policy.rewards.append(reward)
            R, returns = 0, deque()
            for r in policy.rewards[::-1]:
                R = r + 0.99 * R
                returns.appendleft(R)
            returns = torch.tensor(returns)
            returns = (returns - returns.mean()) / (returns.std() + eps)
            losses = []
            for (log_prob, value, entropy), R in zip(policy.saved, returns, strict=True):
                losses.append(-log_prob * (R - value.item()) - 0.01 * entropy)
                losses.append(F.smooth_l1_loss(value, torch.tensor([R])))
            optimizer.zero_grad()
            loss = torch.stack(losses).sum()
            loss.backward()
            optimizer.step()
            print(f"{loss.item():.4f}", returns)
            del policy.rewards[:], policy.saved[:]
        return policy

    same(program, rtol=1e-3, atol=1e-5)


def test_values_learned_from_what_is_remembered():
    def program(torch):
        nn = torch.nn
        dice, env, memory = random.Random(2), Pole(), deque(maxlen=50)
        policy, target = (nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)) for _ in range(2))
        target.load_state_dict(policy.state_dict())
        optimizer = torch.optim.AdamW(policy.parameters(), lr=1e-2, amsgrad=True)
        for steps in range(24):
            if not steps % 6:
                state = torch.tensor(env.reset(), dtype=torch.float32).unsqueeze(0)
            if dice.random() > 0.05 + 0.9 * math.exp(-steps / 25):
                with torch.no_grad():
                    action = policy(state).max(1).indices.view(1, 1)
            else:
                action = torch.tensor([[dice.randrange(2)]], dtype=torch.long)
            seen, reward, done = env.step(action.item())
            after = None if done else torch.tensor(seen, dtype=torch.float32).unsqueeze(0)
            memory.append(Transition(state, action, after, torch.tensor([reward])))
            state = after
            if len(memory) < 8:
                continue
            batch = Transition(*zip(*dice.sample(memory, 8), strict=True))
            goes_on = torch.tensor(tuple(s is not None for s in batch.next_state), dtype=torch.bool)
            values = policy(torch.cat(batch.state)).gather(1, torch.cat(batch.action))
            nexts = torch.zeros(8)
            with torch.no_grad():
                nexts[goes_on] = target(torch.cat([s for s in batch.next_state if s is not None])).max(1).values
            loss = nn.SmoothL1Loss()(values, (nexts * 0.99 + torch.cat(batch.reward)).unsqueeze(1))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_value_(policy.parameters(), 100)
            optimizer.step()
            slow, fast = target.state_dict(), policy.state_dict()
            for key in fast:
                slow[key] = fast[key] * 0.05 + slow[key] * 0.95
            target.load_state_dict(slow)
        return policy, target, len(memory)

    same(program, rtol=1e-3, atol=1e-5)


def test_steps_that_are_not_too_long():
    def program(torch):
        nn, Normal = torch.nn, torch.distributions.Normal

        def layer(i, o, std=2**0.5):
            made = nn.Linear(i, o)
            nn.init.orthogonal_(made.weight, std)
            nn.init.constant_(made.bias, 0.0)
            return made

        critic = nn.Sequential(layer(4, 8), nn.Tanh(), layer(8, 1))
        actor = nn.Sequential(layer(4, 8), nn.Tanh(), layer(8, 2, 0.01))
        logstd = nn.Parameter(torch.zeros(1, 2))
        optimizer = torch.optim.Adam([*critic.parameters(), *actor.parameters(), logstd], lr=1e-2, eps=1e-5)

        def look(x, action=None):
            mean = actor(x)
            chance = Normal(mean, torch.exp(logstd.expand_as(mean)))
            action = chance.sample() if action is None else action
            return action, chance.log_prob(action).sum(1), chance.entropy().sum(1), critic(x).flatten()

        obs, rewards, ends = torch.randn(16, 4), torch.randn(16), torch.zeros(16)
        ends[7] = 1
        with torch.no_grad():
            actions, logp, _, values = look(obs)
            gains, last = torch.zeros_like(rewards), 0
            for t in reversed(range(16)):
                following = values[t + 1] if t < 15 else torch.tensor(0.0)
                delta = rewards[t] + 0.99 * following * (1 - ends[t]) - values[t]
                gains[t] = last = delta + 0.99 * 0.95 * (1 - ends[t]) * last
            returns = gains + values
        places = np.arange(16)
        for frac in (1.0, 0.5):
            np.random.RandomState(3).shuffle(places)
            for start in range(0, 16, 8):
                at = places[start : start + 8]
                _, new, entropy, value = look(obs[at], actions[at])
                ratio = (new - logp[at]).exp()
                with torch.no_grad():
                    far = ((ratio - 1.0).abs() > 0.2).float().mean().item()
                    print(f"{((ratio - 1) - ratio.log()).mean():.4f}", far)
                gain = (gains[at] - gains[at].mean()) / (gains[at].std() + 1e-8)
                pg = torch.max(-gain * ratio, -gain * torch.clamp(ratio, 0.8, 1.2)).mean()
                loss = pg - 0.01 * entropy.mean() + 0.5 * ((value - returns[at]) ** 2).mean()
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(actor.parameters(), 0.5)
                optimizer.step()
            optimizer.param_groups[0]["lr"] = frac * 1e-2
        return critic, actor, logstd, 1 - torch.var(returns - values) / returns.var()

    same(program, rtol=1e-3, atol=1e-5)


def test_actions_squashed_into_a_range():
    def program(torch):
        nn, D = torch.nn, torch.distributions
        body, q, log_alpha = nn.Linear(4, 4), nn.Linear(6, 1), torch.zeros(1, requires_grad=True)
        optimizer, tuner = torch.optim.Adam(body.parameters(), lr=1e-2), torch.optim.Adam([log_alpha], lr=1e-2)
        for _ in range(3):
            state = torch.randn(8, 4)
            mean, log_std = body(state).chunk(2, dim=-1)
            base = D.Independent(D.Normal(mean, log_std.clamp(-20, 2).exp()), 1)
            policy = D.TransformedDistribution(base, [D.TanhTransform(cache_size=1), D.AffineTransform(0.5, 2.0)])
            action = policy.rsample()
            log_prob = policy.log_prob(action)
            loss = (log_alpha.exp().detach() * log_prob - q(torch.cat([state, action], 1)).squeeze(-1)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            tuner.zero_grad()
            (-(log_alpha * (log_prob - 2.0).detach()).mean()).backward()
            tuner.step()
        return body, log_alpha, action, log_prob, policy.event_shape == (2,)

    same(program, rtol=1e-3, atol=1e-5)


def test_random_variables_agree():
    def program(torch):
        D = torch.distributions
        some, more, matrix = torch.tensor([0.3, 0.7]), torch.tensor([0.5, 1.5]), torch.tensor([[2.0, 0.3], [0.3, 0.5]])
        made = [
            D.Normal(some, more), D.Uniform(some, more), D.Laplace(some, more), D.Exponential(more),
            D.LogNormal(some, more), D.Bernoulli(some), D.Bernoulli(logits=some), D.Categorical(some),
            D.Categorical(logits=torch.stack([some, more])), D.OneHotCategorical(some),
            D.MultivariateNormal(some, matrix), D.MultivariateNormal(some, precision_matrix=matrix),
            D.MultivariateNormal(some, scale_tril=matrix.tril()), D.Independent(D.Normal(some, more), 1),
            D.TransformedDistribution(D.Normal(some, more), [D.ExpTransform(), D.AffineTransform(1.0, 2.0)]),
            D.TransformedDistribution(D.Uniform(some * 0, more), D.SigmoidTransform()),
            D.TransformedDistribution(D.Uniform(-some, some), [D.ComposeTransform([D.TanhTransform()]).inv]),
        ]  # fmt: skip
        print(*(made[i] for i in (0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13)), D.Normal(0.0, 1.0), sep="\n")
        found = []
        for variable in made:
            value = variable.sample((3,))
            name = type(variable).__name__
            found.append([name, tuple(variable.batch_shape), tuple(variable.event_shape), value])
            found.append(variable.log_prob(value))
            if name != "TransformedDistribution":
                found += [variable.entropy()]
            if name not in ("TransformedDistribution", "Categorical"):
                found += [variable.mean, variable.variance]
        pairs = [
            (0, D.Normal(more, some)), (5, D.Bernoulli(more / 2)), (7, D.Categorical(more)),
            (10, D.MultivariateNormal(more, matrix * 2)), (13, D.Independent(D.Normal(more, some), 1)),
        ]  # fmt: skip
        found += [D.kl_divergence(made[i], other) for i, other in pairs]
        through = some.clone().requires_grad_()
        D.OneHotCategoricalStraightThrough(through).rsample((4,)).pow(2).sum(0).mul(more).sum().backward()
        return found, through.grad, made[0].cdf(more), made[0].icdf(some), made[7].perplexity()

    same(program)


def test_what_cannot_be_drawn_is_refused():
    D = tg.distributions
    one = tg.ones(2)
    with pytest.raises(ValueError, match="either probs or logits"):
        D.OneHotCategorical()
    with pytest.raises(ValueError, match="exactly one of"):
        D.MultivariateNormal(one)
    with pytest.raises(ValueError, match="number of batch axes"):
        D.Independent(D.Normal(one, one), 2)
    with pytest.raises(NotImplementedError, match="no rule for Normal and Uniform"):
        D.kl_divergence(D.Normal(one, one), D.Uniform(one, 2 * one))
    with pytest.raises(NotImplementedError, match="has no rsample"):
        D.Categorical(one).rsample()

    @D.register_kl(D.Uniform, D.Uniform)
    def uniform(p, q):
        return (q.high - q.low).log() - p.entropy()

    assert D.kl_divergence(D.Uniform(0, 1), D.Uniform(0, 4)).item() == pytest.approx(math.log(4))
    assert theirs is None or hasattr(theirs.distributions, "Categorical")

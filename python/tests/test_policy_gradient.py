"""The plain policy gradient against one written without padding, sequence by sequence."""

from __future__ import annotations

import pytest
from making import sequence

torch = pytest.importorskip("torch", reason="torch is not installed")

from dash_reinforce import policy_gradient  # noqa: E402


class Model(torch.nn.Module):
    """Logits from a token and a decaying memory of those before it; what is padded comes after, and changes nothing."""

    def __init__(self, vocabulary=12, width=6):
        super().__init__()
        torch.manual_seed(1)
        self.embed = torch.nn.Embedding(vocabulary, width)
        self.out = torch.nn.Linear(width, vocabulary)

    def forward(self, input_ids, attention_mask=None):
        memory, states = 0, []
        for step in self.embed(input_ids).unbind(1):
            memory = torch.tanh(step + 0.5 * memory)
            states.append(memory)
        return self.out(torch.stack(states, 1))


ITEMS = [
    sequence(prompt_ids=[1, 2, 3], completion_ids=[4, 5], logprobs=[-2.0, -2.6], advantage=1.5, weight=0.5),
    sequence(
        prompt_ids=[6], completion_ids=[7, 8, 9, 4], mask=[1, 0, 1, 1], logprobs=[-2.4, 0.0, -2.2, -2.9], advantage=-0.5
    ),
    sequence(
        prompt_ids=[2, 2], completion_ids=[3], mask=[1], logprobs=None, advantage=0.75, weight=2.0, temperature=0.5
    ),
]


def reference(model, items, clip):
    total = 0.0
    mean = sum(s.weight for s in items) / len(items)
    for s in items:
        logits = model(torch.tensor([s.ids]))[0] / s.temperature
        each = torch.log_softmax(logits[:-1], -1)[range(len(s.ids) - 1), s.ids[1:]][len(s.prompt_ids) - 1 :]
        advantage = s.advantage * s.weight / mean
        old = each.detach() if s.logprobs is None else torch.tensor(s.logprobs)
        ratio = torch.exp(each - old)
        bounded = torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
        kept = torch.tensor(s.mask, dtype=torch.float)
        total = total - (bounded * kept).sum() / kept.sum()
    return total / len(items)


def gradient(model, value):
    model.zero_grad()
    value.backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()])


@pytest.mark.parametrize("items", [ITEMS, ITEMS[:1], ITEMS[2:], ITEMS[::-1]])
def test_loss_and_gradient_are_those_without_padding(items):
    model = Model()
    value, _ = policy_gradient.loss(model, items, pad_id=0)
    other = reference(model, items, 0.2)
    assert value.item() == pytest.approx(other.item(), rel=1e-5)
    mine, theirs = gradient(model, value), gradient(model, other)
    assert (mine - theirs).norm() <= 1e-5 * theirs.norm()


def test_drift_is_the_largest_distance_from_the_logprobs_of_the_sampling():
    model = Model()
    s = ITEMS[1]
    known = torch.log_softmax(model(torch.tensor([s.ids]))[0][:-1], -1)[range(4), s.ids[1:]].tolist()
    _, drift = policy_gradient.loss(model, [s.__class__(**{**vars(s), "logprobs": known})], 0)
    assert drift == pytest.approx(0, abs=1e-6)
    moved = [known[0] - 0.25, 99.0, known[2], known[3]]  # the second is masked
    _, drift = policy_gradient.loss(model, [s.__class__(**{**vars(s), "logprobs": moved})], 0)
    assert drift == pytest.approx(0.25, abs=1e-6)


def test_a_step_up_the_gradient_makes_what_was_better_more_likely():
    model = Model()
    better, worse = sequence(completion_ids=[3, 1], advantage=1.0), sequence(completion_ids=[4, 1], advantage=-1.0)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    items = [s.__class__(**{**vars(s), "logprobs": None}) for s in (better, worse)]

    def likely(s):
        logits = torch.log_softmax(model(torch.tensor([s.ids]))[0], -1)
        return logits[1, s.ids[2]].item()

    before = likely(better) - likely(worse)
    for _ in range(10):
        optimiser.zero_grad()
        policy_gradient.loss(model, items, 0)[0].backward()
        optimiser.step()
    assert likely(better) - likely(worse) > before + 0.5


def test_greedy_sampling_and_an_empty_step_are_refused():
    with pytest.raises(ValueError, match="greedy"):
        policy_gradient.loss(Model(), [sequence(temperature=0.0)], 0)
    with pytest.raises(ValueError, match="no sequences"):
        policy_gradient.loss(Model(), [], 0)


def test_an_unknown_temperature_is_one():
    model = Model()
    one, unknown = (policy_gradient.loss(model, [sequence(temperature=t)], 0)[0].item() for t in (1.0, None))
    assert one == unknown

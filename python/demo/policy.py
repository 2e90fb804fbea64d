"""A policy small enough to learn within a minute: a transformer of two layers over characters, in plain torch."""

from __future__ import annotations

import random
from dataclasses import dataclass

import torch

PAD, END = 0, 1
_FIRST = 40  # "(": the first character that it knows
_CHARACTERS, _LONGEST = 64, 8


@dataclass(frozen=True)
class Task:
    """A sum of one digit: what a training example holds."""

    example_id: str
    question: str
    answer: str


TASKS = [Task(f"sum-{a}{b}", f"{a}+{b}=", str(a + b)) for a in range(1, 5) for b in range(1, 5)]


class Policy(torch.nn.Module):
    """Logits of the next character."""

    def __init__(self, width=64):
        super().__init__()
        self.tokens = torch.nn.Embedding(_CHARACTERS, width)
        self.places = torch.nn.Embedding(_LONGEST, width)
        layer = torch.nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = torch.nn.Linear(width, _CHARACTERS)

    def forward(self, input_ids, attention_mask=None):
        length = input_ids.shape[1]
        later = torch.full((length, length), float("-inf")).triu(1)
        return self.out(self.layers(self.tokens(input_ids) + self.places(torch.arange(length)), mask=later))


def encode(text):
    """A character is a token."""
    return [ord(c) - _FIRST + 2 for c in text]


def decode(ids):
    return "".join(chr(i + _FIRST - 2) for i in ids if i > END)


def optimiser(policy, rate):
    return torch.optim.AdamW(policy.parameters(), lr=rate, weight_decay=0.0)


def warm_up(policy, rng, steps=250):
    """Supervised: it learns to answer with a digit and the end, and the right one about every third time."""
    learning, digits = optimiser(policy, 2e-3), "0123456789"
    for _ in range(steps):
        some = rng.choices(TASKS, k=32)
        told = [task.answer if rng.random() < 0.25 else rng.choice(digits) for task in some]
        x = torch.tensor([[*encode(task.question + answer), END] for task, answer in zip(some, told)])
        loss = torch.nn.functional.cross_entropy(policy(x)[:, 3:-1].flatten(0, 1), x[:, 4:].flatten())
        learning.zero_grad()
        loss.backward()
        learning.step()


@torch.no_grad()
def sample(policy, questions, generator, limit=3):
    """Token ids and their logprobs, sampled at temperature 1: of each question until END, at most `limit`."""
    x = torch.tensor([encode(question) for question in questions])
    ids, logprobs = [[] for _ in questions], [[] for _ in questions]
    for _ in range(limit):
        each = torch.log_softmax(policy(x)[:, -1].float(), -1)
        chosen = torch.multinomial(each.exp(), 1, generator=generator)
        for n, known in enumerate(ids):
            if END not in known:
                known.append(chosen[n].item())
                logprobs[n].append(each[n, chosen[n]].item())
        x = torch.cat([x, chosen], 1)
    return ids, logprobs


@torch.no_grad()
def chance(policy, task):
    """How likely it gives the right answer."""
    (answer,) = encode(task.answer)
    return torch.softmax(policy(torch.tensor([encode(task.question)]))[0, -1], -1)[answer].item()


def begun(seed):
    """A policy after its warm start: the same for the same seed."""
    torch.set_num_threads(1)  # a policy this small gains nothing of more
    torch.manual_seed(seed)
    policy = Policy()
    warm_up(policy, random.Random(seed))
    return policy

"""A policy with all that a trainer has: it answers and is traced, reads its batches, and learns from them."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import torch
from policy import END, PAD, TASKS, decode, encode, optimiser, sample

from dash_reinforce import policy_gradient, sequences
from dash_reinforce.kafka import Reader
from dash_reinforce.trace import Tracer

GROUPS, SIZE = 8, 8
"""Of a round: how many questions, and how many answers to each."""

_EMBEDDED = {"log_level": 2}
"""The client's remarks about the embedded broker, which lacks some of what a real one has, are nobody's concern here."""


class Learner:
    """Two of them share a topic, each as a tenant of its own.

    Args:
        name: the tenant.
        policy: what learns.
        seed: of its questions and answers.
        zeroed: its advantages are thrown away: a control, that must not learn.
    """

    def __init__(self, name, brokers, policy, seed, zeroed=False):
        self.name, self.zeroed, self.version = name, zeroed, 0
        self.policy, self._rng, self._generator = policy, random.Random(seed), torch.Generator().manual_seed(seed)
        self._optimiser = optimiser(policy, 1e-3)
        self._tracer = Tracer(brokers, tenant=name, **_EMBEDDED)
        self._reader = Reader(brokers, group=f"trainer-{name}", tenant=name, timeout=30.0, **_EMBEDDED)
        self._steps = self._reader.steps(groups=GROUPS)

    def act(self):
        """Answers the round's questions; every answer is a thread on the topic of events."""
        chosen = [task for task in self._rng.sample(TASKS, GROUPS) for _ in range(SIZE)]
        said, logprobs = sample(self.policy, [task.question for task in chosen], self._generator)
        for n, task in enumerate(chosen):
            group, state = f"{self.name}-{task.example_id}-v{self.version}", {"question": task.question}
            run = self._tracer.thread(task.example_id, group, n % SIZE, SIZE, self.version, state)
            with run as thread, thread.node("answer") as node:
                text, reason = decode(said[n]), "stop" if END in said[n] else "length"
                messages, ids = [{"role": "user", "content": task.question}], encode(task.question)
                call = thread.start_call(messages, prompt_token_ids=ids, temperature=1.0)
                call.chunk(text, said[n], logprobs[n], finish_reason=reason, model="tiny")
                call.end(text, finish_reason=reason)
                node.set(answer=text)
        self._tracer.flush()

    def learn(self, check):
        """One step, on the groups of this round; returns the share of right answers. `check` raises where waiting is useless."""
        end = time.monotonic() + 300
        batch = None
        while batch is None:
            check()
            batch = next(self._steps, None)
            if batch is None:  # the iteration ended at the reader's timeout
                if time.monotonic() > end:
                    raise RuntimeError(f"no step of {GROUPS} groups came for {self.name} within five minutes")
                self._steps = self._reader.steps(groups=GROUPS)
        items = [replace(s, advantage=0.0) if self.zeroed else s for s in sequences(batch)]
        loss, _ = policy_gradient.loss(self.policy, items, PAD)
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.policy.parameters(), 1.0)
        self._optimiser.step()
        self._reader.commit(batch)
        self.version += 1
        rewards = [rollout["reward"] for group in batch["groups"] for rollout in group["rollouts"]]
        return sum(reward is not None and reward > 0 for reward in rewards) / len(rewards)

    def close(self):
        self._reader.close()
        self._tracer.close()

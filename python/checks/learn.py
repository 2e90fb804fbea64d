"""A tiny transformer learns from nothing but dash-reinforce: it answers, is traced, batches come of the traces, it trains.

learn.py PROGRAM [--rounds N] [--zero]      --zero: advantages are thrown away, and it must not learn

It begins with a supervised warm start (a digit, then the end; the right one about every third time), by a fixed seed.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from dash_reinforce import policy_gradient, read, sequences
from dash_reinforce.trace import Tracer

torch.set_num_threads(1)
PAD, END, CONTEXT = 0, 1, 8
SIZE, GROUPS = 8, 8
TASKS = [(f"sum-{a}{b}", f"{a}+{b}=", str(a + b)) for a in range(1, 6) for b in range(1, 5)][:16]


class Policy(torch.nn.Module):
    """A transformer of two layers over characters."""

    def __init__(self, width=64):
        super().__init__()
        self.tokens, self.places = torch.nn.Embedding(64, width), torch.nn.Embedding(CONTEXT, width)
        layer = torch.nn.TransformerEncoderLayer(width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.out = torch.nn.Linear(width, 64)

    def forward(self, input_ids, attention_mask=None):
        length = input_ids.shape[1]
        mask = torch.nn.Transformer.generate_square_subsequent_mask(length)
        x = self.tokens(input_ids) + self.places(torch.arange(length))
        return self.out(self.layers(x, mask=mask, is_causal=True))


def encode(text):
    return [ord(c) - 40 + 2 for c in text]


def decode(ids):
    return "".join(chr(i + 40 - 2) for i in ids if i > END)


def warm(policy):
    optimiser = torch.optim.AdamW(policy.parameters(), lr=2e-3, weight_decay=0.0)
    digits = [str(d) for d in range(10)]
    for _ in range(250):
        some = random.choices(TASKS, k=32)
        answers = [a if random.random() < 0.25 else random.choice(digits) for _, _, a in some]
        x = torch.tensor([[*encode(q + a), END] for (_, q, _), a in zip(some, answers)])
        loss = torch.nn.functional.cross_entropy(policy(x)[:, 3:-1].flatten(0, 1), x[:, 4:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


@torch.no_grad()
def answers(policy, questions, limit=3):
    x = torch.tensor([encode(q) for q in questions])
    ids, logprobs = [[] for _ in questions], [[] for _ in questions]
    for _ in range(limit):
        each = torch.log_softmax(policy(x)[:, -1].float(), -1)
        chosen = torch.multinomial(each.exp(), 1)
        for n, known in enumerate(ids):
            if END not in known:
                known.append(chosen[n].item())
                logprobs[n].append(each[n, chosen[n]].item())
        x = torch.cat([x, chosen], 1)
    return ids, logprobs


def trace(policy, version, path):
    chosen = [task for task in random.sample(TASKS, GROUPS) for _ in range(SIZE)]
    said, logprobs = answers(policy, [question for _, question, _ in chosen])
    with Tracer(path, overwrite=True) as tracer:
        for n, (example, question, _) in enumerate(chosen):
            group, state = f"{example}-v{version}", {"question": question}
            with tracer.thread(example, group, n % SIZE, SIZE, version, state) as t, t.node("answer") as node:
                text = decode(said[n])
                request = {"prompt_token_ids": encode(question), "temperature": 1.0}
                call = t.start_call([{"role": "user", "content": question}], **request)
                reason = "stop" if END in said[n] else "length"
                call.chunk(text, said[n], logprobs[n], finish_reason=reason, model="tiny")
                call.end(text, finish_reason=reason)
                node.set(answer=text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--zero", action="store_true")
    options = parser.parse_args()
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    policy = Policy()
    warm(policy)
    optimiser = torch.optim.AdamW(policy.parameters(), lr=1e-3, weight_decay=0.0)
    folder = Path(tempfile.mkdtemp(prefix="learn-"))
    examples = folder / "examples.jsonl"
    examples.write_text(
        "".join(
            json.dumps({"example_id": i, "data": {"question": q, "answer": a}, "input_keys": ["question"]}) + "\n"
            for i, q, a in TASKS
        )
    )
    command = [
        options.program,
        "replay",
        "--input",
        folder / "run.dsrun",
        "--examples",
        examples,
        "--out",
        folder / "out.jsonl",
    ]
    history = []
    for version in range(options.rounds):
        trace(policy, version, folder / "run.dsrun")
        subprocess.run([*command, "--quiet", "--groups-per-batch", str(GROUPS)], check=True)
        for batch in read(folder / "out.jsonl"):
            items = [replace(s, advantage=0.0) if options.zero else s for s in sequences(batch)]
            loss, _ = policy_gradient.loss(policy, items, PAD)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
            optimiser.step()
            rewards = [r["reward"] for g in batch["groups"] for r in g["rollouts"]]
            history.append(sum(max(0.0, r) for r in rewards) / len(rewards))
    part = max(1, len(history) // 6)
    first, last = sum(history[:part]) / part, sum(history[-part:]) / part
    good = abs(last - first) < 0.15 if options.zero else last > first + 0.25
    what = "with advantages zeroed it stays" if options.zero else "it learns from nothing but the batches"
    print(
        f"  {'ok  ' if good else 'FAIL'}  {what}: right {first:.2f} at first, {last:.2f} at last, {len(history)} rounds"
    )
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()

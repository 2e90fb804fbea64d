"""What the checks share: a tiny policy, steps to learn from, an unpadded policy gradient to compare with, a table."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch

from dash_reinforce import normalized, read, sequences

torch.set_num_threads(1)

DATA = Path(__file__).resolve().parents[1] / "tests" / "data" / "calls.jsonl"
LIMIT = 1e-5
PAD = 0
rows = []


def report(check, value, limit=LIMIT):
    """A line of the table: a number that must not exceed a limit, or something that must be true."""
    good = bool(value) if isinstance(value, bool) else value <= limit
    rows.append(good)
    shown = ("yes" if value else "no") if isinstance(value, bool) else f"{value:.1e} (at most {limit:.0e})"
    print(f"  {'ok  ' if good else 'FAIL'}  {check}: {shown}", flush=True)


def done():
    """Ends with 1 where a check failed, or none was made."""
    sys.exit(0 if rows and all(rows) else 1)


def golden(merge, names=("c13-agent", "c16-one_node", "c20-parallel", "c24-masks")):
    """A step of the golden calls: several turns, masks, weights. One temperature, as the trainers take one."""
    items = []
    for batch in read(DATA):
        if batch["groups"][0]["group_id"] in names:
            for group in batch["groups"]:
                for rollout in group["rollouts"]:
                    for call in rollout["calls"]:
                        call["temperature"] = 1.0
            items += sequences(batch, merge=merge)
    return items


def policy(positions=512, seed=0):
    """A transformer of two layers over 256 tokens (bytes)."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(seed)
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=256,
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=4,
            max_position_embeddings=positions,
            pad_token_id=PAD,
            eos_token_id=1,
            bos_token_id=None,
            tie_word_embeddings=False,
        )
    )


def logprobs(model, s):
    """Of a sequence's completion: alone, without padding."""
    ids = torch.tensor([s.ids])
    each = torch.log_softmax(model(input_ids=ids).logits[0].float() / (s.temperature or 1.0), -1)
    return each[:-1].gather(1, ids[0, 1:, None])[:, 0][len(s.prompt_ids) - 1 :]


def sampled(model, items, sigma=0.15):
    """The same with logprobs near the model's own, so that ratios lie on both sides of the clip range; masked tokens have 0."""
    generator = torch.Generator().manual_seed(5)
    out = []
    with torch.no_grad():
        for s in items:
            near = logprobs(model, s)
            near = near + sigma * torch.randn(near.shape, generator=generator)
            out.append(replace(s, logprobs=[v if m else 0.0 for v, m in zip(near.tolist(), s.mask)]))
    return out


def unknown(items):
    return [replace(s, logprobs=None) for s in items]


def terms(model, items, clip=0.2):
    """Of each sequence: loss by token, and which tokens count."""
    for s in normalized(items):
        each, kept = logprobs(model, s), torch.tensor(s.mask, dtype=torch.float)
        advantage = s.advantage * s.weight
        old = each.detach() if s.logprobs is None else torch.tensor(s.logprobs)
        ratio = torch.exp((each - old) * kept)
        yield -torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage) * kept, kept


def expected(model, items, level="sequence", clip=0.2):
    """The policy gradient that every trainer is compared with: the mean over sequences, or over all tokens."""
    found = list(terms(model, items, clip))
    if level == "sequence":
        return sum(loss.sum() / kept.sum() for loss, kept in found) / len(found)
    return sum(loss.sum() for loss, _ in found) / sum(kept.sum() for _, kept in found)


def gradient(model, value):
    model.zero_grad()
    value.backward()
    out = torch.cat([p.grad.flatten() for p in model.parameters()]).clone()
    model.zero_grad()
    return out


def distance(found, wanted):
    """Relative to the wanted gradient."""
    assert wanted.norm() > 1e-4, "there is no gradient to compare with"
    return ((found - wanted).norm() / wanted.norm()).item()


def variants(model):
    """The steps that every adapter is checked with: merged or not, with logprobs or without."""
    for merge in (True, False):
        items = golden(merge)
        name = "merged" if merge else "unmerged"
        yield f"{name}, logprobs", sampled(model, items)
        yield f"{name}, no logprobs", unknown(items)

"""dashflow's `ReinforceExample`, as its serde reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES = {"user": "human", "assistant": "ai", "system": "system", "tool": "tool"}


def examples(batch: Mapping[str, Any], value: str = "advantage") -> Iterator[dict[str, Any]]:
    """{prompt, completion, reward} for each node sample of the rollouts that train.

    Its examples hold text, so node samples are taken, whether or not there are model calls. `reward` holds the `advantage`,
    as dashflow's own GRPO optimiser puts it, or the rollout's `reward`.
    """
    if value not in ("advantage", "reward"):
        raise ValueError(f"value is {value!r}: give 'advantage' or 'reward'")
    for group in batch["groups"]:
        for rollout in group["rollouts"]:
            for sample in (rollout.get("samples") or []) if rollout["trains"] else []:
                if sample.get("completion"):
                    yield {
                        "prompt": _messages(sample["prompt"]),
                        "completion": sample["completion"],
                        "reward": rollout["reward"] if value == "reward" else sample["advantage"],
                    }


def _messages(prompt: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"type": _TYPES.get(m["role"], m["role"]), "content": m["content"]} for m in prompt]

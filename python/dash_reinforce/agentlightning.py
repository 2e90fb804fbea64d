"""agent-lightning (extra `agentlightning`): completed rollouts for its `RolloutAdapter`, or its store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._check import needs_logprobs, needs_reward
from .sequences import Sequence, by_rollout


def completed_rollouts(items: Iterable[Sequence], step: int = 0) -> list[Any]:
    """One `CompletedRollout` for each rollout, with a `Triplet` for each sequence; it computes advantages of its own.

    It stores rewards as bfloat16: about three digits of them are left. A triplet has no mask, so sequences must not be
    merged: `sequences(batch, merge=False)`.
    """
    rollouts = by_rollout(items)
    for found in rollouts.values():
        needs_reward(found[0])
        for s in found:
            needs_logprobs(s, "agent-lightning")
            if not all(s.mask):
                raise ValueError(f"{s.thread}, call {s.call}: a triplet has no mask: give sequences(…, merge=False)")

    from agentlightning.verl.agl_rollout_manager import CompletedRollout, Triplet

    out = []
    for number, ((group, _), found) in enumerate(rollouts.items()):
        triplets = [
            Triplet(
                prompt={"token_ids": s.prompt_ids},
                response={"token_ids": s.completion_ids, "log_probs": s.logprobs},
            )
            for s in found
        ]
        out.append(
            CompletedRollout(
                enqueue_time=0.0,
                rollout_id=f"{group}-{found[0].rollout}",
                data_id=group,
                step=step,
                sample_idx_in_step=number,
                final_reward=needs_reward(found[0]),
                triplets=triplets,
            )
        )
    return out

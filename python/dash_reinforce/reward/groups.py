"""A question about a whole group: its rollouts side by side, and one answer for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .signatures import Reward, Rollout


def members_of(group: Rollout) -> list[Rollout]:
    """Its rollouts, each with what is said of the group once."""
    shared = {name: value for name, value in group.items() if name != "rollouts"}
    members = group["rollouts"]
    if not isinstance(members, list) or not all(isinstance(one, dict) for one in members):
        raise TypeError("the group's `rollouts` are no list of objects")
    return [{**shared, **one} for one in members]


def joined(answers: Sequence[Reward]) -> Reward:
    """One answer for the group: a list of numbers and Nones in order; an error where one of them is one."""
    for answer in answers:
        if answer.status == "error":
            return answer
    said = [answer.explanation for answer in answers if answer.explanation is not None]
    rewards: Any = [answer.reward for answer in answers]
    status = "ok" if any(reward is not None for reward in rewards) else "none"
    return Reward(rewards, status, "; ".join(said)[:1000] if said else None)

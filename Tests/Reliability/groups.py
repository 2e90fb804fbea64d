"""Groups: members, conflicts, advantages and the digest, from finished threads."""

import hashlib
import math
from dataclasses import dataclass, field

import canonical

EPSILON = 1e-8


@dataclass
class Rollout:
    """A thread that was paired with its example."""

    tenant: str
    thread: str
    pairing: dict
    outcome: str
    reward: float | None
    reason: str | None
    samples: list
    value: float | None
    advantage: float = 0.0
    superseded: bool = False
    source: tuple = ()
    claimed: int = 0
    decided: int = 0
    rewards: list | None = None  # its components; None: the match alone

    @property
    def votes(self) -> bool:
        return self.reward is not None and self.reason is None and not self.superseded


@dataclass
class Group:
    """A decided group."""

    tenant: str
    group: str
    members: list = field(default_factory=list)
    status: str = "ok"
    signal: str = "ok"
    stats: dict = field(default_factory=dict)
    digest: str = ""


def decide(tenant: str, name: str, rollouts: list, min_usable: int) -> Group:
    """Conflicts, then advantages, as the reference semantics have them."""
    group = Group(tenant, name, sorted(rollouts, key=lambda r: (r.pairing["rollout_index"], r.thread.encode())))
    facts = {(r.pairing["example_id"], r.pairing["group_size"], r.pairing["policy_version"]) for r in group.members}
    if len(facts) > 1:
        group.status = "conflict"
        for rollout in group.members:
            rollout.reason = "conflicting_group"
        return group
    slots = {}
    for rollout in group.members:
        slots.setdefault(rollout.pairing["rollout_index"], []).append(rollout)
    for claimants in slots.values():
        best = max(r.pairing["attempt"] for r in claimants)
        first = [r for r in claimants if r.pairing["attempt"] == best]
        for rollout in claimants:
            if rollout not in first:
                rollout.superseded, rollout.reason = True, None
            elif len(first) > 1:
                rollout.reason = "conflicting_slot"
    voters = [r for r in group.members if r.votes]
    _advantages(group, voters, min_usable)
    if group.status == "ok":
        group.digest = _digest(group, voters)
    return group


def late(rollouts: list, deadline: int) -> list:
    """Those who were decided after their group had closed: at the decision of its last slot, or at its deadline."""
    first = min(rollouts, key=lambda r: (r.claimed, r.pairing["rollout_index"], r.thread))
    end = first.claimed + deadline
    slow = [r for r in rollouts if r.decided - r.claimed > deadline]
    steps = [(r.claimed, 0, r.pairing["rollout_index"]) for r in rollouts]
    steps += [(max(r.claimed, r.claimed + deadline if r in slow else r.decided), 1, 0) for r in rollouts]
    slots, undecided, complete, was_complete, closed = set(), 0, None, False, float("inf")
    for time in sorted({step[0] for step in steps}):
        if complete is not None:
            break
        if not was_complete and time > end:
            closed = end
            break
        for _, is_decision, slot in [step for step in steps if step[0] == time]:
            undecided += -1 if is_decision else 1
            slots |= set() if is_decision else {slot}
        if undecided == 0 and len(slots) >= first.pairing["group_size"]:
            complete, was_complete, closed = time, True, time
    in_time = [r for r in rollouts if r.claimed <= closed and (complete is not None or r.decided <= closed)]
    return [r for r in rollouts if r not in in_time or r in slow]


def _advantages(group: Group, voters: list, min_usable: int):
    rewards = [r.reward for r in voters]
    n = len(rewards)
    if n < max(1, min_usable):
        group.status = group.signal = "insufficient"
        for rollout in voters:
            rollout.reason = "insufficient_group"
        return
    total = 0.0
    for reward in rewards:
        total += reward
    mean = total / n
    equal = min(rewards) == max(rewards)
    squares = 0.0
    for reward in rewards:
        squares += (reward - mean) * (reward - mean)
    std = 0.0 if equal or n < 2 else math.sqrt(squares / (n - 1))
    group.stats = {
        "votes": n,
        "mean": mean,
        "std": std,
        "min": min(rewards),
        "max": max(rewards),
        "outcome_mean": mean,
    }
    group.signal = "singleton" if n == 1 else "zero_variance" if equal else "ok"
    if group.signal == "ok":
        for rollout in voters:
            rollout.advantage = (rollout.reward - mean) / (std + EPSILON)


def _digest(group: Group, voters: list) -> str:
    pairing = group.members[0].pairing
    content = {
        "tenant_id": group.tenant,
        "group_id": group.group,
        "example_id": pairing["example_id"],
        "policy_version_min": pairing["policy_version"],
        "policy_version_max": pairing["policy_version"],
        "expected_size": pairing["group_size"],
        "signal": group.signal,
        "stats": group.stats,
        "estimator": {
            "name": "grpo",
            "baseline": "mean",
            "scale": "group_std",
            "ddof": 1,
            "epsilon": EPSILON,
            "singleton": "zero",
            "credit": "rollout",
        },
        "members": [
            {
                "thread_id": r.thread,
                "rollout_index": r.pairing["rollout_index"],
                "attempt": r.pairing["attempt"],
                "status": r.outcome,
                "reward": r.reward,
                "rewards": r.rewards
                or [
                    {
                        "name": "match",
                        "weight": 1.0,
                        "value": r.value,
                        "status": "none" if r.value is None else "ok",
                    }
                ],
                "advantage": r.advantage,
                "samples": r.samples,
            }
            for r in voters
        ],
    }
    return hashlib.sha256(canonical.text(content).encode()).hexdigest()

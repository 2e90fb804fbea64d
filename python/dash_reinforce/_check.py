"""What several adapters refuse, and why."""

from __future__ import annotations

from collections.abc import Iterable

from .sequences import Sequence, normalized


def step_of(
    items: Iterable[Sequence], max_prompt: int | None = None, max_completion: int | None = None
) -> list[Sequence]:
    """The sequences of one step, weights normalised; too long ones are refused, never cut."""
    found = normalized(items)
    if not found:
        raise ValueError("no sequences: nothing to learn from (see `skipped` of dash_reinforce.sequences)")
    for s in found:
        check_length(s, len(s.prompt_ids), max_prompt, "prompt")
        check_length(s, len(s.completion_ids), max_completion, "completion")
    return found


def check_length(s: Sequence, length: int, limit: int | None, what: str) -> None:
    if limit is not None and length > limit:
        raise ValueError(
            f"{s.thread}, call {s.call}: a {what} of {length} tokens, over {limit}: raise the limit, or leave such sequences"
            " out whole with max_prompt and max_completion of dash_reinforce.sequences; cutting would train on another text"
        )


def needs_logprobs(s: Sequence, trainer: str) -> list[float]:
    """The logprobs of the sampling, for trainers that have no other way to the ratio."""
    if s.logprobs is None:
        raise ValueError(
            f"{s.thread}, call {s.call}: {trainer} needs the logprobs of the sampling: let the agents trace rl.logprobs"
        )
    return s.logprobs


def needs_reward(s: Sequence) -> float:
    if s.reward is None:
        raise ValueError(f"{s.thread}: it has no reward")
    return s.reward


def one_temperature(items: Iterable[Sequence]) -> float | None:
    """The temperature that all were sampled at; None: nobody says."""
    known = {s.temperature for s in items if s.temperature is not None}
    if len(known) > 1:
        raise ValueError(
            f"sampled at several temperatures, {sorted(known)}, where the trainer takes one: split the step"
        )
    return known.pop() if known else None

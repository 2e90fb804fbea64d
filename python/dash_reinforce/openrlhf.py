"""OpenRLHF (extra `openrlhf`): a step as `Experience`s with advantages in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._check import step_of
from .sequences import Sequence


def experiences(items: Iterable[Sequence]) -> list[Any]:
    """One `Experience` for each sequence, as OpenRLHF's own samples generator makes them.

    Everything per token is over `sequences[:, 1:]`, so it has one place fewer than there are tokens. Advantages are in
    place: skip `compute_advantages_and_returns`. Where logprobs are not known, `action_log_probs` is None, to be filled by
    a forward pass of the actor.
    """
    import torch
    from openrlhf.trainer.ppo_utils.experience import Experience

    out = []
    for number, s in enumerate(step_of(items)):
        before, length = len(s.prompt_ids) - 1, len(s.completion_ids)
        mask = torch.tensor([[0] * before + s.mask])
        logprobs = None if s.logprobs is None else torch.tensor([[0.0] * before + s.logprobs])
        reward = torch.tensor([float("nan") if s.reward is None else s.reward])
        out.append(
            Experience(
                sequences=torch.tensor([s.ids]),
                attention_mask=torch.ones(1, len(s.ids), dtype=torch.long),
                action_mask=mask,
                rollout_log_probs=logprobs,
                action_log_probs=None if logprobs is None else logprobs.clone(),
                advantages=s.scaled_advantage * mask.float(),
                returns=s.scaled_advantage * mask.float(),
                rewards=reward,
                scores=reward.clone(),
                response_length=torch.tensor([float(length)]),
                truncated=torch.tensor([s.truncated]),
                total_length=torch.tensor([float(len(s.ids))]),
                prompts=[""],
                labels=[s.example],
                images=[None],
                mm_train_inputs=[None],
                index=[number],
                info={"reward": reward.clone()},
            )
        )
    return out

"""verl (extra `verl`): a step as `DataProto`, and an advantage estimator that takes the values of the batches.

Rows for the TransferQueue of its v1 trainer: `dash_reinforce.transferqueue`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from ._check import needs_reward, one_temperature, step_of
from .sequences import Sequence


def data_proto(
    items: Iterable[Sequence],
    pad_id: int,
    max_prompt: int | None = None,
    max_response: int | None = None,
    score: str = "reward",
) -> Any:
    """A step as verl's workers want it: prompts padded left to `max_prompt`, responses right to `max_response` (default: the
    longest of each). What is longer is refused.

    `advantages` are in it, and need no further computation. `score` says what `rm_scores` and the token level rewards hold:
    the `reward`, for estimators of verl's own, or the `advantage`, for the one that `register` makes.
    """
    import numpy as np
    import torch
    from tensordict import TensorDict
    from verl import DataProto

    found = step_of(items, max_prompt, max_response)
    temperature = one_temperature(found)
    rows = len(found)
    width = max_prompt or max(len(s.prompt_ids) for s in found)
    length = max_response or max(len(s.completion_ids) for s in found)

    def padded(values: list[Any], size: int, fill: float, left: bool, dtype: Any) -> Any:
        out = torch.full((rows, size), fill, dtype=dtype)
        for row, value in enumerate(values):
            part = slice(size - len(value), None) if left else slice(0, len(value))
            out[row, part] = torch.tensor(value, dtype=dtype)
        return out

    prompts = padded([s.prompt_ids for s in found], width, pad_id, True, torch.long)
    responses = padded([s.completion_ids for s in found], length, pad_id, False, torch.long)
    attention = torch.cat(
        [
            padded([[1] * len(s.prompt_ids) for s in found], width, 0, True, torch.long),
            padded([[1] * len(s.completion_ids) for s in found], length, 0, False, torch.long),
        ],
        1,
    )
    mask = padded([s.mask for s in found], length, 0, False, torch.long)
    scores = torch.zeros(rows, length)
    for row, s in enumerate(found):
        scores[row, len(s.completion_ids) - 1] = score_of(s, score)
    batch = {
        "prompts": prompts,
        "responses": responses,
        "input_ids": torch.cat([prompts, responses], 1),
        "attention_mask": attention,
        "position_ids": (attention.cumsum(1) - 1).clamp(min=0),
        "response_mask": mask,
        "token_level_scores": scores,
        "token_level_rewards": scores.clone(),
        "rm_scores": scores.clone(),
        "advantages": torch.tensor([s.scaled_advantage for s in found])[:, None] * mask,
    }
    batch["returns"] = batch["advantages"].clone()
    if all(s.logprobs is not None for s in found):
        logprobs = padded([s.logprobs for s in found], length, 0.0, False, torch.float)
        batch["rollout_log_probs"], batch["old_log_probs"] = logprobs, logprobs.clone()
    return DataProto(
        batch=TensorDict(batch, batch_size=rows),
        non_tensor_batch={
            "uid": np.array([s.group for s in found], dtype=object),
            "rollout_id": np.array([s.thread for s in found], dtype=object),
            "data_source": np.array(["reinforce"] * rows, dtype=object),
        },
        meta_info={"temperature": 1.0 if temperature is None else temperature},
    )


def score_of(s: Sequence, score: str) -> float:
    """What stands on the last token: the advantage by weight, or the rollout's reward."""
    if score == "advantage":
        return s.scaled_advantage
    if score == "reward":
        return needs_reward(s)
    raise ValueError(f"score is {score!r}: give 'advantage' or 'reward'")


def register(name: str = "reinforce") -> str:
    """Makes an advantage estimator for `algorithm.adv_estimator=reinforce`: what `rm_scores` hold is the advantage of every
    token that the policy chose. Call it in every process that computes advantages."""
    from verl.trainer.ppo.core_algos import ADV_ESTIMATOR_REGISTRY, register_adv_est

    if name not in ADV_ESTIMATOR_REGISTRY:

        def given(token_level_rewards: Any, response_mask: Any, config: Any = None, **_: Any) -> Any:
            value = token_level_rewards.sum(-1, keepdim=True) * response_mask
            return value, value

        cast(Any, register_adv_est(name))(given)
    return name

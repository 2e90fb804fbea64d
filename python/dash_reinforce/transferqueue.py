"""TransferQueue (extra `verl`): a step as rows, as verl's v1 rollout workers put them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._check import step_of
from .sequences import Sequence
from .verl import score_of


def put(items: Iterable[Sequence], step: int, partition: str = "train", score: str = "advantage") -> list[str]:
    """Puts the sequences of one step, and marks their groups as finished; returns the keys of the rows.

    A row's key is `{digest}_{rollout}_{call}`: verl splits keys at `_`, and a digest has none. Putting a step again writes
    the same rows. All sequences of a group must come in one call: the mark says that it is complete.

    Args:
        step: the trainer's own step; verl counts staleness from it.
        score: `advantage`, with the estimator of `dash_reinforce.verl.register`; `reward`, where verl computes its own.
    """
    import transfer_queue
    from verl.utils.tensordict_utils import list_of_dict_to_tensordict

    found = step_of(items)
    keys = [f"{s.group}_{s.rollout}_{s.call}" for s in found]
    if len(set(keys)) != len(keys):
        raise ValueError("two sequences of one call: give a step's sequences once")
    # rows that are put together have the same fields: logprobs that only some have are left out, as in a `DataProto`
    known = all(s.logprobs is not None for s in found)
    transfer_queue.kv_batch_put(
        keys=keys,
        fields=list_of_dict_to_tensordict([row(s, score, known) for s in found]),
        tags=[tag(s, step) for s in found],
        partition_id=partition,
    )
    groups = list(dict.fromkeys(s.group for s in found))
    finished = [{"is_prompt": True, "status": "finished", "global_steps": step} for _ in groups]
    transfer_queue.kv_batch_put(keys=groups, tags=finished, partition_id=partition)
    return keys


def row(s: Sequence, score: str = "advantage", logprobs: bool = True) -> dict[str, Any]:
    """The fields of a sequence; nothing is padded. `logprobs`: those of the sampling, where they are known."""
    import torch

    scores = torch.zeros(len(s.completion_ids))
    scores[-1] = score_of(s, score)
    mask = torch.tensor(s.mask)
    out: dict[str, Any] = {
        "prompts": torch.tensor(s.prompt_ids),
        "responses": torch.tensor(s.completion_ids),
        "input_ids": torch.tensor(s.ids),
        "position_ids": torch.arange(len(s.ids)),
        "response_mask": mask,
        "loss_mask": mask.clone(),
        "rm_scores": scores,
        "uid": s.group,
        "session_id": s.rollout,
        "num_turns": 2 * len(s.calls),
        "data_source": "reinforce",
        "multi_modal_inputs": {},
        "extra_fields": {"thread_id": s.thread, "reward": s.reward, "policy_version": s.policy_version},
    }
    if logprobs and s.logprobs is not None:
        out["rollout_log_probs"] = torch.tensor(s.logprobs)
    return out


def tag(s: Sequence, step: int) -> dict[str, Any]:
    """What verl's replay buffer looks at."""
    length = len(s.completion_ids)
    return {
        "status": "success",
        "prompt_len": len(s.prompt_ids),
        "response_len": length,
        "seq_len": len(s.prompt_ids) + length,
        "global_steps": step,
        "min_global_steps": step,
        "max_global_steps": step,
    }

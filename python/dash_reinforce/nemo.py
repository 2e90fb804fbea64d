"""NeMo-RL (extra `nemo`): the columns of its train partition in TransferQueue (nemo_rl/data_plane/schema.py)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._check import step_of
from .sequences import Sequence


def columns(items: Iterable[Sequence], pad_id: int) -> Any:
    """Padded right; everything has the length of prompt and completion, and the prompt is masked. The logprobs are the
    engine's; where they are not known they are 0, and `prev_logprobs` must come from the trainer's own forward."""
    import torch
    from tensordict import TensorDict

    found = step_of(items)
    rows, width = len(found), max(len(s.ids) for s in found)
    out: dict[str, Any] = {
        "input_ids": torch.full((rows, width), pad_id),
        "input_lengths": torch.tensor([len(s.ids) for s in found]),
        "token_mask": torch.zeros(rows, width),
        "generation_logprobs": torch.zeros(rows, width),
        "advantages": torch.zeros(rows, width),
        "sample_mask": torch.tensor([s.weight for s in found]),
    }
    for row, s in enumerate(found):
        first, last = len(s.prompt_ids), len(s.ids)
        out["input_ids"][row, :last] = torch.tensor(s.ids)
        out["token_mask"][row, first:last] = torch.tensor(s.mask, dtype=torch.float)
        out["advantages"][row, first:last] = s.advantage
        if s.logprobs is not None:
            out["generation_logprobs"][row, first:last] = torch.tensor(s.logprobs)
    if all(s.logprobs is not None for s in found):
        out["prev_logprobs"] = out["generation_logprobs"].clone()
    return TensorDict(out, batch_size=rows)


def put(items: Iterable[Sequence], pad_id: int, partition: str = "train") -> list[str]:
    """Puts the sequences of one step; returns the keys of the rows, `{digest}_g{rollout}_{call}`."""
    import transfer_queue

    found = step_of(items)
    keys = [f"{s.group}_g{s.rollout}_{s.call}" for s in found]
    transfer_queue.kv_batch_put(
        keys=keys,
        partition_id=partition,
        fields=columns(found, pad_id),
        tags=[{"group": s.group, "reward": s.reward, "policy_version": s.policy_version} for s in found],
    )
    return keys

"""A clipped policy gradient in plain torch (extra `torch`): the yardstick of every adapter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .sequences import Sequence, normalized


def loss(model: Any, sequences: Iterable[Sequence], pad_id: int, clip: float = 0.2) -> tuple[Any, float]:
    """The loss of one step, and the drift: the largest |log ratio| between the model and the logprobs of the sampling.

    The mean over sequences, by weight, of the mean over the tokens that the policy chose. Where logprobs are not known the
    ratio is 1: right for the policy that sampled them, and for one epoch.

    Args:
        model: called as `model(input_ids=, attention_mask=)`; gives logits, or an object that has them.
    """
    import torch

    items = normalized(sequences)
    if not items:
        raise ValueError("no sequences: nothing to learn from (see `skipped` of dash_reinforce.sequences)")
    device = next(model.parameters()).device
    shape = (len(items), max(len(s.ids) for s in items))
    ids = torch.full(shape, pad_id)
    attention = torch.zeros(shape, dtype=torch.long)
    advantage, mask, old = torch.zeros(shape), torch.zeros(shape), torch.full(shape, float("nan"))
    for row, s in enumerate(items):
        first, last = len(s.prompt_ids), len(s.ids)
        ids[row, :last] = torch.tensor(s.ids)
        attention[row, :last] = 1
        mask[row, first:last] = torch.tensor(s.mask, dtype=torch.float)
        advantage[row, first:last] = s.scaled_advantage
        if s.logprobs is not None:
            old[row, first:last] = torch.tensor(s.logprobs)
    ids, attention, advantage, mask, old = (t.to(device) for t in (ids, attention, advantage, mask, old))
    out = model(input_ids=ids, attention_mask=attention)
    logits = getattr(out, "logits", out)[:, :-1].float() / temperatures(items).to(device)[:, None, None]
    logprobs = torch.log_softmax(logits, -1).gather(2, ids[:, 1:, None])[:, :, 0]
    advantage, mask, old = advantage[:, 1:], mask[:, 1:], old[:, 1:]
    old = torch.where(old.isnan(), logprobs.detach(), old)
    ratio = torch.exp(torch.where(mask > 0, logprobs - old, torch.zeros_like(old)))
    each = -torch.minimum(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    value = ((each * mask).sum(1) / mask.sum(1)).sum() / len(items)
    return value, ((logprobs.detach() - old).abs() * mask).max().item()


def temperatures(items: Iterable[Sequence]) -> Any:
    """The temperatures of the sampling; one that is not known is taken for 1. Greedy sampling has no gradient: refused."""
    import torch

    for s in items:
        if s.temperature is not None and not s.temperature > 0:
            raise ValueError(
                f"{s.thread}: sampled at temperature {s.temperature}: greedy choices have no policy gradient"
            )
    return torch.tensor([1.0 if s.temperature is None else s.temperature for s in items])

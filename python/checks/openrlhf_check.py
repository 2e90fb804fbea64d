"""OpenRLHF: its PolicyLoss on our Experiences. Its package needs deepspeed and flash-attn, which a CPU has no use for: only
the modules of Experience and PolicyLoss are loaded, with an empty `deepspeed` in place of the real one."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import types

import torch
from tiny import distance, done, expected, gradient, policy, report, variants

folder = importlib.util.find_spec("openrlhf").submodule_search_locations[0]
for name in ("models", "trainer", "trainer.ppo_utils", "utils"):
    shell = types.ModuleType(f"openrlhf.{name}")
    shell.__path__ = [f"{folder}/{name.replace('.', '/')}"]
    sys.modules[f"openrlhf.{name}"] = shell
empty = types.ModuleType("deepspeed")
empty.__spec__ = importlib.machinery.ModuleSpec("deepspeed", None)
sys.modules.setdefault("deepspeed", empty)

from openrlhf.models.loss import PolicyLoss  # noqa: E402
from openrlhf.trainer.ppo_utils.experience import make_experience_batch, split_experience_batch  # noqa: E402

from dash_reinforce.openrlhf import experiences  # noqa: E402


def actor(model, batch):
    """OpenRLHF's `Actor.forward`, without its CUDA kernels."""
    rolled = torch.roll(batch.sequences, -1, 1)
    places = (batch.attention_mask.cumsum(-1) - 1).masked_fill(batch.attention_mask == 0, 1)
    logits = model(batch.sequences, attention_mask=batch.attention_mask, position_ids=places).logits.float()
    each = torch.log_softmax(logits, -1).gather(2, rolled[:, :, None])[:, :, 0][:, :-1]
    return each[:, -batch.action_mask.shape[1] :] * batch.action_mask.float()


model = policy()
for name, items in variants(model):
    batch = make_experience_batch([one for whole in experiences(items) for one in split_experience_batch(whole)])
    for by_token, level in ((True, "token"), (False, "sequence")):
        mine = actor(model, batch)
        old = batch.action_log_probs if batch.action_log_probs is not None else mine.detach()
        loss, *_ = PolicyLoss(token_level_loss=by_token)(
            mine, old, batch.advantages, action_mask=batch.action_mask, rollout_log_probs=batch.rollout_log_probs
        )
        report(
            f"PolicyLoss by {level}, {name}",
            distance(gradient(model, loss), gradient(model, expected(model, items, level))),
        )
done()

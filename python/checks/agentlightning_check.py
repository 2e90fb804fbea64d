"""agent-lightning: its adapter's data from our rollouts, and its own rollout-level GRPO on our rewards."""

from __future__ import annotations

import torch
from agentlightning.verl.rollout_adapter import RolloutAdapter
from agentlightning.verl.rollout_level_advantage import compute_rollout_level_advantage
from tiny import PAD, done, golden, policy, report, sampled
from verl.trainer.config import AlgoConfig

from dash_reinforce.agentlightning import completed_rollouts

items = [s for s in sampled(policy(), golden(False)) if all(s.mask)]
for level in ("transition", "trajectory"):
    adapter = RolloutAdapter(
        max_prompt_length=1024, max_response_length=1024, device=torch.device("cpu"), pad_token_id=PAD,
        trace_aggregator_level=level,
    )  # fmt: skip
    data, _ = adapter.get_train_data_batch(completed_rollouts(items))
    if level == "transition":
        report("a row for each sequence", len(data) == len(items))
        ids = {(tuple(p), tuple(c)) for p, c in ((s.prompt_ids, s.completion_ids) for s in items)}
        rows = {
            (tuple(p[p != PAD].tolist()), tuple(r[m.bool()].tolist()))
            for p, r, m in zip(data.batch["prompts"], data.batch["responses"], data.batch["attention_mask"][:, -1024:])
        }
        report("ids of prompt and response are ours", rows == {(tuple(t for t in p if t != PAD), c) for p, c in ids})
    data.batch["token_level_rewards"] = data.batch["token_level_scores"].clone()
    if "response_mask" not in data.batch:
        data.batch["response_mask"] = data.batch["attention_mask"][:, -data.batch["responses"].shape[1] :]
    data.non_tensor_batch["uid"] = data.non_tensor_batch["data_id_list"]
    data, _ = compute_rollout_level_advantage(
        data, adv_estimator="grpo", gamma=1, lam=1, num_repeat=1, config=AlgoConfig()
    )
    found = {}
    for row, name in enumerate(data.non_tensor_batch["rollout_id_list"]):
        found[name] = data.batch["advantages"][row][data.batch["response_mask"][row].bool()][0].item()
    complete = {s.group for s in items}
    worst = max(abs(found[f"{s.group}-{s.rollout}"] - s.advantage) for s in items if s.group in complete)
    report(f"its own GRPO on our rewards, {level}: it keeps scores as bfloat16", worst, 5e-3)
done()

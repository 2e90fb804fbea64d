"""verl: its loss on our DataProto, its own GRPO on our rewards, the registered estimator; TransferQueue and its replay buffer.

verl_check.py [losses] [queue]
"""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import torch
from tiny import PAD, distance, done, expected, golden, gradient, policy, report, sampled, variants
from verl.trainer.config import AlgoConfig
from verl.trainer.ppo import core_algos
from verl.trainer.ppo.ray_trainer import compute_advantage

from dash_reinforce.verl import data_proto, register


class Config(dict):
    """What verl's loss reads of its actor's configuration."""

    clip_ratio = clip_ratio_low = clip_ratio_high = 0.2
    global_batch_info: dict = {}  # noqa: RUF012

    def get(self, key, default=None):
        return default


def logprobs(model, batch):
    prompts = batch["prompts"].shape[1]
    out = model(
        input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], position_ids=batch["position_ids"]
    )
    each = torch.log_softmax(out.logits[:, prompts - 1 : -1].float(), -1)
    return each.gather(2, batch["responses"][:, :, None])[:, :, 0]


def check_losses():
    model = policy()
    for name, items in variants(model):
        for padding, limits in (("", (None, None)), (", wide", (400, 400))):
            data = data_proto(items, PAD, *limits)
            batch = data.batch
            mine = logprobs(model, batch)
            old = batch["old_log_probs"] if "old_log_probs" in batch.keys() else mine.detach()  # noqa: SIM118
            for mode, level in (("seq-mean-token-mean", "sequence"), ("token-mean", "token")):
                loss, _ = core_algos.compute_policy_loss_vanilla(
                    old_log_prob=old, log_prob=mine, advantages=batch["advantages"], response_mask=batch["response_mask"],
                    loss_agg_mode=mode, config=Config(),
                )  # fmt: skip
                model.zero_grad()
                loss.backward(retain_graph=True)
                found = torch.cat([p.grad.flatten() for p in model.parameters()]).clone()
                report(f"loss {mode}, {name}{padding}", distance(found, gradient(model, expected(model, items, level))))

    items = golden(True, ("c13-agent", "c16-one_node", "c20-parallel"))  # groups whose rollouts all have token ids
    data = data_proto(items, PAD, score="advantage")
    ours = data.batch["advantages"].clone()
    register()
    given = compute_advantage(data, adv_estimator="reinforce", config=AlgoConfig()).batch["advantages"]
    report(
        "algorithm.adv_estimator=reinforce gives our advantages", bool(torch.allclose(given, ours, rtol=1e-6, atol=0))
    )

    first = {}
    for number, s in enumerate(items):
        first.setdefault((s.group, s.rollout), number)
    rows = data_proto(items, PAD).select_idxs(np.array(list(first.values())))
    verls = compute_advantage(rows, adv_estimator=core_algos.AdvantageEstimator.GRPO, config=AlgoConfig())
    worst = 0.0
    for row, number in enumerate(first.values()):
        at = items[number].mask.index(1)
        # `dashflow` and verl differ in epsilon alone: 1e-8 and 1e-6
        worst = max(worst, abs(verls.batch["advantages"][row, at].item() - items[number].advantage))
    report("verl's own GRPO on our rewards, all rollouts", worst, 1e-5)

    try:
        data_proto(items, PAD, max_prompt=3)
        report("a prompt that is too long is refused", False)
    except ValueError:
        report("a prompt that is too long is refused", True)


def check_queue():
    from own_ray import own_ray

    with own_ray():
        round_trips()


def round_trips():
    import transfer_queue
    from omegaconf import OmegaConf

    from dash_reinforce import nemo, transferqueue

    transfer_queue.init(OmegaConf.create({"backend": {"SimpleStorage": {"num_data_storage_units": 1}}}))
    items = sampled(policy(), golden(True))
    keys = transferqueue.put(items, step=5)
    fields = ["prompts", "responses", "response_mask", "rm_scores", "rollout_log_probs"]
    back = transfer_queue.kv_batch_get(keys=keys, partition_id="train", select_fields=fields)
    equal = all(
        back["prompts"][n].tolist() == s.prompt_ids
        and back["responses"][n].tolist() == s.completion_ids
        and back["response_mask"][n].tolist() == s.mask
        and torch.equal(back["rollout_log_probs"][n], torch.tensor(s.logprobs))
        for n, s in enumerate(items)
    )
    report("rows come back from TransferQueue as they were put", equal)
    before = len(transfer_queue.kv_list(partition_id="train")["train"])
    transferqueue.put(items, step=5)
    report(
        "putting a step again makes no new rows", len(transfer_queue.kv_list(partition_id="train")["train"]) == before
    )

    from verl.trainer.ppo.v1.replay_buffer import ReplayBufferAsync

    buffer = ReplayBufferAsync(
        trainer_mode="separate_async", trainer_config=OmegaConf.create({}), max_off_policy_threshold=4,
        max_off_policy_strategy="drop", sampler_kwargs=OmegaConf.create({}), poll_interval=0.1,
    )  # fmt: skip
    groups = len({s.group for s in items})
    sample, _ = buffer.sample(global_steps=6, partition_id="train", batch_size=groups)
    report("verl's replay buffer samples our rows, all of them", sorted(sample.keys) == sorted(keys))

    transferqueue.put(items, step=1)
    threading.Thread(target=lambda: buffer.wait_for_sampleable(9, "train", 1), daemon=True).start()
    left, end = 1, time.monotonic() + 300
    while left and time.monotonic() < end:
        time.sleep(0.1)
        left = sum(len(found) for found in (transfer_queue.kv_list() or {}).values())
    report("verl drops what is too old for it (step 1 at 9)", left == 0)

    keys = nemo.put(items, PAD, partition="nemo")
    fields = ["input_ids", "advantages", "token_mask", "generation_logprobs", "input_lengths", "sample_mask"]
    back = transfer_queue.kv_batch_get(keys=keys, partition_id="nemo", select_fields=fields)
    wanted = nemo.columns(items, PAD)

    def whole(value):
        return value.to_padded_tensor(0) if value.is_nested else value

    report("NeMo-RL's columns come back as they were put", all(torch.equal(whole(back[k]), wanted[k]) for k in fields))
    transfer_queue.close()


for part in sys.argv[1:] or ("losses", "queue"):
    {"losses": check_losses, "queue": check_queue}[part]()
done()

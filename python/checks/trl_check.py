"""TRL: the gradient of GRPOTrainer's own loss, whole steps, gradient accumulation, commits; the async trainer on the CPU."""

from __future__ import annotations

import tempfile
from dataclasses import replace

import torch
from datasets import Dataset
from tiny import PAD, distance, done, expected, golden, gradient, policy, report, sampled, unknown, variants
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from trl import GRPOConfig

from dash_reinforce.trl import NoWeightTransfer, ReinforceGRPOTrainer, RolloutWorker, grpo_inputs

folder = tempfile.mkdtemp(prefix="trl-check-")
vocabulary = {f"<{n}>": n for n in range(256)}
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel(vocabulary, unk_token="<2>")), pad_token="<0>", eos_token="<1>"
)
tokenizer.chat_template = "{% for m in messages %}{{ m.content }}{% endfor %}"
SILENT = {
    "report_to": [],
    "save_strategy": "no",
    "logging_strategy": "no",
    "use_cpu": True,
    "bf16": False,
    "disable_tqdm": True,
}


def trainer(model, steps, trained=None, **options):
    config = {"max_steps": 1, "learning_rate": 1.0, "weight_decay": 0.0, "max_grad_norm": 1e9, "lr_scheduler_type": "constant",
              "optim": "sgd", "beta": 0.0, "loss_type": "grpo", "num_generations": 2, "per_device_train_batch_size": 2,
              "steps_per_generation": 1, "temperature": 1.0}  # fmt: skip
    args = GRPOConfig(output_dir=folder, **{**config, **SILENT, **options})
    return ReinforceGRPOTrainer(model=model, args=args, processing_class=tokenizer, steps=steps, trained=trained)


model = policy()
one = trainer(model, [])
one.current_gradient_accumulation_steps = 1
for name, items in variants(model):
    for loss_type, level in (("grpo", "sequence"), ("dapo", "token")):
        one.loss_type = loss_type
        model.train()
        found = gradient(model, one.compute_loss(model, grpo_inputs(items, PAD)))
        report(f"loss {loss_type}, {name}", distance(found, gradient(model, expected(model, items, level))))


def moved(items, **options):
    """What a whole training of one step changes, at learning rate 1: its gradient."""
    model, committed = policy(), []
    before = torch.cat([p.detach().flatten() for p in model.parameters()]).clone()
    made = trainer(model, [(items, "the batch")], committed.append, **options)
    made.train()
    after = torch.cat([p.detach().flatten() for p in model.parameters()])
    return before - after, committed


items = sampled(model, golden(True))
for loss_type, level in (("grpo", "sequence"), ("bnpo", "token"), ("dapo", "token")):
    for parts in (1, 3, 40):
        found, committed = moved(
            items, loss_type=loss_type, gradient_accumulation_steps=parts, steps_per_generation=parts
        )
        fresh = policy()
        wanted = gradient(fresh, expected(fresh, items, level))
        report(f"train() {loss_type} in {parts} parts", distance(found, wanted))
        assert committed == ["the batch"], committed
report("each batch is reported after its step", True)

ahead = []
handed = []


def steps():
    for number in range(5):
        handed.append(number)
        yield items, number


trainer(policy(), steps(), lambda number: ahead.append((number, len(handed))), max_steps=4, learning_rate=1e-3).train()
report("commits follow the steps though the loader reads ahead", [n for n, _ in ahead] == [0, 1, 2, 3])

try:
    trainer(policy(), [([replace(s, temperature=0.5) for s in items], 0)]).train()
    report("another temperature is refused", False)
except ValueError as error:
    report("another temperature is refused", "GRPOConfig(temperature=0.5)" in str(error))


class Kernel:
    """The async trainer's attention kernel is CUDA's; this is the same on the CPU."""

    @staticmethod
    def flash_attn_varlen_func(
        q, k, v, begins_q, begins_k, _q, _k, softmax_scale=None, causal=True, window_size=None, **_
    ):
        out = torch.empty_like(q)
        for n in range(len(begins_q) - 1):
            a, b, c, d = int(begins_q[n]), int(begins_q[n + 1]), int(begins_k[n]), int(begins_k[n + 1])
            one, two, three = (x.transpose(0, 1) for x in (q[a:b], k[c:d], v[c:d]))
            scores = (one @ two.transpose(1, 2)) * (softmax_scale or q.shape[-1] ** -0.5)
            seen = torch.ones(b - a, d - c, dtype=torch.bool).tril(d - c - (b - a))
            out[a:b] = (scores.masked_fill(~seen, float("-inf")).softmax(-1) @ three).transpose(0, 1)
        return out


def check_async():
    import trl.experimental.async_grpo.async_grpo_trainer as module
    from trl.experimental.async_grpo import AsyncGRPOConfig, AsyncGRPOTrainer, packing

    packing._flash_attn = lambda: Kernel
    module.get_peak_flops_per_device = lambda *_: None
    tokenizer.save_pretrained(f"{folder}/model")
    policy().save_pretrained(f"{folder}/model")
    args = AsyncGRPOConfig(
        output_dir=folder, max_steps=1, per_device_train_batch_size=len(items), gradient_accumulation_steps=1, token_budget=0,
        learning_rate=1.0, weight_decay=0.0, max_grad_norm=1e9, optim="sgd", max_staleness=10**9, dtype="float32",
        num_generations=4, dataloader_pin_memory=False, **SILENT,
    )  # fmt: skip
    worker = RolloutWorker([(items, "a"), (items, "b"), (items, "c")], version=lambda s: 0)
    made = AsyncGRPOTrainer(
        model=f"{folder}/model", args=args, processing_class=tokenizer, train_dataset=Dataset.from_dict({"prompt": ["-"]}),
        rollout_worker=worker, weight_transfer=NoWeightTransfer(),
    )  # fmt: skip
    before = torch.cat([p.detach().flatten().clone() for p in made.model.parameters()])
    made.train()
    after = torch.cat([p.detach().flatten() for p in made.model.parameters()])
    fresh = policy()
    wanted = gradient(fresh, expected(fresh, items, "token"))
    report("AsyncGRPOTrainer, a step from the queue (kernel on the CPU)", distance(before - after, wanted))
    try:
        RolloutWorker([]).sample(unknown(items)[0])
        report("AsyncGRPOTrainer refuses unknown logprobs", False)
    except ValueError:
        report("AsyncGRPOTrainer refuses unknown logprobs", True)


check_async()
done()

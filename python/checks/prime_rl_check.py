"""prime-rl: its receiver reads what StepWriter writes, and its loss on it is the one written out here.

Its loss is not a clipped ratio: where a token's probability moved too far it is masked, and a squared log ratio is added.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from prime_rl.trainer.rl.loss import LossInputs, default_loss_fn, shift_tensor_left, shift_tensor_right
from prime_rl.transports.rollouts import FileSystemMicroBatchReceiver
from tiny import distance, done, golden, gradient, logprobs, policy, report, sampled, unknown

from dash_reinforce import normalized
from dash_reinforce.prime_rl import StepWriter, training_samples

try:
    from prime_rl.configs.trainer import DefaultLossConfig
except ImportError:
    from prime_rl_configs.trainer import DefaultLossConfig

RANKS = 2
config = DefaultLossConfig()


def written(items):
    """A step through the filesystem, as each rank receives it."""
    folder = Path(tempfile.mkdtemp(prefix="prime-rl-check-"))
    grid = StepWriter(folder, ranks=RANKS, seq_len=1024).write(items)
    out = []
    for rank in range(RANKS):
        receiver = FileSystemMicroBatchReceiver(folder, rank)
        receiver.wait()
        out.append(receiver.receive())
    report("its receiver reads what was written", out == [list(found) for found in grid])
    return [batch for found in out for batch in found]


def its_loss(model, batches):
    total, count = 0.0, 0
    for batch in batches:
        at = 0
        for length in batch.sequence_lengths:
            part = slice(at, at + length)
            at += length
            if not any(batch.loss_mask[part]):
                continue
            ids = torch.tensor([batch.input_ids[part]])
            logits = model(input_ids=ids).logits / torch.tensor(batch.temperatures[part])[None, :, None]
            each = torch.log_softmax(logits.float(), -1).gather(2, shift_tensor_left(ids)[:, :, None])[:, :, 0]
            inputs = LossInputs(
                shift_tensor_right(each)[0], torch.tensor(batch.inference_logprobs[part]), None,
                torch.tensor(batch.advantages[part]), torch.tensor(batch.loss_mask[part]),
                torch.tensor(batch.rl_weights[part]) if batch.rl_weights else None,
            )  # fmt: skip
            total = total + default_loss_fn(inputs, config).loss
            count += sum(batch.loss_mask[part])
    return total / count


def our_loss(model, items):
    total, count = 0.0, 0
    for s in normalized(items):
        each, old, kept = logprobs(model, s), torch.tensor(s.logprobs), torch.tensor(s.mask, dtype=torch.float)
        moved = torch.exp(each) - torch.exp(old)
        far = moved > config.dppo_mask_high if s.advantage > 0 else moved < -config.dppo_mask_low
        gain = (~far).float() * s.advantage * config.adv_tau * torch.exp(each - old)
        total = total + (s.weight * kept * (config.kl_tau * (each - old) ** 2 - gain)).sum()
        count += kept.sum()
    return total / count


model = policy()
for merge in (True, False):
    items = sampled(model, golden(merge))
    found = gradient(model, its_loss(model, written(items)))
    report(f"its loss, {'merged' if merge else 'unmerged'}", distance(found, gradient(model, our_loss(model, items))))

for what, call in (
    ("unknown logprobs are refused", lambda: training_samples(unknown(items))),
    ("what is longer than seq_len is refused", lambda: StepWriter(tempfile.mkdtemp(), seq_len=20).write(items)),
):
    try:
        call()
        report(what, False)
    except ValueError:
        report(what, True)
done()

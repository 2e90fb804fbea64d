"""prime-rl (extra `prime-rl`): a step's files for the filesystem transport of its trainers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ._check import check_length, needs_logprobs, step_of
from .sequences import Sequence


def training_samples(items: Iterable[Sequence], env: str = "reinforce") -> list[Any]:
    """`TrainingSample`s: nothing is padded, every stream has the length of prompt and completion. Logprobs and temperature
    are required."""
    from prime_rl.transports.rollouts.types import TrainingSample

    return [TrainingSample(env_name=env, **streams(s)) for s in step_of(items)]


def streams(s: Sequence) -> dict[str, Any]:
    """The fields of a `TrainingSample`."""
    first, length = len(s.prompt_ids), len(s.completion_ids)
    logprobs = needs_logprobs(s, "prime-rl")
    if s.temperature is None:
        raise ValueError(f"{s.thread}, call {s.call}: prime-rl needs the temperature: trace gen_ai.request.temperature")
    return {
        "token_ids": s.ids,
        "mask": [False] * first + [bool(m) for m in s.mask],
        "logprobs": [0.0] * first + logprobs,
        "temperatures": [s.temperature] * (first + length),
        "advantages": [0.0] * first + [s.advantage] * length,
        "rl_weights": None if s.weight == 1 else [s.weight] * (first + length),
    }


class StepWriter:
    """Writes one step after the other where the trainers' `FileSystemMicroBatchReceiver` waits for it
    (`rollouts/step_N/rank_R.bin`)."""

    def __init__(
        self,
        output_dir: str | Path,
        ranks: int = 1,
        seq_len: int = 8192,
        step: int = 0,
        pad_to_multiple_of: int = 1,
    ) -> None:
        from prime_rl.transports.rollouts import FileSystemMicroBatchSender

        self.sender = FileSystemMicroBatchSender(Path(output_dir), ranks, step)
        self.ranks, self.seq_len, self.pad = ranks, seq_len, pad_to_multiple_of

    def write(self, items: Iterable[Sequence]) -> Any:
        """Writes one step; returns the micro batches of each rank. What is longer than `seq_len` is refused: prime-rl would
        cut it."""
        import asyncio

        from prime_rl.trainer.batch import build_bin_cost, prepare_batch

        found = step_of(items)
        for s in found:
            check_length(s, len(s.ids), self.seq_len, "sequence")
        grid = prepare_batch(training_samples(found), self.seq_len, self.ranks, build_bin_cost(None), self.pad)
        asyncio.run(self.sender.send(grid))
        return grid

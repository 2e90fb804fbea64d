"""TRL (extra `trl`): its GRPO loss and trainers, fed from batches. docs/trainers.md says what was tried, and what to mind.

`ReinforceGRPOTrainer` is made when it is first asked for, so that this module can be imported without TRL.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Callable

from ._check import needs_logprobs, one_temperature, step_of
from .sequences import Sequence

Steps = Iterable[tuple[Iterable[Sequence], Any]]
"""(sequences, batch) for each optimiser step; the batch is given back when the step is done."""

if TYPE_CHECKING:
    ReinforceGRPOTrainer: Any


def grpo_inputs(
    items: Iterable[Sequence],
    pad_id: int,
    device: Any = "cpu",
    use_logprobs: bool | None = None,
    max_prompt: int | None = None,
    max_completion: int | None = None,
) -> dict[str, Any]:
    """The dictionary that `GRPOTrainer._compute_loss` takes: prompts padded left, completions right, all of completion
    length but the prompts.

    use_logprobs: None: where all sequences have them; True: refuse where one has none; False: ratio 1, which is right for
    the policy that sampled, and for one epoch.
    """
    return _inputs(step_of(items, max_prompt, max_completion), pad_id, device, use_logprobs)


def _inputs(found: list[Sequence], pad_id: int, device: Any, use_logprobs: bool | None) -> dict[str, Any]:
    import torch

    rows = len(found)
    prompts, completions = max(len(s.prompt_ids) for s in found), max(len(s.completion_ids) for s in found)
    out: dict[str, Any] = {
        "prompt_ids": torch.full((rows, prompts), pad_id),
        "prompt_mask": torch.zeros(rows, prompts, dtype=torch.long),
        "completion_ids": torch.full((rows, completions), pad_id),
        "completion_mask": torch.zeros(rows, completions, dtype=torch.long),
        "tool_mask": torch.ones(rows, completions, dtype=torch.long),
        "advantages": torch.tensor([s.scaled_advantage for s in found], dtype=torch.float),
    }
    known = use_logprobs is True or (use_logprobs is None and all(s.logprobs is not None for s in found))
    if known:
        out["old_per_token_logps"] = torch.zeros(rows, completions)
    for row, s in enumerate(found):
        first, length = prompts - len(s.prompt_ids), len(s.completion_ids)
        out["prompt_ids"][row, first:] = torch.tensor(s.prompt_ids)
        out["prompt_mask"][row, first:] = 1
        out["completion_ids"][row, :length] = torch.tensor(s.completion_ids)
        out["completion_mask"][row, :length] = 1
        out["tool_mask"][row, :length] = torch.tensor(s.mask)
        if known:
            out["old_per_token_logps"][row, :length] = torch.tensor(needs_logprobs(s, "this step"))
    out["num_items_in_batch"] = (out["completion_mask"] * out["tool_mask"]).sum()
    return {name: value.to(device) for name, value in out.items()}


def micro_batches(
    items: Iterable[Sequence], count: int, loss_type: str, options: dict[str, Any]
) -> list[dict[str, Any]]:
    """A step in `count` parts whose losses, as TRL averages them over gradient accumulation, add up to the whole step's.

    options: `pad_id` and what else `grpo_inputs` takes.
    """
    limits = {name: options.pop(name, None) for name in ("max_prompt", "max_completion")}
    found = step_of(items, **limits)
    if options.get("use_logprobs") is None:
        options["use_logprobs"] = all(s.logprobs is not None for s in found)
    whole = sum(sum(s.mask) for s in found)
    out = []
    for part in range(count):
        some = found[part * len(found) // count : (part + 1) * len(found) // count]
        # fewer sequences than parts: one that adds nothing stands in, for the trainer counts its parts
        share = len(some) * count / len(found)
        if loss_type == "bnpo":
            share = sum(sum(s.mask) for s in some) * count / whole
        inputs = _inputs(some or found[:1], options["pad_id"], options.get("device", "cpu"), options["use_logprobs"])
        if loss_type not in ("dapo", "cispo", "vespo"):
            inputs["advantages"] *= share
        elif not some:
            inputs["advantages"] *= 0
        inputs["num_items_in_batch"].fill_(whole)
        out.append(inputs)
    return out


def _made() -> Any:
    import torch
    from datasets import Dataset
    from transformers import Trainer, TrainerCallback
    from trl import GRPOTrainer

    class Done(TrainerCallback):  # type: ignore[misc]
        def __init__(self, trainer: Any) -> None:
            self.trainer = trainer

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.trainer.step_is_done()

    class ReinforceGRPOTrainer(GRPOTrainer):  # type: ignore[misc]
        """`GRPOTrainer` that generates and scores nothing: `steps` gives (sequences, batch), one optimiser step each.

        With `gradient_accumulation_steps` a step is cut into that many parts. `trained(batch)` is called once the step that
        used it is done: `reader.commit`, or `reader.trained` where a checkpoint comes first. `version` counts the steps.
        """

        def __init__(
            self,
            *args: Any,
            steps: Steps,
            trained: Callable[[Any], Any] | None = None,
            use_logprobs: bool | None = None,
            max_prompt: int | None = None,
            max_completion: int | None = None,
            **kwargs: Any,
        ) -> None:
            self.steps_given, self.trained_done = steps, trained
            self.input_options = {
                "use_logprobs": use_logprobs, "max_prompt": max_prompt, "max_completion": max_completion
            }  # fmt: skip
            self.handed: dict[int, Any] = {}
            self.used: list[int] = []
            if len(args) < 4 and kwargs.get("train_dataset") is None:
                kwargs["train_dataset"] = Dataset.from_dict({"prompt": ["-"]})  # it is asked for, and not read
            super().__init__(*args, reward_funcs=[_no_reward], **kwargs)
            if self.beta != 0 or self.use_vllm or self.num_iterations != 1:
                raise ValueError("beta, use_vllm and num_iterations=2 need what TRL computes while it generates: set beta=0,"
                                 " use_vllm=False, num_iterations=1")  # fmt: skip
            self.add_callback(Done(self))

        def get_train_dataloader(self) -> Any:
            trainer = self

            class Steps(torch.utils.data.IterableDataset):  # type: ignore[misc]
                def __iter__(self) -> Iterator[dict[str, Any]]:
                    return trainer.inputs()

            return torch.utils.data.DataLoader(Steps(), batch_size=None)

        def inputs(self) -> Iterator[dict[str, Any]]:
            for number, (items, batch) in enumerate(self.steps_given):
                found = list(items)
                if not found:
                    if self.trained_done:
                        self.trained_done(batch)
                    continue
                sampled = one_temperature(found)
                if sampled is not None and abs(sampled - self.temperature) > 1e-6:
                    raise ValueError(
                        f"sampled at temperature {sampled}, trained at {self.temperature}: set GRPOConfig(temperature={sampled})"
                    )
                self.handed[number] = batch
                options = {**self.input_options, "pad_id": self.processing_class.pad_token_id}
                parts = micro_batches(found, self.args.gradient_accumulation_steps, self.loss_type, options)
                for inputs in parts:
                    if self.loss_type in ("dapo", "cispo", "vespo"):
                        scale = self.args.steps_per_generation / len(parts)
                        inputs["num_items_in_batch"] = inputs["num_items_in_batch"] * scale
                    yield {**inputs, "step_number": torch.tensor(number)}

        def _prepare_inputs(self, inputs: dict[str, Any]) -> Any:
            self.used.append(int(inputs["step_number"]))
            return Trainer._prepare_inputs(self, {k: v for k, v in inputs.items() if k != "step_number"})

        def step_is_done(self) -> None:
            for number in dict.fromkeys(self.used):
                batch = self.handed.pop(number)
                if self.trained_done:
                    self.trained_done(batch)
            self.used = []

    return ReinforceGRPOTrainer


def _no_reward(completions: Any, **_: Any) -> None:
    raise RuntimeError("rewards come with the batches: this trainer scores nothing")


def __getattr__(name: str) -> Any:
    if name == "ReinforceGRPOTrainer":
        globals()[name] = _made()
        return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Counted(queue.Queue):  # type: ignore[type-arg]
    """A queue that counts what was taken out of it."""

    taken = 0

    def _get(self) -> Any:
        self.taken += 1
        return super()._get()


class RolloutWorker:
    """`rollout_worker` of TRL's `AsyncGRPOTrainer`, which takes the samples that this puts on a queue.

    Args:
        steps: (sequences, batch); every sequence needs logprobs.
        version: of a sequence's policy, as the trainer counts its own: staleness is their difference.
        trained: called with each batch whose samples the trainer took at least `lag` weight updates ago: its loaders fetch
            ahead, so what was taken a moment ago may not have been trained on.
    """

    def __init__(
        self,
        steps: Steps,
        version: Callable[[Sequence], int] | None = None,
        trained: Callable[[Any], Any] | None = None,
        lag: int = 2,
        maxsize: int = 1024,
    ) -> None:
        self.steps, self.trained, self.lag = steps, trained, max(1, lag)
        self.version = version or (lambda s: int(s.policy_version))
        self.rollout_buffer = _Counted(maxsize)
        self.metrics_queue: queue.Queue[Any] = queue.Queue()
        self.model_version = 0
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._groups: dict[str, int] = {}
        self._put = 0
        self._ends: deque[tuple[int, Any]] = deque()
        self._taken: deque[int] = deque()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to fill the queue, in a thread."""
        self._thread = threading.Thread(target=self._run, name="reinforce-rollouts", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for items, batch in self.steps:
                for s in step_of(items):
                    sample = self.sample(s)
                    while not self._stop.is_set():
                        try:
                            self.rollout_buffer.put(sample, timeout=0.2)
                            break
                        except queue.Full:
                            continue
                    if self._stop.is_set():
                        return
                    self._put += 1
                self._ends.append((self._put, batch))
        except BaseException as error:  # told by check_health, in the trainer's own thread
            self._error = error

    def sample(self, s: Sequence) -> Any:
        """A `RolloutSample`: everything has the length of prompt and completion."""
        import numpy as np
        from trl.experimental.async_grpo.async_rollout_worker import RolloutSample

        first = len(s.prompt_ids)
        return RolloutSample(
            prompt=[],
            completion=[],
            input_ids=np.array(s.ids, dtype=np.int64),
            completion_mask=np.array([0] * first + s.mask, dtype=np.int64),
            old_log_probs=np.array([0.0] * first + needs_logprobs(s, "AsyncGRPOTrainer"), dtype=np.float32),
            advantage=s.scaled_advantage,
            model_version=self.version(s),
            group_id=self._groups.setdefault(s.group, len(self._groups)),
            metrics={"reward": float("nan") if s.reward is None else s.reward},
            enqueued_at=time.time(),
        )

    def stop(self) -> None:
        """Ends the thread."""
        self._stop.set()

    def update_model_version(self, version: int) -> None:
        """The trainer has made a step."""
        self.model_version = version
        self._taken.append(self.rollout_buffer.taken)
        if len(self._taken) <= self.lag:
            return
        done = self._taken.popleft()
        while self._ends and self._ends[0][0] <= done:
            _, batch = self._ends.popleft()
            if self.trained:
                self.trained(batch)

    def check_health(self, stale_after_s: float) -> None:
        """Raises what stopped the thread; that there are no more steps, too, once all samples were taken."""
        if self._error is not None:
            raise self._error
        ended = self._thread is not None and not self._thread.is_alive() and not self._stop.is_set()
        if ended and self.rollout_buffer.empty():
            raise RuntimeError(
                f"the steps have ended, after {self._put} samples, and the trainer waits for more: give it steps without end"
                " (a Reader without timeout), or a max_steps that they are enough for"
            )


class NoWeightTransfer:
    """`weight_transfer` of `AsyncGRPOTrainer` where weights reach the agents another way (a checkpoint, an adapter)."""

    def init_weight_transfer(self) -> None:
        """Nothing to do."""

    def pause(self) -> None:
        """Nothing to do."""

    def send_weights(self, iterator: Iterable[Any]) -> None:
        """Runs through the weights, as every process of the trainer must, and sends none."""
        for _ in iterator:
            pass

    def resume(self) -> None:
        """Nothing to do."""

    def destroy(self) -> None:
        """Nothing to do."""

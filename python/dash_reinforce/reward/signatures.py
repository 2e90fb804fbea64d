"""What a reward function is given, by its signature, and what is made of its answer."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from typing import Any, Callable, NamedTuple

Rollout = dict[str, Any]


class Reward(NamedTuple):
    """An answer: `ok` with a number, `none` without, or `error`."""

    reward: float | None
    status: str
    explanation: str | None = None


def signature_of(function: Callable[..., Any]) -> str:
    """`trl`, `verl` or `plain`."""
    names = set(inspect.signature(function).parameters)
    if "completions" in names:
        return "trl"
    if "solution_str" in names:
        return "verl"
    return "plain"


def failed(error: BaseException) -> Reward:
    """What an exception is."""
    return Reward(None, "error", f"{type(error).__name__}: {error}"[:1000])


def read_answer(value: Any) -> Reward:
    """A number (of any library), None, or a dictionary with `reward` or `score`."""
    explanation = status = None
    if isinstance(value, Reward):
        value, status, explanation = value
    elif isinstance(value, Mapping):
        name = "reward" if "reward" in value else "score"
        if name not in value:
            return Reward(None, "error", "the function gave a dictionary with neither reward nor score")
        status, explanation = value.get("status"), value.get("explanation")
        value = value[name]
    explanation = None if explanation is None else str(explanation)[:1000]
    if value is None:
        return Reward(None, status if status in ("none", "error") else "none", explanation)
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        return Reward(None, "error", f"the function gave {type(value).__name__}, no number: {error}"[:1000])
    if not math.isfinite(found):
        return Reward(None, "error", f"the function gave {found}, which is not finite")
    if isinstance(value, str):
        return Reward(None, "error", "the function gave a text, no number")
    if status == "error":
        return Reward(None, "error", explanation)
    return Reward(found, "ok", explanation)


def trl_arguments(function: Callable[..., Any], rollouts: Sequence[Rollout]) -> dict[str, Any]:
    """prompts, completions, completion ids, and a column for each field of the examples, as TRL's trainer gives them.

    A function that names its columns and takes no others gets those; one that is missing is an error that says which there
    are.
    """
    chats = [chat_of(rollout) for rollout in rollouts]
    columns: dict[str, list[Any]] = {
        "prompts": [prompt for prompt, _ in chats],
        "completions": [completion for _, completion in chats],
        "completion_ids": [(_last(rollout.get("calls")) or {}).get("token_ids") or [] for rollout in rollouts],
    }
    fields: dict[str, None] = {}
    for rollout in rollouts:
        fields.update(dict.fromkeys(example_of(rollout)))
    for name in fields:
        if name not in columns:
            columns[name] = [example_of(rollout).get(name) for rollout in rollouts]
    parameters = inspect.signature(function).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return columns
    wanted = {one.name: one.default is one.empty for one in parameters}
    missing = [name for name, needed in wanted.items() if needed and name not in columns]
    if missing:
        raise TypeError(f"the function asks for {', '.join(missing)}; there are {', '.join(columns)}")
    return {name: values for name, values in columns.items() if name in wanted}


def verl_arguments(function: Callable[..., Any], rollout: Rollout) -> dict[str, Any]:
    """data_source, solution_str, ground_truth, extra_info, as verl's reward manager gives them."""
    example = example_of(rollout)
    model = example.get("reward_model")
    if isinstance(model, Mapping) and "ground_truth" in model:
        truth = model["ground_truth"]
    elif "ground_truth" in example:
        truth = example["ground_truth"]
    else:
        inputs = set((rollout.get("example") or {}).get("input_keys") or [])
        labels = {name: value for name, value in example.items() if name not in inputs}
        truth = (
            labels.get("answer") if "answer" in labels else next(iter(labels.values())) if len(labels) == 1 else labels
        )
    given = {
        "data_source": example.get("data_source", "reinforce"),
        "solution_str": text_of(rollout),
        "ground_truth": truth,
        "extra_info": {**example, "thread_id": rollout.get("thread_id"), "final_state": rollout.get("final_state")},
    }
    parameters = inspect.signature(function).parameters
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        return given
    return {name: value for name, value in given.items() if name in parameters}


def example_of(rollout: Rollout) -> dict[str, Any]:
    """The fields of the rollout's example."""
    data = (rollout.get("example") or {}).get("data")
    return data if isinstance(data, dict) else {}


def chat_of(rollout: Rollout) -> tuple[list[Any], list[Any]]:
    """Prompt and completion as chats: of several calls that continue each other, all behind the first prompt."""
    calls = [call for call in rollout.get("calls") or [] if call.get("prompt") is not None and call.get("completion")]
    if calls:
        first, last = calls[0]["prompt"], calls[-1]
        if last["prompt"][: len(first)] == first:
            return first, [*last["prompt"][len(first) :], last["completion"]]
        return last["prompt"], [last["completion"]]
    sample = _last(rollout.get("samples"))
    if sample is None:
        return [], []
    return sample.get("prompt") or [], [{"role": "assistant", "content": sample.get("completion") or ""}]


def text_of(rollout: Rollout) -> str:
    """What the policy said last."""
    _, completion = chat_of(rollout)
    content = completion[-1].get("content") if completion else None
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content or ""


def _last(entries: list[dict[str, Any]] | None) -> dict[str, Any] | None:
    return entries[-1] if entries else None

"""What a policy gradient needs of a batch: one `Sequence` for each model call, with token ids, mask, logprobs, advantage."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ._text import TextError, encoded
from .batch import BatchError

_OPEN_CHAINS = 256


@dataclass
class Sequence:
    """A prompt and what the policy wrote behind it, as token ids.

    `mask`, `logprobs` and `completion_ids` have one length. Where the engine gave a token a logprob of −∞, the policy cannot
    have chosen it: its mask is 0, and so is the logprob.
    """

    prompt_ids: list[int]
    completion_ids: list[int]
    mask: list[int]
    """1 where the policy chose the token; 0 for observations between merged turns and for tokens that were forced."""
    logprobs: list[float] | None
    """Of the completion's tokens, as they were sampled; None: not known."""
    advantage: float
    weight: float
    """1 / number of sequences of its rollout, so that each rollout counts once; see `normalized`."""
    reward: float | None
    """The rollout's."""
    group: str
    """The digest of its group: unique, and the same in a replay."""
    rollout: int
    call: int
    """Index of the call (or of the node sample, see `unit`); of the first one where turns were merged."""
    thread: str
    example: str
    policy_version: str
    temperature: float | None
    """At which it was sampled; None: not known."""
    finish_reason: str | None
    tokenizer: str | None
    source: str
    """`engine`: the ids that were sampled; `text`: the text, encoded again."""
    truncated: bool = False
    unit: str = "call"
    """`call`, or `sample` where a node's text stands for it."""
    calls: tuple[int, ...] = ()
    """All that were merged into it."""
    node: str | None = None
    role: str | None = None
    group_id: str = ""
    tenant: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    """For the caller's own use."""

    @property
    def ids(self) -> list[int]:
        """Prompt and completion."""
        return self.prompt_ids + self.completion_ids

    @property
    def scaled_advantage(self) -> float:
        """Advantage times weight: what a trainer that knows no weights is given."""
        return self.advantage * self.weight


def sequences(
    batch: Mapping[str, Any] | Iterable[Mapping[str, Any]],
    tokenizer: Any = None,
    tokens: str = "engine",
    unit: str = "calls",
    merge: bool = True,
    eos: bool = True,
    nodes: Collection[str] | None = None,
    roles: Collection[str] | None = None,
    skip_zero: bool = False,
    *,
    max_prompt: int | None = None,
    max_completion: int | None = None,
    skipped: Counter[str] | None = None,
) -> Iterator[Sequence]:
    """The sequences of a batch (or of several) that train.

    Args:
        batch: what `read`, `parse` or a `kafka.Reader` gives; a step of `steps`; or a list of them.
        tokenizer: a tokenizer of `transformers`, for `text` and `any`.
        tokens: `engine`: what carries the ids of prompt and completion that the engine saw and sampled. `text`: everything,
            encoded anew, without logprobs; the ids may then differ from those sampled. `any`: the engine's, else text.
        unit: `calls`: model calls, and node samples where a rollout has no call to train on. `samples`: node samples alone.
        merge: a call whose prompt ids begin with all that came before it continues that sequence; what stands between is
            masked. Only turns of one role, policy version, tokenizer, temperature and advantage are merged.
        eos: with text, the end-of-sequence token is appended where the completion was not cut at its length.
        nodes, roles: names; only calls of these train.
        skip_zero: leave out what has the advantage 0. It does not change the weights of the others.
        max_prompt, max_completion: tokens; what is longer is left out whole, never cut.
        skipped: counts what was left out, by reason: `no_tokens`, `no_text`, `template`, `no_prompt`, `no_completion`,
            `masked`, `node`, `role`, `zero`, `too_long`; and rollouts of which nothing is written (`not_written`; see
            `output.calls` and `output.samples` in the processor's configuration).
    """
    if tokens not in ("engine", "text", "any"):
        raise ValueError(f"tokens is {tokens!r}: give 'engine', 'text' or 'any'")
    if unit not in ("calls", "samples"):
        raise ValueError(f"unit is {unit!r}: give 'calls' or 'samples'")
    if tokens != "engine" and tokenizer is None:
        raise ValueError(f"tokens={tokens!r} needs a tokenizer")
    left: Counter[str] = Counter() if skipped is None else skipped
    batches = [batch] if isinstance(batch, Mapping) else batch
    for one in batches:
        given = lacking = unwritten = 0
        for group in one["groups"]:
            tenant = group.get("tenant_id") or one.get("tenant_id") or ""
            for rollout in group["rollouts"]:
                before = left["no_tokens"]
                made: list[Sequence] = []
                units = _units(rollout, unit)
                if rollout["trains"] and not units:
                    left["not_written"] += 1
                    unwritten += 1
                for kind, entry in units:
                    reason = _unwanted(entry, nodes, roles)
                    found = None if reason else _sequence(group, rollout, kind, entry, tokenizer, tokens, eos)
                    if isinstance(found, Sequence):
                        made.append(replace(found, tenant=tenant))
                    else:
                        left[reason or str(found)] += 1
                lacking += left["no_tokens"] - before
                given += len(made)
                whole = merge_turns(made) if merge else made
                yield from _weighted(whole, skip_zero, max_prompt, max_completion, left)
        if unwritten and not given:
            warnings.warn(
                f"none of {unwritten} rollouts that train has anything written that does: have output.calls and output.samples of"
                " the processor write it; protobuf batches from before there were calls train with unit='samples'",
                stacklevel=2,
            )
        if lacking and not given:
            warnings.warn(
                f"none of {lacking} calls and samples carries the engine's token ids, so nothing trains: let the agents trace"
                " rl.token_ids and rl.prompt_token_ids, or give tokens='text' and a tokenizer",
                stacklevel=2,
            )


def _units(rollout: Mapping[str, Any], unit: str) -> list[tuple[str, Mapping[str, Any]]]:
    """What of a rollout trains; batches from before there were calls say it of the rollout alone."""
    if not rollout["trains"]:
        return []
    calls = [("call", call) for call in rollout.get("calls") or [] if call["trains"]]
    samples = rollout.get("samples") or []
    if unit == "samples":
        return [("sample", sample) for sample in samples]
    return calls or [("sample", sample) for sample in samples if sample.get("trains", True)]


def _unwanted(entry: Mapping[str, Any], nodes: Collection[str] | None, roles: Collection[str] | None) -> str:
    if nodes is not None and entry.get("node_id") not in nodes:
        return "node"
    if roles is not None and entry.get("role") not in roles:
        return "role"
    return ""


def _sequence(
    group: Mapping[str, Any],
    rollout: Mapping[str, Any],
    kind: str,
    entry: Mapping[str, Any],
    tokenizer: Any,
    tokens: str,
    eos: bool,
) -> Sequence | str:
    """The sequence, or the reason why there is none."""
    engine = tokens != "text" and bool(entry.get("token_ids")) and bool(entry.get("prompt_token_ids"))
    logprobs: list[float] | None = None
    if engine:
        prompt, completion = list(entry["prompt_token_ids"]), list(entry["token_ids"])
        mask = list(entry.get("loss_mask") or [1] * len(completion))
        given = entry.get("logprobs")
        if given:
            mask = [m if value is not None else 0 for m, value in zip(mask, given)]
            logprobs = [0.0 if value is None else float(value) for value in given]
        if len(mask) != len(completion) or (given and len(given) != len(completion)):
            raise BatchError(f"{rollout['thread_id']}: ids, logprobs and mask of a {kind} differ in length")
    elif tokens == "engine":
        return "no_tokens"
    else:
        try:
            prompt, completion = encoded(tokenizer, kind, entry, eos)
        except TextError as error:
            return str(error)
        mask = [1] * len(completion)
    if not prompt:
        return "no_prompt"
    if not completion:
        return "no_completion"
    if not any(mask):
        return "masked"
    index = entry["call_index"] if kind == "call" else entry["sample_index"]
    return Sequence(
        prompt_ids=prompt,
        completion_ids=completion,
        mask=mask,
        logprobs=logprobs,
        advantage=entry["advantage"],
        weight=rollout["weight"],
        reward=rollout["reward"],
        group=group["digest"],
        rollout=rollout["rollout_index"],
        call=index,
        thread=rollout["thread_id"],
        example=group["example_id"],
        policy_version=entry["policy_version"],
        temperature=entry["temperature"],
        finish_reason=entry["finish_reason"],
        tokenizer=entry.get("tokenizer"),
        source="engine" if engine else "text",
        truncated=bool(entry["truncated"]),
        unit=kind,
        calls=(index,),
        node=entry.get("node_id"),
        role=entry.get("role"),
        group_id=group["group_id"],
    )


def merge_turns(turns: Iterable[Sequence]) -> list[Sequence]:
    """Turns of one rollout, in order: one whose prompt is exactly a sequence before it, and more, continues that sequence.

    What stands between (tool responses, the user's next words) is masked. Where several sequences fit, the longest one is
    continued; of many branches the latest 256 are looked at.
    """
    chains: list[Sequence] = []
    for turn in turns:
        best = -1
        for at in range(len(chains) - 1, max(-1, len(chains) - 1 - _OPEN_CHAINS), -1):
            chain = chains[at]
            if (best < 0 or _length(chain) > _length(chains[best])) and _continues(turn, chain):
                best = at
        if best < 0:
            chains.append(turn)
        else:
            chains[best] = _joined(chains[best], turn)
    return chains


def _length(chain: Sequence) -> int:
    return len(chain.prompt_ids) + len(chain.completion_ids)


def _continues(turn: Sequence, chain: Sequence) -> bool:
    prompt, split = turn.prompt_ids, len(chain.prompt_ids)
    length = _length(chain)
    return (
        len(prompt) >= length
        and prompt[length - 1] == chain.completion_ids[-1]
        and _kind(turn) == _kind(chain)
        and prompt[split:length] == chain.completion_ids
        and prompt[:split] == chain.prompt_ids
    )


def _kind(one: Sequence) -> tuple[Any, ...]:
    known = one.logprobs is not None
    return (
        one.group, one.rollout, one.thread, one.unit, one.role, one.source, one.policy_version, one.tokenizer,
        one.temperature, one.advantage, known,
    )  # fmt: skip


def _joined(chain: Sequence, turn: Sequence) -> Sequence:
    between = turn.prompt_ids[_length(chain) :]
    logprobs = None
    if chain.logprobs is not None and turn.logprobs is not None:
        logprobs = chain.logprobs + [0.0] * len(between) + turn.logprobs
    return replace(
        chain,
        completion_ids=chain.completion_ids + between + turn.completion_ids,
        mask=chain.mask + [0] * len(between) + turn.mask,
        logprobs=logprobs,
        finish_reason=turn.finish_reason,
        truncated=turn.truncated,
        calls=chain.calls + turn.calls,
    )


def _weighted(
    made: list[Sequence],
    skip_zero: bool,
    max_prompt: int | None,
    max_completion: int | None,
    left: Counter[str],
) -> Iterator[Sequence]:
    for one in made:
        if skip_zero and one.advantage == 0:
            left["zero"] += 1
        elif (max_prompt is not None and len(one.prompt_ids) > max_prompt) or (
            max_completion is not None and len(one.completion_ids) > max_completion
        ):
            left["too_long"] += 1
        else:
            yield replace(one, weight=1 / len(made))


def normalized(items: Iterable[Sequence]) -> list[Sequence]:
    """The sequences of one step with weights of mean 1: their relations stay, the size of the step's gradient does too."""
    found = list(items)
    total = sum(one.weight for one in found)
    if not found or total == len(found):
        return found
    if not total > 0:
        raise ValueError(f"the weights of {len(found)} sequences sum to {total}")
    return [replace(one, weight=one.weight * len(found) / total) for one in found]


def by_rollout(items: Iterable[Sequence]) -> dict[tuple[str, str], list[Sequence]]:
    """Sequences by the rollout they belong to: (digest of the group, thread) → in order."""
    out: dict[tuple[str, str], list[Sequence]] = {}
    for one in items:
        out.setdefault((one.group, one.thread), []).append(one)
    return out

"""A model call: what the policy read and wrote."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import wire

if TYPE_CHECKING:
    from .tracer import Thread

_BEGINS = (
    "tools", "model", "temperature", "top_p", "max_tokens", "seed", "prompt_token_ids", "policy_version", "tokenizer", "role",
    "trainable", "request_id",
)  # fmt: skip


class Call:
    """A model call that has begun; `end`, or `error`, ends it.

    Args:
        messages: the chat so far, as OpenAI's API takes it (dictionaries, or its own objects).
        tools: those that were offered.
        model, temperature, top_p, max_tokens, seed: the request.
        prompt_token_ids: the prompt as the engine saw it.
        policy_version: of the weights, where it is not the run's.
        tokenizer: its name; role: of the policy, in a graph of several.
        trainable: False: another model, a judge or a helper; the call is carried and does not train.
        request_id: new within the run; default: counted.
    """

    def __init__(
        self,
        thread: Thread,
        node: str,
        messages: Any = None,
        *,
        tools: Any = None,
        model: str | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        max_tokens: int | None = None,
        seed: int | None = None,
        prompt_token_ids: list[int] | None = None,
        policy_version: int | str | None = None,
        tokenizer: str | None = None,
        role: str | None = None,
        trainable: bool | None = None,
        request_id: str | None = None,
    ) -> None:
        self.thread, self.node = thread, node
        self.id = request_id or thread.next_request()
        self._chunks = 0
        self._ended = False
        attributes: dict[str, Any] = {}
        if messages is not None:
            attributes["gen_ai.input.messages"] = _json([plain(message) for message in messages], "messages")
        if tools is not None:
            attributes["gen_ai.tool.definitions"] = _json([plain(tool) for tool in tools], "tools")
        for name, value, kind in (
            ("gen_ai.request.model", model, str), ("gen_ai.request.temperature", temperature, float),
            ("gen_ai.request.top_p", top_p, float), ("gen_ai.request.max_tokens", max_tokens, int),
            ("gen_ai.request.seed", seed, int), ("rl.policy_version", policy_version, str),
            ("rl.tokenizer", tokenizer, str), ("rl.role", role, str), ("rl.trainable", trainable, bool),
        ):  # fmt: skip
            if value is not None:
                attributes[name] = kind(value)
        if prompt_token_ids is not None:
            attributes["rl.prompt_token_ids"] = wire.packed_ids(prompt_token_ids, "prompt_token_ids")
        self._began = thread.event(wire.LLM_START, node, self.id, attributes=attributes)

    @staticmethod
    def split(said: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What is said at the beginning, and what at the end."""
        begins = {name: value for name, value in said.items() if name in _BEGINS}
        return begins, {name: value for name, value in said.items() if name not in _BEGINS}

    def end(
        self,
        completion: Any = None,
        *,
        token_ids: list[int] | None = None,
        logprobs: list[float] | None = None,
        loss_mask: list[int] | None = None,
        finish_reason: str | None = None,
        response_model: str | None = None,
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        prompt_token_ids: list[int] | None = None,
        rewards: Mapping[str, float] | None = None,
    ) -> None:
        """It has ended.

        Args:
            completion: what the model said: a text, or a message as OpenAI's API gives it.
            token_ids, logprobs: as they were sampled; of one length. A logprob may be −∞.
            loss_mask: 0 for tokens that the policy did not choose.
            finish_reason: stop, length, tool_calls, …
            prompt_token_ids: where they are known only now.
            rewards: of this call.
        """
        attributes: dict[str, Any] = {}
        if completion is not None:
            message = {"role": "assistant", "content": completion} if isinstance(completion, str) else plain(completion)
            attributes["gen_ai.output.messages"] = _json([message], "completion")
        if finish_reason is not None:
            attributes["gen_ai.response.finish_reasons"] = [finish_reason]
        for name, value, kind in (
            ("gen_ai.response.model", response_model, str), ("gen_ai.usage.input_tokens", input_tokens, int),
            ("gen_ai.usage.output_tokens", output_tokens, int),
        ):  # fmt: skip
            if value is not None:
                attributes[name] = kind(value)
        if prompt_token_ids is not None:
            attributes["rl.prompt_token_ids"] = wire.packed_ids(prompt_token_ids, "prompt_token_ids")
        attributes.update(_tokens(token_ids, logprobs, loss_mask))
        attributes.update({f"rl.reward.{name}": finite(name, value) for name, value in (rewards or {}).items()})
        self._end(wire.LLM_END, attributes)

    def error(self, error: str | BaseException) -> None:
        """It failed: it is carried, and does not train."""
        text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
        self._end(wire.LLM_ERROR, {"error": text[:2000]})

    def retry(self) -> None:
        """What was received so far is dropped, and the same request is made again."""
        self._chunks = 0
        self._ended = False
        self.thread.event(wire.LLM_RETRY, self.node, self.id)

    def chunk(
        self,
        text: str = "",
        token_ids: list[int] | None = None,
        logprobs: list[float] | None = None,
        finish_reason: str | None = None,
        model: str | None = None,
    ) -> None:
        """A piece of a completion that is streamed, in order; the last one has a finish reason."""
        ids, known = list(token_ids or []), list(logprobs or [])
        wire.packed_ids(ids, "token_ids")
        wire.packed_floats(known)
        self.thread.chunk(self.id, self._chunks, text, ids, known, finish_reason, model)
        self._chunks += 1

    def _end(self, kind: int, attributes: Mapping[str, Any]) -> None:
        if self._ended:
            raise RuntimeError(f"call {self.id} of thread {self.thread.id} has ended already")
        self._ended = True
        took = self.thread.now() - self._began
        self.thread.event(kind, self.node, self.id, duration_us=took, attributes=attributes)


def _tokens(ids: list[int] | None, logprobs: list[float] | None, mask: list[int] | None) -> dict[str, bytes]:
    """The attributes of a completion's tokens; lists of different lengths are refused."""
    if ids is None:
        if logprobs is not None or mask is not None:
            raise ValueError("logprobs and loss_mask need token_ids beside them")
        return {}
    out = {"rl.token_ids": wire.packed_ids(ids, "token_ids")}
    for name, values in (("logprobs", logprobs), ("loss_mask", mask)):
        if values is not None and len(values) != len(ids):
            raise ValueError(f"{len(values)} {name} for {len(ids)} token ids")
    if logprobs is not None:
        out["rl.logprobs"] = wire.packed_floats(logprobs)
    if mask is not None:
        if any(one not in (0, 1) for one in mask):
            raise ValueError("loss_mask holds 0 and 1")
        out["rl.loss_mask"] = bytes(int(one) for one in mask)
    return out


def finite(name: str, value: float) -> float:
    """A reward as a number."""
    found = float(value)
    if not math.isfinite(found):
        raise ValueError(f"reward {name}: {found} is not finite")
    return found


def plain(message: Any) -> Any:
    """A message or a tool as a dictionary; OpenAI's own objects are read."""
    if isinstance(message, Mapping):
        return {name: value for name, value in message.items() if value is not None or name == "content"}
    dump = getattr(message, "model_dump", None)
    if callable(dump):
        return dump(mode="json", exclude_none=True)
    raise ValueError(f"{type(message).__name__} is no message: give dictionaries, as OpenAI's API takes them")


def _json(value: Any, what: str) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=plain)
        text.encode("utf-8")
        return text
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what}: no JSON: {error}") from None

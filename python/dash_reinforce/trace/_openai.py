"""Clients of OpenAI's API whose chat completions are traced."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping
from typing import Any, Callable, TypeVar

from ._stream import AsyncStream, Choices, Stream, field
from .call import Call
from .tracer import Thread, Tracer, current_thread

Client = TypeVar("Client")
_log = logging.getLogger("dash_reinforce.trace")

_REQUEST: tuple[tuple[str, Any], ...] = (
    ("model", str), ("temperature", (int, float)), ("top_p", (int, float)), ("max_tokens", int), ("seed", int),
)  # fmt: skip


def openai(client: Client, tracer: Tracer, *, ask: bool = False, **said: Any) -> Client:
    """A client whose `chat.completions.create` (and `parse`) is traced, plain or async, streamed or not.

    Calls belong to the run of this tracer in whose `with` block they are made, and to its innermost node; outside of any
    they are not traced. (A thread pool does not inherit the block: `contextvars.copy_context().run`.) What goes wrong with
    the tracing is logged, and never the agent's trouble.

    Traced are messages, tools, completions, finish reasons and usage; token ids and logprobs where the server returns them:
    `return_token_ids` of vLLM, or tokens written as `token_id:N`.

    Args:
        client: of the package `openai` (it is copied), or an object like one (it is changed in place).
        ask: ask the server for logprobs and token ids, as vLLM is asked; OpenAI's own servers refuse the second.
        said: of all calls: role, tokenizer, policy_version, trainable.
    """
    with_options = getattr(client, "with_options", None)
    traced: Any = with_options() if callable(with_options) else client
    completions = traced.chat.completions
    for name in ("create", "parse"):
        original = getattr(completions, name, None)
        if callable(original):
            setattr(completions, name, _traced(original, tracer, ask, said))
    copied: Client = traced
    return copied


def _traced(original: Callable[..., Any], tracer: Tracer, ask: bool, said: Mapping[str, Any]) -> Callable[..., Any]:
    def create(*args: Any, **request: Any) -> Any:
        thread = current_thread.get()
        if thread is None or thread.tracer is not tracer:
            return original(*args, **request)
        if ask:
            request.setdefault("logprobs", True)
            request["extra_body"] = {"return_token_ids": True, **(request.get("extra_body") or {})}
        if "messages" in request:
            request["messages"] = list(request["messages"])
        calls = _Calls(thread, request, said)
        try:
            response = original(*args, **request)
        except BaseException as error:
            calls.failed(error)
            raise
        if inspect.isawaitable(response):
            return _awaited(response, calls)
        return _answered(response, calls)

    return create


async def _awaited(response: Any, calls: _Calls) -> Any:
    try:
        found = await response
    except BaseException as error:
        calls.failed(error)
        raise
    return _answered(found, calls)


def _answered(response: Any, calls: _Calls) -> Any:
    if field(response, "choices") is not None:
        calls.ended(Choices.whole(response))
        return response
    if calls.streamed and hasattr(response, "__aiter__"):
        return AsyncStream(response, calls)
    if calls.streamed and hasattr(response, "__iter__"):
        return Stream(response, calls)
    return response


class _Calls:
    """One request: a call, and further ones where it asks for several choices."""

    def __init__(self, thread: Thread, request: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        self.thread, self.streamed = thread, request.get("stream") is True
        self.begins: dict[str, Any] = dict(said)
        self.first: Call | None = None
        with _Guard():
            for name, kind in _REQUEST:
                value = request.get(name)
                if isinstance(value, kind) and not isinstance(value, bool):
                    self.begins[name] = value
            limit = request.get("max_completion_tokens")
            if isinstance(limit, int):
                self.begins["max_tokens"] = limit
            if isinstance(request.get("tools"), (list, tuple)):
                self.begins["tools"] = request["tools"]
            self.begins["messages"] = request.get("messages")
            self.first = thread.start_call(**self.begins)

    def failed(self, error: BaseException) -> None:
        """The request came to nothing."""
        with _Guard():
            if self.first is not None:
                self.first.error(error)

    def ended(self, choices: Choices) -> None:
        """The answer is whole."""
        with _Guard():
            for number, ends in enumerate(choices.ends()):
                call = self.first if number == 0 else self.thread.start_call(**self.begins)
                if call is not None:
                    _end(call, ends)


def _end(call: Call, ends: dict[str, Any]) -> None:
    """What the server says of tokens may contradict itself: then they are left out, and the rest stays."""
    try:
        call.end(**ends)
    except ValueError as error:
        _log.warning("call %s of thread %s is traced without tokens: %s", call.id, call.thread.id, error)
        for name in ("token_ids", "logprobs", "prompt_token_ids"):
            ends.pop(name, None)
        call.end(**ends)


class _Guard:
    """Logs what goes wrong within it."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        if isinstance(error, Exception):
            _log.warning("a model call was not traced: %s: %s", type(error).__name__, error)
            return True
        return False

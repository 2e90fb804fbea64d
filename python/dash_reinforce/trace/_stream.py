"""Answers of OpenAI's API as they are traced, whole or streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any


def field(value: Any, name: str) -> Any:
    """Of an object or a dictionary; None where there is none."""
    if isinstance(value, Mapping):
        return value.get(name)
    return getattr(value, name, None)


class _Choice:
    """One choice, put together from its pieces."""

    def __init__(self) -> None:
        self.message: Any = None
        self.content: str | None = None
        self.reasoning = ""
        self.tool_calls: dict[int, dict[str, Any]] = {}
        self.finish_reason: str | None = None
        self.tokens: list[Any] = []
        self.ids: list[int] | None = None

    def read(self, choice: Any) -> None:
        self.message = field(choice, "message") or self.message
        delta = field(choice, "delta")
        if delta is not None:
            self._delta(delta)
        self.finish_reason = field(choice, "finish_reason") or self.finish_reason
        self.tokens += field(field(choice, "logprobs"), "content") or []
        ids = field(choice, "token_ids")
        if ids is not None:
            self.ids = (self.ids or []) + list(ids)

    def _delta(self, delta: Any) -> None:
        content = field(delta, "content")
        if content is not None:
            self.content = (self.content or "") + content
        self.reasoning += field(delta, "reasoning") or field(delta, "reasoning_content") or ""
        for piece in field(delta, "tool_calls") or []:
            index = field(piece, "index") or 0
            known = self.tool_calls.setdefault(
                index, {"id": None, "type": "function", "function": {"name": "", "arguments": ""}}
            )
            known["id"] = field(piece, "id") or known["id"]
            function = field(piece, "function")
            for name in ("name", "arguments"):
                known["function"][name] += field(function, name) or ""

    def ends(self) -> dict[str, Any]:
        message = self.message
        if message is None:
            message = {"role": "assistant", "content": self.content}
            if self.tool_calls:
                message["tool_calls"] = [call for _, call in sorted(self.tool_calls.items())]
            if self.reasoning:
                message["reasoning"] = self.reasoning
        out: dict[str, Any] = {"completion": message, "finish_reason": self.finish_reason}
        ids = self.ids if self.ids is not None else self._written_ids()
        if ids:
            out["token_ids"] = ids
            logprobs = [field(token, "logprob") for token in self.tokens]
            if len(logprobs) == len(ids) and all(isinstance(one, (int, float)) for one in logprobs):
                out["logprobs"] = logprobs
        return out

    def _written_ids(self) -> list[int] | None:
        """Some servers write the id in place of the token: `token_id:42`."""
        out = []
        for token in self.tokens:
            text = field(token, "token")
            if not isinstance(text, str) or not text.startswith("token_id:") or not text[9:].isdigit():
                return None
            out.append(int(text[9:]))
        return out


class Choices:
    """An answer, put together from its pieces."""

    def __init__(self) -> None:
        self.choices: dict[int, _Choice] = {}
        self.common: dict[str, Any] = {}

    @classmethod
    def whole(cls, response: Any) -> Choices:
        """An answer in one piece."""
        out = cls()
        out.read(response)
        return out

    def read(self, response: Any) -> None:
        """An answer, or a chunk of one."""
        if field(response, "model"):
            self.common["response_model"] = field(response, "model")
        usage = field(response, "usage")
        for name, key in (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens")):
            if isinstance(field(usage, name), int):
                self.common[key] = field(usage, name)
        prompt = field(response, "prompt_token_ids")
        for choice in field(response, "choices") or []:
            prompt = prompt if prompt is not None else field(choice, "prompt_token_ids")
            self.choices.setdefault(field(choice, "index") or 0, _Choice()).read(choice)
        if prompt is not None:
            self.common["prompt_token_ids"] = list(prompt)

    def ends(self) -> list[dict[str, Any]]:
        """What is said at the end of each call; the usage is that of all choices, so several of them have none."""
        common = dict(self.common)
        if len(self.choices) > 1:
            common.pop("output_tokens", None)
        return [{**common, **choice.ends()} for _, choice in sorted(self.choices.items())]


class _Streamed:
    """What a stream has beside its pieces."""

    def __init__(self, stream: Any, calls: Any) -> None:
        self._stream, self._calls, self._choices, self._over = stream, calls, Choices(), False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _read(self, chunk: Any) -> None:
        try:
            self._choices.read(chunk)
        except Exception:  # a chunk of another shape: the agent's own reading goes on
            self._over = True

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._calls.ended(self._choices)

    def _failed(self, error: BaseException) -> None:
        if not self._over:
            self._over = True
            self._calls.failed(error)


class Stream(_Streamed):
    """A stream that is traced when it has been read to its end; one that is not leaves the call incomplete."""

    def __init__(self, stream: Any, calls: Any) -> None:
        super().__init__(stream, calls)
        self._iterator = iter(stream)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            chunk = next(self._iterator)
        except StopIteration:
            self._end()
            raise
        except BaseException as error:
            self._failed(error)
            raise
        self._read(chunk)
        return chunk

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: Any) -> None:
        close = getattr(self._stream, "close", None)
        if callable(close):
            close()


class AsyncStream(_Streamed):
    """The same, async."""

    def __init__(self, stream: Any, calls: Any) -> None:
        super().__init__(stream, calls)
        self._iterator = stream.__aiter__()

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        try:
            chunk = await self._iterator.__anext__()
        except StopAsyncIteration:
            self._end()
            raise
        except BaseException as error:
            self._failed(error)
            raise
        self._read(chunk)
        return chunk

    async def __aenter__(self) -> AsyncStream:
        return self

    async def __aexit__(self, *_: Any) -> None:
        close = getattr(self._stream, "close", None)
        if callable(close):
            await close()

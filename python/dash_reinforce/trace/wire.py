"""DashStream messages as bytes: the part of docs/dashstream.proto that an agent in Python writes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from typing import Any

from .._protobuf import Writer

GRAPH_START, GRAPH_END, GRAPH_ERROR = 1, 2, 3
NODE_START, NODE_END, NODE_ERROR = 10, 11, 12
LLM_START, LLM_END, LLM_ERROR, LLM_RETRY = 30, 31, 32, 33

ADD, REMOVE, REPLACE = 0, 1, 2
TOOL_COMPLETED, TOOL_FAILED = 3, 4

_EVENT, _STATE_DIFF, _TOKEN_CHUNK, _TOOL_EXECUTION = 1, 2, 3, 4
FINISH_REASONS = {"stop": 1, "length": 2, "content_filter": 3, "tool_calls": 4, "error": 5}

MAX_FRAME = 10 << 20
"""Bytes that dash-reinforce reads at most."""


class Header:
    """What every message begins with."""

    def __init__(self, message_id: bytes, time_us: int, tenant: str, thread: str, sequence: int) -> None:
        self.message_id, self.time_us, self.tenant, self.thread = message_id, time_us, tenant, thread
        self.sequence = sequence

    def written(self, kind: int) -> Writer:
        out = Writer().data(1, self.message_id).integer(2, self.time_us).text(3, self.tenant).text(4, self.thread)
        return out.integer(5, self.sequence).integer(6, kind).integer(9, 1)


def event(header: Header, kind: int, node: str, request: str, duration_us: int, attributes: Mapping[str, Any]) -> bytes:
    """An Event."""
    out = Writer().message(1, header.written(_EVENT)).integer(2, kind).text(3, node)
    for name, value in attributes.items():
        out.message(4, Writer().text(1, name).message(2, attribute(value)))
    return _frame(_EVENT, out.integer(5, duration_us).text(6, request))


def state_diff(header: Header, operations: Iterable[tuple[int, str, bytes]], state_hash: bytes) -> bytes:
    """A StateDiff of operations (kind, path, JSON value) with the hash of the state behind them."""
    out = Writer().message(1, header.written(_STATE_DIFF))
    for kind, path, value in operations:
        out.message(3, Writer().integer(1, kind).text(2, path).data(3, value))
    return _frame(_STATE_DIFF, out.data(4, state_hash))


def token_chunk(
    header: Header,
    request: str,
    index: int,
    text: str,
    token_ids: list[int],
    logprobs: list[float],
    finish_reason: str | None,
    model: str | None,
) -> bytes:
    """A TokenChunk; the one with a finish reason is the last."""
    out = Writer().message(1, header.written(_TOKEN_CHUNK)).text(2, request).text(3, text)
    out.integers(4, token_ids).floats(5, logprobs).integer(6, index).integer(7, int(finish_reason is not None))
    return _frame(_TOKEN_CHUNK, out.integer(8, FINISH_REASONS.get(finish_reason or "", 0)).text(9, model or ""))


def tool_execution(
    header: Header,
    call: str,
    name: str,
    arguments: bytes,
    result: bytes | None,
    error: str | None,
    duration_us: int,
) -> bytes:
    """A ToolExecution that has ended."""
    out = Writer().message(1, header.written(_TOOL_EXECUTION)).text(2, call).text(3, name)
    out.integer(4, TOOL_COMPLETED if error is None else TOOL_FAILED).data(5, arguments).data(6, result or b"")
    return _frame(_TOOL_EXECUTION, out.text(7, error or "").integer(9, duration_us))


def attribute(value: str | int | float | bool | bytes | list[Any] | Mapping[str, Any]) -> Writer:
    """An AttributeValue."""
    out = Writer()
    if isinstance(value, bool):
        return out.integer(4, int(value), always=True)
    if isinstance(value, str):
        return out.text(1, value, always=True)
    if isinstance(value, int):
        return out.integer(2, value, always=True)
    if isinstance(value, float):
        return out.double(3, value, always=True)
    if isinstance(value, bytes):
        return out.data(5, value, always=True)
    if isinstance(value, (list, tuple)):
        values = Writer()
        for one in value:
            values.message(1, attribute(one))
        return out.message(6, values)
    if isinstance(value, Mapping):
        entries = Writer()
        for name, one in value.items():
            entries.message(1, Writer().text(1, name).message(2, attribute(one)))
        return out.message(7, entries)
    raise ValueError(f"{type(value).__name__} is no attribute")


def packed_ids(ids: Iterable[int], what: str) -> bytes:
    """Token ids as `rl.token_ids` has them: u32, little endian."""
    found = [int(one) for one in ids]
    for one in found:
        if not 0 <= one < 1 << 32:
            raise ValueError(f"{what}: {one} is no token id")
    return struct.pack(f"<{len(found)}I", *found)


def packed_floats(values: Iterable[float]) -> bytes:
    """Logprobs as `rl.logprobs` has them: float32, little endian."""
    found = [float(one) for one in values]
    for one in found:
        if one != one or one == float("inf"):
            raise ValueError(f"logprobs: {one} is no logprob")
    return struct.pack(f"<{len(found)}f", *found)


def _frame(kind: int, message: Writer) -> bytes:
    """A Kafka value: a zero byte, then the message, not compressed (the client compresses whole batches of records)."""
    value = b"\0" + bytes(Writer().message(kind, message))
    if len(value) > MAX_FRAME:
        raise ValueError(f"a message of {len(value)} bytes: dash-reinforce reads at most {MAX_FRAME}; trace less of it")
    return value

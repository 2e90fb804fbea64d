"""Protobuf without the protobuf package: reading by a table of fields, and writing."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable
from typing import Any, Callable

from ._fields import FIELDS

_VARINT = {"int32", "int64", "uint32", "uint64", "bool"}
_FIXED = {"double": (1, "<d", 8), "float": (5, "<f", 4)}
_TEXT = {"string", "bytes", "json"}


class WireError(ValueError):
    """The bytes are no message of the schema."""


def decode(data: bytes, message: str = "TrainingBatch") -> dict[str, Any]:
    """A message as the dictionary that its JSON is: what is absent and optional is None, JSON texts are values."""
    fields = FIELDS[message]
    out: dict[str, Any] = {}
    for name, kind, label in fields.values():
        out[name] = [] if label == "repeated" else _absent(kind, label)
    at, end = 0, len(data)
    while at < end:
        tag, at = varint(data, at)
        number, wire = tag >> 3, tag & 7
        field = fields.get(number)
        if number == 0:
            raise WireError(f"{message}: field number 0")
        if field is None:
            at = _skip(data, at, wire, message)
            continue
        name, kind, label = field
        where = f"{message}.{name}"
        if kind in _VARINT:
            if wire == 2 and label == "repeated":
                part, at = _bytes(data, at, where)
                out[name].extend(_varints(part, kind))
                continue
            _expect(wire, 0, where)
            found, at = varint(data, at)
            value: Any = _integer(found, kind)
        elif kind in _FIXED:
            expected, form, size = _FIXED[kind]
            if wire == 2 and label == "repeated":
                part, at = _bytes(data, at, where)
                if len(part) % size:
                    raise WireError(f"{where}: {len(part)} bytes are no whole numbers")
                numbers = struct.unpack(f"<{len(part) // size}{form[1]}", part)
                out[name].extend(n if math.isfinite(n) else None for n in numbers)
                continue
            _expect(wire, expected, where)
            if at + size > end:
                raise WireError(f"{where}: cut")
            value = struct.unpack_from(form, data, at)[0]
            value = value if math.isfinite(value) else None
            at += size
        else:
            _expect(wire, 2, where)
            part, at = _bytes(data, at, where)
            value = _value(part, kind, where)
        if label == "repeated":
            out[name].append(value)
        else:
            out[name] = value
    return _chat_message(out) if message == "ChatMessage" else out


def _chat_message(found: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it: content of parts in the place of text, and no keys for what is not there."""
    parts, null_id = found.pop("content_parts"), found.pop("tool_call_id_null")
    if parts is not None:
        found["content"] = parts
    out = {name: value for name, value in found.items() if value is not None or name == "content"}
    if null_id:
        out["tool_call_id"] = None
    return out


def _absent(kind: str, label: str) -> Any:
    if label == "optional" or kind not in _VARINT | set(_FIXED) | _TEXT or kind == "json":
        return None
    return {"string": "", "bytes": b"", "bool": False, "double": 0.0, "float": 0.0}.get(kind, 0)


def _value(part: bytes, kind: str, where: str) -> Any:
    if kind == "bytes":
        return part
    if kind not in _TEXT:
        value = decode(part, kind)
        return value["messages"] if kind == "Chat" else value  # a list that may be absent
    try:
        text = part.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WireError(f"{where}: no UTF-8: {error}") from None
    if kind == "string":
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"{where}: no JSON: {error}") from None


def _expect(wire: int, expected: int, where: str) -> None:
    if wire != expected:
        raise WireError(f"{where}: wire type {wire} in place of {expected}")


def _integer(number: int, kind: str) -> Any:
    if kind == "bool":
        return number != 0
    if kind == "uint32":
        return number & 0xFFFFFFFF
    if kind == "uint64":
        return number
    if kind == "int32":
        number &= 0xFFFFFFFF
        return number - (1 << 32) if number >= 1 << 31 else number
    return number - (1 << 64) if number >= 1 << 63 else number


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number and where the next thing begins."""
    number = shift = 0
    while True:
        if at >= len(data):
            raise WireError("cut within a number")
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            raise WireError("a number of more than ten bytes")


def _varints(part: bytes, kind: str) -> list[Any]:
    if not part or max(part) < 0x80:
        return [_integer(byte, kind) for byte in part] if kind == "bool" else list(part)
    out, at = [], 0
    while at < len(part):
        number, at = varint(part, at)
        out.append(_integer(number, kind))
    return out


def _bytes(data: bytes, at: int, where: str) -> tuple[bytes, int]:
    size, at = varint(data, at)
    if at + size > len(data):
        raise WireError(f"{where}: cut: {len(data) - at} of {size} bytes")
    return data[at : at + size], at + size


def _skip(data: bytes, at: int, wire: int, message: str) -> int:
    if wire == 0:
        return varint(data, at)[1]
    if wire == 2:
        return _bytes(data, at, message)[1]
    size = {1: 8, 5: 4}.get(wire)
    if size is None:
        raise WireError(f"{message}: wire type {wire}")
    if at + size > len(data):
        raise WireError(f"{message}: cut")
    return at + size


class Writer:
    """A message that is being written; numbers, texts and bytes that are zero or empty are left out, as proto3 does."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def __bytes__(self) -> bytes:
        return b"".join(self.parts)

    def integer(self, number: int, value: int, always: bool = False) -> Writer:
        if value or always:
            self.parts += [_tag(number, 0), encode_varint(value)]
        return self

    def double(self, number: int, value: float, always: bool = False) -> Writer:
        if value or always or math.copysign(1.0, value) < 0:
            self.parts += [_tag(number, 1), struct.pack("<d", value)]
        return self

    def data(self, number: int, value: bytes, always: bool = False) -> Writer:
        if value or always:
            self.parts += [_tag(number, 2), encode_varint(len(value)), value]
        return self

    def text(self, number: int, value: str, always: bool = False) -> Writer:
        return self.data(number, value.encode("utf-8"), always)

    def message(self, number: int, value: Writer) -> Writer:
        return self.data(number, bytes(value), always=True)

    def integers(self, number: int, values: Iterable[int]) -> Writer:
        return self.data(number, b"".join(encode_varint(value) for value in values))

    def floats(self, number: int, values: Iterable[float]) -> Writer:
        found = list(values)
        return self.data(number, struct.pack(f"<{len(found)}f", *found))


def _tag(number: int, wire: int) -> bytes:
    return encode_varint(number << 3 | wire)


def encode_varint(value: int) -> bytes:
    """A number as protobuf writes it; a negative one takes ten bytes."""
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def delimited(read: Callable[[int], bytes], limit: int | None = None) -> Iterable[bytes]:
    """Messages that stand behind their lengths."""
    while True:
        size = shift = 0
        while True:
            byte = read(1)
            if not byte:
                if shift:
                    raise WireError("cut within a length")
                return
            size |= (byte[0] & 0x7F) << shift
            if byte[0] < 0x80:
                break
            shift += 7
            if shift > 28:
                raise WireError("no batches behind their lengths")
        if limit is not None and size > limit:
            raise WireError(f"a batch of {size} bytes, over the limit of {limit}")
        data = read(size)
        while len(data) < size:
            more = read(size - len(data))
            if not more:
                raise WireError(f"cut: {len(data)} of {size} bytes")
            data += more
        yield data

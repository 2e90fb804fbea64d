"""What was committed, commit by commit: `__consumer_offsets` read back and the checkpoints in it decoded."""
import base64
import binascii
import struct
import zlib
from dataclasses import dataclass


class Broken(Exception):
    """Metadata that is no checkpoint."""


@dataclass
class Commit:
    """One committed offset of a group."""

    topic: str
    partition: int
    offset: int
    metadata: str
    time: int


@dataclass
class Checkpoint:
    """Position, first needed offset and how many entries are open; `pointer`: it stands on the checkpoints topic."""

    position: int
    low: int
    open: int
    token: tuple = ()
    pointer: bool = False


def commits(messages: list, group: str) -> list[Commit]:
    """Every committed offset of a group, each partition's in order."""
    found = []
    for message in messages:
        key, value = message.key(), message.value()
        if key is None or value is None or struct.unpack_from(">h", key)[0] not in (0, 1):
            continue
        name, at = _string(key, 2)
        if name != group:
            continue
        topic, at = _string(key, at)
        (partition,) = struct.unpack_from(">i", key, at)
        found.append(_commit(topic, partition, value))
    return found


def _commit(topic: str, partition: int, value: bytes) -> Commit:
    version, offset = struct.unpack_from(">hq", value)
    at = 10 + (4 if version >= 3 else 0)
    if version >= 4:  # flexible: a compact string
        size, at = _varint(value, at)
        metadata, at = value[at : at + size - 1].decode(), at + size - 1
    else:
        metadata, at = _string(value, at)
    (time,) = struct.unpack_from(">q", value, at)
    return Commit(topic, partition, offset, metadata, time)


def _string(data: bytes, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from(">h", data, at)
    at += 2
    return data[at : at + max(0, size)].decode(), at + max(0, size)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Broken("a number is cut")
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def decode(offset: int, metadata: str) -> Checkpoint | None:
    """The checkpoint beside a committed offset; None where there is none.

    Raises Broken where the text is neither a checkpoint nor a pointer to one.
    """
    if metadata == "":
        return None
    if metadata.startswith("@"):
        return Checkpoint(offset, offset, 1, pointer=True)
    try:
        data = base64.b64decode(metadata + "=" * (-len(metadata) % 4), validate=True)
    except binascii.Error:
        raise Broken("not base64") from None
    if len(data) < 8:
        raise Broken("too short")
    body, check = data[:-4], data[-4:]
    if zlib.crc32(body) not in (struct.unpack("<I", check)[0], struct.unpack(">I", check)[0]):
        raise Broken("its CRC does not match")
    return _at_least_once(body) if body[:3] == b"DR\x01" and _is_plain(body) else _exactly_once(offset, body)


def _is_plain(body: bytes) -> bool:
    """The format of at-least-once: position, time, count and entries, and nothing after them."""
    try:
        _at_least_once(body)
    except Broken:
        return False
    return True


def _at_least_once(body: bytes) -> Checkpoint:
    position, at = _varint(body, 3)
    _, at = _varint(body, at)
    count, at = _varint(body, at)
    last = low = position
    for _ in range(count):
        distance, at = _varint(body, at)
        _, at = _varint(body, at)
        last -= distance
        low = min(low, last)
    if at != len(body):
        raise Broken("bytes are left over")
    return Checkpoint(position, low, count)


def _exactly_once(offset: int, body: bytes) -> Checkpoint:
    """magic 2, format 1, flags 1, group hash 4, code version 2, writer 4, sequence, stream time, L below P, entries."""
    if len(body) < 14:
        raise Broken("too short")
    (writer,) = struct.unpack_from(">I", body, 10)
    sequence, at = _varint(body, 14)
    _, at = _varint(body, at)
    distance, at = _varint(body, at)
    count, at = _varint(body, at)
    if count > len(body):
        raise Broken("more entries than bytes")
    return Checkpoint(offset, offset - distance, count, (writer, sequence))

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


def assigned(data: bytes, topic: str) -> set[int]:
    """The partitions of a topic in a member's assignment, as the group protocol of consumers has it."""
    found: set[int] = set()
    (topics,) = struct.unpack_from(">i", data, 2)
    at = 6
    for _ in range(topics):
        name, at = _string(data, at)
        (count,) = struct.unpack_from(">i", data, at)
        if name == topic:
            found.update(struct.unpack_from(f">{count}i", data, at + 4))
        at += 4 + 4 * count
    return found


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


def decode(offset: int, metadata: str, group: str = "", pointed: dict | None = None) -> Checkpoint | None:
    """The checkpoint beside a committed offset; None where there is none.

    `pointed` holds the records of the checkpoints topic by (partition, offset): a pointer to one that is gone (the
    topic is compacted) stands for itself. Raises Broken where the text is neither a checkpoint nor a pointer to one.
    """
    if metadata == "":
        return None
    if metadata.startswith("@"):
        text = _follow(metadata, pointed or {})
        if text is None:
            return Checkpoint(offset, offset, 1, pointer=True)
        found = decode(offset, text, group, pointed)
        if found:
            found.pointer = True
        return found
    try:
        data = base64.b64decode(metadata, validate=True)
    except binascii.Error:
        raise Broken("not base64") from None
    if len(data) < 8 or data[:2] != b"DR":
        raise Broken("no checkpoint")
    body = data[:-4]
    if zlib.crc32(body) != struct.unpack("<I", data[-4:])[0]:
        raise Broken("its CRC does not match")
    if body[2] == 1:
        return _first_format(body)
    if body[2] == 2:
        return _second_format(offset, body, group)
    if body[2] == 3:
        return _third_format(offset, body, group, pointed or {})
    raise Broken(f"format {body[2]} is not known to the verifier")


def _follow(metadata: str, pointed: dict) -> str | None:
    """What `@partition:offset:length:crc` points at; None: it is gone."""
    parts = metadata[1:].split(":")
    if len(parts) == 2:  # the first format names one partition's offset and the sum in decimal
        parts = ["0", parts[0], "", f"{int(parts[1]):x}"]
    if len(parts) != 4:
        raise Broken("a pointer of an unknown form")
    value = pointed.get((int(parts[0]), int(parts[1])))
    if value is None:
        return None
    if zlib.crc32(value) != int(parts[3], 16) or (parts[2] and len(value) != int(parts[2])):
        raise Broken("the record it points at holds something else")
    return value.decode()


def _first_format(body: bytes) -> Checkpoint:
    """Position, stream time, then the entries from the highest down."""
    position, at = _varint(body, 3)
    _, at = _varint(body, at)
    count, at = _varint(body, at)
    last = position
    for _ in range(count):
        distance, at = _varint(body, at)
        _, at = _varint(body, at)
        last -= distance
    if at != len(body):
        raise Broken("bytes are left over")
    return Checkpoint(position, last, count)


@dataclass
class _Head:
    """What stands before the entries."""

    position: int
    token: tuple
    at: int


def _head(offset: int, body: bytes, group: str) -> _Head:
    """Flags, group hash, code, writer, sequence; position and time by flag; partitions."""
    if len(body) < 14:
        raise Broken("too short")
    flags, hashed, _, writer = struct.unpack_from("<BIHI", body, 3)
    if group and hashed != zlib.crc32(group.encode()):
        raise Broken("another group's")
    sequence, at = _varint(body, 14)
    position = offset
    if flags & 1:
        ahead, at = _varint(body, at)
        position += ahead
    if flags & 2:
        _, at = _varint(body, at)
    _, at = _varint(body, at)
    return _Head(position, (writer, sequence), at)


def _entries(position: int, body: bytes, at: int) -> tuple[dict[tuple[int, int], int], int]:
    """By the message that opened each (offset, index): the least offset that it needs."""
    count, at = _varint(body, at)
    if count > len(body):
        raise Broken("more entries than bytes")
    lows = []
    for number in range(count):
        distance, at = _varint(body, at)
        lows.append(lows[-1] + distance if number else position - distance)
    firsts = [(low, 0) for low in lows]
    detailed, at = _varint(body, at)
    number = 0
    for _ in range(detailed):
        gap, at = _varint(body, at)
        number += gap
        if number >= count:
            raise Broken("details of an entry that is not there")
        firsts[number], at = _details(lows[number], body, at)
        number += 1
    return dict(zip(firsts, lows, strict=True)), at


def _details(low: int, body: bytes, at: int) -> tuple[tuple[int, int], int]:
    """Index, spilled parts, end and stand-in time, by flag; the message that opened it."""
    flags, at = body[at], at + 1
    first, index = low, 0
    if flags & 1:
        index, at = _varint(body, at)
    if flags & 8:
        distance, at = _varint(body, at)
        first -= distance
        parts, at = _varint(body, at)
        for _ in range(parts):
            _, at = _varint(body, at)
            _, at = _varint(body, at)
            at += 4
    if flags & 2:
        _, at = _varint(body, at)
        _, at = _varint(body, at)
    if flags & 4:
        _, at = _varint(body, at)
    return (first, index), at


def _second_format(offset: int, body: bytes, group: str) -> Checkpoint:
    """All that is open, the least first."""
    head = _head(offset, body, group)
    found, _ = _entries(head.position, body, head.at)
    return Checkpoint(head.position, min(found.values(), default=head.position), len(found), head.token)


def _third_format(offset: int, body: bytes, group: str, pointed: dict) -> Checkpoint:
    """A pointer to an earlier checkpoint, what of it is closed, and what has opened since."""
    head = _head(offset, body, group)
    partition, at = _varint(body, head.at)
    record, at = _varint(body, at)
    length, at = _varint(body, at)
    (crc,) = struct.unpack_from("<I", body, at)
    distance, at = _varint(body, at + 4)
    closed, at = _entries(head.position, body, at)
    opened, _ = _entries(head.position, body, at)
    text = _follow(f"@{partition}:{record}:{length}:{crc:x}", pointed)
    if text is None:
        return Checkpoint(head.position, head.position, len(opened), head.token, pointer=True)
    data = base64.b64decode(text)[:-4]
    if data[2] != 2:
        raise Broken("changes of what is no whole list")
    earlier = _head(offset - ((distance >> 1) ^ -(distance & 1)), data, group)
    found, _ = _entries(earlier.position, data, earlier.at)
    found = {first: low for first, low in found.items() if first not in closed} | opened
    return Checkpoint(head.position, min(found.values(), default=head.position), len(found), head.token, pointer=True)

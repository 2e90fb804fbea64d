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
        found = decode(offset, text, group)
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


def _second_format(offset: int, body: bytes, group: str) -> Checkpoint:
    """Flags, group hash, code, writer, sequence; position and time by flag; partitions; entries, the least first."""
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
    count, at = _varint(body, at)
    if count > len(body):
        raise Broken("more entries than bytes")
    low = position
    for number in range(count):
        distance, at = _varint(body, at)
        if number == 0:
            low = position - distance
    return Checkpoint(position, low, count, (writer, sequence))

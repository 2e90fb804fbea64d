"""DashStream frames, read and written with an independent protobuf library."""

import sys
import tempfile
from pathlib import Path

import zstandard
from google.protobuf.message import DecodeError

LIMIT = 10 << 20
ROOT = Path(__file__).resolve().parents[2]


def _schema():
    from grpc_tools import protoc

    with tempfile.TemporaryDirectory() as folder:
        proto = ROOT / "Tests" / "Fixtures" / "dashstream.proto"
        if protoc.main(["protoc", f"-I{proto.parent}", f"--python_out={folder}", str(proto)]) != 0:
            sys.exit("chaos: the schema does not compile")
        sys.path.insert(0, folder)
        import dashstream_pb2

        return dashstream_pb2


pb = _schema()
MAIN = {"event", "state_diff", "checkpoint", "metrics"}
GRAPH_START, GRAPH_END, GRAPH_ERROR = 1, 2, 3
NODE_START, NODE_END, NODE_ERROR, EDGE = 10, 11, 12, 20


class Poison(Exception):
    """A record that cannot be read; the text is the dead letter's reason."""


def unpack(value: bytes | None) -> bytes:
    """A frame's body."""
    if not value:
        raise Poison("io_error")
    if len(value) > LIMIT:
        raise Poison("decode_error")
    if value[0] == 0:
        return value[1:]
    if value[0] != 1:
        raise Poison("invalid_format")
    body = bytearray()
    rest = value[1:]
    try:
        while rest:
            reader = zstandard.ZstdDecompressor().decompressobj()
            body += reader.decompress(rest)
            if not reader.eof:
                raise Poison("decompression_error")
            rest = reader.unused_data
    except zstandard.ZstdError:
        raise Poison("decompression_error") from None
    if len(body) > LIMIT:
        raise Poison("decompression_error")
    return bytes(body)


def decode(value: bytes | None):
    """The messages of a record as (kind, message), those of a batch one by one.

    Raises Poison where the record cannot be read.
    """
    envelope = pb.DashStreamMessage()
    try:
        envelope.ParseFromString(unpack(value))
    except DecodeError:
        raise Poison("decode_error") from None
    kind = envelope.WhichOneof("message")
    if kind is None:
        raise Poison("schema_error")
    message = getattr(envelope, kind)
    units = [("event", event) for event in message.events] if kind == "event_batch" else [(kind, message)]
    checked = units + ([(kind, message)] if kind == "event_batch" else [])
    for _, unit in checked:
        if not unit.HasField("header") or unit.header.schema_version not in (0, 1):
            raise Poison("schema_error")
    for _, unit in units:
        if not unit.header.thread_id or not unit.header.message_id:
            raise Poison("schema_error")
    return units


def encode(kind: str, message, compress: bool = True) -> bytes:
    """A message as a producer frames it: zstd above 512 bytes where that makes it smaller."""
    envelope = pb.DashStreamMessage()
    getattr(envelope, kind).CopyFrom(message)
    body = envelope.SerializeToString()
    if compress and len(body) > 512:
        packed = zstandard.ZstdCompressor(level=3).compress(body)
        if len(packed) < len(body):
            return b"\x01" + packed
    return b"\x00" + body


def is_main(kind: str, message) -> bool:
    """Whether a message belongs to the lane that is ordered and counted."""
    if kind == "event":
        if 80 <= message.event_type <= 83:
            return False
        return not (message.event_type == GRAPH_ERROR and "alert_type" in message.attributes)
    if kind == "metrics":
        return message.scope_id == message.header.thread_id
    return kind in MAIN

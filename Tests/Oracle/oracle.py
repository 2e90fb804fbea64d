"""Writes seeded random and damaged DashStream messages with what an independent protobuf library makes of them.

Each record: u32 length, message bytes, u8 verdict (0 refused, 1 accepted, 2 accepted
and fields not to be compared), u32 length, the message as canonical JSON (empty where refused).
"""
import json
import random
import struct
import sys
import tempfile
from pathlib import Path

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from grpc_tools import protoc


def load(proto: Path):
    with tempfile.TemporaryDirectory() as folder:
        code = protoc.main(["protoc", f"-I{proto.parent}", f"--python_out={folder}", str(proto)])
        if code != 0:
            sys.exit("oracle: the schema does not compile")
        sys.path.insert(0, folder)
        import dashstream_pb2

        return dashstream_pb2


WORDS = ["", "a", "node", "état", "日本", "x" * 200, "{\"a\":1}", "/a/b", "\u2028", "q\"\\", "0"]


def text(r):
    return r.choice(WORDS) if r.random() < 0.7 else "".join(chr(r.choice([65, 233, 0x4E2D, 0x1F600])) for _ in range(r.randrange(8)))


def scalar(r, field):
    f = field
    if f.cpp_type == f.CPPTYPE_STRING:
        return text(r) if f.type == f.TYPE_STRING else bytes(r.randrange(256) for _ in range(r.choice([0, 1, 16, 40])))
    if f.cpp_type == f.CPPTYPE_BOOL:
        return r.random() < 0.5
    if f.cpp_type == f.CPPTYPE_DOUBLE:
        return r.choice([0.0, -0.0, 1.5, 1e300, float("nan"), float("inf"), r.random()])
    if f.cpp_type == f.CPPTYPE_FLOAT:
        return struct.unpack("f", struct.pack("f", r.choice([0.0, 0.1, -3.25, float("inf"), r.random()])))[0]
    if f.cpp_type == f.CPPTYPE_ENUM:
        return r.choice([v.number for v in f.enum_type.values] + [999])
    if f.cpp_type == f.CPPTYPE_INT64:
        return r.choice([0, 1, -1, 2**63 - 1, -(2**63), r.randrange(10**15)])
    if f.cpp_type == f.CPPTYPE_UINT64:
        return r.choice([0, 1, 2**64 - 1, r.randrange(1000)])
    return r.choice([0, 1, 2**31 - 1, r.randrange(1000)])


def fill(r, message, depth=0):
    for field in message.DESCRIPTOR.fields:
        if r.random() < (0.5 if depth else 0.0) or depth > 5:
            continue
        if field.containing_oneof and r.random() < 0.7 and depth == 0:
            continue
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED
        if is_map:
            target = getattr(message, field.name)
            for _ in range(r.randrange(3)):
                value = field.message_type.fields_by_name["value"]
                if value.message_type is not None:
                    fill(r, target[text(r)], depth + 1)
                else:
                    target[text(r)] = scalar(r, value)
        elif repeated:
            target = getattr(message, field.name)
            for _ in range(r.randrange(4)):
                if field.message_type is not None:
                    fill(r, target.add(), depth + 1)
                else:
                    target.append(scalar(r, field))
        elif field.message_type is not None:
            inner = getattr(message, field.name)
            inner.SetInParent()
            fill(r, inner, depth + 1)
        else:
            setattr(message, field.name, scalar(r, field))


def repair(r, message):
    """Gives most messages a header that is accepted, so that their fields are compared."""
    kind = message.WhichOneof("message")
    if kind is None:
        return
    body = getattr(message, kind)
    units = [body] + (list(body.events) if kind == "event_batch" else [])
    for unit in units:
        if r.random() < 0.97:
            unit.header.schema_version = r.choice([0, 1, 1, 1])
            unit.header.thread_id = unit.header.thread_id or "t"
            unit.header.message_id = unit.header.message_id or b"\1" * 16


def damage(r, data, other):
    data = bytearray(data)
    for _ in range(r.choice([0, 0, 0, 1, 1, 2, 5])):
        what = r.randrange(6)
        at = r.randrange(len(data) + 1)
        if what == 0 and data:
            data[min(at, len(data) - 1)] ^= 1 << r.randrange(8)
        elif what == 1:
            del data[at:]
        elif what == 2:
            data[at:at] = bytes(r.randrange(256) for _ in range(r.randrange(1, 6)))
        elif what == 3:
            end = r.randrange(at, len(data) + 1)
            data[at:at] = data[at:end]
        elif what == 4:
            data += other
        elif data:
            data[min(at, len(data) - 1)] = r.choice([0x0B, 0x0C, 0x80, 0xFF, 0x0A, 0x00])
    return bytes(data)


def accepts(message):
    kind = message.WhichOneof("message")
    if kind is None:
        return False
    body = getattr(message, kind)
    batch = kind == "event_batch"
    for unit in [body] + (list(body.events) if batch else []):
        if not unit.HasField("header") or unit.header.schema_version not in (0, 1):
            return False
        own = batch and unit is body
        if not own and (not unit.header.thread_id or not unit.header.message_id):
            return False
    return True


def fields_of(data):
    """Field number, wire type and bytes (of a length-delimited field) of well-formed protobuf."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def skip(tag):
        nonlocal at
        wire = tag & 7
        if wire == 0:
            varint()
        elif wire == 1:
            at += 8
        elif wire == 5:
            at += 4
        elif wire == 2:
            length = varint()
            at += length
        elif wire == 3:
            while True:
                inner = varint()
                if inner & 7 == 4:
                    return
                skip(inner)

    while at < len(data):
        tag = varint()
        if tag & 7 == 2:
            length = varint()
            yield tag >> 3, 2, data[at : at + length]
            at += length
        else:
            skip(tag)
            yield tag >> 3, tag & 7, b""


def drops_entries(data, descriptor):
    """Whether a map entry holds an unknown field: this library then drops the whole entry, others only the field."""
    for number, wire, inner in fields_of(data):
        field = descriptor.fields_by_number.get(number)
        if field is None or wire != 2 or field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            known = field.message_type.fields_by_number
            for key, kind, _ in fields_of(inner):
                expected = 2 if key in known and known[key].cpp_type in (9, 10) else 0
                if key not in known or kind != expected:
                    return True
        if drops_entries(inner, field.message_type):
            return True
    return False


def main():
    proto, out, count, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    schema = load(proto)
    r = random.Random(seed)
    other = b""
    accepted = 0
    with open(out, "wb") as file:
        for _ in range(count):
            message = schema.DashStreamMessage()
            fill(r, message)
            repair(r, message)
            data = message.SerializeToString()
            data, other = damage(r, data, other), data[:400]
            read = schema.DashStreamMessage()
            try:
                read.ParseFromString(data)
                good = accepts(read)
            except DecodeError:
                good = False
            text_ = b""
            quirk = good and drops_entries(data, schema.DashStreamMessage.DESCRIPTOR)
            if good:
                accepted += 1
            if good and not quirk:
                value = json_format.MessageToDict(read, preserving_proto_field_name=True)
                text_ = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
            file.write(struct.pack("<I", len(data)) + data + bytes([2 if quirk else int(good)]) + struct.pack("<I", len(text_)) + text_)
    print(f"oracle: {count} messages written, {accepted} of them acceptable")


main()

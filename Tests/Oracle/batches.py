"""Compares batches in protobuf with the same batches in JSON, field by field, by an independent protobuf library.

Usage: batches.py SCHEMA BATCHES.pb BATCHES.jsonl...  (files in pairs: .pb, then .jsonl)
       batches.py SCHEMA RECORDS.scored  (the records between the stages: the library would write the same bytes)
"""
import importlib
import json
import math
import struct
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.unknown_fields import UnknownFieldSet
from grpc_tools import protoc

# objects and arrays in JSON, JSON text in protobuf
JSON_TEXT = {
    "Example.data", "Sample.inputs", "Sample.outputs", "Call.tools", "ChatMessage.tool_calls", "ChatMessage.content_parts"
}


def load(proto: Path):
    with tempfile.TemporaryDirectory() as folder:
        code = protoc.main(["protoc", f"-I{proto.parent}", f"--python_out={folder}", str(proto)])
        if code != 0:
            sys.exit("batches: the schema does not compile")
        sys.path.insert(0, folder)
        return importlib.import_module(f"{proto.stem}_pb2")


def delimited(data: bytes):
    at = 0
    while at < len(data):
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if at + length > len(data):
            sys.exit("batches: the last batch is cut off")
        yield data[at : at + length]
        at += length


class Written(float):
    """A number with a fraction or an exponent, and how it was written."""

    def __new__(cls, text):
        self = super().__new__(cls, text)
        self.text = text
        return self


def strict(value):
    """The same only where the text is: 1, 1.0 and true differ."""
    if isinstance(value, dict):
        return {key: strict(one) for key, one in value.items()}
    if isinstance(value, list):
        return [strict(one) for one in value]
    return (type(value), value.text if isinstance(value, Written) else value)


def chat_message(expected):
    """A message of a chat as the schema has it: an array of parts and an id that is null have fields of their own."""
    content, has_id = expected.get("content"), "tool_call_id" in expected
    parts = isinstance(content, list)
    return {
        **expected,
        "content": None if parts else content,
        "content_parts": content if parts else None,
        "tool_call_id_null": has_id and expected["tool_call_id"] is None,
    }


SHAPES = {"Chat": lambda messages: {"messages": messages}, "ChatMessage": chat_message}
compared = 0


def same(path, field, value, expected):
    """One value, not repeated; `expected` is what json.loads made of it."""
    global compared
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        return message(path, value, SHAPES.get(field.message_type.name, dict)(expected))
    compared += 1
    if f"{field.containing_type.name}.{field.name}" in JSON_TEXT:
        if strict(json.loads(value, parse_float=Written)) != strict(expected):
            sys.exit(f"batches: {path}: {value} for {expected}")
        return
    if field.type == FieldDescriptor.TYPE_FLOAT:
        if expected is None:
            if math.isfinite(value):
                sys.exit(f"batches: {path}: {value} for null")
            return
        expected = struct.unpack("f", struct.pack("f", expected))[0]
    if field.type == FieldDescriptor.TYPE_DOUBLE:
        expected = float(expected)
    if value != expected or isinstance(value, bool) != isinstance(expected, bool):
        sys.exit(f"batches: {path}: {value!r} for {expected!r}")


def message(path, found, expected):
    names = {field.name for field in found.DESCRIPTOR.fields}
    if unknown := set(expected) - names:
        sys.exit(f"batches: {path}: the schema lacks {unknown}")
    if len(UnknownFieldSet(found)) > 0:
        sys.exit(f"batches: {path}: has fields that the schema lacks")
    for field in found.DESCRIPTOR.fields:
        here = f"{path}.{field.name}"
        value = getattr(found, field.name)
        if field.is_repeated if hasattr(field, "is_repeated") else field.label == FieldDescriptor.LABEL_REPEATED:
            items = expected.get(field.name, [])
            if len(value) != len(items):
                sys.exit(f"batches: {here}: {len(value)} of {len(items)}")
            for index, (one, other) in enumerate(zip(value, items)):
                same(f"{here}[{index}]", field, one, other)
        elif expected.get(field.name) is None:
            if field.has_presence and found.HasField(field.name):
                sys.exit(f"batches: {here}: {value!r} for null")
            if not field.has_presence:
                sys.exit(f"batches: {here}: JSON has none, and the schema cannot say so")
        else:
            if field.has_presence and not found.HasField(field.name):
                sys.exit(f"batches: {here}: absent for {expected[field.name]!r}")
            same(here, field, value, expected[field.name])


def no_unknown(path, found):
    if len(UnknownFieldSet(found)) > 0:
        sys.exit(f"batches: {path}: has fields that the schema lacks")
    for field, value in found.ListFields():
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for one in value if isinstance(value, Sequence) or hasattr(value, "add") else [value]:
                no_unknown(f"{path}.{field.name}", one)


def scored(schema, file):
    count = 0
    for index, data in enumerate(delimited(Path(file).read_bytes())):
        record = schema.ScoredRecord()
        record.ParseFromString(data)
        no_unknown(f"{file}[{index}]", record)
        if record.SerializeToString(deterministic=True) != data:
            sys.exit(f"batches: {file}[{index}] is not as the library would write it")
        count += 1
    if count == 0:
        sys.exit("batches: there is none to compare")
    print(f"batches: {count} records between the stages as the library writes them")


def main():
    schema = load(Path(sys.argv[1]))
    if sys.argv[2].endswith(".scored"):
        return scored(schema, sys.argv[2])
    batches = 0
    for binary, lines in zip(sys.argv[2::2], sys.argv[3::2]):
        found = list(delimited(Path(binary).read_bytes()))
        expected = Path(lines).read_text(encoding="utf-8").split("\n")[:-1]
        if len(found) != len(expected):
            sys.exit(f"batches: {len(found)} batches in {binary}, {len(expected)} in {lines}")
        for index, (one, other) in enumerate(zip(found, expected)):
            batch = schema.TrainingBatch()
            batch.ParseFromString(one)
            if batch.SerializeToString(deterministic=True) != one:
                sys.exit(f"batches: {binary}[{index}] is not as the library would write it")
            message(f"{binary}[{index}]", batch, json.loads(other, parse_float=Written))
            batches += 1
    if batches == 0:
        sys.exit("batches: there is none to compare")
    print(f"batches: {batches} batches, {compared} values the same in protobuf and JSON")


main()

"""Reading: JSON, protobuf, compressed, cut, and what is no batch."""

from __future__ import annotations

import io
import json
import math
import struct
import subprocess
import sys

import pytest
from conftest import DATA, ROOT
from making import batch, call, group, rollout, sample

from dash_reinforce import BatchError, parse, read
from dash_reinforce._fields import FIELDS
from dash_reinforce._protobuf import Writer, decode, encode_varint


def in_protobuf(value, message="TrainingBatch"):
    """A dictionary as protobuf, by the same table but written another way."""
    out = Writer()
    if message == "Chat":
        value = {"messages": value}
    elif message == "ChatMessage":
        parts = value.get("content") if isinstance(value.get("content"), list) else None
        null = "tool_call_id" in value and value["tool_call_id"] is None
        value = {
            **value,
            "content_parts": parts,
            "content": None if parts else value["content"],
            "tool_call_id_null": null,
        }
    for number, (name, kind, label) in sorted(FIELDS[message].items()):
        found = value.get(name)
        if found is None:
            continue
        for one in found if label == "repeated" and kind not in ("uint32", "float") else [found]:
            if kind in FIELDS:
                out.data(number, in_protobuf(one, kind), always=True)
            elif label == "repeated" and kind == "uint32":
                out.integers(number, one)
            elif label == "repeated" and kind == "float":
                out.floats(number, [-math.inf if v is None else v for v in one])
            elif kind == "json":
                out.text(number, json.dumps(one), always=True)
            elif kind == "string":
                out.text(number, one, always=True)
            elif kind == "double":
                out.double(number, one, always=True)
            else:
                out.integer(number, int(one), always=True)
    return bytes(out)


def known(value, message="TrainingBatch"):
    """A dictionary without what the schema does not have."""
    if not isinstance(value, dict) or message in ("Chat", "ChatMessage"):
        return value
    out = {}
    for name, kind, label in FIELDS[message].values():
        found = value.get(name)
        if kind in FIELDS and label == "repeated":
            found = [known(one, kind) for one in found or []]
        elif kind in FIELDS:
            found = known(found, kind)
        elif kind == "float":
            found = [None if v is None else struct.unpack("<f", struct.pack("<f", v))[0] for v in found]
        out[name] = found
    return out


@pytest.fixture
def value():
    full = sample(
        0, token_ids=[1, 300, 4294967295], prompt_token_ids=[5], logprobs=[-0.5, None, -1e-3], loss_mask=[1, 0, 1]
    )
    reward = {"name": "match", "weight": 1.0, "value": None, "status": "none", "evaluator_version": 0}
    estimator = {
        "name": "grpo", "preset": "dashflow", "baseline": "mean", "scale": "std", "ddof": 1, "epsilon": 1e-8,
        "singleton": "zero", "credit": "rollout", "version": 1,
    }  # fmt: skip
    stats = {"votes": 2, "mean": 0.5, "std": 0.7, "min": -1.0, "max": 1.0, "outcome_mean": 0.5}
    tool = {"id": "x", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    chat = [
        {"role": "user", "content": [{"type": "text", "text": "ü"}]},
        {"role": "assistant", "content": None, "tool_calls": [tool], "reasoning": "so"},
        {"role": "tool", "content": "5", "tool_call_id": "x", "name": "f"},
        {"role": "tool", "content": "", "tool_call_id": None},
        {"role": "assistant", "content": None},
    ]
    nothing = {"prompt": None, "completion": None, "tools": [{"type": "function"}], "logprobs": [], "role": "judge"}
    example = {"data": {"question": "ü", "n": [1, 1.0, None, -5]}, "input_keys": ["question"]}
    calls = [{**call(0), "prompt": chat}, {**call(1), **nothing}]
    thread = rollout(3, calls, [full], rewards=[reward], reward=None, advantage=-0.7, started_at_us=-5)
    return batch(group("d", [thread], stats=stats, example=example), estimator=estimator)


def test_json_and_protobuf_are_the_same_dictionary(value):
    assert parse(in_protobuf(value)) == known(value)
    assert known(parse(json.dumps(value).encode())) == known(value)


def test_a_prompt_that_is_not_there_is_none_and_an_empty_one_is_a_list(value):
    for prompt in (None, []):
        value["groups"][0]["rollouts"][0]["calls"][0]["prompt"] = prompt
        assert parse(in_protobuf(value))["groups"][0]["rollouts"][0]["calls"][0]["prompt"] == prompt


def test_the_protobuf_library_writes_what_the_reader_reads(value, schema):
    message = schema.TrainingBatch.FromString(in_protobuf(value))
    assert decode(message.SerializeToString()) == known(value)


def test_the_form_is_told_by_the_content_type_or_the_first_byte(value):
    assert parse(json.dumps(value).encode(), "application/json; charset=utf-8") == value
    assert parse(b"  " + json.dumps(value).encode()) == value
    assert parse(in_protobuf(value), "application/x-protobuf")["batch_id"] == "b"
    with pytest.raises(BatchError, match="no batch in JSON"):
        parse(in_protobuf(value), "application/json")


def test_the_table_is_what_the_schema_gives():
    subprocess.run([sys.executable, str(ROOT / "python/tools/make_fields.py"), "--check"], check=True)


def test_fields_of_a_later_schema_are_passed_over(value):
    more = Writer().integer(200, 5).double(201, 1.5).text(202, "new")
    more.parts += [encode_varint(203 << 3 | 5), b"abcd"]
    assert parse(in_protobuf(value) + bytes(more)) == known(value)


@pytest.mark.parametrize("cut", [1, 2, 5, 30, 100])
def test_protobuf_that_was_cut_is_an_error(value, cut):
    with pytest.raises(BatchError):
        parse(in_protobuf(value)[:-cut], "application/x-protobuf")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x0b", "wire type 3"),
        (b"\x00\x00", "field number 0"),
        (b"\x08" + b"\xff" * 11, "more than ten bytes"),
        (b"\x12\x02\xff\xff", "no UTF-8"),
        (b"\x10\x01", "wire type 0 in place of 2"),
        (b"\x52\x06\x22\x04\x0a\x02{{", "no JSON"),
    ],
)
def test_damaged_protobuf_says_what_is_wrong(data, message):
    with pytest.raises(BatchError, match=message):
        parse(data, "application/x-protobuf")


def test_what_is_no_batch_says_so():
    for text, message in (
        ("[]", "no groups"),
        ("{}", "no groups"),
        ('{"groups": [], "schema_version": 2}', "reads version 1"),
    ):
        with pytest.raises(BatchError, match=message):
            parse(text.encode(), "application/json")
    with pytest.raises(BatchError):
        parse(b"[" * 100_000, "application/json")


def written(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def delimited(values):
    return b"".join(encode_varint(len(data)) + data for data in map(in_protobuf, values))


def test_files_of_each_kind_give_the_same(value, tmp_path):
    lines = (json.dumps(value) + "\n\n" + json.dumps(value)).encode()
    assert list(read(written(tmp_path, "a.jsonl", lines))) == [value, value]
    assert list(read(written(tmp_path, "a.pb", delimited([value, value])))) == [known(value)] * 2
    assert list(read(written(tmp_path, "odd", delimited([value])), format="pb")) == [known(value)]


def test_compressed_files_give_the_same(value, tmp_path):
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed")
    pack = zstandard.ZstdCompressor().compress
    lines = json.dumps(value).encode() + b"\n"
    assert list(read(written(tmp_path, "a.jsonl.zst", pack(lines) + pack(lines)))) == [value, value]
    assert list(read(written(tmp_path, "a.pb.zst", pack(delimited([value]))))) == [known(value)]
    with pytest.raises(BatchError):
        list(read(written(tmp_path, "cut.pb.zst", pack(delimited([value] * 50))[:-20])))
    with pytest.raises(BatchError, match="no zstd"):
        list(read(written(tmp_path, "none.jsonl.zst", b"{}\n")))


def test_errors_name_the_file_and_the_place(value, tmp_path):
    with pytest.raises(BatchError, match=r"a\.jsonl, line 2"):
        list(read(written(tmp_path, "a.jsonl", json.dumps(value).encode() + b"\n{\n")))
    whole = delimited([value, value])
    with pytest.raises(BatchError, match=r"a\.pb, after 1 batches: cut"):
        list(read(written(tmp_path, "a.pb", whole[:-1])))
    with pytest.raises(BatchError, match="cut within a length"):
        list(read(written(tmp_path, "b.pb", b"\xff")))
    with pytest.raises(BatchError, match="no batches behind their lengths"):
        list(read(written(tmp_path, "c.pb", b"\xff" * 20)))
    with pytest.raises(FileNotFoundError):
        list(read(tmp_path / "missing.jsonl"))
    with pytest.raises(ValueError, match="format"):
        list(read("-", format="xml"))


def test_a_minus_is_standard_input(value, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(value).encode())))
    assert list(read("-")) == [value]


def test_the_program_writes_json_and_protobuf_that_are_read_as_the_same(program, tmp_path):
    recording, examples = (ROOT / "Tests/Fixtures/golden/run" / name for name in ("run.dsrun", "examples.jsonl"))
    found = {}
    for name in ("a.jsonl", "a.pb", "a.pb.zst"):
        command = [program, "replay", "--input", recording, "--examples", examples, "--out", tmp_path / name, "--quiet"]
        subprocess.run(command, check=True, capture_output=True)
        if name.endswith(".zst"):
            pytest.importorskip("zstandard", reason="zstandard is not installed")
        found[name] = [known(one) for one in read(tmp_path / name)]
    assert len(found["a.jsonl"]) > 10
    assert found["a.jsonl"] == found["a.pb"] == found["a.pb.zst"]


def test_the_golden_batches_are_read():
    assert len(list(read(DATA / "calls.jsonl"))) == 17
    assert call(0)["token_source"] == "engine"

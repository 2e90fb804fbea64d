"""What the tracer writes: read by the protobuf library, and made into batches by the program."""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import struct
import subprocess
import threading
import zlib

import pytest

from dash_reinforce import read
from dash_reinforce.trace import TraceError, Tracer, current_thread
from dash_reinforce.trace.sinks import is_brokers

IDS = [72, 105, 1]


def records(path):
    """The records of a recording: (partition, offset, key, value)."""
    data = path.read_bytes()
    assert data[:8] == b"DSRUN\0\0\1"
    at, out = 8, []
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        partition, offset, _, key_size = struct.unpack_from("<HQqH", data, at + 4)
        start = at + 24
        key = data[start : start + key_size]
        headers, value_size = struct.unpack_from("<HI", data, start + key_size)
        value = data[start + key_size + 6 :][:value_size]
        assert headers == 0 and size == 20 + key_size + 6 + value_size
        out.append((partition, offset, key, value))
        at += 4 + size
    return out


def messages(path, dashstream):
    """The messages of a recording; every byte of a frame is of the schema."""
    out = []
    for _, _, key, value in records(path):
        assert value[:1] == b"\0"
        message = dashstream.DashStreamMessage.FromString(value[1:])
        assert (
            message.SerializeToString(deterministic=True) != b"" and len(message.SerializeToString()) == len(value) - 1
        )
        found = getattr(message, message.WhichOneof("message"))
        assert found.header.thread_id.encode() == key and len(found.header.message_id) == 16
        out.append(found)
    return out


def agent(tracer, index=0, right=True, group="g", size=2):
    with tracer.thread(
        "e1", group, index, size, policy_version=7, state={"question": "Hi?"}, thread_id=f"{group}-{index}"
    ) as t:
        t.node("plan", plan=["think", 1.5], steps=1)
        with t.node("answer") as node:
            t.tool("search", {"q": "Hi"}, {"found": 2}, seconds=0.25)
            t.call(
                [{"role": "user", "content": "Hi?"}], "Hi!" if right else "No",
                prompt_token_ids=[7, 8], token_ids=IDS, logprobs=[-0.5, float("-inf"), -1.25], loss_mask=[1, 0, 1],
                tools=[{"type": "function", "function": {"name": "search"}}], model="tiny", temperature=0.5, top_p=0.9,
                max_tokens=5, seed=3, tokenizer="chars", role="solver", finish_reason="stop", response_model="tiny-1",
                input_tokens=2, output_tokens=3, rewards={"format": 1},
            )  # fmt: skip
            node.set(answer="Hi" if right else "No")
            node.remove("steps")
            node.reward("style", 0.5)
        t.reward("human", 0.25)


def test_the_schema_reads_what_is_written(tmp_path, dashstream):
    path = tmp_path / "a.dsrun"
    with Tracer(path, tenant="acme") as tracer:
        agent(tracer)
    found = messages(path, dashstream)
    d = dashstream
    main = [one for one in found if not hasattr(one, "tool_name")]
    assert [getattr(one, "event_type", "diff") for one in main] == [1, 10, "diff", 11, 10, 30, 31, "diff", 11, 2]
    assert [one.header.sequence for one in main] == list(range(1, 11))
    times = [one.header.timestamp_us for one in found]
    assert times == sorted(times) and len(set(times)) == len(times)
    assert {(one.header.tenant_id, one.header.schema_version) for one in found} == {("acme", 1)}
    assert {one.header.message_id for one in found}.__len__() == len(found)

    start = main[0].attributes
    assert {k: start[k].string_value for k in ("example_id", "group_id")} == {"example_id": "e1", "group_id": "g"}
    assert {k: start[k].int_value for k in ("rollout_index", "group_size", "policy_version")} == {
        "rollout_index": 0, "group_size": 2, "policy_version": 7
    }  # fmt: skip
    state = json.loads(start["initial_state_json"].string_value)

    for diff in (one for one in main if isinstance(one, d.StateDiff)):
        for operation in diff.operations:
            name = operation.path[1:]
            if operation.op == d.DiffOperation.OP_TYPE_REMOVE:
                del state[name]
            else:
                assert (operation.op == d.DiffOperation.OP_TYPE_REPLACE) == (name in state)
                state[name] = json.loads(operation.value)
        text = json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert diff.state_hash == hashlib.sha256(text.encode()).digest()
    assert state == {"question": "Hi?", "plan": ["think", 1.5], "answer": "Hi"}

    begin, end = main[5], main[6]
    assert begin.llm_request_id == end.llm_request_id and begin.node_id == end.node_id == "answer"
    said = begin.attributes
    assert json.loads(said["gen_ai.input.messages"].string_value) == [{"role": "user", "content": "Hi?"}]
    assert json.loads(said["gen_ai.tool.definitions"].string_value)[0]["function"]["name"] == "search"
    assert said["rl.prompt_token_ids"].bytes_value == struct.pack("<2I", 7, 8)
    assert said["gen_ai.request.temperature"].float_value == 0.5 and said["gen_ai.request.top_p"].float_value == 0.9
    assert said["gen_ai.request.max_tokens"].int_value == 5 and said["gen_ai.request.seed"].int_value == 3
    assert (said["rl.tokenizer"].string_value, said["rl.role"].string_value) == ("chars", "solver")
    said = end.attributes
    assert json.loads(said["gen_ai.output.messages"].string_value) == [{"role": "assistant", "content": "Hi!"}]
    assert said["gen_ai.response.finish_reasons"].array_value.values[0].string_value == "stop"
    assert struct.unpack("<3I", said["rl.token_ids"].bytes_value) == tuple(IDS)
    assert struct.unpack("<3f", said["rl.logprobs"].bytes_value) == (-0.5, -math.inf, -1.25)
    assert said["rl.loss_mask"].bytes_value == b"\1\0\1" and said["rl.reward.format"].float_value == 1.0
    assert main[8].attributes["rl.reward.style"].float_value == 0.5
    assert main[9].attributes["rl.reward.human"].float_value == 0.25 and main[9].duration_us > 0

    (tool,) = (one for one in found if isinstance(one, d.ToolExecution))
    assert (tool.tool_name, tool.arguments, tool.result, tool.stage, tool.duration_us) == (
        "search", b'{"q":"Hi"}', b'{"found":2}', d.ToolExecution.EXECUTION_STAGE_COMPLETED, 250_000
    )  # fmt: skip


def test_records_lie_where_librdkafkas_partitioner_puts_them(tmp_path):
    path = tmp_path / "a.dsrun"
    with Tracer(path, partitions=3) as tracer:
        for index in range(6):
            agent(tracer, index, size=6)
    offsets = {}
    for partition, offset, key, _ in records(path):
        assert partition == zlib.crc32(key) % 3
        assert offset == offsets.get(partition, 0)
        offsets[partition] = offset + 1
    assert len(offsets) > 1


def replayed(program, tmp_path, path):
    examples = tmp_path / "examples.jsonl"
    example = {"example_id": "e1", "data": {"question": "Hi?", "answer": "Hi"}, "input_keys": ["question"]}
    examples.write_text(json.dumps(example) + "\n")
    ledger = tmp_path / "ledger.jsonl"
    subprocess.run(
        [
            program,
            "replay",
            "--input",
            path,
            "--examples",
            examples,
            "--out",
            tmp_path / "out.jsonl",
            "--ledger",
            ledger,
            "--quiet",
            "--groups-per-batch",
            "1",
        ],
        check=True,
    )
    (batch,) = read(tmp_path / "out.jsonl")
    return batch, [json.loads(line) for line in ledger.read_text().splitlines()]


def test_the_program_makes_a_batch_of_it_paired_verified_and_rewarded(program, tmp_path):
    path = tmp_path / "a.dsrun"
    with Tracer(path, tenant="acme") as tracer:
        agent(tracer, 0, right=True)
        agent(tracer, 1, right=False)
    batch, ledger = replayed(program, tmp_path, path)
    (group,) = batch["groups"]
    assert (batch["tenant_id"], group["group_id"], group["example_id"], group["policy_version_min"]) == (
        "acme",
        "g",
        "e1",
        "7",
    )
    assert [r["reward"] for r in group["rollouts"]] == [1.0, 0.0]
    assert [(r["status"], r["trains"], r["tool_calls"], r["tool_failures"]) for r in group["rollouts"]] == [
        ("completed", True, 1, 0)
    ] * 2
    # a node has a sample only where the state is verified before and behind it
    assert [[s["node_id"] for s in r["samples"]] for r in group["rollouts"]] == [["plan", "answer"]] * 2
    assert group["rollouts"][0]["samples"][1]["outputs"] == {"answer": "Hi"}
    assert all(line.get("missing", 0) == 0 for line in ledger)
    for rollout in group["rollouts"]:
        for call in rollout.get("calls") or []:  # where the program knows model calls
            assert (call["status"], call["trains"], call["token_source"], call["token_problem"]) == (
                "ok",
                True,
                "engine",
                None,
            )
            assert (call["prompt_token_ids"], call["token_ids"], call["loss_mask"]) == ([7, 8], IDS, [1, 0, 1])
            assert call["logprobs"] == [-0.5, None, -1.25] and call["temperature"] == 0.5 and call["role"] == "solver"
            assert call["prompt"] == [{"role": "user", "content": "Hi?"}] and call["finish_reason"] == "stop"


def test_a_failing_agent_is_a_failed_run_and_its_error_goes_on(program, tmp_path, dashstream):
    path = tmp_path / "a.dsrun"
    with Tracer(path) as tracer:
        agent(tracer, 0)
        with (
            pytest.raises(KeyError),
            tracer.thread("e1", "g", 1, 2, policy_version=7, thread_id="g-1") as t,
            t.node("answer"),
        ):
            raise KeyError("lost")
    kinds = [one.event_type for one in messages(path, dashstream) if one.header.thread_id == "g-1"]
    assert kinds == [1, 10, 12, 3]
    batch, _ = replayed(program, tmp_path, path)
    assert [(r["status"], r["reward"]) for r in batch["groups"][0]["rollouts"]] == [("completed", 1.0), ("failed", 0.0)]


def test_an_interrupted_run_has_no_end(tmp_path, dashstream):
    path = tmp_path / "a.dsrun"
    with Tracer(path) as tracer:
        with (
            pytest.raises(KeyboardInterrupt),
            tracer.thread("e1", "g", 0, 1, policy_version="v7") as t,
            t.node("answer"),
        ):
            raise KeyboardInterrupt
        assert current_thread.get() is None
    assert [one.event_type for one in messages(path, dashstream)] == [1, 10]


def test_retries_errors_and_chunks_of_a_call(tmp_path, dashstream):
    path = tmp_path / "a.dsrun"
    with Tracer(path) as tracer, tracer.thread("e1", "g", 0, 1, policy_version=7) as t, t.node("answer") as node:
        call = node.start_call([{"role": "user", "content": "Hi?"}], trainable=False, policy_version="8")
        call.chunk("No", [5], [-1.0])
        call.retry()
        call.chunk("H", [72], [-0.5])
        call.chunk("i", [105], [-0.25], finish_reason="length", model="tiny")
        call.end()
        with pytest.raises(RuntimeError, match="has ended already"):
            call.end()
        other = t.start_call()
        other.error(TimeoutError("slow"))
    found = messages(path, dashstream)
    chunks = [one for one in found if isinstance(one, dashstream.TokenChunk)]
    assert [(c.text, c.chunk_index, c.is_final, c.finish_reason) for c in chunks] == [
        ("No", 0, False, 0), ("H", 0, False, 0), ("i", 1, True, 2)
    ]  # fmt: skip
    assert list(chunks[2].token_ids) == [105] and list(chunks[2].logprobs) == [-0.25] and chunks[2].model == "tiny"
    events = [one for one in found if isinstance(one, dashstream.Event) and one.event_type >= 30]
    assert [e.event_type for e in events] == [30, 33, 31, 30, 32]
    assert events[0].attributes["rl.trainable"].bool_value is False
    assert events[0].attributes["rl.trainable"].WhichOneof("value") == "bool_value"
    assert events[0].attributes["rl.policy_version"].string_value == "8"
    assert events[4].attributes["error"].string_value == "TimeoutError: slow"


def test_a_node_without_a_block_lasts_until_the_next_and_calls_belong_to_the_innermost(tmp_path, dashstream):
    path = tmp_path / "a.dsrun"
    with Tracer(path) as tracer, tracer.thread("e1", "g", 0, 1, policy_version=7) as t:
        t.call()
        t.node("plan")
        t.call()
        with t.node("outer") as outer:
            with t.node("inner"):
                t.call()
            outer.call()
            t.call()
        t.node("last")
    events = [one for one in messages(path, dashstream) if isinstance(one, dashstream.Event)]
    assert [e.node_id for e in events if e.event_type == 30] == ["", "plan", "inner", "outer", "outer"]
    assert [(e.event_type, e.node_id) for e in events if 10 <= e.event_type < 20] == [
        (10, "plan"), (11, "plan"), (10, "outer"), (10, "inner"), (11, "inner"), (11, "outer"), (10, "last"), (11, "last")
    ]  # fmt: skip


def test_the_state_is_taken_when_it_is_said_and_not_when_it_changes_later(tmp_path, dashstream):
    path = tmp_path / "a.dsrun"
    with Tracer(path) as tracer, tracer.thread("e1", "g", 0, 1, policy_version=7) as t:
        plan = ["a"]
        node = t.node("plan", plan=plan)
        plan.append("b")
        node.end()
        assert t.state == b'{"plan":["a"]}'
        t.node("again", **{"plan": ["a"], "with/slash~": 1})
    diffs = [one for one in messages(path, dashstream) if isinstance(one, dashstream.StateDiff)]
    assert [[o.path for o in d.operations] for d in diffs] == [["/plan"], ["/with~1slash~0"]]


def test_several_threads_and_tasks_trace_their_own_runs(tmp_path, dashstream):
    path = tmp_path / "a.dsrun"
    with Tracer(path) as tracer:

        async def run(index):
            with tracer.thread("e1", "g", index, 4, policy_version=7, thread_id=f"t-{index}"):
                await asyncio.sleep(0)
                assert current_thread.get().id == f"t-{index}"
                with current_thread.get().node("answer"):
                    await asyncio.sleep(0)
                    current_thread.get().call(token_ids=[index])

        async def both():
            await asyncio.gather(run(0), run(1))

        workers = [threading.Thread(target=lambda n=n: asyncio.run(run(n))) for n in (2, 3)]
        for worker in workers:
            worker.start()
        asyncio.run(both())
        for worker in workers:
            worker.join()
    found = messages(path, dashstream)
    for index in range(4):
        mine = [one for one in found if one.header.thread_id == f"t-{index}"]
        assert [one.header.sequence for one in mine] == list(range(1, 8))
        (end,) = [one for one in mine if getattr(one, "event_type", 0) == 31]
        assert end.node_id == "answer" and end.attributes["rl.token_ids"].bytes_value == struct.pack("<I", index)


def test_wrong_use_is_refused_where_it_happens(tmp_path):
    path = tmp_path / "a.dsrun"
    tracer = Tracer(path)
    with pytest.raises(ValueError, match="rollout_index 2 of 2"):
        tracer.thread("e1", "g", 2, 2, policy_version=7)
    with pytest.raises(ValueError, match=r"state\.x"):
        tracer.thread("e1", "g", 0, 2, policy_version=7, state={"x": float("nan")})
    with tracer.thread("e1", "g", 0, 1, policy_version=7) as t:
        for said, message in (
            ({"token_ids": [1], "logprobs": [-1.0, -2.0]}, "2 logprobs for 1 token ids"),
            ({"token_ids": [-1]}, "-1 is no token id"),
            ({"token_ids": [1], "logprobs": [float("nan")]}, "nan is no logprob"),
            ({"token_ids": [1], "loss_mask": [2]}, "loss_mask holds 0 and 1"),
            ({"logprobs": [-1.0]}, "need token_ids"),
            ({"rewards": {"x": float("inf")}}, "not finite"),
        ):
            with pytest.raises(ValueError, match=message):
                t.call([{"role": "user", "content": "?"}], "!", **said)
        with pytest.raises(ValueError, match="no message"):
            t.call(["text"])
        with pytest.raises(TypeError):
            t.call(tokens=[1])
        with pytest.raises(ValueError, match="reads at most"):
            t.node("big", x="y" * (11 << 20)).end()
        with pytest.raises(ValueError, match="not finite"):
            t.reward("x", float("nan"))
    with pytest.raises(RuntimeError, match="an id is used once"), t:
        pass
    tracer.close()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        Tracer(path)
    Tracer(path, overwrite=True).close()
    assert path.read_bytes() == b"DSRUN\0\0\1"
    with pytest.raises(ValueError, match="settings of Kafka"):
        Tracer(tmp_path / "b.dsrun", linger_ms=5)
    with pytest.raises(ValueError, match="partitions"):
        Tracer(tmp_path / "b.dsrun", partitions=0)


@pytest.mark.parametrize("text", ["kafka:9092", "a.b-c:1,10.0.0.1:9092", "[::1]:9092", "a:1, b:2"])
def test_brokers_are_told_from_paths(text):
    assert is_brokers(text)
    assert not is_brokers("run.dsrun") and not is_brokers("./x:y/run") and not is_brokers("C:\\run")


def test_traces_arrive_on_kafka_in_the_partition_of_their_thread(kafka, dashstream):
    from confluent_kafka import Consumer

    topic = kafka.topic("traces", 4)
    with Tracer(kafka.brokers, topic, tenant="acme") as tracer:
        for index in range(5):
            agent(tracer, index, size=5)
    consumer = Consumer({"bootstrap.servers": kafka.brokers, "group.id": "t", "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    found = []
    while len(found) < 55:
        message = consumer.poll(30)
        assert message is not None and message.error() is None
        assert message.partition() == zlib.crc32(message.key()) % 4
        found.append(dashstream.DashStreamMessage.FromString(message.value()[1:]))
    consumer.close()
    assert sum(one.WhichOneof("message") == "event" for one in found) == 40


def test_what_does_not_arrive_is_said_at_the_flush(kafka):
    tracer = Tracer(kafka.brokers, "no-such-topic", message_timeout_ms=2000)
    agent(tracer)
    with pytest.raises(TraceError, match="11 of 11 messages for no-such-topic did not arrive"):
        tracer.flush(30)


def test_what_is_still_under_way_at_the_flush_is_counted():
    pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    away = Tracer("127.0.0.1:1", "traces", message_timeout_ms=60_000, log_level=0)
    agent(away)
    with pytest.raises(TraceError, match="11 of 11 messages for traces did not arrive: 11 were not"):
        away.flush(0.5)

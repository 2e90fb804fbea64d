"""The reader against a real Kafka."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from making import batch, group
from test_batch import in_protobuf

from dash_reinforce import BatchError, sequences

Reader = pytest.importorskip("dash_reinforce.kafka").Reader


def produce(kafka, topic, values, partition=0, kind=b"application/json"):
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": kafka.brokers})
    for value in values:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        producer.produce(topic, data, partition=partition, headers=[("content-type", kind)] if kind else None)
    assert producer.flush(60) == 0


def numbered(*numbers, **more):
    """Batches of one group each."""
    return [batch(group(f"d{number}"), batch_id=f"b{number}", **more) for number in numbers]


def digests(*batches):
    return [one["digest"] for value in batches for one in value["groups"]]


def take(reader, count):
    out = []
    while len(out) < count:
        value = reader.poll(60)
        assert value is not None, f"{len(out)} of {count} batches came"
        out.append(value)
    return out


def test_json_and_protobuf_come_as_batches_and_aborted_ones_do_not(kafka):
    from confluent_kafka import Producer

    topic = kafka.topic("forms")
    produce(kafka, topic, numbered(1))
    producer = Producer({"bootstrap.servers": kafka.brokers, "transactional.id": "aborts"})
    producer.init_transactions(60)
    producer.begin_transaction()
    producer.produce(topic, json.dumps(numbered(2)[0]).encode())
    producer.flush(60)
    producer.abort_transaction(60)
    produce(kafka, topic, [in_protobuf({**numbered(3)[0], "estimator": None})], kind=b"application/x-protobuf")
    produce(kafka, topic, numbered(4), kind=None)
    with Reader(kafka.brokers, topic) as reader:
        found = take(reader, 3)
        assert digests(*found) == ["d1", "d3", "d4"]
        assert found[0]["place"] == {"topic": topic, "partition": 0, "offset": 0}
        assert [len(list(sequences(one))) for one in (found[0], found[2])] == [1, 1]


def test_only_what_was_trained_on_is_committed_however_far_the_reading_went(kafka):
    topic = kafka.topic("commits")
    produce(kafka, topic, numbered(*range(6)))
    with Reader(kafka.brokers, topic) as reader:
        found = take(reader, 6)
        assert reader.commit(found[2]) == {}  # 0 and 1 are under way
        assert reader.commit(found[0]) == {(topic, 0): 1}
        assert reader.commit(found[1]) == {(topic, 0): 3}
        reader.trained(found[3])
        assert reader.seen == ["d2", "d0", "d1", "d3"] and reader.under_way == 2
    # closing commits nothing that no commit was asked for: a checkpoint with d3 may never have been written
    with Reader(kafka.brokers, topic, timeout=10.0) as reader:
        assert digests(*take(reader, 3)) == ["d3", "d4", "d5"]
        assert reader.duplicates == 0
    with Reader(kafka.brokers, topic, seen=["d3", "d4"]) as reader:
        (last,) = take(reader, 1)
        assert digests(last) == ["d5"] and reader.duplicates == 2
        assert reader.commit(last) == {(topic, 0): 6}


def test_a_trainer_that_is_killed_between_step_and_commit_trains_nothing_twice_and_loses_nothing(kafka, tmp_path):
    topic = kafka.topic("killed", 2)
    values = [batch(group(f"d{2 * n}"), group(f"d{2 * n + 1}")) for n in range(20)]
    produce(kafka, topic, values[:10], 0)
    produce(kafka, topic, values[10:], 1)
    checkpoint = tmp_path / "checkpoint.json"
    program = [sys.executable, str(Path(__file__).parent / "trainer.py"), kafka.brokers, topic, str(checkpoint)]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    for die, code in (
        ("save:2", -signal.SIGKILL),
        ("step:2", -signal.SIGKILL),
        ("save:1", -signal.SIGKILL),
        ("never", 0),
    ):
        assert subprocess.run([*program, die], timeout=300, check=False, env=here).returncode == code, die
    weights = json.loads(checkpoint.read_text())["weights"]
    assert sorted(weights) == sorted(f"d{n}" for n in range(40))


def test_a_rebalance_loses_nothing_and_takes_back_what_was_not_handed_out(kafka):
    topic = kafka.topic("rebalance", 4)
    for partition in range(4):
        produce(kafka, topic, numbered(*range(partition * 10, partition * 10 + 10)), partition)
    fast = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 500}
    first, second = Reader(kafka.brokers, topic, **fast), None
    trained = {"first": [], "second": []}
    try:
        for value in take(first, 8):
            first.commit(value)
            trained["first"] += digests(value)
        second = Reader(kafka.brokers, topic, **fast)
        end = time.monotonic() + 120
        while len({*trained["first"], *trained["second"]}) < 40 and time.monotonic() < end:
            for name, reader in (("first", first), ("second", second)):
                value = reader.poll(0.2)
                if value is not None:
                    reader.commit(value)
                    trained[name] += digests(value)
        first.close()
        rest = numbered(*range(40, 44))
        for partition in range(4):
            produce(kafka, topic, [rest[partition]], partition)
        trained["second"] += digests(*take(second, 4))  # all partitions are its own now
    finally:
        for reader in (first, second):
            if reader is not None:
                reader.close()
    assert {*trained["first"], *trained["second"]} == {f"d{n}" for n in range(44)}
    assert len(trained["second"]) >= 4
    # each batch was committed before the partition could go, so nothing was trained on twice
    assert len(trained["first"]) + len(trained["second"]) == 44


def test_a_trainer_that_fails_before_its_checkpoint_gets_the_step_again(kafka):
    topic = kafka.topic("failing")
    produce(kafka, topic, numbered(1, 2, 3))
    with pytest.raises(OSError, match="no space"), Reader(kafka.brokers, topic) as reader:
        one, two, _ = take(reader, 3)
        reader.trained(one)
        reader.commit()  # the checkpoint holds it
        reader.trained(two)
        raise OSError("no space for the checkpoint")
    with Reader(kafka.brokers, topic, seen=digests(one)) as reader:
        assert digests(*take(reader, 2)) == ["d2", "d3"]


def test_a_partition_that_goes_is_not_committed_beyond_the_last_checkpoint(kafka):
    topic = kafka.topic("between", 2)
    for partition in (0, 1):
        produce(kafka, topic, numbered(partition), partition)
    fast = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 500}
    with Reader(kafka.brokers, topic, **fast) as first:
        for value in take(first, 2):
            first.trained(value)  # no checkpoint holds it yet
        with Reader(kafka.brokers, topic, **fast) as second:
            found, end = None, time.monotonic() + 60
            while found is None and time.monotonic() < end:
                assert first.poll(0.2) is None
                found = second.poll(0.2)
            assert found is not None, "the step that no checkpoint holds was committed when its partition went"


def test_a_step_has_so_many_groups_and_is_committed_as_a_whole(kafka):
    topic = kafka.topic("steps")
    produce(kafka, topic, [batch(group("a"), group("b"), group("c")), batch(group("d"), group("e"))])
    with Reader(kafka.brokers, topic, timeout=20.0) as reader:
        found = reader.steps(groups=2)
        one, two = next(found), next(found)
        assert (digests(one), digests(two)) == (["a", "b"], ["c", "d"])
        assert reader.commit(two) == {}
        assert reader.commit(one) == {(topic, 0): 1}  # `e` of the second value waits for another group
        produce(kafka, topic, [batch(group("f"))])
        three = next(found)
        assert digests(three) == ["e", "f"]
        assert reader.commit(three) == {(topic, 0): 3}


def test_a_step_that_does_not_fill_is_given_where_it_was_waited_for_and_kept_otherwise(kafka):
    topic = kafka.topic("partial")
    produce(kafka, topic, numbered(1))
    with Reader(kafka.brokers, topic, timeout=20.0) as reader:
        assert digests(next(reader.steps(groups=5, wait=0.5))) == ["d1"]
        produce(kafka, topic, numbered(2))
        reader.timeout = 5.0
        assert list(reader.steps(groups=2)) == [] and reader.under_way == 2  # the first was handed out, too
        produce(kafka, topic, numbered(3))
        assert digests(next(reader.steps(groups=2))) == ["d2", "d3"]


def test_what_comes_again_is_another_tenants_or_stale_is_passed_over_and_counted(kafka):
    topic = kafka.topic("passed")
    old, new = (group(name, policy_version_min=f"v{n}") for name, n in (("old", 3), ("new", 6)))
    produce(kafka, topic, [*numbered(1), *numbered(2, tenant_id="other"), *numbered(1), batch(old, new), batch(old)])
    options = {"tenant": "acme", "max_staleness": 2, "version_of": lambda text: int(text.strip("v"))}
    with Reader(kafka.brokers, topic, version=lambda: 7, **options) as reader:
        found = take(reader, 2)
        assert digests(*found) == ["d1", "new"]
        assert reader.poll(2) is None
        assert (reader.duplicates, reader.stale) == (1, 2)
        for value in found:
            reader.commit(value)
    with Reader(kafka.brokers, topic, group="whole") as reader:
        assert digests(*take(reader, 3)) == ["d1", "d2", "old", "new"]


def test_a_version_that_is_no_number_says_what_to_give(kafka):
    topic = kafka.topic("versions")
    produce(kafka, topic, [batch(group("a", policy_version_min="v3"))])
    with (
        Reader(kafka.brokers, topic, max_staleness=1, version=9) as reader,
        pytest.raises(ValueError, match="give version_of"),
    ):
        take(reader, 1)


def test_a_record_that_is_no_batch_is_named_with_its_place(kafka):
    topic = kafka.topic("bad")
    produce(kafka, topic, [b"{nothing"])
    with (
        Reader(kafka.brokers, topic) as reader,
        pytest.raises(BatchError, match="bad, partition 0, offset 0: no batch in JSON"),
    ):
        take(reader, 1)


def test_a_reader_that_goes_on_after_an_error_does_not_commit_beyond_the_record(kafka):
    topic = kafka.topic("onwards")
    produce(kafka, topic, [*numbered(1), b"{nothing", *numbered(2)])
    with Reader(kafka.brokers, topic) as reader:
        reader.commit(take(reader, 1)[0])
        with pytest.raises(BatchError):
            take(reader, 1)
        assert reader.commit(take(reader, 1)[0]) == {}
    with Reader(kafka.brokers, topic) as reader, pytest.raises(BatchError, match="offset 1: "):
        take(reader, 1)


def test_records_that_are_no_batch_are_passed_over_counted_and_told_where_that_is_wished(kafka):
    topic = kafka.topic("broken")
    nonsense = [b"{nothing", b"", b"\x00\xff", b'{"schema_version":1,"tenant_id":"acme","groups":[{}]}', b"[" * 100_000]
    produce(kafka, topic, [*numbered(1), *nonsense, *numbered(2)])
    told = []
    with Reader(kafka.brokers, topic, on_broken=told.append) as reader:
        found = take(reader, 2)
        assert digests(*found) == ["d1", "d2"] and reader.broken == len(nonsense)
        assert [str(error).split(": ")[0] for error in told] == [
            f"{topic}, partition 0, offset {n}" for n in range(1, 6)
        ]
        reader.commit(found[0])
        assert reader.commit(found[1]) == {(topic, 0): 7}


def test_iteration_ends_where_nothing_comes_and_errors_that_pass_are_told():
    confluent = pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    told = []
    reader = Reader("127.0.0.1:1", timeout=1.5, on_error=told.append, log_level=0)
    assert list(reader) == []
    # of the two that librdkafka gives, it may leave out the second within the first seconds
    assert {confluent.KafkaError._TRANSPORT, confluent.KafkaError._ALL_BROKERS_DOWN} & {error.code() for error in told}
    assert reader.commit() == {}
    reader.close()
    reader.close()


def test_errors_that_pass_are_logged_where_nobody_asks_for_them_once_a_minute(caplog):
    reader = Reader("127.0.0.1:1", timeout=3.0, log_level=0)
    assert list(reader) == []
    reader.close()
    said = [record.getMessage() for record in caplog.records if record.name == "dash_reinforce.kafka"]
    assert said and len(said) == len(set(said)) and "127.0.0.1:1" in said[0]


def test_a_topic_that_is_not_there_is_said(kafka, caplog):
    reader = Reader(kafka.brokers, "not-there", timeout=10.0)
    assert list(reader) == []
    reader.close()
    assert "not-there" in caplog.text


class Refusing(threading.Thread):
    """A broker that closes the connection at SASL's handshake after it said that it knows no such mechanism."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.brokers = f"127.0.0.1:{self.listening.getsockname()[1]}"

    def run(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        versions = b"".join(struct.pack(">hhh", api, 0, most) for api, most in ((17, 1), (18, 0), (3, 4)))
        with connection:
            while len(size := connection.recv(4, socket.MSG_WAITALL)) == 4:
                request = connection.recv(struct.unpack(">i", size)[0], socket.MSG_WAITALL)
                api, version, correlation = struct.unpack(">hhi", request[:8])
                if api == 18 and version > 0:
                    answer = struct.pack(">hi", 35, 0)  # UNSUPPORTED_VERSION: it asks again with 0
                elif api == 18:
                    answer = struct.pack(">hi", 0, 3) + versions
                else:
                    answer = struct.pack(">hi", 33, 0)  # UNSUPPORTED_SASL_MECHANISM
                connection.sendall(struct.pack(">ii", 4 + len(answer), correlation) + answer)


def test_a_login_that_the_broker_refuses_ends_the_reading_with_what_it_said():
    confluent = pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    server = Refusing()
    server.start()
    login = {
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "u",
        "sasl.password": "p",
    }
    reader = Reader(server.brokers, timeout=60.0, log_level=0, **login)
    try:
        with pytest.raises(confluent.KafkaException) as caught:
            list(reader)
        assert caught.value.args[0].code() in {
            confluent.KafkaError._AUTHENTICATION,
            confluent.KafkaError.UNSUPPORTED_SASL_MECHANISM,
        }
    finally:
        server.listening.close()
        reader.close()

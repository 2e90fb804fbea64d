"""A real Kafka from the launcher, its topics, and what stands on them."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

ROOT = Path(__file__).resolve().parents[2]
# who looks on must see soon what moved, also where a broker has gone
QUICK = {"socket.timeout.ms": 4000, "reconnect.backoff.max.ms": 500, "topic.metadata.refresh.interval.ms": 2000}


def launcher() -> str | None:
    """The launcher's path: DASH_KAFKA, or beside the project; None where there is none."""
    for path in (
        os.environ.get("DASH_KAFKA"),
        ROOT.parent / "shared/kafka/kafka",
        ROOT.parents[1] / "shared/kafka/kafka",
    ):
        if path and os.access(path, os.X_OK):
            return str(path)
    return None


class Cluster:
    """One broker, or three, in a folder of its own."""

    def __init__(self, folder: Path, version: str, proxy_port: int | None = None, brokers: int = 1):
        self.folder, self.version, self.proxy_port, self.launcher = folder, version, proxy_port, launcher()
        self.count = brokers
        self.env: dict[str, str] = {}

    def start(self):
        """Starts it; separate from its making, so that an interrupted start can be undone by `remove`."""
        shutil.rmtree(self.folder, ignore_errors=True)
        options = ["--version", self.version] + (["--proxy", str(self.proxy_port)] if self.proxy_port else [])
        if self.count > 1:
            # a node that is back leads again soon, so that leaders and coordinators move to and fro
            options += ["--brokers", str(self.count), "--set", "leader.imbalance.check.interval.seconds=10"]
        try:
            self._run("start", *options)
        except RuntimeError:
            if (self.folder / "env").exists():
                self._run("restart")  # a busy machine: what was started is waited for once more
            else:  # its id is drawn at random, and one in 64 cannot be formatted with
                shutil.rmtree(self.folder, ignore_errors=True)
                self._run("start", *options)
        text = (self.folder / "env").read_text()
        self.env = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
        self.brokers = self.env["KAFKA_BROKERS"]
        self.admin = AdminClient({"bootstrap.servers": self.brokers, "log_level": 0, **QUICK})
        if self.count > 1:
            self._place_coordinators()
        return self

    def _place_coordinators(self):
        """The topics of the coordinators, led by the nodes that may be killed: node 1 is the controller."""
        rows = [[2, 3, 1], [3, 2, 1]] * 2
        for name in ("__consumer_offsets", "__transaction_state"):
            config = {"cleanup.policy": "compact", "compression.type": "producer", "segment.bytes": str(100 << 20)}
            topic = NewTopic(name, len(rows), replica_assignment=rows, config=config)
            self.admin.create_topics([topic])[name].result(30)
            self._await_leaders(name, len(rows))

    def _run(self, command: str, *options: str) -> str:
        process = subprocess.Popen(
            [self.launcher, command, str(self.folder), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            output, errors = process.communicate()
        except KeyboardInterrupt:
            process.wait()  # cut short it would leave a broker that nobody knows
            raise
        if process.returncode != 0:
            raise RuntimeError(f"the Kafka launcher could not {command}: {errors.strip()[-800:]}")
        return output

    def kill(self, node: int | None = None):
        self._run("stop", "--kill", *self._chosen(node))

    def stop(self, node: int | None = None):
        self._run("stop", *self._chosen(node))

    def restart(self, node: int | None = None):
        try:
            self._run("restart", *self._chosen(node))
        except RuntimeError:
            self._run("restart", *self._chosen(node))  # a busy machine: what was started is waited for once more

    def pause(self, node: int | None = None):
        self._run("pause", *self._chosen(node))

    def resume(self, node: int | None = None):
        self._run("resume", *self._chosen(node))

    @staticmethod
    def _chosen(node: int | None) -> list[str]:
        return [] if node is None else ["--node", str(node)]

    def remove(self):
        """Ends the broker and deletes its folder; as good as it can, since this is the last thing a run does."""
        subprocess.run([self.launcher, "stop", str(self.folder), "--kill"], capture_output=True, start_new_session=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str, partitions: int, **config: str):
        settings = {"retention.ms": "-1", "message.timestamp.after.max.ms": str(2**63 - 1), **config}
        self.admin.create_topics([NewTopic(name, partitions, self.count, config=settings)])[name].result(30)
        self._await_leaders(name, partitions)

    def _await_leaders(self, name: str, partitions: int):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            topic = self.admin.list_topics(name, timeout=10).topics.get(name)
            if topic and len(topic.partitions) == partitions and all(p.leader >= 0 for p in topic.partitions.values()):
                return
            time.sleep(0.1)
        raise RuntimeError(f"topic {name} has no leaders")

    def partitions(self, name: str) -> list[int]:
        topic = self.admin.list_topics(timeout=10).topics.get(name)
        return sorted(topic.partitions) if topic else []

    def leaders(self, name: str) -> dict[int, int]:
        """The node that leads each partition; -1: none does."""
        topic = self.admin.list_topics(timeout=10).topics.get(name)
        return {number: partition.leader for number, partition in topic.partitions.items()} if topic else {}

    def all_in_sync(self) -> bool:
        """Whether every partition has a leader and all its replicas in sync."""
        try:
            topics = self.admin.list_topics(timeout=5).topics.values()
        except KafkaException:
            return False
        found = [partition for topic in topics for partition in topic.partitions.values()]
        return all(p.leader > 0 and set(p.isrs) == set(p.replicas) for p in found)

    def ends(self, name: str, committed: bool = False) -> dict[int, int]:
        """The end of every partition: the high watermark, or the last stable offset."""
        wanted = {TopicPartition(name, p): OffsetSpec.latest() for p in self.partitions(name)}
        if not wanted:
            return {}
        level = IsolationLevel.READ_COMMITTED if committed else IsolationLevel.READ_UNCOMMITTED
        found = self.admin.list_offsets(wanted, isolation_level=level, request_timeout=10)
        return {place.partition: future.result(15).offset for place, future in found.items()}

    def broker_version(self) -> str:
        folder = Path(self.launcher).parent / f"libs-{self.version}"
        jars = sorted(folder.glob("kafka-clients-*.jar"))
        return jars[0].stem.removeprefix("kafka-clients-") if jars else self.version


def reader(brokers: str, isolation: str, group: str = "reliability-reader") -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": group,
            "isolation.level": isolation,
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "enable.partition.eof": True,
            "fetch.message.max.bytes": 11_000_000,
            "queued.max.messages.kbytes": 131_072,
            "log_level": 0,
            **QUICK,
        }
    )


def read(cluster: Cluster, name: str, isolation: str = "read_committed", seconds: float = 120) -> list:
    """Everything on a topic, each partition in order.

    Raises TimeoutError where an end does not come: a transaction is still open, or the broker does not answer.
    """
    partitions = cluster.partitions(name)
    if not partitions:
        return []
    consumer = reader(cluster.brokers, isolation)
    try:
        consumer.assign([TopicPartition(name, p, 0) for p in partitions])
        found, waiting = [], set(partitions)
        deadline = time.monotonic() + seconds
        while waiting:
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"{name}: partitions {sorted(waiting)} were not read to their ends in {seconds:.0f} s"
                )
            for message in consumer.consume(2000, 0.5):
                error = message.error()
                if error is None:
                    found.append(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    waiting.discard(message.partition())
        return sorted(found, key=lambda m: (m.partition(), m.offset()))
    finally:
        consumer.close()

"""Looks on while it happens: a reader beside the run, the group's progress, memory and files."""

import threading
import time
import zlib

from confluent_kafka import KafkaException, TopicPartition

import checkpoints
import cluster
import processor


class Follower(threading.Thread):
    """Reads every commit of the group as it becomes visible (the client's own call mangles metadata now and then)."""

    TOPIC = "__consumer_offsets"

    def __init__(self, kafka: cluster.Cluster, app: str = processor.APP):
        super().__init__(name="follower", daemon=True)
        self.kafka, self.app = kafka, app
        self.stopping = threading.Event()
        self.commits: list[tuple[float, checkpoints.Commit]] = []
        self.latest: dict[tuple[str, int], int] = {}

    def run(self):
        partitions: list[int] = []
        while not partitions and not self.stopping.wait(0.3):
            try:
                partitions = self.kafka.partitions(self.TOPIC)
            except KafkaException:
                continue
        consumer = cluster.reader(self.kafka.brokers, "read_committed", "reliability-follower")
        consumer.assign([TopicPartition(self.TOPIC, p, 0) for p in partitions])
        while not self.stopping.is_set():
            messages = [m for m in consumer.consume(500, 0.2) if m.error() is None]
            for commit in checkpoints.commits(messages, self.app):
                self.commits.append((time.monotonic(), commit))
                self.latest[commit.topic, commit.partition] = commit.offset
        consumer.close()

    def committed(self, topic: str) -> dict[int, int]:
        """The last committed offset of every partition that has one."""
        return {p: offset for (name, p), offset in list(self.latest.items()) if name == topic}


class Reader(threading.Thread):
    """Reads the output read_committed while it is written: what it is given must be what stands there at the end."""

    def __init__(self, brokers: str, topic: str, partitions: int):
        super().__init__(name="reader", daemon=True)
        self.brokers, self.topic, self.partitions = brokers, topic, partitions
        self.seen: list[tuple[int, int, int]] = []
        self.times: dict[tuple[int, int], float] = {}  # (partition, offset) -> when it was given
        self.stopping = threading.Event()

    def run(self):
        consumer = cluster.reader(self.brokers, "read_committed", "reliability-watcher")
        consumer.assign([TopicPartition(self.topic, p, 0) for p in range(self.partitions)])
        while not self.stopping.is_set():
            for message in consumer.consume(200, 0.3):
                if message.error() is None:
                    self.times.setdefault((message.partition(), message.offset()), time.monotonic())
                    self.seen.append((message.partition(), message.offset(), zlib.crc32(message.value() or b"")))
        consumer.close()


class Census(threading.Thread):
    """Asks once a second who is who: which member holds which input partitions; which node leads, and what is in sync."""

    def __init__(self, kafka: cluster.Cluster, setup: processor.Setup):
        super().__init__(name="census", daemon=True)
        self.kafka, self.setup = kafka, setup
        self.owners: list[tuple[float, dict[int, set]]] = []
        self.leaders: dict[tuple[str, int], int] = {}
        self.moved_leaders = self.moved_coordinators = self.lone = 0
        self.stopping = threading.Event()

    def run(self):
        while not self.stopping.wait(1):
            try:
                if self.kafka.count > 1:
                    self._look()
                # the newer call, describe_consumer_groups, can end the whole suite when a broker dies under it
                groups = self.kafka.admin.list_groups(processor.APP, timeout=8)
            except Exception:  # noqa: BLE001 - there is no coordinator for a while, and asking goes on
                continue
            found: dict[int, set] = {}
            for member in (member for group in groups if group.id == processor.APP for member in group.members):
                # a static member's id is its instance id and something random behind it
                number = self.setup.number_of(member.id.split("-")[0])
                if number is not None and member.assignment:
                    found[number] = checkpoints.assigned(member.assignment, processor.EVENTS)
            self.owners.append((time.monotonic(), found))

    def _look(self):
        """Counts what has moved since the last look."""
        for name, topic in self.kafka.admin.list_topics(timeout=5).topics.items():
            for number, partition in topic.partitions.items():
                if partition.leader <= 0:
                    continue
                before = self.leaders.get((name, number), partition.leader)
                self.leaders[name, number] = partition.leader
                self.moved_leaders += before != partition.leader and not name.startswith("__")
                self.moved_coordinators += before != partition.leader and name.startswith("__")
                self.lone += len(partition.isrs) == 1


class Monitor(threading.Thread):
    """Samples the processors, starts those again that ended, and follows what is committed."""

    def __init__(self, kafka: cluster.Cluster, processors: list[processor.Processor], follower: Follower):
        super().__init__(name="monitor", daemon=True)
        self.kafka, self.processors, self.follower = kafka, processors, follower
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.restarting = True
        self.history: list[tuple[float, dict, dict]] = []  # time, committed offset and end by partition
        self.restarts = 0

    def run(self):
        while not self.stopping.wait(0.5):
            with self.lock:
                for each in self.processors:
                    each.sample()
                    if self.restarting and each.wanted and not each.is_running:
                        self.restarts += 1
                        each.start()
            try:
                ends = self.kafka.ends(processor.EVENTS)
            except Exception:  # noqa: BLE001 - the broker is down on purpose, and looking goes on
                continue
            self.history.append((time.monotonic(), self.follower.committed(processor.EVENTS), ends))

    def outstanding(self) -> int:
        """Records behind, as last seen."""
        if not self.history:
            return 0
        _, committed, ends = self.history[-1]
        return sum(end - committed.get(p, 0) for p, end in ends.items())

    def recovery(self, since: float) -> float | None:
        """Seconds from an instant until every partition that had work then had a new commit; None: not seen."""
        before = next(((c, e) for t, c, e in reversed(self.history) if t <= since), None)
        if before is None:
            return None
        waiting = {p for p, end in before[1].items() if end > before[0].get(p, 0)}
        for moment, commit in list(self.follower.commits):
            if moment > since and commit.topic == processor.EVENTS:
                waiting.discard(commit.partition)
                if not waiting:
                    return moment - since
        return None

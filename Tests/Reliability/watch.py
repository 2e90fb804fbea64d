"""Looks on while it happens: a reader beside the run, the group's progress, memory and files."""
import threading
import time
import zlib

from confluent_kafka import KafkaException, TopicPartition

import cluster
import processor


class Reader(threading.Thread):
    """Reads the output read_committed while it is written: what it was ever given must be what stands there at the end."""

    def __init__(self, brokers: str, topic: str, partitions: int):
        super().__init__(name="reader", daemon=True)
        self.brokers, self.topic, self.partitions = brokers, topic, partitions
        self.seen: list[tuple[int, int, int]] = []
        self.stopping = threading.Event()

    def run(self):
        consumer = cluster.reader(self.brokers, "read_committed", "reliability-watcher")
        consumer.assign([TopicPartition(self.topic, p, 0) for p in range(self.partitions)])
        while not self.stopping.is_set():
            for message in consumer.consume(200, 0.3):
                if message.error() is None:
                    self.seen.append((message.partition(), message.offset(), zlib.crc32(message.value() or b"")))
        consumer.close()


class Monitor(threading.Thread):
    """Samples the processors, starts those again that ended, and follows what is committed."""

    def __init__(self, kafka: cluster.Cluster, processors: list[processor.Processor]):
        super().__init__(name="monitor", daemon=True)
        self.kafka, self.processors = kafka, processors
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
                committed = self.kafka.committed(processor.APP, processor.EVENTS)
                ends = self.kafka.ends(processor.EVENTS)
                self.history.append((time.monotonic(), {p: o for p, (o, _) in committed.items()}, ends))
            except KafkaException:
                continue  # the broker is down on purpose
            except Exception as error:  # noqa: BLE001 - a look that fails must not end the looking
                if "imed out" not in str(error):
                    print(f"chaos: the monitor could not look: {error}", flush=True)

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
        waiting = {p: before[0].get(p, 0) for p, end in before[1].items() if end > before[0].get(p, 0)}
        for moment, committed, _ in self.history:
            if moment <= since:
                continue
            waiting = {p: o for p, o in waiting.items() if committed.get(p, 0) <= o}
            if not waiting:
                return moment - since
        return None

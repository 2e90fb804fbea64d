"""Sends the traffic: two idempotent producers and one that is not, at one pace."""

import threading
from collections.abc import Callable
from time import monotonic

from confluent_kafka import KafkaException, Producer

import pulse
import traffic


class Sender(threading.Thread):
    """Writes all waves and the pulses among them; a wave begins when all of the last one is acknowledged."""

    def __init__(self, brokers: str, topic: str, plan: traffic.Traffic, rate: float, pulses: pulse.Pulses, now: Callable[[], float] = monotonic, rest: float = 0):
        """`now` is the clock that the rate is kept by; `rest`: seconds before a wave's end, for judges to have their say."""
        super().__init__(name="sender", daemon=True)
        self.topic, self.plan, self.rate, self.pulses, self.now = topic, plan, rate, pulses, now
        self.rest = rest
        self.pulsed: dict[tuple, float] = {}  # (tenant, group) -> when the last of its records was acknowledged
        self.sent = self.failed = 0
        self.problem: str | None = None
        self.stopping = threading.Event()
        common = {
            "bootstrap.servers": brokers,
            "linger.ms": 5,
            "message.max.bytes": 5_000_000,
            "log_level": 0,
            "message.timeout.ms": 240_000,
            "queue.buffering.max.kbytes": 262_144,
        }
        self.producers = [
            Producer({**common, "enable.idempotence": number < 2, "acks": "all"}) for number in range(traffic.PRODUCERS)
        ]

    def run(self):
        try:
            for number, wave in enumerate(self.plan.waves):
                self._send(wave, paced=True)
                self._settle()
                self._wait(self.rest)
                self._send(self.plan.markers(number), paced=False)
                self._settle()
        except (KafkaException, RuntimeError) as error:
            self.problem = str(error)

    def _send(self, records: list, paced: bool):
        start, count = self.now(), 0
        for record in records:
            if self.stopping.is_set():
                raise RuntimeError("stopped before all was sent")
            # a poll returns as soon as there is something to tell: waiting is done by the clock
            while paced and count % 20 == 0 and (ahead := count / self.rate - (self.now() - start)) > 0:
                self._poll(min(ahead, 0.05))
            self._produce(record)
            count += 1
            if paced and count % max(1, round(self.rate * pulse.SECONDS)) == 0:
                self._pulse(record.time)

    def _pulse(self, time: int):
        """A pulse travels with the traffic and at its virtual time, so that the same seed sends the same records."""
        key, records = self.pulses.next(time)
        left = len(records)

        def done(error, message):
            nonlocal left
            self._done(error, message)
            left -= 1
            if left == 0:
                self.pulsed[key] = monotonic()

        for record in records:
            self._produce(record, done)

    def _produce(self, record: traffic.Planned, done=None):
        arguments = {"key": record.key, "value": record.value, "timestamp": record.timestamp}
        arguments["on_delivery"] = done or self._done
        if record.partition >= 0:
            arguments["partition"] = record.partition
        if record.headers:
            arguments["headers"] = record.headers
        while not self.stopping.is_set():
            try:
                return self.producers[record.producer].produce(self.topic, **arguments)
            except BufferError:
                self._poll(0.05)

    def _poll(self, seconds: float):
        for producer in self.producers:
            producer.poll(seconds / len(self.producers))

    def _wait(self, seconds: float):
        end = self.now() + seconds
        while self.now() < end and not self.stopping.is_set():
            self._poll(0.05)

    def _settle(self):
        for producer in self.producers:
            if producer.flush(240) > 0 and not self.stopping.is_set():
                raise RuntimeError("records were not acknowledged within four minutes")

    def _done(self, error, _message):
        self.sent += error is None
        self.failed += error is not None

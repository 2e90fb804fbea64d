"""Where traces go: a topic of Kafka, or a recording."""

from __future__ import annotations

import os
import re
import struct
import threading
import time
import zlib
from os import PathLike
from typing import Any, Callable

from .._librdkafka import settings as given

_BROKER = re.compile(r"^(\[[0-9A-Fa-f:.]+\]|[\w.-]+):\d{1,5}$")
_MAGIC = b"DSRUN\0\0\1"


class TraceError(RuntimeError):
    """Some of what was traced did not arrive."""


def is_brokers(target: str) -> bool:
    """`host:port`, or several with commas between them."""
    return all(_BROKER.match(one.strip()) for one in target.split(","))


def partition_of(key: bytes, partitions: int) -> int:
    """As librdkafka's default partitioner chooses it: CRC32 of the key."""
    return zlib.crc32(key) % partitions


class Recording:
    """A recording (DSRUN), as `dash-reinforce replay --input` reads it."""

    def __init__(
        self,
        path: str | PathLike[str],
        partitions: int = 4,
        overwrite: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not 1 <= partitions <= 65535:
            raise ValueError(f"{partitions} partitions: give 1 to 65535")
        try:
            self._file = open(path, "wb" if overwrite else "xb")  # noqa: SIM115  # closed by close()
        except FileExistsError:
            raise FileExistsError(f"{os.fspath(path)} is there already: give overwrite=True to replace it") from None
        self._file.write(_MAGIC)
        self._offsets = [0] * partitions
        self._clock = clock
        self._lock = threading.Lock()

    def send(self, key: bytes, value: bytes) -> None:
        """Appends a record."""
        with self._lock:
            partition = partition_of(key, len(self._offsets))
            body = struct.pack("<HQqH", partition, self._offsets[partition], int(self._clock() * 1000), len(key)) + key
            body += struct.pack("<HI", 0, len(value)) + value
            self._file.write(struct.pack("<I", len(body)) + body)
            self._offsets[partition] += 1

    def flush(self, timeout: float) -> None:
        """Writes what is buffered."""
        with self._lock:
            self._file.flush()

    def close(self, timeout: float) -> None:
        """Ends the file."""
        with self._lock:
            self._file.close()


class Topic:
    """A topic of Kafka (extra `kafka`); a thread's id is the key, so a thread lies in one partition, in order."""

    def __init__(self, brokers: str, topic: str, settings: dict[str, Any]) -> None:
        try:
            from confluent_kafka import Producer
        except ImportError:
            raise ImportError("tracing to Kafka needs the extra `kafka`: pip install 'dash-reinforce[kafka]'") from None
        self._topic = topic
        self._failures: list[str] = []
        self._sent = 0
        self._producer = Producer(
            {
                "bootstrap.servers": brokers,
                "enable.idempotence": True,
                "linger.ms": 20,
                "compression.type": "zstd",
                "message.max.bytes": 12 << 20,
                "partitioner": "consistent_random",
                **given(settings),
            }
        )

    def send(self, key: bytes, value: bytes) -> None:
        """Hands a record to the client; waits where its queue is full."""
        from confluent_kafka import KafkaException

        end = time.monotonic() + 60
        self._sent += 1
        while True:
            try:
                self._producer.produce(self._topic, key=key, value=value, on_delivery=self._delivered)
                self._producer.poll(0)
                return
            except BufferError:
                if time.monotonic() > end:
                    self._failures.append("the client's queue stayed full for a minute")
                    return
                self._producer.poll(0.1)
            except KafkaException as error:
                self._failures.append(error.args[0].str())
                return

    def _delivered(self, error: Any, message: Any) -> None:
        if error is not None:
            self._failures.append(error.str())

    def flush(self, timeout: float) -> None:
        """Waits until everything has arrived."""
        left = self._producer.flush(timeout)
        found, self._failures = self._failures, []
        if left or found:
            late = [f"{left} were not delivered within {timeout} s"] if left else []
            reasons = "; ".join(dict.fromkeys(found + late))
            missing = len(found) + left
            raise TraceError(f"{missing} of {self._sent} messages for {self._topic} did not arrive: {reasons}")

    def close(self, timeout: float) -> None:
        """The same: the client ends with the object."""
        self.flush(timeout)

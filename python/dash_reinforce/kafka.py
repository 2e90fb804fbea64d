"""Batches from the topic, with offsets that are committed only once they have been trained on (extra `kafka`)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Callable

from ._librdkafka import settings as given
from ._progress import Partition, Progress, digests
from .batch import Batch, BatchError, parse
from .steps import Held, joined

_log = logging.getLogger(__name__)


class Reader:
    """Reads batches, each group once, and commits what was trained on.

    A trainer that may be killed at any moment and shall train no group twice and lose none:

        reader = Reader("kafka:9092", seen=checkpoint["seen"])
        for batch in reader:
            step(batch)
            reader.trained(batch)                   # its groups are in `seen`
            save({..., "seen": reader.seen})        # weights and `seen` in one checkpoint
            reader.commit()                         # what the checkpoint holds need not come again

    Without checkpoints `reader.commit(batch)` after the step does both. A loader that fetches ahead is no danger: only what
    is said to be trained on is committed, up to the first record of a partition that is not.

    Args:
        brokers: as librdkafka's `bootstrap.servers`.
        group: the consumer group; trainers of one group share the partitions.
        tenant: only batches of this tenant.
        seen: digests of groups that were trained on, from a checkpoint.
        timeout: iteration ends where nothing comes for so many seconds; None: never.
        max_staleness: groups whose oldest policy version lies further behind `version` are left out.
        version: the trainer's own version, a number or a function; it may be set later.
        version_of: from a group's `policy_version` to the trainer's count; the default reads a number.
        memory: how many digests `seen` holds.
        on_error: called with an error that may pass by itself (a broker that is away, a topic that is not there yet); None: it
            is logged as a warning, each kind once a minute. Others are raised.
        on_broken: called with the `BatchError` of a record that is no batch, which is then passed over, counted in `broken` and
            committed with the others; None: the error is raised, nothing is committed beyond the record, and it comes again to
            a reader that starts anew.
        librdkafka: further settings, dots as they are (`**{"security.protocol": "SSL"}`) or written `security_protocol`.
    """

    def __init__(
        self,
        brokers: str,
        topic: str = "reinforce",
        group: str = "trainer",
        *,
        tenant: str | None = None,
        seen: Iterable[str] = (),
        timeout: float | None = None,
        max_staleness: int | None = None,
        version: int | Callable[[], int] = 0,
        version_of: Callable[[str], int] = int,
        memory: int = 1_000_000,
        on_error: Callable[[Any], None] | None = None,
        on_broken: Callable[[BatchError], None] | None = None,
        **librdkafka: Any,
    ) -> None:
        try:
            from confluent_kafka import Consumer
        except ImportError:
            raise ImportError("the reader needs the extra `kafka`: pip install 'dash-reinforce[kafka]'") from None
        settings: dict[str, Any] = {
            "bootstrap.servers": brokers,
            "group.id": group,
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "max.poll.interval.ms": 3_600_000,  # a step may take long
            "partition.assignment.strategy": "cooperative-sticky",
            "allow.auto.create.topics": False,
            "error_cb": self._reported,
        }
        settings.update(given(librdkafka))
        self.tenant, self.timeout, self.on_error, self.on_broken = tenant, timeout, on_error, on_broken
        self.max_staleness, self.version, self.version_of = max_staleness, version, version_of
        self.duplicates = 0
        """Groups that came again, and were not handed out."""
        self.stale = 0
        """Groups that were left out by `max_staleness`."""
        self.broken = 0
        """Records that are no batch, and were passed over by `on_broken`."""
        self._lock = threading.RLock()  # a worker's thread may read while the trainer's commits
        self._progress = Progress(seen, memory)
        self._held: Held = []
        self._broken: Any = None
        self._quiet_until: dict[int, float] = {}
        self._consumer: Any = Consumer(settings)
        self._consumer.subscribe([topic], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._lost)

    @property
    def seen(self) -> list[str]:
        """Digests of the groups that were trained on, oldest first: what belongs into the trainer's checkpoint."""
        with self._lock:
            return list(self._progress.seen)

    @property
    def under_way(self) -> int:
        """Groups that were handed out and not yet reported as trained on."""
        return self._progress.under_way

    def poll(self, timeout: float = 1.0) -> Batch | None:
        """The next batch with something new in it; None where none comes within `timeout` seconds.

        Its `groups` are the new ones; `place` says where it stands.
        """
        end = time.monotonic() + timeout
        while True:
            message = self._consumer.poll(max(0.0, end - time.monotonic()))
            if self._broken is not None:
                from confluent_kafka import KafkaException

                raise KafkaException(self._broken)
            if message is not None:
                batch = self._take(message)
                if batch is not None:
                    return batch
            if time.monotonic() >= end:
                return None

    def __iter__(self) -> Iterator[Batch]:
        end = None if self.timeout is None else time.monotonic() + self.timeout
        while end is None or time.monotonic() < end:
            wait = 1.0 if end is None else min(1.0, max(0.0, end - time.monotonic()))
            batch = self.poll(wait)
            if batch is not None:
                yield batch
                end = None if self.timeout is None else time.monotonic() + self.timeout

    def steps(self, groups: int, wait: float | None = None) -> Iterator[Batch]:
        """Batches of exactly `groups` groups: a value on the topic is not a step.

        What is left when the iteration ends waits for the next call. `wait`: a smaller step is given where so many seconds
        pass without a new group.
        """
        if groups < 1:
            raise ValueError(f"groups is {groups}: a step needs at least one")
        idle = time.monotonic()
        while True:
            while len(self._held) >= groups:
                yield self._step(groups)
                idle = time.monotonic()
            batch = self.poll(0.2 if wait is not None and self._held else 1.0 if self.timeout is None else 0.2)
            now = time.monotonic()
            if batch is not None:
                self._held += [(batch, group) for group in batch["groups"]]
                idle = now
            elif wait is not None and self._held and now - idle >= wait:
                yield self._step(len(self._held))
                idle = time.monotonic()
            elif self.timeout is not None and now - idle >= self.timeout:
                return

    def _step(self, groups: int) -> Batch:
        taken, self._held = self._held[:groups], self._held[groups:]
        return joined(taken)

    def trained(self, batch: Mapping[str, Any]) -> None:
        """The step that used this batch (or step) is done: its groups are in `seen`. Nothing is committed yet."""
        with self._lock:
            self._progress.learned(digests(batch))

    def commit(self, batch: Mapping[str, Any] | None = None) -> dict[Partition, int]:
        """Commits what was trained on, `batch` included; returns where a new reader would go on, if that changed.

        Give a batch or a step as it was handed out, each once; in any order.
        """
        if batch is not None:
            self.trained(batch)
        with self._lock:
            self._progress.settle()
        return self._commit_settled()

    def _commit_settled(self) -> dict[Partition, int]:
        with self._lock:
            moved = self._progress.to_commit()
        return self._commit(moved)

    def _commit(self, offsets: dict[Partition, int]) -> dict[Partition, int]:
        if not offsets:
            return {}
        from confluent_kafka import KafkaError, KafkaException, TopicPartition

        places = [TopicPartition(topic, partition, offset) for (topic, partition), offset in offsets.items()]
        try:
            results = self._consumer.commit(offsets=places, asynchronous=False)
        except KafkaException as error:
            # the group is being shared out anew, or did without us: the records come again, and `seen` knows them
            passing = {
                KafkaError.ILLEGAL_GENERATION, KafkaError.UNKNOWN_MEMBER_ID, KafkaError.REBALANCE_IN_PROGRESS,
                KafkaError._ASSIGNMENT_LOST, KafkaError._NO_OFFSET,
            }  # fmt: skip
            if error.args[0].code() not in passing:
                raise
            self._tell(error.args[0])
            return {}
        done = {place: offset for place, offset in offsets.items() if _committed(results, place)}
        with self._lock:
            self._progress.committed(done)
        return done

    def close(self) -> None:
        """Leaves the group. What no `commit` was asked for comes again: perhaps no checkpoint holds it, since saving failed."""
        if self._consumer is not None:
            try:
                self._commit_settled()
            finally:
                self._consumer.close()
                self._consumer = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self, message: Any) -> Batch | None:
        """A record as a batch of what is new in it; None where nothing is."""
        if message.error() is not None:
            self._failed(message.error())
            return None
        partition: Partition = (message.topic(), message.partition())
        offset: int = message.offset()
        try:
            return self._read(message, partition, offset)
        except BaseException:
            with self._lock:
                self._progress.unreadable(partition, offset)
            raise

    def _read(self, message: Any, partition: Partition, offset: int) -> Batch | None:
        headers = {name: value for name, value in message.headers() or [] if value is not None}
        kind = headers.get("content-type")
        try:
            batch = parse(message.value() or b"", None if kind is None else bytes(kind).decode("utf-8", "replace"))
        except BatchError as error:
            placed = BatchError(f"{partition[0]}, partition {partition[1]}, offset {offset}: {error}")
            if self.on_broken is None:
                raise placed from None
            self.on_broken(placed)
            self.broken += 1
            with self._lock:
                self._progress.read(partition, offset, ())
            return None
        fresh: dict[str, Mapping[str, Any]] = {}
        repeated: list[str] = []
        with self._lock:
            for group in batch["groups"] if self.tenant in (None, batch["tenant_id"]) else []:
                digest = group["digest"]
                if self._progress.known(digest) or digest in fresh:
                    self.duplicates += 1
                    repeated.append(digest)
                elif self._is_stale(group):
                    self.stale += 1
                else:
                    fresh[digest] = group
            self._progress.read(partition, offset, fresh, repeated)
        if not fresh:
            return None
        place = {"topic": partition[0], "partition": partition[1], "offset": offset}
        return {**batch, "groups": list(fresh.values()), "place": place}

    def _is_stale(self, group: Mapping[str, Any]) -> bool:
        if self.max_staleness is None:
            return False
        own = self.version() if callable(self.version) else self.version
        text = group["policy_version_min"]
        try:
            policy = self.version_of(text)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"policy version {text!r} of group {group['group_id']} is not known ({error}): give version_of, which maps it to"
                " the trainer's own count"
            ) from error
        return own - policy > self.max_staleness

    def _reported(self, error: Any) -> None:
        """An error of the client itself (no broker answers, a password is wrong); raised by the poll that is under way."""
        if _lasts(error):
            self._broken = error
        else:
            self._tell(error)

    def _failed(self, error: Any) -> None:
        from confluent_kafka import KafkaException

        if _lasts(error):
            raise KafkaException(error)
        self._tell(error)

    def _tell(self, error: Any) -> None:
        if self.on_error is not None:
            self.on_error(error)
        elif time.monotonic() >= self._quiet_until.get(error.code(), 0.0):
            self._quiet_until[error.code()] = time.monotonic() + 60
            _log.warning("%s (%s); the reader goes on trying", error.str(), error.name())

    def _assigned(self, consumer: Any, partitions: list[Any]) -> None:
        with self._lock:
            self._progress.revoked((one.topic, one.partition) for one in partitions)

    def _revoked(self, consumer: Any, partitions: list[Any]) -> None:
        from confluent_kafka import KafkaException

        gone = {(one.topic, one.partition) for one in partitions}
        with self._lock:
            moved = {place: offset for place, offset in self._progress.to_commit().items() if place in gone}
        try:
            self._commit(moved)
        except KafkaException as error:  # they come again to whoever has the partition now
            self._tell(error.args[0])
        self._gone(gone)

    def _lost(self, consumer: Any, partitions: list[Any]) -> None:
        self._gone({(one.topic, one.partition) for one in partitions})

    def _gone(self, gone: set[Partition]) -> None:
        """What no step has been given yet is left to the partition's new reader."""
        with self._lock:
            kept: Held = []
            for batch, group in self._held:
                if (batch["place"]["topic"], batch["place"]["partition"]) in gone:
                    self._progress.forget([group["digest"]])
                else:
                    kept.append((batch, group))
            self._held = kept
            self._progress.revoked(gone)


def _lasts(error: Any) -> bool:
    """Whether waiting does not help."""
    from confluent_kafka import KafkaError

    lasting = {
        KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError._AUTHENTICATION,
        KafkaError.SASL_AUTHENTICATION_FAILED, KafkaError.UNSUPPORTED_SASL_MECHANISM,
        KafkaError.INCONSISTENT_GROUP_PROTOCOL, KafkaError.INVALID_SESSION_TIMEOUT,
    }  # fmt: skip
    return bool(error.fatal()) or error.code() in lasting


def _committed(results: Any, place: Partition) -> bool:
    """Whether the broker took the offset; an answer without this partition is none."""
    for result in results or []:
        if (result.topic, result.partition) == place:
            return result.error is None
    return False

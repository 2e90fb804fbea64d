"""Which offsets may be committed: pure bookkeeping, so that it can be tested without a broker."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

Partition = tuple[str, int]
Place = tuple[Partition, int]


class Progress:
    """What was read, handed out and trained on, by the digests of the groups.

    A record is done once each of its groups has been trained on, whoever brought it (the same group may come twice), was
    left out, or needs nothing. A partition may be committed up to its first record that is not done.
    """

    def __init__(self, seen: Iterable[str] = (), memory: int = 1_000_000) -> None:
        self.seen: OrderedDict[str, None] = OrderedDict((digest, None) for digest in seen)
        """Digests of the groups that were trained on, oldest first; at most `memory`."""
        self.memory = memory
        self._waiting: dict[str, list[Place]] = {}
        self._learned: dict[str, None] = {}
        self._unreadable: dict[Partition, int] = {}
        self._open: dict[Partition, OrderedDict[int, set[str]]] = {}
        self._next: dict[Partition, int] = {}
        self._committed: dict[Partition, int] = {}

    def known(self, digest: str) -> bool:
        """Trained on, or handed out and not yet trained on."""
        return digest in self.seen or digest in self._waiting

    def read(self, partition: Partition, offset: int, handed: Iterable[str], repeated: Iterable[str] = ()) -> None:
        """A record was read, and the groups `handed` are given to the trainer; `repeated` are known, and perhaps under way."""
        waits: set[str] = set()
        for digest in handed:
            self._waiting.setdefault(digest, [])
            waits.add(digest)
        waits.update(digest for digest in repeated if digest in self._waiting)
        for digest in waits:
            self._waiting[digest].append((partition, offset))
        self._committed.setdefault(partition, offset)  # reading begins where a commit, or nothing, stands
        self._next[partition] = offset + 1
        if waits:
            self._open.setdefault(partition, OrderedDict())[offset] = waits

    def unreadable(self, partition: Partition, offset: int) -> None:
        """This record could not be taken: nothing is committed beyond it, so that it comes again."""
        self.read(partition, offset, ())
        self._unreadable.setdefault(partition, offset)

    def learned(self, digests: Iterable[str]) -> None:
        """These groups were trained on, and are in `seen`; their records are not done until `settle`, for a checkpoint may
        not hold them yet."""
        for digest in digests:
            if digest in self._waiting:
                self._learned[digest] = None
            self.seen[digest] = None
            self.seen.move_to_end(digest)
            while len(self.seen) > self.memory:
                self.seen.popitem(last=False)

    def settle(self) -> None:
        """What was trained on so far need not come again."""
        for digest in self._learned:
            for partition, offset in self._waiting.pop(digest, []):
                records = self._open.get(partition, OrderedDict())
                if offset in records:
                    records[offset].discard(digest)
                    if not records[offset]:
                        del records[offset]
        self._learned.clear()

    def trained(self, digests: Iterable[str]) -> None:
        """These groups were trained on, and neither they nor those before need come again."""
        self.learned(digests)
        self.settle()

    def forget(self, digests: Iterable[str]) -> None:
        """These were read and will not be trained on: they may come again."""
        for digest in digests:
            for partition, offset in self._waiting.pop(digest, []):
                self._open.get(partition, OrderedDict()).pop(offset, None)

    def to_commit(self) -> dict[Partition, int]:
        """The offsets at which a new reader would go on, where they moved."""
        out: dict[Partition, int] = {}
        for partition, after in self._next.items():
            records = self._open.get(partition)
            offset = min(records) if records else after
            offset = min(offset, self._unreadable.get(partition, offset))
            if offset > self._committed[partition]:
                out[partition] = offset
        return out

    def committed(self, offsets: Mapping[Partition, int]) -> None:
        """These offsets have been committed."""
        self._committed.update(offsets)

    def revoked(self, partitions: Iterable[Partition]) -> None:
        """These are read anew, here or by another reader: what was handed out is not committed by this one."""
        for partition in partitions:
            self._next.pop(partition, None)
            self._committed.pop(partition, None)
            self._unreadable.pop(partition, None)
            for offset, digests in self._open.pop(partition, {}).items():
                for digest in digests:
                    places = self._waiting.get(digest, [])
                    if (partition, offset) in places:
                        places.remove((partition, offset))

    @property
    def under_way(self) -> int:
        """Groups that were handed out and not yet trained on."""
        return len(self._waiting) - len(self._learned)


def digests(batch: Mapping[str, Any]) -> list[str]:
    """Of the groups of a batch or a step."""
    return [group["digest"] for group in batch["groups"]]

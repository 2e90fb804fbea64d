"""The load: seeded, and true DashStream. What a record will mean is the oracle's business; here is only what is sent.

Times are virtual. A run consists of waves, an hour apart: nothing times out within a wave, and the marker at its end
(a record per partition, 45 minutes later) ends everything that is still open. So no outcome hangs on a machine's speed.
"""

import random
from collections import Counter
from dataclasses import dataclass

import threads

HOUR = 3_600_000
MARKER = 45 * 60_000
TENANTS = ["acme", "globex", ""]
PRODUCERS = 3
TEN_YEARS = 315_360_000_000
CROWD = 2000
CRASH = b"crash"  # the key of a record that ends the process


@dataclass
class Load:
    """How much is sent."""

    groups: int = 3000
    waves: int = 6
    group_size: int = 8
    partitions: int = 12
    examples: int = 200
    crashes: int = 0  # records that end the process which takes them, a wave each

    @property
    def scale(self) -> float:
        return self.groups / 3000


@dataclass(slots=True)
class Planned:
    """A record that will be sent."""

    time: int  # virtual, milliseconds since 1970: the order of sending
    producer: int
    key: bytes | None
    value: bytes | None
    timestamp: int
    partition: int = -1
    headers: list | None = None


class Traffic:
    """All waves of one run; the same seed and base give the same records."""

    def __init__(self, load: Load, seed: int, base: int):
        self.load, self.base = load, base
        self.random = random.Random(seed)
        self.counts = Counter()
        self.examples = [threads.example(i, self.random) for i in range(load.examples)]
        self.waves = [self._wave(number) for number in range(load.waves)]
        for wave in self.waves[: load.crashes]:
            at = len(wave) // 3
            wave.insert(at, Planned(wave[at].time, 0, CRASH, b"", wave[at].timestamp))

    def _wave(self, number: int) -> list[Planned]:
        load, r = self.load, self.random
        start = self.base + number * HOUR
        records: list[Planned] = []
        first, last = load.groups * number // load.waves, load.groups * (number + 1) // load.waves
        for index in range(first, last):
            self._group(index, start + r.randrange(300_000), records)
        self._spoil(records, number)
        records += self._strangers(number, start)
        records.sort(key=lambda record: record.time)
        return records

    def markers(self, number: int) -> list[Planned]:
        """What ends a wave: a short thread in every partition, whose time passes every timeout."""
        time = self.base + number * HOUR + MARKER
        return [
            Planned(
                time,
                0,
                f"marker-{number}-{p}".encode(),
                threads.stranger("clock", f"marker-{number}-{p}", time),
                time,
                partition=p,
            )
            for p in range(self.load.partitions)
        ]

    def _group(self, index: int, start: int, records: list):
        r, load = self.random, self.load
        # thread and group ids repeat between tenants: only (tenant, thread) tells runs apart
        tenant, name = TENANTS[index % len(TENANTS)], f"g{index // len(TENANTS)}"
        example = r.choice(self.examples)
        kind = r.choices(["plain", "partial", "policies", "slots", "insufficient", "unknown"], [93, 2, 1, 1, 1.5, 1.5])[
            0
        ]
        self.counts[f"groups {kind}"] += 1
        if index % max(1, load.groups // max(1, round(20 * load.scale))) == 7 and kind == "plain":
            kind = "oversize"
            self.counts["groups oversize"] += 1
        for slot in range(load.group_size):
            if kind == "partial" and slot == 3:
                continue
            run = threads.Run(tenant, f"{name}-{slot}", example, name, slot, load.group_size, "7")
            if kind == "policies" and slot == 5:
                run.policy = "8"
            if kind == "slots" and slot == 4:
                run.slot = 5
            if kind == "unknown":
                run.example_id = f"never-{index}"
            run.fate = self._fate(kind, slot)
            self._thread(run, start + r.randrange(500), records)

    def _fate(self, kind: str, slot: int) -> str:
        if kind == "insufficient":
            return "right" if slot == 0 else "silent"
        if kind == "oversize" and slot == 0:
            return "huge"
        return self.random.choices(*zip(*threads.FATES.items()))[0]

    def _thread(self, run: threads.Run, start: int, records: list):
        r = self.random
        self.counts[f"rollouts {run.fate}"] += 1
        self.counts["rollouts"] += 1
        producer = sum(run.thread.encode()) % PRODUCERS
        messages = threads.messages(run, start, r)
        packed = threads.pack(messages, r)
        key = run.thread.encode()
        for time, value in packed:
            records.append(Planned(time, producer, key, value, time))
        last = packed[-1][0]
        if run.whole and r.random() < 0.0125:
            self.counts["late events"] += 1
            time = last + r.randrange(5_000, 60_000)
            records.append(Planned(time, producer, key, threads.late(run, len(messages) + 1, time, r), time))
        if run.whole and r.random() < 0.002:
            self.counts["duplicate starts"] += 1
            time = last + r.randrange(5_000, 60_000)
            records.append(Planned(time, producer, key, threads.second_start(run, len(messages) + 9, time, r), time))

    def _spoil(self, records: list, number: int):
        """Duplicates, bad timestamps and hundreds of headers, on records that are there."""
        r = self.random
        for record in r.sample(records, len(records) // 37):
            self.counts["duplicates"] += 1
            time = record.time + r.randrange(200, 40_000)
            records.append(Planned(time, record.producer, record.key, record.value, time))
        share = max(1, round(50 * self.load.scale / self.load.waves))
        for bad in r.sample(records, 2 * share):
            ahead = self.counts["timestamps ahead"] <= self.counts["timestamps -1"]
            self.counts["timestamps ahead" if ahead else "timestamps -1"] += 1
            bad.timestamp = bad.timestamp + TEN_YEARS if ahead else -1
        for rich in r.sample(records, max(1, round(20 * self.load.scale / self.load.waves))):
            self.counts["200 headers"] += 1
            rich.headers = [(f"h{i}", str(i).encode()) for i in range(200)]

    def _strangers(self, number: int, start: int) -> list[Planned]:
        """Poison of every kind, orphans, threads without a key or a pairing."""
        r, found = self.random, []

        def some(count: int, name: str, make):
            for _ in range(max(1, round(count * self.load.scale / self.load.waves))):
                self.counts[name] += 1
                time = start + r.randrange(480_000)
                found.append(make(time))

        def poison(time: int, value: bytes | None) -> Planned:
            # by an idempotent producer, so that the counts stand exactly
            return Planned(time, r.randrange(2), f"poison-{r.randrange(1 << 40)}".encode(), value, time)

        def name() -> str:
            return f"x{number}-{r.randrange(1 << 48):x}"

        some(500, "poison json", lambda t: poison(t, b'{"not": "a frame"' + r.randbytes(4)))
        some(200, "poison null", lambda t: poison(t, None))
        some(100, "poison schema", lambda t: poison(t, threads.unknown_schema(name(), t)))
        some(50, "poison utf-8", lambda t: poison(t, threads.invalid_text(name(), t)))
        some(50, "poison empty", lambda t: poison(t, b""))
        some(50, "poison zstd", lambda t: poison(t, b"\x01" + b"\xff" * 3 + r.randbytes(30)))
        some(50, "poison 950 kB", lambda t: poison(t, b"\x00" + b"\xff" * 949_000 + r.randbytes(1000)))
        some(
            200,
            "null keys",
            lambda t: Planned(
                t,
                r.randrange(2),
                None,
                threads.stranger("acme", name(), t),
                t,
                partition=r.randrange(self.load.partitions),
            ),
        )
        some(100, "orphans", lambda t: self._orphan(name(), t))
        if number == 1:
            # so much is open in one partition that its checkpoint does not fit beside an offset
            for index in range(CROWD):
                self.counts["crowd"] += 1
                record = self._orphan(f"crowd-{index}", start + 60_000 + index * 10)
                record.partition = 0
                found.append(record)
        return found

    def _orphan(self, thread: str, time: int) -> Planned:
        return Planned(time, self.random.randrange(2), thread.encode(), threads.orphan(thread, time, self.random), time)

"""Liveness: after a fault the work goes on within a bound. Times are seconds on the suite's own clock; how long something
stood is counted in seconds of a quiet machine (pace.py), so that a busy machine decides nothing.

A clock runs while there is work and nothing is hurt; it starts anew with every move and at the end of every fault.
What the clock shows may never exceed the limit. Three things have such a clock:

* the output: batches must appear while a pulse (pulse.py) waits for its batch; only a fault that stops everything stops
  this clock, so that killing one process after the other excuses nothing;
* each input partition: its committed position must move while records stand behind it; any fault stops this clock;
* each processor: one of its partitions must move while it holds any with records behind; its own faults and those of
  everything stop this clock, and an assignment that changes starts it anew.
"""

from dataclasses import dataclass, field

from pace import Pace


@dataclass
class Fault:
    """What was done from `began` to `healed`: to one processor, or to everything where `hit` is None."""

    name: str
    began: float
    healed: float
    hit: int | None = None


@dataclass
class Timeline:
    """What was seen beside a run."""

    faults: list = field(default_factory=list)  # Fault
    pulses: dict = field(default_factory=dict)  # (tenant, group) -> when its last record was acknowledged
    batches: list = field(default_factory=list)  # (when a reader was given the batch, its (tenant, group) keys)
    written: list = field(default_factory=list)  # (time, {partition: end})
    positions: list = field(default_factory=list)  # (time, partition, committed position)
    owners: list = field(default_factory=list)  # (time, {processor: set of partitions}), as the broker tells
    began: float = 0  # the first process was started
    finished: float = 0  # nothing is expected after this
    pace: Pace | None = None  # None: the machine is quiet


@dataclass
class Standstill:
    """What stood, from when to when."""

    what: str
    since: float
    until: float
    seconds: float = 0  # of a quiet machine
    after: str = ""


class Clock:
    """Shows how long something has stood although there was work and nothing was hurt."""

    def __init__(self, what: str):
        self.what, self.due, self.hurt = what, False, 0
        self.since: float | None = None
        self.found: list[Standstill] = []

    def at(self, time: float, due: bool | None = None, moved: bool = False, hurt: int = 0):
        """Something happened: there is work or none, it moved, a fault began (1) or was healed (-1)."""
        was = self.since
        self.due = self.due if due is None else due
        self.hurt += hurt
        runs = self.due and self.hurt == 0
        if was is not None and (moved or not runs):
            self.found.append(Standstill(self.what, was, time))
            was = None
        self.since = (time if was is None else was) if runs else None

    def end(self, time: float) -> list[Standstill]:
        if self.since is not None:
            self.found.append(Standstill(self.what, self.since, max(time, self.since)))
        return self.found


def standstills(line: Timeline) -> list[Standstill]:
    """All of them, however short, each with its length and the fault that came last before it."""
    found = _output(line) + _partitions(line) + _processors(line)
    for each in found:
        each.seconds = line.pace.seconds(each.since, each.until) if line.pace else each.until - each.since
        before = [fault for fault in line.faults if fault.healed <= each.since + 0.001]
        each.after = max(before, key=lambda fault: fault.healed).name if before else ""
    return found


def _replay(line: Timeline, events: list, clocks: dict, faults: list, apply) -> list[Standstill]:
    """Lets events and faults reach the clocks in the order of their times.

    `apply(time, event)` handles an event; `faults` are pairs of a fault and the names of the clocks that it stops.
    """
    steps = [(time, 1, event) for time, event in events]
    for fault, names in faults:
        steps.append((max(fault.began, line.began), 0, (names, 1)))
        steps.append((max(fault.healed, line.began), 2, (names, -1)))
    for time, kind, event in sorted(steps, key=lambda step: step[:2]):
        if time > line.finished:
            break
        if kind == 1:
            apply(time, event)
            continue
        for name in event[0]:
            if name in clocks:
                clocks[name].at(time, hurt=event[1])
    return [each for clock in clocks.values() for each in clock.end(line.finished)]


def _output(line: Timeline) -> list[Standstill]:
    clock, waiting, shown = Clock("the output"), set(), set()

    def apply(time: float, event: tuple):
        kind, keys = event
        if kind == "sent":
            waiting.update(keys - shown)
        else:
            shown.update(keys)
            waiting.difference_update(keys)
        clock.at(time, due=bool(waiting), moved=kind == "shown")

    events = [(max(time, line.began), ("sent", {key})) for key, time in line.pulses.items()]
    events += [(time, ("shown", set(keys))) for time, keys in line.batches]
    faults = [(fault, ["output"]) for fault in line.faults if fault.hit is None]
    return _replay(line, events, {"output": clock}, faults, apply)


class _Places:
    """Ends and committed positions of the input partitions."""

    def __init__(self):
        self.ends: dict[int, int] = {}
        self.done: dict[int, int] = {}

    def behind(self, partition: int) -> bool:
        return self.ends.get(partition, 0) > self.done.get(partition, 0)

    def take(self, event: tuple) -> tuple[set, bool]:
        """The partitions that an event is about, and whether it moved one of them."""
        kind, value = event
        if kind == "ends":
            for partition, end in value.items():
                self.ends[partition] = max(end, self.ends.get(partition, 0))
            return set(value), False
        partition, position = value
        if position <= self.done.get(partition, 0):
            return {partition}, False
        self.done[partition] = position
        return {partition}, True


def _place_events(line: Timeline) -> list:
    events = [(max(time, line.began), ("ends", ends)) for time, ends in line.written]
    return events + [(time, ("position", (partition, position))) for time, partition, position in line.positions]


def _partitions(line: Timeline) -> list[Standstill]:
    places = _Places()
    clocks = {p: Clock(f"input partition {p}") for _, ends in line.written for p in ends}

    def apply(time: float, event: tuple):
        about, moved = places.take(event)
        for partition in about & clocks.keys():
            clocks[partition].at(time, due=places.behind(partition), moved=moved)

    return _replay(line, _place_events(line), clocks, [(fault, list(clocks)) for fault in line.faults], apply)


def _processors(line: Timeline) -> list[Standstill]:
    places, held = _Places(), {}
    clocks = {n: Clock(f"processor {n}, with partitions assigned,") for _, owners in line.owners for n in owners}

    def apply(time: float, event: tuple):
        if event[0] == "owners":
            for number, clock in clocks.items():
                now = event[1].get(number, set())
                changed, held[number] = now != held.get(number), now
                clock.at(time, due=any(map(places.behind, now)), moved=changed)
            return
        about, moved = places.take(event)
        for number, partitions in held.items():
            if about & partitions:
                clocks[number].at(time, due=any(map(places.behind, partitions)), moved=moved)

    events = _place_events(line) + [(time, ("owners", owners)) for time, owners in line.owners]
    faults = [(f, list(clocks) if f.hit is None else [f.hit]) for f in line.faults]
    return _replay(line, events, clocks, faults, apply)

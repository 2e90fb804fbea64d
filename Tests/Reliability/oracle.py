"""What must come out, recomputed from the input topic as it was read back: never from the processor's words."""

from dataclasses import dataclass, field

import canonical
import fold
import frames
import groups
import rewards


@dataclass
class Rules:
    """What the run was configured with; times in milliseconds."""

    idle_timeout: int = 600_000
    deadline: int = 1_800_000
    reorder_grace: int = 540_000
    max_clock_skew: int = 300_000
    closed_memory: int = 200_000
    min_usable: int = 2
    failure_score: float = 0.0
    format_failure_score: float = -1.0
    timeouts: str = "exclude"
    max_bytes: int = 900 << 10
    wall: int = 1 << 62


@dataclass
class Record:
    """An input record as it stands on the topic."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Thread:
    """A thread while it is assembled: closes as soon as it is whole, so that what comes later is late."""

    __slots__ = (
        "entries",
        "ids",
        "main",
        "ahead",
        "contiguous",
        "start",
        "end",
        "ends",
        "first",
        "last",
        "partition",
        "time",
        "end_time",
        "duplicates",
        "open",
        "seen",
        "claim",
    )

    def __init__(self, record: Record, time: int):
        self.entries, self.ids, self.ahead, self.ends = [], set(), set(), []
        self.contiguous, self.start, self.end = 0, None, fold.NO_END
        self.partition, self.first, self.last, self.seen = record.partition, record.offset, record.offset, record.offset
        self.time, self.end_time, self.duplicates, self.open, self.main = time, 0, 0, True, False
        self.claim = 0

    def accept(self, kind: str, message, record: Record, time: int):
        self.entries.append((kind, message))
        self.last, self.time = record.offset, max(self.time, time)
        if not frames.is_main(kind, message):
            return
        self.main = True
        sequence = message.header.sequence
        if sequence == self.contiguous + 1:
            self.contiguous = sequence
            while self.contiguous + 1 in self.ahead:
                self.contiguous += 1
                self.ahead.remove(self.contiguous)
        elif sequence > self.contiguous:
            self.ahead.add(sequence)
        if kind != "event":
            return
        if message.event_type == frames.GRAPH_START:
            if self.start is None or sequence < self.start:
                self.start, self.claim = sequence, time
        elif message.event_type in (frames.GRAPH_END, frames.GRAPH_ERROR):
            self.ends.append(sequence)
        else:
            return
        end = min((s for s in self.ends if self.start is None or s > self.start), default=fold.NO_END)
        if end != self.end:
            self.end, self.end_time = end, time

    @property
    def whole(self) -> bool:
        return self.end != fold.NO_END and self.contiguous >= self.end


@dataclass
class Expected:
    """The oracle's answer."""

    fates: dict = field(default_factory=dict)  # (partition, offset) -> poison:REASON | rollout | dup | late | aux
    poison: dict = field(default_factory=dict)  # (partition, offset) -> reason
    threads: dict = field(default_factory=dict)  # (tenant, thread) -> (reason or None, Thread, Story)
    groups: dict = field(default_factory=dict)  # (tenant, group) -> Group
    late: dict = field(default_factory=dict)  # (tenant, thread) -> Rollout that was decided after its group had closed
    unsound: list = field(default_factory=list)  # traffic whose outcome would depend on timing


def expect(records: list, examples: dict, rules: Rules, judged: list | None = None) -> Expected:
    """Everything that must follow from these records; each partition's records in the order of their offsets.

    `judged`: what the rewards topic holds, where judges are asked; when a rollout was scored by it is theirs to say.
    """
    out = Expected()
    threads: dict = {}
    stream_time: dict = {}
    for record in records:
        place = (record.partition, record.offset)
        try:
            units = frames.decode(record.value)
        except frames.Poison as poison:
            out.poison[place] = str(poison)
            out.fates[place] = f"poison:{poison}"
            continue
        fates = set()
        for kind, message in units:
            fates.add(_take(kind, message, record, threads, stream_time, rules, out))
        out.fates[place] = next(f for f in ("rollout", "late", "dup", "aux") if f in fates)
    members: dict = {}
    said = None if judged is None else rewards.decided(judged)
    for key, thread in threads.items():
        if not thread.main:
            continue
        story = fold.fold(thread.entries)
        pairing, reason = _pair(story, examples)
        out.threads[key] = (reason, thread, story)
        if reason is None:
            rollout = _score(key, story, pairing, examples[pairing["example_id"]], rules)
            rollout.source = (thread.partition, thread.first, thread.last)
            rollout.claimed, rollout.decided = thread.claim, thread.end_time or thread.time
            if said is not None:
                _judge(rollout, said.get(key, {}))
            members.setdefault((key[0], pairing["group_id"]), []).append(rollout)
    for key, rollouts in members.items():
        late = groups.late(rollouts, rules.deadline) if said is not None else []
        for rollout in late:
            rollout.reason = rollout.reason or "late"
            out.late[key[0], rollout.thread] = rollout
        if in_time := [rollout for rollout in rollouts if rollout not in late]:
            out.groups[key] = groups.decide(*key, in_time, rules.min_usable)
    return out


def _take(kind, message, record: Record, threads: dict, stream_time: dict, rules: Rules, out: Expected) -> str:
    key = (message.header.tenant_id, message.header.thread_id)
    thread = threads.get(key)
    now = record.timestamp
    if now < 0 or now > rules.wall + rules.max_clock_skew:
        now = thread.time if thread else stream_time.get(record.partition, 0)
    else:
        stream_time[record.partition] = max(stream_time.get(record.partition, 0), now)
    if thread is None:
        thread = threads[key] = Thread(record, now)
    elif thread.partition != record.partition:
        out.unsound.append(f"{key} stands on two partitions")
    elif thread.open:
        thread.open = now - thread.time <= rules.idle_timeout
        if thread.open and thread.end != fold.NO_END and now - thread.end_time > rules.reorder_grace / 2:
            out.unsound.append(f"{key}: a straggler came {now - thread.end_time} ms after the end")
    elif record.offset - thread.seen > rules.closed_memory:
        out.unsound.append(f"{key}: a record came after the closed memory")
    thread.seen = record.offset
    if message.header.message_id in thread.ids:
        thread.duplicates += 1
        return "dup"
    thread.ids.add(message.header.message_id)
    if not thread.open:
        return "late" if frames.is_main(kind, message) else "aux"
    thread.accept(kind, message, record, now)
    thread.open = not thread.whole
    return "rollout"


def _pair(story: fold.Story, examples: dict):
    if not story.has_start:
        return None, "no_start"
    if not story.places:
        return None, "unpaired"
    first = story.places[0]
    for name in ("example_id", "group_id", "rollout_index", "group_size", "policy_version"):
        if any(place[name] != first[name] for place in story.places):
            return None, "conflicting_pairing"
    for name in ("attempt", "run_id", "trainable"):
        if len({place[name] for place in story.places} - {None}) > 1:
            return None, "conflicting_pairing"
    index, size = first["rollout_index"], first["group_size"]
    attempt = next((p["attempt"] for p in story.places if p["attempt"] is not None), 0)
    whole = all(isinstance(number, int) for number in (index, size, attempt))
    if not whole or first["policy_version"] is None or not 0 <= index < size < 1 << 31 or not 0 <= attempt < 1 << 31:
        return None, "invalid_pairing"
    if first["example_id"] not in examples:
        return None, "unknown_example"
    return {**first, "attempt": attempt}, None


def _score(key, story: fold.Story, pairing: dict, example: dict, rules: Rules) -> groups.Rollout:
    rollout = groups.Rollout(*key, pairing, story.outcome, None, None, story.samples, None)
    if story.outcome == "failed":
        rollout.reward = rules.failure_score
    elif story.outcome == "incomplete":
        rollout.reward = rules.failure_score if rules.timeouts == "failure" else None
        rollout.reason = None if rules.timeouts == "failure" else "incomplete"
    elif not story.has_state:
        rollout.reason = "no_state"
    elif not story.verified:
        rollout.reason = "state_unverified"
    else:
        rollout.reward = rollout.value = _match(story.state, example, rules)
    return rollout


def _judge(rollout: groups.Rollout, said: dict):
    """What judges add to a rollout that is scored by its components; it was decided when they had spoken."""
    if rollout.value is None:
        rollout.rewards = rewards.unscored()
        return
    rollout.reward, rollout.rewards = rewards.score(rollout.value, (rollout.tenant, rollout.thread), said)
    rollout.reason = "reward_missing" if rollout.reward is None else None
    times = [record["decided_at_ms"] for records in said.values() for record in records]
    rollout.decided = max([rollout.decided, *times])


def _match(state, example: dict, rules: Rules) -> float:
    equal = True
    for name, label in example["data"].items():
        if name in example["input_keys"]:
            continue
        if not isinstance(state, dict) or state.get(name) is None:
            return rules.format_failure_score
        equal = equal and canonical.text(state[name]) == canonical.text(label)
    return 1.0 if equal else 0.0

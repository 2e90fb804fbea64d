"""What one simulated agent writes."""

import random
from dataclasses import dataclass

import canonical
import frames

pb = frames.pb

# How a rollout goes, with weights.
FATES = {
    "right": 55,
    "wrong": 30,
    "no answer": 2,
    "failed": 2,
    "node error": 1,
    "silent": 0.5,
    "bad hash": 1,
    "lost diff": 0.5,
    "lost edge": 1,
    "no state": 0.5,
    "short": 4,
    "long": 0.3,
    "unpaired": 0.2,
    "bad pairing": 0.3,
    "two pairings": 0.2,
    "swapped": 1.5,
}
WORDS = "plan search read answer check über 東京 tool state reward policy".split()


@dataclass
class Run:
    """One rollout."""

    tenant: str
    thread: str
    example: dict
    group: str
    slot: int
    size: int
    policy: str
    fate: str = "right"
    example_id: str = ""

    @property
    def whole(self) -> bool:
        """It closes with its last event, so that what comes later is late whenever it comes."""
        return self.fate in ("right", "wrong", "no answer", "failed", "bad hash", "short", "long")


def example(index: int, r: random.Random) -> dict:
    answer = r.choice([f"answer {index}", index, index / 8, [index, "x"], {"n": index, "ok": True}])
    return {
        "example_id": f"ex-{index:04}",
        "data": {"question": f"What is {index}?", "answer": answer},
        "input_keys": ["question"],
    }


def header(tenant: str, thread: str, sequence: int, time: int, r: random.Random):
    return pb.Header(
        message_id=r.randbytes(16),
        timestamp_us=time * 1000 + r.randrange(1000),
        tenant_id=tenant,
        thread_id=thread,
        sequence=sequence,
        schema_version=1,
    )


def _text(r: random.Random, size: int) -> str:
    return " ".join(r.choices(WORDS, k=max(1, size // 7)))


class _Writer:
    """Numbers and times the messages of a thread."""

    def __init__(self, run: Run, start: int, r: random.Random, gap: int):
        self.run, self.time, self.r, self.gap, self.sequence = run, start, r, gap, 0
        self.out: list = []
        self.state: dict = {}

    def header(self, main: bool = True):
        self.time += self.r.randrange(1, self.gap)
        self.sequence += main
        return header(self.run.tenant, self.run.thread, self.sequence if main else 1, self.time, self.r)

    def event(self, kind: int, main: bool = True, **fields):
        message = pb.Event(header=self.header(main), event_type=kind, **fields)
        self.out.append((self.time, "event", message))

    def diff(self, changes: dict, spoil: bool = False):
        operations = []
        for key, value in changes.items():
            op = 2 if key in self.state else 0
            operations.append(pb.DiffOperation(op=op, path=f"/{key}", value=canonical.text(value).encode()))
        self.state = {**self.state, **changes}
        digest = canonical.sha256(self.state if not spoil else {"another": "state"})
        diff = pb.StateDiff(header=self.header(), operations=operations, state_hash=digest)
        self.out.append((self.time, "state_diff", diff))


def attributes(run: Run, state: dict | None) -> dict:
    found = {
        "example_id": pb.AttributeValue(string_value=run.example_id or run.example["example_id"]),
        "group_id": pb.AttributeValue(string_value=run.group),
        "rollout_index": pb.AttributeValue(int_value=run.slot),
        "group_size": pb.AttributeValue(string_value=str(run.size)),
        "policy_version": pb.AttributeValue(string_value=run.policy),
    }
    if run.fate == "unpaired":
        del found["group_id"]
    if run.fate == "bad pairing":
        found["rollout_index"] = pb.AttributeValue(int_value=run.size + 3)
    if run.fate == "two pairings":
        custom = {
            "example_id": "ex-0000",
            "group_id": "another",
            "rollout_index": 0,
            "group_size": 2,
            "policy_version": "1",
        }
        found["graph_manifest"] = pb.AttributeValue(string_value=canonical.text({"metadata": {"custom": custom}}))
    if state is not None:
        found["initial_state_json"] = pb.AttributeValue(string_value=canonical.text(state))
    return found


def messages(run: Run, start: int, r: random.Random) -> list:
    """The thread's messages in the order they are sent: (time, kind, message)."""
    if run.fate == "long":
        nodes, gap = 97, 900
    else:
        nodes, gap = (0 if run.fate in ("short", "no state") else min(14, 1 + int(r.expovariate(1.6)))), 700
    w = _Writer(run, start, r, gap)
    if run.fate != "no state":
        w.state = {"question": run.example["data"]["question"], "steps": 0, "notes": _text(r, r.randrange(60, 700))}
    w.event(frames.GRAPH_START, attributes=attributes(run, w.state or None))
    for index in range(nodes):
        _node(w, run, index, index == nodes - 1)
    if run.fate == "failed":
        w.event(frames.GRAPH_ERROR, attributes={"error": pb.AttributeValue(string_value="the tool failed")})
    elif run.fate not in ("silent", "node error"):
        w.event(frames.GRAPH_END, duration_us=(w.time - start) * 1000)
    return _damage(w.out, run, r)


def _node(w: _Writer, run: Run, index: int, last: bool):
    r, name = w.r, w.r.choice(["plan", "search", "answer"])
    w.event(frames.NODE_START, node_id=name)
    if r.random() < 0.3:
        w.event(80, main=False, node_id=name)
    if r.random() < 0.2:
        head = w.header(main=False)
        chunk = pb.TokenChunk(header=head, request_id=f"{run.thread}-{index}", text="tokens", is_final=True)
        w.out.append((w.time, "token_chunk", chunk))
    changes = {"steps": index + 1, "score": r.random(), "notes": _text(r, r.randrange(40, 400))}
    if last and run.fate == "huge":
        changes["notes"] = "huge " * 300_000
    if last and run.fate != "no answer":
        answer = run.example["data"]["answer"]
        changes["answer"] = {"wrong": answer} if run.fate == "wrong" else answer
    if last and run.fate == "node error":
        return w.event(frames.NODE_ERROR, node_id=name, attributes={"error": pb.AttributeValue(string_value="boom")})
    w.diff(changes, spoil=last and run.fate == "bad hash")
    w.event(frames.NODE_END, node_id=name, duration_us=1000)
    w.event(frames.EDGE, node_id=name)


def _damage(out: list, run: Run, r: random.Random) -> list:
    """What a lossy or disordered producer makes of it."""
    if run.fate == "lost diff":
        out.remove(next(m for m in out if m[1] == "state_diff"))
    elif run.fate == "lost edge":
        out.remove(next(m for m in out if m[1] == "event" and m[2].event_type == frames.EDGE))
    elif run.fate == "swapped":
        at = r.randrange(len(out) - 1)
        first, second = out[at], out[at + 1]
        out[at : at + 2] = [(first[0], *second[1:]), (second[0], *first[1:])]
    return out


def pack(found: list, r: random.Random) -> list:
    """Messages as record values: now and then some events of a thread travel as one batch."""
    packed, at = [], 0
    batched = r.random() < 0.1
    while at < len(found):
        end = at + 1
        while batched and end < len(found) and end - at < 4 and found[at][1] == found[end][1] == "event":
            end += 1
        if end - at > 1:
            first = found[at][2].header
            batch = pb.EventBatch(
                header=header(first.tenant_id, first.thread_id, 0, found[at][0], r),
                events=[message for _, _, message in found[at:end]],
            )
            packed.append((found[end - 1][0], frames.encode("event_batch", batch)))
        else:
            packed.append((found[at][0], frames.encode(*found[at][1:])))
        at = end
    return packed


def late(run: Run, sequence: int, time: int, r: random.Random) -> bytes:
    """An event that nobody waits for any more."""
    event = pb.Event(header=header(run.tenant, run.thread, sequence, time, r), event_type=frames.EDGE, node_id="late")
    return frames.encode("event", event)


def second_start(run: Run, sequence: int, time: int, r: random.Random) -> bytes:
    """A thread that is over is started again."""
    event = pb.Event(
        header=header(run.tenant, run.thread, sequence, time, r),
        event_type=frames.GRAPH_START,
        attributes=attributes(run, {}),
    )
    return frames.encode("event", event)


def stranger(tenant: str, thread: str, time: int) -> bytes:
    """A whole thread without a pairing, in one record."""
    r = random.Random(thread)
    start = pb.Event(header=header(tenant, thread, 1, time, r), event_type=frames.GRAPH_START)
    end = pb.Event(header=header(tenant, thread, 2, time, r), event_type=frames.GRAPH_END)
    return frames.encode("event_batch", pb.EventBatch(header=header(tenant, thread, 0, time, r), events=[start, end]))


def orphan(thread: str, time: int, r: random.Random) -> bytes:
    """The middle of a thread whose start never came."""
    event = pb.Event(header=header("acme", thread, 7, time, r), event_type=frames.NODE_END, node_id="plan")
    return frames.encode("event", event)


def unknown_schema(thread: str, time: int) -> bytes:
    head = header("acme", thread, 1, time, random.Random(thread))
    head.schema_version = 99
    return frames.encode("event", pb.Event(header=head, event_type=frames.GRAPH_START))


def invalid_text(thread: str, time: int) -> bytes:
    head = header("acme", thread, 1, time, random.Random(thread))
    value = frames.encode("event", pb.Event(header=head, event_type=frames.GRAPH_START, node_id="bad text"))
    return value.replace(b"bad text", b"bad\xff\xfetxt"[:8].ljust(8, b"x"))

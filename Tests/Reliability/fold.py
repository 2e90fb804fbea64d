"""What one thread says: its outcome, its state, its pairing and its samples."""

import hashlib
import json
from dataclasses import dataclass, field

import canonical
import frames
import zstandard

OPS = ["add", "remove", "replace", "move", "copy", "test"]
NO_END = 1 << 64


@dataclass
class Story:
    """A finished thread."""

    outcome: str = "incomplete"
    places: list = field(default_factory=list)
    has_start: bool = False
    has_state: bool = False
    verified: bool = False
    state: object = None
    samples: list = field(default_factory=list)
    missing: int = 0


def attribute(value):
    """An attribute's plain value; None for one that is neither text nor number nor truth."""
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind in ("string_value", "int_value", "bool_value", "float_value") else None


def _place(read) -> dict | None:
    place = {name: read(name) for name in FIELDS}
    for name in ("example_id", "group_id"):
        if not isinstance(place[name], str) or not place[name]:
            return None
    if isinstance(place["policy_version"], int) and not isinstance(place["policy_version"], bool):
        place["policy_version"] = str(place["policy_version"])
    if not isinstance(place["policy_version"], str):
        place["policy_version"] = None
    for name in ("rollout_index", "group_size", "attempt"):
        place[name] = _whole(place[name])
    return place


FIELDS = ["example_id", "group_id", "rollout_index", "group_size", "policy_version", "attempt", "run_id", "trainable"]


def _whole(value):
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return int(value) if str(int(value)) == value else "malformed"
        except ValueError:
            return "malformed"
    return value if isinstance(value, int) and not isinstance(value, bool) else "malformed"


def _places(event) -> list:
    found = [_place(lambda name: attribute(event.attributes[name]) if name in event.attributes else None)]
    if "graph_manifest" in event.attributes:
        try:
            custom = json.loads(event.attributes["graph_manifest"].string_value)["metadata"]["custom"]
            if isinstance(custom, dict):
                found.append(_place(custom.get))
        except (ValueError, KeyError, TypeError):
            pass
    return [place for place in found if place]


def fold(entries: list) -> Story:
    """The story of a thread, given its accepted messages (kind, message) in the order of arrival."""
    main = [(unit[1].header.sequence, at, *unit) for at, unit in enumerate(entries) if frames.is_main(*unit)]
    main.sort(key=lambda entry: entry[:2])
    story = Story()
    end = terminator(main)
    expected = 1
    runner = _Runner(story)
    for sequence, _, kind, message in main:
        if sequence > end:
            break
        if sequence >= expected:
            story.missing += sequence - expected
            expected = sequence + 1
        runner.take(kind, message)
        if sequence == end and kind == "event" and message.event_type in (frames.GRAPH_END, frames.GRAPH_ERROR):
            if story.outcome == "incomplete":
                story.outcome = "completed" if message.event_type == frames.GRAPH_END else "failed"
    if end == NO_END and any(k == "event" and m.event_type == frames.NODE_ERROR for _, _, k, m in main):
        story.outcome = "failed"
    return story


def terminator(main: list) -> int:
    """The sequence that ends a thread: the first terminator's after its first start; NO_END: there is none."""
    start = min((s for s, _, k, m in main if k == "event" and m.event_type == frames.GRAPH_START), default=None)
    if start is None:
        ends = [s for s, _, k, m in main if k == "event" and m.event_type in (frames.GRAPH_END, frames.GRAPH_ERROR)]
        return min(ends, default=NO_END)
    ends = [
        s
        for s, _, k, m in main
        if k == "event" and m.event_type in (frames.GRAPH_END, frames.GRAPH_ERROR) and s > start
    ]
    return min(ends, default=NO_END)


class _Runner:
    """Applies main-lane messages in order."""

    def __init__(self, story: Story):
        self.story = story
        self.running = []
        self.visits = {}

    def take(self, kind: str, message):
        story = self.story
        if kind == "event":
            return self._event(message)
        if kind == "state_diff":
            story.has_state = True
            return self._diff(message)
        if kind == "checkpoint" and message.checksum:
            state = self._checkpoint(message)
            if state is not None and hashlib.sha256(state).digest() == message.checksum:
                story.has_state = True
                story.state, story.verified = json.loads(state), True

    def _checkpoint(self, message) -> bytes | None:
        if message.compression_info.type == 0:
            return message.state
        if message.compression_info.type != 1:
            return None
        return zstandard.ZstdDecompressor().decompressobj().decompress(message.state)

    def _diff(self, message):
        story = self.story
        fine = story.verified
        if message.full_state:
            try:
                story.state, fine = json.loads(message.full_state), True
            except ValueError:
                fine = False
        else:
            try:
                state = story.state
                for operation in message.operations:
                    if operation.encoding != 0:
                        raise canonical.PatchError("encoding")
                    value = json.loads(operation.value) if operation.value else None
                    state = canonical.apply(state, OPS[operation.op], operation.path, value, getattr(operation, "from"))
                story.state = state
            except (canonical.PatchError, ValueError, IndexError):
                fine = False
        story.verified = canonical.matches(story.state, message.state_hash) if message.state_hash else fine

    def _event(self, event):
        story = self.story
        if event.event_type == frames.GRAPH_START:
            story.has_start = True
            story.places += _places(event)
            if "initial_state_json" in event.attributes:
                story.has_state = True
                try:
                    story.state, story.verified = json.loads(event.attributes["initial_state_json"].string_value), True
                except ValueError:
                    story.verified = False
        elif event.event_type == frames.NODE_START:
            self.running.append((event.node_id, story.state, story.verified))
        elif event.event_type in (frames.NODE_END, frames.NODE_ERROR):
            at = next((i for i, run in enumerate(self.running) if run[0] == event.node_id), None)
            if at is None:
                return
            _, before, verified = self.running.pop(at)
            if event.event_type == frames.NODE_END:
                self._sample(event.node_id, before, verified)

    def _sample(self, node: str, before, verified: bool):
        story = self.story
        visit = self.visits.get(node, 0)
        self.visits[node] = visit + 1
        after = story.state
        if not (isinstance(before, dict) and isinstance(after, dict) and verified and story.verified):
            return
        outputs = {k: v for k, v in after.items() if k not in before or canonical.text(before[k]) != canonical.text(v)}
        story.samples.append(
            {
                "node_id": node,
                "visit": visit,
                "prompt": [{"role": "user", "content": "\n".join([f"Node: {node}"] + _lines(before))}],
                "completion": "\n".join(_lines(outputs)),
                "inputs": before,
                "outputs": outputs,
            }
        )


def _lines(fields: dict) -> list[str]:
    return [f"{k}: {v if isinstance(v, str) else canonical.text(v)}" for k, v in sorted(fields.items())]

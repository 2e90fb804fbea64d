"""The verifier on made-up evidence: it accepts what is right, and sees every single thing that is spoilt."""

import base64
import json
import struct
import unittest
import zlib

import checkpoints
import oracle
import processor
import traffic
import verifier
from evidence import Evidence, Output

BASE = 1_763_683_200_000
RULES = oracle.Rules(wall=BASE + 10 * traffic.HOUR)


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def checkpoint(position: int, firsts: list = ()) -> str:
    body = b"DR\x01" + varint(position) + varint(1) + varint(len(firsts))
    last = position
    for first in sorted(firsts, reverse=True):
        body += varint(last - first) + varint(0)
        last = first
    return base64.b64encode(body + struct.pack("<I", zlib.crc32(body))).decode()


def second_format(distances: list, ahead: int = 0) -> str:
    flags = 2 | (1 if ahead else 0)
    body = b"DR" + bytes([2, flags]) + struct.pack("<IHI", zlib.crc32(processor.APP.encode()), 1, 77) + varint(9)
    body += (varint(ahead) if ahead else b"") + varint(BASE * 2) + varint(12) + varint(len(distances))
    body += b"".join(map(varint, distances)) + varint(0)
    return base64.b64encode(body + struct.pack("<I", zlib.crc32(body))).decode()


def third_format(base: str, distance: int, closed: list, opened: list) -> str:
    body = b"DR" + bytes([3, 64 | 2]) + struct.pack("<IHI", zlib.crc32(processor.APP.encode()), 1, 77) + varint(10)
    body += varint(BASE * 2) + varint(12) + varint(0) + varint(5) + varint(len(base))
    body += struct.pack("<I", zlib.crc32(base.encode())) + varint(2 * distance)
    for distances in (closed, opened):
        body += varint(len(distances)) + b"".join(map(varint, distances)) + varint(0)
    return base64.b64encode(body + struct.pack("<I", zlib.crc32(body))).decode()


def evidence() -> Evidence:
    """What a faultless run leaves behind, made from the oracle's own answer."""
    plan = traffic.Traffic(traffic.Load(groups=90, waves=2), 3, BASE)
    found = Evidence(examples={e["example_id"]: e for e in plan.examples}, ledger=[])
    offsets: dict = {}
    for number, wave in enumerate(plan.waves):
        for record in wave + plan.markers(number):
            place = record.partition if record.partition >= 0 else zlib.crc32(record.key) % 12
            offset = offsets.get(place, 0)
            offsets[place] = offset + 1
            found.records.append(oracle.Record(place, offset, record.timestamp, record.key, record.value))
    answer = verifier.Verifier(found, RULES)
    oversize = answer.oversize()
    for key, group in answer.expected.groups.items():
        if group.status == "ok" and key not in oversize:
            _emit(found, group)
        for member in group.members:
            reason = "too_large" if key in oversize and member.votes else member.reason
            fate = "excluded" if reason else "trained" if member.samples else "voted"
            _line(found, member.tenant, member.thread, fate, reason)
    for key, (reason, _, _) in answer.expected.threads.items():
        if reason:
            _line(found, *key, "excluded", reason)
    for place, reason in answer.expected.poison.items():
        record = next(r for r in found.records if (r.partition, r.offset) == place)
        found.dead_letters.append(_letter(record.key, record.value, "decode", reason, place))
    for tenant, group in oversize:
        value = json.dumps({"tenant_id": tenant, "group_id": group}).encode()
        found.dead_letters.append(_letter(b"", value, "batch", "too_large", (0, 0)))
    found.watched = [(o.partition, o.offset, o.checksum) for o in found.batches]
    for place, end in offsets.items():
        for position, firsts in ((end // 2, [0]), (end, [])):
            low = min([position, *firsts])
            found.commits.append(checkpoints.Commit(processor.EVENTS, place, low, checkpoint(position, firsts), 0))
    found.ends = {processor.EVENTS: {p: (end, end) for p, end in offsets.items()}}
    return found


def _emit(found: Evidence, group):
    rollouts = [
        {
            "thread_id": m.thread,
            "rollout_index": m.pairing["rollout_index"],
            "status": m.outcome,
            "votes": m.votes,
            "excluded": m.reason,
            "reward": m.reward if m.votes else None,
            "advantage": m.advantage,
            "source": [dict(zip(("partition", "first_offset", "last_offset"), m.source))],
        }
        for m in group.members
    ]
    batch = {
        "tenant_id": group.tenant,
        "groups": [{"group_id": group.group, "digest": group.digest, "rollouts": rollouts}],
    }
    value = json.dumps(batch).encode()
    found.batches.append(Output(processor.OUTPUT, 0, len(found.batches), b"", value, {}, zlib.crc32(value)))


def _line(found: Evidence, tenant: str, thread: str, fate: str, reason):
    value = json.dumps({"tenant_id": tenant, "thread_id": thread, "fate": fate, "reason": reason}).encode()
    found.ledger.append(Output(processor.LEDGER, 0, len(found.ledger), b"", value, {}))


def _letter(key, value, stage: str, reason: str, place: tuple) -> Output:
    names = {"stage": stage, "reason": reason, "partition": str(place[0]), "offset": str(place[1])}
    return Output(processor.DLQ, 0, 0, key, value, {verifier.PREFIX + n: v.encode() for n, v in names.items()})


class VerifierTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = evidence()
        cls.expected = verifier.Verifier(cls.whole, RULES).expected

    def failed(self, limits: dict | None = None, **changes) -> set:
        """The checks that fail when parts of the evidence are replaced."""
        found = Evidence(**{**self.whole.__dict__, **changes})
        return {c.name for c in verifier.Verifier(found, RULES, limits, self.expected).run() if not c.passed}

    def changed(self, change) -> list:
        """The batches with the first one's content changed, as the reader beside the run saw them too."""
        batch = json.loads(self.whole.batches[0].value)
        change(batch["groups"][0])
        first = Output(**{**self.whole.batches[0].__dict__, "value": json.dumps(batch).encode()})
        return [first, *self.whole.batches[1:]]

    def test_a_faultless_run_passes(self):
        self.assertEqual(self.failed(), set())
        self.assertGreater(len(self.whole.batches), 50)

    def test_a_lost_batch_is_seen(self):
        self.assertTrue({"V2", "V4"} <= self.failed(batches=self.whole.batches[1:]))

    def test_a_doubled_batch_is_seen(self):
        again = Output(**{**self.whole.batches[0].__dict__, "offset": 99_999})
        self.assertIn("V2", self.failed(batches=[*self.whole.batches, again]))

    def test_at_least_once_allows_the_same_again_and_nothing_else(self):
        again = Output(**{**self.whole.batches[0].__dict__, "offset": 99_999})
        seen = [*self.whole.watched, (again.partition, again.offset, again.checksum)]
        self.assertEqual(self.failed({"doubles": True}, batches=[*self.whole.batches, again], watched=seen), set())
        self.assertIn("V2", self.failed({"doubles": True}, batches=self.whole.batches[1:]))
        other = self.changed(lambda g: g["rollouts"].pop())[0]
        other = Output(**{**other.__dict__, "offset": 99_999})
        self.assertIn("V1", self.failed({"doubles": True}, batches=[*self.whole.batches, other], watched=seen))

    def test_an_advantage_off_by_little_is_seen(self):
        def nudge(group):
            voter = next(r for r in group["rollouts"] if r["votes"])
            voter["advantage"] += 1e-11

        self.assertEqual(self.failed(batches=self.changed(nudge)), {"V2"})

    def test_another_digest_is_seen(self):
        self.assertEqual(self.failed(batches=self.changed(lambda g: g.update(digest="0" * 64))), {"V2"})

    def test_a_missing_member_is_seen(self):
        self.assertIn("V1", self.failed(batches=self.changed(lambda g: g["rollouts"].pop())))

    def test_another_reward_is_seen(self):
        self.assertIn("V1", self.failed(batches=self.changed(lambda g: g["rollouts"][0].update(reward=0.25))))

    def test_other_source_offsets_are_seen(self):
        def shift(group):
            group["rollouts"][0]["source"][0]["last_offset"] += 1

        self.assertEqual(self.failed(batches=self.changed(shift)), {"V5"})

    def test_a_group_that_never_was_is_seen(self):
        self.assertIn("V2", self.failed(batches=self.changed(lambda g: g.update(group_id="invented"))))

    def test_a_lost_dead_letter_is_seen(self):
        self.assertEqual(self.failed(dead_letters=self.whole.dead_letters[1:]), {"V3"})

    def test_a_doubled_dead_letter_is_seen(self):
        self.assertEqual(self.failed(dead_letters=[*self.whole.dead_letters, self.whole.dead_letters[0]]), {"V3"})

    def test_a_thread_without_a_fate_is_seen(self):
        self.assertTrue({"V1", "V3"} <= self.failed(ledger=self.whole.ledger[1:]))

    def test_a_fate_told_twice_is_seen(self):
        self.assertEqual(self.failed(ledger=[*self.whole.ledger, self.whole.ledger[0]]), {"V1"})

    def test_output_that_vanished_is_seen(self):
        self.assertEqual(self.failed(watched=[*self.whole.watched, (0, 12_345, 1)]), {"V4"})

    def test_a_position_that_went_back_is_seen(self):
        first = self.whole.commits[0]
        self.assertIn("V6", self.failed(commits=[*self.whole.commits, first]))

    def test_a_stripped_checkpoint_is_seen(self):
        last = self.whole.commits[-1]
        bare = checkpoints.Commit(last.topic, last.partition, last.offset, "", 0)
        self.assertEqual(self.failed(commits=[*self.whole.commits, bare]), {"V6"})

    def test_a_damaged_checkpoint_is_seen(self):
        last = self.whole.commits[-1]
        text = last.metadata[:8] + ("A" if last.metadata[8] != "A" else "B") + last.metadata[9:]
        self.assertEqual(
            self.failed(
                commits=[*self.whole.commits, checkpoints.Commit(last.topic, last.partition, last.offset, text, 0)]
            ),
            {"V6"},
        )

    def test_an_open_transaction_is_seen(self):
        ends = {processor.EVENTS: {p: (s - (p == 0), h) for p, (s, h) in self.whole.ends[processor.EVENTS].items()}}
        self.assertEqual(self.failed(ends=ends), {"V7"})

    def test_lag_at_the_end_is_seen(self):
        self.assertEqual(self.failed(commits=self.whole.commits[:-1]), {"V7"})

    def test_faults_that_did_not_bite_are_seen(self):
        self.assertEqual(self.failed(bites={"kills": (1, 2)}), {"B"})

    def test_the_second_format_decodes(self):
        found = checkpoints.decode(1000, second_format([300, 5]), processor.APP)
        self.assertEqual((found.position, found.low, found.open, found.token), (1000, 700, 2, (77, 9)))
        ahead = checkpoints.decode(700, second_format([300], ahead=300), processor.APP)
        self.assertEqual((ahead.position, ahead.low), (1000, 700))

    def test_the_third_format_goes_on_from_an_earlier_checkpoint(self):
        base = second_format([300, 5])
        text = third_format(base, 100, closed=[400], opened=[50])
        found = checkpoints.decode(1100, text, processor.APP, {(0, 5): base.encode()})
        self.assertEqual((found.position, found.low, found.open, found.token), (1100, 705, 2, (77, 10)))
        # the topic is compacted: an earlier one may be gone
        self.assertEqual(checkpoints.decode(1100, text, processor.APP, {}).position, 1100)
        with self.assertRaises(checkpoints.Broken):
            checkpoints.decode(1100, text, processor.APP, {(0, 5): b"other"})

    def test_a_members_assignment_is_read(self):
        data = struct.pack(">hi", 1, 2) + struct.pack(">h6sii", 6, b"scored", 1, 7)
        data += struct.pack(">h6siiii", 6, b"events", 3, 0, 4, 11) + struct.pack(">i", -1)
        self.assertEqual(checkpoints.assigned(data, "events"), {0, 4, 11})
        self.assertEqual(checkpoints.assigned(data, "others"), set())

    def test_another_groups_checkpoint_is_refused(self):
        with self.assertRaises(checkpoints.Broken):
            checkpoints.decode(1000, second_format([]), "another")

    def test_a_pointer_is_followed_and_its_sum_checked(self):
        text = second_format([10])
        pointer = f"@0:5:{len(text)}:{zlib.crc32(text.encode()):x}"
        self.assertEqual(checkpoints.decode(50, pointer, "", {(0, 5): text.encode()}).low, 40)
        self.assertTrue(checkpoints.decode(50, pointer, "", {}).pointer)
        with self.assertRaises(checkpoints.Broken):
            checkpoints.decode(50, pointer, "", {(0, 5): text.encode()[:-1]})


if __name__ == "__main__":
    unittest.main()

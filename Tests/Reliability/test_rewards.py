"""What judges add to the oracle, and that V12 sees each thing that is spoilt."""

import json
import subprocess
import sys
import unittest
from dataclasses import dataclass, field
from types import SimpleNamespace

import groups
import judge
import rewards
import verifier


def rollout(slot: int, claimed: int, decided: int, size: int = 2) -> groups.Rollout:
    pairing = {"rollout_index": slot, "group_size": size}
    return groups.Rollout("t", f"r{slot}", pairing, "completed", 1.0, None, [], 1.0, claimed=claimed, decided=decided)


class LateTests(unittest.TestCase):
    def late(self, *rollouts) -> list:
        return [r.thread for r in groups.late(list(rollouts), 100)]

    def test_a_whole_group_has_nobody_late(self):
        self.assertEqual(self.late(rollout(0, 0, 50), rollout(1, 10, 90)), [])

    def test_who_is_decided_after_the_deadline_of_a_partial_group_is_late(self):
        self.assertEqual(self.late(rollout(0, 0, 50, 3), rollout(1, 10, 105, 3)), ["r1"])

    def test_who_takes_longer_than_the_deadline_is_late_by_himself(self):
        self.assertEqual(self.late(rollout(0, 0, 50), rollout(1, 10, 111)), ["r1"])

    def test_a_claim_after_the_group_was_whole_is_late(self):
        self.assertEqual(self.late(rollout(0, 0, 50), rollout(1, 10, 60), rollout(1, 70, 80)), ["r1"])


class JudgeTests(unittest.TestCase):
    def test_it_says_what_the_oracle_expects(self):
        question = {"id": "q1", "tenant_id": "acme", "thread_id": "g1-2"}
        done = subprocess.run(
            [sys.executable, judge.__file__, "slow"], input=json.dumps(question) + "\n", capture_output=True, text=True, timeout=30
        )
        self.assertEqual(json.loads(done.stdout), {"id": "q1", "reward": judge.value("slow", "acme", "g1-2")})

    def test_a_reward_is_the_weighted_sum(self):
        key = ("t", "a")
        said = {name: [{"status": "ok"}] for name in judge.WEIGHTS}
        total, values = rewards.score(1.0, key, said)
        self.assertEqual(total, 1.0 + 0.25 * judge.value("slow", *key) + 0.5 * judge.value("flaky", *key))
        self.assertEqual([value["name"] for value in values], ["match", "slow", "flaky"])
        self.assertIsNone(rewards.score(1.0, key, {"slow": [{"status": "ok"}]})[0])


@dataclass
class Evidence:
    rewards: list = field(default_factory=list)
    unnamed_late: set = field(default_factory=set)
    replayed_digests: dict = field(default_factory=dict)


class CheckTests(unittest.TestCase):
    def setUp(self):
        self.evidence = Evidence(
            [
                {"tenant_id": "t", "thread_id": "a", "component": name, "status": "ok", "value": judge.value(name, "t", "a"), "decided_at_ms": 5}
                for name in judge.WEIGHTS
            ],
            replayed_digests={("t", "g"): "d"},
        )
        self.emitted = {("t", "g"): [{"digest": "d"}]}

    def wrong(self) -> list:
        check = verifier.Check("V12", "")
        rewards.check(SimpleNamespace(evidence=self.evidence, emitted=self.emitted), check)
        return check.wrong

    def test_what_is_right_is_accepted(self):
        self.assertEqual(self.wrong(), [])

    def test_a_second_decision_is_seen(self):
        self.evidence.rewards.append(dict(self.evidence.rewards[0]))
        self.assertEqual(len(self.wrong()), 1)

    def test_another_value_is_seen(self):
        self.evidence.rewards[0]["value"] += 0.5
        self.assertEqual(len(self.wrong()), 1)

    def test_another_digest_a_lost_group_and_one_too_many_are_seen(self):
        self.evidence.replayed_digests = {("t", "g"): "other", ("t", "lost"): "x"}
        self.emitted["t", "more"] = [{"digest": "y"}]
        self.assertEqual(len(self.wrong()), 3)

    def test_an_unnamed_late_reward_is_seen(self):
        self.evidence.unnamed_late = {("t", "a", "slow")}
        self.assertEqual(len(self.wrong()), 1)

    def test_silence_is_seen(self):
        self.evidence.rewards = []
        self.assertIn("nobody was asked", self.wrong())


if __name__ == "__main__":
    unittest.main()

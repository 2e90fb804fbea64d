"""The oracle against the golden runs: an oracle that is wrong proves nothing."""

import json
import struct
import unittest
from pathlib import Path

import canonical
import frames
import oracle

GOLDEN = Path(__file__).resolve().parents[1] / "Fixtures" / "golden"


def read(path: Path) -> list:
    """A DSRUN recording of version 1."""
    data, records, at = path.read_bytes(), [], 8
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        body, at = data[at + 4 : at + 4 + length], at + 4 + length
        partition, offset, time, count = struct.unpack_from("<HQqH", body, 0)
        place = 20 + count
        key = body[20:place]
        (headers,) = struct.unpack_from("<H", body, place)
        place += 2
        for _ in range(headers):
            place += 2 + struct.unpack_from("<H", body, place)[0]
            place += 4 + struct.unpack_from("<I", body, place)[0]
        (size,) = struct.unpack_from("<I", body, place)
        value = None if size == 0xFFFFFFFF else body[place + 4 : place + 4 + size]
        records.append(oracle.Record(partition, offset, time, key, value))
    return records


def examples(path: Path) -> dict:
    return {e["example_id"]: e for e in map(json.loads, path.read_text().splitlines())}


class OracleTests(unittest.TestCase):
    def check(self, run: str, expected: str, **rules):
        folder = GOLDEN / run
        wanted = json.loads((folder / expected).read_text())
        found = oracle.expect(
            read(folder / f"{run}.dsrun"), examples(folder / "examples.jsonl"), oracle.Rules(min_usable=1, **rules)
        )
        self.assertEqual(len(found.poison), wanted["counts"]["poison"])
        compared = 0
        for group in wanted["groups"]:
            key = (group["tenant_id"], group["group_id"])
            if group["status"] != "ok":
                self.assertNotEqual(getattr(found.groups.get(key), "status", None), "ok", key)
                continue
            voters = [r for r in found.groups[key].members if r.votes]
            self.assertEqual([r.thread for r in voters], group["rollouts"], key)
            self.assertEqual([r.reward for r in voters], group["rewards"], key)
            for rollout, advantage in zip(voters, group["advantages"]):
                self.assertAlmostEqual(rollout.advantage, advantage, delta=1e-9)
            compared += 1
        self.assertGreater(compared, 20)
        return found, wanted

    def test_the_golden_run_comes_out_as_its_reference_has_it(self):
        found, wanted = self.check("run", "expected.json")
        reasons = [r for r, _, _ in found.threads.values() if r]
        for reason in ("no_start", "unpaired", "invalid_pairing", "conflicting_pairing", "unknown_example"):
            self.assertEqual(reasons.count(reason), wanted["counts"][f"excluded_{reason}"], reason)

    def test_timeouts_as_failures(self):
        self.check("run", "expected_timeout_as_failure.json", timeouts="failure")

    def test_every_poison_kind_has_its_reason(self):
        names = sorted((GOLDEN / "poison").glob("*.json"))
        self.assertGreater(len(names), 10)
        for name in names:
            wanted = json.loads(name.read_text())["expected_error_type"]
            with self.assertRaises(frames.Poison, msg=name.name) as caught:
                frames.decode(name.with_suffix(".bin").read_bytes())
            self.assertEqual(str(caught.exception), wanted, name.name)

    def test_floats_are_written_as_the_ground_truth_has_them(self):
        for value, wanted in [
            (1.0, "1.0"),
            (1e-6, "1e-6"),
            (0.00001, "0.00001"),
            (1e16, "1e16"),
            (1e15, "1000000000000000.0"),
            (0.5, "0.5"),
            (-0.0, "-0.0"),
            (123456.789, "123456.789"),
            (1.5e300, "1.5e300"),
        ]:
            self.assertEqual(canonical.number(value), wanted)


if __name__ == "__main__":
    unittest.main()

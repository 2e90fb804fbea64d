"""Liveness on made-up timelines: what moves passes, what stands is seen, and only a fault excuses it."""

import time
import unittest

import liveness
import nodes
import pace
import verifier
from evidence import Evidence
from liveness import Fault, Timeline

LIMIT = 21


def moving(until: float = 60, hold: range = range(0), **changes) -> Timeline:
    """Two processors with two partitions each; a pulse, a batch and a commit in every partition each second.

    Nothing moves in the seconds of `hold`, though records and pulses go on coming.
    """
    line = Timeline(began=0, finished=until)
    held: list = []
    for second in range(int(until)):
        line.pulses["pulse", f"p{second}"] = float(second)
        line.written.append((second, {p: 10 * second + 10 for p in range(4)}))
        line.owners.append((second, {0: {0, 1}, 1: {2, 3}}))
        held.append(("pulse", f"p{second}"))
        if second in hold:
            continue
        line.batches.append((second + 0.5, set(held)))
        held = []
        line.positions += [(second + 0.5, p, 10 * second + 10) for p in range(4)]
    for name, value in changes.items():
        setattr(line, name, value)
    return line


def standing(line: Timeline) -> list:
    """What stood for longer than the limit."""
    return sorted({each.what for each in liveness.standstills(line) if each.seconds > LIMIT})


class LivenessTests(unittest.TestCase):
    def test_what_moves_each_second_never_stands(self):
        longest = max(each.seconds for each in liveness.standstills(moving()))
        self.assertLessEqual(longest, 1)

    def test_a_stop_that_no_fault_explains_is_seen_in_output_partitions_and_processors(self):
        # as when the only processor is stopped by SIGSTOP
        found = standing(moving(hold=range(10, 40)))
        self.assertIn("the output", found)
        self.assertIn("input partition 0", found)
        self.assertIn("processor 1, with partitions assigned,", found)

    def test_a_stop_within_the_limit_passes(self):
        self.assertEqual(standing(moving(hold=range(10, 30))), [])

    def test_a_standstill_at_the_very_end_is_seen(self):
        self.assertIn("the output", standing(moving(hold=range(30, 60))))

    def test_nothing_is_due_after_the_end(self):
        self.assertEqual(standing(moving(hold=range(30, 60), finished=40)), [])

    def test_while_everything_is_hurt_nothing_needs_to_move(self):
        line = moving(until=90, hold=range(10, 60), faults=[Fault("broker kill", 10, 45)])
        self.assertEqual(standing(line), [])

    def test_after_a_fault_the_limit_counts_from_its_healing(self):
        line = moving(until=90, hold=range(10, 70), faults=[Fault("broker kill", 10, 45)])
        self.assertIn("the output", standing(line))
        seen = [each for each in liveness.standstills(line) if each.seconds > LIMIT]
        self.assertEqual({each.after for each in seen}, {"broker kill"})
        self.assertEqual({each.since for each in seen}, {45})

    def test_overlapping_faults_are_healed_when_the_last_one_is(self):
        line = moving(until=90, hold=range(10, 65), faults=[Fault("hold", 10, 45), Fault("broker kill", 12, 20)])
        self.assertEqual(standing(line), [])

    def test_killing_one_process_after_the_other_does_not_excuse_that_nothing_comes_out(self):
        kills = [Fault("kill", second, second, second % 2) for second in range(10, 40, 3)]
        self.assertEqual(standing(moving(hold=range(10, 40), faults=kills)), ["the output"])

    def test_a_processor_that_stands_beside_one_that_works_is_seen(self):
        line = moving()
        # processor 1 holds partitions 2 and 3 and works on neither; batches still come from the others
        line.positions = [each for each in line.positions if each[1] < 2]
        self.assertEqual(
            standing(line), ["input partition 2", "input partition 3", "processor 1, with partitions assigned,"]
        )

    def test_a_fault_of_the_other_processor_does_not_excuse_one_that_stands(self):
        line = moving(faults=[Fault("kill", second, second, 0) for second in range(0, 60, 5)])
        line.positions = [each for each in line.positions if each[1] < 2]
        self.assertEqual(standing(line), ["processor 1, with partitions assigned,"])
        line.faults = [Fault("kill", second, second, 1) for second in range(0, 60, 5)]
        self.assertEqual(standing(line), [])

    def test_a_processor_without_work_may_stand(self):
        line = moving()
        line.written = [(second, {0: ends[0], 1: ends[1]}) for second, ends in line.written]
        line.positions = [each for each in line.positions if each[1] < 2]
        self.assertEqual(standing(line), [])

    def test_partitions_that_nobody_holds_are_seen(self):
        line = moving(owners=[])
        line.positions = [each for each in line.positions if each[1] != 3]
        self.assertEqual(standing(line), ["input partition 3"])

    def test_a_position_that_is_committed_again_is_no_move(self):
        line = moving(hold=range(10, 60))
        line.positions += [(second + 0.7, p, 100) for second in range(10, 60) for p in range(4)]
        self.assertIn("input partition 0", standing(line))

    def test_batches_of_other_groups_are_moves_but_end_no_pulse(self):
        line = moving(hold=range(10, 60))
        line.batches += [(second, {("acme", f"g{second}")}) for second in range(10, 60)]
        self.assertNotIn("the output", standing(line))

    def test_nothing_is_asked_before_the_first_process_starts(self):
        line = moving(hold=range(0, 40), began=30)
        self.assertEqual(standing(line), [])

    def test_the_proof_fails_on_a_standstill_and_names_the_fault_before_it(self):
        evidence = Evidence(timeline=moving(hold=range(10, 40), faults=[Fault("cut", 9, 9)]))
        check = self.proof(evidence)
        self.assertFalse(check.passed)
        self.assertIn("after cut", check.wrong[0])
        self.assertTrue(self.proof(Evidence(timeline=moving())).passed)
        self.assertTrue(self.proof(evidence, standstill=40).passed)

    def test_the_proof_fails_without_pulses_and_with_a_pulse_that_never_came_out(self):
        self.assertFalse(self.proof(Evidence(timeline=moving(pulses={}))).passed)
        line = moving()
        line.batches[-1][1].clear()
        self.assertIn("p59 was acknowledged and never came out", self.proof(Evidence(timeline=line)).wrong[0])

    def test_the_proof_is_skipped_where_no_times_were_recorded(self):
        self.assertTrue(self.proof(Evidence()).skipped)

    @staticmethod
    def proof(evidence: Evidence, standstill: float = LIMIT) -> verifier.Check:
        return verifier.Verifier(evidence, None, {"standstill": standstill}, expected=object()).v11()


class PaceTests(unittest.TestCase):
    def busy(self) -> pace.Pace:
        """Quiet for ten seconds, then a quarter of the machine is to be had, then nothing at all."""
        found = pace.Pace()
        for moment, share in ((0, 1.0), (10, 1.0), (50, 0.25), (90, 0.0)):
            found.add(moment, share)
        return found

    def test_time_counts_by_the_share_of_the_machine(self):
        found = self.busy()
        self.assertAlmostEqual(found.seconds(2, 8), 6)
        self.assertAlmostEqual(found.seconds(10, 50), 10)
        self.assertAlmostEqual(found.seconds(5, 20), 7.5)
        self.assertAlmostEqual(found.seconds(50, 90), 40 * pace.LEAST)
        self.assertAlmostEqual(found.seconds(-5, 100), 5 + 10 + 10 + 2 + 10)

    def test_a_busy_machine_decides_nothing_and_a_standstill_is_found_all_the_same(self):
        line = moving(until=600, hold=range(10, 50), pace=self.busy())
        self.assertEqual(standing(line), [])
        line = moving(until=600, hold=range(10, 600), pace=self.busy())
        self.assertIn("the output", standing(line))

    def test_the_program_measures_until_its_input_ends(self):
        found = pace.Pace()
        found.start()
        while len(found.times) < 2:
            self.assertIsNone(found.process.poll())
            time.sleep(0.02)
        found.end()
        self.assertLessEqual(found.share, 1)
        self.assertGreater(found.share, 0)


class NodeTests(unittest.TestCase):
    def test_a_coordinators_partition_is_chosen_by_javas_hash(self):
        self.assertEqual(nodes.coordinating("hello", 1 << 40), 99162322)
        self.assertEqual(nodes.coordinating("chaos-p1", 4), nodes.coordinating("chaos-p1", 1 << 31) % 4)
        self.assertGreaterEqual(nodes.coordinating("a name whose hash is negative in Java", 50), 0)


if __name__ == "__main__":
    unittest.main()

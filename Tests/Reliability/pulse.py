"""The pulse: small whole groups among the traffic, one a second, each of which must come out as a batch by itself.

A group has two rollouts in two partitions, so that it needs both halves of the input and the second stage. Whether the
output moves can only be asked while something is due, and a pulse is due as soon as it is acknowledged.
"""

import random

import threads
import traffic

SECONDS = 1.0
TENANT = "pulse"


class Pulses:
    """All pulses of a run; the same seed gives the same ones."""

    def __init__(self, examples: list, partitions: int, seed: int):
        self.examples, self.partitions = examples, partitions
        self.random = random.Random(seed * 104_729 + 3)
        self.count = 0

    def next(self, time: int) -> tuple[tuple, list[traffic.Planned]]:
        """The next group's (tenant, group) and its records, at this virtual time."""
        number, name = self.count, f"pulse-{self.count}"
        self.count += 1
        example, found = self.random.choice(self.examples), []
        for slot, fate in enumerate(("right", "wrong")):
            run = threads.Run(TENANT, f"{name}-{slot}", example, name, slot, 2, "7", fate)
            partition = (number + slot * (self.partitions // 2)) % self.partitions
            for _, value in threads.pack(threads.messages(run, time, self.random), self.random):
                found.append(traffic.Planned(time, slot, run.thread.encode(), value, time, partition=partition))
        return (TENANT, name), found

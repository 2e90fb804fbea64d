"""Faults of single brokers in a cluster of three, with replication 3 and two replicas in sync wanted.

Node 1 is the controller, too: it is paused and never killed. A fault is healed when its node is back and every replica is
in sync again. While writes must wait (fewer than two replicas in sync, or no controller that could name a new leader)
everything is hit, and liveness counts from the moment when it is healed. While one of the other nodes is away nothing has
to wait for it: liveness counts from the moment when it went.
"""

import time

from processor import APP

FULL = (
    ("leader", "kill", 3),
    ("leader", "kill", 6),
    ("leader", "kill", 3),
    ("leader", "stop", 3),
    ("leader", "pause", 5),
    ("leader", "pause", 12),
    ("leader", "pause", 20),
    ("controller", "pause", 4),
    ("controller", "pause", 10),
    ("leader", "kill", 60),
    ("in-sync set", "kill", 10),
    ("in-sync set", "kill", 20),
    ("group coordinator", "kill", 4),
    ("group coordinator", "pause", 12),
    ("transaction coordinator", "kill", 4),
    ("transaction coordinator", "pause", 12),
)
QUICK = (
    ("leader", "kill", 3),
    ("leader", "pause", 10),
    ("in-sync set", "kill", 8),
    ("group coordinator", "kill", 4),
    ("transaction coordinator", "kill", 4),
)
OFFSETS, TRANSACTIONS = "__consumer_offsets", "__transaction_state"
DONE = {"kill": "killed", "stop": "stopped", "pause": "paused"}
BACK = 60  # seconds after its return within which a node must be in sync again


def coordinating(name: str, partitions: int) -> int:
    """The partition whose leader coordinates a group or a transactional id (ASCII): Java's hash, as Kafka takes it."""
    value = 0
    for unit in name.encode("ascii"):
        value = (31 * value + unit) & 0xFFFFFFFF
    return (value & 0x7FFFFFFF) % partitions


class NodeFaults:
    """Hurts one broker, or two, and heals it again."""

    def __init__(self, kafka, done, r, say):
        self.kafka, self.done, self.random, self.say = kafka, done, r, say
        self.turn = 3
        self.problems: list[str] = []

    def do(self, what: str, how: str, seconds: float):
        nodes = self._nodes(what)
        count = f"{what}s shrunk to one" if what == "in-sync set" else f"{what}s {DONE[how]}"
        if what == "leader" and seconds >= 60:
            count = "brokers gone for a minute"
        if what.endswith("coordinator") and nodes == [1]:
            how, count = "pause", f"{what}s paused"
        self.done.counts[count] += 1
        self.say(f"{count}: node {' and '.join(map(str, nodes))} for {seconds:.0f} s")
        names = ", ".join(f"node {node}" for node in nodes)
        waits = len(nodes) > 1 or 1 in nodes
        away = f"{names} {DONE[how]}"
        if waits:
            with self.done.fault(f"{away} for {seconds:.0f} s"):
                self._away(nodes, how, seconds)
                self._back(nodes, how)
            return
        # nothing waits for one node of three: its going is a fault of a moment, and so is its coming back
        with self.done.fault(away):
            self._hurt(nodes, how)
        time.sleep(seconds)
        with self.done.fault(f"{names} back"):
            self._back(nodes, how)

    def _nodes(self, what: str) -> list[int]:
        """Which nodes a fault is about."""
        if what == "controller":
            return [1]
        if what == "in-sync set":
            return [2, 3]
        if what == "leader":
            self.turn = 5 - self.turn  # nodes 2 and 3 in turn
            return [self.turn]
        topic = OFFSETS if what.startswith("group") else TRANSACTIONS
        name = APP if topic == OFFSETS else f"{APP}-p{self.random.randrange(2)}"
        leaders = self.kafka.leaders(topic)
        return [leaders[coordinating(name, len(leaders))]]

    def _hurt(self, nodes: list[int], how: str):
        for node in nodes:
            getattr(self.kafka, how)(node)

    def _away(self, nodes: list[int], how: str, seconds: float):
        self._hurt(nodes, how)
        time.sleep(seconds)

    def _back(self, nodes: list[int], how: str):
        for node in nodes:
            self.kafka.resume(node) if how == "pause" else self.kafka.restart(node)
        deadline = time.monotonic() + BACK
        while not self.kafka.all_in_sync():
            if time.monotonic() > deadline:
                self.problems.append(f"{nodes}: not in sync again {BACK} s after their return")
                return
            time.sleep(0.3)

"""What is done to the system, and when: planned from a seed, bounded in time, counted by what really happened."""

import random
import signal
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import liveness
import nodes
import processor
from wire import Proxy


@dataclass
class Plan:
    """How often each fault comes."""

    kills: int = 12
    failpoints: tuple = tuple(processor.FAILPOINTS)
    pauses: tuple = (4, 4, 4, 8, 8, 8, 40, 40)
    broker_kills: int = 2
    broker_stops: int = 2
    cuts: int = 4
    holds: tuple = (3, 6, 10, 20)
    drops: int = 12
    delays: int = 3
    scalings: int = 3
    rolling: int = 1
    stands: tuple = ()  # for a negative control: all processes stand for so long, and the log of faults does not tell it
    nodes: tuple = ()  # faults of single brokers (nodes.py), where there are three

    def steps(self, r: random.Random) -> list[tuple]:
        """All faults in a random order."""
        found = [("kill",)] * self.kills + [("failpoint", name) for name in self.failpoints]
        found += [("pause", seconds) for seconds in self.pauses]
        found += [("broker", "kill")] * self.broker_kills + [("broker", "stop")] * self.broker_stops
        found += [("cut",)] * self.cuts
        found += [("hold", s, r.choice(["both", "both", "up", "down"])) for s in self.holds]
        found += [("drop", r.choice(["cut", "swallow"]))] * self.drops + [("delay",)] * self.delays
        found += [("scale",)] * self.scalings + [("rolling",)] * self.rolling
        found += [("stand", seconds) for seconds in self.stands]
        found += [("node", *each) for each in self.nodes]
        r.shuffle(found)
        return found


FULL = Plan()
QUICK = Plan(
    kills=5,
    failpoints=("after-send-offsets", "end-txn-sent", "mid-replay"),
    pauses=(4, 8),
    broker_kills=1,
    broker_stops=0,
    cuts=1,
    holds=(4,),
    drops=4,
    delays=1,
    scalings=1,
    rolling=1,
)
NONE = Plan(0, (), (), 0, 0, 0, (), 0, 0, 0, 0)
PLAIN = replace(QUICK, kills=14, failpoints=("mid-replay",), drops=0, delays=0)
# with three brokers it is single ones that fail; what hurts the processors alone is proven with one broker
THREE = replace(
    QUICK,
    kills=6,
    failpoints=("after-send-offsets", "end-txn-sent"),
    broker_kills=0,
    holds=(6,),
    scalings=2,
    nodes=nodes.FULL,
)
THREE_QUICK = replace(
    QUICK, kills=2, failpoints=(), pauses=(8,), broker_kills=0, holds=(), drops=1, delays=0, rolling=0, nodes=nodes.QUICK
)


@dataclass
class Done:
    """What was really done."""

    counts: Counter = field(default_factory=Counter)
    kills: list = field(default_factory=list)  # (time, records outstanding, what)
    faults: list = field(default_factory=list)  # liveness.Fault
    not_reached: list = field(default_factory=list)
    undone: list = field(default_factory=list)

    @contextmanager
    def fault(self, name: str, hit: int | None = None):
        """Logs a fault from now until it is healed, which it is at the end of the block."""
        fault = liveness.Fault(name, time.monotonic(), float("inf"), hit)
        self.faults.append(fault)
        try:
            yield fault
        finally:
            fault.healed = max(fault.began, time.monotonic())


class Injector:
    """Carries the plan out."""

    def __init__(self, kafka, proxy: Proxy, processors: list, monitor, r: random.Random, say, within):
        self.kafka, self.proxy, self.processors, self.monitor = kafka, proxy, processors, monitor
        self.random, self.say, self.within, self.done = r, say, within, Done()
        self.nodes = nodes.NodeFaults(kafka, self.done, r, say)

    def run(self, plan: Plan, seconds: float, is_over):
        """All steps in turn; what does not fit into the time, or after the traffic is over, is noted as undone."""
        began = time.monotonic()
        for step in plan.steps(self.random):
            if not self.within(began, seconds) or is_over():
                self.done.undone.append(" ".join(map(str, step)))
                continue
            time.sleep(self.random.uniform(1.5, 3.5))
            self.say(" ".join(map(str, step)))
            getattr(self, step[0])(*step[1:])
            # half of the faults hit what still recovers from the last one, and after the others recovery must be seen
            if step[0] in ("node", "broker") or self.random.random() < 0.5:
                self.recover(time.monotonic())

    def recover(self, since: float):
        """Waits until every partition with work has moved, or for so long that the verifier will find it standing."""
        while self.monitor.recovery(since) is None and self.within(since):
            time.sleep(0.2)

    def _victim(self):
        running = [p for p in self.processors if p.is_running and p.wanted]
        return self.random.choice(running) if running else None

    def _killed(self, what: str):
        self.done.kills.append((time.monotonic(), self.monitor.outstanding(), what))
        self.done.counts["kills"] += 1

    def kill(self):
        if victim := self._victim():
            with self.done.fault("kill", victim.number):
                self._killed("SIGKILL")
                victim.kill()  # the monitor starts it again, as an orchestrator would

    def failpoint(self, name: str):
        victim = self._victim()
        if victim is None:
            return
        with self.done.fault(f"failpoint {name}", victim.number):
            with self.monitor.lock:
                victim.kill("to arm a failpoint")
                self._killed("SIGKILL")
                # some points are passed once in a life only
                often = name.startswith(("after", "end-txn", "mid-replay"))
                victim.start(f"{name}:{self.random.randrange(1, 6) if often else 1}")
            life = victim.life
            if name.startswith(("revoke", "assign")):
                time.sleep(4)
                self._join_and_leave()
            began = time.monotonic()
            while life.code is None and self.within(began, 12):
                time.sleep(0.2)
            if life.code == -signal.SIGKILL:
                self._killed(name)
                self.done.counts["failpoints"] += 1
            else:
                self.done.not_reached.append(name)
                victim.kill("failpoint not reached")

    def pause(self, seconds: float):
        if victim := self._victim():
            self.done.counts["pauses beyond the session" if seconds * 1000 > processor.SESSION_MS else "pauses"] += 1
            with self.done.fault(f"pause of {seconds:.0f} s", victim.number):
                victim.pause()
                time.sleep(seconds)
                victim.resume()

    def stand(self, seconds: float):
        """For a negative control: all processes are stopped, and the log of faults does not tell it."""
        self.done.counts["standstills untold"] += 1
        for each in self.processors:
            each.pause()
        began = time.monotonic()
        while self.within(began, seconds):
            time.sleep(0.5)
        for each in self.processors:
            each.resume()

    def broker(self, how: str):
        self.done.counts[f"broker {how}s"] += 1
        with self.done.fault(f"broker {how}"):
            getattr(self.kafka, how)()
            time.sleep(self.random.uniform(0.5, 4))
            self.kafka.restart()

    def node(self, *step):
        self.nodes.do(*step)

    def cut(self):
        self.done.counts["cuts"] += 1
        with self.done.fault("cut"):
            self.proxy.do(do="cut")

    def hold(self, seconds: float, way: str):
        self.done.counts["holds"] += 1
        with self.done.fault(f"hold {way} of {seconds:.0f} s"):
            self.proxy.do(do="hold", seconds=seconds, way=way)
            time.sleep(seconds)

    def drop(self, how: str):
        self.done.counts["drops asked"] += 1
        with self.done.fault("EndTxn response dropped"):
            self.proxy.do(do="drop_end_txn", count=1, how=how)

    def delay(self):
        self.done.counts["delays asked"] += 1
        with self.done.fault("EndTxn request delayed"):
            self.proxy.do(do="delay_end_txn", count=1, seconds=15)

    def scale(self):
        self.done.counts["scale steps"] += 2
        self._join_and_leave()

    def _join_and_leave(self):
        """Partitions wander to one process more and back."""
        guest = processor.Processor(self.processors[0].setup, len(self.processors))
        with self.done.fault("a process joins"), self.monitor.lock:
            guest.start()
            self.processors.append(guest)
        time.sleep(self.random.uniform(4, 7))
        with self.done.fault("a process leaves"), self.monitor.lock:
            guest.stop()

    def rolling(self):
        self.done.counts["rolling restarts"] += 1
        for each in [p for p in self.processors if p.wanted]:
            with self.done.fault("restart", each.number), self.monitor.lock:
                each.stop()
                each.start()
            time.sleep(4)

    def heal(self):
        """Nothing is stopped or armed any more."""
        for each in self.processors:
            each.resume()

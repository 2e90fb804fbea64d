"""One run: a broker, a proxy, the processors, the traffic, the faults; then the evidence."""

import json
import random
import shutil
import socket
import time
import zlib
from contextlib import ExitStack

import checkpoints
import cluster
import faults
import liveness
import load
import oracle
import pace
import processor
import pulse
import rewards
import traffic
import watch
import wire
from evidence import Evidence, Output


def free_ports(count: int) -> int:
    """The first of so many free ports in a row."""
    for _ in range(100):
        with ExitStack() as stack:
            try:
                first = 0
                for number in range(count):
                    probe = stack.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", first + number if first else 0))
                    first = first or probe.getsockname()[1]
                return first
            except (OSError, OverflowError):
                continue
    raise RuntimeError(f"no {count} free ports in a row")


class Run:
    """Use as a context: whatever happens, every process of it is ended."""

    def __init__(
        self,
        setup: processor.Setup,
        plan: faults.Plan,
        amount: traffic.Load,
        seed: int,
        version: str,
        minutes: float,
        rate: float | None,
        late_start: bool = False,
        brokers: int = 1,
        patience: float = 21,
    ):
        self.setup, self.plan, self.amount, self.seed, self.version = setup, plan, amount, seed, version
        self.minutes, self.rate, self.late_start = minutes, rate, late_start
        self.processors: list[processor.Processor] = []
        self.brokers, self.patience = brokers, patience
        self.kafka = self.proxy = self.sender = self.monitor = self.reader = self.follower = self.census = self.pace = None
        self.injector: faults.Injector | None = None
        self.began = time.monotonic()
        self.problems: list[str] = []

    def say(self, text: str):
        print(f"chaos: {time.monotonic() - self.began:6.1f} s  {text}", flush=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for thread in (self.monitor, self.reader, self.sender, self.follower, self.census):
            if thread:
                thread.stopping.set()
        if self.monitor and self.monitor.is_alive():
            self.monitor.join(30)
        for each in self.processors:
            each.kill("the end")
        if self.proxy:
            self.proxy.end()
        for thread in (self.reader, self.follower, self.census):
            if thread and thread.is_alive():
                thread.join(10)
        if self.pace:
            self.pace.end()
        if self.kafka:
            self.kafka.remove()

    def start(self):
        """Everything up, the traffic about to begin."""
        shutil.rmtree(self.setup.folder, ignore_errors=True)
        self.setup.folder.mkdir(parents=True)
        self.pace = pace.Pace()
        self.pace.start()
        port = free_ports(self.brokers)
        self.kafka = cluster.Cluster(self.setup.folder / "kafka", self.version, port, self.brokers)
        self.kafka.start()
        self.proxy = wire.Proxy(port, self.kafka.env["KAFKA_PROXY_TARGETS"])
        self.setup.brokers = self.kafka.env["KAFKA_BROKERS_PROXY"]
        for name, (partitions, config) in self.setup.topics(self.amount.partitions).items():
            self.kafka.create(name, partitions, **config)
        self.wall = int(time.time() * 1000)
        base = self.wall - self.amount.waves * traffic.HOUR - 600_000
        self.traffic = traffic.Traffic(self.amount, self.seed, base)
        lines = [json.dumps(e, ensure_ascii=False) for e in self.traffic.examples]
        (self.setup.folder / "examples.jsonl").write_text("\n".join(lines) + "\n")
        total = sum(map(len, self.traffic.waves))
        rate = self.rate or max(200.0, total / (self.minutes * 60 * 0.85))
        self.say(f"{total} records of {self.traffic.counts['rollouts']} rollouts, {rate:.0f} a second")
        self.processors = [processor.Processor(self.setup, n) for n in range(self.setup.processes)]
        if not self.late_start:
            for each in self.processors:
                each.start()
            self.started = time.monotonic()
        self.follower = watch.Follower(self.kafka)
        self.monitor = watch.Monitor(self.kafka, self.processors, self.follower)
        outputs = self.setup.topics(self.amount.partitions)[processor.OUTPUT][0]
        self.reader = watch.Reader(self.kafka.brokers, processor.OUTPUT, outputs)
        self.census = watch.Census(self.kafka, self.setup)
        pulses = pulse.Pulses(self.traffic.examples, self.amount.partitions, self.seed)
        self.sender = load.Sender(self.kafka.brokers, processor.EVENTS, self.traffic, rate, pulses, self.pace.now, 15 if self.setup.judges else 0)
        for thread in (self.follower, self.monitor, self.reader, self.census, self.sender):
            thread.start()

    def hurt(self):
        """The faults, while there is traffic."""
        if self.late_start:
            self.sender.join(1800)
            self.say("all was sent before the first process starts")
            with self.monitor.lock:
                for each in self.processors:
                    each.start()
            self.started = time.monotonic()
        r = random.Random(self.seed * 7919 + 1)
        self.injector = faults.Injector(self.kafka, self.proxy, self.processors, self.monitor, r, self.say, self._within)
        self.injector.run(self.plan, self.minutes * 60, lambda: not self.sender.is_alive() and self.monitor.outstanding() == 0)
        self.injector.heal()
        began = time.monotonic()
        while self.sender.is_alive() and self._within(began, max(60, self.minutes * 60)):
            self.sender.join(1)
        if self.sender.is_alive() or self.sender.problem:
            self.problems.append(f"the traffic was not sent: {self.sender.problem or 'it takes too long'}")
        if self.sender.failed:
            self.problems.append(f"{self.sender.failed} records were not acknowledged")

    def _within(self, since: float, seconds: float = 0) -> bool:
        """Whether so many seconds of a quiet machine have not passed yet (0: those of V11, and one to see it)."""
        return self.pace.seconds(since, time.monotonic()) < (seconds or self.patience + 1)

    def drain(self, seconds: float = 120) -> bool:
        """Waits until the processors have committed the end of their input and write nothing more; quiet seconds."""
        self.say("all sent; waiting for the end of the input")
        began = time.monotonic()
        last, quiet = None, 0.0
        while self._within(began, seconds):
            time.sleep(0.5)
            try:
                ends = {n: self.kafka.ends(n) for n in (processor.EVENTS, processor.OUTPUT, processor.DLQ)}
            except Exception:  # noqa: BLE001 - the broker may be coming back
                continue
            done = self.follower.committed(processor.EVENTS)
            at_end = all(done.get(p, -1) >= end for p, end in ends[processor.EVENTS].items())
            if at_end and ends == last:
                quiet += 0.5
            else:
                quiet, last = 0.0, ends
            if quiet >= 4:
                return True
        return False

    def evidence(self) -> Evidence:
        """Ends the processors and reads everything back."""
        drained, finished = self.drain(), time.monotonic()
        found = Evidence(drained=drained, group=processor.APP, input=processor.EVENTS)
        found.examples = {e["example_id"]: e for e in self.traffic.examples}
        if self.setup.judges:
            self.say("somebody says something else of rollouts that were scored")
            found.unnamed_late = rewards.await_late(self.kafka, rewards.change_minds(self.kafka))
        self.monitor.restarting = False
        for each in self.processors:
            with self.monitor.lock:
                if each.is_running and not each.stop():
                    self.problems.append(f"process {each.number} did not drain within 20 s of SIGTERM")
        self.say("reading everything back")
        topics = self.setup.topics(self.amount.partitions)
        self._await_stable(topics)
        read = {name: cluster.read(self.kafka, name) for name in topics}
        found.pointed = {(m.partition(), m.offset()): m.value() for m in read[processor.CHECKPOINTS]}
        found.crashers = [(m.partition(), m.offset()) for m in read[processor.EVENTS] if m.key() == traffic.CRASH]
        found.records = [
            oracle.Record(m.partition(), m.offset(), m.timestamp()[1] if m.timestamp()[0] else -1, m.key(), m.value())
            for m in read[processor.EVENTS]
            if m.key() != traffic.CRASH
        ]
        found.batches = [_output(m) for m in read[processor.OUTPUT]]
        found.dead_letters = [_output(m) for m in read[processor.DLQ]]
        found.ledger = [_output(m) for m in read[processor.LEDGER]]
        if self.setup.judges:
            found.rewards = rewards.parse(read[processor.REWARDS])
            found.ledger = [each for each in found.ledger if b'"late_reward"' not in each.value]
            self.say("a replay that asks nobody")
            found.replayed_digests = rewards.replay(self.setup, self.kafka.brokers, self.wall)
        found.commits = checkpoints.commits(cluster.read(self.kafka, "__consumer_offsets"), processor.APP)
        for name in topics:
            stable, high = self.kafka.ends(name, committed=True), self.kafka.ends(name)
            found.ends[name] = {p: (stable[p], high[p]) for p in high}
        self._let_the_reader_finish(found)
        found.lives = [life for each in self.processors for life in each.lives]
        restored = [line for _, line in processor.log_lines(found.lives) if line.get("message") == "restored"]
        found.replayed = sum(int(line.get("replayed", 0)) for line in restored)
        found.restarts = max(0, len(found.lives) - len(self.processors))
        found.recoveries = self._recoveries()
        found.timeline = self._timeline(found, finished)
        found.bites = self._bites(read)
        found.problems = self.problems + self.injector.nodes.problems + self._traffic_problems(found)
        return found

    def _await_stable(self, topics: dict, seconds: float = 30):
        """A transaction that a killed process has left open is over within its timeout; V7 tells where it is not."""
        began = time.monotonic()
        while self._within(began, seconds):
            if all(self.kafka.ends(name, committed=True) == self.kafka.ends(name) for name in topics):
                return
            time.sleep(0.5)

    def _let_the_reader_finish(self, found: Evidence):
        began = time.monotonic()
        while len(self.reader.seen) < len(found.batches) and self._within(began, 15):
            time.sleep(0.2)
        time.sleep(0.5)
        found.watched = list(self.reader.seen)

    def _timeline(self, found: Evidence, finished: float) -> liveness.Timeline:
        """What happened when, as seen beside the run."""
        line = liveness.Timeline(
            list(self.injector.done.faults), dict(self.sender.pulsed), began=self.started, finished=finished
        )
        line.pace = self.pace
        for life in found.lives:
            if life.killed == processor.CRASHED:
                # the record has done it: the monitor starts the process again within a second
                line.faults.append(liveness.Fault("a record that ends the process", life.ended, life.ended, life.number))
        for output in found.batches:
            batch = json.loads(output.value)
            seen = self.reader.times.get((output.partition, output.offset), finished)
            line.batches.append((seen, {(batch["tenant_id"], group["group_id"]) for group in batch["groups"]}))
        line.written = [(moment, ends) for moment, _, ends in self.monitor.history]
        line.owners = list(self.census.owners)
        for moment, commit in self.follower.commits:
            if commit.topic == processor.EVENTS:
                line.positions.append((moment, commit.partition, self._position(commit, found)))
        return line

    @staticmethod
    def _position(commit: checkpoints.Commit, found: Evidence) -> int:
        """How far a commit says that the partition was read; what cannot be read is V6's business."""
        try:
            checkpoint = checkpoints.decode(commit.offset, commit.metadata, found.group, found.pointed)
        except checkpoints.Broken:
            checkpoint = None
        return checkpoint.position if checkpoint else commit.offset

    def _recoveries(self) -> list[float]:
        """Only kills that nothing else followed within twice the limit: else it is not known what was waited for."""
        kills = [moment for moment, _, _ in self.injector.done.kills]
        times = [self.monitor.recovery(moment) for moment in kills]
        return [seconds for seconds in times if seconds is not None]

    def _traffic_problems(self, found: Evidence) -> list[str]:
        """What the topic holds is what was meant to be sent."""
        counts = self.traffic.counts
        poison = sum(count for name, count in counts.items() if name.startswith("poison"))
        held = sum(1 for r in found.records if (r.key or b"").startswith(b"poison-"))
        problems = [] if held == poison else [f"{held} poison records stand on the topic, {poison} were planned"]
        return problems

    def _bites(self, read: dict) -> dict:
        done, plan, wire = self.injector.done, self.plan, self.proxy.stats()
        self.wire = wire
        bites: dict = {}
        asked = done.counts
        if self.amount.crashes:
            ended = sum(1 for each in self.processors for life in each.lives if life.killed == processor.CRASHED)
            bites["lives ended by a record"] = (ended, 3 * self.amount.crashes)
        if asked["kills"]:
            busy = sum(1 for _, outstanding, _ in done.kills if outstanding > 0)
            bites["kills with work outstanding"] = (busy, max(1, asked["kills"] * 2 // 3))
        if asked["broker kills"] + asked["broker stops"]:
            bites["broker restarts"] = (asked["broker kills"] + asked["broker stops"], 1)
        if asked["leaders killed"] + asked["leaders paused"]:
            bites["leaders that moved"] = (self.census.moved_leaders, 1)
        if asked["group coordinators killed"] + asked["transaction coordinators killed"]:
            bites["coordinators that moved"] = (self.census.moved_coordinators, 1)
        if asked["in-sync sets shrunk to one"]:
            bites["in-sync sets of one"] = (self.census.lone, 1)
        if asked["cuts"]:
            bites["connections cut"] = (wire.get("connections_cut", 0), asked["cuts"])
        if not self.setup.exactly_once:
            return bites
        aborted = sum(
            len(cluster.read(self.kafka, n, "read_uncommitted")) - len(read[n])
            for n in (processor.OUTPUT, processor.SCORED)
        )
        # whether a kill hits a transaction is chance: many kills must have
        bites["records of aborted transactions"] = (aborted, 1 if asked["kills"] >= 20 else 0)
        if asked["drops asked"]:
            bites["commits in doubt"] = (wire.get("in_doubt", 0), max(1, asked["drops asked"] // 2))
        if asked["delays asked"]:
            bites["EndTxn delivered late"] = (
                sum(count for name, count in wire.items() if name.startswith("late EndTxn answered")),
                # a broker that is killed meanwhile takes it with it
                1 if asked["delays asked"] > 1 else 0,
            )
        if asked["pauses beyond the session"]:
            stale = sum(
                count
                for name, count in wire.items()
                if name.endswith(("ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "FENCED_INSTANCE_ID"))
            )
            bites["members fenced"] = (stale, 1)
        if plan.failpoints:
            bites["failpoints reached"] = (asked["failpoints"], max(1, len(plan.failpoints) // 2))
        return bites


def _output(message) -> Output:
    return Output(
        message.topic(),
        message.partition(),
        message.offset(),
        message.key(),
        message.value(),
        dict(message.headers() or []),
        zlib.crc32(message.value() or b""),
    )

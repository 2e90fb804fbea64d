"""A broker that stands still, from 5 to 90 seconds, beside one processor and beside two: nobody may end, output must move
again within the session and 15 s, and every thread must have its fate once.

scripts/chaos --pauses --held-offsets 40: the same where what the group has committed cannot be read for so long while the
processors start.

scripts/chaos --pauses [--seconds 5,22,90] [--kafka-version 4.3|3.9] [--library FOLDER]. The processors have the default
instance_id, so two of them find names of their own.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import cluster
from confluent_kafka import Consumer, KafkaException, TopicPartition

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".build" / "chaos"
SECONDS = [5, 14, 17, 22, 34, 60, 90]
SESSION = 10
RATE = 300
RECORDS_OF_A_THREAD = 13


class Case:
    """One pause, with topics and an application of its own."""

    def __init__(self, options, kafka: cluster.Cluster, seconds: float, count: int, proxy: "Proxy | None" = None):
        self.options, self.kafka, self.seconds, self.count, self.proxy = options, kafka, seconds, count, proxy
        self.name = f"{'held' if proxy else 'pause'}-{seconds:g}-{count}"
        self.folder = kafka.folder.parent / self.name
        self.events, self.output, self.ledger = (f"{self.name}-{what}" for what in ("events", "batches", "ledger"))
        self.examples = self.folder / "examples.jsonl"
        self.threads = int(RATE * (seconds + 30) / RECORDS_OF_A_THREAD) // 8 * 8
        self.processes: list[subprocess.Popen] = []
        self.problems: list[str] = []
        self.reader: Consumer | None = None
        self.fates: Counter = Counter()

    def _command(self, command: str, *more: str) -> list[str]:
        settings = {
            "app_id": self.name,
            "topics.events": f"[{self.events}]",
            "topics.output": self.output,
            "topics.ledger": self.ledger,
            "topics.examples": "",
            "examples.file": str(self.examples),
            "batches.linger": "300ms",
            # what ends late ends by its own events, whatever the pause
            "assembly.idle_timeout": "10m",
            "assembly.error_grace": "9m",
            "assembly.reorder_grace": "9m",
            "groups.deadline": "30m",
        }
        sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        brokers = self.proxy.brokers if self.proxy and command == "run" else self.kafka.brokers
        return [str(self.options.binary), *command.split(), "--brokers", brokers, *sets, *more]

    def _environment(self) -> dict:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "DASH_"))}
        env["DASH_LOCK_DIR"] = str(self.folder)
        if self.options.library:
            env["LD_LIBRARY_PATH"] = self.options.library
        return env

    def _start(self, number: int):
        with open(self.folder / f"p{number}.log", "wb") as log:
            self.processes.append(
                subprocess.Popen(
                    self._command("run", "--set", "log.format=json"),
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def _simulate(self, *where: str) -> list[str]:
        return [str(self.options.binary), "simulate", "--quiet", "--threads", str(self.threads), *where]

    def _make_examples(self):
        """The traffic's examples: the same seed has the same ones, and beside Kafka they are written at the end."""
        recording = self.folder / "traffic.dsrun"
        command = self._simulate("--out", str(recording), "--examples", str(self.examples))
        subprocess.run(command, env=self._environment(), check=True)
        recording.unlink()

    def _send(self) -> subprocess.Popen:
        command = self._simulate("--brokers", self.kafka.brokers, "--topic", self.events, "--rate", str(RATE))
        command += ["--examples", str(self.folder / "again.jsonl")]
        return subprocess.Popen(command, env=self._environment(), stdin=subprocess.DEVNULL, start_new_session=True)

    def _told(self) -> int:
        """Fates that are committed; each is counted, for the proof at the end."""
        for message in self.reader.consume(1000, 0.2):
            if message.error() is None:
                self.fates[json.loads(message.value())["thread_id"]] += 1
        return self.fates.total()

    def _launch(self, command: str):
        subprocess.run([self.kafka.launcher, command, str(self.kafka.folder)], check=True, capture_output=True)

    def _wait(self, what: str, condition, seconds: float) -> float | None:
        began = time.monotonic()
        while not condition():
            ended = [process.returncode for process in self.processes if process.poll() is not None]
            if ended:
                self.problems.append(f"{what}: a processor ended with {ended[0]}")
                return None
            if time.monotonic() - began > seconds:
                self.problems.append(f"not within {seconds:.0f} s: {what}")
                return None
        return time.monotonic() - began

    def _start_all(self):
        for number in range(self.count):
            self._start(number)

    def _paused(self) -> float | None:
        """Seconds after the pause until output moves."""
        self._start_all()
        if self._wait("the first fates", lambda: self._told() > 0, 60) is None:
            return None
        time.sleep(3)
        self._launch("pause")
        try:
            time.sleep(self.seconds)
        finally:
            self._launch("resume")
        resumed, before = time.monotonic(), self._told()
        self._wait("output moves again", lambda: self._told() > before, self.options.patience)
        return time.monotonic() - resumed

    def _held(self) -> float | None:
        """Seconds after the hold until output moves."""
        self.proxy.hold(self.seconds)
        freed = time.monotonic() + self.seconds
        self._start_all()
        self._wait("the first fates", lambda: self._told() > 0, self.seconds + self.options.patience)
        if not self.proxy.held():
            self.problems.append("no request was held")
        if not any(self._logged(number, "nobody works on them") for number in range(self.count)):
            self.problems.append("nobody has said that partitions wait")
        return time.monotonic() - freed

    def run(self) -> bool:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        simulate = None
        recovery = None
        try:
            self._make_examples()
            done = subprocess.run(
                self._command("topics create", "--partitions", "4", "--replication", "1"),
                env=self._environment(),
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise RuntimeError(done.stderr)
            self.reader = cluster.reader(self.kafka.brokers, "read_committed", f"{self.name}-reader")
            self.reader.assign([TopicPartition(self.ledger, p, 0) for p in self.kafka.partitions(self.ledger)])
            simulate = self._send()
            recovery = self._held() if self.proxy else self._paused()
            if not self.problems:
                simulate.wait(self.seconds + 120)
                self._wait("all fates", lambda: self._told() >= self.threads, 120)
                self._verify()
        except (KafkaException, OSError, RuntimeError, TimeoutError, subprocess.SubprocessError) as error:
            self.problems.append(str(error))
        finally:
            if self.reader:
                self.reader.close()
            for process in [*self.processes, *([simulate] if simulate else [])]:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
            for process in [*self.processes, *([simulate] if simulate else [])]:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(10)
        verdict = "ok" if not self.problems else "FAILED: " + "; ".join(self.problems)
        moved = f"{recovery:.1f} s" if recovery is not None else "-"
        rejoins = sum(self._logged(number, "going on with new clients") for number in range(self.count))
        print(
            f"{'offsets held' if self.proxy else 'pause'} for {self.seconds:g} s, {self.count} processors, {self.threads} threads: output moved after {moved}, "
            f"{rejoins} new lives: {verdict}",
            flush=True,
        )
        return not self.problems

    def _verify(self):
        """Every thread has its fate once, as any reader of committed records sees it."""
        # what would come twice would come now
        until = time.monotonic() + 3
        while time.monotonic() < until:
            self._told()
        doubled = [name for name, count in self.fates.items() if count > 1]
        if len(self.fates) != self.threads:
            self.problems.append(f"{len(self.fates)} threads have a fate")
        if doubled:
            self.problems.append(f"{len(doubled)} threads have more than one")

    def _logged(self, number: int, text: str) -> int:
        path = self.folder / f"p{number}.log"
        return path.read_text(errors="replace").count(text) if path.exists() else 0


class Proxy:
    """What stands between the processors and the broker."""

    def __init__(self, port: int, kafka: cluster.Cluster):
        self.brokers = f"127.0.0.1:{port}"
        program = [sys.executable, str(Path(__file__).with_name("proxy.py")), str(port), kafka.env["KAFKA_PROXY_TARGETS"]]
        self.process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.process.stdout.readline()

    def _tell(self, command: dict):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def hold(self, seconds: float):
        self._tell({"do": "hold_offset_fetch", "seconds": seconds})

    def held(self) -> int:
        """Responses that came late."""
        self._tell({"do": "stats"})
        return json.loads(self.process.stdout.readline()).get("offset_fetches_held", 0)

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/chaos --pauses", description=__doc__)
    add = parser.add_argument
    add("--pauses", action="store_true", help=argparse.SUPPRESS)
    add("--seconds", default=",".join(map(str, SECONDS)), help="how long the broker stands still, separated by commas")
    add("--processors", default="1,2", help="how many processors, separated by commas")
    add("--held-offsets", type=float, help="no pause: for so many seconds nobody reads what the group has committed")
    add("--patience", type=float, default=SESSION + 15, help="seconds after which output must move again")
    add("--kafka-version", choices=["4.3", "3.9"], default="4.3")
    add("--library", default="", help="a folder with another librdkafka.so.1")
    add("--binary", type=Path, default=HOME / "release" / "release" / "dash-reinforce", help="a program that is built")
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    folder = HOME / f"pauses-{os.getpid()}"
    held = options.held_offsets is not None
    port = free_port() if held else None
    kafka = cluster.Cluster(folder / "kafka", options.kafka_version, port)
    durations = [options.held_offsets] if held else [float(text) for text in options.seconds.split(",")]
    passed, proxy = [], None
    try:
        kafka.start()
        proxy = Proxy(port, kafka) if held else None
        for seconds in durations:
            for count in options.processors.split(","):
                passed.append(Case(options, kafka, seconds, int(count), proxy).run())
    finally:
        if proxy:
            proxy.close()
        kafka.remove()
    if all(passed):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"the logs are in {folder}")
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())

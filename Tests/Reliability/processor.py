"""The program under test: how it is configured (here and nowhere else), started, hurt and ended."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import judge

APP = "chaos"
EVENTS, OUTPUT, DLQ, SCORED, CHECKPOINTS, LEDGER, REWARDS = (
    "events",
    "batches",
    f"{APP}-dlq",
    f"{APP}-scored",
    f"{APP}-checkpoints",
    f"{APP}-ledger",
    f"{APP}-rewards",
)
SESSION_MS = 6000
CRASHED = "ended by a record"
FAILPOINTS = [
    "after-produce",
    "after-flush",
    "after-send-offsets",
    "end-txn-sent",
    "end-txn-replied",
    "revoke-before-commit",
    "revoke-after-commit",
    "assign-before-seek",
    "mid-replay",
    "mid-spill",
    "pointer-written",
    "init-transactions",
]


@dataclass
class Setup:
    """One run's configuration."""

    binary: Path
    folder: Path
    brokers: str
    delivery: str = "exactly_once"
    commit_interval: str = "200ms"
    library: str = ""
    unprotect: str = ""
    crash_key: str = ""
    judges: bool = False
    extra: dict = field(default_factory=dict)

    @property
    def exactly_once(self) -> bool:
        return self.delivery == "exactly_once"

    @property
    def processes(self) -> int:
        return 2

    def settings(self, number: int) -> list[str]:
        """Every configuration key that the suite sets, as `--set` takes it."""
        kafka = {
            "session.timeout.ms": SESSION_MS,
            "heartbeat.interval.ms": 1500,
            "fetch.wait.max.ms": 50,
            "reconnect.backoff.max.ms": 500,
            "socket.timeout.ms": 10_000,
            # what a paused process has left open hides the others' output until it is aborted
            "transaction.timeout.ms": 10_000,
        }
        keys = {
            "app_id": APP,
            "instance_id": f"p{number}",
            "topics.events": f"[{EVENTS}]",
            "topics.output": OUTPUT,
            "topics.examples": '""',
            "delivery": self.delivery,
            "commit.interval": self.commit_interval,
            "assembly.idle_timeout": "10m",
            "assembly.error_grace": "9m",
            "assembly.reorder_grace": "9m",
            "groups.deadline": "30m",
            "batches.linger": "300ms",
            "batches.groups_per_batch": 4,
            "http.listen": '""',
            "log.format": "json",
            # threads that stay open are cut and written away, again and again
            "assembly.replay_horizon_records": 2000,
            "topics.ledger": LEDGER,
            **(self._judged if self.judges else {}),
            **self.extra,
        }
        return [f"{k}={v}" for k, v in keys.items()] + [f"kafka.{k}={v}" for k, v in kafka.items()]

    @property
    def _judged(self) -> dict:
        # virtual time runs fast: nobody's patience is over within a run
        return {"topics.rewards": REWARDS, "rewards.grace": "20h", "rewards.components": judge.components()}

    @staticmethod
    def number_of(instance: str) -> int | None:
        """The processor that the group's member of this instance id is."""
        digits = instance.removeprefix("p")
        return int(digits) if digits.isdigit() and digits != instance else None

    def topics(self, partitions: int) -> dict[str, tuple[int, dict]]:
        """Topics by name, with their partitions and settings."""
        big = {"max.message.bytes": "10485760"}
        found = {
            EVENTS: (partitions, big),
            OUTPUT: (4, big),
            DLQ: (2, big),
            CHECKPOINTS: (1, {"cleanup.policy": "compact", **big}),
            SCORED: (partitions, big),
            LEDGER: (2, big),
        }
        if self.judges:
            found[REWARDS] = (partitions, big)
        return found

    def command(self, number: int) -> list[str]:
        return [str(self.binary), "run", "--config", str(self.config(number))]

    def config(self, number: int) -> Path:
        """The process's configuration file."""
        path = self.folder / f"p{number}.yaml"
        tree: dict = {}
        for pair in self.settings(number):
            name, _, value = pair.partition("=")
            room, _, key = name.partition(".")
            if key:
                tree.setdefault(room, {})[key] = value
            else:
                tree[room] = value
        tree.setdefault("kafka", {})["brokers"] = f'"{self.brokers}"'
        tree.setdefault("examples", {})["file"] = f'"{self.folder / "examples.jsonl"}"'
        lines = []
        for room, value in tree.items():
            if isinstance(value, dict):
                lines += [f"{room}:"] + [f"  {key}: {text}" for key, text in value.items()]
            else:
                lines.append(f"{room}: {value}")
        path.write_text("\n".join(lines) + "\n")
        return path

    def environment(self, failpoint: str = "") -> dict:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "DASH_"))}
        if self.library:
            env["LD_LIBRARY_PATH"] = self.library
        if self.unprotect:
            env["DASH_UNPROTECT"] = self.unprotect
        if self.crash_key:
            env["DASH_CRASH_KEY"] = self.crash_key
        if failpoint:
            env["DASH_FAILPOINT"] = failpoint
        return env

    def problem(self) -> str | None:
        """Why the program refuses this configuration; None: it takes it."""
        done = subprocess.run(
            [*self.command(0), "--check-config"], env=self.environment(), capture_output=True, text=True, timeout=60
        )
        return None if done.returncode == 0 else done.stderr.strip() or f"exit {done.returncode}"


@dataclass
class Life:
    """One process from its start to its end."""

    number: int
    started: float
    log: Path
    failpoint: str = ""
    killed: str = ""
    code: int | None = None
    ended: float = 0
    rss: int = 0
    descriptors: list = field(default_factory=list)


class Processor:
    """One place in the group: a process, started again when it ends, until it is told to stay away."""

    def __init__(self, setup: Setup, number: int):
        self.setup, self.number = setup, number
        self.lives: list[Life] = []
        self.process: subprocess.Popen | None = None
        self.wanted = False
        self.stopped = False

    @property
    def life(self) -> Life | None:
        return self.lives[-1] if self.lives else None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, failpoint: str = ""):
        log = self.setup.folder / f"p{self.number}-{len(self.lives)}.log"
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                self.setup.command(self.number),
                env=self.setup.environment(failpoint),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output,
                start_new_session=True,
            )
        self.lives.append(Life(self.number, time.monotonic(), log, failpoint))
        self.wanted = True

    def signal(self, number: int, why: str = ""):
        if self.is_running:
            if why and self.life:
                self.life.killed = why
            self.process.send_signal(number)

    def kill(self, why: str = "SIGKILL"):
        self.signal(signal.SIGKILL, why)
        self.reap(10)

    def pause(self):
        self.stopped = True
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.stopped = False
        self.signal(signal.SIGCONT)

    def stop(self, seconds: float = 20) -> bool:
        """Asks it to drain; false where it had to be killed."""
        self.wanted = False
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM, "SIGTERM")
        return self.reap(seconds) or self.kill("did not drain") or False

    def reap(self, seconds: float) -> bool:
        if self.process is None:
            return True
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        if self.life and self.life.code is None:
            self.life.code, self.life.ended = code, time.monotonic()
            if self.setup.crash_key and code == -signal.SIGKILL and not self.life.killed:
                self.life.killed = CRASHED
        return True

    def sample(self):
        """Notes memory and open files; a process that ended by itself is noted, too."""
        if not self.is_running:
            self.reap(0)
            return
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            rss = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")), 0)
            self.life.rss = max(self.life.rss, rss)
            self.life.descriptors.append(len(os.listdir(f"/proc/{self.process.pid}/fd")))
        except OSError:
            pass


def log_lines(lives: list[Life]):
    """The log lines of all lives as objects; a line that a kill has cut is passed over."""
    for life in lives:
        try:
            text = life.log.read_text(errors="replace")
        except OSError:
            continue
        for line in text.splitlines():
            try:
                yield life, json.loads(line)
            except ValueError:
                continue

"""A broker and one processor with the settings of a fresh installation, for measurements."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import cluster

APP = "measure"
EVENTS, SCORED, OUTPUT = "events", f"{APP}-scored", "batches"
BIG = {"max.message.bytes": "10485760"}


def parser(name: str, text: str) -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog=name, description=text)
    found.add_argument("--binary", type=Path, required=True, help="the program, built for release")
    found.add_argument("--kafka-version", choices=["4.3", "3.9"], default="4.3")
    found.add_argument("--library", default="", help="a folder with another librdkafka.so.1")
    found.add_argument("--partitions", type=int, default=4)
    found.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the processor")
    return found


class Bench:
    """Use as a context: whatever happens, every process of it is ended."""

    def __init__(self, options, settings: dict):
        self.options, self.settings = options, settings
        # beside the others of its kind on the machine
        self.folder = Path(__file__).resolve().parents[2] / ".build" / "chaos" / f"measure-{os.getpid()}"
        self.kafka = cluster.Cluster(self.folder / "kafka", options.kafka_version)
        self.process: subprocess.Popen | None = None
        self.log = self.folder / "run.log"

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        try:
            self.kafka.start()
            partitions = self.options.partitions
            for name, count in ((EVENTS, partitions), (SCORED, partitions), (OUTPUT, partitions), (f"{APP}-dlq", 1)):
                self.kafka.create(name, count, **BIG)
            self.kafka.create(f"{APP}-checkpoints", 1, **{"cleanup.policy": "compact", **BIG})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.kill()
        self.kafka.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def examples(self) -> Path:
        return self.folder / "examples.jsonl"

    def start(self):
        """Starts the processor; its lines go to `log` from the beginning."""
        settings = {
            "app_id": APP,
            "instance_id": "one",
            "topics.events": f"[{EVENTS}]",
            "topics.output": OUTPUT,
            "topics.examples": "",
            "examples.file": self.examples,
            "delivery": "exactly_once",
            "http.listen": "",
            "log.format": "json",
            **self.settings,
            **dict(pair.split("=", 1) for pair in self.options.set),
        }
        command = [str(self.options.binary.resolve()), "run", "--brokers", self.kafka.brokers]
        command += [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        env = {k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "DASH_"))}
        if self.options.library:
            env["LD_LIBRARY_PATH"] = self.options.library
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output,
                start_new_session=True,
            )

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(10)

    def stop(self, seconds: float = 30) -> int:
        """Lets it finish; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def peak_memory(self) -> int:
        """The most that the processor has held so far, MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next((int(line.split()[1]) >> 10 for line in status.splitlines() if line.startswith("VmHWM")), 0)

    def lines(self, message: str) -> list[dict]:
        """What it has logged under one name."""
        found = []
        for line in self.log.read_text(errors="replace").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if entry.get("message") == message:
                found.append(entry)
        return found

    def wait(self, what: str, condition, seconds: float):
        """Waits until the condition holds; ends the measurement where the processor has ended, or time is over."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            if self.process.poll() is not None:
                raise SystemExit(f"the processor ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
            if time.monotonic() > deadline:
                raise SystemExit(f"not within {seconds:.0f} s: {what}; its log ends: {self.log.read_text()[-2000:]}")
            time.sleep(0.01)
        return found

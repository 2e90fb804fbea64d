"""Checks docker-compose.yml, and runs what stands in it as plain processes beside a real Kafka: batches must arrive, the
agents must learn from them, every processor's page must show groups, and every panel of the board must have data.

No container engine is needed: every service's command, environment and file mappings are taken from the file. Prometheus is
Debian's where it is installed; Grafana is not started, its board's queries are asked of Prometheus.
"""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cluster
import compose_watch
from compose_file import ROOT, Failure, dockerfile, health_command, load, mappings, broker

WANTED = 5
# where every processor listens in its container
PAGE = 9464


class Stage:
    """Runs services as processes, with the names of containers and their paths replaced."""

    def __init__(self, services: dict, binary: Path, kafka: cluster.Cluster, folder: Path):
        self.services, self.binary, self.kafka, self.folder = services, binary, kafka, folder
        self.running: dict[str, subprocess.Popen] = {}
        self.ports = {name: compose_watch.free_port() for name in services if name.startswith("processor")}
        (folder / "data").mkdir()

    def translate(self, text: str, name: str = "") -> str:
        """A word of a command or of an environment, with files and addresses of this machine."""
        if text.startswith("/tmp/"):
            return f"{self.folder}/{name}-{text.removeprefix('/tmp/')}"  # every service has files of its own in /tmp
        if text == f"0.0.0.0:{PAGE}":
            return f"127.0.0.1:{self.ports[name]}"
        text = text.replace("kafka:9092", self.kafka.brokers)
        for target, source in mappings(self.services[name]).items() if name else ():
            if text == target:
                return str(self.configuration(source) if source.suffix == ".yaml" else source)
        return text.replace("/data/", f"{self.folder}/data/")

    def configuration(self, source: Path) -> Path:
        """A configuration whose data stand in the folder."""
        copy = self.folder / source.name
        if not copy.exists():
            copy.write_text(source.read_text().replace("/data/", f"{self.folder}/data/"))
        return copy

    def is_healthy(self, name: str) -> bool:
        """What the image's health check says in this service's container."""
        words = [self.translate(word, name) for word in health_command()]
        return subprocess.run([str(self.binary), *words], capture_output=True).returncode == 0

    def start(self, name: str) -> subprocess.Popen:
        service = self.services[name]
        command = service["command"]
        words = shlex.split(command) if isinstance(command, str) else command
        given = service.get("environment") or {}
        if isinstance(given, list):
            given = dict(pair.split("=", 1) for pair in given)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "DASH_"))}
        env.update({k: self.translate(str(v), name) for k, v in given.items()})
        log = open(self.folder / f"{name}.log", "wb")
        with log:
            process = subprocess.Popen(
                [str(self.binary), *(self.translate(word, name) for word in words)],
                env=env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running[name] = process
        return process

    def once(self, name: str, seconds: float = 600):
        if self.start(name).wait(seconds) != 0:
            raise Failure(f"{name} ended with {self.running[name].returncode}: {self.tail(name)}")
        print(f"compose-check: {name}: done")

    def read(self, name: str) -> str:
        """What a service has printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def tail(self, name: str) -> str:
        return self.read(name)[-1500:]

    def check(self, names: list[str]):
        """Services that run on must still be there."""
        for name in names:
            if self.running[name].poll() is not None:
                raise Failure(f"{name} ended with {self.running[name].returncode}: {self.tail(name)}")

    def end(self):
        for process in self.running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


def run(services: dict, binary: Path, kafka: cluster.Cluster, folder: Path):
    stage = Stage(services, binary, kafka, folder)
    processors = sorted(stage.ports)
    prometheus = None
    try:
        stage.once("examples")
        config = stage.translate("/etc/dash-reinforce.yaml", processors[0])
        probe = subprocess.run(
            [str(binary), "run", "--config", config, "--check-config"], capture_output=True, text=True
        )
        if probe.returncode != 0:
            raise Failure(f"the configuration is refused: {probe.stderr.strip()}")
        stage.once("topics")
        for name in ["trainer", *processors]:
            stage.start(name)
        prometheus = compose_watch.Prometheus.start(services, stage.ports, folder)
        wait(stage, kafka, processors)
        for name in processors:
            if not stage.is_healthy(name):
                raise Failure(f"{name} works, and its health check says that it does not")
        print("compose-check: the health checks look at their processes and find them at work")
        for name in processors:
            token = Path(stage.translate(services[name]["environment"]["DASH_REINFORCE_HTTP_TOKEN_FILE"], name))
            compose_watch.page(name, stage.ports[name], token.read_text().strip())
        compose_watch.climb(lambda: stage.read("trainer"), lambda: stage.check(["trainer", *processors]))
        if prometheus is not None:
            prometheus.check(ROOT / "deploy/grafana/dashboards/dash-reinforce.json", len(processors))
        for name in [*processors, "trainer"]:
            stage.running[name].send_signal(signal.SIGTERM)
        for name in processors:
            if stage.running[name].wait(30) != 0:
                raise Failure(f"{name}: SIGTERM ended it with {stage.running[name].returncode}: {stage.tail(name)}")
        print("compose-check: the processors drained and ended with 0")
    finally:
        if prometheus is not None:
            prometheus.end()
        stage.end()


def wait(stage: Stage, kafka: cluster.Cluster, processors: list[str], seconds: float = 600):
    """Until batches have arrived; every long-running service must still be there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(1)
        stage.check(["trainer", *processors])
        found = cluster.read(kafka, "reinforce")
        if len(found) >= WANTED:
            print(f"compose-check: {len(found)} batches have arrived, {len(processors)} processors run")
            return
    raise Failure(f"no batches within {seconds:.0f} s: {stage.tail(processors[0])}")


def main(binary: Path) -> int:
    services = load()["services"]
    dockerfile()
    for name in ("kafka", "topics", "examples", "trainer", "processor-1", "processor-2", "prometheus", "grafana"):
        if name not in services:
            raise Failure(f"there is no service {name}")
        mappings(services[name])
    compose_watch.grafana(services["grafana"])
    if cluster.launcher() is None:
        print("compose-check: SKIPPED: no Kafka launcher; set DASH_KAFKA to one")
        return 0
    with tempfile.TemporaryDirectory(prefix="dash-compose-") as temporary:
        kafka = cluster.Cluster(Path(temporary) / "kafka", "4.3")
        broker(services["kafka"], kafka.broker_version())
        try:
            kafka.start()
            run(services, binary, kafka, Path(temporary))
        finally:
            kafka.remove()
    print("compose-check: good")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]).resolve()))
    except Failure as failure:
        print(f"compose-check: FAILED: {failure}")
        sys.exit(1)

"""Checks docker-compose.yml, and runs what stands in it as plain processes beside a real Kafka: batches must arrive.

No container engine is needed: every service's command, environment and file mappings are taken from the file.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

import cluster

ROOT = Path(__file__).resolve().parents[2]
WANTED = 5


class Failure(Exception):
    """What is wrong with the file, or with what it starts."""


def load() -> dict:
    """The file as docker-compose understands it, or as it stands where there is no docker-compose."""
    path = ROOT / "docker-compose.yml"
    tool = compose()
    if tool is None:
        print("compose-check: Docker Compose is not installed: the file's form is NOT checked")
        return yaml.safe_load(path.read_text())
    done = subprocess.run([*tool, "-f", str(path), "config"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(tool)} config: {done.stderr.strip()}")
    print(f"compose-check: {' '.join(tool)} config accepts the file")
    return yaml.safe_load(done.stdout)


def compose() -> list[str] | None:
    """Docker Compose as a program of its own, or as a part of Docker; None: neither is there."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ["docker", "compose"]
    return None


def broker(service: dict, version: str):
    """What the broker must offer: the version that the suite runs, a listener for the host, data that outlive it."""
    if service["image"] != f"apache/kafka:{version}":
        raise Failure(f"kafka: image {service['image']}, and the suite runs {version}")
    env = service["environment"]
    folder = env["KAFKA_LOG_DIRS"]
    places = [v["target"] if isinstance(v, dict) else v.split(":")[1] for v in service.get("volumes", [])]
    if folder not in places:
        raise Failure(f"kafka: its data in {folder} stand on no volume")
    ports = [str(p["published"]) if isinstance(p, dict) else p.split(":")[-2] for p in service.get("ports", [])]
    advertised = dict(text.split("://", 1) for text in env["KAFKA_ADVERTISED_LISTENERS"].split(","))
    for port in ports:
        if f"localhost:{port}" not in advertised.values():
            raise Failure(f"kafka: port {port} is open, and no listener tells clients to come to localhost:{port}")
    if not ports:
        raise Failure("kafka: nothing can be reached from the host")


def dockerfile():
    """What the image must keep to."""
    text = (ROOT / "Dockerfile").read_text()
    health_command()
    for needed in ("USER dash", "HEALTHCHECK", "--static-swift-stdlib", 'ENTRYPOINT ["dash-reinforce"]'):
        if needed not in text:
            raise Failure(f"Dockerfile: {needed} is gone")


def health_command() -> list[str]:
    """What the image's health check runs, without the program's name."""
    match = re.search(r"^HEALTHCHECK .*\n\s+CMD (\[.*\])", (ROOT / "Dockerfile").read_text(), re.M)
    if match is None:
        raise Failure("Dockerfile: HEALTHCHECK is gone")
    return json.loads(match.group(1))[1:]


class Stage:
    """Runs services as processes, with the names of containers and their paths replaced."""

    def __init__(self, services: dict, binary: Path, kafka: cluster.Cluster, folder: Path):
        self.services, self.binary, self.kafka, self.folder = services, binary, kafka, folder
        self.running: dict[str, subprocess.Popen] = {}
        (folder / "data").mkdir()

    def translate(self, text: str, name: str = "") -> str:
        """A word of a command; every service has files of its own in /tmp."""
        if text.startswith("/tmp/"):
            return f"{self.folder}/{name}-{text.removeprefix('/tmp/')}"
        config = self.folder / "dash-reinforce.yaml"
        if not config.exists():
            source = (ROOT / "docs" / "dash-reinforce.yaml").read_text()
            config.write_text(source.replace("/data/", f"{self.folder}/data/"))
        text = text.replace("kafka:9092", self.kafka.brokers).replace("/etc/dash-reinforce.yaml", str(config))
        return text.replace("/data/", f"{self.folder}/data/")

    def is_healthy(self, name: str) -> bool:
        """What the image's health check says in this service's container."""
        words = [self.translate(word, name) for word in health_command()]
        return subprocess.run([str(self.binary), *words], capture_output=True).returncode == 0

    def start(self, name: str, extra: dict) -> subprocess.Popen:
        service = self.services[name]
        command = service["command"]
        words = shlex.split(command) if isinstance(command, str) else command
        given = service.get("environment") or {}
        if isinstance(given, list):
            given = dict(pair.split("=", 1) for pair in given)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("KAFKA_", "DASH_"))}
        env.update({k: self.translate(str(v)) for k, v in given.items()}, **extra)
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

    def once(self, name: str, extra: dict, seconds: float = 600):
        if self.start(name, extra).wait(seconds) != 0:
            raise Failure(f"{name} ended with {self.running[name].returncode}: {self.tail(name)}")
        print(f"compose-check: {name}: done")

    def tail(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-1500:]

    def end(self):
        for process in self.running.values():
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


def run(services: dict, binary: Path, kafka: cluster.Cluster, folder: Path):
    stage, extra = Stage(services, binary, kafka, folder), {"DASH_REINFORCE_HTTP_LISTEN": ""}
    processors = sorted(name for name in services if name.startswith("processor"))
    try:
        stage.once("examples", extra)
        config = stage.translate("/etc/dash-reinforce.yaml")
        probe = subprocess.run(
            [str(binary), "run", "--config", config, "--check-config"], capture_output=True, text=True
        )
        if probe.returncode != 0:
            raise Failure(f"the configuration is refused: {probe.stderr.strip()}")
        stage.once("topics", extra)
        for name in ["agents", *processors]:
            stage.start(name, extra)
        wait(stage, kafka, processors)
        for name in processors:
            if not stage.is_healthy(name):
                raise Failure(f"{name} works, and its health check says that it does not")
        print("compose-check: the health checks look at their processes and find them at work")
        for name in [*processors, "agents"]:
            stage.running[name].send_signal(signal.SIGTERM)
        for name in processors:
            if stage.running[name].wait(30) != 0:
                raise Failure(f"{name}: SIGTERM ended it with {stage.running[name].returncode}: {stage.tail(name)}")
        print("compose-check: the processors drained and ended with 0")
    finally:
        stage.end()


def wait(stage: Stage, kafka: cluster.Cluster, processors: list[str], seconds: float = 600):
    """Until batches have arrived; every long-running service must still be there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(1)
        for name in ["agents", *processors]:
            if stage.running[name].poll() is not None:
                raise Failure(f"{name} ended with {stage.running[name].returncode}: {stage.tail(name)}")
        found = cluster.read(kafka, "reinforce")
        if len(found) >= WANTED:
            print(f"compose-check: {len(found)} batches have arrived, {len(processors)} processors run")
            return
    raise Failure(f"no batches within {seconds:.0f} s: {stage.tail(processors[0])}")


def main(binary: Path) -> int:
    services = load()["services"]
    dockerfile()
    for name in ("kafka", "topics", "examples", "agents", "processor-1", "processor-2"):
        if name not in services:
            raise Failure(f"there is no service {name}")
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

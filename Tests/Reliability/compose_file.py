"""What stands in docker-compose.yml and in the Dockerfile, and what must hold of it before anything is started."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


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


def mappings(service: dict) -> dict[str, Path]:
    """Where files of the repository stand in a service's container; each must be there."""
    found = {}
    for volume in service.get("volumes", []):
        if isinstance(volume, dict):
            source, target = volume.get("source", ""), volume["target"]
        else:
            source, target = volume.split(":")[:2]
        if not source.startswith((".", "/")):
            continue  # a volume of its own
        path = (ROOT / source).resolve()
        if not path.exists():
            raise Failure(f"{source} is mapped to {target}, and is not there")
        found[target] = path
    return found

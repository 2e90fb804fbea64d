"""What a person sees of the services of docker-compose.yml: pages, the reward of each round, Prometheus, the board."""

import json
import math
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

from compose_file import ROOT, Failure, mappings

PATIENCE = 600
BOARD = "/var/lib/grafana/dashboards"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def ask(port: int, path: str, **headers: str) -> tuple[int, bytes]:
    """What a server on this machine answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def page(name: str, port: int, token: str):
    """A processor's page shows groups to who has the token, and nothing to others; Prometheus may come under its name."""
    login = {"Authorization": f"Bearer {token}"}
    deadline = time.monotonic() + PATIENCE
    while True:
        status, body = ask(port, "/api/groups", **login)
        if status != 200:
            raise Failure(f"{name}: /api/groups answers {status}: {body[:200]!r}")
        groups = json.loads(body)["groups"]
        if groups:
            break
        if time.monotonic() > deadline:
            raise Failure(f"{name}: its page shows no group within {PATIENCE} s")
        time.sleep(1)
    for path, headers, wanted in (
        ("/", login, 200),
        ("/api/groups", {}, 401),
        ("/metrics", {"Host": f"{name}:9464"}, 200),
        ("/metrics", {"Host": "elsewhere.example"}, 403),
        ("/livez", {}, 200),
    ):
        status, _ = ask(port, path, **headers)
        if status != wanted:
            raise Failure(f"{name}: {path} with {sorted(headers)} answers {status}, not {wanted}")
    print(f"compose-check: {name}: its page shows {len(groups)} groups, and wants the token")


def rewards(log: str) -> list[float]:
    """Mean rewards of the rounds that `docker compose logs trainer` shows."""
    return [float(text) for text in re.findall(r"^round +\d+  reward (-?\d+\.\d+)", log, re.M)]


def climb(read, check):
    """The agents learn: the mean of three rounds in a row is well above that of the first three."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        check()
        found = rewards(read())
        if len(found) >= 6:
            first, last = sum(found[:3]) / 3, sum(found[-3:]) / 3
            if last > first + 0.2:
                print(f"compose-check: the reward climbs: {first:.3f} to {last:.3f} in {len(found)} rounds")
                return
        time.sleep(1)
    raise Failure(f"the reward does not climb within {PATIENCE} s: {rewards(read())}")


def grafana(service: dict):
    """Grafana finds its data source and its board where the file puts them."""
    places = mappings(service)
    provisioning = places.get("/etc/grafana/provisioning")
    boards = places.get(BOARD)
    if provisioning is None or boards is None:
        raise Failure("grafana: provisioning or boards are not mapped")
    source = yaml.safe_load((provisioning / "datasources/prometheus.yml").read_text())["datasources"][0]
    if source["url"] != "http://prometheus:9090":
        raise Failure(f"grafana: its data source is {source['url']}, and Prometheus is http://prometheus:9090")
    provider = yaml.safe_load((provisioning / "dashboards/dash-reinforce.yml").read_text())["providers"][0]
    if provider["options"]["path"] != BOARD or not (boards / "dash-reinforce.json").exists():
        raise Failure(f"grafana: the board does not stand in {provider['options']['path']}")


def queries(board: Path) -> list[tuple[str, str]]:
    """Every panel's title with each of its queries, as Grafana asks them for all processes."""
    found = []
    for panel in json.loads(board.read_text())["panels"]:
        for target in panel.get("targets", []):
            text = target["expr"].replace("$instance", ".*").replace("$__rate_interval", "1m")
            found.append((panel["title"], text))
    return found


class Prometheus:
    """Debian's Prometheus with the service's command and files."""

    def __init__(self, process: subprocess.Popen, port: int, log: Path):
        self.process, self.port, self.log = process, port, log

    @classmethod
    def start(cls, services: dict, ports: dict[str, int], folder: Path) -> "Prometheus | None":
        """Starts it; None: it is not installed."""
        program = shutil.which("prometheus")
        if program is None:
            print("compose-check: SKIPPED: Prometheus is not installed: scrapes and the board's panels are NOT checked")
            return None
        service, port = services["prometheus"], free_port()
        source = next(path for target, path in mappings(service).items() if target == "/etc/prometheus")
        shutil.copytree(source, folder / "prometheus")
        config = folder / "prometheus" / "prometheus.yml"
        text = config.read_text()
        for name, own in ports.items():
            if f'"{name}:9464"' not in text:
                raise Failure(f"prometheus.yml does not scrape {name}:9464")
            text = text.replace(f"{name}:9464", f"127.0.0.1:{own}")
        config.write_text(text)
        command = service["command"]
        words = shlex.split(command) if isinstance(command, str) else command
        words = [
            word.replace("/etc/prometheus", str(folder / "prometheus"))
            .replace("=/prometheus", f"={folder}/prometheus-data")
            .replace("0.0.0.0:9090", f"127.0.0.1:{port}")
            for word in words
        ]
        log = folder / "prometheus.log"
        with open(log, "wb") as out:
            process = subprocess.Popen(
                [program, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        return cls(process, port, log)

    def get(self, path: str, **query: str) -> dict:
        if self.process.poll() is not None:
            raise Failure(f"prometheus ended: {self.log.read_text(errors='replace')[-1500:]}")
        status, body = ask(self.port, f"/api/v1/{path}?{urllib.parse.urlencode(query)}")
        answer = json.loads(body)
        if status != 200 or answer["status"] != "success":
            raise Failure(f"prometheus: {path} {query} answers {status}: {body[:500]!r}")
        return answer["data"]

    def values(self, query: str) -> list[float]:
        """Finite values of a query now."""
        found = [float(row["value"][1]) for row in self.get("query", query=query)["result"]]
        return [value for value in found if math.isfinite(value)]

    def check(self, board: Path, processors: int):
        """Every processor is scraped, the rules are loaded, every panel's queries have data."""
        missing: list[tuple[str, str]] = [("scrapes", f'count(up{{job="dash-reinforce"}} == 1) == {processors}')]
        asked = queries(board)
        missing += asked
        deadline = time.monotonic() + PATIENCE / 3
        while True:
            missing = [pair for pair in missing if not self.values(pair[1])]
            if not missing:
                break
            if time.monotonic() > deadline:
                raise Failure("no data for: " + "; ".join(f"{title}: {query}" for title, query in missing))
            time.sleep(2)
        rules = [rule for group in self.get("rules")["groups"] for rule in group["rules"]]
        broken = [rule["name"] for rule in rules if rule["health"] == "err"]
        if not rules or broken:
            raise Failure(f"prometheus: rules that cannot be evaluated: {broken or 'none is loaded'}")
        print(
            f"compose-check: Prometheus scrapes {processors} processors; {len(asked)} queries of the board have data; "
            f"{len(rules)} alerts are evaluated"
        )

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

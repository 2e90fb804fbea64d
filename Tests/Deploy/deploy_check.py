"""Checks the files in deploy/. Usage: deploy_check.py [BINARY]; without the program its configurations are not checked.

That every metric of rules and board exists is a Swift test (DeployedMetricsTests): the program's own list is there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
QUESTIONS = [
    "Is data flowing?",
    "Is there signal in it?",
    "What is being trained on?",
    "What was lost, and why?",
    "Will it keep up?",
]


class Failure(Exception):
    """What is wrong with a file."""


def run(*words: str, folder: Path = ROOT, **env: str) -> str:
    """Runs a tool, which must be content."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, env={**os.environ, **env})
    if done.returncode != 0:
        raise Failure(f"{' '.join(words)}: {(done.stdout + done.stderr).strip()[-2000:]}")
    return done.stdout


def has(tool: str, what: str) -> bool:
    if shutil.which(tool):
        return True
    print(f"deploy-check: SKIPPED: {tool} is not installed: {what} NOT checked")
    return False


def yaml_files() -> dict[Path, list]:
    """Every YAML file with its documents."""
    found = {}
    for path in [ROOT / "docker-compose.yml", *sorted(DEPLOY.rglob("*.y*ml"))]:
        try:
            found[path] = [document for document in yaml.safe_load_all(path.read_text()) if document is not None]
        except yaml.YAMLError as error:
            raise Failure(f"{path.relative_to(ROOT)}: {error}") from None
        if not found[path]:
            raise Failure(f"{path.relative_to(ROOT)} is empty")
    print(f"deploy-check: {len(found)} YAML files parse")
    return found


def alerts(documents: dict[Path, list]):
    """Prometheus takes the rules, every alert has a test, and the tests hold."""
    folder = DEPLOY / "prometheus"
    [rules] = documents[folder / "dash-reinforce.rules.yml"]
    names = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    tests = (folder / "dash-reinforce.rules_test.yml").read_text()
    untested = sorted(name for name in names if name not in tests)
    if untested:
        raise Failure(f"alerts without a test: {untested}")
    text = (ROOT / "docs/watch.md").read_text()
    untold = sorted(name for name in names if f"`{name}`" not in text)
    if untold:
        raise Failure(f"docs/watch.md does not say what to do at {untold}")
    if has("promtool", "alerts"):
        run("promtool", "check", "config", "prometheus.yml", folder=folder)
        run("promtool", "test", "rules", "dash-reinforce.rules_test.yml", folder=folder)
        print(f"deploy-check: promtool accepts {len(names)} alerts, and their tests hold")


def board():
    """Five rows, and panels that have a title, an explanation, a query, and room of their own."""
    content = json.loads((DEPLOY / "grafana/dashboards/dash-reinforce.json").read_text())
    panels = content["panels"]
    rows = [panel["title"] for panel in panels if panel["type"] == "row"]
    if rows != QUESTIONS:
        raise Failure(f"the board's rows are {rows}")
    if len({panel["id"] for panel in panels}) != len(panels):
        raise Failure("two panels of the board have one id")
    taken: dict[tuple[int, int], str] = {}
    for panel in panels:
        title, place = panel["title"], panel["gridPos"]
        if panel["type"] != "row" and not (panel.get("description") and panel.get("targets")):
            raise Failure(f"the panel `{title}` has no description, or no query")
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if x >= 24 or (x, y) in taken:
                    raise Failure(f"the panel `{title}` lies over `{taken.get((x, y), 'the edge')}`")
                taken[x, y] = title
    print(f"deploy-check: the board has {len(panels) - len(rows)} panels in {len(rows)} rows")


def manifests(documents: dict[Path, list]):
    """The pods' probes and secrets, and whether kubectl can put the files together."""
    [pods] = documents[DEPLOY / "kubernetes/statefulset.yaml"]
    spec = pods["spec"]["template"]["spec"]
    [container] = spec["containers"]
    probes = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    if probes != {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}:
        raise Failure(f"the probes ask {probes}")
    if spec["terminationGracePeriodSeconds"] < 30:
        raise Failure("a pod has less than 30 s for its end")
    for variable in container["env"]:
        if any(word in variable["name"] for word in ("PASSWORD", "SECRET", "USERNAME")) and "value" in variable:
            raise Failure(f"{variable['name']} stands in the manifest itself")
    if has("kubectl", "manifests as a whole"):
        text = run("kubectl", "kustomize", str(DEPLOY / "kubernetes"))
        kinds = sorted(document["kind"] for document in yaml.safe_load_all(text))
        wanted = ["ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "Service", "StatefulSet"]
        if kinds != wanted:
            raise Failure(f"kustomize gives {kinds}")
        print("deploy-check: kubectl kustomize puts the manifests together")


def unit():
    """The unit as systemd reads it, with a program that is there."""
    if not has("systemd-analyze", "the unit"):
        return
    with tempfile.TemporaryDirectory(prefix="dash-deploy-") as folder:
        copy = Path(folder) / "dash-reinforce.service"
        text = (DEPLOY / "systemd/dash-reinforce.service").read_text()
        copy.write_text(text.replace("/usr/local/bin/dash-reinforce", "/bin/true"))
        done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True)
        told = [line for line in (done.stdout + done.stderr).splitlines() if "dash-reinforce.service" in line]
        if done.returncode != 0 or told:
            raise Failure(f"systemd-analyze: {told or done.stderr.strip()}")
    print("deploy-check: systemd-analyze accepts the unit")


def configurations(binary: Path):
    """The program takes the configurations that the files mount."""
    token = DEPLOY / "compose/token"
    examples = ["--set", "examples.file="]
    for path, extra in ((DEPLOY / "kubernetes/dash-reinforce.yaml", []), (ROOT / "docs/dash-reinforce.yaml", examples)):
        words = [str(binary), "run", "--config", str(path), "--check-config", "--set", f"http.token_file={token}", *extra]
        if extra:
            words += ["--set", "topics.examples=dashstream-examples"]
        run(*words, KAFKA_BROKERS="localhost:9092")
    print("deploy-check: the program accepts the configurations")


def main(binary: Path | None):
    documents = yaml_files()
    alerts(documents)
    board()
    manifests(documents)
    unit()
    if binary is None:
        print("deploy-check: SKIPPED: no program was named: configurations are NOT checked")
    else:
        configurations(binary)
    print("deploy-check: good")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None)
    except Failure as failure:
        print(f"deploy-check: FAILED: {failure}")
        sys.exit(1)

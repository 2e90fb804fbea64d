"""Rewards from outside the traces: what the topic holds, what came too late, and what a replay makes of it."""

import json
import subprocess
import time

import cluster
import judge
import processor
from confluent_kafka import Producer

LATE = 40


def parse(messages: list) -> list[dict]:
    """The records of the topic, each with its partition."""
    return [{**json.loads(m.value()), "partition": m.partition()} for m in messages]


def decided(records: list[dict]) -> dict:
    """(tenant, thread) -> component -> the records that a rollout was scored by."""
    found: dict = {}
    for record in records:
        if record.get("decided_at_ms") is not None:
            key = (record["tenant_id"], record["thread_id"])
            found.setdefault(key, {}).setdefault(record["component"], []).append(record)
    return found


def change_minds(kafka: cluster.Cluster) -> set:
    """Somebody says something else of some rollouts that were scored; (tenant, thread, component) of them."""
    records = parse(cluster.read(kafka, processor.REWARDS))
    scored = [each for each in records if each.get("decided_at_ms") is not None][-LATE:]
    producer = Producer({"bootstrap.servers": kafka.brokers, "log_level": 0})
    for each in scored:
        changed = {name: each[name] for name in ("tenant_id", "thread_id", "component")}
        changed["value"] = (each["value"] or 0) + 1
        producer.produce(
            processor.REWARDS, key=each["thread_id"].encode(), value=json.dumps(changed), partition=each["partition"]
        )
    producer.flush(30)
    return {(each["tenant_id"], each["thread_id"], each["component"]) for each in scored}


def named_late(kafka: cluster.Cluster) -> set:
    """(tenant, thread, component) of the late rewards that the ledger names."""
    lines = [json.loads(m.value()) for m in cluster.read(kafka, processor.LEDGER)]
    return {(line["tenant_id"], line["thread_id"], line["late_reward"]["component"]) for line in lines if "late_reward" in line}


def await_late(kafka: cluster.Cluster, wanted: set, seconds: float = 30) -> set:
    """Waits until the ledger names them all, at most so long; those that it does not name."""
    deadline = time.monotonic() + seconds
    while (left := wanted - named_late(kafka)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return left


def replay(setup: processor.Setup, brokers: str, wall: int) -> dict:
    """The digest of every group, by a replay of the topics that asks nobody."""
    out = setup.folder / "replay.jsonl"
    as_of = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(wall / 1000))
    done = subprocess.run(
        [
            *(str(setup.binary), "replay", "--config", str(setup.config(0)), "--brokers", brokers, "--as-of", as_of),
            *("--out", str(out), "--quiet"),
        ],
        env=setup.environment(),
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the replay ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    found: dict = {}
    for line in out.read_text().splitlines():
        batch = json.loads(line)
        for group in batch["groups"]:
            found[(batch["tenant_id"], group["group_id"])] = group["digest"]
    return found


def unscored() -> list:
    """The components of a rollout that was judged as a whole."""
    weights = {"match": 1.0, **judge.WEIGHTS}
    return [{"name": name, "weight": weight, "value": None, "status": "none"} for name, weight in weights.items()]


def score(match: float, key: tuple, said: dict) -> tuple[float | None, list]:
    """A rollout's reward (None: something is missing) and its components, as the batch has them."""
    values = [{"name": "match", "weight": 1.0, "value": match, "status": "ok"}]
    total, lacks = 1.0 * match, False
    for name, weight in judge.WEIGHTS.items():
        records = said.get(name, [])
        status = records[0]["status"] if records else "none"
        value = judge.value(name, *key) if status == "ok" else None
        values.append({"name": name, "weight": weight, "value": value, "status": status})
        lacks = lacks or value is None
        total += weight * value if value is not None else 0
    return None if lacks else total, values


def check(verifier, check):
    """V12: each judged rollout has one decision of each judge, with the value that the judge gives; late ones are named;
    a replay gives every digest."""
    evidence = verifier.evidence
    for key, components in decided(evidence.rewards).items():
        for name, records in components.items():
            check.expect(len(records) == 1, f"{key} {name}: decided {len(records)} times")
            fine = records[0]["status"] != "ok" or records[0]["value"] == judge.value(name, *key)
            check.expect(fine, f"{key} {name}: {records[0]['value']}, not {judge.value(name, *key)}")
    check.expect(len(evidence.rewards) > 0, "nobody was asked")
    check.expect(not evidence.unnamed_late, f"late rewards that the ledger does not name: {sorted(evidence.unnamed_late)[:6]}")
    live = {key: {group["digest"] for group in groups} for key, groups in verifier.emitted.items()}
    for key in live.keys() | evidence.replayed_digests.keys():
        again = {evidence.replayed_digests[key]} if key in evidence.replayed_digests else set()
        check.expect(live.get(key, set()) == again, f"{key}: a replay without judges gives {again or 'no group'}, not {live.get(key)}")
    check.note = f"{len(evidence.rewards)} records, {len(evidence.replayed_digests)} groups replayed"

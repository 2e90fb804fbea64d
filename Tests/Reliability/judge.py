"""The judges of a run: `judge.py slow [SECONDS]` takes two seconds for every answer, or so many; `judge.py flaky` fails one try in five and dies
once a minute. What they say hangs on the thread alone, so that the oracle knows it."""

import json
import os
import random
import sys
import threading
import time
import zlib
from pathlib import Path

SLOW_SECONDS = 2.0
FAILING = 0.2
LIFE_SECONDS = 60.0
# name -> weight, in the order in which rewards are added up
WEIGHTS = {"slow": 0.25, "flaky": 0.5}


def value(name: str, tenant: str, thread: str) -> float:
    """What the judge `name` says of a thread."""
    share = zlib.crc32(f"{tenant}/{thread}".encode()) % 101 / 101
    return share if name == "slow" else 1 - share


def component(name: str, weight: float, seconds: float = SLOW_SECONDS) -> str:
    """A judge as one of the configuration's `rewards.components`."""
    command = json.dumps([sys.executable, str(Path(__file__).resolve()), name, str(seconds)])
    return (
        f"{{name: {name}, type: command, weight: {weight}, workers: 4, retries: 1000, timeout: 20s, "
        f"send: [outcome], command: {command}}}"
    )


def components() -> str:
    """The configuration's `rewards.components`."""
    found = ["{name: match, type: exact_match, weight: 1.0}"]
    found += [component(name, weight) for name, weight in WEIGHTS.items()]
    return "[" + ", ".join(found) + "]"


def serve(name: str, seconds: float = SLOW_SECONDS):
    lock, chance = threading.Lock(), random.SystemRandom()

    def say(question: dict):
        answer = {"id": question["id"], "reward": value(name, question["tenant_id"], question["thread_id"])}
        with lock:
            print(json.dumps(answer), flush=True)

    if name == "flaky":
        death = threading.Timer(LIFE_SECONDS * chance.uniform(0.5, 1.5), os._exit, [1])
        death.daemon = True
        death.start()
    for line in sys.stdin:
        question = json.loads(line)
        if name == "slow":
            later = threading.Timer(seconds, say, [question])
            later.daemon = True
            later.start()
        elif chance.random() < FAILING:
            with lock:
                print(json.dumps({"id": question["id"], "reward": "no number"}), flush=True)
        else:
            say(question)
    # what was asked last is answered too
    time.sleep(seconds + 1 if name == "slow" else 0)


if __name__ == "__main__":
    serve(sys.argv[1], *map(float, sys.argv[2:3]))

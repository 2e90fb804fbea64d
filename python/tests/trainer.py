"""A trainer for the tests: its weights are the list of what it trained on; it dies where it is told to.

trainer.py BROKERS TOPIC CHECKPOINT DIE: DIE is `step:N` (after the N-th step, before its checkpoint), `save:N` (behind the
checkpoint, before the commit) or `never`
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from dash_reinforce.kafka import Reader

brokers, topic, path, die = sys.argv[1:5]
state = json.loads(Path(path).read_text()) if os.path.exists(path) else {"weights": [], "seen": []}
where, _, number = die.partition(":")
with Reader(brokers, topic, seen=state["seen"], timeout=15.0, session_timeout_ms=6000) as reader:
    for count, batch in enumerate(reader.steps(groups=3, wait=3.0), 1):
        state["weights"] += [group["digest"] for group in batch["groups"]]
        if where == "step" and count == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        reader.trained(batch)
        state["seen"] = reader.seen
        with open(path + ".new", "w") as file:
            json.dump(state, file)
        os.replace(path + ".new", path)
        if where == "save" and count == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        reader.commit()
        if len(state["weights"]) >= 40:
            break

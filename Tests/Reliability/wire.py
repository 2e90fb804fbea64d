"""The proxy's process (proxy.py) and how to talk to it."""

import json
import subprocess
import sys
from pathlib import Path


class Proxy:
    """Listens on `port` for the first broker and on the ports after it for the others."""

    def __init__(self, port: int, target: str):
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("proxy.py")), str(port), target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError("the proxy did not start")

    def do(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def stats(self) -> dict:
        self.do(do="stats")
        return json.loads(self.process.stdout.readline())

    def end(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

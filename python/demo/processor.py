"""The processor and its embedded broker: `dash-reinforce run --embedded`, as a process of its own."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from pathlib import Path


class Processor:
    """`with Processor(program, tasks, groups) as processor:` `processor.brokers` is where to write traces and read batches."""

    def __init__(self, program, tasks, groups_per_batch):
        self._folder = tempfile.TemporaryDirectory(prefix="dash-train-")
        folder = Path(self._folder.name)
        examples = folder / "examples.jsonl"
        examples.write_text("".join(_example(task) for task in tasks), encoding="utf-8")
        self._log = folder / "run.log"
        quick = ("commit.interval=50ms", "batches.linger=200ms", "http.listen=''")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    program, "run", "--embedded", "--examples", examples, "--groups-per-batch", str(groups_per_batch),
                    *(part for setting in quick for part in ("--set", setting)),
                ],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                start_new_session=True,  # Ctrl-C is ours: it lives until everything it holds was read
            )  # fmt: skip
        try:
            self.brokers = self._address()
        except BaseException:
            self.close()
            raise

    def _address(self):
        found = []
        reading = threading.Thread(target=lambda: found.append(self._process.stdout.readline().strip()), daemon=True)
        reading.start()
        reading.join(300)
        if not found or not found[0]:
            raise RuntimeError(f"the processor did not start:\n{self.said()}")
        return found[0]

    def check(self):
        """Raises where the processor has ended."""
        if self._process.poll() is not None:
            raise RuntimeError(f"the processor ended with {self._process.returncode}:\n{self.said()}")

    def said(self):
        """The last of its log."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-4000:]

    def close(self):
        """Ends it."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process.stdout.close()
        self._folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close()


def _example(task):
    data = {"question": task.question, "answer": task.answer}
    return json.dumps({"example_id": task.example_id, "data": data, "input_keys": ["question"]}) + "\n"

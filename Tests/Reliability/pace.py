"""How much of the machine is to be had: a bound in seconds means little where others take nine tenths of the processor.

Run as a program it does a fixed bit of work four times a second and prints `TIME SHARE` lines: the share of the elapsed
time in which it was let run. On a quiet machine the share is 1. `Pace` collects them, and `seconds` is how long an
interval would have lasted on a quiet machine.
"""

import bisect
import subprocess
import sys
import threading
import time

WORK = 0.005
EVERY = 0.25
LEAST = 0.05  # a standstill is found in the end however busy the machine is


class Pace(threading.Thread):
    """Collects what the program says."""

    def __init__(self):
        super().__init__(name="pace", daemon=True)
        self.times: list[float] = []
        self.quiet: list[float] = []  # quiet seconds from the first of `times` to each of them
        self.process: subprocess.Popen | None = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, __file__], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, start_new_session=True
        )
        super().start()

    def run(self):
        for line in self.process.stdout:
            moment, share = map(float, line.split())
            self.add(moment, share)

    def add(self, moment: float, share: float):
        """The share that was measured at a moment holds since the one before."""
        passed = (moment - self.times[-1]) * min(1.0, max(LEAST, share)) if self.times else 0
        self.quiet.append((self.quiet[-1] if self.quiet else 0) + passed)
        self.times.append(moment)

    def end(self):
        if self.process:
            self.process.stdin.close()
            self.join()
            self.process.stdout.close()
            self.process.wait()

    def seconds(self, since: float, until: float) -> float:
        """How long this would have lasted on a quiet machine."""
        return self._at(until) - self._at(since)

    def _at(self, moment: float) -> float:
        after = bisect.bisect_right(self.times, moment)
        if after == 0:
            return moment - self.times[0] if self.times else moment
        if after == len(self.times):
            return self.quiet[-1] + moment - self.times[-1]
        part = (moment - self.times[after - 1]) / (self.times[after] - self.times[after - 1])
        return self.quiet[after - 1] + part * (self.quiet[after] - self.quiet[after - 1])

    def now(self) -> float:
        """A clock that goes as fast as the machine does."""
        return self._at(time.monotonic())

    @property
    def share(self) -> float:
        """Of all the time so far."""
        passed = self.times[-1] - self.times[0] if self.times else 0
        return self.quiet[-1] / passed if passed > 0 else 1.0


def main():
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    while not ended.wait(EVERY):
        began, spent = time.monotonic(), time.thread_time()
        while time.thread_time() - spent < WORK:
            pass
        now = time.monotonic()
        print(now, WORK / max(WORK, now - began), flush=True)


if __name__ == "__main__":
    main()

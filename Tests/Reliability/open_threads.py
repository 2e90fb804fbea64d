"""What threads that are open cost while nothing of theirs arrives, and while a few events a second do.

Writes the first event of every thread, waits until all of them are read and ten seconds more (time passes in a partition that
is read to its end), and then looks at the processor's time: how much of a core it takes, and how often it commits.
"""

import json
import os
import random
import time
from pathlib import Path

import measure
import threads
import watch
from confluent_kafka import Producer

EXAMPLE = {"example_id": "none", "data": {"question": "?", "answer": 1}}


def event(number: int, sequence: int, now: int) -> bytes:
    """One event of a thread, by its place in it."""
    run = threads.Run("measure", f"thread-{number}", EXAMPLE, f"g-{number // 8}", number % 8, 8, "1")
    found = threads.messages(run, now, random.Random(number))
    return threads.pack(found[sequence : sequence + 1], random.Random(number))[0][1]


class Writer:
    """Writes events, each thread's to one partition."""

    def __init__(self, bench: measure.Bench, count: int):
        self.producer = Producer({"bootstrap.servers": bench.kafka.brokers, "linger.ms": 20})
        self.partitions, self.count, self.random = bench.options.partitions, count, random.Random(7)

    def write(self, number: int, sequence: int):
        now = int(time.time() * 1000)
        while True:
            try:
                self.producer.produce(
                    measure.EVENTS,
                    key=f"thread-{number}".encode(),
                    value=event(number, sequence, now),
                    partition=number % self.partitions,
                    timestamp=now,
                )
                return self.producer.poll(0)
            except BufferError:
                self.producer.poll(0.2)

    def flush(self):
        if self.producer.flush(60):
            raise SystemExit("not everything was written")


def cpu(pid: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def observe(bench, follower, seconds: float, step=None) -> dict:
    """Percent of a core and commits a second over some time; `step` is called twenty times a second."""
    commits, began, used = len(follower.commits), time.monotonic(), cpu(bench.process.pid)
    while time.monotonic() < began + seconds:
        if step:
            step()
        time.sleep(0.05)
    length = time.monotonic() - began
    percent = 100 * (cpu(bench.process.pid) - used) / length
    time.sleep(1)
    return {"percent": round(percent, 2), "commits": len(follower.commits) - commits, "seconds": round(length, 1)}


def main():
    parser = measure.parser("scripts/measure open-threads", __doc__)
    parser.add_argument("--threads", type=int, default=200_000, help="threads that are open")
    parser.add_argument("--seconds", type=float, default=30, help="length of each of the two observations")
    parser.add_argument("--goal-idle", type=float, default=2, help="percent of a core; the exit code is 1 above")
    parser.add_argument("--goal-busy", type=float, default=4, help="the same with 20 events a second")
    options = parser.parse_args()
    settings = {
        "assembly.idle_timeout": "6h",
        "assembly.max_thread_age": "12h",
        "groups.deadline": "7h",
        "batches.allow_repeats": "true",
    }
    with measure.Bench(options, settings) as bench:
        bench.examples.write_text(json.dumps({**EXAMPLE, "input_keys": ["question"]}) + "\n")
        follower = watch.Follower(bench.kafka, measure.APP)
        follower.start()
        writer = Writer(bench, options.threads)
        bench.start()
        for number in range(options.threads):
            writer.write(number, 0)
        writer.flush()
        total = sum(bench.kafka.ends(measure.EVENTS).values())
        bench.wait("all read", lambda: sum(follower.committed(measure.EVENTS).values()) >= total, 600)
        time.sleep(15)
        idle = observe(bench, follower, options.seconds)
        numbers = iter(random.Random(3).sample(range(options.threads), min(options.threads, 100_000)))
        busy = observe(bench, follower, options.seconds, lambda: writer.write(next(numbers), 1))
        writer.flush()
        memory = bench.peak_memory()
        follower.stopping.set()
        follower.join(10)
    print(f"{options.threads} threads open: {idle['percent']} % of a core, {idle['commits']} commits; with 20 events a")
    print(f"second {busy['percent']} %, {busy['commits']} commits; at most {memory} MiB")
    print(json.dumps({"idle": idle, "busy": busy, "peak_mib": memory}))
    raise SystemExit(0 if idle["percent"] <= options.goal_idle and busy["percent"] <= options.goal_busy else 1)


main()

"""How long a killed processor needs until it is ready again, with a million records behind and one thread open since the
beginning. Writes the traffic with `simulate`, kills `run` in the middle of it, and starts it again.

Ready: every partition of both stages has told that it is restored. A restart reads `assembly.closed_memory_records` of
each partition again.
"""

import json
import random
import statistics
import subprocess
import time

import measure
import threads
import watch
from confluent_kafka import Producer


def straggler(bench: measure.Bench):
    """The start of a thread that never ends."""
    run = threads.Run("measure", "straggler", {"example_id": "none", "data": {"question": "?", "answer": 1}}, "alone", 0, 8, "1")
    now = int(time.time() * 1000)
    _, value = threads.pack(threads.messages(run, now, random.Random(1))[:1], random.Random(1))[0]
    producer = Producer({"bootstrap.servers": bench.kafka.brokers})
    producer.produce(measure.EVENTS, key=b"straggler", value=value, partition=0, timestamp=now)
    if producer.flush(30):
        raise SystemExit("the straggler was not written")


def main():
    parser = measure.parser("scripts/measure restart", __doc__)
    parser.add_argument("--behind", type=int, default=1_000_000, help="records that are still unread at the restart")
    parser.add_argument("--read", type=int, default=850_000, help="records that were read before the kill")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--goal", type=float, default=5, help="seconds; the exit code is 1 above")
    options = parser.parse_args()
    settings = {
        "assembly.idle_timeout": "6h",
        "assembly.max_thread_age": "12h",
        "groups.deadline": "7h",
        "batches.linger": "200ms",
    }
    with measure.Bench(options, settings) as bench:
        straggler(bench)
        total = options.behind + options.read
        # eleven records a rollout
        command = [options.binary, "simulate", "--brokers", bench.kafka.brokers, "--topic", measure.EVENTS, "--quiet"]
        command += ["--threads", str(total // 11), "--examples", bench.examples]
        subprocess.run([str(part) for part in command], check=True)
        total = sum(bench.kafka.ends(measure.EVENTS).values())
        follower = watch.Follower(bench.kafka, measure.APP)
        follower.start()

        def position() -> int:
            return sum(follower.committed(measure.EVENTS).values())

        bench.start()
        bench.wait("the first part", lambda: position() >= total - options.behind, 300)
        bench.kill()
        results, partitions = [], 2 * options.partitions
        for _ in range(options.runs):
            before = list(follower.committed(measure.EVENTS).items())
            behind, began = total - position(), time.monotonic()
            bench.start()
            bench.wait("ready", lambda: sum(line.get("count", 1) for line in bench.lines("restored")) >= partitions, 120)
            seconds, memory = time.monotonic() - began, bench.peak_memory()
            # a life that gets nowhere makes the next one take its first new records one by one
            bench.wait("new commits", lambda: all(follower.committed(measure.EVENTS)[p] > at for p, at in before), 120)
            bench.kill()
            lines = bench.lines("restored")
            again = sum(int(line["replayed"]) for line in lines)
            results.append({"seconds": round(seconds, 2), "behind": behind, "read_again": again, "peak_mib": memory})
            print(f"ready after {seconds:.2f} s: {behind} behind, {again} read again, {memory} MiB", flush=True)
        follower.stopping.set()
        follower.join(10)
    median = statistics.median(result["seconds"] for result in results)
    print(json.dumps({"restart": results, "median": median, "goal": options.goal}))
    raise SystemExit(0 if median <= options.goal else 1)


main()

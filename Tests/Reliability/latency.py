"""How long from the last event of a group until its batch is there for a read_committed reader, at a steady rate.

Whole threads, no gaps, batches that wait for nobody (`batches.linger: 0s`), one process. The clock starts when the last
record of a group is handed to the producer (linger 0) and stops when the reader, another process, gets the batch: both
clients are part of it.
"""

import json
import multiprocessing
import random
import time

import measure
import threads
from confluent_kafka import Consumer, Producer, TopicPartition

SIZE = 8


def traffic(count: int, seed: int) -> tuple[list, list]:
    """Examples, and so many records in the order they are sent: key, value, and the group that ends with it."""
    r = random.Random(seed)
    examples = [threads.example(index, r) for index in range(100)]
    now = int(time.time() * 1000)
    timed: list[tuple] = []
    index = 0
    while len(timed) < count:
        # groups begin one after the other, 40 at the same time
        start, records = index * 100, []
        for slot in range(SIZE):
            run = threads.Run("measure", f"g{index}-{slot}", r.choice(examples), f"g{index}", slot, SIZE, "1")
            run.example = examples[index % len(examples)]
            run.fate = r.choice(["right", "wrong"])
            for at, value in threads.pack(threads.messages(run, now + start + r.randrange(500), r), r):
                records.append((at, run.thread.encode(), value))
        records.sort()
        timed += [(at, key, value, None) for at, key, value in records[:-1]]
        timed.append((*records[-1], f"g{index}"))
        index += 1
    timed.sort(key=lambda record: record[0])
    return examples, [record[1:] for record in timed]


def reader(brokers: str, partitions: int, ready, stopping, found):
    """Notes when each group's batch was there."""
    consumer = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": "latency",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 500,
        }
    )
    consumer.assign([TopicPartition(measure.OUTPUT, number, 0) for number in range(partitions)])
    seen: list[tuple[float, bytes]] = []
    consumer.poll(1)
    ready.set()
    while not stopping.is_set():
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            seen.append((time.monotonic(), message.value()))
    consumer.close()
    times = {}
    for at, value in seen:
        for group in json.loads(value)["groups"]:
            times.setdefault(group["group_id"], at)
    found.put(times)


def send(producer: Producer, records: list, rate: float) -> dict[str, float]:
    """Sends at the rate; when each group's last record was handed over."""
    ends, start = {}, time.monotonic()
    for number, (key, value, group) in enumerate(records):
        if number % 10 == 0:
            while (ahead := start + number / rate - time.monotonic()) > 0:
                producer.poll(min(ahead, 0.01))
        if group:
            ends[group] = time.monotonic()
        producer.produce(measure.EVENTS, key=key, value=value)
    late = time.monotonic() - start - len(records) / rate
    if producer.flush(30):
        raise SystemExit("not all records were written")
    if late > 0.5:
        print(f"the traffic was {late:.1f} s slower than it should be", flush=True)
    return ends


def quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    found = {f"p{p}": ordered[min(len(ordered) - 1, len(ordered) * p // 100)] for p in (50, 95, 99)}
    return {name: round(value * 1000, 1) for name, value in {**found, "max": ordered[-1]}.items()}


def main():
    parser = measure.parser("scripts/measure latency", __doc__)
    parser.add_argument("--rate", type=float, default=5000, help="records a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=5, help="seconds before, which do not count")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeline", action="store_true", help="print the worst of every second")
    parser.add_argument("--interval", type=int, default=200, help="commit.interval, milliseconds")
    options = parser.parse_args()
    goal = 2 * options.interval + 100
    examples, records = traffic(int(options.rate * (options.seconds + options.warm_up)), options.seed)
    settings = {"batches.linger": "0s", "commit.interval": f"{options.interval}ms"}
    context = multiprocessing.get_context("spawn")
    ready, stopping, found = context.Event(), context.Event(), context.Queue()
    with measure.Bench(options, settings) as bench:
        bench.examples.write_text("".join(json.dumps(example) + "\n" for example in examples))
        watcher = context.Process(
            target=reader, args=(bench.kafka.brokers, options.partitions, ready, stopping, found), daemon=True
        )
        watcher.start()
        bench.start()
        bench.wait("taking partitions", lambda: bench.lines("assigned") and ready.is_set(), 60)
        ends = send(Producer({"bootstrap.servers": bench.kafka.brokers, "linger.ms": 0}), records, options.rate)
        time.sleep(3)
        stopping.set()
        times = found.get(timeout=60)
        watcher.join(10)
        progress = (bench.lines("progress") or [{}])[-1]
        bench.stop()
    begun = min(ends.values()) + options.warm_up
    counted = {group: end for group, end in ends.items() if end >= begun}
    missing = [group for group in counted if group not in times]
    took = quantiles([times[group] - end for group, end in counted.items() if group in times])
    if options.timeline:
        worst: dict[int, float] = {}
        for group, end in counted.items():
            second = int(end - begun)
            worst[second] = max(worst.get(second, 0), times.get(group, end) - end)
        print("worst of each second, ms:", *(round(worst[second] * 1000) for second in sorted(worst)))
    result = {**took, "groups": len(counted), "missing": len(missing), "goal_p99": goal, "rate": options.rate}
    result |= {key: progress[key] for key in ("commit_ms_median", "commit_ms_max") if key in progress}
    print(json.dumps({"latency_ms": result}))
    raise SystemExit(0 if took["p99"] <= goal and not missing else 1)


if __name__ == "__main__":
    main()

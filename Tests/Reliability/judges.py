"""Whether judges keep up: rollouts at a steady rate, each asked about once, until every one has its line in the ledger.

Rollouts of two events, groups of eight, one process, one judge that answers after `--judge` seconds. What is behind when the
last rollout is sent tells whether it keeps up; memory is the most that the process has held.
"""

import json
import random
import threading
import time

import judge
import measure
import threads
from confluent_kafka import Consumer, Producer, TopicPartition

LEDGER, REWARDS = f"{measure.APP}-ledger", f"{measure.APP}-rewards"
SIZE = 8


def traffic(count: int, seed: int) -> tuple[list, list]:
    """Examples, and so many rollouts: the key and the values of each."""
    r = random.Random(seed)
    examples = [threads.example(index, r) for index in range(100)]
    found, now = [], int(time.time() * 1000)
    for index in range(count):
        group, slot = divmod(index, SIZE)
        run = threads.Run("measure", f"g{group}-{slot}", examples[group % 100], f"g{group}", slot, SIZE, "1", "short")
        found.append((run.thread.encode(), [value for _, value in threads.pack(threads.messages(run, now, r), r)]))
    return examples, found


class Lines(threading.Thread):
    """Counts the lines of the ledger."""

    def __init__(self, brokers: str):
        super().__init__(name="ledger", daemon=True)
        self.count, self.stopping = 0, threading.Event()
        self.consumer = Consumer(
            {"bootstrap.servers": brokers, "group.id": "judges", "isolation.level": "read_committed", "enable.auto.commit": False}
        )
        self.consumer.assign([TopicPartition(LEDGER, 0, 0)])

    def run(self):
        while not self.stopping.is_set():
            message = self.consumer.poll(0.2)
            self.count += message is not None and message.error() is None
        self.consumer.close()


def send(producer: Producer, rollouts: list, rate: float):
    start = time.monotonic()
    for number, (key, values) in enumerate(rollouts):
        while (ahead := start + number / rate - time.monotonic()) > 0:
            producer.poll(min(ahead, 0.01))
        for value in values:
            producer.produce(measure.EVENTS, key=key, value=value)
    producer.flush(60)


def main():
    parser = measure.parser("scripts/measure judges", __doc__)
    parser.add_argument("--rate", type=float, default=500, help="rollouts a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--judge", type=float, default=0.2, metavar="SECONDS", help="how long the judge takes")
    parser.add_argument("--in-flight", type=int, default=256, help="rewards.max_in_flight")
    options = parser.parse_args()
    # whole groups: one that lacks a rollout waits for its deadline
    examples, rollouts = traffic(int(options.rate * options.seconds) // SIZE * SIZE, 1)
    settings = {
        "topics.ledger": LEDGER,
        "topics.rewards": REWARDS,
        "rewards.max_in_flight": options.in_flight,
        "rewards.components": f"[{judge.component('slow', 1.0, options.judge)}]",
        "batches.linger": "0s",
    }
    with measure.Bench(options, settings) as bench:
        bench.kafka.create(LEDGER, 1)
        bench.kafka.create(REWARDS, options.partitions)
        bench.examples.write_text("".join(json.dumps(each) + "\n" for each in examples))
        bench.start()
        lines = Lines(bench.kafka.brokers)
        lines.start()
        bench.wait("it runs", lambda: bench.lines("page") or bench.lines("first start"), 60)
        began = time.monotonic()
        send(Producer({"bootstrap.servers": bench.kafka.brokers, "linger.ms": 5}), rollouts, options.rate)
        sent, behind = time.monotonic() - began, len(rollouts) - lines.count
        bench.wait("every rollout has its line", lambda: lines.count >= len(rollouts), 120 + len(rollouts) * options.judge)
        took = time.monotonic() - began
        lines.stopping.set()
        lines.join(10)
        print(f"{len(rollouts)} rollouts sent in {sent:.1f} s ({len(rollouts) / sent:.0f} a second), a judge of {options.judge} s")
        print(f"{behind} behind when the last was sent; all there after {took:.1f} s ({len(rollouts) / took:.0f} a second)")
        print(f"{bench.peak_memory()} MiB at most")
        bench.stop()


if __name__ == "__main__":
    main()

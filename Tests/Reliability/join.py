"""What share of the partitions a second and a third process have some time after they joined a running one."""

import argparse
import json
import time

import measure
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient


def shares(bench: measure.Bench) -> dict[str, dict[str, int]]:
    """How many partitions of each topic each member of the group has."""
    admin = AdminClient({"bootstrap.servers": bench.kafka.brokers})
    for left in reversed(range(20)):
        try:
            group = admin.describe_consumer_groups([measure.APP])[measure.APP].result()
            break
        except KafkaException:
            # a coordinator that is young may say that it is none
            if not left:
                raise
            time.sleep(0.5)
    found = {}
    for member in group.members:
        places = member.assignment.topic_partitions if member.assignment else []
        counts = {topic: sum(1 for place in places if place.topic == topic) for topic in (measure.EVENTS, measure.SCORED)}
        found[member.group_instance_id or member.client_id] = counts
    return found


def is_even(found: dict[str, dict[str, int]], members: int, partitions: int) -> bool:
    """Whether each topic is spread over so many members, give or take one partition."""
    for topic in (measure.EVENTS, measure.SCORED):
        counts = [share[topic] for share in found.values()]
        if len(counts) != members or sum(counts) != partitions or max(counts) - min(counts) > 1:
            return False
    return True


def main():
    parser = measure.parser("scripts/measure join", __doc__)
    parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter
    parser.add_argument("--members", type=int, default=3, help="processes, the first one included")
    parser.add_argument("--seconds", type=float, default=30, help="how long after a process has joined its share is looked at")
    options = parser.parse_args()
    found, even = [], True
    with measure.Bench(options, {"batches.allow_repeats": "true"}) as bench:
        bench.examples.write_text(json.dumps({"example_id": "e", "data": {"q": 1, "a": 2}, "input_keys": ["q"]}) + "\n")
        started = []
        try:
            for number in range(1, options.members + 1):
                bench.settings["instance_id"] = f"member-{number}"
                bench.start()
                started.append(bench.process)
                time.sleep(options.seconds)
                if bench.process.poll() is not None:
                    raise SystemExit(f"processor {number} ended: {bench.log.read_text()[-2000:]}")
                found.append(shares(bench))
                even = even and is_even(found[-1], number, options.partitions)
                for name, counts in sorted(found[-1].items()):
                    print(f"{number} processes: {name}: {counts[measure.EVENTS]} of the events, {counts[measure.SCORED]} scored")
        finally:
            for process in started:
                process.kill()
                process.wait(10)
    print(json.dumps({"shares": found, "even": even}))
    raise SystemExit(0 if even else 1)


main()

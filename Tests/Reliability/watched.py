"""What it costs a processor that somebody watches it: the page open, /metrics and /status asked every second.

A log is read as fast as it goes, with nobody watching and with somebody, in turns; what is compared is the processor time
of the whole process up to its last record. On a machine that others use, such times swing by more than is looked for: so each
request is also asked a few hundred times of a processor that has read all of it, and its own time told.
"""

import json
import os
import statistics
import threading
import time
import urllib.request

import latency
import measure
from confluent_kafka import Producer

PORT = 19564
ADDRESS = f"http://127.0.0.1:{PORT}/"
# what whoever watches asks for in a second: a scraper each second, the page every five
ASKED = {
    "metrics": 1.0,
    "status": 1.0,
    "api/series?range=hour": 0.2,
    "api/signals": 0.2,
    "api/groups?limit=60": 0.2,
}


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Watcher:
    """A page that is open, and a scraper."""

    def __init__(self):
        self.stopping = threading.Event()
        self.answers = 0
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self.page, self.scrape)]
        for thread in self.threads:
            thread.start()

    def ask(self, path: str):
        try:
            with urllib.request.urlopen(ADDRESS + path, timeout=10) as answer:
                answer.read()
                self.answers += 1
        except OSError:
            # not begun yet, or over
            pass

    def scrape(self):
        while not self.stopping.wait(1):
            self.ask("metrics")
            self.ask("status")

    def page(self):
        last = 0.0
        while not self.stopping.is_set():
            try:
                with urllib.request.urlopen(ADDRESS + "api/events", timeout=10) as events:
                    for line in events:
                        if self.stopping.is_set():
                            return
                        if line.startswith(b"data:") and time.monotonic() - last >= 5:
                            last = time.monotonic()
                            for path in ("api/series?range=hour", "api/signals", "api/groups?limit=60"):
                                self.ask(path)
            except OSError:
                time.sleep(0.2)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(15)


def bench_of(options, is_watched: bool) -> measure.Bench:
    settings = {"commit.interval": "200ms", "log.report_interval": "1s"}
    if is_watched:
        settings["http.listen"] = f"127.0.0.1:{PORT}"
    return measure.Bench(options, settings)


def write(bench: measure.Bench, examples: list, records: list):
    bench.examples.write_text("".join(json.dumps(example) + "\n" for example in examples))
    producer = Producer({"bootstrap.servers": bench.kafka.brokers, "queue.buffering.max.messages": 1_000_000})
    for key, value, _ in records:
        producer.produce(measure.EVENTS, key=key, value=value)
        producer.poll(0)
    if producer.flush(120):
        raise SystemExit("not all records were written")


def wait_for_all(bench: measure.Bench, records: list):
    bench.wait("reading all", lambda: (bench.lines("progress") or [{}])[-1].get("records", 0) >= len(records), 600)


def request_costs(options, examples: list, records: list) -> dict:
    """Milliseconds of processor time that each request takes, and the share of a core that somebody who watches takes."""
    with bench_of(options, True) as bench:
        write(bench, examples, records)
        bench.start()
        wait_for_all(bench, records)
        time.sleep(3)
        pid = bench.process.pid
        begun, used = time.monotonic(), cpu_seconds(pid)
        time.sleep(10)
        idle = (cpu_seconds(pid) - used) / (time.monotonic() - begun)
        costs = {}
        for path in ASKED:
            begun, used = time.monotonic(), cpu_seconds(pid)
            for _ in range(options.requests):
                with urllib.request.urlopen(ADDRESS + path, timeout=10) as answer:
                    answer.read()
            own = cpu_seconds(pid) - used - idle * (time.monotonic() - begun)
            costs[path] = round(max(0.0, own) / options.requests * 1000, 3)
    share = sum(costs[path] * times for path, times in ASKED.items()) / 1000
    return {"ms": costs, "share_of_a_core": round(share, 5), "requests": options.requests}


def run(options, examples: list, records: list, is_watched: bool) -> dict:
    with bench_of(options, is_watched) as bench:
        write(bench, examples, records)
        watcher = Watcher() if is_watched else None
        bench.start()
        begun = time.monotonic()
        wait_for_all(bench, records)
        used, wall = cpu_seconds(bench.process.pid), time.monotonic() - begun
        answers = 0
        if watcher:
            watcher.stop()
            answers = watcher.answers
            if answers < wall:
                raise SystemExit(f"nobody watched: {answers} answers in {wall:.0f} s")
        bench.stop()
    return {"cpu": used, "wall": wall, "answers": answers}


def main():
    parser = measure.parser("scripts/measure watched", __doc__)
    parser.add_argument("--records", type=int, default=400_000)
    parser.add_argument("--runs", type=int, default=5, help="of each kind; 0: only what a request takes")
    parser.add_argument("--requests", type=int, default=300, help="of each path, to tell what one takes")
    options = parser.parse_args()
    examples, records = latency.traffic(options.records, 1)
    found: dict[bool, list[dict]] = {False: [], True: []}
    for number in range(options.runs):
        for is_watched in (number % 2 == 0, number % 2 != 0):
            result = run(options, examples, records, is_watched)
            found[is_watched].append(result)
            print("watched" if is_watched else "alone", json.dumps(result), flush=True)
    print(json.dumps({"requests": request_costs(options, examples, records)}), flush=True)
    if not options.runs:
        return
    alone, watched = (statistics.median(r["cpu"] for r in found[kind]) for kind in (False, True))
    result = {"alone": round(alone, 2), "watched": round(watched, 2), "ratio": round(watched / alone, 4)}
    print(json.dumps({"cpu_seconds": result, "records": len(records), "runs": options.runs}))


if __name__ == "__main__":
    main()

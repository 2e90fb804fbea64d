"""How long a replay of a recording takes, with one thread and with two, beside another program that does the same job.

The programs take turns, and what counts is the least time of each: on a shared machine the others say more about its
neighbours.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path


def run(command: list[str]) -> tuple[float, float]:
    """Seconds of a clock, and of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/measure speed", description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--binary", type=Path, required=True, help="the program, built for release")
    parser.add_argument("--input", required=True, help="a recording; docs/performance.md tells how a large one is made")
    parser.add_argument("--examples", required=True, help="its examples")
    parser.add_argument("--against", help="another build of the program")
    parser.add_argument("--yardstick", help="another program: --file RUN --examples F --out-file O --threads N")
    parser.add_argument("--rounds", type=int, default=5, help="how often each takes its turn")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        commands = {}
        builds = {"replay": options.binary, "against": options.against}
        for threads in (1, 2):
            for name, binary in builds.items():
                if binary:
                    commands[f"{name} {threads}"] = [
                        *(str(binary), "replay", "--input", options.input, "--examples", options.examples),
                        *("--out", out, "--threads", str(threads)),
                    ]
            if options.yardstick:
                commands[f"yardstick {threads}"] = [
                    *(options.yardstick, "--file", options.input, "--examples", options.examples),
                    *("--out-file", out, "--threads", str(threads)),
                ]
        times = {name: [] for name in commands}
        for _ in range(options.rounds):
            for name, command in commands.items():
                times[name].append(run(command))
    least = {name: (min(wall for wall, _ in found), min(cpu for _, cpu in found)) for name, found in times.items()}
    for name, (wall, cpu) in least.items():
        print(f"{name + (' threads' if name.endswith('2') else ' thread'):<22} {wall:8.2f} s, {cpu:8.2f} s of processor time")
    result = {name: {"seconds": wall, "cpu_seconds": cpu} for name, (wall, cpu) in least.items()}
    result["two_threads"] = least["replay 1"][0] / least["replay 2"][0]
    print(f"two threads are {result['two_threads']:.2f} times as fast as one")
    for other in ("against", "yardstick"):
        if f"{other} 1" in least:
            result[f"to_{other}"] = least["replay 1"][0] / least[f"{other} 1"][0]
            print(f"time with one thread: {result[f'to_{other}']:.2f} times that of {other}")
    print(json.dumps(result))


main()
